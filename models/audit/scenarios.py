"""Recheck of a plan over scenarios: what is decided before two scenarios are told apart is the same in both; expected
cost, regrets, and what was proven.

Second implementation of models/scenario_tree.py and models/scenario_accounts.py, from the plan's numbers alone: every
pair of scenarios is compared, purchase by purchase and stage by stage."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from models.audit.checker import CANCELS, EXACT, PHYSICS, Checker
from models.design import Proof
from models.scenarios import ScenarioAccounts, ScenarioPlan, Scenarios
from models.stages import GrowthPlan


def check_scenarios(
    question: Scenarios, plan: ScenarioPlan, accounts: ScenarioAccounts, proof: Proof | None, check: Checker
) -> None:
    """Decisions that must be alike, then money."""
    for (a, one), (b, other) in combinations(zip(question.scenarios, plan.plans, strict=True), 2):
        until = min(a.known, b.known)
        for key in sorted({(p.line, p.item) for p in (*one.purchases, *other.purchases)}):
            for start in range(until):
                for end in range(start + 1, until + 1):
                    place = f"{a.name} and {b.name}: {key[0]}: {key[1]}, bought at start {start + 1}, kept to {end + 1}"
                    left, right = (_kept(p, key, start, end) for p in (one, other))
                    check.equal("decided alike until scenarios are told apart", place, left, right, tolerance=PHYSICS)
    _check_money(question, accounts, proof, check)


def _kept(plan: GrowthPlan, key: tuple[str, str], start: int, end: int) -> float:
    """How much of what was bought at one start still stands just before another one."""
    return sum(p.quantity for p in plan.purchases if (p.line, p.item) == key and p.bought == start and p.retired >= end)


def _check_money(question: Scenarios, accounts: ScenarioAccounts, proof: Proof | None, check: Checker) -> None:
    """Expected cost, regrets, the objective that was proven."""
    weights = np.array([s.probability for s in question.scenarios])
    costs = np.array([a.objective_kcur for a in accounts.scenarios])
    gross = sum(abs(c.present_value_kcur) for a in accounts.scenarios for c in a.costs)
    exact = {"tolerance": EXACT, "floor": max(1.0, CANCELS * gross)}
    check.equal("probabilities add up to one", "all scenarios", float(weights.sum()), 1.0, tolerance=EXACT)
    mean = float(weights @ costs)
    check.equal("expected cost [kcur]", "all scenarios", accounts.expected_kcur, mean, **exact)
    least = np.array(question.least_kcur)
    names = [s.name for s in question.scenarios]
    if not check.require(len(accounts.regret_kcur) == least.size, "one regret per scenario", "all scenarios"):
        return
    if least.size:
        check.equal("regret [kcur]", "regret", np.array(accounts.regret_kcur), costs - least, places=names, **exact)
    if proof is None:
        return
    objective = mean
    if question.objective == "regret":
        known = float(weights @ least)
        objective = known + max(0.0, float(np.max(costs - least))) + 0.001 * (mean - known)
    check.equal("objective that was proven [kcur]", "proof", proof.objective_kcur, objective, **exact)
    if proof.bound_kcur != -np.inf:
        check.at_most("bound not above the objective [kcur]", "proof", proof.bound_kcur, objective, **exact)
