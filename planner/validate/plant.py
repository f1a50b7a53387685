"""Sheets Electrical, Storage, Supply -> Electrical, Battery, Supply."""

from __future__ import annotations

import math

from models.case import Battery, Electrical, Redundancy, Supply
from planner.validate.rows import Row, Tables
from planner.validate.series import SeriesReader
from planner.validate.study import terms

REDUNDANCY = {
    "N": Redundancy(),
    "N+1": Redundancy(spare_units=1),
    "N+2": Redundancy(spare_units=2),
    "2N": Redundancy(duplicated=True),
}


def electrical(tables: Tables, site: Row) -> Electrical | None:
    """The architecture the site names; lossless where a study without racks names none."""
    if not site.ok("architecture", "ride_through_min"):
        return None
    if site["architecture"] is None:
        if tables["Racks"].rows:
            tables.report(site.finding("architecture", "a blank cell", "a name of Electrical, as there are racks"))
        return Electrical("direct", 0.0, 0.0, required_ride_through_h=site["ride_through_min"])
    row = tables["Electrical"].by("name").get(site["architecture"])
    if row is None or not row.ok():
        return None
    row.used = True
    return Electrical(
        name=row["name"],
        fixed_loss_pu=row["fixed_loss_pct"],
        proportional_loss_pu=row["proportional_loss_pct"],
        included_ride_through_h=row["included_ride_through_min"],
        required_ride_through_h=site["ride_through_min"],
        redundancy=REDUNDANCY[row["redundancy"]],
    )


def batteries(tables: Tables, analysis_years: int) -> tuple[Battery, ...]:
    """Every available battery technology that is free of findings."""
    built = []
    for row in tables["Storage"]:
        efficiency = _efficiency(tables, row)
        clean = [_ordered(tables, row, *pair) for pair in _BATTERY_ORDER]
        if efficiency is None or not all(clean) or not row.ok() or not tables.intact("AssetClasses"):
            continue
        asset = terms(tables, row)
        if row["ageing"] == "throughput" and asset.life_years < analysis_years:
            message = f"{row['asset_class']} lives {asset.life_years} years; throughput ageing pays replacement already"
            expected = f"an asset class that lives at least the {analysis_years} analysis years"
            tables.report(row.finding("asset_class", "", expected, message))
            continue
        row.used = True
        built.append(
            Battery(
                name=row["name"],
                power_kcur_per_mw=row["power_price"],
                energy_kcur_per_mwh=row["energy_price"],
                terms=asset,
                ageing=row["ageing"],
                max_cycles_per_year=row["max_cycles_per_year"],
                cycle_life=row["cycle_life"],
                charge_efficiency=efficiency[0],
                discharge_efficiency=efficiency[1],
                self_discharge_per_h=row["self_discharge_pct_per_h"],
                min_charge_share=row["min_charge_pct"],
                max_charge_share=row["max_charge_pct"],
                min_mw=row["min_mw"],
                max_mw=row["max_mw"],
                min_mwh=row["min_mwh"],
                max_mwh=row["max_mwh"],
                area_m2_per_mwh=row["area_m2_per_mwh"],
                lead_months_p50=row["lead_p50_months"],
                lead_months_p90=row["lead_p90_months"],
            )
        )
    return tuple(built)


_LEADS = ("lead_p50_months", "lead_p90_months")
_BATTERY_ORDER = (("min_charge_pct", "max_charge_pct"), ("min_mw", "max_mw"), ("min_mwh", "max_mwh"), _LEADS)


def _ordered(tables: Tables, row: Row, low: str, high: str) -> bool:
    """Whether the first of two figures is at most the second."""
    if not row.ok(low, high) or row[low] is None or row[high] is None:
        return False
    if row[low] <= row[high]:
        return True
    tables.report(row.finding(high, "", f"at least {low}, {row.values[low].shown}"))
    return False


def _efficiency(tables: Tables, row: Row) -> tuple[float, float] | None:
    """Charging and discharging efficiency; a round trip alone is split evenly (its square root)."""
    names = ("round_trip_pct", "charge_efficiency_pct", "discharge_efficiency_pct")
    if not row.ok(*names):
        return None
    both, charge, discharge = (row[n] for n in names)
    if charge is not None and discharge is not None:
        if both is not None:
            tables.report(row.finding("round_trip_pct", "", "a blank cell", "both its parts are given"))
            return None
        return charge, discharge
    if both is None:
        tables.report(row.finding("round_trip_pct", "a blank cell", "a number, or charging and discharging efficiency"))
        return None
    if charge is None and discharge is None:
        return math.sqrt(both), math.sqrt(both)
    name, one = (names[1], charge) if charge is not None else (names[2], discharge)
    if one < both:
        tables.report(row.finding(name, "", f"at least the round trip, {100 * both:g}"))
        return None
    return (one, both / one) if charge is not None else (both / one, one)


def supplies(tables: Tables, reader: SeriesReader) -> tuple[Supply, ...]:
    """Every available source on site that is free of findings."""
    built = []
    for row in tables["Supply"]:
        output = reader.read(row, "output_series")
        clean = [_ordered(tables, row, *pair) for pair in (("min_mw", "max_mw"), _LEADS)]
        if output is None or not all(clean) or not row.ok() or not tables.intact("AssetClasses"):
            continue
        row.used = True
        built.append(
            Supply(
                name=row["name"],
                output_pu=output,
                cost_kcur_per_mw=row["price"],
                terms=terms(tables, row),
                min_mw=row["min_mw"],
                max_mw=row["max_mw"],
                area_m2_per_mw=row["area_m2_per_mw"],
                lead_months_p50=row["lead_p50_months"],
                lead_months_p90=row["lead_p90_months"],
            )
        )
    return tuple(built)
