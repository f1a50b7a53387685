"""Parts of a random case in which any optional field may be set: connection, electrical side, offers. See
randomeverything.py."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from tiny import battery, cooling_unit, demand, hall, power_unit, room, supply

from models.case import (
    AssetTerms,
    Electrical,
    EnergyCharge,
    Generator,
    Grid,
    Offer,
    OrderRules,
    PowerPurchase,
    PriceBreak,
    Programme,
    Quotation,
    Redundancy,
    Tier,
)
from models.quotation import Payment

OFTEN = 0.25
"""How often an optional field is set."""


class Parts:
    """Draws connection, electrical side and offers of one case."""

    def __init__(self, r: random.Random) -> None:
        self.r = r
        self.steps = r.randint(4, 8)
        self.step_h = r.choice((1.0, 1.0, 0.5, 2.0))
        self.years = r.randint(2, 6)
        self.stores, self.is_sunny = r.choice((0, 1, 1, 2)), self.yes(0.5)

    def yes(self, probability: float = OFTEN) -> bool:
        return self.r.random() < probability

    def some(self, **values: Sequence[Any]) -> dict[str, Any]:
        """Each field, or not, with one of its values."""
        return {name: self.r.choice(choices) for name, choices in values.items() if self.yes()}

    def series(self, low: float, high: float) -> np.ndarray:
        return np.array([round(self.r.uniform(low, high), 2) for _ in range(self.steps)])

    def monthly(self, *prices: float) -> tuple[float, ...]:
        return tuple(self.r.choice(prices) for _ in range(12))

    def hours(self) -> np.ndarray:
        return np.array([float(self.yes(0.6)) for _ in range(self.steps)])

    def terms(self, least_years: int = 2) -> AssetTerms:
        return AssetTerms(
            life_years=self.r.randint(least_years, 7),
            **self.some(
                om_share=(0.03,),
                replacement_share=(0.5,),
                rebate_share=(0.1,),
                credit_share=(0.2,),
                bonus_share=(0.4,),
                depreciation_shares=((0.5, 0.3, 0.2),),
            ),
        )

    def redundancy(self) -> Redundancy:
        kinds = (Redundancy(1), Redundancy(duplicated=True), Redundancy(distributed=True))
        return self.r.choice(kinds) if self.yes() else Redundancy()

    # -- connection

    def grid(self) -> Grid:
        r, price = self.r, self.series(0.2, 6.0)
        if self.yes(0.1):
            price[r.randrange(self.steps)] = -1.0
        taken = {"take_or_pay_mwh_per_year": 0.5 * self.steps * self.step_h, "take_or_pay_kcur_per_mwh": 0.1}
        late = {"energised_month": r.choice((6.0, 14.0)), "earlier_mw": r.choice((0.0, 0.6))}
        sold = {"export_limit_mw": 0.5, "export_price_kcur_per_mwh": 0.4 * np.maximum(price, 0.0)}
        left = (1.0, 1.0, 0.5, 0.0) if self.yes(0.7) else (1.0, 0.7)
        cut = {"available_pu": np.array([r.choice(left) for _ in range(self.steps)])}
        if 0.0 in left:
            cut |= {"lost_load_kcur_per_mwh": r.choice((3.0, 20.0))}
        groups = (taken, late, sold, cut, {"power_factor_target": 0.97, "power_factor_surcharge": 2.0})
        block = EnergyCharge("blocks", self.monthly(0.1, 1.0), self.hours(), (Tier(0.5, self.monthly(0.05, 1.5)),))
        return Grid(
            import_price_kcur_per_mwh=price,
            carbon_t_per_mwh=self.series(0.1, 0.9),
            import_limit_mw=r.choice((1.0, 1.5, 3.0)),
            **{name: value for group in groups if self.yes() for name, value in group.items()},
            **self.some(
                import_limit_mva=(1.3,),
                power_factor=(0.95,),
                billing_factor=(1.1,),
                export_share=(0.2,),
                energy_charges=((block,),),
                demand_charges=((self.demand("peak"),), (self.demand("peak"), self.demand("second"))),
                contract_mw=(0.7, 1.2),
                contract_kcur_per_mw_year=(1.0,),
                overrun_kcur_per_mw_month=(1.5,),
                fixed_kcur_per_month=(0.5,),
                connection_kcur_per_mw=(3.0,),
                connection_terms=(self.terms(),),
                market_carbon_t_per_mwh=(0.2,),
                tariff=("industrial",),
                covers=("design day",),
            ),
            **(
                self.some(max_swing_mw=(0.02, 0.1), ramp_limit_mw_per_min=(0.02,), ride_through_h=(0.05,))
                if self.stores
                else {}
            ),
        )

    def demand(self, name: str) -> Any:
        return demand(
            self.monthly(0.0, 1.0, 2.0),
            self.steps,
            name=name,
            applies=self.hours(),
            **self.some(
                ratchet_share=(0.7,),
                ratchet_months=(1, 2),
                ratchet_peak_months=((0, 2),),
                min_mw=(0.2,),
                contract_share=(0.6,),
                tiers=((Tier(0.3, self.monthly(0.5, 3.0)),),),
            ),
        )

    def programme(self) -> Programme:
        pay = self.some(ready_kcur_per_mw_year=(2.0,), called_kcur_per_mwh=(1.0,))
        return Programme("calls", self.hours(), self.r.choice((0.4, 0.8)), 0.5, **pay)

    def purchase(self) -> PowerPurchase:
        return PowerPurchase(
            "plant",
            self.series(0.0, 1.0),
            price_kcur_per_mwh=self.r.choice((0.5, 2.0)),
            max_mw=1.0,
            market_kcur_per_mwh=self.series(-1.0, 4.0),
            surplus_share=self.r.choice((0.0, 0.5)),
            **self.some(
                settlement=("financial",),
                price_escalation=(0.02,),
                min_mw=(0.2,),
                delivery_kcur_per_mwh=(0.3,),
                carbon_t_per_mwh=(0.05,),
                counts_as_clean=(False,),
                source_kind=("wind",),
            ),
        )

    # -- electrical side

    def chain(self) -> Electrical:
        return Electrical(
            "chain",
            self.r.choice((0.0, 0.02)),
            self.r.choice((0.0, 0.05)),
            required_ride_through_h=0.1 if self.stores and self.yes() else 0.0,
            **self.some(
                included_ride_through_h=(0.02,),
                redundancy=(self.redundancy(),),
                rack_supply=("800 V DC",),
                ups_serves_grid=(False,),
                chain_kcur_per_mw=(2.0,),
                terms=(self.terms(),),
            ),
        )

    def battery(self, name: str) -> Any:
        throughput = self.yes()
        ageing = (
            {"ageing": "throughput", "cycle_life": 20.0} if throughput else self.some(max_cycles_per_year=(0.5, 3.0))
        )
        sizes = self.some(min_mw=(0.1,), min_mwh=(0.1,), min_hours=(0.5,))
        owned = {"existing_mw": 0.1, "existing_mwh": 0.3, "existing_life_years": self.r.randint(1, 5)}
        return battery(
            name=name,
            power_kcur_per_mw=self.r.choice((0.3, 2.0)),
            energy_kcur_per_mwh=self.r.choice((0.3, 2.0)),
            terms=self.terms(self.years if throughput else 2),
            max_mw=1.0,
            max_mwh=2.0,
            **ageing,
            **sizes,
            **(owned if self.yes() else {}),
            **self.some(
                charge_efficiency=(0.9,),
                discharge_efficiency=(0.9,),
                self_discharge_per_h=(0.02,),
                min_charge_share=(0.1,),
                max_charge_share=(0.9,),
                area_m2_per_mwh=(10.0,),
                lead_months_p50=(11.0,),
                lead_months_p90=(13.0,),
                location=("ups", "rack"),
                response_s=(5.0,),
                fade_per_year=(0.03,),
                augmented=(True,),
            ),
        )

    def supply(self) -> Any:
        return supply(
            self.series(0.0, 1.0),
            cost_kcur_per_mw=self.r.choice((2.0, 20.0)),
            terms=self.terms(),
            **{"max_mw": 0.5}
            | self.some(min_mw=(0.2,), area_m2_per_mw=(20.0,), lead_months_p50=(11.0,), lead_months_p90=(13.0,)),
        )

    def generator(self) -> Generator:
        return Generator(
            "engine",
            0.2,
            self.r.choice((1.0, 4.0)),
            self.terms(),
            max_units=3,
            **self.some(
                min_units=(1,),
                spare_units=(1,),
                min_load_share=(0.4,),
                fuel_mwh_per_mwh=(2.0,),
                fuel_mwh_per_h=(0.05,),
                fuel_kcur_per_mwh=(0.3, 2.0),
                fuel_escalation=(0.02,),
                carbon_t_per_mwh_fuel=(0.2,),
                om_kcur_per_mw_year=(0.2,),
                om_kcur_per_mwh=(0.1,),
                start_kcur=(0.2,),
                max_run_h_per_year=(3.0,),
                only_in_outages=(True,),
                area_m2_per_mw=(15.0,),
                lead_months_p50=(10.0,),
                lead_months_p90=(14.0,),
            ),
        )

    # -- offers

    def offers(self, coolings: list[str]) -> tuple[Offer, ...]:
        size, held = self.r.choice((0.4, 1.0)), self.some(rack_limit_mw=(0.15,), rack_positions=(3.0,))
        first = hall(it_mw=size, **self._offer_fields(), **held)
        other = hall("other hall", vendor="other", ex_works_k=9.0, cooling=None, heat_mw=0.0, **self._offer_fields())
        pools = [power_unit(**self._offer_fields())]
        pools += [cooling_unit(f"unit {c}", cooling=c, vendor="cold", **self._offer_fields()) for c in coolings]
        return (first, other, room(footprint_m2=45.0), *pools)

    def _offer_fields(self) -> dict[str, Any]:
        return self.some(
            exchange_rate=(1.2,),
            freight_k=(0.5,),
            insurance_k=(0.1,),
            duty_rate=(0.08,),
            duty_basis=("FOB",),
            import_tax_rate=(0.05,),
            inland_kcur=(0.2,),
            installation_kcur=(0.3,),
            price_breaks=((PriceBreak(2, 1.5),),),
            min_count=(2,),
            max_count=(4,),
            footprint_m2=(30.0,),
            lead_months_p50=(8.0,),
            lead_months_p90=(11.0, 11.0, 14.0),
            quotation=(self.quotation(),),
            architecture=("chain",),
        )

    def quotation(self) -> Quotation:
        return Quotation(
            **self.some(
                spares_k=(0.2,),
                warranty_k=(0.1,),
                scope_kcur=(0.4,),
                financing_share=(0.01, -0.01),
                reference=("Q-1",),
                family=("one", "two"),
                currency=("EUR",),
                rate_date=("2026-01-01",),
                valid_until=("2026-12-31",),
                valid_on_award=(True, False),
                origin=("DE",),
                tariff_code=("8504",),
                duty_date=("2026-01-01",),
                missing_scope=(("crane",),),
                adders_kcur=((0.4,),),
                payment=(Payment(0.3, 0.4, 0.2, 0.1),),
                shipping_months=(1.0,),
                testing_months=(1.0,),
                warranty_years=(2.0,),
                warranty_wanted_years=(3.0,),
                damages_share_per_week=(0.01,),
                damages_cap=(0.1,),
                units_per_month=(1.0, 2.0),
                weight_t=(20.0,),
                relocation_share=(0.3,),
                price_rise_share=(0.1,),
                redundancy_inside=("N+1",),
            )
        )

    def orders(self) -> OrderRules:
        return OrderRules(
            **self.some(
                most_vendors=(2,),
                least_vendors=(1, 2),
                vendor_share=(0.9,),
                one_family=(True,),
                must_order=(("hall",),),
            )
            if self.yes(0.2)
            else {}
        )
