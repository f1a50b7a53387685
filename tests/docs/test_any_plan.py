"""Documents of plans of cases with any optional field beside any other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from models.accounts import account
from models.audit import audit
from models.design import Answer
from planner.solving import solve
from reports.page import render_page
from reports.workbook import write_plan_workbook

sys.path.append(str(Path(__file__).parents[1] / "math"))
from randomeverything import random_everything

SEEDS = {8: True, 21: False}
"""Cases that have a plan (8 may lose load) -> whether the page is made too, which takes longer."""


@pytest.mark.parametrize("seed", SEEDS)
def test_documents_of_a_plan_with_any_field(tmp_path: Path, seed: int) -> None:
    """Proves: whatever a plan holds, its workbook and page are written. Catches: a line, a cause of TokEnergy or a unit
    that the model knows and the documents have no name for, as once load not served: found after an hour of solving."""
    case = random_everything(seed)
    design, proof = solve(case, gap=1e-3)
    assert design is not None
    accounts = account(case, design)
    answer = Answer(case, design, accounts, proof, audit(case, design, accounts, proof))
    write_plan_workbook(answer, tmp_path / "plan.xlsx")
    if SEEDS[seed]:
        assert render_page(answer).startswith("<!doctype html>")
