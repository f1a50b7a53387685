"""`aidc sweep`: the plans of many samples of a workbook's cells."""

from __future__ import annotations

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
    shell_path,
    table,
    time_limit_option,
    workbook_argument,
)

if TYPE_CHECKING:
    from planner.jobs import Job, Outcome
    from planner.jobs.machines import Machines
    from planner.jobs.store import Store
    from planner.progress import Progress

TABLE, STORE = "samples.csv.gz", "results"


@click.command()
@workbook_argument
@output_option("Folder of the study", "out/<workbook name>-sweep/")
@click.option(
    "--design",
    type=click.Choice(["latin", "random", "factorial"]),
    default="latin",
    show_default=True,
    help="How samples are drawn: Latin hypercube, Monte Carlo, or every combination of lists and ranges.",
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="How many (not of a factorial design).",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The same seed, the same samples."
)
@gap_option()
@time_limit_option("Stop solving a sample then, and keep its best plan with its gap.")
@click.option(
    "--regret",
    type=click.IntRange(min=0),
    default=8,
    show_default=True,
    metavar="KINDS",
    help="Cost this many kinds of design, the most frequent, in every sample; 0: none.",
)
@machine_options("Samples")
@click.option("--resume", is_flag=True, help="Go on with the study in the folder; what is stored is not made again.")
@force_option
@json_option
@quiet_option
def sweep(workbook: Path, as_json: bool, quiet: bool, **asked: Any) -> None:
    """Plan many samples of the cells that sheet Sweep varies.

    Says how cost, TokEnergy and sizes spread, what moves them, which kind of design is best how often and what it
    costs to have chosen another. Ctrl-C keeps what is finished; --resume goes on from there."""
    from planner.progress import Progress
    from planner.study_documents import SWEEP, SWEEP_PAGE

    folder = asked["output"] or Path("out") / f"{workbook.stem}-sweep"
    _check_folder(folder, resume=asked["resume"], force=asked["force"])
    try:
        with Progress(quiet=quiet) as progress:
            view = _study(workbook, folder, asked, progress)
    except KeyboardInterrupt:
        click.echo(f"Interrupted; finished samples are kept in {shell_path(folder)}: go on with --resume.", err=True)
        click.get_current_context().exit(130)
    if as_json:
        print_json({**view, "output": str(folder)})
    else:
        click.echo(_text(view))
        click.echo(f"\nWritten: {shell_path(folder)} ({SWEEP_PAGE}, {SWEEP}, {TABLE})")
        hint(f"open {shell_path(folder / SWEEP_PAGE)}", quiet=quiet)
    if "planned" not in view["states"]:
        click.get_current_context().exit(6)
    if set(view["states"]) != {"planned"} or view["proven"] < view["states"]["planned"]:
        click.get_current_context().exit(5)


def _check_folder(folder: Path, *, resume: bool, force: bool) -> None:
    """Raises OutputExists unless it is a new folder, or one of an earlier sweep that is to be gone on with or
    replaced."""
    from planner.folder import OutputExists
    from planner.study_documents import SWEEP, SWEEP_PAGE

    if not folder.is_dir() or not any(folder.iterdir()):
        return
    foreign = [p.name for p in folder.iterdir() if p.name not in (SWEEP, SWEEP_PAGE, TABLE, STORE)]
    if foreign:
        raise OutputExists(f"{folder} holds other files ({foreign[0]}). Choose another folder with -o.")
    if not (force or resume):
        raise OutputExists(f"{folder} holds a sweep already. Add --resume to go on with it, or --force to replace it.")


def _study(workbook: Path, folder: Path, asked: dict[str, Any], progress: Progress) -> dict[str, Any]:
    import shutil

    from planner.errors import BadWorkbook, Finding
    from planner.jobs.store import Store
    from planner.studies.sampling import draw
    from planner.studies.sweep import kind_jobs, kinds_of, question, sample_jobs
    from planner.studies.sweep_figures import summary, table_rows
    from planner.validate import refuse_stages, validate
    from planner.workbook import read_workbook

    progress.step(f"Reading {workbook.name}")
    base = validate(read_workbook(workbook))
    refuse_stages(base, "aidc sweep")
    if not base.variations:
        what = "at least one row that says which cell varies, and how"
        raise BadWorkbook([Finding("Sweep", "tblSweep", found="no rows", expected=what)])
    try:
        samples = draw(base.variations, asked["design"], asked["samples"], asked["seed"])
    except ValueError as unfit:
        raise BadWorkbook([Finding("Sweep", "tblSweep", "form", message=str(unfit))]) from unfit
    on = machines(asked)
    if asked["force"] and not asked["resume"] and folder.is_dir():
        shutil.rmtree(folder)  # not before the workbook is read: what stands there stays if that fails
    store, shared = Store(folder / STORE), question(base, asked["gap"], asked["time_limit"])
    todo = sample_jobs(shared, base, samples)
    outcomes = _all(todo, store, on, progress, "Samples")
    results = [_result(outcomes[job.key]) for job in todo]
    planned = [outcomes[job.key] for job, r in zip(todo, results, strict=True) if r["state"] == "planned"]
    kinds = kinds_of(results, asked["regret"])
    costing = kind_jobs(shared, planned, kinds) if len(kinds) > 1 else []
    costed = _all(costing, store, on, progress, "Kinds of design in every sample")
    by_sample = {o.job.key: costed[j.key].value for o, j in zip(planned, costing, strict=bool(costing))}
    costs = [None if (found := by_sample.get(job.key)) is None else found["costs"] for job in todo]
    figures = summary(base.variations, samples, results, kinds, costs)
    plan = {name: asked[name] for name in ("design", "seed", "gap", "time_limit")}
    hours = base.case.calendar.steps * base.case.calendar.step_h
    view = {"name": base.case.name, "currency": base.case.currency, "hours": hours, "options": plan, **figures}
    _write(folder, view, table_rows(base.variations, samples, results))
    return view


def _all(jobs: list[Job], store: Store, on: Machines, progress: Progress, label: str) -> dict[str, Outcome]:
    """Every job's outcome by its key; equal jobs are done once."""
    once = list({job.key: job for job in jobs}.values())
    if not once:
        return {}
    progress.step(f"{label}: {len(once)}")
    return {outcome.job.key: outcome for outcome in on.run(once, store, told(progress, label))}


def _result(outcome: Outcome) -> dict[str, Any]:
    if outcome.state == "failed":
        return {"state": "failed", "reasons": [outcome.error]}
    value: dict[str, Any] = outcome.value
    return value


def _write(folder: Path, view: dict[str, Any], rows: list[list[Any]]) -> None:
    import gzip

    from planner.codec import to_json
    from planner.folder import replace_files
    from planner.study_documents import SWEEP, SWEEP_PAGE
    from planner.tidy import csv_text
    from reports.sweep import render_sweep

    table = gzip.compress(csv_text(rows).encode(), mtime=0)
    replace_files(folder, {TABLE: table, SWEEP_PAGE: render_sweep(view).encode(), SWEEP: to_json(view).encode()})


def _text(view: dict[str, Any]) -> str:
    """The spread, what moves the cost, and the kinds of design, for people."""
    from reports.sweep import design_rows, quantile_rows, state_words, tornado_rows

    parts = [view["name"], "", state_words(view), "", table(quantile_rows(view), right=range(1, 7))]
    if view["tornado"]["bars"]:
        parts += ["", "What moves the cost (10th to 90th percentile):", table(tornado_rows(view), right=(1, 2, 3, 4))]
    if len(view["designs"]) > 1:
        parts += ["", "Kinds of design:", table(design_rows(view), right=(1, 2, 3, 4, 5))]
    for failure in view["failures"][:5]:
        parts.append(f"sample {failure['sample']}: {failure['state']}: {'; '.join(failure['reasons'])}")
    if len(view["failures"]) > 5:
        parts.append(f"and {len(view['failures']) - 5} more, in {TABLE}")
    return "\n".join(parts)
