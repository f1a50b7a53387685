"""report.html in a browser: nothing leaves the page, nothing sticks out, text stays legible, axe finds nothing.

Needs Playwright and a Chromium of the system; Playwright's own browsers are not downloaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.design import Answer
from reports.page import render_page

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
WIDTHS, THEMES = (360, 768, 1280, 1600), ("light", "dark")
LEAST_TEXT_PX = 11

STICKS_OUT = """() => {
  const room = document.documentElement.clientWidth;
  const inFrame = e => e.closest(".scroll, .skip, .hidden") && !e.matches(".scroll");
  return [...document.querySelectorAll("body *")]
    .filter(e => !inFrame(e) && !e.closest("svg.box") && e.getBoundingClientRect().right > room + 1)
    .map(e => e.tagName + "." + (e.className.baseVal ?? e.className));
}"""
SMALLEST_TEXT = """() => Math.min(...[...document.querySelectorAll(".chart svg text, td, th, dd, dt, p, li")]
  .filter(e => e.textContent.trim() && e.checkVisibility())
  .map(e => {
    const svg = e.closest("svg");
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    return parseFloat(getComputedStyle(e).fontSize) * scale;
  }))"""
CUT_LABELS = """() => [...document.querySelectorAll(".chart svg text")].filter(e => e.checkVisibility())
  .filter(e => {
    const text = e.getBoundingClientRect(), page = e.closest("section").getBoundingClientRect();
    return e.textContent.includes("…") || text.left < page.left - 1 || text.right > page.right + 1;
  }).map(e => e.textContent)"""


def opened_clean(browser: Any, path: Path, width: int, theme: str) -> Any:
    """A page at a width, after the checks that every page stands: one request, a silent console, nothing beyond the
    edge, legible and uncut chart text."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: told.append(request.url))
    page.goto(path.as_uri())
    assert told == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.evaluate(STICKS_OUT) == [] and page.evaluate(CUT_LABELS) == []
    assert page.evaluate(SMALLEST_TEXT) >= LEAST_TEXT_PX
    return page


@pytest.fixture(scope="module")
def file(answer: Answer, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render_page(answer), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Any, file: str, request: pytest.FixtureRequest) -> Iterator[tuple[Any, list[str], list[str]]]:
    """The page at a width and in a theme, with the requests it made and what the console said."""
    width, theme = getattr(request, "param", (1280, "light"))
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    page = context.new_page()
    requests: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file)
    yield page, requests, said
    context.close()


EVERY_VIEW = [(width, theme) for width in WIDTHS for theme in THEMES]


@pytest.mark.parametrize("opened", EVERY_VIEW, indirect=True, ids=str)
def test_nothing_leaves_and_nothing_sticks_out(opened: tuple[Any, list[str], list[str]], file: str) -> None:
    """Proves at every width and theme: one request, which is the file; a silent console; no horizontal scrolling; no
    element beyond the edge; no chart text that a phone or tablet would shrink out of sight, cut or shift off the page.
    A web font, a table without its frame, or a chart shown in the wrong form would be caught."""
    page, requests, said = opened
    assert requests == [file] and said == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.evaluate(STICKS_OUT) == []
    assert page.evaluate(SMALLEST_TEXT) >= LEAST_TEXT_PX
    assert page.evaluate(CUT_LABELS) == []


@pytest.mark.parametrize("opened", [(360, "dark"), (1280, "light"), (1280, "dark")], indirect=True, ids=str)
def test_axe_finds_nothing(opened: tuple[Any, list[str], list[str]]) -> None:
    """Proves contrast, names, landmarks, tables and order by axe-core's rules, with every folded table open; grey text
    on a grey card, or a picture without a name, would be caught."""
    page, _, _ = opened
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    results = axe.Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_the_keyboard_reaches_the_plan(opened: tuple[Any, list[str], list[str]]) -> None:
    """Proves that the first stop of the Tab key is a visible link past the contents, and that folded tables open with
    Enter: a link hidden for good, or a fold that only a mouse opens, would be caught."""
    page, _, _ = opened
    page.keyboard.press("Tab")
    box = page.locator(":focus").bounding_box()
    assert page.locator(":focus").inner_text() == "Skip to the plan" and box["x"] >= 0 and box["width"] > 50
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    fold = page.locator("summary").first
    fold.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None


@pytest.mark.parametrize("opened", [(1280, "dark")], indirect=True, ids=str)
def test_paper_is_white(opened: tuple[Any, list[str], list[str]]) -> None:
    """Proves that printing from a dark screen gives dark ink on white paper with the wide charts, without folded tables
    and contents."""
    page, _, _ = opened
    page.emulate_media(media="print")
    style = "getComputedStyle(document.body)"
    assert page.evaluate(f"{style}.backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(f"{style}.color") == "rgb(22, 33, 43)"
    assert not page.locator("nav").is_visible() and not page.locator("details").first.is_visible()
    assert page.locator(".wide svg").first.is_visible() and not page.locator(".narrow svg").first.is_visible()
