"""`aidc report`: render a result folder again, without solving."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.shared import folder_argument, hint, quiet_option, shell_path


@click.command()
@folder_argument("folder")
@quiet_option
def report(folder: Path, quiet: bool) -> None:
    """Render plan.xlsx and report.html again, without solving."""
    from planner.results import RENDERED, read_results, render_again

    render_again(read_results(folder))
    for name in RENDERED:
        click.echo(f"Written: {folder / name}")
    hint(f"open {shell_path(folder / 'report.html')}, or re-check it: aidc audit {shell_path(folder)}", quiet=quiet)
