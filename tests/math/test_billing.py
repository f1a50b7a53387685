"""What a tariff says about a case, without a solver: slices, bills of a month, months that count, the least price."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny import demand, energy_case, limits

from models import billing
from models.billing import Slice
from models.case import Case, DemandCharge, EnergyCharge, Tier

PRICES = tuple(float(m) for m in range(12))


def tier(above: float, price: float, steps_up: bool = False) -> Tier:
    """A tier with one price in all months; or that price in the first month and one more in each month after it."""
    return Tier(above, tuple(price + (m if steps_up else 0) for m in range(12)))


def four_months(charge: DemandCharge | None = None, **grid: Any) -> Case:
    """Two steps in each of four months."""
    charges = {} if charge is None else {"demand_charges": (charge,)}
    return energy_case([1.0] * 8, months=[2, 2, 2, 2], limit_mw=10.0, grid={**charges, **grid})


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (20.0, [Slice(0, 2, 4.0), Slice(2, 3, 3.0), Slice(3, 8, 2.0), Slice(8, 20, 1.0)]),
        (8.0, [Slice(0, 2, 4.0), Slice(2, 3, 3.0), Slice(3, 8, 2.0)]),  # none of the last, which begins there
        (6.0, [Slice(0, 2, 4.0), Slice(2, 3, 3.0), Slice(3, 6, 2.0)]),
        (0.0, [Slice(0, 0, 4.0)]),
    ],
)
def test_slices_as_far_as_they_are_reached(most: float, expected: list[Slice]) -> None:
    """Proves: prices of 4, 3, 2, 2 and 1 from 0, 2, 3, 5 and 8 on: the two at 2 are one slice, and none begins where
    the quantity ends; of nothing there is one slice, without width. Catches: a slice joined with another than its
    neighbour, an empty slice and the binary that it would bring."""
    tiers = (tier(2, 3.0), tier(3, 2.0), tier(5, 2.0), tier(8, 1.0))
    found = billing.slices((4.0,) * 12, tiers, 0, most)
    assert found == expected
    assert [s.width for s in found] == [s.high - s.low for s in expected]


def test_slices_have_the_prices_of_their_month() -> None:
    """Proves: month 5 is priced 5, and 7 above 3. Catches: the first month's prices."""
    assert billing.slices(PRICES, (tier(3, 2.0, steps_up=True),), 5, 9.0) == [Slice(0, 3, 5.0), Slice(3, 9, 7.0)]


@pytest.mark.parametrize(("quantity", "cost"), [(1.0, 2.0), (2.0, 4.0), (3.0, 4 + 5), (6.0, 4 + 10 + 2 * 3)])
def test_a_month_is_billed_tier_by_tier(quantity: float, cost: float) -> None:
    """Proves: 2 each up to 2, 5 up to 4, 3 beyond, for demand and for energy in half hours alike, and a tenth more on
    demand alone where the power factor is 0.05 below its target at 2. Catches: all at the last price, the first tier's
    price taken off twice."""
    tiers = (tier(2, 5.0), tier(4, 3.0))
    charge = EnergyCharge("energy", (2.0,) * 12, np.array([1.0, 0.0]), tiers)
    low = {"power_factor": 0.85, "power_factor_target": 0.9, "power_factor_surcharge": 2.0}
    case = energy_case([0.0, 0.0], step_h=0.5, grid={"energy_charges": (charge,), **low})
    assert billing.energy_kcur(case, charge, 0, np.array([2 * quantity, 9.0])) == pytest.approx(cost)
    assert billing.demand_kcur(case, demand(2.0, 2, tiers=tiers), 0, quantity) == pytest.approx(1.1 * cost)


@pytest.mark.parametrize(("factor", "raised"), [(0.95, 1.0), (0.9, 1.0), (0.8, 1.05)])
def test_a_power_factor_above_its_target_earns_nothing(factor: float, raised: float) -> None:
    """Proves: 0.1 below the target at 0.5 per unit is 5 % more, at the target and above it nothing. Catches: a rebate,
    a surcharge on the factor itself."""
    grid = {"power_factor": factor, "power_factor_target": 0.9, "power_factor_surcharge": 0.5}
    assert billing.demand_factor(energy_case([0.0], grid=grid)) == pytest.approx(raised)


def test_energy_counts_in_its_month_and_its_hours() -> None:
    """Proves: of 1 to 8 MW month 1 (steps 2 and 3) has 4 MWh in the hour that counts, at its price of 1. Catches: the
    hours of another month."""
    charge = EnergyCharge("energy", PRICES, np.array([1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]))
    case = four_months(energy_charges=(charge,))
    bought = np.arange(1.0, 9.0)
    assert [billing.energy_kcur(case, charge, m, bought) for m in range(4)] == [0.0, 4.0, 2 * 11.0, 3 * 15.0]


def test_months_with_a_price() -> None:
    """Proves: a month is billed if its first price or that of any tier is above zero. Catches: a tier's price left out,
    months without one billed."""
    higher = Tier(5.0, (0.0, 0.0, 0.5) + (0.0,) * 9)
    charge = demand([0.0, 2.0] + [0.0] * 10, 8, tiers=(higher, tier(7, 0.0)))
    assert billing.billed_months(four_months(charge), charge) == [1, 2]
    cheap = demand([0.5] + [0.0] * 11, 8)
    assert billing.billed_months(four_months(cheap), cheap) == [0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ratchet_months": 1}, [[3], [0], [1], [2]]),
        ({"ratchet_months": 2}, [[2, 3], [0, 3], [0, 1], [1, 2]]),
        ({"ratchet_months": 11}, [[0, 1, 2, 3]] * 4),
        ({"ratchet_months": 2, "ratchet_peak_months": (0, 3)}, [[3], [0, 3], [0], []]),
        ({"ratchet_months": 2, "ratchet_share": 0.0}, [[]] * 4),
        ({"ratchet_months": 0}, [[]] * 4),
    ],
)
def test_months_that_a_ratchet_looks_back_on(changes: dict[str, Any], expected: list[list[int]]) -> None:
    """Proves: the months before, round the year of four months, as many as the ratchet looks back on and only those
    whose peaks feed it. Catches: the months that follow, one too many, the month itself in place of one before."""
    charge = demand(1.0, 8, **{"ratchet_share": 0.5, **changes})
    case = four_months(charge)
    assert [billing.ratchet_sources(case, charge, m) for m in range(4)] == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [0, 1]),
        ({"ratchet_share": 0.5, "ratchet_months": 1}, [0, 1, 2]),
        ({"ratchet_share": 0.5, "ratchet_months": 1, "ratchet_peak_months": (1, 3)}, [0, 1]),
        ({"ratchet_share": 0.5}, [0, 1]),
        ({"ratchet_months": 1}, [0, 1]),
        ({"ratchet_share": 0.5, "ratchet_months": 1, "price_kcur_per_mw": (0.0,) * 12}, []),
    ],
)
def test_months_whose_peak_counts(changes: dict[str, Any], expected: list[int]) -> None:
    """Proves: peaks count in months with a price (0 and 1), and where a ratchet carries them into one in months without
    (2), but not without an hour of the charge (3). Catches: a peak that no bill knows, a ratchet of none of its three
    parts."""
    applies = np.array([1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    charge = replace(demand([1.0, 1.0] + [0.0] * 10, 8), applies=applies, **changes)
    case = four_months(charge)
    assert [m for m in range(4) if billing.counts(case, charge, m)] == expected


def test_a_charge_on_every_hour_holds_the_highest_import() -> None:
    """Proves: month 1 has the charge in both of its hours; month 0 in one of two, month 2 in both, unpriced. Catches:
    the highest import held by a charge that does not see every hour, or that is not billed."""
    applies = np.array([1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    charge = replace(demand([1.0, 1.0] + [0.0] * 10, 8), applies=applies)
    assert [billing.covering(four_months(charge), m) for m in range(4)] == [[], ["peak"], [], []]


def test_blocks_within_reach_of_the_connection() -> None:
    """Proves: 10 MW of interval peaks 1.25 times the mean carry 8 MWh an hour, 4 in a half hour: one half hour of the
    charge reaches the block from 3 on and not that from 4 on. Catches: peaks counted as means, hours without charge."""
    charge = EnergyCharge("energy", (5.0,) * 12, np.array([1.0, 0.0]), (tier(3, 2.0), tier(4, 1.0)))
    grid = {"energy_charges": (charge,), "billing_factor": 1.25}
    case = energy_case([0.0, 0.0], step_h=0.5, limit_mw=10.0, grid=grid)
    assert billing.most_mwh(case, 2) == pytest.approx(8.0)
    assert billing.energy_blocks(case, charge, 0) == [Slice(0, 3, 5.0), Slice(3, 4, 2.0)]
    assert billing.lowest_block_price(case, charge, 0) == 2.0


def test_the_least_price_of_one_more_mwh() -> None:
    """Proves: 10 by time; month 1 adds its cheapest block of 3 in the hour that counts; the 2 of take-or-pay are paid
    anyway, where there is energy to take. Catches: the first block's price, a charge in other hours, take-or-pay
    counted twice."""
    charge = EnergyCharge("energy", (5.0,) * 12, np.array([0.0] * 3 + [1.0] * 5), (tier(4, 2.0, steps_up=True),))
    grid: dict[str, Any] = {"energy_charges": (charge,)}
    plain = billing.lowest_price_kcur_per_mwh(four_months(**grid))
    assert plain == pytest.approx(np.array([1.0, 1, 1, 4, 5, 5, 6, 6]))
    grid |= {"take_or_pay_kcur_per_mwh": 2.0}
    assert billing.lowest_price_kcur_per_mwh(four_months(**grid)) == pytest.approx(plain)
    grid |= {"take_or_pay_mwh_per_year": 0.5}
    assert billing.lowest_price_kcur_per_mwh(four_months(**grid)) == pytest.approx(plain - 2.0)


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        ({}, False),
        ({"contract_kcur_per_mw_year": 0.5}, True),
        ({"connection_kcur_per_mw": 0.5}, True),
        ({"contract_mw": 0.0}, True),
        ({"demand_charges": (demand(1.0, 1, contract_share=0.5), demand(1.0, 1, name="other"))}, True),
        ({"demand_charges": (demand(1.0, 1),)}, False),
    ],
)
def test_when_contracted_capacity_is_a_choice(grid: dict[str, Any], expected: bool) -> None:
    """Proves: it is one where it costs something, by itself or through a bill, or is settled; overrun needs that and a
    price, which may be zero. Catches: a contract without price that is drawn down, overrun of nothing."""
    case = energy_case([1.0], grid=grid)
    assert billing.contract_matters(case) is expected
    assert billing.may_overrun(case) is False
    assert billing.may_overrun(replace(case, grid=replace(case.grid, overrun_kcur_per_mw_month=0.0))) is expected


def test_a_connection_to_wait_for_makes_the_contract_a_choice() -> None:
    """Proves: live in month 13 where service may start in month 12 to 14, but not where it may start in 13. Catches:
    capacity before the connection is live."""
    late = energy_case([1.0], grid={"energised_month": 13.0, "overrun_kcur_per_mw_month": 1.0})
    for need, expected in ((12.0, True), (13.0, False)):
        wanted = limits(need_month=need)
        case = replace(late, limits=replace(wanted, delay=replace(wanted.delay, most_months=2)))
        assert billing.contract_matters(case) is expected
        assert not billing.may_overrun(case)


@pytest.mark.parametrize("thresholds", [(0.0,), (-1.0,), (2.0, 2.0), (2.0, 1.0)])
def test_thresholds_of_tiers_rise(thresholds: tuple[float, ...]) -> None:
    """Proves: thresholds that do not rise from above zero are refused, for energy and for demand. Catches: a tier
    without width."""
    tiers = tuple(tier(above, 1.0) for above in thresholds)
    with pytest.raises(ValueError, match="must rise"):
        EnergyCharge("energy", PRICES, np.ones(1), tiers)
    with pytest.raises(ValueError, match="must rise"):
        demand(1.0, 1, tiers=tiers)
    assert EnergyCharge("energy", PRICES, np.ones(1), (tier(0.1, 1.0), tier(0.2, 1.0))).tiers
