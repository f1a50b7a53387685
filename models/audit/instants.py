"""Recheck of the instants that size the plant: power in and out, power by option, heat by cooling type."""

from __future__ import annotations

import numpy as np

from models.audit import facts
from models.audit.checker import Array, Checker
from models.audit.indicators import same_figures
from models.audit.view import View
from models.design import Accounts, Instant

_RULE = "power and heat at the instants that size the plant"


def check_instants(view: View, accounts: Accounts, check: Checker) -> None:
    """The design day and two steps of the operation, figure by figure."""
    op, site = view.op, view.case.site
    expected = {
        "design day": None,
        "highest import": int(np.argmax(op.import_mw)),
        "hottest step": int(np.argmax(site.dry_bulb_c)),
    }
    if not check.require([i.name for i in accounts.instants] == list(expected), _RULE, "one instant of each name"):
        return
    for instant in accounts.instants:
        step = expected[instant.name]
        if check.require(instant.step == step, _RULE, f"{instant.name}: its step"):
            _check_one(view, instant, step, check)


def _check_one(view: View, instant: Instant, step: int | None, check: Checker) -> None:
    site, name = view.case.site, instant.name
    weather = {"dry bulb": instant.dry_bulb_c, "wet bulb": instant.wet_bulb_c}
    if step is None:
        dry, wet = (
            np.max(site.dry_bulb_c) + site.design_margin_dry_k,
            np.max(site.wet_bulb_c) + site.design_margin_wet_k,
        )
    else:
        dry, wet = site.dry_bulb_c[step], site.wet_bulb_c[step]
    same_figures(check, _RULE, weather, {"dry bulb": float(dry), "wet bulb": float(wet)}, {})
    racks = {
        o: n * view.each_mw(o[0]) if step is None else float(view.option_mw[o][step]) for o, n in view.racks.items()
    }
    same_figures(check, _RULE, _named(instant.rack_mw), _named(racks), {})
    heat = {c: _heat(view, c, mw, step) for c, mw in view.design_heat_mw.items() if mw > 0}
    power = _power(view, heat, step)
    same_figures(check, _RULE, instant.power_mw, power, {})
    if step is None and view.case.grid.covers == "design day":
        contract = view.design.contract_mw
        check.at_most("design day within the contract [MW]", "grid connection", power["import"], contract)
    for c in sorted(heat.keys() | instant.heat.keys()):
        place = f"{name}, {c}"
        if check.require(c in heat and c in instant.heat, _RULE, f"{place}: heat is missing or unknown"):
            same_figures(check, _RULE, instant.heat[c], heat[c], {})


def _named(by_option: dict[tuple[str, str], float]) -> dict[str, float]:
    return {" on ".join(option): mw for option, mw in by_option.items()}


def _heat(view: View, name: str, peak_mw: float, step: int | None) -> dict[str, float | None]:
    """What one cooling type takes and needs."""
    cooling, store, site = view.cooling[name], view.store(name), view.case.site
    if step is None:
        margins = (site.design_margin_dry_k, site.design_margin_wet_k)
        each, water = (float(np.max(f(view.case, cooling, *margins))) for f in (facts.electricity, facts.water))
        taken, tank, sold = peak_mw, 0.0, 0.0
    else:
        each, water = (float(f(view.case, cooling)[step]) for f in (facts.electricity, facts.water))
        taken = float(view.series(view.op.heat_mw, name)[step])
        flows = [view.series(s, name) for s in (view.op.cold_discharge_mw, view.op.cold_charge_mw)]
        tank, sold = float(flows[0][step] - flows[1][step]), float(view.sold_mw(name)[step])
    moved = taken - tank - sold
    if store is None:
        electric, fixed = each * moved, None
    else:
        cannot_move = min(store.distribution_pu, each)
        fixed = cannot_move * taken
        electric = fixed + (each - cannot_move) * moved
    electric += cooling.fixed_share * (each * peak_mw - electric)
    return {
        "heat_mw": taken,
        "from_store_mw": tank,
        "electric_mw": electric,
        "distribution_mw": fixed,
        "water_m3_per_h": water * moved,
        **({"reused_mw": sold} if view.case.heat_users else {}),
    }


def _power(view: View, heat: dict[str, dict[str, float | None]], step: int | None) -> dict[str, float]:
    """Power arriving at and leaving the site bus."""
    op, site, chain = view.op, view.case.site, view.case.electrical
    plain = view.zeros if site.plain_load_mw is None else site.plain_load_mw
    if step is None:
        leaving = {
            "racks": view.installed_mw,
            "electrical_chain": view.installed_mw * chain.fixed_loss_pu
            + view.installed_mw * chain.proportional_loss_pu,
            "cooling": sum(h["electric_mw"] or 0.0 for h in heat.values()),
            "house": site.house_load_mw,
            "plain_load": float(np.max(plain)),
        }
        nothing = dict.fromkeys(("battery_charge", "battery_discharge", "export", "onsite"), 0.0)
        return {**leaving, **nothing, "import": sum(leaving.values())}
    series: dict[str, Array] = {
        "racks": op.it_mw,
        "electrical_chain": op.chain_loss_mw,
        "cooling": op.cooling_mw,
        "house": view.zeros + site.house_load_mw,
        "plain_load": plain,
        "battery_charge": sum(op.charge_mw.values(), view.smoothing_loss_mw),
        "battery_discharge": sum(op.discharge_mw.values(), view.zeros),
        "export": op.export_mw,
        "onsite": op.onsite_mw,
        "import": op.import_mw,
    }
    if view.op.generated_mw:
        series["generators"] = view.generated_mw
    if view.op.lost_load_mw:
        series["lost_load"] = view.lost_mw
    return {key: float(values[step]) for key, values in series.items()}
