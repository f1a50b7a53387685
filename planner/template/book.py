"""Writes a workbook from the manifest and its content. One table per sheet, drop-downs, units, notes, one look."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import xlsxwriter

from planner.folder import replace_files
from planner.schema import (
    HEADER_ROW,
    MEANING_ROW,
    SHEETS,
    TITLE_ROW,
    UNITS_ROW,
    USER_NAME,
    VERSION,
    VERSION_NAME,
    Column,
    Sheet,
    User,
)
from planner.template.arithmetic import NAME as ARITHMETIC
from planner.template.arithmetic import write_arithmetic
from planner.template.content import Content, Row
from planner.template.guide import write_guide
from planner.template.lists import Lists
from planner.template.look import REQUIRED, Look

SPARE_ROWS = 60
"""Rows below each table for which drop-downs and checks of numbers are ready: Excel's tables grow into them."""
_PAGE_WIDTH = 190.0
"""Column widths that fit on one printed page and stay readable."""
_BEFORE_ARITHMETIC = "Windows"
"""The sheet after which the example's arithmetic stands, if it has one."""
_LONG = ("source", "assumed_fields")
"""columns whose small texts wrap"""
_PROVENANCE = ("source", "year", "grade", "assumed_fields")


def write_workbook(path: Path, content: Content, user: User) -> None:
    """Write the workbook, whole or not at all; equal content gives equal bytes."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    file = io.BytesIO()  # a mistake on the way must not leave half a workbook where a whole one stood
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": content.title, "created": datetime.datetime(2026, 1, 1)})
        book.define_name(VERSION_NAME, f"={VERSION}")
        book.define_name(USER_NAME, f'="{user}"')
        look = Look(book)
        sheets = {}
        for s in SHEETS:
            sheets[s.name] = book.add_worksheet(s.name)
            if s.name == _BEFORE_ARITHMETIC and content.arithmetic:
                write_arithmetic(book.add_worksheet(ARITHMETIC), content.arithmetic, content.rows, look)
        lists = Lists(book, content)
        write_guide(sheets["Guide"], look, content, user)
        for s in SHEETS:
            writer = {"rows": _write_rows, "record": _write_record, "hourly": _write_hourly}.get(s.layout)
            if writer is not None:
                writer(sheets[s.name], s, content, user, look, lists)
        sheets["Guide"].activate()
    replace_files(path.parent, {path.name: file.getvalue()})


def _head(page: Any, s: Sheet, look: Look, widths: list[float]) -> None:
    page.hide_gridlines(2)
    page.ignore_errors({"number_stored_as_text": "A1:XFD20000"})  # years are texts on purpose
    page.set_landscape()
    page.fit_to_pages(max(1, round(sum(widths) / _PAGE_WIDTH)), 0)
    page.set_paper(9)
    page.repeat_rows(HEADER_ROW - 1)
    page.repeat_columns(0)
    page.write_string(TITLE_ROW - 1, 0, s.name, look.title)
    # beside the title and not below it: the first column is repeated on every printed page, and would cut it off
    page.write_string(TITLE_ROW - 1, 1, s.purpose, look.purpose)
    page.write_string(TITLE_ROW, 1, s.note, look.purpose)
    page.set_row(TITLE_ROW - 1, 26)
    page.set_row(TITLE_ROW, 14 if s.note else 6)
    title = 2.0 * len(s.name) + 1
    for number, width in enumerate(widths):
        page.set_column(number, number, width if number else max(width, title))


def _write(page: Any, row: int, column: int, value: Any, cell: Any) -> None:
    if value is None or value == "":
        page.write_blank(row, column, None, cell)
    elif isinstance(value, bool | str):
        page.write_string(row, column, str(value), cell)
    else:
        page.write_number(row, column, value, cell)


def _write_rows(page: Any, s: Sheet, content: Content, user: User, look: Look, lists: Lists) -> None:
    rows = content.rows.get(s.name, [])
    _head(page, s, look, [_width(c, rows) for c in s.columns])
    page.set_row(MEANING_ROW - 1, max(_height(_meaning(c), _width(c, rows)) for c in s.columns))
    page.freeze_panes(HEADER_ROW, 1)
    if any(user in c.users for c in s.columns) and s.name in (*content.own, "Offers"):
        page.set_tab_color(REQUIRED)
    for number, c in enumerate(s.columns):
        page.write_string(MEANING_ROW - 1, number, _meaning(c), look.meaning_right if c.numeric else look.meaning)
        page.write_string(UNITS_ROW - 1, number, c.unit, look.unit_right if c.numeric else look.unit)
    count = max(len(rows), 1)
    header = [{"header": c.name, "header_format": look.header_right if c.numeric else look.header} for c in s.columns]
    last = HEADER_ROW + count - 1
    page.add_table(
        HEADER_ROW - 1,
        0,
        last,
        len(s.columns) - 1,
        {"name": s.table, "columns": header, "style": None, "autofilter": count > 12},
    )
    for r in range(count):
        row = rows[r] if r < len(rows) else {}
        lines = max(-(-len(str(row.get(n, ""))) // (1.25 * _width(s.column(n), rows))) for n in _LONG)
        if lines > 1:
            page.set_row(HEADER_ROW + r, 12.5 * lines + 4)
        for number, c in enumerate(s.columns):
            cell = look.cell(c, _state(c, row, user, own=not row or s.name in content.own))
            _write(page, HEADER_ROW + r, number, row.get(c.name), cell)
    for number, c in enumerate(s.columns):
        page.write_comment(HEADER_ROW - 1, number, _comment(c), {"x_scale": 1.6, "y_scale": 1.1})
        lists.add(page, (HEADER_ROW, number, last + SPARE_ROWS, number), c)


def _state(c: Column, row: Row, user: User, *, own: bool) -> str:
    """How a cell looks; `own`: the row is the user's to fill in, so what is asked for is coloured."""
    if user in c.users and own:
        return "required" if c.cannot_stay_blank else "optional"
    if c.name in _PROVENANCE:
        return "source"
    assumed = [x.strip() for x in str(row.get("assumed_fields", "")).split(",")]
    if row.get(c.name) not in (None, "") and ((c.numeric and row.get("grade") == "X") or c.name in assumed):
        return "assumed"
    return "plain"


def _write_record(page: Any, s: Sheet, content: Content, user: User, look: Look, lists: Lists) -> None:
    widths = [26.0, 34.0, 30.0, 66.0, 54.0, 8.0, 8.0]
    _head(page, s, look, widths)
    page.freeze_panes(HEADER_ROW, 1)
    filled = content.records.get(s.name, {})
    header = [{"header": name, "header_format": look.header} for name in s.header]
    options = {"name": s.table, "columns": header, "style": None, "autofilter": False}
    page.add_table(HEADER_ROW - 1, 0, HEADER_ROW + len(s.columns) - 1, len(s.header) - 1, options)
    for r, c in enumerate(s.columns, start=HEADER_ROW):
        given = filled.get(c.name, {})
        page.write_string(r, 0, c.name, look.key)
        row = {c.name: given.get("value"), "grade": given.get("grade", "")}
        _write(page, r, 1, given.get("value"), look.cell(c, _state(c, row, user, own=row[c.name] is None), left=True))
        page.write_string(r, 2, c.unit, look.unit_cell)
        page.write_string(r, 3, _meaning(c), look.meaning_cell)
        page.set_row(r, max(_height(_meaning(c), widths[3]), _height(str(given.get("source", "")), widths[4])) + 3)
        for number, name in enumerate(("source", "year", "grade"), start=4):
            default = c.source if name == "source" else c.grade if name == "grade" else ""
            text = given.get(name, "") if given.get("value") not in (None, "") else default
            _write(page, r, number, text, look.source)
        if user in c.users:
            page.set_tab_color(REQUIRED)
        lists.add(page, (r, 1, r, 1), c)


def _write_hourly(page: Any, s: Sheet, content: Content, user: User, look: Look, lists: Lists) -> None:
    names = list(content.series)
    _head(page, s, look, [10, *[26.0] * len(names)])
    page.set_row(MEANING_ROW - 1, max(_height(" | ".join(note), 26) for note in content.series_notes.values()))
    page.freeze_panes(HEADER_ROW, 1)
    page.write_string(MEANING_ROW - 1, 0, "source | year | grade", look.meaning)
    page.write_string(UNITS_ROW - 1, 0, s.columns[0].unit, look.unit)
    for number, name in enumerate(names, start=1):
        unit, source, year, grade = content.series_notes[name]
        page.write_string(MEANING_ROW - 1, number, f"{source} | {year} | {grade}", look.meaning)
        page.write_string(UNITS_ROW - 1, number, unit, look.unit_right)
    steps = len(content.series[names[0]])
    header = [{"header": name, "header_format": look.header_right} for name in ("hour", *names)]
    options = {"name": s.table, "columns": header, "style": None, "autofilter": False}
    page.add_table(HEADER_ROW - 1, 0, HEADER_ROW + steps - 1, len(names), options)
    for t in range(steps):
        page.write_number(HEADER_ROW + t, 0, t, look.hour)
        for number, name in enumerate(names, start=1):
            page.write_number(HEADER_ROW + t, number, content.series[name][t], look.series)


def _width(c: Column, rows: list[Row]) -> float:
    longest = max([len(str(row.get(c.name, ""))) for row in rows] or [0])
    if c.name in ("source", "assumed_fields"):
        return float(min(max(longest, 30), 90))
    return float(min(max(longest + 2, len(c.name) + 3, len(c.unit), 13), 40))


def _meaning(c: Column) -> str:
    return f"{c.meaning} ({c.blank})"


def _height(text: str, width: float) -> float:
    """Height of wrapped text in points; in narrow columns words leave part of each line empty."""
    filled = 0.87 if width < 25 else 1.1
    return 12.5 * max(1, -(-len(text) // (width * filled))) + 2


def _comment(c: Column) -> str:
    unit = f" [{c.unit}]" if c.unit else ""
    example = f"\nExample: {c.example}" if c.example != "" else ""
    return f"{c.meaning}{unit}.\n{c.blank.capitalize()}.{example}"
