"""Caps on carbon, water, land and budget: hand-solved."""

import numpy as np
import pytest
from tiny import air, battery, energy_case, flat_curve, hall, hall_case, limits, rack, supply

from models.case import AssetTerms, Offer
from models.yearly import CRITERIA, applies


def test_carbon_cap(plan, refuse):
    """Proves: of 4 t a year, 1 must go: 0.5 MW of a source at 20. Catches: ignored, 4; a cap per month, which would
    not bind."""
    source = supply([1, 1], cost_kcur_per_mw=20.0)
    grid = {"carbon_t_per_mwh": np.array([1.0, 1.0])}
    case = energy_case([2, 2], months=[1, 1], grid=grid, supplies=(source,), limits=limits(carbon_t_per_year=3.0))
    assert plan(case).cost == pytest.approx(3 + 20 * 0.5)
    refuse(energy_case([2, 2], grid=grid, limits=limits(carbon_t_per_year=3.0)))


def test_carbon_cap_chooses_clean_hours(plan):
    """Proves: a cap of 0.5 t leaves 0.5 of 2 MWh in the dirty, cheap hour. Catches: mean carbon in every hour, 1 t
    allowed."""
    grid = {"carbon_t_per_mwh": np.array([0.0, 1.0])}
    case = energy_case([0, 2], [5, 1], grid=grid, batteries=(battery(),), limits=limits(carbon_t_per_year=0.5))
    assert plan(case).cost == pytest.approx(0.5 * 1 + 1.5 * 5)


def test_water_cap(plan, refuse):
    """Proves: 0.4 MWh of heat on wet cooling (2 m3/MWh) would use 0.8 m3; under 0.5 m3 one rack of two goes on dry
    cooling, which takes as much electricity as heat. Catches: cap ignored, 20.4."""
    cooling = (air("wet", curve=flat_curve(0.0, 2.0)), air("dry", curve=flat_curve(1.0)))
    offers = (hall("wet hall", cooling="wet", ex_works_k=0.0), hall("dry hall", cooling="dry", ex_works_k=0.0))
    case = hall_case([2, 2], months=[1, 1], cooling=cooling, offers=offers, limits=limits(water_m3_per_year=0.5))
    assert plan(case).cost == pytest.approx(20 + 0.4 + 0.2 * 1.0)
    refuse(hall_case([2, 2], cooling=cooling[:1], offers=offers[:1], limits=limits(water_m3_per_year=0.5)))


def test_land(plan, refuse):
    """Proves: units, battery energy and sources share the land: 60 m2 of hall leave 40 m2 for 2 MW of a source at 20
    m2. Catches: a use left out leaves room for 3 MW."""
    source = supply([1, 1], cost_kcur_per_mw=0.1, area_m2_per_mw=20.0)
    offers = (hall(footprint_m2=60.0),)
    case = hall_case(
        price=10.0, offers=offers, supplies=(source,), site={"area_m2": 100.0, "plain_load_mw": [5.0, 5.0]}
    )
    assert plan(case).design.supply_mw["pv"] == pytest.approx(2)
    refuse(hall_case(offers=offers, site={"area_m2": 59.0}))


def test_land_of_batteries(plan):
    """Proves: 10 m2 per MWh on 50 m2 allow 5 MWh: 5 * 1 + 5 * 10. Catches: batteries need no land, 10."""
    case = energy_case([0, 10], [1, 10], batteries=(battery(area_m2_per_mwh=10.0),), site={"area_m2": 50.0})
    assert plan(case).cost == pytest.approx(55)


def test_budget_counts_first_costs_before_rebates(plan, refuse):
    """Proves: 27 of first cost passes a budget of 27, not 26.9, and a rebate of half does not help.
    Catches: a budget on present values or after rebates would pass."""
    half_back = AssetTerms(life_years=10, rebate_share=0.5)
    case = {"racks": (rack(terms=half_back),)}
    assert plan(hall_case(limits=limits(budget_kcur=27.0), **case)).cost == pytest.approx(17.35)
    refuse(hall_case(limits=limits(budget_kcur=26.9), **case))


def test_budget_includes_connection_and_battery(plan):
    """Proves: battery energy at 4 and connection at 3 share a budget of 32: moving b MWh costs 4 b + 3 (10 - b) = 30
    + b, so b = 2. Catches: the connection left out, b = 8; the battery left out, b = 5."""
    case = energy_case(
        [0, 10],
        [1, 10],
        grid={"connection_kcur_per_mw": 3.0},
        batteries=(battery(energy_kcur_per_mwh=4.0),),
        limits=limits(budget_kcur=32.0),
    )
    assert plan(case).cost == pytest.approx(32 + 2 * 1 + 8 * 10)


def test_tenants_racks_are_outside_the_budget(plan):
    """Proves: racks that a tenant pays do not use the budget. Catches: 27 against 7, infeasible."""
    base = hall_case(limits=limits(budget_kcur=7.0))
    money = type(base.money)(analysis_years=1, discount_rate=0.0, counts_it=False)
    assert plan(hall_case(limits=limits(budget_kcur=7.0), money=money)).cost == pytest.approx(7.35)


def test_dearer_unit_on_less_land(plan):
    """Proves: land decides between a cheap wide and a dear narrow unit. Catches: footprints ignored, 7."""
    narrow = Offer(**{**vars(hall()), "name": "narrow", "ex_works_k": 9.0, "footprint_m2": 10.0})
    case = hall_case(offers=(hall(footprint_m2=50.0), narrow), site={"area_m2": 40.0})
    assert plan(case).cost == pytest.approx(20.35 + 9)


def test_little_work_has_a_tokenergy_too():
    """Proves: 0.3 Mtok a year are work whose energy can be saved, none is not. Catches: work below a Mtok left out."""
    assert applies(hall_case([2e-4, 1e-4]), CRITERIA["tokenergy"])
    assert not applies(energy_case([1.0]), CRITERIA["tokenergy"])
