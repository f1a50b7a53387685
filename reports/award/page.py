"""The award recommendation on one page: HTML for the screen and for A4 paper."""

from __future__ import annotations

from typing import Any

from models.bids import instalments, landed
from models.tender import OfferResult, Tender
from reports.award.compliance import YES, criteria
from reports.award.tabulation import compared_units
from reports.award.words import bought, break_even_text, headline, lead_text, more
from reports.award.workbook import summary_rows
from reports.format import money
from reports.templating import rendered


def render_recommendation(tender: Tender) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped."""
    return rendered("recommendation.html", **_content(tender))


def _content(tender: Tender) -> dict[str, Any]:
    payments = [p for p in instalments(tender.case, bought(tender)) if p.offer in bought(tender)]
    answers = [(name, a) for c in criteria(tender) for name, a in c.answers.items()]
    open_points = sum(1 for name, a in answers if a != YES and name in bought(tender))
    paid = sum(p.amount_kcur for p in payments)
    early = sum(p.amount_kcur for p in payments if p.month == 0)
    assumed = sum(1 for o in tender.answer.origins if o.is_assumption and o.path.startswith("offers["))
    return {
        "title": tender.case.name,
        "headline": headline(tender),
        "rows": summary_rows(tender),
        "leads": "; ".join(f"{r.offer.name}: {lead_text(r.break_even_lead)}" for r in tender.offers if r.units),
        "offers": [_offer(tender, r) for r in tender.offers],
        "currency": tender.case.currency,
        "paid": money(paid, tender.case.currency),
        "early": money(early, tender.case.currency),
        "last": f"{max((p.month for p in payments), default=0):.3g}",
        "open_points": open_points,
        "assumed": assumed,
        "checks": tender.answer.audit.checks,
        "notes": tender.notes,
    }


def _offer(tender: Tender, r: OfferResult) -> dict[str, Any]:
    units = compared_units(r)
    return {
        "name": r.offer.name,
        "vendor": r.offer.vendor,
        "units": r.units,
        "each": f"{landed(r.offer, units).total / 1000:,.2f}",
        "lead": f"{r.offer.lead_months_p50:g} / {r.offer.lead_months_p90:g}",
        "with": "recommended" if r.units else (more(r.extra_with, tender) if r.with_it else r.verdict),
        "without": more(r.extra_without, tender) if r.units else "–",
        "break_even": break_even_text(r.break_even),
    }
