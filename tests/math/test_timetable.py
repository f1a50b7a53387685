"""Dates without a solver: what can serve when, when a plan starts, what must be ordered by when."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of
from staged import growth
from tiny import PLAIN_TERMS, battery, energy_case, hall, hall_case, limits, requests, supply

from models.case import Case, Delay, Generator, Quotation
from models.catalogue import reference_mtok
from models.design import Design, Units
from models.growth_dates import schedules
from models.stages import Growth, GrowthPlan, Purchase
from models.timetable import (
    CONNECTION,
    Delivery,
    bought,
    choices,
    connected_month,
    most_on_site,
    price_kcur_per_month,
    schedule,
    soonest_month,
    start_month,
    units_by,
)

SLOTS = hall(lead_months_p50=8.0, quotation=Quotation(units_per_month=0.5))
"""The first hall in month 8, one more each two months."""
ENGINE = Generator("engine", 2.0, 0.0, PLAIN_TERMS, max_units=9, lead_months_p50=6.0)


def everything(**changes: Any) -> Case:
    """Halls from slots, storage in month 4 of which 1 MWh is on site, sun in month 5, engines of 2 MW in month 6, the
    connection in month 7; a month of site works. Service is needed in month 20."""
    defaults: dict[str, Any] = {
        "offers": (SLOTS,),
        "batteries": (battery(lead_months_p50=4.0, existing_mwh=1.0),),
        "supplies": (supply([1.0, 1.0], lead_months_p50=5.0),),
        "generators": (ENGINE,),
        "grid": {"energised_month": 7.0, "earlier_mw": 3.0},
        "limits": limits(need_month=20.0, delay=Delay(6, works_months=1.0)),
    }
    return hall_case(**{**defaults, **changes})


def plan(case: Case, **changes: Any) -> Design:
    """Three halls in two lots, 2.5 MWh of storage, 0.4 MW of sun, two engines, 5 MW of connection."""
    sizes: dict[str, Any] = {
        "units": (Units("hall", 1, "R", "air"), Units("hall", 2)),
        "battery_mwh": {"battery": 2.5},
        "supply_mw": {"pv": 0.4},
        "generator_units": {"engine": 2},
        "contract_mw": 5.0,
    }
    return plan_of(case, **{**sizes, **changes})


@pytest.mark.parametrize(
    ("month", "units"),
    [(8.9, 0), (9 - 1e-7, 0), (9 - 1e-10, 1), (9.0, 1), (10.9, 1), (11.0, 2), (11 - 1e-10, 2), (13.0, 3)],
)
def test_units_that_a_factory_has_delivered(month: float, units: int) -> None:
    """Proves: after a month of works the first unit serves in month 9, then one more each two months. Catches: works
    left out, the first unit counted late, a unit lost to rounding."""
    assert units_by(everything(), SLOTS, month) == units


def test_units_by_each_start_allowed() -> None:
    """Proves: of a need in month 10 and two months more at most, units in months 10, 11 and 12; any number where no
    slots are stated; none of what belongs to another architecture or comes later than the latest start. Catches: a
    start left out, a hall counted that cannot be bought."""
    free, other, late = hall("free"), hall("other", architecture="DC"), hall("late", lead_months_p50=11.5)
    asked = limits(need_month=10.0, delay=Delay(2, works_months=1.0))
    case = everything(offers=(SLOTS, free, other, late), limits=asked)
    assert choices(case) == ((1, 2, 2), (math.inf,) * 3, (0, 0, 0), (0, 0, 0))


@pytest.mark.parametrize(
    ("key", "ready", "before"),
    [
        (("battery_power", "battery"), 5.0, 0.0),
        (("battery_energy", "battery"), 5.0, 0.0),
        (("supply", "pv"), 6.0, 0.0),
        (("generator", "engine"), 7.0, 0.0),
    ],
)
def test_what_comes_whole_or_not_at_all(key: tuple[str, str], ready: float, before: float) -> None:
    """Proves: storage, sun and engines are there without limit from their lead time and works on, and not at all
    before. Catches: a date of another kind of thing, a month lost to rounding."""
    case = everything()
    assert [most_on_site(case, key, month) for month in (ready - 0.1, ready - 1e-10, ready)] == [
        before,
        math.inf,
        math.inf,
    ]
    assert most_on_site(case, ("modules", "hall"), 11.0) == 2
    assert most_on_site(everything(offers=(hall("slow"), SLOTS)), ("modules", "hall"), 11.0) == 2
    assert most_on_site(case, ("cold_store", "air"), 0.0) == math.inf


def test_the_price_of_a_month_of_delay() -> None:
    """Proves: 5 kcur and a twelfth of the year's tokens that the stage before does not serve, at 2 kcur/Mtok. Catches:
    tokens of the year, those served already counted late."""
    case = hall_case(workloads=(requests((6.0, 12.0), output_tokens=1.0),))
    assert reference_mtok(case) == 18.0
    delay = Delay(1, 5.0, 2.0, served_mtok=12.0)
    assert price_kcur_per_month(replace(case, limits=limits(delay=delay))) == pytest.approx(5 + 2 * 6 / 12)


def test_what_is_bought() -> None:
    """Proves: units of all lots together, storage beyond what was on site, engines in MW, the connection contracted;
    of what a plan does not name nothing. Catches: lots counted once, storage on site bought again, engines in units."""
    case = everything()
    assert bought(case, plan(case)) == {
        ("modules", "hall"): 3.0,
        ("battery_power", "battery"): 0.0,
        ("battery_energy", "battery"): 1.5,
        ("supply", "pv"): 0.4,
        ("generator", "engine"): 4.0,
        CONNECTION: 5.0,
    }
    nothing = bought(case, plan_of(case, battery_mwh={"battery": 1.0}))
    assert set(nothing.values()) == {0.0} and len(nothing) == 6
    two = everything(offers=(SLOTS, hall("other")), batteries=(battery(),))
    found = bought(two, plan_of(two, units=(Units("hall", 1), Units("other", 4))))
    assert [found["modules", n] for n in ("hall", "other")] == [1.0, 4.0] and found["battery_energy", "battery"] == 0.0


def test_dates_of_everything_bought() -> None:
    """Proves: for a start in month 20 + 2 after a month of works, three halls that take 8 months and 4 more are ordered
    by month 9, engines (6) by 15, sun (5) by 16, storage (4) by 17, each on site in month 21; the connection is ordered
    at the award. Engines are counted in units. Catches: works, spread or delay left out, the last stated first."""
    case = everything()
    found = schedule(case, plan(case, delay_months=2))
    assert (found.start_month, found.delay_months, found.works_months) == (22.0, 2, 1.0)
    assert found.is_asked and found.confidence == "P50" and found.stage == ""
    assert found.deliveries == (
        Delivery("grid connection", "connection", 5.0, "MW", 7.0, 0.0, 0.0),
        Delivery("hall", "module", 3, "units", 8.0, 4.0, 9.0),
        Delivery("engine", "generator", 2, "units", 6.0, 0.0, 15.0),
        Delivery("pv", "supply", 0.4, "MW", 5.0, 0.0, 16.0),
        Delivery("battery", "battery", 1.5, "MWh", 4.0, 0.0, 17.0),
    )
    assert [d.on_site_month for d in found.deliveries] == [7.0, 21.0, 21.0, 21.0, 21.0]


def test_what_has_no_lead_time_or_is_not_bought_has_no_date() -> None:
    """Proves: a hall at once, storage that was on site and a connection that a step before carries are not ordered.
    Catches: an order for nothing, the date of a connection that is not needed."""
    case = everything(offers=(hall(),))
    found = schedule(case, plan_of(case, units=(Units("hall", 2),), battery_mwh={"battery": 1.0}, contract_mw=3.0))
    assert found.deliveries == ()
    one_slot = everything(offers=(hall(quotation=Quotation(units_per_month=0.5)),))
    (hall_by,) = schedule(one_slot, plan_of(one_slot, units=(Units("hall", 2),), battery_mwh={})).deliveries
    assert (hall_by.lead_months, hall_by.spread_months, hall_by.order_by_month) == (0.0, 2.0, 17.0)
    assert schedule(one_slot, plan_of(one_slot, units=(Units("hall", 1),))).deliveries == ()


@pytest.mark.parametrize(
    ("mw", "mwh", "dated"),
    [
        (1.0, 1.0, []),
        (1.5, 1.0, [(0.5, "MW")]),
        (3.0, 1.5, [(0.5, "MWh")]),
        (1.0, 1.5, [(0.5, "MWh")]),
        (1.0 + 1e-10, 1.0, []),
    ],
)
def test_a_battery_that_grows_in_power_alone_is_dated(mw: float, mwh: float, dated: list[tuple[float, str]]) -> None:
    """Proves: beside 1 MW and 1 MWh on site more of either is ordered by month 20 - 1 - 4, once for each battery: its
    energy where that grows, else its power; where no month is needed the start waits for month 5. Catches: power
    without a date, the same battery ordered twice."""
    store = battery(lead_months_p50=4.0, existing_mw=1.0, existing_mwh=1.0)
    case = everything(batteries=(store,))
    sizes = {"battery_mw": {"battery": mw}, "battery_mwh": {"battery": mwh}}
    found = schedule(case, plan_of(case, **sizes)).deliveries
    assert [(pytest.approx(d.quantity), d.unit) for d in found] == dated
    assert all((d.item, d.kind, d.order_by_month) == ("battery", "battery", 15.0) for d in found)
    free = replace(case, limits=replace(case.limits, need_month=1200.0))
    assert start_month(free, plan_of(free, **sizes)) == (5.0 if dated else 0.0)


def test_half_a_month_is_a_lead_time() -> None:
    """Proves: a hall and a connection of half a month are dated; where no month is needed, the plan starts with the
    last of them and nothing was asked. Catches: what comes within a month left out."""
    case = everything(offers=(hall(lead_months_p50=0.5),), grid={"energised_month": 0.5}, limits=limits())
    found = schedule(case, plan_of(case, units=(Units("hall", 1),), contract_mw=5.0))
    assert [d.lead_months for d in found.deliveries] == [0.5, 0.5]
    assert found.start_month == 0.5 and not found.is_asked


@pytest.mark.parametrize(("contract", "month"), [(5.0, 7.0), (3.1, 7.0), (3.0, 0.0), (3.0 + 1e-10, 0.0), (1.0, 0.0)])
def test_the_step_of_a_connection_that_a_plan_waits_for(contract: float, month: float) -> None:
    """Proves: 3 MW of an earlier step carry a plan of 3 MW, more of it waits for month 7. Catches: a start that waits
    for a step it does not need."""
    case = everything()
    assert connected_month(case, plan_of(case, contract_mw=contract)) == month


@pytest.mark.parametrize(("grid", "needed"), [({}, 1.0), ({"overrun_kcur_per_mw_month": 1.0}, 5.0)])
def test_an_import_above_the_contract_is_waited_for(grid: dict[str, Any], needed: float) -> None:
    """Proves: 4 MW of import, billed a quarter higher, on a contract of 1 MW at a fee: where overrun has a price 5 MW
    must be connected, which the earlier step of 3 MW does not carry until month 7; without such a price the contract
    says what must be. Catches: a plan that draws its power before the connection is live."""
    priced = {"energised_month": 7.0, "earlier_mw": 3.0, "billing_factor": 1.25, "contract_kcur_per_mw_year": 2.0}
    case = energy_case([4.0, 2.0], grid={**priced, **grid})
    found = schedule(case, plan_of(case, {"import_mw": np.array([4.0, 2.0])}, contract_mw=1.0))
    assert bought(case, plan_of(case, {"import_mw": np.array([4.0, 2.0])}, contract_mw=1.0))[CONNECTION] == needed
    assert found.start_month == (7.0 if grid else 0.0)
    assert [(d.kind, d.quantity) for d in found.deliveries] == ([("connection", 5.0)] if grid else [])


def test_the_start_of_a_plan() -> None:
    """Proves: where a month is needed the start is that and the delay chosen; where none is, the month in which the
    last thing bought can serve: the third hall in 8 + 4 + 1, without halls the connection or engines in month 7,
    without those the sun in 6; at P90 its own lead time. Catches: works or spread left out, things waited for that are
    not bought."""
    case = everything()
    assert start_month(case, plan(case, delay_months=2)) == 22.0
    free = replace(case, limits=replace(case.limits, need_month=1200.0))
    assert start_month(free, plan(free)) == 13.0
    assert start_month(free, plan(free, units=())) == 7.0
    sun = plan(free, units=(), generator_units={}, contract_mw=0.0)
    assert start_month(free, sun) == 6.0
    late = replace(free, limits=replace(free.limits, lead_confidence="P90"),
                   supplies=(replace(free.supplies[0], lead_months_p90=9.0),))  # fmt: skip
    assert start_month(late, sun) == 10.0
    assert soonest_month(free, {("supply", "pv"): 1e-12}, plan_of(free)) == 0.0


# -- stages -----------------------------------------------------------------------------------------------------------


def test_stages_wait_for_the_step_of_the_connection_that_carries_them() -> None:
    """Proves: stages of years 0, 1 and 3 take 5, 9 and 10 MW. Steps: 6 MW in month 9, 10 MW in month 30. The first
    waits for month 9, the second for month 30, so that the starts, a year and two years apart, are months 18, 30 and
    54; what the third adds is carried by the second's step. Catches: months of a stage counted from its own start, a
    step of the stage before forgotten."""
    cases = [
        energy_case([mw], grid={"energised_month": month, "earlier_mw": earlier})
        for mw, month, earlier in ((5.0, 9.0, 0.0), (9.0, 30.0, 6.0), (10.0, 30.0, 10.0))
    ]
    question = growth([replace(c, money=replace(c.money, analysis_years=4)) for c in cases], [0, 1, 3], 4)
    designs = tuple(plan_of(s.case, contract_mw=mw) for s, mw in zip(question.stages, (5.0, 9.0, 10.0), strict=True))
    found = schedules(question, GrowthPlan(designs))
    assert [s.start_month for s in found] == [18.0, 30.0, 54.0]
    assert [[(d.quantity, d.lead_months) for d in s.deliveries] for s in found] == [[(5, 9)], [(4, 30)], [(1, 30)]]
    assert [s.stage for s in found] == ["S0", "S1", "S2"]


def test_what_is_paid_is_dated_by_its_purchase_and_what_is_free_by_what_comes_new() -> None:
    """Proves: of halls that are paid for, stage 1 dates the two lots of its purchases and not what it keeps; of a free
    sun, 3 MW after 1 MW, it dates 2 MW. Catches: purchases of another stage, what is kept ordered anew."""
    case = hall_case(offers=(hall(lead_months_p50=3.0),), supplies=(supply([1.0, 1.0], lead_months_p50=2.0),))
    question = growth([replace(case, money=replace(case.money, analysis_years=2))] * 2, [0, 1], 2)
    lots = ((1.0, 0, 2), (2.0, 1, 2), (1.0, 1, 1 + 1))
    purchases = tuple(Purchase("modules", "hall", n, "units", start, end) for n, start, end in lots)
    designs = tuple(plan_of(s.case, units=(Units("hall", n),), supply_mw={"pv": mw})
                    for s, n, mw in zip(question.stages, (1, 4), (1.0, 3.0), strict=True))  # fmt: skip
    first, second = schedules(question, GrowthPlan(designs, purchases))
    assert {d.item: d.quantity for d in first.deliveries} == {"hall": 1, "pv": 1.0}
    assert {d.item: d.quantity for d in second.deliveries} == {"hall": 3, "pv": 2.0}
    assert (first.start_month, second.start_month) == (3.0, 15.0)
    assert [d.order_by_month for d in second.deliveries] == [12.0, 13.0]


def stages(*cases: Case) -> Growth:
    """Stages a year apart."""
    years = len(cases)
    return growth([replace(c, money=replace(c.money, analysis_years=years)) for c in cases], list(range(years)), years)


def test_a_connection_paid_at_first_is_not_ordered_again() -> None:
    """Proves: 5 MW bought for stage 0 and kept are no delivery of stage 1, though its plan takes all of them. Catches:
    an order for what was bought before."""
    question = stages(*[energy_case([5.0], grid={"energised_month": 9.0})] * 2)
    designs = tuple(plan_of(s.case, contract_mw=5.0) for s in question.stages)
    paid = (Purchase("connection", "connection", 5.0, "MW", 0, 2),)
    first, second = schedules(question, GrowthPlan(designs, paid))
    assert [d.quantity for d in first.deliveries] == [5.0] and second.deliveries == ()


@pytest.mark.parametrize(
    ("live", "dated"), [((9.0, 30.0), [[9.0], [30.0]]), ((0.5, 0.5), [[0.5], [0.5]]), ((0.0, 0.0), [[], []])]
)
def test_each_stage_s_own_connection(live: tuple[float, float], dated: list[list[float]]) -> None:
    """Proves: connections of 5 and 9 MW in all, each live in its stage's month; one that is live at the award is not
    ordered. Catches: the month of a stage that comes later, a date for what is there."""
    question = stages(*(energy_case([1.0], grid={"energised_month": month}) for month in live))
    designs = tuple(plan_of(s.case, contract_mw=mw) for s, mw in zip(question.stages, (5.0, 9.0), strict=True))
    found = schedules(question, GrowthPlan(designs))
    assert [[d.lead_months for d in s.deliveries] for s in found] == dated


def test_what_is_free_and_new_in_the_second_stage_is_not_ordered_for_the_third() -> None:
    """Proves: a free sun, on offer from stage 1 on and kept in stage 2, is dated once. Catches: stage 2 compared with
    stage 0."""
    bare, sunny = energy_case([1.0]), energy_case([1.0], supplies=(supply([1.0], lead_months_p50=4.0),))
    question = stages(bare, sunny, sunny)
    designs = tuple(plan_of(s.case, supply_mw={n.name: 2.0 for n in s.case.supplies}) for s in question.stages)
    found = schedules(question, GrowthPlan(designs))
    assert [[d.quantity for d in s.deliveries] for s in found] == [[], [2.0], []]


def test_power_added_to_a_battery_by_a_later_stage_has_a_date() -> None:
    """Proves: a battery whose energy is bought for stage 0 and whose power grows by 2 MW in stage 1, paid or free, is
    ordered for both. Catches: the second order left out, the energy ordered again."""
    question = stages(*[energy_case([1.0], batteries=(battery(lead_months_p50=4.0),))] * 2)
    designs = tuple(plan_of(s.case, battery_mw={"battery": mw}, battery_mwh={"battery": 4.0})
                    for s, mw in zip(question.stages, (1.0, 3.0), strict=True))  # fmt: skip
    lots = (("battery_power", 1.0, "MW", 0), ("battery_energy", 4.0, "MWh", 0), ("battery_power", 2.0, "MW", 1))
    paid = tuple(Purchase(line, "battery", n, unit, k, 2) for line, n, unit, k in lots)
    for purchases in (paid, ()):
        found = schedules(question, GrowthPlan(designs, purchases))
        dated = [[(d.quantity, d.unit, d.order_by_month) for d in s.deliveries] for s in found]
        assert dated == [[(4.0, "MWh", 0.0)], [(2.0, "MW", 12.0)]]
