"""Plans over scenarios solved by hand: what is decided before it is known is one decision, the rest adapts."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from randomcases import random_case
from staged import flow_of, growth, worth
from tiny import energy_case, hall, hall_case, limits, rack, supply

from models.audit import audit_scenarios
from models.case import AssetTerms, Case, Money
from models.design import Proof
from models.growth_accounts import account_growth
from models.paths import at_year, with_demand
from models.scenario_accounts import (
    account_scenarios,
    all_at_once,
    in_fixed_steps,
    least_regret_kcur,
    objective_kcur,
)
from models.scenario_mean import mean_scenario
from models.scenarios import Scenario, ScenarioAccounts, ScenarioAnswer, ScenarioPlan, Scenarios
from models.stages import Growth, Purchase
from planner.solving import solve, solve_growth, solve_scenarios
from planner.solving.arrays import compile_case
from planner.studies.futures import one_stage
from planner.studies.scenarios import ScenarioOptions, plan_scenarios

METHODS = ("monolithic", "decomposed")
FREE = Money(analysis_years=2, discount_rate=0.0)


def futures(growths: list[Growth], probabilities: list[float], known: int = 1) -> Scenarios:
    names = "ABCDE"
    parts = (Scenario(names[i], p, g, known) for i, (g, p) in enumerate(zip(growths, probabilities, strict=True)))
    return Scenarios("tiny", tuple(parts))


def planned(question: Scenarios, method: str = "monolithic") -> tuple[ScenarioPlan, ScenarioAccounts, float]:
    plan, proof = solve_scenarios(question, gap=1e-9, method=method)  # type: ignore[arg-type]
    assert plan is not None and proof.status == "optimal", proof
    accounts = account_scenarios(question, plan)
    assert audit_scenarios(question, plan, accounts, proof).violations == ()
    return plan, accounts, proof.bound_kcur


def with_regret(question: Scenarios) -> Scenarios:
    least = [solve_growth(s.growth, gap=1e-9)[1].objective_kcur for s in question.scenarios]
    return replace(question, objective="regret", least_kcur=tuple(least))


def _sun(price: float, load: float = 1.0, cost: float = 3.0) -> Growth:
    """One step of load [MW] in one year, energy at `price`, supply that always gives 1 at `cost` per MW."""
    pv = supply([1.0], cost_kcur_per_mw=cost, max_mw=10.0)
    return growth([energy_case([load], price, supplies=(pv,))], [0], 1)


def bought(plan: ScenarioPlan, item: str = "pv") -> list[dict[int, float]]:
    found: list[dict[int, float]] = []
    for own in plan.plans:
        found.append({})
        for p in own.purchases:
            if p.item == item:
                found[-1][p.bought] = found[-1].get(p.bought, 0.0) + p.quantity
    return found


@pytest.mark.parametrize("method", METHODS)
def test_one_decision_weighs_all_prices(method: str) -> None:
    """Energy at 1 (probability 0.8) or at 10; supply at 3 saves the mean price, 2.8: none is bought, 1 or 10 is paid,
    2.8 expected. With 0.7 the mean is 3.7, supply of 1 is bought, 3 expected. Equal weights would buy in both;
    decisions that need not be alike would cost 0.8 * 1 + 0.2 * 3 = 1.4."""
    plan, accounts, bound = planned(futures([_sun(1.0), _sun(10.0)], [0.8, 0.2]), method)
    assert bought(plan) == [{}, {}] and accounts.costs_kcur == pytest.approx((1.0, 10.0))
    assert accounts.expected_kcur == pytest.approx(2.8) and bound == pytest.approx(2.8)
    plan, accounts, _ = planned(futures([_sun(1.0), _sun(10.0)], [0.7, 0.3]), method)
    assert [b[0] for b in bought(plan)] == pytest.approx([1.0, 1.0])
    assert accounts.expected_kcur == pytest.approx(3.0)


@pytest.mark.parametrize("method", METHODS)
def test_least_regret_is_another_plan(method: str) -> None:
    """Of the same prices each scenario's own plan costs 1 and 3. Supply of x costs 3x + (1 - x) and 3x + 10 (1 - x):
    regrets 2x and 7 - 7x, alike at x = 7/9: 14/9. Least expected cost takes x = 0, with a regret of 7."""
    question = with_regret(futures([_sun(1.0), _sun(10.0)], [0.8, 0.2]))
    assert question.least_kcur == pytest.approx((1.0, 3.0))
    plan, accounts, bound = planned(question, method)
    assert [b[0] for b in bought(plan)] == pytest.approx([7 / 9, 7 / 9], rel=2e-3)
    assert max(accounts.regret_kcur) == pytest.approx(14 / 9, rel=1e-3)
    assert least_regret_kcur(question, bound) == pytest.approx(14 / 9, rel=2e-3)
    assert least_regret_kcur(question, bound) <= 14 / 9


@pytest.mark.parametrize("method", METHODS)
def test_later_purchases_adapt(method: str) -> None:
    """A load of 1, then 2 (A) or 0 (B); energy at 10, supply at 6 now and 3 later. 1 is bought now, 1 more only in A:
    6 + 0.5 * 3 = 7.5. If later purchases may not depend on the scenario, 1 more is bought in both: 9. If all is bought
    now, 1 is, and A pays 10 for the rest: 11."""
    question = _waiting()
    plan, accounts, _ = planned(question, method)
    assert bought(plan) == [{0: pytest.approx(1.0), 1: pytest.approx(1.0)}, {0: pytest.approx(1.0)}]
    assert accounts.expected_kcur == pytest.approx(7.5)
    assert planned(in_fixed_steps(question), method)[1].expected_kcur == pytest.approx(9.0)
    assert planned(all_at_once(question), method)[1].expected_kcur == pytest.approx(11.0)


def _waiting() -> Scenarios:
    def own(later: float) -> Growth:
        first = energy_case([1.0], 10.0, money=FREE, supplies=(supply([1.0], cost_kcur_per_mw=6.0),))
        then = energy_case([later], 10.0, money=FREE, supplies=(supply([1.0], cost_kcur_per_mw=3.0),))
        return growth([first, then], [0, 1], 2)

    return futures([own(2.0), own(0.0)], [0.5, 0.5])


def test_whole_numbers_of_all_scenarios_stand_in_the_design_problem() -> None:
    """Two scenarios of racks in halls: every whole number of a month is a copy of one of the design problem, which
    holds those of both. Caught: a purchase decided inside a month, where cuts of the decomposition are not valid."""
    own = growth([hall_case()], [0], 1)
    blocks, alone = (compile_case(futures([own] * n, [1 / n] * n)) for n in (2, 1))
    for m, part in blocks.months.items():
        assert set(np.flatnonzero(part.arrays.is_integer)) <= set(blocks.links[m])
    whole, of_one = (b.design.arrays.is_integer.sum() for b in (blocks, alone))
    assert whole >= 2 * of_one > 0


@pytest.mark.parametrize("method", METHODS)
def test_one_scenario_is_the_plain_plan(method: str) -> None:
    """Racks in halls, taxes, upkeep: one scenario of probability 1 costs what the case costs, to the last digit."""
    terms = AssetTerms(3, 0.02, 0.8, 0.1, 0.05, 0.1, (0.5, 0.5))
    case = hall_case(money=Money(7, 0.08, 0.25, 0.02), racks=(rack(terms=terms),), offers=(hall(terms=terms),))
    _, proof = solve(case, gap=0)
    _, accounts, _ = planned(futures([growth([case], [0], 7)], [1.0]), method)
    assert accounts.expected_kcur == pytest.approx(proof.objective_kcur, rel=1e-9)


def test_what_is_free_in_one_scenario_is_still_one_decision() -> None:
    """Supply is free in B, 3 in A, and energy costs 10: 1 MW is bought in both, 0.5 * 3. Left out of what is decided
    alike because B does not price it, nothing could be bought in A (10 instead)."""
    plan, accounts, _ = planned(futures([_sun(10.0), _sun(10.0, cost=0.0)], [0.5, 0.5]))
    assert [b[0] for b in bought(plan)] == pytest.approx([1.0, 1.0])
    assert accounts.expected_kcur == pytest.approx(1.5)


def test_what_cannot_be_bought_in_one_scenario_is_not_bought() -> None:
    """No supply on offer in B: nobody may buy it before A is known to have come, so both pay 10."""
    without = growth([energy_case([1.0], 10.0)], [0], 1)
    _, accounts, _ = planned(futures([_sun(10.0), without], [0.5, 0.5]))
    assert accounts.costs_kcur == pytest.approx((10.0, 10.0))


def test_a_plan_that_a_scenario_cannot_follow_has_no_solution() -> None:
    """Proves: half a MW of a supply that another plan buys cannot be taken over where none is on offer; where it is, it
    can. Catches: small purchases that are dropped in silence."""
    without, given = growth([energy_case([1.0], 10.0)], [0], 1), (Purchase("supply", "pv", 0.5, "MW", 0, 1),)
    for only, status in ((_sun(10.0), "optimal"), (without, "infeasible")):
        question = replace(futures([only], [1.0]), given=given)
        assert solve_scenarios(question, gap=1e-9, method="monolithic")[1].status == status


def _paid(spans: dict[tuple[int, int], int], prices: list[float], terms: AssetTerms, money: Money) -> float:
    """Present value of so many bought and retired at given starts; the plan lasts 5 years,
    its second stage starts at 2."""
    starts = [0, 2, 5]
    flows = {s: flow_of(prices[s[0]], terms, money, starts[s[0]], starts[s[1]], 5) for s in spans}
    return sum(n * worth(flows[s], money.discount_rate) for s, n in spans.items())


def _adapted(needed: list[int], first: int, prices: list[float], terms: AssetTerms, money: Money) -> float:
    """Least cost of owning at least `needed` in two stages with exactly `first` bought at time zero, by trying all."""
    best = float("inf")
    for a, b, c in product(range(4), repeat=3):
        if a + b == first and a + b >= needed[0] and b + c >= needed[1]:
            best = min(best, _paid({(0, 1): a, (0, 2): b, (1, 2): c}, prices, terms, money))
    return best


def _random(seed: int) -> tuple[Scenarios, list[list[float]]]:
    """Two or three scenarios of racks in halls of one rack over two stages; and per scenario its cost for every
    number of racks bought at time zero (halls are free), by trying everything."""
    rng = np.random.default_rng(seed)
    money = Money(
        5, float(rng.choice([0.0, 0.1])), escalation_capital=0.02, counts_residual_value=bool(rng.integers(2))
    )
    terms = AssetTerms(int(rng.integers(1, 7)), float(rng.choice([0.0, 0.2])), float(rng.choice([0.3, 1.0])))
    weights = rng.integers(1, 5, int(rng.integers(2, 4)))
    first_price, first_need = float(rng.integers(2, 15)), int(rng.integers(0, 3))
    growths, costs = [], []
    for _ in weights:
        needed, prices = [first_need, int(rng.integers(0, 4))], [first_price, float(rng.integers(2, 25))]
        energy = [float(e) for e in rng.integers(0, 4, 2)]
        cases: list[Case] = [
            hall_case((float(n), 0.5 * n), e, money=money, racks=(rack(idle_mw=0.0, cost_kcur=p, terms=terms),),
                      offers=(hall(it_mw=0.1, ex_works_k=0.0),))
            for n, e, p in zip(needed, energy, prices, strict=True)
        ]  # fmt: skip
        growths.append(growth(cases, [0, 2], 5))
        paid = sum(e * 0.15 * n / (1 + money.discount_rate) ** y
                   for n, e, years in zip(needed, energy, ((1, 2), (3, 4, 5)), strict=True) for y in years)  # fmt: skip
        costs.append([paid + _adapted(needed, b, prices, terms, money) for b in range(4)])
    return futures(growths, [float(w) for w in weights / weights.sum()]), costs


@pytest.mark.parametrize("seed", range(4))
def test_whole_and_in_months_agree_with_trying_everything(seed: int) -> None:
    """Proves expected cost and largest regret of small cases against every number of racks bought before it is known
    which scenario comes, each with its best sequel, and the decomposition against the whole problem."""
    question, costs = _random(seed)
    least = [min(own) for own in costs]
    mean = [sum(s.probability * own[b] for s, own in zip(question.scenarios, costs, strict=True)) for b in range(4)]
    worst = [max(own[b] - low for own, low in zip(costs, least, strict=True)) for b in range(4)]
    asked = with_regret(question)
    assert asked.least_kcur == pytest.approx(least, rel=1e-7, abs=1e-7)
    for method in METHODS:
        assert planned(question, method)[1].expected_kcur == pytest.approx(min(mean), rel=1e-7, abs=1e-7)
        _, accounts, bound = planned(asked, method)
        assert max(accounts.regret_kcur) == pytest.approx(min(worst), rel=2e-3, abs=1e-5)
        assert least_regret_kcur(asked, bound) <= min(worst) + 1e-5


def study(question: Scenarios, objective: str = "expected") -> ScenarioAnswer:
    options = ScenarioOptions(objective=objective, gap=1e-9)  # type: ignore[arg-type]
    return plan_scenarios([question], [()] * len(question.scenarios), options)


def _loads(load: float) -> Growth:
    """Energy at 10, supply at 6; one step of load."""
    return _sun(10.0, load, 6.0)


def test_worth_of_information_and_of_planning_for_all() -> None:
    """Loads of 2 or 0, alike likely; energy at 10, supply at 6 per MW. For the mean load of 1, supply of 1 is bought: 6
    and, with load 2, 10 more: 11 expected. For both, none: 20 or 0, 10 expected: 1 less. With the scenario known 12 or
    0, 6 expected: 4 less. Regrets of the plan 8 and 0, of supply of 2 (A's own) 0 and 12, of none (B's own) 8 and 0."""
    answer = study(futures([_loads(2.0), _loads(0.0)], [0.5, 0.5]))
    assert answer.accounts.expected_kcur == pytest.approx(10.0)
    assert answer.worth["information"].kcur == pytest.approx(4.0)
    assert answer.worth["stochastic"].kcur == pytest.approx(1.0, rel=1e-5)
    assert set(answer.worth) == {"information", "stochastic"}
    costs = {(d.kind, d.scenario): d.costs_kcur for d in answer.decisions}
    assert costs == {
        ("plan", ""): pytest.approx((20.0, 0.0)),
        ("mean", ""): pytest.approx((16.0, 6.0)),
        ("own", "A"): pytest.approx((12.0, 12.0), rel=1e-5),
        ("own", "B"): pytest.approx((20.0, 0.0), abs=1e-4),
    }


def test_worth_of_waiting_and_of_flexibility() -> None:
    """The plan of test_later_purchases_adapt costs 7.5; with the same purchases in both scenarios 9, all at once 11."""
    answer = study(_waiting())
    assert answer.worth["flexibility"].kcur == pytest.approx(1.5)
    assert answer.worth["waiting"].kcur == pytest.approx(3.5)
    assert answer.worth["information"].kcur == pytest.approx(0.0, abs=1e-6)


def test_a_plan_for_the_mean_may_not_serve_all() -> None:
    """A connection of 1 MW carries the mean load of 1 but not 2: supply of 1 is needed then, which the plan for the
    mean does not buy because energy costs less (1 a year against 6). For both: 6 + 0.5 * 1."""

    def own(load: float) -> Growth:
        pv = supply([1.0], cost_kcur_per_mw=6.0)
        return growth([energy_case([load], 1.0, limit_mw=1.0, supplies=(pv,))], [0], 1)

    answer = study(futures([own(2.0), own(0.0)], [0.5, 0.5]))
    mean = next(d for d in answer.decisions if d.kind == "mean")
    assert mean.costs_kcur == (None, pytest.approx(0.0))
    assert answer.worth["stochastic"].kcur is None
    assert answer.worth["stochastic"].reason == "the plan for mean inputs cannot serve A"
    assert answer.accounts.expected_kcur == pytest.approx(6.5)


def test_least_regret_is_told_beside_least_expected_cost() -> None:
    """Of energy at 1 or 10: the plan of least regret has 14/9, that of least expected cost 7; what information is worth
    is counted from the latter: 2.8 - 1.4."""
    answer = study(futures([_sun(1.0), _sun(10.0)], [0.8, 0.2]), "regret")
    assert max(answer.accounts.regret_kcur) == pytest.approx(14 / 9, rel=1e-3)
    beside = next(d for d in answer.decisions if d.kind == "expected")
    assert beside.costs_kcur == pytest.approx((1.0, 10.0))
    assert answer.worth["information"].kcur == pytest.approx(1.4)


def test_a_scenario_known_later_shares_more() -> None:
    """Three stages of a year; loads 1, then 2 and 2 (A) or none (B); energy at 10, supply at 6, 5, 8. Known from the
    second stage, 1 more is bought in A: 6 + 2.5. Known from the third, the second purchase is one decision too: 6 + 5,
    less than 12 for 2 at once, or 6 + 0.5 * (10 + 8) for waiting."""

    def own(loads: tuple[float, float, float]) -> Growth:
        money = Money(analysis_years=3, discount_rate=0.0)
        prices = (6.0, 5.0, 8.0)
        cases = [energy_case([x], 10.0, money=money, supplies=(supply([1.0], cost_kcur_per_mw=c),))
                 for x, c in zip(loads, prices, strict=True)]  # fmt: skip
        return growth(cases, [0, 1, 2], 3)

    soon = futures([own((1.0, 2.0, 2.0)), own((1.0, 0.0, 0.0))], [0.5, 0.5])
    late = replace(soon, scenarios=tuple(replace(s, known=2) for s in soon.scenarios))
    plan, accounts, _ = planned(soon)
    assert bought(plan)[0] == {0: pytest.approx(1.0), 1: pytest.approx(1.0)}
    assert accounts.expected_kcur == pytest.approx(8.5)
    plan, accounts, _ = planned(late)
    assert [b[1] for b in bought(plan)] == pytest.approx([1.0, 1.0])
    assert accounts.expected_kcur == pytest.approx(11.0)


def test_the_recheck_notices_what_is_wrong_between_scenarios() -> None:
    """Each decision, sum and regret altered by itself is noticed by the rule that is about it, and nothing else is."""
    question = with_regret(futures([_sun(1.0), _sun(10.0)], [0.5, 0.5]))
    plan, accounts, _ = planned(question)
    objective = objective_kcur(question, accounts)
    proof = Proof("optimal", objective, objective, 0.0, "monolithic")
    assert audit_scenarios(question, plan, accounts, proof).ok
    one, other = plan.plans
    (p,) = other.purchases
    more = replace(other, purchases=(replace(p, quantity=p.quantity + 0.1),))
    own = (accounts.scenarios[0], account_growth(question.scenarios[1].growth, more))
    unlike = ScenarioPlan((one, more))
    costs = account_scenarios(question, unlike)
    altered = [
        ("decided alike until scenarios are told apart", unlike, replace(costs, scenarios=own), None),
        ("expected cost [kcur]", plan, replace(accounts, expected_kcur=accounts.expected_kcur + 0.01), None),
        ("regret [kcur]", plan, replace(accounts, regret_kcur=(accounts.regret_kcur[0], 0.0)), None),
        ("one regret per scenario", plan, replace(accounts, regret_kcur=()), None),
        ("one plan and one account per scenario", ScenarioPlan((one,)), accounts, None),
        ("objective that was proven [kcur]", plan, accounts, replace(proof, objective_kcur=objective - 0.01)),
        ("bound not above the objective [kcur]", plan, accounts, replace(proof, bound_kcur=objective + 0.01)),
    ]
    for rule, wrong, told, proven in altered:
        found = audit_scenarios(question, wrong, told, proven).violations
        assert {v.check for v in found} == {rule}


def test_questions_that_cannot_be_asked() -> None:
    """Probabilities that sum to 1.1, stages of other years, a scenario known before anything is bought: refused."""
    one, other = (Scenario(n, 0.5, _sun(1.0)) for n in "AB")
    late = growth([energy_case([1.0], 1.0, money=FREE)], [0], 2)
    for parts, words in (
        ((one, replace(other, probability=0.6)), "sum to 1"),
        ((one, replace(other, growth=late)), "same years"),
        ((one, replace(other, known=0)), "known after"),
        ((one, replace(other, name="A")), "different names"),
    ):
        with pytest.raises(ValueError, match=words):
            Scenarios("tiny", parts)


def test_the_mean_of_cases() -> None:
    """Prices of 1 (0.25) and 5: 4 in each step; loads 2 and 6: 5; a count of 3 or 8 is that of the likelier case, and
    so is a cap of 7 where the other has none. Were the first the likelier, 3 would be the mean of its prices of 2 and
    6. Caught: the likelier figure taken for the mean where it is the lowest or the highest."""
    cases = [
        energy_case([load, load], price, offers=(hall(max_count=most, ex_works_k=load),), limits=cap)
        for load, price, most, cap in ((2.0, 1.0, 3, limits()), (6.0, 5.0, 8, limits(carbon_t_per_year=7.0)))
    ]
    found = mean_scenario(futures([growth([c], [0], 1) for c in cases], [0.25, 0.75]))
    case = found.growth.stages[0].case
    assert case.grid.import_price_kcur_per_mwh == pytest.approx([4.0, 4.0])
    assert case.site.plain_load_mw == pytest.approx([5.0, 5.0])
    assert (case.offers[0].max_count, case.offers[0].ex_works_k) == (8, pytest.approx(5.0))
    assert case.limits.carbon_t_per_year == 7.0
    turned = mean_scenario(futures([growth([c], [0], 1) for c in cases], [0.75, 0.25])).growth.stages[0].case
    assert turned.offers[0].ex_works_k == pytest.approx(3.0)


@pytest.mark.parametrize("seed", [1])
def test_shared_months_give_the_same_answers(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole study with months and cuts handed from question to question, and with each question solved by itself as
    one problem. Caught: a cut of one scenario taken for another's, a weight left out or counted twice (bounds above
    costs), decisions of the question before still held."""
    question, _ = _random(seed)
    alone = study(question)
    for name in ("WHOLE_UP_TO_STEPS", "DECOMPOSED_FROM_STEPS"):
        monkeypatch.setattr(f"planner.solving.sharing.{name}", 0)
    shared = study(question)
    assert shared.accounts.expected_kcur == pytest.approx(alone.accounts.expected_kcur, rel=1e-7)
    for subject, asked in alone.worth.items():
        assert (asked.kcur is None) == (shared.worth[subject].kcur is None)
        assert (shared.worth[subject].kcur or 0.0) == pytest.approx(asked.kcur or 0.0, rel=1e-5, abs=1e-5)
    for one, other in zip(alone.decisions, shared.decisions, strict=True):
        known = [(a, b) for a, b in zip(one.costs_kcur, other.costs_kcur, strict=True) if one.kind != "plan"]
        assert [a is None for a, _ in known] == [b is None for _, b in known]


@pytest.mark.parametrize("seed", [3])
def test_cases_with_everything_in_months_and_whole(seed: int) -> None:
    """A random case with storage, tariff, cooling, modules and limits; its energy 1.6 times as dear; 0.7 of its work.
    Least expected cost and least largest regret agree between the whole problem and the decomposition, and each plan
    passes the recheck. Caught: a linking variable of one scenario joined to another's, `spent` off by its floor."""
    case = random_case(seed)
    less = with_demand(case, {w.name: 0.7 for w in case.workloads})
    parts = zip("ABC", (0.5, 0.3, 0.2), (case, at_year(case, 0, 1.6), less), strict=True)
    asked = Scenarios("tiny", tuple(Scenario(name, p, one_stage(c)) for name, p, c in parts))
    least = tuple(solve_growth(s.growth, gap=1e-4)[1].objective_kcur for s in asked.scenarios)
    for question in (asked, replace(asked, objective="regret", least_kcur=least)):
        found = []
        for method in METHODS:
            plan, proof = solve_scenarios(question, gap=1e-4, method=method)  # type: ignore[arg-type]
            assert plan is not None and proof.status == "optimal"
            assert audit_scenarios(question, plan, account_scenarios(question, plan), proof).violations == ()
            found.append(proof)
        slack = 1e-6 * abs(found[0].objective_kcur)
        assert max(p.bound_kcur for p in found) <= min(p.objective_kcur for p in found) + slack
