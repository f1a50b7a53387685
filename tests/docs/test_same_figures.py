"""One story: every sheet of plan.xlsx and every section of report.html against plan.json, three figures and more each.

From the committed results of the quickstart; of a plan in stages, from those of the Ulsan campus. The figures are
picked from plan.json by hand and written with plain Python formatting: no renderer nor its rounding is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from test_samples import SAMPLES

FOLDER = SAMPLES / "quickstart"
WITHOUT_FIGURES = {"model"}
"""sections of the page that only hold words"""
Told = dict[str, list[tuple[str, float | str]]]
Sheets = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "plan.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def book() -> Sheets:
    """Sheet -> its rows, read once from top to bottom."""
    read = openpyxl.load_workbook(FOLDER / "plan.xlsx", data_only=True, read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in read}


def sections_of(folder: Path) -> dict[str, str]:
    """Anchor -> words of the section, without its pictures."""
    html = re.sub(r"<svg.*?</svg>", " ", (folder / "report.html").read_text(encoding="utf-8"), flags=re.DOTALL)
    found = re.findall(r'<section id="(\w+)"(.*?)</section>', html, flags=re.DOTALL)
    return {name: re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", text))) for name, text in found}


def cost(plan: dict[str, Any], line: str, item: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in plan["costs"] if c["line"] == line and item in (None, c["item"]))
    return found


def cells_wanted(plan: dict[str, Any]) -> Told:
    """Sheet -> a word of a row and a figure that stands in it."""
    kpi, site, seen, accounts = plan["kpi"], plan["sites"][0], plan["lookahead"], plan["exact"]["accounts"]
    exact, monthly, day, top = accounts["kpi"], accounts["monthly"], *accounts["instants"][:2]
    battery, grid, racks = site["storage"][0], site["grid"], sum(r["count"] for r in site["racks"])
    orders = {order["item"]: order for order in plan["delivery"]["orders"]}
    return {
        "Summary": [
            ("Objective", f"USD {plan['objective'] / 1e6:.3f} million"),
            ("Gap in money", f"USD {plan['gap_money'] / 1e3:.1f} thousand"),
            ("PUE", f"{kpi['pue']:.3f}"),
            ("Contracted grid capacity", grid["contract_mw"]),
        ],
        "Equipment": [
            ("Total", racks),
            ("Total", kpi["it_installed_mw"]),
            ("LFP battery", battery["power_mw"]),
            ("LFP battery", battery["energy_mwh"]),
            ("Contracted capacity", grid["contract_mw"]),
        ],
        "Design day": [
            ("Import at the meter", 1000 * exact["design_day_load_mw"]),
            ("Import at the meter", 1000 * top["power_mw"]["import"]),
            ("Given off by racks", 1000 * kpi["it_installed_mw"]),
            ("Losses of the electrical chain", 1000 * day["power_mw"]["electrical_chain"]),
        ],
        "Load list": [
            ("Total", 1000 * exact["design_day_load_mw"]),
            ("Contracted capacity", 1000 * grid["contract_mw"]),
            ("Racks: GB200 NVL72", racks),
        ],
        "Costs": [
            ("Objective", plan["objective"] / 1000),
            ("Gap, share", plan["gap"]),
            ("First cost", exact["first_cost_kcur"]),
            ("Levelised cost, USD", kpi["cost_per_million_tokens"]),
            ("Energy bought", cost(plan, "energy")["present_value"] / 1000),
        ],
        "Cash flow": [
            ("Total", plan["objective"] / 1000),
            ("Total", accounts["cash_flow_kcur"][0]),
            ("Total", accounts["cash_flow_kcur"][5]),
        ],
        "TokEnergy": [
            ("TokEnergy of the site", kpi["tokenergy_wh_per_1k"]),
            ("Cooling", accounts["tokenergy_parts"]["cooling"]),
            ("assistant", accounts["workload_kpi"]["assistant"]["wh_per_1k_output"]),
        ],
        "Demand": [
            ("demand charge HV-A II", grid["billed_mw"][0]["billed_mw"]),
            ("demand charge HV-A II", monthly["demand_kcur"][6]),
            ("Year", cost(plan, "demand")["unit_price"] / 1000),
        ],
        "Dates": [
            ("grid connection", orders["grid connection"]["quantity"]),
            ("LFP battery", 1000 * orders["LFP battery"]["quantity"]),  # in kWh below 1 MWh
            ("LFP battery", "kWh"),
            ("LFP battery", orders["LFP battery"]["order_by_month"]),
            ("liquid pod 1 MW", plan["delivery"]["start_month"]),
        ],
        "Monthly": [
            ("Jan", monthly["import_mwh"][0]),
            ("Aug", monthly["peak_mw"][7]),
            ("Dec", monthly["carbon_t"][11]),
            ("Year", exact["water_m3"]),
        ],
        "Limits": [
            ("Contracted capacity", grid["import_limit_mw"]),
            ("Carbon of imports", exact["carbon_t"]),
            ("Battery energy", battery["energy_mwh"]),
        ],
        "Binding limits": [
            ("Cost, the year known", seen["foresight_of_the_year"]),
            ("Cost, storage idle", seen["storage_idle"]),
            ("Share of the savings", seen["surviving_share"]),
        ],
        "Assumptions": [
            ("grid_limit_mw: largest demand", grid["import_limit_mw"]),
            ("GB200 NVL72, peak_kw: ", site["racks"][0]["kw_per_rack"]),
            ("LFP battery, energy_price: ", cost(plan, "battery_energy")["unit_price"] / 1000),
        ],
    }


def test_every_sheet_tells_what_plan_json_tells(plan: dict[str, Any], book: Sheets) -> None:
    """Proves at least three figures on every sheet: each stands in a row of its name, to the last digit. A sheet that
    is new and not compared, a figure in another unit, or one of another month would be caught."""
    wanted = cells_wanted(plan)
    assert {*wanted, "Load duration", "Operation"} == set(book)
    assert min(map(len, wanted.values())) >= 3
    for name, figures in wanted.items():
        assert_told(name, book[name], figures)


def assert_told(name: str, rows: list[tuple[Any, ...]], figures: list[tuple[str, float | str]]) -> None:
    """Each figure stands in a row that has a cell which begins with its word."""
    rows = [tuple(cell for cell in row if cell is not None) for row in rows]
    for word, value in figures:
        found = [cell for row in rows if any(str(c).startswith(word) for c in row) for cell in row]
        same = value in found if isinstance(value, str) else pytest.approx(value, rel=1e-9) in _numbers(found)
        assert same, (name, word, value, found)


def _numbers(cells: list[Any]) -> list[float]:
    return [float(cell) for cell in cells if isinstance(cell, (int, float))]


def test_the_hours_add_up_to_plan_json(plan: dict[str, Any], book: Sheets) -> None:
    """Proves the two sheets without names of rows: all hours add up to the year's energy, their highest is the highest
    import, and the area below the duration curve is the year's mean. A lost month or a curve of another series would
    be caught."""
    exact, highest = plan["exact"]["accounts"]["kpi"], plan["exact"]["accounts"]["instants"][1]["power_mw"]["import"]
    rows = [row for row in book["Operation"] if isinstance(row[0], int)]
    bought, used = [float(row[2]) for row in rows], [float(row[5]) for row in rows]
    assert sum(bought) == pytest.approx(exact["import_mwh"], rel=1e-9)
    assert max(bought) == pytest.approx(highest, rel=1e-9)
    assert sum(used) / len(used) == pytest.approx(exact["it_mean_mw"], rel=1e-9)
    curve = [row for row in book["Load duration"] if isinstance(row[0], (int, float))]
    levels = [float(row[1]) for row in curve]
    assert (levels[0], levels[-1]) == (pytest.approx(highest, rel=1e-9), pytest.approx(min(bought), rel=1e-9))
    area = sum(levels) / 100 - (levels[0] + levels[-1]) / 200
    assert area == pytest.approx(exact["import_mwh"] / len(bought), rel=1e-3)


def words_wanted(plan: dict[str, Any]) -> dict[str, list[str]]:
    """Section of the page -> figures that stand in it, as a reader sees them."""
    kpi, site, seen, accounts = plan["kpi"], plan["sites"][0], plan["lookahead"], plan["exact"]["accounts"]
    exact, monthly, parts = accounts["kpi"], accounts["monthly"], accounts["tokenergy_parts"]
    battery, grid, index = site["storage"][0], site["grid"], kpi["tokenergy_wh_per_1k"]
    size = f"{1000 * battery['power_mw']:.0f} kW, {1000 * battery['energy_mwh']:.0f} kWh"
    tower, chip = plan["cooling"]
    racks = cost(plan, "racks")["present_value"] / plan["objective"]
    return {
        "figures": [f"USD {plan['objective'] / 1e6:.1f} million", f"{kpi['pue']:.3f}", f"{grid['contract_mw']:.2f} MW"],
        "short": [
            f"USD {plan['gap_money'] / 1e3:.1f} thousand",
            f"{index:.3f} Wh",
            f"{plan['audit']['checks']:,} checks",
        ],
        "campus": [f"{grid['contract_mw']:.2f} MW contracted", size, f"{exact['design_day_load_mw']:.2f} MW"],
        "cost": [
            f"{cost(plan, 'racks')['quantity']:.0f} racks",
            f"{exact['first_cost_kcur']:,.0f}",
            f"{plan['objective'] / 1000:,.0f}",
        ],
        "tokenergy": [f"{index:.3f} Wh", f"{parts['cooling']:.4f}", f"{100 * parts['it_idle'] / index:.1f} %"],
        "operation": [
            f"{monthly['import_mwh'][6]:,.0f}",
            f"{exact['import_mwh']:,.0f}",
            f"USD {(seen['storage_idle'] - seen['foresight_of_the_year']) / 1e3:.0f} thousand",
            f"{100 * seen['surviving_share']:.0f} % of it survives",
        ],
        "cooling": [
            f"{tower['free_cooling_h']:,.0f} of the {tower['hours']:,.0f}",
            f"{tower['electricity_per_heat']:.3f}",
            f"{chip['electricity_per_heat']:.3f}",
        ],
        "battery": [size, f"{kpi['peak_import_mw']:.2f} MW", f"{1000 * battery['power_mw']:.0f} kW"],
        "limits": [f"{battery['power_mw']:.4f}", f"{grid['contract_mw']:.3f}", f"{grid['import_limit_mw']:.0f} MW"],
        "equipment": [
            f"{site['racks'][0]['count']} ",
            f"{kpi['it_installed_mw']:.2f}",
            f"{1000 * battery['energy_mwh']:.0f} kWh",
        ],
        "dates": [
            f"month {plan['delivery']['start_month']:.0f}",
            f"{grid['contract_mw']:.2f} MW",
            f"{1000 * battery['energy_mwh']:.0f} kWh",
        ],
        "evidence": [
            f"{100 * racks:.1f} %",
            f"{100 * cost(plan, 'energy')['present_value'] / plan['objective']:.1f} %",
            f"{100 * cost(plan, 'demand')['present_value'] / plan['objective']:.1f} %",
        ],
        "proof": [
            f"USD {plan['bound'] / 1e6:.3f} million",
            f"{100 * plan['gap']:.3f} %",
            f"{plan['audit']['checks']:,} checks",
        ],
    }


def words_of_stages(plan: dict[str, Any]) -> dict[str, list[str]]:
    """Section of the page of a plan in stages -> figures that stand in it, most of them of each stage."""
    stages, cost = plan["sites"], sum(c["present_value"] for c in plan["costs"])
    kpis, grids = [s["kpi"] for s in stages], [s["grid"] for s in stages]
    exact = plan["exact"]["accounts"]["stages"]
    line = {name: sum(c["present_value"] for c in plan["costs"] if c["line"] == name) for name in ("racks", "energy")}
    bought = [c for c in plan["costs"] if c["line"] == "racks"]
    racks = {c["item"]: sum(b["present_value"] for b in bought if b["item"] == c["item"]) for c in bought}
    seen = [s["lookahead"] for s in stages]
    return {
        "figures": [
            f"USD {plan['objective'] / 1e9:.3f} billion",
            f"{kpis[-1]['pue']:.3f}",
            f"{grids[-1]['contract_mw']:.1f} MW",
        ],
        "short": [
            f"USD {plan['gap_money'] / 1e3:.0f} thousand",
            f"{plan['audit']['checks']:,} checks",
            f"{plan['kpi']['tokenergy_wh_per_1k']:.3f} Wh per 1,000 reference tokens over all years",
        ],
        "campus": [f"{_short(grid['contract_mw'])} MW contracted" for grid in grids],
        "build": [
            " ".join([name, *(f"{value:.{digits}f}" for value in values)])
            for name, digits, values in (
                ("Grid contract, MW", 1, [grid["contract_mw"] for grid in grids]),
                ("IT installed, MW", 1, [kpi["it_installed_mw"] for kpi in kpis]),
                ("Highest import, MW", 1, [kpi["peak_import_mw"] for kpi in kpis]),
                ("TokEnergy, Wh per 1,000 reference tokens", 3, [kpi["tokenergy_wh_per_1k"] for kpi in kpis]),
            )
        ],
        "cost": [f"{plan['objective'] / 1000:,.0f}", f"{line['energy'] / 1000:,.0f}"]
        + [f"{100 * line['racks'] / cost:.1f} %"],
        "tokenergy": [f"The site uses {kpi['tokenergy_wh_per_1k']:.3f} Wh" for kpi in kpis],
        "operation": [f"{value:,.0f}" for own in exact for value in own["monthly"]["import_mwh"]],
        "cooling": [
            f"{heat['electric_mw'] / heat['heat_mw']:.3f}"
            for own in exact
            for heat in own["instants"][0]["heat"].values()
            if heat["heat_mw"]
        ],
        "battery": [f"({_short(s['storage'][0]['power_mw'])} MW" for s in stages],
        "contracts": [f"{contract['delivered_mwh']:,.0f}" for s in stages for contract in s["contracts"]],
        "limits": [f"a firm connection of {grid['contract_mw']:.2f} MW" for grid in grids],
        "equipment": [f"{r['rack']} {r['cooling']} {r['offer']} {r['count']:,}" for s in stages for r in s["racks"]],
        "dates": [f"starts in month {s['delivery']['start_month']:.0f}" for s in stages],
        "bought": [
            f"{p['item']} IT racks {p['quantity']:,.0f} racks {stages[p['bought_in_stage'] - 1]['stage_name']}"
            for p in plan["purchases"]
            if p["line"] == "racks" and p["quantity"] > 1
        ],
        "foresight": [f"{100 * own['surviving_share']:.0f} %" for own in seen if own],
        "evidence": [f"IT racks {item} {100 * value / cost:.1f} %" for item, value in racks.items()],
        "proof": [
            f"USD {plan['bound'] / 1e9:.3f}",
            f"{100 * plan['gap']:.3f} %",
            f"All {plan['audit']['checks']:,} checks",
        ],
    }


def _short(value: float) -> str:
    return f"{value:.3g}"


@pytest.mark.parametrize(("sample", "wanted"), [("quickstart", words_wanted), ("ulsan-ai-campus", words_of_stages)])
def test_every_section_tells_what_plan_json_tells(
    sample: str, wanted: Callable[[dict[str, Any]], dict[str, list[str]]]
) -> None:
    """Proves figures in every section of the page, of a plan in stages those of each stage. Catches: a section that is
    new and not compared, a figure of an older plan or of another stage."""
    plan = json.loads((SAMPLES / sample / "plan.json").read_text(encoding="utf-8"))
    sections, texts = sections_of(SAMPLES / sample), wanted(plan)
    assert {*texts, *WITHOUT_FIGURES} == set(sections)
    assert [(name, text) for name in texts for text in texts[name] if text not in sections[name]] == []
    assert min(map(len, texts.values())) >= 3
