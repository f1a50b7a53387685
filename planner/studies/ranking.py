"""Candidate sites by what is not cost: dates, thresholds, weighted scores, and what would turn the order by cost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from models.siting import (
    SAMPLES,
    SEED,
    Criterion,
    GridStep,
    carried_from,
    score_table,
    share_first,
    tie_factor,
    tie_saving,
    weighted,
)
from planner.schema.siting import COST, FIRST_TOKEN, UNITS

if TYPE_CHECKING:
    from planner.validate import ValidatedCase

_KPI = {
    "tokenergy": "tokenergy_wh_per_1k",
    "pue": "pue",
    "wue": "wue_l_per_kwh",
    "carbon": "cue_kg_per_kwh",
    "market carbon": "cue_market_kg_per_kwh",
    "peak import": "peak_import_mw",
}
FACTORS = (0.5, 0.8, 1.25, 2.0)
"""On a price, to see whether the order of the plans turns."""


def awaited(validated: ValidatedCase, view: dict[str, Any]) -> tuple[tuple[str, float, str], ...]:
    """What the first token waits for: what, months from award, cell; the latest decides. A connection that comes in
    steps is waited for until it carries the plan's highest import.

    Approximation: building and commissioning time beyond the lead times of the workbook is not counted."""
    case = validated.case
    cells = {origin.path: origin.cell for origin in validated.origins}
    grid = case.grid.energised_month, cells.get("grid.energised_month", "")
    step = carried_from(validated.grid_steps, view["kpi"]["peak_import_mw"] or 0.0)
    found = [("grid connection", *(grid if step is None else (step.month, step.cell)))]
    if "permits_month" in validated.facts:
        permits = validated.facts["permits_month"]
        found.append(("permits", permits.value, permits.cell))
    ordered = {m["offer"] for place in view["sites"] for m in place["modules"] if m["count"]}
    p90 = case.limits.lead_confidence == "P90"
    for offer in (o for o in case.offers if o.name in ordered):
        months, column = (offer.lead_months_p90, "p90") if p90 else (offer.lead_months_p50, "p50")
        found.append((offer.name, months, cells.get(f"offers[{offer.name}].lead_months_{column}", "")))
    return tuple((what, float(months), cell) for what, months, cell in found)


def connection(validated: ValidatedCase) -> tuple[GridStep, ...]:
    """The connection by date: its steps, or all of it at once, of which `firm_mw` is never interrupted (without that
    figure all of it, unless interruptions are stated)."""
    if validated.grid_steps:
        return validated.grid_steps
    grid, facts = validated.case.grid, validated.facts
    whole = grid.interval_limit_mw
    firm = min(facts["firm_mw"].value, whole) if "firm_mw" in facts else whole if grid.available_pu is None else 0.0
    origin = next((o for o in validated.origins if o.path == "grid.energised_month"), None)
    stated = ("", "", "") if origin is None else (origin.cell, origin.source, origin.grade)
    return (GridStep(grid.energised_month, firm, whole - firm, *stated),)


def beyond_cost(entries: Sequence[dict[str, Any]], criteria: Sequence[Criterion]) -> dict[str, Any]:
    """Further keys of sites.json. entries: its sites, which get first_token_month and date_rank as well."""
    planned = [e for e in entries if e["rank"] is not None]
    for entry in entries:
        entry["first_token_month"] = max((d["month"] for d in entry["dates"]), default=None)
    for entry in entries:
        month = entry["first_token_month"]
        earlier = [e for e in planned if month is not None and e["first_token_month"] < month]
        entry["date_rank"] = None if month is None or entry["rank"] is None else 1 + len(earlier)
    return {
        "criteria": [_judged(c, planned) for c in criteria],
        "score": _score(planned, criteria),
        "break_even": [_pair(*pair) for pair in combinations(planned, 2)],
        "repriced": [
            _repriced(planned, line, factor)
            for line in ("energy", "carbon")
            if any(_part(e, line) for e in planned)
            for factor in FACTORS
        ],
    }


def _value(entry: dict[str, Any], criterion: Criterion) -> float | None:
    measure = criterion.measure
    if criterion.region:
        stated = entry["latencies"].get(criterion.region)
        return None if stated is None else float(stated["value"])
    if measure == COST:
        return float(entry["cost"]) / 1e6
    if measure == FIRST_TOKEN:
        month: float | None = entry["first_token_month"]
        return month
    if measure in _KPI:
        result: float | None = entry["kpi"].get(_KPI[measure])
        return result
    return entry["facts"][measure]["value"] if measure in entry["facts"] else None


def _judged(criterion: Criterion, planned: Sequence[dict[str, Any]]) -> dict[str, Any]:
    values = {e["site"]: _value(e, criterion) for e in planned}
    return {
        "criterion": criterion.name,
        "measured_by": criterion.measure,
        "region": criterion.region,
        "better": criterion.direction,
        "threshold": criterion.threshold,
        "weight": criterion.weight,
        "cell": criterion.cell,
        "unit": UNITS.get(criterion.measure, ""),
        "values": values,
        "passes": {site: criterion.passes(value) for site, value in values.items()},
    }


def _score(planned: Sequence[dict[str, Any]], criteria: Sequence[Criterion]) -> dict[str, Any] | None:
    """Scores of the sites of which every weighted figure is known, no threshold is failed and all work may be served;
    None without weights."""
    used = [c for c in criteria if c.weight > 0]
    if not used:
        return None
    why: dict[str, str] = {}
    for entry in planned:
        unknown = [c.name for c in used if _value(entry, c) is None]
        failed = [c.name for c in criteria if c.passes(_value(entry, c)) is False]
        barred = [limit["workload"] for limit in entry["may_not_serve"]]
        if failed:
            why[entry["site"]] = "fails " + ", ".join(failed)
        elif barred:
            why[entry["site"]] = "may not serve " + ", ".join(dict.fromkeys(barred))
        elif unknown:
            why[entry["site"]] = "not stated: " + ", ".join(unknown)
    scored = [e for e in planned if e["site"] not in why]
    found: list[dict[str, Any]] = []
    if scored:
        table = score_table(used, {c.name: [_value(e, c) or 0.0 for e in scored] for c in used})
        totals, shares = weighted(used, table), share_first(table)
        for entry, total, share in zip(scored, totals, shares, strict=True):
            rank = 1 + sum(other > total + 1e-12 for other in totals)
            found.append({"site": entry["site"], "score": total, "rank": rank, "share_of_weights_first": share})
    return {
        "normalisation": "min-max over the sites that are scored: best 1, worst 0",
        "samples": SAMPLES,
        "seed": SEED,
        "sites": sorted(found, key=lambda s: s["rank"]),
        "not_scored": why,
    }


def _pair(cheaper: dict[str, Any], dearer: dict[str, Any]) -> dict[str, Any]:
    """What would make the second tie with the first: its saving as the gaps support it; factors on prices between the
    two plans as they are, which is an approximation (neither plan is made anew)."""
    bounds = cheaper["bound"], dearer["bound"]
    saving = None
    if bounds[0] is not None and bounds[1] is not None:
        low, high = tie_saving((bounds[1], dearer["cost"]), (bounds[0], cheaper["cost"]))
        saving = {"from": low, "to": high}
    factors = {
        f"{line}_factor": tie_factor((cheaper["cost"], _part(cheaper, line)), (dearer["cost"], _part(dearer, line)))
        for line in ("energy", "carbon")
    }
    return {
        "site": dearer["site"],
        "ties_with": cheaper["site"],
        "saving": saving,
        "saving_per_w": None if saving is None else {k: _per_watt(v, dearer) for k, v in saving.items()},
        "plans_kept": factors,
    }


def _per_watt(amount: float, entry: dict[str, Any]) -> float | None:
    """An amount per watt of IT installed."""
    mw = entry["kpi"].get("it_installed_mw")
    return amount / (1e6 * mw) if mw else None


def _part(entry: dict[str, Any], line: str) -> float:
    """Present value of what is paid in proportion to a price."""
    return float(sum(c["present_value"] for c in entry["costs"] if c["line"] == line))


def _repriced(planned: Sequence[dict[str, Any]], line: str, factor: float) -> dict[str, Any]:
    """The order of the finished plans at another price: upper bounds of the least costs, none of them made anew."""
    costs = {e["site"]: e["cost"] + (factor - 1) * _part(e, line) for e in planned}
    return {"price": line, "factor": factor, "costs": costs, "order": sorted(costs, key=lambda s: costs[s])}
