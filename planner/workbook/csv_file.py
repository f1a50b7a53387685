"""Columns of a CSV file beside the workbook."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 100_000_000
MAX_ROWS, MAX_CELLS = 600_000, 6_000_000
"""a year in minutes; what stays well within the memory of a small machine"""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""names that Windows takes for devices, with any ending"""


class BadCsv(Exception):
    """The file cannot be used; the message is for the user."""


@dataclass(frozen=True)
class CsvColumn:
    """The values of one column as texts, in file order."""

    path: Path
    values: tuple[str, ...]
    first_line: int = 2


def path_beside(folder: Path, name: str, endings: tuple[str, ...]) -> Path:
    """A file in `folder` (the workbook's); raises BadCsv with a sentence for the user.

    Only files of these endings inside the folder are read, so that a foreign workbook cannot make the planner open
    others."""
    wanted = Path(name)
    parts = re.split(r"[/\\]", name)
    if any(ord(letter) < 32 or letter in '<>:"|?*' for letter in name) or len(name) > 200:
        raise BadCsv('a file name of at most 200 characters without <, >, :, ", |, ?, * is expected')
    if any(_RESERVED.fullmatch(part.strip()) or part.endswith((" ", ".")) and part.strip(".") for part in parts):
        raise BadCsv("a file name that every system allows is expected: not CON or NUL, no dot or blank at its end")
    path = (folder / wanted).resolve()
    if ".." in parts or wanted.is_absolute() or name.startswith(("\\", "/")) or folder.resolve() not in path.parents:
        raise BadCsv("a file in the workbook's folder is expected, without a path that leads out of it")
    if path.suffix.lower() not in endings:
        raise BadCsv(f"a file whose name ends in {' or '.join(endings)} is expected")
    if not path.is_file():
        raise BadCsv(f"there is no file {name} beside the workbook")
    if path.stat().st_size > MAX_BYTES:
        raise BadCsv(f"the file is larger than {MAX_BYTES // 1_000_000} MB")
    return path


def open_rows(path: Path, errors: str = "strict") -> list[list[str]]:
    """All rows of a comma-separated file, without empty ones at its end; raises BadCsv. `errors`: what to do with bytes
    that are no UTF-8."""
    try:
        with path.open(newline="", encoding="utf-8-sig", errors=errors) as stream:
            rows: list[list[str]] = []
            cells = 0
            for row in csv.reader(stream):
                cells += len(row)
                if len(rows) >= MAX_ROWS or cells > MAX_CELLS:
                    raise BadCsv(f"the file is too long (limits: {MAX_ROWS:,} rows, {MAX_CELLS:,} cells)")
                rows.append(row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadCsv(f"the file cannot be read as comma-separated text in UTF-8 ({error})") from error
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def read_csv_column(folder: Path, name: str, column: str) -> CsvColumn:
    """Read one column of `name` in `folder`; raises BadCsv with a sentence for the user."""
    path = path_beside(folder, name, (".csv",))
    rows = open_rows(path)
    header = [word.strip() for word in rows[0]] if rows else []
    if column not in header:
        shown = ", ".join(header[:12]) or "none"
        raise BadCsv(f"the file has no column {column!r}; its columns are: {shown}")
    index = header.index(column)
    return CsvColumn(path, tuple(row[index].strip() if index < len(row) else "" for row in rows[1:]))
