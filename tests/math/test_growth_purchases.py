"""Purchases that join the stages of a plan of growth: what can be bought when, bounds, rows and prices, unsolved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyomo.environ as pyo
import pytest
from handmade import slack, zero
from staged import FREE, MONEY, growth
from test_generators import engine
from tiny import air, battery, energy_case, hall, hall_case, limits, liquid, point, rack, supply

from models.assembly import build_design
from models.blocks import Impossible
from models.case import AssetTerms, Case, Electrical, OrderRules, PriceBreak, Quotation
from models.growth import (
    Span,
    _most,
    cohort_factor,
    design_stages,
    in_service,
    join_stages,
    most_in_service,
    must_be_bought,
    rack_cost_kcur,
    read_purchases,
)
from models.stages import Growth, Purchase, Stage, in_stage

PV = ("supply", "pv")


def sunny(most_mw: float, cost: float = 3.0, **parts: Any) -> Case:
    """A load of 1 MW and up to so much PV."""
    return energy_case([1.0], money=MONEY, supplies=(supply([1.0], max_mw=most_mw, cost_kcur_per_mw=cost),), **parts)


def joined(question: Growth, also: dict[tuple[str, str], float] | None = None) -> Any:
    """The unsolved problem of all stages."""
    return join_stages(question, design_stages(question), also or {})


def bounds(model: Any, key: tuple[str, str]) -> dict[tuple[int, int], tuple[float, float | None]]:
    """Bounds of each purchase of a thing, by the stages that buy and retire it."""
    return {span[2:]: (v.lb, v.ub) for span, v in model.growth.bought.items() if span[:2] == key}


def buy(model: Any, amounts: dict[Span, float]) -> None:
    """Buy so much and nothing else."""
    for span, v in model.growth.bought.items():
        v.set_value(amounts.get(span, 0.0), skip_validation=True)


def test_purchases_are_bounded_by_what_any_stage_of_theirs_may_hold() -> None:
    """Proves: 5 MW may serve in the first stage and 3 in the second: what is bought for the first is at most 5, for the
    second 3, unless more must be possible at once. Catches: the bound of a stage after it is retired, or of the first
    alone."""
    question = growth([sunny(5.0), sunny(3.0), sunny(0.5)], [0, 1, 2], 4)
    most = {(0, 1): 5.0, (0, 2): 5.0, (0, 3): 5.0, (1, 2): 3.0, (1, 3): 3.0, (2, 3): 0.5}
    assert bounds(joined(question), PV) == {key: (0, mw) for key, mw in most.items()}
    assert set(bounds(joined(question, {PV: 4.5}), PV).values()) == {(0, 5.0), (0, 4.5)}
    assert most_in_service(question, design_stages(question)) == {PV: 5.0}
    once = growth([sunny(0.5), replace(sunny(0.5), supplies=())], [0, 2], 4)
    assert bounds(joined(once), PV) == {(0, 1): (0, 0.5), (0, 2): (0, 0.5)}
    assert most_in_service(once, design_stages(once)) == {PV: 0.5}


def test_whole_units_are_bounded_by_whole_units() -> None:
    """Proves: three engines of 2 MW are three, batteries any amount beyond what is on site. Catches: MW counted as
    units, what is on site bought again."""
    unit = battery(power_kcur_per_mw=1.0, energy_kcur_per_mwh=1.0, existing_mw=2.0, existing_mwh=3.0)
    case = energy_case([1.0], money=MONEY, generators=(engine(cost_kcur_per_mw=1.0),), batteries=(unit,))
    model = joined(growth([case], [0], 4))
    assert bounds(model, ("generator", "engine")) == {(0, 1): (0, 3)}
    assert model.growth.bought["generator", "engine", 0, 1].is_integer()
    assert bounds(model, ("battery_power", "battery")) == {(0, 1): (0, 998.0)}
    assert bounds(model, ("battery_energy", "battery")) == {(0, 1): (0, 997.0)}
    assert not model.growth.bought["battery_power", "battery", 0, 1].is_integer()
    assert model.stage[0].generators.in_service_mw is not None


def test_what_is_in_service_is_owned() -> None:
    """Proves: in the second of three stages what was bought for the first and retired then no longer counts, what is
    bought for it and what was kept does. Catches: a purchase that serves a stage too long or too late."""
    model = joined(growth([sunny(5.0)] * 3, [0, 1, 2], 4))
    for stage in model.stage.values():
        stage.sizes.supply_mw["pv"].set_value(2.0)
    held = {(0, 1): [0], (0, 2): [0, 1], (0, 3): [0, 1, 2], (1, 2): [1], (1, 3): [1, 2], (2, 3): [2]}
    for span, stages in held.items():
        buy(model, {(*PV, *span): 3.0})
        left = {k: slack(model.growth.own[(*PV, k)]) for k in range(3)}
        assert left == pytest.approx({k: 1.0 if k in stages else -2.0 for k in range(3)})
    model = joined(growth([sunny(5.0, generators=(engine(cost_kcur_per_mw=1.0),))], [0], 4))
    model.stage[0].sizes.generator_units["engine"].set_value(3)
    buy(model, {("generator", "engine", 0, 1): 2.0, (*PV, 0, 1): 9.0})
    assert slack(model.growth.own["generator", "engine", 0]) == pytest.approx(-2.0)


def test_in_service() -> None:
    """Proves: racks of a type in any cooling, power and energy beyond what is on site, everything else as it is sized.
    Catches: racks of another type, storage on site bought again."""
    kept = battery(existing_mw=1.0, existing_mwh=2.0)
    racks = {"racks": (rack(liquid_share=0.5), rack("S")), "cooling": (liquid(), air()),
             "operating_points": (point(), point("S"))}  # fmt: skip
    case = hall_case(batteries=(kept,), supplies=(supply([1.0, 1.0]),), generators=(engine(),), **racks)
    design = build_design(case)
    zero(design)
    for number, v in enumerate(design.sizes.racks.values(), start=1):
        v.set_value(number)
    design.sizes.battery_mw["battery"].set_value(4.0)
    design.sizes.battery_mwh["battery"].set_value(7.0)
    design.sizes.supply_mw["pv"].set_value(3.0)
    design.sizes.generator_units["engine"].set_value(2)
    found = {key: float(pyo.value(x)) for key, x in in_service(case, design).items()}
    of = {name: sum(v.value for o, v in design.sizes.racks.items() if o[0] == name) for name in "RS"}
    assert set(design.sizes.racks) == {("R", "liquid"), ("S", "air")}
    assert (found["racks", "R"], found["racks", "S"]) == (of["R"], of["S"])
    assert (found["battery_power", "battery"], found["battery_energy", "battery"]) == (3.0, 5.0)
    assert (found[PV], found["generator", "engine"]) == (3.0, 4.0)


@pytest.mark.parametrize(("settled", "still", "later"), [(1, 3.5, None), (2, 2.0, 0.5)])
def test_purchases_of_stages_that_are_past(settled: int, still: float, later: float | None) -> None:
    """Proves: of 1.5 MW retired after the first stage, 2 MW of the first and 0.5 of the second kept to the end: what is
    retired within the past is as it was, what goes on is kept or retired from now on, all of it. Catches: the past
    bought anew, the same MW kept to two dates, wind that was never
    bought."""
    given = (
        Purchase(*PV, 1.5, "MW", 0, 1),
        Purchase(*PV, 1.25, "MW", 0, 3),
        Purchase(*PV, 0.75, "MW", 0, 3),
        *([Purchase(*PV, 0.5, "MW", 1, 3)] if settled == 2 else []),
    )
    wind = supply([1.0], name="wind", cost_kcur_per_mw=3.0)
    case = replace(sunny(5.0), supplies=(*sunny(5.0).supplies, wind))
    model = joined(replace(growth([case] * 3, [0, 1, 2], 4), given=given, settled=settled))
    found = bounds(model, PV)
    past = {b for (k, _), b in bounds(model, ("supply", "wind")).items() if k < settled}
    assert past == {(0.0, 0.0)}
    assert found[0, 1] == ((1.5, 1.5) if settled == 2 else (0.0, 3.5))
    assert found[0, 2] == found[0, 3] == (0.0, still)
    row = model.growth.keep_or_retire[(*PV, 0)]
    for span, total in (((0, 3), still), ((0, 2), still)):
        buy(model, {(*PV, *span): total})
        assert slack(row) == pytest.approx(0.0)
    buy(model, {(*PV, 0, 3): still, (*PV, 0, 2): 0.5})
    assert slack(row) == pytest.approx(-0.5)
    others = {(*PV, 1, 3): 1.0, ("supply", "wind", 0, 3): 1.0, **({(*PV, 0, 1): 1.5} if settled == 2 else {})}
    buy(model, {(*PV, 0, 3): still, **others})
    assert slack(row) == pytest.approx(0.0)
    assert (found[1, 2], found[1, 3]) == ((0.0, later or 5.0), (0.0, later or 5.0))
    assert found[2, 3] == (0.0, 5.0)
    assert set(model.stage) == set(range(settled, 3))


def test_units_of_stages_that_are_past_are_counted_in_units() -> None:
    """Proves: 4 MW of engines of 2 MW are two units. Catches: power taken for units."""
    case = energy_case([1.0], money=MONEY, generators=(engine(cost_kcur_per_mw=1.0),))
    past = replace(
        growth([case, case], [0, 2], 4), given=(Purchase("generator", "engine", 4.0, "MW", 0, 2),), settled=1
    )
    model = joined(past)
    assert bounds(model, ("generator", "engine"))[0, 2] == (0.0, 2.0)
    buy(model, {("generator", "engine", 0, 2): 2.0})
    assert slack(model.growth.keep_or_retire["generator", "engine", 0]) == pytest.approx(0.0)


def test_what_can_be_bought_when() -> None:
    """Proves: a thing is bought at a stage's start unless it is closed then, comes too late for that stage, or belongs
    to another architecture. Catches: one closed stage for all, lead times of another stage."""
    single = hall("single", lead_months_p50=12.0, quotation=Quotation(units_per_month=0.001))
    offers = (hall(), hall("late", lead_months_p50=20.0), hall("other", architecture="another"), single)
    sun = supply([1.0, 1.0], cost_kcur_per_mw=3.0, lead_months_p50=20.0)
    cases = [
        hall_case(money=FREE, offers=offers, supplies=(sun,), limits=limits(need_month=need), electrical=chain)
        for need, chain in (
            (12.0, Electrical("c", 0, 0)),
            (36.0, Electrical("c", 0, 0)),
            (48.0, Electrical("another", 0, 0)),
        )
    ]
    question = growth(cases, [0, 1, 2], 4, closed={1: (("racks", "R"), ("modules", "hall"))})
    starts = {
        key: sorted({span[2] for span in joined(question).growth.bought if span[:2] == key})
        for key in (("racks", "R"), PV, *(("modules", m.name) for m in offers))
    }
    assert list(starts.values()) == [[0, 2], [1, 2], [0, 2], [1, 2], [2], [0, 1, 2]]


def test_what_must_be_bought() -> None:
    """Proves: what costs half a kcur in one stage, a free rack whose ancillary IT costs something, and what is closed
    once; not what is free throughout. Catches: free things with a column for every pair of stages."""
    free = {"racks": (rack(cost_kcur=0.0),), "offers": (hall(ex_works_k=0.0),)}
    plain = hall_case(money=FREE, supplies=(supply([1.0, 1.0]),), **free)
    paid = replace(plain, supplies=(supply([1.0, 1.0], cost_kcur_per_mw=0.5),))
    assert must_be_bought(growth([plain, plain], [0, 2], 4)) == frozenset()
    assert must_be_bought(growth([plain, paid], [0, 2], 4)) == {PV}
    shut = growth([plain, plain], [0, 2], 4, closed={1: (("modules", "hall"),)})
    assert must_be_bought(shut) == {("modules", "hall")}
    network = replace(plain, racks=(rack(cost_kcur=0.0, ancillary_cost_kcur=0.5),))
    assert must_be_bought(growth([plain, network], [0, 2], 4)) == {("racks", "R")}


def test_factory_slots_hold_for_all_orders_so_far() -> None:
    """Proves: one hall a month from month 11 on: two by month 12 for the first stage, whatever they are bought for, and
    three by month 13 with those of the second; what can be made for the third is no limit. Catches: slots counted for
    each purchase, or for later ones too."""
    offer = hall(it_mw=0.1, electrical_mw=0.1, heat_mw=0.1, lead_months_p50=11.0, max_count=5,
                 quotation=Quotation(units_per_month=1.0))  # fmt: skip
    cases = [hall_case((5.0, 1.0), money=FREE, offers=(offer,), limits=limits(need_month=n)) for n in (12, 13, 99)]
    model = joined(growth(cases, [0, 1, 2], 4))
    key = ("modules", "hall")
    assert [k for k in model.growth.bought_in_time if k[:2] == key] == [(*key, 0), (*key, 1)]
    buy(model, {(*key, 0, 1): 1.0, (*key, 0, 2): 2.0, (*key, 1, 3): 5.0, (*key, 2, 3): 5.0})
    assert [slack(model.growth.bought_in_time[(*key, k)]) for k in (0, 1)] == pytest.approx([-1.0, -5.0])
    buy(model, {(*key, 0, 3): 1.0})
    assert [slack(model.growth.bought_in_time[(*key, k)]) for k in (0, 1)] == pytest.approx([1.0, 2.0])


def test_present_value_of_a_purchase() -> None:
    """Proves: bought after 2 of 5 years and kept: 1 and three years' upkeep of a tenth, discounted once more for two;
    retired after one year: one year's upkeep. Catches: years of the stage alone, a purchase valued at its own start."""
    terms = AssetTerms(10, om_share=0.1)
    question = growth([sunny(5.0)] * 3, [0, 2, 3], 5)
    assert cohort_factor(question, terms, 1, 3) == pytest.approx((1 + 0.1 / 1.1 + 0.1 / 1.21 + 0.1 / 1.331) / 1.21)
    assert cohort_factor(question, terms, 1, 2) == pytest.approx((1 + 0.1 / 1.1) / 1.21)


def test_cost_of_purchases_and_of_what_is_on_site() -> None:
    """Proves: racks at 10 with 1.5 of ancillary IT, then 8: two and three cost 2 * 11.5 + 3 * 9.5 / 1.1^2; storage on
    site is renewed after its last year at 3 * 4 + 2 * 5, whatever is bought. Rack money is told by purchase. Catches:
    prices of another stage, ancillary IT forgotten, storage counted in each stage."""
    kept = battery(power_kcur_per_mw=4.0, energy_kcur_per_mwh=5.0, existing_mw=3.0, existing_mwh=2.0,
                   existing_life_years=1)  # fmt: skip
    cases = [
        hall_case(money=MONEY, racks=(rack(cost_kcur=p, ancillary_cost_kcur=1.5),), batteries=(kept,),
                  grid={"fixed_kcur_per_month": 0.5}) for p in (10, 8)
    ]  # fmt: skip
    question = growth(cases, [0, 2], 4)
    model = joined(question)
    buy(model, {})
    on_site = 22 / 1.1
    assert pyo.value(model.growth.cost_kcur) == pytest.approx(on_site)
    buy(model, {("racks", "R", 0, 2): 2.0, ("racks", "R", 1, 2): 3.0, ("modules", "hall", 0, 1): 1.0})
    expected = 2 * 11.5 + 3 * 9.5 / 1.21 + 7
    assert pyo.value(model.growth.cost_kcur) == pytest.approx(on_site + expected)
    for stage in model.stage.values():
        zero(stage)
    fixed = sum(0.5 / 1.1**year for year in range(1, 5))
    assert pyo.value(model.cost_kcur) == pytest.approx(on_site + expected + fixed)
    by_rack = {span[2:]: cost for span, cost in rack_cost_kcur(question, model).items()}
    assert by_rack == pytest.approx({(0, 1): 11.5, (0, 2): 11.5, (1, 2): 9.5 / 1.21})
    for price, told in ((0.0, set()), (0.5, {0.5, 0.5 / 1.21})):
        asked = growth([replace(c, racks=(rack(cost_kcur=price),)) for c in cases], [0, 2], 4)
        costs = rack_cost_kcur(asked, joined(asked, {("racks", "R"): 1.0})).values()
        assert {round(c, 9) for c in costs} == {round(c, 9) for c in told}


def test_price_tiers_of_one_purchase() -> None:
    """Proves: 7 each, 5 from three on, 4 from five on, of at most six bought at once: the first tier holds at most two,
    the second four, the last six; from one, three and five on. Units kept to different dates count together; their
    price is that of their tier. Catches: a tier that holds one too many, a tier of each date by itself."""
    offer = hall(price_breaks=(PriceBreak(3, 5.0), PriceBreak(5, 4.0)), max_count=3)
    offers = (offer, hall("once", price_breaks=(PriceBreak(2, 5.0),)), hall("plain"))
    block = joined(growth([hall_case(money=FREE, offers=offers)] * 2, [0, 2], 4)).growth
    assert {key[1]: i + 1 for *key, i in block.is_price} == {"hall": 3, "once": 2}
    key = ("modules", "hall", 0)
    for v in (*block.at_price.values(), *block.is_price.values(), *block.bought.values()):
        v.set_value(0, skip_validation=True)
    least, most = [], []
    for i in range(3):
        block.is_price[(*key, i)].set_value(1)
        least.append(-slack(block.price_from[(*key, i)]))
        most.append(slack(block.price_to[(*key, i)]))
        block.is_price[(*key, i)].set_value(0)
    assert (least, most) == ([1, 3, 5], [2, 4, 6])
    assert slack(block.one_price[key]) == 1
    block.at_price[(*key, 1, 1)].set_value(2.0, skip_validation=True)
    block.at_price[(*key, 2, 1)].set_value(1.0, skip_validation=True)
    assert -slack(block.price_from[(*key, 1)]) == -3.0
    block.bought[(*key, 1)].set_value(2)
    assert slack(block.split_price[(*key, 1)]) == pytest.approx(0.0)
    assert pyo.value(block.cost_kcur) == pytest.approx(3 * 5)
    assert slack(block.price_to[(*key, 1)]) == -3.0
    block.bought[(*key, 1)].set_value(3)
    assert slack(block.split_price[(*key, 1)]) == pytest.approx(-1.0)


def test_a_least_order_counts_all_that_is_bought_at_once() -> None:
    """Proves: three halls at least, whichever stage retires them, or none; a least order of one is no rule. Catches: a
    least order for each date."""
    offers = (hall(min_count=3, max_count=5), hall("single", min_count=1))
    block = joined(growth([hall_case(money=FREE, offers=offers)] * 2, [0, 2], 4)).growth
    assert set(block.is_bought) == {("modules", "hall", 0), ("modules", "hall", 1)}
    for v in block.bought.values():
        v.set_value(0)
    key = ("modules", "hall", 0)
    block.is_bought[key].set_value(1)
    assert slack(block.buy_at_least[key]) == -3.0
    assert slack(block.buy_at_most[key]) == sum(v.ub for span, v in block.bought.items() if span[:3] == key)
    block.bought[(*key, 1)].set_value(1)
    block.bought[(*key, 2)].set_value(2)
    assert slack(block.buy_at_least[key]) == 0.0
    block.bought[(*key, 2)].set_value(3)
    assert slack(block.buy_at_least[key]) == 1.0
    block.is_bought[key].set_value(0)
    assert (slack(block.buy_at_least[key]), slack(block.buy_at_most[key])) == (4.0, -4.0)


def test_the_budget_of_all_purchases() -> None:
    """Proves: two racks at 10 now and one hall at 7 later are 27 of 30, undiscounted. Catches: present values, a budget
    that must be spent."""
    model = joined(growth([hall_case(money=MONEY)] * 2, [0, 2], 4, budget_kcur=30.0))
    buy(model, {("racks", "R", 0, 1): 2.0, ("modules", "hall", 1, 2): 1.0})
    assert slack(model.growth.limit_budget["first"]) == pytest.approx(3.0)


def test_what_a_plan_buys() -> None:
    """Proves: whole things are rounded to whole ones, engines told in MW, amounts as they are, rounding errors left
    out; in the order of stages. Catches: nothing told as something, units told as MW."""
    case = energy_case([1.0], money=MONEY, generators=(engine(cost_kcur_per_mw=1.0),),
                       supplies=(supply([1.0], cost_kcur_per_mw=3.0),))  # fmt: skip
    question = growth([case, case], [0, 2], 4)
    model = joined(question)
    assert read_purchases(question, model) == ()
    buy(
        model,
        {
            (*PV, 1, 2): 0.25, (*PV, 0, 1): 2e-7, (*PV, 0, 2): 0.5e-7,
            ("generator", "engine", 0, 2): 1.9999, ("generator", "engine", 1, 2): 0.0001,
        },
    )  # fmt: skip
    assert read_purchases(question, model) == (
        Purchase(*PV, 2e-7, "MW", 0, 1),
        Purchase("generator", "engine", 4.0, "MW", 0, 2),
        Purchase(*PV, 0.25, "MW", 1, 2),
    )


def test_the_largest_value_of_what_is_in_service() -> None:
    """Proves: 3 x - 2 y + 1 is at most 11 with x up to 4 and y from 1 on; without a bound there is none. Catches: the
    wrong end of a bound."""
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(bounds=(0, 4)), pyo.Var(bounds=(1, 5))
    assert _most(3 * model.x - 2 * model.y + 1) == 11.0
    model.y.setlb(None)
    assert _most(3 * model.x - 2 * model.y + 1) == float("inf")
    assert _most(3 * model.x + 1) == 13.0


def test_a_rule_that_cannot_be_kept_names_its_stage() -> None:
    """Proves: the stage whose orders are impossible is told. Catches: a refusal of the whole plan without a place."""
    case = hall_case(money=FREE)
    wrong = replace(case, orders=OrderRules(must_order=("nothing",)))
    with pytest.raises(Impossible, match="S1: nothing"):
        design_stages(growth([case, wrong], [0, 2], 4))


def test_years_of_a_plan_of_growth() -> None:
    """Proves: stages from years 0, 2 and 3 of 7 have 2, 1 and 4 years; the last retirement is at the plan's end;
    settled stages are not planned. Catches: an end a year off."""
    question = growth([sunny(1.0)] * 3, [0, 2, 3], 7)
    assert [s.years for s in question.stages] == [2, 1, 4]
    assert [question.start(k) for k in range(4)] == [0, 2, 3, 7]
    assert question.years == 7
    assert [s.name for s in replace(question, settled=2).planned] == ["S2"]
    assert question.planned == question.stages


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: replace(c, money=in_stage(c.money, 1, 4, 4)), "follow"),
        (lambda c: replace(c, money=in_stage(c.money, 0, 4, 5)), "part of the whole plan"),
        (lambda c: replace(c, limits=limits(budget_kcur=1.0)), "part of the whole plan"),
    ],
)
def test_a_stage_is_part_of_its_plan(change: Any, said: str) -> None:
    """Proves: a plan that begins after time zero, a stage of a longer plan and one with a budget of its own are
    refused, as is a plan without stages. Catches: a budget that nobody keeps."""
    case = sunny(1.0)
    good = replace(case, money=in_stage(case.money, 0, 4, 4))
    assert Growth("good", (Stage("S0", good),)).years == 4
    with pytest.raises(ValueError, match=said):
        Growth("bad", (Stage("S0", change(good)),))
    with pytest.raises(ValueError, match="follow"):
        Growth("empty", ())
    first, second = growth([case, case], [0, 2], 4).stages
    spent = replace(second.case, limits=limits(budget_kcur=1.0))
    with pytest.raises(ValueError, match="part of the whole plan"):
        Growth("one of two", (first, replace(second, case=spent)))
