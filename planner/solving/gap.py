"""What "proven within a gap" means: (incumbent - bound) / (incumbent without IT hardware)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LiveProgress = Callable[[float, float | None, float | None], None]
"""progress(seconds, incumbent [kcur] or None, bound [kcur] or None)"""

ROUNDING = 1e-9
"""Relative difference below which two objectives are the same number in floating point."""


def relative_gap(objective: float, bound: float, without_it: float) -> float:
    """(objective - bound) / cost without IT hardware; against the objective itself where that base is not positive [1].

    IT hardware is some three quarters of a total and would hide what is decided."""
    base = without_it if without_it > 0 else abs(objective)
    difference = max(objective - bound, 0.0)
    if difference <= ROUNDING * max(1.0, abs(objective)):
        return 0.0
    return difference / base if base > 0 else float("inf")


@dataclass(frozen=True)
class Gap:
    """A gap to be reached."""

    target: float

    def reached(self, objective: float, bound: float, without_it: float) -> bool:
        """Whether the incumbent is proven within the target."""
        return relative_gap(objective, bound, without_it) <= self.target
