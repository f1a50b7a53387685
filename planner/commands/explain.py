"""`aidc explain`: why there is no plan and what would make one; or what holds the cost up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.shared import (
    hint,
    json_option,
    print_json,
    quiet_option,
    shell_path,
    table,
    workbook_argument,
)

if TYPE_CHECKING:
    from models.design import Answer
    from planner.studies.explain import Change, Explanation
    from planner.validate import ValidatedCase

QUESTION_S = 240.0


@click.command()
@workbook_argument
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=QUESTION_S,
    show_default=True,
    metavar="SECONDS",
    help="For each single question that is asked of the solver.",
)
@json_option
@quiet_option
def explain(workbook: Path, time_limit: float, as_json: bool, quiet: bool) -> None:
    """Say why a workbook has no plan and what would make one, or what holds the cost up.

    Ends with exit code 0 when it explained. Nothing is written."""
    from planner.errors import Infeasible
    from planner.progress import Progress
    from planner.studies.explain import explain as why
    from planner.studies.plan import PlanOptions, plan_case
    from planner.validate import refuse_stages, validate
    from planner.workbook import read_workbook

    with Progress(quiet=quiet) as progress:
        progress.step(f"Reading {workbook.name}")
        validated = validate(read_workbook(workbook))
        refuse_stages(validated, "aidc explain")
        try:
            answer = plan_case(validated, PlanOptions(marginals="exact"), progress=progress, hints=False)
        except Infeasible:
            # Of several tariffs or architectures the first is explained: what limits a site is much the same in all.
            told = _reasons(validated, why(validated.case, progress=progress, time_limit=time_limit))
        else:
            told = _costs(answer)
    if as_json:
        print_json(told)
        return
    click.echo("\n".join(told["sentences"]))
    hint(_next(told, shell_path(workbook)), quiet=quiet)


def _next(told: dict[str, Any], workbook: str) -> str:
    if told["has_plan"]:
        return f"change one of these cells, then: aidc plan {workbook}"
    return f"make one of these changes, then: aidc plan {workbook}"


# -- no plan ----------------------------------------------------------------------------------------------------------


def _reasons(validated: ValidatedCase, found: Explanation) -> dict[str, Any]:
    from planner.studies.cells import in_cell

    where = {r.path: in_cell(validated.origins, r.path, r.now) for r in found.conflict}
    sentences = ["There is no plan: no design meets all limits. That is proven."]
    if found.rule:
        sentences.append(f"  {found.rule}.")
    if where:
        alone = any(len(change.values) == 1 for change in found.changes)
        several = "These cannot be kept together:" if alone else "Each of these must give way:"
        sentences.append("In the way stands:" if len(where) == 1 else several)
        sentences += [
            f"  {path}" if c is None else f"  {c.cell}: {c.meaning}: {c.found} {c.unit}".rstrip()
            for path, c in where.items()
        ]
    changes = [_change(validated, found, change) for change in found.changes]
    if changes:
        sentences.append("Any one of these changes is enough; each was tried and has a plan:")
        sentences += [f"  {c['words']}" for c in changes]
    elif where:
        sentences.append("No change of a single limit was found that makes a plan in the time given.")
    if found.undecided:
        cells = [c.cell if (c := in_cell(validated.origins, p, 0.0)) else p for p in found.undecided]
        sentences.append(f"Not decided in the time given: {', '.join(cells)}.")
    return {
        "has_plan": False,
        "rule": found.rule,
        "conflict": [{"limit": p, "cell": None if c is None else c.cell} for p, c in where.items()],
        "changes": changes,
        "undecided": list(found.undecided),
        "sentences": sentences,
    }


def _change(validated: ValidatedCase, found: Explanation, change: Change) -> dict[str, Any]:
    """A change in words, and cell by cell for machines."""
    from planner.studies.cells import in_cell

    if not change.values:
        percent = round(100 * (1 - change.demand))
        cells = ", ".join(dict.fromkeys(_cells_of_demand(validated)))
        return {"demand_share": change.demand, "cells": [], "words": f"Lower all work by {percent} % ({cells})."}
    now = {r.path: r.now for r in found.conflict}
    parts: list[str] = []
    typed: list[dict[str, Any]] = []
    for path, value in change.values.items():
        c = in_cell(validated.origins, path, value)
        verb = "Raise" if value > now[path] else "Lower"
        if c is None:
            parts.append(f"{verb.lower()} {path} to {value:g}")
            continue
        typed.append({"cell": c.cell, "value": float(c.wanted), "unit": c.unit})
        parts.append(f"{verb.lower()} {c.cell} ({c.meaning}) from {c.found} to {c.wanted} {c.unit}".rstrip())
    words = " and ".join(parts)
    return {"demand_share": 1.0, "cells": typed, "words": f"{words[0].upper()}{words[1:]}."}


def _cells_of_demand(validated: ValidatedCase) -> list[str]:
    """Cells that say how much work there is."""
    paths = {f"workloads[{w.name}].{f}" for w in validated.case.workloads for f in ("arrivals_mreq_per_h", "run_mtok")}
    given = [o for o in validated.origins if o.path in paths and o.kind == "given"]
    return [o.cell for o in given if "request" in o.unit or "token" in o.unit]


# -- a plan -----------------------------------------------------------------------------------------------------------


def _costs(answer: Answer) -> dict[str, Any]:
    """What a plan costs most, and what its binding limits cost."""
    from planner.plan_json import public_view
    from reports import worth
    from reports.format import money
    from reports.wording import cost_name

    view, currency = public_view(answer), answer.case.currency
    sums: dict[str, float] = {}
    for line in answer.accounts.costs:
        sums[line.line] = sums.get(line.line, 0.0) + line.present_value_kcur
    total = answer.accounts.objective_kcur
    largest = sorted(sums.items(), key=lambda item: -item[1])[:6]
    rows = [(cost_name(name), money(kcur, currency), f"{100 * kcur / total:.1f} %") for name, kcur in largest]
    sentences = [
        f"There is a plan: it costs {money(total, currency)}, proven within {100 * (view['gap'] or 0):.2f} %.",
        "",
    ]
    sentences += ["What it costs:", table(rows, right=(1, 2)), ""]
    limits = worth.worth_rows(answer)
    if limits:
        sentences.append("What binds, and what one more unit of it would save:")
        told = [(r.cell, r.name, worth.worth_text(r, currency), r.how) for r in limits]
        sentences.append(table(told, right=(2,)))
    else:
        sentences.append("No limit binds of which one may buy more: prices and demand alone make the cost.")
    return {"has_plan": True, "costs": view["costs"], "marginals": view["marginals"], "sentences": sentences}
