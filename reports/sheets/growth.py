"""plan.xlsx of a plan of growth: Summary, Build-out, Purchases, Costs, Cash flow, Dates, Limits, Assumptions."""

from __future__ import annotations

from os import PathLike
from typing import Any

from models.growth_dates import schedules
from models.stages import GrowthAnswer
from reports import connection
from reports.capacity import limit_rows
from reports.growth_stages import WORTH_NOTE, date_sentences, short_view
from reports.growth_tables import BY_YEAR
from reports.sheets import dates, lists, native, worth
from reports.sheets.layout import Book, Column, Formula, Page, address, new_book, width_of
from reports.staged import stage_answer
from reports.wording import audit_text, cost_name, proof_text

_TITLE = "Plan of growth of an AI data centre"


def write(
    answer: GrowthAnswer,
    view: dict[str, Any],
    path: str | PathLike[str],
    headline: str,
) -> None:
    """Write all sheets. Texts of the case stay text. Raises OSError if the file cannot be written."""
    with new_book(path, _TITLE) as book:
        _summary(book, answer, view, headline)
        _build_out(book, view)
        _purchases(book, view)
        _cash_flow(book, answer, view, _costs(book, view))
        found = schedules(answer.growth, answer.plan)
        dates.write(book, found, date_sentences(answer, found))
        _limits(book, answer)
        worth.write_subjects(book, answer)
        lists.write_assumptions(book, answer)


def _summary(book: Book, answer: GrowthAnswer, view: dict[str, Any], headline: str) -> None:
    page = Page(book, "Summary", view["name"], "", (Column("What", "wrap", 44), Column("Figure", "two", 22)))
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
    page.rows(rows)


def _build_out(book: Book, view: dict[str, Any]) -> None:
    """What is in service, used and paid in each year, with a chart."""
    shown = [(name, key) for name, key, _ in BY_YEAR if any(row[key] for row in view["years"])]
    columns = (
        Column("Year", "plain_int", 8),
        Column("Stage", "wrap", 24),
        *(Column(name, "two", 14) for name, _ in shown),
        Column(f"Cost after tax, thousand {view['currency']}", "one", 18),
    )
    note = "Each year stands for the operating year of its stage; year 1 holds what is paid at the start too"
    page = Page(book, "Build-out", "Build-out by year", note, columns)
    head = page.header()
    page.repeat(head, 2)
    page.rows(
        [
            (row["year"], row["stage"], *(row[key] for _, key in shown), row["cost_after_tax"] / 1000)
            for row in view["years"]
        ]
    )
    last, keys = page.row - 1, [name for _, name in shown]
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


def _limits(book: Book, answer: GrowthAnswer) -> None:
    """Limits of every stage and their use; savings of those that bind; what a shorter view leaves of the storage's."""
    columns = (
        Column("Stage", "wrap", 24),
        Column("Limit", "wrap", 52),
        Column("Plan", "three", 14),
        Column("Limit", "three", 14),
        Column("Unit", "text", 20),
        Column("Used", "percent", 9),
        Column(f"One more saves, {answer.currency}", "price", 18),
        Column("Found by", "wrap", 30),
    )
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
            saves = "" if m is None or m.saving_kcur is None else 1000 * m.saving_kcur
            cells = (
                stage.name,
                row.name,
                row.value,
                row.limit,
                row.unit,
                row.used,
                saves,
                "" if m is None else m.method,
            )
            page.rows([cells], None, "amber" if row.binds else "")
    if answer.marginals:
        page.paragraph(WORTH_NOTE)
    page.heading("Flexibility and the connection")
    for sentence in connection.sentences(answer):
        page.paragraph(sentence)
    seen = short_view(answer)
    if seen is not None:
        page.heading("Foresight: what survives of the savings of storage")
        page.header([Column(name, "wrap" if k == 0 else "text") for k, name in enumerate(seen["table"].head)])
        page.rows(seen["table"].rows, [Column("", "wrap")] + [Column("", "text")] * 4)
        page.paragraph(seen["note"])


def _purchases(book: Book, view: dict[str, Any]) -> None:
    columns = (
        Column("What", "wrap", 26),
        Column("Item", "wrap", 36),
        Column("Quantity", "sized", 14),
        Column("Unit", "text", 10),
        Column("Bought at stage", "plain_int", 12),
        Column("Year", "plain_int", 8),
        Column("Retired in year", "text", 16),
    )
    page = Page(book, "Purchases", "What is bought and retired", "Years after the start of the plan", columns)
    page.repeat(page.header())
    page.rows(
        [
            (
                cost_name(p["line"]),
                p["item"],
                p["quantity"],
                p["unit"],
                p["bought_in_stage"],
                p["bought_in_year"],
                "kept" if p["retired_in_year"] is None else str(p["retired_in_year"]),
            )
            for p in view["purchases"]
        ]
    )


def _costs(book: Book, view: dict[str, Any]) -> int:
    """Every cost line; returns the row of the first."""
    columns = (
        Column("Stage", "plain_int", 8),
        Column("Line", "wrap", 28),
        Column("Item", "wrap", 36),
        Column("Quantity", "sized", 16),
        Column("Unit", "text", 10),
        Column(f"Price, thousand {view['currency']}", "two", 18),
        Column("PV factor", "four", 12),
        Column("Present value", "one", 18),
    )
    note = f"Quantity × price × factor; thousand {view['currency']}, at the start of the plan, after tax"
    page = Page(book, "Costs", "Cost lines", note, columns)
    head = page.header()
    page.repeat(head)
    for c in view["costs"]:
        cells = "*".join(address(page.row, column) for column in (3, 5, 6))
        worth = Formula(f"={cells}", c["present_value"] / 1000)
        row = (c["stage"], cost_name(c["line"]), c["item"], c["quantity"], c["unit"], c["unit_price"] / 1000)
        page.rows([(*row, c["factor"], worth)])
    first, last = address(head + 1, 7), address(page.row - 1, 7)
    page.rows(
        [("", "Total", "", "", "", "", "", Formula(f"=SUM({first}:{last})", view["objective"] / 1000))], None, "total"
    )
    return head + 1


def _cash_flow(book: Book, answer: GrowthAnswer, view: dict[str, Any], first_cost: int) -> None:
    """Every line by year from the start of the plan; the objective a second way."""
    growth, accounts = answer.growth, answer.accounts
    capital = [(k + 1, c) for k, c in zip(accounts.bought, accounts.capital, strict=True)]
    lines = [*capital, *((k + 1, c) for k, own in enumerate(accounts.stages) for c in own.costs)]
    years, rate = growth.years + 1, growth.stages[0].case.money.discount_rate
    width = width_of([f for f in accounts.cash_flow_kcur], 1, 11)
    columns = (
        Column("Stage", "plain_int", 8),
        Column("Line", "wrap", 30),
        Column("Item", "wrap", 34),
        Column("Present value", "one", 18),
        *(Column(f"Year {y}", "one", width) for y in range(years)),
    )
    note = f"Cost after tax in thousand {view['currency']}, not discounted; quantity and price from the sheet Costs"
    page = Page(book, "Cash flow", "Cash flow by year", note, columns)
    page.repeat(page.header(), 4)
    factors, first = page.row, page.row + 1
    page.rows(
        [("", "Discount factor", "", "", *(Formula(f"=1/(1+{rate!r})^{y}", (1 + rate) ** -y) for y in range(years)))],
        (*columns[:4], *(Column(c.heading, "four") for c in columns[4:])),
    )
    span = f"{address(factors, 4, True)}:{address(factors, 3 + years, True)}"
    for index, (stage, c) in enumerate(lines):
        row, cost = page.row, first_cost + index
        amount = f"Costs!{address(cost, 3)}*Costs!{address(cost, 5)}"
        whole = c.quantity * c.unit_price_kcur
        cells = [Formula(f"={amount}*{flow!r}", whole * flow) if flow else 0.0 for flow in c.flow_pu]
        cells += [0.0] * (years - len(cells))
        own = f"{address(row, 4)}:{address(row, 3 + years)}"
        worth = Formula(f"=SUMPRODUCT({own},{span})", c.present_value_kcur)
        page.rows([(stage, cost_name(c.line), c.item, worth, *cells)])
    last = page.row - 1
    sums = [
        Formula(f"=SUM({address(first, 4 + y)}:{address(last, 4 + y)})", flow)
        for y, flow in enumerate(accounts.cash_flow_kcur)
    ]
    whole_worth = Formula(f"=SUM({address(first, 3)}:{address(last, 3)})", accounts.objective_kcur)
    page.rows([("", "Total", "", whole_worth, *sums)], None, "total")
