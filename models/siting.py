"""Candidate sites beyond their plans: scores of what money cannot express, thresholds, break-even, share of weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

SAMPLES = 10_000
SEED = 1
"""Weights drawn evenly over all that sum to one (Dirichlet with all parameters 1), always the same ones."""


SAME = 1e-6
"""Relative difference that is within the tolerances of a solver: a tie even of two gaps of zero."""


@dataclass(frozen=True)
class Fact:
    """One figure of a site that no plan depends on."""

    value: float
    cell: str
    source: str = ""
    grade: str = ""

    @property
    def assumed(self) -> bool:
        """Whether it rests on no source."""
        return self.grade == "X"


@dataclass(frozen=True)
class GridStep:
    """What a connection carries from a month on."""

    month: float
    """months after award"""
    firm_mw: float
    nonfirm_mw: float
    """further power that may be interrupted [MW]"""
    cell: str = ""
    """of its month"""
    source: str = ""
    grade: str = ""

    @property
    def assumed(self) -> bool:
        """Whether it rests on no source."""
        return self.grade == "X"

    @property
    def total_mw(self) -> float:
        """All of it [MW]."""
        return self.firm_mw + self.nonfirm_mw


def carried_from(steps: Sequence[GridStep], mw: float) -> GridStep | None:
    """The first step, by month, that carries a power [MW]; None if none does."""
    enough = [s for s in steps if s.total_mw >= mw * (1 - SAME)]
    return min(enough, key=lambda s: s.month, default=None)


@dataclass(frozen=True)
class Range:
    """How far something may move that all sites share."""

    moves: Literal["tariff", "carbon price", "demand"]
    """tariff, demand: factors; carbon price: currency/t"""
    low: float
    high: float
    cell: str = ""
    assumed: bool = False
    """whether it rests on no source"""


@dataclass(frozen=True)
class Criterion:
    """What sites are judged by besides cost."""

    name: str
    measure: str
    """column of sheet Sites or a result of the plan; its unit is that of the figures compared"""
    direction: Literal["less", "more"]
    """which is better"""
    threshold: float | None = None
    """the worst value that passes; None: all do"""
    weight: float = 0.0
    cell: str = ""
    region: str = ""
    """of the users whose latency is measured; empty: that of column latency_ms"""

    def passes(self, value: float | None) -> bool | None:
        """Whether a value passes; None: unknown, because the value is."""
        if self.threshold is None:
            return True
        if value is None:
            return None
        return value <= self.threshold if self.direction == "less" else value >= self.threshold


def normalised(criterion: Criterion, values: Sequence[float]) -> list[float]:
    """Min-max: 1 for the best of the values, 0 for the worst, linear between; all 1 if they are equal."""
    low, high = min(values), max(values)
    if high == low:
        return [1.0] * len(values)
    up = [(value - low) / (high - low) for value in values]
    return up if criterion.direction == "more" else [1.0 - share for share in up]


def score_table(criteria: Sequence[Criterion], measured: Mapping[str, Sequence[float]]) -> np.ndarray:
    """Scores 0..1, sites down, criteria across. measured: values of the sites by the name of the criterion."""
    return np.array([normalised(c, measured[c.name]) for c in criteria], dtype=float).T


def weighted(criteria: Sequence[Criterion], scores: np.ndarray) -> list[float]:
    """Weighted mean of each site's scores, 0..1; weights count by their ratio."""
    weights = np.array([c.weight for c in criteria])
    return [float(total) for total in scores @ (weights / weights.sum())]


def share_first(scores: np.ndarray) -> list[float]:
    """Share of all weights (non-negative, sum one) with which each site has the highest score; shared if equal.

    An estimate from SAMPLES drawn with SEED: its standard error is at most 0.005."""
    if scores.shape[1] == 1:
        drawn = np.ones((1, 1))
    else:
        drawn = np.random.default_rng(SEED).dirichlet(np.ones(scores.shape[1]), SAMPLES)
    totals = drawn @ scores.T
    best = totals >= totals.max(axis=1, keepdims=True) - 1e-12
    return [float(share) for share in (best / best.sum(axis=1, keepdims=True)).mean(axis=0)]


def tie_saving(dearer: tuple[float, float], cheaper: tuple[float, float]) -> tuple[float, float]:
    """By how much a site must become cheaper to tie with another: from, to. Each argument is the proven interval
    (at least, plan) of a least cost, same unit; below zero: it may be the cheaper one already."""
    return dearer[0] - cheaper[1], dearer[1] - cheaper[0]


def tie_factor(first: tuple[float, float], second: tuple[float, float]) -> float | None:
    """Factor on a price at which two plans that do not change cost the same. Each argument: cost of the plan, the part
    of it that is in proportion to the price. None: at no factor of zero or more."""
    slope = first[1] - second[1]
    if slope == 0:
        return None
    factor = 1.0 + (second[0] - first[0]) / slope
    return factor if factor >= 0 else None
