"""What "proven within a gap" means: (incumbent - bound) / (incumbent without IT hardware)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models import finance, scenario_tree
from models.case import Case
from models.design import relative_gap
from models.growth import rack_cost_kcur
from models.scenarios import Scenarios
from models.stages import Growth
from planner.solving.arrays import Blocks

LiveProgress = Callable[[float, float | None, float | None], None]
"""progress(seconds, incumbent [kcur] or None, bound [kcur] or None)"""


def reached(target: float, objective: float, bound: float, without_it: float) -> bool:
    """Whether an incumbent is proven within the target gap."""
    return relative_gap(objective, bound, without_it) <= target


def it_cost_kcur(case: Case | Growth | Scenarios, blocks: Blocks) -> np.ndarray:
    """Present value of IT hardware per unit of each design column [kcur]: what the gap's base leaves out."""
    cost = np.zeros(len(blocks.variables))
    if isinstance(case, Scenarios):
        place = {id(v): i for i, v in enumerate(blocks.variables)}
        for variable, each_kcur in scenario_tree.it_cost_kcur(case, blocks.design_model):
            cost[place[id(variable)]] = each_kcur
    elif isinstance(case, Growth):
        place = {id(v): i for i, v in enumerate(blocks.variables)}
        for span, each_kcur in rack_cost_kcur(case, blocks.design_model).items():
            cost[place[id(blocks.design_model.growth.bought[span])]] = each_kcur
    elif case.money.counts_it:
        place = {id(v): i for i, v in enumerate(blocks.variables)}
        per_rack = {
            r.name: (r.cost_kcur + r.ancillary_cost_kcur) * finance.capital_factor(r.terms, case.money)
            for r in case.racks
        }
        for option, variable in blocks.design_model.sizes.racks.items():
            if id(variable) in place:
                cost[place[id(variable)]] = per_rack[option[0]]
    return cost
