"""siting.html: candidate sites at equal service, from the content of sites.json; a self-contained page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.format import MISSING, money, significant
from reports.siting_study import further_chapters, whole_study
from reports.templating import rendered
from reports.wording import cost_name

_FIGURES = (
    ("TokEnergy", "tokenergy_wh_per_1k", "Wh per 1,000 tokens"),
    ("PUE", "pue", ""),
    ("WUE", "wue_l_per_kwh", "L/kWh"),
    ("CUE", "cue_kg_per_kwh", "kg/kWh"),
    ("Peak import", "peak_import_mw", "MW"),
    ("IT installed", "it_installed_mw", "MW"),
)
_WITHOUT = {
    "infeasible": "it is proven that no design meets every limit",
    "no plan": "the search stopped before it found one",
    "recheck failed": "the one found did not pass the recheck",
}
_HEAD = ("Site", "Rank", "Cost, present value", "At least", "Proven within", "TokEnergy, Wh per 1,000 tokens", "PUE")


def render_siting(view: dict[str, Any]) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped.

    view: the content of sites.json, money in whole currency units."""
    ranked = [site for site in view["sites"] if site["rank"] is not None]
    return rendered(
        "siting.html",
        title=view["name"],
        headline=_verdict(ranked),
        head=_HEAD,
        rows=[_row(site, view["currency"]) for site in view["sites"]],
        sites=[_card(site, view["currency"]) for site in view["sites"]],
        assumed=view["rests_on_assumptions"],
        blocks=[(type(b).__name__, b) for b in further_chapters(view)],
    )


def siting_word(view: dict[str, Any], template: Path | None = None) -> bytes:
    """The study as .docx; ValueError if the template is no Word document."""
    from reports.word import word

    ranked = [site for site in view["sites"] if site["rank"] is not None]
    rows = [_row(site, view["currency"]) for site in view["sites"]]
    verdict = _verdict(ranked)
    return word(view["name"], "Candidate sites of an AI data centre", whole_study(view, verdict, _HEAD, rows), template)


def anonymous(view: dict[str, Any]) -> dict[str, Any]:
    """The same study for sharing: sites A, B, C in the order of cost; no names of places, equipment or folders."""
    names = {site["site"]: f"Site {chr(65 + n)}" if n < 26 else f"Site {n + 1}" for n, site in enumerate(view["sites"])}
    shared: dict[str, Any] = _renamed(view, names)
    shared["name"] = "Candidate sites"
    for site in shared["sites"]:
        site["folder"], site["reasons"] = None, []
        kept = ("grid connection", "permits")
        for date in site["dates"]:
            date["what"] = date["what"] if date["what"] in kept else "equipment"
        site["facts"] = {n: f for n, f in site["facts"].items() if not n.endswith("_deg")}
        for fact in site["facts"].values():
            fact["source"] = ""
        for line in site["costs"] or []:
            line["item"] = ""
    return shared


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The same value; a text that is a name, or holds a site's own name in a list of entries, is replaced."""
    if isinstance(value, dict):
        return {names.get(k, k): _renamed(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_renamed(v, names) for v in value]
    return names.get(value, value) if isinstance(value, str) else value


def _amount(amount: float | None, currency: str, figures: int = 6) -> str:
    return MISSING if amount is None else money(amount / 1000, currency, figures)


def _verdict(ranked: list[dict[str, Any]]) -> str:
    """Which site costs least, as far as the proofs say."""
    if not ranked:
        return "No site has a plan."
    first = ranked[0]
    if len(ranked) == 1:
        return f"{first['site']} is the only site with a plan."
    if first["tied_with"]:
        others = ", ".join(first["tied_with"])
        return f"{first['site']} has the plan of least cost; within the proven gaps it ties with {others}."
    return f"{first['site']} is proven to cost least."


def _row(site: dict[str, Any], currency: str) -> tuple[str, ...]:
    if site["rank"] is None:
        return (site["site"], MISSING, site["status"], *[MISSING] * 4)
    amounts = (*(_amount(site[key], currency) for key in ("cost", "bound")), _amount(site["gap_money"], currency, 3))
    figures = (significant(site["kpi"].get(key), 4) for key in ("tokenergy_wh_per_1k", "pue"))
    return (site["site"], str(site["rank"]), *amounts, *figures)


def _card(site: dict[str, Any], currency: str) -> dict[str, Any]:
    planned = site["rank"] is not None
    kpi = site["kpi"] or {}
    lines: dict[str, float] = {}
    for line in site["costs"] or []:
        lines[line["line"]] = lines.get(line["line"], 0.0) + line["present_value"]
    costs = sorted(lines.items(), key=lambda line: -abs(line[1]))
    return {
        "name": site["site"],
        "folder": site["folder"],
        "planned": planned,
        "rank": str(site["rank"]) if planned else _WITHOUT[site["status"]],
        "tied": ", ".join(site["tied_with"]),
        "cost": _amount(site["cost"], currency),
        "gap": _amount(site["gap_money"], currency, 3),
        "figures": [(n, significant(kpi.get(key), 4), unit) for n, key, unit in _FIGURES],
        "costs": [(cost_name(line), _amount(amount, currency, 4)) for line, amount in costs],
        "reasons": site["reasons"],
        "assumed": ", ".join(site["assumed_cells"]),
        "assumed_count": len(site["assumed_cells"]),
    }
