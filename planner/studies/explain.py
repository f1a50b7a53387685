"""Why there is no plan: which requirements conflict, and the least changes after which there is one.

0. Arithmetic (models/arithmetic.py): limits below what any design needs, without a solver.
1. A smallest conflict (planner/studies/conflict.py): whatever makes a plan changes one of its members.
2. Each member alone: with it out of the way and all others kept, is there a plan, and how far must it give way? One
   that is enough stands in every conflict. Where none is, the other conflicts are looked for too.
3. Where no single one is enough: least relative changes of several together, in several ways.
4. Demand: all work scaled down until there is a plan.

Every change is tried before it is told: `tries` makes a plan with it, as it would be typed, and rechecks that plan. Of
a requirement that is no row of the elastic problem (models/duties.py) nothing says how far it must give way: the value
that is as good as none is tried first, then values between (STEPS_BETWEEN halvings)."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from models.arithmetic import Shortfall, shortfalls
from models.case import Case
from models.paths import with_all_demand
from models.requirements import Requirement
from planner.progress import Progress
from planner.solving import DECOMPOSED_FROM_STEPS, solve
from planner.solving.elastic import Undecided
from planner.studies.conflict import Conflict, Named, Questions, exceeded, find, plainly, size_of
from planner.studies.plan import TRY_GAP

NO_REQUIREMENT = "no plan exists even without any of the limits: some work cannot be done by any rack, cooling and unit"
MARGIN = 5e-3
"""Room above the least value found: at the least itself hardly any design is left."""
FIGURES = 3
"""Significant figures of a proposed value."""
STEPS_OF_DEMAND = 6
MORE_ROOM = (1.0, 4.0, 16.0)
"""Multiples of MARGIN that are tried in turn."""
STEPS_BETWEEN = 3
MOST_CONFLICTS = 4
MOST_JOINT = 3


@dataclass(frozen=True)
class Change:
    """New values of some requirements, or less demand, with which there is a plan."""

    values: dict[str, float | str]
    """path -> value in the case's unit"""
    demand: float = 1.0
    """share of all work that is kept"""


@dataclass(frozen=True)
class Explanation:
    """Why there is no plan, and what would make one."""

    requirements: tuple[Requirement, ...]
    """all that were asked about"""
    conflicts: tuple[Conflict, ...] = ()
    alone: dict[str, bool | None] | None = None
    """member of the first conflict -> whether there is a plan with it alone out of the way; None: not known"""
    changes: tuple[Change, ...] = ()
    """each of them enough on its own; tried"""
    rule: str = ""
    """a rule without any requirement that no plan keeps"""
    is_decided: bool = True
    """whether a conflict was found; if not, time was too short"""
    arithmetic: tuple[Shortfall, ...] = ()
    """what arithmetic alone shows to be impossible, in the first case"""

    @property
    def members(self) -> tuple[Requirement, ...]:
        """Requirements of any conflict."""
        paths = {p for c in self.conflicts for p in c.paths}
        return tuple(r for r in self.requirements if r.path in paths)


def by_arithmetic(cases: Sequence[Case]) -> tuple[Shortfall, ...]:
    """What the first case falls short of by arithmetic alone, where every case falls short of something: that proves,
    in no time, that there is no plan."""
    found = [shortfalls(case) for case in cases]
    return found[0] if all(found) else ()


def explain(
    cases: Sequence[Case],
    tries: Callable[[Change], bool] | None = None,
    *,
    progress: Progress | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    named: Named = plainly,
) -> Explanation:
    """Why none of these cases has a plan, which is known; one may choose any of them.

    tries: whether there is a plan with a change (left out: on the cases themselves). time_limit [s] for each single
    question. named: how limits are told in the progress."""
    questions = Questions(cases, progress=progress, time_limit=time_limit, seed=seed, named=named)
    try:
        return _Study(questions, tries or _on(questions, time_limit)).run()
    finally:
        questions.close()


def explain_by_months(
    cases: Sequence[Case],
    tries: Callable[[Change], bool] | None = None,
    *,
    progress: Progress | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    named: Named = plainly,
) -> Explanation | None:
    """Why none of these cases has a plan, as far as their hottest months show it, with the proof that there is none;
    much faster than the whole year. What the year needs beyond these months shows when a change is tried. None for
    short horizons, where those months have a plan, and where no change found in them is enough for the year."""
    if all(case.calendar.steps < DECOMPOSED_FROM_STEPS for case in cases):
        return None
    questions = Questions(cases, progress=progress, time_limit=time_limit, seed=seed, few_months=True, named=named)
    try:
        if _shows_nothing(questions):
            return None
        found = _Study(questions, tries or _on(questions, time_limit)).run()
        return found if found.rule or any(change.values for change in found.changes) else None
    finally:
        questions.close()


def _on(questions: Questions, time_limit: float | None) -> Callable[[Change], bool]:
    """Tries changes on the cases themselves."""
    return lambda change: has_plan(questions.cases, questions.by_path, change, time_limit)


def _shows_nothing(questions: Questions) -> bool:
    """Whether the months looked at have a plan, or may have one: then they cannot show what is in the way."""
    questions.say("Asking whether the hottest months show what is in the way")
    try:
        return questions.possible([])
    except Undecided:
        return True


class _Study:
    def __init__(self, questions: Questions, tries: Callable[[Change], bool]) -> None:
        self.questions, self.by_path, self.tries = questions, questions.by_path, tries

    def run(self) -> Explanation:
        """All steps."""
        asked = tuple(self.by_path.values())
        first = find(self.questions)
        if first is None:  # only rounding stands in the way: no conflict can be named
            return Explanation(asked, is_decided=False)
        if not first.paths:
            return Explanation(asked, rule=self.questions.rule or NO_REQUIREMENT)
        excess, alone = self._alone(first)
        conflicts = self._others(first, alone)
        wanted = [self._values({p: e}) for p, e in excess.items()] or self._together()
        found = [t for values in wanted if (t := self._tried(values)) is not None]
        if self.questions.few_months:
            conflicts, alone = _as_proven(conflicts, alone, found)
        less = self._less_demand(wanted)
        return Explanation(asked, conflicts, alone, (*found, *([less] if less else [])))

    def _alone(self, conflict: Conflict) -> tuple[dict[str, float], dict[str, bool | None]]:
        """How far each member must give way if it alone does, those where that is enough; and whether it is."""
        excess: dict[str, float] = {}
        enough: dict[str, bool | None] = {}
        for path in conflict.paths:
            self.questions.say(f"Asking whether changing {self.questions.named(path)} alone is enough")
            try:
                found = self.questions.least([path], {path: 1.0 / size_of(self.by_path[path])})
            except Undecided:
                enough[path] = None
                continue
            enough[path] = found is not None
            if found is not None:
                excess[path] = found.get(path, 0.0)
        return excess, enough

    def _others(self, first: Conflict, alone: dict[str, bool | None]) -> tuple[Conflict, ...]:
        """The first conflict and, where no member is enough, for each of them one that does without it. One that is
        enough stands in every conflict: nothing more needs to be named."""
        found = [first]
        if True in alone.values():
            return (first,)
        for path in (p for p, enough in alone.items() if enough is False):
            if len(found) == MOST_CONFLICTS or any(path not in c.paths for c in found):
                continue
            other = find(self.questions, [path])
            if other is not None and other.paths:
                found.append(other)
        return tuple(found)

    def _together(self) -> list[dict[str, float | str]]:
        """Several requirements that give way together: the least relative changes, then without one of them in turn."""
        ways: list[list[str]] = []
        changes: list[dict[str, float | str]] = []
        queue: list[tuple[str, ...]] = [()]
        while queue and len(changes) < MOST_JOINT:
            kept = queue.pop(0)
            but = ", ".join(map(self.questions.named, kept))
            self.questions.say(f"Asking what must give way together{' if not ' if kept else ''}{but}")
            try:
                excess = self.questions.least([p for p in self.by_path if p not in kept])
            except Undecided:
                continue
            over = [] if excess is None else exceeded(self.questions, excess)
            if excess is None or not over:
                continue
            if not kept:
                queue += [(p,) for p in over]
            if over not in ways:
                ways.append(over)
                changes.append(self._values({p: excess[p] for p in over}))
        return changes

    def _values(self, excess: dict[str, float]) -> dict[str, float | str]:
        """New values of requirements that give way so far; of what is no row the value that is as good as none."""
        found: dict[str, float | str] = {}
        for path, e in excess.items():
            end = self.by_path[path].end
            found[path] = self.by_path[path].now + e if end is None else end
        return found

    # -- trying -------------------------------------------------------------------------------------------------------

    def _tried(self, wanted: dict[str, float | str]) -> Change | None:
        """The change rounded to the safe side, with as much room as a plan needs; None if none was found."""
        before: dict[str, float | str] = {}
        for room in MORE_ROOM[1:] if self.questions.few_months else MORE_ROOM:  # a year needs more than its months
            values = {
                p: v
                if isinstance(v, str) or not self.by_path[p].is_row
                else _rounded(v, self.by_path[p], room * MARGIN)
                for p, v in wanted.items()
            }
            if values == before:
                continue
            before = values
            if self._works(values):
                return Change(self._no_further(values))
        return None

    def _works(self, values: dict[str, float | str]) -> bool:
        self.questions.say(f"Trying {', '.join(self.questions.named(p, v) for p, v in values.items())}")
        return self.tries(Change(values))

    def _no_further(self, values: dict[str, float | str]) -> dict[str, float | str]:
        """Values that work, with what is no row brought back towards where it stands as far as a few trials show."""
        for path, value in values.items():
            r = self.by_path[path]
            if r.is_row or isinstance(value, str):
                continue
            works, fails = float(value), float(r.now)
            for _ in range(STEPS_BETWEEN):
                middle = _between(works, fails, r)
                if middle in (works, fails):
                    break
                if self._works({**values, path: middle}):
                    works = middle
                else:
                    fails = middle
            values = {**values, path: works}
        return values

    def _less_demand(self, wanted: Collection[dict[str, float | str]]) -> Change | None:
        """A share of all work for which a plan was found: from what the least changes hint at, down by a tenth each."""
        if not wanted or not any(case.workloads for case in self.questions.cases):
            return None
        now = {p: r.now for p, r in self.by_path.items()}
        hints = [
            now[p] / v for values in wanted for p, v in values.items() if not isinstance(v, str) and v > now[p] > 0
        ]
        share = math.floor(100 * min(hints, default=0.9)) / 100
        for _ in range(STEPS_OF_DEMAND):
            if share < 0.05:
                return None
            self.questions.say(f"Trying {100 * share:.0f} % of all work")
            if self.tries(Change({}, share)):
                return Change({}, share)
            share = math.floor(100 * share * 0.9) / 100
        return None


def _as_proven(
    conflicts: tuple[Conflict, ...], alone: dict[str, bool | None], found: Sequence[Change]
) -> tuple[tuple[Conflict, ...], dict[str, bool | None]]:
    """What months alone prove of the year, with the plans found: a member is enough if it was changed alone and tried,
    a conflict smallest if all of its members are."""
    tried = {path for change in found if len(change.values) == 1 for path in change.values}
    known: dict[str, bool | None] = {
        p: True if p in tried else None if enough else enough for p, enough in alone.items()
    }
    proven = tuple(replace(c, is_smallest=len(c.paths) == 1 or tried >= set(c.paths)) for c in conflicts)
    return proven, known


def has_plan(
    cases: Sequence[Case], by_path: dict[str, Requirement], change: Change, time_limit: float | None = None
) -> bool:
    """Whether one of the cases has a plan with a change; tried on the cases, without a recheck."""
    for case in cases:
        changed = with_all_demand(case, change.demand)
        for path, value in change.values.items():
            changed = by_path[path].at(changed, value)
        if solve(changed, gap=TRY_GAP, time_limit=time_limit)[0] is not None:
            return True
    return False


def _between(works: float, fails: float, requirement: Requirement) -> float:
    """A value between two, as a person would write it: halfway, of far larger ones by their ratio."""
    if requirement.is_whole:
        return float((works + fails) // 2)
    middle = math.sqrt(works * fails) if works > 2 * fails > 0 else (works + fails) / 2
    return float(f"{middle:.{FIGURES}g}")


def _rounded(value: float, requirement: Requirement, room: float) -> float:
    """A value a little above what is needed, as a person would write it."""
    if requirement.is_whole:
        return float(math.ceil(value - 1e-6))
    if requirement.path == "limits.need_month":
        return math.ceil(value * 10 - 1e-6) / 10
    needed = value + room * abs(value)
    digits = FIGURES - 1 - math.floor(math.log10(abs(needed))) if needed else 0
    return math.ceil(round(needed * 10**digits, 6)) / 10**digits
