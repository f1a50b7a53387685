"""Recheck of cooling: heat by cooling type, electricity and water at the weather of each step, chilled-water stores."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from models.audit import facts
from models.audit.checker import Array, Checker
from models.audit.view import View
from models.case import ChilledWaterStore


def check_heat(view: View, check: Checker) -> None:
    """Heat of racks, what removing it takes, and the tanks."""
    op = view.op
    heat = _heat_of_racks(view)
    power, water = view.zeros, view.zeros
    for c in view.case.cooling:
        mine = heat.get(c.name, view.zeros)
        check.equal("heat of racks by cooling type", c.name, view.series(op.heat_mw, c.name), mine)
        store = view.store(c.name)
        made = mine - view.sold_mw(c.name)
        need = facts.electricity(view.case, c)
        if store is None:
            at_load = need * made
        else:
            made = made + view.series(op.cold_charge_mw, c.name) - view.series(op.cold_discharge_mw, c.name)
            cannot_move = np.where(need < store.distribution_pu, need, store.distribution_pu)
            at_load = cannot_move * mine + (need - cannot_move) * made
        standing = need * view.design_heat_mw.get(c.name, 0.0)
        power = power + at_load + c.fixed_share * (standing - at_load)
        water = water + view.h * facts.water(view.case, c) * made
        _check_store(view, check, c.name, store, made)
    power = power + _check_reuse(view, check, heat)
    check.equal("cooling power at the weather of the step", "all cooling", op.cooling_mw, power)
    check.equal("water at the weather of the step", "all cooling", op.water_m3, water)
    _check_water(view, check)


def _check_reuse(view: View, check: Checker, heat: dict[str, Array]) -> Array:
    """Heat sold: warm enough, wanted, within its connection and the heat there is. Returns its pumps [MW]."""
    pumps = view.zeros
    for u in view.case.heat_users:
        sold, size = view.zeros, view.design.reuse_mw.get(u.name, 0.0)
        for (user, c), flow in view.op.reused_mw.items():
            if user == u.name:
                back_c = view.cooling[c].return_c
                warm = back_c is not None and back_c >= u.temperature_c
                check.at_least("heat sold not negative", f"{user} from {c}", flow, 0.0)
                check.require(warm or not np.any(flow), "heat sold is warm enough", f"{user} from {c}")
                sold = sold + flow
        check.at_least("size not negative", f"connection of {u.name}", size, 0.0)
        if u.max_mw is not None:
            check.at_most("largest connection of a heat user", u.name, size, u.max_mw)
        check.at_most("heat sold within what the user takes", u.name, sold, u.demand_mw)
        check.at_most("heat sold within its connection", u.name, sold, size)
        pumps = pumps + u.pump_pu * sold
    for name in {c for _, c in view.op.reused_mw}:
        check.at_most("heat sold within the heat of racks", name, view.sold_mw(name), heat.get(name, view.zeros))
    return pumps


def _check_water(view: View, check: Checker) -> None:
    case, used = view.case, np.asarray(view.op.water_m3, float)
    limits = case.limits
    if limits.water_m3_per_year is not None:
        check.at_most("water limit of the year [m3]", "site", float(np.sum(used)), limits.water_m3_per_year)
    if limits.weighted_water_m3_per_year is not None:
        weighted = facts.weighted_water_m3(case, used)
        check.at_most("weighted water limit of the year [m3]", "site", weighted, limits.weighted_water_m3_per_year)
    if limits.water_m3_per_day is not None:
        start = datetime.fromisoformat(case.calendar.first_step)
        dates = [(start + timedelta(hours=view.h * t)).date() for t in range(case.calendar.steps)]
        days: dict[tuple[int, str], float] = {}
        for month, date, water in zip(case.calendar.month_of_step, dates, used, strict=True):
            days[month, f"{date}"] = days.get((month, f"{date}"), 0.0) + float(water)
        for (_, day), total in days.items():
            check.at_most("water limit of a day [m3]", day, total, limits.water_m3_per_day)


def _heat_of_racks(view: View) -> dict[str, Array]:
    heat: dict[str, Array] = {}
    for o, mw in view.option_mw.items():
        for c, share in view.heat_parts(o).items():
            heat[c] = heat.get(c, view.zeros) + share * mw
    return heat


def _check_store(view: View, check: Checker, c: str, store: ChilledWaterStore | None, made: Array) -> None:
    size = view.design.cold_store_mwh.get(c)
    if size is None:
        return
    item = f"chilled-water store {c}"
    charge, discharge = view.op.cold_charge_mw[c], view.op.cold_discharge_mw[c]
    stored = view.op.cold_stored_mwh[c]
    most = store.max_mwh if store is not None else 0.0
    check.at_least("size not negative", item, size, 0.0)
    check.at_most("largest chilled-water store", item, size, most)
    for name, series in (("charge", charge), ("discharge", discharge), ("stored cold", stored)):
        check.at_least("chilled-water flows not negative", f"{item}, {name}", series, 0.0)
    if store is None:
        for series in (charge, discharge, stored):
            check.equal("no chilled-water store can be built", item, series, 0.0)
        return
    kept = (1.0 - store.loss_per_h) ** view.h
    expected = kept * np.roll(stored, 1) + view.h * (charge - discharge)
    check.equal("stored cold follows its flows", item, stored, expected, floor=max(1.0, size))
    check.at_most("stored cold within the tank", item, stored, size)
    check.at_most("charging rate of the tank", item, charge, size / store.hours_to_fill)
    check.at_most("discharging rate of the tank", item, discharge, size / store.hours_to_fill)
    check.at_least("cold made not negative", item, made, 0.0)
    check.at_most("cold made within the plant's design heat", item, made, view.design_heat_mw.get(c, 0.0))
