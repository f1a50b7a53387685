"""The decomposition's own answers, without the whole problem: that there is no plan, and how low TokEnergy can be."""

from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from randomcases import random_case
from test_generators import engine
from tiny import energy_case, hall_case

import planner.solving.decomposed
from models.case import Case
from models.catalogue import reference_mtok
from models.provenance import Origin
from planner.solving import solve
from planner.solving.arrays import compile_case, join
from planner.solving.decomposed import Search
from planner.solving.highs import Run
from planner.solving.least import GAP, least_tokenergy
from planner.solving.master import Master, Point
from planner.solving.rounds import NoPlan, Stalled
from planner.studies import plan as plan_study
from planner.studies.plan import PlanOptions

SEEDS = range(0, 120, 4)


def aimed(case: Case, wh_per_ktok: float) -> Case:
    """The case with a TokEnergy target."""
    return replace(case, limits=replace(case.limits, tokenergy_wh_per_ktok=wh_per_ktok))


def least_by_the_whole(case: Case) -> float | None:
    """Least site energy over reference tokens, found by the joined problem with energy as its cost [Wh/ktok]."""
    blocks = compile_case(aimed(case, 1e6))
    arrays, _ = join(blocks)
    energy = {id(m.site_energy_mwh) for m in blocks.design_model.month.values()}
    cost = np.zeros_like(arrays.cost)
    cost[[i for i, v in enumerate(blocks.variables) if id(v) in energy]] = 1.0
    found = Run(replace(arrays, cost=cost, offset=0.0)).solve().objective
    return None if found is None else found * 1e3 / reference_mtok(case)


def with_tokens() -> list[int]:
    """Seeds whose case serves tokens and has no on-off hours (relaxed in the least)."""
    return [seed for seed in SEEDS if reference_mtok(random_case(seed)) > 0]


@pytest.fixture
def never_whole(monkeypatch):
    """The decomposition may not fall back to handing the case over whole."""

    def refuse(*args, **kwargs):
        raise AssertionError("handed over whole")

    monkeypatch.setattr(planner.solving.decomposed, "solve_whole", refuse)


@pytest.mark.parametrize("seed", with_tokens())
def test_how_low_tokenergy_can_be(seed, never_whole):
    """Proves: the least found month by month brackets that of the whole problem; a target just below has no plan, one
    just above has one, both without the whole problem. Catches: a miss counted although nothing is missed (a plan
    denied), a proof of impossibility within rounding, a feasibility cut that cuts a design off."""
    case = random_case(seed)
    expected = least_by_the_whole(case)
    if expected is None:
        with pytest.raises(NoPlan):
            least_tokenergy(aimed(case, 1.0))
        return
    least = least_tokenergy(aimed(case, 1.0))
    assert least is not None
    slack = 1e-5 * max(abs(expected), 1e-3)
    assert least.bound - slack <= expected <= least.reached + slack
    assert least.reached - least.bound <= GAP * abs(expected) + slack
    if expected > 1e-3:
        assert solve(aimed(case, 0.99 * expected), method="decomposed")[1].status == "infeasible"
        assert solve(aimed(case, 1.01 * expected), method="decomposed")[0] is not None


def test_a_target_out_of_reach_is_told_with_one_that_can_be_met():
    """Proves: the message names the target's cell and a target that has a plan, and says that it is rounded up; the
    bound is rounded down. Catches: the least rounded down to one without a plan; silence where the least is proven less
    exactly than the target is missed; a bound told above what is proven."""
    case = random_case(0)
    least = least_by_the_whole(case)
    assert least is not None
    origin = Origin("limits.tokenergy_wh_per_ktok", "Project!B24", "", "")
    for share in (0.9, 0.9995):
        validated = SimpleNamespace(case=aimed(case, share * least), origins=(origin,))
        (words,) = plan_study._how_low(validated, PlanOptions(), None)
        target = float(words.partition("out of reach here; ")[2].split()[0])
        assert words.startswith("Project!B24: ")
        assert least - 1e-5 * least <= target <= (1 + GAP) * least + 1e-4 and "can be met (rounded up)" in words
        floor = words.partition("nothing below ")[2].rstrip(".")
        assert not floor or float(floor) <= least


def test_a_bound_that_two_ways_do_not_share_is_no_proof() -> None:
    """Proves: a second solve that ends at a lower bound sends the search on from there, without presolve; without it
    already, or with a design below the first bound, it ends the search; one that ran out of time with a low bound does
    not. Catches: a wrong bound of the solver taken for a proof; a plan of several stages refused, or waited for without
    end, because its second solve takes long."""

    def confirmed(objective: float, bound: float, *, is_finished: bool, trusts: bool = True) -> tuple[bool, float]:
        master = SimpleNamespace(trusts_presolve=trusts)
        search: Any = SimpleNamespace(best=object(), bound=100.0, money=lambda best: 1.0, master=master)
        again: Future[Point | None] = Future()
        again.set_result(Point(np.zeros(1), objective, bound, is_finished))
        is_confirmed = Search._is_confirmed(search, again)
        assert master.trusts_presolve is (trusts and is_confirmed)
        return is_confirmed, search.bound

    assert confirmed(100.5, 99.5, is_finished=True) == (True, 100.0)
    assert confirmed(100.5, 50.0, is_finished=False) == (True, 100.0)
    assert confirmed(98.0, 97.5, is_finished=True) == (False, 97.5)
    for objective, bound, is_finished, trusts in ((98.0, 97.5, True, False), (98.0, 50.0, False, True)):
        with pytest.raises(Stalled):
            confirmed(objective, bound, is_finished=is_finished, trusts=trusts)


def test_sizes_follow_whole_hours(never_whole):
    """Proves: an engine of 2 MW that has to give 1 MW in either month runs half an hour in each if hours need not be
    whole, and so little of the year's hours is set aside for either; run for whole hours it needs 2 of the 3 hours of
    the year. The plan is found without the whole problem. Catches: hours set aside for half a run kept to, which no
    whole one meets."""
    unit = engine(fuel_mwh_per_h=0.001, max_run_h_per_year=3.0, max_units=1)
    case = energy_case([1, 1], 1.0, limit_mw=0.0, months=[1, 1], generators=(unit,))
    design, proof = solve(case, gap=0.01, method="decomposed")
    assert proof.status == "optimal" and design is not None
    assert design.operation.running_units["engine"].tolist() == [1, 1]
    assert proof.objective_kcur == pytest.approx(2 * 1.001)


def test_no_whole_hours_at_all():
    """Proves: two units of 1 MW with a least load of 0.9 cannot give the 1.5 MW an island draws, though one and a half
    running ones could: no plan. Catches: hours that need not be whole passed off as a plan."""
    unit = engine(unit_mw=1.0, min_load_share=0.9, max_units=2, only_in_outages=True)
    case = energy_case([1.5], 1.0, limit_mw=0.0, grid={"available_pu": np.array([0.0])}, generators=(unit,))
    assert solve(case, gap=0.01, method="decomposed")[1].status == "infeasible"


@pytest.mark.parametrize("seed", [9, 17, 27])
def test_a_price_at_which_missing_pays_is_raised(never_whole, seed):
    """Proves: cases whose months would rather pay than meet what is set aside for them, while a design that meets it
    lies near, are solved without the whole problem. Catches: that design taken for the best with its integers, so that
    the same integers come again and again."""
    design, proof = solve(random_case(seed), gap=1e-4, method="decomposed")
    assert design is not None and proof.status == "optimal"


def test_a_design_problem_that_presolve_calls_empty(never_whole):
    """Proves: where presolve of HiGHS finds the design problem with integers empty and it is not, the search goes on.
    Catches: a false verdict taken for the end of the search."""
    assert solve(random_case(150), gap=1e-4, method="decomposed")[1].status == "optimal"


def test_a_design_problem_without_an_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a design problem that HiGHS never gets through, and that brings nothing new, ends the decomposition, and
    the case is solved whole. Catches: turns of more and more nodes without an end, or beyond what HiGHS takes."""
    true_whole, turns = Master.whole, []

    def never(self: Master, *arguments: Any) -> Any:
        turns.extend(arguments[4:])
        return replace(true_whole(self, *arguments), bound=0.0, is_finished=False)

    monkeypatch.setattr(Master, "whole", never)
    design, proof = solve(hall_case([5, 3]), gap=1e-4, method="decomposed")
    assert design is not None and "a design problem without an end; solved whole" in proof.notes[0]
    assert len(turns) < 20 and max(turns) < 2**31
