"""Things worth knowing that are no mistakes: warnings."""

from __future__ import annotations

from models import catalogue
from models.case import Case, Offer
from planner.validate.rows import Row, Tables

_MIX_TOLERANCE = 0.2
_BUILD_TOLERANCE = 0.1
_SHARES_BELOW = 20
"""Times that a column's example exceeds a figure of at most one per cent that may be meant as a share of one."""


def remark(tables: Tables, case: Case, site: Row) -> None:
    """All warnings about a case that has no findings."""
    _shares(tables)
    _weather(tables, case)
    _heat_users(tables, case)
    _mixes(tables, case)
    _build_cost(tables, case, site)
    _swings(tables, case)
    _storage(tables, case)


def _shares(tables: Tables) -> None:
    """Per cent that look like shares of one: far below what such a cell holds."""
    for table in tables.tables.values():
        for row in table:
            for name, value in row.values.items():
                usual = value.column.example
                if not (value.given and value.column.unit.startswith("%") and isinstance(usual, (int, float))):
                    continue
                typed = float(value.shown)
                if 0 < typed <= 1 and usual >= _SHARES_BELOW * typed:
                    words = f"{typed:g} % is read; if {100 * typed:g} % is meant, type {100 * typed:g}"
                    tables.warn(value.cell, table.sheet.table, name, words)


def _swings(tables: Tables, case: Case) -> None:
    """Swings that nothing limits."""
    rows = tables["Workloads"].by("name")
    for w in case.workloads:
        if w.swing_share > 0 and case.grid.max_swing_mw is None:
            cell, table = rows[w.name].cell("swing_pct"), rows[w.name].sheet.table
            tables.warn(cell, table, "swing_pct", "Sites.max_swing_mw is blank: no storage is sized for this swing")


def _storage(tables: Tables, case: Case) -> None:
    """Storage at a UPS that may not work towards the grid."""
    rows = tables["Storage"].by("name")
    for b in case.batteries:
        if b.location == "ups" and not case.electrical.ups_serves_grid:
            message = f"{case.electrical.name} does not serve the grid: this storage only carries the racks"
            tables.warn(rows[b.name].cell("location"), rows[b.name].sheet.table, "location", message)


def _weather(tables: Tables, case: Case) -> None:
    """Hours beyond the ends of a cooling curve, where it is taken as constant."""
    rows = tables["Cooling"].by("name")
    for c in case.cooling:
        curve = c.curve
        drivers = {"wet_bulb": case.site.wet_bulb_c, "source_water": case.site.source_water_c}
        followed = drivers.get(curve.driver)
        weather = [(case.site.dry_bulb_c if followed is None else followed, curve.temperature_c, "degC")]
        if curve.relative_humidity_pct:
            weather.append((case.site.relative_humidity_pct, curve.relative_humidity_pct, "%"))
        for series, points, unit in weather:
            low, high = min(points), max(points)
            beyond = int(((series < low) | (series > high)).sum())
            if beyond and len(points) > 1:
                message = (
                    f"{beyond:,} steps lie outside the curve's {low:g} to {high:g} {unit} "
                    f"(the weather reaches {series.min():.4g} to {series.max():.4g}); its end values are used there"
                )
                tables.warn(rows[c.name].cell("curve"), rows[c.name].sheet.table, "curve", message)


def _heat_users(tables: Tables, case: Case) -> None:
    """Users who want heat hotter than any comes back, or before anything is said of its return."""
    rows, warmest = tables["HeatReuse"].by("name"), max((c.return_c or -1.0 for c in case.cooling), default=-1.0)
    for user in case.heat_users:
        if user.temperature_c > warmest:
            back = f"the warmest comes back with {warmest:g} degC" if warmest >= 0 else "none is stated"
            message = f"no heat is sold: Cooling.return_c must reach it, and {back}"
            row = rows[user.name]
            tables.warn(row.cell("temperature_c"), row.sheet.table, "temperature_c", message)


def _mixes(tables: Tables, case: Case) -> None:
    """Operating points measured at another mix of input and output tokens than the workload's."""
    rows = {(r["rack"], r["operating_class"]): r for r in tables["OperatingPoints"] if r.used}
    for w in case.workloads:
        for p in case.operating_points:
            if w.kind == "training" or p.operating_class != w.operating_class:
                continue
            inputs = w.input_tokens + (w.cached_tokens if p.counts_cached else 0.0)
            if min(p.input_mtok_per_h, p.output_mtok_per_h, inputs, w.output_tokens) <= 0:
                continue
            here, there = inputs / w.output_tokens, p.input_mtok_per_h / p.output_mtok_per_h
            if abs(here / there - 1) > _MIX_TOLERANCE:
                row = rows[p.rack, p.operating_class]
                message = (
                    f"the rates hold at {there:.3g} input tokens per output token, workload {w.name} has {here:.3g}; "
                    "the slower of the two rates is used, which is on the safe side"
                )
                tables.warn(row.cell("output_tokens_per_s"), row.sheet.table, "output_tokens_per_s", message)


def _build_cost(tables: Tables, case: Case, site: Row) -> None:
    """Site-built offers should add up to the construction price per watt, which covers them all."""
    stated = site["build_cost_per_w"]
    if stated is None:
        return
    by_kind: dict[str, float] = {}
    for offer in case.offers:
        if offer.site_built:
            cost = _per_watt(offer)
            by_kind[offer.kind] = min(cost, by_kind.get(offer.kind, cost))
    totals = [by_kind["integrated"]] if "integrated" in by_kind else []
    if {"it", "power", "cooling"} <= set(by_kind):
        totals.append(by_kind["it"] + by_kind["power"] + by_kind["cooling"])
    for total in totals:
        if abs(total / stated - 1) > _BUILD_TOLERANCE:
            message = f"site-built offers come to {total:.4g} {case.currency}/W, the construction price is {stated:.4g}"
            tables.warn(site.cell("build_cost_per_w"), site.sheet.table, "build_cost_per_w", message)


def _per_watt(offer: Offer) -> float:
    """Landed and installed cost [currency/W]; kcur/MW is thousandths of it."""
    capacity = {"power": offer.electrical_mw, "cooling": offer.heat_mw}.get(offer.kind, offer.it_mw)
    return catalogue.landed_kcur(offer, offer.ex_works_k) / capacity / 1000
