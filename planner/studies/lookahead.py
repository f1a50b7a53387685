"""What is left of the savings of storage if the operator sees 24 hours ahead instead of the whole year.

The plan knows its year in advance. Here its batteries and cold stores, at the sizes bought, are worked again by an
operator who knows load, weather and prices of the next HORIZON_H hours only: every EVERY_H hours a small problem over
that horizon is solved and its first EVERY_H hours are carried out. Carried over from one to the next: stored energy and
cold, the peaks billed so far with what ratchets hold of earlier months, the contracted capacity, the cycles left.

Approximations, also named in the report: the work runs as planned (moving work is left out of both sides), and so do
generators, what they give without a taker being lost; an interruption or a call is known once it comes within the
horizon, and load that the plan drops in an interruption is dropped here too; what is stored at the end of a horizon is
worth the cheapest energy seen in it; a charge is seen at its first tier, energy in blocks at the cheapest block; energy
of power-purchase contracts is taken where it costs less than the tariff's; the yearly budgets of carbon, water,
TokEnergy and clean energy do not steer the operator; what a store cannot regain in the last day of
the year is bought at its dearest energy. The costs compared are true bills of the resulting year (models.accounts)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models import batteries, billing, connection, contracts, curves, finance, services, usage
from models.accounts import account
from models.case import Case, DemandCharge
from models.catalogue import cold_stores, cooling, heat_share, rack
from models.design import Design, Lookahead
from models.fields import Series
from models.wear import wear_kcur_per_mwh
from planner.studies.rolling import EVERY_H, HORIZON_H, Store, WindowNotSolved, Year, roll


def lookahead(case: Case, design: Design) -> Lookahead | None:
    """Present value of the plan's cost with foresight of a year, of a day, and with idle storage; None without storage.

    Also None where energy may cost less than nothing: burning it in batteries is excluded hour by hour there, not here
    (what else pays for burning, clean shares and net metering, does not steer the operator); and where
    some window has no answer: a plan is not lost because an operator of it cannot be imitated."""
    stores = _stores(case, design)
    if not stores or contracts.burning_pays(case):
        return None
    need = _need_mw(case, design, stores)
    try:
        charge, discharge, refill_kcur = roll(_year(case, design, stores, need), stores)
    except WindowNotSolved:
        return None
    seen = _operated(case, design, stores, need, charge, discharge)
    nothing = {s.name: np.zeros(case.calendar.steps) for s in stores}
    idle = _operated(case, design, stores, need, nothing, nothing)
    limit = _most_import_mw(case, design)
    short = np.maximum(seen.operation.import_mw - limit, 0.0), np.maximum(idle.operation.import_mw - limit, 0.0)
    h = case.calendar.step_h
    return Lookahead(
        horizon_h=float(HORIZON_H),
        every_h=float(EVERY_H),
        foresight_kcur=account(case, design).objective_kcur,
        lookahead_kcur=account(case, seen).objective_kcur + refill_kcur,
        idle_kcur=account(case, idle).objective_kcur,
        lookahead_over_h=h * float((short[0] > 1e-6).sum()),
        idle_over_h=h * float((short[1] > 1e-6).sum()),
    )


def _stores(case: Case, design: Design) -> list[Store]:
    """What is built and can be worked."""
    found, h, steps = [], case.calendar.step_h, case.calendar.steps
    plenty = np.full(steps, np.inf)
    factor = finance.yearly_factor(case.money, case.money.escalation_capital)

    for b in case.batteries:
        mw, least, most = batteries.dispatch_room(case, design, b)
        if mw <= 1e-6 or most - least <= 1e-6:
            continue
        limited = b.ageing == "fixed_life" and b.max_cycles_per_year is not None
        usable = services.energy_kept(case, b) * design.battery_mwh[b.name]
        smoothing = services.SMOOTHING_DISCHARGE * h * float(np.sum(design.operation.smoothed_mw.get(b.name, 0.0)))
        cycles = float(b.max_cycles_per_year or 0.0) * usable - smoothing if limited else np.inf
        kept = (1 - b.self_discharge_per_h) ** h
        wear = factor * wear_kcur_per_mwh(b)
        into, out_of = b.charge_efficiency, 1 / b.discharge_efficiency
        one = np.ones(steps)
        found.append(Store(b.name, True, mw, least, most, into, out_of, kept, wear, one, plenty, plenty, cycles))
    for name, tank in cold_stores(case).items():
        mwh = design.cold_store_mwh.get(name, 0.0)
        if mwh <= 1e-6:
            continue
        sold = sum(v for (_, c), v in design.operation.reused_mw.items() if c == name)
        heat = design.operation.heat_mw[name] - sold
        moves = np.maximum(curves.electricity_pu(cooling(case, name), case.site) - tank.distribution_pu, 0.0)
        made = (1 - cooling(case, name).fixed_share) * moves
        room = np.maximum(_design_heat_mw(case, design, name) - heat, 0.0)
        kept = (1 - tank.loss_per_h) ** h
        rate = mwh / tank.hours_to_fill
        found.append(Store(name, False, rate, 0.0, mwh, 1.0, 1.0, kept, 0.0, made, room, heat, np.inf))
    return found


def _design_heat_mw(case: Case, design: Design, name: str) -> float:
    placed = usage.placed(design).items()
    return float(sum(n * rack(case, o).placed_mw * heat_share(case, o).get(name, 0.0) for o, n in placed))


def _flows(design: Design, s: Store) -> tuple[Series, Series, Series]:
    """Charge, discharge and content in the plan."""
    op = design.operation
    if s.is_battery:
        return op.charge_mw[s.name], op.discharge_mw[s.name], op.stored_mwh[s.name]
    return op.cold_charge_mw[s.name], op.cold_discharge_mw[s.name], op.cold_stored_mwh[s.name]


def _need_mw(case: Case, design: Design, stores: list[Store]) -> Series:
    """Power that the site needs in each step with all stores idle."""
    op, plain = design.operation, case.site.plain_load_mw
    need: Series = op.it_mw + op.chain_loss_mw + op.cooling_mw + case.site.house_load_mw
    if plain is not None:
        need = need + plain
    need = need + usage.storage_net_mw(case, design)  # with smoothing, and storage that is not dispatched
    need = need - sum(op.generated_mw.values()) - sum(op.lost_load_mw.values())
    for s in stores:
        charge, discharge, _ = _flows(design, s)
        need = need - s.bus_pu * (charge - discharge)
    return need


def _available_mw(case: Case, design: Design) -> Series:
    parts = (design.supply_mw.get(s.name, 0.0) * s.output_pu for s in case.supplies)
    return sum(parts, np.zeros(case.calendar.steps))


def _sold_and_bought(case: Case, design: Design, load: Series) -> tuple[Series, Series, Series]:
    """Import, export and on-site power for a load at the bus: surplus is sold where that is paid, else curtailed."""
    available = _available_mw(case, design)
    bought = np.maximum(load - available, 0.0)
    surplus = np.maximum(available - load, 0.0)
    price = case.grid.export_price_kcur_per_mwh
    paid = np.zeros(load.size, dtype=bool) if price is None else price > 0
    sold = np.where(paid, np.minimum(surplus, _most_export_mw(case, design)), 0.0)
    if case.grid.export_share is not None:
        for m in case.calendar.months:
            part = slice(case.calendar.steps_of(m).start, case.calendar.steps_of(m).stop)
            allowed, wanted = case.grid.export_share * bought[part].sum(), sold[part].sum()
            sold[part] *= min(1.0, allowed / wanted) if wanted > 0 else 1.0
    return bought, sold, np.maximum(load + sold - bought, 0.0)


def _most_import_mw(case: Case, design: Design) -> Series:
    """Highest import of each step: what the connection carries then, and what a programme leaves when it calls [MW]."""
    most = connection.live_mw(case, design) / case.grid.billing_factor * _open_pu(case)
    for p in case.programmes:
        committed = design.committed_mw.get(p.name, 0.0)
        if committed > 0:
            most = np.where(p.called > 0, np.minimum(most, p.baseline_mw - committed), most)
    return most


def _most_export_mw(case: Case, design: Design) -> Series:
    return connection.export_mw(case, design) * _open_pu(case)


def _open_pu(case: Case) -> Series:
    """Share of the connection that may be used in each step [1]."""
    share = case.grid.available_pu
    return np.ones(case.calendar.steps) if share is None else share


def _operated(
    case: Case,
    design: Design,
    stores: list[Store],
    need: Series,
    charge: dict[str, Series],
    discharge: dict[str, Series],
) -> Design:
    """The design with its stores worked this way, its bills and, where it is chosen, the contract that this takes."""
    op = design.operation
    load = need + sum(s.bus_pu * (charge[s.name] - discharge[s.name]) for s in stores)
    bought, sold, onsite = _sold_and_bought(case, design, load)
    cold = [s for s in stores if not s.is_battery]
    water, chill = op.water_m3.copy(), op.cooling_mw.copy()
    for s in cold:
        before, after, _ = _flows(design, s)
        more = charge[s.name] - discharge[s.name] - (before - after)
        chill = chill + s.bus_pu * more
        water = water + case.calendar.step_h * curves.water_m3_per_mwh(cooling(case, s.name), case.site) * more
    names = {s.name for s in stores if s.is_battery}
    operation = replace(
        op,
        import_mw=bought,
        purchased_mw=contracts.taken_mw(case, design, bought),
        export_mw=sold,
        onsite_mw=onsite,
        cooling_mw=chill,
        water_m3=water,
        charge_mw={**op.charge_mw, **{n: charge[n] for n in names}},
        discharge_mw={**op.discharge_mw, **{n: discharge[n] for n in names}},
        cold_charge_mw={**op.cold_charge_mw, **{s.name: charge[s.name] for s in cold}},
        cold_discharge_mw={**op.cold_discharge_mw, **{s.name: discharge[s.name] for s in cold}},
    )
    contract = design.contract_mw
    if case.grid.contract_mw is None and not billing.may_overrun(case):
        contract = max(contract, case.grid.billing_factor * float(bought.max(initial=0.0)))
    moved = replace(design, operation=operation, contract_mw=contract)
    return replace(moved, billed_mw=billed_mw(case, bought, contract))


def billed_mw(case: Case, import_mw: Series, contract_mw: float) -> dict[tuple[str, int], float]:
    """Billed demand of an import, by charge and month [MW] (see DemandCharge)."""
    found = {}
    for charge in case.grid.demand_charges:
        peak = {m: _peak_mw(case, charge, m, import_mw) for m in case.calendar.months}
        for m in billing.billed_months(case, charge):
            held = [charge.ratchet_share * peak[k] for k in billing.ratchet_sources(case, charge, m)]
            found[charge.name, m] = max(peak[m], charge.min_mw, charge.contract_share * contract_mw, *held)
    return found


def _peak_mw(case: Case, charge: DemandCharge, m: int, import_mw: Series) -> float:
    steps = case.calendar.steps_of(m)
    part = slice(steps.start, steps.stop)
    return case.grid.billing_factor * float((import_mw[part] * charge.applies[part]).max(initial=0.0))


def _year(case: Case, design: Design, stores: list[Store], need: Series) -> Year:
    """What the operator meets, in present values over the analysis years."""
    grid, money, h = case.grid, case.money, case.calendar.step_h
    energy = finance.energy_factor(money)
    carbon = finance.yearly_factor(money, money.escalation_carbon) * case.limits.carbon_price_kcur_per_t
    emitted = carbon * grid.carbon_t_per_mwh
    signed = {n: p for n, p in contracts.physical(case).items() if design.purchase_mw.get(n, 0.0) > 0}
    paid = np.zeros(case.calendar.steps) if grid.export_price_kcur_per_mwh is None else grid.export_price_kcur_per_mwh
    charges = billing.charges(case)
    keys = [(n, m) for n, d in charges.items() for m in case.calendar.months if billing.counts(case, d, m)]
    floor = {n: max(d.min_mw, d.contract_share * design.contract_mw) for n, d in charges.items()}
    fee = energy * grid.contract_kcur_per_mw_year
    fee += finance.capital_factor(grid.connection_terms, money) * grid.connection_kcur_per_mw
    most = _most_import_mw(case, design)
    overrun = energy * (grid.overrun_kcur_per_mw_month or 0.0)
    settled = grid.contract_mw is not None
    if settled and not billing.may_overrun(case):
        most = np.minimum(most, design.contract_mw / grid.billing_factor)
    return Year(
        h=h,
        month=np.array(case.calendar.month_of_step),
        need_mw=need,
        available_mw=_available_mw(case, design),
        price_kcur_per_mwh=energy * billing.lowest_price_kcur_per_mwh(case) + emitted,
        export_kcur_per_mwh=energy * np.maximum(paid, 0.0),
        export_mw=_most_export_mw(case, design),
        most_mw=most,
        billing_factor=grid.billing_factor,
        contract_mw=design.contract_mw,
        contract_kcur_per_mw=overrun if settled else fee + overrun,
        applies={n: d.applies > 0 for n, d in charges.items()},
        peak_kcur_per_mw={(n, m): energy * _billed_price(case, charges[n], m) for n, m in keys},
        peak_floor_mw=floor,
        content_mwh=np.array([float(_flows(design, s)[2][-1]) for s in stores]),
        contracts=tuple(
            (contracts.delivered_mw(design, p), energy * contracts.taken_kcur_per_mwh(case, p) + emitted)
            for p in signed.values()
        ),
    )


def _billed_price(case: Case, charge: DemandCharge, m: int) -> float:
    """What one more MW of peak in a month costs per year at the first tier, its ratchet in other months included
    [kcur/MW]: an operator knows that a peak will be billed again."""
    price = charge.price_kcur_per_mw
    own = price[m]
    later = [k for k in case.calendar.months if k != m and m in billing.ratchet_sources(case, charge, k)]
    return billing.demand_factor(case) * (own + charge.ratchet_share * sum(price[k] for k in later))
