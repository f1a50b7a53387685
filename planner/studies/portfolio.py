"""Several sites together: which of the candidates to open, and how to split the workloads between them.

One design problem over all candidates (models/portfolio_links.py), so that the choice of sites, the parts of the
workloads and the plan of every open site are proven together. A part is constant over the year. Requests are aligned by
UTC: each site sees them by its own clock (planner/validate/portfolio.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.design import Proof
from models.portfolio import Candidate, Portfolio, PortfolioAnswer, PortfolioPlan, SitePlan
from models.siting import tie_saving
from planner.codec import decode, encode
from planner.errors import AuditFailed, BadWorkbook, Finding, Infeasible, NoAnswer
from planner.jobs import key_of
from planner.studies.plan import PlanOptions
from planner.studies.site_inputs import latency_ms
from planner.studies.sites import SIGNS

if TYPE_CHECKING:
    from planner.jobs.store import Store
    from planner.progress import Progress
    from planner.validate import ValidatedCase

SCHEMA = 1
_POOLED = {"staff_million": "staff_shared_million", "spares_million": "spares_shared_million"}
_SAME = 1e-9
"""Relative difference of cost and bound that is rounding."""
_KCUR = 1e3
"""kcur per million"""


def portfolio_of(cases: Sequence[ValidatedCase], most_sites: int) -> Portfolio:
    """The question that a workbook asks: every site with every tariff and architecture it could choose.

    Raises BadWorkbook if there is no work to split, if requests cannot be aligned by UTC, or if more is shared than
    there is."""
    _check(cases)
    candidates = [
        Candidate(
            site=v.case.site.name,
            case=case,
            country=v.country,
            latency_ms=latency_ms(v),
            own_kcur=_million(v, SIGNS) * _KCUR - sum(_pooled_kcur(v).values()),
            pooled_kcur=_pooled_kcur(v),
        )
        for v in cases
        for case in (v.case, *v.options)
    ]
    return Portfolio(cases[0].case.name, tuple(candidates), most_sites, cases[0].demands)


def _million(validated: ValidatedCase, signs: dict[str, int]) -> float:
    return sum(s * validated.facts[name].value for name, s in signs.items() if name in validated.facts)


def _pooled_kcur(validated: ValidatedCase) -> dict[str, float]:
    shared = {name: _million(validated, {part: 1}) * _KCUR for name, part in _POOLED.items()}
    return {name.removesuffix("_million"): amount for name, amount in shared.items() if amount > 0}


def _check(cases: Sequence[ValidatedCase]) -> None:
    found = []
    if not cases[0].case.workloads:
        why = "a portfolio splits workloads between sites; without any, plan the sites without --portfolio"
        found.append(Finding("Workloads", "tblWorkloads", "", "none in use", "at least one workload", message=why))
    for v in cases:
        for whole, part in _POOLED.items():
            if _million(v, {part: 1}) > _million(v, {whole: 1}):
                fact = v.facts[part]
                expected = f"at most the site's {whole}, {_million(v, {whole: 1}):g}"
                found.append(Finding(fact.cell, "tblSites", part, f"{fact.value:g}", expected))
    arrivals = {w.name: w.arrivals_mreq_per_h for w in cases[0].case.workloads}
    clocks = {v.facts["utc_h"].value if "utc_h" in v.facts else None for v in cases}
    apart = len(cases) > 1 and (len(clocks) > 1 or None in clocks)
    for demand in cases[0].demands:
        requests = arrivals.get(demand.workload)
        if apart and demand.users_utc_h is None and requests is not None and np.ptp(requests) > 0:
            why = f"a portfolio aligns the requests of {demand.workload} by UTC; sites need utc_h too"
            cell = demand.clock_cell
            found.append(Finding(cell, "tblWorkloads", "users_utc_h", "a blank cell", "a number", "9", why))
    if found:
        raise BadWorkbook(tuple(found))


def plan_portfolio(
    portfolio: Portfolio,
    options: PlanOptions,
    store: Store,
    *,
    progress: Progress | None = None,
    log_path: Path | None = None,
) -> PortfolioAnswer:
    """The plan that `store` has of the same question and options, if it passes the recheck again; else solve, recheck
    and store. Raises Infeasible, NoAnswer or AuditFailed as plan_case does."""
    key = key_of(__name__, encode(portfolio), options.as_dict())
    kept = _kept(store.get(key), portfolio)
    if kept is not None:
        return kept
    plan, proof = _solved(portfolio, options, progress, log_path)
    answer = _rechecked(portfolio, plan, proof)
    store.put(key, {"plan": encode(plan), "proof": encode(proof)})
    return answer


def _solved(
    portfolio: Portfolio, options: PlanOptions, progress: Progress | None, log_path: Path | None
) -> tuple[PortfolioPlan, Proof]:
    from planner.solving import solve_portfolio
    from reports.portfolio import restriction

    plan, proof = solve_portfolio(
        portfolio,
        gap=options.gap,
        time_limit=options.time_limit,
        method=options.method,
        seed=options.seed,
        progress=progress.solver if progress else None,
        log_path=log_path,
    )
    if plan is None:
        if proof.status == "infeasible":
            told = f"No choice of at most {portfolio.most_sites} of the sites serves all workloads."
            raise Infeasible((), [told, *map(restriction, closed(portfolio))])
        raise NoAnswer("The search stopped before it found a portfolio.")
    return plan, proof


def _kept(stored: Any, portfolio: Portfolio) -> PortfolioAnswer | None:
    """What was stored, rechecked; None if nothing was, or nothing sound."""
    if stored is None:
        return None
    try:
        return _rechecked(portfolio, decode(PortfolioPlan, stored["plan"]), decode(Proof, stored["proof"]))
    except (ValueError, KeyError, TypeError, AuditFailed):
        return None


def _rechecked(portfolio: Portfolio, plan: PortfolioPlan, proof: Proof) -> PortfolioAnswer:
    from models.audit import audit_portfolio
    from models.portfolio_links import account_portfolio

    accounts = account_portfolio(portfolio, plan)
    report = audit_portfolio(portfolio, plan, accounts, proof)
    if not report.ok:
        raise AuditFailed(report.violations)
    return PortfolioAnswer(portfolio, plan, accounts, proof, report)


def closed(portfolio: Portfolio) -> list[dict[str, Any]]:
    """Workloads that no site, or only some `sites`, may serve, with the limits that close the others: max_latency_ms to
    users in `region`, countries; None and empty if such a limit closes none."""
    from models.portfolio_links import allowed

    found, candidates = [], portfolio.candidates
    for demand in portfolio.demands:
        may = {c.site for c in candidates if allowed(c, demand)}
        if len(may) < len(portfolio.sites):
            near = all(demand.is_near(c.latency_ms) for c in candidates)
            inside = all(demand.is_inside(c.country) for c in candidates)
            found.append(
                {
                    "workload": demand.workload,
                    "sites": sorted(may),
                    "region": demand.region,
                    "max_latency_ms": None if near else demand.max_latency_ms,
                    "countries": [] if inside else list(demand.countries),
                }
            )
    return found


def portfolio_view(answer: PortfolioAnswer, study: dict[str, Any], folders: Sequence[str]) -> dict[str, Any]:
    """The content of portfolio.json, money in whole currency units. study: the content of sites.json, for the best
    single site: of least cost among those that may serve everything. folders: of the open sites, in order."""
    from models.design import relative_gap
    from models.portfolio_links import allowed
    from planner.plan_json import money_or_none

    portfolio, accounts, proof = answer.portfolio, answer.accounts, answer.proof
    cost, bound = 1e3 * accounts.objective_kcur, money_or_none(proof.bound_kcur)
    without_it = (
        sum(a.without_it_kcur for a in accounts.sites)
        + accounts.objective_kcur
        - sum(a.objective_kcur for a in accounts.sites)
    )
    able = {c.site for c in portfolio.candidates if all(allowed(c, d) for d in portfolio.demands)}
    single = min(
        (s for s in study["sites"] if s["rank"] is not None and s["site"] in able and s["bound"] is not None),
        key=lambda s: s["cost"],
        default=None,
    )
    saving = None
    if single is not None and bound is not None:
        saving = dict(zip(("from", "to"), tie_saving((single["bound"], single["cost"]), (bound, cost)), strict=True))
    return {
        "schema": SCHEMA,
        "name": portfolio.name,
        "currency": portfolio.candidates[0].case.currency,
        "most_sites": portfolio.most_sites,
        "status": proof.status,
        "objective": cost,
        "bound": bound,
        "gap": None if bound is None else relative_gap(accounts.objective_kcur, proof.bound_kcur, without_it),
        "gap_money": None if bound is None else cost - bound if cost - bound > _SAME * abs(cost) else 0.0,
        "kpi": accounts.kpi,
        "workloads": [w.name for w in portfolio.candidates[0].case.workloads],
        "sites": [{**_site_view(answer, n, s), "folder": folders[n]} for n, s in enumerate(answer.plan.sites)],
        "shared": {name: 1e3 * amount for name, amount in accounts.pooled_kcur.items()},
        "best_single": None if single is None else {key: single[key] for key in ("site", "cost", "bound")},
        "saving": saving,
        "restrictions": closed(portfolio),
        "method": proof.method,
        "seconds": proof.seconds,
        "audit": {"ok": answer.audit.ok, "checks": answer.audit.checks, "worst_residual": answer.audit.worst_residual},
    }


def _site_view(answer: PortfolioAnswer, number: int, site: SitePlan) -> dict[str, Any]:
    candidate, accounts = answer.portfolio.candidates[site.candidate], answer.accounts.sites[number]
    design, racks, units = site.design, Counter[tuple[str, str]](), Counter[str]()
    for placed in design.racks:
        racks[placed.rack, placed.cooling] += placed.count
    for unit in design.units:
        units[unit.offer] += unit.count
    sized = {
        "batteries": {
            n: {"power_mw": mw, "energy_mwh": design.battery_mwh[n]} for n, mw in design.battery_mw.items() if mw > 0
        },
        "supply_mw": {n: mw for n, mw in design.supply_mw.items() if mw > 0},
        "generators": {n: count for n, count in design.generator_units.items() if count > 0},
    }
    return {
        "site": candidate.site,
        "architecture": candidate.case.electrical.name,
        "parts": site.parts,
        "cost_of_plan": 1e3 * accounts.objective_kcur,
        "cost_beside_plan": 1e3 * answer.accounts.own_kcur[number],
        "kpi": dict(accounts.kpi),
        "racks": [{"rack": r, "cooling": c, "count": n} for (r, c), n in racks.items()],
        "modules": [{"offer": o, "count": n} for o, n in units.items()],
        **sized,
        "costs": [
            {"line": c.line, "item": c.item, "present_value": 1e3 * c.present_value_kcur} for c in accounts.costs
        ],
    }
