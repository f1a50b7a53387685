"""What `aidc explain` proposes makes a plan: a handful of the tightenings of explain.py, on cases of a day."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

from explain import run
from sweep_case import write_case

from planner.cli import cli


@pytest.mark.parametrize("example", ["quickstart", "module-tender"])
def test_changes_proposed_make_a_plan(example: str) -> None:
    """Proves: each change, typed at the address told, gives a plan at the gap of `aidc plan` that is rechecked; each
    workbook gets one. Catches: a value in another unit, rounded to the wrong side, or typed into another row."""
    tally = run(2, 5, (example,), hours=24, says=False)
    assert tally.workbooks == 2 and tally.holds >= 2
    assert not tally.fails and not tally.without


def test_the_command_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: `aidc explain --json` on a connection of 0.5 MW names its cell; the value told, saved by a spreadsheet
    program, makes `aidc plan` succeed. Catches: addresses or numbers that only work inside the command."""
    monkeypatch.chdir(tmp_path)
    book = tmp_path / "day.xlsx"
    write_case(book, hours=24)
    pages = openpyxl.load_workbook(book)
    pages["Sites"]["U6"] = 0.5
    pages.save(book)
    told = CliRunner().invoke(cli, ["explain", str(book), "--json", "-q"], catch_exceptions=False)
    found = json.loads(told.stdout)
    assert "Sites!U6" in [limit["cell"] for c in found["conflicts"] for limit in c["limits"]]
    assert found["conflicts"][0]["is_smallest"] and found["changes"]
    for change in found["changes"][:1]:
        for cell in change["cells"]:
            sheet, _, address = cell["cell"].rpartition("!")
            pages[sheet][address] = cell["value"]
        pages.save(book)
        assert CliRunner().invoke(cli, ["plan", str(book), "-q", "--force"], catch_exceptions=False).exit_code == 0
