"""Recheck of the indicators: the year's, the parts of TokEnergy, those of each workload and each month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from models.audit import bill, facts
from models.audit.cashflow import expected_lines, present_value
from models.audit.checker import CANCELS, Array, Checker
from models.audit.purchases import clean_mwh, delivered_mw, market_carbon_t, taken_mw
from models.audit.view import View
from models.case import Workload
from models.design import Accounts

Figures = Mapping[str, float | None]


def check_indicators(view: View, accounts: Accounts, check: Checker) -> None:
    """Every figure of the accounts that is not money of a cost line."""
    kpi, parts = _indicators(view), _parts(view)
    same_figures(check, "indicators", accounts.kpi, kpi, _gross(view))
    index = kpi["tokenergy_wh_per_1k"] or 0.0
    same_figures(check, "parts of TokEnergy", accounts.tokenergy_parts, parts, dict.fromkeys(parts, CANCELS * index))
    expected = {w.name: _of_workload(view, w) for w in view.case.workloads}
    _same_keys(check, "indicators of workloads", accounts.workload_kpi, expected)
    for name in expected.keys() & accounts.workload_kpi.keys():
        same_figures(check, f"indicators of {name}", accounts.workload_kpi[name], expected[name], {})
    _check_months(view, accounts, check)


def _same_keys(check: Checker, rule: str, found: Mapping[str, object], expected: Mapping[str, object]) -> None:
    for key in sorted(found.keys() ^ expected.keys()):
        reason = "is missing" if key in expected else "is unknown"
        check.require(False, rule, f"{key} {reason}", float(key in found), float(key in expected))


def same_figures(check: Checker, rule: str, found: Figures, expected: Figures, gross: Mapping[str, float]) -> None:
    """Compare figures by name. `gross`: magnitudes of figures that are differences of large sums (see CANCELS)."""
    _same_keys(check, rule, found, expected)
    for key in sorted(found.keys() & expected.keys()):
        check.same(rule, key, found[key], expected[key], gross.get(key, 0.0))


def _gross(view: View) -> dict[str, float]:
    """Magnitudes of indicators made of import and generation less export."""
    op = view.op
    energy = CANCELS * view.year_mwh(op.import_mw + op.onsite_mw + view.generated_mw + op.export_mw)
    per_token, per_it = _over(1e3 * energy, view.reference_mtok), _over(energy, view.year_mwh(op.it_mw))
    return {"site_energy_mwh": energy, "tokenergy_wh_per_1k": per_token or 0.0, "pue": per_it or 0.0}


def _over(value: float, base: float) -> float | None:
    return value / base if base > 0 else None


def _indicators(view: View) -> dict[str, float | None]:
    case, op = view.case, view.op
    lines, money = expected_lines(view), case.money
    cost = sum(x.quantity * x.price_kcur * present_value(x.flow, money) for x in lines)
    lifetime = present_value(np.array([0.0] * (money.first_year + 1) + [1.0] * money.analysis_years), money)
    output = sum(w.output_tokens * facts.requests_mreq(case, w) for w in case.workloads)
    site, it, bought = view.year_mwh(view.site_mw), view.year_mwh(op.it_mw), view.year_mwh(op.import_mw)
    water_m3, market = float(np.sum(op.water_m3)), market_carbon_t(view)
    return {
        "tokenergy_wh_per_1k": _over(1e3 * site, view.reference_mtok),
        "tokenergy_target": case.limits.tokenergy_wh_per_ktok,
        "cost_kcur_per_mtok": _over(cost, view.reference_mtok * lifetime),
        "cost_kcur_per_output_mtok": _over(cost, output * lifetime),
        "pue": _over(site, it),
        "wue_l_per_kwh": _over(1e3 * water_m3, 1e3 * it),
        "cue_kg_per_kwh": _over(1e3 * view.carbon_t, 1e3 * it),
        "cue_market_kg_per_kwh": None if market is None else _over(market + view.fuel_carbon_t, it),
        "peak_import_mw": case.grid.billing_factor * float(np.max(op.import_mw)),
        "it_installed_mw": view.installed_mw,
        "it_peak_mw": float(np.max(op.it_mw)),
        "it_mean_mw": float(np.mean(op.it_mw)),
        "design_day_load_mw": _design_day_mw(view),
        "site_energy_mwh": site,
        "import_mwh": bought,
        "onsite_mwh": view.year_mwh(op.onsite_mw),
        **({"generated_mwh": view.year_mwh(view.generated_mw)} if case.generators else {}),
        **({"lost_load_mwh": view.year_mwh(view.lost_mw)} if op.lost_load_mw else {}),
        "export_mwh": view.year_mwh(op.export_mw),
        "carbon_t": view.carbon_t,
        "water_m3": water_m3,
        "reference_mtok": view.reference_mtok,
        "output_mtok": output,
        "first_cost_kcur": sum(x.first_cost_kcur for x in lines),
        **_where_asked(view, site, it),
    }


def _where_asked(view: View, site_mwh: float, it_mwh: float) -> dict[str, float | None]:
    """Indicators that only some cases have."""
    case, found = view.case, dict[str, float | None]()
    if case.site.water_stress is not None:
        found["weighted_water_m3"] = facts.weighted_water_m3(case, np.asarray(view.op.water_m3, float))
    if case.heat_users:
        sold = sum(view.year_mwh(view.sold_mw(c.name)) for c in case.cooling)
        found |= {"heat_reused_mwh": sold, "ere": _over(site_mwh - sold, it_mwh)}
    if case.purchases or case.limits.clean_share_yearly or case.limits.clean_share_hourly:
        clean = clean_mwh(view)
        found |= {
            "purchased_mwh": sum(view.year_mwh(delivered_mw(view, p)) for p in case.purchases),
            "purchased_used_mwh": sum(view.year_mwh(taken_mw(view, p)) for p in case.purchases),
            "clean_share_yearly": _over(clean[0], site_mwh),
            "clean_share_hourly": _over(clean[1], site_mwh),
        }
    return found


def _design_day_mw(view: View) -> float:
    """All racks at peak in the worst weather, with losses, offices and the highest plain load [MW]."""
    site, chain = view.case.site, view.case.electrical
    racks = view.installed_mw * (1.0 + chain.fixed_loss_pu + chain.proportional_loss_pu)
    cooling = 0.0
    for c, heat in view.design_heat_mw.items():
        worst = facts.electricity(view.case, view.cooling[c], site.design_margin_dry_k, site.design_margin_wet_k)
        cooling += heat * float(np.max(worst))
    plain = 0.0 if site.plain_load_mw is None else float(np.max(site.plain_load_mw))
    return racks + cooling + site.house_load_mw + plain


def _busy(view: View, workload: str | None = None) -> Array:
    return sum((mw for key, mw in view.busy_mw.items() if workload in (None, key[0])), view.zeros)


def _parts(view: View) -> dict[str, float | None]:
    """The index by cause [Wh per 1,000 reference tokens]; the parts add up to the index, by the balance of the bus."""
    if view.reference_mtok == 0:
        return {}
    op, site = view.op, view.case.site
    busy = _busy(view)
    mw = {
        "it_busy": busy,
        "it_idle": op.it_mw - busy,
        "electrical_chain": op.chain_loss_mw,
        "cooling": op.cooling_mw,
        "storage": view.smoothing_loss_mw
        + sum(op.charge_mw.values(), view.zeros)
        - sum(op.discharge_mw.values(), view.zeros),
        "house": view.zeros + site.house_load_mw,
        "plain_load": view.zeros if site.plain_load_mw is None else site.plain_load_mw,
        **({"lost_load": -view.lost_mw} if op.lost_load_mw else {}),
    }
    return {cause: 1e3 * view.year_mwh(series) / view.reference_mtok for cause, series in mw.items()}


def _of_workload(view: View, w: Workload) -> dict[str, float | None]:
    """Tokens and energy: busy power carries its step's cooling and proportional losses; what is left of the site's
    energy is shared in proportion to busy power over the year."""
    op = view.op
    load = np.where(op.it_mw > 0, op.it_mw, 1.0)
    factor = 1.0 + (op.cooling_mw + view.case.electrical.proportional_loss_pu * op.it_mw) / load
    own, every = _busy(view, w.name), _busy(view)
    left = max(0.0, view.year_mwh(view.site_mw) - view.year_mwh(every * factor))
    share = _over(view.year_mwh(own), view.year_mwh(every)) or 0.0
    energy = view.year_mwh(own * factor) + share * left
    requests, trained = facts.requests_mreq(view.case, w), facts.training_mtok(w)
    output, reference = w.output_tokens * requests, facts.reference_mtok(view.case, w)
    busy = [racks for key, racks in op.busy_racks.items() if key[0] == w.name]
    return {
        "input_mtok": w.input_tokens * requests,
        "cached_mtok": w.cached_tokens * requests,
        "output_mtok": output,
        "training_mtok": trained,
        "reference_mtok": reference,
        "rack_h": view.year_mwh(sum(busy, view.zeros)),
        "energy_mwh": energy,
        "wh_per_1k_output": _over(1e3 * energy, output),
        "wh_per_1k_reference": _over(1e3 * energy, reference),
        "wh_per_1k_training": _over(1e3 * energy, trained),
    }


def _check_months(view: View, accounts: Accounts, check: Checker) -> None:
    expected = _months(view)
    _same_keys(check, "monthly figures", accounts.monthly, expected)
    labels = [f"month {m + 1}" for m in view.case.calendar.months]
    gross = view.year_mwh(np.abs(view.case.grid.import_price_kcur_per_mwh * view.tariff_mw))
    gross += sum(bill.energy_gross_kcur(view, c) for c in view.case.grid.energy_charges)
    for key in sorted(expected.keys() & accounts.monthly.keys()):
        found = accounts.monthly[key]
        complete = len(found) == len(labels)
        check.require(complete, "monthly figures", f"{key}: number of months", len(found), len(labels))
        magnitude = CANCELS * gross if key == "energy_kcur" else 0.0  # prices of both signs cancel
        for label, value, right in zip(labels, found, expected[key], strict=False):
            check.same("monthly figures", f"{key}, {label}", value, right, magnitude)


def _months(view: View) -> dict[str, Sequence[float]]:
    case, op = view.case, view.op
    month = np.array(case.calendar.month_of_step)
    order = case.calendar.months
    masks = [month == m for m in order]

    def mwh(series: Array) -> list[float]:
        return [view.year_mwh(series[mask]) for mask in masks]

    it, site = mwh(op.it_mw), mwh(view.site_mw)
    by_time = mwh(case.grid.import_price_kcur_per_mwh * view.tariff_mw)
    blocks = [sum(bill.energy_kcur(view, c, m) for c in case.grid.energy_charges) for m in order]
    return {
        "import_mwh": mwh(op.import_mw),
        "onsite_mwh": mwh(op.onsite_mw),
        "export_mwh": mwh(op.export_mw),
        "peak_mw": [case.grid.billing_factor * float(np.max(op.import_mw[mask])) for mask in masks],
        "energy_kcur": [a + b for a, b in zip(by_time, blocks, strict=True)],
        "demand_kcur": [sum(bill.demand_kcur(view, d, m) for d in case.grid.demand_charges) for m in order],
        "carbon_t": mwh(view.carbon_t_per_h),
        "water_m3": [float(np.sum(op.water_m3[mask])) for mask in masks],
        "it_mwh": it,
        "pue": [_over(s, i) or 0.0 for s, i in zip(site, it, strict=True)],
    }
