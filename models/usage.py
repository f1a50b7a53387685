"""How a plan uses what it buys: pools, land, the fullest step, cooling weather, batteries, what moves the index.

Derived from Case and Design alone and only shown: no rule rests on it, and the recheck proves the rules on its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from models import billing, curves, finance
from models.case import Case, DemandCharge, Offer, Redundancy
from models.catalogue import cooling, design_heat_mw, heat_coolings, heat_share, rack, reference_mtok, serving
from models.design import Design, Option, PlacedRacks
from models.fields import Series

PoolKind = Literal["unit_space", "unit_power", "unit_cooling", "power", "cooling", "contract", "connection"]
FREE_COOLING_PU = 0.10
"""Electric power per heat up to which cooling counts as free [MW/MW]: fans and pumps take 0.03 to 0.10, a compressor
alone takes 0.15 to 0.35."""
AT_LIMIT = 0.999
"""Share of a limit from which it counts as reached."""


@dataclass(frozen=True)
class PoolUse:
    """What a pool must carry and what it can carry."""

    kind: PoolKind
    item: str
    """cooling type of a cooling pool, else empty"""
    load: float
    """MW; of heat for cooling"""
    capacity: float
    """MW; of heat for cooling"""
    redundancy: Redundancy | None = None
    """rule of a site pool; None: none of its own"""


def placed(design: Design) -> dict[Option, int]:
    """Racks of each option."""
    counts: dict[Option, int] = {}
    for p in design.racks:
        counts[p.rack, p.cooling] = counts.get((p.rack, p.cooling), 0) + p.count
    return counts


def busy_mw(case: Case, design: Design, workload: str | None = None) -> Series:
    """IT power above idle, of one workload or of all [MW]."""
    power = np.zeros(case.calendar.steps)
    for key, racks in design.operation.busy_racks.items():
        if workload is None or key[0] == workload:
            power += serving(case)[key][1] * racks
    return power


def rack_cooling_mw(case: Case, option: Option) -> dict[str, float]:
    """Electric power that cooling one rack takes on the design day, by cooling type [MW]."""
    heat = rack(case, option).placed_mw
    shares = heat_share(case, option)
    return {c: heat * share * curves.design_day_pu(cooling(case, c), case.site) for c, share in shares.items()}


def area_m2(case: Case, design: Design) -> float:
    """Land under units, batteries, cold stores and on-site supply [m2]."""
    offers = _offers(case)
    area = sum(u.count * offers[u.offer].footprint_m2 for u in design.units)
    area += sum(b.area_m2_per_mwh * design.battery_mwh.get(b.name, 0.0) for b in case.batteries)
    area += sum(s.area_m2_per_mw * design.supply_mw.get(s.name, 0.0) for s in case.supplies)
    area += sum(c.store.area_m2_per_mwh * design.cold_store_mwh.get(c.name, 0.0) for c in case.cooling if c.store)
    return float(area)


def _offers(case: Case) -> dict[str, Offer]:
    return {offer.name: offer for offer in case.offers}


def pools(case: Case, design: Design) -> list[PoolUse]:
    """Load and capacity of rack space, power, each cooling type and the grid connection, as placed."""
    rows = [*_inside_units(case, design), *_site_pools(case, design)] if design.racks else []
    peak = float(design.operation.import_mw.max(initial=0.0)) * case.grid.billing_factor
    rows.append(PoolUse("contract", "", peak, design.contract_mw))
    rows.append(PoolUse("connection", "", design.contract_mw, case.grid.interval_limit_mw))
    return [row for row in rows if row.load > 1e-9 or row.capacity > 1e-9]


def _rack_mw(case: Case, racks: list[PlacedRacks]) -> float:
    return float(sum(p.count * rack(case, (p.rack, p.cooling)).placed_mw for p in racks))


def _inside_units(case: Case, design: Design) -> list[PoolUse]:
    """Space in the units that hold racks, and power and cooling where built in."""
    offers = _offers(case)
    units = [(u.count, offers[u.offer]) for u in design.units if offers[u.offer].kind in ("it", "integrated")]
    powered = [p for p in design.racks if offers[p.offer].electrical_mw > 0]
    rows = [
        PoolUse("unit_space", "", _rack_mw(case, list(design.racks)), sum(n * o.it_mw for n, o in units)),
        PoolUse("unit_power", "", _rack_mw(case, powered), sum(n * o.electrical_mw for n, o in units)),
    ]
    for c in dict.fromkeys(o.cooling for _, o in units if o.cooling):
        load = _rack_mw(case, [p for p in design.racks if offers[p.offer].cooling == c])
        rows.append(PoolUse("unit_cooling", c, load, sum(n * o.heat_mw for n, o in units if o.cooling == c)))
    return rows


def _site_pools(case: Case, design: Design) -> list[PoolUse]:
    offers = _offers(case)
    units = [(u.count, offers[u.offer]) for u in design.units]
    fed = [p for p in design.racks if offers[p.offer].electrical_mw <= 0]
    power = sum(n * o.electrical_mw for n, o in units if o.kind == "power")
    rows = [PoolUse("power", "", _rack_mw(case, fed), power, case.electrical.redundancy)]
    cooled = [p for p in design.racks if offers[p.offer].cooling is None]
    for c in case.cooling:
        heat = sum(_rack_mw(case, [p]) * heat_share(case, (p.rack, p.cooling)).get(c.name, 0.0) for p in cooled)
        capacity = sum(n * o.heat_mw for n, o in units if o.kind == "cooling" and o.cooling == c.name)
        rows.append(PoolUse("cooling", c.name, float(heat), capacity, c.redundancy))
    return rows


def busiest(case: Case, design: Design) -> dict[Option, tuple[float, float]]:
    """Per option: racks busy or reserved in the fullest step, and racks that may be busy."""
    workloads = {w.name: w for w in case.workloads}
    usable = {o: n * rack(case, o).usable_share for o, n in placed(design).items()}
    busy: dict[Option, Series] = {o: np.zeros(case.calendar.steps) for o in usable}
    for (name, *option), vector in design.operation.busy_racks.items():
        o = (option[0], option[1])
        if workloads[name].kind != "training" and o in busy:
            busy[o] = busy[o] + vector
    for gang in design.gangs:
        reserved = np.zeros(case.calendar.steps)
        for first, after in workloads[gang.workload].windows:
            reserved[first:after] = gang.racks
        if (gang.rack, gang.cooling) in busy:
            busy[gang.rack, gang.cooling] = busy[gang.rack, gang.cooling] + reserved
    return {o: (float(vector.max(initial=0.0)), usable[o]) for o, vector in busy.items()}


@dataclass(frozen=True, eq=False)
class CoolingUse:
    """How hard the weather makes one cooling type work."""

    name: str
    heat_mwh: float
    """heat of racks taken in the year"""
    electricity_pu: Series = field(repr=False)
    """electric power per heat of each step with heat [MW/MW]"""
    free_h: float = 0.0
    """hours with heat in which it needs no compressor (where its curve does not say: takes no more than
    FREE_COOLING_PU)"""
    hours: float = 0.0
    """hours with heat"""
    mean_pu: float = 0.0
    """mean over the heat, part load included [MW/MW]"""
    standing_share: float = 0.0
    """share of its electricity that it takes whatever the heat"""
    design_day_pu: float = 0.0
    """on the design day [MW/MW]"""


def cooling_use(case: Case, design: Design) -> list[CoolingUse]:
    """The cooling types that take heat in this plan. Electricity is that of cold made in the step, before any store
    moves it."""
    found, h, at_peak = [], case.calendar.step_h, design_heat_mw(case, placed(design))
    in_use = {c for option in placed(design) for c in heat_share(case, option)}
    for c in (name for name in heat_coolings(case) if name in in_use):
        heat = design.operation.heat_mw.get(c, np.zeros(case.calendar.steps))
        active = heat > 1e-9
        if not active.any():
            continue
        curve = curves.electricity_pu(cooling(case, c), case.site)
        power = curves.power_mw(cooling(case, c), curve, heat, heat, at_peak[c])
        standing = cooling(case, c).fixed_share * at_peak[c] * float(curve[active].sum())
        per_heat, taken = curve[active], float(heat.sum())
        found.append(
            CoolingUse(
                name=c,
                heat_mwh=h * taken,
                electricity_pu=per_heat,
                free_h=h * float(_is_free(case, c)[active].sum()),
                hours=h * float(active.sum()),
                mean_pu=float(power[active].sum()) / taken,
                standing_share=standing / max(float(power[active].sum()), 1e-12),
                design_day_pu=curves.design_day_pu(cooling(case, c), case.site),
            )
        )
    return found


def _is_free(case: Case, name: str) -> np.ndarray:
    """Whether a cooling type needs no compressor in each step: as its curve states, else by its electricity."""
    share = curves.compressor_share(cooling(case, name), case.site)
    if share is not None:
        return share <= 1e-6
    free: np.ndarray = curves.electricity_pu(cooling(case, name), case.site) <= FREE_COOLING_PU
    return free


def water_by_day(case: Case, design: Design) -> dict[int, float]:
    """Water of each calendar day within a billing month, by its first step [m3]."""
    water, day, month = design.operation.water_m3, case.calendar.day_of_step, case.calendar.month_of_step
    first: dict[tuple[int, int], int] = {}
    days: dict[int, float] = {}
    for t, key in enumerate(zip(month, day, strict=True)):
        start = first.setdefault(key, t)
        days[start] = days.get(start, 0.0) + float(water[t])
    return days


def tank_m3(case: Case, design: Design, name: str) -> float | None:
    """Water in a chilled-water store [m3], at 1.163 kWh per m3 and K; None if its temperature difference is not
    stated."""
    store = cooling(case, name).store
    if store is None or store.temperature_difference_k is None:
        return None
    return design.cold_store_mwh.get(name, 0.0) / (1.163e-3 * store.temperature_difference_k)


def heat_reused_mwh(case: Case, design: Design, user: str | None = None) -> float:
    """Heat sold in the year, to one user or to all [MWh thermal]."""
    flows = [v for (u, _), v in design.operation.reused_mw.items() if user in (None, u)]
    return case.calendar.step_h * float(sum(v.sum() for v in flows))


def weighted_water_m3(case: Case, design: Design) -> float | None:
    """Water of the year, each m3 times the site's weight of scarcity [m3]; None without weights."""
    weight = case.site.water_stress
    return None if weight is None else float(weight @ design.operation.water_m3)


Service = Literal["ride_through", "peak", "shifting"]


@dataclass(frozen=True)
class BatteryUse:
    """What one battery is sized for and how it is worked."""

    name: str
    power_mw: float
    energy_mwh: float
    reserve_mwh: float
    """energy that must be held back for ride-through"""
    cycles_per_year: float
    """energy discharged over the energy chosen"""
    sized_by: Service
    """ride-through where it takes all power or energy, else the service that saves more over the analysis years"""


@dataclass(frozen=True)
class BatteryValue:
    """What all batteries save, against the same operation with the batteries idle; first-year prices before tax."""

    peak_without_mw: float
    """highest interval import with idle batteries"""
    peak_mw: float
    """highest interval import of the plan"""
    energy_kcur: float
    """energy bill saved in a year; negative: losses cost more than shifting earns"""
    demand_kcur: float
    """demand charges and contract fees saved in a year"""
    connection_kcur: float
    """first cost of connection saved"""


def battery_use(case: Case, design: Design) -> list[BatteryUse]:
    """The batteries that are built."""
    built = [b for b in case.batteries if design.battery_mwh.get(b.name, 0.0) > 1e-6]
    if not built:
        return []
    h, value = case.calendar.step_h, battery_value(case, design)
    factor = finance.energy_factor(case.money)
    lowers_peak = value.connection_kcur + factor * value.demand_kcur >= factor * value.energy_kcur
    deliverable = sum(b.discharge_efficiency * design.battery_mwh[b.name] for b in built)
    installed = sum(n * rack(case, o).placed_mw for o, n in placed(design).items())
    found = []
    for b in built:
        power, energy = design.battery_mw.get(b.name, 0.0), design.battery_mwh[b.name]
        # several batteries share the duty in proportion to what they can deliver
        reserve = case.electrical.battery_ride_through_h * installed * energy / deliverable
        is_reserve = reserve > 0 and (reserve >= AT_LIMIT * energy or power * AT_LIMIT <= installed)
        out = design.operation.discharge_mw.get(b.name, np.zeros(case.calendar.steps))
        cycles = h * float(out.sum()) / energy
        sized: Service = "ride_through" if is_reserve else "peak" if lowers_peak else "shifting"
        found.append(BatteryUse(b.name, power, energy, reserve, cycles, sized))
    return found


def battery_value(case: Case, design: Design) -> BatteryValue:
    """What the batteries save in a year. Where the connection could not carry the peak without them, they are worth
    more than this: the design would not run. Surplus that they store counts as free, also where it could be sold;
    overrun, take-or-pay and minimum demand by contracted capacity are left out."""
    op, grid = design.operation, case.grid
    net = sum((op.discharge_mw[n] - op.charge_mw[n] for n in op.discharge_mw), np.zeros(case.calendar.steps))
    without = np.maximum(op.import_mw + net, 0.0)
    peak = grid.billing_factor * float(op.import_mw.max(initial=0.0))
    peak_without = grid.billing_factor * float(without.max(initial=0.0))
    demand = sum(_demand_kcur(case, d, without) - _demand_kcur(case, d, op.import_mw) for d in grid.demand_charges)
    lowered = peak_without - peak
    return BatteryValue(
        peak_without_mw=peak_without,
        peak_mw=peak,
        energy_kcur=_energy_kcur(case, without) - _energy_kcur(case, op.import_mw),
        demand_kcur=demand + (grid.contract_kcur_per_mw_year * lowered if grid.contract_mw is None else 0.0),
        connection_kcur=grid.connection_kcur_per_mw * lowered,
    )


def _demand_kcur(case: Case, charge: DemandCharge, import_mw: Series) -> float:
    """A demand charge of the year [kcur] for an import (see DemandCharge)."""
    peaks = {}
    for m in case.calendar.months:
        steps = case.calendar.steps_of(m)
        within = import_mw[steps.start : steps.stop] * charge.applies[steps.start : steps.stop]
        peaks[m] = case.grid.billing_factor * float(within.max(initial=0.0))
    total = 0.0
    for m, peak in peaks.items():
        held = [charge.ratchet_share * peaks[k] for k in billing.ratchet_sources(case, charge, m)]
        total += billing.demand_kcur(case, charge, m, max([peak, *held, charge.min_mw]))
    return total


def _energy_kcur(case: Case, import_mw: Series) -> float:
    """Energy bought in the year, by its hours and by blocks [kcur]."""
    grid = case.grid
    by_hour = case.calendar.step_h * float(grid.import_price_kcur_per_mwh @ import_mw)
    months = case.calendar.months
    return by_hour + sum(billing.energy_kcur(case, c, m, import_mw) for c in grid.energy_charges for m in months)


def tokenergy_moves(case: Case, design: Design, change: float = 0.1) -> dict[str, float]:
    """What changing one thing by a tenth takes off the index, the rest as planned [Wh per 1,000 reference tokens].

    `busy_power`: IT power above idle falls by the tenth for the same tokens, and cooling and losses with it;
    `idle_power`, `cooling`, `electrical_chain`: that energy falls by the tenth, idle power with its overhead;
    `more_tokens`: a tenth more tokens from the same racks at the same busy energy per token."""
    op, h, tokens = design.operation, case.calendar.step_h, reference_mtok(case)
    if tokens <= 0 or not design.racks:
        return {}
    busy = busy_mw(case, design)
    overhead = 1 + (op.cooling_mw + case.electrical.proportional_loss_pu * op.it_mw) / np.maximum(op.it_mw, 1e-12)
    following = float((busy * overhead).sum())
    site = float((op.import_mw + op.onsite_mw - op.export_mw).sum())
    saved = {
        "busy_power": change * following,
        "more_tokens": (site - following) * (1 - 1 / (1 + change)),
        "idle_power": change * float(((op.it_mw - busy) * overhead).sum()),
        "cooling": change * float(op.cooling_mw.sum()),
        "electrical_chain": change * float(op.chain_loss_mw.sum()),
    }
    return {name: 1e3 * h * mw_steps / tokens for name, mw_steps in saved.items()}
