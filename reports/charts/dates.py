"""Chart of dates: what must be ordered when so that service starts when it should."""

from __future__ import annotations

from typing import Any

from models import timetable
from models.design import Answer
from reports import format as show
from reports.charts.frame import COLOUR, NARROW, Chart, data, draw, legend, scale

_COLOURS = {"order to delivery": "chain", "connection": "house", "site works": "cooling"}


def gantt(answer: Answer) -> Chart | None:
    """Bars from the latest order to delivery, then site works, up to the start of service; None without lead times."""
    case, design = answer.case, answer.design
    times = timetable.timetable(case, design)
    if not times:
        return None
    start, works = timetable.start_month(case, design), case.limits.delay.works_months
    rows = []
    for number, d in enumerate(times):
        phase = "connection" if d.kind == "connection" else "order to delivery"
        rows.append(_bar(d.item, phase, d.order_by_month, d.on_site_month, number))
        if works and d.kind != "connection":
            rows.append(_bar(d.item, "site works", start - works, start, number))
    used = {r["phase"] for r in rows}
    colours = {name: colour for name, colour in _COLOURS.items() if name in used}

    def build(alt: Any, width: int) -> Any:
        narrow = width == NARROW  # the words stand over their bar, so that none is cut
        axis = None if narrow else alt.Axis(title=None, labelLimit=330, domain=False)
        y = alt.Y("item:N", sort=alt.SortField("order"), axis=axis)
        first = min(0.0, *(r["from"] for r in rows))
        x = alt.X("from:Q", title="months after award", scale=alt.Scale(domainMin=first))
        colour = alt.Color("phase:N", scale=scale(alt, colours), legend=legend(alt, width))
        base = alt.Chart(data(alt, rows), width=width - (30 if narrow else 290), height=alt.Step(42 if narrow else 28))
        bars = base.mark_bar(height=16, yOffset=8 if narrow else 0).encode(x=x, x2="to:Q", y=y, color=colour)
        line = alt.Chart(data(alt, [{"at": start}])).mark_rule(strokeWidth=2, color=COLOUR["ink"]).encode(x="at:Q")
        if not narrow:
            return alt.layer(bars, line)
        names = alt.Chart(data(alt, [{"item": d.item, "at": first, "order": n} for n, d in enumerate(times)]))
        over = names.mark_text(align="left", dy=-10, color=COLOUR["ink"]).encode(x="at:Q", y=y, text="item:N")
        return alt.layer(bars, line, over)

    words = "; ".join(f"{d.item}: order by month {show.trimmed(d.order_by_month)}" for d in times)
    return draw("dates", f"Bars from latest order to delivery; service starts in month {start:g}. {words}", build)


def _bar(item: str, phase: str, start: float, end: float, order: int) -> dict[str, Any]:
    return {"item": item, "phase": phase, "from": start, "to": end, "order": order}
