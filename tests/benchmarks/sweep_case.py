"""The examples cut to their first 168 hours, as workbooks: of the quickstart also what its sheet Sweep varies."""

from __future__ import annotations

from pathlib import Path

from planner.template.book import write_workbook
from planner.template.content import example_content

HOURS = 168


def write_case(path: Path, example: str = "quickstart", hours: int = HOURS) -> None:
    """Write the workbook. Training that does not end within these hours is left out."""
    content = example_content(example)
    content.records["Project"]["hours"] = {"value": hours}
    content.series = {name: values[:hours] for name, values in content.series.items()}
    content.rows["Workloads"] = [w for w in content.rows["Workloads"] if w["kind"] != "training"]
    content.rows["Windows"] = []
    left = {w["name"] for w in content.rows["Workloads"]}
    if "StageDemand" in content.rows:
        content.rows["StageDemand"] = [r for r in content.rows["StageDemand"] if r["workload"] in left]
    content.arithmetic = []
    write_workbook(path, content, "design")
