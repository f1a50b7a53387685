"""Stages joined by what is bought: one design problem for all of them.

Each stage's own design problem says what is in service there. What is owned in a stage is everything bought at its
start or before and not yet retired:

    sum over (k, j) with k <= stage < j of bought[line, item, k, j]  >=  in service in the stage

with bought[.., k, j] the quantity bought at the start of stage k and retired at the start of stage j (j = number of
stages: kept to the end). Its present value is counted once, at the price of stage k, for the years between
(finance.capital_factor): replaced like for like at each end of its life in between, worth something only if it is kept
to the end. So racks may be refreshed while modules, batteries, supply and chain go on. What is owned beyond what is in
service stands aside: no power, no land, but upkeep (approximation); racks and modules may be joined anew at each stage
(approximation: no cost of moving).

For given whole numbers in service the rows are intervals of stages (consecutive ones), so that whole purchases are no
restriction; price breaks and least orders count what is bought at one time."""

from __future__ import annotations

import math
from typing import Any

import pyomo.core as pyo
from pyomo.repn import generate_standard_repn

from models import delivery, finance, services, timetable
from models.assembly import build_design
from models.assets import Asset, Key, assets
from models.blocks import Block, Expr, Impossible, constraint, publish, total, variable
from models.case import Case
from models.catalogue import options
from models.stages import Growth, Purchase, Stage

_NOTHING = 1e-7
"""Quantities below this are the solver's zero."""

Span = tuple[str, str, int, int]
"""(line, item, stage that buys, first stage without it)"""


def build_growth(growth: Growth) -> pyo.ConcreteModel:
    """The design problems of all stages and the purchases that join them; objective: present value without monthly
    operation [kcur]. `stage[k]` has the components of models.assembly.build_design."""
    return join_stages(growth, design_stages(growth), {})


def design_stages(growth: Growth) -> dict[int, pyo.ConcreteModel]:
    """The design problem of each stage that is planned."""
    return {k: _design(growth.stages[k]) for k in range(growth.settled, len(growth.stages))}


def join_stages(growth: Growth, designs: dict[int, pyo.ConcreteModel], also: dict[Key, float]) -> pyo.ConcreteModel:
    """Design problems of stages joined by purchases. also: what must be bought although no stage prices it, and the
    most of it that it must be possible to buy at once although no stage needs so much [unit of the asset]."""
    model = pyo.ConcreteModel("growth")
    model.stage = pyo.Block(designs.keys(), rule=lambda b, k: b.transfer_attributes_from(designs[k]))
    stages = {k: model.stage[k] for k in designs}
    for stage in stages.values():
        stage.cost_kcur.deactivate()
    model.growth = pyo.Block(concrete=True)
    _buy(model.growth, growth, stages, also)
    model.cost_kcur = pyo.Objective(expr=sum(s.cost_kcur.expr for s in stages.values()) + total(model, "cost_kcur"))
    return model


def most_in_service(growth: Growth, designs: dict[int, Block]) -> dict[Key, float]:
    """The most of everything that costs something which any stage may need [unit of the asset]."""
    needed = [in_service(growth.stages[k].case, design) for k, design in designs.items()]
    return {key: max(_most(n.get(key, 0.0)) for n in needed) for key in must_be_bought(growth)}


def _design(stage: Stage) -> pyo.ConcreteModel:
    try:
        return build_design(stage.case)
    except Impossible as rule:
        raise Impossible(f"{stage.name}: {rule}") from None


def in_service(case: Case, design: Block) -> dict[Key, Expr]:
    """How much of each asset a stage's design problem has in service, beyond what was on site before."""
    sizes, found = design.sizes, {}
    for r in case.racks:
        found["racks", r.name] = sum(sizes.racks[o] for o in options(case) if o[0] == r.name)
    found |= {("modules", m): v for m, v in design.modules.ordered.items()}
    found["electrical_chain", case.electrical.name] = sizes.installed_mw
    on_site = {b.name: b for b in case.batteries}
    found |= {("battery_power", n): v - on_site[n].existing_mw for n, v in sizes.battery_mw.items()}
    found |= {("battery_energy", n): v - on_site[n].existing_mwh for n, v in sizes.battery_mwh.items()}
    found |= {("cold_store", c): v for c, v in sizes.cold_mwh.items()}
    found |= {("heat_exchanger", u): v for u, v in sizes.reuse_mw.items()}
    found |= {("supply", s): v for s, v in sizes.supply_mw.items()}
    found |= design.generators.in_service_mw
    found["connection", "connection"] = design.grid.carried_mw
    return found


def _can_buy(growth: Growth, k: int, key: Key) -> bool:
    stage = growth.stages[k]
    offered = next((m for m in stage.case.offers if key == ("modules", m.name)), None)
    comes = timetable.most_on_site(stage.case, key, stage.case.latest_month) > 0
    return comes and key not in stage.closed and (offered is None or stage.case.delivered(offered))


def _price_kcur(priced: dict[Key, Asset], key: Key, tier: int = 0) -> float:
    """Price of one, with the ancillary IT of a rack [kcur]."""
    ancillary = priced["ancillary_it", key[1]].tiers[0][1] if key[0] == "racks" else 0.0
    return priced[key].tiers[tier][1] + ancillary


def must_be_bought(growth: Growth) -> frozenset[Key]:
    """What costs something in some stage, or is not on sale in one: it serves only if it was bought."""
    priced = [assets(s.case) for s in growth.stages]
    paid = {key for p in priced for key in p if key[0] != "ancillary_it" and _price_kcur(p, key) > 0}
    return frozenset(paid | {key for s in growth.stages for key in s.closed})


def _buy(block: Block, growth: Growth, stages: dict[int, Block], also: dict[Key, float]) -> None:
    """Purchases, what is owned of them in each stage, what they cost."""
    number = len(growth.stages)
    needed = [in_service(s.case, stages[k]) if k in stages else {} for k, s in enumerate(growth.stages)]
    priced = [assets(s.case) for s in growth.stages]
    wanted = {*must_be_bought(growth), *also}
    joined = {
        key: None
        for k in range(number)
        for key in (*needed[k], *((p.line, p.item) for p in growth.given))
        if key in wanted
    }
    spans: list[Span] = [
        (*key, k, j)
        for key in joined
        for k in range(number)
        if key in priced[k] and _can_buy(growth, k, key)
        for j in range(k + 1, number + 1)
    ]
    variable(block, "bought", spans, doc="bought at one stage's start, retired at another's [steps of the asset]")
    for span in spans:
        step = _step(priced, span)
        own = (_most(needed[i].get(span[:2], 0.0)) for i in range(span[2], span[3]))
        most = max(also.get(span[:2], 0.0), *own)
        block.bought[span].setub(most / step if math.isfinite(most) else None)
        if priced[span[2]][span[:2]].step is not None:
            block.bought[span].domain = pyo.NonNegativeIntegers
            block.bought[span].setub(math.ceil(most / step - 1e-9))
    held = {(key, k): [s for s in spans if s[:2] == key and s[2] <= k < s[3]] for key in joined for k in range(number)}
    constraint(
        block,
        "own",
        [(*key, k) for key in joined for k in range(number) if key in needed[k]],
        lambda line, item, k: (
            needed[k][line, item] <= sum(_step(priced, s) * block.bought[s] for s in held[(line, item), k])
        ),
        doc="in service within what is owned [unit of the asset]",
    )
    _arrive(block, growth, stages, spans, priced)
    _settle(block, growth, spans, priced)
    _pay(block, growth, spans, priced)


def _arrive(
    block: Block, growth: Growth, stages: dict[int, Block], spans: list[Span], priced: list[dict[Key, Asset]]
) -> None:
    """Nothing is bought for a stage's start that cannot be on site by then, also if it would serve only later; factory
    slots hold for all orders so far together."""
    so_far = {
        key: [s for s in spans if s[:2] == key[:2] and s[2] <= key[2]]
        for key in dict.fromkeys(s[:3] for s in spans if s[2] in stages)
    }

    def soon(line: str, item: str, k: int) -> float:
        case = growth.stages[k].case
        return timetable.most_on_site(case, (line, item), case.limits.need_month)

    def most(*key: Any) -> float:
        return sum(_step(priced, s) * float(block.bought[s].ub) for s in so_far[key])

    def rule(line: str, item: str, k: int) -> Expr:
        made = sum(_step(priced, s) * block.bought[s] for s in so_far[line, item, k])
        return made <= delivery.on_site(stages[k].delivery, growth.stages[k].case, (line, item), most(line, item, k))

    constraint(
        block,
        "bought_in_time",
        [key for key in so_far if math.isfinite(soon(*key)) and soon(*key) < most(*key)],
        rule,
        doc="bought so far within what can be on site at the stage's start [unit of the asset]",
    )


def _settle(block: Block, growth: Growth, spans: list[Span], priced: list[dict[Key, Asset]]) -> None:
    """Purchases of settled stages are given; only when the rest of them goes is open."""
    past = [s for s in spans if s[2] < growth.settled]
    given: dict[Span, float] = {}
    still: dict[tuple[str, str, int], float] = {}
    for p in growth.given:
        span, number = (p.line, p.item, p.bought, p.retired), p.quantity
        if p.retired < growth.settled:
            given[span] = number
        else:
            still[span[:3]] = still.get(span[:3], 0.0) + number
    for span in past:
        amount = (given.get(span, 0.0) if span[3] < growth.settled else still.get(span[:3], 0.0)) / _step(priced, span)
        block.bought[span].setub(amount)
        block.bought[span].setlb(amount if span[3] < growth.settled else 0.0)
    open_spans = {key: [s for s in past if s[:3] == key and s[3] >= growth.settled] for key in still}
    constraint(
        block,
        "keep_or_retire",
        still,
        lambda *key: sum(_step(priced, s) * block.bought[s] for s in open_spans[key]) == still[key],
        doc="what was bought before is kept or retired [unit of the asset]",
    )


def _step(priced: list[dict[Key, Asset]], span: Span) -> float:
    return priced[span[2]][span[:2]].step or 1.0


def _most(expression: Expr) -> float:
    """Largest value of a linear expression; infinite if a variable has no bound there."""
    linear = generate_standard_repn(expression)
    ends = [(c, v.ub if c > 0 else v.lb) for c, v in zip(linear.linear_coefs, linear.linear_vars, strict=True)]
    if any(end is None for _, end in ends):
        return math.inf
    return float(linear.constant) + sum(float(c) * float(end) for c, end in ends)


def cohort_factor(growth: Growth, terms: Any, k: int, j: int) -> float:
    """Present value at time zero of one spent at the start of stage k on what is retired at that of stage j [1]."""
    money = finance.cohort(growth.stages[k].case.money)
    return finance.capital_factor(terms, money, growth.start(j) - growth.start(k))


def _pay(block: Block, growth: Growth, spans: list[Span], priced: list[dict[Key, Asset]]) -> None:
    """Least orders and price breaks of each purchase; first costs within the budget; their present value."""
    at_once = {key: [s for s in spans if s[:3] == key] for key in dict.fromkeys(s[:3] for s in spans)}
    least = {key: m.min_count for key in at_once for m in growth.stages[key[2]].case.offers
             if key[:2] == ("modules", m.name) and m.min_count > 1}  # fmt: skip
    _least_orders(block, at_once, least)
    broken = {key: priced[key[2]][key[0], key[1]] for key in at_once if len(priced[key[2]][key[:2]].tiers) > 1}
    _price_breaks(block, at_once, broken)

    def first(span: Span) -> Expr:
        table, key = priced[span[2]], span[:2]
        if span[:3] not in broken:
            return _step(priced, span) * _price_kcur(table, key) * block.bought[span]
        return sum(_price_kcur(table, key, i) * block.at_price[(*span, i)] for i in range(len(table[key].tiers)))

    paid = {s: first(s) for s in spans}
    publish(block, "cost_kcur", sum(cohort_factor(growth, priced[s[2]][s[:2]].terms, *s[2:]) * paid[s] for s in spans)
            + sum(_existing_kcur(growth)))  # fmt: skip
    if growth.budget_kcur is not None and spans:
        budget = growth.budget_kcur
        constraint(block, "limit_budget", ["first"], lambda _: sum(paid.values()) <= budget, doc="first costs [kcur]")


def rack_cost_kcur(growth: Growth, model: Block) -> dict[Span, float]:
    """Present value of each purchase of one rack [kcur]: IT hardware, which the base of the gap leaves out."""
    priced = [assets(s.case) for s in growth.stages]
    spans = [s for s in model.growth.bought if s[0] == "racks" and _price_kcur(priced[s[2]], s[:2]) > 0]
    return {s: cohort_factor(growth, priced[s[2]][s[:2]].terms, *s[2:]) * _price_kcur(priced[s[2]], s[:2])
            for s in spans}  # fmt: skip


def _existing_kcur(growth: Growth) -> list[float]:
    """Present value of keeping what was on site before, over the whole plan [kcur]."""
    case = growth.stages[0].case
    whole = finance.cohort(case.money)
    return [
        finance.existing_factor(b.terms, whole, b.existing_life_years)
        * (b.power_kcur_per_mw * b.existing_mw + b.energy_kcur_per_mwh * b.existing_mwh)
        for b in services.technologies(case).values()
    ]


def _top(block: Block, spans: list[Span]) -> float:
    return sum(float(block.bought[s].ub) for s in spans)


def _least_orders(block: Block, at_once: dict[tuple[str, str, int], list[Span]], least: dict[Any, int]) -> None:
    variable(
        block, "is_bought", least, doc="1 if an offer with a least order is bought at a stage [1]", domain=pyo.Binary
    )
    constraint(
        block,
        "buy_at_least",
        least,
        lambda *key: sum(block.bought[s] for s in at_once[key]) >= least[key] * block.is_bought[key],
        doc="least order of an offer that is bought [units]",
    )
    constraint(
        block,
        "buy_at_most",
        least,
        lambda *key: sum(block.bought[s] for s in at_once[key]) <= _top(block, at_once[key]) * block.is_bought[key],
        doc="no units of an offer that is not bought [units]",
    )


def _price_breaks(block: Block, at_once: dict[tuple[str, str, int], list[Span]], broken: dict[Any, Asset]) -> None:
    """All units bought at one stage's start pay the price of the tier that their number reaches."""
    keys = [(*key, i) for key, asset in broken.items() for i in range(len(asset.tiers))]
    parts = [(*s, i) for *key, i in keys for s in at_once[tuple(key)]]
    variable(block, "at_price", parts, doc="units bought at a price tier [units]")
    variable(block, "is_price", keys, doc="1 if an offer is bought at this tier [1]", domain=pyo.Binary)
    spans = [s for key in broken for s in at_once[key]]

    def most(key: Any, i: int) -> float:
        top, tiers = _top(block, at_once[key]), broken[key].tiers
        return top if i + 1 == len(tiers) else min(top, tiers[i + 1][0] - 1)

    def number(key: Any, i: int) -> Expr:
        return sum(block.at_price[(*s, i)] for s in at_once[key])

    constraint(
        block,
        "split_price",
        spans,
        lambda *s: block.bought[s] == sum(block.at_price[(*s, i)] for i in range(len(broken[s[:3]].tiers))),
        doc="units over price tiers [units]",
    )
    constraint(
        block,
        "one_price",
        broken,
        lambda *key: sum(block.is_price[(*key, i)] for i in range(len(broken[key].tiers))) <= 1,
        doc="all units bought together at one price tier [1]",
    )
    constraint(
        block,
        "price_from",
        keys,
        lambda *key: number(key[:3], key[3]) >= broken[key[:3]].tiers[key[3]][0] * block.is_price[key],
        doc="smallest count of a price tier [units]",
    )
    constraint(
        block,
        "price_to",
        keys,
        lambda *key: number(key[:3], key[3]) <= max(most(key[:3], key[3]), 0) * block.is_price[key],
        doc="largest count of a price tier [units]",
    )


def read_purchases(growth: Growth, model: Block) -> tuple[Purchase, ...]:
    """What a solved model buys, in order of stage."""
    found = []
    for span, v in model.growth.bought.items():
        line, item, k, j = span
        asset = assets(growth.stages[k].case)[line, item]
        value = float(pyo.value(v, exception=False) or 0.0)
        quantity = value if asset.step is None else asset.step * round(value)
        if quantity > _NOTHING:
            found.append(Purchase(line, item, quantity, asset.unit, k, j))
    return tuple(sorted(found, key=lambda p: (p.bought, p.retired)))
