"""`aidc compare`: two plans side by side."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.shared import folder_argument, hint, json_option, print_json, quiet_option, shell_path, table

if TYPE_CHECKING:
    from planner.studies.compare import Comparison, Row

_MOST_CHANGES = 20


@click.command()
@folder_argument("left")
@folder_argument("right")
@json_option
@quiet_option
def compare(left: Path, right: Path, as_json: bool, quiet: bool) -> None:
    """Put two plans side by side, plans of growth stage by stage."""
    from planner.codec import encode
    from planner.results import read_results
    from planner.studies.compare import compare_plans

    plans = tuple(read_results(folder).answer for folder in (left, right))
    comparison = compare_plans(plans[0], plans[1])
    if as_json:
        rows = [{**asdict(row), "difference": row.difference} for row in comparison.rows]
        print_json({**encode(comparison), "rows": encode(rows)})
        return
    click.echo(_text(comparison, (left, right), (plans[0].currency, plans[1].currency)))
    hint(f"open {shell_path(right / 'report.html')}, or re-check a plan: aidc audit {shell_path(right)}", quiet=quiet)


def _text(comparison: Comparison, folders: tuple[Path, Path], currencies: tuple[str, str]) -> str:
    from reports.format import money

    lines = [f"First:  {folders[0]}", f"Second: {folders[1]}", "", comparison.verdict]
    if comparison.least_kcur is not None:
        low, high = (money(v, currencies[0]) for v in (comparison.least_kcur, comparison.most_kcur))
        lines.append(f"The least cost of the second minus that of the first lies between {low} and {high}.")
    lines += [*comparison.cautions, "", *_inputs(comparison)]
    rows: list[tuple[str, ...]] = [("", "first", "second", "second - first", "")]
    group, same = "", 0
    for row in comparison.rows:
        if not row.left and not row.right:
            continue  # neither plan has it
        if row.difference == 0:
            same += 1
        if row.group != group:
            group = row.group
            rows.append((group, "", "", "", ""))
        rows.append((f"  {row.label}", *_figures(row, currencies)))
    lines.append(table(rows, right=(1, 2, 3, 4)))
    if same:
        lines += ["", f"`=`: the same in both, {same} of {sum(1 for r in rows if r[1]) - 1} figures."]
    return "\n".join(lines)


def _inputs(comparison: Comparison) -> list[str]:
    """What was given differently, the first ones in full."""
    changes = comparison.changes
    if not changes:
        return ["Inputs: the same in both workbooks.", ""]
    rows = [("Inputs that differ", "first", "second", "")]
    rows += [(f"  {c.path} ({c.cell})", c.left, c.right, c.unit) for c in changes[:_MOST_CHANGES]]
    more = [f"    and {len(changes) - _MOST_CHANGES} more: --json lists all"] if len(changes) > _MOST_CHANGES else []
    return [table(rows, right=(1, 2)), *more, ""]


def _figures(row: Row, currencies: tuple[str, str]) -> tuple[str, str, str, str]:
    """Both figures, their difference, and the difference as a share of the first."""
    from reports.format import money, significant

    left, right, difference = row.left, row.right, row.difference
    if difference == 0:
        first = _one(row, left, currencies[0])
        return first, _one(row, right, currencies[1]), "=", ""
    share = _share(difference, left)
    if row.unit == "kcur":
        change = money(difference, currencies[0]) if currencies[0] == currencies[1] else ""
        return money(left, currencies[0]), money(right, currencies[1]), change, share if change else ""
    return _one(row, left, ""), _one(row, right, ""), significant(difference, _digits(row)), share


def _share(difference: float | None, base: float | None) -> str:
    """A difference as a share of what it is measured from, with its sign."""
    from reports.format import percent

    if difference is None or not base:
        return ""
    share = difference / abs(base)
    if abs(share) < 0.0005:
        return "under 0.1 %"
    return f"+{percent(share)}" if share > 0 else percent(share)


def _digits(row: Row) -> int:
    return 1 if row.unit in ("racks", "units") else 4


def _one(row: Row, value: float | None, currency: str) -> str:
    """One figure with its unit."""
    from reports.format import money, significant, with_unit

    return money(value, currency) if row.unit == "kcur" else with_unit(significant(value, _digits(row)), row.unit)
