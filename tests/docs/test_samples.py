"""The samples under reports/samples/: rendered from committed results, fresh, sound, and of every document."""

from __future__ import annotations

import json
import math
import re
import runpy
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import coordinate_to_tuple
from pdftext import pdf_text

from models.provenance import Origin
from planner.cell_names import names_of
from planner.results import FILES, MANIFEST, check_folder

SCRIPT: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("samples.py")), run_name="samples")
SAMPLES: Path = SCRIPT["SAMPLES"]
NUMBER = re.compile(r"-?\d+\.?\d*(?:[eE][-+]?\d+)?")
ROUNDING = 1e-6


def parts(path: Path) -> dict[str, str]:
    """A document as text: the members of a workbook, or the page as it is. Of pictures that they are there, not their
    dots: these depend on the fonts of the machine, and the page holds the same charts as text."""
    if path.suffix == ".pdf":
        return {"": pdf_text(path.read_bytes())}
    if path.suffix not in (".xlsx", ".docx"):
        return {"": path.read_text(encoding="utf-8")}
    with zipfile.ZipFile(path) as archive:
        return {
            name: "" if name.endswith(".png") else archive.read(name).decode("utf-8", "replace")
            for name in archive.namelist()
        }


def same_but_for_rounding(one: str, other: str) -> bool:
    """Whether two texts differ in the last digits of numbers at most: processors sum in different orders."""
    if one == other:
        return True
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(a == b or math.isclose(float(a), float(b), rel_tol=ROUNDING, abs_tol=1e-9) for a, b in pairs)


def test_rounding_is_told_from_change() -> None:
    """Proves that the comparison forgives a last digit, and neither a changed figure nor a changed word."""
    assert same_but_for_rounding("<v>0.30000000000000004</v>", "<v>0.3</v>")
    assert not same_but_for_rounding("<v>0.31</v>", "<v>0.3</v>")
    assert not same_but_for_rounding("cost 5 MW", "cost 5 kW")


def test_samples_are_fresh(tmp_path: Path) -> None:
    """Proves that every committed document is what the code renders now from the committed results. When this fails
    after a wanted change: python tests/docs/samples.py."""
    for made in SCRIPT["render_all"](tmp_path):
        committed = SAMPLES / made.relative_to(tmp_path)
        old, new = parts(committed), parts(made)
        assert list(old) == list(new), committed
        changed = [name for name in new if not same_but_for_rounding(old[name], new[name])]
        assert not changed, f"{committed}: {changed}"


@pytest.mark.parametrize("name", SCRIPT["PLANS"])
def test_sample_plans_are_whole_and_sound(name: str) -> None:
    """Proves that a committed result folder has every file as it was written and still passes the recheck, so that the
    samples show nothing that the model would now call wrong."""
    left_out = SCRIPT["LEFT_OUT"].get(name, ())
    assert {p.name for p in (SAMPLES / name).iterdir()} == {*FILES, MANIFEST} - {*left_out}
    found = check_folder(SAMPLES / name)
    assert found.problems == tuple(f"{file}: the file is missing" for file in left_out), found.problems[:3]
    assert found.audit is not None and found.audit.ok


def test_samples_name_no_machine() -> None:
    """Proves that no text of a result folder holds an absolute path of the machine that solved it."""
    for name in SCRIPT["PLANS"]:
        for file in ("plan.json", "case.json", "manifest.json", "solver.log"):
            text = (SAMPLES / name / file).read_text(encoding="utf-8")
            assert not re.search(r"(/home/|/Users/|/tmp/|/root/|[A-Z]:\\\\)", text), file


def test_assumptions_of_the_sample_are_those_of_the_case() -> None:
    """Proves that the sheet lists each input of case.json with its cell, what that is called, source and grade, and no
    other."""
    origins = json.loads((SAMPLES / "quickstart" / "case.json").read_text(encoding="utf-8"))["origins"]
    book = openpyxl.load_workbook(SAMPLES / "quickstart" / "plan.xlsx", read_only=True)
    rows = [row for row in book["Assumptions"].iter_rows(values_only=True, max_col=8) if row[0] and "!" in str(row[0])]
    called = names_of([Origin(**o) for o in origins])
    assert len(called) == len({o["cell"] for o in origins})
    wanted = [(o["cell"], called[o["cell"]], o["source"] or None, o["grade"] or None, o["kind"]) for o in origins]
    assert [(r[0], r[1], r[4] or None, r[6] or None, r[7]) for r in rows] == wanted


def test_the_siting_documents_say_what_the_study_found() -> None:
    """Proves that cost, TokEnergy and PUE of every site stand on the page, in the Word document and in the PDF as in
    sites.json, there in the row of their site. Catches: a figure of another site, another rounding, a stale PDF."""
    import docx

    folder = SAMPLES / "siting"
    view = json.loads((folder / "sites.json").read_text(encoding="utf-8"))
    page = (folder / "siting.html").read_text(encoding="utf-8")
    document = docx.Document(str(folder / "siting.docx"))
    rows = {tuple(cell.text for cell in row.cells) for table in document.tables for row in table.rows}
    paper = pdf_text((folder / "siting.pdf").read_bytes())
    for site in view["sites"]:
        cost = f"{view['currency']} {site['cost'] / 1e6:.3f} million"
        figures = (f"{site['kpi']['tokenergy_wh_per_1k']:.4f}", f"{site['kpi']['pue']:.3f}")
        assert all(figure in page for figure in (cost, *figures)), site["site"]
        row = next(r for r in rows if r[:2] == (site["site"], str(site["rank"])) and r[2] == cost)
        assert row[-2:] == figures and " ".join(row) in paper


def test_the_siting_study_for_sharing_tells_nothing_of_the_workbook() -> None:
    """Proves that no text which the example's workbook holds in its rows (names, sources, series, countries) stands in
    the copies for sharing, in what is written or in what is only told of the file, but for the words that the workbook
    lets choose from. Catches: a name, a place or a source in any key, label or property."""
    from python_calamine import CalamineWorkbook

    from planner.schema import SHEETS

    folder = SAMPLES / "siting"
    view = json.loads((folder / "sites.json").read_text(encoding="utf-8"))
    book = CalamineWorkbook.from_path(str(SCRIPT["ROOT"] / "inputs" / "examples" / "siting-asia-us-eu.xlsx"))
    own = {choice for sheet in SHEETS for column in sheet.columns for choice in column.choices} | {view["currency"]}
    held = {
        text
        for name in book.sheet_names
        if name not in ("Guide", "Lists", "Hourly")
        for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)[5:]
        for text in row
        if isinstance(text, str) and len(text) > 3 and (" " in text or text.lower() != text)
    }
    named = {text for text in held - own if not re.fullmatch(r"[\d.:-]+( h)?", text)}
    assert {"Seoul hall", "GB200 NVL72", "document batch", "direct-to-chip 40C"} <= named
    with zipfile.ZipFile(folder / "siting-anonymous.docx") as archive:
        word = " ".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist() if n.endswith(".xml"))
    page = (folder / "siting-anonymous.html").read_text(encoding="utf-8")
    paper = pdf_text((folder / "siting-anonymous.pdf").read_bytes())
    for where, text in {"page": page, "word": word, "paper": paper}.items():
        words = (*named, "Seoul", "Virginia", "Frankfurt", "Asia", "Europe")
        found = [w for w in words if w in text and re.search(rf"(?<!\w){re.escape(w)}(?!\w)", text)]
        assert not found, (where, found)


def test_figures_of_the_siting_study_stand_in_their_cells() -> None:
    """Proves that every figure of sites.json that names a cell is what the example's workbook holds there: sites, their
    latencies, dates and tariffs, criteria and ranges. Catches: a cell of another row, a figure in another unit, a
    sample of an older workbook."""
    from python_calamine import CalamineWorkbook

    view = json.loads((SAMPLES / "siting" / "sites.json").read_text(encoding="utf-8"))
    book = CalamineWorkbook.from_path(str(SCRIPT["ROOT"] / "inputs" / "examples" / "siting-asia-us-eu.xlsx"))
    stated = [(c["cell"], c["measured_by"]) for c in view["criteria"]] + [(r["cell"], r["low"]) for r in view["ranges"]]
    for site in view["sites"]:
        figures = (*site["figures"], *site["facts"].values(), *site["latencies"].values())
        stated += [(f["cell"], f["value"]) for f in figures]
        stated += [(d["cell"], d["month"]) for d in (*site["dates"], *site["grid_steps"]) if d["cell"]]
    sheets = {cell.partition("!")[0] for cell, _ in stated}
    grids = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in sheets}
    assert len(stated) > 200
    for cell, value in stated:
        name, _, address = cell.partition("!")
        row, column = coordinate_to_tuple(address)
        held = grids[name][row - 1][column - 1]
        assert held == (float(value) if isinstance(held, float) else value), (cell, held, value)
