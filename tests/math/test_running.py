"""On-off hours of generators against brute force: every number of units and every pattern of running tried."""

import itertools
import random

import numpy as np
import pytest
from test_generators import engine
from tiny import energy_case

from models.accounts import account
from models.audit import audit
from models.case import Case
from planner.solving import solve

SEEDS = (*range(24), 104)


def _case(seed: int) -> Case:
    r = random.Random(seed)
    months = r.choice(([4], [2, 2], [1, 3]))
    share = np.array([r.choice((1.0, 1.0, 0.5, 0.0)) for _ in range(4)])
    spare = r.choice((0, 0, 1))
    unit = engine(
        cost_kcur_per_mw=r.choice((0.0, 1.0, 3.0)),
        max_units=2 + spare,
        spare_units=spare,
        min_load_share=r.choice((0.0, 0.4, 0.7)),
        fuel_mwh_per_mwh=r.choice((0.0, 1.0, 2.0)),
        fuel_mwh_per_h=r.choice((0.0, 0.5, 1.5)),
        om_kcur_per_mwh=0.1,
        start_kcur=r.choice((0.0, 1.0, 4.0)),
        max_run_h_per_year=r.choice((None, None, 1.5, 3.0)),
        only_in_outages=r.random() < 0.2,
    )
    return energy_case(
        [r.choice((0.0, 0.7, 1.5, 2.2, 3.1, 4.0)) for _ in range(4)],
        [r.choice((0.5, 2.0, 5.0)) for _ in range(4)],
        months=months,
        limit_mw=r.choice((3.0, 5.0)),
        grid={"available_pu": share, "lost_load_kcur_per_mwh": r.choice((None, 6.0, 30.0))},
        generators=(unit,),
    )


def _step(case: Case, t: int, running: int) -> float:
    """Least cost of a step with so many units running; inf if its load cannot be met."""
    g, grid = case.generators[0], case.grid
    assert case.site.plain_load_mw is not None
    assert grid.available_pu is not None
    each = g.fuel_mwh_per_mwh * g.fuel_kcur_per_mwh + g.om_kcur_per_mwh
    left = float(case.site.plain_load_mw[t]) - g.min_load_share * g.unit_mw * running
    cost = running * (g.fuel_mwh_per_h * g.fuel_kcur_per_mwh + each * g.min_load_share * g.unit_mw)
    if left < -1e-9:
        return float("inf")
    ways = [
        (each, (1 - g.min_load_share) * g.unit_mw * running),
        (float(grid.import_price_kcur_per_mwh[t]), grid.import_limit_mw * float(grid.available_pu[t])),
    ]
    if grid.lost_load_kcur_per_mwh is not None:
        ways.append((grid.lost_load_kcur_per_mwh, grid.import_limit_mw * (1 - float(grid.available_pu[t]))))
    for price, most in sorted(ways):
        used = min(left, most)
        cost, left = cost + price * used, left - used
    return cost if left < 1e-9 else float("inf")


def _least(case: Case) -> float:
    """Least cost over all numbers of units and patterns; inf if none works."""
    g, best = case.generators[0], float("inf")
    assert case.grid.available_pu is not None
    for usable in range(g.max_units - g.spare_units + 1):
        bought = usable + (g.spare_units if usable else 0)
        hours = float("inf") if g.max_run_h_per_year is None else g.max_run_h_per_year * bought
        for pattern in itertools.product(range(usable + 1), repeat=4):
            barred = g.only_in_outages and any(
                n and s == 1 for n, s in zip(pattern, case.grid.available_pu, strict=True)
            )
            if barred or sum(pattern) > hours:
                continue
            started = sum(max(0, n - before) for n, before in zip(pattern, (pattern[-1], *pattern), strict=False))
            cost = g.cost_kcur_per_mw * g.unit_mw * bought + g.start_kcur * started
            best = min(best, cost + sum(_step(case, t, n) for t, n in enumerate(pattern)))
    return best


@pytest.mark.parametrize("seed", SEEDS)
def test_on_off_hours_by_brute_force(seed):
    """Proves: solved whole, the least cost is that of full enumeration, or both find none; solved month by month, the
    bound is never above it and the plan, with whole units in every hour, never below. Catches: a relaxation sold as a
    plan; starts or running hours counted by the month; a bound from rounded decisions, which is no bound."""
    case = _case(seed)
    expected = _least(case)
    design, proof = solve(case, gap=0.0, method="monolithic")
    if expected == float("inf"):
        assert (design, proof.status) == (None, "infeasible")
        return
    assert design is not None
    assert account(case, design).objective_kcur == pytest.approx(expected, rel=1e-6, abs=1e-6)
    design, proof = solve(case, gap=1e-4, method="decomposed")
    assert design is not None
    slack = 1e-6 * max(1.0, expected)
    assert proof.bound_kcur - slack <= expected <= proof.objective_kcur + slack
    assert proof.objective_kcur == pytest.approx(expected, rel=2e-4, abs=1e-6)
    report = audit(case, design, account(case, design), proof)
    assert report.ok, report.violations
