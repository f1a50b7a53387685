"""At what price something that a plan does without would pay: the plan made again with a little of it.

A little is a tenth of the most that could be had, at least ENTRY_MW, or one unit. What the plan with it costs more,
spread over its price, is how much cheaper it would have to be. Exact within the two proven gaps; where more of it pays
less, this is the price of the first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import contracts, finance, running, supply
from models.case import Case
from models.design import BreakEven, Proof

if TYPE_CHECKING:
    from planner.solving.bounds import Bounds

ENTRY_SHARE, ENTRY_MW = 0.1, 1.0


@dataclass(frozen=True, eq=False)
class Entry:
    """A little of something, and what it pays for itself."""

    bounds: Bounds
    quantity: float
    unit: str
    price_kcur: float
    price_unit: str
    paid_per_price: float
    """present value paid for the quantity per unit of the price"""


def _little(most_mw: float) -> float:
    return min(max(ENTRY_SHARE * most_mw, ENTRY_MW), most_mw)


def entries(case: Case) -> Iterator[tuple[tuple[str, str], Entry]]:
    """(subject, item) of every source, generator and contract on offer, and a little of it."""
    for n, s in supply.sources(case).items():
        mw, factor = _little(s.max_mw), finance.capital_factor(s.terms, case.money)
        bounds = {("sizes.supply_mw", n): (mw, s.max_mw)}
        yield ("supply", n), Entry(bounds, mw, "MW", s.cost_kcur_per_mw, "MW", factor * mw)
    for n, g in running.generators(case).items():
        factor, mw = finance.capital_factor(g.terms, case.money), g.unit_mw * (1 + g.spare_units)
        bounds = {("sizes.generator_units", n): (1.0, float(g.max_units - g.spare_units))}
        yield ("generator", n), Entry(bounds, mw, "MW", g.cost_kcur_per_mw, "MW", factor * mw)
    for n, p in contracts.offered(case).items():
        mw, factor = _little(p.max_mw), finance.yearly_factor(case.money, p.price_escalation)
        bounds = {("sizes.purchase_mw", n): (mw, p.max_mw)}
        paid = factor * contracts.delivered_mwh_per_mw(case, p) * mw
        yield ("contract", n), Entry(bounds, mw, "MW", p.price_kcur_per_mwh, "MWh", paid)


def entry_price(plan: Proof, entry: Entry, with_it: Proof) -> BreakEven | None:
    """The price from which on it pays, as an interval; None if no plan has any of it. with_it: of the plan with a
    little of it."""
    if not math.isfinite(with_it.objective_kcur) or entry.paid_per_price <= 0:
        return None
    more = (with_it.bound_kcur - plan.objective_kcur, with_it.objective_kcur - plan.bound_kcur)
    low, high = (entry.price_kcur - max(kcur, 0.0) / entry.paid_per_price for kcur in reversed(more))
    return BreakEven(entry.quantity, entry.unit, entry.price_kcur, entry.price_unit, low, high)
