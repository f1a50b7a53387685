"""Series by name: a column of sheet Hourly, or a column of a CSV file beside the workbook."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import Finding
from planner.schema import GRADES, HOURLY
from planner.validate.cells import LARGEST, bounds, convert, shown
from planner.validate.rows import Row, Tables
from planner.validate.steps import Steps
from planner.workbook import RawWorkbook
from planner.workbook.csv_file import BadCsv, read_csv_column
from planner.workbook.tables import RawTable
from planner.workbook.weather_file import WEATHER_COLUMNS, at_times, is_weather_file, read_weather

Vector = NDArray[np.float64]


@dataclass
class SeriesReader:
    """Reads each series once; whatever is wrong with it is found once."""

    raw: RawWorkbook
    tables: Tables
    steps: Steps | None
    notes: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """source, year and grade by the cell that names the series"""
    files: list[Path] = field(default_factory=list)
    """files that were read"""
    _vectors: dict[str, Vector | None] = field(default_factory=dict)
    _complained: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        table = self.raw.tables.get("Hourly")
        self.hourly = table if table and "hour" in table.columns else None
        self.hourly_fits = (
            self.hourly is not None and self.steps is not None and self._check_hours(self.hourly, self.steps)
        )

    def read(self, row: Row, name: str) -> Vector | None:
        """The series a cell names, in the Case's units; None if the cell is blank or the series cannot be used."""
        wanted = row[name] if row.ok(name) else None
        if wanted is None:
            return None
        if wanted not in self._vectors:
            self._vectors[wanted] = self._from_file(row, name) if _names_file(wanted) else self._from_hourly(row, name)
        vector = self._vectors[wanted]
        if vector is None or not self._in_bounds(row, name, vector):
            return None
        if self.hourly is not None and wanted in self.hourly.columns:
            self.notes[row.cell(name)] = _note(self.hourly, wanted)
        converted: Vector = convert(row.values[name].column, vector)
        return converted

    def _check_hours(self, table: RawTable, steps: Steps) -> bool:
        """Length and order of sheet Hourly."""
        rows, title = table.last_row - table.header_row, table.grid.title
        if not rows and steps:
            return False
        if rows != steps.count:
            where = table.cell(table.last_row, "hour").address
            expected = f"{steps.count:,} rows, one per step of the operating year"
            asked = self.tables.project.cell
            hours = f"{asked('hours')} says how many hours it has, {asked('step_minutes')} how long a step is"
            self.tables.report(Finding(where, HOURLY.table, "hour", f"{rows:,} rows", expected, "", hours))
            return False
        values = _values(table, "hour")
        numbers = [v if isinstance(v, (int, float)) and not isinstance(v, bool) else math.nan for v in values]
        wrong = np.flatnonzero(~(np.abs(np.array(numbers, float) - np.arange(rows) * steps.hours) < 1e-6))
        if wrong.size:
            i = int(wrong[0])
            cell = table.cell(table.header_row + 1 + i, "hour")
            expected = f"{i * steps.hours:g} (hours count from 0 without gaps on sheet {title})"
            found = "a blank cell" if cell.value is None else shown(cell.value)
            if cell.problem != "reported":
                self.tables.report(Finding(cell.address, HOURLY.table, "hour", found, expected, f"{i * steps.hours:g}"))
        return not wrong.size

    def _from_hourly(self, row: Row, name: str) -> Vector | None:
        wanted, table = row[name], self.hourly
        if table is None:
            self._miss_hourly(row, name)
            return None
        if wanted not in table.columns or wanted == "hour":
            names = ", ".join([n for n in table.columns if n != "hour"][:10]) or "none yet"
            self.tables.report(row.finding(name, "", f"a column of sheet Hourly ({names}), or file.csv:column"))
            row.spoil(name)
            return None
        if table.last_row == table.header_row:
            self.tables.report(row.finding(name, f"no rows on sheet {table.grid.title}", "one row per step"))
            return None
        if not self.hourly_fits:
            return None
        first = table.header_row + 1
        return self._numbers(_values(table, wanted), wanted, lambda i: table.cell(first + i, wanted), HOURLY.table)

    def _miss_hourly(self, row: Row, name: str) -> None:
        """Say once that there is no sheet of series, unless a finding says already what is wrong with it."""
        if not any(found.table == HOURLY.table for found in self.tables.findings):
            message = f"{row.cell(name)} and others may name its columns"
            self.tables.report(
                Finding(HOURLY.name, HOURLY.table, "", "no such sheet", "a sheet of series", "", message)
            )

    def _from_file(self, row: Row, name: str) -> Vector | None:
        file, _, column = row[name].rpartition(":")
        folder = self.raw.path.parent
        return self._from_weather(row, name) if is_weather_file(folder, file) else self._from_csv(row, name)

    def _from_weather(self, row: Row, name: str) -> Vector | None:
        """A column of an EPW or TMY3 file at the operating year's hours."""
        file, _, column = row[name].rpartition(":")
        try:
            if column not in WEATHER_COLUMNS:
                raise BadCsv(f"file.epw:column is expected; its columns are: {', '.join(WEATHER_COLUMNS)}")
            weather = read_weather(self.raw.path.parent, file)
            self.record(weather.path)
            return None if self.steps is None else at_times(weather, column, self.steps.times)
        except BadCsv as error:
            self.tables.report(row.finding(name, "", "", str(error)))
            row.spoil(name)
            return None

    def record(self, path: Path) -> None:
        """Note that a file was read."""
        if path not in self.files:
            self.files.append(path)

    def _from_csv(self, row: Row, name: str) -> Vector | None:
        file, _, column = row[name].rpartition(":")
        try:
            if not file:
                raise BadCsv("file.csv:column is expected")
            found = read_csv_column(self.raw.path.parent, file, column)
        except BadCsv as error:
            self.tables.report(row.finding(name, "", "", str(error)))
            row.spoil(name)
            return None
        self.record(found.path)
        if self.steps is None:
            return None
        if len(found.values) != self.steps.count:
            expected = f"{self.steps.count:,} rows, one per step of the operating year"
            self.tables.report(row.finding(name, f"{len(found.values):,} rows in {file}", expected))
            return None
        values = [_as_number(text) for text in found.values]
        return self._numbers(values, column, lambda i: f"{file}, line {i + found.first_line}", "")

    def _numbers(self, values: Sequence[Any], name: str, place: Callable[[int], Any], table: str) -> Vector | None:
        wrong = [i for i, v in enumerate(values) if type(v) not in (float, int) or not abs(v) <= LARGEST]
        if not wrong:
            return np.array(values, dtype=float)
        spot = place(wrong[0])
        where, problem = (spot, "") if isinstance(spot, str) else (spot.address, spot.problem)
        if problem != "reported":
            words = {"error": "an error value", "uncalculated": "a formula that was never calculated"}
            content = "a blank cell" if values[wrong[0]] in (None, "") else shown(values[wrong[0]])
            more = f"and {len(wrong) - 1:,} more cells of this series" if len(wrong) > 1 else ""
            expected = f"a number below {LARGEST:g} in size"
            self.tables.report(Finding(where, table, name, words.get(problem, content), expected, "12.5", more))
        return None

    def _in_bounds(self, row: Row, name: str, vector: Vector) -> bool:
        column = row.values[name].column
        low = -math.inf if column.minimum is None else column.minimum
        high = math.inf if column.maximum is None else column.maximum
        wrong = np.flatnonzero((vector < low) | (vector > high))
        if not wrong.size:
            return True
        series, i = row[name], int(wrong[0])
        if series not in self._complained:
            self._complained.add(series)
            table = self.hourly if self.hourly is not None and series in self.hourly.columns else None
            where = table.cell(table.header_row + 1 + i, series).address if table else f"{series}, line {i + 2}"
            more = f"and {wrong.size - 1:,} more values; " if wrong.size > 1 else ""
            more += f"{row.cell(name)} takes the series as {name.removesuffix('_series')}"
            unit = f" [{column.unit}]"
            self.tables.report(
                Finding(
                    where, HOURLY.table if table else "", series, f"{vector[i]:.12g}", bounds(column) + unit, "", more
                )
            )
        return False


def _names_file(wanted: str) -> bool:
    return ".csv" in wanted.lower() or ".epw" in wanted.lower()


def _values(table: RawTable, name: str) -> list[Any]:
    column, value = table.columns[name], table.grid.value
    return [value(row, column)[0] for row in range(table.header_row + 1, table.last_row + 1)]


def _as_number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _note(table: RawTable, name: str) -> tuple[str, str, str]:
    """`source | year | grade` two rows above a series."""
    text = table.grid.cell(table.header_row - 2, table.columns[name]).value if table.header_row > 2 else None
    parts = [part.strip() for part in str(text or "").split("|")]
    source, year, grade = (*parts, "", "")[:3]
    return source, year, grade if grade in GRADES else ""
