"""The calendar of the operating year."""

from __future__ import annotations

import pytest

from models.case import Calendar


def test_days_begin_at_midnight() -> None:
    """Proves: of quarter hours from 23:00 on the fifth is the next day's first; from midnight on the 97th. Catches: an
    hour of other than 60 minutes, days counted from the first step."""
    late = Calendar((0,) * 8, step_h=0.25, first_step="2023-01-01T23:00")
    assert late.day_of_step == (0, 0, 0, 0, 1, 1, 1, 1)
    day = Calendar((0,) * 100, step_h=0.25, first_step="2023-01-01T00:00")
    assert day.day_of_step == (0,) * 96 + (1,) * 4


def test_minutes_of_the_first_step_count() -> None:
    """Proves: from 22:30 on the half hours 22:30, 23:00, 23:30 are of the first day. Catches: minutes left out."""
    assert Calendar((0,) * 4, step_h=0.5, first_step="2023-01-01T22:30").day_of_step == (0, 0, 0, 1)


def test_months_stand_in_order_of_time() -> None:
    """Proves: a year that begins in December has its steps by month. Catches: months sorted, steps of another month."""
    year = Calendar((11, 11, 0, 1, 1, 1))
    assert (year.steps, year.months) == (6, (11, 0, 1))
    assert [list(year.steps_of(m)) for m in year.months] == [[0, 1], [2], [3, 4, 5]]


@pytest.mark.parametrize(
    ("months", "step_h"), [((), 1.0), ((0, 1, 0), 1.0), ((12,), 1.0), ((-1,), 1.0), ((0,), 0.0), ((0,), -1.0)]
)
def test_no_such_year(months: tuple[int, ...], step_h: float) -> None:
    """Proves: a year of no step, with a month in two parts, with a thirteenth month or with steps of no length is
    refused."""
    with pytest.raises(ValueError, match="month_of_step|step_h"):
        Calendar(months, step_h=step_h)
    assert Calendar((0, 11)).months == (0, 11)
