"""Quotations whose figures look as if they were in another currency: worth a question to the vendor, no refusal."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.case import Case, Offer

TIMES = 10.0
"""how many times dearer or cheaper than its like an offer may be before a question is asked"""


def doubts(case: Case, name: str) -> Iterator[tuple[str, str]]:
    """(column of the form, what is strange about it) of one offer, everything converted with the workbook's rates."""
    offer = next((m for m in case.offers if m.name == name), None)
    if offer is None:
        return
    price = offer.ex_works_k * offer.exchange_rate
    for column, kcur in _charges(offer).items():
        if kcur > price:
            told = f"{_money(kcur, case)} is more than the ex-works price, {_money(price, case)}"
            yield column, f"{column} of {told}"
    others = [each for m in case.offers if m.name != name and m.kind == offer.kind and (each := _per_kw(m))]
    own = _per_kw(offer)
    if others and own and not median(others) / TIMES <= own <= median(others) * TIMES:
        usual, currency = median(others), case.currency
        far = f"{own / usual:,.3g} times" if own > usual else f"{own / usual:.2g} of"
        told = f"ex-works price of {currency} {own:,.4g} per kW is {far} the median of the other offers of its kind"
        yield "ex_works", f"{told} ({offer.kind}), {currency} {usual:,.4g}"


def _charges(offer: Offer) -> dict[str, float]:
    """What comes on top of the price of a unit [kcur], by column of the form."""
    rate = offer.exchange_rate
    return {
        "freight": offer.freight_k * rate,
        "insurance": offer.insurance_k * rate,
        "inland": offer.inland_kcur,
        "installation": offer.installation_kcur,
        "spares": offer.quotation.spares_k * rate,
    }


def _per_kw(offer: Offer) -> float:
    """Ex-works price per kW of what the unit is for; 0 where it is for nothing."""
    mw = {"power": offer.electrical_mw, "cooling": offer.heat_mw}.get(offer.kind, offer.it_mw)
    return offer.ex_works_k * offer.exchange_rate / mw if mw else 0.0  # kcur/MW is currency/kW


def _money(kcur: float, case: Case) -> str:
    return f"{case.currency} {1000 * kcur:,.0f}"
