"""Prefabricated modules and site-built capacity: placing racks, pools with redundancy, order sizes, price breaks."""

from __future__ import annotations

import math

import pyomo.core as pyo

from models import finance, sourcing, timetable
from models.blocks import Block, Expr, constraint, publish, variable
from models.case import Case, Offer, Redundancy
from models.catalogue import (
    cooling,
    heat_coolings,
    heat_share,
    options,
    places,
    price_rise_kcur,
    price_tiers,
    rack,
    rack_bound,
    units_needed,
)


def _offers(case: Case) -> dict[str, Offer]:
    return {m.name: m for m in case.offers}


def _pools(case: Case) -> dict[str, tuple[Redundancy, dict[str, float]]]:
    """Pool -> (redundancy, capacity per unit of each delivered offer [MW]). The power pool is "", others by cooling."""
    delivered = [m for m in case.offers if case.delivered(m) and m.max_count != 0]
    power = {m.name: m.electrical_mw for m in delivered if m.kind == "power" and m.electrical_mw > 0}
    pools = {"": (case.electrical.redundancy, power)}
    for c in heat_coolings(case):
        units = {m.name: m.heat_mw for m in delivered if m.kind == "cooling" and m.cooling == c and m.heat_mw > 0}
        pools[c] = (cooling(case, c).redundancy, units)
    return pools


def _load_share(case: Case, pool: str, r: str, c: str, offer: Offer) -> float:
    """MW that one rack of an option in a unit of the offer puts on a pool."""
    placed_mw = rack(case, (r, c)).placed_mw
    if pool == "":
        return 0.0 if offer.electrical_mw > 0 else placed_mw
    return 0.0 if offer.cooling is not None else placed_mw * heat_share(case, (r, c)).get(pool, 0.0)


def design(block: Block, case: Case, size: Block) -> None:
    """Racks placed in units, pools large enough, orders within their limits, cost and land."""
    _place(block, case, size)
    for number, (pool, (redundancy, units)) in enumerate(_pools(case).items()):
        _pool(block, case, "power" if pool == "" else f"cooling_{number}", pool, redundancy, units)
    _order(block, case)
    offers = _offers(case)
    publish(block, "area_m2", sum(offers[m].footprint_m2 * block.ordered[m] for m in block.ordered))


def _most_units(offer: Offer, needed: int) -> int:
    """Units of an offer beyond which more serve no purpose: the need, a least order, or a price break above it."""
    reachable = max([needed, offer.min_count, *(b.min_count for b in offer.price_breaks)]) if needed > 0 else 0
    return reachable if offer.max_count is None else min(reachable, offer.max_count)


def _place(block: Block, case: Case, size: Block) -> None:
    keys = list(places(case))
    variable(
        block, "placed", keys, doc="racks of an option in units of an offer [racks]", domain=pyo.NonNegativeIntegers
    )
    variable(block, "units", keys, doc="units of an offer that hold an option [units]", domain=pyo.NonNegativeIntegers)
    for r, c, m in keys:
        most = rack_bound(case, (r, c))
        block.placed[r, c, m].setub(most)
        block.units[r, c, m].setub(_most_units(_offers(case)[m], math.ceil(most / places(case)[r, c, m])))
    constraint(
        block,
        "place_all",
        options(case),
        lambda r, c: size.racks[r, c] == sum(block.placed[k] for k in keys if k[:2] == (r, c)),
        doc="every rack stands in a unit [racks]",
    )
    constraint(
        block,
        "fit",
        keys,
        lambda *k: block.placed[k] <= places(case)[k] * block.units[k],
        doc="racks within the slots of their units [racks]",
    )


def _pool(block: Block, case: Case, name: str, pool: str, redundancy: Redundancy, capacity: dict[str, float]) -> None:
    """One pool of like units against the racks that load it: N+x, 2N or 3N/2."""
    offers = _offers(case)
    share = {k: _load_share(case, pool, *k[:2], offers[k[2]]) for k in places(case)}
    load = sum(mw * block.placed[k] for k, mw in share.items() if mw > 0)
    most_mw = sum(max((share[k] for k in share if k[:2] == o), default=0) * rack_bound(case, o) for o in options(case))
    bounds = {m: _most_units(offers[m], units_needed(cap, most_mw, redundancy)) for m, cap in capacity.items()}
    variable(block, f"{name}_units", capacity, doc="units of a pool [units]", domain=pyo.NonNegativeIntegers)
    units = block.component(f"{name}_units")
    for m, bound in bounds.items():
        units[m].setub(bound)
    rules: dict[str, Expr] = {}
    if redundancy.capacity_factor > 1 or redundancy.spares == 0:
        rules["all units"] = redundancy.capacity_factor * load
    if redundancy.spares > 0:
        spare = redundancy.spares * _largest_used(block, name, capacity, bounds) if capacity else 0
        rules["without spares"] = load + spare
    if not share or most_mw == 0:
        return
    installed = sum(cap * units[m] for m, cap in capacity.items())
    constraint(
        block,
        f"{name}_capacity",
        rules,
        lambda rule: rules[rule] - installed <= 0,
        doc="units carry the racks that load the pool, with its redundancy [MW]",
    )


def _largest_used(block: Block, name: str, capacity: dict[str, float], bounds: dict[str, int]) -> Expr:
    """Capacity of the largest unit in use [MW]."""
    units = block.component(f"{name}_units")
    variable(block, f"{name}_largest_mw", doc="largest unit in use [MW]", bounds=(0, max(capacity.values())))
    largest = block.component(f"{name}_largest_mw")
    variable(block, f"{name}_is_used", capacity, doc="1 if an offer serves the pool [1]", domain=pyo.Binary)
    used = block.component(f"{name}_is_used")
    constraint(
        block,
        f"{name}_used",
        capacity,
        lambda m: units[m] <= bounds[m] * used[m],
        doc="an offer with units is in use [units]",
    )
    constraint(
        block,
        f"{name}_largest",
        capacity,
        lambda m: capacity[m] * used[m] <= largest,
        doc="the largest unit in use covers each offer in use [MW]",
    )
    return largest


def _order(block: Block, case: Case) -> None:
    """Total count per offer, its order limits, and its price by tier."""
    offers = _offers(case)
    variables: dict[str, list[Expr]] = {}
    for k in block.units:
        variables.setdefault(k[2], []).append(block.units[k])
    for number, pool in enumerate(_pools(case)):
        units = block.component("power_units" if pool == "" else f"cooling_{number}_units")
        for m in units:
            variables.setdefault(m, []).append(units[m])
    variable(block, "ordered", variables, doc="units of an offer, all uses together [units]")
    bounds = {m: _bound(case, offers[m], parts) for m, parts in variables.items()}
    for m, bound in bounds.items():
        block.ordered[m].setub(bound)
    constraint(
        block,
        "order",
        variables,
        lambda m: block.ordered[m] == sum(variables[m]),
        doc="an offer's units over all uses [units]",
    )
    if case.money.plan_years is None:
        _order_limits(block, offers, bounds)
    _pay(block, case, offers, bounds)


def _bound(case: Case, offer: Offer, parts: list[Expr]) -> int:
    """Most units of an offer: what its uses need, its largest order, what factory slots give by the latest start."""
    useful = sum(int(v.ub) for v in parts)
    most = math.inf if offer.max_count is None else offer.max_count
    return int(min(useful, most, timetable.units_by(case, offer, case.latest_month)))


def _order_limits(block: Block, offers: dict[str, Offer], bounds: dict[str, int]) -> None:
    limited = [m for m in bounds if offers[m].min_count > 1]
    variable(block, "is_ordered", limited, doc="1 if an offer with a least order is used [1]", domain=pyo.Binary)
    constraint(
        block,
        "order_at_least",
        limited,
        lambda m: block.ordered[m] >= offers[m].min_count * block.is_ordered[m],
        doc="least order of an offer that is used [units]",
    )
    constraint(
        block,
        "order_at_most",
        limited,
        lambda m: block.ordered[m] <= bounds[m] * block.is_ordered[m],
        doc="no units of an offer that is not used [units]",
    )


def _pay(block: Block, case: Case, offers: dict[str, Offer], bounds: dict[str, int]) -> None:
    tiers = {m: price_tiers(offers[m]) for m in bounds}
    if case.money.plan_years is not None:  # of a growth plan, which pays what is bought, not what is in service
        tiers = {m: prices[:1] for m, prices in tiers.items()}
    keys = [(m, k) for m in bounds if len(tiers[m]) > 1 for k in range(len(tiers[m]))]
    variable(block, "at_price", keys, doc="units bought at a price tier [units]")
    variable(block, "is_price", keys, doc="1 if an offer is bought at this tier [1]", domain=pyo.Binary)

    def most(m: str, k: int) -> float:
        top = float(block.ordered[m].ub)
        return top if k + 1 == len(tiers[m]) else min(top, tiers[m][k + 1][0] - 1)

    broken = sorted({m for m, _ in keys})
    constraint(
        block,
        "split_price",
        broken,
        lambda m: block.ordered[m] == sum(block.at_price[m, k] for k in range(len(tiers[m]))),
        doc="units over price tiers [units]",
    )
    constraint(
        block,
        "one_price",
        broken,
        lambda m: sum(block.is_price[m, k] for k in range(len(tiers[m]))) <= 1,
        doc="all units at one price tier [1]",
    )
    constraint(
        block,
        "price_from",
        keys,
        lambda m, k: block.at_price[m, k] >= tiers[m][k][0] * block.is_price[m, k],
        doc="smallest count of a price tier [units]",
    )
    constraint(
        block,
        "price_to",
        keys,
        lambda m, k: block.at_price[m, k] <= max(most(m, k), 0) * block.is_price[m, k],
        doc="largest count of a price tier [units]",
    )
    each = {(m, k): tiers[m][k][1] for m in bounds for k in range(len(tiers[m]))}
    first = {m: _bought(block, m, each, broken) for m in bounds}
    if case.orders.any:
        sourcing.design(block, case, block, first)
    if case.orders.price_risks:
        rises = {(m, k): price_rise_kcur(offers[m], tiers[m][k][0]) for m, k in each}
        factor = {m: finance.capital_factor(offers[m].terms, case.money) for m in bounds}
        sourcing.protect(block, case, {m: factor[m] * _bought(block, m, rises, broken) for m in bounds})
    publish(block, "first_cost_kcur", sum(first.values()))
    reserve = block.reserve_kcur if case.orders.price_risks else 0
    paid = sum(finance.capital_factor(offers[m].terms, case.money) * first[m] for m in bounds)
    publish(block, "cost_kcur", paid + reserve)


def _bought(block: Block, m: str, each_kcur: dict[tuple[str, int], float], broken: list[str]) -> Expr:
    """Units of an offer times an amount that depends on the price tier [kcur]."""
    if m not in broken:
        return each_kcur[m, 0] * block.ordered[m]
    return sum(amount * block.at_price[key] for key, amount in each_kcur.items() if key[0] == m)
