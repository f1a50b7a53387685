"""Accounts of designs written down by hand: what each figure is made of, without a solver."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of
from test_generators import engine
from tiny import (
    PLAIN_TERMS,
    air,
    battery,
    demand,
    energy_case,
    hall,
    hall_case,
    limits,
    point,
    rack,
    requests,
    supply,
    training,
    training_point,
)

from models.accounts import account, ratio
from models.case import Case, Electrical, EnergyCharge, HeatUser, Money, PowerPurchase, Programme, Tier
from models.coldside import ChilledWaterStore
from models.design import Accounts, CostLine, Design, PlacedRacks, Units


def lines(accounts: Accounts) -> dict[tuple[str, str], CostLine]:
    """Cost lines by line and item."""
    return {(c.line, c.item): c for c in accounts.costs}


def half_hours(**grid: Any) -> tuple[Case, Design]:
    """Two months of two half hours. Import 2, 4, 6, 8 MW, of which 1 MW is sold in step 1; sun of 1 and 2 MW; an engine
    of 2 MW runs in the last two, for 2 and 1 MW; IT of 1 to 4 MW; 1 to 4 m3 of water; 2 MW of load lost in step 3."""
    costs = {"fuel_mwh_per_mwh": 2.0, "fuel_mwh_per_h": 0.5, "carbon_t_per_mwh_fuel": 0.1, "om_kcur_per_mwh": 4.0,
             "start_kcur": 5.0, "om_kcur_per_mw_year": 3.0}  # fmt: skip
    case = energy_case(
        [0.0] * 4, [1.0, 2.0, 3.0, 4.0], months=[2, 2], step_h=0.5,
        grid={"carbon_t_per_mwh": np.array([0.5, 0.5, 1.0, 1.0]), "billing_factor": 1.5, "export_limit_mw": 5.0,
              "export_price_kcur_per_mwh": np.full(4, 3.0), "lost_load_kcur_per_mwh": 7.0,
              "available_pu": np.array([1.0, 1.0, 1.0, 0.9]), **grid},
        generators=(engine(**costs),),
    )  # fmt: skip
    operation = {
        "import_mw": np.array([2.0, 4.0, 6.0, 8.0]),
        "export_mw": np.array([0.0, 1.0, 0.0, 0.0]),
        "onsite_mw": np.array([1.0, 2.0, 0.0, 0.0]),
        "it_mw": np.array([1.0, 2.0, 3.0, 4.0]),
        "water_m3": np.array([1.0, 2.0, 3.0, 4.0]),
        "generated_mw": {"engine": np.array([0.0, 0.0, 2.0, 1.0])},
        "running_units": {"engine": np.array([0.0, 0.0, 1.0, 1.0])},
        "lost_load_mw": {"site": np.array([0.0, 0.0, 0.0, 2.0])},
    }
    return case, plan_of(case, operation, generator_units={"engine": 1})


def test_indicators_of_a_year_of_half_hours() -> None:
    """Proves: the site uses (2 + 1) + (4 + 2 - 1) + (6 + 2) + (8 + 1) = 25 MW of half hours, 12.5 MWh, for 5 MWh of IT:
    PUE 2.5; 10 m3 of water on it are 2; carbon 0.5 * (3 + 14) = 8.5 t of imports and 0.5 * 0.1 * (2 * 3 + 0.5 * 2) =
    0.35 t of fuel; the highest interval 1.5 * 8 = 12 MW. Catches: a half hour counted whole or twice, what is sold or
    made on site left out."""
    case, plan = half_hours()
    kpi = account(case, plan).kpi
    expected = {
        "site_energy_mwh": 12.5, "pue": 2.5, "wue_l_per_kwh": 2.0, "carbon_t": 8.85, "cue_kg_per_kwh": 1.77,
        "peak_import_mw": 12.0, "import_mwh": 10.0, "export_mwh": 0.5, "onsite_mwh": 1.5, "generated_mwh": 1.5,
        "lost_load_mwh": 1.0, "it_peak_mw": 4.0, "it_mean_mw": 2.5, "water_m3": 10.0, "it_installed_mw": 0.0,
        "reference_mtok": 0.0, "output_mtok": 0.0, "first_cost_kcur": 0.0,
    }  # fmt: skip
    assert {key: kpi[key] for key in expected} == pytest.approx(expected)
    assert kpi["tokenergy_wh_per_1k"] is kpi["cost_kcur_per_mtok"] is kpi["cue_market_kg_per_kwh"] is None


def test_months_of_half_hours() -> None:
    """Proves: each month has its own steps: 3 and 7 MWh bought, peaks of 1.5 times 4 and 8 MW, energy at its own
    prices, the first MWh of the month at 1 more and the rest at 2 more, 10 per MW of demand billed, fuel's carbon in
    the month it is burned. Catches: a month with steps of its neighbour, blocks that go on over its end."""
    blocks = EnergyCharge("blocks", (1.0,) * 12, np.ones(4), (Tier(1.0, (2.0,) * 12),))
    case, plan = half_hours(energy_charges=(blocks,), demand_charges=(demand([10.0] * 12, 4),))
    accounts = account(case, replace(plan, billed_mw={("peak", 0): 6.0, ("peak", 1): 12.0}))
    monthly, yearly = accounts.monthly, lines(accounts)
    assert yearly["energy", "blocks"].present_value_kcur == pytest.approx(1 + 2 * 2 + 1 + 6 * 2)
    assert yearly["demand", "peak"].present_value_kcur == pytest.approx(180.0)
    expected = {
        "import_mwh": (3.0, 7.0), "onsite_mwh": (1.5, 0.0), "export_mwh": (0.5, 0.0), "peak_mw": (6.0, 12.0),
        "energy_kcur": (0.5 * (2 + 8) + 1 + 2 * 2, 0.5 * (18 + 32) + 1 + 6 * 2), "demand_kcur": (60.0, 120.0),
        "carbon_t": (1.5, 7.0 + 0.35), "water_m3": (3.0, 7.0), "it_mwh": (1.5, 3.5), "pue": (8 / 3, 17 / 7),
    }  # fmt: skip
    assert monthly.keys() == expected.keys()
    for key, values in expected.items():
        assert monthly[key] == pytest.approx(values), key


def test_a_month_without_racks_has_no_pue() -> None:
    """Proves: where nothing runs in a month its PUE reads zero. Catches: a quotient of nothing."""
    case = energy_case([1.0, 1.0], months=[1, 1])
    plan = plan_of(case, {"import_mw": np.ones(2), "it_mw": np.array([0.0, 0.5])})
    assert account(case, plan).monthly["pue"] == (0.0, 2.0)


def test_cost_lines_of_a_year_of_half_hours() -> None:
    """Proves: energy 0.5 * (2 + 8 + 18 + 32); 0.5 MWh sold at 3; fuel 0.5 * (6 + 1) at 1; 1.5 MWh made at 4; one start
    at 5; 2 MW standing at 3; 1 MWh lost at 7. Catches: a half hour counted whole, starts counted in hours."""
    case, plan = half_hours()
    found = {key: c.present_value_kcur for key, c in lines(account(case, plan)).items()}
    assert found == pytest.approx(
        {
            ("energy", "energy"): 30.0,
            ("export", "export"): -1.5,
            ("fuel", "engine"): 3.5,
            ("generator_om", "engine"): 6.0,
            ("starts", "engine"): 5.0,
            ("generator_standing", "engine"): 6.0,
            ("lost_load", "site"): 7.0,
        }  # fmt: skip
    )


def everything() -> Case:
    """Something of everything that a planner may buy, each at a price; one year."""
    grid = {"demand_charges": (demand(1.0, 2),), "contract_kcur_per_mw_year": 1.0, "connection_kcur_per_mw": 1.0,
            "overrun_kcur_per_mw_month": 1.0}  # fmt: skip
    chilled = ChilledWaterStore(1.0, PLAIN_TERMS, max_mwh=5.0)
    return hall_case(
        racks=(rack(ancillary_cost_kcur=1.0), rack("S")), operating_points=(point(), point("S")),
        offers=(hall(), hall("other")), cooling=(air(store=chilled),),
        batteries=(battery(power_kcur_per_mw=1.0, energy_kcur_per_mwh=1.0, fade_per_year=0.1, augmented=True),),
        supplies=(supply([1.0, 1.0], cost_kcur_per_mw=1.0),),
        generators=(engine(cost_kcur_per_mw=1.0, om_kcur_per_mw_year=1.0),),
        heat_users=(HeatUser("greenhouse", 1.0, 20.0, np.ones(2), 1.0, PLAIN_TERMS),),
        programmes=(Programme("DR", np.array([1.0, 0.0]), 1.0, 1.0, ready_kcur_per_mw_year=1.0),),
        purchases=(PowerPurchase("sun", np.ones(2), 1.0, max_mw=1.0),), grid=grid,
        electrical=Electrical("chain", 0.0, 0.0, chain_kcur_per_mw=1.0),
    )  # fmt: skip


AT_REST = {"charge_mw": {"battery": np.zeros(2)}, "discharge_mw": {"battery": np.zeros(2)},
           "generated_mw": {"engine": np.zeros(2)}, "running_units": {"engine": np.zeros(2)}}  # fmt: skip
"""Storage and generators of everything() that do nothing."""


def test_what_a_plan_does_not_hold_costs_nothing() -> None:
    """Proves: a plan of nothing has no cost line, though everything has a price. Catches: one of anything that a plan
    does not name."""
    case = everything()
    assert account(case, plan_of(case, AT_REST)).costs == ()


def test_units_and_racks_in_several_places_are_bought_together() -> None:
    """Proves: two racks in each of two halls and one in the open are five, at 10 and 1 of ancillary IT; halls in two
    places are three units at 7; four of another type are told apart, the chain is paid for 0.9 MW. Catches: the last
    place counted alone, one too many."""
    case = everything()
    plan = plan_of(
        case,
        {**AT_REST, "heat_mw": {"air": np.zeros(2)}},
        racks=(
            PlacedRacks("R", "air", "hall", 2), PlacedRacks("R", "air", "other", 3),
            PlacedRacks("S", "air", "other", 4),
        ),
        units=(Units("hall", 1, "R", "air"), Units("hall", 2)),
    )  # fmt: skip
    found = lines(account(case, plan))
    assert found["racks", "R"].quantity == found["ancillary_it", "R"].quantity == 5
    assert found["modules", "hall"].quantity == 3 and found["modules", "hall"].first_cost_kcur == 21
    assert found["racks", "S"].quantity == 4 and found["electrical_chain", "chain"].quantity == pytest.approx(0.9)
    assert found["racks", "R"].is_it and found["ancillary_it", "R"].is_it and not found["modules", "hall"].is_it


def test_storage_on_site_is_renewed_and_not_bought() -> None:
    """Proves: of 3 MW and 5 MWh, 2 and 4 were there: 1 MW and 1 MWh are bought at 10 and 20, and the rest is renewed
    once after its last year, 2 * 10 and 4 * 20, at no first cost; a battery smaller than what was there buys nothing.
    Catches: what is on site paid again, a refund for what is not used."""
    unit = battery(power_kcur_per_mw=10.0, energy_kcur_per_mwh=20.0, existing_mw=2.0, existing_mwh=4.0,
                   existing_life_years=1)  # fmt: skip
    case = energy_case([0.0], batteries=(unit,), money=Money(2, 0.0))
    still = {"charge_mw": {"battery": np.zeros(1)}, "discharge_mw": {"battery": np.zeros(1)}}
    for mw, mwh, bought in ((3.0, 5.0, (1.0, 1.0)), (1.0, 1.0, None)):
        found = account(case, plan_of(case, still, battery_mw={"battery": mw}, battery_mwh={"battery": mwh}))
        assert found.cash_flow_kcur == pytest.approx((30.0 if bought else 0.0, 100.0, 0.0))
        cost = {key[0]: (c.quantity, c.first_cost_kcur, c.present_value_kcur) for key, c in lines(found).items()}
        assert cost.pop("existing_battery_power") == pytest.approx((2.0, 0.0, 20.0))
        assert cost.pop("existing_battery_energy") == pytest.approx((4.0, 0.0, 80.0))
        assert cost == ({"battery_power": (1.0, 10.0, 10.0), "battery_energy": (1.0, 20.0, 20.0)} if bought else {})


@pytest.mark.parametrize(("overrun", "months"), [(0.0, 0.0), (2.0, 9.0)])
def test_demand_above_the_contract(overrun: float, months: float) -> None:
    """Proves: of peaks of 5 and 10 MW against 3 MW contracted, 2 and 7 MW-months are overrun, at their price or at
    none, and the connection is paid for 10 MW. Catches: overrun of the year's peak alone, a price where it is free."""
    grid = {"contract_mw": 3.0, "overrun_kcur_per_mw_month": overrun, "connection_kcur_per_mw": 1.0}
    case = energy_case([0.0] * 3, 0.0, months=[1, 1, 1], grid=grid)
    found = lines(account(case, plan_of(case, {"import_mw": np.array([5.0, 10.0, 1.0])}, contract_mw=3.0)))
    above = found.get(("contract", "overrun"))
    assert (above.quantity if above else 0.0, above.present_value_kcur if above else 0.0) == (months, overrun * months)
    assert found["connection", "connection"].quantity == 10


def test_energy_not_taken_is_paid() -> None:
    """Proves: of 10 MWh to take, 3 in half hours of 2 and 4 MW are bought: 7 at 0.5; more than 10 owe nothing. Catches:
    power counted as energy, a refund for what is taken beyond."""
    grid = {"take_or_pay_mwh_per_year": 10.0, "take_or_pay_kcur_per_mwh": 0.5}
    case = energy_case([0.0, 0.0], 0.0, step_h=0.5, grid=grid)
    short = lines(account(case, plan_of(case, {"import_mw": np.array([2.0, 4.0])})))["energy", "not taken"]
    assert (short.quantity, short.present_value_kcur) == (7.0, 3.5)
    assert account(case, plan_of(case, {"import_mw": np.array([12.0, 12.0])})).costs == ()
    little = replace(case, grid=replace(case.grid, take_or_pay_mwh_per_year=0.5))
    assert lines(account(little, plan_of(little)))["energy", "not taken"].quantity == 0.5


def test_a_delay_is_no_first_cost() -> None:
    """Proves: two months at 3 after tax of a quarter. Catches: a delay counted within a budget of first costs."""
    wanted = limits(need_month=12.0)
    late = replace(wanted, delay=replace(wanted.delay, most_months=3, kcur_per_month=3.0))
    case = energy_case([0.0], limits=late, money=Money(1, 0.1, tax_rate=0.25))
    (line,) = account(case, plan_of(case, delay_months=2)).costs
    assert (line.line, line.first_cost_kcur, line.present_value_kcur) == ("delay", 0.0, 4.5)


def test_lost_load_without_value_costs_nothing() -> None:
    """Proves: no line where load lost is worth nothing. Catches: a value that nobody stated."""
    case, plan = half_hours(lost_load_kcur_per_mwh=0.0)
    assert ("lost_load", "site") not in lines(account(case, plan))


def test_water_by_its_scarcity() -> None:
    """Proves: 1 and 2 m3 weigh 3 and 0.5: 4 m3; without weights there is no such figure. Catches: one figure for the
    other."""
    case = energy_case([0.0, 0.0], site={"water_stress": np.array([3.0, 0.5])})
    used = {"water_m3": np.array([1.0, 2.0])}
    assert account(case, plan_of(case, used)).kpi["weighted_water_m3"] == 4.0
    plain = energy_case([0.0, 0.0])
    assert "weighted_water_m3" not in account(plain, plan_of(plain, used)).kpi


def test_every_yearly_line_grows_with_its_own_rate() -> None:
    """Proves: over one year without discount each line's factor is one plus its own rate: energy and what follows it
    10 %, upkeep and starts 20 %, carbon 30 %, water 40 %, wear and augmentation 50 % as capital, fuel and the contract
    their own 60 and 70 %, lost load nothing. Energy sold, heat, calls and surplus
    are income. Catches: a rate on the wrong line, income paid."""
    money = Money(1, 0.0, escalation_energy=0.1, escalation_om=0.2, escalation_carbon=0.3, escalation_water=0.4,
                  escalation_capital=0.5)  # fmt: skip
    bought = {"demand_charges": (demand(1.0, 2),), "contract_kcur_per_mw_year": 1.0, "fixed_kcur_per_month": 1.0,
              "carbon_t_per_mwh": np.ones(2), "export_limit_mw": 9.0, "export_price_kcur_per_mwh": np.ones(2),
              "lost_load_kcur_per_mwh": 1.0, "available_pu": np.array([1.0, 0.5])}  # fmt: skip
    worn = battery(energy_kcur_per_mwh=1.0, ageing="throughput", cycle_life=1.0, fade_per_year=0.1, augmented=True)
    burning = engine(fuel_escalation=0.6, om_kcur_per_mwh=1.0, om_kcur_per_mw_year=1.0, start_kcur=1.0)
    market = np.full(2, 2.0)
    contract = PowerPurchase("sun", np.ones(2), 1.0, price_escalation=0.7, max_mw=9.0, delivery_kcur_per_mwh=1.0,
                             surplus_share=1.0, market_kcur_per_mwh=market)  # fmt: skip
    case = replace(
        everything(), money=money, batteries=(worn,), generators=(burning,), purchases=(contract,),
        grid=replace(everything().grid, **bought),
        limits=limits(carbon_price_kcur_per_t=1.0, water_price_kcur_per_m3=1.0),
    )  # fmt: skip
    one = np.array([1.0, 0.0])
    plan = plan_of(
        case,
        {"import_mw": 2 * one, "export_mw": one, "water_m3": one, "charge_mw": {"battery": one},
         "discharge_mw": {"battery": one}, "generated_mw": {"engine": one}, "running_units": {"engine": one},
         "lost_load_mw": {"site": one}, "reused_mw": {("greenhouse", "air"): one}, "purchased_mw": {"sun": one}},
        contract_mw=1.0, billed_mw={("peak", 0): 1.0}, battery_mwh={"battery": 1.0}, generator_units={"engine": 1},
        committed_mw={"DR": 1.0}, purchase_mw={"sun": 3.0},
    )  # fmt: skip
    accounts = account(case, plan)
    yearly = {c.line: c.factor for c in accounts.costs if not c.first_cost_kcur}
    grown = {"energy": 1.1, "export": 1.1, "demand": 1.1, "contract": 1.1, "fixed_charge": 1.1, "heat_reuse": 1.1,
             "demand_response": 1.1, "purchase_delivery": 1.1, "purchase_market": 1.1, "generator_om": 1.2,
             "generator_standing": 1.2, "starts": 1.2, "carbon": 1.3, "water": 1.4, "battery_wear": 1.5,
             "augmentation": 1.5, "fuel": 1.6, "power_purchase": 1.7, "lost_load": 1.0}  # fmt: skip
    assert yearly == pytest.approx(grown)
    income = {c.line: c.present_value_kcur for c in accounts.costs if c.present_value_kcur < 0}
    earned = {"export": -1.1, "heat_reuse": -1.1, "demand_response": -1.1, "purchase_market": -1.1 * 2 * (2 + 3)}
    assert income == pytest.approx(earned)


def two_workloads(house_mw: float = 0.0) -> tuple[Case, Design]:
    """Two half hours. Ten racks of 0.1 MW, half of it idle: two and none busy with chat, none and four with batch; the
    chain loses a tenth of IT, cooling takes 0.1 MW in each step, the site buys all of it."""
    chat = requests([4.0, 0.0], input_tokens=500.0, cached_tokens=250.0, weight_input=0.5, weight_cached=0.2)
    batch = requests([8.0, 0.0], "batch", kind="deferrable", max_delay_h=1.0)
    case = replace(
        hall_case(
            workloads=(chat, batch), operating_points=(point(), point(work="batch")),
            electrical=Electrical("chain", 0.0, 0.1), site={"house_load_mw": house_mw}, step_h=0.5,
        )
    )  # fmt: skip
    it = np.array([0.5 + 0.1, 0.5 + 0.2])
    operation = {
        "it_mw": it, "chain_loss_mw": 0.1 * it, "cooling_mw": np.full(2, 0.1), "heat_mw": {"air": it},
        "import_mw": 1.1 * it + 0.1 + house_mw,
        "busy_racks": {("chat", "R", "air"): np.array([2.0, 0.0]), ("batch", "R", "air"): np.array([0.0, 4.0])},
    }  # fmt: skip
    return case, plan_of(case, operation, racks=(PlacedRacks("R", "air", "hall", 10),))


def test_energy_of_a_workload() -> None:
    """Proves: busy power of 0.1 MW in the first half hour carries the loss of 10 % and its part of 0.1 MW of cooling,
    0.05 * (1.1 + 0.1 / 0.6), batch twice as much in the second, 0.1 * (1.1 + 0.1 / 0.7); what is left of the site's
    energy is shared by a third and two thirds. Together they are all of it. 2 Mreq of chat have 1,000 Mtok in, 500
    cached, 2,000 out: 0.5, 0.2 and 1 reference token each. Catches: overhead of the year's mean, shares by head."""
    case, plan = two_workloads(house_mw=0.2)
    kpi = account(case, plan).workload_kpi
    direct = (0.05 * (1.1 + 0.1 / 0.6), 0.1 * (1.1 + 0.1 / 0.7))
    site = 0.5 * (1.1 * 1.3 + 0.2 + 0.4)
    chat = direct[0] + (site - sum(direct)) / 3
    assert kpi["chat"]["energy_mwh"] == pytest.approx(chat)
    assert kpi["batch"]["energy_mwh"] == pytest.approx(site - chat)
    assert (kpi["chat"]["rack_h"], kpi["batch"]["rack_h"]) == (1.0, 2.0)
    tokens = {"input_mtok": 1000.0, "cached_mtok": 500.0, "output_mtok": 2000.0, "reference_mtok": 2600.0}
    assert {key: kpi["chat"][key] for key in tokens} == pytest.approx(tokens)
    assert kpi["chat"]["wh_per_1k_output"] == pytest.approx(1e3 * chat / 2000)
    assert kpi["chat"]["wh_per_1k_reference"] == pytest.approx(1e3 * chat / 2600)
    assert kpi["chat"]["training_mtok"] == 0.0 and kpi["chat"]["wh_per_1k_training"] is None
    assert (kpi["batch"]["output_mtok"], kpi["batch"]["input_mtok"]) == (4000.0, 0.0)


def test_indicators_per_token() -> None:
    """Proves: 1.015 MWh for 6,600 reference and 6,000 output Mtok a year; what it costs in two years at 10 % per token
    of both years, discounted alike. Catches: undiscounted tokens, reference tokens for output tokens."""
    case, plan = two_workloads(house_mw=0.2)
    case = replace(case, money=Money(2, 0.1))
    accounts = account(case, plan)
    kpi, years = accounts.kpi, 1 / 1.1 + 1 / 1.21
    assert (kpi["reference_mtok"], kpi["output_mtok"], kpi["it_peak_mw"]) == pytest.approx((6600.0, 6000.0, 0.7))
    assert kpi["tokenergy_wh_per_1k"] == pytest.approx(1e3 * 1.015 / 6600)
    assert kpi["cost_kcur_per_mtok"] == pytest.approx(accounts.objective_kcur / (6600 * years))
    assert kpi["cost_kcur_per_output_mtok"] == pytest.approx(accounts.objective_kcur / (6000 * years))


def test_tokens_of_training() -> None:
    """Proves: two runs of 300 Mtok, half a reference token each: 600 and 300; all energy is theirs. Catches: one run,
    or one per step."""
    run = training(300.0, [(0, 1), (1, 2)], weight_training=0.5)
    case = hall_case([0.0, 0.0], workloads=(run,), operating_points=(training_point(),))
    busy = {("train", "R", "air"): np.ones(2)}
    used = {"it_mw": np.full(2, 0.1), "import_mw": np.full(2, 0.1), "heat_mw": {"air": np.full(2, 0.1)}}
    plan = plan_of(case, {**used, "busy_racks": busy}, racks=(PlacedRacks("R", "air", "hall", 1),))
    kpi = account(case, plan).workload_kpi["train"]
    assert (kpi["training_mtok"], kpi["reference_mtok"], kpi["output_mtok"]) == (600.0, 300.0, 0.0)
    assert kpi["energy_mwh"] == pytest.approx(0.2)
    assert kpi["wh_per_1k_training"] == pytest.approx(1e3 * 0.2 / 600)


def test_work_that_none_asks_for_has_no_energy() -> None:
    """Proves: without a busy rack no workload carries any of what racks draw idle. Catches: a share of nothing."""
    case, plan = two_workloads()
    idle = replace(plan, operation=replace(plan.operation, busy_racks={("chat", "R", "air"): np.zeros(2)}))
    assert account(case, idle).workload_kpi["chat"]["energy_mwh"] == 0.0


def test_parts_of_tokenergy() -> None:
    """Proves: of 2,600 and 4,000 reference Mtok in half hours: busy 0.3, idle 1.0, chain 0.13, cooling 0.2, offices 0.4
    MW of half hours, other loads 0.4, and a battery that takes 0.3 and gives 0.2 MW loses 0.1; 0.05 are lost and taken
    off. Catches: idle power counted as busy, energy that a battery gives counted as lost."""
    case, plan = two_workloads(house_mw=0.2)
    case = replace(case, batteries=(battery(),))
    case = replace(case, site=replace(case.site, plain_load_mw=np.array([0.1, 0.3])))
    flows = {"charge_mw": {"battery": np.array([0.3, 0.0])}, "discharge_mw": {"battery": np.array([0.0, 0.2])},
             "lost_load_mw": {"site": np.array([0.0, 0.05])}}  # fmt: skip
    plan = replace(plan, operation=replace(plan.operation, **flows))
    parts = account(case, plan).tokenergy_parts
    found = {"it_busy": 0.3, "it_idle": 1.0, "electrical_chain": 0.13, "cooling": 0.2, "house": 0.4, "storage": 0.1,
             "plain_load": 0.4, "lost_load": -0.05}  # fmt: skip
    assert parts == pytest.approx({name: 1e3 * 0.5 * mw / 6600 for name, mw in found.items()})
    bare = replace(case, site=replace(case.site, plain_load_mw=None))
    assert account(bare, plan).tokenergy_parts["plain_load"] == 0.0
    little = hall_case([0.0001, 0.0])
    assert "it_idle" in account(little, plan_of(little)).tokenergy_parts


def test_heat_that_is_sold() -> None:
    """Proves: of 2 MWh at the site for 1 MWh of IT, 0.5 MWh are sold: ERE 1.5. Catches: heat in MW, heat added."""
    case = replace(everything(), calendar=replace(everything().calendar, step_h=0.5))
    used = {"import_mw": np.array([2.0, 2.0]), "it_mw": np.ones(2)}
    plan = plan_of(case, {**AT_REST, **used, "reused_mw": {("greenhouse", "air"): np.full(2, 0.5)}})
    kpi = account(case, plan).kpi
    assert (kpi["heat_reused_mwh"], kpi["ere"]) == pytest.approx((0.5, 1.5))


def test_a_quotient_of_nothing_is_no_figure() -> None:
    """Proves: nothing per nothing is no number, something per a little is. Catches: a quotient from one on."""
    assert ratio(3.0, 0.0) is None and ratio(3.0, 0.5) == 6.0
