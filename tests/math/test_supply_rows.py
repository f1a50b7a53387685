"""Bounds, rows and prices of sources, generators, contracts and clean shares, unsolved: what each leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from handmade import slack, zero
from test_generators import engine
from tiny import energy_case, limits, supply

from models import generators, matching, purchases
from models import supply as sources
from models.case import AssetTerms, Case, Money, PowerPurchase


def contract(name: str = "sun", output: tuple[float, ...] = (1.0, 0.5), **changes: Any) -> PowerPurchase:
    """Up to 10 MW of a plant at 2 per MWh."""
    return replace(PowerPurchase(name, np.array(output), 2.0, max_mw=10.0), **changes)


def model_of(case: Case, m: int | None = 0) -> Any:
    """Sizes, the linking variables of each month and the blocks of the year (m None) or of month m, all at zero."""
    model = pyo.ConcreteModel()
    model.sizes = pyo.Block(concrete=True)
    model.month = pyo.Block(case.calendar.months)
    months = {k: model.month[k] for k in case.calendar.months}
    for subject in (sources, generators, purchases):
        subject.sizes(model.sizes, case)
    for k, border in months.items():
        generators.month(border, case, k)
        matching.month(border, case, k)
    for name in ("supply", "generators", "purchases", "matching"):
        model.add_component(name, pyo.Block(concrete=True))
    if m is None:
        sources.design(model.supply, case, model.sizes)
        generators.design(model.generators, case, model.sizes, months)
        purchases.design(model.purchases, case, model.sizes)
        matching.design(model.matching, case, model.sizes, months)
    else:
        hours = case.calendar.steps_of(m)
        model.bought_mw = pyo.Var(list(hours))
        sources.operate(model.supply, case, model.sizes, m)
        generators.operate(model.generators, case, model.sizes, months[m], m)
        purchases.operate(model.purchases, case, model.sizes, m, model.bought_mw)
        own_mw = {t: -model.supply.draw_mw.get(t, 0.0) for t in hours}
        ports = {"site": model.bought_mw, "own": own_mw, "clean": model.purchases.clean_mw}
        matching.operate(model.matching, case, months[m], m, ports)
    zero(model)
    return model


# -- sources --


def test_sources_of_a_month() -> None:
    """Proves: 3 MW of sun at 0.5 and 2 MW of wind at 1 give 3.5 MW in the first step, nothing where nothing blows, and
    wind alone 2 by night; at most 4 and 5 MW of them give 7. Catches: a source left out, a row for a step without
    output."""
    found = (supply([0.5, 0.0, 0.0], max_mw=4.0), supply([1.0, 0.0, 1.0], name="wind", max_mw=5.0, min_mw=1.0))
    model = model_of(energy_case([0.0] * 3, supplies=found))
    model.sizes.supply_mw["pv"].set_value(3.0)
    model.sizes.supply_mw["wind"].set_value(2.0)
    assert {t: slack(row) for t, row in model.supply.limit_onsite.items()} == {0: 3.5, 2: 2.0}
    assert [v.ub for v in model.supply.onsite_mw.values()] == [7.0, 0.0, 5.0]
    assert len(model_of(energy_case([0.0] * 3)).supply.onsite_mw) == 0
    assert [(v.lb, v.ub) for v in model.sizes.supply_mw.values()] == [(0.0, 4.0), (1.0, 5.0)]
    model.supply.onsite_mw[0].set_value(2.0)
    assert pyo.value(model.supply.draw_mw[0]) == -2.0


def test_sources_in_money_and_land() -> None:
    """Proves: 3 MW at 5 are 15 first, with upkeep of a tenth 15 + 1.5, on 3 * 4 m2. Catches: money of land, upkeep
    forgotten."""
    found = supply([1.0], cost_kcur_per_mw=5.0, area_m2_per_mw=4.0, terms=AssetTerms(10, 0.1))
    model = model_of(energy_case([0.0], supplies=(found,)), None)
    model.sizes.supply_mw["pv"].set_value(3.0)
    block = model.supply
    values = [pyo.value(x) for x in (block.first_cost_kcur, block.cost_kcur, block.area_m2)]
    assert values == pytest.approx([15.0, 16.5, 12.0])


# -- generators --


def switching(**changes: Any) -> Case:
    """Two months of two half hours; four engines of 2 MW, one of them spare, whose least load is a quarter."""
    costs = {"min_load_share": 0.25, "fuel_mwh_per_mwh": 2.0, "fuel_mwh_per_h": 0.5, "fuel_kcur_per_mwh": 3.0,
             "om_kcur_per_mwh": 4.0, "start_kcur": 5.0, "carbon_t_per_mwh_fuel": 0.1,
             "max_run_h_per_year": 6.0}  # fmt: skip
    unit = engine(max_units=4, spare_units=1, fuel_escalation=0.2, **{**costs, **changes})
    grid = {"available_pu": np.array([1.0, 1.0, 1.0, 0.5]), "lost_load_kcur_per_mwh": 7.0}
    money = Money(2, 0.0, escalation_om=0.1)
    return energy_case([0.0] * 4, months=[2, 2], step_h=0.5, limit_mw=8.0, grid=grid, generators=(unit,), money=money)


def test_units_that_run() -> None:
    """Proves: three usable units may run and give 6 MW; of two that run 5 MW are 1 MW too many, 1 MW is the least that
    two give, and three are one more than there are. Catches: spare units at work, a least load per step."""
    model = model_of(switching())
    block, key = model.generators, ("engine", 1)
    assert (block.generated_mw[key].ub, block.running[key].ub, block.starts[key].ub) == (6.0, 3, 3)
    model.sizes.generator_units["engine"].set_value(2)
    block.running[key].set_value(2)
    block.generated_mw[key].set_value(5.0)
    assert slack(block.limit_generated[key]) == pytest.approx(-1.0)
    assert slack(block.keep_load[key]) == pytest.approx(4.0)
    assert pyo.value(block.made_mw[1]) == 5.0 and pyo.value(block.draw_mw[1]) == -5.0
    assert slack(block.limit_running[key]) == 0.0
    model.sizes.generator_units["engine"].set_value(3)
    assert slack(block.limit_running[key]) == 1.0 and slack(block.limit_generated[key]) == -1.0
    model.sizes.generator_units["engine"].set_value(2)
    block.running[key].set_value(3)
    assert slack(block.limit_running[key]) == -1.0
    free = model_of(switching(**dict.fromkeys(("min_load_share", "fuel_mwh_per_h", "start_kcur"), 0.0),
                              max_run_h_per_year=None))  # fmt: skip
    free.sizes.generator_units["engine"].set_value(2)
    assert len(free.generators.running) == 0 and not hasattr(free.generators, "keep_load")
    assert slack(free.generators.limit_generated[key]) == 4.0


def test_starts_over_the_border_of_a_month() -> None:
    """Proves: one unit ran before the month; two run in its first step and three in its second: a start in each. Of the
    three no more than three run on. Running hours: 0.5 * 5. Catches: what ran before started again."""
    model = model_of(switching(), m=1)
    block, border = model.generators, model.month[1]
    border.running_before["engine"].set_value(1.0)
    for t, units in ((2, 2), (3, 3)):
        block.running["engine", t].set_value(units)
    assert {t: -slack(row) for (_, t), row in block.count_starts.items()} == {2: 1.0, 3: 1.0}
    assert slack(block.run_on["engine"]) == 3.0
    assert -slack(block.count_run_h["engine"]) == 2.5
    border.run_h["engine"].set_value(3.0)
    block.starts["engine", 2].set_value(3)
    assert (slack(block.count_run_h["engine"]), slack(block.count_starts["engine", 2])) == (0.5, 2.0)
    standby = model_of(switching(only_in_outages=True), m=1)
    standby.generators.running["engine", 3].set_value(2)
    assert {t: -slack(row) for (_, t), row in standby.generators.count_starts.items()} == {3: 2.0}
    assert slack(standby.generators.run_on["engine"]) == 2.0
    resting = model_of(switching(only_in_outages=True), m=0)
    resting.month[0].running_after["engine"].set_value(1.0)
    assert slack(resting.generators.run_on["engine"]) == -1.0


def test_hours_and_borders_of_each_generator() -> None:
    """Proves: of a month of three hours two units run in the last, of the first of two generators: two unit hours, and
    two run on; the other has none of either, and load lost without value costs nothing. Catches: hours of another
    generator, units of another hour."""
    units = tuple(engine(name=n, max_run_h_per_year=9.0, start_kcur=1.0) for n in ("late", "early"))
    grid = {"available_pu": np.full(3, 0.5), "lost_load_kcur_per_mwh": 0.0}
    model = model_of(energy_case([0.0] * 3, limit_mw=8.0, generators=units, grid=grid))
    block = model.generators
    block.running["late", 2].set_value(2)
    block.lost_load_mw[2].set_value(3.0)
    assert {n: -slack(row) for n, row in block.count_run_h.items()} == {"late": 2.0, "early": 0.0}
    assert {n: slack(row) for n, row in block.run_on.items()} == {"late": 2.0, "early": 0.0}
    assert pyo.value(block.cost_kcur) == 0.0


def test_cost_and_carbon_of_a_month_of_half_hours() -> None:
    """Proves: 4 MW by two units burn 0.5 * (2 * 4 + 0.5 * 2) = 4.5 MWh at 3 that grow by a fifth, 0.45 t; 2 MWh given
    at 4, a start at 5, both growing by a tenth; 0.5 * 2 MWh of load lost at 7, which does not grow, over two years.
    Catches: a half hour counted whole, fuel grown with upkeep."""
    model = model_of(switching(), m=1)
    block, key = model.generators, ("engine", 3)
    block.generated_mw[key].set_value(4.0)
    block.running[key].set_value(2)
    block.starts[key].set_value(1)
    block.lost_load_mw[3].set_value(2.0)
    assert list(block.lost_load_mw) == [3] and block.lost_load_mw[3].ub == 4.0
    assert pyo.value(block.draw_mw[3]) == -6.0
    assert pyo.value(block.carbon_t) == pytest.approx(0.45)
    om = 1.1 + 1.21
    assert pyo.value(block.cost_kcur) == pytest.approx((1.2 + 1.44) * 3 * 4.5 + om * (4 * 2 + 5) + 2 * 7)


def test_spare_units_and_hours_of_the_year() -> None:
    """Proves: with two units that run a spare one is bought, so that 3 * 6 unit hours are allowed, of which months of
    10 and 9 take one too many; months are joined round the year. Catches: hours of the units that run alone, a unit
    without its spare."""
    model = model_of(switching(), None)
    block = model.generators
    model.sizes.generator_units["engine"].set_value(2)
    assert slack(block.buy_spare["engine"]) == -2.0
    block.has_units["engine"].set_value(1)
    assert slack(block.buy_spare["engine"]) == 1.0
    for m, hours in enumerate((10.0, 9.0)):
        model.month[m].run_h["engine"].set_value(hours)
    assert slack(block.limit_run_h["engine"]) == pytest.approx(-1.0)
    model.month[0].run_h["engine"].set_value(5.0)
    assert slack(block.limit_run_h["engine"]) == pytest.approx(4.0)
    model.month[0].running_after["engine"].set_value(1.0)
    assert [slack(block.join_running["engine", m]) for m in (0, 1)] == [-1.0, 0.0]
    model.month[1].running_before["engine"].set_value(1.0)
    assert slack(block.join_running["engine", 0]) == 0.0


# -- contracts --


def test_size_and_money_of_contracts() -> None:
    """Proves: 2 MW of 0.75 MWh each in half hours at 2, which grow by a fifth over two years, less what they would earn
    at half of a market price of 4, which grows by a tenth. Catches: market income of the contract's growth."""
    market = np.full(2, 4.0)
    found = contract(min_mw=1.0, price_escalation=0.2, surplus_share=0.5, market_kcur_per_mwh=market)
    case = energy_case([0.0] * 2, step_h=0.5, purchases=(found,), money=Money(2, 0.0, escalation_energy=0.1))
    model = model_of(case, None)
    size = model.sizes.purchase_mw["sun"]
    assert (size.lb, size.ub) == (1.0, 10.0)
    size.set_value(2.0)
    assert pyo.value(model.purchases.cost_kcur) == pytest.approx(2 * 0.75 * ((1.2 + 1.44) * 2 - (1.1 + 1.21) * 2))


def test_what_a_month_takes_of_contracts() -> None:
    """Proves: 4 MW deliver 4 and 2; in the second step wind delivers too, and both together are within the import of 3
    (6 at most). A MW taken in a half hour costs its fee of 1 and the 2 it would have earned; financial wind is matched,
    but costs and delivers nothing. Catches: more taken than imported, a fee on what is only matched, a step without
    delivery."""
    sun = contract(delivery_kcur_per_mwh=1.0, surplus_share=0.5, market_kcur_per_mwh=np.full(2, 4.0))
    wind = contract("wind", (0.0, 1.0), settlement="financial", market_kcur_per_mwh=np.full(2, 9.0))
    grey = contract("grey", (1.0, 0.0), counts_as_clean=False)
    asked = limits(clean_share_hourly=0.5)
    parts = {"grid": {"billing_factor": 1.2}, "money": Money(1, 0.0, escalation_energy=0.1), "limits": asked}
    model = model_of(energy_case([0.0] * 2, step_h=0.5, limit_mw=7.2, purchases=(sun, wind, grey), **parts))
    block = model.purchases
    assert {key: round(v.ub, 9) for key, v in block.matched_mw.items()} == {
        ("sun", 0): 6.0, ("sun", 1): 5.0, ("wind", 1): 6.0, ("grey", 0): 6.0
    }  # fmt: skip
    model.sizes.purchase_mw["sun"].set_value(4.0)
    assert [slack(block.match_delivery["sun", t]) for t in (0, 1)] == [4.0, 2.0]
    model.bought_mw[1].set_value(3.0)
    for key, mw in ((("sun", 1), 2.0), (("wind", 1), 2.5), (("grey", 0), 1.0)):
        block.matched_mw[key].set_value(mw)
    assert slack(block.match_import[1]) == pytest.approx(-1.5)
    model.bought_mw[1].set_value(5.0)
    assert slack(block.match_import[1]) == pytest.approx(0.5)
    assert [pyo.value(block.taken_mw[t]) for t in (0, 1)] == [1.0, 2.0]
    assert [pyo.value(block.clean_mw[t]) for t in (0, 1)] == [0.0, 4.5]
    assert pyo.value(block.cost_kcur) == pytest.approx(1.1 * 0.5 * 2 * (1 + 2))


# -- clean energy --


def test_clean_energy_that_a_month_lacks() -> None:
    """Proves: half of 8 MW in half hours is 2 MWh; 3 MW on site are 1.5, so that 0.5 lack over the year; hour by hour
    0.8 * 8 less 3 and the 1 MW matched are 1.2. Catches: contracts counted twice over the year, shares exchanged."""
    asked = limits(clean_share_yearly=0.5, clean_share_hourly=0.8)
    case = energy_case([0.0] * 2, step_h=0.5, purchases=(contract(),), supplies=(supply([1.0, 1.0]),), limits=asked)
    model = model_of(case)
    for t, (bought, own, taken) in enumerate(((5.0, 1.0, 0.25), (3.0, 2.0, 0.75))):
        model.bought_mw[t].set_value(bought)
        model.supply.onsite_mw[t].set_value(own)
        model.purchases.matched_mw["sun", t].set_value(taken)
    lacking = {name: -slack(row) for name, row in model.matching.count_unmatched.items()}
    assert lacking == pytest.approx({"yearly": 0.5, "hourly": 1.2})
    model.month[0].unmatched_mwh["yearly"].set_value(0.75)
    assert slack(model.matching.count_unmatched["yearly"]) == pytest.approx(0.25)


def test_bounds_of_what_a_month_lacks() -> None:
    """Proves: in two half hours 10 MW of connection, 3 of sun and 4 of engines are used at most: half and four fifths
    of 17 MWh and the 2 sold; at least 3 MWh are to spare, and 10 more of a contract hour by hour. Catches: bounds that
    cut off a plan, contracts to spare over the year."""
    asked = limits(clean_share_yearly=0.5, clean_share_hourly=0.8)
    case = energy_case([0.0] * 2, step_h=0.5, limit_mw=10.0, purchases=(contract(), contract("none", max_mw=0.0)),
                       supplies=(supply([1.0, 1.0], max_mw=3.0),), generators=(engine(max_units=2),), limits=asked,
                       grid={"export_limit_mw": 2.0})  # fmt: skip
    found = model_of(case).month[0].unmatched_mwh
    assert (found["yearly"].lb, found["yearly"].ub) == pytest.approx((-3.0, 0.5 * 17 + 2))
    assert (found["hourly"].lb, found["hourly"].ub) == pytest.approx((-13.0, 0.8 * 17 + 2))


def test_months_lack_no_more_than_contracts_deliver() -> None:
    """Proves: months that lack 2 and 1 MWh are covered by 2 MW of 1.5 MWh each over the year, by nothing hour by hour;
    a contract that does not count covers nothing. Catches: power for energy, cover of an hour by another."""
    asked = limits(clean_share_yearly=0.5, clean_share_hourly=0.8)
    found = (contract(output=(1.0, 0.5)), contract("grey", (1.0, 1.0), counts_as_clean=False))
    case = energy_case([0.0] * 2, months=[1, 1], purchases=found, limits=asked)
    model = model_of(case, None)
    model.sizes.purchase_mw["sun"].set_value(2.0)
    model.sizes.purchase_mw["grey"].set_value(5.0)
    for m, mwh in enumerate((2.0, 1.0)):
        model.month[m].unmatched_mwh["yearly"].set_value(mwh)
        model.month[m].unmatched_mwh["hourly"].set_value(mwh)
    assert {name: slack(row) for name, row in model.matching.match_year.items()} == pytest.approx(
        {"yearly": 0.0, "hourly": -3.0}
    )
    model.month[0].unmatched_mwh["yearly"].set_value(-2.0)
    model.month[0].unmatched_mwh["hourly"].set_value(-2.0)
    assert {name: slack(row) for name, row in model.matching.match_year.items()} == pytest.approx(
        {"yearly": 4.0, "hourly": 1.0}
    )
