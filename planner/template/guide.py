"""The sheet Guide: what to fill in for which user, what the colours mean, what to run next."""

from __future__ import annotations

import textwrap
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from planner.schema import HEADER_ROW, SHEETS, Column, User
from planner.template.content import Content
from planner.template.look import Look
from planner.template.picture import ROW_POINTS, ROWS, draw

_WHO: dict[User, str] = {
    "design": "the design team: the least-cost design for your workloads",
    "siting": "the siting consultant: what a site costs and allows",
    "procurement": "procurement: which module offers to buy",
}
_COUNT = {4: "four", 5: "five", 6: "six"}
_SHOWN = {"required": "yellow", "optional": "pale", "assumed": "1,234", "plain": "1,234"}
"""what stands in the cells of the legend"""
_TEXT_CHARACTERS = 104
"""characters of a line of text in the third column, rather too few than cut off"""
_BLANK = "A blank default takes the value named, a blank limit means no limit, zero is zero; the report lists each."
_TO_FILL_IN: dict[User, tuple[tuple[str, str], ...]] = {
    "design": (
        (
            "Fill in the yellow cells",
            f"They are listed below with links: project, site and the first workload. {_BLANK} Further workloads go "
            "right below the first; training runs also need rows on Windows.",
        ),
    ),
    "siting": (
        (
            "Fill in the yellow cells",
            f"They are listed below with links: project and site. {_BLANK} The workloads are stand-ins in amber: "
            "replace them by your client's. One row of Sites per candidate; all else is the same for each, but for "
            "rows of Offers, Supply or HeatReuse that name a site. Power by date stands on GridSteps, latency by "
            "region on SiteLatency, thresholds and weights on Criteria.",
        ),
    ),
    "procurement": (
        (
            "Fill in the yellow cells",
            f"They are listed below with links: project and the first row of Offers. {_BLANK} One row per offer; add "
            "rows right below the table. A row whose `available` says no is left out: so you choose rivals.",
        ),
        (
            "Replace the stand-ins",
            "Site, workloads and money are those of an example, in amber: put in yours.",
        ),
    ),
}
_CATALOGUE = (
    (
        "Look through the catalogue",
        "Racks, cooling, storage, modules and prices are filled in with their sources. Replace what you know better; "
        "amber italics are assumptions without a source.",
    ),
    (
        "Replace the hourly series",
        "Sheet Hourly holds weather, carbon and prices of a stand-in place (Seoul, 2023). Paste your 8,760 values over "
        "a column, or add a column with a name of its own and pick that name where a series is asked for.",
    ),
)
_TO_CHANGE = (
    ("Run it as it is", "The file is complete; amber italics are assumptions without a source."),
    ("Make it yours", "Change any figure, or start from those linked below. " + _BLANK),
)
_TO_CHECK = (
    "Check",
    "Save and close the file, open a terminal in its folder: aidc check THIS-FILE.xlsx names every problem at "
    "once, each with its cell.",
)
_TO_PLAN = (
    "Plan",
    "aidc plan THIS-FILE.xlsx writes report.html and plan.xlsx into out/. The first plan needs no TokEnergy "
    "target: the report shows the index you get; then set one in tokenergy_target on sheet Project.",
)
_TO_COMPARE = (
    "Compare",
    "aidc sites THIS-FILE.xlsx plans every row of Sites and writes the study as page, Word and PDF file into out/, "
    "beside a result folder for each site.",
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
        "workbook; weather may come straight from an EPW or TMY3 file as `file.epw:dry_bulb_c` (wet_bulb_c, "
        "rel_humidity_pct).",
    ),
    (
        "Cooling",
        "Cooling.curve names points of CoolingCurves, or a plant of HeatRejection whose curve follows from its "
        "temperatures. Liquid types name the air system that takes the rest of the heat. Sites.design_weather takes "
        "the design day from files of many years. HeatReuse lists who would buy heat; Project limits water by day and "
        "year.",
    ),
    (
        "Tariffs",
        "Sites.tariff picks the rows of that name on TariffEnergy (prices by time: each hour of the year in exactly "
        "one row), TariffBlocks (energy in blocks), TariffDemand and TariffPeaks. Sites.price_series is a wholesale "
        "price, with or without such rows on top. Hours are standard time unless Sites.time_zone names a zone with "
        "daylight saving; days of the calendar in Sites.holidays count as Sundays. Sites.tariff_options names rivals.",
    ),
    (
        "Power and storage",
        "Sites.architecture picks a row of Electrical; Sites.architecture_options names rivals, and the plan takes the "
        "cheapest. What the grid asks stands in Sites (max_swing_mw, ramp_limit_mw_per_min, grid_ride_through_s), how "
        "work moves in Workloads (swing_pct with swing_s or swing_hz, ramp_s), what racks and storage give in Racks "
        "and Storage. `aidc plan --worth` tells what each of these duties costs.",
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
    page.write_string(1, 0, content.summary or f"For {_WHO[user]}.", look.purpose)
    for covered in range(3, 3 + ROWS):
        page.set_row(covered, ROW_POINTS)
    draw(page, 3, user, filled=bool(content.summary))
    row = _steps(page, look, content, user, 4 + ROWS)
    row = _required(page, look, content, user, row + 1)
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
            _link(page, look, row - 1, f"{s.name}!A1", s.name)


def _line(page: Any, look: Look, row: int, step: str, head: str, text: str) -> int:
    lines = len(textwrap.wrap(text, _TEXT_CHARACTERS)) or 1
    page.set_row(row, 13.5 * lines + 3)
    page.write_string(row, 0, step, look.step)
    page.write_string(row, 1, head, look.text)
    page.write_string(row, 2, text, look.words)
    return row + 1


def _link(page: Any, look: Look, row: int, place: str, text: str) -> None:
    """A link within the workbook, over the second cell of a line."""
    page.write_url(row, 1, f"internal:{place}", look.link, text, f"Go to {place}")


def _steps(page: Any, look: Look, content: Content, user: User, row: int) -> int:
    begun = _TO_CHANGE if content.summary else (*_TO_FILL_IN[user], *_CATALOGUE)
    has_sites = user == "siting" or len(content.rows["Sites"]) > 1
    steps = (*begun, _TO_CHECK, _TO_COMPARE if has_sites else _TO_PLAN)
    page.write_string(row, 0, f"In {_COUNT[len(steps)]} steps", look.heading)
    row += 1
    for number, (head, text) in enumerate(steps, start=1):
        row = _line(page, look, row, str(number), head, text)
    return row


def _required(page: Any, look: Look, content: Content, user: User, row: int) -> int:
    """Links to the cells asked for: first those that cannot stay blank, then those worth giving."""
    asked = [(s, n, c) for s in SHEETS for n, c in enumerate(s.columns) if user in c.users]
    musts = [entry for entry in asked if entry[2].cannot_stay_blank]
    others = [entry for entry in asked if not entry[2].cannot_stay_blank]
    heads = (
        ("The figures that matter most", "And those worth a thought")
        if content.summary
        else (
            f"The {len(musts)} yellow cells: to be filled in",
            f"The {len(others)} pale cells: worth giving, may stay blank",
        )
    )
    for head, entries in zip(heads, (musts, others), strict=True):
        page.write_string(row, 0, head, look.heading)
        page.set_row(row, 20)
        row += 1
        for s, number, c in entries:
            row = _line(page, look, row, "", "", _asked(c))
            at = (number, 1) if s.layout == "record" else (0, number)
            cell = xl_rowcol_to_cell(HEADER_ROW + at[0], at[1])
            _link(page, look, row - 1, f"{s.name}!{cell}", f"{s.name}!{cell}  {c.name}")
        row += 1
    return row - 1


def _asked(c: Column) -> str:
    """What a cell that is asked for means, and what may stand there."""
    unit = f" [{c.unit}]" if c.unit else ""
    blank = "" if c.required or c.blank == "may stay blank" else f"; {c.blank}"
    return f"{c.meaning}{unit}{blank}.{_hint(c)}"


def _hint(c: Column) -> str:
    """What may stand there: an example, or where names are picked from."""
    if c.kind in ("reference", "series", "choice", "yes_no"):
        return " Pick from the drop-down."
    return f" For example {c.example:,}." if c.numeric else f" For example {c.example}."


def _legend(page: Any, look: Look, row: int) -> int:
    page.write_string(row, 0, "Colours", look.heading)
    for state, text in (
        ("required", "to be filled in; sheets that hold such cells have a tab of this colour"),
        ("optional", "worth giving, but may stay blank: the note says what a blank cell means"),
        ("assumed", "a figure that is an assumption (grade X or named in assumed_fields)"),
        ("plain", "a figure of the catalogue with its source, or optional"),
    ):
        row += 1
        page.write_string(row, 1, _SHOWN[state], look.legend[state])
        page.write_string(row, 2, text, look.words)
    return row + 1
