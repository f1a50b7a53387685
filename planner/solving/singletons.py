"""Rows with one column of a month's own. Once the linking variables are given, each is a bound of that column.

In a year of hours most rows are of this kind: what is done in a step is at most what is installed. As bounds they
leave a third of the rows, and a solve from the last basis takes half the time and fewer iterations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from planner.solving.arrays import Arrays

NONE = -1
_SAME = 1e-9
"""Bounds that cross by less than this share (at least of 1) meet: that is rounding."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """Bounds of a month's columns at given linking variables."""

    lower: np.ndarray
    upper: np.ndarray
    lower_row: np.ndarray
    """which of the singletons gives the lower bound of each column; NONE: its own bound does"""
    upper_row: np.ndarray

    def crossed(self) -> np.ndarray:
        """Columns whose lower bound lies above their upper one."""
        return np.flatnonzero(self.lower > self.upper)


class Singletons:
    """The singleton rows of a month's arrays; `own` tells which columns are the month's own."""

    def __init__(self, arrays: Arrays, own: np.ndarray) -> None:
        by_row = sparse.csr_array(arrays.matrix)
        mine = sparse.csr_array(by_row[:, np.flatnonzero(own)])
        self.rows = np.flatnonzero(np.diff(mine.indptr) == 1)
        """their numbers among the rows of the month"""
        self.column = np.flatnonzero(own)[mine[self.rows].indices]
        """the month's own column in each of them"""
        self.coefficient = mine[self.rows].data
        self._links = sparse.csr_array(by_row[self.rows][:, np.flatnonzero(~own)])
        self._rising, self._falling = self._links.maximum(0.0), self._links.minimum(0.0)
        self._linking = np.flatnonzero(~own)
        self._lower, self._upper = arrays.row_lower[self.rows], arrays.row_upper[self.rows]

    def count(self) -> np.ndarray:
        """How many of them each linking column stands in. Shape (linking columns,)."""
        return np.bincount(self._links.indices, minlength=self._links.shape[1])

    def touching(self, links: np.ndarray) -> np.ndarray:
        """Which of them one of the chosen linking columns stands in. links: shape (linking columns,)."""
        return np.asarray(abs(self._links) @ links.astype(float) > 0)

    def links_of(self, number: int) -> np.ndarray:
        """The linking columns of one of them, by their places among the linking columns."""
        return self._links.indices[self._links.indptr[number] : self._links.indptr[number + 1]]

    def on_links(self, dual: np.ndarray) -> np.ndarray:
        """What duals of them weigh on the linking columns. Shape (linking columns,)."""
        return np.asarray(self._links.T @ dual)

    def bounds(
        self, folded: np.ndarray, x: np.ndarray, band: np.ndarray, lower: np.ndarray, upper: np.ndarray
    ) -> Bounds:
        """Bounds of all columns where the `folded` ones of these rows hold at linking columns within band of x, and
        within their own boxes: beside hundreds of racks, a share a band below zero would be a part of a rack.

        lower, upper: the columns' own bounds."""
        least = np.maximum(x - band, lower[self._linking])
        most = np.maximum(np.minimum(x + band, upper[self._linking]), least)
        smallest = self._rising @ least + self._falling @ most
        largest = self._rising @ most + self._falling @ least
        ends = np.array([self._lower - largest, self._upper - smallest]) / self.coefficient
        low, high = ends.min(axis=0), ends.max(axis=0)
        lower, upper = lower.copy(), upper.copy()
        lower_row, upper_row = np.full(lower.size, NONE), np.full(lower.size, NONE)
        chosen = np.flatnonzero(folded)
        column = self.column[chosen]
        tighter = chosen[low[chosen] > lower[column]]
        np.maximum.at(lower, self.column[tighter], low[tighter])
        tightest = tighter[low[tighter] == lower[self.column[tighter]]]
        lower_row[self.column[tightest]] = tightest
        tighter = chosen[high[chosen] < upper[column]]
        np.minimum.at(upper, self.column[tighter], high[tighter])
        tightest = tighter[high[tighter] == upper[self.column[tighter]]]
        upper_row[self.column[tightest]] = tightest
        meet = (lower > upper) & (lower - upper <= _SAME * np.maximum(1.0, np.abs(upper)))
        lower[meet] = upper[meet]
        return Bounds(lower, upper, lower_row, upper_row)
