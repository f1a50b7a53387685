"""Reserved bands of a plan: what its own work asks of them, and no more. From numbers alone, no model.

The solver may leave a band larger than its duty where nothing else wants the room; a plan states what is needed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from models import services
from models.case import Case
from models.catalogue import in_window
from models.design import Gang, Reserved
from models.fields import Series
from models.services import Key

Busy = Mapping[Key, Series]


def highest_racks(case: Case, busy: Busy, gangs: tuple[Gang, ...]) -> dict[Key, Series]:
    """Racks of each workload and option that may be busy within a step: a gang whole throughout its windows."""
    found = dict(busy)
    for g in gangs:
        w = services.workload(case, g.workload)
        found[g.workload, g.rack, g.cooling] = g.racks * in_window(case, w)
    return found


def _power(case: Case, racks: Busy, per_rack_mw: Mapping[Key, float]) -> Series:
    zero = np.zeros(case.calendar.steps)
    return sum((per_rack_mw[key] * racks[key] for key in racks if key in per_rack_mw), zero)


def swing_beyond_mw(case: Case, racks: Busy, half_h: float, allowed_mw: float | None = None) -> Series:
    """Amplitude of swings of a half period and shorter ones beyond the grid's allowance, in each step [MW]."""
    allowed = (case.grid.max_swing_mw or 0.0) / 2 if allowed_mw is None else allowed_mw
    found = services.swings_mw(case)
    within = {k: mw for k, mw in found.items() if services.half_period_h(services.workload(case, k[0])) <= half_h}
    return np.maximum(_power(case, racks, within) - allowed, 0.0)


def step_mw(case: Case, racks: Busy) -> float:
    """Largest step of the load when work starts or stops [MW]."""
    return float(_power(case, racks, services.steps_mw(case)).max(initial=0.0))


def gap_mw(case: Case, racks: Busy) -> float:
    """Load ahead of the grid after the largest step [MW]."""
    limit = case.grid.ramp_limit_mw_per_min
    if limit is None or not services.steps_mw(case):
        return 0.0
    return max(0.0, step_mw(case, racks) - 60 * limit * services.shortest_ramp_h(case))


def smoothed(case: Case, found: dict[str, Series], busy: Busy) -> dict[str, Series]:
    """What the batteries even out, in all exactly what goes beyond the allowance."""
    if not found:
        return {}
    wanted = swing_beyond_mw(case, busy, services.half_periods_h(case)[-1])
    total = sum(found.values(), np.zeros(case.calendar.steps))
    share = np.divide(wanted, total, out=np.zeros_like(total), where=total > 0)
    return {n: share * mw for n, mw in found.items()}


def _needs(
    held: Mapping[str, float], power_mw: Mapping[str, float], load_mw: float, energy: Callable[[float], float]
) -> Iterator[tuple[float, float]]:
    """For every group of batteries: the energy that the others' power leaves to it, and the energy it holds [MWh]."""
    for count in range(1, len(held) + 1):
        for group in itertools.combinations(held, count):
            left = load_mw - sum(mw for n, mw in power_mw.items() if n not in group)
            yield energy(max(left, 0.0)), sum(held[n] for n in group)


def _scale(needs: Iterable[tuple[float, float]]) -> float:
    """Smallest factor on what is held that leaves every need met; 1 at most."""
    return min(1.0, max((need / held for need, held in needs if held > 0), default=0.0))


def tightened(
    case: Case, found: dict[str, Reserved], power_mw: Mapping[str, float], installed_mw: float, racks: Busy
) -> dict[str, Reserved]:
    """The bands, each kind scaled down as far as every rule on it still holds. Ramps: of batteries that are there; one
    that may yet come too late for the start has no power, and no part in them."""
    batteries = {b.name: b for b in case.batteries}
    ride = {n: batteries[n].discharge_efficiency * found[n].ride_through_mwh for n in services.carriers(case)}
    by_group = _needs(ride, {n: power_mw[n] for n in ride}, installed_mw, lambda left: case.ride_through_h * left)
    f_ride = _scale(by_group)
    halves = services.half_periods_h(case)
    smooth = [
        (
            float(swing_beyond_mw(case, racks, half_h).max(initial=0.0)),
            sum(found[n].smoothing_mw for n in services.smoothers(case) if services.follows(batteries[n], half_h)),
        )
        for half_h in halves
    ]
    f_smooth, gap = _scale(smooth), gap_mw(case, racks)
    ramp_mw = {n: found[n].ramp_mw for n in services.rampers(case) if power_mw[n] > 0}
    if len(ramp_mw) == 1:
        ramp_mw = {n: min(mw, gap) for n, mw in ramp_mw.items()}
    energy = {n: found[n].ramp_mwh for n in ramp_mw}
    f_ramp = _scale(_needs(energy, ramp_mw, gap, lambda left: services.ramp_mwh(case, left)))
    return {
        n: replace(
            r,
            ride_through_mwh=f_ride * r.ride_through_mwh,
            smoothing_mw=f_smooth * r.smoothing_mw,
            ramp_mw=ramp_mw.get(n, 0.0),
            ramp_mwh=f_ramp * r.ramp_mwh if n in ramp_mw else 0.0,
        )
        for n, r in found.items()
    }
