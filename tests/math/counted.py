"""One plan that has something of everything, for what is counted of it and at what price. Nothing of it is balanced.

Two half-hours, each a month. Rates of growth differ, so that a line tells which one it follows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from handmade import plan_of, still
from tiny import (
    PLAIN_TERMS,
    air,
    battery,
    demand,
    energy_case,
    hall,
    limits,
    point,
    rack,
    requests,
    supply,
)

from models.audit.view import View
from models.case import (
    AssetTerms,
    Case,
    ChilledWaterStore,
    CoolingCurve,
    Delay,
    Electrical,
    EnergyCharge,
    Generator,
    HeatUser,
    Money,
    PowerPurchase,
    Programme,
)
from models.design import Design, PlacedRacks, Units

MONEY = Money(2, 0.1, 0.25, 0.02, 0.03, 0.05, 0.07, 0.11)
GROWTH = {"energy": 0.02, "upkeep": 0.03, "carbon": 0.05, "water": 0.07, "capital": 0.11, "fuel": 0.04, "sun": 0.13}


def counted_case() -> Case:
    store = battery(
        power_kcur_per_mw=3.0, energy_kcur_per_mwh=5.0, charge_efficiency=0.8, discharge_efficiency=0.5,
        existing_mw=0.5, existing_mwh=1.0, existing_life_years=1, fade_per_year=0.05, augmented=True,
        ageing="throughput", cycle_life=100.0, terms=AssetTerms(10, replacement_share=0.8),
    )  # fmt: skip
    engine = Generator(
        "engine", 0.3, 11.0, PLAIN_TERMS, max_units=3, fuel_mwh_per_mwh=2.0, fuel_mwh_per_h=0.1, fuel_kcur_per_mwh=30.0,
        fuel_escalation=0.04, carbon_t_per_mwh_fuel=0.25, om_kcur_per_mw_year=31.0, om_kcur_per_mwh=32.0,
        start_kcur=33.0,
    )  # fmt: skip
    market = np.array([-2.0, 4.0])
    sun = PowerPurchase(
        "sun", np.array([1.0, 0.5]), 23.0, price_escalation=0.13, max_mw=2.0, delivery_kcur_per_mwh=24.0,
        surplus_share=0.5, market_kcur_per_mwh=market, carbon_t_per_mwh=0.05,
    )  # fmt: skip
    wind = PowerPurchase("wind", np.ones(2), 25.0, "financial", max_mw=1.0, market_kcur_per_mwh=market)
    grid = {
        "billing_factor": 1.25, "export_price_kcur_per_mwh": np.array([-0.5, 1.0]), "contract_kcur_per_mw_year": 13.0,
        "fixed_kcur_per_month": 14.0, "take_or_pay_mwh_per_year": 10.0, "take_or_pay_kcur_per_mwh": 15.0,
        "demand_charges": (demand(16.0, 2),), "overrun_kcur_per_mw_month": 17.0, "connection_kcur_per_mw": 12.0,
        "energy_charges": (EnergyCharge("blocks", (1.0, 2.0, *[0.0] * 10), np.ones(2)),),
        "carbon_t_per_mwh": np.full(2, 0.1), "market_carbon_t_per_mwh": 0.2, "lost_load_kcur_per_mwh": 28.0,
    }  # fmt: skip
    site = {
        "house_load_mw": 0.01, "dry_bulb_c": np.array([10.0, 25.0]), "design_margin_dry_k": 5.0,
        "water_stress": np.array([1.0, 2.0]),
    }  # fmt: skip
    tank = ChilledWaterStore(6.0, PLAIN_TERMS, 1.0)
    curve = CoolingCurve("dry_bulb", (10.0, 30.0), (0.1, 0.3), (0.0, 0.0))
    return energy_case(
        [0.5, 0.3], [-1.0, 2.0], months=[1, 1], step_h=0.5, grid=grid, site=site, money=MONEY,
        workloads=(
            requests([2.0, 2.0], input_tokens=100.0, cached_tokens=50.0, output_tokens=500.0),
            requests([0.0, 2.0], "mail"),
        ),
        racks=(rack(ancillary_mw=0.02, ancillary_cost_kcur=2.0),), offers=(hall(),),
        operating_points=(point(full_mw=0.09), point(work="mail")), cooling=(air(curve=curve, store=tank),),
        electrical=Electrical("direct", 0.05, 0.2, chain_kcur_per_mw=4.0), batteries=(store,),
        supplies=(supply([1.0, 1.0], cost_kcur_per_mw=9.0),), generators=(engine,),
        heat_users=(HeatUser("district", 20.0, 30.0, np.ones(2), 8.0, PLAIN_TERMS),),
        programmes=(
            Programme("calls", np.array([0.0, 1.0]), 9.0, 1.0, 21.0, 22.0),
            Programme("never", np.array([0.0, 0.0]), 9.0, 1.0, 21.0, 22.0),
        ),
        purchases=(sun, wind),
        limits=limits(carbon_price_kcur_per_t=18.0, water_price_kcur_per_m3=19.0,
                      delay=Delay(5, 26.0, 27.0, served_mtok=800.0)),
    )  # fmt: skip


def counted_design(case: Case) -> Design:
    key, mail = ("chat", "R", "air"), ("mail", "R", "air")
    operation = still(
        case, import_mw=np.array([4.0, 6.0]), export_mw=np.array([0.5, 1.0]), onsite_mw=np.array([0.2, 0.0]),
        it_mw=np.array([0.2, 0.3]), chain_loss_mw=np.full(2, 0.1), cooling_mw=np.full(2, 0.05),
        water_m3=np.array([1.0, 2.0]), charge_mw={"battery": np.array([1.0, 0.0])},
        discharge_mw={"battery": np.array([0.0, 0.6])}, smoothed_mw={"battery": np.full(2, 0.4)},
        busy_racks={key: np.array([2.0, 3.0]), mail: np.ones(2)}, reused_mw={("district", "air"): np.array([0.2, 0.1])},
        generated_mw={"engine": np.array([0.0, 0.6])}, running_units={"engine": np.array([0.0, 2.0])},
        lost_load_mw={"site": np.array([0.2, 0.0])}, purchased_mw={"sun": np.array([1.0, 0.0])},
    )  # fmt: skip
    sizes: dict[str, Any] = {
        "battery_mw": {"battery": 2.0}, "battery_mwh": {"battery": 4.0}, "cold_store_mwh": {"air": 0.4},
        "supply_mw": {"pv": 0.4}, "billed_mw": {("peak", 0): 4.0, ("peak", 1): 6.0}, "reuse_mw": {"district": 0.3},
        "generator_units": {"engine": 3}, "committed_mw": {"calls": 1.0, "never": 0.5},
        "purchase_mw": {"sun": 2.0, "wind": 1.0},
    }  # fmt: skip
    return plan_of(
        case, operation, racks=(PlacedRacks("R", "air", "hall", 3),), units=(Units("hall", 2, "R", "air"),),
        contract_mw=5.0, delay_months=2, **sizes,
    )  # fmt: skip


def counted_view() -> View:
    case = counted_case()
    return View(case, counted_design(case))


LINES: dict[tuple[str, str], tuple[float, float, float, str]] = {
    # quantity, price, sum of its parts without their signs (0: not told), what it grows with
    ("racks", "R"): (3, 10.0, 0.0, ""),
    ("ancillary_it", "R"): (3, 2.0, 0.0, ""),
    ("modules", "hall"): (2, 7.0, 0.0, ""),
    ("electrical_chain", "direct"): (0.36, 4.0, 0.0, ""),
    ("battery_power", "battery"): (1.5, 3.0, 0.0, ""),
    ("battery_energy", "battery"): (3.0, 5.0, 0.0, ""),
    ("existing_battery_power", "battery"): (0.5, 3.0, 0.0, "left"),
    ("existing_battery_energy", "battery"): (1.0, 5.0, 0.0, "left"),
    ("cold_store", "air"): (0.4, 6.0, 0.0, ""),
    ("heat_exchanger", "district"): (0.3, 8.0, 0.0, ""),
    ("supply", "pv"): (0.4, 9.0, 0.0, ""),
    ("generator", "engine"): (0.9, 11.0, 0.0, ""),
    ("connection", "connection"): (7.5, 12.0, 0.0, ""),  # the highest demand, above the contract of 5
    ("energy", "energy"): (1.0, 4.5, 7.5, "energy"),  # 3 MW of the tariff at -1 and 6 at 2
    ("export", "export"): (1.0, -0.375, 0.625, "energy"),
    ("contract", "contract"): (5.0, 13.0, 0.0, "energy"),
    ("fixed_charge", "fixed_charge"): (2.0, 14.0, 0.0, "energy"),
    ("energy", "blocks"): (1.0, 7.5, 9.0, "energy"),  # 1.5 MWh at 1 and 3 at 2
    ("energy", "not taken"): (5.5, 15.0, 0.0, "energy"),  # of 10 MWh
    ("demand", "peak"): (1.0, 160.0, 0.0, "energy"),
    ("contract", "overrun"): (2.5, 17.0, 0.0, "energy"),
    ("carbon", "carbon"): (0.675, 18.0, 0.0, "carbon"),  # 5 MWh bought at 0.1, 0.7 MWh of fuel at 0.25
    ("water", "water"): (3.0, 19.0, 0.0, "water"),
    ("heat_reuse", "district"): (0.15, -20.0, 0.0, "energy"),
    ("augmentation", "battery"): (4.0, 0.25, 0.0, "capital"),
    ("battery_wear", "battery"): (0.5, 0.04, 0.0, "capital"),  # 0.3 of dispatch, half of 0.4 MW for an hour
    ("fuel", "engine"): (0.7, 30.0, 0.0, "fuel"),
    ("generator_standing", "engine"): (0.9, 31.0, 0.0, "upkeep"),
    ("generator_om", "engine"): (0.3, 32.0, 0.0, "upkeep"),
    ("starts", "engine"): (2.0, 33.0, 0.0, "upkeep"),
    ("demand_response", "calls"): (1.0, -32.0, 0.0, "energy"),  # 21 and half an hour at 22
    ("demand_response", "never"): (0.5, -21.0, 0.0, "energy"),
    ("power_purchase", "sun"): (1.5, 23.0, 0.0, "sun"),
    ("purchase_delivery", "sun"): (0.5, 24.0, 0.0, "energy"),
    ("purchase_market", "sun"): (1.0, -1.0, 0.0, "energy"),  # half of 4 for what is left in the second step
    ("power_purchase", "wind"): (1.0, 25.0, 0.0, "none"),
    ("purchase_delivery", "wind"): (0.0, 0.0, 0.0, "energy"),
    ("purchase_market", "wind"): (1.0, -1.0, 0.0, "energy"),  # 1 MWh at -2 and 4, half an hour each
    # 2,000 reference tokens a year [Mtok], of which 800 are served elsewhere: 100 a month come late
    ("delay", "delay"): (2, 26.0 + 100.0 * 27.0, 0.0, "once"),
    ("lost_load", "site"): (0.1, 28.0, 0.0, "none"),
}
