"""What each subject of the power side is worth over all stages: the plan of growth made again without it in every
stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.case import Case
from models.design import Removal
from models.stages import Growth, GrowthAnswer, GrowthPlan
from planner.studies.without import ANY_CONNECTION, Dropped, compared, each_subject, unchanged
from reports.removals import subject_name

if TYPE_CHECKING:
    from planner.progress import Progress
    from planner.studies.plan import PlanOptions


def without_in_stages(
    answer: GrowthAnswer, others: Sequence[Growth], options: PlanOptions, progress: Progress | None = None
) -> tuple[Removal, ...]:
    """As without.without_each_subject, of a plan of several stages. others: the plans of growth the workbook leaves to
    choose from. At most one further plan of all stages per subject."""
    from planner.solving import Options, solve_growth

    asked: Options = {
        "gap": options.gap,
        "time_limit": options.time_limit,
        "method": options.method,
        "seed": options.seed,
    }
    found = []
    for dropped, question in _each(answer, others):
        if not dropped.used:
            found.append(unchanged(answer.proof, dropped))
            continue
        if progress:
            progress.step(f"Solving all stages without {subject_name(dropped.subject, dropped.item)}")
        plan, proof = solve_growth(question, **asked)
        removal = compared(answer.proof, dropped, proof)
        if dropped.subject == "flexible_work":
            if plan is None:
                plan, _ = solve_growth(_wide(question), **asked)
            removal = replace(removal, peak_import_mw=None if plan is None else _peak_mw(question, plan))
        found.append(removal)
    return tuple(found)


def _each(answer: GrowthAnswer, others: Sequence[Growth]) -> list[tuple[Dropped, Growth]]:
    """Each subject that some stage has, with the plan of growth without it in all of them."""
    growth = answer.growth
    by_subject: dict[tuple[str, str], dict[int, Dropped]] = {}
    for k, (stage, design) in enumerate(zip(growth.stages, answer.plan.stages, strict=True)):
        for dropped in each_subject(stage.case, design, [other.stages[k].case for other in others]):
            by_subject.setdefault((dropped.subject, dropped.item), {})[k] = dropped
    return [
        (
            replace(
                next(iter(parts.values())),
                used=any(d.used for d in parts.values()),
                widens=all(d.widens for d in parts.values()),
                narrows=all(d.narrows for d in parts.values()),
            ),
            _in_stages(growth, {k: d.case for k, d in parts.items()}),
        )
        for parts in by_subject.values()
    ]


def _in_stages(growth: Growth, cases: dict[int, Case]) -> Growth:
    """The plan of growth with other cases in some stages."""
    stages = tuple(replace(s, case=cases.get(k, s.case)) for k, s in enumerate(growth.stages))
    return replace(growth, stages=stages)


def _wide(growth: Growth) -> Growth:
    """The plan of growth with a connection of any size in every stage."""
    cases = {}
    for k, stage in enumerate(growth.stages):
        grid = stage.case.grid
        limit = ANY_CONNECTION * grid.interval_limit_mw
        wide = replace(grid, import_limit_mw=limit, import_limit_mva=None, contract_mw=None)
        cases[k] = replace(stage.case, grid=wide)
    return _in_stages(growth, cases)


def _peak_mw(growth: Growth, plan: GrowthPlan) -> float:
    """Highest interval import of all stages [MW]."""
    parts = zip(growth.stages, plan.stages, strict=True)
    return max(s.case.grid.billing_factor * float(d.operation.import_mw.max(initial=0.0)) for s, d in parts)
