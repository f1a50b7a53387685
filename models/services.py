"""What storage must do beside moving energy: even out swings, carry ramps, carry the racks. Facts of a Case, no model.

Swings last seconds, the model's steps minutes or hours: they enter as figures per busy rack and size bands of power
and energy that are reserved all year. Formulas in models/README.md, Storage services."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from models.case import Battery, Case, Workload
from models.catalogue import rack, serving
from models.design import Operation
from models.fields import Series

Key = tuple[str, str, str]
"""A workload, a rack and a cooling type, by name."""

TANGENT_ERROR = 1e-3
"""Largest share by which tangents may understate a ramp's energy."""
SMALLEST_STEP = 1e-3
"""Share of the largest step below which a chord overstates the energy, by a quarter of that at this step at most."""


def workload(case: Case, name: str) -> Workload:
    """The workload of that name."""
    return next(w for w in case.workloads if w.name == name)


def usable(case: Case, battery: Battery) -> bool:
    """Whether there is, or can be in time, any of a battery."""
    return case.most_mw(battery) > 0 and case.most_mwh(battery) > 0


def technologies(case: Case) -> dict[str, Battery]:
    """Batteries on site, or that can be built and delivered in time."""
    return {b.name: b for b in case.batteries if usable(case, b)}


def energy_kept(case: Case, battery: Battery) -> float:
    """Share of the energy bought that is left at the end of its life or of the analysis [1]: the plan must hold to
    then. Augmented batteries keep all of it, at a yearly cost."""
    years = min(battery.terms.life_years, case.money.asset_years)
    return 1.0 if battery.augmented else max(0.0, 1.0 - battery.fade_per_year * years)


def serves_grid(case: Case, battery: Battery) -> bool:
    """Whether a battery works towards the grid in normal operation: shifts energy, lowers peaks."""
    return battery.location == "site" or (battery.location == "ups" and case.electrical.ups_serves_grid)


def evens_out(case: Case, battery: Battery) -> bool:
    """Whether a battery evens out what the racks draw: those that serve the grid, and those inside the racks."""
    return battery.location == "rack" or serves_grid(case, battery)


@lru_cache(maxsize=16)
def swings_mw(case: Case) -> dict[Key, float]:
    """Amplitude [MW at the site's bus per busy rack] by which power swings about its mean, beyond the rack's own
    buffer; empty if the grid sets no limit. The buffer gives at most its energy in each half period."""
    if case.grid.max_swing_mw is None:
        return {}
    found = {}
    for key, (_, above_idle) in serving(case).items():
        w, r = workload(case, key[0]), rack(case, key[1:])
        own = min(r.buffer_mw, r.buffer_mwh / half_period_h(w))
        left = w.swing_share * (above_idle + r.idle_mw) / 2 - own
        if left > 0:
            found[key] = left * (1 + case.electrical.proportional_loss_pu)
    return found


def half_period_h(w: Workload) -> float:
    """Time for which a swing stays on one side of its mean [h]."""
    return w.swing_s / 2 / 3600


@lru_cache(maxsize=16)
def half_periods_h(case: Case) -> tuple[float, ...]:
    """Half periods of the swings that are left, rising [h]."""
    return tuple(sorted({half_period_h(workload(case, key[0])) for key in swings_mw(case)}))


def follows(battery: Battery, half_h: float) -> bool:
    """Whether a battery is quick enough for swings of a half period [h]."""
    return battery.response_s <= 3600 * half_h * (1 + 1e-9)


@lru_cache(maxsize=16)
def smoothers(case: Case) -> dict[str, float]:
    """Battery -> longest half period among the swings it can even out [h]: its energy band per power."""
    found = {}
    for b in case.batteries:
        halves = [half_h for half_h in half_periods_h(case) if follows(b, half_h)]
        if halves and usable(case, b) and evens_out(case, b):
            found[b.name] = max(halves)
    return found


def smoothing_loss(battery: Battery) -> float:
    """Mean power lost per amplitude evened out [1]: half the time the battery gives it, then takes it back."""
    return 0.5 * (1 / (battery.charge_efficiency * battery.discharge_efficiency) - 1)


def discharged_mw(operation: Operation, name: str) -> Series:
    """Mean power a battery discharges, dispatch and smoothing, in each step [MW]."""
    return operation.discharge_mw[name] + SMOOTHING_DISCHARGE * operation.smoothed_mw.get(name, 0.0)


def smoothing_loss_mw(case: Case, smoothed_mw: dict[str, Series]) -> Series:
    """Mean power lost in smoothing, in each step [MW]."""
    loss = {b.name: smoothing_loss(b) for b in case.batteries}
    return sum((loss[n] * mw for n, mw in smoothed_mw.items()), np.zeros(case.calendar.steps))


SMOOTHING_DISCHARGE = 0.5
"""Mean discharge per amplitude evened out [1]: a square wave about its mean, the hardest shape."""


@lru_cache(maxsize=16)
def steps_mw(case: Case) -> dict[Key, float]:
    """Power [MW at the site's bus per busy rack] that comes or goes when work starts or stops, for workloads that state
    a ramp time; empty if the grid sets no ramp limit. Buffers of racks last too short to count."""
    if case.grid.ramp_limit_mw_per_min is None:
        return {}
    factor = 1 + case.electrical.proportional_loss_pu
    stated = {w.name for w in case.workloads if w.ramp_s is not None}
    return {key: mw * factor for key, (_, mw) in serving(case).items() if key[0] in stated and mw > 0}


def shortest_ramp_h(case: Case) -> float:
    """Shortest time in which work starts or stops [h]."""
    return min((w.ramp_s for w in case.workloads if w.ramp_s is not None), default=0.0) / 3600


@lru_cache(maxsize=16)
def rampers(case: Case) -> tuple[str, ...]:
    """Batteries that can carry ramps."""
    able = [b for b in case.batteries if usable(case, b) and evens_out(case, b)]
    return tuple(b.name for b in able) if steps_mw(case) else ()


def ramp_mwh(case: Case, gap_mw: float) -> float:
    """Energy that carries a ramp [MWh]: the load is ahead of the grid by at most gap_mw, which the grid makes up at its
    limit of R MW/min: gap^2 / (120 R), plus gap/2 while the load itself still rises."""
    limit = case.grid.ramp_limit_mw_per_min
    if limit is None or gap_mw <= 0:
        return 0.0
    return gap_mw**2 / (120 * limit) + gap_mw * shortest_ramp_h(case) / 2


def square_lines(largest_mw: float) -> tuple[tuple[float, float], ...]:
    """(slope [MW], constant [MW2]) of lines whose maximum stands for gap^2 from zero to largest_mw. First the chord
    from zero to the smallest point, then tangents, which keep within TANGENT_ERROR: between tangents at p and q p the
    parabola is understated by at most ((q - 1) / (q + 1))^2 of itself."""
    if largest_mw <= 0:
        return ()
    root = math.sqrt(TANGENT_ERROR)
    ratio = (1 + root) / (1 - root)
    count = math.ceil(math.log(1 / SMALLEST_STEP) / math.log(ratio))
    points = [largest_mw * ratio ** (k - count) for k in range(count + 1)]
    return ((points[0], 0.0), *((2 * p, -(p**2)) for p in points))


def bridging_s(case: Case) -> float:
    """Time for which the chain and the racks' own buffers carry the racks before storage must [s]."""
    held = [r.buffer_mwh / r.placed_mw for r in case.racks if r.placed_mw > 0]
    return 3600 * (case.electrical.included_ride_through_h + min(held, default=0.0))


@lru_cache(maxsize=16)
def carriers(case: Case) -> tuple[str, ...]:
    """Batteries that can carry the racks when the grid fails: those that answer before the bridging ends."""
    able = [b for b in case.batteries if usable(case, b)]
    quick = [b for b in able if b.response_s <= bridging_s(case) + 1e-9]
    return tuple(b.name for b in quick) if case.ride_through_h > 0 else ()
