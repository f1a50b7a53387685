"""Power by date and what could go wrong at each site, from the content of sites.json."""

from __future__ import annotations

from functools import partial
from typing import Any

from reports.charts import places
from reports.document import Block, Heading, Paragraph, Picture, Table
from reports.format import MISSING, significant, trimmed
from reports.wording import fact_name

_UNKNOWN = {
    "hazard_score": "natural hazards",
    "water_stress_score": "water stress",
    "permits_month": "months until permits are held",
}
"""Figures that a client should ask for where they are missing, by column of sheet Sites."""


def connections(planned: list[dict[str, Any]]) -> list[Block]:
    """The grid's timeline: what each connection carries from which month on, beside what the plan needs."""
    rows = []
    for site in planned:
        needed = site["kpi"].get("peak_import_mw")
        for step in site.get("grid_steps", []):
            total = step["firm_mw"] + step["nonfirm_mw"]
            covers = MISSING if not needed else f"{min(100.0, 100 * total / needed):.0f} %"
            figures = (significant(step[key], 3) for key in ("firm_mw", "nonfirm_mw"))
            rows.append((site["site"], f"{step['month']:g}", *figures, covers, step["cell"] or MISSING))
    if not rows:
        return []
    words = (
        "What each connection carries from which month after award. A plan serves all work from its first day, so it "
        "waits for the step that carries its highest import; earlier steps could serve a part, which is not counted."
    )
    head = ("Site", "From month", "Firm, MW", "Interruptible, MW", "Of the plan's highest import", "Cell")
    chart = places.power_steps(planned)
    pictures = [] if chart is None else [Picture("Power by month after award; firm and interruptible together", chart)]
    table = Table("Power by date, by sheets Sites and GridSteps", head, tuple(rows))
    return [Heading("Grid timeline"), Paragraph(words), *pictures, table]


def risks(view: dict[str, Any], planned: list[dict[str, Any]]) -> list[Block]:
    """What a client should ask about, each with its figure and cell."""
    parts = (_grid, partial(_date, view), _stated, partial(_failed, view), _barred)
    rows = [row for site in planned for part in parts for row in part(site)]
    head = ("Site", "Risk", "Figure", "Cell")
    words = "What could turn a plan, from the figures stated. A figure that is not stated is unknown, not absent."
    return [Heading("Risks and thresholds"), Paragraph(words), Table("Risks by site", head, tuple(rows))]


def _grid(site: dict[str, Any]) -> list[tuple[str, ...]]:
    steps, needed = site.get("grid_steps", []), site["kpi"].get("peak_import_mw")
    if not steps or needed is None:
        return []
    last = steps[-1]
    spare = last["firm_mw"] + last["nonfirm_mw"] - needed
    rows: list[tuple[str, ...]] = [
        (site["site"], "Spare power of the connection", f"{significant(max(spare, 0.0), 3)} MW", last["cell"])
    ]
    if needed > last["firm_mw"] + 1e-6:
        resting = f"{significant(needed - last['firm_mw'], 3)} MW of {significant(needed, 3)} MW"
        rows.append((site["site"], "Highest import beyond firm power: may be interrupted", resting, last["cell"]))
    return rows


def _date(view: dict[str, Any], site: dict[str, Any]) -> list[tuple[str, ...]]:
    latest, month = view.get("latest_month"), site["first_token_month"]
    if latest is None or month is None:
        return []
    last = max(site["dates"], key=lambda d: d["month"])
    slack = latest - month
    words = f"{slack:g} months" if slack >= 0 else f"none: {-slack:g} months too late"
    risk = f"Slack before the latest start, month {latest:g}"
    return [(site["site"], risk, f"{words}, for {last['what']}", last["cell"] or MISSING)]


def _stated(site: dict[str, Any]) -> list[tuple[str, ...]]:
    facts, rows = site["facts"], []
    for key in ("hazard_score", "water_stress_score"):
        if key in facts:
            rows.append((site["site"], fact_name(key), trimmed(facts[key]["value"], 2), facts[key]["cell"]))
    unknown = [name for key, name in _UNKNOWN.items() if key not in facts]
    if unknown:
        rows.append((site["site"], "Not stated", ", ".join(unknown), MISSING))
    count = len(site["assumed_cells"])
    return [*rows, (site["site"], "Own figures that rest on no source", str(count), MISSING)]


def _barred(site: dict[str, Any]) -> list[tuple[str, ...]]:
    return [(site["site"], f"May not serve {limit['workload']}", *refusal(limit)) for limit in site["may_not_serve"]]


def refusal(limit: dict[str, Any]) -> tuple[str, str]:
    """Why a workload may not be served at a site, and the cell of the limit."""
    if "countries" in limit:
        country = limit["country"] or "a country not stated"
        return f"in {country}, allowed: {', '.join(limit['countries'])}", limit["cell"]
    users = f"users in {limit['region']}" if limit["region"] else "its users"
    known = limit["latency_ms"]
    far = f"latency to {users} not stated" if known is None else f"{significant(known, 3)} ms to {users}"
    return f"{far}, at most {significant(limit['max_latency_ms'], 3)} ms", limit["cell"]


def _failed(view: dict[str, Any], site: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (site["site"], f"Threshold: {c['criterion']}", "missed", c["cell"])
        for c in view["criteria"]
        if c["passes"].get(site["site"]) is False
    ]
