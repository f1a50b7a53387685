"""The case of the sweep's benchmark: the first 168 hours of the quickstart example, as its sheet Sweep varies it."""

from __future__ import annotations

from pathlib import Path

from planner.template.book import write_workbook
from planner.template.content import example_content

HOURS = 168


def write_case(path: Path) -> None:
    """Write the workbook."""
    content = example_content("quickstart")
    content.records["Project"]["hours"] = {"value": HOURS}
    content.series = {name: values[:HOURS] for name, values in content.series.items()}
    write_workbook(path, content, "design")
