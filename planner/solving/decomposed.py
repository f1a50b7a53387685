"""The year in months: cuts from the operation problems into the design problem, with a proven bound.

1. Start: a first centre from the year in longer steps (guide.py); for a short horizon the design problem alone, then
   what the months ask for at its answer.
2. Relaxed rounds (rounds.py). If their answer misses linking variables: is there a plan at all (feasible.py)?
3. Whole rounds: the design problem with integers gives the bound and a trial (the first one is the guide's); with its
   integers fixed, the guide and level rounds settle the continuous sizes. Ends when best - bound is within the gap.
4. The plan: on-off decisions of single hours, relaxed until here, are rounded and the months solved once more; a month
   that this makes dearer than the gap allows is solved by branching at the plan's sizes. Where the sizes leave a month
   no such decisions, those that miss them least are kept and the sizes settled once more.

Every bound is one of the design problem with valid cuts (month.py), so nothing rests on trial points. Reproducible:
every month is solved on one thread with a fixed seed, from its own last basis, and cuts enter in their order."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np

from models.design import Proof, relative_gap
from planner.solving.arrays import Blocks
from planner.solving.feasible import Feasibility
from planner.solving.gap import LiveProgress
from planner.solving.guide import FROM_STEPS as GUIDED_FROM_STEPS
from planner.solving.guide import Guide
from planner.solving.master import Empty, Point
from planner.solving.monolithic import solve_whole
from planner.solving.month import Evaluation, Month
from planner.solving.month_problem import MonthFailed
from planner.solving.question import Plan, Question, cost_kcur, read_plan, steps
from planner.solving.rounds import Dearer, NoPlan, OutOfTime, Rounds, Stalled, Trial

RELAXED_SHARE = 3.0
"""Relaxed rounds end at this share of the gap wanted: whole rounds find cuts where they matter."""
GUIDED_SHARE = 15.0
"""So they do after a guide, whose cuts hold the relaxed optimum: whole designs lie further above it anyway, and further
rounds there tell little of them."""
SETTLED_SHARE = 0.6
"""Share of the gap wanted to which the continuous sizes of one integer choice are settled."""
ROUGH = 0.25
"""They are settled no finer than to this share of what the choice of integers still leaves open."""
MASTER_SHARE = 0.2
"""Share of the gap wanted to which the design problem with integers is solved."""
FIRST_SHARE = 0.6
"""The same before there is a plan: any good design will do."""
FIRST_NODES = 5000
"""Nodes of one such search: what it found by then is tried first. A better plan, and the cuts that it gives, do more
for the proof than further nodes, of which the last steps can take an hour with several stages."""
MORE_NODES = 4
"""So many times more, where it found nothing new."""
MOST_NODES = 10**8
"""A search that is not through by then stalls."""
ENOUGH_SHARE = 0.95
"""Share of the gap wanted that its bound may leave below the best plan: nearer proves nothing more."""
CONFIRMED_SHARE = 0.9
"""Share of the gap wanted to which it is solved once more to confirm its bound."""
CONFIRMED_S = 60.0
"""Longest such search [s]: without presolve some design problems of several stages find no end. No plan depends
on it: it only says whether there is a contradiction."""
NEAR = 4.0
"""Gap, in those wanted, from which on its answer may be the last one and is confirmed at the same time."""
DOUBTFUL = 1e-3
"""Sum of misses, in sizes, from which on it is asked whether there is any plan before integers are looked at."""
ON_OFF_SHARE = 0.3
"""Share of the gap wanted that on-off decisions may cost above their relaxation before branching chooses them."""
ACCURACY = 1e-5
"""Share of the cost by which a plan may seem cheaper than its bound: links are missed by so little that it counts as
none."""
NO_PLAN = "proven: some requirement is missed by every design"
WHOLE_UP_TO_STEPS = 1000
"""Up to here a gap left by on-off decisions is closed by solving whole; a year is better told with its gap."""


class Search(Rounds):
    """One decomposed solve."""

    _feasibility: Feasibility | None = None
    _guide: Guide | None = None

    def close(self) -> None:
        """Give the threads back."""
        self.forget()
        super().close()

    def forget(self) -> None:
        """Let go of what was found out beside the months of this question."""
        for helper in (self._feasibility, self._guide):
            if helper is not None:
                helper.close()
        self._feasibility = self._guide = None

    # -- phases ---------------------------------------------------------------------------------------------------

    def relaxed(self) -> Trial:
        """The relaxed optimum, roughly; raises NoPlan if there is no design even with integers relaxed."""
        guided = self._guided()
        centre = self.level(guided or self.start(), None, GUIDED_SHARE if guided else RELAXED_SHARE)
        if self._missed(centre) > DOUBTFUL:
            centre = self.level(self._possible(centre, is_whole=False), None, RELAXED_SHARE)
        return centre

    def _guided(self) -> Trial | None:
        """A centre from the coarse year, if the year is long and it leads anywhere."""
        if steps(self.case) < GUIDED_FROM_STEPS:
            return None
        self._guide = Guide(self)
        return self._answer(self._guide.relaxed)

    def _answer(self, question: Callable[[], Trial | None]) -> Trial | None:
        """What the guide answers; None, and no guide from there on, where it has no answer."""
        try:
            return question()
        except (NoPlan, Stalled, MonthFailed):
            assert self._guide is not None
            self._guide.close()
            self._guide = None
            return None

    def _missed(self, trial: Trial) -> float:
        """Sum of misses of a trial, in shares of the linking variables' sizes."""
        return sum(r.elastic_cost - r.cost for r in trial.months) / self.price

    def _possible(self, trial: Trial, *, is_whole: bool) -> Trial:
        """A trial that misses as little as can be, costs aside; raises NoPlan if every design misses something."""
        if self._feasibility is None:
            self._feasibility = Feasibility(self)
        self.rest()  # the same months stand there once more
        x = self._feasibility.whole(trial.x) if is_whole else self._feasibility.relaxed(trial.x)
        self._feasibility.tell(self)
        return self.evaluate(x)

    def to_the_end(self, centre: Trial) -> None:
        """From the relaxed centre to the best plan: by whole rounds, or, where nothing is whole, to where no link is
        missed."""
        if self.integer.size:
            self.whole(centre)
            return
        centre = self.level(centre, None, SETTLED_SHARE)
        while not centre.met:
            self.raise_price()
            centre = self.level(self.evaluate(centre.x), None, SETTLED_SHARE)
        self.best = centre

    def whole(self, centre: Trial) -> None:
        """Whole rounds from the relaxed centre until best - bound is within the gap."""
        seen: dict[tuple[int, ...], int] = {}
        asked, nodes = False, FIRST_NODES
        first = None if self._guide is None else self._answer(self._guide.whole)
        if first is not None:
            seen[tuple(int(i) for i in self.key(first))] = 1
            self._settle(first, SETTLED_SHARE)
        again: Future[Point | None] | None = None
        while True:
            reference = self.best or centre
            if self._is_near() and again is None:
                again = self._again()
            point = self._whole_point(reference, nodes)
            if point is None:
                nodes = self._more(nodes)
                continue
            self.raise_bound(point.bound)
            if self.best is not None and self.best.cost - self.bound <= self.money(self.best):
                if self._is_confirmed(again or self._again()):
                    return
                again = None
                continue
            fixed = np.round(point.x[self.integer])
            key = tuple(int(i) for i in fixed)
            if key in seen and not point.is_finished:
                nodes = self._more(nodes)
                continue
            again = None
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 5:
                raise Stalled("the same integers again and again")
            first = self._first_at(fixed, reference, point, is_new=seen[key] == 1)
            settled = self._settle(first, SETTLED_SHARE / seen[key])
            if seen[key] > 1 and not settled.met:
                self.raise_price()
            if self.best is None and not asked:
                asked = True
                self._settle(self._possible(settled, is_whole=True), SETTLED_SHARE)

    def _first_at(self, fixed: np.ndarray, reference: Trial, point: Point, *, is_new: bool) -> Trial:
        """A first trial for given integers: the best plan if it has them, what the guide says if they are new,
        otherwise the design nearest to the reference."""
        if self.best is not None and np.array_equal(fixed, self.key(self.best)):
            return self.best
        near = self.closest(reference.x, fixed, point.x)
        guide, cutoff = self._guide, float("inf") if self.best is None else self.best.cost
        trial = self._answer(lambda: guide.settled(near, fixed, cutoff)) if guide is not None and is_new else None
        return trial or self.accommodate(self.evaluate(near), fixed)

    def _is_near(self) -> bool:
        """Whether the next answer of the design problem may be the last one."""
        return self.best is not None and self.best.cost - self.bound <= NEAR * self.money(self.best)

    def _whole_point(self, reference: Trial, nodes: int) -> Point | None:
        """The design problem with integers, as exactly as the search has use for; None if so many nodes find none."""
        start, money = None if self.best is None else self.best.x, self.money(reference)
        accuracy = (FIRST_SHARE if self.best is None else MASTER_SHARE) * money
        enough = self.to_beat
        if self.best is not None:
            enough = min(enough, self.best.cost - ENOUGH_SHARE * self.money(self.best))
        try:
            return self.master.whole(accuracy, self.seconds_left(), start, enough, nodes)
        except Empty:
            self._possible(reference, is_whole=True)  # proves it with a margin
            raise Stalled("the design problem is empty, but a plan exists") from None

    def _more(self, nodes: int) -> int:
        """Nodes of the next turn."""
        self.stop_in_time()
        if nodes > MOST_NODES:
            raise Stalled("a design problem without an end")
        return nodes * MORE_NODES

    def key(self, trial: Trial) -> np.ndarray:
        """Values of the integer columns of a trial."""
        return np.round(trial.x[self.integer])

    def _settle(self, trial: Trial, share: float) -> Trial:
        """The best continuous sizes for the integers of a trial, as the best plan if it is that."""
        cutoff = float("inf") if self.best is None else self.best.cost
        fixed = self.key(trial)
        settled = self.level(trial, fixed, share, cutoff, ROUGH)
        if not settled.met and settled.cost < cutoff:  # missing a little still pays: dearer, and on from there
            self.raise_price()
            settled = self.level(self.accommodate(self.evaluate(settled.x), fixed), fixed, share, cutoff, ROUGH)
        if settled.met and settled.cost < self.bound - ACCURACY * max(1.0, abs(self.bound)):
            raise Stalled(f"a plan of {settled.cost} below the bound {self.bound}")
        if settled.met and settled.cost < cutoff:
            self.best = settled
        return settled

    def _again(self) -> Future[Point | None]:
        """The design problem once more without presolve, on another core."""
        assert self.best is not None
        accuracy = CONFIRMED_SHARE * self.money(self.best)
        left = self.seconds_left()
        longest = CONFIRMED_S if left is None else min(left, CONFIRMED_S)
        return self.master.whole_aside(self.pool, accuracy, longest, self.best.x, presolve="off")

    def _is_confirmed(self, again: Future[Point | None]) -> bool:
        """Whether the bound also holds solved another way: one that two ways do not share is no proof, and the search
        goes on from the lower one, without presolve. A second way that is not finished tells only of designs below the
        bound that it found."""
        assert self.best is not None
        least = self.bound - self.money(self.best)
        try:
            point = again.result()
        except Empty:
            raise Stalled("the design problem is empty, but a plan exists") from None
        if point is None or (point.bound if point.is_finished else point.objective) >= least:
            return True
        if not self.master.trusts_presolve or not point.is_finished:
            raise Stalled(f"two bounds of the same problem: {self.bound} and {point.bound}")
        self.master.trusts_presolve, self.bound = False, point.bound
        return False

    # -- the plan -------------------------------------------------------------------------------------------------

    def finish(self) -> tuple[Plan, float] | None:
        """The best plan with its on-off decisions, and its cost; None if there is no plan."""
        if self.best is None:
            return None
        results = list(self.pool.map(self._dispatched, self.months, self.best.months))
        if not all(m.meets(self.best.x, r) for m, r in zip(self.months, results, strict=True)):
            self.best = self._decided(results)
            results = self.best.months
        x = self.best.x
        self.blocks.load_design(x)
        for name, result in zip(self.blocks.months, results, strict=True):
            self.blocks.load_month(name, result.values)
        cost = float(self.design.cost @ x) + self.design.offset + sum(r.cost for r in results)
        design = read_plan(self.case, self.blocks)
        # The plan's own cost: what linking variables are missed within tolerance is in it; a peak that a month was
        # allowed but does not reach, and a unit's start on a month's border, counted there by a share, are not.
        own_cost = cost_kcur(self.case, design)
        tolerance = ACCURACY * max(1.0, abs(cost))
        if not self.bound - tolerance <= own_cost <= cost + tolerance:
            raise Stalled(f"the plan costs {own_cost}, the model says {cost}, at least {self.bound}")
        return design, own_cost

    def _dispatched(self, month: Month, relaxed: Evaluation) -> Evaluation:
        """A month of the best plan with its on-off decisions true, as near to its bound as the gap wanted asks."""
        assert self.best is not None
        if not month.has_integers:
            return relaxed
        allowed = ON_OFF_SHARE * self.money(self.best) / len(self.months)
        return month.dispatch(self.best.x, relaxed, allowed, self.seconds_left())

    def _decided(self, results: list[Evaluation]) -> Trial:
        """The best sizes for on-off decisions that do not meet those of the best plan (a unit that runs for whole hours
        uses up more of its year's hours), with its integers if they allow any, else with others."""
        assert self.best is not None
        named = zip(self.blocks.months, self.months, results, strict=True)
        blocks = replace(self.blocks, months={name: month.decided(found) for name, month, found in named})
        self.rest()  # the same months stand there once more
        search = Search(self.case, blocks, self.gap, self.deadline, self.seed, self.log)
        search.bound = self.bound
        search.use_scale(self.scale, self.price)
        search.master.adopt(self.master)
        try:
            fixed = self.key(self.best)
            settled = search._settle(search.accommodate(search.evaluate(self.best.x), fixed), SETTLED_SHARE)
            if search.best is None:
                search.whole(settled)
        except (NoPlan, OutOfTime) as reason:
            raise Stalled("no exact dispatch") from reason
        finally:
            search.close()
        if search.best is None:
            raise Stalled("no exact dispatch")
        self.rounds += search.rounds
        return search.best


def solve_decomposed(
    case: Question,
    blocks: Blocks,
    *,
    gap: float,
    time_limit: float | None,
    seed: int,
    progress: LiveProgress | None,
    log_path: Path | None,
    to_beat_kcur: float = float("inf"),
) -> tuple[Plan, Proof]:
    """Solve a compiled case month by month to `gap` (of the cost without IT hardware); no further than to the proof
    that no plan costs less than `to_beat_kcur`.

    Hands the case over whole if the decomposition stalls, and says so in the proof's notes."""
    started = time.monotonic()
    deadline = None if time_limit is None else started + time_limit
    log: list[str] = []
    search = Search(case, blocks, gap, deadline, seed, log)
    search.progress, search.to_beat = progress, to_beat_kcur

    def whole(reason: str) -> tuple[Plan, Proof]:
        left = None if deadline is None else deadline - time.monotonic()
        design, proof = solve_whole(
            case, blocks, gap=gap, time_limit=left, seed=seed, progress=progress, log_path=log_path
        )
        notes = (f"{reason}; solved whole instead", *proof.notes)
        return design, replace(proof, seconds=time.monotonic() - started, notes=notes)

    try:
        stopped = run_search(search)
        found = search.finish()
    except NoPlan:
        seconds, infinite = time.monotonic() - started, float("inf")
        notes: tuple[str, ...] = (f"{search.rounds} rounds", NO_PLAN)
        return None, Proof("infeasible", infinite, infinite, seconds, "decomposed", notes)
    except Dearer:
        seconds, notes = time.monotonic() - started, (f"{search.rounds} rounds",)
        return None, Proof("dearer", float("inf"), search.bound, seconds, "decomposed", notes)
    except (Stalled, MonthFailed) as reason:
        return whole(f"the decomposition stalled: {reason}")
    finally:
        search.close()
        if log_path is not None:
            log_path.write_text("\n".join(log) + "\n", encoding="utf-8")
    seconds = time.monotonic() - started
    notes = (f"{search.rounds} rounds", *([stopped] if stopped else []))
    if found is None:
        return None, Proof("limit", float("inf"), search.bound, seconds, "decomposed", notes)
    design, cost = found
    without_it = cost - float(search.it_cost @ search.best.x) if search.best else cost
    status = "optimal" if relative_gap(cost, search.bound, without_it) <= gap else "limit"
    if status == "limit" and not stopped:
        left_open = "on-off decisions of single hours, relaxed in the bound, leave a gap"
        if steps(case) < WHOLE_UP_TO_STEPS:
            return whole(left_open)
        notes = (*notes, left_open)
    return design, Proof(status, cost, min(search.bound, cost), seconds, "decomposed", notes)


def run_search(search: Search) -> str:
    """All phases; returns why it stopped early, or nothing."""
    try:
        search.to_the_end(search.relaxed())
    except OutOfTime:
        return "time limit"
    except KeyboardInterrupt:
        return "interrupted"
    return ""
