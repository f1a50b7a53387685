"""What the dates of a connection say without variables: what it carries at the start, and what a plan needs of it.

Until the connection is live its earlier step carries what there is; where that is no less, nothing is waited for."""

from __future__ import annotations

import numpy as np

from models import billing
from models.case import ROUNDING, Case
from models.design import Design
from models.fields import Series

SOLVED = 1e-6
"""Power above what may be by less than this share is the solver's rounding."""


def is_partly_open(case: Case, t: int) -> bool:
    """Whether an interruption leaves a part of the connection in a step."""
    share = case.grid.available_pu
    return share is not None and 0 < share[t] < 1


def earlier_mw(case: Case) -> float:
    """What the connection carries before it is live, in terms of a billing interval [MW]."""
    return min(case.grid.earlier_mw, case.grid.interval_limit_mw)


def flow_mw(case: Case, most_mw: float) -> tuple[float, float]:
    """The most of a power over the connection, of which there is at most so much when it is live: at a start before
    that, and at the latest start allowed [MW]. Both are the same where no start can be waited for or need be."""
    grid = case.grid
    if grid.energised_month <= case.limits.need_month + ROUNDING or earlier_mw(case) == grid.interval_limit_mw:
        return most_mw, most_mw
    before = min(most_mw, earlier_mw(case) / grid.billing_factor)
    return before, most_mw if case.grid_may_be_late else before


def settled_mw(case: Case) -> tuple[float, float]:
    """A contract that is settled, as far as it can be used: at a start before the connection is live, and at the latest
    start allowed [MW]."""
    assert case.grid.contract_mw is not None
    most = min(case.grid.contract_mw, case.import_limit_mw)
    return (min(most, case.grid.earlier_mw) if case.grid_may_be_late else most), most


def decides_hours(case: Case) -> bool:
    """Whether what may be imported or sold in some step depends on a start that is a choice, other than through the
    highest import: there is something to sell, or an interruption leaves a part."""
    if not case.grid_may_be_late or earlier_mw(case) == case.import_limit_mw:
        return False
    before, most = flow_mw(case, case.grid.export_limit_mw)
    return before < most or any(is_partly_open(case, t) for t in range(case.calendar.steps))


def is_live(case: Case, design: Design) -> bool:
    """Whether the connection is live when a plan starts."""
    return case.grid.energised_month <= case.limits.need_month + design.delay_months + ROUNDING


def live_mw(case: Case, design: Design) -> float:
    """What the connection carries when a plan starts, in terms of a billing interval [MW]."""
    return case.grid.interval_limit_mw if is_live(case, design) else earlier_mw(case)


def export_mw(case: Case, design: Design) -> float:
    """Most that may be sold when a plan starts [MW]."""
    most = case.grid.export_limit_mw
    return most if is_live(case, design) else flow_mw(case, most)[0]


def needed_mw(case: Case, design: Design) -> float:
    """What must be connected for a plan, in terms of a billing interval [MW]: what is contracted, and what is more of
    the power that does not stand under the contract: import as overrun, energy sold, what a programme is promised."""
    op = design.operation
    free = [float(op.export_mw.max(initial=0.0)), *design.committed_mw.values()]
    if billing.may_overrun(case):
        free.append(float(op.import_mw.max(initial=0.0)))
    return max(design.contract_mw, min(case.grid.billing_factor * max(free), case.grid.interval_limit_mw))


def waits(case: Case, design: Design) -> bool:
    """Whether a plan needs more of the connection than its earlier step carries, in an interruption too."""
    earlier, share, op = earlier_mw(case), case.grid.available_pu, design.operation
    if earlier == case.grid.interval_limit_mw:
        return False
    margin = SOLVED * max(1.0, earlier)
    if needed_mw(case, design) > earlier + margin:
        return True
    if share is None:
        return False
    used: Series = case.grid.billing_factor * np.maximum(op.import_mw, op.export_mw)
    return bool((used[share < 1] > earlier * share[share < 1] + margin).any())
