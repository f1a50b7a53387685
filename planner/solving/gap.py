"""What "proven within a gap" means: (incumbent - bound) / (incumbent without IT hardware)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from models import finance, scenario_tree
from models.case import Case
from models.design import relative_gap
from models.growth import rack_cost_kcur
from models.portfolio import Portfolio
from models.scenarios import Scenarios
from models.stages import Growth
from planner.solving.arrays import Blocks

LiveProgress = Callable[[float, float | None, float | None], None]
"""progress(seconds, incumbent [kcur] or None, bound [kcur] or None)"""


def reached(target: float, objective: float, bound: float, without_it: float) -> bool:
    """Whether an incumbent is proven within the target gap."""
    return relative_gap(objective, bound, without_it) <= target


def it_cost_kcur(case: Case | Growth | Scenarios | Portfolio, blocks: Blocks) -> np.ndarray:
    """Present value of IT hardware per unit of each design column [kcur]: what the gap's base leaves out."""
    cost = np.zeros(len(blocks.variables))
    place, model = {id(v): i for i, v in enumerate(blocks.variables)}, blocks.design_model
    if isinstance(case, Scenarios):
        for variable, each_kcur in scenario_tree.it_cost_kcur(case, model):
            cost[place[id(variable)]] = each_kcur
    elif isinstance(case, Growth):
        for span, each_kcur in rack_cost_kcur(case, model).items():
            cost[place[id(model.growth.bought[span])]] = each_kcur
    elif isinstance(case, Portfolio):
        for k, candidate in enumerate(case.candidates):
            _of_racks(candidate.case, model.candidates[k], place, cost)
    else:
        _of_racks(case, model, place, cost)
    return cost


def _of_racks(case: Case, design: Any, place: dict[int, int], cost: np.ndarray) -> None:
    if not case.money.counts_it:
        return
    per_rack = {
        r.name: (r.cost_kcur + r.ancillary_cost_kcur) * finance.capital_factor(r.terms, case.money) for r in case.racks
    }
    for option, variable in design.sizes.racks.items():
        if id(variable) in place:
            cost[place[id(variable)]] = per_rack[option[0]]
