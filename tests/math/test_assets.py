"""What a case lets the planner buy: unit, price, terms and steps of each capital line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_generators import engine
from tiny import PLAIN_TERMS, air, battery, energy_case, hall, hall_case, rack, supply

from models.assets import Asset, assets
from models.case import AssetTerms, Electrical, HeatUser, PriceBreak
from models.coldside import ChilledWaterStore
from models.supply import sources
from models.terms import Redundancy


def test_assets_of_a_case() -> None:
    """Proves: racks and units come whole, generators in units of 2 MW, all else in any amount; each at its own price.
    Catches: a price of another line, power bought in whole MW."""
    case = hall_case(
        racks=(rack(ancillary_cost_kcur=1.5),), batteries=(battery(power_kcur_per_mw=2.0, energy_kcur_per_mwh=3.0),),
        electrical=Electrical("chain", 0.0, 0.0, chain_kcur_per_mw=4.0),
        cooling=(air(store=ChilledWaterStore(5.0, PLAIN_TERMS, 1.0)),),
        supplies=(supply([1, 1], cost_kcur_per_mw=6.0),),
        heat_users=(HeatUser("greenhouse", 0.0, 20.0, np.ones(2), 8.0, PLAIN_TERMS),),
        generators=(engine(cost_kcur_per_mw=9.0),), grid={"connection_kcur_per_mw": 11.0},
    )  # fmt: skip
    found = {key: (a.unit, a.price_kcur(1.0), a.step) for key, a in assets(case).items()}
    assert found == {
        ("racks", "R"): ("racks", 10.0, 1.0),
        ("ancillary_it", "R"): ("racks", 1.5, 1.0),
        ("modules", "hall"): ("units", 7.0, 1.0),
        ("electrical_chain", "chain"): ("MW", 4.0, None),
        ("battery_power", "battery"): ("MW", 2.0, None),
        ("battery_energy", "battery"): ("MWh", 3.0, None),
        ("cold_store", "air"): ("MWh", 5.0, None),
        ("heat_exchanger", "greenhouse"): ("MW", 8.0, None),
        ("supply", "pv"): ("MW", 6.0, None),
        ("generator", "engine"): ("MW", 9.0, 2.0),
        ("connection", "connection"): ("MW", 11.0, None),
    }
    tenant = replace(case, money=replace(case.money, counts_it=False))
    free = {key for key, a in assets(tenant).items() if a.price_kcur(1.0) == 0}
    assert free == {("racks", "R"), ("ancillary_it", "R")}


@pytest.mark.parametrize(
    ("quantity", "price"), [(1, 7.0), (2, 7.0), (3, 5.0), (4, 5.0), (5, 4.0), (9, 4.0), (0.5, 7.0)]
)
def test_all_that_is_bought_together_pays_its_tier(quantity: float, price: float) -> None:
    """Proves: 7 each, 5 from three on, 4 from five on, for all of them. Catches: a tier that begins one later."""
    offer = hall(price_breaks=(PriceBreak(3, 5.0), PriceBreak(5, 4.0)))
    assert assets(hall_case(offers=(offer,)))["modules", "hall"].price_kcur(quantity) == price
    assert Asset("units", ((1, 3.0),), AssetTerms(1), 1.0).price_kcur(quantity) == 3.0


@pytest.mark.parametrize(
    ("rule", "factor", "spares"),
    [
        (Redundancy(), 1.0, 0),
        (Redundancy(spare_units=1), 1.0, 1),
        (Redundancy(spare_units=2), 1.0, 2),
        (Redundancy(duplicated=True), 2.0, 0),
        (Redundancy(distributed=True), 1.5, 1),
        (Redundancy(spare_units=2, distributed=True), 1.5, 2),
    ],
)
def test_redundancy_of_a_pool(rule: Redundancy, factor: float, spares: int) -> None:
    """Proves: N+x spares x units, 2N is twice the load, 3N/2 one and a half times and a unit to spare. Catches: a spare
    unit of 2N, none of 3N/2, a pool that asks for nothing taken for one that does."""
    assert (rule.capacity_factor, rule.spares) == (factor, spares)
    assert rule.asks_for_more is ((factor, spares) != (1.0, 0))


def test_a_source_of_no_size_is_none() -> None:
    """Proves: what may have a tenth of a MW is a source, what may have nothing is none, and its least and largest size
    are kept. Catches: columns for what cannot be built."""
    case = energy_case([1.0], supplies=(supply([1.0], max_mw=0.0), supply([1.0], name="small", max_mw=0.1)))
    assert list(sources(case)) == ["small"]
