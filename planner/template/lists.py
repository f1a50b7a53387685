"""Drop-downs and limits of cells. Lists of names follow the workbook: a new row of a table is offered at once."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from planner.schema import HEADER_ROW, Column, referenced
from planner.template.content import Content

_SHEET = "Lists"
_ROOM = 400
"""rows below a header, beyond those written, in which names are looked for"""
_MOST_NAMES = 60
"""different names offered in one drop-down"""
_MOST_SERIES = 60


class Lists:
    """The hidden sheet behind the drop-downs; each list has a defined name that covers its filled part."""

    def __init__(self, book: Any, content: Content) -> None:
        self._book, self._content = book, content
        self._page = book.add_worksheet(_SHEET)
        self._page.hide()
        self._sources: dict[str, str] = {}

    def add(self, page: Any, where: tuple[int, int, int, int], column: Column) -> None:
        """Give cells the drop-down or the limits of their column. Names not in a list may be typed: a warning."""
        if column.kind == "yes_no":
            page.data_validation(*where, {"validate": "list", "source": ["yes", "no"]})
        elif column.references:
            rule = {"validate": "list", "source": self._names(column), "error_type": "warning"}
            text = f"No row of {' or '.join(s.name for s, _ in referenced(column))} has this name yet."
            page.data_validation(*where, {**rule, "error_title": column.name, "error_message": text})
        elif column.choices:
            page.data_validation(*where, {"validate": "list", "source": self._fixed(column)})
        elif column.kind == "series":
            page.data_validation(*where, {"validate": "list", "source": self._series(), "error_type": "information"})
        elif column.numeric:
            _limit_number(page, where, column)

    def _fixed(self, column: Column) -> str:
        name = "list_" + "_".join(str(c) for c in column.choices)
        name = "".join(c if c.isalnum() else "_" for c in name)
        if name not in self._sources:
            at = len(self._sources)
            for row, value in enumerate(column.choices):
                self._write(row, at, value)
            self._sources[name] = f"={_SHEET}!{xl_range_abs(0, at, len(column.choices) - 1, at)}"
        return self._sources[name]

    def _write(self, row: int, at: int, value: Any) -> None:
        if isinstance(value, str):
            self._page.write_string(row, at, value)
        else:
            self._page.write_number(row, at, value)

    def _series(self) -> str:
        """Headers of sheet Hourly, without its first column."""
        name = "list_series"
        if name not in self._sources:
            first = f"Hourly!{xl_rowcol_to_cell(HEADER_ROW - 1, 1, True, True)}"
            row = f"Hourly!{xl_range_abs(HEADER_ROW - 1, 1, HEADER_ROW - 1, _MOST_SERIES)}"
            self._define(name, f"OFFSET({first},0,0,1,MAX(1,COUNTA({row})))")
        return self._sources[name]

    def _names(self, column: Column) -> str:
        """Every different name in a column of another table, after the column's own choices."""
        target, key = referenced(column)[0]
        name = f"list_{target.name}_{key.name}" + "".join(f"_{c}" for c in column.choices)
        if name not in self._sources:
            at = target.columns.index(key)
            rows = self._content.rows.get(target.name, [])
            keys = f"{target.name}!{xl_range_abs(HEADER_ROW, at, HEADER_ROW + len(rows) + _ROOM, at)}"
            known = list(dict.fromkeys(str(row[key.name]) for row in rows if row.get(key.name)))
            self._define(name, self._distinct(keys, column.choices, known))
        return self._sources[name]

    def _distinct(self, keys: str, choices: tuple[Any, ...], known: list[str]) -> str:
        """The filled part of a column of formulas: the choices, then each name of `keys` once."""
        at = len(self._sources)
        self._page.write_string(0, at, "-")  # what the first formula looks back on
        for row, value in enumerate(choices, start=1):
            self._write(row, at, value)
        for number in range(_MOST_NAMES):
            row = 1 + len(choices) + number
            above = f"{xl_rowcol_to_cell(0, at, True, True)}:{xl_rowcol_to_cell(row - 1, at, False, True)}"
            formula = f'=IFERROR(INDEX({keys},MATCH(1,({keys}<>"")*ISNA(MATCH({keys},{above},0)),0)),"")'
            value = known[number] if number < len(known) else ""
            self._page.write_array_formula(row, at, row, at, f"{{{formula}}}", None, value)
        filled = f"{_SHEET}!{xl_range_abs(1, at, len(choices) + _MOST_NAMES, at)}"
        first = f"{_SHEET}!{xl_rowcol_to_cell(1, at, True, True)}"
        return f'OFFSET({first},0,0,MAX(1,SUMPRODUCT(--({filled}<>""))),1)'

    def _define(self, name: str, formula: str) -> None:
        self._book.define_name(name, f"={formula}")
        self._sources[name] = f"={name}"


def _limit_number(page: Any, where: tuple[int, int, int, int], c: Column) -> None:
    """Refuse what the reader would refuse."""
    low = c.minimum if c.minimum is not None else c.above
    if low is None and c.maximum is None:
        return
    rule: dict[str, Any] = {"validate": "integer" if c.kind == "integer" else "decimal"}
    if low is not None and c.maximum is not None and c.minimum is not None:
        rule |= {"criteria": "between", "minimum": low, "maximum": c.maximum}
        words = f"from {low:g} to {c.maximum:g}"
    elif low is not None:
        rule |= {"criteria": ">=" if c.minimum is not None else ">", "value": low}
        words = f"of at least {low:g}" if c.minimum is not None else f"greater than {low:g}"
    else:
        rule |= {"criteria": "<=", "value": c.maximum}
        words = f"of at most {c.maximum:g}"
    unit = f" [{c.unit}]" if c.unit else ""
    kind = "whole number" if c.kind == "integer" else "number"
    page.data_validation(*where, {**rule, "error_title": c.name, "error_message": f"A {kind} {words}{unit}."})
