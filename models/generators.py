"""Engines, turbines, fuel cells, standby sets: like units that burn fuel, and load lost while the grid is interrupted.

One whole number per step says how many units of a generator run. That is exact for like units: fuel is linear in
(units running, power), so that how the running ones split the power changes nothing, and any power between their least
and their most can be split. Running hours are limited over all units together: they take turns (approximation)."""

from __future__ import annotations

import pyomo.core as pyo

from models import finance, running
from models.blocks import Block, Expr, constraint, per_step, publish, variable
from models.case import Case, Generator


def _starting(case: Case) -> dict[str, Generator]:
    return {n: g for n, g in running.generators(case).items() if g.start_kcur > 0}


def _run_limited(case: Case) -> dict[str, Generator]:
    return {n: g for n, g in running.generators(case).items() if g.max_run_h_per_year is not None}


def sizes(block: Block, case: Case) -> None:
    """Linking variables: units that may run at once (without the spare ones)."""
    found = running.generators(case)
    variable(block, "generator_units", found, doc="units that may run at once [1]", domain=pyo.NonNegativeIntegers)
    for n, g in found.items():
        block.generator_units[n].setlb(max(g.min_units - g.spare_units, min(g.min_units, 1)))  # never spare ones alone
        block.generator_units[n].setub(g.max_units - g.spare_units)


def month(block: Block, case: Case, m: int) -> None:
    """Linking variables of one month: its running hours, and the units that run on over its borders."""
    variable(block, "run_h", _run_limited(case), doc="unit hours the month may run [h]")
    variable(block, "running_before", _starting(case), doc="units that ran on from the month before [1]")
    variable(block, "running_after", _starting(case), doc="units that run on into the next month [1]")
    h = case.calendar.step_h * len(case.calendar.steps_of(m))
    for n, g in running.generators(case).items():
        for name, most in (("run_h", h), ("running_before", 1.0), ("running_after", 1.0)):
            if n in getattr(block, name):
                getattr(block, name)[n].setub(most * (g.max_units - g.spare_units))


def design(block: Block, case: Case, size: Block, months: dict[int, Block]) -> None:
    """Spare units, the year's running hours, joined months, cost and land."""
    found = running.generators(case)
    bought = _bought(block, size, found)
    limited, order = _run_limited(case), list(months)
    constraint(
        block,
        "limit_run_h",
        limited,
        lambda n: sum(b.run_h[n] for b in months.values()) <= limited[n].max_run_h_per_year * bought[n],
        doc="unit hours per year within the hours allowed [h]",
    )
    following = dict(zip(order, order[1:] + order[:1], strict=True))
    constraint(
        block,
        "join_running",
        [(n, m) for n in _starting(case) for m in order],
        lambda n, m: months[m].running_after[n] == months[following[m]].running_before[n],
        doc="units running at a month's end run on into the next, cyclic [1]",
    )
    block.in_service_mw = {("generator", n): g.unit_mw * bought[n] for n, g in found.items()}
    first = {n: g.cost_kcur_per_mw * g.unit_mw * bought[n] for n, g in found.items()}
    publish(block, "first_cost_kcur", sum(first.values()))
    factor = {n: finance.capital_factor(g.terms, case.money) for n, g in found.items()}
    om = finance.yearly_factor(case.money, case.money.escalation_om)
    standing = {n: om * g.om_kcur_per_mw_year * g.unit_mw * bought[n] for n, g in found.items()}
    publish(block, "cost_kcur", sum(factor[n] * first[n] + standing[n] for n in found))
    publish(block, "area_m2", sum(g.area_m2_per_mw * g.unit_mw * bought[n] for n, g in found.items()))


def _bought(block: Block, size: Block, found: dict[str, Generator]) -> dict[str, Expr]:
    """Units bought: those that may run, and the spare ones if there is any [1]."""
    spared = [n for n, g in found.items() if g.spare_units > 0]
    variable(
        block, "has_units", spared, doc="1 if any unit is bought, and so its spare units too [1]", domain=pyo.Binary
    )
    constraint(
        block,
        "buy_spare",
        spared,
        lambda n: size.generator_units[n] <= size.generator_units[n].ub * block.has_units[n],
        doc="no unit runs without its spare units [1]",
    )
    return {
        n: size.generator_units[n] + (g.spare_units * block.has_units[n] if n in spared else 0)
        for n, g in found.items()
    }


def operate(block: Block, case: Case, size: Block, border: Block, m: int) -> None:
    """One month of running; publishes made_mw[t], lost_mw[t], draw_mw[t] (negative; lost load too), carbon_t of fuel,
    and the cost of fuel, upkeep, starts and lost load."""
    found, hours = running.generators(case), case.calendar.steps_of(m)
    keys = [(n, t) for n, g in found.items() for t in running.may_run(case, g, hours)]
    counted = [(n, t) for n, t in keys if found[n].switches]
    variable(block, "generated_mw", keys, doc="power given [MW]")
    variable(block, "running", counted, doc="units that run [1]", domain=pyo.NonNegativeIntegers)
    for n, t in keys:
        most = found[n].max_units - found[n].spare_units
        block.generated_mw[n, t].setub(found[n].unit_mw * most)
        if (n, t) in block.running:
            block.running[n, t].setub(most)
    _limit(block, size, found, keys)
    _count_hours(block, case, border, counted)
    _count_starts(block, case, border, hours)
    lost = running.interrupted(case, hours) if running.sheds(case) else []
    variable(block, "lost_load_mw", lost, doc="load not served [MW]")
    for t in lost:
        block.lost_load_mw[t].setub(running.most_lost_mw(case, t))
    given = {t: [n for n in found if (n, t) in block.generated_mw] for t in hours}
    per_step(block, "made_mw", hours, lambda t: sum(block.generated_mw[n, t] for n in given[t]))
    per_step(block, "lost_mw", lost, lambda t: block.lost_load_mw[t])
    per_step(block, "draw_mw", hours, lambda t: -block.made_mw[t] - block.lost_mw.get(t, 0))
    _pay(block, case, found, keys)


def _running(block: Block, size: Block, n: str, t: int) -> Expr:
    """Units that run in a step; all of them, where nothing depends on it [1]."""
    return block.running[n, t] if (n, t) in block.running else size.generator_units[n]


def _limit(block: Block, size: Block, found: dict[str, Generator], keys: list[tuple[str, int]]) -> None:
    constraint(
        block,
        "limit_generated",
        keys,
        lambda n, t: block.generated_mw[n, t] <= found[n].unit_mw * _running(block, size, n, t),
        doc="power within the units that run [MW]",
    )
    constraint(
        block,
        "keep_load",
        [(n, t) for n, t in keys if found[n].min_load_share > 0],
        lambda n, t: found[n].min_load_share * found[n].unit_mw * block.running[n, t] <= block.generated_mw[n, t],
        doc="units that run keep their least load [MW]",
    )
    constraint(
        block,
        "limit_running",
        [key for key in keys if key in block.running],
        lambda n, t: block.running[n, t] <= size.generator_units[n],
        doc="units that run are there [1]",
    )


def _count_hours(block: Block, case: Case, border: Block, counted: list[tuple[str, int]]) -> None:
    h = case.calendar.step_h
    constraint(
        block,
        "count_run_h",
        _run_limited(case),
        lambda n: h * sum(block.running[k, t] for k, t in counted if k == n) <= border.run_h[n],
        doc="unit hours of the month within its share of the year's [h]",
    )


def _count_starts(block: Block, case: Case, border: Block, hours: range) -> None:
    """Starts are what runs more than the step before. What runs on over a border is a floor at one side and a credit at
    the other, so that a rounded-up number of units keeps it."""
    starting = _starting(case)
    runs = {n: set(running.may_run(case, g, hours)) for n, g in starting.items()}
    keys = [(n, t) for n in starting for t in sorted(runs[n])]
    variable(block, "starts", keys, doc="units started at the beginning of the step [1]")
    for n, t in keys:
        block.starts[n, t].setub(starting[n].max_units - starting[n].spare_units)

    def before(n: str, t: int) -> Expr:
        if t == hours.start:
            return border.running_before[n]
        return block.running[n, t - 1] if t - 1 in runs[n] else 0

    constraint(
        block,
        "count_starts",
        keys,
        lambda n, t: block.running[n, t] - before(n, t) <= block.starts[n, t],
        doc="units that run and did not before are started [1]",
    )
    last = hours[-1]
    constraint(
        block,
        "run_on",
        starting,
        lambda n: border.running_after[n] <= (block.running[n, last] if last in runs[n] else 0),
        doc="units that run on into the next month run at the end of this one [1]",
    )


def _pay(block: Block, case: Case, found: dict[str, Generator], keys: list[tuple[str, int]]) -> None:
    """Fuel, upkeep, starts and lost load; present value over the analysis years. Carbon of fuel, for models/grid.py."""
    h, money = case.calendar.step_h, case.money
    om = finance.yearly_factor(money, money.escalation_om)
    fuel = {n: 0.0 for n in found}
    cost: Expr = 0.0
    for n, t in keys:
        burned = found[n].fuel_mwh_per_mwh * block.generated_mw[n, t]
        if found[n].fuel_mwh_per_h > 0:
            burned += found[n].fuel_mwh_per_h * block.running[n, t]
        fuel[n] += h * burned
        cost += om * h * found[n].om_kcur_per_mwh * block.generated_mw[n, t]
    for n, g in found.items():
        cost += finance.yearly_factor(money, g.fuel_escalation) * g.fuel_kcur_per_mwh * fuel[n]
    cost += sum(om * found[n].start_kcur * block.starts[n, t] for n, t in block.starts)
    value = finance.yearly_factor(money, 0.0) * (case.grid.lost_load_kcur_per_mwh or 0.0)
    cost += sum(h * value * block.lost_load_mw[t] for t in block.lost_load_mw)
    publish(block, "carbon_t", sum(g.carbon_t_per_mwh_fuel * fuel[n] for n, g in found.items()))
    publish(block, "cost_kcur", cost)
