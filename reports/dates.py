"""The dates of a plan in words and rows: when service, or each stage of it, starts, what must be ordered when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from models.design import Accounts
from models.timetable import Schedule
from reports import format as show
from reports.tables import Table

NOTE = (
    "Months are counted from the award, at the confidence named. An order placed later than shown moves the start of "
    "service; one placed earlier waits on site. A connection counts from the award to the live "
    "date of the step that carries all of it."
)
STAGES_NOTE = (
    "Each stage starts as a whole: what shall serve earlier is planned as a stage of its own. While a stage is late, "
    "the one before it goes on; only the work that it adds is late."
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


def rows(schedule: Schedule) -> list[DateRow]:
    """Everything with a lead time, the most urgent first; on site as late as the start allows."""
    return [
        DateRow(d.item, d.quantity, d.unit, d.order_by_month, d.lead_months + d.spread_months, d.on_site_month)
        for d in schedule.deliveries
    ]


def sentence(schedule: Schedule, accounts: Accounts, currency: str) -> str:
    """When service starts and what is to be ordered first."""
    start = show.trimmed(schedule.start_month)
    what = f"Stage “{schedule.stage}”" if schedule.stage else "Service"
    if not schedule.is_asked:
        text = f"No month was stated in which service must start; ordered at once, it can start in month {start}"
        if schedule.stage:
            text = f"{what} can start in month {start}"
    elif schedule.delay_months:
        late = show.count(schedule.delay_months, "month")
        cost = sum(c.present_value_kcur for c in accounts.costs if c.line == "delay")
        text = f"{what} starts in month {start}, {late} late, which costs {show.money(cost, currency)}"
    else:
        text = f"{what} starts in month {start}, when it is needed"
    orders = [d for d in schedule.deliveries if d.kind != "connection"]
    if orders:
        text += f"; the first order to place is {orders[0].item}, by month {show.trimmed(orders[0].order_by_month)}"
    return f"{text} (lead times {schedule.confidence})."


def table(schedules: Sequence[Schedule]) -> Table:
    """The dates as a table, of all stages under each other."""
    staged = any(s.stage for s in schedules)
    cells = []
    for s in schedules:
        for r in rows(s):
            months = (show.trimmed(m) for m in (r.order_by_month, r.months, r.on_site_month))
            cells.append((*((s.stage,) if staged else ()), r.item, _amount(r), *months))
    head = ("For the start of stage", *_HEAD) if staged else _HEAD
    return Table("What must be ordered when", head, cells, tuple(range(len(head) - 3, len(head))))


def _amount(r: DateRow) -> str:
    amount, unit = show.quantity(r.quantity, r.unit)
    return f"{show.trimmed(amount)} {unit}"
