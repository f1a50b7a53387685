"""Changes of a case, typed into its workbook and planned there as `aidc plan` would."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from planner.errors import AuditFailed, BadWorkbook, Infeasible, NoAnswer
from planner.studies.cells import CellValue, in_cell
from planner.studies.plan import TRY_GAP, PlanOptions, plan_case
from planner.validate import ValidatedCase, validate
from planner.validate.variations import Target, with_values
from planner.workbook import RawWorkbook

if TYPE_CHECKING:
    from planner.studies.explain import Change

WORK = ("requests_per_day", "run_tokens_billion")
"""columns of sheet Workloads that say how much work there is"""


class Typed(NamedTuple):
    """One cell and what is typed into it."""

    target: Target
    value: float | str | None
    """None: nothing"""
    words: CellValue
    """as it is told"""


class Book:
    """A workbook of which copies with other cells are planned."""

    def __init__(self, raw: RawWorkbook, validated: ValidatedCase, time_limit: float | None = None) -> None:
        """time_limit [s] for each plan."""
        self.raw, self.validated, self._time_limit = raw, validated, time_limit
        self._where: dict[str, Target] = {}
        for name, table in raw.tables.items():
            for row in table.rows:
                self._where |= {cell.address.replace("'", ""): (name, row.number, c) for c, cell in row.cells.items()}

    def cells(self, change: Change) -> list[Typed]:
        """What a change types. Raises LookupError if one of its values stands in no cell."""
        typed = []
        for path, value in change.values.items():
            words = in_cell(self.validated.origins, path, value)
            if words is None:
                raise LookupError(path)
            new = (value or None) if isinstance(value, str) else float(words.wanted)
            typed.append(Typed(self._where[words.cell.replace("'", "")], new, words))
        return typed + (self._work(change.demand) if change.demand != 1 else [])

    def _work(self, share: float) -> list[Typed]:
        """The cells that say how much work there is, each at this share of its figure, rounded down."""
        found = []
        for row in self.raw.tables["Workloads"].rows:
            for column in WORK:
                cell = row.cells.get(column)
                if cell is not None and isinstance(cell.value, (int, float)) and cell.value > 0:
                    new = _down(cell.value * share)
                    words = CellValue(cell.address, column, f"{cell.value:,g}", f"{new:.6g}", "")
                    found.append(Typed(("Workloads", row.number, column), new, words))
        if not found:
            raise LookupError("no cell says how much work there is")
        return found

    def has_plan(self, change: Change) -> bool:
        """Whether the workbook with this change typed into it is sound and has a plan that passes the recheck."""
        try:
            cells = {t.target: t.value for t in self.cells(change)}
            changed = validate(with_values(self.raw, cells))
            plan_case(changed, PlanOptions(TRY_GAP, self._time_limit, marginals="none"), hints=False)
        except (LookupError, BadWorkbook, Infeasible, NoAnswer, AuditFailed):
            return False
        return True


def _down(value: float, figures: int = 6) -> float:
    """Rounded down to so many significant figures."""
    digits = figures - 1 - math.floor(math.log10(value))
    return math.floor(value * 10**digits + 1e-6) / 10**digits
