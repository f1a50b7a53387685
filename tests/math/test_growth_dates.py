"""Dates of plans of growth solved by hand: orders before a stage starts, delays with a price, connections in steps,
what limits are worth and what a shorter view keeps, stage by stage."""

from __future__ import annotations

from dataclasses import replace

import pytest
from staged import FREE, MONEY, growth, planned
from tiny import energy_case, hall, hall_case, limits, supply

from models import timetable
from models.audit import audit_growth
from models.case import Delay, Money, Offer, Quotation
from models.catalogue import reference_mtok
from models.growth_accounts import account_growth
from models.growth_dates import schedules
from models.stages import Growth, GrowthAnswer
from planner.solving import solve_growth
from planner.studies.marginals import marginals
from planner.studies.plan import PlanOptions
from planner.studies.without import without_each_subject

NEED = (12.0, 36.0)
"""Months after award in which the stages of years 0 and 2 are due."""
ONE = {"it_mw": 0.1, "electrical_mw": 0.1, "heat_mw": 0.1}
"""A hall for one rack."""


def dated(racks: tuple[int, int], offers: list[tuple[Offer, ...]], delay: Delay, money: Money = FREE) -> Growth:
    """Two stages of so many racks; energy costs nothing, a rack 10."""
    cases = [
        hall_case((float(n), 0.5 * n), 0.0, money=money, offers=own, limits=limits(need_month=need, delay=delay))
        for n, own, need in zip(racks, offers, NEED, strict=True)
    ]
    return growth(cases, [0, 2], 4)


def test_a_lead_time_forces_an_order_before_the_stage_before_it_starts() -> None:
    """Proves: a hall of 7 that takes 30 months and two of works serves stage 2 if ordered by month 36 - 32 = 4, eight
    months before stage 1 starts in one of 30 that takes six: 30 + 7 and two racks. At 35 months it would come in month
    37, and stage 2 too takes the dear one. Catches: lead times counted from the stage before; works forgotten; what
    was bought earlier dated anew."""
    fast = hall("fast", ex_works_k=30.0, lead_months_p50=6.0, **ONE)
    for lead, paid, order in ((30.0, 7.0, 4.0), (35.0, 30.0, 36 - 2 - 6)):
        slow = hall("slow", lead_months_p50=lead, **ONE)
        question = dated((1, 2), [(fast, slow)] * 2, Delay(works_months=2.0), MONEY)
        plan, cost = planned(question)
        assert cost == pytest.approx(40 + (10 + paid) / 1.1**2)
        first, second = schedules(question, plan)
        assert [(d.item, d.order_by_month) for d in first.deliveries] == [("fast", 12 - 2 - 6)]
        assert [(d.item, d.quantity, d.order_by_month) for d in second.deliveries] == [
            ("slow" if lead == 30 else "fast", 1, order)
        ]
        assert (first.start_month, second.start_month) == NEED


@pytest.mark.parametrize(("price", "cost", "delays"), [(10.0, 20 + 14 + 30, [3, 0]), (13.0, 20 + 50, [0, 0])])
def test_what_is_bought_for_a_later_stage_is_on_site_at_its_price(price: float, cost: float, delays: list[int]) -> None:
    """Proves: a hall of 7, later 20, comes three months late for stage 1. Waiting at 10 a month buys both at 7; at 13 a
    month stage 1 takes the dear one at 30 and stage 2 pays 20. Catches: a purchase at stage 1's price that is not on
    site then and serves from stage 2 on (30 + 7 without any delay)."""
    fast, slow = hall("fast", ex_works_k=30.0, **ONE), hall("slow", lead_months_p50=15.0, **ONE)
    question = dated((1, 2), [(fast, slow), (fast, replace(slow, ex_works_k=20.0))], Delay(6, price))
    plan, found = planned(question)
    assert found == pytest.approx(cost)
    assert [d.delay_months for d in plan.stages] == delays


@pytest.mark.parametrize(("price", "delay", "paid"), [(5.0, 3, 7 + 15), (8.0, 0, 30)])
def test_a_later_stage_s_delay_is_priced_at_its_own_date(price: float, delay: int, paid: float) -> None:
    """Proves: the second stage's hall of 7, three months late, wins at 5 a month against one of 30 and loses at 8; the
    delay is paid at its start, two years on, and discounted once. Catches: a delay paid at time zero, or twice."""
    fast, slow = hall("fast", ex_works_k=30.0, **ONE), hall("slow", lead_months_p50=39.0, **ONE)
    question = dated((1, 2), [(fast,), (replace(fast, max_count=2), slow)], Delay(6, price), MONEY)
    plan, cost = planned(question)
    assert cost == pytest.approx(40 + (10 + paid) / 1.1**2)
    assert plan.stages[1].delay_months == delay
    lines = account_growth(question, plan).stages[1].costs
    late = sum(c.present_value_kcur for c in lines if c.line == "delay")
    assert late == pytest.approx(delay * price / 1.1**2)


def test_only_work_that_a_late_stage_adds_is_late() -> None:
    """Proves: of a stage that doubles the work half the tokens are late, because the stage before goes on: three months
    at 10 a month. Catches: all of the stage's tokens counted (60)."""
    slow = hall("slow", lead_months_p50=39.0, **ONE)
    fast = hall("fast", max_count=1, **ONE)
    question = dated((1, 2), [(fast,), (fast, slow)], Delay(6))
    first, second = question.stages
    tokens = [reference_mtok(s.case) for s in question.stages]
    delay = Delay(6, kcur_per_mtok=10 * 12 / tokens[0], served_mtok=tokens[0])
    late = replace(second.case, limits=replace(second.case.limits, delay=delay))
    assert tokens[1] == pytest.approx(2 * tokens[0])
    assert planned(replace(question, stages=(first, replace(second, case=late))))[1] == pytest.approx(20 + 14 + 30)


def test_factory_slots_hold_for_the_orders_of_all_stages_together() -> None:
    """Proves: a factory that makes one hall in twelve months from month 10 on has made one by month 12 and three by
    month 36. Stages of one and four racks take three at 7 and one at 30. Catches: slots that begin anew with every
    stage, or that dated orders alone."""
    slow = hall("slow", lead_months_p50=10.0, quotation=Quotation(units_per_month=1 / 12), **ONE)
    fast = hall("fast", ex_works_k=30.0, **ONE)
    question = dated((1, 4), [(slow, fast)] * 2, Delay())
    plan, cost = planned(question)
    assert cost == pytest.approx(40 + 21 + 30)
    again = tuple(replace(p, item="slow") if p.item == "fast" else p for p in plan.purchases)
    found = audit_growth(question, replace(plan, purchases=again), account_growth(question, plan)).violations
    assert any(v.check.startswith("on site when the stage starts") for v in found)


def _steps(load: float, live: float, months: int) -> Growth:
    """A load that the first connection of 6 MW carries, then another on one of 10 MW live in a month."""
    late = limits(need_month=12.0, delay=Delay(months, 3.0))
    first = energy_case([6.0], 1.0, limit_mw=6.0, money=FREE, limits=late)
    grid = {"energised_month": live, "earlier_mw": 6.0}
    then = energy_case([load], 1.0, limit_mw=10.0, money=FREE, limits=replace(late, need_month=36.0), grid=grid)
    return growth([first, then], [0, 2], 4)


def test_a_stage_waits_for_its_step_of_the_connection_only_if_it_needs_it() -> None:
    """Proves: the larger connection comes two months late: a load of 10 waits (6) and is served, one of 6 goes on with
    the step before and waits for nothing; without leave to be late 10 has no plan. Catches: an old step that is cut off
    until the new one is live; a new one used before."""
    assert planned(_steps(10.0, 36.0, 2))[1] == pytest.approx(12 + 20)
    plan, cost = planned(_steps(10.0, 38.0, 2))
    assert cost == pytest.approx(12 + 20 + 6) and plan.stages[1].delay_months == 2
    plan, cost = planned(_steps(6.0, 38.0, 2))
    assert cost == pytest.approx(12 + 12) and plan.stages[1].delay_months == 0
    assert solve_growth(_steps(10.0, 38.0, 1), gap=0)[1].status == "infeasible"
    assert planned(_steps(6.0, 38.0, 1))[1] == pytest.approx(24)


def test_a_connection_is_dated_as_it_is_bought() -> None:
    """Proves: loads of 5, 8 and 9 MW on steps of 6 MW, live in month 12, and of 10 MW, live in month 30, buy 5, 3 and 1
    MW of connection; what stage 2 buys is whole in month 30, and so is what stage 3 buys, which has no step of its own.
    The first alone: 5 MW; the second alone, on a step before that carries 6: all 8. Catches: only what exceeds the step
    before dated (2 MW of the 3 bought), a purchase without a date."""
    steps = ((5.0, 6.0, 12.0, 0.0), (8.0, 10.0, 30.0, 6.0), (9.0, 10.0, 30.0, 10.0))
    cases = [
        energy_case(
            [load],
            1.0,
            limit_mw=limit,
            money=MONEY,
            limits=limits(need_month=need),
            grid={"energised_month": live, "earlier_mw": earlier, "connection_kcur_per_mw": 0.1},
        )
        for (load, limit, live, earlier), need in zip(steps, (12.0, 36.0, 60.0), strict=True)
    ]
    question = growth(cases, [0, 2, 4], 6)
    plan, _ = planned(question)
    dated = [(d.quantity, d.on_site_month) for s in schedules(question, plan) for d in s.deliveries]
    assert dated == [pytest.approx(d) for d in ((5.0, 12.0), (3.0, 30.0), (1.0, 30.0))]
    paid = [p.quantity for p in plan.purchases if p.line == "connection"]
    assert [quantity for quantity, _ in dated] == pytest.approx(paid)
    alone = [timetable.schedule(case, design).deliveries for case, design in zip(cases, plan.stages, strict=True)]
    assert [[d.quantity for d in found] for found in alone] == [pytest.approx([5.0]), pytest.approx([8.0]), []]


def test_stages_without_a_month_start_as_soon_as_nothing_is_ordered_before_the_award() -> None:
    """Proves: halls of 9 and 40 months for years 0 and 2: the later start is month 40, the first 24 months before, 16.
    Catches: the first stage's own lead time (9), by which the later order would lie before the award."""
    near, far = hall("near", lead_months_p50=9.0, **ONE), hall("far", lead_months_p50=40.0, **ONE)
    cases = [hall_case((float(n), 0.5), 0.0, money=FREE, offers=(o,)) for n, o in ((1, near), (2, far))]
    question = growth([cases[0], replace(cases[1], offers=(replace(near, max_count=1), far))], [0, 2], 4)
    first, second = schedules(question, planned(question)[0])
    assert (first.start_month, second.start_month) == (16.0, 40.0)
    assert [d.order_by_month for d in (*first.deliveries, *second.deliveries)] == [7.0, 0.0]


def _with_sun(price: float, first_mw: float = 6.0) -> Growth:
    source = supply([1.0], cost_kcur_per_mw=price, max_mw=4.0)
    cases = [energy_case([10.0], 1.0, limit_mw=mw, money=FREE, supplies=(source,)) for mw in (first_mw, 10.0)]
    return growth(cases, [0, 2], 4)


@pytest.mark.parametrize("way", ["duals", "exact"])
def test_a_stage_s_limit_has_its_own_worth(way: str) -> None:
    """Proves: with 6 MW at first, 4 MW of supply at 5 are built and save 4 a year: 44. One MW more of the first stage's
    connection saves 5 of supply, which would have saved 4 in four years: 1. The second stage's, not full, saves
    nothing. Catches: the limit relaxed in all stages; a saving counted for one year."""
    question, seen = _with_sun(5.0), []
    plan, proof = solve_growth(question, gap=0.0, method="monolithic", chosen=seen.append)
    assert plan is not None and proof.objective_kcur == pytest.approx(44.0)
    paths = [f"stages[{name}].case.grid.import_limit_mw" for name in ("S0", "S1")]
    found = marginals(question, proof, paths, way, seen[0], gap=0.0, method="monolithic")  # type: ignore[arg-type]
    assert [m.saving_kcur for m in found] == pytest.approx([1.0, 0.0], abs=1e-6)


def test_a_subject_is_taken_away_in_all_stages_at_once() -> None:
    """Proves: supply of 4 MW at 3 saves 4 a year for four years: 36 against 40 without, worth 4. Catches: taken away in
    one stage alone (2 years saved, 8 < 12: bought in no case)."""
    question = _with_sun(3.0, 10.0)
    plan, cost = planned(question)
    assert cost == pytest.approx(12 + 24)
    accounts = account_growth(question, plan)
    _, proof = solve_growth(question, gap=0.0)
    answer = GrowthAnswer(question, plan, accounts, proof, audit_growth(question, plan, accounts))
    (sun,) = without_each_subject(answer, (question,), PlanOptions(gap=0.0))
    assert (sun.subject, sun.item, sun.in_plan) == ("supply", "pv", True)
    assert (sun.change_low_kcur, sun.change_high_kcur) == pytest.approx((4.0, 4.0))
