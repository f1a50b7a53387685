"""One search that is turned from question to question: what it learned of months that stay serves the next one.

Cuts speak of linking variables alone, so those of a month that stays hold under every design problem. A month that
changes (a duty less, other bounds, work that does not wait) keeps what carries over: it starts from the basis of the
first question's month, and the duals of that month's cuts give cuts of its own (any duals do, by weak duality)."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from models.stages import Growth
from planner.solving.arrays import Blocks, design_arrays
from planner.solving.decomposed import RELAXED_SHARE, SETTLED_SHARE, Search
from planner.solving.master import Point
from planner.solving.month import Cut, Month
from planner.solving.question import Question, it_cost_kcur
from planner.solving.remembering import RememberingMaster, worth_keeping
from planner.solving.rounds import NoPlan, OutOfTime, Stalled, Trial


class Sisters(Search):
    """One search that is turned from question to question."""

    master: RememberingMaster

    def __init__(
        self,
        case: Question,
        blocks: Blocks,
        gap: float,
        deadline: float | None,
        seed: int,
        *,
        is_near: bool = False,
    ) -> None:
        """is_near: whether all questions are the first one but for little; months may change then."""
        self.keeps_duals = is_near  # asked for while the months are made
        super().__init__(case, blocks, gap, deadline, seed, [])
        self._first = self.months
        """months of the first question"""
        self._known: list[tuple[int, Cut]] = []
        """cuts of the first question's months that were learned before this question, and the numbers of the months"""
        self._rules: list[tuple[dict[str, float], float]] = []
        """rows without costs that hold for the first question's months"""
        self._asked: list[list[np.ndarray]] = [[] for _ in self.months]
        """where the first question's months were asked"""
        self._is_priced = False
        """whether missing a linking variable has its price and size"""
        self._last: dict[str, float] = {}
        """the last plan found, of near questions the first, by the names of its columns"""
        self._new_master()

    def _new_master(self) -> None:
        self._names = [v.name for v in self.blocks.variables]
        floors = [m.box_cut().constant for m in self.months]
        self.master = RememberingMaster(self.design, floors, self.seed, self._names)

    @property
    def _changed(self) -> set[int]:
        """Numbers of the months that are not those of the first question."""
        return {n for n, (now, first) in enumerate(zip(self.months, self._first, strict=True)) if now is not first}

    def use_scale(self, scale: np.ndarray, price: float) -> None:
        super().use_scale(scale, price)
        self._is_priced = True

    def evaluate(self, x: np.ndarray) -> Trial:
        for number in set(range(len(self.months))) - self._changed:
            self._asked[number].append(x[self.months[number].index].copy())
        return super().evaluate(x)

    def learned(self) -> list[tuple[int, Cut]]:
        """The cuts of the first question's months that are worth handing on, each with the number of its month."""
        changed = self._changed
        found = [(number, cut) for number, cut in self.master.cuts if number not in changed]
        return worth_keeping(found, self._asked) + [(number, cut) for number, cut in self._known if number in changed]

    def turn(self, case: Question, blocks: Blocks, gap: float, deadline: float | None) -> None:
        """Another question with mostly the same months: its design problem starts with the cuts found so far."""
        self.forget()
        if self.best is not None and not (self.keeps_duals and self._last):
            self._last = dict(zip(self._names, self.best.x, strict=True))
        self._known = self.learned()
        if not self._changed:
            self._rules = self.master.rules
        scale = dict(zip(self._names, self.scale, strict=True))
        self.case, self.blocks, self.gap, self.deadline = case, blocks, gap, deadline
        self.design = design_arrays(blocks)
        self.months = [self._month_of(number, m) for number, m in enumerate(blocks.months)]
        self.it_cost = it_cost_kcur(case, blocks)
        self.integer = np.flatnonzero(self.design.is_integer)
        self.linked = np.unique(np.concatenate([m.index for m in self.months]))
        self.best, self.bound, self.rounds, self.log = None, -float("inf"), 0, []
        self.started = time.monotonic()
        self._new_master()
        self.scale = np.array([scale.get(name, 1.0) for name in self._names])
        if self._is_priced:
            self.master.set_scale(self.scale, self.price)
            for month in self.months:  # the price may have risen while others stood in their place
                month.set_price(self.price / self.scale[month.index])
        self._teach()

    def _month_of(self, number: int, place: Any) -> Month:
        """A month of the present question: the first question's own, or one that starts where that one ended."""
        compiled, links, first = self.blocks.months[place], self.blocks.links[place], self._first[number]
        if compiled is first.compiled:
            first.index = np.array([links[c] for c in first.columns])
            return first
        month = Month(compiled, links)
        month.in_place_of(first)
        return month

    def _teach(self) -> None:
        """Tell the design problem what is known of its months."""
        changed = self._changed
        rows = {n: self.months[n].rows_in(self._first[n]) for n in changed}
        for number, cut in self._known:
            month = self.months[number]
            if number not in changed:
                self.master.add(number, replace(cut, index=month.index))
            elif cut.dual is not None:
                self.master.add(number, month.retold(cut, rows[number]))
        if not changed:
            self.master.learn(self._rules)

    def run(self) -> bool:
        """Find and prove the best plan: the first case by the full method, others straight by whole rounds. Returns
        whether time ran out before."""
        try:
            self.to_the_end(self._first_centre() if self._is_priced else self.relaxed())
        except OutOfTime:
            return True
        return False

    def _first_centre(self) -> Trial:
        """The design nearest to the last plan that is about as cheap as the relaxation: its months are still warm."""
        point = self.master.relaxed()
        if point is None:
            raise NoPlan if self.master.is_empty else Stalled("no relaxed design")
        if not self._last:
            return self.evaluate(point.x)
        last = np.array([self._last.get(name, x) for name, x in zip(self._names, point.x, strict=True)])
        if self.keeps_duals:
            return self._near_first(last, point)
        near = self.closest(last, None, point.x, point.bound + self.money(Trial(point.x, point.bound, met=False)))
        return self.evaluate(near)

    def _near_first(self, first: np.ndarray, point: Point) -> Trial:
        """A relaxed centre from the first question's plan, and the best plan with its whole numbers. The relaxation may
        say too little of months that changed to start from there."""
        trial = self._with_numbers_of(first)
        if trial is None or not trial.met:
            trial = self.accommodate(self.evaluate(self.closest(first, None, point.x)), None)
        if not self.integer.size:
            return trial
        centre = self.level(trial, None, RELAXED_SHARE)
        if self.best is None and isinstance(self.case, Growth):
            self._find_some_plan(centre)
        return centre

    def _find_some_plan(self, centre: Trial) -> None:
        """A whole plan near a relaxed centre, however dear: with several stages the design problem takes minutes to
        find its first one, and is searched the faster with one (of one stage it takes a second, and this longer).
        Raises NoPlan if there is none."""
        with suppress(Stalled):
            self._settle(self._possible(centre, is_whole=True), SETTLED_SHARE)

    def _with_numbers_of(self, x: np.ndarray) -> Trial | None:
        """The best plan with the whole numbers of a point; None if there is none."""
        fixed = np.round(x[self.integer])
        near = self.master.nearest(x, self._weight(), float("inf"), fixed)
        if near is None:
            return None
        try:
            return self._settle(self.accommodate(self.evaluate(near), fixed), SETTLED_SHARE)
        except Stalled:
            return None

    def furthest(
        self, columns: np.ndarray, sizes: np.ndarray, known: np.ndarray, ahead: np.ndarray, budget: float, rounds: int
    ) -> Trial | None:
        """A plan of at most `budget` [kcur] that is as far as possible from the known ones (see RememberingMaster);
        None if there is none within so many rounds."""
        price = self.price
        try:
            for _ in range(rounds):
                x = self.master.furthest(columns, sizes, known, ahead, budget)
                if x is None:
                    return None
                with self.master.holding(columns, x):
                    trial = self._settled(x, budget)
                if trial.met and trial.cost <= budget:
                    return trial
                if not trial.met and trial.cost <= budget:
                    self.raise_price()  # within the budget only because missing a link is too cheap
        except Stalled:
            return None
        finally:
            self.price = price
            for month in self.months:
                month.set_price(price / self.scale[month.index])
        return None

    def _settled(self, x: np.ndarray, budget: float) -> Trial:
        """The best continuous sizes for the integers of a point, or proof that they cost more than the budget."""
        fixed = np.round(x[self.integer])
        near = self.closest(x, fixed, x, budget)
        trial = self.accommodate(self.evaluate(near), fixed)
        trial = self.level(trial, fixed, SETTLED_SHARE, budget)
        point = self.master.relaxed(fixed)
        if point is None or point.bound > budget:
            return trial
        last = self.evaluate(point.x)  # where level ended just beside what the months ask for, this meets it
        return last if last.met and (not trial.met or last.cost < trial.cost) else trial
