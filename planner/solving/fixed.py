"""What a kind of design costs in another case: its whole numbers fixed, its sizes and hours chosen anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.blocks import Impossible
from models.case import Case
from planner.solving.arrays import Blocks, compile_case, join
from planner.solving.linear import Linear

VERTEX_UP_TO_STEPS = 1000
"""Up to here the linear problem takes a second or so at a vertex."""


def whole_numbers(blocks: Blocks, values: np.ndarray) -> dict[str, int]:
    """The design's whole numbers that are not zero (units, racks, gangs), by the names of their variables."""
    pairs = zip(blocks.variables, values, strict=True)
    return {v.name: round(float(x)) for v, x in pairs if not v.is_continuous() and round(float(x))}


class Redispatch:
    """One case, compiled once, for as many kinds of design as are asked. On-off decisions of single hours are
    relaxed, so that a cost may be too low by what they are worth."""

    def __init__(self, case: Case) -> None:
        self._arrays = None
        try:
            blocks = compile_case(case)
        except Impossible:
            return
        self._arrays, _ = join(blocks)
        columns = range(len(blocks.variables))
        self._place = {blocks.variables[i].name: i for i in columns if self._arrays.is_integer[i]}
        self._linear = Linear(interior=case.calendar.steps > VERTEX_UP_TO_STEPS)

    def cost_kcur(self, whole: dict[str, int]) -> float | None:
        """Least cost of a design with these whole numbers and no others; None if it cannot serve this case."""
        if self._arrays is None or not set(whole) <= set(self._place):
            return None
        a = self._arrays
        lower, upper = a.col_lower.copy(), a.col_upper.copy()
        for name, column in self._place.items():
            value = float(whole.get(name, 0))
            if not lower[column] - 0.5 < value < upper[column] + 0.5:
                return None
            lower[column] = upper[column] = value
        relaxed = replace(a, col_lower=lower, col_upper=upper, is_integer=np.zeros(lower.size, dtype=bool))
        found = self._linear.solve(relaxed)
        return None if found is None else float(a.cost @ found.values) + a.offset
