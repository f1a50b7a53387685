"""The electrical chain between the site bus and the racks. Its capacity is bought as units (modules.py).

Which architecture: the case is solved once with each that the site names, and the cheapest is taken (the fixed loss
would otherwise multiply a choice by a size)."""

from __future__ import annotations

from models import finance
from models.blocks import Block, Expr, per_step, publish
from models.case import Case


def design(block: Block, case: Case, size: Block) -> None:
    """First cost of what power and integrated offers leave out, per rack power installed."""
    chain = case.electrical
    if chain.chain_kcur_per_mw > 0:
        first = chain.chain_kcur_per_mw * size.installed_mw
        publish(block, "first_cost_kcur", first)
        publish(block, "cost_kcur", finance.capital_factor(chain.terms, case.money) * first)


def operate(block: Block, case: Case, size: Block, m: int, it_mw: dict[int, Expr]) -> None:
    """One month: standing loss of installed rack power plus a share of what flows; publishes draw_mw[t].

    Approximation: standing losses of redundant units are part of fixed_loss_pu."""
    chain = case.electrical
    standing = chain.fixed_loss_pu * size.installed_mw
    hours = case.calendar.steps_of(m)
    per_step(block, "draw_mw", hours, lambda t: standing + chain.proportional_loss_pu * it_mw[t])
