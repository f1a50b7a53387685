"""The recheck of costs: each quantity, price and growth rate of a plan that has something of everything, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from counted import GROWTH, LINES, MONEY, counted_case, counted_design, counted_view
from handmade import plan_of, still
from tiny import (
    energy_case,
    rack,
)

from models.audit.cashflow import (
    check_money,
    expected_lines,
    flow_of_asset,
    flow_of_existing,
    flow_of_yearly,
    present_value,
)
from models.audit.checker import Checker
from models.audit.view import View
from models.case import (
    AssetTerms,
    Money,
)
from models.design import Accounts, CostLine, PlacedRacks, Proof


def test_every_cost_line_by_hand() -> None:
    """Proves: quantity, price, growth and kind of each line of the plan above. Catches: a step taken for an hour, a
    line that grows with another's price, what is on site paid again, income with the wrong sign."""
    lines = {(x.line, x.item): x for x in expected_lines(counted_view())}
    assert lines.keys() == LINES.keys()
    for key, (quantity, price, gross, growth) in LINES.items():
        line = lines[key]
        assert (line.quantity, line.price_kcur, line.gross_kcur) == pytest.approx((quantity, price, gross)), key
        assert line.is_capital is (growth == ""), key
        assert line.first_cost_kcur == pytest.approx(quantity * price if growth == "" else 0.0), key
        assert line.is_it is (key[0] in ("racks", "ancillary_it")), key
        if growth == "once":
            assert line.flow.tolist() == [0.75, 0.0, 0.0]
        elif growth not in ("", "left"):
            rate = 1 + GROWTH.get(growth, 0.0)
            assert line.flow.tolist() == pytest.approx([0.0, 0.75 * rate, 0.75 * rate**2]), key


def test_lines_that_a_case_does_not_have() -> None:
    """Proves: racks of a tenant, capital of a plan of growth, export without a price, demand that may not exceed the
    contract, and life that wear does not use up are no lines."""
    view = counted_view()
    case, design = view.case, view.design

    def lines(**changed: Any) -> set[str]:
        return {x.line for x in expected_lines(View(replace(case, **changed), design))}

    everything = {line for line, _ in LINES}
    assert everything - lines(money=replace(MONEY, counts_it=False)) == {"racks", "ancillary_it"}
    growth = everything - lines(money=replace(MONEY, plan_years=5))
    assert growth == {line for (line, _), (_, _, _, kind) in LINES.items() if kind in ("", "left")}
    assert everything - lines(grid=replace(case.grid, export_price_kcur_per_mwh=None)) == {"export"}
    assert everything - lines(grid=replace(case.grid, lost_load_kcur_per_mwh=None)) == {"lost_load"}
    (store,) = case.batteries
    assert everything - lines(batteries=(replace(store, ageing="fixed_life"),)) == {"battery_wear"}
    assert everything - lines(batteries=(replace(store, cycle_life=None),)) == {"battery_wear"}
    free = replace(case.grid, take_or_pay_mwh_per_year=0.0, overrun_kcur_per_mw_month=None)
    items = {x.item for x in expected_lines(View(replace(case, grid=free), design))}
    assert {item for _, item in LINES} - items == {"not taken", "overrun"}
    unpriced = replace(case.grid, contract_kcur_per_mw_year=0.0, connection_kcur_per_mw=0.0)
    items = {x.item for x in expected_lines(View(replace(case, grid=unpriced), design))}
    assert {item for _, item in LINES} - items == {"overrun"}
    (fading,) = (x for x in expected_lines(View(replace(case, batteries=(replace(store, augmented=False),)), design))
                 if x.line == "augmentation")  # fmt: skip
    assert fading.price_kcur == 0.0


def test_sizes_that_a_plan_does_not_name_cost_nothing() -> None:
    """Proves: a battery, source, tank, generator, programme or contract on offer that is not named is none of it.
    Catches: one of each taken as given."""
    case = counted_case()
    case = replace(
        case, batteries=(replace(case.batteries[0], existing_mwh=0.5),),
        grid=replace(case.grid, take_or_pay_mwh_per_year=0.5),
    )  # fmt: skip
    lines = {(x.line, x.item): x for x in expected_lines(View(case, plan_of(case)))}
    assert lines["energy", "not taken"].quantity == 0.5
    given = ("existing_battery_power", "existing_battery_energy", "fixed_charge", "energy", "export", "demand")
    assert {k for k, x in lines.items() if x.quantity != 0 and k[0] not in given} == {
        ("purchase_market", "sun"), ("purchase_market", "wind"),
    }  # fmt: skip
    assert [lines["purchase_market", name].price_kcur for name in ("sun", "wind")] == [0.0, 0.0]
    assert lines["demand", "peak"].price_kcur == 0.0


TERMS = AssetTerms(
    3, om_share=0.1, replacement_share=0.8, rebate_share=0.1, credit_share=0.2, bonus_share=0.3,
    depreciation_shares=(0.5, 0.3, 0.2),
)  # fmt: skip
LONG = Money(4, 0.1, 0.25, escalation_om=0.1, escalation_capital=0.2, counts_residual_value=True)
WRITTEN_OFF = (0.25 * 0.9 * (0.3 + 0.7 * 0.5), 0.25 * 0.9 * 0.7 * 0.3, 0.25 * 0.9 * 0.7 * 0.2)
"""Tax saved in years 1 to 3: a basis of 0.9 after half of the credit, three tenths of it at once."""
UPKEEP = [0.075 * 1.1**year for year in range(5)]
RENEWED = 0.8 * 1.2**3


@pytest.mark.parametrize(
    ("retired", "late"),
    [
        # renewed in year 3; two of its three years are left
        (None, (UPKEEP[3] + 0.75 * RENEWED - WRITTEN_OFF[2], UPKEEP[4] - 0.75 * RENEWED * 2 / 3)),
        (4, (UPKEEP[3] + 0.75 * RENEWED - WRITTEN_OFF[2], UPKEEP[4] - 0.75 * RENEWED * 2 / 3)),
        (3, (UPKEEP[3] - WRITTEN_OFF[2], 0.0)),
        (2, (-WRITTEN_OFF[2], 0.0)),
    ],
)
def test_flow_of_an_asset_by_hand(retired: int | None, late: tuple[float, float]) -> None:
    """Proves: rebate, credit, depreciation, upkeep, renewal and value left of an asset, and that one retired is neither
    kept up nor renewed, has no value, and is written off all the same."""
    early = (0.9, UPKEEP[1] - 0.2 - WRITTEN_OFF[0], UPKEEP[2] - WRITTEN_OFF[1])
    assert flow_of_asset(TERMS, LONG, retired).tolist() == pytest.approx([*early, *late])


def test_no_value_is_left_where_none_counts() -> None:
    """Proves: without residual values the last year is upkeep alone; an asset that is never renewed keeps the share of
    its first life, 6 of 10 years."""
    plain = replace(LONG, counts_residual_value=False)
    assert flow_of_asset(TERMS, plain)[4] == pytest.approx(UPKEEP[4])
    assert flow_of_asset(AssetTerms(10), LONG).tolist() == pytest.approx([1.0, 0.0, 0.0, 0.0, -0.75 * 0.6])


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (0, (0.75 * 0.8, 0.0, 0.0, 0.75 * RENEWED, -0.75 * RENEWED * 2 / 3)),
        (1, (0.0, 0.75 * 0.96, 0.0, 0.0, -0.0)),
        (2, (0.0, 0.0, 0.75 * 1.152, 0.0, -0.75 * 1.152 / 3)),
        (4, (0.0, 0.0, 0.0, 0.0, 0.0)),
        (7, (0.0, 0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_flow_of_what_is_on_site_by_hand(left: int, expected: tuple[float, ...]) -> None:
    """Proves: what is on site is kept up from year 1 on and renewed when its life ends, and at each life after; what is
    due at the end is not renewed; only what was renewed has a value left."""
    flow = np.array([0.0, *UPKEEP[1:]]) + expected
    if left == 1:  # due again at the end: not renewed, and nothing of its life is left
        flow[4] = UPKEEP[4]
    assert flow_of_existing(TERMS, LONG, left).tolist() == pytest.approx(flow.tolist())
    plain = replace(LONG, counts_residual_value=False)
    assert flow_of_existing(TERMS, plain, left)[4] == pytest.approx(UPKEEP[4])


def test_short_lives_are_renewed_again_and_again() -> None:
    """Proves: bought new, a life of two years is renewed in years 2, 4 and 6 of 7, and half of the last one is left; on
    site with a year to live, in years 1, 3 and 5. Catches: renewal counted from time zero."""
    short, money = AssetTerms(2), replace(LONG, analysis_years=7, escalation_capital=0.0)
    assert flow_of_asset(short, money).tolist() == pytest.approx([1, 0, 0.75, 0, 0.75, 0, 0.75, -0.375])
    assert flow_of_existing(short, money, 1).tolist() == pytest.approx([0, 0.75, 0, 0.75, 0, 0.75, 0, 0.0])
    assert flow_of_existing(short, money, 9).tolist() == [0.0] * 8
    # renewed at once and good for ten years, of which three are left
    assert flow_of_existing(AssetTerms(10), money, 0).tolist() == pytest.approx([0.75, *[0] * 6, -0.75 * 0.3])


def test_two_of_a_kind_are_told_apart() -> None:
    """Proves: racks of two types, and two users of heat, each have lines of their own. Catches: one's quantity counted
    to the other."""
    case = counted_case()
    (district,) = case.heat_users
    case = replace(
        case, racks=(rack("A", cost_kcur=1.0), *case.racks), heat_users=(replace(district, name="a"), district)
    )
    design = counted_design(case)
    heat = {**design.operation.reused_mw, ("a", "air"): np.array([0.0, 0.04])}
    racks = (PlacedRacks("A", "air", "hall", 4), *design.racks)
    design = replace(design, racks=racks, operation=replace(design.operation, reused_mw=heat))
    lines = {(x.line, x.item): x.quantity for x in expected_lines(View(case, design))}
    assert (lines["racks", "A"], lines["racks", "R"]) == (4, 3)
    assert (lines["heat_reuse", "a"], lines["heat_reuse", "district"]) == pytest.approx((0.02, 0.15))


def test_yearly_amounts_start_after_time_zero() -> None:
    """Proves: in a stage from year 2 on, growth counts from its start; what is paid is worth less by its year."""
    stage = replace(LONG, first_year=2, analysis_years=2)
    assert flow_of_yearly(stage, 0.1).tolist() == pytest.approx([0, 0, 0, 0.75 * 1.1, 0.75 * 1.21])
    assert present_value(np.array([1.0, 1.1, 1.21]), LONG) == pytest.approx(3.0)


def _accounts(view: View, **changed: Any) -> Accounts:
    """The accounts of the plan above as the recheck expects them, some lines changed."""
    lines = expected_lines(view)
    costs = tuple(
        CostLine(x.line, x.item, x.quantity, "", x.price_kcur, present_value(x.flow, MONEY), x.first_cost_kcur, x.is_it,
                 tuple(x.flow))
        for x in lines
        if x.quantity * x.price_kcur != 0
    )  # fmt: skip
    flow = sum((x.quantity * x.price_kcur * x.flow for x in lines), np.zeros(3))
    return replace(Accounts(costs, {}, cash_flow_kcur=tuple(flow.tolist())), **changed)


def _money(view: View, accounts: Accounts, proof: Proof | None = None) -> dict[str, Any]:
    check = Checker(view.case.calendar)
    check_money(view, accounts, proof, check)
    return {v.check: v for v in check.report().violations}


def test_budget_of_first_costs() -> None:
    """Proves: first costs may be as high as the budget, not higher; yearly costs do not count."""
    view = counted_view()
    first = sum(q * p for q, p, _, kind in LINES.values() if kind == "")
    for budget, rules in ((first, set()), (0.999 * first, {"budget of first costs [kcur]"})):
        case = replace(view.case, limits=replace(view.case.limits, budget_kcur=budget))
        assert set(_money(View(case, view.design), _accounts(view))) == rules


@pytest.mark.parametrize(
    ("line", "new", "rule"),
    [
        ("energy", {"unit_price_kcur": 4.5 + 5e-9}, None),
        ("energy", {"unit_price_kcur": 4.5 + 1e-5}, "price of a cost line [kcur]"),
        ("water", {"quantity": 3.00001}, "quantity of a cost line"),
        ("racks", {"first_cost_kcur": 30.0001}, "first cost of a cost line [kcur]"),
        ("racks", {"is_it": False}, "racks are the IT part of the cost"),
        ("water", {"is_it": True}, "racks are the IT part of the cost"),
        ("water", {"flow_pu": (0.0, 0.75)}, "cash flow of a cost line"),
        ("water", {"flow_pu": (0.0, 0.75 * 1.07, 0.75 * 1.07**2 + 1e-5)}, "cash flow of a cost line"),
    ],
)
def test_each_figure_of_a_cost_line(line: str, new: dict[str, Any], rule: str | None) -> None:
    """Proves: each figure of a line is compared by itself, to a millionth."""
    view = counted_view()
    accounts = _accounts(view)
    costs = tuple(replace(c, **new) if c.line == c.item == line or c.line == line == "racks" else c
                  for c in accounts.costs)  # fmt: skip
    found = _money(view, replace(accounts, costs=costs))
    assert found == {} if rule is None else rule in found


def test_lines_of_no_worth_may_be_left_out() -> None:
    """Proves: a line of no quantity may be missing, or stand there; one with a worth may not be missing."""
    view = counted_view()
    accounts = _accounts(view)
    empty = CostLine("purchase_delivery", "wind", 0.0, "", 0.0, present_value(flow_of_yearly(MONEY, 0.02), MONEY), 0.0,
                     flow_pu=tuple(flow_of_yearly(MONEY, 0.02)))  # fmt: skip
    assert _money(view, replace(accounts, costs=(*accounts.costs, empty))) == {}
    fewer = replace(accounts, costs=tuple(c for c in accounts.costs if c.line != "water"))
    violation = _money(view, fewer)["every cost line is there [kcur]"]
    worth = 57.0 * 0.75 * (1.07 / 1.1 + 1.07**2 / 1.21)
    assert (violation.found, violation.expected) == pytest.approx((0.0, worth))


def test_lines_and_years_too_many() -> None:
    """Proves: a line that stands twice, one without a cause, and a year too many are told with their numbers."""
    view = counted_view()
    accounts = _accounts(view)
    water = next(c for c in accounts.costs if c.line == "water")
    longer = replace(water, flow_pu=(*water.flow_pu, 1.0))
    for changed, rule, found, expected in (
        ({"costs": (*accounts.costs, water)}, "each cost line appears once", 2, 1),
        ({"costs": (*accounts.costs, replace(water, item="ice"))}, "no cost line without a cause", 1, 0),
        ({"costs": tuple(longer if c is water else c for c in accounts.costs)}, "cash flow of a cost line", 4, 3),
        ({"cash_flow_kcur": (*accounts.cash_flow_kcur, 0.0)}, "cash flow of each year", 4, 3),
    ):
        violation = _money(view, replace(accounts, **changed))[rule]
        assert (violation.found, violation.expected) == (found, expected)


@pytest.mark.parametrize(("off", "is_told"), [(1e-3, False), (3e-3, True)])
def test_an_objective_of_large_costs_and_incomes(off: float, is_told: bool) -> None:
    """Proves: where a million of cost and a million of income cancel, the proof may be off by a millionth of two
    thousand. Catches: an objective of nothing held to a millionth of one."""
    million = np.array([1e6])
    case = energy_case([0.0], million, grid={"export_price_kcur_per_mwh": million})
    view = View(case, plan_of(case, still(case, import_mw=np.ones(1), export_mw=np.ones(1))))
    lines = [x for x in expected_lines(view) if x.quantity * x.price_kcur != 0]
    costs = tuple(
        CostLine(x.line, x.item, x.quantity, "", x.price_kcur, 1.0, 0.0, flow_pu=tuple(x.flow)) for x in lines
    )
    accounts = Accounts(costs, {}, cash_flow_kcur=(0.0, 0.0))
    found = _money(view, accounts, Proof("optimal", off, 0.0, 0.0, ""))
    assert set(found) == ({"objective that was proven [kcur]"} if is_told else set())


@pytest.mark.parametrize(("off", "is_told"), [(0.5e-6, False), (2e-6, True)])
def test_the_objective_is_as_exact_as_its_lines(off: float, is_told: bool) -> None:
    """Proves: objective, cash flow and bound may be off by a millionth of the whole, not by two."""
    view = counted_view()
    accounts = _accounts(view)
    cost = accounts.objective_kcur
    proof = Proof("optimal", cost * (1 + off), cost * (1 + off), 0.0, "")
    rules = {"objective that was proven [kcur]", "bound not above the objective [kcur]"}
    assert set(_money(view, accounts, proof)) == (rules if is_told else set())
    flow = tuple(np.array(accounts.cash_flow_kcur) * (1 + off))
    told = _money(view, replace(accounts, cash_flow_kcur=flow))
    assert ("discounted cash flow is the objective" in told) is is_told
    below = Proof("limit", cost, 0.5 * cost, 0.0, "")
    assert _money(view, accounts, below) == {}
