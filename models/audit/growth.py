"""Recheck of a plan of growth: each stage's year as ever, then purchases, lives and money over all years.

Second implementation of models/growth.py and models/growth_accounts.py, from the plan's numbers alone. All amounts are
added up year by year from time zero and discounted once, at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.audit import bill, facts
from models.audit.cashflow import flow_of_asset, flow_of_existing, present_value
from models.audit.checker import CANCELS, EXACT, PHYSICS, Array, Checker
from models.audit.view import View, kept_on_site
from models.case import AssetTerms, Battery, Case, Generator, Money, Offer, Supply
from models.design import CostLine, Proof
from models.stages import Growth, GrowthAccounts, GrowthPlan, Purchase


@dataclass(frozen=True, eq=False)
class _Good:
    """What one thing on offer in a stage costs."""

    price_kcur: float
    terms: AssetTerms


def check_growth(
    growth: Growth, plan: GrowthPlan, accounts: GrowthAccounts, proof: Proof | None, check: Checker
) -> None:
    """What is bought, in time and in whole steps; what is owned carries what is in service; money of all years."""
    for p in plan.purchases:
        check.require(np.isfinite(p.quantity) and p.quantity > 0, "a purchase is more than nothing", p.item, p.quantity)
    if check.broken:
        return
    known = [_goods(stage.case, plan.purchases, k) for k, stage in enumerate(growth.stages)]
    for p in plan.purchases:
        _check_purchase(growth, plan, p, known, check)
    if check.broken:
        return
    for k, stage in enumerate(growth.stages):
        for (line, item), needed in _in_service(View(stage.case, plan.stages[k])).items():
            owned = sum(
                p.quantity for p in plan.purchases if (p.line, p.item) == (line, item) and p.bought <= k < p.retired
            )
            if any((line, item) in goods and goods[line, item].price_kcur > 0 for goods in known) or any(
                (line, item) in s.closed for s in growth.stages
            ):
                rule = "in service within what was bought and not yet retired"
                check.at_most(rule, f"{stage.name}: {line}: {item}", needed, owned, tolerance=PHYSICS)
    _check_orders(growth, plan, check)
    _check_starts(growth, plan, check)
    _check_money(growth, plan, accounts, known, proof, check)


def _goods(case: Case, purchases: tuple[Purchase, ...], k: int) -> dict[tuple[str, str], _Good]:
    """Price and terms of everything on offer in a stage; of modules, at the number bought there."""
    grid, chain, paid = case.grid, case.electrical, case.money.counts_it
    found = {}
    for r in case.racks:
        found["racks", r.name] = _Good(r.cost_kcur if paid else 0.0, r.terms)
        found["ancillary_it", r.name] = _Good(r.ancillary_cost_kcur if paid else 0.0, r.terms)
    for m in case.offers:
        count = sum(p.quantity for p in purchases if (p.line, p.item, p.bought) == ("modules", m.name, k))
        found["modules", m.name] = _Good(facts.landed_kcur(m, round(count)), m.terms)
    found["electrical_chain", chain.name] = _Good(chain.chain_kcur_per_mw, chain.terms)
    for b in case.batteries:
        found["battery_power", b.name] = _Good(b.power_kcur_per_mw, b.terms)
        found["battery_energy", b.name] = _Good(b.energy_kcur_per_mwh, b.terms)
    stores = {c.name: c.store for c in case.cooling if c.store is not None}
    found |= {("cold_store", c): _Good(s.cost_kcur_per_mwh, s.terms) for c, s in stores.items()}
    found |= {("heat_exchanger", u.name): _Good(u.cost_kcur_per_mw, u.terms) for u in case.heat_users}
    found |= {("supply", s.name): _Good(s.cost_kcur_per_mw, s.terms) for s in case.supplies}
    found |= {("generator", g.name): _Good(g.cost_kcur_per_mw, g.terms) for g in case.generators}
    found["connection", "connection"] = _Good(grid.connection_kcur_per_mw, grid.connection_terms)
    return found


def _in_service(view: View) -> dict[tuple[str, str], float]:
    """How much of everything a stage's design holds beyond what was on site before."""
    case, design = view.case, view.design
    found: dict[tuple[str, str], float] = {}
    for r in case.racks:
        found["racks", r.name] = sum(n for (name, _), n in view.racks.items() if name == r.name)
    found |= {("modules", m.name): view.units.get(m.name, 0) for m in case.offers}
    found["electrical_chain", case.electrical.name] = view.installed_mw
    for b in case.batteries:
        found["battery_power", b.name] = max(0.0, design.battery_mw.get(b.name, 0.0) - b.existing_mw)
        found["battery_energy", b.name] = max(0.0, design.battery_mwh.get(b.name, 0.0) - b.existing_mwh)
    found |= {("cold_store", c): mwh for c, mwh in design.cold_store_mwh.items()}
    found |= {("heat_exchanger", u): mw for u, mw in design.reuse_mw.items()}
    found |= {("supply", s): mw for s, mw in design.supply_mw.items()}
    found |= {("generator", g.name): g.unit_mw * design.generator_units.get(g.name, 0) for g in case.generators}
    found["connection", "connection"] = bill.connected_mw(view)
    return found


def _check_purchase(
    growth: Growth, plan: GrowthPlan, p: Purchase, known: list[dict[tuple[str, str], _Good]], check: Checker
) -> None:
    """One purchase: at a stage, of something offered there, delivered by then, in whole steps."""
    what, last = f"{p.line}: {p.item}", len(growth.stages)
    if not check.require(0 <= p.bought < p.retired <= last, "bought before it is retired", what, p.bought, p.retired):
        return
    stage = growth.stages[p.bought]
    place = f"{stage.name}: {what}"
    key = (p.line, p.item)
    offered = key in known[p.bought] and p.line != "ancillary_it" and key not in stage.closed
    check.require(offered, "bought while it is on offer", place)
    _check_dates(growth, plan, p, check)
    whole = {("generator", g.name): g.unit_mw for g in stage.case.generators}
    if p.line in ("racks", "modules", "generator"):
        number = p.quantity / whole.get(key, 1.0)
        check.equal("bought in whole units", place, number, float(np.round(number)), tolerance=1e-9)


def _check_dates(growth: Growth, plan: GrowthPlan, p: Purchase, check: Checker) -> None:
    """One purchase is on site when its stage starts; of units from a factory, all that were ordered so far."""
    case = growth.stages[p.bought].case
    goods: dict[str, Sequence[Offer | Battery | Supply | Generator]] = {
        "modules": case.offers,
        "battery_power": case.batteries,
        "battery_energy": case.batteries,
        "supply": case.supplies,
        "generator": case.generators,
    }
    same = [q for q in plan.purchases if (q.line, q.item) == (p.line, p.item) and q.bought <= p.bought]
    so_far = sum(q.quantity for q in same)
    start = View(case, plan.stages[p.bought]).start_month
    for item in goods.get(p.line, ()):
        if item.name == p.item:
            months = facts.ready_month(case, item, round(so_far))
            place = f"{growth.stages[p.bought].name}: {p.line}: {p.item}"
            check.at_most("on site when the stage starts [months]", place, months, start)


def _check_starts(growth: Growth, plan: GrowthPlan, check: Checker) -> None:
    """A stage starts before the next; late are only the tokens that the stage before did not make."""
    views = [View(s.case, d) for s, d in zip(growth.stages, plan.stages, strict=True)]
    for before, view, stage in zip(views, views[1:], growth.stages[1:], strict=False):
        check.at_most("stages start in order [months]", stage.name, before.start_month, view.start_month)
        old = {w.name: facts.reference_mtok(before.case, w) for w in before.case.workloads}
        kept = sum(min(facts.reference_mtok(view.case, w), old.get(w.name, 0.0)) for w in view.case.workloads)
        served = view.case.limits.delay.served_mtok
        if served > 0:
            check.equal("tokens that go on while a stage is late [Mtok]", stage.name, served, kept)


def _check_orders(growth: Growth, plan: GrowthPlan, check: Checker) -> None:
    """Least orders of what is bought at one time."""
    for k, stage in enumerate(growth.stages):
        for m in stage.case.offers:
            count = sum(p.quantity for p in plan.purchases if (p.line, p.item, p.bought) == ("modules", m.name, k))
            if count > 0:
                check.at_least("least order [units]", f"{stage.name}: {m.name}", count, m.min_count)


def _whole_plan(growth: Growth, k: int) -> Money:
    """Money from the start of a stage to the end of the plan."""
    money = growth.stages[k].case.money
    return replace(money, first_year=0, plan_years=None, analysis_years=growth.years - money.first_year)


def _flow(growth: Growth, p: Purchase, terms: AssetTerms) -> Array:
    """After-tax cost of one bought and retired so, in each year from time zero [1]."""
    start = growth.stages[p.bought].first_year
    end = growth.years if p.retired == len(growth.stages) else growth.stages[p.retired].first_year
    flow = np.zeros(growth.years + 1)
    flow[start:] = flow_of_asset(terms, _whole_plan(growth, p.bought), end - start)
    return flow


def _expected(
    growth: Growth, plan: GrowthPlan, known: list[dict[tuple[str, str], _Good]]
) -> Iterator[tuple[CostLine, Array, int]]:
    """Every capital line as it should be, its flow, and the stage that buys it."""
    for p in plan.purchases:
        for line in ("racks", "ancillary_it") if p.line == "racks" else (p.line,):
            good = known[p.bought][line, p.item]
            flow = _flow(growth, p, good.terms)
            yield _line(growth, line, p.item, p.quantity, p.unit, good.price_kcur, flow, is_bought=True), flow, p.bought
    for b in growth.stages[0].case.batteries:
        flow = flow_of_existing(b.terms, _whole_plan(growth, 0), b.existing_life_years)
        kept_mw, kept_mwh = kept_on_site(growth.stages[0].case, b)
        for line, size, unit, price in (
            ("existing_battery_power", kept_mw, "MW", b.power_kcur_per_mw),
            ("existing_battery_energy", kept_mwh, "MWh", b.energy_kcur_per_mwh),
        ):
            yield _line(growth, line, b.name, size, unit, price, flow, is_bought=False), flow, 0


def _line(
    growth: Growth, line: str, item: str, quantity: float, unit: str, price: float, flow: Array, *, is_bought: bool
) -> CostLine:
    factor = present_value(flow, growth.stages[0].case.money)
    first = quantity * price if is_bought else 0.0
    return CostLine(line, item, quantity, unit, price, factor, first, line in ("racks", "ancillary_it"))


def _check_money(
    growth: Growth,
    plan: GrowthPlan,
    accounts: GrowthAccounts,
    known: list[dict[tuple[str, str], _Good]],
    proof: Proof | None,
    check: Checker,
) -> None:
    """Capital line by line; budget; the cash flow of all years, added up from the stages' lines and the purchases."""
    wanted = [x for x in _expected(growth, plan, known) if x[0].quantity * x[0].unit_price_kcur != 0]
    if not check.require(
        len(wanted) == len(accounts.capital) == len(accounts.bought), "one cost line per purchase", "capital",
        len(accounts.capital), len(wanted),
    ):  # fmt: skip
        return
    for (x, flow, k), found, stage in zip(wanted, accounts.capital, accounts.bought, strict=True):
        place = f"{growth.stages[k].name}: {x.line}: {x.item}"
        same = (found.line, found.item, found.unit, found.is_it, stage) == (x.line, x.item, x.unit, x.is_it, k)
        check.require(same, "a cost line is that of its purchase", place)
        check.same("quantity of a cost line", place, found.quantity, x.quantity)
        check.same("price of a cost line [kcur]", place, found.unit_price_kcur, x.unit_price_kcur)
        check.same("present-value factor of a cost line", place, found.factor, x.factor)
        check.same("first cost of a cost line [kcur]", place, found.first_cost_kcur, x.first_cost_kcur)
        _check_flow(place, np.array(found.flow_pu, float), flow, check)
    first = sum(x.first_cost_kcur for x, _, _ in wanted)
    if growth.budget_kcur is not None:
        check.at_most("budget of first costs [kcur]", "all stages", first, growth.budget_kcur, tolerance=PHYSICS)
    years = np.zeros(growth.years + 1)
    for x, flow, _ in wanted:
        years += x.quantity * x.unit_price_kcur * flow
    for part, own in zip(growth.stages, accounts.stages, strict=True):
        end = part.first_year + part.years
        years[: end + 1] += np.array(own.cash_flow_kcur)
    money = growth.stages[0].case.money
    gross = sum(abs(c.present_value_kcur) for c in accounts.costs)
    exact = {"tolerance": EXACT, "floor": max(1.0, CANCELS * gross)}
    labels = [f"year {k}" for k in range(years.size)]
    flow = np.array(accounts.cash_flow_kcur)
    if check.require(flow.shape == years.shape, "cash flow of each year", "number of years", flow.size, years.size):
        check.equal("cash flow of each year [kcur]", "all stages", flow, years, places=labels, **exact)
    objective = present_value(years, money)
    check.equal("discounted cash flow is the objective", "all stages", accounts.objective_kcur, objective, **exact)
    if proof is not None:
        check.equal("objective that was proven [kcur]", "proof", proof.objective_kcur, objective, **exact)
        if proof.bound_kcur != -np.inf:
            check.at_most("bound not above the objective [kcur]", "proof", proof.bound_kcur, objective, **exact)
    _check_kpi(growth, plan, accounts, first, objective, check)


def _check_flow(place: str, found: Array, flow: Array, check: Checker) -> None:
    """The cash flow that a cost line tells, year by year."""
    rule = "cash flow of a cost line"
    if check.require(found.size == flow.size, rule, f"{place}: number of years", found.size, flow.size):
        labels = [f"year {k}" for k in range(flow.size)]
        check.equal(rule, place, found, flow, tolerance=EXACT, places=labels)


def _check_kpi(
    growth: Growth, plan: GrowthPlan, accounts: GrowthAccounts, first: float, objective: float, check: Checker
) -> None:
    """Indicators over all years."""
    energy = tokens = worth = output_worth = 0.0
    for stage, design in zip(growth.stages, plan.stages, strict=True):
        view, case = View(stage.case, design), stage.case
        output = sum(w.output_tokens * facts.requests_mreq(case, w) for w in case.workloads)
        energy += stage.years * view.year_mwh(view.site_mw)
        tokens += stage.years * view.reference_mtok
        each = sum((1.0 + case.money.discount_rate) ** -(stage.first_year + y) for y in range(1, stage.years + 1))
        worth, output_worth = worth + each * view.reference_mtok, output_worth + each * output
    expected = {
        "tokenergy_wh_per_1k": 1e3 * energy / tokens if tokens > 0 else None,
        "cost_kcur_per_mtok": objective / worth if worth > 0 else None,
        "cost_kcur_per_output_mtok": objective / output_worth if output_worth > 0 else None,
        "first_cost_kcur": first,
    }
    check.require(set(accounts.kpi) == set(expected), "indicators over all years are complete", "all stages")
    for name, value in expected.items():
        check.same(f"indicator {name}", "all stages", accounts.kpi.get(name), value)
