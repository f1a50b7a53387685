"""The dates of a plan in words and rows: when service starts, what must be ordered when."""

from __future__ import annotations

from typing import NamedTuple

from models import timetable
from models.design import Answer
from reports import format as show
from reports.tables import Table

NOTE = (
    "Months are counted from the award, at the confidence named. An order placed later than shown moves the start of "
    "service; one placed earlier waits on site. A connection counts from the award to its live date."
)
_HEAD = ("Bought", "Quantity", "Order by month", "Months to delivery", "All on site in month")


class DateRow(NamedTuple):
    """One thing bought and its months after award."""

    item: str
    quantity: float
    unit: str
    order_by_month: float
    months: float
    on_site_month: float


def rows(answer: Answer) -> list[DateRow]:
    """Everything with a lead time, the most urgent first; on site as late as the start allows."""
    return [
        DateRow(d.item, d.quantity, d.unit, d.order_by_month, d.lead_months + d.spread_months, d.on_site_month)
        for d in timetable.timetable(answer.case, answer.design)
    ]


def sentence(answer: Answer) -> str:
    """When service starts and what is to be ordered first."""
    case, design = answer.case, answer.design
    start = show.trimmed(timetable.start_month(case, design))
    if case.limits.need_month >= timetable.ALWAYS_MONTHS:
        text = f"No month was stated in which service must start; ordered at once, it can start in month {start}"
    elif design.delay_months:
        late, cost = (
            show.number(design.delay_months),
            sum(c.present_value_kcur for c in answer.accounts.costs if c.line == "delay"),
        )
        text = f"Service starts in month {start}, {late} months late, which costs {show.money(cost, case.currency)}"
    else:
        text = f"Service starts in month {start}, when it is needed"
    orders = [d for d in timetable.timetable(case, design) if d.kind != "connection"]
    if orders:
        text += f"; the first order to place is {orders[0].item}, by month {show.trimmed(orders[0].order_by_month)}"
    return f"{text} (lead times {case.limits.lead_confidence})."


def _amount(r: DateRow) -> str:
    unit = show.singular(r.unit) if r.quantity == 1 else r.unit
    sizes = {"MW": show.power, "MWh": show.stored}
    return sizes[unit](r.quantity) if unit in sizes else f"{show.trimmed(r.quantity)} {unit}"


def table(answer: Answer) -> Table:
    """The dates as a table."""
    cells = [
        (
            r.item,
            _amount(r),
            show.trimmed(r.order_by_month),
            show.trimmed(r.months),
            show.trimmed(r.on_site_month),
        )
        for r in rows(answer)
    ]
    return Table("What must be ordered when", _HEAD, cells, (2, 3, 4))
