"""`aidc scenarios`: what the sheets mean, what is wrong with them, and the folder that the command writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from columns_bases import PV, RACKS, Base

from planner.cli import cli
from planner.errors import BadWorkbook
from planner.scenario_results import public_scenarios
from planner.studies.futures import read_scenarios
from planner.studies.scenarios import ScenarioOptions, plan_scenarios
from planner.validate import validate
from planner.workbook import read_workbook


def future(name: str = "dear", probability: float = 0.2, **more: Any) -> dict[str, Any]:
    return {"name": name, "probability": probability} | more


def change(scenario: str = "dear", **more: Any) -> dict[str, Any]:
    return {"scenario": scenario, "sheet": "TariffEnergy", "row": "TOU, day", "column": "price", "value": "300"} | more


@pytest.mark.parametrize(
    ("rows", "wrong", "cell", "words"),
    [
        ({"probability": 0.3}, {}, ("Scenarios", "probability", 1), "add up to 1.1; they must sum to 1"),
        ({"weather_year": 2018}, {}, ("Scenarios", "weather_year", 1), "has a year in its name"),
        ({}, {"sheet": "Tarif"}, ("ScenarioInputs", "sheet", 0), "name of a sheet"),
        ({}, {"sheet": "Sweep"}, ("ScenarioInputs", "sheet", 0), "name of a sheet"),
        ({}, {"column": "prize"}, ("ScenarioInputs", "column", 0), "did you mean price"),
        ({}, {"row": "TOU, dawn"}, ("ScenarioInputs", "row", 0), "did you mean TOU, day"),
        ({}, {"row": None}, ("ScenarioInputs", "row", 0), "3 rows are meant"),
        ({}, {"value": "much"}, ("ScenarioInputs", "value", 0), "a number"),
        ({}, {"scenario": "deer"}, ("ScenarioInputs", "scenario", 0), "dear"),
    ],
)
def test_what_is_wrong_is_named_at_its_cell(
    small: Any, rows: dict[str, Any], wrong: dict[str, Any], cell: tuple[str, str, int], words: str
) -> None:
    """Each mistake is told once, at its own cell. Caught: probabilities scaled silently, a cell that is not there taken
    for one."""
    small.rows["Scenarios"] = [future("as it stands", 0.8), future(**rows)]
    small.rows["ScenarioInputs"] = [change() | wrong]
    with pytest.raises(BadWorkbook) as bad:
        validate(read_workbook(small.write()))
    (found,) = bad.value.findings
    assert found.cell == small.cell(*cell) and words in str(found)


def test_the_same_cell_twice_and_values_that_do_not_fit(small: Any, tmp_path: Path) -> None:
    """A cell changed by two rows is refused; a value that the column does not allow is found at the column's own cell,
    and says in which scenario. Caught: the last row wins silently, a scenario's fault blamed on the workbook."""
    small.rows["Scenarios"] = [future("as it stands", 0.8), future()]
    small.rows["ScenarioInputs"] = [change(), change(row=None, value="2", relative="yes")]
    with pytest.raises(BadWorkbook, match="changed already"):
        validate(read_workbook(small.write()))
    small.rows["ScenarioInputs"] = [change(sheet="Project", row=None, column="discount_pct", value="-400")]
    raw = read_workbook(small.write())
    with pytest.raises(BadWorkbook) as bad:
        read_scenarios(raw, validate(raw))
    (found,) = bad.value.findings
    assert found.cell == small.cell("Project", "discount_pct") and "in scenario dear" in found.message
    done = CliRunner().invoke(cli, ["check", str(tmp_path / "small.xlsx")])
    assert done.exit_code == 3 and "in scenario dear" in done.output


def fill(small: Any, base: Base, hours: int = 24) -> None:
    small.project = dict(base.project)
    small.rows = {name: [dict(r) for r in base.rows.get(name, [])] for name in small.rows}
    small.series = {"hour": [float(h) for h in range(hours)]}
    small.series |= {name: [v[i % len(v)] for i in range(hours)] for name, v in base.series.items()}


def test_years_of_weather_are_scenarios(small: Any) -> None:
    """Series named by year: a scenario's weather_year takes that year's, of every series of weather; a year that is not
    there is told at the cell that names the series. Caught: one of the series left in the old year."""
    fill(small, RACKS)
    for year, warmer in ((2023, 0.0), (2018, 3.0)):
        for name in ("dry", "wet"):
            small.series[f"{name}_{year}"] = [20.0 + warmer] * 24
    small.rows["Sites"][0] |= {"dry_bulb_series": "dry_2023", "wet_bulb_series": "wet_2023"}
    small.rows["Scenarios"] = [future("2023", 0.5), future("2018", 0.5, weather_year=2018)]
    raw = read_workbook(small.write())
    judged, (question,) = read_scenarios(raw, validate(raw))
    assert [float(np.max(v.case.site.dry_bulb_c)) for v in judged] == [20.0, 23.0]
    assert [float(np.max(v.case.site.wet_bulb_c)) for v in judged] == [20.0, 23.0]
    assert [s.probability for s in question.scenarios] == [0.5, 0.5]
    small.rows["Scenarios"][1]["weather_year"] = 2017
    raw = read_workbook(small.write())
    with pytest.raises(BadWorkbook) as bad:
        read_scenarios(raw, validate(raw))
    assert bad.value.findings[0].cell == small.cell("Sites", "dry_bulb_series")


def test_the_command_writes_a_plan_for_both_prices(small: Any, tmp_path: Path) -> None:
    """2 MW for 24 h at 100 USD/MWh (0.8) or 300; 1 MW of supply costs 2 kUSD and saves 12 MWh: 1.2 or 3.6 kUSD, 1.68
    expected, so none is bought: 4.8 or 14.4, 6.72 expected. By itself the dear scenario buys both MW: 11.2. Knowing is
    worth 6.72 - (0.8 * 4.8 + 0.2 * 11.2) = 0.64. Regrets of x MW are 0.8 x and 1.6 (2 - x): 3.2/3 at the least."""
    fill(small, PV)
    small.rows["Supply"][0]["price"] = 2
    tariff = small.rows["TariffEnergy"][0]["tariff"]
    small.rows["Scenarios"] = [future("cheap", 0.8), future()]
    small.rows["ScenarioInputs"] = [change(row=tariff)]
    folder = tmp_path / "s"
    command = ["scenarios", str(small.write()), "-o", str(folder), "--gap", "1e-6", "--json", "-q"]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    view = json.loads(done.stdout)
    assert view["expected_cost"] == pytest.approx(6720)
    assert view["common"] == [] and view["largest_regret"] == pytest.approx(3200)
    assert view["worth"]["information"]["amount"] == pytest.approx(640)
    assert [(c["cell"], c["then"]) for c in view["scenarios"][1]["changes"]] == [
        (f"{small.cell('TariffEnergy', 'price')} (price)", "300")
    ]
    assert {p.name for p in folder.iterdir()} == {
        *("scenarios.html", "scenarios.json", "scenarios.xlsx", "plans", "solver.log", "manifest.json")
    }
    book = openpyxl.load_workbook(folder / "scenarios.xlsx")
    assert book.sheetnames == ["Scenarios", "Purchases", "In service", "Regret", "Worth", "Inputs"]
    page = (folder / "scenarios.html").read_text(encoding="utf-8")
    assert "expected" in page and "planned for mean inputs" in page and "http://" not in page
    assert CliRunner().invoke(cli, ["audit", str(folder / "plans" / "02")]).exit_code == 0
    raw = read_workbook(tmp_path / "small.xlsx")
    _, questions = read_scenarios(raw, validate(raw))
    least = plan_scenarios(questions, [(), ()], ScenarioOptions("regret", compares=False, gap=1e-6))
    assert max(least.accounts.regret_kcur) == pytest.approx(3.2 / 3, rel=1e-3)


def test_what_cannot_be_planned_is_named(small: Any, tmp_path: Path) -> None:
    """No rows: exit code 3 and the sheet named; a scenario that no plan can serve (ten times the work, 13.6 MW over a
    connection of 10): exit code 4 and its name. Caught: a plan of nothing, or of the workbook alone."""
    done = CliRunner().invoke(cli, ["scenarios", str(small.write()), "-o", str(tmp_path / "s"), "-q"])
    assert done.exit_code == 3 and "Scenarios" in done.output
    fill(small, RACKS)
    small.rows["Scenarios"] = [future("as it stands", 0.8), future("boom")]
    more = {"sheet": "Workloads", "row": None, "column": "requests_per_day"}
    small.rows["ScenarioInputs"] = [change("boom", **more, value="10", relative="yes")]
    done = CliRunner().invoke(cli, ["scenarios", str(small.write()), "-o", str(tmp_path / "s"), "-q"])
    assert done.exit_code == 4 and "boom has no plan" in done.output and not (tmp_path / "s").exists()


def test_later_stages_buy_what_the_scenario_asks_for(small: Any) -> None:
    """10 racks in two pods, then 20 in four if demand doubles (one in two). The second ten (10,000 kUSD) and their pods
    (2,000) are bought in that scenario only; a list for both, or buying at once, costs half of 12,000 more. Caught: a
    scenario's change of a stage lost, later purchases common, purchases of one scenario shown as common."""
    fill(small, RACKS)
    small.project["analysis_years"] = 2
    small.rows["Stages"] = [{"name": "first", "start_year": 0}, {"name": "second", "start_year": 1}]
    small.rows["Scenarios"] = [future("steady", 0.5), future("double", 0.5)]
    small.rows["ScenarioInputs"] = [change("double", sheet="Stages", row="second", column="demand_factor", value="2")]
    raw = read_workbook(small.write())
    base = validate(raw)
    _, questions = read_scenarios(raw, base)
    answer = plan_scenarios(questions, [s.changes for s in base.scenarios], ScenarioOptions(gap=1e-6))
    assert answer.worth["flexibility"].kcur == pytest.approx(6000, rel=1e-4)
    assert answer.worth["waiting"].kcur == pytest.approx(6000, rel=1e-4)
    assert answer.worth["information"].kcur == pytest.approx(0, abs=1)
    view = public_scenarios(answer)
    assert {p["item"]: p["quantity"] for p in view["common"] if p["line"] == "racks"} == {"R": 10}
    later = [
        {p["item"]: p["quantity"] for p in s["later"] if p["line"] in ("racks", "modules")} for s in view["scenarios"]
    ]
    assert later == [{}, {"R": 10, "pod": 2}]
    assert [s["known_from"] for s in view["scenarios"]] == ["second", "second"]
