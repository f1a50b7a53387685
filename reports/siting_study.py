"""What a siting study says, from the content of sites.json: one source for page, Word and PDF."""

from __future__ import annotations

from typing import Any

from reports.charts import places
from reports.document import Block, Heading, Paragraph, Picture, Table
from reports.format import MISSING, joined, money, money_range, part, scale_of, significant, trimmed
from reports.portfolio import PORTFOLIO_METHOD, portfolio_chapters, portfolio_verdict
from reports.siting_risks import connections, refusal, risks
from reports.siting_site import FIGURES, cost_lines, site_page
from reports.siting_sources import assumptions
from reports.siting_turn import steadiness, turning
from reports.wording import fact_name, measure_name, within

_METHOD = (
    "Each site has a least-cost plan of its own, with a proof of how much cheaper any other design could be, rechecked "
    "independently. The least cost of a site lies between its bound and the cost of its plan. A site's rank is one "
    "more than the number of sites that are proven cheaper; sites whose intervals overlap are a tie. What is proven is "
    "that no design in this model costs less; it says nothing about the figures put in.",
    "Every site serves the same workloads with the same racks, offers and rules of money. Present values are after "
    "tax. "
    "TokEnergy is the energy at the meter per 1,000 reference tokens; carbon is location-based unless it says "
    "market-based.",
    "Every number on these pages comes from sites.json. Figures that were put in name their cell in the workbook; "
    "results stand in plan.json and plan.xlsx of the site's folder, with live formulas for the costs, and case.json "
    "there lists every value used with its cell, source and grade.",
)
_LIMIT = {"less": "at most", "more": "at least"}
_WORD = {True: "passes", False: "fails", None: "not stated"}


def _amount(amount: float | None, currency: str, figures: int = 4) -> str:
    return MISSING if amount is None else money(amount / 1000, currency, figures)


def _span(amounts: dict[str, float], currency: str) -> str:
    return money_range(amounts["from"] / 1000, amounts["to"] / 1000, currency, 4)


def _figure(value: float | None) -> str:
    return MISSING if value is None else significant(value, 4)


def study(view: dict[str, Any]) -> list[Block]:
    """The whole study, the same for page, Word and PDF; what does not apply is left out."""
    planned = [site for site in view["sites"] if site["rank"] is not None]
    blocks: list[Block] = [Heading("Summary"), *map(Paragraph, _summary(view, planned))]
    blocks += _map(view)
    blocks += _ranking(view, planned)
    if planned:
        blocks += [*_side_by_side(planned, view["currency"]), *_cooling(planned), *_dates(planned)]
        blocks += [*connections(planned), *_criteria(view), *_score(view), *risks(view, planned), *turning(view)]
        blocks += _money(view, planned)
    blocks += portfolio_chapters(view.get("portfolio"))  # several sites may serve what none does alone
    blocks.append(Heading("The sites", begins_page=True))
    for number, site in enumerate(view["sites"]):
        blocks += site_page(site, view["currency"], begins_page=number > 0)
    method = [*_METHOD, PORTFOLIO_METHOD] if view.get("portfolio") else _METHOD
    return [*blocks, Heading("Method", begins_page=True), *map(Paragraph, method), *assumptions(view)]


def verdict(view: dict[str, Any]) -> str:
    """Which site costs least, as far as the proofs say."""
    ranked = [site for site in view["sites"] if site["rank"] is not None]
    if not ranked:
        together = view.get("portfolio")
        return f"No site alone has a plan. {portfolio_verdict(together)}" if together else "No site has a plan."
    first = ranked[0]
    if len(ranked) == 1:
        return f"{first['site']} is the only site with a plan."
    barred = list(dict.fromkeys(limit["workload"] for limit in first["may_not_serve"]))
    but = f", but may not serve {' and '.join(barred)}" if barred else ""
    if first["tied_with"]:
        others = joined(first["tied_with"])
        return f"{first['site']} has the plan of least cost; within the proven gaps it ties with {others}{but}."
    return f"{first['site']} is proven to cost least{but}."


def _summary(view: dict[str, Any], planned: list[dict[str, Any]]) -> list[str]:
    """The answer in a few sentences."""
    said = [_answer(view, planned)]
    if len(planned) > 1:
        said.append(_why(planned, view["currency"]))
        soonest = min(planned, key=lambda s: (s["date_rank"] or 99, s["rank"]))
        if soonest["first_token_month"] is not None:
            said.append(
                f"The first token can come soonest at {soonest['site']}, {soonest['first_token_month']:g} months after "
                "award."
            )
    if view["score"] and view["score"]["sites"]:
        said.append(_scored(view["score"]["sites"]))
    failed = {site for c in view["criteria"] for site, passes in c["passes"].items() if passes is False}
    if failed:
        said.append(f"A threshold is missed by {', '.join(sorted(failed))}.")
    said += [
        f"At {site['site']}, {limit['workload']} may not be served: {refusal(limit)[0]}."
        for site in planned
        for limit in site["may_not_serve"]
    ]
    if planned:
        said += steadiness(view)
    if planned and view.get("portfolio"):  # else the answer tells it
        said.append(portfolio_verdict(view["portfolio"]))
    without = [site["site"] for site in view["sites"] if site["rank"] is None]
    if without:
        said.append(f"Without a plan: {', '.join(without)}.")
    if view["rests_on_assumptions"]:
        said.append("The ranks rest on assumed figures, listed per site: confirm those before money depends on them.")
    return said


def _scored(sites: list[dict[str, Any]]) -> str:
    """Who scores highest, and with which weights another site would."""
    best, most = sites[0], max(sites, key=lambda s: s["share_of_weights_first"])
    said = f"By what money cannot express, {best['site']} scores highest with the weights stated, and with "
    said += f"{100 * best['share_of_weights_first']:.0f} % of all possible weights"
    if most is best:
        return f"{said}."
    return f"{said}; {most['site']} does with {100 * most['share_of_weights_first']:.0f} %."


def _answer(view: dict[str, Any], planned: list[dict[str, Any]]) -> str:
    """Who is first, at what cost, and what the others cost more: as intervals that the gaps support."""
    if not planned:
        return verdict(view)
    currency, first = view["currency"], planned[0]
    years = f" over {view['years']} years" if view.get("years") else ""
    said = f"{verdict(view)} Its plan costs {_amount(first['cost'], currency)}{years}, as a present value"
    said += "." if first["gap_money"] is None else f", proven within {_amount(first['gap_money'], currency, 3)}."
    more = []
    for pair in view["break_even"]:
        if pair["ties_with"] == first["site"] and pair["saving"] is not None and pair["saving"]["from"] > 0:
            more.append(f"{pair['site']} costs {_span(pair['saving'], currency)} more")
    return f"{said} {'; '.join(more)}." if more else said


def _why(planned: list[dict[str, Any]], currency: str) -> str:
    """The two lines of cost in which the first and the last site differ most."""
    first, last = planned[0], planned[-1]
    cheap, dear = ({name: amount for name, amount, _ in cost_lines(site)} for site in (first, last))
    lines = {name: dear.get(name, 0.0) - cheap.get(name, 0.0) for name in {**cheap, **dear}}
    largest = sorted(lines.items(), key=lambda item: -abs(item[1]))[:2]
    parts = [
        f"{within(name)} ({_amount(abs(amount), currency, 3)} {'more' if amount > 0 else 'less'})"
        for name, amount in largest
        if amount
    ]
    if not parts:
        return f"{last['site']} and {first['site']} pay the same in every line of cost."
    return f"{last['site']}, the dearest, differs from {first['site']} most in {' and '.join(parts)}."


def _map(view: dict[str, Any]) -> list[Block]:
    chart = places.place_map(view["sites"], view["currency"])
    outlines = "outlines: Natural Earth"
    return [] if chart is None else [Picture(f"The sites and their rank by cost; {outlines}", chart)]


def _ranking(view: dict[str, Any], planned: list[dict[str, Any]]) -> list[Block]:
    currency = view["currency"]
    rows = tuple(_rank_row(site, currency) for site in view["sites"])
    head = ("Site", "Rank", "Cost, present value", "At least", "Proven within", "TokEnergy, Wh per 1,000 tokens", "PUE")
    caption = f"{view['service'].capitalize()}; sites whose proven intervals overlap are a tie"
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


def _side_by_side(planned: list[dict[str, Any]], currency: str) -> list[Block]:
    """Lines of cost, then energy, water and carbon of all sites; what no site states is left out."""
    names = tuple(site["site"] for site in planned)
    rows = []
    for name, key, unit in FIGURES:
        values = [site["kpi"].get(key) for site in planned]
        if any(value is not None for value in values):
            shown = currency if unit == "currency" else unit
            rows.append((f"{name}, {shown}".removesuffix(", "), *map(_figure, values)))
    for region in dict.fromkeys(region for site in planned for region in site["latencies"]):
        known = (site["latencies"].get(region, {}).get("value") for site in planned)
        rows.append((f"Latency to users in {region}, ms", *(trimmed(value, 4) for value in known)))
    figures = Table("Energy, water and carbon side by side", ("Figure", *names), tuple(rows))
    missing = all(site["kpi"].get("cue_market_kg_per_kwh") is None for site in planned)
    words = Paragraph("Market-based carbon is shown where market_carbon_g_per_kwh of sheet Sites is stated.")
    blocks: list[Block] = [Heading("Side by side"), _lines_side_by_side(planned, names, currency), figures]
    return [*blocks, *([words] if missing else [])]


def _lines_side_by_side(planned: list[dict[str, Any]], names: tuple[str, ...], currency: str) -> Table:
    """Every line of cost, the largest first, in one scale."""
    by_site = [{line: amount for line, amount, _ in cost_lines(site)} for site in planned]
    largest = {line: max(abs(lines.get(line, 0.0)) for lines in by_site) for lines in by_site for line in lines}
    most = max(site["cost"] for site in planned)
    scale, word = scale_of(most)

    def shown(amount: float | None) -> str:
        return MISSING if amount is None else part(amount / scale, most / scale, 4)

    ordered = sorted(largest, key=lambda line: -largest[line])
    rows = [(line, *(shown(lines.get(line)) for lines in by_site)) for line in ordered]
    total = ("Together", *(significant(site["cost"] / scale, 6) for site in planned))
    head = (f"Present value, {currency} {word}".strip(), *names)
    return Table("Cost side by side", head, (*rows, total), has_total=True)


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
        Table("What each site waits for", head, tuple(rows)),
        chart,
    ]


def _criteria(view: dict[str, Any]) -> list[Block]:
    rows = []
    for c in view["criteria"]:
        wanted = MISSING if c["threshold"] is None else f"{_LIMIT[c['better']]} {c['threshold']:g}"
        for site, value in c["values"].items():
            passes = MISSING if c["threshold"] is None else _WORD[c["passes"][site]]
            rows.append(
                (c["criterion"], _measure(c), wanted, site, trimmed(value, 4), c.get("unit", ""), passes, c["cell"])
            )
    if not rows:
        return []
    head = ("Criterion", "Measured by", "Threshold", "Site", "Value", "Unit", "Verdict", "Cell")
    return [Heading("Criteria and thresholds"), Table("Pass or fail, by sheet Criteria", head, tuple(rows))]


def _measure(criterion: dict[str, Any]) -> str:
    to_region = f" in {criterion['region']}" if criterion["region"] else ""
    return f"{measure_name(criterion['measured_by'])}{to_region}"


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
    table = [Table("Weighted score", head, rows)] if rows else []
    return [Heading("What money cannot express"), Paragraph(words), *table, *left]


def _money(view: dict[str, Any], planned: list[dict[str, Any]]) -> list[Block]:
    rows = tuple(
        (site["site"], fact_name(a["column"]), amount, a["cell"])
        for site in planned
        for a in site["adders"]
        for amount in [_amount(a["present_value"], view["currency"])]
    )
    head = ("Site", "What", "Present value", "Cell")
    return [Heading("Money of one site"), Table("Counted in the cost and its bound", head, rows)] if rows else []
