"""Requirements that hold or are out of the way: where each stands, where it ends, and the case without it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_generators import engine
from tiny import air, battery, cooling_unit, energy_case, hall, hall_case, limits, requests, supply, training

from models.case import Case, Electrical, OrderRules
from models.duties import BLANK, counts_late, duties, lifted, requirements
from models.places import at
from models.terms import Redundancy

SPARE = Redundancy(spare_units=1)


def waiting(delay_h: float) -> dict[str, Any]:
    """Work that may wait so long."""
    return {"workloads": (requests([2.0, 1.0], kind="deferrable", max_delay_h=delay_h),)}


def run(**changes: Any) -> dict[str, Any]:
    """A training run without rules but those given."""
    return {"workloads": (training(1.0, [(0, 2)], **{"pause_share": 1.0, **changes}),)}


def vendors(**rules: Any) -> dict[str, Any]:
    """Offers of two vendors under rules for orders."""
    offers = (hall(), hall("second"), cooling_unit(vendor="other"))
    return {"offers": offers, "orders": OrderRules(**rules)}


LATE: dict[str, Any] = {"grid": {"energised_month": 9.0}, "limits": limits(need_month=8.5)}
REQUIRED: list[tuple[str, dict[str, Any], float, float | str, bool, Any]] = [
    # path, case, now, end, whether it counts things, what the case has without it
    ("electrical.required_ride_through_h", {"electrical": Electrical("c", 0, 0, 0, 0.5)}, 0.5, 0.0, False, 0.0),
    ("grid.ride_through_h", {"grid": {"ride_through_h": 0.5}}, 0.5, 0.0, False, 0.0),
    ("limits.domestic_share", {"limits": limits(domestic_share=0.4)}, 0.4, 0.0, False, 0.0),
    ("limits.clean_share_yearly", {"limits": limits(clean_share_yearly=0.4)}, 0.4, 0.0, False, 0.0),
    ("limits.clean_share_hourly", {"limits": limits(clean_share_hourly=0.4)}, 0.4, 0.0, False, 0.0),
    ("grid.max_swing_mw", {"grid": {"max_swing_mw": 0.5}}, 0.5, 5.0, False, None),
    ("grid.ramp_limit_mw_per_min", {"grid": {"ramp_limit_mw_per_min": 0.5}}, 0.5, 5.0, False, None),
    ("limits.water_m3_per_day", {"limits": limits(water_m3_per_day=2.0)}, 2.0, 20.0, False, None),
    ("limits.weighted_water_m3_per_year", {"limits": limits(weighted_water_m3_per_year=2.0)}, 2.0, 20.0, False, None),
    ("grid.available_pu", {"grid": {"available_pu": np.array([1.0, 0.9])}}, 1.0, BLANK, False, None),
    ("grid.covers", {"grid": {"covers": "design day"}}, 1.0, "highest hour", False, "highest hour"),
    ("grid.energised_month", LATE, 9.0, 8.5, False, 8.5),
    ("orders.most_vendors", vendors(most_vendors=1), 1, 2, True, None),
    ("orders.least_vendors", vendors(least_vendors=2), 2, 1, True, 1),
    ("orders.vendor_share", vendors(vendor_share=0.6), 0.6, 1.0, False, None),
    ("orders.one_family", vendors(one_family=True), 1.0, "no", False, False),
    ("offers[hall].min_count", {"offers": (hall(min_count=2),)}, 2, 1, True, 1),
    ("workloads[chat].max_delay_h", waiting(1.0), 1.0, 24.0, True, 24.0),
    ("workloads[chat].max_delay_h", waiting(3.0), 3.0, 30.0, True, 30.0),
    ("workloads[train].gang_min", run(gang_min=2), 2, 1, True, 1),
    ("workloads[train].gang_max", run(gang_max=3), 3, 30, True, None),
    ("workloads[train].pause_share", run(pause_share=0.9), 0.9, 1.0, False, 1.0),
    ("workloads[train].steady", run(steady=True), 1.0, "no", False, False),
    ("batteries[battery].min_mw", {"batteries": (battery(min_mw=0.5),)}, 0.5, 0, False, 0),
    ("batteries[battery].min_mwh", {"batteries": (battery(min_mwh=0.5),)}, 0.5, 0, False, 0),
    ("supplies[pv].min_mw", {"supplies": (supply([1.0, 1.0], min_mw=0.5),)}, 0.5, 0, False, 0),
    ("generators[engine].min_units", {"generators": (engine(min_units=1),)}, 1, 0, True, 0),
    ("batteries[battery].max_cycles_per_year", {"batteries": (battery(max_cycles_per_year=5.0),)}, 5, 50, False, None),
    ("generators[engine].max_run_h_per_year", {"generators": (engine(max_run_h_per_year=5.0),)}, 5, 50, False, None),
    ("generators[engine].only_in_outages", {"generators": (engine(only_in_outages=True),)}, 1.0, "no", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("path", "parts", "now", "end", "is_whole", "without"), REQUIRED)
def test_a_duty(path: str, parts: dict[str, Any], now: float, end: float | str, is_whole: bool, without: Any) -> None:
    """Proves: the duty is asked about alone, from its value now to the one that is as good as none, in whole numbers
    where it counts things; out of the way the case has what stands for none. Catches: a duty told where there is none,
    an end that still binds, a rack cut in two."""
    case = hall_case(**parts)
    (found,) = duties(case)
    assert (found.path, found.now, found.end, found.is_whole) == (path, now, end, is_whole)
    assert not found.is_row and path in {r.path for r in requirements(case)}
    assert at(lifted(case, frozenset({path})), path) == without


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("electrical.redundancy", {"electrical": Electrical("chain", 0.0, 0.0, redundancy=SPARE)}),
        ("cooling[air].redundancy", {"cooling": (air(redundancy=SPARE),)}),
    ],
)
def test_redundancy_is_a_duty(path: str, parts: dict[str, Any]) -> None:
    """Proves: a pool with a unit to spare may do without it. Catches: redundancy of the other pool."""
    case = hall_case(**parts)
    (found,) = duties(case)
    assert (found.path, found.now, found.end) == (path, 1.0, "N")
    assert not at(found.lifted(case), path).asks_for_more


def test_a_plain_case_has_no_duty() -> None:
    """Proves: nothing is asked where nothing is required: one rack of a gang, one hall, shares and sizes of zero, a
    connection that is always there. Catches: a duty at its end told as one."""
    plain = hall_case(
        offers=(hall(min_count=1),), batteries=(battery(),), supplies=(supply([1.0, 1.0]),), generators=(engine(),),
        grid={"available_pu": np.ones(2), "energised_month": 9.0}, limits=limits(clean_share_hourly=0.0), **run(),
    )  # fmt: skip
    assert duties(plain) == ()


def test_only_what_is_named_is_put_out_of_the_way() -> None:
    """Proves: of two duties the one named goes. Catches: all of them gone, or the other."""
    case = hall_case(grid={"max_swing_mw": 0.5, "ramp_limit_mw_per_min": 0.5})
    assert [r.path for r in duties(lifted(case, frozenset({"grid.max_swing_mw"})))] == ["grid.ramp_limit_mw_per_min"]
    assert [r.path for r in duties(lifted(case, frozenset()))] == [r.path for r in duties(case)]


def dated(p50: float = 3.0, p90: float = 6.0, **changes: Any) -> Case:
    """A source that comes after 3 months, or 6 at nine in ten, and a battery at once; service in month 12."""
    source = supply([1.0], lead_months_p50=p50, lead_months_p90=p90)
    return energy_case(
        [1.0],
        supplies=(source,),
        batteries=(battery(),),
        limits=limits(**{"need_month": 12.0, "lead_confidence": "P90", **changes}),
    )


def test_lead_times_at_nine_in_ten_are_a_duty() -> None:
    """Proves: they are one where service has a date and even chances would bring something sooner. Catches: one of the
    three left out, equal lead times told."""
    (found,) = duties(dated())
    assert (found.path, found.now, found.end) == ("limits.lead_confidence", 1.0, "P50")
    assert found.lifted(dated()).limits.lead_confidence == "P50"
    assert counts_late(dated())
    for case in (dated(6.0, 6.0), dated(lead_confidence="P50"), dated(need_month=1200.0)):
        assert not counts_late(case) and duties(case) == ()


@pytest.mark.parametrize("live", [8.0, 12.0])
def test_a_connection_in_time_is_no_duty(live: float) -> None:
    """Proves: a connection live by the month of service is in nobody's way, nor any where service has no date. Catches:
    the very month taken for late."""
    grid = {"energised_month": live}
    assert duties(energy_case([1.0], grid=grid, limits=limits(need_month=12.0))) == ()
    for never in (1200.0, 1250.0):
        case = energy_case([1.0], grid={"energised_month": 1300.0}, limits=limits(need_month=never))
        assert duties(case) == ()
