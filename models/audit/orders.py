"""Recheck of the buyer's rules for orders: vendors counted, their shares, one family, offers that must be used."""

from __future__ import annotations

from collections import defaultdict

from models.audit import facts
from models.audit.checker import Checker
from models.audit.view import View


def check_orders(view: View, check: Checker) -> None:
    """Every rule that the case states, from the counts of the plan alone."""
    rules = view.case.orders
    for name in rules.must_order:
        least = max(1, view.offer[name].min_count)
        check.require(
            view.units.get(name, 0) >= least, "offers that must be used", name, view.units.get(name, 0), least
        )
    value_kcur: dict[str, float] = defaultdict(float)
    families = set()
    for name, count in view.units.items():
        offer = view.offer[name]
        if count > 0 and not offer.site_built:
            value_kcur[offer.vendor] += count * facts.landed_kcur(offer, count)
            families.add(offer.quotation.family if offer.quotation.family else offer.vendor)
    number = len(value_kcur)
    if rules.most_vendors is not None:
        check.require(number <= rules.most_vendors, "most vendors", "orders", number, rules.most_vendors)
    if rules.least_vendors is not None:
        check.require(number >= rules.least_vendors, "fewest vendors", "orders", number, rules.least_vendors)
    if rules.one_family:
        check.require(len(families) <= 1, "one product family", "orders", len(families), 1)
    if rules.vendor_share is not None:
        most = rules.vendor_share * sum(value_kcur.values())
        for vendor, kcur in value_kcur.items():
            check.at_most("share of a vendor in the order value [kcur]", vendor, kcur, most)
