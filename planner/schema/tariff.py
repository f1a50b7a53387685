"""Sheets TariffEnergy, TariffBlocks, TariffDemand, TariffPeaks, Holidays and Hourly: the bill, and every series."""

from __future__ import annotations

from planner.schema.columns import Column, Sheet, provenance


def _months() -> Column:
    return Column(
        "months",
        "months: all, 6-8, 11-2 or 3,4,5",
        kind="months",
        default="all",
        example="6-8",
        case_path="grid.{key}.months",
    )


def _hours() -> tuple[Column, ...]:
    return (
        Column(
            "day_type",
            "days: all, weekday (Monday to Friday), saturday, sunday or weekend (both); a day of the site's holidays "
            "counts as a Sunday",
            kind="choice",
            choices=("all", "weekday", "saturday", "sunday", "weekend"),
            default="all",
            example="weekday",
            case_path="grid.{key}.day_type",
        ),
        Column(
            "from_hour",
            "first hour of the day, by the clock of Sites.time_zone",
            "h",
            kind="integer",
            default=0,
            minimum=0,
            maximum=23,
            example=15,
            case_path="grid.{key}.from_hour",
        ),
        Column(
            "to_hour",
            "hour at which it ends; earlier than from_hour: across midnight",
            "h",
            kind="integer",
            default=24,
            minimum=1,
            maximum=24,
            example=21,
            case_path="grid.{key}.to_hour",
        ),
    )


TARIFF_ENERGY = Sheet(
    "TariffEnergy",
    "tblTariffEnergy",
    "Time-of-use prices of energy. Every hour of the year must fall in exactly one row of the site's tariff.",
    (
        Column("tariff", "name of the tariff", kind="text", required=True, example="industrial 154 kV"),
        Column("period", "name of the period", kind="text", required=True, example="summer peak"),
        Column(
            "price",
            "price of energy",
            "tariff currency/MWh",
            required=True,
            example=237500,
            case_path="grid.import_price_kcur_per_mwh[{key}]",
            factor=0.001,
        ),
        _months(),
        *_hours(),
        *provenance(),
    ),
)
TARIFF_BLOCKS = Sheet(
    "TariffBlocks",
    "tblTariffBlocks",
    "Monthly charges on energy in blocks, on top of the price by time: one row per block and set of months.",
    (
        Column("tariff", "name of the tariff", kind="text", required=True, example="general service"),
        Column(
            "charge",
            "name of the charge",
            kind="text",
            required=True,
            example="energy blocks",
            case_path="grid.energy_charges[{key}].name",
        ),
        Column(
            "above_mwh",
            "energy of the month above which the price holds, up to the next row's",
            "MWh",
            default=0,
            minimum=0,
            example=500,
            case_path="grid.energy_charges[{key}].tiers.above",
        ),
        Column(
            "price",
            "price of this block; negative for a rebate",
            "tariff currency/MWh",
            required=True,
            example=12000,
            case_path="grid.energy_charges[{key}].price_kcur_per_mwh",
            factor=0.001,
        ),
        _months(),
        *_hours(),
        *provenance(),
    ),
    required=False,
    note="Day type and hours are those of the charge's first row. A month without a row for a block keeps the price of "
    "the block below; without a first block it is free.",
)
TARIFF_DEMAND = Sheet(
    "TariffDemand",
    "tblTariffDemand",
    "Monthly charges on the highest demand, within hours of the day, with an optional ratchet.",
    (
        Column("tariff", "name of the tariff", kind="text", required=True, example="industrial 154 kV"),
        Column(
            "charge",
            "name of the charge",
            kind="text",
            required=True,
            example="demand",
            case_path="grid.demand_charges[{key}].name",
        ),
        Column(
            "price",
            "price of the month's highest demand",
            "tariff currency/kW-month",
            required=True,
            minimum=0,
            example=8190,
            case_path="grid.demand_charges[{key}].price_kcur_per_mw",
        ),
        Column(
            "above_kw",
            "billed demand above which this price holds, up to the charge's next row",
            "kW",
            default=0,
            minimum=0,
            example=500,
            case_path="grid.demand_charges[{key}].tiers.above",
            factor=0.001,
        ),
        _months(),
        *_hours(),
        Column(
            "minimum_kw",
            "demand that is billed at least",
            "kW",
            default=0,
            minimum=0,
            example=1000,
            case_path="grid.demand_charges[{key}].min_mw",
            factor=0.001,
        ),
        Column(
            "contract_pct",
            "share of contracted capacity that is billed at least",
            "%",
            default=0,
            minimum=0,
            maximum=100,
            example=85,
            case_path="grid.demand_charges[{key}].contract_share",
            factor=0.01,
        ),
        Column(
            "ratchet_pct",
            "share of earlier peaks that is billed at least; 0: no ratchet",
            "%",
            default=0,
            minimum=0,
            maximum=100,
            example=100,
            case_path="grid.demand_charges[{key}].ratchet_share",
            factor=0.01,
        ),
        Column(
            "ratchet_months",
            "how many earlier months the ratchet looks back on",
            "months",
            kind="integer",
            default=0,
            minimum=0,
            maximum=11,
            example=11,
            case_path="grid.demand_charges[{key}].ratchet_months",
        ),
        Column(
            "ratchet_peak_months",
            "months whose peaks feed the ratchet",
            kind="months",
            default="all",
            example="12,1,2,7,8,9",
            case_path="grid.demand_charges[{key}].ratchet_peak_months",
        ),
        *provenance(),
    ),
    note="`months` tells when the price is charged; the peaks of other months can still feed the ratchet. A charge may "
    "have several rows: prices of other months, or above a demand; hours, minimum and ratchet stand in its first row.",
)
TARIFF_PEAKS = Sheet(
    "TariffPeaks",
    "tblTariffPeaks",
    "Coincident peaks: charged once a year, on the highest demand within the hours of all rows of the charge.",
    (
        Column("tariff", "name of the tariff", kind="text", required=True, example="large service"),
        Column(
            "charge",
            "name of the charge",
            kind="text",
            required=True,
            example="transmission, June peak",
            case_path="grid.demand_charges[{key}].name",
        ),
        Column(
            "price",
            "price of the highest demand, the same in all rows of the charge",
            "tariff currency/kW",
            required=True,
            above=0,
            example=16.5,
            case_path="grid.demand_charges[{key}].price_kcur_per_mw",
        ),
        Column(
            "start",
            "when the window starts, local standard time",
            kind="date_time",
            required=True,
            example="2023-06-27 16:00",
            case_path="grid.demand_charges[{key}].applies",
        ),
        Column(
            "hours",
            "length of the window",
            "h",
            default=1,
            above=0,
            example=1,
            case_path="grid.demand_charges[{key}].applies",
        ),
        *provenance(),
    ),
    required=False,
    note="Give a charge on the mean of four peaks as four charges at a quarter of its price.",
)
HOLIDAYS = Sheet(
    "Holidays",
    "tblHolidays",
    "Public holidays by calendar; Sites.holidays picks one. The tariff counts these days as Sundays.",
    (
        Column("calendar", "name of the calendar", kind="text", required=True, example="Korea"),
        Column(
            "date",
            "the day",
            kind="date",
            required=True,
            example="2023-03-01",
            case_path="grid.holidays[{key}]",
        ),
        Column("name", "name of the day", kind="text", example="Independence Movement Day"),
        *provenance(),
    ),
    key=("calendar", "date"),
    required=False,
    note="Only days of the operating year count.",
)
HOURLY = Sheet(
    "Hourly",
    "tblHourly",
    "One row per step of the operating year and one column per series; other sheets name the columns.",
    (Column("hour", "hours since the start of the operating year: 0, 1, 2, ...", "h", required=True, example=0),),
    layout="hourly",
    required=False,
    note="Above each series stand `source | year | grade` and its unit.",
)
