"""plan.xlsx of a plan of growth: its sheets, the figures of plan.json on each, formulas live over all stages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from grown import NAMES, make_energy_growth
from libreoffice import SOFFICE, recalculated
from openpyxl.workbook import Workbook
from test_plan_workbook import beside, find
from test_same_figures import Told, assert_told

from models.design import Answer
from models.stages import GrowthAnswer
from planner.growth_json import public_view
from reports.growth import write_growth_workbook

WHOLE = ("Summary", "Build-out", "Purchases", "Costs", "Cash flow", "Dates", "Limits")
YEAR = ("Equipment", "Design day", "Load list", "TokEnergy", "Demand", "Monthly", "Load duration")


@pytest.fixture(scope="module")
def book(grown: GrowthAnswer, view: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("growth") / "plan.xlsx"
    write_growth_workbook(grown, view, path)
    return openpyxl.load_workbook(path, data_only=True)


def test_each_stage_has_its_sheets(book: Workbook) -> None:
    """Proves the sheets of the whole plan, then those of each stage under its number and name, and that the Summary
    leads to all of them. Catches: a stage without its load list, a chart or link to a sheet that has another name."""
    years = [[f"{name} {k}" for name in YEAR] for k in (1, 2)]
    assert book.sheetnames == [*WHOLE, *years[0], *years[1], "Assumptions", "Operation 1", "Operation 2"]
    for k, stage in enumerate(NAMES, 1):
        assert book[f"Equipment {k}"]["A1"].value == f"Equipment schedule: {stage}"
    links = [cell.hyperlink.location for (cell,) in book["Summary"].iter_rows(max_col=1) if cell.hyperlink]
    assert [link.split("!")[0].strip("'") for link in links] == book.sheetnames[1:]


def test_sheets_hold_what_plan_json_holds(book: Workbook, view: dict[str, Any], grown: GrowthAnswer) -> None:
    """Proves figures of the whole plan and of each stage, to the last digit. Catches: hours or bills of another stage,
    money in another unit, a stage's purchases in the year of the next."""
    assert beside(book["Costs"], "Objective", 2) == pytest.approx(view["objective"] / 1000)
    assert beside(book["Costs"], "Proven lower bound", 2) == pytest.approx(view["bound"] / 1000)
    assert beside(book["Costs"], "First cost", 2) == pytest.approx(sum(c["first_cost"] for c in view["costs"]) / 1000)
    cash = book["Cash flow"]
    flows = [cash.cell(find(cash, "Total"), 4 + k).value for k in range(len(view["cash_flow"]))]
    assert flows == pytest.approx([flow / 1000 for flow in view["cash_flow"]])
    assert beside(cash, "Less the objective", 3) == pytest.approx(0.0, abs=1e-5)
    years = [row for row in book["Build-out"].iter_rows(values_only=True) if isinstance(row[0], (int, float))]
    assert [row[2] for row in years] == [year["racks"] for year in view["years"]]
    head = next(row for row in book["Build-out"].iter_rows() if row[0].value == "Year")
    index = next(c for c in head if "TokEnergy" in str(c.value)).column_letter
    assert book["Build-out"][f"{index}{head[0].row + 1}"].number_format == "#,##0.000"
    assert book["Costs"].row_breaks.brk[0].id == find(book["Costs"], "By subject") - 1
    assert len(list(book["Purchases"].iter_rows(min_row=5))) == len(view["purchases"])
    for k, site in enumerate(view["sites"], 1):
        grid, own = site["grid"], grown.accounts.stages[k - 1]
        assert beside(book[f"Equipment {k}"], "Contracted capacity", 5) == pytest.approx(grid["contract_mw"])
        assert beside(book[f"TokEnergy {k}"], "TokEnergy of the site", 2) == pytest.approx(
            sum(own.tokenergy_parts.values())
        )
        assert beside(book[f"Monthly {k}"], "Year", 2) == pytest.approx(own.kpi["import_mwh"])
        assert beside(book[f"Load list {k}"], "Contracted capacity", 5) == pytest.approx(1000 * grid["contract_mw"])
        hours = [row[0] for row in book[f"Operation {k}"].iter_rows(min_row=5, min_col=3, max_col=3, values_only=True)]
        assert sum(hours) == pytest.approx(own.kpi["import_mwh"])


def told_of_the_plan(view: dict[str, Any], grown: GrowthAnswer) -> Told:
    """Sheet of the whole plan -> a word of a row and a figure that stands in it."""
    first, last = view["sites"]
    energy = [c["present_value"] / 1000 for c in view["costs"] if c["line"] == "energy"]
    grids, flows = [site["grid"]["contract_mw"] for site in (first, last)], view["cash_flow"]
    stands = list(zip(NAMES, (first, last), strict=True))
    orders = [(o["item"], o["quantity"]) for o in last["delivery"]["orders"] if o["unit"] == "MW"]
    return {
        "Summary": [
            ("Present value after tax", view["objective"] / 1000),
            ("Proven least", view["bound"] / 1000),
            ("TokEnergy", view["kpi"]["tokenergy_wh_per_1k"]),
        ],
        "Build-out": [(name, site["kpi"]["it_installed_mw"]) for name, site in stands]
        + [(name, site["grid"]["contract_mw"]) for name, site in stands],
        "Purchases": [(p["item"], p["quantity"]) for p in view["purchases"] if p["quantity"] >= 1]
        + [("connection", name) for name in NAMES],
        "Costs": [("Objective", view["objective"] / 1000), ("Gap, share", view["gap"])]
        + [("Energy bought", value) for value in energy],
        "Cash flow": [("Total", flow / 1000) for flow in flows],
        "Dates": [*orders, *((name, site["delivery"]["start_month"]) for name, site in stands)],
        "Limits": [(name, limit) for name, limit in zip(NAMES, grids, strict=True)]
        + [(name, site["grid"]["import_limit_mw"]) for name, site in stands],
        "Assumptions": [(o.cell, text) for o in grown.origins for text in (o.path, o.source)],
    }


def told_of_a_stage(site: dict[str, Any], grown: GrowthAnswer) -> Told:
    """Sheet of one stage, without its number -> a word of a row and a figure that stands in it."""
    accounts, grid = grown.accounts.stages[site["stage"] - 1], site["grid"]
    kpi, monthly, day = accounts.kpi, accounts.monthly, accounts.instants[0].power_mw
    imports = grown.plan.stages[site["stage"] - 1].operation.import_mw
    return {
        "Equipment": [("Contracted capacity", grid["contract_mw"]), ("Total", sum(r["count"] for r in site["racks"]))]
        + [("LFP battery", site["storage"][0]["power_mw"])],
        "Design day": [
            ("Import at the meter", 1000 * kpi["design_day_load_mw"]),
            ("Given off by racks", 1000 * site["kpi"]["it_installed_mw"]),
            ("Losses of the electrical chain", 1000 * day["electrical_chain"]),
        ],
        "Load list": [("Total", 1000 * kpi["design_day_load_mw"]), ("Contracted capacity", 1000 * grid["contract_mw"])]
        + [(f"Racks: {r['rack']}", r["count"]) for r in site["racks"]],
        "TokEnergy": [("TokEnergy of the site", sum(accounts.tokenergy_parts.values()))]
        + [(part, accounts.tokenergy_parts[key]) for part, key in (("Cooling", "cooling"), ("IT, idle", "it_idle"))],
        "Demand": [("Peak demand", b["billed_mw"]) for b in grid["billed_mw"] if b["charge"] == "Peak demand"]
        + [("Year", sum(monthly["demand_kcur"]))],
        "Monthly": [("Jan", monthly["import_mwh"][0]), ("Dec", monthly["carbon_t"][11]), ("Year", kpi["water_m3"])],
        "Load duration": [("0", imports.max()), ("1", imports.min())] + [("Share of the year", "Import reached, MW")],
    }


def test_every_sheet_tells_what_plan_json_tells(book: Workbook, view: dict[str, Any], grown: GrowthAnswer) -> None:
    """Proves at least three figures on every sheet, on those of a stage its own. Catches: a sheet that is new and not
    compared, the figures of another stage."""
    wanted = told_of_the_plan(view, grown)
    for site in view["sites"]:
        wanted |= {f"{name} {site['stage']}": told for name, told in told_of_a_stage(site, grown).items()}
    assert {*wanted, "Operation 1", "Operation 2"} == set(book.sheetnames)
    for name, figures in wanted.items():
        assert len(figures) >= 3, name
        assert_told(name, list(book[name].iter_rows(values_only=True)), figures)


@pytest.mark.parametrize(("sheet", "column"), [("Purchases", 2), ("Dates", 2)])
def test_one_is_singular(book: Workbook, sheet: str, column: int) -> None:
    """Proves: a quantity of one is a unit or a rack, no other is. Caught: `1 units`."""
    rows = list(book[sheet].iter_rows(min_row=5, values_only=True))
    counted = [(row[column], row[column + 1]) for row in rows if str(row[column + 1]).startswith(("unit", "rack"))]
    assert all((amount == 1) == (unit in ("unit", "rack")) for amount, unit in counted)
    assert {amount == 1 for amount, _ in counted} == {True, False}


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_the_hours_of_one_stage_move_its_bill_alone(energy_answer: Answer, tmp_path: Path) -> None:
    """Proves that the objective follows the hours of each stage: with twice the import in the second stage, LibreOffice
    finds its energy twice as dear and all else as it was; the discount rate moves all of it. Catches: a stage billed by
    the hours of another, a pasted factor."""
    small = make_energy_growth(energy_answer)
    path, changed = tmp_path / "plan.xlsx", tmp_path / "changed.xlsx"
    write_growth_workbook(small, public_view(small), path)
    book = openpyxl.load_workbook(path)
    for (cell,) in book["Operation 2"].iter_rows(min_row=5, min_col=3, max_col=3):
        cell.value *= 2
    book.save(changed)
    energy = [next(c for c in own.costs if c.line == "energy").present_value_kcur for own in small.accounts.stages]
    again = recalculated(changed, tmp_path)
    assert beside(again["Costs"], "Objective", 2) == pytest.approx(small.accounts.objective_kcur + energy[1])
    assert beside(again["Cash flow"], "Less the objective", 3) == pytest.approx(0.0, abs=1e-5)
    assert energy[1] > energy[0] > 0
