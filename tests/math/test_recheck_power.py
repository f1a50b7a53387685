"""The recheck of the electrical side on one plan by hand: at every limit it passes; each rule broken narrowly is told.

Four half-hours, of which the grid is half interrupted in the first two. A battery of 2 MW and 4 MWh, of which 3.6 MWh
are usable after two years; it keeps 0.9 of its energy from step to step. Twenty racks of 0.1 MW. A standby set of three
units of 0.3 MW, one of them spare."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of, still
from recheck import operated, told
from tiny import PLAIN_TERMS, air, battery, energy_case, limits, rack, supply

from models.audit.generators import starts
from models.audit.power import check_power
from models.audit.view import View
from models.case import Case, Electrical, Generator, Money
from models.design import Design, PlacedRacks
from models.terms import Delay

CHARGE = np.array([2.0, 1.7775, 0.0, 0.0])
DISCHARGE = np.array([0.0, 0.0, 0.5, 0.3996])
# 0.9 * 0.9 + 0.5 * 0.8 * 2; 0.9 * 1.61 + 0.4 * 1.7775; 0.9 * 2.16 - 0.5; 0.9 * 1.444 - 0.3996
STORED = np.array([1.61, 2.16, 1.444, 0.9])
# racks 0.6, chain 0.1 + 0.12, cooling 0.05, smoothing 0.3, offices 0.01, plain load 0.5 = 1.68
IMPORT = np.array([1.68 + 2.0 - 0.2 - 0.6 - 0.8, 1.68 + 1.7775 - 0.15, 1.68 + 0.1 - 0.5, 1.68 - 0.3996])


def _case() -> Case:
    store = battery(
        charge_efficiency=0.8, discharge_efficiency=0.5, self_discharge_per_h=0.19, fade_per_year=0.05,
        min_charge_share=0.25, max_charge_share=0.6, min_mw=2.0, max_mw=2.0, min_mwh=4.0, max_mwh=4.0, min_hours=2.0,
        existing_mw=0.5, existing_mwh=1.0, max_cycles_per_year=(0.5 * 0.8996 + 0.4) / 3.6, lead_months_p50=12.0,
    )  # fmt: skip
    engine = Generator(
        "engine", 0.3, 0.0, PLAIN_TERMS, min_units=3, max_units=3, spare_units=1, min_load_share=0.5,
        max_run_h_per_year=0.5, only_in_outages=True, lead_months_p50=12.0,
    )  # fmt: skip
    grid = {
        "import_limit_mva": 4.0, "power_factor": 0.5, "billing_factor": 1.25, "lost_load_kcur_per_mwh": 5.0,
        "available_pu": np.array([0.5, 0.5, 1.0, 1.0]),
    }  # fmt: skip
    return energy_case(
        [0.5] * 4, step_h=0.5, grid=grid, site={"house_load_mw": 0.01}, batteries=(store,), generators=(engine,),
        supplies=(supply([0.5, 0.0, 0.0, 0.0], min_mw=0.4, max_mw=0.4, lead_months_p50=12.0),), racks=(rack(),),
        cooling=(air(),), electrical=Electrical("direct", 0.05, 0.2), money=Money(2, 0.0),
        limits=limits(need_month=13.0, delay=Delay(works_months=1.0)),
    )  # fmt: skip


def _design(case: Case) -> Design:
    operation = still(
        case, import_mw=IMPORT, export_mw=np.array([0.0, 0.0, 0.1, 0.0]), onsite_mw=np.array([0.2, 0.0, 0.0, 0.0]),
        it_mw=np.full(4, 0.6), chain_loss_mw=np.full(4, 0.22), cooling_mw=np.full(4, 0.05),
        charge_mw={"battery": CHARGE}, discharge_mw={"battery": DISCHARGE}, stored_mwh={"battery": STORED},
        smoothed_mw={"battery": np.full(4, 0.4)}, generated_mw={"engine": np.array([0.6, 0.15, 0.0, 0.0])},
        running_units={"engine": np.array([2.0, 1.0, 0.0, 0.0])},
        lost_load_mw={"site": np.array([0.8, 0.0, 0.0, 0.0])},
    )  # fmt: skip
    sizes: dict[str, Any] = {"battery_mw": {"battery": 2.0}, "battery_mwh": {"battery": 4.0}, "supply_mw": {"pv": 0.4}}
    racks = (PlacedRacks("R", "air", "hall", 20),)
    return plan_of(case, operation, racks=racks, generator_units={"engine": 3}, **sizes)


def _with(case: Case, part: str, **new: Any) -> Case:
    """The case with its only battery, source or generator, or its grid or chain, changed."""
    value = getattr(case, part)
    changed = tuple(replace(x, **new) for x in value) if isinstance(value, tuple) else replace(value, **new)
    return replace(case, **{part: changed})


def test_power_kept_to_every_limit_passes() -> None:
    """Proves: sizes, power, charge, cycles, running hours, lost load, all at their limits, are kept. Catches: a step
    taken for an hour, smoothing without its losses, a tighter limit than the one stated."""
    assert told(check_power, _case(), _design(_case())) == {}


@pytest.mark.parametrize(
    ("part", "new", "rule", "found", "expected"),
    [
        ("batteries", {"lead_months_p50": 12.001}, "battery can be delivered in time", 6.0, 1.5),
        ("batteries", {"max_mw": 0.0}, "battery can be built", 6.0, 0.0),
        ("batteries", {"max_mwh": 0.0}, "battery can be built", 6.0, 0.0),
        ("batteries", {"min_mw": 2.001}, "least battery power", 2.0, 2.001),
        ("batteries", {"max_mw": 1.999}, "most battery power", 2.0, 1.999),
        ("batteries", {"min_mwh": 4.001}, "least battery energy", 4.0, 4.001),
        ("batteries", {"max_mwh": 3.999}, "most battery energy", 4.0, 3.999),
        ("batteries", {"existing_mw": 2.001}, "storage on site is kept", 2.0, 2.001),
        ("batteries", {"existing_mwh": 4.001}, "storage on site is kept", 4.0, 4.001),
        ("batteries", {"min_hours": 2.001}, "least energy for the power", 4.0, 4.002),
        ("batteries", {"min_charge_share": 0.251}, "lowest state of charge", 0.9, 0.9036),
        ("batteries", {"max_charge_share": 0.599}, "highest state of charge", 2.16, 2.1564),
        ("batteries", {"fade_per_year": 0.051}, "highest state of charge", 2.16, 0.6 * 4 * 0.898),
        ("batteries", {"max_cycles_per_year": 0.2}, "battery cycles of the year [MWh]", 0.8498, 0.72),
        ("batteries", {"self_discharge_per_h": 0.36}, "battery state of charge", 1.444 - 0.8 * 2.16, -0.5),
        ("batteries", {"charge_efficiency": 0.81}, "battery state of charge", 0.8, 0.81),
        ("batteries", {"discharge_efficiency": 0.4}, "battery state of charge", -0.5, -0.625),
        ("electrical", {"fixed_loss_pu": 0.051}, "losses of the electrical chain", 0.22, 0.222),
        ("electrical", {"proportional_loss_pu": 0.21}, "losses of the electrical chain", 0.22, 0.226),
        ("generators", {"lead_months_p50": 12.001}, "generator can be delivered in time", 3.0, 0.0),
        ("generators", {"min_units": 4}, "least number of generators", 3.0, 4.0),
        ("generators", {"max_units": 2}, "most generators", 3.0, 2.0),
        ("generators", {"spare_units": 2}, "units running without the spare ones", 2.0, 1.0),
        ("generators", {"spare_units": 3}, "generator can be delivered in time", 3.0, 0.0),
        ("generators", {"spare_units": 5}, "generator can be delivered in time", 3.0, 0.0),
        ("generators", {"spare_units": 5}, "units running without the spare ones", 2.0, 0.0),
        ("generators", {"min_load_share": 0.51}, "least load of running units", 0.15, 0.153),
        ("generators", {"unit_mw": 0.299}, "power of running units", 0.6, 0.598),
        ("generators", {"max_run_h_per_year": 0.499}, "running hours of the year", 1.5, 1.497),
        ("grid", {"available_pu": np.array([0.5, 1.0, 1.0, 1.0])}, "standby runs only in interruptions", 1.0, 0.0),
        ("grid", {"available_pu": None}, "standby runs only in interruptions", 2.0, 0.0),
        ("grid", {"available_pu": None}, "load is lost only to an interruption", 0.8, 0.0),
        ("grid", {"available_pu": np.array([0.51, 0.5, 1, 1])}, "load is lost only to an interruption", 0.8, 0.784),
        ("grid", {"import_limit_mva": 3.99}, "load is lost only to an interruption", 0.8, 0.798),
        ("grid", {"import_limit_mw": 1.9}, "load is lost only to an interruption", 0.8, 0.76),
        ("grid", {"power_factor": 0.49}, "load is lost only to an interruption", 0.8, 0.784),
        ("grid", {"lost_load_kcur_per_mwh": None}, "load is lost only to an interruption", 0.8, 0.0),
        ("supplies", {"min_mw": 0.401}, "least on-site capacity", 0.4, 0.401),
        ("supplies", {"max_mw": 0.399}, "most on-site capacity", 0.4, 0.399),
        ("supplies", {"max_mw": 0.0}, "on-site supply can be delivered in time", 0.4, 0.0),
        ("supplies", {"lead_months_p50": 12.001}, "on-site supply can be delivered in time", 0.4, 0.0),
        ("supplies", {"output_pu": np.array([0.49, 0, 0, 0])}, "on-site generation within sun and wind", 0.2, 0.196),
    ],
)
def test_each_limit_of_the_electrical_side(
    part: str, new: dict[str, Any], rule: str, found: float, expected: float
) -> None:
    """Proves: a limit moved a little below what the plan does is told, with both numbers by hand."""
    case = _case()
    violation = told(check_power, _with(case, part, **new), _design(case))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


def _raised(series: Any, step: int, by: float) -> Any:
    return series + by * (np.arange(4) == step)


@pytest.mark.parametrize(
    ("series", "rule", "found", "expected"),
    [
        ({"charge_mw": {"battery": _raised(CHARGE, 0, 0.001)}}, "battery power", 2.001, 2.0),
        ({"discharge_mw": {"battery": _raised(DISCHARGE, 3, 1.7)}}, "battery power", 2.0996, 2.0),
        ({"charge_mw": {"battery": _raised(CHARGE, 2, 0.1)}}, "battery charges or discharges, never both", 0.1, 0.0),
        ({"charge_mw": {"battery": _raised(CHARGE, 2, -0.1)}}, "battery flows not negative", -0.1, 0.0),
        ({"lost_load_mw": {"site": np.array([0.8, 0, 0, -0.1])}}, "lost load not negative", -0.1, 0.0),
        ({"lost_load_mw": {"site": np.array([1.381, 0, 0, 0])}}, "no more load is lost than there is", 1.381, 1.38),
        ({"running_units": {"engine": np.array([2.0, 1.5, 0, 0])}}, "units running are whole numbers", 1.5, 2.0),
        ({"running_units": {"engine": np.array([2.0, 1, -1, 0])}}, "units running not negative", -1.0, 0.0),
        ({"onsite_mw": np.array([0.2, 0, -0.1, 0])}, "on-site generation not negative", -0.1, 0.0),
        ({"import_mw": _raised(IMPORT, 2, 0.01)}, "power balance of the site", 1.79, 1.78),
        ({"smoothed_mw": {}}, "power balance of the site", 1.68, 1.38),
        ({"lost_load_mw": {}}, "power balance of the site", 2.88, 3.68),
        ({"export_mw": np.zeros(4)}, "power balance of the site", 1.78, 1.68),
    ],
)
def test_each_series_of_the_electrical_side(series: Any, rule: str, found: float, expected: float) -> None:
    """Proves: power and energy moved by a little in one step are told there, with both numbers by hand."""
    case = _case()
    violation = told(check_power, case, operated(_design(case), **series))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


def test_offices_and_plain_load_draw_power() -> None:
    """Proves: both stand on the leaving side of the site's bus; a case without a plain load has none."""
    case = _case()
    more = told(check_power, _with(case, "site", house_load_mw=0.02), _design(case))["power balance of the site"]
    assert more.expected - more.found == pytest.approx(0.01)
    none = told(check_power, _with(case, "site", plain_load_mw=None), _design(case))["power balance of the site"]
    assert none.found - none.expected == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("off_mwh", "rules"),
    [
        (3e-5, set()),
        (1e-3, {"battery state of charge"}),
        (5e-3, {"battery state of charge", "battery energy of the year"}),
    ],
)
def test_energy_of_a_battery_is_as_exact_as_it_is_large(off_mwh: float, rules: set[str]) -> None:
    """Proves: a step may be off by a hundred-thousandth of 4 MWh, the whole year by a hundred times that. Catches: a
    tank of 4 MWh held to the exactness of 1 MWh, errors of many steps that add up unseen."""
    case = _case()
    charge = {"battery": _raised(CHARGE, 1, off_mwh / 0.4)}
    violations = told(check_power, case, operated(_design(case), charge_mw=charge))
    assert {rule for rule in violations if rule.startswith("battery ")} == rules


def test_storage_on_site_may_not_be_forgotten() -> None:
    """Proves: a plan that names no battery at all lacks what stands on site. Catches: a rule that only looks at
    batteries in the plan, or takes power and energy on site off each other."""
    case = _with(_case(), "batteries", existing_mw=0.2, existing_mwh=0.5)
    design = replace(_design(case), battery_mw={}, battery_mwh={})
    assert "storage on site is kept" in told(check_power, case, design)


def _idle(batteries: Any = (), generators: Any = (), supplies: Any = ()) -> Case:
    """No load, one step."""
    return energy_case([0.0], batteries=batteries, generators=generators, supplies=supplies)


def test_what_a_plan_does_without_is_of_size_zero() -> None:
    """Proves: a battery, a source and a generator that may be bought and are not named in a plan count as none, also
    one that would come too late. Catches: one taken as given where nothing is named."""
    engine = Generator("engine", 1.0, 0.0, PLAIN_TERMS, max_units=2)
    for late in (0.0, 1300.0):
        case = _idle(
            (battery(lead_months_p50=late),), (replace(engine, lead_months_p50=late),),
            (supply([1.0], lead_months_p50=late),),
        )  # fmt: skip
        assert told(check_power, case, plan_of(case)) == {}
    design = plan_of(case, still(case, running_units={"engine": np.ones(1)}))
    violation = told(check_power, case, design)["units running without the spare ones"]
    assert (violation.found, violation.expected) == (1.0, 0.0)


def test_a_battery_below_one_megawatt() -> None:
    """Proves: 0.9 MW and 0.8 MWh are a size like any other. Catches: a most size below 1 taken for none."""
    case = _idle((battery(max_mw=0.9, max_mwh=0.8),))
    sizes: dict[str, Any] = {"battery_mw": {"battery": 0.9}, "battery_mwh": {"battery": 0.8}}
    assert told(check_power, case, plan_of(case, **sizes)) == {}


@pytest.mark.parametrize(
    ("location", "serves", "is_told"),
    [("site", False, False), ("ups", True, False), ("ups", False, True), ("rack", True, True)],
)
def test_where_a_battery_stands_decides_whom_it_serves(location: str, serves: bool, is_told: bool) -> None:
    """Proves: 0.5 MW given by a battery at the UPS that does not serve the grid, or in the racks, should be none."""
    case = _with(_with(_case(), "batteries", location=location), "electrical", ups_serves_grid=serves)
    rule = "storage that does not serve the grid is not dispatched"
    found = {k: (v.found, v.expected) for k, v in told(check_power, case, _design(case)).items()}
    assert found == ({rule: (0.5, 0.0)} if is_told else {})


@pytest.mark.parametrize(
    ("new", "usable_mwh"),
    [
        ({}, 3.6),
        ({"augmented": True}, 4.0),
        ({"fade_per_year": 0.6}, 0.0),
        ({"terms": replace(PLAIN_TERMS, life_years=1)}, 3.8),
    ],
)
def test_energy_that_age_leaves(new: dict[str, Any], usable_mwh: float) -> None:
    """Proves: 5 % a year of 4 MWh are lost until the battery's life or the analysis ends, whichever is first; what is
    bought again fades not; nothing goes below zero. Catches: fading upwards, one year too many."""
    case = _with(_case(), "batteries", **new)
    view = View(case, _design(case))
    assert view.usable_mwh(case.batteries[0]) == pytest.approx(usable_mwh)


@pytest.mark.parametrize(("ageing", "is_told"), [("fixed_life", True), ("throughput", False)])
def test_cycles_are_limited_where_life_is_fixed(ageing: str, is_told: bool) -> None:
    """Proves: a battery that pays for each MWh has no limit of cycles. Catches: one condition taken for the other."""
    case = _with(_case(), "batteries", ageing=ageing, max_cycles_per_year=0.1)
    assert ("battery cycles of the year [MWh]" in told(check_power, case, _design(case))) is is_told
    free = _with(_case(), "batteries", max_cycles_per_year=None)
    assert told(check_power, free, _design(free)) == {}


@pytest.mark.parametrize(("running", "number"), [((0.0, 2.0, 1.0, 3.0), 4.0), ((2.0, 2.0), 0.0), ((0.0, 1.0), 1.0)])
def test_units_started_in_a_year(running: tuple[float, ...], number: float) -> None:
    """Proves: units that start count, across the end of the year too (three run on at its beginning: none of them
    starts there); what stops does not. Catches: stops taken off starts, the first step left out."""
    assert starts(np.array(running)) == number


def test_units_running_at_the_end_of_the_year_start_at_its_beginning() -> None:
    """Proves: two more units in the first step than in the last were started in it."""
    assert starts(np.array([3.0, 1.0])) == 2.0


def test_fuel_and_carbon_of_a_year() -> None:
    """Proves: a unit burns its fixed part whatever it gives, and carbon counts fuel and energy bought. By hand, half an
    hour each: fuel 0.1 * 2 + 2 * 0.6 = 1.4 and 0.1 + 0.3 = 0.4 MW; bought 7.948 MW in all."""
    case = _with(_case(), "generators", fuel_mwh_per_h=0.1, fuel_mwh_per_mwh=2.0, carbon_t_per_mwh_fuel=0.25)
    case = _with(case, "grid", carbon_t_per_mwh=np.full(4, 0.5))
    view = View(case, _design(case))
    assert view.fuel_mw("engine").tolist() == pytest.approx([1.4, 0.4, 0.0, 0.0])
    assert view.carbon_t == pytest.approx(0.5 * (0.25 * 1.8 + 0.5 * float(IMPORT.sum())))
    # import, on-site and generated less export, by step
    assert view.site_mw.tolist() == pytest.approx([2.88, 3.4575, 1.18, 1.2804])
