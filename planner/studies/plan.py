"""The main question: which design serves this case at least cost, proven and rechecked."""

from __future__ import annotations

import functools
import math
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from models.case import Battery, Case, ChilledWaterStore, Electrical, Grid, Limits, Offer, Rack, Site, Supply, Workload
from models.design import Answer, Design, Proof
from models.provenance import Origin
from planner.errors import AuditFailed, Infeasible, NoAnswer

if TYPE_CHECKING:
    import numpy as np

    from planner.progress import Progress
    from planner.validate import ValidatedCase

Method = Literal["auto", "decomposed", "monolithic"]

_LIMITS = (
    "grid.import_limit_mw",
    "grid.import_limit_mva",
    "grid.contract_mw",
    "grid.energised_month",
    "grid.max_swing_mw",
    "grid.ramp_limit_mw_per_min",
    "grid.ride_through_h",
    "grid.covers",
    "electrical.required_ride_through_h",
    "site.area_m2",
    "limits.tokenergy_wh_per_ktok",
    "limits.carbon_t_per_year",
    "limits.water_m3_per_year",
    "limits.water_m3_per_day",
    "limits.weighted_water_m3_per_year",
    "limits.budget_kcur",
    "limits.domestic_share",
    "limits.clean_share_yearly",
    "limits.clean_share_hourly",
    "limits.need_month",
    "limits.delay.most_months",
)
_ITEM_LIMITS = (".max_count", ".max_racks", ".max_mw", ".max_mwh", ".gang_max", ".max_delay_h", ".windows",
                ".grid_limit_mw", ".sold_from_year", ".sold_until_year")  # fmt: skip
_MOST_SHOWN = 12


@dataclass(frozen=True)
class PlanOptions:
    """How hard to look."""

    gap: float = 0.001
    """proven gap at which to stop, share of the cost without IT hardware"""
    time_limit: float | None = None
    """seconds; None: no limit"""
    method: Method = "auto"
    seed: int = 0
    marginals: Literal["auto", "none", "duals", "exact", "each"] = "auto"
    """how the savings of limits that bind are found; auto: by duals, unless the time ran out or it is more than
    a year; each: by duals, whole numbers by planning again"""

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


def plan_case(
    validated: ValidatedCase,
    options: PlanOptions,
    *,
    progress: Progress | None = None,
    log_path: Path | None = None,
    read_seconds: float = 0.0,
    hints: bool = True,
) -> Answer:
    """Solve, account and recheck; with several tariffs or electrical architectures to choose from, the cheapest.

    Raises Infeasible when it is proven that no design exists, NoAnswer when the search stopped without one, AuditFailed
    when the plan found does not pass the independent recheck: such a plan is never returned. hints: where there is no
    plan, also look for the TokEnergy target that one could meet."""
    from models.accounts import account
    from models.audit import audit

    chosen: dict[int, np.ndarray] = {}
    choices: dict[tuple[str, str], Proof] = {}
    cases = (validated.case, *validated.options)
    case, design, proof = cheapest(cases, options, progress, log_path, chosen, choices)
    solved = time.perf_counter()
    if design is None:
        if proof.status == "infeasible":
            # A case found impossible before any solving carries that rule as its only note.
            rule = proof.notes if len(proof.notes) == 1 else ()
            words = rule or (_how_low(validated, options, progress) if hints else ())
            raise Infeasible([*words, *limits_in_force(tuple(validated.origins))])
        raise NoAnswer("The search stopped before it found a plan.")
    if progress:
        progress.step("Rechecking")
    accounts = account(case, design)
    report = audit(case, design, accounts, proof)
    if not report.ok:
        raise AuditFailed(report.violations)
    seconds = {
        "read": read_seconds,
        "build": proof.build_seconds,
        "solve": proof.seconds - proof.build_seconds,
        "audit": time.perf_counter() - solved,
        "report": 0.0,
    }
    answer = Answer(case, design, accounts, proof, report, tuple(validated.origins), seconds, choices=choices)
    return _studied(answer, options, chosen.get(id(case)), progress)


def _studied(answer: Answer, options: PlanOptions, chosen: np.ndarray | None, progress: Progress | None) -> Answer:
    """The answer with what one more unit of its limits would save, and what survives a short look-ahead."""
    from planner.studies.lookahead import lookahead
    from planner.studies.marginals import marginals
    from reports.capacity import limit_rows

    begun = time.perf_counter()
    if progress:
        progress.step("Looking at limits and foresight")
    paths = [row.path for row in limit_rows(answer) if row.binds and row.has_worth]
    case, proof = answer.case, answer.proof
    values = marginals(case, proof, paths, options.marginals, chosen, gap=options.gap, method=options.method)
    seen = lookahead(case, answer.design)
    seconds = {**answer.seconds, "studies": time.perf_counter() - begun}
    return replace(answer, marginals=values, lookahead=seen, seconds=seconds)


def cheapest(
    cases: tuple[Case, ...],
    options: PlanOptions,
    progress: Progress | None = None,
    log_path: Path | None = None,
    chosen: dict[int, np.ndarray] | None = None,
    choices: dict[tuple[str, str], Proof] | None = None,
) -> tuple[Case, Design | None, Proof]:
    """The case of least cost with its design, and a proof over all of them.

    No design under any choice costs less than the least of their bounds. A time limit is shared out evenly over the
    cases that are left. chosen gets the values of the design's columns, by the id of the case; choices what was proven
    of each, by tariff and architecture."""
    from planner.solving import solve

    values = {} if chosen is None else chosen
    found: list[tuple[Case, Design | None, Proof]] = []
    logs, started = [], time.monotonic()
    for number, case in enumerate(cases):
        if progress:
            progress.step(f"Solving with {choice(case, cases)}" if len(cases) > 1 else "Solving")
        left = None if options.time_limit is None else options.time_limit - (time.monotonic() - started)
        design, proof = solve(
            case,
            gap=options.gap,
            time_limit=None if left is None else max(left, 0.1) / (len(cases) - number),
            method=options.method,
            seed=options.seed,
            progress=progress.solver if progress else None,
            log_path=log_path,
            chosen=functools.partial(values.__setitem__, id(case)),
        )
        found.append((case, design, proof))
        if choices is not None:
            choices[case.grid.tariff, case.electrical.name] = proof
        if log_path is not None and log_path.exists():
            logs.append(log_path.read_text(encoding="utf-8"))
    if len(cases) == 1:
        return found[0]
    if log_path is not None and logs:
        log_path.write_text("".join(logs), encoding="utf-8")
    return _best_of(found)


def _best_of(found: list[tuple[Case, Design | None, Proof]]) -> tuple[Case, Design | None, Proof]:
    """The cheapest of several solved cases; its proof bounds them all."""
    case, design, best = min(found, key=lambda f: (f[1] is None, f[2].objective_kcur))
    proofs = [proof for _, _, proof in found]
    limited = any(proof.status == "limit" for proof in proofs)
    cases = tuple(c for c, _, _ in found)
    notes = tuple(f"{choice(c, cases)}: {_outcome(c, d, p)}" for c, d, p in found)
    return (
        case,
        design,
        replace(
            best,
            status="limit" if limited else best.status,
            bound_kcur=min(proof.bound_kcur for proof in proofs),
            seconds=sum(proof.seconds for proof in proofs),
            build_seconds=sum(proof.build_seconds for proof in proofs),
            notes=(*best.notes, *notes),
        ),
    )


def choice(case: Case, cases: tuple[Case, ...]) -> str:
    """What sets a case apart from the others: its tariff, its electrical architecture."""
    parts = []
    if len({c.grid.tariff for c in cases}) > 1:
        parts.append(f"tariff {case.grid.tariff}")
    if len({c.electrical.name for c in cases}) > 1:
        parts.append(f"architecture {case.electrical.name}")
    return ", ".join(parts)


def _outcome(case: Case, design: Design | None, proof: Proof) -> str:
    if design is None:
        return "no plan exists" if proof.status == "infeasible" else "no plan found in time"
    return f"{proof.objective_kcur / 1000:,.3f} million {case.currency}, at least {proof.bound_kcur / 1000:,.3f}"


def _how_low(validated: ValidatedCase, options: PlanOptions, progress: Progress | None) -> tuple[str, ...]:
    """What the TokEnergy target would have to be, if that is what cannot be met."""
    from planner.solving.least import least_tokenergy
    from planner.solving.rounds import NoPlan

    given = [o for o in validated.origins if o.path == "limits.tokenergy_wh_per_ktok" and o.kind == "given"]
    target = validated.case.limits.tokenergy_wh_per_ktok
    if not given or target is None:
        return ()
    if progress:
        progress.step("No plan reaches the TokEnergy target; looking for the lowest that one can reach")
    try:
        least = least_tokenergy(validated.case, seed=options.seed, time_limit=options.time_limit)
    except NoPlan:
        return ("There is no plan without the TokEnergy target either: look at the other limits below.",)
    if least is None or least.reached <= target:
        return ()
    enough = math.ceil(least.reached * 1e4) / 1e4
    cell = given[0].cell
    words = f"{cell}: the target of {target:g} Wh per 1,000 tokens is out of reach here; {enough:.4f} can be met"
    return (f"{words}, and nothing below {least.bound:.4f}." if least.bound > target else f"{words}.",)


def limits_in_force(origins: tuple[Origin, ...]) -> list[str]:
    """The limits given, each with its cell: one of them, or several together, must give way."""
    given = [o for o in origins if o.kind == "given" and (o.path in _LIMITS or o.path.endswith(_ITEM_LIMITS))]
    given.sort(key=lambda o: o.path not in _LIMITS)
    rows = [f"{o.cell}: {_meaning(o.path)}: {o.value} {o.unit}".rstrip() for o in given]
    if len(rows) > _MOST_SHOWN:
        rows = [*rows[:_MOST_SHOWN], f"and {len(rows) - _MOST_SHOWN} more limits on single items"]
    return rows


def _meaning(path: str) -> str:
    """`offers[Hall A].max_count` as `Hall A, largest order`, in the words of the field's own description."""
    owner, _, name = path.rpartition(".")
    item = owner.partition("[")[2].rpartition("]")[0]
    for kind in (Grid, Site, Limits, Electrical, Rack, Workload, Offer, Battery, Supply, ChilledWaterStore):
        for f in fields(kind):
            if f.name == name and (item or kind in (Grid, Site, Limits, Electrical)):
                meaning = str(f.metadata["meaning"]).partition(";")[0].partition(" (")[0]
                return f"{item}, {meaning}" if item else meaning
    return f"{item}, {name.replace('_', ' ')}" if item else path
