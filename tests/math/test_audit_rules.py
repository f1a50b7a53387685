"""Rules of the recheck that no plan of a solver breaks, each broken by hand; found by mutation (validation page)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from audit_plans import rack_plan, vector
from tiny import (
    PLAIN_TERMS,
    air,
    battery,
    energy_case,
    hall_case,
    liquid,
    point,
    rack,
    requests,
    supply,
    training,
    training_point,
)

from models.audit import audit, facts
from models.audit.checker import Checker
from models.case import Case, CoolingCurve, Generator, PowerPurchase

ENGINE = Generator("engine", 2.0, 0.0, PLAIN_TERMS, max_units=3, fuel_mwh_per_mwh=1.0, fuel_kcur_per_mwh=1.0)


def broken(found: Any, case: Case) -> set[str]:
    """Rules that a plan breaks in another case."""
    return {v.check for v in audit(case, found.design, found.accounts, found.proof).violations}


@pytest.mark.parametrize("wrong", [{"lead_months_p50": 1300.0}, {"max_units": 1, "spare_units": 2}])
def test_generators_that_cannot_be_had(plan: Any, wrong: dict[str, Any]) -> None:
    """Proves: two units in a plan are refused if they come too late, and if no more than the spare ones may be bought.
    Catches: a rule that asks for both at once, or for exactly as many as the spare ones."""
    found = plan(energy_case([3.0], 100.0, generators=(ENGINE,)))
    case = replace(found.case, generators=(replace(ENGINE, **wrong),))
    assert "generator can be delivered in time" in broken(found, case)


def test_energy_sold_counts_in_its_own_month(plan: Any) -> None:
    """Proves: 1 MWh sold and 1 bought in the first month breaks a share of a half, whatever is bought in the second.
    Catches: later months counted to the first (10 MWh would make it a tenth)."""
    grid = {"export_limit_mw": 1.0, "export_price_kcur_per_mwh": np.array([0.5] * 4)}
    sun = supply([0.0, 1.0, 0.0, 0.0], max_mw=1.0)
    found = plan(energy_case([1, 0, 5, 5], 1.0, months=[2, 2], grid=grid, supplies=(sun,)))
    case = replace(found.case, grid=replace(found.case.grid, export_share=0.5))
    assert "energy sold within its share of energy bought" in broken(found, case)


@pytest.mark.parametrize(("found", "expected"), [(None, 1.0), (1.0, None)])
def test_no_figure_is_no_number(found: float | None, expected: float | None) -> None:
    """Proves: a figure that is missing where there is one, or given where there is none, is told; both missing is fine.
    Catches: a comparison that takes a missing figure for any."""
    check = Checker(energy_case([1.0]).calendar)
    check.same("rule", "site", None, None)
    assert check.report().ok
    check.same("rule", "site", found, expected)
    assert not check.report().ok


def test_why_a_cooling_type_does_not_fit() -> None:
    """Proves: the reason is told, not another that would follow from it. Catches: liquid and air mixed up in words."""
    case = energy_case([1.0])
    for r, c, why in (
        (rack(liquid_share=0.8), air(), "a liquid-cooled rack on an air system"),
        (rack(), liquid(), "an air-cooled rack on a liquid system"),
        (rack(liquid_share=0.8), liquid(liquid_share=0.5), "more heat must leave by liquid than it takes"),
    ):
        assert facts.misfit(case, r, c) == why


def test_slow_racks_take_their_time() -> None:
    """Proves: rates below one Mtok/h count like others: 1,000 tokens at 0.5 and 300 at 0.1 take 2,000 and 3,000 rack-h
    per Mreq, of which the longer holds; training at 0.25 takes 4 per Mtok. Catches: slow racks that need no time in the
    recheck."""
    work, slow = requests((1.0,), input_tokens=300.0), point(mtok_per_h=0.5)
    assert facts.rack_hours(work, slow) == pytest.approx(2000)
    assert facts.rack_hours(work, replace(slow, input_mtok_per_h=0.1)) == pytest.approx(3000)
    assert facts.rack_hours(training(1.0, [(0, 1)]), training_point(training_mtok_per_h=0.25)) == pytest.approx(4)


def test_a_training_run_without_its_gang() -> None:
    """Proves: tokens to train and no gang is told as that. Catches: a rule that a missing gang satisfies."""
    case, design, accounts, proof = rack_plan()
    report = audit(case, replace(design, gangs=()), accounts, proof)
    assert "one gang per training workload" in {v.check for v in report.violations}


def test_a_curve_between_its_points() -> None:
    """Proves: three temperatures at 20 and 80 %: halfway between the first two 0.15, between the last two 0.3, beyond
    the last 0.4; at 50 % halfway to the damp values, twice as high; a curve of one humidity holds at all. Catches: a
    step to the point before, which two temperatures hide; a humidity looked for beyond the only one."""
    corners = (10.0, 10.0, 20.0, 20.0, 30.0, 30.0), (0.1, 0.2, 0.2, 0.4, 0.4, 0.8), (0.0,) * 6, (20.0, 80.0) * 3
    damp = air(curve=CoolingCurve("dry_bulb_and_humidity", *corners))
    weather = {"dry_bulb_c": np.array([15.0, 25.0, 40.0, 15.0])}
    case = energy_case([0.0] * 4, site=weather | {"relative_humidity_pct": np.array([20.0, 20.0, 20.0, 50.0])})
    assert facts.electricity(case, damp, 0.0, 0.0) == pytest.approx([0.15, 0.3, 0.4, 0.225])
    one = (10.0, 20.0, 30.0), (0.1, 0.2, 0.4), (0.0,) * 3, (50.0,) * 3
    humid = air(curve=CoolingCurve("dry_bulb_and_humidity", *one))
    assert facts.electricity(case, humid, 0.0, 0.0) == pytest.approx([0.15, 0.3, 0.4, 0.15])
    dry = air(curve=CoolingCurve("dry_bulb", (10.0, 20.0, 30.0), (0.1, 0.2, 0.4), (0.0,) * 3))
    assert facts.electricity(case, dry, 0.0, 0.0) == pytest.approx([0.15, 0.3, 0.4, 0.15])


def test_bands_of_swings_and_ramps_add_up(plan: Any) -> None:
    """Proves: a battery that holds just the band of a swing, 0.015 MWh below and above, breaks both rules of its energy
    once 0.005 MWh of a ramp are promised too. Catches: one band taken off the other."""
    work = requests([2.0, 1.0], swing_share=0.4, swing_s=3600.0)
    store = battery(power_kcur_per_mw=8.0, energy_kcur_per_mwh=100.0)
    found = plan(hall_case(grid={"max_swing_mw": 0.02}, workloads=(work,), batteries=(store,)))
    assert found.design.battery_mwh["battery"] == pytest.approx(0.03)
    held = {"battery": replace(found.design.reserved["battery"], ramp_mwh=0.005)}
    report = audit(found.case, replace(found.design, reserved=held), found.accounts, found.proof)
    rules = {v.check for v in report.violations}
    assert "stored energy above the reserved bands" in rules
    assert "stored energy below the room kept for swings and ramps" in rules


def test_a_battery_too_slow_for_a_swing(plan: Any) -> None:
    """Proves: half a period of 1,800 s is evened out by a battery that answers within it; answering after 2,500 s it
    evens out nothing, and the swing reaches the grid. Catches: twice the half period taken for it."""
    work = requests([2.0, 1.0], swing_share=0.4, swing_s=3600.0)
    store = battery(response_s=1800.0)
    found = plan(hall_case(grid={"max_swing_mw": 0.02}, workloads=(work,), batteries=(store,)))
    slow = replace(found.case, batteries=(replace(store, response_s=2500.0),))
    assert "swings evened out beyond the grid's allowance [MW]" in broken(found, slow)


def test_less_power_than_a_contract_asks_for(plan: Any) -> None:
    """Proves: 4 MW of a contract are too few once 5 are the least. Catches: a least size that nobody looks at."""
    sun = PowerPurchase("sun", np.array([1.0, 0.0]), 2.0, max_mw=10.0)
    found = plan(energy_case([4.0, 4.0], 10.0, purchases=(sun,)))
    case = replace(found.case, purchases=(replace(sun, min_mw=5.0),))
    assert "least power contracted" in broken(found, case)


def test_training_on_racks_without_a_gang() -> None:
    """Proves: half a rack busy with training on an option that has no gang is told. Catches: one rack taken as given
    where no gang is."""
    case, design, accounts, proof = rack_plan()
    busy = {**design.operation.busy_racks, ("train", "R", "air"): vector(0.0, s12=0.5)}
    wrong = replace(design, operation=replace(design.operation, busy_racks=busy))
    told = {(v.check, v.where.split(";")[0]) for v in audit(case, wrong, accounts, proof).violations}
    assert any(rule == "training within its gang and windows" and "air" in where for rule, where in told), told


@pytest.mark.parametrize("wrong", [{"rack": None}, {"cooling": None}])
def test_units_that_name_half_of_what_they_hold(wrong: dict[str, Any]) -> None:
    """Proves: units that hold racks name both the rack and its cooling. Catches: one of the two taken for both."""
    case, design, accounts, proof = rack_plan()
    units = tuple(replace(u, **wrong) if u.rack else u for u in design.units)
    told = {v.check for v in audit(case, replace(design, units=units), accounts, proof).violations}
    assert "units that hold racks name the racks they hold" in told


@pytest.mark.parametrize(
    ("location", "serves", "is_told"), [("rack", True, True), ("ups", False, True), ("ups", True, False)]
)
def test_storage_that_may_not_serve_the_grid(plan: Any, location: str, serves: bool, is_told: bool) -> None:
    """Proves: energy moved by a store in the racks is refused, and by one at the UPS unless that serves the grid.
    Catches: a rack's store let through where the UPS serves the grid."""
    found = plan(energy_case([1.0, 1.0], [1.0, 10.0], batteries=(battery(),)))
    assert found.design.operation.discharge_mw["battery"].max() > 0.5
    electrical = replace(found.case.electrical, ups_serves_grid=serves)
    case = replace(found.case, batteries=(battery(location=location),), electrical=electrical)
    assert ("storage that does not serve the grid is not dispatched" in broken(found, case)) is is_told
