"""One plan for several futures: what is decided before it is known which one comes, and what each comparison is worth.

First each scenario is planned by itself, as if it were known from the start: the cost that regret counts from. Then all
together. Then other decisions are carried into every scenario, each with the best that can follow: the plan for mean
inputs and each scenario's own. Last the same futures are planned with fewer choices."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from models.scenario_accounts import account_scenarios, all_at_once, expected, in_fixed_steps
from models.scenario_mean import mean_scenario
from models.scenarios import (
    Decision,
    Objective,
    OwnPlan,
    ScenarioAnswer,
    ScenarioPlan,
    Scenarios,
    Worth,
)
from models.stages import Purchase
from planner.errors import AuditFailed, Infeasible, NoAnswer
from planner.studies.choose import over_all

if TYPE_CHECKING:
    from models.design import Proof
    from planner.progress import Progress
    from planner.solving import Method
    from planner.solving.sharing import QuestionFamily


@dataclass(frozen=True)
class ScenarioOptions:
    """What is minimised, and how hard to look."""

    objective: Objective = "expected"
    compares: bool = True
    """whether other decisions are carried into every scenario, and fewer choices planned for"""
    gap: float = 0.001
    """proven gap of every plan, share of the cost without IT hardware"""
    time_limit: float | None = None
    """seconds for each solve; None: no limit"""
    method: Method = "auto"
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


_MEAN = -1
"""In place of a scenario's number: the mean of all."""


# -- the study --------------------------------------------------------------------------------------------------------


def plan_scenarios(
    questions: Sequence[Scenarios],
    changes: Sequence[tuple[tuple[str, str, str], ...]],
    options: ScenarioOptions,
    *,
    progress: Progress | None = None,
    log_path: Path | None = None,
    read_seconds: float = 0.0,
) -> ScenarioAnswer:
    """The plan, rechecked in every scenario, and what it is worth; `questions`: one per choice of tariff and
    architecture, of which the plan takes one for all scenarios.

    Raises Infeasible if a scenario has no plan even by itself, or none that starts alike exists; NoAnswer if a search
    stopped without one; AuditFailed. Ctrl-C after the plan ends the comparison, and the answer says so."""
    study = _Study(questions, options, progress, log_path)
    begun = time.perf_counter()
    try:
        own = study.own_plans()
        plan = study.plan(options.objective, own)
        planned = time.perf_counter()
        answer = study.checked(plan, own, changes)
        audited = time.perf_counter()
        if options.compares:
            answer = study.compared(answer, plan)
    finally:
        study.close()
    seconds = {
        "read": read_seconds,
        "solve": planned - begun,
        "audit": audited - planned,
        "studies": time.perf_counter() - audited,
        "report": 0.0,
    }
    return replace(answer, seconds=seconds)


@dataclass(frozen=True, eq=False)
class _Found:
    """The best plan over all choices, and which of them it takes."""

    choice: int
    question: Scenarios
    plan: ScenarioPlan | None
    proof: Proof

    @property
    def cost_kcur(self) -> float:
        return self.proof.objective_kcur


class _Study:
    def __init__(
        self,
        questions: Sequence[Scenarios],
        options: ScenarioOptions,
        progress: Progress | None,
        log_path: Path | None,
    ) -> None:
        self.questions, self.options, self.progress, self.log_path = tuple(questions), options, progress, log_path
        self.names = [s.name for s in self.questions[0].scenarios]
        self.choices: list[int] = []
        """which tariff and architecture each scenario's own plan takes"""
        self.families: dict[tuple[int, int | None], QuestionFamily] = {}

    def say(self, words: str) -> None:
        """Tell what is done next."""
        if self.progress:
            self.progress.step(words)

    def close(self) -> None:
        """Give threads and months back."""
        for family in self.families.values():
            family.close()

    def _family(self, number: int, alone: int | None) -> QuestionFamily:
        """What solves one scenario by itself, or all together, under one choice of tariff and architecture."""
        from planner.solving.sharing import QuestionFamily

        if (number, alone) not in self.families:
            known = [self.families.get((number, s)) for s in range(len(self.names))] if alone is None else []
            teachers = tuple(f for f in known if f is not None) if all(known) else ()
            live = self.progress.solver if self.progress else None
            self.families[number, alone] = QuestionFamily(self.options.method, self.options.seed, teachers, live)
        return self.families[number, alone]

    def solve(
        self, questions: Mapping[int, Scenarios], alone: int | None = None, log_path: Path | None = None
    ) -> _Found:
        """The plan of least cost over choices; its proof bounds them all. alone: the scenario that the questions are
        about, None: all of them."""
        from planner.solving import is_interrupted

        found = []
        for number, question in questions.items():
            limit = self.options.time_limit
            limit = None if limit is None else limit / len(questions)
            family = self._family(number, alone)
            plan, proof = family.solve(question, gap=self.options.gap, time_limit=limit, log_path=log_path)
            if is_interrupted(proof):
                raise KeyboardInterrupt
            found.append(_Found(number, question, plan, proof))
        best = min(found, key=lambda f: (f.plan is None, f.cost_kcur))
        return replace(best, proof=over_all(best.proof, [f.proof for f in found]))

    # -- the plan ---------------------------------------------------------------------------------------------------

    def own_plans(self) -> tuple[OwnPlan, ...]:
        """The best plan of each scenario by itself."""
        found = []
        for s, name in enumerate(self.names):
            self.say(f"Planning scenario {name} by itself")
            best = self.solve({n: _alone(q, s) for n, q in enumerate(self.questions)}, s)
            if best.plan is None:
                self._no_plan(
                    best, f"Scenario {name} has no plan, even by itself: type its values and ask `aidc explain`"
                )
            assert best.plan is not None
            self.choices.append(best.choice)
            found.append(OwnPlan(best.cost_kcur, best.proof.bound_kcur, best.plan.plans[0].purchases))
        return tuple(found)

    def plan(self, objective: Objective, own: tuple[OwnPlan, ...]) -> _Found:
        """The plan over all scenarios."""
        self.say(f"Planning {len(self.names)} scenarios together")
        least = tuple(o.cost_kcur for o in own)
        asked = {n: replace(q, objective=objective, least_kcur=least) for n, q in enumerate(self.questions)}
        best = self.solve(asked, log_path=self.log_path)
        if best.plan is None:
            self._no_plan(best, "Each scenario has a plan, but none that starts alike in all of them")
        return best

    def _no_plan(self, best: _Found, words: str) -> None:
        if best.proof.status == "infeasible":
            rule = [best.proof.rule] if best.proof.rule else []
            raise Infeasible((), [f"{words}.", *rule])
        raise NoAnswer(f"{words} that was found in time.")

    def checked(
        self, found: _Found, own: tuple[OwnPlan, ...], changes: Sequence[tuple[tuple[str, str, str], ...]]
    ) -> ScenarioAnswer:
        """The plan accounted and rechecked in every scenario."""
        from models.audit import audit_scenarios

        self.say("Rechecking")
        assert found.plan is not None
        accounts = account_scenarios(found.question, found.plan)
        report = audit_scenarios(found.question, found.plan, accounts, found.proof)
        if not report.ok:
            raise AuditFailed(report.violations)
        row = _decision("plan", found)
        return ScenarioAnswer(found.question, found.plan, accounts, found.proof, report, own, tuple(changes), (row,))

    # -- comparisons --------------------------------------------------------------------------------------------------

    def compared(self, answer: ScenarioAnswer, plan: _Found) -> ScenarioAnswer:
        """The answer with other decisions and what choices are worth; after Ctrl-C, what there is by then."""
        decisions, worth = list(answer.decisions), dict(answer.worth)
        try:
            best = plan if self.options.objective == "expected" else self.plan("expected", answer.own)
            if best is not plan:
                decisions.append(_decision("expected", best))
            known = expected(answer.question, tuple(o.cost_kcur for o in answer.own))
            known_bound = expected(answer.question, tuple(o.bound_kcur for o in answer.own))
            worth["information"] = _difference((best.cost_kcur, best.proof.bound_kcur), (known, known_bound))
            if answer.has_stages:
                worth["flexibility"] = self._fewer("Planning with a fixed list of purchases", in_fixed_steps, best)
                worth["waiting"] = self._fewer("Planning with all purchases at the start", all_at_once, best)
            mean = self._for_the_mean()
            decisions.append(mean)
            worth["stochastic"] = _over_the_mean(answer.question, mean, best)
            decisions += [self._for_one(answer, s) for s in range(len(self.names))]
        except KeyboardInterrupt:
            return replace(answer, decisions=tuple(decisions), worth=worth, stopped="interrupted")
        return replace(answer, decisions=tuple(decisions), worth=worth)

    def _fewer(self, words: str, change: Callable[[Scenarios], Scenarios], best: _Found) -> Worth:
        """What the choices that a question lacks are worth."""
        self.say(words)
        fewer = self.solve({n: change(q) for n, q in enumerate(self.questions)})
        if fewer.plan is None:
            return Worth(None, reason=_reason(fewer))
        return _difference((fewer.cost_kcur, fewer.proof.bound_kcur), (best.cost_kcur, best.proof.bound_kcur))

    def _for_the_mean(self) -> Decision:
        """The plan for mean inputs, carried into every scenario."""
        self.say("Planning for mean inputs")
        means = {n: replace(q, scenarios=(mean_scenario(q),)) for n, q in enumerate(self.questions)}
        found = self.solve(means, _MEAN)
        if found.plan is None:
            nothing = (None,) * len(self.names)
            return Decision("mean", "", nothing, nothing)
        purchases = found.plan.plans[0].purchases
        return self._carried("mean", "", purchases, found.choice, {})

    def _for_one(self, answer: ScenarioAnswer, s: int) -> Decision:
        """One scenario's own plan, carried into the others."""
        own = answer.own[s]
        return self._carried("own", self.names[s], own.purchases, self.choices[s], {s: (own.cost_kcur, own.bound_kcur)})

    def _carried(
        self,
        kind: Literal["mean", "own"],
        name: str,
        purchases: tuple[Purchase, ...],
        choice: int,
        known: dict[int, tuple[float, float]],
    ) -> Decision:
        """First decisions in every scenario, each with the least cost that can follow."""
        costs: list[float | None] = []
        bounds: list[float | None] = []
        for s, scenario in enumerate(self.names):
            if s not in known:
                self.say(f"Carrying the plan for {name or 'mean inputs'} into scenario {scenario}")
                found = self.solve({choice: replace(_alone(self.questions[choice], s), given=purchases)}, s)
                known[s] = (found.cost_kcur, found.proof.bound_kcur)
            is_served = np.isfinite(known[s][0])
            costs.append(known[s][0] if is_served else None)
            bounds.append(known[s][1] if is_served else None)
        return Decision(kind, name, tuple(costs), tuple(bounds), purchases)


def _alone(question: Scenarios, s: int) -> Scenarios:
    """One scenario as if it were certain."""
    only = replace(question.scenarios[s], probability=1.0)
    return replace(question, scenarios=(only,), objective="expected", least_kcur=())


def _decision(kind: Literal["plan", "expected"], found: _Found) -> Decision:
    assert found.plan is not None
    costs = account_scenarios(found.question, found.plan).costs_kcur
    latest = max(range(len(costs)), key=lambda s: found.question.scenarios[s].known)
    return Decision(kind, "", costs, (None,) * len(costs), found.plan.plans[latest].purchases)


def _difference(dear: tuple[float, float], cheap: tuple[float, float]) -> Worth:
    """Of two (cost, bound): the difference of the costs, and what the proofs leave open; never below zero, because the
    cheaper question has every choice of the dearer one."""
    least, most = dear[1] - cheap[0], dear[0] - cheap[1]
    return Worth(max(0.0, dear[0] - cheap[0]), max(0.0, least), max(0.0, most))


def _over_the_mean(question: Scenarios, mean: Decision, best: _Found) -> Worth:
    """What planning for all scenarios saves against planning for their mean."""
    missing = [s.name for s, cost in zip(question.scenarios, mean.costs_kcur, strict=True) if cost is None]
    if missing:
        return Worth(None, reason=f"the plan for mean inputs cannot serve {', '.join(missing)}")
    cost = expected(question, tuple(c for c in mean.costs_kcur if c is not None))
    bound = expected(question, tuple(b for b in mean.bounds_kcur if b is not None))
    return _difference((cost, bound), (best.cost_kcur, best.proof.bound_kcur))


def _reason(found: _Found) -> str:
    return "there is no such plan" if found.proof.status == "infeasible" else "no such plan was found in time"
