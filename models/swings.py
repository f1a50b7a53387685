"""Swings and ramps of the load against what the grid accepts: bands of storage reserved for them, losses of smoothing.

Reserved bands are design variables, constant through the year. Approximations: swings of all work add up in phase; all
work that states a ramp time starts or stops at once; the grid's allowance goes to the fastest swings."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from models import services
from models.blocks import Block, Expr, constraint, per_step, variable
from models.case import Battery, Case
from models.catalogue import hardest_loads, in_window, of_kind, rack_bound, serving
from models.services import Key


def _batteries(case: Case) -> dict[str, Battery]:
    return {b.name: b for b in case.batteries}


def sizes(block: Block, case: Case) -> None:
    """Linking variables: reserved bands per battery, and the gap that ramps leave."""
    batteries = _batteries(case)
    variable(block, "smoothing_mw", services.smoothers(case), doc="power reserved for smoothing swings [MW]")
    variable(block, "ramp_mw", services.rampers(case), doc="power reserved for ramps [MW]")
    variable(block, "ramp_mwh", services.rampers(case), doc="energy reserved for ramps, delivered [MWh]")
    gap = ["site"] if services.steps_mw(case) else []
    variable(block, "gap_mw", gap, doc="load ahead of the grid when work starts or stops [MW]")
    for _ in gap:
        block.gap_mw["site"].setub(_largest_step(case))
    for n, b in batteries.items():
        mw, mwh = case.most_mw(b), case.most_mwh(b)
        for band, top in ((block.smoothing_mw, mw), (block.ramp_mw, mw), (block.ramp_mwh, mwh)):
            if n in band:
                band[n].setub(top)


@dataclass(frozen=True)
class Bands:
    """What smoothing and ramps keep free of dispatch, per battery: expressions, or zero."""

    power_mw: dict[str, Expr]
    down_mwh: dict[str, Expr]
    """stored energy above the floor"""
    up_mwh: dict[str, Expr]
    """room below the ceiling: a swing or a step may go either way"""


def bands(case: Case, size: Block) -> Bands:
    """The bands as storage sees them."""
    found = Bands({}, {}, {})
    for n, b in _batteries(case).items():
        power, energy = [], []
        if n in size.smoothing_mw:
            power.append(size.smoothing_mw[n])
            energy.append(services.smoothers(case)[n] * size.smoothing_mw[n])
        if n in size.ramp_mw:
            power.append(size.ramp_mw[n])
            energy.append(size.ramp_mwh[n])
        found.power_mw[n] = sum(power)
        found.down_mwh[n] = sum(e / b.discharge_efficiency for e in energy)
        found.up_mwh[n] = sum(b.charge_efficiency * e for e in energy)
    return found


def design(block: Block, case: Case, size: Block) -> None:
    """Reserved power against the largest swing of each speed; power and energy against the largest step."""
    _smooth(block, case, size)
    if services.steps_mw(case):
        _carry_ramp(block, case, size)


def _at_hardest(case: Case, size: Block, per_rack_mw: dict[Key, float]) -> list[Expr]:
    """Power of the workloads in `per_rack_mw` at every load that no other dominates, gangs whole; deferrable work,
    known only to the operation problems, is added there."""
    names = [w.name for kind in ("interactive", "training") for w in of_kind(case, kind)]
    found = []
    for load in hardest_loads(case):
        busy = dict(zip(names, load, strict=True))
        parts = [
            (serving(case)[key][0] * size.share[key] if key in size.share else size.gang[key]) * mw * busy[key[0]]
            for key, mw in per_rack_mw.items()
            if busy.get(key[0], 0) > 0
        ]
        found.append(sum(parts))
    return found


def _smooth(block: Block, case: Case, size: Block) -> None:
    """Batteries quick enough for a speed, with the grid's allowance, cover the swings of that speed and faster ones:
    by nesting, that is exactly what makes an assignment of batteries to swings possible."""
    batteries, allowed = _batteries(case), (case.grid.max_swing_mw or 0.0) / 2
    rows = {}
    for half_h in services.half_periods_h(case):
        quick = [n for n in services.smoothers(case) if services.follows(batteries[n], half_h)]
        given = sum(size.smoothing_mw[n] for n in quick) + allowed
        within = _up_to(case, half_h)
        for i, needed in enumerate(_at_hardest(case, size, within)):
            rows[half_h, i] = needed - given
    constraint(
        block, "smooth", rows, lambda *k: rows[k] <= 0, doc="reserved power evens out swings beyond the allowance [MW]"
    )


def _up_to(case: Case, half_h: float) -> dict[Key, float]:
    """Swings of a half period and shorter ones."""
    found = services.swings_mw(case)
    return {k: mw for k, mw in found.items() if services.half_period_h(services.workload(case, k[0])) <= half_h}


def _carry_ramp(block: Block, case: Case, size: Block) -> None:
    """The step less what the grid takes up while it lasts is the gap; every group of batteries holds the energy of the
    part of the gap that the others' power leaves to it. Lines stand for the square: see services.square_lines."""
    limit = case.grid.ramp_limit_mw_per_min
    assert limit is not None  # steps_mw is empty without
    taken = limit * 60 * services.shortest_ramp_h(case)
    steps = _at_hardest(case, size, services.steps_mw(case))
    gap = size.gap_mw["site"]
    constraint(block, "step", range(len(steps)), lambda i: steps[i] - taken <= gap, doc="gap after a step [MW]")
    names = services.rampers(case)
    constraint(
        block,
        "ramp_power",
        ["site"],
        lambda _: gap - sum(size.ramp_mw[n] for n in names) <= 0,
        doc="reserved power covers the gap [MW]",
    )
    lines = services.square_lines(_largest_step(case))

    def energy(number: int, k: int) -> Expr:
        group, (slope, constant) = groups[number], lines[k]
        left = gap - sum(size.ramp_mw[n] for n in names if n not in group)
        needed = (slope * left + constant) / (120 * limit) + left * services.shortest_ramp_h(case) / 2
        return needed <= sum(size.ramp_mwh[n] for n in group)

    groups = list(_groups(names))
    keys = [(g, k) for g in range(len(groups)) for k in range(len(lines))]
    constraint(block, "ramp_energy", keys, energy, doc="reserved energy carries the ramp, line by line [MWh]")


def _groups(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every group of at least one battery."""
    for count in range(1, len(names) + 1):
        yield from itertools.combinations(names, count)


def _largest_step(case: Case) -> float:
    """A bound on the step of all work together [MW]."""
    return sum(mw * rack_bound(case, key[1:]) for key, mw in services.steps_mw(case).items())


def _busy_racks(work: Block, case: Case, size: Block, key: tuple[str, str, str], t: int) -> Expr:
    """Racks of an option that a workload keeps busy in a step [racks]; `work`: the operation block of compute."""
    if key not in size.share:
        return work.busy[(*key, t)] if (*key, t) in work.busy else 0.0  # noqa: SIM401 (a Var has no get)
    arrivals = next(w.arrivals_mreq_per_h for w in case.workloads if w.name == key[0])
    assert arrivals is not None
    return serving(case)[key][0] * float(arrivals[t]) * size.share[key]


def operate(block: Block, case: Case, size: Block, m: int, work: Block) -> None:
    """One month of smoothing; publishes draw_mw[t], what it loses. `work`: the operation block of compute."""
    busy = partial(_busy_racks, work, case, size)
    hours, names = case.calendar.steps_of(m), services.smoothers(case)
    batteries = _batteries(case)
    variable(block, "smoothed_mw", names, hours, doc="amplitude a battery evens out [MW]")
    for n in names:
        for t in hours:
            block.smoothed_mw[n, t].setub(case.most_mw(batteries[n]))
    constraint(
        block,
        "within_reserve",
        [(n, t) for n in names for t in hours],
        lambda n, t: block.smoothed_mw[n, t] <= size.smoothing_mw[n],
        doc="swings evened out with the power reserved [MW]",
    )
    _smooth_hourly(block, case, hours, busy)
    _keep_bands(block, case, size, hours, work)
    loss = {n: services.smoothing_loss(batteries[n]) for n in names}
    per_step(block, "draw_mw", hours, lambda t: sum(loss[n] * block.smoothed_mw[n, t] for n in names))


def _smooth_hourly(block: Block, case: Case, hours: range, busy: Callable[[Key, int], Expr]) -> None:
    batteries, allowed = _batteries(case), (case.grid.max_swing_mw or 0.0) / 2
    halves = services.half_periods_h(case)
    within = [_up_to(case, half_h) for half_h in halves]
    quick = [[n for n in services.smoothers(case) if services.follows(batteries[n], half_h)] for half_h in halves]

    def rule(k: int, t: int) -> Expr:
        swing = sum(mw * busy(key, t) for key, mw in within[k].items())
        return swing - allowed - sum(block.smoothed_mw[n, t] for n in quick[k]) <= 0

    works = {key: _works(case, key) for key in services.swings_mw(case)}
    keys = [(k, t) for k in range(len(halves)) for t in hours if any(works[x][t] for x in within[k])]
    constraint(block, "smooth_step", keys, rule, doc="swings of the step beyond the allowance are evened out [MW]")


def _works(case: Case, key: Key) -> np.ndarray:
    """Whether a workload may run, in each step of the year."""
    w = services.workload(case, key[0])
    if w.kind == "training":
        return in_window(case, w) > 0
    assert w.arrivals_mreq_per_h is not None
    return w.arrivals_mreq_per_h > 0 if w.kind == "interactive" else np.ones(case.calendar.steps, dtype=bool)


def _keep_bands(block: Block, case: Case, size: Block, hours: range, work: Block) -> None:
    """With deferrable work, which the design problem does not know by the step: swings and steps of all work, gangs
    whole, within what is reserved."""
    batteries, allowed = _batteries(case), (case.grid.max_swing_mw or 0.0) / 2
    late = {w.name for w in of_kind(case, "deferrable")}
    inside = {w.name: in_window(case, w) for w in of_kind(case, "training")}

    def highest(per_rack_mw: dict[Key, float], t: int) -> Expr:
        return sum(
            mw * (inside[key[0]][t] * size.gang[key] if key in size.gang else _busy_racks(work, case, size, key, t))
            for key, mw in per_rack_mw.items()
        )

    halves = services.half_periods_h(case)
    within = [_up_to(case, half_h) for half_h in halves]
    quick = [[n for n in services.smoothers(case) if services.follows(batteries[n], half_h)] for half_h in halves]

    def swing(k: int, t: int) -> Expr:
        return highest(within[k], t) - allowed - sum(size.smoothing_mw[n] for n in quick[k]) <= 0

    speeds = [k for k in range(len(halves)) if late & {key[0] for key in within[k]}]
    keys = [(k, t) for k in speeds for t in hours]
    constraint(block, "keep_smoothing", keys, swing, doc="swings of the step within the power reserved [MW]")
    steps = services.steps_mw(case)
    taken = 60 * services.shortest_ramp_h(case) * (case.grid.ramp_limit_mw_per_min or 0.0)
    constraint(
        block,
        "keep_ramp",
        hours if late & {key[0] for key in steps} else (),
        lambda t: highest(steps, t) - taken <= size.gap_mw["site"],
        doc="gap after a step of all work of the step within that reserved for [MW]",
    )
