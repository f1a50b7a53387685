"""The design problem that remembers: what one case of a family found out is told to the next, and the design farthest
from known ones is looked for under the same cuts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import highspy
import numpy as np
from scipy import sparse

from planner.solving.arrays import Arrays
from planner.solving.master import LARGEST_COEFFICIENT, Master
from planner.solving.month import Cut

_SAME = 1e-7
"""Cuts within this share of the highest at a trial point are kept."""
MOST_NODES = 1000
"""Longest search for the farthest design, in nodes, so that the answer does not depend on the machine."""
SIZE_KEPT = 1e-3
"""Sizes that make a plan another one stay within this share of what was found while its cost is settled and proven."""
_MOST_RULES = 600
"""Rows without costs that are handed on, the newest: more make the design problem slow and say little."""


class RememberingMaster(Master):
    """A design problem that notes every cut, by month and in the order of the month's linking columns, and every row
    without a cost (a cut on misses, or on what months use) by the names of its columns."""

    def __init__(self, design: Arrays, floors: list[float], seed: int, names: Sequence[str]) -> None:
        super().__init__(design, floors, seed)
        self._names = names
        self.cuts: list[tuple[int, Cut]] = []
        self.rules: list[tuple[dict[str, float], float]] = []
        """coefficients by name and the least value of their row, which every plan keeps"""

    def add(self, month: int, cut: Cut) -> None:
        self.cuts.append((month, cut))
        super().add(month, cut)

    def _append(self, row: np.ndarray, least: float) -> None:
        if row.any() and not row[self.columns :].any():
            size = float(np.abs(row).max())
            found = {self._names[int(j)]: float(row[j] / size) for j in np.flatnonzero(row)}
            self.rules.append((found, least / size))
        super()._append(row, least)

    def learn(self, rules: Sequence[tuple[dict[str, float], float]]) -> None:
        """Rows without costs that were found for a sister, about columns that both have."""
        place = {name: j for j, name in enumerate(self._names)}
        for found, least in rules[-_MOST_RULES:]:
            row = np.zeros(self.columns + self._months)
            for name, value in found.items():
                row[place[name]] = value
            # as large as a row of costs: rows are scaled by their largest coefficient, downwards only
            unit = self._money * LARGEST_COEFFICIENT / float((np.abs(row) * self._size).max())
            self._append(unit * row, unit * least)

    def as_rules(self, used: Sequence[str]) -> list[tuple[dict[str, float], float]]:
        """The cuts of a problem whose months cost what they use of something (`used`: the name of each month's variable
        of it) as rows of any problem with the same months: what a month uses is at least its cut."""
        found = []
        for month, cut in self.cuts:
            row = {self._names[int(j)]: -float(v) for j, v in zip(cut.index, cut.slope, strict=True) if v}
            row[used[month]] = row.get(used[month], 0.0) + 1.0
            found.append((row, cut.constant))
        return found

    @contextmanager
    def holding(self, columns: np.ndarray, x: np.ndarray) -> Iterator[None]:
        """Meanwhile some columns stay where they are at x, within SIZE_KEPT of themselves."""
        design, value = self._design, x[columns]
        lower, upper, room = design.col_lower.copy(), design.col_upper.copy(), SIZE_KEPT * np.abs(value) + 1e-6
        lower[columns] = np.maximum(lower[columns], value - room)
        upper[columns] = np.minimum(upper[columns], value + room)
        self._design = replace(design, col_lower=lower, col_upper=upper)
        try:
            yield
        finally:
            self._design = design

    def furthest(
        self, columns: np.ndarray, sizes: np.ndarray, known: np.ndarray, ahead: np.ndarray, budget: float
    ) -> np.ndarray | None:
        """The point with the largest distance to the nearest of `known` (values of the columns in sizes; shape (known,
        columns)) whose cost in this relaxation is at most `budget`; None if there is none. `ahead`: distance to each
        known plan that every point has anyway.

        For each known value a binary tells the side: d <= v - k + M b, d <= k - v + M (1 - b), with M twice the
        bound of the column, which no |v - k| exceeds by more."""
        a = self._arrays(None, integers=True)
        n, (k, f) = a.matrix.shape[1], known.shape
        at = {"d": n, "b": n + k * f, "t": n + 2 * k * f}
        total = at["t"] + 1
        entries: list[tuple[int, int, float]] = []
        upper: list[float] = []
        per = self._size[columns] / sizes  # sizes of one unit of a scaled column
        top = a.col_upper[columns] * per
        for i in range(k):
            for j in range(f):
                d, b, m = at["d"] + i * f + j, at["b"] + i * f + j, 2 * (top[j] + known[i, j])
                row = len(upper)
                entries += [(row, d, 1), (row, columns[j], -per[j]), (row, b, -m)]
                entries += [(row + 1, d, 1), (row + 1, columns[j], per[j]), (row + 1, b, m)]
                upper += [-known[i, j], known[i, j] + m]
            row = len(upper)
            entries += [(row, at["t"], 1), *((row, at["d"] + i * f + j, -1) for j in range(f))]
            upper.append(float(ahead[i]))
        row = len(upper)
        entries += [(row, j, c) for j, c in enumerate(a.cost) if c]
        upper.append(budget / self._money - a.offset)
        rows, cols, values = zip(*entries, strict=True)
        extra = sparse.csc_array((values, (rows, cols)), shape=(len(upper), total))
        wide = sparse.hstack([a.matrix, sparse.csc_array((a.matrix.shape[0], total - n))])
        reach = np.concatenate([np.tile(top, k) + known.ravel(), np.ones(k * f), [np.inf]])
        problem = Arrays(
            cost=np.concatenate([np.zeros(total - 1), [-1.0]]),
            offset=0.0,
            matrix=sparse.csc_array(sparse.vstack([wide, extra])),
            row_lower=np.concatenate([a.row_lower, np.full(len(upper), -np.inf)]),
            row_upper=np.concatenate([a.row_upper, upper]),
            col_lower=np.concatenate([a.col_lower, np.zeros(total - n)]),
            col_upper=np.concatenate([a.col_upper, reach]),
            is_integer=np.concatenate([a.is_integer, np.zeros(k * f), np.ones(k * f), [0]]).astype(bool),
        )
        highs = self._run(problem, mip_max_nodes=MOST_NODES, mip_rel_gap=0.05)
        if highs.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible:
            return None
        return self._unscaled(highs)[: self.columns]


def worth_keeping(cuts: Sequence[tuple[int, Cut]], asked: Sequence[Sequence[np.ndarray]]) -> list[tuple[int, Cut]]:
    """The cuts that are highest at some point at which their month was asked: few say all that is known."""
    kept: list[tuple[int, Cut]] = []
    for number, rows in enumerate(asked):
        mine = [cut for month, cut in cuts if month == number]
        points = np.array(rows)
        if not mine or points.size == 0:
            kept += [(number, cut) for cut in mine]
            continue
        values = np.array([cut.constant for cut in mine])[:, None] + np.array([c.slope for c in mine]) @ points.T
        best = values.max(axis=0)
        keep = (values >= best - _SAME * np.maximum(1.0, np.abs(best))).any(axis=1)
        kept += [(number, cut) for cut, good in zip(mine, keep, strict=True) if good]
    return kept
