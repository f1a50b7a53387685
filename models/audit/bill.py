"""Recheck of the bill: what a month's energy and demand cost, block by block, and what is paid for nothing."""

from __future__ import annotations

import math

import numpy as np

from models.audit.checker import Array
from models.audit.view import View
from models.case import DemandCharge, EnergyCharge, Grid, Tier


def contract_may_be_exceeded(grid: Grid) -> bool:
    """Whether demand above contracted capacity is billed instead of forbidden: there is a price for it, and contracted
    capacity is settled or costs something."""
    costs = grid.contract_kcur_per_mw_year > 0 or grid.connection_kcur_per_mw > 0
    costs = costs or any(d.contract_share > 0 for d in grid.demand_charges)
    return grid.overrun_kcur_per_mw_month is not None and (costs or grid.contract_mw is not None)


def cost_by_blocks(first: float, tiers: tuple[Tier, ...], month: int, quantity: float) -> float:
    """What a quantity costs when each block of it has its own price [kcur]."""
    paid, floor, price = 0.0, 0.0, first
    for tier in (*tiers, None):
        ceiling = math.inf if tier is None else tier.above
        inside = min(quantity, ceiling) - floor
        if inside <= 0:
            break
        paid += inside * price
        if tier is not None:
            floor, price = ceiling, tier.price[month]
    return paid


def month_mask(view: View, month: int) -> Array:
    """1 in the steps of a month, else 0."""
    mask: Array = (np.array(view.case.calendar.month_of_step) == month).astype(float)
    return mask


def energy_kcur(view: View, charge: EnergyCharge, month: int) -> float:
    """An energy charge of one month [kcur]."""
    energy = view.year_mwh(view.tariff_mw * charge.applies * month_mask(view, month))
    return cost_by_blocks(charge.price_kcur_per_mwh[month], charge.tiers, month, energy)


def energy_gross_kcur(view: View, charge: EnergyCharge) -> float:
    """A ceiling of the absolute amounts that make up an energy charge of the year [kcur]."""
    prices = [abs(p) for p in charge.price_kcur_per_mwh] + [abs(p) for t in charge.tiers for p in t.price]
    return max(prices) * view.year_mwh(view.tariff_mw * charge.applies)


def demand_kcur(view: View, charge: DemandCharge, month: int) -> float:
    """A demand charge of one month, raised for a poor power factor [kcur]."""
    grid, billed = view.case.grid, view.design.billed_mw.get((charge.name, month), 0.0)
    missing = grid.power_factor_target - grid.power_factor
    raised = 1.0 + (grid.power_factor_surcharge * missing if missing > 0 else 0.0)
    return raised * cost_by_blocks(charge.price_kcur_per_mw[month], charge.tiers, month, billed)


def top_mw(view: View, month: int) -> float:
    """Highest interval import of a month [MW]."""
    return float(np.max(view.case.grid.billing_factor * view.op.import_mw * month_mask(view, month)))


def exceeded_mw(view: View) -> float:
    """Sum over the months of the demand above contracted capacity [MW-months]."""
    above = [top_mw(view, m) - view.design.contract_mw for m in view.case.calendar.months]
    return sum(mw for mw in above if mw > 0)


def connected_mw(view: View) -> float:
    """Capacity of the connection that is paid for [MW]."""
    contract = view.design.contract_mw
    if not contract_may_be_exceeded(view.case.grid):
        return contract
    return max([contract, *(top_mw(view, m) for m in view.case.calendar.months)])


def not_taken_mwh(view: View) -> float:
    """Energy of take-or-pay that was not bought in the year [MWh]."""
    return max(view.case.grid.take_or_pay_mwh_per_year - view.year_mwh(view.tariff_mw), 0.0)
