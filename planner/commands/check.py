"""`aidc check`: every problem of a workbook at once."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.shared import hint, json_option, print_json, quiet_option, shell_path, workbook_argument


@click.command()
@workbook_argument
@json_option
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the findings to a workbook (.xlsx).",
)
@quiet_option
def check(workbook: Path, as_json: bool, output: Path | None, quiet: bool) -> None:
    """Check a workbook and report every problem at once."""
    from planner.commands.findings import write_findings
    from planner.errors import BadWorkbook
    from planner.validate import validate
    from planner.workbook import read_workbook

    if output is not None and output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{output} should end in .xlsx")
    try:
        checked = validate(read_workbook(workbook))
    except BadWorkbook as bad:
        if output is not None:
            write_findings(bad.findings, output)
            click.echo(f"Written: {output}", err=True)
        raise
    if output is not None:
        write_findings((), output)
    filled, total = checked.required_filled, checked.required_total
    if as_json:
        print_json(
            {
                "ok": True,
                "required_filled": filled,
                "required_total": total,
                "warnings": [str(w) for w in checked.warnings],
            }
        )
        return
    click.echo(f"{workbook.name}: no problems. {filled} of {total} required cells are filled in.")
    for warning in checked.warnings:
        click.echo(f"Note: {warning}")
    hint(f"aidc plan {shell_path(workbook)}", quiet=quiet)
