"""Costs: every cost line with live formulas that recompute objective and gap; Cash flow: the objective a second way."""

from __future__ import annotations

import math

from models.design import Answer
from reports import format as show
from reports import wording
from reports.sheets.layout import Book, Column, Formula, Page, Value, address, span

WIDTHS = (46, 30, 11, 15, 15, 16, 12, 17, 17, 10)
QUANTITY, PRICE, FACTOR, FIRST, PRESENT, SHARE = 3, 5, 6, 7, 8, 9
FLAG = 2


def write(book: Book, answer: Answer) -> None:
    """Write the sheets Costs (results on top, lines below) and Cash flow."""
    currency = answer.case.currency
    note = f"All money in thousand {currency}, after tax. Bold figures, present values and shares are live formulas."
    columns = tuple(Column("", "text", width) for width in WIDTHS)
    page = Page(book, "Costs", "Cost build-up", note, columns)
    names = (
        "Objective: sum of present values",
        "Without IT hardware",
        "Proven lower bound",
        "Gap in money",
        "Gap, share of cost without IT",
        "First cost",
        "Discount rate, per year",
        "Analysis years",
        "Annuity factor",
        "Levelised cost per year",
        "Reference tokens per year, million",
        f"Levelised cost, {currency} per million reference tokens",
    )
    top = page.row
    page.row += len(names) + 1
    lines = _lines(page, answer)
    _results(page, answer, dict(zip(names, range(top, top + len(names)), strict=True)), lines)
    if answer.accounts.cash_flow_kcur:
        _cash_flow(book, answer)


def _lines(page: Page, answer: Answer) -> tuple[int, int]:
    """The table of cost lines; returns its first and last row."""
    accounts = answer.accounts
    columns = (
        Column("Line"),
        Column("Item"),
        Column("IT hardware"),
        Column("Quantity", "two"),
        Column("Unit"),
        Column("Unit price", "price"),
        Column("PV factor", "four"),
        Column("First cost", "one_or_dash"),
        Column("Present value", "one"),
        Column("Share", "percent"),
    )
    page.heading("Cost lines: quantity × unit price × factor = present value")
    page.sheet.repeat_rows(page.header(columns))
    first, total = page.row, accounts.objective_kcur
    last = first + len(accounts.costs) - 1
    for row, cost in enumerate(accounts.costs, first):
        cells = [address(row, column) for column in (QUANTITY, PRICE, FACTOR)]
        share = (
            f"=IF({address(last + 1, PRESENT, True)}=0,0,{address(row, PRESENT)}/{address(last + 1, PRESENT, True)})"
        )
        values = (
            wording.cost_name(cost.line),
            wording.cost_item(cost),
            "yes" if cost.is_it else "no",
            cost.quantity,
            show.unit(cost.unit),
            cost.unit_price_kcur,
            cost.factor,
            cost.first_cost_kcur,
            Formula("=" + "*".join(cells), cost.present_value_kcur),
            Formula(share, cost.present_value_kcur / total if total else 0.0),
        )
        page.rows([values], columns)
    if accounts.costs:
        first_costs = sum(cost.first_cost_kcur for cost in accounts.costs)
        totals = (
            "Total",
            "",
            "",
            "",
            "",
            "",
            "",
            Formula(f"=SUM({span(first, last, FIRST)})", first_costs),
            Formula(f"=SUM({span(first, last, PRESENT)})", total),
            Formula(f"=SUM({span(first, last, SHARE)})", 1.0 if total else 0.0),
        )
        page.rows([totals], columns, "total")
    return first, last


def _results(page: Page, answer: Answer, rows: dict[str, int], lines: tuple[int, int]) -> None:
    """The block of results above the lines; all but given figures are formulas on the lines."""
    accounts, money, bound = answer.accounts, answer.case.money, answer.proof.bound_kcur
    at = [address(row, 1, True) for row in rows.values()]
    objective, without, low, _, _, _, rate, years, annuity, yearly, tokens, _ = at
    present, flags, firsts = (span(*lines, column) for column in (PRESENT, FLAG, FIRST))
    has_bound, reference = math.isfinite(bound), accounts.kpi.get("reference_mtok")
    factor = sum((1 + money.discount_rate) ** -k for k in range(1, money.analysis_years + 1))
    level = accounts.objective_kcur / factor
    gap_money, share = wording.gap_money_kcur(answer), wording.gap_share(answer)
    values: tuple[tuple[Value | Formula, str], ...] = (
        (Formula(f"=SUM({present})", accounts.objective_kcur), "three"),
        (Formula(f'=SUMIF({flags},"no",{present})', accounts.without_it_kcur), "three"),
        (bound, "three"),
        (Formula(f"={objective}-{low}", gap_money) if has_bound else None, "three"),
        (Formula(f"=IF({without}>0,({objective}-{low})/{without},0)", share) if has_bound else None, "percent3"),
        (Formula(f"=SUM({firsts})", sum(c.first_cost_kcur for c in accounts.costs)), "three"),
        (money.discount_rate, "percent3"),
        (money.analysis_years, "plain_int"),
        (Formula(f"=IF({rate}=0,{years},(1-(1+{rate})^-{years})/{rate})", factor), "four"),
        (Formula(f"={objective}/{annuity}", level), "three"),
        (reference, "one"),
        (Formula(f"={yearly}/{tokens}*1000", level / reference * 1000) if reference else None, "four"),
    )
    for (name, row), (value, style) in zip(rows.items(), values, strict=True):
        page.cell(row, 0, name)
        page.cell(row, 1, value, style, "bold" if isinstance(value, Formula) else "")
    _name(page, "objective_kcur", objective)
    _name(page, "discount_rate", rate)


def _name(page: Page, name: str, cell: str) -> None:
    page.book.workbook.define_name(name, f"=Costs!{cell}")


def _cash_flow(book: Book, answer: Answer) -> None:
    """Undiscounted flows by year, discounted by formula; their sum must be the objective."""
    flows, rate = answer.accounts.cash_flow_kcur, answer.case.money.discount_rate
    columns = (
        Column("Year", "text", 46),
        Column("Cash flow", "one", 18),
        Column("Discount factor", "four", 18),
        Column("Present value", "one", 18),
    )
    note = (
        f"Cost after tax in thousand {answer.case.currency}, yearly amounts at year ends: a second way to the objective"
    )
    page = Page(book, "Cash flow", "Cash flow by year", note, columns)
    page.repeat(page.header())
    first = page.row
    for year, flow in enumerate(flows):
        row = page.row
        factor = Formula(f"=1/(1+discount_rate)^{year}", (1 + rate) ** -year)
        present = Formula(f"={address(row, 1)}*{address(row, 2)}", flow * (1 + rate) ** -year)
        page.rows([(str(year), flow, factor, present)])
    last, total = page.row - 1, sum(flow * (1 + rate) ** -year for year, flow in enumerate(flows))
    sums = (Formula(f"=SUM({span(first, last, 1)})", sum(flows)), "", Formula(f"=SUM({span(first, last, 3)})", total))
    page.rows([("Total", *sums)], None, "total")
    difference = Formula(
        f"=ROUND({address(last + 1, 3)}-objective_kcur,6)", round(total - answer.accounts.objective_kcur, 6)
    )
    page.rows([("Less the objective: zero but for rounding", "", "", difference)], (*columns[:3], Column("", "three")))
