"""What joins the sites of a portfolio, from its own numbers: who may serve what, sums, shared money, joint limits."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

from models.audit import facts
from models.audit.checker import Checker
from models.case import Case
from models.design import Proof
from models.portfolio import Portfolio, PortfolioAccounts, PortfolioPlan, SitePlan


def own_question(portfolio: Portfolio, site: SitePlan) -> Case:
    """A site's case with the work that it serves: arrivals times its part, training runs placed there."""
    case, kept = portfolio.candidates[site.candidate].case, []
    for w in case.workloads:
        part = site.parts.get(w.name, 0.0)
        if part <= 0:
            continue
        arrivals = w.arrivals_mreq_per_h
        kept.append(w if arrivals is None else replace(w, arrivals_mreq_per_h=part * arrivals))
    alone = replace(case.limits, tokenergy_wh_per_ktok=None, carbon_t_per_year=None, budget_kcur=None)
    return replace(case, workloads=tuple(kept), limits=alone)


def check_form(portfolio: Portfolio, plan: PortfolioPlan, accounts: PortfolioAccounts, check: Checker) -> bool:
    """Whether the plan names candidates and workloads that exist, one account per site."""
    names = {w.name for c in portfolio.candidates for w in c.case.workloads}
    known = all(
        0 <= s.candidate < len(portfolio.candidates)
        and bool(s.parts)
        and set(s.parts) <= names
        and all(isfinite(part) for part in s.parts.values())
        for s in plan.sites
    )
    same = len(plan.sites) == len(accounts.sites) == len(accounts.own_kcur)
    return check.require(known and same, "open sites are candidates with accounts", "portfolio")


def check_portfolio(
    portfolio: Portfolio, plan: PortfolioPlan, accounts: PortfolioAccounts, proof: Proof | None, check: Checker
) -> None:
    """Everything that no site's own recheck sees."""
    opened = [portfolio.candidates[s.candidate] for s in plan.sites]
    names = [c.site for c in opened]
    check.at_most("open sites [1]", "portfolio", len(names), portfolio.most_sites)
    check.equal("one tariff and architecture per site [1]", "portfolio", len(names), len(set(names)))
    _check_parts(portfolio, plan, check)
    _check_money(portfolio, plan, accounts, proof, check)
    case = portfolio.candidates[0].case
    energy = sum(a.kpi.get("site_energy_mwh") or 0.0 for a in accounts.sites)
    carbon = sum(a.kpi.get("carbon_t") or 0.0 for a in accounts.sites)
    first = sum(line.first_cost_kcur for a in accounts.sites for line in a.costs)
    tokens = sum(facts.reference_mtok(case, w) for w in case.workloads)
    limits = case.limits
    if limits.tokenergy_wh_per_ktok is not None:
        most_mwh = 1e-3 * limits.tokenergy_wh_per_ktok * tokens
        lost = sum(a.kpi.get("lost_load_mwh") or 0.0 for a in accounts.sites)
        check.at_most("site energy within the TokEnergy target [MWh]", "all sites", energy + lost, most_mwh)
    if limits.carbon_t_per_year is not None:
        check.at_most("carbon per year [t]", "all sites", carbon, limits.carbon_t_per_year)
    if limits.budget_kcur is not None:
        check.at_most("first costs within the budget [kcur]", "all sites", first, limits.budget_kcur)
    index = 1e3 * energy / tokens if tokens > 0 else None
    expected = {"tokenergy_wh_per_1k": index, "carbon_t": carbon, "first_cost_kcur": first}
    check.require(set(accounts.kpi) == set(expected), "indicators over all sites are complete", "all sites")
    for name, value in expected.items():
        check.same(f"indicator {name}", "all sites", accounts.kpi.get(name), value)


def _check_parts(portfolio: Portfolio, plan: PortfolioPlan, check: Checker) -> None:
    for w in portfolio.candidates[0].case.workloads:
        parts = [s.parts.get(w.name, 0.0) for s in plan.sites]
        check.equal("parts of a workload sum to one [1]", w.name, sum(parts), 1.0)
        check.at_least("a part is not negative [1]", w.name, min(parts, default=0.0), 0.0)
        if w.kind == "training":
            whole = all(part in (0.0, 1.0) or abs(part - 1) < 1e-6 for part in parts)
            check.require(whole, "a training workload runs at one site", w.name, max(parts), 1.0)
    for demand in portfolio.demands:
        for s in plan.sites:
            if demand.workload not in s.parts:
                continue
            place = portfolio.candidates[s.candidate]
            where = f"{place.site}, {demand.workload}"
            if demand.max_latency_ms is not None:
                known = demand.region in place.latency_ms
                latency_ms = place.latency_ms.get(demand.region, 0.0)
                near = known and latency_ms <= demand.max_latency_ms
                check.require(near, "latency to the users [ms]", where, latency_ms, demand.max_latency_ms)
            if demand.countries:
                inside = place.country in demand.countries
                check.require(inside, f"country allowed: {place.country or 'none stated'}", where)


def _check_money(
    portfolio: Portfolio, plan: PortfolioPlan, accounts: PortfolioAccounts, proof: Proof | None, check: Checker
) -> None:
    opened = [portfolio.candidates[s.candidate] for s in plan.sites]
    for place, own in zip(opened, accounts.own_kcur, strict=True):
        check.same("money of an open site beyond its plan [kcur]", place.site, own, place.own_kcur)
    for name in sorted({n for c in opened for n in c.pooled_kcur} | set(accounts.pooled_kcur)):
        needed = max((c.pooled_kcur.get(name, 0.0) for c in opened), default=0.0)
        check.same("shared by all sites [kcur]", name, accounts.pooled_kcur.get(name, 0.0), needed)
    lines = sum(line.present_value_kcur for a in accounts.sites for line in a.costs)
    whole = lines + sum(accounts.own_kcur) + sum(accounts.pooled_kcur.values())
    check.same("cost of all sites [kcur]", "portfolio", accounts.objective_kcur, whole)
    if proof is not None:
        check.equal("objective that was proven [kcur]", "proof", proof.objective_kcur, whole)
        check.at_most("bound not above the objective [kcur]", "proof", proof.bound_kcur, whole)
