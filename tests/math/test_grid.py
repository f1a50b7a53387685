"""Energy bills, connection, export, carbon: hand-solved."""

from dataclasses import replace

import numpy as np
import pytest
from tiny import air, battery, energy_case, hall_case, limits, supply

from models.case import CoolingCurve, Electrical
from models.contracts import burning_helps


def test_energy_is_power_times_step_length(plan):
    """Proves: energy cost = sum of h * price * import. Catches: if the step length were ignored, the cost would be
    14."""
    assert plan(energy_case([2, 3], [1, 4], step_h=0.5)).cost == pytest.approx(0.5 * (2 * 1 + 3 * 4))


def test_house_load_counts_in_every_step(plan):
    """Proves: the constant house load is bought in every step. Catches: counted once, the cost would be 10."""
    assert plan(energy_case([2, 3], [1, 2], site={"house_load_mw": 1.0})).cost == pytest.approx(3 * 1 + 4 * 2)


@pytest.mark.parametrize("load,fits", [(4.4, True), (4.6, False)])
def test_limit_in_mva_times_power_factor(plan, refuse, load, fits):
    """Proves: the connection carries min(MW, MVA * power factor) = min(10, 5 * 0.9) = 4.5 MW.
    Catches: if the power factor were ignored, 4.6 MW would pass."""
    case = energy_case([load], grid={"import_limit_mw": 10.0, "import_limit_mva": 5.0, "power_factor": 0.9})
    if fits:
        assert plan(case).cost == pytest.approx(load)
    else:
        refuse(case)


@pytest.mark.parametrize("load,fits", [(4.1, True), (4.2, False)])
def test_limit_holds_for_the_interval_peak(plan, refuse, load, fits):
    """Proves: billing factor 1.2 counts against the 5 MW limit (4.1 -> 4.92, 4.2 -> 5.04).
    Catches: without the factor 4.2 MW would pass."""
    case = energy_case([load], grid={"import_limit_mw": 5.0, "billing_factor": 1.2})
    if fits:
        assert plan(case).cost == pytest.approx(load)
    else:
        refuse(case)


def test_connection_is_sized_by_the_highest_import(plan):
    """Proves: capacity at 1 kcur/MW beside a fixed 10 is sized to the highest demand (flixOpt, investment 1).
    Catches: if capacity were free the cost would be 90; if sized by the mean, 116.7."""
    found = plan(energy_case([10, 50, 20], grid={"connection_kcur_per_mw": 1.0, "fixed_kcur_per_month": 10.0}))
    assert found.design.contract_mw == pytest.approx(50)
    assert found.cost == pytest.approx(80 + 50 + 10)


def test_contract_fee_is_paid_on_the_interval_peak(plan):
    """Proves: contract >= billing factor * import; fee 2 kcur/MW-year. Catches: without the factor, 80 + 100 = 180."""
    found = plan(energy_case([10, 50, 20], grid={"contract_kcur_per_mw_year": 2.0, "billing_factor": 1.1}))
    assert found.cost == pytest.approx(80 + 2 * 55)


def test_fixed_charge_is_paid_per_month_present(plan):
    """Proves: a fixed monthly charge counts the months of the calendar. Catches: paid once 8; paid twelve times 63."""
    assert plan(energy_case([1, 1, 1], months=[1, 2], grid={"fixed_kcur_per_month": 5.0})).cost == pytest.approx(3 + 10)


def test_export_within_its_limit_and_curtailment(plan):
    """Proves: of 3 MW, 1 is used, 1.5 sold at 1.5 kcur/MWh, 0.5 curtailed; the night buys 1 MWh at 2.
    Catches: without the limit the cost would be -1; without income 2."""
    grid = {"export_limit_mw": 1.5, "export_price_kcur_per_mwh": np.array([1.5, 1.5])}
    found = plan(energy_case([1, 1], 2.0, grid=grid, supplies=(supply([1, 0], min_mw=3.0, max_mw=3.0),)))
    assert found.cost == pytest.approx(2.0 - 1.5 * 1.5)
    assert found.design.operation.onsite_mw == pytest.approx([2.5, 0])


def test_a_late_connection_gives_no_power(plan, refuse):
    """Proves: a connection live in month 13 serves nothing needed in month 12. Catches: ignored dates, which cost 2."""
    late = {"grid": {"energised_month": 13.0}, "limits": limits(need_month=12.0)}
    refuse(energy_case([1, 1], **late))
    alone = energy_case([1, 1], **late, supplies=(supply([1, 1], cost_kcur_per_mw=9.0),))
    assert plan(alone).cost == pytest.approx(9.0)


def test_carbon_price_follows_the_hourly_carbon_of_imports(plan):
    """Proves: carbon cost = price * sum of h * t/MWh * import. Catches: a mean carbon value would give 4 + 13.5."""
    grid = {"carbon_t_per_mwh": np.array([0.5, 1.0])}
    found = plan(energy_case([3, 1], grid=grid, limits=limits(carbon_price_kcur_per_t=3.0)))
    assert found.cost == pytest.approx(4 + 3 * (3 * 0.5 + 1 * 1.0))


def test_no_burning_of_energy_at_negative_prices(plan):
    """Proves: a battery never charges and discharges at once. Of 1 MW and efficiency 0.5 it may take 1 MWh in one
    step and give 0.5 in the other: 0.5 MWh more at -10. Catches: doing both in each step would burn 2/3 MWh: -26.67."""
    case = energy_case([1, 1], -10.0, batteries=(battery(max_mw=1.0, charge_efficiency=0.5),))
    assert plan(case).cost == pytest.approx(-20 - 5)


def test_pypsa_modular_components(plan):
    """Proves: PyPSA's modular test with its published sizes: supply of 5,000 and a store of 1,000 at 100 each for
    the load 4,000, 5,000, 6,000, 800: 100 * 1,000 + 10 * 15,800 = 258,000. Catches: a store that starts full would
    not be built."""
    case = energy_case(
        [4000, 5000, 6000, 800],
        10.0,
        limit_mw=5000.0,
        batteries=(battery(energy_kcur_per_mwh=100.0, max_mw=2000.0, max_mwh=2000.0),),
    )
    found = plan(case)
    assert found.cost == pytest.approx(258_000)
    assert found.design.battery_mwh["battery"] == pytest.approx(1000)


def test_a_connection_that_covers_the_design_day(plan, refuse):
    """Proves: three racks of 0.1 MW of which 0.25 MW may be busy, at 10 % loss in the chain, cooling of 0.2 MW/MW, 0.01
    MW of offices and 0.05 MW of other load: design day 0.3 * 1.3 + 0.06 = 0.45 MW, contracted at 1 kcur/MW though the
    highest hour draws 0.3 MW less. Catches: racks at work instead of at peak, the mean of the other load, margins left
    out, or a design day that only the report knows."""
    case = hall_case(
        arrivals=(2.5, 1.0),
        electrical=Electrical("chain", 0.04, 0.06),
        cooling=(air(curve=CoolingCurve("dry_bulb", (0.0, 10.0), (0.1, 0.2), (0.0, 0.0))),),
        site={"house_load_mw": 0.01, "plain_load_mw": [0.0, 0.05], "design_margin_dry_k": 10.0},
        grid={"contract_kcur_per_mw_year": 1.0, "covers": "design day"},
    )
    found = plan(case)
    assert found.design.contract_mw == pytest.approx(0.45)
    assert found.accounts.kpi["peak_import_mw"] < 0.35
    refuse(replace(case, grid=replace(case.grid, import_limit_mw=0.44)))
    hour = replace(case, grid=replace(case.grid, covers="highest hour", import_limit_mw=0.44))
    assert plan(hour).design.contract_mw == pytest.approx(plan(hour).accounts.kpi["peak_import_mw"])


def test_net_metering_is_not_bought_by_burning_energy(plan):
    """Proves: a battery holds 1 MWh, half lost each way: 2 MWh are bought at night at 1, so 2 of the 5 MWh of sun may
    be sold at 8: 2 - 16. Catches: energy bought at 1 that is charged and discharged at once, to sell 5.5 MWh."""
    grid = {"export_limit_mw": 10.0, "export_share": 1.0, "export_price_kcur_per_mwh": np.array([0.5, 8.0])}
    lossy = battery(charge_efficiency=0.5, discharge_efficiency=0.5, max_mw=20.0, max_mwh=1.0)
    sun = supply([0.0, 1.0], min_mw=5.0, max_mw=5.0)
    found = plan(energy_case([0.0, 0.0], [1.0, 10.0], supplies=(sun,), batteries=(lossy,), grid=grid))
    assert found.cost == pytest.approx(-14)
    assert found.design.operation.export_mw.sum() == pytest.approx(2)


@pytest.mark.parametrize(
    ("price", "sold", "share", "helps"),
    [
        ([1.0, 3.0, 2.0, 2.0], [0.0, 1.9, 0.0, 0.0], 0.5, False),
        ([1.0, 3.0, 2.0, 2.0], [0.0, 2.0, 0.0, 0.0], 0.5, True),  # earns as much as it costs
        ([1.0, 3.0, 4.0, 4.0], [0.0, 0.0, 0.0, 1.9], 1.0, False),  # cheap energy of another month
        ([1.0, 3.0, 2.0, 2.0], None, 1.0, False),
        ([0.0, 3.0, 2.0, 2.0], None, 1.0, True),
        ([1.0, 3.0, 2.0, 2.0], [0.0, 2.0, 0.0, 0.0], None, False),
    ],
)
def test_when_burning_makes_room_to_sell(price, sold, share, helps):
    """Proves: a MWh bought for nothing lets half a MWh be sold in its month: paid at twice the cheapest price;
    without a share as a limit, or at less than what it costs, it never does. Catches: months taken together, the share
    left out, binaries for every site that sells."""
    grid = {"export_limit_mw": 1.0, "export_share": share}
    grid["export_price_kcur_per_mwh"] = None if sold is None else np.array(sold)
    assert burning_helps(energy_case([1.0] * 4, price, months=[2, 2], grid=grid)) is helps
    assert not burning_helps(energy_case([1.0] * 4, price, months=[2, 2], grid={**grid, "export_limit_mw": 0.0}))
