"""`aidc scenarios`: one plan for several futures, and what knowing, waiting and flexibility are worth."""

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
    method_option,
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
    from models.scenarios import ScenarioAnswer


@click.command()
@workbook_argument
@output_option("Result folder", "out/<workbook name>-scenarios/")
@click.option(
    "--objective",
    type=click.Choice(["expected", "regret"]),
    default="expected",
    show_default=True,
    help="What is least: the expected cost, or the largest regret, cost above that of a scenario's own best plan.",
)
@click.option(
    "--compare/--no-compare",
    "compares",
    default=True,
    show_default=True,
    help="Carry other decisions into every scenario and plan with fewer choices, to tell what each choice is worth.",
)
@gap_option("Proven gap of every plan")
@time_limit_option("Stop each solve then, and keep the best plan with its gap.")
@method_option
@seed_option
@json_option
@force_option
@quiet_option
def scenarios(workbook: Path, output: Path | None, as_json: bool, force: bool, quiet: bool, **asked: Any) -> None:
    """Plan for the scenarios of sheet Scenarios together: what is bought before it is known which one comes is decided
    once, the rest adapts.

    Ctrl-C after the plan ends the comparison; the plan is written."""
    from planner.folder import check_replaceable, complete_or_absent, default_folder
    from planner.progress import Progress
    from planner.results import LOG, RunRecord, fingerprint
    from planner.scenario_results import write_scenarios
    from planner.studies.futures import read_scenarios
    from planner.studies.scenarios import ScenarioOptions, plan_scenarios
    from planner.validate import validate
    from planner.workbook import read_workbook

    begun = time.perf_counter()
    folder = output or default_folder(workbook.with_stem(f"{workbook.stem}-scenarios"), force=force)
    check_replaceable(folder, force=force)
    options = ScenarioOptions(**asked)
    with Progress(quiet=quiet) as progress:
        progress.step(f"Reading {workbook.name}")
        raw = read_workbook(workbook)
        base = validate(raw)
        judged, questions = read_scenarios(raw, base)
        files = dict.fromkeys((*base.files, *(path for own in judged for path in own.files)))
        inputs = tuple(fingerprint(path) for path in files)
        changes = [told.changes for told in base.scenarios]
        seconds = time.perf_counter() - begun
        with complete_or_absent(folder, force=force) as draft:
            told: dict[str, Any] = {"progress": progress, "log_path": draft / LOG, "read_seconds": seconds}
            answer = plan_scenarios(questions, changes, options, **told)
            progress.step("Writing the plans")
            warnings = tuple(dict.fromkeys(str(w) for own in judged for w in own.warnings))
            write_scenarios(answer, judged, draft, RunRecord(inputs, options.as_dict(), warnings))
    tell(answer, folder, as_json=as_json, quiet=quiet)
    if answer.stopped or answer.proof.status != "optimal":
        click.get_current_context().exit(5)


def tell(answer: ScenarioAnswer, folder: Path, *, as_json: bool, quiet: bool) -> None:
    """Say what was found and where it stands."""
    from planner.scenario_results import DATA, PAGE, SHEET, public_scenarios

    view = public_scenarios(answer)
    if as_json:
        print_json({**view, "folder": str(folder)})
        return
    click.echo(_text(view))
    click.echo(f"\nWritten: {shell_path(folder)} ({PAGE}, {SHEET}, {DATA}, the plan in each scenario in plans/)")
    hint(f"open {shell_path(folder / PAGE)}", quiet=quiet)


def _text(view: dict[str, Any]) -> str:
    """The plan for people."""
    from reports.scenarios import headline, purchase_rows, regret_rows, remarks, scenario_rows, worth_rows

    parts = [view["name"], "", headline(view), "", table(scenario_rows(view), right=(1, 2, 3, 4))]
    parts += ["", "What is bought:", table(purchase_rows(view), right=(3, 4))]
    if len(view["decisions"]) > 1:
        columns = range(1, len(view["scenarios"]) + 3)
        parts += ["", "Regret of each decision:", table(regret_rows(view), right=columns)]
    if view["worth"]:
        parts += ["", "What choices are worth:", table([row[:3] for row in worth_rows(view)], right=(1, 2))]
    return "\n".join([*parts, *remarks(view)])
