"""Power-purchase contracts: their size, what the site takes of them, what they cost.

All that is delivered is paid for, so that cost is linear in the size; what the site takes in a step is a choice of that
step. TokEnergy does not see contracts: energy is counted at the meter."""

from __future__ import annotations

from models import finance
from models.blocks import Block, Expr, constraint, per_step, publish, variable
from models.case import Case
from models.contracts import delivered_mwh_per_mw, matched, offered, physical, resale_kcur_per_mwh, taken_kcur_per_mwh


def sizes(block: Block, case: Case) -> None:
    """Linking variables: power contracted."""
    variable(block, "purchase_mw", offered(case), doc="power contracted [MW]")
    for n, p in offered(case).items():
        block.purchase_mw[n].setlb(p.min_mw)
        block.purchase_mw[n].setub(p.max_mw)


def design(block: Block, case: Case, size: Block) -> None:
    """Energy delivered at the contract's price, less what it earns as if the site took none of it."""
    h, market = case.calendar.step_h, finance.energy_factor(case.money)
    cost: Expr = 0.0
    for n, p in offered(case).items():
        paid = finance.yearly_factor(case.money, p.price_escalation) * p.price_kcur_per_mwh
        earned = market * h * float(resale_kcur_per_mwh(case, p) @ p.output_pu)
        cost += (paid * delivered_mwh_per_mw(case, p) - earned) * size.purchase_mw[n]
    publish(block, "cost_kcur", cost)


def operate(block: Block, case: Case, size: Block, m: int, import_mw: Expr) -> None:
    """One month: what the site takes. Publishes taken_mw[t] (physical), clean_mw[t] (of contracts that count), and the
    cost of delivery with the income that is lost by taking."""
    found, hours = matched(case), case.calendar.steps_of(m)
    most = case.import_limit_mw / case.grid.billing_factor
    keys = [(n, t) for n, p in found.items() for t in hours if p.output_pu[t] > 0]
    variable(block, "matched_mw", keys, doc="energy of a contract used in its step [MW]")
    for n, t in keys:
        block.matched_mw[n, t].setub(min(most, found[n].max_mw * float(found[n].output_pu[t])))
    constraint(
        block,
        "match_delivery",
        keys,
        lambda n, t: block.matched_mw[n, t] <= float(found[n].output_pu[t]) * size.purchase_mw[n],
        doc="used at most what a contract delivers in the step [MW]",
    )
    given = {t: [n for n in found if (n, t) in block.matched_mw] for t in hours}
    constraint(
        block,
        "match_import",
        [t for t in hours if given[t]],
        lambda t: sum(block.matched_mw[n, t] for n in given[t]) <= import_mw[t],
        doc="contracts cover at most what is imported in the step [MW]",
    )
    through_grid = physical(case)

    def part(wanted: set[str]) -> dict[int, Expr]:
        return {t: sum(block.matched_mw[n, t] for n in given[t] if n in wanted) for t in hours}

    per_step(block, "taken_mw", hours, part(set(through_grid)).__getitem__)
    per_step(block, "clean_mw", hours, part({n for n, p in found.items() if p.counts_as_clean}).__getitem__)
    factor = case.calendar.step_h * finance.energy_factor(case.money)
    price = {n: taken_kcur_per_mwh(case, p) for n, p in through_grid.items()}
    taken = [(n, t) for n, t in keys if n in through_grid]
    publish(block, "cost_kcur", sum(factor * float(price[n][t]) * block.matched_mw[n, t] for n, t in taken))
