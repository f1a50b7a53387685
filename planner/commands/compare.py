"""`aidc compare`: two plans side by side."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.shared import folder_argument, hint, json_option, print_json, quiet_option, shell_path, table

if TYPE_CHECKING:
    from planner.studies.compare import Comparison, Row


@click.command()
@folder_argument("left")
@folder_argument("right")
@json_option
@quiet_option
def compare(left: Path, right: Path, as_json: bool, quiet: bool) -> None:
    """Put two plans side by side."""
    from planner.codec import encode
    from planner.results import read_results
    from planner.studies.compare import compare_plans

    plans = read_results(left).answer, read_results(right).answer
    comparison = compare_plans(*plans)
    if as_json:
        rows = [{**asdict(row), "difference": row.difference} for row in comparison.rows]
        print_json({**encode(comparison), "rows": encode(rows)})
        return
    click.echo(_text(comparison, str(left), str(right), (plans[0].case.currency, plans[1].case.currency)))
    hint(f"aidc audit {shell_path(right)}", quiet=quiet)


def _text(comparison: Comparison, left: str, right: str, currencies: tuple[str, str]) -> str:
    from reports.format import money

    rows: list[tuple[str, ...]] = [("", left, right, "second - first")]
    group = ""
    for row in comparison.rows:
        if row.group != group:
            group = row.group
            rows.append((group, "", "", ""))
        rows.append((f"  {row.label}", *_figures(row, currencies)))
    lines = [table(rows, right=(1, 2, 3)), "", comparison.verdict]
    if comparison.least_kcur is not None:
        low, high = (money(v, currencies[0]) for v in (comparison.least_kcur, comparison.most_kcur))
        lines.append(f"The second least cost minus the first lies between {low} and {high}.")
    return "\n".join([*lines, *comparison.cautions])


def _figures(row: Row, currencies: tuple[str, str]) -> tuple[str, str, str]:
    from reports.format import money, significant, with_unit

    left, right, difference = row.left, row.right, row.difference
    if row.unit != "kcur":
        amounts = (
            significant(v, 4) if row.unit not in ("racks", "units") else significant(v, 1) for v in (left, right)
        )
        first, second = (with_unit(text, row.unit) for text in amounts)
        return first, second, significant(difference, 4 if row.unit not in ("racks", "units") else 1)
    change = money(difference, currencies[0]) if currencies[0] == currencies[1] else ""
    return money(left, currencies[0]), money(right, currencies[1]), change
