"""Tables for other programs: one row per case, one column per figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet program takes for a formula."""


def tidy_rows(cases: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The header, then a row per case. A figure inside a mapping is headed `mapping.figure`; lists are left out; what a
    case does not have is blank."""
    found = [dict(_figures(case)) for case in cases]
    header = list(dict.fromkeys(name for case in found for name in case))
    return [header, *([case.get(name) for name in header] for case in found)]


def _figures(case: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    figures: list[tuple[str, Any]] = []
    for name, value in case.items():
        if isinstance(value, Mapping):
            figures += _figures(value, f"{before}{name}.")
        elif not isinstance(value, (list, tuple)):
            figures.append((f"{before}{name}", value))
    return figures


def csv_text(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as CSV. A text that a spreadsheet program would run as a formula begins with an apostrophe."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_no_formula(cell) for cell in row] for row in rows)
    return text.getvalue()


def _no_formula(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
