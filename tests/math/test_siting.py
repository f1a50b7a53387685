"""What sites are compared by beside their plans: thresholds, scores, shares of all weights, ties, steps of a
connection, its date."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from handmade import plan_of
from tiny import energy_case, limits, supply

from models.case import Delay
from models.grid_dates import DatedCost, DatedPlan, months_late, soonest_start, turning_dates
from models.siting import (
    Criterion,
    Fact,
    GridStep,
    Range,
    carried_from,
    normalised,
    score_table,
    share_first,
    tie_factor,
    tie_saving,
    weighted,
)

LESS, MORE = Criterion("near", "latency_ms", "less", 50.0, 3.0), Criterion("land", "area_m2", "more", 50.0, 1.0)
FREE = Criterion("free", "latency_ms", "less")


@pytest.mark.parametrize(
    ("criterion", "value", "passes"),
    [
        (LESS, 49.0, True), (LESS, 50.0, True), (LESS, 51.0, False), (LESS, None, None),
        (MORE, 49.0, False), (MORE, 50.0, True), (MORE, 51.0, True), (FREE, 99.0, True), (FREE, None, True),
    ],
)  # fmt: skip
def test_what_passes_a_threshold(criterion: Criterion, value: float | None, passes: bool | None) -> None:
    """Proves: the threshold itself passes, a value that is not known is neither, and without one all pass. Catches: a
    direction turned, an unknown value that fails or passes."""
    assert criterion.passes(value) is passes


def test_scores_between_the_worst_and_the_best() -> None:
    """Proves: 10, 20 and 50 ms score 1, 0.75 and 0; areas of those figures 0, 0.25 and 1; alike values all 1. Weights
    of 3 to 1 give 0.75, 0.625 and 0.25; a criterion without a weight counts nothing. Catches: shares of the largest
    value, a weight of each alike."""
    values = [10.0, 20.0, 50.0]
    assert normalised(LESS, values) == pytest.approx([1.0, 0.75, 0.0])
    assert normalised(MORE, values) == pytest.approx([0.0, 0.25, 1.0])
    assert normalised(MORE, [7.0, 7.0]) == normalised(LESS, [7.0, 7.0]) == [1.0, 1.0]
    scores = score_table((LESS, MORE), {"near": values, "land": values})
    assert scores.shape == (3, 2)
    assert weighted((LESS, MORE), scores) == pytest.approx([0.75, 0.625, 0.25])
    assert weighted((LESS, FREE), scores) == pytest.approx([1.0, 0.75, 0.0])


@pytest.mark.parametrize(
    ("scores", "shares"),
    [
        ([[1.0], [0.0]], [1.0, 0.0]),
        ([[0.5], [0.5], [0.2]], [0.5, 0.5, 0.0]),
        ([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]], [0.5, 0.5, 0.0]),
        ([[1.0, 0.0], [0.0, 1.0]], [0.5, 0.5]),
        ([[1.0, 0.0], [0.0, 0.5]], [2 / 3, 1 / 3]),
        ([[0.5 + 1e-10], [0.5]], [1.0, 0.0]),
    ],
)
def test_share_of_all_weights_with_which_a_site_is_first(scores: list[list[float]], shares: list[float]) -> None:
    """Proves: of one criterion the best site has all weights, sites that are alike share them; with scores of (1, 0)
    and (0, 0.5) the first leads while w > 0.5 (1 - w), two thirds of all weights. Catches: a tie counted for both, the
    worst site first, sites taken for alike that are not."""
    found = share_first(np.array(scores))
    assert found == pytest.approx(shares, abs=0.015) and sum(found) == pytest.approx(1.0)


def test_a_price_at_which_two_plans_tie() -> None:
    """Proves: plans of 100 and 120, of which 40 and 20 follow the price: alike at 1 + 20 / 20 = 2; at 60 and 100 alike
    at no price of zero or more, at 80 and 100 just at zero; never if as much of both follows it. Savings from
    intervals [95, 100] and [80, 90]: 5 to 20. Catches: the sign of the slope, bound and cost mixed up."""
    assert tie_factor((100.0, 40.0), (120.0, 20.0)) == pytest.approx(2.0)
    assert tie_factor((120.0, 20.0), (60.0, 0.0)) is None
    assert tie_factor((100.0, 20.0), (80.0, 0.0)) == 0.0
    assert tie_factor((100.0, 20.0), (120.0, 20.0)) is None
    assert tie_saving((95.0, 100.0), (80.0, 90.0)) == (5.0, 20.0)


def test_a_step_carries_what_it_carries_within_a_solver_s_tolerance() -> None:
    """Proves: a step of 2 MW carries a plan's 2.000001 MW, not 2.0001. Catches: a power refused for the last digit, one
    that is too large let through."""
    step = GridStep(6.0, 1.5, 0.5, grade="X")
    assert carried_from([step], 2.0 * (1 + 5e-7)) is step and carried_from([step], 2.0001) is None
    assert carried_from([GridStep(9.0, 3.0, 0.0), step], 1.0) is step
    assert step.assumed and not GridStep(6.0, 2.0, 0.0, grade="A").assumed and not Range("tariff", 0.5, 2.0).assumed
    assert Fact(1.0, "Sites!B2", grade="X").assumed and not Fact(1.0, "Sites!B2").assumed


# -- the date of a connection -----------------------------------------------------------------------------------------

DATED = DatedCost([DatedPlan(2, 120.0, 118.0, 2, 1), DatedPlan(6, 150.0, 149.0, 7, 3)], price=10.0)
"""Connected in month 2 a site costs at least 118 and a plan 120; in month 6 at least 149 and a plan 150, which starts
in month 7 although all else is there in month 3. A month costs 10."""


def test_cost_between_dates_of_a_connection() -> None:
    """Proves: connected at once, the first plan starts in month 1, not before, for 110; in month 4 it costs 140, the
    second 150 - 3 * 10 = 120; in month 7 the second 150. Nothing costs less than 149 in month 6 or later, less than
    149 - 20 in month 4, less than 118 in month 3. Catches: a start before all else is there, a bound carried the wrong
    way."""
    assert [DATED.most(live) for live in (0, 1, 2, 4, 7)] == pytest.approx([110, 110, 110, 120, 150])
    assert [DATED.least(live) for live in (2, 3, 4, 6, 9)] == pytest.approx([118, 119, 129, 149, 149], rel=2e-6)
    assert DATED.least(9) == pytest.approx(149 * (1 - 1e-6), rel=1e-9)


def test_dates_that_turn_an_order() -> None:
    """Proves: least costs of exactly 100 + 10 a month against one known to lie in [120, 130]: cheaper up to month 1,
    dearer from 4, alike in 2 and 3 (that of month 2 just meets the bound). Catches: a tie told as an order, the last
    date left out."""
    exact = DatedCost([DatedPlan(k, 100.0 + 10 * k, 100.0 + 10 * k, k, 0) for k in range(6)], price=10.0)
    assert turning_dates(exact, (120.0, 130.0), 5) == (1, 4)
    assert turning_dates(exact, (120.0, 130.0), 4) == (1, 4)
    assert turning_dates(exact, (120.0, 130.0), 3) == (1, None)
    assert turning_dates(exact, (100.0, 200.0), 5) == (None, None)
    assert turning_dates(exact, (100.00001, 200.0), 5)[0] is None
    assert turning_dates(exact, (100.00015, 200.0), 5)[0] == 0
    assert turning_dates(exact, (1000.0, 2000.0), 5) == (5, None)
    zero = DatedCost([DatedPlan(k, 10.0 * k - 10, 10.0 * k - 10, k, 0) for k in range(4)], price=10.0)
    assert turning_dates(zero, (0.0, 0.0), 3) == (0, 2)


def test_months_late_are_whole() -> None:
    """Proves: of a need in month 12, months 11 and 12 are not late, 12.2 is one month, 14 two, whatever the last digit
    says. Catches: earliness counted as lateness, a month for a rounding."""
    case = energy_case([1.0], limits=limits(need_month=12.0))
    found = [months_late(case, month) for month in (11.0, 12.0, 12.0 + 1e-10, 12.2, 14.0)]
    assert found == [0, 0, 0, 1, 2]


def test_the_soonest_start_leaves_the_connection_out() -> None:
    """Proves: with a connection in month 30 and a supply in 13 after half a month of works, a need in month 12 could be
    met two months late if the connection were live. Catches: the connection's own date counted."""
    asked = limits(need_month=12.0, delay=Delay(works_months=0.5))
    sun = supply([1.0], lead_months_p50=13.0)
    case = energy_case([1.0], grid={"energised_month": 30.0}, supplies=(sun,), limits=asked)
    assert soonest_start(case, plan_of(case, supply_mw={"pv": 1.0}, contract_mw=1.0)) == 2
    assert soonest_start(case, plan_of(case, contract_mw=1.0)) == 0
    at_once = replace(case, limits=limits(need_month=0.0))
    assert soonest_start(at_once, plan_of(at_once, contract_mw=1.0)) == 0
