"""From an .xlsx file to raw cells with their addresses; no judgement on what they hold. The file is never written to.

Ordinary sheets are read by openpyxl (with defusedxml), which knows formulas, errors, merged cells and tables; the cells
of big sheets (hourly series) by calamine, thirty times faster. Importing this package imports neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import BadWorkbook, Finding
from planner.schema import SHEETS, USER_NAME, USERS, VERSION, VERSION_NAME, User

if TYPE_CHECKING:
    from planner.workbook.grid import Grid
    from planner.workbook.tables import RawTable


@dataclass(frozen=True)
class RawWorkbook:
    """Tables with their cells, and what is already known to be wrong."""

    path: Path
    tables: dict[str, RawTable]
    """by the manifest's sheet name; missing ones are absent"""
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    user: User = "design"
    """whose template it is"""


def read_workbook(path: str | Path) -> RawWorkbook:
    """Read every table of the manifest.

    Raises BadWorkbook if the file cannot be opened as a workbook at all; what is wrong inside it (missing sheets,
    columns, merged cells) is collected in `findings`, so that validation reports it together with everything else."""
    from planner.workbook.tables import find_tables

    path = Path(path)
    book, grids = _opened(path)
    if not _is_template(grids):
        message = "write a template with: aidc template"
        missing = Finding(path.name, found="no sheet of the template", expected="sheet Project", message=message)
        raise BadWorkbook([missing])
    version, unknown = _version(path, book)
    found = find_tables(grids, SHEETS, version)
    findings = (*unknown, *found.findings)
    return RawWorkbook(path, found.tables, findings, tuple(found.warnings), _user(book))


def read_grids(path: Path) -> dict[str, Grid]:
    """All sheets of any workbook as cells. Raises BadWorkbook if the file cannot be opened as one."""
    return _opened(path)[1]


def _opened(path: Path) -> tuple[Any, dict[str, Grid]]:
    from planner.workbook.archive import open_archive

    try:
        return _grids(open_archive(path))
    except BadWorkbook:
        raise
    except Exception as error:  # whatever a zip or XML parser says about a broken part, to the user the file is damaged
        message = "open it in Excel or LibreOffice and save it as .xlsx"
        damaged = Finding(path.name, found="a damaged file", expected="an Excel workbook (.xlsx)", message=message)
        raise BadWorkbook([damaged]) from error


def _is_template(grids: dict[str, Grid]) -> bool:
    """Whether any sheet or Excel table of the manifest is there, so that it makes sense to list what is missing."""
    names, tables = {s.name for s in SHEETS if s.table}, {s.table for s in SHEETS if s.table}
    return any(title in names or tables & set(grid.tables) for title, grid in grids.items())


def _grids(archive: Any) -> tuple[Any, dict[str, Grid]]:
    from planner.workbook.grid import dense_grid, sparse_grid

    book = _load(archive)
    fast = None
    grids = {}
    for sheet in book.worksheets:
        tables = {table.displayName: _area(table) for table in sheet.tables.values()}
        merged = tuple(r.bounds for r in sheet.merged_cells.ranges)
        if sheet.title in archive.big_sheets:
            fast = fast or _load_fast(archive)
            cells = fast.get_sheet_by_name(sheet.title)
            grids[sheet.title] = dense_grid(sheet.title, cells, archive.xml(sheet.title), tables, merged)
        else:
            grids[sheet.title] = sparse_grid(sheet.title, sheet, archive.xml(sheet.title), tables, merged)
    return book, grids


def _load(archive: Any) -> Any:
    """The workbook as openpyxl reads it, with the values that formulas had when it was saved."""
    import warnings

    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about drawings and validations that a reader of values does not need
        return openpyxl.load_workbook(archive.without_big_cells(), data_only=True, keep_links=False)


def _load_fast(archive: Any) -> Any:
    import io

    import python_calamine

    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(archive.data))


def _area(table: Any) -> tuple[int, int, int, int]:
    from openpyxl.utils import range_boundaries

    left, top, right, bottom = range_boundaries(table.ref)
    return left, top, right, bottom - (table.totalsRowCount or 0)


def _named(book: Any, name: str) -> str | None:
    """The text or number that a defined name stands for; None: there is no such name."""
    found = book.defined_names.get(name)
    return None if found is None else str(found.attr_text).strip("= \"'")


def _user(book: Any) -> User:
    named = _named(book, USER_NAME)
    return next((user for user in USERS if user == named), "design")


def _version(path: Path, book: Any) -> tuple[int, list[Finding]]:
    """The version of the manifest a workbook was written by, and what is wrong with it."""
    text = _named(book, VERSION_NAME)
    if text is None or text in {str(version) for version in range(1, VERSION + 1)}:
        return VERSION if text is None else int(text), []
    message = "write a new template with: aidc template, and copy your figures into it"
    expected = f"template version {VERSION}"
    return VERSION, [Finding(path.name, found=f"template version {text}", expected=expected, message=message)]
