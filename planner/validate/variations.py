"""Sheet Sweep -> what varies: the cells that are meant, and how they are drawn."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from planner.schema import SHEETS, Column, Sheet
from planner.validate.rows import Row, Tables
from planner.workbook import RawWorkbook
from planner.workbook.tables import RawRow

STUDIES = ("Sweep", "Scenarios", "ScenarioInputs")
"""Sheets that say how other cells change: no row of theirs may mean one of these."""
Target = tuple[str, int, str]
"""sheet, number of the row on the sheet, column"""


@dataclass(frozen=True)
class Variation:
    """One row of sheet Sweep. Figures are in the user's unit of the cell, or factors of it."""

    name: str
    form: str
    is_relative: bool
    unit: str
    is_whole: bool
    targets: tuple[Target, ...]
    bases: tuple[float, ...]
    """what stands in the cells now; empty where it is not needed"""
    cell: str
    """address of the first cell"""
    values: tuple[float | str, ...] = ()
    low: float | None = None
    high: float | None = None
    middle: float | None = None
    deviation: float | None = None
    levels: int = 0
    moves_with: str = ""
    correlation: float = 0.0


def variations(tables: Tables, raw: RawWorkbook) -> tuple[Variation, ...]:
    """All rows that are sound; what is wrong with the others is reported, each at its cell."""
    rows = [row for row in tables["Sweep"] if row.ok()]
    found = [made for row in rows if (made := _variation(tables, raw, row)) is not None]
    _check_partners(tables, rows)
    _check_overlap(tables, rows, found)
    return tuple(found)


def _variation(tables: Tables, raw: RawWorkbook, row: Row) -> Variation | None:
    before = len(tables.findings)
    column = named_column(tables, row)
    if column is None or is_spoilt(tables, raw, row, column):
        return None
    if not column.numeric and row["form"] != "list":
        see = row.cells("sheet", "column")
        tables.report(row.finding("form", "", "list", f"{column.name} holds no number", see))
        return None
    cells = named_cells(tables, raw, row, column)
    values = _values(tables, row, column)
    _check_form(tables, row)
    bases = relative_to(tables, row, cells)
    if len(tables.findings) > before:
        return None
    return Variation(
        name=row["name"],
        form=row["form"],
        is_relative=row["relative"],
        unit=column.unit,
        is_whole=column.kind == "integer",
        targets=tuple(target for target, _ in cells),
        bases=bases,
        cell=cells[0][1].address,
        values=values,
        levels=row["levels"] or 0,
        moves_with=row["moves_with"] or "",
        correlation=row["correlation"] or 0.0,
        **{name: row[name] for name in ("low", "high", "middle", "deviation")},
    )


def relative_to(tables: Tables, row: Row, cells: list[tuple[Target, Any]]) -> tuple[float, ...]:
    """What stands in the cells that a factor multiplies; empty where values are absolute, of which there is one."""
    bases = tuple(c.value for _, c in cells if isinstance(c.value, (int, float)))
    if row["relative"] and len(bases) < len(cells):
        blank = next(c.address for _, c in cells if not isinstance(c.value, (int, float)))
        see = row.cells("sheet", "row", "column")
        tables.report(row.finding("relative", "yes", "no", f"{blank} holds no number to be multiplied", see))
    elif not row["relative"] and len(cells) > 1:
        message = f"{len(cells)} rows are meant: name one (or give its number), or give factors (relative: yes)"
        see = row.cells("relative", "sheet")
        tables.report(row.finding("row", "", "one row", message, see))
    return bases if row["relative"] else ()


def _near(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.6)
    return f"did you mean {near[0]}?" if near else ""


def named_column(tables: Tables, row: Row) -> Column | None:
    """The column that a row's `sheet` and `column` name; None, with a finding, if there is none."""
    sheets: dict[str, Sheet] = {s.name: s for s in SHEETS if s.layout in ("rows", "record") and s.name not in STUDIES}
    sheet = sheets.get(row["sheet"])
    if sheet is None:
        tables.report(row.finding("sheet", "", "the name of a sheet with a table", _near(row["sheet"], list(sheets))))
        return None
    names = [c.name for c in sheet.columns]
    if row["column"] not in names:
        what = f"a {'field' if sheet.layout == 'record' else 'column'} of {sheet.name}"
        tables.report(row.finding("column", "", what, _near(row["column"], names), row.cells("sheet")))
        return None
    return sheet.column(row["column"])


def named_cells(tables: Tables, raw: RawWorkbook, row: Row, column: Column) -> list[tuple[Target, Any]]:
    """The cells meant, each with where it stands; a finding if there is none. Names come before numbers of rows."""
    table = raw.tables.get(row["sheet"])
    known: dict[int, set[str]] = {}
    for r in (*tables[row["sheet"]].rows, *tables[row["sheet"]].off):
        first = r.values.get(r.sheet.columns[0].name)
        known[r.number] = {r.key, str(first.value) if first is not None else ""}
    is_number = all(row["row"] not in names for names in known.values())
    off = {r.number for r in tables[row["sheet"]].off}
    found = []
    for line in table.rows if table is not None else ():
        if column.name not in line.cells:
            continue
        cell = line.cells[column.name]
        is_every = not row["row"] and line.number not in off and (not row["relative"] or cell.value is not None)
        is_named = row["row"] in known.get(line.number, ()) or (is_number and row["row"] == str(line.number))
        if is_every or (row["row"] and is_named):
            found.append(((row["sheet"], line.number, column.name), cell))
    if not found:
        names = sorted({name for keys in known.values() for name in keys})
        expected = "a row of " + row["sheet"] + (f" ({'; '.join(names[:6])})" if names else "")
        see = _nearest(tables, row)
        tables.report(row.finding("row", "", expected, _near(row["row"] or "", names), (*row.cells("sheet"), *see)))
    return found


def is_spoilt(tables: Tables, raw: RawWorkbook, row: Row, column: Column) -> bool:
    """Whether a cell that may be meant is wrong already, or no row of its sheet is left in a workbook that is refused
    anyway: that is told there, and nothing more can be said here."""
    wrong = {found.cell for found in tables.findings}
    table = raw.tables.get(row["sheet"])
    cells = (line.cells.get(column.name) for line in (table.rows if table is not None else ()))
    has_rows = bool(tables[row["sheet"]].rows)
    return (bool(wrong) and not has_rows) or any(cell is not None and cell.address in wrong for cell in cells)


def _nearest(tables: Tables, row: Row) -> list[str]:
    """Cells that name the rows most like the one that is meant: there the other name may stand."""
    by_key = {r.key: r for r in (*tables[row["sheet"]].rows, *tables[row["sheet"]].off)}
    near = difflib.get_close_matches(row["row"] or "", list(by_key), 3, 0.3)
    return [cell for key in near for cell in by_key[key].cells(*by_key[key].sheet.key)]


def _values(tables: Tables, row: Row, column: Column) -> tuple[float | str, ...]:
    if row["form"] != "list":
        return ()
    parts = [part.strip() for part in str(row["values"] or "").split(";") if part.strip()]
    if not parts:
        tables.report(row.finding("values", "", "values separated by semicolons", see=row.cells("form")))
    if not (column.numeric or row["relative"]):
        return tuple(parts)
    try:
        return tuple(float(part) for part in parts)
    except ValueError:
        see = row.cells("sheet", "column")
        tables.report(row.finding("values", "", "numbers separated by semicolons", see=see))
        return ()


_NEEDS = {
    "range": ("low", "high"),
    "uniform": ("low", "high"),
    "triangular": ("low", "middle", "high"),
    "normal": ("middle", "deviation"),
    "lognormal": ("middle", "deviation"),
}


def _check_form(tables: Tables, row: Row) -> None:
    """Each form has its figures, in order."""
    form, low, high, middle = (row[name] for name in ("form", "low", "high", "middle"))
    missing = [name for name in _NEEDS.get(form, ()) if row[name] is None]
    for name in missing:
        tables.report(row.finding(name, "", "a number", f"a {form} form needs it", row.cells("form")))
    if missing:
        return
    if low is not None and high is not None and low >= high:
        tables.report(row.finding("high", "", f"more than low, {low:g}", see=row.cells("low")))
    elif form == "triangular" and not low <= middle <= high:
        expected = f"between low, {low:g}, and high, {high:g}"
        tables.report(row.finding("middle", "", expected, see=row.cells("low", "high")))
    elif form == "lognormal" and middle <= 0:
        tables.report(row.finding("middle", "", "above zero", see=row.cells("form")))
    elif form == "lognormal" and high is not None and high <= 0:
        tables.report(row.finding("high", "", "above zero", see=row.cells("form")))


def _check_partners(tables: Tables, rows: list[Row]) -> None:
    """A correlation has a partner and a figure, and the partners of partners do not lead back."""
    by_name = {row["name"]: row for row in rows}
    for row in rows:
        if (row["moves_with"] is None) != (row["correlation"] is None):
            lacks = "moves_with" if row["moves_with"] is None else "correlation"
            see = row.cells("moves_with", "correlation")
            tables.report(row.finding(lacks, "", "both moves_with and correlation, or neither", see=see))
        seen, at = {row["name"]}, row["moves_with"]
        while at in by_name and at not in seen:
            seen.add(at)
            at = by_name[at]["moves_with"]
        if at == row["name"]:
            tables.report(row.finding("moves_with", "", "rows that do not lead back to this one"))


def _check_overlap(tables: Tables, rows: list[Row], found: list[Variation]) -> None:
    taken: dict[Target, str] = {}
    by_name = {row["name"]: row for row in rows}
    meant = ("sheet", "row", "column")
    for made in found:
        other = next((taken[t] for t in made.targets if t in taken), None)
        if other is not None:
            message = f"{other} varies the same cell; leave one of them out"
            see = (*by_name[made.name].cells(*meant), *by_name[other].cells(*meant))
            tables.report(by_name[made.name].finding("column", "", "each cell in one row only", message, see))
        taken.update(dict.fromkeys(made.targets, made.name))


def with_values(raw: RawWorkbook, cells: Mapping[Target, float | str | None]) -> RawWorkbook:
    """The workbook with other values in some cells and without the sheets that say how cells change, as if the user had
    typed them."""
    changed: dict[str, dict[int, dict[str, float | str | None]]] = {}
    for (sheet, number, column), value in cells.items():
        changed.setdefault(sheet, {}).setdefault(number, {})[column] = value
    tables = {name: table for name, table in raw.tables.items() if name not in STUDIES}
    for name, rows in changed.items():
        table = tables[name]
        tables[name] = replace(table, rows=[_typed(row, rows.get(row.number, {})) for row in table.rows])
    return replace(raw, tables=tables)


def _typed(row: RawRow, values: dict[str, float | str | None]) -> RawRow:
    if not values:
        return row
    new = {name: replace(row.cells[name], value=value, problem="") for name, value in values.items()}
    return replace(row, cells={**row.cells, **new})
