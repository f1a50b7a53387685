"""Scenarios joined by what is decided before they are told apart: one design problem for all of them.

Each scenario has the design problem of its own plan of growth (models.growth). Of two scenarios that are told apart at
the start of stage q, what is bought and retired before then is the same:

    sum over j of bought[line, item, k, j], taken together for all j >= q, is equal        for k < q

A chain of such rows, from the scenario that is known last to the one known first, implies all pairs. What is in
service adapts to the scenario from the first year: what is owned and not needed stands aside, as between stages.

Objective: expected cost; or the largest regret R >= cost of a scenario - its least cost. Then the cost of a month's
operation has to enter a row of the design problem: it is a linking variable `spent` of its own, at least the cost above
the least that bounds allow the month."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pyomo.core as pyo
from pyomo.repn import generate_standard_repn

from models.assets import assets
from models.blocks import Block, Expr, Impossible, constraint, variable
from models.growth import design_stages, join_stages, most_in_service, rack_cost_kcur
from models.scenario_accounts import expected
from models.scenarios import TIE, Scenario, Scenarios
from models.stages import Purchase

Early = dict[tuple[str, str, int, int | None], float]
"""(line, item, stage that buys, first stage without it or None: open) -> quantity"""
Place = tuple[int, int, int]
"""(scenario, stage, month)"""
_MANY = 25
"""No month costs so many times the whole project. The decomposition takes the size of a column from its bound: here so
that exceeding what a month may spend is priced at some two for one, as little as suffices, and its cuts are flat."""
_SLACK = 1e-6
"""Share by which amounts taken over from another plan may differ: they were found within the solver's tolerance."""


def places(question: Scenarios) -> list[Place]:
    """Every operation problem."""
    return [
        (s, k, m)
        for s, scenario in enumerate(question.scenarios)
        for k, stage in enumerate(scenario.growth.stages)
        for m in stage.case.calendar.months
    ]


def build_scenarios(question: Scenarios, floor_kcur: dict[Place, float]) -> pyo.ConcreteModel:
    """The design problems of all scenarios and what they have in common; objective without monthly operation [kcur].
    `scenario[s]` has the components of models.growth.build_growth."""
    model = pyo.ConcreteModel("scenarios")
    designs = [_designs(s) for s in question.scenarios]
    most: dict[tuple[str, str], float] = {}
    for scenario, own in zip(question.scenarios, designs, strict=True):
        for key, amount in most_in_service(scenario.growth, own).items():
            most[key] = max(most.get(key, 0.0), amount)
    joined = [join_stages(s.growth, own, most) for s, own in zip(question.scenarios, designs, strict=True)]
    model.scenario = pyo.Block(range(len(joined)), rule=lambda b, s: b.transfer_attributes_from(joined[s]))
    for s in model.scenario:
        model.scenario[s].cost_kcur.deactivate()
    model.common = pyo.Block(concrete=True)
    _decide_alike(model, question)
    if question.given is not None:
        _take_over(model, question, early(question.given, question.number_of_stages))
    model.cost_kcur = pyo.Objective(expr=_objective(model, question, floor_kcur))
    return model


def told_apart(first: Scenario, second: Scenario) -> int:
    """Number of the stage at whose start two scenarios are told apart: when it is known of either whether it came."""
    return min(first.known, second.known)


def early(purchases: tuple[Purchase, ...], known: int) -> Early:
    """What is decided before the start of stage `known`: purchases, and retirements within that time; of what is kept
    until then it is open when it goes."""
    found: Early = {}
    for p in purchases:
        if p.bought < known:
            key = (p.line, p.item, p.bought, p.retired if p.retired < known else None)
            found[key] = found.get(key, 0.0) + p.quantity
    return found


def _designs(scenario: Scenario) -> dict[int, pyo.ConcreteModel]:
    try:
        return design_stages(scenario.growth)
    except Impossible as rule:
        raise Impossible(f"{scenario.name}: {rule}") from None


def _decided(model: Block, question: Scenarios, s: int, known: int) -> dict[tuple[Any, ...], Expr]:
    """What a scenario decides before the start of stage `known`, as expressions, by the keys of `Early`."""
    priced = [assets(stage.case) for stage in question.scenarios[s].growth.stages]
    found: dict[tuple[Any, ...], Expr] = {}
    for span, v in model.scenario[s].growth.bought.items():
        line, item, k, j = span
        if k < known:
            key = (line, item, k, j if j < known else None)
            found[key] = found.get(key, 0.0) + (priced[k][line, item].step or 1.0) * v
    return found


def _decide_alike(model: Block, question: Scenarios) -> None:
    """Before two scenarios are told apart, the same is bought and retired."""
    order = sorted(range(len(question.scenarios)), key=lambda s: -question.scenarios[s].known)
    rows: dict[tuple[Any, ...], Expr] = {}
    for a, b in pairwise(order):
        known = told_apart(question.scenarios[a], question.scenarios[b])
        one, other = (_decided(model, question, s, known) for s in (a, b))
        for key in {**one, **other}:
            rows[(a, b, *_named(key))] = one.get(key, 0.0) - other.get(key, 0.0)
    constraint(
        model.common, "alike", rows, lambda *key: rows[key] == 0, doc="decided before it is known [unit of the asset]"
    )


def _named(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """An index of Pyomo may not hold None: the open end becomes -1."""
    return tuple(-1 if part is None else part for part in key)


def _take_over(model: Block, question: Scenarios, given: Early) -> None:
    """What another plan decides before each scenario is known."""
    rows: dict[tuple[Any, ...], tuple[float, Expr, float]] = {}
    for s, scenario in enumerate(question.scenarios):
        decided = _decided(model, question, s, scenario.known)
        settled = _clipped(given, scenario.known)
        priced = [assets(stage.case) for stage in scenario.growth.stages]
        for key in {**decided, **settled}:
            amount = settled.get(key, 0.0)
            asset = priced[key[2]].get(key[:2])
            slack = 0.0 if asset is None or asset.step is not None else _SLACK * max(1.0, amount)
            rows[(s, *_named(key))] = (amount - slack, decided.get(key, 0.0), amount + slack)
    impossible = [key for key, (low, held, _) in rows.items() if isinstance(held, float) and held < low]
    if impossible:
        s, line, item, *_ = impossible[0]
        raise Impossible(f"{question.scenarios[s].name}: {line}, {item}: cannot be bought when the plan buys it")
    rows = {key: row for key, row in rows.items() if not isinstance(row[1], float)}
    constraint(model.common, "take_over", rows, lambda *key: rows[key], doc="taken over [unit of the asset]")


def _clipped(given: Early, known: int) -> Early:
    found: Early = {}
    for (line, item, k, j), amount in given.items():
        if k < known:
            key = (line, item, k, j if j is not None and j < known else None)
            found[key] = found.get(key, 0.0) + amount
    return found


def _objective(model: Block, question: Scenarios, floor_kcur: dict[Place, float]) -> Expr:
    numbers = range(len(question.scenarios))
    bought = {s: model.scenario[s].cost_kcur.expr for s in numbers}
    mean = sum(question.scenarios[s].probability * bought[s] for s in numbers)
    if question.objective == "expected":
        return mean
    common, all_places = model.common, places(question)
    variable(common, "spent", all_places, doc="cost of operation that a month may reach, above its floor [kcur]")
    most = _MANY * max(expected(question, tuple(abs(c) for c in question.least_kcur)), 1.0)
    for place in all_places:
        common.spent[place].setub(most - min(floor_kcur[place], 0.0))
    variable(common, "regret", ["largest"], doc="largest cost above the least of a scenario [kcur]")
    constraint(
        common,
        "largest_regret",
        numbers,
        lambda s: (
            bought[s] + sum(floor_kcur[p] + common.spent[p] for p in all_places if p[0] == s) - question.least_kcur[s]
            <= common.regret["largest"]
        ),
        doc="regret of a scenario [kcur]",
    )
    return (1 - TIE) * expected(question, question.least_kcur) + common.regret["largest"] + TIE * mean


def weigh(question: Scenarios, place: Place, operation: pyo.ConcreteModel) -> float:
    """Give the operation problem of a month its weight in the objective; of regret, its `spent`. Returns the cost that
    `spent` counts from [kcur].

    Half of its weight lies on what is spent and half on what may be: so that spending is not left open, and has a
    scale, where it is not the largest regret's."""
    weight, cost = question.scenarios[place[0]].probability, operation.cost_kcur.expr
    if question.objective == "expected":
        operation.cost_kcur.set_value(weight * cost)
        return 0.0
    floor = _least(cost)
    operation.common = pyo.Block(concrete=True)
    variable(
        operation.common, "spent", [place], doc="cost of operation that the month may reach, above its floor [kcur]"
    )
    mine = floor + operation.common.spent[place]
    constraint(operation.common, "spend", ["month"], lambda _: cost <= mine, doc="cost of operation [kcur]")
    operation.cost_kcur.set_value(TIE * weight * 0.5 * (cost + mine))
    return floor


def spent_pair(model: Block, place: Place, operation: pyo.ConcreteModel) -> list[tuple[Any, Any]]:
    """(design variable, operation variable) of what a month may cost; empty where the objective is the expected
    cost."""
    mine = operation.component("common")
    return [] if mine is None else [(model.common.spent[place], mine.spent[place])]


def _least(expression: Expr) -> float:
    """Least value of a linear expression of variables that are bounded where it falls."""
    linear = generate_standard_repn(expression)
    terms = zip(linear.linear_coefs, linear.linear_vars, strict=True)
    return float(linear.constant) + sum(float(c) * float(v.lb if c > 0 else v.ub) for c, v in terms if c)


def it_cost_kcur(question: Scenarios, model: Block) -> Iterable[tuple[Any, float]]:
    """Purchases of racks and the expected present value of each [kcur]: what the base of the gap leaves out."""
    for s, scenario in enumerate(question.scenarios):
        for span, each in rack_cost_kcur(scenario.growth, model.scenario[s]).items():
            yield model.scenario[s].growth.bought[span], scenario.probability * each
