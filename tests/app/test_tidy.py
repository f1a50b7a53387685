"""Tables for other programs."""

from __future__ import annotations

from planner.tidy import csv_text, tidy_rows


def test_one_row_per_case_one_column_per_figure() -> None:
    """Proves: figures inside a mapping have a column of their own, what only one case has is blank in the other, lists
    are left out; commas, quotation marks and line breaks stay in their cell. Caught: columns of the first case alone,
    figures under another's heading."""
    cases = [{"name": 'a, "b"', "kpi": {"pue": 1.25}, "notes": ["x"]}, {"name": "c\nd", "cost": -2.0}]
    rows = tidy_rows(cases)
    assert rows == [["name", "kpi.pue", "cost"], ['a, "b"', 1.25, None], ["c\nd", None, -2.0]]
    assert csv_text(rows) == 'name,kpi.pue,cost\n"a, ""b""",1.25,\n"c\nd",,-2.0\n'
