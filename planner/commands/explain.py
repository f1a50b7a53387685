"""`aidc explain`: why there is no plan and what would make one; or what holds the cost up."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
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
    from models.arithmetic import Shortfall
    from models.design import Answer
    from planner.studies.explain import Change, Explanation
    from planner.studies.typed import Book

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
    from planner.studies.cells import told as told_in_cell
    from planner.studies.explain import by_arithmetic, explain_by_months
    from planner.studies.explain import explain as why
    from planner.studies.plan import PlanOptions, plan_case
    from planner.studies.typed import Book
    from planner.validate import refuse_stages, validate
    from planner.workbook import read_workbook

    with Progress(quiet=quiet) as progress:
        progress.step(f"Reading {workbook.name}")
        raw = read_workbook(workbook)
        validated = validate(raw)
        refuse_stages(validated, "aidc explain")
        book, cases = Book(raw, validated, time_limit), (validated.case, *validated.options)
        named = partial(told_in_cell, validated.origins)
        limits: dict[str, Any] = {"progress": progress, "time_limit": time_limit, "named": named}
        short = by_arithmetic(cases)
        found = explain_by_months(cases, book.has_plan, **limits)
        if found is None and short:
            found = why(cases, book.has_plan, **limits)
        if found is None:
            try:
                answer = plan_case(validated, PlanOptions(marginals="each"), progress=progress, hints=False)
            except Infeasible:
                found = why(cases, book.has_plan, **limits)
        told = _costs(answer) if found is None else reasons(book, replace(found, arithmetic=short))
    if as_json:
        print_json(told)
        return
    click.echo("\n".join(told["sentences"]))
    hint(_next(told, shell_path(workbook)), quiet=quiet)


def _next(told: dict[str, Any], workbook: str) -> str:
    if not told["has_plan"] and not told["changes"]:
        return f"aidc explain {workbook} --time-limit SECONDS, with more of them"
    if told["has_plan"]:
        return f"change one of these cells, then: aidc plan {workbook}"
    return f"make one of these changes, then: aidc plan {workbook}"


# -- no plan ----------------------------------------------------------------------------------------------------------


def reasons(book: Book, found: Explanation) -> dict[str, Any]:
    """Why a workbook has no plan, in sentences and for machines."""
    sentences = ["There is no plan: no design meets all limits. That is proven."]
    if found.rule:
        sentences.append(f"  {found.rule}.")
    arithmetic = [_shortfall(book, short) for short in found.arithmetic]
    if arithmetic:
        sentences.append("Arithmetic alone shows it:")
        sentences += [f"  {told['words']}" for told in arithmetic]
    conflicts = [_conflict(book, found, n) for n in range(len(found.conflicts))]
    for conflict in conflicts:
        sentences += [conflict["words"], *(f"  {line}" for line in conflict["lines"])]
    changes = [_change(book, found, change) for change in found.changes]
    if changes:
        each = "This change is" if len(changes) == 1 else "Any one of these changes is"
        sentences.append(f"{each} enough; each was typed into a copy of the workbook, planned and rechecked:")
        sentences += [f"  {c['words']}" for c in changes]
    elif conflicts:
        sentences.append("No change of these limits was found that makes a plan in the time given.")
    if not found.is_decided:
        sentences.append("Which limits conflict was not decided in the time given.")
    return {
        "has_plan": False,
        "rule": found.rule,
        "arithmetic": arithmetic,
        "conflicts": conflicts,
        "changes": changes,
        "sentences": sentences,
    }


def _shortfall(book: Book, short: Shortfall) -> dict[str, Any]:
    """A need that arithmetic finds unmet, with the cells of the limits in its way."""
    from planner.studies.cells import in_cell
    from reports.format import trimmed

    cells = [p if (c := in_cell(book.validated.origins, p, 0.0)) is None else c.cell for p in short.paths]
    needed, allowed = trimmed(short.needed, 4), trimmed(short.allowed, 4)
    verb = "allows" if len(cells) == 1 else "together allow"
    words = f"{', '.join(cells)} {verb} {allowed} {short.unit}; at least {needed} are needed: {short.why}."
    return {"cells": cells, "needed": short.needed, "allowed": short.allowed, "unit": short.unit, "words": words}


def _conflict(book: Book, found: Explanation, number: int) -> dict[str, Any]:
    """One conflict: what is proven of it, and its limits with their cells."""
    from planner.studies.cells import in_cell

    conflict, by_path = found.conflicts[number], {r.path: r for r in found.requirements}
    cells = {p: in_cell(book.validated.origins, p, by_path[p].now) for p in conflict.paths}
    lines = [p if c is None else f"{c.cell}: {c.meaning}: {c.found} {c.unit}".rstrip() for p, c in cells.items()]
    limits = [{"limit": p, "cell": None if c is None else c.cell} for p, c in cells.items()]
    words = _proven(found, number, {p: p if c is None else c.cell for p, c in cells.items()})
    return {"limits": limits, "is_smallest": conflict.is_smallest, "words": words, "lines": lines}


def _proven(found: Explanation, number: int, cells: dict[str, str]) -> str:
    """What is known of a conflict, no more."""
    conflict, many = found.conflicts[number], len(found.conflicts[number].paths)
    if many == 1:
        told = "This requirement cannot be met, whatever the other limits are"
    else:
        told = f"These {many} requirements cannot hold together, whatever the other limits are"
        told += "; any fewer of them can" if conflict.is_smallest else "; perhaps fewer of them cannot either"
    alone = found.alone if number == 0 and found.alone else {}
    enough = [cells[p] for p in conflict.paths if alone.get(p) is True]
    not_enough = [cells[p] for p in conflict.paths if alone.get(p) is False]
    if len(enough) == many:
        told += ". Changing it is enough" if many == 1 else ". Giving up any one of them makes a plan possible"
    elif enough:
        told += f". Changing {' or '.join(enough)} alone is enough"
    if not_enough:
        told += f"{', ' if enough else '. Changing '}{' or '.join(not_enough)} alone is not"
        told += "" if enough else " enough"
    return f"{'Another conflict: ' if number else ''}{told}:"


def _change(book: Book, found: Explanation, change: Change) -> dict[str, Any]:
    """A change in words, and cell by cell for machines."""
    from models.duties import BLANK

    typed = book.cells(change)
    cells = [{"cell": t.words.cell, "value": t.value, "unit": t.words.unit} for t in typed]
    if not change.values:
        percent = round(100 * (1 - change.demand))
        told = ", ".join(f"{t.words.cell} from {t.words.found} to {t.words.wanted}" for t in typed)
        return {"demand_share": change.demand, "cells": cells, "words": f"Lower all work by {percent} % ({told})."}
    now = {r.path: r.now for r in found.requirements}
    parts = []
    for (path, value), (_, _, c) in zip(change.values.items(), typed, strict=True):
        if value == BLANK:
            parts.append(f"clear {c.cell} ({c.meaning}), now {c.found}")
            continue
        verb = "set" if isinstance(value, str) else "raise" if value > now[path] else "lower"
        parts.append(f"{verb} {c.cell} ({c.meaning}) from {c.found} to {c.wanted} {c.unit}".rstrip())
    words = " and ".join(parts)
    return {"demand_share": 1.0, "cells": cells, "words": f"{words[0].upper()}{words[1:]}."}


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
    gap = view["gap"]
    proven = "but nothing is proven about its cost yet" if gap is None else f"proven within {100 * gap:.2f} %"
    sentences = [f"There is a plan: it costs {money(total, currency)}, {proven}.", ""]
    sentences += ["What it costs:", table(rows, right=(1, 2)), ""]
    limits = worth.worth_rows(answer)
    if limits:
        sentences.append("What binds, and what one more unit of it would save:")
        told = [(r.cell, r.name, worth.worth_text(r, currency), r.how) for r in limits]
        sentences.append(table(told, right=(2,)))
    else:
        sentences.append("No limit binds of which one may buy more: prices and demand alone make the cost.")
    return {"has_plan": True, "costs": view["costs"], "marginals": view["marginals"], "sentences": sentences}
