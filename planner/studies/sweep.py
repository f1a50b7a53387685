"""One workbook, many samples of its cells: each read, judged, planned and rechecked as if the user had typed it.

Two kinds of job. `plan_sample` plans a sample. `cost_of_kinds` asks what the kinds of design found (the same racks,
units and other whole numbers) cost in a sample, their sizes and hours chosen anew: regret and "best" rest on it."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.jobs import Job, Outcome, key_of

if TYPE_CHECKING:
    from models.case import Case
    from models.design import Accounts, Design
    from planner.studies.sampling import Sample
    from planner.validate import ValidatedCase
    from planner.workbook import RawWorkbook

KPI = ("tokenergy_wh_per_1k", "pue", "peak_import_mw", "it_installed_mw", "carbon_t", "water_m3")
SIZES = ("racks", "units", "battery_mw", "battery_mwh", "supply_mw", "contract_mw", "cold_store_mwh", "generator_units")


@dataclass(frozen=True)
class Question:
    """What every sample of a study shares."""

    files: tuple[Path, ...]
    """the workbook and the files it names"""
    digest: str
    gap: float = 0.001
    time_limit: float | None = None


def question(base: ValidatedCase, gap: float, time_limit: float | None) -> Question:
    """The question that a workbook asks, bound to the bytes of its files."""
    files = tuple(path.absolute() for path in base.files)
    return Question(files, digest_of(files), gap, time_limit)


def digest_of(files: Sequence[Path]) -> str:
    """SHA-256 over the bytes of files, in their order."""
    from planner.folder import sha256_of

    return hashlib.sha256("".join(sha256_of(path) for path in files).encode()).hexdigest()


def sample_jobs(asked: Question, base: ValidatedCase, samples: Sequence[Sample]) -> list[Job]:
    """One job per sample, in their order; equal samples have one key and so one result."""
    from planner.studies.sampling import cells_of

    jobs = []
    for sample in samples:
        cells = {t: x for v, s in zip(base.variations, sample, strict=True) for t, x in cells_of(v, s).items()}
        jobs.append(_job("plan_sample", asked, {"cells": [[*target, x] for target, x in cells.items()]}))
    return jobs


def kind_jobs(asked: Question, planned: Sequence[Outcome], kinds: Sequence[dict[str, Any]]) -> list[Job]:
    """What each kind costs in each sample that was planned."""
    wanted = [{"option": kind["option"], "whole": kind["whole"]} for kind in kinds]
    return [_job("cost_of_kinds", asked, {"cells": o.job.payload["cells"], "kinds": wanted}) for o in planned]


def _job(function: str, asked: Question, more: dict[str, Any]) -> Job:
    depends = {"digest": asked.digest, "gap": asked.gap, "time_limit": asked.time_limit, **more}
    payload = {**depends, "files": [str(path) for path in asked.files]}
    return Job(key_of(function, depends), f"{__name__}:{function}", payload)


def kinds_of(results: Sequence[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """The kinds of design that were found, the most frequent first."""
    found = [r for r in results if r["state"] == "planned"]
    count = Counter(r["kind"] for r in found)
    first = {r["kind"]: r for r in reversed(found)}
    order = sorted(count, key=lambda kind: (-count[kind], kind))
    keys = ("kind", "words", "option", "whole")
    return [{**{k: first[kind][k] for k in keys}, "found": count[kind]} for kind in order[:most]]


# -- in the worker ----------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def workbook_of(files: tuple[str, ...], digest: str) -> RawWorkbook:
    """The workbook (the first of the files) if the files are still what they were. Raises ValueError if not."""
    from planner.workbook import read_workbook

    if digest_of([Path(name) for name in files]) != digest:
        raise ValueError("the workbook, or a file it names, changed while the study ran; run it again")
    return read_workbook(files[0])


def _validated(payload: dict[str, Any]) -> ValidatedCase:
    from planner.validate import validate
    from planner.validate.variations import with_values

    raw = workbook_of(tuple(payload["files"]), payload["digest"])
    cells = {(sheet, row, column): value for sheet, row, column, value in payload["cells"]}
    return validate(with_values(raw, cells))


def plan_sample(payload: dict[str, Any]) -> dict[str, Any]:
    """The plan of a sample: state (planned, invalid, infeasible, no plan, recheck failed) with reasons or figures;
    money in whole currency units."""
    from models.accounts import account
    from models.audit import audit
    from planner.errors import BadWorkbook
    from planner.plan_json import money_or_none
    from planner.solving import solve
    from planner.studies.choose import over_all

    try:
        validated = _validated(payload)
    except BadWorkbook as bad:
        return {"state": "invalid", "reasons": [str(f) for f in bad.findings]}
    best, proofs = None, []
    for option, case in enumerate((validated.case, *validated.options)):
        whole: dict[str, int] = {}
        design, proof = solve(case, gap=payload["gap"], time_limit=payload["time_limit"], counted=whole.update)
        proofs.append(proof)
        if design is not None and (best is None or proof.objective_kcur < best[3].objective_kcur):
            best = (option, case, design, proof, whole)
    if best is None:
        is_proven = all(proof.status == "infeasible" for proof in proofs)
        return {"state": "infeasible" if is_proven else "no plan", "reasons": []}
    option, case, design, proof, whole = best
    over = over_all(proof, proofs)
    accounts = account(case, design)
    report = audit(case, design, accounts, proof)
    if not report.ok:
        return {"state": "recheck failed", "reasons": [f"{v.check}: {v.where}" for v in report.violations[:3]]}
    return {
        "state": "planned",
        "reasons": [],
        "proven": over.status != "limit",
        "cost": over.objective_kcur * 1000,
        "bound": money_or_none(over.bound_kcur),
        **_figures(design, accounts),
        "option": option,
        "whole": whole,
        "kind": hashlib.sha256(repr((option, sorted(whole.items()))).encode()).hexdigest()[:12],
        "words": _words(case, design),
    }


def _figures(design: Design, accounts: Accounts) -> dict[str, float | None]:
    sizes = (
        sum(r.count for r in design.racks),
        sum(u.count for u in design.units),
        sum(design.battery_mw.values()),
        sum(design.battery_mwh.values()),
        sum(design.supply_mw.values()),
        design.contract_mw,
        sum(design.cold_store_mwh.values()),
        sum(design.generator_units.values()),
    )
    return {
        **{name: accounts.kpi.get(name) for name in KPI},
        **dict(zip(SIZES, map(float, sizes), strict=True)),
    }


def _words(case: Case, design: Design) -> str:
    """A kind of design in words: racks, units, generators."""
    counts: Counter[str] = Counter()
    for r in design.racks:
        counts[f"{r.rack} racks on {r.cooling}"] += r.count
    for u in design.units:
        counts[u.offer] += u.count
    counts.update(design.generator_units)
    parts = [f"{n} {name}" for name, n in counts.items() if n]
    if case.grid.tariff:
        parts.append(f"tariff {case.grid.tariff}")
    return ", ".join(parts) or "nothing built"


def cost_of_kinds(payload: dict[str, Any]) -> dict[str, Any]:
    """Cost of each kind of design in a sample, whole currency units; None where it cannot serve."""
    from planner.solving.fixed import Redispatch

    validated = _validated(payload)
    cases = (validated.case, *validated.options)
    compiled: dict[int, Redispatch] = {}
    costs: list[float | None] = []
    for kind in payload["kinds"]:
        option = kind["option"]
        if option not in compiled and option < len(cases):
            compiled[option] = Redispatch(cases[option])
        cost = compiled[option].cost_kcur(kind["whole"]) if option in compiled else None
        costs.append(None if cost is None else cost * 1000)
    return {"costs": costs}
