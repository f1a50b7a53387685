"""Dates of a plan of growth: for each stage, what must be ordered when so that it can start."""

from __future__ import annotations

from models.assets import Key
from models.stages import Growth, GrowthPlan
from models.timetable import (
    ALWAYS_MONTHS,
    Schedule,
    bought,
    connected_month,
    schedule_of,
    soonest_month,
    start_month,
)

MONTHS_PER_YEAR = 12


def schedules(growth: Growth, plan: GrowthPlan) -> tuple[Schedule, ...]:
    """The schedule of each stage: months count from the award, for later stages too.

    Where no month is stated, the stages keep their distance in years and the first starts as soon as nothing of any
    stage would have to be ordered before the award."""
    amounts = [_bought(growth, plan, k) for k in range(len(growth.stages))]
    parts = list(zip(growth.stages, plan.stages, amounts, strict=True))
    later = [MONTHS_PER_YEAR * stage.first_year for stage in growth.stages]
    soonest = max(soonest_month(s.case, new, d) - late for (s, d, new), late in zip(parts, later, strict=True))
    starts = [
        start_month(s.case, d) if s.case.limits.need_month < ALWAYS_MONTHS else soonest + late
        for (s, d, _), late in zip(parts, later, strict=True)
    ]
    return tuple(
        schedule_of(s.case, new, d, start, _connected(growth, plan, k), s.name)
        for k, ((s, d, new), start) in enumerate(zip(parts, starts, strict=True))
    )


def _connected(growth: Growth, plan: GrowthPlan, k: int) -> float:
    """Month after award from which the connection carries what a stage needs: the live date of the last step that
    this takes, which may be one of a stage before."""
    months = (connected_month(stage.case, plan.stages[k]) for stage in reversed(growth.stages[: k + 1]))
    return next((month for month in months if month > 0), 0.0)


def _bought(growth: Growth, plan: GrowthPlan, k: int) -> dict[Key, float]:
    """What is bought for the start of a stage; of what costs nothing, and so is no purchase, what the stage has beyond
    the one before."""
    paid = {(p.line, p.item) for p in plan.purchases}
    before = bought(growth.stages[k - 1].case, plan.stages[k - 1]) if k else {}
    found = {
        key: amount - before.get(key, 0.0)
        for key, amount in bought(growth.stages[k].case, plan.stages[k]).items()
        if key not in paid
    }
    for p in plan.purchases:
        if p.bought == k:
            found[p.line, p.item] = found.get((p.line, p.item), 0.0) + p.quantity
    return found
