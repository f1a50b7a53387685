"""What plans are compared by beside cost: which keep which limits, which are better, how much could be used at most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of
from tiny import (
    PLAIN_TERMS,
    air,
    energy_case,
    flat_curve,
    hall,
    hall_case,
    limits,
    liquid,
    rack,
    requests,
    supply,
)

from models.case import Case, Delay, Generator
from models.design import Accounts, Answer, AuditReport, PlacedRacks, Proof, Units
from models.front import (
    BUILT,
    Front,
    FrontPoint,
    efficient,
    extra,
    is_better,
    is_tighter,
    keeps,
    kind_of,
    kinds,
    own_limit,
    price_between,
    unit_of,
    values_of,
)
from models.yearly import CRITERIA, applies, given_limit, limited, most, per_column, used

CASE = energy_case([1.0])


def answer(case: Case = CASE, cost: float = 0.0, bound: float = 0.0, **changes: Any) -> Answer:
    """A plan of which only its sizes, its cost and its bound matter."""
    kpi = changes.pop("kpi", {})
    proof = Proof("optimal", cost, bound, 0.0, "monolithic")
    return Answer(case, plan_of(case, **changes), Accounts((), kpi), proof, AuditReport(0, 0.0))


def point(cost: float, carbon: float, bound: float | None = None) -> FrontPoint:
    """A plan of some cost and carbon."""
    return FrontPoint(answer(cost=cost, bound=cost if bound is None else bound), {}, {"carbon": carbon})


# -- which plans are better -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "better"),
    [
        ((100.0, 5.0), (100.0, 6.0), True),
        ((99.0, 5.0), (100.0, 5.0), True),
        ((99.0, 6.0), (100.0, 5.0), False),
        ((100.0, 5.0), (100.0, 5.0), False),
        ((100.0 * (1 - 1e-10), 5.0), (100.0, 5.0), False),
        ((100.0 * (1 + 1e-10), 4.0), (100.0, 5.0), True),
        ((100.0 * (1 - 1e-7), 5.0), (100.0, 5.0), True),
        ((100.0 * (1 + 1e-7), 4.0), (100.0, 5.0), False),
        ((-100.0 * (1 - 1e-10), 4.0), (-100.0, 5.0), True),
        ((0.0, 4.0), (0.0, 5.0), True),
        ((0.0, 5.0), (0.0, 5.0), False),
    ],
)
def test_a_better_plan(one: tuple[float, float], other: tuple[float, float], better: bool) -> None:
    """Proves on (cost, carbon): better is no worse in both and better in one, where only the last digits of floating
    point are no difference. Catches: a plan better by rounding, a real difference of a ten millionth lost."""
    assert is_better(point(*one), point(*other)) is better


def test_plans_alike_but_for_rounding_stand_once() -> None:
    """Proves: of two plans that differ in the last digits one stays; one that differs by a ten millionth in cost, and
    the other way round in carbon, stays beside it; the cheapest comes first. Catches: one plan twice in a table."""
    found = efficient([point(5.0, 1.0), point(5.0 * (1 + 1e-10), 1.0), point(5.0 * (1 - 1e-7), 1.0 + 1e-7)])
    assert [p.values["carbon"] for p in found] == [1.0 + 1e-7, 1.0]
    assert [p.cost_kcur for p in efficient([point(3, 1), point(1, 3), point(2, 2), point(2, 4)])] == [1, 2, 3]


def test_plans_of_one_cost_that_save_different_things_both_stand() -> None:
    """Proves: at one cost, less carbon or less water are two answers. Catches: plans taken for one because they agree
    in one figure."""
    one = replace(point(5, 1), values={"carbon": 1.0, "water": 2.0})
    other = replace(point(5, 2), values={"carbon": 2.0, "water": 1.0})
    assert efficient([one, other, one]) == (one, other)


def test_what_was_not_counted_is_nothing() -> None:
    """Proves: a front that says no more than its points was found with nothing dropped, in no time told, from nothing.
    Catches: a plan called the first one that was not."""
    (alone,) = points = (point(1, 1),)
    found = Front(CASE, ("carbon",), points, {}, asked=1, solves=1)
    assert (found.dropped, found.least_cpu_s, alone.cpu_s, alone.is_first) == (0, 0.0, 0.0, False)


def test_what_one_unit_less_costs() -> None:
    """Proves: 100 (proven 98) for 5 t against 110 (proven 107) for 3 t: from 7 / 2 to 12 / 2 a tonne. None if the other
    uses as much, or as much but for rounding. Catches: bounds and costs mixed up, the larger use divided by."""
    cheap, thrifty = point(100, 5.0, 98), point(110, 3.0, 107)
    price = price_between(thrifty, cheap, "carbon")
    assert price is not None and (price.low, price.high) == pytest.approx((3.5, 6.0))
    assert price_between(point(110, 5.0), cheap, "carbon") is None
    assert price_between(point(110, 5.0 * (1 - 1e-10)), cheap, "carbon") is None
    assert price_between(point(110, 5.0 * (1 - 1e-7)), cheap, "carbon") is not None


def test_what_a_plan_costs_above_the_cheapest() -> None:
    """Proves: 110 (proven 107) against 100 (proven 98) costs 7 to 12 more; if proven only to 95 then 0 to 12; a plan
    that costs less than the bound of the cheapest nothing. Catches: less than nothing told as a cost."""
    cheapest = point(100, 5.0, 98)
    for plan, low, high in ((point(110, 3, 107), 7, 12), (point(110, 3, 95), 0, 12), (point(97, 3, 96), 0, 0)):
        assert (extra(plan, cheapest).low, extra(plan, cheapest).high) == (low, high)
    assert (extra(cheapest, cheapest).low, extra(cheapest, cheapest).high) == (0, 0)


@pytest.mark.parametrize(
    ("value", "limit", "kept"),
    [
        (5.0, 5.0, True),
        (5.0 * (1 + 5e-6), 5.0, True),
        (5.0 * (1 + 1e-4), 5.0, False),
        (9.0, None, True),
        (4.0, 5.0, True),
    ],
)
def test_a_plan_keeps_its_limits_within_a_solver_s_tolerance(value: float, limit: float | None, kept: bool) -> None:
    """Proves: a hundred thousandth above a limit is within tolerances, a ten thousandth is not; all limits must be
    kept. Catches: a tolerance that lets a plan through, one limit enough."""
    assert keeps({"carbon": value, "water": 1.0}, {"carbon": limit, "water": 2.0}) is kept
    assert not keeps({"carbon": value, "water": 3.0}, {"carbon": limit, "water": 2.0})


@pytest.mark.parametrize(
    ("one", "other", "tighter"),
    [((1, 5), (2, 5), True), ((2, 5), (2, 5), True), ((3, 5), (2, 5), False), ((1, 6), (2, 5), False),
     ((None, 5), (2, 5), False), ((1, 5), (None, 5), True), ((None, None), (None, None), True),
     ((1, None), (2, 5), False)],
)  # fmt: skip
def test_limits_that_imply_others(one: Any, other: Any, tighter: bool) -> None:
    """Proves: whatever keeps the first limits keeps the second only if none of the first is wider. Catches: one tight
    limit of two enough, no limit taken for a tight one."""
    names = ("carbon", "water")
    assert is_tighter(dict(zip(names, one, strict=True)), dict(zip(names, other, strict=True))) is tighter


# -- what a design is -------------------------------------------------------------------------------------------------


def test_kinds_are_told_by_what_is_used_not_by_how_much() -> None:
    """Proves: counts and sizes make no kind, another rack, store or source does; what is not built (no units, less than
    a kW) makes none. Catches: a rack of count zero named, a trace of a battery taken for storage."""
    racks = (PlacedRacks("R", "air", "hall", 2), PlacedRacks("S", "liquid", "hall", 0))
    units = (Units("hall", 1), Units("room", 0))
    base = answer(racks=racks, units=units, battery_mwh={"LFP": 5.0}, supply_mw={"pv": 5.0})
    told = kind_of(base)
    assert told == {"racks": {"R"}, "cooling": {"air"}, "modules": {"hall"}, "architecture": {"direct"},
                    "tariff": set(), "storage": {"LFP"}, "supply": {"pv"}}  # fmt: skip
    more = answer(racks=(replace(racks[0], count=9),), units=(Units("hall", 7),), battery_mwh={"LFP": 50.0},
                  supply_mw={"pv": 1.1 * BUILT, "wind": 0.9 * BUILT}, cold_store_mwh={"air": 0.9 * BUILT})  # fmt: skip
    other = answer(racks=racks[:1], units=units, battery_mwh={"LFP": 5.0}, cold_store_mwh={"air": 1.05e-3},
                   supply_mw={"pv": 5.0}, generator_units={"engine": 0})  # fmt: skip
    assert kind_of(other)["storage"] == {"LFP", "chilled water, air"}
    assert kinds([base, more, other, base]) == [0, 0, 1, 0]
    sizes = {"battery_mwh": {"LFP": 1.05e-3}, "supply_mw": {"pv": 1.05e-3}}
    assert kind_of(answer(**sizes))["storage"] == {"LFP"} and kind_of(answer(**sizes))["supply"] == {"pv"}


def test_criteria_of_a_plan_and_their_units() -> None:
    """Proves: carbon and water are those of the accounts (none told: 0), the first token is the month in which service
    starts; each has its unit and the limit that the case sets. Catches: a start read where it is not asked for, an
    indicator of another criterion, "no month needed" told as a limit."""
    asked = limits(need_month=12.0, carbon_t_per_year=7.0, delay=Delay(6))
    plan = answer(replace(CASE, limits=asked), kpi={"carbon_t": 3.0, "tokenergy_wh_per_1k": 0.2, "water_m3": None},
                  delay_months=2)  # fmt: skip
    names = ("first-token", "carbon", "water", "tokenergy")
    assert values_of(plan, names) == {"first-token": 14.0, "carbon": 3.0, "water": 0.0, "tokenergy": 0.2}
    assert [own_limit(plan.case, name) for name in names] == [12.0, 7.0, None, None]
    assert own_limit(CASE, "first-token") is None and given_limit(plan.case, CRITERIA["carbon"]) == 7.0
    assert [unit_of(name) for name in names] == ["months after award", "t/year", "m3/year", "Wh/ktok"]
    assert used(plan.accounts, CRITERIA["carbon"]) == 3.0


# -- how much could be used -------------------------------------------------------------------------------------------

ENGINE = Generator("engine", 3.0, 0.0, PLAIN_TERMS, max_units=2, fuel_mwh_per_mwh=2.0, fuel_mwh_per_h=0.5,
                   carbon_t_per_mwh_fuel=0.2)  # fmt: skip


def test_the_most_carbon_of_a_year() -> None:
    """Proves: 10 MW of connection for two steps of half an hour at 0.3 and 0.1 t/MWh, 2 t; two engines of 3 MW that
    burn 2 * 3 + 0.5 = 6.5 MW each at 0.2 t/MWh, 2.6 t. Hours of negative carbon give nothing. Catches: fuel of an idle
    engine left out, one engine of two, carbon of one hour for all."""
    grid = {"carbon_t_per_mwh": np.array([0.3, 0.1])}
    case = energy_case([1.0, 1.0], step_h=0.5, limit_mw=10.0, grid=grid, generators=(ENGINE,))
    carbon = CRITERIA["carbon"]
    assert most(case, carbon) == pytest.approx(2.0 + 2.6)
    assert most(replace(case, generators=()), carbon) == pytest.approx(2.0)
    clean = replace(case.grid, carbon_t_per_mwh=np.array([0.3, -0.1]))
    assert most(replace(case, grid=clean, generators=()), carbon) == pytest.approx(1.5)
    tight = replace(case.grid, import_limit_mva=5.0, power_factor=0.8)
    assert most(replace(case, grid=tight, generators=()), carbon) == pytest.approx(0.8)


def test_the_most_energy_and_water_of_a_year() -> None:
    """Proves: connection 10, sun 4 and engines 6 MW for two steps of half an hour, 20 MWh; over 4 Mtok of tokens
    5,000 Wh/ktok. All of it heat on each of two coolings at up to 3 and 1 m3/MWh, 80 m3. Catches: the mean of the
    weather, one cooling alone, hours for steps."""
    wet = replace(
        flat_curve(0.0, 3.0), temperature_c=(0.0, 10.0), electricity_pu=(0.0, 0.0), water_m3_per_mwh=(1.0, 3.0)
    )
    case = hall_case(
        (4.0, 4.0),
        step_h=0.5,
        limit_mw=10.0,
        supplies=(supply([1.0, 1.0], max_mw=4.0),),
        generators=(ENGINE,),
        site={"dry_bulb_c": np.array([10.0, 0.0])},
        workloads=(requests((4.0, 4.0), output_tokens=1.0),),
        racks=(rack(), rack("L", liquid_share=0.5)),
        cooling=(air(curve=wet), liquid(curve=flat_curve(0.0, 1.0))),
        offers=(hall(), hall("tank", cooling="liquid")),
    )
    assert per_column(case, CRITERIA["tokenergy"]) == pytest.approx(1e3 / 4)
    assert [per_column(case, CRITERIA[name]) for name in ("carbon", "water")] == [1.0, 1.0]
    assert most(case, CRITERIA["tokenergy"]) == pytest.approx(5000.0)
    assert most(case, CRITERIA["water"]) == pytest.approx(20 * (3 + 1))


def test_which_criteria_there_is_something_to_save_of() -> None:
    """Proves: without work there is no energy per token, without water and carbon nothing of either to save. Catches: a
    front of nothing."""
    dry = hall_case()
    assert {name: applies(dry, c) for name, c in CRITERIA.items()} == {
        "tokenergy": True,
        "carbon": False,
        "water": False,
    }
    few = (requests((0.2, 0.2), output_tokens=1.0),)  # 0.4 Mtok, 0.5 m3 and 0.5 t a year at most
    wet = hall_case(cooling=(air(curve=flat_curve(0.0, 1.0)),), grid={"carbon_t_per_mwh": np.array([0.0, 2.0])},
                    limit_mw=0.25, workloads=few)  # fmt: skip
    assert all(applies(wet, c) for c in CRITERIA.values())
    assert not applies(CASE, CRITERIA["tokenergy"])


def test_limits_by_the_names_of_criteria() -> None:
    """Proves: a number is set as the limit, none as what nothing can exceed; what is not named stays as it is. Catches:
    a limit lifted that was not asked about."""
    case = energy_case(
        [1.0], limit_mw=2.0, grid={"carbon_t_per_mwh": np.array([0.5])}, limits=limits(water_m3_per_year=9.0)
    )
    assert limited(case, {"carbon": 0.3}).limits.carbon_t_per_year == 0.3
    found = limited(case, {"carbon": None}).limits
    assert (found.carbon_t_per_year, found.water_m3_per_year) == (pytest.approx(1.0), 9.0)
