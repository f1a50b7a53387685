"""Sheets SiteRanges and GridSteps of a siting study: what they mean, what is kept, what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from columns_bases import LOAD, RACKS

from models.grid_dates import DatedCost, DatedPlan
from models.siting import SAME
from planner.errors import BadWorkbook
from planner.jobs import Outcome
from planner.plan_json import public_view
from planner.studies import grid_dates
from planner.studies.plan import PlanOptions, plan_case
from planner.studies.ranking import awaited, connection
from planner.studies.site_inputs import frame
from planner.studies.site_ranges import ends, plan_end, range_view
from planner.studies.sites import SiteResult, comparison
from planner.validate import validate, validate_sites
from planner.workbook import read_workbook
from reports.document import Table
from reports.siting_turn import turning


def loads(small: Any, *sites: dict[str, Any], **rows: list[dict[str, Any]]) -> Path:
    """The load of 2 MW (columns_bases) at several sites: 48 MWh for 4.8 kUSD at 100 USD/MWh, with 24 t."""
    small.project = dict(LOAD.project)
    small.rows = {name: [] for name in small.rows} | {k: list(v) for k, v in LOAD.rows.items()} | rows
    small.rows["Sites"] = [LOAD.rows["Sites"][0] | site for site in sites]
    small.series = {"hour": [float(h) for h in range(24)]} | {n: v for n, v in LOAD.series.items() if len(v) == 24}
    path: Path = small.write()
    return path


def test_ranges_by_hand(small: Any, tmp_path: Path) -> None:
    """A day of 48 MWh and 24 t: A costs 4,800 f at a factor f on its tariff, C 300 more for land, B 7,200 f. So C ties
    with A at 1 - 300 / 4,800, B with A at 2 / 3 and with C at 5,100 / 7,200 of its own tariff; A and C are 100 USD/t
    x 24 t dearer where carbon has that price. Caught: money of one site left out at the ends, the tie of the wrong
    site, a price of carbon in thousands."""
    path = loads(
        small,
        {"name": "A"},
        {"name": "B", "tariff": "U"},
        {"name": "C", "land_cost_million": 0.0003},
        TariffEnergy=[{"tariff": t, "period": "always", "price": p} for t, p in (("T", 100), ("U", 150))],
        SiteRanges=[
            {"moves": "tariff", "low": 0.5, "high": 2, "grade": "X"},
            {"moves": "carbon price", "low": 0, "high": 100},
        ],
    )
    cases, options = validate_sites(read_workbook(path)), PlanOptions(marginals="none")
    answers = {v.case.site.name: plan_case(v, options) for v in cases}
    results = [SiteResult(n, tmp_path, "planned", public_view(a)) for n, a in answers.items()]
    results = [replace(r, facts=v.facts) for r, v in zip(results, cases, strict=True)]
    jobs = ends(cases, options)
    assert len({job.key for job in jobs}) == len(jobs) == 9  # a price of carbon of zero is where the study stands
    done = [Outcome(job, "done", plan_end(job.payload)) for job in jobs]
    entries = comparison(results, "x", "USD")["sites"]
    tariff, carbon = range_view(cases[0].ranges, answers, done, entries)
    costs = {p["value"]: {s["site"]: s["cost"] for s in p["sites"]} for p in tariff["points"]}
    assert costs[0.5] == pytest.approx({"A": 2400, "C": 2700, "B": 3600})
    assert costs[2.0] == pytest.approx({"A": 9600, "C": 9900, "B": 14400})
    assert [s["rank"] for s in tariff["points"][0]["sites"]] == [1, 2, 3]
    ties = {(t["site"], t["ties_with"]): (t["from"], t["to"], t["ends_in_range"]) for t in tariff["ties"]}
    expected = {("C", "A"): 1 - 300 / 4800, ("B", "A"): 2 / 3, ("B", "C"): 5100 / 7200}
    assert ties == {
        pair: (pytest.approx(f, rel=1e-4), pytest.approx(f, rel=1e-4), True) for pair, f in expected.items()
    }
    assert tariff["order_proven_throughout"] and tariff["assumed"] and not carbon["assumed"]
    assert {s["site"]: s["cost"] for s in carbon["points"][1]["sites"]} == pytest.approx(
        {"A": 7200, "C": 7500, "B": 9600}
    )


def test_an_end_without_a_plan_is_told(small: Any) -> None:
    """Racks for twice the work need more than the site's area: no rank there, and the state says why. Caught: an end
    that is left out in silence, demand that does not move."""
    path = loads(small, {"name": "A"}, **{k: v for k, v in RACKS.rows.items() if k != "Sites"})
    small.rows["Sites"] = [RACKS.rows["Sites"][0] | {"grid_limit_mw": 1.4}]
    small.rows["SiteRanges"] = [{"moves": "demand", "low": 0.5, "high": 2}]
    cases = validate_sites(read_workbook(small.write(path.name)))
    states = [plan_end(job.payload) for job in ends(cases, PlanOptions())]
    assert states[0]["state"] == "planned" and states[1] == {"state": "infeasible"}


def test_a_connection_in_steps(small: Any) -> None:
    """10 MW come in month 9 with the second step: from then on the case is connected, of which 6 MW are firm. A plan
    whose highest import is 2.5 MW waits for the first step only. Caught: the first step taken for the whole."""
    steps = [{"site": "A", "month": 9, "firm_mw": 6, "nonfirm_mw": 4}, {"site": "A", "month": 4, "firm_mw": 3}]
    valid = validate(read_workbook(loads(small, {"name": "A"}, GridSteps=steps)))
    assert valid.case.grid.energised_month == 9 and [s.month for s in valid.grid_steps] == [4, 9]
    origin = next(o for o in valid.origins if o.path == "grid.energised_month")
    assert origin.cell == small.cell("GridSteps", "month", 0)
    for mw, month in ((2.5, 4.0), (3.5, 9.0)):
        view = {"kpi": {"peak_import_mw": mw}, "sites": []}
        assert awaited(valid, view) == (("grid connection", month, small.cell("GridSteps", "month", int(month < 9))),)
    (whole,) = connection(validate(read_workbook(loads(small, {"name": "A", "energised_month": 7, "firm_mw": 4}))))
    assert (whole.month, whole.firm_mw, whole.nonfirm_mw) == (7, 4, 6)


@pytest.mark.parametrize(
    ("site", "rows", "cell"),
    [
        (
            {"energised_month": 5},
            {"GridSteps": [{"site": "A", "month": 4, "firm_mw": 10}]},
            ("Sites", "energised_month"),
        ),
        ({}, {"GridSteps": [{"site": "A", "month": 4, "firm_mw": 9}]}, ("Sites", "grid_limit_mw")),
        ({}, {"SiteRanges": [{"moves": "tariff", "low": 2, "high": 1}]}, ("SiteRanges", "low")),
        ({}, {"SiteRanges": [{"moves": "demand", "low": 0, "high": 1}]}, ("SiteRanges", "low")),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_cell(small: Any, site: Any, rows: Any, cell: tuple[str, str]) -> None:
    """A second date for a connection in steps, steps that never carry the limit, a range upside down, no work."""
    with pytest.raises(BadWorkbook) as bad:
        validate(read_workbook(loads(small, {"name": "A"} | site, **rows)))
    assert [f.cell for f in bad.value.findings] == [small.cell(*cell)]


def dated(small: Any, *sites: dict[str, Any], **rows: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Months (cheaper until, dearer from) by pair as the study tells them: needed in month 12, at most 6 later at 500
    USD per month."""
    loads(small, *sites, **rows)
    small.project |= {"most_delay_months": 6, "delay_price": 500}
    cases, options = validate_sites(read_workbook(small.write())), PlanOptions(marginals="none")
    answers = {v.case.site.name: plan_case(v, options) for v in cases}
    results = [
        SiteResult(v.case.site.name, Path(), "planned", public_view(answers[v.case.site.name]), facts=v.facts)
        for v in cases
    ]
    done = [Outcome(job, "done", plan_end(job.payload)) for job in grid_dates.ends(cases, options)]
    view = comparison(results, "x", "USD", frame=frame(cases[0]))
    view["grid_dates"] = grid_dates.dates_view(cases, answers, done, view["sites"])
    table = next(b for b in turning(view) if isinstance(b, Table) and b.caption.endswith("grid date"))
    return {(site, other): (until, since) for site, other, until, since in table.rows}


def test_grid_dates_by_hand(small: Any) -> None:
    """A costs 4,800 USD if it is connected by month 12 and 500 more for each month later: 5,300 in 13, 5,800 in 14,
    6,800 in 16, 7,300 in 17. B stays at 7,200 (tariff), D at 5,300 (land). E is A connected in month 14. So A is
    cheaper than B up to 16 and dearer from 17; cheaper than D up to 12, a tie in 13, dearer from 14; E the same if its
    date moves. B is dearer than A whenever it is connected, E (5,800) cheaper than B up to 16 too. Caught: months
    counted from the site's own date, land left out of one of the two, the tie counted to a side."""
    months = dated(
        small,
        {"name": "A"},
        {"name": "B", "tariff": "U"},
        {"name": "D", "land_cost_million": 0.0005},
        {"name": "E", "energised_month": 14},
        TariffEnergy=[{"tariff": t, "period": "always", "price": p} for t, p in (("T", 100), ("U", 150))],
    )
    assert months["A", "B"] == months["E", "B"] == ("16", "17")
    assert months["A", "D"] == months["E", "D"] == ("12", "14")
    assert months["B", "A"] == months["B", "E"] == ("never", "any, also before 12")
    assert months["D", "E"] == ("12", "14") and months["A", "E"] == ("13", "15")


def test_a_site_that_waits_gains_what_comes_meanwhile(small: Any) -> None:
    """PV that saves 2,400 USD less 20 can be there in month 17: to wait five months for it (2,500) does not pay, but a
    site that waits for its connection anyway takes it: 2,420 + 2,500 = 4,920 in 17, no more than that in any month
    before, 5,420 in 18, all below the 5,500 of B. The plan of month 12 kept and moved would be dearer from month 14.
    Caught: a break-even that keeps the plan, PV counted before it is delivered."""
    pv = {"name": "PV", "output_series": "half", "price": 0.01, "max_mw": 2, "lead_p50_months": 17}
    months = dated(small, {"name": "A"}, {"name": "B", "land_cost_million": 0.0007}, Supply=[pv])
    assert months["A", "B"] == ("18, any that is allowed", "never")


def test_a_bound_is_trusted_but_for_the_tolerances_of_a_solver() -> None:
    """At 1 per month of later start, a plan proven at 100 for month 4 leaves 96 for month 0 and 100 from month 4 on,
    less a millionth. Caught: a bound that says nothing, months counted the wrong way."""
    moved = DatedCost([DatedPlan(live=4, cost=101.0, bound=100.0, late=4, soonest=0)], price=1.0)
    for live, bound in ((0, 96.0), (4, 100.0), (6, 100.0)):
        assert moved.least(live) == pytest.approx(bound * (1 - SAME), rel=1e-9)
