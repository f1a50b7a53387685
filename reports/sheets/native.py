"""Charts that Excel draws from the cells beside them: one look, titles and axes with units, text for screen readers."""

from __future__ import annotations

from typing import Any

from reports.sheets.layout import FONT, INK, MUTED, RULE, Page

BLUE = "#0072B2"
COLOURS = {
    "IT": BLUE,
    "Cooling": "#56B4E9",
    "Electrical chain": "#E69F00",
    "House and other load": "#8A8F94",
    "Battery, net": "#009E73",
    "Battery charging": "#009E73",
    "Export": "#CC79A7",
}
"""Colours of uses of power: told apart by colour-blind readers, and the same as in the report page."""
SMALL = {"name": FONT["font_name"], "size": 9, "color": MUTED}
_GRID = {"visible": True, "line": {"color": "#E3E8EB", "width": 0.5}}


def chart(
    page: Page,
    kind: str,
    subtype: str,
    title: str,
    unit: str,
    x_name: str = "",
    number: str = "#,##0",
    least: float | None = None,
) -> Any:
    """An empty chart in the house style; `unit`, `number` and `least` are those of the values (without `least` Excel
    chooses where they begin). Bars run from the left, the first category on top."""
    made = page.book.workbook.add_chart({"type": kind, "subtype": subtype} if subtype else {"type": kind})
    made.set_title(
        {"name": title, "name_font": {"name": FONT["font_name"], "size": 11, "color": INK}, "overlay": False}
    )
    plain = {"num_font": SMALL, "line": {"color": RULE}, "label_position": "low", "major_tick_mark": "none"}
    named = {"name_font": {**SMALL, "bold": False}}
    names = {**plain, **named, "name": x_name} if x_name else plain
    values: dict[str, Any] = {**named, "name": unit, "num_font": SMALL, "num_format": number}
    values |= {"line": {"none": True}, "major_gridlines": _GRID}
    if least is not None:
        values["min"] = least
    if kind == "bar":
        made.set_x_axis({**values, "label_position": "high"})
        made.set_y_axis({**names, "reverse": True, "num_font": {**SMALL, "color": INK}})
    else:
        made.set_x_axis(names)
        made.set_y_axis(values)
    made.set_legend({"position": "bottom", "font": SMALL})
    made.set_chartarea({"border": {"none": True}})
    return made


def series(
    made: Any, page: Page, name: tuple[int, int], first: int, last: int, columns: tuple[int, int], **look: Any
) -> None:
    """Add the cells of a column with the categories of another; `name` is the cell that names them, so that a text of
    the case never becomes a formula."""
    names, values = columns
    made.add_series(
        {
            "name": [page.name, *name],
            "categories": [page.name, first, names, last, names],
            "values": [page.name, first, values, last, values],
            **look,
        }
    )


def place(page: Page, made: Any, row: int, column: int, size: tuple[int, int], words: str, offset: int = 0) -> None:
    """Put a chart on the sheet; `words` say what it shows to those who cannot see it."""
    made.set_size({"width": size[0], "height": size[1]})
    page.sheet.insert_chart(row, column, made, {"description": words, "x_offset": offset, "y_offset": 6})


def labelled_bars(page: Page, title: str, cells: tuple[int, int], number: str) -> Any:
    """Bars of column B by the names in column A, rows `cells`, each with its value: no axis, no legend needed."""
    made = chart(page, "bar", "", title, "")
    label = {"value": True, "num_format": number, "font": {**SMALL, "color": INK}}
    first, last = cells
    series(made, page, (first - 1, 1), first, last, (0, 1), fill={"color": BLUE}, gap=45, data_labels=label)
    made.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    made.set_legend({"none": True})
    return made
