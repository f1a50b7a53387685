"""The operating year: Monthly and Load duration with native charts, and Operation with every step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.design import Answer
from models.fields import Series
from reports import series
from reports.sheets import native
from reports.sheets.layout import RULE, Book, Column, Formula, Page, address, on_sheet, sheet_name, span, width_of

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
    columns += [
        Column(title.format(answer.case.currency), style, width_of([sum(monthly[key])], 1, 13))
        for key, title, style, _ in keys
    ]
    columns += [Column(f"{name}, MWh", "one", 15) for name in uses]
    page = Page(
        book, "Monthly", "The year by month", "Where the energy goes, what is paid for it, and the peaks", columns
    )
    header = page.header()
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


def _monthly_charts(page: Page, first: int, last: int, start: int, uses: list[str], keys: list[str]) -> None:
    head = first - 1
    stack = native.chart(page, "column", "stacked", "Energy by use", "MWh")
    for column, name in enumerate(uses, start):
        look = {"fill": {"color": native.COLOURS[name]}, "gap": 45}
        native.series(stack, page, (head, column), first, last, (0, column), **look)
    native.place(page, stack, page.row, 0, (580, 320), "Stacked columns: energy by use in each month, MWh")
    if "peak_mw" in keys:
        column = 1 + keys.index("peak_mw")
        peak = native.chart(page, "column", "", "Peak import", "MW", number="#,##0.0", least=0)
        look = {"fill": {"color": "#1F4E6B"}, "gap": 60}
        native.series(peak, page, (head, column), first, last, (0, column), **look)
        peak.set_legend({"none": True})
        native.place(page, peak, page.row, 6, (580, 320), "Columns: peak import of each month, MW", 20)


def write_load_duration(book: Book, answer: Answer) -> None:
    """Write the sheet Load duration: sorted import at every hundredth of the year, with its chart."""
    columns = (Column("Share of the year", "percent", 16), Column("Import reached, MW", "three", 20))
    page = Page(book, "Load duration", "Load duration", "Import reached or exceeded in this share of the year", columns)
    page.repeat(page.header())
    first = page.row
    page.rows([(point.share, point.import_mw) for point in series.load_duration(answer)])
    last = page.row - 1
    made = native.chart(page, "scatter", "straight", "Load duration of the import", "MW", number="#,##0.0")
    look = {"line": {"color": native.BLUE, "width": 2}, "marker": {"type": "none"}}
    native.series(made, page, (first - 1, 1), first, last, (0, 1), **look)
    plain = {"num_font": native.SMALL, "name_font": {**native.SMALL, "bold": False}, "line": {"color": RULE}}
    made.set_x_axis({**plain, "name": "share of the year", "min": 0, "max": 1, "num_format": "0%"})
    made.set_legend({"none": True})
    native.place(page, made, first, 2, (760, 400), "Line: import sorted from highest to lowest, MW", 24)


FIRST_STEP = 4
"""row of the first step on the sheet Operation"""


def operation_cells(answer: Answer, stage: int = 0) -> dict[str, str]:
    """The cells of the series that bills are made of, by what they hold."""
    case, at = answer.case, [heading for heading, _ in operation_columns(answer)]
    wanted = {
        "import": "Import, MW",
        "export": "Export, MW",
        "water": "Water, m³",
        "import price": _price("Import", case.currency),
        "export price": _price("Export", case.currency),
        "carbon": "Carbon, t/MWh",
        **{f"heat sold to {u} from {c}": _sold(u, c) for u, c in answer.design.operation.reused_mw},
        **{f"taken of {name}": f"{name} taken, MW" for name in answer.design.operation.purchased_mw},
        **{f"discharge of {name}": f"{name} discharge, MW" for name in answer.design.operation.discharge_mw},
    }
    last = FIRST_STEP + case.calendar.steps - 1
    ranges = {}
    for what, heading in wanted.items():
        if heading in at:
            top, end = (address(row, 2 + at.index(heading), True) for row in (FIRST_STEP, last))
            ranges[what] = on_sheet(sheet_name("Operation", stage), f"{top}:{end}")
    return ranges


def _sold(user: str, cooling: str) -> str:
    return f"Heat sold to {user} from {cooling}, MW"


def _price(what: str, currency: str) -> str:
    return f"{what} price, thousand {currency}/MWh"


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
        (_price("Import", case.currency), case.grid.import_price_kcur_per_mwh),
        ("Carbon, t/MWh", case.grid.carbon_t_per_mwh),
        ("Dry bulb, °C", case.site.dry_bulb_c),
    ]
    if case.grid.export_price_kcur_per_mwh is not None:
        columns.append((_price("Export", case.currency), case.grid.export_price_kcur_per_mwh))
    columns += [(f"Heat to {name}, MW", v) for name, v in op.heat_mw.items()]
    columns += [(_sold(user, name), v) for (user, name), v in op.reused_mw.items()]
    groups = (
        ("charge, MW", op.charge_mw),
        ("discharge, MW", op.discharge_mw),
        ("stored, MWh", op.stored_mwh),
        ("swings evened out, MW", op.smoothed_mw),
        ("cold charge, MW", op.cold_charge_mw),
        ("cold discharge, MW", op.cold_discharge_mw),
        ("cold stored, MWh", op.cold_stored_mwh),
        ("backlog, million requests", op.backlog_mreq),
        ("generation, MW", op.generated_mw),
        ("units running", op.running_units),
        ("load not served, MW", op.lost_load_mw),
        ("taken, MW", op.purchased_mw),
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
    page.repeat(page.header(), 2)
    page.sheet.fit_to_pages(1, 0)  # data, of thousands of rows: to print them legibly would take a ream
    sheet, first = page.sheet, page.row
    assert first == FIRST_STEP
    whole, text, three = (book.style(name) for name in ("plain_int", "text", "three"))
    for step, values in enumerate(np.column_stack([vector for _, vector in data]).tolist()):
        row = first + step
        sheet.write_number(row, 0, step, whole)
        sheet.write_string(row, 1, series.step_label(calendar, step), text)
        for column, value in enumerate(values, 2):
            sheet.write_number(row, column, value, three)
    sheet.autofilter(first - 1, 0, first + calendar.steps - 1, len(columns) - 1)
