"""The recheck of indicators and contracts: those of a plan that has something of everything, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from counted import LINES, MONEY, counted_case, counted_design, counted_view
from handmade import plan_of, still
from tiny import (
    air,
    energy_case,
    rack,
    training,
    training_point,
)

from models.audit.cashflow import (
    expected_lines,
    present_value,
)
from models.audit.checker import Checker
from models.audit.indicators import _gross, _indicators, _months, _of_workload, _parts, check_indicators
from models.audit.purchases import check_purchases, clean_mwh, income_kcur, market_carbon_t
from models.audit.view import View
from models.design import Accounts


def test_indicators_of_the_year_by_hand() -> None:
    """Proves: each indicator of the plan above. Site 4.65 MWh, IT 0.25 MWh, 2,000 Mtok of reference tokens."""
    view = counted_view()
    kpi = _indicators(view)
    cost = sum(x.quantity * x.price_kcur * present_value(x.flow, MONEY) for x in expected_lines(view))
    lifetime = 1 / 1.1 + 1 / 1.21
    assert kpi == pytest.approx(
        {
            "tokenergy_wh_per_1k": 2.325, "tokenergy_target": None, "cost_kcur_per_mtok": cost / 2000 / lifetime,
            "cost_kcur_per_output_mtok": cost / 2000 / lifetime, "pue": 18.6, "wue_l_per_kwh": 12.0,
            "cue_kg_per_kwh": 2.7, "cue_market_kg_per_kwh": 3.0, "peak_import_mw": 7.5, "it_installed_mw": 0.36,
            "it_peak_mw": 0.3, "it_mean_mw": 0.25,
            # racks with losses 0.36 * 1.25, cooling 0.36 * 0.3 at 30 degC, offices 0.01, plain load 0.5
            "design_day_load_mw": 1.068, "site_energy_mwh": 4.65, "import_mwh": 5.0, "onsite_mwh": 0.1,
            "generated_mwh": 0.3, "lost_load_mwh": 0.1, "export_mwh": 0.75, "carbon_t": 0.675, "water_m3": 3.0,
            "reference_mtok": 2000.0, "output_mtok": 2000.0,
            "first_cost_kcur": sum(q * p for q, p, _, kind in LINES.values() if kind == ""),
            "weighted_water_m3": 5.0, "heat_reused_mwh": 0.15, "ere": 18.0, "purchased_mwh": 2.5,
            "purchased_used_mwh": 0.5, "clean_share_yearly": 1.85 / 4.65, "clean_share_hourly": 0.85 / 4.65,
        }
    )  # fmt: skip
    # a thousandth of 5 + 0.1 + 0.3 + 0.75 MWh, per token and per energy of IT
    assert _gross(view) == pytest.approx({"site_energy_mwh": 0.00615, "tokenergy_wh_per_1k": 0.003075, "pue": 0.0246})


def test_lifetime_of_a_later_stage() -> None:
    """Proves: tokens of a stage from year 2 on are worth less by its years. Catches: a year too many or too few."""
    view = counted_view()
    later = View(replace(view.case, money=replace(MONEY, first_year=2)), view.design)
    cost = sum(x.quantity * x.price_kcur * present_value(x.flow, later.case.money) for x in expected_lines(later)
               if not x.is_capital and not x.line.startswith("existing"))  # fmt: skip
    growing = replace(later.case, money=replace(later.case.money, plan_years=4))
    lifetime = 1.1**-3 + 1.1**-4
    assert _indicators(View(growing, view.design))["cost_kcur_per_mtok"] == pytest.approx(cost / 2000 / lifetime)


def test_parts_of_tokenergy_by_hand() -> None:
    """Proves: the index by cause, energy over 2,000 Mtok. Storage takes 1 MW, gives 0.6 and loses 0.3 while it smooths;
    load that was lost counts against the rest."""
    assert _parts(counted_view()) == pytest.approx(
        {
            "it_busy": 0.075, "it_idle": 0.05, "electrical_chain": 0.05, "cooling": 0.025, "storage": 0.25,
            "house": 0.005, "plain_load": 0.2, "lost_load": -0.05,
        }
    )  # fmt: skip


def test_indicators_of_a_workload_by_hand() -> None:
    """Proves: busy power with its step's cooling and losses, 0.14 of 0.2104 MWh, and two thirds of what is left of
    4.65 MWh; racks busy 2.5 h."""
    view = counted_view()
    energy = 0.14 + (4.65 - 0.5 * (0.13 * 1.45 + 0.17 * (1 + 0.11 / 0.3))) * 2 / 3
    assert _of_workload(view, view.case.workloads[0]) == pytest.approx(
        {
            "input_mtok": 200.0, "cached_mtok": 100.0, "output_mtok": 1000.0, "training_mtok": 0.0,
            "reference_mtok": 1000.0, "rack_h": 2.5, "energy_mwh": energy, "wh_per_1k_output": energy,
            "wh_per_1k_reference": energy, "wh_per_1k_training": None,
        }
    )  # fmt: skip


def test_months_by_hand() -> None:
    """Proves: each month's energy, money and carbon. Catches: a month counted to another, the tariff's energy taken
    for all that is imported."""
    expected = {
        "import_mwh": (2.0, 3.0), "onsite_mwh": (0.1, 0.0), "export_mwh": (0.25, 0.5), "peak_mw": (5.0, 7.5),
        "energy_kcur": (0.0, 12.0), "demand_kcur": (64.0, 96.0), "carbon_t": (0.2, 0.475), "water_m3": (1.0, 2.0),
        "it_mwh": (0.1, 0.15), "pue": (18.5, 2.8 / 0.15),
    }  # fmt: skip
    found = _months(counted_view())
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert list(found[name]) == pytest.approx(list(values)), name


def test_clean_energy_and_market_based_carbon() -> None:
    """Proves: own generation less export, all that contracts deliver or what is used of it in the hour; a contract that
    is not clean counts for nothing; virtual energy counts up to what the tariff supplies; contracts beyond what is
    bought lower carbon in proportion only."""
    view = counted_view()
    sun, wind = view.case.purchases

    def changed(**new: Any) -> View:
        return View(replace(view.case, purchases=(sun, replace(wind, **new))), view.design)

    assert clean_mwh(view) == pytest.approx((-0.65 + 1.5 + 1.0, -0.65 + 0.5 + 1.0))
    assert clean_mwh(changed(counts_as_clean=False)) == pytest.approx((-0.65 + 1.5, -0.65 + 0.5))
    # 5 MW each step, of which the tariff leaves room for 3 in the first
    assert clean_mwh(changed(output_pu=np.array([5.0, 5.0]))) == pytest.approx((-0.65 + 1.5 + 5.0, -0.15 + 4.0))
    assert market_carbon_t(view) == pytest.approx(0.2 * 2.5 + 0.05 * 1.5)
    # 1.5 and 5 MWh of contracts for 5 bought
    assert market_carbon_t(changed(output_pu=np.array([5.0, 5.0]))) == pytest.approx(0.05 * 1.5 * 5 / 6.5)
    free = replace(view.case, grid=replace(view.case.grid, market_carbon_t_per_mwh=None))
    assert market_carbon_t(View(free, view.design)) is None


@pytest.mark.parametrize(
    ("sizes", "taken", "shares", "rule", "found", "expected"),
    [
        ({"sun": 1.999}, {}, {}, "least power contracted", 1.999, 2.0),
        ({"sun": 2.001}, {}, {}, "most power contracted", 2.001, 2.0),
        ({"wind": -0.001}, {}, {}, "least power contracted", -0.001, 0.0),
        ({}, {"sun": np.array([2.0, 1.01])}, {}, "energy taken of a contract is delivered", 1.01, 1.0),
        ({}, {"sun": np.array([-0.1, 0.0])}, {}, "energy taken of a contract not negative", -0.1, 0.0),
        ({}, {"wind": np.array([0.1, 0.0])}, {}, "energy taken of a contract is delivered", 0.1, 0.0),
        ({}, {}, {"clean_share_yearly": 0.399}, "clean energy of the year [MWh]", 1.85, 0.399 * 4.65),
        ({}, {}, {"clean_share_hourly": 0.184}, "clean energy of the hour by hour [MWh]", 0.85, 0.184 * 4.65),
    ],
)
def test_each_limit_of_power_purchase(
    sizes: Any, taken: Any, shares: Any, rule: str, found: float, expected: float
) -> None:
    """Proves: contracted power within its sizes, energy taken within what is delivered, shares of clean energy. At the
    limit nothing is told."""
    case = counted_case()
    sun, wind = case.purchases
    case = replace(case, purchases=(replace(sun, min_mw=2.0), wind))
    case = replace(case, limits=replace(case.limits, clean_share_yearly=1.85 / 4.65, clean_share_hourly=0.85 / 4.65))
    design = counted_design(case)
    operation = design.operation
    full = replace(design, operation=replace(operation, purchased_mw={"sun": np.array([1.0, 0.0])}))
    check = Checker(case.calendar)
    check_purchases(View(case, full), check)
    assert check.report().ok, check.report().violations
    case = replace(case, limits=replace(case.limits, **shares))
    operation = replace(operation, purchased_mw={**operation.purchased_mw, **taken})
    design = replace(design, purchase_mw={**design.purchase_mw, **sizes}, operation=operation)
    check = Checker(case.calendar)
    check_purchases(View(case, design), check)
    violation = {v.check: v for v in check.report().violations}[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


@pytest.mark.parametrize(("taken", "is_told"), [((2.0, 1.0), False), ((2.001, 1.0), True)])
def test_contracts_supply_no_more_than_is_imported(taken: tuple[float, float], is_told: bool) -> None:
    """Proves: all of an import may come from contracts, not more. A contract of no power on offer needs none."""
    case = counted_case()
    sun, wind = case.purchases
    gone = replace(sun, min_mw=9.0, max_mw=0.0)
    case = replace(case, purchases=(gone, replace(wind, settlement="physical", max_mw=9.0)))
    operation = still(case, import_mw=np.array([2.0, 1.0]), purchased_mw={"wind": np.array(taken)})
    check = Checker(case.calendar)
    check_purchases(View(case, plan_of(case, operation, purchase_mw={"wind": 9.0})), check)
    rules = {v.check for v in check.report().violations}
    assert rules == ({"contracts supply at most what is imported"} if is_told else set())


def test_less_than_the_least_power_contracted() -> None:
    """Proves: a contract of at least 0.5 and at most 0.9 MW cannot be left out."""
    case = replace(counted_case(), purchases=(replace(counted_case().purchases[0], min_mw=0.5, max_mw=0.9),))
    check = Checker(case.calendar)
    check_purchases(View(case, plan_of(case)), check)
    assert [(v.check, v.found, v.expected) for v in check.report().violations] == [("least power contracted", 0.0, 0.5)]


def test_what_a_contract_earns_on_the_market() -> None:
    """Proves: half of the price for what the site leaves, 1 MW at 0.5 and 1 MW at 4 for half an hour; nothing where
    there is no market; a virtual contract gets the whole price for all of it."""
    view = counted_view()
    priced = replace(view.case.purchases[0], market_kcur_per_mwh=np.array([0.5, 4.0]))
    assert income_kcur(view, priced) == pytest.approx(1.125)
    assert income_kcur(view, replace(priced, market_kcur_per_mwh=None)) == 0.0
    assert income_kcur(view, replace(priced, settlement="financial")) == pytest.approx(2.5)


def test_indicators_without_work() -> None:
    """Proves: a site without IT has no index, no parts, no plain load; what is not busy takes no energy."""
    bare = energy_case([0.0], site={"plain_load_mw": None, "house_load_mw": 0.25})
    view = View(bare, plan_of(bare))
    assert _parts(view) == {}
    assert _gross(view) == {"site_energy_mwh": 0.0, "tokenergy_wh_per_1k": 0.0, "pue": 0.0}
    kpi = _indicators(view)
    assert (kpi["design_day_load_mw"], kpi["tokenergy_wh_per_1k"], kpi["pue"]) == (0.25, None, None)
    full = counted_view()
    design = replace(full.design, operation=replace(full.design.operation, busy_racks={}))
    assert _of_workload(View(full.case, design), full.case.workloads[0])["energy_mwh"] == 0.0


def test_energy_of_a_workload_where_nothing_is_left_to_share() -> None:
    """Proves: where export leaves the site less than what busy racks take, a workload has just its own 0.14 MWh; a step
    without IT adds none. Catches: cooling or losses taken off, an hour's energy added."""
    view = counted_view()
    sold = replace(view.design.operation, export_mw=np.array([4.1, 6.6]))
    assert _of_workload(View(view.case, replace(view.design, operation=sold)), view.case.workloads[0])[
        "energy_mwh"
    ] == pytest.approx(0.14)
    first = {key: racks * [1.0, 0.0] for key, racks in sold.busy_racks.items()}
    still_then = replace(sold, it_mw=np.array([0.2, 0.0]), busy_racks=first)
    assert _of_workload(View(view.case, replace(view.design, operation=still_then)), view.case.workloads[0])[
        "energy_mwh"
    ] == pytest.approx(0.5 * 0.08 * 1.45)


def test_energy_of_training() -> None:
    """Proves: 2 MWh for 4 Mtok of training are 500 Wh per 1,000 tokens; there is no output."""
    train = training(4.0, [(0, 2)], weight_training=0.5)
    case = energy_case(
        [0.0] * 2, workloads=(train,), racks=(rack(),), cooling=(air(),), operating_points=(training_point(),)
    )
    operation = still(case, import_mw=np.ones(2), it_mw=np.ones(2), busy_racks={("train", "R", "air"): np.ones(2)})
    found = _of_workload(View(case, plan_of(case, operation)), train)
    assert (found["wh_per_1k_training"], found["wh_per_1k_reference"]) == pytest.approx((500.0, 1000.0))
    assert found["wh_per_1k_output"] is None


def _figures(view: View, **changed: Any) -> dict[str, list[str]]:
    """Where the recheck of the plan's own figures, some of them changed, finds something, by rule."""
    right = Accounts(
        (), _indicators(view), {k: v or 0.0 for k, v in _parts(view).items()},
        {w.name: _of_workload(view, w) for w in view.case.workloads}, {k: tuple(v) for k, v in _months(view).items()},
    )  # fmt: skip
    check = Checker(view.case.calendar)
    check_indicators(view, replace(right, **{k: {**getattr(right, k), **v} for k, v in changed.items()}), check)
    found: dict[str, list[str]] = {}
    for v in check.report().violations:
        found.setdefault(v.check, []).append(f"{v.where}: {v.found:g}, {v.expected:g}")
    return found


def test_figures_that_are_missing_or_unknown() -> None:
    """Proves: figures that nobody asked for are told as such, and months too many or too few by their number."""
    view = counted_view()
    assert _figures(view) == {}
    assert _figures(view, kpi={"luck": 1.0}) == {"indicators": ["luck is unknown: 1, 0"]}
    assert _figures(view, workload_kpi={"golf": {}}) == {"indicators of workloads": ["golf is unknown: 1, 0"]}
    assert _figures(view, monthly={"pue": (18.5, 2.8 / 0.15, 1.0)}) == {
        "monthly figures": ["pue: number of months: 3, 2"]
    }
    assert _figures(view, monthly={"pue": (18.5,)}) == {"monthly figures": ["pue: number of months: 1, 2"]}
    chat = {k: v for k, v in _of_workload(view, view.case.workloads[0]).items() if k != "rack_h"}
    assert _figures(view, workload_kpi={"chat": chat}) == {"indicators of chat": ["rack_h is missing: 0, 1"]}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        # prices of both signs, 16.5 kcur without them: a millionth of a thousandth of that
        ({"monthly": {"energy_kcur": (1.2e-8, 12.0)}}, None),
        ({"monthly": {"energy_kcur": (1e-7, 12.0)}}, "monthly figures"),
        ({"monthly": {"onsite_mwh": (0.1, 1.2e-8)}}, "monthly figures"),
        # a part of nothing of an index of 2.32
        ({"tokenergy_parts": {"house": 1e-9}}, None),
        ({"tokenergy_parts": {"house": 1e-8}}, "parts of TokEnergy"),
        ({"kpi": {"pue": 18.56 * (1 + 2e-6)}}, "indicators"),
    ],
)
def test_figures_are_as_exact_as_what_they_are_made_of(changed: dict[str, Any], rule: str | None) -> None:
    """Proves: differences of large sums may be off by rounding of those sums; all other figures hold to a millionth."""
    view = counted_view()
    calm = View(replace(view.case, site=replace(view.case.site, house_load_mw=0.0)), view.design)
    assert set(_figures(calm, **changed)) == ({rule} if rule else set())
