"""The sheet Arithmetic of the Ulsan example agrees with itself, the cells it explains, and published facts."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from libreoffice import SOFFICE, recalculated

from planner.schema import HEADER_ROW
from planner.template.arithmetic import NAME, evaluate, place_of, values, write_arithmetic
from planner.template.content import example_content
from planner.template.look import Look

EXAMPLE = "ulsan-ai-campus"


def test_it_agrees_with_what_is_published() -> None:
    """Proves: 6 x 33e9 x 10e12 operations are 1.98e24, the stated 2.55e24 are 1.29 times that; 1,024 H200 for 75 days
    are 1.843 million hours at 38.9 % of 989 TFLOP/s, 30 % with 6ND as numerator; 2.9 to 3.1 GWh, about 0.3 Wh per 1,000
    tokens, 1.7 MW; 20 million users ask for 300 billion tokens a day, 40 to 239 MWh. Catches: a wrong power of ten, a
    utilisation with the other numerator."""
    found = values(example_content(EXAMPLE).arithmetic)
    published = {
        "flop_6nd": 1.98e24,
        "flop_ratio": 1.29,
        "k1_gpu_h": 1.843e6,
        "k1_flop_s": 3.84e14,
        "k1_hfu": 38.9,
        "k1_mfu": 30.0,
        "k1_gwh": 3.0,
        "k1_wh": 0.30,
        "k1_mw": 1.7,
        "teacher_low": 0.33,
        "teacher_high": 1.96,
        "tokens_day": 300,
        "serving_low": 40,
        "serving_high": 239,
    }
    assert {name: found[name] for name in published} == pytest.approx(published, rel=0.03)
    assert found["run_racks"] < 7 and 0 < found["run_pause"] < 30  # a gang of 7 racks, within pause_pct


def test_it_agrees_with_the_cells_it_explains() -> None:
    """Proves: each figure that explains a cell is within half a percent of it, and each of the example's workloads is
    explained. Catches: a cell changed without its derivation."""
    content = example_content(EXAMPLE)
    found = values(content.arithmetic)
    explained = [line for line in content.arithmetic if "cell" in line]
    for line in explained:
        held = place_of(line["cell"], content.rows).value
        assert found[line["key"]] == pytest.approx(held, rel=0.005), line["cell"]
    rows = {line["cell"][1] for line in explained if line["cell"][0] == "Workloads"}
    assert rows == {w["name"] for w in content.rows["Workloads"]} - {"growth: synthetic data"}


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_the_formulas_are_live(tmp_path: Path) -> None:
    """Proves: with twice the active parameters another program computes every line from the formulas as ours does, and
    the line that explains the cell says NO, all others yes. Catches: figures pasted as numbers; a formula that names
    the wrong line; a check that always says yes."""
    content = example_content(EXAMPLE)
    path = tmp_path / "ulsan.xlsx"
    with xlsxwriter.Workbook(path) as small:  # this sheet, and of the others the cells it explains
        write_arithmetic(small.add_worksheet(NAME), content.arithmetic, content.rows, Look(small))
        for cell in (line["cell"] for line in content.arithmetic if "cell" in line):
            place, page = place_of(cell, content.rows), small.get_worksheet_by_name(cell[0])
            page = page or small.add_worksheet(cell[0])
            page.write_number(place.address.partition("!")[2], place.value)
    book = openpyxl.load_workbook(path)
    first = HEADER_ROW + 1
    numbers = {line["key"]: first + n for n, line in enumerate(content.arithmetic) if "key" in line}
    book[NAME].cell(numbers["active_billion"], 2).value = 66
    book.save(path)
    again = recalculated(path, tmp_path)[NAME]
    doubled = [{**x, "value": 66} if x.get("key") == "active_billion" else x for x in content.arithmetic]
    wanted = values(doubled)
    assert wanted["flop_6nd"] == pytest.approx(3.96e24)
    assert {key: again.cell(row, 2).value for key, row in numbers.items()} == pytest.approx(wanted)
    said = {key: again.cell(row, 9).value for key, row in numbers.items() if again.cell(row, 9).value}
    assert {key for key, text in said.items() if text == "NO"} == {"active_billion", "flop_per_token"}


@pytest.mark.parametrize("formula", ["unknown * 2", "a ** 2", "max(a, 1)", "a if a else 1"])
def test_only_plain_arithmetic(formula: str) -> None:
    """Proves: a formula of anything but + - * / over known lines is refused. Catches: a name that stands below."""
    assert evaluate("(a + 1) * 3 / 2 - 1e1", {"a": 3.0}) == pytest.approx(-4.0)
    with pytest.raises(ValueError, match="cannot be worked out"):
        evaluate(formula, {"a": 3.0})
