"""What each subject is worth, solved by hand."""

from dataclasses import replace

import numpy as np
import pytest
from tiny import cooling_unit, hall_case, limits, power_unit, room, supply

from models.audit import audit
from models.case import Electrical, Generator, PowerPurchase, Programme, Redundancy
from models.design import Answer, AuditReport, Proof
from planner.solving.sharing import QuestionFamily
from planner.studies.plan import PlanOptions
from planner.studies.without import LEAST_S, without_each_subject


def _answer(found, *others, method="monolithic"):
    report = audit(found.case, found.design, found.accounts, found.proof)
    answer = Answer(found.case, found.design, found.accounts, found.proof, report)
    removals = without_each_subject(answer, others, PlanOptions(gap=0.0, method=method))
    return {(r.subject, r.item): r for r in removals}


def test_the_choice_of_architecture(plan):
    """Proves: two racks of 10 in a hall of 7 draw 0.35 MWh at 1; the other architecture loses half of it on top, 0.175,
    and that is what the choice saves; an architecture under another tariff is no subject. Catches: the loss of the
    plan's own chain counted, a change of tariff passed off as one of architecture."""
    found = plan(hall_case(electrical=Electrical("A", 0.0, 0.0)))
    assert found.cost == pytest.approx(27.35)
    other = hall_case(electrical=Electrical("B", 0.0, 0.5))
    elsewhere = hall_case(electrical=Electrical("C", 0.0, 0.5), grid={"tariff": "night"})
    (removal,) = _answer(found, found.case, other, elsewhere).items()
    assert removal[0] == ("architecture", "B")
    assert (removal[1].change_low_kcur, removal[1].change_high_kcur) == pytest.approx((0.175, 0.175))
    known = Proof("optimal", 40.0, 39.0, 0.0, "monolithic")  # of the solve that chose: not made again
    answer = Answer(
        found.case, found.design, found.accounts, found.proof, AuditReport(1, 0.0), choices={("", "B"): known}
    )
    (told,) = without_each_subject(answer, (other,), PlanOptions())
    assert (told.objective_kcur, told.change_low_kcur) == pytest.approx((40.0, 39.0 - 27.35))


def test_sources_used_and_unused(plan):
    """Proves: free sun of 0.2 MW in step 0 saves 0.2 at price 1, all that two racks draw then; a dear one, a generator
    of dear fuel and a programme without pay are not in the plan, which stands without them: nothing is solved, nothing
    changes. Catches: unused means priced at the gap of another solve, a source forgotten."""
    sun = supply([1.0, 0.0], max_mw=0.2)
    dear = supply([1.0, 1.0], name="dear", cost_kcur_per_mw=1000.0)
    engine = Generator("engine", 1.0, 500.0, sun.terms, max_units=2, fuel_mwh_per_mwh=2.0, fuel_kcur_per_mwh=9.0)
    calls = Programme("calls", np.array([1.0, 0.0]), baseline_mw=0.0, max_mw=1.0)
    found = plan(hall_case(supplies=(sun, dear), generators=(engine,), programmes=(calls,)))
    removals = _answer(found)
    assert removals["supply", "pv"].change_low_kcur == pytest.approx(0.2)
    for key in (("supply", "dear"), ("generator", "engine"), ("programme", "calls")):
        assert not removals[key].in_plan and removals[key].objective_kcur == pytest.approx(found.cost)
        assert removals[key].change_high_kcur == pytest.approx(0.0, abs=1e-6)


def test_redundancy_and_load_that_may_be_lost(plan):
    """Proves: two racks of 10 in a room with N+1 power units of 3 (one carries them) and a cooling unit of 2; without
    redundancy one unit less. In step 1 half of the 0.2 MW is missing: 0.05 MWh are lost at 50; if none may be lost
    there is no plan. Catches: redundancy of the chain kept, a permission priced as a duty."""
    chain = Electrical("chain", 0.0, 0.0, redundancy=Redundancy(spare_units=1))
    short = {"available_pu": np.array([1.0, 0.5]), "lost_load_kcur_per_mwh": 50.0}
    offers = (room(), power_unit(), cooling_unit())
    removals = _answer(plan(hall_case(offers=offers, electrical=chain, limit_mw=0.2, grid=short)))
    assert removals["redundancy", ""].change_high_kcur == pytest.approx(-3)
    assert removals["lost_load", ""].objective_kcur == float("inf")


def test_a_subject_takes_no_longer_than_the_plan_did(plan, monkeypatch):
    """Proves: each subject may take LEAST_S, or as long as a plan that took more; one that is not known by then is told
    as not computed, and the next is still solved. Catches: a study of which one subject has no end, one that ends with
    it."""
    chain = Electrical("chain", 0.0, 0.0, redundancy=Redundancy(spare_units=1))
    short = {"available_pu": np.array([1.0, 0.5]), "lost_load_kcur_per_mwh": 50.0}
    offers, limits_s, solved = (room(), power_unit(), cooling_unit()), [], QuestionFamily.solve

    def slow(self, question, **options):
        limits_s.append(options["time_limit"])
        if len(limits_s) == 1:
            return None, Proof("limit", np.inf, -np.inf, 1.0, "decomposed", ("3 rounds", "time limit"))
        return solved(self, question, **options)

    monkeypatch.setattr(QuestionFamily, "solve", slow)
    found = plan(hall_case(offers=offers, electrical=chain, limit_mw=0.2, grid=short))
    told = list(_answer(found).values())
    assert limits_s == [LEAST_S] * len(limits_s) and len(limits_s) > 2
    assert [r.is_computed for r in told if r.in_plan][:2] == [False, True]
    limits_s.clear()
    _answer(replace(found, proof=replace(found.proof, seconds=1000.0)))
    assert limits_s == [1000.0] * len(limits_s)


def test_contracts_and_shares_of_clean_energy(plan):
    """Proves: a contract at 0.4 saves 0.6 of 1 a MWh on the energy of the first step, 0.2 MWh; a dear one is not in the
    plan. A share of all clean over the year, covered by 0.35 MW of the cheap one, costs what lies between: 0.15 MWh
    lost at 0.4. Catches: a duty priced as a means, a contract forgotten."""
    cheap = PowerPurchase("cheap", np.array([1.0, 0.0]), 0.4, max_mw=1.0)
    dear = PowerPurchase("dear", np.array([1.0, 1.0]), 4.0, max_mw=1.0)
    found = plan(hall_case(purchases=(cheap, dear)))
    removals = _answer(found)
    assert removals["contract", "cheap"].change_low_kcur == pytest.approx(0.2 * 0.6)
    assert not removals["contract", "dear"].in_plan and ("clean_share", "") not in removals
    asked = _answer(plan(hall_case(purchases=(cheap,), limits=limits(clean_share_yearly=1.0))))
    assert asked["clean_share", ""].change_high_kcur == pytest.approx(-0.15 * 0.4)
    assert asked["contract", "cheap"].objective_kcur == float("inf")


def test_one_search_serves_all_that_is_left_out_by_bounds(plan):
    """Proves: by decomposition, sizes held at zero in one search cost what the cases without them cost; and 1 MW of a
    dear source would pay from 0.15 per MW down (what it saves in step 1, where there is no sun), a contract from 0.175
    per MWh (0.35 saved, 2 MWh delivered) but for the sun, so 0.15 / 2, an engine of dear fuel not even as a gift.
    Catches: a size left free, savings spread over the wrong quantity, the price of the gap."""
    sun = supply([1.0, 0.0], max_mw=0.2)
    dear = supply([1.0, 1.0], name="dear", cost_kcur_per_mw=1000.0, max_mw=1.0)
    engine = Generator("engine", 1.0, 500.0, sun.terms, max_units=2, fuel_mwh_per_mwh=2.0, fuel_kcur_per_mwh=9.0)
    steady = PowerPurchase("steady", np.array([1.0, 1.0]), 4.0, max_mw=1.0)
    found = plan(hall_case(supplies=(sun, dear), generators=(engine,), purchases=(steady,)))
    whole, shared = _answer(found), _answer(found, method="decomposed")
    assert whole.keys() == shared.keys()
    for key, removal in whole.items():
        assert removal.break_even is None
        assert shared[key].objective_kcur == pytest.approx(removal.objective_kcur, abs=1e-5)
    price = {item: r.break_even for (_, item), r in shared.items() if r.break_even is not None}
    assert (price["dear"].low_kcur, price["dear"].high_kcur) == pytest.approx((0.15, 0.15), abs=1e-4)
    assert price["steady"].high_kcur == pytest.approx(0.075, abs=1e-4)
    assert price["engine"].high_kcur == pytest.approx(0.0, abs=1e-4)


def test_a_firm_connection(plan):
    """Proves: a connection cut to nothing in step 1, where two racks, one busy, need 0.15 MW, is bridged by an engine
    of 50 a MW; a firm one does without: the plan costs 27.35 again. Catches: the sign, interruptions that stay
    in the case."""
    engine = Generator("engine", 0.2, 50.0, supply([0.0, 0.0]).terms, max_units=1)
    cut = {"available_pu": np.array([1.0, 0.0])}
    found = plan(hall_case(grid=cut, generators=(engine,)))
    removals = _answer(found)
    firm = removals["interruptions", ""]
    assert firm.objective_kcur == pytest.approx(min(27.35, found.cost), abs=1e-6)
    assert firm.change_high_kcur == pytest.approx(firm.objective_kcur - found.cost) and firm.change_high_kcur < 0
    assert removals["generator", "engine"].objective_kcur == float("inf")
