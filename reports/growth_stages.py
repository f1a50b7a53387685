"""What the report of a plan of growth says of its stages one by one: dates, limits, foresight, what it rests on."""

from __future__ import annotations

from typing import Any

from models.growth_dates import schedules
from models.stages import GrowthAnswer
from models.timetable import Schedule
from reports import dates, removals, tables, wording, worth
from reports import format as show
from reports.capacity import limit_rows
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
    binding = [
        f"{name}: {show.joined([row.name for row in limit_rows(own) if row.binds]) or 'none'}"
        for name, own in zip(names, stages, strict=True)
    ]
    return {
        "sentences": binding,
        "stages": [(name, tables.limit_cells(own)) for name, own in zip(names, stages, strict=True)],
        "worth": _worth(answer),
        "note": WORTH_NOTE if answer.marginals else worth.NOT_ASKED,
        "subjects": tables.worth_of_subjects(answer),
        "subjects_note": removals.NOTE,
    }


def _worth(answer: GrowthAnswer) -> Table:
    rows = []
    for k, stage in enumerate(answer.growth.stages):
        for r in worth.worth_rows(stage_answer(answer, k)):
            saves = worth.worth_text(r, answer.currency)
            rows.append((r.name, stage.name, r.cell, saves, f"per {show.singular(r.unit)}", r.how))
    head = ("Limit", "Stage", "Cell", "Saves", "Per", "How found")
    return Table("What one more unit would save, present value", head, rows, (3,), wide=(5,))


def short_view(answer: GrowthAnswer) -> dict[str, Any] | None:
    """What survives of the savings of storage in each stage if its operator sees only the horizon; None without any."""
    rows = []
    for stage, seen in zip(answer.growth.stages, answer.lookahead, strict=False):
        if seen is None:
            continue
        saved, kept = seen.idle_kcur - seen.foresight_kcur, seen.idle_kcur - seen.lookahead_kcur
        money = (show.money(kcur, answer.currency, 3) for kcur in (saved, kept))
        share = show.MISSING if seen.share is None else show.percent(seen.share, 0)
        rows.append((stage.name, *money, share, show.number(seen.lookahead_over_h)))
    if not rows:
        return None
    head = ("Stage", "The year known ahead", "24 hours known ahead", "Survives", "Hours over the connection")
    caption = "What working the storage saves, present value"
    return {"table": Table(caption, head, rows, (1, 2, 3, 4)), "note": f"{SHORT_VIEW_NOTE} {worth.FORESIGHT_NOTE}"}


def evidence(answer: GrowthAnswer) -> dict[str, Any]:
    """Inputs with their cells, sources and grades."""
    kinds = ("assumed", "default", "all")
    return {
        "sentence": wording.assumption_text(answer),
        "lists": [tables.origins(answer, kind) for kind in kinds],
    }
