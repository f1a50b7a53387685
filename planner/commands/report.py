"""`aidc report`: render a result folder again, without solving."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from planner.commands.shared import folder_argument, hint, quiet_option, shell_path


@click.command()
@folder_argument("folder")
@quiet_option
def report(folder: Path, quiet: bool) -> None:
    """Render the documents of a plan or a study again, without solving."""
    from planner import siting_results, study_documents, tender_results
    from planner.results import RENDERED, read_results, render_again

    if siting_results.is_study(folder):
        _written(folder, siting_results.render_study_again(folder))
        hint(f"open {shell_path(folder / siting_results.PAGE)}", quiet=quiet)
    elif tender_results.is_tender(folder):
        tender_results.render_tender_again(folder)
        _tell(folder, tender_results.RENDERED, tender_results.PAGE, folder / tender_results.PLAN, quiet=quiet)
    elif study_documents.study_file(folder):
        names = study_documents.render_study_again(folder)
        _written(folder, names)
        hint(f"open {shell_path(folder / names[0])}", quiet=quiet)
    else:
        render_again(read_results(folder))
        _tell(folder, RENDERED, "report.html", folder, quiet=quiet)


def _written(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        click.echo(f"Written: {folder / name}")


def _tell(folder: Path, names: Sequence[str], page: str, plan: Path, *, quiet: bool) -> None:
    _written(folder, names)
    hint(f"open {shell_path(folder / page)}, or re-check it: aidc audit {shell_path(plan)}", quiet=quiet)
