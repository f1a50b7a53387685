"""What a year uses beside money: site energy (as TokEnergy), carbon, water. Each can be limited, and each month's share
of the limit is one linking variable, so that a limit changes rows of the design problem only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from models import curves, running
from models.case import Case
from models.catalogue import cooling, heat_coolings, reference_mtok
from models.design import Accounts


@dataclass(frozen=True)
class Criterion:
    """Something that a design should use little of in a year."""

    name: str
    unit: str
    limit: str
    """its field of models.case.Limits"""
    column: str
    """variable of a month in the design problem: what the month may use, in MWh, t or m3"""
    indicator: str
    """its entry of Accounts.kpi"""


CRITERIA = {
    c.name: c
    for c in (
        Criterion("tokenergy", "Wh/ktok", "tokenergy_wh_per_ktok", "site_energy_mwh", "tokenergy_wh_per_1k"),
        Criterion("carbon", "t/year", "carbon_t_per_year", "carbon_t", "carbon_t"),
        Criterion("water", "m3/year", "water_m3_per_year", "water_m3", "water_m3"),
    )
}


def per_column(case: Case, criterion: Criterion) -> float:
    """The criterion in its unit per unit of its months' variables: 1e3 Wh/ktok per MWh/Mtok for TokEnergy, else 1."""
    return 1e3 / reference_mtok(case) if criterion.name == "tokenergy" else 1.0


def applies(case: Case, criterion: Criterion) -> bool:
    """Whether designs of a case can use any of it at all, so that there is something to save."""
    if criterion.name == "tokenergy":
        return reference_mtok(case) > 0
    return most(case, criterion) > 0


def given_limit(case: Case, criterion: Criterion) -> float | None:
    """The limit that a case sets, in the criterion's unit."""
    value: float | None = getattr(case.limits, criterion.limit)
    return value


def limited(case: Case, limits: Mapping[str, float | None]) -> Case:
    """The case with limits by the name of a criterion; None stands for one that nothing can exceed, so that the months'
    variables exist all the same."""
    found: dict[str, Any] = {}
    for name, value in limits.items():
        criterion = CRITERIA[name]
        found[criterion.limit] = most(case, criterion) if value is None else value
    return replace(case, limits=replace(case.limits, **found))


def most(case: Case, criterion: Criterion) -> float:
    """More than any plan uses in a year, in the criterion's unit: connection, all sources and all generators in full
    use in every step, all of it heat."""
    h = case.calendar.step_h
    if criterion.name == "carbon":
        burned = sum(
            g.max_units * (g.fuel_mwh_per_mwh * g.unit_mw + g.fuel_mwh_per_h) * g.carbon_t_per_mwh_fuel
            for g in running.generators(case).values()
        )
        bought = float(case.grid.carbon_t_per_mwh.clip(min=0).sum()) * case.grid.interval_limit_mw
        return h * (bought + burned * case.calendar.steps)
    made_mw = sum(s.max_mw for s in case.supplies) + running.most_mw(case)
    power_mw = case.grid.interval_limit_mw + made_mw
    if criterion.name == "tokenergy":
        return per_column(case, criterion) * h * case.calendar.steps * power_mw
    water = [curves.water_m3_per_mwh(cooling(case, c), case.site).max() for c in heat_coolings(case)]
    return h * case.calendar.steps * power_mw * float(sum(water))


def used(accounts: Accounts, criterion: Criterion) -> float:
    """What a plan uses, in the criterion's unit."""
    return float(accounts.kpi.get(criterion.indicator) or 0.0)
