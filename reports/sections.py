"""What the report says of one operating year, section by section, ready for the template: of a plan of one stage, or of
each stage of a plan of growth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import timetable, usage
from models.design import Answer
from models.stages import AnyAnswer
from reports import batteries, connection, dates, purchases, removals, series, statements, tables, wording, worth
from reports import format as show
from reports.capacity import limits_with_worth

Section = dict[str, Any]


def tokens(answer: Answer) -> Section | None:
    """The index against its target, by part, and what moves it; None without tokens."""
    if not wording.has_tokens(answer):
        return None
    from reports.charts import index

    return {
        "sentence": wording.tokenergy_text(answer),
        "control": wording.control_text(answer),
        "chart": index.tokenergy(answer),
        "moves": index.moves(answer),
        "parts": tables.tokenergy_parts(answer),
        "workloads": tables.workloads(answer),
        "levers": tables.levers(),
    }


def operation(answer: Answer) -> Section:
    """The peak week, the load duration curve, every hour and every month; what foresight is worth."""
    from reports.charts import year

    calendar, week, step = answer.case.calendar, series.peak_week(answer), series.peak_step(answer)
    peak = show.with_unit(show.significant(float(answer.design.operation.import_mw[step])), "MW")
    first, last = (series.step_start(calendar, s).strftime("%d %b").lstrip("0") for s in (week[0], week[-1]))
    remark = (
        f"Highest import {peak}, in the step from {series.step_label(calendar, step)}. The line is the import; where "
        "it lies below the areas, the battery or on-site supply carries the rest."
    )
    return {
        "week": year.peak_week(answer),
        "week_title": f"The week of the highest import, {first} to {last}",
        "week_remark": remark,
        "load_remark": _load_remark(answer),
        "foresight": worth.foresight(answer),
        "foresight_note": worth.FORESIGHT_NOTE,
        "no_foresight": worth.why_no_foresight(answer),
        "costs": tables.foresight(answer),
        "days": tables.week_days(answer),
        "load": year.load_duration(answer),
        "duration": tables.duration(answer),
        "hours": year.heat_map(answer),
        "month": year.monthly_energy(answer),
        "months": tables.months(answer),
    }


def _load_remark(answer: Answer) -> str:
    text, factor = "Import sorted from its highest to its lowest hour.", answer.case.grid.billing_factor
    if factor == 1:
        return text
    return (
        f"{text} The contract carries the highest billing interval, {show.trimmed(factor)} times the mean of its hour."
    )


def cooling(answer: Answer) -> Section | None:
    """How hard cooling works against the weather; None where no heat is removed."""
    if not usage.cooling_use(answer.case, answer.design):
        return None
    from reports.charts import year

    return {
        "sentences": [
            *statements.free_cooling(answer),
            *statements.tanks(answer),
            *statements.water(answer),
            *statements.heat_reuse(answer),
        ],
        "limit": show.trimmed(usage.FREE_COOLING_PU),
        "chart": year.cooling(answer),
        "table": tables.cooling(answer),
    }


def battery(answer: Answer) -> Section | None:
    """What the batteries are for; None without any."""
    if not usage.battery_use(answer.case, answer.design):
        return None
    return {
        "sentences": statements.batteries(answer),
        "table": batteries.services(answer),
    }


def contracts(answer: Answer) -> Section | None:
    """Power-purchase contracts and clean energy; None where neither is asked or offered."""
    if not purchases.has_any(answer):
        return None
    return {
        "sentences": purchases.sentences(answer),
        "table": tables.contracts(answer),
        "note": purchases.NOTE,
    }


def limits(answer: Answer) -> Section:
    """Limits with their use, what one more unit saves, and what subjects of the power side are worth."""
    return {
        "sentence": statements.binding(answer),
        "rows": tables.limit_cells(answer),
        "worth": tables.worth_of_limits(answer),
        "worth_note": _worth_note(answer),
        "open": tables.without_limit(answer),
        "flexibility": connection.sentences(answer),
        "subjects": tables.worth_of_subjects(answer),
        "subjects_note": removals.NOTE,
    }


def _worth_note(answer: Answer) -> str:
    if answer.marginals:
        return worth.ONE_SIDED if any(m.method == "duals" for m in answer.marginals) else ""
    return worth.not_asked(answer) if limits_with_worth(answer) else worth.NONE_BINDS


def order_dates(answer: Answer) -> Section | None:
    """When what is bought must be ordered; None where nothing has a lead time."""
    from reports.charts import dates as chart

    schedule = timetable.schedule(answer.case, answer.design)
    if not schedule.deliveries:
        return None
    return {
        "sentence": dates.sentence(schedule, answer.accounts, answer.case.currency),
        "chart": chart.gantt([schedule]),
        "table": dates.table([schedule]),
        "note": dates.NOTE,
    }


def cost(answer: AnyAnswer) -> Section:
    """The build-up of the present value."""
    from reports.charts import money

    return {"chart": money.cost_build_up(answer), "sentence": statements.money(answer)}


def evidence(answer: AnyAnswer, names: Mapping[str, str]) -> Section:
    """What the cost rests on, and every input with its cell, source and grade. names: what cells are called."""
    from reports.charts import money

    return {
        "sentence": statements.evidence_of_cost(answer),
        "inputs": wording.assumption_text(answer),
        "chart": money.evidence_of_cost(answer) if answer.accounts.costs else None,
        "lines": tables.evidence_lines(answer),
        "lists": [tables.origins(answer, kind, names) for kind in ("assumed", "default", "all")],
    }


def proof(answer: AnyAnswer) -> Section:
    """What was proven, and what the recheck found."""
    found, audit = answer.proof, answer.audit
    rows = [
        (
            v.check,
            v.where,
            show.significant(v.found, 6),
            show.significant(v.expected, 6),
            show.significant(v.residual, 3),
        )
        for v in audit.violations
    ]
    head = ("Check", "Where", "Found", "Expected", "Residual")
    return {
        "is_proven": found.status == "optimal",
        "status": wording.status_text(answer),
        "sentences": wording.proof_text(answer),
        "method": found.method,
        "seconds": show.trimmed(found.seconds),
        "notes": found.notes,
        "audit_holds": audit.ok,
        "audit": wording.audit_text(answer),
        "violations": tables.Table("Violations", head, rows, (2, 3, 4)) if rows else None,
    }
