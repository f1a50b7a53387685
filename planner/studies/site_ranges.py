"""Candidate sites while prices, carbon and demand move: every site planned again at both ends of each range.

A tariff and a price of carbon enter a plan's cost in proportion, so that the plans at the ends and the study's own
prove what lies between (models/site_ranges.py). Of demand only the ends are known, and nothing is said in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.case import Case
from models.design import Answer, Design
from models.paths import with_all_demand, with_tariff
from models.site_ranges import Envelope, Known, is_cheaper, tie_range
from models.siting import SAME, Range
from planner.codec import encode
from planner.jobs import Job, key_of
from planner.jobs.store import Store
from planner.schema.siting import CARBON, DEMAND, TARIFF
from planner.studies.choose import cheapest
from planner.studies.plan import PlanOptions

if TYPE_CHECKING:
    from planner.jobs import Outcome, Watch
    from planner.jobs.machines import Machines
    from planner.validate import ValidatedCase

GRID_DATE = "grid date"
"""What moves in planner/studies/grid_dates.py."""
STORE = ".proven"
"""Folder of the study that keeps what is proven already."""


@dataclass(frozen=True)
class End:
    """One site at one end of a range."""

    site: str
    cases: tuple[Case, ...]
    moves: str
    value: float
    options: PlanOptions


def varied(case: Case, moves: str, value: float) -> Case:
    """The case with what moves at a value: a factor on its tariff or its work, a price of carbon [currency/t], or the
    month in which its connection is live."""
    if moves == TARIFF:
        return with_tariff(case, value)
    if moves == CARBON:
        return replace(case, limits=replace(case.limits, carbon_price_kcur_per_t=value / 1000))
    if moves == GRID_DATE:
        return replace(case, grid=replace(case.grid, energised_month=value))
    return with_all_demand(case, value)


def now(case: Case, moves: str) -> float:
    """The value at which the study itself stands."""
    return 1000 * case.limits.carbon_price_kcur_per_t if moves == CARBON else 1.0


def ends(cases: Sequence[ValidatedCase], options: PlanOptions) -> list[Job]:
    """Everything to be planned; where the study itself stands is known already."""
    jobs = []
    for v in cases:
        for moving in v.ranges:
            for value in (moving.low, moving.high):
                if value != now(v.case, moving.moves):
                    jobs.append(job_of(End(v.case.site.name, (v.case, *v.options), moving.moves, value, options)))
    return jobs


def job_of(end: End) -> Job:
    """What plans one end, under the key of all that it depends on."""
    whole = [encode(case) for case in end.cases]
    return Job(key_of(__name__, whole, end.moves, end.value, end.options.as_dict()), f"{__name__}:plan_end", end)


def plan_ends(jobs: Sequence[Job], folder: Path, on: Machines, watch: Watch | None = None) -> Iterator[Outcome]:
    """What became of each, as it becomes known; kept in the study's folder, so that it is planned once."""
    return on.run(jobs, Store(folder / STORE), watch)


def plan_end(end: End) -> dict[str, Any]:
    """One plan, rechecked: state (planned, infeasible, no plan, recheck failed), and if planned its cost, bound and
    growth with what moves, whole currency units; late, soonest: months as in models.grid_dates.DatedPlan."""
    from models.accounts import account
    from models.audit import audit
    from models.grid_dates import soonest_start
    from planner.plan_json import money_or_none

    cases = tuple(varied(case, end.moves, end.value) for case in end.cases)
    case, design, proof = cheapest(cases, end.options)
    if design is None:
        return {"state": "infeasible" if proof.status == "infeasible" else "no plan"}
    if not audit(case, design, account(case, design), proof).ok:
        return {"state": "recheck failed"}
    return {
        "state": "planned",
        "cost": 1e3 * proof.objective_kcur,
        "bound": money_or_none(proof.bound_kcur),
        "slope": slope(end.cases[[c is case for c in cases].index(True)], design, end.moves),
        "late": design.delay_months,
        "soonest": soonest_start(case, design),
    }


def slope(case: Case, design: Design, moves: str) -> float:
    """Growth of a plan's cost as what moves grows by one, the plan kept [whole currency units]; 0 for demand and
    dates.

    case: with its tariff as the workbook has it."""
    from models.accounts import account

    if moves in (DEMAND, GRID_DATE):
        return 0.0
    one, none = (account(varied(case, moves, value), design).objective_kcur for value in (1.0, 0.0))
    return 1e3 * (one - none)


def range_view(
    ranges: Sequence[Range],
    answers: Mapping[str, Answer],
    outcomes: Sequence[Outcome],
    entries: Sequence[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Key `ranges` of sites.json. answers: the study's plan of each site that has one; entries: its sites, in order."""
    planned = [e for e in entries if e["rank"] is not None]
    ended = {(o.job.payload.site, o.job.payload.moves, o.job.payload.value): o for o in outcomes}
    found = []
    for moving in ranges:
        points: dict[float, dict[str, dict[str, Any]]] = {}
        for e in planned:
            answer = answers[e["site"]]
            own = sum(a["present_value"] for a in e["adders"])
            at = now(answer.case, moving.moves)
            stands = {key: e[key] for key in ("cost", "bound")}
            growth = slope(answer.case, answer.design, moving.moves)
            points.setdefault(at, {})[e["site"]] = {"state": "planned", **stands, "slope": growth}
            for value in (moving.low, moving.high):
                if value != at:
                    points.setdefault(value, {})[e["site"]] = _moved(ended.get((e["site"], moving.moves, value)), own)
        found.append(_one_range(moving, planned, points))
    return found


def _moved(outcome: Outcome | None, own: float) -> dict[str, Any]:
    """An end with the money that only its site pays."""
    if outcome is None or outcome.state == "failed":
        return {"state": "no plan", "cost": None, "bound": None}
    value = outcome.value
    if value["state"] != "planned":
        return {"state": value["state"], "cost": None, "bound": None}
    bound = None if value["bound"] is None else value["bound"] + own
    return {**value, "cost": value["cost"] + own, "bound": bound}


def _one_range(
    moving: Range, planned: Sequence[dict[str, Any]], points: dict[float, dict[str, dict[str, Any]]]
) -> dict[str, Any]:
    envelopes = {} if moving.moves == DEMAND else _envelopes(points)
    order = [e["site"] for e in planned]
    between = None
    if moving.moves != DEMAND and len(envelopes) == len(order) > 1:
        between = all(is_cheaper(envelopes[a], envelopes[b]) for a, b in pairwise(order))
    return {
        "moves": moving.moves,
        "low": moving.low,
        "high": moving.high,
        "cell": moving.cell,
        "assumed": moving.assumed,
        "points": [{"value": value, "sites": _ranked(points[value])} for value in sorted(points)],
        "order_proven_throughout": between,
        "ties": [
            _tie(dearer, cheaper, envelopes)
            for cheaper, dearer in combinations(planned, 2)
            if dearer["site"] in envelopes and cheaper["bound"] is not None and moving.moves == TARIFF
        ],
    }


def _envelopes(points: dict[float, dict[str, dict[str, Any]]]) -> dict[str, Envelope]:
    """Of every site that has a bounded plan at each value."""
    found: dict[str, list[Known]] = {}
    for value in sorted(points):
        for site, p in points[value].items():
            if p["state"] == "planned" and p["bound"] is not None:
                found.setdefault(site, []).append(Known(value, p["cost"], p["bound"], p["slope"]))
    return {site: Envelope(tuple(known)) for site, known in found.items() if len(known) == len(points)}


def _ranked(sites: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Sites at one value with their ranks, as in the study: one more than those proven cheaper."""
    with_plan = {s: p for s, p in sites.items() if p["state"] == "planned"}

    def cheaper(site: str) -> int:
        bound = with_plan[site]["bound"]
        least = float("-inf") if bound is None else bound - SAME * abs(bound)
        return sum(p["cost"] < least for s, p in with_plan.items() if s != site)

    ranked = [
        {"site": s, "rank": 1 + cheaper(s) if s in with_plan else None, **{k: p[k] for k in ("state", "cost", "bound")}}
        for s, p in sites.items()
    ]
    return sorted(ranked, key=lambda s: (s["cost"] is None, s["cost"] or 0.0))


def _tie(dearer: dict[str, Any], cheaper: dict[str, Any], envelopes: dict[str, Envelope]) -> dict[str, Any]:
    """The factor on the dearer site's own tariff at which it ties with the cheaper one, whose tariff stays."""
    envelope = envelopes[dearer["site"]]
    found = tie_range(envelope, (cheaper["bound"], cheaper["cost"]))
    low, high = envelope.known[0].at, envelope.known[-1].at
    return {
        "site": dearer["site"],
        "ties_with": cheaper["site"],
        "from": None if found is None else found[0],
        "to": None if found is None else found[1],
        "ends_in_range": found is not None and found[0] > low and found[1] < high,
    }
