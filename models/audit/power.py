"""Recheck of the electrical side: chain losses, the site bus, batteries, on-site supply."""

from __future__ import annotations

import numpy as np

from models.audit import facts
from models.audit.checker import Checker
from models.audit.generators import check_generators
from models.audit.view import View, kept_on_site
from models.case import Battery


def check_power(view: View, check: Checker) -> None:
    """Losses, the balance of every step, batteries, PV and wind."""
    chain, op = view.case.electrical, view.op
    loss = chain.fixed_loss_pu * view.installed_mw + chain.proportional_loss_pu * op.it_mw
    check.equal("losses of the electrical chain", chain.name, op.chain_loss_mw, loss)
    _check_bus(view, check)
    for b in view.case.batteries:
        _check_battery(view, check, b)
    _check_supply(view, check)
    check_generators(view, check)


def _check_bus(view: View, check: Checker) -> None:
    op, site = view.op, view.case.site
    arriving = (
        op.import_mw + op.onsite_mw + view.generated_mw + view.lost_mw + sum(op.discharge_mw.values(), view.zeros)
    )
    leaving = op.it_mw + op.chain_loss_mw + op.cooling_mw + op.export_mw + sum(op.charge_mw.values(), view.zeros)
    leaving = leaving + view.smoothing_loss_mw
    leaving = leaving + site.house_load_mw + (0.0 if site.plain_load_mw is None else site.plain_load_mw)
    check.equal("power balance of the site", "site bus", arriving, leaving)


def _check_battery(view: View, check: Checker, b: Battery) -> None:
    power, energy = view.design.battery_mw.get(b.name, 0.0), view.design.battery_mwh.get(b.name, 0.0)
    item, (kept_mw, kept_mwh) = f"battery {b.name}", kept_on_site(view.case, b)
    if not facts.in_time(view.case, b, view.start_month):
        check.equal("battery can be delivered in time", item, power + energy, kept_mw + kept_mwh)
    elif b.max_mw <= 0 or b.max_mwh <= 0:
        check.equal("battery can be built", item, power + energy, 0.0)
    else:
        check.at_least("least battery power", item, power, b.min_mw)
        check.at_most("most battery power", item, power, b.max_mw)
        check.at_least("least battery energy", item, energy, b.min_mwh)
        check.at_most("most battery energy", item, energy, b.max_mwh)
    if view.design.battery_mw or kept_mw + kept_mwh > 0:
        check.at_least("storage on site is kept", item, power, kept_mw)
        check.at_least("storage on site is kept", item, energy, kept_mwh)
    usable = view.usable_mwh(b)
    charge = view.series(view.op.charge_mw, b.name)
    discharge = view.series(view.op.discharge_mw, b.name)
    stored = view.series(view.op.stored_mwh, b.name)
    for name, series in (("charge", charge), ("discharge", discharge), ("stored energy", stored)):
        check.at_least("battery flows not negative", f"{item}, {name}", series, 0.0)
    kept = (1.0 - b.self_discharge_per_h) ** view.h
    flow = charge * b.charge_efficiency - discharge / b.discharge_efficiency
    gained = stored - kept * np.roll(stored, 1)
    # A step's error counts against what the battery holds; all of the year's together against a hundred times that.
    size = max(1.0, energy)
    check.equal("battery state of charge", item, gained, view.h * flow, floor=size)
    check.equal("battery energy of the year", item, np.sum(gained), view.year_mwh(flow), floor=100 * size)
    check.at_most("battery power", item, charge + discharge, power)
    check.at_most("battery charges or discharges, never both", item, np.minimum(charge, discharge), 0.0)
    check.at_least("lowest state of charge", item, stored, b.min_charge_share * usable)
    check.at_most("highest state of charge", item, stored, b.max_charge_share * usable)
    check.at_least("least energy for the power", item, energy, b.min_hours * power)
    works = b.location == "site" or (b.location == "ups" and view.case.electrical.ups_serves_grid)
    if not works:
        check.equal("storage that does not serve the grid is not dispatched", item, discharge, 0.0)
    if b.ageing == "fixed_life" and b.max_cycles_per_year is not None:
        limit = b.max_cycles_per_year * usable
        check.at_most("battery cycles of the year [MWh]", item, view.year_mwh(view.given_mw(b.name)), limit)


def _check_supply(view: View, check: Checker) -> None:
    possible = view.zeros
    for s in view.case.supplies:
        size = view.design.supply_mw.get(s.name, 0.0)
        if facts.in_time(view.case, s, view.start_month) and s.max_mw > 0:
            check.at_least("least on-site capacity", s.name, size, s.min_mw)
            check.at_most("most on-site capacity", s.name, size, s.max_mw)
        else:
            check.equal("on-site supply can be delivered in time", s.name, size, 0.0)
        possible = possible + s.output_pu * size
    check.at_least("on-site generation not negative", "on-site supply", view.op.onsite_mw, 0.0)
    check.at_most("on-site generation within sun and wind", "on-site supply", view.op.onsite_mw, possible)
