"""scenarios.xlsx: one plan for several futures as tables: Summary, Scenarios, Purchases, Regret, Worth, Inputs."""

from __future__ import annotations

from os import PathLike
from typing import Any

from reports import scenarios as words
from reports.sheets.layout import Book, Column, Page, Value, new_book
from reports.wording import cost_name

_MILLION = 1e-6


def write_scenario_workbook(view: dict[str, Any], path: str | PathLike[str]) -> None:
    """Write all sheets. Texts of the case stay text. Raises OSError if the file cannot be written."""
    with new_book(path, "One plan of an AI data centre for several futures") as book:
        _scenarios(book, view)
        _purchases(book, view)
        _service(book, view)
        if len(view["decisions"]) > 1:
            _regret(book, view)
        if view["worth"]:
            _worth(book, view)
        _inputs(book, view)


def _million(amount: float | None) -> Value:
    return None if amount is None else _MILLION * amount


def _scenarios(book: Book, view: dict[str, Any]) -> None:
    unit = f"million {view['currency']}"
    columns = (
        Column("Scenario", "wrap", 30),
        Column("Probability", "percent", 12),
        Column(f"Cost with the plan, {unit}", "three", 18),
        Column(f"Cost by itself, {unit}", "three", 18),
        Column(f"Regret, {unit}", "three", 18),
    )
    page = Page(book, "Scenarios", view["name"], "Present values after tax", columns)
    page.paragraph(words.headline(view), "lead")
    page.paragraph(words.proof_text(view))
    for text in words.remarks(view):
        page.paragraph(text, "muted")
    page.row += 1
    page.header()
    page.rows(
        [
            (s["name"], s["probability"], _million(s["cost"]), _million(s["own_cost"]), _million(s["regret"]))
            for s in view["scenarios"]
        ]
    )
    total = (view[key] for key in ("expected_cost", "expected_own_cost", "expected_regret"))
    page.rows([("Expected", None, *map(_million, total))], variant="total")


def _purchases(book: Book, view: dict[str, Any]) -> None:
    columns = (
        Column("Decided for", "wrap", 24),
        Column("Bought", "wrap", 36),
        Column("What", "wrap", 26),
        Column("Quantity", "sized", 12),
        Column("Unit", "text", 8),
        Column("In stage", "plain_int", 9),
        Column("In year", "plain_int", 9),
    )
    note = "First what is decided before a scenario is known, then what each adds"
    page = Page(book, "Purchases", "What is bought", note, columns)
    page.repeat(page.header())
    owned = [("all scenarios", p) for p in view["common"]]
    owned += [(s["name"], p) for s in view["scenarios"] for p in s["later"]]
    page.rows(
        [
            (who, p["item"], cost_name(p["line"]), p["quantity"], p["unit"], p["bought_in_stage"], p["bought_in_year"])
            for who, p in owned
        ]
    )


def _service(book: Book, view: dict[str, Any]) -> None:
    columns = (
        Column("Scenario", "wrap", 24),
        Column("Stage", "wrap", 20),
        Column("Racks in service", "int", 12),
        Column("IT, MW", "two", 12),
        Column("Contract, MW", "two", 12),
        Column("Peak import, MW", "two", 12),
        Column("TokEnergy, Wh per 1,000 tokens", "three", 18),
    )
    page = Page(book, "In service", "What is in service", "The rest of what is owned stands aside", columns)
    page.repeat(page.header())
    for s in view["scenarios"]:
        for site in s["sites"]:
            kpi = site["kpi"]
            figures = (kpi["it_installed_mw"], site["grid"]["contract_mw"], kpi["peak_import_mw"])
            racks = sum(r["count"] for r in site["racks"])
            page.rows([(s["name"], site["stage_name"], racks, *figures, kpi["tokenergy_wh_per_1k"])])


def _regret(book: Book, view: dict[str, Any]) -> None:
    unit = f"million {view['currency']}"
    columns = (
        Column("Decision", "wrap", 30),
        *(Column(s["name"], "three", 18) for s in view["scenarios"]),
        Column("Largest regret", "three", 18),
        Column("Expected cost", "three", 18),
    )
    note = f"Cost above that of the scenario's own best plan, {unit}; –: it cannot serve the scenario"
    page = Page(book, "Regret", "Regret of each decision in each scenario", note, columns)
    page.repeat(page.header())
    for d in view["decisions"]:
        figures = (*d["regrets"], d["largest_regret"], d["expected_cost"])
        page.rows([(words.decision_name(d), *map(_million, figures))])


def _worth(book: Book, view: dict[str, Any]) -> None:
    unit = f"million {view['currency']}"
    columns = (
        Column("What", "wrap", 44),
        Column(f"Is worth, {unit}", "three", 16),
        Column(f"At least, {unit}", "three", 16),
        Column(f"At most, {unit}", "three", 16),
        Column("As", "wrap", 70),
    )
    page = Page(book, "Worth", "What choices are worth", "A range is what the proofs leave open", columns)
    page.repeat(page.header())
    for subject, (name, definition) in words.WORTH.items():
        worth = view["worth"].get(subject)
        if worth is not None:
            amounts = (_million(worth[key]) for key in ("amount", "at_least", "at_most"))
            page.rows([(name, *amounts, "; ".join(t for t in (worth["reason"], definition) if t))])


def _inputs(book: Book, view: dict[str, Any]) -> None:
    columns = (
        Column("Scenario", "wrap", 24),
        Column("Known from", "wrap", 22),
        Column("Cell", "wrap", 48),
        Column("Workbook", "wrap", 24),
        Column("Scenario's", "wrap", 24),
    )
    page = Page(book, "Inputs", "What differs between scenarios", "", columns)
    page.repeat(page.header())
    page.rows(words.change_rows(view)[1:])
