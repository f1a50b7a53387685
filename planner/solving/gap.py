"""What "proven within a gap" means: (incumbent - bound) / (incumbent without IT hardware)."""

from __future__ import annotations

from collections.abc import Callable

from models.design import relative_gap

LiveProgress = Callable[[float, float | None, float | None], None]
"""progress(seconds, incumbent [kcur] or None, bound [kcur] or None)"""


def reached(target: float, objective: float, bound: float, without_it: float) -> bool:
    """Whether an incumbent is proven within the target gap."""
    return relative_gap(objective, bound, without_it) <= target
