"""Findings of a check as a workbook, for those who must mend many cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from planner.errors import Finding


def write_findings(findings: Sequence[Finding], path: Path) -> None:
    """One row per finding, one column per part of it; texts are written as texts, whatever they begin with."""
    import xlsxwriter

    columns = [f.name for f in fields(Finding)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Findings")
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 28)
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name.capitalize(), bold)
        for row, finding in enumerate(findings, start=1):
            for column, text in enumerate(asdict(finding).values()):
                sheet.write_string(row, column, text, wrapped)
        if not findings:
            sheet.write_string(1, 0, "No problems found.")
