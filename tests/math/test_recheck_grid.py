"""The recheck of the connection and its bill: at every limit a plan by hand passes; each rule broken narrowly is told.

Four half-hours in two months. Import 6.4, 2, 4 and 4 MW, billed a quarter higher: 8, 2.5, 5 and 5 MW. The connection
carries 10 MVA at a power factor of 0.8: 8 MW. It is interrupted in step 1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of, still
from recheck import operated, told
from tiny import demand, energy_case, limits, requests

from models.audit import bill
from models.audit.checker import Checker
from models.audit.connection import check_connection
from models.audit.view import View
from models.case import Case, DemandCharge, EnergyCharge, Programme, Tier
from models.design import Design

IMPORT = np.array([6.4, 2.0, 4.0, 4.0])
EXPORT = np.array([0.0, 0.625, 2.0, 0.0])
OPEN = np.array([1.0, 0.3125, 1.0, 1.0])


def _case() -> Case:
    charges = (
        demand([2.0] * 12, 4, name="ratchet", ratchet_share=0.8, ratchet_months=1),
        demand([2.0] * 12, 4, name="minimum", min_mw=8.5),
        demand([2.0] * 12, 4, name="contracted", contract_share=0.9),
        demand([0.0, 3.0, *[0.0] * 10], 4, name="second month", applies=np.array([0.0, 1.0, 0.0, 1.0])),
    )
    grid = {
        "import_limit_mva": 10.0, "power_factor": 0.8, "billing_factor": 1.25, "export_limit_mw": 2.0,
        "available_pu": OPEN, "export_share": 0.25, "energised_month": 12.0, "earlier_mw": 1.0,
        "contract_mw": 9.0, "demand_charges": charges, "carbon_t_per_mwh": np.full(4, 0.5),
    }  # fmt: skip
    return energy_case(
        [0.0] * 4, step_h=0.5, months=[2, 2], limit_mw=9.0, grid=grid, workloads=(requests([0.01] * 4),),
        programmes=(Programme("calls", np.array([0.0, 1.0, 0.0, 0.0]), 3.0, 1.0),),
        # 4.1 t = 0.5 * 0.5 * 16.4; 6.8875 MWh = 0.5 * (16.4 - 2.625) for 20 Mtok
        limits=limits(need_month=12.0, carbon_t_per_year=4.1, tokenergy_wh_per_ktok=344.375),
    )  # fmt: skip


BILLED = {
    ("ratchet", 0): 8.0, ("ratchet", 1): 6.4, ("minimum", 0): 8.5, ("minimum", 1): 8.5, ("contracted", 0): 8.0,
    ("contracted", 1): 7.2, ("second month", 1): 5.0,
}  # fmt: skip


def _design(case: Case) -> Design:
    operation = still(case, import_mw=IMPORT, export_mw=EXPORT)
    return plan_of(case, operation, contract_mw=8.0, billed_mw=BILLED, committed_mw={"calls": 1.0})


def test_a_connection_used_to_every_limit_passes() -> None:
    """Proves: limits of power, contract, interruption, programme, months, carbon, TokEnergy, all reached, are kept."""
    assert told(check_connection, _case(), _design(_case())) == {}


@pytest.mark.parametrize(
    ("new", "rule", "found", "expected"),
    [
        ({"import_limit_mva": 9.99}, "import within the connection", 8.0, 7.992),
        ({"import_limit_mva": None, "import_limit_mw": 7.99}, "import within the connection", 8.0, 7.99),
        ({"import_limit_mw": 7.99}, "contract within the connection", 8.0, 7.99),
        ({"import_limit_mw": 7.99}, "contract as settled", 8.0, 7.99),
        ({"contract_mw": 7.99}, "contract as settled", 8.0, 7.99),
        ({"energised_month": 12.01}, "import within the connection", 8.0, 1.0),
        ({"energised_month": 12.01, "earlier_mw": 7.9}, "import within the connection", 8.0, 7.9),
        ({"energised_month": 12.01}, "export within its limit", 2.0, 0.8),
        ({"energised_month": 12.01}, "export within what an interruption leaves", 2.0, 0.8),
        ({"energised_month": 12.01}, "most power committed", 1.0, 0.8),
        ({"energised_month": 12.01}, "contract as settled", 8.0, 1.0),
        ({"billing_factor": 1.26}, "import within the contract", 8.064, 8.0),
        ({"available_pu": 0.99 * OPEN}, "import within what an interruption leaves", 8.0, 7.92),
        ({"available_pu": np.array([1, 0.3, 1, 1])}, "export within what an interruption leaves", 0.625, 0.6),
        ({"export_limit_mw": 1.99}, "export within its limit", 2.0, 1.99),
        ({"export_share": 0.249}, "energy sold within its share of energy bought", 2.0, 1.992),
    ],
)
def test_each_limit_of_the_connection(new: dict[str, Any], rule: str, found: float, expected: float) -> None:
    """Proves: a limit moved a little below what the plan does is told, with both numbers by hand."""
    case = _case()
    violation = told(check_connection, replace(case, grid=replace(case.grid, **new)), _design(case))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


def test_an_earlier_step_that_carries_all_is_as_good_as_the_connection() -> None:
    """Proves: before the connection is live 8 MW of an earlier step pass, and so does a live date in the last digit
    after the start. Catches: power sold held to less than its limit although nothing grows, months compared
    exactly."""
    case = _case()
    for new in ({"energised_month": 12.01, "earlier_mw": 8.0}, {"energised_month": 12.0 + 1e-12}):
        assert told(check_connection, replace(case, grid=replace(case.grid, **new)), _design(case)) == {}


@pytest.mark.parametrize(
    ("new", "rule", "found", "expected"),
    [
        ({"carbon_t_per_year": 4.09}, "carbon limit of the year [t]", 4.1, 4.09),
        ({"tokenergy_wh_per_ktok": 344.0}, "TokEnergy target [MWh of the year]", 6.8875, 6.88),
        ({"need_month": 11.99}, "import within the connection", 8.0, 1.0),
    ],
)
def test_each_limit_of_the_year(new: dict[str, Any], rule: str, found: float, expected: float) -> None:
    """Proves: carbon, TokEnergy, and a connection that is live after the start, with both numbers by hand."""
    case = _case()
    violation = told(check_connection, replace(case, limits=replace(case.limits, **new)), _design(case))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


@pytest.mark.parametrize(
    ("series", "rule", "found", "expected"),
    [
        ({"import_mw": np.array([6.4, -0.1, 4, 4])}, "import not negative", -0.1, 0.0),
        ({"export_mw": np.array([-0.1, 0, 0, 0])}, "export not negative", -0.1, 0.0),
        ({"import_mw": np.array([6.4, 2.01, 4, 4])}, "calls of a programme are answered", 2.01, 2.0),
    ],
)
def test_each_series_of_the_connection(series: Any, rule: str, found: float, expected: float) -> None:
    """Proves: power moved by a little in one step is told there."""
    case = _case()
    violation = told(check_connection, case, operated(_design(case), **series))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


@pytest.mark.parametrize(
    ("committed", "rules"),
    [
        ({}, set()),
        ({"calls": 0.0}, set()),
        ({"calls": 1e-3}, set()),
        ({"calls": 1.001}, {"most power committed", "calls of a programme are answered"}),
        ({"calls": -0.001}, {"power committed not negative"}),
    ],
)
def test_power_committed_to_a_programme(committed: dict[str, float], rules: set[str]) -> None:
    """Proves: from nothing to the most that may be committed; without any, calls bind nobody above the baseline."""
    case = _case()
    if not committed.get("calls"):
        case = replace(case, programmes=(replace(case.programmes[0], baseline_mw=1.5),))
    assert set(told(check_connection, case, replace(_design(case), committed_mw=committed))) == rules


@pytest.mark.parametrize(
    ("billed", "rule", "found", "expected"),
    [
        ({("ratchet", 1): 6.399}, "billed demand of each month", 6.399, 6.4),
        ({("contracted", 1): 7.201}, "billed demand of each month", 7.201, 7.2),
        ({("minimum", 1): None}, "billed demand of each month", 0.0, 8.5),
        ({("second month", 0): 4.0}, "no billed demand without a price", 4.0, 0.0),
        ({("second month", 0): 0.0}, "no billed demand without a price", 0.0, 0.0),
    ],
)
def test_demand_billed_in_each_month(billed: Any, rule: str, found: float, expected: float) -> None:
    """Proves: billed demand is neither more nor less than the charge says, where it has a price and only there."""
    case = _case()
    changed = {k: v for k, v in {**BILLED, **billed}.items() if v is not None}
    violation = told(check_connection, case, replace(_design(case), billed_mw=changed))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))
    assert violation.where.startswith(f"{next(iter(billed))[0]}, month {next(iter(billed))[1] + 1}")


@pytest.mark.parametrize(("applies", "billed_mw"), [((0.0, 1.0, 0.0, 0.0), 2.5), ((0.0, 0.0, 1.0, 1.0), 0.0)])
def test_demand_counts_in_the_hours_of_a_charge(applies: tuple[float, ...], billed_mw: float) -> None:
    """Proves: 8 MW outside a charge's hours are not billed, only the 2.5 MW within; nothing where it has no hour of the
    month. Catches: a least demand that no charge states."""
    case = _case()
    charge = demand([1.0, *[0.0] * 11], 4, applies=np.array(applies))
    case = replace(case, grid=replace(case.grid, demand_charges=(charge,)))
    assert told(check_connection, case, replace(_design(case), billed_mw={("peak", 0): billed_mw})) == {}


def test_energy_sold_is_told_by_month() -> None:
    """Proves: each month's energy sold counts against what was bought in it: 0.625 of 8.4, and 2 of 8 MW."""
    case = _case()
    check = Checker(case.calendar)
    check_connection(View(replace(case, grid=replace(case.grid, export_share=0.07)), _design(case)), check)
    found = [(v.where, v.found, v.expected) for v in check.report().violations]
    assert found == [("month 1", 0.625, pytest.approx(0.588)), ("month 2", 2.0, pytest.approx(0.56))]


@pytest.mark.parametrize(("contract", "is_told"), [(0.0, False), (0.5, False), (-0.001, True)])
def test_a_contract_is_not_negative(contract: float, is_told: bool) -> None:
    """Proves: a site without import may contract nothing, or a little, but not less than nothing."""
    case = energy_case([0.0])
    assert ("contract not negative" in told(check_connection, case, plan_of(case, contract_mw=contract))) is is_told


@pytest.mark.parametrize(("upper", "is_billed"), [(0.0, False), (1.0, True)])
def test_a_charge_with_a_price_above_a_threshold_only(upper: float, is_billed: bool) -> None:
    """Proves: a charge without a price in its first block is billed if a higher block has one in that month."""
    case = _case()
    charge = demand([0.0] * 12, 4, tiers=(Tier(1.0, (0.0, upper, *[0.0] * 10)),))
    case = replace(case, grid=replace(case.grid, demand_charges=(charge,)))
    design = replace(_design(case), billed_mw={("peak", 1): 5.0})
    rules = {"no billed demand without a price"} if not is_billed else set()
    assert set(told(check_connection, case, design)) == rules


@pytest.mark.parametrize(
    ("months", "peak_months", "expected"),
    [
        (0, range(12), (8.0, 5.0, 6.0, 2.0)),
        (1, range(12), (8.0, 7.2, 6.0, 5.4)),
        (2, range(12), (8.0, 7.2, 7.2, 5.4)),
        (3, range(12), (8.0, 7.2, 7.2, 7.2)),
        (2, (1, 2), (8.0, 5.4 - 0.4, 6.0, 5.4)),
    ],
)
def test_a_ratchet_looks_back_on_the_months_of_the_year(
    months: int, peak_months: Any, expected: tuple[float, ...]
) -> None:
    """Proves: nine tenths of the highest of so many earlier months, through the end of the year, of those months that
    count. Peaks 8, 5, 6, 2 MW. Catches: the month itself, or one more than stated, looked back on."""
    charge = demand(1.0, 4, ratchet_share=0.9, ratchet_months=months, ratchet_peak_months=tuple(peak_months))
    case = energy_case([0.0] * 4, months=[1, 1, 1, 1], grid={"demand_charges": (charge,)})
    operation = still(case, import_mw=np.array([8.0, 5.0, 6.0, 2.0]))
    billed = {("peak", m): mw for m, mw in enumerate(expected)}
    design = plan_of(case, operation, contract_mw=8.0, billed_mw=billed)
    assert told(check_connection, case, design) == {}


@pytest.mark.parametrize(
    ("new", "may"),
    [
        ({}, False),
        ({"contract_kcur_per_mw_year": 0.5}, True),
        ({"connection_kcur_per_mw": 0.5}, True),
        ({"demand_charges": (demand(1.0, 1, contract_share=0.5),)}, True),
        ({"demand_charges": (demand(1.0, 1), demand(1.0, 1, name="other", contract_share=0.5))}, True),
        ({"demand_charges": (demand(1.0, 1),)}, False),
        ({"contract_mw": 5.0}, True),
        ({"contract_mw": 5.0, "overrun_kcur_per_mw_month": None}, False),
        ({"contract_kcur_per_mw_year": 0.5, "overrun_kcur_per_mw_month": None}, False),
    ],
)
def test_when_demand_may_exceed_the_contract(new: dict[str, Any], may: bool) -> None:
    """Proves: only at a price, and only where contracted capacity costs something or is settled. Catches: one
    condition asked for beside another."""
    case = energy_case([1.0], grid={"overrun_kcur_per_mw_month": 1.0, **new})
    assert bill.contract_may_be_exceeded(case.grid) is may


@pytest.mark.parametrize(
    ("quantity", "kcur"), [(0.0, 0.0), (0.5, 1.0), (10.0, 20.0), (15.0, 35.0), (20.0, 50.0), (25.5, 77.5)]
)
def test_each_block_costs_its_own_price(quantity: float, kcur: float) -> None:
    """Proves: 2 up to 10, then 3 up to 20, then 5, in the second month; prices of other months do not matter."""
    tiers = (Tier(10.0, (99.0, 3.0, 99.0)), Tier(20.0, (99.0, 5.0, 99.0)))
    assert bill.cost_by_blocks(2.0, tiers, 1, quantity) == pytest.approx(kcur)


def _billed(**grid: Any) -> View:
    """The plan above with another tariff."""
    case = _case()
    return View(replace(case, grid=replace(case.grid, **grid)), _design(case))


def test_energy_of_a_month_by_blocks() -> None:
    """Proves: half-hours of 6.4 and 2 MW are 4.2 MWh: 3 at 1, 1.2 at 2. Where only the second step counts, 1 MWh."""
    tier = Tier(3.0, (2.0,) * 12)
    charge = EnergyCharge("blocks", (1.0, 7.0, *[0.0] * 10), np.ones(4), (tier,))
    assert bill.energy_kcur(_billed(), charge, 0) == pytest.approx(5.4)
    assert bill.energy_kcur(_billed(), charge, 1) == pytest.approx(3 * 7.0 + 1.0 * 2.0)
    hours = replace(charge, applies=np.array([0.0, 1.0, 1.0, 0.0]))
    assert bill.energy_kcur(_billed(), hours, 0) == pytest.approx(1.0)
    # the largest price of any sign times all energy that counts: 7 * (1 + 2), and -9 * 8.2
    assert bill.energy_gross_kcur(_billed(), hours) == pytest.approx(21.0)
    negative = replace(charge, tiers=(Tier(3.0, (-9.0,) * 12),))
    assert bill.energy_gross_kcur(_billed(), negative) == pytest.approx(9.0 * 8.2)


@pytest.mark.parametrize(
    ("target", "surcharge", "factor"), [(0.8, 2.0, 1.0), (0.7, 2.0, 1.0), (0.9, 2.0, 1.2), (0.9, 0.5, 1.05)]
)
def test_a_poor_power_factor_raises_demand_charges(target: float, surcharge: float, factor: float) -> None:
    """Proves: a power factor of 0.8 costs so much more for each hundredth below the target, and nothing above it. By
    blocks: 8 MW cost 5 * 2 + 3 * 4 = 22."""
    view = _billed(power_factor_target=target, power_factor_surcharge=surcharge)
    charge = DemandCharge("ratchet", (2.0,) * 12, np.ones(4), tiers=(Tier(5.0, (4.0,) * 12),))
    assert bill.demand_kcur(view, charge, 0) == pytest.approx(22.0 * factor)
    assert bill.demand_kcur(view, replace(charge, name="unknown"), 0) == 0.0


@pytest.mark.parametrize(
    ("contract", "exceeded", "connected"), [(8.0, 0.0, 8.0), (6.0, 2.0, 8.0), (4.5, 4.0, 8.0), (8.5, 0.0, 8.5)]
)
def test_demand_above_the_contract(contract: float, exceeded: float, connected: float) -> None:
    """Proves: each month's highest demand, 8 and 5 MW, counts above the contract and never below it; the connection is
    paid for the highest, or for the contract alone where nothing may exceed it."""
    view = _billed(overrun_kcur_per_mw_month=1.0)
    view = replace(view, design=replace(view.design, contract_mw=contract))
    assert [bill.top_mw(view, m) for m in (0, 1)] == pytest.approx([8.0, 5.0])
    assert bill.exceeded_mw(view) == pytest.approx(exceeded)
    assert bill.connected_mw(view) == pytest.approx(connected)
    assert bill.connected_mw(replace(view, case=_case())) == contract


@pytest.mark.parametrize(("agreed", "missing"), [(8.0, 0.0), (8.2, 0.0), (8.5, 0.3)])
def test_energy_agreed_and_not_taken(agreed: float, missing: float) -> None:
    """Proves: 8.2 MWh were bought; what is missing to the energy agreed is told, never less than nothing."""
    assert bill.not_taken_mwh(_billed(take_or_pay_mwh_per_year=agreed)) == pytest.approx(missing)
