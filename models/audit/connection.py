"""Recheck of the grid connection: limits, contract, billed demand, and the yearly limits on carbon and TokEnergy."""

from __future__ import annotations

import numpy as np

from models.audit import bill
from models.audit.checker import Array, Checker
from models.audit.view import View
from models.case import DemandCharge


def check_connection(view: View, check: Checker) -> None:
    """Import, export, contract, demand bills, carbon, the TokEnergy target."""
    grid, op, limits = view.case.grid, view.op, view.case.limits
    interval = grid.billing_factor * op.import_mw
    limit, most_export, most_promised = grid.import_limit_mw, grid.export_limit_mw, np.inf
    if grid.import_limit_mva is not None:
        limit = min(limit, grid.import_limit_mva * grid.power_factor)
    if grid.energised_month > view.start_month + 1e-9 and grid.earlier_mw < limit:
        # not live yet: the earlier step carries what is bought, sold and kept off the grid
        limit = grid.earlier_mw
        most_promised = limit / grid.billing_factor
        most_export = min(most_export, most_promised)
    check.at_least("import not negative", "grid connection", op.import_mw, 0.0)
    check.at_least("export not negative", "grid connection", op.export_mw, 0.0)
    check.at_most("import within the connection", "grid connection", interval, limit)
    if grid.available_pu is not None:
        left = grid.available_pu
        check.at_most("import within what an interruption leaves", "grid connection", interval, left * limit)
        check.at_most("export within what an interruption leaves", "grid connection", op.export_mw, left * most_export)
    for p in view.case.programmes:
        committed = view.design.committed_mw.get(p.name, 0.0)
        check.at_least("power committed not negative", p.name, committed, 0.0)
        check.at_most("most power committed", p.name, committed, min(p.max_mw, most_promised))
        if committed > 1e-9:
            promised = np.where(p.called > 0, p.baseline_mw - committed, np.inf)
            check.at_most("calls of a programme are answered", p.name, op.import_mw, np.minimum(promised, 1e9))
    contract = view.design.contract_mw
    if not bill.contract_may_be_exceeded(grid):
        check.at_most("import within the contract", "grid connection", interval, contract)
    if grid.contract_mw is not None:
        check.equal("contract as settled", "grid connection", contract, min(grid.contract_mw, limit))
    check.at_least("contract not negative", "grid connection", contract, 0.0)
    check.at_most("contract within the connection", "grid connection", contract, limit)
    check.at_most("export within its limit", "grid connection", op.export_mw, most_export)
    if grid.export_share is not None:
        for m in view.case.calendar.months:
            inside = np.array(view.case.calendar.month_of_step) == m
            sold, bought = float(np.sum(op.export_mw[inside])), float(np.sum(op.import_mw[inside]))
            where = f"month {m + 1}"
            check.at_most("energy sold within its share of energy bought", where, sold, grid.export_share * bought)
    for charge in grid.demand_charges:
        _check_demand(view, check, charge, interval)
    if limits.carbon_t_per_year is not None:
        check.at_most("carbon limit of the year [t]", "site", view.carbon_t, limits.carbon_t_per_year)
    if limits.tokenergy_wh_per_ktok is not None:
        energy_mwh = view.year_mwh(view.site_mw + view.lost_mw)
        allowed_mwh = limits.tokenergy_wh_per_ktok * view.reference_mtok / 1e3
        check.at_most("TokEnergy target [MWh of the year]", "site", energy_mwh, allowed_mwh)


def demand_peak_mw(view: View, charge: DemandCharge, month: int, interval: Array) -> float:
    """Highest interval demand of a month in the hours of a charge [MW]."""
    counts = (np.array(view.case.calendar.month_of_step) == month) & (charge.applies > 0)
    return float(np.max(interval[counts], initial=0.0))


def _check_demand(view: View, check: Checker, charge: DemandCharge, interval: Array) -> None:
    months = view.case.calendar.months
    peak = {m: demand_peak_mw(view, charge, m, interval) for m in months}
    for place, m in enumerate(months):
        key, item = (charge.name, m), f"{charge.name}, month {m + 1}"
        billed = view.design.billed_mw.get(key)
        if charge.price_kcur_per_mw[m] == 0 and all(t.price[m] == 0 for t in charge.tiers):
            check.require(billed is None, "no billed demand without a price", item, billed or 0.0)
            continue
        expected = max(peak[m], charge.min_mw, charge.contract_share * view.design.contract_mw)
        for back in range(1, charge.ratchet_months + 1):
            earlier = months[(place - back) % len(months)]
            if earlier in charge.ratchet_peak_months:
                expected = max(expected, charge.ratchet_share * peak[earlier])
        if billed is None:
            check.require(False, "billed demand of each month", f"{item} is missing", 0.0, expected)
        else:
            check.equal("billed demand of each month", item, billed, expected)
