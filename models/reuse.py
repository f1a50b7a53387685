"""Heat sold instead of rejected: connections to heat users, what each takes in a step, its price.

Heat of a cooling type can be sold if it comes back from the racks at least as warm as the user needs it. What is sold
is not cooled: cooling.py takes it off the cold to be made."""

from __future__ import annotations

from models import finance
from models.blocks import Block, Expr, constraint, per_step, publish, variable
from models.case import Case, HeatUser
from models.catalogue import cooling, heat_coolings


def users(case: Case) -> dict[str, HeatUser]:
    """Users that can be connected."""
    reached = {u for u, _ in pairs(case)}
    return {u.name: u for u in case.heat_users if u.name in reached}


def pairs(case: Case) -> list[tuple[str, str]]:
    """(user, cooling type) with heat warm enough."""
    warm = [(c, cooling(case, c).return_c) for c in heat_coolings(case)]
    return [
        (u.name, c)
        for u in case.heat_users
        for c, back_c in warm
        if back_c is not None and back_c >= u.temperature_c and most_mw(u) > 0
    ]


def most_mw(user: HeatUser) -> float:
    """Largest connection that serves a purpose [MW thermal]."""
    highest = float(user.demand_mw.max())
    return highest if user.max_mw is None else min(highest, user.max_mw)


def sizes(block: Block, case: Case) -> None:
    """Linking variables: connections."""
    variable(block, "reuse_mw", users(case), doc="connection to a heat user [MW thermal]")
    for name, user in users(case).items():
        block.reuse_mw[name].setub(most_mw(user))


def design(block: Block, case: Case, size: Block) -> None:
    """Cost of connections."""
    found = users(case).items()
    publish(block, "first_cost_kcur", sum(u.cost_kcur_per_mw * size.reuse_mw[n] for n, u in found))
    factors = {n: finance.capital_factor(u.terms, case.money) for n, u in found}
    publish(block, "cost_kcur", sum(u.cost_kcur_per_mw * factors[n] * size.reuse_mw[n] for n, u in found))


def operate(block: Block, case: Case, size: Block, m: int, heat_mw: dict[tuple[str, int], Expr]) -> None:
    """One month of heat sold; publishes taken_mw[cooling, t] [MW thermal] and draw_mw[t], its pumps."""
    named, hours = users(case), case.calendar.steps_of(m)
    keys = [(u, c, t) for u, c in pairs(case) for t in hours if named[u].demand_mw[t] > 0]
    variable(block, "reused_mw", keys, doc="heat sold [MW thermal]")
    by_user: dict[tuple[str, int], Expr] = {}
    taken: dict[tuple[str, int], Expr] = {}
    for u, c, t in keys:
        block.reused_mw[u, c, t].setub(min(float(named[u].demand_mw[t]), most_mw(named[u])))
        by_user[u, t] = by_user.get((u, t), 0) + block.reused_mw[u, c, t]
        taken[c, t] = taken.get((c, t), 0) + block.reused_mw[u, c, t]
    block.taken_mw = taken
    several = [u for u in named if sum(user == u for user, _ in pairs(case)) > 1]  # of one, the bound above is enough
    constraint(
        block,
        "limit_user",
        [(u, t) for u, t in by_user if u in several],
        lambda u, t: by_user[u, t] <= float(named[u].demand_mw[t]),
        doc="heat sold within what the user takes [MW thermal]",
    )
    constraint(
        block,
        "limit_reuse",
        by_user,
        lambda u, t: by_user[u, t] <= size.reuse_mw[u],
        doc="heat sold within its connection [MW thermal]",
    )
    constraint(
        block,
        "limit_heat",
        taken,
        lambda c, t: taken[c, t] <= heat_mw[c, t],
        doc="heat sold within the heat there is [MW thermal]",
    )
    pumps: dict[int, Expr] = {}
    for (u, t), sold in by_user.items():
        pumps[t] = pumps.get(t, 0) + named[u].pump_pu * sold
    per_step(block, "draw_mw", list(pumps), lambda t: pumps[t])
    factor = case.calendar.step_h * finance.yearly_factor(case.money, case.money.escalation_energy)
    publish(block, "cost_kcur", -factor * sum(named[u].price_kcur_per_mwh * sold for (u, _), sold in by_user.items()))
