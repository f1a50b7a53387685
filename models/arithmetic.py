"""What arithmetic alone says of a case: limits below what any design needs, seen without a solver.

Every need here is a bound from below: each workload by itself on the racks that need least of the thing in question,
busy racks at their full power, nothing for cooling, losses or spare units. A case without a shortfall here may still
have no plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from models.case import Case, Rack
from models.catalogue import hardest_loads, of_kind, rack, reference_mtok, requests_mreq, serving
from models.yearly import CRITERIA, given_limit

ROOM = 1e-6
"""Relative shortfall below which a limit is taken to hold."""


@dataclass(frozen=True)
class Shortfall:
    """A need that limits leave unmet, whatever the design."""

    paths: tuple[str, ...]
    """the limits, by where they stand in the case: together they allow `allowed`"""
    needed: float
    allowed: float
    unit: str
    why: str
    """what is needed, in words"""


def shortfalls(case: Case) -> tuple[Shortfall, ...]:
    """Every need that arithmetic finds unmet."""
    found = (*_rooms(case), *_racks(case), *_first_cost(case), *_power(case), *_energy(case))
    return tuple(s for s in found if np.isfinite(s.needed) and s.needed > s.allowed * (1 + ROOM) + 1e-12)


# -- what work needs at least -----------------------------------------------------------------------------------------


def _least(case: Case, workload: str, each: Callable[[Rack], float]) -> float:
    """Of a busy rack-hour per unit of work, the least of something per installed rack; infinite if nothing serves."""
    of_racks = [(h / rack(case, o).usable_share, rack(case, o)) for o, h in _rack_hours(case, workload)]
    return min((h * each(r) for h, r in of_racks), default=np.inf)


def _rack_hours(case: Case, workload: str) -> Iterator[tuple[tuple[str, str], float]]:
    return (((r, c), h) for (w, r, c), (h, _) in serving(case).items() if w == workload)


def _in_hardest_hour(case: Case, each: Callable[[Rack], float]) -> float:
    """The least of something that racks installed for interactive work add up to."""
    work = of_kind(case, "interactive")
    per_work = [_least(case, w.name, each) for w in work]
    rows = (zip(row, per_work, strict=False) for row in hardest_loads(case))
    return max((sum(a * p for a, p in row if a > 0) for row in rows), default=0.0)


def _full_mwh(case: Case, workload: str) -> float:
    """IT energy per unit of work at least: a busy rack draws its full power; none where nothing serves the work."""
    keys = [(k, v) for k, v in serving(case).items() if k[0] == workload]
    return min((h * (above + rack(case, (r, c)).idle_mw) for (_, r, c), (h, above) in keys), default=0.0)


def _loads_mw(case: Case) -> np.ndarray:
    """What the site draws at least in each step, without work that can wait."""
    site = case.site
    load = np.full(case.calendar.steps, site.house_load_mw)
    if site.plain_load_mw is not None:
        load = load + site.plain_load_mw
    for w in of_kind(case, "interactive"):
        if w.arrivals_mreq_per_h is not None:
            load = load + w.arrivals_mreq_per_h * _full_mwh(case, w.name)
    return load


def _year_mwh(case: Case) -> float:
    """Energy of the year at least."""
    mwh = float(_loads_mw(case).sum()) * case.calendar.step_h
    mwh += sum(requests_mreq(case, w) * _full_mwh(case, w.name) for w in of_kind(case, "deferrable"))
    return mwh + sum(w.run_mtok * len(w.windows) * _full_mwh(case, w.name) for w in of_kind(case, "training"))


# -- what limits allow ------------------------------------------------------------------------------------------------


def _rooms(case: Case) -> Iterator[Shortfall]:
    """Racks against the rooms that can be ordered in time, and against the land that these take."""
    rooms = [m for m in case.offers if m.kind in ("it", "integrated") and m.it_mw > 0 and case.delivered(m)]
    needed = _in_hardest_hour(case, lambda r: r.placed_mw)
    why = "racks for the hour of most interactive work, on the thriftiest racks"
    if rooms and all(m.max_count is not None for m in rooms):
        allowed = sum((m.max_count or 0) * m.it_mw for m in rooms)
        yield Shortfall(tuple(f"offers[{m.name}].max_count" for m in rooms), needed, allowed, "MW", why)
    if rooms and case.site.area_m2 is not None:
        per_mw = min(m.footprint_m2 / m.it_mw for m in rooms)
        yield Shortfall(("site.area_m2",), needed * per_mw, case.site.area_m2, "m²", f"rooms of {why}")


def _racks(case: Case) -> Iterator[Shortfall]:
    """Each interactive workload against all racks that serve it and are limited in number."""
    for number, w in enumerate(of_kind(case, "interactive")):
        usable = {rack(case, o).name: (rack(case, o), h) for o, h in _rack_hours(case, w.name)}
        if not usable or any(r.max_racks is None for r, _ in usable.values()):
            continue
        most = max((row[number] for row in hardest_loads(case)), default=0.0)
        allowed = sum((r.max_racks or 0) * r.usable_share / h for r, h in usable.values() if h > 0)
        paths = tuple(f"racks[{name}].max_racks" for name in usable)
        yield Shortfall(paths, most, allowed, "million requests an hour", f"{w.name} in its hardest hour")


def _first_cost(case: Case) -> Iterator[Shortfall]:
    if case.limits.budget_kcur is not None and case.money.counts_it:
        needed = _in_hardest_hour(case, lambda r: r.cost_kcur + r.ancillary_cost_kcur)
        why = "the cheapest racks for the hour of most interactive work, without rooms and plant"
        yield Shortfall(("limits.budget_kcur",), needed / 1000, case.limits.budget_kcur / 1000, "million", why)


def _power(case: Case) -> Iterator[Shortfall]:
    """The highest hour against the connection and all that can help it, all of it at full power."""
    helps = sum(b.max_mw for b in case.batteries) + sum(g.max_units * g.unit_mw for g in case.generators)
    given = np.full(case.calendar.steps, case.grid.interval_limit_mw / case.grid.billing_factor + helps)
    for s in case.supplies:
        given = given + s.max_mw * s.output_pu
    load = _loads_mw(case)
    hour = int((load - given).argmax())
    if case.grid.lost_load_kcur_per_mwh is None:
        why = "the least load of one step, without cooling and losses"
        yield Shortfall((_connection(case),), float(load[hour]), float(given[hour]), "MW", why)


def _connection(case: Case) -> str:
    """The figure of the connection that binds."""
    grid = case.grid
    lower = grid.import_limit_mva is not None and grid.import_limit_mva * grid.power_factor < grid.import_limit_mw
    return "grid.import_limit_mva" if lower else "grid.import_limit_mw"


def _energy(case: Case) -> Iterator[Shortfall]:
    """IT energy of the year against the TokEnergy target, and its carbon where all of it is bought."""
    mwh, tokens = _year_mwh(case), reference_mtok(case)
    target = given_limit(case, CRITERIA["tokenergy"])
    if target is not None and tokens > 0:
        why = "IT energy of busy racks alone"
        yield Shortfall(("limits.tokenergy_wh_per_ktok",), 1e3 * mwh / tokens, target, "Wh per 1,000 tokens", why)
    cap = given_limit(case, CRITERIA["carbon"])
    is_bought = not (case.supplies or case.generators or case.purchases) and case.grid.lost_load_kcur_per_mwh is None
    if cap is not None and is_bought:
        needed = mwh * max(float(case.grid.carbon_t_per_mwh.min()), 0.0)
        why = "IT energy of busy racks alone, all of it in the cleanest hour"
        yield Shortfall(("limits.carbon_t_per_year",), needed, cap, "t/year", why)
