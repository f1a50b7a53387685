"""plan.xlsx of a plan of growth: what is built, bought and paid over all years, then the year of each stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

from models.design import Answer
from models.growth_dates import schedules
from models.stages import GrowthAnswer
from reports import connection
from reports import format as show
from reports.capacity import limit_rows
from reports.growth_stages import date_sentences, short_view, worth_note
from reports.growth_tables import BY_YEAR
from reports.sheets import (
    cashflow,
    costs,
    dates,
    demand,
    equipment,
    instants,
    lists,
    loads,
    native,
    summary,
    tokenergy,
    worth,
    year,
)
from reports.sheets.layout import Book, Column, Page, new_book, style_for
from reports.staged import stage_answer
from reports.wording import assumption_text, audit_text, cost_name, proof_text

_TITLE = "Plan of growth of an AI data centre"


def write(
    answer: GrowthAnswer, view: dict[str, Any], path: str | PathLike[str], headline: str, names: Mapping[str, str]
) -> None:
    """Write all sheets. Texts of the case stay text. Raises OSError if the file cannot be written. names: what cells of
    the input workbook are called."""
    with new_book(path, _TITLE) as book:
        _summary(book, answer, view, headline)
        _build_out(book, view)
        _purchases(book, view)
        cashflow.write(book, answer, costs.write(book, answer))
        found = schedules(answer.growth, answer.plan)
        dates.write(book, found, date_sentences(answer, found))
        _limits(book, answer)
        worth.write_subjects(book, answer)
        for own in _stages(book, answer):
            _year(book, own)
        lists.write_assumptions(book, answer, names)
        for own in _stages(book, answer):
            year.write_operation(book, own)
        summary.link_contents(book)


def _stages(book: Book, answer: GrowthAnswer) -> Iterator[Answer]:
    """Each stage in turn, while sheets that are written bear its number."""
    for k, stage in enumerate(answer.growth.stages):
        book.stage = (k + 1, stage.name)
        yield stage_answer(answer, k)
    book.stage = None


def _year(book: Book, own: Answer) -> None:
    """What stands and works in a stage."""
    equipment.write(book, own)
    instants.write(book, own)
    loads.write(book, own)
    tokenergy.write(book, own)
    demand.write(book, own)
    year.write_monthly(book, own)
    year.write_load_duration(book, own)


def _summary(book: Book, answer: GrowthAnswer, view: dict[str, Any], headline: str) -> None:
    columns = (Column("What", "wrap", 44), Column("Figure", "three", 26), Column("", "text", 60))
    page = Page(book, "Summary", view["name"], "", columns)
    page.paragraph(headline, "lead")
    for sentence in (*proof_text(answer), audit_text(answer)):
        page.paragraph(sentence)
    kpi, unit = view["kpi"], view["currency"]
    page.heading("Key figures over all years")
    rows = [
        (f"Present value after tax, thousand {unit}", view["objective"] / 1000),
        (f"Proven least, thousand {unit}", None if view["bound"] is None else view["bound"] / 1000),
        ("TokEnergy, Wh per 1,000 reference tokens", kpi["tokenergy_wh_per_1k"]),
        (f"Cost of a million reference tokens, {unit}", kpi["cost_per_million_tokens"]),
    ]
    if view["foresight"] is not None:
        seen = view["foresight"]["cost_of_myopia"]
        rows.append((f"Cost of planning stage by stage, thousand {unit}", None if seen is None else seen / 1000))
    for name, value in rows:
        page.rows([(name, value)], [Column("", "wrap"), Column("", style_for(value))])
    page.paragraph(
        assumption_text(answer) + " The sheet Assumptions lists every input with its cell, source and grade."
    )
    page.paragraph("Sheets with a number are those of the stage of that number.")
    summary.contents(page)


def _build_out(book: Book, view: dict[str, Any]) -> None:
    """What is in service, used and paid in each year, with a chart."""
    shown = [(name, key, digits) for name, key, digits in BY_YEAR if any(row[key] for row in view["years"])]
    columns = (
        Column("Year", "plain_int", 8),
        Column("Stage", "wrap", 24),
        *(Column(name, _style(key, digits), 14) for name, key, digits in shown),
        Column(f"Cost after tax, thousand {view['currency']}", "one", 18),
    )
    note = "Each year stands for the operating year of its stage; year 1 holds what is paid at the start too"
    page = Page(book, "Build-out", "Build-out by year", note, columns)
    head = page.header()
    page.repeat(head, 2)
    page.rows(
        [
            (row["year"], row["stage"], *(row[key] for _, key, _ in shown), row["cost_after_tax"] / 1000)
            for row in view["years"]
        ]
    )
    last, keys = page.row - 1, [key for _, key, _ in shown]
    if "it_installed_mw" not in keys:  # a site without racks
        return
    made = native.chart(page, "column", "stacked", "IT installed by year", "MW")
    place = keys.index("it_installed_mw") + 2
    made.add_series(
        {
            "name": "IT installed",
            "categories": ["Build-out", head + 1, 0, last, 0],
            "values": ["Build-out", head + 1, place, last, place],
            "fill": {"color": native.BLUE},
            "gap": 40,
        }
    )
    made.set_legend({"none": True})
    native.place(page, made, page.row + 1, 0, (980, 320), "Columns: IT installed in each year, MW")


def _style(key: str, digits: int | None) -> str:
    """Counts whole, the index as finely as the page shows it, everything else to a hundredth."""
    return "int" if digits == 0 else "three" if key == "tokenergy_wh_per_1k" else "two"


def _limits(book: Book, answer: GrowthAnswer) -> None:
    """Limits of every stage and their use; savings of those that bind; what a shorter view leaves of the storage's."""
    columns: tuple[Column, ...] = (
        Column("Stage", "wrap", 24),
        Column("Limit", "wrap", 52),
        Column("Plan", "sized", 14),
        Column("Limit", "sized", 14),
        Column("Unit", "text", 20),
        Column("Used", "percent", 9),
    )
    if answer.marginals:
        saves = Column(f"One more saves, {answer.currency}", "price", 18)
        columns = (*columns, saves, Column("Found by", "wrap", 30))
    note = "A limit binds when at least 99.9 % of it is used"
    page = Page(book, "Limits", "Limits of each stage", note, columns)
    page.repeat(page.header())
    for k, stage in enumerate(answer.growth.stages):
        own = stage_answer(answer, k)
        known = {m.path: m for m in own.marginals}
        for row in limit_rows(own):
            if row.limit is None:
                continue
            m = known.get(row.path) if row.binds else None
            worth = () if m is None else ("" if m.saving_kcur is None else 1000 * m.saving_kcur, m.method)
            cells = (stage.name, row.name, row.value, row.limit, row.unit, row.used, *worth)
            page.rows([cells], None, "amber" if row.binds else "")
    page.paragraph(worth_note(answer))
    page.heading("Flexibility and the connection")
    for sentence in connection.sentences(answer):
        page.paragraph(sentence)
    seen = short_view(answer)
    if seen is not None:
        page.heading("Foresight: what survives of the savings of storage")
        for sentence in seen["untold"]:
            page.paragraph(sentence)
        if seen["table"] is not None:
            page.header([Column(name, "wrap" if k == 0 else "text") for k, name in enumerate(seen["table"].head)])
            page.rows(seen["table"].rows, [Column("", "wrap")] + [Column("", "text")] * 4)
            page.paragraph(seen["note"])


def _purchases(book: Book, view: dict[str, Any]) -> None:
    columns = (
        Column("What", "wrap", 26),
        Column("Item", "wrap", 36),
        Column("Quantity", "sized", 14),
        Column("Unit", "text", 10),
        Column("For the start of stage", "wrap", 24),
        Column("After year", "plain_int", 8),
        Column("Retired after year", "text", 16),
    )
    names = {site["stage"]: site["stage_name"] for site in view["sites"]}
    page = Page(book, "Purchases", "What is bought and retired", "Years after the start of the plan", columns)
    page.repeat(page.header())
    page.rows(
        [
            (
                cost_name(p["line"]),
                p["item"],
                *show.quantity(p["quantity"], p["unit"]),
                names[p["bought_in_stage"]],
                p["bought_in_year"],
                "kept" if p["retired_in_year"] is None else str(p["retired_in_year"]),
            )
            for p in view["purchases"]
        ]
    )
