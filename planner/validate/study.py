"""Sheets Project, ExchangeRates and AssetClasses -> Money, Limits, AssetTerms, exchange rates."""

from __future__ import annotations

import dataclasses

from models.case import AssetTerms, Delay, Limits, Money
from planner.schema.siting import OF_PLACE
from planner.validate.rows import Row, Tables

MACRS = {
    "macrs-5": (20.0, 32.0, 19.2, 11.52, 11.52, 5.76),
    "macrs-7": (14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46),
    "macrs-15": (5.0, 9.5, 8.55, 7.7, 6.93, 6.23, 5.9, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 2.95),
}
"""Percent of the basis in years 1, 2, ...: half-year convention, IRS Publication 946 (2024), table A-1."""


def place_first(project: Row, site: Row | None) -> None:
    """Let what a site states for itself stand in for the project's figure, which then is nobody's source."""
    for column in OF_PLACE:
        if site is not None and site.ok(column.name) and site[column.name] is not None:
            project.values[column.name] = dataclasses.replace(site.values[column.name], standing="blank")


def money(project: Row) -> Money:
    """How money is counted."""
    return Money(
        analysis_years=project["analysis_years"],
        discount_rate=project["discount_pct"],
        tax_rate=project["tax_pct"],
        escalation_energy=project["escalation_energy_pct"],
        escalation_om=project["escalation_om_pct"],
        escalation_carbon=project["escalation_carbon_pct"],
        escalation_water=project["escalation_water_pct"],
        escalation_capital=project["escalation_capital_pct"],
        counts_residual_value=project["counts_residual_value"],
        counts_it=project["counts_it"],
    )


def limits(project: Row) -> Limits:
    """Targets and caps; a blank need date is no limit."""
    built = Limits(
        tokenergy_wh_per_ktok=project["tokenergy_target"],
        carbon_t_per_year=project["carbon_cap_t"],
        water_m3_per_year=project["water_cap_m3"],
        water_m3_per_day=project["water_day_cap_m3"],
        weighted_water_m3_per_year=project["weighted_water_cap_m3"],
        domestic_share=project["min_domestic_pct"],
        clean_share_yearly=project["clean_yearly_pct"],
        clean_share_hourly=project["clean_hourly_pct"],
        budget_kcur=project["budget_million"],
        carbon_price_kcur_per_t=project["carbon_price"],
        water_price_kcur_per_m3=project["water_price"],
        lead_confidence=project["lead_confidence"],
        delay=Delay(
            most_months=project["most_delay_months"],
            kcur_per_month=project["delay_price"],
            kcur_per_mtok=project["late_token_price"],
            works_months=project["site_works_months"],
        ),
    )
    return built if project["need_month"] is None else dataclasses.replace(built, need_month=project["need_month"])


def terms(tables: Tables, row: Row, column: str = "asset_class") -> AssetTerms:
    """The asset class that a row names."""
    found = tables["AssetClasses"].by("name")[row[column]]
    found.used = True
    return AssetTerms(
        life_years=found["life_years"],
        om_share=found["om_pct"],
        replacement_share=found["replacement_pct"],
        rebate_share=found["rebate_pct"],
        credit_share=found["credit_pct"],
        bonus_share=found["bonus_pct"],
        depreciation_shares=_depreciation(found),
    )


def _depreciation(row: Row) -> tuple[float, ...]:
    method = row["depreciation"]
    if method == "straight-line":
        years = row["depreciation_years"]
        return (1 / years,) * years
    return tuple(share / 100 for share in MACRS.get(method, ()))


def rate(tables: Tables, row: Row, column: str) -> float:
    """Reporting currency per unit of the currency a row names."""
    found = tables["ExchangeRates"].by("currency").get(row[column])
    if found is None:
        return 1.0
    found.used = True
    return float(found["rate"])


def check_rates(tables: Tables) -> None:
    """The reporting currency is worth itself. That another one is worth as much is no mistake, but mostly what is left
    of a reporting currency that was changed: all prices would then be read in the new one."""
    if not tables.project.ok("currency"):
        return
    own, see = tables.project["currency"], tables.project.cells("currency")
    meant = (
        f"each rate is what one unit is worth in {own}, and prices without a currency of their own are read in {own}"
    )
    for row in tables["ExchangeRates"]:
        if not row.ok("currency", "rate"):
            continue
        if row["currency"] == own and row["rate"] != 1:
            message = f"{own} is the reporting currency: {meant}; change all of them, or none"
            tables.report(row.finding("rate", "", "1", message, (*row.cells("currency"), *see)))
        elif row["currency"] != own and row["rate"] == 1:
            message = f"one {row['currency']} counts as one {own} (reporting currency, {see[0]}): {meant}"
            tables.warn(row.cell("rate"), row.sheet.table, "rate", message)
