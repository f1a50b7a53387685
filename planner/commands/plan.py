"""`aidc plan`: a workbook in, a proven and rechecked least-cost plan out."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import click

from planner.commands.shared import (
    force_option,
    gap_option,
    hint,
    json_option,
    method_option,
    output_option,
    print_json,
    quiet_option,
    read_case,
    seed_option,
    shell_path,
    time_limit_option,
    workbook_argument,
)


@click.command()
@workbook_argument
@output_option("Result folder", "out/<workbook name>/")
@gap_option()
@time_limit_option("Stop solving then, and keep the best plan with its gap.")
@method_option
@click.option(
    "--marginals",
    type=click.Choice(["auto", "none", "duals", "exact"]),
    default="auto",
    show_default=True,
    help="What one more unit of a limit that binds would save: from duals with the chosen units fixed, or exactly, by "
    "planning again with each limit relaxed. auto: duals, unless the time ran out or stages make it more than a year.",
)
@seed_option
@click.option(
    "--worth",
    "--services",
    "worth",
    is_flag=True,
    help="Plan again without each subject of the power side (each duty, store, generator, source, programme, the "
    "choice of architecture, work that may wait), to tell what each is worth; a time limit holds for all of it, and "
    "after Ctrl-C the plan is kept with what is known by then; --services is its older name.",
)
@click.option(
    "--foresight",
    type=click.Choice(["full", "myopic"]),
    default="full",
    show_default=True,
    help="Of several stages (sheet Stages): all are planned together; myopic also plans them one after the other, each "
    "as if it lasted to the end, to tell what knowing the later ones is worth.",
)
@json_option
@force_option
@quiet_option
def plan(
    workbook: Path,
    output: Path | None,
    gap: float,
    time_limit: float | None,
    method: Any,
    marginals: Any,
    seed: int,
    worth: bool,
    foresight: Any,
    as_json: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Find the least-cost plan, prove it, recheck it, write it."""
    from planner.errors import LimitReached, NotRendered
    from planner.folder import check_replaceable, complete_or_absent, default_folder
    from planner.progress import Progress
    from planner.studies.choose import Known
    from planner.studies.growth import plan_growth
    from planner.studies.plan import PlanOptions, plan_case
    from planner.studies.without import without_each_subject

    begun = time.perf_counter()
    folder = output or default_folder(workbook, force=force)
    check_replaceable(folder, force=force)
    options = PlanOptions(gap=gap, time_limit=time_limit, method=method, seed=seed, marginals=marginals)
    with Progress(quiet=quiet) as progress, _no_plan_after_ctrl_c():
        progress.step(f"Reading {workbook.name}")
        validated, inputs = read_case(workbook)
        read_seconds = time.perf_counter() - begun
        with complete_or_absent(folder, force=force) as draft:
            from planner.results import LOG, RunRecord

            asked = {**options.as_dict(), "worth": worth}
            record = RunRecord(inputs, asked, tuple(str(w) for w in validated.warnings))
            told: dict[str, Any] = {"progress": progress, "log_path": draft / LOG, "read_seconds": read_seconds}
            answer: Any
            known = Known(keeps_search=worth)
            if validated.growths:
                record = replace(record, options={**record.options, "foresight": foresight})
                answer = plan_growth(validated, options, foresight, known=known, **told)
            else:
                answer = plan_case(validated, options, known=known, **told)
            if worth:
                others: Any = validated.growths or (validated.case, *validated.options)
                removed = without_each_subject(answer, others, options, progress, known.family)
                answer = replace(answer, without=removed)
            progress.step("Writing the report")
            answer, fault = _written(answer, draft, record)
    if fault is not None:
        raise NotRendered(folder) from fault
    _tell(answer, folder, [*validated.warnings, *_left_out(validated, workbook)], as_json=as_json, quiet=quiet)
    if answer.proof.status != "optimal":
        raise LimitReached(answer)
    if not all(removal.is_computed for removal in answer.without):
        click.get_current_context().exit(LimitReached.exit_code)


@contextmanager
def _no_plan_after_ctrl_c() -> Iterator[None]:
    """The solver turns Ctrl-C into an orderly stop. If it had no plan by then, the command was interrupted (exit code
    130) rather than stopped at a limit (6)."""
    from planner.errors import NoAnswer

    pressed = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.default_int_handler(number, frame)

    in_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, note) if in_main else None
    try:
        yield
    except NoAnswer:
        if pressed:
            raise KeyboardInterrupt from None
        raise
    finally:
        if in_main:
            signal.signal(signal.SIGINT, before)


def _written(answer: Any, draft: Path, record: Any) -> tuple[Any, Exception | None]:
    """The answer, written. An unexpected error in its documents costs these, not the plan that took hours to solve."""
    from planner.results import write_results

    try:
        return write_results(answer, draft, record), None
    except (OSError, MemoryError):
        raise
    except Exception as fault:
        return write_results(answer, draft, record, documents=False), fault


def _left_out(validated: Any, workbook: Path) -> list[str]:
    """What the workbook holds beyond what a plan of one future uses."""
    if not validated.scenarios:
        return []
    return [f"sheet Scenarios is not used here; `aidc scenarios {shell_path(workbook)}` plans for all of them together"]


def _tell(answer: Any, folder: Path, warnings: Any, *, as_json: bool, quiet: bool) -> None:
    from planner.results import view_of
    from planner.summary import summary

    view = view_of(answer)
    if as_json:
        print_json({**view, "folder": str(folder)})
        return
    click.echo(summary(view))
    for warning in warnings:
        click.echo(f"Note: {warning}")
    click.echo(f"\nWritten: {folder} (report.html, plan.xlsx, plan.json, operation.csv.gz, case.json, manifest.json)")
    hint(_next(folder, has_stages="years" in view), quiet=quiet)


def _next(folder: Path, *, has_stages: bool) -> str:
    """What a user does with a plan: read it, change a cell and compare, or have it rechecked. No target is proposed:
    how far TokEnergy can fall is not known from one plan, and the cheapest design is often nearly the thriftiest."""
    page = shell_path(folder / "report.html")
    if has_stages:
        return f"open {page}; or re-check the plan: aidc audit {shell_path(folder)}"
    return (
        f"open {page}; change a cell, plan again with -o OTHER and put the two side by side: "
        f"aidc compare {shell_path(folder)} OTHER; or re-check this one: aidc audit {shell_path(folder)}"
    )
