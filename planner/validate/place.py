"""Sheets Sites, TariffEnergy and TariffDemand -> Site, Grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.case import DemandCharge, Grid, Site
from planner.validate.cells import finding
from planner.validate.rows import Row, Tables
from planner.validate.series import SeriesReader, Vector
from planner.validate.steps import Clock, Steps, read_clock
from planner.validate.study import rate, terms


def the_site(tables: Tables) -> Row | None:
    """The one site of this study; None (with a finding) if there is none, or more than one."""
    table = tables["Sites"]
    if not table.rows:
        if table.complete:
            tables.report(finding(table.sheet, table.sheet.column("name"), "Sites", "no row", "one site"))
        return None
    if len(table.rows) > 1:
        tables.report(table.rows[1].finding("name", "", "one site in this command", "remove the other rows"))
        return None
    return table.rows[0]


WEATHER = ("dry_bulb_series", "wet_bulb_series", "humidity_series")
_NEEDS = {"dry_bulb": WEATHER[:1], "wet_bulb": WEATHER[1:2], "dry_bulb_and_humidity": (WEATHER[0], WEATHER[2])}


def site(tables: Tables, row: Row, reader: SeriesReader, steps: Steps) -> Site | None:
    """Climate, room and loads; None if something is wrong with them."""
    weather = {name: reader.read(row, name) for name in WEATHER}
    plain = reader.read(row, "plain_load_series")
    for name, curve in _needed(tables).items():
        if row.ok(name) and row[name] is None:
            message = f"curve {curve} of sheet CoolingCurves follows it"
            tables.report(row.finding(name, "a blank cell", "the name of a series", message))
    margins = [_margin(tables, row, bulb, weather[f"{bulb}_bulb_series"]) for bulb in ("dry", "wet")]
    series = {**weather, "plain_load_series": plain}
    if any(series[n] is None and not (row.ok(n) and row[n] is None) for n in series):
        return None
    if margins[0] is None or margins[1] is None or not row.ok("name", "area_m2", "house_load_kw"):
        return None
    dry, wet, humidity = (np.zeros(steps.count) if s is None else s for s in weather.values())
    return Site(
        row["name"],
        dry_bulb_c=dry,
        wet_bulb_c=wet,
        relative_humidity_pct=humidity,
        design_margin_dry_k=margins[0],
        design_margin_wet_k=margins[1],
        area_m2=row["area_m2"],
        house_load_mw=row["house_load_kw"],
        plain_load_mw=plain,
    )


def _needed(tables: Tables) -> dict[str, str]:
    """Weather series that the curves of available cooling types need, with one such curve."""
    curves = {row["curve"] for row in tables["Cooling"] if row.ok("curve")}
    rows = [row for row in tables["CoolingCurves"] if row.ok("curve", "driver") and row["curve"] in curves]
    return {name: row["curve"] for row in rows for name in _NEEDS[row["driver"]]}


def _margin(tables: Tables, row: Row, bulb: str, series: Vector | None) -> float | None:
    """Design-day margin [K]: stated, or from the design temperature and the year's highest."""
    design, stated = f"design_{bulb}_bulb_c", f"design_margin_{bulb}_k"
    if not row.ok(design, stated):
        return None
    if row[design] is None:
        return float(row[stated])
    if row.given(stated):
        tables.report(row.finding(stated, "", "a blank cell", f"give it or {design}, not both"))
        return None
    if series is None:
        named = f"{bulb}_bulb_series"
        if row.ok(named) and row[named] is None and named not in _needed(tables):
            tables.report(row.finding(named, "a blank cell", "the name of a series", f"{design} is relative to it"))
        return None
    margin = row[design] - float(series.max())
    if margin < 0:
        message = (
            f"the year's highest is {series.max():.4g} degC, above this design temperature: the year's highest counts"
        )
        tables.warn(row.cell(design), row.sheet.table, design, message)
    row.disregard(stated)
    return max(margin, 0.0)


def grid(tables: Tables, row: Row, reader: SeriesReader, steps: Steps) -> Grid | None:
    """Connection and prices; None if something is wrong with them."""
    clock = read_clock(tables, row, steps)
    if clock is None:
        return None
    price = _import_price(tables, row, reader, steps, clock)
    export = _export_price(tables, row, reader, steps)
    carbon = _carbon(tables, row, reader, steps)
    charges = _demand_charges(tables, row, clock)
    plain = tuple(c.name for c in row.sheet.columns if c.name.startswith(_PLAIN))
    if price is None or export is None or carbon is None or charges is None or not row.ok(*plain):
        return None
    if not tables.intact("AssetClasses", "ExchangeRates"):
        return None
    factor = rate(tables, row, "tariff_currency")
    _check_export(tables, row, steps, price, export)
    return Grid(
        import_price_kcur_per_mwh=price * factor,
        carbon_t_per_mwh=carbon,
        import_limit_mw=row["grid_limit_mw"],
        import_limit_mva=row["grid_limit_mva"],
        power_factor=row["power_factor"],
        billing_factor=row["billing_factor"],
        export_limit_mw=row["export_limit_mw"],
        export_price_kcur_per_mwh=export * factor if row["export_limit_mw"] > 0 else None,
        demand_charges=charges,
        contract_kcur_per_mw_year=row["contract_fee"] * factor,
        fixed_kcur_per_month=row["fixed_charge"] * factor,
        connection_kcur_per_mw=row["connection_price"],
        connection_terms=terms(tables, row, "connection_asset_class"),
        market_carbon_t_per_mwh=row["market_carbon_g_per_kwh"],
        energised_month=row["energised_month"],
    )


_PLAIN = (
    "grid_",
    "power_",
    "billing_",
    "energised",
    "connection_",
    "export_limit",
    "contract_",
    "fixed_",
    "market_",
    "tariff_c",
)


def _import_price(tables: Tables, row: Row, reader: SeriesReader, steps: Steps, clock: Clock) -> Vector | None:
    """Price in thousand tariff currency per MWh: the time-of-use rows or the series, plus the adder."""
    series = reader.read(row, "price_series")
    if not row.ok("tariff", "price_series", "price_adder"):
        return None
    rows = [r for r in tables["TariffEnergy"] if r.ok("tariff") and row["tariff"] and r["tariff"] == row["tariff"]]
    if row["price_series"] is not None:
        if rows:
            message = f"tariff {row['tariff']} has rows on TariffEnergy: give these or a series, not both"
            tables.report(row.finding("price_series", "", "a blank cell", message))
            return None
        return None if series is None else series + row["price_adder"]
    if not rows:
        if tables["TariffEnergy"].knows("tariff"):
            found = "" if row["tariff"] else "a blank cell"
            tables.report(row.finding("tariff", found, "a tariff with rows on TariffEnergy, or a price_series"))
        return None
    if not tables["TariffEnergy"].knows("tariff") or not all(r.ok() for r in rows):
        return None
    return _time_of_use(tables, rows, steps, clock, row["price_adder"])


def _time_of_use(tables: Tables, rows: list[Row], steps: Steps, clock: Clock, adder: float) -> Vector | None:
    price, by = np.full(steps.count, np.nan), np.full(steps.count, -1)
    clean = True
    for k, row in enumerate(rows):
        row.used = True
        covered = clock.covers(row)
        both = np.flatnonzero(covered & (by >= 0))
        if both.size:
            clean = False
            other = rows[int(by[both[0]])]
            message = f"row {other.number} ({other['period']}) covers {steps.name(int(both[0]))} too{_more(both)}"
            tables.report(row.finding("period", "", "every hour in exactly one row", message))
        by[covered & (by < 0)] = k
        price[covered] = row["price"]
    gaps = np.flatnonzero(by < 0)
    if gaps.size:
        clean = False
        message = f"no row of tariff {rows[0]['tariff']} covers {steps.name(int(gaps[0]))}{_more(gaps)}"
        tables.report(rows[0].finding("tariff", "a gap", "every hour in exactly one row", message))
    return price + adder if clean else None


def _more(steps: NDArray[np.int64]) -> str:
    return f" and {steps.size - 1:,} more steps" if steps.size > 1 else ""


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


def _check_export(tables: Tables, row: Row, steps: Steps, price: Vector, export: Vector) -> None:
    """Buying and selling at once would earn money without end."""
    higher = np.flatnonzero(export > price + 1e-12)
    if row["export_limit_mw"] > 0 and higher.size:
        i = int(higher[0])
        name = "export_price_series" if row["export_price_series"] is not None else "export_price"
        message = f"{steps.name(i)}: bought at {1000 * price[i]:.6g}, sold at {1000 * export[i]:.6g}{_more(higher)}"
        tables.report(row.finding(name, "", "at most the price of energy bought in every hour", message))


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


def _demand_charges(tables: Tables, row: Row, clock: Clock) -> tuple[DemandCharge, ...] | None:
    if not row.ok("tariff", "tariff_currency") or not tables["TariffDemand"].knows("tariff"):
        return None
    rows = [r for r in tables["TariffDemand"] if row["tariff"] is not None and r["tariff"] == row["tariff"]]
    if not all(r.ok() for r in rows) or not tables.intact("ExchangeRates"):
        return None
    factor, charges = rate(tables, row, "tariff_currency"), []
    for r in rows:
        r.used = True
        if (r["ratchet_pct"] > 0) != (r["ratchet_months"] > 0):
            name = "ratchet_months" if r["ratchet_pct"] > 0 else "ratchet_pct"
            tables.report(r.finding(name, "", "a ratchet has both a share and months, or neither"))
        charges.append(
            DemandCharge(
                name=r["charge"],
                price_kcur_per_mw=tuple(r["price"] * factor if m in r["months"] else 0.0 for m in range(12)),
                applies=clock.within(r).astype(float),
                ratchet_share=r["ratchet_pct"],
                ratchet_months=r["ratchet_months"],
                ratchet_peak_months=r["ratchet_peak_months"],
            )
        )
    return tuple(charges)
