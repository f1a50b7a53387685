"""What a user requires of a plan, limit by limit, each of which can be exceeded for the sake of a question.

The elastic design problem of a case holds most requirements as rows `used <= limit + excess`. Excesses that may not be
are held at zero by the solver's bounds; the months are those of the case with all these out of the way, the same for
every question. So "is there a plan without this limit", "what would it have to be" and "which of them conflict" are one
problem with other bounds and costs. Requirements that are no such row (models/duties.py) hold or are out of the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pyomo.core as pyo

from models.assembly import build_design
from models.blocks import Block, Expr, constraint, total, variable
from models.case import Case, Generator
from models.catalogue import cold_stores
from models.contracts import offered
from models.places import put
from models.timetable import ALWAYS_MONTHS
from models.yearly import CRITERIA, limited, per_column

WIDER = 10.0
"""How many times a limit that needs a bound may be exceeded."""
LATEST_MONTHS = 60
"""How much later service may start when the month needed is out of the way."""


@dataclass(frozen=True)
class Requirement:
    """One limit of a case. `used` reads what a plan uses from the design problem of a case that was `lifted`, in the
    limit's own unit in the case."""

    path: str
    """where it stands in the case, as Origin.path"""
    now: float
    lifted: Callable[[Case], Case]
    """the case with it out of the way"""
    used: Callable[[Block], Expr] | None
    """None: no row"""
    is_whole: bool = False
    end: float | str | None = None
    """of what is no row: the value, as far from `now` as makes sense, that is as good as none; a text has no values
    between"""

    @property
    def is_row(self) -> bool:
        """Whether it is a row of the elastic design problem."""
        return self.used is not None

    @property
    def is_of_item(self) -> bool:
        """Whether it limits one thing to buy, not the site or the year."""
        return "[" in self.path

    def at(self, case: Case, value: float | str) -> Case:
        """The case with another value of this limit."""
        if isinstance(value, str):
            return self.lifted(case)
        changed: Case = put(case, self.path, int(round(value)) if self.is_whole else value)
        return changed


def rows(case: Case) -> tuple[Requirement, ...]:
    """Every requirement of a case that is a row of its elastic design problem: of the site first, then of items."""
    return (*_of_grid(case), *_of_year(case), *_of_site(case), *_of_items(case))


def _of_grid(case: Case) -> list[Requirement]:
    """Every figure that limits the connection, each on its own: the lowest of them binds."""
    grid = case.grid
    found = [Requirement("grid.import_limit_mw", grid.import_limit_mw, _wide_connection, _contract)]
    if grid.import_limit_mva is not None:
        factor = grid.power_factor

        def apparent(design: Block) -> Expr:
            return _contract(design) / factor

        found.append(Requirement("grid.import_limit_mva", grid.import_limit_mva, _wide_connection, apparent))
    if grid.contract_mw is not None and not _overrun(case):
        found.append(Requirement("grid.contract_mw", grid.contract_mw, _wide_connection, _contract))
    return found


def _overrun(case: Case) -> bool:
    return case.grid.overrun_kcur_per_mw_month is not None


def _wide_connection(case: Case) -> Case:
    """A connection so large that it does not bind, and whose highest import the contract carries."""
    g = case.grid
    wide = WIDER * g.interval_limit_mw + 1.0
    fee = max(g.contract_kcur_per_mw_year, 1e-6)  # a price makes contracted capacity a choice (models/billing.py)
    changed = replace(
        g,
        import_limit_mw=wide,
        import_limit_mva=None,
        contract_mw=None,
        contract_kcur_per_mw_year=fee,
        overrun_kcur_per_mw_month=None,
    )
    return replace(case, grid=changed)


def _contract(design: Block) -> Expr:
    return design.grid.contract_mw


def _of_year(case: Case) -> list[Requirement]:
    found = []
    for c in CRITERIA.values():
        now = getattr(case.limits, c.limit)
        if now is not None:
            factor = per_column(case, c)

            def used(d: Block, column: str = c.column, factor: float = factor) -> Expr:
                return factor * sum(getattr(d.month[m], column) for m in d.month)

            def lifted(other: Case, name: str = c.name) -> Case:
                return limited(other, {name: None})

            found.append(Requirement(f"limits.{c.limit}", now, lifted, used))
    return found


def _of_site(case: Case) -> list[Requirement]:
    found = []
    if case.limits.budget_kcur is not None:
        found.append(
            Requirement(
                "limits.budget_kcur", case.limits.budget_kcur, _no_budget, lambda d: total(d, "first_cost_kcur")
            )
        )
    if case.site.area_m2 is not None:
        found.append(Requirement("site.area_m2", case.site.area_m2, _no_area, lambda d: total(d, "area_m2")))
    need = case.limits.need_month
    if need < ALWAYS_MONTHS:
        allowed = case.limits.delay.most_months
        found.append(
            Requirement(
                "limits.need_month",
                need,
                _later,
                lambda d: need - allowed + sum(d.delivery.late.values()),
            )
        )
    return found


def _no_budget(case: Case) -> Case:
    return replace(case, limits=replace(case.limits, budget_kcur=None))


def _no_area(case: Case) -> Case:
    return replace(case, site=replace(case.site, area_m2=None))


def _later(case: Case) -> Case:
    delay = case.limits.delay
    return replace(
        case, limits=replace(case.limits, delay=replace(delay, most_months=delay.most_months + LATEST_MONTHS))
    )


def _of_items(case: Case) -> list[Requirement]:
    """Limits on what may be bought of one thing."""
    found = []
    for m in case.offers:
        if m.max_count is not None and m.max_count > 0:

            def ordered(d: Block, name: str = m.name) -> Expr:
                return d.modules.ordered[name] if name in d.modules.ordered else 0  # noqa: SIM401 (no dict)

            found.append(_item(f"offers[{m.name}].max_count", m.max_count, ordered, None))
    for r in case.racks:
        if r.max_racks is not None:

            def racks(d: Block, name: str = r.name) -> Expr:
                return sum(v for key, v in d.sizes.racks.items() if key[0] == name)

            found.append(_item(f"racks[{r.name}].max_racks", r.max_racks, racks, None))
    for b in case.batteries:
        if b.max_mw > 0 and b.max_mwh > 0:
            for field, sizes in (("max_mw", "battery_mw"), ("max_mwh", "battery_mwh")):
                found.append(_size(f"batteries[{b.name}].{field}", getattr(b, field), sizes, b.name))
    for s in case.supplies:
        if s.max_mw > 0:
            found.append(_size(f"supplies[{s.name}].max_mw", s.max_mw, "supply_mw", s.name))
    for name, contract in offered(case).items():
        found.append(_size(f"purchases[{name}].max_mw", contract.max_mw, "purchase_mw", name))
    for name, store in cold_stores(case).items():
        found.append(_size(f"cooling[{name}].store.max_mwh", store.max_mwh, "cold_mwh", name))
    for g in case.generators:
        if g.max_units > g.spare_units:
            found.append(_units(g))
    return found


def _item(path: str, now: float, used: Callable[[Block], Expr], wide: Any) -> Requirement:
    return Requirement(path, now, lambda case: put(case, path, wide), used, is_whole=True)


def _size(path: str, now: float, sizes: str, name: str) -> Requirement:
    def used(d: Block) -> Expr:
        found = getattr(d.sizes, sizes)
        return found[name] if name in found else 0  # noqa: SIM401 (no dict)

    return Requirement(path, now, lambda case: put(case, path, WIDER * now), used)


def _units(generator: Generator) -> Requirement:
    path, spare, name = f"generators[{generator.name}].max_units", generator.spare_units, generator.name

    def used(d: Block) -> Expr:
        found = d.sizes.generator_units
        return found[name] + spare if name in found else 0

    wide = int(WIDER) * generator.max_units
    return Requirement(path, generator.max_units, lambda case: put(case, path, wide), used, is_whole=True)


def lifted(case: Case, found: tuple[Requirement, ...]) -> Case:
    """The case with all requirements out of the way."""
    for r in found:
        case = r.lifted(case)
    return case


def elastic_design(case: Case, found: tuple[Requirement, ...]) -> pyo.ConcreteModel:
    """The design problem of the lifted case with `excess[path]` of every row, in its own unit; no costs."""
    model = build_design(lifted(case, found))
    model.requirements = pyo.Block(concrete=True)
    used = {r.path: r.used(model) for r in found if r.used is not None}
    now = {r.path: r.now for r in found}
    variable(model.requirements, "excess", list(used), doc="use beyond a requirement [its unit]")
    constraint(
        model.requirements,
        "keep",
        list(used),
        lambda path: used[path] <= now[path] + model.requirements.excess[path],
        doc="what a plan uses within a requirement [its unit]",
    )
    return model
