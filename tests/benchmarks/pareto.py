"""What a point of a front costs when it starts from what is known: `python tests/benchmarks/pareto.py [WORKBOOK]`.

Each point is solved once on the way along the front and once from scratch, in processor seconds (wall clock says little
on a busy machine); building included in both. Prints a table; the aim is a ratio of at most 0.5. Without a workbook the
reference case is taken, whose racks trade cost for energy."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from planner.solving import solve  # noqa: E402
from planner.studies.pareto import ParetoOptions, run_pareto  # noqa: E402
from planner.validate import ValidatedCase, validate  # noqa: E402
from planner.workbook import read_workbook  # noqa: E402

AIM = 0.5


def case_of(o: argparse.Namespace) -> ValidatedCase:
    """The case to measure."""
    if o.workbook:
        return validate(read_workbook(o.workbook))
    from reference import reference

    return reference(o.seed, months=o.months)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workbook", nargs="?", type=Path)
    parser.add_argument("--against", default="tokenergy")
    parser.add_argument("--points", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--months", type=int, default=12)
    o = parser.parse_args()
    front = run_pareto(case_of(o), ParetoOptions((o.against,), o.points))
    print(f"{o.against:>12s} {'cost kcur':>12s} {'warm s':>8s} {'cold s':>8s} {'ratio':>6s}  same within the gaps")
    warm_s = cold_s = 0.0
    for p in front.points:
        begun = time.process_time()
        _, cold = solve(p.answer.case, method="decomposed")
        seconds = time.process_time() - begun
        agrees = cold.bound_kcur <= p.cost_kcur * (1 + 1e-9) and p.bound_kcur <= cold.objective_kcur * (1 + 1e-9)
        if not p.is_first:
            warm_s, cold_s = warm_s + p.cpu_s, cold_s + seconds
        print(
            f"{p.values[o.against]:12.5g} {p.cost_kcur:12.1f} {p.cpu_s:8.1f} {seconds:8.1f} {p.cpu_s / seconds:6.2f}  "
            f"{'yes' if agrees else 'NO'}{'  (first)' if p.is_first else ''}",
            flush=True,
        )
    print(f"the least: {front.least_cpu_s:.1f} s")
    if cold_s:
        print(f"warm / cold, all points but the first: {warm_s / cold_s:.2f} (aim: at most {AIM})")


if __name__ == "__main__":
    main()
