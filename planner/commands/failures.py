"""Errors in plain words: what is wrong, where, and what to do; details of the unexpected go to a file."""

from __future__ import annotations

import tempfile
import traceback
from dataclasses import asdict
from typing import Any

import click

from planner.commands.shared import print_json
from planner.errors import AuditFailed, BadWorkbook, Infeasible, LimitReached, NoAnswer, PlannerError
from planner.results import BadFolder

_MOST_VIOLATIONS = 5
_UNEXPECTED = 1


def explain(error: Exception, *, as_json: bool) -> int:
    """Say what went wrong, on standard error or as JSON on standard output; returns the exit code."""
    code = error.exit_code if isinstance(error, PlannerError) else _UNEXPECTED
    sentence, details = _worded(error)
    if not as_json:
        click.echo("\n".join([sentence, *(f"  {d}" for d in details)]), err=True)
    elif not isinstance(error, LimitReached):  # then the plan is on standard output already
        print_json({"ok": False, "exit_code": code, "error": sentence, "details": _plain(error, details)})
    return code


def _worded(error: Exception) -> tuple[str, list[str]]:
    """The sentence and its details."""
    if isinstance(error, BadWorkbook):
        found = [str(f) for f in error.findings]
        problems = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        return f"The workbook has {problems}; nothing was written.", found
    if isinstance(error, Infeasible):
        sentence = "It is proven that no design meets all limits; nothing was written. What it depends on:"
        return sentence, list(error.reasons)
    if isinstance(error, NoAnswer):
        return f"{error} Nothing was written; a longer --time-limit may find one.", []
    if isinstance(error, AuditFailed):
        return "The plan found does not pass the recheck, so it is not shown; nothing was written.", violations(error)
    if isinstance(error, BadFolder):
        return "The result folder cannot be used.", list(error.problems)
    if isinstance(error, PlannerError):
        return str(error), []
    if isinstance(error, PermissionError):
        return f"Access to {error.filename} was refused; is it open in another program?", []
    return f"Something unexpected went wrong: {_short(error)}. Details are in {_logged(error)}", []


def _plain(error: Exception, details: list[str]) -> list[Any]:
    """Details for machines: findings in their parts, everything else as the sentences that people get."""
    return [asdict(f) for f in error.findings] if isinstance(error, BadWorkbook) else details


def violations(error: AuditFailed) -> list[str]:
    """The checks that failed, the worst first ones in full."""
    rows = [f"{v.check}: {v.where}: found {v.found:.9g}, expected {v.expected:.9g}" for v in error.violations]
    if len(rows) > _MOST_VIOLATIONS:
        rows = [*rows[:_MOST_VIOLATIONS], f"and {len(rows) - _MOST_VIOLATIONS} more"]
    return rows


def _short(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}, {lines[0]}" if lines else type(error).__name__


def _logged(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="aidc-error-", suffix=".log", delete=False, encoding="utf-8"
    ) as stream:
        traceback.print_exception(error, file=stream)
        return stream.name
