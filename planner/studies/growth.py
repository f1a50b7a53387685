"""A plan of growth: all stages planned together, proven and rechecked; and what foresight is worth."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from models.stages import Growth, GrowthAnswer, GrowthPlan, Myopia, Purchase
from planner.errors import AuditFailed, Infeasible, NoAnswer
from planner.studies.choose import Known, cheapest
from planner.studies.plan import PlanOptions, limits_in_force

if TYPE_CHECKING:
    import numpy as np

    from models.design import Design
    from planner.progress import Progress
    from planner.validate import ValidatedCase

Foresight = Literal["full", "myopic"]


def plan_growth(
    validated: ValidatedCase,
    options: PlanOptions,
    foresight: Foresight = "full",
    *,
    progress: Progress | None = None,
    log_path: Path | None = None,
    read_seconds: float = 0.0,
    known: Known | None = None,
) -> GrowthAnswer:
    """Solve all stages together, account and recheck; of several tariffs or architectures, the cheapest for all years.

    foresight myopic: plan stage by stage too, to tell what knowing the later ones is worth. known: filled in with
    what the search found out. Raises as plan_case."""
    from models.audit import audit_growth
    from models.growth_accounts import account_growth

    known = known or Known()
    growth, plan, proof = cheapest(validated.growths, options, progress, log_path, known)
    if plan is None:
        if proof.status == "infeasible":
            rule = [proof.rule] if proof.rule else []
            raise Infeasible(limits_in_force(tuple(validated.origins)), rule, can_explain=False)
        raise NoAnswer("The search stopped before it found a plan.")
    if progress:
        progress.step("Rechecking")
    begun = time.perf_counter()
    accounts = account_growth(growth, plan)
    report = audit_growth(growth, plan, accounts, proof)
    if not report.ok:
        raise AuditFailed(report.violations)
    seconds = {
        "read": read_seconds,
        "build": proof.build_seconds,
        "solve": proof.seconds - proof.build_seconds,
        "audit": time.perf_counter() - begun,
        "report": 0.0,
    }
    answer = GrowthAnswer(
        growth, plan, accounts, proof, report, tuple(validated.origins), seconds, choices=known.proofs
    )
    return _studied(answer, options, foresight, known.values.get(id(growth)), progress)


def _studied(
    answer: GrowthAnswer,
    options: PlanOptions,
    foresight: Foresight,
    chosen: np.ndarray | None,
    progress: Progress | None,
) -> GrowthAnswer:
    """The answer with what one more unit of each stage's limits would save, what survives a short look-ahead in each
    stage's year, and, if asked, what knowing the later stages is worth."""
    from planner.studies.lookahead import lookahead
    from planner.studies.marginals import marginals
    from reports.capacity import limits_with_worth
    from reports.staged import path_in, stage_answer

    begun, growth, proof = time.perf_counter(), answer.growth, answer.proof
    if progress:
        progress.step("Looking at limits and foresight")
    paths = [
        path_in(stage.name, row.path)
        for k, stage in enumerate(growth.stages)
        for row in limits_with_worth(stage_answer(answer, k))
    ]
    values = marginals(growth, proof, paths, options.marginals, chosen, gap=options.gap, method=options.method)
    seen = tuple(lookahead(s.case, d) for s, d in zip(growth.stages, answer.plan.stages, strict=True))
    myopia = without_foresight(growth, options, progress) if foresight == "myopic" else None
    seconds = {**answer.seconds, "studies": time.perf_counter() - begun}
    return replace(answer, marginals=values, lookahead=seen, myopia=myopia, seconds=seconds)


def without_foresight(growth: Growth, options: PlanOptions, progress: Progress | None = None) -> Myopia:
    """Stage by stage: each is planned as if it lasted to the end, on what was bought before; no purchase is undone."""
    from models.audit import audit_growth
    from models.growth_accounts import account_growth
    from planner.solving import solve_growth

    given: tuple[Purchase, ...] = ()
    designs: list[Design] = []
    for k, stage in enumerate(growth.stages):
        if progress:
            progress.step(f"Planning without foresight: {stage.name}")
        lasting = replace(stage.case.money, analysis_years=growth.years - stage.first_year)
        seen = (*growth.stages[:k], replace(stage, case=replace(stage.case, money=lasting)))
        question = Growth(growth.name, seen, growth.budget_kcur, given, settled=k)
        plan, proof = solve_growth(
            question, gap=options.gap, time_limit=options.time_limit, method=options.method, seed=options.seed
        )
        if plan is None:
            why = "no plan exists" if proof.status == "infeasible" else "no plan was found in time"
            return Myopia(None, f"{stage.name}: {why} on what was bought before")
        designs += plan.stages
        given = plan.purchases
    last = len(growth.stages)
    whole = GrowthPlan(tuple(designs), given)
    accounts = account_growth(growth, whole)
    report = audit_growth(growth, whole, accounts)
    if not report.ok:
        raise AuditFailed(report.violations)
    assert all(p.retired <= last for p in given)
    return Myopia(accounts.objective_kcur, purchases=given)
