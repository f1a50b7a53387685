"""Columns of Project, Sites, TariffEnergy, TariffDemand, ExchangeRates, AssetClasses, by hand (see columns_bases)."""

from __future__ import annotations

from columns_bases import LOAD, PV, RACKS, Move, cost, ending, kpi, mean_mw, racks, remarks, steps

_ENERGY, _CONNECTION = cost("energy"), cost("connection")
_CARBON_PRICED = {"Project.carbon_price": 100}
_WATER_PRICED = {"Project.water_price": 100}
_CONNECTED = {"Sites.connection_price": 100}
_TWO_YEARS = {"Project.analysis_years": 2}
_CLASS = "AssetClasses[4]"  # grid: the terms of the connection
_CONNECTION_FACT = "2 MW * 100 USD/kW = 200"

PROJECT = (
    Move(LOAD, {"Project.hours": 12}, _ENERGY, 4.8, 2.4, "2 MW * 24 h * 100 USD/MWh; half the hours"),
    Move(LOAD, {"Project.step_minutes": 30}, steps, 24, 48, "24 h in steps of an hour, of half an hour"),
    Move(LOAD, {"Project.step_minutes": 30}, kpi("import_mwh"), 48, 48, "the same energy in 48 half hours at 2 MW"),
    Move(RACKS, {"Project.need_month": 11.9}, ending, "plan", "refused at need_month", "pods come in month 12"),
    Move(LOAD, {"Project.analysis_years": 2}, _ENERGY, 4.8, 9.6, "the bill twice"),
    Move(LOAD, {"Project.discount_pct": 25}, _ENERGY, 4.8, 3.84, "4.8 / 1.25, paid at the year's end"),
    Move(LOAD, {"Project.tax_pct": 50}, _ENERGY, 4.8, 2.4, "half is saved in tax"),
    Move(LOAD, {"Project.escalation_energy_pct": 10}, _ENERGY, 4.8, 5.28, "4.8 * 1.1, growth already in year 1"),
    Move(
        LOAD,
        {"Project.escalation_om_pct": 50},
        _CONNECTION,
        220,
        230,
        f"{_CONNECTION_FACT}; upkeep 20, grown to 30",
        given=_CONNECTED | {f"{_CLASS}.om_pct": 10},
    ),
    Move(
        LOAD,
        {"Project.escalation_carbon_pct": 10},
        cost("carbon"),
        2.4,
        2.64,
        "24 t * 100 USD/t * 1.1",
        given=_CARBON_PRICED,
    ),
    Move(
        RACKS,
        {"Project.escalation_water_pct": 10},
        cost("water"),
        2.4,
        2.64,
        "24 m3 * 100 USD/m3 * 1.1",
        given=_WATER_PRICED,
    ),
    Move(
        LOAD,
        {"Project.escalation_capital_pct": 10},
        _CONNECTION,
        400,
        420,
        f"{_CONNECTION_FACT}, bought again after year 1 at 200, at 220",
        given=_CONNECTED | _TWO_YEARS | {f"{_CLASS}.life_years": 1},
    ),
    Move(
        RACKS,
        {"Project.tokenergy_target": 37.7},
        ending,
        "plan",
        "infeasible",
        "32.64 MWh / 864 Mtok = 37.78 Wh per 1,000 tokens",
        given={"Project.tokenergy_target": 37.8},
    ),
    Move(
        LOAD,
        {"Project.carbon_cap_t": 23.9},
        ending,
        "plan",
        "infeasible",
        "48 MWh * 0.5 t/MWh = 24 t",
        given={"Project.carbon_cap_t": 24.1},
    ),
    Move(
        RACKS,
        {"Project.water_cap_m3": 23.9},
        ending,
        "plan",
        "infeasible",
        "24 MWh of heat * 1 L/kWh = 24 m3",
        given={"Project.water_cap_m3": 24.1},
    ),
    Move(
        LOAD,
        {"Project.budget_million": 0.199},
        ending,
        "plan",
        "infeasible",
        f"{_CONNECTION_FACT} kUSD = 0.2 million",
        given=_CONNECTED | {"Project.budget_million": 0.201},
    ),
    Move(LOAD, {"Project.carbon_price": 100}, cost("carbon"), 0, 2.4, "24 t * 100 USD/t"),
    Move(RACKS, {"Project.water_price": 100}, cost("water"), 0, 2.4, "24 m3 * 100 USD/m3"),
)

_EXPORT = {"Supply.max_mw": 10, "Sites.export_limit_mw": 1, "Sites.export_price": 50}
_GRID_LIMIT = "refused at grid_limit_mw"
_SITE_BUILT = {"Offers.site_built": "yes"}
SITES = (
    Move(
        RACKS,
        {"Sites.design_dry_bulb_c": 25},
        kpi("design_day_load_mw"),
        1.36,
        1.41,
        "1 MW of racks + 0.06 losses + cooling 0.3 at 20 degC, 0.35 at 25",
        given={"Sites.design_dry_bulb_c": 20},
    ),
    Move(
        RACKS,
        {"Sites.design_wet_bulb_c": 25},
        kpi("design_day_load_mw"),
        1.36,
        1.41,
        "the same on a wet-bulb curve",
        given={
            "Sites.design_wet_bulb_c": 20,
            "CoolingCurves.driver": "wet_bulb",
            "CoolingCurves[1].driver": "wet_bulb",
        },
    ),
    Move(RACKS, {"Sites.design_margin_dry_k": 5}, kpi("design_day_load_mw"), 1.36, 1.41, "20 + 5 degC: 0.35 MW/MW"),
    Move(
        RACKS,
        {"Sites.design_margin_wet_k": 5},
        kpi("design_day_load_mw"),
        1.36,
        1.41,
        "the same on a wet-bulb curve",
        given={"CoolingCurves.driver": "wet_bulb", "CoolingCurves[1].driver": "wet_bulb"},
    ),
    Move(
        PV,
        {"Sites.area_m2": 5000},
        kpi("onsite_mwh"),
        12,
        6,
        "10,000 m2/MW: 1 MW, 0.5 MW; at half output for 24 h",
        given={"Sites.area_m2": 10_000, "Supply.area_m2_per_mw": 10_000},
    ),
    Move(LOAD, {"Sites.house_load_kw": 1000}, kpi("import_mwh"), 48, 72, "1 MW more for 24 h"),
    Move(
        RACKS,
        {"Sites.build_cost_per_w": 3},
        remarks("build_cost_per_w"),
        0,
        1,
        "a pod costs 1,000 kUSD for 500 kW: 2 USD/W",
        given=_SITE_BUILT | {"Sites.build_cost_per_w": 2},
    ),
    Move(
        LOAD,
        {"Sites.grid_limit_mw": 1.99},
        ending,
        "plan",
        _GRID_LIMIT,
        "the load is 2 MW",
        given={"Sites.grid_limit_mw": 2.01},
    ),
    Move(
        LOAD,
        {"Sites.grid_limit_mva": 1.99},
        ending,
        "plan",
        _GRID_LIMIT,
        "2 MVA at power factor 1",
        given={"Sites.grid_limit_mva": 2.01},
    ),
    Move(
        LOAD,
        {"Sites.power_factor": 0.49},
        ending,
        "plan",
        _GRID_LIMIT,
        "4 MVA carry 2.04 MW, 1.96 MW",
        given={"Sites.grid_limit_mva": 4, "Sites.power_factor": 0.51},
    ),
    Move(LOAD, {"Sites.billing_factor": 1.5}, kpi("peak_import_mw"), 2, 3, "interval peak 1.5 * 2 MW"),
    Move(
        LOAD,
        {"Sites.energised_month": 12.1},
        ending,
        "plan",
        "refused at energised_month",
        "service starts in month 12",
        given={"Sites.energised_month": 12},
    ),
    Move(LOAD, {"Sites.connection_price": 100}, kpi("first_cost_kcur"), 0, 200, _CONNECTION_FACT),
    Move(
        PV,
        {"Sites.export_limit_mw": 2},
        kpi("export_mwh"),
        24,
        48,
        "5 MW less 2 MW of load, of which 1 MW or 2 MW may leave, 24 h",
        given=_EXPORT,
    ),
    Move(LOAD, {"Sites.price_adder": 50}, _ENERGY, 4.8, 7.2, "48 MWh at 100, 150 USD/MWh"),
    Move(LOAD, {"Sites.contract_fee": 12}, cost("contract"), 0, 24, "2 MW * 12 USD/kW-year"),
    Move(LOAD, {"Sites.fixed_charge": 5000}, cost("fixed_charge"), 0, 5, "one month in the operating year"),
    Move(PV, {"Sites.export_price": 60}, cost("export"), -1.2, -1.44, "24 MWh sold at 50, 60 USD/MWh", given=_EXPORT),
    Move(LOAD, {"Sites.carbon_g_per_kwh": 400}, kpi("carbon_t"), 24, 19.2, "48 MWh * 0.5, 0.4 t/MWh"),
    Move(
        RACKS,
        {"Sites.market_carbon_g_per_kwh": 100},
        kpi("cue_market_kg_per_kwh"),
        0.272,
        0.136,
        "200, 100 g/kWh * 1.36 site energy per IT energy",
        given={"Sites.market_carbon_g_per_kwh": 200},
    ),
)

_DAY_NIGHT = {"TariffEnergy.to_hour": 8, "TariffEnergy[1].from_hour": 8, "TariffEnergy[1].to_hour": 24}
_DAY_NIGHT |= {"TariffEnergy[1].tariff": "T", "TariffEnergy[1].period": "day", "TariffEnergy[1].price": 200}
_DEMAND = {"TariffDemand.tariff": "T", "TariffDemand.charge": "peak", "TariffDemand.price": 10}
_UNEVEN = _DEMAND | {"Sites.plain_load_series": "uneven_load"}
_RATCHET = _DEMAND | {"Sites.plain_load_series": "first_day", "Project.year_start": "2023-01-31"}
_RATCHET |= {"TariffDemand.ratchet_pct": 75, "TariffDemand.ratchet_months": 1}
TARIFF = (
    Move(LOAD, {"TariffEnergy.price": 150}, _ENERGY, 4.8, 7.2, "48 MWh at 100, 150 USD/MWh"),
    Move(
        LOAD,
        {"TariffEnergy[1].from_hour": 10},
        _ENERGY,
        8.0,
        7.6,
        "2 MW: 8 h at 100 and 16 h at 200 USD/MWh; 10 h and 14 h",
        given=_DAY_NIGHT,
        along={"TariffEnergy.to_hour": 10},
    ),
    Move(
        LOAD,
        {"TariffEnergy.to_hour": 10},
        _ENERGY,
        8.0,
        7.6,
        "the same border, by the other row",
        given=_DAY_NIGHT,
        along={"TariffEnergy[1].from_hour": 10},
    ),
    Move(LOAD, {"TariffDemand.price": 15}, cost("demand"), 20, 30, "2 MW * 10, 15 USD/kW-month", given=_DEMAND),
    Move(LOAD, {"TariffDemand.from_hour": 19}, cost("demand"), 50, 10, "5 MW in hour 18; after it 1 MW", given=_UNEVEN),
    Move(LOAD, {"TariffDemand.to_hour": 18}, cost("demand"), 50, 30, "5 MW in hour 18; before it 3 MW", given=_UNEVEN),
    Move(
        LOAD,
        {"TariffDemand.ratchet_pct": 75},
        cost("demand"),
        20,
        30,
        "2 MW in February; 50 %, 75 % of 4 MW on 31 January",
        given=_RATCHET | {"Project.hours": 48, "TariffDemand.months": "2", "TariffDemand.ratchet_pct": 50},
    ),
    Move(
        LOAD,
        {"TariffDemand.ratchet_months": 2},
        cost("demand"),
        20,
        30,
        "2 MW in March; 75 % of 4 MW on 31 January counts two months later",
        given=_RATCHET | {"Project.hours": 720, "TariffDemand.months": "3"},
    ),
)

_IN_WON = {"ExchangeRates.currency": "KRW", "ExchangeRates.rate": 0.5, "Sites.tariff_currency": "KRW"}
_ALL_IN_WON = _IN_WON | {"Sites.price_adder": 100, "Sites.contract_fee": 10, "Sites.fixed_charge": 1000} | _DEMAND
_LIVES_ONE = _CONNECTED | _TWO_YEARS | {f"{_CLASS}.life_years": 1}
_TAXED = _CONNECTED | {"Project.tax_pct": 50}
_WRITTEN_OFF = _TAXED | _TWO_YEARS | {f"{_CLASS}.depreciation": "straight-line", f"{_CLASS}.depreciation_years": 4}
MONEY = (
    Move(LOAD, {"ExchangeRates.rate": 0.75}, _ENERGY, 4.8, 7.2, "48 MWh * 200 KRW/MWh * 0.5, 0.75", given=_ALL_IN_WON),
    Move(LOAD, {"ExchangeRates.rate": 0.75}, cost("contract"), 10, 15, "2 MW * 10 KRW/kW-year", given=_ALL_IN_WON),
    Move(LOAD, {"ExchangeRates.rate": 0.75}, cost("fixed_charge"), 0.5, 0.75, "1,000 KRW", given=_ALL_IN_WON),
    Move(LOAD, {"ExchangeRates.rate": 0.75}, cost("demand"), 10, 15, "2 MW * 10 KRW/kW-month", given=_ALL_IN_WON),
    Move(
        PV,
        {"ExchangeRates.rate": 0.75},
        cost("export"),
        -0.6,
        -0.9,
        "24 MWh sold at 50 KRW/MWh",
        given=_EXPORT | _IN_WON,
    ),
    Move(
        RACKS,
        {"ExchangeRates.rate": 1.1},
        cost("modules"),
        2000,
        2200,
        "two pods at a million euros",
        given={"ExchangeRates.currency": "EUR", "ExchangeRates.rate": 1, "Offers.currency": "EUR"},
    ),
    Move(
        LOAD,
        {f"{_CLASS}.life_years": 1},
        _CONNECTION,
        200,
        400,
        f"{_CONNECTION_FACT}; after one of two years again",
        given=_CONNECTED | _TWO_YEARS,
    ),
    Move(LOAD, {f"{_CLASS}.om_pct": 10}, _CONNECTION, 200, 220, "one year's upkeep, 20", given=_CONNECTED),
    Move(
        LOAD,
        {f"{_CLASS}.replacement_pct": 50},
        _CONNECTION,
        400,
        300,
        "the second costs half of 200",
        given=_LIVES_ONE,
    ),
    Move(LOAD, {f"{_CLASS}.rebate_pct": 10}, _CONNECTION, 200, 180, "20 back at award", given=_CONNECTED),
    Move(LOAD, {f"{_CLASS}.credit_pct": 10}, _CONNECTION, 200, 180, "20 off taxes", given=_CONNECTED),
    Move(LOAD, {f"{_CLASS}.bonus_pct": 20}, _CONNECTION, 200, 180, "50 % tax on 20 % of 200 saved", given=_TAXED),
    Move(
        LOAD,
        {f"{_CLASS}.depreciation_years": 2},
        _CONNECTION,
        150,
        100,
        "two of four years: half of 200 written off, 50 % tax on it saved; two of two: all",
        given=_WRITTEN_OFF,
    ),
)

SUPPLY = (
    Move(PV, {"Supply.price": 0.02}, cost("supply"), 0.02, 0.04, "2 MW at 0.01, 0.02 USD/kW"),
    Move(
        PV,
        {"Supply.min_mw": 1},
        cost("supply"),
        0,
        900,
        "900 USD/kW never pays: only what must be",
        given={"Supply.price": 900},
    ),
    Move(PV, {"Supply.max_mw": 1}, kpi("onsite_mwh"), 24, 12, "2 MW, 1 MW at half output"),
    Move(
        PV,
        {"Supply.area_m2_per_mw": 20_000},
        kpi("onsite_mwh"),
        12,
        6,
        "1 MW, 0.5 MW on 10,000 m2",
        given={"Sites.area_m2": 10_000, "Supply.area_m2_per_mw": 10_000},
    ),
    Move(
        PV,
        {"Supply.lead_p50_months": 12.1},
        kpi("onsite_mwh"),
        24,
        0,
        "needed in month 12",
        given={"Supply.lead_p50_months": 12},
    ),
    Move(
        PV,
        {"Supply.lead_p90_months": 12.1},
        kpi("onsite_mwh"),
        24,
        0,
        "needed in month 12, nine chances in ten",
        given={"Supply.lead_p50_months": 1, "Supply.lead_p90_months": 12, "Project.lead_confidence": "P90"},
    ),
)

_DEARER = "48 MWh at 100, 150 USD/MWh"
SERIES = (
    Move(RACKS, {"Sites.dry_bulb_series": "warm"}, mean_mw("cooling_mw"), 0.3, 0.35, "the curve at 20, 25 degC"),
    Move(
        RACKS,
        {"Sites.wet_bulb_series": "warm"},
        mean_mw("cooling_mw"),
        0.3,
        0.35,
        "the curve at 20, 25 degC",
        given={"CoolingCurves.driver": "wet_bulb", "CoolingCurves[1].driver": "wet_bulb"},
    ),
    Move(LOAD, {"Sites.plain_load_series": "small_load"}, kpi("import_mwh"), 48, 24, "2 MW, 1 MW for 24 h"),
    Move(
        LOAD,
        {"Sites.price_series": "higher"},
        _ENERGY,
        4.8,
        7.2,
        _DEARER,
        given={"Sites.price_series": "price", "Sites.tariff": None},
    ),
    Move(
        PV,
        {"Sites.export_price_series": "price"},
        cost("export"),
        -1.2,
        -2.4,
        "24 MWh sold at 50, 100 USD/MWh",
        given=_EXPORT,
        along={"Sites.export_price": None},
    ),
    Move(
        LOAD,
        {"Sites.carbon_series": "less_carbon"},
        kpi("carbon_t"),
        24,
        19.2,
        "48 MWh at 500, 400 g/kWh",
        given={"Sites.carbon_series": "carbon", "Sites.carbon_g_per_kwh": None},
    ),
    Move(PV, {"Supply.output_series": "quarter"}, kpi("onsite_mwh"), 24, 12, "2 MW at 0.5, 0.25 MW/MW for 24 h"),
    Move(
        RACKS,
        {"Workloads.requests_series": "more_requests"},
        racks,
        10,
        20,
        "36,000, 72,000 requests/h over 3,600 per rack",
        given={"Workloads.requests_series": "requests", "Workloads.requests_per_day": None, "Workloads.profile": None},
    ),
)

PLACE = PROJECT + SITES + TARIFF + MONEY + SUPPLY + SERIES
