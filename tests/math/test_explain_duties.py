"""Requirements that hold or are out of the way, each the cause of a case without a plan, by hand. Base as in
test_explain.py: racks of 0.1 MW at 10 kcur, halls at 7."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny import (
    PLAIN_TERMS,
    air,
    battery,
    cooling_unit,
    energy_case,
    hall,
    hall_case,
    limits,
    power_unit,
    rack,
    requests,
    room,
    supply,
    training,
    training_point,
)

from models.case import Case, Electrical, Generator, OrderRules
from models.coldside import ChilledWaterStore
from models.duties import BLANK, requirements
from models.power_purchase import PowerPurchase
from models.terms import Redundancy
from planner.schema import SHEETS
from planner.studies.conflict import _fewest
from planner.studies.explain import explain

Values = dict[str, float | str]


def proposed(case: Case) -> Values:
    """The changes of one requirement alone, each a way out by itself; all of them must stand in the one conflict."""
    found = explain((case,))
    (conflict,) = found.conflicts
    assert conflict.is_smallest
    alone = {path: value for c in found.changes if len(c.values) == 1 for path, value in c.values.items()}
    assert set(conflict.paths) == set(alone)
    return alone


def pools_case(**changes: Any) -> Case:
    """Three racks in a room, with a power unit and a chiller of 0.5 MW each, of both one at most."""
    units = (room(), power_unit(max_count=1), cooling_unit(max_count=1))
    return hall_case([3.0, 3.0], offers=units, **changes)


def test_an_interruption_that_nothing_bridges():
    """Proves: 1 MW in two hours, the second without the grid: only doing without the interruption makes a plan, or
    with a battery of at most 0.4 MWh one of 1. Catches: interruptions taken for granted."""
    grid = {"available_pu": [1.0, 0.0]}
    assert proposed(energy_case([1.0, 1.0], grid=grid)) == {"grid.available_pu": BLANK}
    bridged = proposed(energy_case([1.0, 1.0], grid=grid, batteries=(battery(max_mwh=0.4),)))
    assert bridged == {"grid.available_pu": BLANK, "batteries[battery].max_mwh": pytest.approx(1.005, rel=0.01)}


def test_a_connection_that_must_carry_the_design_day():
    """Proves: two racks that draw 0.1 MW each and could draw 0.2, on 0.3 MW that must cover the design day: 0.4 MW, or
    the highest hour alone. Catches: what the connection covers taken for granted."""
    case = hall_case(racks=(rack(peak_mw=0.2),), limit_mw=0.3, grid={"covers": "design day"})
    found = proposed(case)
    assert found == {"grid.covers": "highest hour", "grid.import_limit_mw": pytest.approx(0.402, rel=0.01)}


def test_redundancy_of_pools():
    """Proves: 0.3 MW of racks on one unit of 0.5, of power or of cooling, doubled: two units, or none to spare.
    Catches: redundancy taken for granted, told for the other pool."""
    doubled = Redundancy(duplicated=True)
    chain = Electrical("chain", 0.0, 0.0, redundancy=doubled)
    assert proposed(pools_case(electrical=chain)) == {"offers[power].max_count": 2, "electrical.redundancy": "N"}
    case = pools_case()
    found = proposed(replace(case, cooling=(air(redundancy=doubled),)))
    assert found == {"offers[chiller].max_count": 2, "cooling[air].redundancy": "N"}


def test_a_least_order():
    """Proves: two racks at 20 and at least three halls at 21 on a budget of 35: 41, or a least order of two. Catches: a
    least order taken for granted, given up whole where part of it can stay."""
    found = proposed(hall_case(offers=(hall(min_count=3),), limits=limits(budget_kcur=35.0)))
    assert found == {"limits.budget_kcur": pytest.approx(41, rel=0.01), "offers[hall].min_count": 2}


LEAST_SIZES: dict[str, dict[str, Any]] = {
    "batteries[battery].min_mw": {"batteries": (battery(min_mw=10.0, power_kcur_per_mw=1.0),)},
    "batteries[battery].min_mwh": {"batteries": (battery(min_mwh=10.0, energy_kcur_per_mwh=1.0),)},
    "supplies[pv].min_mw": {"supplies": (supply([1.0, 1.0], min_mw=10.0, cost_kcur_per_mw=1.0),)},
    "generators[diesel].min_units": {
        "generators": (Generator("diesel", 1.0, 1.0, PLAIN_TERMS, min_units=10, max_units=20),)
    },
}


@pytest.mark.parametrize("path", LEAST_SIZES)
def test_a_least_size(path: str):
    """Proves: ten of a thing at 1 kcur each on a budget of 5.5: 10, or at least five of it. Catches: a least size taken
    for granted, given up whole where part of it can stay."""
    found = proposed(energy_case([1.0, 1.0], limits=limits(budget_kcur=5.5), **LEAST_SIZES[path]))
    assert found == {"limits.budget_kcur": pytest.approx(10, rel=0.01), path: 5}


def test_a_contract_too_small_for_a_share_of_clean_energy():
    """Proves: 1 MW, all of it clean hour by hour, and at most 0.5 MW of a contract: 1 MW, or half of it clean. Catches:
    the size of the contract taken for granted."""
    contract = PowerPurchase("wind", [1.0, 1.0], 1.0, max_mw=0.5)
    found = proposed(energy_case([1.0, 1.0], purchases=(contract,), limits=limits(clean_share_hourly=1.0)))
    assert found == {
        "purchases[wind].max_mw": pytest.approx(1.005, rel=0.01),
        "limits.clean_share_hourly": pytest.approx(0.5),
    }


def test_work_that_may_not_wait():
    """Proves: three rack hours that arrive in the first of four hours, to be done within one hour more, by one rack:
    two racks, or a longer delay. Catches: the delay taken for granted."""
    work = requests([3.0, 0.0, 0.0, 0.0], kind="deferrable", max_delay_h=1.0)
    found = proposed(hall_case([0.0] * 4, workloads=(work,), racks=(rack(max_racks=1),)))
    assert found == {"racks[R].max_racks": 2, "workloads[chat].max_delay_h": 3}


def test_rules_of_a_training_run():
    """Proves: a gang of at least three where two racks are on sale: three racks, or two in the gang. Half a rack's work
    at a steady rate draws 0.075 MW beside a load of 0 then 0.05, on 0.11: 0.125, or not steady. Catches: rules of a
    gang taken for granted."""
    parts = {"operating_points": (training_point(),), "racks": (rack(max_racks=2),)}
    run = training(2000.0, [(0, 4)], gang_min=3, pause_share=1.0)
    found = proposed(hall_case([0.0] * 4, workloads=(run,), **parts))
    assert found == {"racks[R].max_racks": 3, "workloads[train].gang_min": 2}
    run = training(1000.0, [(0, 2)], steady=True, pause_share=1.0)
    load = {"plain_load_mw": [0.0, 0.05]}
    found = proposed(hall_case([0.0] * 2, workloads=(run,), site=load, limit_mw=0.11, **parts))
    assert found == {"workloads[train].steady": "no", "grid.import_limit_mw": pytest.approx(0.1256, rel=0.01)}


def test_a_generator_that_may_run_in_outages_only():
    """Proves: 2 MW on 1 MW beside a standby set of 1 MW: 2 MW, or the set runs when it likes. Catches: the permit taken
    for granted."""
    standby = Generator("diesel", 1.0, 1.0, PLAIN_TERMS, max_units=1, only_in_outages=True)
    found = proposed(energy_case([2.0, 2.0], limit_mw=1.0, generators=(standby,)))
    assert found == {"grid.import_limit_mw": pytest.approx(2.01), "generators[diesel].only_in_outages": "no"}


NOT_ASKED = {
    "cooling[].max_rack_mw": "what a thing can carry, not what is required",
    "racks[].max_supply_c": "the same",
    "offers[].rack_limit_mw": "the same",
    "offers[].rack_positions": "the same",
    "grid.export_share": "energy that may not be sold is curtailed",
    "heat_users[].max_mw": "heat that is not sold is rejected",
    "grid.demand_charges[].min_mw": "a price",
    "limits.delay.most_months": "counted with the month needed",
    "batteries[].min_hours": "what a thing is, not what is required",
    "batteries[].min_charge_share": "what a thing can do, not what is required",
    "batteries[].max_charge_share": "the same",
    "generators[].min_load_share": "the same",
    "purchases[].min_mw": "energy that is not needed is sold or lost: it costs, and is in the way of nothing",
    "programmes[].max_mw": "power that may be committed for pay",
}
SIZES = re.compile("(min|max|most|least)_|redundancy$|steady$")
"""Names of columns that hold a least or a largest size, or a rule."""


def test_every_limit_of_the_workbook_is_asked_about():
    """Proves: a column whose blank cell means "no limit", or that holds a least or largest size, is a requirement of a
    case that sets it, or named in NOT_ASKED with the reason. Catches: a limit added to the workbook that `aidc explain`
    takes for granted."""
    case = hall_case(
        racks=(rack(max_racks=9),),
        offers=(hall(min_count=2, max_count=9, lead_months_p90=9.0),),
        batteries=(battery(max_cycles_per_year=9.0, min_mw=1.0, min_mwh=1.0),),
        supplies=(supply([1.0, 1.0], min_mw=1.0),),
        workloads=(
            requests([2.0, 1.0], kind="deferrable", max_delay_h=1.0),
            training(1.0, [(0, 2)], gang_min=2, gang_max=3, pause_share=0.5, steady=True),
        ),
        generators=(
            Generator("diesel", 1.0, 1.0, PLAIN_TERMS, 1, 2, max_run_h_per_year=9.0, only_in_outages=True),
        ),
        purchases=(PowerPurchase("wind", np.ones(2), 1.0, max_mw=1.0),),
        cooling=(replace(air(), redundancy=Redundancy(spare_units=1), store=ChilledWaterStore(1.0, PLAIN_TERMS, 1.0)),),
        electrical=Electrical("chain", 0.0, 0.0, required_ride_through_h=1.0, redundancy=Redundancy(distributed=True)),
        orders=OrderRules(most_vendors=1, least_vendors=1, vendor_share=0.5, one_family=True),
        site={"area_m2": 9.0},
        grid={"import_limit_mva": 9.0, "max_swing_mw": 9.0, "ramp_limit_mw_per_min": 9.0, "ride_through_h": 1.0,
              "energised_month": 9.0, "available_pu": [1.0, 0.5], "covers": "design day"},
        limits=limits(
            tokenergy_wh_per_ktok=9.0, carbon_t_per_year=9.0, water_m3_per_year=9.0, water_m3_per_day=9.0,
            weighted_water_m3_per_year=9.0, budget_kcur=9.0, domestic_share=0.5, need_month=8.0, lead_confidence="P90",
            clean_share_yearly=0.5, clean_share_hourly=0.5,
        ),
    )  # fmt: skip
    asked = {re.sub(r"\[.*?\]", "[]", r.path) for r in requirements(case)}
    limits_of_workbook = {
        re.sub(r"\{key\}", "", c.case_path)
        for s in SHEETS
        for c in s.columns
        if c.case_path and (c.no_limit or SIZES.match(c.name))
    }
    assert limits_of_workbook - asked - set(NOT_ASKED) == set()
    assert {"electrical.required_ride_through_h", "grid.ride_through_h", "grid.energised_month"} <= asked
    for r in requirements(case):  # each may be put out of the way, and has other values
        assert isinstance(r.lifted(case), Case) and isinstance(r.at(case, r.now if r.end is None else r.end), Case)


@pytest.mark.parametrize("needed", [{"a"}, {"h"}, {"b", "g"}, {"c", "d", "e"}, set("abcdefgh")])
def test_the_fewest_duties_are_found_by_halves(needed: set[str]) -> None:
    """Proves: of eight duties those that must go are found whichever they are, one of them with at most six questions.
    Catches: a half taken for the whole, a question for each duty."""
    asked = []

    def without(*aside: str) -> object:
        asked.append(aside)
        return True if needed <= set(aside) else None

    assert set(_fewest((), tuple("abcdefgh"), without)) == needed
    assert len(asked) <= 6 or len(needed) > 1
