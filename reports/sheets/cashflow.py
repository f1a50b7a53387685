"""Cash flow: every cost line by year, from its flow per unit, discounted by formula; the objective a second way."""

from __future__ import annotations

from models.design import CostLine
from models.stages import AnyAnswer
from reports import ledger, wording
from reports.sheets import native
from reports.sheets.layout import Book, Column, Formula, Page, address, width_of

FIRST_YEAR = 3
"""column of year 0"""
COSTS_QUANTITY, COSTS_PRICE = 3, 5
"""columns of the sheet Costs that the flows are made of"""
_HEAD = 3
"""row of the first header"""


def has_flows(answer: AnyAnswer) -> bool:
    """Whether every cost line says how its money flows by year (plans stored by early versions do not)."""
    return bool(answer.accounts.costs) and all(c.flow_pu for c in answer.accounts.costs)


def _rows(answer: AnyAnswer) -> tuple[int, int, int]:
    """Rows of the discount factors, of the first line, and of the first line of flows per unit."""
    count = len(answer.accounts.costs)
    return _HEAD + 1, _HEAD + 2, _HEAD + 2 + count + 6


def _years(answer: AnyAnswer, row: int, absolute: bool = False) -> str:
    """The cells of all years in a row."""
    last = FIRST_YEAR + ledger.years(answer)
    return f"{address(row, FIRST_YEAR, absolute)}:{address(row, last, absolute)}"


def factor(answer: AnyAnswer, index: int, cost: CostLine) -> Formula | float:
    """The present-value factor of a cost line: its flow per unit, discounted."""
    if not has_flows(answer):
        return cost.factor
    discount, _, per_unit = _rows(answer)
    flows, discounts = _years(answer, per_unit + index, True), _years(answer, discount, True)
    return Formula(f"=SUMPRODUCT('Cash flow'!{flows},'Cash flow'!{discounts})", cost.factor)


def write(book: Book, answer: AnyAnswer, top: int) -> None:
    """Write the sheet; nothing if the flows are not known. `top`: row of the first line on the sheet Costs."""
    if not has_flows(answer):
        return
    currency, years = answer.currency, ledger.years(answer) + 1
    note = (
        f"Cost after tax in thousand {currency}, first costs in year 0, everything else at year ends; all live formulas"
    )
    flows = answer.accounts.cash_flow_kcur
    width = width_of([*flows, sum(flows)], 1, 11)
    yearly = [Column(f"Year {k}", "flow", width) for k in range(years)]
    present = Column("Present value", "one", width_of([answer.accounts.objective_kcur], 1, 14))
    columns = (Column("Line", "wrap", 40), Column("Item", "wrap", 36), present, *yearly)
    page = Page(book, "Cash flow", "Cash flow by year", note, columns)
    discount, first, per_unit = _rows(answer)
    page.repeat(page.header(), 3)
    _discounts(page, answer, discount)
    _flows(page, answer, (discount, first, per_unit), top)
    _per_unit(page, answer, per_unit, columns)
    _chart(page, answer, first + len(answer.accounts.costs))


def _discounts(page: Page, answer: AnyAnswer, row: int) -> None:
    rate = ledger.discount_rate(answer)
    page.cell(row, 0, "Discount factor", "muted")
    for k in range(ledger.years(answer) + 1):
        page.cell(row, FIRST_YEAR + k, Formula(f"=1/(1+discount_rate)^{k}", (1 + rate) ** -k), "four")
    page.row = row + 1


def _flows(page: Page, answer: AnyAnswer, rows: tuple[int, int, int], top: int) -> None:
    """One row a line, the total, its running sum and the check against the objective."""
    lines, rate = ledger.entries(answer), ledger.discount_rate(answer)
    discount, first, per_unit = rows
    discounts = _years(answer, discount, True)
    for index, (cost, item, _, _) in enumerate(lines):
        row = first + index
        amount = f"Costs!{address(top + index, COSTS_QUANTITY)}*Costs!{address(top + index, COSTS_PRICE)}"
        whole = cost.quantity * cost.unit_price_kcur
        cells = [
            Formula(f"={amount}*{address(per_unit + index, FIRST_YEAR + k)}", whole * flow)
            for k, flow in enumerate(cost.flow_pu)
        ]
        present = Formula(f"=SUMPRODUCT({_years(answer, row)},{discounts})", cost.present_value_kcur)
        page.rows([(wording.cost_name(cost.line), item, present, *cells)])
    last, flows = page.row - 1, answer.accounts.cash_flow_kcur
    sums = [Formula(f"=SUM({address(first, c)}:{address(last, c)})", flow) for c, flow in enumerate(flows, FIRST_YEAR)]
    worth = sum(flow * (1 + rate) ** -k for k, flow in enumerate(flows))
    total = page.row
    page.rows(
        [("Total", "", Formula(f"=SUMPRODUCT({_years(answer, total)},{discounts})", worth), *sums)], None, "total"
    )
    running, so_far = [], 0.0
    for k, flow in enumerate(flows):
        so_far += flow
        cell = address(total, FIRST_YEAR + k)
        running.append(Formula(f"={address(total + 1, FIRST_YEAR + k - 1)}+{cell}" if k else f"={cell}", so_far))
    page.rows([("Running total, not discounted", "", "", *running)])
    check = Formula(f"=ROUND({address(total, 2)}-objective_kcur,6)", round(worth - answer.accounts.objective_kcur, 6))
    page.rows([("Less the objective: zero but for rounding", "", check)])


def _per_unit(page: Page, answer: AnyAnswer, per_unit: int, columns: tuple[Column, ...]) -> None:
    """What each line pays per year for one thousand of quantity times price."""
    page.heading(
        "Flow per unit of quantity × price: upkeep, replacements, tax effects, growth and residual value included"
    )
    used = (*columns[:2], Column("PV factor", "four"), *(Column(c.heading, "flow_pu") for c in columns[3:]))
    page.header(used)
    assert page.row == per_unit
    discounts = _years(answer, _rows(answer)[0], True)
    for cost, item, _, _ in ledger.entries(answer):
        worth = Formula(f"=SUMPRODUCT({_years(answer, page.row)},{discounts})", cost.factor)
        page.rows([(wording.cost_name(cost.line), item, worth)], used)
        for k, flow in enumerate(cost.flow_pu):
            page.cell(page.row - 1, FIRST_YEAR + k, flow, "flow_pu", "input")


def _chart(page: Page, answer: AnyAnswer, total: int) -> None:
    """Columns: what is paid in each year."""
    page.sheet.set_h_pagebreaks([page.row + 1])  # on paper the chart stays whole
    head, last = _HEAD, FIRST_YEAR + ledger.years(answer)
    title = "Cost after tax by year, not discounted"
    made = native.chart(page, "column", "", title, f"thousand {answer.currency}")
    made.add_series(
        {
            "name": ["Cash flow", total, 0],
            "categories": ["Cash flow", head, FIRST_YEAR, head, last],
            "values": ["Cash flow", total, FIRST_YEAR, total, last],
            "fill": {"color": native.BLUE},
            "gap": 60,
        }
    )
    made.set_legend({"none": True})
    words = f"Columns: cost after tax of each year, thousand {answer.currency}"
    native.place(page, made, page.row + 1, 0, (980, 320), words)
