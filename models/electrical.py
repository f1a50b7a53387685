"""The electrical chain between the site bus and the racks. Its capacity is bought as units (modules.py)."""

from __future__ import annotations

from models.blocks import Block, Expr, per_step
from models.case import Case


def operate(block: Block, case: Case, size: Block, m: int, it_mw: dict[int, Expr]) -> None:
    """One month: standing loss of installed rack power plus a share of what flows; publishes draw_mw[t].

    Approximation: standing losses of redundant units are part of fixed_loss_pu."""
    chain = case.electrical
    standing = chain.fixed_loss_pu * size.installed_mw
    hours = case.calendar.steps_of(m)
    per_step(block, "draw_mw", hours, lambda t: standing + chain.proportional_loss_pu * it_mw[t])
