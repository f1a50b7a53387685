"""`aidc check`: every problem of a workbook at once."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.shared import (
    force_option,
    hint,
    json_option,
    print_json,
    quiet_option,
    refuse_taken,
    shell_path,
    workbook_argument,
)


@click.command()
@workbook_argument
@json_option
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write a copy of the workbook with the findings as comments on its cells, and listed (.xlsx).",
)
@force_option
@quiet_option
def check(workbook: Path, as_json: bool, output: Path | None, force: bool, quiet: bool) -> None:
    """Check a workbook and report every problem at once. The workbook itself is never changed."""
    from planner.commands.findings import write_findings
    from planner.errors import BadWorkbook
    from planner.studies.futures import read_scenarios
    from planner.validate import validate_sites
    from planner.workbook import read_workbook

    _refuse(workbook, output, force=force)
    try:
        raw = read_workbook(workbook)
        cases = validate_sites(raw)
        if len(cases) == 1 and cases[0].scenarios:
            read_scenarios(raw, cases[0])
    except BadWorkbook as bad:
        if output is not None:
            write_findings(bad.findings, workbook, output)
            click.echo(f"Written: {output}", err=True)
        raise
    checked, several = cases[0], len(cases) > 1
    warnings = tuple(dict.fromkeys(w for case in cases for w in case.warnings))
    if output is not None:
        write_findings(warnings, workbook, output)
    filled, total = checked.required_filled, checked.required_total
    if as_json:
        print_json(
            {
                "ok": True,
                "required_filled": filled,
                "required_total": total,
                "warnings": [str(w) for w in warnings],
            }
        )
        return
    click.echo(f"{workbook.name}: no problems. {filled} of {total} required cells filled.")
    if filled < total:
        click.echo("The others are those of a row that is not begun: the plan does without it.")
    for warning in warnings:
        click.echo(f"Note: {warning}")
    if output is not None:
        click.echo(f"Written: {output}")
    hint(f"aidc {'sites' if several else 'plan'} {shell_path(workbook)}", quiet=quiet)


def _refuse(workbook: Path, output: Path | None, *, force: bool) -> None:
    """Raise UsageError where the copy must not be written."""
    if output is None:
        return
    if output.exists() and output.samefile(workbook):
        raise click.UsageError(f"{output} is the workbook itself, which is never changed. Choose another name with -o.")
    refuse_taken(output, force=force)
