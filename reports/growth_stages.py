"""What the report of a plan of growth says of its stages one by one: the campus, a year's operation, dates, limits,
foresight."""

from __future__ import annotations

from typing import Any

from models import usage
from models.design import Answer
from models.growth_dates import schedules
from models.stages import GrowthAnswer
from models.timetable import Schedule
from reports import connection, dates, removals, sections, statements, tables, worth
from reports import format as show
from reports.campus import Campus, draw_campus, scale_of
from reports.capacity import limits_with_worth
from reports.charts.frame import Chart, apart
from reports.sections import Section
from reports.staged import stage_answer
from reports.tables import Table

WORTH_NOTE = (
    "One more unit in the years of that stage alone, all else as asked; present value. Racks, units and other whole "
    "numbers stay as chosen; on-off decisions of single hours are relaxed."
)
SHORT_VIEW_NOTE = (
    "Each stage's operating year worked again at the sizes in service there, counted for the years of the stage, "
    "without first costs."
)
MYOPIA_NOT_ASKED = (
    "What planning stage by stage would cost more was not computed. “aidc plan WORKBOOK --foresight myopic” does it, "
    "with one more plan for each stage."
)
_UNTOLD = "What storage keeps of its savings when its operator sees 24 hours ahead was not computed"


def titles(answer: GrowthAnswer) -> list[str]:
    """Each stage with its years of the plan."""
    return [_title(s.name, s.first_year + 1, s.first_year + s.years) for s in answer.growth.stages]


def _title(name: str, first: int, last: int) -> str:
    return f"{name}: year {first}" if first == last else f"{name}: years {first} to {last}"


def drawings(answer: GrowthAnswer) -> list[Campus]:
    """The campus of each stage, all at the scale of the largest."""
    owns = [stage_answer(answer, k) for k in range(len(answer.growth.stages))]
    scale = min(scale_of(own) for own in owns)
    return [draw_campus(own, scale) for own in owns]


def stage_sections(answer: GrowthAnswer) -> dict[str, list[tuple[str, Section]]]:
    """What page sections say of each stage's operating year, with the stage's title; stages of which one says nothing
    are left out."""
    made = {
        "tokenergy": sections.tokens,
        "operation": sections.operation,
        "cooling": sections.cooling,
        "battery": sections.battery,
        "contracts": sections.contracts,
        "equipment": _equipment,
    }
    found: dict[str, list[tuple[str, Section]]] = {name: [] for name in made}
    for k, title in enumerate(titles(answer)):
        own = stage_answer(answer, k)
        for name, make in made.items():
            section = make(own)
            if section is not None:
                found[name].append((title, _apart(section, k)))
    return found


def _apart(section: Section, k: int) -> Section:
    """The section with charts that can stand on one page with those of other stages."""
    return {
        name: apart(value, f"stage{k + 1}") if isinstance(value, Chart) else value for name, value in section.items()
    }


def _equipment(own: Answer) -> Section:
    return {"tables": [*tables.equipment(own), tables.capacity(own)]}


def date_sentences(answer: GrowthAnswer, found: tuple[Schedule, ...]) -> list[str]:
    """One sentence per stage: when it starts and what is to be ordered first for it."""
    parts = zip(found, answer.accounts.stages, strict=True)
    return [dates.sentence(s, accounts, answer.currency) for s, accounts in parts]


def date_section(answer: GrowthAnswer) -> dict[str, Any] | None:
    """When the stages start, what must be ordered when; None where nothing has a lead time."""
    from reports.charts.dates import gantt

    found = schedules(answer.growth, answer.plan)
    chart = gantt(found)
    if chart is None:
        return None
    return {
        "sentences": date_sentences(answer, found),
        "chart": chart,
        "table": dates.table(found),
        "note": f"{dates.NOTE} {dates.STAGES_NOTE}",
    }


def limit_section(answer: GrowthAnswer) -> dict[str, Any]:
    """Of each stage the limits and their use; what one more unit of those that bind would save."""
    stages = [stage_answer(answer, k) for k in range(len(answer.growth.stages))]
    names = [s.name for s in answer.growth.stages]
    return {
        "sentences": [f"{name}: {statements.binding(own)}" for name, own in zip(names, stages, strict=True)],
        "stages": [(name, tables.limit_cells(own)) for name, own in zip(names, stages, strict=True)],
        "worth": _worth(answer),
        "flexibility": connection.sentences(answer),
        "note": worth_note(answer),
        "subjects": tables.worth_of_subjects(answer),
        "subjects_note": removals.NOTE,
    }


def worth_note(answer: GrowthAnswer) -> str:
    """What the savings of limits mean, or why none is told."""
    if answer.marginals:
        return WORTH_NOTE
    stages = (stage_answer(answer, k) for k in range(len(answer.growth.stages)))
    return worth.not_asked(answer) if any(map(limits_with_worth, stages)) else worth.NONE_BINDS


def _worth(answer: GrowthAnswer) -> Table:
    rows = []
    for k, stage in enumerate(answer.growth.stages):
        for r in worth.worth_rows(stage_answer(answer, k)):
            saves = worth.worth_text(r, answer.currency)
            rows.append((r.name, stage.name, r.cell, saves, f"per {show.singular(r.unit)}", r.how))
    head = ("Limit", "Stage", "Cell", "Saves", "Per", "How found")
    return Table("What one more unit would save, present value", head, rows, (3,), wide=(5,))


def short_view(answer: GrowthAnswer) -> dict[str, Any] | None:
    """What survives of the savings of storage in each stage if its operator sees only the horizon, and of stages
    without that, why; None without storage."""
    rows, untold = [], dict[str, list[str]]()
    for k, stage in enumerate(answer.growth.stages):
        own = stage_answer(answer, k)
        seen = own.lookahead
        if seen is None:
            if usage.battery_use(own.case, own.design):
                untold.setdefault(worth.why_no_foresight(own), []).append(f"stage “{stage.name}”")
            continue
        saved, kept = seen.idle_kcur - seen.foresight_kcur, seen.idle_kcur - seen.lookahead_kcur
        money = (show.money(kcur, answer.currency, 3) for kcur in (saved, kept))
        share = show.MISSING if seen.share is None else show.percent(seen.share, 0)
        rows.append((stage.name, *money, share, show.number(seen.lookahead_over_h)))
    if not rows and not untold:
        return None
    why = [f"{_UNTOLD} in {show.joined(names)}: {reason}." for reason, names in untold.items()]
    head = ("Stage", "The year known ahead", "24 hours known ahead", "Survives", "Hours over the connection")
    caption = "What working the storage saves, present value"
    table = Table(caption, head, rows, (1, 2, 3, 4)) if rows else None
    return {"table": table, "note": f"{SHORT_VIEW_NOTE} {worth.FORESIGHT_NOTE}" if rows else "", "untold": why}
