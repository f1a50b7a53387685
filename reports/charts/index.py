"""Charts of the index: its parts against the target, and what moves it."""

from __future__ import annotations

from typing import Any

from models import usage
from models.design import Answer
from reports import format as show
from reports import wording
from reports.charts.frame import COLOUR, WIDE, Chart, data, draw, named_bars, waterfall

_COLOURS = {
    "it_busy": "it",
    "it_idle": "idle",
    "electrical_chain": "chain",
    "cooling": "cooling",
    "storage": "storage",
    "house": "house",
    "plain_load": "other",
}


def tokenergy(answer: Answer) -> Chart:
    """The index built up from its parts, and beneath it the target."""
    parts = {key: value for key, value in answer.accounts.tokenergy_parts.items() if abs(value) > 1e-12}
    total, target = sum(parts.values()), answer.accounts.kpi.get("tokenergy_target")
    rows, level = [], 0.0
    for key, value in parts.items():
        short = show.part(value, total)
        text = f"{short}  ({show.share_of(value, total)})"
        rows.append(_bar(wording.part_name(key), level, value, _COLOURS.get(key, "other"), short, text))
        level += value
    short = show.significant(total)
    rows.append(_bar("TokEnergy", 0.0, total, "total", short, short))
    if target is not None:
        short = show.significant(target)
        rows.append(_bar("Target", 0.0, target, "own", short, short))
    limit = "no target set" if target is None else f"target {show.trimmed(target)}"
    label = f"Waterfall of energy per 1,000 reference tokens by part; {limit}; the table gives the figures"
    return waterfall("tok", label, rows, "Wh per 1,000 reference tokens", has_legend=False)


def _bar(line: str, start: float, value: float, colour: str, short: str, text: str) -> dict[str, Any]:
    return {
        "line": line,
        "group": line,
        "colour": colour,
        "from": start,
        "to": start + value,
        "short": short,
        "text": text,
    }


def moves(answer: Answer) -> Chart:
    """What a tenth more or less of one thing takes off the index, in per cent of it."""
    index = answer.accounts.kpi.get("tokenergy_wh_per_1k") or 0.0
    found = {k: v for k, v in usage.tokenergy_moves(answer.case, answer.design).items() if abs(v) > 1e-12 * index}
    rows = []
    for name, value in sorted(found.items(), key=lambda item: -item[1]):
        words = show.percent(value / index)
        rows.append({"line": wording.MOVE_NAMES[name], "end": 100 * value / index, "text": words, "short": words})

    def build(alt: Any, width: int) -> Any:
        axis = alt.Axis(title="index falls by, %", tickCount=6 if width == WIDE else 4, grid=False)
        encoding = {"x": alt.X("end:Q", axis=axis)}
        return named_bars(alt, alt.Chart(data(alt, rows)), width, rows, encoding, color=COLOUR["it"])

    words = "; ".join(f"{row['line']} {row['text']}" for row in rows)
    return draw("moves", f"Bars of what a change of one tenth takes off TokEnergy: {words}", build)
