"""The sheet Arithmetic: how an example's figures follow from each other, as live formulas beside the cells they fill.

It is for people: the planner reads the cells on the other sheets and never this one. A line is a figure (`value`) or a
formula in the names (`key`) of lines above it, and may say which cell it explains (`cell`: sheet, row, column)."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from planner.schema import HEADER_ROW, TITLE_ROW, sheet
from planner.template.look import Look

NAME = "Arithmetic"
AGREES = 0.005
"""Share by which a figure and the cell it explains may differ: cells hold rounded figures."""
_HEAD = ("figure", "value", "unit", "how", "source", "grade", "explains", "in that cell", "agrees")
_WIDTHS = (46, 16, 17, 38, 46, 7, 42, 14, 9)
_PURPOSE = (
    "From parameters and tokens to the cells of the other sheets, line by line. The planner does not read this sheet."
)
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}

Line = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a cell of another sheet stands, and what it holds."""

    address: str
    value: float


def evaluate(formula: str, known: Mapping[str, float]) -> float:
    """Value of a formula of +, -, *, / and brackets over known names. Raises ValueError for anything else."""

    def value(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return float(node.value)
        if isinstance(node, ast.Name) and node.id in known:
            return known[node.id]
        raise ValueError(f"{formula}: cannot be worked out")

    return value(ast.parse(formula, mode="eval").body)


def values(lines: list[Line]) -> dict[str, float]:
    """Every named line's value, in order. Raises ValueError for a formula that names no line above it."""
    known: dict[str, float] = {}
    for line in lines:
        if "key" in line:
            known[line["key"]] = evaluate(line["formula"], known) if "formula" in line else float(line["value"])
    return known


def place_of(cell: list[str], rows: Mapping[str, list[Line]]) -> Place:
    """The cell `[sheet, key of the row, column]`. Raises ValueError if there is none, or if it holds no number."""
    name, row_key, column = cell
    described = sheet(name)
    first = described.columns[0].name
    # a row with two keys is named by both, as `rack / operating class`
    keys = [" / ".join(str(row.get(k, "")) for k in (described.key or (first,))) for row in rows[name]]
    if row_key not in keys:
        raise ValueError(f"{name}: no row {row_key}")
    number = keys.index(row_key)
    held = rows[name][number].get(column)
    if not isinstance(held, int | float):
        raise ValueError(f"{name}, {row_key}, {column}: holds no number")
    at = xl_rowcol_to_cell(HEADER_ROW + number, [c.name for c in described.columns].index(column))
    return Place(f"{name}!{at}", float(held))


def write_arithmetic(page: Any, lines: list[Line], rows: Mapping[str, list[Line]], look: Look) -> None:
    """Write the sheet; every formula carries its value, so that readers without a calculator see it too."""
    page.hide_gridlines(2)
    page.ignore_errors({"number_stored_as_text": "A1:XFD2000"})  # names of figures may be numbers
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_paper(9)
    page.repeat_rows(HEADER_ROW - 1)
    page.freeze_panes(HEADER_ROW, 1)
    page.write_string(TITLE_ROW - 1, 0, NAME, look.title)
    page.write_string(TITLE_ROW - 1, 1, _PURPOSE, look.purpose)
    for number, (name, width) in enumerate(zip(_HEAD, _WIDTHS, strict=True)):
        page.set_column(number, number, width)
        page.write_string(HEADER_ROW - 1, number, name, look.header_right if number in (1, 7) else look.header)
    known = values(lines)
    cells = {line["key"]: f"$B${HEADER_ROW + n + 1}" for n, line in enumerate(lines) if "key" in line}
    for number, line in enumerate(lines, start=HEADER_ROW):
        if "heading" in line:
            page.write_string(number, 0, line["heading"], look.heading)
            page.set_row(number, 24)
        else:
            _write_line(page, number, line, known, cells, rows, look)


def _write_line(
    page: Any,
    number: int,
    line: Line,
    known: Mapping[str, float],
    cells: Mapping[str, str],
    rows: Mapping[str, list[Line]],
    look: Look,
) -> None:
    figure = look.figure(line.get("grade") == "X" and "formula" not in line)
    page.write_string(number, 0, line["meaning"], look.meaning_cell)
    if "formula" in line:
        page.write_formula(number, 1, "=" + _in_cells(line["formula"], cells), figure, known[line["key"]])
    else:
        page.write_number(number, 1, line["value"], figure)
    page.write_string(number, 2, line.get("unit", ""), look.unit_cell)
    page.write_string(number, 3, _in_words(line), look.source)
    page.write_string(number, 4, line.get("source", ""), look.source)
    page.write_string(number, 5, line.get("grade", ""), look.source)
    explains = ", ".join(line.get("cell", ()))
    for column in (6, 7, 8):
        page.write_blank(number, column, None, look.source)
    if "cell" in line:
        place = place_of(line["cell"], rows)
        page.write_string(number, 6, explains, look.source)
        page.write_formula(number, 7, f"={place.address}", figure, place.value)
        own, other = f"$B${number + 1}", f"$H${number + 1}"
        test = f'=IF(ABS({own}-{other})<={AGREES}*ABS({other}),"yes","NO")'
        agrees = abs(known[line["key"]] - place.value) <= AGREES * abs(place.value)
        page.write_formula(number, 8, test, look.meaning_cell, "yes" if agrees else "NO")
    texts = ((line["meaning"], 0), (_in_words(line), 3), (line.get("source", ""), 4), (explains, 6))
    page.set_row(number, 12.5 * max(-(-len(text) // _WIDTHS[column]) for text, column in texts if text) + 5)


def _in_cells(formula: str, cells: Mapping[str, str]) -> str:
    """The formula with the names of lines as addresses."""
    return re.sub(r"\b[A-Za-z_]\w*", lambda name: cells[name.group()], formula)


def _in_words(line: Line) -> str:
    return str(line.get("formula", "")).replace("_", " ")
