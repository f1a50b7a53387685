"""Recheck of derived cooling curves: every point again from the plant it stands for, from balances per MW of heat.

Second reading of models/README.md "Heat rejection": own moist air, own wet bulb (Newton), no look-ups."""

from __future__ import annotations

import numpy as np

from models.audit.checker import Array, Checker
from models.audit.view import View
from models.case import CoolingCurve, HeatRejection

_DRIVER = {
    "dry_cooler": "dry_bulb",
    "source_water": "source_water",
    "tower": "dry_bulb_and_humidity",
    "adiabatic": "dry_bulb_and_humidity",
}


def check_rejection(view: View, check: Checker) -> None:
    """Curves that name a plant are those of the plant, at the site's altitude."""
    for c in view.case.cooling:
        plant = c.curve.plant
        if plant is None:
            continue
        rule, item = "cooling curve is that of its plant", f"{c.name}: {plant.sink}"
        if not check.require(c.curve.driver == _DRIVER[plant.sink], rule, f"{item}, what the curve follows"):
            continue
        expected = _per_heat(plant, c.curve, view.case.site.altitude_m)
        given = (c.curve.electricity_pu, c.curve.water_m3_per_mwh, c.curve.compressor_share)
        places = [f"{t:g} degC" for t in c.curve.temperature_c]
        for what, mine, theirs in zip(("electricity", "water", "compressors"), given, expected, strict=True):
            check.equal(rule, f"{item}, {what}", mine, theirs, places=places)


def _per_heat(plant: HeatRejection, curve: CoolingCurve, altitude_m: float) -> tuple[Array, Array, Array]:
    """Electricity [MW/MW], water [m3/MWh], heat by compressors [MW/MW] at each point of a curve."""
    air_c = np.array(curve.temperature_c)
    wetted_k, wet_c = np.zeros_like(air_c), np.zeros_like(air_c)
    kelvin = 1 - 0.0065 * altitude_m / 288.15  # standard atmosphere: temperature, pressure and density by its powers
    hpa, density = 1013.25 * kelvin**5.25588, kelvin**4.25588
    damp = np.array(curve.relative_humidity_pct) / 100
    if plant.sink in ("tower", "adiabatic"):
        wet_c = _wet_bulb(air_c, damp, hpa)
    if plant.sink == "adiabatic":
        wetted_k = np.clip(air_c - (plant.supply_c - plant.approach_k), 0.0, 0.7 * (air_c - wet_c))
    sink_c = wet_c if plant.sink == "tower" else air_c - wetted_k
    reached_c, returns_c = sink_c + plant.approach_k, plant.supply_c + plant.rise_k
    by_sink_k = np.clip(returns_c - reached_c, 0.0, plant.rise_k) if plant.economiser else np.zeros_like(sink_c)
    chilled = 1 - by_sink_k / plant.rise_k
    evaporating_k = plant.supply_c - 2 + 273.15
    lift_k = np.maximum(reached_c + 3 + 273.15 - evaporating_k, 5.0)
    compressors = chilled * lift_k / (plant.chiller_efficiency * evaporating_k)
    spare_k = np.maximum(plant.supply_c - sink_c, plant.approach_k)
    fans = np.where(chilled > 0, 1 + compressors, np.maximum(0.1, (plant.approach_k / spare_k) ** 3))
    if plant.sink != "source_water":
        fans = fans / density**2
    water = np.zeros_like(air_c)
    if plant.sink == "tower":
        out_c = np.maximum(18.0, wet_c + 4) + 3
        vapour_in, vapour_out = _vapour(air_c, damp, hpa), _vapour(out_c, np.ones_like(out_c), hpa)
        kj = 1.006 * (out_c - air_c) + vapour_out * (2501 + 1.86 * out_c) - vapour_in * (2501 + 1.86 * air_c)
        water = 1.25 * (1 + compressors) * 3600 * (vapour_out - vapour_in) / kj  # 3.6e6 kJ/MWh, 1,000 kg/m3
    elif plant.sink == "adiabatic":
        water = 1.25 * 3600 * (1 + compressors) * wetted_k / (plant.rise_k * 2450)
    return plant.pump_pu + plant.fan_pu * fans + compressors, water, chilled


def _saturated(at_c: Array) -> Array:
    """Magnus formula [hPa]."""
    result: Array = 6.1094 * np.exp(17.625 * at_c / (243.04 + at_c))
    return result


def _vapour(air_c: Array, damp: Array, hpa: float) -> Array:
    """Water in air [kg per kg of dry air]."""
    part = damp * _saturated(air_c)
    result: Array = 0.622 * part / (hpa - part)
    return result


def _wet_bulb(air_c: Array, damp: Array, hpa: float) -> Array:
    """Newton's way from the dry bulb: the psychrometer equation rises and bends upwards, so it never overshoots."""
    wet, part = air_c.copy(), damp * _saturated(air_c)
    for _ in range(30):
        saturated = _saturated(wet)
        slope = saturated * 17.625 * 243.04 / (243.04 + wet) ** 2 + 6.62e-4 * hpa
        wet = wet - (saturated - 6.62e-4 * hpa * (air_c - wet) - part) / slope
    return np.minimum(wet, air_c)
