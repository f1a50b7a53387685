"""Sheets Electrical, Storage, Supply -> Electrical, Battery, Supply."""

from __future__ import annotations

import difflib
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
    "3N/2": Redundancy(distributed=True),
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
    return _chain(tables, row, site) if tables.intact("AssetClasses") else None


def _chain(tables: Tables, row: Row, site: Row) -> Electrical:
    row.used = True
    return Electrical(
        name=row["name"],
        fixed_loss_pu=row["fixed_loss_pct"],
        proportional_loss_pu=row["proportional_loss_pct"],
        included_ride_through_h=row["included_ride_through_min"],
        required_ride_through_h=site["ride_through_min"],
        redundancy=REDUNDANCY[row["redundancy"]],
        rack_supply=row["rack_supply"],
        ups_serves_grid=row["ups_serves_grid"],
        chain_kcur_per_mw=row["price_per_kw"],
        terms=terms(tables, row),
    )


def other_architectures(tables: Tables, site: Row) -> list[Electrical]:
    """Each further architecture the site could choose, in the order given; what is wrong with a name is found."""
    if not site.ok("architecture", "architecture_options", "ride_through_min") or site["architecture_options"] is None:
        return []
    names = [part.strip() for part in site["architecture_options"].split(";") if part.strip()]
    known, found = tables["Electrical"].by("name"), []
    if not tables["Electrical"].knows("name") or not tables.intact("AssetClasses"):
        return []
    for place, name in enumerate(names):
        if site["architecture"] is None:
            tables.report(site.finding("architecture", "a blank cell", "the first of the architectures to choose from"))
            return []
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.6)
            message = f"did you mean {near[0]}?" if near else ""
            tables.report(site.finding("architecture_options", repr(name), "names of Electrical", message))
        elif name in (site["architecture"], *names[:place]):
            expected = "each architecture once, and not that of `architecture`"
            tables.report(site.finding("architecture_options", repr(name), expected))
        elif known[name].ok():
            found.append(_chain(tables, known[name], site))
    return found


def batteries(tables: Tables, analysis_years: int) -> tuple[Battery, ...]:
    """Every available battery technology that is free of findings."""
    built = []
    for row in tables["Storage"]:
        efficiency = _efficiency(tables, row)
        clean = [*(_ordered(tables, row, *pair) for pair in _BATTERY_ORDER), _both_on_site(tables, row)]
        if efficiency is None or not all(clean) or not row.ok() or not tables.intact("AssetClasses"):
            continue
        asset = terms(tables, row)
        if row["ageing"] == "throughput" and asset.life_years < analysis_years:
            message = f"{row['asset_class']} lives {asset.life_years} years; throughput ageing pays replacement already"
            expected = f"an asset class that lives at least the {analysis_years} analysis years"
            tables.report(row.finding("asset_class", "", expected, message))
            continue
        if not _ages(tables, row, asset.life_years, analysis_years):
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
                **{name: row[name] for name in _AS_GIVEN},
                fade_per_year=row["fade_pct_per_year"],
            )
        )
    return tuple(built)


_AS_GIVEN = (
    *("location", "response_s", "min_hours", "augmented", "existing_mw", "existing_mwh", "existing_life_years"),
)
_LEADS = ("lead_p50_months", "lead_p90_months")
_BATTERY_ORDER = (
    ("min_charge_pct", "max_charge_pct"),
    ("min_mw", "max_mw"),
    ("min_mwh", "max_mwh"),
    ("existing_mw", "max_mw"),
    ("existing_mwh", "max_mwh"),
    _LEADS,
)


def _ages(tables: Tables, row: Row, life_years: int, analysis_years: int) -> bool:
    """Whether anything is left of a battery when its life or the analysis ends."""
    years = min(life_years, analysis_years)
    if row["augmented"] or row["fade_pct_per_year"] * years < 1:
        return True
    message = f"after {years} years nothing would be left; or set augmented to yes"
    of_class = tables["AssetClasses"].by("name")[row["asset_class"]].cells("life_years")
    see = (*row.cells("augmented", "asset_class"), *of_class, *tables.project.cells("analysis_years"))
    tables.report(row.finding("fade_pct_per_year", "", f"less than {100 / years:g}", message, see))
    return False


def _both_on_site(tables: Tables, row: Row) -> bool:
    """Whether power and energy already on site are both stated, or neither: one alone is no storage, yet would be
    kept up and paid for."""
    names = ("existing_mw", "existing_mwh")
    if not row.ok(*names):
        return False
    if (row[names[0]] > 0) == (row[names[1]] > 0):
        return True
    missing, given = names if row[names[0]] == 0 else names[::-1]
    expected = f"more than 0, as {given} is {row.values[given].shown}"
    tables.report(row.finding(missing, "", expected, "power without energy is no storage, nor energy without power"))
    return False


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
            see = row.cells(*names[1:])
            tables.report(row.finding("round_trip_pct", "", "a blank cell", "both its parts are given", see))
            return None
        return charge, discharge
    if both is None:
        tables.report(row.finding("round_trip_pct", "a blank cell", "a number, or charging and discharging efficiency"))
        return None
    if charge is None and discharge is None:
        return math.sqrt(both), math.sqrt(both)
    name, one = (names[1], charge) if charge is not None else (names[2], discharge)
    if one < both:
        tables.report(row.finding(name, "", f"at least the round trip, {100 * both:g}", see=row.cells(names[0])))
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
