"""Progress on standard error: what is being done, and while solving the live bound, incumbent and gap.

A terminal gets one line that renews itself (colours unless NO_COLOR is set); anything else gets a plain line per step
and one every few seconds while solving, so that logs stay short. Nothing here touches standard output."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from rich.status import Status

_PLAIN_EVERY_S = 10.0
_LIVE_EVERY_S = 0.2


def solver_line(seconds: float, incumbent_kcur: float | None, bound_kcur: float | None, gap: float | None) -> str:
    """One line about a running solver: seconds so far, best plan, proven bound [thousand currency units], gap [1]."""
    parts = [f"{seconds:.0f} s"]
    parts.append("no plan yet" if incumbent_kcur is None else f"best plan {incumbent_kcur:,.0f} k")
    if bound_kcur is not None:
        parts.append(f"bound {bound_kcur:,.0f} k")
    if gap is not None:
        parts.append(f"gap {gap:.3%}")
    return ", ".join(parts)


class Progress:
    """A context manager; call `step` for each thing done and hand `solver` to planner.solving.solve."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._status: Status | None = None
        self._label = ""
        self._last = float("-inf")

    def __enter__(self) -> Self:
        if not self._quiet and self._stream.isatty():
            from rich.console import Console

            self._status = Console(file=self._stream, highlight=False).status("")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def step(self, label: str) -> None:
        """Say what is done next."""
        self._label, self._last = label, float("-inf")
        if self._status is not None:
            self._show(label)
        else:
            self._print(f"{label} ...")

    def solver(
        self, seconds: float, incumbent_kcur: float | None, bound_kcur: float | None, gap: float | None = None
    ) -> None:
        """Take the solver's news; shown at most a few times a second (terminal) or every ten seconds (otherwise)."""
        now = time.monotonic()
        first = self._last == float("-inf")
        if now - self._last < (_LIVE_EVERY_S if self._status is not None else _PLAIN_EVERY_S):
            return
        self._last = now
        line = solver_line(seconds, incumbent_kcur, bound_kcur, gap)
        if self._status is not None:
            self._show(f"{self._label}: {line}")
        elif not first:
            self._print(f"  {line}")

    def _show(self, line: str) -> None:
        from rich.text import Text

        if self._status is not None:
            self._status.update(Text(line))  # not markup: a file name may hold square brackets

    def _print(self, line: str) -> None:
        if not self._quiet:
            print(line, file=self._stream, flush=True)
