"""The tables of a plan of growth over all its stages and years, from the documented keys of plan.json."""

from __future__ import annotations

from typing import Any

from reports import format as show
from reports.tables import Table
from reports.wording import cost_name

BY_YEAR = (
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
_ON_THE_PAGE = ("racks", "it_installed_mw", "grid_mw", "storage_mwh", "site_energy_mwh", "tokenergy_wh_per_1k")
"""of these, what the page's table by year has room for; the rest stands in the table by stage"""
_FIGURES = (
    ("IT installed, MW", "it_installed_mw"),
    ("Highest import, MW", "peak_import_mw"),
    ("Site energy, MWh a year", "site_energy_mwh"),
    ("PUE", "pue"),
    ("WUE, litres per kWh of IT", "wue_l_per_kwh"),
    ("CUE, kg per kWh of IT", "cue_kg_per_kwh"),
    ("TokEnergy, Wh per 1,000 reference tokens", "tokenergy_wh_per_1k"),
    ("TokEnergy asked at most", "tokenergy_target"),
)
"""Line of the table by stage, key of the stage's `kpi`."""


def years(view: dict[str, Any]) -> Table:
    """What is in service and paid in each year."""
    shown = [e for e in BY_YEAR if e[1] in _ON_THE_PAGE and any(row[e[1]] for row in view["years"])]
    head = ("Year", "Stage", *(name for name, _, _ in shown), f"Cost after tax, thousand {view['currency']}")
    rows = [
        (
            str(row["year"]),
            row["stage"],
            *(_figure(row[key], digits) for _, key, digits in shown),
            _thousand(row["cost_after_tax"]),
        )
        for row in view["years"]
    ]
    caption = "By year. What a stage buys is paid at the end of the year before; what the first buys, in year 1"
    if any(row["cost_after_tax"] < 0 for row in view["years"]):
        caption += ". Below zero: tax that depreciation saves, or what is left at the end"
    return Table(caption, head, rows, numeric=tuple(range(2, len(head))))


def _figure(value: float | None, digits: int | None) -> str:
    return show.significant(value) if digits is None else show.number(value, digits)


def stages(view: dict[str, Any]) -> Table:
    """The stages side by side: what is in service in each, and what it does."""
    sites = view["sites"]
    lines: list[tuple[str, list[str]]] = [
        ("Starts after year", [str(site["first_year"]) for site in sites]),
        ("Racks", [_racks(site) for site in sites]),
        ("Modules and site-built", [_units(site) for site in sites]),
        ("Storage", [_stores(site) for site in sites]),
        ("On-site supply and generators", [_supply(site) for site in sites]),
        ("Grid contract, MW", [show.significant(site["grid"]["contract_mw"]) for site in sites]),
    ]
    lines += [(name, [show.significant(site["kpi"].get(key)) for site in sites]) for name, key in _FIGURES]
    rows = [(name, *cells) for name, cells in lines if set(cells) - {show.MISSING, ""}]
    head = ("In service", *(site["stage_name"] for site in sites))
    return Table("The stages side by side", head, rows, wide=tuple(range(1, len(head))))


def _racks(site: dict[str, Any]) -> str:
    counts: dict[str, int] = {}
    for r in site["racks"]:
        name = f"{r['rack']} on {r['cooling']}"
        counts[name] = counts.get(name, 0) + r["count"]
    return _several([f"{show.number(count)} × {name}" for name, count in counts.items() if count])


def _units(site: dict[str, Any]) -> str:
    return _several([f"{show.number(m['count'])} × {m['offer']}" for m in site["modules"] if m["count"]])


def _stores(site: dict[str, Any]) -> str:
    sizes = [(s["technology"], s["power_mw"], s["energy_mwh"]) for s in site["storage"]]
    return _several([f"{name}: {show.power(mw)}, {show.stored(mwh)}" for name, mw, mwh in sizes if mwh > 1e-9])


def _supply(site: dict[str, Any]) -> str:
    sources = [(s["source"], s["power_mw"]) for s in site["supply"]]
    sources += [(f"{g['units']} × {g['generator']}", g["power_mw"]) for g in site["generators"]]
    return _several([f"{name}: {show.power(mw)}" for name, mw in sources if mw > 1e-9])


def _several(parts: list[str]) -> str:
    return "; ".join(parts) or show.MISSING


def purchases(view: dict[str, Any], bought: list[dict[str, Any]], caption: str) -> Table:
    """What is bought at the start of which stage of the plan, and until when it is kept."""
    names = {site["stage"]: site["stage_name"] for site in view["sites"]}
    head = ("Bought", "What", "Quantity", "Unit", "For the start of stage", "After year", "Retired after year")
    rows = [
        (
            p["item"],
            cost_name(p["line"]),
            show.trimmed(amount),
            unit,
            names[p["bought_in_stage"]],
            str(p["bought_in_year"]),
            "kept" if p["retired_in_year"] is None else str(p["retired_in_year"]),
        )
        for p in bought
        for amount, unit in [show.quantity(p["quantity"], p["unit"])]
    ]
    return Table(caption, head, rows, numeric=(2, 5, 6), wide=(1, 4))


def costs(view: dict[str, Any]) -> Table:
    """Present value by line, one column per stage that pays it."""
    names = [site["stage_name"] for site in view["sites"]]
    lines: dict[str, list[float]] = {}
    for c in view["costs"]:
        lines.setdefault(c["line"], [0.0] * len(names))[c["stage"] - 1] += c["present_value"]
    whole = view["objective"]
    rows = [_cost_row(cost_name(line), values, whole) for line, values in lines.items()]
    rows.append(_cost_row("Total", [sum(column) for column in zip(*lines.values(), strict=True)], whole))
    head = ("Line", *names, "All stages", "Share")
    caption = f"Present value by the stage that buys or pays, thousand {view['currency']}"
    return Table(caption, head, rows, numeric=tuple(range(1, len(head))), wide=(), has_total=True)


def _cost_row(name: str, values: list[float], whole: float) -> tuple[str, ...]:
    total = sum(values)
    share = show.percent(total / whole if whole else None)
    return name, *(show.part(value / 1000, whole / 1000) for value in (*values, total)), share


def _thousand(amount: float) -> str:
    """An amount in thousands, with decimals only where it is small."""
    digits = 0 if abs(amount) >= 1e4 or not amount else 1 if abs(amount) >= 1e3 else 3
    return show.number(amount / 1000, digits)
