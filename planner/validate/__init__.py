"""From raw cells to a Case, or to every finding at once.

Order: each cell against its column (`cells`), keys and references (`rows`), series and calendar, then each subject
builds its part of the Case from rows that are free of findings, last what must hold between tables (`cross`). A problem
is reported once, where it stands; what only follows from it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.case import Calendar, Case, Electrical, Grid, Limits, Money, Site
from models.portfolio import Demand
from models.provenance import Origin
from models.siting import Criterion, Fact, GridStep, Range
from models.stages import Growth
from planner.errors import BadWorkbook, Finding

if TYPE_CHECKING:
    from planner.validate.rows import Row, Tables
    from planner.validate.scenarios import ScenarioInput
    from planner.validate.series import SeriesReader
    from planner.validate.variations import Variation
    from planner.workbook import RawWorkbook


@dataclass(frozen=True)
class ValidatedCase:
    """A Case that can be planned, and where each of its figures came from."""

    case: Case
    origins: tuple[Origin, ...]
    warnings: tuple[Finding, ...]
    required_filled: int
    required_total: int
    """cells coloured in the user's template that cannot stay blank, and how many of them are filled"""
    files: tuple[Path, ...] = ()
    """the workbook and the CSV files it names"""
    options: tuple[Case, ...] = ()
    """the same case with each further tariff that could be chosen"""
    growths: tuple[Growth, ...] = ()
    """with sheet Stages: the stages of the case, and of each of its options; else none"""
    variations: tuple[Variation, ...] = ()
    """what sheet Sweep says"""
    scenarios: tuple[ScenarioInput, ...] = ()
    """what sheets Scenarios and ScenarioInputs say"""
    facts: dict[str, Fact] = field(default_factory=dict)
    """figures of the site that no plan depends on, by column of sheet Sites"""
    criteria: tuple[Criterion, ...] = ()
    """what candidate sites are judged by besides cost"""
    grid_steps: tuple[GridStep, ...] = ()
    """the connection of the site by date, where it comes in steps"""
    ranges: tuple[Range, ...] = ()
    """how far prices, carbon and demand may move in a siting study"""
    country: str = ""
    demands: tuple[Demand, ...] = ()
    """where each workload may be served, of several sites"""
    latencies: dict[str, Fact] = field(default_factory=dict)
    """round trips from the site to users [ms], by their region"""
    own_rows: frozenset[str] = frozenset()
    """rows of shared sheets that hold for this site alone, as `Supply!7`"""


def refuse_stages(validated: ValidatedCase, command: str) -> None:
    """Raise BadWorkbook if a workbook with stages is given to a command that would leave them out."""
    if validated.growths:
        message = f"{command} looks at one stage: leave this sheet empty, or use `aidc plan`, which plans all of them"
        raise BadWorkbook((Finding("Stages", "tblStages", message=message),))


def validate_sites(raw: RawWorkbook) -> tuple[ValidatedCase, ...]:
    """One case per row of sheet Sites, all else equal; raises BadWorkbook with the findings of all of them."""
    from planner.validate.rows import read_tables

    rows = read_tables(raw)["Sites"].rows
    cases: list[ValidatedCase] = []
    bad: list[BadWorkbook] = []
    for number in range(max(len(rows), 1)):
        try:
            cases.append(validate(raw, number))
        except BadWorkbook as problem:
            bad.append(problem)
    if bad:
        found = dict.fromkeys(finding for problem in bad for finding in problem.findings)
        raise BadWorkbook(tuple(found), bad[0].required_filled, bad[0].required_total)
    return tuple(cases)


def validate(raw: RawWorkbook, site_number: int | None = None) -> ValidatedCase:
    """Judge a workbook; raises BadWorkbook with all findings if there is any.

    site_number: the row of sheet Sites to study (0 is the first); None: the only one there may be."""
    from planner.validate.asked import count_asked
    from planner.validate.place import own_rows, the_site
    from planner.validate.portfolio import demands
    from planner.validate.rows import origins, read_tables
    from planner.validate.scenarios import scenarios
    from planner.validate.series import SeriesReader
    from planner.validate.siting import criteria, facts, grid_steps, latencies, ranges
    from planner.validate.stages import growth
    from planner.validate.steps import read_steps
    from planner.validate.study import check_rates, place_first
    from planner.validate.variations import variations

    tables = read_tables(raw)
    filled, total = count_asked(raw)
    check_rates(tables)
    site = the_site(tables, site_number)
    place_first(tables.project, site)
    connected = grid_steps(tables, site)
    reader = SeriesReader(raw, tables, read_steps(tables))
    reader.notes.update({s.cell: (s.source, "", s.grade) for s in connected})
    case = _build(tables, site, reader)
    options = _options(tables, case, site, reader)
    growths = [growth(tables, c) for c in (case, *options)] if case is not None else []
    varied, futures = variations(tables, raw), scenarios(tables, raw)
    judged, reached, moved = criteria(tables), latencies(tables, site), ranges(tables)
    placed = demands(tables, site, reached)
    if tables.findings or case is None or site is None:
        found = tuple(dict.fromkeys(tables.findings)) or (
            Finding(raw.path.name, message="the workbook cannot be used"),
        )
        raise BadWorkbook(found, filled, total)
    from planner.validate.remarks import remark

    remark(tables, case, site)
    tables.project.used = site.used = True
    return ValidatedCase(
        case,
        origins(tables, reader.notes),
        tuple(dict.fromkeys(tables.warnings)),
        filled,
        total,
        (raw.path, *reader.files),
        options,
        tuple(g for g in growths if g is not None),
        varied,
        futures,
        facts(site),
        judged,
        connected,
        moved,
        str(site["country"] or ""),
        placed,
        reached,
        own_rows(tables),
    )


def _build(tables: Tables, site: Row | None, reader: SeriesReader) -> Case | None:
    """The case, as far as it can be built, checked across tables; None if a part is missing."""
    from planner.validate import generators, goods, heat, machines, place, plant, purchases, study, tender, work
    from planner.validate.cross import check_case
    from planner.validate.portfolio import by_site_clock
    from planner.validate.steps import Steps

    project = tables.project
    known = reader.steps is not None
    steps = reader.steps or Steps(datetime(2023, 1, 1), 1, 60)
    parts: dict[str, Any] = {
        "racks": machines.racks(tables),
        "operating_points": machines.operating_points(tables),
        "cooling": heat.cooling(tables, place.altitude_m(site)),
        "offers": goods.offers(tables),
        "batteries": plant.batteries(tables, project["analysis_years"] or 1),
        "heat_users": heat.users(tables, reader) if known else (),
        "supplies": plant.supplies(tables, reader) if known else (),
        "generators": generators.generators(tables),
        "programmes": generators.programmes(tables, reader) if known else (),
        "purchases": purchases.purchases(tables, reader) if known else (),
        "workloads": by_site_clock(tables, site, steps, work.workloads(tables, reader, steps)) if known else (),
    }
    if site is not None and known:
        parts["site"] = place.site(tables, site, reader, steps)
        parts["grid"] = place.grid(tables, site, reader, steps)
    if site is not None:
        parts["electrical"] = plant.electrical(tables, site)
    complete = project.ok() and all(parts.get(name) is not None for name in ("site", "grid", "electrical"))
    sound = _sound(tables, parts)
    zeros = np.zeros(steps.count)
    case = Case(
        name=project["name"] or "",
        currency=project["currency"] or "",
        calendar=steps.calendar if known else Calendar((0,)),
        money=study.money(project) if project.ok() else Money(1, 0.0),
        limits=study.limits(project) if project.ok() else Limits(),
        **{k: _once(v) for k, v in parts.items() if k not in ("site", "grid", "electrical")},
        site=parts.get("site") or Site("", zeros, zeros, zeros),
        grid=parts.get("grid") or Grid(zeros, zeros, 0.0),
        orders=tender.rules(tables),
        electrical=parts.get("electrical") or Electrical("direct", 0.0, 0.0),
    )
    if complete and known and site is not None:
        case = replace(case, grid=generators.with_interruptions(tables, site, reader, case))
    check_case(tables, case, site, sound)
    return case if complete else None


def _options(tables: Tables, case: Case | None, site: Row | None, reader: SeriesReader) -> tuple[Case, ...]:
    """The case with every other pair of a tariff and an electrical architecture that the site could choose."""
    from planner.validate.cross import check_racks_fed
    from planner.validate.plant import other_architectures

    tariffs = _with_other_tariffs(tables, case, site, reader)
    if case is None or site is None:
        return ()
    chains = [case.electrical, *other_architectures(tables, site)]
    check_racks_fed(tables, case, site, chains)
    others = [replace(c, electrical=chain) for chain in chains[1:] for c in (case, *tariffs)]
    return (*tariffs, *others)


def _with_other_tariffs(tables: Tables, case: Case | None, site: Row | None, reader: SeriesReader) -> tuple[Case, ...]:
    """The case with each further tariff of the site; none while anything is wrong with its own."""
    from planner.validate.cross import check_export
    from planner.validate.place import grid, with_tariffs

    if case is None or site is None or reader.steps is None:
        return ()
    cases = []
    for row in with_tariffs(tables, site):
        other = grid(tables, row, reader, reader.steps)
        if other is not None:
            cases.append(replace(case, grid=replace(other, available_pu=case.grid.available_pu)))
            check_export(tables, cases[-1], row)
    return tuple(cases)


def _once(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """The first of each name (operating points have none); a second is a finding already."""
    return tuple({getattr(item, "name", index): item for index, item in reversed(list(enumerate(items)))}.values())[
        ::-1
    ]


def _sound(tables: Tables, parts: dict[str, Any]) -> frozenset[str]:
    """Sheets without findings, whose absence of a row therefore means something."""
    with_findings = {finding.table for finding in tables.findings}
    names = {name for name, table in tables.tables.items() if table.complete and table.sheet.table not in with_findings}
    if not (parts.get("site") and parts.get("grid")):
        names.discard("Sites")
    return frozenset(names)
