"""The recheck against plans that are too cheap to be true: of random cases, and by hand where changes of the recheck's
own code (tests/mutation) went unnoticed."""

from dataclasses import replace

import pytest
from cheaper import look_at
from tiny import battery, hall_case, rack, requests, training, training_point

from models.accounts import account
from models.audit import audit
from models.design import Proof


@pytest.mark.parametrize("seed", range(2))
def test_a_plan_below_the_least_cost_never_passes(seed):
    """Proves: a plan of a case of which one figure was changed since, and which would now cost less than the least cost
    of the changed case, fails the recheck (`cheaper.py` tries any number). Catches: a rule of the model that the
    recheck leaves out or holds more loosely."""
    seen = look_at(seed, 5)
    assert [look for look in seen if look.broken and not look.found] == []
    assert any(look.broken for look in seen)


def _passes(case, found):
    """Whether a plan passes the recheck of another case, at what it costs there."""
    accounts = account(case, found.design)
    cost = accounts.objective_kcur
    return audit(case, found.design, accounts, Proof("optimal", cost, cost, 0.0, "monolithic")).ok


def test_the_energy_of_a_buffer_is_rechecked(plan):
    """Proves: two racks that swing by 0.02 MW need 0.01 MW of battery if their buffers give 0.015 MW each for half an
    hour; with 0.005 MWh (0.01 MW for half an hour) the same plan is refused. Catches: a recheck that knows the power
    of a buffer alone."""
    work = requests((2.0, 1.0), swing_share=0.4, swing_s=3600.0)
    store = battery(power_kcur_per_mw=8.0, energy_kcur_per_mwh=100.0)
    case = hall_case(
        grid={"max_swing_mw": 0.0},
        workloads=(work,),
        batteries=(store,),
        racks=(rack(buffer_mw=0.015, buffer_mwh=0.0075),),
    )
    found = plan(case)
    assert found.design.battery_mw["battery"] == pytest.approx(0.01)
    assert _passes(case, found)
    assert not _passes(replace(case, racks=(rack(buffer_mw=0.015, buffer_mwh=0.005),)), found)


def test_the_shortest_rise_counts_in_the_recheck(plan):
    """Proves: a plan for two runs that both start in two minutes is refused once one of them starts at once, because
    the grid follows less of it. Catches: a recheck that takes the longest rise, or that of the first run."""

    def case(*rises):
        runs = tuple(
            training(2000.0, [(0, 2)], f"run {i}", operating_class="train", ramp_s=s) for i, s in enumerate(rises)
        )
        store = battery(power_kcur_per_mw=8.0, energy_kcur_per_mwh=100.0)
        return hall_case(
            workloads=runs,
            operating_points=(training_point(),),
            batteries=(store,),
            grid={"ramp_limit_mw_per_min": 0.01},
        )

    slow = case(120.0, 120.0)
    found = plan(slow)
    assert found.design.battery_mw["battery"] > 0
    assert _passes(slow, found)
    for rises in ((0.0, 120.0), (120.0, 0.0)):
        assert not _passes(case(*rises), found)
