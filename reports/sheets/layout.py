"""The house style of workbooks: formats, columns, tables, page set-up. Text is always written as text, never parsed."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from os import PathLike
from typing import NamedTuple

from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

INK, ACCENT, RULE, BAND, AMBER, MUTED = "#1B2733", "#1F4E6B", "#B8C4CC", "#EEF2F4", "#FFF1D6", "#5B6B77"
INPUT = "#1A4FC4"
"""Figures a reader may change, in the blue that financial models use for them; formulas stay black."""
FONT = {"font_name": "Arial", "font_size": 10, "font_color": INK, "valign": "top"}
_HEAD = {"bold": True, "text_wrap": True, "bg_color": BAND, "bottom": 1, "bottom_color": RULE, "valign": "vcenter"}
STYLES: dict[str, dict[str, object]] = {
    "text": {},
    "text_in": {"align": "left", "indent": 1},
    "wrap": {"text_wrap": True},
    "wrap_in": {"text_wrap": True, "align": "left", "indent": 1},
    "link": {"font_color": ACCENT, "underline": 1},
    "muted": {"font_color": MUTED},
    "muted_in": {"font_color": MUTED, "align": "left", "indent": 1},
    "title": {"font_size": 18, "bold": True, "font_color": ACCENT},
    "subtitle": {"font_color": MUTED, "font_size": 10, "italic": True},
    "lead": {"font_size": 12, "text_wrap": True},
    "heading": {
        "valign": "vcenter",
        "font_size": 12,
        "bold": True,
        "font_color": ACCENT,
        "bottom": 1,
        "bottom_color": ACCENT,
    },
    "head": _HEAD,
    "head_in": {**_HEAD, "align": "left", "indent": 1},
    "head_right": {**_HEAD, "align": "right"},
    "figure": {"bold": True, "align": "right"},
    "int": {"num_format": "#,##0"},
    "one": {"num_format": "#,##0.0"},
    "one_or_dash": {"num_format": '#,##0.0;-#,##0.0;"–"'},
    "two": {"num_format": "#,##0.00"},
    "three": {"num_format": "#,##0.000"},
    "four": {"num_format": '[>=0.00005]#,##0.0000;[<=-0.00005]-#,##0.0000;"–"'},
    "small": {"num_format": "0.0000##"},
    "tiny": {"num_format": "0.00E+00"},
    "flow": {"num_format": "[>=0.05]#,##0.0;[<=-0.05]-#,##0.0;0.0"},
    "flow_pu": {"num_format": '[>=0.00005]0.0000;[<=-0.00005]-0.0000;"–"'},
    "price": {"num_format": "[>=100]#,##0.00;[<=-100]-#,##0.00;0.00####"},
    "given": {"num_format": "[>=1000]#,##0;[<=-1000]-#,##0;General", "align": "left", "text_wrap": True},
    "plain_int": {"num_format": "0"},
    "percent": {"num_format": "0.0%"},
    "share": {"num_format": '[>=0.0005]0.0%;[<=-0.0005]-0.0%;"–"'},
    "percent3": {"num_format": "0.000%"},
    "dash": {"font_color": MUTED, "align": "right"},
}
_VARIANTS: dict[str, dict[str, object]] = {
    "": {},
    "total": {"bold": True, "top": 1, "top_color": INK},
    "amber": {"bg_color": AMBER},
    "bold": {"bold": True},
    "input": {"font_color": INPUT},
}
_PAGE_WIDTH = 240.0
"""Characters across a landscape page of A4 that are still read: type of about six points."""
Value = str | float | int | None
CREATED = datetime(2000, 1, 1)
"""A fixed date of creation, so that equal answers give equal bytes."""


class Column(NamedTuple):
    """A column of a table: heading, style of its cells, width in characters."""

    heading: str
    style: str = "text"
    width: float = 12


class Formula(NamedTuple):
    """One of our own formulas with the value it must give."""

    text: str
    value: float | str


class Book:
    """A workbook with cached formats; its bytes depend on nothing but what is written."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.contents: tuple[Worksheet, int] | None = None
        """where the list of sheets goes: a sheet and its first row"""
        self.stage: tuple[int, str] | None = None
        """number and name of the stage whose sheets are being written; None: sheets of the whole plan"""
        self._formats: dict[tuple[str, str], Format] = {}

    def style(self, name: str, variant: str = "") -> Format:
        """The format of a style, in a variant (total, amber, bold, input)."""
        key = (name, variant)
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format({**FONT, **STYLES[name], **_VARIANTS[variant]})
        return self._formats[key]


@contextmanager
def new_book(path: str | PathLike[str], title: str) -> Iterator[Book]:
    """A workbook that stands at `path` when the block ends. Texts of the case stay text: none becomes a formula, a
    link or a number. Raises OSError if the file cannot be written."""
    workbook = Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    workbook.set_properties({"title": title, "created": CREATED})
    yield Book(workbook)
    try:
        workbook.close()
    except FileCreateError as error:
        cause = error.args[0]  # the system's own error: a full disk is told as one
        raise OSError(cause.errno, cause.strerror, str(path)) from error


class Page:
    """One worksheet, written from the top down at `row`."""

    def __init__(self, book: Book, name: str, title: str, note: str, columns: Sequence[Column]) -> None:
        self.book, self.columns, self.row = book, columns, 0
        if book.stage is not None:
            name, title = sheet_name(name, book.stage[0]), f"{title}: {book.stage[1]}"
        self.name = name
        self.sheet: Worksheet = book.workbook.add_worksheet(name)
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer("&L&8&A&R&8&P / &N")
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width, book.style("text"))
        self.text(0, title, "title")
        sheet.set_row(0, 26)
        self.row += 1
        if note:
            self.text(0, note, "subtitle")
            self.row += 1
        self.row += 1

    def cell(self, row: int, column: int, value: Value | Formula, style: str = "text", variant: str = "") -> None:
        """Write one value: text as text, numbers as numbers, a dash for what is missing. The style `sized` shows each
        number with the decimals that its size needs."""
        if style == "sized":
            number = value.value if isinstance(value, Formula) else value
            style = style_for(number) if isinstance(number, (int, float)) else "text"
        if isinstance(value, Formula):
            self.sheet.write_formula(row, column, value.text, self.book.style(style, variant), value.value)
        elif isinstance(value, str):
            if column and f"{style}_in" in STYLES:  # keeps text clear of the right-aligned number before it
                style = f"{style}_in"
            self.sheet.write_string(row, column, value, self.book.style(style, variant))
        elif value is None or value != value or value in (float("inf"), float("-inf")):
            self.sheet.write_string(row, column, "–", self.book.style("dash", variant))
        else:
            self.sheet.write_number(row, column, float(value), self.book.style(style, variant))

    def text(self, column: int, value: str, style: str = "text") -> None:
        """Text in the current row."""
        self.sheet.write_string(self.row, column, value, self.book.style(style))

    def heading(self, text: str) -> None:
        """A ruled section heading across the page, after a free line."""
        self.row += 1
        for column in range(len(self.columns)):
            self.sheet.write_blank(self.row, column, None, self.book.style("heading"))
        self.text(0, text, "heading")
        self.sheet.set_row(self.row, 19)
        self.row += 1

    def paragraph(self, text: str, style: str = "wrap", per_line: int = 0) -> None:
        """Wrapped text across all columns, in a row as high as it needs."""
        width = per_line or int(sum(c.width for c in self.columns) * (0.85 if style == "lead" else 1.05))
        lines = -(-len(text) // max(1, width))
        last = len(self.columns) - 1
        if last:
            self.sheet.merge_range(self.row, 0, self.row, last, "", self.book.style(style))
        self.text(0, text, style)
        self.sheet.set_row(self.row, (17 if style == "lead" else 14) * lines + 2)
        self.row += 1

    def header(self, columns: Sequence[Column] | None = None) -> int:
        """The header row of a table, as high as its headings need; returns its row."""
        used = list(columns or self.columns)
        used += [Column("")] * (len(self.columns) - len(used))
        for index, column in enumerate(used):
            is_text = column.style in ("text", "wrap", "muted")
            self.cell(self.row, index, column.heading, "head" if is_text else "head_right")
        widths = (column.width for column in self.columns)
        lines = max(lines_of(c.heading, 0.85 * width) for c, width in zip(used, widths, strict=True))  # bold is wide
        self.sheet.set_row(self.row, 14 * lines + 4)
        self.row += 1
        return self.row - 1

    def rows(
        self, rows: Iterable[Sequence[Value | Formula]], columns: Sequence[Column] | None = None, variant: str = ""
    ) -> None:
        """Rows of a table in the columns' styles."""
        for row in rows:
            lines = 1
            for index, (value, column) in enumerate(zip(row, columns or self.columns, strict=False)):
                self.cell(self.row, index, value, column.style, variant)
                if column.style == "wrap" and isinstance(value, str):
                    lines = max(lines, lines_of(value, self.columns[index].width))
            if lines > 1:  # not every program grows rows by itself
                self.sheet.set_row(self.row, 13.0 * lines + 2)
            self.row += 1

    def table(self, rows: Sequence[Sequence[Value | Formula]], columns: Sequence[Column] | None = None) -> None:
        """A header and its rows; a sentence where there are none."""
        self.header(columns)
        self.rows(rows, columns)
        if not rows:
            self.text(0, "none", "muted")
            self.row += 1

    def repeat(self, header_row: int, freeze_columns: int = 0) -> None:
        """Freeze the page below a header row and print that row on every page. A sheet too wide to read on one page is
        printed over several, the frozen columns on each."""
        self.sheet.freeze_panes(header_row + 1, freeze_columns)
        self.sheet.repeat_rows(header_row)
        widths = [column.width for column in self.columns]
        frozen = sum(widths[:freeze_columns])
        across = math.ceil((sum(widths) - frozen) / max(_PAGE_WIDTH - frozen, 0.5 * _PAGE_WIDTH))
        if freeze_columns and across > 1:
            self.sheet.repeat_columns(0, freeze_columns - 1)
            self.sheet.fit_to_pages(across, 0)


def sheet_name(name: str, stage: int) -> str:
    """The name of a sheet of a stage; 0: of a plan of one stage."""
    return f"{name} {stage}" if stage else name


def on_sheet(name: str, cells: str) -> str:
    """Cells of another sheet, as formulas name them: `Operation!B7`, `'Operation 2'!B7`."""
    return f"'{name}'!{cells}" if " " in name else f"{name}!{cells}"


def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a column, rather one too many than cut."""
    return sum(len(textwrap.wrap(line, max(4, int(width * 1.15)))) or 1 for line in text.split("\n"))


def width_of(values: Iterable[float], digits: int, least: float) -> float:
    """Width of a column that shows every value with `digits` decimals, bold too, whatever the currency."""
    longest = max((len(f"{value:,.{digits}f}") for value in values if value == value), default=0)
    return max(least, 1.15 * longest + 2)


def style_for(value: float | None) -> str:
    """The style that shows a number of any size with about four figures."""
    if value is None or not math.isfinite(value) or value == int(value) or abs(value) >= 1000:
        return "int"
    for least, style in ((100, "one"), (0.1, "three"), (1e-3, "small")):
        if abs(value) >= least:
            return style
    return "tiny"


def address(row: int, column: int, absolute: bool = False) -> str:
    """`B7`, or `$B$7`."""
    return str(xl_rowcol_to_cell(row, column, row_abs=absolute, col_abs=absolute))


def span(first_row: int, last_row: int, column: int) -> str:
    """`B7:B12` of one column."""
    name = xl_col_to_name(column)
    return f"{name}{first_row + 1}:{name}{last_row + 1}"
