"""The operating year: Monthly and Load duration with native charts, and Operation with every step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.design import Answer
from models.fields import Series
from reports import series
from reports.sheets.layout import FONT, INK, MUTED, RULE, Book, Column, Formula, Page, span

COLOURS = {
    "IT": "#0072B2",
    "Cooling": "#56B4E9",
    "Electrical chain": "#E69F00",
    "House and other load": "#8A8F94",
    "Battery, net": "#009E73",
}
_MONTHLY = (
    ("import_mwh", "Import, MWh", "one", True),
    ("peak_mw", "Peak interval import, MW", "three", False),
    ("pue", "PUE", "three", False),
    ("carbon_t", "Carbon, t", "one", True),
    ("water_m3", "Water, m³", "one", True),
    ("energy_kcur", "Energy, thousand {}", "one", True),
    ("demand_kcur", "Demand, thousand {}", "one", True),
)


def write_monthly(book: Book, answer: Answer) -> None:
    """Write the sheet Monthly: bills and use by month, and two charts."""
    monthly, uses = answer.accounts.monthly, series.uses_mw(answer)
    idle = not any(monthly.get("it_mwh", ()))
    keys = [entry for entry in _MONTHLY if entry[0] in monthly and not (idle and entry[0] == "pue")]
    columns = [Column("Month", "text", 12)]
    columns += [Column(title.format(answer.case.currency), style, 13) for _, title, style, _ in keys]
    columns += [Column(f"{name}, MWh", "one", 15) for name in uses]
    page = Page(
        book, "Monthly", "The year by month", "Where the energy goes, what is paid for it, and the peaks", columns
    )
    header = page.header(height=44)
    page.repeat(header, 1)
    first = page.row
    sums = [series.monthly_mwh(answer, vector) for vector in uses.values()]
    for index, month in enumerate(answer.case.calendar.months):
        values = [monthly[key][index] for key, *_ in keys]
        page.rows([[series.MONTHS[month], *values, *(column[index] for column in sums)]])
    _totals(page, first, [(monthly[key], adds) for key, _, _, adds in keys] + [(column, True) for column in sums])
    last = page.row - 2
    page.row += 1
    _monthly_charts(page, first, last, len(keys) + 1, list(uses), [key for key, *_ in keys])


def _totals(page: Page, first: int, columns: Sequence[tuple[Sequence[float], bool]]) -> None:
    last, cells = page.row - 1, []
    for index, (values, adds) in enumerate(columns, 1):
        cells.append(Formula(f"=SUM({span(first, last, index)})", sum(values)) if adds else "")
    page.rows([["Year", *cells]], None, "total")


def _chart(page: Page, kind: dict[str, str], title: str, unit: str, width: int = 560) -> Any:
    chart = page.book.workbook.add_chart(kind)
    font = {"name": FONT["font_name"], "size": 9, "color": MUTED}
    chart.set_title(
        {"name": title, "name_font": {"name": FONT["font_name"], "size": 11, "color": INK}, "overlay": False}
    )
    chart.set_x_axis({"num_font": font, "line": {"color": RULE}, "label_position": "low"})
    grid = {"visible": True, "line": {"color": "#E3E8EB", "width": 0.5}}
    chart.set_y_axis(
        {
            "name": unit,
            "name_font": {**font, "bold": False},
            "num_font": font,
            "line": {"none": True},
            "major_gridlines": grid,
            "min": 0,
        }
    )
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": width, "height": 320})
    return chart


def _monthly_charts(page: Page, first: int, last: int, start: int, uses: list[str], keys: list[str]) -> None:
    sheet = page.sheet
    months = ["Monthly", first, 0, last, 0]
    stack = _chart(page, {"type": "column", "subtype": "stacked"}, "Energy by use", "MWh")
    for offset, name in enumerate(uses):
        column = start + offset
        stack.add_series(
            {
                "name": name,
                "categories": months,
                "values": ["Monthly", first, column, last, column],
                "fill": {"color": COLOURS[name]},
                "gap": 45,
            }
        )
    sheet.insert_chart(page.row, 0, stack, {"description": "Stacked columns: energy by use in each month, MWh"})
    if "peak_mw" in keys:
        column = 1 + keys.index("peak_mw")
        peak = _chart(page, {"type": "column"}, "Peak import", "MW")
        peak.add_series(
            {
                "name": "Peak import",
                "categories": months,
                "values": ["Monthly", first, column, last, column],
                "fill": {"color": "#1F4E6B"},
                "gap": 60,
            }
        )
        peak.set_legend({"none": True})
        sheet.insert_chart(page.row, 6, peak, {"description": "Columns: peak import of each month, MW", "x_offset": 20})


def write_load_duration(book: Book, answer: Answer) -> None:
    """Write the sheet Load duration: sorted import at every hundredth of the year, with its chart."""
    columns = (Column("Share of the year", "percent", 16), Column("Import reached, MW", "three", 20))
    page = Page(book, "Load duration", "Load duration", "Import reached or exceeded in this share of the year", columns)
    page.repeat(page.header())
    first = page.row
    page.rows([(point.share, point.import_mw) for point in series.load_duration(answer)])
    last = page.row - 1
    chart = _chart(page, {"type": "scatter", "subtype": "straight"}, "Load duration of the import", "MW", 680)
    chart.add_series(
        {
            "name": "Import",
            "categories": ["Load duration", first, 0, last, 0],
            "values": ["Load duration", first, 1, last, 1],
            "line": {"color": "#0072B2", "width": 2},
            "marker": {"type": "none"},
        }
    )
    font = {"name": FONT["font_name"], "size": 9, "color": MUTED}
    chart.set_x_axis(
        {
            "min": 0,
            "max": 1,
            "num_format": "0%",
            "num_font": font,
            "line": {"color": RULE},
            "major_gridlines": {"visible": False},
        }
    )
    chart.set_legend({"none": True})
    page.sheet.insert_chart(
        first, 2, chart, {"description": "Line: hourly import sorted from highest to lowest, MW", "x_offset": 24}
    )


def operation_columns(answer: Answer) -> list[tuple[str, Series]]:
    """Every series of the operation with its heading, in the order of the sheet."""
    case, op = answer.case, answer.design.operation
    columns: list[tuple[str, Series]] = [
        ("Import, MW", op.import_mw),
        ("Export, MW", op.export_mw),
        ("On-site supply, MW", op.onsite_mw),
        ("IT, MW", op.it_mw),
        ("Electrical losses, MW", op.chain_loss_mw),
        ("Cooling, MW", op.cooling_mw),
        ("House and other load, MW", series.other_load(answer)),
        ("Water, m³", op.water_m3),
        (f"Import price, thousand {case.currency}/MWh", case.grid.import_price_kcur_per_mwh),
        ("Carbon, t/MWh", case.grid.carbon_t_per_mwh),
        ("Dry bulb, °C", case.site.dry_bulb_c),
    ]
    columns += [(f"Heat to {name}, MW", v) for name, v in op.heat_mw.items()]
    groups = (
        ("charge, MW", op.charge_mw),
        ("discharge, MW", op.discharge_mw),
        ("stored, MWh", op.stored_mwh),
        ("cold charge, MW", op.cold_charge_mw),
        ("cold discharge, MW", op.cold_discharge_mw),
        ("cold stored, MWh", op.cold_stored_mwh),
        ("backlog, million requests", op.backlog_mreq),
    )
    columns += [(f"{name} {what}", v) for what, group in groups for name, v in group.items()]
    columns += [
        (f"{workload}: busy {rack} on {cooling}, racks", v) for (workload, rack, cooling), v in op.busy_racks.items()
    ]
    return columns


def write_operation(book: Book, answer: Answer) -> None:
    """Write the sheet Operation: one row per step, full precision under three decimals."""
    calendar, data = answer.case.calendar, operation_columns(answer)
    columns = (
        Column("Step", "plain_int", 7),
        Column("Starts", "text", 16),
        *(Column(h, "three", 12.5) for h, _ in data),
    )
    note = "Powers are means over a step; stored energy and backlog are at its end; local standard time"
    page = Page(book, "Operation", "Operation in every step", note, columns)
    page.repeat(page.header(height=70), 2)
    sheet, first = page.sheet, page.row
    whole, text, three = (book.style(name) for name in ("plain_int", "text", "three"))
    for step, values in enumerate(np.column_stack([vector for _, vector in data]).tolist()):
        row = first + step
        sheet.write_number(row, 0, step, whole)
        sheet.write_string(row, 1, series.step_label(calendar, step), text)
        for column, value in enumerate(values, 2):
            sheet.write_number(row, column, value, three)
    sheet.autofilter(first - 1, 0, first + calendar.steps - 1, len(columns) - 1)
