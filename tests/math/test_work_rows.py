"""Rules of work, racks, swings and ramps in the model, at numbers put in by hand: by how much each row holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from handmade import halves, set_values, slack
from tiny import (
    PLAIN_TERMS,
    air,
    battery,
    hall_case,
    limits,
    point,
    rack,
    requests,
    training,
    training_point,
)

from models.assembly import build_design, build_operation
from models.case import Case, ChilledWaterStore, Money
from models.tokenergy import energy_allowed_mwh

CHAT, TRAIN, LATE = ("chat", "R", "air"), ("train", "R", "air"), ("late", "R", "air")
TWO_YEARS = Money(2, 0.0)


def site(step_h: float = 1.0, max_swing_mw: float | None = 0.02, ramp_mw_per_min: float | None = 0.01) -> Case:
    """Chat (2, 1, 0 Mreq/h), a gang in the first two steps and late work; swings of 40 % of 0.1 MW, in an hour, those
    of late work in a second. A battery is quick enough for both, another one just for the slow."""
    slow: dict[str, Any] = {"swing_share": 0.4, "swing_s": 3600.0, "ramp_s": 60.0}
    fast: dict[str, Any] = {**slow, "swing_s": 1.0}
    late = requests([1.0, 2.0, 3.0], "late", kind="deferrable", max_delay_h=1.0, **fast)
    work = (requests([2.0, 1.0, 0.0], **slow), training(2000.0, [(0, 2)], pause_share=1.0, **slow), late)
    case = hall_case(
        [0.0] * 3,
        workloads=work,
        racks=(rack(usable_share=0.8),),
        operating_points=(point(), training_point(), point("R", "late")),
        batteries=(battery(), battery(name="slow", response_s=60.0)),
        grid={"max_swing_mw": max_swing_mw, "ramp_limit_mw_per_min": ramp_mw_per_min},
    )
    return replace(case, calendar=replace(case.calendar, step_h=step_h))


BUSY: dict[str, dict[Any, float]] = {
    "sizes__share": {CHAT: 0.5},
    "sizes__gang": {TRAIN: 2.0},
    "sizes__smoothing_mw": {"battery": 0.03, "slow": 0.01},
}
"""1 and 0.5 racks of chat, a gang of two."""


def test_swings_of_a_step_that_the_design_does_not_know() -> None:
    """Proves: amplitudes of 0.02 MW per rack: late work of 3 racks swings fast, 0.06, beyond the 0.01 that the grid
    takes and the 0.03 of the quick battery by 0.02; slow and fast together, in the first step 1 of chat and the gang of
    2, 0.12, beyond 0.05 by 0.07; after the window just late work. Catches: the gang at work for the gang whole, or
    outside its window; a slow battery for fast swings; the allowance peak to peak."""
    month = build_operation(site(), 0)
    set_values(month, **BUSY, compute__busy={(*LATE, 0): 3.0, (*LATE, 1): 3.0, (*LATE, 2): 3.0, (*TRAIN, 0): 1.0})
    rows = month.swings.keep_smoothing
    assert [slack(rows[0, t]) for t in range(3)] == pytest.approx([-0.02] * 3)
    assert [slack(rows[1, t]) for t in range(3)] == pytest.approx([-0.07, -0.06, -0.01])


def test_swings_that_are_evened_out_in_a_step() -> None:
    """Proves: what runs counts: of the gang 1 rack, with 1 of chat and 3 late ones 0.1 MW, beyond the allowance of 0.01
    and 0.02 + 0.01 evened out by 0.06; fast swings by 0.06 - 0.01 - 0.02. No row where nothing can run. Catches: the
    gang whole, what is reserved for what is evened out."""
    month = build_operation(site(), 0)
    set_values(month, **BUSY, compute__busy={(*LATE, 0): 3.0, (*TRAIN, 0): 1.0})
    set_values(month, swings__smoothed_mw={("battery", 0): 0.02, ("slow", 0): 0.01})
    rows = month.swings.smooth_step
    assert (slack(rows[0, 0]), slack(rows[1, 0])) == pytest.approx((-0.03, -0.06))
    assert slack(month.swings.within_reserve["battery", 0]) == pytest.approx(0.01)
    alone = replace(site(), workloads=site().workloads[:2])
    assert [key[1] for key in build_operation(alone, 0).swings.smooth_step] == [0, 1]


def test_each_workload_swings_with_its_own_arrivals() -> None:
    """Proves: of z, 5 Mreq/h, half and of a, 2 Mreq/h, all is here: 2.5 and 2 racks swing by 0.09 MW, beyond 0.01 by
    0.08. Catches: arrivals of the first workload, or of one later in the alphabet, for all."""
    parts: dict[str, Any] = {"operating_class": "chat", "swing_share": 0.4, "swing_s": 3600.0}
    work = (requests([5.0], "z", **parts), requests([2.0], "a", **parts))
    month = build_operation(hall_case([0.0], workloads=work, batteries=(battery(),), grid={"max_swing_mw": 0.02}), 0)
    set_values(month, sizes__share={("z", "R", "air"): 0.5, ("a", "R", "air"): 1.0})
    set_values(month, swings__smoothed_mw={("battery", 0): 0.0})
    assert slack(month.swings.smooth_step[0, 0]) == pytest.approx(-0.08)
    little = (requests([0.5, 0.0], "a", **parts),)
    case = hall_case([0.0] * 2, workloads=little, batteries=(battery(),), grid={"max_swing_mw": 0.0})
    assert list(build_operation(case, 0).swings.smooth_step) == [(0, 0)]


def test_a_step_of_all_work_at_once() -> None:
    """Proves: 0.05 MW per rack of 1, 2 and 3 racks are 0.3 MW; in the minute that it takes the grid follows by 0.01, so
    that 0.29 are beyond a gap of 0.2 by 0.09. Without late work, and without a limit, the design knows it all. Catches:
    hours for minutes, the ramp's allowance added."""
    month = build_operation(site(), 0)
    set_values(month, **BUSY, sizes__gap_mw={"site": 0.2}, compute__busy={(*LATE, t): 3.0 for t in range(3)})
    assert [slack(month.swings.keep_ramp[t]) for t in range(3)] == pytest.approx([-0.09, -0.065, 0.06])
    alone = replace(site(), workloads=site().workloads[:2])
    assert build_operation(alone, 0).swings.component("keep_ramp") is None
    assert build_operation(site(ramp_mw_per_min=None), 0).swings.component("keep_ramp") is None
    assert build_operation(site(max_swing_mw=None), 0).swings.component("keep_smoothing") is None


def test_bands_of_the_design() -> None:
    """Proves: in the hardest hour 1 rack of chat and the gang of 2 swing by 0.06 MW, 0.01 within the allowance and 0.03
    + 0.01 of both batteries; they step by 0.15, of which the grid takes 0.01; batteries of 0.05 and 0.02 MW leave 0.13
    of a gap of 0.2. Catches: fast swings asked of what is slow; half a step."""
    model = build_design(site())
    set_values(model, **BUSY, sizes__gap_mw={"site": 0.2}, sizes__ramp_mw={"battery": 0.05, "slow": 0.02})
    rows = {(key[0] < 1e-3, key[1]): slack(model.swings.smooth[key]) for key in model.swings.smooth}
    assert rows == {(True, 0): pytest.approx(0.04), (False, 0): pytest.approx(-0.01)}
    assert slack(model.swings.step[0]) == pytest.approx(0.06)
    assert slack(model.swings.ramp_power["site"]) == pytest.approx(-0.13)


def test_energy_of_each_group_of_batteries() -> None:
    """Proves: of a gap of 0.2 MW the one battery's 0.05 leave 0.15 to the other, all of it to both: no line asks for
    more than gap^2 / 1.2 and half a minute of it, and the nearest for at most 0.1 % less. Catches: a group's own power
    taken off, lines for the square of other units, the rise left out."""
    model = build_design(site())
    set_values(model, sizes__gap_mw={"site": 0.2}, sizes__ramp_mw={"battery": 0.05, "slow": 0.02})
    set_values(model, sizes__ramp_mwh={"battery": 0.0, "slow": 0.0})
    rows = model.swings.ramp_energy
    lefts = (0.2 - 0.02, 0.2 - 0.05, 0.2)  # to the first, to the second, to both
    for group, left in enumerate(lefts):
        needed = -min(slack(rows[key]) for key in rows if key[0] == group)
        square, rise = left**2 / 1.2, left / 120
        assert square * (1 - 1.001e-3) + rise <= needed <= square * (1 + 1e-9) + rise
    held = {"battery": 0.3, "slow": 0.1}
    before = [slack(rows[g, 0]) for g in range(3)]
    set_values(model, sizes__ramp_mwh=held)
    gained = [slack(rows[g, 0]) - b for g, b in enumerate(before)]
    assert gained == pytest.approx([0.3, 0.1, 0.4])


def test_busy_racks_of_a_step() -> None:
    """Proves: of ten racks 8 may be busy: 1 of chat, the gang of 2 whole within its window, and 3 of late work leave 2;
    after the window 5. Catches: racks that run for the gang, all racks usable."""
    month = build_operation(site(), 0)
    set_values(month, **BUSY, sizes__racks={CHAT[1:]: 10.0}, compute__busy={(*LATE, t): 3.0 for t in range(3)})
    rows = month.compute.limit_busy
    assert [slack(rows["R", "air", t]) for t in range(3)] == pytest.approx([2.0, 2.5, 5.0])


def test_work_of_half_hours() -> None:
    """Proves: 4 Mreq wait; in half an hour 1 Mreq/h arrives and 3 racks serve 3 Mreq/h: 3 are left; a gang of 2 and 1
    racks works 1.5 rack-hours of a run of 2. Catches: steps for hours."""
    month = build_operation(site(step_h=0.5), 0)
    set_values(month, month__backlog_start_mreq={"late": 4.0}, month__run_rack_h={(*TRAIN, 0): 2.0})
    set_values(month, compute__backlog_mreq={("late", t): 3.0 for t in range(3)}, month__backlog_end_mreq={"late": 3.0})
    set_values(
        month, compute__busy={(*LATE, 0): 3.0, (*LATE, 1): 2.0, (*LATE, 2): 3.0, (*TRAIN, 0): 2.0, (*TRAIN, 1): 1.0}
    )
    assert [slack(month.compute.balance_backlog["late", t]) for t in range(3)] == pytest.approx([0.0] * 3)
    assert slack(month.compute.end_backlog["late"]) == pytest.approx(0.0)
    for other in (2.0, 4.0):
        set_values(month, month__backlog_end_mreq={"late": other})
        assert slack(month.compute.end_backlog["late"]) == pytest.approx(-1.0)
    set_values(month, sizes__gang={TRAIN: 3.0})
    assert [slack(month.compute.limit_gang[(*TRAIN, t)]) for t in (0, 1)] == pytest.approx([1.0, 2.0])
    assert slack(month.compute.work_run[(*TRAIN, 0)]) == pytest.approx(-0.5)


def test_late_work_is_served_by_its_own_racks() -> None:
    """Proves: of a and b, each 2 Mreq waiting, one rack of a leaves 1 Mreq, two racks of b none. Catches: racks of one
    workload that serve the other."""
    parts: dict[str, Any] = {"kind": "deferrable", "max_delay_h": 1.0, "operating_class": "chat"}
    work = (requests([0.0, 2.0], "b", **parts), requests([0.0, 2.0], "a", **parts))
    month = build_operation(hall_case([0.0, 0.0], workloads=work), 0)
    for name, racks in (("a", 1.0), ("b", 2.0)):
        set_values(month, compute__busy={(name, "R", "air", 0): racks}, month__backlog_start_mreq={name: 2.0})
        set_values(month, compute__backlog_mreq={(name, 0): 2.0 - racks})
    assert [slack(month.compute.balance_backlog[name, 0]) for name in "ab"] == pytest.approx([0.0, 0.0])


def test_a_gang_between_its_fewest_and_its_most() -> None:
    """Proves: 12 rack-hours in a window of four hours with half of it paused are 3 to 6 racks where the gang runs, and
    none where it does not; 5 + 6 rack-hours of two months fall one short of the run. A gang that cannot be runs
    nowhere. Catches: racks for rack-hours, one month for the year."""
    work = training(12_000.0, [(0, 4)], pause_share=0.5)
    case = hall_case([0.0] * 4, workloads=(work,), operating_points=(training_point(),))
    case = replace(case, calendar=replace(case.calendar, month_of_step=(0, 0, 1, 1)))
    model = build_design(case)
    set_values(model, sizes__gang={TRAIN: 4.0}, compute__is_gang={TRAIN: 1.0})
    for m, rack_h in ((0, 5.0), (1, 6.0)):
        model.month[m].run_rack_h[(*TRAIN, 0)].set_value(rack_h)
    assert slack(model.compute.gang_at_least[TRAIN]) == pytest.approx(1.0)
    assert slack(model.compute.gang_at_most[TRAIN]) == pytest.approx(2.0)
    assert slack(model.compute.finish_run[(*TRAIN, 0)]) == pytest.approx(-1.0)
    assert slack(model.compute.choose_gang["train"]) == 0.0
    set_values(model, sizes__racks={TRAIN[1:]: 5.0})
    assert slack(model.compute.limit_busy["R", "air", 0]) == pytest.approx(1.0)
    set_values(model, compute__is_gang={TRAIN: 0.0})
    assert slack(model.compute.gang_at_most[TRAIN]) == pytest.approx(-4.0)
    never = replace(case, workloads=(replace(work, pause_share=0.0, gang_min=4),))
    assert build_design(never).compute.is_gang[TRAIN].ub == 0 and model.compute.is_gang[TRAIN].ub == 1


def test_racks_and_what_follows_from_them() -> None:
    """Proves: 2 racks R (0.1 MW, 0.05 idle) and 4 liquid racks L, three quarters of whose heat leaves by liquid, each
    with 0.02 MW of ancillary IT: installed 0.72, without work 0.42; 60 % of chat on R at a rack-hour per Mreq, the rest
    on L at two: 0.03 and 0.04 MW per Mreq/h; heat by its share. Two thirds of the racks are domestic; of ten R at most
    may be bought. Catches: idle power above idle, heat of one cooling type twice, a share of racks for one of power."""
    racks = (rack(ancillary_mw=0.02, max_racks=10, domestic=False, cost_kcur=10.0, ancillary_cost_kcur=1.0),)
    racks += (rack("L", ancillary_mw=0.02, liquid_share=0.75, domestic=True, usable_share=0.5),)
    cooling = (air(), replace(air("liquid"), liquid_share=1.0, residual_air="air"))
    case = hall_case([3.0, 1.0], racks=racks, cooling=cooling, operating_points=(point(), point("L", mtok_per_h=500.0)))
    model = build_design(replace(case, limits=limits(domestic_share=0.7), money=TWO_YEARS))
    of_r, of_l = ("chat", "R", "air"), ("chat", "L", "liquid")
    set_values(model, sizes__racks={of_r[1:]: 2.0, of_l[1:]: 4.0}, sizes__share={of_r: 0.6, of_l: 0.4})
    single = {"installed_mw": 0.72, "steady_mw": 0.42}
    for name, value in single.items():
        getattr(model.sizes, name).set_value(value)
    heat = {"air": 0.14 + 0.25 * 0.28, "liquid": 0.75 * 0.28}
    peak = {"air": 0.24 + 0.25 * 0.48, "liquid": 0.75 * 0.48}
    work = {("air", "chat"): 0.03 + 0.25 * 0.04, ("liquid", "chat"): 0.75 * 0.04}
    set_values(model, sizes__per_work_mw={"chat": 0.07}, sizes__steady_heat_mw=heat, sizes__design_heat_mw=peak)
    set_values(model, sizes__heat_per_work_mw=work)
    block = model.compute
    equal = [block.sum_installed, block.sum_steady, block.sum_per_work["chat"], block.serve_all["chat"]]
    equal += [rows[c] for rows in (block.sum_steady_heat, block.sum_design_heat) for c in ("air", "liquid")]
    equal += [block.sum_heat_per_work[key] for key in work]
    assert [slack(row) for row in equal] == pytest.approx([0.0] * len(equal), abs=1e-12)
    assert slack(block.limit_busy["R", "air", 0]) == pytest.approx(2 - 3 * 0.6)
    assert slack(block.limit_busy["L", "liquid", 0]) == pytest.approx(2 - 3 * 2 * 0.4)
    assert slack(block.limit_racks["R"]) == 8.0
    assert slack(block.limit_origin["site"]) == pytest.approx(0.48 - 0.7 * 0.72)
    assert pyo.value(block.first_cost_kcur) == pyo.value(block.cost_kcur) == pytest.approx(2 * 11 + 4 * 10)
    alone = build_design(hall_case(racks=(rack(max_racks=3),)))
    set_values(alone, sizes__racks={CHAT[1:]: 1.0})
    assert slack(alone.compute.limit_racks["R"]) == 2.0
    tenant = build_design(replace(case, money=replace(TWO_YEARS, counts_it=False)))
    assert pyo.value(tenant.compute.first_cost_kcur) == 0 and tenant.compute.component("limit_origin") is None


def test_power_and_heat_of_a_step() -> None:
    """Proves: 0.4 MW without work, 0.05 MW per Mreq/h of chat (1 and 0.5), 0.05 MW for each of 2 racks that train and 3
    of late work: 0.75 MW in the first step, 0.425 MW in the last, where only late work runs. Catches: full power for
    what is above idle, arrivals of another step."""
    case = site()
    case = replace(
        case, workloads=(replace(case.workloads[0], arrivals_mreq_per_h=np.array([2.0, 1.0, 0.5])), *case.workloads[1:])
    )
    month = build_operation(case, 0)
    month.sizes.steady_mw.set_value(0.4)
    set_values(month, sizes__steady_heat_mw={"air": 0.3}, sizes__per_work_mw={"chat": 0.05})
    set_values(month, sizes__heat_per_work_mw={("air", "chat"): 0.04})
    set_values(month, compute__busy={(*TRAIN, 0): 2.0, (*LATE, 0): 3.0, (*LATE, 2): 0.0})
    assert pyo.value(month.compute.it_mw[0]) == pytest.approx(0.4 + 0.1 + 0.1 + 0.15)
    assert pyo.value(month.compute.it_mw[2]) == pytest.approx(0.4 + 0.025)
    assert pyo.value(month.compute.heat_mw["air", 0]) == pytest.approx(0.3 + 0.08 + 0.1 + 0.15)
    assert pyo.value(month.compute.heat_mw["air", 2]) == pytest.approx(0.3 + 0.02)


def test_heat_of_work_that_may_wait_leaves_by_its_share() -> None:
    """Proves: 2 racks that train add 0.1 MW, three quarters of it to the liquid and a quarter to the air."""
    cooling = (air(), replace(air("liquid"), liquid_share=1.0, residual_air="air"))
    work = (training(2000.0, [(0, 2)], pause_share=0.5),)
    points = (training_point(),)
    case = hall_case(
        [0.0] * 2, workloads=work, racks=(rack(liquid_share=0.75),), cooling=cooling, operating_points=points
    )
    month = build_operation(case, 0)
    set_values(
        month, sizes__steady_heat_mw={"air": 0.0, "liquid": 0.0}, compute__busy={("train", "R", "liquid", 0): 2.0}
    )
    found = {c: pyo.value(month.compute.heat_mw[c, 0]) for c in ("air", "liquid")}
    assert found == {"air": pytest.approx(0.025), "liquid": pytest.approx(0.075)}


def test_months_follow_each_other_in_a_circle() -> None:
    """Proves: what a month leaves stored, cold and waiting is what the next begins with, and the last leaves it to the
    first. Catches: a year with a beginning, a month that follows itself."""
    tank = ChilledWaterStore(1.0, PLAIN_TERMS, 9.0)
    late = requests([1.0] * 3, "late", kind="deferrable", max_delay_h=1.0, operating_class="chat")
    case = hall_case([0.0] * 3, workloads=(late,), batteries=(battery(),), cooling=(air(store=tank),))
    model = build_design(replace(case, calendar=replace(case.calendar, month_of_step=(3, 4, 5))))
    links = [
        ("storage", "join_stored", "battery", "stored_end_mwh", "stored_start_mwh"),
        ("cooling", "join_cold", "air", "cold_end_mwh", "cold_start_mwh"),
        ("compute", "join_backlog", "late", "backlog_end_mreq", "backlog_start_mreq"),
    ]
    for block, rows, item, end, start in links:
        for number, m in enumerate((3, 4, 5)):
            getattr(model.month[m], end)[item].set_value(number / 8)
            getattr(model.month[(4, 5, 3)[number]], start)[item].set_value(number / 8)
        found = getattr(getattr(model, block), rows)
        assert [slack(found[item, m]) for m in (3, 4, 5)] == [0.0] * 3
        getattr(model.month[3], start)[item].set_value(0.75)
        assert slack(found[item, 5]) == -0.5


def test_site_energy_against_its_target() -> None:
    """Proves: at 50 Wh per 1,000 tokens 1,500 Mtok of half hours allow 75 MWh a year; of 60 + 20 used 5 are too many. A
    month of 1 and 3 MW that may use 2.5 MWh has 0.5 left. Catches: kWh for MWh, hours for steps, no target for one."""
    case = halves(hall_case([2.0, 1.0], limits=limits(tokenergy_wh_per_ktok=50.0)))
    assert energy_allowed_mwh(case) == pytest.approx(75.0) and energy_allowed_mwh(hall_case()) is None
    case = replace(case, calendar=replace(case.calendar, month_of_step=(0, 1)))
    model = build_design(case)
    for m, mwh in ((0, 60.0), (1, 20.0)):
        model.month[m].site_energy_mwh.set_value(mwh)
    assert slack(model.tokenergy.limit_tokenergy["year"]) == pytest.approx(-5.0)
    month = build_operation(replace(case, calendar=replace(case.calendar, month_of_step=(0, 0))), 0)
    set_values(month, grid__import_mw={0: 1.0, 1: 3.0})
    month.month.site_energy_mwh.set_value(2.5)
    assert slack(month.tokenergy.count_site_energy["month"]) == pytest.approx(0.5)
