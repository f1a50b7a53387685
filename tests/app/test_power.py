"""Electrical sheets -> Case: architectures to choose from, racks they feed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.errors import BadWorkbook, Finding, Infeasible
from planner.studies.plan import PlanOptions, plan_case
from planner.validate import ValidatedCase, validate
from planner.workbook import read_workbook


def _read(path: Path) -> ValidatedCase:
    return validate(read_workbook(path))


def _findings(path: Path) -> tuple[Finding, ...]:
    with pytest.raises(BadWorkbook) as caught:
        _read(path)
    return caught.value.findings


def _with_direct_current(small: Any) -> None:
    """A second architecture and a site that may choose it."""
    first = small.rows["Electrical"][0]
    small.rows["Electrical"].append({**first, "name": "DC", "rack_supply": "800 V DC", "ups_serves_grid": "yes"})
    small.rows["Sites"][0]["architecture_options"] = "DC"


def test_architectures_to_choose_from(small: Any) -> None:
    """Proves: a further architecture gives a second case with its own chain, for every tariff that may be chosen.
    Catches: one option for both choices together, or the first chain's figures in the second case."""
    _with_direct_current(small)
    small.rows["Sites"][0].update(tariff_options="unused", export_limit_mw=0)
    found = _read(small.write())
    first = found.case.electrical
    pairs = [(c.grid.tariff, c.electrical.name) for c in (found.case, *found.options)]
    assert pairs == [("TOU", first.name), ("unused", first.name), ("TOU", "DC"), ("unused", "DC")]
    last = found.options[-1].electrical
    assert (last.rack_supply, last.ups_serves_grid, last.required_ride_through_h) == (
        *("800 V DC", True),
        first.required_ride_through_h,
    )


@pytest.mark.parametrize("options,words", [("D", "names of Electrical"), ("DC; DC", "each architecture once")])
def test_an_architecture_that_cannot_be_chosen_is_named(small: Any, options: str, words: str) -> None:
    """Proves: unknown and repeated names are one finding. Catches: a misspelt option that silently drops out."""
    _with_direct_current(small)
    small.rows["Sites"][0]["architecture_options"] = options
    (found,) = _findings(small.write())
    assert found.cell == small.cell("Sites", "architecture_options") and words in str(found), str(found)


def test_racks_that_no_architecture_feeds(small: Any) -> None:
    """Proves: a rack for 800 V DC is left out with a remark where nothing delivers it, and none where an option does;
    if no rack is left, the site's architecture is the finding. Catches: a voltage that is read and ignored."""
    small.rows["Racks"][0]["supply"] = "800 V DC"
    (left,) = [w for w in _read(small.write()).warnings if w.column == "supply"]
    assert left.cell == small.cell("Racks", "supply")
    _with_direct_current(small)
    assert not [w for w in _read(small.write()).warnings if w.column == "supply"]
    small.rows["Sites"][0]["architecture_options"] = None
    small.rows["Racks"][1]["supply"] = "800 V DC"
    assert [f.cell for f in _findings(small.write())] == [small.cell("Sites", "architecture")]


def test_the_cheaper_architecture_is_planned(small: Any) -> None:
    """Proves: of two chains the plan takes that with the smaller losses and says what the other costs.
    Catches: the first named always taken; a bound that holds for one of them only."""
    _with_direct_current(small)
    small.rows["Electrical"][1].update(fixed_loss_pct=0, proportional_loss_pct=0, price_per_kw=0)
    found = _read(small.write())
    answer = plan_case(found, PlanOptions(method="monolithic"))
    assert answer.case.electrical.name == "DC" and answer.audit.ok
    assert sum("architecture" in note for note in answer.proof.notes) == 2


def test_swings_and_places_worth_a_remark(small: Any) -> None:
    """Proves: a swing that no limit of the grid meets and storage behind a one-way UPS are told at their cells.
    Catches: figures that silently change nothing."""
    small.rows["Workloads"][0].update(swing_pct=30)
    small.rows["Storage"][0].update(location="ups")
    told = {w.cell: str(w) for w in _read(small.write()).warnings if w.column in ("swing_pct", "location")}
    assert "no storage is sized" in told[small.cell("Workloads", "swing_pct")]
    assert "only carries the racks" in told[small.cell("Storage", "location")]
    small.rows["Sites"][0]["max_swing_mw"] = 1
    assert not [w for w in _read(small.write()).warnings if w.column == "swing_pct"]


def test_duties_that_cannot_be_met_are_named(small: Any) -> None:
    """Proves: where no storage can carry the racks, the limits in force name ride-through and the grid's duties at
    their cells. Catches: an infeasible study that lists everything but its reason."""
    small.rows["Sites"][0].update(ride_through_min=30, ramp_limit_mw_per_min=0.5)
    small.rows["Storage"][0].update(available="no")
    with pytest.raises(Infeasible) as caught:
        plan_case(_read(small.write()), PlanOptions(method="monolithic"))
    told = str(caught.value)
    assert small.cell("Sites", "ride_through_min") in told and small.cell("Sites", "ramp_limit_mw_per_min") in told


@pytest.mark.parametrize(("given", "missing"), [("existing_mw", "existing_mwh"), ("existing_mwh", "existing_mw")])
def test_storage_on_site_has_power_and_energy(small: Any, given: str, missing: str) -> None:
    """Proves: power on site without energy, or energy without power, is one finding at the cell that lacks its figure
    and names the other; with both, or neither, there is none. Catches: half a battery, which the plan leaves out if
    more comes too late and the accounts paid for."""
    small.rows["Storage"][0][given] = 0.5
    (found,) = _findings(small.write())
    assert found.cell == small.cell("Storage", missing) and small.cell("Storage", given) in str(found), str(found)
    small.rows["Storage"][0][missing] = 0.5
    (unit,) = _read(small.write()).case.batteries
    assert (unit.existing_mw, unit.existing_mwh) == (0.5, 0.5)
