"""One part of the recheck alone, on a plan written down by hand: no solver, no accounts, no other part in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from models.audit.checker import Checker
from models.audit.view import View
from models.case import Case
from models.design import Design, Violation


def operated(design: Design, **series: Any) -> Design:
    """A design with some series of its year replaced."""
    return replace(design, operation=replace(design.operation, **series))


def told(part: Callable[[View, Checker], None], case: Case, design: Design) -> dict[str, Violation]:
    """What one part of the recheck finds, by rule (the last place of each)."""
    check = Checker(case.calendar)
    part(View(case, design), check)
    return {v.check: v for v in check.report().violations}
