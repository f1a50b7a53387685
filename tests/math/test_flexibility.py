"""The connection that a load needs with and without its flexibility, from designs written down by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of
from tiny import (
    air,
    battery,
    energy_case,
    flat_curve,
    hall_case,
    limits,
    liquid,
    point,
    rack,
    requests,
    training,
    training_point,
)

from models.case import Case, Delay, Electrical
from models.flexibility import FirmNeed, firm_need, interrupted_import

PLATE = ("R", "plate")


def working(arrivals: tuple[float, ...] = (0.6, 0.0, 0.2, 0.0)) -> Case:
    """Racks that leave four fifths of their heat to liquid, at 0.1 MW per MW of which half is fixed, the rest to air at
    0.25; 4 % lost in the chain, peaks 1.5 times the mean. Batch work, training in two windows, and chat."""
    plate = liquid("plate", curve=flat_curve(0.1), fixed_share=0.5)
    batch = requests(arrivals, "batch", kind="deferrable", max_delay_h=2.0)
    return hall_case(
        [1.0] * 4,
        workloads=(requests([1.0] * 4), batch, training(1.0, [(0, 2), (3, 4)])),
        operating_points=(point(), point(work="batch"), training_point()),
        racks=(rack(liquid_share=0.8),), cooling=(plate, air(curve=flat_curve(0.25))),
        electrical=Electrical("chain", 0.0, 0.04), batteries=(battery(), battery(name="other")),
        grid={"billing_factor": 1.5},
    )  # fmt: skip


def need(case: Case, import_mw: list[float], batch: list[float], train: list[float]) -> FirmNeed:
    """One battery gives 0.2 MW in step 0, the other takes 0.3 MW in step 3; racks of each kind of work are busy."""
    still = np.zeros(4)
    operation: dict[str, Any] = {
        "import_mw": np.array(import_mw),
        "discharge_mw": {"battery": np.array([0.2, 0.0, 0.0, 0.0]), "other": still},
        "charge_mw": {"battery": still, "other": np.array([0.0, 0.0, 0.0, 0.3])},
        "busy_racks": {
            ("batch", *PLATE): np.array(batch), ("train", *PLATE): np.array(train), ("chat", *PLATE): np.arange(4.0),
        },
    }  # fmt: skip
    return firm_need(case, plan_of(case, operation))


def test_the_connection_without_batteries_and_with_rigid_work() -> None:
    """Proves: planned 1.5 * 1 MW; 1.2 without batteries. Two racks' batch work in steps 1 and 2, 0.05 MW each, arrives
    by 3 to 1 in steps 0 and 2: 0.15 and 0.05 MW. Training runs at one rate through each window: 0.1 MW in steps 0 and
    1. Step 0 draws 0.15 - 0.1 MW more, with 4 % of losses and cooling of 0.8 * 0.1 / 2 + 0.2 * 0.25: 1.2 + 0.05 *
    1.13. Catches: chat that waits, one window's mean for both, fixed cooling counted as if it grew."""
    found = need(working(), [1.0, 1.0, 1.0, 0.5], batch=[0.0, 2.0, 2.0, 0.0], train=[4.0, 0.0, 0.0, 2.0])
    assert found.planned_mw == pytest.approx(1.5)
    assert found.idle_mw == pytest.approx(1.5 * 1.2)
    assert found.rigid_mw == pytest.approx(1.5 * (1.2 + 0.05 * 1.13))


def test_work_that_never_arrives_draws_nothing_more() -> None:
    """Proves: of no arrivals nothing is moved, and a connection is never less than none: batteries that take more than
    the import need none when idle. Catches: work moved by a share of nothing, a connection below zero."""
    found = need(working((0.0,) * 4), [0.0, 0.0, 0.0, 0.2], batch=[0.0] * 4, train=[0.0] * 4)
    assert (found.planned_mw, found.idle_mw, found.rigid_mw) == pytest.approx((0.3, 0.3, 0.3))
    still = energy_case([0.0])
    assert firm_need(still, plan_of(still)) == FirmNeed(0.0, 0.0, 0.0)


def interrupted(share: list[float] | None, **grid: Any) -> Case:
    """A connection of 4 MW, peaks 1.5 times the mean, of which interruptions leave a share."""
    available = {} if share is None else {"available_pu": np.array(share)}
    return energy_case([0.0] * 5, limit_mw=4.0, grid={"billing_factor": 1.5, **available, **grid})


def test_the_step_that_uses_an_interruption_most() -> None:
    """Proves: shares of 0.5, 0.25 and 0.5 are left of 4 MW, peaks of 1.5, 1.125 and 1.8 MW use 3, 4.5 and 3.6 of it:
    the second, of which 1 MW is left. Hours with all or nothing of the connection say nothing. Catches: the highest
    import, the smallest share, peaks taken for means."""
    case = interrupted([1.0, 0.5, 0.25, 0.0, 0.5])
    found = interrupted_import(case, plan_of(case, {"import_mw": np.array([9.0, 1.0, 0.75, 0.0, 1.2])}))
    assert found is not None and (found.import_mw, found.left_mw) == pytest.approx((1.125, 1.0))


@pytest.mark.parametrize(("delay", "left"), [(0, 0.25 * 3.0), (1, 0.25 * 3.0), (2, 1.0)])
def test_an_interruption_leaves_a_part_of_what_is_live_at_the_start(delay: int, left: float) -> None:
    """Proves: of 4 MW that are live two months late an earlier step carries 3: a quarter of those is left until then.
    Catches: a share of the whole connection at any start."""
    case = interrupted([1.0, 0.5, 0.25, 0.0, 0.5], energised_month=14.0, earlier_mw=3.0)
    case = replace(case, limits=limits(need_month=12.0, delay=Delay(3)))
    year = {"import_mw": np.array([2.0, 0.5, 0.375, 0.0, 0.5])}
    found = interrupted_import(case, plan_of(case, year, delay_months=delay))
    assert found is not None and (found.import_mw, found.left_mw) == pytest.approx((0.5625, left))


@pytest.mark.parametrize("case", [interrupted(None), interrupted([1.0, 0.0, 1.0, 0.0, 1.0])])
def test_no_part_of_the_connection_is_left(case: Case) -> None:
    """Proves: without interruptions, or with such that leave all or nothing, or without a limit, there is no such step.
    Catches: an hour that leaves nothing told as one that leaves a part."""
    assert interrupted_import(case, plan_of(case)) is None
    wide = interrupted([1.0, 0.5, 1.0, 1.0, 1.0])
    endless = replace(wide, grid=replace(wide.grid, import_limit_mw=float("inf")))
    assert interrupted_import(endless, plan_of(endless)) is None
    assert interrupted_import(wide, plan_of(wide)) is not None
