"""The file before anything parses it: is it a workbook, and is it safe to open?

An .xlsx file is a zip of XML parts. Everything that could hurt (huge contents, entities, cells in a far corner that
make a dense reader allocate without end) is looked for here, on the raw bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from planner.errors import BadWorkbook, Finding

MAX_BYTES = 200_000_000
MAX_ENTRIES = 2000
MAX_RATIO = 200
"""unpacked over packed size, for parts above a megabyte"""
MAX_ROWS, MAX_COLUMNS, MAX_AREA = 110_000, 500, 8_000_000
BIG_PART = 400_000
"""bytes of XML above which a sheet's cells are read by the fast reader"""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*?(/?)>')
_DATA = re.compile(rb"<((?:\w+:)?sheetData)\b[^>]*>")
_ADVICE = "open it in Excel or LibreOffice and save it as .xlsx"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _refuse(path: Path, found: str, message: str = _ADVICE) -> BadWorkbook:
    return BadWorkbook([Finding(path.name, found=found, expected="an Excel workbook (.xlsx)", message=message)])


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


@dataclass
class Archive:
    """The parts of a workbook that passed the checks."""

    path: Path
    data: bytes
    parts: dict[str, str] = field(default_factory=dict)
    """sheet title -> name of its XML part"""

    @cached_property
    def zip(self) -> zipfile.ZipFile:
        """The zip itself."""
        return zipfile.ZipFile(io.BytesIO(self.data))

    def xml(self, title: str) -> bytes:
        """A sheet's XML."""
        return self.zip.read(self.parts[title])

    @cached_property
    def big_sheets(self) -> tuple[str, ...]:
        """Sheets whose cells the fast reader reads."""
        return tuple(t for t, part in self.parts.items() if self.zip.getinfo(part).file_size > BIG_PART)

    def without_big_cells(self) -> io.BytesIO:
        """A copy of the workbook in which big sheets keep their tables and merged ranges but no cells."""
        if not self.big_sheets:
            return io.BytesIO(self.data)
        emptied = {self.parts[title] for title in self.big_sheets}
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
            for info in self.zip.infolist():
                content = self.zip.read(info)
                target.writestr(info.filename, _without_cells(content) if info.filename in emptied else content)
        copy.seek(0)
        return copy


def _without_cells(xml: bytes) -> bytes:
    start = _DATA.search(xml)
    if start is None or start.group().endswith(b"/>"):
        return xml
    end = xml.rfind(b"</" + start.group(1) + b">")
    return xml[: start.end()] + xml[end:] if end > 0 else xml


def open_archive(path: Path) -> Archive:
    """Check a file and list its sheets.

    Raises BadWorkbook if it is not a workbook or not safe to open, and any error of zipfile or the XML parser if it is
    damaged."""
    archive = open_unsafe(path)
    _check_corners(archive)
    return archive


def open_unsafe(path: Path) -> Archive:
    """The same, but sheets may have cells far out: for readers that hold only the cells there are."""
    try:
        if path.exists() and not path.is_file():
            raise _refuse(path, "something that is not a file")  # a pipe or a device might never end
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise BadWorkbook(
            [Finding(path.name, message=f"the file cannot be read: {error.strerror or error}")]
        ) from error
    if data is None:
        raise _refuse(
            path, f"a file larger than {MAX_BYTES // 1_000_000} MB", "keep long series in CSV files beside it"
        )
    if not data:
        raise _refuse(path, "an empty file", "write a new one with: aidc template")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _refuse(path, "a workbook protected by a password", "save it without a password to open")
        raise _refuse(path, "a workbook in the old .xls format")
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise _refuse(path, "a file that is not a workbook")
    archive = Archive(path, data)
    _check_entries(archive)
    archive.parts = sheet_parts(archive)
    return archive


def _check_entries(archive: Archive) -> None:
    path, infos = archive.path, archive.zip.infolist()
    names = {info.filename for info in infos}
    if any(info.flag_bits & 1 for info in infos):
        raise _refuse(path, "a workbook protected by a password", "save it without a password to open")
    if "xl/workbook.xml" not in names:
        raise _refuse(path, "a file that is not an .xlsx workbook")
    if len(infos) > MAX_ENTRIES or len(names) != len(infos):
        message = f"a workbook has far fewer (limit: {MAX_ENTRIES:,}, no name twice); it is not opened"
        raise _refuse(path, f"{len(infos):,} parts inside the file", message)
    if sum(info.file_size for info in infos) > MAX_BYTES or any(
        info.file_size > 1_000_000 and info.file_size > MAX_RATIO * info.compress_size for info in infos
    ):
        limits = f"limits: {MAX_BYTES // 1_000_000} MB, {MAX_RATIO} times the packed size of a part"
        message = f"it is not opened; delete unused cells and save again ({limits})"
        raise _refuse(path, "contents that unpack to a huge size", message)
    for info in infos:
        if info.filename.endswith((".xml", ".rels", ".vml")):
            content = archive.zip.read(info)
            content = content.replace(b"\0", b"") if b"\0" in content else content  # UTF-16
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:  # in text, "<" is written "&lt;"
                raise _refuse(path, f"entity declarations in {info.filename}", "no workbook has them; it is not opened")


def sheet_parts(archive: Archive) -> dict[str, str]:
    """Sheet title -> name of its XML part. Raises BadWorkbook if there is none."""
    from defusedxml.ElementTree import fromstring

    book = fromstring(archive.zip.read("xl/workbook.xml"))
    links = fromstring(archive.zip.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts: dict[str, str] = {}
    for element in book.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            target = targets.get(element.get(_OFFICE), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in archive.zip.namelist():
                parts[element.get("name", "")] = part
    if not parts:
        raise _refuse(archive.path, "a workbook without sheets", "write a new one with: aidc template")
    return parts


def _check_corners(archive: Archive) -> None:
    """Refuse sheets with cells so far out that reading their range would take all memory."""
    findings = []
    for title in archive.parts:
        cells = [(letters, digits) for letters, digits, empty in _CELL.findall(archive.xml(title)) if not empty]
        numbers = {letters: column_number(letters.decode()) for letters in {letters for letters, _ in cells}}
        rows, columns = max((int(digits) for _, digits in cells), default=0), max(numbers.values(), default=0)
        far = ""
        if rows > MAX_ROWS or columns > MAX_COLUMNS:
            beyond = ((c, r) for c, r in cells if int(r) > MAX_ROWS or numbers[c] > MAX_COLUMNS)
            far = b"".join(next(beyond)).decode()
        if far or rows * columns > MAX_AREA:
            limits = f"{MAX_ROWS:,} rows, {MAX_COLUMNS} columns, {MAX_AREA:,} cells"
            message = f"delete the rows and columns beyond the data (limits: {limits})"
            found = "a cell far away from the data" if far else f"a used range of {rows:,} rows and {columns} columns"
            findings.append(Finding(f"{title}!{far}" if far else title, found=found, message=message))
    if findings:
        raise BadWorkbook(findings)
