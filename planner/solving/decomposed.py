"""The year in months: cuts from the operation problems into the design problem, with a proven bound.

1. Start: the design problem alone, then what the months ask for at its answer, gives a first centre.
2. Relaxed rounds: a level method. The next trial is the point nearest to the best one so far whose cost in the
   relaxation lies a share ALPHA of the way from its bound to the best cost; all months are solved there, on all cores,
   and give cuts.
3. Whole rounds: the design problem with integers gives the bound and a trial; with its integers fixed, level rounds
   settle the continuous sizes. Ends when best - bound is within the gap.
4. The plan: on-off decisions of single hours, relaxed until here, are rounded and the months solved once more.

Every bound is one of the design problem with valid cuts (month.py), so nothing rests on trial points. Reproducible:
every month is solved on one thread with a fixed seed, from its own last basis, and cuts enter in their order."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from os import cpu_count
from pathlib import Path

import numpy as np

from models.accounts import account
from models.case import Case
from models.design import Design, Proof, relative_gap
from models.readout import read_design
from planner.solving.arrays import Blocks, design_arrays
from planner.solving.gap import LiveProgress, it_cost_kcur
from planner.solving.master import Master, Point
from planner.solving.monolithic import solve_whole
from planner.solving.month import Evaluation, Month, MonthFailed

ALPHA = 0.3
RELAXED_SHARE = 3.0
"""Relaxed rounds end at this share of the gap wanted: whole rounds find cuts where they matter."""
SETTLED_SHARE = 0.6
"""Share of the gap wanted to which the continuous sizes of one integer choice are settled."""
MASTER_SHARE = 0.2
"""Share of the gap wanted to which the design problem with integers is solved."""
SMALLEST_SIZE = 1e-3
"""Size below which a column is not scaled: its costs would fall below the tolerances of HiGHS."""
MAX_ROUNDS = 400
WHOLE_UP_TO_STEPS = 1000
"""Up to here a gap left by on-off decisions is closed by solving whole; a year is better told with its gap."""


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


class _OutOfTime(Exception):
    """The time limit has passed."""


class Search:
    """One decomposed solve."""

    def __init__(
        self, case: Case, blocks: Blocks, gap: float, deadline: float | None, seed: int, log: list[str]
    ) -> None:
        self.case, self.blocks, self.gap, self.deadline, self.log = case, blocks, gap, deadline, log
        self.design = design_arrays(blocks)
        self.months = [Month(blocks.months[m], blocks.links[m]) for m in blocks.months]
        floors = [m.box_cut().constant for m in self.months]
        self.master = Master(self.design, floors, seed)
        self.it_cost = it_cost_kcur(case, blocks)
        self.integer = np.flatnonzero(self.design.is_integer)
        self.pool = ThreadPoolExecutor(max_workers=min(cpu_count() or 1, len(self.months)))
        self.best: Trial | None = None
        self.bound = -float("inf")
        self.rounds = 0
        self.progress: LiveProgress | None = None
        self.started = time.monotonic()
        self.scale = np.ones(self.design.matrix.shape[1])
        self.linked = np.unique(np.concatenate([m.index for m in self.months]))

    # -- the months -----------------------------------------------------------------------------------------------

    def evaluate(self, x: np.ndarray) -> Trial:
        """Solve all months at x and add their cuts."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise _OutOfTime
        if self.rounds >= MAX_ROUNDS:
            raise Stalled(f"{MAX_ROUNDS} rounds")
        results = list(self.pool.map(lambda m: m.at(x), self.months))
        for number, result in enumerate(results):
            self.master.add(number, result.cut)
        self.rounds += 1
        missed = max(
            float(np.max(np.abs(r.missed) / m.band(x), initial=0.0)) for m, r in zip(self.months, results, strict=True)
        )
        cost = float(self.design.cost @ x) + self.design.offset + sum(r.elastic_cost for r in results)
        return Trial(x, cost, missed <= 1.0, results)

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
        self.scale = scale
        operation = sum(abs(r.cost) for r in free)
        price = max(abs(point.objective), operation, 1.0)
        for m in self.months:
            m.set_price(price / scale[m.index])
        self.price = price
        self.master.set_scale(scale, price)

    def raise_price(self) -> None:
        """Missing linking variables paid off: make it dearer."""
        self.price *= 10
        if self.price > 1e6 * max(abs(self.bound), 1.0):
            raise Stalled("linking variables stay missed")
        for m in self.months:
            m.set_price(self.price / self.scale[m.index])

    # -- phases ---------------------------------------------------------------------------------------------------

    def start(self) -> Trial:
        """A first centre: the design problem's own answer, moved to what the months ask for there."""
        point = self.master.relaxed()
        if point is None:
            raise Stalled("no relaxed design")
        self._price_misses(point)
        return self._accommodate(self.evaluate(point.x), None)

    def _accommodate(self, trial: Trial, fixed: np.ndarray | None) -> Trial:
        """The better of a trial and the design nearest to what its months ask for."""
        if trial.met:
            return trial
        followed = self._follow(trial, fixed)
        return trial if followed is None else min(trial, followed, key=lambda t: t.cost)

    def _met(self, trial: Trial, fixed: np.ndarray | None) -> Trial:
        """A trial that hardly misses, moved to where it misses nothing; the trial itself if that fails."""
        followed = self._follow(trial, fixed)
        return followed if followed is not None and followed.met else trial

    def _follow(self, trial: Trial, fixed: np.ndarray | None) -> Trial | None:
        """The design nearest to what the months of a trial ask for, solved; None if there is none."""
        target, furthest = trial.x.copy(), np.zeros(trial.x.size)
        for m, result in zip(self.months, trial.months, strict=True):
            asked = result.values[m.columns]
            for j, missed, value in zip(m.index, np.abs(result.missed), asked, strict=True):
                if missed > furthest[j]:
                    furthest[j], target[j] = missed, value
        nearest = self.master.nearest(target, self._weight(), float("inf"), fixed)
        return None if nearest is None else self.evaluate(nearest)

    def _weight(self) -> np.ndarray:
        weight = np.zeros(self.scale.size)
        weight[self.linked] = 1 / self.scale[self.linked]
        return weight

    def money(self, trial: Trial) -> float:
        """The gap wanted, in kcur, at a trial."""
        return self.gap * max(trial.cost - float(self.it_cost @ trial.x), 1e-9 * abs(trial.cost), 1e-9)

    def level(self, centre: Trial, fixed: np.ndarray | None, share: float, cutoff: float = float("inf")) -> Trial:
        """Level rounds from a centre until within share of the gap, or until the relaxation exceeds the cutoff.

        The result may miss linking variables: then, with its integers, missing them is the cheapest at this price."""
        while True:
            point = self.master.relaxed(fixed)
            if point is None:
                raise Stalled("no relaxed design")
            if fixed is None:
                self.bound = max(self.bound, point.bound)
            self._report(centre, point.bound, fixed is not None)
            if centre.cost - point.bound <= share * self.money(centre) or point.bound > cutoff:
                return centre if centre.met or point.bound > cutoff else self._met(centre, fixed)
            level = point.bound + ALPHA * (centre.cost - point.bound)
            x = self.master.nearest(centre.x, self._weight(), level, fixed)
            trial = self.evaluate(point.x if x is None else x)
            if trial.cost < centre.cost:
                centre = trial

    def whole(self, centre: Trial) -> None:
        """Whole rounds from the relaxed centre until best - bound is within the gap."""
        seen: dict[tuple[int, ...], int] = {}
        while True:
            remaining = None if self.deadline is None else self.deadline - time.monotonic()
            reference = self.best or centre
            point = self.master.whole(MASTER_SHARE * self.money(reference), remaining)
            if point is None:
                raise Stalled("no whole design") if remaining is None or remaining > 0 else _OutOfTime
            self.bound = max(self.bound, point.bound)
            if self.best is not None and self.best.cost - self.bound <= self.money(self.best):
                self._confirm(remaining)
                return
            fixed = np.round(point.x[self.integer])
            key = tuple(int(i) for i in fixed)
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 5:
                raise Stalled("the same integers again and again")
            near = self.master.nearest((self.best or centre).x, self._weight(), float("inf"), fixed)
            trial = self._accommodate(self.evaluate(point.x if near is None else near), fixed)
            cutoff = float("inf") if self.best is None else self.best.cost
            settled = self.level(trial, fixed, SETTLED_SHARE / seen[key], cutoff)
            if self._contradicts(settled):
                raise Stalled(f"a plan of {settled.cost} below the bound {self.bound}")
            if settled.met and (self.best is None or settled.cost < self.best.cost):
                self.best = settled
            elif not settled.met and seen[key] > 1:
                self.raise_price()

    def _confirm(self, time_limit: float | None) -> None:
        """The final bound once more without presolve: a bound that two ways of solving do not share is no proof."""
        assert self.best is not None
        point = self.master.whole(MASTER_SHARE * self.money(self.best), time_limit, presolve=False)
        if point is not None and point.bound < self.bound - self.money(self.best):
            raise Stalled(f"two bounds of the same problem: {self.bound} and {point.bound}")

    def _contradicts(self, settled: Trial) -> bool:
        return settled.met and settled.cost < self.bound - 1e-6 * max(1.0, abs(self.bound))

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

    # -- the plan -------------------------------------------------------------------------------------------------

    def finish(self) -> tuple[Design, float] | None:
        """The best plan with its on-off decisions, and its cost; None if there is no plan."""
        if self.best is None:
            return None
        best, cost = self.best, float(self.design.cost @ self.best.x) + self.design.offset
        self.blocks.load_design(best.x)
        for name, month, relaxed in zip(self.blocks.months, self.months, best.months, strict=True):
            result = month.dispatch(best.x, relaxed) if month.has_integers else relaxed
            if np.any(np.abs(result.missed) > month.band(best.x)):
                raise Stalled("no exact dispatch")
            self.blocks.load_month(name, result.values)
            cost += result.cost
        design = read_design(self.case, self.blocks.design_model, self.blocks.operation_models)
        # The plan's own cost; it differs from the model's by what linking variables are missed within tolerance.
        own_cost = account(self.case, design).objective_kcur
        if abs(own_cost - cost) > 1e-5 * max(1.0, abs(cost)):
            raise Stalled(f"the plan costs {own_cost}, the model says {cost}")
        return design, own_cost


def solve_decomposed(
    case: Case,
    blocks: Blocks,
    *,
    gap: float,
    time_limit: float | None,
    seed: int,
    progress: LiveProgress | None,
    log_path: Path | None,
) -> tuple[Design | None, Proof]:
    """Solve a compiled case month by month to `gap` (of the cost without IT hardware).

    Hands the case over whole if the decomposition stalls, and says so in the proof's notes."""
    started = time.monotonic()
    deadline = None if time_limit is None else started + time_limit
    log: list[str] = []
    search = Search(case, blocks, gap, deadline, seed, log)
    search.progress = progress

    def whole(reason: str) -> tuple[Design | None, Proof]:
        left = None if deadline is None else deadline - time.monotonic()
        design, proof = solve_whole(
            case, blocks, gap=gap, time_limit=left, seed=seed, progress=progress, log_path=log_path
        )
        notes = (f"{reason}; solved whole instead", *proof.notes)
        return design, replace(proof, seconds=time.monotonic() - started, notes=notes)

    try:
        stopped = _run(search)
        found = search.finish()
    except (Stalled, MonthFailed) as reason:
        return whole(f"the decomposition stalled: {reason}")
    finally:
        search.pool.shutdown(wait=True)
        if log_path is not None:
            log_path.write_text("\n".join(log) + "\n", encoding="utf-8")
    seconds = time.monotonic() - started
    notes = (f"{search.rounds} rounds", *([stopped] if stopped else []))
    if found is None:
        return None, Proof("limit", float("inf"), search.bound, seconds, "decomposed", notes)
    design, cost = found
    without_it = cost - float(search.it_cost @ search.best.x) if search.best else cost
    status = "optimal" if relative_gap(cost, search.bound, without_it) <= gap else "limit"
    if status == "limit" and not stopped:
        left_open = "on-off decisions of single hours, relaxed in the bound, leave a gap"
        if case.calendar.steps < WHOLE_UP_TO_STEPS:
            return whole(left_open)
        notes = (*notes, left_open)
    return design, Proof(status, cost, min(search.bound, cost), seconds, "decomposed", notes)


def _run(search: Search) -> str:
    """All phases; returns why it stopped early, or nothing."""
    try:
        centre = search.level(search.start(), None, RELAXED_SHARE)
        if search.integer.size:
            search.whole(centre)
        else:
            centre = search.level(centre, None, 0.9)
            while not centre.met:
                search.raise_price()
                centre = search.level(search.evaluate(centre.x), None, 0.9)
            search.best = centre
    except _OutOfTime:
        return "time limit"
    except KeyboardInterrupt:
        return "interrupted"
    return ""
