"""Questions near the first one, solved by one search: what carries over from months that change stays true."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
from randomcases import random_case
from staged import FREE, growth
from test_month_problem import PRICE, cost, plans
from tiny import PLAIN_TERMS, battery, hall_case, limits, point, requests, supply

from models.case import Case, Generator, PowerPurchase
from models.design import AuditReport, Removal
from models.growth_accounts import account_growth
from models.stages import Growth, GrowthAnswer
from planner.solving import Method, solve, solve_growth
from planner.solving.arrays import Blocks, compile_case, join
from planner.solving.highs import Run
from planner.solving.month import Month
from planner.solving.sharing import QuestionFamily
from planner.studies.plan import PlanOptions
from planner.studies.subjects import each_subject
from planner.studies.without import without_each_subject


def _months(blocks: Blocks) -> list[Month]:
    found = [Month(part, blocks.links[m], keeps_duals=True) for m, part in blocks.months.items()]
    for month in found:
        month.set_price(np.full(month.columns.size, PRICE))
    return found


def _without(case: Case) -> list[Case]:
    """The case at other prices of energy, and without each of its subjects."""
    grid = replace(case.grid, import_price_kcur_per_mwh=0.5 * case.grid.import_price_kcur_per_mwh - 0.01)
    design, _ = solve(case, gap=1e-6, method="monolithic")
    return [replace(case, grid=grid), *(d.case for d in each_subject(case, design) if design is not None)]


def test_duals_of_one_month_give_valid_cuts_of_another() -> None:
    """Proves: cuts told again from the duals of a case's months lie below what the months of the case with something
    changed cost at its own plan; of the same case they are the cuts themselves. Catches: a cut taken over as it is (it
    would be wrong here and there), rows paired with others, a sign of duals that the other rows do not allow."""
    compared = wrong = 0
    for seed, blocks, plan in islice(plans(), 4):
        months = _months(blocks)
        found = [month.at(plan) for month in months]
        for month, same, here in zip(months, _months(compile_case(random_case(seed))), found, strict=True):
            told = same.retold(here.cut, same.rows_in(month))
            assert told.at(plan) == pytest.approx(here.cut.at(plan), rel=1e-5, abs=1e-4), seed
        for case in _without(random_case(seed)):
            other = compile_case(case)
            best = Run(join(other)[0]).solve().solution
            if best is None:
                continue
            x = best[: len(other.variables)]
            for month, now, here in zip(months, _months(other), found, strict=True):
                paid = now.at(x)
                close = 1e-4 * max(1.0, abs(paid.cost))
                assert now.meets(x, paid)
                assert now.retold(here.cut, now.rows_in(month)).at(x) <= paid.cost + close, seed
                compared += 1
                wrong += now.index.size == month.index.size and replace(here.cut, index=now.index).at(x) > paid.cost
    assert compared >= 20 and wrong >= 3


def test_a_month_starts_where_another_ended() -> None:
    """Proves: the same month compiled again is optimal from the other's basis, and costs the same. Catches: states of
    columns or of rows for others, links whose softness is lost."""
    tried = 0
    for seed, blocks, plan in islice(plans(), 4):
        for month, again in zip(_months(blocks), _months(compile_case(random_case(seed))), strict=True):
            here = month.at(plan)
            again.in_place_of(month)
            assert cost(again, again._problem, plan) == pytest.approx(here.elastic_cost, rel=1e-6, abs=1e-6), seed
            assert again._problem._highs.getInfo().simplex_iteration_count == 0, seed
            tried += 1
    assert tried >= 4


def _campus() -> Growth:
    """Two stages of a hall whose work may wait, with sun, a battery, an engine, a contract, a dear source, a share of
    clean energy and a connection that gives way; the second stage serves more at dearer energy."""
    engine = Generator("engine", 0.1, 3.0, PLAIN_TERMS, max_units=2, fuel_mwh_per_mwh=2.0, fuel_kcur_per_mwh=0.8)
    steady = PowerPurchase("steady", np.ones(4), 0.7, max_mw=0.1)
    store = battery(power_kcur_per_mw=1.0, energy_kcur_per_mwh=1.0, max_mw=0.4, max_mwh=0.6)
    sun = supply([1.0, 0.5, 0.0, 0.0], cost_kcur_per_mw=3.0, max_mw=0.3)
    dear = supply([1.0] * 4, name="dear", cost_kcur_per_mw=1000.0)

    def stage(price: float, work: float) -> Case:
        late = requests([work, 0.0, 0.0, 0.0], "late", kind="deferrable", max_delay_h=2.0)
        case = hall_case(
            [work, 0.0, work, 0.5 * work], [price, 2 * price, price, 3 * price], months=[2, 2],
            operating_points=(point(), point(work="late")), money=FREE,
            grid={"available_pu": np.array([1.0, 1.0, 0.0, 1.0])}, limits=limits(clean_share_yearly=0.3),
            batteries=(store,), generators=(engine,), purchases=(steady,), supplies=(sun, dear),
        )  # fmt: skip
        return replace(case, workloads=(*case.workloads, late))

    return growth([stage(1.0, 2.0), stage(2.0, 3.0)], [0, 2], 4)


def _told(question: Growth, method: Method, gap: float) -> dict[tuple[str, str], Removal]:
    plan, proof = solve_growth(question, gap=gap, method=method)
    assert plan is not None
    answer = GrowthAnswer(question, plan, account_growth(question, plan), proof, AuditReport(1, 0.0))
    found = without_each_subject(answer, (question,), PlanOptions(gap=gap, method=method))
    return {(r.subject, r.item): r for r in found}


def test_one_search_takes_every_subject_from_all_stages() -> None:
    """Proves: of two stages with every kind of means, one search turned from subject to subject finds what each plan
    made from scratch, as one problem, costs, within its gap. Catches: a month of the subject before, a cut or a row
    without cost of another question, sizes held at zero in one stage alone, whole numbers of the plan kept."""
    whole, shared = _told(_campus(), "monolithic", 0.0), _told(_campus(), "decomposed", 1e-4)
    assert whole.keys() == shared.keys() >= {(s, "") for s in ("interruptions", "clean_share", "flexible_work")}
    assert {s for s, _ in whole} >= {"battery", "dispatch", "supply", "generator", "contract"}
    assert sum(r.change_low_kcur > 0.1 or r.change_high_kcur < -0.1 for r in shared.values()) >= 7
    for key, exact in whole.items():
        found = shared[key]
        assert found.change_low_kcur - 1e-4 <= exact.change_low_kcur <= found.change_high_kcur + 1e-4, key
        assert found.change_high_kcur - found.change_low_kcur < 0.03, key
        assert found.in_plan == exact.in_plan
    peaks = [r["flexible_work", ""].peak_import_mw for r in (whole, shared)]
    assert peaks[0] == pytest.approx(peaks[1], abs=0.01)


@pytest.mark.parametrize("method", ["monolithic", "decomposed"])
def test_a_study_that_is_stopped_keeps_what_is_known(method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: Ctrl-C in the second solve leaves the first subject's change, those that need no solve, and says of all
    others that they were not computed; so does a time limit that the plan used up. Catches: the study
    lost, a subject half solved passed off as no plan, solving on after Ctrl-C."""
    question = _campus()
    plan, proof = solve_growth(question, gap=1e-3, method=method)
    assert plan is not None
    answer = GrowthAnswer(question, plan, account_growth(question, plan), proof, AuditReport(1, 0.0))
    solves = []

    def interrupted(self: QuestionFamily, *args: Any, **options: Any) -> Any:
        solves.append(args)
        if len(solves) == 2:
            raise KeyboardInterrupt
        return solved(self, *args, **options)

    solved = QuestionFamily.solve
    monkeypatch.setattr(QuestionFamily, "solve", interrupted)
    options = PlanOptions(gap=1e-3, method=method)
    first, *others = without_each_subject(answer, (question,), options)
    assert first.is_computed and first.subject == "clean_share" and len(solves) == 2
    assert [r.item for r in others if r.is_computed] == ["dear"] and len(others) == 8
    late = without_each_subject(answer, (question,), replace(options, time_limit=proof.seconds / 2))
    assert [r.item for r in late if r.is_computed] == ["dear"] and len(solves) == 2
