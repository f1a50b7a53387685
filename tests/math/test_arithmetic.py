"""What arithmetic alone shows to be impossible, by hand. That it never says so of a case with a plan is part of the
comparison with brute force (test_oracle.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny import battery, hall, hall_case, limits, point, rack, supply

from models.arithmetic import shortfalls
from models.case import Case


def told(case: Case) -> dict[tuple[str, ...], tuple[float, float]]:
    """(needed, allowed) of each shortfall, by its limits."""
    return {s.paths: (pytest.approx(s.needed), pytest.approx(s.allowed)) for s in shortfalls(case)}


def test_each_limit_against_what_any_design_needs():
    """Proves, for three requests in the hardest hour, each a rack of 0.1 MW for 10 kcur at three quarters of use, so
    four racks: 0.4 MW of rooms, 30 / 0.75 kcur of racks, 0.3 MW of power, 0.2 MW of the connection beside a battery of
    0.1; 0.4 MWh for 4,000 Mtok, 0.1 Wh per 1,000 tokens. Catches: a need that forgets the usable share, the mean hour
    for the hardest, a battery or a second rack type that would do left out."""
    case = hall_case([3.0, 1.0], racks=(rack(usable_share=0.75),), offers=(hall(it_mw=0.3, max_count=1),))
    assert told(case) == {("offers[hall].max_count",): (0.4, 0.3)}
    case = replace(case, offers=(hall(max_count=9, footprint_m2=50.0),))
    assert told(replace(case, site=replace(case.site, area_m2=10.0))) == {("site.area_m2",): (20.0, 10.0)}
    assert told(replace(case, limits=limits(budget_kcur=39.0))) == {("limits.budget_kcur",): (0.04, 0.039)}
    assert told(replace(case, limits=limits(tokenergy_wh_per_ktok=0.09))) == {
        ("limits.tokenergy_wh_per_ktok",): (0.1, 0.09)
    }
    weak = replace(case, grid=replace(case.grid, import_limit_mw=0.15))
    assert told(weak) == {("grid.import_limit_mw",): (0.3, 0.15)}
    assert told(replace(weak, batteries=(battery(max_mw=0.1),))) == {("grid.import_limit_mw",): (0.3, 0.25)}
    assert told(replace(weak, batteries=(battery(max_mw=0.2),))) == {}
    assert told(replace(weak, supplies=(supply([1.0, 0.0], max_mw=0.15),))) == {}
    few = replace(case, racks=(rack(usable_share=0.75, max_racks=3),))
    assert told(few) == {("racks[R].max_racks",): (3.0, 2.25)}
    thrifty = rack("S", cost_kcur=1.0)
    both = replace(few, racks=(*few.racks, thrifty), operating_points=(point(), point("S")))
    assert told(replace(both, limits=limits(budget_kcur=20.0))) == {}
