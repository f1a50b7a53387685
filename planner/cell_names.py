"""What the cells of a workbook are called, for reports: they print what a user knows, not places of the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from models.provenance import Origin
from planner.schema import SHEETS, Column
from planner.workbook.archive import column_number


def names_of(origins: Sequence[Origin]) -> dict[str, str]:
    """Cell -> row, column and meaning: `Pod 1.5 MW, freight: freight per unit`. Cells of no known column are absent."""
    found = ((o.cell, _name(o)) for o in origins)
    return {cell: name for cell, name in found if name}


@cache
def _columns(sheet: str) -> tuple[tuple[int, Column, re.Pattern[str]], ...]:
    """Columns of a sheet that reach the case: number, column, and what their paths look like."""
    columns = (pair for s in SHEETS if s.name == sheet for pair in enumerate(s.columns, start=1))
    return tuple(
        (n, c, re.compile(re.escape(c.case_path).replace(r"\{key\}", "(.*)"))) for n, c in columns if c.case_path
    )


def _name(origin: Origin) -> str:
    sheet, _, cell = origin.cell.replace("'", "").partition("!")
    letters = re.match(r"[A-Z]+", cell)
    own = column_number(letters[0]) if letters else 0
    fits = [
        (n != own, sum(map(len, match.groups())), column, match.groups())
        for n, column, pattern in _columns(sheet)
        if column.unit == origin.unit and (match := pattern.fullmatch(origin.path))
    ]
    if not fits:
        return ""
    # several ways to state one thing: that of the template's place, else the one whose path leaves least open
    _, _, column, key = min(fits, key=lambda fit: fit[:2])
    return f"{', '.join((*key, column.name))}: {column.meaning.partition(';')[0]}"
