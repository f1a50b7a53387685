"""Generators, interruptions and lost load: hand-solved."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from tiny import PLAIN_TERMS, battery, energy_case, hall_case, limits

from models import running
from models.arithmetic import shortfalls
from models.case import Generator
from models.generators import design, month, sizes
from planner.solving import solve


def engine(**changes: Any) -> Generator:
    """Up to 3 free units of 2 MW; fuel of 1 kcur per MWh given."""
    base = Generator("engine", 2.0, 0.0, PLAIN_TERMS, max_units=3, fuel_mwh_per_mwh=1.0, fuel_kcur_per_mwh=1.0)
    return replace(base, **changes)


def test_units_are_whole_and_paid_whole(plan):
    """Proves: 3 MW at a grid price of 100 need two units of 2 MW, 2 * 2 * 5 first, 3 fuel. Catches: 1.5 units, 18."""
    found = plan(energy_case([3], 100.0, generators=(engine(cost_kcur_per_mw=5.0),)))
    assert found.design.generator_units == {"engine": 2}
    assert found.cost == pytest.approx(23)


def test_part_load_fuel_is_fixed_and_proportional(plan):
    """Proves: 1, 2, 3 MW run 1, 1, 2 units at 0.5 MWh of fuel an hour each and 1 per MWh: 4 * 0.5 + 6. Catches: fuel in
    proportion to power alone, 6; running units not whole, 3 * 0.5 + 6."""
    found = plan(energy_case([1, 2, 3], 100.0, generators=(engine(fuel_mwh_per_h=0.5),)))
    assert found.design.operation.running_units["engine"].tolist() == [1, 1, 2]
    assert found.cost == pytest.approx(8)


def test_least_load_leaves_small_loads_to_the_grid(plan):
    """Proves: a load of 0.9 MW below half of 2 MW is bought at 10, 1.2 MW is made. Catches: no least load, 2.1."""
    case = energy_case([0.9, 1.2], 10.0, generators=(engine(min_load_share=0.5),))
    assert plan(case).cost == pytest.approx(9 + 1.2)


def test_a_battery_is_no_brake_for_a_least_load(plan):
    """Proves: a least load of 1 MW cannot be met by charging and discharging at once: 0.5 MW is bought at 10 both times
    or stored by one run and used later: 1 MW made, 0.5 stored without loss but 0.5 of it lost: 0.5 charged gives 0.25.
    With efficiency 0 nothing is stored usefully: 10 * 1. Catches: both at once burns 0.5 MW, 2 * 1."""
    lossy = battery(charge_efficiency=0.5, max_mw=1.0, max_mwh=0.0001)
    case = energy_case([0.5, 0.5], 10.0, generators=(engine(min_load_share=0.5),), batteries=(lossy,))
    assert plan(case).cost == pytest.approx(10, rel=1e-3)


def test_starts_are_counted_round_the_year(plan):
    """Proves: a least load stops the unit in steps 1 and 3, so two starts of 3: 2 * 3 + 2. All three loaded:
    none, the year being cyclic: 3. Catches: a start at the first step whatever ran before, 6; starts not counted, 2."""
    started = engine(start_kcur=3.0, min_load_share=0.5)
    assert plan(energy_case([1, 0, 1, 0], 100.0, generators=(started,))).cost == pytest.approx(8)
    assert plan(energy_case([1, 1, 1], 100.0, generators=(started,))).cost == pytest.approx(3)


def test_a_unit_runs_on_over_the_end_of_a_month(plan):
    """Proves: steps 1 (month 0) and 2 (month 1) are one run, one start of 3: 3 + 2. Catches: a start per month, 8."""
    case = energy_case([0, 1, 1, 0], 100.0, months=[2, 2], generators=(engine(start_kcur=3.0, min_load_share=0.5),))
    assert plan(case).cost == pytest.approx(5)


def test_running_hours_are_a_budget_of_the_year(plan):
    """Proves: 2 unit hours of the year go where the grid is dearest (20 in month 0, 30 in month 1), the rest is bought
    at 10: 2 * 1 + 2 * 10. Catches: a budget per month, 2 + 10 + ... = 1 dear hour bought; no budget, 4."""
    case = energy_case(
        [1, 1, 1, 1], [20, 10, 10, 30], months=[2, 2], generators=(engine(max_run_h_per_year=2.0, max_units=1),)
    )
    assert plan(case).cost == pytest.approx(2 + 20)


def test_spare_units_are_bought_and_not_counted_on(plan):
    """Proves: N+1 of 2 MW units for 4 MW is three: 3 * 2 * 5 + 4; a load of 5 MW needs a fourth, so 1 MW is bought.
    Catches: no spare, 24; a spare unit that helps, 35 without import."""
    case = energy_case([4], 100.0, generators=(engine(cost_kcur_per_mw=5.0, spare_units=1),))
    assert plan(case).cost == pytest.approx(34)
    assert plan(replace(case, site=replace(case.site, plain_load_mw=np.array([5.0])))).cost == pytest.approx(134)


def test_a_least_number_no_larger_than_the_spare_units(plan):
    """Proves: of N+1, at least one unit wanted are two, 2 * 2 MW * 5 = 20, though energy is free. Catches: a least
    number that the spare unit alone would meet, so that none is bought (0), which the recheck refuses."""
    wanted = engine(cost_kcur_per_mw=5.0, spare_units=1, min_units=1)
    found = plan(energy_case([1], 0.0, generators=(wanted,)))
    assert found.design.generator_units["engine"] == 2 and found.cost == pytest.approx(20)


def test_carbon_of_fuel_counts(plan):
    """Proves: with 0.5 t per MWh of fuel and a limit of 1 t, 2 of 3 MWh are made and 1 is bought at 10 (clean grid).
    Catches: carbon of imports alone, 3."""
    dirty = engine(carbon_t_per_mwh_fuel=0.5)
    found = plan(energy_case([1, 1, 1], 10.0, generators=(dirty,), limits=limits(carbon_t_per_year=1.0)))
    assert found.cost == pytest.approx(12)


def test_carbon_of_fuel_is_in_both_indicators(plan):
    """Proves: an engine gives all of 0.2 MW twice, 0.4 MWh of IT on 0.8 MWh of fuel at 0.25 t: 0.2 t, 0.5 kg per kWh of
    IT by location and by market; of one that gives half, 0.1 t, and 0.2 MWh bought at 0.4 or 0.2 t: 0.18 and 0.14 t.
    Catches: a market-based figure of the import alone, 0 for a site that burns all it uses."""
    burning = engine(fuel_mwh_per_mwh=2.0, carbon_t_per_mwh_fuel=0.25)
    grid = {"market_carbon_t_per_mwh": 0.2, "carbon_t_per_mwh": np.full(2, 0.4)}
    for unit_mw, by_location, by_market in ((5.0, 0.5, 0.5), (0.1, 0.18 / 0.4, 0.14 / 0.4)):
        case = hall_case((2.0, 2.0), 10.0, generators=(replace(burning, unit_mw=unit_mw, max_units=1),), grid=grid)
        kpi = plan(case).accounts.kpi
        assert (kpi["cue_kg_per_kwh"], kpi["cue_market_kg_per_kwh"]) == pytest.approx((by_location, by_market))


def test_interruptions_are_data_and_standby_runs_only_then(plan):
    """Proves: half the connection of 4 MW is missing in step 1: 2 of 3 MW are bought at 10, 1 is made at 1; in step 0
    the standby set may not run. Catches: an interruption ignored, 60; a standby set that runs always, 4 or less."""
    case = energy_case(
        [3, 3], 10.0, limit_mw=4.0, grid={"available_pu": np.array([1.0, 0.5])},
        generators=(engine(only_in_outages=True, max_units=1),),
    )  # fmt: skip
    found = plan(case)
    assert found.design.operation.generated_mw["engine"].tolist() == pytest.approx([0, 2])
    assert found.cost == pytest.approx(30 + 2 + 10)


@pytest.mark.parametrize("value,cost,lost", [(50.0, 20 + 100, 2), (200.0, 20 + 150 + 2, 0)])
def test_lost_load_against_standby(plan, value, cost, lost):
    """Proves: an island of one step loses 2 MWh at 50 each rather than pay 150 for a standby unit, and the other way at
    200. Catches: lost load without value (20), or never allowed (172 both times)."""
    case = energy_case(
        [2, 2], 10.0, limit_mw=2.0, generators=(engine(cost_kcur_per_mw=75.0, only_in_outages=True),),
        grid={"available_pu": np.array([1.0, 0.0]), "lost_load_kcur_per_mwh": value},
    )  # fmt: skip
    found = plan(case)
    assert found.design.operation.lost_load_mw["site"].sum() == pytest.approx(lost)
    assert found.cost == pytest.approx(cost)


def test_no_more_load_is_lost_than_there_is(plan):
    """Proves: 2 MW after an hour of interruption without load, on 1 MW of connection: load that is not there cannot be
    lost into a battery, so there is no plan; with 0.5 MW of load in the interruption and 1.5 after it, 0.5 MWh are lost
    there and 0.5 more bought before: 10 * 0.5 + 1.5 + 0.5. Catches: lost load as a source of energy."""
    grid = {"available_pu": np.array([0.0, 1.0]), "lost_load_kcur_per_mwh": 10.0}
    store = battery(max_mw=20.0, max_mwh=20.0)
    idle = energy_case([0.0, 2.0], 1.0, limit_mw=1.0, batteries=(store,), grid=grid)
    assert solve(idle)[1].status == "infeasible"
    grid = {"available_pu": np.array([1.0, 0.0, 1.0]), "lost_load_kcur_per_mwh": 10.0}
    found = plan(
        energy_case([0.5, 0.5, 1.5], 1.0, limit_mw=1.0, batteries=(battery(max_mw=0.5, max_mwh=0.5),), grid=grid)
    )
    assert found.accounts.objective_kcur == pytest.approx(10 * 0.5 + 1.5 + 0.5)
    assert found.design.operation.lost_load_mw["site"] == pytest.approx([0.0, 0.5, 0.0])


def test_load_that_is_lost_counts_in_the_target(plan):
    """Proves: two racks that draw 0.2 MW at work in both hours, of which one is interrupted: a target of 0.1 Wh per
    1,000 tokens, what they need, can be kept, and one of 0.06 not, though half the energy would then be lost; the
    arithmetic before solving says the same. Catches: a target met by shedding load whose tokens count."""
    grid = {"available_pu": np.array([0.0, 1.0]), "lost_load_kcur_per_mwh": 10.0}
    for target, status in ((0.1, "optimal"), (0.06, "infeasible")):
        case = hall_case((2.0, 2.0), grid=grid, limits=limits(tokenergy_wh_per_ktok=target))
        assert solve(case)[1].status == status
        assert bool(list(shortfalls(case))) == (status == "infeasible")
    carbon = hall_case((2.0, 2.0), grid={**grid, "carbon_t_per_mwh": np.ones(2)}, limits=limits(carbon_t_per_year=0.3))
    assert solve(carbon)[1].status == "optimal" and not list(shortfalls(carbon))


def test_load_lost_at_a_site_that_works(plan):
    """Proves: two racks draw 0.2 and 0.15 MW; in step 1 the grid gives 0.1 of 0.2 MW and 0.05 MWh are lost at 50 each:
    27 first, 0.2 + 0.1 bought at 1, 2.5 lost; the parts of TokEnergy, with what is lost taken off, add up to it (the
    recheck). Catches: a cause of the index that the recheck does not know, lost load left out of the index."""
    found = plan(hall_case(limit_mw=0.2, grid={"available_pu": np.array([1.0, 0.5]), "lost_load_kcur_per_mwh": 50.0}))
    assert found.cost == pytest.approx(27 + 0.2 + 0.1 + 2.5)
    parts, kpi = found.accounts.tokenergy_parts, found.accounts.kpi
    assert sum(parts.values()) == pytest.approx(kpi["tokenergy_wh_per_1k"])
    assert parts["lost_load"] == pytest.approx(-0.05 * 1e3 / kpi["reference_mtok"])


def test_modules_of_generation_and_storage(plan):
    """Proves: the published case pypsa_modular (PyPSA test_lopf_modularity): generator 5,000, store 1,000 in modules of
    1,000 and 100; 258,000. The store's modules of 100 need no whole numbers here: 1,000 is ten. Powers in MW, money in
    kcur. Catches: capacity not in modules; a store that must end full."""
    sets = engine(unit_mw=1000.0, max_units=5, fuel_kcur_per_mwh=10.0)
    store = battery(energy_kcur_per_mwh=100.0, max_mw=2000.0, max_mwh=2000.0)
    case = energy_case([4000, 5000, 6000, 800], 0.0, limit_mw=0.0, generators=(sets,), batteries=(store,))
    found = plan(case)
    assert found.design.generator_units == {"engine": 5}
    assert found.design.battery_mwh["battery"] == pytest.approx(1000)
    assert found.cost == pytest.approx(258_000)


def test_generators_that_can_be_had() -> None:
    """Proves: one that comes too late, or of which only the spare unit may be bought, is none; the others could give
    2 * 3 and 1 * 2 MW. Catches: units that are never counted on taken for power."""
    late = engine(name="late", lead_months_p50=13.0)
    spare, other = engine(name="spare", max_units=1, spare_units=1), engine(name="other", unit_mw=1.0, max_units=2)
    case = energy_case([1.0], generators=(late, spare, engine(), other), limits=limits(need_month=12.0))
    assert list(running.generators(case)) == ["engine", "other"]
    assert running.most_mw(case) == 8.0


def test_hours_of_an_interruption() -> None:
    """Proves: of 6 MW with peaks 1.2 times the mean, a tenth is missing in step 1 and all in step 3: 0.5 and 5 MW may
    be lost there; a standby set runs there alone, another always; without a value of lost load, or without an
    interruption, nothing is shed. Catches: an hour in full use taken for an interruption, peaks taken for means."""
    grid = {"available_pu": np.array([1.0, 0.9, 1.0, 0.0]), "lost_load_kcur_per_mwh": 0.0, "billing_factor": 1.2}
    case = energy_case([0.0] * 4, limit_mw=6.0, grid=grid)
    assert running.interrupted(case, range(4)) == [1, 3] and running.interrupted(case, range(2, 4)) == [3]
    assert [running.most_lost_mw(case, t) for t in (0, 1, 3)] == pytest.approx([0.0, 0.5, 5.0])
    assert running.may_run(case, engine(only_in_outages=True), range(4)) == [1, 3]
    assert running.may_run(case, engine(), range(1, 3)) == [1, 2]
    assert running.sheds(case)
    assert not running.sheds(replace(case, grid=replace(case.grid, lost_load_kcur_per_mwh=None)))
    for share in (None, np.ones(4)):
        assert not running.sheds(replace(case, grid=replace(case.grid, available_pu=share)))


@pytest.mark.parametrize(
    ("units", "starts"), [((1, 0, 2, 2), 2), ((2, 0, 0, 1), 2), ((3, 3, 3, 3), 0), ((0, 1, 3, 0), 3)]
)
def test_starts_of_a_year(units: tuple[int, ...], starts: int) -> None:
    """Proves: every unit more than in the step before is a start, the last step coming before the first. Catches: stops
    counted, a year that begins with nothing running."""
    assert running.starts(np.array(units, float)) == starts


@pytest.mark.parametrize(
    ("changes", "switches"),
    [
        ({}, False),
        ({"min_load_share": 0.1}, True),
        ({"fuel_mwh_per_h": 0.1}, True),
        ({"start_kcur": 0.1}, True),
        ({"max_run_h_per_year": 0.0}, True),
        ({"only_in_outages": True}, False),
    ],
)
def test_when_it_matters_how_many_units_run(changes: dict[str, Any], switches: bool) -> None:
    """Proves: it matters with a least load, fuel by the hour, a cost of starting or hours allowed, each by itself.
    Catches: whole numbers in every hour of a year for nothing, or left out where a unit must run whole."""
    assert engine(**changes).switches is switches


@pytest.mark.parametrize(
    ("least", "spare", "bounds"),
    [(0, 0, (0, 5)), (3, 1, (2, 4)), (1, 1, (1, 4)), (1, 2, (1, 3)), (3, 2, (1, 3)), (0, 2, (0, 3))],
)
def test_units_that_may_run(least: int, spare: int, bounds: tuple[int, int]) -> None:
    """Proves: of five at most, the spare ones never run, and a least number means at least one that does. Catches: a
    least number met by spare units alone, spare units that run."""
    case = energy_case([1.0], generators=(engine(min_units=least, max_units=5, spare_units=spare),))
    block = pyo.Block(concrete=True)
    sizes(block, case)
    assert (block.generator_units["engine"].lb, block.generator_units["engine"].ub) == bounds


def test_running_over_the_border_of_a_month_and_its_hours() -> None:
    """Proves: five units, one of them spare, may run for four half hours of a month, 8 unit hours, and four of them
    over its borders. Catches: spare units that run, steps taken for hours."""
    unit = engine(max_units=5, spare_units=1, start_kcur=1.0, max_run_h_per_year=1.0)
    block = pyo.Block(concrete=True)
    month(block, energy_case([0.0] * 4, step_h=0.5, generators=(unit,)), 0)
    names = ("run_h", "running_before", "running_after")
    assert [getattr(block, name)["engine"].ub for name in names] == [8.0, 4.0, 4.0]


def test_land_and_upkeep_of_what_is_bought() -> None:
    """Proves: two units of 2 MW that run and two spare ones take 8 MW * 3 m2, cost 8 * 5 first, and 8 * 0.5 a year that
    grows by a tenth: 40 + 4.4. One that has none to spare is just what runs, without a binary. Catches: spare units
    without land or upkeep, a spare one for all."""
    unit = engine(cost_kcur_per_mw=5.0, om_kcur_per_mw_year=0.5, area_m2_per_mw=3.0, max_units=4, spare_units=2)
    money = replace(energy_case([0.0]).money, escalation_om=0.1)
    case = energy_case([0.0], generators=(unit, engine(name="plain")), money=money)
    size, block = pyo.ConcreteModel(), pyo.Block(concrete=True)
    sizes(size, case)
    size.block = block
    design(block, case, size, {})
    size.generator_units["engine"].set_value(2)
    size.generator_units["plain"].set_value(3)
    block.has_units["engine"].set_value(1)
    cost = (block.area_m2, block.first_cost_kcur, block.cost_kcur)
    assert [pyo.value(x) for x in cost] == pytest.approx([24.0, 40.0, 44.4])
    assert [pyo.value(block.in_service_mw["generator", n]) for n in ("engine", "plain")] == [8.0, 6.0]
    assert list(block.has_units) == ["engine"]
    block.has_units["engine"].set_value(0)
    assert pyo.value(block.in_service_mw["generator", "engine"]) == 4.0
