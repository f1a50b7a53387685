"""Why there is no plan: which requirements conflict, and the least changes after which there is one.

1. A requirement alone: with it out of the way and all others kept, is there a plan? Those for which there is stand in
   every conflict; if there is only one conflict, they are it: take any one of them away and it is gone. The same search
   tells how far each must give way at least. Limits of the site and the year come first; those of single items are
   asked about only if none of the first is enough.
2. If no single one is enough there are several conflicts: the least relative changes that resolve all of them together.
3. Demand: all work scaled down, as far as the changes above hint, until there is a plan.

Every change is tried before it is told: the case with the rounded value must have a plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.blocks import Impossible
from models.case import Case
from models.requirements import Requirement, requirements
from planner.solving import DECOMPOSED_FROM_STEPS, solve
from planner.solving.elastic import Elastic, Undecided
from planner.studies.demand import scaled

if TYPE_CHECKING:
    from planner.progress import Progress

NO_REQUIREMENT = "no plan exists even without any of the limits: some work cannot be done by any rack, cooling and unit"
TRY_GAP = 0.2
"""A change is tried with this gap: any plan will do."""
MARGIN = 5e-3
"""Room above the least value found: at the least itself hardly any design is left."""
NOTHING = 1e-5
"""Relative excess below which a limit holds."""
FIGURES = 3
"""Significant figures of a proposed value."""
STEPS_OF_DEMAND = 5
MORE_ROOM = (1.0, 4.0, 16.0)
"""Multiples of MARGIN that are tried in turn."""


@dataclass(frozen=True)
class Change:
    """New values of some requirements, or less demand, with which there is a plan."""

    values: dict[str, float]
    """path -> value in the case's unit"""
    demand: float = 1.0
    """share of all work that is kept"""


@dataclass(frozen=True)
class Explanation:
    """Why there is no plan, and what would make one."""

    conflict: tuple[Requirement, ...]
    """requirements in the way: each alone is enough to change, or all of them together"""
    changes: tuple[Change, ...]
    """each of them enough on its own; tried"""
    rule: str = ""
    """a rule without any requirement that no plan keeps"""
    undecided: tuple[str, ...] = ()
    """paths about which nothing was found out"""


def explain(
    case: Case, *, progress: Progress | None = None, time_limit: float | None = None, seed: int = 0
) -> Explanation:
    """Why a case has no plan. time_limit [s] for each single question."""
    found = requirements(case)
    whole = case.calendar.steps < DECOMPOSED_FROM_STEPS
    try:
        elastic = Elastic(case, found, whole=whole, seed=seed)
    except Impossible as rule:
        return Explanation((), (), str(rule))
    study = _Study(case, found, elastic, progress, time_limit)
    try:
        return study.run()
    finally:
        elastic.close()


class _Study:
    def __init__(
        self,
        case: Case,
        found: Sequence[Requirement],
        elastic: Elastic,
        progress: Progress | None,
        time_limit: float | None,
    ) -> None:
        self.case, self.found, self.elastic = case, found, elastic
        self.by_path = {r.path: r for r in found}
        self.progress, self.time_limit = progress, time_limit
        self.undecided: list[str] = []

    def say(self, words: str) -> None:
        if self.progress:
            self.progress.step(words)

    def ask(self, free: Sequence[str], weight: dict[str, float] | None = None) -> dict[str, float] | None:
        """The excesses asked for; None: no plan, or not known (then noted)."""
        try:
            return self.elastic.least(free, weight, self.time_limit)
        except Undecided:
            self.undecided += [p for p in free if p not in self.undecided]
            return None

    def run(self) -> Explanation:
        """All three steps."""
        alone = self._alone([r for r in self.found if not r.is_of_item])
        if not alone:
            alone = self._alone([r for r in self.found if r.is_of_item])
        changes = [Change({p: self.by_path[p].now + excess}) for p, excess in alone.items()]
        if not alone:
            self.say("Asking which limits must give way together")
            together = self.ask(list(self.by_path))
            if together is None:
                return Explanation((), (), "" if self.undecided else NO_REQUIREMENT, tuple(self.undecided))
            size = {p: max(abs(self.by_path[p].now), 1e-6) for p in together}
            changes = [Change({p: self.by_path[p].now + e for p, e in together.items() if e > NOTHING * size[p]})]
        conflict = [r for r in self.found if any(r.path in c.values for c in changes)]
        tried = [t for c in changes if (t := self._tried(c)) is not None]
        less = self._less_demand(conflict, changes)
        return Explanation(tuple(conflict), (*tried, *([less] if less else [])), "", tuple(self.undecided))

    def _alone(self, asked: Sequence[Requirement]) -> dict[str, float]:
        """Requirement -> how far it must give way if it alone does; those where that is enough."""
        enough = {}
        for r in asked:
            self.say(f"Asking whether {r.path} alone is in the way")
            excess = self.ask([r.path], {r.path: 1.0 / max(abs(r.now), 1e-6)})
            if excess is not None:
                enough[r.path] = excess.get(r.path, 0.0)
        return enough

    # -- trying -------------------------------------------------------------------------------------------------------

    def _tried(self, change: Change) -> Change | None:
        """The change rounded to the safe side, with as much room as a plan needs; None if none was found."""
        for room in MORE_ROOM:
            values = {p: _rounded(v, self.by_path[p], room * MARGIN) for p, v in change.values.items()}
            self.say(f"Trying {', '.join(f'{p} = {v:g}' for p, v in values.items())}")
            changed = self.case
            for path, value in values.items():
                changed = self.by_path[path].at(changed, value)
            if self._has_plan(changed):
                return Change(values)
        return None

    def _less_demand(self, conflict: Sequence[Requirement], changes: Sequence[Change]) -> Change | None:
        """The largest share of all work, in steps of a hundredth, for which a plan was found."""
        if not self.case.workloads or not changes:
            return None
        hints = [r.now / v for c in changes for r in conflict if (v := c.values.get(r.path, 0.0)) > r.now > 0]
        share = math.floor(100 * min(hints, default=0.9)) / 100
        for _ in range(STEPS_OF_DEMAND):
            if share < 0.05:
                return None
            self.say(f"Trying {100 * share:.0f} % of all work")
            if self._has_plan(scaled(self.case, share)):
                return Change({}, share)
            share = math.floor(100 * share * 0.9) / 100
        return None

    def _has_plan(self, case: Case) -> bool:
        design, _ = solve(case, gap=TRY_GAP, time_limit=self.time_limit)
        return design is not None


def _rounded(value: float, requirement: Requirement, room: float) -> float:
    """A value a little above what is needed, as a person would write it."""
    if requirement.is_whole:
        return float(math.ceil(value - 1e-6))
    if requirement.path == "limits.need_month":
        return math.ceil(value * 10 - 1e-6) / 10
    needed = value + room * abs(value)
    digits = FIGURES - 1 - math.floor(math.log10(abs(needed))) if needed else 0
    return math.ceil(round(needed * 10**digits, 6)) / 10**digits
