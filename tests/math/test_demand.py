"""Demand charges and ratchets: hand-solved. Published bills with known answers: test_tariff.py."""

import numpy as np
import pytest
from tiny import battery, demand, energy_case

from models.billing import counts


@pytest.mark.parametrize("load", [(10, 1, 1, 1), (1, 1, 1, 10)])
def test_ratchet_looks_back_two_months_around_the_year(plan, load):
    """Proves: half of a peak of 10 is billed in the two months after it, cyclic: 10 + 5 + 5 + 1.
    Catches: looking back over all months 25; not cyclic, 13 for the second load."""
    charge = demand(1.0, 4, ratchet_share=0.5, ratchet_months=2)
    assert plan(energy_case(load, 0.0, months=[1] * 4, grid={"demand_charges": (charge,)})).cost == pytest.approx(21)


def test_only_named_months_feed_the_ratchet(plan):
    """Proves: with month 1 alone as source the bill is 10 + 4 + max(1, 2). Catches: all months as sources give 20."""
    charge = demand(1.0, 3, ratchet_share=0.5, ratchet_months=11, ratchet_peak_months=(1,))
    assert plan(energy_case([10, 4, 1], 0.0, months=[1] * 3, grid={"demand_charges": (charge,)})).cost == pytest.approx(
        16
    )


def test_a_month_without_price_still_feeds_the_ratchet(plan):
    """Proves: the peak of 10 in a free month bills 5 in the next. Catches: if free months were left out, 1."""
    charge = demand([0.0] + [1.0] * 11, 2, ratchet_share=0.5, ratchet_months=1)
    assert plan(energy_case([10, 1], 0.0, months=[1, 1], grid={"demand_charges": (charge,)})).cost == pytest.approx(5)


def test_charge_counts_its_own_hours_and_the_billing_factor(plan):
    """Proves: two charges, one on the first step only: 1.2 * (2 * 3 + 5 * 1). Catches: hours ignored, 1.2 * (2 * 3 +
    5 * 3)."""
    charges = (demand(2.0, 2, name="all"), demand(5.0, 2, name="first", applies=np.array([1.0, 0.0])))
    grid = {"demand_charges": charges, "billing_factor": 1.2}
    found = plan(energy_case([1, 3], 0.0, grid=grid))
    assert found.cost == pytest.approx(1.2 * (2 * 3 + 5 * 1))
    assert found.design.billed_mw[("first", 0)] == pytest.approx(1.2)


def test_battery_shaves_each_months_peak(plan):
    """Proves: loads 1, 3 become 2, 2: the charge falls from 30 to 20 in each of two months.
    Catches: one yearly peak instead of monthly ones would give 20 in all; no link to the battery 60."""
    case = energy_case(
        [1, 3, 1, 3], 0.0, months=[2, 2], grid={"demand_charges": (demand(10.0, 4),)}, batteries=(battery(),)
    )
    assert plan(case).cost == pytest.approx(40)


def test_contract_and_charge_on_the_same_peak(plan):
    """Proves: a contract fee of 3 and a charge of 2 on all hours both follow the peak of 4 in month 1 and 2 in month 0.
    Catches: a contract that only follows the first month's peak would give 12 + 6 = 18."""
    grid = {"demand_charges": (demand(2.0, 2),), "contract_kcur_per_mw_year": 3.0}
    assert plan(energy_case([2, 4], 0.0, months=[1, 1], grid=grid)).cost == pytest.approx(2 * (2 + 4) + 3 * 4)


def test_contract_with_a_charge_that_sees_only_some_hours(plan):
    """Proves: the contract covers the step that the charge does not see. Catches: contract taken from the charge's
    peak, 5."""
    charge = demand(2.0, 2, applies=np.array([1.0, 0.0]))
    grid = {"demand_charges": (charge,), "contract_kcur_per_mw_year": 3.0}
    assert plan(energy_case([1, 4], 0.0, grid=grid)).cost == pytest.approx(2 * 1 + 3 * 4)


def test_a_free_month_that_feeds_no_ratchet_is_not_billed():
    """Proves: of three free months only the one that feeds the ratchet of a priced month counts. Catches: a peak that
    is kept for nothing, a ratchet that is fed by months that it does not name."""
    charge = demand([0.0] * 3 + [1.0] * 9, 4, ratchet_share=0.5, ratchet_months=11, ratchet_peak_months=(1,))
    case = energy_case([1, 1, 1, 1], 0.0, months=[1] * 4, grid={"demand_charges": (charge,)})
    assert [counts(case, charge, m) for m in range(4)] == [False, True, False, True]
