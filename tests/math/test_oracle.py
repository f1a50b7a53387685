"""The model against brute force on random tiny cases: every integer design tried, dispatch by another method."""

import functools
from collections import Counter

import pytest
from families import Family, bindings
from oracle import cheapest
from randomcases import random_case
from simplex import Program

from models.accounts import account
from models.arithmetic import shortfalls
from models.audit import audit
from planner.solving import solve

CASES = 130
LONG = (109, 121)
"""Seeds whose enumeration takes longest by far; the long runs have them (reports/site/validation.md)."""
BORDER = "the months imply it; it keeps the design problem from asking them for what they cannot hold"
IMPLIED: dict[Family, str] = {
    ("design", "modules.one_price"): "prices that fall with the count imply it; test_modules.py has one that rises",
    ("design", "cooling.limit_cold_at_border"): BORDER,
    ("design", "cooling.limit_cold_made"): BORDER,
    ("design", "storage.limit_stored_at_border"): BORDER,
    ("design", "storage.keep_stored_at_border"): BORDER,
    ("operation", "cooling.limit_cold"): "binds in 5 of 130 beside the rule at the border",
    ("operation", "cooling.limit_water_day"): "binds in 4 of 130; test_cooling.py has one",
    ("operation", "reuse.limit_user"): "needs one user on two cooling types; test_reuse.py has one",
}
"""Families whose deletion changes fewer than one case in twenty, each with the reason."""


@functools.cache
def least_kcur(seed: int) -> float | None:
    """What enumeration finds for a random case, found once for both tests [kcur]; None: no design."""
    return cheapest(random_case(seed)).cost_kcur


@pytest.mark.parametrize("seed", [seed for seed in range(CASES) if seed not in LONG])
def test_least_cost_by_brute_force(seed):
    """Proves: the model's least cost equals that of full enumeration, or both find none; the plan passes the recheck,
    and arithmetic alone calls no such case impossible. Catches: any rule of models/README.md that is missing, wrong, or
    cuts off an optimum; a need in models/arithmetic.py that some design does without."""
    case = random_case(seed)
    expected = least_kcur(seed)
    design, proof = solve(case, gap=0.0, method="monolithic")
    if expected is None:
        assert (design, proof.status) == (None, "infeasible")
        return
    assert not shortfalls(case)
    assert design is not None
    assert proof.status == "optimal"
    assert proof.objective_kcur == pytest.approx(expected, rel=1e-6, abs=1e-6)
    accounts = account(case, design)
    assert accounts.objective_kcur == pytest.approx(expected, rel=1e-6, abs=1e-6)
    report = audit(case, design, accounts, proof)
    assert report.ok, report.violations


@pytest.mark.parametrize("seed", range(0, CASES, 3))
def test_the_decomposition_brackets_the_true_optimum(seed):
    """Proves: bound <= optimum by brute force <= cost of the plan, and both within the gap asked for.
    Catches: an unsafe cut, which ends in a bound above the optimum: a false proof."""
    case = random_case(seed)
    expected = least_kcur(seed)
    design, proof = solve(case, gap=1e-4, method="decomposed")
    if expected is None:
        assert (design, proof.status) == (None, "infeasible")
        return
    assert design is not None
    assert proof.status == "optimal"
    slack = 1e-6 * max(1.0, abs(expected))
    assert proof.bound_kcur - slack <= expected <= proof.objective_kcur + slack
    assert proof.objective_kcur - proof.bound_kcur <= 1e-4 * abs(proof.objective_kcur) + slack


def test_every_family_binds_in_one_case_of_twenty():
    """Proves: deleting any constraint family changes the answer of at least one random case in twenty, so the oracle
    test would fail. Catches: cases too tame to test a rule, and rules that no test would miss."""
    enough = CASES // 20
    counted: Counter[Family] = Counter()
    for seed in range(CASES):
        bindings(random_case(seed), counted, enough)
    assert {family: n for family, n in counted.items() if n < enough and family not in IMPLIED} == {}


def test_the_simplex_method_on_known_problems():
    """Proves: the oracle's own solver finds a known optimum, infeasibility and an unbounded ray.
    Catches: an oracle that agrees because it is wrong in the same way."""
    lp = Program()
    x, y = lp.variable(-3.0), lp.variable(-5.0)
    lp.row({x: 1.0}, "<=", 4.0)
    lp.row({y: 2.0}, "<=", 12.0)
    lp.row({x: 3.0, y: 2.0}, "<=", 18.0)
    found = lp.solve()
    assert found is not None
    assert found[0] == pytest.approx(-36)
    assert found[1] == pytest.approx([2, 6])
    lp.row({x: 1.0, y: 1.0}, ">=", 9.0)
    assert lp.solve() is None
    free = Program()
    free.variable(-1.0)
    with pytest.raises(ArithmeticError, match="unbounded"):
        free.solve()
