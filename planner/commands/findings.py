"""A copy of a workbook in which every finding stands as a comment on its cell, and all of them in a list of their own.

The workbook itself is never written to."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import Finding
from planner.folder import file_complete_or_absent

if TYPE_CHECKING:
    from planner.workbook.archive import Archive

SHEET = "Findings"
RED = "FFC7CE"
_COLUMNS = (("Cell", 26), ("Column", 26), ("Found", 32), ("Expected", 46), ("Example", 28), ("What to do", 60))
_HEAD = 4
"""row of the header"""
_FONT, _DARK = "Calibri", "1F4E5F"
_NOTE = (
    "A copy to read, with a comment on each cell; go on working in your own workbook. Click a cell's name to go there."
)
_AUTHOR = "aidc check"
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")


def write_findings(findings: Sequence[Finding], workbook: Path, path: Path) -> None:
    """Write the copy to `path`: its first sheet lists the findings with links, cells carry comments and a red fill.

    A file that is no workbook gives the list alone. Raises OSError if `path` cannot be written."""
    from planner.workbook.drawings import keep_drawings

    book, original = _copy(workbook)
    page = book.create_sheet(_free_name(book), 0)
    book.active = 0
    for sheet in book.worksheets[1:]:
        sheet.sheet_view.tabSelected = False
    _list(page, findings, book)
    for place, words in _by_cell(findings, book).items():
        _mark(book[place[0]][place[1]], words)
    with file_complete_or_absent(path) as draft:
        book.save(draft)
        if original is not None:
            keep_drawings(original, draft)


def _copy(workbook: Path) -> tuple[Any, Archive | None]:
    """The workbook to write into, and what it is a copy of; an empty one and None where the file cannot be opened."""
    import openpyxl

    from planner.workbook.archive import open_unsafe

    try:
        archive = open_unsafe(workbook)  # a file that is not safe to open is not opened here either
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts of the file that a reader of comments does not miss
            return openpyxl.load_workbook(workbook), archive
    except Exception:  # whatever a damaged file raises; the findings say so
        empty = openpyxl.Workbook()
        empty.remove(empty.worksheets[0])
        return empty, None


def _free_name(book: Any) -> str:
    return next(name for name in (SHEET, *(f"{SHEET} {n}" for n in range(2, 99))) if name not in book.sheetnames)


def _place(finding: Finding, book: Any) -> tuple[str, str] | None:
    """Sheet and address of a finding's cell; None where it is about a sheet or a file."""
    sheet, _, cell = finding.cell.rpartition("!")
    return (sheet, cell) if sheet in book.sheetnames and _ADDRESS.fullmatch(cell) else None


def _by_cell(findings: Sequence[Finding], book: Any) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        place = _place(finding, book)
        if place is not None:
            found.setdefault(place, []).append(str(finding).partition(": ")[2])
    return found


def _mark(cell: Any, words: list[str]) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    if isinstance(cell, MergedCell):
        return
    comment = Comment("\n".join(words), _AUTHOR)
    comment.width, comment.height = 380, 40 + 36 * len(words)
    cell.comment = comment
    cell.fill = PatternFill("solid", fgColor=RED)


def _list(page: Any, findings: Sequence[Finding], book: Any) -> None:
    """The findings as a table; texts are written as texts, whatever they begin with."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink

    page.sheet_properties.tabColor = RED
    page.sheet_view.showGridLines = False
    page.freeze_panes = page.cell(_HEAD + 1, 1)
    count = "1 finding" if len(findings) == 1 else f"{len(findings) or 'No'} findings"
    _text(page.cell(1, 1), count).font = Font(name=_FONT, size=18, bold=True, color=_DARK)
    _text(page.cell(2, 1), _NOTE).font = Font(name=_FONT, size=10, color="5B6B7B")
    for number, (name, width) in enumerate(_COLUMNS, 1):
        head = _text(page.cell(_HEAD, number), name)
        head.font, head.fill = Font(name=_FONT, size=10, bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_DARK)
        page.column_dimensions[head.column_letter].width = width
    for row, finding in enumerate(findings, _HEAD + 1):
        texts = (finding.cell, finding.column, finding.found, finding.expected, finding.example, finding.message)
        for number, text in enumerate(texts, 1):
            cell = _text(page.cell(row, number), text)
            cell.font, cell.alignment = Font(name=_FONT, size=10), Alignment(wrap_text=True, vertical="top")
        lines = max(-(-len(text) // int(1.15 * width)) for text, (_, width) in zip(texts, _COLUMNS, strict=True))
        page.row_dimensions[row].height = 14 * max(1, lines) + 2
        place = _place(finding, book)
        if place is not None:
            title = place[0].replace("'", "''")
            link = page.cell(row, 1)
            link.hyperlink = Hyperlink(link.coordinate, location=f"'{title}'!{place[1]}")
            link.font = Font(name=_FONT, size=10, underline="single", color=_DARK)
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _text(cell: Any, text: str) -> Any:
    cell.value = text
    cell.data_type = "s"  # never a formula
    return cell
