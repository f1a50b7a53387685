"""What a user requires of a plan, as rows that may be exceeded: which there are, what counts against each, what is out
of the way when it is lifted. One step of a design problem with figures put in; no solver."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from tiny import PLAIN_TERMS, air, battery, hall, hall_case, limits, rack, supply

from models.case import Case, ChilledWaterStore, Delay, Generator, PowerPurchase
from models.places import at
from models.requirements import Requirement, elastic_design, lifted, rows

ENGINE = Generator("engine", 2.0, 0.0, PLAIN_TERMS, max_units=5, spare_units=2)


def required(**changes: Any) -> Case:
    """A case in which everything that can be a row is one."""
    ones = np.ones(2)
    defaults: dict[str, Any] = {
        "grid": {"import_limit_mva": 12.0, "power_factor": 0.8, "contract_mw": 7.0, "contract_kcur_per_mw_year": 3.0,
                 "carbon_t_per_mwh": 0.5 * ones},
        "limit_mw": 11.0,
        "site": {"area_m2": 900.0},
        "limits": limits(carbon_t_per_year=4.0, tokenergy_wh_per_ktok=0.2, budget_kcur=600.0, need_month=12.0,
                         delay=Delay(3)),
        "racks": (rack(max_racks=40), rack("S", cost_kcur=20.0)),
        "offers": (hall(max_count=6, footprint_m2=50.0), hall("other")),
        "batteries": (battery(max_mw=3.0, max_mwh=9.0),),
        "supplies": (supply(ones, max_mw=5.0, area_m2_per_mw=20.0, cost_kcur_per_mw=30.0),),
        "generators": (ENGINE,),
        "purchases": (PowerPurchase("wind", ones, 1.0, max_mw=8.0),),
        "cooling": (air(store=ChilledWaterStore(1.0, PLAIN_TERMS, 30.0)),),
    }  # fmt: skip
    return hall_case(**{**defaults, **changes})


CASE = required()
NOW = {
    "grid.import_limit_mw": 11.0,
    "grid.import_limit_mva": 12.0,
    "grid.contract_mw": 7.0,
    "limits.tokenergy_wh_per_ktok": 0.2,
    "limits.carbon_t_per_year": 4.0,
    "limits.budget_kcur": 600.0,
    "site.area_m2": 900.0,
    "limits.need_month": 12.0,
    "offers[hall].max_count": 6,
    "racks[R].max_racks": 40,
    "batteries[battery].max_mw": 3.0,
    "batteries[battery].max_mwh": 9.0,
    "supplies[pv].max_mw": 5.0,
    "purchases[wind].max_mw": 8.0,
    "cooling[air].store.max_mwh": 30.0,
    "generators[engine].max_units": 5,
}


def by_path(case: Case) -> dict[str, Requirement]:
    """The rows of a case."""
    return {r.path: r for r in rows(case)}


def test_every_limit_of_the_site_then_of_items() -> None:
    """Proves: each limit stated is one row with its figure as it stands in the case; counts are whole. Catches: a limit
    nobody can ask about, one told twice."""
    found = by_path(CASE)
    assert list(found) == list(NOW) and {path: r.now for path, r in found.items()} == NOW
    assert {p for p, r in found.items() if r.is_whole} == {p for p in NOW if p.endswith(("_count", "_racks", "_units"))}
    assert {p for p, r in found.items() if r.is_of_item} == set(list(NOW)[8:]) and all(r.is_row for r in found.values())


def test_what_is_not_limited_is_no_row() -> None:
    """Proves: without limits the connection alone remains, which every case has; what cannot be bought at all (none on
    offer, all units spare) is no limit to relax; a contract that may be overrun is none. Catches: a row of nothing."""
    none = {"batteries": (battery(max_mw=0.0),), "supplies": (supply(np.ones(2), max_mw=0.0),),
            "generators": (replace(ENGINE, max_units=2),), "offers": (hall(max_count=0), hall("other")),
            "purchases": (), "cooling": (air(),), "racks": (rack(),), "site": {}, "limits": limits()}  # fmt: skip
    grid = {"contract_mw": 7.0, "overrun_kcur_per_mw_month": 1.0}
    assert list(by_path(required(**none, grid=grid))) == ["grid.import_limit_mw"]
    empty = {**none, "batteries": (battery(max_mwh=0.0),)}
    assert list(by_path(required(**empty, grid=grid))) == ["grid.import_limit_mw"]


def test_small_limits_are_limits() -> None:
    """Proves: one unit, half a MW and half a MWh are limits that may be asked about. Catches: what is below one taken
    for none on offer."""
    case = hall_case(offers=(hall(max_count=1),), batteries=(battery(max_mw=0.5, max_mwh=0.5),),
                     supplies=(supply([1.0, 1.0], max_mw=0.5),))  # fmt: skip
    assert {path: r.now for path, r in by_path(case).items() if r.is_of_item} == {
        "offers[hall].max_count": 1, "batteries[battery].max_mw": 0.5, "batteries[battery].max_mwh": 0.5,
        "supplies[pv].max_mw": 0.5,
    }  # fmt: skip


# -- out of the way ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("limits.budget_kcur", None),
        ("site.area_m2", None),
        ("offers[hall].max_count", None),
        ("racks[R].max_racks", None),
        ("batteries[battery].max_mw", 30.0),
        ("batteries[battery].max_mwh", 90.0),
        ("supplies[pv].max_mw", 50.0),
        ("purchases[wind].max_mw", 80.0),
        ("cooling[air].store.max_mwh", 300.0),
        ("generators[engine].max_units", 50),
    ],
)
def test_a_limit_out_of_the_way(path: str, value: float | None) -> None:
    """Proves: a limit that needs no bound is gone, a size that does may be ten times as large; nothing else is moved.
    Catches: a neighbour lifted too, a bound that still binds."""
    found = by_path(CASE)[path].lifted(CASE)
    assert at(found, path) == value
    assert {p: at(found, p) for p in NOW if p != path} == {p: now for p, now in NOW.items() if p != path}


@pytest.mark.parametrize("path", [p for p in NOW if p.startswith("grid.")])
def test_a_connection_out_of_the_way(path: str) -> None:
    """Proves: of 11 MW and 12 MVA at 0.8, which carry 9.6 MW, ten times that and 1 MW more, with capacity that is
    chosen at its fee, or next to nothing where it has none. Catches: a contract or MVA that still binds, an overrun in
    its place."""
    grid = by_path(CASE)[path].lifted(CASE).grid
    assert (grid.import_limit_mw, grid.import_limit_mva, grid.contract_mw) == (pytest.approx(97.0), None, None)
    assert (grid.contract_kcur_per_mw_year, grid.overrun_kcur_per_mw_month) == (3.0, None)
    free = by_path(required(grid={}))["grid.import_limit_mw"].lifted(required(grid={})).grid
    assert free.import_limit_mw == pytest.approx(111.0) and 0 < free.contract_kcur_per_mw_year < 1e-4


def test_a_year_and_a_month_out_of_the_way() -> None:
    """Proves: a cap on carbon becomes what nobody can exceed, service may start five years later than allowed now.
    Catches: a cap lifted along with another, the delay allowed now forgotten."""
    found = by_path(CASE)["limits.carbon_t_per_year"].lifted(CASE).limits
    assert (found.carbon_t_per_year, found.tokenergy_wh_per_ktok) == (pytest.approx(9.6), 0.2)  # 2 h of 9.6 MW at 0.5
    later = by_path(CASE)["limits.need_month"].lifted(CASE).limits
    assert (later.need_month, later.delay.most_months) == (12.0, 63)
    everything = lifted(CASE, rows(CASE))
    assert everything.limits.budget_kcur is None and at(everything, "generators[engine].max_units") == 50


def test_another_value_of_a_limit() -> None:
    """Proves: a count is put in whole, a size as it is, a word takes the limit out of the way. Catches: 2.6 units."""
    found = by_path(CASE)
    assert at(found["offers[hall].max_count"].at(CASE, 7.6), "offers[hall].max_count") == 8
    assert at(found["site.area_m2"].at(CASE, 7.6), "site.area_m2") == 7.6
    assert at(found["site.area_m2"].at(CASE, "none"), "site.area_m2") is None


# -- what counts against a limit --------------------------------------------------------------------------------------


def filled(case: Case, **sizes: float) -> tuple[Any, dict[str, float]]:
    """The elastic design problem with 0 in every variable but those named, and what it uses of each limit."""
    model = elastic_design(case, rows(case))
    for v in model.component_data_objects(pyo.Var):
        v.set_value(sizes.get(v.name, 0.0), skip_validation=True)
    return model, {r.path: float(pyo.value(r.used(model))) for r in rows(case) if r.used is not None}


def test_what_counts_against_each_limit() -> None:
    """Proves: 4 MW contracted are 4 MW and 5 MVA at 0.8; energy is per token; racks of both kinds are told apart; spare
    engines count; land and first costs are sums; a start two months late is month 11 of 12 needed, of which 3 may be
    late. Catches: MW for MVA, a rack counted for another, spare units left out, a delay counted from the wrong
    month."""
    sizes = {
        "grid.contract_mw": 4.0,
        "month[0].site_energy_mwh": 0.6,
        "month[0].carbon_t": 2.0,
        "modules.ordered[hall]": 3.0,
        "modules.ordered[other]": 9.0,
        "sizes.racks[R,air]": 20.0,
        "sizes.racks[S,air]": 7.0,
        "sizes.battery_mw[battery]": 1.5,
        "sizes.battery_mwh[battery]": 2.5,
        "sizes.supply_mw[pv]": 4.0,
        "sizes.purchase_mw[wind]": 6.0,
        "sizes.cold_mwh[air]": 11.0,
        "sizes.generator_units[engine]": 1.0,
        "delivery.late[1]": 1.0,
        "delivery.late[2]": 1.0,
    }
    model, used = filled(CASE, **sizes)
    known = {v.name for v in model.component_data_objects(pyo.Var)}
    assert set(sizes) <= known, sorted(known)
    assert used == pytest.approx({
        "grid.import_limit_mw": 4.0,
        "grid.import_limit_mva": 5.0,
        "grid.contract_mw": 4.0,
        "limits.tokenergy_wh_per_ktok": 1e3 * 0.6 / 3000.0,
        "limits.carbon_t_per_year": 2.0,
        "limits.budget_kcur": 20 * 10.0 + 7 * 20.0 + 4 * 30.0 + 11.0 + 12 * 7.0,
        "site.area_m2": 3 * 50.0 + 4 * 20.0,
        "limits.need_month": 11.0,
        "offers[hall].max_count": 3.0,
        "racks[R].max_racks": 20.0,
        "batteries[battery].max_mw": 1.5,
        "batteries[battery].max_mwh": 2.5,
        "supplies[pv].max_mw": 4.0,
        "purchases[wind].max_mw": 6.0,
        "cooling[air].store.max_mwh": 11.0,
        "generators[engine].max_units": 3.0,
    })  # fmt: skip


def test_a_limit_holds_but_for_its_excess() -> None:
    """Proves: each row is what is used, at most the limit and its own excess, which is not negative. Catches: an excess
    that helps another limit, a row turned round."""
    model, _ = filled(CASE)
    excess = model.requirements.excess
    assert set(excess) == set(NOW) == set(model.requirements.keep)
    for path, now in NOW.items():
        assert excess[path].lb == 0 and excess[path].ub is None
        row = model.requirements.keep[path]
        room = pyo.value(row.upper if row.has_ub() else 0.0) - pyo.value(row.body)
        excess[path].set_value(2.5)
        assert pyo.value(row.upper if row.has_ub() else 0.0) - pyo.value(row.body) == pytest.approx(room + 2.5)
        excess[path].set_value(0.0)
        used = by_path(CASE)[path].used
        assert used is not None and room == pytest.approx(now - pyo.value(used(model)))


def test_what_comes_too_late_uses_nothing() -> None:
    """Proves: an engine, a hall, a battery and a sun that cannot be there in time are limits of which nothing is used.
    Catches: spare units of an engine that is not there."""
    late = {"lead_months_p50": 999.0}
    case = required(
        generators=(replace(ENGINE, **late),),
        offers=(hall(max_count=6, **late), hall("other")),
        batteries=(battery(max_mw=3.0, max_mwh=9.0, **late),),
        supplies=(supply(np.ones(2), max_mw=5.0, **late),),
    )
    _, used = filled(case)
    assert [used[p] for p in NOW if p.startswith(("generators", "offers", "batteries", "supplies"))] == [0.0] * 5
