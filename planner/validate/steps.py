"""The steps of the operating year: month, weekday and hour of each; and the tariff's clock, with the hours a row of it
covers."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.case import Calendar
from planner.validate.rows import Row, Tables

YEAR = ("year_start", "hours", "step_minutes")
"""Fields of sheet Project that say what the steps of the operating year are."""


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

    def weekend_at(self, ahead_h: int) -> NDArray[np.bool_]:
        """Whether each step falls on a Saturday or Sunday, by a clock that is ahead by some hours."""
        return _weekday(self.times + np.timedelta64(60 * ahead_h, "m")) >= 5

    def name(self, step: int) -> str:
        """A step in words: `Sat 2023-01-07 22:00`."""
        time = self.start + dt.timedelta(minutes=self.minutes * step)
        return time.strftime("%a %Y-%m-%d %H:%M")

    @property
    def calendar(self) -> Calendar:
        """For the Case."""
        return Calendar(tuple(int(m) for m in self.month), self.hours, self.start.isoformat(timespec="minutes"))


def _weekday(times: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """0 Monday to 6 Sunday."""
    days: NDArray[np.int64] = (times.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return days  # day 0, 1 January 1970, was a Thursday


@dataclass(frozen=True, eq=False)
class Clock:
    """What a tariff's rows go by: the clock on the wall at every step, and the days it counts as Sundays."""

    times: NDArray[np.datetime64]
    weekday: NDArray[np.int64]
    """0 Monday to 6 Sunday or holiday"""

    def covers(self, row: Row) -> NDArray[np.bool_]:
        """Steps in the months, day type and hours of a tariff row."""
        return np.logical_and.reduce(list(self.holds(row).values()))

    def within(self, row: Row) -> NDArray[np.bool_]:
        """Steps in the day type and hours of a tariff row, whatever the month."""
        holds = self.holds(row)
        return holds["day_type",] & holds["from_hour", "to_hour"]

    def holds(self, row: Row) -> dict[tuple[str, ...], NDArray[np.bool_]]:
        """Steps for which each condition of a tariff row holds, by the columns that state it."""
        month = self.times.astype("datetime64[M]").astype(np.int64) % 12
        hour = self.times.astype("datetime64[h]").astype(np.int64) % 24
        first, end = row["from_hour"], row["to_hour"]
        return {
            ("months",): np.isin(month, row["months"]),
            ("day_type",): np.isin(self.weekday, _DAYS[row["day_type"]]),
            ("from_hour", "to_hour"): (hour >= first) & (hour < end) if first < end else (hour >= first) | (hour < end),
        }


_DAYS = {"all": range(7), "weekday": range(5), "saturday": (5,), "sunday": (6,), "weekend": (5, 6)}


def read_clock(tables: Tables, site: Row, steps: Steps) -> Clock | None:
    """The clock of a site's tariff; None if it cannot be read (the findings say why)."""
    if not site.ok("holidays", "time_zone") or not tables.intact("Holidays"):
        return None
    times = steps.times
    if site["time_zone"] is not None:
        try:
            zone = zoneinfo.ZoneInfo(site["time_zone"])
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            expected = "a time zone such as Europe/London, or a blank cell"
            tables.report(site.finding("time_zone", "", expected))
            return None
        times = times + _daylight_saving(zone, steps)
    days = [row for row in tables["Holidays"] if row["calendar"] == site["holidays"]]
    off = np.array([row["date"] for row in days], dtype="datetime64[D]")
    for row, day in zip(days, off, strict=True):
        row.used = bool((times.astype("datetime64[D]") == day).any())
    if days and not any(row.used for row in days):
        message = f"no day of calendar {site['holidays']} lies in the operating year"
        tables.warn(site.cell("holidays"), site.sheet.table, "holidays", message)
    return Clock(times, np.where(np.isin(times.astype("datetime64[D]"), off), 6, _weekday(times)))


def _daylight_saving(zone: zoneinfo.ZoneInfo, steps: Steps) -> NDArray[np.timedelta64]:
    """How far the clocks of a zone are ahead of its standard time at each step; standard: the lesser of January's and
    July's, which holds in both hemispheres."""

    def ahead(moment: dt.datetime) -> dt.timedelta:
        return moment.replace(tzinfo=dt.UTC).astimezone(zone).utcoffset() or dt.timedelta()

    standard = min(ahead(dt.datetime(steps.start.year, month, 1)) for month in (1, 7))
    moments = (time - standard for time in steps.times.astype(dt.datetime))
    return np.array([ahead(moment) - standard for moment in moments], dtype="timedelta64[m]")


def read_steps(tables: Tables) -> Steps | None:
    """The operating year of sheet Project; None if it cannot be read (the findings say why)."""
    project = tables.project
    if not project.ok(*YEAR):
        return None
    minutes = round(60 * project["step_minutes"])
    hours = project["hours"]
    steps = Steps(project["year_start"], hours * 60 // minutes, minutes)
    last = steps.start + dt.timedelta(hours=hours) - dt.timedelta(minutes=minutes)
    months = 12 * (last.year - steps.start.year) + last.month - steps.start.month
    if months >= 12:
        message = f"{hours:,} hours from {steps.start:%Y-%m-%d} enter the same month twice, but each is billed once"
        message += f" ({project.cell('hours')} says how many hours)"
        tables.report(project.finding("year_start", "", "the first day of a month, or fewer hours", message))
        return None
    if hours < 8760:
        message = f"the operating year has {hours:,} hours only: yearly sums count these hours alone"
        tables.warn(project.cell("hours"), project.sheet.table, "hours", message)
    return steps
