"""Plans of growth solved by hand: each linking row binds somewhere, money is discounted once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from staged import FREE, MONEY, cheapest_cover, growth, planned
from tiny import PLAIN_TERMS, battery, energy_case, hall, hall_case, limits, point, rack, supply

from models.audit import audit_growth
from models.case import AssetTerms, Case, Money, PriceBreak
from models.design import Proof
from models.growth_accounts import account_growth
from models.stages import Growth, GrowthAccounts, GrowthPlan, Purchase, Stage
from planner.solving import solve, solve_growth
from planner.studies.growth import without_foresight
from planner.studies.plan import PlanOptions

METHODS = ("monolithic", "decomposed")


def bought(plan: GrowthPlan) -> dict[tuple[str, int, int], float]:
    return {(p.item, p.bought, p.retired): p.quantity for p in plan.purchases}


def test_one_stage_is_the_case_itself() -> None:
    """Proves that a plan of one stage costs what the case costs, taxes, upkeep, replacement and residual value
    included; a second set of factors that differs anywhere would show."""
    terms = AssetTerms(3, 0.02, 0.8, 0.1, 0.05, 0.1, (0.5, 0.5))
    money = Money(7, 0.08, 0.25, 0.02, 0.01, 0.0, 0.0, 0.03, counts_residual_value=True)
    case = hall_case(money=money, racks=(rack(terms=terms),), offers=(hall(terms=terms),))
    _, proof = solve(case, gap=0)
    assert planned(growth([case], [0], 7))[1] == pytest.approx(proof.objective_kcur, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_money_is_discounted_once(method: str) -> None:
    """Two racks and a hall for the first two years, two racks more from then on; 0.35 MWh a year, then 0.7, at 1.

    27 now, 0.35 after a year, 0.35 + 20 after two, 0.7 after three and four. A second discount of stage 2
    would make its 20 worth 13.7 instead of 16.5."""
    question = growth([hall_case(money=MONEY), hall_case((4.0, 2.0), money=MONEY)], [0, 2], 4)
    plan, cost = planned(question, method)
    flow = [27, 0.35, 20.35, 0.7, 0.7]
    assert cost == pytest.approx(sum(x / 1.1**k for k, x in enumerate(flow)))
    assert account_growth(question, plan).cash_flow_kcur == pytest.approx(flow)
    assert bought(plan) == {("R", 0, 2): 2, ("hall", 0, 2): 1, ("R", 1, 2): 2}


def _generations(later: float, *, is_new: bool) -> Growth:
    """Two racks' work, then four; R costs 10, later `later`; N does twice the work for 12, but only later."""
    new = (rack("N", cost_kcur=12.0),)
    first, then = hall_case(money=FREE), hall_case((4.0, 2.0), money=FREE, price=0.0)
    then = replace(then, racks=(rack(cost_kcur=later),))
    if is_new:
        then = replace(then, racks=(*then.racks, *new), operating_points=(point(), point("N", mtok_per_h=2000.0)))
    return growth([replace(first, grid=then.grid), then], [0, 2], 4)


def test_a_later_generation_is_worth_waiting_for() -> None:
    """R will cost 15: without N all four are bought now (40 + 7), two stand aside; with N, which stands
    in a hall of its own, one waits (20 + 7 + 12 + 7 = 46). A plan that could not own or see ahead would pay 57."""
    early, cost = planned(_generations(15.0, is_new=False))
    assert cost == pytest.approx(47.0) and bought(early)["R", 0, 2] == 4
    late, cost = planned(_generations(15.0, is_new=True))
    assert cost == pytest.approx(46.0)
    assert bought(late)["R", 0, 2] == 2 and bought(late)["N", 1, 2] == 1


def test_what_is_closed_cannot_be_bought_but_goes_on_serving() -> None:
    """R is no longer sold in stage 2, where four are needed: all four are bought now although they will cost 1 then.
    A rule that ignored `closed` would pay 29."""
    question = _generations(1.0, is_new=False)
    shut = replace(question.stages[1], closed=(("racks", "R"),))
    assert planned(question)[1] == pytest.approx(29.0)
    plan, cost = planned(replace(question, stages=(question.stages[0], shut)))
    assert cost == pytest.approx(47.0) and bought(plan)["R", 0, 2] == 4


@pytest.mark.parametrize("method", METHODS)
def test_refresh_keeps_the_hall(method: str) -> None:
    """Energy at 100: two R take 0.35 MWh = 35 a year; N idles at 0 and takes 0.15 MWh = 15 a year for 10 + 10 racks'
    price 8 each. Refresh after two years: 27 + 2 * 35 + 16 + 2 * 15 = 143, against 27 + 140 = 167 without.
    The hall stays; a model that could not retire would pay idle power of R, one that bought anew would pay 7 again."""
    first = hall_case(price=100.0, money=FREE)
    new = rack("N", idle_mw=0.0, cost_kcur=8.0)
    then = replace(first, racks=(*first.racks, new),
                   operating_points=(point(), point("N", full_mw=0.05)))  # fmt: skip
    plan, cost = planned(growth([first, then], [0, 2], 4), method)
    assert cost == pytest.approx(143.0)
    amounts = bought(plan)
    assert amounts["hall", 0, 2] == 1 and amounts["N", 1, 2] == 2
    assert sum(n for (item, k, _), n in amounts.items() if item == "R" and k == 0) == 2
    assert [[(r.rack, r.count) for r in d.racks] for d in plan.stages] == [[("R", 2)], [("N", 2)]]


def test_residual_value_is_that_of_what_is_kept_to_the_end() -> None:
    """Life 4, plan of 4 years: two racks of year 0 are used up, two of year 2 worth half at the end: 20 + 20 - 10.
    A refresh would forgo it; a value counted from time zero instead of the purchase would be zero."""
    money, terms = replace(FREE, counts_residual_value=True), AssetTerms(4)
    cases = [hall_case(a, 0.0, money=money, racks=(rack(terms=terms),), offers=(hall(ex_works_k=0.0),))
             for a in ((2.0, 1.0), (4.0, 2.0))]  # fmt: skip
    assert planned(growth(cases, [0, 2], 4))[1] == pytest.approx(20 + 20 - 10)


def test_the_end_of_a_life_forces_a_replacement_or_a_later_purchase() -> None:
    """Racks live 2 of 4 years. Replaced like for like in year 2 they cost half of 10 again; bought anew they cost what
    stage 2 asks. At 4 the cohort is retired and bought anew (20 + 8), at 6 replaced (20 + 10)."""
    terms = AssetTerms(2, replacement_share=0.5)
    for price, expected in ((4.0, 28.0), (6.0, 30.0)):
        racks = [(rack(terms=terms, cost_kcur=p),) for p in (10.0, price)]
        cases = [hall_case(price=0.0, money=FREE, racks=r, offers=(hall(ex_works_k=0.0),)) for r in racks]
        assert planned(growth(cases, [0, 2], 4))[1] == pytest.approx(expected)


def test_a_grid_step_decides_what_stands_on_site() -> None:
    """A load of 10 in one step a year; the grid gives 6, then 10. Supply of 4 MW at 5 is needed at once and, being
    there, goes on saving 4 MWh at 1: 20 + 2 * 6 + 2 * 6 = 44. With upkeep of 30 % (6 a year) it is retired when the
    grid has grown: 20 + 2 * 12 + 2 * 10 = 32 + 12 + 20 = 64, not 68."""
    for om, expected in ((0.0, 44.0), (0.3, 64.0)):
        source = supply([1.0], cost_kcur_per_mw=5.0, max_mw=4.0, terms=AssetTerms(10, om))
        cases = [energy_case([10.0], 1.0, limit_mw=mw, money=FREE, supplies=(source,)) for mw in (6.0, 10.0)]
        plan, cost = planned(growth(cases, [0, 2], 4))
        assert cost == pytest.approx(expected)
        assert bought(plan) == {("pv", 0, 1 if om else 2): pytest.approx(4.0)}


def test_storage_of_both_sizes_and_what_is_on_site() -> None:
    """1 MW and 1 MWh on site shift 1 MWh; the second stage shifts 3: 2 MW at 1 and 2 MWh at 2 are bought then. What is
    on site is replaced after a year at 1 + 2, once, by the whole plan."""
    unit = battery(power_kcur_per_mw=1.0, energy_kcur_per_mwh=2.0, existing_mw=1.0, existing_mwh=1.0,
                   existing_life_years=1, min_mw=1.0, min_mwh=1.0, terms=PLAIN_TERMS)  # fmt: skip
    loads = ([5.0, 7.0], [3.0, 9.0])
    cases = [energy_case(load, 0.0, limit_mw=6.0, money=FREE, batteries=(unit,)) for load in loads]
    plan, cost = planned(growth(cases, [0, 2], 4))
    assert cost == pytest.approx(3 + 2 + 4)
    assert {(p.line, p.bought): p.quantity for p in plan.purchases} == pytest.approx(
        {("battery_power", 1): 2.0, ("battery_energy", 1): 2.0}
    )


def test_price_breaks_and_least_orders_count_one_purchase() -> None:
    """Halls of ten racks, 7 each or 4 from two on. Ten racks' work, then twenty: two bought together now cost 8, one
    after the other 14. With a least order of three, three are bought once: 21, or 12 at the price break."""

    def question(**order: object) -> Growth:
        offer = hall(**order)
        cases = [
            hall_case((n, 0.0), 0.0, money=FREE, racks=(rack(cost_kcur=0.0),), offers=(offer,)) for n in (10.0, 20.0)
        ]
        return growth(cases, [0, 2], 4)

    assert planned(question())[1] == pytest.approx(14.0)
    breaks = (PriceBreak(2, 4.0),)
    plan, cost = planned(question(price_breaks=breaks))
    assert cost == pytest.approx(8.0) and bought(plan)["hall", 0, 2] == 2
    assert planned(question(min_count=3))[1] == pytest.approx(21.0)
    assert planned(question(min_count=3, price_breaks=breaks))[1] == pytest.approx(12.0)


def test_the_budget_counts_every_stage_once() -> None:
    """47 are needed over both stages; a budget of 46 leaves no plan, 47 one, and of 90 nothing more is spent. A budget
    per stage would allow 46; one that must be spent in full, no plan for 90."""
    cases = [hall_case(money=FREE), hall_case((4.0, 2.0), money=FREE)]
    assert solve_growth(growth(cases, [0, 2], 4, budget_kcur=46.0))[1].status == "infeasible"
    plan, cost = planned(growth(cases, [0, 2], 4, budget_kcur=47.0))
    assert plan.purchases and planned(growth(cases, [0, 2], 4, budget_kcur=90.0))[1] == pytest.approx(cost)


def _random_growth(seed: int) -> tuple[Growth, float]:
    """Three stages of racks in halls of one rack, and their least cost by trying everything. No idle power, energy paid
    by the rack-hour."""
    rng = np.random.default_rng(seed)
    money = Money(6, float(rng.choice([0.0, 0.1])), escalation_om=0.05, escalation_capital=0.02,
                  escalation_energy=0.03, counts_residual_value=bool(rng.integers(2)))  # fmt: skip
    starts, needed = [0, 2, 3], [int(n) for n in rng.integers(0, 3, 3)]
    terms = {n: AssetTerms(int(rng.integers(1, 8)), float(rng.choice([0.0, 0.2])), float(rng.choice([0.3, 1.0])))
             for n in ("rack", "hall")}  # fmt: skip
    prices = {n: [float(p) for p in rng.integers(2, 15, 3)] for n in terms}
    cases: list[Case] = []
    for k, n in enumerate(needed):
        cases.append(hall_case(
            (float(n), 0.5 * n), 2.0, money=money,
            racks=(rack(idle_mw=0.0, cost_kcur=prices["rack"][k], terms=terms["rack"]),),
            offers=(hall(it_mw=0.1, ex_works_k=prices["hall"][k], terms=terms["hall"]),),
        ))  # fmt: skip
    cost = sum(cheapest_cover(needed, starts, 6, prices[n], terms[n], money) for n in terms)
    for n, start, end in zip(needed, starts, [2, 3, 6], strict=True):
        grown = ((1.03 ** (y - start)) / (1 + money.discount_rate) ** y for y in range(start + 1, end + 1))
        cost += 2.0 * 0.15 * n * sum(grown)
    return growth(cases, starts, 6), cost


@pytest.mark.parametrize("seed", range(8))
def test_whole_and_in_months_agree_with_trying_everything(seed: int) -> None:
    """Proves purchases, retirements, replacements and residual values of three stages against every set of purchases,
    with the money of each year added up by hand. The decomposition must agree."""
    question, cost = _random_growth(seed)
    for method in METHODS:
        assert planned(question, method)[1] == pytest.approx(cost, rel=1e-7, abs=1e-7)


def test_stages_must_follow_each_other() -> None:
    """A gap between stages, or years counted twice, is refused."""
    case = hall_case(money=MONEY)
    good = growth([case, case], [0, 2], 4)
    gap = replace(good.stages[1], case=replace(case, money=replace(good.stages[1].case.money, first_year=3)))
    with pytest.raises(ValueError, match="follow"):
        Growth("gap", (good.stages[0], gap))
    with pytest.raises(ValueError, match="follow"):
        Growth("twice", (good.stages[0], Stage("S0", good.stages[1].case)))


def test_without_foresight_what_was_bought_stays() -> None:
    """R will cost 15. Foresight buys four now (47); stage by stage two are bought now and two at 15 (27 + 30 = 57):
    myopia costs 10. A plan that undid earlier purchases, or knew of later ones, would not cost 57."""
    seen = without_foresight(_generations(15.0, is_new=False), PlanOptions(gap=1e-9))
    assert seen.objective_kcur == pytest.approx(57.0)
    assert {(p.item, p.bought, p.retired): p.quantity for p in seen.purchases} == {
        ("R", 0, 2): 2,
        ("hall", 0, 2): 1,
        ("R", 1, 2): 2,
    }


def test_without_foresight_a_stage_may_be_out_of_reach() -> None:
    """R is no longer sold when four are needed: foresight buys four now, stage by stage there is no plan."""
    question = _generations(1.0, is_new=False)
    shut = replace(question.stages[1], closed=(("racks", "R"),))
    seen = without_foresight(replace(question, stages=(question.stages[0], shut)), PlanOptions(gap=1e-9))
    assert seen.objective_kcur is None and seen.reason.startswith("S1: no plan exists")


def _altered(plan: GrowthPlan, accounts: GrowthAccounts) -> list[tuple[str, GrowthPlan, GrowthAccounts]]:
    """What can be wrong with a plan of growth beyond its years, and the rule that must notice."""

    def purchases(number: int, **changes: object) -> GrowthPlan:
        altered = [replace(p, **changes) if i == number else p for i, p in enumerate(plan.purchases)]  # type: ignore[arg-type]
        return replace(plan, purchases=tuple(altered))

    line = accounts.capital[0]
    dear = (replace(line, factor=1.1 * line.factor), *accounts.capital[1:])
    late = tuple(1.1 * x if year == 3 else x for year, x in enumerate(accounts.cash_flow_kcur))
    return [
        ("in service within what was bought", purchases(0, quantity=1.0), accounts),
        ("in service within what was bought", purchases(0, retired=1), accounts),
        ("bought before it is retired", purchases(0, retired=0), accounts),
        ("bought in whole units", purchases(0, quantity=2.5), accounts),
        ("bought while it is on offer", purchases(0, item="unknown"), accounts),
        ("present-value factor", plan, replace(accounts, capital=dear)),
        ("one cost line per purchase", plan, replace(accounts, capital=accounts.capital[1:])),
        ("cash flow of each year", plan, replace(accounts, cash_flow_kcur=late)),
        ("indicator cost_kcur_per_mtok", plan, replace(accounts, kpi=accounts.kpi | {"cost_kcur_per_mtok": 1.0})),
    ]


def test_the_recheck_notices_what_is_wrong_between_stages() -> None:
    """Each purchase, retirement, factor and sum altered by itself is noticed by the rule that is about it."""
    question = growth([hall_case(money=MONEY), hall_case((4.0, 2.0), money=MONEY)], [0, 2], 4)
    plan, _ = planned(question)
    for rule, altered, accounts in _altered(plan, account_growth(question, plan)):
        found = audit_growth(question, altered, accounts).violations
        assert any(v.check.startswith(rule) for v in found), rule
    late = replace(question.stages[0], closed=(("racks", "R"),))
    shut = replace(question, stages=(late, question.stages[1]))
    found = audit_growth(shut, plan, account_growth(question, plan)).violations
    assert [v.check for v in found] == ["bought while it is on offer"]


def test_a_battery_kept_or_retired_by_amount() -> None:
    """Two purchases of 1 MW and 2 MW: without foresight the second stage keeps what the first bought. The load needs
    1 MWh moved, then 3: 1 + 2 bought, each at 1 per MW and 2 per MWh: 9 in all, with and without foresight."""
    unit = battery(power_kcur_per_mw=1.0, energy_kcur_per_mwh=2.0)
    loads = ([5.0, 7.0], [3.0, 9.0])
    cases = [energy_case(load, 0.0, limit_mw=6.0, money=FREE, batteries=(unit,)) for load in loads]
    question = growth(cases, [0, 2], 4)
    assert planned(question)[1] == pytest.approx(9.0)
    assert without_foresight(question, PlanOptions(gap=1e-9)).objective_kcur == pytest.approx(9.0)


def test_what_was_bought_before_is_in_service_once() -> None:
    """Proves: 1 MW of PV of a stage that is past is kept for a load of 2 MW, then 1; 1 MW more costs 5 and saves 10.
    Catches: the same MW kept to two dates, and so counted twice for 3 each."""

    def sunny(load: float, cost: float) -> Case:
        return energy_case([load], 10.0, money=FREE, supplies=(supply([1.0], cost_kcur_per_mw=cost),))

    question = growth([sunny(1, 3.0), sunny(2, 5.0), sunny(1, 5.0)], [0, 1, 2], 3)
    past = replace(question, given=(Purchase("supply", "pv", 1.0, "MW", 0, 3),), settled=1)
    plan, _ = solve_growth(past, gap=1e-9)
    assert plan is not None
    assert [(p.bought, p.quantity) for p in plan.purchases if p.bought] == [(1, pytest.approx(1.0))]
    assert sum(p.quantity for p in plan.purchases if not p.bought) == pytest.approx(1.0)


def test_an_offer_that_comes_too_late_keeps_nothing_else_from_being_bought() -> None:
    """Proves: of two halls the first comes too late; the second and two racks are bought: 7 + 20. Catches: racks held
    for the hall that comes too late, so that nothing can be planned."""
    late = hall("late", lead_months_p50=99.0)
    case = hall_case(money=FREE, price=0.0, offers=(late, hall()), limits=limits(need_month=12.0))
    plan, cost = planned(growth([case], [0], 4))
    assert cost == pytest.approx(27)
    assert bought(plan) == {("R", 0, 1): 2, ("hall", 0, 1): 1}


def test_a_least_order_of_two() -> None:
    """Proves: one hall is enough, and two are the least that is sold: 2 * 7 + 20. Catches: a least order that counts
    from three on, 27."""
    case = hall_case(money=FREE, price=0.0, offers=(hall(min_count=2),))
    assert planned(growth([case], [0], 4))[1] == pytest.approx(34)


def test_cheap_things_must_be_bought_too() -> None:
    """Proves: of two racks for half a kcur each one that was never bought is told. Catches: a recheck that looks only
    at what costs more than 1 kcur."""
    question = growth([hall_case(money=FREE, racks=(rack(cost_kcur=0.5),))], [0], 4)
    plan, _ = planned(question)
    fewer = tuple(replace(p, quantity=1) if p.line == "racks" else p for p in plan.purchases)
    wrong = replace(plan, purchases=fewer)
    accounts = account_growth(question, wrong)
    proof = Proof("optimal", accounts.objective_kcur, accounts.objective_kcur, 0.0, "hand")
    told = {v.check for v in audit_growth(question, wrong, accounts, proof).violations}
    assert "in service within what was bought and not yet retired" in told


def test_the_recheck_counts_a_least_order_by_offer() -> None:
    """Proves: one hall where two are the least that is sold is told, though two racks are bought with it. Catches: what
    else is bought counted as halls."""
    question = growth([hall_case(money=FREE)], [0], 4)
    plan, _ = planned(question)
    asked = growth([hall_case(money=FREE, offers=(hall(min_count=2),))], [0], 4)
    accounts = account_growth(question, plan)
    proof = Proof("optimal", accounts.objective_kcur, accounts.objective_kcur, 0.0, "hand")
    assert "least order [units]" in {v.check for v in audit_growth(asked, plan, accounts, proof).violations}
