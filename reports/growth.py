"""report.html and plan.xlsx of a plan of growth: first what a decision needs, then the build-out over time, the year of
each stage, and what all of it rests on.

Figures over all stages come from the documented keys of plan.json; nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from models.stages import GrowthAnswer
from reports import format as show
from reports import growth_stages, growth_tables, sections, statements, tables, wording
from reports.capacity import CONTRACTED, INTERRUPTED, limit_rows
from reports.charts.buildout import build_out
from reports.figures import Figure
from reports.staged import stage_answer
from reports.statements import Point
from reports.templating import rendered

_CONTENTS = (
    ("figures", "Key figures"),
    ("short", "In short"),
    ("campus", "The campus"),
    ("build", "Build-out"),
    ("cost", "Cost"),
    ("tokenergy", "TokEnergy"),
    ("operation", "Operation"),
    ("cooling", "Cooling"),
    ("battery", "Batteries"),
    ("contracts", "Contracts"),
    ("limits", "Limits"),
    ("equipment", "Equipment"),
    ("dates", "Dates"),
    ("bought", "Purchases"),
    ("foresight", "Foresight"),
    ("evidence", "Evidence"),
    ("proof", "Proof"),
    ("model", "The model"),
)


def render_growth(answer: GrowthAnswer, view: dict[str, Any], names: Mapping[str, str] | None = None) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped. names: what cells are called."""
    stages, dates = growth_stages.stage_sections(answer), growth_stages.date_section(answer)
    has = {**stages, "dates": dates}
    return rendered(
        "growth.html",
        title=view["name"],
        headline=headline(answer),
        contents=[entry for entry in _CONTENTS if has.get(entry[0], True)],
        figures=_figures(answer, view),
        summary=_summary(answer),
        drawings=list(zip(growth_stages.titles(answer), growth_stages.drawings(answer), strict=True)),
        chart=build_out(view),
        side_by_side=growth_tables.stages(view),
        years=growth_tables.years(view),
        cost={**sections.cost(answer), "table": growth_tables.costs(view)},
        stages=stages,
        levers=tables.levers(),
        dates=dates,
        foresight=_foresight(view),
        short_view=growth_stages.short_view(answer),
        purchases=growth_tables.purchases(view, view["purchases"], "What is bought and retired"),
        limits=growth_stages.limit_section(answer),
        evidence=sections.evidence(answer, names or {}),
        proof=sections.proof(answer),
        approximations=wording.APPROXIMATIONS,
        currency=answer.currency,
        assumed=sum(o.is_assumption for o in answer.origins),
    )


def headline(answer: GrowthAnswer) -> str:
    """The design in one sentence: how it grows, and what stands in the last stage."""
    stages, last = answer.growth.stages, stage_answer(answer, len(answer.growth.stages) - 1)
    over = f"{show.count(len(stages), 'stage')} over {show.count(answer.growth.years, 'year')}"
    cost = show.money(answer.accounts.objective_kcur, answer.currency)
    return (
        f"{last.case.site.name}, in {over} for {cost} (present value after tax); in the last stage "
        f"{wording.built(last)}."
    )


def _figures(answer: GrowthAnswer, view: dict[str, Any]) -> list[Figure]:
    """The figures at the head of the page: first the four that decide."""
    kpi, currency = answer.accounts.kpi, answer.currency
    first, last = view["sites"][0], view["sites"][-1]
    without = show.money(answer.accounts.without_it_kcur, currency)
    contracts = f"contracted; {show.significant(first['grid']['contract_mw'])} MW in the first stage"
    installed = f"in the last stage; {show.significant(first['kpi']['it_installed_mw'])} MW in the first"
    figures = [
        Figure(
            "Cost, present value",
            show.money(answer.accounts.objective_kcur, currency),
            f"{without} without IT hardware",
        ),
        Figure("Cost per million tokens", show.money_each(kpi.get("cost_kcur_per_mtok"), currency), "reference tokens"),
        Figure(
            "TokEnergy", show.significant(kpi.get("tokenergy_wh_per_1k")), "Wh per 1,000 reference tokens, all years"
        ),
        Figure(
            "Grid connection, last stage",
            show.with_unit(show.significant(last["grid"]["contract_mw"]), "MW"),
            contracts,
        ),
        Figure("First costs", show.money(kpi.get("first_cost_kcur"), currency), "of all stages, not discounted"),
        Figure("IT installed", show.with_unit(show.significant(last["kpi"]["it_installed_mw"]), "MW"), installed),
        Figure("PUE, last stage", show.number(last["kpi"].get("pue"), 3), "site energy over IT energy"),
        Figure("WUE, last stage", show.number(last["kpi"].get("wue_l_per_kwh"), 2), "litres per kWh of IT"),
    ]
    return [f for f in figures if f.value not in (show.MISSING, f"{currency} {show.MISSING}")]


def _summary(answer: GrowthAnswer) -> list[Point]:
    """The plan on one page: what a decision needs besides the key figures."""
    points = [
        Point("Proof", statements.proof(answer), "proof"),
        Point("Money", statements.money(answer), "cost"),
        Point("Connection", _connection(answer), "build"),
        Point("Limits", _binding(answer), "limits"),
        Point("Evidence", statements.evidence_of_cost(answer), "evidence"),
    ]
    if answer.accounts.kpi.get("tokenergy_wh_per_1k"):
        points.insert(2, Point("TokEnergy", _index(answer), "tokenergy"))
    return points


def _index(answer: GrowthAnswer) -> str:
    """The index over all years, how it changes from stage to stage, and what moves it most at the end."""
    stages = [stage_answer(answer, k) for k in range(len(answer.growth.stages))]
    each = [
        f"{show.significant(own.accounts.kpi.get('tokenergy_wh_per_1k'))} in stage “{stage.name}”"
        for stage, own in zip(answer.growth.stages, stages, strict=True)
    ]
    whole = show.significant(answer.accounts.kpi["tokenergy_wh_per_1k"])
    last = statements.moves_it_most(stages[-1], " in the last stage")
    return f"The site uses {whole} Wh per 1,000 reference tokens over all years: {show.joined(each)}. {last}".rstrip()


def _binding(answer: GrowthAnswer) -> str:
    """The limits that all stages use up, and those that only some do."""
    names = [s.name for s in answer.growth.stages]
    binding = [[row.name for row in limit_rows(stage_answer(answer, k)) if row.binds] for k in range(len(names))]
    common = [name for name in binding[0] if all(name in own for own in binding)]
    sentences = [f"Binding in every stage: {'; '.join(statements.gathered(common))}."] if common else []
    for stage, own in zip(names, binding, strict=True):
        rest = [name for name in own if name not in common]
        if rest:
            sentences.append(f"In stage “{stage}” also: {'; '.join(statements.gathered(rest))}.")
    return " ".join(sentences) or "No limit binds in any stage."


def _connection(answer: GrowthAnswer) -> str:
    """How much of the possible connection the stages take, and whether it holds any of them back."""
    rows = [{row.name: row for row in limit_rows(stage_answer(answer, k))} for k in range(len(answer.growth.stages))]
    taken = show.joined([show.significant(own[CONTRACTED].value) for own in rows])
    possible = show.joined([show.trimmed(own[CONTRACTED].limit) for own in rows])
    sentences = [f"The stages contract {taken} MW of the {possible} MW that are possible."]
    words = {CONTRACTED: "All of it is taken", INTERRUPTED: "What interruptions leave of it is used up"}
    for limit, what in words.items():
        names = [s.name for s, own in zip(answer.growth.stages, rows, strict=True) if limit in own and own[limit].binds]
        if names:
            sentences.append(f"{what} in {show.joined([f'stage “{name}”' for name in names])}.")
    return " ".join(sentences if len(sentences) > 1 else [*sentences, "The work asked for needs no more."])


def _amount(value: float | None, currency: str, figures: int = 5) -> str:
    return show.MISSING if value is None else show.money(value / 1000, currency, figures)


def _foresight(view: dict[str, Any]) -> dict[str, Any]:
    """What planning stage by stage would cost, or which command tells it."""
    seen = view["foresight"]
    if seen is None:
        return {"sentence": growth_stages.MYOPIA_NOT_ASKED, "table": None}
    if seen["myopic_objective"] is None:
        return {
            "sentence": f"Planned stage by stage, without knowledge of later stages: {seen['reason']}.",
            "table": None,
        }
    currency = view["currency"]
    least, most = (_amount(seen[key], currency, 3) for key in ("cost_of_myopia", "cost_of_myopia_at_most"))
    words = (
        f"Planned stage by stage, each stage as if it lasted to the end and no purchase undone, the same service costs "
        f"{_amount(seen['myopic_objective'], currency)}: {least} to {most} more, as far as the proof "
        "tells. That is what knowing the later stages is worth."
    )
    bought = growth_tables.purchases(view, seen["purchases"], "What is bought without foresight")
    return {"sentence": words, "table": bought}


def write_growth_workbook(
    answer: GrowthAnswer, view: dict[str, Any], path: str | PathLike[str], names: Mapping[str, str] | None = None
) -> None:
    """Write plan.xlsx. Raises OSError if it cannot be written. names: what cells of the input workbook are called."""
    from reports.sheets.growth import write

    write(answer, view, path, headline(answer), names or {})
