"""Chart of dates: what must be ordered when so that service, or each stage of it, starts when it should."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.timetable import Schedule
from reports import format as show
from reports.charts.frame import COLOUR, NARROW, Chart, data, draw, legend, scale

_COLOURS = {"order to delivery": "chain", "connection": "house", "site works": "cooling"}


def gantt(schedules: Sequence[Schedule]) -> Chart | None:
    """Bars from the latest order to delivery, then site works, up to the start, stage under stage; None without lead
    times."""
    found = [s for s in schedules if s.deliveries]
    if not found:
        return None
    bars, starts = _bars(found), _starts(found)
    first = min(0.0, *(row["from"] for row in bars))
    last = max(row["at"] for row in starts)
    used = {row["phase"] for row in bars}
    colours = {name: colour for name, colour in _COLOURS.items() if name in used}
    lines = list(dict.fromkeys(row["line"] for row in bars))
    room = 290 if len(found) == 1 else 370  # names of stages stand before those of what is bought

    def build(alt: Any, width: int) -> Any:
        narrow = width == NARROW  # the words stand over their bar, so that none is cut
        axis = alt.Axis(title=None, labelLimit=room + 40, domain=False, labelExpr="slice(datum.label, 3)")
        y = alt.Y("line:N", sort=lines, axis=None if narrow else axis)
        months = alt.Axis(title="months after award", grid=not narrow)  # no line through the words
        x = alt.X("from:Q", axis=months, scale=alt.Scale(domain=[first, last]))
        colour = alt.Color("phase:N", scale=scale(alt, colours), legend=legend(alt, width))
        base = alt.Chart(data(alt, bars), width=width - (30 if narrow else room), height=alt.Step(42 if narrow else 28))
        drawn = base.mark_bar(height=16, yOffset=8 if narrow else 0).encode(x=x, x2="to:Q", y=y, color=colour)
        marks = alt.Chart(data(alt, starts))
        if len(found) == 1 and not narrow:
            rules = marks.mark_rule(strokeWidth=2, color=COLOUR["ink"]).encode(x="at:Q")
        else:  # each stage's start stands at its own lines only, or beside the bars
            tick = {"size": 20, "yOffset": 8} if narrow else {"size": 28}
            mark = marks.mark_tick(orient="vertical", thickness=2, color=COLOUR["ink"], **tick)
            rules = mark.encode(x="at:Q", y=y)
        if not narrow:
            return alt.layer(drawn, rules)
        names = alt.Chart(data(alt, [{"line": line, "at": first, "text": line[3:]} for line in lines]))
        over = names.mark_text(align="left", dy=-10, color=COLOUR["ink"]).encode(x="at:Q", y=y, text="text:N")
        return alt.layer(drawn, rules, over)

    return draw("dates", _words(found), build)


def _words(schedules: Sequence[Schedule]) -> str:
    parts = []
    for s in schedules:
        orders = "; ".join(f"{d.item}: order by month {show.trimmed(d.order_by_month)}" for d in s.deliveries)
        parts.append(f"{s.stage or 'service'} starts in month {show.trimmed(s.start_month)}. {orders}")
    return f"Bars from latest order to delivery; {'. '.join(parts)}"


def _line(number: int, s: Schedule, item: str) -> str:
    """A line of the chart: its place in the order, which is not shown, then its words."""
    return f"{number:02d} {s.stage}: {item}" if s.stage else f"{number:02d} {item}"


def _bars(schedules: Sequence[Schedule]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    times = [(s, d) for s in schedules for d in s.deliveries]
    for number, (s, d) in enumerate(times):
        is_grid, line = d.kind == "connection", _line(number, s, d.item)
        phase = "connection" if is_grid else "order to delivery"
        found.append({"line": line, "phase": phase, "from": d.order_by_month, "to": d.on_site_month})
        if s.works_months and not is_grid:
            works = {"from": s.start_month - s.works_months, "to": s.start_month}
            found.append({"line": line, "phase": "site works", **works})
    return found


def _starts(schedules: Sequence[Schedule]) -> list[dict[str, Any]]:
    times = [(s, d) for s in schedules for d in s.deliveries]
    return [{"line": _line(n, s, d.item), "at": s.start_month} for n, (s, d) in enumerate(times)]
