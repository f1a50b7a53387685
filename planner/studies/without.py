"""What each subject of the power side is worth: the plan, of one stage or of several, made again without it.

All solves are turns of one search, that of the plan itself where it was kept (planner/solving/sharing.py). What the
plan has nothing of, and other architectures, which were solved when the plan was made, need no solve."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.case import Case
from models.design import Answer, Proof, Removal
from models.stages import AnyAnswer
from planner.solving import is_interrupted
from planner.studies.choose import Question, choice_of
from planner.studies.entry_price import entries, entry_price
from planner.studies.subjects import Dropped, each_subject
from reports.removals import subject_name

if TYPE_CHECKING:
    from planner.progress import Progress
    from planner.solving.bounds import Bounds
    from planner.solving.sharing import QuestionFamily
    from planner.studies.plan import PlanOptions

LEAST_S = 300.0
"""Seconds that a subject may take at least; beyond them, no more than the plan took: a study must end."""
ANY_CONNECTION = 5.0
"""Times the connection: more than any work that could have waited for it needs."""


def without_each_subject(
    answer: AnyAnswer,
    others: Sequence[Question],
    options: PlanOptions,
    progress: Progress | None = None,
    family: QuestionFamily | None = None,
) -> tuple[Removal, ...]:
    """For each subject, by how much the cheapest plan without it costs more than the cheapest with it [kcur]; in a plan
    of several stages, without it in all of them.

    others: the questions the workbook leaves to choose from. family: what solved the plan; it is closed here. Exact
    within the two proven gaps: the change lies between bound and cost of either plan. The tariff stays that of the
    plan, and so does the architecture, except where it is the subject. At most one further solve per subject, two for
    work that waits where there is no plan without. Of one year of many hours it is also told at what price what is not
    in the plan would pay. Subjects that are not reached before Ctrl-C, or in what the plan left of the time limit, or
    that take longer than the plan with all its choices did (at least LEAST_S), are told as not computed."""
    from planner.solving.sharing import QuestionFamily

    study = _Study(answer, options, progress, family or QuestionFamily(options.method, options.seed))
    try:
        return study.removals(_each(answer, others))
    finally:
        study.family.close()


@dataclass(frozen=True, eq=False)
class _Subject:
    """A subject, the question without it, and the same as bounds of the plan's own question, if it is that."""

    dropped: Dropped
    question: Question
    bounds: Bounds

    @property
    def name(self) -> str:
        return subject_name(self.dropped.subject, self.dropped.item)


class _Study:
    def __init__(
        self, answer: AnyAnswer, options: PlanOptions, progress: Progress | None, family: QuestionFamily
    ) -> None:
        self._answer, self._options, self._progress, self.family = answer, options, progress, family
        self._own = _question(answer)
        self._is_interrupted = any(is_interrupted(proof) for proof in (answer.proof, *answer.choices.values()))
        limit = options.time_limit
        self._deadline = None if limit is None else time.monotonic() + limit - answer.proof.seconds

    def removals(self, subjects: Sequence[_Subject]) -> tuple[Removal, ...]:
        """Each subject's, in their order. The time left is shared out evenly over those that are left."""
        found: list[Removal] = []
        for number, asked in enumerate(subjects):
            seconds = self._seconds(sum(s.dropped.used for s in subjects[number:]))
            try:
                found.append(self._removal(asked, seconds))
            except KeyboardInterrupt:
                self._is_interrupted = True
                found.append(_not_computed(asked.dropped))
        return tuple(found)

    def _seconds(self, count: int) -> float:
        """What the next of so many subjects may take [s]."""
        most = max(LEAST_S, self._answer.proof.seconds)
        return most if self._deadline is None else min(most, (self._deadline - time.monotonic()) / max(count, 1))

    def _removal(self, asked: _Subject, seconds: float) -> Removal:
        """What becomes of the plan's cost without one subject."""
        plan, dropped = self._answer.proof, asked.dropped
        is_stopped = self._is_interrupted or seconds <= 0
        if not dropped.used:
            price = None if is_stopped else self._break_even(asked, seconds)
            return replace(_unchanged(plan, dropped), break_even=price)
        if dropped.subject == "architecture":
            known = self._answer.choices.get(choice_of(dropped.case))
            if known is not None:
                return _compared(plan, dropped, known)  # solved when the plan was made
        if is_stopped:
            return _not_computed(dropped)
        self._say(f"Solving without {asked.name}")
        found, proof = self._solve(asked.question, seconds, asked.bounds)
        removal = _compared(plan, dropped, proof)
        if dropped.subject != "flexible_work":
            return removal
        if found is None and not self._is_interrupted:
            found, _ = self._solve(_wide(asked.question), seconds)
        return replace(removal, peak_import_mw=None if found is None else _peak_mw(asked.question, found))

    def _break_even(self, asked: _Subject, seconds: float) -> Any:
        """The price at which a means would pay that a plan of one stage does without."""
        if not isinstance(self._own, Case) or not self.family.shares(self._own):
            return None
        entry = dict(entries(self._own)).get((asked.dropped.subject, asked.dropped.item))
        if entry is None:
            return None
        self._say(f"Looking for the price at which it would pay: {asked.name}")
        return entry_price(self._answer.proof, entry, self._solve(self._own, seconds, entry.bounds)[1])

    def _solve(self, question: Question, seconds: float, bounds: Bounds | None = None) -> tuple[Any, Proof]:
        """The plan of a question, or of the plan's own within bounds, and its proof."""
        options = self._options
        own = self._own if bounds else question
        plan, proof = self.family.solve(own, gap=options.gap, time_limit=seconds, bounds=bounds)
        self._is_interrupted = is_interrupted(proof)
        return plan, proof

    def _say(self, words: str) -> None:
        if self._progress:
            self._progress.step(words)


def _not_computed(dropped: Dropped) -> Removal:
    """The study ended before: nothing is known."""
    return Removal(dropped.subject, dropped.item, math.inf, -math.inf, math.inf, is_computed=False)


def _unchanged(plan: Proof, dropped: Dropped) -> Removal:
    """The plan has nothing of it, so it is a plan without it too."""
    gap = max(0.0, plan.objective_kcur - plan.bound_kcur)
    return Removal(dropped.subject, dropped.item, plan.objective_kcur, 0.0, gap, in_plan=False)


def _compared(plan: Proof, dropped: Dropped, proof: Proof) -> Removal:
    """What becomes of the plan's cost without the subject; of no plan found the cost is infinite. A search that was
    stopped may tell nothing."""
    cost = proof.objective_kcur
    bound = math.inf if proof.status == "infeasible" else proof.bound_kcur
    low, high = bound - plan.objective_kcur, cost - plan.bound_kcur
    if dropped.narrows:
        low, high = max(low, 0.0), max(high, 0.0)
    if dropped.widens:
        low, high = min(low, 0.0), min(high, 0.0)
    tells = math.isfinite(low) if math.isfinite(cost) else low > 0
    if proof.status == "limit" and not tells:
        return _not_computed(dropped)
    return Removal(dropped.subject, dropped.item, cost, low, high)


# -- one stage or several ---------------------------------------------------------------------------------------------


def _question(answer: AnyAnswer) -> Question:
    return answer.case if isinstance(answer, Answer) else answer.growth


def _cases(question: Question) -> tuple[Case, ...]:
    return (question,) if isinstance(question, Case) else tuple(stage.case for stage in question.stages)


def _designs(plan: Any) -> tuple[Any, ...]:
    """The design of each stage."""
    return getattr(plan, "stages", (plan,))


def _with_cases(question: Question, cases: dict[int, Case]) -> Question:
    """The question with other cases in some stages."""
    if isinstance(question, Case):
        return cases.get(0, question)
    stages = tuple(replace(s, case=cases.get(k, s.case)) for k, s in enumerate(question.stages))
    return replace(question, stages=stages)


def _each(answer: AnyAnswer, others: Sequence[Question]) -> list[_Subject]:
    """Each subject that some stage has, with the question without it in all of them."""
    own = _question(answer)
    by_subject: dict[tuple[str, str], dict[int, Dropped]] = {}
    plan = answer.design if isinstance(answer, Answer) else answer.plan
    for k, (case, design) in enumerate(zip(_cases(own), _designs(plan), strict=True)):
        for dropped in each_subject(case, design, [_cases(other)[k] for other in others]):
            by_subject.setdefault((dropped.subject, dropped.item), {})[k] = dropped
    return [_joined(own, parts) for parts in by_subject.values()]


def _joined(own: Question, parts: dict[int, Dropped]) -> _Subject:
    """A subject of some stages, taken away in all of them."""
    dropped = replace(
        next(iter(parts.values())),
        used=any(d.used for d in parts.values()),
        widens=all(d.widens for d in parts.values()),
        narrows=all(d.narrows for d in parts.values()),
    )
    bounds: dict[Any, tuple[float, float]] = {}
    if all(d.bounds for d in parts.values()):
        for k, d in parts.items():
            stage = "" if isinstance(own, Case) else f"stage[{k}]."
            bounds |= {(f"{stage}{name}", index): ends for (name, index), ends in d.bounds.items()}
    return _Subject(dropped, _with_cases(own, {k: d.case for k, d in parts.items()}), bounds)


def _wide(question: Question) -> Question:
    """The question with a connection of any size."""
    cases = {}
    for k, case in enumerate(_cases(question)):
        limit = ANY_CONNECTION * case.grid.interval_limit_mw
        wide = replace(case.grid, import_limit_mw=limit, import_limit_mva=None, contract_mw=None)
        cases[k] = replace(case, grid=wide)
    return _with_cases(question, cases)


def _peak_mw(question: Question, plan: Any) -> float:
    """Highest interval import of all stages [MW]."""
    parts = zip(_cases(question), _designs(plan), strict=True)
    return max(c.grid.billing_factor * float(d.operation.import_mw.max(initial=0.0)) for c, d in parts)
