"""The result folders of `aidc pareto` and `aidc alternatives` (there the files are named alternatives.*).

| file | holds |
|---|---|
| pareto.html | the plans side by side, for people |
| pareto.xlsx | the same as a table with a chart |
| pareto.json | the answer for machines, money in whole currency units |
| pareto.csv | its plans as a table: cost, bound, gap, what was traded, indicators |
| plans/01, ... | each plan as `aidc plan` writes it, in the order of the page |
| manifest.json | digests of the inputs and of the files, versions, options, times |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.front import Front, extra, kind_of, kinds, own_limit, price_between, unit_of
from models.tender import Interval
from planner.codec import to_json
from planner.plan_json import public_view
from planner.results import RunRecord, write_results
from planner.study_manifest import write_study_manifest
from planner.tidy import csv_text, tidy_rows

PLANS = "plans"
SCHEMA = 1


def write_front(front: Front, folder: Path, record: RunRecord) -> None:
    """Write every file of the folder; the manifest last."""
    _, _, data, rows = names = files_of(front)
    folders = tuple(f"{PLANS}/{i:02d}" for i in range(1, len(front.points) + 1))
    for name, point in zip(folders, front.points, strict=True):
        (folder / name).mkdir(parents=True)
        own = replace(record, options={**record.options, "limits": point.limits})
        write_results(point.answer, folder / name, own)
    view = public_front(front, folders)
    render_documents(view, folder)
    (folder / data).write_text(to_json(view) + "\n", encoding="utf-8", newline="\n")
    (folder / rows).write_text(csv_text(tidy_rows(view["points"])), encoding="utf-8", newline="")
    write_study_manifest(folder, kind_of_front(front), names, record, front.seconds)


def render_documents(view: dict[str, Any], folder: Path) -> tuple[str, str]:
    """Write page and workbook from the answer as plain values; returns their names."""
    from reports.front.page import render_front
    from reports.front.workbook import write_front_workbook

    page, sheet, _, _ = _files("pareto" if view["within"] is None else "alternatives")
    (folder / page).write_text(render_front(view), encoding="utf-8", newline="\n")
    write_front_workbook(view, folder / sheet)
    return page, sheet


def kind_of_front(front: Front) -> str:
    """`pareto` or `alternatives`."""
    return "pareto" if front.within is None else "alternatives"


def files_of(front: Front) -> tuple[str, str, str, str]:
    """Page, workbook, data and table of a front."""
    return _files(kind_of_front(front))


def _files(kind: str) -> tuple[str, str, str, str]:
    return f"{kind}.html", f"{kind}.xlsx", f"{kind}.json", f"{kind}.csv"


def public_front(front: Front, folders: Sequence[str] = ()) -> dict[str, Any]:
    """The answer as plain values; money in whole currency units."""
    numbers = kinds([p.answer for p in front.points])
    return {
        "schema": SCHEMA,
        "name": front.case.name,
        "currency": front.case.currency,
        "hours": front.case.calendar.steps * front.case.calendar.step_h,
        "criteria": [_criterion(front, name) for name in front.criteria],
        "points": [_point(front, i, numbers[i], folders[i] if folders else None) for i in range(len(front.points))],
        "without_plan": [dict(limits) for limits in front.without_plan],
        "points_asked": front.asked,
        "solves": front.solves,
        "left_out": front.dropped,
        "within": front.within,
        "stopped": front.stopped or None,
        "cpu_seconds_of_least": front.least_cpu_s,
        "seconds": front.seconds,
    }


def _criterion(front: Front, name: str) -> dict[str, Any]:
    least = front.least.get(name)
    return {
        "name": name,
        "unit": unit_of(name),
        "workbook_limit": own_limit(front.case, name),
        "least": None if least is None else {"reached": least.reached, "bound": least.bound},
    }


def _point(front: Front, number: int, kind: int, folder: str | None) -> dict[str, Any]:
    point = front.points[number]
    view = public_view(point.answer)
    before = front.points[number - 1] if number else None
    prices = {} if before is None else {c: price_between(point, before, c) for c in front.criteria}
    return {
        "folder": folder,
        "kind": kind,
        "uses": {subject: sorted(names) for subject, names in kind_of(point.answer).items()},
        "limits": dict(point.limits),
        "values": dict(point.values),
        **{key: view[key] for key in ("status", "objective", "bound", "gap", "gap_money", "kpi", "sites")},
        "extra_cost": _money(extra(point, front.points[0])),
        "cost_per_unit_from_point_before": {c: _money(price) for c, price in prices.items()},
        "checks": point.answer.audit.checks,
        "cpu_seconds": point.cpu_s,
        "first": point.is_first,
        "distance": point.distance,
    }


def _money(interval: Interval | None) -> dict[str, float] | None:
    return None if interval is None else {"low": 1000 * interval.low, "high": 1000 * interval.high}
