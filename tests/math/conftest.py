"""The fixture that puts every hand-solved case through the whole chain: solve, account, recheck."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # lets tests import the builders and the oracle beside them

from models.accounts import account  # noqa: E402
from models.audit import audit  # noqa: E402
from models.case import Case  # noqa: E402
from models.design import Accounts, Design, Proof  # noqa: E402
from planner.solving import solve  # noqa: E402


@dataclass(frozen=True)
class Plan:
    """A plan that was proven optimal, whose accounts agree with the solver and that passed the recheck."""

    case: Case
    design: Design
    accounts: Accounts
    proof: Proof

    @property
    def cost(self) -> float:
        """Present value [kcur]."""
        return self.accounts.objective_kcur

    def line(self, line: str, item: str | None = None) -> float:
        """Present value of one cost line [kcur], over all its items unless one is named."""
        lines = [c for c in self.accounts.costs if c.line == line and item in (None, c.item)]
        return sum(c.present_value_kcur for c in lines)

    def racks(self, rack: str = "R", cooling: str | None = None) -> int:
        """Racks of a type."""
        return sum(p.count for p in self.design.racks if p.rack == rack and cooling in (None, p.cooling))

    def units(self, offer: str) -> int:
        """Units of an offer."""
        return sum(u.count for u in self.design.units if u.offer == offer)


@pytest.fixture(scope="session")
def plan() -> Callable[[Case], Plan]:
    """Solve a case to optimality; its accounts must agree with the solver's objective and the recheck must pass."""

    def run(case: Case) -> Plan:
        design, proof = solve(case, gap=0.0)
        assert proof.status == "optimal", proof
        assert design is not None
        accounts = account(case, design)
        assert accounts.objective_kcur == pytest.approx(proof.objective_kcur, rel=1e-6, abs=1e-6)
        report = audit(case, design, accounts, proof)
        assert report.ok, report.violations
        return Plan(case, design, accounts, proof)

    return run


@pytest.fixture
def refuse() -> Callable[[Case], None]:
    """The case must be proven infeasible."""

    def run(case: Case) -> None:
        design, proof = solve(case, gap=0.0)
        assert (design, proof.status) == (None, "infeasible")

    return run
