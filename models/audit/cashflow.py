"""Recheck of money: every cost line from quantities and prices, every year's cash flow, their present value.

All present values are sums of cash flows year by year; no annuity or growth formula is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.audit import bill, facts
from models.audit.checker import CANCELS, EXACT, PHYSICS, Array, Checker
from models.audit.generators import starts
from models.audit.purchases import delivered_mw, income_kcur, taken_mw
from models.audit.view import View, kept_on_site
from models.case import AssetTerms, Money
from models.design import Accounts, Proof


@dataclass(frozen=True, eq=False)
class Line:
    """A cost line as it should be. `flow` is the after-tax cost in each year of one kcur of quantity * price."""

    line: str
    item: str
    quantity: float
    price_kcur: float
    flow: Array
    is_capital: bool
    is_it: bool = False
    gross_kcur: float = 0.0
    """sum of the absolute parts of the price, where parts of both signs cancel"""

    @property
    def first_cost_kcur(self) -> float:
        """Paid at time zero, before rebates [kcur]."""
        return self.quantity * self.price_kcur if self.is_capital else 0.0


def flow_of_asset(terms: AssetTerms, money: Money, retired: int | None = None) -> Array:
    """After-tax cost in years 0..n of an asset bought for one: upkeep, replacements, tax effects, value left [1].

    retired: the year in which it goes, without value; depreciation goes on. None: it stays."""
    last, kept = money.analysis_years, 1.0 - money.tax_rate
    gone = last if retired is None else retired
    written_off = 1.0 - terms.credit_share / 2.0
    flow = np.zeros(last + 1)
    flow[0] = 1.0 - terms.rebate_share
    flow[1] -= terms.credit_share + money.tax_rate * written_off * terms.bonus_share
    bought, value = 0, 1.0
    for year in range(1, last + 1):
        if year <= len(terms.depreciation_shares):
            yearly = written_off * (1.0 - terms.bonus_share) * terms.depreciation_shares[year - 1]
            flow[year] -= money.tax_rate * yearly
        if year > gone:
            continue
        flow[year] += kept * terms.om_share * (1.0 + money.escalation_om) ** year
        if year - bought == terms.life_years and year < gone:
            bought, value = year, terms.replacement_share * (1.0 + money.escalation_capital) ** year
            flow[year] += kept * value
    if money.counts_residual_value and gone == last:
        flow[last] -= kept * value * (1.0 - (last - bought) / terms.life_years)
    return flow


def flow_of_existing(terms: AssetTerms, money: Money, left: int) -> Array:
    """After-tax cost in years 0..n of an asset on site with `left` years to live, per price of one new [1]."""
    last, kept = money.analysis_years, 1.0 - money.tax_rate
    flow, renewed, value = np.zeros(last + 1), -1, 0.0
    for year in range(last + 1):
        due = year == left or (renewed >= 0 and year == renewed + terms.life_years)
        if year > 0:
            flow[year] += kept * terms.om_share * (1.0 + money.escalation_om) ** year
        if due and year < last:
            renewed, value = year, terms.replacement_share * (1.0 + money.escalation_capital) ** year
            flow[year] += kept * value
    if money.counts_residual_value and renewed >= 0:
        flow[last] -= kept * value * (1.0 - (last - renewed) / terms.life_years)
    return flow


def flow_of_yearly(money: Money, growth: float) -> Array:
    """After-tax cost of one per year at the prices of the start, in each year from time zero [1]."""
    flow, price = np.zeros(money.first_year + money.analysis_years + 1), 1.0
    for year in range(1, money.analysis_years + 1):
        price *= 1.0 + growth
        flow[money.first_year + year] = (1.0 - money.tax_rate) * price
    return flow


def present_value(flow: Array, money: Money) -> float:
    """Today's value of amounts paid at the ends of years 0, 1, ..."""
    worth, total = 1.0, 0.0
    for amount in flow:
        total += worth * float(amount)
        worth /= 1.0 + money.discount_rate
    return total


def expected_lines(view: View) -> list[Line]:
    """Every cost line of the plan, also those of zero."""
    part_of_growth = view.case.money.plan_years is not None  # its capital is rechecked by models/audit/growth.py
    capital = () if part_of_growth else _capital_lines(view)
    return [*capital, *_grid_lines(view), *_other_lines(view)]


def _capital_lines(view: View) -> Iterator[Line]:
    case, design, money = view.case, view.design, view.case.money

    def bought(line: str, item: str, quantity: float, price: float, terms: AssetTerms) -> Line:
        is_it = line in ("racks", "ancillary_it")
        return Line(line, item, float(quantity), price, flow_of_asset(terms, money), True, is_it)

    for r in case.racks if money.counts_it else ():
        count = sum(n for (name, _), n in view.racks.items() if name == r.name)
        yield bought("racks", r.name, count, r.cost_kcur, r.terms)
        yield bought("ancillary_it", r.name, count, r.ancillary_cost_kcur, r.terms)
    for m in case.offers:
        count = view.units.get(m.name, 0)
        yield bought("modules", m.name, count, facts.landed_kcur(m, count), m.terms)
    chain = case.electrical
    yield bought("electrical_chain", chain.name, view.installed_mw, chain.chain_kcur_per_mw, chain.terms)
    for b in case.batteries:
        more_mw = max(0.0, design.battery_mw.get(b.name, 0.0) - b.existing_mw)
        more_mwh = max(0.0, design.battery_mwh.get(b.name, 0.0) - b.existing_mwh)
        yield bought("battery_power", b.name, more_mw, b.power_kcur_per_mw, b.terms)
        yield bought("battery_energy", b.name, more_mwh, b.energy_kcur_per_mwh, b.terms)
        flow, (kept_mw, kept_mwh) = flow_of_existing(b.terms, money, b.existing_life_years), kept_on_site(case, b)
        yield Line("existing_battery_power", b.name, kept_mw, b.power_kcur_per_mw, flow, False)
        yield Line("existing_battery_energy", b.name, kept_mwh, b.energy_kcur_per_mwh, flow, False)
    for c in case.cooling:
        if c.store is not None:
            size = design.cold_store_mwh.get(c.name, 0.0)
            yield bought("cold_store", c.name, size, c.store.cost_kcur_per_mwh, c.store.terms)
    for u in case.heat_users:
        yield bought("heat_exchanger", u.name, design.reuse_mw.get(u.name, 0.0), u.cost_kcur_per_mw, u.terms)
    for s in case.supplies:
        yield bought("supply", s.name, design.supply_mw.get(s.name, 0.0), s.cost_kcur_per_mw, s.terms)
    for g in case.generators:
        size = g.unit_mw * design.generator_units.get(g.name, 0)
        yield bought("generator", g.name, size, g.cost_kcur_per_mw, g.terms)
    grid = case.grid
    connected = bill.connected_mw(view)
    yield bought("connection", "connection", connected, grid.connection_kcur_per_mw, grid.connection_terms)


def _grid_lines(view: View) -> Iterator[Line]:
    grid, op = view.case.grid, view.op
    flow = flow_of_yearly(view.case.money, view.case.money.escalation_energy)
    bought = grid.import_price_kcur_per_mwh * view.tariff_mw
    yield Line("energy", "energy", 1.0, view.year_mwh(bought), flow, False, gross_kcur=view.year_mwh(np.abs(bought)))
    if grid.export_price_kcur_per_mwh is not None:
        sold = grid.export_price_kcur_per_mwh * op.export_mw
        yield Line("export", "export", 1.0, -view.year_mwh(sold), flow, False, gross_kcur=view.year_mwh(np.abs(sold)))
    yield Line("contract", "contract", view.design.contract_mw, grid.contract_kcur_per_mw_year, flow, False)
    months = float(len(view.case.calendar.months))
    yield Line("fixed_charge", "fixed_charge", months, grid.fixed_kcur_per_month, flow, False)
    yield from _bill_lines(view, flow)


def _bill_lines(view: View, flow: Array) -> Iterator[Line]:
    grid, months_present = view.case.grid, view.case.calendar.months
    for c in grid.energy_charges:
        yearly = sum(bill.energy_kcur(view, c, m) for m in months_present)
        yield Line("energy", c.name, 1.0, yearly, flow, False, gross_kcur=bill.energy_gross_kcur(view, c))
    if grid.take_or_pay_mwh_per_year > 0:
        yield Line("energy", "not taken", bill.not_taken_mwh(view), grid.take_or_pay_kcur_per_mwh, flow, False)
    for d in grid.demand_charges:
        yearly = sum(bill.demand_kcur(view, d, m) for m in months_present)
        yield Line("demand", d.name, 1.0, yearly, flow, False)
    if bill.contract_may_be_exceeded(grid) and grid.overrun_kcur_per_mw_month is not None:
        price = grid.overrun_kcur_per_mw_month
        yield Line("contract", "overrun", bill.exceeded_mw(view), price, flow, False)


def _other_lines(view: View) -> Iterator[Line]:
    money, limits = view.case.money, view.case.limits
    carbon, water = flow_of_yearly(money, money.escalation_carbon), flow_of_yearly(money, money.escalation_water)
    yield Line("carbon", "carbon", view.carbon_t, limits.carbon_price_kcur_per_t, carbon, False)
    yield Line("water", "water", float(np.sum(view.op.water_m3)), limits.water_price_kcur_per_m3, water, False)
    for u in view.case.heat_users:
        sold = sum((v for (user, _), v in view.op.reused_mw.items() if user == u.name), view.zeros)
        flow = flow_of_yearly(money, money.escalation_energy)
        yield Line("heat_reuse", u.name, view.year_mwh(sold), -u.price_kcur_per_mwh, flow, False)
    for b in view.case.batteries:
        renewed = b.fade_per_year * b.energy_kcur_per_mwh if b.augmented else 0.0
        growing = flow_of_yearly(money, money.escalation_capital)
        installed = view.design.battery_mwh.get(b.name, 0.0)
        yield Line("augmentation", b.name, installed, renewed, growing, False)
        if b.ageing == "throughput" and b.cycle_life is not None:
            wear = b.energy_kcur_per_mwh * b.terms.replacement_share / b.cycle_life
            discharged = view.year_mwh(view.given_mw(b.name))
            flow = flow_of_yearly(money, money.escalation_capital)
            yield Line("battery_wear", b.name, discharged, wear, flow, False)
    om = flow_of_yearly(money, money.escalation_om)
    for g in view.case.generators:
        given, fuel = view.year_mwh(view.series(view.op.generated_mw, g.name)), view.year_mwh(view.fuel_mw(g.name))
        yield Line("fuel", g.name, fuel, g.fuel_kcur_per_mwh, flow_of_yearly(money, g.fuel_escalation), False)
        power = g.unit_mw * view.design.generator_units.get(g.name, 0)
        yield Line("generator_standing", g.name, power, g.om_kcur_per_mw_year, om, False)
        yield Line("generator_om", g.name, given, g.om_kcur_per_mwh, om, False)
        yield Line("starts", g.name, starts(view.series(view.op.running_units, g.name)), g.start_kcur, om, False)
    energy = flow_of_yearly(money, money.escalation_energy)
    for p in view.case.programmes:
        pay = p.ready_kcur_per_mw_year + p.called_kcur_per_mwh * view.year_mwh(np.where(p.called > 0, 1.0, 0.0))
        yield Line("demand_response", p.name, view.design.committed_mw.get(p.name, 0.0), -pay, energy, False)
    for c in view.case.purchases:
        growing, mwh = flow_of_yearly(money, c.price_escalation), view.year_mwh(delivered_mw(view, c))
        yield Line("power_purchase", c.name, mwh, c.price_kcur_per_mwh, growing, False)
        fee = c.delivery_kcur_per_mwh
        yield Line("purchase_delivery", c.name, view.year_mwh(taken_mw(view, c)), fee, energy, False)
        yield Line("purchase_market", c.name, 1.0, -income_kcur(view, c), energy, False)
    at_once = np.zeros(money.first_year + money.analysis_years + 1)
    at_once[money.first_year] = 1.0 - money.tax_rate
    late_mtok = view.reference_mtok - limits.delay.served_mtok
    per_month = limits.delay.kcur_per_month + late_mtok / 12.0 * limits.delay.kcur_per_mtok
    yield Line("delay", "delay", view.design.delay_months, per_month, at_once, False)
    price, level = view.case.grid.lost_load_kcur_per_mwh, flow_of_yearly(money, 0.0)
    if price is not None:
        yield Line("lost_load", "site", view.year_mwh(view.lost_mw), price, level, False)


def check_money(view: View, accounts: Accounts, proof: Proof | None, check: Checker) -> None:
    """Cost lines, cash flows, objective, budget, and the objective of the proof."""
    lines, money = expected_lines(view), view.case.money
    _check_lines(lines, accounts, money, check)
    first = sum(x.first_cost_kcur for x in lines)
    if view.case.limits.budget_kcur is not None:
        check.at_most("budget of first costs [kcur]", "site", first, view.case.limits.budget_kcur, tolerance=PHYSICS)
    years = sum(
        (x.quantity * x.price_kcur * x.flow for x in lines), np.zeros(money.first_year + money.analysis_years + 1)
    )
    gross = sum(abs(present_value(x.quantity * x.price_kcur * x.flow, money)) for x in lines)
    exact = {"tolerance": EXACT, "floor": max(1.0, CANCELS * gross)}
    objective = present_value(years, money)
    check.equal("objective is the sum of cost lines [kcur]", "site", accounts.objective_kcur, objective, **exact)
    flow = np.array(accounts.cash_flow_kcur, float)
    if check.require(flow.shape == years.shape, "cash flow of each year", "number of years", flow.size, years.size):
        labels = [f"year {k}" for k in range(years.size)]
        check.equal("cash flow of each year [kcur]", "site", flow, years, places=labels, **exact)
        discounted = present_value(flow, money)
        check.equal("discounted cash flow is the objective", "site", discounted, accounts.objective_kcur, **exact)
    if proof is not None:
        _check_proof(proof, objective, exact, check)


def _check_lines(lines: list[Line], accounts: Accounts, money: Money, check: Checker) -> None:
    expected = {(x.line, x.item): x for x in lines}
    listed = [(c.line, c.item) for c in accounts.costs]
    for key in sorted(set(listed)):
        item = f"{key[0]}: {key[1]}"
        check.require(listed.count(key) == 1, "each cost line appears once", item, listed.count(key), 1)
        check.require(key in expected, "no cost line without a cause", item, 1, 0)
    for key, x in expected.items():
        worth = x.quantity * x.price_kcur * present_value(x.flow, money)
        if key not in listed:
            check.require(abs(worth) <= EXACT, "every cost line is there [kcur]", f"{x.line}: {x.item}", 0.0, worth)
    for c in accounts.costs:
        if (c.line, c.item) in expected:
            x = expected[c.line, c.item]
            item = f"{c.line}: {c.item}"
            check.same("quantity of a cost line", item, c.quantity, x.quantity)
            check.same("price of a cost line [kcur]", item, c.unit_price_kcur, x.price_kcur, CANCELS * x.gross_kcur)
            check.same("present-value factor of a cost line", item, c.factor, present_value(x.flow, money))
            check.same("first cost of a cost line [kcur]", item, c.first_cost_kcur, x.first_cost_kcur)
            rule, same_years = "cash flow of a cost line", len(c.flow_pu) == x.flow.size
            if check.require(same_years, rule, f"{item}: number of years", len(c.flow_pu), x.flow.size):
                years = [f"year {k}" for k in range(x.flow.size)]
                check.equal(rule, item, np.array(c.flow_pu, float), x.flow, tolerance=EXACT, places=years)
            check.require(c.is_it == x.is_it, "racks are the IT part of the cost", item, c.is_it, x.is_it)


def _check_proof(proof: Proof, objective: float, exact: dict[str, float], check: Checker) -> None:
    known = proof.status in ("optimal", "limit")
    check.require(known, "a plan is proven or stopped at a limit", f"proof: {proof.status}")
    check.equal("objective that was proven [kcur]", "proof", proof.objective_kcur, objective, **exact)
    if proof.bound_kcur != -np.inf:
        check.at_most("bound not above the objective [kcur]", "proof", proof.bound_kcur, objective, **exact)
