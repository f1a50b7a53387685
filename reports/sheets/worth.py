"""Binding limits: what one more unit of each would save, and what survives of the savings of storage."""

from __future__ import annotations

import math

from models.design import Answer
from models.stages import AnyAnswer
from reports import format as show
from reports import removals, worth
from reports.capacity import limits_with_worth
from reports.sheets.layout import Book, Column, Formula, Page, address

COLUMNS = (
    Column("Limit", "wrap", 52),
    Column("Cell", "text", 20),
    Column("Saves per unit", "price", 18),
    Column("Gaps, ±", "price", 14),
    Column("Per", "text", 22),
    Column("How found", "wrap", 60),
)


def write_binding(book: Book, answer: Answer) -> None:
    """Write the sheet Binding limits."""
    subtitle = f"Present value in {answer.case.currency} that one more unit of a limit would save"
    page = Page(book, "Binding limits", "Binding limits and what they cost", subtitle, COLUMNS)
    page.repeat(page.header())
    rows = worth.worth_rows(answer)
    for row in rows:
        saving = None if row.saving_kcur is None else 1000 * row.saving_kcur
        gaps = None if row.saving_kcur is None else 1000 * row.uncertainty_kcur
        page.rows([(row.name, row.cell, saving, gaps, show.singular(row.unit), row.how)])
    if not rows:
        binds = [row.name for row in limits_with_worth(answer)]
        page.paragraph(f"{'; '.join(binds)}. {worth.not_asked(answer)}" if binds else worth.NONE_BINDS)
    elif any(m.method == "duals" for m in answer.marginals):
        page.paragraph(worth.ONE_SIDED)
    _write_foresight(page, answer)


def _write_foresight(page: Page, answer: Answer) -> None:
    seen = answer.lookahead
    if seen is None:
        return
    page.heading("Foresight: what survives of the savings of storage")
    first = page.row
    for name, kcur in (
        ("Cost, the year known in advance (the plan)", seen.foresight_kcur),
        (f"Cost, {show.trimmed(seen.horizon_h)} hours known in advance", seen.lookahead_kcur),
        ("Cost, storage idle", seen.idle_kcur),
    ):
        page.rows([(name, "", "", "", "", "")])
        page.cell(page.row - 1, 2, 1000 * kcur, "int")
    if seen.share is not None:
        year, short, idle = (address(first + i, 2) for i in range(3))
        page.rows([("Share of the savings that survives", "", "", "", "", "")])
        page.cell(page.row - 1, 2, Formula(f"=({idle}-{short})/({idle}-{year})", seen.share), "percent")
    page.paragraph(worth.FORESIGHT_NOTE)


SUBJECT_COLUMNS = (
    Column("Without", "wrap", 48),
    Column("In this plan", "wrap", 30),
    Column("Cost without it", "int", 20),
    Column("Change, at least", "int", 20),
    Column("Change, at most", "int", 20),
    Column("Against the gaps", "wrap", 60),
)


def write_subjects(book: Book, answer: AnyAnswer) -> None:
    """Write the sheet Worth of subjects, where that was asked: the plan made again without each."""
    rows = removals.removal_rows(answer)
    if not rows:
        return
    subtitle = f"Change of present value in {answer.currency} of the plan made again without each subject"
    page = Page(book, "Worth of subjects", "What each subject of the power side is worth", subtitle, SUBJECT_COLUMNS)
    page.repeat(page.header())
    for row in rows:
        r = row.removal
        money = (_money(r.objective_kcur), _money(r.change_low_kcur), _money(r.change_high_kcur))
        page.rows([(row.subject, row.in_plan, *money, row.verdict)])
    proof = answer.proof
    page.rows([("The plan itself; its gap", "", 1000 * proof.objective_kcur, "", "", "")])
    page.cell(page.row - 1, 4, 1000 * max(0.0, proof.objective_kcur - proof.bound_kcur), "int")
    page.paragraph(removals.NOTE)


def _money(kcur: float) -> float | None:
    """An amount in whole currency; None where there is no plan."""
    return 1000 * kcur if math.isfinite(kcur) else None
