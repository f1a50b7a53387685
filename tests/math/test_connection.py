"""What crosses a connection that is live later than needed: power sold, programmes, interruptions, solved by hand.

Service is needed in month 12, the connection of 10 MW is live in month 18, an earlier step carries a part of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from families import row_families
from handmade import plan_of
from tiny import energy_case, limits, supply

from models import connection
from models.assembly import build_design
from models.case import Case, Delay, Programme
from models.timetable import schedule

CALLS = Programme("calls", np.array([0.0, 1.0]), 3.0, 3.0, 21.0, 1.0)
"""A baseline and a most of 3 MW, 21 + 1 kcur for each of them in one called hour."""
SUN = (supply([1.0, 1.0], min_mw=5.0, max_mw=5.0),)
NEVER = limits(need_month=12.0)
OPEN = np.array([1.0, 0.5])


def waiting(price: float, most: int = 12) -> Any:
    return limits(need_month=12.0, delay=Delay(most, price))


def site(load: tuple[float, float] = (1.0, 1.0), **changes: Any) -> Case:
    """A load of 1 MW; every figure of `grid` beside the dates of the connection."""
    grid = {"energised_month": 18.0, **changes.pop("grid", {})}
    return energy_case(load, 1.0, limit_mw=10.0, **{"limits": waiting(100.0), **changes, "grid": grid})


SOLD = {"export_limit_mw": 10.0, "export_price_kcur_per_mwh": np.array([0.9, 0.9])}
EARLIER = {"earlier_mw": 2.0, "billing_factor": 1.25}


@pytest.mark.parametrize(
    ("grid", "asked", "cost", "delay"),
    [
        ({}, waiting(100.0), 0.0, 0),
        ({}, waiting(1.0), 6 - 7.2, 6),
        ({}, waiting(1.0, 5), 0.0, 0),
        ({}, NEVER, 0.0, 0),
        (EARLIER, waiting(100.0), -2 * 1.6 * 0.9, 0),
        (EARLIER, NEVER, -2 * 1.6 * 0.9, 0),
        ({**EARLIER, "available_pu": OPEN}, waiting(100.0), -(1.6 + 0.8) * 0.9, 0),
        ({"earlier_mw": 10.0}, waiting(100.0), -7.2, 0),
        ({"energised_month": 12.0}, waiting(100.0), -7.2, 0),
    ],
)
def test_power_is_sold_over_what_is_connected_at_the_start(
    plan: Any, grid: dict[str, Any], asked: Any, cost: float, delay: int
) -> None:
    """Proves: of 5 MW of sun 4 could be sold for 0.9 in two hours, 7.2, if the connection is live: waiting six months
    for that pays at 1 a month, not at 100. Before, an earlier step of 2 MW, peaks a quarter above the mean, sells 1.6
    MW, half of that in an interruption that leaves half, and one that carries all sells all. Catches: income from a
    connection that is not there, from more than it carries, without the peak; a limit where nothing is late."""
    found = plan(site(grid={**SOLD, **grid}, supplies=SUN, limits=asked))
    assert (found.cost, found.design.delay_months) == (pytest.approx(cost), delay)


@pytest.mark.parametrize(
    ("grid", "asked", "committed", "delay"),
    [
        ({}, waiting(100.0), 0.0, 0),
        ({}, waiting(10.0), 3.0, 6),
        ({}, NEVER, 0.0, 0),
        (EARLIER, waiting(10.0), 1.6, 0),
        (EARLIER, waiting(1.0), 3.0, 6),
        (EARLIER, NEVER, 1.6, 0),
        ({"energised_month": 12.0}, waiting(100.0), 3.0, 0),
    ],
)
def test_a_programme_pays_for_what_a_connection_could_carry(
    plan: Any, grid: dict[str, Any], asked: Any, committed: float, delay: int
) -> None:
    """Proves: 3 MW committed earn 66 where the connection is live, worth 60 for six months' wait, not 600; without one
    nothing is kept off the grid. An earlier step of 2 MW, peaks a quarter above the mean, could draw 1.6 MW: 35.2, and
    30.8 more are worth a wait at 1 a month, not at 10. Catches: pay for power that could not be drawn."""
    found = plan(site(grid=grid, supplies=SUN, programmes=(CALLS,), limits=asked))
    assert found.design.committed_mw["calls"] == pytest.approx(committed)
    price = asked.delay.kcur_per_month
    assert (found.cost, found.design.delay_months) == (pytest.approx(delay * price - 22 * committed), delay)


@pytest.mark.parametrize(
    ("load", "factor", "most", "cost", "delay"),
    [
        (2.5, 1.0, 12, 2 + 2.5, 0),
        (2.0, 1.25, 12, 2 + 2, 0),
        (2.1, 1.25, 12, 2 + 2.1 + 600, 6),
        (4.0, 1.0, 12, 2 + 4 + 600, 6),
        (4.0, 1.0, 5, None, None),
        (4.0, 1.25, 12, 2 + 4 + 600, 6),
        (4.1, 1.25, 12, None, None),
    ],
)
def test_an_interruption_leaves_a_part_of_what_is_live(
    plan: Any, refuse: Any, load: float, factor: float, most: int, cost: float | None, delay: int
) -> None:
    """Proves: half of an earlier step of 5 MW is 2.5 MW of peaks, half of the whole 5: 4 MW wait for the connection
    though the earlier step carries them uninterrupted, and 4.1 MW with peaks a quarter above the mean are never served.
    Catches: a share of the whole at a start before it is live (4 MW at once, which no recheck passes), peaks for
    means."""
    grid = {"earlier_mw": 5.0, "available_pu": OPEN, "billing_factor": factor}
    case = site((2.0, load), grid=grid, limits=waiting(100.0, most))
    if cost is None:
        return refuse(case)
    found = plan(case)
    assert (found.cost, found.design.delay_months) == (pytest.approx(cost), delay)


def test_rows_only_where_the_start_decides() -> None:
    """Proves: with power to sell or a part left by an interruption there are rows of the hours they concern; not where
    the connection is live when needed, never, or no larger than its earlier step, nor where all or nothing is left.
    Catches: rows of a case without a date."""
    late = {"export_at_start", "import_at_start"}

    def names(**grid: Any) -> list[str]:
        asked = limits(need_month=12.0) if grid.pop("never", False) else waiting(1.0)
        found = row_families(site(grid=grid, limits=asked, programmes=(CALLS,)))
        return sorted(name.partition(".")[2] for _, name in found if name.partition(".")[2] in late)

    cut = {"available_pu": OPEN}
    assert names(**SOLD) == ["export_at_start"] * 2
    assert names(**cut) == ["import_at_start"]
    assert names(**SOLD, **cut) == ["export_at_start"] * 2 + ["import_at_start"]
    assert names(**SOLD, available_pu=np.array([1.0, 0.0])) == ["export_at_start"]
    assert names() == names(available_pu=np.array([1.0, 0.0])) == []
    for other in ({"energised_month": 12.0}, {"never": True}, {"earlier_mw": 10.0}):
        assert names(**SOLD, **cut, **other) == []
        case = site(grid={**SOLD, **cut, **{k: v for k, v in other.items() if k != "never"}},
                    limits=NEVER if "never" in other else waiting(1.0))  # fmt: skip
        assert not connection.decides_hours(case) and not hasattr(build_design(case).sizes, "is_live")


def test_what_a_plan_needs_of_a_connection() -> None:
    """Proves: 4 MW sold or promised, peaks a quarter above the mean, need 5 MW though nothing is contracted, and never
    more than the connection has; where no month is needed the start waits for it, beyond what the earlier step of 3 MW
    carries. In an interruption that leaves half of that, 1.2 MW are carried (1.5 of peaks) and 1.3 are not. Catches:
    power sold before there is a way for it, a start that waits for a solver's last digit."""
    grid = {"earlier_mw": 3.0, "billing_factor": 1.25, "contract_kcur_per_mw_year": 1.0, "available_pu": OPEN, **SOLD}
    case = site(grid=grid, limits=limits(), programmes=(CALLS,))

    def start(contract_mw: float = 0.0, committed_mw: float = 0.0, **series: Any) -> tuple[float, float]:
        year = {name: np.array(values) for name, values in series.items()}
        design = plan_of(case, year, contract_mw=contract_mw, committed_mw={"calls": committed_mw})
        found = schedule(case, design)
        listed = sum(d.quantity for d in found.deliveries if d.kind == "connection")
        assert found.deliveries == () or listed == pytest.approx(connection.needed_mw(case, design))
        return found.start_month, listed

    assert start(3.0) == (0.0, 0.0)
    assert start(3.0 + 1e-7) == (0.0, 0.0)
    assert start(3.1) == (18.0, 3.1)
    assert start(export_mw=[4.0, 0.0]) == (18.0, 5.0)
    assert start(export_mw=[2.4, 0.0]) == (0.0, 0.0)
    assert start(export_mw=[9.0, 0.0]) == (18.0, 10.0)
    assert start(committed_mw=4.0) == (18.0, 5.0)
    assert start(3.0, import_mw=[2.4, 1.2]) == (0.0, 0.0)
    assert start(3.0, import_mw=[2.4, 1.3]) == (18.0, 3.0)
    assert start(3.0, export_mw=[2.4, 1.3]) == (18.0, 3.0)
    whole = replace(case, grid=replace(case.grid, earlier_mw=10.0))
    assert not connection.waits(whole, plan_of(whole, {"export_mw": np.array([10.0, 10.0])}, contract_mw=10.0))


@pytest.mark.parametrize(
    ("delay", "earlier", "live", "sold"), [(6, 5.0, 10.0, 8.0), (5, 5.0, 5.0, 4.0), (0, 12.0, 10.0, 8.0)]
)
def test_what_is_live_when_a_plan_starts(delay: int, earlier: float, live: float, sold: float) -> None:
    """Proves: six months late 10 MW are live and 8 MW may be sold, before that 5 MW of an earlier step and, with peaks
    a quarter above the mean, 4 MW. Catches: the whole at any start, an earlier step above the connection."""
    case = site(grid={"earlier_mw": earlier, "billing_factor": 1.25, "export_limit_mw": 8.0})
    design = plan_of(case, delay_months=delay)
    assert (connection.live_mw(case, design), connection.export_mw(case, design)) == (live, sold)
