"""Stages from the workbook to the result folder: what is read, written, read back, and what is wrong in a cell."""

from __future__ import annotations

import copy
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from columns_bases import LOAD, RACKS, Base

from models.paths import at_year
from planner.cli import cli
from planner.errors import BadWorkbook
from planner.results import check_folder, read_results
from planner.schema import SHEETS
from planner.validate import validate
from planner.workbook import read_workbook

STAGES = [
    {"name": "start", "start_year": 0},
    {"name": "grown", "start_year": 2, "demand_factor": 2, "energy_price_factor": 1.5},
]


def staged(small: Any, base: Base, **rows: list[dict[str, Any]]) -> Any:
    """A workbook of six years at 7 %, with other rows on some sheets."""
    small.project = base.project | {"analysis_years": 6, "discount_pct": 7}
    small.rows = {s.name: copy.deepcopy(base.rows.get(s.name, [])) for s in SHEETS if s.layout == "rows"} | rows
    small.series = {"hour": [float(h) for h in range(24)]} | {k: v[:24] for k, v in base.series.items()}
    return small


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, small_workbook: Any) -> Path:
    """A result folder of two stages, with the cost of myopia."""
    folder = tmp_path_factory.mktemp("growth")
    book = staged(small_workbook(folder), RACKS, Stages=STAGES)
    done = CliRunner().invoke(
        cli, ["plan", str(book.write()), "-o", str(folder / "out"), "--foresight", "myopic", "--gap", "1e-7"]
    )
    assert done.exit_code == 0, done.output
    assert "From year 2: grown" in done.output
    return folder / "out"


def test_plan_json_has_an_entry_per_stage_and_adds_up(planned: Path) -> None:
    """Ten racks and two pods, twenty and four from year 2 on, 10 + 2 million each time. Costs add up to the objective,
    discounted cash flow too; a stage counted twice, or its purchases at the wrong date, would show."""
    plan = json.loads((planned / "plan.json").read_text(encoding="utf-8"))
    assert [(s["stage"], s["stage_name"], s["first_year"], s["years"]) for s in plan["sites"]] == [
        (1, "start", 0, 2),
        (2, "grown", 2, 4),
    ]
    assert [sum(r["count"] for r in s["racks"]) for s in plan["sites"]] == [10, 20]
    assert plan["objective"] == pytest.approx(sum(c["present_value"] for c in plan["costs"]))
    assert plan["objective"] == pytest.approx(sum(x / 1.07**k for k, x in enumerate(plan["cash_flow"])))
    energy = 24 * 1.36 * 100  # a year's energy of the first stage, currency
    flow = [12e6, energy, energy + 12e6, *[2 * 1.5 * energy] * 4]
    assert plan["cash_flow"] == pytest.approx(flow)
    assert {c["stage"] for c in plan["costs"]} == {1, 2}
    assert [(y["year"], y["racks"], y["modules"]) for y in plan["years"]] == [
        (k + 1, 10 if k < 2 else 20, 2 if k < 2 else 4) for k in range(6)
    ]
    assert plan["foresight"]["cost_of_myopia"] == pytest.approx(0.0, abs=1.0)
    assert 0 <= plan["foresight"]["cost_of_myopia"] <= plan["foresight"]["cost_of_myopia_at_most"] <= 10


def test_each_stage_has_its_dates_in_json_page_and_workbook(planned: Path) -> None:
    """Pods take twelve months: ordered at the award, service starts in month 12, the second stage in 36 with an order
    by 24. Months that began anew with each stage, or pods of the first dated again, would show."""
    plan = json.loads((planned / "plan.json").read_text(encoding="utf-8"))
    dates = [s["delivery"] for s in plan["sites"]]
    assert [d["start_month"] for d in dates] == [12, 36]
    assert [[(o["quantity"], o["order_by_month"]) for o in d["orders"]] for d in dates] == [[(2, 0)], [(2, 24)]]
    page = " ".join((planned / "report.html").read_text(encoding="utf-8").split())  # no-break spaces too
    assert "Stage “grown” starts in month 36, when it is needed; the first order to place is pod, by month 24" in page
    rows = [[c.value for c in row] for row in openpyxl.load_workbook(planned / "plan.xlsx")["Dates"].iter_rows()]
    assert ["grown", "pod", 2, "units", 24, 12, 36] in rows


def test_a_staged_folder_reads_back_and_its_edits_are_found(planned: Path) -> None:
    """The recheck runs from the files alone; a purchase altered in plan.json is noticed although its year is sound."""
    assert check_folder(planned).ok
    answer: Any = read_results(planned).answer
    assert [d.operation.import_mw.size for d in answer.plan.stages] == [24, 24]
    path = planned / "plan.json"
    text = path.read_text(encoding="utf-8")
    plain = json.loads(text)
    plain["exact"]["purchases"][0]["quantity"] = 9.0
    try:
        path.write_text(json.dumps(plain), encoding="utf-8")
        assert any("not yet retired" in p for p in check_folder(planned).problems)
    finally:
        path.write_text(text, encoding="utf-8")


def test_documents_show_the_build_out(planned: Path) -> None:
    """report.html has the chart and the table by year; plan.xlsx its sheets, and the objective as the total."""
    page = (planned / "report.html").read_text(encoding="utf-8")
    assert "Build-out" in page and page.count("<svg") >= 2 and "What is bought and retired" in page
    book = openpyxl.load_workbook(planned / "plan.xlsx", data_only=True)
    years = ("Equipment", "Design day", "Load list", "TokEnergy", "Monthly", "Load duration")
    assert book.sheetnames == [
        "Summary",
        "Build-out",
        "Purchases",
        "Costs",
        "Cash flow",
        "Dates",
        "Limits",
        *(f"{name} {stage}" for stage in (1, 2) for name in years),
        "Assumptions",
        "Operation 1",
        "Operation 2",
    ]
    plan = json.loads((planned / "plan.json").read_text(encoding="utf-8"))
    for name, column in (("Costs", 9), ("Cash flow", 3)):
        total = next(row for row in book[name].iter_rows(values_only=True) if row[0] == "Total")
        assert total[column - 1] == pytest.approx(plan["objective"] / 1000)


def test_operation_has_a_stage_column(planned: Path) -> None:
    """Both years stand under each other, told apart by the stage's number."""
    import pandas as pd

    frame = pd.read_csv(planned / "operation.csv.gz")
    assert frame["stage"].tolist() == [1] * 24 + [2] * 24
    assert frame.groupby("stage")["it_mw"].sum().tolist() == pytest.approx([24.0, 48.0])


@pytest.mark.parametrize(
    ("rows", "column", "number"),
    [
        ([{"name": "a", "start_year": 1}], "start_year", 0),
        ([{"name": "a", "start_year": 0}, {"name": "b", "start_year": 0}], "start_year", 1),
        ([{"name": "a", "start_year": 0}, {"name": "b", "start_year": 6}], "start_year", 1),
        ([{"name": "a", "start_year": 0}, {"name": "a", "start_year": 2}], "name", 1),
    ],
)
def test_stages_must_follow_each_other(small: Any, rows: list[dict[str, Any]], column: str, number: int) -> None:
    """The first starts with the plan, each later than the one before, all within the analysis years: else its cell."""
    book = staged(small, LOAD, Stages=rows)
    with pytest.raises(BadWorkbook) as bad:
        validate(read_workbook(book.write()))
    assert [f.cell for f in bad.value.findings] == [book.cell("Stages", column, number)]


def test_dates_of_sale_need_stages(small: Any) -> None:
    """A date that nothing would heed is refused at its cell, not ignored."""
    book = staged(small, RACKS)
    book.rows["Racks"][0]["sold_from_year"] = 2
    with pytest.raises(BadWorkbook) as bad:
        validate(read_workbook(book.write()))
    assert [f.cell for f in bad.value.findings] == [book.cell("Racks", "sold_from_year")]


def test_no_stages_are_today_s_case(small: Any) -> None:
    """An empty sheet Stages means one stage: the case, and no plan of growth."""
    valid = validate(read_workbook(staged(small, LOAD).write()))
    assert valid.growths == () and valid.case.money.plan_years is None


def test_every_price_grows_with_its_own_escalation(small: Any) -> None:
    """Two years on, each price of a full workbook is (1 + its escalation)^2 times itself, and nothing but prices moves:
    a price left out, or one grown twice, shows as another ratio. Fuel and contracts have rates of their own."""
    small.rows["Generators"] = [
        {"name": "engine", "unit_kw": 500, "price": 900, "max_units": 3, "full_load_efficiency_pct": 42}
        | {"no_load_fuel_pct": 10, "fuel_price": 30, "fuel_carbon_g_per_kwh": 202, "om_price": 8, "start_cost": 100}
        | {"fixed_om_price": 5, "fuel_escalation_pct": 15}
    ]
    small.rows["DemandResponse"] = [
        {"name": "calls", "called_series": "pv", "baseline_mw": 3, "max_mw": 1, "ready_price": 9000, "called_price": 90}
    ]
    small.rows["PowerPurchase"] = [
        {"name": "sun", "output_series": "pv", "price": 60, "price_escalation_pct": 18, "max_mw": 2, "delivery_fee": 90}
    ]
    case = validate(read_workbook(small.write())).case
    rates = {"energy": 0.1, "om": 0.2, "carbon": 0.3, "water": 0.4, "capital": 0.5}
    money = replace(case.money, **{f"escalation_{name}": rate for name, rate in rates.items()})
    later = at_year(replace(case, money=money), 2)
    known = {round((1 + rate) ** 2, 9) for rate in (*rates.values(), 0.15, 0.18)}
    moved = _ratios(case, later, "case")
    own = {n: round(r, 9) for n, r in moved.items() if n.endswith((".fuel_kcur_per_mwh", ".price_kcur_per_mwh"))}
    assert {n.rpartition(".")[2]: r for n, r in own.items() if "generators" in n or "purchases" in n} == {
        "fuel_kcur_per_mwh": 1.3225,
        "price_kcur_per_mwh": 1.3924,
    }
    assert {round(r, 9) for r in moved.values()} <= known
    prices = {
        name for name in _names(case, "case") if "kcur" in name.rpartition(".")[2] or name.endswith(".ex_works_k")
    }
    prices -= {n for n in prices if "lost_load" in n or "delay" in n or "budget" in n or "adders" in n}
    assert prices <= set(moved)


def _names(value: Any, path: str) -> set[str]:
    """Paths of all numbers above zero."""
    return set(_ratios(value, value, path, everything=True))


def _ratios(before: Any, after: Any, path: str, *, everything: bool = False) -> dict[str, float]:
    """Where two cases differ, and by what factor."""
    found: dict[str, float] = {}
    if hasattr(before, "__dataclass_fields__"):
        for f in fields(before):
            if f.name != "money":
                parts = getattr(before, f.name), getattr(after, f.name)
                found |= _ratios(*parts, f"{path}.{f.name}", everything=everything)
    elif isinstance(before, tuple):
        for b, a in zip(before, after, strict=True):
            found |= _ratios(b, a, path, everything=everything)
    elif hasattr(before, "max"):
        found |= _ratios(float(before.max()), float(after.max()), path, everything=everything)
    elif (
        isinstance(before, (int, float))
        and not isinstance(before, bool)
        and before > 0
        and (everything or before != after)
    ):
        found[path] = after / before
    return found
