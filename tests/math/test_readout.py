"""Reading a plan from solved models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from handmade import plan_of, still
from tiny import (
    PLAIN_TERMS,
    air,
    battery,
    demand,
    energy_case,
    hall,
    hall_case,
    point,
    power_unit,
    rack,
    requests,
    supply,
)

from models.assembly import build_design
from models.case import AssetTerms, ChilledWaterStore, CoolingCurve, Generator, HeatUser, Money, PowerPurchase
from models.readout import (
    _bill,
    _bounded,
    _busy_racks,
    _close_balance,
    _contract_mw,
    _cooling,
    _energy_used_mwh,
    _fitted,
    _flow,
    _Heat,
    _net_batteries,
    _power_and_heat,
    _purchased,
    _rack_counts,
    _read_modules,
    _running,
    _sum_to_one,
    lowered,
    trim,
)

R, S, T = ("chat", "R", "air"), ("chat", "S", "air"), ("chat", "T", "air")


def solved(**values: dict[str, dict[Any, float]]) -> dict[int, Any]:
    """The operation of month 0 as solved: block -> variable -> value by index."""
    return {0: SimpleNamespace(**{block: SimpleNamespace(**found) for block, found in values.items()})}


def steps(values: Sequence[float], *key: str) -> dict[Any, float]:
    """Values of a variable in steps 0, 1, ..., by its other indices."""
    return {((*key, t) if key else t): v for t, v in enumerate(values)}


@pytest.mark.parametrize(("too_much", "left"), [(1.5e-7, 0.0), (1.05e-7, 0.0), (0.9e-7, 0.9e-7), (1e-5, 1e-5)])
def test_few_racks_beside_many_are_not_overfull(too_much: float, left: float) -> None:
    """Proves: of work of ten racks one rack S takes a tenth and nine racks R the rest. What a month missed beyond S's
    tenth goes to R if it overfills S by more than a millionth of a rack; two millionths of the work and more are no
    rounding and stay, for the recheck to see. Catches: a mistake of a share smoothed over."""
    case = hall_case([10.0], racks=(rack(), rack("S")), operating_points=(point(), point("S")))
    shares = {R: 0.9 - too_much, S: 0.1 + too_much}
    found = _fitted(case, {}, {R[1:]: 9, S[1:]: 1}, shares)
    assert found[S] - 0.1 == pytest.approx(left, abs=1e-12) and sum(found.values()) == pytest.approx(1.0, abs=1e-15)


def test_an_idle_battery_is_taken_away(plan) -> None:
    """Proves: of a battery that must never be empty 4 MWh that the gap may leave go, and what was kept in them.
    Catches: a battery kept for its own least charge."""
    found = plan(energy_case([1.0, 1.0], batteries=(battery(min_charge_share=0.1),)))
    held = replace(found.design.operation, stored_mwh={"battery": np.array([0.4, 0.4])})
    left = trim(
        found.case, replace(found.design, battery_mw={"battery": 2.0}, battery_mwh={"battery": 4.0}, operation=held)
    )
    assert (left.battery_mw["battery"], left.battery_mwh["battery"]) == (0.0, 0.0)
    assert left.operation.stored_mwh["battery"].tolist() == [0.0, 0.0]


def test_cycles_are_counted_in_what_age_leaves(plan) -> None:
    """Proves: 6 MWh a year in at most two cycles of a battery of which half is left ask for 6 MWh. Catches: 1.5 MWh,
    age counted the wrong way; 3, age not counted."""
    aged = battery(terms=AssetTerms(5), fade_per_year=0.1, max_cycles_per_year=2.0)
    found = plan(energy_case([0.0] * 12, batteries=(aged,), money=Money(5, 0.0)))
    used = replace(found.design.operation, discharge_mw={"battery": np.full(12, 0.5)})
    assert _energy_used_mwh(found.case, aged, used, "battery") == pytest.approx(6.0)


def test_a_battery_of_which_nothing_is_left_needs_none() -> None:
    """Proves: of a battery that is used up at the end of the analysis no size follows from its use, and no division by
    nothing."""
    gone = battery(fade_per_year=0.5, max_cycles_per_year=1.0)
    case = energy_case([0.0], batteries=(gone,), money=Money(2, 0.0))
    none = {"battery": np.zeros(1)}
    assert _energy_used_mwh(case, gone, still(case, stored_mwh=none, discharge_mw=none), "battery") == 0.0


def test_power_that_batteries_burn_at_no_gain_is_not_given() -> None:
    """Proves: two engines give 3 and 2 MW where 3.5 are taken: the first gives 1.5 MW less; one that must give at least
    half of its 2 MW keeps that, and the other gives the rest. Catches: a plan of free energy whose site is out of
    balance, which the recheck refuses; a unit below its least load."""
    given, on = {"a": np.array([3.0]), "b": np.array([2.0])}, {"a": np.array([2.0]), "b": np.array([1.0])}
    for share, left in ((0.0, (1.5, 2.0)), (0.5, (2.0, 1.5))):
        engines = tuple(Generator(n, 2.0, 0.0, PLAIN_TERMS, max_units=2, min_load_share=share) for n in "ab")
        found = lowered(energy_case([1.0], generators=engines), given, on, np.array([3.5]))
        assert (found["a"][0], found["b"][0]) == pytest.approx(left)


def test_shares_of_each_workload_add_up_to_one() -> None:
    """Proves: 0.2 and 0.6 of one workload as solved are a quarter and three quarters, 0.5 of another alone all of it.
    Catches: one sum for all workloads."""
    found = _sum_to_one({R: 0.2, S: 0.6, ("code", "R", "air"): 0.5})
    assert found == pytest.approx({R: 0.25, S: 0.75, ("code", "R", "air"): 1.0})


MANY = (rack(), rack("S", usable_share=0.5), rack("T"))
"""S may be busy half of its time."""


@pytest.mark.parametrize(
    ("counts", "moved_to"),
    [({R: 40, S: 4, T: 20}, R), ({R: 20, S: 4, T: 40}, T), ({R: 4, S: 4, T: 40}, T), ({R: 4, S: 4, T: 4}, None)],
)
def test_what_overfills_a_few_racks_goes_where_most_racks_are(counts: dict[Any, int], moved_to: Any) -> None:
    """Proves: four racks S, of which two may be busy, have 2 + 4e-6 of 20 busy ones, 2e-7 of the work too much: it goes
    to the option with the most racks; none has more, it stays. Catches: the usable share left out; a share that goes to
    the fewest racks or to as few; racks taken for shares."""
    points = tuple(point(n) for n in "RST")
    case = hall_case([20.0, 10.0], racks=MANY, operating_points=points)
    shares = {R: 0.5, S: 0.1 + 2e-7, T: 0.4 - 2e-7}
    found = _fitted(case, {}, {key[1:]: n for key, n in counts.items()}, shares)
    change = {key: found[key] - shares[key] for key in shares if abs(found[key] - shares[key]) > 1e-12}
    assert change == ({} if moved_to is None else {S: pytest.approx(-2e-7), moved_to: pytest.approx(2e-7)})


@pytest.mark.parametrize(("racks", "over", "moves"), [(1, 0.7e-6, False), (1, 1.3e-6, True), (6, 2e-6, False)])
def test_rounding_of_usable_racks_is_left(racks: int, over: float, moves: bool) -> None:
    """Proves: a millionth of the usable racks, and of one where fewer are usable, is rounding. Catches: half a
    millionth of half a rack moved; 2e-6 of three racks moved."""
    case = hall_case([100.0], racks=MANY, operating_points=tuple(point(n) for n in "RST"))
    share = (0.5 * racks + over) / 100
    found = _fitted(case, {}, {R[1:]: 99, S[1:]: racks}, {R: 1 - share, S: share})
    assert (found[S] < share - 1e-12) == moves


def test_the_work_that_fills_most_of_the_racks_moves() -> None:
    """Proves: of two workloads on two racks S, 0.5 and 1.5 busy and too much by 4e-6, the larger gives its share up, to
    its own option with more racks and not to that of another workload, however many racks that has. Catches: another
    workload's share changed; the smaller one moved, for which it is more of a share."""
    work = (requests([10.0], "a"), requests([10.0], "chat"), requests([10.0], "z"))
    points = tuple(point(r, w) for w, r in (("a", "S"), ("a", "R"), ("chat", "S"), ("chat", "R"), ("z", "T")))
    case = hall_case([10.0], workloads=work, racks=(rack(), rack("S"), rack("T")), operating_points=points)
    small, large = ("a", "S", "air"), ("chat", "S", "air")
    shares = {small: 0.05, ("a", "R", "air"): 0.95, large: 0.15 + 4e-7, R: 0.85 - 4e-7, ("z", "T", "air"): 1.0}
    found = _fitted(case, {}, {("R", "air"): 19, ("S", "air"): 2, ("T", "air"): 50}, shares)
    assert found == pytest.approx({**shares, large: 0.15, R: 0.85}, abs=1e-12)


def test_units_that_run_are_as_many_as_carry_the_power() -> None:
    """Proves: engines of 2 MW give 3, 4 + a trace, 5 and 1 MW with two, two, the two there are (4 MW) and one.
    Catches: a third unit for a trace of the solver, one more than was bought, power of units that are not there."""
    case = energy_case([9.0] * 4, generators=(Generator("g", 2.0, 0.0, PLAIN_TERMS, max_units=3),))
    found = solved(generators={"generated_mw": steps([3.0, 4.0 + 1e-8, 5.0, 1.0], "g"), "running": {}})
    power, on = _running(case, found, {"g": 2})
    assert on["g"].tolist() == [2, 2, 2, 1]
    assert power["g"] == pytest.approx([3.0, 4.0, 4.0, 1.0])


def test_running_units_keep_their_least_load() -> None:
    """Proves: two of three units that run (1.9999999 as solved) give at least half of their 4 MW and at most all; none
    running gives none. Catches: a least load of one unit, power without a unit."""
    engine = Generator("g", 2.0, 0.0, PLAIN_TERMS, max_units=3, min_load_share=0.5)
    case = energy_case([9.0] * 4, generators=(engine,))
    given = {"generated_mw": steps([1.999, 3.0, 4.001, 0.001], "g"), "running": steps([1.9999999, 2, 2, 0], "g")}
    power, on = _running(case, solved(generators=given), {"g": 3})
    assert on["g"].tolist() == [2, 2, 2, 0]
    assert power["g"] == pytest.approx([2.0, 3.0, 4.0, 0.0])


def test_a_battery_does_not_charge_and_discharge_at_once() -> None:
    """Proves: 4 MW in at 0.8 and 0.5 MW out at 0.5 store 2.2 MW, which 2.75 MW in do alone; 1 MW in and 4 out take 7.2
    MW, which 3.6 MW out do; one alone stays. Catches: the difference at the terminals, efficiencies exchanged."""
    unit = battery(charge_efficiency=0.8, discharge_efficiency=0.5)
    case = energy_case([9.0] * 4, batteries=(unit,))
    flows = {"charge_mw": steps([4, 1, 3, 0], "battery"), "discharge_mw": steps([0.5, 4, 0, 2], "battery")}
    charge, discharge = _net_batteries(case, solved(storage=flows))
    assert charge["battery"] == pytest.approx([2.75, 0.0, 3.0, 0.0])
    assert discharge["battery"] == pytest.approx([0.0, 3.6, 0.0, 2.0])


@pytest.mark.parametrize(
    ("load", "sold", "made", "found"),
    [
        (3.0, 0.0, 2.0, (1.0, 0.0, 2.0)),  # the rest is bought
        (3.0, 1.0, 2.0, (1.0, 0.0, 2.0)),  # nothing is bought to be sold
        (1.0, 1.0, 2.5, (0.0, 1.0, 2.0)),  # what nobody takes is curtailed
        (1.0, 2.0, 2.0, (0.0, 1.0, 2.0)),  # sold is what is left
        (3.0, 0.0, 9.0, (0.0, 0.0, 3.0)),  # 4 MW at most are made
        (5.0, 0.0, 9.0, (1.0, 0.0, 4.0)),
    ],
)
def test_import_closes_the_balance(load: float, sold: float, made: float, found: tuple[float, ...]) -> None:
    """Proves: import, export and generation meet the load, never buying and selling at once, and no more is made than
    5 MW at 0.8 can. Catches: power from nowhere; the sign of what is sold."""
    case = energy_case([load], supplies=(supply([0.8]),))
    months = solved(grid={"export_mw": steps([sold])}, supply={"onsite_mw": steps([made])})
    assert [float(v[0]) for v in _close_balance(case, months, np.array([load]), {"pv": 5.0})] == pytest.approx(found)


def test_contracts_give_what_is_delivered_and_imported() -> None:
    """Proves: of an import of 3 MW the first contract gives the 2 MW that it delivers, the second the 1 MW left, though
    2 were matched; what a financial one delivers is no import. Catches: more taken than delivered, or than imported."""
    deals = (
        PowerPurchase("a", np.array([0.5]), 1.0, max_mw=9.0),
        PowerPurchase("b", np.array([1.0]), 1.0, max_mw=9.0),
        PowerPurchase("c", np.array([1.0]), 1.0, "financial", max_mw=9.0),
    )
    case = energy_case([3.0], purchases=deals)
    matched = {("a", 0): 2.5, ("b", 0): 2.0}
    found = _purchased(case, solved(purchases={"matched_mw": matched}), np.array([3.0]), dict.fromkeys("abc", 4.0))
    assert {n: float(v[0]) for n, v in found.items()} == {"a": 2.0, "b": 1.0}


@pytest.mark.parametrize(
    ("value", "low", "high", "found"),
    [(3.0, 1.0, 5.0, 3.0), (0.9, 1.0, 5.0, 1.0), (5.1, 1.0, 5.0, 5.0), (-1, None, None, 0.0)],
)
def test_sizes_keep_their_bounds(value: float, low: float | None, high: float | None, found: float) -> None:
    """Proves: what a solver's tolerance leaves beyond a bound, or below zero, is taken back to it."""
    model = pyo.ConcreteModel()
    model.size = pyo.Var(bounds=(low, high), initialize=value)
    assert _bounded(model.size) == found


@pytest.mark.parametrize(
    ("grid", "found"),
    [
        ({}, 0.5),  # 0.4 MW of import by 1.25
        ({"limit_mw": 0.45}, 0.45),
        ({"contract_mw": 0.3}, 0.3),  # settled
        ({"overrun_kcur_per_mw_month": 1.0}, 0.3),  # may be overrun, at a price
    ],
)
def test_contracted_capacity_covers_the_highest_import(grid: dict[str, Any], found: float) -> None:
    """Proves: 0.3 MW as solved rise to the highest interval demand, 0.4 MW by 1.25, within the connection; not where
    the capacity is settled or may be exceeded. Catches: the hour's mean for its highest interval."""
    limit = grid.pop("limit_mw", 10.0)
    priced = {"billing_factor": 1.25, "contract_kcur_per_mw_year": 1.0, **grid}
    case = energy_case([0.4, 0.1], limit_mw=limit, grid=priced)
    model = pyo.ConcreteModel()
    model.grid = pyo.Block()
    model.grid.contract_mw = pyo.Var(initialize=0.3)
    assert _contract_mw(case, model, still(case, import_mw=np.array([0.4, 0.1]))) == found


def test_billed_demand() -> None:
    """Proves: months of 0.4, 0.1 and 0.2 MW, intervals a quarter above the hour, are billed at their own 0.5 MW, at 80
    % of the month before (0.4 MW), and at the 0.3 MW of half the contract; hours in which a charge does not apply do
    not count. Catches: the ratchet on the hour's mean, on the month itself, a minimum taken for a maximum."""
    charge = demand(1.0, 4, ratchet_share=0.8, ratchet_months=1, contract_share=0.5)
    night = replace(
        charge, name="night", applies=np.array([1.0, 0, 0, 0]), ratchet_share=0.0, contract_share=0.0, min_mw=0.15
    )
    case = energy_case(
        [0.3, 0.4, 0.1, 0.2], months=[2, 1, 1], grid={"billing_factor": 1.25, "demand_charges": (charge, night)}
    )
    found = _bill(case, still(case, import_mw=np.array([0.3, 0.4, 0.1, 0.2])), 0.6)
    assert {m: found["peak", m] for m in range(3)} == pytest.approx({0: 0.5, 1: 0.4, 2: 0.3})
    assert {m: found["night", m] for m in range(3)} == pytest.approx({0: 0.375, 1: 0.15, 2: 0.15})


def test_a_flow_is_read_over_all_months() -> None:
    """Proves: steps of both months stand in their place, a trace below zero is none, and steps without the variable are
    zero. Catches: months mixed up."""
    case = energy_case([0.0] * 4, months=[2, 2])
    first = SimpleNamespace(grid=SimpleNamespace(export_mw={0: 1.0, 1: -1e-9}))
    second = SimpleNamespace(grid=SimpleNamespace(export_mw={3: 4.0}))
    assert _flow(case, {0: first, 1: second}, "grid", "export_mw").tolist() == [1.0, 0.0, 0.0, 4.0]


def test_racks_that_are_busy() -> None:
    """Proves: 60 % of 2 Mreq/h at half a rack-hour each keep 0.6 racks busy; late work as solved; what is busy by less
    than a trace, or has no share, is left out. Catches: a share of all work for one of each workload."""
    late = requests([1.0, 1.0], "late", kind="deferrable", max_delay_h=1.0)
    points = tuple(point(r, w, 2000.0) for r in "RST" for w in ("chat", "late"))
    work = (requests([2.0, 1.0]), late)
    case = hall_case([0.0, 0.0], workloads=work, racks=(rack(), rack("S"), rack("T")), operating_points=points)
    busy = {**steps([0.5, 2e-7], "late", "R", "air"), **steps([0.5e-7, 0.0], "late", "S", "air")}
    found = _busy_racks(case, solved(compute={"busy": busy}), {R: 0.6, S: 0.4})
    assert {key: series.tolist() for key, series in found.items()} == {
        R: pytest.approx([0.6, 0.3]),
        S: pytest.approx([0.4, 0.2]),
        ("late", "R", "air"): [0.5, 2e-7],
    }


def test_power_and_heat_of_racks() -> None:
    """Proves: 4 racks R of 0.05 MW idle and 0.02 of ancillary IT, two of them busy for 0.05 more each, draw 0.38 MW; 2
    racks L idle 0.14, a quarter of whose heat goes to the air. Catches: busy racks of another option, heat of the
    liquid in the air."""
    racks = (rack(ancillary_mw=0.02), rack("L", ancillary_mw=0.02, liquid_share=0.75))
    cooling = (air(), replace(air("liquid"), liquid_share=1.0, residual_air="air"))
    case = hall_case([2.0, 1.0], racks=racks, cooling=cooling, operating_points=(point(), point("L")))
    it_mw, heat = _power_and_heat(case, {R[1:]: 4, ("L", "liquid"): 2}, {R: np.array([2.0, 1.0])})
    assert it_mw == pytest.approx([0.38 + 0.14, 0.33 + 0.14])
    assert heat["air"] == pytest.approx([0.38 + 0.035, 0.33 + 0.035]) and heat["liquid"] == pytest.approx([0.105] * 2)


def test_electricity_and_water_of_cooling() -> None:
    """Proves: of 2 MW of heat 0.5 are sold; with 0.3 into a tank and 0.2 out 1.6 are made at 0.5 MW/MW, of which 0.1
    follows all heat; a fifth stays with the 0.4 MW at peak; pumps take a tenth of what is sold; 4 m3/MWh for half an
    hour. Catches: heat sold of another cooling type, hours for steps."""
    tank = ChilledWaterStore(1.0, PLAIN_TERMS, 9.0, distribution_pu=0.1)
    cooling = (air(curve=CoolingCurve("dry_bulb", (0.0,), (0.5,), (4.0,)), store=tank, fixed_share=0.2),)
    user = HeatUser("town", 1.0, 30.0, np.array([9.0]), 1.0, PLAIN_TERMS, pump_pu=0.1)
    case = hall_case([2.0], cooling=cooling, heat_users=(user, replace(user, name="pool", pump_pu=0.2)))
    case = replace(case, calendar=replace(case.calendar, step_h=0.5))
    sold = {("town", "air"): np.array([0.4]), ("pool", "air"): np.array([0.1]), ("pool", "other"): np.array([1.0])}
    heat = _Heat({"air": np.array([2.0])}, {"air": np.array([0.3])}, {"air": np.array([0.2])}, sold)
    power, water = _cooling(case, {R[1:]: 4}, heat)
    pumps = 0.1 * 0.4 + 0.2 * 1.1
    assert power[0] == pytest.approx(0.2 * 0.5 * 0.4 + 0.8 * (0.1 * 2.0 + 0.4 * 1.6) + pumps)
    assert water[0] == pytest.approx(0.5 * 4 * 1.6)


def test_racks_and_units_as_whole_numbers() -> None:
    """Proves: 4.0000001 racks in 1.9999999 halls and 3 units of power are whole; none is left out. Catches: a unit lost
    to the solver's tolerance, units of nothing."""
    offers = (hall(), hall("other"), power_unit(), power_unit("unused"))
    model = build_design(hall_case([4.0, 1.0], offers=offers))
    for key, value in (("hall", 4.0000001), ("other", 1e-7)):
        model.modules.placed["R", "air", key].set_value(value)
        model.modules.units["R", "air", key].set_value(1.9999999 if key == "hall" else 0.0)
    model.modules.power_units["power"].set_value(3.0000001)
    model.modules.power_units["unused"].set_value(0.0)
    placed, units = _read_modules(model)
    assert [(p.rack, p.cooling, p.offer, p.count) for p in placed] == [("R", "air", "hall", 4)]
    assert [(u.offer, u.count, u.rack, u.cooling) for u in units] == [("hall", 2, "R", "air"), ("power", 3, None, None)]
    assert _rack_counts((*placed, replace(placed[0], offer="x", count=3))) == {("R", "air"): 7}


@pytest.mark.parametrize(
    ("limits_of", "mw", "mwh"),
    [
        ({}, 2.0, 4.0),  # 2 MW and 4 MWh are used of 5 and 9
        ({"min_hours": 3.0}, 2.0, 6.0),
        ({"min_hours": 6.0}, 2.0, 9.0),  # no more than the plan has
        ({"min_mw": 3.0, "min_mwh": 5.0}, 3.0, 5.0),
        ({"existing_mw": 3.0, "existing_mwh": 5.0}, 3.0, 5.0),
        ({"max_charge_share": 0.8}, 2.0, 5.0),
        ({"min_charge_share": 0.1}, 2.0, 9.0),  # what lies at the bottom follows the size
        ({"max_cycles_per_year": 0.4}, 2.0, 5.0),  # 2 MWh discharged
        ({"fade_per_year": 0.2}, 2.0, 5.0),
    ],
)
def test_a_battery_is_no_larger_than_its_use(limits_of: dict[str, float], mw: float, mwh: float) -> None:
    """Proves: of 5 MW and 9 MWh that the gap may leave, 2 MW of discharging and 4 MWh stored stay, or what least sizes,
    what is on site, hours at full power, states of charge, cycles and age ask for. Catches: a size cut below a limit,
    charging or discharging left out."""
    case = energy_case([1.0] * 3, batteries=(battery(**limits_of),))
    flows = {"charge_mw": [1.5, 0.0, 0.0], "discharge_mw": [0.0, 0.0, 2.0], "stored_mwh": [3.0, 4.0, 0.0]}
    year = still(case, **{name: {"battery": np.array(values)} for name, values in flows.items()})
    plan = plan_of(case, year, battery_mw={"battery": 5.0}, battery_mwh={"battery": 9.0})
    left = trim(case, plan)
    assert (left.battery_mw["battery"], left.battery_mwh["battery"]) == pytest.approx((mw, mwh))
    assert left.operation.stored_mwh["battery"].tolist() == flows["stored_mwh"]


@pytest.mark.parametrize("kept", [{"min_mwh": 1.0}, {"existing_mwh": 1.0}, {"min_mw": 1.0, "min_mwh": 1.0}])
def test_a_least_size_stays_without_use(kept: dict[str, float]) -> None:
    """Proves: of an idle battery what must be there stays: its least energy, with what is stored in it. Catches: a plan
    below a least size."""
    case = energy_case([1.0], batteries=(battery(**kept),))
    none = {"battery": np.zeros(1)}
    year = still(case, charge_mw=none, discharge_mw=none, stored_mwh={"battery": np.array([0.5])})
    left = trim(case, plan_of(case, year, battery_mw={"battery": 5.0}, battery_mwh={"battery": 9.0}))
    assert (left.battery_mw["battery"], left.battery_mwh["battery"]) == (kept.get("min_mw", 0.0), 1.0)
    assert left.operation.stored_mwh["battery"].tolist() == [0.5]


@pytest.mark.parametrize(
    ("charge", "discharge", "stored", "mwh"),
    [(1.0, 0.5, 2.0, 4.0), (0.5, 1.0, 2.0, 4.0), (0.1, 0.1, 2.0, 2.0), (0.0, 0.0, 1.0, 0.0), (9.0, 0.0, 2.0, 5.0)],
)
def test_a_tank_is_as_large_as_its_use(charge: float, discharge: float, stored: float, mwh: float) -> None:
    """Proves: a tank that fills in four hours and moves 1 MW has 4 MWh, one that moves little what is stored, one that
    moves nothing none, and none more than planned. Catches: the rate of one direction alone."""
    tank = ChilledWaterStore(1.0, PLAIN_TERMS, 9.0)
    case = hall_case([1.0, 1.0], cooling=(replace(air(), store=tank),))
    flows = {"cold_charge_mw": [charge, 0.0], "cold_discharge_mw": [0.0, discharge], "cold_stored_mwh": [stored, 0.0]}
    year = still(case, **{name: {"air": np.array(values)} for name, values in flows.items()})
    left = trim(case, plan_of(case, year, cold_store_mwh={"air": 5.0}))
    assert left.cold_store_mwh["air"] == pytest.approx(mwh)
    assert left.operation.cold_stored_mwh["air"].tolist() == ([0.0, 0.0] if mwh == 0 else [stored, 0.0])


def test_a_connection_to_a_heat_user_is_as_large_as_what_is_sold() -> None:
    """Proves: a user who gets 1 and 2 MW from two cooling types in one hour needs 3 MW of the 5 planned. Catches: the
    larger of both, their sum over hours."""
    user = HeatUser("town", 1.0, 30.0, np.array([9.0, 9.0]), 1.0, PLAIN_TERMS)
    case = hall_case([1.0, 1.0], heat_users=(user,))
    sold = {("town", "air"): np.array([1.0, 1.0]), ("town", "liquid"): np.array([2.0, 0.0])}
    assert trim(case, plan_of(case, still(case, reused_mw=sold), reuse_mw={"town": 5.0})).reuse_mw == {"town": 3.0}
