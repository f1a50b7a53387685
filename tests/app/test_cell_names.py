"""What cells are called in reports: by row, column and meaning, never by a place of the model."""

from __future__ import annotations

from typing import Any

from test_explain_cells import full_workbook

from planner.cell_names import names_of
from planner.validate import validate
from planner.workbook import read_grids


def test_every_input_is_called_by_its_own_column(small: Any) -> None:
    """Proves: in a workbook of nearly all subjects each input is called by the header that stands above its cell (of a
    record, beside it), with its row's name. Catches: of two columns that feed one figure of the case the other one; an
    input without words, which a report would tell by its place in the model."""
    origins = validate(full_workbook(small)).origins
    book = small.write()
    grids, names = read_grids(book), names_of(origins)
    for o in origins:
        grid = next(g for g in grids.values() if g.title == o.cell.partition("!")[0].strip("'"))
        row, column = _place(o.cell)
        header = grid.cell(row, 1) if grid.title == "Project" else grid.cell(5, column)
        words, _, meaning = names[o.cell].partition(": ")
        assert words.split(", ")[-1] == header.value and meaning, (o.cell, names[o.cell])
    cell = small.cell("Offers", "ex_works")
    assert names[cell].startswith(f"{small.rows['Offers'][0]['name']}, ex_works: ex-works price of one unit")


def _place(cell: str) -> tuple[int, int]:
    from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

    letters, row = coordinate_from_string(cell.partition("!")[2])
    return row, column_index_from_string(letters)
