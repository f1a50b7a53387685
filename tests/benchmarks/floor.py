"""The floor: one cold dispatch of the best design, all months, one thread, without building or hand-over.

No method that proves a plan on every hour can do with less than knowing what the plan itself costs to run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import highspy
import numpy as np

from planner.solving import arrays
from planner.solving.highs import problem

_WIDTHS = (1e-7, 1e-6, 1e-5, 1e-4)
"""Relative widths around linking variables: the first at which rounding leaves every month feasible."""


@contextmanager
def compiled_blocks() -> Iterator[list[arrays.Blocks]]:
    """Collects the blocks that `planner.solving.solve` compiles: it leaves the plan's values in their models."""
    kept: list[arrays.Blocks] = []
    compile_case = arrays.compile_case

    def keep(case: object) -> arrays.Blocks:
        kept.append(compile_case(case))
        return kept[-1]

    arrays.compile_case = keep
    try:
        yield kept
    finally:
        arrays.compile_case = compile_case


def seconds(blocks: arrays.Blocks) -> float:
    """Time of HiGHS alone for all months at the values that the design's variables hold [s]."""
    x = np.array([0.0 if v.value is None else v.value for v in blocks.variables])
    return sum(_dispatch(blocks.months[m].arrays, blocks.links[m], x) for m in blocks.months)


def _dispatch(a: arrays.Arrays, links: dict[int, int], x: np.ndarray) -> float:
    """Time of one cold run of a month with its linking columns at x [s]; raises RuntimeError if none is feasible."""
    columns = np.array(sorted(links))
    asked = x[[links[c] for c in columns]]
    highs = highspy.Highs()
    for name, value in {"output_flag": False, "threads": 1, "parallel": "off"}.items():
        highs.setOptionValue(name, value)
    for width in _WIDTHS:
        room = width * np.maximum(1.0, np.abs(asked))
        lower, upper = a.col_lower.copy(), a.col_upper.copy()
        lower[columns] = np.maximum(lower[columns], asked - room)
        upper[columns] = np.minimum(upper[columns], asked + room)
        whole = np.zeros(a.cost.size, dtype=bool)
        highs.passModel(
            problem(arrays.Arrays(a.cost, a.offset, a.matrix, a.row_lower, a.row_upper, lower, upper, whole))
        )
        begun = time.perf_counter()
        highs.run()
        spent = time.perf_counter() - begun
        if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            return spent
    raise RuntimeError("a month of the plan cannot be dispatched")
