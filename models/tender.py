"""The answer to a tender: what each offer is worth beside the others, as plain numbers. No files, no formatting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from models.case import Case, Offer
from models.design import Answer

Kind = Literal["rate", "duty", "delay", "demand", "price", "confidence"]


@dataclass(frozen=True, eq=False)
class Interval:
    """A figure known to lie between two values."""

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class TenderPlan:
    """A least-cost plan under one condition, with its proof; `orders` is empty if there is none."""

    cost_kcur: float
    """present value of the best plan found"""
    bound_kcur: float
    """no plan under this condition costs less"""
    orders: dict[str, int]
    """offer -> units"""
    order_value_kcur: float = 0.0
    """landed, of all units ordered"""
    tokenergy_wh_per_ktok: float | None = None
    ready_p50_months: float = 0.0
    ready_p90_months: float = 0.0
    """months after award at which the last unit ordered is on site, factory slots counted"""

    @property
    def feasible(self) -> bool:
        """Whether there is a plan."""
        return bool(self.orders)


@dataclass(frozen=True, eq=False)
class Check:
    """One re-solve that tests a break-even price."""

    scale: float
    """of the ex-works price quoted [1]"""
    units: int
    """units of the offer in the least-cost plan at this price"""
    gap_kcur: float
    """proven gap of that solve"""
    step_kcur: float
    """what the distance from the break-even is worth: many times the gap"""


@dataclass(frozen=True, eq=False)
class BreakEven:
    """Scale of the ex-works price at which an offer enters or leaves the least-cost plan [1]."""

    scale: Interval | None
    """below `low` it wins for certain, above `high` it loses for certain; None: see `why_not`"""
    why_not: str = ""
    below: Check | None = None
    above: Check | None = None

    @property
    def verified(self) -> bool:
        """Whether re-solving just below finds the offer in the plan and just above does not, with a gap under a tenth
        of what the step is worth."""
        if self.below is None or self.above is None:
            return False
        sharp = all(check.gap_kcur <= 0.1 * check.step_kcur for check in (self.below, self.above))
        return sharp and self.below.units > 0 and self.above.units == 0


@dataclass(frozen=True)
class LeadBreakEven:
    """Lead time at which an offer leaves the least-cost plan, in months from order to the first unit on site."""

    in_up_to: float | None
    """longest lead time tested with which it is in the plan; None: see `why_not`"""
    out_at: float | None
    """the next one tested, a month of delay later, with which it is not; None: in_up_to is the longest allowed"""
    why_not: str = ""


@dataclass(frozen=True, eq=False)
class OfferResult:
    """One offer in the tender."""

    offer: Offer
    units: int
    """in the recommended plan"""
    verdict: str
    """why it can or cannot be used, in words"""
    with_it: TenderPlan | None
    """best plan if it had to be used, at its least order or more; None: it cannot be"""
    without_it: TenderPlan | None
    """best plan if it were not available; None: there is none"""
    extra_with: Interval | None = None
    """extra cost of having to use it [kcur]"""
    extra_without: Interval | None = None
    """extra cost of doing without it [kcur]"""
    break_even: BreakEven | None = None
    latest_lead_months: float | None = None
    """latest lead time at which it can serve at all; None: no month of need is stated"""
    break_even_lead: LeadBreakEven | None = None
    """None: not asked for"""


@dataclass(frozen=True, eq=False)
class Alternative:
    """A plan that costs nearly the same and orders differently."""

    plan: TenderPlan
    extra: Interval
    """[kcur]"""
    distance: float
    """share of the order (by capacity) that differs from the nearest plan listed before it [1]"""


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """The tender under one other assumption."""

    kind: Kind
    label: str
    plan: TenderPlan | None
    extra: Interval | None
    """cost against the recommended plan [kcur]"""
    same_award: bool
    """whether the same offers are ordered"""


@dataclass(frozen=True, eq=False)
class Protection:
    """The plan that costs least if any `risks` offers rise to the top of their price range at once."""

    risks: int
    plan: TenderPlan
    protected_kcur: Interval
    """its cost with the worst such rises, and the bound below it"""
    unprotected_kcur: float
    """cost of the recommended plan under the same rises"""


@dataclass(frozen=True, eq=False)
class LeadAward:
    """One award under several lead times."""

    orders: dict[str, int]
    """offer -> units, without what is built on site"""
    extra: tuple[Interval | None, ...]
    """per scenario: cost above the best award of that scenario [kcur]; None: no plan with these orders"""

    @property
    def most_kcur(self) -> float:
        """Largest extra cost over the scenarios; infinite where there is no plan in one [kcur]."""
        return max(float("inf") if e is None else e.high for e in self.extra)


@dataclass(frozen=True, eq=False)
class LeadScenarios:
    """Awards under lead times that turn out otherwise."""

    labels: tuple[str, ...]
    awards: tuple[LeadAward, ...]
    """the recommended one first, then those that are best in some scenario"""

    @property
    def steadiest(self) -> LeadAward:
        """The award of least largest extra cost; the recommended one where it ties."""
        return min(self.awards, key=lambda a: round(a.most_kcur, 3))


@dataclass(frozen=True, eq=False)
class Tender:
    """Everything that is reported about a tender."""

    answer: Answer
    """the recommended plan, proven and rechecked"""
    best: TenderPlan
    offers: tuple[OfferResult, ...]
    alternatives: tuple[Alternative, ...] = ()
    sensitivities: tuple[Sensitivity, ...] = ()
    protections: tuple[Protection, ...] = ()
    lead_scenarios: LeadScenarios | None = None
    """None: not asked for, or lead times decide nothing"""
    award_date: str = ""
    """ISO date; empty: not stated"""
    tolerance: float = 0.0
    """alternatives cost at most this share more, of the cost without IT hardware [1]"""
    solves: int = 0
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        """The case of the recommended plan."""
        return self.answer.case
