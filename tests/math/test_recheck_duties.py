"""The recheck of what storage keeps free, on one plan by hand: at every limit it passes; each promise broken is told.

Ten racks of 0.12 MW ride through 0.15 h: 0.18 MWh. A gang of 5 trains in step 0, 4 of it busy; each swings by 0.022 MW
up and down in half-hours, of which the grid takes 0.05 MW: 0.06 MW are kept free, 0.038 used. It starts in two
minutes: 0.275 MW, of which the grid follows 0.1. Batteries A (1 MW, 2 MWh) and B (0.6 MW, 1 MWh) share all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of, still
from recheck import operated, told
from tiny import air, battery, energy_case, rack, training, training_point

from models.audit.duties import check_duties
from models.case import Case, Electrical
from models.design import Design, Gang, PlacedRacks, Reserved

TRAIN = ("train", "R", "air")
ALL_MWH = 0.175**2 / 6 + 0.175 * 2 / 120
B_MWH = 0.075**2 / 6 + 0.075 * 2 / 120
A = Reserved(0.15 / 0.9, 0.04, 0.1, ALL_MWH - B_MWH)
B = Reserved(0.03 / 0.5, 0.02, 0.075, B_MWH)
A_LOW = 0.1 * 2 + 0.15 / 0.9 + (0.02 + A.ramp_mwh) / 0.9
A_HIGH = 0.9 * 2 - (0.02 + A.ramp_mwh) * 0.8
B_LOW, B_HIGH = 0.06 + (0.01 + B_MWH) / 0.5, 1.0 - (0.01 + B_MWH)


def _case() -> Case:
    work = training(1.0, [(0, 1)], swing_share=0.4, swing_s=3600.0, ramp_s=120.0)
    stores = (
        battery(name="A", charge_efficiency=0.8, discharge_efficiency=0.9, min_charge_share=0.1, max_charge_share=0.9,
                response_s=180.0),
        battery(name="B", discharge_efficiency=0.5),
        battery(name="slow", response_s=1801.0),
    )  # fmt: skip
    chain = Electrical("direct", 0.0, 0.1, included_ride_through_h=0.05, required_ride_through_h=0.2)
    grid = {"max_swing_mw": 0.1, "ramp_limit_mw_per_min": 0.05}
    return energy_case(
        [0.0] * 2, workloads=(work,), racks=(rack(ancillary_mw=0.02),), operating_points=(training_point(),),
        cooling=(air(),), batteries=stores, electrical=chain, grid=grid,
    )  # fmt: skip


def _design(case: Case, **reserved: Reserved) -> Design:
    operation = still(
        case, busy_racks={TRAIN: np.array([4.0, 0.0])},
        charge_mw={"A": np.array([0.86, 0.0]), "B": np.array([0.505, 0.0])},
        discharge_mw={"A": np.array([0.0, 0.86]), "B": np.array([0.0, 0.505])},
        stored_mwh={"A": np.array([A_LOW, A_HIGH]), "B": np.array([B_LOW, B_HIGH])},
        smoothed_mw={"A": np.array([0.03, 0.0]), "B": np.array([0.008, 0.0])},
    )  # fmt: skip
    return plan_of(
        case, operation, racks=(PlacedRacks("R", "air", "hall", 10),), gangs=(Gang("train", "R", "air", 5),),
        battery_mw={"A": 1.0, "B": 0.6}, battery_mwh={"A": 2.0, "B": 1.0}, reserved={"A": A, "B": B, **reserved},
    )  # fmt: skip


def _grid(case: Case, **new: Any) -> Case:
    return replace(case, grid=replace(case.grid, **new))


def _store(case: Case, name: str, **new: Any) -> Case:
    return replace(case, batteries=tuple(replace(b, **new) if b.name == name else b for b in case.batteries))


def _found(case: Case, design: Design) -> dict[str, tuple[float, float]]:
    return {k: (v.found, v.expected) for k, v in told(check_duties, case, design).items()}


def test_promises_kept_to_every_limit_pass() -> None:
    """Proves: bands just as large as the duties ask, power and stored energy up to them, are kept. Catches: a duty
    counted twice, swings of busy racks taken for those of the whole gang."""
    assert _found(_case(), _design(_case())) == {}


SWINGS, RESERVED = (f"{x} evened out beyond the grid's allowance [MW]" for x in ("swings", "power reserved for swings"))
TIGHT = "bands no larger than their duty asks"


@pytest.mark.parametrize(
    ("name", "new", "rule", "found", "expected"),
    [
        ("A", {"ride_through_mwh": 0.149 / 0.9}, "ride-through energy held back [MWh]", 0.179, 0.18),
        ("B", {"ride_through_mwh": 0.029 / 0.5}, "ride-through energy held back [MWh]", 0.179, 0.18),
        ("A", {"ride_through_mwh": 0.151 / 0.9}, "stored energy above the reserved bands", A_LOW, A_LOW + 0.001 / 0.9),
        ("A", {"smoothing_mw": 0.039}, RESERVED, 0.059, 0.06),
        ("A", {"smoothing_mw": 0.041}, TIGHT, 0.06 / 0.061, 1.0),
        ("A", {"ramp_mw": 0.099}, "ramp power of batteries [MW]", 0.174, 0.175),
        ("A", {"ramp_mwh": A.ramp_mwh * 0.99}, "ramp energy held back [MWh]", ALL_MWH - 0.01 * A.ramp_mwh,
         0.999 * ALL_MWH),
        ("A", {"smoothing_mw": 0.041}, "dispatch, smoothing and ramp within the power", 1.001, 1.0),
        ("A", {"ramp_mw": 0.101}, "dispatch, smoothing and ramp within the power", 1.001, 1.0),
        ("A", {"ramp_mwh": -0.001}, "reserved bands not negative", -0.001, 0.0),
        ("A", {"ramp_mwh": A.ramp_mwh + 0.001}, "stored energy below the room kept for swings and ramps", A_HIGH,
         A_HIGH - 0.0008),
        ("slow", {"ride_through_mwh": 0.01}, "no ride-through from storage that comes too late", 0.01, 0.0),
    ],
)  # fmt: skip
def test_each_band_a_little_smaller_or_larger(
    name: str, new: dict[str, float], rule: str, found: float, expected: float
) -> None:
    """Proves: too small a band misses its duty, too large a one its room or its reason, with both numbers by hand."""
    case = _case()
    bands = {"A": A, "B": B}
    design = _design(case, **{name: replace(bands.get(name, Reserved()), **new)})
    assert _found(case, design)[rule] == pytest.approx((found, expected))


@pytest.mark.parametrize(
    ("series", "rule", "found", "expected"),
    [
        ({"smoothed_mw": {"A": np.array([0.029, 0]), "B": np.array([0.008, 0])}}, SWINGS, 0.037, 0.038),
        ({"smoothed_mw": {"A": np.array([0.031, 0]), "B": np.array([0.008, 0])}},
         "smoothing only what the grid does not allow [MW]", 0.039, 0.038),
        ({"smoothed_mw": {"A": np.array([0.041, 0]), "B": np.array([-0.003, 0])}},
         "smoothing within the power reserved", 0.041, 0.04),
        ({"smoothed_mw": {"B": np.array([-0.003, 0])}}, "smoothing not negative", -0.003, 0.0),
        ({"discharge_mw": {"A": np.array([0, 0.861])}}, "dispatch, smoothing and ramp within the power", 1.001, 1.0),
        ({"busy_racks": {TRAIN: np.array([4.1, 0])}}, SWINGS, 0.038, 0.0402),
        ({"charge_mw": {"A": np.array([0.861, 0])}}, "dispatch, smoothing and ramp within the power", 1.001, 1.0),
    ],
)  # fmt: skip
def test_each_series_beside_the_bands(series: Any, rule: str, found: float, expected: float) -> None:
    """Proves: what is smoothed in a step is what its busy racks swing beyond the grid's allowance, within the band."""
    case = _case()
    assert _found(case, operated(_design(case), **series))[rule] == pytest.approx((found, expected))


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        (
            {"max_swing_mw": None},
            {"no smoothing without a limit on swings", "no band for swings that nothing asks for"},
        ),
        ({"ramp_limit_mw_per_min": None}, {"no band for ramps that nothing asks for"}),
        ({"ride_through_h": 0.2}, set()),
        ({"ride_through_h": 0.201}, {"ride-through energy held back [MWh]"}),
        ({"max_swing_mw": 0.098}, {RESERVED, SWINGS, "smoothing only what the grid does not allow [MW]"}),
        ({"ramp_limit_mw_per_min": 0.0495}, {"ramp power of batteries [MW]", "ramp energy held back [MWh]"}),
    ],
)
def test_each_limit_of_the_grid(changed: dict[str, Any], rules: set[str]) -> None:
    """Proves: without a limit nothing may be kept free for it; a little tighter, the bands are too small. The longer of
    the grid's ride-through and the site's own counts."""
    case = _case()
    assert set(_found(_grid(case, **changed), _design(case))) == rules


def test_bands_that_nothing_asks_for_are_told_in_full() -> None:
    """Proves: without limits, all that is kept free or smoothed should be nothing; B's bands are told as they are, and
    no bands at all are fine."""
    case = _grid(_case(), max_swing_mw=None, ramp_limit_mw_per_min=None)
    found = _found(case, _design(case))
    assert found["no band for swings that nothing asks for"] == pytest.approx((0.02, 0.0))
    assert found["no band for ramps that nothing asks for"] == pytest.approx((0.075 + B_MWH, 0.0))
    assert found["no smoothing without a limit on swings"] == pytest.approx((0.038, 0.0))
    assert told(check_duties, energy_case([0.0]), plan_of(energy_case([0.0]))) == {}


@pytest.mark.parametrize(("response_s", "is_told"), [(1800.0, False), (1801.0, True)])
def test_storage_must_answer_within_half_a_swing(response_s: float, is_told: bool) -> None:
    """Proves: a third battery that answers within half of an hour's swing takes B's part of it, with the energy of half
    an hour; one second later it takes none. Catches: a whole period allowed."""
    case = _store(_case(), "slow", response_s=response_s)
    design = _design(case, B=replace(B, smoothing_mw=0.0), slow=Reserved(smoothing_mw=0.02))
    smoothed = {"A": np.array([0.03, 0.0]), "slow": np.array([0.008, 0.0])}
    stored = {**design.operation.stored_mwh, "slow": np.array([0.01, 0.02])}
    design = operated(design, smoothed_mw=smoothed, stored_mwh=stored)
    design = replace(
        design, battery_mw={**design.battery_mw, "slow": 0.02}, battery_mwh={**design.battery_mwh, "slow": 0.03}
    )
    found = _found(case, design)
    if is_told:
        assert found[RESERVED] == pytest.approx((0.04, 0.06))
    else:
        assert found == {}
        low = operated(design, stored_mwh={**stored, "slow": np.array([0.0099, 0.02])})
        assert _found(case, low)["stored energy above the reserved bands"] == pytest.approx((0.0099, 0.01))


@pytest.mark.parametrize(
    ("response_s", "rules"),
    [
        (180.0, set()),
        (181.0, {"no ride-through from storage that comes too late", "ride-through power of batteries [MW]",
                 "ride-through energy held back [MWh]"}),
    ],
)  # fmt: skip
def test_storage_must_answer_before_the_chain_gives_in(response_s: float, rules: set[str]) -> None:
    """Proves: the chain covers 0.05 h, 180 s; a battery that answers in 181 s carries no rack, and B alone too few."""
    case = _case()
    assert set(_found(_store(case, "A", response_s=response_s), _design(case))) == rules
    # racks with a buffer of their own, 0.06 kWh for 0.12 MW, hold 1.8 s longer
    buffered = replace(case, racks=(replace(case.racks[0], buffer_mwh=6e-5),))
    assert _found(_store(buffered, "A", response_s=response_s), _design(case)) == {}


@pytest.mark.parametrize(
    ("new", "stands"),
    [
        ({"lead_months_p50": 1300.0}, False),
        ({"lead_months_p50": 1300.0, "existing_mw": 1.0, "existing_mwh": 2.0}, True),
        ({"lead_months_p50": 1300.0, "existing_mw": 1.0}, False),
        ({"lead_months_p50": 1300.0, "existing_mwh": 2.0}, False),
        ({"max_mw": 0.0}, False),
        ({"max_mwh": 0.0}, False),
        ({"max_mw": 1.0, "max_mwh": 0.9}, True),
    ],
)
def test_storage_that_is_not_there_keeps_no_promise(new: dict[str, Any], stands: bool) -> None:
    """Proves: a battery that comes too late, and is not on site, carries no rack; one of which none may be bought
    neither."""
    case = _case()
    found = _found(_store(case, "A", **new), _design(case))
    assert ("ride-through power of batteries [MW]" in found) is not stands


@pytest.mark.parametrize(
    ("location", "serves", "is_told"),
    [("site", False, False), ("rack", False, False), ("ups", True, False), ("ups", False, True)],
)
def test_where_storage_may_even_out_swings(location: str, serves: bool, is_told: bool) -> None:
    """Proves: storage on site, in racks, or at a UPS that serves the grid evens out swings; other UPS may not."""
    case = _store(_case(), "A", location=location)
    case = replace(case, electrical=replace(case.electrical, ups_serves_grid=serves))
    found = _found(case, _design(case))
    assert ("storage that serves no grid smooths nothing" in found) is is_told
    if is_told:
        assert found["storage that serves no grid smooths nothing"] == pytest.approx((0.14, 0.0))
    else:
        assert found == {}


@pytest.mark.parametrize(
    ("buffer", "left_mw"),
    [
        ({}, 0.06),
        ({"buffer_mw": 0.005, "buffer_mwh": 1.0}, 5 * 1.1 * 0.015 - 0.05),
        ({"buffer_mw": 1.0, "buffer_mwh": 0.0025}, 5 * 1.1 * 0.015 - 0.05),
        ({"buffer_mw": 1.0, "buffer_mwh": 1.0}, 0.0),
    ],
)
def test_buffers_of_racks_take_their_part_of_a_swing(buffer: dict[str, float], left_mw: float) -> None:
    """Proves: a rack's own buffer evens out its swing of 0.02 MW by its power, or by its energy over half an hour; what
    it leaves, with losses of the chain, is kept free by batteries."""
    case = _case()
    case = replace(case, racks=(replace(case.racks[0], **buffer),))
    design = _design(case, A=replace(A, smoothing_mw=0.0), B=replace(B, smoothing_mw=0.0))
    found = _found(case, design)
    if left_mw > 0:
        assert found[RESERVED] == pytest.approx((0.0, left_mw))
    else:
        assert RESERVED not in found


def test_a_single_battery_keeps_just_the_power_of_a_ramp() -> None:
    """Proves: one battery alone is ahead by just the gap of 0.175 MW, not more."""
    case = replace(_case(), batteries=(_case().batteries[1],))
    one = replace(B, ramp_mw=0.18, ramp_mwh=ALL_MWH)
    found = _found(case, replace(_design(case), reserved={"B": one}))
    assert found["power of one battery for ramps is the gap [MW]"] == pytest.approx((0.18, 0.175))
    just = _found(case, replace(_design(case), reserved={"B": replace(one, ramp_mw=0.175)}))
    assert "power of one battery for ramps is the gap [MW]" not in just


def test_a_battery_without_power_is_no_second_one() -> None:
    """Proves: of two batteries that may carry ramps one has power: it keeps just the gap of 0.175 MW. Catches: a count
    of batteries that are not there, with which any power passes."""
    one = replace(B, ramp_mw=0.18, ramp_mwh=ALL_MWH)
    design = replace(_design(_case()), battery_mw={"A": 0.0, "B": 0.6}, reserved={"A": Reserved(), "B": one})
    found = _found(_case(), design)
    assert found["power of one battery for ramps is the gap [MW]"] == pytest.approx((0.18, 0.175))
