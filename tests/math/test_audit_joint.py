"""The recheck of plans that are several in one: stages, scenarios, sites. Not one number of theirs may change unseen;
those of the plan of one year are left to test_audit.py, but for one of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from alterations import Copies, changes, lost, not_a_number, noticeable
from staged import growth
from tiny import hall_case

from models.audit import audit_growth, audit_portfolio, audit_scenarios
from models.case import Case, Money
from models.design import Accounts, AuditReport, Design
from models.growth_accounts import account_growth
from models.portfolio import Candidate, Portfolio
from models.portfolio_links import account_portfolio
from models.scenario_accounts import account_scenarios
from models.scenarios import Scenario, Scenarios
from planner.solving import solve_growth, solve_portfolio, solve_scenarios

MONEY = Money(analysis_years=4, discount_rate=0.1)
PARTS = ("plan", "accounts", "proof")
Joint = tuple[Callable[..., AuditReport], Any, dict[str, Any]]
"""The recheck, the question, and the parts of its answer."""


def _hall(*work: float, **changes: Any) -> Case:
    return hall_case(work, money=MONEY, **changes)


@cache
def _stages() -> Joint:
    """Two racks' work, twice as much from the third year on."""
    question = growth([_hall(2.0, 1.0), _hall(4.0, 2.0)], [0, 2], 4)
    plan, proof = solve_growth(question, gap=1e-9)
    assert plan is not None
    return audit_growth, question, {"plan": plan, "accounts": account_growth(question, plan), "proof": proof}


@cache
def _scenarios() -> Joint:
    """Energy at 1 or at 10; what is bought at the start is bought in both."""
    prices = (growth([_hall(2.0, 1.0, price=price)], [0], 4) for price in (1.0, 10.0))
    question = Scenarios("tiny", tuple(Scenario(n, 0.5, g, 1) for n, g in zip("AB", prices, strict=True)))
    plan, proof = solve_scenarios(question, gap=1e-9)
    assert plan is not None
    return audit_scenarios, question, {"plan": plan, "accounts": account_scenarios(question, plan), "proof": proof}


@cache
def _sites() -> Joint:
    """One site's connection carries half of the work; land and staff cost something."""
    sites = (
        Candidate(name, hall_case((4.0, 4.0), price=price, limit_mw=0.3), own_kcur=own, pooled_kcur={"staff": own})
        for name, price, own in (("A", 1.0, 2.0), ("B", 2.0, 3.0))
    )
    question = Portfolio("tiny", tuple(sites), 2, ())
    plan, proof = solve_portfolio(question, gap=1e-9)
    assert plan is not None and len(plan.sites) == 2
    return audit_portfolio, question, {"plan": plan, "accounts": account_portfolio(question, plan), "proof": proof}


JOINT = {"stages": _stages, "scenarios": _scenarios, "sites": _sites}


@pytest.mark.parametrize("name", JOINT)
def test_accepts_what_was_planned(name: str) -> None:
    """Proves that the plans altered below are sound, so that what is noticed there is the alteration."""
    recheck, question, answer = JOINT[name]()
    assert recheck(question, **answer).violations == ()


@pytest.mark.parametrize("change", [noticeable, lost, not_a_number], ids=lambda f: f.__name__)
@pytest.mark.parametrize("part", ["plan", "accounts"])
@pytest.mark.parametrize("name", JOINT)
def test_notices_every_change(name: str, part: str, change: Callable[[Any], Copies]) -> None:
    """Proves: no number of a joint plan, or of what it costs, is free. Catches a sum over all but one stage, a rule
    that stops at the first scenario, a site whose own money nobody adds."""
    recheck, question, answer = JOINT[name]()
    tried = list(changes(answer[part], change, once=(Design, Accounts)))
    assert tried
    unseen = [path for path, new in tried if recheck(question, **{**answer, part: new}).ok]
    assert not unseen


@pytest.mark.parametrize("name", JOINT)
def test_a_proof_of_another_plan_is_refused(name: str) -> None:
    """Proves that objective and bound of the proof are compared with the plan's cost. Catches a proof nobody reads."""
    recheck, question, answer = JOINT[name]()
    proof = answer["proof"]
    for wrong in (
        replace(proof, objective_kcur=1.01 * proof.objective_kcur),
        replace(proof, objective_kcur=0.99 * proof.objective_kcur, bound_kcur=0.9 * proof.bound_kcur),
        replace(proof, bound_kcur=1.01 * proof.objective_kcur),
    ):
        assert not recheck(question, **{**answer, "proof": wrong}).ok
