"""Tables of the manifest found in a workbook: by the Excel table's name, else by the words of the header."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from planner.errors import Finding
from planner.schema import GRADES, RECORD_HEADER, VERSION, Sheet
from planner.workbook.grid import Cell, Grid, address

_HEADER_SEARCH = 40
"""rows in which a header without an Excel table is looked for"""
_MOST_ROWS = 20_000


@dataclass(frozen=True)
class RawRow:
    """One row: cells by column name. In a record: one row with all fields, and each field's source, year, grade."""

    number: int
    cells: dict[str, Cell]
    provenance: dict[str, tuple[str, str, str]] = field(default_factory=dict)


@dataclass
class RawTable:
    """One table as it stands in the workbook."""

    sheet: Sheet
    grid: Grid
    header_row: int
    columns: dict[str, int]
    """column name -> column number; what the manifest asks for and the sheet lacks is absent"""
    last_row: int
    rows: list[RawRow] = field(default_factory=list)
    merged: set[tuple[int, int]] = field(default_factory=set)
    """rows and columns of merged cells, which are a finding already"""

    def cell(self, row: int, name: str) -> Cell:
        """A cell of a column."""
        cell = self.grid.cell(row, self.columns[name])
        return Cell(cell.address, None, "reported") if (row, self.columns[name]) in self.merged else cell


@dataclass
class Found:
    """What was found: tables, and what is wrong or worth knowing."""

    tables: dict[str, RawTable] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def find_tables(grids: dict[str, Grid], sheets: tuple[Sheet, ...], version: int = VERSION) -> Found:
    """Every table of the manifest; missing ones become findings. What came after the workbook's version may miss."""
    found = Found()
    wanted = [s for s in sheets if s.table]
    for sheet in wanted:
        grid, area = _locate(grids, sheet)
        if grid is None:
            if sheet.required and sheet.since <= version:
                found.findings.append(
                    Finding(sheet.name, sheet.table, found="no such sheet", expected=f"sheet {sheet.name}")
                )
        elif area is None:
            expected = f"an Excel table named {sheet.table}, or its header row"
            found.findings.append(
                Finding(
                    grid.title,
                    sheet.table,
                    found="no such table",
                    expected=expected,
                    example=", ".join(sheet.header[:3]),
                )
            )
        else:
            _read_table(found, sheet, grid, area, version)
    return found


def _locate(grids: dict[str, Grid], sheet: Sheet) -> tuple[Grid | None, tuple[int, int, int, int] | None]:
    for grid in grids.values():
        if sheet.table in grid.tables:
            return grid, grid.tables[sheet.table]
    named = grids.get(sheet.name)
    return named, _by_header(named, sheet) if named else None


def _by_header(grid: Grid, sheet: Sheet) -> tuple[int, int, int, int] | None:
    words = set(sheet.header)
    needed = 1 if sheet.layout == "hourly" else max(2, len(words) // 2)
    for row in range(1, min(grid.rows, _HEADER_SEARCH) + 1):
        columns = [c for c in range(1, grid.columns + 1) if grid.cell(row, c).value in words]
        if len(columns) >= needed:
            last = columns[0]
            while last < grid.columns and not grid.cell(row, last + 1).blank:
                last += 1
            return columns[0], row, last, grid.rows
    return None


def _read_table(found: Found, sheet: Sheet, grid: Grid, area: tuple[int, int, int, int], version: int) -> None:
    left, top, right, bottom = area
    table = RawTable(sheet, grid, top, {}, bottom)
    table.merged = _merged(found, table, area)
    later = {c.name for c in sheet.columns if c.since > version}
    known = _read_header(found, table, left, right, later)
    blank = {name: Cell(grid.title, None) for name in later if name not in known and sheet.layout == "rows"}
    if sheet.layout == "hourly":
        found.tables[sheet.name] = table
        _trim_hourly(found, table)
        return
    if bottom - top > _MOST_ROWS:
        message = f"a table of this kind has at most {_MOST_ROWS:,} rows; delete the empty rows of the table"
        found.findings.append(Finding(grid.title, sheet.table, found=f"{bottom - top:,} rows", message=message))
        return
    found.tables[sheet.name] = table
    for number in range(top + 1, bottom + 1):
        cells = {name: table.cell(number, name) for name in known}
        if not all(cell.blank for cell in cells.values()):
            table.rows.append(RawRow(number, cells | blank))
    _warn_below(found, table)
    if sheet.layout == "record":
        table.rows = [_as_record(found, table, later)]


def _merged(found: Found, table: RawTable, area: tuple[int, int, int, int]) -> set[tuple[int, int]]:
    left, top, right, bottom = area
    cells: set[tuple[int, int]] = set()
    for first, upper, last, lower in table.grid.merged:
        if first <= right and last >= left and upper <= bottom and lower >= top:
            where = address(table.grid.title, upper, first)
            message = (
                f"one value per cell is needed: unmerge {where.rpartition('!')[2]} to {address('x', lower, last)[2:]}"
            )
            found.findings.append(
                Finding(where, table.sheet.table, found="merged cells inside the table", message=message)
            )
            cells |= {(r, c) for r in range(upper, lower + 1) for c in range(first, last + 1)}
    return cells


def _read_header(found: Found, table: RawTable, left: int, right: int, later: set[str]) -> dict[str, int]:
    sheet, grid = table.sheet, table.grid
    unknown: dict[str, int] = {}
    for column in range(left, right + 1):
        cell = grid.cell(table.header_row, column)
        name = "" if cell.value is None else str(cell.value)
        if name in table.columns:
            found.findings.append(Finding(cell.address, sheet.table, name, found="a second column of this name"))
        elif name in sheet.header or (sheet.layout == "hourly" and name):
            table.columns[name] = column
        elif name:
            unknown[name] = column
    for name in sheet.header:
        if name not in table.columns and name not in later:
            near = difflib.get_close_matches(name, unknown, 1, 0.75)
            where = address(grid.title, table.header_row, unknown.pop(near[0])) if near else grid.title
            found.findings.append(
                Finding(
                    where,
                    sheet.table,
                    name,
                    found=repr(near[0]) if near else "no such column",
                    expected=f"column {name}",
                )
            )
    for name, column in unknown.items():
        where = address(grid.title, table.header_row, column)
        found.warnings.append(Finding(where, sheet.table, name, message="a column of your own: it is not used"))
    return {n: c for n, c in table.columns.items() if n in sheet.header}


def _warn_below(found: Found, table: RawTable) -> None:
    """Rows typed below an Excel table that did not grow: they look like part of it but are not. Directly below it any
    cell does; after blank lines, where notes may stand, a row that has half of what a row of the table needs."""
    needed = [table.columns[c.name] for c in table.sheet.columns if c.required and c.name in table.columns]
    for line in range(table.last_row + 1, table.grid.rows + 1):
        given = {c: cell for c in table.columns.values() if not (cell := table.grid.cell(line, c)).blank}
        is_row = len(given) > 1 and len(given.keys() & set(needed)) >= max(1.0, len(needed) / 2)
        if given and (line == table.last_row + 1 or is_row):
            message = "this row is not part of the table above it: drag the table's corner over it, or move it away"
            first = given[min(given)]
            found.findings.append(Finding(first.address, table.sheet.table, found=repr(first.value), message=message))
            return


def _trim_hourly(found: Found, table: RawTable) -> None:
    """Leave out blank rows at the end."""
    while table.last_row > table.header_row and all(
        table.grid.cell(table.last_row, c).blank for c in table.columns.values()
    ):
        table.last_row -= 1
    if table.last_row < table.grid.rows:
        _warn_below(found, table)


def _as_record(found: Found, table: RawTable, later: set[str]) -> RawRow:
    """The one record of a table with a row per field; unknown, missing and repeated fields are found."""
    sheet, cells, provenance = table.sheet, {}, {}
    fields = {c.name: c for c in sheet.columns}
    if not set(RECORD_HEADER[:2]) <= set(table.columns):
        return RawRow(table.header_row, {})
    unknown: dict[str, Cell] = {}
    for row in table.rows:
        name = str(row.cells["field"].value or "")
        if row.cells["field"].problem:
            continue
        if name in cells:
            found.findings.append(
                Finding(row.cells["field"].address, sheet.table, name, found="a second row of this field")
            )
        elif name in fields:
            cells[name] = row.cells["value"]
            source, year, grade = (_text(row.cells.get(part)) for part in ("source", "year", "grade"))
            if grade and grade not in GRADES:
                expected = "one of " + ", ".join(GRADES)
                found.findings.append(Finding(row.cells["grade"].address, sheet.table, "grade", repr(grade), expected))
            provenance[name] = (source, year, grade if grade in GRADES else "")
        else:
            unknown[name] = row.cells["field"]
    cells |= {name: Cell(table.grid.title, None) for name in later if name not in cells}
    for name in fields:
        if name not in cells:
            near = difflib.get_close_matches(name, unknown, 1, 0.75)
            where = unknown.pop(near[0]).address if near else table.grid.title
            found.findings.append(
                Finding(
                    where, sheet.table, name, found=repr(near[0]) if near else "no such row", expected=f"field {name}"
                )
            )
    for name, cell in unknown.items():
        found.warnings.append(Finding(cell.address, sheet.table, name, message="a field of your own: it is not used"))
    return RawRow(table.header_row, cells, provenance)


def _text(cell: Cell | None) -> str:
    return "" if cell is None or cell.value is None else str(cell.value)
