"""The bill: energy by time and in blocks, demand charges with minimum, ratchet and tiers, take-or-pay.

Whatever needs a binary lives in the design problem: the operation problems stay linear, so that they can give cuts."""

from __future__ import annotations

from collections.abc import Iterator

import pyomo.core as pyo

from models import billing, finance
from models.billing import Slice
from models.blocks import Block, Expr, constraint, publish, variable
from models.case import Case


def month(block: Block, case: Case, m: int) -> None:
    """Linking variables of one month: billed peaks, energy in blocks, energy that counts as taken."""
    counted = [name for name, d in billing.charges(case).items() if billing.counts(case, d, m)]
    within = (0, case.import_limit_mw)
    variable(
        block, "peak_mw", counted, doc="highest interval import in the hours of a demand charge [MW]", bounds=within
    )
    blocks = {c.name: found for c in case.grid.energy_charges if len(found := billing.energy_blocks(case, c, m)) > 1}
    if blocks:
        variable(block, "energy_mwh", blocks, doc="energy of the month in the hours of an energy charge [MWh]")
        for name, found in blocks.items():
            block.energy_mwh[name].setub(found[-1].high)
    if case.grid.take_or_pay_mwh_per_year > 0:
        most = billing.most_mwh(case, len(case.calendar.steps_of(m)))
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
    charges = billing.charges(case)
    keys = [(name, m) for name, d in charges.items() for m in billing.billed_months(case, d)]
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
            for k in billing.ratchet_sources(case, charges[name], m)
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
        (name, m): billing.slices(charges[name].price_kcur_per_mw, charges[name].tiers, m, block.billed_mw[name, m].ub)
        for name, m in keys
    }
    return billing.demand_factor(case) * _price_slices(block, "demand_tier", prices, block.billed_mw, "MW")


def _energy(block: Block, case: Case, months: dict[int, Block]) -> Expr:
    """Blocks of energy of the year, as far as dearer than the cheapest block, which each month's operation pays
    [kcur]. So more energy never costs less here, and the energy of a month need only be a ceiling."""
    prices, energy = {}, {}
    for charge in case.grid.energy_charges:
        for m, border in months.items():
            blocks = billing.energy_blocks(case, charge, m)
            if len(blocks) > 1:
                lowest = billing.lowest_block_price(case, charge, m)
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


def operate(block: Block, case: Case, border: Block, m: int, import_mw: Expr, supplied_mw: Expr) -> None:
    """One month's bill; publishes the cost of energy at the price by time and of each cheapest block. Demand goes by
    the import, energy by what the tariff supplies of it."""
    hours, h, grid = case.calendar.steps_of(m), case.calendar.step_h, case.grid
    charges = {c.name: c for c in grid.energy_charges}
    constraint(
        block,
        "reach_peak",
        [(n, t) for n in border.peak_mw for t in hours if billing.charges(case)[n].applies[t]],
        lambda n, t: grid.billing_factor * import_mw[t] <= border.peak_mw[n],
        doc="interval import within the billed peak [MW]",
    )
    constraint(
        block,
        "count_energy",
        list(border.energy_mwh) if hasattr(border, "energy_mwh") else [],
        lambda n: sum(h * supplied_mw[t] for t in hours if charges[n].applies[t]) <= border.energy_mwh[n],
        doc="energy in the hours of a charge [MWh]",
    )
    constraint(
        block,
        "count_taken",
        ["month"] if hasattr(border, "taken_mwh") else [],
        lambda _: border.taken_mwh <= sum(h * supplied_mw[t] for t in hours),
        doc="energy that counts as taken was bought [MWh]",
    )
    price = dict(zip(hours, _hourly_price(case, m), strict=True))
    bought = sum(h * price[t] * supplied_mw[t] for t in hours)
    publish(block, "cost_kcur", finance.energy_factor(case.money) * bought)


def _hourly_price(case: Case, m: int) -> Iterator[float]:
    lowest = {c.name: billing.lowest_block_price(case, c, m) for c in case.grid.energy_charges}
    for t in case.calendar.steps_of(m):
        by_time = float(case.grid.import_price_kcur_per_mwh[t])
        yield by_time + sum(lowest[c.name] * float(c.applies[t]) for c in case.grid.energy_charges)
