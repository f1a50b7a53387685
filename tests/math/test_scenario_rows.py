"""Rows and sums that join scenarios, with figures put in and no solver: what is decided alike, what is taken over from
another plan, what regret counts, what a mean future is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from staged import growth
from tiny import PLAIN_TERMS, energy_case, hall, hall_case, limits, rack, supply

from models.blocks import Impossible
from models.case import Generator, Money
from models.design import AuditReport, Proof
from models.scenario_accounts import (
    all_at_once,
    expected,
    in_fixed_steps,
    least_regret_kcur,
    objective_kcur,
)
from models.scenario_mean import mean_scenario
from models.scenario_tree import (
    build_scenarios,
    early,
    it_cost_kcur,
    places,
    spent_pair,
    told_apart,
    weigh,
)
from models.scenarios import TIE, Scenario, ScenarioAccounts, ScenarioAnswer, ScenarioPlan, Scenarios
from models.stages import Growth, Purchase

ROUND = pytest.approx


def sunny(stages: int = 2, most_mw: float = 10.0, **changes: Any) -> Growth:
    """Stages a year apart with energy to buy and a sun of 6 kcur/MW."""
    money = Money(analysis_years=stages, discount_rate=0.0)
    pv = supply([1.0], cost_kcur_per_mw=6.0, max_mw=most_mw)
    case = energy_case([1.0], 10.0, money=money, **{"supplies": (pv,), **changes})
    return growth([case] * stages, list(range(stages)), stages)


def futures(growths: list[Growth], known: list[int], **changes: Any) -> Scenarios:
    """Scenarios of one probability each."""
    each = [Scenario("ABCD"[i], 1 / len(growths), g, k) for i, (g, k) in enumerate(zip(growths, known, strict=True))]
    return Scenarios("tiny", tuple(each), **changes)


def set_all(model: Any, value: float = 0.0) -> None:
    """One value in every variable."""
    for v in model.component_data_objects(pyo.Var):
        v.set_value(value, skip_validation=True)


def bought(item: str, quantity: float, start: int, end: int, line: str = "supply") -> Purchase:
    """A purchase from one stage's start to another's."""
    return Purchase(line, item, quantity, "MW", start, end)


# -- decided alike ----------------------------------------------------------------------------------------------------


def test_what_is_decided_before_a_stage() -> None:
    """Proves: before stage 2 purchases of stages 0 and 1 are decided, and what goes before then; of what is kept it is
    open when it goes, so that it is one figure. Catches: a later purchase counted, two lots that are not added up."""
    plan = (bought("pv", 1.0, 0, 1), bought("pv", 2.0, 0, 2), bought("pv", 4.0, 0, 3), bought("pv", 8.0, 1, 3),
            bought("wind", 16.0, 0, 3), bought("pv", 32.0, 2, 3))  # fmt: skip
    assert early(plan, 2) == {("supply", "pv", 0, 1): 1.0, ("supply", "pv", 0, None): 6.0,
                              ("supply", "pv", 1, None): 8.0, ("supply", "wind", 0, None): 16.0}  # fmt: skip
    assert early(plan, 1) == {("supply", "pv", 0, None): 7.0, ("supply", "wind", 0, None): 16.0}


def rows(question: Scenarios) -> dict[tuple[Any, ...], dict[str, float]]:
    """Rows that hold scenarios together: the coefficient of each purchase, by scenario and span."""
    model = build_scenarios(question, {})
    found: dict[tuple[Any, ...], dict[str, float]] = {}
    for key, row in model.common.alike.items():
        assert (pyo.value(row.lower), pyo.value(row.upper)) == (0, 0)
        found[key] = {}
        for s in model.scenario:
            for span, v in model.scenario[s].growth.bought.items():
                set_all(model)
                v.set_value(1.0)
                if (factor := pyo.value(row.body)) != 0:
                    found[key][f"{s}:{span[1]}:{span[2]}-{span[3]}"] = factor
    return found


def test_scenarios_are_alike_until_the_first_of_two_is_known() -> None:
    """Proves: of futures known at stages 1, 3 (never) and 2 of three, the last two share all that is decided before
    stage 2, and what the third decides before stage 1 is shared with the first. Catches: scenarios compared in the
    order stated, told apart when the later is known, the retirement of what is kept shared."""
    question = futures([sunny(3)] * 3, [1, 3, 2])
    a, b, c = question.scenarios
    assert [told_apart(a, b), told_apart(b, c), told_apart(c, a)] == [1, 2, 1]
    assert rows(question) == {
        (1, 2, "supply", "pv", 0, 1): {"1:pv:0-1": 1, "2:pv:0-1": -1},
        (1, 2, "supply", "pv", 0, -1): {"1:pv:0-2": 1, "1:pv:0-3": 1, "2:pv:0-2": -1, "2:pv:0-3": -1},
        (1, 2, "supply", "pv", 1, -1): {"1:pv:1-2": 1, "1:pv:1-3": 1, "2:pv:1-2": -1, "2:pv:1-3": -1},
        (2, 0, "supply", "pv", 0, -1): {f"{s}:pv:0-{j}": sign for s, sign in ((2, 1), (0, -1)) for j in (1, 2, 3)},
    }


def test_what_is_bought_in_units_of_other_sizes_is_compared_by_its_size() -> None:
    """Proves: engines of 2 MW in one future and of 4 MW in another are alike in MW. Catches: units compared, or their
    reciprocals."""
    engine = Generator("engine", 2.0, 3.0, PLAIN_TERMS, max_units=4, fuel_mwh_per_mwh=1.0)
    own = [sunny(1, supplies=(), generators=(replace(engine, unit_mw=mw),)) for mw in (2.0, 4.0)]
    (row,) = rows(futures(own, [1, 1])).values()
    assert row == {"0:engine:0-1": 2.0, "1:engine:0-1": -4.0}


def test_what_is_on_offer_in_one_future_only_is_not_bought_before_it_is_known() -> None:
    """Proves: a sun that only the first, or only the second, of two futures could buy is bought in neither. Catches: a
    row left out, one that asks for something."""
    one, none = sunny(1), sunny(1, supplies=())
    assert rows(futures([one, none], [1, 1])) == {(0, 1, "supply", "pv", 0, -1): {"0:pv:0-1": 1}}
    assert rows(futures([none, one], [1, 1])) == {(0, 1, "supply", "pv", 0, -1): {"1:pv:0-1": -1}}


def test_what_may_be_bought_is_the_most_of_all_futures() -> None:
    """Proves: where one future has room for 7 MW of sun and another for 3, 7 may be bought in both, and nothing more is
    asked of either. Catches: the least of them, the last of them."""
    for most in ((7.0, 3.0), (3.0, 7.0), (0.5, 0.2)):
        model = build_scenarios(futures([sunny(1, mw) for mw in most], [1, 1]), {})
        assert [model.scenario[s].growth.bought["supply", "pv", 0, 1].ub for s in (0, 1)] == [max(most)] * 2


# -- taken over from another plan -------------------------------------------------------------------------------------


def taken_over(question: Scenarios) -> dict[tuple[Any, ...], tuple[float, float]]:
    """Bounds of what is taken over."""
    rows = build_scenarios(question, {}).common.take_over
    return {key: (pyo.value(row.lower), pyo.value(row.upper)) for key, row in rows.items()}


def test_what_is_taken_over_from_another_plan() -> None:
    """Proves: a future known at stage 1 takes over what is bought at stage 0, 5 MW in all, within a millionth; one
    never known all of it as it goes, and that nothing else is bought. Catches: purchases that come when it is known
    taken over, a tolerance too wide to hold."""
    given = (bought("pv", 4.0, 0, 2), bought("pv", 1.0, 0, 1), bought("pv", 0.5, 1, 2))
    found = taken_over(futures([sunny()] * 2, [1, 2], given=given))
    assert found == {
        (0, "supply", "pv", 0, -1): ROUND((5 - 5e-6, 5 + 5e-6), rel=1e-9),
        (1, "supply", "pv", 0, 1): ROUND((1 - 1e-6, 1 + 1e-6), rel=1e-9),
        (1, "supply", "pv", 0, -1): ROUND((4 - 4e-6, 4 + 4e-6), rel=1e-9),
        (1, "supply", "pv", 1, -1): ROUND((0.5 - 1e-6, 0.5 + 1e-6), rel=1e-9),
    }
    none = taken_over(futures([sunny()], [1], given=()))
    assert none == {(0, "supply", "pv", 0, -1): ROUND((-1e-6, 1e-6))}


def test_counts_are_taken_over_exactly_and_at_their_size() -> None:
    """Proves: two racks are two; half a MW of sun is half a MW of the future's own purchases. Catches: a count that may
    be off, a size counted in other steps."""
    given = (Purchase("racks", "R", 2.0, "racks", 0, 1),)
    racks = growth([hall_case(supplies=(supply([1.0, 1.0], cost_kcur_per_mw=1.0),))], [0], 1)
    question = futures([racks], [1], given=(*given, bought("pv", 0.5, 0, 1)))
    assert taken_over(question)[0, "racks", "R", 0, -1] == (2.0, 2.0)
    model = build_scenarios(question, {})
    set_all(model)
    model.scenario[0].growth.bought["supply", "pv", 0, 1].set_value(0.5)
    assert pyo.value(model.common.take_over[0, "supply", "pv", 0, -1].body) == ROUND(0.5)


def test_what_a_future_cannot_buy_cannot_be_taken_over() -> None:
    """Proves: half a MW of a sun that the second of two futures is not offered is no plan for it, and it is that future
    which is named. Catches: a purchase dropped in silence."""
    question = futures([sunny(1), sunny(1, supplies=())], [1, 1], given=(bought("pv", 0.5, 0, 1),))
    with pytest.raises(Impossible, match="B: supply, pv"):
        build_scenarios(question, {})


# -- expected cost and regret -----------------------------------------------------------------------------------------


def regretful() -> Scenarios:
    """Two futures of a quarter and three, whose own plans cost 100 and 20: 40 expected."""
    question = futures([sunny(1)] * 2, [1, 1])
    parts = tuple(replace(s, probability=p) for s, p in zip(question.scenarios, (0.25, 0.75), strict=True))
    return replace(question, scenarios=parts, objective="regret", least_kcur=(100.0, 20.0))


def test_places_of_all_futures() -> None:
    """Proves: a problem per future, stage and month. Catches: months of one future only."""
    case = energy_case([1.0, 1.0], months=[1, 1], money=Money(2, 0.0))
    question = futures([growth([case] * 2, [0, 1], 2)] * 2, [1, 1])
    assert places(question) == [(s, k, m) for s in (0, 1) for k in (0, 1) for m in (0, 1)]


def test_the_objective_of_regret() -> None:
    """Proves: 2 and 1 MW of sun at 6 with 30 and 5 spent above floors of 90 and 10: costs of 132 and 21, regrets of at
    least 32 and 1. What is minimised is 40 known in advance, a thousandth less, plus the regret and a thousandth of the
    mean of what is bought. A month may spend 25 times what all futures cost, and as much more as its floor is below
    zero. Catches: a floor left out, costs of another future, the expected cost counted whole."""
    question, floors = regretful(), {(0, 0, 0): 90.0, (1, 0, 0): -10.0}
    model = build_scenarios(question, floors)
    common = model.common
    assert [common.spent[p].ub for p in floors] == ROUND([25 * 40.0, 25 * 40.0 + 10.0])
    set_all(model)
    for s, mw, spent in ((0, 2.0, 30.0), (1, 1.0, 25.0)):
        model.scenario[s].growth.bought["supply", "pv", 0, 1].set_value(mw)
        common.spent[s, 0, 0].set_value(spent)
    common.regret["largest"].set_value(7.0)
    left = [pyo.value(row.body) - pyo.value(row.upper) for row in common.largest_regret.values()]
    assert not any(row.equality for row in common.largest_regret.values())
    assert left == ROUND([12 + 90 + 30 - 100 - 7, 6 - 10 + 25 - 20 - 7])
    assert pyo.value(model.cost_kcur) == ROUND((1 - TIE) * 40 + 7 + TIE * (0.25 * 12 + 0.75 * 6))
    cheap = build_scenarios(replace(question, least_kcur=(0.1, -0.2)), floors).common
    assert cheap.spent[0, 0, 0].ub == ROUND(25.0)


def test_the_expected_cost_weighs_futures() -> None:
    """Proves: 2 and 1 MW of sun at 6 cost 0.25 * 12 + 0.75 * 6. Catches: futures weighed alike."""
    model = build_scenarios(replace(regretful(), objective="expected"), {})
    set_all(model)
    for s, mw in ((0, 2.0), (1, 1.0)):
        model.scenario[s].growth.bought["supply", "pv", 0, 1].set_value(mw)
    assert pyo.value(model.cost_kcur) == ROUND(7.5)


def month() -> Any:
    """A month's operation that costs a / 2 - 2 b + 5, a from 1 on and b up to 4: at least -2.5."""
    model = pyo.ConcreteModel()
    model.a, model.b = pyo.Var(bounds=(1, 9)), pyo.Var(bounds=(0, 4))
    model.cost_kcur = pyo.Objective(expr=0.5 * model.a - 2 * model.b + 5)
    return model


def test_a_month_s_weight() -> None:
    """Proves: at a = 2 and b = 1 a month costs 4 and counts three quarters in the second future, 3. With 4 more it
    counts for regret from its least, 1.5, and half of a thousandth of its weight lies on the cost (8), half on what it
    may spend, 8.5, which it does not exceed. Catches: bounds of the wrong side, the weight of another future, a month
    without a link."""
    question, place = regretful(), (1, 0, 0)
    plain = month()
    assert weigh(replace(question, objective="expected"), place, plain) == 0.0
    plain.a.set_value(2.0), plain.b.set_value(1.0)
    assert pyo.value(plain.cost_kcur) == ROUND(3.0)
    design = build_scenarios(question, {p: 0.0 for p in places(question)})
    assert spent_pair(design, place, plain) == []
    linked = month()
    linked.cost_kcur.set_value(linked.cost_kcur.expr + 4)
    assert weigh(question, place, linked) == ROUND(1.5)
    linked.a.set_value(2.0), linked.b.set_value(1.0), linked.common.spent[place].set_value(7.0)
    assert pyo.value(linked.cost_kcur) == ROUND(TIE * 0.75 * 0.5 * (8 + 8.5))
    (row,) = linked.common.spend.values()
    assert not row.equality
    assert pyo.value(row.body) - pyo.value(row.upper) == ROUND(8 - 8.5)
    ((mine, its),) = spent_pair(design, place, linked)
    assert mine is design.common.spent[place] and its is linked.common.spent[place]


def test_racks_of_all_futures_are_left_out_of_the_base_of_a_gap() -> None:
    """Proves: a rack of 10 counts 2.5 in a future of a quarter and 7.5 in the other. Catches: racks counted whole."""
    own = growth([hall_case(racks=(rack(),))], [0], 1)
    question = replace(regretful(), objective="expected")
    question = replace(question, scenarios=tuple(replace(s, growth=own) for s in question.scenarios))
    model = build_scenarios(question, {})
    assert [each for _, each in it_cost_kcur(question, model)] == ROUND([2.5, 7.5])


def test_sums_over_futures() -> None:
    """Proves: costs of 110 and 40 after 100 and 20: regrets 10 and 20, expected 57.5 against 40. The objective of
    regret is 40 + 20 + 0.001 * 17.5, and a bound of 50 on it proves a regret of at least 10 / 1.001; one below 40 none.
    No regret is never less than none. Catches: the sign of the tie, the least regret for the largest."""
    question = regretful()
    assert expected(question, (110.0, 40.0)) == ROUND(57.5)
    accounts = ScenarioAccounts((), 57.5, (10.0, 20.0))
    assert objective_kcur(question, accounts) == ROUND(40 + 20 + 0.001 * 17.5, rel=1e-9)
    assert objective_kcur(question, ScenarioAccounts((), 39.0, (-1.0, -2.0))) == ROUND(40 - TIE)
    assert objective_kcur(replace(question, objective="expected"), accounts) == 57.5
    assert least_regret_kcur(question, 50.0) == ROUND(10 / (1 + TIE)) and least_regret_kcur(question, 39.0) == 0.0


def test_questions_with_fewer_choices() -> None:
    """Proves: in fixed steps no future is ever known; all at once, what costs something is closed from the second stage
    on, in all futures if it costs something in one. Catches: the first stage closed, what is free closed."""
    free = sunny(3, supplies=(supply([1.0], max_mw=1.0), supply([1.0], name="wind", max_mw=1.0)))
    question = futures([sunny(3), free], [1, 2])
    assert [s.known for s in in_fixed_steps(question).scenarios] == [3, 3]
    for scenario in all_at_once(question).scenarios:
        assert [s.closed for s in scenario.growth.stages] == [(), *[(("supply", "pv"),)] * 2]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"probabilities": (0.5, 0.5 + 1e-7)}, "sum to 1"),
        ({"probabilities": (0.5, 0.5 - 1e-7)}, "sum to 1"),
        ({"probabilities": (1.5, -0.5)}, "not be negative"),
        ({"known": (1, 3)}, "known after"),
        ({"known": (0, 1)}, "known after"),
        ({"objective": "regret", "least_kcur": (1.0,)}, "one cost per scenario"),
        ({"objective": "regret"}, "one cost per scenario"),
        ({}, ""),
        ({"probabilities": (0.5, 0.5 + 1e-10)}, ""),
        ({"probabilities": (0.0, 1.0)}, ""),
        ({"known": (2, 1)}, ""),
        ({"objective": "regret", "least_kcur": (1.0, 2.0)}, ""),
    ],
)
def test_what_may_be_asked(parts: dict[str, Any], words: str) -> None:
    """Proves: probabilities are not negative and sum to one but for rounding; a future is known at the start of a later
    stage or never; regret needs a cost for each. Catches: a question refused that makes sense, one let through."""
    parts = dict(parts)
    both = zip("AB", parts.pop("probabilities", (0.5, 0.5)), parts.pop("known", (1, 2)), strict=True)
    scenarios = tuple(Scenario(name, p, sunny(2), known) for name, p, known in both)
    if words:
        with pytest.raises(ValueError, match=words):
            Scenarios("tiny", scenarios, **parts)
    else:
        assert Scenarios("tiny", scenarios, **parts).number_of_stages == 2
    with pytest.raises(ValueError, match="different names"):
        Scenarios("tiny", ())
    assert Scenario("A", 1.0, sunny(2)).known == 1


@pytest.mark.parametrize(("stages", "later"), [(1, False), (2, True), (3, True)])
def test_whether_anything_is_bought_after_the_start(stages: int, later: bool) -> None:
    """Proves: futures of two stages and more have purchases to come, those of one have not. Catches: a plan at one date
    told as one of stages."""
    accounts, proof = ScenarioAccounts((), 0.0), Proof("optimal", 0.0, 0.0, 0.0, "monolithic")
    question = futures([sunny(stages)], [1])
    found = ScenarioAnswer(question, ScenarioPlan(()), accounts, proof, AuditReport(0, 0.0), (), ())
    assert found.has_stages is later


# -- the mean future --------------------------------------------------------------------------------------------------


def mean(cases: list[Any], weights: tuple[float, ...] = (0.25, 0.75)) -> Any:
    """The mean of cases."""
    each = [Scenario("AB"[i], w, growth([c], [0], 1)) for i, (c, w) in enumerate(zip(cases, weights, strict=True))]
    return mean_scenario(Scenarios("tiny", tuple(each))).growth.stages[0].case


def test_what_has_a_mean_and_what_has_none() -> None:
    """Proves: of 1 (0.25) and 5 the mean is 4; what is endless in one, or a list of other items, is that of the
    likelier future; of items alike in name each figure is its own mean. Catches: a mean with an endless one, items
    paired that are not the same."""
    cases = [energy_case([1.0], limit_mw=mw, supplies=tuple(supply([1.0], name=n, max_mw=mw) for n in names))
             for mw, names in ((1.0, "ab"), (5.0, "ab"))]  # fmt: skip
    found = mean(cases)
    assert (found.grid.import_limit_mw, [s.max_mw for s in found.supplies]) == (4.0, [4.0, 4.0])
    other = mean([cases[0], replace(cases[1], supplies=cases[1].supplies[::-1])])
    assert [(s.name, s.max_mw) for s in other.supplies] == [("b", 5.0), ("a", 5.0)]
    turned = mean([replace(cases[0], supplies=cases[0].supplies[::-1]), cases[1]])
    assert [(s.name, s.max_mw) for s in turned.supplies] == [("a", 5.0), ("b", 5.0)]
    fewer = mean([replace(cases[0], supplies=()), cases[1]])
    assert [s.max_mw for s in fewer.supplies] == [5.0, 5.0]
    endless = replace(cases[0], grid=replace(cases[0].grid, import_limit_mw=np.inf))
    assert mean([endless, cases[1]]).grid.import_limit_mw == 5.0
    assert mean([cases[1], endless]).grid.import_limit_mw == mean([endless, endless]).grid.import_limit_mw == np.inf


def test_a_year_of_other_steps_has_no_mean() -> None:
    """Proves: of years of two and of three steps series are those of the likelier one. Catches: series that do not fit
    each other added up."""
    short, long = energy_case([1.0, 2.0]), energy_case([5.0, 6.0, 7.0])
    assert mean([short, long]).site.plain_load_mw == ROUND([5.0, 6.0, 7.0])
    assert mean([long, short]).site.plain_load_mw == ROUND([1.0, 2.0])
    assert mean([short, energy_case([5.0, 6.0])]).site.plain_load_mw == ROUND([4.0, 5.0])


def test_a_figure_that_is_alike_stays_to_the_last_digit() -> None:
    """Proves: 0.01 in three futures is 0.01. Catches: 0.01 that becomes 0.009999999999999998."""
    parts = tuple(Scenario(n, p, growth([energy_case([1.0], limit_mw=0.01)], [0], 1), 1)
                  for n, p in (("A", 0.1), ("B", 0.2), ("C", 0.7)))  # fmt: skip
    assert mean_scenario(Scenarios("tiny", parts)).growth.stages[0].case.grid.import_limit_mw == 0.01


def test_the_mean_future_is_certain_and_known_with_the_first() -> None:
    """Proves: it has probability 1 and is known when the first of the futures would be; of equally likely ones counts
    are the first's. Catches: known last, the last one's counts."""
    found = mean_scenario(futures([sunny(3)] * 2, [3, 2]))
    assert (found.probability, found.known, found.name) == (1.0, 2, "mean")
    cases = [hall_case(offers=(hall(max_count=n),), limits=limits(need_month=float(n))) for n in (3, 8)]
    even = mean(cases, (0.5, 0.5))
    assert (even.offers[0].max_count, even.limits.need_month) == (3, 5.5)
