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
from pdftext import pdf_text

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
    assert {p.name for p in (SAMPLES / name).iterdir()} == {*FILES, MANIFEST}
    found = check_folder(SAMPLES / name)
    assert found.ok, found.problems[:3]


def test_samples_name_no_machine() -> None:
    """Proves that no text of a result folder holds an absolute path of the machine that solved it."""
    for name in SCRIPT["PLANS"]:
        for file in ("plan.json", "case.json", "manifest.json", "solver.log"):
            text = (SAMPLES / name / file).read_text(encoding="utf-8")
            assert not re.search(r"(/home/|/Users/|/tmp/|/root/|[A-Z]:\\\\)", text), file


def label(sheet: Any, text: str, column: int) -> Any:
    """A cell of the first row whose first cell starts with a text."""
    row = next(r[0].row for r in sheet.iter_rows(max_col=1) if str(r[0].value or "").startswith(text))
    return sheet.cell(row, column).value


def test_every_sheet_agrees_with_plan_json() -> None:
    """Proves three figures of each sheet against plan.json, in the units of each. Catches a sheet that shows another
    plan, a shifted row, kW where MW is meant."""
    plan = json.loads((SAMPLES / "quickstart" / "plan.json").read_text(encoding="utf-8"))
    book = openpyxl.load_workbook(SAMPLES / "quickstart" / "plan.xlsx", data_only=True)
    accounts, site, near = plan["exact"]["accounts"], plan["sites"][0], pytest.approx
    kpi, parts, monthly = accounts["kpi"], accounts["tokenergy_parts"], accounts["monthly"]
    day, peak, hot = accounts["instants"]

    text = " ".join(str(c.value) for row in book["Summary"].iter_rows() for c in row if c.value)
    assert f"USD {plan['objective'] / 1e6:.3f} million" in text and f"{plan['gap']:.3%}".replace("%", " %") in text
    assert f"{plan['kpi']['pue']:.3f}" in text

    page = book["Equipment"]
    assert label(page, "Total", 5) == sum(r["count"] for r in site["racks"])
    assert label(page, site["modules"][0]["offer"], 5) == site["modules"][0]["count"]
    assert label(page, "Contracted capacity", 5) == near(site["grid"]["contract_mw"])

    for column, instant in enumerate((day, peak, hot), 2):
        assert label(book["Design day"], "Import at the meter", column) == near(1000 * instant["power_mw"]["import"])
    assert label(book["Design day"], "Given off", 2) == near(1000 * kpi["it_installed_mw"])

    page = book["Load list"]
    assert label(page, "Racks", 5) == near(1000 * kpi["it_installed_mw"])
    assert label(page, "Total", 6) == near(1000 * kpi["design_day_load_mw"])
    assert label(page, "Highest import", 6) == near(1000 * peak["power_mw"]["import"] / 0.98)

    page = book["Costs"]
    assert label(page, "Objective", 2) == near(plan["objective"] / 1000)
    assert label(page, "Proven lower bound", 2) == near(plan["bound"] / 1000)
    assert label(page, "Gap in money", 2) == near(plan["gap_money"] / 1000, rel=1e-6)
    page = book["Cash flow"]
    assert label(page, "Total", 3) == near(plan["objective"] / 1000)
    assert [label(page, "Total", 4 + k) for k in range(16)] == near(accounts["cash_flow_kcur"])
    assert label(page, "IT racks", 3) == near(plan["costs"][0]["present_value"] / 1000)

    page = book["TokEnergy"]
    assert label(page, "TokEnergy of", 2) == near(plan["kpi"]["tokenergy_wh_per_1k"])
    assert (label(page, "IT, idle", 2), label(page, "Cooling", 2)) == near((parts["it_idle"], parts["cooling"]))
    page = book["Demand"]
    (charge,) = [c for c in plan["costs"] if c["line"] == "demand"]
    assert label(page, "Year", 6) == near(charge["unit_price"] / 1000)
    assert label(page, charge["item"], 3) == near(site["grid"]["billed_mw"][0]["billed_mw"])
    page = book["Monthly"]
    assert label(page, "Year", 2) == near(kpi["import_mwh"])
    assert [label(page, "Jul", c) for c in (2, 3, 4)] == near([monthly[k][6] for k in ("import_mwh", "peak_mw", "pue")])
    assert book["Load duration"].cell(5, 2).value == near(peak["power_mw"]["import"])

    rows = {row[1]: row for row in book["Limits"].iter_rows(values_only=True)}
    assert rows["Contracted capacity"][2:4] == near((site["grid"]["contract_mw"], site["grid"]["import_limit_mw"]))
    assert rows["Water"][2] == near(kpi["water_m3"])
    assert rows["TokEnergy target"][2:4] == (near(kpi["tokenergy_wh_per_1k"]), "no limit")
    hours = [row for row in book["Operation"].iter_rows(values_only=True) if isinstance(row[0], int)]
    assert sum(row[2] for row in hours) == near(kpi["import_mwh"])
    assert max(row[5] for row in hours) == near(kpi["it_peak_mw"])
    assert sum(row[9] for row in hours) == near(kpi["water_m3"])


def test_assumptions_of_the_sample_are_those_of_the_case() -> None:
    """Proves that the sheet lists each input of case.json with its cell, source and grade, and no other."""
    origins = json.loads((SAMPLES / "quickstart" / "case.json").read_text(encoding="utf-8"))["origins"]
    book = openpyxl.load_workbook(SAMPLES / "quickstart" / "plan.xlsx", read_only=True)
    rows = [row for row in book["Assumptions"].iter_rows(values_only=True, max_col=8) if row[0] and "!" in str(row[0])]
    wanted = [(o["cell"], o["path"], o["source"] or None, o["grade"] or None, o["kind"]) for o in origins]
    assert [(r[0], r[1], r[4] or None, r[6] or None, r[7]) for r in rows] == wanted


def test_the_siting_documents_say_what_the_study_found() -> None:
    """Proves that cost, TokEnergy and PUE of the first site stand on the page and in the Word document as in
    sites.json, and that the copy without names names no site. A figure of another site, or another rounding, shows."""
    import docx

    folder = SAMPLES / "siting"
    view = json.loads((folder / "sites.json").read_text(encoding="utf-8"))
    first = next(site for site in view["sites"] if site["rank"] == 1)
    page = (folder / "siting.html").read_text(encoding="utf-8")
    document = docx.Document(str(folder / "siting.docx"))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    wanted = (
        f"{view['currency']} {first['cost'] / 1e6:.3f} million",
        f"{first['kpi']['tokenergy_wh_per_1k']:.4g}",
        f"{first['kpi']['pue']:.4g}",
    )
    for figure in wanted:
        assert figure in page and figure in cells, figure
    shared = (folder / "siting-anonymous.html").read_text(encoding="utf-8")
    assert not any(site["site"].split()[0] in shared for site in view["sites"])
