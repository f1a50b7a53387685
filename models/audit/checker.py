"""Comparisons: the tolerances, the count of what was compared, and the worst place of every broken rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.case import Calendar
from models.design import AuditReport, Violation

Array = NDArray[np.float64]

PHYSICS = 1e-5
"""Largest residual of balances and limits, relative to the larger of 1 and what is compared. The solver holds each row
to 1e-6 of its own scaling; ten times that leaves room for rounded integers and for sums of several rows."""

EXACT = 1e-6
"""Largest relative residual of money and indicators. They follow from the plan in floating point, without a solver, so
that only the order of summation differs (about 1e-13); a millionth is far above that and far below what matters."""

SMALL = 1e-6
"""Floor of the magnitude of figures known to EXACT: indicators can be small (kcur per million tokens)."""

CANCELS = 1e-3
"""Where a figure is the difference of large sums, its residual is taken relative to at least this share of their gross
total, because rounding follows the sums and not their difference."""


class Checker:
    """Collects comparisons. One Violation per rule and item, at its worst place."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._checks = 0
        self._worst = 0.0
        self._violations: list[Violation] = []

    @property
    def broken(self) -> bool:
        """Whether anything was found so far."""
        return bool(self._violations)

    def report(self) -> AuditReport:
        """What was found; `checks` counts scalar comparisons, so a rule over a year of hours counts 8,760 times."""
        return AuditReport(self._checks, self._worst, tuple(self._violations))

    def equal(self, rule: str, item: str, found: Any, expected: Any, **scale: Any) -> None:
        """Found and expected are the same. See `_compare` for `scale`."""
        self._compare(rule, item, found, expected, np.abs, **scale)

    def at_most(self, rule: str, item: str, found: Any, limit: Any, **scale: Any) -> None:
        """Found is at most the limit."""
        self._compare(rule, item, found, limit, lambda above: np.maximum(above, 0.0), **scale)

    def at_least(self, rule: str, item: str, found: Any, limit: Any, **scale: Any) -> None:
        """Found is at least the limit."""
        self._compare(rule, item, found, limit, lambda above: np.maximum(-above, 0.0), **scale)

    def same(self, rule: str, item: str, found: float | None, expected: float | None, magnitude: float = 0.0) -> None:
        """Two figures known to EXACT are the same; None (no such figure) only equals None."""
        if found is None or expected is None:
            self.require((found is None) == (expected is None), rule, item, _number(found), _number(expected))
        else:
            self.equal(rule, item, found, expected, tolerance=EXACT, floor=max(SMALL, magnitude))

    def require(self, holds: bool, rule: str, where: str, found: float = 0.0, expected: float = 0.0) -> bool:
        """A rule that holds or does not; returns whether it holds."""
        self._checks += 1
        if not holds:
            off = abs(found - expected)
            self._add(Violation(rule, where, found, expected, off if off > 0 else 1.0), 1.0)
        return holds

    def _compare(
        self,
        rule: str,
        item: str,
        found: Any,
        expected: Any,
        broken_by: Any,
        *,
        tolerance: float = PHYSICS,
        floor: float = 1.0,
        places: Sequence[str] | None = None,
    ) -> None:
        """Compare scalars or vectors. `floor`: smallest magnitude the residual is taken relative to; `places`: names of
        the elements of a vector that does not run over the steps."""
        left, right = np.broadcast_arrays(*np.atleast_1d(np.asarray(found, float), np.asarray(expected, float)))
        with np.errstate(invalid="ignore", over="ignore"):
            residual = broken_by(left - right)
            relative = residual / np.maximum(np.maximum(np.abs(left), np.abs(right)), floor)
        relative = np.where(np.isfinite(left) & ~np.isnan(relative), relative, np.inf)
        self._checks += relative.size
        if relative.size == 0:
            return
        worst = int(np.argmax(relative))
        self._worst = max(self._worst, float(relative[worst]))
        if relative[worst] > tolerance:
            scalar = np.ndim(found) == 0 and np.ndim(expected) == 0
            place = None if scalar else places[worst] if places else self.step(worst)
            where = ", ".join(part for part in (item, place) if part)
            self._add(Violation(rule, where, float(left[worst]), float(right[worst]), float(residual[worst])))

    def _add(self, violation: Violation, relative: float = 0.0) -> None:
        self._worst = max(self._worst, relative)
        self._violations.append(violation)

    def step(self, t: int) -> str:
        """A step by its number in operation.csv and the local time at which it starts."""
        try:
            start = datetime.fromisoformat(self._calendar.first_step) + timedelta(hours=self._calendar.step_h * t)
        except (ValueError, OverflowError):
            return f"step {t}"
        return f"step {t} ({start:%Y-%m-%d %H:%M})"


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
