"""Columns of Tender, Quotations and Scope, by hand (see columns_bases): two pods of 500 kW at a million each, ready in
month 12; one year without interest unless stated."""

from __future__ import annotations

from typing import Any

from columns_bases import RACKS, Move, Planned, Result, cost

_MODULES = cost("modules")
_ROW = {"Quotations.offer": "pod"}
_RATE = _ROW | {"Project.discount_pct": 10}
_SECOND = {
    f"Offers[1].{name}": value
    for name, value in {
        **{"name": "pod B", "vendor": "W", "kind": "integrated", "it_kw": 500, "electrical_kw": 500, "heat_kw": 500},
        **{"cooling": "air", "ex_works": 1_200_000, "lead_p50_months": 12},
    }.items()
}
"""A second vendor's pod, dearer by 200,000."""
_SPLIT = _SECOND | {"Offers[1].ex_works": 1_100_000}
_A_YEAR = 1.1


def stated(name: str) -> Result:
    """A commercial term of the first offer."""

    def read(plan: Planned) -> Any:
        assert plan.case is not None
        return getattr(plan.case.offers[0].quotation, name)

    return read


QUOTATIONS = (
    Move(RACKS, {"Quotations.spares": 50_000}, _MODULES, 2000, 2100, "two pods at 1,050,000", given=_ROW),
    Move(
        RACKS,
        {"Quotations.spares": 50_000},
        _MODULES,
        2200,
        2310,
        "spares are goods: 10 % duty on 1,050,000 FOB",
        given=_ROW | {"Offers.duty_pct": 10, "Offers.duty_basis": "FOB"},
    ),
    Move(
        RACKS,
        {"Quotations.warranty_extension": 20_000},
        _MODULES,
        2000,
        2120,
        "three years are missing of five: 60,000 each",
        given=_ROW | {"Quotations.warranty_years": 2, "Tender.warranty_wanted_years": 5},
    ),
    Move(
        RACKS,
        {"Quotations.warranty_years": 3},
        _MODULES,
        2120,
        2080,
        "three, then two years are missing of five",
        given=_ROW
        | {"Quotations.warranty_years": 2, "Quotations.warranty_extension": 20_000, "Tender.warranty_wanted_years": 5},
    ),
    Move(
        RACKS,
        {"Tender.warranty_wanted_years": 4},
        _MODULES,
        2120,
        2080,
        "three, then two years are missing",
        given=_ROW
        | {"Quotations.warranty_years": 2, "Quotations.warranty_extension": 20_000, "Tender.warranty_wanted_years": 5},
    ),
    Move(
        RACKS,
        {"Quotations.pay_order_pct": 30},
        _MODULES,
        2000,
        2000 + 2000 * 0.3 * (_A_YEAR - 1),
        "30 % a year before delivery at 10 %",
        given=_RATE,
    ),
    Move(
        RACKS,
        {"Quotations.pay_ready_pct": 50},
        _MODULES,
        2000,
        2000 + 2000 * 0.5 * (_A_YEAR**0.5 - 1),
        "50 % six months before delivery at 10 %",
        given=_RATE | {"Quotations.shipping_months": 6},
    ),
    Move(
        RACKS,
        {"Quotations.pay_acceptance_pct": 20},
        _MODULES,
        2000,
        2000 + 2000 * 0.2 * (1 / _A_YEAR - 1),
        "20 % a year after delivery at 10 %",
        given=_RATE | {"Quotations.testing_months": 12},
    ),
    Move(
        RACKS,
        {"Quotations.shipping_months": 6},
        _MODULES,
        2000,
        2000 + 2000 * 0.5 * (_A_YEAR**0.5 - 1),
        "50 % when ready: on delivery, then six months before",
        given=_RATE | {"Quotations.pay_ready_pct": 50},
    ),
    Move(
        RACKS,
        {"Quotations.testing_months": 12},
        _MODULES,
        2000,
        2000 + 2000 * 0.2 * (1 / _A_YEAR - 1),
        "20 % on acceptance: on delivery, then a year after",
        given=_RATE | {"Quotations.pay_acceptance_pct": 20},
    ),
    Move(
        RACKS,
        {"Quotations.damages_pct_per_week": 0.5},
        stated("damages_share_per_week"),
        0.01,
        0.005,
        "%",
        _ROW | {"Quotations.damages_pct_per_week": 1},
    ),
    Move(
        RACKS,
        {"Quotations.damages_cap_pct": 10},
        stated("damages_cap"),
        0.2,
        0.1,
        "%",
        _ROW | {"Quotations.damages_cap_pct": 20},
    ),
    Move(
        RACKS,
        {"Quotations.units_per_month": 0.5},
        cost("delay"),
        1,
        2,
        "the second pod comes a month, two months after the first, wanted in month 12",
        _ROW | {"Quotations.units_per_month": 1, "Project.most_delay_months": 2, "Project.delay_price": 1000},
    ),
    Move(
        RACKS, {"Quotations.weight_t": 65}, stated("weight_t"), 60, 65, "as stated", _ROW | {"Quotations.weight_t": 60}
    ),
    Move(
        RACKS,
        {"Quotations.relocation_pct": 35},
        stated("relocation_share"),
        0.2,
        0.35,
        "%",
        _ROW | {"Quotations.relocation_pct": 20},
    ),
    Move(RACKS, {"Quotations.price_rise_pct": 5}, stated("price_rise_share"), 0, 0.05, "%", _ROW),
)
_MISSING = _ROW | {"Scope.item": "crane", "Quotations.missing_scope": "crane"}
SCOPE = (
    Move(RACKS, {"Scope.adder_per_unit": 30_000}, _MODULES, 2000, 2060, "two pods without a crane", given=_MISSING),
    Move(
        RACKS, {"Scope.adder_per_kw": 100}, _MODULES, 2000, 2100, "two pods of 500 kW without a crane", given=_MISSING
    ),
)
RULES = (
    Move(
        RACKS,
        {"Tender.least_vendors": 2},
        _MODULES,
        2000,
        2200,
        "one pod of each vendor instead of two cheap ones",
        given=_SECOND | {"Tender.least_vendors": 1},
    ),
    Move(
        RACKS,
        {"Tender.most_vendors": 1},
        _MODULES,
        2100,
        2200,
        "one cheap and one dear pod, then two dear ones of one vendor",
        given=_SPLIT | {"Offers.max_count": 1, "Tender.most_vendors": 2},
    ),
    Move(
        RACKS,
        {"Tender.vendor_cap_pct": 60},
        _MODULES,
        2000,
        2200,
        "one pod of each vendor: shares 45 and 55 %",
        given=_SECOND | {"Tender.vendor_cap_pct": 100},
    ),
)
TENDER = QUOTATIONS + SCOPE + RULES
