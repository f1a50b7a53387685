"""Accounts of plans of growth written down by hand: purchases, years, tokens, without a solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of
from staged import growth
from tiny import battery, hall, hall_case, rack, requests

from models.case import AssetTerms, Case, Money, PriceBreak
from models.design import Design
from models.growth_accounts import account_growth
from models.stages import Growth, GrowthPlan, Purchase

MONEY = Money(4, 0.1)


def stage(arrivals: tuple[float, float], **changes: Any) -> Case:
    """Racks at 10 with 2 of ancillary IT; each output token is half a reference token."""
    work = requests(arrivals, weight_output=0.5)
    return hall_case(arrivals, workloads=(work,), racks=(rack(ancillary_cost_kcur=2.0),), money=MONEY, **changes)


def working(case: Case, mw: float) -> Design:
    """A year of two steps in which the site draws so much."""
    return plan_of(case, {"import_mw": np.full(2, mw)})


def told(question: Growth, purchases: Sequence[Purchase], **plan: Any) -> list[tuple[str, str, float, float, int]]:
    """(line, item, quantity, price of one, stage that bought it) of each line of capital."""
    designs = tuple(working(s.case, 0.0) for s in question.planned)
    found = account_growth(question, GrowthPlan(designs, tuple(purchases)))
    lines = zip(found.capital, found.bought, strict=True)
    return [(c.line, c.item, c.quantity, c.unit_price_kcur, k) for c, k in lines]


def two_stages(**changes: Any) -> Growth:
    """Years 1 and 2 of five with 3 Mreq a year, then three years with 6."""
    return growth([stage((2.0, 1.0), **changes), stage((4.0, 2.0), **changes)], [0, 2], 5)


def test_racks_bring_their_ancillary_it() -> None:
    """Proves: two racks of the first stage, one of them retired after it, are told as two purchases with a line of
    ancillary IT each; halls have none. Catches: ancillary IT once for all, a purchase told at the wrong stage."""
    bought = [Purchase("racks", "R", 1, "racks", 0, 1), Purchase("racks", "R", 1, "racks", 0, 2),
              Purchase("modules", "hall", 2, "units", 1, 2)]  # fmt: skip
    assert told(two_stages(), bought) == [
        ("racks", "R", 1, 10.0, 0), ("ancillary_it", "R", 1, 2.0, 0), ("racks", "R", 1, 10.0, 0),
        ("ancillary_it", "R", 1, 2.0, 0), ("modules", "hall", 2, 7.0, 1),
    ]  # fmt: skip


def test_a_price_break_counts_what_is_bought_at_once() -> None:
    """Proves: two halls for the first stage, kept to different dates, and one for the second: two are bought together
    at 5, the third alone at 7. Catches: a break that counts later purchases, or each date by itself."""
    bought = [Purchase("modules", "hall", 1, "units", 0, 1), Purchase("modules", "hall", 1, "units", 0, 2),
              Purchase("modules", "hall", 1, "units", 1, 2)]  # fmt: skip
    question = two_stages(offers=(hall(price_breaks=(PriceBreak(2, 5.0),)),))
    assert [(price, k) for *_, price, k in told(question, bought)] == [(5.0, 0), (5.0, 0), (7.0, 1)]


def test_what_costs_nothing_has_no_line() -> None:
    """Proves: a hall for nothing has no line, one for 1 has. Catches: a quotient by its price, amounts of 1 left
    out."""
    bought = [Purchase("modules", name, 1, "units", 0, 2) for name in ("free", "hall")]
    question = two_stages(offers=(hall("free", ex_works_k=0.0), hall(ex_works_k=1.0)))
    assert told(question, bought) == [("modules", "hall", 1, 1.0, 0)]


def test_money_of_purchases_year_by_year() -> None:
    """Proves: a hall for 7 with upkeep of a tenth, bought for the first two years: 7, 0.7, 0.7; two more bought after
    year 2 and kept for three years: 14, then 1.4 a year; worth 7 + 0.7 / 1.1 + ... today. First costs are 21. Catches:
    upkeep to the end of the plan, a flow that begins at time zero, one discounted twice."""
    question = two_stages(offers=(hall(terms=AssetTerms(10, om_share=0.1)),))
    bought = (Purchase("modules", "hall", 1, "units", 0, 1), Purchase("modules", "hall", 2, "units", 1, 2))
    plan = GrowthPlan(tuple(working(s.case, 0.0) for s in question.stages), bought)
    found = account_growth(question, plan)
    flow = [7.0, 0.7, 0.7 + 14, 1.4, 1.4, 1.4]
    assert found.cash_flow_kcur == pytest.approx(flow)
    assert found.objective_kcur == pytest.approx(sum(x / 1.1**year for year, x in enumerate(flow)))
    assert found.kpi["first_cost_kcur"] == 21.0
    assert found.without_it_kcur == found.objective_kcur


def test_storage_on_site_is_counted_once_over_all_years() -> None:
    """Proves: 1 MW and 2 MWh on site are renewed after year 1 of five at 4 and 5 each, once, at the first
    stage's price. Catches: renewed in each stage, or in none."""
    unit = battery(power_kcur_per_mw=4.0, energy_kcur_per_mwh=5.0, existing_mw=1.0, existing_mwh=2.0,
                   existing_life_years=1)  # fmt: skip
    later = replace(unit, power_kcur_per_mw=40.0)
    question = growth([stage((2.0, 1.0), batteries=(b,)) for b in (unit, later)], [0, 2], 5)
    still = {"charge_mw": {"battery": np.zeros(2)}, "discharge_mw": {"battery": np.zeros(2)}}
    found = account_growth(question, GrowthPlan(tuple(plan_of(s.case, still) for s in question.stages)))
    assert found.cash_flow_kcur == pytest.approx([0.0, 14.0, 0.0, 0.0, 0.0, 0.0])
    assert [(c.line, c.item) for c in found.costs] == [
        ("existing_battery_power", "battery"), ("existing_battery_energy", "battery")
    ]  # fmt: skip
    assert found.bought == (0, 0)


def test_indicators_over_all_years() -> None:
    """Proves: 0.6 MWh in each of two years and 1 MWh in each of three, for 1,500 and 3,000 reference Mtok: 4.2 MWh per
    12,000 Mtok. Costs of 0.6 and 1 a year are levelised over tokens, discounted from years 1 to 5; output tokens are
    twice as many. Catches: stages weighed alike, tokens not discounted or discounted within their stage."""
    question = two_stages()
    plan = GrowthPlan((working(question.stages[0].case, 0.3), working(question.stages[1].case, 0.5)))
    found = account_growth(question, plan)
    first, then = 1 / 1.1 + 1 / 1.1**2, 1 / 1.1**3 + 1 / 1.1**4 + 1 / 1.1**5
    levelised = (0.6 * first + 1.0 * then) / (1500 * first + 3000 * then)
    assert found.kpi["tokenergy_wh_per_1k"] == pytest.approx(1e3 * 4.2 / 12_000)
    assert found.kpi["cost_kcur_per_mtok"] == pytest.approx(levelised)
    assert found.kpi["cost_kcur_per_output_mtok"] == pytest.approx(levelised / 2)
    assert found.cash_flow_kcur == pytest.approx([0.0, 0.6, 0.6, 1.0, 1.0, 1.0])
    dark = GrowthPlan(tuple(working(s.case, 0.0) for s in question.stages))
    assert account_growth(question, dark).kpi["tokenergy_wh_per_1k"] == 0.0


def test_years_that_are_past_are_not_counted() -> None:
    """Proves: with the first stage settled only three years of 1 MWh for 3,000 Mtok count; what was bought then is told
    as it was. Catches: energy or tokens of the past."""
    question = replace(two_stages(), settled=1)
    bought = (Purchase("modules", "hall", 1, "units", 0, 2),)
    found = account_growth(question, GrowthPlan((working(question.stages[1].case, 0.5),), bought))
    assert found.kpi["tokenergy_wh_per_1k"] == pytest.approx(1e3 / 3000)
    assert found.cash_flow_kcur == pytest.approx([7.0, 0.0, 0.0, 1.0, 1.0, 1.0])
