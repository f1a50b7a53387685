"""The studies of the benchmark: which parts are run, each in a process of its own, and what is shown of them."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from figures import Result, Row, against_bars, exponent, middle, ratio, show, table, worst

PARTS = Path(__file__).resolve().parent / "parts.py"
Keep = Callable[[Result], None]
"""keep(what a study has measured so far): written at once, so that a run that is ended loses nothing"""
KILL_AFTER = 120.0
"""Seconds past its cap at which a run that does not stop by itself is ended."""


class Failed(RuntimeError):
    """A measured part ended with an error."""


def measure(part: str, *, kill_after: float | None = None, **arguments: Any) -> Result:
    """Run one part in a fresh process. Raises Failed with its error text; subprocess.TimeoutExpired if it is ended."""
    command = [sys.executable, str(PARTS), part, json.dumps(arguments)]
    print(f"  {part} {arguments} ...", end=" ", file=sys.stderr, flush=True)
    done = subprocess.run(command, capture_output=True, text=True, timeout=kill_after)
    if done.returncode:
        print("failed", file=sys.stderr)
        raise Failed(f"{part} {arguments}\n{done.stderr[-2000:]}")
    result: Result = json.loads(done.stdout.splitlines()[-1])
    print(f"{result['seconds']:.1f} s", file=sys.stderr)
    return result


def _series(o: argparse.Namespace, keep: Keep, variants: Iterable[dict[str, Any]]) -> list[Result]:
    """One run of ours for each variant; each is kept at once, and one that fails is a row that says so."""
    found: list[Result] = []
    for variant in variants:
        try:
            run = measure("ours", gap=o.gap, time_limit=o.limit, **variant)
        except Failed as reason:
            run = {"status": f"failed: {str(reason).splitlines()[-1]}"}
        found.append(variant | run)
        keep({"runs": found})
    return found


def study_reference(o: argparse.Namespace, keep: Keep) -> Result:
    """The four measurements of the reference case, same gap."""
    own: list[Result] = []
    small: list[Result] = []
    as_it_comes: list[Result] = []
    interior: list[Result] = []
    for _ in range(o.runs):  # in turn, so that a busy spell of the machine meets all of them
        own.append(measure("ours", seed=o.seed, gap=o.gap, time_limit=o.limit))
        small.append(measure("ours_reduced", seed=o.seed, gap=o.gap, time_limit=o.limit))
        as_it_comes.append(measure("pypsa", seed=o.seed))
        interior.append(measure("pypsa", seed=o.seed, solver="ipm"))
        keep({"runs": {"ours": own, "ours_reduced": small, "pypsa": [*as_it_comes, *interior]}})
    for mine, theirs in zip(small, as_it_comes, strict=True):
        _agree(mine, theirs, o.gap)
    money = o.gap * (middle(own, "without_it_kcur") or 0.0)
    whole = _whole(o, money) if money and o.cap > 0 else None
    # HiGHS as it comes, and by interior point: the better one counts.
    pypsa_s = min(t for t in (middle(as_it_comes, "seconds"), middle(interior, "seconds")) if t is not None)
    figures: Result = {
        "ours_s": middle(own, "seconds") if _proven(own) else None,
        "pyomo_highs_s": whole and whole["seconds"],
        "ours_reduced_s": middle(small, "seconds") if _proven(small) else None,
        "pypsa_s": pypsa_s,
        "floor_s": middle(own, "floor_seconds"),
        "solve_s": middle(own, "solve_seconds"),
        "gap": worst(own, "gap"),
        "peak_mb": worst(own, "peak_mb") if _proven(own) else None,
        "rounds": middle(own, "rounds"),
    }
    _show_reference(o, figures, own, small, as_it_comes, interior, whole)
    return figures | {
        "runs": {"ours": own, "ours_reduced": small, "pypsa": [*as_it_comes, *interior], "pyomo_highs": whole}
    }


def _proven(runs: list[Result]) -> bool:
    """Whether every run reached the gap: the time of one that stopped short is no result."""
    return all(r.get("status") == "optimal" for r in runs)


def _whole(o: argparse.Namespace, money: float) -> Result:
    try:
        return measure("pyomo", seed=o.seed, gap_kcur=money, cap=o.cap, kill_after=o.cap + KILL_AFTER)
    except subprocess.TimeoutExpired:
        print("ended", file=sys.stderr)
        return {"seconds": o.cap, "capped": True, "objective_kcur": None, "bound_kcur": None, "peak_mb": None}


def _agree(mine: Result, theirs: Result, gap: float) -> None:
    """The reduced case is the same problem to both, so neither may be cheaper than the other's bound or gap."""
    if "objective_kcur" not in mine:
        raise Failed(f"reduced case: {mine['status']}")
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
    as_it_comes: list[Result],
    interior: list[Result],
    whole: Result | None,
) -> None:
    def most(runs: list[Result]) -> tuple[float | None, float | None]:
        return worst(runs, "seconds"), worst(runs, "peak_mb")

    rows: list[Row] = [
        ("ours, end to end", middle(own, "seconds"), *most(own), own[0]["status"]),
        ("  building", middle(own, "build_seconds"), worst(own, "build_seconds")),
        ("  solving", figures["solve_s"], worst(own, "solve_seconds")),
        ("  recheck", middle(own, "recheck_seconds"), worst(own, "recheck_seconds")),
        ("floor: one cold dispatch", figures["floor_s"], worst(own, "floor_seconds")),
        ("ours, reduced case", middle(small, "seconds"), *most(small), small[0]["status"]),
        ("PyPSA, HiGHS as it comes", middle(as_it_comes, "seconds"), *most(as_it_comes)),
        ("PyPSA, interior point", middle(interior, "seconds"), *most(interior)),
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


def study_target(o: argparse.Namespace, keep: Keep) -> Result:
    """Whether the TokEnergy target binds: the plan without it costs less and uses more."""
    kept, free = _series(o, keep, ({"seed": o.seed, "target": target} for target in (True, False)))
    keys = ("tokenergy", "objective_kcur", "bound_kcur", "gap", "status")
    rows = [(name, *(r.get(k) for k in keys)) for name, r in (("with target", kept), ("without", free))]
    table(f"TokEnergy target {show(kept.get('target'))}, seed {o.seed}", ("", *keys), rows)
    binds = None
    if kept.get("tokenergy") and free.get("tokenergy"):
        binds = kept["bound_kcur"] > free["objective_kcur"] and free["tokenergy"] > kept["target"]
        print(f"\nthe target binds: {'yes' if binds else 'not proven'}")
    return {"binds": binds, "runs": {"with": kept, "without": free}}


def study_hours(o: argparse.Namespace, keep: Keep) -> Result:
    """Time against hours: whole months, so that the blocks keep their size; then the year in quarter hours."""
    sizes = [{"months": 3}, {"months": 6}, {"months": 12}, {"months": 12, "quarter_hours": True}]
    found = _series(o, keep, ({"seed": o.seed, **size} for size in sizes))
    _growth(o, "Time against steps", "steps", found)
    exponents = {}
    for name, runs in (("hours, blocks of fixed size", found[:3]), ("all", found)):
        exponents[name] = exponent([r.get("steps", 0) for r in runs], [r.get("seconds", 0) for r in runs])
        print(f"\nexponent of growth, {name}: {show(exponents[name])}")
    against_bars({"growth exponent": exponents["hours, blocks of fixed size"]})
    return {"exponents": exponents, "runs": found}


def study_options(o: argparse.Namespace, keep: Keep) -> Result:
    """Time against the number of rack-cooling options."""
    found = _series(o, keep, ({"seed": o.seed, "rack_types": n} for n in (2, 3, 4, 5, 6)))
    _growth(o, "Time against rack-cooling options", "options", found)
    return {"runs": found}


def _growth(o: argparse.Namespace, title: str, size: str, found: list[Result]) -> None:
    keys = ("seconds", "build_seconds", "solve_seconds", "floor_seconds", "rounds", "gap", "peak_mb", "status")
    table(f"{title}, seed {o.seed}", (size, *keys), [(r.get(size), *(r.get(k) for k in keys)) for r in found])


def study_seeds(o: argparse.Namespace, keep: Keep) -> Result:
    """Several seeds, one run each: median and worst."""
    found = _series(o, keep, ({"seed": s} for s in range(o.seeds)))
    for r in found:
        r["floors"] = ratio(r.get("solve_seconds"), r.get("floor_seconds"))
    times = ("seconds", "cpu_seconds", "build_seconds", "solve_seconds", "floor_seconds")
    keys = (*times, "floors", "rounds", "gap", "peak_mb")
    rows: list[Row] = [(r["seed"], *(r.get(k) for k in keys), r.get("status")) for r in found]
    rows += [("median", *(middle(found, k) for k in keys), None), ("worst", *(worst(found, k) for k in keys), None)]
    table(f"{o.seeds} seeds, gap {o.gap:g}", ("seed", *keys, "status"), rows)
    return {
        "median": {k: middle(found, k) for k in keys},
        "worst": {k: worst(found, k) for k in keys},
        "runs": found,
    }


STUDIES: dict[str, Callable[[argparse.Namespace, Keep], Result]] = {
    "reference": study_reference,
    "target": study_target,
    "hours": study_hours,
    "options": study_options,
    "seeds": study_seeds,
}
