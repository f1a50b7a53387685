"""Which requirements cannot hold together: a smallest set, each member of it proven to be needed.

Rows of the elastic problem (models/requirements.py) are asked about together; of the others (models/duties.py), a case
with those out of the way that may give way is an elastic problem of its own. An elastic filter (J. W. Chinneck, E. W.
Dravnieks, ORSA Journal on Computing 3(2), 1991, 157-168) holds what the least change exceeds until nothing is left to
give way; a deletion filter then leaves out one at a time and keeps those without which the rest could hold.
Requirements that are not held are out of the way: limits without a bound where they need none, else up to
models.requirements.WIDER times as wide."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from models.blocks import Impossible
from models.case import Case
from models.duties import lifted, requirements
from models.requirements import Requirement, rows
from planner.solving import DECOMPOSED_FROM_STEPS
from planner.solving.elastic import GAP, Elastic, Undecided

if TYPE_CHECKING:
    from planner.progress import Progress

NOTHING = 1e-5
"""Relative excess below which a limit holds."""
MOST_KEPT = 6
"""Elastic problems kept for each case: one of a full year holds some 400 MB."""
ROUGH = 0.1
"""Gap where only which limits give way is of interest, not how far."""


class Named(Protocol):
    """Words for a limit of the case, and for a value of it."""

    def __call__(self, path: str, value: float | str | None = None) -> str:
        """The words."""


def plainly(path: str, value: float | str | None = None) -> str:
    """A limit by its place in the case, where nothing is known of cells."""
    return path if value is None else f"{path} = {value}"


def size_of(requirement: Requirement) -> float:
    """What an excess is a share of."""
    return max(abs(requirement.now), 1e-6)


def hottest_months(case: Case) -> set[int]:
    """The months of the highest dry bulb, the highest wet bulb and the highest plain load: most limits bind there."""
    series = [case.site.dry_bulb_c, case.site.wet_bulb_c, case.site.plain_load_mw]
    return {case.calendar.month_of_step[int(s.argmax())] for s in series if s is not None and s.max() > 0}


def _answers_as(case: Case) -> tuple[object, ...]:
    """Equal for cases of one workbook with the same requirements: tariffs to choose from differ in prices, which no
    requirement speaks of, and in capacity contracted, which is one."""
    limits = tuple((r.path, r.now) for r in requirements(case))
    return case.electrical.name, case.grid.contract_mw, case.grid.overrun_kcur_per_mw_month is None, limits


class Questions:
    """Questions about the requirements of cases of which one may choose any (tariffs, architectures): one that has a
    plan is enough. Ask with all that are free to give way; the others hold."""

    def __init__(
        self,
        cases: Sequence[Case],
        *,
        progress: Progress | None = None,
        time_limit: float | None = None,
        seed: int = 0,
        few_months: bool = False,
        named: Named = plainly,
    ) -> None:
        """time_limit [s]: for each question of each case. Cases that differ in prices alone are asked once. few_months:
        ask about the hottest months alone; then "no" is proven for the year, and "yes" is not. named: how limits are
        told while questions are asked."""
        self.few_months, self.named = few_months, named
        self.cases = list({_answers_as(case): case for case in reversed(cases)}.values())[::-1]
        self._progress, self._time_limit, self._seed = progress, time_limit, seed
        self.by_path: dict[str, Requirement] = {}
        for case in cases:
            for r in requirements(case):
                self.by_path.setdefault(r.path, r)
        self.rule = ""
        """a rule that fails whatever the requirements, if that is why a case has no plan"""
        self._elastics: dict[tuple[int, frozenset[str]], Elastic | None] = {}
        self._known: dict[frozenset[str], bool] = {}

    def close(self) -> None:
        """Give the threads back."""
        for elastic in self._elastics.values():
            if elastic is not None:
                elastic.close()

    def say(self, words: str) -> None:
        """Tell what is asked."""
        if self._progress:
            self._progress.step(words)

    def _elastic(self, number: int, aside: frozenset[str]) -> Elastic | None:
        """The elastic problem of a case with duties out of the way, made when it is first asked; None if a rule leaves
        it without a plan."""
        if (number, aside) not in self._elastics:
            case = lifted(self.cases[number], aside)
            whole = case.calendar.steps < DECOMPOSED_FROM_STEPS
            try:
                months = hottest_months(case) if self.few_months else None
                made = Elastic(case, rows(case), whole=whole, seed=self._seed, months=months)
            except Impossible as rule:
                made, self.rule = None, str(rule)
            self._elastics[number, aside] = made
        made = self._elastics.pop((number, aside))
        self._elastics[number, aside] = made  # the last used stands last
        if len(self._elastics) > MOST_KEPT * len(self.cases):
            oldest = self._elastics.pop(next(iter(self._elastics)))
            if oldest is not None:
                oldest.close()
        return made

    def least(
        self, free: Collection[str], weight: Mapping[str, float] | None = None, gap: float = GAP
    ) -> dict[str, float] | None:
        """How far these requirements give way at least, as Elastic.least; of several cases the one that needs least.

        Duties give way only where the rows are not enough, and then no more of them than must: each of those has an
        excess of its own size. None: proven that there is no plan. Raises Undecided when that is not known in time."""
        duties = [p for p in self.by_path if p in free and not self.by_path[p].is_row]
        found = self._of_best_case(free, weight, gap, ())
        if found is not None or not duties:
            return found
        asked: dict[frozenset[str], dict[str, float] | None] = {}

        def without(*aside: str) -> dict[str, float] | None:
            key = frozenset(aside)
            if key not in asked:
                asked[key] = self._of_best_case(free, weight, gap, aside)
            return asked[key]

        if without(*duties) is None:
            return None
        aside = _fewest((), tuple(duties), without)
        found = without(*aside)
        return None if found is None else found | {p: size_of(self.by_path[p]) for p in aside}

    def _of_best_case(
        self, free: Collection[str], weight: Mapping[str, float] | None, gap: float, aside: Sequence[str]
    ) -> dict[str, float] | None:
        """Elastic.least of the case that needs least, with duties out of the way."""
        best: tuple[float, dict[str, float]] | None = None
        undecided = False
        for number in range(len(self.cases)):
            elastic = self._elastic(number, frozenset(aside))
            try:
                found = None if elastic is None else elastic.least(free, weight, self._time_limit, gap)
            except Undecided:
                undecided = True
                continue
            if found is not None:
                far = sum(e / size_of(self.by_path[p]) for p, e in found.items() if weight is None or weight.get(p))
                best = min(best or (far, found), (far, found), key=lambda item: item[0])
        if best is None and undecided:
            raise Undecided("time limit")
        return None if best is None else best[1]

    def possible(self, free: Collection[str]) -> bool:
        """Whether there is a plan when these may give way as far as they like. Raises Undecided."""
        key = frozenset(free)
        if key not in self._known:
            aside = [p for p in self.by_path if p in key and not self.by_path[p].is_row]
            self._known[key] = self._of_best_case(free, {}, GAP, aside) is not None
        return self._known[key]


def _fewest(base: tuple[str, ...], rest: tuple[str, ...], without: Callable[..., object]) -> tuple[str, ...]:
    """The duties of `rest` that must go besides `base`, found by halves (U. Junker, AAAI 2004, 167-172): without all of
    both there is a plan, without `base` alone there is none."""
    if len(rest) == 1:
        return rest
    first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
    late = _fewest((*base, *first), second, without) if without(*base, *first) is None else ()
    early = _fewest((*base, *late), first, without) if not late or without(*base, *late) is None else ()
    return (*early, *late)


@dataclass(frozen=True)
class Conflict:
    """Requirements that cannot hold together, whatever becomes of all others: proven."""

    paths: tuple[str, ...]
    is_smallest: bool
    """proven of each: without it, the rest can hold (all other requirements out of the way)"""


def find(questions: Questions, aside: Collection[str] = ()) -> Conflict | None:
    """A conflict among the requirements that are not set aside, given that there is no plan with those out of the way.

    None where every limit holds within rounding after all. A conflict without members: no plan whatever the
    requirements."""
    held = _held_in_turn(questions, aside)
    if held is None:
        return None
    is_smallest = True
    items_first = sorted(held, key=lambda p: not questions.by_path[p].is_of_item)
    for path in items_first if len(held) > 1 else ():
        others = [p for p in held if p != path]
        questions.say(f"Asking whether the conflict needs {questions.named(path)}")
        try:
            if not questions.possible([p for p in questions.by_path if p not in others]):
                held = others
        except Undecided:
            is_smallest = False
    return Conflict(tuple(p for p in questions.by_path if p in held), is_smallest)


def _held_in_turn(questions: Questions, aside: Collection[str]) -> list[str] | None:
    """Requirements that cannot hold together: those that the least change exceeds are held, until there is none."""
    held: list[str] = []
    while True:
        rest = [p for p in questions.by_path if p not in held and p not in aside]
        kept = ", ".join(map(questions.named, held))
        questions.say(f"Asking which limits give way with {kept} kept" if held else "Asking what gives way")
        try:
            weight = {p: 1 / size_of(questions.by_path[p]) for p in rest}
            excess = questions.least([*aside, *rest], weight, ROUGH)
        except Undecided:
            return [*held, *rest]  # known not to hold together; which are needed is asked next
        if excess is None:
            return held
        over = exceeded(questions, {p: e for p, e in excess.items() if p in rest})
        if not over:
            return None
        held += over


def exceeded(questions: Questions, excess: Mapping[str, float]) -> list[str]:
    """Requirements that give way by more than rounding."""
    return [p for p, e in excess.items() if e > NOTHING * size_of(questions.by_path[p])]
