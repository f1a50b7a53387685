"""Equipment: the schedule of racks, units, storage, supply and connection, and who works on which racks."""

from __future__ import annotations

from models.design import Answer
from reports import purchases
from reports.schedule import rack_rows, store_rows, store_size, unit_rows, work_rows
from reports.sheets.layout import Book, Column, Page

COLUMNS = (
    Column("", "text", 36),
    Column("", "text", 24),
    Column("", "text", 24),
    Column("", "text", 38),
    *(Column("", "text", 13),) * 8,
)
RACKS = (
    Column("Rack"),
    Column("Cooling"),
    Column("In units of"),
    Column(""),
    Column("Racks", "int"),
    Column("kW per rack", "one"),
    Column("Total MW", "three"),
    Column("Accelerators", "int"),
)
STORES = (
    Column("Storage and supply"),
    Column("Kind"),
    Column("Size"),
    Column(""),
    Column("MW", "sized"),
    Column("MWh", "sized"),
)
SHARES = (
    Column("Workload"),
    Column("Rack"),
    Column("Cooling"),
    Column("Basis"),
    Column("Share", "percent"),
    Column("Racks", "int"),
)
GRID = (Column("Connection"), Column(""), Column(""), Column(""), Column("MW", "three"))


def write(book: Book, answer: Answer) -> None:
    """Write the sheet."""
    page = Page(
        book,
        "Equipment",
        "Equipment schedule",
        "Racks with ancillary IT; prices are landed, per unit, before tax",
        COLUMNS,
    )
    _racks(page, answer)
    _units(page, answer)
    page.heading("Storage and on-site supply")
    stores = [(s.name, s.kind, store_size(s), "", s.power_mw, s.energy_mwh) for s in store_rows(answer)]
    page.table(stores, STORES)
    _contracts(page, answer)
    page.heading("Grid connection")
    limit = answer.case.grid.interval_limit_mw
    peak = answer.design.operation.import_mw.max() * answer.case.grid.billing_factor
    rows = [
        ("Contracted capacity", answer.design.contract_mw),
        ("Highest interval import", peak),
        ("Limit of the connection", limit),
    ]
    page.table([(name, "", "", "", float(mw)) for name, mw in rows], GRID)
    page.heading("Who works where")
    page.table(work_rows(answer), SHARES)


def _contracts(page: Page, answer: Answer) -> None:
    """Power-purchase contracts on offer, as signed; nothing where there are none."""
    found = purchases.uses(answer)
    if not found:
        return
    page.heading("Power-purchase contracts")
    styles = ("wrap", "text", "text", "three", "one", "one", "one", "one")
    head = purchases.headings(answer.case.currency)
    columns = tuple(Column(name, style) for name, style in zip(head, styles, strict=True))
    page.table([purchases.cells(use) for use in found], columns)
    page.paragraph(purchases.NOTE, "muted")


def _racks(page: Page, answer: Answer) -> None:
    page.heading("Racks")
    racks = rack_rows(answer)
    page.table(
        [(r.rack, r.cooling, r.offer, "", r.racks, r.kw_per_rack, r.total_mw, r.accelerators) for r in racks], RACKS
    )
    if racks:
        totals = [sum(r.racks for r in racks), None, sum(r.total_mw for r in racks), sum(r.accelerators for r in racks)]
        page.rows([("Total", "", "", "", totals[0], "", totals[2], totals[3])], RACKS, "total")


def _units(page: Page, answer: Answer) -> None:
    page.heading("Modules and site-built capacity")
    currency = answer.case.currency
    columns = (
        Column("Offer", "wrap"),
        Column("Vendor"),
        Column("Kind"),
        Column("Holds or serves", "wrap"),
        Column("Units", "int"),
        Column("IT MW", "three"),
        Column("Power MW", "three"),
        Column("Heat MW", "three"),
        Column("Lead P50, months", "one"),
        Column("Lead P90, months", "one"),
        Column(f"Landed, thousand {currency}", "one"),
        Column("Land m²", "int"),
    )
    units = unit_rows(answer)
    page.table(
        [
            (
                u.offer,
                u.vendor,
                u.kind,
                u.holds,
                u.units,
                *(mw or None for mw in (u.it_mw, u.electrical_mw, u.heat_mw)),
                u.lead_p50_months,
                u.lead_p90_months,
                u.landed_kcur,
                u.footprint_m2,
            )
            for u in units
        ],
        columns,
    )
    if units:
        land = sum(u.units * u.footprint_m2 for u in units)
        page.rows([("Total", "", "", "", sum(u.units for u in units), "", "", "", "", "", "", land)], columns, "total")
    page.paragraph(
        "Ratings, lead times, landed price and land are per unit; the total of land counts all units.", "muted"
    )
