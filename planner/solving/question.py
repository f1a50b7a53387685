"""What a solver needs to know of a question beyond its arrays: reading its answer, and that answer's own cost.

A question is a case, or a plan of growth."""

from __future__ import annotations

from typing import Any

from models.accounts import account
from models.case import Case
from models.growth import read_purchases
from models.growth_accounts import account_growth
from models.readout import read_design
from models.stages import Growth, GrowthPlan
from planner.solving.arrays import Blocks

Question = Case | Growth
Plan = Any
"""A Design of a case, a GrowthPlan of a plan of growth."""


def read_plan(question: Question, blocks: Blocks) -> Plan:
    """The plan held in solved design and operation models."""
    model, operations = blocks.design_model, blocks.operation_models
    if isinstance(question, Case):
        return read_design(question, model, {m: o for m, o in operations.items() if isinstance(m, int)})
    months = {
        k: {key[1]: o for key, o in operations.items() if isinstance(key, tuple) and key[0] == k}
        for k in range(question.settled, len(question.stages))
    }
    designs = (read_design(question.stages[k].case, model.stage[k], months[k]) for k in months)
    return GrowthPlan(tuple(designs), read_purchases(question, model))


def cost_kcur(question: Question, plan: Plan) -> float:
    """Present value of a plan, from its own numbers [kcur]."""
    if isinstance(question, Case):
        return account(question, plan).objective_kcur
    return account_growth(question, plan).objective_kcur


def steps(question: Question) -> int:
    """Steps of all operating years."""
    cases = [question] if isinstance(question, Case) else [s.case for s in question.planned]
    return sum(case.calendar.steps for case in cases)


def step_h(question: Question) -> float:
    """Length of a step [h], the same in all operating years."""
    case = question if isinstance(question, Case) else question.stages[0].case
    return case.calendar.step_h
