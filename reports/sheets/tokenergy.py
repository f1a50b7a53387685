"""TokEnergy: the index by cause against the target, and the energy of each workload, with a chart."""

from __future__ import annotations

from models.design import Answer
from reports import wording
from reports.sheets import native
from reports.sheets.layout import Book, Column, Formula, Page, address, span

COLUMNS = (Column("", "wrap", 40), *(Column("", "one", 17),) * 6)
_MEANING = (
    "Electricity of the whole site over the year (import and on-site generation less export) per 1,000 reference "
    "tokens. There is no published formula of the index of that name; this one is stated in the model's "
    "documentation."
)


def write(book: Book, answer: Answer) -> None:
    """Write the sheet; nothing if the case has no tokens."""
    parts = {wording.PART_NAMES[k]: v for k, v in answer.accounts.tokenergy_parts.items() if abs(v) > 1e-9}
    if not parts:
        return
    page = Page(book, "TokEnergy", "Energy per token", "Sums and shares are live formulas", COLUMNS)
    page.sheet.fit_to_pages(1, 1)
    page.row -= 1
    page.paragraph(_MEANING)
    page.row += 1
    columns = (Column("Cause", "wrap"), Column("Wh per 1,000\nreference tokens", "four"), Column("Share", "share"))
    page.repeat(page.header(columns), 1)
    first, total = page.row, sum(parts.values())
    last = first + len(parts) - 1
    whole = address(last + 1, 1, True)
    for name, value in parts.items():
        page.rows([(name, value, Formula(f"={address(page.row, 1)}/{whole}", value / total))], columns)
    sums = (Formula(f"=SUM({span(first, last, 1)})", total), Formula(f"=SUM({span(first, last, 2)})", 1.0))
    page.rows([("TokEnergy of the site", *sums)], columns, "total")
    target = answer.case.limits.tokenergy_wh_per_ktok
    page.rows([("Target" if target is not None else "Target: none set", target, "")], columns)
    if target is not None:
        left = Formula(f"={address(page.row - 1, 1)}-{whole}", target - total)
        page.rows(
            [
                (
                    "Room below the target",
                    left,
                    Formula(f"={address(page.row, 1)}/{address(page.row - 1, 1)}", 1 - total / target),
                )
            ],
            columns,
        )
    _workloads(page, answer)
    _chart(page, first, last)


def _workloads(page: Page, answer: Answer) -> None:
    """Tokens and energy by workload."""
    page.heading("By workload, in a year")
    columns = (
        Column("Workload", "wrap"),
        Column("Reference tokens,\nmillion", "int"),
        Column("Output tokens,\nmillion", "int"),
        Column("Energy, MWh", "one"),
        Column("Wh per 1,000\nreference tokens", "four"),
        Column("Wh per 1,000\noutput tokens", "four"),
        Column("Wh per 1,000\ntraining tokens", "four"),
    )
    keys = (
        "reference_mtok",
        "output_mtok",
        "energy_mwh",
        "wh_per_1k_reference",
        "wh_per_1k_output",
        "wh_per_1k_training",
    )
    rows = [(name, *(found.get(key) for key in keys)) for name, found in answer.accounts.workload_kpi.items()]
    page.header(columns)
    page.rows(rows, columns)
    page.paragraph("Overhead is shared between workloads after solving, by their busy power in each step.", "muted")


def _chart(page: Page, first: int, last: int) -> None:
    title = "TokEnergy by cause, Wh per 1,000 reference tokens"
    made = native.labelled_bars(page, title, (first, last), "0.0000")
    words = "Bars: parts of the index by cause, Wh per 1,000 reference tokens"
    native.place(page, made, page.row + 1, 0, (860, 80 + 32 * (last - first + 1)), words)
