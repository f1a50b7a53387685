"""The main question: which design serves this case at least cost, proven and rechecked."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from models.case import Battery, ChilledWaterStore, Grid, Limits, Offer, Rack, Site, Supply, Workload
from models.design import Answer
from models.provenance import Origin
from planner.errors import AuditFailed, Infeasible, NoAnswer

if TYPE_CHECKING:
    from planner.progress import Progress
    from planner.validate import ValidatedCase

Method = Literal["auto", "decomposed", "monolithic"]

_LIMITS = (
    "grid.import_limit_mw",
    "grid.import_limit_mva",
    "grid.energised_month",
    "site.area_m2",
    "limits.tokenergy_wh_per_ktok",
    "limits.carbon_t_per_year",
    "limits.water_m3_per_year",
    "limits.budget_kcur",
    "limits.need_month",
)
_ITEM_LIMITS = (".max_count", ".max_racks", ".max_mw", ".max_mwh", ".gang_max", ".max_delay_h", ".windows")
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
) -> Answer:
    """Solve, account and recheck.

    Raises Infeasible when it is proven that no design exists, NoAnswer when the search stopped without one, AuditFailed
    when the plan found does not pass the independent recheck: such a plan is never returned."""
    from models.accounts import account
    from models.audit import audit
    from planner.solving import solve

    case = validated.case
    if progress:
        progress.step("Solving")
    design, proof = solve(
        case,
        gap=options.gap,
        time_limit=options.time_limit,
        method=options.method,
        seed=options.seed,
        progress=progress.solver if progress else None,
        log_path=log_path,
    )
    solved = time.perf_counter()
    if design is None:
        if proof.status == "infeasible":
            # A case found impossible before any solving carries that rule as its only note.
            rule = proof.notes if len(proof.notes) == 1 else ()
            raise Infeasible([*rule, *limits_in_force(tuple(validated.origins))])
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
    return Answer(case, design, accounts, proof, report, tuple(validated.origins), seconds)


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
    for kind in (Grid, Site, Limits, Rack, Workload, Offer, Battery, Supply, ChilledWaterStore):
        for f in fields(kind):
            if f.name == name and (item or kind in (Grid, Site, Limits)):
                meaning = str(f.metadata["meaning"]).partition(";")[0].partition(" (")[0]
                return f"{item}, {meaning}" if item else meaning
    return path
