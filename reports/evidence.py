"""What the cost of a plan rests on: the weakest grade among the prices behind each cost line."""

from __future__ import annotations

from typing import NamedTuple

from models.design import CostLine
from models.provenance import Origin
from models.stages import AnyAnswer

GRADE_NAMES = {
    "A": "A official or measured",
    "B": "B secondary",
    "C": "C single estimate",
    "D": "D derived",
    "X": "X assumption",
    "": "own figure",
}
"""Grades from the strongest to the weakest; a figure of the user's own is graded by the user."""
_PRICES = {
    "racks": "racks[{}].cost_kcur",
    "ancillary_it": "racks[{}].ancillary_cost_kcur",
    "modules": "offers[{}].ex_works_k",
    "electrical_chain": "electrical.chain_kcur_per_mw",
    "battery_power": "batteries[{}].power_kcur_per_mw",
    "battery_energy": "batteries[{}].energy_kcur_per_mwh",
    "existing_battery_power": "batteries[{}].power_kcur_per_mw",
    "existing_battery_energy": "batteries[{}].energy_kcur_per_mwh",
    "augmentation": "batteries[{}].energy_kcur_per_mwh",
    "battery_wear": "batteries[{}].energy_kcur_per_mwh",
    "cold_store": "cooling[{}].store.cost_kcur_per_mwh",
    "heat_exchanger": "heat_users[{}].cost_kcur_per_mw",
    "heat_reuse": "heat_users[{}].price_kcur_per_mwh",
    "supply": "supplies[{}].cost_kcur_per_mw",
    "generator": "generators[{}].cost_kcur_per_mw",
    "fuel": "generators[{}].fuel_kcur_per_mwh",
    "generator_om": "generators[{}].om_kcur_per_mwh",
    "generator_standing": "generators[{}].om_kcur_per_mw_year",
    "starts": "generators[{}].start_kcur",
    "power_purchase": "purchases[{}].price_kcur_per_mwh",
    "purchase_delivery": "purchases[{}].delivery_kcur_per_mwh",
    "purchase_market": "purchases[{}].market_kcur_per_mwh",
    "demand_response": "programmes[{}].ready_kcur_per_mw_year",
    "delay": "limits.delay.kcur_per_month",
    "lost_load": "grid.lost_load_kcur_per_mwh",
    "connection": "grid.connection_kcur_per_mw",
    "contract": "grid.contract_kcur_per_mw_year",
    "energy": "grid.import_price_kcur_per_mwh",
    "export": "grid.export_price_kcur_per_mwh",
    "fixed_charge": "grid.fixed_kcur_per_month",
    "carbon": "limits.carbon_price_kcur_per_t",
    "water": "limits.water_price_kcur_per_m3",
}
"""Cost line -> where its price stands in the case; rows of a tariff table follow in brackets."""


class LineEvidence(NamedTuple):
    """A cost line and the weakest price behind it."""

    cost: CostLine
    grade: str
    origin: Origin | None


class GradeShare(NamedTuple):
    """The part of the cost whose prices have one grade."""

    grade: str
    kcur: float
    share: float
    """of the sum of all cost lines without their sign"""


def evidence_of_lines(answer: AnyAnswer) -> list[LineEvidence]:
    """Every cost line with its weakest price, in the order of the accounts."""
    return [_evidence(cost, answer.origins) for cost in answer.accounts.costs]


def _evidence(cost: CostLine, origins: tuple[Origin, ...]) -> LineEvidence:
    weakness = list(GRADE_NAMES)
    behind = [o for o in origins if o.kind != "no limit" and not _adds_nothing(o) and _is_price_of(cost, o.path)]
    graded = [o for o in behind if o.grade] or behind
    weakest = max(graded, key=lambda o: weakness.index(o.grade), default=None)
    return LineEvidence(cost, weakest.grade if weakest else "", weakest)


def _adds_nothing(origin: Origin) -> bool:
    """Whether a blank cell stands for zero, as that of a surcharge nobody named: the price rests on the others."""
    return origin.kind == "default" and origin.value == "0"


def _is_price_of(cost: CostLine, path: str) -> bool:
    if cost.line == "demand":
        head, tail = "grid.demand_charges[", f"{cost.item}].price_kcur_per_mw"
        return path.startswith(head) and path.endswith(tail)
    if cost.line in ("racks", "modules") and path.startswith("stage_prices["):
        return path.endswith(f", {cost.item}].price")
    price = _PRICES.get(cost.line, "").format(cost.item)
    return bool(price) and (path == price or path.startswith(f"{price}["))


def cost_by_grade(answer: AnyAnswer) -> list[GradeShare]:
    """The present value by grade, strongest first; grades without cost are left out."""
    sums = dict.fromkeys(GRADE_NAMES, 0.0)
    for entry in evidence_of_lines(answer):
        sums[entry.grade] += abs(entry.cost.present_value_kcur)
    total = sum(sums.values())
    return [GradeShare(grade, kcur, kcur / total) for grade, kcur in sums.items() if kcur > 0]
