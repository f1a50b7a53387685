"""Dates: what must be ordered when so that service, or each stage, starts when it should."""

from __future__ import annotations

from collections.abc import Sequence

from models.timetable import Schedule
from reports import dates
from reports import format as show
from reports.sheets.layout import Book, Column, Page

COLUMNS = (
    Column("Bought", "wrap", 40),
    Column("Quantity", "sized", 14),
    Column("Unit", "text", 10),
    Column("Order by month", "sized", 16),
    Column("Months to delivery", "sized", 16),
    Column("All on site in month", "sized", 16),
)


def write(book: Book, schedules: Sequence[Schedule], sentences: Sequence[str]) -> None:
    """Write the sheet Dates, if anything has a lead time. sentences: one per schedule."""
    if not any(s.deliveries for s in schedules):
        return
    staged = len(schedules) > 1
    columns = (Column("For the start of stage", "wrap", 24), *COLUMNS) if staged else COLUMNS
    page = Page(book, "Dates", "What must be ordered when", "", columns)
    for text in sentences:
        page.paragraph(text)
    page.repeat(page.header())
    page.rows(
        [
            (*((s.stage,) if staged else ()), row.item, *show.quantity(row.quantity, row.unit), *row[3:])
            for s in schedules
            for row in dates.rows(s)
        ]
    )
    page.paragraph(f"{dates.NOTE} {dates.STAGES_NOTE}" if staged else dates.NOTE)
