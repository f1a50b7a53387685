"""What page, workbook and terminal say about plans that stand side by side: designs, kinds of design, costs between."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase
from typing import NamedTuple

from models.design import Answer, relative_gap
from models.front import (
    BUILT,
    FIRST_TOKEN,
    SUBJECTS,
    Front,
    FrontPoint,
    changes,
    extra,
    kind_of,
    kinds,
    own_limit,
    price_between,
)
from models.tender import Interval
from reports import format as show
from reports.schedule import rack_rows, store_rows, unit_rows


class CriterionWords(NamedTuple):
    """How a criterion is named and told."""

    name: str
    unit: str
    use: str
    """in a sentence: "the least ... that any design can do with" """
    step: float
    """a difference that people speak of"""
    step_text: str
    least: str = "No design in this model uses less than {} {}, cost aside"
    """with the least and the unit"""
    cheapest: str = "uses {} {}"
    thriftiest: str = "The thriftiest saves {share} of it"
    best: str = "the thriftiest"


CRITERION = {
    "tokenergy": CriterionWords(
        "TokEnergy", "Wh per 1,000 tokens", "energy per token", 0.01, "0.01 Wh per 1,000 tokens"
    ),
    "carbon": CriterionWords("Carbon", "t a year", "carbon", 1.0, "t a year"),
    "water": CriterionWords("Water", "m³ a year", "water", 1.0, "m³ a year"),
    FIRST_TOKEN: CriterionWords(
        "First token",
        "months after award",
        "months to the first token",
        1.0,
        "month",
        "No design in this model serves sooner than {} {}, cost aside",
        "serves {} {}",
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


def design_text(answer: Answer) -> str:
    """A design in one line: racks on cooling, modules, storage, supply, and what was chosen beside them."""
    racks: dict[tuple[str, str], int] = {}
    for r in rack_rows(answer):
        racks[r.rack, r.cooling] = racks.get((r.rack, r.cooling), 0) + r.racks
    units: dict[str, int] = {}
    for u in unit_rows(answer):
        units[u.offer] = units.get(u.offer, 0) + u.units
    parts = [show.joined([f"{n} × {rack} on {cooling}" for (rack, cooling), n in racks.items()])]
    parts.append(show.joined([f"{n} × {offer}" for offer, n in units.items()]))
    for s in store_rows(answer):
        if max(s.energy_mwh or 0.0, s.power_mw or 0.0) < BUILT and not s.kind.startswith("Generator"):
            continue
        size = show.stored(s.energy_mwh) if s.energy_mwh else show.power(s.power_mw) if s.power_mw else ""
        parts.append(f"{s.name} {size}".strip())
    return "; ".join(p for p in parts if p) or "no equipment"


def kind_rows(answers: Sequence[Answer]) -> list[tuple[str, ...]]:
    """One row per kind of design: its letter, and what it uses of the subjects in which the kinds differ."""
    rows: dict[int, tuple[str, ...]] = {}
    for number, answer in zip(kinds(answers), answers, strict=True):
        kind = kind_of(answer)
        used = (", ".join(sorted(kind[s])) or show.MISSING for s in differing(answers))
        rows.setdefault(number, (letter(number), *used))
    return list(rows.values())


def differing(answers: Sequence[Answer]) -> list[str]:
    """The subjects in which the kinds of the designs differ."""
    found = [kind_of(a) for a in answers]
    return [s for s in SUBJECTS if any(kind[s] != found[0][s] for kind in found)]


def change_text(before: Answer, after: Answer) -> str:
    """What changes kind from one design to the next: `now: PV on site; no longer: air racks`."""
    came, went = [], []
    for gone, new in changes(before, after).values():
        went += sorted(gone)
        came += sorted(new)
    parts = [f"now: {', '.join(came)}" if came else "", f"no longer: {', '.join(went)}" if went else ""]
    return "; ".join(p for p in parts if p)


def title(front: Front) -> str:
    """What the document is about."""
    if front.within is not None:
        return "Plans that cost nearly the same"
    return f"Cost against {show.joined([CRITERION[c].name for c in front.criteria])}"


def compared_with(front: Front) -> str:
    """Heading of what changes kind: against the plan before along a front, against the cheapest otherwise."""
    return f"Changed against the {'plan before' if front.within is None else 'cheapest'}"


def change_at(front: Front, number: int) -> str:
    """What changes kind at a plan (see `compared_with`)."""
    if number == 0:
        return show.MISSING
    before = front.points[number - 1 if front.within is None else 0]
    return change_text(before.answer, front.points[number].answer) or "same kind, other counts and sizes"


def interval_text(interval: Interval, currency: str) -> str:
    """Money between two proofs: one figure where they agree to a hundredth, else both ends; `up to` from nothing."""
    low, high = interval.low, interval.high
    if high - low <= 0.01 * abs(high):
        return show.money((low + high) / 2, currency, 3)
    if low <= 0:
        return f"up to {show.money(high, currency, 3)}"
    return show.money_range(low, high, currency)


def extra_text(front: Front, point: FrontPoint) -> str:
    """What a plan costs above the cheapest."""
    if point is front.points[0]:
        return "the cheapest"
    return interval_text(extra(point, front.points[0]), front.case.currency)


def price_text(front: Front, number: int) -> str:
    """What one more unit costs on the way from the plan before."""
    if number == 0 or not front.is_line:
        return show.MISSING
    (name,) = front.criteria
    price = price_between(front.points[number], front.points[number - 1], name)
    if price is None:
        return show.MISSING
    step = CRITERION[name].step
    return interval_text(Interval(step * max(price.low, 0.0), step * price.high), front.case.currency)


def gap_text(answer: Answer) -> str:
    """The proven gap of a plan, in money and as a share."""
    proof = answer.proof
    gap = relative_gap(proof.objective_kcur, proof.bound_kcur, answer.accounts.without_it_kcur)
    money = show.money(max(proof.objective_kcur - proof.bound_kcur, 0.0), answer.case.currency, 2)
    return f"{money} ({show.percent(gap, 3)})"


def figure(name: str, value: float, digits: int = 5) -> str:
    """A value of a criterion; months without zeros at the end."""
    return show.trimmed(value, digits) if name == FIRST_TOKEN else show.significant(value, digits)


def value_text(front: Front, point: FrontPoint, name: str) -> str:
    """What a plan uses, with the difference from the cheapest."""
    value, first = point.values[name], front.points[0].values[name]
    text = figure(name, value)
    if point is front.points[0] or not first:
        return text
    if name == FIRST_TOKEN:
        return f"{text} ({show.trimmed(first - value)} sooner)"
    change = value / first - 1
    sign = "+" if change > 0 else ""
    return f"{text} ({sign}{show.percent(change)})"


def headline(front: Front) -> str:
    """What the front says, in two or three sentences."""
    if front.within is not None:
        return _near_best(front)
    first, last = front.points[0], front.points[-1]
    if len(front.points) == 1:
        return _nothing_to_save(front)
    cost = f"The cheapest plan costs {show.money(first.cost_kcur, front.case.currency)}"
    if len(front.criteria) > 1:
        span = [f"{CRITERION[c].use} by up to {show.percent(_most_saved(front, c))}" for c in front.criteria]
        most = show.percent(max(p.cost_kcur for p in front.points) / first.cost_kcur - 1)
        return f"{cost}. Other plans cut {show.joined(span)}, for at most {most} more."
    (name,) = front.criteria
    words = CRITERION[name]
    uses = f"{cost} and {words.cheapest.format(figure(name, first.values[name], 4), words.unit)}"
    more = interval_text(extra(last, first), front.case.currency)
    share = show.percent(last.cost_kcur / first.cost_kcur - 1)
    saved = figure(name, first.values[name] - last.values[name], 4)
    thrifty = words.thriftiest.format(share=show.percent(_most_saved(front, name)), saved=saved)
    text = f"{uses}. {thrifty} and costs {more} more ({share})."
    middle = _half_way(front, name)
    if middle is not None:
        part = (first.values[name] - middle.values[name]) / (first.values[name] - last.values[name])
        cost = interval_text(extra(middle, first), front.case.currency)
        text += f" {show.percent(part, 0)} of that saving is had for {cost}."
    return text


def _near_best(front: Front) -> str:
    """What a search for alternatives found, in a sentence or two."""
    first, others = front.points[0], front.points[1:]
    cost = show.money(first.cost_kcur, front.case.currency)
    share = f"{show.percent(front.within)} of the cost without IT hardware"
    if not others:
        return f"The cheapest plan costs {cost}. No plan that differs from it was found within {share}."
    most = interval_text(extra(max(others, key=lambda p: p.cost_kcur), first), front.case.currency)
    plans = show.count(len(others), "other plan costs", "other plans cost")
    return f"The cheapest plan costs {cost}. {plans} at most {most} more (asked for: within {share})."


def _most_saved(front: Front, name: str) -> float:
    first = front.points[0].values[name]
    return 1 - min(p.values[name] for p in front.points) / first if first else 0.0


def _half_way(front: Front, name: str) -> FrontPoint | None:
    """The plan between the ends whose saving is nearest to half of all."""
    first, last = front.points[0].values[name], front.points[-1].values[name]
    between = front.points[1:-1]
    return min(between, key=lambda p: abs((first + last) / 2 - p.values[name]), default=None)


def _nothing_to_save(front: Front) -> str:
    texts = []
    for name in front.criteria:
        least, value = front.least.get(name), front.points[0].values[name]
        if least is None:
            continue
        words = CRITERION[name]
        lowest = words.least.format(figure(name, least.bound), words.unit)
        texts.append(f"{lowest}; the cheapest plan {words.cheapest.format(figure(name, value), words.unit)}")
    cost = show.money(front.points[0].cost_kcur, front.case.currency)
    if not texts:
        return f"The cheapest plan costs {cost}."
    best = show.joined(list(dict.fromkeys(CRITERION[name].best for name in front.criteria)))
    return f"The cheapest plan, for {cost}, is also {best}, within what is proven. {'. '.join(texts)}."


def target_text(front: Front, name: str) -> str:
    """What the workbook's own limit says about the front; nothing if it has none."""
    limit = own_limit(front.case, name)
    if limit is None:
        return ""
    words = CRITERION[name]
    kept = [i for i, p in enumerate(front.points, start=1) if p.values[name] <= limit]
    text = f"The workbook's own limit is {show.trimmed(limit, 5)} {words.unit}"
    return f"{text}: plan {kept[0]} is the first to keep it." if kept else f"{text}: no plan here keeps it."


def remarks(front: Front) -> list[str]:
    """What the reader should know about how the points came about."""
    found = [target_text(front, name) for name in front.criteria]
    for name in front.criteria:
        least = front.least.get(name)
        if least is not None and len(front.points) > 1:
            words = CRITERION[name]
            found.append(f"{words.least.format(figure(name, least.bound), words.unit)}.")
    if front.without_plan:
        texts = [
            show.joined([f"{CRITERION[n].use} at most {figure(n, v, 4)} {CRITERION[n].unit}" for n, v in limits])
            for limits in ([(n, v) for n, v in w.items() if v is not None] for w in front.without_plan)
        ]
        found.append(f"Proven out of reach together: {'; '.join(texts)}.")
    if front.dropped:
        noun = show.count(front.dropped, "plan was", "plans were")
        found.append(f"{noun} left out, because another is at least as good in everything.")
    found.append(STOPPED.get(front.stopped, ""))
    return [text for text in found if text]
