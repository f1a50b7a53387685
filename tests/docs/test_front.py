"""pareto.html and pareto.xlsx: figures and words of a front made up by hand, in a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import test_page_in_browser as look
from fronts import point

from models.design import Answer
from models.front import Front, Least
from planner.front_results import public_front
from reports.front import words
from reports.front.page import render_front
from reports.front.shown import shown
from reports.front.workbook import write_front_workbook

FOLDERS = ("plans/01", "plans/02", "plans/03")


@pytest.fixture
def front(answer: Answer) -> Front:
    """Three plans: 100, 101 and 110 million for 12,000, 11,000 and 10,000 t; from the second on with PV. The workbook
    allows 11,500 t."""
    case = replace(answer.case, limits=replace(answer.case.limits, carbon_t_per_year=11500.0))
    points = (
        point(answer, 100_000.0, 0.0, 12_000.0, 0.0),
        point(answer, 101_000.0, 200.0, 11_000.0, 0.5),
        point(answer, 110_000.0, 0.0, 10_000.0, 1.0),
    )
    return Front(case, ("carbon",), points, {"carbon": Least(9_998.0, 9_990.0)}, asked=3, solves=3)


def test_what_one_tonne_costs_and_where_the_kind_changes(front: Front) -> None:
    """Proves by hand: 0.8 to 1 million for 1,000 t is USD 800 to 1,000 a tonne; then 9 to 9.2 million, with PV only
    from plan 2 on, which alone is marked. Caught: a price from costs without their gaps, kinds by size."""
    told = shown(public_front(front))
    assert words.price_text(told, 1) == "USD 800 to 1,000"
    assert words.price_text(told, 2) == "USD 9.00 to 9.20 thousand"
    assert words.extra_text(told, told.plans[1]) == "USD 800 to 1,000 thousand"
    assert "PV" in words.change_text(told.plans[0], told.plans[1])
    assert words.change_at(told, 2).startswith("same kind")
    assert "plan 2 is the first to keep it" in words.target_text(told, "carbon")
    text = words.headline(told)
    assert "16.7 %" in text and "50 % of that saving is had for USD 800 to 1,000 thousand" in text


def test_page_and_workbook_hold_the_same_figures(front: Front, tmp_path: Path) -> None:
    """Proves: every plan of pareto.json stands on the page and in the workbook with its cost; one row of each table is
    marked. Caught: plans out of order, a row marked for another reason."""
    view = public_front(front, FOLDERS)
    page = render_front(view)
    assert len(re.findall(r'<tr class="mark">', page)) == 2 and "plans/03/report.html" in page
    write_front_workbook(view, tmp_path / "pareto.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "pareto.xlsx")["Plans"]
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], (int, float))]
    assert [row[3] * 1e6 for row in rows] == pytest.approx([p["objective"] for p in view["points"]])
    assert [row[2] for row in rows] == [p["values"]["carbon"] for p in view["points"]]
    assert view["points"][1]["cost_per_unit_from_point_before"]["carbon"] == {"low": 800.0, "high": 1000.0}
    assert len(sheet._charts) == 1


def test_a_short_year_is_told(front: Front) -> None:
    """Proves that a front over a week says that its yearly sums are those of 168 hours, and one over a year does not.
    Caught: a price of a tonne fifty times too high without a reason."""
    view = public_front(front)
    assert view["hours"] == 8760 and "hours only" not in render_front(view)
    assert "The operating year has 168\u00a0hours only" in render_front({**view, "hours": 168.0})


def test_alternatives_are_told_as_such(front: Front) -> None:
    """Proves: plans that were looked for because they differ have no marked rows and say in what order they stand; a
    name with a comma reads as one thing in a list of designs. Catches: every row marked, `hall, site-built, power`."""
    view = {**public_front(front), "within": 0.02}
    view["points"][1]["sites"][0]["modules"] = [{"offer": "hall, site-built", "count": 2}]
    page = render_front(view)
    assert '<tr class="mark">' not in page and "then the most different first" in page
    assert "2\u00a0×\u00a0hall (site-built)" in page


@look.pytestmark
def test_the_page_in_a_browser(front: Front, tmp_path: Path) -> None:
    """Proves at every width, in both themes: one request, nothing beyond the edge, legible and uncut chart text, and
    nothing that axe finds. Caught: a table without its frame, a mark told by colour alone on a dark page."""
    path = tmp_path / "pareto.html"
    path.write_text(render_front(public_front(front, FOLDERS)), encoding="utf-8")
    with look.sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=look.CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        for width, theme in ((360, "dark"), (768, "light"), (1280, "light"), (1600, "dark")):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
            requests: list[Any] = []
            page.on("request", lambda request, kept=requests: kept.append(request.url))
            page.goto(path.as_uri())
            assert requests == [path.as_uri()]
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
            assert page.evaluate(look.STICKS_OUT) == [] and page.evaluate(look.CUT_LABELS) == []
            assert page.evaluate(look.SMALLEST_TEXT) >= look.LEAST_TEXT_PX
            if width in (360, 1280):
                results = look.axe.Axe().run(page)
                assert results.violations_count == 0, results.generate_report()
            page.close()
        browser.close()
