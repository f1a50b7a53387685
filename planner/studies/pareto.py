"""What does using less cost, or starting sooner? Proven plans of least cost for each of several limits on energy,
carbon, water or the date of the first token.

The cheapest plan without such limits is one end, the least that any design can do with the other; between them the
limits are spaced evenly, each the sharper for what the plan before it uses anyway. A yearly limit changes one row of
the design problem, a date its bounds, so all plans share their months and what was learned about them
(planner/solving/family.py)."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from models import first_token
from models.accounts import account
from models.audit import audit
from models.case import Case
from models.design import Answer, Design, Proof
from models.first_token import FIRST_TOKEN
from models.front import Front, FrontPoint, Least, efficient, is_tighter, keeps, values_of
from models.provenance import Origin
from models.yearly import CRITERIA, applies, limited, per_column
from planner.errors import AuditFailed, Infeasible, NoAnswer
from planner.solving import trimmed
from planner.solving.bounds import Place
from planner.solving.family import CaseFamily, Member
from planner.solving.rounds import NoPlan
from planner.studies.choose import choice, over_members
from planner.studies.plan import limits_in_force

if TYPE_CHECKING:
    from planner.progress import Progress
    from planner.validate import ValidatedCase

ROOM = 2e-4
"""The tightest limit lies this share above the least that was reached: at the least itself only one design is left, and
tolerances decide whether it is there."""
NARROW = 2e-3
"""Where the least is within this share of what plans use there is nothing to trade: finer it is not proven."""

_LEAST_OF = {
    "tokenergy": "least energy",
    "carbon": "least carbon",
    "water": "least water",
    FIRST_TOKEN: "earliest first token",
}

Limits = dict[str, float | None]


@dataclass(frozen=True)
class ParetoOptions:
    """What is asked, and how hard to look."""

    against: tuple[str, ...] = ("tokenergy",)
    points: int = 9
    gap: float = 0.001
    """proven gap of every point, share of the cost without IT hardware"""
    time_limit: float | None = None
    """seconds for each point; None: no limit"""
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


class NothingToTrade(ValueError):
    """A criterion that no design of the case can save anything of."""


def run_pareto(
    validated: ValidatedCase, options: ParetoOptions, *, progress: Progress | None = None, read_seconds: float = 0.0
) -> Front:
    """The front of cost against one, two or three criteria.

    Raises Infeasible or NoAnswer if there is no cheapest plan, NothingToTrade for a criterion that does not apply,
    AuditFailed if a plan does not pass the recheck. Ctrl-C after the first plan ends the search, with what there is."""
    check_against(validated, options)
    study = FrontStudy(validated, options, progress)
    begun = time.perf_counter()
    try:
        front = study.run()
    finally:
        study.close()
    return replace(front, seconds={"read": read_seconds, "study": time.perf_counter() - begun})


def check_against(validated: ValidatedCase, options: ParetoOptions) -> None:
    """Raises NothingToTrade for a criterion of which no design can save anything."""
    for name in options.against:
        if not _applies(validated.case, name):
            raise NothingToTrade(name)


@dataclass(frozen=True, eq=False)
class Found:
    """The cheapest plan within some limits, its proof over all branches; without a plan, whether there is none."""

    branch: int
    design: Design | None
    proof: Proof | None
    infeasible: bool = False


@dataclass(frozen=True, eq=False)
class _Branch:
    """One tariff and architecture to choose from: its cases share their months."""

    case: Case
    family: CaseFamily


class FrontStudy:
    """One front while it is looked for."""

    def __init__(self, validated: ValidatedCase, options: ParetoOptions, progress: Progress | None) -> None:
        self.validated, self.options, self.progress = validated, options, progress
        self.free: Limits = dict.fromkeys(options.against)
        given = (validated.case, *validated.options)
        self.cases = tuple(map(first_token.opened, given)) if FIRST_TOKEN in self.free else given
        self.branches: list[_Branch] = []
        self.points: list[FrontPoint] = []
        self.without_plan: list[Limits] = []
        self.least: dict[str, Least] = {}
        self.solves, self.least_cpu_s, self.stopped = 0, 0.0, ""

    def close(self) -> None:
        """Give the threads back."""
        for branch in self.branches:
            branch.family.close()

    def say(self, words: str) -> None:
        """Tell what is done next."""
        if self.progress:
            self.progress.step(words)

    # -- the way along the front --------------------------------------------------------------------------------------

    def run(self) -> Front:
        """The cheapest plan, how little can do, and the plans between."""
        self.say("Finding the cheapest plan")
        self._first()
        try:
            if self._least():
                for limits in self._line() if len(self.free) == 1 else self._grid():
                    self.solve(limits)
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        return self.front()

    def front(self) -> Front:
        """What was found so far."""
        kept = efficient(self.points)
        return Front(
            case=self.validated.case,
            criteria=self.options.against,
            points=kept,
            least=self.least,
            asked=self.options.points,
            solves=self.solves,
            without_plan=tuple(self.without_plan),
            dropped=len(self.points) - len(kept),
            stopped=self.stopped,
            least_cpu_s=self.least_cpu_s,
        )

    def compile(self) -> None:
        """Make the families whose cases are solved."""
        for case in self.cases:
            free = limited(case, _yearly(self.free))
            self.branches.append(_Branch(case, CaseFamily(free, seed=self.options.seed, progress=self._live)))

    def _first(self) -> None:
        begun = time.process_time()
        self.compile()
        self.need(self.solve(self.free, begun))

    def need(self, point: FrontPoint | None) -> None:
        """Refuse to go on without a cheapest plan."""
        if point is None and self.without_plan:
            raise Infeasible(limits_in_force(tuple(self.validated.origins)))
        if point is None:
            raise NoAnswer("The search stopped before it found a plan.")

    @property
    def _live(self) -> Any:
        return self.progress.solver if self.progress else None

    def _least(self) -> bool:
        """How little of each criterion any design needs; whether that is known of all."""
        begun = time.process_time()
        for name in self.options.against:
            self.say(f"Finding the {_LEAST_OF[name]} of any design")
            found = self.least_of(name)
            if found is None:
                self.stopped = "time limit"
                return False
            self.least[name] = found
        self.least_cpu_s = time.process_time() - begun
        return True

    def least_of(self, name: str) -> Least | None:
        """How little of a criterion any design of any branch needs; None if it is not found in time."""
        of_branch = self._earliest if name == FIRST_TOKEN else self._least_of
        found = [of_branch(branch, name) for branch in self.branches]
        reached = [r for r in found if r is not None]
        if len(reached) < len(found):
            return None
        return Least(min(r.reached for r in reached), min(r.bound for r in reached))

    def _earliest(self, branch: _Branch, _: str) -> Least | None:
        """The first month in which any design can serve."""
        case = branch.family.case
        try:
            found = branch.family.fewest(case, "delivery.late", time_limit=self.options.time_limit)
        except NoPlan:
            return Least(float("inf"), float("inf"))
        first = case.limits.need_month
        return None if found is None else Least(first + found[0], first + found[1])

    def _least_of(self, branch: _Branch, name: str) -> Least | None:
        criterion, free = CRITERIA[name], limited(branch.case, _yearly(self.free))
        try:
            found = branch.family.least(free, criterion.column, time_limit=self.options.time_limit)
        except NoPlan:
            return Least(float("inf"), float("inf"))
        if found is None:
            return None
        unit = per_column(branch.case, criterion)
        return Least(unit * found[0], unit * found[1])

    def _line(self) -> Iterator[Limits]:
        """Limits on one criterion from the cheapest plan's use down to the least: what is left is shared out anew after
        each plan, since a plan often uses less than it may."""
        (name,) = self.free
        end = self._end(name)
        for left in range(self.options.points - 1, 0, -1):
            reached = min(p.values[name] for p in self.points)
            if reached <= end or self._is_narrow(name, self.points[0].values[name]):
                return
            self.say(f"Point {self.options.points - left + 1} of {self.options.points}")
            yield {name: reached - (reached - end) / left}

    def _grid(self) -> Iterator[Limits]:
        """The thriftiest plan in each criterion; then the combinations."""
        for name, limits in self.ends().items():
            self.say(f"The cheapest plan with the {_LEAST_OF[name]}")
            yield limits
        combined = self.combinations()
        for number, limits in enumerate(combined, start=1):
            self.say(f"Combination {number} of {len(combined)}")
            yield limits

    def ends(self) -> dict[str, Limits]:
        """The limits of the thriftiest plan in each criterion."""
        return {name: {**self.free, name: self._end(name)} for name in self.free}

    def combinations(self) -> list[Limits]:
        """All combinations of a few limits between the most that any plan so far uses and the least, the loosest
        first; of one criterion evenly spaced limits."""
        each = max(2, round(self.options.points ** (1 / len(self.free))))
        levels = []
        for name in self.free:
            start, end = max(p.values[name] for p in self.points), self._end(name)
            steps = () if self._is_narrow(name, start) else range(1, each)
            levels.append([None, *(start - (start - end) * i / (each - 1) for i in steps)])
        combined = sorted(itertools.product(*(range(len(level)) for level in levels)), key=sum)
        return [{name: level[i] for name, level, i in zip(self.free, levels, at, strict=True)} for at in combined[1:]]

    def _end(self, name: str) -> float:
        return self.least[name].reached * (1 + ROOM)

    def _is_narrow(self, name: str, most: float) -> bool:
        return most - self.least[name].reached <= NARROW * most

    # -- one point ----------------------------------------------------------------------------------------------------

    def solve(self, limits: Limits, begun: float | None = None) -> FrontPoint | None:
        """The cheapest plan within limits; None if there is none, or none better than one known already."""
        if self.is_known(limits):
            return None
        is_first = begun is not None
        begun = time.process_time() if begun is None else begun
        found = self.find(limits)
        return self.take(limits, found, time.process_time() - begun, is_first=is_first)

    def is_known(self, limits: Limits) -> bool:
        """Whether it is known that there is no plan within limits, or which one is the cheapest: one found under looser
        limits that keeps these too."""
        if any(is_tighter(limits, impossible) for impossible in self.without_plan):
            return True
        return any(keeps(p.values, limits) and is_tighter(limits, p.limits) for p in self.points)

    def find(self, limits: Limits) -> Found:
        """The cheapest plan of all branches within limits."""
        members = [self._member(branch, limits) for branch in self.branches]
        number, member = min(enumerate(members), key=lambda pair: pair[1].cost_kcur)
        if member.design is None:
            return Found(number, None, None, all(m.infeasible for m in members))
        proof = over_members(member, members).proof
        assert proof is not None
        chosen = () if len(self.cases) == 1 else (f"cheapest with {choice(self.cases[number], self.cases)}",)
        return Found(number, member.design, replace(proof, notes=(*proof.notes, *chosen)))

    def take(self, limits: Limits, found: Found, cpu_s: float, *, is_first: bool) -> FrontPoint | None:
        """A plan found, rechecked, among the points; None if there is none."""
        self.solves += 1
        if found.design is None or found.proof is None:
            if found.infeasible:
                self.without_plan.append(limits)
            else:
                self.stopped = "time limit"
            return None
        case, design = _only(self.cases[found.branch], limits), found.design
        if FIRST_TOKEN in limits:
            case, design = first_token.settled(case, design)
        answer = rechecked(case, design, found.proof, _origins(self.validated.origins, limits))
        point = FrontPoint(answer, limits, values_of(answer, self.options.against), cpu_s, is_first)
        self.points.append(point)
        return point

    def _member(self, branch: _Branch, limits: Limits) -> Member:
        o, case = self.options, limited(branch.case, _yearly(limits))
        if limits == self.free:
            case = branch.family.case
        bounds: dict[Place, tuple[float, float]] = {}
        month = limits.get(FIRST_TOKEN)
        if month is not None:
            later = range(first_token.latest(case, month) + 1, case.limits.delay.most_months + 1)
            bounds = {("delivery.late", k): (0.0, 0.0) for k in later}
        return branch.family.solve(case, gap=o.gap, with_plan=True, time_limit=o.time_limit, bounds=bounds)


def rechecked(
    case: Case, design: Design, proof: Proof, origins: tuple[Origin, ...], *, keeps_sizes: bool = False
) -> Answer:
    """A plan, accounted and rechecked; without sizes that nothing uses, unless it is to keep them. Raises
    AuditFailed."""
    begun = time.perf_counter()
    if not keeps_sizes:
        design, proof = trimmed(case, design, proof)
    accounts = account(case, design)
    report = audit(case, design, accounts, proof)
    if not report.ok:
        raise AuditFailed(report.violations)
    audit_s = time.perf_counter() - begun
    seconds = {"read": 0.0, "build": 0.0, "solve": proof.seconds, "audit": audit_s, "report": 0.0}
    return Answer(case, design, accounts, proof, report, origins, seconds)


def _only(case: Case, limits: Limits) -> Case:
    """The case with the limits of a point in place of those of the workbook."""
    given = {CRITERIA[name].limit: value for name, value in _yearly(limits).items()}
    return replace(case, limits=replace(case.limits, **given))  # type: ignore[arg-type]


def _origins(origins: tuple[Origin, ...], limits: Limits) -> tuple[Origin, ...]:
    """Where figures came from, without the limits that a point sets itself."""
    own = {f"limits.{CRITERIA[name].limit}" for name in _yearly(limits)}
    own |= {"limits.need_month", "limits.delay.most_months"} if FIRST_TOKEN in limits else set()
    return tuple(o for o in origins if o.path not in own)


def _yearly(limits: Limits) -> Limits:
    """The limits on what a year uses."""
    return {name: value for name, value in limits.items() if name in CRITERIA}


def _applies(case: Case, name: str) -> bool:
    """Whether there is anything to trade."""
    return first_token.applies(case) if name == FIRST_TOKEN else applies(case, CRITERIA[name])
