"""`aidc template`: an empty or a filled-in workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from planner.commands.shared import force_option, hint, quiet_option, refuse_taken, shell_path


@click.command()
@click.option(
    "--for",
    "user",
    type=click.Choice(["design", "siting", "procurement"]),
    default="design",
    show_default=True,
    help="Whose required cells to colour.",
)
@click.option("--example", metavar="NAME", help="Write a filled-in example instead.")
@click.option("--list", "list_examples", is_flag=True, help="List the examples.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it (.xlsx).")
@force_option
@quiet_option
def template(
    user: Literal["design", "siting", "procurement"],
    example: str | None,
    list_examples: bool,
    output: Path | None,
    force: bool,
    quiet: bool,
) -> None:
    """Write a workbook to fill in, or an example."""
    from planner.template import example_names, write_example, write_template

    if list_examples:
        for name in example_names():
            click.echo(name)
        hint("aidc template --example NAME", quiet=quiet)
        return
    if example is not None and example not in example_names():
        raise click.UsageError(f"There is no example {example!r}. There are: {', '.join(example_names())}.")
    path = output or Path(f"{example or 'aidc-template'}.xlsx")
    refuse_taken(path, force=force)
    path.parent.mkdir(parents=True, exist_ok=True)
    if example is not None:
        write_example(path, example)
        command = {"siting": "sites", "module": "offers"}.get(example.partition("-")[0], "plan")
        next_step = f"aidc {command} {shell_path(path)}"
    else:
        write_template(path, user)
        next_step = f"fill in the yellow cells (the sheet Guide lists them), then: aidc check {shell_path(path)}"
    click.echo(f"Written: {path}")
    hint(next_step, quiet=quiet)
