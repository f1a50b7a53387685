"""Sheets TariffEnergy, TariffDemand, Holidays and Hourly: prices by time, and every series."""

from __future__ import annotations

from planner.schema.columns import Column, Sheet, provenance


def _hours() -> tuple[Column, ...]:
    return (
        Column(
            "months",
            "months: all, 6-8, 11-2 or 3,4,5",
            kind="months",
            default="all",
            example="6-8",
            case_path="grid.{key}.months",
        ),
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
        *_hours(),
        *provenance(),
    ),
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
        *_hours(),
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
    key=("tariff", "charge"),
    note="`months` tells when the price is charged; the peaks of other months can still feed the ratchet.",
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
