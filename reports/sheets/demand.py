"""Demand: billed demand of each charge and month with its price, as the bill counts it."""

from __future__ import annotations

from models.case import DemandCharge
from models.design import Answer
from reports.series import MONTHS
from reports.sheets.layout import Book, Column, Formula, Page, address, on_sheet, sheet_name, span, width_of

_FIRST = 4
"""row of the first month of the first charge"""
_MW, _PRICE, _FACTOR, _AMOUNT = 2, 3, 4, 5
_TIERED = "Prices of higher tiers stand in the formulas of the amounts."


def _rows(answer: Answer) -> list[tuple[DemandCharge, int, float]]:
    """Charge, month and billed MW, for months with a price, charge by charge."""
    billed = answer.design.billed_mw
    return [
        (charge, month, mw)
        for charge in answer.case.grid.demand_charges
        for (name, month), mw in billed.items()
        if name == charge.name
    ]


def yearly(answer: Answer, charge: str, stage: int = 0) -> str:
    """The formula of a charge's yearly amount."""
    rows = [_FIRST + index for index, row in enumerate(_rows(answer)) if row[0].name == charge]
    return f"=SUM({on_sheet(sheet_name('Demand', stage), span(rows[0], rows[-1], _AMOUNT))})"


def _factor(answer: Answer) -> Formula:
    """What the power factor makes of the bill."""
    grid = answer.case.grid
    surcharge, short = grid.power_factor_surcharge, max(0.0, grid.power_factor_target - grid.power_factor)
    text = f"=1+{surcharge!r}*MAX(0,{grid.power_factor_target!r}-{grid.power_factor!r})"
    return Formula(text, 1 + surcharge * short)


def _amount(charge: DemandCharge, month: int, row: int, mw: float, factor: float) -> Formula:
    """Billed demand times its price; each tier adds the difference of its price on what exceeds it."""
    demand, before = address(row, _MW), charge.price_kcur_per_mw[month]
    parts, value, last = [f"{demand}*{address(row, _PRICE)}"], mw * before, address(row, _PRICE)
    for tier in charge.tiers:
        price = tier.price[month]
        parts.append(f"({price!r}-{last})*MAX(0,{demand}-{tier.above!r})")
        value += (price - before) * max(0.0, mw - tier.above)
        before, last = price, repr(price)
    return Formula(f"=({'+'.join(parts)})*{address(row, _FACTOR)}", value * factor)


def write(book: Book, answer: Answer) -> None:
    """Write the sheet; nothing if there are no demand charges."""
    rows, currency = _rows(answer), answer.case.currency
    if not rows:
        return
    factor = _factor(answer)
    amounts = [_amount(charge, m, _FIRST + i, mw, float(factor.value)) for i, (charge, m, mw) in enumerate(rows)]
    total = sum(float(amount.value) for amount in amounts)
    columns = (
        Column("Charge", "wrap", 40),
        Column("Month", "text", 10),
        Column("Billed demand, MW", "three", 19),
        Column(f"Price, thousand {currency}/MW", "four", 26),
        Column("Power factor adjustment", "four", 24),
        Column(f"Amount, thousand {currency}", "two", width_of([total], 2, 24)),
    )
    note = "Highest billing interval of the month within the charge's hours, minimum or ratchet; inputs in blue"
    tiered = any(charge.tiers for charge, _, _ in rows)
    page = Page(book, "Demand", "Demand charges", note, columns)
    page.repeat(page.header(), 1)
    assert page.row == _FIRST
    for (charge, month, mw), amount in zip(rows, amounts, strict=True):
        row, price = page.row, charge.price_kcur_per_mw[month]
        page.rows([(charge.name, MONTHS[month], mw, price, factor, amount)])
        page.cell(row, _MW, mw, "three", "input")
        page.cell(row, _PRICE, price, "four", "input")
    whole = Formula(f"=SUM({span(_FIRST, page.row - 1, _AMOUNT)})", total)
    page.rows([("Year", "", "", "", "", whole)], columns, "total")
    if tiered:
        page.paragraph(_TIERED, "muted")
