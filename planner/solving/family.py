"""Many cases that differ only in what the design problem holds: offers, rules for orders, first costs, budget, land,
yearly limits of energy, carbon and water.

Their months are the same, and every cut holds for all of them (cuts speak of linking variables alone). So each further
case starts with all that was learned before, from warm months: a price or limit that changes costs a few small
problems."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from models.accounts import account
from models.blocks import Impossible
from models.case import Case
from models.design import Design, Proof, relative_gap
from planner.solving.arrays import Blocks, compile_case, design_arrays, with_design
from planner.solving.decomposed import SETTLED_SHARE, WHOLE_UP_TO_STEPS, Search, run_search
from planner.solving.gap import LiveProgress
from planner.solving.least import GAP as LEAST_GAP
from planner.solving.least import counted, least_whole, priced_by
from planner.solving.monolithic import solve_whole
from planner.solving.month import Cut
from planner.solving.month_problem import MonthFailed
from planner.solving.question import Question, it_cost_kcur
from planner.solving.remembering import RememberingMaster, worth_keeping
from planner.solving.rounds import NoPlan, OutOfTime, Stalled, Trial

_WHOLE = 0.05
"""How far below a whole number the bound of a sum of whole numbers may lie."""
Place = tuple[str, Any]
"""A variable of the design problem: the name of its component, such as `modules.ordered`, and its index."""


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
    """What tells plans apart: a variable of the design problem, in sizes of `size` of its units."""

    place: Place
    size: float


class Sisters(Search):
    """One search that is turned from case to case, while its months stay as they are."""

    master: RememberingMaster

    def __init__(self, case: Question, blocks: Blocks, gap: float, deadline: float | None, seed: int) -> None:
        super().__init__(case, blocks, gap, deadline, seed, [])
        self._floors = [m.box_cut().constant for m in self.months]
        self._asked: list[list[np.ndarray]] = [[] for _ in self.months]
        self._is_priced = False
        """whether missing a linking variable has its price and size"""
        self._last: dict[str, float] = {}
        """the last plan found, by the names of its columns"""
        self._new_master()

    def _new_master(self) -> None:
        self._names = [v.name for v in self.blocks.variables]
        self.master = RememberingMaster(self.design, self._floors, self.seed, self._names)

    def use_scale(self, scale: np.ndarray, price: float) -> None:
        super().use_scale(scale, price)
        self._is_priced = True

    def evaluate(self, x: np.ndarray) -> Trial:
        for asked, month in zip(self._asked, self.months, strict=True):
            asked.append(x[month.index].copy())
        return super().evaluate(x)

    def learned(self) -> list[tuple[int, Cut]]:
        """The cuts that are worth handing on, each with the number of its month."""
        return worth_keeping(self.master.cuts, self._asked)

    def turn(self, case: Question, blocks: Blocks, gap: float, deadline: float | None) -> None:
        """Another case with the same months: its design problem starts with the cuts found so far."""
        self.forget()
        if self.best is not None:
            self._last = dict(zip(self._names, self.best.x, strict=True))
        cuts, rules = self.learned(), self.master.rules
        scale = dict(zip(self._names, self.scale, strict=True))
        self.case, self.blocks, self.gap, self.deadline = case, blocks, gap, deadline
        self.design = design_arrays(blocks)
        for month, links in zip(self.months, blocks.links.values(), strict=True):
            month.index = np.array([links[c] for c in month.columns])
        self.it_cost = it_cost_kcur(case, blocks)
        self.integer = np.flatnonzero(self.design.is_integer)
        self.linked = np.unique(np.concatenate([m.index for m in self.months]))
        self.best, self.bound, self.rounds, self.log = None, -float("inf"), 0, []
        self.started = time.monotonic()
        self._new_master()
        self.scale = np.array([scale.get(name, 1.0) for name in self._names])
        if self._is_priced:
            self.master.set_scale(self.scale, self.price)
        for number, cut in cuts:
            self.master.add(number, Cut(cut.constant, cut.slope, self.months[number].index))
        self.master.learn(rules)

    def run(self) -> bool:
        """Find and prove the best plan: the first case by the full method, others straight by whole rounds. Returns
        whether time ran out before."""
        try:
            self._to_the_end(self._first_centre() if self._is_priced else self.relaxed())
        except OutOfTime:
            return True
        return False

    def _first_centre(self) -> Trial:
        """The design nearest to the last plan that is about as cheap as the relaxation: its months are still warm."""
        point = self.master.relaxed()
        if point is None:
            raise NoPlan if self.master.is_empty else Stalled("no relaxed design")
        if not self._last:
            return self.evaluate(point.x)
        last = np.array([self._last.get(name, x) for name, x in zip(self._names, point.x, strict=True)])
        near = self.closest(last, None, point.x, point.bound + self.money(Trial(point.x, point.bound, met=False)))
        return self.evaluate(near)

    def _to_the_end(self, centre: Trial) -> None:
        if self.integer.size:
            self.whole(centre)
            return
        centre = self.level(centre, None, SETTLED_SHARE)
        while not centre.met:
            self.raise_price()
            centre = self.level(self.evaluate(centre.x), None, SETTLED_SHARE)
        self.best = centre

    def furthest(
        self, columns: np.ndarray, sizes: np.ndarray, known: np.ndarray, ahead: np.ndarray, budget: float, rounds: int
    ) -> Trial | None:
        """A plan of at most `budget` [kcur] that is as far as possible from the known ones (see RememberingMaster);
        None if there is none within so many rounds."""
        price = self.price
        try:
            for _ in range(rounds):
                x = self.master.furthest(columns, sizes, known, ahead, budget)
                if x is None:
                    return None
                with self.master.holding(columns, x):
                    trial = self._settled(x, budget)
                if trial.met and trial.cost <= budget:
                    return trial
                if not trial.met and trial.cost <= budget:
                    self.raise_price()  # within the budget only because missing a link is too cheap
        except Stalled:
            return None
        finally:
            self.price = price
            for month in self.months:
                month.set_price(price / self.scale[month.index])
        return None

    def _settled(self, x: np.ndarray, budget: float) -> Trial:
        """The best continuous sizes for the integers of a point, or proof that they cost more than the budget."""
        fixed = np.round(x[self.integer])
        near = self.closest(x, fixed, x, budget)
        trial = self.accommodate(self.evaluate(near), fixed)
        trial = self.level(trial, fixed, SETTLED_SHARE, budget)
        point = self.master.relaxed(fixed)
        if point is None or point.bound > budget:
            return trial
        last = self.evaluate(point.x)  # where level ended just beside what the months ask for, this meets it
        return last if last.met and (not trial.met or last.cost < trial.cost) else trial


class CaseFamily:
    """Solves cases that share their months with the first."""

    def __init__(self, case: Case, *, seed: int = 0, progress: LiveProgress | None = None) -> None:
        self.case, self._seed = case, seed
        self.progress = progress
        self._first = compile_case(case)
        self._search: Sisters | None = None
        self._rules: list[tuple[dict[str, float], float]] = []
        """found before there was a search"""
        self.solved = 0

    def close(self) -> None:
        """Give the threads back."""
        if self._search is not None:
            self._search.close()

    # -- one case -------------------------------------------------------------------------------------------------

    def solve(
        self,
        case: Case,
        *,
        gap: float,
        with_plan: bool = False,
        time_limit: float | None = None,
        bounds: Mapping[Place, tuple[float, float]] | None = None,
        whole: bool = True,
    ) -> Member:
        """Least cost of a case within `gap` of the cost without IT hardware; `with_plan`: also read the design;
        `bounds`: least and most of variables of the design problem, beyond what the case says; `whole`: hand the case
        over whole where the search comes to nothing, else Stalled or MonthFailed is raised.

        A case found impossible is a Member of infinite cost; so is one without a plan in time, which is not called
        infeasible. Ctrl-C (KeyboardInterrupt) is passed on; the family may be used again."""
        begun = time.monotonic()
        try:
            blocks = self._blocks(case, bounds or {})
        except Impossible:
            return _without_plan(case, float("inf"), infeasible=True)
        self.solved += 1
        deadline = None if time_limit is None else begun + time_limit
        try:
            search = self._turned(case, blocks, gap, deadline)
            timed_out = search.run()
            member = self._member(search, with_plan=with_plan)
            left_open = with_plan and not timed_out and member.proof is not None and member.proof.status == "limit"
            if left_open and case.calendar.steps < WHOLE_UP_TO_STEPS:
                member = self._whole(case, blocks, gap, deadline)  # on-off decisions of single hours, relaxed so far
        except NoPlan:
            member = _without_plan(case, float("inf"), infeasible=True)
        except (Stalled, MonthFailed):
            if not whole:
                raise
            member = self._whole(case, blocks, gap, deadline)
        return replace(member, seconds=time.monotonic() - begun)

    def least(self, case: Case, column: str, *, time_limit: float | None = None) -> tuple[float, float] | None:
        """The least sum over months of a variable of the design problem's months that any design of a case can do with,
        costs aside, within LEAST_GAP: what was reached, and what nothing can go below. None if it is not found in time.

        Raises NoPlan if the case has no design. What is learned about what designs can do serves all later cases."""
        found = self._cheapest(case, priced_by(self._blocks(case, {}), column), time_limit)
        if not isinstance(found, Sisters):
            return found
        assert found.best is not None
        used = [month.component(column).name for month in found.blocks.design_model.month.values()]
        learned = found.master.as_rules(used)
        if self._search is None:
            self._rules += learned
        else:
            self._search.master.learn(learned)
        return found.best.cost, found.bound

    def fewest(self, case: Case, component: str, *, time_limit: float | None = None) -> tuple[float, float] | None:
        """The least sum of the whole variables of a component of the design problem, such as `delivery.late`, that any
        design of a case can do with, costs aside: what was reached, and what nothing can go below. None if it is not
        found in time; raises NoPlan if the case has no design."""
        blocks = self._blocks(case, {})
        model = blocks.design_model.find_component(component)
        blocks = counted(blocks, model.values())
        arrays = replace(blocks.design.arrays, offset=1.0)  # so that a gap is a share of more than nothing
        blocks = replace(blocks, design=replace(blocks.design, arrays=arrays))
        found = self._cheapest(case, blocks, time_limit)
        if isinstance(found, Sisters):
            assert found.best is not None
            found = found.best.cost, found.bound
        return None if found is None else (round(found[0] - 1.0), math.ceil(found[1] - 1.0 - _WHOLE))

    def _cheapest(self, case: Case, blocks: Blocks, time_limit: float | None) -> Sisters | tuple[float, float] | None:
        """The search that found the least cost of blocks, closed; of a short horizon the cost and its bound. None if
        time ran out before."""
        if case.calendar.steps < WHOLE_UP_TO_STEPS:
            return least_whole(blocks, seed=self._seed, time_limit=time_limit)
        deadline = None if time_limit is None else time.monotonic() + time_limit
        search = Sisters(case, blocks, LEAST_GAP, deadline, self._seed)
        search.it_cost[:] = 0.0
        try:
            stopped = run_search(search)
        except (Stalled, MonthFailed):
            return None
        finally:
            search.close()
        if stopped == "interrupted":
            raise KeyboardInterrupt
        return None if stopped or search.best is None else search

    def _blocks(self, case: Case, bounds: Mapping[Place, tuple[float, float]]) -> Blocks:
        if case is self.case and not bounds:
            return self._first
        return _bounded(with_design(self._first, case), bounds)

    def _turned(self, case: Case, blocks: Blocks, gap: float, deadline: float | None) -> Sisters:
        """The one search, turned to a case."""
        if self._search is None:
            self._search = Sisters(case, blocks, gap, deadline, self._seed)
            self._search.progress = self.progress
            self._search.master.learn(self._rules)
        else:
            self._search.turn(case, blocks, gap, deadline)
        return self._search

    def furthest(
        self,
        case: Case,
        features: Sequence[Feature],
        known: Sequence[np.ndarray],
        *,
        ahead: Sequence[float],
        budget_kcur: float,
        gap: float,
        most_rounds: int,
    ) -> Member | None:
        """A plan of the case that costs at most budget_kcur and is as far as possible from the known ones (their
        features in sizes; `ahead`: what of the distance to each is given anyway); None if there is none within
        most_rounds."""
        blocks = self._blocks(case, {})
        search = self._turned(case, blocks, gap, None)
        found = [column_of(blocks, f.place) for f in features]
        told = [i for i, column in enumerate(found) if column is not None]
        columns = np.array([c for c in found if c is not None], dtype=int)
        sizes = np.array([features[i].size for i in told])
        others = np.array([[row[i] for i in told] for row in known])
        trial = search.furthest(columns, sizes, others, np.array(ahead, float), budget_kcur, most_rounds)
        if trial is None:
            return None
        return Member(case, trial.cost, search.bound, False, _orders(blocks, trial.x), trial.x)

    def values(self, case: Case, features: Sequence[Feature], x: np.ndarray) -> np.ndarray:
        """Values of features at the columns of a case's design problem, in their sizes; zero where a variable is not
        there. Shape (features,)."""
        places = [column_of(self._blocks(case, {}), f.place) for f in features]
        found = [0.0 if j is None else float(x[j]) / f.size for j, f in zip(places, features, strict=True)]
        return np.array(found)

    # -- what came of it ------------------------------------------------------------------------------------------

    def _member(self, search: Sisters, *, with_plan: bool) -> Member:
        if search.best is None:
            return _without_plan(search.case, search.bound, infeasible=False)
        best = search.best
        orders = _orders(search.blocks, best.x)
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

    def _whole(self, case: Case, blocks: Blocks, gap: float, deadline: float | None) -> Member:
        """The case handed over whole: what the decomposition falls back to, and the proof that there is no plan."""
        left = None if deadline is None else max(deadline - time.monotonic(), 0.1)
        design, proof = solve_whole(
            case, blocks, gap=gap, time_limit=left, seed=self._seed, progress=self.progress, log_path=None
        )
        if design is None:
            return _without_plan(case, proof.bound_kcur, infeasible=proof.status == "infeasible")
        orders: dict[str, int] = {}
        for u in design.units:
            orders[u.offer] = orders.get(u.offer, 0) + u.count
        values = np.array([0.0 if v.value is None else float(v.value) for v in blocks.variables])
        return Member(
            case,
            proof.objective_kcur,
            proof.bound_kcur,
            False,
            {m: n for m, n in orders.items() if n},
            values,
            account(case, design).without_it_kcur,
            design=design,
            proof=proof,
        )


def _without_plan(case: Case, bound_kcur: float, *, infeasible: bool) -> Member:
    return Member(case, float("inf"), bound_kcur, infeasible, {}, np.zeros(0))


def _bounded(blocks: Blocks, bounds: Mapping[Place, tuple[float, float]]) -> Blocks:
    """Blocks with the bounds of some variables of the design problem narrowed."""
    compiled = {id(v): j for j, v in enumerate(blocks.design.variables)}
    arrays = blocks.design.arrays
    lower, upper = arrays.col_lower.copy(), arrays.col_upper.copy()
    for place, (least, most) in bounds.items():
        variable = _variable(blocks, place)
        j = compiled.get(id(variable))
        if j is not None:
            lower[j], upper[j] = max(lower[j], least), min(upper[j], most)
        elif variable is not None:
            variable.setlb(least)
            variable.setub(most)
    design = replace(blocks.design, arrays=replace(arrays, col_lower=lower, col_upper=upper))
    return replace(blocks, design=design)


def _variable(blocks: Blocks, place: Place) -> Any:
    """The Pyomo variable at a place; None where the case has no such thing."""
    name, index = place
    component = blocks.design_model.find_component(name)
    return component[index] if component is not None and index in component else None


def column_of(blocks: Blocks, place: Place) -> int | None:
    """Column of a variable among `blocks.variables`; None where there is none."""
    variable = _variable(blocks, place)
    return next((j for j, v in enumerate(blocks.variables) if v is variable), None) if variable is not None else None


def _orders(blocks: Blocks, x: np.ndarray) -> dict[str, int]:
    """Units ordered of each offer, those that are."""
    ordered = blocks.design_model.find_component("modules.ordered")
    place = {id(v): j for j, v in enumerate(blocks.variables)}
    found = {m: round(float(x[place[id(v)]])) for m, v in (ordered or {}).items() if id(v) in place}
    return {m: n for m, n in found.items() if n > 0}
