"""Heat removal: cooling power and water against the weather of each step, and chilled-water storage.

Cooling capacity is bought as units (modules.py); here it only bounds the making of cold for storage."""

from __future__ import annotations

from models import curves, finance
from models.blocks import Block, Expr, constraint, per_step, publish, variable
from models.case import Case, ChilledWaterStore
from models.catalogue import cold_stores, cooling, heat_coolings


def _yearly_water(case: Case) -> dict[str, float]:
    """Yearly limits of water [m3] by the name of the month's share of them: as it is, and weighted by scarcity."""
    limits = case.limits
    given = {"water_m3": limits.water_m3_per_year, "weighted_water_m3": limits.weighted_water_m3_per_year}
    return {name: limit for name, limit in given.items() if limit is not None}


def sizes(block: Block, case: Case) -> None:
    """Linking variables: tank sizes."""
    variable(block, "cold_mwh", cold_stores(case), doc="chilled-water storage [MWh thermal]")
    for name, store in cold_stores(case).items():
        block.cold_mwh[name].setub(store.max_mwh)


def month(block: Block, case: Case, m: int) -> None:
    """Linking variables of one month: cold stored at its borders, its share of the yearly water limit."""
    variable(block, "cold_start_mwh", cold_stores(case), doc="cold stored before the first step [MWh thermal]")
    variable(block, "cold_end_mwh", cold_stores(case), doc="cold stored after the last step [MWh thermal]")
    for name, limit in _yearly_water(case).items():
        variable(block, name, doc="water, or weighted water, the month may use [m3]", bounds=(0, limit))
    for name, store in cold_stores(case).items():
        block.cold_start_mwh[name].setub(store.max_mwh)
        block.cold_end_mwh[name].setub(store.max_mwh)


def design(block: Block, case: Case, size: Block, months: dict[int, Block]) -> None:
    """Joined months, the yearly water limit, cost and land of tanks."""
    order = list(months)
    following = dict(zip(order, order[1:] + order[:1], strict=True))
    constraint(
        block,
        "join_cold",
        [(c, m) for c in cold_stores(case) for m in order],
        lambda c, m: months[m].cold_end_mwh[c] == months[following[m]].cold_start_mwh[c],
        doc="cold at a month's end starts the next, cyclic [MWh thermal]",
    )
    _limit_borders(block, case, size, months)
    limits = _yearly_water(case)
    constraint(
        block,
        "limit_water",
        limits,
        lambda name: sum(getattr(b, name) for b in months.values()) <= limits[name],
        doc="water, and weighted water, per year [m3]",
    )
    publish(block, "first_cost_kcur", sum(s.cost_kcur_per_mwh * size.cold_mwh[c] for c, s in cold_stores(case).items()))
    publish(
        block,
        "cost_kcur",
        sum(
            s.cost_kcur_per_mwh * finance.capital_factor(s.terms, case.money) * size.cold_mwh[c]
            for c, s in cold_stores(case).items()
        ),
    )
    publish(block, "area_m2", sum(s.area_m2_per_mwh * size.cold_mwh[c] for c, s in cold_stores(case).items()))


def _limit_borders(block: Block, case: Case, size: Block, months: dict[int, Block]) -> None:
    """What the months imply anyway: said here, no design asks a month for cold that no tank holds or no plant made."""
    keys = [(c, m) for c in cold_stores(case) for m in months]
    horizon_h = case.calendar.steps * case.calendar.step_h
    constraint(
        block,
        "limit_cold_at_border",
        keys,
        lambda c, m: months[m].cold_end_mwh[c] <= size.cold_mwh[c],
        doc="cold at a month's end within the tank [MWh thermal]",
    )
    constraint(
        block,
        "limit_cold_made",
        keys,
        lambda c, m: months[m].cold_end_mwh[c] <= horizon_h * size.design_heat_mw[c],
        doc="cold at a month's end no more than the plant's design heat makes over all steps [MWh thermal]",
    )


def operate(
    block: Block,
    case: Case,
    size: Block,
    border: Block,
    m: int,
    heat_mw: dict[tuple[str, int], Expr],
    taken_mw: dict[tuple[str, int], Expr],
) -> None:
    """One month: electricity and water for the heat of each cooling type, less what is taken elsewhere; publishes
    draw_mw[t]."""
    hours = case.calendar.steps_of(m)
    to_cool = {key: heat - taken_mw[key] if key in taken_mw else heat for key, heat in heat_mw.items()}
    _operate_stores(block, case, size, border, hours, to_cool)
    tanks, coolings = cold_stores(case), heat_coolings(case)
    electricity = {c: curves.electricity_pu(cooling(case, c), case.site).tolist() for c in coolings}
    water = {c: curves.water_m3_per_mwh(cooling(case, c), case.site).tolist() for c in coolings}

    standing = {c: cooling(case, c).fixed_share for c in coolings}

    def full_load(c: str, t: int) -> Expr:
        if c not in tanks:
            return electricity[c][t] * to_cool[c, t]
        fixed = min(tanks[c].distribution_pu, electricity[c][t])
        return fixed * heat_mw[c, t] + (electricity[c][t] - fixed) * _made(block, c, t, to_cool)

    def power(c: str, t: int) -> Expr:
        if not standing[c]:
            return full_load(c, t)
        stays = standing[c] * electricity[c][t]
        return stays * size.design_heat_mw[c] + (1 - standing[c]) * full_load(c, t)

    per_step(block, "draw_mw", hours, lambda t: sum(power(c, t) for c in coolings))
    _pay_water(block, case, border, hours, to_cool, water)


def _made(block: Block, c: str, t: int, heat_mw: dict[tuple[str, int], Expr]) -> Expr:
    """Cold made in a step [MW thermal]."""
    if (c, t) not in block.cold_charge_mw:
        return heat_mw[c, t]
    return heat_mw[c, t] + block.cold_charge_mw[c, t] - block.cold_discharge_mw[c, t]


def _operate_stores(
    block: Block, case: Case, size: Block, border: Block, hours: range, heat_mw: dict[tuple[str, int], Expr]
) -> None:
    tanks = cold_stores(case)
    h = case.calendar.step_h
    variable(block, "cold_charge_mw", tanks, hours, doc="cold made for the tank [MW thermal]")
    variable(block, "cold_discharge_mw", tanks, hours, doc="cold taken from the tank [MW thermal]")
    variable(block, "cold_stored_mwh", tanks, hours, doc="cold stored at the end of the step [MWh thermal]")
    keys = [(c, t) for c in tanks for t in hours]
    for c, t in keys:
        block.cold_charge_mw[c, t].setub(tanks[c].max_mwh / tanks[c].hours_to_fill)
        block.cold_discharge_mw[c, t].setub(tanks[c].max_mwh / tanks[c].hours_to_fill)
        block.cold_stored_mwh[c, t].setub(tanks[c].max_mwh)

    def balance(c: str, t: int) -> Expr:
        before = border.cold_start_mwh[c] if t == hours.start else block.cold_stored_mwh[c, t - 1]
        flow = block.cold_charge_mw[c, t] - block.cold_discharge_mw[c, t]
        return block.cold_stored_mwh[c, t] == (1 - tanks[c].loss_per_h) ** h * before + h * flow

    constraint(block, "balance_cold", keys, balance, doc="stored cold follows its flows [MWh thermal]")
    constraint(
        block,
        "end_cold",
        tanks,
        lambda c: block.cold_stored_mwh[c, hours[-1]] == border.cold_end_mwh[c],
        doc="cold stored at the month's end [MWh thermal]",
    )
    _limit_stores(block, size, tanks, keys, heat_mw)


def _limit_stores(
    block: Block,
    size: Block,
    tanks: dict[str, ChilledWaterStore],
    keys: list[tuple[str, int]],
    heat_mw: dict[tuple[str, int], Expr],
) -> None:
    def rate(c: str) -> Expr:
        return size.cold_mwh[c] / tanks[c].hours_to_fill

    constraint(
        block,
        "limit_cold",
        keys,
        lambda c, t: block.cold_stored_mwh[c, t] <= size.cold_mwh[c],
        doc="stored cold within the tank [MWh thermal]",
    )
    constraint(
        block,
        "limit_cold_charge",
        keys,
        lambda c, t: block.cold_charge_mw[c, t] <= rate(c),
        doc="charging rate of the tank [MW thermal]",
    )
    constraint(
        block,
        "limit_cold_discharge",
        keys,
        lambda c, t: block.cold_discharge_mw[c, t] <= rate(c),
        doc="discharging rate of the tank [MW thermal]",
    )
    constraint(
        block,
        "make_at_most",
        keys,
        lambda c, t: _made(block, c, t, heat_mw) <= size.design_heat_mw[c],
        doc="cold made within the plant's design heat [MW thermal]",
    )
    constraint(
        block,
        "make_at_least",
        keys,
        lambda c, t: block.cold_discharge_mw[c, t] <= heat_mw[c, t] + block.cold_charge_mw[c, t],
        doc="discharge no more cold than is needed [MW thermal]",
    )


def _pay_water(
    block: Block,
    case: Case,
    border: Block,
    hours: range,
    heat_mw: dict[tuple[str, int], Expr],
    water: dict[str, list[float]],
) -> None:
    limits, wet = case.limits, [c for c, w in water.items() if any(w)]
    yearly, daily = _yearly_water(case), limits.water_m3_per_day
    if not yearly and daily is None and limits.water_price_kcur_per_m3 == 0:
        return
    step = {t: case.calendar.step_h * sum(water[c][t] * _made(block, c, t, heat_mw) for c in wet) for t in hours}
    weight = [1.0] * case.calendar.steps if case.site.water_stress is None else case.site.water_stress.tolist()
    used = {"water_m3": sum(step.values()), "weighted_water_m3": sum(weight[t] * step[t] for t in hours)}
    constraint(
        block,
        "count_water",
        yearly if wet else (),
        lambda name: used[name] <= getattr(border, name),
        doc="water of the month within its share of the year's limit [m3]",
    )
    if daily is not None and wet:
        day = case.calendar.day_of_step
        days = {d: sum(step[t] for t in hours if day[t] == d) for d in dict.fromkeys(day[t] for t in hours)}
        constraint(block, "limit_water_day", days, lambda d: days[d] <= daily, doc="water of one day [m3]")
    factor = finance.yearly_factor(case.money, case.money.escalation_water)
    publish(block, "cost_kcur", factor * limits.water_price_kcur_per_m3 * used["water_m3"])
