"""Sheets Workloads, Windows, Profiles, TokenWeights -> Workload."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from models.case import Workload
from planner.validate.rows import Row, Tables
from planner.validate.series import SeriesReader, Vector
from planner.validate.steps import YEAR, Steps

Windows = tuple[tuple[int, int], ...]


def workloads(tables: Tables, reader: SeriesReader, steps: Steps) -> tuple[Workload, ...]:
    """Every workload that is free of findings."""
    windows = _all_windows(tables, steps)
    shapes = _profiles(tables)
    built = []
    for row in tables["Workloads"]:
        workload = _workload(tables, row, reader, steps, windows, shapes)
        if workload is not None:
            row.used = True
            built.append(workload)
    return tuple(built)


def _workload(
    tables: Tables,
    row: Row,
    reader: SeriesReader,
    steps: Steps,
    windows: dict[str, Windows | None],
    shapes: dict[str, list[Row]],
) -> Workload | None:
    if not row.ok("kind"):
        return None
    training = row["kind"] == "training"
    arrivals = None if training else _arrivals(tables, row, reader, steps, shapes)
    delay_fits = row["kind"] != "deferrable" or _delay_fits(tables, row, steps)
    runs = _runs(tables, row, windows) if training else ()
    if not row.ok() or not delay_fits or runs is None or (arrivals is None and not training):
        return None
    if not training and not (row["input_tokens"] or row["cached_tokens"] or row["output_tokens"]):
        see = row.cells("input_tokens", "cached_tokens")
        tables.report(row.finding("output_tokens", "", "a request with at least some tokens", see=see))
        return None
    if training and row["gang_max"] is not None and row["gang_max"] < row["gang_min"]:
        tables.report(row.finding("gang_max", "", f"at least gang_min, {row['gang_min']}"))
        return None
    weights = tables["TokenWeights"].by("name").get(row["token_weights"])
    if weights is None or not weights.ok():
        return None
    weights.used = True
    swing = _swing(tables, row)
    if swing is None:
        return None
    shared = {
        **swing,
        "name": row["name"],
        "kind": row["kind"],
        "operating_class": row["operating_class"],
        "weight_input": weights["weight_input"],
        "weight_cached": weights["weight_cached"],
        "weight_output": weights["weight_output"],
        "weight_training": weights["weight_training"],
    }
    if training:
        return Workload(
            **shared,
            run_mtok=row["run_tokens_billion"],
            windows=runs,
            gang_min=row["gang_min"],
            gang_max=row["gang_max"],
            pause_share=row["pause_pct"],
            steady=bool(row["steady"]),
        )
    return Workload(
        **shared,
        arrivals_mreq_per_h=arrivals,
        input_tokens=row["input_tokens"],
        cached_tokens=row["cached_tokens"],
        output_tokens=row["output_tokens"],
        max_delay_h=row["max_delay_h"] or 0.0,
    )


def _swing(tables: Tables, row: Row) -> dict[str, Any] | None:
    """How its power moves within seconds; the period given, or that of the frequency given."""
    if row["swing_hz"] is not None and row.given("swing_s"):
        tables.report(row.finding("swing_hz", "", "a blank cell", "give it or swing_s, not both"))
        return None
    if row["swing_hz"] is not None:
        row.disregard("swing_s")
    period_s = row["swing_s"] if row["swing_hz"] is None else 1 / row["swing_hz"]
    return {"swing_share": row["swing_pct"], "swing_s": period_s, "ramp_s": row["ramp_s"]}


def _delay_fits(tables: Tables, row: Row, steps: Steps) -> bool:
    if not row.ok("max_delay_h"):
        return False
    count = row["max_delay_h"] / steps.hours
    if abs(count - round(count)) < 1e-9:
        return True
    expected, see = f"a whole number of steps of {steps.hours:g} h", tables.project.cells("step_minutes")
    tables.report(row.finding("max_delay_h", "", expected, see=see))
    return False


def _arrivals(
    tables: Tables, row: Row, reader: SeriesReader, steps: Steps, shapes: dict[str, list[Row]]
) -> Vector | None:
    """Requests in each step [Mreq/h]: the series, or the daily volume spread by the profile."""
    series = reader.read(row, "requests_series")
    if not row.ok("requests_per_day", "requests_series"):
        return None
    volume, named = row["requests_per_day"], row["requests_series"]
    if named is None and volume is None:
        tables.report(row.finding("requests_per_day", "a blank cell", "a number [requests/day], or a requests_series"))
        return None
    if named is not None:
        spread = [c for c in ("requests_per_day", "profile", "clock_ahead_h") if row.given(c)]
        if spread:
            tables.report(row.finding(spread[0], "", "a blank cell", "give it or requests_series, not both"))
            return None
        row.disregard("profile", "clock_ahead_h")
        return series
    if not row.ok("profile", "clock_ahead_h"):
        return None
    shape = np.ones(steps.count) if row["profile"] == "flat" else _shape(row, steps, shapes)
    if shape is None:
        return None
    if shape.mean() <= 0:
        tables.report(row.finding("profile", "", "a profile that is above zero in some hour of the operating year"))
        return None
    spread_volume: Vector = volume * shape / shape.mean()
    return spread_volume


def _shape(row: Row, steps: Steps, shapes: dict[str, list[Row]]) -> Vector | None:
    rows = shapes.get(row["profile"])
    if rows is None or not all(r.ok() for r in rows):
        return None
    days = {r["day_type"]: r for r in rows}
    if set(days) not in ({"all"}, {"weekday", "weekend"}):
        return None
    for r in rows:
        r.used = True
    ahead = row["clock_ahead_h"]
    hour = (steps.hour + ahead) % 24
    first, second = (days.get("all") or days["weekday"], days.get("all") or days["weekend"])
    values = [np.array([r[f"h{h:02d}"] for h in range(24)], dtype=float)[hour] for r in (first, second)]
    return np.where(steps.weekend_at(ahead), values[1], values[0])


def _profiles(tables: Tables) -> dict[str, list[Row]]:
    """Rows of each profile; a profile without all its days is a finding."""
    shapes: dict[str, list[Row]] = {}
    table = tables["Profiles"]
    if not table.complete or not all(r.ok("profile", "day_type") for r in table):
        return {}
    for row in table:
        shapes.setdefault(row["profile"], []).append(row)
    for rows in shapes.values():
        days = sorted({r["day_type"] for r in rows})
        if days not in (["all"], ["weekday", "weekend"]):
            expected = "rows for weekday and weekend, or one row for all"
            see = [cell for r in rows for cell in r.cells("profile", "day_type")]
            tables.report(rows[0].finding("day_type", " and ".join(days), expected, see=see))
    return shapes


def _runs(tables: Tables, row: Row, windows: dict[str, Windows | None]) -> Windows | None:
    """The windows of a training workload; None if they cannot be used."""
    if not tables["Windows"].knows("workload") or not row.ok("name"):
        return None
    if row["name"] not in windows:
        see = (*row.cells("kind"), *(r.cell("workload") for r in tables["Windows"]))
        tables.report(row.finding("name", "", "at least one row on sheet Windows for this training workload", see=see))
        return None
    return windows[row["name"]]


def _all_windows(tables: Tables, steps: Steps) -> dict[str, Windows | None]:
    """Windows by workload, in steps; None where something is wrong with them."""
    kinds = {r["name"]: r for r in tables["Workloads"] if r.ok("name", "kind")}
    found: dict[str, list[tuple[int, int, Row]] | None] = {}
    for row in tables["Windows"]:
        if not row.ok("workload"):
            continue
        name = row["workload"]
        if name in kinds and kinds[name]["kind"] != "training":
            message = f"{name} is {kinds[name]['kind']}"
            tables.report(row.finding("workload", "", "a training workload", message, kinds[name].cells("kind")))
            row.spoil("workload")
            continue
        window = _window(tables, row, steps) if row.ok() else None
        known = found.setdefault(name, [])
        if window is None or known is None:
            found[name] = None
            continue
        row.used = name in kinds
        known.append((*window, row))
    return {name: _disjoint(tables, rows) for name, rows in found.items()}


def _window(tables: Tables, row: Row, steps: Steps) -> tuple[int, int] | None:
    step = dt.timedelta(minutes=steps.minutes)
    first = (row["start"] - steps.start) / step
    length = dt.timedelta(days=row["days"]) / step
    for name, value in (("start", first), ("days", length)):
        if abs(value - round(value)) > 1e-6:
            expected, see = f"a whole number of steps of {steps.minutes} minutes", tables.project.cells(*YEAR)
            tables.report(row.finding(name, "", expected, see=see))
            return None
    end = round(first + length)
    if first < 0 or end > steps.count:
        last = steps.start + steps.count * step
        expected = f"a window inside the operating year, {steps.start:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
        name, see = "days" if 0 <= first < steps.count else "start", tables.project.cells(*YEAR)
        tables.report(row.finding(name, "", expected, see=(*row.cells("start", "days"), *see)))
        return None
    return round(first), end


def _disjoint(tables: Tables, rows: list[tuple[int, int, Row]] | None) -> Windows | None:
    if rows is None:
        return None
    rows = sorted(rows, key=lambda r: r[:2])
    clean = True
    for (_, end, earlier), (first, _, row) in zip(rows, rows[1:], strict=False):
        if first < end:
            clean = False
            expected, see = f"a window after that of row {earlier.number}", earlier.cells("start", "days")
            tables.report(row.finding("start", "", expected, "windows overlap", see))
    return tuple((first, end) for first, end, _ in rows) if clean else None
