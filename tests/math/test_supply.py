"""PV and wind: hand-solved."""

import pytest
from tiny import battery, energy_case, limits, supply


def test_a_source_is_sized_where_it_pays(plan):
    """Proves: up to 4 MW, 1 MW at 3 kcur saves 3 + 1.5; beyond, 1.5 only. So 4 MW: 12, and 4 * 3 at night, 2 * 3 at
    dusk. Catches: output as if always full, 12; capacity for the dusk too, 8 MW."""
    found = plan(energy_case([4, 4, 4], 3.0, supplies=(supply([1, 0, 0.5], cost_kcur_per_mw=3.0),)))
    assert found.design.supply_mw["pv"] == pytest.approx(4)
    assert found.cost == pytest.approx(4 * 3 + 4 * 3 + 2 * 3)


def test_an_optional_source_that_is_too_dear_is_not_built(plan):
    """Proves: 99,999 per MW against 20 per step is not built (flixOpt, investment 2). Catches: forced, 999,990."""
    assert plan(
        energy_case([10, 10], 2.0, supplies=(supply([1, 1], cost_kcur_per_mw=99_999.0),))
    ).cost == pytest.approx(40)


@pytest.mark.parametrize("bounds,cost", [((6.0, 9.0), 6 * 10), ((0.0, 2.0), 2 * 1 + 2 * 20)])
def test_least_and_largest_size(plan, bounds, cost):
    """Proves: a least size is built and paid at 10 though 1 suffices; a largest size leaves the rest to the grid.
    Catches: bounds ignored, 1 * 10 and 4 * 1."""
    low, high = bounds
    source = supply([1], cost_kcur_per_mw=10.0 if low else 1.0, min_mw=low, max_mw=high)
    assert plan(energy_case([1.0 if low else 4.0], 20.0, supplies=(source,))).cost == pytest.approx(cost)


def test_two_sources_share_the_site(plan):
    """Proves: sun by day and wind by night, each where it blows: 2 * 1 + 2 * 1. Catches: only the first source used,
    2 + 20."""
    sources = (supply([1, 0], cost_kcur_per_mw=1.0), supply([0, 1], name="wind", cost_kcur_per_mw=1.0))
    assert plan(energy_case([2, 2], 10.0, supplies=sources)).cost == pytest.approx(4)


def test_surplus_charges_a_battery(plan):
    """Proves: surplus of 2 MWh is stored for the night. Catches: curtailment before storage, 10."""
    case = energy_case([1, 2], 5.0, supplies=(supply([1, 0], min_mw=3.0, max_mw=3.0),), batteries=(battery(),))
    assert plan(case).cost == pytest.approx(0)


def test_a_late_source_gives_nothing_and_costs_nothing(plan):
    """Proves: a source delivered too late has no size, not even its least. Catches: lead times ignored, 6."""
    late = supply([1], cost_kcur_per_mw=2.0, min_mw=3.0, lead_months_p50=13.0)
    assert plan(energy_case([1], 20.0, supplies=(late,), limits=limits(need_month=12.0))).cost == pytest.approx(20)


def test_imports_pay_for_clouds_hour_by_hour(plan):
    """Proves: a surplus in one step does not serve another without storage. Catches: a balance over the year, 0."""
    assert plan(energy_case([1, 1], 5.0, supplies=(supply([2, 0], min_mw=1.0, max_mw=1.0),))).cost == pytest.approx(5)
