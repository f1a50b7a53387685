"""`plan.json`: a plan for machines. Public keys first (money in whole currency units), then everything that is needed
to read the plan back exactly, in the units of models.case."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from models import timetable, usage
from models.batteries import battery_use
from models.case import Case
from models.contracts import contract_use
from models.design import (
    Accounts,
    Answer,
    AuditReport,
    BreakEven,
    CostLine,
    Design,
    Lookahead,
    Marginal,
    Proof,
    Removal,
    Reserved,
    relative_gap,
)
from models.provenance import Origin
from models.stages import GrowthAccounts
from planner.codec import decode, encode
from planner.operation_table import columns_of

SCHEMA = 1
STAGE = 1
KPI_KEYS = (
    "tokenergy_wh_per_1k",
    "tokenergy_target",
    "cost_per_million_tokens",
    "pue",
    "wue_l_per_kwh",
    "cue_kg_per_kwh",
    "peak_import_mw",
    "it_installed_mw",
    "it_peak_mw",
    "it_mean_mw",
)
"""Indicators that every plan.json has (null where a case has no such thing, for example no tokens)."""

CURRENCY_PER_KCUR = 1000.0
EXACT = "exact"


def money_or_none(kcur: float | None) -> float | None:
    """Whole currency units; None for what is not known: the infinite bound of a search that proved nothing yet."""
    return None if kcur is None or not math.isfinite(kcur) else kcur * CURRENCY_PER_KCUR


def gap_of(accounts: Accounts | GrowthAccounts, proof: Proof) -> float | None:
    """The proven gap [1]; None while nothing is proven."""
    gap = relative_gap(proof.objective_kcur, proof.bound_kcur, accounts.without_it_kcur)
    return gap if math.isfinite(gap) else None


def bounds_of(accounts: Accounts | GrowthAccounts, proof: Proof) -> dict[str, Any]:
    """Cost, what is proven about it, and the gap."""
    return {
        "objective": proof.objective_kcur * CURRENCY_PER_KCUR,
        "bound": money_or_none(proof.bound_kcur),
        "gap": gap_of(accounts, proof),
        "gap_money": money_or_none(max(0.0, proof.objective_kcur - proof.bound_kcur)),
    }


def public_view(answer: Answer) -> dict[str, Any]:
    """The documented keys of plan.json."""
    case, proof = answer.case, answer.proof
    return {
        "schema": SCHEMA,
        "name": case.name,
        "status": proof.status,
        "currency": case.currency,
        **bounds_of(answer.accounts, proof),
        "seconds": dict(answer.seconds),
        "kpi": _kpi(answer),
        "sites": [site_entry(case, answer.design, answer.accounts)],
        "costs": _costs(case, answer.accounts),
        "cooling": [
            {"cooling": c.name, "free_cooling_h": c.free_h, "hours": c.hours, "electricity_per_heat": c.mean_pu}
            for c in usage.cooling_use(case, answer.design)
        ],
        "delivery": delivery_entry(timetable.schedule(case, answer.design)),
        "marginals": marginal_entries(answer.marginals, answer.origins),
        "lookahead": lookahead_entry(answer.lookahead),
        "without": removal_entries(answer.without),
        "audit": {
            "ok": answer.audit.ok,
            "checks": answer.audit.checks,
            "worst_residual": answer.audit.worst_residual,
            "violations": encode(answer.audit.violations),
        },
    }


def delivery_entry(schedule: timetable.Schedule) -> dict[str, Any]:
    """When service, or a stage of it, starts, and what must be ordered when."""
    return {
        "start_month": schedule.start_month,
        "delay_months": schedule.delay_months,
        "confidence": schedule.confidence,
        "orders": [
            {
                "item": d.item,
                "kind": d.kind,
                "quantity": d.quantity,
                "unit": d.unit,
                "order_by_month": d.order_by_month,
                "on_site_month": d.on_site_month,
            }
            for d in schedule.deliveries
        ],
    }


def marginal_entries(marginals: Sequence[Marginal], origins: Sequence[Origin]) -> list[dict[str, Any]]:
    """What one more unit of each limit that binds would save, with the limit's cell."""
    cells = {o.path: o.cell for o in reversed(origins)}
    return [
        {
            "limit": m.path,
            "cell": cells.get(m.path),
            "step": m.step,
            "saving_per_unit": None if m.saving_kcur is None else m.saving_kcur * CURRENCY_PER_KCUR,
            "uncertainty": m.uncertainty_kcur * CURRENCY_PER_KCUR,
            "method": m.method,
        }
        for m in marginals
    ]


def lookahead_entry(seen: Lookahead | None) -> dict[str, Any] | None:
    """Cost with the year, with the horizon known ahead, and with idle storage."""
    return (
        None
        if seen is None
        else {
            "horizon_h": seen.horizon_h,
            "every_h": seen.every_h,
            "foresight_of_the_year": seen.foresight_kcur * CURRENCY_PER_KCUR,
            "foresight_of_the_horizon": seen.lookahead_kcur * CURRENCY_PER_KCUR,
            "storage_idle": seen.idle_kcur * CURRENCY_PER_KCUR,
            "surviving_share": seen.share,
            "hours_over_connection": seen.lookahead_over_h,
            "idle_hours_over_connection": seen.idle_over_h,
        }
    )


def _kpi(answer: Answer) -> dict[str, float | None]:
    found = answer.accounts.kpi
    kpi = {key: encode(found.get(key)) for key in KPI_KEYS}
    per_mtok = found.get("cost_kcur_per_mtok")
    kpi["cost_per_million_tokens"] = None if per_mtok is None else per_mtok * CURRENCY_PER_KCUR
    return kpi


def site_entry(case: Case, design: Design, accounts: Accounts) -> dict[str, Any]:
    """What stands at a site, in one stage."""
    kw = {rack.name: rack.peak_mw * 1000.0 for rack in case.racks}
    fill_h = {c.name: c.store.hours_to_fill for c in case.cooling if c.store}
    modules: dict[str, int] = {}
    for unit in design.units:
        modules[unit.offer] = modules.get(unit.offer, 0) + unit.count
    sized_by = {use.name: use.sized_by for use in battery_use(case, design)}
    batteries = [
        {
            "technology": name,
            "power_mw": power,
            "energy_mwh": design.battery_mwh.get(name, 0.0),
            "sized_by": sized_by.get(name),
            "reserved": encode(design.reserved.get(name, Reserved())),
        }
        for name, power in design.battery_mw.items()
    ]
    cold = [
        {
            "technology": f"chilled water, {name}",
            "power_mw": energy / fill_h[name],
            "energy_mwh": energy,
            "thermal": True,
        }
        for name, energy in design.cold_store_mwh.items()
    ]
    users = [{"user": name, "power_mw": power} for name, power in design.reuse_mw.items()]
    return {
        "site": case.site.name,
        "stage": STAGE,
        "racks": [
            {"rack": r.rack, "cooling": r.cooling, "count": r.count, "kw_per_rack": kw[r.rack], "offer": r.offer}
            for r in design.racks
        ],
        "modules": [{"offer": offer, "count": count} for offer, count in modules.items()],
        "storage": batteries + cold,
        "supply": [{"source": name, "power_mw": power} for name, power in design.supply_mw.items()],
        "generators": [
            {"generator": g.name, "units": n, "power_mw": n * g.unit_mw}
            for g in case.generators
            if (n := design.generator_units.get(g.name, 0))
        ],
        "grid": {
            "tariff": case.grid.tariff,
            "contract_mw": design.contract_mw,
            "import_limit_mw": case.grid.interval_limit_mw,
            "peak_import_mw": accounts.kpi.get("peak_import_mw"),
            "billed_mw": [
                {"charge": charge, "month": month + 1, "billed_mw": mw}
                for (charge, month), mw in design.billed_mw.items()
            ],
        },
        "architecture": case.electrical.name,
        **({"heat_reuse": users} if users else {}),
        **_contracts(case, design),
    }


def _contracts(case: Case, design: Design) -> dict[str, Any]:
    """Power-purchase contracts on offer, as signed; nothing where there are none."""
    found = [
        {
            "contract": use.purchase.name,
            "settlement": use.purchase.settlement,
            "power_mw": use.power_mw,
            "delivered_mwh": use.delivered_mwh,
            "used_mwh": use.used_mwh,
        }
        for use in contract_use(case, design)
    ]
    return {"contracts": found} if found else {}


def removal_entries(removals: Sequence[Removal]) -> list[dict[str, Any]]:
    """What the plan made again without each subject costs; null where no plan exists without it, or none is known."""

    def money(kcur: float) -> float | None:
        return kcur * CURRENCY_PER_KCUR if math.isfinite(kcur) else None

    return [
        {
            "subject": found.subject,
            "item": found.item,
            "in_plan": found.in_plan,
            "is_computed": found.is_computed,
            "objective": money(found.objective_kcur),
            "change_low": money(found.change_low_kcur),
            "change_high": money(found.change_high_kcur),
            "peak_import_mw": found.peak_import_mw,
            "break_even": None if found.break_even is None else _break_even(found.break_even),
        }
        for found in removals
    ]


def _break_even(found: BreakEven) -> dict[str, Any]:
    """The price at which something would pay, per price_unit, as offered and as an interval."""
    prices = {"price": found.price_kcur, "pays_at": found.low_kcur, "not_above": found.high_kcur}
    money = {name: kcur * CURRENCY_PER_KCUR for name, kcur in prices.items()}
    return {"quantity": found.quantity, "unit": found.unit, "price_unit": found.price_unit, **money}


def _costs(case: Case, accounts: Accounts) -> list[dict[str, Any]]:
    return [cost_entry(case, c, STAGE) for c in accounts.costs]


def cost_entry(case: Case, c: CostLine, stage: int) -> dict[str, Any]:
    """One cost line, with the stage that pays it."""
    return {
        "site": case.site.name,
        "stage": stage,
        "line": c.line,
        "item": c.item,
        "quantity": c.quantity,
        "unit": c.unit,
        "unit_price": c.unit_price_kcur * CURRENCY_PER_KCUR,
        "factor": c.factor,
        "first_cost": c.first_cost_kcur * CURRENCY_PER_KCUR,
        "present_value": c.present_value_kcur * CURRENCY_PER_KCUR,
        "is_it": c.is_it,
    }


def plan_to_plain(answer: Answer) -> dict[str, Any]:
    """The whole content of plan.json."""
    exact = {
        "design": encode(answer.design, leave_out=frozenset({"operation"})),
        "operation_columns": columns_of(answer.design.operation),
        "accounts": encode(answer.accounts),
        "proof": encode(answer.proof),
        "audit": encode(answer.audit),
        "marginals": encode(answer.marginals),
        "lookahead": encode(answer.lookahead),
        "without": encode(answer.without),
    }
    return {**public_view(answer), EXACT: exact}


def operation_columns(plain: dict[str, Any]) -> list[Any]:
    """Which column of operation.csv.gz holds what; of a plan of growth, a list for each stage."""
    columns: list[Any] = plain[EXACT]["operation_columns"]
    return columns


def plan_from_plain(plain: dict[str, Any], case: Case, origins: Any, operation: Any) -> Answer:
    """The Answer whose `plan_to_plain` this is. Raises ValueError or KeyError if it is not one."""
    exact = plain[EXACT]
    return Answer(
        case=case,
        design=decode(Design, exact["design"], operation=operation),
        accounts=decode(Accounts, exact["accounts"]),
        proof=decode(Proof, exact["proof"]),
        audit=decode(AuditReport, exact["audit"]),
        origins=origins,
        marginals=decode(tuple[Marginal, ...], exact.get("marginals", [])),
        lookahead=decode(Lookahead | None, exact.get("lookahead")),
        seconds={name: float(value) for name, value in plain["seconds"].items()},
        without=decode(tuple[Removal, ...], exact.get("without", [])),
    )


def differences(found: Any, expected: Any, path: str = "") -> list[str]:
    """Places at which two plain values differ, as `costs[3].present_value`."""
    if isinstance(found, dict) and isinstance(expected, dict):
        names = [*expected, *(k for k in found if k not in expected)]
        missing = object()
        pairs = [(f"{path}.{n}" if path else n, found.get(n, missing), expected.get(n, missing)) for n in names]
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        pairs = [(f"{path}[{i}]", f, e) for i, (f, e) in enumerate(zip(found, expected, strict=True))]
    else:
        return [] if found == expected and isinstance(found, bool) == isinstance(expected, bool) else [path]
    return [place for name, f, e in pairs for place in differences(f, e, name)]
