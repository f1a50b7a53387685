"""What an answer says of itself: gaps, instants, costs, what storage is worth with less foresight."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from handmade import still
from tiny import hall_case

from models.design import Accounts, AuditReport, CostLine, Instant, Lookahead, Violation, is_whole, relative_gap


@pytest.mark.parametrize(
    ("objective", "bound", "without_it", "gap"),
    [
        (100.0, 95.0, 25.0, 0.2),  # of what is decided
        (100.0, 95.0, 0.0, 0.05),  # all is IT
        (-100.0, -105.0, -3.0, 0.05),  # an income
        (100.0, 101.0, 25.0, 0.0),  # a bound above, within tolerances
        (100.0, 100.0 - 2e-7, 25.0, 2e-7 / 25),
        (100.0, 100.0 - 0.9e-7, 25.0, 0.0),  # the same number in floating point
        (0.0, -2e-9, 1.0, 2e-9),  # of less than one, of one
        (0.0, -0.9e-9, 1.0, 0.0),
        (0.0, -1.0, 0.0, math.inf),
    ],
)
def test_the_gap_is_of_what_is_decided(objective: float, bound: float, without_it: float, gap: float) -> None:
    """Proves: the difference to the bound over the cost without IT hardware, or over the objective where that says
    nothing; none within a billionth. Catches: a gap hidden by the racks, rounding called a gap, a gap below zero."""
    assert relative_gap(objective, bound, without_it) == pytest.approx(gap, rel=1e-6)


def _line(price: float, is_it: bool) -> CostLine:
    return CostLine("racks", "R", 3.0, "rack", price, 1.5, 0.0, is_it=is_it)


def test_present_value_of_lines() -> None:
    """Proves: 3 racks of 10 at 1.5 and 3 units of -2 are 45 and -9: 36 in all, -9 without IT. Catches: a factor left
    out, IT taken for the rest."""
    accounts = Accounts((_line(10.0, True), _line(-2.0, False)), {})
    assert accounts.costs[0].present_value_kcur == pytest.approx(45.0)
    assert (accounts.objective_kcur, accounts.without_it_kcur) == pytest.approx((36.0, -9.0))


def test_the_design_day_comes_first() -> None:
    """Proves: of the instants the first is the design day."""
    three = tuple(Instant(n, None, 0.0, 0.0, {}, {}, {}) for n in ("design day", "highest import", "hottest step"))
    assert Accounts((), {}, instants=three).design_day.name == "design day"


def test_what_the_tariff_supplies() -> None:
    """Proves: of 5 MW of import contracts give 1 and 2: the tariff 2. Catches: contracts on top."""
    given = {"a": np.array([1.0, 0.0]), "b": np.array([2.0, 0.0])}
    year = still(hall_case(), import_mw=np.array([5.0, 4.0]), purchased_mw=given)
    assert year.tariff_mw.tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    ("foresight", "lookahead", "idle_kcur", "share"),
    [(90.0, 92.0, 100.0, 0.8), (90.0, 101.0, 100.0, -0.1), (100.0, 100.0, 100.0, None), (-90.0, -92.0, -80.0, 1.2)],
)
def test_savings_that_survive(foresight: float, lookahead: float, idle_kcur: float, share: float | None) -> None:
    """Proves: of 10 that the plan saves against idle storage 8 are left with less foresight: 0.8; nothing saved, no
    share. Catches: the share lost, a division by nothing."""
    found = Lookahead(24.0, 1.0, foresight, lookahead, idle_kcur).share
    assert found == (None if share is None else pytest.approx(share))


def test_savings_of_rounding_have_no_share() -> None:
    """Proves: a saving of less than a billionth of the cost is none, one of more is."""
    assert Lookahead(24.0, 1.0, 100.0, 100.0, 100.0 + 0.9e-7).share is None
    assert Lookahead(24.0, 1.0, 100.0, 100.0, 100.0 + 1.2e-7).share == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("offers[A].max_count", True),
        ("racks[R].max_racks", True),
        ("workloads[w].gang_max", True),
        ("grid.x_mw", False),
    ],
)
def test_limits_that_count_things(path: str, whole: bool) -> None:
    """Proves: units, racks and gangs are whole; megawatts are not."""
    assert is_whole(path) == whole


def test_a_recheck_without_violations_is_passed() -> None:
    """Proves: one violation fails it."""
    broken: Any = Violation("a rule", "here", 2.0, 1.0, 1.0)
    assert AuditReport(1, 0.0).ok and not AuditReport(1, 1.0, (broken,)).ok
