"""Columns of HeatRejection and HeatReuse, tanks by temperature difference, limits on water, by hand."""

from __future__ import annotations

from columns_bases import COLD, RACKS, Move, cold_discharged, cost, ending, kpi, mean_mw
from columns_plant import LIQUID

_COOLING = mean_mw("cooling_mw")
_PLANT = {
    "Cooling.curve": "p",
    "HeatRejection.name": "p",
    "HeatRejection.sink": "dry cooler",
    "HeatRejection.supply_c": 32,
    "HeatRejection.rise_k": 10,
    "HeatRejection.approach_k": 10,
    "HeatRejection.pump_kw_per_kw": 0.02,
    "HeatRejection.fan_kw_per_kw": 0.04,
    "Sites.dry_bulb_series": "warm",
}
"""1 MW of heat in air of 25 degC, cooled to 35: of the way from 42 to 32 three tenths are left to compressors that lift
from 30 to 38 degC (8 K above 303.15 K) at 60 % of the ideal; fans at full flow carry their heat too."""
_K = 0.3 * 8 / (0.6 * 303.15)
_TRIMMED = 0.02 + 0.04 * (1 + _K) + _K


def _derived(column: str, value: float, compressors: float, words: str, pump: float = 0.02, fan: float = 0.04) -> Move:
    after = pump + fan * (1 + compressors) + compressors
    return Move(RACKS, {f"HeatRejection.{column}": value}, _COOLING, _TRIMMED, after, words, given=_PLANT)


HEAT_REJECTION = (
    _derived("supply_c", 30, 0.5 * 10 / (0.6 * 301.15), "half is left from 40 to 30 degC; lift from 28 to 38"),
    _derived("rise_k", 5, 0.6 * 8 / (0.6 * 303.15), "3 of 5 K are left"),
    _derived("approach_k", 12, 0.5 * 10 / (0.6 * 303.15), "cooled to 37: half is left; lift from 30 to 40"),
    _derived("pump_kw_per_kw", 0.03, _K, "pumps as stated", pump=0.03),
    _derived("fan_kw_per_kw", 0.05, _K, "fans at full flow, for the heat of compressors too", fan=0.05),
    _derived("chiller_efficiency_pct", 50, 0.3 * 8 / (0.5 * 303.15), "at half of the ideal"),
    Move(
        RACKS,
        {"Sites.dry_bulb_series": "mild"},
        _COOLING,
        _TRIMMED,
        0.02 + 0.04 * (10 / 12) ** 3,
        "air of 20 degC is 12 K below the supply: no compressor, fans at 10 / 12 of full flow",
        given=_PLANT,
    ),
    Move(
        RACKS,
        {"Sites.altitude_m": 2000},
        _COOLING,
        _TRIMMED,
        0.02 + 0.04 * (1 + _K) / (1 - 2.25577e-5 * 2000) ** 8.51176 + _K,
        "air of 0.82 times the density: fans over its square",
        given=_PLANT,
    ),
    Move(
        RACKS,
        {"Sites.source_water_series": "mild"},
        _COOLING,
        _TRIMMED,
        0.02 + 0.04 * (10 / 12) ** 3,
        "water of 25 and of 20 degC; the air does not matter",
        given=_PLANT
        | {"HeatRejection.sink": "source water", "Sites.source_water_series": "warm", "Sites.dry_bulb_series": "mild"},
    ),
    Move(
        RACKS,
        {"HeatRejection.economiser": "no"},
        _COOLING,
        _TRIMMED,
        0.02 + 0.04 * (1 + _K / 0.3) + _K / 0.3,
        "compressors carry all heat",
        given=_PLANT,
    ),
    Move(
        RACKS,
        {"Racks.liquid_class": "W32"},
        ending,
        "plan",
        "refused at name",
        "the liquid comes at 40 degC",
        given=LIQUID | {"Cooling[1].supply_class": "W40", "Racks.liquid_class": "W40"},
    ),
    Move(
        RACKS,
        {"Cooling[1].supply_class": "W45"},
        ending,
        "plan",
        "refused at name",
        "the racks accept 40 degC",
        given=LIQUID | {"Cooling[1].supply_class": "W40", "Racks.max_supply_c": 40},
    ),
)
WATER = (
    Move(
        RACKS,
        {"Project.water_day_cap_m3": 23.9},
        ending,
        "plan",
        "infeasible",
        "one day of 24 m3",
        given={"Project.water_day_cap_m3": 24.1},
    ),
    Move(
        RACKS,
        {"Project.weighted_water_cap_m3": 11.9},
        ending,
        "plan",
        "infeasible",
        "24 m3 that count half",
        given={"Project.weighted_water_cap_m3": 12.1, "Sites.water_stress_series": "half"},
    ),
    Move(
        RACKS,
        {"Sites.water_stress_series": "quarter"},
        kpi("weighted_water_m3"),
        12,
        6,
        "24 m3 that count half, a quarter",
        given={"Sites.water_stress_series": "half"},
    ),
)

_REUSE = {
    "Cooling.return_c": 50,
    "HeatReuse.name": "town",
    "HeatReuse.price": 20,
    "HeatReuse.temperature_c": 50,
    "HeatReuse.demand_series": "half",
    "HeatReuse.connection_price": 0.1,
}
"""A town takes half a MW in every hour at 20 USD/MWh, and spares 0.3 * 0.5 MW of cooling; its connection costs
0.1 USD/kW, 0.05 kUSD, against 0.24 a day for the heat."""
_SOLD = kpi("heat_reused_mwh")
HEAT_REUSE = (
    Move(RACKS, {"HeatReuse.price": 30}, cost("heat_reuse"), -0.24, -0.36, "12 MWh at 20, 30 USD/MWh", given=_REUSE),
    Move(RACKS, {"HeatReuse.temperature_c": 50.1}, _SOLD, 12, 0, "it comes back with 50 degC", given=_REUSE),
    Move(RACKS, {"Cooling.return_c": 49.9}, _SOLD, 12, 0, "50 degC are wanted", given=_REUSE),
    Move(RACKS, {"HeatReuse.demand_series": "quarter"}, _SOLD, 12, 6, "half, a quarter of a MW", given=_REUSE),
    Move(
        RACKS,
        {"HeatReuse.connection_price": 0.2},
        cost("heat_exchanger"),
        0.05,
        0.1,
        "0.5 MW at 0.1, 0.2 USD/kW",
        given=_REUSE,
    ),
    Move(RACKS, {"HeatReuse.max_mw": 0.3}, _SOLD, 12, 7.2, "24 h at 0.3 MW", given=_REUSE),
    Move(
        RACKS,
        {"HeatReuse.pump_kw_per_kw": 0.05},
        _COOLING,
        0.15,
        0.175,
        "0.3 of the half MW that is not sold; pumps for the half that is",
        given=_REUSE,
    ),
)
_TANK_COST = cost("cold_store")
TANK = (
    Move(
        COLD,
        {"ChilledWater.temperature_difference_k": 13.4},
        _TANK_COST,
        0.006,
        0.003,
        "0.6 MWh at 0.01 USD/kWh for 6.7 K; twice the difference, half the water",
        given={"ChilledWater.temperature_difference_k": 6.7},
    ),
    Move(
        COLD,
        {"ChilledWater.price_difference_k": 20},
        _TANK_COST,
        0.006,
        0.012,
        "0.01 USD/kWh holds for 10 K, for 20 K; the water warms by 10",
        given={"ChilledWater.temperature_difference_k": 10, "ChilledWater.price_difference_k": 10},
    ),
    Move(
        COLD,
        {"ChilledWater.temperature_difference_k": 20},
        cold_discharged,
        0.3,
        0.6,
        "30 m2 hold 0.3 MWh at 100 m2/MWh for 10 K, 0.6 MWh at 50",
        given={
            "Sites.area_m2": 30,
            "ChilledWater.area_m2_per_mwh": 100,
            "ChilledWater.temperature_difference_k": 10,
            "ChilledWater.price_difference_k": 10,
        },
    ),
)
COLD_SIDE = TANK + HEAT_REJECTION + WATER + HEAT_REUSE
