"""Heat reuse: price, temperature, duty curve, connection; hand-solved on the base case of test_compute.py.

Two racks of 0.1 MW: heat 0.2, then 0.15 MW; electricity at 1 kcur/MWh; without reuse and cooling it costs 27.35."""

from dataclasses import replace

import numpy as np
import pytest
from tiny import air, flat_curve, hall, hall_case, limits, liquid, rack

from models.audit import audit
from models.case import CoolingCurve, HeatUser

TOWN = HeatUser("town", 2.0, 40.0, np.array([0.1, 0.1]), 0.0, rack().terms)


def reuse_case(cooling=None, arrivals=(2.0, 1.0), price=1.0, **user):
    """Racks on air that takes 0.5 of electricity per heat and brings it back with 40 degC; one heat user."""
    own = cooling or (air(curve=flat_curve(0.5), return_c=40.0),)
    return hall_case(arrivals, price, cooling=own, heat_users=(replace(TOWN, **user),))


def test_sold_heat_is_paid_and_not_cooled(plan):
    """Proves: 0.1 MW in each step brings 2 kcur/MWh and spares 0.5: 27.35 + 0.5 * (0.1 + 0.05) - 0.4. Catches: heat
    that is cooled although it is sold (27.525 - 0.4), income forgotten, income taken for a cost."""
    found = plan(reuse_case())
    assert found.cost == pytest.approx(27.35 + 0.5 * 0.15 - 0.4)
    assert found.line("heat_reuse") == pytest.approx(-0.4)
    assert found.accounts.kpi["heat_reused_mwh"] == pytest.approx(0.2)
    assert found.accounts.kpi["ere"] == pytest.approx((0.35 + 0.075 - 0.2) / 0.35)


def test_the_duty_curve_and_the_heat_there_is(plan):
    """Proves: of 0.05 and 0.3 MW wanted, 0.05 and 0.15 are sold: what is wanted, and what there is. Catches: demand of
    the other step, more heat than the racks give (0.3)."""
    found = plan(reuse_case(demand_mw=np.array([0.05, 0.3])))
    assert sum(found.design.operation.reused_mw.values()) == pytest.approx([0.05, 0.15])


def test_only_heat_that_is_warm_enough(plan):
    """Proves: 40 degC serve 40 and not 40.1; a cooling type that does not say serves nobody. Catches: a comparison the
    wrong way round."""
    cooled = 27.35 + 0.5 * 0.35
    assert plan(reuse_case(temperature_c=40.1)).cost == pytest.approx(cooled)
    assert plan(reuse_case(cooling=(air(curve=flat_curve(0.5)),))).cost == pytest.approx(cooled)


def test_the_connection_is_sized_and_paid(plan):
    """Proves: the first 0.1 MW earns 0.5 in two steps (2.5 per MW and step, with the cooling spared); the next 0.1 MW
    is wanted in one step only, 0.25: at 3 kcur/MW it is not built. Catches: a connection as large as the demand, or
    a free one."""
    wanted = np.array([0.2, 0.1])
    found = plan(reuse_case(demand_mw=wanted, cost_kcur_per_mw=3.0))
    assert found.design.reuse_mw["town"] == pytest.approx(0.1)
    assert found.line("heat_exchanger") == pytest.approx(0.3)
    assert plan(reuse_case(demand_mw=wanted, cost_kcur_per_mw=2.0)).design.reuse_mw["town"] == pytest.approx(0.2)
    assert plan(reuse_case(demand_mw=wanted, max_mw=0.05)).design.reuse_mw["town"] == pytest.approx(0.05)


def test_pumps_take_electricity(plan):
    """Proves: 0.2 MWh sold at 0.1 of electricity costs 0.02 more. Catches: pumps forgotten, or of all heat (0.035)."""
    assert plan(reuse_case(pump_pu=0.1)).cost == pytest.approx(27.35 + 0.5 * 0.15 - 0.4 + 0.02)


def test_the_fixed_part_of_cooling_stays(plan):
    """Proves: a fifth of full load, 0.02 in each step, is taken whatever is sold: 0.04 + 0.8 * 0.5 * 0.15. Catches: the
    fixed part of the heat that is left."""
    cooling = (air(curve=flat_curve(0.5), return_c=40.0, fixed_share=0.2),)
    assert plan(reuse_case(cooling)).cost == pytest.approx(27.35 + 0.04 + 0.8 * 0.5 * 0.15 - 0.4)


def test_water_of_sold_heat_is_spared(plan):
    """Proves: 2 m3/MWh on the 0.15 MWh left. Catches: water of all heat, 0.7."""
    cooling = (air(curve=CoolingCurve("dry_bulb", (0.0,), (0.5,), (2.0,)), return_c=40.0),)
    assert plan(reuse_case(cooling)).accounts.kpi["water_m3"] == pytest.approx(0.3)


def test_one_user_on_two_cooling_types(plan):
    """Proves: liquid and air both return warm heat; together they sell no more than the 0.1 MW wanted. Catches: the
    demand taken for that of each cooling type (0.1 of liquid and 0.04, 0.03 of air)."""
    liquids = liquid(curve=flat_curve(0.05), return_c=50.0), air(curve=flat_curve(0.25), return_c=45.0)
    case = replace(
        reuse_case(liquids), racks=(rack(liquid_share=0.8),), offers=(hall(cooling="liquid"),), limits=limits()
    )
    sold = plan(case).design.operation.reused_mw
    assert sold["town", "liquid"] + sold["town", "air"] == pytest.approx([0.1, 0.1])
    assert sold["town", "air"] == pytest.approx([0.04, 0.03])


def broken(found, **parts):
    """Rules the recheck finds broken with a part of the case or plan changed."""
    case = replace(found.case, **{k: v for k, v in parts.items() if k == "heat_users"})
    design = replace(found.design, **{k: v for k, v in parts.items() if k != "heat_users"})
    return {v.check for v in audit(case, design, found.accounts, found.proof).violations}


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("heat sold within what the user takes", {"demand_mw": np.array([0.1, 0.05])}),
        ("heat sold is warm enough", {"temperature_c": 41.0}),
        ("largest connection of a heat user", {"max_mw": 0.05}),
        ("cooling power at the weather of the step", {"pump_pu": 0.1}),
        ("price of a cost line [kcur]", {"price_kcur_per_mwh": 3.0}),
        ("price of a cost line [kcur]", {"cost_kcur_per_mw": 1.0}),
    ],
)
def test_the_recheck_of_heat_sold_bites(plan, rule, changed):
    """Proves: each rule is told under its own name once the user takes less, wants it hotter, costs more. Catches: a
    rule left out of the recheck."""
    found = plan(reuse_case(cost_kcur_per_mw=0.5))
    assert rule in broken(found, heat_users=(replace(found.case.heat_users[0], **changed),))


def test_the_recheck_of_flows_bites(plan):
    """Proves: a connection smaller than its flow, more heat than there is and a flow below zero are found."""
    found = plan(reuse_case(demand_mw=np.array([0.3, 0.3])))
    op, pair = found.design.operation, ("town", "air")
    assert "heat sold within its connection" in broken(found, reuse_mw={"town": 0.1})
    more = replace(op, reused_mw={pair: np.array([0.25, 0.15])})
    assert "heat sold within the heat of racks" in broken(found, operation=more)
    less = replace(op, reused_mw={pair: np.array([-0.01, 0.15])})
    assert "heat sold not negative" in broken(found, operation=less)
