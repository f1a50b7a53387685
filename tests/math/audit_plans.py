"""Two small plans whose every number is worked out by hand here: what the recheck must accept."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.accounts import account
from models.case import (
    AssetTerms,
    Battery,
    Calendar,
    Case,
    ChilledWaterStore,
    Cooling,
    CoolingCurve,
    DemandCharge,
    Electrical,
    Grid,
    Limits,
    Money,
    Offer,
    OperatingPoint,
    PriceBreak,
    Rack,
    Redundancy,
    Site,
    Supply,
    Workload,
)
from models.design import Accounts, CostLine, Design, Gang, Instant, Operation, PlacedRacks, Proof, Reserved, Units

Plan = tuple[Case, Design, Accounts, Proof]
STEPS = 24
MONTHS = (0,) * 12 + (1,) * 12


def vector(base: float, **at: float) -> Any:
    """A series of one value, with others at steps `s5=...` or from a step on `from12=...`."""
    series = np.full(STEPS, base)
    for key, value in at.items():
        if key.startswith("from"):
            series[int(key[4:]) :] = value
    for key, value in at.items():
        if key.startswith("s"):
            series[int(key[1:])] = value
    return series


def energy_plan() -> Plan:
    """No racks: battery, PV, a demand charge with a ratchet, contract, export; accounts by hand, too.

    Load 11 MW (1 of it offices), 15 in step 5, 13 in step 17, 1 in step 4. The battery takes 2.5 MW in step 0 (2 MWh
    kept) and gives 1 MW in step 5 (2 MWh taken). PV gives 1 MW in step 2, nothing in step 3 (curtailed), 2 MW in step
    4, of which 1 MW is sold."""
    case = _energy_case()
    bought = vector(11.0, s0=13.5, s2=10.0, s4=0.0, s5=14.0, s17=13.0)
    stored = vector(1.0, s0=3.0, s1=3.0, s2=3.0, s3=3.0, s4=3.0)
    zero = vector(0.0)
    operation = Operation(
        import_mw=bought, export_mw=vector(0.0, s4=1.0), onsite_mw=vector(0.0, s2=1.0, s4=2.0), it_mw=zero.copy(),
        chain_loss_mw=zero.copy(), cooling_mw=zero.copy(), heat_mw={}, water_m3=zero.copy(),
        charge_mw={"LFP": vector(0.0, s0=2.5)}, discharge_mw={"LFP": vector(0.0, s5=1.0)}, stored_mwh={"LFP": stored},
        cold_charge_mw={}, cold_discharge_mw={}, cold_stored_mwh={}, busy_racks={}, backlog_mreq={},
    )  # fmt: skip
    # interval peaks 1.1 * 14 = 15.4 and 1.1 * 13 = 14.3; the second month pays 95 % of the first's peak
    billed = {("peak", 0): 15.4, ("peak", 1): 0.95 * 15.4}
    design = Design((), (), {}, (), {"LFP": 3.0}, {"LFP": 8.0}, {}, {"pv": 2.0}, 16.0, billed, operation)
    accounts = _energy_accounts()
    return case, design, accounts, Proof("optimal", accounts.objective_kcur, accounts.objective_kcur - 1.0, 0.1, "hand")


def _energy_case() -> Case:
    battery = Battery(
        "LFP", 50.0, 100.0, AssetTerms(4, om_share=0.01, replacement_share=0.6), ageing="throughput", cycle_life=1000.0,
        charge_efficiency=0.8, discharge_efficiency=0.5, min_charge_share=0.1, max_charge_share=0.9, max_mw=5.0,
        max_mwh=10.0,
    )  # fmt: skip
    pv_terms = AssetTerms(25, rebate_share=0.1, credit_share=0.3, bonus_share=0.2, depreciation_shares=(0.5, 0.3, 0.2))
    pv = Supply("pv", vector(0.0, s2=0.5, s3=0.5, s4=1.0), 400.0, pv_terms, max_mw=2.5)
    grid = Grid(
        vector(0.1, s0=0.05), vector(0.5), 20.0, import_limit_mva=18.0, power_factor=0.95, billing_factor=1.1,
        export_limit_mw=1.5, export_price_kcur_per_mwh=vector(0.04),
        demand_charges=(DemandCharge("peak", (2.0,) * 12, vector(1.0), ratchet_share=0.95, ratchet_months=1),),
        contract_kcur_per_mw_year=3.0, fixed_kcur_per_month=1.5, connection_kcur_per_mw=5.0,
        connection_terms=AssetTerms(1, replacement_share=0.5), market_carbon_t_per_mwh=0.2,
    )  # fmt: skip
    plain = vector(10.0, s4=0.0, s5=14.0, s17=12.0)
    money = Money(2, 0.1, 0.25, 0.02, 0.01, 0.05, 0.0, 0.03, counts_residual_value=True)
    site = Site("here", vector(20.0), vector(15.0), vector(50.0), house_load_mw=1.0, plain_load_mw=plain)
    return Case(
        "energy by hand", "USD", Calendar(MONTHS), money, site, grid, Limits(carbon_price_kcur_per_t=0.02),
        batteries=(battery,), supplies=(pv,),
    )  # fmt: skip


def _energy_accounts() -> Accounts:
    """Two years at 10 % discount, 25 % tax; every factor is the sum of its written-out years."""

    def worth(*years: float) -> float:
        return sum(amount / 1.1**k for k, amount in enumerate(years))

    energy = (0.0, 0.75 * 1.02, 0.75 * 1.02**2)
    carbon = (0.0, 0.75 * 1.05, 0.75 * 1.05**2)
    wear = (0.0, 0.75 * 1.03, 0.75 * 1.03**2)
    battery = (1.0, 0.75 * 0.01 * 1.01, 0.75 * 0.01 * 1.01**2 - 0.75 * 2 / 4)  # half of its life is left
    # basis 1 - 0.3 / 2 = 0.85; bonus 20 %, the rest over three years of which two are received; 23 of 25 years left
    pv = (0.9, -0.3 - 0.25 * 0.85 * (0.2 + 0.8 * 0.5), -0.25 * 0.85 * 0.8 * 0.3 - 0.75 * 23 / 25)
    connection = (1.0, 0.75 * 0.5 * 1.03, 0.0)  # replaced after a year
    rows = [
        ("battery_power", "LFP", 3.0, "MW", 50.0, battery, 150.0),
        ("battery_energy", "LFP", 8.0, "MWh", 100.0, battery, 800.0),
        ("supply", "pv", 2.0, "MW", 400.0, pv, 800.0),
        ("connection", "connection", 16.0, "MW", 5.0, connection, 80.0),
        ("energy", "energy", 1.0, "year", 25.275, energy, 0.0),  # 0.1 * 259.5 - 0.05 * 13.5
        ("export", "export", 1.0, "year", -0.04, energy, 0.0),
        ("contract", "contract", 16.0, "MW", 3.0, energy, 0.0),
        ("fixed_charge", "fixed_charge", 2.0, "months", 1.5, energy, 0.0),
        ("demand", "peak", 1.0, "year", 60.06, energy, 0.0),  # 2 * (15.4 + 14.63)
        ("carbon", "carbon", 129.75, "t", 0.02, carbon, 0.0),
        ("battery_wear", "LFP", 1.0, "MWh", 0.06, wear, 0.0),  # 100 * 0.6 / 1000
    ]
    costs = tuple(
        CostLine(line, item, q, unit, p, worth(*flow), first, flow_pu=flow)
        for line, item, q, unit, p, flow, first in rows
    )
    flows = [sum(q * p * flow[k] for _, _, q, _, p, flow, _ in rows) for k in range(3)]
    none = dict.fromkeys(
        ("tokenergy_wh_per_1k", "tokenergy_target", "cost_kcur_per_mtok", "cost_kcur_per_output_mtok", "pue",
         "wue_l_per_kwh", "cue_kg_per_kwh", "cue_market_kg_per_kwh")
    )  # fmt: skip
    kpi = {
        **none, "peak_import_mw": 15.4, "it_installed_mw": 0.0, "it_peak_mw": 0.0, "it_mean_mw": 0.0,
        "design_day_load_mw": 15.0, "site_energy_mwh": 261.5, "import_mwh": 259.5, "onsite_mwh": 3.0, "export_mwh": 1.0,
        "carbon_t": 129.75, "water_m3": 0.0, "reference_mtok": 0.0, "output_mtok": 0.0, "first_cost_kcur": 1830.0,
    }  # fmt: skip
    monthly = {
        "import_mwh": (125.5, 134.0), "onsite_mwh": (3.0, 0.0), "export_mwh": (1.0, 0.0), "peak_mw": (15.4, 14.3),
        "energy_kcur": (11.875, 13.4), "demand_kcur": (30.8, 29.26), "carbon_t": (62.75, 67.0), "water_m3": (0.0, 0.0),
        "it_mwh": (0.0, 0.0), "pue": (0.0, 0.0),
    }  # fmt: skip
    return Accounts(costs, kpi, {}, {}, monthly, tuple(flows), _energy_instants())


def _energy_instants() -> tuple[Instant, ...]:
    """The highest load (14 and offices) without battery; step 5, where the battery gives 1 MW; the first warm step."""
    none = dict.fromkeys(("racks", "electrical_chain", "cooling", "battery_charge", "export", "onsite"), 0.0)
    day = {**none, "house": 1.0, "plain_load": 14.0, "battery_discharge": 0.0, "import": 15.0}
    peak = {**day, "battery_discharge": 1.0, "import": 14.0}
    first = {**day, "plain_load": 10.0, "battery_charge": 2.5, "import": 13.5}
    return (
        Instant("design day", None, 20.0, 15.0, day, {}, {}),
        Instant("highest import", 5, 20.0, 15.0, peak, {}, {}),
        Instant("hottest step", 0, 20.0, 15.0, first, {}, {}),
    )


def rack_plan() -> Plan:
    """Nine racks, four fifths of whose heat leaves by liquid, serve requests, a batch and a training run.

    Operation by hand; the accounts come from models.accounts, the other implementation."""
    case = _rack_case()
    racks = "R", "plate"
    # chat needs 2 rack-h per Mreq: 4 racks, then 6; batch (3 rack-h) is served an hour late; training 6 rack-h
    chat, batch = vector(4.0, from12=6.0), vector(0.0, s1=3.0, s2=3.0, s3=3.0, s4=3.0)
    train = vector(0.0, s12=2.0, s13=2.0, s14=1.0, s15=1.0)
    # idle and ancillary 9 * 0.05 = 0.45 MW; busy racks add 0.05, 0.04 and 0.06 MW
    it = 0.45 + 0.05 * chat + 0.04 * batch + 0.06 * train
    plate, air = 0.8 * it, 0.2 * it
    cold_in, cold_out = vector(0.0, s6=0.1), vector(0.0, s13=0.1)
    cold = vector(0.05)
    cold[6:13] = 0.15
    made = plate + cold_in - cold_out
    # at 20 degC, 50 %: plate 0.04, air 0.25 MW/MW and 2.5 m3/MWh; from step 12 at 25 degC: 0.05, 0.30 and 3.0
    plate_pu, air_pu = vector(0.04, from12=0.05), vector(0.25, from12=0.30)
    cooling = 0.01 * plate + (plate_pu - 0.01) * made + air_pu * air
    water = 0.5 * made + vector(2.5, from12=3.0) * air
    loss = 0.01 * 9 * 0.11 + 0.02 * it
    operation = Operation(
        import_mw=it + loss + cooling + 0.05, export_mw=vector(0.0), onsite_mw=vector(0.0), it_mw=it,
        chain_loss_mw=loss, cooling_mw=cooling, heat_mw={"plate": plate, "air": air}, water_m3=water,
        charge_mw={"UPS": vector(0.0)}, discharge_mw={"UPS": vector(0.0)}, stored_mwh={"UPS": vector(0.2)},
        cold_charge_mw={"plate": cold_in},
        cold_discharge_mw={"plate": cold_out}, cold_stored_mwh={"plate": cold},
        busy_racks={("chat", *racks): chat, ("batch", *racks): batch, ("train", *racks): train},
        backlog_mreq={"batch": vector(0.0, s0=1.0, s1=1.0, s2=1.0, s3=1.0)},
    )  # fmt: skip
    design = Design(
        racks=(PlacedRacks(*racks, "room", 9),),
        # power N+1: 2 * 0.6 + 0.5 - 0.6 >= 0.99; plate 2N: 2 * 0.8 >= 2 * 0.792; air: 0.2 >= 0.198
        units=(
            Units("room", 3, *racks), Units("power A", 2), Units("power B", 1), Units("chiller", 2), Units("fan", 1),
        ),
        traffic_share={("chat", *racks): 1.0},
        gangs=(Gang("train", *racks, 2),),
        battery_mw={"UPS": 1.2}, battery_mwh={"UPS": 0.5}, cold_store_mwh={"plate": 0.4}, supply_mw={},
        contract_mw=5.0, billed_mw={}, operation=operation, reserved={"UPS": Reserved(0.05 * 0.99 / 0.9)},
    )  # fmt: skip
    accounts = account(case, design)
    return case, design, accounts, Proof("optimal", accounts.objective_kcur, accounts.objective_kcur, 0.1, "hand")


def _rack_case() -> Case:
    terms = AssetTerms(10)
    chat = Workload(
        "chat", "interactive", "chat", vector(2.0, from12=3.0), input_tokens=100.0, cached_tokens=50.0,
        output_tokens=200.0, weight_input=0.2, weight_cached=0.1,
    )  # fmt: skip
    arrivals = vector(0.0, s0=1.0, s1=1.0, s2=1.0, s3=1.0)
    batch = Workload("batch", "deferrable", "batch", arrivals, output_tokens=300.0, max_delay_h=2.0)
    train = Workload(
        "train", "training", "train", run_mtok=60.0, windows=((12, 16),), gang_min=2, gang_max=4, pause_share=0.25,
        weight_training=0.5,
    )  # fmt: skip
    points = (
        OperatingPoint("R", "chat", 0.09, input_mtok_per_h=100.0, output_mtok_per_h=100.0, counts_cached=True),
        OperatingPoint("R", "batch", 0.08, output_mtok_per_h=100.0),
        OperatingPoint("R", "train", 0.1, training_mtok_per_h=10.0),
    )
    rack = Rack(
        "R", 0.1, 0.04, 300.0, terms, ancillary_mw=0.01, ancillary_cost_kcur=20.0, ancillary_racks=0.25,
        liquid_share=0.8, max_supply_c=45.0, usable_share=0.9, max_racks=12,
    )  # fmt: skip
    return Case(
        "racks by hand", "USD", Calendar(MONTHS), Money(1, 0.0),
        Site("here", vector(20.0, from12=25.0), vector(15.0), vector(50.0), 5.0, 3.0, 210.0, house_load_mw=0.05),
        Grid(vector(0.1), vector(0.4), 5.0, market_carbon_t_per_mwh=0.1),
        Limits(500.0, 20.0, 40.0, 5000.0, 0.02, 0.001, need_month=12.0, lead_confidence="P90"),
        workloads=(chat, batch, train), racks=(rack,), operating_points=points, cooling=_coolings(),
        electrical=Electrical("double conversion", 0.01, 0.02, 0.05, 0.1, Redundancy(spare_units=1)),
        batteries=(Battery("UPS", 40.0, 80.0, terms, max_cycles_per_year=100.0, discharge_efficiency=0.9,
                           min_charge_share=0.1, max_mw=2.0, max_mwh=1.0, area_m2_per_mwh=4.0, lead_months_p90=12.0),),
        offers=_offers(),
    )  # fmt: skip


def _coolings() -> tuple[Cooling, ...]:
    store = ChilledWaterStore(30.0, AssetTerms(10), 1.0, distribution_pu=0.01, area_m2_per_mwh=10.0)
    plate = Cooling(
        "plate", 0.12, 0.9, CoolingCurve("dry_bulb", (30.0, 10.0), (0.06, 0.02), (0.5, 0.5)), supply_c=40.0,
        residual_air="air", redundancy=Redundancy(duplicated=True), store=store,
    )  # fmt: skip
    corners = ((10.0, 10.0, 30.0, 30.0), (0.1, 0.2, 0.3, 0.4), (1.0, 2.0, 3.0, 4.0), (20.0, 80.0, 20.0, 80.0))
    return plate, Cooling("air", 0.05, 0.0, CoolingCurve("dry_bulb_and_humidity", *corners))


def _offers() -> tuple[Offer, ...]:
    terms = AssetTerms(10)
    room = Offer(
        "room", "maker", "it", 100.0, terms, it_mw=0.5, rack_limit_mw=0.1, rack_positions=5.0, exchange_rate=1.2,
        freight_k=6.0, insurance_k=4.0, duty_rate=0.05, duty_basis="FOB", import_tax_rate=0.1, inland_kcur=3.0,
        installation_kcur=7.0, price_breaks=(PriceBreak(3, 90.0), PriceBreak(5, 80.0)), min_count=2, max_count=4,
        footprint_m2=50.0, lead_months_p50=6.0, lead_months_p90=12.0,
    )  # fmt: skip
    return (
        room,
        Offer("power A", "maker", "power", 30.0, terms, electrical_mw=0.6, footprint_m2=10.0),
        Offer("power B", "maker", "power", 25.0, terms, electrical_mw=0.5, footprint_m2=10.0),
        Offer("chiller", "maker", "cooling", 20.0, terms, heat_mw=0.8, cooling="plate", footprint_m2=5.0),
        Offer("fan", "maker", "cooling", 8.0, terms, heat_mw=0.2, cooling="air", footprint_m2=5.0),
    )
