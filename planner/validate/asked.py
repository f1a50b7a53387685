"""How many of the cells that a user cannot leave blank are filled: those coloured in that user's template."""

from __future__ import annotations

from planner.schema import SHEETS, Column
from planner.workbook import RawWorkbook
from planner.workbook.grid import Cell
from planner.workbook.tables import RawTable


def count_asked(raw: RawWorkbook) -> tuple[int, int]:
    """(filled, all) coloured cells that cannot stay blank: fields of records, and the first row of tables.

    A cell that does not apply there (tokens of a training run) is not counted; one with an alternative (a tariff, or a
    price series) is filled if either is."""
    filled = total = 0
    for sheet in SHEETS:
        table = raw.tables.get(sheet.name)
        cells = _first_row(table) if table is not None else {}
        for column in sheet.columns:
            if raw.user in column.users and column.cannot_stay_blank and _applies(column, cells):
                total += 1
                filled += any(name in cells and not cells[name].blank for name in (column.name, column.unless))
    return filled, total


def _first_row(table: RawTable) -> dict[str, Cell]:
    if table.sheet.layout == "record":
        return table.rows[0].cells if table.rows else {}
    names = [name for name in table.columns if name in table.sheet.header]
    return {name: table.cell(table.header_row + 1, name) for name in names}


def _applies(column: Column, cells: dict[str, Cell]) -> bool:
    """Whether the column counts in this row; while the ruling cell is blank, it may."""
    if column.when is None or column.when[0] not in cells:
        return True
    ruling = cells[column.when[0]]
    return ruling.blank or ruling.value in column.when[1]
