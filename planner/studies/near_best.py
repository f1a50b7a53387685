"""Plans that cost nearly the same as the cheapest and differ most from it and from each other, each proven.

What tells designs apart: racks of each option, units of each offer, storage, on-site supply, and the choice of
architecture and tariff. The way of finding them is that of tenders (planner/studies/alternatives.py); the cost of each
is then the proven least for its racks, units and sizes."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from models.case import Case
from models.catalogue import cold_stores, rack
from models.catalogue import options as rack_options
from models.design import Answer
from models.front import Front, FrontPoint, values_of
from models.yearly import CRITERIA, applies
from planner.errors import Infeasible, NoAnswer
from planner.solving.bounds import Place
from planner.solving.family import CaseFamily, Feature, Member
from planner.solving.remembering import SIZE_KEPT
from planner.studies.alternatives import Branch, Found, alternatives
from planner.studies.choose import choice, over_members
from planner.studies.offers import order_features
from planner.studies.pareto import rechecked
from planner.studies.plan import limits_in_force

if TYPE_CHECKING:
    from planner.progress import Progress
    from planner.validate import ValidatedCase

HOURS_OF_STORAGE = 4.0
"""A store that carries the whole IT power so long counts as a wholly different one."""
_COUNTED = ("sizes.racks", "modules.ordered", "sizes.generator_units")


@dataclass(frozen=True)
class NearOptions:
    """What is asked, and how hard to look."""

    count: int = 3
    within: float = 0.02
    """alternatives cost at most this share more, of the cost without IT hardware"""
    gap: float = 0.001
    """proven gap of every plan, share of the cost without IT hardware"""
    time_limit: float | None = None
    """seconds for each plan; None: no limit"""
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


def run_near_best(
    validated: ValidatedCase, options: NearOptions, *, progress: Progress | None = None, read_seconds: float = 0.0
) -> Front:
    """The cheapest plan and its alternatives, in the order in which they were found (the most different first).

    Raises Infeasible or NoAnswer if there is no cheapest plan, AuditFailed if a plan does not pass the recheck. Ctrl-C
    after the first plan ends the search, with what there is."""
    study = _Study(validated, options, progress)
    begun = time.perf_counter()
    try:
        front = study.run()
    finally:
        for branch in study.branches:
            branch.family.close()
    return replace(front, seconds={"read": read_seconds, "study": time.perf_counter() - begun})


class _Study:
    """One search while it runs."""

    def __init__(self, validated: ValidatedCase, options: NearOptions, progress: Progress | None) -> None:
        self.validated, self.options, self.progress = validated, options, progress
        self.cases = (validated.case, *validated.options)
        self.branches: list[Branch] = []
        self.criteria = tuple(name for name, c in CRITERIA.items() if applies(validated.case, c))

    def run(self) -> Front:
        """The best of all branches, then plans ever further from those known."""
        best = self._best()
        points, stopped = [self._point(best, None)], ""
        budget = best.member.cost_kcur + self.options.within * best.member.without_it_kcur
        self._say("Looking for plans that cost nearly the same")
        try:
            for found in alternatives(
                self.branches,
                best,
                features(self.cases, points[0].answer),
                budget_kcur=budget,
                count=self.options.count,
                gap=self.options.gap,
                finish=self._finished,
            ):
                points.append(self._point(found, found.distance))
                self._say(f"Alternative {len(points) - 1} of {self.options.count} found")
        except KeyboardInterrupt:
            stopped = "interrupted"
        return Front(
            case=self.validated.case,
            criteria=self.criteria,
            points=tuple(points),
            least={},
            asked=self.options.count + 1,
            solves=sum(branch.family.solved for branch in self.branches),
            stopped=stopped,
            within=self.options.within,
        )

    def _say(self, words: str) -> None:
        if self.progress:
            self.progress.step(words)

    def _best(self) -> Found:
        live = self.progress.solver if self.progress else None
        members = []
        for case in self.cases:
            self._say("Finding the cheapest plan")
            branch = Branch(choice(case, self.cases), CaseFamily(case, seed=self.options.seed, progress=live), case)
            self.branches.append(branch)
            members.append(self._solve(branch))
        member, branch = min(zip(members, self.branches, strict=True), key=lambda pair: pair[0].cost_kcur)
        if member.design is None:
            if all(m.infeasible for m in members):
                raise Infeasible(limits_in_force(tuple(self.validated.origins)))
            raise NoAnswer("The search stopped before it found a plan.")
        return Found(over_members(member, members), branch.name, 0.0)

    def _solve(self, branch: Branch, bounds: dict[Place, tuple[float, float]] | None = None) -> Member:
        o = self.options
        return branch.family.solve(branch.case, gap=o.gap, with_plan=True, time_limit=o.time_limit, bounds=bounds)

    def _finished(self, found: Found) -> Member:
        """The least cost with the racks, units and sizes of a plan found."""
        branch = next(b for b in self.branches if b.name == found.branch)
        places = [f.place for f in _all_features(branch.case, 1.0, {})]
        values = branch.family.values(branch.case, [Feature(place, 1.0) for place in places], found.member.x)
        bounds = {}
        for place, value in zip(places, values.tolist(), strict=True):
            room = 0.0 if place[0] in _COUNTED else SIZE_KEPT * value + 1e-6
            kept = float(round(value)) if place[0] in _COUNTED else value
            bounds[place] = (max(kept - room, 0.0), kept + room)
        return self._solve(branch, bounds)

    def _point(self, found: Found, distance: float | None) -> FrontPoint:
        member = found.member
        branch = next(b for b in self.branches if b.name == found.branch)
        assert member.design is not None and member.proof is not None
        answer = rechecked(
            branch.case, member.design, member.proof, tuple(self.validated.origins), keeps_sizes=distance is not None
        )
        values = values_of(answer, self.criteria)
        return FrontPoint(answer, {}, values, is_first=distance is None, distance=distance)


def features(cases: tuple[Case, ...], best: Answer) -> list[Feature]:
    """What tells designs apart: racks by their share of the IT power of the best plan, units by their share of the
    capacity of their kind in it, storage by HOURS_OF_STORAGE of its IT power, supply by its IT power."""
    orders: dict[str, int] = {}
    for u in best.design.units:
        orders[u.offer] = orders.get(u.offer, 0) + u.count
    it_mw = float(best.accounts.kpi.get("it_installed_mw") or 0.0)
    power_mw = it_mw or float(best.design.operation.import_mw.max()) or 1.0
    found: dict[Place, Feature] = {}
    for case in cases:
        found |= {f.place: f for f in _all_features(case, power_mw, orders)}
    return list(found.values())


def _all_features(case: Case, power_mw: float, orders: dict[str, int]) -> list[Feature]:
    found = [Feature(("sizes.racks", o), power_mw / rack(case, o).placed_mw) for o in rack_options(case)]
    found += order_features(case, orders)
    found += [Feature(("sizes.battery_mwh", b.name), HOURS_OF_STORAGE * power_mw) for b in case.batteries]
    found += [Feature(("sizes.cold_mwh", name), HOURS_OF_STORAGE * power_mw) for name in cold_stores(case)]
    found += [Feature(("sizes.supply_mw", s.name), power_mw) for s in case.supplies]
    found += [Feature(("sizes.generator_units", g.name), power_mw / g.unit_mw) for g in case.generators]
    return found
