"""Batteries: power and energy chosen apart, one state of charge with reserved bands, ride-through, wear.

What a battery does beside moving energy is in swings.py; here its bands come off the power and the energy that may be
dispatched, so that nothing is promised twice."""

from __future__ import annotations

import itertools
from typing import Any

import pyomo.core as pyo

from models import finance, running, services
from models.blocks import Block, Expr, constraint, per_step, publish, variable
from models.case import Battery, Case
from models.contracts import burning_helps, burning_pays
from models.wear import augmentation_kcur_per_mwh, wear_kcur_per_mwh


def _cycle_limited(case: Case) -> dict[str, Battery]:
    found = services.technologies(case).items()
    return {n: b for n, b in found if b.ageing == "fixed_life" and b.max_cycles_per_year is not None}


def _existing_kcur(case: Case, b: Battery) -> float:
    """Present value of keeping what is on site [kcur]."""
    if b.existing_mw == b.existing_mwh == 0:
        return 0.0
    price = b.power_kcur_per_mw * b.existing_mw + b.energy_kcur_per_mwh * b.existing_mwh
    return finance.existing_factor(b.terms, case.money, b.existing_life_years) * price


def sizes(block: Block, case: Case) -> None:
    """Linking variables: power, energy, and the energy held back for ride-through. Of a battery of which more comes too
    late there is just what is on site, however much a least size asks for."""
    batteries = services.technologies(case)
    variable(block, "battery_mw", batteries, doc="battery power [MW]")
    variable(block, "battery_mwh", batteries, doc="battery energy [MWh]")
    variable(block, "reserve_mwh", batteries, doc="energy held back for ride-through [MWh]")
    for name, b in batteries.items():
        block.battery_mw[name].setlb(min(max(b.min_mw, b.existing_mw), case.most_mw(b)))
        block.battery_mw[name].setub(case.most_mw(b))
        block.battery_mwh[name].setlb(min(max(b.min_mwh, b.existing_mwh), case.most_mwh(b)))
        block.battery_mwh[name].setub(case.most_mwh(b))
        block.reserve_mwh[name].setub(case.most_mwh(b))
        if name not in services.carriers(case):
            block.reserve_mwh[name].fix(0)


def month(block: Block, case: Case, m: int) -> None:
    """Linking variables of one month: stored energy at its borders, its share of the yearly cycles."""
    variable(block, "stored_start_mwh", services.technologies(case), doc="energy stored before the first step [MWh]")
    variable(block, "stored_end_mwh", services.technologies(case), doc="energy stored after the last step [MWh]")
    variable(block, "discharged_mwh", _cycle_limited(case), doc="energy the month may discharge [MWh]")
    for n, b in services.technologies(case).items():
        block.stored_start_mwh[n].setub(case.most_mwh(b))
        block.stored_end_mwh[n].setub(case.most_mwh(b))
        if n in block.discharged_mwh:
            block.discharged_mwh[n].setub(case.most_mw(b) * case.calendar.step_h * len(case.calendar.steps_of(m)))


def design(block: Block, case: Case, size: Block, months: dict[int, Block]) -> None:
    """Ride-through, least duration, joined months, cycle limit, cost and land."""
    batteries = services.technologies(case)
    constraint(
        block,
        "least_hours",
        [n for n, b in batteries.items() if b.min_hours > 0],
        lambda n: batteries[n].min_hours * size.battery_mw[n] <= size.battery_mwh[n],
        doc="energy for the least duration at full power [MWh]",
    )
    _ride_through(block, case, size, batteries)
    kept_share = {n: services.energy_kept(case, b) for n, b in batteries.items()}
    cycles = {n: (b.max_cycles_per_year or 0.0) * kept_share[n] for n, b in batteries.items()}
    order = list(months)
    following = dict(zip(order, order[1:] + order[:1], strict=True))
    constraint(
        block,
        "join_stored",
        [(b, m) for b in batteries for m in order],
        lambda b, m: months[m].stored_end_mwh[b] == months[following[m]].stored_start_mwh[b],
        doc="energy at a month's end starts the next, cyclic [MWh]",
    )
    _limit_borders(block, size, months, batteries, kept_share)
    constraint(
        block,
        "limit_cycles",
        _cycle_limited(case),
        lambda b: sum(x.discharged_mwh[b] for x in months.values()) <= cycles[b] * size.battery_mwh[b],
        doc="energy discharged per year within the cycles allowed [MWh]",
    )
    factor = {n: finance.capital_factor(b.terms, case.money) for n, b in batteries.items()}
    first = {
        n: b.power_kcur_per_mw * (size.battery_mw[n] - b.existing_mw)
        + b.energy_kcur_per_mwh * (size.battery_mwh[n] - b.existing_mwh)
        for n, b in batteries.items()
    }
    publish(block, "first_cost_kcur", sum(first.values()))
    kept = sum(_existing_kcur(case, b) for b in batteries.values())
    fading = {n: augmentation_kcur_per_mwh(b) * size.battery_mwh[n] for n, b in batteries.items() if b.augmented}
    yearly = finance.yearly_factor(case.money, case.money.escalation_capital) * sum(fading.values())
    publish(block, "cost_kcur", sum(factor[n] * first[n] for n in batteries) + kept + yearly)
    publish(block, "area_m2", sum(b.area_m2_per_mwh * size.battery_mwh[n] for n, b in batteries.items()))


def _limit_borders(
    block: Block, size: Block, months: dict[int, Block], batteries: dict[str, Battery], kept_share: dict[str, float]
) -> None:
    """What the months imply anyway: said here, no design asks a month for a charge that its battery cannot hold."""
    keys = [(n, m) for n in batteries for m in months]
    constraint(
        block,
        "limit_stored_at_border",
        keys,
        lambda n, m: months[m].stored_end_mwh[n] <= batteries[n].max_charge_share * kept_share[n] * size.battery_mwh[n],
        doc="energy at a month's end within the highest state of charge [MWh]",
    )
    constraint(
        block,
        "keep_stored_at_border",
        [(n, m) for n, m in keys if batteries[n].min_charge_share > 0],
        lambda n, m: months[m].stored_end_mwh[n] >= batteries[n].min_charge_share * kept_share[n] * size.battery_mwh[n],
        doc="energy at a month's end above the lowest state of charge [MWh]",
    )


def _ride_through(block: Block, case: Case, size: Block, batteries: dict[str, Battery]) -> None:
    """Every group of batteries holds the energy of the load that the others' power leaves to it (none: the power of all
    carries the racks). By max-flow min-cut that is exactly what makes a plan of discharge possible."""
    duty_h, names = case.ride_through_h, services.carriers(case)
    if duty_h == 0:
        return
    groups = [group for count in range(len(names) + 1) for group in itertools.combinations(names, count)]

    def rule(i: int) -> Expr:
        left = size.installed_mw - sum(size.battery_mw[n] for n in names if n not in groups[i])
        held = sum(batteries[n].discharge_efficiency * size.reserve_mwh[n] for n in groups[i])
        return (duty_h * left if groups[i] else left) - held <= 0

    constraint(block, "ride_through", range(len(groups)), rule, doc="batteries carry all racks for the time [MWh, MW]")


def operate(block: Block, case: Case, size: Block, border: Block, m: int, bands: Any, smoothed_mw: Block) -> None:
    """One month of charging and discharging; publishes draw_mw[t] (negative when discharging) and the wear's cost.

    `bands`: see swings.Bands; `smoothed_mw[name, t]`: swings evened out, which cycle the battery too. Storage that does
    not serve the grid only makes up for its self-discharge."""
    batteries, hours = services.technologies(case), case.calendar.steps_of(m)
    variable(block, "charge_mw", batteries, hours, doc="power into the battery [MW]")
    variable(block, "discharge_mw", batteries, hours, doc="power out of the battery [MW]")
    variable(block, "stored_mwh", batteries, hours, doc="energy stored at the end of the step [MWh]")
    for n, b in batteries.items():
        for t in hours:
            block.charge_mw[n, t].setub(case.most_mw(b))
            block.discharge_mw[n, t].setub(case.most_mw(b) if services.serves_grid(case, b) else 0.0)
            block.stored_mwh[n, t].setub(case.most_mwh(b))
    _balance(block, case, border, batteries, hours)
    _limit(block, case, size, batteries, hours, bands)
    through = _throughput(block, batteries, hours, smoothed_mw)
    h = case.calendar.step_h
    constraint(
        block,
        "count_discharged",
        _cycle_limited(case),
        lambda n: h * sum(through[n, t] for t in hours) <= border.discharged_mwh[n],
        doc="energy discharged in the month within its share of the year's cycles [MWh]",
    )
    _never_both(block, case, batteries, hours)
    per_step(
        block, "draw_mw", hours, lambda t: sum(block.charge_mw[b, t] - block.discharge_mw[b, t] for b in batteries)
    )
    wear = {n: wear_kcur_per_mwh(b) for n, b in batteries.items() if wear_kcur_per_mwh(b) > 0}
    factor = finance.yearly_factor(case.money, case.money.escalation_capital) * case.calendar.step_h
    publish(block, "cost_kcur", sum(factor * wear[n] * through[n, t] for n in wear for t in hours))


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


def _throughput(
    block: Block, batteries: dict[str, Battery], hours: range, smoothed_mw: Block
) -> dict[tuple[str, int], Expr]:
    """Mean power discharged, smoothing included [MW]."""
    found = {(n, t): block.discharge_mw[n, t] for n in batteries for t in hours}
    return found | {k: found[k] + services.SMOOTHING_DISCHARGE * smoothed_mw[k] for k in smoothed_mw}


def _limit(block: Block, case: Case, size: Block, batteries: dict[str, Battery], hours: range, bands: Any) -> None:
    keys = [(n, t) for n in batteries for t in hours]
    kept = {n: services.energy_kept(case, b) for n, b in batteries.items()}
    reserved, up, down = bands.power_mw, bands.up_mwh, dict(bands.down_mwh)
    for n in services.carriers(case):
        down[n] = down[n] + size.reserve_mwh[n]

    constraint(
        block,
        "limit_power",
        keys,
        lambda n, t: block.charge_mw[n, t] + block.discharge_mw[n, t] + reserved[n] <= size.battery_mw[n],
        doc="charging, discharging and reserved power within the power [MW]",
    )
    constraint(
        block,
        "limit_stored",
        keys,
        lambda n, t: block.stored_mwh[n, t] + up[n] <= batteries[n].max_charge_share * kept[n] * size.battery_mwh[n],
        doc="highest state of charge, with room for swings and ramps [MWh]",
    )
    floor = {n: batteries[n].min_charge_share * kept[n] * size.battery_mwh[n] + down[n] for n in batteries}
    low = [(n, t) for n, t in keys if batteries[n].min_charge_share > 0 or not isinstance(down[n], int)]
    constraint(
        block,
        "keep_stored",
        low,
        lambda n, t: floor[n] <= block.stored_mwh[n, t],
        doc="lowest state of charge, with what ride-through, swings and ramps may take [MWh]",
    )


def _never_both(block: Block, case: Case, batteries: dict[str, Battery], hours: range) -> None:
    """Charging while discharging burns energy. That pays only if energy costs less than nothing at some time of the
    year (also hours before, to make room), if a generator has a least load, or if burning makes room: for a share of
    energy that must be clean, or to sell under net metering; else nothing forbids it and readout nets it at no loss.

    Binaries, because no linear count of what is burned takes the incentive away: what is netted is the smaller of two
    flows, which a battery that only charges or only discharges leaves at zero, and so does any mixture of the two."""
    must_give = any(g.min_load_share > 0 for g in running.generators(case).values())
    either = must_give or burning_pays(case) or burning_helps(case)
    keys = [(n, t) for n in batteries for t in hours] if either else []
    variable(
        block, "is_charging", keys, doc="1 if the battery may charge, 0 if it may discharge [1]", domain=pyo.Binary
    )
    constraint(
        block,
        "charge_if",
        keys,
        lambda n, t: block.charge_mw[n, t] <= case.most_mw(batteries[n]) * block.is_charging[n, t],
        doc="charges only when charging [MW]",
    )
    constraint(
        block,
        "discharge_if",
        keys,
        lambda n, t: block.discharge_mw[n, t] <= case.most_mw(batteries[n]) * (1 - block.is_charging[n, t]),
        doc="discharges only when not charging [MW]",
    )
