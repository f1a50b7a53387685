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

    def solve(self, bounds: Bounds) -> Proof | None:
        """Least cost and its bound within some bounds; infinite where there is no plan. None: over a long horizon the
        shared search came to nothing, which a search of its own need not."""
        from planner.solving.decomposed import WHOLE_UP_TO_STEPS
        from planner.solving.family import CaseFamily
        from planner.solving.month_problem import MonthFailed
        from planner.solving.rounds import Stalled

        if self._family is None:
            self._family = CaseFamily(self._case, seed=self._options.seed)
        options = self._options
        limit, whole = options.time_limit, self._case.calendar.steps < WHOLE_UP_TO_STEPS
        try:
            found = self._family.solve(self._case, gap=options.gap, time_limit=limit, bounds=bounds, whole=whole)
        except (Stalled, MonthFailed):
            self.close()
            self._family = None
            return None
        status = "infeasible" if found.infeasible else "optimal"
        return Proof(status, found.cost_kcur, found.bound_kcur, found.seconds, "decomposed")

    def close(self) -> None:
        """Give the threads back."""
        if self._family is not None:
            self._family.close()
