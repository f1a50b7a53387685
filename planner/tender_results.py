"""The result folder of `aidc offers`.

| file | holds |
|---|---|
| award.xlsx | bid tabulation, compliance, clarifications, orders, break-even prices, other plans |
| award-anonymous.xlsx | the same without names of vendors and offers |
| recommendation.html, recommendation.docx | one page to sign |
| tender.json | the answer for machines: documented keys, and the whole of it under `exact` |
| plan/ | the recommended plan as `aidc plan` writes it |
| manifest.json | digests of the inputs and of every file, versions, options, times |
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from models.tender import BreakEven, Interval, LeadBreakEven, LeadScenarios, OfferResult, Tender, TenderPlan
from planner.codec import decode, encode, to_json
from planner.folder import MANIFEST, complete_or_absent
from planner.results import BadFolder, RunRecord, one_stage, read_json, write_results
from planner.study_manifest import digests, manifest_bytes, unaltered, write_study_manifest

AWARD, ANONYMOUS, PAGE, WORD = "award.xlsx", "award-anonymous.xlsx", "recommendation.html", "recommendation.docx"
RENDERED = (AWARD, ANONYMOUS, PAGE, WORD)
TENDER, PLAN = "tender.json", "plan"
SCHEMA = 1


def write_tender(
    tender: Tender,
    folder: Path,
    record: RunRecord,
    docx_template: Path | None = None,
) -> None:
    """Write every file of the folder; the manifest last."""
    plan = folder / PLAN
    plan.mkdir()
    write_results(tender.answer, plan, record)
    render_tender(tender, folder, docx_template)
    stored = {**public_tender(tender), "exact": encode(tender, leave_out=frozenset({"answer"}))}
    (folder / TENDER).write_text(to_json(stored) + "\n", encoding="utf-8", newline="\n")
    write_study_manifest(folder, "tender", (*RENDERED, TENDER), record, tender.seconds, solves=tender.solves)


def render_tender(tender: Tender, folder: Path, docx_template: Path | None = None) -> None:
    """Write the documents of a tender. Raises ValueError if the template is no Word document."""
    from reports.award.page import recommendation_word, render_recommendation
    from reports.award.words import anonymous
    from reports.award.workbook import write_award_workbook

    write_award_workbook(tender, folder / AWARD)
    write_award_workbook(anonymous(tender), folder / ANONYMOUS)
    (folder / PAGE).write_text(render_recommendation(tender), encoding="utf-8", newline="\n")
    (folder / WORD).write_bytes(recommendation_word(tender, docx_template))


def is_tender(folder: Path) -> bool:
    """Whether a folder is one that `aidc offers` wrote."""
    return (folder / TENDER).is_file() and (folder / PLAN).is_dir()


def read_tender(folder: Path) -> Tender:
    """The tender in a folder. Raises BadFolder naming the file that is missing or cannot be understood."""
    answer = one_stage(folder / PLAN)
    stored = read_json(folder / TENDER)
    try:
        tender: Tender = decode(Tender, stored["exact"], answer=answer)
    except KeyError as error:
        raise BadFolder([f"{TENDER}: {error} is missing; it was written by an earlier version"]) from None
    except (ValueError, TypeError) as error:
        raise BadFolder([f"{TENDER}: {error}"]) from None
    return tender


def render_tender_again(folder: Path) -> None:
    """Replace the documents of a folder, all or nothing. Raises BadFolder, or AlteredFolder if tender.json is not as it
    was written."""
    tender, manifest = read_tender(folder), unaltered(folder, TENDER)
    with complete_or_absent(folder, force=True) as draft:
        shutil.copytree(folder, draft, dirs_exist_ok=True)
        render_tender(tender, draft)
        renewed = {**manifest, "files": digests(draft, (*RENDERED, TENDER))}
        (draft / MANIFEST).write_bytes(manifest_bytes(renewed))


def public_tender(tender: Tender) -> dict[str, Any]:
    """The answer as plain values; money in the reporting currency, scales of prices as shares."""
    return {
        "schema": SCHEMA,
        "name": tender.case.name,
        "currency": tender.case.currency,
        "award_date": tender.award_date,
        "recommended": _plan(tender.best),
        "offers": [_offer(r) for r in tender.offers],
        "alternatives": [
            {**_plan(a.plan), "extra_cost": _money(a.extra), "distance": a.distance} for a in tender.alternatives
        ],
        "sensitivities": [
            {
                "kind": s.kind,
                "label": s.label,
                "plan": None if s.plan is None else _plan(s.plan),
                "extra_cost": _money(s.extra),
                "same_award": s.same_award,
            }
            for s in tender.sensitivities
        ],
        "protections": [
            {
                "price_rises_at_once": p.risks,
                "plan": _plan(p.plan),
                "protected_cost": _money(p.protected_kcur),
                "recommended_under_the_same_rises": 1000 * p.unprotected_kcur,
            }
            for p in tender.protections
        ],
        "lead_scenarios": None if tender.lead_scenarios is None else _lead_scenarios(tender.lead_scenarios),
        "solves": tender.solves,
        "seconds": tender.seconds,
        "notes": list(tender.notes),
        "audit": {"ok": tender.answer.audit.ok, "checks": tender.answer.audit.checks},
    }


def _lead_scenarios(known: LeadScenarios) -> dict[str, Any]:
    return {
        "scenarios": list(known.labels),
        "awards": [
            {
                "orders": [{"offer": m, "count": n} for m, n in a.orders.items()],
                "extra_cost": [_money(e) for e in a.extra],
                "steadiest": a is known.steadiest,
            }
            for a in known.awards
        ],
    }


def _plan(plan: TenderPlan) -> dict[str, Any]:
    return {
        "objective": 1000 * plan.cost_kcur,
        "bound": 1000 * plan.bound_kcur,
        "orders": [{"offer": m, "count": n} for m, n in plan.orders.items()],
        "order_value_landed": 1000 * plan.order_value_kcur,
        "tokenergy_wh_per_1k": plan.tokenergy_wh_per_ktok,
        "ready_months": {"P50": plan.ready_p50_months, "P90": plan.ready_p90_months},
    }


def _offer(result: OfferResult) -> dict[str, Any]:
    return {
        "offer": result.offer.name,
        "vendor": result.offer.vendor,
        "kind": result.offer.kind,
        "count": result.units,
        "verdict": result.verdict,
        "with_it": None if result.with_it is None else _plan(result.with_it),
        "without_it": None if result.without_it is None else _plan(result.without_it),
        "extra_cost_with": _money(result.extra_with),
        "extra_cost_without": _money(result.extra_without),
        "break_even": _break_even(result.break_even),
        "latest_lead_months": result.latest_lead_months,
        "break_even_lead": _lead(result.break_even_lead),
    }


def _lead(found: LeadBreakEven | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"in_plan_up_to_months": found.in_up_to, "out_at_months": found.out_at, "why_not": found.why_not}


def _money(interval: Interval | None) -> dict[str, float] | None:
    return None if interval is None else {"low": 1000 * interval.low, "high": 1000 * interval.high}


def _break_even(found: BreakEven | None) -> dict[str, Any] | None:
    if found is None:
        return None
    scale = None if found.scale is None else {"low": found.scale.low, "high": found.scale.high}
    return {"ex_works_scale": scale, "verified": found.verified, "why_not": found.why_not}
