"""Candidate sites while the date of a connection moves: at which dates a site is proven cheaper or dearer than another.

It matters to cost only where service may start late at a price. Then every site is planned again for a connection that
is live when service is needed and for one live at the latest start; together with the study's own plan they prove what
lies between (models/grid_dates.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any

from models.design import Answer
from models.grid_dates import DatedCost, DatedPlan, months_late, soonest_start, turning_dates
from models.timetable import ALWAYS_MONTHS
from planner.studies.site_inputs import delay_per_month
from planner.studies.site_ranges import GRID_DATE, End, job_of

if TYPE_CHECKING:
    from planner.jobs import Job, Outcome
    from planner.studies.plan import PlanOptions
    from planner.validate import ValidatedCase


def matter(validated: ValidatedCase) -> bool:
    """Whether a date of a connection can change a cost: service is needed in a month and may start later."""
    limits = validated.case.limits
    return limits.need_month < ALWAYS_MONTHS and limits.delay.most_months > 0


def ends(cases: Sequence[ValidatedCase], options: PlanOptions) -> list[Job]:
    """Everything to be planned: each site for the earliest and the latest date that matter, where that is not its
    own."""
    jobs = []
    for v in cases:
        case = v.case
        if not matter(v) or not delay_per_month(v):
            continue
        for month in (case.limits.need_month, case.latest_month):
            if months_late(case, month) != months_late(case, case.grid.energised_month):
                jobs.append(job_of(End(case.site.name, (case, *v.options), GRID_DATE, month, options)))
    return jobs


def dates_view(
    cases: Sequence[ValidatedCase],
    answers: Mapping[str, Answer],
    outcomes: Sequence[Outcome],
    entries: Sequence[dict[str, Any]],
) -> dict[str, Any] | None:
    """Key `grid_dates` of sites.json: the plans known, and for each pair until and from which month of its connection
    the first site is cheaper and dearer; None where no date changes a cost. Arguments as of `range_view`."""
    first, price = cases[0].case, delay_per_month(cases[0]) or 0.0
    if not matter(cases[0]):
        return None
    planned = [e for e in entries if e["rank"] is not None and e["bound"] is not None]
    last, need = first.limits.delay.most_months, first.limits.need_month
    known = {e["site"]: [p for p in _plans(e, answers[e["site"]], outcomes) if p.live <= last] for e in planned}
    pairs = []
    for moved, fixed in permutations([e for e in planned if known[e["site"]]], 2):
        costs = DatedCost(known[moved["site"]], price)
        until, since = turning_dates(costs, (fixed["bound"], fixed["cost"]), last)
        pairs.append(
            {
                "site": moved["site"],
                "against": fixed["site"],
                "cheaper_until_month": None if until is None else need + until,
                "dearer_from_month": None if since is None else need + since,
            }
        )
    points = [
        {"site": site, "month": need + p.live, "cost": p.cost, "bound": p.bound, "start_month": need + p.late}
        for site, plans in known.items()
        for p in plans
    ]
    return {"delay_per_month": price, "points": points, "pairs": pairs}


def _plans(entry: dict[str, Any], answer: Answer, outcomes: Sequence[Outcome]) -> Iterator[DatedPlan]:
    """The study's plan of a site and those for other dates of its connection, with the money that only it pays."""
    case, design = answer.case, answer.design
    live = months_late(case, case.grid.energised_month)
    yield DatedPlan(live, entry["cost"], entry["bound"], design.delay_months, soonest_start(case, design))
    own = sum(a["present_value"] for a in entry["adders"])
    for outcome in outcomes:
        end: End = outcome.job.payload
        if (end.site, end.moves) != (entry["site"], GRID_DATE) or outcome.state == "failed":
            continue
        found = outcome.value
        if found["state"] == "planned" and found["bound"] is not None:
            cost, bound = found["cost"] + own, found["bound"] + own
            yield DatedPlan(months_late(case, end.value), cost, bound, found["late"], found["soonest"])
