"""A template filled in by its Guide alone is a valid workbook."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from planner.errors import BadWorkbook
from planner.schema import HEADER_ROW, SHEETS, USERS, User, sheet
from planner.template import write_template
from planner.template.look import REQUIRED
from planner.validate import validate
from planner.workbook import read_workbook

FIGURES: dict[str, dict[str, object]] = {
    "Project": {"name": "Hall", "need_month": 30, "analysis_years": 15, "discount_pct": 8, "tokenergy_target": 0.9},
    "Sites": {"name": "Here", "grid_limit_mw": 5, "energised_month": 24, "tariff": "KEPCO industrial eul HV-A II"},
    "Workloads": {
        "name": "chat",
        "kind": "interactive",
        "operating_class": "671B MoE, 8k/1k, 42 tok/s per user",
        "requests_per_day": 1e8,
        "input_tokens": 3200,
        "output_tokens": 400,
    },
}


def coloured(path: Path) -> set[str]:
    """Addresses of the cells with the colour of what must be filled in, the Guide's legend left out."""
    found = set()
    book = openpyxl.load_workbook(path)
    for s in SHEETS:
        if s.layout not in ("guide", "hourly"):
            for row in book[s.name].iter_rows(min_row=HEADER_ROW + 1):
                found |= {f"{s.name}!{c.coordinate}" for c in row if c.fill.fgColor.rgb == f"FF{REQUIRED[1:]}"}
    return found


@pytest.mark.parametrize("user", USERS)
def test_findings_are_coloured_cells(tmp_path: Path, user: User) -> None:
    """Proves that an untouched template has no finding but cells coloured in it; catches a required cell that the Guide
    forgets."""
    write_template(tmp_path / "t.xlsx", user)
    with pytest.raises(BadWorkbook) as caught:
        validate(read_workbook(tmp_path / "t.xlsx"))
    asked = coloured(tmp_path / "t.xlsx")
    assert 0 < len(asked) <= 15
    assert {finding.cell for finding in caught.value.findings} <= asked


def test_coloured_cells_are_enough(tmp_path: Path) -> None:
    """Proves that filling in the coloured cells alone makes a valid workbook; catches a hidden further requirement."""
    write_template(tmp_path / "t.xlsx", "design")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    for address in coloured(tmp_path / "t.xlsx"):
        name, _, place = address.partition("!")
        page = book[name]
        record = sheet(name).layout == "record"
        field = page.cell(page[place].row, 1) if record else page.cell(HEADER_ROW, page[place].column)
        page[place] = FIGURES[name][str(field.value)]
    book.save(tmp_path / "filled.xlsx")
    case = validate(read_workbook(tmp_path / "filled.xlsx")).case
    assert (case.name, case.site.name, case.workloads[0].name) == ("Hall", "Here", "chat")
