"""What a solver needs to know of a question beyond its arrays: reading its answer, that answer's own cost, and
the part of it that the gap leaves out.

A question is a case, a plan of growth, scenarios, or a portfolio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models import finance, scenario_tree
from models.accounts import account
from models.case import Case
from models.growth import rack_cost_kcur, read_purchases
from models.growth_accounts import account_growth
from models.portfolio import LEAST_PART, Portfolio, PortfolioPlan, SitePlan, served
from models.portfolio_links import account_portfolio
from models.readout import read_design
from models.scenario_accounts import account_scenarios, objective_kcur
from models.scenarios import ScenarioPlan, Scenarios
from models.stages import Growth, GrowthPlan
from planner.solving.arrays import Blocks

Question = Case | Growth | Scenarios | Portfolio
Plan = Any
"""A Design of a case, a GrowthPlan of a plan of growth, a ScenarioPlan of scenarios, a PortfolioPlan of a portfolio."""


def read_plan(question: Question, blocks: Blocks) -> Plan:
    """The plan held in solved design and operation models."""
    model, operations = blocks.design_model, blocks.operation_models
    if isinstance(question, Case):
        return read_design(question, model, {m: o for m, o in operations.items() if isinstance(m, int)})
    if isinstance(question, Portfolio):
        return _read_portfolio(question, model, operations)
    if isinstance(question, Growth):
        return _read_growth(question, model, operations)
    plans = []
    for s, scenario in enumerate(question.scenarios):
        own = {key[1:]: o for key, o in operations.items() if isinstance(key, tuple) and key[0] == s}
        plans.append(_read_growth(scenario.growth, model.scenario[s], own))
    return ScenarioPlan(tuple(plans))


def _read_growth(growth: Growth, model: Any, operations: Mapping[Any, Any]) -> GrowthPlan:
    """The plan of the stages whose operation problems are given by (stage, month)."""
    months: dict[int, dict[int, Any]] = {k: {} for k in range(growth.settled, len(growth.stages))}
    for (k, m), operation in operations.items():
        months[k][m] = operation
    designs = (read_design(growth.stages[k].case, model.stage[k], months[k]) for k in months)
    return GrowthPlan(tuple(designs), read_purchases(growth, model))


def _read_portfolio(question: Portfolio, model: Any, operations: Any) -> PortfolioPlan:
    """The open sites that serve something, each read as a case of its own for the parts that it serves."""
    sites = []
    for k, candidate in enumerate(question.candidates):
        design = model.candidates[k]
        parts = {w: float(v.value or 0.0) for w, v in design.sizes.part.items()}
        parts = {w: min(part, 1.0) for w, part in parts.items() if part > LEAST_PART}
        if round(float(model.open[k].value or 0.0)) and parts:
            months = {key[1]: o for key, o in operations.items() if key[0] == k}
            sites.append(SitePlan(k, parts, read_design(served(candidate.case, parts), design, months)))
    return PortfolioPlan(tuple(sites))


def cost_kcur(question: Question, plan: Plan) -> float:
    """Present value of a plan, from its own numbers [kcur]."""
    if isinstance(question, Case):
        return account(question, plan).objective_kcur
    if isinstance(question, Portfolio):
        return account_portfolio(question, plan).objective_kcur
    if isinstance(question, Growth):
        return account_growth(question, plan).objective_kcur
    return objective_kcur(question, account_scenarios(question, plan))


def _cases(question: Question) -> list[Case]:
    """The cases whose operating years are planned."""
    if isinstance(question, Case):
        return [question]
    if isinstance(question, Portfolio):
        return [c.case for c in question.candidates]
    growths = [question] if isinstance(question, Growth) else [s.growth for s in question.scenarios]
    return [stage.case for growth in growths for stage in growth.planned]


def steps(question: Question) -> int:
    """Steps of all operating years."""
    return sum(case.calendar.steps for case in _cases(question))


def step_h(question: Question) -> float:
    """Length of a step [h], the same in all operating years."""
    return _cases(question)[0].calendar.step_h


def it_cost_kcur(question: Question, blocks: Blocks) -> np.ndarray:
    """Present value of IT hardware per unit of each design column [kcur]: what the gap's base leaves out."""
    cost = np.zeros(len(blocks.variables))
    place, model = {id(v): i for i, v in enumerate(blocks.variables)}, blocks.design_model
    if isinstance(question, Scenarios):
        for variable, each_kcur in scenario_tree.it_cost_kcur(question, model):
            cost[place[id(variable)]] = each_kcur
    elif isinstance(question, Growth):
        for span, each_kcur in rack_cost_kcur(question, model).items():
            cost[place[id(model.growth.bought[span])]] = each_kcur
    elif isinstance(question, Portfolio):
        for k, candidate in enumerate(question.candidates):
            _of_racks(candidate.case, model.candidates[k], place, cost)
    else:
        _of_racks(question, model, place, cost)
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
