"""PV and wind on site. One hourly variable for all sources: curtailment is free, so which source is curtailed is
moot."""

from __future__ import annotations

from models import finance
from models.blocks import Block, Expr, constraint, per_step, publish, variable
from models.case import Case, Supply


def sources(case: Case) -> dict[str, Supply]:
    """Sources that can be built and delivered in time."""
    return {s.name: s for s in case.supplies if case.delivered(s) and s.max_mw > 0}


def sizes(block: Block, case: Case) -> None:
    """Linking variables: installed capacity."""
    variable(block, "supply_mw", sources(case), doc="installed capacity of a source [MW]")
    for name, source in sources(case).items():
        block.supply_mw[name].setlb(source.min_mw)
        block.supply_mw[name].setub(source.max_mw)


def design(block: Block, case: Case, size: Block) -> None:
    """Cost and land."""
    publish(block, "first_cost_kcur", sum(s.cost_kcur_per_mw * size.supply_mw[n] for n, s in sources(case).items()))
    publish(
        block,
        "cost_kcur",
        sum(
            s.cost_kcur_per_mw * finance.capital_factor(s.terms, case.money) * size.supply_mw[n]
            for n, s in sources(case).items()
        ),
    )
    publish(block, "area_m2", sum(s.area_m2_per_mw * size.supply_mw[n] for n, s in sources(case).items()))


def operate(block: Block, case: Case, size: Block, m: int) -> None:
    """One month of generation after curtailment; publishes draw_mw[t] (negative) and onsite_mw[t]."""
    hours = case.calendar.steps_of(m) if sources(case) else range(0)
    variable(block, "onsite_mw", hours, doc="on-site generation after curtailment [MW]")

    def rule(t: int) -> Expr:
        possible = sum(float(s.output_pu[t]) * size.supply_mw[n] for n, s in sources(case).items())
        return block.onsite_mw[t] <= possible

    sunny = [t for t in hours if any(s.output_pu[t] > 0 for s in sources(case).values())]
    for t in hours:
        block.onsite_mw[t].setub(sum(float(s.output_pu[t]) * s.max_mw for s in sources(case).values()))
    constraint(block, "limit_onsite", sunny, rule, doc="generation at most what wind and sun give [MW]")
    per_step(block, "draw_mw", hours, lambda t: -block.onsite_mw[t])
