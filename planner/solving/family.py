"""Many cases that differ only in what the design problem holds: offers, rules for orders, first costs, budget, land.

Their months are the same, and every cut holds for all of them (cuts speak of linking variables alone). So each further
case starts with all that was learned before, from warm months: a price that changes costs a few small problems."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import highspy
import numpy as np
from scipy import sparse

from models.blocks import Impossible
from models.case import Case
from models.design import Design, Proof, relative_gap
from planner.solving.arrays import Arrays, Blocks, compile_case, design_arrays, with_design
from planner.solving.decomposed import SETTLED_SHARE, Search
from planner.solving.feasible import NoPlan
from planner.solving.gap import LiveProgress, it_cost_kcur
from planner.solving.master import Master
from planner.solving.monolithic import solve_whole
from planner.solving.month import Cut, MonthFailed
from planner.solving.rounds import OutOfTime, Stalled, Trial

_SAME = 1e-7
"""Cuts within this share of the highest at a trial point are kept."""


@dataclass(frozen=True, eq=False)
class Member:
    """One solved case of a family."""

    case: Case
    cost_kcur: float
    """of the best plan found; infinite if there is none"""
    bound_kcur: float
    """no plan costs less"""
    infeasible: bool
    orders: dict[str, int]
    """offer -> units, those ordered"""
    x: np.ndarray = field(repr=False)
    """columns of the design problem; empty if the case was handed over whole"""
    without_it_kcur: float = 0.0
    """cost without IT hardware: what a gap is a share of"""
    seconds: float = 0.0
    design: Design | None = None
    proof: Proof | None = None


@dataclass(frozen=True)
class Feature:
    """What tells plans apart: units of an offer, in sizes of `size` units."""

    offer: str
    size: float


class _Remembering(Master):
    """A design problem that notes every cut, by month and in the order of the month's linking columns."""

    def __init__(self, design: Arrays, floors: list[float], seed: int, notes: list[tuple[int, Cut]]) -> None:
        super().__init__(design, floors, seed)
        self._notes = notes

    def add(self, month: int, cut: Cut) -> None:
        self._notes.append((month, cut))
        super().add(month, cut)

    def furthest(self, columns: np.ndarray, sizes: np.ndarray, known: np.ndarray, budget: float) -> np.ndarray | None:
        """The point with the largest distance to the nearest of `known` (values of the columns in sizes; shape (known,
        columns)) whose cost in this relaxation is at most `budget`; None if there is none.

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
            upper.append(0.0)
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
        highs = self._run(problem, time_limit=20.0, mip_rel_gap=0.05)
        if highs.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible:
            return None
        return self._unscaled(highs)[: self.columns]


class CaseFamily:
    """Solves cases that share their months with the first."""

    def __init__(self, case: Case, *, seed: int = 0, progress: LiveProgress | None = None) -> None:
        self.case, self._seed = case, seed
        self.progress = progress
        self._first = compile_case(case)
        self._notes: list[tuple[int, Cut]] = []
        self._asked: dict[int, list[np.ndarray]] = {}
        self._priced = False
        """whether missing a linking variable has its price and size"""
        self._search: Search | None = None
        self.solved = 0

    def close(self) -> None:
        """Give the threads back."""
        if self._search is not None:
            self._search.close()

    # -- one case -------------------------------------------------------------------------------------------------

    def solve(self, case: Case, *, gap: float, with_plan: bool = False, time_limit: float | None = None) -> Member:
        """Least cost of a case within `gap` of the cost without IT hardware; `with_plan`: also read the design.

        A case found impossible is a Member of infinite cost."""
        begun = time.monotonic()
        try:
            blocks = self._first if case is self.case else with_design(self._first, case)
        except Impossible:
            return Member(case, float("inf"), float("inf"), True, {}, np.zeros(0))
        self.solved += 1
        deadline = None if time_limit is None else begun + time_limit
        try:
            search = self._prepared(case, blocks, gap, deadline)
            self._run(search)
            member = self._member(search, with_plan=with_plan)
        except NoPlan:
            member = Member(case, float("inf"), float("inf"), True, {}, np.zeros(0))
        except (Stalled, MonthFailed):
            member = self._whole(case, blocks, gap, time_limit)
        return replace(member, seconds=time.monotonic() - begun)

    def _prepared(self, case: Case, blocks: Blocks, gap: float, deadline: float | None) -> Search:
        """The one search object, turned to another case."""
        search = self._search
        if search is None:
            search = self._search = Search(case, blocks, gap, deadline, self._seed, [])
            self._floors = [m.box_cut().constant for m in search.months]
            search.master = _Remembering(search.design, self._floors, self._seed, self._notes)
            search.progress = self.progress
            self._names = [v.name for v in blocks.variables]
            return search
        if search._feasibility is not None:
            search._feasibility.close()
            search._feasibility = None
        scale = dict(zip(self._names, search.scale, strict=True))
        self._names = [v.name for v in blocks.variables]
        search.case, search.blocks, search.gap, search.deadline = case, blocks, gap, deadline
        search.design = design_arrays(blocks)
        for month, links in zip(search.months, blocks.links.values(), strict=True):
            month.index = np.array([links[c] for c in month.columns])
        search.it_cost = it_cost_kcur(case, blocks)
        search.integer = np.flatnonzero(search.design.is_integer)
        search.linked = np.unique(np.concatenate([m.index for m in search.months]))
        search.scale = np.array([scale.get(name, 1.0) for name in self._names])
        search.best, search.bound, search.rounds, search.log = None, -float("inf"), 0, []
        search.started = time.monotonic()
        known = self._kept(search)
        self._notes = []
        search.master = _Remembering(search.design, self._floors, self._seed, self._notes)
        if self._priced:
            search.master.set_scale(search.scale, search.price)
        for number, cut in known:
            search.master.add(number, Cut(cut.constant, cut.slope, search.months[number].index))
        return search

    def _kept(self, search: Search) -> list[tuple[int, Cut]]:
        """The cuts that are highest at some trial point of the cases so far: few say all that is known."""
        kept: list[tuple[int, Cut]] = []
        for number in range(len(search.months)):
            mine = [cut for month, cut in self._notes if month == number]
            points = self._trials.get(number, np.zeros((0, 0)))
            if not mine or points.size == 0:
                kept += [(number, cut) for cut in mine]
                continue
            values = np.array([cut.constant for cut in mine])[:, None] + np.array([c.slope for c in mine]) @ points.T
            best = values.max(axis=0)
            keep = (values >= best - _SAME * np.maximum(1.0, np.abs(best))).any(axis=1)
            kept += [(number, cut) for cut, good in zip(mine, keep, strict=True) if good]
        return kept

    @property
    def _trials(self) -> dict[int, np.ndarray]:
        return {m: np.array(rows) for m, rows in self._asked.items()}

    def _run(self, search: Search) -> None:
        """The first case by the full method; others go straight to whole rounds."""
        self._watch(search)
        try:
            if self._priced:
                point = search.master.relaxed()
                if point is None:
                    raise NoPlan
                centre = search.evaluate(point.x)
            else:
                centre = search.relaxed()
                self._priced = True
            if search.integer.size:
                search.whole(centre)
            else:
                search.best = search.level(centre, None, SETTLED_SHARE)
        except OutOfTime:
            if search.best is None:
                raise Stalled("no plan in time") from None

    def _watch(self, search: Search) -> None:
        """Note at which points the months are asked."""
        if self._asked:
            return
        self._asked = {n: [] for n in range(len(search.months))}
        evaluate = search.evaluate

        def noted(x: np.ndarray) -> Trial:
            for number, month in enumerate(search.months):
                self._asked[number].append(x[month.index].copy())
            return evaluate(x)

        search.evaluate = noted  # type: ignore[method-assign]

    def furthest(
        self,
        case: Case,
        features: Sequence[Feature],
        known: Sequence[np.ndarray],
        *,
        budget_kcur: float,
        gap: float,
        most_rounds: int,
    ) -> Member | None:
        """A plan of the case that costs at most budget_kcur and is as far as possible from the known ones (their
        features in sizes); None if there is none within most_rounds."""
        blocks = with_design(self._first, case)
        search = self._prepared(case, blocks, gap, None)
        assert isinstance(search.master, _Remembering)
        place = self._columns(search)
        told = [f for f in features if f.offer in place]
        columns = np.array([place[f.offer] for f in told])
        sizes = np.array([f.size for f in told])
        others = np.array([[row[i] for i, f in enumerate(features) if f.offer in place] for row in known])
        price = search.price
        try:
            for _ in range(most_rounds):
                x = search.master.furthest(columns, sizes, others, budget_kcur)
                if x is None:
                    return None
                trial = self._settled(search, x, budget_kcur)
                if trial.met and trial.cost <= budget_kcur:
                    return Member(case, trial.cost, search.bound, False, self._orders(search, trial.x), trial.x)
                if not trial.met and trial.cost <= budget_kcur:
                    search.raise_price()  # within the budget only because missing a link is too cheap
        except Stalled:
            return None
        finally:
            search.price = price
            for month in search.months:
                month.set_price(price / search.scale[month.index])
        return None

    def _settled(self, search: Search, x: np.ndarray, budget_kcur: float) -> Trial:
        """The best continuous sizes for the integers of a point, or proof that they cost more than the budget."""
        fixed = np.round(x[search.integer])
        near = search.master.nearest(x, search._weight(), budget_kcur, fixed)
        trial = search._accommodate(search.evaluate(x if near is None else near), fixed)
        trial = search.level(trial, fixed, SETTLED_SHARE, budget_kcur)
        point = search.master.relaxed(fixed)
        if point is None or point.bound > budget_kcur:
            return trial
        last = search.evaluate(point.x)  # where level ended just beside what the months ask for, this meets it
        return last if last.met and (not trial.met or last.cost < trial.cost) else trial

    # -- what came of it ------------------------------------------------------------------------------------------

    def _member(self, search: Search, *, with_plan: bool) -> Member:
        assert search.best is not None
        best = search.best
        orders = self._orders(search, best.x)
        if not with_plan and not any(m.has_integers for m in search.months):
            bound = min(search.bound, best.cost)
            without_it = best.cost - float(search.it_cost @ best.x)
            return Member(search.case, best.cost, bound, False, orders, best.x, without_it)
        found = search.finish()
        assert found is not None
        design, cost = found
        without_it = cost - float(search.it_cost @ best.x)
        bound = min(search.bound, cost)
        status = "optimal" if relative_gap(cost, bound, without_it) <= search.gap else "limit"
        seconds = time.monotonic() - search.started
        proof = Proof(status, cost, bound, seconds, "decomposed", (f"{search.rounds} rounds",))
        plan = design if with_plan else None
        return Member(search.case, cost, bound, False, orders, best.x, without_it, seconds, plan, proof)

    def _columns(self, search: Search) -> dict[str, int]:
        """Column of the units ordered of each offer."""
        place = {id(v): i for i, v in enumerate(search.blocks.variables)}
        ordered = search.blocks.design_model.modules.component("ordered") or {}
        return {m: place[id(v)] for m, v in ordered.items() if id(v) in place}

    def _orders(self, search: Search, x: np.ndarray) -> dict[str, int]:
        return {m: round(float(x[i])) for m, i in self._columns(search).items() if round(float(x[i])) > 0}

    def _whole(self, case: Case, blocks: Blocks, gap: float, time_limit: float | None) -> Member:
        """The case handed over whole: what the decomposition falls back to, and the proof that there is no plan."""
        design, proof = solve_whole(
            case, blocks, gap=gap, time_limit=time_limit, seed=self._seed, progress=self.progress, log_path=None
        )
        orders: dict[str, int] = {}
        for u in design.units if design is not None else ():
            orders[u.offer] = orders.get(u.offer, 0) + u.count
        return Member(
            case,
            proof.objective_kcur,
            proof.bound_kcur,
            proof.status == "infeasible",
            {m: n for m, n in orders.items() if n},
            np.zeros(0),
            proof.objective_kcur,
            design=design,
            proof=proof,
        )
