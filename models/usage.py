"""How a plan uses what it buys: pools, land, the fullest step, cooling weather, batteries, what moves the index.

Derived from Case and Design alone and only shown: no rule rests on it, and the recheck proves the rules on its own."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from models import curves
from models.batteries import BatteryUse as BatteryUse
from models.batteries import BatteryValue as BatteryValue
from models.batteries import Service as Service
from models.batteries import battery_use as battery_use
from models.batteries import battery_value as battery_value
from models.batteries import grid_ramp_mw_per_min as grid_ramp_mw_per_min
from models.batteries import grid_swing_mw as grid_swing_mw
from models.batteries import storage_net_mw as storage_net_mw
from models.case import Case, Offer, Redundancy
from models.catalogue import (
    cooling,
    design_heat_mw,
    heat_coolings,
    heat_share,
    price_tiers,
    rack,
    reference_mtok,
    serving,
)
from models.contracts import ContractUse as ContractUse
from models.contracts import burning_pays as burning_pays
from models.contracts import contract_use as contract_use
from models.design import Design, Option, PlacedRacks
from models.fields import Series
from models.flexibility import FirmNeed as FirmNeed
from models.flexibility import InterruptedImport as InterruptedImport
from models.flexibility import firm_need as firm_need
from models.flexibility import interrupted_import as interrupted_import

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
    spare_units: int = 0
    """units that the load could do without"""
    spare_kcur: float = 0.0
    """landed cost of those units: what the rule costs at time zero, with what whole units leave over"""


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
    area += sum(g.area_m2_per_mw * g.unit_mw * design.generator_units.get(g.name, 0) for g in case.generators)
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
    bought = [(o, n, o.electrical_mw) for n, o in units if o.kind == "power"]
    rows = [_pool("power", "", _rack_mw(case, fed), bought, case.electrical.redundancy)]
    cooled = [p for p in design.racks if offers[p.offer].cooling is None]
    for c in case.cooling:
        heat = sum(_rack_mw(case, [p]) * heat_share(case, (p.rack, p.cooling)).get(c.name, 0.0) for p in cooled)
        bought = [(o, n, o.heat_mw) for n, o in units if o.kind == "cooling" and o.cooling == c.name]
        rows.append(_pool("cooling", c.name, float(heat), bought, c.redundancy))
    return rows


def _pool(
    kind: PoolKind, item: str, load_mw: float, bought: list[tuple[Offer, int, float]], redundancy: Redundancy
) -> PoolUse:
    """A site pool; its spares are what could be left out, dearest capacity first, while the rest carries the load."""
    capacity = left = sum(n * mw for _, n, mw in bought)
    spare_units, spare_kcur = 0, 0.0
    each = [(_landed_kcur(offer, n), n, mw) for offer, n, mw in bought]
    for kcur, n, mw in sorted(each, key=lambda e: -e[0] / e[2]):
        without = min(n, math.floor((left - load_mw) / mw + 1e-9))
        left -= without * mw
        spare_units, spare_kcur = spare_units + without, spare_kcur + without * kcur
    return PoolUse(kind, item, load_mw, capacity, redundancy, spare_units, spare_kcur)


def _landed_kcur(offer: Offer, count: int) -> float:
    """Landed cost of one unit at the price of a number of them [kcur]."""
    return [kcur for first, kcur in price_tiers(offer) if first <= max(count, 1)][-1]


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
    site = float((sum(op.generated_mw.values(), op.import_mw + op.onsite_mw - op.export_mw)).sum())
    saved = {
        "busy_power": change * following,
        "more_tokens": (site - following) * (1 - 1 / (1 + change)),
        "idle_power": change * float(((op.it_mw - busy) * overhead).sum()),
        "cooling": change * float(op.cooling_mw.sum()),
        "electrical_chain": change * float(op.chain_loss_mw.sum()),
    }
    return {name: 1e3 * h * mw_steps / tokens for name, mw_steps in saved.items()}
