"""Medians, ratios and tables of the benchmark, and the bars that its ratios are held against."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Sequence
from typing import Any

BARS = {
    "pyomo_highs / ours": (10.0, 50.0),
    "pypsa / ours": (3.0, 3.0),
    "solve / floor": (20.0, 5.0),
    "ours [s]": (90.0, 90.0),
    "build share": (0.1, 0.1),
    "peak [MB]": (1000.0, 1000.0),
    "growth exponent": (1.3, 1.3),
}
"""Bar and goal of each ratio."""
AT_LEAST = {"pyomo_highs / ours", "pypsa / ours"}

Result = dict[str, Any]
Row = Sequence[object]


def middle(results: Sequence[Result], key: str) -> float | None:
    """Median of what there is."""
    values = [r[key] for r in results if r.get(key) is not None]
    return statistics.median(values) if values else None


def worst(results: Sequence[Result], key: str) -> float | None:
    """Largest of what there is."""
    return max((r[key] for r in results if r.get(key) is not None), default=None)


def show(value: object) -> str:
    """A figure for a table."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def table(title: str, head: Row, rows: Sequence[Row]) -> None:
    """Print a table that is also valid Markdown."""
    cells = [[show(v) for v in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    print(f"\n{title}\n")
    for n, row in enumerate(cells):
        print("| " + " | ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)) + " |")
        if n == 0:
            print("|" + "|".join("-" * (w + 2) for w in widths) + "|")
    sys.stdout.flush()


def ratio(value: float | None, base: float | None) -> float | None:
    """value / base, where both are known."""
    return None if value is None or not base else value / base


def against_bars(found: dict[str, float | None], capped: bool = False) -> None:
    """Print ratios beside their bars and goals."""
    rows: list[Row] = []
    for name, value in found.items():
        bar, goal = BARS[name]
        sign, met = (">=", value is not None and value >= bar) if name in AT_LEAST else ("<=", _below(value, bar))
        shown = f">= {show(value)}" if capped and name == "pyomo_highs / ours" else show(value)
        rows.append((name, shown, f"{sign} {bar:g}", f"{sign} {goal:g}", "yes" if met else "NO"))
    table("Ratios", ("ratio", "measured", "bar", "goal", "bar met"), rows)


def _below(value: float | None, bar: float) -> bool:
    return value is not None and value <= bar


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float | None:
    """Slope of log time over log size, least squares."""
    if not all(s > 0 for s in (*sizes, *seconds)):
        return None
    return statistics.linear_regression([math.log(s) for s in sizes], [math.log(s) for s in seconds]).slope
