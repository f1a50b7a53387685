"""The hand-solved cases that flixOpt publishes (tests/test_math, MIT) in the product's own terms: power for heat, a
grid or an engine for a boiler, kcur for euros. Data and numbers only; each test names its cases by their numbers 1 to
35. Cases 11 to 15 and 17, of storage, stand in test_battery.py.

Where the product means otherwise:
- 16, 18, 19, given content of a store first and last: its year closes. What is there at first is power given in a step
  before, and what must be left is asked for in a step after.
- 5, a price of capacity that falls with its size: prices of units fall by count (test_modules.py); here it is a demand
  charge in tiers.
- 8, 9, money for not investing: it is the price of what stands instead.
- 22, 23, 25, 26, least and longest times of running and standing, starts allowed: generators have none, because sizes
  hardly move with them; models/README.md lists them as left out.
- 34, 35, sizes bought anew in each period: what is bought stays in service (test_growth.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from staged import growth
from tiny import PLAIN_TERMS, battery, demand, energy_case, supply

from models.case import Case, Generator, Money, Tier
from planner.solving import solve_growth


def boiler(name: str = "boiler", size: float = 100.0, efficiency: float = 1.0, **changes: Any) -> Generator:
    """One unit on fuel at 1, free unless told."""
    base = Generator(name, size, 0.0, PLAIN_TERMS, max_units=1, fuel_mwh_per_mwh=1 / efficiency, fuel_kcur_per_mwh=1.0)
    return replace(base, **changes)


def island(load: list[float], *units: Generator) -> Case:
    """A load without a grid."""
    return energy_case(load, 0.0, limit_mw=0.0, generators=units)


# ---- investments


@pytest.mark.parametrize(
    "case,cost",
    [
        # 1: 10 fixed and 1 per unit of size, demand to 50: the connection is as large as the highest import
        (energy_case([10, 50, 20], 1.0, grid={"connection_kcur_per_mw": 1.0, "fixed_kcur_per_month": 10.0}), 140),
        # 2: 99,999 for a better boiler does not pay
        (island([10, 10], boiler("new", cost_kcur_per_mw=999.99), boiler(efficiency=0.5)), 40),
        # 3: a least size of 100 at 1
        (island([10, 10], boiler(cost_kcur_per_mw=1.0, min_units=1)), 120),
        # 4: a size of 80 or none, for 10
        (island([30, 30], boiler("new", 80, cost_kcur_per_mw=0.125), boiler(efficiency=0.5)), 70),
        # 6: 1,000 and 1 per unit, must be built
        (island([10, 10], boiler("new", 10, cost_kcur_per_mw=101.0, min_units=1), boiler(efficiency=0.5)), 1030),
        # 7: the same, may be left out
        (island([10, 10], boiler("new", 10, cost_kcur_per_mw=101.0), boiler(efficiency=0.5)), 40),
        # 8, 9: what is not built costs 500 or 50: paid for a stand-in of which one of the two is bought
        (island([10, 10], boiler("new", cost_kcur_per_mw=1.0), boiler(efficiency=0.5, cost_kcur_per_mw=5.0)), 120),
        (island([10, 10], boiler("new", cost_kcur_per_mw=10.0), boiler(efficiency=0.5, cost_kcur_per_mw=0.5)), 90),
    ],
)  # fmt: skip
def test_investments(plan, case: Case, cost: float) -> None:
    """Proves: cases 1 to 4, 6 to 9. Catches: a least size or a fixed cost that is not paid, a unit that must be built
    left out."""
    assert plan(case).cost == pytest.approx(cost, rel=1e-5)


def test_a_price_that_falls_with_size(plan) -> None:
    """Proves: case 5, 2 per MW up to 50 and 1 above: 80 MW cost 130, energy 80. Catches: one price for all."""
    tiered = demand(2.0, 2, tiers=(Tier(50.0, (1.0,) * 12),))
    assert plan(energy_case([80, 80], 0.5, grid={"demand_charges": (tiered,)})).cost == pytest.approx(210, rel=1e-5)


# ---- storage with given content


def _given(first: float, load: list[float], price: list[float], left: float, **changes: Any) -> Case:
    """A store of 100 that holds `first` before the first step and must hold `left` after the last."""
    steps = [0.0, *load, left]
    shut = np.array([0.0, *[1.0] * len(load), 0.0])
    store = battery(**{"min_mwh": 100.0, "max_mwh": 100.0, **changes})
    sun = supply([1.0, *[0.0] * (len(load) + 1)], max_mw=first)
    return energy_case(steps, [0.0, *price, 0.0], grid={"available_pu": shut}, batteries=(store,), supplies=(sun,))


@pytest.mark.parametrize(
    "case,cost",
    [
        (_given(0.0, [0, 20], [1, 100], 60.0), 80),
        # the floor of 30 is the store's own: of 50 at first, 20 can be used
        (_given(20.0, [0, 80, 0], [1, 100, 1], 0.0, min_charge_share=0.3), 1050),
        (_given(50.0, [0, 80], [1, 100], 50.0), 3050),
    ],
)
def test_given_content_of_a_store(plan, case: Case, cost: float) -> None:
    """Proves: cases 16, 18, 19. Catches: content that may be drawn below what must be left (20, 50, 50), a floor that
    counts as usable."""
    assert plan(case).cost == pytest.approx(cost, rel=1e-5)


# ---- units on and off, part load


@pytest.mark.parametrize(
    "case,cost",
    [
        # 10: 10 and 1 per MW of 20, two starts of 50
        (island([0, 20, 0, 20], boiler(size=20, cost_kcur_per_mw=1.5, start_kcur=50.0, min_load_share=0.01)), 170),
        # 20: two starts of 100 at half the efficiency
        (island([0, 10, 0, 10, 0], boiler(efficiency=0.5, start_kcur=100.0, min_load_share=0.01)), 240),
        # 21: one hour allowed goes where most is asked for
        (island([10, 20, 10], boiler("one", max_run_h_per_year=1.0), boiler(efficiency=0.5)), 60),
        # 24: 50 for each hour on
        (island([10, 10], boiler(fuel_mwh_per_h=50.0)), 120),
        # 27, 28: fuel 30 at 15 and 100 at 60
        (island([45, 45], boiler(fuel_mwh_per_h=30 - 15 * 70 / 45, fuel_mwh_per_mwh=70 / 45)), 153.3333),
        (island([15, 15], boiler(fuel_mwh_per_h=30 - 15 * 70 / 45, fuel_mwh_per_mwh=70 / 45)), 60),
        # 29, 30: a least load of 40 at 1 beside 10, of 50 at 10 beside 1
        (energy_case([50, 50], 10.0, generators=(boiler(min_load_share=0.4),)), 100),
        (energy_case([20, 20], 1.0, generators=(boiler(min_load_share=0.5, fuel_kcur_per_mwh=10.0),)), 40),
        # 31: fuel 20 at 15 and 50 at 45
        (island([35, 35], boiler(fuel_mwh_per_h=5.0)), 80),
    ],
)
def test_units_on_and_off_and_part_load(plan, case: Case, cost: float) -> None:
    """Proves: cases 10, 20, 21, 24, 27 to 31. Catches: starts or hours not counted, fuel in proportion to power alone,
    a least load that cannot be left."""
    assert plan(case).cost == pytest.approx(cost, rel=1e-5)


# ---- periods


@pytest.mark.parametrize("years,cost", [((5, 5), 300), ((1, 10), 330)])
def test_periods_weigh_their_years(years: tuple[int, int], cost: float) -> None:
    """Proves: cases 32 and 33, 30 a year in two stages. Catches: a stage counted once."""
    money = Money(analysis_years=sum(years), discount_rate=0.0)
    question = growth([energy_case([10, 10, 10], money=money)] * 2, [0, years[0]], sum(years))
    _, proof = solve_growth(question, gap=1e-9, method="monolithic")
    assert proof.objective_kcur == pytest.approx(cost, rel=1e-5)
