"""The plant of random cases: storage, cooling, modules. See randomcases.py."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
from tiny import (
    air,
    battery,
    cooling_unit,
    flat_curve,
    hall,
    liquid,
    power_unit,
    room,
    supply,
)

from models.case import (
    AssetTerms,
    ChilledWaterStore,
    Cooling,
    CoolingCurve,
    HeatUser,
    Offer,
    PriceBreak,
    Redundancy,
)

CAPS = ("carbon", "water", "energy", "first_cost", "area")
THEMES = (
    *("", "short gang", "long gang", "tank", "negative", "rack limit", "tank"),
    *("energy", "water", "carbon", "first_cost", "area", "ride-through", "water"),
)
"""What one case in fourteen (tanks, water: two) is sure to contain, because plain chance makes it bind too rarely."""


class Plant:
    """Draws money, storage, cooling and modules of one case."""

    def __init__(self, r: random.Random, theme: str = "") -> None:
        self.r, self.theme = r, theme
        self.two_coolings = theme in ("water", "rack limit") or (theme in CAPS and r.random() < 0.5)
        least = {"short gang": 5, "long gang": 3, "negative": 3, "tank": 3}.get(theme, 2)
        self.steps = r.randint(least, 4 if theme in ("rack limit", "negative") else 6)
        self.step_h = r.choice((1.0, 1.0, 0.5, 2.0))

    def yes(self, probability: float) -> bool:
        return self.r.random() < probability

    def series(self, low: float, high: float, digits: int = 2) -> np.ndarray:
        return np.array([round(self.r.uniform(low, high), digits) for _ in range(self.steps)])

    def terms(self) -> AssetTerms:
        r = self.r
        if self.yes(0.5):
            return AssetTerms(life_years=r.randint(2, 6))
        return AssetTerms(
            life_years=r.randint(2, 6),
            om_share=r.choice((0.0, 0.03)),
            replacement_share=r.choice((0.5, 1.0)),
            rebate_share=r.choice((0.0, 0.1)),
            credit_share=r.choice((0.0, 0.2)),
            bonus_share=r.choice((0.0, 0.4)),
            depreciation_shares=r.choice(((), (0.5, 0.3, 0.2))),
        )

    def redundancy(self) -> Redundancy:
        return self.r.choice((Redundancy(), Redundancy(1), Redundancy(duplicated=True)))

    def battery(self, small: bool) -> Any:
        size, r = (1.0 if small else 4.0), self.r
        throughput = self.yes(0.4)
        return battery(
            power_kcur_per_mw=r.choice((0.0, 0.3)) if self.theme != "ride-through" else 2.0,
            energy_kcur_per_mwh=r.choice((0.2, 1.0)),
            terms=AssetTerms(life_years=10) if throughput else self.terms(),
            ageing="throughput" if throughput else "fixed_life",
            cycle_life=20.0 if throughput else None,
            max_cycles_per_year=None if self.theme == "negative" else r.choice((None, 0.3, 0.7)),
            charge_efficiency=0.8 if self.theme == "negative" else r.choice((1.0, 0.95)),
            discharge_efficiency=r.choice((1.0, 0.9)),
            self_discharge_per_h=r.choice((0.0, 0.02)),
            min_charge_share=r.choice((0.0, 0.1)),
            max_charge_share=r.choice((1.0, 0.9)),
            min_mw=r.choice((0.0, 0.0, 0.1)) * size,
            max_mw=size,
            min_mwh=r.choice((0.0, 0.0, 0.1)) * size,
            max_mwh=0.2 * size if self.theme == "negative" else 2 * size,
            area_m2_per_mwh=10.0,
            lead_months_p50=10.0,
            lead_months_p90=14.0 if not self.theme and self.yes(0.3) else 11.0,
        )

    def supply(self, small: bool) -> Any:
        return supply(
            self.series(0.0, 1.0),
            cost_kcur_per_mw=self.r.choice((2.0, 20.0)),
            terms=self.terms(),
            min_mw=self.r.choice((0.0, 0.0, 0.2)),
            max_mw=0.5 if small else 3.0,
            area_m2_per_mw=20.0,
            lead_months_p90=self.r.choice((0.0, 0.0, 0.0, 20.0)),
        )

    def plant(self, wet: bool) -> tuple[list[Cooling], list[Offer]]:
        r = self.r
        cooling = [
            air(
                curve=CoolingCurve(
                    r.choice(("dry_bulb", "wet_bulb", "source_water")),
                    (5.0, 20.0, 35.0),
                    (0.05, 0.15, 0.4),
                    (0.1, 0.3, 1.0),
                ),
                redundancy=self.redundancy(),
                store=self.tank() if self.theme == "tank" or self.yes(0.2) else None,
                fixed_share=r.choice((0.0, 0.0, 0.2)),
                return_c=35.0,
            )
        ]
        if self.two_coolings:  # better in energy, worse in water or price
            cooling.append(
                air(
                    "air 2",
                    curve=flat_curve(
                        0.5 if self.theme == "water" else 0.05, 0.0 if self.theme == "water" else r.choice((0.0, 0.8))
                    ),
                )
            )
        if wet:
            cooling.append(
                liquid(
                    curve=flat_curve(0.04, 0.1),
                    return_c=50.0,
                    redundancy=r.choice((Redundancy(1), Redundancy(1), self.redundancy())),
                )
            )
        offers: list[Offer] = []
        if self.theme in ("area", "first_cost") or self.yes(0.6):
            offers.append(
                hall(
                    it_mw=r.choice((0.4, 0.6)),
                    electrical_mw=r.choice((0.0, 0.5)),
                    heat_mw=0.6,
                    cooling=None if self.theme == "rack limit" else r.choice((None, cooling[-1].name)),
                    rack_limit_mw=r.choice((None, 0.15)),
                    rack_positions=r.choice((None, 2.0, 3.0)),
                    footprint_m2=30.0,
                    freight_k=1.0,
                    duty_rate=r.choice((0.0, 0.08)),
                    duty_basis=r.choice(("CIF", "FOB")),
                    import_tax_rate=r.choice((0.0, 0.05)),
                    price_breaks=(PriceBreak(2, r.choice((2.0, 5.0))),) if self.yes(0.6) else (),
                    min_count=r.choice((0, 0, 2)),
                    max_count=r.choice((None, None, 1, 2)),
                    terms=self.terms(),
                )
            )
        if not offers or self.theme in ("area", "first_cost") or self.yes(0.6):
            offers.append(
                room(
                    it_mw=r.choice((0.3, 0.5)),
                    ex_works_k=r.choice((0.5, 4.0)),
                    footprint_m2=45.0,
                    rack_positions=r.choice((None, 3.0)),
                )
            )
        offers += self.shared_plant([c.name for c in cooling])
        return cooling, offers

    def heat_users(self) -> tuple[HeatUser, ...]:
        """Someone who takes lukewarm heat, and someone who wants it hotter than an air system gives it."""
        if not self.yes(0.35):
            return ()
        town = HeatUser(
            "town",
            self.r.choice((0.2, 1.0)),
            30.0,
            self.series(0.0, 0.4),
            self.r.choice((0.0, 0.5, 2.0)),
            self.terms(),
            max_mw=self.r.choice((None, 0.1)),
            pump_pu=self.r.choice((0.0, 0.05)),
        )
        return (town, replace(town, name="works", temperature_c=45.0, price_kcur_per_mwh=3.0))

    def tank(self) -> ChilledWaterStore:
        r = self.r
        fast = self.yes(0.4)  # fast tanks are limited by their size, slow ones by their rates
        return ChilledWaterStore(
            cost_kcur_per_mwh=r.choice((0.01, 0.1, 0.3)),
            terms=self.terms(),
            max_mwh=0.02 if fast and self.theme == "tank" else 2.0,
            distribution_pu=r.choice((0.0, 0.04)),
            loss_per_h=r.choice((0.0, 0.03)),
            hours_to_fill=0.5 if fast else r.choice((3.0, 6.0)),
            area_m2_per_mwh=5.0,
        )

    def shared_plant(self, coolings: list[str]) -> list[Offer]:
        r = self.r
        offers = [
            power_unit(
                electrical_mw=r.choice((0.25, 0.5)),
                footprint_m2=5.0,
                lead_months_p90=20.0 if self.yes(0.1) else 0.0,
                price_breaks=(PriceBreak(2, 1.2),) if self.yes(0.4) else (),
                min_count=r.choice((0, 0, 2)),
            )
        ]
        if self.yes(0.4):
            offers.append(power_unit("power 2", electrical_mw=0.8, ex_works_k=3.5, max_count=r.choice((None, 1))))
        for c in coolings:
            price = 8.0 if c == "air 2" else r.choice((1.0, 2.5))
            offers.append(cooling_unit(f"unit {c}", cooling=c, heat_mw=r.choice((0.25, 0.4)), ex_works_k=price))
        return offers
