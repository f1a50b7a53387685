"""What the batteries do, as a table: services, what is kept free for duties, what each saves."""

from __future__ import annotations

from models import usage
from models.design import Answer
from reports import format as show
from reports.tables import Table

NO_CYCLES = 0.05
"""Cycles a year below which a battery is not cycled: what makes up for its own losses."""


def services(answer: Answer) -> Table:
    """What the batteries do and what each service is worth in a year."""
    case, value = answer.case, usage.battery_value(answer.case, answer.design)
    uses = usage.battery_use(case, answer.design)
    peaks = show.apart((value.peak_without_mw, value.peak_mw), show.significant, 3)
    peak = f"import {peaks[0]} to {peaks[1]} MW"
    cycles = _cycles({use.name: use.dispatch_cycles_per_year for use in uses}) or show.MISSING
    moved = show.band(sum(use.dispatched_mw for use in uses), sum(use.dispatched_mwh for use in uses))
    yearly, once = show.money(value.demand_kcur, case.currency, 3), show.money(value.connection_kcur, case.currency, 3)
    shifted = show.money(value.energy_kcur, case.currency, 3)
    rows: list[tuple[str, ...]] = [
        ("Lower the peak", peak, moved, yearly, once),
        ("Shift energy", cycles, moved, shifted, show.MISSING),
        *_duties(answer, uses),
    ]
    head = ("Service", "In this plan", "Power and energy", "Saved a year", "Connection saved, once")
    return Table("What the batteries do", head, rows, (3, 4), wide=(1, 2))


def _cycles(per_year: dict[str, float]) -> str:
    """Cycles of each battery that is cycled; with its name where there are several."""
    counts = [(f"{show.trimmed(count)} cycles a year", name) for name, count in per_year.items() if count > NO_CYCLES]
    return show.joined([text if len(counts) == 1 else f"{text} ({name})" for text, name in counts])


def _duties(answer: Answer, uses: list[usage.BatteryUse]) -> list[tuple[str, ...]]:
    """What the site and the grid ask of storage: asked or not, what is kept free for it."""
    case = answer.case
    ramp, swing = case.grid.ramp_limit_mw_per_min, case.grid.max_swing_mw
    asked = [
        (
            "Ride-through",
            f"{show.trimmed(60 * case.ride_through_h)} min beyond the chain" if case.ride_through_h > 0 else "",
            show.band(sum(u.power_mw for u in uses if u.reserve_mwh > 0), sum(u.reserve_mwh for u in uses)),
        ),
        (
            "Even out swings",
            "" if swing is None else _swings(swing, uses),
            show.band(sum(u.smoothing_mw for u in uses), sum(u.smoothing_mwh for u in uses)),
        ),
        (
            "Carry ramps",
            "" if ramp is None else f"at most {show.trimmed(ramp)} MW/min",
            show.band(sum(u.ramp_mw for u in uses), sum(u.ramp_mwh for u in uses)),
        ),
    ]
    none = show.MISSING
    return [(name, words or "none asked of the batteries", kept, none, none) for name, words, kept in asked]


def _swings(most_mw: float, uses: list[usage.BatteryUse]) -> str:
    """The swing allowed, and how often what evens it out is cycled for it."""
    text = f"swings of at most {show.trimmed(most_mw)} MW, peak to peak"
    cycles = _cycles({use.name: use.smoothing_cycles_per_year for use in uses})
    return f"{text}; {cycles}" if cycles else text
