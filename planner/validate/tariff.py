"""Sheets TariffEnergy, TariffBlocks, TariffDemand and TariffPeaks -> prices by time, energy and demand charges."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.case import DemandCharge, EnergyCharge, Tier
from planner.validate.rows import Row, Tables
from planner.validate.series import SeriesReader, Vector
from planner.validate.steps import YEAR, Clock, Steps
from planner.validate.study import rate

_TAKEN_NAMES = ("energy", "not taken")
"""Items of the accounts' line energy that are no charge of TariffBlocks."""
_WHEN = ("months", "day_type", "from_hour", "to_hour")


def _rows(tables: Tables, site: Row, sheet: str) -> list[Row]:
    """The rows of the site's tariff on a sheet."""
    return [r for r in tables[sheet] if r.ok("tariff") and site["tariff"] and r["tariff"] == site["tariff"]]


def import_price(tables: Tables, site: Row, reader: SeriesReader, steps: Steps, clock: Clock) -> Vector | None:
    """Price by time in thousand tariff currency per MWh: the series with its markup, the rows of the tariff, the
    adder."""
    series = reader.read(site, "price_series")
    if not site.ok("tariff", "price_series", "price_markup_pct", "price_adder"):
        return None
    rows = _rows(tables, site, "TariffEnergy")
    wholesale = np.zeros(steps.count)
    if site["price_series"] is not None:
        if series is None:
            return None
        wholesale = series * (1 + site["price_markup_pct"])
    elif site.given("price_markup_pct") and site["price_markup_pct"] != 0:
        tables.report(site.finding("price_markup_pct", "", "a blank cell", "it only applies to price_series"))
        return None
    wholesale = wholesale + site["price_adder"]
    if not rows:
        if site["price_series"] is not None or _rows(tables, site, "TariffBlocks"):
            return wholesale
        if tables["TariffEnergy"].knows("tariff"):
            found = "" if site["tariff"] else "a blank cell"
            tables.report(site.finding("tariff", found, "a tariff with rows on TariffEnergy, or a price_series"))
        return None
    if not tables["TariffEnergy"].knows("tariff") or not all(r.ok() for r in rows):
        return None
    if site["price_series"] is not None:
        message = f"the rows of tariff {site['tariff']} on TariffEnergy come on top of this series"
        tables.warn(site.cell("price_series"), site.sheet.table, "price_series", message)
    by_time = _time_of_use(tables, rows, steps, clock)
    return None if by_time is None else wholesale + by_time


def _time_of_use(tables: Tables, rows: list[Row], steps: Steps, clock: Clock) -> Vector | None:
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
            see = (*row.cells(*_WHEN), *other.cells(*_WHEN))
            tables.report(row.finding("period", "", "every hour in exactly one row", message, see))
        by[covered & (by < 0)] = k
        price[covered] = row["price"]
    gaps = np.flatnonzero(by < 0)
    if gaps.size:
        clean = False
        message = f"no row of tariff {rows[0]['tariff']} covers {steps.name(int(gaps[0]))}{_more(gaps)}"
        could = _could_cover(tables, rows, clock, int(gaps[0]))
        tables.report(rows[0].finding("tariff", "a gap", "every hour in exactly one row", message, could))
    return price if clean else None


def _could_cover(tables: Tables, rows: list[Row], clock: Clock, step: int) -> list[str]:
    """Cells of which one, changed, may close a gap: the name of rows that cover the step for another tariff, if that
    has gaps too; and of the tariff's own rows what keeps a row from that step, where it is one condition."""
    others: dict[str, list[Row]] = {}
    for row in tables["TariffEnergy"]:
        if row.ok() and row["tariff"] != rows[0]["tariff"]:
            others.setdefault(row["tariff"], []).append(row)
    found: list[str] = []
    for group in others.values():
        covered = [clock.covers(row) for row in group]
        if not np.logical_or.reduce(covered).all():
            found += [row.cell("tariff") for row, covers in zip(group, covered, strict=True) if covers[step]]
    for row in rows:
        lacking = [names for names, holds in clock.holds(row).items() if not holds[step]]
        found += row.cells(*lacking[0]) if len(lacking) == 1 else ()
    return found


def _more(steps: NDArray[np.int64]) -> str:
    return f" and {steps.size - 1:,} more steps" if steps.size > 1 else ""


def _grouped(tables: Tables, site: Row, sheet: str) -> dict[str, list[Row]] | None:
    """The rows of the site's tariff by charge; None if one of them may not be used."""
    if not site.ok("tariff", "tariff_currency"):
        return None
    if not tables[sheet].knows("tariff") or not tables.intact("ExchangeRates"):
        return None
    groups: dict[str, list[Row]] = {}
    for row in _rows(tables, site, sheet):
        if not row.ok():
            return None
        row.used = True
        groups.setdefault(row["charge"], []).append(row)
    return groups


def _agree(tables: Tables, rows: list[Row], *names: str) -> None:
    """What must be the same in all rows of a charge stands in its first; blank cells of the others mean the same."""
    for row in rows[1:]:
        for name in names:
            if row.given(name) and row[name] != rows[0][name]:
                expected = f"as in the charge's first row ({rows[0].cell(name)})"
                tables.report(row.finding(name, "", expected))
            elif not row.given(name):
                row.disregard(name)


def _prices(
    tables: Tables, rows: list[Row], threshold: str, factor: float
) -> tuple[tuple[float, ...], tuple[Tier, ...]]:
    """Prices of a charge by month: of the first block or tier, and of those above each threshold. A month without a
    row for a threshold keeps the price below it."""
    found: dict[float, dict[int, Row]] = {0.0: {}}
    for row in rows:
        level = found.setdefault(float(row[threshold]), {})
        for month in row["months"]:
            other = level.setdefault(month, row)
            if other is not row:
                message = f"row {other.number} has a price for month {month + 1} already"
                see = (*row.cells("months"), *other.cells(threshold, "months"))
                tables.report(row.finding(threshold, "", "each month in one row of the same threshold", message, see))
                break
    below, levels = [0.0] * 12, []
    for above in sorted(found):
        below = [found[above][m]["price"] * factor if m in found[above] else below[m] for m in range(12)]
        levels.append(Tier(above, tuple(below)))
    return levels[0].price, tuple(levels[1:])


def energy_charges(tables: Tables, site: Row, clock: Clock) -> tuple[EnergyCharge, ...] | None:
    """Charges on energy in blocks; None if something is wrong with them."""
    groups = _grouped(tables, site, "TariffBlocks")
    if groups is None:
        return None
    factor, charges = rate(tables, site, "tariff_currency"), []
    for name, rows in groups.items():
        if name in _TAKEN_NAMES:
            tables.report(rows[0].finding("charge", "", "another name: it is used for other energy"))
        _agree(tables, rows, "day_type", "from_hour", "to_hour")
        first, tiers = _prices(tables, rows, "above_mwh", factor)
        charges.append(EnergyCharge(name, first, clock.within(rows[0]).astype(float), tiers))
    return tuple(charges)


_RATCHET = ("ratchet_pct", "ratchet_months")
_SHARED = ("minimum_kw", "contract_pct", *_RATCHET, "ratchet_peak_months")


def demand_charges(tables: Tables, site: Row, steps: Steps, clock: Clock) -> tuple[DemandCharge, ...] | None:
    """Monthly demand charges and coincident peaks; None if something is wrong with them."""
    groups, peaks = _grouped(tables, site, "TariffDemand"), _grouped(tables, site, "TariffPeaks")
    if groups is None or peaks is None:
        return None
    factor = rate(tables, site, "tariff_currency")
    charges = [_demand_charge(tables, name, rows, clock, factor) for name, rows in groups.items()]
    for name, rows in peaks.items():
        if name in groups:
            message = f"a charge on TariffDemand ({groups[name][0].cell('charge')}) has this name"
            tables.report(rows[0].finding("charge", "", "another name", message))
        else:
            charges += _coincident_peak(tables, name, rows, steps, factor)
    return tuple(charges)


def _demand_charge(tables: Tables, name: str, rows: list[Row], clock: Clock, factor: float) -> DemandCharge:
    first = rows[0]
    if (first["ratchet_pct"] > 0) != (first["ratchet_months"] > 0):
        blank, see = "ratchet_months" if first["ratchet_pct"] > 0 else "ratchet_pct", first.cells(*_RATCHET)
        tables.report(first.finding(blank, "", "a ratchet has both a share and months, or neither", see=see))
    _agree(tables, rows, "day_type", "from_hour", "to_hour", *_SHARED)
    price, tiers = _prices(tables, rows, "above_kw", factor)
    return DemandCharge(
        name=name,
        price_kcur_per_mw=price,
        applies=clock.within(first).astype(float),
        ratchet_share=first["ratchet_pct"],
        ratchet_months=first["ratchet_months"],
        ratchet_peak_months=first["ratchet_peak_months"],
        min_mw=first["minimum_kw"],
        contract_share=first["contract_pct"],
        tiers=tiers,
    )


def _coincident_peak(tables: Tables, name: str, rows: list[Row], steps: Steps, factor: float) -> Iterator[DemandCharge]:
    """A charge on the highest demand of some hours of the year: billed in the last month that holds one of them, with a
    full ratchet over the others."""
    applies, sound = np.zeros(steps.count), True
    _agree(tables, rows, "price")
    for row in rows:
        first = (np.datetime64(row["start"], "m") - steps.times[0]) / np.timedelta64(steps.minutes, "m")
        end = first + row["hours"] / steps.hours
        if abs(first - round(first)) > 1e-9 or not 0 <= first < steps.count:
            see = tables.project.cells(*YEAR)
            tables.report(row.finding("start", "", "the start of a step inside the operating year", see=see))
        elif abs(end - round(end)) > 1e-9 or end > steps.count + 1e-9:
            expected = f"whole steps of {steps.hours:g} h, inside the operating year"
            see = (*row.cells("start"), *tables.project.cells(*YEAR))
            tables.report(row.finding("hours", "", expected, see=see))
        else:
            applies[round(first) : round(end)] = 1.0
            continue
        sound = False
    if sound:
        months = sorted({int(steps.month[t]) for t in np.flatnonzero(applies)}, key=steps.calendar.months.index)
        price = tuple(rows[0]["price"] * factor if m == months[-1] else 0.0 for m in range(12))
        several = len(months) > 1
        yield DemandCharge(
            name,
            price,
            applies,
            ratchet_share=1.0 if several else 0.0,
            ratchet_months=11 if several else 0,
            ratchet_peak_months=tuple(sorted(months)),
        )
