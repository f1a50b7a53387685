"""Linear problems without integers, solved again and again by one HiGHS: windows of operation, duals."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from planner.solving.arrays import Arrays
from planner.solving.highs import problem, set_option


@dataclass(frozen=True, eq=False)
class Optimum:
    """Solution, row duals and reduced costs; positive ones belong to lower sides."""

    values: np.ndarray
    row_dual: np.ndarray
    reduced: np.ndarray


class Linear:
    """One HiGHS on one thread, reproducible. interior: a point inside the optimal face, found in a tenth of the time
    that a vertex takes for a year; None of its duals is then at an end of what is possible."""

    def __init__(self, *, interior: bool = False) -> None:
        self._highs = highspy.Highs()
        options = {"output_flag": False, "threads": 1, "parallel": "off", "random_seed": 0}
        for name, value in (options | ({"solver": "ipm", "run_crossover": "off"} if interior else {})).items():
            set_option(self._highs, name, value)

    def solve(self, arrays: Arrays) -> Optimum | None:
        """The optimum; None if HiGHS does not end in one. arrays.is_integer must be False everywhere."""
        self._highs.passModel(problem(arrays))
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = self._highs.getSolution()
        return Optimum(np.array(found.col_value), np.array(found.row_dual), np.array(found.col_dual))
