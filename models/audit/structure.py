"""The plan's form: every number there, finite, whole where it counts things, as long as the year; every name known.

Types come from the annotations of models.design, so that a new field is checked without a line here."""

from __future__ import annotations

import dataclasses
import math
import numbers
import types
import typing
from functools import cache
from typing import Any, Union, get_args, get_origin

import numpy as np

from models.audit.checker import Checker
from models.audit.view import View
from models.case import Case
from models.design import Accounts, Design, Proof

_MAY_BE_INFINITE = "bound_kcur"  # a solver stopped early may know no bound
_KEYED = {
    "traffic_share": ("workload", "rack", "cooling"),
    "busy_racks": ("workload", "rack", "cooling"),
    "battery_mw": ("battery",),
    "battery_mwh": ("battery",),
    "charge_mw": ("battery",),
    "discharge_mw": ("battery",),
    "stored_mwh": ("battery",),
    "cold_store_mwh": ("cooling",),
    "cold_charge_mw": ("cooling",),
    "cold_discharge_mw": ("cooling",),
    "cold_stored_mwh": ("cooling",),
    "heat_mw": ("cooling",),
    "supply_mw": ("supply",),
    "reuse_mw": ("heat user",),
    "reused_mw": ("heat user", "cooling"),
    "generator_units": ("generator",),
    "committed_mw": ("programme",),
    "purchase_mw": ("purchase",),
    "purchased_mw": ("purchase",),
    "generated_mw": ("generator",),
    "running_units": ("generator",),
    "lost_load_mw": ("load",),
    "backlog_mreq": ("workload",),
    "billed_mw": ("charge", "month"),
    "reserved": ("battery",),
    "smoothed_mw": ("battery",),
}


def check_structure(case: Case, design: Design, accounts: Accounts, proof: Proof | None, check: Checker) -> None:
    """Everything that must hold before any arithmetic makes sense."""
    for label, value in (("plan", design), ("accounts", accounts), ("proof", proof)):
        if value is not None:
            _conform(check, type(value), value, label, case.calendar.steps)
    if not check.broken:
        _check_names(case, design, check)
    if not check.broken:
        _check_complete(View(case, design), check)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _conform(check: Checker, hint: Any, value: Any, path: str, steps: int) -> None:
    """Compare a value with its annotation, and everything inside it."""
    origin, inner = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint):
        check.require(isinstance(value, hint), "the plan is complete", f"{path} is missing")  # type: ignore[arg-type]
        for name, part in _hints(hint).items() if isinstance(value, hint) else ():  # type: ignore[arg-type]
            _conform(check, part, getattr(value, name), f"{path}.{name}", steps)
    elif origin is np.ndarray:
        _conform_series(check, value, path, steps)
    elif origin in (Union, types.UnionType):
        if value is not None:
            _conform(check, next(i for i in inner if i is not types.NoneType), value, path, steps)
    elif origin in (dict, tuple):
        _conform_group(check, origin, inner, value, path, steps)
    elif hint in (float, int, bool, str):
        _conform_scalar(check, hint, value, path)


def _conform_group(check: Checker, origin: Any, inner: tuple[Any, ...], value: Any, path: str, steps: int) -> None:
    if isinstance(value, dict) and origin is dict:
        for key, part in value.items():
            name = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
            _conform(check, inner[0], key, f"{path}[{name}]", steps)
            _conform(check, inner[1], part, f"{path}[{name}]", steps)
    elif not isinstance(value, (tuple, list)) or origin is dict:
        check.require(False, "the plan is complete", f"{path} is missing")
    elif inner[-1] is Ellipsis:
        for i, part in enumerate(value):
            _conform(check, inner[0], part, f"{path}[{i}]", steps)
    else:
        complete = len(value) == len(inner)
        check.require(complete, "names of the plan", f"{path}: number of parts", len(value), len(inner))
        for kind, part in zip(inner, value, strict=False):
            _conform(check, kind, part, path, steps)


def _conform_scalar(check: Checker, hint: type, value: Any, path: str) -> None:
    if hint in (str, bool):
        check.require(isinstance(value, hint), "the plan is complete", f"{path} is missing or of another type")
        return
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        check.require(False, "the plan is complete", f"{path} is no number", math.nan)
    elif hint is int:
        whole = isinstance(value, numbers.Integral)
        check.require(whole, "counts are whole numbers", path, float(value), _nearest(float(value)))
    else:
        allowed = math.isfinite(value) or (path.endswith(_MAY_BE_INFINITE) and not math.isnan(value))
        check.require(allowed, "every number is finite", path, float(value))


def _nearest(value: float) -> float:
    return float(round(value)) if math.isfinite(value) else 0.0


def _conform_series(check: Checker, value: Any, path: str, steps: int) -> None:
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        check.require(False, "every series is there", f"{path} is missing or no series of numbers")
        return
    check.require(value.shape == (steps,), "every series covers the year", path, float(value.size), float(steps))
    if value.shape == (steps,):
        bad = np.flatnonzero(~np.isfinite(value))
        place = f"{path}, {check.step(int(bad[0]))}" if bad.size else path
        check.require(bad.size == 0, "every number is finite", place, float(value[bad[0]]) if bad.size else 0.0)


def _check_names(case: Case, design: Design, check: Checker) -> None:
    """Every name in the plan is one of the case's."""
    known: dict[str, set[Any]] = {
        "workload": {w.name for w in case.workloads},
        "rack": {r.name for r in case.racks},
        "cooling": {c.name for c in case.cooling},
        "offer": {m.name for m in case.offers},
        "battery": {b.name for b in case.batteries},
        "supply": {s.name for s in case.supplies},
        "heat user": {u.name for u in case.heat_users},
        "generator": {g.name for g in case.generators},
        "load": {"site"},
        "programme": {p.name for p in case.programmes},
        "purchase": {p.name for p in case.purchases},
        "charge": {d.name for d in case.grid.demand_charges},
        "month": set(case.calendar.months),
    }
    for owner in (design, design.operation):
        for field, kinds in _KEYED.items():
            for key in getattr(owner, field, ()):
                parts = key if isinstance(key, tuple) else (key,)
                _check_key(check, field, dict(zip(kinds, parts, strict=True)), known)
    for label, rows in (("racks", design.racks), ("units", design.units), ("gangs", design.gangs)):
        for row in rows:
            named = {k: v for k in known if (v := getattr(row, k, None)) is not None}
            _check_key(check, label, named, known)


def _check_key(check: Checker, field: str, named: dict[str, Any], known: dict[str, set[Any]]) -> None:
    for kind, name in named.items():
        check.require(name in known[kind], "names of the plan", f"{field}: the case has no {kind} called {name}")


def _check_complete(view: View, check: Checker) -> None:
    """Series that must be there: of every battery and tank the plan mentions, the backlog of all deferrable work."""
    design, op = view.design, view.op
    batteries = (design.battery_mw, design.battery_mwh, op.charge_mw, op.discharge_mw, op.stored_mwh)
    tanks = (design.cold_store_mwh, op.cold_charge_mw, op.cold_discharge_mw, op.cold_stored_mwh)
    backlogs = ({w.name: w for w in view.case.workloads if w.kind == "deferrable"}, op.backlog_mreq)
    sets = (design.generator_units, op.generated_mw, op.running_units)
    families = (("battery", batteries), ("chilled-water store", tanks), ("backlog", backlogs), ("generator", sets))
    for label, groups in families:
        mentioned = {name for group in groups for name in group}
        for name in sorted(mentioned):
            there = all(name in group for group in groups)
            check.require(there, "every series is there", f"{label} {name}: a size or a series is missing or too many")
