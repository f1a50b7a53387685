"""Documents of fronts, alternatives, scenarios and sweeps: in a browser, and made again by `aidc report`."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import test_page_in_browser as look
from click.testing import CliRunner, Result
from samples import SAMPLES, STUDIES

from planner.cli import cli
from planner.folder import MANIFEST

browser = look.browser


def report(folder: Path) -> Result:
    return CliRunner().invoke(cli, ["report", str(folder)])


@pytest.mark.parametrize("name", STUDIES)
def test_report_makes_the_documents_again(name: str, tmp_path: Path) -> None:
    """Proves: from the file for machines alone `aidc report` writes the same page, says so and what to open. Caught: a
    study that it takes for a plan, a document left out."""
    data = f"{name}.json"
    shutil.copy(SAMPLES / name / data, tmp_path)
    done = report(tmp_path)
    assert done.exit_code == 0, done.output
    assert f"open {tmp_path / name}.html" in done.output
    assert {p.name for p in tmp_path.iterdir()} == {p.name for p in (SAMPLES / name).iterdir()}


def test_report_refuses_an_edited_study(tmp_path: Path) -> None:
    """Proves: with a manifest, a study rendered again has the digests of its new documents there; once its file is
    edited it is refused with 7, and one of another form with 3. Caught: documents of figures that nobody computed, a
    stack trace."""
    data = tmp_path / "scenarios.json"
    shutil.copy(SAMPLES / "scenarios" / data.name, data)
    digest = hashlib.sha256(data.read_bytes()).hexdigest()
    (tmp_path / MANIFEST).write_text(json.dumps({"files": {data.name: {"sha256": digest}}}), encoding="utf-8")
    assert report(tmp_path).exit_code == 0
    kept = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))["files"]
    page = tmp_path / "scenarios.html"
    assert kept[page.name]["sha256"] == hashlib.sha256(page.read_bytes()).hexdigest()
    data.write_text(data.read_text(encoding="utf-8").replace("dear", "cheap"), encoding="utf-8")
    assert report(tmp_path).exit_code == 7
    (tmp_path / MANIFEST).unlink()
    data.write_text("{}", encoding="utf-8")
    done = report(tmp_path)
    assert done.exit_code == 3 and "is missing" in done.output


def test_figures_of_alternatives_are_those_of_their_file() -> None:
    """Proves that cost, TokEnergy, carbon and extra cost of every alternative stand on the page and in the workbook as
    in alternatives.json. Caught: plans out of order, money in another unit."""
    folder = SAMPLES / "alternatives"
    points = json.loads((folder / "alternatives.json").read_text(encoding="utf-8"))["points"]
    page = (folder / "alternatives.html").read_text(encoding="utf-8")
    sheet = openpyxl.load_workbook(folder / "alternatives.xlsx", read_only=True)["Plans"]
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], (int, float))]
    assert len(rows) == len(points) > 2
    for row, point in zip(rows, points, strict=True):
        index, carbon = point["kpi"]["tokenergy_wh_per_1k"], point["values"]["carbon"]
        assert f">{point['objective'] / 1e6:.3f}<" in page and f">{index:.5f}" in page and f">{carbon:,.0f}" in page
        assert row[2:4] == pytest.approx((index, carbon))
        extra = point["extra_cost"]
        assert row[5:9] == pytest.approx([v / 1e6 for v in (point["objective"], point["bound"], *extra.values())])


@look.pytestmark
@pytest.mark.parametrize("name", STUDIES)
def test_the_page_in_a_browser(name: str, browser: Any) -> None:
    """Proves from phone to desk, light and dark: one request, a silent console, nothing beyond the edge, legible and
    uncut chart text, nothing that axe finds. Caught: a long name that widens a phone's page, grey text on grey."""
    for width, theme in ((360, "dark"), (1280, "light")):
        page = look.opened_clean(browser, SAMPLES / name / f"{name}.html", width, theme)
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        results = look.axe.Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        page.close()
