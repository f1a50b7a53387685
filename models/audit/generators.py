"""Recheck of generators and of load lost in interruptions."""

from __future__ import annotations

import numpy as np

from models.audit import facts
from models.audit.checker import Array, Checker
from models.audit.view import View
from models.case import Generator


def starts(running: Array) -> float:
    """Units started in a year whose end is followed by its beginning [1]."""
    gained = np.diff(np.concatenate([running[-1:], running]))
    return float(np.sum(gained[gained > 0]))


def check_generators(view: View, check: Checker) -> None:
    """Units bought, units running, what they give, running hours; lost load."""
    for g in view.case.generators:
        _check_bought(view, check, g)
        _check_running(view, check, g)
    _check_lost(view, check)


def _check_bought(view: View, check: Checker, g: Generator) -> None:
    bought, item = view.design.generator_units.get(g.name, 0), f"generator {g.name}"
    if not facts.in_time(view.case, g, view.start_month) or g.max_units <= g.spare_units:
        check.equal("generator can be delivered in time", item, bought, 0)
        return
    check.at_least("least number of generators", item, bought, g.min_units)
    check.at_most("most generators", item, bought, g.max_units)


def _check_running(view: View, check: Checker, g: Generator) -> None:
    bought, item = view.design.generator_units.get(g.name, 0), f"generator {g.name}"
    running, given = view.series(view.op.running_units, g.name), view.series(view.op.generated_mw, g.name)
    check.at_least("units running not negative", item, running, 0.0)
    check.equal("units running are whole numbers", item, running, np.round(running))
    check.at_most("units running without the spare ones", item, running, max(0, bought - g.spare_units))
    check.at_least("least load of running units", item, given, g.min_load_share * g.unit_mw * running)
    check.at_most("power of running units", item, given, g.unit_mw * running)
    if g.max_run_h_per_year is not None:
        check.at_most("running hours of the year", item, view.year_mwh(running), g.max_run_h_per_year * bought)
    share = view.case.grid.available_pu
    if g.only_in_outages:
        outage = view.zeros > 1 if share is None else share < 1
        check.at_most("standby runs only in interruptions", item, running * ~outage, 0.0)


def _check_lost(view: View, check: Checker) -> None:
    grid = view.case.grid
    share = view.zeros + 1.0 if grid.available_pu is None else np.asarray(grid.available_pu, float)
    allowed = 0.0 if grid.lost_load_kcur_per_mwh is None else 1.0
    limit = grid.import_limit_mw
    if grid.import_limit_mva is not None:
        limit = min(limit, grid.import_limit_mva * grid.power_factor)
    check.at_least("lost load not negative", "site", view.lost_mw, 0.0)
    missing = allowed * limit / grid.billing_factor * (1.0 - share)
    check.at_most("load is lost only to an interruption", "site", view.lost_mw, missing)
    op, site = view.op, view.case.site
    load = op.it_mw + op.chain_loss_mw + op.cooling_mw + site.house_load_mw
    load = load + (0.0 if site.plain_load_mw is None else site.plain_load_mw)
    check.at_most("no more load is lost than there is", "site", view.lost_mw, load)
