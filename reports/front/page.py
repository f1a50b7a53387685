"""pareto.html: what using less of something costs, as one self-contained page."""

from __future__ import annotations

from typing import Any

from models.front import FIRST_TOKEN
from reports import format as show
from reports.charts.front import front_chart, shown_limit
from reports.front import words
from reports.front.shown import ShownFront, shown
from reports.tables import Table
from reports.templating import rendered

METHOD = (
    "Each plan is the cheapest that keeps its limits, with a proof of how much cheaper another could be, and was "
    "rechecked by a second program. The bar below a mark reaches down to that proof; where none is seen, the proof is "
    "finer than the mark. In the table it is the share of the cost without IT hardware that could be saved at most.",
    "The limits are spaced evenly between what the cheapest plan uses and the least that any design can do with. Where "
    "a plan uses less than it may, what is left is shared out anew. The line between two marks only guides the eye: "
    "racks and modules come whole.",
    "What one unit less costs is the difference of two plans in cost over their difference in use: a range, where the "
    "proofs leave one open. Costs are present values over the whole life, uses are those of a year.",
    "All other limits of the workbook hold for every plan. A design of another kind uses another rack, cooling, "
    "module, storage, supply, tariff or electrical architecture; counts and sizes alone make no other kind.",
)


METHOD_FIRST_TOKEN = (
    "A plan serves its first token in the first whole month in which everything it buys is ready. A late start has no "
    "price here, since the date stands beside the cost, and the month needed of the workbook is left out.",
)


METHOD_NEAR = (
    "Each further plan is looked for as far as possible from all plans before it, within the extra cost allowed; then "
    "the least cost with its racks, units and sizes is proven, and it is rechecked by a second program.",
    "Difference adds up, against the nearest plan before: racks of an option as a share of the IT power, units of an "
    "offer as a share of the capacity of their kind, storage in units of four hours of the IT power, supply as a share "
    "of the IT power, and one for another tariff or electrical architecture. All racks exchanged counts as two.",
    "Where plans cost nearly the same, what the model does not know may decide: experience with a vendor, dates, taste "
    "for risk. Extra costs are a range where the proofs leave one open.",
)


def render_front(view: dict[str, Any]) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped. `view`: pareto.json or
    alternatives.json."""
    return rendered("pareto.html", **_content(shown(view)))


def _content(front: ShownFront) -> dict[str, Any]:
    proven = all(p.is_proven for p in front.plans)
    return {
        "title": front.name,
        "subject": words.title(front),
        "headline": words.headline(front),
        "is_proven": proven and not front.stopped,
        "status": _status(front, proven),
        "checks": f"{sum(p.checks for p in front.plans):,} rechecks hold",
        "charts": [
            {
                "chart": front_chart(front, c),
                "title": f"Cost against {words.CRITERION[c].name}",
                "remark": _remark(front, c),
            }
            for c in (front.criteria if front.within is None else ())
        ],
        "points": _points(front),
        "designs": _designs(front),
        "kinds": _kinds(front),
        "remarks": words.remarks(front),
        "folders": [p.folder for p in front.plans if p.folder],
        "method": _method(front),
    }


def _method(front: ShownFront) -> tuple[str, ...]:
    if front.within is not None:
        return METHOD_NEAR
    return (*METHOD, *(METHOD_FIRST_TOKEN if FIRST_TOKEN in front.criteria else ()))


def _remark(front: ShownFront, name: str) -> str:
    dashed = " The dashed line is the workbook's own limit." if shown_limit(front, name) is not None else ""
    return f"Each mark is a plan, numbered as in the table; left means less, down means cheaper.{dashed}"


def _status(front: ShownFront, proven: bool) -> str:
    if front.stopped:
        return f"{show.count(len(front.plans), 'plan')}, stopped early"
    return f"{show.count(len(front.plans), 'plan')}, each {'proven' if proven else 'with its gap'}"


def _points(front: ShownFront) -> Table:
    head = ["Plan, kind", f"Cost, million {front.currency}", "More than the cheapest"]
    head += [f"{words.CRITERION[c].name}, {words.CRITERION[c].unit}" for c in front.criteria]
    if front.is_line:
        head.append(f"Each {words.CRITERION[front.criteria[0]].step_text} less costs")
    if front.within is not None:
        head.append("Difference")
    head.append("Proven within")
    rows = []
    for i, p in enumerate(front.plans):
        row = [f"{i + 1} {words.letter(p.kind)}", show.number(p.cost_kcur / 1000, 3)]
        row += [words.extra_text(front, p), *(words.value_text(front, p, c) for c in front.criteria)]
        row += [words.price_text(front, i)] if front.is_line else []
        row += [show.significant(p.distance, 2)] if front.within is not None else []
        rows.append((*row, show.percent(p.gap, 3)))
    order = "the cheapest first" if front.within is None else "the cheapest, then the most different first"
    return Table(f"The plans, {order}", head, rows, tuple(range(1, len(head))), words.new_kinds(front))


def _designs(front: ShownFront) -> Table:
    rows = [
        (f"{i + 1} {words.letter(plan.kind)}", plan.design, words.change_at(front, i))
        for i, plan in enumerate(front.plans)
    ]
    head = ("Plan, kind", "Design", words.compared_with(front))
    marked = words.new_kinds(front)
    caption = f"What is built{'; where the kind changes, the row is marked' if marked else ''}"
    return Table(caption, head, rows, (), marked, (1, 2))


def _kinds(front: ShownFront) -> Table | None:
    rows = words.kind_rows(front.plans)
    if len(rows) < 2:
        return None
    head = ("Kind", *(words.SUBJECT_NAMES[s] for s in words.differing(front.plans)))
    return Table("What each kind of design uses", head, rows)
