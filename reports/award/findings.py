"""What solving again found: break-even prices with their tests, near-equal plans, other assumptions."""

from __future__ import annotations

from models.bids import ex_works_k, worthwhile_from
from models.tender import Check, Interval, OfferResult, Protection, Tender, TenderPlan
from reports.award.tabulation import compared_units
from reports.award.words import break_even_text, different_plans, lead_text, orders_text, steadiness_text
from reports.sheets.layout import Book, Column, Page


def write_break_even(book: Book, tender: Tender) -> None:
    """The sheet Break-even."""
    currency = tender.case.currency
    columns = (
        Column("Offer", "wrap", 24),
        Column("Wins for certain below", "percent3", 14),
        Column("Loses for certain above", "percent3", 14),
        Column("Ex-works quoted at the units compared, thousand", "one", 17),
        Column("Change that would turn the award, thousand", "one", 17),
        Column("Tested below: units", "plain_int", 10),
        Column(f"gap / worth of the step, thousand {currency}", "wrap", 20),
        Column("Tested above: units", "plain_int", 10),
        Column(f"gap / worth of the step, thousand {currency}", "wrap", 20),
        Column("Result", "wrap", 44),
    )
    note = "Scale of all ex-works prices of an offer at which it enters or leaves the cheapest mix; all else as quoted."
    page = Page(book, "Break-even", "Break-even prices", note, columns)
    page.header()
    for r in tender.offers:
        page.rows([_row(r)])
    page.row += 1
    page.paragraph(
        "Between the two scales the proven gaps leave it open. Tested: the whole tender solved again just below and "
        "just above; the gap of those solves must stay under a tenth of what the step is worth.",
        "wrap",
    )
    page.heading("Price breaks: when it pays to order up to the next break")
    head = [
        Column("Offer", "wrap"),
        Column("Break from, units", "plain_int"),
        Column("Worth it from, units", "plain_int"),
    ]
    rows = [(r.offer.name, count, need) for r in tender.offers for count, need in worthwhile_from(r.offer)]
    page.table(rows, head)


def write_lead_times(book: Book, tender: Tender) -> None:
    """The sheet Lead times: where each offer's lead time decides, and awards under other lead times."""
    known = tender.lead_scenarios
    labels = known.labels if known else ()
    columns = (Column("", "wrap", 44), *(Column("", "wrap", 17) for _ in range(max(len(labels), 3))))
    note = "Months from award to the first unit on site; late: as nine in ten deliveries keep, in time: even chance."
    page = Page(book, "Lead times", "Lead times", note, columns)
    page.table(
        [
            (r.offer.name, r.offer.lead_months_p50, r.offer.lead_months_p90, lead_text(r.break_even_lead))
            for r in tender.offers
        ],
        [
            Column("Offer", "wrap"),
            Column("P50, months", "one"),
            Column("P90, months", "one"),
            Column("Decides", "wrap"),
        ],
    )
    if known is None:
        page.paragraph("No lead time decides what can be ordered: nothing is told by scenario.")
        return
    page.heading(f"Extra cost of an award above the best one of each scenario, thousand {tender.case.currency}")
    head = [Column("Award", "wrap"), *(Column(label, "wrap") for label in labels)]
    page.table([(orders_text(a.orders), *(_open_extra(e) for e in a.extra)) for a in known.awards], head)
    page.paragraph(steadiness_text(tender), "wrap")


def _open_extra(extra: Interval | None) -> str:
    if extra is None:
        return "no plan"
    return f"{extra.low:,.0f} to {extra.high:,.0f}" if extra.high - extra.low >= 0.5 else f"{extra.high:,.0f}"


def _row(r: OfferResult) -> tuple[str | float | None, ...]:
    found = r.break_even
    price = ex_works_k(r.offer, compared_units(r))
    if found is None or found.scale is None:
        return (
            r.offer.name,
            None,
            None,
            price,
            None,
            None,
            "",
            None,
            "",
            break_even_text(found) if found else r.verdict,
        )
    middle = (found.scale.low + found.scale.high) / 2
    below, above = found.below, found.above
    return (
        r.offer.name,
        found.scale.low,
        found.scale.high,
        price,
        (middle - 1) * price,
        None if below is None else below.units,
        _sharpness(below),
        None if above is None else above.units,
        _sharpness(above),
        break_even_text(found),
    )


def _sharpness(check: Check | None) -> str:
    return "" if check is None else f"{check.gap_kcur:,.1f} / {check.step_kcur:,.1f}"


def write_plans(book: Book, tender: Tender) -> None:
    """The sheet Other plans."""
    currency = tender.case.currency
    columns = (
        Column("Plan", "wrap", 40),
        Column(f"Extra cost, thousand {currency}: least", "one", 14),
        Column("most", "one", 14),
        Column("On site, P50, months", "one", 11),
        Column("On site, P90, months", "one", 11),
        Column("TokEnergy, Wh per 1,000 tokens", "three", 13),
        Column("Orders, with what is built on site", "wrap", 80),
    )
    note = (
        "Each is the least-cost plan under its condition, with its own proof; extra cost against the recommended plan."
    )
    page = Page(book, "Other plans", "Other plans", note, columns)
    page.header()
    page.rows([("Recommended", 0.0, 0.0, *_figures(tender.best))], variant="bold")
    page.heading("If an offer had to be used, or were not available")
    for r in tender.offers:
        for label, plan, extra in (("with", r.with_it, r.extra_with), ("without", r.without_it, r.extra_without)):
            if extra is not None and extra.high == 0:
                continue  # the recommended plan itself
            if plan is None or extra is None:
                page.rows([(f"{label} {r.offer.name}", None, None, None, None, None, f"no plan: {r.verdict}")])
            else:
                page.rows([(f"{label} {r.offer.name}", extra.low, extra.high, *_figures(plan))])
    page.heading(different_plans(tender))
    for number, a in enumerate(tender.alternatives, start=1):
        page.rows([(f"alternative {number}", a.extra.low, a.extra.high, *_figures(a.plan))])
    _assumptions(page, tender)


def _assumptions(page: Page, tender: Tender) -> None:
    page.heading("Other assumptions")
    for s in tender.sensitivities:
        if s.plan is None or s.extra is None:
            page.rows([(s.label, None, None, None, None, None, "no plan")])
        else:
            words = "award unchanged" if s.same_award else f"award changes to {orders_text(s.plan.orders)}"
            page.rows([(s.label, s.extra.low, s.extra.high, *_figures(s.plan)[:2], None, words)])
    if tender.protections:
        page.heading("Protection against price rises until the order")
    for p in tender.protections:
        low, high = p.protected_kcur.low - tender.best.bound_kcur, p.protected_kcur.high - tender.best.bound_kcur
        page.rows([(_protection(p), low, high, *_figures(p.plan))])


def _protection(p: Protection) -> str:
    if p.risks == 1:
        return "if any one offer used may rise to the top of its price range"
    return f"if any {p.risks} offers used may rise to the top of their price ranges"


def _figures(plan: TenderPlan) -> tuple[float | None | str, ...]:
    """On site (P50, P90), TokEnergy, orders."""
    return (plan.ready_p50_months, plan.ready_p90_months, plan.tokenergy_wh_per_ktok, orders_text(plan.orders))
