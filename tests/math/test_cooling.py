"""Cooling: curves, compatibility, split of heat, water, chilled water; hand-solved on the base case of
test_compute.py."""

from dataclasses import replace

import numpy as np
import pytest
from tiny import (
    air,
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
)

from models.audit import audit
from models.case import ChilledWaterStore, CoolingCurve, Redundancy
from models.catalogue import options
from models.curves import (
    compressor_share,
    design_day_pu,
    design_day_water,
    electricity_pu,
    power_mw,
    water_m3_per_mwh,
)
from models.readout import net_flow, trim
from models.usage import tank_m3


def climate(dry=(0.0, 0.0), wet=(0.0, 0.0), humidity=(50.0, 50.0)):
    """Weather of the two steps, as fields of the site."""
    return {"dry_bulb_c": dry, "wet_bulb_c": wet, "relative_humidity_pct": humidity}


RISING = ((10.0, 30.0), (0.1, 0.3), (0.0, 0.0))


@pytest.mark.parametrize("driver", ["dry_bulb", "wet_bulb"])
def test_electricity_follows_the_curve(plan, driver):
    """Proves: 0.2 at 20 degrees and, constant beyond the last point, 0.3 at 40: 0.2 * 0.2 + 0.15 * 0.3.
    Catches: extrapolation would take 0.4 at 40 degrees; the other bulb 0.1 in both steps."""
    site = climate(**{"dry" if driver == "dry_bulb" else "wet": (20.0, 40.0)})
    found = plan(hall_case(site=site, cooling=(air(curve=CoolingCurve(driver, *RISING)),)))
    assert found.cost == pytest.approx(27.35 + 0.2 * 0.2 + 0.15 * 0.3)


def test_a_curve_may_follow_the_sea(plan):
    """Proves: 0.2 at a sea of 20 degC, 0.3 at 40, whatever the air. Catches: air in place of water, 0.1."""
    site = climate() | {"source_water_c": np.array([20.0, 40.0])}
    found = plan(hall_case(site=site, cooling=(air(curve=CoolingCurve("source_water", *RISING)),)))
    assert found.cost == pytest.approx(27.35 + 0.2 * 0.2 + 0.15 * 0.3)


def test_points_of_a_curve_in_any_order(plan):
    """Proves: the order of points does not matter. Catches: interpolation on unsorted points."""
    curve = CoolingCurve("dry_bulb", (30.0, 10.0), (0.3, 0.1), (0.0, 0.0))
    found = plan(hall_case(site=climate((20.0, 40.0)), cooling=(air(curve=curve),)))
    assert found.cost == pytest.approx(27.35 + 0.2 * 0.2 + 0.15 * 0.3)


def test_a_grid_of_temperature_and_humidity_is_bilinear(plan):
    """Proves: at 20 degrees and 35 % (a quarter of the way) the value is 0.75 * 0.2 + 0.25 * 0.4; beyond, the corner
    0.6. Catches: humidity ignored, 0.2; nearest point, 0.1."""
    curve = CoolingCurve(
        "dry_bulb_and_humidity",
        (10.0, 10.0, 30.0, 30.0),
        (0.1, 0.2, 0.3, 0.6),
        (0.0,) * 4,
        relative_humidity_pct=(20.0, 80.0, 20.0, 80.0),
    )
    found = plan(hall_case(site=climate((20.0, 50.0), humidity=(35.0, 95.0)), cooling=(air(curve=curve),)))
    assert found.cost == pytest.approx(27.35 + 0.2 * (0.75 * 0.2 + 0.25 * 0.4) + 0.15 * 0.6)


def test_the_design_day_adds_margins(plan):
    """Proves: the design day takes the curve 5 K above the hottest step: 0.25 at 25 degrees. Catches: no margin,
    0.2."""
    cooling = air(curve=CoolingCurve("dry_bulb", *RISING))
    site = {**climate((20.0, 15.0)), "design_margin_dry_k": 5.0}
    assert design_day_pu(cooling, hall_case(site=site).site) == pytest.approx(0.25)


def test_water_follows_the_heat(plan):
    """Proves: 2 m3/MWh on 0.35 MWh of heat at 3 kcur/m3. Catches: water on cooling electricity, 0; step length, see
    below."""
    case = hall_case(cooling=(air(curve=flat_curve(0.0, 2.0)),), limits=limits(water_price_kcur_per_m3=3.0))
    assert plan(case).line("water") == pytest.approx(2 * 0.35 * 3)


def test_water_of_half_hours(plan):
    """Proves: half-hours halve water as they halve energy. Catches: heat power taken for heat energy, 2.1."""
    case = hall_case(step_h=0.5, cooling=(air(curve=flat_curve(0.0, 2.0)),), limits=limits(water_price_kcur_per_m3=3.0))
    assert plan(case).line("water") == pytest.approx(2 * 0.35 * 3 / 2)


def thirsty_case(arrivals, price, **changes):
    """One rack and its hall (17); one request that may wait two steps, at 0.1 MW when busy, else 0.05; 2 m3 per MWh."""
    work = requests(arrivals, kind="deferrable", max_delay_h=2.0)
    return hall_case(arrivals, price, workloads=(work,), cooling=(air(curve=flat_curve(0.0, 2.0)),), **changes)


def test_weighted_water_moves_work_out_of_dry_hours(plan):
    """Proves: weights 3 and 1 make 0.2 * 3 + 0.1 = 0.7 of work in the first step, 0.5 in the second; a limit of 0.5
    moves it there though energy costs five times as much. Catches: weights left out (0.3 either way: 17.35)."""
    stress = {**climate(), "water_stress": np.array([3.0, 1.0])}
    found = plan(thirsty_case([1, 0], [1, 5], site=stress, limits=limits(weighted_water_m3_per_year=0.5)))
    assert found.cost == pytest.approx(17 + 0.05 * 1 + 0.1 * 5)
    assert found.accounts.kpi["weighted_water_m3"] == pytest.approx(0.5)
    free = plan(thirsty_case([1, 0], [1, 5], site=stress, limits=limits(water_m3_per_year=0.31)))
    assert free.cost == pytest.approx(17 + 0.1 * 1 + 0.05 * 5)


def test_water_of_a_calendar_day(plan):
    """Proves: of three steps from 22:00 two lie in the first day, with 0.2 m3 idle and 0.3 with the work; a limit of
    0.2 a day sends it past midnight. Catches: days counted from the first step (all in one: no plan), the limit taken
    for that of a step (0.2: no effect, 17.4)."""
    case = thirsty_case([1, 0, 0], [1, 1, 5], limits=limits(water_m3_per_day=0.2))
    late = replace(case, calendar=replace(case.calendar, first_step="2023-01-01T22:00"))
    assert plan(late).cost == pytest.approx(17 + 0.05 + 0.05 + 0.1 * 5)


LIQUID_RACK = rack(liquid_share=0.8, max_supply_c=40.0)
INTEGRATED = hall(cooling="liquid")


def liquid_case(rack=LIQUID_RACK, **changes):
    """Racks that give 80 % of their heat to liquid (0.05) and 20 % to air (0.25), in halls with liquid cooling."""
    defaults = {
        "racks": (rack,),
        "cooling": (liquid(curve=flat_curve(0.05), supply_c=40.0), air(curve=flat_curve(0.25))),
        "offers": (INTEGRATED,),
    }
    return hall_case(**{**defaults, **changes})


def test_heat_is_split_between_liquid_and_air(plan):
    """Proves: 0.8 * 0.05 + 0.2 * 0.25 = 0.09 per heat. Catches: all heat to liquid 0.05; all to air 0.25."""
    found = plan(liquid_case())
    assert found.cost == pytest.approx(27.35 + 0.35 * 0.09)
    assert found.design.operation.heat_mw["air"] == pytest.approx([0.04, 0.03])


@pytest.mark.parametrize(
    "cooling",
    [
        (liquid(residual_air=None), air()),
        (liquid(supply_c=45.0), air()),
        (liquid(liquid_share=0.7), air()),
        (liquid(max_rack_mw=0.05), air()),
        (liquid(residual_air="liquid"), air()),
        (air("liquid"),),
    ],
    ids=["no air system", "supply too warm", "share too small", "rack too large", "residual to liquid", "air only"],
)
def test_incompatible_cooling_is_no_option(refuse, cooling):
    """Proves: each rule of compatibility alone excludes the only option. Catches: a rule left out gives a plan."""
    refuse(liquid_case(cooling=cooling))


def test_an_air_rack_takes_no_liquid_cooling(refuse):
    """Proves: a rack without liquid connection is not an option of a liquid system. Catches: shares compared with <=
    only."""
    refuse(liquid_case(rack=rack()))


def test_cheaper_cooling_is_chosen(plan):
    """Proves: of two air systems the one with 0.1 is used though the other stands first. Catches: the first always
    taken."""
    cooling = (air("poor", curve=flat_curve(0.5)), air("good", curve=flat_curve(0.1)))
    found = plan(hall_case(cooling=cooling, offers=(hall(cooling=None, electrical_mw=1.0), *_units())))
    assert found.racks(cooling="good") == 2


def _units():
    return cooling_unit("poor unit", cooling="poor", ex_works_k=0.0), cooling_unit(
        "good unit", cooling="good", ex_works_k=0.0
    )


STORE = ChilledWaterStore(0.0, rack().terms, 10.0, distribution_pu=0.1, hours_to_fill=1.0)


def cold_case(**store):
    """Heat 0.15 at price 1 and 0.2 at price 9, cooling 0.5 per heat of which 0.1 stays in its hour: without store
    29.925."""
    changed = ChilledWaterStore(**{**vars(STORE), **store})
    return hall_case([1, 2], [1, 9], cooling=(air(curve=flat_curve(0.5), store=changed),))


IT_AND_PUMPS = 27 + (0.15 * 1 + 0.2 * 9) * (1 + 0.1)


def test_cold_is_made_when_energy_is_cheap(plan):
    """Proves: production is limited by the design heat of 0.2, so 0.05 moves: 0.4 * (0.2 * 1 + 0.15 * 9).
    Catches: no production limit, 0.4 * 0.35; pumps moved too, 0.5 in place of 0.1 + 0.4; no store 29.925."""
    assert plan(cold_case()).cost == pytest.approx(IT_AND_PUMPS + 0.4 * (0.2 + 0.15 * 9))


def test_cold_is_made_when_it_is_cool(plan):
    """Proves: at one price, the tank is filled in the hour in which the curve takes 0.1 (all of it pumps) and spares
    0.4 in the hour in which it takes 0.5. Catches: the efficiency of the hour of use (no gain: 27.45)."""
    cooling = air(curve=CoolingCurve("dry_bulb", (0.0, 40.0), (0.1, 0.5), (0.0, 0.0)), store=STORE)
    found = plan(hall_case([1, 2], [1, 1], site=climate((0.0, 40.0)), cooling=(cooling,)))
    assert found.cost == pytest.approx(27.35 + 0.1 * 0.35 + 0.4 * 0.15)


def test_what_cannot_move_is_at_most_the_whole_curve(plan):
    """Proves: where more is stated to stay (0.9) than the curve takes (0.5), all of it stays and a tank saves nothing:
    29.925, on the design day too, which the recheck compares. Catches: a tank that makes cooling dearer, 30.705."""
    assert plan(cold_case(distribution_pu=0.9)).cost == pytest.approx(29.925)


def test_a_tank_is_no_larger_than_its_use(plan):
    """Proves: 0.05 MWh are stored within an hour, which asks for a tank of at least that; one of twice the size, as the
    gap may leave it, is taken back to it. Catches: the larger of what is there and what is used."""
    found = plan(cold_case()).design
    (name,) = found.cold_store_mwh
    needed = trim(cold_case(), found).cold_store_mwh[name]
    assert 0.05 - 1e-9 <= needed <= found.cold_store_mwh[name]
    larger = replace(found, cold_store_mwh={name: 2 * found.cold_store_mwh[name] + 1})
    assert trim(cold_case(), larger).cold_store_mwh[name] == pytest.approx(needed)


def test_a_trace_of_cold_is_no_store() -> None:
    """Flows of at most a watt, which a solver's tolerances leave, are nothing, so that the tank is trimmed away; of
    0.4 in and 0.1 out only 0.3 in is left. Caught: a store of 18 Wh bought for a dollar, a tank filled and emptied at
    once."""
    nothing = net_flow(np.array([2e-7, 0.0]), np.array([0.0, 9e-7]))
    assert [series.tolist() for series in nothing] == [[0.0, 0.0], [0.0, 0.0]]
    charge, discharge = net_flow(np.array([0.4, 2e-7]), np.array([0.1, 0.0]))
    assert charge.tolist() == pytest.approx([0.3, 2e-7]) and discharge.tolist() == [0.0, 0.0]


def test_cold_is_lost(plan):
    """Proves: of 0.05 MWh, 20 % are lost in an hour. Catches: no loss, 29.765."""
    assert plan(cold_case(loss_per_h=0.2)).cost == pytest.approx(IT_AND_PUMPS + 0.4 * (0.2 + 0.16 * 9))


def test_a_tank_fills_within_hours(plan):
    """Proves: 0.1 MWh filled in 4 h takes 0.025 MW. Catches: rate not limited, 29.765."""
    found = plan(cold_case(max_mwh=0.1, hours_to_fill=4.0))
    assert found.cost == pytest.approx(IT_AND_PUMPS + 0.4 * (0.175 + 0.175 * 9))


def test_a_tank_is_paid(plan):
    """Proves: moving 0.05 MWh saves 0.16; a tank of 0.05 MWh at 2 kcur/MWh costs 0.1; at 4 it is not built.
    Catches: a free tank, 29.765 both times."""
    assert plan(cold_case(cost_kcur_per_mwh=2.0)).cost == pytest.approx(29.765 + 0.1)
    assert plan(cold_case(cost_kcur_per_mwh=4.0)).cost == pytest.approx(29.925)


def test_part_load_is_fixed_plus_proportional(plan):
    """Proves: 0.5 per heat at the design heat of 0.2, a fifth of which stays: 0.5 * (0.04 + 0.8 * 0.2) = 0.1 when full,
    0.5 * (0.04 + 0.8 * 0.15) = 0.08 at 0.15. Catches: proportional to heat, 0.175 in all; the fixed part of the heat of
    the hour, the same; full power always, 0.2; the fixed part on top, 0.215."""
    found = plan(hall_case(cooling=(air(curve=flat_curve(0.5), fixed_share=0.2),)))
    assert found.design.operation.cooling_mw == pytest.approx([0.1, 0.08])
    assert found.cost == pytest.approx(27.35 + 0.18)


def test_part_load_beside_a_tank(plan):
    """Proves: the fixed fifth, 0.5 * 0.2 * 0.2 = 0.02 in both hours, cannot move; of the rest pumps stay and 0.05 of
    cold moves. Catches: a tank that moves the fixed part as well, the fixed part forgotten beside a tank."""
    store = ChilledWaterStore(**vars(STORE))
    cooling = air(curve=flat_curve(0.5), store=store, fixed_share=0.2)
    found = plan(hall_case([1, 2], [1, 9], cooling=(cooling,)))
    rest = 0.1 * (0.15 + 0.2 * 9) + 0.4 * (0.2 + 0.15 * 9)
    assert found.cost == pytest.approx(27 + 0.15 + 0.2 * 9 + 0.02 * (1 + 9) + 0.8 * rest)


def test_water_of_a_tank(plan):
    """Proves: 0.05 MWh at 10 K is 0.05 / 0.01163 = 4.3 m3. Catches: kWh for MWh, the difference left out."""
    found = plan(cold_case(temperature_difference_k=10.0))
    assert tank_m3(found.case, found.design, "air") == pytest.approx(found.design.cold_store_mwh["air"] / 0.01163)
    assert tank_m3(hall_case(cooling=(air(store=STORE),)), found.design, "air") is None


def test_heat_pools_by_share(plan):
    """Proves: two racks of 0.1 MW give 0.16 to the liquid pool (units of 0.1: two) and 0.04 to air (units of 0.03:
    two). Catches: all heat in one pool, or the pools of heat shares swapped, gives other counts."""
    offers = (
        room(),
        power_unit(ex_works_k=0.0),
        cooling_unit("cdu", cooling="liquid", heat_mw=0.1, ex_works_k=5.0),
        cooling_unit("crah", cooling="air", heat_mw=0.03, ex_works_k=1.0),
    )
    found = plan(liquid_case(offers=offers))
    assert (found.units("cdu"), found.units("crah")) == (2, 2)
    assert found.cost == pytest.approx(20 + 10 + 2 + 0.35 * 1.09)


def test_redundancy_is_per_cooling_type(plan):
    """Proves: 2N of the air pool alone doubles its units (0.08 / 0.03: three). Catches: one rule for all pools."""
    offers = (
        room(),
        power_unit(ex_works_k=0.0),
        cooling_unit("cdu", cooling="liquid", heat_mw=0.1),
        cooling_unit("crah", cooling="air", heat_mw=0.03),
    )
    cooling = (liquid(), air(redundancy=Redundancy(duplicated=True)))
    found = plan(liquid_case(offers=offers, cooling=cooling))
    assert (found.units("cdu"), found.units("crah")) == (2, 3)


def test_weather_moves_work_to_cool_hours(plan):
    """Proves: deferrable work is done when cooling is cheap. Catches: cooling power not driven by busy racks: a tie."""
    work = requests([1, 0], kind="deferrable", max_delay_h=1.0)
    cooling = (air(curve=CoolingCurve("dry_bulb", (0.0, 40.0), (0.0, 0.4), (0.0, 0.0))),)
    found = plan(
        hall_case([1, 0], workloads=(work,), cooling=cooling, site=climate((40.0, 0.0)), operating_points=(point(),))
    )
    assert np.allclose(found.design.operation.busy_racks[("chat", "R", "air")], [0, 1])
    assert found.cost == pytest.approx(17 + 0.05 * 1.4 + 0.1)


# -- the recheck --


@pytest.fixture(scope="module")
def stored(plan):
    """A plan with a plant at part load, its water and its tank; solved once."""
    store = replace(STORE, cost_kcur_per_mwh=1.0)
    return plan(hall_case([1, 2], [1, 9], cooling=(air(curve=flat_curve(0.5, 1.0), fixed_share=0.2, store=store),)))


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("cooling power at the weather of the step", {"curve": flat_curve(0.6, 1.0)}),
        ("cooling power at the weather of the step", {"fixed_share": 0.3}),
        ("cooling power at the weather of the step", {"distribution_pu": 0.2}),
        ("water at the weather of the step", {"curve": flat_curve(0.5, 2.0)}),
        ("stored cold follows its flows", {"loss_per_h": 0.1}),
        ("stored cold within the tank", {"built": 0.5}),
        ("charging rate of the tank", {"hours_to_fill": 2.0}),
        ("largest chilled-water store", {"max_mwh": 0.01}),
        ("price of a cost line [kcur]", {"cost_kcur_per_mwh": 2.0}),
    ],
)
def test_the_recheck_knows_every_term_of_cooling(stored, rule, change):
    """Proves: the recheck reads every term of a plant and its tank from the case: a plan of another plant is refused.
    Catches: a term that only the model knows, so that its mistake would stay unseen."""
    found, new, design = stored, dict(change), stored.design
    store = found.case.cooling[0].store
    size = design.cold_store_mwh["air"]
    assert size > 0.04
    if "built" in new:
        design = replace(design, cold_store_mwh={"air": new.pop("built") * size})
    of_store = {k: new.pop(k) for k in tuple(new) if k in vars(store)}
    cooling = replace(found.case.cooling[0], store=replace(store, **of_store), **new)
    other = replace(found.case, cooling=(cooling,))
    assert rule in {v.check for v in audit(other, design, found.accounts).violations}


@pytest.mark.parametrize(("driver", "warm"), [("dry_bulb", {"dry": (5.0, 10.0)}), ("wet_bulb", {"wet": (5.0, 10.0)})])
def test_the_share_of_compressors_follows_the_weather(driver, warm):
    """Proves: halfway between free cooling at 0 and compressors alone at 10 degC they take half of the heat. Catches: a
    margin of the design day added to the year."""
    curve = CoolingCurve(driver, (0.0, 10.0), (0.0, 0.0), (0.0, 0.0), compressor_share=(0.0, 1.0))
    site = hall_case(site=climate(**warm)).site
    assert compressor_share(air(curve=curve), site).tolist() == pytest.approx([0.5, 1.0])


@pytest.mark.parametrize(("share", "fits"), [(1.0, True), (0.8, False)])
def test_a_rack_without_heat_to_air_needs_no_air_cooling(share, fits):
    """Proves: a rack all of whose heat leaves by liquid fits a liquid system without air beside it; one with a fifth to
    air does not. Catches: air cooling asked of both."""
    case = hall_case(racks=(rack(liquid_share=share),), cooling=(liquid(residual_air=None),))
    assert bool(options(case)) == fits


def test_a_grid_of_one_humidity():
    """Proves: with one humidity given the curve follows the temperature alone. Catches: a second one looked for."""
    curve = CoolingCurve(
        "dry_bulb_and_humidity", (0.0, 10.0), (0.1, 0.3), (0.0, 0.0), relative_humidity_pct=(50.0, 50.0)
    )
    site = hall_case(site=climate((5.0, 10.0), humidity=(20.0, 80.0))).site
    assert electricity_pu(air(curve=curve), site).tolist() == pytest.approx([0.2, 0.3])


@pytest.mark.parametrize(
    ("store", "each", "power"),
    [
        (None, 0.5, 0.2 * 0.5 * 4.0 + 0.8 * 0.5 * 1.5),  # follows what is made
        (ChilledWaterStore(1.0, rack().terms, 0.0, distribution_pu=0.1), 0.5, 0.2 * 0.5 * 4.0 + 0.8 * 0.5 * 1.5),
        (ChilledWaterStore(1.0, rack().terms, 9.0, distribution_pu=0.1), 0.5, 0.4 + 0.8 * (0.1 * 2.0 + 0.4 * 1.5)),
        (ChilledWaterStore(1.0, rack().terms, 9.0, distribution_pu=0.1), 0.05, 0.04 + 0.8 * 0.05 * 2.0),
    ],
)
def test_what_follows_heat_and_what_follows_cold(store: ChilledWaterStore | None, each: float, power: float) -> None:
    """Proves: of 2 MW of heat 1.5 are made as cold; a fifth of the curve stays with the 4 MW of design heat; beside a
    tank its pumps follow the heat and the rest the cold, and pumps are never more than the curve. Catches: pumps that
    stay without a tank, a fixed part of the heat of the hour."""
    found = power_mw(air(store=store, fixed_share=0.2), np.array([each]), np.array([2.0]), np.array([1.5]), 4.0)
    assert found[0] == pytest.approx(power)


@pytest.mark.parametrize(("driver", "day"), [("dry_bulb", 35.0), ("wet_bulb", 28.0), ("source_water", 20.0)])
def test_water_and_electricity_of_the_design_day(driver: str, day: float) -> None:
    """Proves: at 30 degC dry, 25 wet and a margin of 5 and 3 K the worst of the year is 35 or 28; a sea has no margin.
    Catches: a margin of the other bulb, of the year's steps, the mean of the year."""
    curve = CoolingCurve(driver, (0.0, 50.0), (0.0, 0.5), (0.0, 5.0))
    margins = {"design_margin_dry_k": 5.0, "design_margin_wet_k": 3.0, "source_water_c": np.array([20.0, 10.0])}
    site = hall_case(site=climate((10.0, 30.0), (5.0, 25.0)) | margins).site
    assert design_day_pu(air(curve=curve), site) == pytest.approx(day / 100)
    assert design_day_water(air(curve=curve), site) == pytest.approx(day / 10)
    year = {"dry_bulb": [1.0, 3.0], "wet_bulb": [0.5, 2.5], "source_water": [2.0, 1.0]}[driver]
    assert water_m3_per_mwh(air(curve=curve), site) == pytest.approx(year)
    assert electricity_pu(air(curve=curve), site) == pytest.approx([v / 10 for v in year])


def test_a_grid_of_weather_at_and_beyond_its_edges() -> None:
    """Proves: 0, 1 and 4 at 20, 50 and 80 % of humidity, twice as much and 1 more at 10 degC: linear between, constant
    beyond, whatever the order of the points. Catches: temperature and humidity exchanged, neighbours beyond the
    last."""
    of_humidity = {20.0: 0.0, 50.0: 1.0, 80.0: 4.0}
    corners = [(t, h) for h in (80.0, 20.0, 50.0) for t in (10.0, 0.0)]
    values = tuple(of_humidity[h] if t == 0 else 2 * of_humidity[h] + 1 for t, h in corners)
    at, damp_at = tuple(t for t, _ in corners), tuple(h for _, h in corners)
    curve = CoolingCurve("dry_bulb_and_humidity", at, values, values, damp_at)
    hours = [(0, 20), (0, 35), (0, 65), (5, 50), (10, 80), (10, 95), (-5, 5), (15, 65)]
    dry, damp = (np.array(v, float) for v in zip(*hours, strict=True))
    site = {"dry_bulb_c": dry, "wet_bulb_c": dry, "relative_humidity_pct": damp}
    found = electricity_pu(air(curve=curve), hall_case([1.0] * 8, site=site).site)
    assert found == pytest.approx([0.0, 0.5, 2.5, 2.0, 9.0, 9.0, 0.0, 6.0])
    assert compressor_share(air(curve=curve), hall_case([1.0] * 8, site=site).site) is None
