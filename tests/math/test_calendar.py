"""The calendar of the operating year."""

from models.case import Calendar


def test_days_begin_at_midnight() -> None:
    """Proves: of quarter hours from 23:00 on the fifth is the next day's first; from midnight on the 97th. Catches: an
    hour of other than 60 minutes, days counted from the first step."""
    late = Calendar((0,) * 8, step_h=0.25, first_step="2023-01-01T23:00")
    assert late.day_of_step == (0, 0, 0, 0, 1, 1, 1, 1)
    day = Calendar((0,) * 100, step_h=0.25, first_step="2023-01-01T00:00")
    assert day.day_of_step == (0,) * 96 + (1,) * 4
