"""How much more a connection carries, or how much earlier, because work, storage and the connection itself give way."""

from __future__ import annotations

import math

from models import usage
from models.design import Answer, Removal
from models.stages import AnyAnswer, GrowthAnswer
from reports import format as show
from reports.staged import stage_answer

_TELLING = 5e-4
"""Share of the highest import from which a difference is told."""


def sentences(answer: AnyAnswer) -> list[str]:
    """All that is known; of a plan of growth stage by stage."""
    worth = [_worth(answer, found) for found in answer.without if found.subject == "flexible_work"]
    if isinstance(answer, Answer):
        return [*_firm(answer), *_interruptions(answer), *worth]
    stages = zip(answer.growth.stages, _stages(answer), strict=True)
    told = [f"{stage.name}: {text}" for stage, own in stages for text in (*_firm(own), *_interruptions(own))]
    return [*told, *worth]


def _stages(answer: GrowthAnswer) -> list[Answer]:
    return [stage_answer(answer, k) for k in range(len(answer.growth.stages))]


def _firm(answer: Answer) -> list[str]:
    """What firm connection the load needs as planned, and what without storage and with work that does not wait."""
    need, limit = usage.firm_need(answer.case, answer.design), answer.case.grid.interval_limit_mw
    gained = need.rigid_mw - need.planned_mw
    if abs(gained) < _TELLING * need.planned_mw:
        return []
    planned, idle, rigid = (show.significant(mw, 4) for mw in (need.planned_mw, need.idle_mw, need.rigid_mw))
    text = (
        f"As planned the load needs a firm connection of {planned} MW; with the storage idle {idle} MW, and with work "
        f"that neither waits nor pauses {rigid} MW at least, on the same racks."
    )
    if gained < 0:
        return [f"{text} Here flexibility saves money, not connection."]
    text += f" Flexibility connects {show.significant(gained)} MW more to the same grid, or as much earlier"
    if need.rigid_mw > limit >= (1 - _TELLING) * need.planned_mw:
        return [f"{text}: without it the connection of {show.significant(limit, 4)} MW would not do."]
    return [f"{text} where the grid grows later."]


def _interruptions(answer: Answer) -> list[str]:
    """How much more a connection carries that may be interrupted than a firm one of what is left then."""
    grid = answer.case.grid
    if grid.available_pu is None or float(grid.available_pu.min()) >= 1:
        return []
    left, limit = float(grid.available_pu.min()), grid.interval_limit_mw
    hours = show.trimmed(answer.case.calendar.step_h * float((grid.available_pu < 1).sum()))
    firm, more = (show.significant(v, 3) for v in (left * limit, (1 - left) * limit))
    return [
        f"The connection may be interrupted, {hours} h of the year as given. A firm one of what is always left "
        f"would carry {firm} MW: giving way connects {more} MW more, or as much earlier."
    ]


def _worth(answer: AnyAnswer, found: Removal) -> str:
    """What work that waits or pauses is worth, and how much connection it saves, planned again without it."""
    if found.peak_import_mw is None:
        return "Without work that waits or pauses there is no plan, whatever the connection."
    owns = [answer] if isinstance(answer, Answer) else _stages(answer)
    peak = max(own.accounts.kpi["peak_import_mw"] or 0.0 for own in owns)
    freed = show.significant(max(found.peak_import_mw - peak, 0.0), 3)
    text = (
        f"Planned again, work that waits or pauses lowers the highest import by {freed} MW, from "
        f"{show.significant(found.peak_import_mw, 4)} to {show.significant(peak, 4)} MW: so much more can connect "
        "to the same grid, or as much earlier where the grid grows later"
    )
    if not math.isfinite(found.objective_kcur):
        limit = show.significant(max(own.case.grid.interval_limit_mw for own in owns), 4)
        return f"{text}. Without it the connection of {limit} MW would have to be larger."
    low, high = (show.money(v, answer.currency, 3) for v in (found.change_low_kcur, found.change_high_kcur))
    return f"{text}. It is worth {low if low == high else f'between {low} and {high}'} of present value."
