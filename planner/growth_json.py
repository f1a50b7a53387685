"""`plan.json` of a plan of growth: the documented keys with one site entry per stage, then all that reads it back."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from models.design import AuditReport, Design, Lookahead, Marginal, Proof, Removal
from models.growth_dates import schedules
from models.stages import Growth, GrowthAccounts, GrowthAnswer, GrowthPlan, Myopia, Purchase, Stage
from models.timetable import Schedule
from planner.codec import decode, encode
from planner.operation_table import columns_of
from planner.plan_json import (
    CURRENCY_PER_KCUR,
    EXACT,
    KPI_KEYS,
    SCHEMA,
    bounds_of,
    cost_entry,
    delivery_entry,
    lookahead_entry,
    marginal_entries,
    removal_entries,
    site_entry,
)
from reports.staged import stage_answer


def public_view(answer: GrowthAnswer) -> dict[str, Any]:
    """The documented keys of plan.json; `sites` has one entry per stage, `costs` say which stage bought or pays."""
    growth, accounts = answer.growth, answer.accounts
    first = growth.stages[0].case
    kpi = {key: encode(accounts.kpi.get(key)) for key in KPI_KEYS}
    per_mtok = accounts.kpi.get("cost_kcur_per_mtok")
    kpi["cost_per_million_tokens"] = None if per_mtok is None else per_mtok * CURRENCY_PER_KCUR
    return {
        "schema": SCHEMA,
        "name": growth.name,
        "status": answer.proof.status,
        "currency": first.currency,
        **bounds_of(accounts, answer.proof),
        "seconds": dict(answer.seconds),
        "kpi": kpi,
        "sites": [_stage(answer, k, dates) for k, dates in enumerate(schedules(growth, answer.plan))],
        "costs": _costs(growth, accounts),
        "purchases": [_purchase(growth, p) for p in answer.plan.purchases],
        "cash_flow": [flow * CURRENCY_PER_KCUR for flow in accounts.cash_flow_kcur],
        "years": build_out(answer),
        "foresight": _foresight(answer),
        "without": removal_entries(answer.without),
        "audit": {
            "ok": answer.audit.ok,
            "checks": answer.audit.checks,
            "worst_residual": answer.audit.worst_residual,
            "violations": encode(answer.audit.violations),
        },
    }


def _stage(answer: GrowthAnswer, k: int, dates: Schedule) -> dict[str, Any]:
    """One stage as a site entry; with its dates, and what was found about its limits and its year."""
    own, stage = stage_answer(answer, k), answer.growth.stages[k]
    entry = site_entry(own.case, own.design, own.accounts)
    kpi = {key: encode(own.accounts.kpi.get(key)) for key in KPI_KEYS if key != "cost_per_million_tokens"}
    years = {"first_year": stage.first_year, "years": stage.years}
    return {
        **entry,
        "stage": k + 1,
        "stage_name": stage.name,
        **years,
        "kpi": kpi,
        "delivery": delivery_entry(dates),
        "marginals": marginal_entries(own.marginals, own.origins),
        "lookahead": lookahead_entry(own.lookahead),
    }


def _costs(growth: Growth, accounts: GrowthAccounts) -> list[dict[str, Any]]:
    yearly = [(k + 1, c) for k, own in enumerate(accounts.stages) for c in own.costs]
    capital = [(k + 1, c) for k, c in zip(accounts.bought, accounts.capital, strict=True)]
    return [cost_entry(growth.stages[0].case, c, number) for number, c in (*capital, *yearly)]


def _purchase(growth: Growth, p: Purchase) -> dict[str, Any]:
    kept = p.retired == len(growth.stages)
    return {
        "line": p.line,
        "item": p.item,
        "quantity": p.quantity,
        "unit": p.unit,
        "bought_in_stage": p.bought + 1,
        "bought_in_year": growth.start(p.bought),
        "retired_in_stage": None if kept else p.retired + 1,
        "retired_in_year": None if kept else growth.start(p.retired),
    }


def build_out(answer: GrowthAnswer) -> list[dict[str, Any]]:
    """What is in service in each year of the plan, what it uses, and what is paid in it; year 1 is the first of
    operation, and holds what is paid at time zero too."""
    growth, rows = answer.growth, []
    flows = answer.accounts.cash_flow_kcur
    for k, (start, end) in enumerate(pairwise([growth.start(k) for k in range(len(growth.stages) + 1)])):
        stage, design, kpi = growth.stages[k], answer.plan.stages[k], answer.accounts.stages[k].kpi
        for year in range(start + 1, end + 1):
            paid = flows[year] + (flows[0] if year == 1 else 0.0)
            rows.append({"year": year, "stage": stage.name, **_in_service(stage, design), **_use(kpi),
                         "cost_after_tax": paid * CURRENCY_PER_KCUR})  # fmt: skip
    return rows


def _in_service(stage: Stage, design: Design) -> dict[str, Any]:
    return {
        "racks": sum(r.count for r in design.racks),
        "modules": sum(u.count for u in design.units),
        "grid_mw": design.contract_mw,
        "grid_limit_mw": stage.case.grid.interval_limit_mw,
        "storage_mw": sum(design.battery_mw.values()),
        "storage_mwh": sum(design.battery_mwh.values()),
        "supply_mw": sum(design.supply_mw.values()),
        "generator_mw": sum(g.unit_mw * design.generator_units.get(g.name, 0) for g in stage.case.generators),
    }


def _use(kpi: dict[str, float | None]) -> dict[str, Any]:
    names = (
        "it_installed_mw",
        "peak_import_mw",
        "site_energy_mwh",
        "reference_mtok",
        "tokenergy_wh_per_1k",
        "carbon_t",
    )
    return {name: kpi.get(name) for name in names}


def _foresight(answer: GrowthAnswer) -> dict[str, Any] | None:
    """What planning stage by stage would cost beyond the best plan of all stages: at least what it costs beyond this
    one, at most what it costs beyond the proven bound. A plan stopped early may be dearer than one made stage by
    stage; the least is zero then."""
    seen, proof = answer.myopia, answer.proof
    if seen is None:
        return None
    cost = seen.objective_kcur
    money = CURRENCY_PER_KCUR
    return {
        "myopic_objective": None if cost is None else cost * money,
        "cost_of_myopia": None if cost is None else max(cost - proof.objective_kcur, 0.0) * money,
        "cost_of_myopia_at_most": None if cost is None else max(cost - proof.bound_kcur, 0.0) * money,
        "reason": seen.reason,
        "purchases": [_purchase(answer.growth, p) for p in seen.purchases],
    }


def plan_to_plain(answer: GrowthAnswer) -> dict[str, Any]:
    """The whole content of plan.json."""
    stages = [encode(d, leave_out=frozenset({"operation"})) for d in answer.plan.stages]
    exact = {
        "stages": stages,
        "operation_columns": [columns_of(d.operation) for d in answer.plan.stages],
        "purchases": encode(answer.plan.purchases),
        "accounts": encode(answer.accounts),
        "proof": encode(answer.proof),
        "audit": encode(answer.audit),
        "myopia": encode(answer.myopia),
        "marginals": encode(answer.marginals),
        "lookahead": encode(answer.lookahead),
        "without": encode(answer.without),
    }
    return {**public_view(answer), EXACT: exact}


def plan_from_plain(plain: dict[str, Any], growth: Growth, origins: Any, operations: list[Any]) -> GrowthAnswer:
    """The GrowthAnswer whose `plan_to_plain` this is. Raises ValueError or KeyError if it is not one."""
    exact = plain[EXACT]
    designs = tuple(
        decode(Design, design, operation=operation)
        for design, operation in zip(exact["stages"], operations, strict=True)
    )
    return GrowthAnswer(
        growth=growth,
        plan=GrowthPlan(designs, decode(tuple[Purchase, ...], exact["purchases"])),
        accounts=decode(GrowthAccounts, exact["accounts"]),
        proof=decode(Proof, exact["proof"]),
        audit=decode(AuditReport, exact["audit"]),
        origins=origins,
        seconds={name: float(value) for name, value in plain["seconds"].items()},
        myopia=decode(Myopia | None, exact["myopia"]),
        marginals=decode(tuple[Marginal, ...], exact.get("marginals", [])),
        lookahead=decode(tuple[Lookahead | None, ...], exact.get("lookahead", [])),
        without=decode(tuple[Removal, ...], exact.get("without", [])),
    )
