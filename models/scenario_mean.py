"""The mean of several cases: what a planner would plan for who looks at one future only.

Figures and series are weighted means, field by field. What has no mean (whole numbers, words, dates, choices, lists of
other items) is that of the most probable case (the first of equals)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from models.scenarios import Scenario, Scenarios


def mean_scenario(question: Scenarios) -> Scenario:
    """One future of mean figures, known when the first of the scenarios would be."""
    weights = [s.probability for s in question.scenarios]
    growth = _mean([s.growth for s in question.scenarios], weights)
    return Scenario("mean", 1.0, growth, min(s.known for s in question.scenarios))


def _mean(values: Sequence[Any], weights: Sequence[float]) -> Any:
    likely = values[int(np.argmax(weights))]
    if any(type(v) is not type(likely) for v in values):
        return likely
    if is_dataclass(likely) and not isinstance(likely, type):
        return _mean_of_fields(values, likely, weights)
    if isinstance(likely, np.ndarray):
        alike = all(v.shape == likely.shape for v in values)
        return sum(w * v for w, v in zip(weights, values, strict=True)) if alike else likely
    if isinstance(likely, float):
        return _number(values, likely, weights)
    if isinstance(likely, tuple):
        alike = all([_label(x) for x in v] == [_label(x) for x in likely] for v in values)
        return tuple(_mean(parts, weights) for parts in zip(*values, strict=True)) if alike else likely
    return likely


def _mean_of_fields(values: Sequence[Any], likely: Any, weights: Sequence[float]) -> Any:
    made = {f.name: _mean([getattr(v, f.name) for v in values], weights) for f in fields(likely) if f.init}
    return replace(likely, **made)


def _number(values: Sequence[float], likely: float, weights: Sequence[float]) -> float:
    if all(v == likely for v in values):
        return likely
    if not np.isfinite(values).all():
        return likely
    return float(sum(w * v for w, v in zip(weights, values, strict=True)))


def _label(item: Any) -> Any:
    """What tells items of a list apart, so that only like ones are averaged."""
    return getattr(item, "name", type(item))
