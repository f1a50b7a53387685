"""The benchmark of the solver: `uv run --group benchmark python tests/benchmarks/run.py [--only PART] [--seed N]`.

Prints tables; `--json` writes every figure. Asserts nothing about time, but that the planner and PyPSA find the same
cost. What is measured, and what came out: README.md beside this file."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

from figures import Result
from studies import STUDIES

# This process stays small and loads no library: a child's peak memory counts from its parent's.
LIBRARIES = ("highspy", "pyomo", "pypsa", "linopy", "numpy", "scipy")


def machine() -> Result:
    """When and where this was measured."""
    return {
        "date": dt.date.today().isoformat(),
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def main() -> None:
    """Run the studies asked for."""
    parser = argparse.ArgumentParser(description="Benchmark of the solver; all studies by default, but for the seeds.")
    parser.add_argument("--only", choices=STUDIES, action="append", help="just this study; may be repeated")
    parser.add_argument("--seed", type=int, default=0, help="draws prices, offers, demand and target")
    parser.add_argument("--seeds", type=int, default=0, help="also run the first N seeds")
    parser.add_argument("--runs", type=int, default=3, help="runs of each short part; medians are reported")
    parser.add_argument("--gap", type=float, default=0.001, help="proven gap, share of the cost without IT hardware")
    parser.add_argument("--cap", type=float, default=1800.0, help="seconds for the whole MILP; 0: leave it out")
    parser.add_argument("--limit", type=float, default=None, help="time limit of each run of ours [s]")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    o = parser.parse_args()
    if o.seeds == 0 and o.only and "seeds" in o.only:
        o.seeds = 20
    chosen = o.only or [s for s in STUDIES if s != "seeds"]
    if o.seeds and "seeds" not in chosen:
        chosen = [*chosen, "seeds"]
    runs: Result = {}
    results: Result = {"machine": machine(), "runs": runs}
    print(", ".join(f"{k} {v}" for k, v in results["machine"].items()))
    for name in chosen:

        def keep(found: Result, name: str = name) -> None:
            runs[name] = found.pop("runs")
            if found:
                results[name] = found
            if o.json:
                o.json.write_text(json.dumps(results, indent=1), encoding="utf-8")

        keep(STUDIES[name](o, keep))


if __name__ == "__main__":
    main()
