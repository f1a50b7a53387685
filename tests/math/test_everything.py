"""Cases with any optional field beside any other: what must hold of every plan, whatever the case asks."""

from __future__ import annotations

import random
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from randomeverything import _Maker, random_everything

from models.accounts import account
from models.audit import audit
from models.case import Case
from models.design import Answer
from planner.solving import solve
from reports.page import render_page
from reports.workbook import write_plan_workbook

GAP = 1e-3
SEEDS = (*range(12), 135)
"""135: presolve of HiGHS 1.15 tells a bound 0.05 % above the least cost, which GLPK and CBC find too."""
NEVER_SET = {
    "Money.first_year": "of stages alone",
    "Money.plan_years": "of stages alone",
    "OrderRules.price_risks": "of a study: the accounts of a plan never hold it",
}
"""Optional fields that no random case sets, each with the reason."""


def check(seed: int) -> bool:
    """Whether the case has a plan. Two ways of solving agree: none exists, or the decomposition's bound and plan
    bracket the least cost; each plan costs what its solver says and passes the recheck."""
    case = random_everything(seed)
    least = _solved(case, "monolithic", 0.0)
    found = _solved(case, "decomposed", GAP)
    assert (least is None) == (found is None)
    if least is None or found is None:
        return False
    slack = 1e-5 * max(1.0, abs(least[0]))
    assert found[1] - slack <= least[0] <= found[0] + slack
    assert found[0] - least[0] <= 2 * GAP * abs(least[0]) + slack
    return True


def _solved(case: Case, method: Any, gap: float) -> tuple[float, float] | None:
    """Cost and bound [kcur]; None: proven that no plan exists."""
    design, proof = solve(case, gap=gap, method=method)
    if design is None:
        assert proof.status == "infeasible"
        return None
    assert proof.status == "optimal"
    accounts = account(case, design)
    assert accounts.objective_kcur == pytest.approx(proof.objective_kcur, rel=1e-6, abs=1e-5)
    report = audit(case, design, accounts, proof)
    assert report.ok, report.violations
    return proof.objective_kcur, proof.bound_kcur


@pytest.mark.parametrize("seed", SEEDS)
def test_any_field_beside_any_other(seed: int) -> None:
    """Proves: plans of cases with whatever may be asked pass the recheck, cost what the solver says, and are bracketed
    by the decomposition (`randomeverything.py` solves any number). Catches: a field that the model knows and the
    recheck or the accounts do not, as once the load lost at a site that works; rules that only go wrong together; a
    wrong bound of the solver."""
    check(seed)


@pytest.mark.parametrize("seed,has_page", [(8, True), (21, False)])
def test_documents_of_a_plan_with_any_field(tmp_path: Path, seed: int, has_page: bool) -> None:
    """Proves: whatever a plan holds (8: load lost), its workbook and page are written. Catches: a line, a cause of
    TokEnergy or a unit that the model knows and the documents have no name for, as once load not served."""
    case = random_everything(seed)
    design, proof = solve(case, gap=GAP)
    assert design is not None
    accounts = account(case, design)
    answer = Answer(case, design, accounts, proof, audit(case, design, accounts, proof))
    write_plan_workbook(answer, tmp_path / "plan.xlsx")
    if has_page:
        assert render_page(answer).startswith("<!doctype html>")


def test_every_optional_field_is_drawn() -> None:
    """Proves: each optional field of a case, and of everything in it, differs from its default in some of 60 cases with
    work on racks. Catches: a new field that no random case sets, so that nothing would show what the recheck lacks."""
    every: dict[str, bool] = {}
    for seed in range(60):
        maker = _Maker(random.Random(f"everything {seed}"))
        case = maker.case("drawn")
        _look(maker.limited(case, always=True) if seed < 16 else case, every)
    assert {name for name, is_set in every.items() if not is_set} == set(NEVER_SET)


def _look(value: Any, every: dict[str, bool]) -> None:
    """Notes of each optional field within whether it was ever set."""
    if isinstance(value, tuple):
        for item in value:
            _look(item, every)
    elif is_dataclass(value):
        for f in fields(value):
            own = getattr(value, f.name)
            if f.default is not MISSING or f.default_factory is not MISSING:
                name = f"{type(value).__name__}.{f.name}"
                every[name] = every.get(name, False) or _is_set(own, f)
            _look(own, every)


def _is_set(own: Any, f: Field[Any]) -> bool:
    default = f.default if f.default is not MISSING else f.default_factory()  # type: ignore[misc]
    if isinstance(own, np.ndarray):
        return True
    if is_dataclass(own) and is_dataclass(default):
        return any(getattr(own, g.name) != getattr(default, g.name) for g in fields(own))
    return bool(own != default)
