"""The sheet Guide: what to fill in for which user, what the colours mean, what to run next."""

from __future__ import annotations

from typing import Any

from planner.schema import SHEETS, User
from planner.template.content import Content
from planner.template.look import Look

_WHO: dict[User, str] = {
    "design": "design team: the least-cost design for your workloads",
    "siting": "siting consultant: what a site costs and allows",
    "procurement": "procurement: which module offers to buy",
}
_BLANKS = (
    "A coloured cell must be filled in. A blank limit means no limit; a blank default takes the value in brackets "
    "above its column; zero means zero. Every value used, also a default, is listed in the report with its cell."
)
_RULES = (
    (
        "Tables",
        "One table per sheet. Add rows right below the last one: the table grows. Do not merge cells. Rows whose "
        "`available` says no are left out and may stay unfinished.",
    ),
    ("Units", "Units stand above the column names. Per cent columns take 8 for 8 %, not 0.08. Use numbers, not text."),
    ("Names", "Rows refer to each other by name: pick from the drop-downs. Names must be unique in their table."),
    (
        "Sources",
        "source, year and grade tell where a row's figures come from: A official or measured, B secondary, C a "
        "single estimate, D derived, X assumption. `assumed_fields` names single assumed columns. Figures of your "
        "own need none.",
    ),
    (
        "Hourly series",
        "Sheet Hourly holds one row per hour, 8,760 in a year, local standard time; every other column is a "
        "series you can name in Sites, Supply or Workloads. A series may also be `file.csv:column` beside this "
        "workbook.",
    ),
    (
        "Tariffs",
        "Sites.tariff picks a tariff of TariffEnergy and TariffDemand. Each hour of the year must fall into exactly "
        "one energy period. Or name a price series in Sites.price_series.",
    ),
)


def write_guide(page: Any, look: Look, content: Content, user: User) -> None:
    """Fill the Guide sheet."""
    page.hide_gridlines(2)
    page.set_portrait()
    page.fit_to_pages(1, 0)
    page.set_paper(9)
    page.set_column(0, 0, 5)
    page.set_column(1, 1, 34)
    page.set_column(2, 2, 88)
    page.set_row(0, 28)
    page.write_string(0, 0, content.title, look.title)
    page.write_string(1, 0, content.summary or f"For the {_WHO[user]}.", look.purpose)
    row = _steps(page, look, user, 3)
    row = _required(page, look, user, row + 1)
    row = _legend(page, look, row + 1)
    page.write_string(row + 1, 0, "How the sheets work", look.heading)
    row += 2
    for name, text in _RULES:
        row = _line(page, look, row, "", name, text)
    page.write_string(row + 1, 0, "Sheets", look.heading)
    row += 2
    for s in SHEETS:
        if s.layout != "guide":
            row = _line(page, look, row, "", "", s.purpose)
            page.write_url(row - 1, 1, f"internal:'{s.name}'!A1", look.link, s.name, f"Go to {s.name}")


def _line(page: Any, look: Look, row: int, step: str, head: str, text: str) -> int:
    page.set_row(row, 15.0 * max(1, -(-len(text) // 92)) + 3)
    page.write_string(row, 0, step, look.step)
    page.write_string(row, 1, head, look.text)
    page.write_string(row, 2, text, look.text)
    return row + 1


def _steps(page: Any, look: Look, user: User, row: int) -> int:
    page.write_string(row, 0, "In five steps", look.heading)
    steps = (
        ("Fill in the coloured cells", "They are listed below, at most fifteen. " + _BLANKS),
        (
            "Look through the catalogue",
            "Racks, cooling, storage, modules and prices are filled in with their sources. "
            "Replace what you know better; amber italics are assumptions without a source.",
        ),
        ("Replace the hourly series", "Sheet Hourly holds weather, carbon and prices of a stand-in place."),
        (
            "Check",
            "aidc check THIS-FILE.xlsx names every problem at once, each with its cell. Save and close the file first.",
        ),
        (
            "Plan",
            "aidc plan THIS-FILE.xlsx writes report.html and plan.xlsx into out/. The first plan needs no TokEnergy "
            "target; the report shows the index you get, then set one in Project.tokenergy_target.",
        ),
    )
    row += 1
    for number, (head, text) in enumerate(steps, start=1):
        row = _line(page, look, row, str(number), head, text)
    return row


def _required(page: Any, look: Look, user: User, row: int) -> int:
    page.write_string(row, 0, f"Cells to fill in, {_WHO[user]}", look.heading)
    row += 1
    for s in SHEETS:
        for c in s.columns:
            if user in c.users:
                unit = f" [{c.unit}]" if c.unit else ""
                example = f" For example {c.example}." if c.example != "" else ""
                row = _line(page, look, row, "", f"{s.name}: {c.name}", f"{c.meaning}{unit}.{example}")
    return row


def _legend(page: Any, look: Look, row: int) -> int:
    page.write_string(row, 0, "Colours", look.heading)
    for state, text in (
        ("required", "a cell to fill in; sheets that hold such cells have a tab of this colour"),
        ("assumed", "a figure that is an assumption (grade X or named in assumed_fields)"),
        ("plain", "a figure of the catalogue with its source, or optional"),
    ):
        row += 1
        page.write_string(row, 1, {"required": " ", "assumed": "1,234", "plain": "1,234"}[state], look.legend[state])
        page.write_string(row, 2, text, look.text)
    return row + 1
