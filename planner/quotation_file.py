"""One-sheet quotation files: written for vendors, read back into the buyer's workbook.

A file holds one offer, a field a row. Read back, it becomes one new row of Offers and one of Quotations in a copy of
the workbook; nothing else of the copy changes, and that is checked cell by cell before it is kept. What only the buyer
knows (duty, tax, price range, grades) is not on the form."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import BadWorkbook, Finding
from planner.folder import file_complete_or_absent, replace_files
from planner.quotation_doubts import doubts
from planner.quotation_words import Buyer
from planner.schema import Column, Sheet, sheet
from planner.validate.cells import judge
from planner.workbook import RawWorkbook, read_grids
from planner.workbook.grid import Cell, Grid

if TYPE_CHECKING:
    from planner.validate import ValidatedCase

FORM, TABLE = "Quotation", "tblQuotation"
HEAD = ("field", "value", "unit", "meaning", "blank")
_FIRST = 5
"""row of the header"""
_BUYERS = {
    "Offers": {"available", "site_built", "asset_class", "duty_pct", "duty_basis", "import_tax_pct", "site"},
    "Quotations": {"offer", "rate_date", "duty_date", "price_rise_pct", "relocation_pct"},
}
_PROVENANCE = {"source", "year", "grade", "assumed_fields"}


def fields() -> tuple[tuple[Sheet, Column], ...]:
    """What a vendor is asked, in the form's order."""
    return tuple(
        (s, _asked_of_vendors(c))
        for s in (sheet("Offers"), sheet("Quotations"))
        for c in s.columns
        if c.name not in _BUYERS[s.name] | _PROVENANCE
    )


def _asked_of_vendors(column: Column) -> Column:
    """The column as the form has it: a vendor's blank currency must not become the buyer's."""
    return replace(column, required=True, default_from="") if column.name == "currency" else column


def write_form(path: Path, raw: RawWorkbook) -> None:
    """Write the empty form; currency, names and scope are those of the buyer's workbook."""
    from xlsxwriter.workbook import Workbook

    path.parent.mkdir(parents=True, exist_ok=True)
    file = io.BytesIO()
    book = Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(FORM)
    base = {"font_name": "Arial", "font_size": 10, "valign": "top", "text_wrap": True}
    plain, grey = book.add_format(base), book.add_format(base | {"font_color": "#5B6B77"})
    must = book.add_format(base | {"bg_color": "#FFF2B3", "border": 1, "border_color": "#B8C4CC"})
    may = book.add_format(base | {"bg_color": "#FFFBE8", "border": 1, "border_color": "#B8C4CC"})
    title = book.add_format({"font_name": "Arial", "font_size": 18, "bold": True, "font_color": "#1F4E6B"})
    page.write_string(0, 0, "Quotation for one offer", title)
    buyer = Buyer(raw)
    hint = "Fill in the second column: yellow must be filled, pale where it applies. One file per offer."
    page.merge_range(1, 0, 1, 4, f"{hint} {buyer.heading()}", plain)
    page.merge_range(2, 0, 2, 4, f"A complete delivery contains: {', '.join(buyer.scope) or 'no list given'}.", plain)
    for line in (1, 2):
        page.set_row(line, 28)
    for column, width in enumerate((24, 34, 26, 66, 26)):
        page.set_column(column, column, width, plain)
    rows = fields()
    last = _FIRST - 1 + len(rows)
    page.add_table(
        _FIRST - 1,
        0,
        last,
        4,
        {"name": TABLE, "columns": [{"header": h} for h in HEAD], "autofilter": False, "style": "Table Style Light 1"},
    )
    for number, (_, c) in enumerate(rows, start=_FIRST):
        page.write_string(number, 0, c.name, plain)
        page.write_blank(number, 1, None, must if c.required else may)
        asked = buyer.asked(c)
        page.write_string(number, 2, asked.unit, grey)
        page.write_string(number, 3, asked.hint, grey)
        page.set_row(number, 14 * (1 + len(asked.hint) // 66) + 1)
        page.write_string(number, 4, c.blank, grey)
        if asked.choices:
            page.data_validation(number, 1, number, 1, {"validate": "list", "source": list(asked.choices)})
    page.freeze_panes(_FIRST, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(_FIRST - 1)
    book.close()
    replace_files(path.parent, {path.name: file.getvalue()})


@dataclass(frozen=True)
class _Filled:
    """One form read back."""

    path: Path
    cells: dict[tuple[str, str], Cell]
    """(sheet, column) -> what the vendor wrote"""

    def name(self) -> str:
        return str(self.cells["Offers", "name"].value or "")


def add_quotations(workbook: Path, files: Sequence[Path], target: Path) -> list[str]:
    """Write `target`: the workbook with one row of Offers and Quotations per file. Returns what was added, in words,
    and what is strange about it.

    Raises BadWorkbook with every finding, each at its cell of the vendor's file; then nothing is written."""
    findings: list[Finding] = []
    forms = [form for path in files if (form := _read(path, findings)) is not None]
    names = [form.name() for form in forms]
    for form in forms:
        if form.name() and names.count(form.name()) > 1:
            where = _where(form, "Offers", "name")
            findings.append(Finding(where, TABLE, "name", repr(form.name()), "a name that no other file uses"))
    if findings:
        raise BadWorkbook(tuple(dict.fromkeys(findings)))
    with file_complete_or_absent(target) as draft:
        rows = _append(workbook, forms, draft)
        checked = _check(workbook, draft, forms, rows)
    lines = []
    for form, row in zip(forms, rows, strict=True):
        lines.append(f"Added: {form.name()} from {form.path.name} (Offers row {row['Offers']})")
        for column, words in doubts(checked.case, form.name()):
            of = "Quotations" if ("Quotations", column) in form.cells else "Offers"
            lines.append(f"Note: {_where(form, of, column)}: {words}: is the currency right?")
    return lines


def _where(form: _Filled, of: str, column: str) -> str:
    return f"{form.path.name}: {form.cells[of, column].address}"


def _read(path: Path, findings: list[Finding]) -> _Filled | None:
    grid = _form_grid(read_grids(path))
    if grid is None:
        message = "write a new form with: aidc offers WORKBOOK --form FILE"
        findings.append(Finding(path.name, found="no quotation form", expected=f"a table {TABLE}", message=message))
        return None
    left, top, _, bottom = grid.tables.get(TABLE, (1, _FIRST, 5, grid.rows))
    rows = {str(grid.cell(r, left).value): r for r in range(top + 1, bottom + 1) if grid.cell(r, left).value}
    known = {c.name for _, c in fields()}
    for name, row in rows.items():
        if name not in known and not grid.cell(row, left + 1).blank:  # forms of earlier versions have more rows
            cell = grid.cell(row, left)
            findings.append(Finding(f"{path.name}: {cell.address}", TABLE, name, "a field that the form does not have"))
    cells = {}
    for s, column in fields():
        row = rows.get(column.name, 0)
        cell = grid.cell(row, left + 1) if row else Cell(f"{FORM}!A1")
        cells[s.name, column.name] = cell
        if not row:
            findings.append(Finding(f"{path.name}: {FORM}", TABLE, column.name, "no such row", f"field {column.name}"))
            continue
        judge(s, column, cell, lambda f: findings.append(replace(f, cell=f"{path.name}: {f.cell}", table=TABLE)))
    return _Filled(path, cells)


def _form_grid(grids: dict[str, Grid]) -> Grid | None:
    named = (g for g in grids.values() if TABLE in g.tables)
    return next(named, grids.get(FORM))


def _append(workbook: Path, forms: list[_Filled], draft: Path) -> list[dict[str, int]]:
    """Write the copy with the new rows; their row numbers by sheet, for each form."""
    from planner.workbook.append import Appender

    copy = Appender(workbook, read_grids(workbook))
    added = []
    for form in forms:
        rows = {}
        for of in (sheet("Offers"), sheet("Quotations")):
            values: dict[str, Any] = {c: cell.value for (s, c), cell in form.cells.items() if s == of.name}
            values |= {"source": f"quotation {form.path.name}", "year": str(dt.date.today().year)}
            values |= {"offer": form.name()} if of.name == "Quotations" else {"available": "yes"}
            rows[of.name] = copy.add(of, values)
        added.append(rows)
    copy.save(draft)
    return added


def _check(workbook: Path, draft: Path, forms: list[_Filled], rows: list[dict[str, int]]) -> ValidatedCase:
    """The copy, which is sound and differs from the workbook in the new rows alone."""
    from planner.validate import validate
    from planner.workbook import read_workbook

    before, after = read_grids(workbook), read_grids(draft)
    new = {(s, number) for found in rows for s, number in found.items()}
    for title, grid in after.items():
        old = before[title]
        for r in range(1, max(grid.rows, old.rows) + 1):
            if (title, r) in new:
                continue
            for c in range(1, max(grid.columns, old.columns) + 1):
                if grid.cell(r, c).value != old.cell(r, c).value:
                    raise RuntimeError(f"{grid.cell(r, c).address} would have changed")
    try:
        return validate(read_workbook(draft))
    except BadWorkbook as bad:
        raise BadWorkbook([_at_form(f, forms, rows) for f in bad.findings]) from None


def _at_form(found: Finding, forms: list[_Filled], rows: list[dict[str, int]]) -> Finding:
    """A finding about a new row, at the vendor's cell."""
    of, _, cell = found.cell.partition("!")
    for form, numbers in zip(forms, rows, strict=True):
        if of in numbers and cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(numbers[of]):
            known = (of, found.column) in form.cells
            return replace(found, cell=_where(form, of, found.column) if known else form.path.name)
    return found
