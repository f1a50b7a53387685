"""A plan in a dozen lines of text, from the public keys of plan.json."""

from __future__ import annotations

from typing import Any

from reports.format import count, joined, money, number, percent, power, saving, significant, stored, with_unit
from reports.removals import subject_name


def summary(view: dict[str, Any]) -> str:
    """What was found, how sure it is, what it consists of, how it performs."""
    stages = view["sites"]
    if len(stages) == 1:
        rows = [_headline(view), "", *_costs(view), *_equipment(stages[0]), *_performance(view["kpi"])]
    else:
        rows = [_headline(view), "", *_costs(view), *_foresight(view), *_performance(view["kpi"])]
        for site in stages:
            rows += ["", f"From year {site['first_year']}: {site['stage_name']}", *_equipment(site)]
            rows += [*_performance(site["kpi"]), ""]
        rows.pop()
    audit = view["audit"]
    rows += _without(view)
    rows.append(
        _row("Recheck", f"{count(audit['checks'], 'check')} passed, worst residual {audit['worst_residual']:.1e}")
    )
    return "\n".join(rows)


def _row(label: str, text: str) -> str:
    return f"  {label:<17} {text}"


def _foresight(view: dict[str, Any]) -> list[str]:
    """What planning stage by stage would cost more, where that was asked."""
    seen = view.get("foresight")
    if seen is None:
        return []
    if seen["cost_of_myopia"] is None:
        return [_row("Without foresight", seen["reason"])]
    return [_row("Without foresight", f"{money(seen['cost_of_myopia'] / 1000, view['currency'])} more")]


def _headline(view: dict[str, Any]) -> str:
    name = f"{view['name']}, {view['sites'][0]['site']}"
    if view["gap"] is None:
        return f"{name}: a plan, but nothing is proven about its cost; the search stopped at a limit."
    stopped = "" if view["status"] == "optimal" else "stopped at a limit; "
    return f"{name}: {stopped}no design in this model costs less{_by_more_than(view)}."


def _by_more_than(view: dict[str, Any]) -> str:
    if view["gap"] == 0:
        return ""
    amount = money(view["gap_money"] / 1000, view["currency"], figures=2)
    return f" by more than {amount} ({percent(view['gap'], 3)} of the cost without IT hardware)"


def _costs(view: dict[str, Any]) -> list[str]:
    currency = view["currency"]
    it = sum(c["present_value"] for c in view["costs"] if c["is_it"])
    rows = [_row("Present value", money(view["objective"] / 1000, currency))]
    if it:
        rows.append(_row("", f"of which IT hardware {money(it / 1000, currency)}"))
    first = sum(c["first_cost"] for c in view["costs"])
    rows.append(_row("First cost", money(first / 1000, currency)))
    return rows


def _equipment(site: dict[str, Any]) -> list[str]:
    racks: dict[str, int] = {}
    for r in site["racks"]:
        label = f"{r['rack']} ({significant(r['kw_per_rack'])} kW, {r['cooling']})"
        racks[label] = racks.get(label, 0) + r["count"]
    groups = {
        "Racks": [f"{number(n)} x {label}" for label, n in racks.items()],
        "Modules": [f"{number(m['count'])} x {m['offer']}" for m in site["modules"] if m["count"]],
        "Storage": [
            f"{s['technology']} {power(s['power_mw'])}, {stored(s['energy_mwh'])}"
            for s in site["storage"]
            if s["power_mw"] > 1e-6 or s["energy_mwh"] > 1e-6
        ],
        "Generators": [
            f"{g['units']} {g['generator']}, {significant(g['power_mw'])} MW" for g in site.get("generators", [])
        ],
        "On-site supply": [
            f"{s['source']} {significant(s['power_mw'])} MW" for s in site["supply"] if s["power_mw"] > 1e-6
        ],
    }
    rows = [_row(label, joined(texts)) for label, texts in groups.items() if texts]
    return [*rows, _row("Grid contract", with_unit(significant(site["grid"]["contract_mw"]), "MW"))]


def _without(view: dict[str, Any]) -> list[str]:
    """What the plan would cost more or less without each subject that it has, where that was asked."""
    rows: list[str] = []
    for found in (f for f in view.get("without", []) if f["in_plan"]):
        if not found.get("is_computed", True):
            text = "not computed"
        elif found["objective"] is None:
            text = "no plan" if found["change_low"] is None else "no plan found in time"
        else:
            text = saving(-found["change_high"] / 1000, -found["change_low"] / 1000, view["currency"])
        if found.get("peak_import_mw"):
            text += f", highest import {significant(found['peak_import_mw'])} MW"
        rows.append(_row("Without" if not rows else "", f"{subject_name(found['subject'], found['item'])}: {text}"))
    return rows


def _performance(kpi: dict[str, float | None]) -> list[str]:
    rows = []
    if kpi["tokenergy_wh_per_1k"] is not None:
        target = kpi["tokenergy_target"]
        against = "no target" if target is None else f"target {significant(target)}"
        text = f"{significant(kpi['tokenergy_wh_per_1k'])} Wh per 1,000 reference tokens ({against})"
        rows.append(_row("TokEnergy", text))
    if kpi["pue"] is not None:
        rows.append(
            _row("PUE, WUE", f"{significant(kpi['pue'], 4)}, {with_unit(significant(kpi['wue_l_per_kwh']), 'L/kWh')}")
        )
    if kpi["peak_import_mw"] is not None:
        rows.append(_row("Peak import", with_unit(significant(kpi["peak_import_mw"]), "MW")))
    return rows
