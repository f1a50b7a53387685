"""Sheets Tender, Quotations and Scope: what procurement adds to the sheet Offers."""

from __future__ import annotations

from planner.schema.columns import Column, Sheet, User, provenance

_BUYER: tuple[User, ...] = ("procurement",)
_QUOTATION = "offers[{key}].quotation"


def _share(name: str, meaning: str, path: str, example: float, unit: str = "%", most: float = 100) -> Column:
    return Column(
        name,
        meaning,
        unit,
        default=0,
        minimum=0,
        maximum=most,
        example=example,
        case_path=f"{_QUOTATION}.{path}",
        factor=0.01,
    )


TENDER = Sheet(
    "Tender",
    "tblTender",
    "The buyer's rules for orders of prefabricated units; capacity built on site is not counted.",
    (
        Column(
            "award_date",
            "day on which a quotation must still be valid; blank: Project.base_date",
            kind="date",
            not_stated=True,
            example="2027-01-01",
            case_path="tender.award_date",
        ),
        Column(
            "most_vendors",
            "most vendors that receive an order",
            "vendors",
            kind="integer",
            no_limit=True,
            minimum=1,
            example=2,
            case_path="orders.most_vendors",
        ),
        Column(
            "least_vendors",
            "fewest vendors that receive an order (2: two sources)",
            "vendors",
            kind="integer",
            no_limit=True,
            minimum=1,
            example=2,
            case_path="orders.least_vendors",
        ),
        Column(
            "vendor_cap_pct",
            "largest share of one vendor in the order value, landed",
            "%",
            no_limit=True,
            above=0,
            maximum=100,
            example=70,
            case_path="orders.vendor_share",
            factor=0.01,
        ),
        Column(
            "one_family",
            "all units from one product family",
            kind="yes_no",
            default="no",
            example="no",
            case_path="orders.one_family",
        ),
        Column(
            "warranty_wanted_years",
            "warranty that every offer is brought to, at its own price of extension",
            "years",
            default=0,
            minimum=0,
            maximum=30,
            example=5,
            case_path="tender.warranty_wanted_years",
        ),
        *provenance(),
    ),
    required=False,
    max_rows=1,
    note="One row, or none: then there is no rule.",
)
_PAYMENT = (
    _share("pay_order_pct", "paid with the order, of ex-works", "payment.order_share", 30),
    _share("pay_ready_pct", "paid when ready for shipment, after the factory test", "payment.ready_share", 40),
    _share(
        "pay_acceptance_pct", "paid after the site test; the rest is paid on delivery", "payment.acceptance_share", 10
    ),
    Column(
        "shipping_months",
        "from readiness to delivery on site, part of the lead time",
        "months",
        default=0,
        minimum=0,
        maximum=24,
        example=1.5,
        case_path=f"{_QUOTATION}.shipping_months",
    ),
    Column(
        "testing_months",
        "from delivery to acceptance",
        "months",
        default=0,
        minimum=0,
        maximum=24,
        example=1,
        case_path=f"{_QUOTATION}.testing_months",
    ),
)


def _stated(
    name: str, meaning: str, unit: str, path: str, example: float, factor: float = 1.0, **limits: float
) -> Column:
    return Column(
        name,
        meaning,
        unit,
        not_stated=True,
        example=example,
        case_path=f"{_QUOTATION}.{path}",
        factor=factor,
        **{"minimum": 0.0, **limits},  # type: ignore[arg-type]
    )


def _words(name: str, meaning: str, path: str, example: str) -> Column:
    return Column(name, meaning, kind="text", not_stated=True, example=example, case_path=f"{_QUOTATION}.{path}")


def _date(name: str, meaning: str, path: str, example: str) -> Column:
    return Column(name, meaning, kind="date", not_stated=True, example=example, case_path=f"{_QUOTATION}.{path}")


QUOTATIONS = Sheet(
    "Quotations",
    "tblQuotations",
    "Commercial terms of the offers: what makes quotations comparable.",
    (
        Column(
            "offer",
            "offer that the terms belong to",
            kind="reference",
            references=("Offers.name",),
            required=True,
            example="Pod 1.5 MW",
            case_path=f"{_QUOTATION}.offer",
        ),
        _words("reference", "the vendor's number of the quotation", "reference", "Q-2026-117"),
        _words("family", "product family; blank: the vendor's name", "family", "Pod series 3"),
        _date("valid_until", "last day on which the price holds", "valid_until", "2027-03-31"),
        _date("rate_date", "date of the exchange rate", "rate_date", "2026-11-02"),
        _words("origin", "country of origin", "origin", "Germany"),
        _words("tariff_code", "customs tariff code", "tariff_code", "8537.10"),
        _date("duty_date", "date of the duty rate", "duty_date", "2026-11-02"),
        _words(
            "missing_scope", "items of sheet Scope that the price leaves out, by commas", "missing_scope", "fire system"
        ),
        Column(
            "spares",
            "first spare parts per unit, dutiable with the goods",
            "offer currency/unit",
            default=0,
            minimum=0,
            example=50_000,
            case_path=f"{_QUOTATION}.spares_k",
            factor=0.001,
        ),
        _stated("warranty_years", "warranty included", "years", "warranty_years", 2),
        Column(
            "warranty_extension",
            "price of one more year of warranty; it brings the offer to Tender.warranty_wanted_years",
            "offer currency/unit-year",
            default=0,
            minimum=0,
            example=60_000,
            case_path=f"{_QUOTATION}.warranty_k",
            factor=0.001,
        ),
        *_PAYMENT,
        _stated(
            "damages_pct_per_week", "liquidated damages, of the price", "%/week", "damages_share_per_week", 0.5, 0.01
        ),
        _stated("damages_cap_pct", "most liquidated damages, of the price", "%", "damages_cap", 10, 0.01),
        _stated(
            "units_per_month",
            "factory slots: units that can leave per month",
            "units/month",
            "units_per_month",
            2,
            above=0.0,
        ),
        _stated("weight_t", "weight of a unit", "t/unit", "weight_t", 65),
        _stated(
            "relocation_pct", "value if moved elsewhere, of ex-works", "%", "relocation_share", 35, 0.01, maximum=100.0
        ),
        _share(
            "price_rise_pct", "how far the price may rise until the order, of ex-works", "price_rise_share", 5, most=100
        ),
        _words("redundancy_inside", "redundancy inside the unit", "redundancy_inside", "N+1 fans, 2N feeds"),
        *provenance(),
    ),
    key=("offer",),
    required=False,
    note="Optional: an offer without a row is taken as delivered complete and paid on delivery.",
)
SCOPE = Sheet(
    "Scope",
    "tblScope",
    "What a complete delivery contains, and the buyer's price for each item that a quotation leaves out.",
    (
        Column("item", "name of the item", kind="text", required=True, example="fire system"),
        Column(
            "adder_per_unit",
            "price if it is missing",
            "currency/unit",
            default=0,
            minimum=0,
            example=40_000,
            case_path="scope[{key}].per_unit",
            factor=0.001,
        ),
        Column(
            "adder_per_kw",
            "price if it is missing, per kW of the unit (its racks, or the racks it feeds, or the heat it removes)",
            "currency/kW",
            default=0,
            minimum=0,
            example=30,
            case_path="scope[{key}].per_kw",
        ),
        *provenance(),
    ),
    key=("item",),
    required=False,
    note="Both adders add up.",
)
