"""What the dates of a connection say without variables: what may be used and what a plan needs of it at the start."""

from __future__ import annotations

from models import billing
from models.case import Case
from models.design import Design

SOLVED = 1e-6
"""Flows above what they may be by less than this share are the solver's rounding."""


def needed_mw(case: Case, design: Design) -> float:
    """What must be connected for a plan, in terms of a billing interval [MW]: what is contracted, and the highest
    import where that may run above it."""
    needs = [design.contract_mw]
    if billing.may_overrun(case):
        needs.append(case.grid.billing_factor * float(design.operation.import_mw.max(initial=0.0)))
    return max(needs)


def settled_mw(case: Case) -> tuple[float, float]:
    """A contract that is settled, as far as it can be used [MW]: at a start before the connection is live, and when it
    is live or never will be."""
    assert case.grid.contract_mw is not None
    most = min(case.grid.contract_mw, case.import_limit_mw)
    return (min(most, case.grid.earlier_mw) if case.grid_may_be_late else most), most


def waits(case: Case, design: Design) -> bool:
    """Whether a plan needs more of the connection than its earlier step carries."""
    earlier = case.grid.earlier_mw
    return needed_mw(case, design) > earlier + SOLVED * max(1.0, earlier)
