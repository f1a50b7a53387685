"""What became of a mutant: a plan that passed its recheck, a refusal with findings, a proof that there is no plan; or a
fault, which is anything else."""

from __future__ import annotations

import shutil
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from planner.errors import BadWorkbook, Infeasible
from planner.folder import complete_or_absent
from planner.quotation_file import add_quotations
from planner.results import RunRecord, check_folder, fingerprint, write_results
from planner.studies.growth import plan_growth
from planner.studies.plan import PlanOptions, plan_case
from planner.validate import validate
from planner.workbook import read_workbook

CPU_SECONDS = 60
"""beyond which a mutant counts as a hang; the base takes a quarter of a second"""
MOST_MEMORY_MB = 1000


class Hang(Exception):
    """A mutant used up its processor time."""


@dataclass(frozen=True)
class Verdict:
    """How a mutant ended."""

    ending: str
    """plan, refused, infeasible; or a fault: the error's name"""
    words: tuple[str, ...] = ()
    fault: str = ""
    """empty, or what is wrong, with the traceback"""
    cells: tuple[str, ...] = ()
    """cells that a refusal names"""

    def as_dict(self) -> dict[str, Any]:
        """For the log."""
        return asdict(self)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise Hang after so many seconds of processor time (where the platform can)."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def memory_mb() -> float:
    """Most memory this process ever held [MB]; 0 where the platform does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def judge(path: Path, form: Path | None = None, *, render: bool = False, cpu_seconds: float = CPU_SECONDS) -> Verdict:
    """Read, judge, plan and recheck a workbook (after adding a vendor's form to it); with `render`, also write every
    document into a folder and check that folder."""
    before = memory_mb()
    try:
        with warnings.catch_warnings(), _limited(cpu_seconds):
            warnings.simplefilter("error")
            verdict = _ended(path, form, render)
    except BadWorkbook as bad:
        words = tuple(str(f) for f in bad.findings)
        sound = bool(words) and all(f.cell and (f.found or f.expected or f.message) for f in bad.findings)
        fault = "" if sound else "a refusal without a finding, or a finding without words"
        verdict = Verdict("refused", words, fault, tuple(f.cell for f in bad.findings))
    except Infeasible as none:
        verdict = Verdict("infeasible", none.reasons, "" if none.reasons else "no reason given")
    except Hang:
        verdict = Verdict("Hang", (), f"more than {cpu_seconds:g} s of processor time")
    except Exception as error:
        verdict = Verdict(type(error).__name__, (str(error)[:300],), traceback.format_exc())
    if memory_mb() > max(before, MOST_MEMORY_MB):
        return Verdict("Memory", verdict.words, f"{memory_mb():.0f} MB")
    return verdict


def _ended(path: Path, form: Path | None, render: bool) -> Verdict:
    if form is not None:
        add_quotations(path, [form], path.with_name("with form.xlsx"))
        path = path.with_name("with form.xlsx")
    valid = validate(read_workbook(path))
    options = PlanOptions()
    answer: Any = plan_growth(valid, options) if valid.growths else plan_case(valid, options)
    if answer.proof.status != "optimal":
        return Verdict("limit", answer.proof.notes, "no limit was set")
    if render:
        folder = path.with_name("result")
        shutil.rmtree(folder, ignore_errors=True)
        inputs = tuple(fingerprint(p) for p in valid.files)
        record = RunRecord(inputs, options.as_dict(), tuple(str(w) for w in valid.warnings))
        with complete_or_absent(folder) as draft:
            write_results(answer, draft, record)
        found = check_folder(folder)
        if not found.ok:
            return Verdict("plan", (), "; ".join(found.problems))
    return Verdict("plan")
