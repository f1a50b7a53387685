"""What a sweep says: quantiles, what moves the cost, regret, which kind of design is best how often, failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import rankdata

from planner.studies.sampling import Sample
from planner.studies.sweep import KPI, SIZES
from planner.validate.variations import Variation

SCHEMA = 1
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_FIGURES = ("cost", *KPI, *SIZES)
_TIE = 1e-6
"""Relative difference of costs within what a solver can tell"""


def summary(
    inputs: Sequence[Variation],
    samples: Sequence[Sample],
    results: Sequence[dict[str, Any]],
    kinds: Sequence[dict[str, Any]],
    kind_costs: Sequence[Sequence[float | None] | None],
) -> dict[str, Any]:
    """The content of sweep.json; money in whole currency units. results and kind_costs are in the order of samples;
    kind_costs: None where a sample has no plan or its kinds were not costed."""
    planned = [i for i, r in enumerate(results) if r["state"] == "planned"]
    states = Counter(r["state"] for r in results)
    return {
        "schema": SCHEMA,
        "samples": len(samples),
        "states": dict(sorted(states.items())),
        "proven": sum(bool(results[i]["proven"]) for i in planned),
        "inputs": [_input(v, [s[j] for s in samples]) for j, v in enumerate(inputs)],
        "quantiles": _quantiles([results[i] for i in planned]),
        "tornado": _tornado(inputs, [samples[i] for i in planned], [results[i]["cost"] for i in planned]),
        "designs": _designs(kinds, [(results[i]["cost"], costs) for i, costs in _costed(planned, kind_costs)]),
        "kinds_found": len({results[i]["kind"] for i in planned}),
        "failures": [_failure(i, results[i]) for i in range(len(results)) if results[i]["state"] != "planned"],
    }


def _costed(
    planned: Sequence[int], costs: Sequence[Sequence[float | None] | None]
) -> list[tuple[int, Sequence[float | None]]]:
    return [(i, found) for i in planned if i < len(costs) and (found := costs[i]) is not None]


def _input(v: Variation, drawn: Sequence[float | str]) -> dict[str, Any]:
    numbers = [x for x in drawn if not isinstance(x, str)]
    return {
        "name": v.name,
        "cell": v.cell,
        "cells": len(v.targets),
        "unit": "factor" if v.is_relative else v.unit,
        "form": v.form,
        "low": min(numbers, default=None),
        "high": max(numbers, default=None),
        "moves_with": v.moves_with or None,
        "correlation": v.correlation if v.moves_with else None,
    }


def _quantiles(planned: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for name in _FIGURES:
        values = [r[name] for r in planned if r[name] is not None]
        if values and (name in ("cost", *KPI[:2]) or max(values) > 0):
            found = np.quantile(values, QUANTILES)
            rows.append({"figure": name, "mean": float(np.mean(values)), **_named(found)})
    return rows


def _named(found: np.ndarray) -> dict[str, float]:
    return {f"p{round(100 * q)}": float(x) for q, x in zip(QUANTILES, found, strict=True)}


def _tornado(inputs: Sequence[Variation], samples: Sequence[Sample], costs: Sequence[float]) -> dict[str, Any]:
    """What each input does to the cost: swing by linear regression over its 10th to 90th percentile, others held."""
    numeric = [j for j in range(len(inputs)) if samples and not isinstance(samples[0][j], str)]
    cost = np.array(costs, dtype=float)
    x = np.array([[float(s[j]) for j in numeric] for s in samples]).reshape(len(samples), len(numeric))
    spread = [j for j in range(len(numeric)) if len(samples) and np.ptp(x[:, j]) > 0]
    numeric, x = [numeric[j] for j in spread], x[:, spread]
    if len(samples) <= len(numeric) + 1 or not numeric:
        return {"method": "not told: too few samples, or nothing numeric varies", "fit": None, "bars": []}
    centred = (x - x.mean(axis=0)) / x.std(axis=0)
    slopes = np.linalg.lstsq(centred, cost - cost.mean(), rcond=None)[0]
    left = cost - cost.mean() - centred @ slopes
    total = float(((cost - cost.mean()) ** 2).sum())
    low, high = (np.quantile(centred, q, axis=0) for q in (0.1, 0.9))
    bars = [
        {
            "name": inputs[j].name,
            "low": float(slopes[k] * low[k]),
            "high": float(slopes[k] * high[k]),
            "swing": float(abs(slopes[k] * (high[k] - low[k]))),
            "rank_correlation": _spearman(x[:, k], cost),
        }
        for k, j in enumerate(numeric)
    ]
    bars.sort(key=lambda bar: -float(str(bar["swing"])))
    method = "linear regression of cost on all numeric inputs; each from its 10th to its 90th percentile, others held"
    return {"method": method, "fit": 1 - float((left**2).sum()) / total if total > 0 else None, "bars": bars}


def _spearman(a: np.ndarray, b: np.ndarray) -> float | None:
    ranks = rankdata(a), rankdata(b)
    return float(np.corrcoef(*ranks)[0, 1]) if np.ptp(a) > 0 and np.ptp(b) > 0 else None


def _designs(
    kinds: Sequence[dict[str, Any]], rows: Sequence[tuple[float, Sequence[float | None]]]
) -> list[dict[str, Any]]:
    """Per kind of design: share of samples in which none of the others costs less (a tie is shared out), and its
    regret, the cost above that of the sample's own plan."""
    best = [0.0] * len(kinds)
    for own, costs in rows:
        able = [c for c in costs if c is not None]
        least = min([*able, own * (1 + _TIE)])
        winners = [k for k, c in enumerate(costs) if c is not None and c <= least + _TIE * abs(least)]
        for k in winners:
            best[k] += 1 / len(winners) / len(rows)
    entries = []
    for k, kind in enumerate(kinds):
        regrets = [max(costs[k] - own, 0.0) for own, costs in rows if costs[k] is not None]  # type: ignore[operator]
        entries.append(
            {
                "kind": kind["kind"],
                "words": kind["words"],
                "found": kind["found"],
                "best": best[k] if rows else None,
                "cannot_serve": (len(rows) - len(regrets)) / len(rows) if rows else None,
                "mean_regret": float(np.mean(regrets)) if regrets else None,
                "p95_regret": float(np.quantile(regrets, 0.95)) if regrets else None,
                "worst_regret": max(regrets, default=None),
            }
        )
    return entries


def _failure(number: int, result: dict[str, Any]) -> dict[str, Any]:
    return {"sample": number + 1, "state": result["state"], "reasons": result["reasons"]}


def table_rows(
    inputs: Sequence[Variation], samples: Sequence[Sample], results: Sequence[dict[str, Any]]
) -> list[list[Any]]:
    """The tidy table with its header: one row per sample; money in whole currency units."""
    figures = ("cost", "bound", *KPI, *SIZES, "kind", "words")
    head = ["sample", *(v.name for v in inputs), "state", *figures, "reason"]
    rows: list[list[Any]] = [head]
    for number, (sample, result) in enumerate(zip(samples, results, strict=True), start=1):
        told = [result.get(name) for name in figures]
        rows.append([number, *sample, result["state"], *told, "; ".join(result["reasons"])])
    return rows
