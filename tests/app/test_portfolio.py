"""`aidc sites --portfolio N`: what its cells mean, what it writes, what the page says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from models.portfolio import Candidate, Portfolio
from planner.cli import cli
from planner.errors import BadWorkbook, NoAnswer
from planner.results import check_folder, one_stage
from planner.studies.portfolio import closed, portfolio_of
from planner.studies.site_inputs import may_not_serve
from planner.studies.sites import SiteResult, comparison
from planner.validate import validate_sites
from planner.workbook import read_workbook
from reports.format import money
from reports.portfolio import portfolio_lines, restriction
from reports.siting_anonymous import anonymous
from reports.siting_study import study

KPI = dict.fromkeys(("tokenergy_wh_per_1k", "pue", "wue_l_per_kwh", "cue_kg_per_kwh", "peak_import_mw"), 1.0)
FIGURES = {"status": "optimal", "objective": 1e6, "bound": 1e6, "gap": 0, "gap_money": 0, "kpi": KPI, "costs": []}
"""Of a plan that a test does not make."""


def candidates(small: Any, **other: Any) -> Path:
    """Two sites, nine hours apart, for users at UTC+9."""
    here = small.rows["Sites"][0]
    here |= {"utc_h": 9, "country": "KR", "latency_ms": 5, "staff_million": 3, "staff_shared_million": 2}
    here |= {"land_cost_million": 1.5, "incentive_million": 0.5}
    there = {**here, "name": "There", "utc_h": 0, "country": "GB", "latency_ms": 250, **other}
    small.rows["Sites"].append(there)
    for row in small.rows["Workloads"]:
        row["clock_ahead_h"] = None
        if row["kind"] != "training":
            row["users_utc_h"] = 9
    path: Path = small.write()
    return path


def test_cells_become_the_question(small: Any) -> None:
    """Requests at UTC+0 come nine hours earlier by the clock than at UTC+9 (the year is a cycle); money beyond the plan
    is 3 + 1.5 - 0.5 less the 2 that are shared; limits are read per workload. Caught: a shift the wrong way, staff paid
    twice, an incentive added."""
    small.rows["Workloads"][0] |= {"max_latency_ms": 100, "countries": "KR, JP"}
    cases = validate_sites(read_workbook(candidates(small)))
    question = portfolio_of(cases, 2)
    here, there = question.candidates[0], next(c for c in question.candidates if c.site == "There")
    first, second = (c.case.workloads[0].arrivals_mreq_per_h for c in (here, there))
    assert first is not None and second is not None
    assert np.ptp(first) > 0 and second[0] == first[9] and second[23] == first[8]
    assert (here.own_kcur, here.pooled_kcur) == (2000, {"staff": 2000})
    assert (there.country, there.latency_ms) == ("GB", {"": 250})
    assert (question.demands[0].max_latency_ms, question.demands[0].countries) == (100, ("KR", "JP"))


def by_region(small: Any) -> Path:
    """chat for users in Korea within 100 ms, batch for users in Europe; Here is 5 ms from Korea and 240 from Europe,
    There 250 and 9; There must be within 20 ms of Europe by sheet Criteria."""
    path = candidates(small)
    ms = {("Here", "Korea"): 5, ("Here", "Europe"): 240, ("There", "Korea"): 250, ("There", "Europe"): 9}
    small.rows["SiteLatency"] = [{"site": s, "region": r, "latency_ms": v} for (s, r), v in ms.items()]
    small.rows["Workloads"][0] |= {"max_latency_ms": 100, "users_region": "Korea"}
    small.rows["Workloads"][1] |= {"max_latency_ms": 100, "users_region": "Europe"}
    small.rows["Criteria"] = [
        {"criterion": "near Europe", "measured_by": "latency_ms", "region": "Europe", "threshold": 20, "weight": 1}
    ]
    small.write()
    return path


def test_latency_is_that_to_the_users_of_each_workload(small: Any, tmp_path: Path) -> None:
    """Both sites state 5 and 250 ms to users of no region, which nothing asks for here. chat may be served Here only,
    batch There only, each by the cell of its own limit; the criterion measures 240 and 9 ms; every document says so.
    Caught: the single latency of a site taken for a region, a limit of one workload told of another."""
    cases = validate_sites(read_workbook(by_region(small)))
    question = portfolio_of(cases, 2)
    assert [restriction(limit) for limit in closed(question)] == [
        "chat, within 100 ms of users in Korea, may be served at Here only.",
        "batch, within 100 ms of users in Europe, may be served at There only.",
    ]
    own = [{"latencies": v.latencies, "may_not_serve": may_not_serve(v), "facts": v.facts} for v in cases]
    results = [SiteResult(v.case.site.name, tmp_path, "planned", FIGURES, **o) for v, o in zip(cases, own, strict=True)]
    view = comparison(results, "x", "USD", cases[0].criteria)
    far = {"workload": "batch", "region": "Europe", "latency_ms": 240, "max_latency_ms": 100}
    assert view["sites"][0]["may_not_serve"] == [far | {"cell": small.cell("Workloads", "max_latency_ms", 1)}]
    assert view["sites"][1]["may_not_serve"][0]["workload"] == "chat"
    assert view["criteria"][0]["values"] == {"Here": 240, "There": 9}
    assert view["criteria"][0]["passes"] == {"Here": False, "There": True}
    assert view["score"]["not_scored"] == {"Here": "fails near Europe", "There": "may not serve chat"}
    said = str(study(view))
    for text in ("240 ms to users in Europe, at most 100 ms", "At There, chat may not be served"):
        assert text in said
    shared = str(study(anonymous(view)))
    assert "240 ms to users in region 2" in shared and not [n for n in ("Korea", "Europe", "Here") if n in shared]


def test_users_and_sites_name_the_same_regions(small: Any) -> None:
    """A region without a row, a limit without a region where sites state latency by region only, and a region for a
    criterion that is no latency: each at its cell. Caught: a misspelt region that silently closes every site."""
    path = by_region(small)
    small.rows["Workloads"][0]["users_region"] = "Corea"
    small.rows["Criteria"][0]["measured_by"] = "hazard_score"
    with pytest.raises(BadWorkbook) as bad:
        validate_sites(read_workbook(small.write(path.name)))
    found = {f.cell: str(f) for f in bad.value.findings}
    assert set(found) == {small.cell("Workloads", "users_region", 0), small.cell("Criteria", "region", 0)}
    assert "did you mean Korea?" in found[small.cell("Workloads", "users_region", 0)]
    by_region(small)
    small.rows["Workloads"][0]["users_region"] = None
    for site in small.rows["Sites"][:2]:
        site["latency_ms"] = None
    with pytest.raises(BadWorkbook, match=small.cell("Workloads", "users_region", 0) + ".*by region only"):
        validate_sites(read_workbook(small.write(path.name)))


def test_requests_that_cannot_be_aligned_are_refused(small: Any) -> None:
    """A profile without users_utc_h at sites nine hours apart, and more shared staff than staff: both are told by their
    cells. Caught: a profile silently taken by each site's own clock, so that a split would serve no real hour."""
    path = candidates(small, staff_shared_million=4)
    for row in small.rows["Workloads"]:
        row["users_utc_h"] = None
    small.write()
    cases = validate_sites(read_workbook(path))
    with pytest.raises(BadWorkbook, match="users_utc_h") as bad:
        portfolio_of(cases, 2)
    found = str(bad.value)
    cells = [("Workloads", "users_utc_h", 0), ("Sites", "staff_shared_million", 1)]
    assert all(small.cell(*cell) in found for cell in cells)
    small.rows["Workloads"][0] |= {"users_utc_h": 9}
    small.rows["Sites"][1]["utc_h"] = None
    with pytest.raises(BadWorkbook, match=small.cell("Sites", "utc_h", 1)):
        validate_sites(read_workbook(small.write()))


def test_a_portfolio_without_workloads_is_refused(small: Any) -> None:
    """Proves: sites with plain loads only are no portfolio, which is said with the sheet's name. Catches: an error of
    the program from the plan of a site that has no parts."""
    cases = validate_sites(read_workbook(candidates(small)))
    loads = [replace(v, case=replace(v.case, workloads=()), demands=()) for v in cases]
    with pytest.raises(BadWorkbook, match="Workloads.*at least one workload"):
        portfolio_of(loads, 2)
    with pytest.raises(ValueError, match="workloads"):
        Portfolio("none", (Candidate("Here", loads[0].case),), 1)


def _raise(error: BaseException) -> Callable[..., None]:
    def stands_in(*_: Any, **__: Any) -> None:
        raise error

    return stands_in


def test_the_command_writes_a_rechecked_portfolio(small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plans of single sites are stood in for (test_sites plans them). chat may be served in Korea only, batch in
    Britain only: both sites open, and no single site serves everything. The page and the text show the figures of
    portfolio.json; each open site has a result folder that passes the recheck by itself. A run
    that is ended once the portfolio is solved leaves it to the next, which solves nothing; with another gap it is asked
    anew. Caught: limits that are read but not kept, a page of other figures than the file, minutes of solving lost or a
    plan kept for another question, a peak beside the one that is billed, a site, a country or a rack named in the copy
    for sharing."""
    path = candidates(small)
    for number, country in ((0, "KR"), (1, "GB")):
        small.rows["Workloads"][number]["countries"] = country
    small.project["budget_million"] = None
    for site in small.rows["Sites"]:
        site["billing_factor"] = 1.1
    small.write()
    single = [SiteResult(name, tmp_path / name, "planned", FIGURES) for name in ("Here", "There")]
    monkeypatch.setattr("planner.studies.sites.plan_sites", lambda *_: single)
    folder = tmp_path / "study"
    command = ["sites", str(path), "-o", str(folder), "--jobs", "1", "--portfolio", "2", "--gap", "0.02", "-q"]
    with monkeypatch.context() as killed:
        killed.setattr("planner.portfolio_results.write_sites", _raise(KeyboardInterrupt()))
        assert CliRunner().invoke(cli, command).exit_code != 0
    assert not (folder / "portfolio.json").exists()
    monkeypatch.setattr("planner.solving.solve_portfolio", _raise(NoAnswer("solved again")))
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    view = json.loads((folder / "portfolio.json").read_text(encoding="utf-8"))
    assert [s["site"] for s in view["sites"]] == ["Here", "There"]
    assert view["sites"][0]["parts"]["chat"] == pytest.approx(1.0) == pytest.approx(view["sites"][1]["parts"]["batch"])
    own = sum(s["cost_of_plan"] + s["cost_beside_plan"] for s in view["sites"])
    assert view["objective"] == pytest.approx(own + sum(view["shared"].values()))
    assert sum(view["shared"].values()) == 2e6 and view["best_single"] is None and view["audit"]["ok"]
    page = (folder / "siting.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    for text in ("Several sites together", money(view["objective"] / 1000, "USD", 5)):
        assert text in page and text in done.output + "Several sites together"
    assert all(line in done.output for line in portfolio_lines(view))
    assert all(check_folder(folder / s["folder"]).ok for s in view["sites"])
    assert [one_stage(folder / s["folder"]).accounts.objective_kcur * 1e3 for s in view["sites"]] == pytest.approx(
        [s["cost_of_plan"] for s in view["sites"]]
    )
    assert [one_stage(folder / s["folder"]).accounts.kpi["peak_import_mw"] for s in view["sites"]] == pytest.approx(
        [s["kpi"]["peak_import_mw"] for s in view["sites"]]
    )
    shared = str(study(anonymous(json.loads((folder / "sites.json").read_text(encoding="utf-8")))))
    assert "racks of type 1" in shared
    assert not [r["rack"] for s in view["sites"] for r in s["racks"] if r["rack"] in shared]
    assert not [name for name in ("Here", "There", "KR", "GB") if name in shared]
    done = CliRunner().invoke(cli, [*command, "--gap", "0.03"])
    assert done.exit_code == 6 and "solved again" in done.output
