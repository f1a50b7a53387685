"""Columns of the terms of a bill beyond its hourly price and its peak, by hand (see columns_bases)."""

from __future__ import annotations

import datetime as dt

from columns_bases import LOAD, PV, Move, cost, kpi

_ENERGY, _CONTRACT, _DEMAND_COST = cost("energy"), cost("contract"), cost("demand")
_DEMAND = {"TariffDemand.tariff": "T", "TariffDemand.charge": "peak", "TariffDemand.price": 10}
_SETTLED = {"Sites.contract_mw": 6, "Sites.contract_fee": 12}
_UNTAKEN = {"Sites.take_or_pay_mwh": 148, "Sites.take_or_pay_price": 10}
_OVERRUN = {"Sites.contract_mw": 1, "Sites.overrun_fee": 5}
_BLOCK = {"TariffBlocks.tariff": "T", "TariffBlocks.charge": "blocks", "TariffBlocks.price": 50}
_LAGGING = _DEMAND | {
    "Sites.power_factor": 0.9,
    "Sites.power_factor_target": 0.95,
    "Sites.power_factor_surcharge_pct": 0.5,
}
_DEARER_ABOVE = _DEMAND | {
    "TariffDemand[1].tariff": "T",
    "TariffDemand[1].charge": "peak",
    "TariffDemand[1].price": 15,
    "TariffDemand[1].above_kw": 1500,
}
_WINDOW = {
    "Sites.plain_load_series": "uneven_load",
    "TariffPeaks.tariff": "T",
    "TariffPeaks.charge": "system peak",
    "TariffPeaks.price": 10,
    "TariffPeaks.start": dt.datetime(2023, 1, 2, 6),
}
_SOLD = {"Supply.max_mw": 10, "Sites.export_limit_mw": 1, "Sites.export_price": 50}

TERMS = (
    Move(
        PV,
        {"Sites.export_pct_of_import": 100},
        kpi("export_mwh"),
        24,
        0,
        "the sun covers the load: nothing is bought, so nothing may be sold",
        given=_SOLD,
    ),
    Move(
        LOAD,
        {"Sites.price_markup_pct": 50},
        _ENERGY,
        4.8,
        7.2,
        "48 MWh * 100 USD/MWh * 1.5",
        given={"Sites.price_series": "price", "Sites.tariff": None},
    ),
    Move(LOAD, {"Sites.take_or_pay_mwh": 248}, _ENERGY, 5.8, 6.8, "100, 200 MWh not taken at 10", given=_UNTAKEN),
    Move(LOAD, {"Sites.take_or_pay_price": 20}, _ENERGY, 5.8, 6.8, "100 MWh not taken at 10, 20", given=_UNTAKEN),
    Move(LOAD, {"Sites.power_factor_target": 0.92}, _DEMAND_COST, 20.5, 20.2, "20 * 1.025, * 1.01", given=_LAGGING),
    Move(
        LOAD,
        {"Sites.power_factor_surcharge_pct": 1},
        _DEMAND_COST,
        20.5,
        21,
        "5 hundredths short at 0.5 %, 1 % each",
        given=_LAGGING,
    ),
    Move(LOAD, {"Sites.contract_mw": 3}, _CONTRACT, 72, 36, "6, 3 MW * 12 USD/kW-year", given=_SETTLED),
    Move(LOAD, {"Sites.overrun_fee": 10}, _CONTRACT, 5, 10, "1 MW above 1 MW, one month at 5, 10", given=_OVERRUN),
    Move(LOAD, {"TariffBlocks.price": 60}, _ENERGY, 7.2, 7.68, "4.8 and 48 MWh at 50, 60", given=_BLOCK),
    Move(LOAD, {"TariffBlocks.above_mwh": 28}, _ENERGY, 7.2, 5.8, "4.8 and 48, 20 MWh at 50", given=_BLOCK),
    Move(LOAD, {"TariffBlocks.from_hour": 12}, _ENERGY, 7.2, 6, "4.8 and 48, 24 MWh at 50", given=_BLOCK),
    Move(LOAD, {"TariffBlocks.to_hour": 6}, _ENERGY, 7.2, 5.4, "4.8 and 48, 12 MWh at 50", given=_BLOCK),
    Move(
        LOAD,
        {"TariffDemand[1].above_kw": 1000},
        _DEMAND_COST,
        22.5,
        25,
        "1.5 MW at 10 and 0.5 at 15; 1 MW each",
        given=_DEARER_ABOVE,
    ),
    Move(LOAD, {"TariffDemand.minimum_kw": 3000}, _DEMAND_COST, 20, 30, "2 MW, 3 MW billed at 10", given=_DEMAND),
    Move(
        LOAD,
        {"TariffDemand.contract_pct": 50},
        _DEMAND_COST,
        20,
        30,
        "2 MW; half of 6 MW billed at 10",
        given=_DEMAND | _SETTLED,
    ),
    Move(LOAD, {"TariffPeaks.price": 20}, _DEMAND_COST, 30, 60, "3 MW in hour 6 at 10, 20 USD/kW", given=_WINDOW),
    Move(LOAD, {"TariffPeaks.hours": 13}, _DEMAND_COST, 30, 50, "3 MW in hour 6; 5 MW in hour 18", given=_WINDOW),
)
