"""Near-optimal plans that differ as much as possible: the one mechanism for every study.

A study names its features: linear figures of the design (units of an offer, MW of a battery), each with the size that
counts as wholly different. Plans are then found one after another: at most `budget` dear, and as far as possible from
the nearest of those found before. Distance: sum over features of |difference| / size.

In the design problem the distance to each earlier plan is exact: for every feature a binary says on which side of the
earlier value it lies (the bound of the feature is the big-M, so the rows are as tight as the bounds). Costs are those
of the cuts, so a plan found may cost more than it seems; then its months are asked, their cuts added, and the search
repeated, until a plan within the budget is found or none is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.solving.family import CaseFamily, Feature, Member

MOST_ROUNDS = 25
LEAST_DISTANCE = 0.05
"""Plans nearer than this to one found before are not worth telling apart."""

Finish = Callable[[Member], Member]
"""Makes the most of an alternative: the least cost with its features as they are."""


@dataclass(frozen=True, eq=False)
class Found:
    """An alternative and how far it is from the nearest plan before it."""

    member: Member
    distance: float


def alternatives(
    family: CaseFamily,
    best: Member,
    features: Sequence[Feature],
    *,
    budget_kcur: float,
    count: int,
    gap: float,
    finish: Finish,
) -> tuple[Found, ...]:
    """Up to `count` plans of the best plan's case that cost at most budget_kcur, the most different first."""
    known = [features_of(features, best.orders)]
    found: list[Found] = []
    for _ in range(count):
        member = family.furthest(best.case, features, known, budget_kcur=budget_kcur, gap=gap, most_rounds=MOST_ROUNDS)
        if member is None:
            break
        member = finish(member)
        values = features_of(features, member.orders)
        distance = min(float(np.abs(values - other).sum()) for other in known)
        if member.infeasible or distance < LEAST_DISTANCE or member.cost_kcur > budget_kcur:
            break
        known.append(values)
        found.append(Found(member, distance))
    return tuple(found)


def features_of(features: Sequence[Feature], orders: dict[str, int]) -> np.ndarray:
    """Values of the features in sizes of their own; shape (features,)."""
    return np.array([orders.get(f.offer, 0) / f.size for f in features])
