"""Sheet Offers -> Offer."""

from __future__ import annotations

from models.case import Offer, PriceBreak
from planner.schema import BREAKS
from planner.validate.rows import Row, Tables
from planner.validate.study import rate, terms
from planner.validate.tender import quotation


def offers(tables: Tables) -> tuple[Offer, ...]:
    """Every available offer free of findings; one whose cooling type is switched off is left out, with a warning."""
    off = {r["name"] for r in tables["Cooling"].off} - set(tables["Cooling"].by("name"))
    built = []
    for row in tables["Offers"]:
        breaks = _breaks(tables, row)
        fits = _kind_fits(tables, row) and _order_fits(tables, row)
        if breaks is None or not fits or not row.ok() or not tables.intact("AssetClasses", "ExchangeRates"):
            continue
        if row["cooling"] in off:
            message = f"left out, because cooling type {row['cooling']} is switched off"
            tables.warn(row.cell("name"), row.sheet.table, "cooling", message)
            continue
        row.used = True
        built.append(_offer(tables, row, breaks))
    return tuple(built)


def _offer(tables: Tables, row: Row, breaks: tuple[PriceBreak, ...]) -> Offer:
    return Offer(
        name=row["name"],
        vendor=row["vendor"],
        kind=row["kind"],
        ex_works_k=row["ex_works"],
        terms=terms(tables, row),
        site_built=row["site_built"],
        it_mw=row["it_kw"] or 0.0,
        electrical_mw=row["electrical_kw"] or 0.0,
        heat_mw=row["heat_kw"] or 0.0,
        cooling=row["cooling"],
        rack_limit_mw=row["rack_limit_kw"],
        rack_positions=row["rack_positions"],
        exchange_rate=rate(tables, row, "currency"),
        freight_k=row["freight"],
        insurance_k=row["insurance"],
        duty_rate=row["duty_pct"],
        duty_basis=row["duty_basis"],
        import_tax_rate=row["import_tax_pct"],
        inland_kcur=row["inland"],
        installation_kcur=row["installation"],
        price_breaks=breaks,
        min_count=row["min_count"],
        max_count=row["max_count"],
        footprint_m2=row["footprint_m2"],
        lead_months_p50=row["lead_p50_months"],
        lead_months_p90=row["lead_p90_months"],
        quotation=quotation(tables, row),
        architecture=row["architecture"],
    )


def _kind_fits(tables: Tables, row: Row) -> bool:
    """What each kind of unit must and must not have."""
    if not row.ok("kind", "electrical_kw", "cooling", "heat_kw"):
        return False
    kind, inside = row["kind"], row["cooling"] is not None
    if kind == "power" and not row["electrical_kw"]:
        name, expected = "electrical_kw", "a number above 0: the rack power that a power unit feeds"
    elif kind == "cooling" and not inside:
        name, expected = "cooling", "the cooling type of this cooling unit"
    elif kind == "integrated" and not inside:
        name, expected = "cooling", "the cooling type inside; use kind it for units without"
    elif kind == "integrated" and not row["electrical_kw"]:
        name, expected = "electrical_kw", "a number above 0; use kind it for units without power inside"
    elif inside and not row["heat_kw"]:
        name, expected = "heat_kw", "a number above 0: the heat that the cooling inside removes"
    elif not inside and row["heat_kw"]:
        name, expected = "cooling", "the cooling type that removes heat_kw"
    else:
        return True
    found = "a blank cell" if name == "cooling" else ""
    tables.report(row.finding(name, found, expected, see=row.cells("kind", "cooling")))
    return False


def _order_fits(tables: Tables, row: Row) -> bool:
    fits = row.ok("min_count", "max_count", "lead_p50_months", "lead_p90_months")
    if row.ok("min_count", "max_count") and row["max_count"] is not None and row["max_count"] < row["min_count"]:
        tables.report(row.finding("max_count", "", f"at least min_count, {row['min_count']}"))
        fits = False
    if row.ok("lead_p50_months", "lead_p90_months") and row["lead_p90_months"] < row["lead_p50_months"]:
        tables.report(row.finding("lead_p90_months", "", f"at least lead_p50_months, {row['lead_p50_months']:g}"))
        fits = False
    return fits


def _breaks(tables: Tables, row: Row) -> tuple[PriceBreak, ...] | None:
    """Price breaks with rising counts; None if something is wrong with them."""
    built: list[PriceBreak] = []
    for number in BREAKS:
        count, price = f"break{number}_count", f"break{number}_ex_works"
        if not row.ok(count, price):
            return None
        if (row[count] is None) != (row[price] is None):
            blank, filled = (price, count) if row[price] is None else (count, price)
            message = f"{row.cell(filled)} is filled in"
            tables.report(row.finding(blank, "a blank cell", "a price break has both a count and a price", message))
            return None
        if row[count] is None:
            continue
        if built and row[count] <= built[-1].min_count:
            see = row.cells(*(f"break{n}_count" for n in BREAKS if n < number and row[f"break{n}_count"] is not None))
            expected = f"above the count of the break before, {built[-1].min_count}"
            tables.report(row.finding(count, "", expected, see=see[-1:]))
            return None
        built.append(PriceBreak(row[count], row[price]))
    return tuple(built)
