"""Charts as SVG text, from Altair specifications; colours become CSS variables, so that one picture serves both themes.

Altair and vl-convert are imported only when a chart is drawn: the command line must start fast. Each chart comes in a
wide and a narrow form, because text in a scaled-down picture cannot be read on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

from models.design import Answer
from reports import format as show
from reports import series, wording

WIDE, NARROW = 800, 310
INK, MUTED, GRID = "#010203", "#010204", "#010205"
COLOURS = {
    "IT": "#0072B2",
    "IT, busy": "#0072B2",
    "IT, idle": "#7FB4D6",
    "Cooling": "#56B4E9",
    "Electrical chain": "#E69F00",
    "House and other load": "#8A8F94",
    "House load": "#8A8F94",
    "Other load": "#CC79A7",
    "Battery, net": "#009E73",
    "Storage losses": "#009E73",
    "IT hardware": "#0072B2",
    "Facility": "#E69F00",
    "Operation": "#009E73",
    "Total": "#6B7780",
}
"""After Okabe and Ito: told apart with any common colour blindness, and against light and dark."""
_VARIABLES = {INK: "var(--ink)", MUTED: "var(--muted)", GRID: "var(--rule)"}
_GEOMETRY = re.compile(r'\b(?:d|transform|x|y|x2|y2|width|height)="[^"]*"')
"""Attributes whose coordinates are shortened; the words in a picture are never touched."""
Spec = Callable[[Any, int], Any]


class Chart:
    """One picture in two widths, with the words a screen reader says instead."""

    def __init__(self, label: str, wide: str, narrow: str) -> None:
        self.label, self.wide, self.narrow = label, wide, narrow


def _svg(chart: Any, label: str, prefix: str) -> str:
    """The SVG text of an Altair chart, made safe to stand beside others in one page."""
    import vl_convert

    font = "Helvetica"
    config = {
        "background": None,
        "aria": False,
        "font": font,
        "view": {"stroke": None},
        "axis": {
            "labelColor": MUTED,
            "titleColor": MUTED,
            "gridColor": GRID,
            "domainColor": GRID,
            "tickColor": GRID,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "ticks": False,
            "labelPadding": 6,
        },
        "legend": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 12, "symbolSize": 110, "labelLimit": 220},
    }
    spec = {**chart.to_dict(), "config": config}
    svg = vl_convert.vegalite_to_svg(spec)
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    svg = re.sub(r"url\(#", f"url(#{prefix}-", svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(f'"{colour}"', f'"{variable}"')
    svg = svg.replace(f'font-family="{font}"', "")
    svg = _GEOMETRY.sub(lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found.group()), svg)
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    width = size.group(1) if size else str(WIDE)
    head = f'<svg role="img" aria-label="{escape(label)}" style="max-width:{width}px"'
    return re.sub(r"<svg\b", head, re.sub(r' (?:width|height)="[\d.]+"', "", svg, count=2), count=1)


def _draw(name: str, label: str, build: Spec) -> Chart:
    import altair

    wide = _svg(build(altair, WIDE), label, f"{name}-w")
    return Chart(label, wide, _svg(build(altair, NARROW), label, f"{name}-n"))


def _data(alt: Any, rows: list[dict[str, Any]]) -> Any:
    return alt.Data(values=rows)


def _scale(alt: Any, names: list[str]) -> Any:
    return alt.Scale(domain=names, range=[COLOURS.get(name, "#8A8F94") for name in names])


def _legend(alt: Any, width: int) -> Any:
    return alt.Legend(orient="bottom", title=None, direction="horizontal", columns=2 if width == NARROW else 6)


def cost_group(line: str, is_it: bool) -> str:
    """The colour group of a cost line: IT hardware, facility, operation."""
    return "IT hardware" if is_it else "Facility" if line in wording.CAPITAL_LINES else "Operation"


def cost_scale(answer: Answer) -> tuple[float, str]:
    """Thousands of currency in one unit of the axis, and its name."""
    largest = max((abs(c.present_value_kcur) for c in answer.accounts.costs), default=0.0)
    return (1e6, "billion") if largest >= 1e7 else (1e3, "million") if largest >= 1e3 else (1.0, "thousand")


def cost_steps(answer: Answer) -> list[dict[str, Any]]:
    """Present value by line in units of `cost_scale`, each bar from where the one before ended; the total last."""
    scale, _ = cost_scale(answer)
    sums: dict[tuple[str, bool], float] = {}
    for cost in answer.accounts.costs:
        key = (cost.line, cost.is_it)
        sums[key] = sums.get(key, 0.0) + cost.present_value_kcur / scale
    rows, level = [], 0.0
    for (line, is_it), value in sums.items():
        if abs(value) < 1e-9:
            continue
        rows.append(
            {
                "line": wording.cost_name(line),
                "from": level,
                "to": level + value,
                "value": value,
                "group": cost_group(line, is_it),
            }
        )
        level += value
    return [*rows, {"line": "Total", "from": 0.0, "to": level, "value": level, "group": "Total"}]


def cost_build_up(answer: Answer) -> Chart:
    """Waterfall of present values by line."""
    rows = [
        {**row, "text": show.significant(row["value"]), "end": max(row["from"], row["to"])}
        for row in cost_steps(answer)
    ]
    groups = list(dict.fromkeys(row["group"] for row in rows))
    unit = f"{cost_scale(answer)[1]} {answer.case.currency}, present value after tax"

    def build(alt: Any, width: int) -> Any:
        label_width = 165 if width == WIDE else 130
        base = alt.Chart(_data(alt, rows), width=width - label_width - 52, height=30 * len(rows))
        axis = alt.Axis(title=None, labelLimit=label_width + 40, domain=False, labelColor=INK)
        y = alt.Y("line:N", sort=[row["line"] for row in rows], axis=axis)
        x = alt.X("from:Q", axis=alt.Axis(title=unit, tickCount=4 if width == NARROW else 8, domain=False))
        colour = alt.Color("group:N", scale=_scale(alt, groups), legend=_legend(alt, width))
        bars = base.mark_bar(height=18, cornerRadius=1.5).encode(y=y, x=x, x2="to:Q", color=colour)
        words = base.mark_text(align="left", dx=6, fontSize=12, color=INK).encode(y=y, x="end:Q", text="text:N")
        return bars + words

    total = show.money(answer.accounts.objective_kcur, answer.case.currency)
    return _draw(
        "cost", f"Waterfall of the present value of each cost line, in all {total}; the table gives the figures", build
    )


def tokenergy(answer: Answer) -> Chart:
    """The index by part as one stacked bar, with the target as a line."""
    parts = {wording.part_name(k): v for k, v in answer.accounts.tokenergy_parts.items() if abs(v) > 1e-12}
    rows = [{"part": name, "value": value, "order": index} for index, (name, value) in enumerate(parts.items())]
    target = answer.accounts.kpi.get("tokenergy_target")

    def build(alt: Any, width: int) -> Any:
        x = alt.X(
            "value:Q",
            stack="zero",
            axis=alt.Axis(title="Wh per 1,000 reference tokens", tickCount=4 if width == NARROW else 8, domain=False),
        )
        colour = alt.Color("part:N", scale=_scale(alt, list(parts)), legend=_legend(alt, width))
        base = alt.Chart(_data(alt, rows), width=width - 40, height=64)
        chart = base.mark_bar(height=40).encode(x=x, color=colour, order="order:Q")
        if target is None:
            return chart
        at = alt.Chart(_data(alt, [{"target": target, "text": f"target {show.trimmed(target)}"}]))
        line = at.mark_rule(strokeWidth=2, strokeDash=[5, 3], color=INK).encode(x="target:Q")
        inside = target >= 0.6 * max(target, sum(parts.values()))
        word = at.mark_text(
            align="right" if inside else "left", dx=-6 if inside else 6, y=-2, fontSize=12, color=INK
        ).encode(x="target:Q", text="text:N")
        return chart + line + word

    limit = "no target set" if target is None else f"target {show.trimmed(target)}"
    return _draw(
        "tok", f"Stacked bar of energy per 1,000 reference tokens by part; {limit}; the table gives the figures", build
    )


def peak_week(answer: Answer) -> Chart:
    """Use by kind as stacked areas over the week of the highest import, with the import as a line."""
    calendar, week, rows, lines = answer.case.calendar, series.peak_week(answer), [], []
    uses = series.uses_mw(answer)
    for step in week:
        start = series.step_start(calendar, step).isoformat() + "Z"
        for order, (name, vector) in enumerate(uses.items()):
            rows.append({"t": start, "use": name, "mw": round(max(float(vector[step]), 0.0), 4), "order": order})
        lines.append({"t": start, "mw": round(float(answer.design.operation.import_mw[step]), 4), "what": "Import"})

    def build(alt: Any, width: int) -> Any:
        axis = alt.Axis(
            title=None, format="%a %-d %b" if width == WIDE else "%a", tickCount="day", grid=False, labelAlign="left"
        )
        x = alt.X("t:T", scale=alt.Scale(type="utc"), axis=axis)
        axis_mw = alt.Axis(title="MW", tickCount=5, domain=False)
        y = alt.Y("mw:Q", stack="zero", axis=axis_mw)
        colour = alt.Color("use:N", scale=_scale(alt, list(uses)), legend=_legend(alt, width))
        areas = alt.Chart(_data(alt, rows), width=width - 52, height=250 if width == WIDE else 210)
        line = alt.Chart(_data(alt, lines)).mark_line(color=INK, strokeWidth=1.6)
        return areas.mark_area().encode(x=x, y=y, color=colour, order="order:Q") + line.encode(
            x=x, y=alt.Y("mw:Q", axis=axis_mw)
        )

    return _draw(
        "week", "Stacked areas of power by use in the week of the highest import, with the import as a line", build
    )


def monthly_energy(answer: Answer) -> Chart:
    """Energy by use and month as stacked columns."""
    uses, calendar = series.uses_mw(answer), answer.case.calendar
    sums = {name: series.monthly_mwh(answer, vector) for name, vector in uses.items()}
    names = [series.MONTHS[month] for month in calendar.months]
    rows = [
        {"month": names[i], "use": use, "mwh": round(values[i], 3), "order": order}
        for order, (use, values) in enumerate(sums.items())
        for i in range(len(names))
    ]

    def build(alt: Any, width: int) -> Any:
        short = "slice(datum.label, 0, 1)" if width == NARROW else "datum.label"
        x = alt.X("month:N", sort=names, axis=alt.Axis(title=None, labelAngle=0, labelExpr=short))
        y = alt.Y("mwh:Q", axis=alt.Axis(title="MWh", tickCount=5, domain=False))
        colour = alt.Color("use:N", scale=_scale(alt, list(uses)), legend=_legend(alt, width))
        base = alt.Chart(_data(alt, rows), width=width - 62, height=230)
        return base.mark_bar(size=(width - 62) / max(12, len(names)) * 0.62).encode(
            x=x, y=y, color=colour, order="order:Q"
        )

    return _draw("month", "Stacked columns of energy by use in each month; the table gives the figures", build)


def load_duration(answer: Answer) -> Chart:
    """Hourly import sorted from highest to lowest, with the contracted capacity as a line."""
    rows = [
        {"share": 100 * point.share, "mw": round(point.import_mw, 4)} for point in series.load_duration(answer, 201)
    ]
    contract = answer.design.contract_mw

    def build(alt: Any, width: int) -> Any:
        x = alt.X(
            "share:Q",
            axis=alt.Axis(title="share of the year, %", grid=False, tickCount=5),
            scale=alt.Scale(domain=[0, 100], nice=False),
        )
        y = alt.Y("mw:Q", axis=alt.Axis(title="MW", tickCount=5, domain=False), scale=alt.Scale(zero=True))
        base = alt.Chart(_data(alt, rows), width=width - 52, height=220)
        area = base.mark_area(
            color=COLOURS["IT"], opacity=0.22, line={"color": COLOURS["IT"], "strokeWidth": 2}
        ).encode(x=x, y=y)
        at = alt.Chart(_data(alt, [{"mw": contract, "share": 100, "text": f"contracted {show.trimmed(contract)} MW"}]))
        rule = at.mark_rule(color=INK, strokeDash=[5, 3], strokeWidth=1.5).encode(y="mw:Q")
        return (
            area
            + rule
            + at.mark_text(align="right", dy=-8, fontSize=12, color=INK).encode(x="share:Q", y="mw:Q", text="text:N")
        )

    return _draw(
        "load",
        "Load duration curve: import sorted from highest to lowest over the year, with the contracted capacity",
        build,
    )
