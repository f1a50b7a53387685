"""Demand-response programmes: power that is kept off the grid when called, paid by the MW and by the MWh.

A call is data. The reduction is measured from an agreed baseline: in a called step the import is at most the baseline
less the power committed. Nothing is owed to a programme that is not joined."""

from __future__ import annotations

import pyomo.core as pyo

from models import connection, finance
from models.blocks import Block, constraint, publish, variable
from models.case import Case, Programme


def offered(case: Case) -> dict[str, Programme]:
    """Programmes that could be joined."""
    return {p.name: p for p in case.programmes if p.max_mw > 0}


def committed_mw(case: Case, programme: Programme) -> tuple[float, float]:
    """The most power that can be committed, within the baseline and what the connection carries: at a start before it
    is live, and at the latest start allowed [MW]."""
    return connection.flow_mw(case, min(programme.max_mw, programme.baseline_mw))


def income_kcur_per_mw(case: Case, programme: Programme) -> float:
    """A year's pay of one MW committed, for standing ready and for the calls [kcur/MW]."""
    called_h = case.calendar.step_h * float((programme.called > 0).sum())
    return programme.ready_kcur_per_mw_year + programme.called_kcur_per_mwh * called_h


def sizes(block: Block, case: Case) -> None:
    """Linking variables: power committed, and whether a programme is joined."""
    found = offered(case)
    variable(block, "committed_mw", found, doc="power committed to a programme [MW]")
    variable(block, "is_joined", found, doc="1 if a programme is joined [1]", domain=pyo.Binary)
    for n, p in found.items():
        block.committed_mw[n].setub(committed_mw(case, p)[1])


def design(block: Block, case: Case, size: Block) -> None:
    """Income, and power only for programmes that are joined."""
    found = offered(case)
    constraint(
        block,
        "join_programme",
        found,
        lambda n: size.committed_mw[n] <= size.committed_mw[n].ub * size.is_joined[n],
        doc="power committed only where joined [MW]",
    )
    factor = finance.energy_factor(case.money)
    publish(
        block,
        "cost_kcur",
        sum(-factor * income_kcur_per_mw(case, p) * size.committed_mw[n] for n, p in found.items()),
    )


def operate(block: Block, case: Case, size: Block, m: int, grid: Block) -> None:
    """One month: import in called steps at most the baseline less what is committed. Where a programme is not joined
    the row is slack by the most that the connection can carry above the baseline."""
    found, hours = offered(case), case.calendar.steps_of(m)
    most = case.import_limit_mw / case.grid.billing_factor

    constraint(
        block,
        "answer_call",
        [(n, t) for n, p in found.items() for t in hours if p.called[t] > 0],
        lambda n, t: (
            grid.import_mw[t] + size.committed_mw[n]
            <= found[n].baseline_mw + max(0.0, most - found[n].baseline_mw) * (1 - size.is_joined[n])
        ),
        doc="import at most the baseline less what is committed, when called [MW]",
    )
