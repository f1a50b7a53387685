"""Operation problems in longer steps, made from their arrays alone: columns of the same thing in neighbouring steps
become one, rows of the same thing their mean.

It knows nothing of physics: a store's balances of several steps add up to one from the first to the last, a price or
a load to its mean. What comes out is no relaxation, and nothing of it is ever a bound or a plan; it says where to
look (guide.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from planner.solving.arrays import Arrays, Blocks, Compiled, Month, Steps

_FEWEST = 24
"""What stands in fewer steps than this keeps them (so do runs, blocks and tiers, which are numbered too)."""


@dataclass(frozen=True, eq=False)
class Merging:
    """Which coarse column and row each column and row of a month belongs to. Linking columns stay by themselves."""

    columns: np.ndarray
    rows: np.ndarray


def coarse_blocks(blocks: Blocks, steps: int) -> Blocks:
    """The blocks with every `steps` steps of each month as one. Design problem and linking variables stay as they
    are."""
    months: dict[Month, Compiled] = {}
    links: dict[Month, dict[int, int]] = {}
    for m, part in blocks.months.items():
        merging = Merging(_numbers(part.column_steps, steps), _numbers(part.row_steps, steps))
        first = np.unique(merging.columns, return_index=True)[1]
        months[m] = replace(part, arrays=_merged(part.arrays, merging), variables=[part.variables[j] for j in first])
        links[m] = {int(merging.columns[j]): target for j, target in blocks.links[m].items()}
    return replace(blocks, months=months, links=links)


def _numbers(entries: Steps, steps: int) -> np.ndarray:
    """Number of the group of each entry, in order of their first entries."""
    count = np.bincount(entries.family)
    is_merged = (count[entries.family] >= _FEWEST) & (entries.step >= 0)
    part = np.where(is_merged, entries.step // steps, -1 - np.arange(entries.step.size))
    _, first, number = np.unique(np.array([entries.family, part]), axis=1, return_index=True, return_inverse=True)
    rank = np.empty(first.size, dtype=int)
    rank[np.argsort(first)] = np.arange(first.size)
    return rank[number.ravel()]


def _merged(a: Arrays, merging: Merging) -> Arrays:
    n, m = merging.columns.size, merging.rows.size
    columns = sparse.csr_array((np.ones(n), (np.arange(n), merging.columns)))
    share = 1 / np.bincount(merging.rows)
    rows = sparse.csr_array((share[merging.rows], (merging.rows, np.arange(m))))
    return Arrays(
        cost=columns.T @ a.cost,
        offset=a.offset,
        matrix=sparse.csc_array(rows @ a.matrix @ columns),
        row_lower=_mean(a.row_lower, merging.rows),
        row_upper=_mean(a.row_upper, merging.rows),
        col_lower=_mean(a.col_lower, merging.columns),
        col_upper=_mean(a.col_upper, merging.columns),
        is_integer=np.zeros(columns.shape[1], dtype=bool),
    )


def _mean(values: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Mean of each group; infinite where one value is."""
    count = np.bincount(number)
    mean = np.bincount(number, weights=np.where(np.isfinite(values), values, 0.0)) / count
    for infinity in (-np.inf, np.inf):
        mean[number[values == infinity]] = infinity
    return mean
