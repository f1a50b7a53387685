"""What a tender says, in words that workbook, page and terminal share."""

from __future__ import annotations

import math
from dataclasses import replace

from models.case import Case, Offer
from models.tender import BreakEven, Interval, LeadBreakEven, OfferResult, Tender, TenderPlan
from models.timetable import ALWAYS_MONTHS
from reports.format import money, percent


def orders_text(orders: dict[str, int]) -> str:
    """`2 x Hall A, 4 x Skid B`."""
    return ", ".join(f"{n} × {m}" for m, n in orders.items()) or "none"


def bought(tender: Tender) -> dict[str, int]:
    """Units of the offers compared, without what is built on site."""
    names = {r.offer.name for r in tender.offers}
    return {m: n for m, n in tender.best.orders.items() if m in names}


def headline(tender: Tender) -> str:
    """The award in one sentence, with what is certain about it."""
    rival = runner_up(tender)
    text = f"{tender.case.name}: award {orders_text(bought(tender))}"
    if rival is None or rival.extra_with is None:
        return f"{text}; no other offer can serve."
    return f"{text}; next best is {rival.offer.name}, {more(rival.extra_with, tender)} dearer."


def runner_up(tender: Tender) -> OfferResult | None:
    """The offer outside the recommended plan whose use costs least."""
    losing = [r for r in tender.offers if not r.units and r.extra_with is not None]
    return min(losing, key=lambda r: r.extra_with.low if r.extra_with else 0.0, default=None)


def more(extra: Interval | None, tender: Tender) -> str:
    """Extra cost as one figure, or as an interval where the gaps leave it open by more than a hundredth."""
    currency = tender.case.currency
    if extra is None:
        return "no plan"
    if extra.high - extra.low <= 0.01 * max(abs(extra.high), 1e-9):
        return money((extra.low + extra.high) / 2, currency, figures=3)
    return f"{money(extra.low, currency, figures=3)} to {money(extra.high, currency, figures=3)}"


def certainty(plan: TenderPlan, tender: Tender) -> str:
    """What the proof of a plan is worth, in money."""
    gap = plan.cost_kcur - plan.bound_kcur
    if gap <= 1e-6 * abs(plan.cost_kcur):
        return "no mix in this model costs less"
    return f"no mix in this model costs less by more than {money(gap, tender.case.currency, figures=2)}"


def break_even_text(found: BreakEven | None) -> str:
    """A break-even price in words."""
    if found is None:
        return "not asked for"
    if found.scale is None:
        return found.why_not
    low, high = found.scale.low * 100, found.scale.high * 100
    span = f"{low:.2f} %" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f} %"
    return f"{span} of its price" + ("" if found.verified else " (not verified)")


def lead_text(found: LeadBreakEven | None) -> str:
    """Where an offer's lead time decides, in words."""
    if found is None:
        return "not asked for"
    if found.in_up_to is None:
        return found.why_not
    if found.out_at is None:
        return f"in the plan up to {found.in_up_to:.3g} months, the longest allowed"
    return f"in the plan up to {found.in_up_to:.3g} months, not at {found.out_at:.3g}"


def steadiness_text(tender: Tender) -> str:
    """Which award stands lead times that turn out otherwise, in words; empty if they decide nothing."""
    known = tender.lead_scenarios
    if known is None:
        return ""
    most, best = known.awards[0], known.steadiest
    currency = tender.case.currency

    def worst(kcur: float) -> str:
        return "no plan at all" if math.isinf(kcur) else f"at most {money(kcur, currency, figures=3)} more"

    tried = f"{len(known.labels)} scenarios of lead times (all in time, each party late, all late)"
    if best is most:
        return (
            f"Over {tried} the recommended award costs {worst(most.most_kcur)} than the best of each; none is steadier."
        )
    return (
        f"Over {tried} the recommended award costs {worst(most.most_kcur)} than the best of each; the steadiest of the "
        f"awards tried is {orders_text(best.orders)} with {worst(best.most_kcur)}."
    )


def different_plans(tender: Tender) -> str:
    """Heading of the plans that are chosen because they differ: nobody should read them as the next best."""
    return (
        f"Some very different plans within {percent(tender.tolerance, 0)} of the cost without IT hardware "
        "(chosen to differ from each other, not the next best)"
    )


def ready_text(months: float, case: Case) -> str:
    """A month after award against the month of need."""
    need, works = case.limits.need_month, case.limits.delay.works_months
    if need >= ALWAYS_MONTHS:
        return f"{months:.3g}"
    if months + works > case.latest_month:
        return f"{months:.3g}, TOO LATE for month {need:.3g}"
    late = math.ceil(months + works - need)
    return f"{months:.3g}, {f'{late:g} months late' if late > 0 else 'in time'} for month {need:.3g}"


def anonymous(tender: Tender) -> Tender:
    """The tender with vendors as Bidder 1, 2, ... and offers as Offer 1, 2, ...; prices stay."""
    vendors = {v: f"Bidder {i}" for i, v in enumerate(dict.fromkeys(_vendors(tender)), start=1)}
    names = {r.offer.name: f"Offer {i}" for i, r in enumerate(tender.offers, start=1)}

    def plan(p: TenderPlan | None) -> TenderPlan | None:
        return None if p is None else replace(p, orders={names.get(m, m): n for m, n in p.orders.items()})

    def known(p: TenderPlan) -> TenderPlan:
        found = plan(p)
        assert found is not None
        return found

    def words(text: str) -> str:
        for old, new in sorted((names | vendors).items(), key=lambda item: -len(item[0])):
            text = text.replace(old, new)
        return text

    def offer(m: Offer) -> Offer:
        terms = replace(m.quotation, reference="", family="")
        return replace(m, name=names.get(m.name, m.name), vendor=vendors.get(m.vendor, m.vendor), quotation=terms)

    case = replace(tender.case, offers=tuple(offer(m) for m in tender.case.offers))
    return replace(
        tender,
        answer=replace(tender.answer, case=case, origins=()),
        best=known(tender.best),
        offers=tuple(
            replace(r, offer=offer(r.offer), with_it=plan(r.with_it), without_it=plan(r.without_it))
            for r in tender.offers
        ),
        alternatives=tuple(replace(a, plan=known(a.plan)) for a in tender.alternatives),
        sensitivities=tuple(replace(s, label=words(s.label), plan=plan(s.plan)) for s in tender.sensitivities),
        protections=tuple(replace(p, plan=known(p.plan)) for p in tender.protections),
        lead_scenarios=None
        if tender.lead_scenarios is None
        else replace(
            tender.lead_scenarios,
            labels=tuple(words(label) for label in tender.lead_scenarios.labels),
            awards=tuple(
                replace(a, orders={names.get(m, m): n for m, n in a.orders.items()})
                for a in tender.lead_scenarios.awards
            ),
        ),
        notes=(),
    )


def _vendors(tender: Tender) -> list[str]:
    return [r.offer.vendor for r in tender.offers]
