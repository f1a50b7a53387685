"""What batteries do in a plan: which service sizes each, what dispatch saves. Only shown; no rule rests on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models import billing, finance, reserves, services
from models.case import Battery, Case, DemandCharge
from models.contracts import tariff_mw
from models.design import Design, Reserved
from models.fields import Series

Service = Literal["ride_through", "smoothing", "ramp", "peak", "shifting"]


@dataclass(frozen=True)
class BatteryUse:
    """What one battery is sized for and how it is worked."""

    name: str
    power_mw: float
    energy_mwh: float
    reserve_mwh: float
    """energy that must be held back for ride-through"""
    dispatch_cycles_per_year: float
    """energy given to the site as planned, over the energy chosen"""
    smoothing_cycles_per_year: float
    """energy given while evening out swings, over the energy chosen"""
    sized_by: Service
    """the service that takes the largest part of the battery's price; see `battery_use`"""
    smoothing_mw: float
    """power reserved for swings"""
    smoothing_mwh: float
    """energy reserved for swings, below and above together"""
    ramp_mw: float
    """power reserved for ramps"""
    ramp_mwh: float
    """energy reserved for ramps, below and above together"""
    dispatched_mw: float
    """highest power charged or discharged"""
    dispatched_mwh: float
    """energy that dispatch moves through: highest less lowest of what is stored"""


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
    """The batteries that are built, or on site.

    A battery's price is split over its services: to each the power and energy it keeps; power that only ride-through
    needs goes to ride-through. The largest part sizes the battery (where nothing has a price, the largest energy).
    What a service costs in truth only shows when the plan is made again without it: `aidc plan --worth`."""
    built = [b for b in case.batteries if design.battery_mwh.get(b.name, 0.0) > 1e-6]
    if not built:
        return []
    value, factor = battery_value(case, design), finance.energy_factor(case.money)
    lowers_peak = value.connection_kcur + factor * value.demand_kcur >= factor * value.energy_kcur
    return [_use(case, design, b, "peak" if lowers_peak else "shifting") for b in built]


def _use(case: Case, design: Design, b: Battery, dispatch: Service) -> BatteryUse:
    op, held = design.operation, design.reserved.get(b.name, Reserved())
    power, energy = design.battery_mw.get(b.name, 0.0), design.battery_mwh[b.name]
    flow, stored = op.charge_mw[b.name] + op.discharge_mw[b.name], op.stored_mwh[b.name]
    both_ways = b.charge_efficiency + 1 / b.discharge_efficiency
    smoothing_mwh = both_ways * services.smoothers(case).get(b.name, 0.0) * held.smoothing_mw
    ramp_mwh, moved_mw = both_ways * held.ramp_mwh, float(flow.max(initial=0.0))
    moved_mwh = float(stored.max(initial=0.0) - stored.min(initial=np.inf)) if moved_mw > 1e-9 else 0.0
    moved_mwh = min(moved_mwh, max(energy - held.ride_through_mwh - smoothing_mwh - ramp_mwh, 0.0))
    carried_mw = power - held.smoothing_mw - held.ramp_mw - moved_mw if held.ride_through_mwh > 0 else 0.0
    parts: dict[Service, tuple[float, float]] = {
        "ride_through": (max(carried_mw, 0.0), held.ride_through_mwh),
        "smoothing": (held.smoothing_mw, smoothing_mwh),
        "ramp": (held.ramp_mw, ramp_mwh),
        dispatch: (moved_mw, moved_mwh),
    }
    prices = (b.power_kcur_per_mw, b.energy_kcur_per_mwh) if b.power_kcur_per_mw + b.energy_kcur_per_mwh > 0 else (0, 1)
    cost = {service: prices[0] * mw + prices[1] * mwh for service, (mw, mwh) in parts.items()}
    given_mwh = case.calendar.step_h * float(op.discharge_mw[b.name].sum())
    all_given_mwh = case.calendar.step_h * float(services.discharged_mw(op, b.name).sum())
    return BatteryUse(
        name=b.name,
        power_mw=power,
        energy_mwh=energy,
        reserve_mwh=held.ride_through_mwh,
        dispatch_cycles_per_year=given_mwh / energy,
        smoothing_cycles_per_year=(all_given_mwh - given_mwh) / energy,
        sized_by=max(cost, key=lambda service: cost[service]),
        smoothing_mw=held.smoothing_mw,
        smoothing_mwh=smoothing_mwh,
        ramp_mw=held.ramp_mw,
        ramp_mwh=ramp_mwh,
        dispatched_mw=moved_mw,
        dispatched_mwh=moved_mwh,
    )


def dispatch_room(case: Case, design: Design, b: Battery) -> tuple[float, float, float]:
    """What is left of a battery for moving energy: power [MW], lowest and highest stored energy [MWh]."""
    held, mwh = design.reserved.get(b.name, Reserved()), design.battery_mwh.get(b.name, 0.0)
    usable = services.energy_kept(case, b) * mwh
    band = services.smoothers(case).get(b.name, 0.0) * held.smoothing_mw + held.ramp_mwh
    power = design.battery_mw.get(b.name, 0.0) - held.smoothing_mw - held.ramp_mw
    least = b.min_charge_share * usable + held.ride_through_mwh + band / b.discharge_efficiency
    most = b.max_charge_share * usable - band * b.charge_efficiency
    return (power if services.serves_grid(case, b) else 0.0), least, most


def storage_net_mw(case: Case, design: Design) -> Series:
    """What storage takes less what it gives, its losses in smoothing included, in each step [MW]."""
    op = design.operation
    loss = services.smoothing_loss_mw(case, op.smoothed_mw)
    return sum((op.charge_mw[n] - op.discharge_mw[n] for n in op.charge_mw), loss)


def grid_swing_mw(case: Case, design: Design) -> float:
    """Largest swing of the import within seconds that storage leaves, peak to peak [MW]; 0 without a limit."""
    racks, halves = (
        reserves.highest_racks(case, design.operation.busy_racks, design.gangs),
        services.half_periods_h(case),
    )
    if not halves:
        return 0.0
    beyond = reserves.swing_beyond_mw(case, racks, halves[-1], allowed_mw=0.0)
    return 2 * max(0.0, float(beyond.max(initial=0.0)) - sum(r.smoothing_mw for r in design.reserved.values()))


def grid_ramp_mw_per_min(case: Case, design: Design) -> float:
    """Fastest change of the import when work starts or stops [MW/min]; 0 without a limit."""
    limit, steps = case.grid.ramp_limit_mw_per_min, services.steps_mw(case)
    if limit is None or not steps:
        return 0.0
    racks = reserves.highest_racks(case, design.operation.busy_racks, design.gangs)
    step, rise_min = reserves.step_mw(case, racks), 60 * services.shortest_ramp_h(case)
    return min(limit, step / rise_min) if rise_min > 0 else limit * (step > 0)


def battery_value(case: Case, design: Design) -> BatteryValue:
    """What the batteries save in a year. Where the connection could not carry the peak without them, they are worth
    more than this: the design would not run. Surplus that they store counts as free, also where it could be sold;
    overrun, take-or-pay and minimum demand by contracted capacity are left out. Energy of contracts is taken first."""
    op, grid = design.operation, case.grid
    net = sum((op.discharge_mw[n] - op.charge_mw[n] for n in op.discharge_mw), np.zeros(case.calendar.steps))
    without = np.maximum(op.import_mw + net, 0.0)
    peak = grid.billing_factor * float(op.import_mw.max(initial=0.0))
    peak_without = grid.billing_factor * float(without.max(initial=0.0))
    demand = sum(_demand_kcur(case, d, without) - _demand_kcur(case, d, op.import_mw) for d in grid.demand_charges)
    lowered = peak_without - peak

    def bought(import_mw: Series) -> Series:  # by one rule in both, so that idle batteries are worth nothing
        return tariff_mw(case, design, import_mw)

    return BatteryValue(
        peak_without_mw=peak_without,
        peak_mw=peak,
        energy_kcur=_energy_kcur(case, bought(without)) - _energy_kcur(case, bought(op.import_mw)),
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
