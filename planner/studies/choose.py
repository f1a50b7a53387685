"""The cheapest of the choices that a workbook leaves (tariff, electrical architecture), proven over all of them."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.case import Case
from models.design import Proof
from models.stages import Growth

if TYPE_CHECKING:
    import numpy as np

    from planner.progress import Progress
    from planner.solving.family import Member
    from planner.solving.sharing import QuestionFamily
    from planner.studies.plan import PlanOptions

Question = Case | Growth


@dataclass(eq=False)
class Known:
    """What is found out while the cheapest choice is looked for. keeps_search: also keep what solved it, to be closed
    by who takes it."""

    keeps_search: bool = False
    values: dict[int, np.ndarray] = field(default_factory=dict)
    """values of a plan's columns, by the id of its question"""
    proofs: dict[tuple[str, str], Proof] = field(default_factory=dict)
    """what was proven of each choice, by tariff and architecture"""
    family: QuestionFamily | None = None


def cheapest(
    questions: Sequence[Any],
    options: PlanOptions,
    progress: Progress | None = None,
    log_path: Path | None = None,
    known: Known | None = None,
) -> tuple[Any, Any, Proof]:
    """The question of least cost with its plan (None if none was found), and a proof over all of them.

    A question is left once it is proven to cost more than the plan of one before it; not where what solved it is kept,
    because then its own cost is asked for. No plan under any choice costs less than the least of their bounds. A time
    limit is shared out evenly over the questions that are left."""
    known = known or Known()
    found: list[tuple[Any, Any, Proof]] = []
    logs, started = [], time.monotonic()
    for number, question in enumerate(questions):
        if progress:
            progress.step(_doing(question, questions))
        left = None if options.time_limit is None else options.time_limit - (time.monotonic() - started)
        limit = None if left is None else max(left, 0.1) / (len(questions) - number)
        plan, proof = _solved(question, options, limit, progress, log_path, known, [f[2] for f in found])
        found.append((question, plan, proof))
        known.proofs[choice_of(first_case(question))] = proof
        if log_path is not None and log_path.exists():
            logs.append(log_path.read_text(encoding="utf-8"))
    if len(questions) == 1:
        return found[0]
    if log_path is not None and logs:
        log_path.write_text("".join(logs), encoding="utf-8")
    return best_of(found)


def _solved(
    question: Question,
    options: PlanOptions,
    time_limit: float | None,
    progress: Progress | None,
    log_path: Path | None,
    known: Known,
    before: Sequence[Proof],
) -> tuple[Any, Proof]:
    """The plan of one choice; what solved it is kept if that is asked for and it is the cheapest so far."""
    from planner.solving import solve, solve_growth
    from planner.solving.sharing import QuestionFamily

    live = progress.solver if progress else None
    told: dict[str, Any] = {"gap": options.gap, "time_limit": time_limit, "log_path": log_path}
    told["chosen"] = functools.partial(known.values.__setitem__, id(question))
    if not known.keeps_search:
        alone: Any = solve if isinstance(question, Case) else solve_growth
        told["to_beat_kcur"] = min((p.objective_kcur for p in before), default=float("inf"))
        plan, proof = alone(question, method=options.method, seed=options.seed, progress=live, **told)
        return plan, proof
    family = QuestionFamily(options.method, options.seed, progress=live)
    plan, proof = family.solve(question, **told)
    if plan is None or any(p.objective_kcur <= proof.objective_kcur for p in before):
        family.close()
        return plan, proof
    if known.family is not None:
        known.family.close()
    known.family = family
    return plan, proof


def first_case(question: Question) -> Case:
    """The case, or that of the first stage."""
    return question if isinstance(question, Case) else question.stages[0].case


def choice_of(case: Case) -> tuple[str, str]:
    """Tariff and architecture of a case."""
    return case.grid.tariff, case.electrical.name


def _doing(question: Question, questions: Sequence[Question]) -> str:
    what = "Solving" if isinstance(question, Case) else f"Solving {len(question.stages)} stages"
    return f"{what} with {choice(question, questions)}" if len(questions) > 1 else what


def choice(question: Question, questions: Sequence[Question]) -> str:
    """What sets a question apart from the others: its tariff, its electrical architecture."""
    (tariff, architecture), choices = choice_of(first_case(question)), [choice_of(first_case(q)) for q in questions]
    parts = []
    if len({t for t, _ in choices}) > 1:
        parts.append(f"tariff {tariff}")
    if len({a for _, a in choices}) > 1:
        parts.append(f"architecture {architecture}")
    return ", ".join(parts)


def best_of(found: list[tuple[Any, Any, Proof]]) -> tuple[Any, Any, Proof]:
    """The cheapest of several solved questions; its proof bounds them all."""
    question, plan, best = min(found, key=lambda f: (f[1] is None, f[2].objective_kcur))
    questions = [q for q, _, _ in found]
    notes = tuple(f"{choice(q, questions)}: {_outcome(first_case(q), plan, p)}" for q, plan, p in found)
    proof = over_all(best, [proof for _, _, proof in found])
    return question, plan, replace(proof, notes=(*best.notes, *notes))


def over_all(best: Proof, proofs: Sequence[Proof]) -> Proof:
    """The proof of the best of all choices, over all of them: nothing costs less than the least of their bounds, and
    where one of them was stopped the whole was."""
    return replace(
        best,
        status="limit" if any(proof.status == "limit" for proof in proofs) else best.status,
        bound_kcur=min(proof.bound_kcur for proof in proofs),
        seconds=sum(proof.seconds for proof in proofs),
        build_seconds=sum(proof.build_seconds for proof in proofs),
        rule=best.rule if all(proof.rule == best.rule for proof in proofs) else "",
    )


def over_members(best: Member, members: Sequence[Member]) -> Member:
    """The best of all choices, each a plan asked for with its proof, with what is proven over all of them."""
    assert best.proof is not None
    proof = over_all(best.proof, [m.proof for m in members if m.proof is not None])
    return replace(best, bound_kcur=proof.bound_kcur, proof=proof)


def _outcome(case: Case, plan: Any, proof: Proof) -> str:
    if proof.status == "dearer":
        return f"dearer, at least {proof.bound_kcur / 1000:,.3f} million {case.currency}"
    if plan is None:
        return "no plan exists" if proof.status == "infeasible" else "no plan found in time"
    return f"{proof.objective_kcur / 1000:,.3f} million {case.currency}, at least {proof.bound_kcur / 1000:,.3f}"
