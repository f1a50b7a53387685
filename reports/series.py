"""Steps of the operating year, summed and sorted for display: months, the peak week, the load duration curve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from models import usage
from models.case import Calendar
from models.design import Answer
from models.fields import Series

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def step_start(calendar: Calendar, step: int) -> datetime:
    """Local standard time at which a step starts."""
    return datetime.fromisoformat(calendar.first_step) + timedelta(hours=step * calendar.step_h)


def step_label(calendar: Calendar, step: int) -> str:
    """The start of a step as text: `2023-08-07 14:00`."""
    return step_start(calendar, step).strftime("%Y-%m-%d %H:%M")


def total(answer: Answer, vectors: dict[str, Series]) -> Series:
    """Sum of vectors by name, zero where there is none."""
    return np.sum(list(vectors.values()), axis=0) if vectors else np.zeros(answer.case.calendar.steps)


def other_load(answer: Answer) -> Series:
    """House load and the given plain load [MW]."""
    site = answer.case.site
    plain = site.plain_load_mw if site.plain_load_mw is not None else np.zeros(answer.case.calendar.steps)
    return plain + site.house_load_mw


def uses_mw(answer: Answer) -> dict[str, Series]:
    """Where the power goes, in the order of the stack [MW]; names match the colours of the charts."""
    operation = answer.design.operation
    uses = {
        "IT": operation.it_mw,
        "Cooling": operation.cooling_mw,
        "Electrical chain": operation.chain_loss_mw,
        "House and other load": other_load(answer),
        "Battery, net": usage.storage_net_mw(answer.case, answer.design),
    }
    return {name: vector for name, vector in uses.items() if np.any(np.abs(vector) > 1e-9)}


def monthly_mwh(answer: Answer, vector: Series) -> list[float]:
    """Energy of a power vector by month present [MWh]."""
    calendar = answer.case.calendar
    return [float(vector[calendar.steps_of(month)].sum() * calendar.step_h) for month in calendar.months]


def peak_step(answer: Answer) -> int:
    """The step of the highest import."""
    return int(np.argmax(answer.design.operation.import_mw))


def peak_week(answer: Answer) -> range:
    """Seven whole days with the step of the highest import on the fourth, shifted into the year."""
    calendar = answer.case.calendar
    per_day = max(1, round(24 / calendar.step_h))
    length = min(7 * per_day, calendar.steps)
    first = (peak_step(answer) // per_day - 3) * per_day
    first = max(0, min(first, calendar.steps - length))
    return range(first, first + length)


@dataclass(frozen=True)
class DurationPoint:
    """Import that is reached or exceeded in this share of the year."""

    share: float
    import_mw: float


def load_duration(answer: Answer, points: int = 101) -> list[DurationPoint]:
    """The sorted hourly import at evenly spaced shares of the year, highest first."""
    ordered = np.sort(answer.design.operation.import_mw)[::-1]
    shares = np.linspace(0, 1, points)
    return [DurationPoint(float(s), float(ordered[round(s * (len(ordered) - 1))])) for s in shares]


@dataclass(frozen=True)
class Run:
    """Hours of one day that follow each other and fall into one class."""

    first_day: datetime
    last_day: datetime
    """the day after"""
    from_hour: float
    to_hour: float
    level: int


def day_runs(answer: Answer, vector: Series, most: int) -> tuple[list[Run], list[str]]:
    """Every step of a power vector [MW] by day and hour, in at most `most` classes of a round width; steps of one class
    that follow each other in a day are one run. Also the names of the classes, lowest first."""
    calendar = answer.case.calendar
    low, width, digits = _classes(float(vector.min()), float(vector.max()), most)
    levels = np.clip(((vector - low) / width + 1e-9).astype(int), 0, most - 1)
    count = int(levels.max()) + 1
    edges = [low + i * width for i in range(count + 1)]
    names = [f"{a:,.{digits}f}–{b:,.{digits}f}" for a, b in zip(edges, edges[1:], strict=False)]
    runs: list[Run] = []
    start = 0
    for step in range(1, calendar.steps + 1):
        opens = step_start(calendar, start)
        same_day = step < calendar.steps and step_start(calendar, step).date() == opens.date()
        if same_day and levels[step] == levels[start]:
            continue
        day = opens.replace(hour=0, minute=0)
        hour = opens.hour + opens.minute / 60
        runs.append(
            Run(day, day + timedelta(days=1), hour, hour + (step - start) * calendar.step_h, int(levels[start]))
        )
        start = step
    return runs, names


def _classes(low: float, high: float, most: int) -> tuple[float, float, int]:
    """The lowest edge, a round width and its decimals for at most `most` classes from `low` to `high`."""
    span = max(high - low, 0.05 * max(abs(high), 1e-3))  # a load that never changes has a class too
    for exponent in range(-9, 12):
        for factor in (1.0, 2.0, 2.5, 4.0, 5.0):
            width = factor * 10.0**exponent
            first = width * np.floor(low / width + 1e-9)
            if first + most * width >= high - 1e-9 * span and span / width <= most:
                return float(first), width, max(0, -exponent + (factor == 2.5))
    raise ValueError("power out of range")
