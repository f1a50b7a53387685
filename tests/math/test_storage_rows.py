"""Rules of batteries in the model, at numbers put in by hand: by how much each row holds; what they cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from handmade import halves, set_values, slack
from test_work_rows import TWO_YEARS, site
from tiny import (
    PLAIN_TERMS,
    battery,
    hall_case,
    limits,
    supply,
)

from models.assembly import build_design, build_operation
from models.case import (
    AssetTerms,
    Electrical,
    Generator,
)


def test_stored_energy_of_half_hours() -> None:
    """Proves: of 10 MWh 19 % an hour are lost, 9 are left after half an hour; 4 MW in at 0.8 and 1 MW out at 0.5 add
    0.6. Catches: the loss of an hour, efficiencies exchanged, steps for hours."""
    unit = battery(charge_efficiency=0.8, discharge_efficiency=0.5, self_discharge_per_h=0.19)
    month = build_operation(halves(hall_case(batteries=(unit,))), 0)
    set_values(month, storage__charge_mw={("battery", 0): 4.0, ("battery", 1): 0.0})
    set_values(month, storage__discharge_mw={("battery", 0): 1.0, ("battery", 1): 0.0})
    set_values(month, month__stored_start_mwh={"battery": 10.0}, month__stored_end_mwh={"battery": 8.64})
    set_values(month, storage__stored_mwh={("battery", 0): 9.6, ("battery", 1): 8.64})
    assert [slack(month.storage.balance_stored["battery", t]) for t in (0, 1)] == pytest.approx([0.0, 0.0])
    assert slack(month.storage.end_stored["battery"]) == pytest.approx(0.0)
    assert pyo.value(month.storage.draw_mw[0]) == 3.0


def test_bands_come_off_power_and_energy() -> None:
    """Proves: of 3 MW and 10 MWh that fade by a tenth, between 10 and 90 % of charge: 0.5 MW for swings of an hour and
    0.3 MW for ramps leave 2.2 MW; below, 0.9 MWh, 0.25 and 0.2 MWh over 0.5 of efficiency and 1 MWh of reserve, 2.8;
    above, 8.1 less 0.8 times as much. Catches: bands below of the efficiency of charging, age left out, the reserve
    held above."""
    unit = battery(charge_efficiency=0.8, discharge_efficiency=0.5, fade_per_year=0.1)
    unit = replace(unit, min_charge_share=0.1, max_charge_share=0.9)
    chain = Electrical("chain", 0.0, 0.0, required_ride_through_h=0.1)
    month = build_operation(replace(site(), batteries=(unit,), electrical=chain), 0)
    set_values(month, sizes__battery_mw={"battery": 3.0}, sizes__battery_mwh={"battery": 10.0})
    set_values(month, sizes__smoothing_mw={"battery": 0.5}, sizes__ramp_mw={"battery": 0.3})
    set_values(month, sizes__ramp_mwh={"battery": 0.2}, sizes__reserve_mwh={"battery": 1.0})
    set_values(month, storage__charge_mw={("battery", 0): 1.0}, storage__discharge_mw={("battery", 0): 0.5})
    set_values(month, storage__stored_mwh={("battery", 0): 5.0})
    assert slack(month.storage.limit_power["battery", 0]) == pytest.approx(2.2 - 1.5)
    assert slack(month.storage.keep_stored["battery", 0]) == pytest.approx(5.0 - (0.9 + 0.45 / 0.5 + 1.0))
    assert slack(month.storage.limit_stored["battery", 0]) == pytest.approx(8.1 - 0.8 * 0.45 - 5.0)


def test_a_battery_with_nothing_to_keep_has_no_floor() -> None:
    """Proves: without least charge, reserve and bands there is no row for a floor."""
    assert build_operation(hall_case(batteries=(battery(),)), 0).storage.component("keep_stored") is None
    low = build_operation(hall_case(batteries=(battery(min_charge_share=0.1),)), 0)
    assert len(low.storage.keep_stored) == 2


def test_ride_through_by_groups() -> None:
    """Proves: 0.2 MW of racks for a tenth of an hour: batteries of 0.15 and 0.02 MW lack 0.03 MW; the first is left
    0.18 MW, 0.018 MWh, against 0.01 held at 0.5; both 0.02 against 0.005 + 0.012. Catches: energy as stored for energy
    delivered, power of the group itself taken off."""
    chain = Electrical("chain", 0.0, 0.0, required_ride_through_h=0.1)
    stores = (battery(discharge_efficiency=0.5), battery(name="b"))
    model = build_design(hall_case(batteries=stores, electrical=chain))
    model.sizes.installed_mw.set_value(0.2)
    set_values(model, sizes__battery_mw={"battery": 0.15, "b": 0.02}, sizes__reserve_mwh={"battery": 0.01, "b": 0.012})
    rows = [slack(model.storage.ride_through[i]) for i in range(4)]
    assert rows == pytest.approx([-0.03, 0.005 - 0.018, 0.012 - 0.005, 0.017 - 0.02])
    assert build_design(hall_case(batteries=stores)).storage.component("ride_through") is None


def test_what_batteries_cost() -> None:
    """Proves: beyond the 1 MW and 2 MWh on site 2 MW at 10 and 3 MWh at 100 cost 320; of 5 MWh a tenth a year is bought
    again, 50 a year for two years; 3 m2 per MWh. Catches: what is on site paid again, land of power."""
    unit = battery(power_kcur_per_mw=10.0, energy_kcur_per_mwh=100.0, area_m2_per_mwh=3.0, fade_per_year=0.1)
    unit = replace(unit, augmented=True, existing_mw=1.0, existing_mwh=2.0, existing_life_years=9)
    model = build_design(hall_case(batteries=(unit,), money=TWO_YEARS))
    set_values(model, sizes__battery_mw={"battery": 3.0}, sizes__battery_mwh={"battery": 5.0})
    assert pyo.value(model.storage.first_cost_kcur) == pytest.approx(320.0)
    assert pyo.value(model.storage.cost_kcur) == pytest.approx(320.0 + 2 * 50.0)
    assert pyo.value(model.storage.area_m2) == pytest.approx(15.0)


def test_what_is_on_site_is_kept_up() -> None:
    """Proves: 1 MW at 10 and 2 MWh at 100 on site cost a tenth of 210 in each of two years, and nothing where there is
    none. Catches: power or energy left out of what is kept up."""
    terms = AssetTerms(9, om_share=0.1)
    unit = battery(power_kcur_per_mw=10.0, energy_kcur_per_mwh=100.0, terms=terms, existing_life_years=9)
    kept = replace(unit, existing_mw=1.0, existing_mwh=2.0)
    for found, cost in ((kept, 42.0), (unit, 0.0)):
        model = build_design(hall_case(batteries=(found,), money=TWO_YEARS))
        set_values(model, sizes__battery_mw={"battery": found.existing_mw})
        set_values(model, sizes__battery_mwh={"battery": found.existing_mwh})
        assert pyo.value(model.storage.cost_kcur) == pytest.approx(cost)


@pytest.mark.parametrize(
    ("changes", "limited"),
    [
        ({"max_cycles_per_year": 3.0}, True),
        ({}, False),
        ({"max_cycles_per_year": 3.0, "ageing": "throughput", "cycle_life": 9.0}, False),
    ],
)
def test_cycles_are_limited_for_a_fixed_life(changes: dict[str, Any], limited: bool) -> None:
    """Proves: ageing by throughput pays for its cycles and needs no limit; a fixed life without one has none."""
    model = build_design(hall_case(batteries=(battery(**changes),)))
    assert (model.storage.component("limit_cycles") is not None) == limited


def test_hours_at_full_power() -> None:
    """Proves: 2 MW of a battery of at least three hours need 6 of 7 MWh."""
    model = build_design(hall_case(batteries=(battery(min_hours=3.0),)))
    set_values(model, sizes__battery_mw={"battery": 2.0}, sizes__battery_mwh={"battery": 7.0})
    assert slack(model.storage.least_hours["battery"]) == pytest.approx(1.0)


def test_only_batteries_that_carry_racks_hold_a_reserve() -> None:
    """Proves: one that answers late, and any without a duty, holds none."""
    chain = Electrical("chain", 0.0, 0.0, required_ride_through_h=0.1)
    stores = (battery(), battery(name="late", response_s=5.0))
    reserve = build_design(hall_case(batteries=stores, electrical=chain)).sizes.reserve_mwh
    assert (reserve["battery"].fixed, reserve["late"].fixed) == (False, True)
    assert build_design(hall_case(batteries=stores)).sizes.reserve_mwh["battery"].fixed


def test_what_wears() -> None:
    """Proves: each MWh discharged wears 100 * 0.5 / 10 = 5 kcur; 2 MW of dispatch and half of an amplitude of 0.4 for
    half an hour, in each of two years, 11. A battery of fixed life wears nothing, whatever its cycle life, and has its
    cycles: 2.2 MW for half an hour are 1.1 MWh of 1.5. Catches: the amplitude whole, hours for steps, one year."""
    wearing = battery(energy_kcur_per_mwh=100.0, ageing="throughput", cycle_life=10.0, terms=AssetTerms(9, 0.0, 0.5))
    cycling = battery(name="b", max_cycles_per_year=3.0, energy_kcur_per_mwh=100.0, cycle_life=10.0)
    case = replace(halves(site()), batteries=(wearing, cycling), money=TWO_YEARS)
    month = build_operation(case, 0)
    keys = [(n, t) for n in ("battery", "b") for t in range(3)]
    for name, first in (("storage__discharge_mw", 2.0), ("swings__smoothed_mw", 0.4)):
        set_values(month, **{name: {(n, t): first if t == 0 else 0.0 for n, t in keys}})
    set_values(month, month__discharged_mwh={"b": 1.5})
    assert pyo.value(month.storage.cost_kcur) == pytest.approx(11.0)
    assert list(month.storage.count_discharged) == ["b"]
    assert slack(month.storage.count_discharged["b"]) == pytest.approx(0.4)
    model = build_design(case)
    set_values(model, sizes__battery_mwh={"b": 2.0})
    model.month[0].discharged_mwh["b"].set_value(5.0)
    assert slack(model.storage.limit_cycles["b"]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("changes", "either"),
    [
        ({}, False),
        ({"price": [1.0, -0.1]}, True),
        ({"price": [1.0, 0.0]}, False),
        ({"generators": (Generator("g", 1.0, 0.0, PLAIN_TERMS, max_units=1, min_load_share=0.1),)}, True),
        ({"generators": (Generator("g", 1.0, 0.0, PLAIN_TERMS, max_units=1),)}, False),
        ({"supplies": (supply([1.0, 0.0]),), "limits": limits(clean_share_yearly=0.5)}, True),
        ({"supplies": (supply([1.0, 0.0]),)}, False),
        ({"grid": {"export_limit_mw": 1.0, "export_share": 1.0}}, False),
        (
            {"grid": {"export_limit_mw": 1.0, "export_share": 0.5, "export_price_kcur_per_mwh": np.array([1.0, 2.0])}},
            True,
        ),
    ],
)
def test_charging_or_discharging_is_a_choice_where_burning_pays(changes: dict[str, Any], either: bool) -> None:
    """Proves: a binary keeps a battery from burning energy where a price is below zero, a unit must give power, or
    burning makes room for a clean share or to sell, and nowhere else; half decided, 3 MW at most allow 1.5 either way.
    Catches: a binary for each hour of every plan."""
    month = build_operation(hall_case(batteries=(battery(max_mw=3.0),), **changes), 0)
    assert len(month.storage.is_charging) == (2 if either else 0)
    if either:
        set_values(month, storage__is_charging={("battery", 0): 0.25}, storage__charge_mw={("battery", 0): 1.0})
        set_values(month, storage__discharge_mw={("battery", 0): 1.0})
        assert slack(month.storage.charge_if["battery", 0]) == pytest.approx(0.75 - 1.0)
        assert slack(month.storage.discharge_if["battery", 0]) == pytest.approx(2.25 - 1.0)
