"""A year of storage worked with a short view: every EVERY_H hours a linear problem over the next HORIZON_H hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from models.fields import Series
from planner.solving.arrays import Arrays
from planner.solving.linear import Linear

HORIZON_H, EVERY_H = 24, 12
_MISSING_KCUR_PER_MWH = 1e3
"""Price of power that the connection cannot carry: far above any tariff, so that it is the last resort."""


class WindowNotSolved(Exception):
    """The stores cannot do what is left to them within a horizon, beyond the tolerances of HiGHS."""


@dataclass(frozen=True, eq=False)
class Store:
    """A battery or a cold store as its operator sees it."""

    name: str
    is_battery: bool
    most_mw: float
    """highest charge plus discharge of a battery; of a cold store, each in heat"""
    least_mwh: float
    most_mwh: float
    into: float
    """stored per MWh charged [1]"""
    out_of: float
    """taken from the store per MWh discharged [1]"""
    kept: float
    """share that is still there after one step"""
    wear_kcur_per_mwh: float
    """present value per MWh discharged in each year"""
    bus_pu: Series
    """power at the bus per power charged or discharged, each step [MW/MW]"""
    charge_room_mw: Series
    """most that charging may exceed discharging, each step [MW]"""
    discharge_room_mw: Series
    """most that discharging may exceed charging, each step [MW]"""
    yearly_mwh: float
    """most discharged per year [MWh]"""


@dataclass(frozen=True, eq=False)
class Year:
    """What the operator meets; vectors over all steps, money as present value over the analysis years [kcur]."""

    h: float
    month: np.ndarray
    need_mw: Series
    """negative where generators give more than is drawn: what nobody takes is lost"""
    available_mw: Series
    """on-site supply before curtailment"""
    price_kcur_per_mwh: Series
    export_kcur_per_mwh: Series
    export_mw: Series
    most_mw: Series
    """highest import"""
    billing_factor: float
    contract_mw: float
    contract_kcur_per_mw: float
    """of each MW above the contract"""
    applies: dict[str, np.ndarray] = field(repr=False)
    """per demand charge, whether a step counts"""
    peak_kcur_per_mw: dict[tuple[str, int], float] = field(repr=False)
    """per demand charge and month: price of one more MW of its peak"""
    peak_floor_mw: dict[str, float]
    """per demand charge: billed whatever happens"""
    content_mwh: np.ndarray
    """stored at the start, and at least at the end; per store"""
    contracts: tuple[tuple[Series, Series], ...] = ()
    """per power-purchase contract: what it delivers into the import [MW], and what a MWh of that costs in place of
    `price_kcur_per_mwh`"""

    @property
    def cheapest_kcur_per_mwh(self) -> Series:
        """Price of the first MWh imported in each step."""
        found = self.price_kcur_per_mwh
        for mw, price in self.contracts:
            found = np.where(mw > 0, np.minimum(found, price), found)
        return found


def roll(year: Year, stores: list[Store]) -> tuple[dict[str, Series], dict[str, Series], float]:
    """Charge and discharge of each store over the year [MW]; what it costs at the year's dearest energy to fill up what
    stores end below their first content, seen too late to be avoided [kcur]."""
    operator = _Operator(year, stores)
    horizon, every = max(1, round(HORIZON_H / year.h)), max(1, round(EVERY_H / year.h))
    steps = year.need_mw.size
    for first in range(0, steps, every):
        last = min(first + horizon, steps)
        operator.carry_out(first, min(first + every, last), operator.solve(first, last, last == steps), last - first)
    short = np.maximum(np.minimum(year.content_mwh, [s.most_mwh for s in stores]) - operator.content, 0.0)
    each = [float((year.price_kcur_per_mwh * s.bus_pu).max()) / s.into for s in stores]
    return operator.charge, operator.discharge, float(short @ np.maximum(each, 0.0))


class _Rows:
    """Rows of a small problem, gathered block by block."""

    def __init__(self) -> None:
        self.count = 0
        self.row: list[np.ndarray] = []
        self.column: list[np.ndarray] = []
        self.value: list[np.ndarray] = []
        self.lower: list[np.ndarray] = []
        self.upper: list[np.ndarray] = []

    def add(
        self,
        count: int,
        terms: Sequence[tuple[np.ndarray, float | Series]],
        lower: float | Series,
        upper: float | Series,
    ) -> None:
        """`count` rows; each term is a column and a coefficient per row."""
        for columns, value in terms:
            self.row.append(np.arange(self.count, self.count + count))
            self.column.append(columns)
            self.value.append(np.broadcast_to(value, count))
        self.lower.append(np.broadcast_to(lower, count))
        self.upper.append(np.broadcast_to(upper, count))
        self.count += count

    def arrays(self, cost: Series, lower: Series, upper: Series) -> Arrays:
        """The problem over these rows."""
        at = (np.concatenate(self.row), np.concatenate(self.column))
        matrix = sparse.csc_array(sparse.coo_array((np.concatenate(self.value), at), shape=(self.count, cost.size)))
        edges = np.concatenate(self.lower), np.concatenate(self.upper)
        return Arrays(cost, 0.0, matrix, *edges, lower, upper, np.zeros(cost.size, dtype=bool))


class _Operator:
    """What is carried from one horizon to the next, and what was done."""

    def __init__(self, year: Year, stores: list[Store]) -> None:
        self.year, self.stores = year, stores
        self.charge = {s.name: np.zeros(year.need_mw.size) for s in stores}
        self.discharge = {s.name: np.zeros(year.need_mw.size) for s in stores}
        self.content = year.content_mwh.copy()
        self.left_mwh = np.array([s.yearly_mwh for s in stores])
        self.peak = {key: year.peak_floor_mw[key[0]] for key in year.peak_kcur_per_mw}
        self.top_mw = year.contract_mw
        self.linear = Linear()

    def solve(self, first: int, last: int, is_end: bool) -> np.ndarray:
        """Columns per step: import, export, on-site, missing; charge, discharge, content of each store; import from
        each power-purchase contract. Then what each store ends the year below its first content, peaks, contracted
        capacity."""
        year, n, k, rows = self.year, last - first, len(self.stores), _Rows()
        part, place = slice(first, last), np.arange(last - first)
        keys = [key for key in self.peak if key[1] in year.month[part]]
        given = [(4 + 3 * k + i) * n for i in range(len(year.contracts))]
        width = (4 + 3 * k + len(given)) * n + k
        cost, lower = np.zeros(width + len(keys) + 1), np.zeros(width + len(keys) + 1)
        upper = np.full(cost.size, np.inf)
        cost[:n], cost[n : 2 * n] = year.h * year.price_kcur_per_mwh[part], -year.h * year.export_kcur_per_mwh[part]
        missing = _MISSING_KCUR_PER_MWH * max(1.0, float(year.price_kcur_per_mwh[part].max()))
        cost[3 * n : 4 * n], cost[width - k : width] = year.h * missing, missing
        upper[:n], upper[n : 2 * n] = year.most_mw[part], year.export_mw[part]
        for start, (mw, price) in zip(given, year.contracts, strict=True):
            upper[start : start + n] = mw[part]
            cost[start : start + n] = year.h * (price - year.price_kcur_per_mwh)[part]
        if given:
            rows.add(n, [(place, -1.0), *((place + start, 1.0) for start in given)], -np.inf, 0.0)
        lower[2 * n : 3 * n] = np.minimum(year.need_mw[part], 0.0)
        upper[2 * n : 3 * n] = year.available_mw[part]
        bus: list[tuple[np.ndarray, float | Series]] = [(place + j * n, w) for j, w in enumerate((1.0, -1.0, 1.0, 1.0))]
        for i, s in enumerate(self.stores):
            start = (4 + 3 * i) * n
            bus += [(place + start, -s.bus_pu[part]), (place + start + n, s.bus_pu[part])]
            self._work(i, part, start, (cost, lower, upper), rows)
            if is_end:  # what is more than the first content is worth nothing any more
                cost[start + 3 * n - 1] = 0.0
                ends = np.array([[start + 3 * n - 1], [width - k + i]])
                rows.add(1, [(end, 1.0) for end in ends], min(float(year.content_mwh[i]), s.most_mwh), np.inf)
        rows.add(n, bus, year.need_mw[part], year.need_mw[part])
        for p, key in enumerate(keys, start=width):
            applies = np.flatnonzero(year.applies[key[0]][part] & (year.month[part] == key[1]))
            lower[p], cost[p] = self.peak[key], year.peak_kcur_per_mw[key]
            peak: list[tuple[np.ndarray, float | Series]] = [(np.full(applies.size, p), -1.0)]
            peak += [(applies + j * n, year.billing_factor) for j in (0, 3)]
            rows.add(applies.size, peak, -np.inf, 0.0)
        lower[-1], cost[-1] = self.top_mw, year.contract_kcur_per_mw
        rows.add(n, [(place, year.billing_factor), (np.full(n, cost.size - 1), -1.0)], -np.inf, 0.0)
        return self._optimum(rows.arrays(cost, lower, upper))

    def _work(self, i: int, part: slice, start: int, problem_of: tuple[Series, Series, Series], rows: _Rows) -> None:
        """One store over the horizon: its flows, content, cycles; what is left in it at the end has a worth."""
        s, h, (cost, lower, upper) = self.stores[i], self.year.h, problem_of
        n = part.stop - part.start
        c, d, e = (np.arange(start + j * n, start + (j + 1) * n) for j in range(3))
        upper[c] = upper[d] = s.most_mw
        lower[e], upper[e] = s.least_mwh, s.most_mwh
        cost[d] = h * s.wear_kcur_per_mwh
        again = float((self.year.cheapest_kcur_per_mwh[part] * s.bus_pu[part]).min())
        cost[e[-1]] = -max(again / s.out_of - s.wear_kcur_per_mwh / s.out_of, 0.0)
        began = np.zeros(n)
        began[0] = s.kept * min(max(float(self.content[i]), s.least_mwh), s.most_mwh)
        flow: list[tuple[np.ndarray, float | Series]] = [
            (c, -h * s.into),
            (d, h * s.out_of),
            (np.roll(e, 1), _after_first(n, -s.kept)),
        ]
        rows.add(n, [(e, 1.0), *flow], began, began)
        if s.is_battery:
            rows.add(n, [(c, 1.0), (d, 1.0)], -np.inf, s.most_mw)
        if np.isfinite(s.discharge_room_mw[part]).all():
            rows.add(n, [(c, 1.0), (d, -1.0)], -s.discharge_room_mw[part], s.charge_room_mw[part])
        if np.isfinite(self.left_mwh[i]):
            rows.add(1, [(d[j : j + 1], h) for j in range(n)], -np.inf, max(float(self.left_mwh[i]), 0.0))

    def _optimum(self, arrays: Arrays) -> np.ndarray:
        found = self.linear.solve(arrays)
        if found is None:
            raise WindowNotSolved
        return found.values

    def carry_out(self, first: int, last: int, solved: np.ndarray, n: int) -> None:
        """Do what was decided for the first hours; a battery does one of charging and discharging."""
        year, done = self.year, last - first
        imported = solved[:done] + solved[3 * n : 3 * n + done]
        for i, s in enumerate(self.stores):
            c, d, e = (solved[(4 + 3 * i + j) * n :][:done] for j in range(3))
            gain = s.into * c - s.out_of * d
            self.charge[s.name][first:last] = np.maximum(gain, 0.0) / s.into
            self.discharge[s.name][first:last] = np.maximum(-gain, 0.0) / s.out_of
            self.content[i] = e[-1]
            self.left_mwh[i] -= year.h * float(self.discharge[s.name][first:last].sum())
        for name, m in self.peak:
            counts = year.applies[name][first:last] & (year.month[first:last] == m)
            reached = year.billing_factor * float(imported[counts].max(initial=0.0))
            self.peak[name, m] = max(self.peak[name, m], reached)
        self.top_mw = max(self.top_mw, year.billing_factor * float(imported.max(initial=0.0)))


def _after_first(n: int, value: float) -> Series:
    vector = np.full(n, value)
    vector[0] = 0.0
    return vector
