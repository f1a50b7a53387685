"""The joined model solved by other programs: a mistake of HiGHS, or of the way to it, would show as another optimum."""

import math
import shutil

import pytest
from randomcases import random_case
from second import SOLVERS, least

from models.blocks import Impossible
from planner.solving import solve
from planner.solving.arrays import compile_case, join


@pytest.mark.parametrize("solver", SOLVERS)
def test_another_solver_finds_the_same_optimum(solver):
    """Proves: GLPK and CBC, given the same rows in a file, end at the least cost that HiGHS proves, or also find no
    solution (`second.py` compares any number). Catches: a wrong optimum or false proof of infeasibility by the solver,
    options that cut its search short, a hand-over that loses rows, bounds or integers."""
    if shutil.which(solver) is None:
        pytest.skip(f"{solver} is not installed (Debian: glpk-utils, coinor-cbc)")
    compared = 0
    for seed in range(0, 120, 12):
        case = random_case(seed)
        ours = solve(case, gap=0.0, method="monolithic")[1].objective_kcur
        try:
            arrays = join(compile_case(case))[0]
        except Impossible:
            continue
        theirs = least(arrays, solver)
        assert (math.inf if theirs is None else theirs) == pytest.approx(ours, rel=1e-6, abs=1e-6), seed
        compared += 1
    assert compared >= 8
