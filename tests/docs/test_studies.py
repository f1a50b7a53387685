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
from reports.format import money, significant
from reports.sweep import render_sweep

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
    for text in ("{", "[]"):
        (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
        done = report(tmp_path)
        assert done.exit_code == 3 and MANIFEST in done.output
    (tmp_path / MANIFEST).unlink()
    data.write_text("[]", encoding="utf-8")
    assert report(tmp_path).exit_code == 3
    data.write_text("{}", encoding="utf-8")
    done = report(tmp_path)
    assert done.exit_code == 3 and "is missing" in done.output


@pytest.mark.parametrize("name", ["pareto", "alternatives"])
def test_figures_of_plans_are_those_of_their_file(name: str) -> None:
    """Proves that cost, what is traded and extra cost of every plan stand on the page and in the workbook as in the
    file for machines. Caught: plans out of order, money in another unit."""
    folder = SAMPLES / name
    view = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    page, points, criteria = (folder / f"{name}.html").read_text(encoding="utf-8"), view["points"], view["criteria"]
    sheet = openpyxl.load_workbook(folder / f"{name}.xlsx")["Plans"]
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], (int, float))]
    assert len(rows) == len(points) > 2
    for row, point in zip(rows, points, strict=True):
        values = [point["values"][c["name"]] for c in criteria]
        shown = [f">{point['objective'] / 1e6:.3f}<", *(f">{significant(v, 5)}" for v in values)]
        assert [text for text in shown if text not in page] == []
        amounts = (point["objective"], point["bound"], *point["extra_cost"].values())
        assert row[2 : 6 + len(values)] == pytest.approx((*values, *(v / 1e6 for v in amounts)))


def test_figures_of_a_sweep_are_those_of_its_file() -> None:
    """Proves that the median cost, the swing of the strongest input and the mean regret of the second kind of design
    stand on the page as in sweep.json. Caught: quantiles of another figure, thousands for units."""
    view = json.loads((SAMPLES / "sweep" / "sweep.json").read_text(encoding="utf-8"))
    page = (SAMPLES / "sweep" / "sweep.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    cost = next(row for row in view["quantiles"] if row["figure"] == "cost")
    swing, second = view["tornado"]["bars"][0]["swing"], view["designs"][1]
    assert f"USD {cost['p50'] / 1e6:.1f} million" in page and f"USD {swing / 1e6:.1f} million" in page
    assert money(second["mean_regret"] / 1000, "USD", 3) in page and second["words"] in page


def said(view: dict[str, Any]) -> str:
    """The page of a sweep with plain spaces."""
    return render_sweep(view).replace("\u00a0", " ")


def test_a_sweep_says_what_its_kinds_of_design_tell() -> None:
    """Proves: the kind that is best most often leads only where it is so in a quarter of the samples; where one kind is
    the best in all, no table of dashes follows. Caught: a design named first that most samples cannot use."""
    view = json.loads((SAMPLES / "sweep" / "sweep.json").read_text(encoding="utf-8"))
    assert "No kind of design is the best in more than 8 % of them" in said(view)
    first, second, *others = view["designs"]
    often = [{**first, "best": 0.6}, second, *others]
    assert f"(60 % of them): {first['words']}." in said({**view, "designs": often})
    alone = said({**view, "designs": [{**first, "best": None}], "kinds_found": 1})
    assert f"in every planned sample: {first['words']}." in alone and "Worst regret" not in alone


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
