"""The command `aidc`: results on standard output, progress and problems on standard error, one exit code per outcome.

0 done; 1 unexpected; 2 usage; 3 bad input; 4 proven infeasible; 5 stopped at a limit, plan written with its gap;
6 stopped without a plan; 7 the recheck failed; 130 interrupted."""

from __future__ import annotations

import errno
import sys
from typing import Any

import click

from planner import __version__
from planner.commands.alternatives import alternatives
from planner.commands.audit import audit
from planner.commands.check import check
from planner.commands.compare import compare
from planner.commands.doctor import doctor
from planner.commands.explain import explain
from planner.commands.offers import offers
from planner.commands.pareto import pareto
from planner.commands.plan import plan
from planner.commands.report import report
from planner.commands.scenarios import scenarios
from planner.commands.sites import sites
from planner.commands.sweep import sweep
from planner.commands.template import template


class _Application(click.Group):
    """A group in which every error ends as plain sentences and its exit code, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("Interrupted; nothing was written.", err=True)
            ctx.exit(130)
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # the reader of a pipe has gone; click ends quietly
            from planner.commands.failures import report_failure

            ctx.exit(report_failure(error, as_json=bool(ctx.meta.get("as_json")), workbook=ctx.meta.get("workbook")))


@click.group(cls=_Application, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", "-V", prog_name="aidc")
def cli() -> None:
    """Plan AI data centres: the least-cost design that meets a TokEnergy target, proven and rechecked.

    Start with `aidc template --list`, then `aidc plan WORKBOOK`."""


for command in (
    template,
    check,
    plan,
    explain,
    pareto,
    alternatives,
    offers,
    sites,
    scenarios,
    sweep,
    compare,
    report,
    audit,
    doctor,
):
    cli.add_command(command)


def main() -> None:
    """Entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without a minus sign must not end in an error
    cli(prog_name="aidc")
