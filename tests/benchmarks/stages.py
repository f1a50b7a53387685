"""Several stages planned together against one stage: `python tests/benchmarks/stages.py [WORKBOOK] [--stages 1 2 5]`.

Each stage begins two years after the one before, with half as much demand again (of the first stage) and as much more
of the connection; each has its own full operating year. Every plan is solved in a process of its own and rechecked.
Prints processor time, memory, gap and the ratio to one stage."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from models.audit import audit_growth  # noqa: E402
from models.case import Case  # noqa: E402
from models.design import relative_gap  # noqa: E402
from models.growth_accounts import account_growth  # noqa: E402
from models.paths import at_year, with_demand  # noqa: E402
from models.stages import Growth, Stage, in_stage  # noqa: E402
from planner.solving import solve_growth  # noqa: E402
from planner.validate import validate  # noqa: E402
from planner.workbook import read_workbook  # noqa: E402

YEARS_APART, MORE_DEMAND = 2, 0.5


def growth(case: Case, count: int) -> Growth:
    """The case in so many stages."""
    years = case.money.analysis_years
    starts = [YEARS_APART * k for k in range(count)]
    stages = []
    for k, (start, end) in enumerate(zip(starts, [*starts[1:], years], strict=True)):
        own = with_demand(at_year(case, start), {w.name: 1 + MORE_DEMAND * k for w in case.workloads})
        grid = replace(own.grid, import_limit_mw=own.grid.import_limit_mw * (1 + k))
        limits = replace(own.limits, budget_kcur=None)
        stages.append(
            Stage(f"S{k}", replace(own, grid=grid, limits=limits, money=in_stage(own.money, start, end, years)))
        )
    return Growth(case.name, tuple(stages))


def measure(workbook: Path, count: int) -> dict[str, float | str]:
    """One plan, solved and rechecked in this process."""
    question = growth(validate(read_workbook(workbook)).case, count)
    begun, wall = time.process_time(), time.monotonic()
    plan, proof = solve_growth(question)
    seconds, waited = time.process_time() - begun, time.monotonic() - wall
    assert plan is not None, proof
    accounts = account_growth(question, plan)
    report = audit_growth(question, plan, accounts, proof)
    assert report.ok, report.violations[:3]
    return {
        "stages": count,
        "cpu_s": seconds,
        "wall_s": waited,
        "gap": relative_gap(proof.objective_kcur, proof.bound_kcur, accounts.without_it_kcur),
        "checks": report.checks,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "notes": "; ".join(proof.notes),
    }


def main() -> None:
    """Measure each count in a process of its own and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workbook", type=Path, nargs="?", default=ROOT / "inputs/examples/quickstart.xlsx")
    parser.add_argument("--stages", type=int, nargs="+", default=[1, 2, 5])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.workbook, asked.one)))
        return
    first: float | None = None
    print("| stages | CPU s | wall s | against the first | gap | checks | MB | |\n|---|---|---|---|---|---|---|---|")
    for count in asked.stages:
        command = [sys.executable, __file__, str(asked.workbook), "--one", str(count)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        first = first or found["cpu_s"]
        print(
            f"| {count} | {found['cpu_s']:.0f} | {found['wall_s']:.0f} | {found['cpu_s'] / first:.1f} | "
            f"{100 * found['gap']:.3f} % | {found['checks']:,} | {found['memory_mb']:,.0f} | {found['notes']} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
