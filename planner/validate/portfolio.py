"""Columns that say where a workload may be served and by whose clock it arrives -> Demand, shifted series."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from models.case import Workload
from models.portfolio import UNNAMED, Demand
from planner.validate.rows import Row, Tables
from planner.validate.steps import Steps


def demands(tables: Tables, site: Row | None, regions: Collection[str]) -> tuple[Demand, ...]:
    """Per workload in use: its longest latency, to which users, and its countries. regions: of users to whom the site
    states its latency."""
    found = []
    for row in tables["Workloads"]:
        if not row.ok("name", "users_utc_h", "max_latency_ms", "users_region", "countries"):
            continue
        names = str(row["countries"] or "").split(",")
        countries = tuple(name.strip() for name in names if name.strip())
        region, longest = row["users_region"] or UNNAMED, row["max_latency_ms"]
        cells = (row.cell(name) for name in ("max_latency_ms", "countries", "users_utc_h"))
        found.append(Demand(row["name"], longest, countries, region, row["users_utc_h"], *cells))
        unnamed = longest is not None and region == UNNAMED
        if unnamed and regions and site is not None and site.ok("latency_ms") and site["latency_ms"] is None:
            why = f"{site.cell('latency_ms')} is blank: the site states its latency by region only"
            tables.report(row.finding("users_region", "", f"a region of sheet SiteLatency ({', '.join(regions)})", why))
    return tuple(found)


def by_site_clock(
    tables: Tables, site: Row | None, steps: Steps, workloads: tuple[Workload, ...]
) -> tuple[Workload, ...]:
    """Requests whose users' clock is known by UTC, moved to the site's standard time; the year is taken as a cycle."""
    rows, moved = tables["Workloads"].by("name"), []
    for w in workloads:
        row = rows[w.name]
        if row["users_utc_h"] is None or w.arrivals_mreq_per_h is None or site is None:
            moved.append(w)
            continue
        shift = _shift(tables, site, row, steps)
        moved.append(w if shift is None else replace(w, arrivals_mreq_per_h=np.roll(w.arrivals_mreq_per_h, shift)))
    return tuple(moved)


def _shift(tables: Tables, site: Row, row: Row, steps: Steps) -> int | None:
    """Steps by which the site's clock is ahead of the users'; None if that cannot be told (the findings say why)."""
    if row.given("clock_ahead_h") and row["clock_ahead_h"]:
        tables.report(row.finding("clock_ahead_h", "", "a blank cell", "give it or users_utc_h, not both"))
        return None
    if not site.ok("utc_h"):
        return None
    if site["utc_h"] is None:
        why = f"{row.cell('users_utc_h')} gives the users' clock by UTC"
        tables.report(site.finding("utc_h", "", "hours ahead of UTC", why))
        return None
    count = (site["utc_h"] - row["users_utc_h"]) / steps.hours
    if abs(count - round(count)) > 1e-9:
        tables.report(row.finding("users_utc_h", "", f"a whole number of steps of {steps.hours:g} h from the site's"))
        return None
    return round(count)
