"""Candidate sites at equal service: one proven plan each, then their order by cost.

Every site serves the workloads of the same workbook, by its own clock, with the same racks, offers and rules of money;
only its row of sheet Sites, its tariff and its series differ. Costs are ranked as the intervals that are proven: the
least cost of a site lies between its bound and the cost of its plan. Two sites whose intervals overlap are a tie.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from models.siting import SAME, Criterion, Fact, GridStep
from planner.codec import encode, to_json
from planner.folder import complete_or_absent
from planner.jobs import Job, Watch
from planner.schema.siting import UNITS
from planner.studies.plan import PlanOptions, plan_case
from planner.studies.site_inputs import assumed_cells, may_not_serve, own_figures

if TYPE_CHECKING:
    from planner.jobs.machines import Machines
    from planner.validate import ValidatedCase

SCHEMA = 1
KEY = "site_input_sha256"
"""Entry of a plan's manifest, under options: what the plan of a site depends on."""

SIGNS = {
    "land_cost_million": 1,
    "extra_build_million": 1,
    "local_tax_million": 1,
    "staff_million": 1,
    "spares_million": 1,
    "incentive_million": -1,
}
"""Present values that only one site pays, by column of sheet Sites; -1: taken off."""

Outcome = Literal["planned", "kept", "infeasible", "no plan", "recheck failed"]


@dataclass(frozen=True)
class SiteJob:
    """What one process needs in order to plan one site."""

    validated: ValidatedCase
    options: PlanOptions
    folder: Path
    key: str


@dataclass(frozen=True)
class SiteResult:
    """What became of one site; `view` holds the documented keys of its plan.json, None without a plan."""

    site: str
    folder: Path
    outcome: Outcome
    view: dict[str, Any] | None = None
    reasons: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    """cells of the site's own figures that rest on no source"""
    figures: tuple[dict[str, str], ...] = ()
    """the site's own figures: cell, value, unit, source, grade"""
    facts: dict[str, Fact] = field(default_factory=dict)
    """figures that no plan depends on, by column of sheet Sites"""
    grid_steps: tuple[GridStep, ...] = ()
    """the connection by date"""
    latencies: dict[str, Fact] = field(default_factory=dict)
    """round trips to users [ms], by their region"""
    may_not_serve: tuple[dict[str, Any], ...] = ()
    """workloads that may not be served there (planner/studies/site_inputs.py)"""
    dates: tuple[tuple[str, float, str], ...] = ()
    """what the first token waits for: what, months from award, cell (empty: the plan's own order)"""


def site_jobs(cases: Sequence[ValidatedCase], options: PlanOptions, folder: Path) -> tuple[SiteJob, ...]:
    """One job per site; each has a folder of its own below `folder`, named by its row and its name."""
    jobs = []
    for number, validated in enumerate(cases, start=1):
        name = re.sub(r"[^a-z0-9]+", "-", validated.case.site.name.lower()).strip("-")[:40]
        place = folder.absolute() / f"{number:02d}-{name}".rstrip("-")
        files = tuple(path.absolute() for path in validated.files)  # a worker may stand in another folder
        jobs.append(SiteJob(replace(validated, files=files), options, place, _key(validated, options)))
    return tuple(jobs)


def _key(validated: ValidatedCase, options: PlanOptions) -> str:
    """SHA-256 of all that a site's plan depends on: its cases, where their figures came from, how hard to look, and the
    version of the program."""
    from planner import __version__

    whole = [encode(validated.case), encode(validated.options), encode(validated.origins), options.as_dict()]
    return hashlib.sha256(to_json([*whole, __version__]).encode()).hexdigest()


def plan_sites(jobs: Sequence[SiteJob], on: Machines, watch: Watch | None = None) -> Iterator[SiteResult]:
    """Each site's result as it becomes known. A site whose folder holds a sound plan of the same inputs is kept; on a
    cluster the folders must be there under the same paths. One at a time without a hard stop, they share this
    process."""
    if on.cluster is None and on.limits.seconds is None and (on.at_a_time == 1 or len(jobs) == 1):
        yield from map(plan_site, jobs)
        return
    calls = [Job(job.key, f"{__name__}:plan_site", job) for job in jobs]
    for outcome in on.run(calls, None, watch):
        job: SiteJob = outcome.job.payload
        if outcome.state == "done":
            yield outcome.value
        else:  # its process died again and again, or something unexpected
            name, assumed = job.validated.case.site.name, assumed_cells(job.validated)
            yield SiteResult(name, job.folder, "no plan", reasons=(outcome.error,), assumed=assumed)


def plan_site(job: SiteJob) -> SiteResult:
    """Solve, recheck and write one site, unless that is done already."""
    from planner.errors import AuditFailed, Infeasible, NoAnswer
    from planner.plan_json import public_view
    from planner.results import LOG, RunRecord, fingerprint, write_results
    from planner.studies.ranking import awaited, connection

    name = job.validated.case.site.name
    own: dict[str, Any] = {
        "assumed": assumed_cells(job.validated),
        "facts": job.validated.facts,
        "grid_steps": connection(job.validated),
        "latencies": job.validated.latencies,
        "may_not_serve": may_not_serve(job.validated),
        "figures": own_figures(job.validated),
    }
    stored = _stored(job)
    if stored is not None:
        return SiteResult(name, job.folder, "kept", stored, dates=awaited(job.validated, stored), **own)
    try:
        with complete_or_absent(job.folder, force=True) as draft:
            answer = plan_case(job.validated, job.options, log_path=draft / LOG)
            warnings = tuple(str(w) for w in job.validated.warnings)
            inputs = tuple(fingerprint(path) for path in job.validated.files)
            record = RunRecord(inputs, {**job.options.as_dict(), KEY: job.key}, warnings)
            answer = write_results(answer, draft, record)
    except Infeasible as proven:
        return SiteResult(name, job.folder, "infeasible", reasons=tuple(proven.reasons), **own)
    except NoAnswer as stopped:
        return SiteResult(name, job.folder, "no plan", reasons=(str(stopped),), **own)
    except AuditFailed as failed:
        return SiteResult(name, job.folder, "recheck failed", reasons=(str(failed),), **own)
    view = public_view(answer)
    return SiteResult(name, job.folder, "planned", view, dates=awaited(job.validated, view), **own)


def _stored(job: SiteJob) -> dict[str, Any] | None:
    """The plan in the site's folder, if it answers the same inputs and passes the recheck again."""
    from planner.plan_json import public_view
    from planner.results import BadFolder, check_folder, one_stage, read_results

    try:
        stored = read_results(job.folder)
        if stored.manifest.get("options", {}).get(KEY) != job.key:
            return None
        checked = check_folder(job.folder)
    except BadFolder:
        return None
    return None if checked.problems else public_view(one_stage(job.folder))


def comparison(
    results: Sequence[SiteResult],
    name: str,
    currency: str,
    criteria: Sequence[Criterion] = (),
    frame: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The content of sites.json; money in whole currency units. frame: what the study asks of every site
    (planner/studies/site_inputs.py).

    Rank by cost: one more than the number of sites that are proven cheaper, so that sites in a tie may share a rank."""
    from planner.studies.ranking import beyond_cost

    entries = [_entry(result, results) for result in _in_order(results)]
    return {
        "schema": SCHEMA,
        "name": name,
        "currency": currency,
        "service": "the same workloads at every site",
        "sites": entries,
        "rests_on_assumptions": any(result.assumed for result in results),
        **beyond_cost(entries, criteria),
        **(frame or {}),
    }


def _in_order(results: Sequence[SiteResult]) -> list[SiteResult]:
    return sorted(results, key=lambda r: (r.view is None, _cost(r) if r.view else 0.0, r.site))


def _adders(result: SiteResult) -> dict[str, float]:
    """Present values that only this site pays, by column of sheet Sites, whole currency units; an incentive is below
    zero. Being constant they move the cost and its bound alike: no plan changes."""
    return {name: s * result.facts[name].value * 1e6 for name, s in SIGNS.items() if name in result.facts}


def _cost(result: SiteResult) -> float:
    assert result.view is not None
    return float(result.view["objective"]) + sum(_adders(result).values())


def _bound(result: SiteResult) -> float | None:
    assert result.view is not None
    return None if result.view["bound"] is None else float(result.view["bound"]) + sum(_adders(result).values())


def _least(result: SiteResult) -> float:
    """The proven least cost, less what a solver's tolerances may hide."""
    bound = _bound(result)
    return -float("inf") if bound is None else bound - SAME * abs(bound)


def _entry(result: SiteResult, results: Sequence[SiteResult]) -> dict[str, Any]:
    view = result.view
    entry: dict[str, Any] = {
        "site": result.site,
        "folder": result.folder.name if view else None,
        "status": view["status"] if view else result.outcome,
        "reasons": list(result.reasons),
        "assumed_cells": list(result.assumed),
        "facts": {name: {**encode(fact), "unit": UNITS[name]} for name, fact in result.facts.items()},
        "latencies": {region: {**encode(fact), "unit": "ms"} for region, fact in result.latencies.items()},
        "may_not_serve": list(result.may_not_serve),
        "grid_steps": [encode(step) for step in result.grid_steps],
        "figures": [dict(f) for f in result.figures],
        "dates": [{"what": what, "month": month, "cell": cell} for what, month, cell in result.dates],
    }
    if view is None:
        empty = ("rank", "cost", "bound", "adders", "gap", "gap_money", "kpi", "costs")
        return {**entry, **dict.fromkeys(empty), "tied_with": []}
    others = [r for r in results if r.view is not None and r is not result]
    cheaper = [r for r in others if r.view and _cost(r) < _least(result)]
    dearer = [r for r in others if r.view and _cost(result) < _least(r)]
    return {
        **entry,
        "rank": 1 + len(cheaper),
        "tied_with": [r.site for r in others if r not in cheaper and r not in dearer],
        "cost": _cost(result),
        "bound": _bound(result),
        "adders": [{"column": n, "present_value": v, "cell": result.facts[n].cell} for n, v in _adders(result).items()],
        **{key: view[key] for key in ("gap", "gap_money", "kpi", "costs")},
        "cooling": view.get("cooling", []),
    }
