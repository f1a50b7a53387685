"""The answer to "what does using less cost?": plans of which none is better than another in everything that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.case import Case
from models.design import Answer
from models.first_token import FIRST_TOKEN as FIRST_TOKEN
from models.tender import Interval
from models.timetable import ALWAYS_MONTHS, start_month
from models.yearly import CRITERIA, given_limit, used

_SAME = 1e-9
"""Relative difference below which two figures are one in floating point."""
_KEPT = 1e-5
"""Relative tolerance within which a limit is kept, above the tolerances of the solver."""
BUILT = 1e-3
"""MW or MWh above which something counts as built."""
SUBJECTS = ("racks", "cooling", "modules", "architecture", "tariff", "storage", "supply")
"""What makes a design one of another kind: which of these it uses, not how many."""


@dataclass(frozen=True, eq=False)
class FrontPoint:
    """One proven plan: the cheapest of those that keep its limits."""

    answer: Answer
    limits: dict[str, float | None]
    """by the name of a criterion: what the plan was allowed; None: as much as it likes"""
    values: dict[str, float]
    """what it uses of each"""
    cpu_s: float = 0.0
    """processor time that finding and proving it took"""
    is_first: bool = False
    """found from scratch, before anything was known"""
    distance: float | None = None
    """of an alternative: from the nearest plan before it; 1 is, say, all racks of another kind"""

    @property
    def cost_kcur(self) -> float:
        """Present value of the plan."""
        return self.answer.proof.objective_kcur

    @property
    def bound_kcur(self) -> float:
        """No design that keeps its limits costs less."""
        return self.answer.proof.bound_kcur


@dataclass(frozen=True, eq=False)
class Least:
    """How little of something any design needs: what was reached, and what nothing goes below."""

    reached: float
    bound: float


@dataclass(frozen=True, eq=False)
class Front:
    """All plans found, the cheapest first."""

    case: Case
    criteria: tuple[str, ...]
    points: tuple[FrontPoint, ...]
    least: dict[str, Least]
    asked: int
    """points that were asked for"""
    solves: int
    """cases solved for a point; the rest were plans known already"""
    without_plan: tuple[dict[str, float | None], ...] = ()
    """limits that no design keeps together, proven"""
    dropped: int = 0
    """plans found that others are better than in everything"""
    stopped: str = ""
    """why not all points were looked for: interrupted, time limit"""
    within: float | None = None
    """of a search for alternatives: how much more they may cost, share of the cost without IT hardware"""
    least_cpu_s: float = 0.0
    """processor time of finding how little can do"""
    seconds: dict[str, float] = field(default_factory=dict)


def is_better(one: FrontPoint, other: FrontPoint) -> bool:
    """Whether a plan is at least as good as another in cost and in every criterion, and better in one."""
    pairs = [(one.cost_kcur, other.cost_kcur), *((one.values[c], other.values[c]) for c in one.values)]
    tolerances = [_SAME * max(abs(a), abs(b)) for a, b in pairs]
    no_worse = all(a <= b + t for (a, b), t in zip(pairs, tolerances, strict=True))
    return no_worse and any(a < b - t for (a, b), t in zip(pairs, tolerances, strict=True))


def efficient(points: Sequence[FrontPoint]) -> tuple[FrontPoint, ...]:
    """The points that no other is better than, one of each that are alike, the cheapest first."""
    kept: list[FrontPoint] = []
    for point in points:
        alike = any(not is_better(point, k) and not is_better(k, point) and _equal(point, k) for k in kept)
        if not alike and not any(is_better(other, point) for other in points):
            kept.append(point)
    return tuple(sorted(kept, key=lambda p: p.cost_kcur))


def _equal(one: FrontPoint, other: FrontPoint) -> bool:
    pairs = [(one.cost_kcur, other.cost_kcur), *((one.values[c], other.values[c]) for c in one.values)]
    return all(abs(a - b) <= _SAME * max(abs(a), abs(b)) for a, b in pairs)


def kind_of(answer: Answer) -> dict[str, frozenset[str]]:
    """What a design uses, by subject."""
    case, design = answer.case, answer.design
    stores = {n for n, mwh in design.battery_mwh.items() if mwh > BUILT}
    stores |= {f"chilled water, {n}" for n, mwh in design.cold_store_mwh.items() if mwh > BUILT}
    sources = {n for n, mw in design.supply_mw.items() if mw > BUILT}
    sources |= {n for n, count in design.generator_units.items() if count}
    found = {
        "racks": {p.rack for p in design.racks if p.count},
        "cooling": {p.cooling for p in design.racks if p.count},
        "modules": {u.offer for u in design.units if u.count},
        "architecture": {case.electrical.name},
        "tariff": {case.grid.tariff},
        "storage": stores,
        "supply": sources,
    }
    return {subject: frozenset(n for n in names if n) for subject, names in found.items()}


def price_between(thrifty: FrontPoint, cheap: FrontPoint, criterion: str) -> Interval | None:
    """What one unit less costs on the way from a cheaper plan to a thriftier one, as far as the two proofs tell
    [kcur per unit]; None if the thriftier does not use less."""
    saved = cheap.values[criterion] - thrifty.values[criterion]
    if saved <= _SAME * abs(cheap.values[criterion]):
        return None
    low, high = thrifty.bound_kcur - cheap.cost_kcur, thrifty.cost_kcur - cheap.bound_kcur
    return Interval(low / saved, high / saved)


def values_of(answer: Answer, names: Sequence[str]) -> dict[str, float]:
    """What a plan uses of each criterion; of the first token its month."""
    dated = {FIRST_TOKEN: start_month(answer.case, answer.design)} if FIRST_TOKEN in names else {}
    return {name: dated[name] if name in dated else used(answer.accounts, CRITERIA[name]) for name in names}


def own_limit(case: Case, name: str) -> float | None:
    """The limit on a criterion that a case sets itself."""
    if name == FIRST_TOKEN:
        return case.limits.need_month if case.limits.need_month < ALWAYS_MONTHS else None
    return given_limit(case, CRITERIA[name])


def unit_of(name: str) -> str:
    """The unit of a criterion."""
    return "months after award" if name == FIRST_TOKEN else CRITERIA[name].unit


def keeps(values: Mapping[str, float], limits: Mapping[str, float | None]) -> bool:
    """Whether a plan keeps limits."""
    return all(limit is None or values[name] <= limit * (1 + _KEPT) for name, limit in limits.items())


def is_tighter(one: Mapping[str, float | None], other: Mapping[str, float | None]) -> bool:
    """Whether whatever keeps the first limits also keeps the second."""
    return all(o is None or ((mine := one[name]) is not None and mine <= o) for name, o in other.items())


def extra(point: FrontPoint, cheapest: FrontPoint) -> Interval:
    """What a plan costs above the cheapest, as far as the two proofs tell [kcur]; zero for the cheapest itself."""
    if point is cheapest:
        return Interval(0.0, 0.0)
    low = max(point.bound_kcur - cheapest.cost_kcur, 0.0)
    return Interval(low, max(point.cost_kcur - cheapest.bound_kcur, low))


def kinds(answers: Sequence[Answer]) -> list[int]:
    """Number of the kind of each design, counted from 0 in the order in which they appear."""
    seen: list[dict[str, frozenset[str]]] = []
    numbers = []
    for answer in answers:
        kind = kind_of(answer)
        if kind not in seen:
            seen.append(kind)
        numbers.append(seen.index(kind))
    return numbers
