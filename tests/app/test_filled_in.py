"""A template filled in by its Guide alone is a valid workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner.errors import BadWorkbook
from planner.schema import HEADER_ROW, SHEETS, USERS, User, sheet
from planner.template.look import OPTIONAL, REQUIRED
from planner.validate import validate
from planner.workbook import read_workbook

FIGURES: dict[str, dict[str, object]] = {
    "Project": {"name": "Hall", "analysis_years": 15, "discount_pct": 8},
    "Sites": {"name": "Here", "grid_limit_mw": 5, "tariff": "KEPCO industrial eul HV-A II"},
    "Workloads": {
        "name": "chat",
        "kind": "interactive",
        "operating_class": "671B MoE, 8k/1k, 42 tok/s per user",
        "requests_per_day": 1e8,
        "input_tokens": 3200,
        "output_tokens": 400,
    },
}


def coloured(book: openpyxl.Workbook, colour: str = REQUIRED) -> set[str]:
    """Addresses of the cells of a colour, by default that of what must be filled in; the Guide's legend left out."""
    found = set()
    for s in SHEETS:
        if s.layout not in ("guide", "hourly"):
            for row in book[s.name].iter_rows(min_row=HEADER_ROW + 1):
                found |= {f"{s.name}!{c.coordinate}" for c in row if c.fill.fgColor.rgb == f"FF{colour[1:]}"}
    return found


@pytest.mark.parametrize("user", USERS)
def test_findings_are_yellow_cells(template: Any, template_book: Any, user: User) -> None:
    """Proves that an untouched template has no finding but yellow cells, that pale cells have none, and that both are
    at most fifteen; catches a required cell that looks optional, and an optional one (the target) that looks
    required."""
    with pytest.raises(BadWorkbook) as caught:
        validate(read_workbook(template(user)))
    yellow, pale = coloured(template_book(user)), coloured(template_book(user), OPTIONAL)
    assert yellow and pale and not yellow & pale
    assert len(yellow | pale) <= 15
    assert {finding.cell for finding in caught.value.findings} <= yellow
    assert (caught.value.required_filled, caught.value.required_total) == (0, len(yellow))
    target = HEADER_ROW + 1 + [c.name for c in sheet("Project").columns].index("tokenergy_target")
    assert f"Project!B{target}" not in yellow


def fill(source: Path, path: Path, addresses: set[str]) -> openpyxl.Workbook:
    """Write the figures above into cells of a template; saved as path."""
    book = openpyxl.load_workbook(source)
    for address in addresses:
        name, _, place = address.partition("!")
        page = book[name]
        record = sheet(name).layout == "record"
        field = page.cell(page[place].row, 1) if record else page.cell(HEADER_ROW, page[place].column)
        page[place] = FIGURES[name][str(field.value)]
    book.save(path)
    return book


def test_yellow_cells_are_enough(tmp_path: Path, template: Any, template_book: Any) -> None:
    """Proves that filling in the yellow cells alone makes a valid workbook, without a target, counted as complete;
    catches a hidden further requirement."""
    path = tmp_path / "t.xlsx"
    yellow = coloured(template_book("design"))
    fill(template("design"), path, yellow)
    checked = validate(read_workbook(path))
    case = checked.case
    assert (case.name, case.site.name, case.workloads[0].name) == ("Hall", "Here", "chat")
    assert case.limits.tokenergy_wh_per_ktok is None
    assert checked.required_filled == checked.required_total == len(yellow)


def test_half_filled_says_how_far(tmp_path: Path, template: Any, template_book: Any) -> None:
    """Proves the count of a template in the making: the project's three cells of twelve, and nine for a training run,
    whose requests and tokens do not apply; catches a count over the catalogue's hundreds of cells."""
    path = tmp_path / "t.xlsx"
    yellow = coloured(template_book("design"))
    book = fill(template("design"), path, {a for a in yellow if a.startswith("Project!")})
    with pytest.raises(BadWorkbook) as caught:
        validate(read_workbook(path))
    assert (caught.value.required_filled, caught.value.required_total) == (3, 12)
    book["Workloads"].cell(
        HEADER_ROW + 1, 1 + [c.name for c in sheet("Workloads").columns].index("kind")
    ).value = "training"
    book.save(path)
    with pytest.raises(BadWorkbook) as caught:
        validate(read_workbook(path))
    assert (caught.value.required_filled, caught.value.required_total) == (4, 9)
