"""The drawing on the Guide: which sheets hold what, who fills them in, what comes out.

Made of Excel's own text boxes: sharp at any size, and its bytes depend on nothing but the manifest."""

from __future__ import annotations

from typing import Any, NamedTuple

from planner.schema import User, sheet
from planner.template.look import HEADER, INK, LINE, QUIET, REQUIRED, SHADE

ROWS, ROW_POINTS = 11, 15.0
"""rows of the Guide that the drawing covers, and their height"""
_FONT = "Calibri"
_TOP, _HIGH = 8, 178
_EDGE = "#C99A1B"


class Group(NamedTuple):
    """Sheets that belong together."""

    title: str
    question: str
    sheets: tuple[str, ...]
    lines: tuple[str, ...]


GROUPS = (
    Group(
        "Project and site",
        "Where, when, at what price?",
        ("Project", "Sites", "GridSteps", "SiteLatency", "Criteria", "SiteRanges", "Holidays", "Hourly")
        + ("TariffEnergy", "TariffBlocks", "TariffDemand", "TariffPeaks"),
        ("Project · Sites · Holidays · Hourly", "TariffEnergy · TariffBlocks", "TariffDemand · TariffPeaks"),
    ),
    Group(
        "Work to be served",
        "How many tokens, when?",
        ("Workloads", "Windows", "Profiles", "TokenWeights", "Stages", "StageDemand", "StagePrices"),
        ("Workloads · Windows", "Profiles · TokenWeights", "Stages · StageDemand · StagePrices"),
    ),
    Group(
        "What can be bought",
        "Which equipment, from whom?",
        (
            "Racks",
            "OperatingPoints",
            "Cooling",
            "CoolingCurves",
            "HeatRejection",
            "ChilledWater",
            "HeatReuse",
            "Electrical",
            "Storage",
            "Supply",
            "Generators",
            "DemandResponse",
            "PowerPurchase",
            "Offers",
            "Quotations",
            "Scope",
            "Tender",
            "ExchangeRates",
            "AssetClasses",
            "Sweep",
            "Scenarios",
            "ScenarioInputs",
        ),
        ("Racks · OperatingPoints · Cooling", "Electrical · Storage · Supply", "Generators · PowerPurchase · Offers"),
    ),
)


def draw(page: Any, row: int, user: User, *, filled: bool) -> None:
    """Draw from `row` on; `filled`: an example, in which nothing waits to be filled in."""
    for group, left, width in zip(GROUPS, (0, 208, 416), (198, 198, 214), strict=True):
        asked = any(user in c.users and c.cannot_stay_blank for name in group.sheets for c in sheet(name).columns)
        _box(page, row, left, width, group, yours=asked and not filled)
    _arrow(page, row, 631)
    _result(
        page,
        row,
        (660, 118),
        HEADER,
        "#FFFFFF",
        "aidc",
        ("aidc check", "finds problems", "", "aidc plan", "finds the plan"),
    )
    _arrow(page, row, 779)
    _result(
        page, row, (808, 104), "#E6F0F3", INK, "The plan", ("report.html", "to read", "", "plan.xlsx", "to calculate")
    )


def _box(page: Any, row: int, left: int, width: int, group: Group, *, yours: bool) -> None:
    """A group of sheets, with a strip that says who fills them in."""
    edge = _EDGE if yours else LINE
    _text(page, row, (left, 0, width, _HIGH), "", fill="#FFFFFF", edge=edge)
    _text(page, row, (left, 4, width, 26), group.title, bold=True, size=12, color=HEADER)
    _text(page, row, (left, 28, width, 22), group.question, italic=True, size=9, color=QUIET)
    _text(page, row, (left, 54, width, 84), "\n".join(group.lines), size=10)
    strip = "you fill in the yellow cells" if yours else "filled in for you"
    fill = REQUIRED if yours else SHADE
    _text(page, row, (left, _HIGH - 28, width, 28), strip, fill=fill, edge=edge, size=10, bold=yours)


def _result(
    page: Any, row: int, place: tuple[int, int], fill: str, color: str, title: str, lines: tuple[str, ...]
) -> None:
    """What is run, or what comes out: a filled box at (left, width)."""
    left, width = place
    _text(page, row, (left, 0, width, _HIGH), "", fill=fill, edge=HEADER)
    _text(page, row, (left, 4, width, 26), title, bold=True, size=12, color=color)
    _text(page, row, (left, 32, width, _HIGH - 36), "\n".join(lines), size=10, color=color)


def _arrow(page: Any, row: int, left: int) -> None:
    _text(page, row, (left, _HIGH // 2 - 18, 32, 36), "➜", size=18, color=HEADER)


def _text(
    page: Any,
    row: int,
    place: tuple[int, int, int, int],
    text: str,
    *,
    fill: str = "",
    edge: str = "",
    size: int = 10,
    color: str = INK,
    bold: bool = False,
    italic: bool = False,
) -> None:
    """A text box at (left, top, width, height) in pixels from the start of `row`."""
    left, top, width, height = place
    font = {"name": _FONT, "size": size, "color": color, "bold": bold, "italic": italic}
    page.insert_textbox(
        row,
        1,
        text,
        {
            "x_offset": left,
            "y_offset": _TOP + top,
            "width": width,
            "height": height,
            "object_position": 3,
            "font": font,
            "align": {"horizontal": "left", "vertical": "middle" if fill and text else "top"},
            "fill": {"color": fill} if fill else {"none": True},
            "line": {"color": edge, "width": 1} if edge else {"none": True},
            "description": text.replace("\n", ", "),
        },
    )
