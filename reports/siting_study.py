"""What a siting study says, from the content of sites.json: one source for page, Word and PDF."""

from __future__ import annotations

from collections import Counter
from typing import Any

from reports.charts import places
from reports.document import Block, Heading, Link, Paragraph, Picture, Table
from reports.format import MISSING, money, significant
from reports.portfolio import portfolio_chapters
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
_METHOD = (
    "Each site has a least-cost plan of its own, with a proof of how much cheaper any other design could be, rechecked "
    "independently. The least cost of a site lies between its bound and the cost of its plan. A site's rank is one "
    "more than the number of sites that are proven cheaper; sites whose intervals overlap are a tie."
)
_LIMIT = {"less": "at most", "more": "at least"}
_WORD = {True: "passes", False: "fails", None: "not stated"}


def _amount(amount: float | None, currency: str, figures: int = 4) -> str:
    return MISSING if amount is None else money(amount / 1000, currency, figures)


def _figure(value: float | None) -> str:
    return MISSING if value is None else significant(value, 4)


def study(view: dict[str, Any]) -> list[Block]:
    """The whole study, the same for page, Word and PDF; what does not apply is left out."""
    planned = [site for site in view["sites"] if site["rank"] is not None]
    blocks: list[Block] = [Heading("Summary"), *(Paragraph(text) for text in _summary(view, planned))]
    blocks += _map(view)
    blocks += _ranking(view, planned)
    if planned:
        blocks += [*_cooling(planned), *_dates(planned), *_criteria(view), *_score(view), *_pairs(view)]
        blocks += [*_repriced(view), *_money(view, planned), *portfolio_chapters(view.get("portfolio"))]
    blocks.append(Heading("The sites", begins_page=True))
    for number, site in enumerate(view["sites"]):
        blocks += _site(site, view["currency"], begins_page=number > 0)
    return [*blocks, Heading("Method"), Paragraph(_METHOD)]


def verdict(view: dict[str, Any]) -> str:
    """Which site costs least, as far as the proofs say."""
    ranked = [site for site in view["sites"] if site["rank"] is not None]
    if not ranked:
        return "No site has a plan."
    first = ranked[0]
    if len(ranked) == 1:
        return f"{first['site']} is the only site with a plan."
    if first["tied_with"]:
        others = ", ".join(first["tied_with"])
        return f"{first['site']} has the plan of least cost; within the proven gaps it ties with {others}."
    return f"{first['site']} is proven to cost least."


def _summary(view: dict[str, Any], planned: list[dict[str, Any]]) -> list[str]:
    """The answer in a few sentences."""
    said = [verdict(view)]
    if len(planned) > 1:
        first, last, currency = planned[0], planned[-1], view["currency"]
        most = f"{last['site']}, the dearest, costs {_amount(last['cost'] - first['cost'], currency, 3)} more"
        said.append(f"Its plan costs {_amount(first['cost'], currency, 4)} as a present value; {most}.")
        soonest = min(planned, key=lambda s: (s["date_rank"] or 99, s["rank"]))
        if soonest["first_token_month"] is not None:
            said.append(
                f"The first token can come soonest at {soonest['site']}, {soonest['first_token_month']:g} months after "
                "award."
            )
    failed = {site for c in view["criteria"] for site, passes in c["passes"].items() if passes is False}
    if failed:
        said.append(f"A threshold is missed by {', '.join(sorted(failed))}.")
    without = [site["site"] for site in view["sites"] if site["rank"] is None]
    if without:
        said.append(f"Without a plan: {', '.join(without)}.")
    if view["rests_on_assumptions"]:
        said.append("The ranks rest on assumed figures, listed per site.")
    return said


def _map(view: dict[str, Any]) -> list[Block]:
    chart = places.place_map(view["sites"])
    outlines = "outlines: Natural Earth"
    return [] if chart is None else [Picture(f"The sites and their rank by cost; {outlines}", chart)]


def _ranking(view: dict[str, Any], planned: list[dict[str, Any]]) -> list[Block]:
    currency = view["currency"]
    rows = tuple(_rank_row(site, currency) for site in view["sites"])
    head = ("Site", "Rank", "Cost, present value", "At least", "Proven within", "TokEnergy, Wh per 1,000 tokens", "PUE")
    caption = "The same workloads at every site, by its own clock; sites whose proven intervals overlap are a tie"
    blocks: list[Block] = [Heading("Ranking by cost"), Table(caption, head, rows)]
    if len(planned) > 1:
        blocks.append(Picture("Cost of each site, present value", places.cost_bars(planned, currency)))
        if any(site["kpi"]["tokenergy_wh_per_1k"] is not None for site in planned):
            blocks.append(Picture("Energy per token of each site", places.tokenergy_bars(planned)))
    return blocks


def _rank_row(site: dict[str, Any], currency: str) -> tuple[str, ...]:
    if site["rank"] is None:
        return (site["site"], MISSING, site["status"], *[MISSING] * 4)
    amounts = (*(_amount(site[key], currency, 6) for key in ("cost", "bound")), _amount(site["gap_money"], currency, 3))
    figures = (_figure(site["kpi"].get(key)) for key in ("tokenergy_wh_per_1k", "pue"))
    return (site["site"], str(site["rank"]), *amounts, *figures)


def _cooling(planned: list[dict[str, Any]]) -> list[Block]:
    rows = tuple(
        (site["site"], c["cooling"], f"{c['free_cooling_h']:,.0f}", f"{c['hours']:,.0f}",
         f"{100 * c['free_cooling_h'] / c['hours']:.1f} %")
        for site in planned
        for c in site.get("cooling", ())
    )  # fmt: skip
    if not rows:
        return []
    words = "Hours of the year in which a cooling type takes heat and needs no compressor, in the weather of the site."
    head = ("Site", "Cooling", "Free cooling, hours", "Hours with heat", "Share")
    return [Heading("Free cooling"), Paragraph(words), Table("Free cooling by site", head, rows)]


def _site(site: dict[str, Any], currency: str, *, begins_page: bool) -> list[Block]:
    """The page of one site."""
    blocks: list[Block] = [Heading(site["site"], 2, begins_page=begins_page)]
    if site["rank"] is None:
        return [*blocks, Paragraph(f"No plan: {_WITHOUT[site['status']]}."), *map(Paragraph, site["reasons"])]
    tied = f", in a tie with {', '.join(site['tied_with'])}" if site["tied_with"] else ""
    cost, gap = _amount(site["cost"], currency, 6), _amount(site["gap_money"], currency, 3)
    blocks.append(
        Paragraph(
            f"Rank {site['rank']}{tied}. Its plan costs {cost}; no design in this model costs less by more than {gap}."
        )
    )
    if site["folder"]:
        blocks.append(Link("The whole plan", f"{site['folder']}/report.html"))
    figures = tuple((name, _figure(site["kpi"].get(key)), unit) for name, key, unit in _FIGURES)
    blocks.append(Table(f"Figures of {site['site']}", ("Figure", "Value", "Unit"), figures))
    lines: dict[str, float] = {}
    for line in site["costs"] or []:
        lines[line["line"]] = lines.get(line["line"], 0.0) + line["present_value"]
    ordered = sorted(lines.items(), key=lambda line: -abs(line[1]))
    costs = tuple((cost_name(line), _amount(amount, currency)) for line, amount in ordered)
    if costs:
        blocks.append(Table(f"Costs of {site['site']}", ("Line", "Present value"), costs))
    return [*blocks, *_sources(site)]


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
    own = [
        f"{f['cell']}: {f['value']} {f['unit'].removeprefix('1')}".strip()
        for f in figures
        if f["cell"].startswith("Sites!")
    ]
    others = Counter(f["cell"].partition("!")[0] for f in figures if not f["cell"].startswith("Sites!"))
    return "; ".join([*([", ".join(own)] if own else []), *(f"{n} cells of {name}" for name, n in others.items())])


def _dates(planned: list[dict[str, Any]]) -> list[Block]:
    rows = [
        (site["site"], str(site["date_rank"]), d["what"], f"{d['month']:g}", d["cell"] or MISSING)
        for site in sorted(planned, key=lambda s: s["date_rank"] or 0)
        for d in sorted(site["dates"], key=lambda d: -d["month"])
    ]
    if not rows:
        return []
    head = ("Site", "Rank by date", "Waits for", "Months from award", "Cell")
    words = (
        "The first token waits for the latest of these dates. Lead times are those of the workbook; building and "
        "commissioning beyond them are not counted."
    )
    chart = Picture("Months from award until each site has what it waits for", places.waiting_bars(planned))
    return [
        Heading("Date of the first token"),
        Paragraph(words),
        chart,
        Table("What each site waits for", head, tuple(rows)),
    ]


def _criteria(view: dict[str, Any]) -> list[Block]:
    rows = []
    for c in view["criteria"]:
        wanted = MISSING if c["threshold"] is None else f"{_LIMIT[c['better']]} {c['threshold']:g}"
        for site, value in c["values"].items():
            passes = MISSING if c["threshold"] is None else _WORD[c["passes"][site]]
            rows.append((c["criterion"], c["measured_by"], wanted, site, _figure(value), passes))
    if not rows:
        return []
    head = ("Criterion", "Measured by", "Threshold", "Site", "Value", "Verdict")
    return [Heading("Criteria and thresholds"), Table("Pass or fail, by sheet Criteria", head, tuple(rows))]


def _score(view: dict[str, Any]) -> list[Block]:
    score = view["score"]
    if score is None:
        return []
    rows = tuple(
        (s["site"], str(s["rank"]), significant(s["score"], 3), f"{100 * s['share_of_weights_first']:.0f} %")
        for s in score["sites"]
    )
    weights = ", ".join(f"{c['criterion']} {c['weight']:g}" for c in view["criteria"] if c["weight"])
    words = (
        f"Weights: {weights}. Scores are {score['normalisation']}. Cost has no weight: money is compared as money, and "
        "a weight on it would let the choice of weights decide what the plans have proven. The last column is the "
        f"share of all possible weights with which the site comes first, estimated from {score['samples']:,} weights "
        f"drawn evenly (seed {score['seed']})."
    )
    left = [Paragraph(f"{site} is not scored: {why}.") for site, why in score["not_scored"].items()]
    head = ("Site", "Rank by score", "Score", "First for this share of weights")
    return [Heading("What money cannot express"), Paragraph(words), Table("Weighted score", head, rows), *left]


def _pairs(view: dict[str, Any]) -> list[Block]:
    rows = []
    for pair in view["break_even"]:
        saving = pair["saving"]
        span = (
            MISSING
            if saving is None
            else f"{_amount(saving['from'], view['currency'])} to {_amount(saving['to'], view['currency'])}"
        )
        factors = (_figure(pair["plans_kept"][f"{line}_factor"]) for line in ("energy", "carbon"))
        rows.append((pair["site"], pair["ties_with"], span, *factors))
    if not rows:
        return []
    words = (
        "By how much a site must become cheaper, as a present value (construction, land or grants), to tie with the "
        "cheaper one: an interval as wide as the proven gaps. The factors on prices keep both plans as they are, which "
        "is an approximation: a plan made anew at that price could cost less."
    )
    head = ("Site", "Ties with", "When cheaper by", "Energy price times", "Carbon price times")
    return [Heading("What would turn the order"), Paragraph(words), Table("Break-even by pair", head, tuple(rows))]


def _repriced(view: dict[str, Any]) -> list[Block]:
    rows = tuple(
        (f"{r['price']} price", f"{r['factor']:g}", ", ".join(r["order"]))
        for r in view["repriced"]
        if len(r["order"]) > 1
    )
    if not rows:
        return []
    head = ("Price", "Times", "Order of the plans, cheapest first")
    return [Table("Order at other prices, plans kept (upper bounds of the least costs)", head, rows)]


def _money(view: dict[str, Any], planned: list[dict[str, Any]]) -> list[Block]:
    rows = tuple(
        (site["site"], a["column"].removesuffix("_million").replace("_", " "), amount, a["cell"])
        for site in planned
        for a in site["adders"]
        for amount in [_amount(a["present_value"], view["currency"])]
    )
    head = ("Site", "What", "Present value", "Cell")
    return [Heading("Money of one site"), Table("Counted in the cost and its bound", head, rows)] if rows else []
