"""Sheets Cooling, CoolingCurves, HeatRejection, ChilledWater, HeatReuse -> Cooling, HeatUser."""

from __future__ import annotations

from collections import Counter

from models.case import ChilledWaterStore, Cooling, CoolingCurve, HeatUser
from models.coldside import HeatRejection, SinkKind
from models.heat_rejection import curve
from planner.schema.cooling import LIQUID_CLASSES, SINKS
from planner.validate.plant import REDUNDANCY
from planner.validate.rows import Row, Tables
from planner.validate.series import SeriesReader
from planner.validate.study import terms

_SINKS: dict[str, SinkKind] = dict(zip(SINKS, ("dry_cooler", "adiabatic", "tower", "source_water"), strict=True))


def cooling(tables: Tables, altitude_m: float) -> tuple[Cooling, ...]:
    """Every available cooling type that is free of findings."""
    curves, stores = {**_curves(tables), **_rejections(tables, altitude_m)}, _stores(tables)
    off = {r["name"] for r in tables["Cooling"].off}
    kinds = tables["Cooling"].by("name")
    built = []
    for row in tables["Cooling"]:
        if not row.ok():
            continue
        air = row["residual_air"]
        if air is not None and air in off and air not in kinds:
            tables.warn(
                row.cell("residual_air"), row.sheet.table, "residual_air", f"{air} is switched off, so not used"
            )
            air = None
        elif air in kinds and kinds[air].ok("liquid_share_pct") and kinds[air]["liquid_share_pct"] > 0:
            message = f"{air} takes liquid heat ({kinds[air].cell('liquid_share_pct')})"
            tables.report(row.finding("residual_air", "", "an air system", message))
            continue
        curve = curves.get(row["curve"])
        if curve is None:
            continue
        row.used = True
        built.append(
            Cooling(
                name=row["name"],
                max_rack_mw=row["max_rack_kw"],
                liquid_share=row["liquid_share_pct"],
                curve=curve,
                supply_c=_supply_c(tables, row),
                residual_air=air,
                return_c=row["return_c"],
                fixed_share=row["standing_pct"],
                redundancy=REDUNDANCY[row["redundancy"]],
                store=stores.get(row["name"]),
            )
        )
    return tuple(built)


def _supply_c(tables: Tables, row: Row) -> float | None:
    """Supply temperature of a liquid [degC]: stated, that of its class, or that of the plant behind its curve."""
    stated, named = row["supply_c"], row["supply_class"]
    if stated is not None and named is not None:
        tables.report(row.finding("supply_class", "", "a blank cell", "give it or supply_c, not both"))
    plant = next((r for r in tables["HeatRejection"] if r.ok("name", "supply_c") and r["name"] == row["curve"]), None)
    made = plant["supply_c"] if plant is not None and row["liquid_share_pct"] > 0 else None
    wanted = LIQUID_CLASSES[named] if stated is None and named is not None else stated
    if wanted is not None and made is not None and made > wanted:
        message = f"the plant {row['curve']} supplies {made:g} degC ({plant.cell('supply_c') if plant else ''})"
        place, see = "supply_c" if stated is not None else "supply_class", row.cells("curve", "liquid_share_pct")
        tables.report(row.finding(place, f"{wanted:g} degC", f"at least {made:g}", message, see))
    return wanted if wanted is not None else made


def _rejections(tables: Tables, altitude_m: float) -> dict[str, CoolingCurve]:
    """Curves derived from sheet HeatRejection, at the site's altitude."""
    wanted = {row["curve"] for row in tables["Cooling"] if row.ok("curve")}
    given = tables["CoolingCurves"].by("curve")
    built = {}
    for row in tables["HeatRejection"]:
        if not row.ok():
            continue
        if row["name"] in given:
            see = given[row["name"]].cells("curve")
            tables.report(row.finding("name", "", "a name that is no curve of CoolingCurves", see=see))
            continue
        row.used = row["name"] in wanted
        if row.used:
            built[row["name"]] = curve(_rejection(row), altitude_m)
    return built


def _rejection(row: Row) -> HeatRejection:
    return HeatRejection(
        sink=_SINKS[row["sink"]],
        supply_c=row["supply_c"],
        rise_k=row["rise_k"],
        approach_k=row["approach_k"],
        pump_pu=row["pump_kw_per_kw"],
        fan_pu=row["fan_kw_per_kw"],
        chiller_efficiency=row["chiller_efficiency_pct"],
        economiser=row["economiser"],
    )


def _curves(tables: Tables) -> dict[str, CoolingCurve]:
    named: dict[str, list[Row]] = {}
    wanted = {row["curve"] for row in tables["Cooling"] if row.ok("curve")}
    broken = {r["curve"] for r in tables["CoolingCurves"] if r.ok("curve") and not r.ok()}
    for row in tables["CoolingCurves"]:
        if row.ok("curve") and row["curve"] not in broken:
            named.setdefault(row["curve"], []).append(row)
    built = {}
    for name, rows in named.items():
        if _curve_fits(tables, rows):
            for row in rows:
                row.used = name in wanted
            humidity = tuple(r["humidity_pct"] for r in rows) if rows[0]["driver"] == "dry_bulb_and_humidity" else ()
            built[name] = CoolingCurve(
                driver=rows[0]["driver"],
                temperature_c=tuple(r["temperature_c"] for r in rows),
                electricity_pu=tuple(r["electricity_kw_per_kw"] for r in rows),
                water_m3_per_mwh=tuple(r["water_l_per_kwh"] for r in rows),
                relative_humidity_pct=humidity,
            )
    return built


def _curve_fits(tables: Tables, rows: list[Row]) -> bool:
    for row in rows[1:]:
        if row["driver"] != rows[0]["driver"]:
            see = (*row.cells("curve"), *rows[0].cells("driver"))
            tables.report(row.finding("driver", "", f"{rows[0]['driver']}, as in the curve's first row", see=see))
            return False
    if rows[0]["driver"] != "dry_bulb_and_humidity":
        return True
    temperatures, humidities = {r["temperature_c"] for r in rows}, {r["humidity_pct"] for r in rows}
    points = {(r["temperature_c"], r["humidity_pct"]) for r in rows}
    missing = [(t, h) for t in sorted(temperatures) for h in sorted(humidities) if (t, h) not in points]
    if missing and tables["CoolingCurves"].knows("curve"):
        message = f"the point {missing[0][0]:g} degC, {missing[0][1]:g} % is missing"
        expected = "every temperature with every humidity"
        others = [*_off_the_grid(rows), *_astray(tables, missing)]
        tables.report(rows[0].finding("curve", f"{len(missing)} missing points", expected, message, others))
    return not missing


def _astray(tables: Tables, missing: list[tuple[float, float]]) -> list[str]:
    """Cells of curves that no cooling type follows and that have a missing point: their name may be a slip."""
    used = {row["curve"] for row in tables["Cooling"]}
    return [
        row.cell("curve")
        for row in tables["CoolingCurves"]
        if row["curve"] not in used and (row["temperature_c"], row["humidity_pct"]) in missing
    ]


def _off_the_grid(rows: list[Row]) -> list[str]:
    """Cells of the temperatures and humidities that come with fewest points: a single one may be a slip."""
    found = []
    for name in ("temperature_c", "humidity_pct"):
        points = Counter(row[name] for row in rows)
        if min(points.values()) < max(points.values()):
            found += [row.cell(name) for row in rows if points[row[name]] == min(points.values())]
    return found


def users(tables: Tables, reader: SeriesReader) -> tuple[HeatUser, ...]:
    """Every available heat user that is free of findings."""
    built = []
    for row in tables["HeatReuse"]:
        demand = reader.read(row, "demand_series")
        if row.ok("demand_series") and row["demand_series"] is None:
            tables.report(row.finding("demand_series", "a blank cell", "the name of a series"))
        if demand is None or not row.ok() or not tables.intact("AssetClasses"):
            continue
        row.used = True
        built.append(
            HeatUser(
                name=row["name"],
                price_kcur_per_mwh=row["price"],
                temperature_c=row["temperature_c"],
                demand_mw=demand,
                cost_kcur_per_mw=row["connection_price"],
                terms=terms(tables, row),
                max_mw=row["max_mw"],
                pump_pu=row["pump_kw_per_kw"],
            )
        )
    return tuple(built)


def _stores(tables: Tables) -> dict[str, ChilledWaterStore]:
    built = {}
    if not tables.intact("AssetClasses"):
        return {}
    available = tables["Cooling"].by("name")
    for row in tables["ChilledWater"]:
        if row.ok() and row["cooling"] in available:
            row.used = True
            warming = row["temperature_difference_k"]
            if warming is None:
                row.disregard("price_difference_k")
            fewer = 1.0 if warming is None else row["price_difference_k"] / warming  # m3 per energy, over those priced
            built[row["cooling"]] = ChilledWaterStore(
                cost_kcur_per_mwh=row["price"] * fewer,
                terms=terms(tables, row),
                max_mwh=row["max_mwh"],
                distribution_pu=row["distribution_kw_per_kw"],
                loss_per_h=row["loss_pct_per_h"],
                hours_to_fill=row["hours_to_fill"],
                area_m2_per_mwh=row["area_m2_per_mwh"] * fewer,
                temperature_difference_k=warming,
            )
    return built
