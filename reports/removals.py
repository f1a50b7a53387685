"""What each subject of the power side is worth: the plan made again without it, in words and rows."""

from __future__ import annotations

import math
from typing import NamedTuple

from models.design import Answer, BreakEven, Removal
from models.stages import AnyAnswer
from reports import format as show
from reports.capacity import rule_text
from reports.staged import stage_answer

_NAMES = {
    "architecture": "choice of architecture",
    "ride_through": "ride-through",
    "smoothing": "limit on swings",
    "ramp": "limit on ramps",
    "redundancy": "redundancy",
    "interruptions": "interruptions of the grid",
    "lost_load": "load that may be lost",
    "flexible_work": "work that waits or pauses",
    "dispatch": "storage that moves energy",
    "battery": "storage",
    "cold_store": "chilled-water store",
    "supply": "on-site source",
    "generator": "generator",
    "programme": "demand response",
    "contract": "power-purchase contract",
    "clean_share": "share of clean energy",
}
NOTE = (
    "Each row is the case planned again without its subject, all else as it was; its cost and its bound against those "
    "of the plan give the two ends of the change. Subjects stand in for one another, so that the rows do not add up. "
    "The tariff stays that of the plan, and so does the architecture, except where it is the subject."
)
NOT_ASKED = "`aidc plan WORKBOOK --worth` plans again without each of the subjects of the power side."


class RemovalRow(NamedTuple):
    """One subject, what the plan has of it, and the change of cost without it."""

    subject: str
    in_plan: str
    removal: Removal
    verdict: str


def subject_name(subject: str, item: str = "") -> str:
    """`generator gas engine 3 MW`; for an architecture, the choice that is taken away."""
    if subject == "architecture":
        return f"{_NAMES[subject]}: only {item}"
    return f"{_NAMES[subject]}: {item}" if item else _NAMES[subject]


def removal_rows(answer: AnyAnswer) -> list[RemovalRow]:
    """All subjects, in the order in which they were taken away; empty where that was not asked."""
    return [
        RemovalRow(subject_name(r.subject, r.item), _in_plan(answer, r), r, _verdict(r, answer.currency))
        for r in answer.without
    ]


def _in_plan(answer: AnyAnswer, r: Removal) -> str:
    """What the plan has of the subject; where that differs, in each stage."""
    if isinstance(answer, Answer):
        return _has(answer, r)
    stages = answer.growth.stages
    each = {s.name: _has(stage_answer(answer, k), r) for k, s in enumerate(stages)}
    if len(set(each.values())) == 1:
        return next(iter(each.values()))
    return "; ".join(f"{name}: {has}" for name, has in each.items())


def change_text(removal: Removal, currency: str) -> str:
    """`costs USD 3.00 to 3.40 million` more, `saves` so much, within the gaps; `none` if not in the plan."""
    if not removal.in_plan:
        return "none"
    if not removal.is_computed:
        return "not computed"
    if math.isinf(removal.change_low_kcur):
        return "no plan without it"
    if math.isinf(removal.change_high_kcur):
        return f"no plan found in time; at least {show.money(max(0.0, removal.change_low_kcur), currency, 3)} dearer"
    return show.saving(-removal.change_high_kcur, -removal.change_low_kcur, currency)


def _verdict(r: Removal, currency: str) -> str:
    """Whether the change is more than the gaps leave open, else why not."""
    if not r.in_plan:
        return f"not in the plan, which therefore stands without it{_would_pay(r.break_even, currency)}"
    if not r.is_computed:
        return "not computed: it took longer than the plan did, or the study was stopped before"
    if math.isinf(r.change_low_kcur):
        return "no plan without it: something asked for cannot be had otherwise"
    if math.isinf(r.change_high_kcur):
        return "no plan found in time"
    if r.change_low_kcur > 0 or r.change_high_kcur < 0:
        return "more than the gaps"
    if r.subject in ("ride_through", "smoothing", "ramp", "redundancy", "interruptions", "clean_share"):
        return "within the gaps: what the plan has anyway meets it, as far as they can tell"
    return "within the gaps: others take its place, as far as they can tell"


def _would_pay(found: BreakEven | None, currency: str) -> str:
    """At what price it would be in the plan."""
    if found is None:
        return ""
    some = f"{show.trimmed(found.quantity)} {found.unit}"
    if found.high_kcur <= 0:
        return f"; {some} would not pay even as a gift"
    ends = [show.money(max(kcur, 0.0), currency, 3) for kcur in (found.low_kcur, found.high_kcur)]
    span = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    now = show.money(found.price_kcur, currency, 3)
    return f"; {some} would pay from a price of {span} per {found.price_unit} down (offered at {now})"


def _has(answer: Answer, r: Removal) -> str:
    """What the plan has of the subject."""
    design, case = answer.design, answer.case
    if r.subject == "battery":
        return show.store_size(design.battery_mw.get(r.item, 0.0), design.battery_mwh.get(r.item, 0.0))
    if r.subject == "cold_store":
        return show.stored(design.cold_store_mwh.get(r.item, 0.0))
    if r.subject == "supply":
        return show.power(design.supply_mw.get(r.item, 0.0))
    if r.subject == "generator":
        return show.count(design.generator_units.get(r.item, 0), "unit")
    if r.subject == "programme":
        return show.power(design.committed_mw.get(r.item, 0.0))
    if r.subject == "contract":
        return show.power(design.purchase_mw.get(r.item, 0.0))
    return case.electrical.name if r.subject == "architecture" else _duty(answer, r.subject)


def _duty(answer: Answer, subject: str) -> str:
    case = answer.case
    if subject == "ride_through":
        return f"{show.trimmed(60 * case.ride_through_h)} min beyond the chain"
    if subject == "smoothing":
        return f"at most {show.trimmed(case.grid.max_swing_mw or 0.0)} MW, peak to peak"
    if subject == "ramp":
        return f"at most {show.trimmed(case.grid.ramp_limit_mw_per_min or 0.0)} MW/min"
    if subject == "redundancy":
        pools = {case.electrical.name: case.electrical.redundancy, **{c.name: c.redundancy for c in case.cooling}}
        return ", ".join(f"{name} {rule_text(rule)}" for name, rule in pools.items() if rule.asks_for_more)
    if subject == "lost_load":
        return show.energy(answer.accounts.kpi.get("lost_load_mwh") or 0.0)
    if subject == "clean_share":
        shares = (case.limits.clean_share_yearly, case.limits.clean_share_hourly)
        named = zip(shares, ("over the year", "hour by hour"), strict=True)
        return ", ".join(f"{show.percent(share)} {how}" for share, how in named if share)
    if subject == "interruptions" and case.grid.available_pu is not None:
        hours = case.calendar.step_h * float((case.grid.available_pu < 1).sum())
        return f"{show.trimmed(hours)} hours a year"
    return show.MISSING
