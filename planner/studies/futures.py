"""Sheets Scenarios and ScenarioInputs -> the question: the workbook of each scenario, judged as if its cells had been
typed, joined to one question per choice of tariff and architecture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from models.scenarios import Scenario, Scenarios
from models.stages import Growth, Stage, in_stage
from planner.errors import BadWorkbook, Finding

if TYPE_CHECKING:
    from models.case import Case
    from planner.validate import ValidatedCase
    from planner.workbook import RawWorkbook


def read_scenarios(raw: RawWorkbook, base: ValidatedCase) -> tuple[tuple[ValidatedCase, ...], tuple[Scenarios, ...]]:
    """Each scenario's workbook, judged as if its cells had been typed; and the question, once per choice of tariff and
    architecture. Raises BadWorkbook if there are no scenarios, or with the findings of every scenario."""
    from planner.validate import validate
    from planner.validate.variations import with_values

    if not base.scenarios:
        what = "at least one row that names a scenario and its probability"
        raise BadWorkbook([Finding("Scenarios", "tblScenarios", found="no rows", expected=what)])
    judged: list[ValidatedCase] = []
    bad: list[Finding] = []
    for told in base.scenarios:
        try:
            judged.append(validate(with_values(raw, told.cells)))
        except BadWorkbook as problem:
            bad += [replace(f, message=_within(told.name, f.message)) for f in problem.findings]
    if bad:
        raise BadWorkbook(tuple(dict.fromkeys(bad)))
    growths = [_growths(v) for v in judged]
    _check_alike(base, judged, growths)
    questions = []
    for choice in zip(*growths, strict=True):
        parts = (
            Scenario(told.name, told.probability, growth, told.known)
            for told, growth in zip(base.scenarios, choice, strict=True)
        )
        questions.append(Scenarios(base.case.name, tuple(parts)))
    return tuple(judged), tuple(questions)


def _within(name: str, message: str) -> str:
    return "; ".join(part for part in (f"in scenario {name}", message) if part)


def _growths(validated: ValidatedCase) -> tuple[Growth, ...]:
    """The stages of every choice of a workbook; without stages, one that lasts for all years."""
    return validated.growths or tuple(one_stage(case) for case in (validated.case, *validated.options))


def one_stage(case: Case) -> Growth:
    """A plan of growth of a single stage that lasts for all years: the case itself."""
    years = case.money.analysis_years
    limits = replace(case.limits, budget_kcur=None)
    whole = replace(case, money=in_stage(case.money, 0, years, years), limits=limits)
    return Growth(case.name, (Stage("all years", whole),), case.limits.budget_kcur)


def _check_alike(base: ValidatedCase, judged: Sequence[ValidatedCase], growths: Sequence[tuple[Growth, ...]]) -> None:
    """Scenarios must agree on what cannot differ: stages, years, currency, tariffs to choose from."""

    def alike(what: str, key: Callable[[int], Any]) -> None:
        for number, told in enumerate(base.scenarios):
            if key(number) != key(0):
                message = f"{told.name} and {base.scenarios[0].name} differ in {what}, which no scenario may change"
                raise BadWorkbook([Finding("ScenarioInputs", "tblScenarioInputs", message=message)])

    alike("their currency", lambda n: judged[n].case.currency)
    alike("the number of tariffs and architectures to choose from", lambda n: len(growths[n]))
    alike("the years in which stages start and the plan ends", lambda n: _starts(growths[n][0]))


def _starts(growth: Growth) -> list[int]:
    return [growth.start(k) for k in range(len(growth.stages) + 1)]
