"""What a case lets the planner buy: unit, price and terms of each capital line."""

from __future__ import annotations

from dataclasses import dataclass

from models.case import AssetTerms, Case
from models.catalogue import cold_stores, price_tiers

Key = tuple[str, str]
"""(cost line, item)"""


@dataclass(frozen=True)
class Asset:
    """One thing that can be bought."""

    unit: str
    tiers: tuple[tuple[int, float], ...]
    """(smallest quantity, price of one [kcur]), the first from the first unit on; a tier's price holds for all"""
    terms: AssetTerms
    step: float | None
    """what it is bought in multiples of; None: any amount"""

    def price_kcur(self, quantity: float) -> float:
        """Price of each of so many bought together."""
        return [self.tiers[0][1], *(price for count, price in self.tiers if count <= quantity)][-1]


def assets(case: Case) -> dict[Key, Asset]:
    """Every capital line of a case. Racks that a tenant pays cost nothing."""
    paid = 1.0 if case.money.counts_it else 0.0
    found: list[tuple[str, str, str, float, AssetTerms]] = []
    for r in case.racks:
        found.append(("racks", r.name, "racks", paid * r.cost_kcur, r.terms))
        found.append(("ancillary_it", r.name, "racks", paid * r.ancillary_cost_kcur, r.terms))
    found += [("modules", m.name, "units", 0.0, m.terms) for m in case.offers]
    chain, grid = case.electrical, case.grid
    found.append(("electrical_chain", chain.name, "MW", chain.chain_kcur_per_mw, chain.terms))
    for b in case.batteries:
        found.append(("battery_power", b.name, "MW", b.power_kcur_per_mw, b.terms))
        found.append(("battery_energy", b.name, "MWh", b.energy_kcur_per_mwh, b.terms))
    for c, store in cold_stores(case).items():
        found.append(("cold_store", c, "MWh", store.cost_kcur_per_mwh, store.terms))
    found += [("heat_exchanger", u.name, "MW", u.cost_kcur_per_mw, u.terms) for u in case.heat_users]
    found += [("supply", s.name, "MW", s.cost_kcur_per_mw, s.terms) for s in case.supplies]
    found += [("generator", g.name, "MW", g.cost_kcur_per_mw, g.terms) for g in case.generators]
    found.append(("connection", "connection", "MW", grid.connection_kcur_per_mw, grid.connection_terms))
    tiers = {m.name: price_tiers(m) for m in case.offers}
    unit_mw = {g.name: g.unit_mw for g in case.generators}

    def step(line: str, item: str, unit: str) -> float | None:
        return unit_mw[item] if line == "generator" else 1.0 if unit in ("racks", "units") else None

    return {
        (line, item): Asset(unit, tiers[item] if line == "modules" else ((1, price),), terms, step(line, item, unit))
        for line, item, unit, price, terms in found
    }


IT_LINES = ("racks", "ancillary_it")
"""Lines that are IT hardware: left out of the base of the gap."""
