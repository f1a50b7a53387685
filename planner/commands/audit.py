"""`aidc audit`: re-check a plan from its files, without the optimiser."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.shared import folder_argument, hint, json_option, print_json, quiet_option, shell_path


@click.command()
@folder_argument("folder")
@json_option
@quiet_option
def audit(folder: Path, as_json: bool, quiet: bool) -> None:
    """Re-check a plan from its files, without the optimiser."""
    from planner.errors import AuditFailed
    from planner.results import check_folder

    found = check_folder(folder)
    checks = found.audit.checks if found.audit else 0
    worst = found.audit.worst_residual if found.audit else None
    if as_json:
        print_json(
            {
                "ok": found.ok,
                "files": found.files,
                "checks": checks,
                "worst_residual": worst,
                "problems": list(found.problems),
            }
        )
    elif found.ok:
        click.echo(
            f"{folder}: all {found.files} files are as they were written, and the recheck from case.json holds "
            f"({checks} checks, worst residual {worst:.1e})."
        )
    else:
        click.echo(f"{folder}: the recheck failed.")
        for problem in found.problems:
            click.echo(f"  {problem}")
    if not found.ok:
        raise click.exceptions.Exit(AuditFailed.exit_code)
    hint(f"open {shell_path(folder / 'report.html')}", quiet=quiet, as_json=as_json)
