"""Rules of cooling, units and the electrical chain in the model, at numbers put in by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from handmade import halves, set_values, slack
from test_work_rows import CHAT, TWO_YEARS
from tiny import (
    PLAIN_TERMS,
    air,
    battery,
    hall,
    hall_case,
    limits,
    power_unit,
    room,
    supply,
)

from models.assembly import build_design, build_operation
from models.case import (
    AssetTerms,
    Case,
    ChilledWaterStore,
    CoolingCurve,
    Electrical,
    Generator,
    HeatUser,
    PriceBreak,
    Redundancy,
)


def test_one_price_break_makes_two_tiers() -> None:
    """Proves: a single break is a choice between two prices, and none is no choice. Catches: a discount never taken."""
    model = build_design(hall_case([120.0, 1.0], offers=(hall(price_breaks=(PriceBreak(5, 6.0),)), hall("plain"))))
    assert list(model.modules.is_price) == [("hall", 0), ("hall", 1)]


def _cooled(**changes: Any) -> Case:
    """Two half hours of air cooling with a tank, at 0.5 MW/MW of which 0.1 stays, 4 m3/MWh; a fifth stays at no
    load."""
    half = AssetTerms(10, rebate_share=0.5)
    tank = ChilledWaterStore(10.0, half, 9.0, distribution_pu=0.1, loss_per_h=0.19, area_m2_per_mwh=2.0)
    curve = CoolingCurve("dry_bulb", (0.0,), (0.5,), (4.0,))
    water = limits(
        water_price_kcur_per_m3=0.5, water_m3_per_year=3.0, weighted_water_m3_per_year=9.0, water_m3_per_day=2.0
    )
    stress = {"water_stress": np.array([1.0, 3.0])}
    cooling = (air(curve=curve, store=tank, fixed_share=0.2, return_c=40.0),)
    town = HeatUser("town", 2.0, 40.0, np.array([0.5, 0.5]), 5.0, half, pump_pu=0.1)
    parts: dict[str, Any] = {"heat_users": (town,), "limits": water, "site": stress, "money": TWO_YEARS}
    return halves(hall_case([2.0, 1.0], cooling=cooling, **{**parts, **changes}))


def test_cold_and_water_of_half_hours() -> None:
    """Proves: of 2 MW of heat 0.5 are sold; 0.3 charge the tank and 0.2 come from it, so that 1.6 are made: 0.2 * 0.5
    of the 3 MW of design heat, and 0.8 of 0.1 * 2 + 0.4 * 1.6; 4 m3 per MWh for half an hour, 3.2 m3, weighted 3.2
    and 9.6. Catches: heat sold that is cooled, the tank's sign, pumps that
    follow the tank, steps for hours, water of one year."""
    month = build_operation(_cooled(), 0)
    month.sizes.steady_heat_mw["air"].set_value(2.0)
    set_values(month, sizes__heat_per_work_mw={("air", "chat"): 0.0}, sizes__design_heat_mw={"air": 3.0})
    set_values(month, sizes__cold_mwh={"air": 8.0}, reuse__reused_mw={("town", "air", t): 0.5 for t in (0, 1)})
    flows = {"cold_charge_mw": 0.3, "cold_discharge_mw": 0.2}
    set_values(month, **{f"cooling__{n}": {("air", t): v for t in (0, 1)} for n, v in flows.items()})
    set_values(
        month, cooling__cold_stored_mwh={("air", 0): 3.65, ("air", 1): 3.335}, month__cold_start_mwh={"air": 4.0}
    )
    assert pyo.value(month.cooling.draw_mw[0]) == pytest.approx(0.1 * 3 + 0.8 * (0.1 * 2.0 + 0.4 * 1.6))
    assert [slack(month.cooling.balance_cold["air", t]) for t in (0, 1)] == pytest.approx([0.0, 0.0])
    month.month.water_m3.set_value(7.0)
    month.month.weighted_water_m3.set_value(13.0)
    assert slack(month.cooling.count_water["water_m3"]) == pytest.approx(7.0 - 6.4)
    assert slack(month.cooling.count_water["weighted_water_m3"]) == pytest.approx(13.0 - 12.8)
    assert slack(month.cooling.limit_water_day[0]) == pytest.approx(2.0 - 6.4)
    assert pyo.value(month.cooling.cost_kcur) == pytest.approx(2 * 0.5 * 6.4)
    rates = (month.cooling.limit_cold_charge, month.cooling.limit_cold_discharge)
    assert [slack(rows["air", 0]) for rows in rates] == pytest.approx([2.0 - 0.3, 2.0 - 0.2])
    assert slack(month.cooling.limit_cold["air", 0]) == pytest.approx(8.0 - 3.65)
    assert slack(month.cooling.make_at_most["air", 0]) == pytest.approx(3.0 - 1.6)
    assert slack(month.cooling.make_at_least["air", 0]) == pytest.approx(1.5 + 0.3 - 0.2)


def test_heat_sold_in_half_hours() -> None:
    """Proves: 0.5 MW sold for half an hour at 2, in each of two years and two steps, earn 2; pumps take a tenth; a
    connection of 0.6 MW leaves 0.1 and costs 3 and a tank of 5 MWh 50, half of it given back. Catches: hours for steps,
    income of one year, a rebate left out."""
    month = build_operation(_cooled(), 0)
    set_values(month, sizes__reuse_mw={"town": 0.6}, reuse__reused_mw={("town", "air", t): 0.5 for t in (0, 1)})
    month.sizes.steady_heat_mw["air"].set_value(0.4)
    set_values(month, sizes__heat_per_work_mw={("air", "chat"): 0.0})
    assert pyo.value(month.reuse.cost_kcur) == pytest.approx(-2.0)
    assert pyo.value(month.reuse.draw_mw[0]) == pytest.approx(0.05)
    assert slack(month.reuse.limit_reuse["town", 0]) == pytest.approx(0.1)
    assert slack(month.reuse.limit_heat["air", 0]) == pytest.approx(-0.1)
    assert month.reuse.component("limit_user") is None  # of one cooling type the box is enough
    model = build_design(_cooled())
    set_values(model, sizes__reuse_mw={"town": 0.6}, sizes__cold_mwh={"air": 5.0})
    assert [pyo.value(block.first_cost_kcur) for block in (model.reuse, model.cooling)] == pytest.approx([3.0, 50.0])
    assert [pyo.value(block.cost_kcur) for block in (model.reuse, model.cooling)] == pytest.approx([1.5, 25.0])
    assert pyo.value(model.cooling.area_m2) == pytest.approx(10.0)


def test_cooling_without_a_tank() -> None:
    """Proves: of 2 MW of heat 0.5 are sold and 1.5 cooled at 0.5 MW/MW, a fifth of it for the 3 MW of design heat at
    any load; of 3 m3 a year 2 are used. Catches: heat that is sold and cooled; the limit of water turned round."""
    case = _cooled()
    case = replace(case, cooling=(replace(case.cooling[0], store=None),))
    month, model = build_operation(case, 0), build_design(case)
    month.sizes.steady_heat_mw["air"].set_value(2.0)
    set_values(month, sizes__heat_per_work_mw={("air", "chat"): 0.0}, sizes__design_heat_mw={"air": 3.0})
    set_values(month, reuse__reused_mw={("town", "air", t): 0.5 for t in (0, 1)})
    assert pyo.value(month.cooling.draw_mw[0]) == pytest.approx(0.2 * 0.5 * 3 + 0.8 * 0.5 * 1.5)
    model.month[0].water_m3.set_value(2.0)
    assert slack(model.cooling.limit_water["water_m3"]) == pytest.approx(1.0)


def test_water_of_each_day() -> None:
    """Proves: of half hours from 23:00 on two lie in each day, each limited by itself; no limit and no price, no rows
    and no cost. Catches: the water of a month against the limit of a day."""
    case = _cooled()
    late = replace(case.calendar, month_of_step=(0,) * 4, first_step="2023-01-01T23:00")
    flat = np.zeros(4)
    site = replace(
        case.site, **dict.fromkeys(("dry_bulb_c", "wet_bulb_c", "relative_humidity_pct", "plain_load_mw"), flat)
    )
    work = (replace(case.workloads[0], arrivals_mreq_per_h=flat),)
    grid = replace(case.grid, import_price_kcur_per_mwh=flat, carbon_t_per_mwh=flat)
    case = replace(case, calendar=late, workloads=work, grid=grid, heat_users=(), site=replace(site, water_stress=flat))
    month = build_operation(case, 0)
    assert list(month.cooling.limit_water_day) == [0, 1]
    dry = build_operation(replace(case, limits=limits()), 0)
    assert dry.cooling.component("limit_water_day") is None and dry.cooling.component("cost_kcur") is None


@pytest.mark.parametrize(
    ("redundancy", "rules"),
    [
        (Redundancy(), {"all units": 1.5 - 1.3}),
        (Redundancy(1), {"without spares": 1.5 - 1.3 - 0.5}),
        (Redundancy(2), {"without spares": 1.5 - 1.3 - 1.0}),
        (Redundancy(duplicated=True), {"all units": 1.5 - 2.6}),
        (Redundancy(distributed=True), {"all units": 1.5 - 1.95, "without spares": 1.5 - 1.3 - 0.5}),
    ],
)
def test_a_pool_and_its_redundancy(redundancy: Redundancy, rules: dict[str, float]) -> None:
    """Proves: three units of 0.5 MW against 13 racks of 0.1 MW, by N, N+x, 2N and 3N/2. Catches: a rule too many or too
    few, spares of the mean unit."""
    chain = Electrical("chain", 0.0, 0.0, redundancy=redundancy)
    offers = (room(cooling="air", heat_mw=2.0), power_unit())
    model = build_design(hall_case([13.0, 1.0], offers=offers, electrical=chain))
    set_values(model, modules__placed={("R", "air", "room"): 13.0}, modules__power_units={"power": 3.0})
    if redundancy.spares:
        model.modules.power_largest_mw.set_value(0.5)
    rows = model.modules.power_capacity
    assert {rule: slack(rows[rule]) for rule in rows} == {rule: pytest.approx(room) for rule, room in rules.items()}


def test_racks_in_units_and_the_largest_unit_in_use() -> None:
    """Proves: 13 of 14 racks placed in one room of ten are one short and three too many; 2 units of power of at most 4
    and a largest of 0.5 MW, an offer used to three quarters; ordered are as many as the uses. Catches: racks of another
    option, an offer in use without units."""
    chain = Electrical("chain", 0.0, 0.0, redundancy=Redundancy(1))
    offers = (room(cooling="air", heat_mw=2.0), power_unit())
    model = build_design(hall_case([14.0, 1.0], offers=offers, electrical=chain))
    block, key = model.modules, ("R", "air", "room")
    set_values(model, sizes__racks={key[:2]: 14.0}, modules__placed={key: 13.0}, modules__units={key: 1.0})
    set_values(model, modules__power_units={"power": 2.0}, modules__power_is_used={"power": 0.75})
    set_values(model, modules__ordered={"power": 3.0, "room": 1.0})
    block.power_largest_mw.set_value(0.5)
    assert slack(block.place_all[key[:2]]) == pytest.approx(-1.0)
    assert slack(block.fit[key]) == pytest.approx(-3.0)
    assert slack(block.power_used["power"]) == pytest.approx(4 * 0.75 - 2)
    assert slack(block.power_largest["power"]) == pytest.approx(0.5 - 0.375)
    assert (slack(block.order["power"]), slack(block.order["room"])) == pytest.approx((-1.0, 0.0))


def test_price_tiers_of_an_order() -> None:
    """Proves: halls at 7, from five units on at 6 and from ten at 5, of which 12 can be of use: tiers of 1-4, 5-9 and
    10-12 units; 3 at the first and 6 at the second price are 57. Catches: a tier that ends where the next begins, a
    highest count of another tier."""
    breaks = (PriceBreak(5, 6.0), PriceBreak(10, 5.0))
    model = build_design(hall_case([120.0, 1.0], offers=(hall(price_breaks=breaks, footprint_m2=3.0),)))
    block = model.modules
    set_values(model, modules__is_price={("hall", k): 1.0 for k in range(3)})
    set_values(
        model, modules__at_price={("hall", 0): 3.0, ("hall", 1): 6.0, ("hall", 2): 0.0}, modules__ordered={"hall": 9.0}
    )
    assert [slack(block.price_to["hall", k]) for k in range(3)] == pytest.approx([4 - 3, 9 - 6, 12])
    assert [slack(block.price_from["hall", k]) for k in range(3)] == pytest.approx([3 - 1, 6 - 5, -10])
    assert slack(block.split_price["hall"]) == 0.0 and slack(block.one_price["hall"]) == -2.0
    for other in (8.0, 10.0):
        set_values(model, modules__ordered={"hall": other})
        assert slack(block.split_price["hall"]) == -1.0
    set_values(model, modules__ordered={"hall": 9.0})
    assert pyo.value(block.first_cost_kcur) == pyo.value(block.cost_kcur) == pytest.approx(57.0)
    assert pyo.value(block.area_m2) == pytest.approx(27.0)


@pytest.mark.parametrize(("least", "limited"), [(0, False), (1, False), (2, True)])
def test_a_least_order_of_one_is_none(least: int, limited: bool) -> None:
    """Proves: only a least order of two and more is a choice between none and as many; of 3 units 2 are the least, and
    12 the most where the offer is used. Catches: a binary that decides nothing."""
    model = build_design(hall_case([120.0, 1.0], offers=(hall(min_count=least),)))
    assert list(model.modules.is_ordered) == (["hall"] if limited else [])
    if limited:
        set_values(model, modules__is_ordered={"hall": 1.0}, modules__ordered={"hall": 3.0})
        assert slack(model.modules.order_at_least["hall"]) == 1.0
        assert slack(model.modules.order_at_most["hall"]) == 9.0


def test_loss_and_price_of_the_chain() -> None:
    """Proves: 2 MW installed lose 0.04, 1 MW drawn 0.05 more; at 5 kcur/MW they cost 10; the design day of 2 MW with
    these losses, 0.5 MW/MW of cooling, 0.1 of house and 0.3 of other load leaves 0.46 of a contract of 4. Catches:
    standing losses of what is drawn, the mean of the other load."""
    chain = Electrical("chain", 0.02, 0.05, chain_kcur_per_mw=5.0)
    place = {"house_load_mw": 0.1, "plain_load_mw": [0.3, 0.1]}
    cooling = (air(curve=CoolingCurve("dry_bulb", (0.0,), (0.5,), (0.0,))),)
    priced = {"covers": "design day", "contract_kcur_per_mw_year": 1.0}
    case = hall_case(electrical=chain, site=place, cooling=cooling, grid=priced)
    month, model = build_operation(case, 0), build_design(case)
    for problem in (month, model):
        problem.sizes.installed_mw.set_value(2.0)
    month.sizes.steady_mw.set_value(1.0)
    set_values(month, sizes__per_work_mw={"chat": 0.0})
    assert pyo.value(month.electrical.draw_mw[0]) == pytest.approx(0.04 + 0.05)
    assert pyo.value(model.electrical.first_cost_kcur) == pyo.value(model.electrical.cost_kcur) == pytest.approx(10.0)
    set_values(model, sizes__design_heat_mw={"air": 2.0})
    model.grid.contract_mw.set_value(4.0)
    assert slack(model.electrical.cover_design_day["site"]) == pytest.approx(4.0 - (2.14 + 1.0 + 0.1 + 0.3))
    plain = build_design(hall_case(electrical=replace(chain, chain_kcur_per_mw=0.0)))
    assert plain.electrical.component("cover_design_day") is None
    assert plain.electrical.component("first_cost_kcur") is None


def test_land_and_budget() -> None:
    """Proves: two halls of 5 m2 and 7 kcur, beside racks for 20, leave 2 of 12 m2 and break a budget of 30 by 4;
    without limits there are no rows. Catches: present value for first cost, land of the racks."""
    offers = (hall(footprint_m2=5.0),)
    free = build_design(hall_case(offers=offers))
    assert free.component("limit_area") is None and free.component("limit_budget") is None
    model = build_design(hall_case(offers=offers, site={"area_m2": 12.0}, limits=limits(budget_kcur=30.0)))
    set_values(model, sizes__racks={CHAT[1:]: 2.0}, modules__ordered={"hall": 2.0})
    assert slack(model.limit_area["site"]) == pytest.approx(2.0)
    assert slack(model.limit_budget["first"]) == pytest.approx(30.0 - 34.0)


def test_power_at_the_bus() -> None:
    """Proves: 1 MW of racks, 0.09 lost in the chain, 0.5 of cooling, 0.05 of pumps of heat sold, 0.3 into a battery,
    0.1 of house and 0.2 of other load, less 0.4 from the sun, 0.25 of an engine and 1 MW of import, leave 0.59 to be
    found. Catches: a port left out or with another sign."""
    town = HeatUser("town", 2.0, 40.0, np.array([0.5, 0.5]), 5.0, PLAIN_TERMS, pump_pu=0.1)
    case = hall_case(
        electrical=Electrical("chain", 0.02, 0.05),
        cooling=(air(curve=CoolingCurve("dry_bulb", (0.0,), (0.5,), (0.0,)), return_c=40.0),),
        heat_users=(town,),
        batteries=(battery(),),
        supplies=(supply([1.0, 1.0]),),
        generators=(Generator("g", 1.0, 0.0, PLAIN_TERMS, max_units=1),),
        site={"house_load_mw": 0.1, "plain_load_mw": [0.2, 0.9]},
        limits=limits(tokenergy_wh_per_ktok=1.0),
    )
    month = build_operation(case, 0)
    for name, value in (("steady_mw", 1.0), ("installed_mw", 2.0)):
        getattr(month.sizes, name).set_value(value)
    set_values(month, sizes__per_work_mw={"chat": 0.0}, sizes__heat_per_work_mw={("air", "chat"): 0.0})
    set_values(month, sizes__steady_heat_mw={"air": 1.5}, reuse__reused_mw={("town", "air", t): 0.5 for t in (0, 1)})
    set_values(month, storage__charge_mw={("battery", 0): 0.5, ("battery", 1): 0.0})
    set_values(month, storage__discharge_mw={("battery", 0): 0.2, ("battery", 1): 0.0})
    set_values(month, supply__onsite_mw={0: 0.4, 1: 0.0}, generators__generated_mw={("g", 0): 0.25, ("g", 1): 0.0})
    set_values(month, grid__import_mw={0: 1.0, 1: 0.0})
    assert abs(slack(month.balance_bus[0])) == pytest.approx(1 + 0.09 + 0.5 + 0.05 + 0.3 + 0.3 - 0.4 - 0.25 - 1.0)
    month.month.site_energy_mwh.set_value(2.0)
    assert slack(month.tokenergy.count_site_energy["month"]) == pytest.approx(2.0 - (1.0 + 0.4 + 0.25))
