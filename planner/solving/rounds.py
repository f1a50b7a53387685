"""Level rounds: trial designs, the months solved there, their cuts in the design problem, and the bound they prove.

A level method: the next trial is the point nearest to the best one so far whose cost in the relaxation lies a share
ALPHA of the way from its bound to the best cost; all months are solved there, on all cores, and give cuts."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from os import cpu_count
from typing import Any

import numpy as np

from planner.solving.arrays import Blocks, design_arrays
from planner.solving.gap import LiveProgress
from planner.solving.master import Master, Point
from planner.solving.month import Evaluation, Month
from planner.solving.question import Question, it_cost_kcur

ALPHA = 0.3
MAX_ROUNDS = 400
SMALLEST_SIZE = 1e-3
"""Size below which a column is not scaled: its costs would fall below the tolerances of HiGHS."""
STUCK_ROUNDS = 15
"""Level rounds end when so many in a row brought centre and bound no nearer, beyond SAME of the cost."""
SAME = 1e-9
FOLLOWED = 2
"""Steps, each to what the months ask for, that are worth a design that misses nothing."""
ROOM = 1e-4
"""They give what is asked for twice over, up to this share of a size: a trace asked for is then met."""


class Stalled(RuntimeError):
    """The decomposition makes no progress: the case is handed over whole instead."""


@dataclass(eq=False)
class Trial:
    """A design point and the months there."""

    x: np.ndarray
    cost: float
    """cost with the price of missed linking variables [kcur]"""
    met: bool
    """whether no linking variable is missed: then cost is that of a feasible plan of the relaxed year"""
    months: list[Evaluation] = field(repr=False, default_factory=list)


class NoPlan(Exception):
    """Proven: no design meets all requirements."""


class OutOfTime(Exception):
    """The time limit has passed."""


class Dearer(Exception):
    """Proven: every plan costs at least what there is to beat."""


class Rounds:
    """A compiled case in the course of being solved month by month."""

    keeps_duals = False
    """whether cuts keep the duals that they come from"""

    def __init__(
        self, case: Question, blocks: Blocks, gap: float, deadline: float | None, seed: int, log: list[str]
    ) -> None:
        self.case: Any = case
        self.blocks, self.gap, self.deadline, self.log, self.seed = blocks, gap, deadline, log, seed
        self.design = design_arrays(blocks)
        self.months = [Month(blocks.months[m], blocks.links[m], keeps_duals=self.keeps_duals) for m in blocks.months]
        floors = [m.box_cut().constant for m in self.months]
        self.master = Master(self.design, floors, seed)
        self.it_cost = it_cost_kcur(case, blocks)
        self.integer = np.flatnonzero(self.design.is_integer)
        self.pool = ThreadPoolExecutor(max_workers=min(cpu_count() or 1, len(self.months)))
        self.best: Trial | None = None
        self.bound = -float("inf")
        self.to_beat = float("inf")
        """cost of a plan of another question [kcur]: from this bound on the search has no use"""
        self.rounds = 0
        self.progress: LiveProgress | None = None
        self.started = time.monotonic()
        self.scale = np.ones(self.design.matrix.shape[1])
        self.linked = np.unique(np.concatenate([m.index for m in self.months]))

    def close(self) -> None:
        """Give the threads back."""
        self.pool.shutdown(wait=True)

    def rest(self) -> None:
        """Let go of the months' problems, nearly all of its memory, until the months are asked again."""
        for m in self.months:
            m.rest()

    # -- the first centre ---------------------------------------------------------------------------------------------

    def start(self) -> Trial:
        """A first centre: the design problem's own answer, moved to what the months ask for there."""
        point = self.master.relaxed()
        if point is None:
            raise NoPlan if self.master.is_empty else Stalled("no relaxed design")
        self._price_misses(point)
        return self.accommodate(self.evaluate(point.x), None)

    def _price_misses(self, point: Point) -> None:
        """Scale of each linking variable and the price of missing it: missing it whole would cost the project again."""
        free = list(self.pool.map(lambda m: m.free(), self.months))
        for number, result in enumerate(free):
            self.master.add(number, result.cut)
        scale = np.abs(point.x)
        finite = np.isfinite(self.design.col_upper)
        scale[finite] = np.maximum(scale[finite], 0.02 * self.design.col_upper[finite])
        for m, result in zip(self.months, free, strict=True):
            np.maximum.at(scale, m.index, np.abs(result.values[m.columns]))
        scale[scale == 0] = 1.0
        scale = np.maximum(scale, SMALLEST_SIZE)
        operation = sum(abs(r.cost) for r in free)
        self.use_scale(scale, max(abs(point.objective), operation, 1.0))

    def raise_price(self) -> None:
        """Missing linking variables paid off: make it dearer."""
        self.price *= 10
        if self.price > 1e6 * max(abs(self.bound), 1.0):
            raise Stalled("linking variables stay missed")
        for m in self.months:
            m.set_price(self.price / self.scale[m.index])

    # -- the months -----------------------------------------------------------------------------------------------

    def evaluate(self, x: np.ndarray) -> Trial:
        """Solve all months at x and add their cuts."""
        self.stop_in_time()
        if self.rounds >= MAX_ROUNDS:
            raise Stalled(f"{MAX_ROUNDS} rounds")
        results = list(self.pool.map(lambda m: m.at(x), self.months))
        for number, result in enumerate(results):
            self.master.add(number, result.cut)
        self.rounds += 1
        met = all(m.meets(x, r) for m, r in zip(self.months, results, strict=True))
        cost = float(self.design.cost @ x) + self.design.offset + sum(r.elastic_cost for r in results)
        return Trial(x, cost, met, results)

    def use_scale(self, scale: np.ndarray, price: float) -> None:
        """Sizes of the design's columns, and the price of missing one whole."""
        self.scale, self.price = scale, price
        for m in self.months:
            m.set_price(price / scale[m.index])
        self.master.set_scale(scale, price)

    def raise_bound(self, bound: float) -> None:
        """A bound of the whole question. Raises Dearer if no plan can beat what there is to beat."""
        self.bound = max(self.bound, bound)
        if self.bound >= self.to_beat:
            raise Dearer

    def stop_in_time(self) -> None:
        """Raises OutOfTime once the deadline has passed."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise OutOfTime

    def seconds_left(self) -> float | None:
        """Seconds until the deadline; None without one."""
        return None if self.deadline is None else self.deadline - time.monotonic()

    def closest(
        self, x: np.ndarray, fixed: np.ndarray | None, otherwise: np.ndarray, level: float = float("inf")
    ) -> np.ndarray:
        """The design nearest to x whose cost in the relaxation is at most `level`; `otherwise` if there is none."""
        near = self.master.nearest(x, self._weight(), level, fixed)
        return otherwise if near is None else near

    def accommodate(self, trial: Trial, fixed: np.ndarray | None) -> Trial:
        """The better of a trial and the design nearest to what its months ask for."""
        if trial.met:
            return trial
        followed = self._follow(trial, fixed)
        return trial if followed is None else min(trial, followed, key=lambda t: t.cost)

    def _met_near(self, trial: Trial, fixed: np.ndarray) -> Trial | None:
        """A trial near another one that misses nothing; None if a few steps do not lead to one."""
        for _ in range(FOLLOWED):
            followed = self._follow(trial, fixed)
            if followed is None or followed.met:
                return followed
            trial = followed
        return None

    def _met(self, trial: Trial, fixed: np.ndarray | None, dearer: float) -> Trial:
        """A trial that hardly misses, moved to where it misses nothing; the trial itself if that fails, or costs more
        by `dearer` [kcur]: then missing pays."""
        followed = self._follow(trial, fixed)
        is_better = followed is not None and followed.met and followed.cost <= trial.cost + dearer
        return followed if followed is not None and is_better else trial

    def _follow(self, trial: Trial, fixed: np.ndarray | None) -> Trial | None:
        """The design nearest to what the months of a trial ask for, solved; None if there is none."""
        target, furthest = trial.x.copy(), np.zeros(trial.x.size)
        for m, result in zip(self.months, trial.months, strict=True):
            asked = result.values[m.columns]
            for j, missed, value in zip(m.index, np.abs(result.missed), asked, strict=True):
                if missed > furthest[j]:
                    room = min(missed, ROOM * self.scale[j])
                    furthest[j], target[j] = missed, value + np.copysign(room, value - trial.x[j])
        nearest = self.master.nearest(target, self._weight(), float("inf"), fixed)
        return None if nearest is None else self.evaluate(nearest)

    def _weight(self) -> np.ndarray:
        weight = np.zeros(self.scale.size)
        weight[self.linked] = 1 / self.scale[self.linked]
        return weight

    def money(self, trial: Trial) -> float:
        """The gap wanted, in kcur, at a trial."""
        return self.gap * max(trial.cost - float(self.it_cost @ trial.x), 1e-9 * abs(trial.cost), 1e-9)

    def level(
        self, centre: Trial, fixed: np.ndarray | None, share: float, cutoff: float = float("inf"), rough: float = 0.0
    ) -> Trial:
        """Level rounds from a centre until within share of the gap, or until the relaxation exceeds the cutoff. With
        `rough`, a trial that misses nothing also ends them within that share of its distance to the proven bound, which
        other integers may take.

        The result may miss linking variables: then, with its integers, missing them is the cheapest at this price."""
        least, idle = float("inf"), 0
        met = centre if centre.met else None
        if met is None and rough and fixed is not None:
            met = self._met_near(centre, fixed)
        while True:
            point = self.master.relaxed(fixed)
            if point is None:
                raise Stalled("no relaxed design")
            if fixed is None:
                self.raise_bound(point.bound)
            self._report(centre, point.bound, fixed is not None)
            left = centre.cost - point.bound
            idle = 0 if left < least - SAME * abs(centre.cost) else idle + 1
            least = min(least, left)
            enough = share * self.money(centre)
            if met is not None and met.cost - point.bound <= max(enough, rough * (met.cost - self.bound)):
                return met
            if left <= enough or point.bound > cutoff or idle > STUCK_ROUNDS:
                if centre.met or point.bound > cutoff:
                    return centre
                return self._met(centre, fixed, enough if fixed is not None else float("inf"))
            trial = self.evaluate(self.closest(centre.x, fixed, point.x, point.bound + ALPHA * left))
            if trial.cost < centre.cost:
                centre = trial
            if trial.met and (met is None or trial.cost < met.cost):
                met = trial

    def _report(self, trial: Trial, bound: float, is_fixed: bool) -> None:
        seconds = time.monotonic() - self.started
        incumbent = None if self.best is None else self.best.cost
        kind = "integers fixed" if is_fixed else "relaxed"
        self.log.append(
            f"{seconds:8.2f} s  round {self.rounds:3d}  {kind:14s}  centre {trial.cost:.3f}  bound here {bound:.3f}"
            f"  proven {self.bound:.3f}  incumbent {'-' if incumbent is None else f'{incumbent:.3f}'} kcur"
        )
        if self.progress is not None:
            self.progress(seconds, incumbent, self.bound if np.isfinite(self.bound) else None)
