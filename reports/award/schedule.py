"""Orders: milestones with dates and amounts that follow the bid tabulation, and the cash flow by month."""

from __future__ import annotations

import math

from models.bids import MILESTONES, Instalment, instalments, landed
from models.tender import Tender
from reports.award.tabulation import Tabulation
from reports.award.words import bought
from reports.sheets.layout import Book, Column, Formula, Page, address, span

_DETAIL = (
    Column("Offer", "wrap", 28),
    Column("Units", "plain_int", 9),
    Column("Milestone", "text", 20),
    Column("Month after award", "one", 12),
    Column("Share of ex-works", "percent", 11),
    Column("Amount", "one", 16),
    Column("Cumulative", "one", 16),
)


def write(book: Book, tender: Tender, where: Tabulation) -> None:
    """The sheet Orders."""
    case = tender.case
    dates = case.limits.lead_confidence
    note = f"Thousand {case.currency}, nominal, at lead times {dates}. Amounts follow the bid tabulation."
    page = Page(book, "Orders", "Order schedule and cash flow", note, _DETAIL)
    page.sheet.set_portrait()
    orders = bought(tender)
    offers = [m for m in case.offers if m.name in orders]
    page.heading("Orders to place")
    head = [Column("Offer", "wrap"), Column("Units", "plain_int"), Column("Vendor"), Column("On site, P50", "one")]
    head += [Column("On site, P90", "one"), Column("Landed, each", "one"), Column("Order value", "one")]
    page.header(head)
    for m in offers:
        n, each = orders[m.name], landed(m, orders[m.name]).total
        cells = f"={where.at(m.name, 'units')}", f"={where.at(m.name, 'landed')}"
        row = page.row
        value = Formula(f"={address(row, 1)}*{address(row, 5)}", n * each)
        lead50, lead90 = m.lead_months_p50, m.lead_months_p90
        page.rows([(m.name, Formula(cells[0], n), m.vendor, lead50, lead90, Formula(cells[1], each), value)], head)
    payments = [p for p in instalments(case, orders) if p.offer in orders]
    page.heading("Payment milestones")
    page.paragraph(
        "Shares are of the ex-works price. What is paid on delivery also holds freight, insurance, duty, tax, site "
        "works, adders and warranty. Interest counted in the comparison is no payment.",
        "wrap",
    )
    page.header()
    first = page.row
    _payments(page, payments, where)
    if payments:
        _by_month(page, payments, (first, page.row - 1))


def _payments(page: Page, payments: list[Instalment], where: Tabulation) -> None:
    total = 0.0
    for number, p in enumerate(payments):
        row = page.row
        total += p.amount_kcur
        price = where.at(p.offer, "L_works")
        text = f"={address(row, 1)}*{address(row, 4)}*{price}"
        if p.milestone == MILESTONES[2]:
            text += f"+{address(row, 1)}*({where.at(p.offer, 'landed')}-{price}-{where.at(p.offer, 'L_financing')})"
        before = f"+{address(row - 1, 6)}" if number else ""
        cumulative = Formula(f"={address(row, 5)}{before}", total)
        page.rows([(p.offer, p.units, p.milestone, p.month, p.share, Formula(text, p.amount_kcur), cumulative)])


def _by_month(page: Page, payments: list[Instalment], rows: tuple[int, int]) -> None:
    page.sheet.set_h_pagebreaks([page.row])  # table and chart on one printed page
    page.heading("Cash flow by month after award")
    columns = [
        Column("Month", "text"),
        Column("", "plain_int"),
        Column(""),
        Column(""),
        Column(""),
        Column("Paid", "one"),
    ]
    columns.append(Column("Cumulative", "one"))
    page.header(columns)
    first, total = page.row, 0.0
    months = range(math.ceil(max(p.month for p in payments)) + 1)
    when, amount = span(*rows, 3), span(*rows, 5)
    for month in months:
        paid = sum(p.amount_kcur for p in payments if month - 1 < p.month <= month)
        total += paid
        row = page.row
        page.cell(row, 0, float(month), "plain_int")
        text = f"=SUMPRODUCT(({when}>{month - 1})*({when}<={month})*{amount})"
        page.cell(row, 5, Formula(text, paid), "one")
        before = f"+{address(row - 1, 6)}" if month else ""
        page.cell(row, 6, Formula(f"={address(row, 5)}{before}", total), "one")
        page.row += 1
    _chart(page, first, page.row - 1)


def _chart(page: Page, first: int, last: int) -> None:
    name = page.sheet.get_name()
    chart = page.book.workbook.add_chart({"type": "column"})
    months = [name, first, 0, last, 0]
    paid, total = [name, first, 5, last, 5], [name, first, 6, last, 6]
    bars = {"fill": {"color": "#1F4E6B"}, "gap": 40}
    chart.add_series({"name": "Paid in the month", "categories": months, "values": paid, **bars})
    line = page.book.workbook.add_chart({"type": "line"})
    stroke = {"line": {"color": "#C77C02", "width": 2}}
    line.add_series({"name": "Cumulative", "categories": months, "values": total, **stroke})
    chart.combine(line)
    chart.set_title({"name": "Payments by month after award", "name_font": {"size": 11}})
    chart.set_legend({"position": "bottom"})
    chart.set_x_axis({"name": "months after award"})
    chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#DDE3E7"}}})
    chart.set_size({"width": 760, "height": 320})
    page.sheet.insert_chart(last + 2, 0, chart)
