"""Columns of Cooling, CoolingCurves, ChilledWater, Electrical and Storage, by hand (see columns_bases)."""

from __future__ import annotations

from columns_bases import (
    BATTERY,
    COLD,
    RACKS,
    Move,
    battery_mw,
    battery_mwh,
    charged,
    cold_discharged,
    cost,
    discharged,
    ending,
    kpi,
    mean_mw,
    night_cooling_mwh,
)

_COOLING = mean_mw("cooling_mw")
LIQUID = {
    "Racks.liquid_share_pct": 80,
    "Offers.cooling": "liquid",
    "Cooling[1].name": "liquid",
    "Cooling[1].max_rack_kw": 100,
    "Cooling[1].liquid_share_pct": 80,
    "Cooling[1].residual_air": "air",
    "Cooling[1].curve": "l",
    "CoolingCurves[2].curve": "l",
    "CoolingCurves[2].driver": "dry_bulb",
    "CoolingCurves[2].temperature_c": 20,
    "CoolingCurves[2].electricity_kw_per_kw": 0.1,
}
"""Racks that give 80 % of their heat to liquid at 0.1 MW/MW, the rest to air at 0.3."""
_HUMID = {
    f"CoolingCurves[{i}].{name}": value
    for i, (t, h, e) in enumerate(((10, 0, 0.2), (10, 100, 0.4), (30, 0, 0.4), (30, 100, 0.6)))
    for name, value in (
        ("curve", "a"),
        ("driver", "dry_bulb_and_humidity"),
        ("temperature_c", t),
        ("humidity_pct", h),
        ("electricity_kw_per_kw", e),
    )
}
COOLING = (
    Move(RACKS, {"Cooling.max_rack_kw": 99}, ending, "plan", "refused at name", "racks of 100 kW"),
    Move(
        RACKS,
        {"Cooling[1].liquid_share_pct": 79},
        ending,
        "plan",
        "refused at name",
        "the racks give 80 % to liquid",
        given=LIQUID,
    ),
    Move(
        RACKS,
        {"Racks.liquid_share_pct": 60},
        _COOLING,
        0.14,
        0.18,
        "1 MW of heat: 80 % at 0.1 and 20 % at 0.3; 60 % and 40 %",
        given=LIQUID,
    ),
    Move(
        RACKS,
        {"Cooling[1].supply_c": 40.1},
        ending,
        "plan",
        "refused at name",
        "the racks accept 40 degC",
        given=LIQUID | {"Cooling[1].supply_c": 40, "Racks.max_supply_c": 40},
    ),
    Move(
        RACKS,
        {"Racks.max_supply_c": 39.9},
        ending,
        "plan",
        "refused at name",
        "the liquid comes at 40 degC",
        given=LIQUID | {"Cooling[1].supply_c": 40, "Racks.max_supply_c": 40},
    ),
    Move(
        RACKS,
        {"Cooling.standing_pct": 10},
        _COOLING,
        0.42,
        0.438,
        "1.4 MW of heat at 0.3; a tenth of what 2 MW would take, and nine tenths of it",
        given={"Racks.usable_share_pct": 50},
    ),
    Move(RACKS, {"CoolingCurves.temperature_c": 15}, _COOLING, 0.3, 0.8 / 3, "0.2 + 0.2 * (20 - 15) / (30 - 15)"),
    Move(
        RACKS,
        {"CoolingCurves[1].humidity_pct": 80},
        _COOLING,
        0.4,
        0.425,
        "at 20 degC 0.3 dry and 0.5 at 100 %, 80 %; the air has 50 %",
        given=_HUMID,
        along={"CoolingCurves[3].humidity_pct": 80},
    ),
    Move(
        RACKS,
        {"Sites.humidity_series": "wetter"},
        _COOLING,
        0.4,
        0.45,
        "at 20 degC 0.3 dry and 0.5 at 100 %; the air has 50 %, 75 %",
        given=_HUMID,
    ),
    Move(RACKS, {"CoolingCurves.electricity_kw_per_kw": 0.3}, _COOLING, 0.3, 0.35, "20 degC: mean of 0.3 and 0.4"),
    Move(RACKS, {"CoolingCurves.water_l_per_kwh": 2}, kpi("water_m3"), 24, 36, "24 MWh at 1, (2 + 1) / 2 m3/MWh"),
)

CHILLED_WATER = (
    Move(COLD, {"ChilledWater.price": 0.02}, cost("cold_store"), 0.006, 0.012, "0.6 MWh at 0.01, 0.02 USD/kWh"),
    Move(COLD, {"ChilledWater.max_mwh": 0.3}, cold_discharged, 0.6, 0.3, "one filling"),
    Move(
        COLD,
        {"ChilledWater.distribution_kw_per_kw": 0.1},
        night_cooling_mwh,
        5.22,
        5.16,
        "12 h * 1.4 MW * 0.3 = 5.04, and 0.6 MWh for the tank at 0.3, at 0.3 - 0.1",
    ),
    Move(COLD, {"ChilledWater.loss_pct_per_h": 10}, cold_discharged, 0.6, 0.54, "an hour from filling to use"),
    Move(COLD, {"ChilledWater.hours_to_fill": 24}, cold_discharged, 0.6, 0.3, "12 h of filling at 0.6 / 24 MW"),
    Move(
        COLD,
        {"ChilledWater.area_m2_per_mwh": 200},
        cold_discharged,
        0.6,
        0.3,
        "60 m2 hold 0.6 MWh, 0.3 MWh",
        given={"Sites.area_m2": 60, "ChilledWater.area_m2_per_mwh": 100},
    ),
)

_RESERVE = {"Storage.name": "LFP", "Storage.power_price": 1, "Storage.energy_price": 1, "Storage.round_trip_pct": 100}
_RESERVE |= {"Storage.max_mw": 2, "Storage.max_mwh": 2}
ELECTRICAL = (
    Move(RACKS, {"Electrical.fixed_loss_pct": 2}, mean_mw("chain_loss_mw"), 0.06, 0.07, "of 1 MW installed, and 5 %"),
    Move(
        RACKS,
        {"Electrical.fixed_loss_pct": 2},
        mean_mw("chain_loss_mw"),
        0.09,
        0.11,
        "of 2 MW installed, and 5 % of 1.4 MW drawn",
        given={"Racks.usable_share_pct": 50},
    ),
    Move(RACKS, {"Electrical.proportional_loss_pct": 6}, mean_mw("chain_loss_mw"), 0.06, 0.07, "1 %, and of 1 MW"),
    Move(
        RACKS,
        {"Electrical.price_per_kw": 20},
        cost("electrical_chain"),
        10,
        20,
        "1 MW of racks at 10, 20 USD/kW",
        given={"Electrical.price_per_kw": 10},
    ),
    Move(
        RACKS,
        {"Sites.ride_through_min": 12},
        cost("battery_energy"),
        100,
        200,
        "1 MW for 6, 12 minutes: 0.1, 0.2 MWh at 1 USD/kWh",
        given=_RESERVE | {"Sites.ride_through_min": 6, "Storage.energy_price": 1000},
    ),
    Move(
        RACKS,
        {"Electrical.included_ride_through_min": 6},
        cost("battery_energy"),
        200,
        100,
        "12 minutes wanted, 6 of them included",
        given=_RESERVE | {"Sites.ride_through_min": 12, "Storage.energy_price": 1000},
    ),
)

_PARTS = {"Storage.round_trip_pct": None, "Storage.charge_efficiency_pct": 100, "Storage.discharge_efficiency_pct": 100}
_ON_SITE = {"Storage.existing_mw": 0.1, "Storage.existing_mwh": 1}
_WEARS = {"Storage.ageing": "throughput", "Storage.cycle_life": 1}
_SHORT = {"Storage.max_mw": 10, "Storage.power_price": 0, "Sites.grid_limit_mw": 50, "Sites.house_load_kw": 8000}
"""Power for nothing and 10 MW of load: all is charged in the last cheap hour and used in the next."""
STORAGE = (
    Move(BATTERY, {"Storage.power_price": 0.2}, cost("battery_power"), 0.05, 0.1, "0.5 MW at 0.1, 0.2 USD/kW"),
    Move(BATTERY, {"Storage.energy_price": 0.2}, cost("battery_energy"), 0.6, 1.2, "6 MWh at 0.1, 0.2 USD/kWh"),
    Move(BATTERY, {"Storage.round_trip_pct": 64}, discharged, 6, 4.8, "6 MWh stored; 0.8 each way"),
    Move(BATTERY, {"Storage.round_trip_pct": 64}, charged, 6, 7.5, "6 MWh stored; 0.8 each way"),
    Move(BATTERY, {"Storage.charge_efficiency_pct": 80}, charged, 6, 7.5, "6 MWh / 0.8", given=_PARTS),
    Move(BATTERY, {"Storage.discharge_efficiency_pct": 80}, discharged, 6, 4.8, "6 MWh * 0.8", given=_PARTS),
    Move(BATTERY, {"Storage.self_discharge_pct_per_h": 10}, discharged, 6, 5.4, "6 MWh * 0.9", given=_SHORT),
    Move(BATTERY, {"Storage.min_charge_pct": 10}, discharged, 6, 5.4, "from full to 10 % of 6 MWh"),
    Move(BATTERY, {"Storage.max_charge_pct": 90}, discharged, 6, 5.4, "from 90 % of 6 MWh to empty"),
    Move(
        BATTERY,
        {"Storage.max_cycles_per_year": 0.5},
        discharged,
        6,
        3,
        "one cycle, half a cycle of 6 MWh",
        given={"Storage.max_cycles_per_year": 1},
    ),
    Move(
        BATTERY,
        {"Storage.cycle_life": 2},
        cost("battery_wear"),
        0.6,
        0.3,
        "6 MWh discharged at 0.1 kUSD/MWh over one cycle, over two",
        given=_WEARS,
    ),
    Move(BATTERY, {"Storage.min_mw": 1}, battery_mw, 0.5, 1, "no more than it must be: power only costs"),
    Move(BATTERY, {"Storage.max_mw": 0.25}, discharged, 6, 3, "12 h at 0.5 MW, 0.25 MW"),
    Move(
        BATTERY,
        {"Storage.min_mwh": 2},
        battery_mwh,
        0,
        2,
        "at 10 USD/kWh it never pays: only what must be",
        given={"Storage.energy_price": 10},
    ),
    Move(BATTERY, {"Storage.max_mwh": 3}, discharged, 6, 3, "one full cycle"),
    Move(
        BATTERY,
        {"Storage.area_m2_per_mwh": 200},
        discharged,
        6,
        3,
        "600 m2 hold 6 MWh, 3 MWh",
        given={"Sites.area_m2": 600, "Storage.area_m2_per_mwh": 100},
    ),
    Move(
        BATTERY,
        {"Storage.lead_p50_months": 12.1},
        discharged,
        6,
        0,
        "needed in month 12",
        given={"Storage.lead_p50_months": 12},
    ),
    Move(
        BATTERY,
        {"Storage.lead_p90_months": 12.1},
        discharged,
        6,
        0,
        "needed in month 12, nine chances in ten",
        given={"Storage.lead_p50_months": 1, "Storage.lead_p90_months": 12, "Project.lead_confidence": "P90"},
    ),
)

_SWINGS = _RESERVE | {"Workloads.swing_pct": 40, "Workloads.swing_s": 3600, "Sites.max_swing_mw": 0}
"""10 racks of 100 kW swing by 0.2 MW about their mean once an hour, at 5 % loss in the chain 0.21 MW at the bus."""
_STEPS = _RESERVE | {"Workloads.ramp_s": 600, "Sites.ramp_limit_mw_per_min": 0.01}
"""10 racks rise by 60 kW each, with 5 % loss 0.63 MW, within ten minutes, of which the grid follows 0.1 MW."""
DUTIES = (
    Move(RACKS, {"Workloads.swing_pct": 20}, battery_mw, 0.21, 0.105, "1 MW * 40 %, 20 % / 2 * 1.05", given=_SWINGS),
    Move(RACKS, {"Sites.max_swing_mw": 0.2}, battery_mw, 0.21, 0.11, "half of 0.2 MW is the grid's", given=_SWINGS),
    Move(
        RACKS,
        {"Workloads.swing_s": 1800},
        battery_mwh,
        0.21,
        0.105,
        "0.21 MW for half of an hour, of half an hour, each way",
        given=_SWINGS,
    ),
    Move(
        RACKS,
        {"Workloads.swing_hz": 1 / 1800},
        battery_mwh,
        0.21,
        0.105,
        "once an hour, twice",
        given=_SWINGS | {"Workloads.swing_s": None, "Workloads.swing_hz": 1 / 3600},
    ),
    Move(
        RACKS,
        {"Racks.buffer_kw": 10},
        battery_mw,
        0.1575,
        0.105,
        "20 kW per rack less 5, 10, for 10 racks * 1.05",
        given=_SWINGS | {"Racks.buffer_kw": 5, "Racks.buffer_kj": 36_000},
    ),
    Move(
        RACKS,
        {"Racks.buffer_kj": 18_000},
        battery_mw,
        0.1575,
        0.105,
        "9, 18 MJ for half an hour: 5, 10 kW",
        given=_SWINGS | {"Racks.buffer_kw": 20, "Racks.buffer_kj": 9_000},
    ),
    Move(RACKS, {"Workloads.ramp_s": 1200}, battery_mw, 0.53, 0.43, "0.63 MW less 10, 20 min * 0.01", given=_STEPS),
    Move(
        RACKS,
        {"Sites.ramp_limit_mw_per_min": 0.02},
        battery_mw,
        0.53,
        0.43,
        "0.63 MW less ten minutes of 0.01, 0.02 MW/min",
        given=_STEPS,
    ),
    Move(
        RACKS,
        {"Sites.grid_ride_through_s": 720},
        battery_mwh,
        0.1,
        0.2,
        "1 MW for 360, 720 s",
        given=_RESERVE | {"Sites.grid_ride_through_s": 360},
    ),
    Move(
        RACKS,
        {"Storage.response_s": 6.1},
        ending,
        "plan",
        "infeasible",
        "the chain bridges 0.1 min",
        given=_RESERVE
        | {"Sites.ride_through_min": 6, "Electrical.included_ride_through_min": 0.1, "Storage.response_s": 6},
    ),
    Move(
        RACKS,
        {"Storage.min_hours": 4},
        battery_mwh,
        0.42,
        0.84,
        "0.21 MW for two, four hours",
        given=_SWINGS | {"Storage.min_hours": 2},
    ),
    Move(BATTERY, {"Storage.fade_pct_per_year": 10}, discharged, 6, 5.4, "one year: 6 MWh * 0.9"),
    Move(
        BATTERY,
        {"Storage.existing_mw": 0.2},
        cost("battery_power"),
        0.04,
        0.03,
        "0.5 MW less 0.1, 0.2, at 0.1 USD/kW",
        given=_ON_SITE,
    ),
    Move(
        BATTERY,
        {"Storage.existing_mwh": 2},
        cost("battery_energy"),
        0.5,
        0.4,
        "6 MWh less 1, 2, at 0.1 USD/kWh",
        given=_ON_SITE,
    ),
    Move(
        BATTERY,
        {"Storage.existing_life_years": 1},
        cost("existing_battery_energy"),
        0.2,
        0,
        "2 MWh at 0.1 USD/kWh replaced at once; after the one year counted",
        given=_ON_SITE | {"Storage.existing_mwh": 2},
    ),
)

PLANT = COOLING + CHILLED_WATER + ELECTRICAL + STORAGE + DUTIES
