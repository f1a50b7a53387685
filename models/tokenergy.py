"""The TokEnergy target: site energy over reference tokens. Linear, because the tokens are given."""

from __future__ import annotations

from models import running
from models.blocks import Block, Expr, constraint, variable
from models.case import Case
from models.catalogue import reference_mtok


def energy_allowed_mwh(case: Case) -> float | None:
    """Site energy per year that the target allows [MWh]; None without a target.

    1 Wh per 1,000 tokens is 1e-3 MWh per million tokens."""
    target = case.limits.tokenergy_wh_per_ktok
    return None if target is None else 1e-3 * target * reference_mtok(case)


def month(block: Block, case: Case, m: int) -> None:
    """Linking variable of one month: its share of the energy that the target allows."""
    if energy_allowed_mwh(case) is None:
        return
    # A month may be below zero (export from storage charged in another month), so another may exceed the year's
    # allowance.
    h = case.calendar.step_h * len(case.calendar.steps_of(m))
    most = h * (case.grid.interval_limit_mw + sum(s.max_mw for s in case.supplies) + running.most_mw(case))
    variable(
        block,
        "site_energy_mwh",
        doc="site energy the month may use [MWh]",
        bounds=(-h * case.grid.export_limit_mw, most),
    )


def design(block: Block, case: Case, months: dict[int, Block]) -> None:
    """The yearly target."""
    allowed = energy_allowed_mwh(case)
    if allowed is not None:
        total = sum(b.site_energy_mwh for b in months.values())
        constraint(block, "limit_tokenergy", ["year"], lambda _: total <= allowed, doc="site energy per year [MWh]")


def operate(block: Block, case: Case, border: Block, m: int, site_mw: dict[int, Expr]) -> None:
    """One month: import plus on-site generation less export within the month's share. site_mw: with load that is lost,
    whose tokens count."""
    if energy_allowed_mwh(case) is None:
        return
    used = case.calendar.step_h * sum(site_mw[t] for t in case.calendar.steps_of(m))
    constraint(
        block,
        "count_site_energy",
        ["month"],
        lambda _: used <= border.site_energy_mwh,
        doc="site energy of the month within its share [MWh]",
    )
