"""Values of a case in the cells and units of the user."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from models.provenance import Origin
from planner.schema import SHEETS


class CellValue(NamedTuple):
    """Where a value of the case stands, what it is called and how it reads there."""

    cell: str
    meaning: str
    found: str
    wanted: str
    unit: str


def told(origins: Sequence[Origin], path: str, value: float | str | None = None) -> str:
    """A limit as a user knows it, `Project!B28 (highest TokEnergy of the whole site)`, with a value if one is given;
    its place in the case where no cell holds it."""
    c = in_cell(origins, path, 0.0 if value is None else value)
    if c is None:
        return path if value is None else f"{path} = {value}"
    name = f"{c.cell} ({c.meaning})"
    if value is None:
        return name
    return f"{name} = {c.wanted} {c.unit}".rstrip() if c.wanted else f"{name} cleared"


def in_cell(origins: Sequence[Origin], path: str, value: float | str) -> CellValue | None:
    """A new value of the case as it would be typed into its cell (where that is blank, its default stands there now);
    None if no cell holds it."""
    origin = next((o for o in origins if o.path == path and o.kind != "no limit"), None)
    if origin is None:
        return None
    sheet, pattern = origin.cell.partition("!")[0].strip("'"), re.sub(r"\[.*?\]", "[{key}]", path)
    columns = [
        c for s in SHEETS if s.name == sheet for c in s.columns if re.sub(r"\[.*?\]", "[{key}]", c.case_path) == pattern
    ]
    if not columns:
        return None
    column = next((c for c in columns if c.unit == origin.unit), columns[0])  # several ways to state one thing
    if isinstance(value, str):
        return CellValue(origin.cell, column.meaning.partition(";")[0], origin.value, value, "")
    typed = value / column.factor
    wanted = f"{typed:.6g}" if abs(typed) < 1e6 else f"{typed:.0f}"
    return CellValue(origin.cell, column.meaning.partition(";")[0], origin.value, wanted, origin.unit)
