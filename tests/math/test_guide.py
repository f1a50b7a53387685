"""The coarse year: what merging steps does to a problem, and that its advice never costs a proof."""

from concurrent.futures import Future

import numpy as np
import pyomo.environ as pyo
import pytest
from randomcases import random_case

import planner.solving.coarse
import planner.solving.decomposed
import planner.solving.guide
from planner.solving import solve
from planner.solving.arrays import Blocks, Compiled, compile_block, compile_case, join
from planner.solving.coarse import coarse_blocks
from planner.solving.highs import Run
from planner.solving.month import Month

STEPS = 48


def store(price: list[float]) -> Compiled:
    """A load of 1 MW from a grid of 2 MW and a store of 4 MWh."""
    m = pyo.ConcreteModel()
    m.grid_mw = pyo.Var(range(STEPS), bounds=(0, 2))
    m.stored_mwh = pyo.Var(range(STEPS), bounds=(0, 4))
    m.start_mwh = pyo.Var(bounds=(0, 4))
    m.balance = pyo.Constraint(
        range(STEPS),
        rule=lambda m, t: m.stored_mwh[t] == (m.stored_mwh[t - 1] if t else m.start_mwh) + m.grid_mw[t] - 1.0,
    )
    m.end = pyo.Constraint(expr=m.stored_mwh[STEPS - 1] == m.start_mwh)
    m.cost = pyo.Objective(expr=sum(price[t] * m.grid_mw[t] for t in range(STEPS)) + 0.1 * m.start_mwh)
    return compile_block(m)


def least(part: Compiled) -> float:
    """Least cost of a block alone."""
    found = Run(part.arrays).solve().objective
    assert found is not None
    return found


def merged(part: Compiled) -> Compiled:
    """A block in steps of four."""
    links = {0: {next(j for j, v in enumerate(part.variables) if v.name == "start_mwh"): 0}}
    blocks = Blocks(pyo.ConcreteModel(), {}, part, {0: part}, part.variables, links, [])
    return coarse_blocks(blocks, 4).months[0]


def test_steps_that_are_alike_merge_without_loss():
    """Proves: with prices and loads equal inside each block of four, 48 steps and 12 blocks cost the same: all 48 MWh
    are bought at 1, twice the load in cheap blocks, 4 MWh stored for each dear one. Catches: costs averaged rather than
    added, balances of the store that do not add up over a block, a link merged."""
    price = [1.0 if t // 4 % 2 == 0 else 3.0 for t in range(STEPS)]
    part = store(price)
    coarse = merged(part)
    assert coarse.arrays.size["columns"] == 2 * STEPS // 4 + 1
    assert coarse.arrays.size["rows"] == STEPS // 4 + 1
    assert least(coarse) == pytest.approx(least(part), rel=1e-9)
    assert least(part) == pytest.approx(48.0)


def test_what_stands_in_few_steps_keeps_them():
    """Proves: numbered things that are no steps of the month (runs, tiers) are not merged. Catches: two training runs
    taken as one because their numbers are neighbours."""
    m = pyo.ConcreteModel()
    m.tier = pyo.Var(range(3), bounds=(0, 1))
    m.step = pyo.Var(range(STEPS), bounds=(0, 1))
    m.rule = pyo.Constraint(expr=sum(m.tier.values()) + sum(m.step.values()) >= 4)
    m.cost = pyo.Objective(expr=sum((i + 1) * v for i, v in m.tier.items()) + 10 * sum(m.step.values()))
    part = compile_block(m)
    blocks = Blocks(m, {}, part, {0: part}, part.variables, {0: {}}, [])
    assert coarse_blocks(blocks, 4).months[0].arrays.size["columns"] == 3 + STEPS // 4


@pytest.fixture
def guided(monkeypatch):
    """Small cases get a guide too; returns which of its questions it answered."""
    answered = []
    for question in ("relaxed", "settled"):
        ask = getattr(planner.solving.guide.Guide, question)

        def told(self, *given, ask=ask, question=question):
            centre = ask(self, *given)
            answered.append(question)
            return centre

        monkeypatch.setattr(planner.solving.guide.Guide, question, told)
    monkeypatch.setattr(planner.solving.decomposed, "GUIDED_FROM_STEPS", 0)
    monkeypatch.setattr(planner.solving.guide, "COARSE_H", 3.0)
    monkeypatch.setattr(planner.solving.coarse, "_FEWEST", 3)
    return answered


def test_guided_searches_agree_with_the_whole_problem(guided):
    """Proves: with a guide, bounds and plans agree with the whole problem's within the gaps, and guides are used.
    Catches: a coarse cut taken for a true one, a basis or cost left behind in a month, a guide that always fails."""
    for seed in range(0, 60, 9):
        case = random_case(seed)
        _, whole = solve(case, gap=1e-4, method="monolithic")
        _, proof = solve(case, gap=1e-4, method="decomposed")
        if whole.status == "infeasible":
            assert proof.status == "infeasible", seed
            continue
        slack = 1e-6 * max(1.0, abs(whole.objective_kcur))
        assert proof.bound_kcur <= whole.objective_kcur + slack, seed
        assert whole.bound_kcur <= proof.objective_kcur + slack, seed
    assert guided.count("relaxed") >= 3
    assert guided.count("settled") >= 3


def test_advice_that_the_true_year_rules_out_is_passed_over(guided, monkeypatch):
    """Proves: whole numbers from the coarse year that no design of the true one can have do not end the search: it goes
    on month by month to the same plan. Catches: three months handed over whole, forty times slower, for bad advice."""
    ask, given = planner.solving.guide.Guide.whole, []

    def misled(self):
        point = self._whole.result()
        point.x[self._coarse.integer] = 1e6
        self._whole = Future()
        self._whole.set_result(point)
        given.append(ask(self))
        return given[-1]

    monkeypatch.setattr(planner.solving.guide.Guide, "whole", misled)
    for seed in range(0, 60, 9):
        case = random_case(seed)
        _, whole = solve(case, gap=1e-4, method="monolithic")
        _, proof = solve(case, gap=1e-4, method="decomposed")
        assert not any("no relaxed design" in note for note in proof.notes), seed
        assert proof.objective_kcur == pytest.approx(whole.objective_kcur, rel=1e-3), seed
    assert given and set(given) == {None}


def test_a_tilted_cut_holds_at_plans():
    """Proves: whatever slope and reach, the cut lies below a month's cost at the sizes of a plan. Catches: the price of
    the slope left in the cut, duals of the reach taken for duals of rows."""
    numbers = np.random.default_rng(0)
    tried = 0
    for seed in range(0, 30, 3):
        blocks = compile_case(random_case(seed))
        arrays, _ = join(blocks)
        outcome = Run(arrays).solve()
        if outcome.solution is None:
            continue
        x = outcome.solution[: len(blocks.variables)]
        for m, part in blocks.months.items():
            month = Month(part, blocks.links[m])
            month.set_price(np.full(len(month.columns), 1e4))
            here = month.at(x)
            reach = np.full(x.size, 2.0)
            slope = numbers.normal(size=x.size) * 10
            cut = month.tilted(slope, x * numbers.uniform(0, 2, x.size), reach)
            assert cut.at(x) <= here.cost + 1e-5 * max(1.0, abs(here.cost)), seed
            assert month.at(x).cost == pytest.approx(here.cost, abs=1e-4 * max(1.0, abs(here.cost)))
            tried += 1
    assert tried >= 8
