"""Sheet Criteria and the columns of sheet Sites that no plan depends on -> Fact, Criterion."""

from __future__ import annotations

from models.siting import Criterion, Fact
from planner.schema.columns import PROVENANCE_NAMES
from planner.schema.siting import COST, FACTS
from planner.validate.rows import Row, Tables, assumed_names


def facts(row: Row) -> dict[str, Fact]:
    """The figures that are given, by column."""
    stated = (str(row[n] or "") if row.ok(n) else "" for n in PROVENANCE_NAMES[:3])
    source, _, grade = stated
    assumed = assumed_names(row)
    given = (c.name for c in FACTS if row.ok(c.name) and row[c.name] is not None)
    return {n: Fact(float(row[n]), row.cell(n), source, "X" if n in assumed else grade) for n in given}


def criteria(tables: Tables) -> tuple[Criterion, ...]:
    """All criteria; cost may have a threshold but no weight."""
    found = []
    for row in tables["Criteria"].rows:
        if not row.ok():
            continue
        if row["measured_by"] == COST and row["weight"]:
            message = "cost is ranked by itself; weights count what money cannot express"
            tables.report(row.finding("weight", "", "a blank cell", message))
            continue
        row.used = True
        name = row["criterion"]
        cell = row.cell("measured_by")
        found.append(Criterion(name, row["measured_by"], row["better"], row["threshold"], float(row["weight"]), cell))
    return tuple(found)
