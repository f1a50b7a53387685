"""Case + Design -> cost lines, bills and indicators. The recheck (audit/) derives all of it a second time.

Keys of `kpi`, each with its unit in its name or here: tokenergy_wh_per_1k, tokenergy_target [Wh per 1,000 reference
tokens]; cost_kcur_per_mtok, cost_kcur_per_output_mtok (present value over discounted tokens); pue [1]; wue_l_per_kwh,
cue_kg_per_kwh, cue_market_kg_per_kwh (per IT energy); peak_import_mw (interval); it_installed_mw, it_peak_mw,
it_mean_mw; design_day_load_mw; site_energy_mwh, import_mwh, onsite_mwh, export_mwh; carbon_t; water_m3;
reference_mtok, output_mtok; first_cost_kcur. None where a denominator is zero or nothing was given. Only of cases with
weights of scarcity: weighted_water_m3; with heat users: heat_reused_mwh, ere [1] (site energy less heat sold, over IT
energy); with power-purchase contracts or shares of clean energy: purchased_mwh (delivered), purchased_used_mwh (taken,
physical), clean_share_yearly, clean_share_hourly [1] (of site energy)."""

from __future__ import annotations

import numpy as np

from models import billing, contracts, finance, programmes, running, services, timetable
from models.assets import IT_LINES, Key, assets
from models.case import Case, DemandCharge, Money
from models.catalogue import (
    cold_stores,
    rack,
    reference_mtok,
    requests_mreq,
)
from models.design import Accounts, CostLine, Design
from models.instants import instants
from models.usage import busy_mw, heat_reused_mwh, placed, weighted_water_m3
from models.wear import augmentation_kcur_per_mwh, wear_kcur_per_mwh

TAKE_OR_PAY, OVERRUN = "not taken", "overrun"
"""Items of the lines energy and contract."""


def account(case: Case, design: Design) -> Accounts:
    """Costs and indicators of a plan."""
    costs, found = _cost_lines(case, design), instants(case, design)
    return Accounts(
        costs=costs,
        kpi=_indicators(case, design, costs, found[0].power_mw),
        tokenergy_parts=_tokenergy_parts(case, design),
        workload_kpi={w.name: _workload(case, design, w.name) for w in case.workloads},
        monthly=_monthly(case, design),
        cash_flow_kcur=_cash_flow(case, costs),
        instants=found,
    )


def ratio(value: float, base: float) -> float | None:
    """value / base, None where the base is zero."""
    return value / base if base > 0 else None


def _units(design: Design) -> dict[str, int]:
    counts: dict[str, int] = {}
    for u in design.units:
        counts[u.offer] = counts.get(u.offer, 0) + u.count
    return counts


def _cost_lines(case: Case, design: Design) -> tuple[CostLine, ...]:
    lines = [*_capital_lines(case, design), *existing_lines(case), *_yearly_lines(case, design), _delay(case, design)]
    return tuple(line for line in lines if line.quantity * line.unit_price_kcur != 0)


def in_service(case: Case, design: Design) -> dict[Key, float]:
    """How much of each asset a design holds, beyond what was on site before."""
    counts, ordered = placed(design), _units(design)
    found: dict[Key, float] = {}
    for r in case.racks:
        number = sum(n for o, n in counts.items() if o[0] == r.name)
        found["racks", r.name] = found["ancillary_it", r.name] = number
    found |= {("modules", m.name): ordered.get(m.name, 0) for m in case.offers}
    installed_mw = sum(n * rack(case, o).placed_mw for o, n in counts.items())
    found["electrical_chain", case.electrical.name] = installed_mw
    for b in case.batteries:
        new_mw = design.battery_mw.get(b.name, 0.0) - b.existing_mw
        new_mwh = design.battery_mwh.get(b.name, 0.0) - b.existing_mwh
        found["battery_power", b.name], found["battery_energy", b.name] = max(new_mw, 0.0), max(new_mwh, 0.0)
    found |= {("cold_store", c): design.cold_store_mwh.get(c, 0.0) for c in cold_stores(case)}
    found |= {("heat_exchanger", u.name): design.reuse_mw.get(u.name, 0.0) for u in case.heat_users}
    found |= {("supply", s.name): design.supply_mw.get(s.name, 0.0) for s in case.supplies}
    found |= {("generator", g.name): g.unit_mw * design.generator_units.get(g.name, 0) for g in case.generators}
    connected_mw = max(design.contract_mw, _peak_mw(case, design)) if billing.may_overrun(case) else design.contract_mw
    found["connection", "connection"] = connected_mw
    return found


def _capital_lines(case: Case, design: Design) -> list[CostLine]:
    if case.money.plan_years is not None:
        return []  # counted by the growth plan: models/growth_accounts.py
    quantities = in_service(case, design)
    return [
        CostLine(
            line=line,
            item=item,
            quantity=float(quantities[line, item]),
            unit=asset.unit,
            unit_price_kcur=asset.price_kcur(quantities[line, item]),
            factor=finance.capital_factor(asset.terms, case.money),
            first_cost_kcur=quantities[line, item] * asset.price_kcur(quantities[line, item]),
            is_it=line in IT_LINES,
            flow_pu=finance.cash_flow(asset.terms, case.money),
        )
        for (line, item), asset in assets(case).items()
    ]


def existing_lines(case: Case) -> list[CostLine]:
    """Upkeep and replacement of storage that is on site and can serve (power without energy does not); of no part of a
    growth plan, which counts it itself."""
    if case.money.plan_years is not None:
        return []
    return [
        CostLine(
            line=line,
            item=b.name,
            quantity=quantity,
            unit=unit,
            unit_price_kcur=price,
            factor=finance.existing_factor(b.terms, case.money, b.existing_life_years),
            first_cost_kcur=0.0,
            flow_pu=finance.existing_cash_flow(b.terms, case.money, b.existing_life_years),
        )
        for b in services.technologies(case).values()
        for line, quantity, unit, price in (
            ("existing_battery_power", b.existing_mw, "MW", b.power_kcur_per_mw),
            ("existing_battery_energy", b.existing_mwh, "MWh", b.energy_kcur_per_mwh),
        )
    ]


def _yearly_lines(case: Case, design: Design) -> list[CostLine]:
    grid, money, op, h = case.grid, case.money, design.operation, case.calendar.step_h
    bought = h * float(grid.import_price_kcur_per_mwh @ op.tariff_mw)
    sold = 0.0 if grid.export_price_kcur_per_mwh is None else h * float(grid.export_price_kcur_per_mwh @ op.export_mw)
    found = [
        ("energy", "energy", 1.0, "year", bought),
        ("export", "export", 1.0, "year", -sold),
        ("contract", "contract", design.contract_mw, "MW", grid.contract_kcur_per_mw_year),
        ("fixed_charge", "fixed_charge", float(len(case.calendar.months)), "months", grid.fixed_kcur_per_month),
        ("carbon", "carbon", _carbon_t(case, design), "t", case.limits.carbon_price_kcur_per_t),
        ("water", "water", float(op.water_m3.sum()), "m3", case.limits.water_price_kcur_per_m3),
    ]
    for u in case.heat_users:
        found.append(("heat_reuse", u.name, heat_reused_mwh(case, design, u.name), "MWh", -u.price_kcur_per_mwh))
    for c in grid.energy_charges:
        yearly = sum(billing.energy_kcur(case, c, m, op.tariff_mw) for m in case.calendar.months)
        found.append(("energy", c.name, 1.0, "year", yearly))
    if grid.take_or_pay_mwh_per_year > 0:
        short = max(0.0, grid.take_or_pay_mwh_per_year - h * float(op.tariff_mw.sum()))
        found.append(("energy", TAKE_OR_PAY, short, "MWh", grid.take_or_pay_kcur_per_mwh))
    for d in grid.demand_charges:
        yearly = sum(_demand_kcur(case, design, d, m) for m in case.calendar.months)
        found.append(("demand", d.name, 1.0, "year", yearly))
    if billing.may_overrun(case):
        above = sum(_overrun_mw(case, design, m) for m in case.calendar.months)
        found.append(("contract", OVERRUN, above, "MW-month", grid.overrun_kcur_per_mw_month or 0.0))
    for n, b in services.technologies(case).items():
        discharged = h * float(services.discharged_mw(op, n).sum())
        found.append(("battery_wear", n, discharged, "MWh", wear_kcur_per_mwh(b)))
        installed = design.battery_mwh.get(n, 0.0)
        found.append(("augmentation", n, installed, "MWh", augmentation_kcur_per_mwh(b)))
    found += _running_lines(case, design)
    for n, p in programmes.offered(case).items():
        income = programmes.income_kcur_per_mw(case, p)
        found.append(("demand_response", n, design.committed_mw.get(n, 0.0), "MW", -income))
    found += _purchase_lines(case, design)
    own = {("fuel", g.name): g.fuel_escalation for g in case.generators}
    own |= {("power_purchase", p.name): p.price_escalation for p in case.purchases}
    growth = {(x[0], x[1]): own.get((x[0], x[1]), _escalation(money, x[0])) for x in found}
    return [
        CostLine(
            line=line,
            item=item,
            quantity=quantity,
            unit=unit,
            unit_price_kcur=price,
            factor=finance.yearly_factor(money, growth[line, item]),
            first_cost_kcur=0.0,
            flow_pu=finance.yearly_flow(money, growth[line, item]),
        )
        for line, item, quantity, unit, price in found
    ]


def _delay(case: Case, design: Design) -> CostLine:
    """Service that starts late."""
    return CostLine(
        line="delay",
        item="delay",
        quantity=float(design.delay_months),
        unit="months",
        unit_price_kcur=timetable.price_kcur_per_month(case),
        factor=finance.once_factor(case.money),
        first_cost_kcur=0.0,
        flow_pu=finance.once_flow(case.money),
    )


def _running_lines(case: Case, design: Design) -> list[tuple[str, str, float, str, float]]:
    """Fuel, upkeep and starts of generators, and load lost in interruptions."""
    op, h, found = design.operation, case.calendar.step_h, []
    for n, g in running.generators(case).items():
        found.append(("fuel", n, running.fuel_mwh(case, g, op), "MWh", g.fuel_kcur_per_mwh))
        bought_mw = g.unit_mw * design.generator_units.get(n, 0)
        found.append(("generator_standing", n, bought_mw, "MW", g.om_kcur_per_mw_year))
        found.append(("generator_om", n, h * float(op.generated_mw[n].sum()), "MWh", g.om_kcur_per_mwh))
        found.append(("starts", n, running.starts(op.running_units[n]), "starts", g.start_kcur))
    for n, lost in op.lost_load_mw.items():
        found.append(("lost_load", n, h * float(lost.sum()), "MWh", case.grid.lost_load_kcur_per_mwh or 0.0))
    return found


def _purchase_lines(case: Case, design: Design) -> list[tuple[str, str, float, str, float]]:
    """Contracts: all that is delivered, the fee on what is taken, income from the market."""
    found, h = [], case.calendar.step_h
    for n, p in contracts.offered(case).items():
        delivered = contracts.delivered_mwh_per_mw(case, p) * design.purchase_mw.get(n, 0.0)
        found.append(("power_purchase", n, delivered, "MWh", p.price_kcur_per_mwh))
        found.append(("purchase_market", n, 1.0, "year", -contracts.resale_kcur(case, design, p)))
    for n, taken in design.operation.purchased_mw.items():
        fee = contracts.physical(case)[n].delivery_kcur_per_mwh
        found.append(("purchase_delivery", n, h * float(taken.sum()), "MWh", fee))
    return found


def _part(case: Case, month: int) -> slice:
    steps = case.calendar.steps_of(month)
    return slice(steps.start, steps.stop)


def _peak_mw(case: Case, design: Design, month: int | None = None) -> float:
    """Highest interval import of a month, or of the year [MW]."""
    bought = design.operation.import_mw[slice(None) if month is None else _part(case, month)]
    return case.grid.billing_factor * float(bought.max(initial=0.0))


def _overrun_mw(case: Case, design: Design, month: int) -> float:
    return max(0.0, _peak_mw(case, design, month) - design.contract_mw)


def _demand_kcur(case: Case, design: Design, charge: DemandCharge, month: int) -> float:
    return billing.demand_kcur(case, charge, month, design.billed_mw.get((charge.name, month), 0.0))


def _fuel_carbon_t(case: Case, design: Design) -> float:
    """Carbon of fuel burned on site [t/year]: the same however the carbon of energy bought is counted."""
    fuel = sum((running.fuel_carbon_t(case, g, design.operation) for g in running.generators(case).values()), 0.0)
    return float(np.sum(fuel))


def _carbon_t(case: Case, design: Design) -> float:
    bought = case.calendar.step_h * float(case.grid.carbon_t_per_mwh @ design.operation.import_mw)
    return bought + _fuel_carbon_t(case, design)


def _indicators(
    case: Case, design: Design, costs: tuple[CostLine, ...], design_day_mw: dict[str, float]
) -> dict[str, float | None]:
    op, h = design.operation, case.calendar.step_h
    site_mwh, it_mwh = h * float(contracts.site_mw(design.operation).sum()), h * float(op.it_mw.sum())
    import_mwh = h * float(op.import_mw.sum())
    tokens, output = reference_mtok(case), _output_mtok(case)
    cost, years = sum(c.present_value_kcur for c in costs), finance.discount_sum(case.money)
    market = contracts.market_carbon_t(case, design)
    water = float(op.water_m3.sum())
    return {
        "tokenergy_wh_per_1k": ratio(1e3 * site_mwh, tokens),
        "tokenergy_target": case.limits.tokenergy_wh_per_ktok,
        "cost_kcur_per_mtok": ratio(cost, tokens * years),
        "cost_kcur_per_output_mtok": ratio(cost, output * years),
        "pue": ratio(site_mwh, it_mwh),
        "wue_l_per_kwh": ratio(water, it_mwh),  # m3/MWh = L/kWh
        "cue_kg_per_kwh": ratio(_carbon_t(case, design), it_mwh),  # t/MWh = kg/kWh
        "cue_market_kg_per_kwh": None if market is None else ratio(market + _fuel_carbon_t(case, design), it_mwh),
        "peak_import_mw": _peak_mw(case, design),
        "it_installed_mw": design_day_mw["racks"],
        "it_peak_mw": float(op.it_mw.max(initial=0.0)),
        "it_mean_mw": float(op.it_mw.mean()),
        "design_day_load_mw": design_day_mw["import"],
        "site_energy_mwh": site_mwh,
        "import_mwh": import_mwh,
        "onsite_mwh": h * float(op.onsite_mw.sum()),
        **({"generated_mwh": h * sum(float(mw.sum()) for mw in op.generated_mw.values())} if case.generators else {}),
        **({"lost_load_mwh": h * float(op.lost_load_mw["site"].sum())} if op.lost_load_mw else {}),
        "export_mwh": h * float(op.export_mw.sum()),
        "carbon_t": _carbon_t(case, design),
        "water_m3": water,
        "reference_mtok": tokens,
        "output_mtok": output,
        "first_cost_kcur": sum(c.first_cost_kcur for c in costs),
        **_of_water_and_heat(case, design),
        **_of_contracts(case, design),
    }


def _of_water_and_heat(case: Case, design: Design) -> dict[str, float | None]:
    """Indicators of a case with weights of scarcity, and of one with heat users."""
    found: dict[str, float | None] = {}
    if case.site.water_stress is not None:
        found["weighted_water_m3"] = weighted_water_m3(case, design)
    if case.heat_users:
        h, sold = case.calendar.step_h, heat_reused_mwh(case, design)
        site, it = h * float(contracts.site_mw(design.operation).sum()), h * float(design.operation.it_mw.sum())
        found |= {"heat_reused_mwh": sold, "ere": ratio(site - sold, it)}
    return found


def _of_contracts(case: Case, design: Design) -> dict[str, float | None]:
    """Indicators of a case with power-purchase contracts or a share of clean energy to keep."""
    if not case.purchases and not contracts.duties(case):
        return {}
    h, found = case.calendar.step_h, contracts.offered(case).values()
    return {
        "purchased_mwh": h * sum(float(contracts.delivered_mw(design, p).sum()) for p in found),
        "purchased_used_mwh": h * sum(float(mw.sum()) for mw in design.operation.purchased_mw.values()),
        **{f"clean_share_{name}": share for name, share in contracts.clean_shares(case, design).items()},
    }


def _output_mtok(case: Case) -> float:
    return sum(w.output_tokens * requests_mreq(case, w) for w in case.workloads)


def _tokenergy_parts(case: Case, design: Design) -> dict[str, float]:
    """The index by cause [Wh per 1,000 reference tokens]; sums to the index."""
    op, h, tokens = design.operation, case.calendar.step_h, reference_mtok(case)
    if tokens <= 0:
        return {}
    busy = busy_mw(case, design)
    plain = case.site.plain_load_mw
    storage_mw = services.smoothing_loss_mw(case, op.smoothed_mw)
    storage_mw = sum((op.charge_mw[n] - op.discharge_mw[n] for n in op.charge_mw), storage_mw)
    energy = {
        "it_busy": busy,
        "it_idle": op.it_mw - busy,
        "electrical_chain": op.chain_loss_mw,
        "cooling": op.cooling_mw,
        "storage": storage_mw,
        "house": np.full(case.calendar.steps, case.site.house_load_mw),
        "plain_load": np.zeros(case.calendar.steps) if plain is None else plain,
        **({"lost_load": -op.lost_load_mw["site"]} if op.lost_load_mw else {}),
    }
    return {name: 1e3 * h * float(mw.sum()) / tokens for name, mw in energy.items()}


def _workload(case: Case, design: Design, name: str) -> dict[str, float | None]:
    """Tokens and energy of one workload. Split rule: its busy power times the hour's overhead factor (site / IT power)
    carries the variable part; idle power, fixed and storage losses are shared in proportion to busy power over the
    year.

    Keys: input_mtok, cached_mtok, output_mtok, training_mtok, reference_mtok [Mtok/year]; energy_mwh; wh_per_1k_output,
    wh_per_1k_reference, wh_per_1k_training [Wh per 1,000 tokens]; rack_h [rack-hours busy]."""
    w = next(x for x in case.workloads if x.name == name)
    op, h = design.operation, case.calendar.step_h
    own, all_busy = busy_mw(case, design, name), busy_mw(case, design)
    overhead = (op.cooling_mw + case.electrical.proportional_loss_pu * op.it_mw) / np.maximum(op.it_mw, 1e-12)
    direct = h * float((own * (1 + overhead)).sum())
    everything = h * float((all_busy * (1 + overhead)).sum())
    rest = max(h * float(contracts.site_mw(design.operation).sum()) - everything, 0.0)
    energy = direct + (rest * float(own.sum()) / float(all_busy.sum()) if all_busy.sum() > 0 else 0.0)
    requests = requests_mreq(case, w)
    training = w.run_mtok * len(w.windows) if w.kind == "training" else 0.0
    output = w.output_tokens * requests
    reference = requests * (
        w.weight_input * w.input_tokens + w.weight_cached * w.cached_tokens + w.weight_output * w.output_tokens
    ) + (w.weight_training * training)
    return {
        "input_mtok": w.input_tokens * requests,
        "cached_mtok": w.cached_tokens * requests,
        "output_mtok": output,
        "training_mtok": training,
        "reference_mtok": reference,
        "rack_h": h * sum(float(racks.sum()) for key, racks in op.busy_racks.items() if key[0] == name),
        "energy_mwh": energy,
        "wh_per_1k_output": ratio(1e3 * energy, output),
        "wh_per_1k_reference": ratio(1e3 * energy, reference),
        "wh_per_1k_training": ratio(1e3 * energy, training),
    }


def _monthly(case: Case, design: Design) -> dict[str, tuple[float, ...]]:
    op, h, grid = design.operation, case.calendar.step_h, case.grid
    table: dict[str, list[float]] = {
        key: [] for key in ("import_mwh", "onsite_mwh", "export_mwh", "peak_mw", "energy_kcur", "demand_kcur",
                            "carbon_t", "water_m3", "it_mwh", "pue")
    }  # fmt: skip
    price = grid.import_price_kcur_per_mwh
    for m in case.calendar.months:
        s = _part(case, m)
        it_mwh = h * float(op.it_mw[s].sum())
        table["import_mwh"].append(h * float(op.import_mw[s].sum()))
        table["onsite_mwh"].append(h * float(op.onsite_mw[s].sum()))
        table["export_mwh"].append(h * float(op.export_mw[s].sum()))
        table["peak_mw"].append(_peak_mw(case, design, m))
        blocks = sum(billing.energy_kcur(case, c, m, op.tariff_mw) for c in grid.energy_charges)
        table["energy_kcur"].append(h * float(price[s] @ op.tariff_mw[s]) + blocks)
        table["demand_kcur"].append(sum(_demand_kcur(case, design, d, m) for d in grid.demand_charges))
        fuel = sum(float(running.fuel_carbon_t(case, g, op)[s].sum()) for g in running.generators(case).values())
        table["carbon_t"].append(h * float(grid.carbon_t_per_mwh[s] @ op.import_mw[s]) + fuel)
        table["water_m3"].append(float(op.water_m3[s].sum()))
        table["it_mwh"].append(it_mwh)
        table["pue"].append(ratio(h * float(contracts.site_mw(design.operation)[s].sum()), it_mwh) or 0.0)
    return {key: tuple(values) for key, values in table.items()}


def _cash_flow(case: Case, costs: tuple[CostLine, ...]) -> tuple[float, ...]:
    """After-tax cost of each year, undiscounted; discounting it gives the objective."""
    years = np.zeros(case.money.first_year + case.money.analysis_years + 1)
    for line in costs:
        years += line.quantity * line.unit_price_kcur * np.array(line.flow_pu)
    return tuple(float(y) for y in years)


def _escalation(money: Money, line: str) -> float:
    """Price growth of a yearly line [1/year]."""
    special = {
        "carbon": money.escalation_carbon,
        "water": money.escalation_water,
        "battery_wear": money.escalation_capital,
        "generator_om": money.escalation_om,
        "generator_standing": money.escalation_om,
        "starts": money.escalation_om,
        "lost_load": 0.0,
        "augmentation": money.escalation_capital,
    }
    return special.get(line, money.escalation_energy)
