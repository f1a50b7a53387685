"""plan.xlsx: true figures, live formulas, text that stays text, equal bytes for equal answers."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from libreoffice import SOFFICE, recalculated
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from models.accounts import account
from models.case import Case, EnergyCharge, Tier
from models.design import Answer, Design
from planner.codec import decode, encode
from reports.sheets.layout import new_book
from reports.workbook import write_plan_workbook

HOSTILE_STARTS = ("=", "{=", "http://", "<script>", "+", "@")


@pytest.fixture(scope="module")
def plan(answer: Answer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.xlsx"
    write_plan_workbook(answer, path)
    return path


@pytest.fixture(scope="module")
def book(plan: Path) -> Workbook:
    return openpyxl.load_workbook(plan, data_only=True)


def find(sheet: Worksheet, label: str) -> int:
    """The row whose first cell starts with a label."""
    return next(row[0].row for row in sheet.iter_rows(max_col=1) if str(row[0].value or "").startswith(label))


def beside(sheet: Worksheet, label: str, column: int) -> object:
    return sheet.cell(find(sheet, label), column).value


def test_contracts_are_told_and_the_tariff_is_paid_for_the_rest(plan: Path, book: Workbook) -> None:
    """Proves: the schedule names each contract with its power, delivered and used energy; the cost of energy is a
    formula on the import less what contracts supply. Catches: a formula on the whole import."""
    row = find(book["Equipment"], "Wind contract")
    figures = [book["Equipment"].cell(row, column).value for column in (2, 4, 5, 6)]
    assert figures == ["physical", 2.0, pytest.approx(0.8 * 8760), pytest.approx(8760 * (0.6 + 0.8 + 0.9) / 3)]
    costs = openpyxl.load_workbook(plan)["Costs"]
    formulas = [str(cell.value) for row in costs.iter_rows() for cell in row]
    assert any(re.match(r"=SUMPRODUCT\(\(Operation!\S+-Operation!", formula) for formula in formulas)


def test_sheets_are_there_in_reading_order(book: Workbook) -> None:
    """Proves that no sheet is lost; a renamed or dropped sheet would be caught."""
    wanted = [
        "Summary",
        "Equipment",
        "Design day",
        "Load list",
        "Costs",
        "Cash flow",
        "TokEnergy",
        "Demand",
        "Dates",
        "Monthly",
        "Load duration",
        "Limits",
        "Binding limits",
        "Assumptions",
        "Operation",
    ]
    assert book.sheetnames == wanted


def test_cost_figures_equal_the_answer(book: Workbook, answer: Answer) -> None:
    """Proves cached values: objective, gap and first cost are right where nothing recalculates (else they read 0)."""
    costs, accounts = book["Costs"], answer.accounts
    assert beside(costs, "Objective", 2) == pytest.approx(accounts.objective_kcur, rel=1e-12)
    assert beside(costs, "Gap in money", 2) == pytest.approx(31.0, abs=1e-6)
    assert beside(costs, "Gap, share", 2) == pytest.approx(31.0 / accounts.without_it_kcur, rel=1e-6)
    assert beside(costs, "First cost", 2) == pytest.approx(accounts.kpi["first_cost_kcur"])
    levelised = 1000 * accounts.kpi["cost_kcur_per_mtok"]
    assert beside(costs, "Levelised cost, USD per million", 2) == pytest.approx(levelised)
    flow = book["Cash flow"]
    assert beside(flow, "Total", 3) == pytest.approx(accounts.objective_kcur, rel=1e-9)
    assert beside(flow, "Less the objective", 3) == pytest.approx(0.0, abs=1e-6)
    for year in (0, 5, 10):
        assert beside(flow, "Total", 4 + year) == pytest.approx(accounts.cash_flow_kcur[year], rel=1e-9)


def test_energy_per_token_and_demand_equal_the_answer(book: Workbook, answer: Answer) -> None:
    """Proves that the index is the sum of its parts and that billed demand times price is the bill; a part left out,
    or a month under the wrong charge, would be caught."""
    page, kpi = book["TokEnergy"], answer.accounts.kpi
    assert beside(page, "TokEnergy of the site", 2) == pytest.approx(kpi["tokenergy_wh_per_1k"])
    assert beside(page, "Cooling", 2) == pytest.approx(answer.accounts.tokenergy_parts["cooling"])
    assert beside(page, "Target", 2) == pytest.approx(0.7)
    assert beside(page, "Chat", 5) == pytest.approx(answer.accounts.workload_kpi["Chat"]["wh_per_1k_reference"])
    bills = sum(c.unit_price_kcur for c in answer.accounts.costs if c.line == "demand")
    assert beside(book["Demand"], "Year", 6) == pytest.approx(bills)
    assert beside(book["Demand"], "Peak demand", 3) == pytest.approx(5.2)


def test_balances_of_the_design_day_close(book: Workbook, answer: Answer) -> None:
    """Proves the design day by hand (33 racks of 143 kW, 8 of 43.8 kW), and that the load list carries the same load
    in kVA; a load left out, or counted at another instant, would be caught."""
    page, kpi = book["Design day"], answer.accounts.kpi
    racks = 33 * 143 + 8 * 43.8
    assert beside(page, "Given off by racks", 2) == pytest.approx(racks)
    assert beside(page, "Import at the meter", 2) == pytest.approx(1000 * kpi["design_day_load_mw"])
    assert beside(page, "Import at the meter", 3) == pytest.approx(1000 * max(answer.design.operation.import_mw))
    assert beside(page, "Losses of the electrical chain", 2) == pytest.approx((0.015 + 0.035) * racks)
    assert beside(page, "Taken by Direct-to-chip", 2) == pytest.approx(0.87 * 33 * 143)
    assert beside(page, "Water, m³/h", 2) == pytest.approx(0.6 * 29.5 / 35 * 0.87 * 33 * 0.143, rel=1e-4)
    loads = book["Load list"]
    assert beside(loads, "Total", 6) == pytest.approx(1000 * kpi["design_day_load_mw"])
    assert beside(loads, "Total", 11) == pytest.approx(1000 * kpi["design_day_load_mw"])  # the power factor is 1
    assert beside(loads, "Racks: GB200", 4) == pytest.approx(143)


def test_other_sheets_hold_the_answer(book: Workbook, answer: Answer) -> None:
    """Proves figures of every other sheet in several places; a shifted column or month would be caught."""
    equipment = book["Equipment"]
    assert (beside(equipment, "GB200", 5), beside(equipment, "GB200", 6)) == (33, pytest.approx(143.0))
    assert beside(equipment, "Prefab hall", 11) == pytest.approx(9426.4)
    assert beside(equipment, "LFP battery", 6) == 2
    monthly = book["Monthly"]
    for month, index in (("Jan", 0), ("Jul", 6), ("Dec", 11)):
        assert beside(monthly, month, 2) == pytest.approx(answer.accounts.monthly["import_mwh"][index])
        assert beside(monthly, month, 3) == pytest.approx(answer.accounts.monthly["peak_mw"][index])
    assert beside(monthly, "Year", 2) == pytest.approx(answer.accounts.kpi["import_mwh"])
    limits = {row[1].value: [cell.value for cell in row] for row in book["Limits"].iter_rows()}
    assert limits["Area"][2:4] == [1125, 2500]
    assert limits["TokEnergy target"][5] == pytest.approx(answer.accounts.kpi["tokenergy_wh_per_1k"] / 0.7)
    assert limits["First cost (budget)"][3] == "no limit"
    assert limits["Longest lead time (P90)"][6] == "binds"
    sorted_import = sorted(answer.design.operation.import_mw, reverse=True)
    duration = [row[1].value for row in book["Load duration"].iter_rows() if isinstance(row[1].value, float)]
    assert (len(duration), duration[0], duration[-1]) == (101, sorted_import[0], sorted_import[-1])


def test_operation_holds_every_step(book: Workbook, answer: Answer) -> None:
    """Proves that all 8,760 steps are there, unrounded and dated; a lost last hour or rounding would be caught."""
    rows = [row for row in book["Operation"].iter_rows(values_only=True) if isinstance(row[0], int)]
    assert len(rows) == 8760
    assert (rows[0][1], rows[-1][1]) == ("2023-01-01 00:00", "2023-12-31 23:00")
    for step in (0, 4321, 8759):
        assert rows[step][2] == pytest.approx(answer.design.operation.import_mw[step], rel=1e-14)
        assert rows[step][5] == pytest.approx(answer.design.operation.it_mw[step], rel=1e-14)


def test_figures_fit_their_columns_in_any_currency(answer: Answer, tmp_path: Path) -> None:
    """Proves that amounts a thousandfold larger, as in won, still fit: a fixed width would show #### instead."""
    accounts = answer.accounts
    costs = tuple(
        replace(c, unit_price_kcur=1400 * c.unit_price_kcur, first_cost_kcur=1400 * c.first_cost_kcur)
        for c in accounts.costs
    )
    flows = tuple(1400 * flow for flow in accounts.cash_flow_kcur)
    monthly = {
        k: tuple(1400 * v for v in values) if k.endswith("kcur") else values for k, values in accounts.monthly.items()
    }
    won = replace(accounts, costs=costs, cash_flow_kcur=flows, monthly=monthly)
    path = tmp_path / "won.xlsx"
    write_plan_workbook(replace(answer, accounts=won), path)
    book = openpyxl.load_workbook(path, data_only=True)
    for name in ("Costs", "Cash flow", "Monthly"):
        page = book[name]
        widths = {n: d.width for d in page.column_dimensions.values() for n in range(d.min, d.max + 1)}
        large = [c for row in page.iter_rows() for c in row if isinstance(c.value, float) and abs(c.value) >= 1e6]
        assert large
        for cell in large:
            assert len(f"{cell.value:,.1f}") + 1 <= widths[cell.column], f"{name}!{cell.coordinate}"


def test_assumptions_mark_what_has_no_source(book: Workbook, answer: Answer) -> None:
    """Proves that every origin is listed and that exactly the X grades are highlighted."""
    rows = {row[0].value: row for row in book["Assumptions"].iter_rows()}
    assert all(origin.cell in rows for origin in answer.origins)
    assert rows["Racks!D6"][2].value == 132 and rows["Limits!C6"][2].value == "no limit"
    marked = {cell for cell, row in rows.items() if row[6].value and row[6].fill.fgColor.rgb == "FFFFF1D6"}
    assert marked == {origin.cell for origin in answer.origins if origin.grade == "X"}


def test_summary_says_what_is_proven(book: Workbook) -> None:
    """Proves that the design, the gap in both units and the scope of the proof stand on the first sheet."""
    text = " ".join(str(c.value) for row in book["Summary"].iter_rows() for c in row if c.value)
    links = {c.value: c.hyperlink.location for row in book["Summary"].iter_rows() for c in row if c.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in book.sheetnames[1:]}
    for wanted in (
        "33 × GB200 NVL72",
        "USD 31.0 thousand",
        "nothing about whether those inputs are right",
        "independent recheck hold",
    ):
        assert wanted in text


def _renamed(answer: Answer, names: dict[str, str]) -> Answer:
    """The answer with names of the case replaced wherever they stand."""
    text = json.dumps([encode(part) for part in (answer.case, answer.design)])
    for old, new in names.items():
        text = text.replace(json.dumps(old), json.dumps(new))
    case, design = json.loads(text)
    read, plan = decode(Case, case), decode(Design, design)
    return replace(answer, case=read, design=plan, accounts=account(read, plan))


def test_a_workbook_that_cannot_be_written_says_what_the_system_says(tmp_path: Path) -> None:
    """Proves that the system's number and the file's name are those of the error, so that a full disk is told as one.
    Caught: the library's error, or a text without number, which a command can only call unexpected."""
    path = tmp_path / "missing" / "plan.xlsx"
    with pytest.raises(FileNotFoundError) as told, new_book(path, "none") as book:
        book.workbook.add_worksheet("a")
    assert told.value.filename == str(path)


def test_hostile_names_stay_text(answer: Answer, tmp_path: Path) -> None:
    """Proves that names of racks, cooling, offers, workloads, tariffs and batteries become neither formula nor link on
    any sheet or chart: equipment, load list, costs, demand and hours all carry them."""
    names = {
        "GB200 NVL72": '=HYPERLINK("http://bad.example","x")',
        "Direct-to-chip": "{=1+1}",
        "Prefab hall 1 MW": "http://bad.example/a",
        "LFP battery": "+1|cmd",
        "Chat": "@SUM(1)",
        "Peak demand": "=1+1",
    }
    path = tmp_path / "hostile.xlsx"
    write_plan_workbook(_renamed(answer, names), path)
    assert _texts_that_act(path, at_least=6)


def test_hostile_text_stays_text(hostile_answer: Answer, tmp_path: Path) -> None:
    """Proves that text of a case becomes neither formula nor link; write() for write_string() would be caught."""
    path = tmp_path / "hostile.xlsx"
    write_plan_workbook(hostile_answer, path)
    assert _texts_that_act(path, at_least=6)


def _texts_that_act(path: Path, at_least: int) -> bool:
    """Whether the texts a spreadsheet could act on are there, and every one of them is plain text."""
    seen = set()
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None or (cell.hyperlink.target is None and sheet.title == "Summary")
                if cell.data_type == "f":
                    assert "HYPERLINK" not in cell.value and "1+1" not in cell.value
                elif isinstance(cell.value, str) and cell.value.startswith(HOSTILE_STARTS):
                    seen.add(cell.value)
    with zipfile.ZipFile(path) as archive:
        relations = "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".rels"))
        charts = "".join(archive.read(n).decode() for n in archive.namelist() if "charts/chart" in n)
    assert 'TargetMode="External"' not in relations
    assert "HYPERLINK" not in "".join(re.findall("<c:f>(.*?)</c:f>", charts))
    return len(seen) >= at_least


def test_energy_study_without_racks(energy_answer: Answer, tmp_path: Path) -> None:
    """Proves that a case without racks, tokens, bound or origins still makes a workbook, with dashes, no tokens."""
    path = tmp_path / "energy.xlsx"
    write_plan_workbook(energy_answer, path)
    book = openpyxl.load_workbook(path, data_only=True)
    assert beside(book["Costs"], "Objective", 2) == pytest.approx(energy_answer.accounts.objective_kcur)
    assert beside(book["Costs"], "Gap in money", 2) == "–"
    assert "TokEnergy" not in [row[0].value for row in book["Summary"].iter_rows()]


def test_equal_answers_give_equal_bytes(energy_answer: Answer, tmp_path: Path) -> None:
    """Proves determinism; a time stamp in the file would be caught."""
    for name in ("a.xlsx", "b.xlsx"):
        write_plan_workbook(energy_answer, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def _spoil(source: Path, target: Path) -> None:
    """Copy a workbook with every cached formula value set to 1 and the first quantity of Costs doubled (33 to 66)."""
    doubled = 0
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if b"<f>" in data:
                data = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v>1</v>", data)
                if b"Operation!" in data:  # the sheet Costs
                    data, doubled = re.subn(rb"(<c r=\"D\d+\" s=\"\d+\"><v>)33(</v>)", rb"\g<1>66\2", data, count=1)
            new.writestr(name, data)
    assert doubled == 1


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_recomputes_the_objective(plan: Path, answer: Answer, tmp_path: Path) -> None:
    """Proves that the formulas are live: with spoilt cached values and a doubled quantity, LibreOffice finds
    the objective that follows. A pasted number, a wrong reference or a missing row in a sum would be caught."""
    spoilt = tmp_path / "spoilt.xlsx"
    _spoil(plan, spoilt)
    book = recalculated(spoilt, tmp_path)
    costs, accounts = book["Costs"], answer.accounts
    extra = accounts.costs[0].present_value_kcur
    assert beside(costs, "Objective", 2) == pytest.approx(accounts.objective_kcur + extra, rel=1e-9)
    assert beside(costs, "Without IT", 2) == pytest.approx(accounts.without_it_kcur, rel=1e-9)
    assert beside(costs, "Gap in money", 2) == pytest.approx(31.0 + extra, rel=1e-9)
    assert beside(costs, "Total", 10) == pytest.approx(1.0)
    annuity = sum(1.08**-k for k in range(1, 11))
    assert beside(costs, "Annuity factor", 2) == pytest.approx(annuity)
    assert beside(book["Cash flow"], "Total", 3) == pytest.approx(accounts.objective_kcur + extra, rel=1e-9)
    assert beside(book["Cash flow"], "Less the objective", 3) == pytest.approx(0.0, abs=1e-5)
    assert beside(book["Monthly"], "Year", 2) == pytest.approx(accounts.kpi["import_mwh"])
    assert beside(book["TokEnergy"], "TokEnergy of the site", 2) == pytest.approx(accounts.kpi["tokenergy_wh_per_1k"])
    assert beside(book["Load list"], "Total", 11) == pytest.approx(1000 * accounts.kpi["design_day_load_mw"])
    for column in (2, 3, 4):
        assert beside(book["Design day"], "Balance: arriving less leaving", column) == pytest.approx(0.0, abs=1e-3)
        assert beside(book["Design day"], "Balance: given off less taken", column) == pytest.approx(0.0, abs=1e-3)
    assert not [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "e"]


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_bills_in_blocks_and_tiers_recompute(answer: Answer, tmp_path: Path) -> None:
    """Proves that a tariff with energy in blocks, take-or-pay, demand in tiers and a power-factor surcharge recomputes
    to the same objective. One formula for every energy line, or a flat price for tiers, would be caught: cached values
    alone would hide it."""
    grid, design = answer.case.grid, answer.design
    base, peak = grid.demand_charges
    block = EnergyCharge("Blocks", (0.01,) * 12, np.ones(8760), (Tier(1000.0, (0.03,) * 12),))
    tiers = (Tier(3.0, (9.0,) * 12), Tier(5.0, (12.0,) * 12))
    grid = replace(
        grid,
        energy_charges=(block,),
        demand_charges=(base, replace(peak, tiers=tiers)),
        power_factor=0.9,
        power_factor_target=0.95,
        power_factor_surcharge=0.5,
        take_or_pay_mwh_per_year=60000.0,
        take_or_pay_kcur_per_mwh=0.02,
    )
    case = replace(answer.case, grid=grid)
    accounts = account(case, design)
    assert {"Blocks", peak.name} <= {c.item for c in accounts.costs} and len(accounts.costs) > len(
        answer.accounts.costs
    ) + 1
    path = tmp_path / "tariff.xlsx"
    write_plan_workbook(replace(answer, case=case, accounts=accounts), path)
    book = recalculated(path, tmp_path)
    assert beside(book["Costs"], "Objective", 2) == pytest.approx(accounts.objective_kcur, rel=1e-9)
    bills = sum(c.unit_price_kcur for c in accounts.costs if c.line == "demand")
    assert beside(book["Demand"], "Year", 6) == pytest.approx(bills, rel=1e-9)
