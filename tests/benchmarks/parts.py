"""One measured part in a process of its own: `python parts.py NAME '{"seed": 0, ...}'` prints one line of JSON.

Reading the workbook comes before the clock. The planner loads Pyomo and HiGHS on the clock, as it does for its users;
PyPSA and plain Pyomo are loaded before it."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import reference

from models.case import Case
from planner.errors import AuditFailed, Infeasible, NoAnswer
from planner.studies.plan import PlanOptions, plan_case
from planner.validate import ValidatedCase

Result = dict[str, Any]


def peak_mb() -> float:
    """Largest memory this process ever held [MB]."""
    try:
        import resource
    except ImportError:  # Windows
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    unit = 1.0 if sys.platform == "darwin" else 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _planned(validated: ValidatedCase, gap: float, time_limit: float | None) -> Result:
    """Ours, from the case in memory to the rechecked plan; the floor afterwards."""
    import floor

    with floor.compiled_blocks() as kept:
        begun, cpu = time.perf_counter(), time.process_time()
        try:
            answer = plan_case(validated, PlanOptions(gap=gap, time_limit=time_limit, marginals="none"))
        except (NoAnswer, Infeasible, AuditFailed) as reason:
            status = f"{type(reason).__name__}: {getattr(reason, 'violations', '') or reason}"
            return {"seconds": time.perf_counter() - begun, "status": status, "peak_mb": peak_mb()}
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    proof, accounts = answer.proof, answer.accounts
    found = re.search(r"(\d+) rounds", " ".join(proof.notes))
    result = {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "build_seconds": answer.seconds["build"],
        "solve_seconds": answer.seconds["solve"],
        "recheck_seconds": answer.seconds["audit"],
        "status": proof.status,
        "notes": list(proof.notes),
        "rounds": int(found[1]) if found else None,
        "objective_kcur": proof.objective_kcur,
        "bound_kcur": proof.bound_kcur,
        "without_it_kcur": accounts.without_it_kcur,
        "gap": (proof.objective_kcur - proof.bound_kcur) / accounts.without_it_kcur,
        "tokenergy": accounts.kpi["tokenergy_wh_per_1k"],
        "target": answer.case.limits.tokenergy_wh_per_ktok,
        "steps": answer.case.calendar.steps,
        "peak_mb": peak_mb(),
    }
    return result | {"floor_seconds": floor.seconds(kept[-1]) if kept else None}


def ours(
    seed: int,
    gap: float,
    months: int = 12,
    rack_types: int = 5,
    quarter_hours: bool = False,
    target: bool = True,
    time_limit: float | None = None,
) -> Result:
    """The reference case by the planner."""
    from models.catalogue import options

    validated = reference.reference(seed, months=months, rack_types=rack_types)
    change: list[Callable[[Case], Case]] = []
    if quarter_hours:
        change.append(reference.in_quarter_hours)
    if not target:
        change.append(reference.without_target)
    for step in change:
        validated = replace(validated, case=step(validated.case))
    return _planned(validated, gap, time_limit) | {"options": len(options(validated.case))}


def ours_reduced(seed: int, gap: float, time_limit: float | None = None) -> Result:
    """The reduced case by the planner."""
    validated = reference.reference(seed)
    return _planned(replace(validated, case=reference.reduced_case(seed)), gap, time_limit)


def pypsa(seed: int, **options: Any) -> Result:
    """The reduced case by PyPSA, linopy and HiGHS; `options` go to HiGHS."""
    import pypsa_case

    from models import finance

    case = reference.reduced_case(seed)
    begun, cpu = time.perf_counter(), time.process_time()
    objective = pypsa_case.solve(case, **options)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    fixed = finance.energy_factor(case.money) * case.grid.fixed_kcur_per_month * len(case.calendar.months)
    return {"seconds": seconds, "cpu_seconds": cpu, "objective_kcur": objective + fixed, "peak_mb": peak_mb()}


def pyomo(seed: int, gap_kcur: float, cap: float) -> Result:
    """The reference case whole, by plain Pyomo and HiGHS, to the same gap in money."""
    import plain_pyomo

    outcome = plain_pyomo.solve(reference.reference_case(seed), gap_kcur=gap_kcur, cap_s=cap)
    return {
        "seconds": outcome.seconds,
        "build_seconds": outcome.build_seconds,
        "capped": outcome.capped,
        "objective_kcur": outcome.objective_kcur,
        "bound_kcur": outcome.bound_kcur,
        "peak_mb": peak_mb(),
    }


PARTS: dict[str, Callable[..., Result]] = {
    "ours": ours,
    "ours_reduced": ours_reduced,
    "pypsa": pypsa,
    "pyomo": pyomo,
}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](**json.loads(sys.argv[2]))))
