"""Samples of what varies: factorial, Latin hypercube or Monte Carlo, with rank correlations.

Each input draws from a stream of its own (the seed and its name), so that adding an input leaves the draws of those
it is not correlated with as they are, and two workbooks with the same rows get the same samples: common random
numbers. Rank
correlations are made by reordering (R. L. Iman, W. J. Conover, Communications in Statistics B11, 1982, 311-334), which
keeps each input's own sample to the last digit. A row moves with one other: the correlations of normal scores along a
path of such pairs multiply, so that every statement can be met."""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from planner.validate.variations import Variation

Plan = Literal["factorial", "latin", "random"]
Sample = tuple[float | str, ...]
"""one value per input, as drawn: where relative, a factor"""
LARGEST_FACTORIAL = 100_000


def draw(inputs: Sequence[Variation], plan: Plan, count: int, seed: int) -> list[Sample]:
    """The samples, the same for the same arguments. ValueError where a factorial plan does not fit the inputs."""
    if plan == "factorial":
        return _factorial(inputs)
    uniform = np.column_stack([_uniform(v.name, plan, count, seed) for v in inputs])
    uniform = _reordered(inputs, uniform)
    columns = [[_at(v, float(u)) for u in uniform[:, j]] for j, v in enumerate(inputs)]
    return list(zip(*columns, strict=True))


def _factorial(inputs: Sequence[Variation]) -> list[Sample]:
    for v in inputs:
        if not levels(v):
            raise ValueError(f"{v.name}: a {v.form} form has no levels; use list or range, or --design latin")
        if v.correlation:
            raise ValueError(f"{v.name}: in a factorial plan nothing is correlated; use --design latin")
    if math.prod(len(levels(v)) for v in inputs) > LARGEST_FACTORIAL:
        raise ValueError(f"the factorial plan has more than {LARGEST_FACTORIAL:,} samples; use --design latin")
    return list(itertools.product(*(levels(v) for v in inputs)))


def levels(v: Variation) -> tuple[float | str, ...]:
    """The values of a list or range; none for a distribution."""
    if v.form == "range":
        assert v.low is not None and v.high is not None
        return tuple(_whole(v, float(x)) for x in np.linspace(v.low, v.high, v.levels))
    return v.values


def _uniform(name: str, plan: Plan, count: int, seed: int) -> np.ndarray:
    """Numbers in (0, 1); of a Latin hypercube one in each of `count` strata of equal width."""
    stream = np.random.default_rng([seed, zlib.crc32(name.encode()), 0])
    if plan == "random":
        return np.clip(stream.random(count), 1e-12, 1 - 1e-12)
    return np.asarray((stream.permutation(count) + np.clip(stream.random(count), 1e-9, 1 - 1e-9)) / count)


def _at(v: Variation, u: float) -> float | str:
    """The value of an input at a cumulative probability."""
    if v.form in ("list", "range"):
        known = levels(v)
        return known[min(int(u * len(known)), len(known) - 1)]
    if v.form == "uniform":
        assert v.low is not None and v.high is not None
        return _whole(v, v.low + u * (v.high - v.low))
    if v.form == "triangular":
        return _whole(v, _triangular(v, u))
    return _whole(v, _cut(v, u))


def _triangular(v: Variation, u: float) -> float:
    assert v.low is not None and v.high is not None and v.middle is not None
    width, left = v.high - v.low, v.middle - v.low
    if u * width <= left:
        return v.low + math.sqrt(u * width * left)
    return v.high - math.sqrt((1 - u) * width * (v.high - v.middle))


def _cut(v: Variation, u: float) -> float:
    """Normal or lognormal, between the limits if there are any: the probability between them is spread anew."""
    assert v.middle is not None and v.deviation is not None
    is_log = v.form == "lognormal"
    centre = math.log(v.middle) if is_log else v.middle

    def score(limit: float | None, missing: float) -> float:
        if limit is None or (is_log and limit <= 0):
            return missing
        return ((math.log(limit) if is_log else limit) - centre) / v.deviation  # type: ignore[operator]

    low, high = float(ndtr(score(v.low, -math.inf))), float(ndtr(score(v.high, math.inf)))
    value = centre + v.deviation * float(ndtri(low + u * (high - low)))
    value = math.exp(value) if is_log else value
    value = value if v.low is None else max(value, v.low)
    return value if v.high is None else min(value, v.high)


def _whole(v: Variation, value: float) -> float:
    return float(round(value)) if v.is_whole and not v.is_relative else value


def _reordered(inputs: Sequence[Variation], uniform: np.ndarray) -> np.ndarray:
    """The same numbers in each column, in an order that gives the rank correlations stated."""
    wanted = _score_correlations(inputs)
    moved = [j for j in range(len(inputs)) if np.count_nonzero(wanted[j]) > 1]
    count = uniform.shape[0]
    if not moved or count < 3:
        return uniform
    scores = ndtri(np.arange(1, count + 1) / (count + 1))
    drawn = np.column_stack([scores[np.argsort(np.argsort(uniform[:, j]))] for j in moved])
    has_full_rank = count > len(moved) + 1
    if has_full_rank:  # take off what the draws are correlated by chance
        drawn = drawn @ np.linalg.inv(np.linalg.cholesky(np.corrcoef(drawn, rowvar=False))).T
    values, vectors = np.linalg.eigh(wanted[np.ix_(moved, moved)])
    mixed = drawn @ (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    result = uniform.copy()
    for place, j in enumerate(moved):
        ranks = np.argsort(np.argsort(mixed[:, place], kind="stable"), kind="stable")
        result[:, j] = np.sort(uniform[:, j])[ranks]
    return result


def _score_correlations(inputs: Sequence[Variation]) -> np.ndarray:
    """Correlations of normal scores: 2 sin(pi r / 6) for a rank correlation r, multiplied along paths of pairs."""
    place = {v.name: j for j, v in enumerate(inputs)}
    wanted = np.eye(len(inputs))
    done: set[int] = set()

    def add(j: int) -> None:
        partner = place.get(inputs[j].moves_with)
        if j in done:
            return
        if partner is not None:
            add(partner)
            r = 2 * math.sin(math.pi * inputs[j].correlation / 6)
            for k in done:
                wanted[j, k] = wanted[k, j] = r * wanted[partner, k]
        done.add(j)

    for j in range(len(inputs)):
        add(j)
    return wanted


def cells_of(v: Variation, value: float | str) -> dict[tuple[str, int, str], float | str]:
    """What a sample writes into the cells of an input."""
    if not v.is_relative:
        return {target: int(value) if v.is_whole and isinstance(value, float) else value for target in v.targets}
    factor = float(value)
    made = {t: factor * base for t, base in zip(v.targets, v.bases, strict=True)}
    return {t: round(x) if v.is_whole else x for t, x in made.items()}
