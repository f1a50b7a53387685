"""An award under other lead times: none late, each vendor or what is built on site late by itself, all late.

Late means the lead times that nine in ten deliveries keep (P90), in time those of an even chance (P50). Each scenario
has its own least-cost award; each of those awards, and the recommended one, is then carried through all scenarios with
its orders as they are: service starts later where it must, at the price of delay, or there is no plan. What is built on
site adapts. The steadiest award is that with the least largest extra cost, among the awards looked at: an award that is
best in no scenario is not looked for (an approximation, stated with the table)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from models.case import Case, Offer
from models.tender import Interval, LeadAward, LeadScenarios
from models.timetable import ALWAYS_MONTHS, choices
from planner.solving.family import Member
from planner.studies.breakeven import ordering

IN_TIME, ALL_LATE = "all in time", "all late"
Solve = Callable[[Case], Member]


def scenarios(case: Case) -> Iterator[tuple[str, Case]]:
    """Cases with lead times that are known: none late, one party late, all late."""
    parties = sorted({_party(m) for m in case.offers if m.lead_months_p90 > m.lead_months_p50})
    yield IN_TIME, _with_late(case, [])
    if len(parties) > 1:
        for party in parties:
            yield f"{party} late", _with_late(case, [party])
    yield ALL_LATE, _with_late(case, parties)


def _party(offer: Offer) -> str:
    return "what is built on site" if offer.site_built else offer.vendor


def _with_late(case: Case, late: list[str]) -> Case:
    """The case in which the parties named deliver at P90 and all others at P50."""
    offers = []
    for m in case.offers:
        months = m.lead_months_p90 if _party(m) in late else m.lead_months_p50
        offers.append(replace(m, lead_months_p50=months, lead_months_p90=months))
    return replace(case, offers=tuple(offers))


def lead_scenarios(case: Case, recommended: dict[str, int], solve: Solve) -> LeadScenarios | None:
    """The recommended award, and those best in other scenarios, in every scenario; None if dates decide nothing."""
    known = list(scenarios(case))
    if case.limits.need_month >= ALWAYS_MONTHS or len({choices(s) for _, s in known}) == 1:
        return None
    solved: dict[object, Member] = {}

    def once(asked: Case) -> Member:
        key = (choices(asked), tuple((m.min_count, m.max_count) for m in asked.offers))
        if key not in solved:
            solved[key] = solve(asked)
        return solved[key]

    best = [once(scenario) for _, scenario in known]
    awards = [_vendors(case, recommended)]
    for member in best:
        orders = _vendors(case, member.orders)
        if orders and orders not in awards:
            awards.append(orders)
    told = []
    for orders in awards:
        held = (once(ordering(scenario, orders, site_built_too=False)) for _, scenario in known)
        told.append(LeadAward(orders, tuple(_extra(member, b) for member, b in zip(held, best, strict=True))))
    return LeadScenarios(tuple(label for label, _ in known), tuple(told))


def _vendors(case: Case, orders: dict[str, int]) -> dict[str, int]:
    """Orders without what is built on site."""
    return {m.name: orders[m.name] for m in case.offers if not m.site_built and orders.get(m.name, 0)}


def _extra(member: Member, best: Member) -> Interval | None:
    """Cost above the best award of the scenario [kcur]; None: no plan."""
    if member.infeasible:
        return None
    return Interval(max(member.bound_kcur - best.cost_kcur, 0.0), max(member.cost_kcur - best.bound_kcur, 0.0))
