"""At what ex-works price an offer enters or leaves the least-cost plan.

V(s) is the least cost of plans that order the offer when all its ex-works prices are scaled by s; R, that of plans
without it. Every plan's cost is a line in s, so V is the lowest of lines: it rises and is concave. The break-even is
V(s) = R. Where the line of a plan meets R, the true V lies at or below it: that scale is never above the break-even,
and solving there gives the next, better plan (Newton's method, monotone after its first step). A scale at which the
proven bound of V exceeds R closes the interval from above. Duty, tax and interest on the price move with it; freight,
insurance, spares, installation and adders do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from models import finance
from models.case import Case, Offer
from models.catalogue import landed_kcur, price_tiers
from models.tender import BreakEven, Check, Interval
from planner.solving.family import CaseFamily, Member

MOST_STEPS = 8
LARGEST_SCALE = 10.0
LEAST_STEP = 0.005
"""Distance from the break-even at which it is tested, at least: share of the price quoted."""


def priced(case: Case, name: str, scale: float) -> Case:
    """The case with all ex-works prices of one offer scaled."""
    return replace(case, offers=tuple(_scaled(m, scale) if m.name == name else m for m in case.offers))


def _scaled(offer: Offer, scale: float) -> Offer:
    breaks = tuple(replace(b, ex_works_k=b.ex_works_k * scale) for b in offer.price_breaks)
    return replace(offer, ex_works_k=offer.ex_works_k * scale, price_breaks=breaks)


def having(case: Case, name: str) -> Case:
    """The case in which an offer must be used."""
    return replace(case, orders=replace(case.orders, must_order=(*case.orders.must_order, name)))


def lacking(case: Case, name: str) -> Case:
    """The case in which an offer is not available."""
    return replace(case, offers=tuple(replace(m, max_count=0) if m.name == name else m for m in case.offers))


def ordering(case: Case, orders: Mapping[str, int], *, site_built_too: bool) -> Case:
    """The case with these orders and none beside them; what is built on site stays free unless it is ordered too."""
    fixed = [m for m in case.offers if site_built_too or not m.site_built]
    held = {m.name: replace(m, min_count=orders.get(m.name, 0), max_count=orders.get(m.name, 0)) for m in fixed}
    must = tuple(m.name for m in fixed if orders.get(m.name, 0))
    return replace(
        case,
        offers=tuple(held.get(m.name, m) for m in case.offers),
        orders=replace(case.orders, must_order=must),
    )


def slope_kcur(case: Case, name: str, units: int) -> float:
    """Present value of what moves with the ex-works price of an offer, at the price quoted for that many units
    [kcur]."""
    offer = next(m for m in case.offers if m.name == name)
    tier = max(k for k, (count, _) in enumerate(price_tiers(offer)) if count <= max(units, 1))
    price = offer.ex_works_k if tier == 0 else offer.price_breaks[tier - 1].ex_works_k
    moves = landed_kcur(offer, price) - landed_kcur(offer, 0.0)
    return units * moves * finance.capital_factor(offer.terms, case.money)


class BreakEvenSearch:
    """One offer's break-even against plans without it."""

    def __init__(self, family: CaseFamily, case: Case, name: str, rival: Member, gap: float) -> None:
        self.family, self.case, self.name, self.gap = family, case, name, gap
        self.low_kcur, self.high_kcur = rival.bound_kcur, rival.cost_kcur
        self.without_it = rival.without_it_kcur
        self.lines: list[tuple[float, Member, float]] = []

    def solve(self, scale: float) -> Member:
        """Best plan that orders the offer at a scale of its price; its line is kept."""
        member = self.family.solve(having(priced(self.case, self.name, scale), self.name), gap=self.gap)
        self.keep(scale, member)
        return member

    def keep(self, scale: float, member: Member) -> None:
        """Note the line of a plan found at a scale."""
        if not member.infeasible:
            self.lines.append((scale, member, slope_kcur(self.case, self.name, member.orders.get(self.name, 0))))

    def wins_below(self) -> float:
        """The highest scale at which some plan found is certain to beat every plan without the offer."""
        roots = [s + (self.low_kcur - m.cost_kcur) / slope for s, m, slope in self.lines if slope > 0]
        return max(roots, default=0.0)

    def run(self, known: Member) -> BreakEven:
        """The break-even, from the best plan with the offer at the price quoted."""
        self.keep(1.0, known)
        if not self.lines or self.lines[0][2] <= 0:
            return BreakEven(None, "its price does not matter to the plan")
        if not self._settle():
            return BreakEven(None, "it would not be chosen even at an ex-works price of zero")
        low = self.wins_below()
        if low > LARGEST_SCALE:
            return BreakEven(None, f"it stays in the plan up to {LARGEST_SCALE:g} times its price")
        high = self._close(low)
        if high is None:
            return BreakEven(None, "the gaps are too wide to tell")
        scale = Interval(self.wins_below(), high)
        step = max(LEAST_STEP, 2 * (scale.high - scale.low))
        below = self._check(scale.low - step, scale.low, step)
        above = self._check(scale.high + step, scale.high, step)
        return BreakEven(scale, "", below, above)

    def _settle(self) -> bool:
        """Newton's steps until the meeting point no longer moves; whether it lies above zero."""
        at = self.wins_below()
        for _ in range(MOST_STEPS):
            if at > LARGEST_SCALE:
                return True
            self.solve(max(at, 0.0))
            moved = self.wins_below()
            if moved <= 0:
                return False
            if moved - at <= 1e-4:
                return True
            at = moved
        return True

    def _close(self, low: float) -> float | None:
        """A scale just above at which the offer loses for certain."""
        slope = max(self.lines, key=lambda line: line[0] + (self.low_kcur - line[1].cost_kcur) / line[2])[2]
        open_kcur = max((m.cost_kcur - m.bound_kcur for _, m, _ in self.lines[-2:]), default=0.0)
        scale = low + 1.02 * (self.high_kcur - self.low_kcur + open_kcur) / slope + 1e-5
        for _ in range(MOST_STEPS):
            member = self.solve(scale)
            if member.infeasible or member.bound_kcur >= self.high_kcur:
                return scale
            scale += 1.2 * (self.high_kcur - member.bound_kcur) / slope + 1e-5
        return None

    def _check(self, scale: float, edge: float, step: float) -> Check:
        """The whole tender solved again at a scale: is the offer in the plan?"""
        units = max(m.orders.get(self.name, 0) for _, m, _ in self.lines)
        worth = step * min(slope_kcur(self.case, self.name, 1), slope_kcur(self.case, self.name, units))
        worth = abs(scale - edge) / step * worth if step else 0.0
        gap = min(self.gap, 0.08 * worth / self.without_it)
        member = self.family.solve(priced(self.case, self.name, max(scale, 0.0)), gap=gap)
        proven = member.cost_kcur - member.bound_kcur
        return Check(scale, member.orders.get(self.name, 0), proven, worth)
