"""Near-optimal plans that differ as much as possible: the one mechanism for every study.

A study names its features: variables of the design (units of an offer, racks, MWh of a battery), each with the size
that counts as wholly different. Plans are then found one after another: at most `budget` dear, and as far as possible
from the nearest of those found before. Distance: sum over features of |difference| / size.

In the design problem the distance to each earlier plan is exact: for every feature a binary says on which side of the
earlier value it lies (the bound of the feature is the big-M, so the rows are as tight as the bounds). Costs are those
of the cuts, so a plan found may cost more than it seems; then its months are asked, their cuts added, and the search
repeated, until a plan within the budget is found or none is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.case import Case
from planner.solving.family import CaseFamily, Feature, Member

MOST_ROUNDS = 25
LEAST_DISTANCE = 0.05
"""Plans nearer than this to one found before are not worth telling apart."""

Finish = Callable[["Found"], Member]
"""Makes the most of an alternative: the least cost with its features as they are."""


@dataclass(frozen=True, eq=False)
class Found:
    """An alternative, in which branch it was found, and how far it is from the nearest plan before it."""

    member: Member
    branch: str
    distance: float


@dataclass(frozen=True, eq=False)
class Branch:
    """Designs that share their months: one family, one of its cases. Two branches (architectures, tariffs) are wholly
    different, by a distance of one."""

    name: str
    family: CaseFamily
    case: Case


def alternatives(
    branches: Sequence[Branch],
    best: Found,
    features: Sequence[Feature],
    *,
    budget_kcur: float,
    count: int,
    gap: float,
    finish: Finish,
) -> Iterator[Found]:
    """Up to `count` plans that cost at most budget_kcur, the most different from the best and from each other first."""
    family = {branch.name: branch.family for branch in branches}

    def values(found: Found) -> np.ndarray:
        return family[found.branch].values(found.member.case, features, found.member.x)

    known = [(best.branch, values(best))]
    reach = budget_kcur - gap * best.member.without_it_kcur  # the proof of a plan found may come out so much dearer
    for _ in range(count):
        tries = [_furthest(branch, features, known, reach, gap) for branch in branches]
        here = max((t for t in tries if t is not None), key=lambda t: t.distance, default=None)
        if here is None:
            break
        member = finish(here)
        if member.infeasible or member.cost_kcur > budget_kcur:
            break
        found = Found(member, here.branch, 0.0)
        mine = values(found)
        distance = _distance(here.branch, mine, known)
        if distance < LEAST_DISTANCE:
            break
        known.append((here.branch, mine))
        yield Found(member, here.branch, distance)


def _furthest(
    branch: Branch, features: Sequence[Feature], known: list[tuple[str, np.ndarray]], budget_kcur: float, gap: float
) -> Found | None:
    member = branch.family.furthest(
        branch.case,
        features,
        [row for _, row in known],
        ahead=[float(name != branch.name) for name, _ in known],
        budget_kcur=budget_kcur,
        gap=gap,
        most_rounds=MOST_ROUNDS,
    )
    if member is None:
        return None
    values = branch.family.values(branch.case, features, member.x)
    return Found(member, branch.name, _distance(branch.name, values, known))


def _distance(branch: str, values: np.ndarray, known: list[tuple[str, np.ndarray]]) -> float:
    return min(float(np.abs(values - other).sum()) + float(name != branch) for name, other in known)
