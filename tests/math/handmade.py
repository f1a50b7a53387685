"""Plans by hand, for what reads, counts or rechecks a plan without solving for one; rows at values put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pyomo.core as pyo

from models.case import Case
from models.design import Design, Operation


def still(case: Case, **series: Any) -> Operation:
    """A year in which nothing happens but what is given."""
    nothing = np.zeros(case.calendar.steps)
    none = {f.name: nothing if "dict" not in str(f.type) else {} for f in fields(Operation)}
    return Operation(**{**none, **series})


def plan_of(case: Case, operation: Operation | Mapping[str, Any] | None = None, **sizes: Any) -> Design:
    """A design of nothing but what is given, idle but for a year's operation or some of its series."""
    year = operation if isinstance(operation, Operation) else still(case, **(operation or {}))
    named = ("traffic_share", "battery_mw", "battery_mwh", "cold_store_mwh", "supply_mw", "billed_mw")
    empty = {**{name: {} for name in named}, "racks": (), "units": (), "gangs": (), "contract_mw": 0.0}
    return Design(**{**empty, "operation": year, **sizes})


def slack(row: Any) -> float:
    """By how much a row of a model holds with the values set; below zero: by how much it is broken."""
    return float(min(row.uslack(), row.lslack()))


def zero(model: Any) -> None:
    """Set every variable to zero."""
    for v in model.component_data_objects(pyo.Var):
        v.set_value(0.0, skip_validation=True)


def set_values(problem: Any, **values: dict[Any, float]) -> None:
    """Set variables of blocks: sizes__racks for racks of block sizes."""
    for name, found in values.items():
        block, _, variable = name.partition("__")
        for key, value in found.items():
            getattr(getattr(problem, block), variable)[key].set_value(value)


def halves(case: Case) -> Case:
    """The case in steps of half an hour."""
    return replace(case, calendar=replace(case.calendar, step_h=0.5))
