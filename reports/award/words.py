"""What a tender says, in words that workbook, page and terminal share."""

from __future__ import annotations

from dataclasses import replace

from models.case import Case, Offer
from models.tender import BreakEven, Interval, OfferResult, Tender, TenderPlan
from reports.format import money


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


def ready_text(months: float, case: Case) -> str:
    """A month after award against the month of need."""
    need = case.latest_month - case.limits.delay.works_months
    if case.limits.need_month >= 1200:
        return f"{months:.3g}"
    return f"{months:.3g}, {'in time' if months <= need else 'TOO LATE'} for month {need:.3g}"


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
        notes=(),
    )


def _vendors(tender: Tender) -> list[str]:
    return [r.offer.vendor for r in tender.offers]
