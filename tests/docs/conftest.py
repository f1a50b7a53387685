"""A plausible plan of a 5 MW inference hall, made up without a solver, for the tests of documents.

Magnitudes follow the catalogue (racks of 132 kW, about 10 USD/W of modules, a two-part tariff); the year is smooth, so
that every number can be followed by hand. Costs and indicators come from models.accounts."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # lets tests import what stands beside them

from models.accounts import account
from models.case import (
    AssetTerms,
    Battery,
    Calendar,
    Case,
    Cooling,
    CoolingCurve,
    DemandCharge,
    Electrical,
    Grid,
    Limits,
    Money,
    Offer,
    OperatingPoint,
    PowerPurchase,
    Rack,
    Redundancy,
    Site,
    Supply,
    Workload,
)
from models.design import Answer, AuditReport, Design, Gang, Operation, PlacedRacks, Proof, Units
from models.provenance import Origin
from models.stages import GrowthAnswer
from planner.growth_json import public_view

STEPS = 8760
HOUR = np.arange(STEPS)
RATE, YEARS = 0.08, 10
START = datetime(2023, 1, 1)
MONTH = tuple((START + timedelta(hours=int(h))).month - 1 for h in HOUR)
GB200, AIR = "GB200 NVL72", "HGX H100 4 per rack"
DTC, CRAH = "Direct-to-chip", "CRAH with economiser"


def _zeros() -> np.ndarray:
    return np.zeros(STEPS)


def _case() -> Case:
    season = np.cos(2 * np.pi * (HOUR / 24 - 205) / 365)
    dry = 12.5 + 13 * season + 4 * np.sin(2 * np.pi * (HOUR % 24 - 9) / 24)
    day = 1 + 0.35 * np.sin(2 * np.pi * (HOUR % 24 - 9) / 24)
    terms = AssetTerms(life_years=15, om_share=0.02)
    curve = CoolingCurve("dry_bulb", (0.0, 35.0), (0.05, 0.16), (0.0, 0.6))
    summer = DemandCharge("Peak demand", (8.32,) * 12, np.isin(HOUR % 24, range(9, 21)).astype(float), 1.0, 11)
    charged = replace(summer, name="Base demand", ratchet_share=0.0, ratchet_months=0, applies=np.ones(STEPS))
    module = Offer(
        "Prefab hall 1 MW",
        "Northwind Modular",
        "integrated",
        8400.0,
        terms,
        it_mw=1.0,
        electrical_mw=1.0,
        heat_mw=1.05,
        rack_positions=10,
        freight_k=260.0,
        duty_rate=0.04,
        installation_kcur=420.0,
        footprint_m2=180.0,
        cooling=DTC,
        lead_months_p50=8,
        lead_months_p90=11,
        max_count=8,
    )
    air = Offer(
        "Air cube 400 kW",
        "Kestrel Systems",
        "it",
        2100.0,
        terms,
        it_mw=0.4,
        rack_positions=10,
        lead_months_p50=6,
        lead_months_p90=9,
        footprint_m2=75.0,
    )
    power = Offer(
        "Power skid 500 kW",
        "Halden Electric",
        "power",
        640.0,
        terms,
        electrical_mw=0.5,
        lead_months_p50=9,
        lead_months_p90=14,
        footprint_m2=40.0,
    )
    crah = Offer(
        "Cooling skid 450 kW",
        "Halden Electric",
        "cooling",
        380.0,
        terms,
        heat_mw=0.45,
        cooling=CRAH,
        lead_months_p50=7,
        lead_months_p90=9,
        footprint_m2=35.0,
    )
    return Case(
        name="Seoul inference hall",
        currency="USD",
        calendar=Calendar(MONTH),
        money=Money(YEARS, RATE),
        site=Site("Seoul hall A", dry, dry - 3, np.full(STEPS, 65.0), area_m2=2500.0, house_load_mw=0.06),
        grid=Grid(
            import_price_kcur_per_mwh=0.085 + 0.03 * (day - 1),
            carbon_t_per_mwh=np.full(STEPS, 0.42),
            import_limit_mw=7.0,
            billing_factor=1.03,
            demand_charges=(charged, summer),
            contract_kcur_per_mw_year=4.0,
            connection_kcur_per_mw=150.0,
            energised_month=12,
            market_carbon_t_per_mwh=0.31,
        ),
        limits=Limits(tokenergy_wh_per_ktok=0.7, water_m3_per_year=20000.0, need_month=14, lead_confidence="P90"),
        workloads=(
            Workload("Chat", "interactive", "r1-8k1k", 3.1 * day, 8000, 0, 1000, 1 / 9, 0, 1.0),
            Workload(
                "Post-training",
                "training",
                "tune",
                weight_training=0.4,
                run_mtok=2e5,
                windows=((1000, 1400),),
                gang_max=6,
            ),
        ),
        racks=(
            Rack(GB200, 0.132, 0.045, 3100.0, AssetTerms(5, 0.03), 0.011, 210.0, 0.25, 0.87, 40.0, 0.92, 40, 72),
            Rack(AIR, 0.0408, 0.014, 1080.0, AssetTerms(5, 0.03), 0.003, 80.0, 0.2, 0.0, None, 0.92, None, 32),
        ),
        operating_points=(
            OperatingPoint(GB200, "r1-8k1k", 0.125, 1334.0, 167.0),
            OperatingPoint(AIR, "r1-8k1k", 0.0378, 800.0, 100.0),
            OperatingPoint(GB200, "tune", 0.13, training_mtok_per_h=180.0),
        ),
        cooling=(
            Cooling(DTC, 0.15, 0.87, curve, 32.0, CRAH),
            Cooling(CRAH, 0.05, 0.0, curve, redundancy=Redundancy(1)),
        ),
        electrical=Electrical("Double-conversion UPS", 0.015, 0.035, 0.08, 0.08, Redundancy(1)),
        batteries=(Battery("LFP battery", 120.0, 125.0, AssetTerms(15, 0.02), max_mw=4.0, max_mwh=16.0),),
        purchases=(
            PowerPurchase("Wind contract", 0.3 + 0.1 * (HOUR % 3), 0.07, max_mw=4.0, delivery_kcur_per_mwh=0.02),
        ),
        supplies=(
            Supply("Roof PV", np.clip(np.sin(2 * np.pi * (HOUR % 24 - 6) / 24), 0, 1), 900.0, terms, max_mw=1.2),
        ),
        offers=(module, air, power, crah),
    )


def _operation(case: Case) -> Operation:
    day = case.workloads[0].arrivals_mreq_per_h / 3.1
    tuning = np.where((HOUR >= 1000) & (HOUR < 1400), 2e5 / 180 / 400, 0.0)
    it = 0.085 * tuning + 33 * 0.056 + 8 * 0.017 + 33 * 0.08 * 0.5 * day + 8 * 0.0238 * 0.3
    loss = 0.015 * 5.07 + 0.035 * it
    cooling = it * np.interp(case.site.dry_bulb_c, (0.0, 35.0), (0.05, 0.16))
    pv = case.supplies[0].output_pu * 0.8
    charge, discharge = np.where(HOUR % 24 < 4, 0.5, 0.0), np.where((HOUR % 24 >= 17) & (HOUR % 24 < 21), 0.45, 0.0)
    stored = np.cumsum(charge * 0.95 - discharge / 0.95)
    return Operation(
        import_mw=it + loss + cooling + 0.06 + charge - discharge - pv,
        export_mw=_zeros(),
        onsite_mw=pv,
        it_mw=it,
        chain_loss_mw=loss,
        cooling_mw=cooling,
        heat_mw={DTC: 0.87 * it, CRAH: 0.13 * it},
        water_m3=it * np.interp(case.site.dry_bulb_c, (0.0, 35.0), (0.0, 0.6)),
        charge_mw={"LFP battery": charge},
        discharge_mw={"LFP battery": discharge},
        stored_mwh={"LFP battery": stored - stored.min() + 0.4},
        cold_charge_mw={},
        cold_discharge_mw={},
        cold_stored_mwh={},
        busy_racks={
            ("Chat", GB200, DTC): 33 * 0.5 * day,
            ("Post-training", GB200, DTC): tuning,
            ("Chat", AIR, CRAH): np.full(STEPS, 2.4),
        },
        backlog_mreq={},
        purchased_mw={"Wind contract": np.minimum(0.6 + 0.2 * (HOUR % 3), 0.9)},
    )


def _origins() -> tuple[Origin, ...]:
    given = [
        Origin(
            "racks[GB200 NVL72].peak_mw", "Racks!D6", "132", "kW", "Supermicro data sheet; Tom's Hardware", "2025", "B"
        ),
        Origin("racks[GB200 NVL72].cost_kcur", "Racks!F6", "3,100,000", "USD/rack", "analyst estimate", "2025", "C"),
        Origin(
            "racks[HGX H100 4 per rack].ancillary_mw",
            "Racks!H7",
            "3",
            "kW/rack",
            "assumption - no source found",
            "2026",
            "X",
        ),
        Origin(
            "grid.connection_kcur_per_mw", "Grid!C9", "150,000", "USD/MW", "assumption - no source found", "2026", "X"
        ),
        Origin("money.discount_rate", "Money!C5", "8", "%/year", "", "", ""),
        Origin("money.analysis_years", "Money!C4", "10", "years", "printed default", "", "", "default"),
        Origin("site.house_load_mw", "Site!C12", "60", "kW", "printed default", "", "X", "default"),
        Origin("limits.budget_kcur", "Limits!C6", "no limit", "USD", "", "", "", "no limit"),
        Origin("limits.carbon_t_per_year", "Limits!C7", "no limit", "t/year", "", "", "", "no limit"),
    ]
    sources = ("Open-Meteo ERA5, Seoul 2023", "KEPCO tariff book", "Lei and Masanet model")
    more = [
        Origin(f"series.{i}", f"Hourly!{'BCDEFG'[i]}5", "8,760 values", "degC", sources[i % 3], "2023", "A")
        for i in range(6)
    ]
    return (*given, *more)


def make_answer() -> Answer:
    """The plan of the hall."""
    case = _case()
    operation = _operation(case)
    design = Design(
        racks=(PlacedRacks(GB200, DTC, "Prefab hall 1 MW", 33), PlacedRacks(AIR, CRAH, "Air cube 400 kW", 8)),
        units=(
            Units("Prefab hall 1 MW", 5, GB200, DTC),
            Units("Air cube 400 kW", 1, AIR, CRAH),
            Units("Power skid 500 kW", 2),
            Units("Cooling skid 450 kW", 2),
        ),
        traffic_share={("Chat", GB200, DTC): 0.94, ("Chat", AIR, CRAH): 0.06},
        gangs=(Gang("Post-training", GB200, DTC, 4),),
        battery_mw={"LFP battery": 0.5},
        battery_mwh={"LFP battery": 2.0},
        cold_store_mwh={},
        supply_mw={"Roof PV": 0.8},
        purchase_mw={"Wind contract": 2.0},
        contract_mw=5.0,
        billed_mw={("Peak demand", m): 5.2 for m in range(12)},
        operation=operation,
    )
    accounts = account(case, design)
    objective = accounts.objective_kcur
    proof = Proof("optimal", objective, objective - 31.0, 214.0, "monolithic")
    audit = AuditReport(412, 3.1e-10)
    return Answer(
        case, design, accounts, proof, audit, _origins(), {"read": 0.9, "build": 4.1, "solve": 214.0, "audit": 1.2}
    )


def make_energy_answer() -> Answer:
    """A pure energy study: no racks, no tokens, no limits, a battery against a given load; two days in one month."""
    full = make_answer()
    steps = 48
    case = Case(
        "Cold store",
        "KRW",
        Calendar((0,) * steps),
        Money(5, 0.05),
        Site("Depot", np.zeros(steps), np.zeros(steps), np.zeros(steps), plain_load_mw=np.full(steps, 2.0)),
        Grid(np.full(steps, 110.0), np.full(steps, 0.4), 5.0),
        batteries=full.case.batteries,
    )
    zero, load = np.zeros(steps), np.full(steps, 2.0)
    operation = Operation(
        load,
        zero,
        zero,
        zero,
        zero,
        zero,
        {},
        zero,
        {"LFP battery": zero},
        {"LFP battery": zero},
        {"LFP battery": zero},
        {},
        {},
        {},
        {},
        {},
    )
    design = Design((), (), {}, (), {"LFP battery": 0.0}, {"LFP battery": 0.0}, {}, {}, 2.0, {}, operation)
    accounts = account(case, design)
    return Answer(
        case,
        design,
        accounts,
        Proof("limit", accounts.objective_kcur, float("-inf"), 1.0, "monolithic"),
        AuditReport(9, 0.0),
    )


@pytest.fixture(scope="session")
def answer() -> Answer:
    """The 5 MW hall over all 8,760 hours."""
    return make_answer()


@pytest.fixture(scope="session")
def energy_answer() -> Answer:
    """A study without racks or tokens."""
    return make_energy_answer()


@pytest.fixture(scope="session")
def grown(answer: Answer) -> GrowthAnswer:
    """The hall built in stages."""
    from grown import make_growth_answer

    return make_growth_answer(answer)


@pytest.fixture(scope="session")
def view(grown: GrowthAnswer) -> dict[str, Any]:
    """What plan.json says of the hall built in stages."""
    return public_view(grown)


HOSTILE = (
    '=HYPERLINK("http://bad.example","x")',
    "{=1+1}",
    "http://bad.example/a",
    "<script>alert(1)</script>",
    "+1|cmd",
    "@SUM(1)",
)


@pytest.fixture(scope="session")
def hostile_answer() -> Answer:
    """The energy study with every free text replaced by one that a spreadsheet or browser could act on."""
    answer = make_energy_answer()
    formula, array, link, script, plus, at = HOSTILE
    site = replace(answer.case.site, name=script)
    case = replace(answer.case, name=formula, currency="<b>", site=site)
    origins = tuple(Origin(text, text, text, text, text, text, "X") for text in HOSTILE)
    costs = tuple(replace(c, item=formula, unit=array) for c in answer.accounts.costs)
    accounts = replace(answer.accounts, costs=costs)
    return replace(
        answer, case=case, accounts=accounts, origins=origins, proof=replace(answer.proof, notes=(link, plus, at))
    )
