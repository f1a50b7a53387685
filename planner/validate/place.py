"""Sheet Sites -> Site, Grid."""

from __future__ import annotations

import difflib
from dataclasses import replace

import numpy as np

from models.case import Grid, Site
from planner.schema.columns import of_site
from planner.validate.cells import finding
from planner.validate.rows import Row, Table, Tables, row_of
from planner.validate.series import SeriesReader, Vector
from planner.validate.steps import Steps, read_clock
from planner.validate.study import rate, terms
from planner.validate.tariff import demand_charges, energy_charges, import_price
from planner.workbook.csv_file import BadCsv
from planner.workbook.weather_file import all_hours


def the_site(tables: Tables, number: int | None = None) -> Row | None:
    """The site of this case: row `number` (0 is the first), else the only one; None (with a finding) if there is none,
    or more than one. Other rows leave the table, and those of other tables that hold for another site alone are
    switched off, so that nothing of them counts for this case."""
    table = tables["Sites"]
    if number is not None and table.rows:
        table.rows = [table.rows[number]]
    if not table.rows:
        if table.complete:
            tables.report(finding(table.sheet, table.sheet.column("name"), "Sites", "no row", "one site"))
        return None
    if len(table.rows) > 1:
        message = "aidc sites plans and ranks several"
        tables.report(table.rows[1].finding("name", "", "one site in this command", message))
        return None
    site = table.rows[0]
    if site.ok("name"):
        for other in _with_sites(tables):
            other.off += [r for r in other if _of_site(r) not in (None, site["name"])]
            other.rows = [r for r in other if _of_site(r) in (None, site["name"])]
    return site


def _with_sites(tables: Tables) -> list[Table]:
    """Tables whose rows may hold for one site alone."""
    return [table for table in tables.tables.values() if of_site() in table.sheet.columns]


def _of_site(row: Row) -> str | None:
    """The site for which alone a row holds; None: for each."""
    return row["site"] if row.ok("site") else None


def own_rows(tables: Tables) -> frozenset[str]:
    """Rows that hold for this site alone, as `Supply!7`."""
    own = (row for table in _with_sites(tables) for row in table if _of_site(row))
    return frozenset(row_of(row.cell("site")) for row in own)


WEATHER = ("dry_bulb_series", "wet_bulb_series", "humidity_series")
_BODY = "source_water_series"
_NEEDS = {
    "dry_bulb": WEATHER[:1],
    "wet_bulb": WEATHER[1:2],
    "dry_bulb_and_humidity": (WEATHER[0], WEATHER[2]),
    "source_water": (_BODY,),
    "dry cooler": WEATHER[:1],
    "source water": (_BODY,),
}
"""Series that a curve follows, by its driver, or by its sink if derived: other sinks as dry_bulb_and_humidity."""


def altitude_m(row: Row | None) -> float:
    """Altitude of the site [m]; sea level while it cannot be read."""
    return float(row["altitude_m"]) if row is not None and row.ok("altitude_m") else 0.0


def site(tables: Tables, row: Row, reader: SeriesReader, steps: Steps) -> Site | None:
    """Climate, room and loads; None if something is wrong with them."""
    weather = {name: reader.read(row, name) for name in WEATHER}
    plain, body, scarce = (reader.read(row, name) for name in ("plain_load_series", _BODY, "water_stress_series"))
    for name, (curve, see) in _needed(tables).items():
        if row.ok(name) and row[name] is None:
            message = f"curve {curve} follows it"
            tables.report(row.finding(name, "a blank cell", "the name of a series", message, see))
    highest = {bulb: _design_temperature(tables, row, reader, bulb) for bulb in ("dry", "wet")}
    margins = [_margin(tables, row, bulb, weather[f"{bulb}_bulb_series"], highest[bulb]) for bulb in highest]
    series = {**weather, "plain_load_series": plain, _BODY: body, "water_stress_series": scarce}
    if any(series[n] is None and not (row.ok(n) and row[n] is None) for n in series):
        return None
    if margins[0] is None or margins[1] is None or not row.ok("name", "area_m2", "house_load_kw", "altitude_m"):
        return None
    dry, wet, humidity = (np.zeros(steps.count) if s is None else s for s in weather.values())
    return Site(
        row["name"],
        dry_bulb_c=dry,
        wet_bulb_c=wet,
        relative_humidity_pct=humidity,
        design_margin_dry_k=margins[0],
        design_margin_wet_k=margins[1],
        source_water_c=body,
        water_stress=scarce,
        altitude_m=row["altitude_m"],
        area_m2=row["area_m2"],
        house_load_mw=row["house_load_kw"],
        plain_load_mw=plain,
    )


def _needed(tables: Tables) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Weather series that the curves of available cooling types need, with one such curve and the cells that say so."""
    users = {row["curve"]: row.cells("curve") for row in tables["Cooling"] if row.ok("curve")}
    needed: dict[str, tuple[str, tuple[str, ...]]] = {}
    for sheet, key, says in (("HeatRejection", "name", "sink"), ("CoolingCurves", "curve", "driver")):
        for row in tables[sheet]:
            if row.ok(key, says) and row[key] in users:
                names = _NEEDS.get(row[says], _NEEDS["dry_bulb_and_humidity"])
                needed |= dict.fromkeys(names, (row[key], (*row.cells(says), *users[row[key]])))
    return needed


def _design_temperature(tables: Tables, row: Row, reader: SeriesReader, bulb: str) -> float | None:
    """Design-day temperature [degC]: stated, or that of the files of design weather; None: neither."""
    design, exceedance = f"design_{bulb}_bulb_c", "design_exceedance_h"
    if not row.ok(design, "design_weather", exceedance) or row["design_weather"] is None:
        return float(row[design]) if row.ok(design) and row[design] is not None else None
    if row[design] is not None:
        tables.report(row.finding(design, "", "a blank cell", "give it or design_weather, not both"))
        return None
    hours = []
    try:
        for name in (part.strip() for part in row["design_weather"].split(";")):
            path, values = all_hours(reader.raw.path.parent, name, f"{bulb}_bulb_c")
            reader.record(path)
            hours.append(values)
    except BadCsv as error:
        tables.report(row.finding("design_weather", "", "", str(error)))
        return None
    every = np.sort(np.concatenate(hours))[::-1]
    if every.size < 5 * 8760:
        message = f"{every.size / 8760:.3g} years are few for a design day; typical years leave out extremes"
        tables.warn(row.cell("design_weather"), row.sheet.table, "design_weather", message)
    return float(every[min(int(row[exceedance] * every.size / 8760), every.size - 1)])


def _margin(tables: Tables, row: Row, bulb: str, series: Vector | None, highest: float | None) -> float | None:
    """Design-day margin [K]: stated, or from the design temperature and the year's highest."""
    design, stated = f"design_{bulb}_bulb_c", f"design_margin_{bulb}_k"
    if not row.ok(design, stated, "design_weather", "design_exceedance_h"):
        return None
    if highest is None:
        return float(row[stated]) if row["design_weather"] is None else None
    if row["design_weather"] is not None:
        design = "design_weather"
    if row.given(stated):
        tables.report(row.finding(stated, "", "a blank cell", f"give it or {design}, not both"))
        return None
    if series is None:
        named = f"{bulb}_bulb_series"
        if design == "design_weather" and row.ok(named) and row[named] is None:
            return 0.0  # nothing follows this temperature
        if row.ok(named) and row[named] is None and named not in _needed(tables):
            tables.report(row.finding(named, "a blank cell", "the name of a series", f"{design} is relative to it"))
        return None
    margin = highest - float(series.max())
    if margin < 0:
        message = (
            f"the year's highest is {series.max():.4g} degC, above this design temperature: the year's highest counts"
        )
        tables.warn(row.cell(design), row.sheet.table, design, message)
    row.disregard(stated)
    return max(margin, 0.0)


def with_tariffs(tables: Tables, row: Row) -> list[Row]:
    """The site once for each further tariff it could choose, in the order given; what is wrong with a name is found."""
    if not row.ok("tariff", "tariff_options") or row["tariff_options"] is None:
        return []
    sheets = ("TariffEnergy", "TariffBlocks", "TariffDemand", "TariffPeaks")
    if not all(tables[sheet].knows("tariff") for sheet in sheets):
        return []
    known = {r["tariff"] for sheet in sheets for r in tables[sheet]}
    names = [part.strip() for part in row["tariff_options"].split(";") if part.strip()]
    given, found = row.values["tariff_options"], []
    for place, name in enumerate(names):
        if row["tariff"] is None:
            tables.report(row.finding("tariff", "a blank cell", "the first of the tariffs to choose from"))
            return []
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.6)
            message = f"did you mean {near[0]}?" if near else ""
            tables.report(row.finding("tariff_options", repr(name), "names of tariffs with rows", message))
        elif name in (row["tariff"], *names[:place]):
            tables.report(row.finding("tariff_options", repr(name), "each tariff once, and not that of `tariff`"))
        else:
            values = {**row.values, "tariff": replace(given, value=name, shown=name)}
            found.append(Row(row.sheet, row.number, values, row.provenance))
    return found


def grid(tables: Tables, row: Row, reader: SeriesReader, steps: Steps) -> Grid | None:
    """Connection and prices; None if something is wrong with them."""
    clock = read_clock(tables, row, steps)
    if clock is None:
        return None
    price = import_price(tables, row, reader, steps, clock)
    export = _export_price(tables, row, reader, steps)
    carbon = _carbon(tables, row, reader, steps)
    blocks = energy_charges(tables, row, clock)
    charges = demand_charges(tables, row, steps, clock)
    plain = tuple(c.name for c in row.sheet.columns if c.name.startswith(_PLAIN))
    if price is None or export is None or carbon is None or blocks is None or charges is None or not row.ok(*plain):
        return None
    if not tables.intact("AssetClasses", "ExchangeRates"):
        return None
    factor = rate(tables, row, "tariff_currency")
    return Grid(
        import_price_kcur_per_mwh=price * factor,
        carbon_t_per_mwh=carbon,
        import_limit_mw=row["grid_limit_mw"],
        import_limit_mva=row["grid_limit_mva"],
        power_factor=row["power_factor"],
        billing_factor=row["billing_factor"],
        export_limit_mw=row["export_limit_mw"],
        export_price_kcur_per_mwh=export * factor if row["export_limit_mw"] > 0 else None,
        export_share=row["export_pct_of_import"],
        energy_charges=blocks,
        take_or_pay_mwh_per_year=row["take_or_pay_mwh"],
        take_or_pay_kcur_per_mwh=row["take_or_pay_price"] * factor,
        demand_charges=charges,
        power_factor_target=row["power_factor_target"],
        power_factor_surcharge=row["power_factor_surcharge_pct"],
        contract_mw=row["contract_mw"],
        contract_kcur_per_mw_year=row["contract_fee"] * factor,
        overrun_kcur_per_mw_month=None if row["overrun_fee"] is None else row["overrun_fee"] * factor,
        fixed_kcur_per_month=row["fixed_charge"] * factor,
        connection_kcur_per_mw=row["connection_price"],
        connection_terms=terms(tables, row, "connection_asset_class"),
        market_carbon_t_per_mwh=row["market_carbon_g_per_kwh"],
        energised_month=row["energised_month"],
        tariff=row["tariff"] or "",
        covers=row["connection_covers"],
        max_swing_mw=row["max_swing_mw"],
        ramp_limit_mw_per_min=row["ramp_limit_mw_per_min"],
        ride_through_h=row["grid_ride_through_s"],
        lost_load_kcur_per_mwh=row["lost_load_price"],
    )


_PLAIN = (
    "grid_",
    "power_",
    "billing_",
    "energised",
    "connection_",
    "export_limit",
    "export_pct",
    "take_or",
    "overrun",
    "contract_",
    "fixed_",
    "market_",
    "tariff_c",
    "max_swing",
    "ramp_",
    "interruption_",
    "lost_",
)


def _export_price(tables: Tables, row: Row, reader: SeriesReader, steps: Steps) -> Vector | None:
    series = reader.read(row, "export_price_series")
    if not row.ok("export_price", "export_price_series"):
        return None
    if row["export_price_series"] is None:
        return np.full(steps.count, float(row["export_price"]))
    if row.given("export_price"):
        tables.report(row.finding("export_price", "", "a blank cell", "give it or export_price_series, not both"))
        return None
    row.disregard("export_price")
    return series


def _carbon(tables: Tables, row: Row, reader: SeriesReader, steps: Steps) -> Vector | None:
    series = reader.read(row, "carbon_series")
    if not row.ok("carbon_g_per_kwh", "carbon_series"):
        return None
    constant, named = row["carbon_g_per_kwh"], row["carbon_series"]
    if named is None and constant is None:
        tables.report(row.finding("carbon_g_per_kwh", "a blank cell", "a number [g/kWh], or a carbon_series"))
        return None
    if named is not None and constant is not None:
        tables.report(row.finding("carbon_series", "", "a blank cell", "give it or carbon_g_per_kwh, not both"))
        return None
    return series if named is not None else np.full(steps.count, float(constant))
