"""Reading a plan from solved models."""

from dataclasses import replace

import numpy as np
import pytest
from tiny import PLAIN_TERMS, battery, energy_case, hall_case, point, rack

from models.case import AssetTerms, Generator, Money
from models.readout import _energy_used_mwh, _fitted, lowered, trim

R, S = ("chat", "R", "air"), ("chat", "S", "air")


@pytest.mark.parametrize(("too_much", "left"), [(1.5e-7, 0.0), (1.05e-7, 0.0), (0.9e-7, 0.9e-7), (1e-5, 1e-5)])
def test_few_racks_beside_many_are_not_overfull(too_much: float, left: float) -> None:
    """Proves: of work of ten racks one rack S takes a tenth and nine racks R the rest. What a month missed beyond S's
    tenth goes to R if it overfills S by more than a millionth of a rack; two millionths of the work and more are no
    rounding and stay, for the recheck to see. Catches: a mistake of a share smoothed over."""
    case = hall_case([10.0], racks=(rack(), rack("S")), operating_points=(point(), point("S")))
    shares = {R: 0.9 - too_much, S: 0.1 + too_much}
    found = _fitted(case, {}, {R[1:]: 9, S[1:]: 1}, shares)
    assert found[S] - 0.1 == pytest.approx(left, abs=1e-12) and sum(found.values()) == pytest.approx(1.0, abs=1e-15)


def test_an_idle_battery_is_taken_away(plan) -> None:
    """Proves: of a battery that must never be empty 4 MWh that the gap may leave go, and what was kept in them.
    Catches: a battery kept for its own least charge."""
    found = plan(energy_case([1.0, 1.0], batteries=(battery(min_charge_share=0.1),)))
    held = replace(found.design.operation, stored_mwh={"battery": np.array([0.4, 0.4])})
    left = trim(
        found.case, replace(found.design, battery_mw={"battery": 2.0}, battery_mwh={"battery": 4.0}, operation=held)
    )
    assert (left.battery_mw["battery"], left.battery_mwh["battery"]) == (0.0, 0.0)
    assert left.operation.stored_mwh["battery"].tolist() == [0.0, 0.0]


def test_cycles_are_counted_in_what_age_leaves(plan) -> None:
    """Proves: 6 MWh a year in at most two cycles of a battery of which half is left ask for 6 MWh. Catches: 1.5 MWh,
    age counted the wrong way; 3, age not counted."""
    aged = battery(terms=AssetTerms(5), fade_per_year=0.1, max_cycles_per_year=2.0)
    found = plan(energy_case([0.0] * 12, batteries=(aged,), money=Money(5, 0.0)))
    used = replace(found.design.operation, discharge_mw={"battery": np.full(12, 0.5)})
    assert _energy_used_mwh(found.case, aged, used, "battery") == pytest.approx(6.0)


def test_power_that_batteries_burn_at_no_gain_is_not_given() -> None:
    """Proves: two engines give 3 and 2 MW where 3.5 are taken: the first gives 1.5 MW less; one that must give at least
    half of its 2 MW keeps that, and the other gives the rest. Catches: a plan of free energy whose site is out of
    balance, which the recheck refuses; a unit below its least load."""
    given, on = {"a": np.array([3.0]), "b": np.array([2.0])}, {"a": np.array([2.0]), "b": np.array([1.0])}
    for share, left in ((0.0, (1.5, 2.0)), (0.5, (2.0, 1.5))):
        engines = tuple(Generator(n, 2.0, 0.0, PLAIN_TERMS, max_units=2, min_load_share=share) for n in "ab")
        found = lowered(energy_case([1.0], generators=engines), given, on, np.array([3.5]))
        assert (found["a"][0], found["b"][0]) == pytest.approx(left)
