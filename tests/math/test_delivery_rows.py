"""Rows that tie what comes late to the start of service, with figures put in and no solver. Service is needed in month
12 and may start six months later."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from tiny import PLAIN_TERMS, battery, hall, hall_case, limits, rack, supply

from models.assembly import build_design
from models.case import Case, Delay, Generator, Money, Programme
from models.delivery import on_site
from models.quotation import Quotation

SLOTS = hall(it_mw=0.1, electrical_mw=0.1, heat_mw=0.1, lead_months_p50=11.0, max_count=3,
             quotation=Quotation(units_per_month=0.5))  # fmt: skip
"""A hall for one rack in month 11, one in 13, one in 15, and so on."""


def late_case(**changes: Any) -> Case:
    """Everything that can come late: storage in month 14 beside what is on site, sun in 15, engines in 12.5, the
    connection in 16 after an earlier step of 3 MW."""
    defaults: dict[str, Any] = {
        "limits": limits(need_month=12.0, delay=Delay(6, 5.0)),
        "limit_mw": 10.0,
        "grid": {"energised_month": 16.0, "earlier_mw": 3.0},
        "racks": (rack(max_racks=40),),
        "offers": (SLOTS, hall("soon", lead_months_p50=12.0)),
        "batteries": (battery(lead_months_p50=14.0, existing_mw=1.0, existing_mwh=2.0, max_mw=5.0, max_mwh=9.0),),
        "supplies": (supply([1.0, 1.0], max_mw=4.0, lead_months_p50=15.0),),
        "generators": (Generator("engine", 2.0, 0.0, PLAIN_TERMS, max_units=5, spare_units=2, lead_months_p50=12.5),),
    }
    return hall_case((5.0, 1.0), **{**defaults, **changes})


def most(row: Any, delivery: Any, late: int) -> float:
    """The most that a row allows of what it limits, for a start so many months late."""
    for k in delivery.late:
        delivery.late[k].set_value(1.0 if k <= late else 0.0)
    return float(pyo.value(row.upper if row.has_ub() else 0.0) - pyo.value(row.body))


def allowed(case: Case) -> dict[Any, list[float]]:
    """Of everything that comes late, the most that may be chosen at each start, from the one needed on."""
    model = build_design(case)
    for v in model.component_data_objects(pyo.Var):
        v.set_value(0.0, skip_validation=True)
    delivery = model.delivery
    rows = {key: row for name in ("units_on_site", "start_waits") if (part := delivery.component(name)) is not None
            for key, row in part.items()}  # fmt: skip
    assert not any(row.equality for row in rows.values())
    return {key: [most(row, delivery, late) for late in range(7)] for key, row in rows.items()}


def test_what_may_be_chosen_at_each_start() -> None:
    """Proves: halls as the factory makes them, up to the three that may be ordered; storage beside what is on site two
    months late, three usable engines one month late, sun three, the connection beyond its earlier step four. What is
    there in month 12 has no row. Catches: what is on site waited for, spare engines used, a month too soon."""
    found = allowed(late_case())
    assert {key: pytest.approx(values) for key, values in found.items()} == {
        "hall": [1, 2, 2, 3, 3, 3, 3],
        ("power", "battery"): [1, 1, 5, 5, 5, 5, 5],
        ("energy", "battery"): [2, 2, 9, 9, 9, 9, 9],
        ("supply", "pv"): [0, 0, 0, 4, 4, 4, 4],
        ("generator", "engine"): [0, 3, 3, 3, 3, 3, 3],
        ("connection", "grid"): [3, 3, 3, 3, 10, 10, 10],
    }


def test_what_needs_no_row() -> None:
    """Proves: what is there in the month needed, or whole on site already, waits for nothing; what comes in the last
    month allowed waits for that; what comes later is no choice. Catches: a row for what is there, a thing that is never
    there."""
    case = late_case(
        grid={"energised_month": 12.0},
        offers=(hall(lead_months_p50=12.0), hall("never", lead_months_p50=18.5)),
        batteries=(battery(lead_months_p50=14.0, existing_mw=5.0, existing_mwh=9.0, max_mw=5.0, max_mwh=9.0),),
        supplies=(supply([1.0, 1.0], max_mw=4.0, lead_months_p50=18.0), supply([1.0, 1.0], name="wind", max_mw=4.0,
                                                                              lead_months_p50=18.5)),
        generators=(),
    )  # fmt: skip
    assert allowed(case) == {("supply", "pv"): [0, 0, 0, 0, 0, 0, 4]}


def test_what_crosses_the_connection_waits_for_it() -> None:
    """Proves: whether the connection is live follows the start, four months late; of a programme's 4 MW the earlier
    step of 3 MW of peaks, 1.2 times the mean, could carry 2.5. Without power to sell or an interruption nobody asks
    whether it is live. Catches: a connection that is live by wish, a programme that pays before there is a way."""
    calls = Programme("calls", np.ones(2), 4.0, 9.0)
    grid = {"energised_month": 16.0, "earlier_mw": 3.0, "billing_factor": 1.2, "export_limit_mw": 5.0}
    found = allowed(late_case(grid=grid, programmes=(calls,)))
    assert found["live", "grid"] == [0, 0, 0, 0, 1, 1, 1]
    assert found["programme", "calls"] == pytest.approx([2.5, 2.5, 2.5, 2.5, 4, 4, 4])
    assert ("live", "grid") not in allowed(late_case(programmes=(calls,)))


def test_an_earlier_step_is_no_larger_than_the_connection() -> None:
    """Proves: an earlier step of 12 MW of a connection of 10 leaves nothing to wait for. Catches: more than is
    carried in the end."""
    assert ("connection", "grid") not in allowed(late_case(grid={"energised_month": 16.0, "earlier_mw": 12.0}))


@pytest.mark.parametrize(
    ("contract", "energised", "carried"),
    [(8.0, 16.0, [3, 3, 3, 3, 8, 8, 8]), (20.0, 16.0, [3, 3, 3, 3, 10, 10, 10]), (2.0, 16.0, 2.0), (8.0, 12.0, 8.0),
     (8.0, 19.0, 3.0)],
)  # fmt: skip
def test_a_settled_contract_at_each_start(contract: float, energised: float, carried: Any) -> None:
    """Proves: 8 MW settled on a connection of 10 MW are the 3 of its earlier step until it is live four months late,
    then 8; 20 are 10. What the earlier step carries, a connection that is live when needed or never are one figure and
    need no row. Catches: all of it at any start, more than the connection."""
    grid = {"energised_month": energised, "earlier_mw": 3.0, "contract_mw": contract}
    model = build_design(late_case(grid=grid))
    row = model.delivery.component("settle_contract")
    if isinstance(carried, float):
        assert row is None and model.grid.contract_mw.fixed and model.grid.contract_mw.value == carried
        return
    (row,) = row.values()
    model.grid.contract_mw.set_value(0.0)
    assert row.equality and not model.grid.contract_mw.fixed
    found = []
    for k in range(7):
        most(row, model.delivery, k)
        found.append(abs(pyo.value(row.upper) - pyo.value(row.body)))
    assert found == pytest.approx(carried)


def test_months_follow_each_other_and_are_paid() -> None:
    """Proves: month k is late only if month k - 1 is; two months late cost twice 5 after a tax of 40 %, for a case that
    allows no delay there is nothing. Catches: the third month without the second, a delay before tax."""
    model = build_design(late_case(money=Money(1, 0.0, 0.4)))
    delivery = model.delivery
    assert list(delivery.late) == [1, 2, 3, 4, 5, 6] and list(delivery.late_in_order) == [2, 3, 4, 5, 6]
    row = delivery.late_in_order[3]
    assert not row.equality
    delivery.late[2].set_value(0.0), delivery.late[3].set_value(1.0)
    assert pyo.value(row.body) - pyo.value(row.upper) == pytest.approx(1.0)
    most(row, delivery, 2)
    assert pyo.value(delivery.cost_kcur) == pytest.approx(2 * 5 * 0.6)
    assert pyo.value(row.body) <= pyo.value(row.upper)
    punctual = build_design(late_case(limits=limits(need_month=20.0))).component("delivery")
    assert punctual is None or punctual.component("late") is None


def test_on_site_by_the_start_chosen() -> None:
    """Proves: of at most 2.5 halls one is there in month 12, two in 13, 2.5 from 15 on; of nine a fourth in 17; of a
    sun in month 15 none until then. Catches: more than the most there is, a step counted twice."""
    case = late_case()
    starts = [SimpleNamespace(late={k: float(k <= late) for k in range(1, 7)}) for late in range(7)]
    assert [on_site(b, case, ("modules", "hall"), 2.5) for b in starts] == [1, 2, 2, 2.5, 2.5, 2.5, 2.5]
    assert [on_site(b, case, ("modules", "hall"), 9.0) for b in starts] == [1, 2, 2, 3, 3, 4, 4]
    assert [on_site(b, case, ("supply", "pv"), 4.0) for b in starts] == [0, 0, 0, 4, 4, 4, 4]
