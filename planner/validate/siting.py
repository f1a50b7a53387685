"""What a siting study knows beside its cases: columns of sheet Sites that no plan depends on, sheets GridSteps,
SiteLatency, Criteria and SiteRanges -> Fact, GridStep, Criterion, Range."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from models.siting import Criterion, Fact, GridStep, Range, carried_from
from planner.schema.columns import PROVENANCE_NAMES
from planner.schema.siting import COST, DEMAND, FACTS
from planner.validate.rows import Row, Tables, assumed_names


def grid_steps(tables: Tables, site: Row | None) -> tuple[GridStep, ...]:
    """The steps of a site's connection by month. The first that carries its grid_limit_mw says when it is energised."""
    if site is None or not site.ok("name", "grid_limit_mw", "energised_month"):
        return ()
    rows = [row for row in tables["GridSteps"] if row.ok("site") and row["site"] == site["name"]]
    if not rows or not all(row.ok("month", "firm_mw", "nonfirm_mw") for row in rows):
        return ()
    rows.sort(key=lambda row: float(row["month"]))
    steps = tuple(
        GridStep(r["month"], r["firm_mw"], r["nonfirm_mw"], r.cell("month"), *_source_and_grade(r)) for r in rows
    )
    for (before, now), row in zip(pairwise(steps), rows[1:], strict=True):
        if now.total_mw < before.total_mw:
            earlier = rows[steps.index(before)].cells("firm_mw", "nonfirm_mw")
            expected = f"with nonfirm_mw at least {before.total_mw:g}, as before"
            tables.report(row.finding("firm_mw", "", expected, see=earlier))
    full = carried_from(steps, site["grid_limit_mw"])
    if full is None:
        expected, see = f"at most {steps[-1].total_mw:g}, what GridSteps reach", rows[-1].cells("firm_mw", "nonfirm_mw")
        tables.report(site.finding("grid_limit_mw", "", expected, see=see))
    elif site.given("energised_month"):
        message, see = "sheet GridSteps has rows of this site", rows[0].cells("site")
        tables.report(site.finding("energised_month", "", "a blank cell", message, see))
    else:
        row = rows[steps.index(full)]
        site.values["energised_month"] = replace(row.values["month"], column=site.sheet.column("energised_month"))
    return steps


def _source_and_grade(row: Row) -> tuple[str, str]:
    """Of a row with one figure that counts: an assumption if any of its cells is."""
    source, grade = (str(row[n] or "") if row.ok(n) else "" for n in ("source", "grade"))
    return source, "X" if assumed_names(row) else grade


def ranges(tables: Tables) -> tuple[Range, ...]:
    """How far prices, carbon and demand may move."""
    found = []
    for row in tables["SiteRanges"]:
        if not row.ok("moves", "low", "high"):
            continue
        if row["low"] >= row["high"]:
            tables.report(row.finding("low", "", f"less than high, {row['high']:g}", see=row.cells("high")))
        elif row["moves"] == DEMAND and row["low"] == 0:
            message = "without work there is nothing to plan"
            tables.report(row.finding("low", "", "more than zero", message, row.cells("moves")))
        else:
            found.append(
                Range(row["moves"], row["low"], row["high"], row.cell("low"), _source_and_grade(row)[1] == "X")
            )
    return tuple(found)


def facts(row: Row) -> dict[str, Fact]:
    """The figures that are given, by column."""
    stated = (str(row[n] or "") if row.ok(n) else "" for n in PROVENANCE_NAMES[:3])
    source, _, grade = stated
    assumed = assumed_names(row)
    given = (c.name for c in FACTS if row.ok(c.name) and row[c.name] is not None)
    return {n: Fact(float(row[n]), row.cell(n), source, "X" if n in assumed else grade) for n in given}


def latencies(tables: Tables, site: Row | None) -> dict[str, Fact]:
    """Round trips from a site to users [ms], by their region."""
    if site is None or not site.ok("name"):
        return {}
    rows = (r for r in tables["SiteLatency"] if r.ok("site", "region", "latency_ms") and r["site"] == site["name"])
    return {r["region"]: Fact(r["latency_ms"], r.cell("latency_ms"), *_source_and_grade(r)) for r in rows}


def criteria(tables: Tables) -> tuple[Criterion, ...]:
    """All criteria; cost may have a threshold but no weight."""
    found = []
    for row in tables["Criteria"].rows:
        if not row.ok():
            continue
        if row["measured_by"] == COST and row["weight"]:
            message = "cost is ranked by itself; weights count what money cannot express"
            tables.report(row.finding("weight", "", "a blank cell", message, row.cells("measured_by")))
            continue
        row.used = True
        name = row["criterion"]
        found.append(
            Criterion(
                name,
                row["measured_by"],
                row["better"],
                row["threshold"],
                float(row["weight"]),
                row.cell("measured_by"),
                row["region"] or "",
            )
        )
    return tuple(found)
