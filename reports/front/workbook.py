"""pareto.xlsx: the plans of a front as a table with a native chart, and their designs."""

from __future__ import annotations

from os import PathLike
from typing import Any

from reports.front import words
from reports.front.shown import ShownFront, shown
from reports.sheets.layout import Book, Column, Page, Value, new_book, style_for
from reports.sheets.native import BLUE, chart, place, series

_MILLION = 1e-3


def write_front_workbook(view: dict[str, Any], path: str | PathLike[str]) -> None:
    """Write pareto.xlsx or alternatives.xlsx from the .json of that name. Raises OSError if the file cannot be
    written."""
    front = shown(view)
    with new_book(path, words.title(front)) as book:
        _plans(book, front)
        _designs(book, front)


def _plans(book: Book, front: ShownFront) -> None:
    currency = front.currency
    uses = [
        Column(f"{words.CRITERION[c].name}, {words.CRITERION[c].unit}", style_for(front.plans[0].values[c] + 0.5), 17)
        for c in front.criteria
    ]
    last = [Column("Difference from the nearest plan before", "two", 16)] if front.within is not None else []
    if front.is_line:
        step = words.CRITERION[front.criteria[0]].step_text
        last = [Column(f"Each {step} less costs, {end}, {currency}", "int", 19) for end in ("from", "to")]
    columns = (
        Column("Plan", "int", 8),
        Column("Kind", "text", 8),
        *uses,
        Column(f"Cost, present value, million {currency}", "three", 18),
        Column(f"At least, million {currency}", "three", 18),
        Column(f"More than the cheapest, from, million {currency}", "three", 18),
        Column(f"More than the cheapest, to, million {currency}", "three", 18),
        Column("Proven gap", "percent3", 11),
        *last,
    )
    page = Page(book, "Plans", words.title(front), front.name, columns)
    page.paragraph(words.headline(front), "lead")
    for text in words.remarks(front):
        page.paragraph(text, "muted")
    page.row += 1
    head = page.header()
    for i, p in enumerate(front.plans):
        money = (p.cost_kcur, p.bound_kcur, p.extra.low, p.extra.high)
        row: list[Value] = [i + 1, words.letter(p.kind), *(p.values[c] for c in front.criteria)]
        row += [*(_MILLION * m for m in money), p.gap]
        own: tuple[Value, ...] = (p.distance,) if front.within is not None else ()
        page.rows([(*row, *(_prices(front, i) if front.is_line else own))])
    end = page.row - 1
    for j, name in enumerate(front.criteria if front.within is None else ()):
        _chart(page, front, name, (head, end), (2 + j, 2 + len(front.criteria)), 18 * j)


def _prices(front: ShownFront, number: int) -> tuple[Value, Value]:
    """What one more unit costs on the way from the plan before, in whole currency units."""
    (name,) = front.criteria
    if number == 0:
        return None, None
    price = front.plans[number].prices.get(name)
    step = 1000 * words.CRITERION[name].step
    return (None, None) if price is None else (step * max(price.low, 0.0), step * price.high)


def _chart(
    page: Page, front: ShownFront, name: str, rows: tuple[int, int], columns: tuple[int, int], down: int
) -> None:
    """Cost against one criterion, drawn by Excel from the table."""
    head, last = rows
    use, cost = columns
    text = words.CRITERION[name]
    subtype = "straight_with_markers" if front.is_line else ""
    costs = [_MILLION * p.cost_kcur for p in front.plans]
    values = [p.values[name] for p in front.plans]
    least = [_rounded_down(costs), _rounded_down(values)]
    unit = f"million {front.currency}"
    made = chart(page, "scatter", subtype, f"Cost against {text.name}", unit, number="#,##0.0", least=least[0])
    axis = {"name": f"{text.name}, {text.unit}", "min": least[1], "num_font": {"name": "Arial", "size": 9}}
    made.set_x_axis({**axis, "major_gridlines": {"visible": False}, "name_font": {"bold": False, "size": 9}})
    look = {"marker": {"type": "circle", "size": 7, "fill": {"color": BLUE}}, "line": {"color": BLUE, "width": 1}}
    series(made, page, (head, cost), head + 1, last, (use, cost), **look)
    made.set_legend({"none": True})
    words_ = f"Cost of each plan against its {text.name}; the table holds the figures"
    place(page, made, last + 2 + down, 0, (760, 340), words_)


def _rounded_down(values: list[float]) -> float:
    """A round start of an axis a little below the values."""
    low, room = min(values), max(max(values) - min(values), 1e-9 * abs(max(values)) + 1e-12)
    digits = 10.0 ** (len(f"{room:.0f}") - 1) if room >= 1 else 10.0 ** -(len(f"{1 / room:.0f}"))
    return float(digits * int((low - 0.1 * room) / digits))


def _designs(book: Book, front: ShownFront) -> None:
    columns = (
        Column("Plan", "int", 8),
        Column("Kind", "text", 8),
        Column("Design", "wrap", 90),
        Column(words.compared_with(front), "wrap", 60),
    )
    page = Page(book, "Designs", "What is built", front.name, columns)
    head, marked = page.header(), words.new_kinds(front)
    for i, plan in enumerate(front.plans):
        variant = "amber" if i in marked else ""
        page.rows([(i + 1, words.letter(plan.kind), plan.design, words.change_at(front, i))], variant=variant)
    page.repeat(head)
