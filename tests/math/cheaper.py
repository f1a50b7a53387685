"""A plan that is cheaper than the least cost cannot be a plan: the recheck must say so.

A figure of a random case is changed, and the plan of the case before is looked at with the eyes of the case after. If
it would cost less than the case after can cost at least (solved anew), it breaks some rule there, whatever the figure
was; then the recheck must find a violation. `python tests/math/cheaper.py 0 300` tries so many seeds, three cases each
and eight figures of each."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).parent)]

import numpy as np
from randombills import random_bill
from randomcases import random_case
from randomswings import random_swings

from models.accounts import account
from models.audit import audit
from models.case import Case
from models.design import Design, Proof
from planner.solving import solve

Path_ = tuple[str | int, ...]
NOT_RULES = ("case.calendar", "case.money", "kcur", ".terms.", "exchange_rate", "ex_works", "price")
"""Parts of paths that are passed over: a change of the year or of money is a change of the problem, and prices break no
rule."""


@dataclass(frozen=True)
class Look:
    """What came of one change."""

    path: str
    change: str
    broken: bool
    """whether the old plan must break a rule of the changed case"""
    found: bool
    """whether the recheck says so"""


def figures(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Paths to every number, and every vector, of a case."""
    if is_dataclass(value):
        for f in fields(value):
            yield from figures(getattr(value, f.name), (*path, f.name))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from figures(item, (*path, i))
    elif isinstance(value, np.ndarray) or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        yield path


def changed(value: Any, path: Path_, how: float) -> Any:
    """The same with one figure multiplied (a whole number: moved by one; zero: set)."""
    if not path:
        if isinstance(value, np.ndarray):
            return value * how
        if isinstance(value, int):
            return value + (1 if how > 1 else -1)
        return value * how if value else how / 10
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        return (*value[:head], changed(value[head], rest, how), *value[head + 1 :])
    return replace(value, **{head: changed(getattr(value, head), rest, how)})


def named(path: Path_) -> str:
    """A path in words, without the numbers of rows."""
    return "case." + ".".join(str(p) for p in path if isinstance(p, str))


def looks(case: Case, design: Design, r: random.Random, count: int) -> Iterator[Look]:
    """Change some figures of a case, one at a time; those that leave no valid case are passed over."""
    paths = [p for p in figures(case) if not any(n in named(p) for n in NOT_RULES)]
    for path in r.sample(paths, min(count, len(paths))):
        how = r.choice((0.5, 0.8, 1.25, 2.0))
        try:
            after = changed(case, path, how)
            accounts = account(after, design)
            _, proof = solve(after, gap=0.0, method="monolithic")
        except (ValueError, ZeroDivisionError, KeyError, AssertionError):
            continue  # no valid case, or one in which the plan's racks or units do not exist
        cost = accounts.objective_kcur
        broken = cost < proof.objective_kcur - 1e-4 * max(1.0, abs(cost))
        claimed = Proof("optimal", cost, cost, 0.0, "monolithic")
        yield Look(named(path), f"x {how}", broken, not audit(after, design, accounts, claimed).ok)


def cases(seed: int) -> Iterator[Case]:
    """A case of each kind."""
    yield random_case(seed)
    yield random_swings(seed)
    yield random_bill(seed)


def look_at(seed: int, count: int = 8) -> list[Look]:
    """Everything that is seen with one seed."""
    r = random.Random(seed)
    seen = []
    for case in cases(seed):
        design, _ = solve(case, gap=0.0, method="monolithic")
        if design is not None:
            seen += looks(case, design, r, count)
    return seen


def main(first: int, count: int) -> int:
    """Tell every rule that the recheck missed."""
    total, missed = Counter[str](), Counter[str]()
    for seed in range(first, first + count):
        for look in look_at(seed):
            total["broken" if look.broken else "not broken"] += 1
            if look.broken and not look.found:
                missed[look.path] += 1
                print(f"seed {seed}: {look.path} {look.change}", flush=True)
    print(f"{sum(total.values())} changes, {total['broken']} break a rule, {sum(missed.values())} of them missed")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
