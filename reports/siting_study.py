"""The chapters of a siting study beyond the ranking by cost, for HTML and Word, from the content of sites.json."""

from __future__ import annotations

from typing import Any

from reports.document import Block, Heading, Paragraph, Table
from reports.format import MISSING, money, significant
from reports.portfolio import portfolio_chapters
from reports.wording import cost_name

_LIMIT = {"less": "at most", "more": "at least"}
_WORD = {True: "passes", False: "fails", None: "not stated"}


def _amount(amount: float | None, currency: str, figures: int = 4) -> str:
    return MISSING if amount is None else money(amount / 1000, currency, figures)


def _figure(value: float | None) -> str:
    return MISSING if value is None else significant(value, 4)


def further_chapters(view: dict[str, Any]) -> list[Block]:
    """Dates, criteria, scores, what would turn the order; what does not apply is left out."""
    planned = [site for site in view["sites"] if site["rank"] is not None]
    if not planned:
        return []
    return [*_dates(planned), *_criteria(view), *_score(view), *_pairs(view), *_repriced(view), *_money(view, planned),
            *portfolio_chapters(view.get("portfolio"))]  # fmt: skip


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
    return [Heading("Date of the first token"), Paragraph(words), Table("What each site waits for", head, tuple(rows))]


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


def whole_study(view: dict[str, Any], verdict: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[Block]:
    """All chapters, for a document that stands alone."""
    blocks: list[Block] = [Heading("Summary"), Paragraph(verdict)]
    if view["rests_on_assumptions"]:
        blocks.append(Paragraph("The ranks rest on assumed figures, listed per site."))
    blocks += [
        Heading("Ranking by cost"),
        Table("The same workloads at every site, by its own clock", head, tuple(rows)),
    ]
    blocks += further_chapters(view)
    blocks.append(Heading("The sites"))
    for site in view["sites"]:
        blocks.append(Heading(site["site"], 2))
        blocks += [Paragraph(reason) for reason in site["reasons"]]
        lines: dict[str, float] = {}
        for line in site["costs"] or []:
            lines[line["line"]] = lines.get(line["line"], 0.0) + line["present_value"]
        ordered = sorted(lines.items(), key=lambda line: -abs(line[1]))
        costs = tuple((cost_name(line), _amount(amount, view["currency"])) for line, amount in ordered)
        if costs:
            blocks.append(Table(f"Costs of {site['site']}", ("Line", "Present value"), costs))
        if site["assumed_cells"]:
            blocks.append(Paragraph("Assumed figures: " + ", ".join(site["assumed_cells"]) + "."))
    method = (
        "Each site has a least-cost plan of its own, with a proof of how much cheaper any other design could be, "
        "rechecked independently. The least cost of a site lies between its bound and the cost of its plan. A site's "
        "rank is one more than the number of sites that are proven cheaper; sites whose intervals overlap are a tie."
    )
    return [*blocks, Heading("Method"), Paragraph(method)]
