"""What joins the design problems of a portfolio's candidates: open sites, parts of workloads, what is shared.

Each candidate's own design and operation problems are those of its case; a closed one is taken out by
`planner/solving/joined.py`, which multiplies every constant of them by `open`."""

from __future__ import annotations

import pyomo.core as pyo

from models.accounts import account, ratio
from models.blocks import Block, Expr, constraint, total, variable
from models.catalogue import reference_mtok
from models.portfolio import Candidate, Demand, Portfolio, PortfolioAccounts, PortfolioPlan, served
from models.tokenergy import energy_allowed_mwh


def allowed(candidate: Candidate, demand: Demand) -> bool:
    """Whether a site may serve a workload: near enough to its users, in a country allowed."""
    return demand.is_near(candidate.latency_ms) and demand.is_inside(candidate.country)


def build_links(portfolio: Portfolio, designs: list[Block]) -> pyo.ConcreteModel:
    """Rows over the candidates' design problems (models.assembly.build_design of their open cases), which stay as they
    are but for the bounds of parts that are not allowed; objective: what is paid beside their plans [kcur]."""
    model = pyo.ConcreteModel("links")
    candidates, numbers = portfolio.candidates, range(len(portfolio.candidates))
    variable(model, "open", numbers, doc="1 if a site is opened [1]", domain=pyo.Binary, bounds=(0, 1))
    for demand in portfolio.demands:
        for k in numbers:
            if not allowed(candidates[k], demand):
                designs[k].sizes.part[demand.workload].setub(0.0)
    constraint(
        model,
        "serve_everywhere",
        [w.name for w in candidates[0].case.workloads],
        lambda w: sum(designs[k].sizes.part[w] for k in numbers) == 1,
        doc="parts of a workload over all sites sum to one [1]",
    )
    constraint(
        model,
        "limit_sites",
        ["sites"],
        lambda _: sum(model.open[k] for k in numbers) <= portfolio.most_sites,
        doc="most open sites [1]",
    )
    of_site = {site: [k for k in numbers if candidates[k].site == site] for site in portfolio.sites}
    constraint(
        model,
        "one_choice",
        [site for site, own in of_site.items() if len(own) > 1],
        lambda site: sum(model.open[k] for k in of_site[site]) <= 1,
        doc="one tariff and architecture per site [1]",
    )
    names = list(dict.fromkeys(name for c in candidates for name in c.pooled_kcur))
    variable(model, "pooled_kcur", names, doc="staff or spares that all open sites share [kcur]")
    constraint(
        model,
        "pay_pooled",
        [(name, k) for name in names for k in numbers if candidates[k].pooled_kcur.get(name, 0.0) > 0],
        lambda name, k: model.pooled_kcur[name] >= candidates[k].pooled_kcur[name] * model.open[k],
        doc="shared staff or spares cover the largest need of an open site [kcur]",
    )
    _limit_together(model, portfolio, designs)
    model.cost_kcur = pyo.Objective(
        expr=sum(candidates[k].own_kcur * model.open[k] for k in numbers) + sum(model.pooled_kcur.values())
    )
    return model


def _limit_together(model: Block, portfolio: Portfolio, designs: list[Block]) -> None:
    """TokEnergy target, carbon cap and budget over all sites."""
    case = portfolio.candidates[0].case
    energy, carbon_t, budget_kcur = energy_allowed_mwh(case), case.limits.carbon_t_per_year, case.limits.budget_kcur

    def over_months(name: str) -> Expr:
        return sum(getattr(d.month[m], name) for d in designs for m in d.month)

    if energy is not None:
        constraint(
            model,
            "limit_tokenergy",
            ["year"],
            lambda _: over_months("site_energy_mwh") <= energy,
            doc="site energy of all sites per year [MWh]",
        )
    if carbon_t is not None:
        constraint(
            model,
            "limit_carbon",
            ["year"],
            lambda _: over_months("carbon_t") <= carbon_t,
            doc="carbon of all sites per year [t]",
        )
    if budget_kcur is not None:
        first = sum(total(d, "first_cost_kcur") for d in designs)
        constraint(model, "limit_budget", ["first"], lambda _: first <= budget_kcur, doc="first costs of all [kcur]")


def account_portfolio(portfolio: Portfolio, plan: PortfolioPlan) -> PortfolioAccounts:
    """Costs and indicators of a portfolio."""
    opened = [portfolio.candidates[s.candidate] for s in plan.sites]
    sites = tuple(account(served(c.case, s.parts), s.design) for c, s in zip(opened, plan.sites, strict=True))
    pooled: dict[str, float] = {}
    for candidate in opened:
        for name, amount in candidate.pooled_kcur.items():
            pooled[name] = max(pooled.get(name, 0.0), amount)
    energy = sum(a.kpi["site_energy_mwh"] or 0.0 for a in sites)
    kpi = {
        "tokenergy_wh_per_1k": ratio(1e3 * energy, reference_mtok(portfolio.candidates[0].case)),
        "carbon_t": sum(a.kpi["carbon_t"] or 0.0 for a in sites),
        "first_cost_kcur": sum(c.first_cost_kcur for a in sites for c in a.costs),
    }
    return PortfolioAccounts(sites, tuple(c.own_kcur for c in opened), pooled, kpi)
