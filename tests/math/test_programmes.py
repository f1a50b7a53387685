"""Demand response: hand-solved."""

from dataclasses import replace

import numpy as np
import pytest
from test_generators import engine
from tiny import battery, energy_case

from models.case import Case, Programme


def _case(baseline: float = 2.0, **pay: float) -> Case:
    """A load of 2 MW in two steps, called in the second; power at 1, an engine of 2 MW at 10 per MWh."""
    called = Programme("DR", np.array([0.0, 1.0]), baseline, 1.5, **pay)
    return energy_case([2, 2], 1.0, generators=(engine(fuel_kcur_per_mwh=10.0),), programmes=(called,))


@pytest.mark.parametrize("ready,energy,committed", [(8.0, 0.0, 0.0), (10.0, 0.0, 1.5), (4.0, 6.0, 1.5)])
def test_power_is_committed_where_it_pays(plan, ready, energy, committed):
    """Proves: a MW off the grid costs 9 more: 8 a year do not pay for it, 10 do, 4 and 6 for the called MWh do.
    Catches: pay for the call left out; pay for hours that are not called."""
    found = plan(_case(ready_kcur_per_mw_year=ready, called_kcur_per_mwh=energy))
    assert found.design.committed_mw["DR"] == pytest.approx(committed)
    assert found.cost == pytest.approx(4 + committed * (9 - ready - energy))


def test_a_programme_that_is_not_joined_asks_nothing(plan):
    """Proves: below a baseline of 1 MW nothing is owed unless joined; 10 for 1 MW does not pay for 2 MW off the grid
    at 9 each. Catches: the baseline as a limit for all, 13."""
    assert plan(_case(baseline=1.0, ready_kcur_per_mw_year=10.0)).cost == pytest.approx(4)


def test_a_battery_answers_a_call(plan):
    """Proves: 1.5 MWh stored before the call earn 1.5 * 5. Catches: a reduction that only generators can give."""
    case = replace(_case(ready_kcur_per_mw_year=5.0), batteries=(battery(),), generators=())
    assert plan(case).cost == pytest.approx(4 - 7.5)
