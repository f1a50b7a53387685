"""Recheck of power-purchase contracts and of shares of clean energy."""

from __future__ import annotations

import numpy as np

from models.audit.checker import Array, Checker
from models.audit.view import View
from models.case import PowerPurchase


def delivered_mw(view: View, purchase: PowerPurchase) -> Array:
    """What a contract delivers in each step [MW]."""
    return np.asarray(purchase.output_pu, float) * view.design.purchase_mw.get(purchase.name, 0.0)


def taken_mw(view: View, purchase: PowerPurchase) -> Array:
    """What the site takes of a contract through the grid [MW]."""
    return view.series(view.op.purchased_mw, purchase.name)


def income_kcur(view: View, purchase: PowerPurchase) -> float:
    """A year's income from the market [kcur]: of all that is delivered if nothing comes through the grid; else of what
    the site leaves, at its share of prices above zero."""
    if purchase.market_kcur_per_mwh is None:
        return 0.0
    price = np.asarray(purchase.market_kcur_per_mwh, float)
    if purchase.settlement == "financial":
        return view.year_mwh(price * delivered_mw(view, purchase))
    left = delivered_mw(view, purchase) - taken_mw(view, purchase)
    return purchase.surplus_share * view.year_mwh(np.where(price > 0, price, 0.0) * left)


def clean_mwh(view: View) -> tuple[float, float]:
    """Clean energy of the year [MWh]: with all that contracts deliver, and with what they deliver as it is used."""
    own = view.year_mwh(view.op.onsite_mw - view.op.export_mw)
    all_year, in_step, open_mw = own, own, view.tariff_mw
    virtual = view.zeros
    for p in view.case.purchases:
        if p.counts_as_clean:
            all_year += view.year_mwh(delivered_mw(view, p))
            if p.settlement == "financial":
                virtual = virtual + delivered_mw(view, p)
            else:
                in_step += view.year_mwh(taken_mw(view, p))
    return all_year, in_step + view.year_mwh(np.where(virtual < open_mw, virtual, open_mw))


def market_carbon_t(view: View) -> float | None:
    """Market-based carbon of energy imported, without that of fuel [t/year]."""
    factor, bought = view.case.grid.market_carbon_t_per_mwh, view.year_mwh(view.op.import_mw)
    if factor is None:
        return None
    given = [(p.carbon_t_per_mwh, view.year_mwh(delivered_mw(view, p))) for p in view.case.purchases]
    total = sum(mwh for _, mwh in given)
    used = 1.0 if total <= bought else bought / total
    return factor * max(bought - total, 0.0) + used * sum(each * mwh for each, mwh in given)


def check_purchases(view: View, check: Checker) -> None:
    """Sizes of contracts, what is taken of them, shares of clean energy."""
    taken = view.zeros
    for p in view.case.purchases:
        size, mine = view.design.purchase_mw.get(p.name, 0.0), taken_mw(view, p)
        check.at_least("least power contracted", p.name, size, p.min_mw if p.max_mw > 0 else 0.0)
        check.at_most("most power contracted", p.name, size, p.max_mw)
        check.at_least("energy taken of a contract not negative", p.name, mine, 0.0)
        most = delivered_mw(view, p) if p.settlement == "physical" else view.zeros
        check.at_most("energy taken of a contract is delivered", p.name, mine, most)
        taken = taken + mine
    check.at_most("contracts supply at most what is imported", "site", taken, view.op.import_mw)
    limits, used = view.case.limits, view.year_mwh(view.site_mw)
    asked = (("year", limits.clean_share_yearly), ("hour by hour", limits.clean_share_hourly))
    for (name, share), clean in zip(asked, clean_mwh(view), strict=True):
        if share:
            check.at_least(f"clean energy of the {name} [MWh]", "site", clean, share * used)
