"""What each subject of the power side is worth: the case planned again without it.

Duties of the site (ride-through, limits on swings and ramps, interruptions of the grid) only narrow what may be
planned: without them a plan costs at most as much. Means (a battery, a generator, a source, a programme, work that
waits) only widen it: without one a plan costs at least as much. Where the plan has nothing of a means, it stands
without it too, so that nothing needs to be solved."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models import services
from models.case import Case
from models.contracts import duties
from models.design import Answer, Design, Proof, Removal
from planner.studies.entry_price import entries, entry_price
from planner.studies.narrowed import Bounds, Narrowed
from reports.removals import subject_name

if TYPE_CHECKING:
    from planner.progress import Progress
    from planner.studies.plan import PlanOptions

ANY_CONNECTION = 5.0
"""Times the connection: more than any work that could have waited for it needs."""
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


def without_each_subject(
    answer: Answer, others: Sequence[Case], options: PlanOptions, progress: Progress | None = None
) -> tuple[Removal, ...]:
    """For each subject, by how much the cheapest plan without it costs more than the cheapest with it [kcur].

    others: the cases the workbook leaves to choose from. Exact within the two proven gaps: the change lies between
    bound and cost of either plan. The tariff stays that of the plan, and so does the architecture, except where it is
    the subject. At most one further solve per subject, each with the options of the plan. Over a long horizon those
    that are bounds of sizes share one search, which also finds at what price what is not in the plan would pay."""
    narrowed = Narrowed(answer.case, options)
    try:
        subjects = each_subject(answer.case, answer.design, others)
        return tuple(_removal(answer, dropped, options, narrowed, progress) for dropped in subjects)
    finally:
        narrowed.close()


def _removal(
    answer: Answer, dropped: Dropped, options: PlanOptions, narrowed: Narrowed, progress: Progress | None
) -> Removal:
    """What becomes of the plan's cost without one subject."""
    name = subject_name(dropped.subject, dropped.item)
    if not dropped.used:
        entry = dict(entries(answer.case)).get((dropped.subject, dropped.item)) if narrowed.is_worth_it else None
        if progress and entry is not None:
            progress.step(f"Looking for the price at which it would pay: {name}")
        found = None if entry is None else entry_price(answer.proof, entry, narrowed)
        return replace(unchanged(answer.proof, dropped), break_even=found)
    known = answer.choices.get((dropped.case.grid.tariff, dropped.case.electrical.name))
    if dropped.subject == "architecture" and known is not None:
        return compared(answer.proof, dropped, known)  # solved when the plan was made
    if progress:
        progress.step(f"Solving without {name}")
    shared = narrowed.solve(dropped.bounds) if dropped.bounds and narrowed.is_worth_it else None
    if shared is not None:
        return compared(answer.proof, dropped, shared)
    design, proof = _solve(dropped.case, options)
    removal = compared(answer.proof, dropped, proof)
    if dropped.subject == "flexible_work":
        removal = replace(removal, peak_import_mw=_needed_mw(dropped.case, design, options))
    return removal


def _solve(case: Case, options: PlanOptions) -> tuple[Design | None, Proof]:
    from planner.solving import solve

    return solve(case, gap=options.gap, time_limit=options.time_limit, method=options.method, seed=options.seed)


def unchanged(plan: Proof, dropped: Dropped) -> Removal:
    """The plan has nothing of it, so it is a plan without it too."""
    gap = max(0.0, plan.objective_kcur - plan.bound_kcur)
    return Removal(dropped.subject, dropped.item, plan.objective_kcur, 0.0, gap, in_plan=False)


def compared(plan: Proof, dropped: Dropped, proof: Proof) -> Removal:
    """What becomes of the plan's cost without the subject; of no plan found the cost is infinite."""
    cost = proof.objective_kcur
    bound = math.inf if proof.status == "infeasible" else proof.bound_kcur
    low, high = bound - plan.objective_kcur, cost - plan.bound_kcur
    if dropped.narrows:
        low, high = max(low, 0.0), max(high, 0.0)
    if dropped.widens:
        low, high = min(low, 0.0), min(high, 0.0)
    return Removal(dropped.subject, dropped.item, cost, low, high)


def _needed_mw(case: Case, design: Design | None, options: PlanOptions) -> float | None:
    """Highest interval import of the plan, else of the cheapest one with a connection of any size; None if there is
    none either."""
    if design is None:
        wide = replace(case.grid, import_limit_mw=ANY_CONNECTION * case.grid.interval_limit_mw, import_limit_mva=None)
        case = replace(case, grid=replace(wide, contract_mw=None))
        design, _ = _solve(case, options)
    return None if design is None else case.grid.billing_factor * float(design.operation.import_mw.max(initial=0.0))


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
    yield from _duties(case)
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


def _duties(case: Case) -> Iterator[Dropped]:
    def free(subject: str, without: Case) -> Dropped:
        return Dropped(subject, without, widens=True, narrows=False)

    if case.ride_through_h > 0:
        chain = replace(case.electrical, required_ride_through_h=0.0)
        yield free("ride_through", replace(case, electrical=chain, grid=replace(case.grid, ride_through_h=0.0)))
    if services.swings_mw(case):
        yield free("smoothing", replace(case, grid=replace(case.grid, max_swing_mw=None)))
    if services.steps_mw(case):
        yield free("ramp", replace(case, grid=replace(case.grid, ramp_limit_mw_per_min=None)))
    if duties(case):
        unasked = replace(case.limits, clean_share_yearly=None, clean_share_hourly=None)
        yield free("clean_share", replace(case, limits=unasked))
    if case.grid.available_pu is not None and float(case.grid.available_pu.min()) < 1:
        firm = free("interruptions", replace(case, grid=replace(case.grid, available_pu=None)))
        # load that may be lost, and sets that may run in outages only, go with the interruptions
        tied = case.grid.lost_load_kcur_per_mwh is not None or any(g.only_in_outages for g in case.generators)
        yield replace(firm, widens=not tied)


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
