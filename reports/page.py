"""report.html: one plan as a self-contained page, for screens from phone to desk and for paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.design import Answer
from reports import figures, series, tables, wording
from reports import format as show
from reports.capacity import limit_rows

_CONTENTS = (
    ("figures", "Key figures"),
    ("proof", "Proof"),
    ("build", "Equipment"),
    ("cost", "Cost"),
    ("tokenergy", "TokEnergy"),
    ("operation", "Operation"),
    ("limits", "Limits"),
    ("inputs", "Inputs"),
    ("model", "Model"),
    ("audit", "Recheck"),
)


def render_page(answer: Answer) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # lazily: the command line must start fast

    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["glue"] = show.glued
    return environment.get_template("report.html").render(_content(answer))


def _content(answer: Answer) -> dict[str, Any]:
    from reports import charts

    proof, has_tokens = answer.proof, wording.has_tokens(answer)
    return {
        "title": answer.case.name,
        "currency": answer.case.currency,
        "headline": wording.headline(answer),
        "contents": [entry for entry in _CONTENTS if has_tokens or entry[0] != "tokenergy"],
        "figures": figures.key_figures(answer),
        "status": wording.status_text(answer),
        "proven": proof.status == "optimal",
        "proof": wording.proof_text(answer),
        "method": proof.method,
        "seconds": show.trimmed(proof.seconds),
        "notes": proof.notes,
        "equipment": tables.equipment(answer),
        "capacity": tables.capacity(answer),
        "cost_chart": charts.cost_build_up(answer),
        "costs": tables.costs(answer),
        "tokens": _tokens(answer) if has_tokens else None,
        "week": _week(answer),
        "month": {"chart": charts.monthly_energy(answer), "table": tables.months(answer)},
        "load": {"chart": charts.load_duration(answer), "table": tables.duration(answer)},
        "limits": _limits(answer),
        "inputs": {
            "sentence": wording.assumption_text(answer),
            "assumed": tables.origins(answer, "assumed"),
            "defaults": tables.origins(answer, "default"),
            "all": tables.origins(answer, "all"),
        },
        "approximations": wording.APPROXIMATIONS,
        "audit": _audit(answer),
    }


def _tokens(answer: Answer) -> dict[str, Any]:
    from reports import charts

    return {
        "sentence": wording.tokenergy_text(answer),
        "control": wording.control_text(answer),
        "chart": charts.tokenergy(answer),
        "parts": tables.tokenergy_parts(answer),
        "workloads": tables.workloads(answer),
        "levers": tables.levers(),
    }


def _week(answer: Answer) -> dict[str, Any]:
    from reports import charts

    calendar, week, step = answer.case.calendar, series.peak_week(answer), series.peak_step(answer)
    peak = show.with_unit(show.significant(float(answer.design.operation.import_mw[step])), "MW")
    first, last = (series.step_start(calendar, s).strftime("%d %b") for s in (week[0], week[-1]))
    remark = (
        f"Highest import {peak}, in the step from {series.step_label(calendar, step)}. The line is the import; where "
        "it lies below the areas, the battery or on-site supply carries the rest."
    )
    title = f"The week of the highest import, {first} to {last}"
    return {"chart": charts.peak_week(answer), "title": title, "remark": remark, "days": tables.week_days(answer)}


def _limits(answer: Answer) -> dict[str, Any]:
    binding = [row.name for row in limit_rows(answer) if row.binds]
    sentence = (
        f"{show.count(len(binding), 'limit binds', 'limits bind')}: {show.joined(binding)}."
        if binding
        else "No limit binds."
    )
    return {"sentence": sentence, "rows": tables.limit_cells(answer)}


def _audit(answer: Answer) -> dict[str, Any]:
    audit = answer.audit
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
    table = (
        tables.Table("Violations", ("Check", "Where", "Found", "Expected", "Residual"), rows, (2, 3, 4))
        if rows
        else None
    )
    return {"ok": audit.ok, "sentence": wording.audit_text(answer), "table": table}
