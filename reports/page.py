"""report.html: one plan as a self-contained page, for screens from phone to desk and for paper.

First one page for a decision (key figures, five sentences, the campus), then the figures behind it."""

from __future__ import annotations

from typing import Any

from models import timetable, usage
from models.design import Answer
from reports import batteries, dates, figures, purchases, removals, series, statements, tables, wording, worth
from reports import format as show
from reports.campus import draw_campus
from reports.capacity import limit_rows
from reports.templating import rendered

_CONTENTS = (
    ("figures", "Key figures"),
    ("short", "In short"),
    ("campus", "The campus"),
    ("cost", "Cost"),
    ("tokenergy", "TokEnergy"),
    ("operation", "Operation"),
    ("cooling", "Cooling"),
    ("battery", "Batteries"),
    ("contracts", "Contracts"),
    ("limits", "Limits"),
    ("equipment", "Equipment"),
    ("dates", "Dates"),
    ("evidence", "Evidence"),
    ("proof", "Proof"),
    ("model", "The model"),
)


def render_page(answer: Answer) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped."""
    return rendered("report.html", **_content(answer))


def _content(answer: Answer) -> dict[str, Any]:
    sections = {
        "tokenergy": _tokens(answer) if wording.has_tokens(answer) else None,
        "cooling": _cooling(answer) if usage.cooling_use(answer.case, answer.design) else None,
        "battery": _battery(answer) if usage.battery_use(answer.case, answer.design) else None,
        "contracts": _contracts(answer) if purchases.has_any(answer) else None,
        "dates": _dates(answer),
    }
    return {
        "title": answer.case.name,
        "currency": answer.case.currency,
        "headline": wording.headline(answer),
        "contents": [entry for entry in _CONTENTS if sections.get(entry[0], True)],
        "figures": figures.key_figures(answer),
        "campus": draw_campus(answer),
        "summary": statements.summary(answer),
        "cost": _cost(answer),
        **sections,
        "operation": _operation(answer),
        "limits": _limits(answer),
        "equipment": [*tables.equipment(answer), tables.capacity(answer)],
        "evidence": _evidence(answer),
        "proof": _proof(answer),
        "approximations": wording.APPROXIMATIONS,
    }


def _cost(answer: Answer) -> dict[str, Any]:
    from reports.charts import money

    return {"chart": money.cost_build_up(answer), "table": tables.costs(answer), "sentence": statements.money(answer)}


def _tokens(answer: Answer) -> dict[str, Any]:
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


def _operation(answer: Answer) -> dict[str, Any]:
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
        "no_foresight": worth.NO_FORESIGHT,
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


def _cooling(answer: Answer) -> dict[str, Any]:
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


def _battery(answer: Answer) -> dict[str, Any]:
    return {
        "sentences": statements.batteries(answer),
        "table": batteries.services(answer),
    }


def _contracts(answer: Answer) -> dict[str, Any]:
    return {
        "sentences": purchases.sentences(answer),
        "table": tables.contracts(answer),
        "note": purchases.NOTE,
    }


def _limits(answer: Answer) -> dict[str, Any]:
    return {
        "sentence": statements.binding(answer),
        "rows": tables.limit_cells(answer),
        "worth": tables.worth_of_limits(answer),
        "worth_note": _worth_note(answer),
        "open": tables.without_limit(answer),
        "flexibility": [*statements.interruptions(answer), *statements.flexible_work(answer)],
        "subjects": tables.worth_of_subjects(answer),
        "subjects_note": removals.NOTE,
    }


def _worth_note(answer: Answer) -> str:
    if answer.marginals:
        return worth.ONE_SIDED if any(m.method == "duals" for m in answer.marginals) else ""
    return worth.NOT_ASKED if any(row.binds and row.has_worth for row in limit_rows(answer)) else worth.NONE_BINDS


def _dates(answer: Answer) -> dict[str, Any] | None:
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


def _evidence(answer: Answer) -> dict[str, Any]:
    from reports.charts import money

    return {
        "sentence": statements.evidence_of_cost(answer),
        "inputs": wording.assumption_text(answer),
        "chart": money.evidence_of_cost(answer) if answer.accounts.costs else None,
        "lines": tables.evidence_lines(answer),
        "lists": [tables.origins(answer, kind) for kind in ("assumed", "default", "all")],
    }


def _proof(answer: Answer) -> dict[str, Any]:
    proof, audit = answer.proof, answer.audit
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
        "is_proven": proof.status == "optimal",
        "status": wording.status_text(answer),
        "sentences": wording.proof_text(answer),
        "method": proof.method,
        "seconds": show.trimmed(proof.seconds),
        "notes": proof.notes,
        "audit_holds": audit.ok,
        "audit": wording.audit_text(answer),
        "violations": tables.Table("Violations", head, rows, (2, 3, 4)) if rows else None,
    }
