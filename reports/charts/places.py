"""Charts of a siting study: where the sites are, what they cost, use and wait for. From the content of sites.json.

Outlines of land: Natural Earth 1:110 million (public domain), as TopoJSON of world-atlas 2.0.2 (ISC licence)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from reports import format as show
from reports.charts.frame import COLOUR, NARROW, Chart, data, draw, hover, hovered, legend, named_bars, scale

_LAND = Path(__file__).with_name("land.json")
_MARGIN_DEG = 25.0
"""Land shown around the outermost sites."""
_LEAST_HEIGHT = 0.42
"""Height of the map per width, but for the poles."""


def place_map(sites: list[dict[str, Any]], currency: str) -> Chart | None:
    """Sites on an outline map, with their rank; None unless two or more say where they are."""
    rows = [
        {
            "longitude": site["facts"]["longitude_deg"]["value"],
            "latitude": site["facts"]["latitude_deg"]["value"],
            "rank": str(site["rank"] or show.MISSING),
            "text": f"{site['rank'] or show.MISSING} {site['site']}",
            "hover": hover(_words(site, currency)),
        }
        for site in sites
        if {"latitude_deg", "longitude_deg"} <= set(site["facts"])
    ]
    if len(rows) < 2:
        return None
    land = json.loads(_LAND.read_text(encoding="utf-8"))
    west, south, east, north = _box(rows)

    def build(alt: Any, width: int) -> Any:
        scale_px = width / math.radians(east - west)  # pixels per radian, along and across
        height = round(scale_px * math.radians(north - south))
        source = alt.Data(values=land, format={"type": "topojson", "feature": "land"})
        shape = alt.Chart(source).mark_geoshape(fill=COLOUR["rule"], stroke=COLOUR["rule"], clip=True)
        base = alt.Chart(data(alt, rows))
        at = {"longitude": "longitude:Q", "latitude": "latitude:Q"}
        dots = base.mark_circle(size=110, color=COLOUR["it"], opacity=1)
        dots = dots.encode(**at, description=hovered(alt, "hover"))
        words = "rank:N" if width == NARROW else "text:N"  # a phone has no room for names

        def names(at_right: bool) -> Any:
            here = alt.datum.longitude > west + 0.75 * (east - west)
            place = {"align": "right", "dx": -9} if at_right else {"align": "left", "dx": 9}
            marks = base.transform_filter(here if at_right else ~here).mark_text(dy=-9, fontWeight="bold", **place)
            return marks.encode(**at, text=words)

        layers = alt.layer(shape, dots, names(False), names(True)).properties(width=width, height=height)
        middle = [(west + east) / 2, (south + north) / 2]
        # plate carree about the equator, so that degrees are alike everywhere
        return layers.project("equirectangular", scale=scale_px, center=middle, translate=[width / 2, height / 2])

    places = "; ".join(f"{r['text'].strip()} at {r['latitude']:g} N, {r['longitude']:g} E" for r in rows)
    return draw("map", f"Map of the sites with their rank. {places}", build, hovers=True)


def _words(site: dict[str, Any], currency: str) -> str:
    """A site in a few words."""
    if site["rank"] is None:
        return f"{site['site']}: no plan"
    said = f"{site['site']}: rank {site['rank']}, {show.money(site['cost'] / 1000, currency, 6)}"
    month = site["first_token_month"]
    return said if month is None else f"{said}, first token in month {month:g}"


def _box(rows: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    """West, south, east, north of what is shown [deg]."""
    longitudes, latitudes = [r["longitude"] for r in rows], [r["latitude"] for r in rows]
    west, east = max(min(longitudes) - _MARGIN_DEG, -180.0), min(max(longitudes) + 2 * _MARGIN_DEG, 180.0)
    south, north = max(min(latitudes) - _MARGIN_DEG, -60.0), min(max(latitudes) + _MARGIN_DEG, 84.0)
    east = max(east, west + 60.0)
    more = max(_LEAST_HEIGHT * (east - west) - (north - south), 0.0)
    return west, max(south - 0.6 * more, -60.0), east, min(north + 0.4 * more, 84.0)


def _bars(name: str, label: str, rows: list[dict[str, Any]], unit: str, colour: str) -> Chart:
    """One bar per `line` with its `value` in words (`text`, `short`; under the pointer `said` or `text`)."""
    rows = [
        {**row, "end": row["value"], "hover": hover(f"{row['line']}: {row.get('said', row['text'])}")} for row in rows
    ]

    def build(alt: Any, width: int) -> Any:
        axis = alt.Axis(title=unit, tickCount=4 if width == NARROW else 7, grid=False)
        encoding = {"x": alt.X("value:Q", axis=axis, scale=alt.Scale(zero=True)), "description": hovered(alt, "hover")}
        return named_bars(alt, alt.Chart(data(alt, rows)), width, rows, encoding, color=COLOUR[colour])

    words = "; ".join(f"{row['line']}: {row['text']}" for row in rows)
    return draw(name, f"{label}. {words}", build, hovers=True)


def cost_bars(planned: list[dict[str, Any]], currency: str) -> Chart:
    """Present value of each site's plan."""
    rows = [
        {"line": s["site"], "value": s["cost"] / 1e6, "text": show.money(s["cost"] / 1000, currency, 6),
         "short": show.significant(s["cost"] / 1e6, 4)}
        for s in planned
    ]  # fmt: skip
    return _bars("cost-by-site", "Present value of each site", rows, f"million {currency}", "it")


def tokenergy_bars(planned: list[dict[str, Any]]) -> Chart:
    """TokEnergy of each site's plan."""
    known = [(s["site"], s["kpi"]["tokenergy_wh_per_1k"]) for s in planned]
    rows = [
        {"line": name, "value": value, "text": show.significant(value, 4), "short": show.significant(value, 3),
         "said": f"{show.significant(value, 4)} Wh per 1,000 tokens"}
        for name, value in known
        if value is not None
    ]  # fmt: skip
    return _bars("tokenergy-by-site", "TokEnergy of each site", rows, "Wh per 1,000 tokens", "cooling")


def waiting_bars(planned: list[dict[str, Any]]) -> Chart:
    """Months from award until each site has what its first token waits for, coloured by what it is."""
    rows = [
        {"line": f"{s['site']}: {d['what']}", "value": d["month"], "end": d["month"], "what": _kind(d["what"]),
         "text": f"{d['month']:g}", "short": f"{d['month']:g}",
         "hover": hover(f"{s['site']}: {d['what']} in month {d['month']:g} {d['cell']}".strip())}
        for s in planned
        for d in sorted(s["dates"], key=lambda d: -d["month"])
    ]  # fmt: skip
    colours = {"grid connection": "chain", "permits": "house", "equipment": "it"}
    used = {k: c for k, c in colours.items() if any(r["what"] == k for r in rows)}

    def build(alt: Any, width: int) -> Any:
        axis = alt.Axis(title="months from award", tickCount=4 if width == NARROW else 7, grid=False)
        colour = alt.Color("what:N", scale=scale(alt, used), legend=None)
        encoding = {"x": alt.X("value:Q", axis=axis, scale=alt.Scale(zero=True)), "color": colour}
        encoding["description"] = hovered(alt, "hover")
        return named_bars(alt, alt.Chart(data(alt, rows)), width, rows, encoding)

    words = "; ".join(f"{r['line']} in month {r['text']}" for r in rows)
    return draw("waiting", f"Months from award until each site has what it waits for. {words}", build, hovers=True)


_COLOURS = ("it", "chain", "cooling", "storage", "other", "total", "house", "idle")
_FURTHER_MONTHS = 12.0
"""Shown beyond the last step."""


def power_steps(planned: list[dict[str, Any]]) -> Chart | None:
    """What each connection carries by month; None where every connection comes at once, or for more sites than
    colours."""
    with_steps = [s for s in planned if s.get("grid_steps")]
    if not any(len(s["grid_steps"]) > 1 for s in with_steps) or len(with_steps) > len(_COLOURS):
        return None
    last = max(step["month"] for s in with_steps for step in s["grid_steps"]) + _FURTHER_MONTHS
    rows = []
    for site in with_steps:
        steps = [(0.0, 0.0), *((t["month"], t["firm_mw"] + t["nonfirm_mw"]) for t in site["grid_steps"])]
        rows += [
            {"site": site["site"], "month": m, "mw": mw, "hover": hover(f"{site['site']}: {mw:g} MW from month {m:g}")}
            for m, mw in (*steps, (last, steps[-1][1]))
        ]
    colours = {site["site"]: _COLOURS[n] for n, site in enumerate(with_steps)}

    def build(alt: Any, width: int) -> Any:
        x = alt.X(
            "month:Q", axis=alt.Axis(title="months from award", tickCount=4 if width == NARROW else 9, grid=False)
        )
        y = alt.Y("mw:Q", axis=alt.Axis(title="MW", tickCount=5))
        colour = alt.Color("site:N", scale=scale(alt, colours), legend=legend(alt, width, 1))
        base = alt.Chart(data(alt, rows), width=width - (52 if width == NARROW else 70), height=220)
        line = base.mark_line(interpolate="step-after", strokeWidth=2.5).encode(x=x, y=y, color=colour)
        reached = base.transform_filter((alt.datum.mw > 0) & (alt.datum.month < last))
        dots = reached.mark_circle(size=70, opacity=1)
        return line + dots.encode(x=x, y=y, color=colour, description=hovered(alt, "hover"))

    words = "; ".join(
        f"{s['site']}: "
        + ", ".join(f"{t['firm_mw'] + t['nonfirm_mw']:g} MW from month {t['month']:g}" for t in s["grid_steps"])
        for s in with_steps
    )
    return draw("power", f"Power of each connection by month. {words}", build, hovers=True)


def _kind(what: str) -> str:
    return what if what in ("grid connection", "permits") else "equipment"
