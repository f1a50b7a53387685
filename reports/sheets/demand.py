"""Demand: billed demand of each charge and month with its price, as the bill counts it."""

from __future__ import annotations

from models.design import Answer
from reports.series import MONTHS
from reports.sheets.layout import Book, Column, Formula, Page, address, span

_FIRST = 4
"""row of the first month of the first charge"""
_AMOUNT = 4


def _rows(answer: Answer) -> list[tuple[str, int, float, float]]:
    """Charge, month, billed MW and price, for months with a price, charge by charge."""
    prices = {d.name: d.price_kcur_per_mw for d in answer.case.grid.demand_charges}
    billed = answer.design.billed_mw
    return [(name, m, mw, prices[name][m]) for name in prices for (charge, m), mw in billed.items() if charge == name]


def yearly(answer: Answer, charge: str) -> str:
    """The formula of a charge's yearly amount."""
    rows = [_FIRST + index for index, row in enumerate(_rows(answer)) if row[0] == charge]
    return f"=SUM(Demand!{span(rows[0], rows[-1], _AMOUNT)})"


def write(book: Book, answer: Answer) -> None:
    """Write the sheet; nothing if there are no demand charges."""
    rows, currency = _rows(answer), answer.case.currency
    if not rows:
        return
    columns = (
        Column("Charge", "wrap", 40),
        Column("Month", "text", 10),
        Column("Billed demand, MW", "three", 19),
        Column(f"Price, thousand {currency}/MW", "four", 26),
        Column(f"Amount, thousand {currency}", "two", 24),
    )
    note = "Highest billing interval of the month within the charge's hours, or what the ratchet bills; inputs in blue"
    page = Page(book, "Demand", "Demand charges", note, columns)
    page.repeat(page.header(), 1)
    assert page.row == _FIRST
    for name, month, mw, price in rows:
        row = page.row
        amount = Formula(f"={address(row, 2)}*{address(row, 3)}", mw * price)
        page.rows([(name, MONTHS[month], mw, price, amount)])
        page.cell(row, 2, mw, "three", "input")
        page.cell(row, 3, price, "four", "input")
    total = Formula(f"=SUM({span(_FIRST, page.row - 1, _AMOUNT)})", sum(mw * price for _, _, mw, price in rows))
    page.rows([("Year", "", "", "", total)], columns, "total")
