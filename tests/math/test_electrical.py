"""Losses between the site bus and the racks: hand-solved on the base case of test_compute.py (27.35)."""

import pytest
from tiny import cooling_unit, hall, hall_case, power_unit, rack, room

from models.case import Electrical, Redundancy
from models.usage import pools


def test_standing_and_proportional_losses(plan):
    """Proves: 2 % of 0.2 MW installed in both steps and 5 % of 0.35 MWh. Catches: both on installed power 0.028;
    both on IT power 0.0245."""
    found = plan(hall_case(electrical=Electrical("chain", 0.02, 0.05)))
    assert found.cost == pytest.approx(27.35 + 2 * 0.02 * 0.2 + 0.05 * 0.35)
    assert found.design.operation.chain_loss_mw == pytest.approx([0.004 + 0.01, 0.004 + 0.0075])


def test_installed_power_includes_ancillary_it(plan):
    """Proves: standing losses follow peak and ancillary power, 0.3 MW. Catches: ancillary left out, 0.2 MW."""
    found = plan(hall_case(racks=(rack(ancillary_mw=0.05),), electrical=Electrical("chain", 0.1, 0.0)))
    assert found.design.operation.chain_loss_mw == pytest.approx([0.03, 0.03])


def test_plain_load_bears_no_chain_loss(plan):
    """Proves: a load on the site bus is not behind the racks' chain. Catches: losses on every load, 30.525."""
    case = hall_case(electrical=Electrical("chain", 0.0, 0.5), site={"plain_load_mw": [1.0, 1.0]})
    assert plan(case).cost == pytest.approx(27.35 + 0.5 * 0.35 + 2)


def test_price_of_the_chain_follows_installed_power(plan):
    """Proves: 5 kcur/MW on 0.2 MW of racks at peak. Catches: priced on IT power drawn 0.875, or left out."""
    found = plan(hall_case(electrical=Electrical("SST", 0.0, 0.0, chain_kcur_per_mw=5.0)))
    assert found.line("electrical_chain") == pytest.approx(1.0)
    assert found.cost == pytest.approx(27.35 + 1.0)


def test_a_rack_for_direct_current_needs_such_a_chain(plan, refuse):
    """Proves: racks for 800 V DC stand on a chain that delivers it and on no other. Catches: voltage ignored."""
    racks = (rack(supply="800 V DC"),)
    assert plan(hall_case(racks=racks, electrical=Electrical("SST", 0.0, 0.0, rack_supply="800 V DC"))).cost == (
        pytest.approx(27.35)
    )
    refuse(hall_case(racks=racks, electrical=Electrical("UPS", 0.0, 0.0)))


def test_units_of_another_architecture_are_not_bought(plan):
    """Proves: with chain A the hall of B, cheaper by 6, is no choice. Catches: any offer on any chain, 21.35."""
    offers = (hall(architecture="A"), hall("cheap", ex_works_k=1.0, architecture="B"))
    assert plan(hall_case(offers=offers, electrical=Electrical("A", 0.0, 0.0))).cost == pytest.approx(27.35)
    assert plan(hall_case(offers=offers, electrical=Electrical("B", 0.0, 0.0))).cost == pytest.approx(21.35)


@pytest.mark.parametrize("arrivals,units", [(20.0, 6), (15.0, 5), (4.0, 2)])
def test_three_make_two(plan, arrivals, units):
    """Proves 3N/2 with units of 0.5 MW: 2 MW of racks need 3 MW; 1.5 MW need 2.25 (five units); 0.4 MW need 0.6 and a
    unit to spare: two. Catches: 2N (8, 6, 2); N+1 (5, 4, 2); one and a half times alone for a load of 0.3 MW."""
    chain = Electrical("chain", 0.0, 0.0, redundancy=Redundancy(distributed=True))
    offers = (room(), power_unit(), cooling_unit())
    assert plan(hall_case(arrivals=(arrivals, 1.0), offers=offers, electrical=chain)).units("power") == units


def test_three_make_two_keeps_a_unit_to_spare(plan):
    """Proves: 0.3 MW behind units of 0.5 MW take two, though one holds 0.45. Catches: the factor without the spare."""
    chain = Electrical("chain", 0.0, 0.0, redundancy=Redundancy(distributed=True))
    offers = (room(), power_unit(), cooling_unit())
    assert plan(hall_case(arrivals=(3.0, 1.0), offers=offers, electrical=chain)).units("power") == 2


def test_what_a_redundancy_costs(plan):
    """Proves: for 1.5 MW behind units of 0.5 MW for 3 kcur, 3N/2 buys five where three would do: two spares, 6 kcur;
    N none. Catches: all units counted as redundancy, capacity left over in whole units priced by the MW."""
    for redundancy, spares, kcur in ((Redundancy(distributed=True), 2, 6.0), (Redundancy(), 0, 0.0)):
        chain = Electrical("chain", 0.0, 0.0, redundancy=redundancy)
        found = plan(hall_case((15.0, 1.0), offers=(room(), power_unit(), cooling_unit()), electrical=chain))
        (pool,) = [p for p in pools(found.case, found.design) if p.kind == "power"]
        assert (pool.spare_units, pool.spare_kcur) == (spares, pytest.approx(kcur))
