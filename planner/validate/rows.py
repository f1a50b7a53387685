"""Tables of judged cells: rows with keys, references between tables, and where each value came from."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, cast

from models.provenance import Grade, Origin
from planner.errors import Finding
from planner.schema import PROVENANCE_NAMES, SHEETS, Column, Sheet
from planner.validate.cells import Standing, Value, finding, judge
from planner.workbook import RawWorkbook
from planner.workbook.grid import Cell
from planner.workbook.tables import RawRow, RawTable

_NAME = re.compile(r"\b(?:[a-z0-9]+(?:_[a-z0-9]+)+|kind(?= is\b))")
"""What may be a column's name within a sentence: words joined by underscores."""
MOST_CELLS = 12
"""addresses that one finding gives besides its own"""
MOST_NAMES = 8
"""names that one finding gives of those that a cell may hold"""
MOST_ROWS = 2000
"""rows of one table that are read; the largest table of a real study, a tariff, has some dozens"""


@dataclass
class Row:
    """One row; `row["price"]` is the value in the Case's units."""

    sheet: Sheet
    number: int
    values: dict[str, Value]
    provenance: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    used: bool = False
    """whether the Case depends on it: only then do its origins appear"""

    def __getitem__(self, name: str) -> Any:
        return self.values[name].value

    def ok(self, *names: str) -> bool:
        """Whether these cells (all cells, if none is named) may be used."""
        return all(name in self.values and self.values[name].ok for name in names or self.values)

    def given(self, name: str) -> bool:
        """Whether the user wrote something into the cell."""
        return self.values[name].given

    def cell(self, name: str) -> str:
        """Address of a cell."""
        return self.values[name].cell

    def cells(self, *names: str) -> tuple[str, ...]:
        """Addresses of some of its cells, for what a finding is about besides its own."""
        return tuple(self.values[name].cell for name in names)

    @property
    def key(self) -> str:
        """The row's name, for messages and paths."""
        names = self.sheet.key or tuple(c.name for c in self.sheet.columns if c.required)[:2]
        return ", ".join(str(self[n]) for n in names if self.values.get(n) and self[n] is not None)

    def spoil(self, name: str) -> None:
        """Mark a cell as unusable: a finding tells already what is wrong with it."""
        value = self.values[name]
        self.values[name] = Value(value.column, value.cell, "bad")

    def disregard(self, *names: str) -> None:
        """Drop defaults that another cell of the row makes meaningless, so that they are not listed as used."""
        for name in names:
            value = self.values[name]
            self.values[name] = Value(value.column, value.cell, "blank")

    def finding(
        self, name: str, found: str = "", expected: str = "", message: str = "", see: Iterable[str] = ()
    ) -> Finding:
        """A finding about one of its cells. It gives the cells of other columns of the row that its words name, and
        those of other rows that it is about too (`see`), unless the message has them."""
        value = self.values[name]
        named = [self.values[n].cell for n in _NAME.findall(f"{expected} {message}") if n in self.values]
        cells = [c for c in dict.fromkeys((*named, *see)) if c != value.cell and f"{c})" not in message]
        more = f" and {len(cells) - MOST_CELLS} more" if len(cells) > MOST_CELLS else ""
        where = f"see {', '.join(cells[:MOST_CELLS])}{more}" if cells else ""
        message = "; ".join(part for part in (message, where) if part)
        if not found:
            found = "a blank cell" if value.standing in ("no limit", "blank") else value.shown or "a blank cell"
        if expected:  # what is expected beside other cells need not be the column's example
            return Finding(value.cell, self.sheet.table, value.column.name, found, expected, "", message)
        return finding(self.sheet, value.column, value.cell, found, expected, message)


@dataclass
class Table:
    """One table; `complete` is False when part of it could not be read, so that absence of a row means nothing."""

    sheet: Sheet
    rows: list[Row] = field(default_factory=list)
    off: list[Row] = field(default_factory=list)
    """rows switched off by `available`"""
    complete: bool = True

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def by(self, column: str) -> dict[str, Row]:
        """Rows by the value of a column, where that can be read; the first of several."""
        found: dict[str, Row] = {}
        for row in self.rows:
            if row.ok(column) and row[column] is not None:
                found.setdefault(row[column], row)
        return found

    def knows(self, column: str) -> bool:
        """Whether every cell of a column could be read."""
        return self.complete and all(row.ok(column) for row in (*self.rows, *self.off))


@dataclass
class Tables:
    """All tables of a workbook, judged cell by cell."""

    tables: dict[str, Table]
    findings: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    @property
    def project(self) -> Row:
        """The record of sheet Project."""
        return self.tables["Project"].rows[0]

    def report(self, found: Finding) -> None:
        """Keep a finding."""
        self.findings.append(found)

    def warn(self, cell: str, table: str, column: str, message: str) -> None:
        """Keep a warning."""
        self.warnings.append(Finding(cell, table, column, message=message))

    def intact(self, *names: str) -> bool:
        """Whether every cell of these tables may be used."""
        return all(self[n].complete and all(row.ok() for row in self[n]) for n in names)


def read_tables(raw: RawWorkbook) -> Tables:
    """Judge every cell of every table, then keys and references."""
    tables = Tables({}, list(raw.findings), list(raw.warnings))
    for sheet in (s for s in SHEETS if s.table and s.layout != "hourly"):
        found = raw.tables.get(sheet.name)
        tables.tables[sheet.name] = _read(tables, found) if found else _absent(sheet)
    currency = tables.project.values["currency"]
    for table in tables.tables.values():
        for row in table:
            _fill_from(row, currency)
    for table in tables.tables.values():
        _check_keys(tables, table)
    _check_references(tables)
    return tables


def _absent(sheet: Sheet) -> Table:
    table = Table(sheet, complete=not sheet.required)
    if sheet.layout == "record":
        table.rows = [Row(sheet, 0, {c.name: Value(c, sheet.name, "bad") for c in sheet.columns})]
    return table


def _read(tables: Tables, raw: RawTable) -> Table:
    table = Table(raw.sheet)
    table.complete = raw.sheet.layout == "record" or all(c.name in raw.columns for c in raw.sheet.columns)
    if len(raw.rows) > MOST_ROWS:
        place = f"{raw.grid.title}!A{raw.rows[MOST_ROWS].number}"
        tables.report(Finding(place, raw.sheet.table, "", f"{len(raw.rows):,} rows", f"at most {MOST_ROWS:,} rows"))
    for row in raw.rows[:MOST_ROWS]:
        judged = _judge_row(tables, raw.sheet, row)
        (table.off if "available" in judged.values and judged["available"] is False else table.rows).append(judged)
    return table


def _judge_row(tables: Tables, sheet: Sheet, raw: RawRow) -> Row:
    row = Row(sheet, raw.number, {}, raw.provenance)
    switch = raw.cells.get("available")
    if switch is not None and str(switch.value).lower() in ("no", "false"):
        for column in sheet.columns:  # a row that is switched off may be unfinished
            unjudged = raw.cells.get(column.name, Cell(sheet.name))
            row.values[column.name] = judge(sheet, column, unjudged, lambda _: None)
        return row
    for column in sheet.columns:
        cell = raw.cells.get(column.name)
        if cell is None:
            row.values[column.name] = Value(column, sheet.name, "bad")  # the missing column is a finding already
        else:
            row.values[column.name] = _judge_cell(tables, row, column, cell)
    _check_assumed(tables, row)
    return row


def _judge_cell(tables: Tables, row: Row, column: Column, cell: Cell) -> Value:
    if column.when:
        ruling = row.values[column.when[0]]
        if not ruling.ok:
            return Value(column, cell.address, "bad")
        if ruling.value not in column.when[1]:
            if cell.problem or cell.value not in (None, 0):
                message = f"{column.name} does not apply where {column.when[0]} is {ruling.value} ({ruling.cell})"
                tables.report(finding(row.sheet, column, cell.address, str(cell.value), "a blank cell", message))
            return Value(column, cell.address, "blank")
        if column.required and cell.blank:
            message = f"it must be filled in where {column.when[0]} is {ruling.value} ({ruling.cell})"
            return judge(row.sheet, column, cell, lambda f: tables.report(replace(f, message=message)))
    return judge(row.sheet, column, cell, tables.report)


def _check_assumed(tables: Tables, row: Row) -> None:
    value = row.values.get("assumed_fields")
    if value is None or not value.value:
        return
    names = {c.name for c in row.sheet.columns}
    unknown = [n for n in assumed_names(row) if n not in names]
    if unknown:
        tables.report(row.finding("assumed_fields", repr(unknown[0]), "names of columns of this table"))


def assumed_names(row: Row) -> tuple[str, ...]:
    """Columns that the row names as assumptions."""
    value = row.values.get("assumed_fields")
    return tuple(part.strip() for part in str(value.value).split(",")) if value and value.value else ()


def _fill_from(row: Row, currency: Value) -> None:
    """Blank cells that take the value of another cell."""
    for name, value in row.values.items():
        if value.standing == "blank" and value.column.default_from:
            local = not value.column.default_from.startswith("Project.")
            other = row.values[value.column.default_from] if local else currency
            standing: Standing = "default" if other.ok else "bad"
            row.values[name] = Value(value.column, value.cell, standing, other.value, other.shown)


def _check_keys(tables: Tables, table: Table) -> None:
    """Report rows of the same key; nothing may be concluded from either, as it is open which is meant."""
    first: dict[tuple[Any, ...], Row] = {}
    spoilt: list[Row] = []
    names = table.sheet.key
    for row in table:
        if not names or not row.ok(*names):
            continue
        key = tuple(row[n] for n in names)
        if key in first:
            told = f"it stands in {first[key].cell(names[0])} already"
            see = (*row.cells(*names[1:]), *first[key].cells(*names[1:]))
            tables.report(row.finding(names[0], f"{row.key!r} a second time", "each name once", told, see))
            row.spoil(names[0])
            spoilt.append(first[key])
        first.setdefault(key, row)
    for row in spoilt:
        row.spoil(names[0])


def _check_references(tables: Tables) -> None:
    """Names of other tables' rows, each of which must be there."""

    @cache
    def unused(references: tuple[str, ...]) -> tuple[str, ...]:
        return _unused(tables, references)

    for table in tables.tables.values():
        for row in table:
            for column in table.sheet.columns:
                if column.references and row.ok(column.name) and row[column.name] is not None:
                    _check_reference(tables, row, column, unused)


def _unused(tables: Tables, references: tuple[str, ...]) -> tuple[str, ...]:
    """Cells of names that could be referred to and are not: where a name was changed, one of these is it."""
    rows = [row for table in tables.tables.values() for row in (*table.rows, *table.off)]
    used = set()
    for row in rows:
        for column in row.sheet.columns:
            if set(column.references) & set(references) and row.ok(column.name):
                used.add(row[column.name])
            elif column.name.endswith("_options") and row.ok(column.name):
                used |= {part.strip() for part in str(row[column.name]).split(";")}
    named = [(row, key) for row in rows for key in _keys_of(row, references) if row.ok(key)]
    return tuple(row.cell(key) for row, key in named if row[key] is not None and row[key] not in used)


def _keys_of(row: Row, references: tuple[str, ...]) -> list[str]:
    """Columns of a row whose values the references mean."""
    return [key for sheet, key in (r.split(".") for r in references) if sheet == row.sheet.name]


def _check_reference(
    tables: Tables, row: Row, column: Column, unused: Callable[[tuple[str, ...]], tuple[str, ...]]
) -> None:
    wanted, known, off = row[column.name], {choice: "" for choice in column.choices}, set()
    for reference in column.references:
        name, key = reference.split(".")
        other = tables[name]
        if not other.knows(key):
            return
        known |= {r[key]: r.cell(key) for r in (*other.rows, *other.off) if r[key] is not None}
        off |= {r[key] for r in other.off if r[key] is not None}
    own: tuple[str, ...] = ()
    if column.references == ("ExchangeRates.currency",):
        if not tables.project.ok("currency"):
            return
        known[tables.project["currency"]], own = "", tables.project.cells("currency")
    if wanted not in known:
        free = unused(column.references)
        near = _nearest(wanted, known, off, free)
        names = sorted(str(k) for k in known) or ["none yet"]
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        places = " or ".join(r.replace(".", ", column ") for r in column.references)
        state = ", which is switched off" if near and near[0] in off else ""
        words = (
            f"did you mean {near[0]}{state}?" if near else "",
            f"nothing refers to {', '.join(free[:4])}" if free else "",
        )
        see = (c for c in (*(known[n] for n in near), *own) if c)
        message = "; ".join(part for part in words if part)
        tables.report(
            row.finding(
                column.name, repr(wanted), f"a name of {places} ({'; '.join(names[:MOST_NAMES])}{more})", message, see
            )
        )
        row.spoil(column.name)


def _nearest(wanted: str, known: dict[str, str], off: set[str], free: tuple[str, ...]) -> list[str]:
    """The name that is most likely meant, if any is like it: one that nothing refers to (a name that was changed leaves
    such a one), else one that is in use, else one that is switched off."""
    ways = ([n for n in known if n not in off and known[n] in free], [n for n in known if n not in off], list(known))
    return next((near for names in ways if (near := difflib.get_close_matches(wanted, names, 1, 0.6))), [])


def row_of(cell: str) -> str:
    """`Supply!7` of `Supply!B7`."""
    return re.sub(r"![A-Z]+(?=\d+$)", "!", cell)


def origins(tables: Tables, notes: dict[str, tuple[str, str, str]]) -> tuple[Origin, ...]:
    """Where every value that is used came from; `notes`: source, year and grade by the cell that names a series."""
    rows: Iterable[Row] = (row for table in tables.tables.values() for row in table if row.used)
    return tuple(
        _origin(row, value, notes)
        for row in rows
        for value in row.values.values()
        if value.column.case_path and value.standing in ("given", "default", "no limit")
    )


def _origin(row: Row, value: Value, notes: dict[str, tuple[str, str, str]]) -> Origin:
    column = value.column
    path = column.case_path.format(key=row.key)
    shown = value.shown.strip("'")
    if value.standing == "no limit":
        return Origin(path, value.cell, shown, column.unit, kind="no limit")
    if value.standing == "default":
        own = bool(column.source or column.grade or column.default_from)
        source = column.source if own else "default of the template"
        grade = column.grade if own or not column.numeric else "X"
        return Origin(path, value.cell, shown, column.unit, source, "", cast(Grade, grade), "default")
    if value.cell in notes:
        source, year, grade = notes[value.cell]
    elif row.sheet.layout == "record":
        source, year, grade = row.provenance.get(column.name, ("", "", ""))
    else:
        source, year, grade = (str(row[n] or "") if row.ok(n) else "" for n in PROVENANCE_NAMES[:3])
        grade = "X" if column.name in assumed_names(row) else grade
    return Origin(path, value.cell, shown, column.unit, source, year, cast(Grade, grade), "given")
