"""Summary: the design in a sentence, what was proven, key figures, capacity."""

from __future__ import annotations

from models.design import Answer
from reports import figures, wording
from reports import format as show
from reports.capacity import capacity_rows, limit_rows
from reports.sheets.layout import Book, Column, Page

COLUMNS = (
    Column("", "text", 34),
    Column("", "text", 26),
    Column("", "text", 20),
    Column("", "text", 14),
    Column("", "text", 34),
)
SHEETS = {
    "Build-out": "what is in service, used and paid, year by year",
    "Purchases": "what is bought for which stage, and until when it is kept",
    "Equipment": "racks, modules, storage, supply, connection, and who works where",
    "Design day": "power through the site and heat by path, each balance closed",
    "Load list": "every load in kW and kVA, connected and at the peaks",
    "Costs": "every cost line; live formulas recompute the objective",
    "Cash flow": "every cost line by year, discounted",
    "TokEnergy": "the index by cause and by workload",
    "Demand": "billed demand and its price by month",
    "Dates": "what must be ordered when",
    "Monthly": "energy, peaks and bills by month, with charts",
    "Load duration": "import sorted from highest to lowest, with its chart",
    "Limits": "every limit and what the plan uses of it",
    "Worth of subjects": "what each subject of the power side is worth: the plan made again without it",
    "Binding limits": "what one more unit of a limit would save, and what survives of storage with 24 h of foresight",
    "Assumptions": "every input with its cell, source, year and grade",
    "Operation": "every step of the year",
}
"""the other sheets, each in a line"""
CAPACITY = (
    Column("Capacity", "text"),
    Column("Load", "three"),
    Column("Capacity", "three"),
    Column("Unit", "text"),
    Column("Rule or basis", "text"),
)


def write(book: Book, answer: Answer) -> None:
    """Write the sheet."""
    page = Page(book, "Summary", answer.case.name, "Least-cost plan of an AI data centre", COLUMNS)
    page.sheet.set_portrait()
    page.sheet.fit_to_pages(1, 1)
    page.paragraph(wording.headline(answer), "lead")
    page.heading("What was proven")
    _pairs(page, answer)
    for sentence in wording.proof_text(answer):
        page.paragraph(sentence)
    page.paragraph(wording.audit_text(answer))
    page.heading("Key figures")
    for figure in figures.key_figures(answer):
        page.cell(page.row, 0, figure.label)
        page.cell(page.row, 1, figure.value, "figure")
        page.cell(page.row, 2, figure.remark, "muted")
        page.row += 1
    page.heading("Capacity against load")
    page.table([(r.pool, r.load, r.capacity, r.unit, r.rule) for r in capacity_rows(answer)], CAPACITY)
    binding = [row.name for row in limit_rows(answer) if row.binds]
    page.heading("Limits that bind")
    page.paragraph("; ".join(binding) + "." if binding else "None: every stated limit leaves room.")
    page.paragraph(
        wording.assumption_text(answer) + " The sheet Assumptions lists every input with its cell, source and grade."
    )
    for note in answer.proof.notes:
        page.paragraph(f"Note of the solver: {note}")
    contents(page)


def contents(page: Page) -> None:
    """The other sheets, with links to those that are there once all are written."""
    page.heading("In this workbook")
    page.book.contents = (page.sheet, page.row)
    page.row += len(SHEETS)


def link_contents(book: Book) -> None:
    """Fill the list of sheets; call it when every sheet is written."""
    assert book.contents is not None
    sheet, row = book.contents
    for page in book.workbook.worksheets():
        name = page.get_name()
        words = SHEETS.get(name) or SHEETS.get(name.rstrip("0123456789 "))  # of a stage
        if words:
            sheet.write_url(row, 0, f"internal:'{name}'!A1", book.style("link"), name, f"Go to {name}")
            sheet.write_string(row, 1, words, book.style("text"))
            row += 1


def _pairs(page: Page, answer: Answer) -> None:
    """Status, objective, bound and gap, as figures."""
    currency, share = answer.case.currency, wording.gap_share(answer)
    gap = wording.gap_money_kcur(answer)
    pairs = (
        (
            "Status",
            wording.status_text(answer),
            f"{answer.proof.method}, {show.trimmed(answer.proof.seconds)} s of solving",
        ),
        (
            "Objective",
            show.money(answer.accounts.objective_kcur, currency, 6),
            "present value after tax of every cost line",
        ),
        ("Proven lower bound", show.money(answer.proof.bound_kcur, currency, 6), "no design in this model costs less"),
        ("Gap in money", show.money(gap, currency, 3), "objective less bound"),
        ("Gap", show.percent(share, 3), "of the cost without IT hardware"),
    )
    for label, value, remark in pairs:
        page.cell(page.row, 0, label)
        page.cell(page.row, 1, value, "figure")
        page.cell(page.row, 2, remark, "muted")
        page.row += 1
    page.row += 1
