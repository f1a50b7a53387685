"""Prices of a case at a later date, its tariff multiplied, its work multiplied: which figures move and by what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny import PLAIN_TERMS, air, battery, demand, hall, hall_case, limits, rack, requests, supply, training

from models.case import (
    Case,
    ChilledWaterStore,
    Electrical,
    EnergyCharge,
    Generator,
    HeatUser,
    Money,
    PowerPurchase,
    PriceBreak,
    Programme,
    Quotation,
    Tier,
)
from models.paths import at_year, with_all_demand, with_demand, with_tariff
from models.places import at

ENERGY, OM, CARBON, WATER, CAPITAL, FUEL, CONTRACT = 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7
"""What prices grow by in a year."""
PRICES: dict[str, float] = {
    "grid.import_price_kcur_per_mwh": ENERGY,
    "grid.export_price_kcur_per_mwh": ENERGY,
    "grid.take_or_pay_kcur_per_mwh": ENERGY,
    "grid.contract_kcur_per_mw_year": ENERGY,
    "grid.overrun_kcur_per_mw_month": ENERGY,
    "grid.fixed_kcur_per_month": ENERGY,
    "grid.connection_kcur_per_mw": CAPITAL,
    "grid.energy_charges[block].price_kcur_per_mwh": ENERGY,
    "grid.demand_charges[peak].price_kcur_per_mw": ENERGY,
    "limits.carbon_price_kcur_per_t": CARBON,
    "limits.water_price_kcur_per_m3": WATER,
    "racks[R].cost_kcur": CAPITAL,
    "racks[R].ancillary_cost_kcur": CAPITAL,
    "offers[hall].ex_works_k": CAPITAL,
    "offers[hall].freight_k": CAPITAL,
    "offers[hall].insurance_k": CAPITAL,
    "offers[hall].inland_kcur": CAPITAL,
    "offers[hall].installation_kcur": CAPITAL,
    "offers[hall].quotation.spares_k": CAPITAL,
    "offers[hall].quotation.warranty_k": CAPITAL,
    "offers[hall].quotation.scope_kcur": CAPITAL,
    "batteries[battery].power_kcur_per_mw": CAPITAL,
    "batteries[battery].energy_kcur_per_mwh": CAPITAL,
    "cooling[air].store.cost_kcur_per_mwh": CAPITAL,
    "supplies[pv].cost_kcur_per_mw": CAPITAL,
    "electrical.chain_kcur_per_mw": CAPITAL,
    "generators[engine].cost_kcur_per_mw": CAPITAL,
    "generators[engine].om_kcur_per_mw_year": OM,
    "generators[engine].om_kcur_per_mwh": OM,
    "generators[engine].start_kcur": OM,
    "generators[engine].fuel_kcur_per_mwh": FUEL,
    "heat_users[town].cost_kcur_per_mw": CAPITAL,
    "heat_users[town].price_kcur_per_mwh": ENERGY,
    "purchases[wind].price_kcur_per_mwh": CONTRACT,
    "purchases[wind].delivery_kcur_per_mwh": ENERGY,
    "purchases[wind].market_kcur_per_mwh": ENERGY,
    "programmes[relief].ready_kcur_per_mw_year": ENERGY,
    "programmes[relief].called_kcur_per_mwh": ENERGY,
}
TARIFF = [path for path, factor in PRICES.items() if path.startswith("grid.") and factor == ENERGY]
SET_BY_ENERGY = [*TARIFF, "purchases[wind].delivery_kcur_per_mwh", "purchases[wind].market_kcur_per_mwh"]
UNMOVED = ("grid.import_limit_mw", "grid.carbon_t_per_mwh", "offers[hall].duty_rate", "offers[hall].exchange_rate",
           "offers[hall].quotation.financing_share", "generators[engine].unit_mw", "batteries[battery].max_mw",
           "purchases[wind].surplus_share", "money.escalation_energy")  # fmt: skip


def priced() -> Case:
    """A case with every price there is, each of them 2."""
    two = np.full(2, 2.0)
    engine = Generator("engine", 1.0, 2.0, PLAIN_TERMS, fuel_kcur_per_mwh=2.0, fuel_escalation=FUEL - 1,
                       om_kcur_per_mw_year=2.0, om_kcur_per_mwh=2.0, start_kcur=2.0)  # fmt: skip
    offer = hall(ex_works_k=2.0, freight_k=2.0, insurance_k=2.0, inland_kcur=2.0, installation_kcur=2.0, duty_rate=0.1,
                 quotation=Quotation(spares_k=2.0, warranty_k=2.0, scope_kcur=2.0, financing_share=0.1),
                 price_breaks=(PriceBreak(5, 4.0),))  # fmt: skip
    blocks = EnergyCharge("block", (2.0,) * 12, np.ones(2), (Tier(10.0, (3.0,) * 12),))
    grid = {
        "export_price_kcur_per_mwh": two, "take_or_pay_kcur_per_mwh": 2.0, "contract_kcur_per_mw_year": 2.0,
        "overrun_kcur_per_mw_month": 2.0, "fixed_kcur_per_month": 2.0, "connection_kcur_per_mw": 2.0,
        "energy_charges": (blocks,), "demand_charges": (demand(2.0, 2, tiers=(Tier(4.0, (5.0,) * 12),)),),
    }  # fmt: skip
    return hall_case(
        price=2.0,
        grid=grid,
        money=Money(1, 0.0, 0.0, ENERGY - 1, OM - 1, CARBON - 1, WATER - 1, CAPITAL - 1),
        limits=limits(carbon_price_kcur_per_t=2.0, water_price_kcur_per_m3=2.0),
        racks=(rack(cost_kcur=2.0, ancillary_cost_kcur=2.0),),
        offers=(offer,),
        batteries=(battery(power_kcur_per_mw=2.0, energy_kcur_per_mwh=2.0),),
        cooling=(air(store=ChilledWaterStore(2.0, PLAIN_TERMS, 1.0)), air("dry")),
        supplies=(supply(two, cost_kcur_per_mw=2.0),),
        electrical=Electrical("chain", 0.0, 0.0, chain_kcur_per_mw=2.0),
        generators=(engine,),
        heat_users=(HeatUser("town", 2.0, 40.0, two, 2.0, PLAIN_TERMS),),
        purchases=(PowerPurchase("wind", two, 2.0, price_escalation=CONTRACT - 1, delivery_kcur_per_mwh=2.0,
                                 market_kcur_per_mwh=two),),
        programmes=(Programme("relief", np.ones(2), 1.0, 1.0, 2.0, 2.0),),
    )  # fmt: skip


CASE = priced()


def grown(case: Case, path: str) -> Any:
    """What a figure has become, as a share of what it was."""
    return np.asarray(at(case, path)) / np.asarray(at(CASE, path))


@pytest.mark.parametrize("path", PRICES)
def test_each_price_grows_at_its_own_rate(path: str) -> None:
    """Proves: in two years every price grows twice by the rate of its kind, in none it stays. Catches: a price left
    behind, one that follows another kind's rate, one that grows once."""
    assert grown(at_year(CASE, 2), path) == pytest.approx(PRICES[path] ** 2)
    assert grown(at_year(CASE, 0), path) == pytest.approx(1.0)


@pytest.mark.parametrize("path", PRICES)
def test_a_stated_level_of_energy_prices_takes_the_place_of_their_growth(path: str) -> None:
    """Proves: prices at 0.9 of today's after two years: the tariff, and what a contract pays by the market, are 0.9;
    heat and programmes, which state no level, and all else grow as ever. Catches: both, growth and level."""
    expected = 0.9 if path in SET_BY_ENERGY else PRICES[path] ** 2
    assert grown(at_year(CASE, 2, 0.9), path) == pytest.approx(expected)


@pytest.mark.parametrize("path", PRICES)
def test_a_dearer_tariff_leaves_all_other_prices(path: str) -> None:
    """Proves: a tariff of 1.25 multiplies what the utility charges and pays, not the connection's works, nor anything
    bought elsewhere. Catches: capital cost that follows the tariff."""
    assert grown(with_tariff(CASE, 1.25), path) == pytest.approx(1.25 if path in TARIFF else 1.0)


@pytest.mark.parametrize("path", UNMOVED)
def test_what_is_no_price_stays(path: str) -> None:
    """Proves: powers, rates and shares do not grow. Catches: an amount multiplied along with its price."""
    assert np.all(np.asarray(at(at_year(CASE, 2), path)) == np.asarray(at(CASE, path)))


def test_tiers_and_price_breaks_grow_with_their_price() -> None:
    """Proves: the second block of energy at 3 and of demand at 5 grow with the tariff, a price from five units on at 4
    with capital; the thresholds stay. Catches: the first block alone multiplied, a threshold multiplied."""
    found = at_year(CASE, 1)
    (block,), (peak,) = found.grid.energy_charges[0].tiers, found.grid.demand_charges[0].tiers
    assert (block.above, block.price[0]) == (10.0, pytest.approx(3.0 * ENERGY))
    assert (peak.above, peak.price[0]) == (4.0, pytest.approx(5.0 * ENERGY))
    (part,) = found.offers[0].price_breaks
    assert (part.min_count, part.ex_works_k) == (5, pytest.approx(4.0 * CAPITAL))


def test_no_price_stays_none() -> None:
    """Proves: a case without an export price or an overrun price has none later either. Catches: none taken for 0."""
    found = at_year(hall_case(), 3).grid
    assert found.export_price_kcur_per_mwh is None and found.overrun_kcur_per_mw_month is None


def test_work_multiplied() -> None:
    """Proves: half of the requests and 1.5 of a run's tokens, its window and the length of a request as they are; what
    is not named stays, of factor zero nothing is left. Catches: tokens per request multiplied too, a run scaled by its
    arrivals."""
    chat, run = requests((2.0, 1.0)), training(100.0, [(0, 2)])
    case = hall_case(workloads=(chat, run, replace(chat, name="bulk")))
    found = with_demand(case, {"chat": 0.5, "train": 1.5})
    half, more, same = found.workloads
    assert half.arrivals_mreq_per_h == pytest.approx([1.0, 0.5]) and half.output_tokens == 1000.0
    assert (more.run_mtok, more.windows, more.arrivals_mreq_per_h) == (150.0, ((0, 2),), None)
    assert same.arrivals_mreq_per_h == pytest.approx([2.0, 1.0])
    assert [w.name for w in with_demand(case, {"chat": 0.0}).workloads] == ["train", "bulk"]
    doubled = with_all_demand(case, 2.0).workloads
    assert [w.run_mtok or float(w.arrivals_mreq_per_h[0]) for w in doubled] == [4.0, 200.0, 4.0]
