"""What is there when service must start: connection, batteries, offers. Facts that a case's own figures settle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tiny import battery, energy_case, hall, limits, supply

from models.case import Case, Delay, Electrical, Money, Redundancy


def site(need_month: float = 12.0, late: int = 0, works: float = 0.0, **grid: Any) -> Case:
    """Service is needed after 12 months."""
    wanted = limits(need_month=need_month, delay=Delay(most_months=late, works_months=works))
    return energy_case([1.0], limit_mw=8.0, limits=wanted, grid=grid)


@pytest.mark.parametrize(
    ("energised", "late", "earlier_mw", "found_mw"),
    [(12.0, 0, 3.0, 8.0), (12.5, 0, 3.0, 3.0), (12.5, 0, 9.0, 8.0), (14.0, 2, 3.0, 8.0), (15.0, 2, 3.0, 3.0)],
)
def test_the_connection_there_is_at_the_latest_start(
    energised: float, late: int, earlier_mw: float, found_mw: float
) -> None:
    """Proves: 8 MW that are live by the latest start count, else what an earlier step carries, never more than the 8.
    Catches: the month needed taken for the latest start; a connection live in that very month left out."""
    case = site(late=late, energised_month=energised, earlier_mw=earlier_mw)
    assert (case.latest_month, case.import_limit_mw) == (12.0 + late, found_mw)
    assert case.grid_may_be_late == (12.0 < energised <= 12.0 + late)


def test_apparent_power_limits_the_import() -> None:
    """Proves: 5 MVA at a power factor of 0.8 are 4 MW; 20 MVA leave the 8 MW. Catches: MVA divided by the factor."""
    assert site(import_limit_mva=5.0, power_factor=0.8).grid.interval_limit_mw == pytest.approx(4.0)
    assert site(import_limit_mva=20.0, power_factor=0.8).grid.interval_limit_mw == 8.0


@pytest.mark.parametrize(
    ("site_h", "grid_h", "included_h", "left_h"), [(0.5, 0.2, 0.1, 0.4), (0.2, 0.5, 0.1, 0.4), (0.2, 0.1, 0.3, 0.0)]
)
def test_ride_through_left_to_batteries(site_h: float, grid_h: float, included_h: float, left_h: float) -> None:
    """Proves: the longer of both duties, less what the chain includes, and never less than nothing. Catches: duties
    added, a chain that includes more than is asked taken for energy owed."""
    chain = Electrical("chain", 0.0, 0.0, included_ride_through_h=included_h, required_ride_through_h=site_h)
    case = replace(site(ride_through_h=grid_h), electrical=chain)
    assert case.ride_through_h == pytest.approx(left_h)


def test_lead_times_and_site_works() -> None:
    """Proves: a lead time of 8 months (median) or 11 (nine in ten) and 3 months of site works are 11 or 14: in time for
    a start after 12 months, and after 14, in just the one case. Catches: works forgotten, works before the order, the
    other confidence, an item ready in the last month left out."""
    item = supply([1.0], lead_months_p50=8.0, lead_months_p90=11.0)
    case = site(works=3.0)
    sure = replace(case, limits=replace(case.limits, lead_confidence="P90"))
    assert (case.ready_months(item), sure.ready_months(item)) == (11.0, 14.0)
    assert case.delivered(item) and not sure.delivered(item)
    waits = replace(sure, limits=replace(sure.limits, delay=Delay(most_months=2, works_months=3.0)))
    assert waits.delivered(item)


def test_a_late_battery_leaves_what_is_on_site() -> None:
    """Proves: of a battery of up to 5 MW and 9 MWh that comes in month 13, only the 2 MW and 3 MWh on site count.
    Catches: power for energy; more of a battery that is late."""
    unit = battery(max_mw=5.0, max_mwh=9.0, existing_mw=2.0, existing_mwh=3.0, lead_months_p50=13.0)
    assert (site().most_mw(unit), site().most_mwh(unit)) == (2.0, 3.0)
    assert (site(13.0).most_mw(unit), site(13.0).most_mwh(unit)) == (5.0, 9.0)


def test_an_offer_of_another_architecture_does_not_fit() -> None:
    """Proves: a unit for direct current fits no site without it; one for any fits all. Catches: the other way round."""
    assert site().delivered(hall(architecture="direct")) and site().delivered(hall())
    assert not site().delivered(hall(architecture="800 V"))


@pytest.mark.parametrize(
    ("redundancy", "factor", "spares", "more"),
    [
        (Redundancy(), 1.0, 0, False),
        (Redundancy(2), 1.0, 2, True),
        (Redundancy(duplicated=True), 2.0, 0, True),
        (Redundancy(distributed=True), 1.5, 1, True),
        (Redundancy(2, distributed=True), 1.5, 2, True),
    ],
)
def test_what_redundancy_asks_for(redundancy: Redundancy, factor: float, spares: int, more: bool) -> None:
    """Proves: N+x, 2N and 3N/2 by capacity over load and units that may fail. Catches: 3N/2 without its spare unit."""
    assert (redundancy.capacity_factor, redundancy.spares, redundancy.asks_for_more) == (factor, spares, more)


def test_a_stage_buys_for_the_years_of_its_plan() -> None:
    """Proves: what is bought in a stage of 3 years within a plan of 9 serves 9. Catches: its own years."""
    assert Money(3, 0.0, plan_years=9).asset_years == 9 and Money(3, 0.0).asset_years == 3
