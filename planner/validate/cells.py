"""One cell against its column: type, range, choice; and the only place where users' units become the Case's."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from planner.errors import Finding
from planner.schema import Column, Sheet
from planner.workbook.grid import Cell

LARGEST = 1e13
"""size of the largest figure that is read; beyond it, what the solver computes no longer adds up"""
SMALLEST = 1e-9
"""size of the smallest figure but zero that is read from a cell; in a series, smaller ones are as good as zero"""
YEARS = 1900, 2200
"""first and last year of a date"""
LONGEST = 2000
"""characters of the longest text that is read"""
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""control characters and those that turn the direction of writing: a terminal or a reader would obey them"""
Standing = Literal["given", "default", "no limit", "blank", "bad"]


@dataclass(frozen=True)
class Value:
    """A cell that was judged."""

    column: Column
    cell: str
    standing: Standing
    value: Any = None
    """in the Case's units"""
    shown: str = ""
    """as the user sees it, in the user's unit"""

    @property
    def ok(self) -> bool:
        """Whether the value may be used."""
        return self.standing != "bad"

    @property
    def given(self) -> bool:
        """Whether the user wrote something."""
        return self.standing == "given"


class Refused(Exception):
    """A cell's content does not fit its column; carries the hint."""

    def __init__(self, expected: str, hint: str = "") -> None:
        super().__init__(expected)
        self.expected, self.hint = expected, hint


def finding(sheet: Sheet, column: Column, cell: str, found: str, expected: str = "", message: str = "") -> Finding:
    """A finding about one cell by itself, with the column's example."""
    return Finding(cell, sheet.table, column.name, found, expected, str(column.example), message)


def judge(sheet: Sheet, column: Column, cell: Cell, report: Callable[[Finding], None]) -> Value:
    """The value of a cell that applies; what is wrong with it goes to `report`."""
    if cell.problem == "percent" and column.unit.startswith("%"):
        shows, message = f"{100 * cell.value:.12g}%", "set the cell's format to Number and type the figure again"
        found = f"a cell of percent format that shows {shows} and so holds {cell.value:.12g}"
        report(finding(sheet, column, cell.address, found, _expected(column), message))
        return Value(column, cell.address, "bad")
    if cell.problem and cell.problem != "percent":
        if cell.problem == "error":
            report(
                finding(
                    sheet, column, cell.address, f"the error {cell.value or 'value of a formula'}", _expected(column)
                )
            )
        elif cell.problem == "uncalculated":
            message = "open the workbook in Excel or LibreOffice and save it"
            report(
                finding(sheet, column, cell.address, "a formula that was never calculated", _expected(column), message)
            )
        return Value(column, cell.address, "bad")
    if cell.value is None:
        return _blank(sheet, column, cell, report)
    try:
        value = _PARSERS[column.kind](column, cell.value)
    except Refused as refused:
        found = f"text {shown(cell.value)}" if isinstance(cell.value, str) and column.numeric else shown(cell.value)
        report(finding(sheet, column, cell.address, found, refused.expected, refused.hint))
        return Value(column, cell.address, "bad")
    return Value(column, cell.address, "given", value, shown(cell.value))


def _blank(sheet: Sheet, column: Column, cell: Cell, report: Callable[[Finding], None]) -> Value:
    if column.required:
        report(finding(sheet, column, cell.address, "a blank cell", _expected(column)))
        return Value(column, cell.address, "bad")
    if column.default is not None:
        return Value(
            column, cell.address, "default", _PARSERS[column.kind](column, column.default), str(column.default)
        )
    return Value(column, cell.address, "no limit" if column.no_limit else "blank", None, "no limit")


def shown(value: Any) -> str:
    """A cell's content in words, cut where it is very long."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
    words = repr(value) if isinstance(value, str) else str(value)
    return words if len(words) <= LONGEST + 2 else f"{words[:60]}... ({len(words):,} characters)"


def bounds(column: Column) -> str:
    """The allowed range in words; empty if there is none."""
    low = f"above {column.above:g}" if column.above is not None else ""
    low = f"at least {column.minimum:g}" if column.minimum is not None else low
    high = f"at most {column.maximum:g}" if column.maximum is not None else ""
    return " and ".join(part for part in (low, high) if part)


def _expected(column: Column) -> str:
    if column.choices and not column.references:
        return "one of " + ", ".join(str(c) for c in column.choices)
    words = {
        "number": "a number",
        "integer": "a whole number",
        "yes_no": "yes or no",
        "months": "months",
        "date": "a date",
        "date_time": "a date, or a date and time",
        "series": "the name of a series",
        "reference": f"a name of {' or '.join(r.replace('.', ', column ') for r in column.references)}",
    }
    parts = (words.get(column.kind, "text"), bounds(column), f"[{column.unit}]" if column.unit else "")
    return " ".join(part for part in parts if part)


def _number(column: Column, value: Any) -> float:
    if isinstance(value, str):
        raise Refused(_expected(column), _meant(value))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Refused(_expected(column))
    if abs(value) > LARGEST or 0 < abs(value) < SMALLEST:
        raise Refused(f"{_expected(column)}, 0 or from {SMALLEST:g} to {LARGEST:g} in size")
    number = float(value)
    low = column.minimum if column.minimum is not None else -math.inf
    high = column.maximum if column.maximum is not None else math.inf
    if not low <= number <= high or (column.above is not None and number <= column.above):
        raise Refused(_expected(column))
    return number


def _meant(text: str) -> str:
    """A guess at a number written as text, for the user to confirm: it is never used."""
    plain = re.sub(r"[\s\u00a0\u202f']", "", text)
    if re.fullmatch(r"[+-]?\d+,\d+", plain):
        return f"the cell holds text; did you mean {plain.replace(',', '.')}?"
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        return f"the cell holds text; did you mean {plain.replace(',', '')}?"
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", plain):
        return f"the cell holds text; did you mean {plain}?"
    with_unit = re.fullmatch(r"([+-]?[\d.,]*\d)(%|[A-Za-z°][A-Za-z0-9²³/]*)", plain)
    return _meant(with_unit[1]) if with_unit else ""


def convert(column: Column, value: Any) -> Any:
    """A figure, or a vector of them, in the Case's units. Factors like 1/100 divide, so that 95 % is 0.95 exactly."""
    inverse = round(1 / column.factor)
    if inverse > 1 and math.isclose(inverse * column.factor, 1.0, rel_tol=1e-12):
        return value / inverse
    return value * column.factor


def _converted(column: Column, value: Any) -> float:
    return float(convert(column, _number(column, value)))


def _integer(column: Column, value: Any) -> float | int:
    number = _number(column, value)
    if number != int(number):
        raise Refused(_expected(column))
    if column.choices and int(number) not in column.choices:
        raise Refused(_expected(column))
    return int(number) if column.factor == 1.0 else float(convert(column, number))


def _text(column: Column, value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Refused("text")
    text = str(value)
    if len(text) > LONGEST:
        raise Refused(f"text of at most {LONGEST:,} characters")
    if _UNSEEN.search(text):
        raise Refused("text without control characters", "type the cell again")
    return text


def _yes_no(column: Column, value: Any) -> bool:
    words = {"yes": True, "no": False, "true": True, "false": False}
    found = value if isinstance(value, bool) else words.get(str(value).lower())
    if found is None:
        raise Refused("yes or no")
    return found


def _choice(column: Column, value: Any) -> str:
    for choice in column.choices:
        if str(value).lower() == str(choice).lower():
            return str(choice)
    raise Refused(_expected(column))


def _day(column: Column, value: Any) -> dt.datetime:
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            raise Refused(_expected(column)) from None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)
    if not isinstance(value, dt.datetime):
        raise Refused(_expected(column))
    if not YEARS[0] <= value.year <= YEARS[1]:
        raise Refused(f"a date from {YEARS[0]} to {YEARS[1]}")
    if column.kind == "date" and (value.hour, value.minute, value.second) != (0, 0, 0):
        raise Refused("a date without a time of day")
    return value.replace(tzinfo=None)


def _months(column: Column, value: Any) -> tuple[int, ...]:
    """Months 0-11, as the text names them."""
    if isinstance(value, (dt.date, dt.datetime)):
        raise Refused(
            "months", "the spreadsheet turned the text into a date; format the cell as text and type it again"
        )
    text = _text(column, value).lower().replace(" ", "")
    if text == "all":
        return tuple(range(12))
    months: list[int] = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not (1 <= first <= 12 and 1 <= last <= 12):
            raise Refused("months: all, 6-8, 11-2 or 3,4,5")
        months += [(first - 1 + k) % 12 for k in range((last - first) % 12 + 1)]
    if len(set(months)) != len(months):
        raise Refused("each month once")
    return tuple(sorted(months))


_PARSERS: dict[str, Callable[[Column, Any], Any]] = {
    "number": _converted,
    "integer": _integer,
    "text": _text,
    "reference": _text,
    "series": _text,
    "yes_no": _yes_no,
    "choice": _choice,
    "date": _day,
    "date_time": _day,
    "months": _months,
}
