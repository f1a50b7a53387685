"""Cells of a sheet by row and column, from whichever reader read them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from openpyxl.utils import get_column_letter

Problem = Literal["", "error", "uncalculated", "reported", "percent"]
"""error: an Excel error value. uncalculated: a formula never calculated. reported: a finding exists already. percent: a
number in a cell of percent format, which holds a hundredth of what it shows."""


@dataclass(frozen=True)
class Cell:
    """One cell as it stands; blank when value is None and there is no problem."""

    address: str
    value: Any = None
    problem: Problem = ""

    @property
    def blank(self) -> bool:
        """Whether nothing stands in the cell."""
        return self.value is None and not self.problem


def address(title: str, row: int, column: int) -> str:
    """`Racks!D6`; titles with spaces or signs in quotation marks."""
    shown = title if re.fullmatch(r"\w+", title) else "'" + title.replace("'", "''") + "'"
    return f"{shown}!{get_column_letter(column)}{row}"


@dataclass(frozen=True)
class Grid:
    """One sheet."""

    title: str
    rows: int
    columns: int
    value: Callable[[int, int], tuple[Any, Problem]]
    tables: dict[str, tuple[int, int, int, int]]
    """table name -> first column, first row, last column, last row of data"""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """first column, first row, last column, last row"""

    def cell(self, row: int, column: int) -> Cell:
        """The cell, with text stripped; blank text is a blank cell."""
        value, problem = self.value(row, column)
        if isinstance(value, str):
            value = value.strip() or None
        return Cell(address(self.title, row, column), value, problem)


def sparse_grid(title: str, sheet: Any, xml: bytes, tables: dict[str, Any], merged: Any) -> Grid:
    """Grid of a sheet read by openpyxl with cached values. A formula without one looks blank there, so blanks are
    looked up in the sheet's XML when it holds formulas at all."""
    formulas = re.search(rb"<(?:\w+:)?f[ >/]", xml) is not None
    rows, columns = sheet.max_row, sheet.max_column  # openpyxl goes through all cells for each of them

    def value(row: int, column: int) -> tuple[Any, Problem]:
        if row > rows or column > columns:
            return None, ""
        cell = sheet.cell(row, column)
        if cell.data_type == "e":
            return cell.value, "error"
        if cell.value is None:
            return None, _why_blank(xml, row, column) if formulas else ""
        return cell.value, "percent" if cell.data_type == "n" and "%" in cell.number_format else ""

    return Grid(title, rows, columns, value, tables, merged)


def dense_grid(title: str, sheet: Any, xml: bytes, tables: dict[str, Any], merged: Any) -> Grid:
    """Grid of a big sheet read by calamine, which shows errors and uncalculated formulas as blanks: these are looked up
    in the sheet's XML."""
    values = sheet.to_python()
    top, left = sheet.start or (0, 0)

    def value(row: int, column: int) -> tuple[Any, Problem]:
        i, j = row - 1 - top, column - 1 - left
        found = values[i][j] if 0 <= i < len(values) and 0 <= j < len(values[i]) else ""
        return (None, _why_blank(xml, row, column)) if found == "" else (found, "")

    return Grid(title, top + len(values), left + max(map(len, values), default=0), value, tables, merged)


def _why_blank(xml: bytes, row: int, column: int) -> Problem:
    reference = f'r="{get_column_letter(column)}{row}"'.encode()
    middle = xml.find(reference)
    start, end = xml.rfind(b"<", 0, middle), xml.find(b">", middle)
    if middle < 0 or xml[end - 1 : end] == b"/":
        return ""
    if b't="e"' in xml[start:end]:
        return "error"
    if b't="str"' in xml[start:end]:
        return ""  # a formula whose result is an empty text
    name = xml[start + 1 : end].split()[0]
    return "uncalculated" if re.search(rb"<(?:\w+:)?f[ >/]", xml[end : xml.find(b"</" + name + b">", end)]) else ""
