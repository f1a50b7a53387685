"""The main question: which design serves this case at least cost, proven and rechecked."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from models.case import Battery, ChilledWaterStore, Electrical, Grid, Limits, Offer, Rack, Site, Supply, Workload
from models.design import Answer
from models.provenance import Origin
from planner.errors import AuditFailed, Infeasible, NoAnswer
from planner.studies.choose import Known, cheapest

if TYPE_CHECKING:
    import numpy as np

    from planner.progress import Progress
    from planner.solving import Method
    from planner.validate import ValidatedCase

TRY_GAP = 0.2
"""A change is tried with this gap: that there is a plan is the question, not its cost."""

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
_TARGET = "limits.tokenergy_wh_per_ktok"
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
    known: Known | None = None,
) -> Answer:
    """Solve, account and recheck; with several tariffs or electrical architectures to choose from, the cheapest.

    Raises Infeasible when it is proven that no design exists, NoAnswer when the search stopped without one, AuditFailed
    when the plan found does not pass the independent recheck: such a plan is never returned. hints: where there is no
    plan, also look for the TokEnergy target that one could meet. known: filled in with what the search found out."""
    from models.accounts import account
    from models.audit import audit

    known = known or Known()
    cases = (validated.case, *validated.options)
    case, design, proof = cheapest(cases, options, progress, log_path, known)
    solved = time.perf_counter()
    if design is None:
        if proof.status == "infeasible":
            low = _how_low(validated, options, progress) if hints and not proof.rule else ()
            told = (_TARGET,) if low else ()
            raise Infeasible(limits_in_force(tuple(validated.origins), told), (proof.rule,) if proof.rule else low)
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
    answer = Answer(case, design, accounts, proof, report, tuple(validated.origins), seconds, choices=known.proofs)
    return _studied(answer, options, known.values.get(id(case)), progress)


def _studied(answer: Answer, options: PlanOptions, chosen: np.ndarray | None, progress: Progress | None) -> Answer:
    """The answer with what one more unit of its limits would save, and what survives a short look-ahead."""
    from planner.studies.lookahead import lookahead
    from planner.studies.marginals import marginals
    from reports.capacity import limits_with_worth

    begun = time.perf_counter()
    if progress:
        progress.step("Looking at limits and foresight")
    paths = [row.path for row in limits_with_worth(answer)]
    case, proof = answer.case, answer.proof
    values = marginals(case, proof, paths, options.marginals, chosen, gap=options.gap, method=options.method)
    seen = lookahead(case, answer.design)
    seconds = {**answer.seconds, "studies": time.perf_counter() - begun}
    return replace(answer, marginals=values, lookahead=seen, seconds=seconds)


def _how_low(validated: ValidatedCase, options: PlanOptions, progress: Progress | None) -> tuple[str, ...]:
    """What the TokEnergy target would have to be, if that is what cannot be met."""
    from planner.solving.least import least_tokenergy
    from planner.solving.rounds import NoPlan

    given = [o for o in validated.origins if o.path == _TARGET and o.kind == "given"]
    target = validated.case.limits.tokenergy_wh_per_ktok
    if not given or target is None:
        return ()
    if progress:
        progress.step("No plan reaches the TokEnergy target; looking for the lowest that one can reach")
    try:
        least = least_tokenergy(validated.case, seed=options.seed, time_limit=options.time_limit)
    except NoPlan:
        return (f"There is no plan without the TokEnergy target ({given[0].cell}) either.",)
    if least is None or least.reached <= target:
        return ()
    enough, least_of_all = math.ceil(least.reached * 1e4) / 1e4, math.floor(least.bound * 1e4) / 1e4
    words = (
        f"{given[0].cell}: the target of {target:g} Wh per 1,000 tokens is out of reach here; {enough:.4f} can be met"
    )
    floor = f", and nothing below {least_of_all:.4f}" if least.bound > target else ""
    return (f"{words} (rounded up){floor}.",)


def limits_in_force(origins: tuple[Origin, ...], told: tuple[str, ...] = ()) -> list[str]:
    """The limits given, each with its cell: one of them, or several together, must give way. told: paths of limits that
    were spoken of already."""
    given = [o for o in origins if o.kind == "given" and (o.path in _LIMITS or o.path.endswith(_ITEM_LIMITS))]
    given = [o for o in given if o.path not in told]
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
