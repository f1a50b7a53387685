"""Bids made comparable: what a landed price consists of, and when it is paid. Follows from the offers alone."""

from __future__ import annotations

from dataclasses import dataclass

from models import finance
from models.case import Case, Offer
from models.catalogue import price_tiers

MILESTONES = ("order", "ready for shipment", "delivery", "acceptance")


@dataclass(frozen=True)
class Landed:
    """Parts of the landed cost of one unit [kcur]; they add up to models.catalogue.landed_kcur."""

    ex_works: float
    spares: float
    freight: float
    insurance: float
    duty: float
    import_tax: float
    inland: float
    installation: float
    warranty: float
    scope: float
    financing: float

    @property
    def total(self) -> float:
        """Landed cost of one unit [kcur]."""
        goods = self.ex_works + self.spares + self.freight + self.insurance
        site = self.inland + self.installation + self.warranty + self.scope + self.financing
        return goods + self.duty + self.import_tax + site


@dataclass(frozen=True)
class Instalment:
    """One payment for the units of an offer that are delivered together."""

    offer: str
    units: int
    """units paid for"""
    milestone: str
    """order, ready for shipment, delivery or acceptance; `delivery` also holds what is not the vendor's"""
    month: float
    """months after award"""
    share: float
    """of the ex-works price [1]; 0 for the rest"""
    amount_kcur: float
    """nominal"""


def ex_works_k(offer: Offer, units: int) -> float:
    """Ex-works price of each of so many units [thousand of the offer's currency]."""
    reached = [b.ex_works_k for b in offer.price_breaks if b.min_count <= units]
    return reached[-1] if reached else offer.ex_works_k


def capacity_mw(offer: Offer) -> float:
    """What a unit is bought for: rack power it holds, feeds or cools [MW]."""
    return {"power": offer.electrical_mw, "cooling": offer.heat_mw}.get(offer.kind, offer.it_mw)


def present_value_factor(case: Case, offer: Offer) -> float:
    """Present value of an offer per first cost, with upkeep, renewal and tax [1]."""
    return finance.capital_factor(offer.terms, case.money)


def last_unit_months(offer: Offer, units: int, confidence: str) -> float:
    """Months after award at which the last of so many units is on site; factory slots space them."""
    lead = offer.lead_months_p90 if confidence == "P90" else offer.lead_months_p50
    return lead + max(units - 1, 0) * offer.quotation.fully_delivered_after


def landed(offer: Offer, units: int) -> Landed:
    """Landed cost of one unit when so many are ordered, in parts."""
    rate, terms = offer.exchange_rate, offer.quotation
    price = ex_works_k(offer, units)
    goods = (price + terms.spares_k) * rate
    cif = goods + (offer.freight_k + offer.insurance_k) * rate
    duty = offer.duty_rate * (cif if offer.duty_basis == "CIF" else goods)
    return Landed(
        ex_works=price * rate,
        spares=terms.spares_k * rate,
        freight=offer.freight_k * rate,
        insurance=offer.insurance_k * rate,
        duty=duty,
        import_tax=offer.import_tax_rate * (cif + duty),
        inland=offer.inland_kcur,
        installation=offer.installation_kcur,
        warranty=terms.warranty_k * rate,
        scope=terms.scope_kcur,
        financing=terms.financing_share * price * rate,
    )


def worthwhile_from(offer: Offer) -> tuple[tuple[int, int], ...]:
    """(count of a price break, fewest units needed from which ordering up to that count costs no more)."""
    tiers, found = price_tiers(offer), []
    for count, price in tiers[1:]:
        need = next((n for n in range(1, count) if order_value_kcur(offer, n) >= count * price), count)
        found.append((count, need))
    return tuple(found)


def order_value_kcur(offer: Offer, units: int) -> float:
    """Landed cost of an order [kcur]."""
    reached = [price for count, price in price_tiers(offer) if count <= units]
    return units * reached[-1] if reached else 0.0


def instalments(case: Case, orders: dict[str, int]) -> tuple[Instalment, ...]:
    """Payments for all orders, in order of time. The vendor is paid by milestone; freight, insurance, duty, tax, site
    works, adders and warranty on delivery. Factory slots space the units: each has its own dates but that of the order.
    Interest (financing) is no payment."""
    found: list[Instalment] = []
    for offer in case.offers:
        units = orders.get(offer.name, 0)
        if units:
            found += _of_offer(offer, units, p90=case.limits.lead_confidence == "P90")
    return tuple(sorted(found, key=lambda i: (i.month, i.offer, i.milestone)))


def _of_offer(offer: Offer, units: int, *, p90: bool) -> list[Instalment]:
    parts, terms = landed(offer, units), offer.quotation
    lead = offer.lead_months_p90 if p90 else offer.lead_months_p50
    rest = parts.total - parts.ex_works - parts.financing
    batches: dict[float, int] = {}
    for number in range(units):
        month = lead + number * terms.fully_delivered_after
        batches[month] = batches.get(month, 0) + 1
    found = []
    order_share = terms.payment.order_share
    if order_share:
        amount = order_share * parts.ex_works * units
        found.append(Instalment(offer.name, units, MILESTONES[0], 0.0, order_share, amount))
    for month, count in batches.items():
        dates = terms.payment.dates(month, terms.shipping_months, terms.testing_months)
        for name, at, share in list(zip(MILESTONES, dates, terms.payment.shares, strict=True))[1:]:
            amount = count * (share * parts.ex_works + (rest if name == "delivery" else 0.0))
            if amount:
                found.append(Instalment(offer.name, count, name, at, share, amount))
    return found
