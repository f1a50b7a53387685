"""Growth + GrowthPlan -> cost lines, cash flow and indicators over all years. The recheck (audit/growth.py) derives all
of it a second time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from models import finance
from models.accounts import account, existing_lines, ratio
from models.assets import IT_LINES, Asset, assets
from models.catalogue import reference_mtok, requests_mreq
from models.design import Accounts, CostLine
from models.stages import Growth, GrowthAccounts, GrowthPlan, Purchase


def account_growth(growth: Growth, plan: GrowthPlan) -> GrowthAccounts:
    """Costs and indicators of a plan of growth."""
    stages = tuple(account(s.case, d) for s, d in zip(growth.planned, plan.stages, strict=True))
    lines = [pair for pair in _lines(growth, plan) if pair[0].quantity * pair[0].unit_price_kcur != 0]
    found = GrowthAccounts(stages, tuple(c for c, _ in lines), tuple(k for _, k in lines))
    return replace(found, cash_flow_kcur=_cash_flow(growth, found), kpi=_indicators(growth, found))


def _lines(growth: Growth, plan: GrowthPlan) -> list[tuple[CostLine, int]]:
    """Capital lines with the stage that bought them."""
    together = Counter[tuple[str, str, int]]()
    for p in plan.purchases:
        together[p.line, p.item, p.bought] += p.quantity  # type: ignore[assignment]  # amounts, not only counts
    found = []
    for p in plan.purchases:
        priced = assets(growth.stages[p.bought].case)
        number = together[p.line, p.item, p.bought]
        found.append((_line(growth, p, p.line, priced[p.line, p.item], number), p.bought))
        if p.line == "racks":
            found.append((_line(growth, p, "ancillary_it", priced["ancillary_it", p.item], number), p.bought))
    first = growth.stages[0].case
    on_site = existing_lines(replace(first, money=finance.cohort(first.money)))
    return found + [(line, 0) for line in on_site]


def _line(growth: Growth, p: Purchase, line: str, asset: Asset, together: float) -> CostLine:
    money = finance.cohort(growth.stages[p.bought].case.money)
    kept_years = growth.start(p.retired) - growth.start(p.bought)
    price = asset.price_kcur(together)
    return CostLine(
        line=line,
        item=p.item,
        quantity=p.quantity,
        unit=p.unit,
        unit_price_kcur=price,
        factor=finance.capital_factor(asset.terms, money, kept_years),
        first_cost_kcur=p.quantity * price,
        is_it=line in IT_LINES,
        flow_pu=finance.cash_flow(asset.terms, money, kept_years),
    )


def _cash_flow(growth: Growth, accounts: GrowthAccounts) -> tuple[float, ...]:
    """After-tax cost of each year, undiscounted; discounting it gives the objective."""
    years = np.zeros(growth.years + 1)
    for line in accounts.costs:
        flow = np.array(line.flow_pu)
        years[: flow.size] += line.quantity * line.unit_price_kcur * flow
    return tuple(float(y) for y in years)


def _indicators(growth: Growth, accounts: GrowthAccounts) -> dict[str, float | None]:
    """Of all years together: energy and tokens are sums, costs are levelised over discounted tokens."""
    cases = [(s.case, s.years, finance.discount_sum(s.case.money)) for s in growth.planned]
    tokens = [reference_mtok(case) for case, _, _ in cases]
    output = [sum(w.output_tokens * requests_mreq(case, w) for w in case.workloads) for case, _, _ in cases]
    energy = sum(s.years * _energy_mwh(a) for s, a in zip(growth.planned, accounts.stages, strict=True))
    all_tokens = sum(years * mtok for (_, years, _), mtok in zip(cases, tokens, strict=True))
    worth = sum(w * mtok for (_, _, w), mtok in zip(cases, tokens, strict=True))
    output_worth = sum(w * mtok for (_, _, w), mtok in zip(cases, output, strict=True))
    return {
        "tokenergy_wh_per_1k": ratio(1e3 * energy, all_tokens),
        "cost_kcur_per_mtok": ratio(accounts.objective_kcur, worth),
        "cost_kcur_per_output_mtok": ratio(accounts.objective_kcur, output_worth),
        "first_cost_kcur": sum(c.first_cost_kcur for c in accounts.capital),
    }


def _energy_mwh(accounts: Accounts) -> float:
    return accounts.kpi["site_energy_mwh"] or 0.0
