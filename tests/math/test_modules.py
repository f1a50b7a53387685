"""Module offers, placement, pools and redundancy: hand-solved. The base site needs two racks of 0.1 MW (10 kcur
each) and 0.35 MWh at 1 kcur: 20.35 before any module."""

import pytest
from tiny import (
    PLAIN_TERMS,
    air,
    cooling_unit,
    hall,
    hall_case,
    limits,
    point,
    power_unit,
    rack,
    requests,
    room,
)

from models.case import Electrical, Offer, PriceBreak, Redundancy
from models.catalogue import units_needed

BASE = 20.35
CHILLER = cooling_unit(ex_works_k=0.0)


def chain(**redundancy):
    """A lossless chain with this redundancy of its power pool."""
    return Electrical("chain", 0.0, 0.0, redundancy=Redundancy(**redundancy))


@pytest.mark.parametrize("basis,landed", [("CIF", 145.6 + 11.648 + 7.8624 + 7), ("FOB", 145.6 + 10.4 + 7.8 + 7)])
def test_landed_cost(plan, basis, landed):
    """Proves: (100 + 10 + 2) * 1.3 = 145.6; duty 8 % of that (CIF) or of 130 (FOB); 5 % tax on value and duty;
    inland 3, installation 4. Catches: tax without duty 164.528 + 7; exchange rate on local costs; the bases swapped."""
    offer = hall(
        ex_works_k=100.0,
        freight_k=10.0,
        insurance_k=2.0,
        exchange_rate=1.3,
        duty_rate=0.08,
        duty_basis=basis,
        import_tax_rate=0.05,
        inland_kcur=3.0,
        installation_kcur=4.0,
    )
    assert plan(hall_case(offers=(offer,))).cost == pytest.approx(BASE + landed)


def single(**changes):
    """A room for one rack, powered and cooled."""
    return hall("single", it_mw=0.1, electrical_mw=0.1, heat_mw=0.1, ex_works_k=10.0, **changes)


@pytest.mark.parametrize("price,count", [(6.0, 3), (7.0, 2)])
def test_a_price_break_applies_to_all_units(plan, price, count):
    """Proves: three units at 6 (18) beat two at 10 (20); three at 7 (21) do not.
    Catches: a discount on further units only would never buy three; a break without its least count gives 12 and 14."""
    found = plan(hall_case(offers=(single(price_breaks=(PriceBreak(3, price),)),)))
    assert found.units("single") == count
    assert found.cost == pytest.approx(BASE + min(3 * price, 20))


def test_the_second_price_break(plan):
    """Proves: five racks take the deeper of two breaks at five units. Catches: only the first break seen, 5 * 8."""
    breaks = (PriceBreak(3, 8.0), PriceBreak(5, 5.0))
    found = plan(hall_case([5, 0], offers=(single(price_breaks=breaks),)))
    assert found.line("modules") == pytest.approx(25)


def test_dearer_from_a_count_on(plan):
    """Proves: a price that rises from three units on holds for all units: 4 * 12. Catches: units split over two prices,
    10 + 3 * 12."""
    found = plan(hall_case([4, 0], offers=(single(price_breaks=(PriceBreak(3, 12.0),)),)))
    assert found.line("modules") == pytest.approx(48)


def test_breaks_count_units_of_all_options(plan):
    """Proves: one unit for each of two rack types makes two units for the break: 2 * 4. Catches: counted apart, 20."""
    racks = (rack(), rack("S"))
    work = (requests([1, 1]), requests([1, 1], name="code"))
    case = hall_case(
        racks=racks,
        workloads=work,
        operating_points=(point(), point("S", "code")),
        offers=(single(price_breaks=(PriceBreak(2, 4.0),)),),
    )
    assert plan(case).line("modules") == pytest.approx(8)


def test_least_order(plan):
    """Proves: an order of at least three buys three for two racks. Catches: ignored, two."""
    assert plan(hall_case(offers=(single(min_count=3),))).units("single") == 3


def test_largest_order(plan, refuse):
    """Proves: one cheap unit at most, the second rack in a dear one. Catches: ignored, 2 * 10."""
    dear = hall("dear", ex_works_k=50.0)
    assert plan(hall_case(offers=(single(max_count=1), dear))).cost == pytest.approx(BASE + 50)
    refuse(hall_case(offers=(single(max_count=1),)))


def test_one_rack_type_per_unit(plan):
    """Proves: two rack types need two rooms though both would fit in one. Catches: mixed units, 7."""
    work = (requests([1, 1]), requests([1, 1], name="code"))
    case = hall_case(racks=(rack(), rack("S")), workloads=work, operating_points=(point(), point("S", "code")))
    assert plan(case).units("hall") == 2


@pytest.mark.parametrize(
    "changes,units",
    [
        ({"it_mw": 0.19}, 2),
        ({"electrical_mw": 0.19}, 2),
        ({"heat_mw": 0.19}, 2),
        ({"rack_positions": 1.0}, 2),
        ({"it_mw": 0.2}, 1),
    ],
)
def test_slots_of_a_unit(plan, changes, units):
    """Proves: each of power, feed, heat and positions limits the racks of a unit, by whole racks; 0.2 MW hold two.
    Catches: one limit ignored, or 0.2 / 0.1 rounded down to one."""
    assert plan(hall_case(offers=(hall(**changes),))).units("hall") == units


def test_a_unit_that_carries_nothing_is_none(plan):
    """Proves: racks in a room are cooled by the chiller, beside which a cooling unit without capacity, free, changes
    nothing. Catches: a unit of no capacity in the pool, of which endlessly many would be needed."""
    units = (room(), power_unit(), cooling_unit())
    idle = (cooling_unit("idle", heat_mw=0.0, ex_works_k=0.0), power_unit("dead", electrical_mw=0.0, ex_works_k=0.0))
    assert plan(hall_case(offers=(*units, *idle))).cost == pytest.approx(plan(hall_case(offers=units)).cost)


def test_three_tenths_hold_three_racks(plan):
    """Proves: 0.3 MW hold three racks of 0.1 MW. Catches: 0.3 / 0.1 = 2.9999999999999996 rounded down to two."""
    assert plan(hall_case([3, 3], offers=(hall(it_mw=0.3),))).units("hall") == 1


def test_positions_count_ancillary_racks(plan):
    """Proves: 3 positions hold two racks with half an ancillary rack each: three racks need two rooms.
    Catches: ancillary racks left out, one room."""
    case = hall_case([3, 3], racks=(rack(ancillary_racks=0.5),), offers=(hall(rack_positions=3.0),))
    assert plan(case).units("hall") == 2


@pytest.mark.parametrize(
    "rule,units", [({}, 2), ({"spare_units": 1}, 3), ({"spare_units": 2}, 4), ({"duplicated": True}, 4)]
)
def test_power_pool_and_its_redundancy(plan, rule, units):
    """Proves: 0.2 MW on units of 0.1 MW: N 2, N+1 3, N+2 4, 2N 4. Catches: 2N read as N+1."""
    offers = (room(), power_unit(electrical_mw=0.1), CHILLER)
    found = plan(hall_case(offers=offers, electrical=chain(**rule)))
    assert found.cost == pytest.approx(BASE + 3 * units)


def test_2n_is_not_whole_units_twice(plan):
    """Proves: 2N of 0.2 MW is 0.4 MW: three units of 0.15. Catches: twice the rounded-up two, four."""
    offers = (room(), power_unit(electrical_mw=0.15), CHILLER)
    assert plan(hall_case(offers=offers, electrical=chain(duplicated=True))).units("power") == 3


def test_the_spare_is_as_large_as_the_largest_used_unit(plan):
    """Proves: of units of 0.1 (3 kcur) and 0.2 (5.5), N+1 for 0.2 MW is three small ones (9): with a large one the
    spare is 0.2 too (11 or more). Catches: a spare as large as the smallest unit would take one of each, 8.5."""
    offers = (room(), power_unit(electrical_mw=0.1), power_unit("big", electrical_mw=0.2, ex_works_k=5.5), CHILLER)
    found = plan(hall_case(offers=offers, electrical=chain(spare_units=1)))
    assert (found.units("power"), found.units("big")) == (3, 0)
    assert found.cost == pytest.approx(BASE + 9)


def test_an_unused_large_unit_needs_no_large_spare(plan):
    """Proves: an offer that is not bought does not size the spare. Catches: the largest of all offers, five small
    units."""
    offers = (room(), power_unit(electrical_mw=0.1), power_unit("huge", electrical_mw=0.4, ex_works_k=99.0), CHILLER)
    assert plan(hall_case(offers=offers, electrical=chain(spare_units=1))).units("power") == 3


def test_units_with_their_own_power_do_not_load_the_pool(plan):
    """Proves: racks in integrated units need no power or cooling units. Catches: counted in the pools, infeasible."""
    found = plan(hall_case(electrical=chain(duplicated=True)))
    assert found.cost == pytest.approx(BASE + 7)


def test_each_pool_sees_what_its_units_lack(plan):
    """Proves: a unit that powers but does not cool its racks loads the cooling pool alone, with 2 kcur per 0.1 MW.
    Catches: pools loaded together."""
    offers = (hall(cooling=None, heat_mw=0.0), cooling_unit(heat_mw=0.1))
    assert plan(hall_case(offers=offers)).cost == pytest.approx(BASE + 7 + 2 * 2)


def test_no_power_no_racks(refuse):
    """Proves: rooms without power units, or without cooling units, hold nothing. Catches: a pool left out."""
    refuse(hall_case(offers=(room(), CHILLER)))
    refuse(hall_case(offers=(room(), power_unit())))


def test_cooling_inside_must_match(refuse):
    """Proves: a unit that cools with another type holds no racks of this option. Catches: cooling inside not
    compared."""
    refuse(hall_case(offers=(hall(cooling="liquid"),)))


@pytest.mark.parametrize("confidence,cost", [("P50", 7.0), ("P90", 30.0)])
def test_only_offers_delivered_in_time(plan, confidence, cost):
    """Proves: a cheap hall at 8 months (P50) or 14 (P90) serves a need in month 12 only at P50 confidence.
    Catches: lead times ignored, 7 both times."""
    offers = (
        hall(lead_months_p50=8.0, lead_months_p90=14.0),
        hall("site-built", ex_works_k=30.0, site_built=True, lead_months_p50=12.0, lead_months_p90=12.0),
    )
    case = hall_case(offers=offers, limits=limits(need_month=12.0, lead_confidence=confidence))
    assert plan(case).cost == pytest.approx(BASE + cost)


def test_racks_split_over_offers(plan):
    """Proves: three racks: two in a unit of two (12), one in a single (10), against two of either kind.
    Catches: one offer for all racks of an option, 24 or 30."""
    pair = Offer(
        "pair", "maker", "integrated", 12.0, PLAIN_TERMS, it_mw=0.2, electrical_mw=0.2, heat_mw=0.2, cooling="air"
    )
    found = plan(hall_case([3, 0], offers=(single(), pair)))
    assert found.line("modules") == pytest.approx(22)


def test_redundancy_of_a_cooling_pool(plan):
    """Proves: N+1 of 0.2 MW on units of 0.1 MW is three units. Catches: the power pool's redundancy, or none, two."""
    offers = (room(), power_unit(ex_works_k=0.0), cooling_unit(heat_mw=0.1))
    found = plan(hall_case(offers=offers, cooling=(air(redundancy=Redundancy(1)),)))
    assert found.cost == pytest.approx(BASE + 3 * 2)


@pytest.mark.parametrize(
    ("redundancy", "units"),
    [({}, 2), ({"spare_units": 1}, 3), ({"duplicated": True}, 4), ({"distributed": True}, 3)],
)
def test_units_that_a_load_needs(redundancy, units):
    """Proves: 1 MW on units of 0.5 MW needs exactly two, three with one to spare, four doubled, three as 3N/2. Catches:
    a unit more where the division comes out even, which widens every bound of a pool."""
    assert units_needed(0.5, 1.0, Redundancy(**redundancy)) == units
