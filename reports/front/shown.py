"""The plans of a front as documents show them, read from pareto.json or alternatives.json; money in kcur."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.front import BUILT, SUBJECTS
from models.tender import Interval
from reports import format as show

_KCUR = 1e-3
"""thousands of currency in one unit of it"""


@dataclass(frozen=True, eq=False)
class ShownPlan:
    """One plan of a front."""

    kind: int
    """number of its kind of design, from 0"""
    uses: Mapping[str, frozenset[str]]
    """what it uses, by subject, in names fit for lists: what makes its kind"""
    design: str
    """what is built, in one line"""
    cost_kcur: float
    bound_kcur: float
    """no design that keeps its limits costs less; -inf: nothing is proven"""
    gap: float
    """cost above the bound, share of the cost without IT hardware"""
    is_proven: bool
    """within the gap that was asked for"""
    checks: int
    """rechecks that hold"""
    values: Mapping[str, float]
    """what it uses of each criterion"""
    extra: Interval
    """cost above the cheapest [kcur]"""
    prices: Mapping[str, Interval | None]
    """what one unit less costs on the way from the plan before [kcur per unit]"""
    distance: float | None
    """of an alternative: from the nearest plan before it"""
    folder: str | None
    """where the whole plan stands, beside the page"""


@dataclass(frozen=True, eq=False)
class ShownFront:
    """All plans, the cheapest first."""

    name: str
    currency: str
    hours: float
    """of the operating year"""
    criteria: tuple[str, ...]
    plans: tuple[ShownPlan, ...]
    limits: Mapping[str, float | None]
    """the workbook's own, by criterion"""
    least: Mapping[str, float]
    """how little any design can do with, by criterion, as proven"""
    without_plan: Sequence[Mapping[str, float | None]]
    """limits that no design keeps together"""
    left_out: int
    """plans that others are better than in everything"""
    within: float | None
    """of a search for alternatives: how much more they may cost, share of the cost without IT hardware"""
    stopped: str
    """why not all plans were looked for; empty: they were"""

    @property
    def is_line(self) -> bool:
        """Whether the plans follow one another along one criterion, so that what lies between two has a price."""
        return len(self.criteria) == 1 and self.within is None


def shown(view: Mapping[str, Any]) -> ShownFront:
    """A front from its file for machines. Raises KeyError or TypeError if the file is of another form."""
    criteria = {c["name"]: c for c in view["criteria"]}
    return ShownFront(
        name=view["name"],
        currency=view["currency"],
        hours=view["hours"],
        criteria=tuple(criteria),
        plans=tuple(_plan(point) for point in view["points"]),
        limits={name: c["workbook_limit"] for name, c in criteria.items()},
        least={name: c["least"]["bound"] for name, c in criteria.items() if c["least"] is not None},
        without_plan=view["without_plan"],
        left_out=view["left_out"],
        within=view["within"],
        stopped=view["stopped"] or "",
    )


def _plan(point: Mapping[str, Any]) -> ShownPlan:
    return ShownPlan(
        kind=point["kind"],
        uses={subject: frozenset(map(show.in_a_list, point["uses"][subject])) for subject in SUBJECTS},
        design=_design(point["sites"][0]),
        cost_kcur=_KCUR * point["objective"],
        bound_kcur=-math.inf if point["bound"] is None else _KCUR * point["bound"],
        gap=math.inf if point["gap"] is None else point["gap"],
        is_proven=point["status"] == "optimal",
        checks=point["checks"],
        values=point["values"],
        extra=_interval(point["extra_cost"]),
        prices={
            name: None if price is None else _interval(price)
            for name, price in point["cost_per_unit_from_point_before"].items()
        },
        distance=point["distance"],
        folder=point["folder"],
    )


def _interval(money: Mapping[str, float]) -> Interval:
    return Interval(_KCUR * money["low"], _KCUR * money["high"])


def _design(site: Mapping[str, Any]) -> str:
    """Racks on cooling, modules, storage, supply."""
    racks: dict[tuple[str, str], int] = {}
    for r in site["racks"]:
        racks[r["rack"], r["cooling"]] = racks.get((r["rack"], r["cooling"]), 0) + r["count"]
    parts = [show.joined([f"{n} × {rack} on {cooling}" for (rack, cooling), n in racks.items() if n])]
    parts.append(show.joined([f"{m['count']} × {show.in_a_list(m['offer'])}" for m in site["modules"] if m["count"]]))
    for s in site["storage"]:
        if max(s["energy_mwh"], s["power_mw"]) >= BUILT:
            size = show.stored(s["energy_mwh"]) if s["energy_mwh"] else show.power(s["power_mw"])
            parts.append(f"{show.in_a_list(s['technology'])} {size}")
    sources = [(u["user"], u["power_mw"]) for u in site.get("heat_reuse", ())]
    sources += [(g["generator"], g["power_mw"]) for g in site["generators"]]
    sources += [(s["source"], s["power_mw"]) for s in site["supply"]]
    parts += [f"{show.in_a_list(name)} {show.power(mw)}" for name, mw in sources if mw >= BUILT]
    return show.glued("; ".join(p for p in parts if p)) or "no equipment"
