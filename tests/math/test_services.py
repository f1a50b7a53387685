"""What storage must do beside moving energy, from a case alone: swings, ramps, ride-through. By hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from tiny import battery, hall_case, point, rack, requests

from models import services
from models.case import AssetTerms, Case, Electrical, Money
from models.services import SMALLEST_STEP, TANGENT_ERROR


def site(work: dict[str, Any] | None = None, grid: dict[str, Any] | None = None, **changes: Any) -> Case:
    """Racks of 0.05 MW idle and 0.1 MW busy."""
    return hall_case(workloads=(requests([2.0, 1.0], **(work or {})),), grid=grid or {}, **changes)


@pytest.mark.parametrize(
    ("fade", "life", "years", "kept"), [(0.02, 10, 5, 0.9), (0.02, 5, 10, 0.9), (0.2, 10, 5, 0.0), (0.3, 10, 5, 0.0)]
)
def test_energy_left_at_the_end(fade: float, life: int, years: int, kept: float) -> None:
    """Proves: fading 2 % a year for the shorter of life and analysis leaves 90 %; nothing is left of all, and not less.
    Catches: the longer of both, energy below zero."""
    unit = battery(fade_per_year=fade, terms=AssetTerms(life))
    assert services.energy_kept(site(money=Money(years, 0.0)), unit) == pytest.approx(kept)
    assert services.energy_kept(site(money=Money(years, 0.0)), replace(unit, augmented=True)) == 1.0


@pytest.mark.parametrize(("mw", "mwh", "usable"), [(1.0, 1.0, True), (1.0, 0.0, False), (0.0, 1.0, False)])
def test_a_battery_needs_power_and_energy(mw: float, mwh: float, usable: bool) -> None:
    """Proves: without power or without energy there is no battery. Catches: either taken for both."""
    assert services.usable(site(), battery(max_mw=mw, max_mwh=mwh)) == usable


@pytest.mark.parametrize(
    ("location", "ups_serves", "serves", "evens"),
    [("site", False, True, True), ("ups", True, True, True), ("ups", False, False, False), ("rack", True, False, True)],
)
def test_where_a_battery_works(location: Any, ups_serves: bool, serves: bool, evens: bool) -> None:
    """Proves: storage at the bus always serves the grid, at the UPS if that may, in racks never; in racks it evens out
    what they draw. Catches: a place that counts for everything."""
    case = site(electrical=Electrical("chain", 0.0, 0.0, ups_serves_grid=ups_serves))
    unit = battery(location=location)
    assert (services.serves_grid(case, unit), services.evens_out(case, unit)) == (serves, evens)


def test_swings_that_the_racks_leave() -> None:
    """Proves: 40 % of 0.1 MW peak to peak is an amplitude of 0.02 MW; a buffer of 0.012 MW and 0.004 MWh gives 0.008 MW
    for half an hour and leaves 0.012, with 10 % of loss 0.0132 at the bus. Half of a swing of 0.05 MW that a buffer
    gives leaves none. Catches: peak to peak, the whole period, power above idle alone (0.01), a loss that shrinks the
    swing."""
    work = {"swing_share": 0.4, "swing_s": 3600.0}
    chain = Electrical("chain", 0.0, 0.1)
    racks = (rack(buffer_mw=0.012, buffer_mwh=0.004),)
    case = site(work, {"max_swing_mw": 0.0}, racks=racks, electrical=chain)
    assert services.swings_mw(case) == {("chat", "R", "air"): pytest.approx(0.0132)}
    assert services.half_periods_h(case) == (0.5,)
    half = {**work, "swing_share": 0.5}
    full = site(half, {"max_swing_mw": 0.0}, racks=(rack(buffer_mw=0.025, buffer_mwh=1.0),))
    assert services.swings_mw(full) == {} and services.half_periods_h(full) == ()
    assert services.swings_mw(site(work)) == {}


def test_quick_enough_for_a_swing() -> None:
    """Proves: full power after half a second follows swings of a second, a ten-millionth more does not. Catches: the
    whole period, a response in time that is refused for its last digit."""
    half_h = services.half_period_h(requests([1.0], swing_s=1.0))
    assert services.follows(battery(response_s=0.5), half_h)
    assert services.follows(battery(response_s=0.5 * (1 + 1e-12)), half_h)
    assert not services.follows(battery(response_s=0.5 * (1 + 1e-7)), half_h)


def test_smoothers_hold_the_slowest_swing_they_follow() -> None:
    """Proves: of swings of a second and an hour the quick battery's band is for the hour, and the slow one's too; one
    that takes an hour evens out none. Catches: a band for the fastest, a battery that is too slow."""
    work = [
        requests([1.0, 1.0], n, swing_share=0.4, swing_s=s, operating_class="chat") for n, s in (("a", 1), ("b", 3600))
    ]
    stores = (battery(), battery(name="slow", response_s=60.0), battery(name="late", response_s=3600.0))
    case = hall_case(workloads=tuple(work), grid={"max_swing_mw": 0.0}, batteries=stores)
    assert services.half_periods_h(case) == pytest.approx((0.5 / 3600, 0.5))
    assert services.smoothers(case) == {"battery": 0.5, "slow": 0.5}


def test_what_smoothing_loses() -> None:
    """Proves: an amplitude of 1 MW gives 0.5 MW on average and takes 0.5 / (0.8 * 0.5) = 1.25: 0.75 MW are lost.
    Catches: one efficiency, the amplitude given all the time."""
    unit = battery(charge_efficiency=0.8, discharge_efficiency=0.5)
    assert services.smoothing_loss(unit) == pytest.approx(0.75)
    lost = services.smoothing_loss_mw(site(batteries=(unit,)), {"battery": np.array([2.0, 0.0])})
    assert lost == pytest.approx([1.5, 0.0])


def test_smoothing_discharges_half_its_amplitude() -> None:
    """Proves: beside 1 MW of dispatch an amplitude of 0.5 MW discharges 0.25 MW on average; a battery that evens out
    nothing discharges what is dispatched. Catches: the amplitude whole, or taken off."""
    flows = SimpleNamespace(
        discharge_mw={"a": np.array([1.0, 2.0]), "b": np.array([1.0, 2.0])}, smoothed_mw={"a": np.array([0.5, 0.0])}
    )
    assert services.discharged_mw(cast(Any, flows), "a").tolist() == [1.25, 2.0]
    assert services.discharged_mw(cast(Any, flows), "b").tolist() == [1.0, 2.0]


def test_steps_of_work_that_states_a_ramp() -> None:
    """Proves: a rack that starts adds 0.05 MW, with 10 % of loss 0.055 at the bus; without a limit of the grid, or
    without a stated time, there is no step. Catches: full power for what is above idle."""
    chain = Electrical("chain", 0.0, 0.1)
    limited = {"ramp_limit_mw_per_min": 0.01}
    assert services.steps_mw(site({"ramp_s": 0.0}, limited, electrical=chain)) == {
        ("chat", "R", "air"): pytest.approx(0.055)
    }
    assert services.steps_mw(site({}, limited)) == {} and services.steps_mw(site({"ramp_s": 0.0})) == {}
    idle = site({"ramp_s": 0.0}, limited, operating_points=(point(full_mw=0.05),), racks=(rack(idle_mw=0.05),))
    assert services.steps_mw(idle) == {}


@pytest.mark.parametrize(
    ("limit", "gap_mw", "mwh"),
    [(0.01, 0.3, 0.3**2 / 1.2 + 0.3 / 12), (0.02, 0.3, 0.3**2 / 2.4 + 0.3 / 12), (0.01, 0.0, 0.0), (0.01, -0.3, 0.0)],
)
def test_energy_of_a_ramp(limit: float, gap_mw: float, mwh: float) -> None:
    """Proves: 0.3 MW that the grid makes up at 0.01 MW/min take half an hour and half of 0.3 MW on average: gap^2 /
    (120 * limit); rising over ten minutes 0.15 MW for these more. Without a gap or a limit nothing. Catches: seconds
    for minutes, the triangle's half left out."""
    work = {"ramp_s": 600.0}
    assert services.ramp_mwh(site(work, {"ramp_limit_mw_per_min": limit}), gap_mw) == pytest.approx(mwh)
    assert services.ramp_mwh(site(work), gap_mw) == 0.0


def test_the_quickest_start_counts() -> None:
    """Proves: of ten minutes and one minute the one, in hours; none is stated: at once."""
    work = (requests([1.0], "a", ramp_s=600.0), requests([1.0], "b", ramp_s=60.0), requests([1.0], "c"))
    assert services.shortest_ramp_h(hall_case([1.0], workloads=work)) == pytest.approx(1 / 60)
    assert services.shortest_ramp_h(site()) == 0.0


def test_lines_that_stand_for_the_square() -> None:
    """Proves: from a thousandth of the largest step on the highest line is at most 0.1 % below the square and never
    above it; below that a chord through zero covers it. No step, no line. Catches: tangents too far apart, lines above
    the square that ask for energy nobody needs, a first line that is no chord."""
    largest = 0.7
    lines = services.square_lines(largest)
    highest = lambda x: max(slope * x + constant for slope, constant in lines)  # noqa: E731
    for x in np.geomspace(SMALLEST_STEP * largest, largest, 500):
        assert x**2 * (1 - TANGENT_ERROR * 1.0001) <= highest(x) <= x**2 * (1 + 1e-9)
    slope, constant = lines[0]
    smallest = largest * SMALLEST_STEP
    assert constant == 0.0 and smallest * 0.88 < slope <= smallest  # one ratio of the tangents below at most
    for x in np.linspace(0, smallest, 50):
        assert x**2 * (1 - TANGENT_ERROR * 1.0001) <= highest(x) <= x**2 + smallest**2 / 4
    assert highest(largest) == pytest.approx(largest**2, rel=1e-12)
    assert services.square_lines(0.0) == () and services.square_lines(-1.0) == ()


def test_time_until_storage_must_carry_the_racks() -> None:
    """Proves: the chain's 2 s and the shortest buffer of all racks, 0.0001 MWh for 0.1 MW: 3.6 s. Racks without power
    have none to hold. Catches: the longest buffer; idle power; a rack of no power dividing by it."""
    racks = (rack(buffer_mwh=1e-4), rack("S", buffer_mwh=1.0), rack("T", peak_mw=0.0, idle_mw=0.0))
    chain = Electrical("chain", 0.0, 0.0, included_ride_through_h=2 / 3600)
    assert services.bridging_s(site(racks=racks, electrical=chain)) == pytest.approx(5.6)
    assert services.bridging_s(site(racks=(), electrical=chain)) == pytest.approx(2.0)
    with_ancillary = (rack(buffer_mwh=1e-4, ancillary_mw=0.1),)
    assert services.bridging_s(site(racks=with_ancillary, electrical=chain)) == pytest.approx(3.8)


def test_carriers_answer_before_the_bridging_ends() -> None:
    """Proves: behind a chain that bridges 2 s a battery that answers after 2 s carries the racks, one after 2.1 s does
    not; without a duty none does. Catches: the response left out, a battery in time that is refused."""
    chain = Electrical("chain", 0.0, 0.0, included_ride_through_h=2 / 3600, required_ride_through_h=0.1)
    stores = (
        battery(name="quick", response_s=2.0),
        battery(name="late", response_s=2.1),
        battery(name="none", max_mw=0),
    )
    assert services.carriers(site(batteries=stores, electrical=chain)) == ("quick",)
    assert services.carriers(site(batteries=stores)) == ()


def test_rampers_may_sit_in_racks() -> None:
    """Proves: batteries at the bus and in racks carry ramps, not those of a UPS that serves no grid; without steps none
    does."""
    stores = tuple(battery(name=n, location=n) for n in ("site", "ups", "rack"))
    chain = Electrical("chain", 0.0, 0.0, ups_serves_grid=False)
    case = site({"ramp_s": 0.0}, {"ramp_limit_mw_per_min": 0.01}, batteries=stores, electrical=chain)
    assert services.rampers(case) == ("site", "rack")
    assert services.rampers(site(batteries=stores)) == ()
