"""What the recheck reads from a case about racks, offers, curves and dates, by hand and at the edge of each rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny import air, battery, energy_case, hall, limits, liquid, point, power_unit, rack, requests, room, training

from models.audit import facts
from models.case import CoolingCurve, Delay, Electrical, PriceBreak
from models.quotation import Quotation


@pytest.mark.parametrize(
    ("r", "c", "chain", "why"),
    [
        ({"peak_mw": 1.0}, air(), "AC", None),
        ({"peak_mw": 1.001}, air(), "AC", "a rack of 1001 kW is more than the 1000 kW it carries"),
        ({"supply": "AC"}, air(), "AC", None),
        ({"supply": "any"}, air(), "800 V DC", None),
        ({"supply": "AC"}, air(), "800 V DC", "a rack for AC on a chain that delivers 800 V DC"),
        ({"liquid_share": 0.8}, liquid(liquid_share=0.8), "AC", None),
        ({"liquid_share": 0.8}, liquid(liquid_share=0.79), "AC", "more heat must leave by liquid than it takes"),
        ({"liquid_share": 0.01}, air(), "AC", "a liquid-cooled rack on an air system"),
        ({}, liquid(liquid_share=0.01), "AC", "an air-cooled rack on a liquid system"),
        ({"liquid_share": 0.8, "max_supply_c": 40.0}, liquid(supply_c=40.0), "AC", None),
        ({"liquid_share": 0.8, "max_supply_c": 40.0}, liquid(), "AC", None),
        ({"liquid_share": 0.8}, liquid(supply_c=60.0), "AC", None),
        ({"liquid_share": 0.8, "max_supply_c": 40.0}, liquid(supply_c=40.1), "AC",
         "its supply of 40.1 degC is too warm for the rack"),
        ({"liquid_share": 0.8}, liquid(residual_air="liquid"), "AC", "no air system takes the rest of the heat"),
        ({"liquid_share": 0.8}, liquid(residual_air=None), "AC", "no air system takes the rest of the heat"),
        ({"liquid_share": 1.0}, liquid(residual_air=None), "AC", None),
    ],
)  # fmt: skip
def test_racks_on_cooling_at_the_edge(r: dict[str, Any], c: Any, chain: Any, why: str | None) -> None:
    """Proves: power, supply, liquid share and temperature at their limit fit; a little beyond they do not, and why."""
    case = energy_case([0.0], cooling=(air(), c) if c.name != "air" else (c,))
    case = replace(case, electrical=Electrical("chain", 0.0, 0.0, rack_supply=chain))
    assert facts.misfit(case, rack(**r), c) == why


def test_where_the_heat_of_a_rack_goes() -> None:
    """Proves: all to the air; four fifths to liquid and the rest to the air beside it; all to liquid."""
    assert facts.heat_parts(rack(), air()) == {"air": 1.0}
    assert facts.heat_parts(rack(liquid_share=0.8), liquid()) == pytest.approx({"liquid": 0.8, "air": 0.2})
    assert facts.heat_parts(rack(liquid_share=1.0), liquid()) == {"liquid": 1.0}
    assert facts.heat_parts(rack(liquid_share=0.8), liquid(residual_air=None)) == {"liquid": 0.8}


def test_time_of_a_rack_for_a_request() -> None:
    """Proves: input counts cached tokens only where the rate does; the longer of input and output holds; a rate of zero
    limits nothing, and none at all serves nothing."""
    work = requests((1.0,), input_tokens=300.0, cached_tokens=100.0)
    both = point(mtok_per_h=500.0, input_mtok_per_h=100.0)
    assert facts.rack_hours(work, both) == pytest.approx(3.0)
    assert facts.rack_hours(work, replace(both, counts_cached=True)) == pytest.approx(4.0)
    assert facts.rack_hours(work, replace(both, output_mtok_per_h=200.0)) == pytest.approx(5.0)
    assert facts.rack_hours(work, replace(both, output_mtok_per_h=0.0)) == pytest.approx(3.0)
    assert facts.rack_hours(work, replace(both, output_mtok_per_h=0.0, input_mtok_per_h=0.0)) is None
    assert facts.rack_hours(replace(work, input_tokens=0.0), replace(both, output_mtok_per_h=0.0)) is None
    assert facts.rack_hours(replace(work, output_tokens=0.0), replace(both, input_mtok_per_h=0.0)) is None
    train = training(1.0, [(0, 1)])
    assert facts.rack_hours(train, both) is None
    assert facts.rack_hours(train, replace(both, training_mtok_per_h=0.5)) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("new", "slots"),
    [
        ({}, 10),
        ({"kind": "power"}, 0),
        ({"rack_limit_mw": 0.1}, 10),
        ({"rack_limit_mw": 0.099}, 0),
        ({"cooling": "liquid"}, 0),
        ({"it_mw": 0.35}, 3),
        ({"electrical_mw": 0.3}, 3),
        ({"electrical_mw": 0.0, "it_mw": 0.3}, 3),
        ({"heat_mw": 0.29}, 2),
        ({"cooling": None, "heat_mw": 0.0}, 10),
        ({"rack_positions": 5.0}, 5),
        ({"rack_positions": 12.0}, 10),
    ],
)
def test_racks_that_one_unit_holds(new: dict[str, Any], slots: float) -> None:
    """Proves: the least of space, power, heat and positions, in whole racks of 0.1 MW; three fit into 0.3 MW."""
    assert facts.slots_per_unit(rack(), "air", hall(**new)) == slots


def test_ancillary_racks_take_power_and_places() -> None:
    """Proves: with a quarter of the power and half a place more each, 8 racks fit into 1 MW, 4 into 6.5 places; racks
    without power fill a unit without end."""
    wide = rack(ancillary_mw=0.025, ancillary_racks=0.5)
    assert facts.slots_per_unit(wide, "air", hall()) == 8
    assert facts.slots_per_unit(wide, "air", hall(rack_positions=6.5)) == 4
    assert facts.slots_per_unit(rack(peak_mw=0.0, idle_mw=0.0), "air", room()) == np.inf
    assert facts.slots_per_unit(rack(), "air", power_unit()) == 0


@pytest.mark.parametrize(("count", "months"), [(0, 13.0), (1, 13.0), (2, 13.5), (5, 15.0)])
def test_units_leave_the_factory_one_after_the_other(count: int, months: float) -> None:
    """Proves: at two a month each unit after the first takes half a month more; site works of 3 months follow."""
    case = energy_case([0.0], limits=limits(delay=Delay(works_months=3.0)))
    slow = hall(lead_months_p50=10.0, lead_months_p90=20.0, quotation=Quotation(units_per_month=2.0))
    assert facts.ready_month(case, slow, count) == months
    assert facts.ready_month(case, replace(slow, quotation=Quotation()), count) == 13.0
    late = replace(case, limits=replace(case.limits, lead_confidence="P90"))
    assert facts.ready_month(late, slow, count) == months + 10.0
    assert facts.ready_month(case, battery(lead_months_p50=10.0), 9) == 13.0


@pytest.mark.parametrize(("start", "is_in_time"), [(13.0, True), (12.999, False), (13.001, True)])
def test_in_time_or_not(start: float, is_in_time: bool) -> None:
    """Proves: an item ready on the day service starts is in time."""
    case = energy_case([0.0], limits=limits(delay=Delay(works_months=3.0)))
    assert facts.in_time(case, battery(lead_months_p50=10.0), start) is is_in_time


@pytest.mark.parametrize(
    ("new", "count", "kcur"),
    [
        # (100 + 5 + 6 + 4) * 1.2 = 138; duty 6.9; import tax 14.49; (100 * 0.02 + 3) * 1.2 = 6; 8 + 9 + 10
        ({}, 1, 138 * 1.05 * 1.1 + 6 + 27),
        ({"duty_basis": "FOB"}, 1, (138 + 0.05 * 126) * 1.1 + 6 + 27),
        ({}, 2, 138 * 1.05 * 1.1 + 6 + 27),
        ({}, 3, (105 * 1.2) * 1.05 * 1.1 + (90 * 0.02 + 3) * 1.2 + 27),
        ({}, 9, (95 * 1.2) * 1.05 * 1.1 + (80 * 0.02 + 3) * 1.2 + 27),
    ],
)
def test_landed_cost_of_a_unit_by_hand(new: dict[str, Any], count: int, kcur: float) -> None:
    """Proves: ex-works price at the count ordered, spares, freight, insurance, duty on either basis, import tax,
    services and work on site, each once."""
    quotation = Quotation(spares_k=5.0, warranty_k=3.0, scope_kcur=8.0, financing_share=0.02)
    offer = hall(
        ex_works_k=100.0, exchange_rate=1.2, freight_k=6.0, insurance_k=4.0, duty_rate=0.05, import_tax_rate=0.1,
        inland_kcur=9.0, installation_kcur=10.0, price_breaks=(PriceBreak(3, 90.0), PriceBreak(5, 80.0)),
        quotation=quotation, **new,
    )  # fmt: skip
    assert facts.landed_kcur(offer, count) == pytest.approx(kcur)


def test_tokens_of_the_year_by_hand() -> None:
    """Proves: half-hours of 2 and 4 Mreq/h are 3 Mreq; each weighs 300 * 0.2 + 100 * 0.1 + 1,000 * 1.5 tokens; two runs
    of 50 Mtok count by half. Training has no requests, requests no training."""
    case = energy_case([0.0] * 2, step_h=0.5)
    work = requests((2.0, 4.0), input_tokens=300.0, cached_tokens=100.0, weight_input=0.2, weight_cached=0.1,
                    weight_output=1.5)  # fmt: skip
    assert facts.requests_mreq(case, work) == pytest.approx(3.0)
    assert facts.reference_mtok(case, work) == pytest.approx(3 * (60 + 10 + 1500))
    train = training(50.0, [(0, 1), (1, 2)], weight_training=0.5)
    assert facts.training_mtok(train) == 100.0
    assert facts.reference_mtok(case, train) == 50.0
    assert facts.requests_mreq(case, replace(train, arrivals_mreq_per_h=np.ones(2))) == 0.0
    assert facts.training_mtok(replace(work, run_mtok=5.0, windows=((0, 1),))) == 0.0
    assert facts.requests_mreq(case, replace(work, arrivals_mreq_per_h=None)) == 0.0


@pytest.mark.parametrize(
    ("driver", "expected"),
    [("dry_bulb", (0.1, 0.15, 0.3, 0.4)), ("wet_bulb", (0.1, 0.1, 0.15, 0.2)), ("source_water", (0.1, 0.1, 0.1, 0.18))],
)
def test_curves_follow_their_own_weather(driver: Any, expected: tuple[float, ...]) -> None:
    """Proves: dry bulb of 10, 15, 25, 30 degC, wet bulb of 5, 10, 15, 20 degC, and a sea of 8, 9, 10, 18 degC read from
    a curve whose points stand in no order: 0.1 at 10, 0.2 at 20, 0.4 at 30 degC."""
    curve = CoolingCurve(driver, (30.0, 10.0, 20.0), (0.4, 0.1, 0.2), (4.0, 1.0, 2.0))
    site = {
        "dry_bulb_c": np.array([10.0, 15.0, 25.0, 30.0]), "wet_bulb_c": np.array([5.0, 10.0, 15.0, 20.0]),
        "source_water_c": np.array([8.0, 9.0, 10.0, 18.0]),
    }  # fmt: skip
    case = energy_case([0.0] * 4, site=site)
    cooling = air(curve=curve)
    assert facts.electricity(case, cooling).tolist() == pytest.approx(expected)
    assert facts.water(case, cooling).tolist() == pytest.approx([10 * e for e in expected])


@pytest.mark.parametrize(
    ("driver", "dry_k", "wet_k"), [("dry_bulb", 5.0, 0.0), ("wet_bulb", 0.0, 5.0), ("dry_bulb_and_humidity", 5.0, 0.0)]
)
def test_margins_of_the_design_day(driver: Any, dry_k: float, wet_k: float) -> None:
    """Proves: the margin of a curve's own weather counts, the other does not: 15 degC in place of 10."""
    humid = "humidity" in driver
    curve = CoolingCurve(driver, (10.0, 20.0), (0.1, 0.2), (1.0, 2.0), (50.0, 50.0) if humid else ())
    site = {k: np.array([10.0]) for k in ("dry_bulb_c", "wet_bulb_c", "relative_humidity_pct")}
    case = energy_case([0.0], site=site)
    for found, scale in ((facts.electricity, 1.0), (facts.water, 10.0)):
        assert found(case, air(curve=curve), dry_k, wet_k).tolist() == pytest.approx([0.15 * scale])
        assert found(case, air(curve=curve), wet_k, dry_k).tolist() == pytest.approx([0.1 * scale])
        assert found(case, air(curve=curve)).tolist() == pytest.approx([0.1 * scale])


def test_a_body_of_water_without_a_temperature_is_at_freezing_point() -> None:
    """Proves: where none is stated, the curve is read at 0 degC."""
    curve = CoolingCurve("source_water", (0.0, 10.0), (0.1, 0.3), (0.0, 0.0))
    assert facts.electricity(energy_case([0.0]), air(curve=curve)).tolist() == [0.1]


def test_a_curve_over_temperature_and_humidity_by_hand() -> None:
    """Proves: between four corners both ways: a quarter of the way in temperature and three quarters in humidity from
    0.1, 0.2 (damp), 0.3 (warm), 0.8 (both): 0.175 and 0.675, a quarter between them 0.3; constant beyond."""
    curve = CoolingCurve(
        "dry_bulb_and_humidity", (30.0, 10.0, 30.0, 10.0), (0.8, 0.1, 0.3, 0.2), (0.0,) * 4, (80.0, 40.0, 40.0, 80.0)
    )
    weather = {"dry_bulb_c": np.array([15.0, 40.0, 0.0]), "relative_humidity_pct": np.array([70.0, 90.0, 10.0])}
    case = energy_case([0.0] * 3, site=weather)
    assert facts.electricity(case, air(curve=curve)).tolist() == pytest.approx([0.3, 0.8, 0.1])


def test_water_weighs_by_scarcity() -> None:
    """Proves: 1 and 2 m3 at weights of 3 and 0.5 are 4 m3; without weights 3."""
    water = np.array([1.0, 2.0])
    case = energy_case([0.0] * 2, site={"water_stress": np.array([3.0, 0.5])})
    assert facts.weighted_water_m3(case, water) == pytest.approx(4.0)
    assert facts.weighted_water_m3(energy_case([0.0] * 2), water) == pytest.approx(3.0)


def test_points_at_which_a_rack_serves() -> None:
    """Proves: only the rack's own points, of the workload's class, with a rate. Catches: any point of the rack."""
    right = point()
    others = (point("S"), point(work="mail"), point("A"), point(work="a"), point(mtok_per_h=0.0))
    case = energy_case([0.0], operating_points=(*others, right))
    assert facts.serving_points(case, requests((1.0,)), rack()) == [right]


@pytest.mark.parametrize(
    ("points", "values", "at_c", "expected"),
    [
        ((10.0, 10.5), (0.1, 0.2), 10.25, 0.15),
        ((10.0, 10.5), (0.1, 0.2), 99.0, 0.2),
        ((10.0,), (0.1,), 99.0, 0.1),
        ((10.0, 20.0, 30.0, 40.0), (0.1, 0.2, 0.4, 0.8), 99.0, 0.8),
        ((10.0, 20.0, 30.0, 40.0), (0.1, 0.2, 0.4, 0.8), -99.0, 0.1),
        ((10.0, 20.0, 30.0, 40.0), (0.1, 0.2, 0.4, 0.8), 30.0, 0.4),
    ],
)
def test_curves_of_few_and_close_points(points: Any, values: Any, at_c: float, expected: float) -> None:
    """Proves: points half a degree apart, a single point, and weather far beyond the last one, also in humidity."""
    zeros = (0.0,) * len(points)
    case = energy_case([0.0], site={"dry_bulb_c": np.array([at_c]), "relative_humidity_pct": np.array([at_c])})
    dry = air(curve=CoolingCurve("dry_bulb", points, values, zeros))
    assert facts.electricity(case, dry).tolist() == pytest.approx([expected])
    damp = air(curve=CoolingCurve("dry_bulb_and_humidity", (20.0,) * len(points), values, zeros, points))
    assert facts.electricity(case, damp).tolist() == pytest.approx([expected])
