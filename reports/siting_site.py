"""One site's page in a siting study, and the figures that all sites share; from the content of sites.json."""

from __future__ import annotations

from collections import Counter
from typing import Any

from reports.document import Block, Heading, Link, Paragraph, Table
from reports.format import MISSING, money, significant, trimmed
from reports.wording import cost_name, fact_name

FIGURES = (
    ("TokEnergy", "tokenergy_wh_per_1k", "Wh per 1,000 tokens"),
    ("Cost per million reference tokens", "cost_per_million_tokens", "currency"),
    ("PUE", "pue", ""),
    ("WUE", "wue_l_per_kwh", "L/kWh"),
    ("CUE, location-based", "cue_kg_per_kwh", "kg/kWh"),
    ("CUE, market-based", "cue_market_kg_per_kwh", "kg/kWh"),
    ("Peak import", "peak_import_mw", "MW"),
    ("IT installed", "it_installed_mw", "MW"),
    ("IT, mean of the year", "it_mean_mw", "MW"),
)
_WITHOUT = {
    "infeasible": "it is proven that no design meets every limit",
    "no plan": "the search stopped before it found one",
    "recheck failed": "the one found did not pass the recheck",
}
_MOST_LISTED = 24
"""Assumed cells of one sheet that are told one by one."""
_GRADES = ("A", "B", "C", "D", "X", "")


def site_page(site: dict[str, Any], currency: str, *, begins_page: bool) -> list[Block]:
    """The page of one site."""
    blocks: list[Block] = [Heading(site["site"], 2, begins_page=begins_page)]
    if site["rank"] is None:
        return [*blocks, Paragraph(f"No plan: {_WITHOUT[site['status']]}."), *map(Paragraph, site["reasons"])]
    tied = f", in a tie with {', '.join(site['tied_with'])}" if site["tied_with"] else ""
    cost, gap = money(site["cost"] / 1000, currency, 6), site["gap_money"]
    proven = "; how much cheaper another design could be is not known."
    if gap is not None:
        proven = f"; no design in this model costs less by more than {money(gap / 1000, currency, 3)}."
    rests = ""
    if site["assumed_cells"]:
        count = len(site["assumed_cells"])
        rests = f" Of the cells that only this site uses, {count} are assumptions; a blank one counts by its default."
    blocks.append(Paragraph(f"Rank {site['rank']}{tied}. Its plan costs {cost}{proven}{rests}"))
    if site["folder"]:
        blocks.append(Link("The whole plan", f"{site['folder']}/report.html"))
    return [*blocks, *_figures(site, currency), *_costs(site, currency), *_sources(site)]


def _figures(site: dict[str, Any], currency: str) -> list[Block]:
    rows = [
        (name, significant(value, 4), currency if unit == "currency" else unit, f"plan.json, kpi.{key}")
        for name, key, unit in FIGURES
        if (value := site["kpi"].get(key)) is not None
    ]
    rows += [
        (fact_name(name), trimmed(fact["value"], 4), fact["unit"].replace("currency", currency), fact["cell"])
        for name, fact in site["facts"].items()
        if not name.endswith("_deg")
    ]  # fmt: skip
    rows += [
        (f"Latency to users in {region}", trimmed(fact["value"], 4), fact["unit"], fact["cell"])
        for region, fact in site["latencies"].items()
    ]
    head = ("Figure", "Value", "Unit", "Where it stands")
    return [Table(f"Figures of {site['site']}", head, tuple(rows))]


def _costs(site: dict[str, Any], currency: str) -> list[Block]:
    lines: dict[str, float] = {}
    for line in site["costs"] or []:
        lines[line["line"]] = lines.get(line["line"], 0.0) + line["present_value"]
    ordered = sorted(lines.items(), key=lambda line: -abs(line[1]))
    rows = [(cost_name(line), money(amount / 1000, currency, 4), "plan.xlsx, Costs") for line, amount in ordered]
    rows += [
        (
            fact_name(a["column"]),
            money(a["present_value"] / 1000, currency, 4),
            a["cell"],
        )
        for a in site["adders"]
    ]
    if not rows:
        return []
    total = ("Together", money(site["cost"] / 1000, currency, 6), "sites.json, cost")
    head = ("Line", "Present value", "Where it stands")
    return [Table(f"Costs of {site['site']}", head, (*rows, total), has_total=True)]


def _sources(site: dict[str, Any]) -> list[Block]:
    """Where the site's own figures come from, by source; of tables with many rows only how many cells."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for figure in site.get("figures", ()):
        source = "assumed" if figure["grade"] == "X" else figure["source"] or "not stated"
        groups.setdefault((figure["grade"] or MISSING, source), []).append(figure)
    rows = tuple((grade, source, _cells(group)) for (grade, source), group in sorted(groups.items()))
    if rows:
        caption = f"The own figures of {site['site']} by grade (A: official or measured, X: assumed) and source"
        return [Table(caption, ("Grade", "Source", "Cells"), rows, is_folded=True)]
    cells = ", ".join(site["assumed_cells"])
    return [Paragraph(f"Assumed figures of {site['site']}: {cells}.")] if cells else []


def _cells(figures: list[dict[str, str]]) -> str:
    """`Sites!L7: 3 K, ...; 12 cells of TariffEnergy`."""
    own = [_value(f) for f in figures if f["cell"].startswith("Sites!")]
    others = Counter(f["cell"].partition("!")[0] for f in figures if not f["cell"].startswith("Sites!"))
    return "; ".join([*([", ".join(own)] if own else []), *(f"{n} cells of {name}" for name, n in others.items())])


def _listed(figures: list[dict[str, str]]) -> str:
    """The first of them, and how many more there are."""
    more = f", and {len(figures) - _MOST_LISTED} more" if len(figures) > _MOST_LISTED else ""
    return ", ".join(map(_value, figures[:_MOST_LISTED])) + more


def _value(figure: dict[str, str]) -> str:
    return f"{figure['cell']}: {figure['value']} {figure['unit'].removeprefix('1')}".strip()


def shared_figures(groups: list[dict[str, Any]]) -> list[Block]:
    """The figures that all sites share: how many of which grade, by sheet; then the assumed ones, then the sources."""
    if not groups:
        return []
    sheets = list(dict.fromkeys(g["sheet"] for g in groups))
    counts = Counter((g["sheet"], g["grade"]) for g in groups for _ in range(g["count"]))
    rows = tuple((s, *(str(counts[s, grade] or MISSING) for grade in _GRADES)) for s in sheets)
    words = (
        "Besides its own figures, every plan rests on those that all sites share: workloads, racks, cooling, offers, "
        "money. A: official or measured; B: secondary; C: a single estimate; D: derived; X: assumed without a source. "
        "Each with its cell, source and grade stands in case.json of every site's folder and in its plan.xlsx."
    )
    blocks: list[Block] = [Heading("Assumptions and sources"), Paragraph(words)]
    head = ("Sheet", *_GRADES[:-1], "Own or not graded")
    blocks.append(Table("Figures that all sites share, by sheet and grade", head, rows))
    assumed = tuple((g["sheet"], _listed(g["figures"])) for g in groups if g["figures"])
    if assumed:
        blocks.append(Table("Assumed figures that all sites share", ("Sheet", "Cells"), assumed, is_folded=True))
    sources = tuple((g["sheet"], g["grade"] or MISSING, g["source"], str(g["count"])) for g in groups if g["source"])
    if sources:
        columns = ("Sheet", "Grade", "Source", "Figures")
        blocks.append(Table("Sources of the figures that all sites share", columns, sources, is_folded=True))
    return blocks
