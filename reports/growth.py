"""report.html and plan.xlsx of a plan of growth: the build-out over time, purchases, costs, cash flow by year.

All figures come from the documented keys of plan.json; nothing is computed here."""

from __future__ import annotations

from os import PathLike
from typing import Any

from models.stages import GrowthAnswer
from reports import format as show
from reports import growth_stages, wording
from reports.charts.buildout import build_out
from reports.tables import Table
from reports.templating import rendered
from reports.wording import cost_name

_BY_YEAR = (
    ("Racks", "racks", 0),
    ("Modules", "modules", 0),
    ("IT installed, MW", "it_installed_mw", None),
    ("Grid contract, MW", "grid_mw", None),
    ("Highest import, MW", "peak_import_mw", None),
    ("Batteries, MW", "storage_mw", None),
    ("Batteries, MWh", "storage_mwh", None),
    ("On-site supply, MW", "supply_mw", None),
    ("Generators, MW", "generator_mw", None),
    ("Site energy, MWh", "site_energy_mwh", 0),
    ("TokEnergy, Wh per 1,000 tokens", "tokenergy_wh_per_1k", None),
)
"""Heading, key of plan.json `years`, digits (None: three figures)."""


_CONTENTS = (
    ("build", "Build-out"),
    ("stages", "Stages"),
    ("dates", "Dates"),
    ("bought", "Purchases"),
    ("cost", "Cost"),
    ("limits", "Limits"),
    ("foresight", "Foresight"),
    ("evidence", "Evidence"),
    ("proof", "Proof"),
)


def render_growth(answer: GrowthAnswer, view: dict[str, Any]) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped."""
    sections = {
        "dates": growth_stages.date_section(answer),
        "foresight": _foresight(view),
        "short_view": growth_stages.short_view(answer),
    }
    has = {"dates": sections["dates"], "foresight": sections["foresight"] or sections["short_view"]}
    contents = [entry for entry in _CONTENTS if has.get(entry[0], True)]
    return rendered(
        "growth.html",
        title=view["name"],
        headline=_headline(view),
        cards=_cards(view),
        contents=contents,
        chart=build_out(view),
        years=_years(view),
        purchases=_purchases(view["purchases"], "What is bought and retired"),
        stages=_stages(view),
        costs=_costs(view),
        **sections,
        limits=growth_stages.limit_section(answer),
        evidence=growth_stages.evidence(answer),
        proof=_proof(view),
        approximations=wording.APPROXIMATIONS,
        assumed=sum(o.is_assumption for o in answer.origins),
    )


def _amount(value: float | None, currency: str, figures: int = 5) -> str:
    return show.MISSING if value is None else show.money(value / 1000, currency, figures)


def _headline(view: dict[str, Any]) -> str:
    stages, years = len(view["sites"]), view["years"][-1]["year"]
    site, cost = view["sites"][0]["site"], _amount(view["objective"], view["currency"])
    last = view["years"][-1]
    grown = f"{show.number(last['racks'])} racks with {show.significant(last['it_installed_mw'])} MW of IT"
    over = f"{show.count(stages, 'stage')} over {show.count(years, 'year')}"
    return f"{site}: {over}, at the end {grown}; {cost} in all (present value after tax)."


def _cards(view: dict[str, Any]) -> list[tuple[str, str, str]]:
    currency, kpi = view["currency"], view["kpi"]
    first = sum(c["first_cost"] for c in view["costs"])
    return [
        ("Present value", _amount(view["objective"], currency), "all years, after tax"),
        ("First costs", _amount(first, currency), "of all stages, not discounted"),
        ("TokEnergy", show.significant(kpi["tokenergy_wh_per_1k"]), "Wh per 1,000 reference tokens, all years"),
        ("Cost of tokens", _amount(kpi["cost_per_million_tokens"], currency, 3), "per million reference tokens"),
        (
            "Proven within",
            _amount(view["gap_money"] if view["gap"] else 0.0, currency, 2),
            "no other plan costs less by more",
        ),
    ]


def _digits(value: float | None, digits: int | None) -> str:
    return show.significant(value) if digits is None else show.number(value, digits)


def _years(view: dict[str, Any]) -> Table:
    shown = [entry for entry in _BY_YEAR if any(row[entry[1]] for row in view["years"])]
    head = ("Year", "Stage", *(name for name, _, _ in shown), f"Cost after tax, {view['currency']}")
    rows = [
        (
            str(row["year"]),
            row["stage"],
            *(_digits(row[key], digits) for _, key, digits in shown),
            _amount(row["cost_after_tax"], "").strip(),
        )
        for row in view["years"]
    ]
    caption = "By year. What a stage buys is paid at the end of the year before; what the first buys, in year 1"
    return Table(caption, head, rows, numeric=tuple(range(2, len(head))))


def _purchases(bought: list[dict[str, Any]], caption: str) -> Table:
    head = ("Bought", "What", "Quantity", "Unit", "At the start of stage", "Year", "Retired in year")
    rows = [
        (
            p["item"],
            cost_name(p["line"]),
            show.number(p["quantity"]) if p["unit"] in ("racks", "units") else show.significant(p["quantity"]),
            p["unit"],
            str(p["bought_in_stage"]),
            str(p["bought_in_year"]),
            "kept" if p["retired_in_year"] is None else str(p["retired_in_year"]),
        )
        for p in bought
    ]
    return Table(caption, head, rows, numeric=(2, 4, 5, 6))


def _stages(view: dict[str, Any]) -> Table:
    head = (
        "Stage",
        "From year",
        "Racks",
        "Modules",
        "Storage",
        "Contract, MW",
        "Peak, MW",
        "PUE",
        "TokEnergy",
        "Target",
    )
    rows = []
    for site in view["sites"]:
        kpi = site["kpi"]
        racks = show.joined([f"{show.number(r['count'])} × {r['rack']} on {r['cooling']}" for r in site["racks"]])
        modules = show.joined([f"{show.number(m['count'])} × {m['offer']}" for m in site["modules"] if m["count"]])
        storage = show.joined(
            [
                f"{s['technology']} {show.significant(s['power_mw'])} MW, {show.significant(s['energy_mwh'])} MWh"
                for s in site["storage"]
                if s["energy_mwh"] > 1e-6
            ]
        )
        figures = (site["grid"]["contract_mw"], kpi["peak_import_mw"], kpi["pue"], kpi["tokenergy_wh_per_1k"])
        words = [racks or "none", modules or "none", storage or "none"]
        target = show.significant(kpi["tokenergy_target"])
        rows.append((site["stage_name"], str(site["first_year"]), *words, *map(show.significant, figures), target))
    return Table("What is in service in each stage", head, rows, numeric=(1, 5, 6, 7, 8, 9), wide=(2, 3, 4))


def _by_stage(view: dict[str, Any]) -> tuple[list[str], dict[str, list[float]]]:
    """Present value by line, one figure per stage that pays it."""
    names = [site["stage_name"] for site in view["sites"]]
    lines: dict[str, list[float]] = {}
    for c in view["costs"]:
        lines.setdefault(c["line"], [0.0] * len(names))[c["stage"] - 1] += c["present_value"]
    return names, lines


def _costs(view: dict[str, Any]) -> Table:
    names, lines = _by_stage(view)
    rows = [
        (cost_name(line), *(_amount(v, "").strip() for v in values), _amount(sum(values), "").strip())
        for line, values in lines.items()
    ]
    totals = [sum(values[k] for values in lines.values()) for k in range(len(names))]
    rows.append(("Total", *(_amount(v, "").strip() for v in totals), _amount(sum(totals), "").strip()))
    head = ("Line", *names, "All stages")
    caption = f"Present value by the stage that buys or pays, {view['currency']}"
    return Table(caption, head, rows, numeric=tuple(range(1, len(head))), has_total=True)


def _foresight(view: dict[str, Any]) -> dict[str, Any] | None:
    """What planning stage by stage would cost."""
    seen = view["foresight"]
    if seen is None:
        return None
    if seen["myopic_objective"] is None:
        return {
            "sentence": f"Planned stage by stage, without knowledge of later stages: {seen['reason']}.",
            "table": None,
        }
    currency = view["currency"]
    least, most = (_amount(seen[key], currency, 3) for key in ("cost_of_myopia", "cost_of_myopia_at_most"))
    words = (
        f"Planned stage by stage, each stage as if it lasted to the end and no purchase undone, the same service costs "
        f"{_amount(seen['myopic_objective'], currency)}: {least} to {most} more, as far as the proof "
        "tells. That is what knowing the later stages is worth."
    )
    return {"sentence": words, "table": _purchases(seen["purchases"], "What is bought without foresight")}


def _proof(view: dict[str, Any]) -> str:
    audit = view["audit"]
    checks = f"{show.count(audit['checks'], 'check')} passed, worst residual {audit['worst_residual']:.1e}"
    if view["gap"] is None:
        return f"The search stopped before anything was proven about the cost. Recheck: {checks}."
    least = _amount(view["bound"], view["currency"], 6)
    gap = show.percent(view["gap"], 3)
    return (
        f"No plan in this model costs less than {least} (gap {gap} of the cost without IT hardware). Recheck: {checks}."
    )


def write_growth_workbook(answer: GrowthAnswer, view: dict[str, Any], path: str | PathLike[str]) -> None:
    """Write plan.xlsx: Summary, Build-out, Purchases, Costs, Cash flow. Raises OSError if it cannot be written."""
    from reports.sheets.growth import write

    write(answer, view, path, _headline(view), _proof(view), [entry[:2] for entry in _BY_YEAR])
