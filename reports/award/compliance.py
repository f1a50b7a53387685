"""Compliance matrix and clarification log: what each quotation meets, misses or leaves open."""

from __future__ import annotations

from dataclasses import dataclass

from models.bids import last_unit_months
from models.case import Case, Offer
from models.tender import OfferResult, Tender
from reports.award.tabulation import compared_units
from reports.sheets.layout import Book, Column, Page

YES, NO, OPEN = "yes", "no", "not stated"


@dataclass(frozen=True)
class Criterion:
    """One line of the matrix, and what to ask a vendor who does not meet it."""

    label: str
    answers: dict[str, str]
    """offer -> yes, no or not stated"""
    question: str


def criteria(tender: Tender) -> tuple[Criterion, ...]:
    """All criteria over all offers compared."""
    case = tender.case
    offers = [r.offer for r in tender.offers]

    def line(label: str, question: str, answers: list[str]) -> Criterion:
        return Criterion(label, {m.name: a for m, a in zip(offers, answers, strict=True)}, question)

    return (
        line("Holds, feeds or cools the racks planned", "Which racks fit?", [_fits(r) for r in tender.offers]),
        line(
            "Last unit on site in the month of need, even chance",
            "Can the lead time be shortened?",
            [_in_time(case, r, "P50") for r in tender.offers],
        ),
        line(
            "Last unit on site in the month of need, nine in ten",
            "Which part of the lead time is at risk?",
            [_in_time(case, r, "P90") for r in tender.offers],
        ),
        line(
            "Price holds on the award date",
            "Please extend the validity to the award date.",
            [_valid(m) for m in offers],
        ),
        line(
            "Scope complete", "Please quote the missing scope.", [_said(not m.quotation.missing_scope) for m in offers]
        ),
        line(
            "Warranty as long as wanted", "Please quote an extension of the warranty.", [_warranty(m) for m in offers]
        ),
        line(
            "Liquidated damages for delay",
            "Which damages do you accept for delay?",
            [_stated(m.quotation.damages_share_per_week) for m in offers],
        ),
        line(
            "Factory slots stated",
            "How many units can leave the factory per month?",
            [_stated(m.quotation.units_per_month) for m in offers],
        ),
        line("Origin and tariff code stated", "Please state origin and tariff code.", [_customs(m) for m in offers]),
        line(
            "Redundancy inside stated",
            "Which redundancy is inside the unit?",
            [_said(bool(m.quotation.redundancy_inside), OPEN) for m in offers],
        ),
        line("Weight stated", "What does a unit weigh?", [_stated(m.quotation.weight_t) for m in offers]),
    )


def _said(holds: bool, otherwise: str = NO) -> str:
    return YES if holds else otherwise


def _stated(value: float | None) -> str:
    return OPEN if value is None else YES


def _fits(result: OfferResult) -> str:
    return NO if result.verdict.startswith("holds none") else YES


def _in_time(case: Case, result: OfferResult, confidence: str) -> str:
    """Of the last of the units compared, factory slots counted."""
    months = last_unit_months(result.offer, compared_units(result), confidence)
    return _said(months + case.limits.delay.works_months <= case.latest_month)


def _valid(offer: Offer) -> str:
    on_award = offer.quotation.valid_on_award
    return OPEN if on_award is None else _said(on_award)


def _warranty(offer: Offer) -> str:
    terms = offer.quotation
    if terms.warranty_years is None:
        return OPEN
    return _said(terms.warranty_years >= terms.warranty_wanted_years)


def _customs(offer: Offer) -> str:
    terms = offer.quotation
    if offer.duty_rate == 0 and terms.origin:
        return YES
    return _said(bool(terms.origin and terms.tariff_code), OPEN)


def write_matrix(book: Book, tender: Tender) -> None:
    """Criteria down, offers across; what is not met stands out."""
    columns = (Column("", "wrap", 46), *(Column("", "text", 19) for _ in tender.offers))
    page = Page(
        book,
        "Compliance",
        "Compliance matrix",
        "What is not met or not stated is an item of the clarification log.",
        columns,
    )
    page.repeat(page.header([Column("Criterion", "wrap"), *(Column(r.offer.name) for r in tender.offers)]), 1)
    for c in criteria(tender):
        page.cell(page.row, 0, c.label, "wrap")
        for index, answer in enumerate(c.answers.values(), start=1):
            page.cell(page.row, index, answer, "text", "" if answer == YES else "amber")
        page.row += 1
    page.row += 1
    for r in tender.offers:
        if r.offer.quotation.missing_scope:
            page.paragraph(
                f"{r.offer.name} leaves out: {', '.join(r.offer.quotation.missing_scope)}; priced by adders."
            )


def write_clarifications(book: Book, tender: Tender) -> None:
    """One line per open point and vendor, to be sent and answered."""
    columns = (
        Column("Vendor", "wrap", 18),
        Column("Offer", "wrap", 24),
        Column("Open point", "wrap", 40),
        Column("Question", "wrap", 52),
        Column("Asked on", "text", 12),
        Column("Answer", "wrap", 40),
        Column("Closed", "text", 9),
    )
    page = Page(
        book,
        "Clarifications",
        "Clarification log",
        "Generated from the matrix; fill in the last three columns.",
        columns,
    )
    page.repeat(page.header(), 0)
    vendor = {r.offer.name: r.offer.vendor for r in tender.offers}
    rows = [
        (vendor[name], name, f"{c.label}: {answer}", _question(tender, name, c), "", "", "")
        for c in criteria(tender)
        for name, answer in c.answers.items()
        if answer != YES
    ]
    page.rows(sorted(rows))
    if not rows:
        page.text(0, "nothing is open", "muted")


def _question(tender: Tender, name: str, criterion: Criterion) -> str:
    terms = next(r.offer for r in tender.offers if r.offer.name == name).quotation
    if criterion.label == "Scope complete":
        return f"Please quote: {', '.join(terms.missing_scope)}."
    if criterion.label.startswith("Warranty"):
        return f"Please quote {terms.warranty_wanted_years:g} years of warranty in all."
    return criterion.question
