"""The award recommendation on one page: HTML for screen and A4 paper, and Word. Both say the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.bids import instalments, landed
from models.tender import OfferResult, Tender
from reports.award.compliance import YES, criteria
from reports.award.risks import risks
from reports.award.tabulation import compared_units
from reports.award.words import (
    bought,
    break_even_text,
    different_plans,
    headline,
    lead_text,
    more,
    orders_text,
    steadiness_text,
)
from reports.award.workbook import summary_rows
from reports.document import Block, Heading, Paragraph, Table
from reports.format import money
from reports.templating import rendered
from reports.word import word

TITLE = "Award recommendation"
SIGNED = ("Prepared", "Checked", "Approved")
_BASIS = (
    "Costs are present values of the whole project: an offer's efficiency, land, duty, payment terms and missing scope "
    "count beside its price. Each figure is that of the least-cost plan under its condition, with a proven gap; "
    "break-even prices were tested by solving again just below and just above them."
)


@dataclass(frozen=True)
class Recommendation:
    """What both documents say."""

    name: str
    headline: str
    facts: tuple[tuple[str, str], ...]
    offers: Table
    won: tuple[bool, ...]
    """per row of `offers`: whether it is recommended"""
    basis: str
    notes: tuple[str, ...]


def render_recommendation(tender: Tender) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped."""
    return rendered("recommendation.html", title=TITLE, signed=SIGNED, said=recommendation(tender))


def recommendation_word(tender: Tender, template: Path | None = None) -> bytes:
    """The same as .docx. template: a .docx whose styles, page setup, header and footer apply.

    Raises ValueError if the template is no Word document."""
    said = recommendation(tender)
    blocks: list[Block] = [
        Table("The award", ("Subject", "Finding"), said.facts),
        said.offers,
        Heading("What this rests on"),
        Paragraph(said.basis),
        *(Paragraph(note) for note in said.notes),
        Table("Signatures", SIGNED, (("\n",) * len(SIGNED),)),
    ]
    return word(TITLE, said.headline, blocks, template, has_contents=False)


def recommendation(tender: Tender) -> Recommendation:
    """The words and figures of a tender's recommendation."""
    currency = tender.case.currency
    head = (
        *("Offer", "Vendor", "Units", f"Landed each, million {currency}", "Lead, months P50 / P90"),
        *("Extra cost if it had to be used", "Extra cost without it", "Break-even ex-works price"),
    )
    rows = tuple(_offer(tender, r) for r in tender.offers)
    return Recommendation(
        name=tender.case.name,
        headline=headline(tender),
        facts=(*summary_rows(tender), *_others(tender), *_payments(tender), *_dangers(tender)),
        offers=Table("Offers compared", head, rows),
        won=tuple(r.units > 0 for r in tender.offers),
        basis=_basis(tender),
        notes=tender.notes,
    )


def _others(tender: Tender) -> list[tuple[str, str]]:
    """Plans that cost little more and order something else."""
    found = [f"{more(a.extra, tender)} more: {orders_text(a.plan.orders)}" for a in tender.alternatives]
    return [(different_plans(tender), "; ".join(found))] if found else []


def _payments(tender: Tender) -> list[tuple[str, str]]:
    payments = [p for p in instalments(tender.case, bought(tender)) if p.offer in bought(tender)]
    paid, early = sum(p.amount_kcur for p in payments), sum(p.amount_kcur for p in payments if p.month == 0)
    last, currency = max((p.month for p in payments), default=0), tender.case.currency
    parts = f"{money(paid, currency)} in all", f"{money(early, currency)} with the orders"
    return [("Payments to be made", f"{', '.join(parts)}, the last {last:.3g} months after award")]


def _dangers(tender: Tender) -> list[tuple[str, str]]:
    """Lead times, open points and risks of what is recommended."""
    won = [r for r in tender.offers if r.units]
    leads = "; ".join(f"{r.offer.name}: {lead_text(r.break_even_lead)}" for r in won)
    unmet = sum(a != YES for c in criteria(tender) for name, a in c.answers.items() if name in bought(tender))
    found = [("Lead times that keep the award", leads)] if leads else []
    if tender.lead_scenarios is not None:
        found.append(("Other lead times", steadiness_text(tender)))
    found += [(f"Risks of {r.offer.name}", "; ".join(risks(tender, r)) or "none known") for r in won]
    return [*found, ("Open points of the award", f"{unmet}, in the clarification log")]


def _basis(tender: Tender) -> str:
    checks = f"The recommended plan passed {tender.answer.audit.checks:,} independent checks."
    assumed = sum(1 for o in tender.answer.origins if o.is_assumption and o.path.startswith("offers["))
    more_said = f" {assumed} figures of the offers are assumptions without a source: the ranking rests on them."
    return f"{_BASIS} {checks}{more_said if assumed else ''}"


def _offer(tender: Tender, r: OfferResult) -> tuple[str, ...]:
    each = landed(r.offer, compared_units(r)).total / 1000
    return (
        r.offer.name,
        r.offer.vendor,
        str(r.units or "–"),
        f"{each:,.2f}",
        f"{r.offer.lead_months_p50:g} / {r.offer.lead_months_p90:g}",
        "recommended" if r.units else (more(r.extra_with, tender) if r.with_it else r.verdict),
        more(r.extra_without, tender) if r.units else "–",
        break_even_text(r.break_even),
    )
