"""Columns of Generators and of interruptions on Sites, by hand (see columns_bases)."""

from __future__ import annotations

from columns_bases import LOAD, Base, Move, cost, ending, kpi

_ENGINE = {
    "name": "engine",
    "unit_kw": 2000,
    "price": 0.01,
    "max_units": 1,
    "full_load_efficiency_pct": 50,
    "fuel_price": 10,
    "fuel_carbon_g_per_kwh": 200,
}
ENGINE = Base(LOAD.project, LOAD.rows | {"Generators": [_ENGINE]}, LOAD.series)
"""The load of 2 MW made by one engine of 2 MW at 50 % from fuel at 10 USD/MWh instead of bought at 100: 48 MWh, 96 MWh
of fuel, 0.96 kUSD, 19.2 t; the engine costs 0.02 kUSD."""

_OUTAGE = {"Sites.available_series": "outage", "Generators.only_in_outages": "yes"}
_SERIES = LOAD.series | {"outage": [0.0] * 12 + [1.0] * 12, "longer": [0.0] * 18 + [1.0] * 6}
OUTAGE = Base(LOAD.project, ENGINE.rows, _SERIES)
"""The same where the engine is a standby set and the grid is away for twelve hours."""

_FUEL, _BOUGHT, _MADE = cost("fuel"), kpi("import_mwh"), kpi("generated_mwh")
_EVENTS = {"Sites.interruption_events": 2, "Sites.interruption_h": 3, "Sites.lost_load_price": 20_000}
_LOST = {"Generators.max_units": 0}

_SHAVING = {"name": "DR", "called_series": "calls", "baseline_mw": 2, "max_mw": 1}
_SHAVING |= {"ready_price": 5000, "called_price": 100}
_CALLS = {"calls": [1.0] * 3 + [0.0] * 21, "more_calls": [1.0] * 6 + [0.0] * 18}
CALLED = Base(LOAD.project, ENGINE.rows | {"DemandResponse": [_SHAVING]}, LOAD.series | _CALLS)
"""The engine holds the import off the grid; a programme pays 5 kUSD a year for 1 MW and 100 USD/MWh in three hours."""

SUPPLY_UNITS = (
    Move(CALLED, {"DemandResponse.called_series": "more_calls"}, cost("demand_response"), -5.3, -5.6, "3, 6 h of 1 MW"),
    Move(CALLED, {"DemandResponse.baseline_mw": 0.5}, cost("demand_response"), -5.3, -2.65, "1 MW, 0.5 MW to reduce"),
    Move(CALLED, {"DemandResponse.max_mw": 0.5}, cost("demand_response"), -5.3, -2.65, "1 MW, 0.5 MW committed"),
    Move(CALLED, {"DemandResponse.ready_price": 6000}, cost("demand_response"), -5.3, -6.3, "1 MW at 5, 6 kUSD"),
    Move(CALLED, {"DemandResponse.called_price": 200}, cost("demand_response"), -5.3, -5.6, "3 MWh at 100, 200 USD"),
    Move(ENGINE, {"Generators.unit_kw": 1000}, _BOUGHT, 0, 24, "one unit of 2 MW, of 1 MW for 24 h"),
    Move(ENGINE, {"Generators.price": 0.02}, cost("generator"), 0.02, 0.04, "2 MW at 0.01, 0.02 USD/kW"),
    Move(ENGINE, {"Generators.min_units": 1}, cost("generator"), 0, 1800, "900 USD/kW never pays: only what must be",
         given={"Generators.price": 900}),
    Move(ENGINE, {"Generators.max_units": 0}, _MADE, 48, 0, "one unit, none"),
    Move(ENGINE, {"Generators.spare_units": 1}, cost("generator"), 0.02, 0.04, "one unit, and a spare one",
         given={"Generators.max_units": 2}),
    Move(ENGINE, {"Generators.min_load_pct": 60}, _MADE, 24, 0, "1 MW is 50 % of 2 MW, less than 60 %",
         given={"Sites.plain_load_series": "small_load"}),
    Move(ENGINE, {"Generators.full_load_efficiency_pct": 25}, _FUEL, 0.96, 1.92, "48 MWh at 50 %, 25 %, 10 USD/MWh"),
    Move(ENGINE, {"Generators.no_load_fuel_pct": 20}, _FUEL, 0.48, 0.576,
         "24 MWh of 1 MW: 48 MWh of fuel; 0.2 * 4 MW * 24 h + 0.8 * 48 = 57.6",
         given={"Sites.plain_load_series": "small_load"}),
    Move(ENGINE, {"Generators.fuel_price": 20}, _FUEL, 0.96, 1.92, "96 MWh at 10, 20 USD/MWh"),
    Move(ENGINE, {"Generators.fuel_escalation_pct": 10}, _FUEL, 0.96, 1.056, "already grown in year 1"),
    Move(ENGINE, {"Generators.fuel_carbon_g_per_kwh": 300}, kpi("carbon_t"), 19.2, 28.8, "96 MWh at 200, 300 g/kWh"),
    Move(ENGINE, {"Generators.fixed_om_price": 1}, cost("generator_standing"), 0, 2, "2 MW at 1 USD/kW a year",
         given={"Generators.min_units": 1}),
    Move(ENGINE, {"Generators.om_price": 5}, cost("generator_om"), 0, 0.24, "48 MWh at 5 USD/MWh"),
    Move(OUTAGE, {"Generators.start_cost": 100}, cost("starts"), 0, 0.1, "one outage, one start", given=_OUTAGE),
    Move(ENGINE, {"Generators.max_run_h": 6}, _MADE, 48, 12, "24 h, 6 h of 2 MW"),
    Move(ENGINE, {"Generators.area_m2_per_mw": 6000}, _MADE, 48, 0, "2 MW at 5,000, 6,000 m2/MW on 10,000 m2",
         given={"Sites.area_m2": 10_000, "Generators.area_m2_per_mw": 5000}),
    Move(ENGINE, {"Generators.lead_p50_months": 12.1}, _MADE, 48, 0, "needed in month 12",
         given={"Generators.lead_p50_months": 12}),
    Move(ENGINE, {"Generators.lead_p90_months": 12.1}, _MADE, 48, 0, "needed in month 12, nine chances in ten",
         given={"Generators.lead_p50_months": 1, "Generators.lead_p90_months": 12, "Project.lead_confidence": "P90"}),
    Move(OUTAGE, {"Sites.available_series": "longer"}, _MADE, 24, 36, "2 MW in an outage of 12 h, of 18 h",
         given=_OUTAGE),
    Move(ENGINE, {"Sites.interruption_events": 3}, kpi("lost_load_mwh"), 12, 18, "2 MW lost in 2, 3 events of 3 h",
         given=_EVENTS | _LOST),
    Move(ENGINE, {"Sites.interruption_h": 4}, kpi("lost_load_mwh"), 12, 16, "2 MW lost in 2 events of 3 h, of 4 h",
         given=_EVENTS | _LOST),
    Move(ENGINE, {"Sites.interruption_left_pct": 10}, kpi("lost_load_mwh"), 12, 6,
         "2 MW wanted in 6 h, nothing, 1 MW left of 10 MW", given=_EVENTS | _LOST),
    Move(ENGINE, {"Sites.lost_load_price": 30_000}, cost("lost_load"), 240, 360, "12 MWh at 20,000, 30,000 USD/MWh",
         given=_EVENTS | _LOST),
    Move(ENGINE, {"Sites.lost_load_price": None}, ending, "plan", "infeasible", "a blank cell: all must be served",
         given=_EVENTS | _LOST),
)  # fmt: skip
