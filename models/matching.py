"""Duties to use clean energy: a share of the year's energy, or of it hour by hour (carbon-free around the clock).

Clean is what contracts that count deliver, and sun and wind on site less what is sold; energy used is counted as for
TokEnergy. Over the year all that contracts deliver counts; hour by hour only what is used in the step in which it is
delivered."""

from __future__ import annotations

from models import running
from models.blocks import Block, Expr, constraint, variable
from models.case import Case
from models.contracts import delivered_mwh_per_mw, duties, matched, offered


def month(block: Block, case: Case, m: int) -> None:
    """Linking variables of one month: the clean energy that it lacks, or, below zero, has to spare for other months."""
    found, h = duties(case), case.calendar.step_h * len(case.calendar.steps_of(m))
    if not found:
        return
    variable(block, "unmatched_mwh", found, doc="clean energy that the month lacks [MWh]")
    made_mw = sum(s.max_mw for s in case.supplies)
    used_mw = case.grid.interval_limit_mw + made_mw + running.most_mw(case)
    for name, share in found.items():
        given_mw = sum(p.max_mw for p in matched(case).values()) if name == "hourly" else 0.0
        block.unmatched_mwh[name].setlb(-h * (made_mw + given_mw))
        block.unmatched_mwh[name].setub(h * (share * used_mw + case.grid.export_limit_mw))


def design(block: Block, case: Case, size: Block, months: dict[int, Block]) -> None:
    """What the months lack is covered by what contracts deliver over the year; hour by hour by nothing."""
    given = {n: delivered_mwh_per_mw(case, p) for n, p in offered(case).items() if p.counts_as_clean}
    covered = {"yearly": sum(mwh * size.purchase_mw[n] for n, mwh in given.items()), "hourly": 0.0}
    constraint(
        block,
        "match_year",
        duties(case),
        lambda name: sum(b.unmatched_mwh[name] for b in months.values()) <= covered[name],
        doc="clean energy that months lack is covered [MWh]",
    )


def operate(block: Block, case: Case, border: Block, m: int, ports: dict[str, dict[int, Expr]]) -> None:
    """One month. ports, per step [MW]: `site` (energy used), `own` (sun and wind on site less export), `clean` (of
    contracts, used in the step)."""
    found, h, hours = duties(case), case.calendar.step_h, case.calendar.steps_of(m)

    def lacking(name: str) -> Expr:
        clean = [ports["own"], *([ports["clean"]] if name == "hourly" else [])]
        return h * sum(found[name] * ports["site"][t] - sum(port[t] for port in clean) for t in hours)

    constraint(
        block,
        "count_unmatched",
        found,
        lambda name: lacking(name) <= border.unmatched_mwh[name],
        doc="clean energy that the month lacks within what is covered [MWh]",
    )
