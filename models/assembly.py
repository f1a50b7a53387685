"""Table of contents of the model: one design problem, one operation problem per month, joined by linking variables.

The linking variables stand in the blocks `sizes` and `month` under the same names on both sides; `planner/solving`
joins the compiled arrays by these names. `join` does it in Pyomo, as a check on that hand-over."""

from __future__ import annotations

import pyomo.core as pyo

from models import (
    compute,
    cooling,
    delivery,
    electrical,
    generators,
    grid,
    matching,
    modules,
    programmes,
    purchases,
    reuse,
    storage,
    supply,
    swings,
    tariff,
    tokenergy,
)
from models.blocks import Block, Expr, constraint, total
from models.case import Case

_OPERATION = (
    *("compute", "cooling", "reuse", "electrical", "swings", "storage"),
    *("supply", "generators", "grid", "programmes", "purchases", "tariff", "tokenergy", "matching"),
)
_DESIGN = (*_OPERATION, "modules", "delivery")


def _sizes(case: Case) -> Block:
    block = pyo.Block(concrete=True)
    for subject in (compute, cooling, reuse, storage, swings, supply, generators, programmes, purchases, grid):
        subject.sizes(block, case)
    return block


def _month(case: Case, m: int) -> Block:
    block = pyo.Block(concrete=True)
    for subject in (compute, cooling, storage, generators, tariff, grid, tokenergy, matching):
        subject.month(block, case, m)
    return block


def build_design(case: Case) -> pyo.ConcreteModel:
    """Sizes, integers, first costs, yearly budgets; objective: present value without monthly operation [kcur]."""
    model = pyo.ConcreteModel("design")
    model.sizes = _sizes(case)
    model.month = pyo.Block(case.calendar.months, rule=lambda b, m: b.transfer_attributes_from(_month(case, m)))
    months = {m: model.month[m] for m in case.calendar.months}
    for subject in _DESIGN:
        model.add_component(subject, pyo.Block(concrete=True))
    compute.design(model.compute, case, model.sizes, months)
    cooling.design(model.cooling, case, model.sizes, months)
    reuse.design(model.reuse, case, model.sizes)
    swings.design(model.swings, case, model.sizes)
    storage.design(model.storage, case, model.sizes, months)
    supply.design(model.supply, case, model.sizes)
    generators.design(model.generators, case, model.sizes, months)
    grid.design(model.grid, case, months)
    programmes.design(model.programmes, case, model.sizes)
    purchases.design(model.purchases, case, model.sizes)
    electrical.design(model.electrical, case, model.sizes, model.grid.contract_mw)
    tariff.design(model.tariff, case, months, model.grid.contract_mw)
    tokenergy.design(model.tokenergy, case, months)
    matching.design(model.matching, case, model.sizes, months)
    modules.design(model.modules, case, model.sizes)
    connected = (model.grid.contract_mw, model.grid.carried_mw)
    delivery.design(model.delivery, case, model.sizes, model.modules.ordered, connected)
    _limit_land_and_budget(model, case)
    model.cost_kcur = pyo.Objective(expr=total(model, "cost_kcur"))
    return model


def _limit_land_and_budget(model: Block, case: Case) -> None:
    area, budget = case.site.area_m2, case.limits.budget_kcur
    used_m2, first_kcur = total(model, "area_m2"), total(model, "first_cost_kcur")
    if area is not None:
        constraint(model, "limit_area", ["site"], lambda _: used_m2 <= area, doc="land [m2]")
    if budget is not None:
        constraint(model, "limit_budget", ["first"], lambda _: first_kcur <= budget, doc="first costs [kcur]")


def build_operation(case: Case, m: int) -> pyo.ConcreteModel:
    """Every step of one month for given linking variables; objective: present value of its operation [kcur]."""
    model = pyo.ConcreteModel(f"operation_{m}")
    model.sizes, model.month = _sizes(case), _month(case, m)
    for subject in _OPERATION:
        model.add_component(subject, pyo.Block(concrete=True))
    sizes, border = model.sizes, model.month
    compute.operate(model.compute, case, sizes, border, m)
    heat_mw = model.compute.heat_mw
    reuse.operate(model.reuse, case, sizes, m, heat_mw)
    cooling.operate(model.cooling, case, sizes, border, m, heat_mw, model.reuse.taken_mw)
    electrical.operate(model.electrical, case, sizes, m, model.compute.it_mw)
    swings.operate(model.swings, case, sizes, m, model.compute)
    storage.operate(model.storage, case, sizes, border, m, swings.bands(case, sizes), model.swings.smoothed_mw)
    supply.operate(model.supply, case, sizes, m)
    generators.operate(model.generators, case, sizes, border, m)
    grid.operate(model.grid, case, sizes, border, m, model.generators.carbon_t)
    programmes.operate(model.programmes, case, sizes, m, model.grid)
    hours, bought_mw = case.calendar.steps_of(m), model.grid.import_mw
    purchases.operate(model.purchases, case, sizes, m, bought_mw)
    supplied_mw = {t: bought_mw[t] - model.purchases.taken_mw[t] for t in hours}
    tariff.operate(model.tariff, case, border, m, bought_mw, supplied_mw)
    given = (model.grid.draw_mw, model.supply.draw_mw)
    site_mw = {t: model.generators.made_mw[t] - sum(port.get(t, 0) for port in given) for t in hours}
    lost_mw = model.generators.lost_mw
    tokenergy.operate(model.tokenergy, case, border, m, {t: site_mw[t] + lost_mw.get(t, 0) for t in hours})
    own_mw = {t: site_mw[t] - bought_mw[t] - model.generators.made_mw[t] for t in hours}
    matching.operate(
        model.matching, case, border, m, {"site": site_mw, "own": own_mw, "clean": model.purchases.clean_mw}
    )
    _balance_bus(model, case, m)
    model.cost_kcur = pyo.Objective(expr=total(model, "cost_kcur"))
    return model


def _balance_bus(model: Block, case: Case, m: int) -> None:
    plain, lost_mw = case.site.plain_load_mw, model.generators.lost_mw
    loads = [model.compute.it_mw, *(getattr(model, b).draw_mw for b in ("cooling", "reuse", "electrical"))]
    others = [getattr(model, b).draw_mw for b in ("swings", "storage", "supply", "generators", "grid")]

    def load(t: int) -> Expr:
        given_mw = case.site.house_load_mw + (0.0 if plain is None else float(plain[t]))
        return sum(port.get(t, 0) for port in loads) + given_mw

    def balance(t: int) -> Expr:
        return load(t) + sum(port.get(t, 0) for port in others) == 0

    constraint(model, "balance_bus", case.calendar.steps_of(m), balance, doc="power at the site bus [MW]")
    constraint(
        model,
        "lose_load",
        list(lost_mw),
        lambda t: lost_mw[t] <= load(t),
        doc="no more load is lost than there is: none of it charges storage or is sold [MW]",
    )


def join(case: Case) -> pyo.ConcreteModel:
    """The whole model in Pyomo, with equalities between the linking variables: an oracle for the hand-over of
    arrays."""
    model = pyo.ConcreteModel(case.name)
    model.design = build_design(case)
    model.operation = pyo.Block(case.calendar.months)
    model.join = pyo.ConstraintList()
    for m in case.calendar.months:
        model.operation[m].transfer_attributes_from(build_operation(case, m))
        for mine, theirs in linked(model.design, model.operation[m], m):
            model.join.add(mine == theirs)
    for objective in list(model.component_objects(pyo.Objective)):
        objective.deactivate()
    model.cost_kcur = pyo.Objective(
        expr=model.design.cost_kcur.expr + sum(model.operation[m].cost_kcur.expr for m in case.calendar.months)
    )
    return model


def linked(design: Block, operation: Block, m: int) -> list[tuple[pyo.Var, pyo.Var]]:
    """Pairs (design variable, operation variable) of one month's linking variables."""
    pairs = []
    for mine, theirs in ((design.sizes, operation.sizes), (design.month[m], operation.month)):
        for v in mine.component_objects(pyo.Var):
            copy = theirs.component(v.local_name)
            pairs += [(v[key], copy[key]) for key in v]
    return pairs
