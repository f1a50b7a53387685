"""The independent recheck: Case and a plan's numbers -> violations. Second implementation of models/README.md.

Shares nothing with the model but the data contracts (models.case, models.design): no Pyomo, no factors, no look-ups.
One file per subject; tolerances stand in checker.py."""

from __future__ import annotations

from dataclasses import replace

from models.audit.cashflow import check_money
from models.audit.checker import Checker
from models.audit.connection import check_connection
from models.audit.duties import check_duties
from models.audit.growth import check_growth
from models.audit.heat import check_heat
from models.audit.indicators import check_indicators
from models.audit.instants import check_instants
from models.audit.orders import check_orders
from models.audit.placing import check_placing
from models.audit.portfolio import check_form, check_portfolio, own_question
from models.audit.power import check_power
from models.audit.purchases import check_purchases
from models.audit.rejection import check_rejection
from models.audit.scenarios import check_scenarios
from models.audit.structure import check_structure
from models.audit.view import View
from models.audit.work import check_work
from models.case import Case
from models.design import Accounts, AuditReport, Design, Proof
from models.portfolio import Portfolio, PortfolioAccounts, PortfolioPlan
from models.scenarios import ScenarioAccounts, ScenarioPlan, Scenarios
from models.stages import Growth, GrowthAccounts, GrowthPlan

__all__ = ["audit", "audit_growth", "audit_portfolio", "audit_scenarios"]


def audit(case: Case, design: Design, accounts: Accounts, proof: Proof | None = None) -> AuditReport:
    """Re-derive every balance, limit, count, bill, cash flow and indicator of a plan from its Case.

    `checks` of the report counts scalar comparisons. A plan whose form is broken (a number missing, not finite or not
    whole, a series of the wrong length, an unknown name) is reported for that alone, because no arithmetic can follow.
    Raises nothing for what a plan contains."""
    check = Checker(case.calendar)
    check_structure(case, design, accounts, proof, check)
    if check.broken:
        return check.report()
    view = View(case, design)
    check_work(view, check)
    check_heat(view, check)
    check_rejection(view, check)
    check_power(view, check)
    check_duties(view, check)
    check_connection(view, check)
    check_purchases(view, check)
    check_placing(view, check)
    check_orders(view, check)
    check_money(view, accounts, proof, check)
    check_indicators(view, accounts, check)
    check_instants(view, accounts, check)
    return check.report()


def audit_growth(growth: Growth, plan: GrowthPlan, accounts: GrowthAccounts, proof: Proof | None = None) -> AuditReport:
    """Re-derive a plan of growth: every stage's year as `audit` does, then what was bought, owned and paid over all
    years. Places name the stage."""
    whole = Checker(growth.stages[0].case.calendar)
    if not whole.require(
        len(plan.stages) == len(accounts.stages) == len(growth.stages),
        "one design and one account per stage",
        "all stages",
        len(plan.stages),
        len(growth.stages),
    ):
        return whole.report()
    parts = [
        audit(stage.case, design, own)
        for stage, design, own in zip(growth.stages, plan.stages, accounts.stages, strict=True)
    ]
    found = [
        replace(v, where=f"{stage.name}: {v.where}")
        for stage, part in zip(growth.stages, parts, strict=True)
        for v in part.violations
    ]
    if not found:
        check_growth(growth, plan, accounts, proof, whole)
    joined = whole.report()
    return AuditReport(
        joined.checks + sum(p.checks for p in parts),
        max(joined.worst_residual, *(p.worst_residual for p in parts)),
        (*found, *joined.violations),
    )


def audit_scenarios(
    question: Scenarios, plan: ScenarioPlan, accounts: ScenarioAccounts, proof: Proof | None = None
) -> AuditReport:
    """Re-derive a plan over scenarios: each scenario as `audit_growth` does, then what must be decided alike, the
    expected cost and the regrets. Places name the scenario."""
    whole = Checker(question.scenarios[0].growth.stages[0].case.calendar)
    number = len(question.scenarios)
    if not whole.require(
        len(plan.plans) == len(accounts.scenarios) == number,
        "one plan and one account per scenario",
        "all scenarios",
        len(plan.plans),
        number,
    ):
        return whole.report()
    triples = list(zip(question.scenarios, plan.plans, accounts.scenarios, strict=True))
    parts = [audit_growth(s.growth, own, costs) for s, own, costs in triples]
    found = [
        replace(v, where=f"{s.name}: {v.where}") for (s, _, _), part in zip(triples, parts, strict=True)
        for v in part.violations
    ]  # fmt: skip
    if not found:
        check_scenarios(question, plan, accounts, proof, whole)
    joined = whole.report()
    return AuditReport(
        joined.checks + sum(p.checks for p in parts),
        max(joined.worst_residual, *(p.worst_residual for p in parts)),
        (*found, *joined.violations),
    )


def audit_portfolio(
    portfolio: Portfolio, plan: PortfolioPlan, accounts: PortfolioAccounts, proof: Proof | None = None
) -> AuditReport:
    """Re-derive a portfolio: every open site as `audit` does, for the work it serves, then what joins them: sums of
    parts, latency, countries, number of sites, shared money, limits of all sites. Places name the site."""
    whole = Checker(portfolio.candidates[0].case.calendar)
    if not check_form(portfolio, plan, accounts, whole):
        return whole.report()
    parts = [
        (portfolio.candidates[s.candidate].site, audit(own_question(portfolio, s), s.design, own))
        for s, own in zip(plan.sites, accounts.sites, strict=True)
    ]
    found = [replace(v, where=f"{site}: {v.where}") for site, part in parts for v in part.violations]
    check_portfolio(portfolio, plan, accounts, proof, whole)
    joined = whole.report()
    return AuditReport(
        joined.checks + sum(p.checks for _, p in parts),
        max([joined.worst_residual, *(p.worst_residual for _, p in parts)]),
        (*found, *joined.violations),
    )
