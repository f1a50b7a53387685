"""What is proven of the cheapest of several choices."""

from __future__ import annotations

import pytest
from staged import FREE, growth
from tiny import energy_case

from models.case import Case
from models.design import Proof
from models.stages import Growth
from planner.studies.choose import Known, best_of, cheapest
from planner.studies.plan import PlanOptions


def test_the_bound_over_choices_is_the_least_of_their_bounds():
    """Proves: a tariff whose search stopped early at a bound of 3 leaves 3 as the bound and no proof of optimality.
    Catches: the bound of the winner alone, a false proof."""
    case = energy_case([1])
    found = [
        (case, object(), Proof("optimal", 13.0, 13.0, 1.0, "auto")),
        (case, object(), Proof("limit", 15.0, 3.0, 2.0, "auto")),
        (case, None, Proof("infeasible", float("inf"), float("inf"), 1.0, "auto")),
    ]
    proof = best_of(found)[2]
    assert (proof.status, proof.objective_kcur, proof.bound_kcur, proof.seconds) == ("limit", 13.0, 3.0, 4.0)


def test_the_search_of_the_cheapest_stages_is_kept() -> None:
    """Proves: of three prices for all stages the middle one is taken, its search alone is kept, and what was proven of
    each is known. Catches: the search of the first or the last choice kept, a dearer one's never closed."""

    def choice(tariff: str, price: float) -> Growth:
        return growth([energy_case([1.0], price, money=FREE, grid={"tariff": tariff})] * 2, [0, 2], 4)

    known = Known(keeps_search=True)
    questions = [choice("a", 2.0), choice("b", 1.0), choice("c", 3.0)]
    question, plan, proof = cheapest(questions, PlanOptions(), known=known)
    assert question is questions[1] and plan is not None and proof.objective_kcur == 4.0
    assert {tariff: p.objective_kcur for (tariff, _), p in known.proofs.items()} == {"a": 8.0, "b": 4.0, "c": 12.0}
    assert known.family is not None and known.family._first is not None
    assert known.family._first[0] is questions[1]
    assert set(known.values) == {id(q) for q in questions}


def test_a_dearer_choice_is_left_once_that_is_proven() -> None:
    """Proves: month by month, a tariff of three times the price is left with a bound that no plan beats, and the
    cheaper one before it is the answer, proven over both; a cheaper one after it is still found. Catches: a dearer
    choice solved to its end, a bound of the choice left taken for a gap, a cutoff that also ends a cheaper choice."""

    def tariff(name: str, price: float) -> Case:
        return energy_case([1.0, 2.0], price, money=FREE, grid={"tariff": name})

    for prices in ((1.0, 3.0), (3.0, 1.0), (2.0, 3.0, 1.0)):
        known, questions = Known(), [tariff(str(p), p) for p in prices]
        question, plan, proof = cheapest(questions, PlanOptions(method="decomposed"), known=known)
        assert plan is not None and question is questions[prices.index(1.0)]
        assert (proof.status, proof.bound_kcur) == ("optimal", pytest.approx(proof.objective_kcur))
        statuses = [p.status for p in known.proofs.values()]
        left = [k for k, price in enumerate(prices) if price > min(prices[: k + 1])]
        assert statuses == ["dearer" if k in left else "optimal" for k in range(len(prices))]
        assert sum("dearer, at least" in note for note in proof.notes) == len(left)
