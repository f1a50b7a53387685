"""report.html of a plan of growth: what is said of a plan of one year is said of each stage, on screen and on paper."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
import test_page_in_browser as look
from grown import NAMES

from models.case import Case
from models.design import Answer
from models.stages import Growth, GrowthAnswer
from reports import campus, growth, growth_stages, worth
from reports.growth import render_growth

BY_STAGE = ("campus", "tokenergy", "operation", "cooling", "battery", "contracts", "equipment")
CROSSED = """() => {
  const within = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const shown = kind => [...document.querySelectorAll(`#dates ${kind}`)].filter(e => e.checkVisibility());
  const lines = shown(".mark-rule line, .mark-rect path").map(e => e.getBoundingClientRect());
  return shown(".mark-text text").filter(e => lines.some(line => within(line, e.getBoundingClientRect())))
    .map(e => e.textContent);
}"""
browser = look.browser


@pytest.fixture(scope="module")
def html(grown: GrowthAnswer, view: dict[str, Any]) -> str:
    return render_growth(grown, view)


@pytest.fixture(scope="module")
def sections(html: str) -> dict[str, str]:
    """Anchor -> words of the section, without its pictures."""
    text = re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL)
    found = re.findall(r'<section id="(\w+)"(.*?)</section>', text, flags=re.DOTALL)
    words = {name: re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", part))) for name, part in found}
    return {name: part.replace("\u00a0", " ") for name, part in words.items()}


def test_each_stage_has_its_year(sections: dict[str, str], html: str) -> None:
    """Proves that drawing, index, operation, cooling, batteries, contracts and equipment are there for each stage, and
    that the contents lead to every section. Catches: a stage left out, a section that only plans of one year have."""
    titles = (f"{NAMES[0]}: years 1 to 4", f"{NAMES[1]}: years 5 to 10")
    for name in BY_STAGE:
        assert all(title in sections[name] for title in titles), name
    for picture in ("The week of the highest import", "Load duration", "Every hour of the year", "Energy by month"):
        assert sections["operation"].count(picture) >= len(titles)
    assert re.findall(r'<li><a href="#(\w+)">', html) == list(sections)


def test_figures_are_those_of_plan_json(sections: dict[str, str], view: dict[str, Any]) -> None:
    """Proves three figures and more of the plan as a whole and of its stages, written by hand from plan.json. Catches:
    the year of another stage, thousands for units, a stage's cost for the plan's."""
    first, last = view["sites"]
    racks = sum(c["present_value"] for c in view["costs"] if c["line"] == "racks")
    energy = [
        sum(c["present_value"] for c in view["costs"] if c["line"] == "energy" and c["stage"] == k) for k in (1, 2)
    ]
    wanted = {
        "figures": [f"USD {view['objective'] / 1e6:.1f} million", f"{last['grid']['contract_mw']:.2f} MW"]
        + [f"{view['kpi']['tokenergy_wh_per_1k']:.3f}", f"{last['kpi']['pue']:.3f}"],
        "short": [
            f"USD {view['gap_money'] / 1e3:.1f} thousand",
            f"{100 * racks / view['objective']:.1f} %",
            "824 checks",
        ]
        + [f"{site['kpi']['tokenergy_wh_per_1k']:.3f} in stage" for site in (first, last)],
        "campus": [f"{site['grid']['contract_mw']:g} MW contracted" for site in (first, last)]
        + [f"{r['count']} racks {r['rack']}" for site in (first, last) for r in site["racks"]],
        "build": [f"{year['it_installed_mw']:.2f}" for year in view["years"]]
        + [f"{year['cost_after_tax'] / 1000:,.0f}" for year in view["years"] if abs(year["cost_after_tax"]) > 1e4],
        "cost": [f"{view['objective'] / 1000:,.0f}", *(f"{value / 1000:,.0f}" for value in energy)]
        + [f"{100 * racks / view['objective']:.1f} %"],
        "tokenergy": [f"uses {site['kpi']['tokenergy_wh_per_1k']:.3f} Wh" for site in (first, last)],
        "battery": [f"{1000 * site['storage'][0]['power_mw']:.0f} kW" for site in (first, last)],
        "proof": [f"USD {view['bound'] / 1e6:.3f} million", f"{100 * view['gap']:.3f} %", "824 checks"],
    }
    for name, texts in wanted.items():
        for text in texts:
            assert text in sections[name], (name, text)


def test_the_page_says_what_holds_the_stages_back(grown: GrowthAnswer, sections: dict[str, str]) -> None:
    """Proves: 2.5 and 5 MW of 7 MW are taken for want of more work; where the last stage may have 5 MW only, it takes
    all of it; where an interruption leaves of 7 MW what the first stage draws then, this is said of that stage alone,
    and is among its binding limits. Catches: a connection that looks too large without a reason, a limit that binds
    without being named."""
    assert (
        "2.50 and 5.00 MW of the 7 and 7 MW that are possible. The work asked for needs no more." in sections["short"]
    )
    stages, plan = grown.growth.stages, grown.plan.stages
    small = replace(stages[1].case, grid=replace(stages[1].case.grid, import_limit_mw=5.0))
    assert "All of it is taken in stage “in full”." in told(grown, stages[0].case, small)
    grid, drawn = stages[0].case.grid, plan[0].operation.import_mw
    share = np.ones(len(drawn))
    share[4000:4003] = grid.billing_factor * drawn[4000:4003].max() / grid.interval_limit_mw
    shaky = replace(stages[0].case, grid=replace(grid, available_pu=share))
    text = told(grown, shaky, stages[1].case)
    assert "What interruptions leave of it is used up in stage “first half”." in text
    assert "In stage “first half” also: Import while the connection is interrupted." in text


def test_what_was_not_computed_is_said_with_its_command(sections: dict[str, str], grown: GrowthAnswer) -> None:
    """Proves: of two stages of a year each, none held back by a limit that could be widened, the page says so, and that
    the views of 24 hours and of single stages were not computed, with what computes them; where such a limit binds, its
    worth was left out for the length of the stages. Catches: an empty table, a section missing without a word."""
    assert worth.NONE_BINDS in sections["limits"]
    stages = grown.growth.stages
    tight = replace(stages[1].case, grid=replace(stages[1].case.grid, import_limit_mw=5.0))
    held = replace(grown, growth=Growth("other", (stages[0], replace(stages[1], case=tight))))
    note = growth_stages.worth_note(held)
    assert "not computed: for stages that have more than a year of hours" in note and "--marginals duals" in note
    assert "“aidc plan WORKBOOK --foresight myopic”" in sections["foresight"]
    assert f"24 hours ahead was not computed in stage “{NAMES[0]}” and stage “{NAMES[1]}”" in sections["foresight"]


def told(grown: GrowthAnswer, *cases: Case) -> str:
    """What the page says in short of the plan with other questions for its stages."""
    stages = tuple(replace(s, case=case) for s, case in zip(grown.growth.stages, cases, strict=True))
    return " ".join(point.sentence for point in growth._summary(replace(grown, growth=Growth("other", stages))))


def test_pictures_of_stages_stay_apart(html: str) -> None:
    """Proves that no two things on the page share an id and every reference has its target. Catches: the charts of two
    stages with clips of one name, of which a browser takes the first."""
    ids = Counter(re.findall(r'\bid="([^"]+)"', html))
    assert max(ids.values()) == 1
    assert set(re.findall(r'(?:url\(|href=")#([\w-]+)', html)) <= set(ids)


def test_drawings_of_stages_have_one_scale(grown: GrowthAnswer) -> None:
    """Proves that a rack is as large in the first stage as in the last, so that the drawings can be compared."""
    first, last = growth_stages.drawings(grown)
    (small, *_), (large, *_) = (drawing.yard[0].boxes for drawing in (first, last))
    assert large.width * large.height == pytest.approx(2 * small.width * small.height, rel=0.01)
    assert campus.scale_of(grown_stage(grown, 0)) > campus.scale_of(grown_stage(grown, 1))


def grown_stage(grown: GrowthAnswer, k: int) -> Answer:
    from reports.staged import stage_answer

    return stage_answer(grown, k)


@look.pytestmark
def test_the_page_in_a_browser(html: str, tmp_path: Path, browser: Any) -> None:
    """Proves from phone to desk, light and dark: one request, a silent console, nothing beyond the edge, legible and
    uncut chart text, nothing that axe finds; no line or bar of the chart of dates runs through words (as the marks of
    starts did on a phone); on a desk no table of the first sections scrolls."""
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    for width, theme in ((360, "dark"), (1280, "light")):
        page = look.opened_clean(browser, path, width, theme)
        assert page.evaluate(CROSSED) == []
        if width == 1280:
            wide = "[...document.querySelectorAll('#build .scroll, #cost .scroll')]"
            assert page.evaluate(f"{wide}.filter(e => e.scrollWidth > e.clientWidth + 1).length") == 0
            page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
            results = look.axe.Axe().run(page)
            assert results.violations_count == 0, results.generate_report()
        page.close()


@look.pytestmark
def test_drawings_stay_whole_on_paper(html: str, tmp_path: Path, browser: Any) -> None:
    """Proves that the drawing of each stage, from its heading to its key, is on one page, wherever it begins. Caught: a
    drawing that goes on overleaf, as `break-inside` alone lets it after a heading."""
    drawn = re.search(r'<section id="campus".*?</h2>(.*?)</section>', html, flags=re.DOTALL)
    assert drawn is not None
    path = tmp_path / "report.html"
    path.write_text(html.replace(drawn[0], drawn[0].replace(drawn[1], 8 * drawn[1])), encoding="utf-8")
    begun = [text for text in printed(browser, path) for _ in re.findall("Power comes in", text)]
    for text in begun:
        parts = text.split("Power comes in")
        assert all("Places on the ground" in part for part in parts[1:]) and "years" in parts[0], text
    assert len(begun) == 8 * len(NAMES)


def printed(browser: Any, path: Path) -> list[str]:
    """The words of each page that the browser prints."""
    page = browser.new_page()
    page.goto(path.as_uri())
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    page.close()
    try:
        return [" ".join(sheet.get_textpage().get_text_range().split()) for sheet in document]
    finally:
        document.close()
