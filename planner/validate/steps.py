"""The steps of the operating year: month, weekday and hour of each, and the hours a tariff row covers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.case import Calendar
from planner.validate.rows import Row, Tables


@dataclass(frozen=True)
class Steps:
    """Local standard time of every step; no daylight saving, so that every day has 24 hours."""

    start: dt.datetime
    count: int
    minutes: int

    @property
    def hours(self) -> float:
        """Length of a step [h]."""
        return self.minutes / 60

    @cached_property
    def times(self) -> NDArray[np.datetime64]:
        """When each step starts."""
        return np.datetime64(self.start, "m") + np.arange(self.count) * np.timedelta64(self.minutes, "m")

    @cached_property
    def month(self) -> NDArray[np.int64]:
        """Month 0-11 of each step."""
        return self.times.astype("datetime64[M]").astype(np.int64) % 12

    @cached_property
    def hour(self) -> NDArray[np.int64]:
        """Hour of the day 0-23 of each step."""
        return self.times.astype("datetime64[h]").astype(np.int64) % 24

    @cached_property
    def weekend(self) -> NDArray[np.bool_]:
        """Whether each step falls on a Saturday or Sunday."""
        return self.weekend_at(0)

    def weekend_at(self, ahead_h: int) -> NDArray[np.bool_]:
        """The same by a clock that is ahead by some hours."""
        days = (self.times + np.timedelta64(60 * ahead_h, "m")).astype("datetime64[D]").astype(np.int64)
        return (days + 3) % 7 >= 5  # day 0, 1 January 1970, was a Thursday

    def covers(self, row: Row) -> NDArray[np.bool_]:
        """Steps in the months, day type and hours of a tariff row."""
        return np.isin(self.month, row["months"]) & self.within(row)

    def within(self, row: Row) -> NDArray[np.bool_]:
        """Steps in the day type and hours of a tariff row, whatever the month."""
        first, end = row["from_hour"], row["to_hour"]
        inside = (self.hour >= first) & (self.hour < end)
        if first >= end:
            inside = (self.hour >= first) | (self.hour < end)
        days = {"all": np.full(self.count, True), "weekday": ~self.weekend, "weekend": self.weekend}
        result: NDArray[np.bool_] = inside & days[row["day_type"]]
        return result

    def name(self, step: int) -> str:
        """A step in words: `Sat 2023-01-07 22:00`."""
        time = self.start + dt.timedelta(minutes=self.minutes * step)
        return time.strftime("%a %Y-%m-%d %H:%M")

    @property
    def calendar(self) -> Calendar:
        """For the Case."""
        return Calendar(tuple(int(m) for m in self.month), self.hours, self.start.isoformat(timespec="minutes"))


def read_steps(tables: Tables) -> Steps | None:
    """The operating year of sheet Project; None if it cannot be read (the findings say why)."""
    project = tables.project
    if not project.ok("year_start", "hours", "step_minutes"):
        return None
    minutes = round(60 * project["step_minutes"])
    hours = project["hours"]
    steps = Steps(project["year_start"], hours * 60 // minutes, minutes)
    last = steps.start + dt.timedelta(hours=hours) - dt.timedelta(minutes=minutes)
    months = 12 * (last.year - steps.start.year) + last.month - steps.start.month
    if months >= 12:
        message = f"{hours:,} hours from {steps.start:%Y-%m-%d} enter the same month twice, but each is billed once"
        tables.report(project.finding("year_start", "", "the first day of a month, or fewer hours", message))
        return None
    if hours < 8760:
        message = f"the operating year has {hours:,} hours only: yearly sums count these hours alone"
        tables.warn(project.cell("hours"), project.sheet.table, "hours", message)
    return steps
