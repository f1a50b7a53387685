"""Curves of heat rejection from what a designer knows of it: sink, temperatures, pumps, fans, chiller.

The loop supplies `supply_c` and comes back `rise_k` warmer. The sink (dry bulb, wet bulb, wetted air, or a water body)
cools it to `approach_k` above itself. Where that is warm for the supply, a chiller in series takes the rest:

    free share    f = (supply + rise - sink - approach) / rise, within 0 and 1; 0 without an economiser
    compressors   k = (1 - f) * lift / (efficiency * T_evaporator),
                  lift = (sink + approach + 3 K) - (supply - 2 K), at least 5 K
    fans          at full flow while the chiller helps, times (1 + k); else by the cube of approach / (supply - sink),
                  at least a tenth; thinner air needs more of it: over the square of the density ratio
    electricity   pumps + fans + k per heat

Water: an open tower's air leaves saturated, 3 K above a basin at least at 18 degC; wetted air evaporates what cools it;
each times 1.25 for blowdown (five cycles of concentration). Simplifications: no ice, no minimum load of the chiller
beyond `standing_pct`, the chiller's price is part of the offer."""

from __future__ import annotations

from typing import Literal

import numpy as np

from models.coldside import CoolingCurve
from models.coldside import HeatRejection as HeatRejection
from models.psychrometrics import Air, density_ratio, enthalpy, humidity_ratio, pressure_hpa, wet_bulb_c

CONDENSER_K, EVAPORATOR_K, LEAST_LIFT_K = 3.0, 2.0, 5.0
LEAST_FAN_SHARE = 0.1
WETTING_SHARE = 0.7
"""How far wetted pads can bring the dry bulb towards the wet bulb; they are wetted no more than the supply needs."""
BLOWDOWN, LATENT_KJ_PER_KG, AIR_KJ_PER_KG_K = 1.25, 2450.0, 1.006
BASIN_ABOVE_WET_BULB_K, AIR_ABOVE_BASIN_K, LEAST_BASIN_C = 4.0, 3.0, 18.0
TEMPERATURES_C = tuple(float(t) for t in range(-30, 51))
HUMIDITIES_PCT = tuple(float(h) for h in range(0, 101, 5))


def tower_water(dry_c: Air, humidity_pct: Air, compressors_pu: Air, pressure: float) -> Air:
    """Water an open tower takes per heat removed [m3/MWh]."""
    before = humidity_ratio(dry_c, humidity_pct, pressure)
    basin = np.maximum(LEAST_BASIN_C, wet_bulb_c(dry_c, humidity_pct, pressure) + BASIN_ABOVE_WET_BULB_K)
    leaving = basin + AIR_ABOVE_BASIN_K
    after = humidity_ratio(leaving, np.full_like(leaving, 100.0), pressure)
    per_mwh = 3.6 * (after - before) / (enthalpy(leaving, after) - enthalpy(dry_c, before)) * 1e3
    result: Air = BLOWDOWN * per_mwh * (1 + compressors_pu)
    return result


def _working(plant: HeatRejection, sink_c: Air, altitude_m: float) -> tuple[Air, Air, Air]:
    """Electricity, compressors, and share of heat that compressors take, per heat removed."""
    needed = sink_c + plant.approach_k
    free = np.clip((plant.supply_c + plant.rise_k - needed) / plant.rise_k, 0.0, 1.0) * plant.economiser
    lift = np.maximum(needed + CONDENSER_K - (plant.supply_c - EVAPORATOR_K), LEAST_LIFT_K)
    compressors = (1 - free) * lift / (plant.chiller_efficiency * (plant.supply_c - EVAPORATOR_K + 273.15))
    room = np.maximum(plant.supply_c - sink_c, plant.approach_k)
    slowed = np.maximum((plant.approach_k / room) ** 3, LEAST_FAN_SHARE)
    flow = np.where(free < 1, 1 + compressors, slowed)
    thin = 1.0 if plant.sink == "source_water" else density_ratio(altitude_m) ** -2
    return plant.pump_pu + plant.fan_pu * thin * flow + compressors, compressors, 1 - free


def curve(plant: HeatRejection, altitude_m: float = 0.0) -> CoolingCurve:
    """Electricity, water and share of compressors of a plant against weather."""
    if plant.sink in ("dry_cooler", "source_water"):
        corners = (plant.supply_c - plant.approach_k, plant.supply_c + plant.rise_k - plant.approach_k)
        points = np.array(sorted({*TEMPERATURES_C, *corners, corners[0] + 1e-6}))
        electricity, _, share = _working(plant, points, altitude_m)
        driver: Literal["dry_bulb", "source_water"] = "dry_bulb" if plant.sink == "dry_cooler" else "source_water"
        at, power, compressed = (tuple(v.tolist()) for v in (points, electricity, share))
        return CoolingCurve(driver, at, power, (0.0,) * points.size, compressor_share=compressed, plant=plant)
    dry, damp = (a.ravel() for a in np.meshgrid(TEMPERATURES_C, HUMIDITIES_PCT, indexing="ij"))
    columns = (tuple(v.tolist()) for v in (dry, *outdoors(plant, dry, damp, altitude_m)))
    at, power, water, compressed = columns
    return CoolingCurve("dry_bulb_and_humidity", at, power, water, tuple(damp.tolist()), compressed, plant)


def outdoors(plant: HeatRejection, dry: Air, damp: Air, altitude_m: float = 0.0) -> tuple[Air, Air, Air]:
    """Electricity [MW/MW], water [m3/MWh] and share of compressors of a tower or wetted cooler at given dry bulbs
    [degC] and humidities [%]; each of one shape."""
    pressure = pressure_hpa(altitude_m)
    wet = wet_bulb_c(dry, damp, pressure)
    if plant.sink == "tower":
        electricity, compressors, share = _working(plant, wet, altitude_m)
        water = tower_water(dry, damp, compressors, pressure)
    else:
        wanted = np.maximum(dry + plant.approach_k - plant.supply_c, 0.0)
        cooler = np.minimum(wanted, WETTING_SHARE * (dry - wet))
        electricity, compressors, share = _working(plant, dry - cooler, altitude_m)
        air_kg_per_mwh = 3.6e6 / (AIR_KJ_PER_KG_K * plant.rise_k) * (1 + compressors)
        water = BLOWDOWN * air_kg_per_mwh * AIR_KJ_PER_KG_K * cooler / LATENT_KJ_PER_KG / 1e3
    return electricity, water, share
