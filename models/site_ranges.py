"""Least cost of a site while a price moves over a range: what a few proven plans say of every value in it.

The cost of one plan is linear in a price. So the least cost over all plans is concave in it: it lies below the line of
every plan found and above the chords between the bounds proven. Nothing is interpolated that is not a proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.siting import SAME


@dataclass(frozen=True)
class Known:
    """A plan at one value of the price. Amounts in one currency unit, the same for all."""

    at: float
    cost: float
    bound: float
    """no plan costs less at this value"""
    slope: float
    """growth of this plan's cost per unit of the price"""


@dataclass(frozen=True)
class Envelope:
    """Least cost over the range from the first to the last value known; values in ascending order."""

    known: tuple[Known, ...]

    def most(self, at: float) -> float:
        """What one of the plans known costs."""
        return min(k.cost + k.slope * (at - k.at) for k in self.known)

    def least(self, at: float) -> float:
        """What no plan costs less than, but for the tolerances of a solver: by the chord, as least cost is concave."""
        bound = float(np.interp(at, [k.at for k in self.known], [k.bound for k in self.known]))
        return bound - SAME * abs(bound)

    @property
    def corners(self) -> list[float]:
        """Values between which `most` and `least` are both straight."""
        low, high = self.known[0].at, self.known[-1].at
        found = {k.at for k in self.known}
        for n, a in enumerate(self.known):
            for b in self.known[n + 1 :]:
                if a.slope != b.slope:
                    at = ((b.cost - b.slope * b.at) - (a.cost - a.slope * a.at)) / (a.slope - b.slope)
                    found |= {at} if low < at < high else set()
        return sorted(found)


def is_cheaper(one: Envelope, other: Envelope) -> bool:
    """Whether a site is proven cheaper than another at every value of the range, which is the same for both."""
    return all(one.most(at) < other.least(at) for at in sorted({*one.corners, *other.corners}))


def tie_range(moved: Envelope, fixed: tuple[float, float]) -> tuple[float, float] | None:
    """From where to where the price of one site must be for it to tie with another whose price stays: the values at
    which neither is proven cheaper. fixed: the proven interval (at least, plan) of the other. None: at no value."""
    lows = _where(moved.corners, lambda at: moved.most(at) - (fixed[0] - SAME * abs(fixed[0])))
    highs = _where(moved.corners, lambda at: fixed[1] - moved.least(at))
    both = [(max(a, c), min(b, d)) for a, b in lows for c, d in highs if max(a, c) <= min(b, d)]
    return (min(low for low, _ in both), max(high for _, high in both)) if both else None


def _where(corners: Sequence[float], of: Callable[[float], float]) -> list[tuple[float, float]]:
    """Intervals in which a function that is straight between corners is not negative."""
    found = []
    for a, b in pairwise(corners):
        left, right = of(a), of(b)
        if left < 0 and right < 0:
            continue
        cross = a if left == right else a + (b - a) * left / (left - right)
        found.append((a if left >= 0 else cross, b if right >= 0 else cross))
    return found
