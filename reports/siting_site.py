"""One site's page in a siting study, from the content of sites.json."""

from __future__ import annotations

from typing import Any

from reports.document import Block, Heading, Link, Paragraph, Table
from reports.format import money, significant, trimmed, unit
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


def site_page(site: dict[str, Any], currency: str, *, begins_page: bool) -> list[Block]:
    """The page of one site."""
    blocks: list[Block] = [Heading(site["site"], 2, begins_page=begins_page)]
    if site["rank"] is None:
        return [*blocks, Paragraph(f"No plan: {_WITHOUT[site['status']]}."), *_reasons(site)]
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
    return [*blocks, *_figures(site, currency), *_costs(site, currency)]


def _reasons(site: dict[str, Any]) -> list[Block]:
    """Why there is no plan, without the line that only repeats the status."""
    return [Paragraph(unit(text)) for text in site["reasons"] if text.lower() != site["status"]]


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


def cost_lines(site: dict[str, Any]) -> list[tuple[str, float, str]]:
    """Lines of cost, the largest first, then what only this site pays: name, present value [whole currency units],
    where it stands."""
    lines: dict[str, float] = {}
    for line in site["costs"] or []:
        lines[line["line"]] = lines.get(line["line"], 0.0) + line["present_value"]
    ordered = sorted(lines.items(), key=lambda line: -abs(line[1]))
    found = [(cost_name(line), amount, "plan.xlsx, Costs") for line, amount in ordered]
    return found + [(fact_name(a["column"]), a["present_value"], a["cell"]) for a in site["adders"]]


def _costs(site: dict[str, Any], currency: str) -> list[Block]:
    rows = [(name, money(amount / 1000, currency, 4), where) for name, amount, where in cost_lines(site)]
    if not rows:
        return []
    total = ("Together", money(site["cost"] / 1000, currency, 6), "sites.json, cost")
    head = ("Line", "Present value", "Where it stands")
    return [Table(f"Costs of {site['site']}", head, (*rows, total), has_total=True)]
