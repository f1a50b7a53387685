"""One open site of a portfolio as a plan of its own: its case, and what the portfolio's proof says of it.

The other sites and the parts of the workloads are kept as they are. What the limits of all sites together leave to this
one are then limits of its own, so that every design of its case makes a portfolio that was among the choices: it costs
no less than the portfolio's bound, less what the others cost."""

from __future__ import annotations

from dataclasses import replace

from models.case import Case
from models.catalogue import reference_mtok
from models.design import Proof
from models.portfolio import Portfolio, PortfolioAccounts, PortfolioPlan, served
from models.tokenergy import energy_allowed_mwh


def site_case(portfolio: Portfolio, plan: PortfolioPlan, accounts: PortfolioAccounts, number: int) -> Case:
    """The case of open site `number` with the parts it serves, under what the others leave of the limits."""
    site = plan.sites[number]
    whole = portfolio.candidates[site.candidate].case
    case, limits = served(whole, site.parts), whole.limits
    others = [a for n, a in enumerate(accounts.sites) if n != number]
    carbon_t = sum(a.kpi["carbon_t"] or 0.0 for a in others)
    first_kcur = sum(c.first_cost_kcur for a in others for c in a.costs)
    energy, tokens = energy_allowed_mwh(whole), reference_mtok(case)
    target = None
    if energy is not None and tokens > 0:
        target = 1e3 * (energy - sum(a.kpi["site_energy_mwh"] or 0.0 for a in others)) / tokens
    own = replace(
        case.limits,
        tokenergy_wh_per_ktok=target,
        carbon_t_per_year=None if limits.carbon_t_per_year is None else limits.carbon_t_per_year - carbon_t,
        budget_kcur=None if limits.budget_kcur is None else limits.budget_kcur - first_kcur,
    )
    return replace(case, limits=own)


def site_proof(accounts: PortfolioAccounts, proof: Proof, number: int) -> Proof:
    """What no design of the site's case costs less than: its cost less the gap of the portfolio."""
    cost = accounts.sites[number].objective_kcur
    gap = max(accounts.objective_kcur - proof.bound_kcur, 0.0)
    note = "a site of a portfolio: the gap is that of all its sites together"
    return replace(proof, objective_kcur=cost, bound_kcur=cost - gap, notes=(note,))
