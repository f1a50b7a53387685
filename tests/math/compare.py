"""Compares model and brute force on any number of random cases, many more than the suite does.

    python tests/math/compare.py FIRST COUNT

The exit code is 1 if any differ."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]

from oracle import cheapest  # noqa: E402
from randomcases import random_case  # noqa: E402

from planner.solving import solve  # noqa: E402


def main(first: int, count: int) -> int:
    """Print every case whose least cost or verdict differs; 1 if there is one."""
    different = 0
    for seed in range(first, first + count):
        expected = cheapest(random_case(seed)).cost_kcur
        found = solve(random_case(seed), gap=0.0, method="monolithic")[1].objective_kcur
        wanted = float("inf") if expected is None else expected
        if found != wanted and not abs(found - wanted) <= 1e-6 * max(1.0, abs(wanted)):
            different += 1
            print(f"case {seed}: model {found}, brute force {wanted}", flush=True)
    print(f"{count} cases, {different} differ")
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
