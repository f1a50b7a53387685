"""Recheck of compute: who serves what, racks busy, backlogs, training runs, capacity, IT power."""

from __future__ import annotations

import numpy as np

from models.audit import facts
from models.audit.checker import EXACT, Array, Checker
from models.audit.view import View
from models.case import Workload


def check_work(view: View, check: Checker) -> None:
    """Every workload is served by racks that can serve it, within their capacity, and draws the power stated."""
    _check_pairs(view, check)
    by_kind = {"interactive": _check_interactive, "deferrable": _check_deferrable, "training": _check_training}
    for w in view.case.workloads:
        by_kind[w.kind](view, check, w)
    _check_capacity(view, check)
    power = sum(view.option_mw.values(), view.zeros)
    check.equal("IT power of idle and busy racks", "all racks", view.op.it_mw, power)


def _check_pairs(view: View, check: Checker) -> None:
    """Racks stand on cooling that carries them, and work runs where an operating point exists."""
    gangs = {(g.workload, g.rack, g.cooling) for g in view.design.gangs}
    pairs = {*view.design.traffic_share, *view.op.busy_racks, *gangs}
    units = {key[:2] for key in view.holding}
    for r, c in sorted({*view.racks, *units, *(key[1:] for key in pairs)}):
        reason = facts.misfit(view.case, view.rack[r], view.cooling[c])
        check.require(reason is None, "racks on cooling that carries them", f"rack {r} on {c}: {reason}")
    for w, r, c in sorted(pairs):
        serves = (w, r, c) in view.rates
        check.require(serves, "work on racks that can serve it", f"{w} on rack {r}, {c}: no operating point fits")
        points = len(facts.serving_points(view.case, view.workload[w], view.rack[r]))
        check.require(points <= 1, "one operating point per rack and class", f"{w} on rack {r}", points, 1)
    for w, r, c in sorted(view.design.traffic_share):
        interactive = view.workload[w].kind == "interactive"
        check.require(interactive, "traffic shares of interactive work only", f"{w} on rack {r}, {c}")
    for w, r, c in sorted(gangs):
        check.require(view.workload[w].kind == "training", "gangs of training work only", f"{w} on rack {r}, {c}")
    for (w, r, c), busy in view.op.busy_racks.items():
        check.at_least("busy racks not negative", f"{w} on rack {r}, {c}", busy, 0.0)


def _check_interactive(view: View, check: Checker, w: Workload) -> None:
    shares = {k: v for k, v in view.design.traffic_share.items() if k[0] == w.name}
    for (_, r, c), share in shares.items():
        check.at_least("traffic shares not negative", f"{w.name} on rack {r}, {c}", share, 0.0)
    check.equal("traffic shares add up to one", w.name, sum(shares.values()), 1.0)
    arrivals = _arrivals(view, w)
    for key in sorted({*shares, *(k for k in view.op.busy_racks if k[0] == w.name)}):
        if key in view.rates:
            expected = view.rates[key][0] * shares.get(key, 0.0) * arrivals
            item = f"{w.name} on rack {key[1]}, {key[2]}"
            check.equal("busy racks follow arriving requests", item, view.series(view.op.busy_racks, key), expected)


def _arrivals(view: View, w: Workload) -> Array:
    return view.zeros if w.arrivals_mreq_per_h is None else w.arrivals_mreq_per_h


def _check_deferrable(view: View, check: Checker, w: Workload) -> None:
    arrivals, backlog = _arrivals(view, w), view.series(view.op.backlog_mreq, w.name)
    served = view.zeros
    for key, busy in view.op.busy_racks.items():
        if key[0] == w.name and key in view.rates:
            with np.errstate(divide="ignore", invalid="ignore"):
                served = served + np.asarray(busy, float) / view.rates[key][0]
    expected = np.roll(backlog, 1) + view.h * (arrivals - served)
    largest = max(1.0, float(backlog.max(initial=0.0)))  # a step's error counts against the largest backlog
    check.equal("backlog follows arrivals and service", w.name, backlog, expected, floor=largest)
    # Step by step a small error may stay within the tolerance; over the year it must not add up to more than a request,
    # which is about what months may miss of a backlog on their borders.
    check.equal("all deferrable work is served", w.name, view.year_mwh(served), view.year_mwh(arrivals), floor=0.1)
    check.at_least("backlog not negative", w.name, backlog, 0.0)
    delay = min(round(w.max_delay_h / view.h), arrivals.size)
    latest = sum((np.roll(arrivals, k) for k in range(delay)), view.zeros) if delay < 48 else _recent(arrivals, delay)
    check.at_most(f"deferrable work at most {w.max_delay_h:g} h late", w.name, backlog, view.h * latest)


def _recent(arrivals: Array, delay: int) -> Array:
    """Sum over each step and the delay - 1 before it, cyclic."""
    total = np.concatenate([[0.0], np.cumsum(np.tile(arrivals, 2))])
    end = np.arange(arrivals.size + 1, 2 * arrivals.size + 1)
    recent: Array = total[end] - total[end - delay]
    return recent


def _check_training(view: View, check: Checker, w: Workload) -> None:
    gangs = [g for g in view.design.gangs if g.workload == w.name]
    nothing = w.gang_min <= 0 and facts.training_mtok(w) == 0
    check.require(len(gangs) == 1 or (nothing and not gangs), "one gang per training workload", w.name, len(gangs), 1)
    racks = {(g.workload, g.rack, g.cooling): g.racks for g in gangs}
    for (_, r, c), count in racks.items():
        item = f"{w.name} on rack {r}, {c}"
        check.require(count >= w.gang_min, "smallest gang", item, count, w.gang_min)
        if w.gang_max is not None:
            check.require(count <= w.gang_max, "largest gang", item, count, w.gang_max)
    for key in sorted({*racks, *(k for k in view.op.busy_racks if k[0] == w.name)}):
        item = f"{w.name} on rack {key[1]}, {key[2]}"
        busy = view.series(view.op.busy_racks, key)
        check.at_most("training within its gang and windows", item, busy, racks.get(key, 0) * view.inside(w))
    for key, count in racks.items():
        if key in view.rates:
            _check_runs(view, check, w, view.series(view.op.busy_racks, key), view.rates[key][0], count)


def _check_runs(view: View, check: Checker, w: Workload, busy: Array, rack_h: float, gang: int) -> None:
    """Each run makes its tokens inside its window, and the gang stands still no longer than allowed."""
    for number, (first, end) in enumerate(w.windows, start=1):
        made = view.year_mwh(busy[first:end]) / rack_h
        if w.steady:
            mean = made * rack_h / (view.h * (end - first))
            check.at_most("steady training keeps one rate", f"{w.name}, run {number}", busy[first:end], mean)
        check.equal("training run finished in its window", f"{w.name}, run {number}", made, w.run_mtok)
    reserved = gang * view.year_mwh(view.inside(w))
    unused = reserved - view.year_mwh(busy * view.inside(w))
    limit = w.pause_share * reserved
    check.at_most("pauses of training [rack-h]", w.name, unused, limit, floor=max(1.0, reserved))


def _check_capacity(view: View, check: Checker) -> None:
    for o in sorted({*view.racks, *(k[1:] for k in view.op.busy_racks)}):
        used = view.zeros
        for key, busy in view.op.busy_racks.items():
            if key[1:] == o and view.workload[key[0]].kind != "training":
                used = used + busy
        for g in view.design.gangs:
            if (g.rack, g.cooling) == o:
                used = used + g.racks * view.inside(view.workload[g.workload])
        usable = view.rack[o[0]].usable_share * view.racks.get(o, 0)
        check.at_most("busy racks within the usable ones", f"rack {o[0]}, {o[1]}", used, usable)
    for r in view.case.racks:
        total = sum(n for (name, _), n in view.racks.items() if name == r.name)
        if r.max_racks is not None:
            check.at_most("racks that can be bought", f"rack {r.name}", total, r.max_racks, tolerance=EXACT)
    _check_origin(view, check)


def _check_origin(view: View, check: Checker) -> None:
    """Domestic racks hold their share of the power of all racks as bought, at peak and with ancillary IT."""
    share = view.case.limits.domestic_share
    if share is None:
        return
    power = {o: n * (view.rack[o[0]].peak_mw + view.rack[o[0]].ancillary_mw) for o, n in view.racks.items()}
    domestic = sum(mw for (name, _), mw in power.items() if view.rack[name].domestic)
    everything = sum(power.values())
    check.at_least("share of domestic racks [MW]", "all racks", domestic, share * everything, tolerance=EXACT)
