"""The recheck of units and orders on one plan by hand: at every limit it passes; each rule broken narrowly is told.

Nine racks L (0.12 MW with ancillary, 80 % by liquid) stand in a room: 1.08 MW from an N+1 power pool, 0.864 MW of heat
to a 2N liquid pool, 0.216 MW to a 3N/2 air pool. Eight racks R of the same power fill a hall that feeds and cools its
own. All units come from three vendors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from handmade import plan_of
from recheck import told
from tiny import (
    PLAIN_TERMS,
    air,
    battery,
    cooling_unit,
    energy_case,
    hall,
    limits,
    liquid,
    power_unit,
    rack,
    room,
    supply,
)

from models.audit.checker import Checker
from models.audit.orders import check_orders
from models.audit.placing import check_placing
from models.audit.view import View
from models.case import Case, ChilledWaterStore, Delay, Electrical, Generator, Redundancy
from models.design import Design, PlacedRacks, Units
from models.quotation import OrderRules, Quotation

POOL = "pool of units carries its racks with redundancy [MW]"


def _case() -> Case:
    slow = Quotation(units_per_month=2.0)
    offers = (
        hall(vendor="east", ex_works_k=7.0, footprint_m2=10.0, min_count=1, max_count=1),
        room(rack_positions=5.0, footprint_m2=20.0, ex_works_k=100.0),
        power_unit("A", vendor="west", electrical_mw=0.6, ex_works_k=1.5, min_count=2, max_count=2,
                   lead_months_p50=11.5, quotation=slow, architecture="direct", footprint_m2=1.0),
        power_unit("B", vendor="west", electrical_mw=0.48, ex_works_k=1.0),
        cooling_unit("chiller", vendor="south", heat_mw=0.864, cooling="liquid", ex_works_k=1.0),
        cooling_unit("fan", vendor="south", heat_mw=0.108, ex_works_k=1.0),
        cooling_unit("spare", vendor="north", heat_mw=9.0),
        cooling_unit("never named", vendor="north", heat_mw=9.0),
        power_unit("never named either", vendor="north"),
    )  # fmt: skip
    tank = ChilledWaterStore(0.0, PLAIN_TERMS, 9.0, area_m2_per_mwh=3.0)
    return energy_case(
        [0.0], racks=(rack(ancillary_mw=0.02), rack("L", ancillary_mw=0.02, liquid_share=0.8)), offers=offers,
        cooling=(
            liquid(redundancy=Redundancy(duplicated=True), store=tank), air(redundancy=Redundancy(distributed=True)),
        ),
        electrical=Electrical("direct", 0.0, 0.0, redundancy=Redundancy(spare_units=1)),
        batteries=(battery(area_m2_per_mwh=4.0),), supplies=(supply([1.0], area_m2_per_mw=5.0),),
        generators=(Generator("engine", 0.5, 0.0, PLAIN_TERMS, max_units=9, area_m2_per_mw=6.0),),
        # 10 + 40 + 2 of units, 2 MWh * 4, 3 MW * 5, 4 * 0.5 MW * 6, 5 MWh * 3
        site={"area_m2": 102.0}, limits=limits(need_month=11.0, delay=Delay(1)),
        orders=OrderRules(most_vendors=3, least_vendors=3, vendor_share=7.0 / 16.0, must_order=("hall", "A")),
    )  # fmt: skip


def _design(case: Case) -> Design:
    sizes: dict[str, Any] = {
        "battery_mwh": {"battery": 2.0}, "supply_mw": {"pv": 3.0}, "generator_units": {"engine": 4},
        "cold_store_mwh": {"liquid": 5.0},
    }  # fmt: skip
    return plan_of(
        case, racks=(PlacedRacks("L", "liquid", "room", 9), PlacedRacks("R", "air", "hall", 8)), delay_months=1,
        units=(
            Units("hall", 1, "R", "air"), Units("room", 2, "L", "liquid"), Units("A", 2), Units("B", 1),
            Units("chiller", 2), Units("fan", 3), Units("spare", 0),
        ), **sizes,
    )  # fmt: skip


def _offer(case: Case, name: str, **new: Any) -> Case:
    return replace(case, offers=tuple(replace(m, **new) if m.name == name else m for m in case.offers))


def _units(design: Design, offer: str, count: int) -> Design:
    return replace(design, units=tuple(replace(u, count=count) if u.offer == offer else u for u in design.units))


def test_units_placed_to_every_limit_pass() -> None:
    """Proves: pools, orders, dates, land and racks in units, all at their limits, are kept. Catches: redundancy of one
    kind asked for in another, racks fed by their own unit counted to the pool."""
    assert told(check_placing, _case(), _design(_case())) == {}


@pytest.mark.parametrize(
    ("offer", "new", "rule", "found", "expected"),
    [
        ("A", {"electrical_mw": 0.599}, POOL, 1.079, 1.08),
        ("A", {"electrical_mw": 0.601}, None, 0, 0),
        ("B", {"electrical_mw": 0.479}, POOL, 1.079, 1.08),
        ("chiller", {"heat_mw": 0.863}, POOL, 1.726, 1.728),
        ("chiller", {"cooling": "air"}, POOL, 0.0, 1.728),
        ("fan", {"heat_mw": 0.107}, POOL, 0.321, 0.324),
        ("A", {"lead_months_p50": 11.51}, "units delivered in time [months]", 12.01, 12.0),
        ("A", {"architecture": "sidecar"}, "units belong to the electrical architecture", 0, 0),
        ("A", {"min_count": 3}, "least order", 2, 3),
        ("A", {"max_count": 1}, "largest order", 2, 1),
        ("room", {"rack_positions": 4.0}, "racks fit into their units", 9, 8),
        ("room", {"rack_limit_mw": 0.09}, "units can hold their racks", 0, 1),
        ("hall", {"it_mw": 0.95}, "racks fit into their units", 8, 7),
        ("hall", {"footprint_m2": 10.1}, "land [m2]", 102.1, 102.0),
        ("A", {"footprint_m2": 1.1}, "land [m2]", 102.2, 102.0),
    ],
)
def test_each_limit_of_an_offer(offer: str, new: Any, rule: str | None, found: float, expected: float) -> None:
    """Proves: an offer a little smaller, later or wider than what the plan needs is told with both numbers by hand."""
    case = _case()
    violations = told(check_placing, _offer(case, offer, **new), _design(case))
    if rule is None:
        assert violations == {}
    else:
        assert (violations[rule].found, violations[rule].expected) == pytest.approx((found, expected))


@pytest.mark.parametrize(
    ("changed", "rule", "found", "expected"),
    [
        ({"delay_months": 2}, "delay allowed [months]", 2, 1),
        ({"delay_months": -1}, "delay allowed [months]", -1, 1),
        ({"battery_mwh": {"battery": 2.1}}, "land [m2]", 102.4, 102.0),
        ({"supply_mw": {"pv": 3.1}}, "land [m2]", 102.5, 102.0),
        ({"generator_units": {"engine": 5}}, "land [m2]", 105.0, 102.0),
        ({"cold_store_mwh": {"liquid": 5.1}}, "land [m2]", 102.3, 102.0),
    ],
)
def test_each_size_in_its_place(changed: Any, rule: str, found: float, expected: float) -> None:
    """Proves: delay and land, a little beyond the limit."""
    case = _case()
    violation = told(check_placing, case, replace(_design(case), **changed))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


def test_units_and_racks_that_are_not_there() -> None:
    """Proves: racks in an offer of which no unit is bought have no room; no racks and no units are no mistake; fewer
    than none of either is one."""
    case = _case()
    bare = plan_of(case)
    assert told(check_placing, case, bare) == {}
    homeless = replace(bare, racks=(PlacedRacks("R", "air", "hall", 1),))
    violation = told(check_placing, case, homeless)["racks fit into their units"]
    assert (violation.found, violation.expected) == (1.0, 0.0)
    for wrong in (
        replace(bare, racks=(PlacedRacks("R", "air", "hall", -1),)),
        replace(bare, units=(Units("fan", -1),)),
    ):
        violation = told(check_placing, case, wrong)["counts not negative"]
        assert (violation.found, violation.expected) == (-1, 0)
    none = replace(bare, racks=(PlacedRacks("R", "air", "hall", 0),), units=(Units("hall", 0, "R", "air"),))
    assert told(check_placing, case, none) == {}


def test_a_unit_that_holds_one_rack_is_enough_for_one() -> None:
    """Proves: a unit with room for one rack can hold it; the exact half of that cannot."""
    case = _offer(_case(), "hall", it_mw=0.12)
    one = plan_of(case, racks=(PlacedRacks("R", "air", "hall", 1),), units=(Units("hall", 1, "R", "air"),))
    assert told(check_placing, case, one) == {}
    assert "units can hold their racks" in told(check_placing, _offer(case, "hall", it_mw=0.06), one)


@pytest.mark.parametrize(
    ("unit", "is_told"),
    [
        (Units("fan", 1), False),
        (Units("fan", 1, "R", "air"), True),
        (Units("fan", 1, "R"), True),
        (Units("fan", 1, None, "air"), True),
        (Units("room", 1), True),
        (Units("room", 1, "R", None), True),
        (Units("room", 1, None, "air"), True),
        (Units("room", 1, "R", "air"), False),
    ],
)
def test_units_name_what_they_hold(unit: Units, is_told: bool) -> None:
    """Proves: units of rooms and halls name rack and cooling, both; other units neither."""
    case = _case()
    found = told(check_placing, case, plan_of(case, units=(unit,)))
    assert ("units that hold racks name the racks they hold" in found) is is_told


@pytest.mark.parametrize(
    ("redundancy", "told_expected"),
    [
        (Redundancy(), []),
        (Redundancy(spare_units=1), []),
        (Redundancy(spare_units=2), [(0.48, 1.08)]),
        (Redundancy(distributed=True), []),
        (Redundancy(distributed=True, spare_units=2), [(0.48, 1.08)]),
        (Redundancy(duplicated=True), [(1.68, 2.16)]),
    ],
)
def test_redundancy_of_a_pool(redundancy: Redundancy, told_expected: list[tuple[float, float]]) -> None:
    """Proves: 1.68 MW of power units, the largest 0.6, carry 1.08 MW without spare, with one spare (also of 3N/2, which
    asks for 1.62 in all), not with two, not twice."""
    case = _case()
    case = replace(case, electrical=replace(case.electrical, redundancy=redundancy))
    found = told(check_placing, case, _design(case))
    assert [(v.found, v.expected) for v in found.values()] == [pytest.approx(x) for x in told_expected]


def test_a_pool_of_three_for_two_may_lose_its_largest_unit() -> None:
    """Proves: 1.62 MW are one and a half times the load, but without the largest unit of 0.61 MW too little."""
    case = _offer(_offer(_case(), "A", electrical_mw=0.61), "B", electrical_mw=0.4)
    case = replace(case, electrical=replace(case.electrical, redundancy=Redundancy(distributed=True)))
    found = told(check_placing, case, _design(case))
    assert [(v.found, v.expected) for v in found.values()] == [pytest.approx((1.01, 1.08))]


def test_a_pool_without_units_carries_nothing() -> None:
    """Proves: 10 racks of 0.1 MW ask for 1 MW of power where no unit gives any, and of the air pool alone for heat."""
    case = replace(_case(), racks=(rack(),))
    case = _offer(case, "room", rack_positions=None)
    design = plan_of(case, racks=(PlacedRacks("R", "air", "room", 10),), units=(Units("room", 1, "R", "air"),))
    check = Checker(case.calendar)
    check_placing(View(case, design), check)
    assert [(v.where, v.found, v.expected) for v in check.report().violations] == [
        ("power pool", 0.0, pytest.approx(1.0)), ("cooling air pool", 0.0, pytest.approx(1.0)),
        ("cooling air pool, all units", 0.0, pytest.approx(1.5)),
    ]  # fmt: skip


def test_a_tank_that_is_not_on_offer_takes_no_land() -> None:
    """Proves: land counts what is on offer; a tank elsewhere is told by another rule."""
    case = _case()
    design = replace(_design(case), cold_store_mwh={"liquid": 5.0, "air": 1.0})
    assert told(check_placing, case, design) == {}


def test_a_stage_of_growth_leaves_least_orders_to_the_whole_plan() -> None:
    """Proves: in a stage, fewer units than the least order may be in service."""
    case = _offer(_case(), "A", min_count=3)
    stage = replace(case, money=replace(case.money, plan_years=4))
    assert told(check_placing, stage, _design(case)) == {}


def test_orders_to_every_limit_pass() -> None:
    """Proves: three vendors, 7 of 16 kcur from the dearest, each offer that must be used; the room is built on site and
    no order; an offer of which none is bought is none either."""
    case = _case()
    assert told(check_orders, case, _design(case)) == {}
    wide = replace(case, orders=replace(case.orders, most_vendors=4, least_vendors=2))
    assert told(check_orders, wide, _design(case)) == {}


@pytest.mark.parametrize(
    ("rules", "rule", "found", "expected"),
    [
        ({"most_vendors": 2}, "most vendors", 3, 2),
        ({"least_vendors": 4}, "fewest vendors", 3, 4),
        ({"vendor_share": 0.4}, "share of a vendor in the order value [kcur]", 7.0, 6.4),
        ({"must_order": ("spare",)}, "offers that must be used", 0, 1),
        ({"one_family": True}, "one product family", 3, 1),
    ],
)
def test_each_rule_for_orders(rules: dict[str, Any], rule: str, found: float, expected: float) -> None:
    """Proves: vendors, their share and offers that must be used, one beyond the rule, with both numbers by hand."""
    case = _case()
    case = replace(case, orders=replace(case.orders, **rules))
    violations = told(check_orders, case, _design(case))
    assert {k: (v.found, v.expected) for k, v in violations.items()} == {
        rule: (pytest.approx(found), pytest.approx(expected))
    }


def test_offers_that_must_be_used_count_by_their_least_order() -> None:
    """Proves: two of A are told where its least order is three, fine where it is none, one or two; an offer that the
    plan does not name counts as none."""
    case = _case()
    for least, ok in ((0, True), (1, True), (2, True), (3, False)):
        found = told(check_orders, _offer(case, "A", min_count=least), _design(case))
        assert (found == {}) is ok
    must = replace(case, orders=OrderRules(must_order=("hall",)))
    violation = told(check_orders, must, plan_of(case))["offers that must be used"]
    assert (violation.found, violation.expected) == (0, 1)


@pytest.mark.parametrize(
    ("families", "is_told"), [(("", ""), True), (("x", "x"), False), (("x", "y"), True), (("east", ""), True)]
)
def test_units_of_one_family(families: tuple[str, str], is_told: bool) -> None:
    """Proves: one family over two vendors is one, a vendor without families is its own; no order at all is none."""
    case = _case()
    case = _offer(_offer(case, "hall", quotation=Quotation(family=families[0])), "fan",
                  quotation=Quotation(family=families[1]))  # fmt: skip
    case = replace(case, orders=OrderRules(one_family=True))
    design = plan_of(case, units=(Units("hall", 1, "R", "air"), Units("fan", 1), Units("room", 1, "L", "liquid")))
    assert ("one product family" in told(check_orders, case, design)) is is_told
    assert told(check_orders, case, plan_of(case)) == {}


def test_a_plan_on_land_without_end() -> None:
    """Proves: no area stated is no limit."""
    case = _case()
    free = replace(case, site=replace(case.site, area_m2=None))
    assert told(check_placing, free, replace(_design(case), battery_mwh={"battery": 1e6})) == {}
