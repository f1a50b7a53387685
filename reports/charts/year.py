"""Charts of the operating year: the peak week, months, every hour, the load duration curve, cooling against weather."""

from __future__ import annotations

from datetime import UTC, timedelta
from textwrap import wrap
from typing import Any

import numpy as np

from models import usage
from models.design import Answer
from reports import format as show
from reports import series
from reports.charts.frame import COLOUR, NARROW, WIDE, Chart, data, draw, legend, scale

USE_COLOURS = {
    "IT": "it",
    "Cooling": "cooling",
    "Electrical chain": "chain",
    "House and other": "house",
    "Battery, net": "storage",
}
_LINES = ("it", "chain", "cooling", "storage", "other", "house")
_DASHES = ([1, 0], [9, 5], [3, 3], [9, 3, 3, 3])
_Y_SPACE = 52
"""Room left of a chart for its axis [px]."""


def _uses(answer: Answer) -> dict[str, Any]:
    """Where the power goes, under names short enough for a legend on a phone."""
    return {name.removesuffix(" load"): vector for name, vector in series.uses_mw(answer).items()}


def _colours(uses: dict[str, Any]) -> dict[str, str]:
    return {name: USE_COLOURS.get(name, "other") for name in uses}


def _y_axis(alt: Any, title: str, ticks: int = 5) -> Any:
    return alt.Axis(title=title, tickCount=ticks, domain=False, minExtent=_Y_SPACE - 10, maxExtent=_Y_SPACE - 10)


def peak_week(answer: Answer) -> Chart:
    """Use by kind as stacked areas over the week of the highest import, with the import as a line; beneath it the
    price of energy and what the batteries hold."""
    calendar, week, uses = answer.case.calendar, series.peak_week(answer), _uses(answer)
    operation, stored = answer.design.operation, series.total(answer, answer.design.operation.stored_mwh)
    price = 1000 * answer.case.grid.import_price_kcur_per_mwh
    times = {step: series.step_start(calendar, step).isoformat() + "Z" for step in week}
    stack = [
        {"t": times[step], "use": name, "mw": round(max(float(vector[step]), 0.0), 4), "order": order}
        for step in week
        for order, (name, vector) in enumerate(uses.items())
    ]
    lines = [
        {"t": times[s], "mw": float(operation.import_mw[s]), "mwh": float(stored[s]), "price": float(price[s])}
        for s in week
    ]

    def build(alt: Any, width: int) -> Any:
        inner = width - _Y_SPACE - 8

        def x(is_last: bool) -> Any:
            labels = "%a %-d %b" if width == WIDE else "%a"
            axis = alt.Axis(title=None, format=labels, tickCount="day", labels=is_last, labelAlign="left")
            return alt.X("t:T", scale=alt.Scale(type="utc"), axis=axis)

        def panel(field: str, title: str, colour: str, is_last: bool) -> Any:
            y = alt.Y(field, axis=_y_axis(alt, "", 3))
            base = alt.Chart(data(alt, lines), width=inner, height=62, title=title)
            mark = base.mark_line(color=COLOUR[colour], strokeWidth=1.8, interpolate="step-after")
            return mark.encode(x=x(is_last), y=y)

        colour = alt.Color("use:N", scale=scale(alt, _colours(uses)), legend=legend(alt, width, 2))
        base = alt.Chart(data(alt, stack), width=inner, height=240 if width == WIDE else 210)
        areas = base.mark_area().encode(
            x=x(False), y=alt.Y("mw:Q", stack="zero", axis=_y_axis(alt, "MW")), color=colour, order="order:Q"
        )
        top = alt.Chart(data(alt, lines)).mark_line(color=COLOUR["ink"], strokeWidth=1.6)
        panels = [areas + top.encode(x=x(False), y=alt.Y("mw:Q", axis=_y_axis(alt, "MW")))]
        has_store = bool(np.any(stored > 1e-9))
        panels.append(panel("price:Q", f"Price of energy, {answer.case.currency} per MWh", "chain", not has_store))
        if has_store:
            panels.append(panel("mwh:Q", "Energy stored in batteries, MWh", "storage", True))
        return alt.VConcatChart(vconcat=panels, spacing=44, bounds="flush")

    label = (
        "Stacked areas of power by use in the week of the highest import, with the import as a line, and beneath the "
        "price of energy and the energy stored; the table gives each day"
    )
    return draw("week", label, build)


def monthly_energy(answer: Answer) -> Chart:
    """Energy by use and month as stacked columns."""
    uses, calendar = _uses(answer), answer.case.calendar
    sums = {name: series.monthly_mwh(answer, vector) for name, vector in uses.items()}
    unit, in_unit = ("GWh", 1000.0) if max((max(v) for v in sums.values()), default=0.0) >= 2000 else ("MWh", 1.0)
    names = [series.MONTHS[month] for month in calendar.months]
    rows = [
        {"month": names[i], "use": use, "energy": round(values[i] / in_unit, 4), "order": order}
        for order, (use, values) in enumerate(sums.items())
        for i in range(len(names))
    ]

    def build(alt: Any, width: int) -> Any:
        short = "slice(datum.label, 0, 1)" if width == NARROW else "datum.label"
        inner = width - _Y_SPACE - 8
        x = alt.X("month:N", sort=names, axis=alt.Axis(title=None, labelAngle=0, labelExpr=short))
        y = alt.Y("energy:Q", axis=_y_axis(alt, unit))
        colour = alt.Color("use:N", scale=scale(alt, _colours(uses)), legend=legend(alt, width, 2))
        base = alt.Chart(data(alt, rows), width=inner, height=220)
        return base.mark_bar(size=inner / max(12, len(names)) * 0.66).encode(x=x, y=y, color=colour, order="order:Q")

    return draw("month", "Stacked columns of energy by use in each month; the table gives the figures", build)


def load_duration(answer: Answer) -> Chart:
    """Hourly import sorted from highest to lowest, with the contracted capacity as a line."""
    rows = [
        {"share": 100 * point.share, "mw": round(point.import_mw, 4)} for point in series.load_duration(answer, 201)
    ]
    contract = answer.design.contract_mw

    def build(alt: Any, width: int) -> Any:
        axis = alt.Axis(title="share of the year, %", grid=False, tickCount=5)
        x = alt.X("share:Q", axis=axis, scale=alt.Scale(domain=[0, 100], nice=False))
        y = alt.Y("mw:Q", axis=_y_axis(alt, "MW"), scale=alt.Scale(zero=True))
        base = alt.Chart(data(alt, rows), width=width - _Y_SPACE - 14, height=220)
        line = {"color": COLOUR["it"], "strokeWidth": 2}
        area = base.mark_area(color=COLOUR["it"], fillOpacity=0.18, line=line).encode(x=x, y=y)
        words = f"contracted {show.trimmed(contract)} MW"
        at = alt.Chart(data(alt, [{"mw": contract, "share": 100, "text": words}]))
        rule = at.mark_rule(color=COLOUR["ink"], strokeDash=[5, 3], strokeWidth=1.5).encode(y="mw:Q")
        return area + rule + at.mark_text(align="right", dy=-9).encode(x="share:Q", y="mw:Q", text="text:N")

    label = "Load duration curve: import sorted from highest to lowest over the year, with the contracted capacity"
    return draw("load", label, build)


def heat_map(answer: Answer) -> Chart:
    """Import of every step: days along one side, the hour of the day along the other, in eight classes."""
    runs, classes = series.day_runs(answer, answer.design.operation.import_mw, 8)
    top = max(len(classes) - 1, 1)
    colours = {name: f"heat{round(7 * number / top)}" for number, name in enumerate(classes)}
    overlap = timedelta(hours=1)  # more than shortened coordinates leave open: no seam shows between days
    rows = [
        {"first": run.first_day.isoformat() + "Z", "last": (run.last_day + overlap).isoformat() + "Z"}
        | {"from": run.from_hour, "to": run.to_hour, "mw": classes[run.level]}
        for run in sorted(runs, key=lambda run: run.level)  # one path for each class
    ]

    calendar = answer.case.calendar
    days = (series.step_start(calendar, calendar.steps_of(m).start) for m in calendar.months)
    starts = [1000 * day.replace(tzinfo=UTC).timestamp() for day in days]

    def build(alt: Any, width: int) -> Any:
        is_wide = width == WIDE
        aside = {"labelAlign": "left" if is_wide else "right", "labelBaseline": "top"}
        months = alt.Axis(title=None, format="%b", values=starts, grid=False, **aside)
        hours = alt.Axis(title="hour of the day", values=[0, 6, 12, 18, 24], grid=False, domain=False)
        span = alt.Scale(domain=[0, 24], nice=False, reverse=is_wide)
        days = {"axis": months, "scale": alt.Scale(type="utc", nice=False, reverse=not is_wide)}
        colour = alt.Color("mw:N", scale=scale(alt, colours), legend=legend(alt, width, 2))
        size = {"width": width - 60, "height": 216} if is_wide else {"width": width - 60, "height": 500}
        base = alt.Chart(data(alt, rows), **size).mark_rect(strokeWidth=0)
        if is_wide:
            day, hour = alt.X("first:T", **days), alt.Y("from:Q", axis=hours, scale=span)
            return base.encode(x=day, x2="last:T", y=hour, y2="to:Q", color=colour)
        day, hour = alt.Y("first:T", **days), alt.X("from:Q", axis=hours, scale=span)
        return base.encode(y=day, y2="last:T", x=hour, x2="to:Q", color=colour)

    label = f"Heat map of the import in every hour of the year by day, in classes from {classes[0]} to {classes[-1]} MW"
    return draw("hours", label, build)


def cooling(answer: Answer) -> Chart:
    """Electric power per heat of each cooling type, sorted over its hours, with the line below which cooling is
    free."""
    use, points = usage.cooling_use(answer.case, answer.design), np.linspace(0, 1, 201)
    names = {c.name: "\n".join(wrap(c.name, 32)) for c in use}
    colours = {names[c.name]: _LINES[i % len(_LINES)] for i, c in enumerate(use)}
    rows = [
        {"cooling": names[c.name], "share": 100 * float(p), "pu": round(float(np.quantile(c.electricity_pu, 1 - p)), 5)}
        for c in use
        for p in points
    ]

    def build(alt: Any, width: int) -> Any:
        axis = alt.Axis(title="share of its hours, %", grid=False, tickCount=5)
        x = alt.X("share:Q", axis=axis, scale=alt.Scale(domain=[0, 100], nice=False))
        y = alt.Y("pu:Q", axis=_y_axis(alt, "kW per kW of heat"), scale=alt.Scale(zero=True))
        style = {
            "symbolType": "stroke",
            "symbolStrokeWidth": 3,
            "labelLimit": 300,
            "labelExpr": r"split(datum.label, '\n')",
        }
        lines = alt.Legend(**{**legend(alt, width, 1).to_dict(), **style, "columns": 2 if width == WIDE else 1})
        colour = alt.Color("cooling:N", scale=scale(alt, colours), legend=lines)
        dashes = alt.Scale(domain=list(colours), range=[_DASHES[i % len(_DASHES)] for i in range(len(colours))])
        dash = alt.StrokeDash("cooling:N", scale=dashes, legend=lines)  # lines on one curve still show as two
        base = alt.Chart(data(alt, rows), width=width - _Y_SPACE - 14, height=190)
        words = f"free cooling up to {show.trimmed(usage.FREE_COOLING_PU)}"
        at = alt.Chart(data(alt, [{"pu": usage.FREE_COOLING_PU, "share": 100, "text": words}]))
        rule = at.mark_rule(color=COLOUR["ink"], strokeDash=[5, 3], strokeWidth=1.5).encode(y="pu:Q")
        word = at.mark_text(align="right", dy=-9).encode(x="share:Q", y="pu:Q", text="text:N")
        return base.mark_line(strokeWidth=2.2).encode(x=x, y=y, color=colour, strokeDash=dash) + rule + word

    label = "Electric power of cooling per unit of heat, sorted from the hardest to the easiest hour; table follows"
    return draw("cooling", label, build)
