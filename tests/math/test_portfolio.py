"""Portfolios solved by hand, and random ones against every choice of sites handed over whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny import hall_case

from models.audit import audit_portfolio
from models.case import Case
from models.portfolio import Candidate, Demand, Portfolio, PortfolioAccounts, PortfolioPlan
from models.portfolio_links import account_portfolio
from planner.solving import solve, solve_portfolio

METHODS = ("monolithic", "decomposed")


def candidate(site: str, case: Case, **changes: Any) -> Candidate:
    return replace(Candidate(site, replace(case, site=replace(case.site, name=site))), **changes)


def portfolio(*candidates: Candidate, most: int = 2, demands: tuple[Demand, ...] = ()) -> Portfolio:
    return Portfolio("tiny", candidates, most, demands)


def planned(question: Portfolio, method: str = "monolithic") -> tuple[PortfolioPlan, PortfolioAccounts]:
    plan, proof = solve_portfolio(question, gap=1e-9, method=method)  # type: ignore[arg-type]
    assert plan is not None and proof.status == "optimal"
    accounts = account_portfolio(question, plan)
    assert accounts.objective_kcur == pytest.approx(proof.objective_kcur, rel=1e-6)
    assert audit_portfolio(question, plan, accounts, proof).violations == ()
    return plan, accounts


def parts(question: Portfolio, plan: PortfolioPlan) -> dict[str, dict[str, float]]:
    return {question.candidates[s.candidate].site: pytest.approx(s.parts, abs=1e-5) for s in plan.sites}


def alone(case: Case) -> float:
    return solve(case, gap=0)[1].objective_kcur


@pytest.mark.parametrize("method", METHODS)
def test_one_site_is_the_best_single_site(method: str) -> None:
    """Two racks and a hall (27) and 0.35 MWh at 4 or at 1: 28.4 and 27.35, plus 2 for the cheap site's land: 29.35.
    The dear tariff wins. Caught: money of a site left out, a closed site that still pays its plain load."""
    dear = hall_case(price=4.0)
    cheap = hall_case(price=1.0)
    cheap = replace(cheap, site=replace(cheap.site, house_load_mw=0.0))
    question = portfolio(candidate("A", dear), candidate("B", cheap, own_kcur=2.0), most=1)
    plan, accounts = planned(question, method)
    assert parts(question, plan) == {"A": {"chat": 1.0}}
    assert accounts.objective_kcur == pytest.approx(28.4) == pytest.approx(alone(dear))


@pytest.mark.parametrize("method", METHODS)
def test_a_closed_site_costs_nothing(method: str) -> None:
    """A has a house load of 1 MW over two hours at 1 and pays 2 for it, so B at 1.5 (27.525) beats A (29.35); nothing
    of A's load, nor income it could have from its export price of 3, is left when it is closed."""
    a = hall_case(price=1.0, grid={"export_limit_mw": 10.0, "export_price_kcur_per_mwh": np.full(2, 0.5)})
    a = replace(a, site=replace(a.site, house_load_mw=1.0))
    question = portfolio(candidate("A", a), candidate("B", hall_case(price=1.5)))
    plan, accounts = planned(question, method)
    assert parts(question, plan) == {"B": {"chat": 1.0}}
    assert accounts.objective_kcur == pytest.approx(27.0 + 1.5 * 0.35)
