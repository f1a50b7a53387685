"""The connection: import, export, contracted capacity, carbon. What the energy costs: models/tariff.py."""

from __future__ import annotations

from models import connection, finance
from models.billing import contract_matters, covering, may_overrun
from models.blocks import Block, Expr, constraint, per_step, publish, variable
from models.case import Case
from models.running import interrupted


def sizes(block: Block, case: Case) -> None:
    """Linking variable: whether the connection is live, where the start decides what it carries in some step."""
    if connection.decides_hours(case):
        variable(block, "is_live", doc="1 if the connection is live when service starts [1]", bounds=(0, 1))


def month(block: Block, case: Case, m: int) -> None:
    """Linking variables of one month: the highest import, its share of the yearly carbon limit."""
    if contract_matters(case):
        within = (0, case.import_limit_mw)
        variable(block, "top_mw", doc="highest interval import of the month [MW]", bounds=within)
    if case.limits.carbon_t_per_year is not None:
        allowed = (0, case.limits.carbon_t_per_year)
        variable(block, "carbon_t", doc="carbon the month may cause [t]", bounds=allowed)


def design(block: Block, case: Case, months: dict[int, Block]) -> None:
    """Contracted capacity, the connection, the yearly carbon limit, and what they cost."""
    grid = case.grid
    variable(block, "contract_mw", doc="contracted capacity [MW]", bounds=(0, case.import_limit_mw))
    yearly = grid.contract_kcur_per_mw_year * block.contract_mw + _contract(block, case, months)
    limit = case.limits.carbon_t_per_year
    if limit is not None:
        total = sum(b.carbon_t for b in months.values())
        constraint(block, "limit_carbon", ["year"], lambda _: total <= limit, doc="carbon per year [t]")
    publish(block, "carried_mw", _connected_mw(block, case, months))
    publish(block, "first_cost_kcur", grid.connection_kcur_per_mw * block.carried_mw)
    capital = finance.capital_factor(grid.connection_terms, case.money) * block.first_cost_kcur
    publish(block, "cost_kcur", finance.energy_factor(case.money) * yearly + capital)


def _highest(case: Case, months: dict[int, Block]) -> dict[tuple[str, int], Expr]:
    """What holds the highest import of each month [MW]: the peak of a charge on all its hours, else top_mw."""
    found = {(name, m): b.peak_mw[name] for m, b in months.items() for name in covering(case, m)}
    return {**{("top", m): b.top_mw for m, b in months.items()}, **found}


def _contract(block: Block, case: Case, months: dict[int, Block]) -> Expr:
    """Contracted capacity and what exceeding it costs per year [kcur]."""
    if not contract_matters(case):
        block.contract_mw.fix(case.import_limit_mw)
        return 0.0
    grid = case.grid
    if grid.contract_mw is not None:
        before, most = connection.settled_mw(case)
        if before == most:  # else models/delivery.py settles it by the start
            block.contract_mw.fix(most)
    highest = _highest(case, months)
    above = {m: 0.0 for m in months}
    if may_overrun(case):
        variable(block, "overrun_mw", months, doc="highest import above the contract [MW]")
        above = {m: block.overrun_mw[m] for m in months}
    constraint(
        block,
        "limit_contract",
        highest,
        lambda name, m: highest[name, m] <= block.contract_mw + above[m],
        doc="highest import within the contract, or paid as overrun [MW]",
    )
    return (grid.overrun_kcur_per_mw_month or 0.0) * sum(above.values())


def _connected_mw(block: Block, case: Case, months: dict[int, Block]) -> Expr:
    """Capacity that is connected [MW]: the contract, or the highest import if that may be higher."""
    matters = case.grid.connection_kcur_per_mw > 0 or case.grid_may_be_late  # its cost, or its date
    if not may_overrun(case) or not matters:
        return block.contract_mw
    variable(block, "connected_mw", doc="capacity connected [MW]", bounds=(0, case.import_limit_mw))
    carried = {**_highest(case, months), ("contract", 0): block.contract_mw}
    constraint(
        block,
        "connect",
        carried,
        lambda name, m: block.connected_mw >= carried[name, m],
        doc="connected: the contract and the highest import [MW]",
    )
    return block.connected_mw


def operate(block: Block, case: Case, size: Block, border: Block, m: int, fuel_carbon_t: Expr) -> None:
    """One month at the connection; publishes draw_mw[t] (export less import), import_mw, export_mw, and the cost of
    carbon (of `fuel_carbon_t` too) less the income from energy sold."""
    hours, grid = case.calendar.steps_of(m), case.grid
    variable(
        block,
        "import_mw",
        hours,
        doc="power bought [MW]",
        bounds=(0, case.import_limit_mw / grid.billing_factor),
    )
    most_sold = connection.flow_mw(case, grid.export_limit_mw)[1]
    sells = hours if most_sold > 0 else range(0)
    variable(block, "export_mw", sells, doc="power sold [MW]", bounds=(0, most_sold))
    _interrupt(block, case, hours)
    if connection.decides_hours(case):
        _start(block, case, size.is_live, hours, sells)
    per_step(block, "draw_mw", hours, lambda t: (block.export_mw[t] if t in sells else 0) - block.import_mw[t])
    constraint(
        block,
        "reach_top",
        hours if contract_matters(case) and not covering(case, m) else (),
        lambda t: grid.billing_factor * block.import_mw[t] <= border.top_mw,
        doc="interval import within the month's highest [MW]",
    )
    bought = sum(block.import_mw[t] for t in hours)
    constraint(
        block,
        "limit_export",
        ["month"] if sells and grid.export_share is not None else [],
        lambda _: sum(block.export_mw[t] for t in sells) <= grid.export_share * bought,
        doc="energy sold within a share of energy bought, both per hour of a step [MW]",
    )
    _count_carbon(block, case, border, hours, fuel_carbon_t)
    _pay(block, case, hours, sells, fuel_carbon_t)


def _interrupt(block: Block, case: Case, hours: range) -> None:
    """Import and export within what an interruption leaves: data, so only bounds."""
    for t in interrupted(case, hours):
        for flow in (block.import_mw, block.export_mw):
            if t in flow:
                flow[t].setub(flow[t].ub * float(case.grid.available_pu[t]))  # type: ignore[index]


def _start(block: Block, case: Case, is_live: Expr, hours: range, sells: range) -> None:
    """Until the connection is live its earlier step carries what is sold, and an interruption leaves a part of that."""
    before, most = connection.earlier_mw(case), case.import_limit_mw
    partly = [t for t in hours if connection.is_partly_open(case, t)]
    sold = connection.flow_mw(case, case.grid.export_limit_mw)
    pu = case.grid.available_pu
    share = {t: 1.0 if pu is None else float(pu[t]) for t in hours}
    constraint(
        block,
        "import_at_start",
        partly,
        lambda t: case.grid.billing_factor * block.import_mw[t] <= share[t] * (before + (most - before) * is_live),
        doc="interval import within what an interruption leaves of what is live at the start [MW]",
    )
    constraint(
        block,
        "export_at_start",
        [t for t in sells if share[t] > 0] if sold[0] < sold[1] else [],
        lambda t: block.export_mw[t] <= share[t] * (sold[0] + (sold[1] - sold[0]) * is_live),
        doc="power sold within what is live at the start, as far as an interruption leaves it [MW]",
    )


def _count_carbon(block: Block, case: Case, border: Block, hours: range, fuel_carbon_t: Expr) -> None:
    if case.limits.carbon_t_per_year is None:
        return
    h = case.calendar.step_h
    caused = fuel_carbon_t + sum(h * float(case.grid.carbon_t_per_mwh[t]) * block.import_mw[t] for t in hours)
    constraint(
        block,
        "count_carbon",
        ["month"],
        lambda _: caused <= border.carbon_t,
        doc="carbon of the month within its share of the year's limit [t]",
    )


def _pay(block: Block, case: Case, hours: range, sells: range, fuel_carbon_t: Expr) -> None:
    """The price of carbon less energy sold; present value over the analysis years."""
    grid, h, money = case.grid, case.calendar.step_h, case.money
    carbon = finance.yearly_factor(money, money.escalation_carbon) * case.limits.carbon_price_kcur_per_t
    cost = sum(h * carbon * float(grid.carbon_t_per_mwh[t]) * block.import_mw[t] for t in hours)
    cost += carbon * fuel_carbon_t
    if grid.export_price_kcur_per_mwh is not None:
        income = finance.energy_factor(money)
        cost -= sum(h * income * float(grid.export_price_kcur_per_mwh[t]) * block.export_mw[t] for t in sells)
    publish(block, "cost_kcur", cost)
