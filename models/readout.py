"""Solved Pyomo values -> Design, one function per subject.

Sizes, counts and decisions are read; what follows from them (power, heat, cooling, import) is computed anew in floating
point, so that the plan is consistent with itself to the last digit and only the limits carry the solver's tolerance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyomo.core as pyo

from models import billing, contracts, curves, programmes, reserves, reuse, running, services, supply
from models.blocks import Block
from models.case import Battery, Case
from models.catalogue import (
    cold_stores,
    cooling,
    design_heat_mw,
    heat_coolings,
    heat_share,
    of_kind,
    options,
    rack,
    serving,
)
from models.design import Design, Gang, Operation, PlacedRacks, Reserved, Units
from models.fields import Series

_NOTHING = 1e-7
"""Shares and powers below this are the solver's zero."""
_TRACE_MW = 1e-6
"""A watt: what a solver's tolerances may leave of a flow."""
_OVERFULL = 1e-6
"""Share of usable racks beyond which busy ones are too many to be rounding."""
_SHARE_TOLERANCE = 2e-6
"""Most of a share that may be moved: ten times what a month may miss."""


def _value(variable: Any) -> float:
    value = pyo.value(variable, exception=False)
    return 0.0 if value is None else float(value)


def _count(variable: Any) -> int:
    return round(_value(variable))


def _flow(case: Case, months: dict[int, Block], subject: str, name: str, *key: Any) -> Series:
    """One hourly variable over all months as a vector; steps without the variable are zero; negatives are clipped."""
    vector = np.zeros(case.calendar.steps)
    for m, model in months.items():
        variable = getattr(getattr(model, subject), name)
        for t in case.calendar.steps_of(m):
            index = (*key, t) if key else t
            if index in variable:
                vector[t] = max(_value(variable[index]), 0.0)
    return vector


def read_design(case: Case, design: Block, months: dict[int, Block]) -> Design:
    """The plan held in solved design and operation models."""
    racks, units = _read_modules(design)
    shares = {k: _value(v) for k, v in design.sizes.share.items() if _value(v) > _NOTHING}
    shares = _fitted(case, months, _rack_counts(racks), _sum_to_one(shares))
    sizes = design.sizes
    supply_mw = {n: _bounded(sizes.supply_mw[n]) for n in supply.sources(case)}
    cold = {c: _bounded(sizes.cold_mwh[c]) for c in cold_stores(case)}
    heat_users = {n: _bounded(sizes.reuse_mw[n]) for n in reuse.users(case)}
    gangs = tuple(Gang(k[0], k[1], k[2], _count(v)) for k, v in sizes.gang.items() if _count(v) > 0)
    generators = {n: _count(sizes.generator_units[n]) for n in running.generators(case)}
    operation = _read_operation(case, months, _rack_counts(racks), shares, supply_mw, cold, generators)
    purchase_mw = {n: _bounded(sizes.purchase_mw[n]) for n in contracts.offered(case)}
    operation = replace(operation, purchased_mw=_purchased(case, months, operation.import_mw, purchase_mw))
    contract_mw = _contract_mw(case, design, operation)
    return Design(
        racks=racks,
        units=units,
        traffic_share=shares,
        gangs=gangs,
        battery_mw={n: _bounded(sizes.battery_mw[n]) for n in services.technologies(case)},
        battery_mwh={n: _bounded(sizes.battery_mwh[n]) for n in services.technologies(case)},
        cold_store_mwh=cold,
        supply_mw=supply_mw,
        contract_mw=contract_mw,
        billed_mw=_bill(case, operation, contract_mw),
        operation=operation,
        reuse_mw=heat_users,
        reserved=_reserved(case, sizes, _rack_counts(racks), reserves.highest_racks(case, operation.busy_racks, gangs)),
        generator_units={n: k + (running.generators(case)[n].spare_units if k else 0) for n, k in generators.items()},
        committed_mw={n: _bounded(sizes.committed_mw[n]) for n in programmes.offered(case)},
        purchase_mw=purchase_mw,
        delay_months=sum(_count(v) for v in design.delivery.late.values()) if case.limits.delay.most_months else 0,
    )


def _reserved(
    case: Case, sizes: Block, counts: dict[tuple[str, str], int], racks: dict[tuple[str, str, str], Series]
) -> dict[str, Reserved]:
    """Reserved bands of the batteries that have a duty, no larger than it asks."""
    duties = {*services.carriers(case), *services.smoothers(case), *services.rampers(case)}
    found = {
        n: Reserved(
            ride_through_mwh=_value(sizes.reserve_mwh[n]),
            smoothing_mw=_value(sizes.smoothing_mw[n]) if n in sizes.smoothing_mw else 0.0,
            ramp_mw=_value(sizes.ramp_mw[n]) if n in sizes.ramp_mw else 0.0,
            ramp_mwh=_value(sizes.ramp_mwh[n]) if n in sizes.ramp_mwh else 0.0,
        )
        for n in services.technologies(case)
        if n in duties
    }
    power = {n: _bounded(sizes.battery_mw[n]) for n in found}
    installed = sum(n * rack(case, o).placed_mw for o, n in counts.items())
    return reserves.tightened(case, found, power, installed, racks)


def _bounded(variable: Any) -> float:
    value = max(_value(variable), variable.lb or 0.0)
    return value if variable.ub is None else min(value, variable.ub)


def _sum_to_one(shares: dict[tuple[str, str, str], float]) -> dict[tuple[str, str, str], float]:
    totals: dict[str, float] = {}
    for key, value in shares.items():
        totals[key[0]] = totals.get(key[0], 0.0) + value
    return {key: value / totals[key[0]] for key, value in shares.items()}


def _fitted(
    case: Case,
    months: dict[int, Block],
    counts: dict[tuple[str, str], int],
    shares: dict[tuple[str, str, str], float],
) -> dict[tuple[str, str, str], float]:
    """Shares with which few racks beside many are not overfull. A month may miss a share by some 1e-7, which is
    nothing to the racks of all its work, but not to a few racks whose rest other work fills: so much is moved to the
    option with the most racks."""
    found = dict(shares)
    busy = _busy_racks(case, months, shares)
    for option, count in counts.items():
        total = sum((v for key, v in busy.items() if key[1:] == option), np.zeros(case.calendar.steps))
        usable, t = rack(case, option).usable_share * count, int(np.argmax(total))
        over = float(total[t]) - usable
        mine = [key for key in found if key[1:] == option and busy[key][t] > 0]
        if over <= _OVERFULL * max(1.0, usable) or not mine:
            continue
        key = max(mine, key=lambda k: float(busy[k][t]))
        others = [k for k in found if k[0] == key[0] and k != key and counts.get((k[1], k[2]), 0) > count]
        moved = over * found[key] / float(busy[key][t])
        if others and moved <= _SHARE_TOLERANCE:
            found[max(others, key=lambda k: counts[k[1], k[2]])] += moved
            found[key] -= moved
    return found


def _read_modules(design: Block) -> tuple[tuple[PlacedRacks, ...], tuple[Units, ...]]:
    placed = tuple(PlacedRacks(k[0], k[1], k[2], _count(v)) for k, v in design.modules.placed.items() if _count(v) > 0)
    units = [Units(k[2], _count(v), k[0], k[1]) for k, v in design.modules.units.items() if _count(v) > 0]
    for component in design.modules.component_objects(pyo.Var, descend_into=False):
        if component.local_name.endswith("_units"):
            units += [Units(m, _count(v)) for m, v in component.items() if _count(v) > 0]
    return placed, tuple(units)


def _rack_counts(placed: tuple[PlacedRacks, ...]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for p in placed:
        counts[p.rack, p.cooling] = counts.get((p.rack, p.cooling), 0) + p.count
    return counts


def _read_operation(
    case: Case,
    months: dict[int, Block],
    counts: dict[tuple[str, str], int],
    shares: dict[tuple[str, str, str], float],
    supply_mw: dict[str, float],
    cold_mwh: dict[str, float],
    usable: dict[str, int],
) -> Operation:
    """What runs in every hour. usable: units of each generator, without the spare ones."""
    busy = _busy_racks(case, months, shares)
    it_mw, heat = _power_and_heat(case, counts, busy)
    stored = {n: _flow(case, months, "storage", "stored_mwh", n) for n in services.technologies(case)}
    charge, discharge = _net_batteries(case, months)
    flows = ("cold_charge_mw", "cold_discharge_mw")
    cold = {c: net_flow(*(_flow(case, months, "cooling", name, c) for name in flows)) for c in cold_mwh}
    cold_charge, cold_discharge = ({c: pair[k] for c, pair in cold.items()} for k in (0, 1))
    reused = {pair: _flow(case, months, "reuse", "reused_mw", *pair) for pair in reuse.pairs(case)}
    cooling_mw, water = _cooling(case, counts, _Heat(heat, cold_charge, cold_discharge, reused))
    chain = case.electrical
    installed = sum(n * rack(case, o).placed_mw for o, n in counts.items())
    loss = chain.fixed_loss_pu * installed + chain.proportional_loss_pu * it_mw
    plain = case.site.plain_load_mw
    load = it_mw + loss + cooling_mw + case.site.house_load_mw + (0.0 if plain is None else plain)
    for n in charge:
        load = load + charge[n] - discharge[n]
    generated, on = _running(case, months, usable)
    lost = {"site": _flow(case, months, "generators", "lost_load_mw")} if running.sheds(case) else {}
    evened = {n: _flow(case, months, "swings", "smoothed_mw", n) for n in services.smoothers(case)}
    evened = reserves.smoothed(case, evened, busy)
    load = load + services.smoothing_loss_mw(case, evened)
    load = load - sum(lost.values(), np.zeros(case.calendar.steps))
    generated = lowered(case, generated, on, load + _flow(case, months, "grid", "export_mw"))
    load = load - sum(generated.values(), np.zeros(case.calendar.steps))
    bought, sold, onsite = _close_balance(case, months, load, supply_mw)
    return Operation(
        import_mw=bought,
        export_mw=sold,
        onsite_mw=onsite,
        it_mw=it_mw,
        chain_loss_mw=loss,
        cooling_mw=cooling_mw,
        heat_mw=heat,
        water_m3=water,
        charge_mw=charge,
        discharge_mw=discharge,
        stored_mwh=stored,
        cold_charge_mw=cold_charge,
        cold_discharge_mw=cold_discharge,
        cold_stored_mwh={c: _flow(case, months, "cooling", "cold_stored_mwh", c) for c in cold_mwh},
        busy_racks=busy,
        backlog_mreq={
            w.name: _flow(case, months, "compute", "backlog_mreq", w.name) for w in of_kind(case, "deferrable")
        },
        reused_mw=reused,
        generated_mw=generated,
        running_units=on,
        lost_load_mw=lost,
        smoothed_mw=evened,
    )


def net_flow(into: Series, out_of: Series) -> tuple[Series, Series]:
    """Charge and discharge of a tank [MW]: only the difference matters, to it and to the plant, so never both at once;
    a tank that never moves more than a trace moves nothing."""
    difference = into - out_of
    if np.abs(difference).max(initial=0.0) <= _TRACE_MW:
        difference = np.zeros_like(difference)
    return np.maximum(difference, 0.0), np.maximum(-difference, 0.0)


def _running(
    case: Case, months: dict[int, Block], usable: dict[str, int]
) -> tuple[dict[str, Series], dict[str, Series]]:
    """Power of each generator and its running units: the fewest that carry it where their number costs nothing. What a
    month gives beyond the units there are, by the solver's tolerance, comes from the grid."""
    power, on = {}, {}
    for n, g in running.generators(case).items():
        solved = np.round(_flow(case, months, "generators", "running", n))
        power[n] = _flow(case, months, "generators", "generated_mw", n)
        if not g.switches:
            on[n] = np.minimum(np.ceil(power[n] / g.unit_mw - _NOTHING), usable[n])
            power[n] = np.minimum(power[n], g.unit_mw * on[n])
            continue
        on[n] = solved
        power[n] = np.clip(power[n], g.min_load_share * g.unit_mw * solved, g.unit_mw * solved)
    return power, on


def lowered(case: Case, power: dict[str, Series], on: dict[str, Series], taken: Series) -> dict[str, Series]:
    """Power of generators [MW], no more than is taken: where it costs nothing, batteries may burn it at no gain, which
    is netted out."""
    power = dict(power)
    for n, g in running.generators(case).items():
        surplus = np.maximum(sum(power.values()) - taken, 0.0)
        power[n] = np.maximum(power[n] - surplus, np.minimum(power[n], g.min_load_share * g.unit_mw * on[n]))
    return power


def _busy_racks(
    case: Case, months: dict[int, Block], shares: dict[tuple[str, str, str], float]
) -> dict[tuple[str, str, str], Series]:
    busy: dict[tuple[str, str, str], Series] = {}
    kinds = {w.name: w for w in case.workloads}
    for key in serving(case):
        w = kinds[key[0]]
        if w.kind == "interactive":
            assert w.arrivals_mreq_per_h is not None
            racks = serving(case)[key][0] * shares.get(key, 0.0) * w.arrivals_mreq_per_h
        else:
            racks = _flow(case, months, "compute", "busy", *key)
        if racks.max(initial=0.0) > _NOTHING:
            busy[key] = racks
    return busy


def _power_and_heat(
    case: Case, counts: dict[tuple[str, str], int], busy: dict[tuple[str, str, str], Series]
) -> tuple[Series, dict[str, Series]]:
    it = np.zeros(case.calendar.steps)
    heat = {c: np.zeros(case.calendar.steps) for c in heat_coolings(case)}
    for o in options(case):
        r = rack(case, o)
        power = counts.get(o, 0) * (r.idle_mw + r.ancillary_mw) + np.zeros(case.calendar.steps)
        for key, racks in busy.items():
            if key[1:] == o:
                power = power + serving(case)[key][1] * racks
        it += power
        for c, share in heat_share(case, o).items():
            heat[c] += share * power
    return it, heat


class _Heat(NamedTuple):
    """Heat of racks by cooling type, and what becomes of it before it is cooled [MW thermal]."""

    of_racks: dict[str, Series]
    charge: dict[str, Series]
    discharge: dict[str, Series]
    reused: dict[tuple[str, str], Series]


def _cooling(case: Case, counts: dict[tuple[str, str], int], heat: _Heat) -> tuple[Series, Series]:
    """Electricity of cooling, pumps of heat sold included, and water."""
    power, water = np.zeros(case.calendar.steps), np.zeros(case.calendar.steps)
    at_peak = design_heat_mw(case, counts)
    for c, q in heat.of_racks.items():
        pu = curves.electricity_pu(cooling(case, c), case.site)
        made = q - sum((v for (_, name), v in heat.reused.items() if name == c), np.zeros(case.calendar.steps))
        if c in heat.charge:
            made = made + heat.charge[c] - heat.discharge[c]
        power += curves.power_mw(cooling(case, c), pu, q, made, at_peak.get(c, 0.0))
        water += case.calendar.step_h * curves.water_m3_per_mwh(cooling(case, c), case.site) * made
    pumps = {u.name: u.pump_pu for u in case.heat_users}
    for (user, _), sold in heat.reused.items():
        power += pumps[user] * sold
    return power, water


def _net_batteries(case: Case, months: dict[int, Block]) -> tuple[dict[str, Series], dict[str, Series]]:
    """Charge and discharge with the same change of stored energy but never both at once.

    Where energy has no price below zero the model may do both at no gain; doing one only uses less power, which
    _close_balance takes off the import or the generation."""
    charge, discharge = {}, {}
    for n, b in services.technologies(case).items():
        c = _flow(case, months, "storage", "charge_mw", n)
        d = _flow(case, months, "storage", "discharge_mw", n)
        both = np.minimum(c, d) > 0
        change = b.charge_efficiency * c - d / b.discharge_efficiency
        charge[n] = np.where(both, np.maximum(change, 0.0) / b.charge_efficiency, c)
        discharge[n] = np.where(both, np.maximum(-change, 0.0) * b.discharge_efficiency, d)
    return charge, discharge


def _close_balance(
    case: Case, months: dict[int, Block], load: Series, supply_mw: dict[str, float]
) -> tuple[Series, Series, Series]:
    """Import, export and generation that meet the load exactly, as close to the solved ones as possible."""
    sold = _flow(case, months, "grid", "export_mw")
    onsite = _flow(case, months, "supply", "onsite_mw")
    possible = np.zeros(case.calendar.steps)
    for n, source in supply.sources(case).items():
        possible = possible + source.output_pu * supply_mw[n]
    onsite = np.minimum(onsite, possible)
    bought = load + sold - onsite
    surplus = np.maximum(-bought, 0.0)  # curtail what nobody takes
    both = np.minimum(sold, np.maximum(bought, 0.0))  # never buy and sell at once: selling never pays more than buying
    return np.maximum(bought, 0.0) - both, sold - both, np.maximum(onsite - surplus, 0.0)


def _purchased(
    case: Case, months: dict[int, Block], import_mw: Series, contracted_mw: dict[str, float]
) -> dict[str, Series]:
    """What the site takes of each physical contract: as solved, within what is delivered and imported."""
    found, left = {}, import_mw
    for n, p in contracts.physical(case).items():
        taken = np.minimum(_flow(case, months, "purchases", "matched_mw", n), contracted_mw[n] * p.output_pu)
        found[n] = np.minimum(taken, left)
        left = left - found[n]
    return found


def _contract_mw(case: Case, design: Block, operation: Operation) -> float:
    """Contracted capacity [MW]: as solved, but not below the highest import where that may not exceed it."""
    solved = _bounded(design.grid.contract_mw)
    if billing.may_overrun(case) or case.grid.contract_mw is not None:
        return solved
    peak = float(operation.import_mw.max(initial=0.0)) * case.grid.billing_factor
    return min(max(solved, peak), case.import_limit_mw)


def _bill(case: Case, operation: Operation, contract_mw: float) -> dict[tuple[str, int], float]:
    """Billed demand of each charge and month that has a price [MW], from the import itself."""
    peaks: dict[tuple[str, int], float] = {}
    for d in case.grid.demand_charges:
        for m in case.calendar.months:
            steps = case.calendar.steps_of(m)
            counted = operation.import_mw[steps.start : steps.stop] * (d.applies[steps.start : steps.stop] > 0)
            peaks[d.name, m] = case.grid.billing_factor * float(counted.max(initial=0.0))
    return {
        (d.name, m): max(
            d.min_mw,
            d.contract_share * contract_mw,
            peaks[d.name, m],
            *(d.ratchet_share * peaks[d.name, k] for k in billing.ratchet_sources(case, d, m)),
        )
        for d in case.grid.demand_charges
        for m in billing.billed_months(case, d)
    }


def trim(case: Case, design: Design) -> Design:
    """The design with battery and tank sizes no larger than its operation uses: within the gap the solver may leave
    sizes that nothing needs. Never costs more; keeps least sizes, cycle limits and ride-through."""
    battery_mw, battery_mwh = dict(design.battery_mw), dict(design.battery_mwh)
    stored = dict(design.operation.stored_mwh)
    for n, b in services.technologies(case).items():
        if n in design.reserved:
            continue  # bands are part of what is stored and of the power
        power = design.operation.charge_mw[n] + design.operation.discharge_mw[n]
        if power.max() <= _NOTHING and b.min_mwh == b.existing_mwh == 0:
            stored[n] = np.zeros(case.calendar.steps)
            battery_mwh[n] = 0.0
        elif b.min_charge_share == 0:
            battery_mwh[n] = min(battery_mwh[n], _energy_used_mwh(case, b, design.operation, n))
        battery_mw[n] = min(battery_mw[n], max(b.min_mw, b.existing_mw, float(power.max())))
        battery_mwh[n] = min(design.battery_mwh[n], max(battery_mwh[n], b.min_hours * battery_mw[n]))
    cold, cold_stored = dict(design.cold_store_mwh), dict(design.operation.cold_stored_mwh)
    for c, tank in cold_stores(case).items():
        most = np.maximum(design.operation.cold_charge_mw[c], design.operation.cold_discharge_mw[c]).max()
        if most <= _NOTHING:
            cold_stored[c], most = np.zeros(case.calendar.steps), 0.0
        cold[c] = min(cold[c], max(float(cold_stored[c].max()), float(most) * tank.hours_to_fill))
    operation = replace(design.operation, stored_mwh=stored, cold_stored_mwh=cold_stored)
    sold: dict[str, Series] = {}
    for (user, _), flow in design.operation.reused_mw.items():
        sold[user] = sold.get(user, np.zeros(case.calendar.steps)) + flow
    connected = {n: min(mw, float(sold[n].max())) for n, mw in design.reuse_mw.items()}
    return replace(
        design,
        battery_mw=battery_mw,
        battery_mwh=battery_mwh,
        cold_store_mwh=cold,
        operation=operation,
        reuse_mw=connected,
    )


def _energy_used_mwh(case: Case, battery: Battery, operation: Operation, name: str) -> float:
    """Least energy that the battery's operation needs [MWh]."""
    kept = services.energy_kept(case, battery)
    needs = [battery.min_mwh, battery.existing_mwh]
    needs.append(float(operation.stored_mwh[name].max()) / (battery.max_charge_share * kept) if kept > 0 else 0.0)
    if battery.ageing == "fixed_life" and battery.max_cycles_per_year:
        discharged = case.calendar.step_h * float(operation.discharge_mw[name].sum())
        needs.append(discharged / (battery.max_cycles_per_year * kept) if kept > 0 else 0.0)
    return max(needs)
