"""What commands share that run many jobs: their options, and what is told meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from planner.jobs import Tally
    from planner.jobs.machines import Machines
    from planner.progress import Progress

TELL_EVERY_S = 10
_OWN = ("jobs", "cluster", "memory", "hard_stop")


MEMORY_MB = 6000


def machine_options(what: str, memory_mb: int | None = MEMORY_MB) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Where jobs run and what each may take; `what`: what a job is, in the plural. memory_mb: the limit unless one is
    given; None for jobs that render documents, since the engine of the charts reserves address space that it never
    fills."""
    options = (
        click.option(
            "--jobs", type=click.IntRange(min=1), help=f"{what} planned at a time  [default: number of processors]"
        ),
        click.option(
            "--cluster", metavar="ADDRESS", help="Run on the Dask scheduler there instead, such as tcp://host:8786."
        ),
        click.option(
            "--memory",
            type=click.IntRange(min=500),
            default=memory_mb,
            show_default=True,
            metavar="MB",
            help="Address space of each process (not limited on Windows).",
        ),
        click.option(
            "--hard-stop",
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help="End a process whose job takes longer; the job counts as failed.",
        ),
    )

    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


def machines(asked: dict[str, Any]) -> Machines:
    """The machines that the options ask for, which are taken out of `asked`."""
    from planner.jobs import Limits
    from planner.jobs.machines import Machines

    jobs, cluster, memory, hard_stop = (asked.pop(name) for name in _OWN)
    return Machines(jobs, cluster, Limits(memory, hard_stop))


def told(progress: Progress, label: str) -> Callable[[Tally], None]:
    """News of a run, at most once in a while, and its end."""
    last = 0.0

    def tell(tally: Tally) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= TELL_EVERY_S or tally.finished == tally.total:
            last = now
            progress.step(f"{label}: {tally}")

    return tell
