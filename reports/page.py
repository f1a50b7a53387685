"""report.html: one plan as a self-contained page, for screens from phone to desk and for paper.

First one page for a decision (key figures, five sentences, the campus), then the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.design import Answer
from reports import figures, sections, statements, tables, wording
from reports.campus import draw_campus
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


def render_page(answer: Answer, names: Mapping[str, str] | None = None) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped. names: what cells are called."""
    return rendered("report.html", **_content(answer, names or {}))


def _content(answer: Answer, names: Mapping[str, str]) -> dict[str, Any]:
    optional = {
        "tokenergy": sections.tokens(answer),
        "cooling": sections.cooling(answer),
        "battery": sections.battery(answer),
        "contracts": sections.contracts(answer),
        "dates": sections.order_dates(answer),
    }
    return {
        "title": answer.case.name,
        "currency": answer.case.currency,
        "headline": wording.headline(answer),
        "contents": [entry for entry in _CONTENTS if optional.get(entry[0], True)],
        "figures": figures.key_figures(answer),
        "campus": draw_campus(answer),
        "summary": statements.summary(answer),
        "cost": {**sections.cost(answer), "table": tables.costs(answer)},
        **optional,
        "operation": sections.operation(answer),
        "limits": sections.limits(answer),
        "equipment": [*tables.equipment(answer), tables.capacity(answer)],
        "evidence": sections.evidence(answer, names),
        "proof": sections.proof(answer),
        "approximations": wording.APPROXIMATIONS,
    }
