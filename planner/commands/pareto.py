"""`aidc pareto`: what using less energy, carbon or water costs, or starting sooner, as proven plans side by side."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.shared import (
    force_option,
    gap_option,
    hint,
    json_option,
    output_option,
    print_json,
    quiet_option,
    seed_option,
    shell_path,
    table,
    time_limit_option,
    workbook_argument,
)

if TYPE_CHECKING:
    from models.front import Front

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
) -> None:
    """Show what using less energy, carbon or water costs, or an earlier first token: proven plans from the cheapest to
    the thriftiest or earliest.

    Ctrl-C after the first plan ends the search; the plans found by then are written."""
    from planner.folder import check_replaceable, complete_or_absent, default_folder
    from planner.front_results import write_front
    from planner.progress import Progress
    from planner.results import fingerprint
    from planner.studies.pareto import NothingToTrade, ParetoOptions, run_pareto
    from planner.validate import refuse_stages, validate
    from planner.workbook import read_workbook

    begun = time.perf_counter()
    folder = output or default_folder(workbook.with_stem(f"{workbook.stem}-pareto"), force=force)
    check_replaceable(folder, force=force)
    options = ParetoOptions(tuple(dict.fromkeys(against)), points, gap, time_limit, seed)
    with Progress(quiet=quiet) as progress:
        progress.step(f"Reading {workbook.name}")
        validated = validate(read_workbook(workbook))
        refuse_stages(validated, "aidc pareto")
        inputs = tuple(fingerprint(path) for path in validated.files)
        read_seconds = time.perf_counter() - begun
        with complete_or_absent(folder, force=force) as draft:
            try:
                front = run_pareto(validated, options, progress=progress, read_seconds=read_seconds)
            except NothingToTrade as nothing:
                raise click.UsageError(
                    _NOTHING.get(
                        str(nothing), f"No design of this workbook uses any {nothing}: choose another --against."
                    )
                ) from None
            progress.step("Writing the plans")
            write_front(front, draft, inputs, options.as_dict(), tuple(str(w) for w in validated.warnings))
    tell(front, folder, as_json=as_json, quiet=quiet)
    if front.stopped or any(p.answer.proof.status != "optimal" for p in front.points):
        click.get_current_context().exit(5)


def tell(front: Front, folder: Path, *, as_json: bool, quiet: bool) -> None:
    """Say what was found and where it stands."""
    from planner.front_results import files_of

    if as_json:
        from planner.front_results import public_front

        print_json({**public_front(front), "folder": str(folder)})
        return
    click.echo(_text(front))
    files = files_of(front)
    click.echo(f"\nWritten: {shell_path(folder)} ({', '.join(files)}, each plan in plans/)")
    hint(f"open {shell_path(folder / files[0])}{_further(front)}", quiet=quiet)


def _further(front: Front) -> str:
    """What else to ask where there was nothing to trade."""
    left = [c for c in CRITERIA if c not in front.criteria]
    if front.within is not None or len(front.points) > 1 or not left:
        return ""
    return f"; other things to save: {', '.join(f'--against {c}' for c in left)}"


def _text(front: Front) -> str:
    """The front for people."""
    from models.front import kinds
    from reports.format import money
    from reports.front import words

    head = ["plan", "kind", "cost, present value", "more than the cheapest"]
    head += [f"{words.CRITERION[c].name}, {words.CRITERION[c].unit}" for c in front.criteria]
    head += [f"each {words.CRITERION[front.criteria[0]].step_text} less costs"] if front.is_line else []
    rows: list[list[Any]] = [[*head, "proven within"]]
    for i, (p, kind) in enumerate(zip(front.points, kinds([p.answer for p in front.points]), strict=True)):
        row = [str(i + 1), words.letter(kind), money(p.cost_kcur, front.case.currency, 6), words.extra_text(front, p)]
        row += [words.value_text(front, p, c) for c in front.criteria]
        rows.append([*row, *([words.price_text(front, i)] if front.is_line else []), words.gap_text(p.answer)])
    lines = [front.case.name, "", words.headline(front), "", table(rows, right=range(2, len(rows[0]))), ""]
    for i, p in enumerate(front.points):
        lines.append(f"Plan {i + 1}: {words.design_text(p.answer)}")
    return "\n".join([*lines, *words.remarks(front)])
