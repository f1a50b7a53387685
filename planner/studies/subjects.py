"""The subjects of the power side that a case has, and the case without each.

Duties of the site (ride-through, limits on swings and ramps, redundancy, interruptions of the grid) only narrow what
may be planned: without them a plan costs at most as much. Means (a battery, a generator, a source, a programme, load
that may be lost, work that waits) only widen it: without one a plan costs at least as much. Where the plan has nothing
of a means, it stands without it too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models import services
from models.case import Case, Redundancy
from models.contracts import duties
from models.design import Design

if TYPE_CHECKING:
    from planner.solving.bounds import Bounds

NOTHING = 1e-6
"""MW, MWh below which a plan has nothing of something."""


@dataclass(frozen=True, eq=False)
class Dropped:
    """A case without one subject. used: whether the plan has any of it. widens, narrows: the case without it allows all
    that the case with it does, or less."""

    subject: str
    case: Case
    item: str = ""
    used: bool = True
    widens: bool = False
    narrows: bool = True
    bounds: Bounds = field(default_factory=dict)
    """the same as bounds of variables of the design problem; empty: what a month may do changes too"""


def rigid(case: Case) -> Case:
    """The case with work that neither waits nor pauses: deferrable work is served as it arrives, training runs at one
    rate through its window."""
    fixed = tuple(
        replace(w, max_delay_h=0.0)
        if w.kind == "deferrable"
        else replace(w, steady=True)
        if w.kind == "training"
        else w
        for w in case.workloads
    )
    return replace(case, workloads=fixed)


def each_subject(case: Case, design: Design, others: Sequence[Case] = ()) -> Iterator[Dropped]:
    """The case without each subject in turn that it has."""
    yield from _architectures(case, others)
    yield from _duties(case, design)
    if any(w.kind == "training" or (w.kind == "deferrable" and w.max_delay_h > 0) for w in case.workloads):
        yield Dropped("flexible_work", rigid(case))
    if any(mw.max(initial=0.0) > NOTHING for mw in design.operation.discharge_mw.values()):
        # storage in the racks does all that a battery does except move energy; one that does nothing else stays so
        still = tuple(replace(b, location="rack") if services.serves_grid(case, b) else b for b in case.batteries)
        yield Dropped("dispatch", replace(case, batteries=still))
    yield from _stores(case, design)
    yield from _plant(case, design)


def _architectures(case: Case, others: Sequence[Case]) -> Iterator[Dropped]:
    """The case with each other electrical architecture alone: what the choice is worth."""
    for other in others:
        if other.electrical.name != case.electrical.name and other.grid.tariff == case.grid.tariff:
            yield Dropped("architecture", other, other.electrical.name)


def _duties(case: Case, design: Design) -> Iterator[Dropped]:
    def free(subject: str, without: Case) -> Dropped:
        return Dropped(subject, without, widens=True, narrows=False)

    if case.ride_through_h > 0:
        chain = replace(case.electrical, required_ride_through_h=0.0)
        yield free("ride_through", replace(case, electrical=chain, grid=replace(case.grid, ride_through_h=0.0)))
    if services.swings_mw(case):
        yield free("smoothing", replace(case, grid=replace(case.grid, max_swing_mw=None)))
    if services.steps_mw(case):
        yield free("ramp", replace(case, grid=replace(case.grid, ramp_limit_mw_per_min=None)))
    if any(r.asks_for_more for r in (case.electrical.redundancy, *(c.redundancy for c in case.cooling))):
        chain = replace(case.electrical, redundancy=Redundancy())
        coolings = tuple(replace(c, redundancy=Redundancy()) for c in case.cooling)
        yield free("redundancy", replace(case, electrical=chain, cooling=coolings))
    if duties(case):
        unasked = replace(case.limits, clean_share_yearly=None, clean_share_hourly=None)
        yield free("clean_share", replace(case, limits=unasked))
    if case.grid.available_pu is not None and float(case.grid.available_pu.min()) < 1:
        firm = free("interruptions", replace(case, grid=replace(case.grid, available_pu=None)))
        # load that may be lost, and sets that may run in outages only, go with the interruptions
        tied = case.grid.lost_load_kcur_per_mwh is not None or any(g.only_in_outages for g in case.generators)
        yield replace(firm, widens=not tied)
        if case.grid.lost_load_kcur_per_mwh is not None:
            used = any(mw.max(initial=0.0) > NOTHING for mw in design.operation.lost_load_mw.values())
            yield Dropped("lost_load", replace(case, grid=replace(case.grid, lost_load_kcur_per_mwh=None)), used=used)


def _stores(case: Case, design: Design) -> Iterator[Dropped]:
    for b in case.batteries:
        if case.most_mw(b) > 0 and case.most_mwh(b) > 0:
            used = design.battery_mwh.get(b.name, 0.0) > NOTHING
            rest = tuple(x for x in case.batteries if x is not b)
            forced = b.min_mw > 0 or b.min_mwh > 0 or b.existing_mw > 0 or b.existing_mwh > 0
            none = {} if forced else _none(b.name, "battery_mw", "battery_mwh")
            yield Dropped("battery", replace(case, batteries=rest), b.name, used, narrows=not forced, bounds=none)
    for c in case.cooling:
        if c.store is not None and c.store.max_mwh > 0:
            used = design.cold_store_mwh.get(c.name, 0.0) > NOTHING
            rest_c = tuple(replace(x, store=None) if x is c else x for x in case.cooling)
            yield Dropped("cold_store", replace(case, cooling=rest_c), c.name, used)


def _none(name: str, *sizes: str) -> dict[tuple[str, str], tuple[float, float]]:
    """Bounds that leave nothing of an item."""
    return {(f"sizes.{size}", name): (0.0, 0.0) for size in sizes}


def _plant(case: Case, design: Design) -> Iterator[Dropped]:
    for s in case.supplies:
        if s.max_mw > 0 and case.delivered(s):
            used = design.supply_mw.get(s.name, 0.0) > NOTHING
            rest = tuple(x for x in case.supplies if x is not s)
            none = {} if s.min_mw else _none(s.name, "supply_mw")
            yield Dropped("supply", replace(case, supplies=rest), s.name, used, narrows=not s.min_mw, bounds=none)
    for g in case.generators:
        if g.max_units > 0 and case.delivered(g):
            used = design.generator_units.get(g.name, 0) > 0
            left = tuple(x for x in case.generators if x is not g)
            none = {} if g.min_units else _none(g.name, "generator_units")
            yield Dropped(
                "generator", replace(case, generators=left), g.name, used, narrows=not g.min_units, bounds=none
            )
    for c in case.purchases:
        if c.max_mw > 0:
            used = design.purchase_mw.get(c.name, 0.0) > NOTHING
            kept = tuple(x for x in case.purchases if x is not c)
            none = {} if c.min_mw else _none(c.name, "purchase_mw")
            yield Dropped("contract", replace(case, purchases=kept), c.name, used, narrows=not c.min_mw, bounds=none)
    for p in case.programmes:
        if p.max_mw > 0:
            used = design.committed_mw.get(p.name, 0.0) > NOTHING
            others = tuple(x for x in case.programmes if x is not p)
            none = _none(p.name, "committed_mw", "is_joined")
            yield Dropped("programme", replace(case, programmes=others), p.name, used, bounds=none)
