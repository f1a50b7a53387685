"""Self-test of an installation: versions, a solver that gets known answers right, the data files, a place to write."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

OLDEST_HIGHS = (1, 15, 1)
"""1.14 reports wrong optima as proven (its issues 2957, 2975, 3043); 1.15.1 is the oldest release tested here."""


@dataclass(frozen=True)
class Finding:
    """One examination: what was examined, whether all is well, and the evidence."""

    name: str
    ok: bool
    text: str


def examine() -> tuple[Finding, ...]:
    """Run every examination; one that breaks down is a finding, not an error."""
    examinations: tuple[tuple[str, Callable[[], str]], ...] = (
        ("versions", _versions),
        ("solver version", _solver_version),
        ("solver on known answers", _known_answers),
        ("plan, accounts, recheck", _tiny_plan),
        ("examples", _examples),
        ("charts", _charts),
        ("temporary files", _writable),
    )
    return tuple(_examined(name, examination) for name, examination in examinations)


def _examined(name: str, examination: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, examination())
    except Exception as error:  # whatever is wrong with an installation is what a doctor is for
        return Finding(name, False, f"{type(error).__name__}: {error}")


def _versions() -> str:
    from planner.results import versions

    found = versions()
    absent = [name for name, text in found.items() if text == "not installed"]
    if absent:
        raise ImportError(f"not installed: {', '.join(absent)}")
    return ", ".join(f"{name} {text}" for name, text in found.items())


def _solver_version() -> str:
    import highspy

    number = (highspy.HIGHS_VERSION_MAJOR, highspy.HIGHS_VERSION_MINOR, highspy.HIGHS_VERSION_PATCH)
    text = ".".join(map(str, number))
    if number < OLDEST_HIGHS:
        raise RuntimeError(f"HiGHS {text} is older than {'.'.join(map(str, OLDEST_HIGHS))}; 1.14 gives wrong optima")
    return f"HiGHS {text}"


@dataclass(frozen=True)
class KnownAnswer:
    """Minimise costs * x over 0 <= x <= upper with rows * x >= sides, some x integer; the least cost found by hand."""

    name: str
    costs: tuple[float, ...]
    upper: tuple[float, ...]
    integers: tuple[int, ...]
    rows: tuple[tuple[float, ...], ...]
    sides: tuple[float, ...]
    least_cost: float


KNOWN_ANSWERS = (
    # a + b = 7 and a <= 50 y: with y = 0, b = 7 at 3 each; switching y on would cost 5,000.
    KnownAnswer("switch", (0, 3, 5000), (1e30, 1e30, 1), (2,), ((1, 1, 0), (-1, -1, 0), (-1, 0, 50)), (7, -7, 0), 21.0),
    # The first alone covers 3.5 at 2 each; each unit of the integer would cost 3.
    KnownAnswer("cover", (2, 3), (8, 8), (1,), ((1, 1),), (3.5,), 7.0),
    # Four of the integer at 4 each cover 3.5; three of them need 0.5 of the other at 10: 12 + 5.
    KnownAnswer("lot", (4, 10), (9, 9), (0,), ((1, 1),), (3.5,), 16.0),
)
"""The first two have the shape of problems that HiGHS 1.14 got wrong."""


def _known_answers() -> str:
    for known in KNOWN_ANSWERS:
        found = _least_cost(known)
        if abs(found - known.least_cost) > 1e-6:
            raise ArithmeticError(
                f"problem {known.name!r}: the solver says {found:g}, the answer is {known.least_cost:g}"
            )
    return f"{len(KNOWN_ANSWERS)} problems solved by hand agree"


def _least_cost(known: KnownAnswer) -> float:
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    for cost, bound in zip(known.costs, known.upper, strict=True):
        solver.addCol(cost, 0.0, bound, 0, [], [])
    for column in known.integers:
        solver.changeColIntegrality(column, highspy.HighsVarType.kInteger)
    for row, side in zip(known.rows, known.sides, strict=True):
        solver.addRow(side, highspy.kHighsInf, len(row), list(range(len(row))), list(row))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(f"the solver stopped with {solver.getModelStatus()}")
    return float(solver.getInfo().objective_function_value)


def _tiny_plan() -> str:
    """Two hours of 2 and 4 MW at 100 per MWh, one year, nothing discounted: 600 by hand."""
    import numpy as np

    from models.accounts import account
    from models.audit import audit
    from models.case import Calendar, Case, Grid, Money, Site
    from planner.solving import solve

    flat = np.ones(2)
    case = Case(
        name="self-test",
        currency="USD",
        calendar=Calendar(month_of_step=(0, 0)),
        money=Money(analysis_years=1, discount_rate=0.0),
        site=Site("here", 10 * flat, 8 * flat, 50 * flat, plain_load_mw=np.array([2.0, 4.0])),
        grid=Grid(import_price_kcur_per_mwh=0.1 * flat, carbon_t_per_mwh=0.0 * flat, import_limit_mw=10.0),
    )
    design, proof = solve(case)
    if design is None or abs(proof.objective_kcur - 0.6) > 1e-6:
        raise ArithmeticError(f"least cost {1000 * proof.objective_kcur:g}, by hand 600")
    report = audit(case, design, account(case, design), proof)
    if not report.ok:
        raise ArithmeticError(f"the recheck objects: {report.violations[0].check}")
    return f"600 by hand, 600 by the optimiser, {report.checks} checks passed"


def _examples() -> str:
    from planner.template import example_names

    names = example_names()
    if not names:
        raise FileNotFoundError("no example workbooks are installed")
    return ", ".join(names)


def _charts() -> str:
    import vl_convert

    bars = {"mark": "bar", "data": {"values": [{"x": 1}]}, "encoding": {"x": {"field": "x", "type": "quantitative"}}}
    picture = vl_convert.vegalite_to_svg(bars)
    if "<svg" not in picture:
        raise RuntimeError("a chart of one bar did not become a picture")
    return f"a chart of one bar became a picture of {len(picture)} characters"


def _writable() -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "probe").write_text("ok", encoding="utf-8")
        return f"can write in {tempfile.gettempdir()}"
