"""Load list: every consumer with its connected load and its share of the peaks, in kW and kVA."""

from __future__ import annotations

from models.design import Answer
from reports.schedule import option_name, racks_by_name
from reports.sheets.layout import Book, Column, Formula, Page, Value, address, span

COLUMNS = (
    Column("Load", "wrap", 44),
    Column("Fed from", "wrap", 30),
    Column("Quantity", "int", 10),
    Column("Connected,\nkW each", "one", 12),
    Column("Connected,\nkW", "one", 13),
    Column("Design day,\nkW", "one", 13),
    Column("Highest import,\nkW", "one", 15),
    Column("Demand\nfactor", "percent", 12),
    Column("Power\nfactor", "two", 12),
    Column("Connected,\nkVA", "one", 13),
    Column("Design day,\nkVA", "one", 13),
    Column("Highest import,\nkVA", "one", 15),
)
KW, FACTOR = (4, 5, 6), 8
_NOTE = (
    "Power factor: that of the connection, for every load; overwrite a row where the maker states its own. Totals "
    "of kVA add row by row, on the safe side where power factors differ. Cooling is connected at its draw on the "
    "design day; spare units are not counted. Demand factor: share of the connected load at the step of the "
    "highest import."
)

_ABOVE = (
    "The design day exceeds the limit of the connection, which by the site's choice (connection_covers) carries the "
    "highest hour of operation: the plan relies on the workloads as given and on the usable share of racks, which "
    "never keep all racks at peak in the worst weather. Cap the racks' power, or let the connection cover the design "
    "day, if they could."
)


def write(book: Book, answer: Answer) -> None:
    """Write the sheet."""
    page = Page(
        book, "Load list", "Load list", "kVA, totals and demand factors are live formulas; inputs in blue", COLUMNS
    )
    page.sheet.fit_to_pages(1, 1)
    page.row -= 1
    page.paragraph(_NOTE)
    page.row += 1
    page.cell(page.row, 0, "Power factor of the connection")
    page.cell(page.row, 1, answer.case.grid.power_factor, "two", "input")
    stated = address(page.row, 1, True)
    page.row += 2
    page.repeat(page.header(), 1)
    rows = _rows(answer)
    first = page.row
    for row in rows:
        _row(page, answer, row, stated)
    _totals(page, answer, first, rows)
    _connection(page, answer)


Row = tuple[str, str, int | None, float, float, float]
"""load, fed from, quantity, connected kW, kW on the design day, kW at the highest import"""


def _rows(answer: Answer) -> list[Row]:
    day, peak, _ = answer.accounts.instants
    racks, counts = racks_by_name(answer), dict.fromkeys(day.rack_mw, 0)
    for p in answer.design.racks:
        counts[p.rack, p.cooling] += p.count
    chain = f"chain: {answer.case.electrical.name}"
    rows: list[Row] = [
        (
            f"Racks: {option_name(o)}",
            chain,
            n,
            n * 1000 * racks[o[0]].placed_mw,
            *_pair(day.rack_mw[o], peak.rack_mw[o]),
        )
        for o, n in counts.items()
    ]
    for name in day.heat:
        draw = [i.heat[name]["electric_mw"] or 0.0 for i in (day, peak)]
        rows.append((f"Cooling: {name}", "site bus", None, 1000 * draw[0], *_pair(*draw)))
    others = {
        "electrical_chain": "Losses of the electrical chain",
        "house": "Offices, lighting, security",
        "plain_load": "Other load given",
    }
    for key, label in others.items():
        draw = [i.power_mw[key] for i in (day, peak)]
        rows.append((label, "site bus", None, 1000 * draw[0], *_pair(*draw)))
    for name, mw in answer.design.battery_mw.items():
        charge = answer.design.operation.charge_mw[name][peak.step or 0]
        rows.append((f"Battery, charging: {name}", "site bus", None, 1000 * mw, *_pair(0.0, float(charge))))
    return [row for row in rows if row[3] > 1e-6 or row[5] > 1e-6]


def _pair(day_mw: float, peak_mw: float) -> tuple[float, float]:
    return 1000 * day_mw, 1000 * peak_mw


def _row(page: Page, answer: Answer, row: Row, stated: str) -> None:
    load, fed, quantity, connected, day, peak = row
    line, factor = page.row, answer.case.grid.power_factor
    kw = [address(line, column) for column in KW]
    own = address(line, FACTOR)
    each: Value | Formula = ""
    if quantity:
        each = Formula(f"={kw[0]}/{address(line, 2)}", connected / quantity)
    page.rows(
        [
            (
                load,
                fed,
                quantity if quantity else "",
                each,
                connected,
                day,
                peak,
                Formula(f"=IF({kw[0]}=0,0,{kw[2]}/{kw[0]})", peak / connected if connected else 0.0),
                Formula(f"={stated}", factor),
                *(Formula(f"={cell}/{own}", value / factor) for cell, value in zip(kw, row[3:], strict=True)),
            )
        ]
    )


def _totals(page: Page, answer: Answer, first: int, rows: list[Row]) -> None:
    last, factor = page.row - 1, answer.case.grid.power_factor
    sums = [sum(row[i] for row in rows) for i in (3, 4, 5)]  # type: ignore[misc]
    kw = [Formula(f"=SUM({span(first, last, c)})", v) for c, v in zip(KW, sums, strict=True)]
    kva = [Formula(f"=SUM({span(first, last, c)})", v / factor) for c, v in zip((9, 10, 11), sums, strict=True)]
    total = address(page.row, KW[0])
    share = Formula(f"=IF({total}=0,0,{address(page.row, KW[2])}/{total})", sums[2] / sums[0] if sums[0] else 0.0)
    page.rows([("Total", "", "", "", *kw, share, "", *kva)], COLUMNS, "total")


def _connection(page: Page, answer: Answer) -> None:
    """What the connection carries, against the list."""
    grid, (day, peak, _) = answer.case.grid, answer.accounts.instants
    page.heading("The connection")
    columns = (*COLUMNS[:4], Column("kW", "one"), Column("kVA", "one"), *(Column(""),) * 6)
    page.header((Column("At the meter", "wrap"), Column("Basis", "wrap"), Column(""), Column(""), *columns[4:]))
    rows = (
        ("Import on the design day", "no storage, no on-site supply", day.power_mw["import"]),
        ("Highest import of a step", "after storage and on-site supply", peak.power_mw["import"]),
        ("Contracted capacity", "highest billing interval", answer.design.contract_mw),
        ("Limit of the connection", "as given", grid.interval_limit_mw),
    )
    for label, basis, mw in rows:
        kva = Formula(f"={address(page.row, 4)}/{grid.power_factor!r}", 1000 * mw / grid.power_factor)
        page.rows([(label, basis, "", "", 1000 * mw, kva)], columns)
    if day.power_mw["import"] > grid.interval_limit_mw:
        page.paragraph(_ABOVE, "wrap")
