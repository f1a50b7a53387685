"""TokEnergy: the index, its target and its parts; hand-solved on the base case of test_compute.py.

3 Mreq of 1,000 output tokens are 3,000 Mtok; 0.35 MWh of site energy: 1000 * 0.35 / 3,000 Wh per 1,000 tokens."""

import numpy as np
import pytest
from tiny import air, flat_curve, hall, hall_case, limits, point, rack, requests, supply, training, training_point

from models.case import Electrical


def index(plan) -> float:
    """TokEnergy of a plan [Wh per 1,000 reference tokens]."""
    return plan.accounts.kpi["tokenergy_wh_per_1k"]


def test_index_of_the_base_case(plan):
    """Proves: 0.11667 Wh per 1,000 tokens. Catches: a thousand too much or too little; busy energy alone 0.05."""
    assert index(plan(hall_case())) == pytest.approx(1000 * 0.35 / 3000)


def test_half_hours(plan):
    """Proves: with half-hour steps energy and requests halve, the index stays. Catches: step length on one side
    only."""
    assert index(plan(hall_case(step_h=0.5))) == pytest.approx(1000 * 0.35 / 3000)


def test_weights_and_token_kinds(plan):
    """Proves: 3 Mreq of 500 input, 200 cached, 1,000 output tokens with weights 0.2, 0.1, 2 and 500 training tokens
    with weight 3: denominator 3 * (100 + 20 + 2,000) + 3 * 500. Catches: a weight on another kind, training left
    out."""
    chat = requests(
        [2, 1], input_tokens=500.0, cached_tokens=200.0, weight_input=0.2, weight_cached=0.1, weight_output=2.0
    )
    train = training(500.0, [(1, 2)], weight_training=3.0, pause_share=0.5)
    found = plan(hall_case(workloads=(chat, train), operating_points=(point(), training_point())))
    assert found.accounts.kpi["reference_mtok"] == pytest.approx(3 * 2120 + 1500)
    assert index(found) == pytest.approx(1000 * (0.35 + 0.5 * 0.05) / 7860)


def test_what_has_no_weight_counts_nothing(plan):
    """Proves: 500 training tokens, 500 input and 200 cached ones without weights leave the 3,000 Mtok of output.
    Catches: a weight of one for what is not stated."""
    chat = requests([2, 1], input_tokens=500.0, cached_tokens=200.0)
    train = training(500.0, [(1, 2)], pause_share=0.5)
    found = plan(hall_case(workloads=(chat, train), operating_points=(point(), training_point())))
    assert found.accounts.kpi["reference_mtok"] == pytest.approx(3000)


def test_everything_behind_the_meter_counts(plan):
    """Proves: losses, cooling, house and plain load are in the index. Catches: IT energy alone 0.35 MWh."""
    case = hall_case(
        electrical=Electrical("chain", 0.1, 0.1),
        cooling=(air(curve=flat_curve(0.2)),),
        site={"house_load_mw": 0.01, "plain_load_mw": [0.0, 0.03]},
    )
    energy = 0.35 * (1 + 0.2 + 0.1) + 2 * 0.1 * 0.2 + 0.02 + 0.03
    found = plan(case)
    assert index(found) == pytest.approx(1000 * energy / 3000)
    assert sum(found.accounts.tokenergy_parts.values()) == pytest.approx(index(found))


def test_pv_that_is_only_exported_leaves_the_index_unchanged(plan):
    """Proves: generation that is sold appears as on-site and as export and cancels; used on site it replaces imports
    and cancels too. Catches: exports not taken off, 1.1 Wh more."""
    grid = {"export_limit_mw": 5.0, "export_price_kcur_per_mwh": np.array([0.5, 0.5])}
    sun = supply([0, 1], min_mw=3.0, max_mw=3.0)
    found = plan(hall_case(grid=grid, supplies=(sun,)))
    assert found.design.operation.export_mw[1] == pytest.approx(3 - 0.15)
    assert index(found) == pytest.approx(1000 * 0.35 / 3000)


def test_target_buys_the_efficient_rack(plan, refuse):
    """Proves: R needs 0.1167; a target of 0.1 forces the thriftier S (full 0.08, idle 0.02) at 20 kcur each: 40 + 7 +
    (0.16 + 0.1). Catches: a target that is only reported, 27.35; a target a thousand off, infeasible or not binding."""
    racks = (rack(), rack("S", idle_mw=0.02, cost_kcur=20.0))
    points = (point(), point("S", full_mw=0.08))
    case = {"racks": racks, "operating_points": points}
    found = plan(hall_case(limits=limits(tokenergy_wh_per_ktok=0.09), **case))
    assert found.racks("S") == 2
    assert found.cost == pytest.approx(40 + 7 + 0.26)
    refuse(hall_case(limits=limits(tokenergy_wh_per_ktok=0.086), **case))


def test_target_over_the_year_not_per_month(plan):
    """Proves: the base case at 0.118 passes in two months though the second alone has 0.15. Catches: a monthly
    target."""
    assert plan(hall_case(months=[1, 1], limits=limits(tokenergy_wh_per_ktok=0.118))).cost == pytest.approx(27.35)


def test_target_trades_storage_losses(plan, refuse):
    """Proves: a lossy battery that would earn money is used no further than the target allows: 0.35 MWh and 0.01 of
    loss. Charging c at price 1 gives c / 2 at price 9; losses c / 2 = 0.01. Catches: storage losses outside the
    target, more."""
    from tiny import battery

    unit = battery(charge_efficiency=0.5)
    target = 1000 * 0.36 / 3000
    found = plan(hall_case(price=[1, 9], batteries=(unit,), limits=limits(tokenergy_wh_per_ktok=target)))
    assert found.cost == pytest.approx(27 + (0.2 + 0.02) * 1 + (0.15 - 0.01) * 9)


def test_no_tokens_no_index(plan):
    """Proves: a site without workloads has no index rather than zero or infinity. Catches: division by zero."""
    from tiny import energy_case

    assert index(plan(energy_case([1, 1]))) is None


def test_facility_factors(plan):
    """Proves: PUE = site / IT energy = 1.3, water 2 L/kWh of heat. Catches: PUE of means of hours, water per site
    energy."""
    case = hall_case(cooling=(air(curve=flat_curve(0.3, 2.0)),), offers=(hall(),))
    kpi = plan(case).accounts.kpi
    assert (kpi["pue"], kpi["wue_l_per_kwh"]) == pytest.approx((1.3, 2.0))


def test_target_over_the_year_with_energy_carried_between_months(plan):
    """Proves: 1 MWh bought in one month and used and sold in the next adds nothing to the year's energy of 0.35 MWh.
    Catches: months whose energy may not be negative, or not above the year's, could not carry it: more than 11.2."""
    from tiny import battery

    grid = {"export_limit_mw": 1.0, "export_price_kcur_per_mwh": np.array([0.0, 20.0])}
    case = hall_case(
        price=[1, 30],
        months=[1, 1],
        grid=grid,
        batteries=(battery(max_mw=1.0),),
        limits=limits(tokenergy_wh_per_ktok=0.118),
    )
    assert plan(case).cost == pytest.approx(27 + 1.2 - 0.85 * 20)
