"""What the dates of a case say without variables: what can serve when, and the timetable of a plan."""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.case import Case, Offer
from models.catalogue import reference_mtok
from models.design import Design

ROUNDING = 1e-9
"""Months and sizes below this are rounding."""
ALWAYS_MONTHS = 1200.0
"""The month needed of a case that states none."""


def units_by(case: Case, offer: Offer, month: float) -> float:
    """Units of an offer that can serve in a month after award; infinite where factory slots do not limit them."""
    spare = month - case.ready_months(offer)
    if spare < -ROUNDING:
        return 0
    each = offer.quotation.units_per_month
    return 1 + math.floor(spare * each + ROUNDING) if each else math.inf


def choices(case: Case) -> tuple[tuple[float, ...], ...]:
    """Units of each offer that can serve by each start allowed: all that dates of offers decide."""
    starts = range(case.limits.delay.most_months + 1)
    need = case.limits.need_month
    return tuple(tuple(units_by(case, m, need + k) if case.delivered(m) else 0 for k in starts) for m in case.offers)


def price_kcur_per_month(case: Case) -> float:
    """What a month of delay costs before tax: its own price, and that of a month's reference tokens [kcur/month]."""
    delay = case.limits.delay
    return delay.kcur_per_month + delay.kcur_per_mtok * reference_mtok(case) / 12


@dataclass(frozen=True)
class Delivery:
    """One thing bought, with its dates in months after award at the confidence that counts."""

    item: str
    kind: str
    """module, battery, supply, generator or connection"""
    quantity: float
    unit: str
    lead_months: float
    """from order to the first one on site; of a connection: from award to its live date"""
    spread_months: float
    """from the first to the last on site, by factory slots"""
    order_by_month: float
    """latest order that keeps the start; of a connection: award"""

    @property
    def on_site_month(self) -> float:
        """All of it on site if ordered at the latest."""
        return self.order_by_month + self.lead_months + self.spread_months


def start_month(case: Case, design: Design) -> float:
    """Months after award at which service starts: when it is needed, with the delay chosen; where no month is stated,
    as soon as everything bought can serve."""
    if case.limits.need_month < ALWAYS_MONTHS:
        return case.limits.need_month + design.delay_months
    works = case.limits.delay.works_months
    connected = case.grid.energised_month if design.contract_mw > 0 else 0.0
    return max([connected, *(lead + spread + works for *_, lead, spread in _bought(case, design))])


def timetable(case: Case, design: Design) -> tuple[Delivery, ...]:
    """Dates of everything bought that has a lead time, the most urgent first."""
    start, works = start_month(case, design), case.limits.delay.works_months
    found = [
        Delivery(*thing, order_by_month=start - works - thing[4] - thing[5])
        for thing in _bought(case, design)
        if thing[4] + thing[5] > 0
    ]
    live = case.grid.energised_month
    if live > 0 and design.contract_mw > 0:
        found.append(Delivery("grid connection", "connection", design.contract_mw, "MW", live, 0.0, 0.0))
    return tuple(sorted(found, key=lambda d: d.order_by_month))


def _bought(case: Case, design: Design) -> list[tuple[str, str, float, str, float, float]]:
    """(item, kind, quantity, unit, lead time, spread) of everything bought."""
    works = case.limits.delay.works_months
    found: list[tuple[str, str, float, str, float, float]] = []
    for m in case.offers:
        count = sum(u.count for u in design.units if u.offer == m.name)
        if count:
            spread = (count - 1) * m.quotation.fully_delivered_after
            found.append((m.name, "module", count, "units", case.ready_months(m) - works, spread))
    for b in case.batteries:
        more = design.battery_mwh.get(b.name, 0.0) - b.existing_mwh
        if more > ROUNDING:
            found.append((b.name, "battery", more, "MWh", case.ready_months(b) - works, 0.0))
    for s in case.supplies:
        if design.supply_mw.get(s.name, 0.0) > ROUNDING:
            found.append((s.name, "supply", design.supply_mw[s.name], "MW", case.ready_months(s) - works, 0.0))
    for g in case.generators:
        if design.generator_units.get(g.name, 0):
            found.append(
                (g.name, "generator", design.generator_units[g.name], "units", case.ready_months(g) - works, 0.0)
            )
    return found
