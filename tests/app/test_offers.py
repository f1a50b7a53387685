"""`aidc offers`: result folder, rules of the command line, quotation files that change nothing but their own rows."""

from __future__ import annotations

import copy
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner, Result
from columns_bases import RACKS

from models.design import Proof
from planner.cli import cli
from planner.errors import BadWorkbook, Infeasible, NoAnswer
from planner.quotation_file import add_quotations, fields, write_form
from planner.schema import SHEETS
from planner.solving.family import Member
from planner.studies.offers import TenderOptions, _Study
from planner.workbook import read_grids, read_workbook

_GIVEN: dict[str, Any] = {
    "name": "pod B",
    "vendor": "W",
    "kind": "integrated",
    "it_kw": 1500,
    "electrical_kw": 1500,
    "cooling": "liquid",
    "heat_kw": 1600,
    "currency": "EUR",
    "ex_works": 8_500_000,
    "lead_p50_months": 8,
    "reference": "=HYPERLINK(1)",
    "missing_scope": "crane",
    "valid_until": "2027-06-30",
}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def filled(book: Path, path: Path, **changes: Any) -> Path:
    """A vendor's form for the workbook, filled in."""
    write_form(path, read_workbook(book))
    form = openpyxl.load_workbook(path)
    page = form.worksheets[0]
    values = _GIVEN | changes
    for row in page.iter_rows(min_row=6):
        if row[0].value in values:
            row[1].value = values[row[0].value]
            if isinstance(row[1].value, str):
                row[1].data_type = "s"
    form.save(path)
    return path


def test_a_quotation_adds_its_own_rows_and_nothing_else(small: Any, tmp_path: Path) -> None:
    """Proves: a form becomes one row of Offers and one of Quotations; every other cell, and every other part of the
    file, is as before; text that looks like a formula stays text. Catches: a row overwritten, a sheet written anew."""
    book = small.write()
    target = tmp_path / "new.xlsx"
    add_quotations(book, [filled(book, tmp_path / "form.xlsx")], target)
    before, after = read_grids(book), read_grids(target)
    changed = {
        (title, r)
        for title, grid in after.items()
        for r in range(1, grid.rows + 1)
        for c in range(1, grid.columns + 1)
        if grid.cell(r, c).value != before[title].cell(r, c).value
    }
    rows = {title: before[title].tables[f"tbl{title}"][3] + 1 for title in ("Offers", "Quotations")}
    assert changed == set(rows.items())
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target) as new:
        touched = [n for n in old.namelist() if old.read(n) != new.read(n)]
    assert len(touched) == 4 and all("/sheet" in n or "/table" in n for n in touched)
    cell = openpyxl.load_workbook(target)["Quotations"].cell(rows["Quotations"], 2)
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s") or cell.data_type == "inlineStr"


def test_two_quotations_at_once_can_be_read_back(small: Any, tmp_path: Path) -> None:
    """Proves: two files make two rows that the reader understands, with their terms. Catches: the second over the
    first."""
    from planner.validate import validate

    book, target = small.write(), tmp_path / "new.xlsx"
    forms = [filled(book, tmp_path / f"{n}.xlsx", name=f"pod {n}") for n in "BC"]
    add_quotations(book, forms, target)
    offers = {m.name: m for m in validate(read_workbook(target)).case.offers}
    assert {"pod B", "pod C"} <= set(offers)
    assert offers["pod C"].ex_works_k == 8500 and offers["pod C"].quotation.scope_kcur == 18


@pytest.mark.parametrize(
    "changes,words",
    [
        ({"it_kw": "a lot"}, "expected a number above 0"),
        ({"ex_works": None}, "a blank cell"),
        ({"currency": None}, "a blank cell"),
        ({"cooling": "ice"}, "a name of Cooling"),
        ({"name": "pod"}, "a second time"),
        ({"missing_scope": "roof"}, "items of Scope"),
        ({"pay_order_pct": 80, "pay_ready_pct": 40}, "at most 100 % together"),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else "",
)
def test_a_wrong_cell_is_found_in_the_vendors_file(small: Any, tmp_path: Path, changes: Any, words: str) -> None:
    """Proves: each mistake is told at its cell of the vendor's file, also where only the whole workbook shows it, and
    nothing is written. Catches: an address in a file that does not exist, a half-written workbook."""
    book, target = small.write(), tmp_path / "new.xlsx"
    form = filled(book, tmp_path / "form.xlsx", **changes)
    with pytest.raises(BadWorkbook) as bad:
        add_quotations(book, [form], target)
    row = [c.name for _, c in fields()].index(next(iter(changes))) + 6
    assert any(f.cell == f"form.xlsx: Quotation!B{row}" and words in str(f) for f in bad.value.findings)
    assert not target.exists() and not list(tmp_path.glob("tmp*"))


def test_the_form_speaks_to_vendors(small: Any, tmp_path: Path) -> None:
    """Proves: each price says whose currency it is in, the buyer's by its code; the currency of the quotation must be
    filled in; scope and names are the buyer's own. Catches: a hint about a sheet that a vendor does not have, a blank
    currency that silently becomes the buyer's."""
    small.rows["Tender"] = [{"warranty_wanted_years": 5}]
    book, path = small.write(), tmp_path / "form.xlsx"
    write_form(path, read_workbook(book))
    page = openpyxl.load_workbook(path).worksheets[0]
    rows = {row[0].value: row for row in page.iter_rows(min_row=6)}
    code, colour = small.project["currency"], rows["name"][1].fill.fgColor.rgb
    assert rows["installation"][2].value == rows["inland"][2].value == f"{code}/unit"
    assert rows["ex_works"][2].value == rows["freight"][2].value == "quotation currency/unit"
    assert rows["currency"][1].fill.fgColor.rgb == colour and rows["currency"][4].value == "must be filled in"
    assert f"one of: {code}, KRW, EUR" in rows["currency"][3].value and "crane" in rows["missing_scope"][3].value
    assert rows["warranty_extension"][3].value.endswith("in all; for example 60000")
    assert f"in the buyer's currency, {code}." in page.cell(2, 1).value
    words = " ".join(str(cell.value) for row in page.iter_rows() for cell in row)
    assert not [w for w in ("sheet ", "offer currency", *(f"{s.name}." for s in SHEETS)) if w in words]


@pytest.mark.parametrize(
    "changes,column,words",
    [
        ({}, "", ""),
        ({"installation": 300_000_000}, "installation", "more than the ex-works price"),
        ({"spares": 9_000_000}, "spares", "more than the ex-works price"),
        ({"ex_works": 12_750_000_000}, "ex_works", "times the median of the other offers of its kind"),
        ({"ex_works": 8_500}, "ex_works", "of the median of the other offers of its kind"),
    ],
    ids=["plain", "installation", "spares", "dear", "cheap"],
)
def test_a_price_in_a_strange_currency_is_asked_about(
    small: Any, tmp_path: Path, changes: Any, column: str, words: str
) -> None:
    """Proves: a charge above the ex-works price, and a price ten times off its like, are noted at the vendor's cell and
    added all the same; what is usual is not noted. Catches: won typed where dollars were asked, told by nobody."""
    book, target = small.write(), tmp_path / "new.xlsx"
    notes = [line for line in add_quotations(book, [filled(book, tmp_path / "form.xlsx", **changes)], target)][1:]
    assert target.is_file() and len(notes) == bool(changes)
    if changes:
        row = [c.name for _, c in fields()].index(column) + 6
        assert notes[0].startswith(f"Note: form.xlsx: Quotation!B{row}: ") and words in notes[0]
        assert notes[0].endswith(": is the currency right?")


def test_a_form_sent_earlier_is_still_read(small: Any, tmp_path: Path) -> None:
    """Proves: a row that forms no longer have is passed over while it is blank, and told when it is filled in."""
    book = small.write()
    form = filled(book, tmp_path / "form.xlsx")
    for value in (None, "here"):
        old = openpyxl.load_workbook(form)
        page = old.worksheets[0]
        row = 6 + [c.name for _, c in fields()].index("sold_until_year")
        page.cell(row, 1).value, page.cell(row, 2).value = "site", value
        page.cell(page.max_row + 1, 1).value = "sold_until_year"
        page.tables["tblQuotation"].ref = f"A5:E{page.max_row}"
        old.save(tmp_path / "old.xlsx")
        if value is None:
            assert add_quotations(book, [tmp_path / "old.xlsx"], tmp_path / "new.xlsx")
            continue
        with pytest.raises(BadWorkbook, match="a field that the form does not have"):
            add_quotations(book, [tmp_path / "old.xlsx"], tmp_path / "newer.xlsx")


def test_another_file_is_no_quotation(small: Any, tmp_path: Path) -> None:
    """Proves: a workbook that is no form is refused by name, with exit code 3."""
    book = small.write()
    found = run("offers", book, "--add", book, "-o", tmp_path / "new.xlsx")
    assert found.exit_code == 3 and "no quotation form" in found.output


@pytest.fixture
def tiny(small: Any) -> Path:
    """Ten racks in two pods of one vendor, or in those of another: a tender of one day that takes seconds."""
    rival = {**RACKS.rows["Offers"][0], "name": "pod B", "vendor": "W", "ex_works": 1_200_000}
    small.project = dict(RACKS.project)
    small.rows = {s.name: copy.deepcopy(RACKS.rows.get(s.name, [])) for s in SHEETS if s.layout == "rows"}
    small.rows["Offers"].append(rival)
    hours = small.project["hours"]
    small.series = {"hour": [float(h) for h in range(hours)]}
    small.series |= {name: [values[i % len(values)] for i in range(hours)] for name, values in RACKS.series.items()}
    return small.write()


def test_the_result_folder(tiny: Path, tmp_path: Path) -> None:
    """Proves: one command writes the award, the recommendation, the plan and the manifest; --json gives the same
    orders; a second run without --force is refused; the rules of the command line reach the study."""
    folder = tmp_path / "out"
    found = run("offers", tiny, "-o", folder, "--brief", "--json", "--quiet", "--least-vendors", 2)
    assert found.exit_code == 0, found.output
    answer = json.loads(found.stdout)
    documents = {"award.xlsx", "award-anonymous.xlsx", "recommendation.html", "recommendation.docx"}
    names = documents | {"tender.json", "manifest.json", "plan"}
    assert {p.name for p in folder.iterdir()} == names
    stored = json.loads((folder / "tender.json").read_text())
    assert stored["recommended"] == answer["recommended"] and answer["recommended"]["orders"]
    assert answer["audit"]["ok"]
    assert answer["recommended"]["orders"] == [{"offer": "pod", "count": 1}, {"offer": "pod B", "count": 1}]
    assert run("audit", folder / "plan").exit_code == 0
    assert run("report", folder).exit_code == 0
    kept = (folder / "manifest.json").read_bytes()
    for text in ("{", None):
        (folder / "manifest.json").unlink() if text is None else (folder / "manifest.json").write_text(text)
        damaged = run("report", folder)
        assert damaged.exit_code == 3 and "manifest.json" in damaged.output
    (folder / "manifest.json").write_bytes(kept)
    assert run("offers", tiny, "-o", folder, "--brief").exit_code == 2
    assert run("offers", tiny, "--most-vendors", 1, "--least-vendors", 2).exit_code == 2


def test_the_award_is_proven_over_all_tariffs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: of two tariffs at 100 (bound 99.9) and 101 (bound 99.5) the first is awarded and nothing below 99.5 is
    proven; where neither has a plan, it is impossible only if both searches proved so. Caught: the winner's own bound
    as the award's, a search that was stopped told as `no design meets all limits`."""

    class Solved:
        def __init__(self, case: Any, **_: Any) -> None:
            self.case = case

        def solve(self, case: Any, **_: Any) -> Member:
            return case.member  # type: ignore[no-any-return]

        def close(self) -> None:
            closed.append(self.case)

    def tariff(cost: float, bound: float, infeasible: bool = False) -> Any:
        status = "infeasible" if infeasible else "optimal" if np.isfinite(cost) else "limit"
        proof, design = Proof(status, cost, bound, 1.0, ""), object() if np.isfinite(cost) else None
        member = Member(None, cost, bound, infeasible, {}, np.zeros(0), design=design, proof=proof)  # type: ignore[arg-type]
        return SimpleNamespace(member=member)

    def asked(*cases: Any) -> _Study:
        return _Study(SimpleNamespace(case=cases[0], options=cases[1:], origins=()), TenderOptions(), None)  # type: ignore[arg-type]

    monkeypatch.setattr("planner.studies.offers.CaseFamily", Solved)
    closed: list[Any] = []
    cases = tariff(101.0, 99.5), tariff(100.0, 99.9)
    study = asked(*cases)
    study.find()
    study.close()
    assert study.case is cases[1] and study.best.bound_kcur == 99.5
    assert study.best.proof is not None and study.best.proof.bound_kcur == 99.5 and closed == list(cases)
    infinite = float("inf")
    with pytest.raises(NoAnswer):
        asked(tariff(infinite, infinite, infeasible=True), tariff(infinite, 3.0)).find()
    with pytest.raises(Infeasible):
        asked(*[tariff(infinite, infinite, infeasible=True)] * 2).find()
