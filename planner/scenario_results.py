"""The result folder of `aidc scenarios`.

| file | holds |
|---|---|
| scenarios.html | the plan over all scenarios, for people |
| scenarios.xlsx | the same as tables |
| scenarios.json | the answer for machines, money in whole currency units |
| plans/01, ... | what the plan is in each scenario, as `aidc plan` writes a plan of growth, in the order of the page |
| solver.log | what the solver said of all scenarios together |
| manifest.json | digests of the inputs and of the files, versions, options, times |
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.design import Proof, relative_gap
from models.scenario_accounts import expected, least_regret_kcur
from models.scenarios import Decision, ScenarioAnswer, Worth
from models.stages import GrowthAnswer
from planner import growth_json
from planner.codec import encode, to_json
from planner.plan_json import CURRENCY_PER_KCUR as MONEY
from planner.plan_json import money_or_none
from planner.results import LOG, RunRecord, write_results
from planner.study_manifest import write_study_manifest
from planner.validate import ValidatedCase

PAGE, SHEET, DATA, PLANS = "scenarios.html", "scenarios.xlsx", "scenarios.json", "plans"
SCHEMA = 1
_ROUNDING = 1e-8
"""Share of a cost below which a difference is that of two sums."""
TOGETHER = "decided together with other scenarios; the bound is that of the scenario by itself"


def write_scenarios(
    answer: ScenarioAnswer,
    judged: Sequence[ValidatedCase],
    folder: Path,
    record: RunRecord,
) -> None:
    """Write every file of the folder; the manifest last."""
    (folder / LOG).touch()
    names = tuple(f"{PLANS}/{i:02d}" for i in range(1, len(answer.own) + 1))
    for number, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        own = {**record.options, "scenario": answer.question.scenarios[number].name}
        plan = in_scenario(answer, number, judged[number], float(record.options["gap"]))
        write_results(plan, folder / name, replace(record, options=own))
    view = public_scenarios(answer, names)
    render_documents(view, folder)
    (folder / DATA).write_text(to_json(view) + "\n", encoding="utf-8", newline="\n")
    write_study_manifest(folder, "scenarios", (PAGE, SHEET, DATA, LOG), record, answer.seconds)


def render_documents(view: dict[str, Any], folder: Path) -> tuple[str, str]:
    """Write page and workbook from the answer as plain values; returns their names."""
    from reports.scenarios import render_scenarios
    from reports.sheets.scenarios import write_scenario_workbook

    (folder / PAGE).write_text(render_scenarios(view), encoding="utf-8", newline="\n")
    write_scenario_workbook(view, folder / SHEET)
    return PAGE, SHEET


def in_scenario(answer: ScenarioAnswer, number: int, judged: ValidatedCase | None, gap: float) -> GrowthAnswer:
    """The plan as it is in one scenario. What is proven of it there: the scenario by itself costs no less."""
    accounts, own = answer.accounts.scenarios[number], answer.own[number]
    cost = accounts.objective_kcur
    bound = min(own.bound_kcur, cost)
    within = relative_gap(cost, bound, accounts.without_it_kcur) <= gap
    proof = Proof("optimal" if within else "limit", cost, bound, 0.0, answer.proof.method, (TOGETHER,))
    return GrowthAnswer(
        growth=answer.question.scenarios[number].growth,
        plan=answer.plan.plans[number],
        accounts=accounts,
        proof=proof,
        audit=answer.audit,
        origins=judged.origins if judged else (),
    )


def public_scenarios(answer: ScenarioAnswer, folders: Sequence[str] = ()) -> dict[str, Any]:
    """The answer as plain values; money in whole currency units."""
    question, accounts, proof = answer.question, answer.accounts, answer.proof
    first = question.scenarios[0].growth.stages[0].case
    without_it = expected(question, tuple(a.without_it_kcur for a in accounts.scenarios))
    known = expected(question, tuple(o.cost_kcur for o in answer.own))
    gap = relative_gap(proof.objective_kcur, proof.bound_kcur, without_it)
    numbers = range(len(question.scenarios))
    return {
        "schema": SCHEMA,
        "name": question.name,
        "currency": first.currency,
        "objective": question.objective,
        "status": proof.status,
        "expected_cost": accounts.expected_kcur * MONEY,
        "expected_bound": money_or_none(proof.bound_kcur) if question.objective == "expected" else None,
        "expected_own_cost": known * MONEY,
        "expected_regret": _above(accounts.expected_kcur, known) * MONEY,
        "largest_regret": max(r or 0.0 for r in _regrets(answer, accounts.costs_kcur)) * MONEY,
        "least_regret": (
            money_or_none(least_regret_kcur(question, proof.bound_kcur)) if question.objective == "regret" else None
        ),
        "gap": gap if math.isfinite(gap) else None,
        "stages": [s.name for s in question.scenarios[0].growth.stages] if answer.has_stages else [],
        "scenarios": [_scenario(answer, s, folders[s] if folders else None) for s in numbers],
        "common": _common(answer),
        "decisions": [_decision(answer, d) for d in answer.decisions],
        "worth": {subject: _worth(w) for subject, w in answer.worth.items()},
        "audit": {
            "ok": answer.audit.ok,
            "checks": answer.audit.checks,
            "worst_residual": answer.audit.worst_residual,
            "violations": encode(answer.audit.violations),
        },
        "stopped": answer.stopped or None,
        "seconds": dict(answer.seconds),
    }


def _above(cost: float, least: float) -> float:
    """Difference of two costs, zero where it is rounding or below."""
    return cost - least if cost - least > _ROUNDING * abs(least) else 0.0


def _regrets(answer: ScenarioAnswer, costs: Sequence[float | None]) -> list[float | None]:
    """Cost above that of each scenario's own plan; None where a scenario cannot be served."""
    return [None if c is None else _above(c, o.cost_kcur) for c, o in zip(costs, answer.own, strict=True)]


def _scenario(answer: ScenarioAnswer, s: int, folder: str | None) -> dict[str, Any]:
    scenario, own = answer.question.scenarios[s], answer.own[s]
    cost = answer.accounts.costs_kcur[s]
    view = growth_json.public_view(in_scenario(answer, s, None, 0.0))
    growth = scenario.growth
    known = scenario.known if scenario.known < len(growth.stages) else None
    later = [p for p in view["purchases"] if p["bought_in_stage"] > scenario.known]
    return {
        "name": scenario.name,
        "probability": scenario.probability,
        "known_from": growth.stages[known].name if known is not None else None,
        "changes": [{"cell": cell, "now": now, "then": then} for cell, now, then in answer.changes[s]],
        "folder": folder,
        "cost": cost * MONEY,
        "own_cost": own.cost_kcur * MONEY,
        "own_bound": money_or_none(own.bound_kcur),
        "regret": _above(cost, own.cost_kcur) * MONEY,
        "later": later,
        "kpi": view["kpi"],
        "sites": view["sites"],
    }


def _common(answer: ScenarioAnswer) -> list[dict[str, Any]]:
    """What is bought before any scenario is known: the same in all of them; when it goes may differ."""
    known = min(s.known for s in answer.question.scenarios)
    growth = answer.question.scenarios[0].growth
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for p in answer.plan.plans[0].purchases:
        if p.bought < known:
            row = found.setdefault(
                (p.line, p.item, p.bought),
                {"line": p.line, "item": p.item, "quantity": 0.0, "unit": p.unit, "bought_in_stage": p.bought + 1,
                 "bought_in_year": growth.start(p.bought)},
            )  # fmt: skip
            row["quantity"] += p.quantity
    return list(found.values())


def _decision(answer: ScenarioAnswer, decision: Decision) -> dict[str, Any]:
    costs, regrets = decision.costs_kcur, _regrets(answer, decision.costs_kcur)
    served = [c for c in costs if c is not None]
    mean = expected(answer.question, tuple(served)) if len(served) == len(costs) else None
    return {
        "kind": decision.kind,
        "scenario": decision.scenario or None,
        "costs": [money_or_none(c) for c in costs],
        "regrets": [money_or_none(r) for r in regrets],
        "expected_cost": money_or_none(mean),
        "largest_regret": None if mean is None else money_or_none(max(r for r in regrets if r is not None)),
    }


def _worth(worth: Worth) -> dict[str, Any]:
    return {
        "amount": money_or_none(worth.kcur),
        "at_least": money_or_none(worth.least_kcur),
        "at_most": money_or_none(worth.most_kcur),
        "reason": worth.reason or None,
    }


__all__ = ["DATA", "PAGE", "SHEET", "in_scenario", "public_scenarios", "write_scenarios"]
