"""Fronts of cost against energy, carbon and water that are known by hand; which plans are better than which; families
of cases whose yearly limits differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tiny import air, battery, energy_case, flat_curve, hall, hall_case, point, rack, supply

from models.case import AssetTerms, Case, Delay, Generator, Limits
from models.design import Answer, AuditReport
from models.front import Front, FrontPoint, efficient, extra, is_better, is_tighter, kind_of, kinds, price_between
from models.yearly import CRITERIA, limited, most, used
from planner.solving import solve
from planner.solving.family import CaseFamily
from planner.studies import pareto as study
from planner.studies.near_best import NearOptions, run_near_best
from planner.studies.pareto import NothingToTrade, ParetoOptions, run_pareto
from planner.validate import ValidatedCase

SAVER = rack("S", cost_kcur=13.0, idle_mw=0.02)


def two_racks() -> Case:
    """Four racks' worth of work in one hour. R costs 10 and takes 0.1 MWh; S costs 13 and takes 0.04. A hall costs 7
    and holds one kind of rack, so that with n savers the plan costs 47.4 + 2.94 n, and 7 more for 0 < n < 4; it takes
    0.1 - 0.015 n Wh per 1,000 tokens."""
    return hall_case(
        (4.0,), racks=(rack(), SAVER), operating_points=(point(), point("S", full_mw=0.04)), offers=(hall(),)
    )


def sunny() -> Case:
    """1 MW for two hours at 1 kcur/MWh and 0.5 t/MWh; a MW of PV gives 1 MWh in the first, for 5 kcur. With p MW:
    2 + 4 p kcur, 1 - 0.5 p t."""
    pv = supply([1.0, 0.0], cost_kcur_per_mw=5.0, max_mw=1.0)
    case = energy_case([1.0, 1.0], supplies=(pv,))
    return replace(case, grid=replace(case.grid, carbon_t_per_mwh=0.0 * case.grid.carbon_t_per_mwh + 0.5))


def front(case: Case, *against: str, points: int = 5) -> Front:
    """The front of a case at no gap."""
    options = ParetoOptions(against or ("tokenergy",), points, gap=1e-9)
    return run_pareto(ValidatedCase(case, (), (), 0, 0), options)


def test_two_racks_trade_cost_for_energy():
    """Proves the whole front against all five designs by hand: n = 0, 1, 4 at 47.4, 57.34 and 59.16. Two and three
    savers (60.28, 63.22) cost more than four and use more. Each of the three is of another kind: R, both, S. Catches: a
    dominated point kept, a point lost, a limit in the wrong unit, kinds told by counts."""
    found = front(two_racks())
    assert [p.cost_kcur for p in found.points] == pytest.approx([47.4, 57.34, 59.16])
    assert [p.values["tokenergy"] for p in found.points] == pytest.approx([0.1, 0.085, 0.04])
    assert kinds([p.answer for p in found.points]) == [0, 1, 2]
    assert all(p.answer.proof.status == "optimal" and p.answer.audit.ok for p in found.points)
    assert found.least["tokenergy"].bound == pytest.approx(0.04, rel=3e-3)
    price = price_between(found.points[1], found.points[0], "tokenergy")
    assert price is not None and price.low == pytest.approx(9.94 / 0.015) == pytest.approx(price.high)


def test_the_limit_of_the_workbook_is_not_held():
    """Proves: a target of 0.09 in the workbook does not take the cheaper plan away: what the target costs is the
    question. Catches: the front beginning at the target."""
    case = two_racks()
    aimed = replace(case, limits=replace(case.limits, tokenergy_wh_per_ktok=0.09))
    assert [p.cost_kcur for p in front(aimed).points] == pytest.approx([47.4, 57.34, 59.16])


def test_carbon_is_evenly_spaced_and_priced():
    """Proves: five points from 1 t down to 0.5 t (as near as the least is proven), an eighth of a tonne apart,
    8 kcur a tonne between each two. Catches: carbon counted twice, limits spaced by cost, a price per MWh."""
    found = front(sunny(), "carbon")
    assert [p.values["carbon"] for p in found.points] == pytest.approx([1, 0.875, 0.75, 0.625, 0.5], abs=1.5e-3)
    prices = [price_between(b, a, "carbon") for a, b in zip(found.points, found.points[1:], strict=False)]
    assert [price.high for price in prices if price] == pytest.approx([8.0] * 4, rel=1e-4)


def two_halls(**changes: Any) -> Case:
    """Racks in a hall for 7 kcur that can serve in month 15, or one for 12 in month 9, or a room with power and
    cooling of its own for 9 in month 12."""
    cheap, quick = hall(lead_months_p50=15.0), hall("quick", ex_works_k=12.0, lead_months_p50=9.0)
    between = hall("between", ex_works_k=9.0, lead_months_p50=12.0)
    return hall_case(offers=(cheap, between, quick), **changes)


@pytest.mark.parametrize("need", [1200.0, 11.5])
def test_an_earlier_first_token_is_traded_for_cost(need):
    """Proves: 15, 12 and 9 months at 7, 9 and 12 kcur of hall, whatever month the workbook needs and whatever it asks
    for late ones; each plan is rechecked as one that is needed when it starts. Nothing serves before month 9. With
    carbon at once the same three stand, for none of them saves any. Catches: delay priced twice, a start told as the
    limit that was asked for, the month needed taken for the first possible one."""
    case = two_halls(limits=Limits(need_month=need, delay=Delay(most_months=2, kcur_per_month=1.0)))
    found = front(case, "first-token")
    assert [p.values["first-token"] for p in found.points] == pytest.approx([15, 12, 9])
    assert [p.cost_kcur - found.points[0].cost_kcur for p in found.points] == pytest.approx([0, 2, 5])
    assert found.least["first-token"].bound == 9
    last = found.points[-1].answer
    assert last.case.limits.need_month == found.points[-1].values["first-token"] and last.audit.ok
    assert not last.design.delay_months and kinds([p.answer for p in found.points]) == [0, 1, 2]


def test_date_and_carbon_and_energy_at_once():
    """Proves: three criteria at once, of which the date can be traded alone: no plan is dominated. Catches: a bound of
    a date lost where a yearly limit is set too."""
    case = two_halls()
    case = replace(case, grid=replace(case.grid, carbon_t_per_mwh=0.0 * case.grid.carbon_t_per_mwh + 0.5))
    found = front(case, "first-token", "carbon", "tokenergy", points=8)
    assert [p.values["first-token"] for p in found.points] == [15, 9]
    assert not any(is_better(a, b) for a in found.points for b in found.points if a is not b)


def test_two_criteria_at_once():
    """Proves: wet cooling takes 0.4 MWh and 0.4 m3, dry cooling 0.6 MWh and no water. Both stand on the front; both
    leasts together are proven out of reach. Catches: a grid that loses the impossible corner, or the free corner."""
    case = hall_case(
        (4.0,),
        cooling=(air("wet", curve=flat_curve(0.0, 1.0)), air("dry", curve=flat_curve(0.5))),
        offers=(hall("W", cooling="wet"), hall("D", cooling="dry")),
    )
    found = front(case, "tokenergy", "water", points=4)
    assert [p.cost_kcur for p in found.points] == pytest.approx([47.4, 47.6])
    assert [p.values["water"] for p in found.points] == pytest.approx([0.4, 0.0], abs=1e-6)
    assert len(found.without_plan) == 1 and found.without_plan[0]["water"] == pytest.approx(0.0, abs=1e-6)


def test_nothing_to_save():
    """Proves: with one rack there is one point, and its proof that nothing uses less; a case without tokens or water is
    told so. Catches: nine copies of one plan, a division by no tokens."""
    found = front(hall_case((4.0,)))
    assert len(found.points) == 1 and found.least["tokenergy"].bound == pytest.approx(0.1, rel=3e-3)
    for name in ("tokenergy", "water"):
        with pytest.raises(NothingToTrade, match=name):
            front(sunny(), name)


def test_warm_points_are_as_good_as_cold_ones():
    """Proves on a year of two months with carbon that differs between them: each point's interval of bound and cost
    meets that of the same case solved from scratch. Catches: a cut of one limit used as if it held at another."""
    case = replace(sunny(), calendar=replace(sunny().calendar, month_of_step=(0, 1)))
    for p in front(case, "carbon", points=4).points:
        _, cold = solve(p.answer.case, gap=1e-9, method="decomposed")
        assert p.bound_kcur <= cold.objective_kcur * (1 + 1e-6) and cold.bound_kcur <= p.cost_kcur * (1 + 1e-6)


def test_interrupted_keeps_what_is_finished(monkeypatch):
    """Proves: Ctrl-C in the search for the third point gives the two found before, and says so; in the search for the
    first it is passed on. Catches: finished points lost."""
    calls, solved = [], CaseFamily.solve

    def until(last: int):
        def pressed(self, case, **options):
            calls.append(case)
            if len(calls) == last:
                raise KeyboardInterrupt
            return solved(self, case, **options)

        return pressed

    monkeypatch.setattr(CaseFamily, "solve", until(3))
    found = front(two_racks())
    assert found.stopped == "interrupted" and [p.cost_kcur for p in found.points] == pytest.approx([47.4, 57.34])
    calls.clear()
    monkeypatch.setattr(CaseFamily, "solve", until(1))
    with pytest.raises(KeyboardInterrupt):
        front(two_racks())


def test_better_means_in_everything():
    """Proves the filter on (cost, use): (3, 1) and (1, 3) stay, (3, 2) goes, of two alike one stays. Catches: a plan
    that is only cheaper taken as better, equal plans throwing each other out."""
    base = front(hall_case((4.0,))).points[0]

    def made(cost: float, use: float) -> FrontPoint:
        answer = replace(base.answer, proof=replace(base.answer.proof, objective_kcur=cost, bound_kcur=cost - 1))
        return replace(base, answer=answer, values={"tokenergy": use})

    kept = efficient([made(3, 1), made(1, 3), made(3, 2), made(3, 1)])
    assert [(p.cost_kcur, p.values["tokenergy"]) for p in kept] == [(1, 3), (3, 1)]
    assert not is_better(made(1, 3), made(3, 1))
    assert (extra(kept[1], kept[0]).low, extra(kept[1], kept[0]).high) == (1, 3)


@pytest.mark.parametrize("name", sorted(CRITERIA))
def test_what_stands_for_no_limit_limits_nothing(name, plan):
    """Proves: the largest use that could be takes nothing from a plan with cooling, water and carbon, and is above its
    use. Catches: a free criterion that binds."""
    carbon = sunny().grid.carbon_t_per_mwh[:1]
    case = hall_case((4.0,), cooling=(air(curve=flat_curve(0.2, 1.0)),), grid={"carbon_t_per_mwh": carbon})
    free = plan(case)
    held = plan(limited(case, {name: None}))
    assert held.cost == pytest.approx(free.cost)
    assert 0 < used(free.accounts, CRITERIA[name]) < most(case, CRITERIA[name])


def test_narrow_is_finer_than_the_proof_of_the_least():
    """Proves that a criterion is only called narrow where the least itself is not proven finer. Catches: the two
    constants drifting apart."""
    from planner.solving.least import GAP

    assert study.NARROW >= GAP and study.ROOM < GAP


# -- alternatives -----------------------------------------------------------------------------------------------------


def test_alternatives_differ_most_and_are_proven():
    """Proves on the two racks, budget 47.4 + 1.7 * 7.4 = 59.98 (7.4 is the cost without IT): first four savers (59.16),
    at a distance of 1 for the racks that go and 1 for those that come; then one saver in a hall of its own (57.34), at
    0.25 + 0.25 for racks and 1 for a second hall. Two savers (60.28) are too dear. Catches: the nearest found first, a
    budget of the whole cost, an alternative whose cost is not the least of its design."""
    found = run_near_best(ValidatedCase(two_racks(), (), (), 0, 0), NearOptions(count=2, within=1.7, gap=1e-9))
    assert [p.cost_kcur for p in found.points] == pytest.approx([47.4, 59.16, 57.34])
    assert [p.bound_kcur for p in found.points] == pytest.approx([47.4, 59.16, 57.34], rel=1e-5)
    assert [p.distance for p in found.points[1:]] == pytest.approx([2.0, 1.5])
    assert found.criteria == ("tokenergy",) and all(p.answer.audit.ok for p in found.points)


def test_an_alternative_keeps_its_storage():
    """Proves: at a flat price a battery is worth nothing; the alternative has one of all the 2 MWh that may be (four
    hours of the 1 MW is a wholly different size: distance 0.5), at 0.01 a MWh. Catches: the proof of the cost, or the
    trimming of what is idle, taking away what made it different."""
    store = battery(max_mw=1.0, max_mwh=2.0, energy_kcur_per_mwh=0.01)
    case = energy_case([1.0, 1.0], batteries=(store,))
    found = run_near_best(ValidatedCase(case, (), (), 0, 0), NearOptions(count=1, within=0.05, gap=1e-9))
    assert [p.distance for p in found.points] == [None, pytest.approx(0.5, rel=5e-3)]
    assert found.points[1].cost_kcur == pytest.approx(2.02, rel=1e-4)


def test_another_tariff_is_wholly_different():
    """Proves: of two tariffs at 1.0 and 1.01 kcur/MWh, the dearer one is an alternative at a distance of one, without
    anything else that differs. Catches: the choice between branches lost, its bound taken from one of them."""
    cheap = replace(energy_case([1.0, 1.0], 1.0), offers=())
    dear = energy_case([1.0, 1.0], 1.01)
    one, other = (replace(c, grid=replace(c.grid, tariff=n)) for c, n in ((cheap, "one"), (dear, "other")))
    found = run_near_best(ValidatedCase(one, (), (), 0, 0, options=(other,)), NearOptions(count=1, gap=1e-9))
    assert [p.answer.case.grid.tariff for p in found.points] == ["one", "other"]
    assert [p.cost_kcur for p in found.points] == pytest.approx([2.0, 2.02]) and found.points[1].distance == 1.0


def test_what_a_kind_of_design_holds(plan):
    """Proves: what is built is named by its subject, and traces of a size (a kW) are not. Catches: what is not built
    named in place of what is."""
    found = plan(energy_case([1.0], 10.0, supplies=(supply([1.0], max_mw=1.0),)))
    sizes = {"battery_mwh": {"LFP": 1.0, "old": 5e-4}, "cold_store_mwh": {"air": 2.0, "liquid": 0.0}}
    design = replace(found.design, supply_mw={"pv": 1.0, "wind": 5e-4}, generator_units={"a": 2, "b": 0}, **sizes)
    told = kind_of(Answer(found.case, design, found.accounts, found.proof, AuditReport(0, 0.0, ())))
    assert told["storage"] == {"LFP", "chilled water, air"} and told["supply"] == {"pv", "a"}


def test_more_than_any_plan_uses():
    """Proves: the limit in place of none counts connection (2 MW), PV (1) and all engines (3 of 2 MW), three times what
    the first two give. Catches: engines left out or taken off, which would cut plans that run on them alone."""
    engine = Generator("engine", 2.0, 0.0, AssetTerms(10), max_units=3, fuel_mwh_per_mwh=1.0)
    bare = hall_case(limit_mw=2.0, supplies=(supply([1.0, 1.0], max_mw=1.0),))
    most_of = [most(case, CRITERIA["tokenergy"]) for case in (bare, replace(bare, generators=(engine,)))]
    assert most_of[1] == pytest.approx(3 * most_of[0]) and most_of[0] > 0


@pytest.mark.parametrize(
    ("one", "other", "expected"), [(1.0, 2.0, True), (3.0, 2.0, False), (None, 2.0, False), (1.0, None, True)]
)
def test_limits_tighter_than_others(one: float | None, other: float | None, expected: bool) -> None:
    """Proves: limits are tighter if each is, and no limit at all is the loosest. Catches: a missing limit compared as a
    number, or taken for tight."""
    assert is_tighter({"carbon": one, "water": 5.0}, {"carbon": other, "water": 5.0}) is expected
