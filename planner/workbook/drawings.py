"""Drawings of text boxes kept in a copy of a workbook: openpyxl copies charts and pictures, and drops every shape."""

from __future__ import annotations

import posixpath
import re
import zipfile
from pathlib import Path

from planner.workbook.archive import Archive, sheet_parts

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = f"{_OFFICE}/drawing"
_TYPES = "[Content_Types].xml"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_ID = "keptDrawing"
_FOLLOWS = re.compile(rb"<(?:legacyDrawing|tableParts)\b|</worksheet>")
"""what the standard wants after a sheet's drawing, of all that openpyxl writes"""


def keep_drawings(original: Archive, copy: Path) -> None:
    """Give every sheet of `copy`, as openpyxl saved it, the drawing that it has in `original` and lost.

    Drawings that refer to other parts are left alone: those are charts and pictures, which openpyxl keeps."""
    saved = Archive(copy, copy.read_bytes())
    parts, changed = sheet_parts(saved), dict[str, bytes]()
    for title, part in original.parts.items():
        drawing = _drawing(original, part)
        if drawing is None or title not in parts or _drawing(saved, parts[title]) is not None:
            continue
        if _relations(drawing) not in original.zip.namelist():
            kept = f"xl/drawings/kept{len(changed)}.xml"
            changed[kept] = original.zip.read(drawing)
            changed |= _tied(saved, parts[title], kept)
            types = changed.get(_TYPES) or saved.zip.read(_TYPES)
            override = f'<Override PartName="/{kept}" ContentType="{_CONTENT_TYPE}"/>'
            changed[_TYPES] = types.replace(b"</Types>", override.encode() + b"</Types>")
    if changed:
        _write(saved, changed, copy)


def _relations(part: str) -> str:
    """The part that says which other parts this one uses."""
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _drawing(archive: Archive, sheet: str) -> str | None:
    """The part that holds a sheet's drawing; None without one."""
    from defusedxml.ElementTree import fromstring

    relations = _relations(sheet)
    if relations not in archive.zip.namelist():
        return None
    for link in fromstring(archive.zip.read(relations)):
        if link.get("Type") == _DRAWING:
            part = posixpath.normpath(posixpath.join("/", posixpath.dirname(sheet), link.get("Target", "")))[1:]
            return part if part in archive.zip.namelist() else None
    return None


def _tied(saved: Archive, sheet: str, drawing: str) -> dict[str, bytes]:
    """The parts that tie a drawing to a sheet: the sheet itself and its relations."""
    xml, relations = saved.zip.read(sheet), _relations(sheet)
    place = _FOLLOWS.search(xml, xml.rfind(b"<sheetData"))
    assert place is not None, "openpyxl ends every sheet with </worksheet>"
    tag = f'<drawing xmlns:r="{_OFFICE}" r:id="{_ID}"/>'.encode()
    there = relations in saved.zip.namelist()
    links = saved.zip.read(relations) if there else f'<Relationships xmlns="{_PACKAGE}"></Relationships>'.encode()
    link = f'<Relationship Id="{_ID}" Type="{_DRAWING}" Target="/{drawing}"/>'.encode()
    return {
        sheet: xml[: place.start()] + tag + xml[place.start() :],
        relations: links.replace(b"</Relationships>", link + b"</Relationships>"),
    }


def _write(saved: Archive, changed: dict[str, bytes], path: Path) -> None:
    """The workbook with some parts changed and others added."""
    names = saved.zip.namelist()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in (*names, *(new for new in changed if new not in names)):
            out.writestr(name, changed[name] if name in changed else saved.zip.read(name))
