"""Sheets ExchangeRates and AssetClasses: currencies, and what a first cost brings with it."""

from __future__ import annotations

from planner.schema.columns import Column, Sheet, provenance

EXCHANGE_RATES = Sheet(
    "ExchangeRates",
    "tblExchangeRates",
    "What one unit of another currency is worth in the reporting currency.",
    (
        Column("currency", "currency of quotations or of the tariff", kind="text", required=True, example="KRW"),
        Column(
            "rate",
            "reporting currency per unit of this currency",
            "reporting currency/unit",
            required=True,
            above=0,
            example=0.00072,
            case_path="exchange_rates[{key}].rate",
        ),
        *provenance(),
    ),
    key=("currency",),
    note="The reporting currency itself needs no row.",
)


def _share(name: str, meaning: str, default: float, path: str, maximum: float = 100, unit: str = "%") -> Column:
    return Column(
        name,
        meaning,
        unit,
        default=default,
        minimum=0,
        maximum=maximum,
        example=default,
        case_path=f"asset_classes[{{key}}].{path}",
        factor=0.01,
    )


ASSET_CLASSES = Sheet(
    "AssetClasses",
    "tblAssetClasses",
    "Life, upkeep, incentives and tax treatment by kind of asset.",
    (
        Column("name", "name of the class", kind="text", required=True, example="facility"),
        Column(
            "life_years",
            "life; replaced at each multiple within the analysis years",
            "years",
            kind="integer",
            required=True,
            minimum=1,
            maximum=100,
            example=20,
            case_path="asset_classes[{key}].life_years",
        ),
        _share("om_pct", "yearly operation and maintenance, of first cost", 0, "om_share", unit="%/year"),
        _share("replacement_pct", "cost of a replacement, of first cost", 100, "replacement_share", maximum=300),
        _share("rebate_pct", "rebate at award, of first cost", 0, "rebate_share"),
        _share("credit_pct", "investment tax credit after year 1, of first cost", 0, "credit_share"),
        _share("bonus_pct", "bonus depreciation after year 1, of the tax basis", 0, "bonus_share"),
        Column(
            "depreciation",
            "how the rest of the tax basis is written off",
            kind="choice",
            choices=("none", "straight-line", "macrs-5", "macrs-7", "macrs-15"),
            default="none",
            example="straight-line",
            case_path="asset_classes[{key}].depreciation_shares",
        ),
        Column(
            "depreciation_years",
            "years of straight-line depreciation",
            "years",
            kind="integer",
            required=True,
            when=("depreciation", ("straight-line",)),
            minimum=1,
            maximum=60,
            example=15,
            case_path="asset_classes[{key}].depreciation_shares",
        ),
        *provenance(),
    ),
    key=("name",),
)
