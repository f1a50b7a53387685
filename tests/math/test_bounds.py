"""The box of every variable, and the rules that only repeat what months imply. Too narrow, and a good plan is cut off
unseen; too wide or missing, and the decomposition proves little."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from handmade import slack
from tiny import (
    PLAIN_TERMS,
    air,
    battery,
    cooling_unit,
    flat_curve,
    hall,
    hall_case,
    limits,
    liquid,
    point,
    power_unit,
    rack,
    requests,
    room,
    supply,
    training,
    training_point,
)

from models import modules
from models.assembly import build_design, build_operation
from models.case import Case, ChilledWaterStore, Electrical, Generator, HeatUser, PriceBreak, Redundancy
from models.compute import _runs_in

STORE = {"max_mw": 3.0, "max_mwh": 5.0}


def campus() -> Case:
    """Two months of four and two half hours with one of everything that has a box."""
    late = requests([1.0, 2.0, 4.0, 8.0, 2.0, 6.0], "late", kind="deferrable", max_delay_h=1.0)
    runs = training(2000.0, [(0, 2), (3, 6)], pause_share=1.0, ramp_s=60.0)
    chat = requests([4.0, 2.0, 2.0, 2.0, 2.0, 2.0], swing_share=0.4, swing_s=3600.0, ramp_s=60.0)
    stores = (
        battery(**STORE, max_cycles_per_year=9.0),
        battery(name="old", **STORE, min_mw=1.0, min_mwh=2.0, existing_mw=1.5, existing_mwh=1.0),
        battery(name="late", **STORE, lead_months_p50=20.0, existing_mw=1.0, existing_mwh=2.0),
        battery(name="ups", **STORE, location="ups"),
    )
    tank = ChilledWaterStore(1.0, PLAIN_TERMS, 6.0, hours_to_fill=3.0)
    user = HeatUser("town", 1.0, 20.0, np.array([1.0, 5.0, 1.0, 1.0, 1.0, 0.0]), 1.0, PLAIN_TERMS, max_mw=3.0)
    case = hall_case(
        [0.0] * 6,
        workloads=(chat, late, runs),
        operating_points=(point(), point("R", "late"), training_point()),
        cooling=(air(store=tank, return_c=30.0),),
        heat_users=(user,),
        batteries=stores,
        supplies=(supply([0.5, 0.0, 1.0, 0, 0, 0], min_mw=1.0, max_mw=4.0),),
        limits=limits(water_m3_per_year=7.0, tokenergy_wh_per_ktok=100.0, need_month=12.0),
        generators=(Generator("g", 2.0, 0.0, PLAIN_TERMS, max_units=3, spare_units=1),),
        electrical=Electrical("chain", 0.0, 0.1, ups_serves_grid=False, required_ride_through_h=0.1),
        grid={"max_swing_mw": 0.0, "ramp_limit_mw_per_min": 0.01, "export_limit_mw": 2.0},
    )
    calendar = replace(case.calendar, month_of_step=(0, 0, 0, 0, 1, 1), step_h=0.5)
    return replace(case, calendar=calendar)


@pytest.fixture(scope="module")
def problems() -> dict[str, Any]:
    case = campus()
    return {"design": build_design(case), "january": build_operation(case, 0), "february": build_operation(case, 1)}


RACKS = 4 + 16 + 4
"""4 of chat; of the deferrable work 6 Mreq/h that arrive and 2 + 8 that wait since an hour, all done in half an hour;
and 2 rack-hours of training in half an hour."""


def top(problem: Any, name: str, key: Any = None) -> tuple[float | None, float | None]:
    variable = problem
    for part in name.split("."):
        variable = getattr(variable, part)
    found = variable[key] if key is not None else variable
    return found.lb, found.ub


@pytest.mark.parametrize(
    ("name", "key", "low", "high"),
    [
        ("sizes.battery_mw", "battery", 0, 3),
        ("sizes.battery_mw", "old", 1.5, 3),
        ("sizes.battery_mwh", "old", 2, 5),
        ("sizes.battery_mw", "late", 1, 1),
        ("sizes.battery_mwh", "late", 2, 2),
        ("sizes.reserve_mwh", "battery", 0, 5),
        ("sizes.reserve_mwh", "late", 0, 2),
        ("sizes.smoothing_mw", "battery", 0, 3),
        ("sizes.ramp_mw", "battery", 0, 3),
        ("sizes.ramp_mwh", "battery", 0, 5),
        ("sizes.ramp_mwh", "late", 0, 2),
        ("sizes.gap_mw", "site", 0, 0.05 * 1.1 * 2 * RACKS),
        ("sizes.cold_mwh", "air", 0, 6),
        ("sizes.reuse_mw", "town", 0, 3),
        ("sizes.supply_mw", "pv", 1, 4),
        ("sizes.share", ("chat", "R", "air"), 0, 1),
        ("sizes.racks", ("R", "air"), 0, RACKS),
        ("month[0].stored_start_mwh", "battery", 0, 5),
        ("month[0].stored_end_mwh", "late", 0, 2),
        ("month[0].discharged_mwh", "battery", 0, 3 * 0.5 * 4),
        ("month[1].discharged_mwh", "battery", 0, 3 * 0.5 * 2),
        ("month[0].cold_start_mwh", "air", 0, 6),
        ("month[0].cold_end_mwh", "air", 0, 6),
        ("month[0].water_m3", None, 0, 7),
        ("month[0].backlog_start_mreq", "late", 0, 0.5 * (2 + 6)),
        ("month[0].backlog_end_mreq", "late", 0, 0.5 * (4 + 8)),
        ("month[1].backlog_start_mreq", "late", 0, 0.5 * (4 + 8)),
        ("month[1].backlog_end_mreq", "late", 0, 0.5 * (2 + 6)),
        ("month[0].run_rack_h", ("train", "R", "air", 1), 0, 2),
        ("month[0].site_energy_mwh", None, -2 * 2, 2 * (1000 + 4 + 6)),
        ("month[1].site_energy_mwh", None, -2, 1000 + 4 + 6),
    ],
)
def test_boxes_of_what_joins_design_and_months(problems: Any, name: str, key: Any, low: float, high: float) -> None:
    """Proves: least and largest sizes as offered, or as on site where more is late; what a month can store, discharge,
    leave waiting, train, draw and give in its half hours. Catches: hours for steps, one month's steps for another's."""
    place, _, rest = name.partition("].")
    owner = problems["design"]
    if rest:
        owner, name = owner.month[int(place[-1])], rest
    assert top(owner, name, key) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("name", "key", "high"),
    [
        ("storage.charge_mw", ("battery", 0), 3),
        ("storage.discharge_mw", ("battery", 0), 3),
        ("storage.discharge_mw", ("ups", 0), 0),  # serves the grid not at all
        ("storage.stored_mwh", ("late", 0), 2),
        ("swings.smoothed_mw", ("battery", 0), 3),
        ("cooling.cold_charge_mw", ("air", 0), 2),
        ("cooling.cold_discharge_mw", ("air", 0), 2),
        ("cooling.cold_stored_mwh", ("air", 0), 6),
        ("reuse.reused_mw", ("town", "air", 0), 1),
        ("reuse.reused_mw", ("town", "air", 1), 3),
        ("supply.onsite_mw", 0, 2),
        ("supply.onsite_mw", 1, 0),
        ("compute.busy", ("late", "R", "air", 0), RACKS),
        ("compute.backlog_mreq", ("late", 3), 6),
        ("generators.generated_mw", ("g", 0), 4),
    ],
)
def test_boxes_of_a_steps_flows(problems: Any, name: str, key: Any, high: float) -> None:
    """Proves: flows of a step are at most what the largest plant can do. Catches: a tank that fills in a third of its
    hours, storage behind a one-way UPS that gives power."""
    assert top(problems["january"], name, key) == (0, pytest.approx(high))


BALANCES = {
    "design": [
        *("compute.serve_all", "compute.choose_gang", "compute.finish_run", "compute.join_backlog"),
        *("compute.sum_installed", "compute.sum_steady", "compute.sum_per_work", "compute.sum_steady_heat"),
        *("compute.sum_heat_per_work", "compute.sum_design_heat", "storage.join_stored", "cooling.join_cold"),
        *("modules.place_all", "modules.order"),
    ],
    "january": [
        *("compute.balance_backlog", "compute.end_backlog", "compute.work_run", "storage.balance_stored"),
        *("storage.end_stored", "cooling.balance_cold", "cooling.end_cold", "balance_bus"),
    ],
}
LIMITS = {
    "design": ["compute.gang_at_least", "compute.gang_at_most", "storage.limit_stored_at_border", "modules.fit"],
    "january": [
        "compute.limit_busy",
        "compute.limit_gang",
        "storage.limit_power",
        "cooling.limit_cold",
        "supply.limit_onsite",
    ],
}


@pytest.mark.parametrize("equal", [True, False])
def test_what_balances_and_what_limits(problems: Any, equal: bool) -> None:
    """Proves: sums, balances and what months hand on hold exactly, limits on one side. Catches: energy, work or racks
    that may vanish, a limit that is met in full."""
    for problem, names in (BALANCES if equal else LIMITS).items():
        for name in names:
            rows = problems[problem].find_component(name)
            assert {row.equality for row in rows.values()} == {equal}, name


def test_a_window_lies_in_the_months_it_touches() -> None:
    """Proves: windows of steps 0-1, 3-5 and 4-5 lie in the first month, in both and in the second of two months of four
    and two steps. Catches: a window that ends where a month begins counted in it."""
    case = campus()
    runs = replace(case.workloads[2], windows=((0, 2), (2, 4), (3, 5), (4, 6)))
    other = replace(runs, name="z", windows=((0, 1),))
    case = replace(case, workloads=(other, *case.workloads[:2], runs))
    assert [_runs_in(case, "train", m) for m in (0, 1)] == [[0, 1, 2], [2, 3]]


def test_steady_training_has_its_mean_rate_as_its_box() -> None:
    """Proves: 3 rack-hours in four half hours from the second on are 1.5 racks in each. Catches: steps taken for hours
    (0.75), steps before the window (0.9)."""
    work = training(3000.0, [(1, 5)], steady=True, pause_share=0.5)
    case = hall_case([0.0] * 6, workloads=(work,), operating_points=(training_point(),))
    busy = build_operation(replace(case, calendar=replace(case.calendar, step_h=0.5)), 0).compute.busy
    assert {key[-1]: busy[key].ub for key in busy} == dict.fromkeys(range(1, 5), 1.5)


def test_no_month_ends_with_more_than_a_battery_holds() -> None:
    """Proves: a battery of 10 MWh that fades by half and keeps between 20 and 90 % ends a month with 1 to 4.5 MWh.
    Catches: states of charge of what was bought rather than of what is left."""
    unit = battery(max_charge_share=0.9, min_charge_share=0.2, fade_per_year=0.5)
    model = build_design(hall_case(batteries=(unit,)))
    model.sizes.battery_mwh["battery"].set_value(10.0)
    for stored, above, below in ((4.5, 3.5, 0.0), (1.0, 0.0, 3.5), (3.0, 2.0, 1.5)):
        model.month[0].stored_end_mwh["battery"].set_value(stored)
        assert slack(model.storage.keep_stored_at_border["battery", 0]) == pytest.approx(above)
        assert slack(model.storage.limit_stored_at_border["battery", 0]) == pytest.approx(below)


def test_no_month_ends_with_more_cold_than_the_tank_or_the_plant() -> None:
    """Proves: 5 MWh of cold lie within a tank of 6 and within what 2 MW make in six half hours, 6. Catches: steps for
    hours, cold of one hour only."""
    model = build_design(campus())
    model.sizes.cold_mwh["air"].set_value(6.5)
    model.sizes.design_heat_mw["air"].set_value(2.0)
    for m in (0, 1):
        model.month[m].cold_end_mwh["air"].set_value(5.0)
        assert slack(model.cooling.limit_cold_at_border["air", m]) == pytest.approx(1.5)
        assert slack(model.cooling.limit_cold_made["air", m]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("changes", "needed", "most"),
    [
        ({}, 3, 3),
        ({}, 0, 0),
        ({"min_count": 5}, 3, 5),
        ({"min_count": 5}, 0, 0),
        ({"price_breaks": (PriceBreak(4, 6.0), PriceBreak(8, 5.0))}, 3, 8),
        ({"price_breaks": (PriceBreak(2, 6.0),)}, 3, 3),
        ({"max_count": 2}, 3, 2),
        ({"max_count": 9}, 3, 3),
        ({"min_count": 5, "max_count": 4}, 1, 4),
    ],
)
def test_units_that_could_serve_a_purpose(changes: dict[str, Any], needed: int, most: int) -> None:
    """Proves: the need, a least order or a price break above it, and never more than are sold; none where none is
    needed. Catches: a price break out of reach, a least order of what nobody needs."""
    assert modules._most_units(hall(**changes), needed) == most


@pytest.mark.parametrize(
    ("offer", "pool", "mw"),
    [
        (room(), "", 0.15),
        (room(electrical_mw=1.0), "", 0.0),
        (room(), "liquid", 0.75 * 0.15),
        (room(), "air", 0.25 * 0.15),
        (room(), "other", 0.0),
        (hall(cooling="liquid"), "liquid", 0.0),
    ],
)
def test_what_a_rack_puts_on_a_pool(offer: Any, pool: str, mw: float) -> None:
    """Proves: a rack of 0.15 MW with ancillary IT loads the power pool unless its unit has power, and each cooling pool
    by its share of the heat unless its unit cools. Catches: power and cooling exchanged, ancillary IT left out."""
    case = hall_case(racks=(rack(ancillary_mw=0.05, liquid_share=0.75),), cooling=(liquid(), air()), offers=(offer,))
    assert modules._load_share(case, pool, "R", "liquid", offer) == pytest.approx(mw)


def test_pools_and_their_offers() -> None:
    """Proves: a pool has the units of its kind and cooling that are sold, in time and of some capacity. Catches: a unit
    of another kind, none of which can be had."""
    good = (power_unit("p"), power_unit("zero", electrical_mw=0.0), power_unit("none", max_count=0))
    late = power_unit("late", lead_months_p50=1300.0)
    found = modules._pools(hall_case(offers=(hall(), *good, late)))
    assert {name: units for name, (_, units) in found.items()} == {"": {"p": 0.5}, "air": {}}
    chillers = (cooling_unit("c"), cooling_unit("zero", heat_mw=0.0), cooling_unit("wet", cooling="liquid"))
    found = modules._pools(hall_case(offers=(hall(), *chillers)))
    assert {name: units for name, (_, units) in found.items()} == {"": {}, "air": {"c": 0.5}}


def test_boxes_of_units() -> None:
    """Proves: 12 racks of 0.1 MW in rooms of ten need two rooms; 1.2 MW of power with a spare of 0.5 MW four units.
    Catches: the room for one rack more or less, a spare forgotten."""
    chain = Electrical("chain", 0.0, 0.0, redundancy=Redundancy(1))
    model = build_design(hall_case([12.0], offers=(room(cooling="air", heat_mw=2.0), power_unit()), electrical=chain))
    assert model.modules.placed["R", "air", "room"].ub == 12 and model.modules.units["R", "air", "room"].ub == 2
    assert model.modules.power_units["power"].ub == 4 and model.modules.power_largest_mw.ub == 0.5
    assert (model.modules.ordered["room"].ub, model.modules.ordered["power"].ub) == (2, 4)


def test_no_tank_no_size() -> None:
    """Proves: a store of no size is none; one that may be built is, by its cooling type."""
    model = build_design(hall_case(cooling=(air(curve=flat_curve(), store=ChilledWaterStore(1.0, PLAIN_TERMS, 0.0)),)))
    assert len(model.sizes.cold_mwh) == 0 and isinstance(model.sizes.cold_mwh, pyo.Var)
