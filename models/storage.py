"""Batteries: power and energy chosen apart, one state of charge, a reserved band for ride-through, wear."""

from __future__ import annotations

import pyomo.environ as pyo

from models import finance, generators
from models.billing import lowest_price_kcur_per_mwh
from models.blocks import Block, Expr, constraint, per_step, publish, variable
from models.case import Battery, Case


def technologies(case: Case) -> dict[str, Battery]:
    """Batteries that can be built and delivered in time."""
    return {b.name: b for b in case.batteries if case.delivered(b) and b.max_mw > 0 and b.max_mwh > 0}


def _cycle_limited(case: Case) -> dict[str, Battery]:
    return {
        n: b for n, b in technologies(case).items() if b.ageing == "fixed_life" and b.max_cycles_per_year is not None
    }


def wear_kcur_per_mwh(battery: Battery) -> float:
    """Part of a replacement that each MWh discharged pays for [kcur/MWh]; 0 unless ageing goes by throughput."""
    if battery.ageing != "throughput" or battery.cycle_life is None:
        return 0.0
    return battery.energy_kcur_per_mwh * battery.terms.replacement_share / battery.cycle_life


def sizes(block: Block, case: Case) -> None:
    """Linking variables: power, energy, and the energy held back for ride-through."""
    batteries = technologies(case)
    variable(block, "battery_mw", batteries, doc="battery power [MW]")
    variable(block, "battery_mwh", batteries, doc="battery energy [MWh]")
    variable(block, "reserve_mwh", batteries, doc="energy held back for ride-through [MWh]")
    for name, b in batteries.items():
        block.battery_mw[name].setlb(b.min_mw)
        block.battery_mw[name].setub(b.max_mw)
        block.battery_mwh[name].setlb(b.min_mwh)
        block.battery_mwh[name].setub(b.max_mwh)
        block.reserve_mwh[name].setub(b.max_mwh)
        if case.electrical.battery_ride_through_h == 0:
            block.reserve_mwh[name].fix(0)


def month(block: Block, case: Case, m: int) -> None:
    """Linking variables of one month: stored energy at its borders, its share of the yearly cycles."""
    variable(block, "stored_start_mwh", technologies(case), doc="energy stored before the first step [MWh]")
    variable(block, "stored_end_mwh", technologies(case), doc="energy stored after the last step [MWh]")
    variable(block, "discharged_mwh", _cycle_limited(case), doc="energy the month may discharge [MWh]")
    for n, b in technologies(case).items():
        block.stored_start_mwh[n].setub(b.max_mwh)
        block.stored_end_mwh[n].setub(b.max_mwh)
        if n in block.discharged_mwh:
            block.discharged_mwh[n].setub(b.max_mw * case.calendar.step_h * len(case.calendar.steps_of(m)))


def design(block: Block, case: Case, size: Block, months: dict[int, Block]) -> None:
    """Ride-through, joined months, cycle limit, cost and land."""
    batteries = technologies(case)
    _ride_through(block, case, size, batteries)
    order = list(months)
    following = dict(zip(order, order[1:] + order[:1], strict=True))
    constraint(
        block,
        "join_stored",
        [(b, m) for b in batteries for m in order],
        lambda b, m: months[m].stored_end_mwh[b] == months[following[m]].stored_start_mwh[b],
        doc="energy at a month's end starts the next, cyclic [MWh]",
    )
    constraint(
        block,
        "limit_cycles",
        _cycle_limited(case),
        lambda b: (
            sum(x.discharged_mwh[b] for x in months.values()) <= batteries[b].max_cycles_per_year * size.battery_mwh[b]
        ),
        doc="energy discharged per year within the cycles allowed [MWh]",
    )
    factor = {n: finance.capital_factor(b.terms, case.money) for n, b in batteries.items()}
    first = {
        n: b.power_kcur_per_mw * size.battery_mw[n] + b.energy_kcur_per_mwh * size.battery_mwh[n]
        for n, b in batteries.items()
    }
    publish(block, "first_cost_kcur", sum(first.values()))
    publish(block, "cost_kcur", sum(factor[n] * first[n] for n in batteries))
    publish(block, "area_m2", sum(b.area_m2_per_mwh * size.battery_mwh[n] for n, b in batteries.items()))


def _ride_through(block: Block, case: Case, size: Block, batteries: dict[str, Battery]) -> None:
    duty_h = case.electrical.battery_ride_through_h
    if duty_h == 0:
        return
    energy = sum(b.discharge_efficiency * size.reserve_mwh[n] for n, b in batteries.items())
    power = sum(size.battery_mw[n] for n in batteries)
    need = size.installed_mw
    constraint(
        block,
        "ride_through_energy",
        ["all"],
        lambda _: duty_h * need - energy <= 0,
        doc="reserve carries all racks for the required time [MWh]",
    )
    constraint(
        block, "ride_through_power", ["all"], lambda _: need - power <= 0, doc="batteries can carry all racks [MW]"
    )


def operate(block: Block, case: Case, size: Block, border: Block, m: int) -> None:
    """One month of charging and discharging; publishes draw_mw[t] (negative when discharging) and the wear's cost."""
    batteries, hours = technologies(case), case.calendar.steps_of(m)
    variable(block, "charge_mw", batteries, hours, doc="power into the battery [MW]")
    variable(block, "discharge_mw", batteries, hours, doc="power out of the battery [MW]")
    variable(block, "stored_mwh", batteries, hours, doc="energy stored at the end of the step [MWh]")
    for n, b in batteries.items():
        for t in hours:
            block.charge_mw[n, t].setub(b.max_mw)
            block.discharge_mw[n, t].setub(b.max_mw)
            block.stored_mwh[n, t].setub(b.max_mwh)
    _balance(block, case, border, batteries, hours)
    _limit(block, case, size, border, batteries, hours)
    _never_both(block, case, batteries, hours)
    per_step(
        block, "draw_mw", hours, lambda t: sum(block.charge_mw[b, t] - block.discharge_mw[b, t] for b in batteries)
    )
    wear = {n: wear_kcur_per_mwh(b) for n, b in batteries.items() if wear_kcur_per_mwh(b) > 0}
    factor = finance.yearly_factor(case.money, case.money.escalation_capital) * case.calendar.step_h
    publish(block, "cost_kcur", sum(factor * wear[n] * block.discharge_mw[n, t] for n in wear for t in hours))


def _balance(block: Block, case: Case, border: Block, batteries: dict[str, Battery], hours: range) -> None:
    h = case.calendar.step_h

    def balance(n: str, t: int) -> Expr:
        b = batteries[n]
        before = border.stored_start_mwh[n] if t == hours.start else block.stored_mwh[n, t - 1]
        flow = b.charge_efficiency * block.charge_mw[n, t] - block.discharge_mw[n, t] / b.discharge_efficiency
        return block.stored_mwh[n, t] == (1 - b.self_discharge_per_h) ** h * before + h * flow

    keys = [(n, t) for n in batteries for t in hours]
    constraint(block, "balance_stored", keys, balance, doc="stored energy follows its flows [MWh]")
    constraint(
        block,
        "end_stored",
        batteries,
        lambda n: block.stored_mwh[n, hours[-1]] == border.stored_end_mwh[n],
        doc="energy stored at the month's end [MWh]",
    )


def _limit(block: Block, case: Case, size: Block, border: Block, batteries: dict[str, Battery], hours: range) -> None:
    keys = [(n, t) for n in batteries for t in hours]
    reserve = case.electrical.battery_ride_through_h > 0

    def floor(n: str, t: int) -> Expr:
        kept = size.reserve_mwh[n] if reserve else 0
        return batteries[n].min_charge_share * size.battery_mwh[n] + kept <= block.stored_mwh[n, t]

    constraint(
        block,
        "limit_power",
        keys,
        lambda n, t: block.charge_mw[n, t] + block.discharge_mw[n, t] <= size.battery_mw[n],
        doc="charging and discharging within the power [MW]",
    )
    constraint(
        block,
        "limit_stored",
        keys,
        lambda n, t: block.stored_mwh[n, t] <= batteries[n].max_charge_share * size.battery_mwh[n],
        doc="highest state of charge [MWh]",
    )
    low = [key for key in keys if reserve or batteries[key[0]].min_charge_share > 0]
    constraint(block, "keep_stored", low, floor, doc="lowest state of charge and ride-through reserve [MWh]")
    constraint(
        block,
        "count_discharged",
        _cycle_limited(case),
        lambda n: case.calendar.step_h * sum(block.discharge_mw[n, t] for t in hours) <= border.discharged_mwh[n],
        doc="energy discharged in the month within its share of the year's cycles [MWh]",
    )


def _never_both(block: Block, case: Case, batteries: dict[str, Battery], hours: range) -> None:
    """Charging while discharging burns energy. That pays only if energy costs less than nothing at some time of the
    year (also hours before, to make room), or if a generator has a least load; else nothing forbids it and readout nets
    it out at no loss."""
    must_give = any(g.min_load_share > 0 for g in generators.units(case).values())
    burning_pays = must_give or bool((lowest_price_kcur_per_mwh(case) < 0).any())
    keys = [(n, t) for n in batteries for t in hours] if burning_pays else []
    variable(
        block, "is_charging", keys, doc="1 if the battery may charge, 0 if it may discharge [1]", domain=pyo.Binary
    )
    constraint(
        block,
        "charge_if",
        keys,
        lambda n, t: block.charge_mw[n, t] <= batteries[n].max_mw * block.is_charging[n, t],
        doc="charges only when charging [MW]",
    )
    constraint(
        block,
        "discharge_if",
        keys,
        lambda n, t: block.discharge_mw[n, t] <= batteries[n].max_mw * (1 - block.is_charging[n, t]),
        doc="discharges only when not charging [MW]",
    )
