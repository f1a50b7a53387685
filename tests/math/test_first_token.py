"""The month of the first token as something to trade: from when on a plan could start, and how much later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from handmade import plan_of
from tiny import PLAIN_TERMS, battery, energy_case, hall, hall_case, limits, power_unit, supply

from models.case import Case, Delay, Generator, Quotation
from models.design import Units
from models.first_token import applies, latest, opened, settled


def months(case: Case) -> tuple[float, int]:
    """First start that may be chosen, and how many months later the last one is."""
    case = opened(case)
    return case.limits.need_month, case.limits.delay.most_months


def racks(*offers: Any, **changes: Any) -> Case:
    """Work for racks, in halls of these offers."""
    return hall_case(offers=offers, **changes)


def load(**changes: Any) -> Case:
    """A load of 1 MW without racks."""
    return energy_case([1.0], **changes)


QUICK, SLOW = hall("quick", lead_months_p50=9.0), hall("slow", lead_months_p50=15.0)
ENGINE = Generator("engine", 1.0, 0.0, PLAIN_TERMS, max_units=1, lead_months_p50=4.0)
LATE = {"energised_month": 20.0}
"""A connection that is live in month 20."""


@pytest.mark.parametrize(
    ("case", "first", "later"),
    [
        pytest.param(racks(QUICK, SLOW), 9, 6, id="the quickest room, then the slowest"),
        pytest.param(racks(QUICK, hall(lead_months_p50=10.0)), 9, 1, id="a single month"),
        pytest.param(racks(QUICK, power_unit(lead_months_p50=2.0)), 9, 0, id="no racks without a room"),
        pytest.param(racks(QUICK, power_unit(lead_months_p50=12.0)), 9, 3, id="what is no room may be waited for"),
        pytest.param(racks(QUICK, batteries=(battery(lead_months_p50=14.0),)), 9, 5, id="storage may be waited for"),
        pytest.param(racks(QUICK, grid=LATE), 20, 0, id="racks without power"),
        pytest.param(racks(QUICK, grid=LATE, generators=(ENGINE,)), 9, 11, id="an engine bridges the connection"),
        pytest.param(racks(QUICK, limits=limits(delay=Delay(works_months=2.0))), 11, 0, id="site works"),
        pytest.param(racks(hall(lead_months_p50=9.6), SLOW), 9, 6, id="a broken month counts from its start"),
        pytest.param(racks(QUICK, hall(lead_months_p50=14.3)), 9, 6, id="and to its end"),
        pytest.param(racks(hall(lead_months_p50=9 - 1e-10), SLOW), 9, 6, id="rounding below a month"),
        pytest.param(racks(QUICK, hall(lead_months_p50=15 + 1e-10)), 9, 6, id="rounding above a month"),
        pytest.param(racks(QUICK, hall(lead_months_p50=100.0)), 9, 60, id="no more than five years are looked at"),
        pytest.param(load(grid=LATE, batteries=(battery(lead_months_p50=3.0),)), 20, 0, id="storage is no source"),
        pytest.param(load(grid=LATE, supplies=(supply([1.0], lead_months_p50=4.0),)), 4, 16, id="the sun is one"),
        pytest.param(load(grid=LATE, generators=(ENGINE,)), 4, 16, id="an engine is one"),
        pytest.param(load(grid=LATE, generators=(ENGINE,), offers=(SLOW,)), 4, 16, id="a hall that no work waits for"),
    ],
)
def test_the_first_start_and_the_last(case: Case, first: int, later: int) -> None:
    """Proves: service may start once there is a room for the racks and a source of power, and later for as long as
    anything on offer is still to come. Catches: a start without room or power, one that waits for what nobody needs,
    a month lost to rounding."""
    assert months(case) == (first, later)
    assert applies(case) is (later > 0)


def test_the_last_unit_of_a_factory_may_be_waited_for() -> None:
    """Proves: of three halls from month 9 on, one every two months, the last comes four months after the first.
    Catches: slots left out of the dates that can be traded."""
    three = replace(QUICK, max_count=3, quotation=Quotation(units_per_month=0.5))
    assert months(racks(three)) == (9, 4)


def test_work_without_rooms_on_offer_waits_for_the_connection_alone() -> None:
    """Proves: where nothing on offer holds racks, the connection dates the start. Catches: a search among no rooms."""
    assert months(hall_case(offers=(), grid=LATE)) == (20, 0)


def test_a_date_has_no_price_and_keeps_the_site_works() -> None:
    """Proves: what the workbook asks for late service is left out, site works stay. Catches: delay paid twice."""
    case = racks(QUICK, SLOW, limits=limits(need_month=11.0, delay=Delay(3, 5.0, 0.1, 0.0, 1.0)))
    found = opened(case).limits
    assert (found.need_month, found.delay.most_months, found.delay.works_months) == (10, 6, 1.0)
    assert (found.delay.kcur_per_month, found.delay.kcur_per_mtok) == (0.0, 0.0)


@pytest.mark.parametrize(("month", "later"), [(9.0, 0), (12.0 - 1e-10, 3), (12.7, 3), (8.0, -1)])
def test_the_latest_start_within_a_date(month: float, later: int) -> None:
    """Proves: a start by month 12.7 is one of month 12, three after the first possible one. Catches: a start after the
    date, a whole month lost to rounding."""
    assert latest(opened(racks(QUICK, SLOW)), month) == later


@pytest.mark.parametrize(("lead", "start"), [(7.0, 9.0), (9.0, 9.0), (11.0 + 1e-10, 11.0), (11.4, 12.0)])
def test_a_plan_starts_as_soon_as_all_of_it_can_serve(lead: float, start: float) -> None:
    """Proves: a plan whose hall comes in month 11.4 needs service in month 12, with no delay left in it; one whose hall
    comes earlier than anything else could serve starts with the first month. Catches: the start that was allowed told
    for the one that is kept, a delay counted beside it."""
    case = opened(racks(QUICK, SLOW))
    bought = replace(case, offers=(hall(lead_months_p50=lead),))
    asked, design = settled(bought, plan_of(bought, units=(Units("hall", 1, "R", "air"),), delay_months=6))
    assert (asked.limits.need_month, asked.limits.delay.most_months, design.delay_months) == (start, 0, 0)
