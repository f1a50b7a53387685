"""Questions that share most of their months: one search that is turned from question to question.

A plan and the same plan without something; a scenario by itself, and the same scenario after decisions taken over from
another plan; all scenarios together, with later purchases or without. What is learned for one question serves the next
(sisters.py), and what was learned of each scenario by itself serves all of them together, weighted by probability.
Short horizons are handed over whole, one by one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from models.blocks import Impossible
from models.case import Case
from models.design import Proof, relative_gap
from models.scenario_tree import build_scenarios, places
from models.scenarios import Scenarios
from models.stages import Growth
from planner.solving import DECOMPOSED_FROM_STEPS, Method, is_cut_short, solve_blocks, trimmed
from planner.solving.arrays import Blocks, compile_case, with_design_model
from planner.solving.bounds import Bounds, bounded
from planner.solving.decomposed import NO_PLAN, WHOLE_UP_TO_STEPS
from planner.solving.gap import LiveProgress
from planner.solving.month import Cut
from planner.solving.month_problem import MonthFailed
from planner.solving.question import Plan, steps
from planner.solving.rounds import NoPlan, Stalled
from planner.solving.sisters import Sisters

Shared = Case | Growth | Scenarios


class QuestionFamily:
    """Solves questions of one kind, each with what was learned of those before. Scenarios may differ from the first in
    what is decided alike or taken over, and in what is on sale when; cases and plans of growth in anything."""

    def __init__(
        self, method: Method = "auto", seed: int = 0, teachers: Sequence[QuestionFamily] = (),
        progress: LiveProgress | None = None,
    ) -> None:  # fmt: skip
        self.method, self.seed, self.teachers, self.progress = method, seed, teachers, progress
        self._first: tuple[Shared, Blocks] | None = None
        self._search: Sisters | None = None

    def close(self) -> None:
        """Give threads and months back."""
        if self._search is not None:
            self._search.close()
        self._search = self._first = None

    def shares(self, question: Shared) -> bool:
        """Whether a question is solved month by month, so that others gain from it."""
        if self.method != "auto" or (isinstance(question, Scenarios) and question.objective != "expected"):
            return self.method == "decomposed"
        return steps(question) >= DECOMPOSED_FROM_STEPS

    def solve(
        self,
        question: Shared,
        *,
        gap: float,
        time_limit: float | None = None,
        log_path: Path | None = None,
        bounds: Bounds | None = None,
        chosen: Callable[[np.ndarray], None] | None = None,
    ) -> tuple[Plan | None, Proof]:
        """As `planner.solving.solve` and its kin.

        bounds: least and most of variables of the design problem, beyond what the question says."""
        begun = time.monotonic()
        try:
            blocks = self._blocks(question, bounds or {})
        except Impossible as rule:
            seconds, infinite = time.monotonic() - begun, float("inf")
            return None, Proof("infeasible", infinite, infinite, seconds, self.method, rule=str(rule))
        built = time.monotonic() - begun
        deadline = None if time_limit is None else begun + time_limit
        found = self._shared(question, blocks, gap, deadline, log_path) if self.shares(question) else None
        if found is None:
            found = solve_blocks(
                question,
                blocks,
                gap=gap,
                time_limit=None if deadline is None else deadline - time.monotonic(),
                method=self.method,
                seed=self.seed,
                progress=self.progress,
                log_path=log_path,
            )
        plan, proof = found
        if plan is not None and chosen is not None:
            chosen(np.array([0.0 if v.value is None else float(v.value) for v in blocks.variables]))
        proof = replace(proof, seconds=time.monotonic() - begun, build_seconds=built)
        return trimmed(question, plan, proof) if isinstance(question, Case) and plan is not None else (plan, proof)

    def _blocks(self, question: Shared, bounds: Bounds) -> Blocks:
        if isinstance(question, Scenarios) and not self.shares(question):
            return compile_case(question)  # of another objective: its months are not those of the others
        if self._first is None:
            self._first = question, compile_case(question)
            if not bounds:
                return self._first[1]
        first, blocks = self._first
        if isinstance(question, Scenarios):
            return with_design_model(blocks, build_scenarios(question, {}))
        assert not isinstance(first, Scenarios)
        return bounded(compile_case(question, like=(first, blocks)), bounds)

    def _shared(
        self, question: Shared, blocks: Blocks, gap: float, deadline: float | None, log_path: Path | None
    ) -> tuple[Plan | None, Proof] | None:
        """The answer of the shared search; None if it comes to nothing, which a search of its own need not."""
        try:
            search = self._turned(question, blocks, gap, deadline)
            try:
                plan, proof = _solved(search)
            finally:
                search.forget()  # helpers as large as the months themselves
        except NoPlan:
            return None, Proof("infeasible", float("inf"), float("inf"), 0.0, "decomposed", (NO_PLAN,))
        except (Stalled, MonthFailed):
            return None
        if log_path is not None:
            log_path.write_text("\n".join(search.log) + "\n", encoding="utf-8")
        is_open = proof.status == "limit" and not is_cut_short(proof)
        if is_open and steps(question) < WHOLE_UP_TO_STEPS:
            return None  # on-off decisions of single hours, relaxed so far
        return plan, proof

    def _turned(self, question: Shared, blocks: Blocks, gap: float, deadline: float | None) -> Sisters:
        if self._search is not None:
            self._search.turn(question, blocks, gap, deadline)
            return self._search
        is_near = not isinstance(question, Scenarios)  # their months stay, and decisions taken over lead far away
        self._search = Sisters(question, blocks, gap, deadline, self.seed, is_near=is_near)
        self._search.progress = self.progress
        if isinstance(question, Scenarios):
            for s, teacher in enumerate(self.teachers):
                self._learn(question, s, teacher)
        return self._search

    def _learn(self, question: Scenarios, s: int, teacher: QuestionFamily) -> None:
        """Take over what is known of the months of scenario s by itself, weighted by its probability."""
        if teacher._search is None or self._search is None:
            return
        weight = question.scenarios[s].probability
        mine = [number for number, place in enumerate(places(question)) if place[0] == s]
        for number, cut in teacher._search.learned():
            index = self._search.months[mine[number]].index
            self._search.master.add(mine[number], Cut(weight * cut.constant, weight * cut.slope, index))


def _solved(search: Sisters) -> tuple[Any, Proof]:
    """The best plan of a question with its proof."""
    try:
        stopped = "time limit" if search.run() else ""
    except KeyboardInterrupt:
        stopped = "interrupted"
    found = search.finish()
    notes = (f"{search.rounds} rounds", *([stopped] if stopped else []))
    if found is None or search.best is None:
        return None, Proof("limit", float("inf"), search.bound, 0.0, "decomposed", notes)
    plan, cost = found
    without_it = cost - float(search.it_cost @ np.asarray(search.best.x))
    bound = min(search.bound, cost)
    status = "optimal" if relative_gap(cost, bound, without_it) <= search.gap else "limit"
    return plan, Proof(status, cost, bound, 0.0, "decomposed", notes)
