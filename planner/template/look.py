"""Colours and formats of the workbooks that are filled in."""

from __future__ import annotations

from typing import Any

from planner.schema import Column

INK = "#1F2A37"
QUIET = "#5B6B7B"
LINE = "#D5DCE3"
HEADER = "#1F4E5F"
REQUIRED = "#FFE08A"
OPTIONAL = "#FFF9E3"
"""lighter than REQUIRED and with a dotted border, so that the two differ in print, too"""
ASSUMED = "#B45309"
SHADE = "#F4F7F9"
_REQUIRED = {"bg_color": REQUIRED, "border": 1, "border_color": "#C99A1B"}
_OPTIONAL = {"bg_color": OPTIONAL, "border": 4, "border_color": "#C99A1B"}


class Look:
    """The formats of one workbook, made once."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "vcenter"}
        self._book, self._base = book, base
        self._cells: dict[tuple[str, str, bool], Any] = {}
        small = {"font_size": 9, "font_color": QUIET, "text_wrap": True}
        self.title = book.add_format({**base, "font_size": 18, "bold": True, "font_color": HEADER})
        self.purpose = book.add_format({**base, "font_color": QUIET})
        left, right = {"align": "left", "indent": 1}, {"align": "right", "indent": 1}
        self.meaning = book.add_format({**base, **small, **left, "valign": "bottom"})
        self.meaning_right = book.add_format({**base, **small, **right, "valign": "bottom"})
        unit = {"font_size": 9, "font_color": QUIET, "italic": True}
        self.unit = book.add_format({**base, **unit, **left})
        self.unit_right = book.add_format({**base, **unit, **right})
        self.link = book.add_format({**base, "font_color": HEADER, "underline": 1, "valign": "top"})
        self.header_right = book.add_format(
            {**base, "bold": True, "font_color": "#FFFFFF", "bg_color": HEADER, **right}
        )
        self.header = book.add_format({**base, "bold": True, "font_color": "#FFFFFF", "bg_color": HEADER, **left})
        bordered = {"bottom": 1, "bottom_color": LINE}
        self.key = book.add_format({**base, **bordered, "bold": True, "indent": 1})
        self.unit_cell = book.add_format({**base, **bordered, "font_color": QUIET, "italic": True, "indent": 1})
        self.meaning_cell = book.add_format({**base, **bordered, "text_wrap": True, "indent": 1})
        self.source = book.add_format({**base, **bordered, **small, "indent": 1})
        number = "[>=1E+12]0.00E+00;[>=1000]#,##0;0.####"
        self._figures = {
            assumed: book.add_format(
                {
                    **base,
                    **bordered,
                    **right,
                    "num_format": number,
                    **({"italic": True, "font_color": ASSUMED} if assumed else {}),
                }
            )
            for assumed in (False, True)
        }
        self.hour = book.add_format({**base, "font_color": QUIET, "num_format": "0"})
        self.series = book.add_format({**base, "num_format": "0.0###"})
        self.heading = book.add_format({**base, "font_size": 13, "bold": True, "font_color": HEADER})
        self.text = book.add_format({**base, "text_wrap": True, "valign": "top"})
        self.words = book.add_format({**base, "text_wrap": True, "valign": "top", "align": "left", "indent": 1})
        self.step = book.add_format({**base, "bold": True, "align": "center", "valign": "top", "font_color": HEADER})
        self.legend = {
            "required": book.add_format({**base, **_REQUIRED, "indent": 1}),
            "optional": book.add_format({**base, **_OPTIONAL, "indent": 1}),
            "assumed": book.add_format({**base, "italic": True, "font_color": ASSUMED, **bordered, "indent": 1}),
            "plain": book.add_format({**base, **bordered, "indent": 1}),
        }

    def figure(self, assumed: bool) -> Any:
        """Format of a figure of the sheet Arithmetic; assumptions look as they do elsewhere."""
        return self._figures[assumed]

    def cell(self, column: Column, state: str, *, left: bool = False) -> Any:
        """Format of a cell: state is required, optional, assumed, source or plain."""
        number = "#,##0" if column.kind == "integer" else "@"
        if column.kind == "number":
            number = "[>=1000]#,##0;[<=-1000]-#,##0;General"
        elif column.kind in ("date", "date_time"):
            number = "yyyy-mm-dd" if column.kind == "date" else "yyyy-mm-dd hh:mm"
        key = (state, number, left or not column.numeric)
        if key not in self._cells:
            style: dict[str, Any] = {**self._base, "num_format": number, "bottom": 1, "bottom_color": LINE}
            if left or not column.numeric:
                style |= {"align": "left", "indent": 1}
            else:
                style |= {"align": "right", "indent": 1}
            if state == "required":
                style |= _REQUIRED
            elif state == "optional":
                style |= _OPTIONAL
            elif state == "assumed":
                style |= {"italic": True, "font_color": ASSUMED}
            elif state == "source":
                style |= {"font_color": QUIET, "font_size": 9, "text_wrap": True}
            self._cells[key] = self._book.add_format(style)
        return self._cells[key]
