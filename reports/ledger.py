"""The cost lines of a plan as workbooks list them: of one stage, or of several with the stage that buys or pays."""

from __future__ import annotations

from typing import NamedTuple

from models.design import Answer, CostLine
from models.stages import AnyAnswer, GrowthAnswer
from reports import wording
from reports.staged import stage_answer


class Entry(NamedTuple):
    """One cost line."""

    cost: CostLine
    item: str
    """what it is for, in words; of a plan of growth with its stage"""
    own: Answer
    """the plan of one year whose hours and bills it is made of; of what is bought, that of the stage that buys"""
    stage: int = 0
    """number of that stage, as its sheets have it; 0: a plan of one stage"""


def entries(answer: AnyAnswer) -> tuple[Entry, ...]:
    """Every cost line; of a plan of growth first what is bought, then what each stage pays."""
    if isinstance(answer, Answer):
        return tuple(Entry(c, wording.cost_item(c), answer) for c in answer.accounts.costs)
    accounts = answer.accounts
    lines = [*zip(accounts.bought, accounts.capital, strict=True)]
    lines += [(k, c) for k, own in enumerate(accounts.stages) for c in own.costs]
    owns = [stage_answer(answer, k) for k in range(len(accounts.stages))]
    names = [stage.name for stage in answer.growth.stages]
    return tuple(Entry(c, _item(names[k], c), owns[k], k + 1) for k, c in lines)


def _item(stage: str, cost: CostLine) -> str:
    item = wording.cost_item(cost)
    return f"{stage}: {item}" if item else stage


def years(answer: AnyAnswer) -> int:
    """Years that are counted."""
    return answer.growth.years if isinstance(answer, GrowthAnswer) else answer.case.money.analysis_years


def discount_rate(answer: AnyAnswer) -> float:
    """The rate that all amounts are discounted with."""
    first = answer.growth.stages[0].case if isinstance(answer, GrowthAnswer) else answer.case
    return first.money.discount_rate
