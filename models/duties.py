"""Requirements that are no row of the elastic design problem (models/requirements.py): duties of storage, redundancy,
interruptions, rules for orders, least sizes, limits of single days, months or hours, dates. Each holds or is out of the
way; how far it must give way is a matter of trying values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.case import Case
from models.places import at, put
from models.requirements import WIDER, Requirement, rows
from models.running import interrupted
from models.terms import Redundancy
from models.timetable import ALWAYS_MONTHS

BLANK = ""
"""Choice to leave a cell blank."""

_TO_ZERO = (
    "electrical.required_ride_through_h",
    "grid.ride_through_h",
    "limits.domestic_share",
    "limits.clean_share_yearly",
    "limits.clean_share_hourly",
)
"""Easier the smaller, and gone at zero."""
_LEAST_SIZES = (
    ("batteries", "min_mw"),
    ("batteries", "min_mwh"),
    ("supplies", "min_mw"),
    ("generators", "min_units"),
)
"""The same, of things to buy."""
_WITHOUT_BOUND = (
    "grid.max_swing_mw",
    "grid.ramp_limit_mw_per_min",
    "limits.water_m3_per_day",
    "limits.weighted_water_m3_per_year",
)
"""Easier the larger; None: no limit."""


def duties(case: Case) -> tuple[Requirement, ...]:
    """Every requirement of a case that is no row, of those that it makes."""
    return (*_of_site(case), *_of_dates(case), *_of_orders(case), *_of_work(case), *_of_items(case))


def requirements(case: Case) -> tuple[Requirement, ...]:
    """Every requirement of a case that one may relax."""
    return (*rows(case), *duties(case))


def lifted(case: Case, paths: frozenset[str]) -> Case:
    """The case with these duties out of the way."""
    for r in duties(case):
        if r.path in paths:
            case = r.lifted(case)
    return case


def _smaller(path: str, now: float, end: float, *, is_whole: bool = False) -> Requirement:
    return Requirement(path, now, lambda case: put(case, path, end), None, is_whole, end)


def _larger(path: str, now: float, without: Any, *, is_whole: bool = False, end: float | None = None) -> Requirement:
    """without: the value in the case that stands for no limit."""
    most = WIDER * now if end is None else end
    return Requirement(path, now, lambda case: put(case, path, without), None, is_whole, most)


def _choice(path: str, end: str, without: Any) -> Requirement:
    """end: the choice that is easiest to keep, as in its cell; without: the same in the case."""
    return Requirement(path, 1.0, lambda case: put(case, path, without), None, False, end)


def _of_site(case: Case) -> Iterator[Requirement]:
    for path in _TO_ZERO:
        now = at(case, path)
        if now:
            yield _smaller(path, now, 0.0)
    for path in _WITHOUT_BOUND:
        now = at(case, path)
        if now is not None:
            yield _larger(path, now, None)
    if interrupted(case, range(case.calendar.steps)):
        yield _choice("grid.available_pu", BLANK, None)
    if case.grid.covers == "design day":
        yield _choice("grid.covers", "highest hour", "highest hour")
    if case.electrical.redundancy.asks_for_more:
        yield _choice("electrical.redundancy", "N", Redundancy())


def _of_dates(case: Case) -> Iterator[Requirement]:
    need = case.limits.need_month
    if need >= ALWAYS_MONTHS:
        return
    if case.grid.energised_month > need:
        yield _smaller("grid.energised_month", case.grid.energised_month, need)
    if counts_late(case):
        yield _choice("limits.lead_confidence", "P50", "P50")


def _of_orders(case: Case) -> Iterator[Requirement]:
    orders = case.orders
    if orders.most_vendors is not None:
        vendors = len({m.vendor for m in case.offers})
        yield _larger("orders.most_vendors", orders.most_vendors, None, is_whole=True, end=vendors)
    if orders.least_vendors is not None:
        yield _smaller("orders.least_vendors", orders.least_vendors, 1, is_whole=True)
    if orders.vendor_share is not None:
        yield _larger("orders.vendor_share", orders.vendor_share, None, end=1.0)
    if orders.one_family:
        yield _choice("orders.one_family", "no", False)
    for m in case.offers:
        if m.min_count > 1:
            yield _smaller(f"offers[{m.name}].min_count", m.min_count, 1, is_whole=True)


def _of_work(case: Case) -> Iterator[Requirement]:
    for w in case.workloads:
        path = f"workloads[{w.name}]"
        if w.kind == "deferrable":
            end = max(WIDER * w.max_delay_h, 24.0)
            yield _larger(f"{path}.max_delay_h", w.max_delay_h, end, is_whole=True, end=end)
        if w.kind != "training":
            continue
        if w.gang_min > 1:
            yield _smaller(f"{path}.gang_min", w.gang_min, 1, is_whole=True)
        if w.gang_max is not None:
            yield _larger(f"{path}.gang_max", w.gang_max, None, is_whole=True)
        if w.pause_share < 1:
            yield _larger(f"{path}.pause_share", w.pause_share, 1.0, end=1.0)
        if w.steady:
            yield _choice(f"{path}.steady", "no", False)


def _of_items(case: Case) -> Iterator[Requirement]:
    for group, size in _LEAST_SIZES:
        for item in getattr(case, group):
            now = getattr(item, size)
            if now > 0:
                yield _smaller(f"{group}[{item.name}].{size}", now, 0, is_whole=size.endswith("units"))
    for c in case.cooling:
        if c.redundancy.asks_for_more:
            yield _choice(f"cooling[{c.name}].redundancy", "N", Redundancy())
    for b in case.batteries:
        if b.max_cycles_per_year is not None:
            yield _larger(f"batteries[{b.name}].max_cycles_per_year", b.max_cycles_per_year, None)
    for g in case.generators:
        if g.max_run_h_per_year is not None:
            yield _larger(f"generators[{g.name}].max_run_h_per_year", g.max_run_h_per_year, None)
        if g.only_in_outages:
            yield _choice(f"generators[{g.name}].only_in_outages", "no", False)


def counts_late(case: Case) -> bool:
    """Whether lead times at nine in ten are required, and even chances would bring something sooner."""
    dated: tuple[Any, ...] = (*case.offers, *case.batteries, *case.supplies, *case.generators)
    is_dated = case.limits.lead_confidence == "P90" and case.limits.need_month < ALWAYS_MONTHS
    return is_dated and any(item.lead_months_p50 < item.lead_months_p90 for item in dated)
