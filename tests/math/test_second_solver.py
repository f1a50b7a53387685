"""The joined model solved by other programs: a mistake of HiGHS, or of the way to it, would show as another optimum."""

import functools
import math
import shutil

import pytest
from second import SOLVERS, SUBJECTS, least, posed

SEEDS = {"sites": range(0, 120, 12), "stages": (0, 24, 36, 48, 60, 72, 84, 96),
         "scenarios": (0, 7, 24, 36, 48, 60), "portfolios": (0, 48, 72, 84, 96, 108),
         "fields": (0, 1, 3, 5, 7, 135)}  # fmt: skip
"""Quick ones; of the scenarios the odd one is for least regret."""
posed_once = functools.cache(posed)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("solver", SOLVERS)
def test_another_solver_finds_the_same_optimum(solver, subject):
    """Proves: GLPK and CBC, given the same rows in a file, end at the least cost that HiGHS proves, or also find no
    solution: of sites, of stages, scenarios and portfolios as one problem, of any field beside any other (`second.py`
    compares any number). Catches: a wrong optimum or false proof of infeasibility by the solver, options that cut its
    search short, a hand-over that loses rows, bounds or integers."""
    if shutil.which(solver) is None:
        pytest.skip(f"{solver} is not installed (Debian: glpk-utils, coinor-cbc)")
    compared, served = 0, 0
    for seed in SEEDS[subject]:
        found = posed_once(subject, seed)
        if found is None:
            continue
        ours, arrays = found
        theirs = least(arrays, solver)
        assert (math.inf if theirs is None else theirs) == pytest.approx(ours, rel=1e-6, abs=1e-6), seed
        compared, served = compared + 1, served + math.isfinite(ours)
    assert compared >= 5 and served >= 4
