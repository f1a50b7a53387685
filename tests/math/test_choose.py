"""What is proven of the cheapest of several choices."""

from __future__ import annotations

import pytest
from staged import FREE, growth
from tiny import energy_case

from models.case import Case
from models.design import Proof
from models.stages import Growth
from planner.solving import solve
from planner.solving.family import CaseFamily
from planner.studies.choose import Known, best_of, cheapest, over_all, over_members
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


def test_a_choice_that_was_stopped_leaves_all_of_them_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: of a plan at 4, proven, and a choice stopped without a plan at a bound of 0.5, nothing below 0.5 is
    proven and the whole counts as stopped; with none of them stopped the bound is still the least. A search handed over
    whole that Ctrl-C ends is not told as one that ran out of time. Catches: bound and status of the winner alone."""
    family = CaseFamily(energy_case([1.0], 1.0, money=FREE))
    best = family.solve(family.case, gap=0.0, with_plan=True)
    assert best.proof is not None and best.cost_kcur == pytest.approx(4.0)
    stopped = Proof("limit", float("inf"), 0.5, 1.0, "decomposed")
    for other, status in ((stopped, "limit"), (Proof("optimal", 2.0, 0.5, 1.0, "decomposed"), "optimal")):
        over = over_members(best, [best, type(best)(family.case, 2.0, 0.5, False, {}, best.x, proof=other)])
        assert over.proof is not None
        assert (over.proof.status, over.bound_kcur, over.proof.bound_kcur) == (status, 0.5, 0.5)
    pressed = Proof("limit", float("inf"), -float("inf"), 1.0, "monolithic", ("Interrupted by user",))
    monkeypatch.setattr("planner.solving.family.solve_whole", lambda *_, **__: (None, pressed))
    with pytest.raises(KeyboardInterrupt):
        family._whole(family.case, family._first, 0.0, None)
    family.close()


def test_why_there_is_no_plan_is_known_only_where_a_rule_says_so() -> None:
    """Proves: a load of 2 MW on 1 MW of connection is impossible by proof of the solver, which gives no reason in
    words; the rule that forbids a choice is that of all choices only if all are forbidden by it. Catches: the solver's
    word `Infeasible` told to a user as the reason."""
    case = energy_case([2.0], 1.0, money=FREE, grid={"import_limit_mw": 1.0})
    for method in ("monolithic", "decomposed"):
        plan, proof = solve(case, method=method)  # type: ignore[arg-type]
        assert plan is None and proof.status == "infeasible" and proof.rule == ""
    infinite = float("inf")
    ruled = Proof("infeasible", infinite, infinite, 0.0, "auto", rule="no rack fits")
    assert over_all(ruled, [ruled, ruled]).rule == "no rack fits"
    assert over_all(ruled, [ruled, Proof("infeasible", infinite, infinite, 0.0, "auto")]).rule == ""


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
