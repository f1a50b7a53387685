"""When everything is on site: factory slots, and the month in which service starts.

Service starts a whole number of months after the month needed. Binaries late[1..K] say "more than k - 1 months late".
What comes after the month needed may be chosen only as far as the start waits for it; what cannot be on site by the
latest start is no choice at all (Case.delivered). A case that allows no delay gets no rows and no columns.

The price of a delay is a cost at time zero after tax: lost income is taxed like income. All years that follow are
counted in full from the start of service on (approximation: their prices do not move with it)."""

from __future__ import annotations

import math

import pyomo.core as pyo

from models import connection, finance, programmes
from models.assets import Key
from models.blocks import Block, Expr, constraint, publish, variable
from models.case import Case
from models.timetable import ROUNDING, most_on_site, price_kcur_per_month, units_by


def design(block: Block, case: Case, size: Block, ordered: Expr, connected: tuple[Expr, Expr]) -> None:
    """Nothing late serves before it is there; what waiting costs. `ordered[m]`: units of each offer; connected: the
    contract and all that the connection must carry [MW]."""
    months = range(1, case.limits.delay.most_months + 1)
    if not months:
        return
    variable(block, "late", months, doc="1 if service starts more than k - 1 months late [1]", domain=pyo.Binary)
    later = list(months)[1:]
    constraint(block, "late_in_order", later, lambda k: block.late[k] <= block.late[k - 1], doc="months in order [1]")
    offers = {m.name: m for m in case.offers if m.name in ordered}
    most = {name: float(ordered[name].ub) for name in offers}
    constraint(
        block,
        "units_on_site",
        [n for n in offers if units_by(case, offers[n], case.limits.need_month) < most[n]],
        lambda n: ordered[n] <= on_site(block, case, ("modules", n), most[n]),
        doc="units ordered within those on site at the start [units]",
    )
    _wait(block, case, size, connected[1])
    _settle(block, case, connected[0])
    price = finance.once_factor(case.money) * price_kcur_per_month(case)
    publish(block, "cost_kcur", price * sum(block.late[k] for k in months))


def on_site(block: Block, case: Case, key: Key, most: float) -> Expr:
    """Of at most so much of an asset, what can be on site at the start that the binaries late[k] of a delivery block
    say [unit of the asset]."""
    months = range(case.limits.delay.most_months + 1)
    by = [min(most_on_site(case, key, case.limits.need_month + k), most) for k in months]
    return by[0] + sum((by[k] - by[k - 1]) * block.late[k] for k in months[1:])


def _waited(block: Block, case: Case, month: float) -> Expr:
    """1 if service starts in a month after award or later, which is after the one needed [1]."""
    return block.late[math.ceil(month - case.limits.need_month - ROUNDING)]


def _settle(block: Block, case: Case, contract_mw: Expr) -> None:
    """A contract that is settled is all of it only once the connection is live: until then what its earlier step
    carries of it. So to be allowed to wait never forces a wait."""
    if case.grid.contract_mw is None or not case.grid_may_be_late:
        return
    before, most = connection.settled_mw(case)
    live = _waited(block, case, case.grid.energised_month)
    constraint(
        block,
        "settle_contract",
        ["contract"] if before < most else [],
        lambda _: contract_mw == before + (most - before) * live,
        doc="settled contract, as far as the connection is live at the start [MW]",
    )


def _wait(block: Block, case: Case, size: Block, carried_mw: Expr) -> None:
    """Storage, supply, generators, the connection and what it carries are there only if the start waits for them."""
    need = case.limits.need_month
    rows: dict[tuple[str, str], tuple[Expr, float, float, float]] = {}
    for b in case.batteries:
        if b.name in size.battery_mw:
            month = case.ready_months(b)
            rows["power", b.name] = (size.battery_mw[b.name], b.existing_mw, case.most_mw(b), month)
            rows["energy", b.name] = (size.battery_mwh[b.name], b.existing_mwh, case.most_mwh(b), month)
    for s in case.supplies:
        if s.name in size.supply_mw:
            rows["supply", s.name] = (size.supply_mw[s.name], 0.0, s.max_mw, case.ready_months(s))
    for g in case.generators:
        if g.name in size.generator_units:
            usable = g.max_units - g.spare_units
            rows["generator", g.name] = (size.generator_units[g.name], 0.0, usable, case.ready_months(g))
    if case.grid_may_be_late:
        before, most = min(case.grid.earlier_mw, case.import_limit_mw), case.import_limit_mw
        live = case.grid.energised_month
        rows["connection", "grid"] = (carried_mw, before, most, live)
        if connection.decides_hours(case):
            rows["live", "grid"] = (size.is_live, 0.0, 1.0, live)
        for n, p in programmes.offered(case).items():
            rows["programme", n] = (size.committed_mw[n], *programmes.committed_mw(case, p), live)
    after, latest = need + ROUNDING, case.latest_month + ROUNDING
    late = {key: row for key, row in rows.items() if after < row[3] <= latest and row[2] > row[1]}

    def rule(what: str, name: str) -> Expr:
        chosen, before, most, month = late[what, name]
        return chosen <= before + (most - before) * _waited(block, case, month)

    constraint(
        block, "start_waits", late, rule, doc="sizes of what comes late, only if the start waits [MW, MWh, units, 1]"
    )
