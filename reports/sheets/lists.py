"""Limits with their use, and Assumptions: every input with its cell, source and grade."""

from __future__ import annotations

import re
from collections.abc import Mapping

from models.design import Answer
from models.stages import AnyAnswer
from reports import connection, wording
from reports import format as show
from reports.capacity import LimitRow, limit_rows
from reports.sheets.layout import Book, Column, Formula, Page, address
from reports.tables import ROW_SOURCE

LIMITS = (
    Column("Subject", "text", 12),
    Column("Limit", "wrap", 60),
    Column("Plan", "sized", 16),
    Column("Limit", "sized", 16),
    Column("Unit", "text", 22),
    Column("Used", "percent", 10),
    Column("", "text", 12),
)
INPUTS = (
    Column("Cell", "text", 20),
    Column("What it is", "wrap", 52),
    Column("Value", "wrap", 26),
    Column("Unit", "wrap", 29),
    Column(ROW_SOURCE, "wrap", 76),
    Column("Year", "text", 8),
    Column("Grade", "text", 8),
    Column("Kind", "text", 11),
)
VALUE = 2
_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?([eE][-+]?\d{1,2})?")
GRADES = "A official or measured · B secondary · C single estimate · D derived · X assumption · blank: your own figure"


def write_limits(book: Book, answer: Answer) -> None:
    """Write the sheet Limits."""
    page = Page(
        book,
        "Limits",
        "Limits and what the plan uses of them",
        "A limit binds when at least 99.9 % of it is used",
        LIMITS,
    )
    page.repeat(page.header())
    for row in limit_rows(answer):
        variant = "amber" if row.binds else ""
        used, binds = _used(page.row, row), "binds" if row.binds else ""
        page.rows([(row.group, row.name, row.value, row.limit, row.unit, used, binds)], None, variant)
        line = page.row - 1
        if row.limit is None:
            page.cell(line, 3, "no limit", "dash", variant)
    told = connection.sentences(answer)
    if told:
        page.heading("Flexibility and the connection")
    for sentence in told:
        page.paragraph(sentence)


def _used(row: int, limit: LimitRow) -> Formula | str:
    return "" if limit.used is None else Formula(f"={address(row, 2)}/{address(row, 3)}", limit.used)


def write_assumptions(book: Book, answer: AnyAnswer, names: Mapping[str, str]) -> None:
    """Write the sheet Assumptions: all origins by cell, assumed figures on amber, defaults and open limits by kind.
    names: what cells are called."""
    page = Page(book, "Assumptions", "Inputs, their sources and grades", GRADES, INPUTS)
    page.row -= 1
    page.paragraph(wording.assumption_text(answer))
    page.row += 1
    header = page.header()
    page.repeat(header)
    for o in answer.origins:
        values = (o.cell, names.get(o.cell, o.path), o.value, show.unit(o.unit), o.source, o.year, o.grade, o.kind)
        variant = "amber" if o.is_assumption else ""
        page.rows([values], None, variant)
        if _NUMBER.fullmatch(o.value):
            page.cell(page.row - 1, VALUE, float(o.value), "given", variant)
    page.sheet.ignore_errors({"number_stored_as_text": "A1:H20000"})  # years and texts of cells are no numbers
    page.sheet.autofilter(header, 0, max(header + 1, page.row - 1), len(INPUTS) - 1)
