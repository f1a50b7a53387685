"""Power and heat at the instants that size a plant, by hand from a plan of given numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of, still
from tiny import PLAIN_TERMS, air, battery, hall_case, liquid, point, rack

from models.case import Case, ChilledWaterStore, CoolingCurve, Electrical, HeatUser
from models.design import Design, PlacedRacks
from models.instants import instants

CURVE = CoolingCurve("dry_bulb", (0.0, 40.0), (0.0, 0.4), (0.0, 4.0))
"""0.01 MW/MW and 0.1 m3/MWh per degree."""


def site(**changes: Any) -> Case:
    """Three hours of 10, 20 and 30 degC dry bulb."""
    weather = {"dry_bulb_c": [10.0, 30.0, 20.0], "wet_bulb_c": [16.0, 12.0, 14.0]}
    margins = {"design_margin_dry_k": 5.0, "design_margin_wet_k": 2.0}
    defaults: dict[str, Any] = {
        "racks": (rack(ancillary_mw=0.02),),
        "cooling": (air(curve=CURVE),),
        "electrical": Electrical("chain", 0.03, 0.07),
        "site": {**weather, **margins, "house_load_mw": 0.4, "plain_load_mw": [0.1, 0.2, 0.3]},
    }
    return hall_case([2.0, 1.0, 1.0], **{**defaults, **changes})


def plan(case: Case, **flows: Any) -> Design:
    """Ten racks; two, one and three of them busy."""
    busy = {("chat", "R", "air"): np.array([2.0, 1.0, 3.0])}
    heat = {"air": np.array([1.0, 0.9, 0.8])}
    year = still(case, **{"import_mw": np.array([1.0, 2.0, 3.0]), "busy_racks": busy, "heat_mw": heat, **flows})
    return plan_of(case, year, racks=(PlacedRacks("R", "air", "hall", 6), PlacedRacks("R", "air", "other", 4)))


def test_the_design_day() -> None:
    """Proves: ten racks of 0.12 MW with ancillary IT, 10 % lost in the chain, cooling at 35 degC 0.35 MW/MW, the
    highest plain load and the house are 1.2 + 0.12 + 0.42 + 0.3 + 0.4 MW of import. Catches: busy racks for peak ones,
    weather without its margins, standing losses or the mean of the other load."""
    day = instants(site(), plan(site()))[0]
    assert (day.name, day.step, day.dry_bulb_c, day.wet_bulb_c) == ("design day", None, 35.0, 18.0)
    given = {"racks": 1.2, "electrical_chain": 0.12, "cooling": 0.42, "house": 0.4, "plain_load": 0.3, "import": 2.44}
    none = dict.fromkeys(("battery_charge", "export", "onsite", "battery_discharge"), 0.0)
    assert day.power_mw == pytest.approx(given | none)
    assert day.rack_mw == {("R", "air"): pytest.approx(1.2)}
    heat = {"heat_mw": 1.2, "from_store_mw": 0.0, "electric_mw": 0.42, "distribution_mw": None, "water_m3_per_h": 4.2}
    assert day.heat == {"air": {k: v if v is None else pytest.approx(v) for k, v in heat.items()}}


def test_a_design_day_without_other_load() -> None:
    """Proves: no plain load is none of it."""
    case = site(site={"plain_load_mw": None})
    day, highest, _ = instants(case, plan(case))
    assert day.power_mw["plain_load"] == highest.power_mw["plain_load"] == 0.0


def test_the_highest_import_and_the_hottest_step() -> None:
    """Proves: the step of the highest import and that of the highest dry bulb are two, each with its own flows: idle
    racks of 0.07 MW with ancillary IT and 0.05 MW more for each busy one. Catches: the first step, the wet bulb, flows
    of another step, smoothing losses left out."""
    one, two = (np.array(v) for v in ([0.1, 0.2, 0.3], [1.0, 2.0, 3.0]))
    unit = battery(charge_efficiency=0.8, discharge_efficiency=0.5)  # loses 0.75 of an amplitude
    case = site(batteries=(unit, replace(unit, name="b")))
    flows: dict[str, Any] = {"it_mw": one, "chain_loss_mw": 2 * one, "cooling_mw": 3 * one, "export_mw": 4 * one}
    flows |= {"onsite_mw": 5 * one, "charge_mw": {"battery": one, "b": two}, "discharge_mw": {"battery": two, "b": two}}
    flows |= {
        "smoothed_mw": {"battery": 4 * one},
        "generated_mw": {"g": one, "h": two},
        "lost_load_mw": {"site": 6 * one},
    }
    _, highest, hottest = instants(case, plan(case, **flows))
    assert [(i.name, i.step) for i in (highest, hottest)] == [("highest import", 2), ("hottest step", 1)]
    assert [(i.dry_bulb_c, i.wet_bulb_c) for i in (highest, hottest)] == [(20.0, 14.0), (30.0, 12.0)]
    assert highest.rack_mw == {("R", "air"): pytest.approx(0.7 + 3 * 0.05)}
    assert hottest.rack_mw == {("R", "air"): pytest.approx(0.7 + 0.05)}
    assert highest.power_mw == pytest.approx(
        {
            "racks": 0.3,
            "electrical_chain": 0.6,
            "cooling": 0.9,
            "house": 0.4,
            "plain_load": 0.3,
            "battery_charge": 0.3 + 3.0 + 0.75 * 1.2,
            "export": 1.2,
            "onsite": 1.5,
            "generators": 3.3,
            "lost_load": 1.8,
            "battery_discharge": 6.0,
            "import": 3.0,
        }
    )
    assert highest.heat["air"]["heat_mw"] == 0.8 and hottest.heat["air"]["heat_mw"] == 0.9
    assert highest.heat["air"]["electric_mw"] == pytest.approx(0.8 * 0.2)
    assert highest.heat["air"]["water_m3_per_h"] == pytest.approx(0.8 * 2.0)
    none = instants(case, plan(case))[1].power_mw
    assert "generators" not in none and "lost_load" not in none


def test_heat_from_a_tank_and_heat_sold() -> None:
    """Proves: of 0.8 MW of heat at 20 degC a tank takes 0.3 less the 0.1 that charge it, two users 0.15 and 0.05, and
    0.4 are made: 0.05 of the 0.2 MW/MW stay with all heat, the rest follows what is made, a tenth of all stays with the
    racks' 1.2 MW at peak. Catches: the tank's sign, heat sold of another cooling type, distribution above the curve."""
    tank = ChilledWaterStore(1.0, PLAIN_TERMS, 9.0, distribution_pu=0.05)
    user = HeatUser("town", 1.0, 20.0, np.ones(3), 1.0, PLAIN_TERMS)
    case = site(cooling=(air(curve=CURVE, store=tank, fixed_share=0.1),), heat_users=(user, replace(user, name="pool")))
    flat = np.ones(3)
    sold = {("town", "air"): 0.15 * flat, ("pool", "air"): 0.05 * flat, ("town", "liquid"): 0.4 * flat}
    flows = {"cold_discharge_mw": {"air": 0.3 * flat}, "cold_charge_mw": {"air": 0.1 * flat}, "reused_mw": sold}
    found = instants(case, plan(case, **flows))[1].heat["air"]
    assert found == {
        "heat_mw": pytest.approx(0.8),
        "from_store_mw": pytest.approx(0.2),
        "reused_mw": pytest.approx(0.2),
        "electric_mw": pytest.approx(0.1 * 0.2 * 1.2 + 0.9 * (0.05 * 0.8 + 0.15 * 0.4)),
        "distribution_mw": pytest.approx(0.05 * 0.8),
        "water_m3_per_h": pytest.approx(0.4 * 2.0),
    }
    much = replace(case, cooling=(air(curve=CURVE, store=replace(tank, distribution_pu=0.5)),))
    assert instants(much, plan(much, **flows))[1].heat["air"]["distribution_mw"] == pytest.approx(0.2 * 0.8)


def test_only_cooling_that_takes_heat_is_told() -> None:
    """Proves: of air and liquid cooling only those of the racks there are; racks half on liquid heat the air with the
    other half on the design day. Catches: a cooling type of an option nobody bought."""
    racks = (rack(), rack("L", liquid_share=0.5))
    case = site(racks=racks, cooling=(air(curve=CURVE), liquid(curve=CURVE)))
    heat = {"air": np.full(3, 0.4), "liquid": np.full(3, 0.4)}
    year = still(case, heat_mw=heat)
    day = instants(case, plan_of(case, year, racks=(PlacedRacks("L", "liquid", "hall", 8),)))[0]
    assert {c: h["heat_mw"] for c, h in day.heat.items()} == {"air": pytest.approx(0.4), "liquid": pytest.approx(0.4)}
    both = (PlacedRacks("R", "air", "hall", 3), PlacedRacks("L", "liquid", "hall", 8))
    day = instants(case, plan_of(case, year, racks=both))[0]
    assert {c: h["heat_mw"] for c, h in day.heat.items()} == {"air": pytest.approx(0.7), "liquid": pytest.approx(0.4)}
    assert set(instants(case, plan_of(case, year, racks=(PlacedRacks("R", "air", "hall", 8),)))[0].heat) == {"air"}
    assert set(instants(case, plan_of(case, year, racks=(PlacedRacks("L", "liquid", "hall", 0),)))[0].heat) == set()


def test_each_option_has_its_own_busy_racks() -> None:
    """Proves: of 3 idle racks R two are busy, of 8 racks L one and a half: 0.21 + 0.1 and 0.56 + 0.075 MW; cooling
    without electricity takes none. Catches: busy racks of one option counted for another."""
    racks = (rack(ancillary_mw=0.02), rack("L", liquid_share=0.5, ancillary_mw=0.02))
    case = site(racks=racks, cooling=(air(), liquid()), operating_points=(point(), point("L")))
    heat = {"air": np.full(3, 0.4), "liquid": np.full(3, 0.4)}
    busy = {("chat", "R", "air"): np.full(3, 2.0), ("chat", "L", "liquid"): np.full(3, 1.5)}
    both = (PlacedRacks("R", "air", "hall", 3), PlacedRacks("L", "liquid", "hall", 8))
    day, highest, _ = instants(case, plan_of(case, still(case, heat_mw=heat, busy_racks=busy), racks=both))
    found = {("R", "air"): pytest.approx(0.31), ("L", "liquid"): pytest.approx(0.635)}
    assert highest.rack_mw == found and day.power_mw["cooling"] == 0.0
