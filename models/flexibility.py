"""What connection the load of a plan needs, and how much less of it flexible work and storage make do with.

Derived from Case and Design alone, without planning again, and only shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models import connection, curves
from models.batteries import battery_value
from models.case import Case, Workload
from models.catalogue import cooling, heat_share, serving
from models.design import Design, Option
from models.fields import Series


@dataclass(frozen=True)
class FirmNeed:
    """The firm connection that the load needs, each with less flexibility than the one before: the highest billing
    interval of the year [MW]."""

    planned_mw: float
    """as planned"""
    idle_mw: float
    """with the batteries idle"""
    rigid_mw: float
    """with the batteries idle and the same work on the same racks neither waiting nor pausing"""


def firm_need(case: Case, design: Design) -> FirmNeed:
    """The connection that a plan needs, and would need without its flexibility. On-site supply works as planned; racks
    that rigid work would need besides those of the plan are not counted."""
    value, op = battery_value(case, design), design.operation
    net = sum((op.discharge_mw[n] - op.charge_mw[n] for n in op.discharge_mw), np.zeros(case.calendar.steps))
    rigid = np.maximum(op.import_mw + net + _more_mw(case, design), 0.0)
    return FirmNeed(value.peak_mw, value.peak_without_mw, case.grid.billing_factor * float(rigid.max(initial=0.0)))


@dataclass(frozen=True)
class InterruptedImport:
    """The step of an interruption that uses what is left of the connection most [MW, of a billing interval]."""

    import_mw: float
    left_mw: float


def interrupted_import(case: Case, design: Design) -> InterruptedImport | None:
    """How far the plan uses what interruptions leave of the connection, as far as that is live at the start; None where
    none leaves a part of it."""
    share, limit = case.grid.available_pu, connection.live_mw(case, design)
    steps = () if share is None else [t for t in range(case.calendar.steps) if 0 < share[t] < 1]
    if share is None or not steps or not np.isfinite(limit):
        return None
    interval = case.grid.billing_factor * design.operation.import_mw
    fullest = max(steps, key=lambda t: float(interval[t] / share[t]))
    return InterruptedImport(float(interval[fullest]), float(share[fullest]) * limit)


def _more_mw(case: Case, design: Design) -> Series:
    """What rigid work draws more than planned work in each step, with its losses and cooling [MW]."""
    more, heat = np.zeros(case.calendar.steps), dict[str, Series]()
    for option, change in _changes(case, design):
        more += change * (1 + case.electrical.proportional_loss_pu)
        for name, share in heat_share(case, option).items():
            heat[name] = heat.get(name, np.zeros(case.calendar.steps)) + share * change
    for name, change in heat.items():
        plant = cooling(case, name)
        more += (1 - plant.fixed_share) * curves.electricity_pu(plant, case.site) * change
    return more


def _changes(case: Case, design: Design) -> Iterator[tuple[Option, Series]]:
    """By how much the power above idle of each rack type changes where work is rigid [MW]."""
    workloads = {w.name: w for w in case.workloads if w.kind != "interactive"}
    for key, racks in design.operation.busy_racks.items():
        if key[0] in workloads:
            busy = serving(case)[key][1] * racks
            yield (key[1], key[2]), _rigid(workloads[key[0]], busy) - busy


def _rigid(workload: Workload, busy_mw: Series) -> Series:
    """The same energy in the steps in which work arrives, or at one rate through each window [MW]."""
    if workload.kind == "deferrable":
        arrivals = workload.arrivals_mreq_per_h
        total = 0.0 if arrivals is None else float(arrivals.sum())
        return busy_mw if arrivals is None or total <= 0 else float(busy_mw.sum()) / total * arrivals
    steady = np.zeros_like(busy_mw)
    for first, end in workload.windows:
        steady[first:end] = float(busy_mw[first:end].mean())
    return steady
