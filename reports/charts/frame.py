"""What all charts share: from an Altair specification to SVG that follows the page's theme.

Each chart comes in a wide and a narrow form, because text in a scaled-down picture cannot be read on a phone. Colours
are written as placeholders and become CSS variables, so that one picture serves light, dark and paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

WIDE, NARROW = 800, 328
MAGNIFIED = {WIDE: 1.08, NARROW: 1.3}
"""How far a page may enlarge a picture, alike for all, so that text has one size."""
FONT = "Helvetica"
"""The font that text is measured with; the page sets its own, of much the same width."""
_VARIABLES = (
    "ink", "muted", "rule", "it", "idle", "cooling", "chain", "house", "other", "storage", "total",
    "heat0", "heat1", "heat2", "heat3", "heat4", "heat5", "heat6", "heat7",
    "gradeA", "gradeB", "gradeC", "gradeD", "gradeX", "own",
)  # fmt: skip
COLOUR = {name: f"#0102{number:02x}" for number, name in enumerate(_VARIABLES, 3)}
"""Name of a CSS variable `--c-NAME` (report.css) -> the placeholder that stands for it in a specification."""
_GEOMETRY = re.compile(r'\b(?:d|transform|x|y|x2|y2|width|height)="[^"]*"')
"""Attributes whose coordinates are shortened; the words in a picture are never touched."""
_OUTLINE = re.compile(r' d="([^"]*)"')
_ROLES = re.compile(r' (?:role|aria-\w+)="[^"]*"')
"""What Vega says of each group of marks: noise for a screen reader, which hears the label of the whole picture."""
_HOVER = re.compile(r'<(\w+) aria-label="\u2023([^"]*)"([^<>]*)/>')
"""A mark whose words Vega writes as a label; \u2023 tells them from those that it makes up."""
_ALIKE = re.compile(r'(<path d="[^"]*")( fill="[^"]*" stroke-width="0"/>)(?:<path d="[^"]*"\2)+')
"""Areas of one opaque colour, one after another: as well one path, which is far shorter."""
_LIGHT = Path(__file__).parents[1] / "templates" / "report.css"
_PAPER = re.compile(r"--([\w-]+): (#[0-9a-fA-F]+);")
_VARIABLE = re.compile(r"var\(--c-(\w+)\)")
Spec = Callable[[Any, int], Any]


class Chart(NamedTuple):
    """One picture in two widths, with the words a screen reader says instead."""

    label: str
    wide: str
    narrow: str


def apart(chart: Chart, prefix: str) -> Chart:
    """The chart under other names, so that several of its kind can stand on one page."""
    renamed = (re.sub(r'(\bid="|url\(#)', rf"\g<1>{prefix}-", svg) for svg in (chart.wide, chart.narrow))
    return Chart(chart.label, *renamed)


def draw(name: str, label: str, build: Spec, *, hovers: bool = False) -> Chart:
    """The chart that `build(altair, width)` describes, in both widths. `name` is unique on the page.

    hovers: marks described by `hovered` show their words under the pointer."""
    import altair

    forms = (_svg(build(altair, width), label, f"{name}-{width}", width, hovers) for width in (WIDE, NARROW))
    return Chart(label, *forms)


def hovered(alt: Any, field: str) -> Any:
    """What an encoding's `description` must be for the words of a field to show under the pointer."""
    return alt.Description(f"{field}:N")


def hover(words: str) -> str:
    """Words of a field for `hovered`."""
    return f"\u2023{words}"


def _config(width: int, hovers: bool) -> dict[str, Any]:
    """How axes, legends and titles look in all charts."""
    size = 13 if width == WIDE else 12
    axis = {
        "labelColor": COLOUR["muted"],
        "titleColor": COLOUR["muted"],
        "gridColor": COLOUR["rule"],
        "domainColor": COLOUR["rule"],
        "tickColor": COLOUR["rule"],
        "labelFontSize": size,
        "titleFontSize": size,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "ticks": False,
        "labelPadding": 6,
    }
    legend = {
        "labelColor": COLOUR["ink"],
        "titleColor": COLOUR["muted"],
        "labelFontSize": size,
        "titleFontSize": size,
        "titleFontWeight": "normal",
        "symbolType": "square",
        "symbolSize": 130,
        "symbolStrokeWidth": 0,
        "labelLimit": 230,
        "columnPadding": 14 if width == WIDE else 6,
    }
    title = {
        "color": COLOUR["muted"],
        "fontSize": size,
        "fontWeight": "normal",
        "anchor": "start",
        "frame": "group",
        "offset": 8,
    }
    return {
        "background": None,
        "aria": hovers,
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "legend": legend,
        "title": title,
        "text": {"fontSize": size, "color": COLOUR["ink"]},
    }


def _svg(chart: Any, label: str, prefix: str, width: int, hovers: bool) -> str:
    """The SVG text of an Altair chart, made safe to stand beside others in one page."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg({**chart.to_dict(validate=False), "config": _config(width, hovers)})
    svg = _ROLES.sub("", _HOVER.sub(r"<\1\3><title>\2</title></\1>", svg))
    seen: list[str] = []  # numbers of clips count up in one process: equal pictures shall be equal text
    for number in re.findall(r'\bid="clip(\d+)"', svg):
        seen += [number] * (number not in seen)
    svg = re.sub(r"\bclip(\d+)\b", lambda found: f"clip{seen.index(found[1])}" if found[1] in seen else found[0], svg)
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    svg = re.sub(r"url\(#", f"url(#{prefix}-", svg)
    for name, colour in COLOUR.items():
        svg = svg.replace(f'"{colour}"', f'"var(--c-{name})"')
    svg = svg.replace(f' font-family="{FONT}"', "")
    svg = _GEOMETRY.sub(lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found.group()), svg)
    svg = _ALIKE.sub(lambda found: f'<path d="{"".join(_OUTLINE.findall(found[0]))}"{found[2]}', svg)
    drawn = re.search(r'viewBox="0 0 ([\d.]+) ', svg)
    most = round(float(drawn.group(1)) * MAGNIFIED[width]) if drawn else width
    head = f'<svg role="img" aria-label="{escape(label)}" style="max-width:{most}px"'
    return re.sub(r"<svg\b", head, re.sub(r' (?:width|height)="[\d.]+"', "", svg, count=2), count=1)


def on_paper(svg: str) -> str:
    """A picture as a file of its own, for paper: light colours instead of the page's variables, and a font by name."""
    colours = {name: value for name, value in _PAPER.findall(_LIGHT.read_text(encoding="utf-8").split("@media")[0])}
    svg = _VARIABLE.sub(lambda found: colours.get(f"c-{found[1]}") or colours[found[1]], svg)
    view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert view is not None
    head = f'<svg width="{view[1]}" height="{view[2]}" font-family="{FONT}, Arial, sans-serif"'
    return re.sub(r"<svg\b", head, svg, count=1)


def data(alt: Any, rows: Sequence[dict[str, Any]]) -> Any:
    """Rows as inline data."""
    return alt.Data(values=list(rows))


def scale(alt: Any, colours: dict[str, str]) -> Any:
    """A colour scale from label -> name of a colour."""
    return alt.Scale(domain=list(colours), range=[COLOUR[name] for name in colours.values()])


def legend(alt: Any, width: int, columns: int = 3) -> Any:
    """A legend over the chart, where the eye begins; `columns` is for the narrow form."""
    return alt.Legend(orient="top", title=None, direction="horizontal", columns=columns if width == NARROW else 8)


def named_bars(
    alt: Any, base: Any, width: int, rows: Sequence[dict[str, Any]], encoding: dict[str, Any], **mark: Any
) -> Any:
    """Horizontal bars with the value of `text` (narrow: `short`) after `end` and their `line` beside them; on a phone
    the words stand over their bar, so that none is cut."""
    is_wide = width == WIDE
    longest = max(len(str(row["line"])) for row in rows)
    label_width, value_width = (min(24 + 7.6 * longest, 330), 130) if is_wide else (4, 62)
    room = {"labelLimit": label_width + 40, "minExtent": label_width - 8, "maxExtent": label_width - 8}
    names = alt.Axis(title=None, domain=False, labelColor=COLOUR["ink"], **room) if is_wide else None
    y = alt.Y("line:N", sort=[row["line"] for row in rows], axis=names)
    base = base.properties(width=width - label_width - value_width, height=(31 if is_wide else 42) * len(rows))
    down = 0 if is_wide else 9
    bars = base.mark_bar(height=17 if is_wide else 14, yOffset=down, **mark).encode(y=y, **encoding)
    field = "text:N" if is_wide else "short:N"
    chart = bars + base.mark_text(align="left", dx=6, dy=down).encode(y=y, x="end:Q", text=field)
    if is_wide:
        return chart
    return chart + base.mark_text(align="left", dy=-9).encode(y=y, x=alt.value(0), text="line:N")


def waterfall(name: str, label: str, rows: list[dict[str, Any]], unit: str, has_legend: bool = True) -> Chart:
    """Bars by `line`, each from where the one before ended: `from`, `to`, `text`, `short`, `group`, `colour`."""
    colours = {str(row["group"]): str(row["colour"]) for row in rows}
    rows = [{**row, "end": max(row["from"], row["to"])} for row in rows]
    ends = [0.0, *(row["to"] for row in rows)]

    def build(alt: Any, width: int) -> Any:
        axis = alt.Axis(title=unit, tickCount=4 if width == NARROW else 7, grid=False)
        legends = legend(alt, width, 2) if has_legend else None
        encoding = {
            "x": alt.X("from:Q", axis=axis, scale=alt.Scale(domain=[min(ends), max(ends)], nice=False)),
            "x2": "to:Q",
            "color": alt.Color("group:N", scale=scale(alt, colours), legend=legends),
            # the outline keeps a line visible that is too small for a bar
            "stroke": alt.Stroke("group:N", scale=scale(alt, colours), legend=None),
        }
        return named_bars(alt, alt.Chart(data(alt, rows)), width, rows, encoding)

    return draw(name, label, build)
