"""Comparing plans: costs are intervals, and what cannot be told apart is a tie."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.case import Calendar, Case, Grid, Money, Site
from models.design import Accounts, Answer, AuditReport, CostLine, Design, Operation, Proof
from models.provenance import Origin
from models.stages import Growth, GrowthAccounts, GrowthAnswer, GrowthPlan, Stage, in_stage
from planner.results import BadFolder
from planner.studies.compare import compare_plans


def plan(cost: float, bound: float, currency: str = "USD", rate: float = 0.08, status: str = "optimal") -> Answer:
    """A plan of one cost line and one step; sizes are of no interest here."""
    case = Case(
        name="c",
        currency=currency,
        calendar=Calendar((0,)),
        money=Money(10, rate),
        site=Site("s", [1.0], [1.0], [50.0]),  # type: ignore[arg-type]
        grid=Grid([0.1], [0.4], 1.0),  # type: ignore[arg-type]
    )
    one = case.site.dry_bulb_c
    operation = Operation(one, one, one, one, one, one, {}, one, {}, {}, {}, {}, {}, {}, {}, {})
    design = Design((), (), {}, (), {}, {}, {}, {"PV": 1.0}, 2.0, {}, operation)
    accounts = Accounts((CostLine("energy", "energy", 1.0, "year", cost, 1.0, 0.0),), {"pue": 1.2})
    return Answer(case, design, accounts, Proof(status, cost, bound, 1.0, "monolithic"), AuditReport(1, 0.0))


def test_the_difference_is_an_interval() -> None:
    """Proves the interval by hand: plans 100 (bound 99) and 110 (bound 105): the least costs differ by 5 to 11. Taking
    plan minus plan would say 10 and hide the doubt."""
    found = compare_plans(plan(100, 99), plan(110, 105))
    assert (found.least_kcur, found.most_kcur) == (5, 11)
    assert found.distinguishable is True and "second plan costs more" in found.verdict


def test_overlapping_gaps_are_a_tie() -> None:
    """Proves that 100 (bound 99) and 101 (bound 98) cannot be told apart, in either order."""
    left, right = plan(100, 99), plan(101, 98)
    for pair in ((left, right), (right, left)):
        assert compare_plans(*pair).distinguishable is False and "tie" in compare_plans(*pair).verdict


def test_what_was_counted_differently_is_said() -> None:
    """Proves cautions for other rates and unfinished searches, and that two currencies are never subtracted."""
    found = compare_plans(plan(100, 99), plan(100, 90, rate=0.05, status="limit"))
    assert any("discount_rate is 0.08" in c for c in found.cautions) and any(
        "second plan was stopped" in c for c in found.cautions
    )
    foreign = compare_plans(plan(100, 99), plan(90, 89, currency="EUR"))
    assert foreign.distinguishable is None and foreign.least_kcur is None and "USD and EUR" in foreign.verdict


def test_what_one_plan_lacks_counts_as_zero() -> None:
    """Proves that equipment of one plan only still appears, with its full difference."""
    left, right = plan(100, 99), plan(100, 99)
    right = replace(right, design=replace(right.design, supply_mw={"Wind": 3.0}))
    rows = {(r.group, r.label): r.difference for r in compare_plans(left, right).rows}
    assert rows["On-site supply", "PV"] == -1.0 and rows["On-site supply", "Wind"] == 3.0
    assert rows["Indicators", "PUE"] == pytest.approx(0.0)


def staged(*years: Answer, names: tuple[str, ...] = ("start", "grown")) -> GrowthAnswer:
    """A plan of growth of two such years, five years each; its cost is theirs."""
    stages = tuple(
        Stage(name, replace(own.case, money=in_stage(own.case.money, 5 * k, 5 * k + 5, 10)))
        for k, (name, own) in enumerate(zip(names, years, strict=True))
    )
    accounts = GrowthAccounts(tuple(own.accounts for own in years), (), (), kpi={"tokenergy_wh_per_1k": 0.5})
    cost, bound = (sum(getattr(own.proof, key) for own in years) for key in ("objective_kcur", "bound_kcur"))
    proof = Proof("optimal", cost, bound, 1.0, "monolithic")
    plan_of_both = GrowthPlan(tuple(own.design for own in years))
    return GrowthAnswer(Growth("g", stages), plan_of_both, accounts, proof, AuditReport(1, 0.0))


def test_plans_of_growth_are_compared_stage_by_stage() -> None:
    """Proves: the least costs of 100 + 110 and 100 + 130 differ by their bounds; equipment and PUE stand under their
    stage, the index under all years, a stage that one plan alone has is named, and a plan of one year is refused.
    Catches: the last stage for all, stages paired by number under other names."""
    first, bigger = plan(100, 99), plan(130, 128)
    bigger = replace(bigger, design=replace(bigger.design, supply_mw={"PV": 4.0}), accounts=replace(
        bigger.accounts, kpi={"pue": 1.3}))  # fmt: skip
    found = compare_plans(staged(first, plan(110, 109)), staged(first, bigger))
    assert (found.least_kcur, found.most_kcur) == (227 - 210, 230 - 208)
    rows = {(r.group, r.label): r.difference for r in found.rows}
    assert rows["start: On-site supply", "PV"] == 0 and rows["grown: On-site supply", "PV"] == 3
    assert rows["grown: Indicators", "PUE"] == pytest.approx(0.1)
    assert rows["Indicators of all years", "TokEnergy"] == 0
    other = compare_plans(staged(first, first), staged(first, first, names=("start", "other")))
    assert "Stage “grown” is only in the first plan." in other.cautions
    assert not [row for row in other.rows if row.group.startswith(("grown", "other"))]
    with pytest.raises(BadFolder, match="several stages"):
        compare_plans(staged(first, first), first)


def test_inputs_that_differ_are_listed() -> None:
    """Proves that changed, added (once per item) and equal inputs are told apart, and that other hours are said."""
    left, right = plan(100, 99), plan(100, 99)
    same = Origin("money.tax_rate", "Project!B16", "24", "%")
    old, new = (Origin("limits.budget_kcur", "Project!B27", value, "million") for value in ("no limit", "200"))
    added = tuple(Origin(f"offers[pod].{name}", "Offers!O6", "9", "") for name in ("ex_works_k", "it_mw"))
    left, right = replace(left, origins=(same, old)), replace(right, origins=(same, new, *added))
    right = replace(right, case=replace(right.case, grid=replace(right.case.grid, import_price_kcur_per_mwh=[0.2])))
    found = compare_plans(left, right)
    assert [(c.cell, c.left, c.right) for c in found.changes] == [
        ("Project!B27", "no limit", "200"),
        ("Offers!O6", "-", "there"),
    ]
    assert any("hourly values: energy price" in c for c in found.cautions)
