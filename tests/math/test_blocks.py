"""Helpers of all model blocks: rows, sums and ports, on a model of two variables."""

from __future__ import annotations

from typing import Any

import pyomo.core as pyo
import pytest

from models.blocks import Impossible, constraint, per_step, publish, total, variable, weighted


@pytest.fixture
def model() -> Any:
    found = pyo.ConcreteModel("m")
    variable(found, "x", ["a", "b"], doc="two of them [MW]")
    return found


def test_variables_are_not_negative_unless_said(model: Any) -> None:
    """Proves: from zero without an upper bound; bounds and domain as given."""
    variable(model, "y", doc="one [1]", bounds=(-2, 3), domain=pyo.Integers)
    assert (model.x["a"].lb, model.x["a"].ub) == (0, None)
    assert (model.y.lb, model.y.ub, model.y.is_integer()) == (-2, 3, True)


def test_a_row_that_nothing_can_keep_is_told(model: Any) -> None:
    """Proves: a row without variables that holds is left out, one that does not makes the case impossible, and a family
    without rows is none. Catches: a broken row skipped, one that holds refused."""
    constraint(model, "kept", ["a", "b"], lambda k: True if k == "a" else model.x[k] <= 1, doc="kept [MW]")
    assert list(model.kept) == ["b"]
    with pytest.raises(Impossible, match=r"m\.broken\['a'\]: never \[MW\]"):
        constraint(model, "broken", ["a"], lambda k: False, doc="never [MW]")
    constraint(model, "none", [], lambda k: False, doc="none [MW]")
    assert model.component("none") is None


def test_a_weighted_sum(model: Any) -> None:
    """Proves: 2 a + 3 b at 5 and 7 is 31; terms of weight zero leave no trace; no terms are zero. Catches: a variable
    of weight zero in every row."""
    model.x["a"].set_value(5.0)
    model.x["b"].set_value(7.0)
    assert pyo.value(weighted([(2.0, model.x["a"]), (3.0, model.x["b"])])) == 31.0
    assert len(weighted([(2.0, model.x["a"]), (0.0, model.x["b"])]).args) == 1
    assert weighted([]) == weighted([(0.0, model.x["a"])]) == 0.0


def test_ports_add_up(model: Any) -> None:
    """Proves: a port that two of three blocks publish is their sum, and one that none publishes zero; steps have each
    their own."""
    for name, cost in (("one", 2.0), ("two", 3.0), ("three", None)):
        block = pyo.Block(concrete=True)
        model.add_component(name, block)
        if cost is not None:
            publish(block, "cost_kcur", cost * model.x["a"])
    model.x["a"].set_value(10.0)
    assert pyo.value(total(model, "cost_kcur")) == 50.0
    assert total(model, "area_m2") == 0
    per_step(model.one, "draw_mw", range(2, 4), lambda t: 10 * t)
    assert model.one.draw_mw == {2: 20, 3: 30}
