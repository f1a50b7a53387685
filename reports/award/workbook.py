"""award.xlsx: the tender as buyers keep it."""

from __future__ import annotations

from os import PathLike

from models.tender import Tender
from reports.award import compliance, findings, schedule, tabulation
from reports.award.risks import risks
from reports.award.words import bought, certainty, headline, more, orders_text, ready_text, runner_up
from reports.format import money
from reports.sheets.layout import Book, Column, Page, new_book


def write_award_workbook(tender: Tender, path: str | PathLike[str]) -> None:
    """Write award.xlsx. Raises OSError if the file cannot be written."""
    with new_book(path, "Award of a module tender") as book:
        _summary(book, tender)
        where = tabulation.write(book, tender)
        compliance.write_matrix(book, tender)
        compliance.write_clarifications(book, tender)
        schedule.write(book, tender, where)
        findings.write_break_even(book, tender)
        findings.write_lead_times(book, tender)
        findings.write_plans(book, tender)


def _summary(book: Book, tender: Tender) -> None:
    page = Page(
        book, "Award", "Award recommendation", tender.case.name, (Column("", "text", 34), Column("", "wrap", 88))
    )
    page.paragraph(headline(tender), "lead")
    page.row += 1
    for label, value in summary_rows(tender):
        page.rows([(label, value)])
    page.heading("Risks of each offer")
    for r in tender.offers:
        page.rows([(r.offer.name, "; ".join(risks(tender, r)) or "none known")])
    for note in tender.notes:
        page.row += 1
        page.paragraph(note, "muted")


def summary_rows(tender: Tender) -> list[tuple[str, str]]:
    """The decision in a few lines; also used by the page."""
    case, best, rival = tender.case, tender.best, runner_up(tender)
    built = {m: n for m, n in best.orders.items() if m not in bought(tender)}
    value = money(best.order_value_kcur, case.currency)
    p50, p90 = ready_text(best.ready_p50_months, case), ready_text(best.ready_p90_months, case)
    rows = [
        ("Award", orders_text(bought(tender))),
        ("Built on site", orders_text(built)),
        ("Order value, landed", f"{value}, with what is built on site"),
        ("Project, present value", f"{money(best.cost_kcur, case.currency)}; {certainty(best, tender)}"),
        ("On site, months after award", f"{p50} (even chance); {p90} (nine in ten)"),
        ("Award date", tender.award_date or "not stated"),
        ("Rules", rules_text(tender)),
    ]
    if rival is not None and rival.with_it is not None:
        extra = more(rival.extra_with, tender)
        rows.insert(2, ("Next best", f"{rival.offer.name}: {extra} more, with {orders_text(rival.with_it.orders)}"))
    turned = [s.label for s in tender.sensitivities if not s.same_award]
    if tender.sensitivities:
        rows.append(("The award changes with", "; ".join(turned) or "none of the assumptions tried"))
    return rows


def rules_text(tender: Tender) -> str:
    """The buyer's rules in words."""
    rules = tender.case.orders
    words = [
        f"at most {rules.most_vendors} vendors" if rules.most_vendors is not None else "",
        f"at least {rules.least_vendors} vendors" if rules.least_vendors is not None else "",
        f"no vendor above {rules.vendor_share:.0%} of the order value" if rules.vendor_share is not None else "",
        "one product family" if rules.one_family else "",
    ]
    return ", ".join(w for w in words if w) or "none"
