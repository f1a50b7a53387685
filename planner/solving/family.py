"""Many cases that differ only in what the design problem holds: offers, rules for orders, first costs, budget, land,
yearly limits of energy, carbon and water.

Their months are the same, and every cut holds for all of them (cuts speak of linking variables alone). So each further
case starts with all that was learned before, from warm months: a price or limit that changes costs a few small
problems."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.accounts import account
from models.blocks import Impossible
from models.case import Case
from models.design import Design, Proof, relative_gap
from planner.solving import is_interrupted
from planner.solving.arrays import Blocks, compile_case, with_design
from planner.solving.bounds import Bounds, Place, bounded, column_of
from planner.solving.decomposed import WHOLE_UP_TO_STEPS, run_search
from planner.solving.gap import LiveProgress
from planner.solving.least import GAP as LEAST_GAP
from planner.solving.least import counted, least_whole, priced_by
from planner.solving.monolithic import solve_whole
from planner.solving.month_problem import MonthFailed
from planner.solving.rounds import NoPlan, Stalled
from planner.solving.sisters import Sisters

_WHOLE = 0.05
"""How far below a whole number the bound of a sum of whole numbers may lie."""


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
    """None where no plan was asked for and the cost is that of the search"""


@dataclass(frozen=True)
class Feature:
    """What tells plans apart: a variable of the design problem, in sizes of `size` of its units."""

    place: Place
    size: float


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
        bounds: Bounds | None = None,
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

    def _blocks(self, case: Case, bounds: Bounds) -> Blocks:
        if case is self.case and not bounds:
            return self._first
        return bounded(with_design(self._first, case), bounds)

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
        if is_interrupted(proof):
            raise KeyboardInterrupt
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
    proof = Proof("infeasible" if infeasible else "limit", float("inf"), bound_kcur, 0.0, "decomposed")
    return Member(case, float("inf"), bound_kcur, infeasible, {}, np.zeros(0), proof=proof)


def _orders(blocks: Blocks, x: np.ndarray) -> dict[str, int]:
    """Units ordered of each offer, those that are."""
    ordered = blocks.design_model.find_component("modules.ordered")
    place = {id(v): j for j, v in enumerate(blocks.variables)}
    found = {m: round(float(x[place[id(v)]])) for m, v in (ordered or {}).items() if id(v) in place}
    return {m: n for m, n in found.items() if n > 0}
