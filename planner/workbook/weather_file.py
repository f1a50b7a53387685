"""Weather files beside the workbook: EnergyPlus (.epw), TMY3 (.csv of NREL), or a CSV file with our own column names.

Read here with the standard library: of the packages that read these files, ladybug-core is AGPL and pvlib (BSD) would
bring h5py and requests, for four columns of comma-separated text. Wet bulb is at the file's own air pressure, so that
altitude is in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.psychrometrics import pressure_hpa, wet_bulb_c
from planner.workbook.csv_file import BadCsv, open_rows, path_beside

Vector = NDArray[np.float64]
WEATHER_COLUMNS = ("dry_bulb_c", "wet_bulb_c", "rel_humidity_pct")
"""What a series may name in a weather file."""
_TMY3_DATE = "Date (MM/DD/YYYY)"
_TMY3 = (_TMY3_DATE, "Time (HH:MM)", "Dry-bulb (C)", "RHum (%)", "Pressure (mbar)")
_EPW_HEADER_LINES, _EPW_FIELDS = 8, 10
_YEARS_OF_HOURS = (8760, 8784)


@dataclass(frozen=True)
class Weather:
    """Hours of one file, in its own order; local standard time."""

    path: Path
    moment: NDArray[np.int64]
    """10,000 * month + 100 * day + hour 0-23 in which each value holds"""
    series: dict[str, Vector]
    """by name of WEATHER_COLUMNS"""


def is_weather_file(folder: Path, name: str) -> bool:
    """Whether a file beside the workbook is an EPW or TMY3 file; other names and unreadable files are not."""
    if name.lower().endswith(".epw"):
        return True
    try:
        rows = open_rows(path_beside(folder, name, (".csv",)), errors="replace")
    except BadCsv:
        return False
    return len(rows) > 1 and bool(rows[1]) and rows[1][0].strip() == _TMY3_DATE


def read_weather(folder: Path, name: str) -> Weather:
    """Read an EPW or TMY3 file of 8,760 or 8,784 hours; raises BadCsv with a sentence for the user."""
    path = path_beside(folder, name, (".epw", ".csv"))
    rows = open_rows(path, errors="replace")  # names of places in old code pages; the figures are plain
    epw = path.suffix.lower() == ".epw"
    moment, dry, humid, pressure, first = _epw(rows) if epw else _tmy3(rows)
    if len(dry) not in _YEARS_OF_HOURS:
        raise BadCsv(f"the file has {len(dry):,} hours; 8,760 or 8,784 are expected, one row per hour")
    for words, values, low, high in (("dry bulb", dry, -60, 70), ("relative humidity", humid, 0, 110)):
        wrong = np.flatnonzero(~((values >= low) & (values <= high)))
        if wrong.size:
            raise BadCsv(f"line {first + int(wrong[0])}: {words} {values[wrong[0]]:g} is missing or no weather")
    humid = np.minimum(humid, 100.0)
    wet = wet_bulb_c(dry, humid, pressure)
    return Weather(path, moment, dict(zip(WEATHER_COLUMNS, (dry, wet, humid), strict=True)))


_Hours = tuple[NDArray[np.int64], Vector, Vector, Vector, int]
"""Moments, dry bulb, humidity, pressure [hPa], line of the first hour."""


def _epw(rows: list[list[str]]) -> _Hours:
    if not rows or rows[0][:1] != ["LOCATION"]:
        raise BadCsv("an EPW file starts with LOCATION")
    data = rows[_EPW_HEADER_LINES:]
    try:
        height = float(rows[0][9])
        table = np.array([[float(row[k]) for k in (1, 2, 3, 6, 8, 9)] for row in data])
    except (ValueError, IndexError) as error:
        raise BadCsv(f"an EPW row has at least {_EPW_FIELDS} fields, of which date and weather are numbers") from error
    if table.size == 0:
        raise BadCsv("the file has no hours")
    moment = 10_000 * table[:, 0] + 100 * table[:, 1] + table[:, 2] - 1
    measured = table[:, 5] / 100
    pressure = np.where((measured > 300) & (measured < 1100), measured, pressure_hpa(height))
    return moment.astype(np.int64), table[:, 3], table[:, 4], pressure, _EPW_HEADER_LINES + 1


def _tmy3(rows: list[list[str]]) -> _Hours:
    header = [word.strip() for word in rows[1]] if len(rows) > 1 else []
    missing = [word for word in _TMY3 if word not in header]
    if missing:
        raise BadCsv(f"a TMY3 file has the column {missing[0]!r} in its second line")
    date, clock, *rest = (header.index(word) for word in _TMY3)
    try:
        height = float(rows[0][6])
        days = [row[date].split("/") for row in rows[2:]]
        hours = [float(row[clock].split(":")[0]) - 1 for row in rows[2:]]
        moment = [10_000 * int(m) + 100 * int(d) + h for (m, d, _), h in zip(days, hours, strict=True)]
        table = np.array([[float(row[k]) for k in rest] for row in rows[2:]])
    except (ValueError, IndexError) as error:
        raise BadCsv("a TMY3 row has a date, a time and numbers under the weather columns") from error
    if table.size == 0:
        raise BadCsv("the file has no hours")
    measured = table[:, 2]
    pressure = np.where((measured > 300) & (measured < 1100), measured, pressure_hpa(height))
    return np.array(moment).astype(np.int64), table[:, 0], table[:, 1], pressure, 3


def at_times(weather: Weather, column: str, times: NDArray[np.datetime64]) -> Vector:
    """A column at the month, day and hour of each time [start of a step]; 29 February as the 28th where the file has
    none."""
    days = times.astype("datetime64[D]")
    month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    hour = times.astype("datetime64[h]").astype(np.int64) % 24
    order = np.argsort(weather.moment, kind="stable")
    known = weather.moment[order]
    leap = (month == 2) & (day == 29) & (not np.isin(22_900, known))
    wanted = 10_000 * month + 100 * np.where(leap, 28, day) + hour
    found = np.minimum(np.searchsorted(known, wanted), known.size - 1)
    if not (known[found] == wanted).all():
        raise BadCsv("the file lacks hours of the operating year")
    return weather.series[column][order[found]]


def all_hours(folder: Path, name: str, column: str) -> tuple[Path, Vector]:
    """Every hour of a column, of a weather file or of a CSV file (any number of years) with our column names."""
    if is_weather_file(folder, name):
        weather = read_weather(folder, name)
        return weather.path, weather.series[column]
    path = path_beside(folder, name, (".csv",))
    rows = [row for row in open_rows(path) if any(row)]
    header = [word.strip() for word in rows[0]] if rows else []
    if column not in header:
        raise BadCsv(f"{name} has no column {column}, and is no EPW or TMY3 file")
    try:
        values = np.array([float(row[header.index(column)]) for row in rows[1:]])
    except (ValueError, IndexError) as error:
        raise BadCsv(f"{name}: the column {column} holds something that is no number") from error
    if not (values.size and np.isfinite(values).all()):
        raise BadCsv(f"{name}: the column {column} is empty or not finite")
    return path, values
