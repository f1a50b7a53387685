"""What arithmetic alone shows to be impossible, by hand. That it never says so of a case with a plan is part of the
comparison with brute force (test_oracle.py)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny import (
    PLAIN_TERMS,
    battery,
    hall,
    hall_case,
    limits,
    point,
    rack,
    requests,
    room,
    supply,
    training,
    training_point,
)

from models.arithmetic import shortfalls
from models.case import Case, Generator, PowerPurchase


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


def test_rooms_of_all_offers_count() -> None:
    """Proves: three racks of 0.125 MW with ancillary IT need 0.375 MW; one hall of 0.2 and one room of 0.1 MW allow
    0.3, one of them without limit any. A unit that holds no racks or comes too late allows nothing. Catches: idle power
    for peak, one offer for all."""
    case = hall_case([3.0, 1.0], racks=(rack(ancillary_mw=0.025),))
    small, other = hall(it_mw=0.2, max_count=1), room(it_mw=0.1, max_count=1)
    assert told(replace(case, offers=(small, other))) == {
        ("offers[hall].max_count", "offers[room].max_count"): (0.375, 0.3)
    }
    assert told(replace(case, offers=(small, replace(other, max_count=None)))) == {}
    late = hall("late", max_count=9, lead_months_p50=1300.0)
    plant = (hall("power", kind="power", max_count=9), hall("empty", it_mw=0.0, max_count=9))
    assert told(replace(case, offers=(small, late, *plant))) == {("offers[hall].max_count",): (0.375, 0.2)}
    assert told(replace(case, offers=())) == {}


def test_land_of_the_densest_rooms() -> None:
    """Proves: 0.3 MW take 15 m2 in rooms of 50 m2 per MW, though others take 90. Catches: the first room for the
    densest."""
    rooms = (hall(footprint_m2=90.0), room(it_mw=2.0, footprint_m2=100.0))
    case = hall_case([3.0, 1.0], offers=rooms, site={"area_m2": 14.0})
    assert told(case) == {("site.area_m2",): (15.0, 14.0)}


def test_each_workload_needs_its_own_racks() -> None:
    """Proves: 3 and 1.5 Mreq/h in different hours, at one rack-hour per Mreq and at two: rooms for the hour that needs
    most, 3 + 2 racks; racks limited in number against each work alone. Catches: highest hours of different times added
    (6), the hour that needs least (4), one column for the other."""
    work = (requests([3.0, 1.0], "a"), requests([1.0, 1.5], "b"))
    case = hall_case([0.0, 0.0], workloads=work, operating_points=(point("R", "a"), point("S", "b", 500.0)))
    case = replace(case, racks=(rack(max_racks=2), rack("S", max_racks=2)), offers=(hall(it_mw=0.1, max_count=1),))
    assert told(case) == {
        ("offers[hall].max_count",): (0.5, 0.1),
        ("racks[R].max_racks",): (3.0, 2.0),
        ("racks[S].max_racks",): (1.5, 1.0),
    }
    free = replace(case, racks=(rack(max_racks=2), rack("S")))
    assert ("racks[S].max_racks",) not in told(free)
    both = replace(free, operating_points=(*free.operating_points, point("S", "a")))
    assert ("racks[R].max_racks",) not in told(both)


def test_racks_of_a_tenant_cost_no_budget() -> None:
    """Proves: 3 racks for 10 kcur and 2 of ancillary IT are 0.036 million against a budget of 0.03, unless a tenant
    pays for them."""
    case = hall_case([3.0, 1.0], racks=(rack(ancillary_cost_kcur=2.0),), limits=limits(budget_kcur=30.0))
    assert told(case) == {("limits.budget_kcur",): (0.036, 0.03)}
    assert told(replace(case, money=replace(case.money, counts_it=False))) == {}


def test_what_helps_the_connection() -> None:
    """Proves: 1.3 MW in the first hour (house 0.4, plain load 0.6, three racks) against 0.5 MW of interval import, a
    quarter above the hour: 0.4; two batteries of 0.1, three engines of 0.05 and a source that gives half of 0.2 MW
    help. Catches: a help counted twice or not at all, the interval's factor the wrong way, the hour of the highest load
    for the hour of the largest gap."""
    site = {"house_load_mw": 0.4, "plain_load_mw": [0.6, 0.5]}
    case = hall_case([3.0, 1.0], site=site, limit_mw=0.5, grid={"billing_factor": 1.25})
    only = "grid.import_limit_mw"
    assert told(case) == {(only,): (1.3, 0.4)}
    stores = (battery(max_mw=0.1), battery(name="b", max_mw=0.1))
    assert told(replace(case, batteries=stores)) == {(only,): (1.3, 0.6)}
    engine = Generator("g", 0.05, 0.0, PLAIN_TERMS, max_units=3)
    assert told(replace(case, generators=(engine,))) == {(only,): (1.3, 0.55)}
    assert told(replace(case, supplies=(supply([0.5, 0.0], max_mw=0.2),))) == {(only,): (1.3, 0.5)}
    assert told(replace(case, supplies=(supply([1.0, 0.0], max_mw=0.2),))) == {(only,): (1.3, 0.6)}
    assert told(replace(case, supplies=(supply([1.0, 0.0], max_mw=0.5),))) == {(only,): (1.0, 0.4)}
    assert told(replace(case, grid=replace(case.grid, lost_load_kcur_per_mwh=1.0))) == {}
    weak = replace(case, grid=replace(case.grid, import_limit_mva=0.5, power_factor=0.9))
    assert told(weak) == {("grid.import_limit_mva",): (1.3, 0.36)}
    strong = replace(case, grid=replace(case.grid, import_limit_mva=0.5, power_factor=1.0))
    assert set(told(strong)) == {(only,)}


def test_energy_of_all_work_against_its_targets() -> None:
    """Proves: in half hours 2 Mreq/h of chat, 4 of late work and two runs of 500 Mtok on racks of 0.1 MW take 0.1, 0.2
    and 0.1 MWh; house and other load 0.15: 0.55 MWh for 3,000 + 1,000 Mtok. At 0.2 t/MWh in the cleanest hour 0.11 t.
    Catches: a kind of work left out, hours for steps, the mean carbon, carbon of a site with its own sources."""
    work = (
        requests([1.0, 1.0]),
        requests([4.0, 0.0], "late", kind="deferrable", max_delay_h=0.5),
        training(500.0, [(0, 1), (1, 2)], weight_training=1.0),
    )
    points = (point(), point("R", "late"), training_point(), *(point("S", w, full_mw=0.3) for w in ("chat", "late")))
    case = hall_case(
        [0.0, 0.0],
        workloads=work,
        operating_points=points,
        racks=(rack(), rack("S", idle_mw=0.3)),
        site={"house_load_mw": 0.1, "plain_load_mw": [0.1, 0.0]},
        grid={"carbon_t_per_mwh": np.array([0.4, 0.2])},
        limits=limits(tokenergy_wh_per_ktok=0.1, carbon_t_per_year=0.05),
    )
    case = replace(case, calendar=replace(case.calendar, step_h=0.5))
    energy = 0.1 + 0.2 + 0.1 + 0.15
    assert told(case) == {
        ("limits.tokenergy_wh_per_ktok",): (energy / 4, 0.1),
        ("limits.carbon_t_per_year",): (0.2 * energy, 0.05),
    }
    clean = replace(case, grid=replace(case.grid, carbon_t_per_mwh=np.array([-0.1, 0.2])))
    assert ("limits.carbon_t_per_year",) not in told(clean)
    engine = Generator("g", 0.05, 0.0, PLAIN_TERMS, max_units=3)
    deal = PowerPurchase("p", np.ones(2), 1.0)
    for part in ({"generators": (engine,)}, {"supplies": (supply([1.0, 1.0]),)}, {"purchases": (deal,)}):
        assert ("limits.carbon_t_per_year",) not in told(replace(case, **part))  # type: ignore[arg-type]


@pytest.mark.parametrize(("budget", "short"), [(30.0, False), (30.0 / (1 + 0.9e-6), False), (30.0 / (1 + 2e-6), True)])
def test_a_limit_just_met_is_met(budget: float, short: bool) -> None:
    """Proves: within a millionth a limit holds. Catches: a plan refused for rounding."""
    assert bool(told(hall_case([3.0, 1.0], limits=limits(budget_kcur=budget)))) == short


def test_no_reference_tokens_no_target() -> None:
    """Proves: work whose tokens have no weight has no TokEnergy to miss. Catches: a division by nothing."""
    work = (requests([3.0, 1.0], weight_output=0.0),)
    assert told(hall_case([0.0, 0.0], workloads=work, limits=limits(tokenergy_wh_per_ktok=0.001))) == {}


def test_nothing_is_needed_for_no_work() -> None:
    """Proves: without work, or without a room, zero of zero is no shortfall; a workload without requests, which nothing
    serves, hides no shortfall of another. Catches: a need of one that nobody has, nothing times infinity."""
    rooms = (hall(it_mw=0.1, max_count=1),)
    late = requests([1.0, 1.0], "late", kind="deferrable", max_delay_h=1.0)
    for none in ((), (late,)):
        assert told(hall_case([0.0, 0.0], workloads=none, offers=rooms)) == {}
        assert told(hall_case([0.0, 0.0], workloads=none, offers=(hall(max_count=0),))) == {}
    work = (requests([3.0, 1.0]), requests([0.0, 0.0], "none"))
    assert told(hall_case([3.0, 1.0], workloads=work, offers=rooms)) == {("offers[hall].max_count",): (0.3, 0.1)}


@pytest.mark.parametrize("arrivals", [[0.0, 0.0], [5.0, 0.0]])
def test_work_that_nothing_serves_hides_no_other_shortfall(arrivals: list[float]) -> None:
    """Proves: 0.3 MW and 0.4 MWh of the work that can be served are told, whatever is asked beside it. Catches: nothing
    times infinity, which is no number and no need."""
    work = (requests([3.0, 1.0]), requests(arrivals, "none"), requests(arrivals, "late", kind="deferrable"))
    case = hall_case([0.0, 0.0], workloads=work, limit_mw=0.15, limits=limits(tokenergy_wh_per_ktok=0.001))
    found = told(case)
    assert found["grid.import_limit_mw",] == (0.3, 0.15)
    tokens = 4 + 2 * sum(arrivals)
    assert found["limits.tokenergy_wh_per_ktok",] == (0.4 / tokens, 0.001)
