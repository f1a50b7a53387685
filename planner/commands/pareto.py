"""`aidc pareto`: what using less energy, carbon or water costs, or starting sooner, as proven plans side by side."""

from __future__ import annotations

import functools
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.running import machine_options, machines, told
from planner.commands.shared import (
    force_option,
    gap_option,
    hint,
    json_option,
    output_option,
    print_json,
    quiet_option,
    read_case,
    seed_option,
    shell_path,
    table,
    time_limit_option,
    workbook_argument,
)

if TYPE_CHECKING:
    from models.front import Front
    from planner.jobs.machines import Machines
    from planner.progress import Progress
    from planner.studies.pareto import ParetoOptions
    from planner.validate import ValidatedCase

_NOTHING = {"first-token": "Everything in this workbook is ready in the same month: choose another --against."}
CRITERIA = ("tokenergy", "carbon", "water", "first-token")


@click.command()
@workbook_argument
@output_option("Result folder", "out/<workbook name>-pareto/")
@click.option(
    "--against",
    multiple=True,
    type=click.Choice(CRITERIA),
    default=("tokenergy",),
    show_default="tokenergy",
    help="What to save beside cost; give it again for two or three at once.",
)
@click.option(
    "--points",
    type=click.IntRange(min=2, max=100),
    default=9,
    show_default=True,
    help="Plans to look for; with two or three criteria about as many combinations.",
)
@gap_option("Proven gap of every plan")
@time_limit_option("Stop solving a plan then, and keep the best one with its gap.")
@seed_option
@machine_options("Plans")
@json_option
@force_option
@quiet_option
def pareto(
    workbook: Path,
    output: Path | None,
    against: tuple[str, ...],
    points: int,
    gap: float,
    time_limit: float | None,
    seed: int,
    as_json: bool,
    force: bool,
    quiet: bool,
    **asked: Any,
) -> None:
    """Show what using less energy, carbon or water costs, or an earlier first token: proven plans from the cheapest to
    the thriftiest or earliest.

    Ctrl-C after the first plan ends the search; the plans found by then are written. With --jobs or --cluster plans are
    found side by side in processes of their own, and kept: run it again to go on after an interruption."""
    from planner.folder import check_replaceable, complete_or_absent, default_folder
    from planner.front_results import write_front
    from planner.progress import Progress
    from planner.results import RunRecord
    from planner.studies.pareto import ParetoOptions

    begun, side_by_side = time.perf_counter(), any(asked[name] for name in ("jobs", "cluster", "hard_stop"))
    on = machines(asked) if side_by_side else None
    folder = output or default_folder(workbook.with_stem(f"{workbook.stem}-pareto"), force=force)
    check_replaceable(folder, force=force)
    kept = folder.with_name(f"{folder.name}.results")
    options = ParetoOptions(tuple(dict.fromkeys(against)), points, gap, time_limit, seed)
    with Progress(quiet=quiet) as progress:
        progress.step(f"Reading {workbook.name}")
        validated, inputs = read_case(workbook, one_stage="aidc pareto")
        read_seconds = time.perf_counter() - begun
        with complete_or_absent(folder, force=force) as draft:
            front = _found(validated, options, on, kept, progress, read_seconds)
            progress.step("Writing the plans")
            write_front(front, draft, RunRecord(inputs, options.as_dict(), tuple(str(w) for w in validated.warnings)))
    if not front.stopped:
        shutil.rmtree(kept, ignore_errors=True)
    tell(front, folder, as_json=as_json, quiet=quiet)
    if front.stopped or any(p.answer.proof.status != "optimal" for p in front.points):
        click.get_current_context().exit(5)


def _found(
    validated: ValidatedCase,
    options: ParetoOptions,
    on: Machines | None,
    kept: Path,
    progress: Progress,
    read_seconds: float,
) -> Front:
    """The front, one plan after another in this process or side by side on machines."""
    from planner.jobs.store import Store
    from planner.studies.front_jobs import front_side_by_side
    from planner.studies.pareto import NothingToTrade, run_pareto

    with_news: dict[str, Any] = {"progress": progress, "read_seconds": read_seconds}
    try:
        if on is None:
            return run_pareto(validated, options, **with_news)
        watch = functools.partial(told, progress)
        return front_side_by_side(validated, options, on, Store(kept), watch, **with_news)
    except NothingToTrade as nothing:
        words = _NOTHING.get(str(nothing), f"No design of this workbook uses any {nothing}: choose another --against.")
        raise click.UsageError(words) from None


def tell(front: Front, folder: Path, *, as_json: bool, quiet: bool) -> None:
    """Say what was found and where it stands."""
    from planner.front_results import files_of, public_front

    view = public_front(front)
    if as_json:
        print_json({**view, "folder": str(folder)})
        return
    click.echo(_text(view))
    files = files_of(front)
    click.echo(f"\nWritten: {shell_path(folder)} ({', '.join(files)}, each plan in plans/)")
    hint(f"open {shell_path(folder / files[0])}{_further(front)}", quiet=quiet)


def _further(front: Front) -> str:
    """What else to ask where there was nothing to trade."""
    left = [c for c in CRITERIA if c not in front.criteria]
    if front.within is not None or len(front.points) > 1 or not left:
        return ""
    return f"; other things to save: {', '.join(f'--against {c}' for c in left)}"


def _text(view: dict[str, Any]) -> str:
    """The front for people."""
    from reports.format import money
    from reports.front import words
    from reports.front.shown import shown

    front = shown(view)
    head = ["plan", "kind", "cost, present value", "more than the cheapest"]
    head += [f"{words.CRITERION[c].name}, {words.CRITERION[c].unit}" for c in front.criteria]
    head += [f"each {words.CRITERION[front.criteria[0]].step_text} less costs"] if front.is_line else []
    rows: list[list[Any]] = [[*head, "proven within"]]
    for i, p in enumerate(front.plans):
        row = [str(i + 1), words.letter(p.kind), money(p.cost_kcur, front.currency, 6), words.extra_text(front, p)]
        row += [words.value_text(front, p, c) for c in front.criteria]
        rows.append([*row, *([words.price_text(front, i)] if front.is_line else []), words.gap_text(front, p)])
    lines = [front.name, "", words.headline(front), "", table(rows, right=range(2, len(rows[0]))), ""]
    lines += [f"Plan {i}: {plan.design}" for i, plan in enumerate(front.plans, start=1)]
    return "\n".join([*lines, *words.remarks(front)])
