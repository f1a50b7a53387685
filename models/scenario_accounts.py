"""Scenarios + ScenarioPlan -> costs, regret and what is minimised; and the same question with fewer choices, from which
values of waiting and of flexibility follow."""

from __future__ import annotations

from dataclasses import replace

from models.growth import must_be_bought
from models.growth_accounts import account_growth
from models.scenarios import TIE, ScenarioAccounts, ScenarioPlan, Scenarios
from models.stages import Growth


def account_scenarios(question: Scenarios, plan: ScenarioPlan) -> ScenarioAccounts:
    """Costs of a plan in every scenario."""
    accounts = tuple(account_growth(s.growth, p) for s, p in zip(question.scenarios, plan.plans, strict=True))
    expected = sum(s.probability * a.objective_kcur for s, a in zip(question.scenarios, accounts, strict=True))
    pairs = zip(accounts, question.least_kcur, strict=True) if question.least_kcur else ()
    return ScenarioAccounts(accounts, expected, tuple(a.objective_kcur - least for a, least in pairs))


def objective_kcur(question: Scenarios, accounts: ScenarioAccounts) -> float:
    """What is minimised: the expected cost; or, so that gaps are shares of a cost, the expected cost of deciding with
    the scenario known plus the largest regret plus TIE times the expected regret."""
    if question.objective == "expected":
        return accounts.expected_kcur
    known = expected(question, question.least_kcur)
    return known + max(0.0, *accounts.regret_kcur) + TIE * (accounts.expected_kcur - known)


def expected(question: Scenarios, values: tuple[float, ...]) -> float:
    """Values of the scenarios weighted by probability."""
    return sum(s.probability * value for s, value in zip(question.scenarios, values, strict=True))


def least_regret_kcur(question: Scenarios, bound_kcur: float) -> float:
    """What the largest regret is at least, from a bound on the objective of regret: with the expected regret at most
    the largest, bound <= known + (1 + TIE) * largest."""
    return max(0.0, (bound_kcur - expected(question, question.least_kcur)) / (1 + TIE))


def in_fixed_steps(question: Scenarios) -> Scenarios:
    """The question where no purchase may depend on the scenario, however late it is made."""
    never = question.number_of_stages
    return replace(question, scenarios=tuple(replace(s, known=never) for s in question.scenarios))


def all_at_once(question: Scenarios) -> Scenarios:
    """The question where everything that costs something is bought at time zero."""

    paid = {key for s in question.scenarios for key in must_be_bought(s.growth)}

    def now(growth: Growth) -> Growth:
        later = (replace(s, closed=tuple(sorted(paid))) for s in growth.stages[1:])
        return replace(growth, stages=(growth.stages[0], *later))

    return replace(question, scenarios=tuple(replace(s, growth=now(s.growth)) for s in question.scenarios))
