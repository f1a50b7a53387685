"""Questions over scenarios that share their months: one search that is turned from question to question.

A scenario by itself and the same scenario after decisions taken over from another plan have the same months; so have
all scenarios together, with later purchases or without. What is learned for one question (cuts speak of linking
variables alone) serves the next, and what was learned of each scenario by itself serves all of them together, weighted
by probability. Short horizons are handed over whole, one by one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from models.blocks import Impossible
from models.design import Proof, relative_gap
from models.scenario_tree import build_scenarios, places
from models.scenarios import ScenarioPlan, Scenarios
from planner.solving import Method, solve_scenarios
from planner.solving.arrays import Blocks, compile_case, with_design_model
from planner.solving.decomposed import NO_PLAN, WHOLE_UP_TO_STEPS
from planner.solving.family import Sisters
from planner.solving.gap import LiveProgress
from planner.solving.month import Cut
from planner.solving.month_problem import MonthFailed
from planner.solving.question import steps
from planner.solving.rounds import NoPlan, Stalled


class ScenarioFamily:
    """Solves questions of least expected cost that differ from the first in what is decided alike or taken over, and
    in what is on sale when."""

    def __init__(
        self, method: Method = "auto", seed: int = 0, teachers: Sequence[ScenarioFamily] = (),
        progress: LiveProgress | None = None,
    ) -> None:  # fmt: skip
        self.method, self.seed, self.teachers, self.progress = method, seed, teachers, progress
        self._first: Blocks | None = None
        self._search: Sisters | None = None

    def close(self) -> None:
        """Give threads and months back."""
        if self._search is not None:
            self._search.close()
        self._search = self._first = None

    def solve(
        self, question: Scenarios, *, gap: float, time_limit: float | None = None, log_path: Path | None = None
    ) -> tuple[ScenarioPlan | None, Proof]:
        """As `solve_scenarios`; Ctrl-C (KeyboardInterrupt) is passed on."""
        alone: dict[str, Any] = {"method": self.method, "seed": self.seed, "progress": self.progress}
        alone |= {"gap": gap, "time_limit": time_limit, "log_path": log_path}
        shares = question.objective == "expected" and self.method != "monolithic"
        if not shares or steps(question) < WHOLE_UP_TO_STEPS:
            return solve_scenarios(question, **alone)
        begun = time.monotonic()
        try:
            blocks = self._blocks(question)
        except Impossible as rule:
            infinite = float("inf")
            return None, Proof("infeasible", infinite, infinite, time.monotonic() - begun, "decomposed", (str(rule),))
        built = time.monotonic() - begun
        try:
            search = self._turned(question, blocks, gap, None if time_limit is None else begun + time_limit)
            plan, proof = _solved(search)
        except NoPlan:
            plan, proof = None, Proof("infeasible", float("inf"), float("inf"), 0.0, "decomposed", ("", NO_PLAN))
        except (Stalled, MonthFailed):
            return solve_scenarios(question, **alone)
        if log_path is not None and self._search is not None:
            log_path.write_text("\n".join(self._search.log) + "\n", encoding="utf-8")
        return plan, replace(proof, seconds=time.monotonic() - begun, build_seconds=built)

    def _blocks(self, question: Scenarios) -> Blocks:
        if self._first is None:
            self._first = compile_case(question)
            return self._first
        return with_design_model(self._first, build_scenarios(question, {}))

    def _turned(self, question: Scenarios, blocks: Blocks, gap: float, deadline: float | None) -> Sisters:
        if self._search is not None:
            self._search.turn(question, blocks, gap, deadline)
            return self._search
        self._search = Sisters(question, blocks, gap, deadline, self.seed)
        self._search.progress = self.progress
        for s, teacher in enumerate(self.teachers):
            self._learn(question, s, teacher)
        return self._search

    def _learn(self, question: Scenarios, s: int, teacher: ScenarioFamily) -> None:
        """Take over what is known of the months of scenario s by itself, weighted by its probability."""
        if teacher._search is None or self._search is None:
            return
        weight = question.scenarios[s].probability
        mine = [number for number, place in enumerate(places(question)) if place[0] == s]
        for number, cut in teacher._search.learned():
            index = self._search.months[mine[number]].index
            self._search.master.add(mine[number], Cut(weight * cut.constant, weight * cut.slope, index))


def _solved(search: Sisters) -> tuple[ScenarioPlan | None, Proof]:
    """The best plan of a question with its proof."""
    stopped = search.run()
    found = search.finish()
    notes = (f"{search.rounds} rounds", *(["time limit"] if stopped else []))
    if found is None or search.best is None:
        return None, Proof("limit", float("inf"), search.bound, 0.0, "decomposed", notes)
    plan, cost = found
    without_it = cost - float(search.it_cost @ np.asarray(search.best.x))
    bound = min(search.bound, cost)
    status = "optimal" if relative_gap(cost, bound, without_it) <= search.gap else "limit"
    return plan, Proof(status, cost, bound, 0.0, "decomposed", notes)
