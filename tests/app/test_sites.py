"""`aidc sites`: one case per row, ranks as the proven intervals allow, kept plans."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.cli import cli
from planner.errors import BadWorkbook
from planner.studies.site_inputs import own_figures
from planner.studies.sites import SiteResult, comparison
from planner.validate import validate, validate_sites
from planner.workbook import read_workbook
from reports.format import money, significant


def two_sites(small: Any, **other: Any) -> Path:
    small.rows["Sites"].append({**small.rows["Sites"][0], "name": "There", **other})
    path: Path = small.write()
    return path


def test_each_row_gives_its_own_case(small: Any) -> None:
    """The first row read by `aidc sites` is the case that `aidc plan` reads when it stands alone; the second differs in
    its own cells only. Caught: a site that takes the first row's connection."""
    alone = validate(read_workbook(small.write("one.xlsx")))
    first, second = validate_sites(read_workbook(two_sites(small, grid_limit_mw=7)))
    assert (first.case.site.name, second.case.site.name) == ("Here", "There")
    assert first.case.grid.import_limit_mw == alone.case.grid.import_limit_mw
    assert (first.case.grid.import_limit_mw, second.case.grid.import_limit_mw) == (8, 7)
    assert {o.cell for o in first.origins} == {o.cell for o in alone.origins}
    assert not {o.cell for o in second.origins if o.cell.startswith("Sites!")} & {o.cell for o in alone.origins}


def test_rows_of_one_site_hold_for_it_alone(small: Any, tmp_path: Path) -> None:
    """PV that is There, its figures told as There's own; a heat user Here; a price of water that There states for
    itself. Caught: one place's sun or heat network counted at another, a site without its own row left without the
    shared one."""
    small.rows["Supply"] = [pv := {**small.rows["Supply"][0], "site": "There", "name": "PV there"}]
    small.rows["Supply"].append({**pv, "name": "wind", "site": None})
    user = {"price": 30, "temperature_c": 40, "connection_price": 100, "demand_series": "plain"}
    small.rows["HeatReuse"] = [{"name": "network", "site": "Here", **user}]
    here, there = validate_sites(read_workbook(two_sites(small, water_price=3)))
    assert [[s.name for s in v.case.supplies] for v in (here, there)] == [["wind"], ["PV there", "wind"]]
    assert [[u.name for u in v.case.heat_users] for v in (here, there)] == [["network"], []]
    assert there.case.limits.water_price_kcur_per_m3 == 0.003 != here.case.limits.water_price_kcur_per_m3
    origins = [o.cell for o in there.origins if o.path == "limits.water_price_kcur_per_m3"]
    assert origins == [small.cell("Sites", "water_price", 1)]
    price = small.cell("Supply", "price", 0)
    assert price in {f["cell"] for f in own_figures(there)} - {f["cell"] for f in own_figures(here)}
    small.rows["Supply"][0]["site"] = "Elsewhere"
    with pytest.raises(BadWorkbook, match=small.cell("Supply", "site", 0)):
        validate_sites(read_workbook(small.write()))


def test_findings_of_all_sites_at_once(small: Any) -> None:
    """A finding in the second row is told although the first row is sound. Caught: only the first row judged."""
    path = two_sites(small, grid_limit_mw="much")
    with pytest.raises(BadWorkbook, match=small.cell("Sites", "grid_limit_mw", 1)):
        validate_sites(read_workbook(path))


def result(site: str, bound: float | None, cost: float) -> SiteResult:
    view = {"status": "optimal", "objective": cost, "bound": bound, "gap": 0.1, "gap_money": 1, "kpi": {}, "costs": []}
    return SiteResult(site, Path(site), "planned", view)


def test_ranks_follow_from_the_proven_intervals() -> None:
    """A [90, 100], B [95, 105], C [101, 110], D without a plan: A and B overlap, B and C overlap, A is proven cheaper
    than C. So ranks 1, 1, 2. Caught: ranks by cost alone (1, 2, 3), ties taken as transitive, D ranked."""
    without = SiteResult("D", Path("D"), "infeasible", reasons=("no",))
    view = comparison([result("C", 101, 110), without, result("B", 95, 105), result("A", 90, 100)], "x", "USD")
    found = [(s["site"], s["rank"], s["tied_with"]) for s in view["sites"]]
    assert found == [("A", 1, ["B"]), ("B", 1, ["C", "A"]), ("C", 2, ["B"]), ("D", None, [])]


def test_equal_sites_tie_within_rounding() -> None:
    """Two gaps of zero whose costs differ by 1e-9 of themselves: both first. Caught: rounding taken for proof."""
    view = comparison([result("A", 100, 100), result("B", 100 + 1e-7, 100 + 1e-7)], "x", "USD")
    assert [(s["rank"], s["tied_with"]) for s in view["sites"]] == [(1, ["B"]), (1, ["A"])]


def test_the_command_plans_ranks_and_keeps(small: Any, tmp_path: Path) -> None:
    """The same hall with dearer energy ranks second, at the cost in its own plan.json. Run again, two at a time,
    after a change to the second site, the first plan is kept (its manifest is not written again) and the second is
    planned anew. Documents are rendered again from sites.json alone, and not if a cost there was edited. Caught: a
    plan kept for other inputs, a plan never kept, an edit that reaches the page."""
    book, folder = two_sites(small, price_adder=90000), tmp_path / "study"
    command = ["sites", str(book), "-o", str(folder), "--jobs", "1", "--json", "-q"]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    view = json.loads((folder / "sites.json").read_text(encoding="utf-8"))
    assert [s["site"] for s in view["sites"]] == ["Here", "There"]
    assert [s["rank"] for s in view["sites"]] == [1, 2]
    plan = json.loads((folder / "02-there" / "plan.json").read_text(encoding="utf-8"))
    assert view["sites"][1]["cost"] == plan["objective"]
    page = (folder / "siting.html").read_text(encoding="utf-8")
    for site in view["sites"]:
        assert money(site["cost"] / 1000, "USD", 6) in page
        assert significant(site["kpi"]["tokenergy_wh_per_1k"], 4) in page
        assert significant(site["kpi"]["pue"], 4) in page
    with (folder / "sites.csv").open(encoding="utf-8", newline="") as stream:
        rows = [(r["site"], float(r["cost"]), float(r["kpi.pue"])) for r in csv.DictReader(stream)]
    assert rows == [(s["site"], s["cost"], s["kpi"]["pue"]) for s in view["sites"]]
    before = [(folder / f / "manifest.json").stat().st_mtime_ns for f in ("01-here", "02-there")]
    small.rows["Sites"][1]["price_adder"] = 95000
    small.write()
    done = CliRunner().invoke(cli, ["sites", str(book), "-o", str(folder), "--jobs", "2"])
    assert done.exit_code == 0 and "Here: kept" in done.output and "There: planned" in done.output
    assert "Sites: 2 of 2 finished" in done.output
    after = [(folder / f / "manifest.json").stat().st_mtime_ns for f in ("01-here", "02-there")]
    assert before[0] == after[0] and before[1] < after[1]
    page = (folder / "siting.html").read_bytes()
    (folder / "siting.html").write_bytes(b"lost")
    assert CliRunner().invoke(cli, ["report", str(folder)]).exit_code == 0
    assert (folder / "siting.html").read_bytes() == page
    view = json.loads((folder / "sites.json").read_text(encoding="utf-8"))
    view["sites"][0]["cost"] *= 0.99
    (folder / "sites.json").write_text(json.dumps(view), encoding="utf-8")
    done = CliRunner().invoke(cli, ["report", str(folder)])
    assert done.exit_code == 7 and "the cost of Here is not that of 01-here/plan.json" in done.output
