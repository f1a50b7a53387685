"""`aidc pareto` from a workbook to its folder: what is written, what is refused, what Ctrl-C leaves."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.cli import cli
from planner.folder import MANIFEST
from planner.jobs.machines import Machines
from planner.jobs.store import Store
from planner.results import check_folder
from planner.studies.front_jobs import front_side_by_side
from planner.studies.pareto import ParetoOptions, run_pareto
from planner.validate import validate
from planner.workbook import read_workbook


def run(book: Path, folder: Path, *options: str) -> Any:
    return CliRunner().invoke(cli, ["pareto", str(book), "-o", str(folder), "-q", *options])


def test_the_command_writes_a_front(small: Any, tmp_path: Path) -> None:
    """Proves: exit code 0, every file, the plans of the folder in the order and at the cost of pareto.json, cost rising
    as carbon falls, each sound to `aidc audit`; a second run without --force is refused. Caught: a plan written beside
    another's figures, a folder that is overwritten."""
    book, folder = small.write(), tmp_path / "front"
    done = run(book, folder, "--against", "carbon", "--points", "2", "--json")
    assert done.exit_code == 0, done.output
    files = {f"pareto.{ending}" for ending in ("html", "xlsx", "json", "csv")}
    assert {p.name for p in folder.iterdir()} == files | {"plans", MANIFEST}
    view = json.loads((folder / "pareto.json").read_text(encoding="utf-8"))
    assert json.loads(done.stdout)["points"][0]["objective"] == view["points"][0]["objective"]
    costs, carbon = ([p[k] for p in view["points"]] for k in ("objective", "values"))
    assert costs == sorted(costs) and len(costs) == 2 and carbon[0]["carbon"] > carbon[1]["carbon"]
    for p in view["points"]:
        plan = json.loads((folder / p["folder"] / "plan.json").read_text(encoding="utf-8"))
        assert plan["objective"] == p["objective"] and plan["audit"]["ok"]
    with (folder / "pareto.csv").open(encoding="utf-8", newline="") as stream:
        rows = [(float(r["objective"]), float(r["values.carbon"])) for r in csv.DictReader(stream)]
    assert rows == [(p["objective"], p["values"]["carbon"]) for p in view["points"]]
    assert check_folder(folder / "plans/02").ok
    assert run(book, folder, "--points", "2").exit_code == 2


def test_a_point_between_the_ends_passes_the_recheck(small: Any) -> None:
    """Proves: of three points the middle one, whose backlog misses a fraction of a request at a border of months, is
    sound, evenly between the ends in carbon and no cheaper than the first. Caught: a recheck stricter than what the
    solver can keep (0.4 requests of a million), a point at an end's limit."""
    front = run_pareto(validate(read_workbook(small.write())), ParetoOptions(("carbon",), 3))
    carbon = [p.values["carbon"] for p in front.points]
    assert len(carbon) == 3 and carbon[1] == pytest.approx((carbon[0] + carbon[2]) / 2, rel=1e-3)
    assert front.points[0].cost_kcur < front.points[1].cost_kcur < front.points[2].cost_kcur


def test_nothing_is_left_of_a_run_that_fails(small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a workbook without a plan ends with 4, Ctrl-C before the first plan with 130, each without a folder.
    Caught: half a folder."""
    from planner.solving.family import CaseFamily

    small.project["budget_million"] = 0.001
    assert run(small.write("poor.xlsx"), tmp_path / "poor").exit_code == 4
    small.project["budget_million"] = 50

    def pressed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(CaseFamily, "solve", pressed)
    assert run(small.write("stopped.xlsx"), tmp_path / "stopped").exit_code == 130
    assert not (tmp_path / "poor").exists() and not (tmp_path / "stopped").exists()


def test_plans_side_by_side_are_kept_and_the_same(small: Any, tmp_path: Path) -> None:
    """Proves: the ends of a front whose plans are found in a worker process cost what they cost in this one; a run that
    goes on with what is stored computes nothing. Caught: a limit lost on the way to a worker, a family that is not
    the one of its front, results stored under another question's key."""
    book = read_workbook(small.write())
    options = ParetoOptions(("carbon",), 2)
    store, told = Store(tmp_path / "kept"), []
    watch = lambda _: told.append  # noqa: E731
    alone = run_pareto(validate(book), options)
    for kept in (0, 3):
        told.clear()
        found = front_side_by_side(validate(book), options, Machines(1), store, watch)
        assert sum(t.kept for t in told if t.finished == t.total) == kept
        for number in (0, -1):
            assert found.points[number].cost_kcur == pytest.approx(alone.points[number].cost_kcur, rel=1e-3)
        assert len(found.points) == 2 and not found.stopped
        assert [p.values["carbon"] for p in found.points] == sorted(
            (p.values["carbon"] for p in found.points), reverse=True
        )
