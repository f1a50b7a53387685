"""What could go wrong with an offer, in words, from what the tender computed and what the quotation says."""

from __future__ import annotations

import math

from models.bids import landed, last_unit_months
from models.case import Case
from models.tender import OfferResult, Tender
from models.timetable import ALWAYS_MONTHS, price_kcur_per_month
from reports.award.compliance import OPEN, criteria
from reports.award.tabulation import compared_units
from reports.format import count, money


def risks(tender: Tender, result: OfferResult) -> tuple[str, ...]:
    """One clause per risk of an offer at the units compared; empty if none is known."""
    found = [
        _late(tender.case, result),
        _validity(result),
        _scope(tender, result),
        _source(tender, result),
        _turned(tender, result),
        _open(tender, result),
        _assumed(tender, result),
    ]
    return tuple(text for text in found if text)


def _late(case: Case, result: OfferResult) -> str:
    units, need = compared_units(result), case.limits.need_month
    even, late = (last_unit_months(result.offer, units, c) for c in ("P50", "P90"))
    told = []
    if late - even > 0.05:
        told.append(f"one time in ten the last unit comes {late - even:.2g} months after its even-chance date")
    behind = math.ceil(late + case.limits.delay.works_months - need - 1e-9)
    if need < ALWAYS_MONTHS and behind > 0:
        price = behind * price_kcur_per_month(case)
        cost = f" ({money(price, case.currency, figures=3)} of late service)" if price > 0 else ""
        told.append(f"at P90 {count(behind, 'month', 'months')} too late{cost}")
    return ", ".join(told)


def _validity(result: OfferResult) -> str:
    return "the price has lapsed on the award date" if result.offer.quotation.valid_on_award is False else ""


def _scope(tender: Tender, result: OfferResult) -> str:
    missing = result.offer.quotation.missing_scope
    if not missing:
        return ""
    units = compared_units(result)
    worth = units * landed(result.offer, units).scope
    return f"{', '.join(missing)} left out, priced by our adders at {money(worth, tender.case.currency, figures=3)}"


def _source(tender: Tender, result: OfferResult) -> str:
    ordered = {r.offer.vendor for r in tender.offers if r.units}
    return "the only source of the award" if result.units and len(ordered) == 1 else ""


def _turned(tender: Tender, result: OfferResult) -> str:
    """Assumptions under which the award would be this offer's after all; what takes it away stands with the award."""
    if result.units:
        return ""
    changed = [s.label for s in tender.sensitivities if s.plan is not None and result.offer.name in s.plan.orders]
    return f"into the award with {', '.join(changed)}" if changed else ""


def _open(tender: Tender, result: OfferResult) -> str:
    asked = [c.label.lower() for c in criteria(tender) if c.answers[result.offer.name] == OPEN]
    return f"not stated: {', '.join(asked)}" if asked else ""


def _assumed(tender: Tender, result: OfferResult) -> str:
    path = f"offers[{result.offer.name}]"
    count = sum(o.is_assumption and o.path.startswith(path) for o in tender.answer.origins)
    return f"{count} of its figures are assumptions" if count else ""
