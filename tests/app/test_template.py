"""The workbooks to fill in: written from the manifest, read back by the reader, safe and fresh."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from planner.errors import BadWorkbook
from planner.schema import HEADER_ROW, SHEETS, USERS
from planner.template import example_names, write_example
from planner.template.book import write_workbook
from planner.template.content import inputs, template_content
from planner.template.look import OPTIONAL, REQUIRED
from planner.template.picture import GROUPS
from planner.validate import validate, validate_sites
from planner.workbook import read_workbook

EITHER = {"design": {"Sites!tariff"}, "siting": {"Sites!tariff", "Sites!carbon_g_per_kwh"}, "procurement": set()}
"""asked for, but a series may be given instead: not marked as required in the manifest"""


@pytest.mark.parametrize("user", USERS)
def test_a_template_lacks_only_its_required_cells(template, user):
    """Proves: an untouched template has findings for exactly the blank cells that its user must fill in. Catches:
    catalogue rows that the reader refuses, a missing sheet, a required cell that is neither coloured nor filled."""
    with pytest.raises(BadWorkbook) as problem:
        validate(read_workbook(template(user)))
    asked = {
        f"{s.name}!{c.name}"
        for s in SHEETS
        for c in s.columns
        if c.required and not c.when and user in c.users and s.name != "Offers"  # a blank row of Offers is no offer
    }
    found = [f"{finding.cell.split('!')[0]}!{finding.column}" for finding in problem.value.findings]
    assert sorted(found) == sorted(asked | EITHER[user])
    assert all(finding.found == "a blank cell" for finding in problem.value.findings)


@pytest.mark.parametrize("user", USERS)
def test_the_guide_leads_to_every_coloured_cell(template_book, user):
    """Proves: the Guide links to each cell asked for, under its right address, and that cell is coloured. Catches: an
    address that is off by a row or column, a cell listed but not coloured."""
    book = template_book(user)
    targets = {cell.value: cell.hyperlink.location for row in book["Guide"] for cell in row if cell.hyperlink}
    for s in SHEETS:
        for number, c in enumerate(s.columns, start=1):
            if user not in c.users:
                continue
            place = [HEADER_ROW + number, 2] if s.layout == "record" else [HEADER_ROW + 1, number]
            cell = book[s.name].cell(*place)
            where = f"{s.name}!{cell.coordinate}"
            assert targets[f"{where}  {c.name}"] == where
            colour = REQUIRED if c.cannot_stay_blank else OPTIONAL
            assert cell.fill.fgColor.rgb.endswith(colour.lstrip("#")), where


def test_the_picture_shows_every_sheet(template):
    """Proves: the drawing on the Guide covers each sheet once, and says `you fill in` where yellow cells are.
    Catches: a sheet added to the manifest that the drawing forgets."""
    assert sorted(name for group in GROUPS for name in group.sheets) == sorted(s.name for s in SHEETS if s.table)
    for user, yours in (("design", 2), ("siting", 1), ("procurement", 2)):
        with zipfile.ZipFile(template(user)) as archive:
            drawing = archive.read("xl/drawings/drawing1.xml").decode()
        assert drawing.count("you fill in the yellow cells</a:t>") == yours
        assert "plan.xlsx</a:t>" in drawing


@pytest.mark.parametrize("name", example_names())
def test_the_guide_names_the_command_that_takes_the_workbook(name):
    """Proves: where sheet Sites has several rows, the Guide says `aidc sites`, else `aidc plan`. Catches: a first
    command that refuses the file."""
    book = CalamineWorkbook.from_path(str(inputs() / "examples" / f"{name}.xlsx"))
    words = str(book.get_sheet_by_name("Guide").to_python())
    rows = book.get_sheet_by_name("Sites").to_python(skip_empty_area=False)[HEADER_ROW:]
    several = sum(bool(row[0]) for row in rows) > 1
    assert ("aidc sites THIS-FILE.xlsx" in words, "aidc plan THIS-FILE.xlsx" in words) == (several, not several)


def test_drop_downs_of_names_offer_each_name_once(template):
    """Proves: behind the drop-down of tariffs, which have many rows each, every tariff stands once, and choices of the
    column itself come first. Catches: 150 entries to scroll through, `flat` missing among the profiles."""
    content = template_content("design")
    book = openpyxl.load_workbook(template("design"), data_only=True, read_only=True)
    lists = zip(*book["Lists"].iter_rows(values_only=True), strict=True)
    columns = [[v for v in c if v][1:] for c in lists]
    assert list(dict.fromkeys(r["tariff"] for r in content.rows["TariffEnergy"])) in columns
    assert ["flat", *dict.fromkeys(r["profile"] for r in content.rows["Profiles"])] in columns


def test_a_failed_write_leaves_the_old_file(tmp_path):
    """Proves: when writing fails half-way, the workbook that stood there is untouched. Catches: writing in place."""
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"before")
    content = template_content("design")
    content.series_notes.clear()
    with pytest.raises((KeyError, ValueError)):
        write_workbook(path, content, "design")
    assert path.read_bytes() == b"before"


@pytest.mark.parametrize("user", USERS)
def test_at_most_fifteen_cells_to_fill_in(user):
    """Proves: no user has more than fifteen coloured cells. Catches: a column
    added to the manifest as required for all."""
    assert sum(user in c.users for s in SHEETS for c in s.columns) <= 15


@pytest.mark.parametrize("name", example_names())
def test_examples_have_no_problem(name):
    """Proves: each example, as committed (and so as written, see below), is read without a finding or a warning.
    Catches: data that contradicts the manifest."""
    for checked in validate_sites(read_workbook(inputs() / "examples" / f"{name}.xlsx")):
        assert not checked.warnings
        assert checked.case.calendar.steps == 8760


@pytest.mark.parametrize("name", example_names())
def test_committed_examples_are_fresh(tmp_path, name):
    """Proves: inputs/examples/NAME.xlsx is what `aidc template --example NAME` writes now, byte for byte. Catches: data
    or manifest changed without writing the examples again."""
    path = tmp_path / "example.xlsx"
    write_example(path, name)
    assert path.read_bytes() == (inputs() / "examples" / f"{name}.xlsx").read_bytes()


def test_text_stays_text(tmp_path):
    """Proves: a name that looks like a formula or link is written as text. Catches: live formulas from the
    catalogue."""
    content = template_content("design")
    content.rows["Racks"][0]["name"] = '=HYPERLINK("http://x","y")'
    content.rows["Racks"][1]["name"] = "http://example.org"
    write_workbook(Path(tmp_path / "t.xlsx"), content, "design")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx", read_only=True)["Racks"]
    cells = [row[0] for row in sheet.iter_rows(min_row=HEADER_ROW + 1, max_row=HEADER_ROW + 2)]
    assert [c.data_type for c in cells] == ["s", "s"]
    with zipfile.ZipFile(tmp_path / "t.xlsx") as archive:
        links = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/_rels/")]
    assert not any("http://example.org" in text or "http://x" in text for text in links)


def test_every_choice_has_a_drop_down(template_book):
    """Proves: each column with choices or names has a list validation on its first row. Catches: a forgotten kind."""
    book = template_book("design")
    for s in SHEETS:
        if s.layout != "rows":
            continue
        lists = [v for v in book[s.name].data_validations.dataValidation if v.type == "list"]
        for number, column in enumerate(s.columns, start=1):
            if column.kind in ("yes_no", "choice", "reference", "series"):
                cell = book[s.name].cell(HEADER_ROW + 1, number).coordinate
                assert any(cell in v.sqref for v in lists), f"{s.name}!{cell} {column.name}"
