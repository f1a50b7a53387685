"""Recheck of what storage must do beside moving energy: bands, swings, ramps, ride-through, one promise at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import numpy as np

from models.audit import facts
from models.audit.checker import PHYSICS, Array, Checker
from models.audit.view import Triple, View
from models.case import Battery, Workload
from models.design import Reserved

TANGENTS = 1e-3
"""Share of a ramp's energy that the model's tangents may leave out."""


def check_duties(view: View, check: Checker) -> None:
    """Every reserved band is kept free, and the bands together do what the site and the grid ask."""
    batteries = {b.name: b for b in view.case.batteries}
    for n, r in view.design.reserved.items():
        for label, value in vars(r).items():
            check.at_least("reserved bands not negative", f"battery {n}, {label}", value, 0.0)
        _check_band(view, check, batteries[n], r)
    _check_ride_through(view, check)
    _check_swings(view, check)
    _check_ramp(view, check)


def _works_for_grid(view: View, b: Battery) -> bool:
    return b.location == "site" or (b.location == "ups" and view.case.electrical.ups_serves_grid)


def _usable(view: View, b: Battery) -> bool:
    if not facts.in_time(view.case, b, view.start_month):
        return b.existing_mw > 0 and b.existing_mwh > 0
    return b.max_mw > 0 and b.max_mwh > 0


def _evening(view: View) -> list[Battery]:
    """Storage that may even out what the racks draw."""
    return [b for b in view.case.batteries if _usable(view, b) and (b.location == "rack" or _works_for_grid(view, b))]


def _check_band(view: View, check: Checker, b: Battery, r: Reserved) -> None:
    """Power and stored energy leave the bands free in every step."""
    item, op, energy = f"battery {b.name}", view.op, view.usable_mwh(b)
    stored = view.series(op.stored_mwh, b.name)
    used = view.series(op.charge_mw, b.name) + view.series(op.discharge_mw, b.name)
    slowest = max((h for h in _halves(view) if b.response_s <= 3600 * h * (1 + 1e-9)), default=0.0)
    out, into = r.smoothing_mw * slowest + r.ramp_mwh, r.smoothing_mw * slowest + r.ramp_mwh
    power = view.design.battery_mw.get(b.name, 0.0)
    check.at_most("dispatch, smoothing and ramp within the power", item, used + r.smoothing_mw + r.ramp_mw, power)
    low = b.min_charge_share * energy + r.ride_through_mwh + out / b.discharge_efficiency
    check.at_least("stored energy above the reserved bands", item, stored, low)
    high = b.max_charge_share * energy - into * b.charge_efficiency
    check.at_most("stored energy below the room kept for swings and ramps", item, stored, high)
    if not (_works_for_grid(view, b) or b.location == "rack"):
        check.equal("storage that serves no grid smooths nothing", item, r.smoothing_mw + r.ramp_mw, 0.0)


def _leave(
    check: Checker,
    rule: str,
    power: Mapping[str, float],
    held: Mapping[str, float],
    load: float,
    energy: Callable[[float], float],
    left_out: float = 0.0,
) -> None:
    """Any group of batteries holds what the power of the others leaves to it of a load [MWh]; all cover its power."""
    check.at_least(f"{rule} power of batteries [MW]", "all batteries", sum(power.values()), load)
    pairs = []
    for count in range(1, len(power) + 1):
        for group in itertools.combinations(power, count):
            rest = max(0.0, load - sum(mw for n, mw in power.items() if n not in group))
            needed = energy(rest)
            given = sum(held[n] for n in group)
            check.at_least(f"{rule} energy held back [MWh]", " and ".join(group), given, (1.0 - left_out) * needed)
            pairs.append((needed, given))
    _check_tight(check, f"{rule} energy", pairs, left_out)


def _check_tight(check: Checker, what: str, pairs: list[tuple[float, float]], left_out: float = 0.0) -> None:
    """Of what is needed and held, somewhere all that is held is needed: a plan reserves no more than its duty asks."""
    used = max((needed / held for needed, held in pairs if held > 0), default=1.0)
    tolerance = max(left_out, PHYSICS)
    check.at_least("bands no larger than their duty asks", what, used, 1.0, tolerance=tolerance)


def _check_ride_through(view: View, check: Checker) -> None:
    """Reserved energy carries all racks for the time the chain does not cover."""
    case, chain, reserved = view.case, view.case.electrical, view.design.reserved
    duty_h = max(0.0, max(chain.required_ride_through_h, case.grid.ride_through_h) - chain.included_ride_through_h)
    own = [r.buffer_mwh / (r.peak_mw + r.ancillary_mw) for r in case.racks if r.peak_mw + r.ancillary_mw > 0]
    before_s = 3600 * (chain.included_ride_through_h + min(own, default=0.0))
    able = [b for b in case.batteries if b.response_s <= before_s + 1e-9 and _usable(view, b)] if duty_h > 0 else []
    for b in case.batteries:
        if b not in able:
            held = reserved[b.name].ride_through_mwh if b.name in reserved else 0.0
            check.equal("no ride-through from storage that comes too late", f"battery {b.name}", held, 0.0)
    if duty_h == 0:
        return
    power = {b.name: view.design.battery_mw.get(b.name, 0.0) for b in able}
    held_mwh = {b.name: b.discharge_efficiency * _band(view, b.name).ride_through_mwh for b in able}
    _leave(check, "ride-through", power, held_mwh, view.installed_mw, lambda left: duty_h * left)


def _band(view: View, name: str) -> Reserved:
    return view.design.reserved.get(name, Reserved())


def _per_rack(view: View, key: Triple) -> tuple[float, float]:
    """Amplitude of swing beyond the rack's buffer, and step, of one busy rack at the site's bus [MW]."""
    w, r, (_, above_idle) = view.workload[key[0]], view.rack[key[1]], view.rates[key]
    outside = 1.0 + view.case.electrical.proportional_loss_pu
    swing = w.swing_share * (above_idle + r.idle_mw) / 2.0
    if swing > 0:
        swing = max(0.0, swing - min(r.buffer_mw, r.buffer_mwh * 7200.0 / w.swing_s))
    return outside * swing, outside * above_idle if w.ramp_s is not None else 0.0


def _half_h(w: Workload) -> float:
    return w.swing_s / 7200.0


def _halves(view: View) -> list[float]:
    """Half periods of swings that racks leave to storage, rising [h]."""
    if view.case.grid.max_swing_mw is None:
        return []
    return sorted({_half_h(view.workload[key[0]]) for key in view.rates if _per_rack(view, key)[0] > 0})


def _racks_at_full(view: View) -> dict[Triple, Array]:
    """Racks that may be busy within each step: a gang with all its racks in its windows."""
    found = {key: np.asarray(racks, float) for key, racks in view.op.busy_racks.items()}
    for g in view.design.gangs:
        inside = np.array(view.zeros)
        for first, after in view.workload[g.workload].windows:
            inside[first:after] = g.racks
        found[g.workload, g.rack, g.cooling] = inside
    return found


def _check_swings(view: View, check: Checker) -> None:
    limit = view.case.grid.max_swing_mw
    able = _evening(view)
    evened = sum((view.series(view.op.smoothed_mw, b.name) for b in able), view.zeros)
    for n, mw in view.op.smoothed_mw.items():
        check.at_least("smoothing not negative", f"battery {n}", mw, 0.0)
        check.at_most("smoothing within the power reserved", f"battery {n}", mw, _band(view, n).smoothing_mw)
    if limit is None:
        check.equal("no smoothing without a limit on swings", "all batteries", evened, 0.0)
        for n, r in view.design.reserved.items():
            check.equal("no band for swings that nothing asks for", f"battery {n}", r.smoothing_mw, 0.0)
        return
    left, pairs = view.zeros, []
    for half in _halves(view):
        quick = [b for b in able if b.response_s <= 3600 * half * (1 + 1e-9)]
        item = f"swings of {7200 * half:g} s and less"
        for racks, found, rule in (
            (_racks_at_full(view), sum(_band(view, b.name).smoothing_mw for b in quick), "power reserved for swings"),
            (view.op.busy_racks, sum((view.series(view.op.smoothed_mw, b.name) for b in quick), view.zeros), "swings"),
        ):
            swing = view.zeros
            for key, count in racks.items():
                if _half_h(view.workload[key[0]]) <= half:
                    swing = swing + _per_rack(view, key)[0] * np.asarray(count, float)
            left = np.maximum(swing - limit / 2.0, 0.0)
            check.at_least(f"{rule} evened out beyond the grid's allowance [MW]", item, found, left)
            if racks is not view.op.busy_racks:
                pairs.append((float(np.max(left, initial=0.0)), float(found)))
    _check_tight(check, "swings", pairs)
    check.equal("smoothing only what the grid does not allow [MW]", "all batteries", evened, left)


def _check_ramp(view: View, check: Checker) -> None:
    """The true energy of the largest step against the bands, within the stated tolerance of the tangents."""
    limit = view.case.grid.ramp_limit_mw_per_min
    stated = [w.ramp_s for w in view.case.workloads if w.ramp_s is not None]
    if limit is None or not stated:
        for n, r in view.design.reserved.items():
            check.equal("no band for ramps that nothing asks for", f"battery {n}", r.ramp_mw + r.ramp_mwh, 0.0)
        return
    step = view.zeros
    for key, racks in _racks_at_full(view).items():
        step = step + _per_rack(view, key)[1] * racks
    rise_min = min(stated) / 60.0
    gap = max(0.0, float(np.max(step, initial=0.0)) - limit * rise_min)
    able = [b.name for b in _evening(view)]

    def energy(left: float) -> float:
        return left**2 / (120.0 * limit) + left * rise_min / 120.0

    power = {n: _band(view, n).ramp_mw for n in able}
    held = {n: _band(view, n).ramp_mwh for n in able}
    _leave(check, "ramp", power, held, gap, energy, TANGENTS)
    able_here = [b.name for b in view.case.batteries if b.location == "rack" or _works_for_grid(view, b)]
    there = [n for n in able_here if view.design.battery_mw.get(n, 0.0) > 0]
    if len(there) == 1:
        check.equal("power of one battery for ramps is the gap [MW]", there[0], _band(view, there[0]).ramp_mw, gap)
