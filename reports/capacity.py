"""What the pools and the connection must carry, what they can carry, and how far each limit of the case is used.

Sums of the plan's counts with the case's ratings, for display; the recheck proves the same rules on its own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.case import Battery, Offer, Redundancy, Supply
from models.design import Answer, PlacedRacks
from models.fields import Series
from reports.schedule import offers_by_name, racks_by_name

ALWAYS_MONTHS = 1200.0
"""The need date of a case that states none."""


class CapacityRow(NamedTuple):
    """What a pool can carry against what it must carry."""

    pool: str
    load: float
    capacity: float
    unit: str
    rule: str


class LimitRow(NamedTuple):
    """A limit of the case and what the plan uses of it; limit None: no limit was given."""

    name: str
    value: float | None
    limit: float | None
    unit: str
    group: str

    @property
    def used(self) -> float | None:
        """Share of the limit that is used; None where there is no positive limit."""
        if self.value is None or self.limit is None or self.limit <= 0:
            return None
        return self.value / self.limit

    @property
    def binds(self) -> bool:
        """Whether the limit is used up to a thousandth."""
        return self.used is not None and self.used >= 0.999


def rule_text(redundancy: Redundancy) -> str:
    """A redundancy rule as planners write it: N, N+1, 2N."""
    if redundancy.duplicated:
        return "2N"
    return f"N+{redundancy.spare_units}" if redundancy.spare_units else "N"


def _holds_racks(offer: Offer) -> bool:
    return offer.kind in ("it", "integrated")


def _rack_mw(answer: Answer, placed: list[tuple[PlacedRacks, float]]) -> float:
    """Power of placed racks, each with the share of it that counts [MW]."""
    racks = racks_by_name(answer)
    return float(sum(share * p.count * racks[p.rack].placed_mw for p, share in placed))


def _heat_share(answer: Answer, placed: PlacedRacks, cooling: str) -> float:
    """Share of a placed rack's heat that goes to a cooling type (models/README.md, Cooling)."""
    carrier = next(c for c in answer.case.cooling if c.name == placed.cooling)
    liquid = racks_by_name(answer)[placed.rack].liquid_share
    if carrier.name == cooling:
        return liquid if carrier.liquid_share > 0 else 1.0
    return 1.0 - liquid if carrier.residual_air == cooling else 0.0


def capacity_rows(answer: Answer) -> list[CapacityRow]:
    """Load and capacity of rack space, power, each cooling type and the grid connection, as placed."""
    case, design = answer.case, answer.design
    rows = [*_unit_rows(answer), *_pool_rows(answer)] if design.racks else []
    peak = float(np.max(design.operation.import_mw)) * case.grid.billing_factor
    rows.append(CapacityRow("Contracted grid capacity", peak, design.contract_mw, "MW", "highest interval import"))
    limit = case.grid.interval_limit_mw
    rows.append(CapacityRow("Grid connection", design.contract_mw, limit, "MW", "contracted capacity"))
    return [row for row in rows if row.load > 1e-9 or row.capacity > 1e-9]


def _unit_rows(answer: Answer) -> list[CapacityRow]:
    """Capacity inside the units that hold racks: space, and power and cooling where built in."""
    offers = offers_by_name(answer)
    placed = [(p, offers[p.offer]) for p in answer.design.racks]
    units = [(u.count, offers[u.offer]) for u in answer.design.units]
    rule = "inside the unit"
    rows = [
        CapacityRow(
            "Rack power held by units",
            _rack_mw(answer, [(p, 1.0) for p, _ in placed]),
            float(sum(n * o.it_mw for n, o in units if _holds_racks(o))),
            "MW",
            rule,
        ),
        CapacityRow(
            "Power inside units",
            _rack_mw(answer, [(p, 1.0) for p, o in placed if o.electrical_mw > 0]),
            float(sum(n * o.electrical_mw for n, o in units if _holds_racks(o))),
            "MW",
            rule,
        ),
    ]
    for cooling in dict.fromkeys(o.cooling for _, o in placed if o.cooling):
        load = _rack_mw(answer, [(p, 1.0) for p, o in placed if o.cooling == cooling])
        capacity = float(sum(n * o.heat_mw for n, o in units if _holds_racks(o) and o.cooling == cooling))
        rows.append(CapacityRow(f"Cooling inside units: {cooling}", load, capacity, "MW heat", rule))
    return rows


def _pool_rows(answer: Answer) -> list[CapacityRow]:
    """The site's power pool and cooling pools, with their redundancy rule."""
    case, offers = answer.case, offers_by_name(answer)
    placed = [(p, offers[p.offer]) for p in answer.design.racks]
    units = [(u.count, offers[u.offer]) for u in answer.design.units]
    power = CapacityRow(
        f"Power units: {case.electrical.name}",
        _rack_mw(answer, [(p, 1.0) for p, o in placed if o.electrical_mw <= 0]),
        float(sum(n * o.electrical_mw for n, o in units if o.kind == "power")),
        "MW",
        rule_text(case.electrical.redundancy),
    )
    rows = [power]
    for cooling in case.cooling:
        load = _rack_mw(answer, [(p, _heat_share(answer, p, cooling.name)) for p, o in placed if o.cooling is None])
        capacity = float(sum(n * o.heat_mw for n, o in units if o.kind == "cooling" and o.cooling == cooling.name))
        rule = rule_text(cooling.redundancy)
        rows.append(CapacityRow(f"Cooling units: {cooling.name}", load, capacity, "MW heat", rule))
    return rows


def limit_rows(answer: Answer) -> list[LimitRow]:
    """Every limit that the case can carry, with what the plan uses of it."""
    return [*_site_limits(answer), *_grid_limits(answer), *_date_limits(answer), *_equipment_limits(answer)]


def _site_limits(answer: Answer) -> list[LimitRow]:
    limits, kpi = answer.case.limits, answer.accounts.kpi
    first_cost = float(sum(line.first_cost_kcur for line in answer.accounts.costs))
    rows = [
        LimitRow("First cost (budget)", first_cost, limits.budget_kcur, f"thousand {answer.case.currency}", "Site"),
        LimitRow("Carbon of imports", kpi.get("carbon_t"), limits.carbon_t_per_year, "t/year", "Site"),
        LimitRow("Water", kpi.get("water_m3"), limits.water_m3_per_year, "m³/year", "Site"),
        LimitRow("Area", area_m2(answer), answer.case.site.area_m2, "m²", "Site"),
    ]
    if answer.case.workloads:
        index = kpi.get("tokenergy_wh_per_1k")
        target = LimitRow("TokEnergy target", index, limits.tokenergy_wh_per_ktok, "Wh per 1,000 tokens", "Site")
        rows.insert(0, target)
    return rows


def area_m2(answer: Answer) -> float:
    """Land under units, batteries, cold stores and on-site supply [m2]."""
    case, design, offers = answer.case, answer.design, offers_by_name(answer)
    area = sum(u.count * offers[u.offer].footprint_m2 for u in design.units)
    area += sum(b.area_m2_per_mwh * design.battery_mwh.get(b.name, 0.0) for b in case.batteries)
    area += sum(s.area_m2_per_mw * design.supply_mw.get(s.name, 0.0) for s in case.supplies)
    for cooling in case.cooling:
        if cooling.store is not None:
            area += cooling.store.area_m2_per_mwh * design.cold_store_mwh.get(cooling.name, 0.0)
    return float(area)


def _grid_limits(answer: Answer) -> list[LimitRow]:
    grid, operation = answer.case.grid, answer.design.operation
    rows = [LimitRow("Contracted capacity", answer.design.contract_mw, grid.interval_limit_mw, "MW", "Grid")]
    export = float(np.max(operation.export_mw))
    if grid.export_limit_mw > 0 or export > 1e-9:
        rows.append(LimitRow("Highest export", export, grid.export_limit_mw, "MW", "Grid"))
    return rows


def _date_limits(answer: Answer) -> list[LimitRow]:
    """Lead times at the chosen confidence and the live date of the connection against the need date."""
    case, design, offers = answer.case, answer.design, offers_by_name(answer)
    need = case.limits.need_month if case.limits.need_month < ALWAYS_MONTHS else None
    bought: list[Offer | Battery | Supply] = [offers[u.offer] for u in design.units if u.count]
    bought += [b for b in case.batteries if design.battery_mw.get(b.name, 0.0) > 1e-9]
    bought += [s for s in case.supplies if design.supply_mw.get(s.name, 0.0) > 1e-9]
    confidence = case.limits.lead_confidence
    leads = [item.lead_months_p90 if confidence == "P90" else item.lead_months_p50 for item in bought]
    rows = [LimitRow("Connection live", case.grid.energised_month, need, "months after award", "Dates")]
    if leads:
        rows.append(LimitRow(f"Longest lead time ({confidence})", max(leads), need, "months after award", "Dates"))
    return rows


def _equipment_limits(answer: Answer) -> list[LimitRow]:
    case, design = answer.case, answer.design
    group = "Equipment"
    rows = [
        LimitRow(f"Busy racks in the fullest step: {rack} on {cooling}", busy, usable, "racks", group)
        for (rack, cooling), (busy, usable) in busy_racks(answer).items()
    ]
    for rack in case.racks:
        bought = sum(p.count for p in design.racks if p.rack == rack.name)
        if bought:
            rows.append(LimitRow(f"Racks bought: {rack.name}", bought, rack.max_racks, "racks", group))
    for offer in case.offers:
        ordered = sum(u.count for u in design.units if u.offer == offer.name)
        if ordered:
            rows.append(LimitRow(f"Units ordered: {offer.name}", ordered, offer.max_count, "units", group))
    for battery in case.batteries:
        if battery.max_mw > 0:
            mw, mwh = design.battery_mw.get(battery.name, 0.0), design.battery_mwh.get(battery.name, 0.0)
            rows.append(LimitRow(f"Battery power: {battery.name}", mw, battery.max_mw, "MW", group))
            rows.append(LimitRow(f"Battery energy: {battery.name}", mwh, battery.max_mwh, "MWh", group))
    for cooling in case.cooling:
        if cooling.store is not None:
            mwh = design.cold_store_mwh.get(cooling.name, 0.0)
            rows.append(LimitRow(f"Cold store: {cooling.name}", mwh, cooling.store.max_mwh, "MWh thermal", group))
    for supply in case.supplies:
        mw = design.supply_mw.get(supply.name, 0.0)
        rows.append(LimitRow(f"On-site supply: {supply.name}", mw, supply.max_mw, "MW", group))
    return rows


def busy_racks(answer: Answer) -> dict[tuple[str, str], tuple[float, float]]:
    """Per option: racks busy or reserved in the fullest step, and racks that may be busy."""
    case, design = answer.case, answer.design
    workloads = {w.name: w for w in case.workloads}
    usable: dict[tuple[str, str], float] = {}
    for p in design.racks:
        key = (p.rack, p.cooling)
        usable[key] = usable.get(key, 0.0) + p.count * racks_by_name(answer)[p.rack].usable_share
    busy: dict[tuple[str, str], Series] = {key: np.zeros(case.calendar.steps) for key in usable}
    for (name, rack, cooling), vector in design.operation.busy_racks.items():
        if workloads[name].kind != "training" and (rack, cooling) in busy:
            busy[rack, cooling] = busy[rack, cooling] + vector
    for gang in design.gangs:
        reserved = np.zeros(case.calendar.steps)
        for first, after in workloads[gang.workload].windows:
            reserved[first:after] = gang.racks
        if (gang.rack, gang.cooling) in busy:
            busy[gang.rack, gang.cooling] = busy[gang.rack, gang.cooling] + reserved
    return {key: (float(np.max(vector)), usable[key]) for key, vector in busy.items()}
