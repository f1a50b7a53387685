"""What a plan comes down to, in sentences: what binds, what moves it, what its batteries and its cooling do, what its
cost rests on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from models import usage
from models.design import Answer
from models.stages import AnyAnswer
from reports import evidence, wording
from reports import format as show
from reports.capacity import limit_rows

_SERVICES = {
    "ride_through": "ride-through",
    "smoothing": "evening out swings",
    "ramp": "ramps when work starts or stops",
    "peak": "lowering the peak",
    "shifting": "shifting energy",
}
_DUTIES = ("ride_through", "smoothing", "ramp")
"""services that a battery is kept free for, whatever it earns"""


class Point(NamedTuple):
    """One line of the summary: its subject, what is to be known, and where the figures are."""

    subject: str
    sentence: str
    anchor: str


def summary(answer: Answer) -> list[Point]:
    """The plan on one page: what a decision needs besides the key figures."""
    points = [Point("Proof", proof(answer), "proof"), Point("Money", money(answer), "cost")]
    if wording.has_tokens(answer):
        points.append(Point("TokEnergy", index(answer), "tokenergy"))
    points.append(Point("Limits", binding(answer), "limits"))
    points.append(Point("Evidence", evidence_of_cost(answer), "evidence"))
    return points


def proof(answer: AnyAnswer) -> str:
    """How far from the least cost the plan can be, in money."""
    if show.money(answer.proof.bound_kcur, "") == show.MISSING:
        return "No bound was proven: a cheaper design may exist."
    most = show.money(wording.gap_money_kcur(answer), answer.currency, 3)
    checks = show.count(answer.audit.checks, "check")
    tail = f"all {checks} of the independent recheck hold" if answer.audit.ok else "the independent recheck FAILED"
    return f"With these inputs no design in this model is cheaper by more than {most}; {tail}."


def money(answer: AnyAnswer) -> str:
    """The largest parts of the cost."""
    total, sums = answer.accounts.objective_kcur, {"IT hardware": 0.0, "facility": 0.0, "operation": 0.0}
    lines: dict[str, float] = {}
    for cost in answer.accounts.costs:
        group = "IT hardware" if cost.is_it else "facility" if cost.line in wording.CAPITAL_LINES else "operation"
        sums[group] += cost.present_value_kcur
        lines[cost.line] = lines.get(cost.line, 0.0) + cost.present_value_kcur
    parts = [f"{show.percent(v / total)} {name}" for name, v in sums.items() if v and total]
    if not parts:
        return "The plan costs nothing."
    largest = max(lines, key=lambda line: lines[line])
    share = show.percent(lines[largest] / total)
    return f"Of the present value, {show.joined(parts)}; largest line: {wording.cost_name(largest)}, {share}."


def index(answer: Answer) -> str:
    """The index against its target, and what moves it most."""
    return f"{wording.tokenergy_text(answer)} {moves_it_most(answer)}".rstrip()


def moves_it_most(answer: Answer, when: str = "") -> str:
    """What takes most off the index; empty where nothing moves it. when: ` in the last stage`."""
    moves = usage.tokenergy_moves(answer.case, answer.design)
    now = answer.accounts.kpi.get("tokenergy_wh_per_1k")
    most = max(moves, key=lambda name: moves[name], default=None)
    if most is None or not now:
        return ""
    less = show.percent(moves[most] / now)
    return f"Of all changes by a tenth, {wording.MOVE_NAMES[most]} moves it most{when}: it takes {less} off."


def binding(answer: Answer) -> str:
    """The limits that the plan uses up."""
    names = [row.name for row in limit_rows(answer) if row.binds]
    if not names:
        return "No limit binds."
    return f"{show.count(len(names), 'limit binds', 'limits bind')}: {'; '.join(gathered(names))}."


def gathered(names: list[str]) -> list[str]:
    """Names of limits, those of one kind together: `Busy racks: a, b` of `Busy racks: a` and `Busy racks: b`."""
    kinds: dict[str, list[str]] = {}
    for name in names:
        kind, _, item = name.partition(": ")
        kinds.setdefault(kind, []).append(show.in_a_list(item))
    return [f"{kind}: {show.joined(items)}" if any(items) else kind for kind, items in kinds.items()]


def evidence_of_cost(answer: AnyAnswer) -> str:
    """The part of the cost that rests on assumptions, derived figures and single estimates."""
    shares = {entry.grade: entry.share for entry in evidence.cost_by_grade(answer)}
    weak = [
        f"{show.percent(shares[grade])} {name}"
        for grade, name in (("X", "assumed"), ("D", "derived"), ("C", "from single estimates"))
        if shares.get(grade, 0.0) >= 5e-4
    ]
    if not weak:
        return "No price behind the cost is an assumption or a single estimate."
    return f"By the prices behind it, the cost is {show.joined(weak)}; the rest is better founded or your own figure."


def free_cooling(answer: Answer) -> list[str]:
    """For each cooling type with heat, how many hours of the year it needs no compressor."""
    sentences = []
    for c in usage.cooling_use(answer.case, answer.design):
        hours, all_hours = show.number(c.free_h), show.number(c.hours)
        some = f"{hours} of the {all_hours} hours in which it takes heat ({show.percent(c.free_h / c.hours)})"
        always = f"all {all_hours} hours in which it takes heat"
        text = f"{c.name}: free cooling in {always if hours == all_hours else some}."
        if c.standing_share > 0:
            text += f" {show.percent(c.standing_share)} of its electricity is taken whatever the heat."
        sentences.append(text)
    return sentences


def heat_reuse(answer: Answer) -> list[str]:
    """For each heat user, what it takes, or why it takes nothing."""
    case, sentences = answer.case, []
    taken = sum(c.heat_mwh for c in usage.cooling_use(case, answer.design))
    for user in case.heat_users:
        sold = usage.heat_reused_mwh(case, answer.design, user.name)
        if sold > 1e-6:
            size = show.with_unit(show.significant(answer.design.reuse_mw[user.name]), "MW")
            share = show.percent(sold / taken, 1) if taken else show.MISSING
            sentences.append(f"{user.name} takes {show.energy(sold)} of heat a year, {share} of it, through {size}.")
        else:
            sentences.append(f"{user.name} takes no heat: it does not pay, or none comes back warm enough.")
    return sentences


def tanks(answer: Answer) -> list[str]:
    """The water in each chilled-water store whose temperature difference is stated."""
    sentences = []
    for name, mwh in answer.design.cold_store_mwh.items():
        volume = usage.tank_m3(answer.case, answer.design, name)
        if volume is not None and mwh > 1e-6:
            sentences.append(f"{name}: its chilled-water store of {show.stored(mwh)} holds {show.number(volume)} m³.")
    return sentences


def water(answer: Answer) -> list[str]:
    """The day that needs most water, and water weighted by scarcity."""
    days = usage.water_by_day(answer.case, answer.design)
    first, most = max(days.items(), key=lambda day: day[1], default=(0, 0.0))
    if most <= 0:
        return []
    calendar = answer.case.calendar
    day = datetime.fromisoformat(calendar.first_step) + timedelta(hours=calendar.step_h * first)
    sentences = [f"Most water in one day: {show.significant(most)} m³, on {day.day} {day:%B}."]
    weighted, plain = answer.accounts.kpi.get("weighted_water_m3"), answer.accounts.kpi.get("water_m3")
    if weighted is not None and plain:
        mean = show.significant(weighted / plain)
        sentences.append(f"Weighted by scarcity, the year's water counts as {show.number(weighted)} m³, {mean} a m³.")
    return sentences


def batteries(answer: Answer) -> list[str]:
    """For each battery, which service sizes it; then what lowering the peak and shifting energy save, by all of them
    together, where this sizes any."""
    uses = usage.battery_use(answer.case, answer.design)
    sentences = [_sized(use) for use in uses]
    if all(use.sized_by in _DUTIES for use in uses):
        return sentences
    saved = _saved(usage.battery_value(answer.case, answer.design), answer.case.currency)
    return [f"{sentences[0]} A {saved}"] if len(uses) == 1 else [*sentences, f"All batteries together: a {saved}"]


def _sized(use: usage.BatteryUse) -> str:
    """Which service sizes a battery, and what it keeps for a duty."""
    start = f"{use.name} ({show.store_size(use.power_mw, use.energy_mwh)}) is sized by {_SERVICES[use.sized_by]}"
    if use.sized_by not in _DUTIES:
        return f"{start}."
    if use.sized_by == "ride_through":
        return f"{start}: {show.stored(use.reserve_mwh)} are held back for it at all times."
    mw, mwh = (use.smoothing_mw, use.smoothing_mwh) if use.sized_by == "smoothing" else (use.ramp_mw, use.ramp_mwh)
    return f"{start}: {show.store_size(mw, mwh)} are kept free for it at all times, below and above together."


def _saved(value: usage.BatteryValue, currency: str) -> str:
    """What lowering the peak and shifting energy save in a year."""
    peak = show.money(value.demand_kcur, currency, 3)
    once = f" and {show.money(value.connection_kcur, currency, 3)} of connection" if value.connection_kcur > 0 else ""
    shifting = show.money(value.energy_kcur, currency, 3)
    return f"lower peak saves {peak} a year in charges{once}; shifting energy saves {shifting} a year."
