"""Sheets Tender, Quotations and Scope -> Quotation of each offer, OrderRules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.quotation import OrderRules, Payment, Quotation
from planner.validate.rows import Row, Tables
from planner.validate.study import rate


def rules(tables: Tables) -> OrderRules:
    """The buyer's rules; none without a row."""
    row = _tender(tables)
    if row is None:
        return OrderRules()
    row.used = True
    most, least = row["most_vendors"], row["least_vendors"]
    if most is not None and least is not None and most < least:
        tables.report(row.finding("most_vendors", "", f"at least least_vendors, {least}"))
    return OrderRules(
        most_vendors=row["most_vendors"],
        least_vendors=row["least_vendors"],
        vendor_share=row["vendor_cap_pct"],
        one_family=row["one_family"],
    )


def _tender(tables: Tables) -> Row | None:
    rows = tables["Tender"].rows
    for extra in rows[1:]:
        tables.report(extra.finding("award_date", "a second row", "one row", "the tender has one set of rules"))
    return rows[0] if rows and rows[0].ok() else None


def _award(tables: Tables) -> datetime | None:
    """The award date: of the tender, else of the project."""
    row = _tender(tables)
    stated = row["award_date"] if row is not None else None
    project = tables.project
    found = stated or (project["base_date"] if project.ok("base_date") else None)
    return found if isinstance(found, datetime) else None


@dataclass(frozen=True)
class _Terms:
    """What all quotations share."""

    award: datetime | None
    wanted_years: float
    discount_rate: float


def quotation(tables: Tables, offer: Row) -> Quotation:
    """Commercial terms of an offer; complete, paid on delivery and undated without a row."""
    tender = _tender(tables)
    project = tables.project
    shared = _Terms(
        _award(tables),
        tender["warranty_wanted_years"] if tender is not None else 0.0,
        project["discount_pct"] if project.ok("discount_pct") else 0.0,
    )
    row = tables["Quotations"].by("offer").get(offer["name"])
    if row is None or not row.ok():
        return Quotation(currency=offer["currency"] or "", warranty_wanted_years=shared.wanted_years)
    row.used = True
    return _quotation(tables, offer, row, shared)


def _quotation(tables: Tables, offer: Row, row: Row, shared: _Terms) -> Quotation:
    missing = _missing(tables, offer, row)
    payment = _payment(tables, row)
    lead = offer["lead_p50_months"]
    gap_years = max(shared.wanted_years - (row["warranty_years"] or 0.0), 0.0)
    valid = row["valid_until"]
    on_award = None if valid is None or shared.award is None else bool(valid >= shared.award)
    _remark_validity(tables, row, on_award, shared.award)
    if shared.wanted_years and gap_years and not row["warranty_extension"]:
        message = f"{gap_years:g} years of warranty are missing and no price of extension is stated: ask the vendor"
        tables.warn(row.cell("warranty_extension"), row.sheet.table, "warranty_extension", message)
    rate(tables, offer, "currency")
    return Quotation(
        spares_k=row["spares"],
        warranty_k=row["warranty_extension"] * gap_years,
        scope_kcur=sum(missing.values()),
        financing_share=financing_share(
            payment, lead, row["shipping_months"], row["testing_months"], shared.discount_rate
        ),
        reference=row["reference"] or "",
        family=row["family"] or "",
        currency=offer["currency"] or "",
        rate_date=_iso(row["rate_date"]),
        valid_until=_iso(valid),
        valid_on_award=on_award,
        origin=row["origin"] or "",
        tariff_code=row["tariff_code"] or "",
        duty_date=_iso(row["duty_date"]),
        missing_scope=tuple(missing),
        adders_kcur=tuple(missing.values()),
        payment=payment,
        shipping_months=row["shipping_months"],
        testing_months=row["testing_months"],
        warranty_years=row["warranty_years"],
        warranty_wanted_years=shared.wanted_years,
        damages_share_per_week=row["damages_pct_per_week"],
        damages_cap=row["damages_cap_pct"],
        units_per_month=row["units_per_month"],
        weight_t=row["weight_t"],
        relocation_share=row["relocation_pct"],
        price_rise_share=row["price_rise_pct"],
        redundancy_inside=row["redundancy_inside"] or "",
    )


def financing_share(
    payment: Payment, lead_months: float, shipping_months: float, testing_months: float, discount_rate: float
) -> float:
    """Value at delivery of all payments at a yearly discount rate, less 1, per ex-works price of one [1]."""
    dates = payment.dates(lead_months, shipping_months, testing_months)
    growth = 1 + discount_rate
    return sum(s * growth ** ((lead_months - t) / 12) for s, t in zip(payment.shares, dates, strict=True)) - 1


def _payment(tables: Tables, row: Row) -> Payment:
    order, ready, late = row["pay_order_pct"], row["pay_ready_pct"], row["pay_acceptance_pct"]
    rest = 1 - order - ready - late
    if rest < -1e-9:
        message = "the shares paid with the order, when ready and on acceptance exceed 100 %"
        see = row.cells("pay_ready_pct", "pay_acceptance_pct")
        tables.report(row.finding("pay_order_pct", "", "shares of at most 100 % together", message, see))
        return Payment()
    return Payment(order, ready, max(rest, 0.0), late)


def _missing(tables: Tables, offer: Row, row: Row) -> dict[str, float]:
    """Scope items that the price leaves out -> their price per unit [kcur]."""
    known = tables["Scope"].by("item")
    found: dict[str, float] = {}
    for name in (part.strip() for part in str(row["missing_scope"] or "").split(",")):
        if not name:
            continue
        item = known.get(name)
        if item is None and tables["Scope"].knows("item"):
            names = ", ".join(sorted(known)[:8]) or "none yet"
            see = [r.cell("item") for r in tables["Scope"]]
            tables.report(row.finding("missing_scope", repr(name), f"items of Scope, column item ({names})", see=see))
        elif item is not None and item.ok():
            item.used = True
            kw = {"power": offer["electrical_kw"], "cooling": offer["heat_kw"]}.get(offer["kind"], offer["it_kw"])
            found[name] = item["adder_per_unit"] + item["adder_per_kw"] * (kw or 0.0)  # currency/kW is kcur/MW
    return found


def _remark_validity(tables: Tables, row: Row, on_award: bool | None, award: datetime | None) -> None:
    if on_award is False and award is not None:
        message = (
            f"the price holds until {_iso(row['valid_until'])}, the award is on {_iso(award)}: ask for an extension"
        )
        tables.warn(row.cell("valid_until"), row.sheet.table, "valid_until", message)


def _iso(value: Any) -> str:
    return value.date().isoformat() if isinstance(value, datetime) else ""
