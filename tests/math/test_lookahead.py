"""Storage worked with a view of 24 hours, against sums by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_generators import engine
from tiny import PLAIN_TERMS, air, battery, demand, energy_case, flat_curve, hall_case, supply

from models.case import Case, ChilledWaterStore, HeatUser, PowerPurchase, Programme
from models.contracts import taken_mw
from models.design import Lookahead
from planner.solving import solve
from planner.solving.linear import Linear
from planner.studies.lookahead import lookahead


def seen(case: Case) -> Lookahead:
    design, _ = solve(case, gap=1e-9)
    assert design is not None
    found = lookahead(case, design)
    assert found is not None
    return found


def prices(steps: int, usual: float, **others: float) -> np.ndarray:
    price = np.full(steps, usual)
    for step, value in others.items():
        price[int(step[1:])] = value
    return price


def test_what_lies_beyond_the_horizon_is_missed() -> None:
    """2 MWh bought at 1 in the first hour store 1 MWh (half is lost), which is worth 3 in hour 40: a gain of 1. From
    the first hour only prices up to 1.9 are in sight: 1.9 for 2 is no bargain, and later nothing is cheap. All of the
    saving needs foresight. Catches a horizon that is too long, and content valued at later prices."""
    store = battery(max_mw=2.0, max_mwh=1.0, charge_efficiency=0.5)
    result = seen(energy_case([5.0] * 48, prices(48, 1.9, h0=1.0, h40=3.0), batteries=(store,)))
    assert result.idle_kcur - result.foresight_kcur == pytest.approx(1.0)
    assert result.share == pytest.approx(0.0, abs=1e-6)


def test_what_lies_within_the_horizon_is_kept() -> None:
    """1 MWh bought at 1 and used at 3 on each of two days saves 2 a day, with or without foresight of the year, and the
    store ends as it began. Catches a store that is drained at the end, or never carried over."""
    price = prices(48, 2.0, h2=1.0, h10=3.0, h26=1.0, h34=3.0)
    result = seen(energy_case([5.0] * 48, price, batteries=(battery(max_mw=1.0, max_mwh=1.0),)))
    assert result.idle_kcur - result.lookahead_kcur == pytest.approx(4.0)
    assert result.share == pytest.approx(1.0)


def test_peaks_so_far_are_carried_on() -> None:
    """Peaks of 3 on the first and 4 on the second day, at 10 per MW of the month: 1 MWh takes 1 MW off each, so the
    month is billed 3 instead of 4. Catches an operator who does not see demand charges."""
    load = np.full(48, 1.0)
    load[12], load[36] = 3.0, 4.0
    case = energy_case(
        load, grid={"demand_charges": (demand(10.0, 48),)}, batteries=(battery(max_mw=1.0, max_mwh=1.0),)
    )
    result = seen(case)
    assert result.idle_kcur - result.foresight_kcur == pytest.approx(10.0)
    assert result.share == pytest.approx(1.0)


def test_a_window_without_answer_costs_the_study_not_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: where HiGHS solves no window there is no look-ahead, and no error. Catches: a year's plan lost at its end
    because its operator could not be imitated."""
    case = energy_case([5.0] * 48, prices(48, 2.0, h2=1.0, h10=3.0), batteries=(battery(max_mw=1.0, max_mwh=1.0),))
    seen(case)
    design, _ = solve(case)
    assert design is not None
    monkeypatch.setattr(Linear, "solve", lambda self, arrays: None)
    assert lookahead(case, design) is None


def test_nothing_to_work_is_nothing_to_tell() -> None:
    """No storage, no figure; catches a share of nothing."""
    case = energy_case([1.0] * 24, supplies=(supply([1.0] * 24),))
    design, _ = solve(case)
    assert design is not None and lookahead(case, design) is None


def test_a_tank_beside_part_load_and_heat_sold() -> None:
    """Proves by hand: heat 0.15 at price 1, 0.2 at price 9; 0.05 of it is sold in each hour; 0.5 per heat, a fifth of
    full load standing, so each MWh of cold moved saves 0.8 * 0.4 * 8 = 2.56. What is left, 0.1 and 0.15, lets 0.1 be
    moved within the design heat of 0.2; a view of the whole day finds the same: idle costs 0.256 more. Catches: the
    fixed fifth taken for movable (0.32), cold discharged for heat that is sold."""
    store = ChilledWaterStore(0.0, PLAIN_TERMS, 10.0, distribution_pu=0.1, hours_to_fill=1.0)
    cooling = air(curve=flat_curve(0.5), store=store, fixed_share=0.2, return_c=40.0)
    town = HeatUser("town", 9.0, 40.0, np.array([0.05, 0.05]), 0.0, PLAIN_TERMS)
    found = seen(hall_case([1, 2], [1, 9], cooling=(cooling,), heat_users=(town,)))
    assert found.lookahead_kcur == pytest.approx(found.foresight_kcur)
    assert found.idle_kcur - found.foresight_kcur == pytest.approx(0.1 * 0.8 * 0.4 * 8)


def test_what_cannot_be_regained_at_the_end_is_bought_dearly() -> None:
    """A tank serves hour 2 and must end full again, but from hour 18 on all cooling is busy. Energy at 2.5 from hour 21
    to 23 tempts an operator to whom hour 47 is out of sight: the tank is empty when its refilling comes in sight.
    Catches: a year lost because its last day has no answer; a saving made by ending the year with less than it began.
    """
    store = ChilledWaterStore(0.0, PLAIN_TERMS, 10.0, distribution_pu=0.1, hours_to_fill=1.0)
    load = [1.0] * 18 + [2.0] * 30
    price = prices(48, 2.0, h2=9.0, h21=2.5, h22=2.5, h23=2.5)
    found = seen(hall_case(load, price, cooling=(air(curve=flat_curve(0.5), store=store, return_c=40.0),)))
    assert found.lookahead_kcur > found.foresight_kcur + 1e-3


def test_an_interruption_in_sight_is_prepared_for() -> None:
    """Without the grid in hour 30, 1 MWh must be stored before: seen from hour 12 on. All energy costs 1, so nothing is
    saved or lost; idle storage would be over the connection for one hour. Catches: an operator who imports through
    an interruption (1 hour over), and one who never hears of it."""
    open_pu = np.ones(48)
    open_pu[30] = 0.0
    found = seen(energy_case([1.0] * 48, batteries=(battery(max_mw=1.0, max_mwh=1.0),), grid={"available_pu": open_pu}))
    assert found.lookahead_kcur == pytest.approx(found.foresight_kcur) == pytest.approx(48.0)
    assert (found.lookahead_over_h, found.idle_over_h) == (0.0, 1.0)


def test_a_call_in_sight_is_answered() -> None:
    """Called in hour 40 for 1 MW below a baseline of 5: paid 10, kept by 1 MWh stored before. Catches: a commitment
    that the shorter view forgets (1 hour over), or one held against it in hours without a call."""
    called = np.zeros(48)
    called[40] = 1.0
    offer = Programme("DR", called, 5.0, 1.0, ready_kcur_per_mw_year=10.0)
    found = seen(energy_case([5.0] * 48, batteries=(battery(max_mw=1.0, max_mwh=1.0),), programmes=(offer,)))
    assert found.lookahead_kcur == pytest.approx(found.foresight_kcur) == pytest.approx(48 * 5 - 10)
    assert (found.lookahead_over_h, found.idle_over_h) == (0.0, 1.0)


def test_generators_run_as_planned() -> None:
    """An engine makes 1 of 2 MWh at 2 in hour 10, where the grid asks 5: the store moves the other from 1 to 5, a gain
    of 4. In hour 40, at 30, it must make 1 of 1.5 or nothing: the store gives 0.5, a gain of 0.5 * 29. Catches: what
    the engine gives bought as well; what is stored beyond the first content never used (1 lost)."""
    price = prices(48, 1.0, h10=5.0, h40=30.0)
    load = np.full(48, 2.0)
    load[40] = 1.5
    case = energy_case(
        load,
        price,
        batteries=(battery(max_mw=1.0, max_mwh=1.0),),
        generators=(engine(unit_mw=1.0, max_units=1, fuel_kcur_per_mwh=2.0, min_load_share=1.0),),
    )
    found = seen(case)
    assert found.idle_kcur - found.foresight_kcur == pytest.approx(4.0 + 0.5 * 29.0)
    assert found.share == pytest.approx(1.0)


def test_what_a_generator_gives_too_much_is_lost() -> None:
    """In hour 10 an engine of 2 MW at 2 runs in full beside a load of 1.5 (the grid asks 30), and the store keeps 0.5
    for hour 11 at 5. Idle, that half is lost: 0.5 * 5 more. Catches: a window or a bill without answer where more is
    given than drawn, the half sold or credited."""
    load = np.full(24, 2.0)
    load[10] = 1.5
    found = seen(
        energy_case(
            load,
            prices(24, 1.0, h10=30.0, h11=5.0),
            batteries=(battery(max_mw=0.5, max_mwh=0.5),),
            generators=(engine(max_units=1, fuel_kcur_per_mwh=2.0, min_load_share=1.0, max_run_h_per_year=1.0),),
        )
    )
    assert found.idle_kcur - found.foresight_kcur == pytest.approx(0.5 * 5.0)
    assert found.share == pytest.approx(1.0)


def test_savings_within_rounding_have_no_share() -> None:
    """Proves: savings of a billionth of the cost and less are none, of which no share survives; of 4 the half that is
    left is told. Catches: a threshold in money, whatever the cost."""
    assert Lookahead(24, 24, 1e6, 1e6, 1e6 + 1e-4).share is None
    assert Lookahead(24, 24, 1e6, 1e6 + 2, 1e6 + 4).share == pytest.approx(0.5)


def test_an_operator_stores_what_a_contract_delivers_beyond_the_load() -> None:
    """Proves: a contract of 2 MW in hour 2 at a fee of 0.1, beside a tariff of 1 and of 9 in hour 10: the load of 1
    takes one half, a battery of 1 MWh the other, and gives it in hour 10: 9 - 0.1 saved, with a day's view as with a
    year's. Catches: energy of the contract at the tariff's price (stored in any hour, 9 - 1), taken or billed twice."""
    delivers = np.zeros(48)
    delivers[2] = 1.0
    sleeved = PowerPurchase("sleeved", delivers, 0.0, max_mw=2.0, min_mw=2.0, delivery_kcur_per_mwh=0.1)
    store = battery(max_mw=1.0, max_mwh=1.0)
    case = energy_case([1.0] * 48, prices(48, 1.0, h10=9.0), purchases=(sleeved,), batteries=(store,))
    found = seen(case)
    assert found.idle_kcur - found.foresight_kcur == pytest.approx(8.9)
    assert found.lookahead_kcur == pytest.approx(found.foresight_kcur)
    assert found.idle_kcur == pytest.approx(46 + 0.1 + 9)


def test_contracts_supply_the_cheapest_first() -> None:
    """Proves: of an import of 3 a contract of 2 at 0.1 gives 2, one of 2 at 0.5 the rest; at a tariff of 0.3 only the
    first is used. Catches: an order by name, more than is imported, a contract used although the tariff is cheaper."""
    two = [
        PowerPurchase(n, np.ones(2), 1.0, max_mw=2.0, delivery_kcur_per_mwh=fee) for n, fee in (("b", 0.5), ("a", 0.1))
    ]
    case = energy_case([3.0, 3.0], [1.0, 0.3], purchases=tuple(two))
    design, _ = solve(case)
    assert design is not None
    taken = taken_mw(case, replace(design, purchase_mw={"a": 2.0, "b": 2.0}), np.array([3.0, 3.0]))
    assert taken["a"] == pytest.approx([2.0, 2.0]) and taken["b"] == pytest.approx([1.0, 0.0])
