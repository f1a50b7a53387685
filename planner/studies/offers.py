"""The buyer's question: which mix of offers costs least, and what is each offer worth beside it?

The recommended plan is proven and rechecked like any plan. Everything else is the same case with one condition changed,
solved to its own proven gap; all share their months (planner/solving/family.py). Costs are present values of the whole
project, so that an offer's efficiency, land and heat count beside its price."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models import finance, timetable
from models.bids import capacity_mw, last_unit_months, order_value_kcur
from models.case import Case, Offer
from models.catalogue import places, price_rise_kcur
from models.design import Answer
from models.tender import (
    Alternative,
    BreakEven,
    Interval,
    LeadBreakEven,
    LeadScenarios,
    OfferResult,
    Protection,
    Sensitivity,
    Tender,
    TenderPlan,
)
from models.timetable import ALWAYS_MONTHS
from planner.errors import AuditFailed, Infeasible, NoAnswer
from planner.solving.family import CaseFamily, Feature, Member
from planner.studies.alternatives import Branch, Found, alternatives
from planner.studies.breakeven import BreakEvenSearch, having, lacking, ordering
from planner.studies.choose import over_members
from planner.studies.lead_scenarios import lead_scenarios
from planner.studies.leadtime import break_even_lead
from planner.studies.plan import limits_in_force
from planner.studies.sensitivity import other_demand, same_months

if TYPE_CHECKING:
    from planner.progress import Progress
    from planner.validate import ValidatedCase

_DONE = 1e-9
MOST_RISKS = 3


TOO_LATE = "too late"


@dataclass(frozen=True)
class TenderOptions:
    """How hard to look, and what to leave out."""

    gap: float = 0.0002
    """proven gap of every solve, share of the cost without IT hardware"""
    tolerance: float = 0.02
    """alternatives cost at most this share more, of the cost without IT hardware"""
    most_alternatives: int = 3
    quick: bool = False
    """leave out break-even prices, alternatives and sensitivities"""

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return {
            "gap": self.gap,
            "tolerance": self.tolerance,
            "alternatives": self.most_alternatives,
            "quick": self.quick,
        }


def run_tender(
    validated: ValidatedCase, options: TenderOptions, *, progress: Progress | None = None, read_seconds: float = 0.0
) -> Tender:
    """Solve a tender. Raises Infeasible when it is proven that no mix serves, NoAnswer when the search stopped without
    one, AuditFailed when the recommended plan does not pass the recheck."""
    begun = time.perf_counter()
    study = _Study(validated, options, progress)
    try:
        study.find()
        return study.run(begun, read_seconds)
    finally:
        study.close()


class _Study:
    """One tender while it is solved."""

    case: Case
    """under the tariff that the tender is compared under"""
    family: CaseFamily
    best: Member

    def __init__(self, validated: ValidatedCase, options: TenderOptions, progress: Progress | None) -> None:
        self.validated, self.options, self.progress = validated, options, progress
        self._families: list[CaseFamily] = []

    def close(self) -> None:
        """Give threads back."""
        for family in self._families:
            family.close()

    def find(self) -> None:
        """The cheapest mix under the cheapest of the tariffs; the tender is then compared under that."""
        self.say("Finding the cheapest mix")
        cases = (self.validated.case, *self.validated.options)
        members = []
        for case in cases:
            self._families.append(CaseFamily(case, progress=self.progress.solver if self.progress else None))
            members.append(self._families[-1].solve(case, gap=self.options.gap, with_plan=True))
        number, best = min(enumerate(members), key=lambda pair: pair[1].cost_kcur)
        if best.design is None:
            if all(member.infeasible for member in members):
                raise Infeasible(limits_in_force(self.validated.origins))
            raise NoAnswer("The search stopped before it found a plan.")
        self.case, self.family, self.best = cases[number], self._families[number], over_members(best, members)

    def say(self, words: str) -> None:
        """Tell what is done next."""
        if self.progress:
            self.progress.step(words)

    def run(self, begun: float, read_seconds: float) -> Tender:
        """All parts of the answer."""
        answer = self._checked(read_seconds)
        candidates = [m for m in self.case.offers if not m.site_built] or list(self.case.offers)
        results = tuple(self._offer(m, number, len(candidates)) for number, m in enumerate(candidates, start=1))
        full = not self.options.quick
        others = self._alternatives() if full else ()
        moved = self._sensitivities() if full else ()
        return Tender(
            answer=answer,
            best=self.told(self.best),
            offers=results,
            alternatives=others,
            sensitivities=moved,
            protections=self._protections() if full else (),
            lead_scenarios=self._lead_scenarios() if full else None,
            award_date=_award(self.validated),
            tolerance=self.options.tolerance,
            solves=self.family.solved,
            notes=_notes(self.validated, self.case),
            seconds={"read": read_seconds, "study": time.perf_counter() - begun},
        )

    def _checked(self, read_seconds: float) -> Answer:
        """The recommended plan, accounted and rechecked."""
        from models.accounts import account
        from models.audit import audit

        self.say("Rechecking")
        design, proof = self.best.design, self.best.proof
        assert design is not None and proof is not None
        accounts = account(self.case, design)
        report = audit(self.case, design, accounts, proof)
        if not report.ok:
            raise AuditFailed(report.violations)
        seconds = {"read": read_seconds, "build": 0.0, "solve": self.best.seconds, "audit": 0.0, "report": 0.0}
        return Answer(self.case, design, accounts, proof, report, tuple(self.validated.origins), seconds)

    # -- one offer --------------------------------------------------------------------------------------------------

    def _offer(self, offer: Offer, number: int, of: int) -> OfferResult:
        """What an offer is worth beside the others."""
        self.say(f"Offer {number} of {of}: {offer.name}")
        units = self.best.orders.get(offer.name, 0)
        verdict = usable(self.case, offer)
        if verdict:
            lead = self._lead(offer) if verdict.startswith(TOO_LATE) else None
            return OfferResult(offer, 0, verdict, None, None, break_even_lead=lead)
        having_it = self.best if units else self.solve(having(self.case, offer.name), with_plan=True)
        lacking_it = self.solve(lacking(self.case, offer.name), with_plan=True) if units else self.best
        latest = self.case.latest_month - self.case.limits.delay.works_months
        return OfferResult(
            offer=offer,
            units=units,
            verdict="recommended" if units else "not in the cheapest mix",
            with_it=None if having_it.infeasible else self.told(having_it),
            without_it=None if lacking_it.infeasible else self.told(lacking_it),
            extra_with=None if having_it.infeasible else self.extra(having_it),
            extra_without=None if lacking_it.infeasible else self.extra(lacking_it),
            break_even=self._break_even(offer, having_it, lacking_it),
            latest_lead_months=latest if self.case.limits.need_month < ALWAYS_MONTHS else None,
            break_even_lead=self._lead(offer),
        )

    def _lead(self, offer: Offer) -> LeadBreakEven | None:
        return None if self.options.quick else break_even_lead(self.case, offer.name, self.solve)

    def _break_even(self, offer: Offer, having_it: Member, lacking_it: Member) -> BreakEven | None:
        if self.options.quick:
            return None
        if having_it.infeasible:
            return BreakEven(None, "no plan that uses it keeps all limits")
        if lacking_it.infeasible:
            return BreakEven(None, "no plan without it keeps all limits: it has no rival")
        return BreakEvenSearch(self.family, self.case, offer.name, lacking_it, self.options.gap).run(having_it)

    def solve(self, case: Case, *, with_plan: bool = False) -> Member:
        """Least cost of a case at the study's gap."""
        return self.family.solve(case, gap=self.options.gap, with_plan=with_plan)

    def extra(self, member: Member) -> Interval | None:
        """Cost of a plan above the recommended one, as far as the gaps tell [kcur]."""
        if member.infeasible:
            return None
        if member is self.best:
            return Interval(0.0, 0.0)
        low = max(member.bound_kcur - self.best.cost_kcur, 0.0)
        return Interval(low, max(member.cost_kcur - self.best.bound_kcur, low))

    def told(self, member: Member) -> TenderPlan:
        """A solved case in the answer's words."""
        return plan_of(member)

    # -- the rest -----------------------------------------------------------------------------------------------------

    def _alternatives(self) -> tuple[Alternative, ...]:
        self.say("Looking for plans that cost nearly the same")
        budget = self.best.cost_kcur + self.options.tolerance * max(self.best.without_it_kcur, _DONE)
        found = alternatives(
            [Branch("", self.family, self.case)],
            Found(replace(self.best, case=self.case), "", 0.0),
            order_features(self.case, self.best.orders),
            budget_kcur=budget,
            count=self.options.most_alternatives,
            gap=self.options.gap,
            finish=self._ordered_as,
        )
        told = []
        for f in found:
            extra = self.extra(f.member)
            assert extra is not None
            told.append(Alternative(self.told(f.member), extra, f.distance))
        return tuple(told)

    def _ordered_as(self, found: Found) -> Member:
        """The least cost with the orders of a plan."""
        return self.solve(ordering(self.case, found.member.orders, site_built_too=True), with_plan=True)

    def _sensitivities(self) -> tuple[Sensitivity, ...]:
        self.say("Moving exchange rates, duties, dates and demand")
        told = []
        for kind, label, case in same_months(self.case, self._bought()):
            told.append(self._moved(kind, label, self._under(kind, case)))
        for kind, label, case in other_demand(self.case):
            family = CaseFamily(case)
            try:
                told.append(self._moved(kind, label, family.solve(case, gap=self.options.gap)))
            finally:
                family.close()
        return tuple(told)

    def _protections(self) -> tuple[Protection, ...]:
        """Plans against price rises of one, two, ... offers at once, as far as more rises make a difference."""
        told: list[Protection] = []
        for risks in range(1, MOST_RISKS + 1):
            unprotected = self.best.cost_kcur + reserve_kcur(self.case, self.best.orders, risks)
            member = self.solve(replace(self.case, orders=replace(self.case.orders, price_risks=risks)))
            if member.infeasible or (told and unprotected <= told[-1].unprotected_kcur):
                break
            reserve = reserve_kcur(self.case, member.orders, risks)
            plan = plan_of(replace(member, case=self.case, cost_kcur=member.cost_kcur - reserve))
            protected = Interval(member.bound_kcur, member.cost_kcur)
            told.append(Protection(risks, plan, protected, unprotected))
        return tuple(told)

    def _lead_scenarios(self) -> LeadScenarios | None:
        self.say("Trying other lead times")
        return lead_scenarios(self.case, self.best.orders, self.solve)

    def _under(self, kind: str, case: Case) -> Member:
        """A case with dates or prices moved; dates matter only where they decide what can be delivered."""
        dates = kind in ("delay", "confidence")
        if dates and timetable.choices(case) == timetable.choices(self.case):
            return replace(self.best, case=case)
        return self.solve(case)

    def _bought(self) -> list[str]:
        return [m.name for m in self.case.offers if not m.site_built and self.best.orders.get(m.name, 0)]

    def _moved(self, kind: Any, label: str, member: Member) -> Sensitivity:
        if member.infeasible:
            return Sensitivity(kind, label, None, None, False)
        low, high = member.bound_kcur - self.best.cost_kcur, member.cost_kcur - self.best.bound_kcur
        same = set(member.orders) == set(self.best.orders)
        return Sensitivity(kind, label, self.told(member), Interval(low, high), same)


def plan_of(member: Member) -> TenderPlan:
    """A solved case: cost, bound, orders and what follows from them."""
    case = member.case
    if member.infeasible:
        return TenderPlan(member.cost_kcur, member.bound_kcur, {})
    return TenderPlan(
        cost_kcur=member.cost_kcur,
        bound_kcur=member.bound_kcur,
        orders=dict(member.orders),
        order_value_kcur=sum(order_value_kcur(m, member.orders.get(m.name, 0)) for m in case.offers),
        tokenergy_wh_per_ktok=_tokenergy(member),
        ready_p50_months=ready_months(case, member.orders, "P50"),
        ready_p90_months=ready_months(case, member.orders, "P90"),
    )


def reserve_kcur(case: Case, orders: dict[str, int], risks: int) -> float:
    """Present value of the dearest price rises of so many offers ordered [kcur]."""
    rises = [
        n * price_rise_kcur(m, n) * finance.capital_factor(m.terms, case.money)
        for m in case.offers
        if (n := orders.get(m.name, 0))
    ]
    return sum(sorted(rises, reverse=True)[:risks])


def ready_months(case: Case, orders: dict[str, int], confidence: str) -> float:
    """Months after award at which the last unit is on site; factory slots space the units of an offer."""
    ready = [last_unit_months(m, n, confidence) for m in case.offers if (n := orders.get(m.name, 0))]
    return max(ready, default=0.0)


def _tokenergy(member: Member) -> float | None:
    from models.accounts import account

    return None if member.design is None else account(member.case, member.design).kpi["tokenergy_wh_per_1k"]


def usable(case: Case, offer: Offer) -> str:
    """Why an offer cannot be used at all; empty if it can."""
    if not case.delivered(offer):
        ready, latest = case.ready_months(offer), case.latest_month
        return f"{TOO_LATE}: ready in {ready:g} months ({case.limits.lead_confidence}), needed in {latest:g}"
    if offer.kind in ("it", "integrated") and not any(m == offer.name for _, _, m in places(case)):
        return "holds none of the racks"
    if offer.max_count == 0:
        return "none on offer"
    return ""


def order_features(case: Case, orders: dict[str, int]) -> list[Feature]:
    """Offers as shares of the whole order: a unit counts by its capacity against the capacity installed of its kind."""
    capacity = {m.name: capacity_mw(m) for m in case.offers}
    by_kind: dict[str, float] = {}
    for m in case.offers:
        by_kind[_pool(m)] = by_kind.get(_pool(m), 0.0) + orders.get(m.name, 0) * capacity[m.name]
    largest = max(by_kind.values(), default=1.0) or 1.0
    return [
        Feature(("modules.ordered", m.name), (by_kind[_pool(m)] or largest) / capacity[m.name])
        for m in case.offers
        if capacity[m.name] > 0 and not m.site_built
    ]


def _pool(offer: Offer) -> str:
    return "it" if offer.kind == "integrated" else offer.kind


def _award(validated: ValidatedCase) -> str:
    """The award date as the workbook states it."""
    dates = {
        o.path: o.value.strip("'") for o in validated.origins if o.path in ("tender.award_date", "project.base_date")
    }
    return dates.get("tender.award_date") or dates.get("project.base_date") or ""


def _notes(validated: ValidatedCase, case: Case) -> tuple[str, ...]:
    """What the reader must know about how this was compared."""
    notes = [str(w) for w in validated.warnings if w.table in ("tblOffers", "tblQuotations", "tblScope", "tblTender")]
    if validated.options:
        notes.append(f"The tender is compared under tariff {case.grid.tariff}, the cheapest of those to choose from.")
    return tuple(notes)
