"""Bands that a plan states for its storage: what its work asks of them and no more, from numbers alone. Racks of 0.1 MW
busy and 0.05 MW idle; work that swings by 40 % swings by 0.02 MW per rack about its mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny import battery, hall_case, point, requests, training, training_point

from models.case import Case, Electrical
from models.design import Gang, Reserved
from models.reserves import gap_mw, highest_racks, smoothed, step_mw, swing_beyond_mw, tightened

SLOW_H, FAST_H = 0.5, 0.5 / 3600
"""Half periods of swings of an hour and of a second [h]."""
FAST, SLOW = ("fast", "R", "air"), ("slow", "R", "air")
RUN = ("train", "R", "air")


def swinging(max_swing_mw: float | None, *stores: Any) -> Case:
    """Two workloads that swing once a second and once an hour."""
    work = [requests((1.0, 1.0), n, operating_class="chat", swing_share=0.4, swing_s=s)
            for n, s in (("fast", 1.0), ("slow", 3600.0))]  # fmt: skip
    return hall_case(grid={"max_swing_mw": max_swing_mw}, workloads=tuple(work), batteries=stores)


def ramping(limit: float | None, ramp_s: float | None, *stores: Any) -> Case:
    """A training run in the first of two hours that starts and stops within ramp_s."""
    work = (training(1000.0, [(0, 1)], ramp_s=ramp_s), requests((1.0, 1.0)))
    points = (training_point(), point())
    return hall_case(grid={"ramp_limit_mw_per_min": limit}, workloads=work, operating_points=points, batteries=stores)


def racks(*counts: float) -> Any:
    """So many racks in each step."""
    return np.array(counts, float)


def test_a_gang_may_be_busy_whole_within_its_windows() -> None:
    """Proves: a gang of four racks whose work fills two counts as four in its window and none outside; other work as it
    is. Catches: the mean of the gang, a gang that is busy all year."""
    found = highest_racks(ramping(0.01, 0.0), {RUN: racks(2, 0), ("chat", "R", "air"): racks(1, 3)},
                          (Gang("train", "R", "air", 4),))  # fmt: skip
    assert found[RUN] == pytest.approx([4, 0]) and found["chat", "R", "air"] == pytest.approx([1, 3])


def test_swings_beyond_what_the_grid_takes() -> None:
    """Proves: two racks of slow work and one of fast swing by 0.06 MW; of 0.02 MW peak to peak the grid takes 0.01, so
    0.05 are left. Of fast swings alone 0.02, less 0.01; where nothing is allowed all of them. With one rack of each
    half of 0.1 MW covers all. Catches: peak to peak for amplitude, slow swings counted as fast ones, less than none."""
    case, busy = swinging(0.02), {FAST: racks(1, 1), SLOW: racks(2, 1)}
    assert swing_beyond_mw(case, busy, SLOW_H) == pytest.approx([0.05, 0.03])
    assert swing_beyond_mw(case, busy, FAST_H) == pytest.approx([0.01, 0.01])
    assert swing_beyond_mw(case, busy, SLOW_H, allowed_mw=0.0) == pytest.approx([0.06, 0.04])
    assert swing_beyond_mw(swinging(0.1), busy, SLOW_H) == pytest.approx([0.01, 0.0])
    assert swing_beyond_mw(swinging(0.0), busy, SLOW_H) == pytest.approx([0.06, 0.04])
    assert swing_beyond_mw(swinging(None), busy, SLOW_H) == pytest.approx([0.0, 0.0])
    other = {**busy, ("idle", "R", "air"): racks(9, 9)}
    assert swing_beyond_mw(case, other, SLOW_H) == pytest.approx([0.05, 0.03])


def test_steps_of_work_that_states_how_fast_it_starts() -> None:
    """Proves: ten racks of training come and go by 0.05 MW each, 0.5 MW at most; requests state no step. At 0.01 MW/min
    the grid follows by 0.1 MW within ten minutes, so 0.4 are left, within an hour by all of it. Without a limit or a
    stated step nothing is. Catches: busy power for the difference, minutes for hours, less than none."""
    busy = {RUN: racks(10, 4), ("chat", "R", "air"): racks(30, 30)}
    assert step_mw(ramping(0.01, 0.0), busy) == pytest.approx(0.5)
    for case, gap in ((ramping(0.01, 0.0), 0.5), (ramping(0.01, 600.0), 0.4), (ramping(0.01, 3600.0), 0.0),
                      (ramping(0.0, 600.0), 0.5), (ramping(None, 0.0), 0.0), (ramping(0.01, None), 0.0)):  # fmt: skip
        assert gap_mw(case, busy) == pytest.approx(gap, abs=1e-12)


def test_storage_evens_out_what_is_beyond_the_allowance_and_no_more() -> None:
    """Proves: two batteries that could even out 0.08 and 0.04 MW share 0.05 and 0 MW by those figures; where they hold
    nothing nothing is shared. Catches: more evened out than swings, a division by nothing."""
    case, busy = swinging(0.02, battery()), {FAST: racks(1, 0), SLOW: racks(2, 0)}
    found = smoothed(case, {"a": racks(0.08, 0.0), "b": racks(0.04, 0.0)}, busy)
    assert found["a"] == pytest.approx([0.05 * 2 / 3, 0.0]) and found["b"] == pytest.approx([0.05 / 3, 0.0])
    assert smoothed(case, {}, busy) == {}
    alone = replace(case, workloads=case.workloads[1:])
    assert smoothed(alone, {"a": racks(0.06, 0.0)}, {SLOW: racks(2, 0)})["a"] == pytest.approx([0.03, 0.0])


# -- bands ------------------------------------------------------------------------------------------------------------


def held(
    case: Case, found: dict[str, Reserved], power: dict[str, float], busy: Any = None, installed: float = 0.0
) -> Any:
    """The bands that a plan states."""
    return tightened(case, found, power, installed, busy or {})


@pytest.mark.parametrize(
    ("power", "stored", "share"),
    [
        ((0.2, 0.2), (0.3, 0.3), 1 / 3),  # both together: 0.2 of 0.6
        ((0.15, 0.1), (0.3, 0.5), 1 / 3),  # the first alone: 0.1 of 0.3
        ((0.1, 0.15), (0.5, 0.4), 1 / 4),  # the second alone: 0.1 of 0.4
        ((0.2, 0.2), (0.1, 0.05), 1.0),  # never more than is held
        ((0.2, 0.2), (0.4, 0.0), 1 / 2),
    ],
)
def test_ride_through_is_held_by_every_group_of_batteries(
    power: tuple[float, float], stored: tuple[float, float], share: float
) -> None:
    """Proves: 0.2 MW for an hour: what the power of the others does not carry, a group's energy must. Catches: energy
    of one counted on for the power of another, a band that grows."""
    chain = Electrical("chain", 0.0, 0.0, required_ride_through_h=1.0)
    case = hall_case(electrical=chain, batteries=(battery(name="a"), battery(name="b")))
    found = held(case, {n: Reserved(mwh) for n, mwh in zip("ab", stored, strict=True)},
                 dict(zip("ab", power, strict=True)), installed=0.2)  # fmt: skip
    assert [found[n].ride_through_mwh for n in "ab"] == pytest.approx([share * mwh for mwh in stored])


def test_ride_through_counts_what_is_delivered() -> None:
    """Proves: 0.4 MWh stored at an efficiency of 0.8 deliver 0.32, of which two hours of 0.1 MW take 0.2: 0.25 stored.
    Catches: the efficiency left out or turned, an hour taken for two."""
    chain = Electrical("chain", 0.0, 0.0, required_ride_through_h=2.0)
    case = hall_case(electrical=chain, batteries=(battery(discharge_efficiency=0.8),))
    found = held(case, {"battery": Reserved(0.4)}, {"battery": 1.0}, installed=0.1)
    assert found["battery"].ride_through_mwh == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("bands", "share"), [((0.05, 0.05), 0.6), ((0.025, 0.075), 0.8), ((0.02, 0.01), 1.0), ((0.1, 0.0), 0.6)]
)
def test_smoothing_is_held_for_fast_and_for_all_swings(bands: tuple[float, float], share: float) -> None:
    """Proves: fast swings of 0.02 MW are the quick battery's alone, all 0.06 MW are both's: the larger share of what is
    held counts. Catches: a slow battery counted on for fast swings, a band larger than it was."""
    quick, slow = battery(name="quick"), battery(name="late", response_s=60.0)
    case = swinging(0.0, quick, slow)
    found = held(case, {n: Reserved(smoothing_mw=mw) for n, mw in zip(("quick", "late"), bands, strict=True)},
                 {"quick": 1.0, "late": 1.0}, {FAST: racks(1, 1), SLOW: racks(1, 2)})  # fmt: skip
    assert [found[n].smoothing_mw for n in ("quick", "late")] == pytest.approx([share * mw for mw in bands])


def test_without_a_duty_no_band_is_held() -> None:
    """Proves: where no ride-through is asked for, no swing is left and nothing ramps, nothing is kept back. Catches: a
    band of the solver told as a need."""
    found = held(
        hall_case(batteries=(battery(),)), {"battery": Reserved(0.3, 0.2, 0.1, 0.4)}, {"battery": 1.0}, {}, 0.2
    )
    assert (found["battery"].ride_through_mwh, found["battery"].smoothing_mw) == (0.0, 0.0)
    assert (found["battery"].ramp_mw, found["battery"].ramp_mwh) == (0.0, 0.0)


TEN = {RUN: racks(10, 0)}
"""A gap of 0.5 MW."""


def test_one_battery_carries_a_ramp_with_the_power_of_the_gap() -> None:
    """Proves: of 0.7 MW held 0.5 are needed, and 0.5^2 / (120 * 0.01) MWh; 0.3 MW, where that is all there is, stay.
    Catches: power left as found, energy for the power found."""
    case = ramping(0.01, 0.0, battery())
    found = held(case, {"battery": Reserved(ramp_mw=0.7, ramp_mwh=0.5)}, {"battery": 1.0}, TEN)["battery"]
    assert (found.ramp_mw, found.ramp_mwh) == pytest.approx((0.5, 0.25 / 1.2))
    less = held(case, {"battery": Reserved(ramp_mw=0.3, ramp_mwh=0.5)}, {"battery": 1.0}, TEN)["battery"]
    assert less.ramp_mw == pytest.approx(0.3)


def test_two_batteries_carry_a_ramp_together() -> None:
    """Proves: of 0.3 MW each, either alone has 0.2 MW of the gap left to it, 0.04 / 1.2 MWh, both together 0.25 / 1.2:
    of 0.1 and 0.2 MWh held 25 / 36 are needed, of 0.04 and 0.9 MWh five sixths for the first. A third battery, behind a
    UPS that does not serve the grid, carries none. Catches: power taken off that the other needs, energy of the sum
    alone."""
    chain = Electrical("chain", 0.0, 0.0, ups_serves_grid=False)
    stores = (battery(name="a"), battery(name="b"), battery(name="ups", location="ups"))
    case = replace(ramping(0.01, 0.0, *stores), electrical=chain)
    for stored, share in (((0.1, 0.2), 25 / 36), ((0.04, 0.9), 5 / 6)):
        bands = {n: Reserved(ramp_mw=0.3, ramp_mwh=mwh) for n, mwh in zip("ab", stored, strict=True)}
        found = held(case, {**bands, "ups": Reserved()}, dict.fromkeys(("a", "b", "ups"), 1.0), TEN)
        assert [found[n].ramp_mw for n in ("a", "b", "ups")] == [0.3, 0.3, 0.0]
        assert [found[n].ramp_mwh for n in "ab"] == pytest.approx([share * mwh for mwh in stored])


def test_a_battery_without_power_does_not_count_for_a_ramp() -> None:
    """Proves: of two batteries that could carry a ramp only one is there (the other would be late): it keeps the 0.5 MW
    of the gap and their energy, as if alone, and the other nothing. Catches: batteries counted that have no power, so
    that 0.7 MW are kept and the recheck, which counts at the start, refuses the plan."""
    case = ramping(0.01, 0.0, battery(name="a"), battery(name="b"))
    bands = {"a": Reserved(ramp_mw=0.7, ramp_mwh=0.5), "b": Reserved(ramp_mwh=0.3)}
    found = held(case, bands, {"a": 1.0, "b": 0.0}, TEN)
    assert (found["a"].ramp_mw, found["a"].ramp_mwh) == pytest.approx((0.5, 0.25 / 1.2))
    assert (found["b"].ramp_mw, found["b"].ramp_mwh) == (0.0, 0.0)
