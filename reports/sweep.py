"""sweep.html: the plans of many samples, from the content of sweep.json; a self-contained page."""

from __future__ import annotations

from typing import Any

from reports.document import Table
from reports.format import MISSING, count, money, percent, significant, trimmed
from reports.templating import rendered
from reports.wording import short_year

_NAMES = {
    "tokenergy_wh_per_1k": ("TokEnergy", "Wh per 1,000 tokens"),
    "pue": ("PUE", ""),
    "peak_import_mw": ("Peak import", "MW"),
    "it_installed_mw": ("IT installed", "MW"),
    "carbon_t": ("Carbon", "t/year"),
    "water_m3": ("Water", "m³/year"),
    "racks": ("Racks", ""),
    "units": ("Units of offers", ""),
    "battery_mw": ("Batteries, power", "MW"),
    "battery_mwh": ("Batteries, energy", "MWh"),
    "supply_mw": ("On-site supply", "MW"),
    "contract_mw": ("Contract", "MW"),
    "cold_store_mwh": ("Chilled-water stores", "MWh"),
    "generator_units": ("Generators", ""),
}
_STATES = {
    "planned": "planned",
    "infeasible": "proven to have no plan",
    "invalid": "refused as input",
    "no plan": "stopped without a plan",
    "recheck failed": "not shown, because the recheck failed",
    "failed": "ended by force or by an error",
}
_TELLING = 0.25
"""Share of the samples from which the kind that is best most often says something about what to build."""
_POINTS = ("p5", "p25", "p50", "p75", "p95")
_DESIGNS = {
    "latin": "Latin hypercube",
    "random": "Monte Carlo",
    "factorial": "factorial: every combination of lists and ranges",
}


def _amount(amount: float | None, currency: str, figures: int = 4) -> str:
    return MISSING if amount is None else money(amount / 1000, currency, figures)


def state_words(view: dict[str, Any]) -> str:
    """What became of the samples."""
    parts = [f"{n} {_STATES[state]}" for state, n in sorted(view["states"].items(), key=lambda s: s[0] != "planned")]
    return f"{count(view['samples'], 'sample')}: {', '.join(parts)}."


def quantile_rows(view: dict[str, Any]) -> list[tuple[str, ...]]:
    """Header and one row per figure: its quantiles over the samples that were planned."""
    rows: list[tuple[str, ...]] = [("figure", "5 %", "25 %", "median", "75 %", "95 %", "mean")]
    for row in view["quantiles"]:
        values = [row[point] for point in (*_POINTS, "mean")]
        if row["figure"] == "cost":
            rows.append(("Cost, present value", *(_amount(v, view["currency"]) for v in values)))
            continue
        name, unit = _NAMES[row["figure"]]
        rows.append((f"{name}, {unit}" if unit else name, *(trimmed(v, 4) for v in values)))
    return rows


def tornado_rows(view: dict[str, Any]) -> list[tuple[str, ...]]:
    """Header and one row per input, the largest swing first."""
    rows: list[tuple[str, ...]] = [("input", "at its low end", "at its high end", "swing", "rank correlation")]
    for bar in view["tornado"]["bars"]:
        amounts = (_amount(bar[key], view["currency"], 3) for key in ("low", "high", "swing"))
        rows.append((bar["name"], *amounts, significant(bar["rank_correlation"], 2)))
    return rows


def design_rows(view: dict[str, Any]) -> list[tuple[str, ...]]:
    """Header and one row per kind of design, the most frequent first."""
    rows: list[tuple[str, ...]] = [
        ("kind of design", "found in", "best in", "cannot serve", "mean regret", "worst regret")
    ]
    for kind in view["designs"]:
        shares = (percent(kind[key]) for key in ("best", "cannot_serve"))
        regrets = (_amount(kind[key], view["currency"], 3) for key in ("mean_regret", "worst_regret"))
        rows.append((kind["words"], count(kind["found"], "sample"), *shares, *regrets))
    return rows


def _input_rows(view: dict[str, Any]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("input", "cell", "form", "lowest drawn", "highest drawn", "moves with")]
    for item in view["inputs"]:
        cells = item["cell"] if item["cells"] == 1 else f"{item['cell']} and {item['cells'] - 1} more"
        drawn = (f"{trimmed(item[key], 4)} {item['unit']}".strip() for key in ("low", "high"))
        partner = f"{item['moves_with']}, {trimmed(item['correlation'])}" if item["moves_with"] else ""
        rows.append((item["name"], cells, item["form"], *drawn, partner))
    return rows


def _table(caption: str, cells: list[tuple[str, ...]]) -> Table:
    """A header and its rows as a table of the page."""
    head, *rows = cells
    return Table(caption, tuple(name[:1].upper() + name[1:] for name in head), tuple(rows))


def _chart(view: dict[str, Any]) -> Any:
    from reports.charts.frame import NARROW, data, draw, named_bars

    bars, currency = view["tornado"]["bars"], view["currency"]
    if not bars:
        return None
    largest = max(bar["swing"] for bar in bars)
    scale, word = (1e9, "billion") if largest >= 1e9 else (1e6, "million") if largest >= 1e6 else (1e3, "thousand")
    rows = []
    for bar in bars:
        low, high = sorted((bar["low"] / scale, bar["high"] / scale))
        text = significant(bar["swing"] / scale)
        rows.append({"line": bar["name"], "from": low, "to": high, "end": high, "text": text, "short": text})
    ends = [0.0, *(row[key] for row in rows for key in ("from", "to"))]

    def build(alt: Any, width: int) -> Any:
        from reports.charts.frame import COLOUR

        axis = alt.Axis(title=f"{word} {currency} from the mean", tickCount=4 if width == NARROW else 7, grid=False)
        x = alt.X("from:Q", axis=axis, scale=alt.Scale(domain=[min(ends), max(ends)], nice=False))
        encoding = {"x": x, "x2": "to:Q", "color": alt.value(COLOUR["cooling"])}
        return named_bars(alt, alt.Chart(data(alt, rows)), width, rows, encoding)

    words = "; ".join(f"{bar['name']} {_amount(bar['swing'], currency, 3)}" for bar in bars)
    return draw("tornado", f"Bars of what each input does to the cost: {words}", build)


def _verdict(view: dict[str, Any]) -> str:
    cost = next((row for row in view["quantiles"] if row["figure"] == "cost"), None)
    if cost is None:
        return "No sample has a plan."
    low, high = (_amount(cost[point], view["currency"]) for point in ("p5", "p95"))
    text = f"In nine of ten planned samples the least cost lies between {low} and {high}."
    best = max(view["designs"], key=lambda kind: kind["best"] or 0.0, default=None)
    share = None if best is None else best["best"]
    if share is not None and share < _TELLING:
        text += f" No kind of design is the best in more than {percent(share, 0)} of them: none is right for most."
    elif best is not None and share is not None:
        text += f" The kind of design that is best most often ({percent(share, 0)} of them): {best['words']}."
    return text


def render_sweep(view: dict[str, Any]) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped."""
    options, fit = view["options"], view["tornado"]["fit"]
    return rendered(
        "sweep.html",
        title=view["name"],
        headline=_verdict(view),
        states=" ".join(filter(None, (state_words(view), short_year(view["hours"])))),
        unproven=view["states"].get("planned", 0) - view["proven"],
        quantiles=_table("Quantiles over the planned samples, each at its own least-cost plan", quantile_rows(view)),
        tornado=_table("Change of the least cost from its mean", tornado_rows(view)),
        method=view["tornado"]["method"],
        fit=None if fit is None else percent(fit),
        chart=_chart(view),
        designs=_table("Shares and regret over the samples that were planned", design_rows(view)),
        only_design=view["designs"][0]["words"] if view["kinds_found"] == 1 else None,
        kinds_found=count(view["kinds_found"], "kind was", "kinds were"),
        inputs=_table("Cells of the workbook; a factor multiplies what stands in them", _input_rows(view)),
        drawn=_DESIGNS[options["design"]],
        seed=options["seed"],
        gap=percent(options["gap"]),
        failures=[(f["sample"], _STATES[f["state"]], "; ".join(f["reasons"])) for f in view["failures"]],
    )
