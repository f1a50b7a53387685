"""Batteries: hand-solved; several restate flixOpt's storage tests."""

import pytest
from tiny import battery, energy_case, hall_case, limits

from models.case import AssetTerms, Electrical, Money


def stored(load, price, *, step_h=1.0, **changes):
    """A load and a price that a battery with `changes` may bridge."""
    parts = {name: changes.pop(name) for name in ("money", "limits") if name in changes}
    return energy_case(load, price, step_h=step_h, batteries=(battery(**changes),), **parts)


def test_buys_when_cheap(plan):
    """Proves: 20 MWh are bought at 1 instead of 10 (flixOpt). Catches: no storage between steps, 200."""
    assert plan(stored([0, 0, 20], [10, 1, 10])).cost == pytest.approx(20)


@pytest.mark.parametrize("step_h,load", [(1.0, 90.0), (2.0, 40.5)])
def test_self_discharge_compounds_over_hours(plan, step_h, load):
    """Proves: of 100 MWh, 90 are left after 1 h and 81 after 2 h at 10 % per hour. Catches: linear loss leaves 80."""
    assert plan(stored([0, load], [1, 1000], step_h=step_h, self_discharge_per_h=0.1)).cost == pytest.approx(100)


def test_efficiencies_on_both_sides(plan):
    """Proves: 72 delivered need 72 / 0.8 / 0.9 = 100 bought (flixOpt). Catches: one side only 80 or 90."""
    assert plan(stored([0, 72], [1, 1000], charge_efficiency=0.9, discharge_efficiency=0.8)).cost == pytest.approx(100)


def test_highest_state_of_charge(plan):
    """Proves: 100 MWh filled to 50 % serve 50 of 60 (flixOpt): 50 * 1 + 10 * 100. Catches: the share ignored, 60."""
    found = plan(stored([0, 60], [1, 100], max_charge_share=0.5, min_mwh=100.0, max_mwh=100.0))
    assert found.cost == pytest.approx(1050)


def test_lowest_state_of_charge(plan):
    """Proves: 100 MWh never below 30 % serve 70 of 80: 70 + 10 * 100. Catches: the share ignored, 80."""
    found = plan(stored([0, 80], [1, 100], min_charge_share=0.3, min_mwh=100.0, max_mwh=100.0))
    assert found.cost == pytest.approx(1070)


def test_energy_and_power_are_chosen_and_paid(plan):
    """Proves: 50 MWh at 1 kcur/MWh (flixOpt) and 50 MW at 2 kcur/MW: 50 + 100 + 50. Catches: power unpaid, 100."""
    found = plan(stored([0, 50], [1, 10], energy_kcur_per_mwh=1.0, power_kcur_per_mw=2.0))
    assert found.cost == pytest.approx(50 + 100 + 50)
    assert (found.design.battery_mwh["battery"], found.design.battery_mw["battery"]) == pytest.approx((50, 50))


def test_power_limits_the_flow(plan):
    """Proves: 20 MW move 20 MWh: 20 + 30 * 10. Catches: no power limit, 50."""
    assert plan(stored([0, 50], [1, 10], max_mw=20.0)).cost == pytest.approx(320)


def test_the_year_closes(plan):
    """Proves: the store ends as it began; discharge in the first step is refilled in the last.
    Catches: a store that may end empty would cost 0; one that starts empty 50."""
    assert plan(stored([5, 0], [10, 1])).cost == pytest.approx(5)


def test_storage_crosses_months(plan):
    """Proves: energy bought in one month serves the next, around the year too. Catches: months closed on themselves,
    55."""
    case = energy_case([0, 5, 0], [1, 10, 5], months=[1, 1, 1], batteries=(battery(),))
    assert plan(case).cost == pytest.approx(5)


def test_cycles_of_a_fixed_life(plan):
    """Proves: 0.5 cycles of 100 MWh allow 50 MWh of discharge a year: 50 + 30 * 10. Catches: no limit, 80; per month
    80."""
    case = energy_case(
        [0, 40, 0, 40],
        [1, 10, 1, 10],
        months=[2, 2],
        batteries=(battery(max_cycles_per_year=0.5, min_mwh=100.0, max_mwh=100.0),),
    )
    assert plan(case).cost == pytest.approx(50 + 300)


def test_wear_by_throughput(plan):
    """Proves: wear = energy price * replacement share / cycle life = 2 * 0.5 / 4 per MWh discharged; 10 MWh cost 20.
    Catches: wear unpaid 28; paid on charge and discharge 32; as one full price per cycle life 32."""
    changes = {"energy_kcur_per_mwh": 2.0, "min_mwh": 10.0, "max_mwh": 10.0, "ageing": "throughput", "cycle_life": 4.0}
    terms = AssetTerms(life_years=10, replacement_share=0.5)
    case = stored([0, 8], [1, 10], terms=terms, **changes)
    assert plan(case).cost == pytest.approx(20 + 8 * (1 + 0.25))


def test_wear_stops_unprofitable_cycling(plan):
    """Proves: at a wear of 20 per MWh a spread of 9 is not worth it. Catches: wear left out of the objective, 8 +
    20."""
    changes = {"energy_kcur_per_mwh": 2.0, "min_mwh": 10.0, "max_mwh": 10.0, "ageing": "throughput", "cycle_life": 0.1}
    assert plan(stored([0, 8], [1, 10], **changes)).cost == pytest.approx(20 + 80)


RIDE = Electrical("chain", 0.0, 0.0, included_ride_through_h=0.25, required_ride_through_h=0.5)


def test_ride_through_sizes_power_and_energy(plan):
    """Proves: two racks (0.2 MW) need 0.25 h from the battery: reserve 0.05 / 0.8, between 20 % and 90 % charge, so
    0.0625 / 0.7 MWh at 16, and 0.2 MW at 5. Catches: included time not taken off doubles the energy; efficiency
    ignored gives 0.05 / 0.7 MWh; charge limits ignored 0.0625 MWh."""
    unit = battery(
        power_kcur_per_mw=5.0,
        energy_kcur_per_mwh=16.0,
        discharge_efficiency=0.8,
        min_charge_share=0.2,
        max_charge_share=0.9,
    )
    found = plan(hall_case(electrical=RIDE, batteries=(unit,)))
    assert found.line("battery_energy") == pytest.approx(16 * 0.0625 / 0.7)
    assert found.line("battery_power") == pytest.approx(5 * 0.2)
    assert found.cost == pytest.approx(27.35 + 16 * 0.0625 / 0.7 + 1.0)


def test_reserve_is_not_dispatched(plan):
    """Proves: of 1 MWh, 0.5 is held for 2.5 h of 0.2 MW; only 0.5 moves from price 1 to price 10.
    Catches: the same energy sold twice, 29.7."""
    chain = Electrical("chain", 0.0, 0.0, required_ride_through_h=2.5)
    unit = battery(min_mw=1.0, max_mw=1.0, min_mwh=1.0, max_mwh=1.0)
    case = hall_case(price=[1, 10], electrical=chain, batteries=(unit,), site={"plain_load_mw": [0.0, 1.0]})
    found = plan(case)
    assert found.cost == pytest.approx(27 + (0.2 + 0.5) * 1 + (0.15 + 1 - 0.5) * 10)


def test_ride_through_without_a_battery_is_infeasible(refuse):
    """Proves: required ride-through that nothing provides is refused. Catches: a requirement silently dropped."""
    refuse(hall_case(electrical=RIDE))


def test_a_late_battery_is_not_used(plan):
    """Proves: a battery delivered after the need date serves nothing. Catches: lead times ignored, 20."""
    unit = battery(lead_months_p50=13.0)
    case = energy_case([0, 0, 20], [10, 1, 10], batteries=(unit,), limits=limits(need_month=12.0))
    assert plan(case).cost == pytest.approx(200)


def test_least_size_is_built(plan):
    """Proves: a least size of 100 MWh at 1 kcur/MWh is paid though useless (flixOpt): 100 + 20.
    Catches: a minimum that only holds if built, 20."""
    assert plan(stored([10, 10], 1.0, energy_kcur_per_mwh=1.0, min_mwh=100.0)).cost == pytest.approx(120)


OLD = {"existing_mw": 50.0, "existing_mwh": 20.0, "existing_life_years": 2}


def test_storage_on_site_is_used_and_only_more_is_paid(plan):
    """Proves: of the 50 MWh needed, 20 stand on site: 30 are bought at 1, and 50 bought at price 1. Catches: all paid
    (100); what stands there ignored."""
    assert plan(stored([0, 50], [1, 10], energy_kcur_per_mwh=1.0, **OLD)).cost == pytest.approx(30 + 50)


def test_storage_on_site_is_kept_up_and_renewed(plan):
    """Proves: over five years, 20 MWh that need 10 % upkeep a year live two years more and are renewed then for half,
    and three years later would be due in year 5, the last: 20 * (0.5 + 0.5). Catches: renewed at the life of a new
    one (year 3), a first cost, or renewal in the last year."""
    unit = {**OLD, "max_mwh": 20.0, "terms": AssetTerms(life_years=3, om_share=0.1, replacement_share=0.5)}
    case = stored([10, 10], 1.0, energy_kcur_per_mwh=1.0, money=Money(5, 0.0), **unit)
    found = plan(case)
    assert found.line("existing_battery_energy") == pytest.approx(20 * (0.5 + 0.5))
    assert found.cost == pytest.approx(20 + 5 * 20)


def test_late_storage_leaves_what_is_on_site(plan):
    """Proves: more comes too late, the 20 MWh on site serve: 20 + 30 * 10. Catches: all of it dropped (500)."""
    case = stored([0, 50], [1, 10], lead_months_p50=13.0, limits=limits(need_month=12.0), **OLD)
    assert plan(case).cost == pytest.approx(320)


@pytest.mark.parametrize("there", [0.0, 1.0])
def test_a_least_size_does_not_bind_storage_that_comes_too_late(plan, there):
    """Proves: of a battery of at least 2 MW and 2 MWh nothing, or just the 1 MW and 1 MWh on site, is in the plan if
    more comes too late: 2 * 1. Catches: a lower bound of 2 above an upper one of 1, infeasible."""
    late = {"lead_months_p50": 50.0, "limits": limits(need_month=6.0)}
    found = plan(stored([1, 1], 1.0, min_mw=2.0, min_mwh=2.0, existing_mw=there, existing_mwh=there, **late))
    assert found.cost == pytest.approx(2)
    assert found.design.battery_mw.get("battery", 0.0) == found.design.battery_mwh.get("battery", 0.0) == there


@pytest.mark.parametrize(("half", "cost"), [("existing_mw", 5.0), ("existing_mwh", 7.0)])
def test_power_without_energy_on_site_is_no_storage(plan, half, cost):
    """Proves: 1 MW without energy, or 1 MWh without power, is left out and not renewed if more is too late: 2 * 1; if
    more can come it is kept and renewed at once, for 3 or 5 more. Catches: accounts that pay for what no plan holds."""
    unit = {half: 1.0, "power_kcur_per_mw": 3.0, "energy_kcur_per_mwh": 5.0, "lead_months_p50": 50.0}
    for month, expected in ((6.0, 2.0), (60.0, cost)):
        found = plan(stored([1, 1], 1.0, limits=limits(need_month=month), **unit))
        assert found.cost == pytest.approx(expected)
        assert found.design.battery_mw.get("battery", 0.0) == (1.0 if month > 50 and half == "existing_mw" else 0.0)


@pytest.mark.parametrize("augmented,energy,cost", [(False, 62.5, 62.5 + 500), (True, 50.0, 50 + 10 * 50 * 0.02 + 500)])
def test_energy_fades(plan, augmented, energy, cost):
    """Proves: at 2 % a year the plan must hold after ten years, 50 / 0.8 MWh; or what fades is bought again each year.
    Catches: fade ignored, its mean over the years (55.6), augmentation for nothing."""
    case = stored(
        [0, 50], [1, 1000], money=Money(10, 0.0), energy_kcur_per_mwh=1.0, fade_per_year=0.02, augmented=augmented
    )
    found = plan(case)
    assert found.design.battery_mwh["battery"] == pytest.approx(energy)
    assert found.cost == pytest.approx(cost)


def test_cycles_count_on_what_is_left(plan):
    """Proves: half a cycle of 100 MWh faded to 80 is 40 MWh: 40 + 40 * 10 per year of ten. Catches: cycles of the
    energy bought (50 MWh)."""
    case = stored(
        [0, 80],
        [1, 10],
        money=Money(10, 0.0),
        fade_per_year=0.02,
        max_cycles_per_year=0.5,
        min_mwh=100.0,
        max_mwh=100.0,
    )
    assert plan(case).cost == pytest.approx(10 * (40 + 400))
