"""The recheck of cooling on one plan by hand: at every limit it passes; each rule broken narrowly is told.

Four half-hours at 10, 20, 20 and 30 degC. Twenty racks of 0.1 MW and 0.01 ancillary: 80 % of their 1.2 MW leaves by
liquid, the rest by air. Liquid takes 0.1 MW/MW at 10 degC and 0.3 at 30, of which 0.15 cannot move. A tank of 0.4 MWh
that keeps 0.9 of its cold from step to step. A district takes heat that is warm enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of, still
from recheck import operated, told
from tiny import PLAIN_TERMS, air, energy_case, flat_curve, limits, liquid, rack

from models.audit.checker import Checker
from models.audit.heat import check_heat
from models.audit.view import View
from models.case import Calendar, Case, ChilledWaterStore, CoolingCurve, HeatUser
from models.design import Design, PlacedRacks

CHARGE = np.array([0.2, 0.0, 0.0, 0.0])
DISCHARGE = np.array([0.0, 0.0, 0.04, 0.0])
SOLD = np.array([0.0, 0.3, 0.0, 0.0])
NEED = np.array([0.1, 0.2, 0.2, 0.3])


LIQUID_MW = 0.96
MADE = LIQUID_MW + CHARGE - DISCHARGE - SOLD
AT_LOAD = np.minimum(NEED, 0.15) * LIQUID_MW + (NEED - np.minimum(NEED, 0.15)) * MADE
# a tenth of what 1.76 MW of design heat needs stays without heat; pumps of the district 0.05 of 0.3 MW; air 0.4 of 0.24
POWER = AT_LOAD + 0.1 * (NEED * 1.76 - AT_LOAD) + 0.4 * 0.24 + 0.05 * SOLD
WATER = 0.5 * (1.5 * MADE + 2.0 * 0.24)


def _stored() -> Any:
    """Cold at the end of each step, as the year closes on itself: s0 = 0.9 s3 + 0.1, s2 = 0.81 s0 - 0.02."""
    first = (0.1 - 0.9**2 * 0.02) / (1 - 0.9**4)
    second = 0.9 * first
    third = 0.9 * second - 0.02
    return np.array([first, second, third, 0.9 * third])


def _case() -> Case:
    tank = ChilledWaterStore(0.0, PLAIN_TERMS, 0.4, distribution_pu=0.15, loss_per_h=0.19, hours_to_fill=2.0)
    curve = CoolingCurve("dry_bulb", (10.0, 30.0), (0.1, 0.3), (1.5, 1.5))
    plate = liquid("plate", curve=curve, liquid_share=0.8, fixed_share=0.1, store=tank, return_c=45.0)
    district = HeatUser("district", 0.0, 45.0, np.array([0.0, 0.3, 0.0, 0.0]), 0.0, PLAIN_TERMS, 0.3, 0.05)
    return energy_case(
        [0.0] * 4, step_h=0.5, months=[2, 2],
        site={"dry_bulb_c": np.array([10.0, 20.0, 20.0, 30.0]), "water_stress": np.array([1.0, 1.0, 2.0, 2.0])},
        racks=(rack(ancillary_mw=0.01, liquid_share=0.8),),
        cooling=(plate, air(curve=flat_curve(0.4, 2.0))), heat_users=(district,),
        # 1.845 m3 in the first two steps, 1.89 in the last two, which weigh twice
        limits=limits(water_m3_per_year=3.735, water_m3_per_day=1.89, weighted_water_m3_per_year=5.625),
    )  # fmt: skip


def _design(case: Case) -> Design:
    operation = still(
        case, it_mw=np.full(4, 1.2), heat_mw={"plate": np.full(4, 0.96), "air": np.full(4, 0.24)}, cooling_mw=POWER,
        water_m3=WATER, cold_charge_mw={"plate": CHARGE}, cold_discharge_mw={"plate": DISCHARGE},
        cold_stored_mwh={"plate": _stored()}, reused_mw={("district", "plate"): SOLD},
    )  # fmt: skip
    sizes: dict[str, Any] = {"cold_store_mwh": {"plate": 0.4}, "reuse_mw": {"district": 0.3}}
    return plan_of(case, operation, racks=(PlacedRacks("R", "plate", "hall", 20),), **sizes)


def _plate(case: Case, **new: Any) -> Case:
    plate, residual = case.cooling
    return replace(case, cooling=(replace(plate, **new), residual))


def _tank(case: Case, **new: Any) -> Case:
    store = case.cooling[0].store
    assert store is not None
    return _plate(case, store=replace(store, **new))


def _district(case: Case, **new: Any) -> Case:
    return replace(case, heat_users=(replace(case.heat_users[0], **new),))


def test_cooling_kept_to_every_limit_passes() -> None:
    """Proves: heat, electricity with part load, pumps and tank, water of day and year, heat sold, all at their limits,
    are kept. Catches: a step taken for an hour, pumps that move with the cold, a curve below its unmovable part."""
    assert told(check_heat, _case(), _design(_case())) == {}


def test_numbers_by_hand_of_one_step() -> None:
    """Proves the expectation above for the first step: 0.96 + 0.2 MW of cold at 0.1, all of it unmovable, 0.096; a
    tenth of the rest of 0.176 standing, 0.008; air 0.096."""
    assert POWER[0] == pytest.approx(0.096 + 0.008 + 0.096)
    assert POWER[3] == pytest.approx(0.288 + 0.1 * (0.528 - 0.288) + 0.096)
    assert WATER[0] == pytest.approx(0.5 * (1.5 * 1.16 + 0.48))


@pytest.mark.parametrize(
    ("new", "rule", "found", "expected"),
    [
        ({"max_mwh": 0.399}, "largest chilled-water store", 0.4, 0.399),
        ({"hours_to_fill": 2.01}, "charging rate of the tank", 0.2, 0.4 / 2.01),
        ({"loss_per_h": 0.0}, "stored cold follows its flows", _stored()[1], _stored()[0]),
    ],
)
def test_each_limit_of_the_tank(new: dict[str, Any], rule: str, found: float, expected: float) -> None:
    """Proves: size, rate and loss of the tank, moved a little, are told with both numbers by hand."""
    case = _case()
    violation = told(check_heat, _tank(case, **new), _design(case))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


@pytest.mark.parametrize(
    ("new", "rule", "found", "expected"),
    [
        ({"temperature_c": 45.1}, "heat sold is warm enough", 0.0, 0.0),
        ({"max_mw": 0.299}, "largest connection of a heat user", 0.3, 0.299),
        ({"demand_mw": np.array([0.0, 0.299, 0, 0])}, "heat sold within what the user takes", 0.3, 0.299),
        ({"pump_pu": 0.06}, "cooling power at the weather of the step", POWER[1], POWER[1] + 0.003),
    ],
)
def test_each_limit_of_a_heat_user(new: dict[str, Any], rule: str, found: float, expected: float) -> None:
    """Proves: temperature, connection, demand and pumps of the district, moved a little, are told."""
    case = _case()
    violation = told(check_heat, _district(case, **new), _design(case))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


@pytest.mark.parametrize(
    ("new", "rule", "found", "expected"),
    [
        ({"water_m3_per_year": 3.734}, "water limit of the year [m3]", 3.735, 3.734),
        ({"weighted_water_m3_per_year": 5.62}, "weighted water limit of the year [m3]", 5.625, 5.62),
        ({"water_m3_per_day": 1.889}, "water limit of a day [m3]", 1.89, 1.889),
    ],
)
def test_each_limit_of_water(new: dict[str, Any], rule: str, found: float, expected: float) -> None:
    """Proves: water of the year, weighted by scarcity, and of the days of each month, are told."""
    case = _case()
    violation = told(check_heat, replace(case, limits=replace(case.limits, **new)), _design(case))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


def _moved(series: Any, step: int, by: float) -> Any:
    return series + by * (np.arange(4) == step)


@pytest.mark.parametrize(
    ("series", "rule", "found", "expected"),
    [
        (
            {"heat_mw": {"plate": np.full(4, 0.96), "air": np.full(4, 0.241)}},
            "heat of racks by cooling type",
            0.241,
            0.24,
        ),
        ({"cold_charge_mw": {"plate": _moved(CHARGE, 0, 0.001)}}, "charging rate of the tank", 0.201, 0.2),
        ({"cold_discharge_mw": {"plate": _moved(DISCHARGE, 2, 0.161)}}, "discharging rate of the tank", 0.201, 0.2),
        ({"cold_charge_mw": {"plate": _moved(CHARGE, 2, -0.1)}}, "chilled-water flows not negative", -0.1, 0.0),
        ({"cold_discharge_mw": {"plate": _moved(DISCHARGE, 2, 1.0)}}, "cold made not negative", -0.08, 0.0),
        (
            {"cold_charge_mw": {"plate": _moved(CHARGE, 0, 0.601)}},
            "cold made within the plant's design heat",
            1.761,
            1.76,
        ),
        ({"reused_mw": {("district", "plate"): _moved(SOLD, 2, -0.1)}}, "heat sold not negative", -0.1, 0.0),
        (
            {"reused_mw": {("district", "plate"): _moved(SOLD, 1, 0.661)}},
            "heat sold within the heat of racks",
            0.961,
            0.96,
        ),
        ({"water_m3": _moved(WATER, 3, 0.01)}, "water at the weather of the step", WATER[3] + 0.01, WATER[3]),
    ],
)
def test_each_series_of_cooling(series: Any, rule: str, found: float, expected: float) -> None:
    """Proves: heat, cold, water and power moved by a little in one step are told there, with both numbers by hand."""
    case = _case()
    violation = told(check_heat, case, operated(_design(case), **series))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


@pytest.mark.parametrize(
    ("sizes", "rule", "found", "expected"),
    [
        ({"reuse_mw": {"district": 0.299}}, "heat sold within its connection", 0.3, 0.299),
        ({"reuse_mw": {}}, "heat sold within its connection", 0.3, 0.0),
        ({"reuse_mw": {"district": -0.1}}, "size not negative", -0.1, 0.0),
        ({"cold_store_mwh": {"plate": -0.1}}, "size not negative", -0.1, 0.0),
        ({"cold_store_mwh": {"plate": 0.1}}, "stored cold within the tank", _stored()[0], 0.1),
    ],
)
def test_each_size_of_cooling(sizes: Any, rule: str, found: float, expected: float) -> None:
    """Proves: a connection or tank a little smaller than its flows, or missing, or negative, is told."""
    case = _case()
    violation = told(check_heat, case, replace(_design(case), **sizes))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


def test_a_tank_that_cannot_be_built_holds_nothing() -> None:
    """Proves: without a store on offer, any size and every flow should be nothing, and a tank of nothing is fine."""
    case = _plate(_case(), store=None)
    violations = told(check_heat, case, _design(case))
    largest = violations["largest chilled-water store"]
    assert (largest.found, largest.expected) == (0.4, 0.0)
    assert violations["no chilled-water store can be built"].expected == 0.0
    empty = replace(_design(case), cold_store_mwh={"plate": 0.0})
    nothing = {"plate": np.zeros(4)}
    empty = operated(empty, cold_charge_mw=nothing, cold_discharge_mw=nothing, cold_stored_mwh=nothing)
    rules = set(told(check_heat, case, empty))
    assert rules == {"cooling power at the weather of the step", "water at the weather of the step"}


@pytest.mark.parametrize(("off", "is_told"), [(3e-5, False), (2e-4, True)])
def test_stored_cold_is_as_exact_as_the_tank_is_large(off: float, is_told: bool) -> None:
    """Proves: a step of an almost empty tank of 10 MWh may be off by a hundred-thousandth of its size, not by more."""
    tank = ChilledWaterStore(0.0, PLAIN_TERMS, 10.0)
    case = energy_case([0.0] * 2, cooling=(air(store=tank),), racks=(rack(),))
    series: dict[str, Any] = {
        "cold_charge_mw": {"air": np.zeros(2)}, "cold_discharge_mw": {"air": np.zeros(2)},
        "cold_stored_mwh": {"air": np.array([off, 0.0])},
    }  # fmt: skip
    design = plan_of(case, still(case, **series), cold_store_mwh={"air": 10.0})
    assert ("stored cold follows its flows" in told(check_heat, case, design)) is is_told


@pytest.mark.parametrize(
    ("back_c", "flow", "is_told"), [(45.0, 0.3, False), (44.9, 0.3, True), (None, 0.3, True), (44.9, 0.0, False)]
)
def test_heat_is_sold_warm_enough_or_not_at_all(back_c: float | None, flow: float, is_told: bool) -> None:
    """Proves: heat that comes back at the district's temperature is warm enough, a tenth of a degree less is not, nor
    heat whose temperature is not known; selling none of it is fine."""
    case = _plate(_case(), return_c=back_c)
    design = operated(_design(case), reused_mw={("district", "plate"): np.array([0.0, flow, 0.0, 0.0])})
    assert ("heat sold is warm enough" in told(check_heat, case, design)) is is_told


def test_water_counts_by_calendar_day_of_a_month() -> None:
    """Proves: from 22:00 on, two hours of 1 m3 lie in the first day, three in the second, of which the last is in
    another month. Catches: hours counted from noon, a day of two months added up, a day left out."""
    case = energy_case([0.0] * 5, months=[4, 1], limits=limits(water_m3_per_day=1.5))
    case = replace(case, calendar=Calendar(case.calendar.month_of_step, first_step="2023-06-10T22:00"))
    check = Checker(case.calendar)
    check_heat(View(case, plan_of(case, still(case, water_m3=np.array([1.0, 1.0, 1.0, 0.9, 1.4])))), check)
    days = [(v.where, v.found) for v in check.report().violations if v.check == "water limit of a day [m3]"]
    assert days == [("2023-06-10", 2.0), ("2023-06-11", pytest.approx(1.9))]


def test_a_plant_without_racks_needs_and_makes_nothing() -> None:
    """Proves: cooling on offer whose racks nobody buys stands still, also its part that does not follow the heat; it
    cannot fill a tank. Catches: a plant taken as given where no rack asks for it."""
    tank = ChilledWaterStore(0.0, PLAIN_TERMS, 10.0)
    case = energy_case([0.0] * 2, cooling=(air(curve=flat_curve(0.2), fixed_share=0.1, store=tank),), racks=(rack(),))
    assert told(check_heat, case, plan_of(case)) == {}
    nothing = {"air": np.zeros(2)}
    operation = still(
        case, cold_charge_mw={"air": np.array([0.5, 0.0])}, cold_discharge_mw=nothing, cold_stored_mwh=nothing
    )
    violation = told(check_heat, case, plan_of(case, operation, cold_store_mwh={"air": 10.0}))
    made = violation["cold made within the plant's design heat"]
    assert (made.found, made.expected) == (0.5, 0.0)


def test_two_heat_users_take_each_their_own() -> None:
    """Proves: a city of 0.1 MW beside the district's 0.3 MW takes its own heat only, also where heat is warmer than it
    asks. Catches: heat of one user counted to another, warmer heat refused."""
    case = _case()
    city = replace(case.heat_users[0], name="city", temperature_c=30.0, demand_mw=np.array([0.1, 0, 0, 0]), max_mw=0.1)
    case = replace(case, heat_users=(city, *case.heat_users))
    sold = {("city", "plate"): np.array([0.1, 0, 0, 0]), ("district", "plate"): SOLD}
    design = replace(operated(_design(case), reused_mw=sold), reuse_mw={"city": 0.1, "district": 0.3})
    assert not [rule for rule in told(check_heat, case, design) if rule.startswith("heat sold")]
