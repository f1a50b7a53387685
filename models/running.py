"""Facts about generators and interruptions that follow from a Case, or from a plan's operation, without a model."""

from __future__ import annotations

import numpy as np

from models.case import Case, Generator
from models.design import Operation
from models.fields import Series


def generators(case: Case) -> dict[str, Generator]:
    """Generators that can be bought and delivered in time."""
    return {g.name: g for g in case.generators if case.delivered(g) and g.max_units > g.spare_units}


def most_mw(case: Case) -> float:
    """Power of all units that could be bought [MW]."""
    return sum(g.unit_mw * g.max_units for g in generators(case).values())


def sheds(case: Case) -> bool:
    """Whether load may be lost while the grid is interrupted."""
    return case.grid.lost_load_kcur_per_mwh is not None and interrupted(case, range(case.calendar.steps)) != []


def most_lost_mw(case: Case, t: int) -> float:
    """Load that an interruption can take away: the part of the connection that is missing [MW]."""
    assert case.grid.available_pu is not None
    return case.import_limit_mw / case.grid.billing_factor * (1 - float(case.grid.available_pu[t]))


def interrupted(case: Case, hours: range) -> list[int]:
    """Steps of a range in which the connection may not be used in full."""
    share = case.grid.available_pu
    return [] if share is None else [t for t in hours if share[t] < 1]


def may_run(case: Case, generator: Generator, hours: range) -> list[int]:
    """Steps of a range in which a generator may run."""
    return interrupted(case, hours) if generator.only_in_outages else list(hours)


def fuel_mw(generator: Generator, operation: Operation) -> Series:
    """Fuel burned in each step [MW]."""
    given, running = operation.generated_mw[generator.name], operation.running_units[generator.name]
    return generator.fuel_mwh_per_mwh * given + generator.fuel_mwh_per_h * running


def fuel_mwh(case: Case, generator: Generator, operation: Operation) -> float:
    """Fuel of the year [MWh]."""
    return case.calendar.step_h * float(fuel_mw(generator, operation).sum())


def fuel_carbon_t(case: Case, generator: Generator, operation: Operation) -> Series:
    """Carbon of fuel in each step [t]."""
    return case.calendar.step_h * generator.carbon_t_per_mwh_fuel * fuel_mw(generator, operation)


def starts(running: Series) -> float:
    """Starts of the year: units that run and did not in the step before, cyclic [1]."""
    return float(np.maximum(running - np.roll(running, 1), 0.0).sum())
