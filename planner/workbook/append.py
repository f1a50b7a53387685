"""Rows added to Excel tables of a workbook without touching anything else in the file.

Only two kinds of parts are edited, as text: the sheet's XML (cells of the new row) and the table's XML (its range).
Formulas keep their values, and drawings, formats, comments and macros-to-be stay as they are, which no library that
rewrites the whole workbook can promise."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from planner.errors import BadWorkbook, Finding
from planner.schema import Sheet
from planner.workbook.archive import Archive, column_number, open_archive
from planner.workbook.grid import Grid

_ROW = r'<row\b[^>]*?\br="{row}"[^>]*?(?:/>|>.*?</row>)'
_CELL = re.compile(r'<c\b[^>]*?\br="([A-Z]+)\d+"[^>]*?(?:/>|>.*?</c>)', re.S)
_STYLE = re.compile(r'\bs="(\d+)"')


class Appender:
    """Collects new rows, then writes the file with them."""

    def __init__(self, path: Path, grids: Mapping[str, Grid]) -> None:
        self.path, self.grids = path, grids
        self._archive: Archive = open_archive(path)
        self._changed: dict[str, str] = {}
        self._last: dict[str, int] = {}

    def add(self, of: Sheet, values: Mapping[str, Any]) -> int:
        """Add a row after the last filled one of a table; returns its number."""
        grid = next((g for g in self.grids.values() if of.table in g.tables), None)
        if grid is None:
            message = "write a new template with: aidc template, and copy your figures into it"
            raise BadWorkbook([Finding(of.name, of.table, found="no such table", expected=of.table, message=message)])
        left, top, right, bottom = grid.tables[of.table]
        columns = range(left, right + 1)
        filled = (r for r in range(top + 1, bottom + 1) if any(not grid.cell(r, c).blank for c in columns))
        row = self._last.get(of.table, max(filled, default=top)) + 1
        cells = {_letters(c): values.get(str(grid.cell(top, c).value)) for c in columns}
        part = self._archive.parts[grid.title]
        text = self._part(part)
        self._changed[part] = _with_row(text, row, {k: v for k, v in cells.items() if v is not None}, row - 1 > top)
        if row > bottom:
            self._stretch(of.table, (left, top, right), row)
        self._last[of.table] = row
        return row

    def save(self, target: Path) -> None:
        """Write the workbook with all rows added."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
            for entry in self._archive.zip.infolist():
                changed = self._changed.get(entry.filename)
                out.writestr(entry, self._archive.zip.read(entry) if changed is None else changed.encode("utf-8"))

    def _part(self, name: str) -> str:
        return self._changed.get(name) or self._archive.zip.read(name).decode("utf-8")

    def _stretch(self, table: str, area: tuple[int, int, int], last: int) -> None:
        """Let a table reach to a row."""
        for name in self._archive.zip.namelist():
            text = self._part(name) if name.startswith("xl/tables/") else ""
            if f'displayName="{table}"' in text:
                start = rf'ref="{_letters(area[0])}{area[1]}:{_letters(area[2])}'
                self._changed[name] = re.sub(rf'{start}\d+"', f'{start}{last}"', text)


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _with_row(xml: str, row: int, values: Mapping[str, Any], styled_above: bool) -> str:
    """The sheet with these cells of a row set; formats are those of the cells that stood there, else of the row
    above."""
    above = re.search(_ROW.format(row=row - 1), xml, re.S) if styled_above else None
    styles = {} if above is None else {m[1]: _style(m[0]) for m in _CELL.finditer(above[0])}
    found = re.search(_ROW.format(row=row), xml, re.S)
    cells = {} if found is None else {m[1]: m[0] for m in _CELL.finditer(found[0])}
    for letters, value in values.items():
        style = _style(cells[letters]) if letters in cells else styles.get(letters, "")
        cells[letters] = _cell(f"{letters}{row}", value, style)
    body = "".join(cells[letters] for letters in sorted(cells, key=column_number))
    if found is not None:
        opening = re.sub(r"\s*/?>$", ">", found[0][: found[0].index(">") + 1])
        return xml[: found.start()] + f"{opening}{body}</row>" + xml[found.end() :]
    new = f'<row r="{row}">{body}</row>'
    following = next((m for m in re.finditer(r'<row\b[^>]*?\br="(\d+)"', xml) if int(m[1]) > row), None)
    if following is not None:
        return xml[: following.start()] + new + xml[following.start() :]
    return xml.replace("<sheetData/>", f"<sheetData>{new}</sheetData>").replace("</sheetData>", f"{new}</sheetData>", 1)


def _style(cell: str) -> str:
    found = _STYLE.search(cell[: cell.index(">")])
    return f' s="{found[1]}"' if found else ""


def _cell(address: str, value: Any, style: str) -> str:
    """A cell that holds a number or a text; never a formula."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f'<c r="{address}"{style}><v>{value!r}</v></c>'
    if isinstance(value, dt.datetime):
        value = value.date().isoformat()
    text = escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", str(value)))
    return f'<c r="{address}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
