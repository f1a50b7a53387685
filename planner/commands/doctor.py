"""`aidc doctor`: is this installation sound?"""

from __future__ import annotations

from dataclasses import asdict

import click

from planner.commands.shared import hint, json_option, print_json, quiet_option, table


@click.command()
@json_option
@quiet_option
def doctor(as_json: bool, quiet: bool) -> None:
    """Show versions and let the solver prove itself."""
    from planner.doctor import examine

    findings = examine()
    sound = all(f.ok for f in findings)
    if as_json:
        print_json({"ok": sound, "examinations": [asdict(f) for f in findings]})
    else:
        click.echo(table([("ok" if f.ok else "FAILED", f.name, f.text) for f in findings]))
        click.echo("All is well." if sound else "This installation is not sound; see the lines marked FAILED.")
    if not sound:
        raise click.exceptions.Exit(1)
    hint("aidc template --list", quiet=quiet, as_json=as_json)
