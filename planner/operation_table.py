"""The year of operation as a table: `operation.csv.gz`, one row per step, every digit of every number.

Column headings are for people (`busy_racks: chat, NVL72, direct liquid`); which heading holds which part of an
Operation is stored beside the plan, because names in headings may themselves contain commas."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import numpy as np

from models.case import Calendar
from models.design import Operation

if TYPE_CHECKING:
    import pandas as pd

STAGE = "stage"
"""Column of a plan of growth: the stage's number."""
LABELS = ("step", "starts", "month")
"""Columns that say when a step is; the rest is the plan."""


def columns_of(operation: Operation) -> list[dict[str, Any]]:
    """Heading, field and key of every series of an Operation, in the order of the file."""
    found: list[dict[str, Any]] = []
    used = set(LABELS)
    for f in fields(operation):
        value = getattr(operation, f.name)
        for key in value if isinstance(value, dict) else (None,):
            parts = [] if key is None else [key] if isinstance(key, str) else list(key)
            heading = f"{f.name}: {', '.join(parts)}" if parts else f.name
            while heading in used:
                heading += "'"
            used.add(heading)
            found.append({"column": heading, "field": f.name, "key": parts})
    return found


def step_starts(calendar: Calendar) -> pd.DatetimeIndex:
    """Local standard time at which each step starts."""
    import pandas as pd

    return pd.date_range(calendar.first_step, periods=calendar.steps, freq=pd.Timedelta(hours=calendar.step_h))


def operation_frame(calendar: Calendar, operation: Operation) -> pd.DataFrame:
    """All series of the year side by side, with the labels of each step (month 1-12)."""
    import pandas as pd

    data: dict[str, Any] = {
        "step": range(calendar.steps),
        "starts": step_starts(calendar).strftime("%Y-%m-%dT%H:%M"),
        "month": [m + 1 for m in calendar.month_of_step],
    }
    for column in columns_of(operation):
        value = getattr(operation, column["field"])
        data[column["column"]] = value[_key(column)] if isinstance(value, dict) else value
    return pd.DataFrame(data)


def write_operation(calendar: Calendar, operation: Operation, path: Path) -> None:
    """Write `operation.csv.gz`; the same operation gives the same bytes."""
    _write(operation_frame(calendar, operation), path)


def write_stages(stages: Sequence[tuple[Calendar, Operation]], path: Path) -> None:
    """Write the years of all stages under each other, their number (from 1) in the first column; what a stage does not
    have is blank."""
    import pandas as pd

    frames = [operation_frame(calendar, operation) for calendar, operation in stages]
    for number, frame in enumerate(frames, start=1):
        frame.insert(0, STAGE, number)
    _write(pd.concat(frames, ignore_index=True), path)


def _write(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n", compression={"method": "gzip", "mtime": 0})


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(path)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise ValueError(f"it cannot be read as a compressed table ({error})") from None


def read_operation(calendar: Calendar, columns: list[dict[str, Any]], path: Path) -> Operation:
    """The Operation stored in a file, bit for bit. Raises ValueError if the file does not hold what `columns` says."""
    return _from_frame(calendar, columns, _read(path))


def read_stages(calendars: Sequence[Calendar], columns: list[list[dict[str, Any]]], path: Path) -> list[Operation]:
    """The Operation of each stage stored in a file. Raises ValueError as read_operation."""
    frame = _read(path)
    if STAGE not in frame.columns or len(calendars) != len(columns):
        raise ValueError(f"column {STAGE!r} is missing")
    parts = [frame[frame[STAGE] == number] for number in range(1, len(calendars) + 1)]
    if sum(map(len, parts)) != len(frame):
        raise ValueError("it holds other stages")
    return [_from_frame(c, own, part) for c, own, part in zip(calendars, columns, parts, strict=True)]


def _from_frame(calendar: Calendar, columns: list[dict[str, Any]], frame: pd.DataFrame) -> Operation:
    if len(frame) != calendar.steps:
        raise ValueError(f"{len(frame)} rows, expected {calendar.steps}")
    values: dict[str, Any] = {name: {} for name, hint in get_type_hints(Operation).items() if _is_keyed(hint)}
    for column in columns:
        if column["column"] not in frame.columns:
            raise ValueError(f"column {column['column']!r} is missing")
        series = frame[column["column"]].to_numpy(dtype=float)
        if not np.isfinite(series).all():
            raise ValueError(f"column {column['column']!r} has blanks or values that are not numbers")
        if column["key"]:
            values[column["field"]][_key(column)] = series
        else:
            values[column["field"]] = series
    try:
        return Operation(**values)
    except TypeError as error:
        raise ValueError(f"a series is missing ({error})") from None


def _is_keyed(hint: Any) -> bool:
    arguments = get_args(hint)
    return len(arguments) == 2 and (arguments[0] is str or get_args(arguments[0])[:1] == (str,))


def _key(column: dict[str, Any]) -> Any:
    parts = column["key"]
    return parts[0] if len(parts) == 1 else tuple(parts)
