"""The buyer's rules for orders of prefabricated units: number of vendors, their shares, one family, offers that must be
used. A case without rules gets no rows and no columns."""

from __future__ import annotations

import pyomo.core as pyo

from models.blocks import Block, Expr, Impossible, constraint, variable
from models.case import Case, Offer


def family(offer: Offer) -> str:
    """Product family of an offer: as stated, else its vendor."""
    return offer.quotation.family or offer.vendor


def design(block: Block, case: Case, orders: Block, spend_kcur: dict[str, Expr]) -> None:
    """`orders.ordered[m]` are the units of each offer that can be delivered, `spend_kcur[m]` their landed cost."""
    rules = case.orders
    offers = {m.name: m for m in case.offers if m.name in spend_kcur}
    for name in rules.must_order:
        if name not in offers or orders.ordered[name].ub < max(1, offers[name].min_count):
            raise Impossible(f"{name} cannot be ordered: it is not delivered in time, or nothing fits it [units]")
    constraint(
        block,
        "must_order",
        rules.must_order,
        lambda m: orders.ordered[m] >= max(1, offers[m].min_count),
        doc="an offer that must be used [units]",
    )
    bought = {name: m for name, m in offers.items() if not m.site_built}
    if rules.most_vendors is not None or rules.least_vendors is not None:
        _count_vendors(block, case, orders, bought)
    if rules.vendor_share is not None:
        _cap_shares(block, rules.vendor_share, bought, spend_kcur)
    if rules.one_family:
        _one_family(block, orders, bought)


def _count_vendors(block: Block, case: Case, orders: Block, bought: dict[str, Offer]) -> None:
    rules = case.orders
    vendors = list(dict.fromkeys(m.vendor for m in bought.values()))
    used = _used(block, "vendor_is_used", vendors, orders, {n: m.vendor for n, m in bought.items()})
    number = sum(used[v] for v in vendors)
    if rules.most_vendors is not None:
        most = rules.most_vendors
        constraint(block, "most_vendors", ["tender"], lambda _: number <= most, doc="vendors with an order [vendors]")
    if rules.least_vendors is not None:
        least = rules.least_vendors
        constraint(
            block,
            "vendor_has_units",
            vendors,
            lambda v: used[v] <= sum(orders.ordered[n] for n, m in bought.items() if m.vendor == v),
            doc="a vendor counts from one unit on [units]",
        )
        constraint(block, "least_vendors", ["tender"], lambda _: number >= least, doc="vendors with an order [vendors]")


def _one_family(block: Block, orders: Block, bought: dict[str, Offer]) -> None:
    families = list(dict.fromkeys(family(m) for m in bought.values()))
    used = _used(block, "family_is_used", families, orders, {n: family(m) for n, m in bought.items()})
    constraint(
        block, "one_family", ["tender"], lambda _: sum(used[f] for f in families) <= 1, doc="families in use [families]"
    )


def _used(block: Block, name: str, groups: list[str], orders: Block, group_of: dict[str, str]) -> Expr:
    """Binary per group: 1 if any of its offers is ordered. Its bound is the largest order of each offer."""
    variable(block, name, groups, doc="1 if it receives an order [1]", domain=pyo.Binary)
    used = block.component(name)
    constraint(
        block,
        f"{name}_by",
        group_of,
        lambda m: orders.ordered[m] <= orders.ordered[m].ub * used[group_of[m]],
        doc="no units where nothing is ordered [units]",
    )
    return used


def _cap_shares(block: Block, share: float, bought: dict[str, Offer], spend_kcur: dict[str, Expr]) -> None:
    vendors = list(dict.fromkeys(m.vendor for m in bought.values()))
    of_vendor = {v: sum(spend_kcur[n] for n, m in bought.items() if m.vendor == v) for v in vendors}
    value = sum(of_vendor.values())
    constraint(
        block,
        "vendor_share",
        vendors,
        lambda v: of_vendor[v] <= share * value,
        doc="share of a vendor in the order value, landed [kcur]",
    )


def protect(block: Block, case: Case, rise_kcur: dict[str, Expr]) -> None:
    """Publish `reserve_kcur`: the sum of the dearest `price_risks` rises, as the dual of choosing them: the least risks
    * z + sum p_m with z + p_m >= rise_m (Bertsimas and Sim, The price of robustness, 2004). Linear, no integers."""
    variable(block, "rise_common_kcur", doc="rise that each offer at risk has at least [kcur]")
    variable(block, "rise_beyond_kcur", rise_kcur, doc="rise of an offer beyond the common one [kcur]")
    constraint(
        block,
        "rise_covered",
        [m for m in rise_kcur if _may_rise(case, m)],
        lambda m: rise_kcur[m] <= block.rise_common_kcur + block.rise_beyond_kcur[m],
        doc="every possible rise is covered [kcur]",
    )
    beyond = sum(block.rise_beyond_kcur[m] for m in rise_kcur)
    block.reserve_kcur = pyo.Expression(expr=case.orders.price_risks * block.rise_common_kcur + beyond)


def _may_rise(case: Case, name: str) -> bool:
    return any(m.name == name and m.quotation.price_rise_share > 0 for m in case.offers)
