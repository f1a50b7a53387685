"""When service starts: lead times, factory slots, site works, the price of a delay."""

import math
from dataclasses import replace

import pytest
from tiny import battery, demand, energy_case, hall, hall_case, limits, supply

from models.case import Delay, Quotation
from models.first_token import LONGEST_MONTHS, _spread
from models.timetable import most_on_site, schedule, start_month

BASE = 20.35
"""Two racks at 10 kcur and their energy, as in test_modules."""
SLOW_AND_CHEAP = hall(lead_months_p50=15.0)
FAST_AND_DEAR = hall("fast", ex_works_k=30.0, lead_months_p50=12.0)


def late(months, price, **changes):
    """A need in month 12, with a delay of at most so many months at a price each."""
    return limits(need_month=12.0, delay=Delay(months, price, **changes))


@pytest.mark.parametrize("price,delay,cost", [(5.0, 3, 7.0 + 15.0), (8.0, 0, 30.0)])
def test_a_delay_is_priced_against_a_dearer_module(plan, price, delay, cost):
    """Proves: a hall of 7 that comes three months late wins at 5 a month (22 against 30) and loses at 8 (31). Catches:
    a free delay (7 both times), a late offer left out (30 both times), a month lost in rounding (17)."""
    found = plan(hall_case(offers=(SLOW_AND_CHEAP, FAST_AND_DEAR), limits=late(6, price)))
    assert found.cost == pytest.approx(BASE + cost)
    assert found.design.delay_months == delay
    assert found.line("delay") == pytest.approx(delay * price)


def test_no_later_than_allowed(plan, refuse):
    """Proves: with two months allowed, three months late is no choice, however cheap. Catches: a limit not read."""
    assert plan(hall_case(offers=(SLOW_AND_CHEAP, FAST_AND_DEAR), limits=late(2, 0.0))).cost == pytest.approx(BASE + 30)
    refuse(hall_case(offers=(SLOW_AND_CHEAP,), limits=late(2, 0.0)))


def test_a_broken_month_counts_whole(plan):
    """Proves: 12.2 months of lead and half a month of site works are one month late, 13. Catches: rounding down (free),
    works left out (still 1: hence also 12.6 and two months)."""
    for lead, months in ((12.2, 1), (12.6, 2), (11.5, 0)):
        offer = hall(lead_months_p50=lead)
        found = plan(hall_case(offers=(offer,), limits=late(6, 4.0, works_months=0.5)))
        assert found.design.delay_months == months
        assert found.cost == pytest.approx(BASE + 7 + 4 * months)


@pytest.mark.parametrize("lead,works", [(1.1, 2.2), (1.0, 2.3)])
def test_a_month_that_floating_point_rounds_up_is_in_time(plan, refuse, lead, works):
    """Proves: 1.1 + 2.2 months, 3.3000000000000003 in floating point, serve a need in month 3.3 as 1.0 + 2.3 do, a
    connection live then too, and neither waits where a delay is allowed. Catches: a sum of months compared to the last
    digit: no plan, or a start that waits for month 0 of a delay."""
    offer, live = hall(lead_months_p50=lead), {"energised_month": 1.1 + 2.2}
    for most in (0, 3):
        asked = limits(need_month=3.3, delay=Delay(most, 5.0, works_months=works))
        found = plan(hall_case(offers=(offer,), grid=live, limits=asked))
        assert (found.cost, found.design.delay_months) == (pytest.approx(BASE + 7), 0)
    punctual = limits(need_month=3.3, delay=Delay(works_months=works))
    refuse(hall_case(offers=(hall(lead_months_p50=lead + 1e-6),), limits=punctual))


def test_factory_slots_limit_what_comes_in_time(plan, refuse):
    """Proves: single halls at 7, the first in month 10, one each two months: two by month 12, the third in 14. Three
    racks need two of them and a dear one at 30, or a delay of two months: at 10 a month 21 + 20, at 12 a month 14 + 30.
    Without slots all three come at once. Catches: slots that only date the units, the first unit counted late."""
    one_rack = {"it_mw": 0.1, "electrical_mw": 0.1, "heat_mw": 0.1, "lead_months_p50": 10.0}
    slow = hall(quotation=Quotation(units_per_month=0.5), **one_rack)
    dear = hall("dear", ex_works_k=30.0, **one_rack)
    base = plan(hall_case([3], offers=(replace(slow, quotation=Quotation()),), limits=late(0, 0.0))).cost - 21

    def cost(price, months=6, offers=(slow, dear)):
        return plan(hall_case([3], offers=offers, limits=late(months, price))).cost - base

    assert cost(10.0) == pytest.approx(21 + 20)
    assert cost(12.0) == pytest.approx(14 + 30)
    refuse(hall_case([3], offers=(slow,), limits=late(0, 0.0)))


def test_a_late_token_has_its_price_and_is_taxed_like_income(plan):
    """Proves: a month late costs a twelfth of the year's reference tokens, here 10 kcur of them, after a tax of 40 % 6.
    Catches: tokens of the year (72), before tax (10), a first cost (in the budget)."""
    case = hall_case([1.0, 1.0], offers=(hall(lead_months_p50=13.0),), limits=late(1, 0.0))
    tokens = plan(case).accounts.kpi["reference_mtok"]
    per_mtok = 10 * 12 / tokens
    taxed = replace(case, limits=late(1, 0.0, kcur_per_mtok=per_mtok), money=replace(case.money, tax_rate=0.4))
    found = plan(taxed)
    assert found.line("delay") == pytest.approx(6.0)
    assert found.accounts.kpi["first_cost_kcur"] == pytest.approx(plan(case).accounts.kpi["first_cost_kcur"])


def test_the_start_waits_for_the_connection(plan, refuse):
    """Proves: a connection live in month 14 lets service start two months late (2 x 3 = 6) and is then as good as any;
    with one month allowed there is no power. It is ordered at the award and whole in month 14. Catches: a late
    connection used at once (0), or never; one ordered later, or that comes in parts."""
    case = energy_case([1, 2], 10.0, grid={"energised_month": 14.0}, limits=late(2, 3.0))
    punctual = energy_case([1, 2], 10.0)
    found = plan(case)
    assert found.cost == pytest.approx(plan(punctual).cost + 6)
    assert found.design.delay_months == 2
    (connection,) = schedule(case, found.design).deliveries
    assert (connection.lead_months, connection.spread_months, connection.order_by_month) == (14.0, 0.0, 0.0)
    refuse(replace(case, limits=late(1, 3.0)))


@pytest.mark.parametrize("overrun,cost", [(None, 600 + 2 + 5), (1.0, 600 + 2 + 1)])
def test_overrun_does_not_walk_around_the_date_of_a_connection(plan, refuse, overrun, cost):
    """Proves: 1 MW from a connection live six months after the need, at 100 a month: 2 of energy and a contract of 5,
    or, where that has a price, overrun of 1 for the one month there is. With five months allowed there is no power.
    Catches: power that is paid as overrun before there is a connection (3, and no recheck passes it)."""
    grid = {"energised_month": 18.0, "contract_kcur_per_mw_year": 5.0, "overrun_kcur_per_mw_month": overrun}
    case = energy_case([1.0, 1.0], limit_mw=10.0, grid=grid, limits=late(12, 100.0))
    found = plan(case)
    assert (found.cost, found.design.delay_months) == (pytest.approx(cost), 6)
    refuse(replace(case, limits=late(5, 100.0)))


def test_overrun_of_a_settled_contract_waits_for_the_connection(plan):
    """Proves: 2 MW are settled and an earlier step carries them; 8 MW for an hour exceed them by 6 at 1 and wait for
    month 18, whatever pays for them: 600 + 9 of energy + 10 + 6. With 6 MW of sun in that hour nothing waits: 3 + 10.
    Catches: a date that the contract keeps and the import does not."""
    grid = {"energised_month": 18.0, "earlier_mw": 2.0, "contract_mw": 2.0, "contract_kcur_per_mw_year": 5.0,
            "overrun_kcur_per_mw_month": 1.0}  # fmt: skip
    case = energy_case([1.0, 8.0], limit_mw=10.0, grid=grid, limits=late(12, 100.0))
    found = plan(case)
    assert (found.cost, found.design.delay_months) == (pytest.approx(625), 6)
    sunny = plan(replace(case, supplies=(supply([0.0, 1.0], max_mw=6.0),)))
    assert (sunny.cost, sunny.design.delay_months) == (pytest.approx(13), 0)


@pytest.mark.parametrize("load,most,cost,contract,delay", [
    (1.0, 0, 2 + 5, 5, 0), (1.0, 12, 2 + 5, 5, 0), (6.0, 12, 12 + 10 + 600, 10, 6), (6.0, 5, None, None, None),
])  # fmt: skip
def test_a_settled_contract_does_not_force_a_wait(plan, refuse, load, most, cost, contract, delay):
    """Proves: of 10 MW settled at 1 kcur/MW the earlier step carries 5 until month 18. A load of 1 MW starts on those,
    whether it may wait or not; 6 MW wait six months at 100 and pay for all 10, or have no plan. Catches: the whole
    contract at any start, so that to be allowed to wait costs 600 more; a contract that is a choice (2 + 1)."""
    grid = {"energised_month": 18.0, "earlier_mw": 5.0, "contract_mw": 10.0, "contract_kcur_per_mw_year": 1.0}
    case = energy_case([load, load], limit_mw=12.0, grid=grid, limits=late(most, 100.0))
    if cost is None:
        return refuse(case)
    found = plan(case)
    assert found.cost == pytest.approx(cost)
    assert (found.design.contract_mw, found.design.delay_months) == (pytest.approx(contract), delay)


@pytest.mark.parametrize("price,waits", [(1.0, True), (9.0, False)])
def test_late_sun_is_worth_waiting_for_only_if_it_saves_more(plan, price, waits):
    """Proves: a source of 1 MW that comes three months late and saves 10 a step is waited for at 1 a month, not at 9.
    Catches: sources that come late for free, or never."""
    sun = supply([1.0, 1.0], lead_months_p50=15.0, cost_kcur_per_mw=0.0)
    case = energy_case([1, 1], 10.0, supplies=(sun,), limits=late(3, price))
    found = plan(case)
    assert found.design.delay_months == (3 if waits else 0)
    assert found.cost == pytest.approx(3.0 if waits else 20.0)


def test_the_best_start_is_the_best_of_all_starts(plan):
    """Proves: with any delay allowed the cost is the least, over the delays, of the case that needs service that month
    plus the delay's price. Catches: any row that ties a thing to the wrong month."""
    steps = tuple(hall(f"m{k}", ex_works_k=40.0 - 6 * k, lead_months_p50=11.0 + k) for k in range(5))
    for price in (4.0, 6.5, 20.0):
        case = hall_case(offers=steps, limits=late(4, price))
        each = [plan(replace(case, limits=limits(need_month=12.0 + k))).cost + price * k for k in range(5)]
        assert plan(case).cost == pytest.approx(min(each))


def test_a_demand_charge_and_a_late_connection(plan):
    """Proves: the highest import stays within the contract that the start allows when a charge watches it. Catches: a
    contract that is not a choice while the connection may be late."""
    charge = demand([2.0], 2)
    case = energy_case([1, 2], 10.0, grid={"energised_month": 13.0, "demand_charges": (charge,)}, limits=late(1, 1.0))
    assert plan(case).cost == pytest.approx(plan(replace(case, limits=limits(need_month=13.0))).cost + 1)


def test_a_battery_on_site_is_not_waited_for(plan):
    """Proves: without a month of need service starts at once with 5 MWh that are on site, though a battery takes 9
    months; with more than those it waits. Catches: what is on site ordered again, or counted twice."""
    store = battery(existing_mw=5.0, existing_mwh=5.0, lead_months_p50=9.0)
    found = plan(energy_case([1.0], batteries=(store,)))
    assert found.design.battery_mwh["battery"] == pytest.approx(5.0)
    assert start_month(found.case, found.design) == 0.0
    assert start_month(found.case, replace(found.design, battery_mwh={"battery": 6.0})) == 9.0


@pytest.mark.parametrize(("most", "months"), [(3, 4.0), (1, 0.0), (None, LONGEST_MONTHS)])
def test_how_long_a_factory_takes_for_all_it_sells(most, months):
    """Proves: at a slot every two months the last of three comes four months after the first; of any number as late as
    is looked at. Catches: an offer with a largest order that never ends."""
    assert _spread(hall(max_count=most, quotation=Quotation(units_per_month=0.5))) == months


def test_each_item_has_its_own_lead_time():
    """Proves: of two supplies the one that comes at once is free to serve in month 12, the other not. Catches: the lead
    time of whichever stands first."""
    late, soon = supply([1.0], name="wind", lead_months_p50=99.0), supply([1.0])
    case = energy_case([1.0], supplies=(late, soon))
    found = [most_on_site(case, ("supply", name), 12.0) for name in ("wind", "pv")]
    assert found == [0.0, math.inf]


def test_only_units_are_whole(plan):
    """Proves: 1.4 MWh of storage with a lead time are dated as 1.4 MWh, two halls as two. Catches: everything rounded
    to whole units, or nothing."""
    store = battery(min_mwh=1.4, max_mwh=1.4, lead_months_p50=4.0)
    offer = hall(it_mw=0.1, electrical_mw=0.1, heat_mw=0.1, lead_months_p50=9.0)
    found = plan(hall_case(offers=(offer,), batteries=(store,), limits=limits(need_month=12.0)))
    design = replace(found.design, units=tuple(replace(u, count=u.count + 1e-9) for u in found.design.units))
    dated = {d.item: d.quantity for d in schedule(found.case, design).deliveries}
    assert dated["battery"] == pytest.approx(1.4)
    assert dated["hall"] == 2
