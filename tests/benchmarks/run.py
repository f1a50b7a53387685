"""The benchmark of the solver: `uv run --group benchmark python tests/benchmarks/run.py [--only PART] [--seed N]`.

Prints tables; `--json` writes every figure. Asserts nothing about time, but that the planner and PyPSA find the same
cost. What is measured, and what came out: README.md beside this file."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

# This process stays small and loads no library: a child's peak memory counts from its parent's.
HERE = Path(__file__).resolve().parent
LIBRARIES = ("highspy", "pyomo", "pypsa", "linopy", "numpy", "scipy")
BARS = {
    "pyomo_highs / ours": (10.0, 50.0),
    "pypsa / ours": (3.0, 3.0),
    "solve / floor": (20.0, 5.0),
    "ours [s]": (90.0, 90.0),
    "build share": (0.1, 0.1),
    "peak [MB]": (1000.0, 1000.0),
    "growth exponent": (1.3, 1.3),
}
"""Bar and goal of each ratio."""
AT_LEAST = {"pyomo_highs / ours", "pypsa / ours"}
KILL_AFTER = 120.0
"""Seconds past its cap at which a run that does not stop by itself is ended."""

Result = dict[str, Any]
Row = Sequence[object]


class Failed(RuntimeError):
    """A measured part ended with an error."""


def measure(part: str, *, kill_after: float | None = None, **arguments: Any) -> Result:
    """Run one part in a fresh process. Raises Failed with its error text; subprocess.TimeoutExpired if it is ended."""
    command = [sys.executable, str(HERE / "parts.py"), part, json.dumps(arguments)]
    print(f"  {part} {arguments} ...", end=" ", file=sys.stderr, flush=True)
    done = subprocess.run(command, capture_output=True, text=True, timeout=kill_after)
    if done.returncode:
        print("failed", file=sys.stderr)
        raise Failed(f"{part} {arguments}\n{done.stderr[-2000:]}")
    result: Result = json.loads(done.stdout.splitlines()[-1])
    print(f"{result['seconds']:.1f} s", file=sys.stderr)
    return result


def middle(results: Sequence[Result], key: str) -> float | None:
    """Median of what there is."""
    values = [r[key] for r in results if r.get(key) is not None]
    return statistics.median(values) if values else None


def worst(results: Sequence[Result], key: str) -> float | None:
    """Largest of what there is."""
    return max((r[key] for r in results if r.get(key) is not None), default=None)


def show(value: object) -> str:
    """A figure for a table."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def table(title: str, head: Row, rows: Sequence[Row]) -> None:
    """Print a table that is also valid Markdown."""
    cells = [[show(v) for v in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    print(f"\n{title}\n")
    for n, row in enumerate(cells):
        print("| " + " | ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)) + " |")
        if n == 0:
            print("|" + "|".join("-" * (w + 2) for w in widths) + "|")
    sys.stdout.flush()


def ratio(value: float | None, base: float | None) -> float | None:
    """value / base, where both are known."""
    return None if value is None or not base else value / base


def against_bars(found: dict[str, float | None], capped: bool = False) -> None:
    """Print ratios beside their bars and goals."""
    rows: list[Row] = []
    for name, value in found.items():
        bar, goal = BARS[name]
        sign, met = (">=", value is not None and value >= bar) if name in AT_LEAST else ("<=", _below(value, bar))
        shown = f">= {show(value)}" if capped and name == "pyomo_highs / ours" else show(value)
        rows.append((name, shown, f"{sign} {bar:g}", f"{sign} {goal:g}", "yes" if met else "NO"))
    table("Ratios", ("ratio", "measured", "bar", "goal", "bar met"), rows)


def _below(value: float | None, bar: float) -> bool:
    return value is not None and value <= bar


def study_reference(o: argparse.Namespace) -> Result:
    """The four measurements of the reference case, same gap."""
    own = [measure("ours", seed=o.seed, gap=o.gap, time_limit=o.limit) for _ in range(o.runs)]
    small = [measure("ours_reduced", seed=o.seed, gap=o.gap, time_limit=o.limit) for _ in range(o.runs)]
    # PyPSA with HiGHS as it comes, and by interior point: the better one counts.
    other = [measure("pypsa", seed=o.seed, **options) for _ in range(o.runs) for options in ({}, {"solver": "ipm"})]
    _agree(small[0], other[0], o.gap)
    money = o.gap * (middle(own, "without_it_kcur") or 0.0)
    whole = _whole(o, money) if money and o.cap > 0 else None
    as_it_comes, interior = other[0::2], other[1::2]
    pypsa_s = min(t for t in (middle(as_it_comes, "seconds"), middle(interior, "seconds")) if t is not None)
    figures: Result = {
        "ours_s": middle(own, "seconds"),
        "pyomo_highs_s": whole and whole["seconds"],
        "ours_reduced_s": middle(small, "seconds"),
        "pypsa_s": pypsa_s,
        "floor_s": middle(own, "floor_seconds"),
        "solve_s": middle(own, "solve_seconds"),
        "gap": worst(own, "gap"),
        "peak_mb": worst(own, "peak_mb"),
        "rounds": middle(own, "rounds"),
    }
    _show_reference(o, figures, own, small, other, whole)
    return figures | {"runs": {"ours": own, "ours_reduced": small, "pypsa": other, "pyomo_highs": whole}}


def _whole(o: argparse.Namespace, money: float) -> Result:
    try:
        return measure("pyomo", seed=o.seed, gap_kcur=money, cap=o.cap, kill_after=o.cap + KILL_AFTER)
    except subprocess.TimeoutExpired:
        print("ended", file=sys.stderr)
        return {"seconds": o.cap, "capped": True, "objective_kcur": None, "bound_kcur": None, "peak_mb": None}


def _agree(mine: Result, theirs: Result, gap: float) -> None:
    """The reduced case is the same problem to both, so neither may be cheaper than the other's bound or gap."""
    difference = mine["objective_kcur"] - theirs["objective_kcur"]
    allowed = gap * mine["without_it_kcur"]
    rounding = 1e-6 * abs(theirs["objective_kcur"])
    if not -rounding <= difference <= allowed + rounding:
        raise Failed(f"reduced case: ours {mine['objective_kcur']:.3f}, PyPSA {theirs['objective_kcur']:.3f} kcur")
    if mine["bound_kcur"] > theirs["objective_kcur"] + rounding:
        raise Failed(f"reduced case: bound {mine['bound_kcur']:.3f} above PyPSA's {theirs['objective_kcur']:.3f} kcur")


def _show_reference(
    o: argparse.Namespace,
    figures: Result,
    own: list[Result],
    small: list[Result],
    other: list[Result],
    whole: Result | None,
) -> None:
    rows: list[Row] = [
        ("ours, end to end", figures["ours_s"], worst(own, "seconds"), figures["peak_mb"], own[0].get("status")),
        ("  building", middle(own, "build_seconds"), worst(own, "build_seconds")),
        ("  solving", figures["solve_s"], worst(own, "solve_seconds")),
        ("  recheck", middle(own, "recheck_seconds"), worst(own, "recheck_seconds")),
        ("floor: one cold dispatch", figures["floor_s"], worst(own, "floor_seconds")),
        ("ours, reduced case", figures["ours_reduced_s"], worst(small, "seconds"), worst(small, "peak_mb")),
        (
            "PyPSA, HiGHS as it comes",
            middle(other[0::2], "seconds"),
            worst(other[0::2], "seconds"),
            worst(other, "peak_mb"),
        ),
        ("PyPSA, interior point", middle(other[1::2], "seconds"), worst(other[1::2], "seconds")),
    ]
    if whole:
        gap = None
        if whole["objective_kcur"] is not None and whole["bound_kcur"] is not None and own[0].get("without_it_kcur"):
            gap = (whole["objective_kcur"] - whole["bound_kcur"]) / own[0]["without_it_kcur"]
        state = f"{'capped' if whole['capped'] else 'done'}, gap {show(gap)}"
        rows.insert(5, ("Pyomo and HiGHS, whole", whole["seconds"], None, whole["peak_mb"], state))
    padded = [(*row, *(None,) * (5 - len(row))) for row in rows]
    table(
        f"Reference case, seed {o.seed}, gap {o.gap:g}, {o.runs} runs",
        ("what", "median s", "worst s", "peak MB", ""),
        padded,
    )
    facts = own[0]
    print(
        f"\nproven gap {show(figures['gap'])}, rounds {show(figures['rounds'])}, {facts.get('options')} options, "
        f"TokEnergy {show(facts.get('tokenergy'))} of {show(facts.get('target'))} Wh per 1,000 reference tokens"
    )
    against_bars(
        {
            "pyomo_highs / ours": ratio(figures["pyomo_highs_s"], figures["ours_s"]),
            "pypsa / ours": ratio(figures["pypsa_s"], figures["ours_reduced_s"]),
            "solve / floor": ratio(figures["solve_s"], figures["floor_s"]),
            "ours [s]": figures["ours_s"],
            "build share": ratio(middle(own, "build_seconds"), figures["ours_s"]),
            "peak [MB]": figures["peak_mb"],
        },
        capped=bool(whole and whole["capped"]),
    )


def study_target(o: argparse.Namespace) -> Result:
    """Whether the TokEnergy target binds: the plan without it costs less and uses more."""
    kept = measure("ours", seed=o.seed, gap=o.gap, time_limit=o.limit)
    free = measure("ours", seed=o.seed, gap=o.gap, time_limit=o.limit, target=False)
    keys = ("tokenergy", "objective_kcur", "bound_kcur", "gap", "status")
    rows = [(name, *(r.get(k) for k in keys)) for name, r in (("with target", kept), ("without", free))]
    table(f"TokEnergy target {show(kept.get('target'))}, seed {o.seed}", ("", *keys), rows)
    binds = None
    if kept.get("tokenergy") and free.get("tokenergy"):
        binds = kept["bound_kcur"] > free["objective_kcur"] and free["tokenergy"] > kept["target"]
        print(f"\nthe target binds: {'yes' if binds else 'not proven'}")
    return {"binds": binds, "runs": {"with": kept, "without": free}}


def study_hours(o: argparse.Namespace) -> Result:
    """Time against hours: whole months, so that the blocks keep their size; then the year in quarter hours."""
    sizes = [{"months": 3}, {"months": 6}, {"months": 12}, {"months": 12, "quarter_hours": True}]
    found = [measure("ours", seed=o.seed, gap=o.gap, time_limit=o.limit, **size) for size in sizes]
    _growth(o, "Time against steps", "steps", found)
    exponents = {}
    for name, runs in (("hours, blocks of fixed size", found[:3]), ("all", found)):
        exponents[name] = exponent([r.get("steps", 0) for r in runs], [r["seconds"] for r in runs])
        print(f"\nexponent of growth, {name}: {show(exponents[name])}")
    against_bars({"growth exponent": exponents["hours, blocks of fixed size"]})
    return {"exponents": exponents, "runs": found}


def study_options(o: argparse.Namespace) -> Result:
    """Time against the number of rack-cooling options."""
    found = [measure("ours", seed=o.seed, gap=o.gap, time_limit=o.limit, rack_types=n) for n in (2, 3, 4, 5, 6)]
    _growth(o, "Time against rack-cooling options", "options", found)
    return {"runs": found}


def _growth(o: argparse.Namespace, title: str, size: str, found: list[Result]) -> None:
    keys = ("seconds", "build_seconds", "solve_seconds", "floor_seconds", "rounds", "gap", "peak_mb", "status")
    table(f"{title}, seed {o.seed}", (size, *keys), [(r.get(size), *(r.get(k) for k in keys)) for r in found])


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float | None:
    """Slope of log time over log size, least squares."""
    if not all(s > 0 for s in (*sizes, *seconds)):
        return None
    return statistics.linear_regression([math.log(s) for s in sizes], [math.log(s) for s in seconds]).slope


def study_seeds(o: argparse.Namespace) -> Result:
    """Several seeds, one run each: median and worst."""
    found = [measure("ours", seed=s, gap=o.gap, time_limit=o.limit) | {"seed": s} for s in range(o.seeds)]
    for r in found:
        r["floors"] = ratio(r.get("solve_seconds"), r.get("floor_seconds"))
    keys = ("seconds", "solve_seconds", "floor_seconds", "floors", "rounds", "gap", "peak_mb")
    rows: list[Row] = [(r["seed"], *(r.get(k) for k in keys), r.get("status")) for r in found]
    rows += [("median", *(middle(found, k) for k in keys), None), ("worst", *(worst(found, k) for k in keys), None)]
    table(f"{o.seeds} seeds, gap {o.gap:g}", ("seed", *keys, "status"), rows)
    return {
        "median": {k: middle(found, k) for k in keys},
        "worst": {k: worst(found, k) for k in keys},
        "runs": found,
    }


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


STUDIES: dict[str, Callable[[argparse.Namespace], Result]] = {
    "reference": study_reference,
    "target": study_target,
    "hours": study_hours,
    "options": study_options,
    "seeds": study_seeds,
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
        results[name] = STUDIES[name](o)
        runs[name] = results[name].pop("runs")
        if o.json:
            o.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
