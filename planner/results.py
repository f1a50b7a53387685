"""The result folder: what `aidc plan` writes, `aidc report` renders again and `aidc audit` re-checks.

| file | holds |
|---|---|
| plan.json | the plan: public keys, and all of it for reading back |
| operation.csv.gz | every step of the year, every digit |
| case.json | every value used, with its cell, source and grade |
| plan.xlsx, report.html | the same for people |
| solver.log | what the solver said |
| manifest.json | digests of the inputs and of every file above, versions, options, bound, gap, times |
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

from models.case import Case
from models.design import Answer, AuditReport
from models.provenance import Origin
from models.stages import AnyAnswer, Growth, GrowthAnswer
from planner import __version__, growth_json
from planner.cell_names import names_of
from planner.codec import decode, encode, to_json
from planner.errors import PlannerError
from planner.folder import MANIFEST, complete_or_absent, sha256_of
from planner.operation_table import read_operation, read_stages, write_operation, write_stages
from planner.plan_json import (
    SCHEMA,
    differences,
    gap_of,
    operation_columns,
    plan_from_plain,
    plan_to_plain,
    public_view,
)

PLAN, OPERATION, CASE, LOG = "plan.json", "operation.csv.gz", "case.json", "solver.log"
SHEET, PAGE = "plan.xlsx", "report.html"
FILES = (PLAN, SHEET, PAGE, CASE, OPERATION, LOG)
RENDERED = (SHEET, PAGE)
"""Made from the other files; `aidc report` makes them again."""

_DIGEST = "manifest_sha256"
_LIBRARIES = ("pyomo", "highspy", "numpy", "scipy", "pandas", "openpyxl", "xlsxwriter", "altair")


T = TypeVar("T", Answer, GrowthAnswer)


@dataclass(frozen=True)
class RunRecord:
    """What a manifest says about a run beyond its Answer."""

    inputs: tuple[Mapping[str, Any], ...]
    """fingerprints of the workbook and of the files it refers to, taken when they were read"""
    options: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class StoredPlan:
    """A result folder read back."""

    folder: Path
    answer: AnyAnswer
    plan: dict[str, Any]
    """plan.json as it stands in the file"""
    manifest: dict[str, Any]


class BadFolder(PlannerError):
    """Not a result folder, or one whose files cannot be understood."""

    exit_code = 3

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class AlteredFolder(BadFolder):
    """Files of the folder are not as they were written."""

    exit_code = 7


@dataclass(frozen=True, eq=False)
class FolderCheck:
    """What `aidc audit` found: `problems` name files and places; `audit` is the recheck of the arithmetic."""

    problems: tuple[str, ...]
    audit: AuditReport | None
    files: int = field(default=0)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def write_results(answer: T, folder: Path, record: RunRecord, *, documents: bool = True) -> T:
    """Write every file of a result folder (solver.log is there already or becomes empty); returns the Answer with the
    time that rendering took. Without documents, plan.xlsx and report.html are left to `render_again`."""
    (folder / LOG).touch()
    question = {"growth": answer.growth} if isinstance(answer, GrowthAnswer) else {"case": answer.case}
    asked = {name: encode(value) for name, value in question.items()}
    _write_json(folder / CASE, {"schema": SCHEMA, **asked, "origins": encode(answer.origins)})
    if isinstance(answer, GrowthAnswer):
        years = zip(answer.growth.stages, answer.plan.stages, strict=True)
        write_stages([(s.case.calendar, d.operation) for s, d in years], folder / OPERATION)
    else:
        write_operation(answer.case.calendar, answer.design.operation, folder / OPERATION)
    begun = time.perf_counter()
    if documents:
        render(answer, folder)
    else:
        for name in RENDERED:
            (folder / name).unlink(missing_ok=True)
    answer = replace(answer, seconds={**answer.seconds, "report": time.perf_counter() - begun})
    _write_json(folder / PLAN, _plain(answer))
    _write_manifest(folder, _manifest(answer, folder, record))
    return answer


def _plain(answer: AnyAnswer) -> dict[str, Any]:
    return growth_json.plan_to_plain(answer) if isinstance(answer, GrowthAnswer) else plan_to_plain(answer)


def view_of(answer: AnyAnswer) -> dict[str, Any]:
    """The documented keys of a plan's plan.json."""
    return growth_json.public_view(answer) if isinstance(answer, GrowthAnswer) else public_view(answer)


def render(answer: AnyAnswer, folder: Path) -> None:
    """Write plan.xlsx and report.html."""
    if isinstance(answer, GrowthAnswer):
        from reports.growth import write_growth_workbook

        write_growth_workbook(answer, growth_json.public_view(answer), folder / SHEET, names_of(answer.origins))
    else:
        from reports.workbook import write_plan_workbook

        write_plan_workbook(answer, folder / SHEET, names_of(answer.origins))
    render_page(answer, folder)


def render_page(answer: AnyAnswer, folder: Path) -> None:
    """Write report.html."""
    if isinstance(answer, GrowthAnswer):
        from reports.growth import render_growth

        text = render_growth(answer, growth_json.public_view(answer), names_of(answer.origins))
    else:
        from reports.page import render_page as render_year

        text = render_year(answer, names_of(answer.origins))
    (folder / PAGE).write_text(text, encoding="utf-8", newline="\n")


def render_again(stored: StoredPlan) -> None:
    """Replace plan.xlsx and report.html of a folder, all or nothing.

    Raises AlteredFolder if the files they are made from are not as they were written."""
    altered = _altered_files(stored.folder, stored.manifest, skip=RENDERED)
    if altered:
        raise AlteredFolder(altered)
    with complete_or_absent(stored.folder, force=True) as draft:
        shutil.copytree(stored.folder, draft, dirs_exist_ok=True)
        render(stored.answer, draft)
        manifest = {k: v for k, v in stored.manifest.items() if k != _DIGEST}
        manifest["files"] = {**manifest["files"], **_fingerprints(draft, RENDERED)}
        _write_manifest(draft, manifest)


def read_results(folder: Path) -> StoredPlan:
    """Read a result folder without checking its digests.

    Raises BadFolder naming each file that is missing or cannot be understood."""
    if not (folder / MANIFEST).is_file():
        raise BadFolder([f"{folder} is not a result folder of `aidc plan`: it has no {MANIFEST}"])
    manifest, plan, stored_case = (read_json(folder / name) for name in (MANIFEST, PLAN, CASE))
    name = CASE
    try:
        origins = decode(tuple[Origin, ...], stored_case["origins"])
        question = (
            decode(Growth, stored_case["growth"]) if "growth" in stored_case else decode(Case, stored_case["case"])
        )
        name = PLAN
        columns = operation_columns(plan)
        name = OPERATION
        answer: AnyAnswer
        if isinstance(question, Growth):
            years = read_stages([s.case.calendar for s in question.stages], columns, folder / OPERATION)
            name = PLAN
            answer = growth_json.plan_from_plain(plan, question, origins, years)
        else:
            operation = read_operation(question.calendar, columns, folder / OPERATION)
            name = PLAN
            answer = plan_from_plain(plan, question, origins, operation)
    except KeyError as error:
        raise BadFolder([f"{name}: {error} is missing"]) from None
    except (ValueError, TypeError) as error:
        raise BadFolder([f"{name}: {error}"]) from None
    return StoredPlan(folder, answer, plan, manifest)


def one_stage(folder: Path) -> Answer:
    """The plan in a folder. Raises BadFolder if it is one of several stages, or as read_results."""
    answer = read_results(folder).answer
    if isinstance(answer, GrowthAnswer):
        raise BadFolder([f"{folder} holds a plan of several stages; plans of one stage are compared here"])
    return answer


def check_folder(folder: Path) -> FolderCheck:
    """Re-check a plan from its files alone, without the optimiser: digests of all files, agreement of the public keys
    with the stored plan, and every balance, limit, bill and indicator recomputed from case.json.

    Raises BadFolder if this is no result folder at all."""
    from models.audit import audit, audit_growth

    if not (folder / MANIFEST).is_file():
        raise BadFolder([f"{folder} is not a result folder of `aidc plan`: it has no {MANIFEST}"])
    try:
        manifest = read_json(folder / MANIFEST)
        problems = _altered_files(folder, manifest)
    except BadFolder as bad:
        return FolderCheck(bad.problems, None)
    recorded = manifest.get("files")
    count = len(recorded) if isinstance(recorded, dict) else 0
    try:
        stored = read_results(folder)
    except BadFolder as bad:
        unseen = [p for p in bad.problems if not any(q.startswith(p.split(":")[0]) for q in problems)]
        return FolderCheck((*problems, *(unseen or bad.problems)), None, count)
    answer = stored.answer
    try:
        problems += _disagreements(stored)
        if isinstance(answer, GrowthAnswer):
            report = audit_growth(answer.growth, answer.plan, answer.accounts, answer.proof)
        else:
            report = audit(answer.case, answer.design, answer.accounts, answer.proof)
    except (LookupError, ValueError, TypeError, ArithmeticError) as error:
        problems.append(f"{PLAN}: it does not fit {CASE} ({type(error).__name__}: {error})")
        return FolderCheck(tuple(problems), None, count)
    problems += [
        f"{v.check}: {v.where}: found {v.found:.9g}, expected {v.expected:.9g} (off by {v.residual:.3g})"
        for v in report.violations
    ]
    return FolderCheck(tuple(problems), report, count)


def _disagreements(stored: StoredPlan) -> list[str]:
    """Public keys of plan.json, and figures of the manifest, that do not follow from the stored plan."""
    expected = json.loads(to_json(view_of(stored.answer)))
    found = {k: v for k, v in stored.plan.items() if k in expected}
    places = [f"{PLAN}: {place} does not agree with the rest of the file" for place in differences(found, expected)]
    for key, value in _figures(stored.answer).items():
        if stored.manifest.get(key) != value:
            places.append(f"{MANIFEST}: {key} does not agree with {PLAN}")
    return places


def _figures(answer: AnyAnswer) -> dict[str, Any]:
    return {
        "status": answer.proof.status,
        "objective_kcur": encode(answer.proof.objective_kcur),
        "bound_kcur": encode(answer.proof.bound_kcur),
        "gap": gap_of(answer.accounts, answer.proof),
        "seconds": dict(answer.seconds),
    }


def _manifest(answer: AnyAnswer, folder: Path, record: RunRecord) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "program": f"aidc-planner {__version__}",
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "inputs": [dict(entry) for entry in record.inputs],
        "files": _fingerprints(folder, [name for name in FILES if (folder / name).is_file()]),
        "options": dict(record.options),
        "method": answer.proof.method,
        **_figures(answer),
        "warnings": list(record.warnings),
        "versions": versions(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def versions() -> dict[str, str]:
    """Versions of this program, Python and the libraries that shape an answer."""
    found = {"aidc-planner": __version__, "python": sys.version.split()[0]}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def fingerprint(path: Path) -> dict[str, Any]:
    """Name, digest and size of a file."""
    return {"name": path.name, "sha256": sha256_of(path), "bytes": path.stat().st_size}


def _fingerprints(folder: Path, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    prints = (fingerprint(folder / name) for name in names)
    return {p["name"]: {"sha256": p["sha256"], "bytes": p["bytes"]} for p in prints}


def _altered_files(folder: Path, manifest: dict[str, Any], skip: Sequence[str] = ()) -> list[str]:
    problems = []
    recorded = manifest.get("files")
    names = set(recorded) if isinstance(recorded, dict) else set()
    if manifest.get(_DIGEST) != _own_digest(manifest) or names not in (set(FILES), set(FILES) - set(RENDERED)):
        problems.append(f"{MANIFEST}: it is not as it was written")
    for name in FILES:
        if name in skip:
            continue
        entry = recorded.get(name) if isinstance(recorded, dict) else None
        if name in RENDERED and not entry and not (folder / name).exists():
            problems.append(f"{name}: it has not been written; `aidc report {folder}` writes it")
        elif not (folder / name).is_file():
            problems.append(f"{name}: the file is missing")
        elif not isinstance(entry, dict) or entry.get("sha256") != sha256_of(folder / name):
            problems.append(not_as_written(name))
    return problems


def not_as_written(name: str) -> str:
    """What is said of a file whose digest is not the one in the manifest."""
    return f"{name}: it is not as it was written (its digest differs from the one in {MANIFEST})"


def _own_digest(manifest: dict[str, Any]) -> str:
    rest = {k: v for k, v in manifest.items() if k != _DIGEST}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    plain = json.loads(to_json(manifest))
    _write_json(folder / MANIFEST, {**plain, _DIGEST: _own_digest(plain)})


def _write_json(path: Path, plain: Any) -> None:
    path.write_text(to_json(plain) + "\n", encoding="utf-8", newline="\n")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def read_json(path: Path) -> dict[str, Any]:
    """The named values in a file. Raises BadFolder if it is missing or cannot be understood."""
    if not path.is_file():
        raise BadFolder([f"{path.name}: the file is missing"])
    try:
        plain = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadFolder([f"{path.name}: it is not valid JSON ({error})"]) from None
    if not isinstance(plain, dict):
        raise BadFolder([f"{path.name}: found {type(plain).__name__}, expected named values"])
    return plain
