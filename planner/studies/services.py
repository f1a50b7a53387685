"""What each service of storage, and work that can wait, is worth: the case solved again without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from models import services
from models.case import Case
from models.design import Answer, Design, ServiceSaving

if TYPE_CHECKING:
    from planner.progress import Progress
    from planner.studies.plan import PlanOptions


def service_savings(
    answer: Answer, options: PlanOptions, progress: Progress | None = None
) -> tuple[ServiceSaving, ...]:
    """For each service that the plan's storage is asked for, what the cheapest plan without it saves [kcur].

    Exact within the two proven gaps: the saving lies between bound and cost of either plan. The tariff and the
    architecture stay those of the plan. One further solve per service, each with the options of the plan."""
    from planner.solving import solve

    found = []
    for name, case in without_each(answer.case, answer.design):
        if progress:
            progress.step(f"Solving without {NAMES[name]}")
        design, proof = solve(
            case, gap=options.gap, time_limit=options.time_limit, method=options.method, seed=options.seed
        )
        cost = proof.objective_kcur if design is not None else float("inf")
        low = answer.proof.bound_kcur - cost
        saving = ServiceSaving(name, cost, low, answer.proof.objective_kcur - proof.bound_kcur)
        if name == "flexible_work":
            saving = replace(saving, peak_import_mw=_needed_mw(case, design, options))
        found.append(saving)
    return tuple(found)


def _needed_mw(case: Case, design: Design | None, options: PlanOptions) -> float | None:
    """Highest interval import of the plan, else of the cheapest one with a connection of any size; None if there is
    none either."""
    from planner.solving import solve

    if design is None:
        wide = replace(case.grid, import_limit_mw=ANY_CONNECTION * case.grid.interval_limit_mw, import_limit_mva=None)
        case = replace(case, grid=replace(wide, contract_mw=None))
        design, _ = solve(
            case, gap=options.gap, time_limit=options.time_limit, method=options.method, seed=options.seed
        )
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


ANY_CONNECTION = 5.0
"""Times the connection: more than any work that could have waited for it needs."""
NAMES = {
    "flexible_work": "work that waits or pauses",
    "ride_through": "ride-through",
    "smoothing": "limits on swings",
    "ramp": "limits on ramps",
    "dispatch": "dispatch of batteries",
}


def without_each(case: Case, design: Design) -> Iterator[tuple[str, Case]]:
    """The case without each service in turn that it asks of storage."""
    if case.ride_through_h > 0:
        chain = replace(case.electrical, required_ride_through_h=0.0)
        yield "ride_through", replace(case, electrical=chain, grid=replace(case.grid, ride_through_h=0.0))
    if services.swings_mw(case):
        yield "smoothing", replace(case, grid=replace(case.grid, max_swing_mw=None))
    if services.steps_mw(case):
        yield "ramp", replace(case, grid=replace(case.grid, ramp_limit_mw_per_min=None))
    if any(w.kind == "training" or (w.kind == "deferrable" and w.max_delay_h > 0) for w in case.workloads):
        yield "flexible_work", rigid(case)
    moves = any(mw.max(initial=0.0) > 1e-6 for mw in design.operation.discharge_mw.values())
    if moves:
        # storage in the racks does all that a battery does except move energy; one that does nothing else stays so
        still = tuple(replace(b, location="rack") if services.serves_grid(case, b) else b for b in case.batteries)
        yield "dispatch", replace(case, batteries=still)
