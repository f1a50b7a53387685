"""The electrical chain between the site bus and the racks. Its capacity is bought as units (modules.py).

Which architecture: the case is solved once with each that the site names, and the cheapest is taken (the fixed loss
would otherwise multiply a choice by a size)."""

from __future__ import annotations

from models import curves, finance
from models.blocks import Block, Expr, constraint, per_step, publish
from models.case import Case
from models.catalogue import cooling, heat_coolings


def design(block: Block, case: Case, size: Block, contract_mw: Expr) -> None:
    """First cost of what power and integrated offers leave out, per rack power installed; the connection against the
    design day, where it must cover it.

    By default it covers the highest hour of operation: a connection is an agreement on the highest demand that is
    drawn, and what is drawn is what the workloads ask of racks of which `usable_share` may be busy, less storage and
    supply on site. The design day, all racks at peak in the worst weather, sizes the plant behind the meter. A site
    that may draw it (no power cap on racks, acceptance tests at full load, a lender's or utility's rule) says so."""
    chain = case.electrical
    if case.grid.covers == "design day":
        constraint(
            block,
            "cover_design_day",
            ["site"],
            lambda _: _design_day_mw(case, size) <= contract_mw,
            doc="all racks at peak in the worst weather within the contract [MW]",
        )
    if chain.chain_kcur_per_mw > 0:
        first = chain.chain_kcur_per_mw * size.installed_mw
        publish(block, "first_cost_kcur", first)
        publish(block, "cost_kcur", finance.capital_factor(chain.terms, case.money) * first)


def _design_day_mw(case: Case, size: Block) -> Expr:
    """Load of the design day [MW], fed by the grid alone; see models/instants.py."""
    chain, site = case.electrical, case.site
    plain = 0.0 if site.plain_load_mw is None else float(site.plain_load_mw.max())
    cooled = sum(curves.design_day_pu(cooling(case, c), site) * size.design_heat_mw[c] for c in heat_coolings(case))
    racks = (1 + chain.fixed_loss_pu + chain.proportional_loss_pu) * size.installed_mw
    return racks + cooled + site.house_load_mw + plain


def operate(block: Block, case: Case, size: Block, m: int, it_mw: dict[int, Expr]) -> None:
    """One month: standing loss of installed rack power plus a share of what flows; publishes draw_mw[t].

    Approximation: standing losses of redundant units are part of fixed_loss_pu."""
    chain = case.electrical
    standing = chain.fixed_loss_pu * size.installed_mw
    hours = case.calendar.steps_of(m)
    per_step(block, "draw_mw", hours, lambda t: standing + chain.proportional_loss_pu * it_mw[t])
