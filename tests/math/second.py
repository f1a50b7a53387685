"""Two further solvers, GLPK and CBC, as programs of the system: a joined model is written as MPS and solved there.

The writer is ours and shares nothing with HiGHS. `python tests/math/second.py 500 [SUBJECT ...]` compares that many
random questions of each subject: sites, stages, scenarios, portfolios, fields (any field beside any other)."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).parent)]

from randomcases import random_case  # noqa: E402
from randomeverything import random_everything  # noqa: E402
from randomjoint import random_growth, random_portfolio, random_scenarios  # noqa: E402

from models.blocks import Impossible  # noqa: E402
from models.portfolio import Portfolio  # noqa: E402
from planner.solving.arrays import Arrays, compile_case, join  # noqa: E402
from planner.solving.joined import compile_portfolio  # noqa: E402
from planner.solving.monolithic import solve_whole  # noqa: E402
from planner.solving.question import Question  # noqa: E402

SOLVERS = ("glpsol", "cbc")
SUBJECTS: dict[str, Callable[[int], Any]] = {
    "sites": random_case,
    "stages": random_growth,
    "scenarios": random_scenarios,
    "portfolios": random_portfolio,
    "fields": random_everything,
}


def mps(arrays: Arrays) -> str:
    """The problem in free MPS, every digit; integer columns between markers, all bounds written out."""
    matrix = arrays.matrix.tocsc()
    rows, columns = matrix.shape
    lines = ["NAME joined FREE", "ROWS", " N cost"]
    kinds = [_kind(lo, up) for lo, up in zip(arrays.row_lower, arrays.row_upper, strict=True)]
    lines += [f" {kind} r{i}" for i, kind in enumerate(kinds)]
    lines.append("COLUMNS")
    for whole in (False, True):
        lines += [" m1 'MARKER' 'INTORG'"] if whole else []
        for j in np.flatnonzero(arrays.is_integer == whole):
            lines.append(f" x{j} cost {float(arrays.cost[j])!r}")
            for k in range(matrix.indptr[j], matrix.indptr[j + 1]):
                lines.append(f" x{j} r{matrix.indices[k]} {float(matrix.data[k])!r}")
        lines += [" m2 'MARKER' 'INTEND'"] if whole else []
    lines.append("RHS")
    for i, kind in enumerate(kinds):
        side = arrays.row_lower[i] if kind in "GE" else arrays.row_upper[i]
        lines += [f" rhs r{i} {float(side)!r}"] if kind != "N" and side else []
    lines.append("RANGES")
    for i, kind in enumerate(kinds):
        if kind == "G" and math.isfinite(arrays.row_upper[i]):
            lines.append(f" rng r{i} {float(arrays.row_upper[i] - arrays.row_lower[i])!r}")
    lines.append("BOUNDS")
    for j in range(columns):
        low, high = float(arrays.col_lower[j]), float(arrays.col_upper[j])
        lines.append(f" LO b x{j} {low!r}" if math.isfinite(low) else f" MI b x{j}")
        lines.append(f" UP b x{j} {high!r}" if math.isfinite(high) else f" PL b x{j}")
    return "\n".join([*lines, "ENDATA", ""])


def _kind(low: float, high: float) -> str:
    if low == high:
        return "E"
    return "G" if math.isfinite(low) else "L" if math.isfinite(high) else "N"


def least(arrays: Arrays, solver: str) -> float | None:
    """Least cost by the other solver; None: no solution exists. Raises RuntimeError if it says neither."""
    with tempfile.TemporaryDirectory() as folder:
        model, answer = Path(folder) / "model.mps", Path(folder) / "answer.txt"
        model.write_text(mps(arrays), encoding="ascii")
        if solver == "glpsol":
            command = ["glpsol", "--freemps", str(model), "--output", str(answer), "--tmlim", "60"]
        else:
            command = ["cbc", str(model), "-ratio", "0", "-seconds", "60", "-solve", "-solution", str(answer)]
        said = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
        text = answer.read_text() if answer.exists() else ""
    if re.search(r"NO (PRIMAL|INTEGER) FEASIBLE|^(Integer )?[Ii]nfeasible|INTEGER EMPTY", said + text, re.M):
        return None
    found = re.search(r"Objective: +cost = (\S+)|Optimal - objective value (\S+)", text)
    proven = (
        re.search(r"^Status: +(INTEGER )?OPTIMAL", text, re.M) if solver == "glpsol" else text.startswith("Optimal")
    )
    if not found or not proven:
        raise RuntimeError(f"{solver}: {text[:200] or said[-300:]}")
    return float(found[1] or found[2]) + arrays.offset


def posed(subject: str, seed: int) -> tuple[float, Arrays] | None:
    """Our least cost of a random question [kcur; infinite: none exists] and its joined rows; None: it cannot be asked,
    or a rule without variables already says no."""
    if subject == "portfolios" and not random_case(seed).workloads:
        return None
    question: Question = SUBJECTS[subject](seed)
    try:
        blocks = compile_portfolio(question) if isinstance(question, Portfolio) else compile_case(question)
    except Impossible:
        return None
    proof = solve_whole(question, blocks, gap=0.0, time_limit=None, seed=0, progress=None, log_path=None)[1]
    return proof.objective_kcur, join(blocks)[0]


def main(count: int, *subjects: str) -> int:
    """Compare random cases; tells each that differs."""
    wrong = done = 0
    for subject, seed in product(subjects or SUBJECTS, range(count)):
        found = posed(subject, seed)
        for solver in (s for s in SOLVERS if found and shutil.which(s)):
            ours, arrays = found
            theirs = least(arrays, solver)
            theirs = math.inf if theirs is None else theirs
            same = math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-6)
            wrong, done = wrong + (not same), done + 1
            if not same:
                print(f"{subject}, seed {seed}: {solver} {theirs}, ours {ours}", flush=True)
    print(f"{done} comparisons, {wrong} differ")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:]))
