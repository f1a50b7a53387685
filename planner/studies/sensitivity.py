"""What else could be assumed in a tender: exchange rates, duties, delays, lead times that count, demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from models.case import Case, Offer
from models.paths import with_all_demand
from models.tender import Kind

RATE_SHARE = 0.1
DUTY_POINTS = 0.1
DELAYS_MONTHS = (3.0, 6.0)
DEMAND_SHARES = (-0.2, 0.2)

Variant = tuple[Kind, str, Case]


def same_months(case: Case, used: Iterable[str]) -> Iterator[Variant]:
    """Cases with one assumption about the offers changed; `used`: offers of the recommended plan."""
    foreign = [m for m in case.offers if m.exchange_rate != 1.0 and not m.site_built]
    for currency in sorted({m.quotation.currency for m in foreign}):
        for share in (RATE_SHARE, -RATE_SHARE):
            moved = [replace(m, exchange_rate=m.exchange_rate * (1 + share)) for m in foreign if _in(m, currency)]
            yield "rate", f"{currency or 'foreign currency'} {share * 100:+.0f} %", _with(case, moved)
    for origin in sorted({m.quotation.origin for m in case.offers if m.quotation.origin and not m.site_built}):
        moved = [replace(m, duty_rate=m.duty_rate + DUTY_POINTS) for m in case.offers if m.quotation.origin == origin]
        yield "duty", f"duty on goods from {origin} +{DUTY_POINTS * 100:.0f} points", _with(case, moved)
    for name in used:
        for months in DELAYS_MONTHS:
            late = [_later(m, months) for m in case.offers if m.name == name]
            yield "delay", f"{name} {months:g} months later", _with(case, late)
    other: Literal["P50", "P90"] = "P50" if case.limits.lead_confidence == "P90" else "P90"
    label = f"lead times of {other} count ({'even chance' if other == 'P50' else 'nine in ten'})"
    yield "confidence", label, replace(case, limits=replace(case.limits, lead_confidence=other))


def other_demand(case: Case) -> Iterator[Variant]:
    """Cases with all work scaled: their months differ, so each is solved on its own."""
    for share in DEMAND_SHARES:
        yield "demand", f"demand {share * 100:+.0f} %", with_all_demand(case, 1 + share)


def _in(offer: Offer, currency: str) -> bool:
    return offer.quotation.currency == currency


def _later(offer: Offer, months: float) -> Offer:
    p50, p90 = offer.lead_months_p50 + months, offer.lead_months_p90 + months
    return replace(offer, lead_months_p50=p50, lead_months_p90=p90)


def _with(case: Case, moved: list[Offer]) -> Case:
    by_name = {m.name: m for m in moved}
    return replace(case, offers=tuple(by_name.get(m.name, m) for m in case.offers))
