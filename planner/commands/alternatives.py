"""`aidc alternatives`: plans that cost nearly the same as the cheapest and differ most from it."""

from __future__ import annotations

import time
from pathlib import Path

import click

from planner.commands.pareto import tell
from planner.commands.shared import (
    force_option,
    gap_option,
    json_option,
    output_option,
    quiet_option,
    read_case,
    seed_option,
    time_limit_option,
    workbook_argument,
)


@click.command()
@workbook_argument
@output_option("Result folder", "out/<workbook name>-alternatives/")
@click.option("--count", type=click.IntRange(min=1, max=20), default=3, show_default=True, help="Most alternatives.")
@click.option(
    "--within",
    type=click.FloatRange(min=0, max=100, min_open=True),
    default=2.0,
    show_default=True,
    metavar="PCT",
    help="Most extra cost, % of the cost without IT hardware.",
)
@gap_option("Proven gap of every plan")
@time_limit_option("Stop solving a plan then, and keep the best one with its gap.")
@seed_option
@json_option
@force_option
@quiet_option
def alternatives(
    workbook: Path,
    output: Path | None,
    count: int,
    within: float,
    gap: float,
    time_limit: float | None,
    seed: int,
    as_json: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Find plans that cost nearly the same as the cheapest and differ most from it, each proven.

    Ctrl-C after the first plan ends the search; the plans found by then are written."""
    from planner.folder import check_replaceable, complete_or_absent, default_folder
    from planner.front_results import write_front
    from planner.progress import Progress
    from planner.results import RunRecord
    from planner.studies.near_best import NearOptions, run_near_best

    begun = time.perf_counter()
    folder = output or default_folder(workbook.with_stem(f"{workbook.stem}-alternatives"), force=force)
    check_replaceable(folder, force=force)
    options = NearOptions(count, within / 100, gap, time_limit, seed)
    with Progress(quiet=quiet) as progress:
        progress.step(f"Reading {workbook.name}")
        validated, inputs = read_case(workbook, one_stage="aidc alternatives")
        read_seconds = time.perf_counter() - begun
        with complete_or_absent(folder, force=force) as draft:
            front = run_near_best(validated, options, progress=progress, read_seconds=read_seconds)
            progress.step("Writing the plans")
            write_front(front, draft, RunRecord(inputs, options.as_dict(), tuple(str(w) for w in validated.warnings)))
    tell(front, folder, as_json=as_json, quiet=quiet)
    if front.stopped or any(p.answer.proof.status != "optimal" for p in front.points):
        click.get_current_context().exit(5)
