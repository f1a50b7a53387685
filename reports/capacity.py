"""What the pools and the connection must carry, what they can carry, and how far each limit of the case is used.

The figures of pools come from models.usage; here they get their names, and limits of the grid, of dates and of
equipment are read from the plan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models import usage
from models.case import ALWAYS_MONTHS, Battery, Generator, Offer, Redundancy, Supply
from models.design import Answer
from reports import format as show
from reports.schedule import offers_by_name

CONTRACTED, INTERRUPTED = "Contracted capacity", "Import while the connection is interrupted"
"""Names of limits that are spoken of elsewhere."""
TOLERANCE = 1e-5
"""What the recheck lets pass above a limit, relative to the larger of 1 and the limit: no use of it worth telling."""


_WITHOUT_WORTH = (
    *("need_month", "most_months", "usable_share", "domestic_share", "clean_share_yearly", "clean_share_hourly"),
    "available_pu",
)
"""Ends of paths of limits of which no unit can be bought."""


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
    path: str = ""
    """where the limit stands in the case, as Origin.path"""

    @property
    def used(self) -> float | None:
        """Share of the limit that is used; None where there is no positive limit."""
        if self.value is None or self.limit is None or self.limit <= 0:
            return None
        return self.value / self.limit

    @property
    def binds(self) -> bool:
        """Whether the limit is used up to a thousandth."""
        return self.used is not None and self.used >= usage.AT_LIMIT

    @property
    def has_worth(self) -> bool:
        """Whether one more unit of it can be bought: not of a date, nor of a share of racks or of a connection."""
        return bool(self.path) and not self.path.endswith(_WITHOUT_WORTH)


def rule_text(redundancy: Redundancy) -> str:
    """A redundancy rule as planners write it: N, N+1, 2N, 3N/2."""
    if redundancy.duplicated or redundancy.distributed:
        return "2N" if redundancy.duplicated else "3N/2"
    return f"N+{redundancy.spare_units}" if redundancy.spare_units else "N"


_UNITS_RULE = "inside the unit"
_POOLS: dict[str, tuple[str, str, str]] = {
    "unit_space": ("Rack power held by units", "MW", _UNITS_RULE),
    "unit_power": ("Power inside units", "MW", _UNITS_RULE),
    "unit_cooling": ("Cooling inside units: {item}", "MW heat", _UNITS_RULE),
    "power": ("Power units: {electrical}", "MW", ""),
    "cooling": ("Cooling units: {item}", "MW heat", ""),
    "contract": ("Contracted grid capacity", "MW", "highest interval import"),
    "connection": ("Grid connection", "MW", "contracted capacity"),
}
"""Kind of pool -> its name, the unit of its figures, its rule where it has no redundancy rule of its own."""


def capacity_rows(answer: Answer) -> list[CapacityRow]:
    """Load and capacity of rack space, power, each cooling type and the grid connection, as placed."""
    rows = []
    for pool in usage.pools(answer.case, answer.design):
        name, unit, rule = _POOLS[pool.kind]
        name = name.format(item=pool.item, electrical=answer.case.electrical.name)
        rule = rule if pool.redundancy is None else _with_spares(pool, answer.case.currency)
        rows.append(CapacityRow(name, within(pool.load, pool.capacity), pool.capacity, unit, rule))
    return rows


def within(value: float, limit: float) -> float:
    """A figure without what the solver's tolerance puts above its limit, so that none reads as broken that is kept."""
    return limit if limit < value <= limit + TOLERANCE * max(1.0, abs(limit)) else value


def _with_spares(pool: usage.PoolUse, currency: str) -> str:
    """The pool's rule, and what it costs: `N+1: 1 spare unit, USD 2.61 million`."""
    assert pool.redundancy is not None
    rule = rule_text(pool.redundancy)
    if pool.spare_units == 0 or rule == "N":
        return rule
    return f"{rule}: {show.count(pool.spare_units, 'spare unit')}, {show.money(pool.spare_kcur, currency, 3)}"


def limit_rows(answer: Answer) -> list[LimitRow]:
    """Every limit that the case can carry, with what the plan uses of it."""
    found = [*_site_limits(answer), *_grid_limits(answer), *_date_limits(answer), *_equipment_limits(answer)]
    return [
        row if row.value is None or row.limit is None else row._replace(value=within(row.value, row.limit))
        for row in found
    ]


def limits_with_worth(answer: Answer) -> list[LimitRow]:
    """The limits that bind and of which one more unit could be bought."""
    return [row for row in limit_rows(answer) if row.binds and row.has_worth]


def _site_limits(answer: Answer) -> list[LimitRow]:
    limits, kpi, currency = answer.case.limits, answer.accounts.kpi, f"thousand {answer.case.currency}"
    first_cost = float(sum(line.first_cost_kcur for line in answer.accounts.costs))
    carbon, water = kpi.get("carbon_t"), kpi.get("water_m3")
    area = usage.area_m2(answer.case, answer.design)
    day = max(usage.water_by_day(answer.case, answer.design).values(), default=0.0)
    rows = [
        LimitRow("First cost (budget)", first_cost, limits.budget_kcur, currency, "Site", "limits.budget_kcur"),
        LimitRow("Carbon of imports", carbon, limits.carbon_t_per_year, "t/year", "Site", "limits.carbon_t_per_year"),
        LimitRow("Water", water, limits.water_m3_per_year, "m³/year", "Site", "limits.water_m3_per_year"),
        LimitRow("Water in one day", day, limits.water_m3_per_day, "m³/day", "Site", "limits.water_m3_per_day"),
        LimitRow(
            "Water weighted by scarcity",
            kpi.get("weighted_water_m3") if answer.case.site.water_stress is not None else water,
            limits.weighted_water_m3_per_year,
            "m³/year",
            "Site",
            "limits.weighted_water_m3_per_year",
        ),
        LimitRow("Area", area, answer.case.site.area_m2, "m²", "Site", "site.area_m2"),
    ]
    for how, field in (("over the year", "clean_share_yearly"), ("hour by hour", "clean_share_hourly")):
        share, clean = getattr(limits, field), kpi.get(field)
        if share:
            grey = None if clean is None else 100 * (1 - clean)
            rows.append(LimitRow(f"Energy not clean, {how}", grey, 100 * (1 - share), "%", "Site", f"limits.{field}"))
    if answer.case.workloads:
        index, target = kpi.get("tokenergy_wh_per_1k"), limits.tokenergy_wh_per_ktok
        path = "limits.tokenergy_wh_per_ktok"
        rows.insert(0, LimitRow("TokEnergy target", index, target, "Wh per 1,000 tokens", "Site", path))
    return rows


def _grid_limits(answer: Answer) -> list[LimitRow]:
    grid, operation = answer.case.grid, answer.design.operation
    path = "grid.import_limit_mw" if grid.interval_limit_mw == grid.import_limit_mw else "grid.import_limit_mva"
    rows = [LimitRow(CONTRACTED, answer.design.contract_mw, grid.interval_limit_mw, "MW", "Grid", path)]
    interrupted = usage.interrupted_import(answer.case, answer.design)
    if interrupted is not None:
        rows.append(
            LimitRow(INTERRUPTED, interrupted.import_mw, interrupted.left_mw, "MW", "Grid", "grid.available_pu")
        )
    if grid.contract_mw is not None:
        highest = grid.billing_factor * float(np.max(operation.import_mw))
        row = LimitRow(
            "Highest import in the settled contract", highest, grid.contract_mw, "MW", "Grid", "grid.contract_mw"
        )
        rows.append(row)
    export = float(np.max(operation.export_mw))
    if grid.export_limit_mw > 0 or export > 1e-9:
        rows.append(LimitRow("Highest export", export, grid.export_limit_mw, "MW", "Grid", "grid.export_limit_mw"))
    duties = (
        ("Swing of the import, peak to peak", usage.grid_swing_mw, grid.max_swing_mw, "MW", "max_swing_mw"),
        (
            "Ramp of the import",
            usage.grid_ramp_mw_per_min,
            grid.ramp_limit_mw_per_min,
            "MW/min",
            "ramp_limit_mw_per_min",
        ),
    )
    for name, found, limit, unit, field in duties:
        if limit is not None:
            rows.append(LimitRow(name, found(answer.case, answer.design), limit, unit, "Grid", f"grid.{field}"))
    return rows


def _date_limits(answer: Answer) -> list[LimitRow]:
    """Lead times at the chosen confidence and the live date of the connection against the need date."""
    case, design, offers = answer.case, answer.design, offers_by_name(answer)
    need = case.limits.need_month if case.limits.need_month < ALWAYS_MONTHS else None
    start = None if need is None else need + design.delay_months
    bought: list[Offer | Battery | Supply | Generator] = [offers[u.offer] for u in design.units if u.count]
    bought += [b for b in case.batteries if design.battery_mw.get(b.name, 0.0) > 1e-9]
    bought += [s for s in case.supplies if design.supply_mw.get(s.name, 0.0) > 1e-9]
    bought += [g for g in case.generators if design.generator_units.get(g.name, 0)]
    confidence = case.limits.lead_confidence
    leads = [case.ready_months(item) for item in bought]
    unit, path = "months after award", "limits.need_month"
    rows = [LimitRow("Connection live", case.grid.energised_month, start, unit, "Dates", path)]
    if leads:
        works = ", site works included" if case.limits.delay.works_months else ""
        rows.append(LimitRow(f"Longest lead time ({confidence}){works}", max(leads), start, unit, "Dates", path))
    if need is not None and case.limits.delay.most_months:
        allowed = float(case.limits.delay.most_months)
        rows.append(LimitRow("Late start", design.delay_months, allowed, "months", "Dates", "limits.delay.most_months"))
    return rows


def _equipment_limits(answer: Answer) -> list[LimitRow]:
    case, design = answer.case, answer.design
    rows: list[LimitRow] = []

    def add(name: str, value: float, limit: float | None, unit: str, path: str) -> None:
        rows.append(LimitRow(name, value, limit, unit, "Equipment", path))

    for (rack, cooling), (busy, usable) in usage.busiest(case, design).items():
        name = f"Busy racks in the fullest step: {rack} on {cooling}"
        add(name, busy, usable, "racks", f"racks[{rack}].usable_share")
    for r in case.racks:
        bought = sum(p.count for p in design.racks if p.rack == r.name)
        if bought:
            add(f"Racks bought: {r.name}", bought, r.max_racks, "racks", f"racks[{r.name}].max_racks")
    if case.limits.domestic_share is not None:
        power = {p.rack: 0.0 for p in design.racks}
        for p in design.racks:
            power[p.rack] += p.count * next(r for r in case.racks if r.name == p.rack).placed_mw
        foreign = sum(power[r.name] for r in case.racks if r.name in power and not r.domestic)
        allowed = (1 - case.limits.domestic_share) * sum(power.values())
        add("Racks that are not domestic", foreign, allowed, "MW", "limits.domestic_share")
    for offer in case.offers:
        ordered = sum(u.count for u in design.units if u.offer == offer.name)
        if ordered:
            add(f"Units ordered: {offer.name}", ordered, offer.max_count, "units", f"offers[{offer.name}].max_count")
    for b in case.batteries:
        if b.max_mw > 0:
            mw, mwh = design.battery_mw.get(b.name, 0.0), design.battery_mwh.get(b.name, 0.0)
            add(f"Battery power: {b.name}", mw, b.max_mw, "MW", f"batteries[{b.name}].max_mw")
            add(f"Battery energy: {b.name}", mwh, b.max_mwh, "MWh", f"batteries[{b.name}].max_mwh")
    for c in case.cooling:
        if c.store is not None:
            mwh, path = design.cold_store_mwh.get(c.name, 0.0), f"cooling[{c.name}].store.max_mwh"
            add(f"Cold store: {c.name}", mwh, c.store.max_mwh, "MWh thermal", path)
    for u in case.heat_users:
        mw = design.reuse_mw.get(u.name, 0.0)
        add(f"Connection of heat user: {u.name}", mw, u.max_mw, "MW thermal", f"heat_users[{u.name}].max_mw")
    for s in case.supplies:
        mw = design.supply_mw.get(s.name, 0.0)
        add(f"On-site supply: {s.name}", mw, s.max_mw, "MW", f"supplies[{s.name}].max_mw")
    for deal in case.purchases:
        mw, path = design.purchase_mw.get(deal.name, 0.0), f"purchases[{deal.name}].max_mw"
        add(f"Power-purchase contract: {deal.name}", mw, deal.max_mw, "MW", path)
    for g in case.generators:
        count, path = design.generator_units.get(g.name, 0), f"generators[{g.name}]"
        add(f"Generator units: {g.name}", count, g.max_units, "units", f"{path}.max_units")
        if g.max_run_h_per_year is not None and g.name in design.operation.running_units:
            hours = case.calendar.step_h * float(design.operation.running_units[g.name].sum())
            allowed = g.max_run_h_per_year * count
            add(f"Running hours of all units: {g.name}", hours, allowed, "h", f"{path}.max_run_h_per_year")
    return rows
