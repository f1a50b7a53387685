"""Sheet PowerPurchase -> PowerPurchase."""

from __future__ import annotations

import numpy as np

from models.case import PowerPurchase
from planner.validate.rows import Row, Tables
from planner.validate.series import SeriesReader


def purchases(tables: Tables, reader: SeriesReader) -> tuple[PowerPurchase, ...]:
    """Every available contract that is free of findings."""
    built = []
    for row in tables["PowerPurchase"]:
        output, market = reader.read(row, "output_series"), reader.read(row, "market_price_series")
        if not row.ok() or reader.steps is None or not _sound(tables, row):
            continue
        if row["delivery"] == "baseload":
            output = np.ones(reader.steps.count)
        if output is None or (market is None and row["market_price_series"] is not None):
            continue
        row.used = True
        built.append(
            PowerPurchase(
                name=row["name"],
                output_pu=output,
                price_kcur_per_mwh=row["price"],
                settlement=row["settlement"],
                price_escalation=row["price_escalation_pct"],
                min_mw=row["min_mw"],
                max_mw=row["max_mw"],
                delivery_kcur_per_mwh=row["delivery_fee"] or 0.0,
                surplus_share=row["surplus_pct"] or 0.0,
                market_kcur_per_mwh=market,
                carbon_t_per_mwh=row["carbon_g_per_kwh"],
                counts_as_clean=row["counts_as_clean"],
                source_kind=row["source_kind"] or "",
            )
        )
    return tuple(built)


def _sound(tables: Tables, row: Row) -> bool:
    """Whether the figures of a row go together."""
    if row["min_mw"] > row["max_mw"]:
        tables.report(row.finding("max_mw", "", f"at least min_mw, {row.values['min_mw'].shown}"))
        return False
    settled = row["settlement"] == "financial" or (row["surplus_pct"] or 0.0) > 0
    if settled and row["market_price_series"] is None:
        why = "a financial contract is settled against it" if row["settlement"] == "financial" else "surplus is sold"
        see = row.cells("settlement", "surplus_pct")
        tables.report(row.finding("market_price_series", "", "a series of market prices", why, see))
        return False
    return True
