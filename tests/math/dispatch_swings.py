"""Swings and ramps in the oracle's dispatch: bands of each battery, and the rules on them. From models/README.md."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from facts import on_time, rack_of, rates
from linear import Terms, add, total

from models.case import Battery, Workload

if TYPE_CHECKING:
    from dispatch import _Year


def helps(year: _Year, b: Battery) -> bool:
    """Whether a battery evens out what racks draw."""
    return b.location != "ups" or year.case.electrical.ups_serves_grid


def comes_in_time(year: _Year, b: Battery) -> bool:
    """Whether a battery carries the racks before the chain's own battery and the racks' buffers are empty."""
    own = min((r.buffer_mwh / (r.peak_mw + r.ancillary_mw) for r in year.case.racks), default=0.0)
    return b.response_s <= 3600 * (year.case.electrical.included_ride_through_h + own) + 1e-9


def amplitude(year: _Year, w: Workload, o: tuple[str, str]) -> float:
    """Swing of one busy rack about its mean that its buffer leaves [MW]."""
    r = rack_of(year.case, o)
    full = rates(year.case)[w.name, o][1] + r.idle_mw
    own = min(r.buffer_mw, r.buffer_mwh / (w.swing_s / 7200))
    return max(0.0, w.swing_share * full / 2 - own) * (1 + year.case.electrical.proportional_loss_pu)


def swinging(year: _Year) -> dict[tuple[str, tuple[str, str]], tuple[float, float]]:
    """(workload, option) -> amplitude per busy rack [MW], half period [h]."""
    if year.case.grid.max_swing_mw is None:
        return {}
    found = {}
    for w in year.case.workloads:
        for name, o in rates(year.case):
            if name == w.name and amplitude(year, w, o) > 0:
                found[w.name, o] = (amplitude(year, w, o), w.swing_s / 7200)
    return found


def bands(year: _Year, b: Battery) -> tuple[Terms, Terms, Terms, list[Terms]]:
    """Power, energy below and above that a battery reserves, and what it evens out in each step."""
    halves = [half for _, half in swinging(year).values() if b.response_s <= 3600 * half * (1 + 1e-9)]
    if not helps(year, b):
        return {}, {}, {}, [{} for _ in year.steps]
    smooth, power, energy, evened = {}, {}, {}, [{} for _ in year.steps]
    if halves:
        smooth, evened = year.var(), year.vars()
        for t in year.steps:
            year.require(evened[t], "<=", smooth)
    if year.case.grid.ramp_limit_mw_per_min is not None:
        power, energy = year.var(), year.var()
    year.bands[b.name] = (b, smooth, evened, power, energy)
    half = max(halves, default=0.0)
    down = add((half / b.discharge_efficiency, smooth), (1 / b.discharge_efficiency, energy))
    up = add((half * b.charge_efficiency, smooth), (b.charge_efficiency, energy))
    return add((1.0, smooth), (1.0, power)), down, up, evened


def rules(year: _Year) -> list[Terms]:
    """Swings and ramps are covered; returns what smoothing loses in each step [MW]."""
    found, allowed = swinging(year), (year.case.grid.max_swing_mw or 0.0) / 2
    for half in sorted({h for _, h in found.values()}):
        quick = [x for x in year.bands.values() if x[0].response_s <= 3600 * half * (1 + 1e-9)]
        for t in year.steps:
            within = {key: mw for key, (mw, h) in found.items() if h <= half}
            mean = total(add((mw, year.busy.get((*key, t), {}))) for key, mw in within.items())
            year.require(mean, "<=", add((1.0, {None: allowed}), *((1.0, x[2][t]) for x in quick)))
            # the gang of a training run may draw its full power at any time within its windows
            highest = total(add((mw, _at_full(year, *key, t))) for key, mw in within.items())
            year.require(highest, "<=", add((1.0, {None: allowed}), *((1.0, x[1]) for x in quick)))
    _ramp(year)
    lost = [{} for _ in year.steps]
    for b, _, evened, _, _ in year.bands.values():
        factor = 0.5 / (b.charge_efficiency * b.discharge_efficiency) - 0.5
        lost = [add((1.0, lost[t]), (factor, evened[t])) for t in year.steps]
    return lost


def _at_full(year: _Year, name: str, o: tuple[str, str], t: int) -> Terms:
    w = next(w for w in year.case.workloads if w.name == name)
    if w.kind != "training":
        return year.busy.get((name, o, t), {})
    option, gang = year.fixed.gangs[name]
    inside = any(a <= t < b for a, b in w.windows)
    return {None: float(gang)} if option == o and inside else {}


def _ramp(year: _Year) -> None:
    """Steps of training runs (gangs are given here): true energy of the gap, for every group of batteries."""
    limit = year.case.grid.ramp_limit_mw_per_min
    stated = [w for w in year.case.workloads if w.ramp_s is not None]
    if limit is None or not stated:
        return
    step = [0.0 for _ in year.steps]
    for w, t in itertools.product(stated, year.steps):
        assert w.kind == "training", "the oracle knows steps of training runs only"
        for o in {o for name, o in rates(year.case) if name == w.name}:
            mw = rates(year.case)[w.name, o][1] * (1 + year.case.electrical.proportional_loss_pu)
            step[t] += mw * _at_full(year, w.name, o, t).get(None, 0.0)
    rise_min = min(w.ramp_s or 0.0 for w in stated) / 60
    gap = max(0.0, max(step) - limit * rise_min)
    usable = [x for x in year.bands.values() if on_time(year.case, x[0])]
    year.require(total(x[3] for x in usable), ">=", gap)
    assert len(usable) <= 1, "with several batteries the energy is quadratic in their power"
    energy = gap**2 / (120 * limit) + gap * rise_min / 120
    year.require(total(x[4] for x in usable), ">=", energy)
