"""Errors in plain words: what is wrong, where, and what to do; details of the unexpected go to a file."""

from __future__ import annotations

import errno
import tempfile
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from planner.commands.shared import print_json, shell_path
from planner.errors import AuditFailed, BadWorkbook, Infeasible, LimitReached, NoAnswer, NotRendered, PlannerError
from planner.results import BadFolder

_MOST_VIOLATIONS = 5
_UNEXPECTED = 1
_DISK = {
    errno.ENOSPC: "The disk is full",
    errno.EROFS: "The disk can only be read",
    errno.ENAMETOOLONG: "A name is too long for this disk",
}


def report_failure(error: Exception, *, as_json: bool, workbook: Path | None = None) -> int:
    """Say what went wrong and what to do next, on standard error or as JSON on standard output; returns the exit
    code. `workbook`: the file the command was given."""
    code = error.exit_code if isinstance(error, PlannerError) else _UNEXPECTED
    sentence, details = _worded(error)
    if not as_json:
        following = [f"\nNext: {_next(error, shell_path(workbook))}"] if workbook and _next(error, "") else []
        click.echo("\n".join([sentence, *(f"  {d}" for d in details), *following]), err=True)
    elif not isinstance(error, LimitReached):  # then the plan is on standard output already
        told = {"ok": False, "exit_code": code, "error": sentence, "details": _plain(error, details)}
        if isinstance(error, BadWorkbook):
            told |= {"required_filled": error.required_filled, "required_total": error.required_total}
        print_json(told)
    return code


def _next(error: Exception, workbook: str) -> str:
    """What a user does next; empty where only the message can tell."""
    if isinstance(error, BadWorkbook) and error.required_total:
        return f"mend these cells, then: aidc check {workbook} (add -o COPY.xlsx for a copy with comments on the cells)"
    if isinstance(error, Infeasible) and not error.can_explain:
        return f"change one of these cells, then: aidc plan {workbook}"
    if isinstance(error, Infeasible):
        return f"aidc explain {workbook} (which of them conflict, and what would make a plan)"
    if isinstance(error, NotRendered):
        return f"aidc report {shell_path(error.folder)} (with a version that has mended it)"
    if isinstance(error, NoAnswer):
        return f"aidc plan {workbook} --time-limit SECONDS, with more of them"
    return ""


def _worded(error: Exception) -> tuple[str, list[str]]:
    """The sentence and its details."""
    if isinstance(error, BadWorkbook):
        found = [str(f) for f in error.findings]
        problems = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        return f"The workbook has {problems}.{_filled(error)}", found
    if isinstance(error, Infeasible):
        return "It is proven that no design meets all limits; nothing was written.", _limits(error)
    if isinstance(error, NoAnswer):
        return f"{error} Nothing was written; a longer --time-limit may find one.", []
    if isinstance(error, AuditFailed):
        return "The plan found does not pass the recheck, so it is not shown; nothing was written.", violations(error)
    if isinstance(error, BadFolder):
        return "The result folder cannot be used.", list(error.problems)
    if isinstance(error, NotRendered):
        kept = f"The plan is solved, rechecked and kept in {error.folder}; only its documents could not be written."
        return _unexpected(error.__cause__ or error), [kept]
    if isinstance(error, PlannerError):
        return str(error), []
    if isinstance(error, PermissionError):
        return f"Access to {error.filename} was refused; is it open in another program?", []
    if isinstance(error, OSError) and error.errno in _DISK:
        return f"{_DISK[error.errno]}{_at(error)}; nothing was written. Choose another place with -o.", []
    if isinstance(error, MemoryError):
        return "The memory of this machine does not suffice; nothing was written. Close other programs.", []
    return _unexpected(error), []


def _limits(error: Infeasible) -> list[str]:
    """What is known of why there is no plan, then the limits under what they are."""
    if not error.limits:
        return list(error.why)
    of = "Other limits in force; of all of them," if error.why else "Limits in force, of which"
    finds = " (`aidc explain WORKBOOK` finds which)" if error.can_explain else ""
    heading = f"{of} one or several together must give way{finds}:"
    return [*error.why, heading, *error.limits]


def _unexpected(error: BaseException) -> str:
    return f"Something unexpected went wrong: {_short(error)}. Details are in {_logged(error)}"


def _filled(error: BadWorkbook) -> str:
    """How far the required cells are filled in; nothing where the file could not be read that far."""
    if not error.required_total:
        return ""
    return f" {error.required_filled} of {error.required_total} required cells filled."


def _plain(error: Exception, details: list[str]) -> list[Any]:
    """Details for machines: findings in their parts, everything else as the sentences that people get."""
    return [asdict(f) for f in error.findings] if isinstance(error, BadWorkbook) else details


def violations(error: AuditFailed) -> list[str]:
    """The checks that failed, the worst first ones in full."""
    rows = [f"{v.check}: {v.where}: found {v.found:.9g}, expected {v.expected:.9g}" for v in error.violations]
    if len(rows) > _MOST_VIOLATIONS:
        rows = [*rows[:_MOST_VIOLATIONS], f"and {len(rows) - _MOST_VIOLATIONS} more"]
    return rows


def _at(error: OSError) -> str:
    return f" ({error.filename})" if error.filename else ""


def _short(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}, {lines[0]}" if lines else type(error).__name__


def _logged(error: BaseException) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="aidc-error-", suffix=".log", delete=False, encoding="utf-8"
        ) as stream:
            traceback.print_exception(error, file=stream)
            return stream.name
    except OSError:
        return "no file: none can be written here"
