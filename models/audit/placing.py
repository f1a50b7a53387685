"""Recheck of modules: delivery, racks in units, pools with their redundancy, order sizes, land."""

from __future__ import annotations

import math

from models.audit import facts
from models.audit.checker import EXACT, Checker
from models.audit.view import View
from models.case import Offer, Redundancy
from models.design import Units


def check_placing(view: View, check: Checker) -> None:
    """Every rack stands in a unit that holds, powers and cools it, from an order that can be placed."""
    most = view.case.limits.delay.most_months
    check.require(
        0 <= view.design.delay_months <= most, "delay allowed [months]", "site", view.design.delay_months, most
    )
    for p in view.design.racks:
        check.require(p.count >= 0, "counts not negative", f"rack {p.rack}, {p.cooling} in {p.offer}", p.count)
    for u in view.design.units:
        _check_unit(view, check, u)
    for (r, c, m), placed in view.placed.items():
        slots = facts.slots_per_unit(view.rack[r], c, view.offer[m])
        units = view.holding.get((r, c, m), 0)
        room = slots * units if units else 0.0
        check.at_most("racks fit into their units", f"rack {r}, {c} in {m}", placed, room, tolerance=EXACT)
    for offer in view.case.offers:
        _check_order(view, check, offer)
    _check_pool(view, check, "power", _power_load(view), "power", None, view.case.electrical.redundancy)
    for cooling in view.case.cooling:
        load = _cooling_load(view, cooling.name)
        _check_pool(view, check, f"cooling {cooling.name}", load, "cooling", cooling.name, cooling.redundancy)
    _check_land(view, check)


def _check_unit(view: View, check: Checker, u: Units) -> None:
    holds = view.offer[u.offer].kind in ("it", "integrated")
    check.require(u.count >= 0, "counts not negative", f"units of {u.offer}", u.count)
    named = u.rack is not None and u.cooling is not None
    none = u.rack is None and u.cooling is None
    check.require(named if holds else none, "units that hold racks name the racks they hold", f"units of {u.offer}")
    if u.rack is not None and u.cooling is not None and holds:
        slots = facts.slots_per_unit(view.rack[u.rack], u.cooling, view.offer[u.offer])
        check.require(slots >= 1, "units can hold their racks", f"rack {u.rack}, {u.cooling} in {u.offer}", slots, 1)


def _check_order(view: View, check: Checker, offer: Offer) -> None:
    count = view.units.get(offer.name, 0)
    if count == 0:
        return
    months = facts.ready_month(view.case, offer, count)
    own = view.case.electrical.name
    check.require(offer.architecture in (None, own), "units belong to the electrical architecture", offer.name)
    check.at_most("units delivered in time [months]", offer.name, months, view.start_month)
    if view.case.money.plan_years is None:  # else what is bought at one time counts: models/audit/growth.py
        check.require(count >= offer.min_count, "least order", offer.name, count, offer.min_count)
    most = math.inf if offer.max_count is None else offer.max_count
    check.require(count <= most, "largest order", offer.name, count, most)


def _power_load(view: View) -> float:
    """Rack power in units that do not feed their own racks [MW]."""
    outside = [(k, n) for k, n in view.placed.items() if not view.offer[k[2]].electrical_mw > 0]
    return sum(n * view.each_mw(k[0]) for k, n in outside)


def _cooling_load(view: View, cooling: str) -> float:
    """Heat at peak of racks in units without cooling inside that one cooling type takes [MW]."""
    outside = [(k, n) for k, n in view.placed.items() if view.offer[k[2]].cooling is None]
    return sum(n * view.each_mw(k[0]) * view.heat_parts((k[0], k[1])).get(cooling, 0.0) for k, n in outside)


def _check_pool(
    view: View, check: Checker, item: str, load: float, kind: str, cooling: str | None, redundancy: Redundancy
) -> None:
    """Capacity without the spare units, the largest in use, carries the load; all of it twice (2N) or one and a half
    times (3N/2) as much."""
    if load == 0:
        return
    used = [(m, view.units[m.name]) for m in view.case.offers if m.kind == kind and view.units.get(m.name, 0) > 0]
    if cooling is not None:
        used = [(m, n) for m, n in used if m.cooling == cooling]
    each = {m.name: m.electrical_mw if kind == "power" else m.heat_mw for m, _ in used}
    total = sum(n * each[m.name] for m, n in used)
    spares = 1 if redundancy.distributed and redundancy.spare_units == 0 else redundancy.spare_units
    firm = total - spares * max(each.values(), default=0.0)
    rule = "pool of units carries its racks with redundancy [MW]"
    check.at_least(rule, f"{item} pool", firm, load)
    if redundancy.duplicated or redundancy.distributed:
        check.at_least(rule, f"{item} pool, all units", total, (2.0 if redundancy.duplicated else 1.5) * load)


def _check_land(view: View, check: Checker) -> None:
    area = view.case.site.area_m2
    if area is None:
        return
    design = view.design
    used = sum(view.offer[m].footprint_m2 * n for m, n in view.units.items())
    used += sum(view.battery[b].area_m2_per_mwh * mwh for b, mwh in design.battery_mwh.items())
    used += sum(view.supply[s].area_m2_per_mw * mw for s, mw in design.supply_mw.items())
    for name, count in design.generator_units.items():
        used += view.generator[name].area_m2_per_mw * view.generator[name].unit_mw * count
    for c, mwh in design.cold_store_mwh.items():
        store = view.cooling[c].store
        used += 0.0 if store is None else store.area_m2_per_mwh * mwh
    check.at_most("land [m2]", "site", used, area)
