"""Many jobs that must all end: each in a process of its own, results kept as soon as they are known.

A job names a function and carries plain data; its key says all that its result depends on. `store` keeps results under
their keys, `worker` is the process that serves jobs, `supervisor` runs them on this machine, `cluster` on Dask
distributed. A result is stored once, by the process that asked for it; a killed run goes on where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["done", "kept", "failed"]


@dataclass(frozen=True)
class Job:
    """A call of `function` ("package.module:name") with `payload`; a stored result must be plain JSON values."""

    key: str
    function: str
    payload: Any


@dataclass(frozen=True)
class Outcome:
    """What became of a job. kept: stored by an earlier run. failed: `error` says why, in plain words."""

    job: Job
    state: State
    value: Any = None
    error: str = ""
    attempts: int = 0


@dataclass(frozen=True)
class Limits:
    """What one job may take, and how often it may take its process with it."""

    memory_mb: int | None = None
    """address space of the process; kept by Linux, by macOS as far as it goes, not by Windows"""
    seconds: float | None = None
    """hard stop: the process is ended then and the job has failed"""
    attempts: int = 3
    """a job whose process dies is tried so often in all"""


@dataclass(frozen=True)
class Tally:
    """How far a run is."""

    total: int
    finished: int
    kept: int
    """of the finished: by an earlier run"""
    failed: int
    running: int
    seconds_left: float | None
    """at the rate so far; None before the first is finished"""

    def __str__(self) -> str:
        words = [f"{self.finished} of {self.total} finished", f"{self.running} running", f"{self.failed} failed"]
        if self.kept:
            words.insert(1, f"{self.kept} of them kept")
        if self.seconds_left is not None and self.finished < self.total:
            words.append(f"{self.seconds_left:.0f} s left")
        return ", ".join(words)


Watch = Callable[[Tally], None]


def key_of(*parts: Any) -> str:
    """SHA-256 of plain values and of the versions that a result depends on: of the planner, HiGHS and Pyomo."""
    from importlib.metadata import version

    from planner import __version__
    from planner.codec import to_json

    versions = [__version__, *(version(name) for name in ("highspy", "pyomo"))]
    return hashlib.sha256(to_json([*parts, versions]).encode()).hexdigest()
