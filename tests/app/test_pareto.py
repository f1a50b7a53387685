"""`aidc pareto` from a workbook to its folder: what is written, what is refused, what Ctrl-C leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.cli import cli
from planner.folder import MANIFEST
from planner.results import check_folder


def run(book: Path, folder: Path, *options: str) -> Any:
    return CliRunner().invoke(cli, ["pareto", str(book), "-o", str(folder), "-q", *options])


def test_the_command_writes_a_front(small: Any, tmp_path: Path) -> None:
    """Proves: exit code 0, every file, the plans of the folder in the order and at the cost of pareto.json, cost rising
    as carbon falls, each sound to `aidc audit`; a second run without --force is refused. Caught: a plan written beside
    another's figures, a folder that is overwritten."""
    book, folder = small.write(), tmp_path / "front"
    done = run(book, folder, "--against", "carbon", "--points", "2", "--json")
    assert done.exit_code == 0, done.output
    assert {p.name for p in folder.iterdir()} >= {"pareto.html", "pareto.xlsx", "pareto.json", "plans", MANIFEST}
    view = json.loads((folder / "pareto.json").read_text(encoding="utf-8"))
    assert json.loads(done.stdout)["points"][0]["objective"] == view["points"][0]["objective"]
    costs, carbon = ([p[k] for p in view["points"]] for k in ("objective", "values"))
    assert costs == sorted(costs) and len(costs) == 2 and carbon[0]["carbon"] > carbon[1]["carbon"]
    for p in view["points"]:
        plan = json.loads((folder / p["folder"] / "plan.json").read_text(encoding="utf-8"))
        assert plan["objective"] == p["objective"] and plan["audit"]["ok"]
    assert check_folder(folder / "plans/02").ok
    assert run(book, folder, "--points", "2").exit_code == 2


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
