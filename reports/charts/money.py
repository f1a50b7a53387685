"""Charts of money: the cost build-up, and what the prices rest on."""

from __future__ import annotations

from typing import Any

from models.stages import AnyAnswer
from reports import evidence, wording
from reports import format as show
from reports.charts.frame import NARROW, Chart, data, draw, legend, scale, waterfall

_COLOURS = {"IT hardware": "it", "Facility": "chain", "Operation": "cooling", "Total": "total"}


def cost_group(line: str, is_it: bool) -> str:
    """The group of a cost line: IT hardware, facility, operation."""
    return "IT hardware" if is_it else "Facility" if line in wording.CAPITAL_LINES else "Operation"


def cost_scale(answer: AnyAnswer) -> tuple[float, str]:
    """Thousands of currency in one unit of the axis, and its name."""
    largest = max((abs(c.present_value_kcur) for c in answer.accounts.costs), default=0.0)
    return (1e6, "billion") if largest >= 1e7 else (1e3, "million") if largest >= 1e3 else (1.0, "thousand")


def cost_steps(answer: AnyAnswer) -> list[dict[str, Any]]:
    """Present value by line in units of `cost_scale`, each bar from where the one before ended; the total last."""
    unit, _ = cost_scale(answer)
    sums: dict[tuple[str, bool], float] = {}
    for cost in sorted(answer.accounts.costs, key=lambda c: list(_COLOURS).index(cost_group(c.line, c.is_it))):
        key = (cost.line, cost.is_it)
        sums[key] = sums.get(key, 0.0) + cost.present_value_kcur / unit
    total = answer.accounts.objective_kcur / unit
    rows, level = [], 0.0
    for (line, is_it), value in sums.items():
        if abs(value) >= 1e-9:
            rows.append(_step(wording.cost_name(line), level, value, cost_group(line, is_it), total))
            level += value
    return [*rows, _step("Total", 0.0, level, "Total", total)]


def _step(line: str, start: float, value: float, group: str, total: float) -> dict[str, Any]:
    short = show.part(value, total)
    text = short if line == "Total" else f"{short}  ({show.share_of(value, total)})"
    figures = {"from": start, "to": start + value, "value": value, "text": text, "short": short}
    return {"line": line, "group": group, "colour": _COLOURS[group], **figures}


def cost_build_up(answer: AnyAnswer) -> Chart:
    """Waterfall of present values by line."""
    total = show.money(answer.accounts.objective_kcur, answer.currency)
    label = f"Waterfall of the present value of each cost line, in all {total}; the table gives the figures"
    return waterfall("cost", label, cost_steps(answer), f"{cost_scale(answer)[1]} {answer.currency}")


def evidence_of_cost(answer: AnyAnswer) -> Chart:
    """The present value by grade of the price it rests on, as one bar."""
    shares = [(entry, entry.share) for entry in evidence.cost_by_grade(answer) if entry.share >= 5e-4]
    rows = [
        {"grade": evidence.GRADE_NAMES[entry.grade], "share": 100 * share, "order": order}
        for order, (entry, share) in enumerate(shares)
    ]
    colours = {evidence.GRADE_NAMES[e.grade]: f"grade{e.grade}" if e.grade else "own" for e, _ in shares}

    def build(alt: Any, width: int) -> Any:
        axis = alt.Axis(title="share of present value, %", tickCount=5, domain=False, grid=False)
        x = alt.X("share:Q", stack="zero", axis=axis, scale=alt.Scale(domain=[0, 100], nice=False))
        colour = alt.Color("grade:N", scale=scale(alt, colours), legend=legend(alt, width, 2))
        base = alt.Chart(data(alt, rows), width=width - (16 if width == NARROW else 30), height=40)
        return base.mark_bar(height=32).encode(x=x, color=colour, order="order:Q")

    words = "; ".join(f"{evidence.GRADE_NAMES[e.grade]} {show.percent(share)}" for e, share in shares)
    return draw("evidence", f"Stacked bar of the present value by the grade of its price: {words}", build)
