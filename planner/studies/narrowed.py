"""A case solved within narrower bounds of its sizes: without something, or with some of it at least.

Bounds stand in the design problem alone, so that all such cases share their months: over a long horizon one search
serves them all, and each further one starts with what is known (planner/solving/family.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from models.case import Case
from models.design import Proof

if TYPE_CHECKING:
    from planner.solving.family import CaseFamily, Place
    from planner.studies.plan import PlanOptions

Bounds = Mapping["Place", tuple[float, float]]


class Narrowed:
    """Solves one case again and again, each time within other bounds of variables of its design problem."""

    def __init__(self, case: Case, options: PlanOptions) -> None:
        self._case, self._options = case, options
        self._family: CaseFamily | None = None

    @property
    def is_worth_it(self) -> bool:
        """Whether the case is solved by decomposition at all."""
        from planner.solving import DECOMPOSED_FROM_STEPS

        chosen, steps = self._options.method, self._case.calendar.steps
        return chosen == "decomposed" or (chosen == "auto" and steps >= DECOMPOSED_FROM_STEPS)

    def solve(self, bounds: Bounds) -> Proof:
        """Least cost and its bound within some bounds; infinite where there is no plan."""
        from planner.solving.family import CaseFamily

        if self._family is None:
            self._family = CaseFamily(self._case, seed=self._options.seed)
        options = self._options
        found = self._family.solve(self._case, gap=options.gap, time_limit=options.time_limit, bounds=bounds)
        status = "infeasible" if found.infeasible else "optimal"
        return Proof(status, found.cost_kcur, found.bound_kcur, found.seconds, "decomposed")

    def close(self) -> None:
        """Give the threads back."""
        if self._family is not None:
            self._family.close()
