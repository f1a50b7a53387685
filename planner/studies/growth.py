"""A plan of growth: all stages planned together, proven and rechecked; and what foresight is worth."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from models.stages import Growth, GrowthAnswer, GrowthPlan, Myopia, Purchase
from planner.errors import AuditFailed, Infeasible, NoAnswer
from planner.studies.plan import PlanOptions, limits_in_force

if TYPE_CHECKING:
    from models.design import Design, Proof
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
) -> GrowthAnswer:
    """Solve all stages together, account and recheck; of several tariffs or architectures, the cheapest for all years.

    foresight myopic: plan stage by stage too, to tell what knowing the later stages is worth. Raises as plan_case."""
    from models.audit import audit_growth
    from models.growth_accounts import account_growth

    growth, plan, proof = _cheapest(validated, options, progress, log_path)
    if plan is None:
        if proof.status == "infeasible":
            rule = proof.notes if len(proof.notes) == 1 else ()
            raise Infeasible([*rule, *limits_in_force(tuple(validated.origins))])
        raise NoAnswer("The search stopped before it found a plan.")
    if progress:
        progress.step("Rechecking")
    begun = time.perf_counter()
    accounts = account_growth(growth, plan)
    report = audit_growth(growth, plan, accounts, proof)
    if not report.ok:
        raise AuditFailed(report.violations)
    audited = time.perf_counter()
    myopia = without_foresight(growth, options, progress) if foresight == "myopic" else None
    seconds = {
        "read": read_seconds,
        "build": proof.build_seconds,
        "solve": proof.seconds - proof.build_seconds,
        "audit": audited - begun,
        "studies": time.perf_counter() - audited,
        "report": 0.0,
    }
    return GrowthAnswer(growth, plan, accounts, proof, report, tuple(validated.origins), seconds, myopia)


def _cheapest(
    validated: ValidatedCase, options: PlanOptions, progress: Progress | None, log_path: Path | None
) -> tuple[Growth, GrowthPlan | None, Proof]:
    """The plan of least cost over all choices of tariff and architecture; its proof bounds them all."""
    from planner.solving import solve_growth

    found: list[tuple[Growth, GrowthPlan | None, Proof]] = []
    started, choices = time.monotonic(), validated.growths
    for number, growth in enumerate(choices):
        if progress:
            count = len(growth.stages)
            progress.step(f"Solving {count} stages" + (f", choice {number + 1}" if len(choices) > 1 else ""))
        left = None if options.time_limit is None else options.time_limit - (time.monotonic() - started)
        plan, proof = solve_growth(
            growth,
            gap=options.gap,
            time_limit=None if left is None else max(left, 0.1) / (len(choices) - number),
            method=options.method,
            seed=options.seed,
            progress=progress.solver if progress else None,
            log_path=log_path,
        )
        found.append((growth, plan, proof))
    growth, plan, best = min(found, key=lambda f: (f[1] is None, f[2].objective_kcur))
    proofs = [proof for _, _, proof in found]
    if len(proofs) > 1:
        limited = any(proof.status == "limit" for proof in proofs)
        best = replace(
            best,
            status="limit" if limited else best.status,
            bound_kcur=min(proof.bound_kcur for proof in proofs),
            seconds=sum(proof.seconds for proof in proofs),
            build_seconds=sum(proof.build_seconds for proof in proofs),
        )
    return growth, plan, best


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
