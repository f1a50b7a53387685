"""Rules of the recheck that no plan of a solver breaks, each broken by hand; found by mutation (validation page)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny import PLAIN_TERMS, air, energy_case, liquid, rack, supply

from models.audit import audit, facts
from models.audit.checker import Checker
from models.case import Case, Generator

ENGINE = Generator("engine", 2.0, 0.0, PLAIN_TERMS, max_units=3, fuel_mwh_per_mwh=1.0, fuel_kcur_per_mwh=1.0)


def broken(found: Any, case: Case) -> set[str]:
    """Rules that a plan breaks in another case."""
    return {v.check for v in audit(case, found.design, found.accounts, found.proof).violations}


@pytest.mark.parametrize("wrong", [{"lead_months_p50": 1300.0}, {"max_units": 1, "spare_units": 2}])
def test_generators_that_cannot_be_had(plan: Any, wrong: dict[str, Any]) -> None:
    """Proves: two units in a plan are refused if they come too late, and if no more than the spare ones may be bought.
    Catches: a rule that asks for both at once, or for exactly as many as the spare ones."""
    found = plan(energy_case([3.0], 100.0, generators=(ENGINE,)))
    case = replace(found.case, generators=(replace(ENGINE, **wrong),))
    assert "generator can be delivered in time" in broken(found, case)


def test_energy_sold_counts_in_its_own_month(plan: Any) -> None:
    """Proves: 1 MWh sold and 1 bought in the first month breaks a share of a half, whatever is bought in the second.
    Catches: later months counted to the first (10 MWh would make it a tenth)."""
    grid = {"export_limit_mw": 1.0, "export_price_kcur_per_mwh": np.array([0.5] * 4)}
    sun = supply([0.0, 1.0, 0.0, 0.0], max_mw=1.0)
    found = plan(energy_case([1, 0, 5, 5], 1.0, months=[2, 2], grid=grid, supplies=(sun,)))
    case = replace(found.case, grid=replace(found.case.grid, export_share=0.5))
    assert "energy sold within its share of energy bought" in broken(found, case)


@pytest.mark.parametrize(("found", "expected"), [(None, 1.0), (1.0, None)])
def test_no_figure_is_no_number(found: float | None, expected: float | None) -> None:
    """Proves: a figure that is missing where there is one, or given where there is none, is told; both missing is fine.
    Catches: a comparison that takes a missing figure for any."""
    check = Checker(energy_case([1.0]).calendar)
    check.same("rule", "site", None, None)
    assert check.report().ok
    check.same("rule", "site", found, expected)
    assert not check.report().ok


def test_why_a_cooling_type_does_not_fit() -> None:
    """Proves: the reason is told, not another that would follow from it. Catches: liquid and air mixed up in words."""
    case = energy_case([1.0])
    for r, c, why in (
        (rack(liquid_share=0.8), air(), "a liquid-cooled rack on an air system"),
        (rack(), liquid(), "an air-cooled rack on a liquid system"),
        (rack(liquid_share=0.8), liquid(liquid_share=0.5), "more heat must leave by liquid than it takes"),
    ):
        assert facts.misfit(case, r, c) == why
