"""The figures that a siting study rests on: those of one site, and those that all sites share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from models import finance, timetable
from models.portfolio import UNNAMED
from planner.schema.siting import UNITS
from planner.validate.rows import row_of

if TYPE_CHECKING:
    from models.provenance import Origin
    from planner.validate import ValidatedCase

OWN_SHEETS = (
    "Sites",
    "GridSteps",
    "SiteLatency",
    "TariffEnergy",
    "TariffBlocks",
    "TariffDemand",
    "TariffPeaks",
    "Hourly",
)


def _sheet(origin: Origin) -> str:
    return origin.cell.partition("!")[0]


def _is_own(validated: ValidatedCase, origin: Origin) -> bool:
    """Whether a figure is the site's alone."""
    return _sheet(origin) in OWN_SHEETS or row_of(origin.cell) in validated.own_rows


def assumed_cells(validated: ValidatedCase) -> tuple[str, ...]:
    """Cells of a site's own figures that rest on no source."""
    own = (o for o in validated.origins if o.is_assumption and _is_own(validated, o))
    facts = (fact.cell for fact in validated.facts.values() if fact.assumed)
    steps = (step.cell for step in validated.grid_steps if step.assumed)
    latencies = (fact.cell for fact in validated.latencies.values() if fact.assumed)
    return tuple(dict.fromkeys([*(o.cell for o in own), *facts, *steps, *latencies]))


def own_figures(validated: ValidatedCase) -> tuple[dict[str, str], ...]:
    """A site's own figures with their sources; whole series of hours and blank cells are left out."""
    found = [
        {"cell": o.cell, "value": o.value, "unit": o.unit, "source": o.source, "grade": o.grade}
        for o in validated.origins
        if o.kind == "given" and _is_own(validated, o) and _sheet(o) != "Hourly" and o.path != "site.name"
    ]
    facts = [
        *((f, UNITS[name]) for name, f in validated.facts.items()),
        *((f, "ms") for f in validated.latencies.values()),
    ]
    found += [
        {"cell": f.cell, "value": f"{f.value:g}", "unit": unit, "source": f.source, "grade": f.grade}
        for f, unit in facts
    ]
    return tuple({f["cell"]: f for f in found}.values())


def latency_ms(validated: ValidatedCase) -> dict[str, float]:
    """Round trips from a site to users by their region [ms], as far as they are stated."""
    found = {region: fact.value for region, fact in validated.latencies.items()}
    single = validated.facts.get("latency_ms")
    return found if single is None else {UNNAMED: single.value, **found}


def may_not_serve(validated: ValidatedCase) -> tuple[dict[str, Any], ...]:
    """Workloads that may not be served at a site by sheet Workloads: too far from their users, or in another country;
    each with what the site states (None or empty where it states nothing) and the cell of the limit."""
    at = latency_ms(validated)
    found: list[dict[str, Any]] = []
    for demand in validated.demands:
        if not demand.is_near(at):
            far = {
                "region": demand.region,
                "latency_ms": at.get(demand.region),
                "max_latency_ms": demand.max_latency_ms,
            }
            found.append({"workload": demand.workload, **far, "cell": demand.latency_cell})
        if not demand.is_inside(validated.country):
            away = {"country": validated.country, "countries": list(demand.countries)}
            found.append({"workload": demand.workload, **away, "cell": demand.countries_cell})
    return tuple(found)


def shared_figures(validated: ValidatedCase) -> list[dict[str, Any]]:
    """The figures that all sites share, by sheet, grade and source: how many there are; those given that rest on no
    source also one by one."""
    shared = [o for o in validated.origins if not _is_own(validated, o) and o.kind != "no limit"]
    groups = Counter((_sheet(o), o.grade, "" if o.is_assumption else o.source) for o in shared)
    assumed: dict[str, list[dict[str, str]]] = {}
    for o in shared:
        if o.is_assumption and o.kind == "given" and not o.path.endswith(".name"):
            assumed.setdefault(_sheet(o), []).append({"cell": o.cell, "value": o.value, "unit": o.unit})
    return [
        {
            "sheet": sheet,
            "grade": grade,
            "source": source,
            "count": count,
            "figures": assumed.get(sheet, []) if grade == "X" else [],
        }
        for (sheet, grade, source), count in groups.items()
    ]


def delay_per_month(validated: ValidatedCase) -> float | None:
    """Present value of starting a month late [whole currency units]; None where no delay is allowed."""
    case = validated.case
    if not case.limits.delay.most_months:
        return None
    return 1e3 * finance.once_factor(case.money) * timetable.price_kcur_per_month(case)


def service(validated: ValidatedCase) -> str:
    """What every site serves, in words."""
    own = [d.users_utc_h is None for d in validated.demands]
    mixed = "the users' clock where that is stated, else its own"
    clock = "its own clock" if all(own) else mixed if any(own) else "the users' clock"
    return f"the same workloads at every site, by {clock}"


def frame(validated: ValidatedCase) -> dict[str, Any]:
    """What the study asks of every site, for sites.json: service, years counted, month needed, latest start, shared
    figures."""
    limits = validated.case.limits
    needed = limits.need_month if limits.need_month < timetable.ALWAYS_MONTHS else None
    return {
        "service": service(validated),
        "years": validated.case.money.analysis_years,
        "need_month": needed,
        "latest_month": None if needed is None else validated.case.latest_month,
        "shared_figures": shared_figures(validated),
    }
