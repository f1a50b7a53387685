"""Chart of a front: cost against what a plan uses, one mark per plan, coloured by the kind of design."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports import format as show
from reports.charts.frame import COLOUR, NARROW, Chart, data, draw, legend, scale
from reports.front.shown import ShownFront
from reports.front.words import CRITERION, letter

_COLOURS = ("it", "chain", "cooling", "storage", "other", "total")
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")


def money_scale(costs_kcur: Sequence[float]) -> tuple[float, str]:
    """Thousands of currency in one unit of the axis, and its name."""
    largest = max((abs(c) for c in costs_kcur), default=0.0)
    return (1e6, "billion") if largest >= 1e7 else (1e3, "million") if largest >= 1e3 else (1.0, "thousand")


def front_chart(front: ShownFront, name: str) -> Chart:
    """Cost against one criterion; the bar below each mark reaches down to what no design within its limit goes
    below."""
    unit, scale_name = money_scale([p.cost_kcur for p in front.plans])
    rows: list[dict[str, Any]] = [
        {
            "x": p.values[name],
            "cost": p.cost_kcur / unit,
            "bound": p.bound_kcur / unit,
            "kind": f"Kind {letter(p.kind)}",
            "number": str(i),
        }
        for i, p in enumerate(front.plans, start=1)
    ]
    words = CRITERION[name]
    labels: list[str] = list(dict.fromkeys(row["kind"] for row in rows))
    colours = {label: _COLOURS[i % len(_COLOURS)] for i, label in enumerate(labels)}
    shapes = [_SHAPES[i % len(_SHAPES)] for i in range(len(labels))]
    shown = shown_limit(front, name)

    def build(alt: Any, width: int) -> Any:
        is_narrow = width == NARROW
        base = alt.Chart(data(alt, rows)).properties(
            width=width - (72 if is_narrow else 90), height=260 if is_narrow else 340
        )
        free = alt.Scale(zero=False, nice=True, padding=14)
        x = alt.X(
            "x:Q",
            scale=free,
            axis=alt.Axis(title=f"{words.name}, {words.unit}", tickCount=4 if is_narrow else 8, grid=False),
        )
        money = f"present value, {scale_name} {front.currency}"
        y = alt.Y("cost:Q", scale=free, axis=alt.Axis(title=money, tickCount=5))
        colour = alt.Color(
            "kind:N", scale=scale(alt, colours), legend=legend(alt, width, 4) if len(labels) > 1 else None
        )
        shape = alt.Shape("kind:N", scale=alt.Scale(domain=labels, range=shapes), legend=None)
        layers = []
        if front.is_line:
            layers.append(base.mark_line(color=COLOUR["own"], strokeWidth=1.5, interpolate="linear").encode(x=x, y=y))
        layers.append(base.mark_rule(color=COLOUR["muted"], strokeWidth=2).encode(x=x, y=y, y2="bound:Q"))
        layers.append(base.mark_point(size=95, filled=True, opacity=1).encode(x=x, y=y, color=colour, shape=shape))
        layers.append(base.mark_text(dy=-13, dx=4, align="left").encode(x=x, y=y, text="number:N"))
        if shown is not None:
            mark = alt.Chart(data(alt, [{"x": shown}])).mark_rule(color=COLOUR["muted"], strokeDash=[5, 4])
            layers.append(mark.encode(x=x))
        return alt.layer(*layers)

    points = "; ".join(
        f"plan {r['number']}: {show.significant(r['x'], 4)} {words.unit}, {show.significant(r['cost'], 4)} {scale_name}"
        for r in rows
    )
    return draw(f"front-{name}", f"Cost of each plan against its {words.name}. {points}", build)


def shown_limit(front: ShownFront, name: str) -> float | None:
    """The workbook's own limit, where it can be shown without squeezing the points into a corner."""
    limit = front.limits[name]
    values = [p.values[name] for p in front.plans]
    room = max(values) - min(values)
    return limit if limit is not None and min(values) - room <= limit <= max(values) + room else None
