"""Costs: every cost line from quantity, price and yearly flows, with live formulas up to the objective and the gap."""

from __future__ import annotations

import math

from models.design import Answer
from models.stages import AnyAnswer
from reports import format as show
from reports import ledger, wording
from reports.ledger import Entry
from reports.sheets import cashflow, demand, native, year
from reports.sheets.layout import Book, Column, Formula, Page, Value, address, span, width_of

WIDTHS = (46, 36, 10, 15, 9, 17, 11, 15, 16, 9)
QUANTITY, PRICE = cashflow.COSTS_QUANTITY, cashflow.COSTS_PRICE
FACTOR, FIRST, PRESENT, SHARE = 6, 7, 8, 9
FLAG = 2
_LEVELISED = 8
"""Results from here on spread the objective over equal years."""


def _names(currency: str) -> tuple[str, ...]:
    """The results on top of the sheet, in their order."""
    return (
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


def write(book: Book, answer: AnyAnswer) -> int:
    """Write the sheet: results on top, lines below, a chart by subject; returns the row of the first line."""
    currency = answer.currency
    note = (
        f"All money in thousand {currency}, after tax. Inputs in blue, all else live formulas: change the discount "
        "rate, a price or a quantity, and objective and cash flow follow."
    )
    page = Page(book, "Costs", "Cost build-up", note, _widths(answer))
    page.sheet.fit_to_pages(1, 1 if isinstance(answer, Answer) else 0)
    labels = _names(currency)
    if not isinstance(answer, Answer):
        labels = labels[:_LEVELISED]  # over several stages the work of a year differs from stage to stage
    top = page.row
    page.row += len(labels) + 1
    lines = _lines(page, answer)
    _results(page, answer, dict(zip(labels, range(top, top + len(labels)), strict=True)), lines)
    if answer.accounts.costs:
        _by_subject(page, answer, lines)
    return lines[0]


def _widths(answer: AnyAnswer) -> tuple[Column, ...]:
    """Columns wide enough for the figures, which differ a thousandfold between currencies."""
    lines, total = answer.accounts.costs, answer.accounts.objective_kcur
    wanted = {
        1: width_of([total], 3, WIDTHS[1]),
        QUANTITY: width_of((c.quantity for c in lines), 4, WIDTHS[QUANTITY]),
        PRICE: width_of((c.unit_price_kcur for c in lines), 4, WIDTHS[PRICE]),
        FIRST: width_of([sum(c.first_cost_kcur for c in lines)], 1, WIDTHS[FIRST]),
        PRESENT: width_of([total], 1, WIDTHS[PRESENT]),
    }
    return tuple(Column("", "text", wanted.get(index, width)) for index, width in enumerate(WIDTHS))


def _columns(currency: str) -> tuple[Column, ...]:
    return (
        Column("Line", "wrap"),
        Column("Item", "wrap"),
        Column("IT hardware"),
        Column("Quantity", "sized"),
        Column("Unit"),
        Column(f"Unit price,\nthousand {currency}", "price"),
        Column("PV factor", "four"),
        Column(f"First cost,\nthousand {currency}", "one_or_dash"),
        Column(f"Present value,\nthousand {currency}", "one"),
        Column("Share", "percent"),
    )


def _lines(page: Page, answer: AnyAnswer) -> tuple[int, int]:
    """The table of cost lines; returns its first and last row."""
    accounts, columns = answer.accounts, _columns(answer.currency)
    page.heading("Cost lines: quantity × unit price × PV factor = present value")
    page.sheet.repeat_rows(page.header(columns))
    first, total = page.row, accounts.objective_kcur
    last = first + len(accounts.costs) - 1
    for row, entry in enumerate(ledger.entries(answer), first):
        cost = entry.cost
        cells = [address(row, column) for column in (QUANTITY, PRICE, FACTOR)]
        whole = address(last + 1, PRESENT, True)
        values = (
            wording.cost_name(cost.line),
            entry.item,
            "yes" if cost.is_it else "no",
            cost.quantity,
            show.unit(cost.unit),
            cost.unit_price_kcur,
            cashflow.factor(answer, row - first, cost),
            Formula(f"={cells[0]}*{cells[1]}", cost.first_cost_kcur) if cost.first_cost_kcur else 0.0,
            Formula("=" + "*".join(cells), cost.present_value_kcur),
            Formula(
                f"=IF({whole}=0,0,{address(row, PRESENT)}/{whole})", cost.present_value_kcur / total if total else 0.0
            ),
        )
        page.rows([values], columns)
        for column, given in ((QUANTITY, cost.quantity), (PRICE, cost.unit_price_kcur)):
            source = _source(entry, column)
            live = source is not None
            cell: Value | Formula = Formula(source, given) if source is not None else given
            page.cell(row, column, cell, columns[column].style, "" if live else "input")
    if accounts.costs:
        firsts = sum(cost.first_cost_kcur for cost in accounts.costs)
        totals = (
            Formula(f"=SUM({span(first, last, FIRST)})", firsts),
            Formula(f"=SUM({span(first, last, PRESENT)})", total),
            Formula(f"=SUM({span(first, last, SHARE)})", 1.0 if total else 0.0),
        )
        page.rows([("Total", *("",) * 6, *totals)], columns, "total")
    return first, last


def _source(entry: Entry, column: int) -> str | None:
    """The formula behind a quantity or a price that follows from the hours or from billed demand; None: it is given."""
    cost, answer = entry.cost, entry.own
    h = answer.case.calendar.step_h
    hours = "" if h == 1 else f"*{h!r}"
    at = year.operation_cells(answer, entry.stage)
    if column == PRICE:
        if cost.line == "energy" and cost.item == "energy":  # blocks and take-or-pay have prices of their own
            return f"=SUMPRODUCT({_of_tariff(at)},{at['import price']}){hours}"
        if cost.line == "export":
            return f"=-SUMPRODUCT({at['export']},{at['export price']}){hours}"
        if cost.line == "demand":
            return demand.yearly(answer, cost.item, entry.stage)
    elif cost.line == "carbon" and not answer.case.generators:  # carbon of fuel has no column of its own
        return f"=SUMPRODUCT({at['import']},{at['carbon']}){hours}"
    elif cost.line == "water":
        return f"=SUM({at['water']})"
    elif cost.line == "heat_reuse":
        sold = [cells for name, cells in at.items() if name.startswith(f"heat sold to {cost.item} from ")]
        return "=(" + "+".join(f"SUM({cells})" for cells in sold) + f"){hours}" if sold else None
    elif cost.line == "purchase_delivery":
        return f"=SUM({at[f'taken of {cost.item}']}){hours}"
    elif cost.line == "battery_wear" and cost.item not in answer.design.operation.smoothed_mw:
        return f"=SUM({at[f'discharge of {cost.item}']}){hours}"
    return None


def _of_tariff(at: dict[str, str]) -> str:
    """The cells of what the tariff supplies: the import, less what is taken of contracts."""
    taken = [cells for name, cells in at.items() if name.startswith("taken of ")]
    return f"({'-'.join([at['import'], *taken])})" if taken else at["import"]


Result = tuple[Value | Formula, str, str]
"""What stands beside the name of a result: value, style, and a remark."""


def _results(page: Page, answer: AnyAnswer, rows: dict[str, int], lines: tuple[int, int]) -> None:
    """The block of results above the lines; all but given figures are formulas on the lines."""
    accounts, bound, at = answer.accounts, answer.proof.bound_kcur, [address(row, 1, True) for row in rows.values()]
    objective, without, low, _, _, _, rate = at[:7]
    present, flags, firsts = (span(*lines, column) for column in (PRESENT, FLAG, FIRST))
    has_bound, gap_money, share = math.isfinite(bound), wording.gap_money_kcur(answer), wording.gap_share(answer)
    values: list[Result] = [
        (Formula(f"=SUM({present})", accounts.objective_kcur), "three", "what the plan minimises"),
        (Formula(f'=SUMIF({flags},"no",{present})', accounts.without_it_kcur), "three", "the base of the gap"),
        (bound, "three", "no design in this model costs less; proven for the discount rate as planned"),
        (Formula(f"={objective}-{low}", gap_money) if has_bound else None, "three", "objective less bound"),
        (Formula(f"=IF({without}>0,({objective}-{low})/{without},0)", share) if has_bound else None, "percent3", ""),
        (Formula(f"=SUM({firsts})", sum(c.first_cost_kcur for c in accounts.costs)), "three", "paid before operation"),
        (ledger.discount_rate(answer), "percent3", "change it: every PV factor below follows"),
        (ledger.years(answer), "plain_int", ""),
    ]
    if isinstance(answer, Answer):
        values += _levelised(answer, at)
    for (name, row), (value, style, words) in zip(rows.items(), values, strict=True):
        page.cell(row, 0, name)
        page.cell(row, 1, value, style, "bold" if isinstance(value, Formula) else "input")
        page.cell(row, 2, words, "muted")
    for name, cell in (("objective_kcur", objective), ("discount_rate", rate)):
        page.book.workbook.define_name(name, f"=Costs!{cell}")


def _levelised(answer: Answer, at: list[str]) -> list[Result]:
    """The objective as equal yearly amounts, and per token."""
    objective, rate, years, annuity, yearly, tokens = at[0], *at[6:11]
    money, reference = answer.case.money, answer.accounts.kpi.get("reference_mtok")
    factor = sum((1 + money.discount_rate) ** -k for k in range(1, money.analysis_years + 1))
    level = answer.accounts.objective_kcur / factor
    return [
        (Formula(f"=IF({rate}=0,{years},(1-(1+{rate})^-{years})/{rate})", factor), "four", ""),
        (Formula(f"={objective}/{annuity}", level), "three", "objective as equal yearly amounts"),
        (reference, "one", ""),
        (Formula(f"={yearly}/{tokens}*1000", level / reference * 1000) if reference else None, "four", ""),
    ]


def _by_subject(page: Page, answer: AnyAnswer, lines: tuple[int, int]) -> None:
    """Present value by kind of line, largest first, and its chart."""
    sums: dict[str, float] = {}
    for cost in answer.accounts.costs:
        name = wording.cost_name(cost.line)
        sums[name] = sums.get(name, 0.0) + cost.present_value_kcur
    if not isinstance(answer, Answer):
        page.sheet.set_h_pagebreaks([page.row + 1])  # on paper the chart stays whole below the lines of all stages
    page.heading("By subject")
    columns = (
        Column("Subject", "wrap"),
        Column(f"Present value, thousand {answer.currency}", "one"),
        Column("Share", "percent"),
    )
    page.header(columns)
    first, total = page.row, answer.accounts.objective_kcur
    last = first + len(sums) - 1
    for name, value in sorted(sums.items(), key=lambda entry: -entry[1]):
        subject, own = address(page.row, 0), address(page.row, 1)
        amount = Formula(f"=SUMIF({span(*lines, 0)},{subject},{span(*lines, PRESENT)})", value)
        whole = f"SUM({address(first, 1, True)}:{address(last, 1, True)})"
        part = Formula(f"=IF({whole}=0,0,{own}/{whole})", value / total if total else 0.0)
        page.rows([(name, amount, part)], columns)
    title = f"Present value by subject, thousand {answer.currency}"
    made = native.labelled_bars(page, title, (first, last), "#,##0")
    words = f"Bars: present value of each subject, thousand {answer.currency}, largest first"
    native.place(page, made, first, 3, (640, 60 + 30 * len(sums)), words, 20)
    page.row = max(page.row, first + 3 + (3 * len(sums)) // 2)
