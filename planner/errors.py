"""What can go wrong, each with its exit code. Messages are for users: plain words, the cell, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pathlib import Path

    from models.design import Violation
    from models.stages import AnyAnswer


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing, in a workbook."""

    cell: str
    """address, e.g. `Racks!D6`; a sheet's or file's name where no single cell is meant"""
    table: str = ""
    column: str = ""
    found: str = ""
    expected: str = ""
    example: str = ""
    message: str = ""
    """further words: why, or what to do"""

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.table, self.column) if part)
        words = [f"found {self.found}"] if self.found else []
        words += [f"expected {self.expected}"] if self.expected else []
        words += [f"for example {self.example}"] if self.example else []
        sentence = "; ".join(part for part in (", ".join(words), self.message) if part)
        return f"{self.cell} ({place}): {sentence}" if place else f"{self.cell}: {sentence}"


class PlannerError(Exception):
    """Base of the errors that end a command with an exit code of their own."""

    exit_code: ClassVar[int] = 1


class BadWorkbook(PlannerError):
    """The workbook cannot be used; `findings` holds every problem."""

    exit_code = 3

    def __init__(self, findings: Sequence[Finding], required_filled: int = 0, required_total: int = 0) -> None:
        super().__init__("\n".join(str(f) for f in findings))
        self.findings = tuple(findings)
        self.required_filled = required_filled
        self.required_total = required_total


class Infeasible(PlannerError):
    """Proven: no design meets every limit. `limits` are those in force; `why` is what is known besides, in sentences;
    the limit that it speaks of is not among the limits again. can_explain: whether `aidc explain` takes the
    question."""

    exit_code = 4

    def __init__(self, limits: Sequence[str], why: Sequence[str] = (), *, can_explain: bool = True) -> None:
        self.why, self.limits, self.can_explain = tuple(why), tuple(limits), can_explain
        super().__init__("\n".join(self.reasons))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Everything known, in order."""
        return (*self.why, *self.limits)


class LimitReached(PlannerError):
    """The search stopped at its limit; the plan it holds is valid, with its gap."""

    exit_code = 5

    def __init__(self, answer: AnyAnswer) -> None:
        super().__init__("The search stopped at its limit; the plan is valid, and its gap is stated.")
        self.answer = answer


class NoAnswer(PlannerError):
    """The search stopped without a plan."""

    exit_code = 6


class AuditFailed(PlannerError):
    """The recheck disagrees with the plan; such a plan is never shown."""

    exit_code = 7

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(f"{len(violations)} checks failed")
        self.violations = tuple(violations)


class NotRendered(PlannerError):
    """The plan is solved, rechecked and kept in `folder`; an unexpected error, its cause, kept the documents from being
    written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"the documents of {folder} could not be written")
        self.folder = folder
