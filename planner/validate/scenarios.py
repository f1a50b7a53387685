"""Sheets Scenarios and ScenarioInputs -> what each scenario types into which cell, and when it is known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from planner.validate.rows import Row, Tables
from planner.validate.variations import Target, is_spoilt, named_cells, named_column, relative_to
from planner.workbook import RawWorkbook

WEATHER = (
    ("Sites", ("dry_bulb_series", "wet_bulb_series", "humidity_series", "source_water_series", "water_stress_series")),
    ("Supply", ("output_series",)),
)
PRICES = (("Sites", ("price_series", "export_price_series", "carbon_series")),)
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")
_SUM = 1e-6
"""How far the sum of probabilities may be from 1: figures typed with six digits."""


@dataclass(frozen=True)
class ScenarioInput:
    """One row of sheet Scenarios with its rows of sheet ScenarioInputs."""

    name: str
    probability: float
    known: int
    """number of the stage (from 0) at whose start it is known whether it has come"""
    cells: dict[Target, float | str]
    """what stands in which cell, in the user's unit"""
    changes: tuple[tuple[str, str, str], ...]
    """for people: (address of the cell, what stands there now, what stands there then)"""


def scenarios(tables: Tables, raw: RawWorkbook) -> tuple[ScenarioInput, ...]:
    """All scenarios in use, if they are sound; what is wrong is reported, each at its cell."""
    rows, before = tables["Scenarios"].rows, len(tables.findings)
    if not rows or not tables.intact("Scenarios", "ScenarioInputs"):
        return ()
    stages = [row["name"] for row in tables["Stages"]]
    found = []
    for row in rows:
        cells: dict[Target, float | str] = {}
        changes: list[tuple[str, str, str]] = []
        _years(tables, raw, row, cells, changes)
        for other in tables["ScenarioInputs"]:
            if other["scenario"] == row["name"]:
                _change(tables, raw, other, cells, changes)
        known = 1 if row["known_from"] not in stages else stages.index(row["known_from"])
        if row["known_from"] is not None and known == 0:
            expected = "a later stage: the first is bought before anything is known"
            tables.report(row.finding("known_from", "", expected))
        found.append(ScenarioInput(row["name"], row["probability"], known, cells, tuple(changes)))
    total = sum(s.probability for s in found)
    if abs(total - 1) > _SUM:
        off = [row.cell("available") for row in tables["Scenarios"].off if row.ok("available")]
        see = [*(row.cell("probability") for row in rows), *off]
        message = f"the probabilities add up to {total:.6g}; they must sum to 1"
        tables.report(rows[-1].finding("probability", "", "", message, see))
    if len(tables.findings) > before:
        return ()
    return tuple(ScenarioInput(s.name, s.probability / total, s.known, s.cells, s.changes) for s in found)


def _change(
    tables: Tables, raw: RawWorkbook, row: Row, cells: dict[Target, float | str], changes: list[tuple[str, str, str]]
) -> None:
    """One row of sheet ScenarioInputs."""
    before = len(tables.findings)
    column = named_column(tables, row)
    if column is None or is_spoilt(tables, raw, row, column):
        return
    named = named_cells(tables, raw, row, column)
    bases = relative_to(tables, row, named)
    value: float | str = row["value"]
    if column.numeric or row["relative"]:
        try:
            value = float(row["value"])
        except ValueError:
            see = row.cells("sheet", "column", "relative")
            tables.report(row.finding("value", "", "a number", see=see))
    if len(tables.findings) > before:
        return
    for number, (target, cell) in enumerate(named):
        if target in cells:
            message, see = f"{cell.address} is changed already", row.cells("scenario", "sheet", "row")
            tables.report(row.finding("column", "", "each cell once per scenario", message, see))
            return
        new = float(value) * bases[number] if row["relative"] else value
        is_whole = column.kind == "integer" and isinstance(new, float) and (row["relative"] or new == round(new))
        cells[target] = round(new) if is_whole else new  # type: ignore[arg-type]  # a number where whole
    first, cell = named[0]
    if len(named) > 1:
        changes.append((f"{cell.address} and {len(named) - 1} more ({column.name})", "", f"{value:g} times as much"))
    else:
        now = "" if cell.value is None else _typed(cell.value)
        changes.append((f"{cell.address} ({column.name})", now, _typed(cells[first])))


def _typed(value: float | str) -> str:
    """A value as it is typed into a cell."""
    return f"{value:.10g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _years(
    tables: Tables, raw: RawWorkbook, row: Row, cells: dict[Target, float | str], changes: list[tuple[str, str, str]]
) -> None:
    """Another year in the names of series."""
    for field, sheets in (("weather_year", WEATHER), ("price_year", PRICES)):
        if row[field] is None:
            continue
        found = False
        for sheet, columns in sheets:
            table = raw.tables.get(sheet)
            off = {r.number for r in tables[sheet].off}
            for line in table.rows if table is not None else ():
                for name in columns:
                    cell = line.cells.get(name)
                    if line.number in off or cell is None or not _YEAR.search(str(cell.value or "")):
                        continue
                    found = True
                    new = _YEAR.sub(f"{row[field]:.0f}", str(cell.value))
                    cells[sheet, line.number, name] = new
                    changes.append((f"{cell.address} ({name})", str(cell.value), new))
        if not found:
            where = " or ".join(sheet for sheet, _ in sheets)
            message = (
                f"no such series of {where} has a year in its name, as in {columns[0].removesuffix('_series')}_2023"
            )
            tables.report(row.finding(field, "", "a blank cell", message))
