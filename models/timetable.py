"""What the dates of a case say without variables: what can serve when, and the timetable of a plan."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models import connection
from models.assets import Key
from models.case import ALWAYS_MONTHS as ALWAYS_MONTHS
from models.case import ROUNDING as ROUNDING
from models.case import Battery, Case, Generator, Offer, Supply
from models.catalogue import reference_mtok
from models.design import Design

CONNECTION: Key = ("connection", "connection")
"""The grid connection among what is bought (see models.assets)."""


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


def most_on_site(case: Case, key: Key, month: float) -> float:
    """The most of an asset bought that can serve in a month after award [unit of the asset]; infinite where no date
    limits it."""
    line, item = key
    if line == "modules":
        return units_by(case, next(m for m in case.offers if m.name == item), month)
    batteries = {"battery_power": case.batteries, "battery_energy": case.batteries}
    goods: dict[str, Sequence[Battery | Supply | Generator]] = {
        **batteries, "supply": case.supplies, "generator": case.generators
    }  # fmt: skip
    found = next((g for g in goods.get(line, ()) if g.name == item), None)
    return math.inf if found is None or case.ready_months(found) <= month + ROUNDING else 0.0


def price_kcur_per_month(case: Case) -> float:
    """What a month of delay costs before tax: its own price, and that of a month's late tokens [kcur/month]."""
    delay = case.limits.delay
    return delay.kcur_per_month + delay.kcur_per_mtok * (reference_mtok(case) - delay.served_mtok) / 12


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


@dataclass(frozen=True)
class Schedule:
    """When service of a plan, or of one of its stages, starts, and what must be on site by then."""

    start_month: float
    """months after award"""
    delay_months: int
    """how much later than needed"""
    works_months: float
    """site works before the start"""
    confidence: str
    """of the lead times: P50 or P90"""
    is_asked: bool
    """whether a month was stated in which service must start"""
    deliveries: tuple[Delivery, ...]
    """everything bought that has a lead time, the most urgent first"""
    stage: str = ""
    """name of the stage; empty for a plan of one stage"""


def schedule(case: Case, design: Design) -> Schedule:
    """When service starts and the dates of everything bought."""
    start, live = start_month(case, design), connected_month(case, design)
    return schedule_of(case, bought(case, design), design, start, live)


def schedule_of(
    case: Case, amounts: Mapping[Key, float], design: Design, start: float, live: float, stage: str = ""
) -> Schedule:
    """Dates of so much of each asset (see `bought`) for a start in a month after award. live: month after award from
    which the connection carries what is needed."""
    works = case.limits.delay.works_months
    found = [
        Delivery(*thing, order_by_month=start - works - thing[4] - thing[5])
        for thing in _dated(case, amounts)
        if thing[4] + thing[5] > 0
    ]
    more_mw = amounts.get(CONNECTION, 0.0)
    if live > 0 and more_mw > ROUNDING:
        found.append(Delivery("grid connection", "connection", more_mw, "MW", live, 0.0, 0.0))
    return Schedule(
        start_month=start,
        delay_months=design.delay_months,
        works_months=works,
        confidence=case.limits.lead_confidence,
        is_asked=case.limits.need_month < ALWAYS_MONTHS,
        deliveries=tuple(sorted(found, key=lambda d: d.order_by_month)),
        stage=stage,
    )


def start_month(case: Case, design: Design) -> float:
    """Months after award at which service starts: when it is needed, with the delay chosen; where no month is stated,
    as soon as everything bought can serve."""
    if case.limits.need_month < ALWAYS_MONTHS:
        return case.limits.need_month + design.delay_months
    return soonest_month(case, bought(case, design), design)


def soonest_month(case: Case, amounts: Mapping[Key, float], design: Design) -> float:
    """Months after award at which so much of each asset can serve if all of it is ordered at the award."""
    works = case.limits.delay.works_months
    live = connected_month(case, design)
    return max([live, *(lead + spread + works for *_, lead, spread in _dated(case, amounts))])


def connected_month(case: Case, design: Design) -> float:
    """Month after award from which the connection carries what the plan needs of it; 0: an earlier step of it does,
    whose own date the case does not hold."""
    return case.grid.energised_month if connection.waits(case, design) else 0.0


def bought(case: Case, design: Design) -> dict[Key, float]:
    """What a design has beyond what was on site, of everything that can have a lead time [units, MWh, MW]."""
    found = {("modules", m.name): float(sum(u.count for u in design.units if u.offer == m.name)) for m in case.offers}
    for b in case.batteries:
        found["battery_power", b.name] = design.battery_mw.get(b.name, 0.0) - b.existing_mw
        found["battery_energy", b.name] = design.battery_mwh.get(b.name, 0.0) - b.existing_mwh
    found |= {("supply", s.name): design.supply_mw.get(s.name, 0.0) for s in case.supplies}
    found[CONNECTION] = connection.needed_mw(case, design)
    return found | {("generator", g.name): g.unit_mw * design.generator_units.get(g.name, 0) for g in case.generators}


def _dated(case: Case, amounts: Mapping[Key, float]) -> list[tuple[str, str, float, str, float, float]]:
    """(item, kind, quantity, unit, lead time, spread) of everything bought."""
    works = case.limits.delay.works_months
    found: list[tuple[str, str, float, str, float, float]] = []

    def add(item: Offer | Battery | Supply | Generator, line: str, kind: str, unit: str, each: float = 1.0) -> None:
        quantity = amounts.get((line, item.name), 0.0) / each
        quantity = round(quantity) if unit == "units" else quantity
        if quantity > ROUNDING:
            slots = item.quotation.fully_delivered_after if isinstance(item, Offer) else 0.0
            spread = max(quantity - 1, 0) * slots
            found.append((item.name, kind, quantity, unit, case.ready_months(item) - works, spread))

    for m in case.offers:
        add(m, "modules", "module", "units")
    for b in case.batteries:  # one delivery: of its energy, or of its power where only that grows
        more = amounts.get(("battery_energy", b.name), 0.0) > ROUNDING
        add(b, *(("battery_energy", "battery", "MWh") if more else ("battery_power", "battery", "MW")))
    for s in case.supplies:
        add(s, "supply", "supply", "MW")
    for g in case.generators:
        add(g, "generator", "generator", "units", g.unit_mw)
    return found
