"""Prices of a case at a later date: what escalation makes of them, and what a stage states instead.

A stage's case holds prices of its start. Where a stage states a price, growth begins anew from there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from models.case import Case, DemandCharge, EnergyCharge, Grid, Offer, Tier


def at_year(case: Case, years: int, energy_price: float | None = None) -> Case:
    """The case with every price grown by its escalation over some years. energy_price: prices of energy, export, demand
    and contract are so many times those of the case instead."""
    money = case.money
    by_energy = (1 + money.escalation_energy) ** years if energy_price is None else energy_price
    capital, om = (1 + money.escalation_capital) ** years, (1 + money.escalation_om) ** years
    energy = (1 + money.escalation_energy) ** years
    return replace(
        case,
        grid=_grid(case.grid, by_energy, capital),
        limits=_scaled(
            _scaled(case.limits, (1 + money.escalation_carbon) ** years, "carbon_price_kcur_per_t"),
            (1 + money.escalation_water) ** years,
            "water_price_kcur_per_m3",
        ),
        racks=tuple(_scaled(r, capital, "cost_kcur", "ancillary_cost_kcur") for r in case.racks),
        offers=tuple(_offer(m, capital) for m in case.offers),
        batteries=tuple(_scaled(b, capital, "power_kcur_per_mw", "energy_kcur_per_mwh") for b in case.batteries),
        cooling=tuple(
            c if c.store is None else replace(c, store=_scaled(c.store, capital, "cost_kcur_per_mwh"))
            for c in case.cooling
        ),
        supplies=tuple(_scaled(s, capital, "cost_kcur_per_mw") for s in case.supplies),
        electrical=_scaled(case.electrical, capital, "chain_kcur_per_mw"),
        generators=tuple(
            _scaled(
                _scaled(
                    _scaled(g, capital, "cost_kcur_per_mw"), om, "om_kcur_per_mw_year", "om_kcur_per_mwh", "start_kcur"
                ),
                (1 + g.fuel_escalation) ** years,
                "fuel_kcur_per_mwh",
            )
            for g in case.generators
        ),
        heat_users=tuple(
            _scaled(_scaled(u, capital, "cost_kcur_per_mw"), energy, "price_kcur_per_mwh") for u in case.heat_users
        ),
        purchases=tuple(
            _scaled(
                _scaled(p, (1 + p.price_escalation) ** years, "price_kcur_per_mwh"),
                by_energy,
                "delivery_kcur_per_mwh",
                "market_kcur_per_mwh",
            )
            for p in case.purchases
        ),
        programmes=tuple(_scaled(p, energy, "ready_kcur_per_mw_year", "called_kcur_per_mwh") for p in case.programmes),
    )


def with_tariff(case: Case, factor: float) -> Case:
    """The case with every amount of its tariff multiplied: energy bought and sold, demand, contract, fixed charges."""
    return replace(case, grid=_grid(case.grid, factor, 1.0))


def _scaled(owner: Any, factor: float, *names: str) -> Any:
    """A dataclass with some of its fields (numbers, vectors or none) multiplied."""
    values = {name: getattr(owner, name) for name in names}
    return replace(owner, **{name: factor * v for name, v in values.items() if v is not None})


def _grid(grid: Grid, energy: float, capital: float) -> Grid:
    yearly = _scaled(
        grid,
        energy,
        "import_price_kcur_per_mwh",
        "export_price_kcur_per_mwh",
        "take_or_pay_kcur_per_mwh",
        "contract_kcur_per_mw_year",
        "overrun_kcur_per_mw_month",
        "fixed_kcur_per_month",
    )
    paid: Grid = _scaled(yearly, capital, "connection_kcur_per_mw")
    return replace(
        paid,
        energy_charges=tuple(_energy_charge(c, energy) for c in grid.energy_charges),
        demand_charges=tuple(_demand_charge(d, energy) for d in grid.demand_charges),
    )


def _tiers(tiers: tuple[Tier, ...], factor: float) -> tuple[Tier, ...]:
    return tuple(replace(t, price=tuple(factor * p for p in t.price)) for t in tiers)


def _energy_charge(charge: EnergyCharge, factor: float) -> EnergyCharge:
    price = tuple(factor * p for p in charge.price_kcur_per_mwh)
    return replace(charge, price_kcur_per_mwh=price, tiers=_tiers(charge.tiers, factor))


def _demand_charge(charge: DemandCharge, factor: float) -> DemandCharge:
    price = tuple(factor * p for p in charge.price_kcur_per_mw)
    return replace(charge, price_kcur_per_mw=price, tiers=_tiers(charge.tiers, factor))


def _offer(offer: Offer, factor: float) -> Offer:
    breaks = tuple(replace(b, ex_works_k=factor * b.ex_works_k) for b in offer.price_breaks)
    terms = _scaled(offer.quotation, factor, "spares_k", "warranty_k", "scope_kcur")
    grown: Offer = _scaled(offer, factor, "ex_works_k", "freight_k", "insurance_k", "inland_kcur", "installation_kcur")
    return replace(grown, price_breaks=breaks, quotation=terms)


def with_demand(case: Case, factors: dict[str, float]) -> Case:
    """The case with the work of some workloads multiplied; of factor zero: left out."""
    kept = []
    for w in case.workloads:
        factor = factors.get(w.name, 1.0)
        if factor > 0:
            kept.append(_scaled(w, factor, "run_mtok" if w.kind == "training" else "arrivals_mreq_per_h"))
    return replace(case, workloads=tuple(kept))


def with_all_demand(case: Case, factor: float) -> Case:
    """The case with all work multiplied: requests and training tokens."""
    return with_demand(case, {w.name: factor for w in case.workloads})
