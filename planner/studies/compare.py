"""Two plans side by side, and whether their costs can be told apart at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from models.design import Answer
from models.fields import Series
from models.stages import AnyAnswer, GrowthAnswer
from planner.results import BadFolder
from reports.staged import stage_answer
from reports.wording import cost_name

Item = TypeVar("Item")

_SAME = 1e-9
"""Relative difference that is only rounding."""
_INDICATORS = {
    "tokenergy_wh_per_1k": ("TokEnergy", "Wh per 1,000 tokens"),
    "cost_kcur_per_mtok": ("cost per million reference tokens", "kcur"),
    "cost_kcur_per_output_mtok": ("cost per million output tokens", "kcur"),
    "pue": ("PUE", ""),
    "wue_l_per_kwh": ("WUE", "L/kWh"),
    "cue_kg_per_kwh": ("CUE, location-based", "kg/kWh"),
    "cue_market_kg_per_kwh": ("CUE, market-based", "kg/kWh"),
    "peak_import_mw": ("peak import", "MW"),
    "it_installed_mw": ("IT installed", "MW"),
    "it_peak_mw": ("IT peak", "MW"),
    "it_mean_mw": ("IT mean", "MW"),
    "design_day_load_mw": ("design-day load", "MW"),
    "import_mwh": ("energy bought", "MWh/year"),
    "onsite_mwh": ("energy made on site", "MWh/year"),
    "export_mwh": ("energy sold", "MWh/year"),
    "carbon_t": ("carbon of energy bought", "t/year"),
    "water_m3": ("water", "m3/year"),
    "weighted_water_m3": ("water weighted by scarcity", "m3/year"),
    "heat_reused_mwh": ("heat sold", "MWh thermal/year"),
    "ere": ("ERE", ""),
    "reference_mtok": ("reference tokens", "million/year"),
}


@dataclass(frozen=True)
class Row:
    """One figure of both plans, in the unit named; None where a plan has no such thing."""

    group: str
    label: str
    unit: str
    left: float | None
    right: float | None

    @property
    def difference(self) -> float | None:
        """Right minus left; zero if that is only rounding."""
        if self.left is None or self.right is None:
            return None
        difference = self.right - self.left
        return 0.0 if abs(difference) <= _SAME * max(abs(self.left), abs(self.right)) else difference


@dataclass(frozen=True)
class Change:
    """An input that differs; a side that has no such input reads `-`."""

    cell: str
    """where it stands in the second plan's workbook, else in the first's"""
    path: str
    left: str
    right: str
    unit: str


@dataclass(frozen=True)
class Comparison:
    """`verdict` says which plan costs less, or that it cannot be told; `cautions` say what was counted differently."""

    rows: tuple[Row, ...]
    verdict: str
    distinguishable: bool | None
    """whether the proven gaps leave no doubt which least cost is lower; None: the costs cannot be compared"""
    least_kcur: float | None
    most_kcur: float | None
    """the least cost of the right case minus that of the left lies between these [kcur]"""
    cautions: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    """inputs that differ; unused rows of the catalogue are not among them"""


def compare_plans(left: AnyAnswer, right: AnyAnswer) -> Comparison:
    """Compare sizes, costs and indicators, of plans of growth stage by stage. Costs come with their proven bounds, so
    the difference of two least costs is an interval: [right's bound - left's plan, right's plan - left's bound].

    Raises BadFolder if one has several stages and the other is a plan of one year."""
    pairs, alone = _pairs(left, right)
    rows = [*_cost_rows(left, right)]
    for stage, a, b in pairs:
        rows += [replace(row, group=f"{stage}{row.group}") for row in (*_design_rows(a, b), *_year_rows(a, b, stage))]
    if isinstance(left, GrowthAnswer):
        rows += [replace(row, group="Indicators of all years") for row in _kpi_rows(left, right)]
    cautions, changes = (*alone, *_cautions(left, right, pairs)), _changes(left, right)
    if left.currency != right.currency:
        verdict = f"Costs cannot be compared: {left.currency} and {right.currency}."
        return Comparison(tuple(rows), verdict, None, None, None, cautions, changes)
    least = right.proof.bound_kcur - left.proof.objective_kcur
    most = right.proof.objective_kcur - left.proof.bound_kcur
    distinguishable = least > 0 or most < 0
    if distinguishable:
        dearer = "second" if least > 0 else "first"
        verdict = f"The {dearer} plan costs more: the proven gaps leave no doubt."
    else:
        verdict = "A tie: the difference is smaller than the proven gaps allow to tell."
    return Comparison(tuple(rows), verdict, distinguishable, least, most, cautions, changes)


def _pairs(left: AnyAnswer, right: AnyAnswer) -> tuple[list[tuple[str, Answer, Answer]], tuple[str, ...]]:
    """The operating years to put side by side, stages of one name together, each with what stands before its groups;
    and what is to be said of stages that one plan alone has."""
    if isinstance(left, Answer) and isinstance(right, Answer):
        return [("", left, right)], ()
    if isinstance(left, Answer) or isinstance(right, Answer):
        raise BadFolder(["one plan has several stages and the other is a plan of one year; compare two of a kind"])
    a, b = _by_stage(left), _by_stage(right)
    alone = [
        f"Stage “{name}” is only in the {place} plan."
        for one, other, place in ((a, b, "first"), (b, a, "second"))
        for name in one
        if name not in other
    ]
    return [(f"{name}: ", own, b[name]) for name, own in a.items() if name in b], tuple(alone)


def _by_stage(answer: GrowthAnswer) -> dict[str, Answer]:
    return {stage.name: stage_answer(answer, k) for k, stage in enumerate(answer.growth.stages)}


def _paired(group: str, unit: str, left: Mapping[str, float], right: Mapping[str, float]) -> list[Row]:
    """One row per name that either side has; an absent one counts as zero."""
    return [Row(group, name, unit, left.get(name, 0.0), right.get(name, 0.0)) for name in {**left, **right}]


def _sum_by(items: tuple[Item, ...], name: Callable[[Item], str], amount: Callable[[Item], float]) -> dict[str, float]:
    total: dict[str, float] = {}
    for item in items:
        total[name(item)] = total.get(name(item), 0.0) + amount(item)
    return total


def _cost_rows(left: AnyAnswer, right: AnyAnswer) -> list[Row]:
    sums = [
        _sum_by(a.accounts.costs, lambda c: cost_name(c.line), lambda c: c.present_value_kcur) for a in (left, right)
    ]
    first = [sum(c.first_cost_kcur for c in a.accounts.costs) for a in (left, right)]
    return [
        Row("Cost", "present value", "kcur", left.proof.objective_kcur, right.proof.objective_kcur),
        Row("Cost", "proven bound", "kcur", left.proof.bound_kcur, right.proof.bound_kcur),
        Row("Cost", "first cost", "kcur", first[0], first[1]),
        *_paired("Present value by line", "kcur", sums[0], sums[1]),
    ]


def _design_rows(left: Answer, right: Answer) -> list[Row]:
    d, e = left.design, right.design
    racks = [_sum_by(x.racks, lambda r: f"{r.rack} on {r.cooling}", lambda r: float(r.count)) for x in (d, e)]
    units = [_sum_by(x.units, lambda u: u.offer, lambda u: float(u.count)) for x in (d, e)]
    return [
        *_paired("Racks", "racks", racks[0], racks[1]),
        *_paired("Modules", "units", units[0], units[1]),
        *_paired("Battery power", "MW", d.battery_mw, e.battery_mw),
        *_paired("Battery energy", "MWh", d.battery_mwh, e.battery_mwh),
        *_paired("Chilled water", "MWh thermal", d.cold_store_mwh, e.cold_store_mwh),
        *_paired("Heat user", "MW thermal", d.reuse_mw, e.reuse_mw),
        *_paired("On-site supply", "MW", d.supply_mw, e.supply_mw),
        *_paired("Generators", "units", d.generator_units, e.generator_units),
        *_paired("Power-purchase contracts", "MW", d.purchase_mw, e.purchase_mw),
        Row("Grid", "contract", "MW", d.contract_mw, e.contract_mw),
    ]


def _kpi_rows(left: AnyAnswer, right: AnyAnswer) -> list[Row]:
    a, b = left.accounts.kpi, right.accounts.kpi
    rows = (Row("Indicators", label, unit, a.get(key), b.get(key)) for key, (label, unit) in _INDICATORS.items())
    return [row for row in rows if row.left is not None or row.right is not None]


def _year_rows(left: Answer, right: Answer, stage: str) -> list[Row]:
    """Indicators of one year; those in money only where it is the whole plan: a stage's own lack what is bought."""
    return [row for row in _kpi_rows(left, right) if not stage or row.unit != "kcur"]


def _changes(left: AnyAnswer, right: AnyAnswer) -> tuple[Change, ...]:
    """Inputs whose printed value differs, matched by where they go in the case; an item that one side lacks is one
    change, not one per figure."""
    a, b = ({o.path: o for o in answer.origins} for answer in (left, right))
    items = [{_item(path) for path in side} for side in (a, b)]
    found: dict[str, Change] = {}
    for path in {**a, **b}:
        x, y, item = a.get(path), b.get(path), _item(path)
        one = y or x
        assert one is not None
        if item and (item in items[0]) != (item in items[1]):
            there = ("there", "-") if item in items[0] else ("-", "there")
            found.setdefault(item, Change(one.cell, item, *there, ""))
        elif x is None or y is None or x.value != y.value:
            found[path] = Change(one.cell, path, x.value if x else "-", y.value if y else "-", one.unit)
    return tuple(found.values())


def _item(path: str) -> str:
    """`offers[pod]` of `offers[pod].max_count`; empty for a figure that belongs to no item."""
    return path[: path.rindex("]") + 1] if "]" in path else ""


def _series(answer: Answer) -> dict[str, Series]:
    """Hourly inputs, which origins name but do not hold."""
    site, grid = answer.case.site, answer.case.grid
    return {
        "dry bulb": site.dry_bulb_c,
        "wet bulb": site.wet_bulb_c,
        "relative humidity": site.relative_humidity_pct,
        "energy price": grid.import_price_kcur_per_mwh,
        "carbon": grid.carbon_t_per_mwh,
    }


def _cautions(left: AnyAnswer, right: AnyAnswer, pairs: list[tuple[str, Answer, Answer]]) -> tuple[str, ...]:
    found = [text for stage, a, b in pairs for text in _counted_differently(stage, a, b)]
    for place, answer in (("first", left), ("second", right)):
        if answer.proof.status != "optimal":
            found.append(f"The {place} plan was stopped at a limit: its gap is wider than asked for.")
    return tuple(found)


def _counted_differently(stage: str, left: Answer, right: Answer) -> list[str]:
    """What of money and of the hours of one year differs."""
    found = []
    for f in fields(left.case.money):
        a, b = getattr(left.case.money, f.name), getattr(right.case.money, f.name)
        if a != b:
            found.append(f"{stage}Counted differently: {f.name} is {a} in the first plan and {b} in the second.")
    hours = _series(right)
    differ = [name for name, series in _series(left).items() if not np.array_equal(series, hours[name])]
    if differ:
        found.append(f"{stage}Other hourly values: {', '.join(differ)}.")
    return found
