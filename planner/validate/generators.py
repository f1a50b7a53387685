"""Sheets Generators, DemandResponse -> Generator, Programme; interruptions -> the share of the connection left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.case import Case, Generator, Grid, Programme
from planner.validate.rows import Row, Tables
from planner.validate.series import SeriesReader
from planner.validate.study import terms

Vector = NDArray[np.float64]


def generators(tables: Tables) -> tuple[Generator, ...]:
    """Every available generator that is free of findings."""
    built = []
    for row in tables["Generators"]:
        if not row.ok() or not _sound(tables, row) or not tables.intact("AssetClasses"):
            continue
        row.used = True
        at_full_load = 1 / row["full_load_efficiency_pct"]
        built.append(
            Generator(
                name=row["name"],
                unit_mw=row["unit_kw"],
                cost_kcur_per_mw=row["price"],
                terms=terms(tables, row),
                min_units=row["min_units"],
                max_units=row["max_units"],
                spare_units=row["spare_units"],
                min_load_share=row["min_load_pct"],
                fuel_mwh_per_mwh=(1 - row["no_load_fuel_pct"]) * at_full_load,
                fuel_mwh_per_h=row["no_load_fuel_pct"] * at_full_load * row["unit_kw"],
                fuel_kcur_per_mwh=row["fuel_price"],
                fuel_escalation=row["fuel_escalation_pct"],
                carbon_t_per_mwh_fuel=row["fuel_carbon_g_per_kwh"],
                om_kcur_per_mw_year=row["fixed_om_price"],
                om_kcur_per_mwh=row["om_price"],
                start_kcur=row["start_cost"],
                max_run_h_per_year=row["max_run_h"],
                only_in_outages=row["only_in_outages"],
                area_m2_per_mw=row["area_m2_per_mw"],
                lead_months_p50=row["lead_p50_months"],
                lead_months_p90=row["lead_p90_months"],
            )
        )
    return tuple(built)


def programmes(tables: Tables, reader: SeriesReader) -> tuple[Programme, ...]:
    """Every available demand-response programme that is free of findings."""
    built = []
    for row in tables["DemandResponse"]:
        called = reader.read(row, "called_series")
        if called is None or not row.ok():
            continue
        row.used = True
        built.append(
            Programme(
                name=row["name"],
                called=called,
                baseline_mw=row["baseline_mw"],
                max_mw=row["max_mw"],
                ready_kcur_per_mw_year=row["ready_price"],
                called_kcur_per_mwh=row["called_price"],
            )
        )
    return tuple(built)


def _sound(tables: Tables, row: Row) -> bool:
    """Whether the figures of a row go together."""
    for low, high in (("min_units", "max_units"), ("lead_p50_months", "lead_p90_months")):
        if row[low] > row[high]:
            tables.report(row.finding(high, "", f"at least {low}, {row.values[low].shown}"))
            return False
    if 0 < row["max_units"] <= row["spare_units"]:
        expected = f"more than spare_units, {row.values['spare_units'].shown}, or 0 for none"
        tables.report(row.finding("max_units", "", expected))
        return False
    return True


def with_interruptions(tables: Tables, row: Row, reader: SeriesReader, case: Case) -> Grid:
    """The connection with what interruptions leave of it: a given series, or events put where they hurt most."""
    given, names = reader.read(row, "available_series"), ("interruption_events", "interruption_h")
    if not row.ok("available_series", *names, "interruption_left_pct"):
        return case.grid
    events = row["interruption_events"]
    if row["available_series"] is not None and events > 0:
        expected = "a blank cell or 0: give it or available_series, not both"
        tables.report(row.finding("interruption_events", "", expected))
        return case.grid
    if given is not None:
        return replace(case.grid, available_pu=given)
    if events == 0:
        row.disregard("interruption_h", "interruption_left_pct")
        return case.grid
    length = max(1, round(row["interruption_h"] / case.calendar.step_h))
    if events * length > case.calendar.steps:
        expected, see = "no more interruptions than fit into the year", row.cells("interruption_h")
        tables.report(row.finding("interruption_events", "", expected, see=see))
        return case.grid
    return replace(case.grid, available_pu=_events(case, events, length, row["interruption_left_pct"]))


def _events(case: Case, events: int, length: int, left: float) -> Vector:
    """Events one after the other at the window with the highest mean of `_burden`, none of them overlapping; of equal
    windows the earliest."""
    burden, share = _burden(case), np.ones(case.calendar.steps)
    sums = np.concatenate([[0.0], np.cumsum(burden)])
    weight = sums[length:] - sums[:-length]
    for _ in range(events):
        first = int(np.argmax(weight))
        if not np.isfinite(weight[first]):
            break  # the gaps between events are too short for another
        share[first : first + length] = left
        weight[max(0, first - length + 1) : first + length] = -np.inf
    return share


def _burden(case: Case) -> Vector:
    """How much an interruption of a step hurts [1]: the sum of arriving work, plain load and dry-bulb temperature, each
    between its lowest and highest of the year. An approximation that follows the data alone, never the plan."""
    work = [w.arrivals_mreq_per_h for w in case.workloads if w.arrivals_mreq_per_h is not None]
    total = np.zeros(case.calendar.steps)
    for series in (*work, case.site.plain_load_mw, case.site.dry_bulb_c):
        if series is not None and float(np.ptp(series)) > 0:
            total = total + (series - float(np.min(series))) / float(np.ptp(series))
    return total
