"""Builders of plans of growth small enough to solve by hand, and money counted year by year."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from models.audit import audit_growth
from models.case import AssetTerms, Case, Money
from models.growth_accounts import account_growth
from models.stages import Growth, GrowthPlan, Stage, in_stage
from planner.solving import solve_growth

MONEY = Money(analysis_years=4, discount_rate=0.1)
FREE = Money(analysis_years=4, discount_rate=0.0)


def growth(
    cases: list[Case],
    starts: list[int],
    years: int,
    closed: dict[int, tuple[tuple[str, str], ...]] | None = None,
    budget_kcur: float | None = None,
) -> Growth:
    """Stages from cases that know nothing of each other: only their money learns when they are."""
    ends = [*starts[1:], years]
    stages = [
        Stage(f"S{k}", replace(c, money=in_stage(c.money, start, end, years)), (closed or {}).get(k, ()))
        for k, (c, start, end) in enumerate(zip(cases, starts, ends, strict=True))
    ]
    return Growth("tiny", tuple(stages), budget_kcur)


def worth(flow: dict[int, float], rate: float) -> float:
    """Value at time zero of amounts paid at the ends of years."""
    return sum(amount / (1 + rate) ** year for year, amount in flow.items())


def flow_of(price: float, terms: AssetTerms, money: Money, start: int, end: int, plan_years: int) -> dict[int, float]:
    """What one thing costs in each year, bought at `start`, gone at `end`; no taxes, no incentives."""
    flow = {year: 0.0 for year in range(plan_years + 1)}
    bought, value = start, price
    flow[start] += price
    for year in range(start + 1, end + 1):
        flow[year] += terms.om_share * price * (1 + money.escalation_om) ** (year - start)
        if year - bought == terms.life_years and year < end:
            bought, value = year, terms.replacement_share * price * (1 + money.escalation_capital) ** (year - start)
            flow[year] += value
    if money.counts_residual_value and end == plan_years:
        flow[end] -= value * (terms.life_years - (end - bought)) / terms.life_years
    return flow


def cheapest_cover(needed: list[int], starts: list[int], years: int, prices: list[float], terms: AssetTerms,
                   money: Money) -> float:  # fmt: skip
    """Least cost of owning at least `needed` of one thing in each stage, by trying every set of purchases."""
    ends = [*starts, years]
    spans = [(k, j) for k in range(len(needed)) for j in range(k + 1, len(needed) + 1)]
    each = [worth(flow_of(prices[k], terms, money, ends[k], ends[j], years), money.discount_rate) for k, j in spans]
    best = float("inf")
    for counts in product(range(max(needed) + 1), repeat=len(spans)):
        owned = [sum(n for n, (a, b) in zip(counts, spans, strict=True) if a <= k < b) for k in range(len(needed))]
        if all(have >= need for have, need in zip(owned, needed, strict=True)):
            best = min(best, sum(n * cost for n, cost in zip(counts, each, strict=True)))
    return best


def planned(question: Growth, method: str = "monolithic") -> tuple[GrowthPlan, float]:
    """The proven plan of a plan of growth, which passes the recheck, and its cost [kcur]."""
    plan, proof = solve_growth(question, gap=1e-9, method=method)  # type: ignore[arg-type]
    assert plan is not None and proof.status == "optimal"
    accounts = account_growth(question, plan)
    assert accounts.objective_kcur == pytest.approx(proof.objective_kcur, rel=1e-9)
    assert audit_growth(question, plan, accounts, proof).violations == ()
    return plan, proof.objective_kcur
