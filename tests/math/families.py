"""Shows that the tests can fail: deletes each constraint family of the model in turn and looks for a test that
notices.

python tests/math/families.py [cases]

prints, for every family (a Constraint component of the design or of the monthly operation problems), in how many of
the random cases its deletion changes the oracle's answer, and the first hand-solved test that fails without it. The
exit code is 1 if a family is missed by both."""

from __future__ import annotations

import contextlib
import io
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]

import pyomo.environ as pyo  # noqa: E402

import planner.solving.arrays as arrays_module  # noqa: E402
from models.assembly import build_design, build_operation  # noqa: E402
from models.blocks import Impossible  # noqa: E402
from models.case import Case  # noqa: E402
from planner.solving.arrays import Arrays, compile_case, join  # noqa: E402
from planner.solving.highs import Run  # noqa: E402

Family = tuple[str, str]
"""design or operation, and the component's name in it"""


def row_families(case: Case) -> list[Family]:
    """The family of each row of the case's joined arrays."""
    labels: list[Family] = []
    operations = (("operation", build_operation(case, m)) for m in case.calendar.months)
    for side, model in [("design", build_design(case)), *operations]:
        rows = LinearStandardFormCompiler().write(model, mixed_form=True).rows
        labels += [(side, row.constraint.parent_component().name) for row in rows]
    return labels


def without(arrays: Arrays, labels: list[Family], family: Family) -> Arrays:
    """The arrays without the rows of one family."""
    kept = np.array([label != family for label in labels])
    return replace(
        arrays,
        matrix=arrays.matrix.tocsr()[kept].tocsc(),
        row_lower=arrays.row_lower[kept],
        row_upper=arrays.row_upper[kept],
    )


def _cost(arrays: Arrays) -> float:
    outcome = Run(arrays).solve()
    if outcome.objective is None:
        return float("-inf") if "nbounded" in outcome.status else float("inf")
    return outcome.objective


def bindings(case: Case, counted: Counter[Family], enough: int | None = None) -> None:
    """Count the families whose deletion changes the case's least cost or verdict; skip those seen `enough` times."""
    try:
        blocks = compile_case(case)
    except Impossible:
        return
    labels, (whole, _) = row_families(case), join(blocks)
    base = _cost(whole)
    for family in dict.fromkeys(labels):
        counted.setdefault(family, 0)
        if enough is None or counted[family] < enough:
            changed = _cost(without(whole, labels, family))
            counted[family] += changed != pytest.approx(base, rel=1e-6, abs=1e-6)


@contextlib.contextmanager
def deleted(family: Family) -> Iterator[None]:
    """The solver builds its models without one family."""
    side, name = family
    attribute = "build_design" if side == "design" else "build_operation"
    original = getattr(arrays_module, attribute)

    def build(*args: object) -> pyo.ConcreteModel:
        model = original(*args)
        component = model.find_component(name)
        if component is not None:
            component.deactivate()
        return model

    setattr(arrays_module, attribute, build)
    try:
        yield
    finally:
        setattr(arrays_module, attribute, original)


class _FirstFailure:
    """A pytest plugin that remembers the first failing test."""

    name: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self.name is None:
            self.name = report.nodeid.rsplit("/", 1)[-1]


HAND_SOLVED = [
    str(HERE / f"test_{subject}.py")
    for subject in (
        [
            "grid",
            "demand",
            "tariff",
            "battery",
            "compute",
            "cooling",
            "modules",
            "supply",
            "generators",
            "programmes",
            "purchases",
            "electrical",
            "swings",
            "limits",
            "tokenergy",
            "finance",
        ]
    )
]


def first_failing_test(family: Family) -> str | None:
    """The first hand-solved test that fails without the family; None if all pass."""
    seen = _FirstFailure()
    with deleted(family), contextlib.redirect_stdout(io.StringIO()):
        pytest.main(
            ["-x", "-q", "-n0", "--import-mode=importlib", "-p", "no:cacheprovider", *HAND_SOLVED], plugins=[seen]
        )
    return seen.name


def main(cases: int) -> int:
    """Print the table; 1 if some family is missed."""
    from randomcases import random_case

    counted: Counter[Family] = Counter()
    for seed in range(cases):
        bindings(random_case(seed), counted)
    missed = 0
    for family, hits in sorted(counted.items()):
        test = first_failing_test(family)
        missed += hits == 0 and test is None
        print(f"{'.'.join(family):48} {hits:4d} of {cases} random cases   {test or '-'}", flush=True)
    print(f"{len(counted)} families, {missed} missed")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
