"""Demand response: hand-solved."""

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest
from handmade import slack
from test_generators import engine
from tiny import battery, energy_case

from models.case import Case, Money, Programme
from models.programmes import design, income_kcur_per_mw, offered, operate, sizes


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


def test_pay_of_a_programme() -> None:
    """Proves: a MW is paid 3 for standing ready and 4 for each of three half hours called, however deep the call; what
    cannot be committed is no programme, and no more than the baseline can. Catches: a half hour counted whole, calls by
    their depth."""
    found = Programme("DR", np.array([0.0, 0.1, 2.0, 1.0]), 2.0, 0.5, 3.0, 4.0)
    none, deep = replace(found, name="none", max_mw=0.0), replace(found, name="deep", max_mw=9.0)
    case = energy_case([1.0] * 4, step_h=0.5, programmes=(found, none, deep))
    assert income_kcur_per_mw(case, found) == pytest.approx(3 + 4 * 3 * 0.5)
    assert list(offered(case)) == ["DR", "deep"]
    block = pyo.Block(concrete=True)
    sizes(block, case)
    assert [block.committed_mw[n].ub for n in ("DR", "deep")] == [0.5, 2.0]


def test_pay_and_duty_go_together() -> None:
    """Proves: 0.5 MW committed of a programme that pays 3 + 4 a MW, grown by a tenth, earns 3.85; it needs the
    programme joined, up to the 2 MW it takes. Catches: pay without joining, income as a cost."""
    found = Programme("DR", np.array([0.0, 1.0, 0.0]), 5.0, 2.0, 3.0, 4.0)
    case = energy_case([1.0] * 3, programmes=(found,), money=Money(1, 0.0, escalation_energy=0.1))
    model = pyo.ConcreteModel()
    model.block = pyo.Block(concrete=True)
    sizes(model, case)
    design(model.block, case, model)
    model.committed_mw["DR"].set_value(0.5)
    model.is_joined["DR"].set_value(0)
    assert slack(model.block.join_programme["DR"]) == -0.5
    model.is_joined["DR"].set_value(1)
    assert slack(model.block.join_programme["DR"]) == 1.5
    assert pyo.value(model.block.cost_kcur) == pytest.approx(-1.1 * 7 * 0.5)


@pytest.mark.parametrize(("baseline", "most"), [(3.0, 5.0), (9.0, 9.0)])
def test_a_programme_that_is_not_joined_leaves_the_connection(baseline: float, most: float) -> None:
    """Proves: a connection of 6 MW with peaks 1.2 times the mean carries 5 MW, also when called, unless the programme
    is joined: then 3 MW less the 2 committed; a baseline above the connection is that baseline. Catches: a row that
    binds beyond its programme, or that lets joined ones import as before."""
    called = Programme("DR", np.array([0.0, 1.0, 0.0]), baseline, 2.0)
    case = energy_case([1.0] * 3, limit_mw=6.0, grid={"billing_factor": 1.2}, programmes=(called,))
    model = pyo.ConcreteModel()
    model.grid, model.block = pyo.Block(concrete=True), pyo.Block(concrete=True)
    sizes(model, case)
    model.grid.import_mw = pyo.Var(range(3), initialize=0.0)
    operate(model.block, case, model, 0, model.grid)
    (row,) = model.block.answer_call.values()

    def allowed(joined: int, committed: float) -> float:
        model.is_joined["DR"].set_value(joined)
        model.committed_mw["DR"].set_value(committed)
        return slack(row)

    assert (allowed(0, 0.0), allowed(1, 2.0)) == pytest.approx((most, baseline - 2.0))
