"""What page, workbook and terminal say about plans that stand side by side: designs, kinds of design, costs between."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase
from typing import NamedTuple

from models.front import FIRST_TOKEN, SUBJECTS
from models.tender import Interval
from reports import format as show
from reports.front.shown import ShownFront, ShownPlan
from reports.wording import short_year


class CriterionWords(NamedTuple):
    """How a criterion is named and told."""

    name: str
    unit: str
    use: str
    """in a sentence: "other plans cut ... by up to" """
    step: float
    """a difference that people speak of"""
    step_text: str
    least: str
    """with the least"""
    cheapest: str
    """with what the plan uses"""
    thriftiest: str = "The thriftiest saves {share} of it"
    best: str = "the thriftiest"


CRITERION = {
    "tokenergy": CriterionWords(
        "TokEnergy",
        "Wh per 1,000 tokens",
        "energy per token",
        0.01,
        "0.01 Wh per 1,000 tokens",
        "No design in this model uses less than {} Wh per 1,000 tokens, cost aside",
        "uses {} Wh per 1,000 tokens",
    ),
    "carbon": CriterionWords(
        "Carbon",
        "t a year",
        "carbon",
        1.0,
        "tonne a year",
        "No design in this model causes less than {} t of carbon a year, cost aside",
        "causes {} t of carbon a year",
    ),
    "water": CriterionWords(
        "Water",
        "m³ a year",
        "water",
        1.0,
        "m³ a year",
        "No design in this model uses less than {} m³ of water a year, cost aside",
        "uses {} m³ of water a year",
    ),
    FIRST_TOKEN: CriterionWords(
        "First token",
        "months after award",
        "months to the first token",
        1.0,
        "month",
        "No design in this model serves sooner than {} months after award, cost aside",
        "serves {} months after award",
        "The earliest serves {saved} months sooner",
        "the earliest",
    ),
}
SUBJECT_NAMES = {
    "racks": "Racks",
    "cooling": "Cooling",
    "modules": "Modules",
    "architecture": "Electrical architecture",
    "tariff": "Tariff",
    "storage": "Storage",
    "supply": "On-site supply",
}
STOPPED = {
    "interrupted": "The search was interrupted: points are missing.",
    "time limit": "The search stopped at its time limit: points are missing.",
    "process": "A process died again and again, or was ended at its hard stop: points are missing.",
}


def letter(kind: int) -> str:
    """Name of a kind of design: A, B, ..."""
    return ascii_uppercase[kind % 26] + (str(kind // 26) if kind >= 26 else "")


def kind_rows(plans: Sequence[ShownPlan]) -> list[tuple[str, ...]]:
    """One row per kind of design: its letter, and what it uses of the subjects in which the kinds differ."""
    rows: dict[int, tuple[str, ...]] = {}
    for plan in plans:
        used = (", ".join(sorted(plan.uses[s])) or show.MISSING for s in differing(plans))
        rows.setdefault(plan.kind, (letter(plan.kind), *used))
    return list(rows.values())


def differing(plans: Sequence[ShownPlan]) -> list[str]:
    """The subjects in which the kinds of the designs differ."""
    return [s for s in SUBJECTS if any(plan.uses[s] != plans[0].uses[s] for plan in plans)]


def change_text(before: ShownPlan, after: ShownPlan) -> str:
    """What changes kind from one design to the next: `now: PV on site; no longer: air racks`."""
    came = [name for s in SUBJECTS for name in sorted(after.uses[s] - before.uses[s])]
    went = [name for s in SUBJECTS for name in sorted(before.uses[s] - after.uses[s])]
    parts = [f"now: {', '.join(came)}" if came else "", f"no longer: {', '.join(went)}" if went else ""]
    return "; ".join(p for p in parts if p)


def new_kinds(front: ShownFront) -> tuple[int, ...]:
    """The plans of another kind than the one before, along a front; alternatives are looked for because they differ."""
    kinds = [p.kind for p in front.plans]
    return tuple(i for i in range(1, len(kinds)) if front.within is None and kinds[i] != kinds[i - 1])


def title(front: ShownFront) -> str:
    """What the document is about."""
    if front.within is not None:
        return "Plans that cost nearly the same"
    return f"Cost against {show.joined([CRITERION[c].name for c in front.criteria])}"


def compared_with(front: ShownFront) -> str:
    """Heading of what changes kind: against the plan before along a front, against the cheapest otherwise."""
    return f"Changed against the {'plan before' if front.within is None else 'cheapest'}"


def change_at(front: ShownFront, number: int) -> str:
    """What changes kind at a plan (see `compared_with`)."""
    if number == 0:
        return show.MISSING
    before = front.plans[number - 1 if front.within is None else 0]
    return change_text(before, front.plans[number]) or "same kind, other counts and sizes"


def interval_text(interval: Interval, currency: str) -> str:
    """Money between two proofs: one figure where they agree to a hundredth, else both ends; `up to` from nothing."""
    low, high = interval.low, interval.high
    if high - low <= 0.01 * abs(high):
        return show.money((low + high) / 2, currency, 3)
    if low <= 0:
        return f"up to {show.money(high, currency, 3)}"
    return show.money_range(low, high, currency)


def extra_text(front: ShownFront, point: ShownPlan) -> str:
    """What a plan costs above the cheapest."""
    if point is front.plans[0]:
        return "the cheapest"
    return interval_text(point.extra, front.currency)


def price_text(front: ShownFront, number: int) -> str:
    """What one more unit costs on the way from the plan before."""
    if number == 0 or not front.is_line:
        return show.MISSING
    (name,) = front.criteria
    price = front.plans[number].prices.get(name)
    if price is None:
        return show.MISSING
    step = CRITERION[name].step
    return interval_text(Interval(step * max(price.low, 0.0), step * price.high), front.currency)


def gap_text(front: ShownFront, plan: ShownPlan) -> str:
    """The proven gap of a plan, in money and as a share."""
    money = show.money(max(plan.cost_kcur - plan.bound_kcur, 0.0), front.currency, 2)
    return f"{money} ({show.percent(plan.gap, 3)})"


def value_text(front: ShownFront, point: ShownPlan, name: str) -> str:
    """What a plan uses, with the difference from the cheapest."""
    value, first = point.values[name], front.plans[0].values[name]
    text = show.trimmed(value, 5) if name == FIRST_TOKEN else show.significant(value, 5)
    if point is front.plans[0] or not first:
        return text
    if name == FIRST_TOKEN:
        return f"{text} ({show.trimmed(first - value)} sooner)"
    change = value / first - 1
    if abs(change) < 5e-4:
        return text
    sign = "+" if change > 0 else ""
    return f"{text} ({sign}{show.percent(change)})"


def headline(front: ShownFront) -> str:
    """What the front says, in two or three sentences."""
    if front.within is not None:
        return _near_best(front)
    first, last = front.plans[0], front.plans[-1]
    if len(front.plans) == 1:
        return _nothing_to_save(front)
    cost = f"The cheapest plan costs {show.money(first.cost_kcur, front.currency)}"
    if len(front.criteria) > 1:
        span = [f"{CRITERION[c].use} by up to {show.percent(_most_saved(front, c))}" for c in front.criteria]
        most = show.percent(max(p.cost_kcur for p in front.plans) / first.cost_kcur - 1)
        return f"{cost}. Other plans cut {show.joined(span)}, for at most {most} more."
    (name,) = front.criteria
    words = CRITERION[name]
    uses = f"{cost} and {words.cheapest.format(show.trimmed(first.values[name], 4))}"
    more = interval_text(last.extra, front.currency)
    share = show.percent(last.cost_kcur / first.cost_kcur - 1)
    saved = show.trimmed(first.values[name] - last.values[name], 4)
    thrifty = words.thriftiest.format(share=show.percent(_most_saved(front, name)), saved=saved)
    text = f"{uses}. {thrifty} and costs {more} more ({share})."
    middle = _half_way(front, name)
    if middle is not None:
        part = (first.values[name] - middle.values[name]) / (first.values[name] - last.values[name])
        cost = interval_text(middle.extra, front.currency)
        text += f" {show.percent(part, 0)} of that saving is had for {cost}."
    return text


def _near_best(front: ShownFront) -> str:
    """What a search for alternatives found, in a sentence or two."""
    first, others = front.plans[0], front.plans[1:]
    cost = show.money(first.cost_kcur, front.currency)
    share = f"{show.percent(front.within)} of the cost without IT hardware"
    if not others:
        return f"The cheapest plan costs {cost}. No plan that differs from it was found within {share}."
    most = interval_text(max(others, key=lambda p: p.cost_kcur).extra, front.currency)
    plans = show.count(len(others), "other plan costs", "other plans cost")
    return f"The cheapest plan costs {cost}. {plans} at most {most} more (asked for: within {share})."


def _most_saved(front: ShownFront, name: str) -> float:
    first = front.plans[0].values[name]
    return 1 - min(p.values[name] for p in front.plans) / first if first else 0.0


def _half_way(front: ShownFront, name: str) -> ShownPlan | None:
    """The plan between the ends whose saving is nearest to half of all."""
    first, last = front.plans[0].values[name], front.plans[-1].values[name]
    between = front.plans[1:-1]
    return min(between, key=lambda p: abs((first + last) / 2 - p.values[name]), default=None)


def _nothing_to_save(front: ShownFront) -> str:
    texts = []
    for name in front.criteria:
        least, value = front.least.get(name), front.plans[0].values[name]
        if least is None:
            continue
        words = CRITERION[name]
        lowest = words.least.format(show.trimmed(least, 5))
        texts.append(f"{lowest}; the cheapest plan {words.cheapest.format(show.trimmed(value, 5))}")
    cost = show.money(front.plans[0].cost_kcur, front.currency)
    if not texts:
        return f"The cheapest plan costs {cost}."
    best = show.joined(list(dict.fromkeys(CRITERION[name].best for name in front.criteria)))
    return f"The cheapest plan, for {cost}, is also {best}, within what is proven. {'. '.join(texts)}."


def target_text(front: ShownFront, name: str) -> str:
    """What the workbook's own limit says about the front; nothing if it has none."""
    limit = front.limits[name]
    if limit is None:
        return ""
    words = CRITERION[name]
    kept = [i for i, p in enumerate(front.plans, start=1) if p.values[name] <= limit]
    text = f"The workbook's own limit on {words.use} is {show.trimmed(limit, 5)} {words.unit}"
    return f"{text}: plan {kept[0]} is the first to keep it." if kept else f"{text}: no plan here keeps it."


def remarks(front: ShownFront) -> list[str]:
    """What the reader should know about how the points came about."""
    found = [target_text(front, name) for name in front.criteria]
    for name in front.criteria:
        least = front.least.get(name)
        if least is not None and len(front.plans) > 1:
            words = CRITERION[name]
            found.append(f"{words.least.format(show.trimmed(least, 5))}.")
    if front.without_plan:
        texts = [
            show.joined([f"{CRITERION[n].use} at most {show.trimmed(v, 4)} {CRITERION[n].unit}" for n, v in limits])
            for limits in ([(n, v) for n, v in w.items() if v is not None] for w in front.without_plan)
        ]
        found.append(f"Proven out of reach together: {'; '.join(texts)}.")
    if front.left_out:
        noun = show.count(front.left_out, "plan was", "plans were")
        found.append(f"{noun} left out, because another is at least as good in everything.")
    found += [STOPPED.get(front.stopped, ""), short_year(front.hours)]
    return [text for text in found if text]
