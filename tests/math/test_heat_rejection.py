"""Moist air and derived curves of heat rejection, by hand and against published tables."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from tiny import air, hall_case

from models.audit.checker import Checker
from models.audit.rejection import check_rejection
from models.curves import compressor_share, electricity_pu, water_m3_per_mwh
from models.heat_rejection import HeatRejection, curve, outdoors, tower_water
from models.psychrometrics import density_ratio, enthalpy, humidity_ratio, pressure_hpa, saturation_hpa, wet_bulb_c

DRY = HeatRejection("dry_cooler", 32.0, 10.0, 10.0, 0.02, 0.04, 0.6)


def one(value):
    return np.array([value], float)


def at(plant, dry=20.0, humidity=50.0, altitude=0.0, water=None):
    """Electricity, water and compressors of a plant in one hour."""
    site = {"dry_bulb_c": one(dry), "wet_bulb_c": one(0.0), "relative_humidity_pct": one(humidity)}
    case = hall_case([1.0], site=site | ({} if water is None else {"source_water_c": one(water)}))
    cooling = air(curve=curve(plant, altitude))
    found = electricity_pu(cooling, case.site), water_m3_per_mwh(cooling, case.site)
    return float(found[0][0]), float(found[1][0]), float(compressor_share(cooling, case.site)[0])


@pytest.mark.parametrize(("dry", "humidity", "wet"), [(30.0, 50.0, 22.0), (20.0, 50.0, 13.8), (35.0, 20.0, 18.9)])
def test_wet_bulb_of_common_points(dry, humidity, wet):
    """Proves: psychrometric charts read 22.0, 13.8 and 18.9 degC at sea level. Catches: dew point (18.4, 9.3, 8.7)."""
    assert wet_bulb_c(one(dry), one(humidity))[0] == pytest.approx(wet, abs=0.15)
    assert wet_bulb_c(one(dry), one(100.0))[0] == pytest.approx(dry, abs=1e-4)


def test_air_at_altitude():
    """Proves: the standard atmosphere has 795 hPa and 0.822 of its density at 2,000 m; thinner air holds more water per
    kg and wets lower. Catches: density and pressure exchanged (0.785)."""
    assert pressure_hpa(2000) == pytest.approx(795.0, abs=0.5)
    assert density_ratio(2000) == pytest.approx(0.8217, abs=5e-4)
    assert humidity_ratio(one(20), one(50), pressure_hpa(2000))[0] > humidity_ratio(one(20), one(50))[0]
    assert wet_bulb_c(one(30), one(30), pressure_hpa(2000))[0] < wet_bulb_c(one(30), one(30))[0]


def test_moist_air_of_the_tables():
    """Proves: saturated at 20 degC 23.4 hPa, 14.7 g/kg, 57.5 kJ/kg. Catches: hPa for kPa, vapour left out (20.1)."""
    ratio = humidity_ratio(one(20), one(100))
    assert saturation_hpa(one(20))[0] == pytest.approx(23.4, abs=0.1)
    assert (1e3 * ratio[0], enthalpy(one(20), ratio)[0]) == pytest.approx((14.7, 57.5), rel=0.005)


def test_enthalpy_of_dry_air_and_of_vapour():
    """Proves: dry air of 50 degC holds 50.3 kJ/kg; each 0.1 kg of vapour adds 0.1 * (2501 + 93), at zero 250.1.
    Catches: vapour that is not warmed."""
    assert enthalpy(one(50), one(0))[0] == pytest.approx(50.3)
    assert enthalpy(one(50), one(0.1))[0] - enthalpy(one(50), one(0))[0] == pytest.approx(259.4)
    assert enthalpy(one(0), one(0.1))[0] == pytest.approx(250.1)


def test_a_wet_bulb_keeps_its_equation():
    """Proves: from -20 to 45 degC, at sea level and at 795 hPa, vapour in the air is what saturates the wet bulb less
    0.000662 of the pressure per K; saturated air has its dry bulb. Catches: a search that stops early, or beside it."""
    dry = np.repeat(np.array([-20.0, 0.0, 20.0, 45.0]), 3)
    damp = np.tile([10.0, 50.0, 90.0], 4)
    for pressure in (1013.25, 795.0):
        wet = wet_bulb_c(dry, damp, pressure)
        vapour = saturation_hpa(wet) - 6.62e-4 * pressure * (dry - wet)
        assert vapour == pytest.approx(damp / 100 * saturation_hpa(dry), abs=1e-5)
        assert (wet < dry).all()


def test_a_dry_cooler_alone_then_with_its_chiller():
    """Proves, at 20 degC: fans at (10 / 12) of their flow, cubed, no compressor; at 22 just free at full flow; at 27:
    half of 10 K is left, lift from 30 to 40 degC: 0.5 * 10 / (0.6 * 303.15); above 32 all. Catches: fans at full flow
    always, chiller for all heat at once, lift without its exchangers."""
    assert at(DRY, 20.0) == pytest.approx((0.02 + 0.04 * (10 / 12) ** 3, 0.0, 0.0))
    assert at(DRY, 22.0) == pytest.approx((0.06, 0.0, 0.0), abs=1e-6)
    k = 0.5 * 10 / (0.6 * 303.15)
    assert at(DRY, 27.0) == pytest.approx((0.02 + 0.04 * (1 + k) + k, 0.0, 0.5))
    assert at(DRY, 40.0)[2] == 1.0
    assert at(DRY, -20.0)[0] == pytest.approx(0.02 + 0.1 * 0.04)


def test_wetted_air_makes_a_dry_cooler_free():
    """Proves, in air of 30 degC and 20 % (wet bulb 15.5): pads could bring it 0.7 of the way, to 19.9, and must bring
    it to 22: the cooler is free where the dry one is not, for 1.25 * 3.6e6 / 10 * 8 / 2450 / 1000 = 1.47 L/kWh; in damp
    air, 0.7 of the way is too little; at 20 degC it stays dry. Catches: wetting in every hour, or all the way (1.86);
    water without blowdown (1.18); no wetting."""
    pads = HeatRejection("adiabatic", 32.0, 10.0, 10.0, 0.02, 0.04, 0.6)
    power, water, compressors = at(pads, 30.0, 20.0)
    assert compressors == 0 < at(DRY, 30.0)[2]
    assert power == pytest.approx(at(DRY, 22.0)[0], abs=1e-6)
    assert water == pytest.approx(1.25 * 3.6e5 * 8 / 2450 / 1e3)
    wet = wet_bulb_c(one(30), one(80))[0]
    power, water, compressors = at(pads, 30.0, 80.0)
    assert compressors == pytest.approx((30 - 0.7 * (30 - wet) - 22) / 10)
    assert power == pytest.approx(at(DRY, 30 - 0.7 * (30 - wet))[0], abs=1e-4)
    assert at(pads, 20.0)[1] == 0.0


def test_a_tower_follows_the_wet_bulb():
    """Proves: 18 degC of supply is free at a wet bulb of 12 and less; dry air of 25 degC is cooler for it than damp air
    of 20; its water is that of the tower. Catches: a tower that follows the dry bulb."""
    tower = HeatRejection("tower", 18.0, 8.0, 6.0, 0.05, 0.012, 0.6)
    assert at(tower, 18.0, 40.0)[2] == 0.0
    assert at(tower, 25.0, 20.0)[0] < at(tower, 20.0, 90.0)[0]
    water = at(tower, 10.0, 50.0)[1]
    assert water == pytest.approx(tower_water(one(10), one(50), one(0), 1013.25)[0])


def test_coefficients_of_performance_are_those_published():
    """Proves: at 60 % of the ideal a water-cooled chiller of 7 degC has a COP of 6.0 at condenser water of 30 degC and
    9.3 at 20; Lei and Masanet (2020) have 6.45 and 9.05 at part load of 0.7. Catches: Celsius for Kelvin, COP for its
    inverse."""
    for water, published in ((30.0, 6.45), (20.0, 9.05)):
        lift = water + 3.0 - (7.0 - 2.0)
        chiller = HeatRejection("source_water", 7.0, 8.0, 1.0, 0.0, 0.0, 0.6, economiser=False)
        made = at(chiller, water=water - 1.0)[0]
        assert made == pytest.approx(lift / (0.6 * 278.15))
        assert 1 / made == pytest.approx(published, rel=0.1)


@pytest.mark.parametrize("sink", ["tower", "adiabatic"])
def test_the_grid_of_a_derived_curve_is_fine_enough(sink):
    """Proves: between points of 1 K and 5 % the curve stays within 0.003 MW/MW and 0.06 L/kWh of the plant itself in 99
    of 100 drawn hours (the rest lie at kinks). Catches: a coarse grid, axes exchanged."""
    plant = HeatRejection(sink, 24.0, 8.0, 6.0, 0.03, 0.02, 0.6)
    r = np.random.default_rng(7)
    dry, damp = r.uniform(-10, 40, 500), r.uniform(10, 95, 500)
    site = {"dry_bulb_c": dry, "wet_bulb_c": dry, "relative_humidity_pct": damp}
    case = hall_case([1.0] * 500, site=site)
    cooling = air(curve=curve(plant))
    found = electricity_pu(cooling, case.site), water_m3_per_mwh(cooling, case.site)
    exact = outdoors(plant, dry, damp)
    assert np.quantile(np.abs(found[0] - exact[0]), 0.99) < 0.003
    assert np.quantile(np.abs(found[1] - exact[1]), 0.99) < 0.06


@pytest.mark.parametrize("sink", ["dry_cooler", "adiabatic", "tower", "source_water"])
def test_the_recheck_derives_a_curve_again(sink):
    """Proves: the second reading finds every point of each kind of plant at 600 m, and notices one point of electricity
    or water that is 1 % off, a plant of other temperatures, and the altitude forgotten. Catches: a curve in a plan's
    case that is not that of the plant it names."""
    plant = HeatRejection(sink, 24.0, 8.0, 6.0, 0.03, 0.02, 0.6)
    made = curve(plant, 600.0)

    def broken(changed, altitude=600.0):
        site = {"altitude_m": altitude, "source_water_c": one(15.0)}
        case = hall_case([1.0], site=site, cooling=(air(curve=changed),))
        check = Checker(case.calendar)
        check_rejection(SimpleNamespace(case=case), check)
        return check.broken

    def off(points):
        at = int(np.argmax(points))
        return (*points[:at], points[at] * 1.01, *points[at + 1 :])

    assert not broken(made)
    assert broken(replace(made, electricity_pu=off(made.electricity_pu)))
    assert broken(replace(made, plant=replace(plant, supply_c=23.0)))
    if sink in ("tower", "adiabatic"):
        assert broken(replace(made, water_m3_per_mwh=off(made.water_m3_per_mwh)))
    if sink != "source_water":
        assert broken(made, altitude=0.0)


def test_a_curve_bends_where_free_cooling_ends():
    """Proves: at 32.3 degC of supply, 10 K of rise and 10 K of approach the curve has a point at 22.3 degC, where free
    cooling alone ends, and at 32.3 degC, where compressors take all. Catches: a bend that is smoothed over."""
    points = curve(replace(DRY, supply_c=32.3)).temperature_c
    assert any(t == pytest.approx(22.3) for t in points) and any(t == pytest.approx(32.3) for t in points)


def test_the_lift_has_a_floor():
    """Proves: a chiller of 18 degC beside water of 5 degC without free cooling works against the least lift of 5 K;
    water of 15 degC, 5 K warmer in the loop, against 20 + 3 - 16 = 7. Catches: a chiller that gives power."""
    chiller = HeatRejection("source_water", 18.0, 8.0, 5.0, 0.0, 0.0, 0.5, economiser=False)
    assert at(chiller, water=5.0)[0] == pytest.approx(5 / (0.5 * (18 - 2 + 273.15)))
    assert at(chiller, water=15.0)[0] == pytest.approx(7 / (0.5 * (18 - 2 + 273.15)))
    assert at(chiller, water=5.0)[2] == 1.0


def test_thin_air_takes_more_of_fans_but_not_of_pumps():
    """Proves: at 2,000 m fans of a dry cooler at full flow take 1 / 0.8217^2 of their power, pumps of a lake what they
    took. Catches: the ratio itself, density multiplied, pumps of water in thin air."""
    assert at(DRY, 22.0, altitude=2000.0)[0] == pytest.approx(0.02 + 0.04 / density_ratio(2000) ** 2, abs=1e-6)
    lake = replace(DRY, sink="source_water")
    assert at(lake, water=22.0, altitude=2000.0)[0] == pytest.approx(0.06, abs=1e-6)


def test_water_of_a_tower():
    """Proves: into air of 10 degC and 50 % (wet bulb 5.5) a basin of at least 18 degC sends air of 21, saturated; in
    air of 30 degC and 50 % (22.0) the basin is 4 K and the air 7 K warmer than the wet bulb. Per heat it takes the
    water between both over the enthalpy between both, a quarter more for blowdown, and that of the compressors' heat.
    Catches: a basin that freezes, air that leaves as warm as the basin, heat of compressors forgotten."""
    for dry, leaving in ((10.0, 21.0), (30.0, wet_bulb_c(one(30), one(50))[0] + 7.0)):
        before, after = humidity_ratio(one(dry), one(50)), humidity_ratio(one(leaving), one(100))
        heat = enthalpy(one(leaving), after) - enthalpy(one(dry), before)
        expected = 1.25 * 3600 * (after - before) / heat
        assert tower_water(one(dry), one(50), one(0), 1013.25) == pytest.approx(expected, rel=1e-9)
        assert tower_water(one(dry), one(50), one(0.2), 1013.25) == pytest.approx(1.2 * expected, rel=1e-9)


def test_pads_are_wetted_as_far_as_the_supply_needs():
    """Proves: in dry air of 40 degC and 10 % pads bring 0.7 of the way to the wet bulb, and evaporate what cools the
    air of all heat, compressors' included; in air of 24 degC just the 2 K that are wanted. Catches: water of the racks'
    heat alone."""
    pads = HeatRejection("adiabatic", 32.0, 10.0, 10.0, 0.02, 0.04, 0.6)
    power, water, share = outdoors(pads, one(40), one(10))
    cooler = 0.7 * (40 - wet_bulb_c(one(40), one(10))[0])
    needed = 40 - cooler + 10
    k = share[0] * (needed + 3 - 30) / (0.6 * 303.15)
    assert share[0] == pytest.approx((needed - 32) / 10) and 0 < share[0] < 1
    assert power[0] == pytest.approx(0.02 + 0.04 * (1 + k) + k)
    assert water[0] == pytest.approx(1.25 * 3.6e6 / 10 * (1 + k) * cooler / 2450 / 1e3)
    assert outdoors(pads, one(24), one(10))[1][0] == pytest.approx(1.25 * 3.6e5 * 2 / 2450 / 1e3)
