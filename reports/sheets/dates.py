"""Dates: what must be ordered when so that service starts when it should."""

from __future__ import annotations

from models.design import Answer
from reports import dates
from reports.sheets.layout import Book, Column, Page

COLUMNS = (
    Column("Bought", "wrap", 40),
    Column("Quantity", "sized", 14),
    Column("Unit", "text", 10),
    Column("Order by month", "sized", 16),
    Column("Months to delivery", "sized", 16),
    Column("All on site in month", "sized", 16),
)


def write(book: Book, answer: Answer) -> None:
    """Write the sheet Dates, if anything has a lead time."""
    found = dates.rows(answer)
    if not found:
        return
    page = Page(book, "Dates", "What must be ordered when", dates.sentence(answer), COLUMNS)
    page.repeat(page.header())
    page.rows([tuple(row) for row in found])
    page.paragraph(dates.NOTE)
