"""plan.xlsx: one plan as a workbook whose costs recompute themselves."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike

from models import timetable
from models.design import Answer
from reports.dates import sentence


def write_plan_workbook(answer: Answer, path: str | PathLike[str], names: Mapping[str, str] | None = None) -> None:
    """Write plan.xlsx. Texts of the case stay text; formulas are only our own, with their values. names: what cells of
    the input workbook are called.

    Raises OSError if the file cannot be written."""
    from reports.sheets import (
        cashflow,
        costs,
        dates,
        demand,
        equipment,
        instants,
        lists,
        loads,
        summary,
        tokenergy,
        worth,
        year,
    )
    from reports.sheets.layout import new_book

    with new_book(path, "Plan of an AI data centre") as book:
        summary.write(book, answer)
        equipment.write(book, answer)
        if answer.accounts.instants:  # plans stored by early versions have none
            instants.write(book, answer)
            loads.write(book, answer)
        lines = costs.write(book, answer)
        cashflow.write(book, answer, lines)
        tokenergy.write(book, answer)
        demand.write(book, answer)
        schedule = timetable.schedule(answer.case, answer.design)
        dates.write(book, [schedule], [sentence(schedule, answer.accounts, answer.case.currency)])
        year.write_monthly(book, answer)
        year.write_load_duration(book, answer)
        lists.write_limits(book, answer)
        worth.write_binding(book, answer)
        worth.write_subjects(book, answer)
        lists.write_assumptions(book, answer, names or {})
        year.write_operation(book, answer)
        summary.link_contents(book)
