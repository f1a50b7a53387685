"""How exact the recheck is: what may differ by how much, how comparisons count, and how a broken rule is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.audit.checker import Checker
from models.case import Calendar


def _checker(**new: Any) -> Checker:
    return Checker(Calendar((0, 0, 0, 1), **new))


@pytest.mark.parametrize(
    ("found", "expected", "scale", "holds"),
    [
        (1.0 + 0.9e-5, 1.0, {}, True),
        (1.0 + 1.1e-5, 1.0, {}, False),
        (0.9e-5, 0.0, {}, True),
        (1000.0, 1000.009, {}, True),
        (1000.0, 1000.011, {}, False),
        (0.9e-5, 0.0, {"floor": 0.5}, False),
        (100.0 + 4e-3, 100.0, {"floor": 500.0}, True),
        (1.0 + 2e-6, 1.0, {"tolerance": 1e-6}, False),
        (np.nan, 1.0, {}, False),
        (np.inf, 1.0, {}, False),
        (np.inf, np.inf, {}, False),
    ],
)
def test_a_hundred_thousandth_of_the_larger_or_of_one(
    found: float, expected: float, scale: dict[str, float], holds: bool
) -> None:
    """Proves: balances hold to 1e-5 of the larger figure, at least of the floor; what is no number never holds."""
    check = _checker()
    check.equal("rule", "item", found, expected, **scale)
    assert check.report().ok is holds


@pytest.mark.parametrize(("found", "most", "least"), [(0.9, True, False), (1.0, True, True), (1.1, False, True)])
def test_limits_have_two_sides(found: float, most: bool, least: bool) -> None:
    """Proves: at most and at least, the limit itself included."""
    for name, holds in (("at_most", most), ("at_least", least)):
        check = _checker()
        getattr(check, name)("rule", "item", found, 1.0)
        assert check.report().ok is holds


@pytest.mark.parametrize(("off", "holds"), [(0.9e-6, True), (1.1e-6, False)])
@pytest.mark.parametrize("figure", [1.0, 1e-5, 1e5])
def test_figures_hold_to_a_millionth(figure: float, off: float, holds: bool) -> None:
    """Proves: money and indicators hold to a millionth of themselves, also small ones (kcur per million tokens)."""
    check = _checker()
    check.same("rule", "item", figure * (1 + off), figure)
    assert check.report().ok is holds


@pytest.mark.parametrize(("found", "holds"), [(0.9e-12, True), (1.1e-12, False)])
def test_nothing_is_nothing_to_a_billionth_of_a_thousandth(found: float, holds: bool) -> None:
    """Proves: a figure that should be zero is compared with a millionth; one made of larger sums with those."""
    check = _checker()
    check.same("rule", "item", found, 0.0)
    assert check.report().ok is holds
    check = _checker()
    check.same("rule", "item", found, 0.0, 1e-3)
    assert check.report().ok


def test_comparisons_are_counted_and_the_worst_is_told() -> None:
    """Proves: each step counts as a comparison, no step as none; the worst residual is kept, relative to the figure;
    a broken rule is told once with its step and its numbers."""
    check = _checker(first_step="2023-06-10T22:00", step_h=0.5)
    check.equal("rule", "item", np.array([1.0, 2.0, 4.5, 1.0]), np.array([1.0, 2.1, 4.0, 1.0]))
    check.equal("nothing", "item", np.zeros(0), np.zeros(0))
    check.equal("labels", "item", np.array([1.0, 3.0]), 1.0, places=["a", "b"])
    check.require(True, "fact", "item")
    report = check.report()
    assert report.checks == 4 + 2 + 1
    assert report.worst_residual == pytest.approx(2 / 3)
    first, second = report.violations
    assert (first.where, first.found, first.expected) == ("item, step 2 (2023-06-10 23:00)", 4.5, 4.0)
    assert first.residual == pytest.approx(0.5)
    assert (second.where, second.found, second.expected) == ("item, b", 3.0, 1.0)


def test_a_sound_plan_has_a_small_residual() -> None:
    """Proves: the worst residual starts from nothing and does not count slack below a limit."""
    check = _checker()
    assert check.report().worst_residual == 0.0
    check.at_most("rule", "item", 1.0, 5.0)
    check.at_least("rule", "item", 5.0, 1.0)
    assert (check.report().worst_residual, check.broken) == (0.0, False)


def test_facts_that_do_not_hold() -> None:
    """Proves: a fact without numbers is off by one; with numbers by their difference; both are a whole residual."""
    check = _checker()
    assert check.require(False, "fact", "here") is False
    assert check.require(False, "count", "there", 5, 3) is False
    assert [v.residual for v in check.report().violations] == [1.0, 2]
    assert (check.report().worst_residual, check.report().checks, check.broken) == (1.0, 2, True)


def test_a_step_whose_date_cannot_be_told() -> None:
    """Proves: a step has its number at least."""
    assert _checker(first_step="never").step(3) == "step 3"
