"""Many cases that differ only in what the design problem holds: offers, rules for orders, first costs, budget, land.

Their months are the same, and every cut holds for all of them (cuts speak of linking variables alone). So each further
case starts with all that was learned before, from warm months: a price that changes costs a few small problems."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np

from models.blocks import Impossible
from models.case import Case
from models.design import Design, Proof, relative_gap
from planner.solving.arrays import Arrays, Blocks, compile_case, design_arrays, with_design
from planner.solving.decomposed import RELAXED_SHARE, Search, Stalled, Trial
from planner.solving.gap import LiveProgress, it_cost_kcur
from planner.solving.master import Master
from planner.solving.month import Cut, MonthFailed
from planner.solving.monolithic import solve_whole

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
    seconds: float = 0.0
    design: Design | None = None
    proof: Proof | None = None


class _Remembering(Master):
    """A design problem that notes every cut, by month and in the order of the month's linking columns."""

    def __init__(self, design: Arrays, floors: list[float], seed: int, notes: list[tuple[int, Cut]]) -> None:
        super().__init__(design, floors, seed)
        self._notes = notes

    def add(self, month: int, cut: Cut) -> None:
        self._notes.append((month, cut))
        super().add(month, cut)


class CaseFamily:
    """Solves cases that share their months with the first."""

    def __init__(self, case: Case, *, seed: int = 0, progress: LiveProgress | None = None) -> None:
        self.case, self._seed = case, seed
        self.progress = progress
        self._first = compile_case(case)
        self._notes: list[tuple[int, Cut]] = []
        self._points: list[dict[str, float]] = []
        self._search: Search | None = None
        self.solved = 0

    def close(self) -> None:
        """Give the threads back."""
        if self._search is not None:
            self._search.pool.shutdown(wait=True)

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
        search.master.set_scale(search.scale, search.price)
        for month, cut in known:
            search.master.add(month, Cut(cut.constant, cut.slope, search.months[month].index))
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
        if self.solved == 1:
            centre = search.level(search.start(), None, RELAXED_SHARE)
        else:
            point = search.master.relaxed()
            if point is None:
                raise Stalled("no relaxed design")
            centre = search.evaluate(point.x)
        if search.integer.size:
            search.whole(centre)
        else:
            search.best = search.level(centre, None, 0.9)

    def _watch(self, search: Search) -> None:
        """Note at which points the months are asked."""
        if self.solved > 1:
            return
        self._asked: dict[int, list[np.ndarray]] = {n: [] for n in range(len(search.months))}
        evaluate = search.evaluate

        def noted(x: np.ndarray) -> Trial:
            for number, month in enumerate(search.months):
                self._asked[number].append(x[month.index].copy())
            return evaluate(x)

        search.evaluate = noted  # type: ignore[method-assign]

    # -- what came of it ------------------------------------------------------------------------------------------

    def _member(self, search: Search, *, with_plan: bool) -> Member:
        assert search.best is not None
        best = search.best
        orders = self._orders(search, best.x)
        if not with_plan and not any(m.has_integers for m in search.months):
            return Member(search.case, best.cost, min(search.bound, best.cost), False, orders, best.x)
        found = search.finish()
        assert found is not None
        design, cost = found
        without_it = cost - float(search.it_cost @ best.x)
        bound = min(search.bound, cost)
        status = "optimal" if relative_gap(cost, bound, without_it) <= search.gap else "limit"
        seconds = time.monotonic() - search.started
        proof = Proof(status, cost, bound, seconds, "decomposed", (f"{search.rounds} rounds",))
        return Member(search.case, cost, bound, False, orders, best.x, seconds, design if with_plan else None, proof)

    def _orders(self, search: Search, x: np.ndarray) -> dict[str, int]:
        place = {id(v): i for i, v in enumerate(search.blocks.variables)}
        ordered = search.blocks.design_model.modules.component("ordered") or {}
        columns = {m: place[id(v)] for m, v in ordered.items() if id(v) in place}
        return {m: round(float(x[i])) for m, i in columns.items() if round(float(x[i])) > 0}

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
            design=design,
            proof=proof,
        )
