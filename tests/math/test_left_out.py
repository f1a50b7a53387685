"""A subject of the power side that a case leaves out adds no row and no column to its problems."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from families import row_families
from tiny import PLAIN_TERMS, air, battery, hall_case, limits, requests, supply

from models.case import Case, ChilledWaterStore, Electrical, Generator, HeatUser, PowerPurchase, Programme
from planner.solving.arrays import compile_case

ALWAYS = {"compute", "modules", "balance_bus"}
"""blocks of racks in units at a bus, without anything of the power side"""


def _size(case: Case) -> list[tuple[int, ...]]:
    blocks = compile_case(case)
    return [part.arrays.matrix.shape for part in (blocks.design, *blocks.months.values())]


def _engine(**changes: Any) -> Generator:
    return replace(Generator("engine", 1.0, 1.0, PLAIN_TERMS, max_units=1), **changes)


def _tank(mwh: float) -> Any:
    return (replace(air(), store=ChilledWaterStore(1.0, PLAIN_TERMS, mwh)),)


def _work(**changes: Any) -> Any:
    return (requests([2.0, 1.0], swing_share=0.5, swing_s=60.0, ramp_s=1.0, **changes),)


STORE = (battery(),)
ASKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "battery": ({"batteries": (battery(max_mw=0.0),)}, {"batteries": STORE}),
    "source": ({"supplies": (supply([1.0, 1.0], max_mw=0.0),)}, {"supplies": (supply([1.0, 1.0]),)}),
    "generator": ({"generators": (_engine(max_units=0),)}, {"generators": (_engine(),)}),
    "programme": (
        {"programmes": (Programme("calls", np.ones(2), 1.0, max_mw=0.0),)},
        {"programmes": (Programme("calls", np.ones(2), 1.0, max_mw=1.0),)},
    ),
    "contract": (
        {"purchases": (PowerPurchase("wind", np.ones(2), 1.0, max_mw=0.0),)},
        {"purchases": (PowerPurchase("wind", np.ones(2), 1.0, max_mw=1.0),)},
    ),
    "share of clean energy": (
        {"limits": limits(clean_share_yearly=0.0, clean_share_hourly=0.0)},
        {"limits": limits(clean_share_yearly=0.1)},
    ),
    "tank": ({"cooling": _tank(0.0)}, {"cooling": _tank(1.0)}),
    "heat user": (
        {"heat_users": (HeatUser("town", 9.0, 40.0, np.zeros(2), 0.0, PLAIN_TERMS),), "cooling": (air(return_c=40.0),)},
        {"heat_users": (HeatUser("town", 9.0, 40.0, np.ones(2), 0.0, PLAIN_TERMS),), "cooling": (air(return_c=40.0),)},
    ),
    "interruptions": (
        {"grid": {"available_pu": np.ones(2)}},
        {"grid": {"available_pu": np.array([1.0, 0.5]), "lost_load_kcur_per_mwh": 9.0}},
    ),
    "export": ({"grid": {"export_limit_mw": 0.0}}, {"grid": {"export_limit_mw": 1.0}}),
}  # fmt: skip
OF_STORAGE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ride-through": (
        {"electrical": Electrical("A", 0.0, 0.0)},
        {"electrical": Electrical("A", 0.0, 0.0, required_ride_through_h=0.1)},
    ),
    "swings": ({"workloads": _work()}, {"workloads": _work(), "grid": {"max_swing_mw": 0.01}}),
    "ramps": ({"workloads": _work()}, {"workloads": _work(), "grid": {"ramp_limit_mw_per_min": 0.01}}),
}


@pytest.mark.parametrize("subject", [*ASKED, *OF_STORAGE])
def test_a_subject_left_out_adds_nothing(subject: str) -> None:
    """Proves: what is named but cannot be had, or is not asked for, leaves every problem as small as without it; once
    it counts it adds rows or columns. Catches: an empty family of rows, variables held at zero by a bound."""
    common = {"batteries": STORE} if subject in OF_STORAGE else {}
    none, some = (ASKED | OF_STORAGE)[subject]
    plain = _size(hall_case(**common))
    assert _size(hall_case(**common, **none)) == plain
    assert _size(hall_case(**common, **some)) != plain


def test_a_plain_hall_has_rows_of_racks_and_units_alone() -> None:
    """Proves: racks in units at a connection need none of the power side's blocks. Catches: rows that every case pays
    for."""
    assert {name.partition(".")[0] for _, name in row_families(hall_case())} == ALWAYS
