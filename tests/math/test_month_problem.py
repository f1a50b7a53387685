"""The operation problem of a month with singleton rows as bounds: the same answers, cuts and bases as with all rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from randomcases import random_case

from planner.solving.arrays import Blocks, compile_case, join
from planner.solving.highs import Run
from planner.solving.month import Month
from planner.solving.month_problem import MonthProblem
from planner.solving.singletons import Singletons

PRICE = 1e4


def plans() -> Iterator[tuple[int, Blocks, np.ndarray]]:
    """Random cases that have a plan, with the design's columns of one."""
    for seed in range(0, 40, 4):
        blocks = compile_case(random_case(seed))
        outcome = Run(join(blocks)[0]).solve()
        if outcome.solution is not None:
            yield seed, blocks, outcome.solution[: len(blocks.variables)]


def within(blocks: Blocks, x: np.ndarray) -> np.ndarray:
    """Sizes within the boxes of the design's columns and of the months' linking columns."""
    x = x.copy()
    for m, part in blocks.months.items():
        for own, target in blocks.links[m].items():
            x[target] = np.clip(x[target], part.arrays.col_lower[own], part.arrays.col_upper[own])
    return x


def all_soft(month: Month, price: float) -> MonthProblem:
    """The month's problem with a row for every row that linking columns stand in."""
    return MonthProblem(month._layout, np.ones(month.columns.size, dtype=bool), np.full(month.columns.size, price))


def cost(month: Month, problem: MonthProblem, x: np.ndarray) -> float:
    """Least cost of a month at the design's columns x, with the price of what it misses."""
    arrays = month._arrays
    problem.place(x[month.index], month.band(x), arrays.col_lower, arrays.col_upper)
    assert problem.optimise()
    found = problem.answer()
    return float(arrays.cost @ found.values + problem.price @ np.abs(found.missed)) + arrays.offset


@pytest.mark.parametrize("price", [1e4, 1.0])
def test_the_answer_is_that_of_all_rows(price: float) -> None:
    """Proves: at sizes of plans, and at sizes that months cannot do with or would rather miss at a low price, cost and
    misses are those of the problem in which every linking variable may be missed; the cut reaches the cost there and
    lies below that of the plan. Catches: a linking variable that stays hard though missing it is cheaper, duals of
    folded rows lost or of the wrong sign, bounds of another point."""
    numbers = np.random.default_rng(1)
    missed = folded = 0
    for seed, blocks, plan in plans():
        for m, part in blocks.months.items():
            month = Month(part, blocks.links[m])
            month.set_price(np.full(month.columns.size, price))
            reference = all_soft(month, price)
            folded += month._problem.shape[0] < reference.shape[0]
            at_plan = cost(month, all_soft(month, PRICE), plan)
            for _ in range(6):
                x = within(blocks, plan * numbers.uniform(0.5, 1.3, plan.size))
                found, close = month.at(x), 1e-4 * max(1.0, abs(cost(month, reference, x)))
                assert found.elastic_cost == pytest.approx(cost(month, reference, x), abs=close), seed
                assert found.cut.at(x) >= found.elastic_cost - close, seed
                assert found.cut.at(plan) <= at_plan + 1e-4 * max(1.0, abs(at_plan)), seed
                missed += bool(np.abs(found.missed).max(initial=0.0) > 0)
    assert missed >= 5
    assert folded >= 5


def test_a_wider_problem_starts_where_the_narrow_one_ended() -> None:
    """Proves: with all rows back, the last basis is optimal but for what the band around linking variables still gives.
    Catches: a row taken for basic whose column stands at the bound it gives, states of negative coefficients not turned
    round."""
    tried = 0
    for seed, blocks, plan in plans():
        for m, part in blocks.months.items():
            month = Month(part, blocks.links[m])
            month.set_price(np.full(month.columns.size, PRICE))
            here = month.at(plan)
            wider = month._problem.softened(~month._problem.soft)
            assert cost(month, wider, plan) == pytest.approx(here.elastic_cost, rel=1e-6, abs=1e-6), seed
            tried += wider.shape[0] > month._problem.shape[0]
            assert wider._highs.getInfo().simplex_iteration_count <= month.columns.size / 2, seed
    assert tried >= 5


def test_a_month_that_rested_goes_on_where_it_was() -> None:
    """Proves: a month whose problem was let go answers as before, from its last basis, at a price told meanwhile and
    with the linking variables soft that it could not do without. Catches: the old price, a start from scratch."""
    numbers, tried = np.random.default_rng(2), 0
    for seed, blocks, plan in plans():
        for m, part in blocks.months.items():
            month, other = (Month(part, blocks.links[m]) for _ in range(2))
            x = within(blocks, plan * numbers.uniform(0.5, 1.3, plan.size))
            month.set_price(np.full(month.columns.size, 1.0))
            month.at(x)
            soft = month._problem.soft
            month.rest()
            for each in (month, other):
                each.set_price(np.full(month.columns.size, PRICE))
            expected = other.at(x)
            assert month._problem.soft.tolist() == soft.tolist()
            assert month.at(x).elastic_cost == pytest.approx(expected.elastic_cost, rel=1e-6, abs=1e-6), seed
            month.rest()
            month.at(x)
            assert month._problem._highs.getInfo().simplex_iteration_count <= month.columns.size / 2, seed
            tried += 1
    assert tried >= 5


def test_bounds_of_singletons() -> None:
    """Proves by hand, for rows 2 y <= x and -y <= -1 of a column 0 <= y <= 9: y lies between 1 and x / 2, a band of 0.1
    around x leaves 0.05 more but none beyond the box of x, and each bound names its row. Catches: sides not turned
    round by a negative coefficient, the tighter of two bounds not taken, work on racks that are not there."""
    import highspy
    from scipy import sparse

    from planner.solving.arrays import Arrays

    arrays = Arrays(
        cost=np.zeros(2),
        offset=0.0,
        matrix=sparse.csc_array(np.array([[2.0, -1.0], [-1.0, 0.0]])),
        row_lower=np.full(2, -highspy.kHighsInf),
        row_upper=np.array([0.0, -1.0]),
        col_lower=np.zeros(2),
        col_upper=np.array([9.0, 9.0]),
        is_integer=np.zeros(2, dtype=bool),
    )
    rows = Singletons(arrays, np.array([True, False]))
    assert rows.count().tolist() == [1]
    assert rows.touching(np.array([True])).tolist() == [True, False]
    everything = np.ones(2, dtype=bool)
    found = rows.bounds(everything, np.array([5.0]), np.array([0.1]), arrays.col_lower, arrays.col_upper)
    assert (found.lower[0], found.upper[0]) == pytest.approx((1.0, 2.55))
    assert (found.lower_row[0], found.upper_row[0]) == (1, 0)
    assert found.crossed().size == 0
    full = rows.bounds(everything, np.array([9.0]), np.array([0.1]), arrays.col_lower, arrays.col_upper)
    assert full.upper[0] == pytest.approx(4.5)
    assert rows.bounds(everything, np.array([1.0]), np.array([0.1]), arrays.col_lower, arrays.col_upper).crossed().size


class Mistaken:
    """HiGHS that believes another value of a column than the rows show, until it starts from scratch."""

    def __init__(self, highs: Any) -> None:
        self._highs, self.is_mistaken = highs, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._highs, name)

    def clearSolver(self) -> None:  # noqa: N802 (its name in HiGHS)
        self.is_mistaken = False
        self._highs.clearSolver()

    def getSolution(self) -> Any:  # noqa: N802
        found = self._highs.getSolution()
        if self.is_mistaken:
            found.col_value = [value + 1e-4 for value in found.col_value]
        return found


def test_an_answer_that_lost_accuracy_is_found_again() -> None:
    """Proves: where the columns that HiGHS tells do not give the rows that it tells, the month is solved from scratch.
    Catches: a battery charged beyond its power by the errors of hundreds of warm starts, which the recheck refuses."""
    _, blocks, plan = next(plans())
    m, part = next(iter(blocks.months.items()))
    month, fresh = (Month(part, blocks.links[m]) for _ in range(2))
    expected = cost(fresh, fresh._problem, plan)
    problem: Any = month._problem
    problem._highs = Mistaken(problem._highs)
    assert cost(month, problem, plan) == pytest.approx(expected)
    assert not problem._highs.is_mistaken
