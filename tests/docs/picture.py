"""The picture of the report page in the README, from the committed sample.

    python tests/docs/picture.py        writes reports/samples/report.png (needs Playwright and a Chromium)

Not compared in a test: every browser draws letters a little differently."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

SAMPLES = Path(__file__).resolve().parents[2] / "reports" / "samples"
WIDTH, HEIGHT = 1280, 2160


def main() -> None:
    """Draw the first page: key figures, summary and campus."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto((SAMPLES / "quickstart" / "report.html").as_uri())
        page.screenshot(path=SAMPLES / "report.png")
        browser.close()


if __name__ == "__main__":
    main()
