"""The bill: energy by time and in blocks, demand charges with minimum, ratchet and tiers, take-or-pay.

Whatever needs a binary lives in the design problem: the operation problems stay linear, so that they can give cuts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyomo.environ as pyo

from models import finance
from models.blocks import Block, Expr, constraint, publish, variable
from models.case import Case, DemandCharge, EnergyCharge, Tier
from models.fields import Series


@dataclass(frozen=True)
class Slice:
    """A price between two quantities."""

    low: float
    high: float
    price: float

    @property
    def width(self) -> float:
        """The most of a quantity that the slice holds."""
        return self.high - self.low


def slices(first: tuple[float, ...], tiers: tuple[Tier, ...], month: int, most: float) -> list[Slice]:
    """The prices of a charge in a month, as far as a quantity of at most `most` reaches them; neighbours of one price
    are joined."""
    starts = [0.0, *(t.above for t in tiers)]
    prices = [first[month], *(t.price[month] for t in tiers)]
    found: list[Slice] = []
    for low, high, price in zip(starts, [*starts[1:], most], prices, strict=True):
        if found and low >= most:
            break
        end = max(min(high, most), low)
        if found and found[-1].price == price:
            found[-1] = Slice(found[-1].low, end, price)
        else:
            found.append(Slice(low, end, price))
    return found


def _charges(case: Case) -> dict[str, DemandCharge]:
    return {d.name: d for d in case.grid.demand_charges}


def demand_factor(case: Case) -> float:
    """What the power factor at the connection makes of the demand charges [1]."""
    grid = case.grid
    return 1 + grid.power_factor_surcharge * max(0.0, grid.power_factor_target - grid.power_factor)


def _has_price(charge: DemandCharge, m: int) -> bool:
    return charge.price_kcur_per_mw[m] > 0 or any(t.price[m] > 0 for t in charge.tiers)


def billed_months(case: Case, charge: DemandCharge) -> list[int]:
    """Months present in which the charge has a price."""
    return [m for m in case.calendar.months if _has_price(charge, m)]


def ratchet_sources(case: Case, charge: DemandCharge, m: int) -> list[int]:
    """Months whose peaks feed the bill of month m through the ratchet, cyclic through the months present."""
    if charge.ratchet_share == 0:
        return []
    order = list(case.calendar.months)
    place = order.index(m)
    earlier = {order[(place - k) % len(order)] for k in range(1, charge.ratchet_months + 1)}
    return [k for k in order if k in earlier and k in charge.ratchet_peak_months]


def _counts(case: Case, charge: DemandCharge, m: int) -> bool:
    """Whether the month's peak is billed, now or through the ratchet of another month."""
    steps = case.calendar.steps_of(m)
    if not charge.applies[steps.start : steps.stop].any():
        return False
    fed = charge.ratchet_share > 0 and charge.ratchet_months > 0 and m in charge.ratchet_peak_months
    return _has_price(charge, m) or (fed and bool(billed_months(case, charge)))


def covering(case: Case, border: Block, m: int) -> list[str]:
    """Demand charges whose peak of the month is its highest import, because they apply in all its steps."""
    s = case.calendar.steps_of(m)
    return [n for n in border.peak_mw if bool(_charges(case)[n].applies[s.start : s.stop].all())]


def _most_mwh(case: Case, m: int, counted_steps: float) -> float:
    """Energy that the connection can carry in steps of a month [MWh]."""
    return case.import_limit_mw / case.grid.billing_factor * case.calendar.step_h * counted_steps


def _blocks(case: Case, charge: EnergyCharge, m: int) -> list[Slice]:
    s = case.calendar.steps_of(m)
    most = _most_mwh(case, m, float(charge.applies[s.start : s.stop].sum()))
    return slices(charge.price_kcur_per_mwh, charge.tiers, m, most)


def _lowest(case: Case, charge: EnergyCharge, m: int) -> float:
    return min(block.price for block in _blocks(case, charge, m))


def lowest_price_kcur_per_mwh(case: Case) -> Series:
    """What one more MWh costs at least in each step, whatever was bought before [kcur/MWh]: the price by time, the
    cheapest block of each charge, less what take-or-pay would have cost."""
    grid = case.grid
    price: Series = grid.import_price_kcur_per_mwh.copy()
    for charge in grid.energy_charges:
        for m in case.calendar.months:
            s = case.calendar.steps_of(m)
            price[s.start : s.stop] += charge.applies[s.start : s.stop] * _lowest(case, charge, m)
    if grid.take_or_pay_mwh_per_year > 0:
        price -= grid.take_or_pay_kcur_per_mwh
    return price


def month(block: Block, case: Case, m: int) -> None:
    """Linking variables of one month: billed peaks, energy in blocks, energy that counts as taken."""
    counted = [name for name, d in _charges(case).items() if _counts(case, d, m)]
    within = (0, case.import_limit_mw)
    variable(
        block, "peak_mw", counted, doc="highest interval import in the hours of a demand charge [MW]", bounds=within
    )
    blocks = {c.name: found for c in case.grid.energy_charges if len(found := _blocks(case, c, m)) > 1}
    if blocks:
        variable(block, "energy_mwh", blocks, doc="energy of the month in the hours of an energy charge [MWh]")
        for name, found in blocks.items():
            block.energy_mwh[name].setub(found[-1].high)
    if case.grid.take_or_pay_mwh_per_year > 0:
        most = _most_mwh(case, m, len(case.calendar.steps_of(m)))
        variable(block, "taken_mwh", doc="energy of the month that counts as taken [MWh]", bounds=(0, most))


def design(block: Block, case: Case, months: dict[int, Block], contract_mw: Expr) -> None:
    """Billed demand, energy in blocks, energy not taken, and what they cost."""
    yearly = _demand(block, case, months, contract_mw) + _energy(block, case, months)
    grid = case.grid
    if grid.take_or_pay_mwh_per_year > 0:
        least = grid.take_or_pay_mwh_per_year
        variable(block, "short_mwh", doc="energy paid for but not taken [MWh]", bounds=(0, least))
        taken = sum(b.taken_mwh for b in months.values())
        constraint(block, "pay_short", ["year"], lambda _: block.short_mwh + taken >= least, doc="energy paid [MWh]")
        yearly += grid.take_or_pay_kcur_per_mwh * block.short_mwh
    yearly += grid.fixed_kcur_per_month * len(months)
    publish(block, "cost_kcur", finance.energy_factor(case.money) * yearly)


def _demand(block: Block, case: Case, months: dict[int, Block], contract_mw: Expr) -> Expr:
    """Demand charges of the year [kcur]."""
    charges = _charges(case)
    keys = [(name, m) for name, d in charges.items() for m in billed_months(case, d)]
    variable(block, "billed_mw", keys, doc="billed demand [MW]")
    for name, m in keys:
        block.billed_mw[name, m].setlb(charges[name].min_mw)
        block.billed_mw[name, m].setub(max(charges[name].min_mw, case.import_limit_mw))
    constraint(
        block,
        "bill_peak",
        [(name, m) for name, m in keys if name in months[m].peak_mw],
        lambda name, m: block.billed_mw[name, m] >= months[m].peak_mw[name],
        doc="billed at least the month's peak [MW]",
    )
    constraint(
        block,
        "bill_ratchet",
        [
            (name, m, k)
            for name, m in keys
            for k in ratchet_sources(case, charges[name], m)
            if k != m and name in months[k].peak_mw
        ],
        lambda name, m, k: block.billed_mw[name, m] >= charges[name].ratchet_share * months[k].peak_mw[name],
        doc="billed at least a share of earlier peaks [MW]",
    )
    constraint(
        block,
        "bill_contract",
        [(name, m) for name, m in keys if charges[name].contract_share > 0],
        lambda name, m: block.billed_mw[name, m] >= charges[name].contract_share * contract_mw,
        doc="billed at least a share of contracted capacity [MW]",
    )
    prices = {
        (name, m): slices(charges[name].price_kcur_per_mw, charges[name].tiers, m, block.billed_mw[name, m].ub)
        for name, m in keys
    }
    return demand_factor(case) * _price_slices(block, "demand_tier", prices, block.billed_mw, "MW")


def _energy(block: Block, case: Case, months: dict[int, Block]) -> Expr:
    """Blocks of energy of the year, as far as dearer than the cheapest block, which each month's operation pays
    [kcur]. So more energy never costs less here, and the energy of a month need only be a ceiling."""
    prices, energy = {}, {}
    for charge in case.grid.energy_charges:
        for m, border in months.items():
            blocks = _blocks(case, charge, m)
            if len(blocks) > 1:
                lowest = _lowest(case, charge, m)
                prices[charge.name, m] = [Slice(b.low, b.high, b.price - lowest) for b in blocks]
                energy[charge.name, m] = border.energy_mwh[charge.name]
    return _price_slices(block, "energy_block", prices, energy, "MWh")


def _price_slices(
    block: Block,
    name: str,
    prices: dict[tuple[str, int], list[Slice]],
    quantity: dict[tuple[str, int], Expr],
    unit: str,
) -> Expr:
    """Cost of quantities that are cut into slices, each filled before the next.

    Where prices only rise, what exceeds each threshold pays the difference of the two prices. Where one falls, that
    would be a gift: there the slices are filled in order, by binaries."""
    total = sum(found[0].price * quantity[key] for key, found in prices.items() if not _falls(found))
    rising = {
        (*key, i): (found[i].low, found[-1].high - found[i].low, found[i].price - found[i - 1].price)
        for key, found in prices.items()
        if not _falls(found)
        for i in range(1, len(found))
    }
    if rising:
        variable(block, f"{name}_over", rising, doc=f"part of a quantity above a threshold [{unit}]")
        over = block.component(f"{name}_over")
        for key, (_, most, _) in rising.items():
            over[key].setub(most)
        constraint(
            block,
            f"{name}_exceed",
            rising,
            lambda n, m, i: over[n, m, i] >= quantity[n, m] - rising[n, m, i][0],
            doc=f"what exceeds a threshold [{unit}]",
        )
        total += sum(step * over[key] for key, (_, _, step) in rising.items())
    falling = {key: found for key, found in prices.items() if _falls(found)}
    return total + _fill_in_order(block, name, falling, quantity, unit)


def _falls(found: list[Slice]) -> bool:
    return any(b.price < a.price for a, b in zip(found, found[1:], strict=False))


def _fill_in_order(
    block: Block,
    name: str,
    prices: dict[tuple[str, int], list[Slice]],
    quantity: dict[tuple[str, int], Expr],
    unit: str,
) -> Expr:
    """Cost of quantities with a price that falls. A binary per threshold tells whether it is passed: the slice below is
    then full, and the slice above may hold something. Each is bounded by its own width, the smallest bound there is, so
    that the relaxation is the convex hull of the single charge."""
    if not prices:
        return 0.0
    cuts = [(*key, i) for key, found in prices.items() for i in range(len(found))]
    thresholds = [(n, m, i) for n, m, i in cuts if i > 0]
    variable(block, f"{name}_fill", cuts, doc=f"part of a quantity at the price of a slice [{unit}]")
    variable(block, f"{name}_passed", thresholds, doc="whether a threshold is passed [1]", domain=pyo.Binary)
    fill, passed = block.component(f"{name}_fill"), block.component(f"{name}_passed")
    for n, m, i in cuts:
        fill[n, m, i].setub(prices[n, m][i].width)
    constraint(
        block,
        f"{name}_sum",
        prices,
        lambda n, m: sum(fill[n, m, i] for i in range(len(prices[n, m]))) == quantity[n, m],
        doc=f"slices hold the whole quantity [{unit}]",
    )
    constraint(
        block,
        f"{name}_below",
        thresholds,
        lambda n, m, i: fill[n, m, i - 1] >= prices[n, m][i - 1].width * passed[n, m, i],
        doc=f"the slice below a passed threshold is full [{unit}]",
    )
    constraint(
        block,
        f"{name}_above",
        thresholds,
        lambda n, m, i: fill[n, m, i] <= prices[n, m][i].width * passed[n, m, i],
        doc=f"nothing above a threshold that is not passed [{unit}]",
    )
    return sum(prices[n, m][i].price * fill[n, m, i] for n, m, i in cuts)


def operate(block: Block, case: Case, border: Block, m: int, import_mw: Expr) -> None:
    """One month's bill; publishes the cost of energy bought at the price by time and of each cheapest block."""
    hours, h, grid = case.calendar.steps_of(m), case.calendar.step_h, case.grid
    charges = {c.name: c for c in grid.energy_charges}
    constraint(
        block,
        "reach_peak",
        [(n, t) for n in border.peak_mw for t in hours if _charges(case)[n].applies[t]],
        lambda n, t: grid.billing_factor * import_mw[t] <= border.peak_mw[n],
        doc="interval import within the billed peak [MW]",
    )
    constraint(
        block,
        "count_energy",
        list(border.energy_mwh) if hasattr(border, "energy_mwh") else [],
        lambda n: sum(h * import_mw[t] for t in hours if charges[n].applies[t]) <= border.energy_mwh[n],
        doc="energy in the hours of a charge [MWh]",
    )
    constraint(
        block,
        "count_taken",
        ["month"] if hasattr(border, "taken_mwh") else [],
        lambda _: border.taken_mwh <= sum(h * import_mw[t] for t in hours),
        doc="energy that counts as taken was bought [MWh]",
    )
    price = dict(zip(hours, _hourly_price(case, m), strict=True))
    bought = sum(h * price[t] * import_mw[t] for t in hours)
    publish(block, "cost_kcur", finance.energy_factor(case.money) * bought)


def _hourly_price(case: Case, m: int) -> Iterator[float]:
    lowest = {c.name: _lowest(case, c, m) for c in case.grid.energy_charges}
    for t in case.calendar.steps_of(m):
        by_time = float(case.grid.import_price_kcur_per_mwh[t])
        yield by_time + sum(lowest[c.name] * float(c.applies[t]) for c in case.grid.energy_charges)
