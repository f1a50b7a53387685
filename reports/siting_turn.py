"""What would turn the order of candidate sites: break-even by pair, and ranges of tariff, carbon and demand; from the
content of sites.json."""

from __future__ import annotations

from typing import Any

from reports.document import Block, Heading, Paragraph, Table
from reports.format import MISSING, money, money_range, number, significant

_STATES = {"infeasible": "no plan exists", "no plan": "no plan found", "recheck failed": "recheck failed"}


def turning(view: dict[str, Any]) -> list[Block]:
    """The chapter; empty for one site alone."""
    if not view["break_even"]:
        return []
    ranges = view.get("ranges", [])
    blocks = [Heading("What would turn the order"), *_savings(view)]
    blocks += _dates(view)
    for moving in ranges:
        blocks += _range(moving, view["currency"])
    known = {moving["moves"] for moving in ranges}
    return [*blocks, *_kept(view, known)]


def steadiness(view: dict[str, Any]) -> list[str]:
    """Sentences for the summary: whether the order holds over each range."""
    said = []
    order = [s["site"] for s in view["sites"] if s["rank"] is not None]
    for moving in view.get("ranges", []):
        span = f"{_named(moving)} {_over(moving, view['currency'])}"
        whole = moving["order_proven_throughout"]
        if whole:
            said.append(f"This order is proven for every {span}, if it moves alike at all sites.")
        elif all([s["site"] for s in p["sites"]] == order and _is_strict(p) for p in moving["points"]):
            said.append(f"The order is the same at both ends of the range: {span}.")
        else:
            said.append(f"The order is not proven over the whole range: {span}; see the tables.")
    return said


def _is_strict(point: dict[str, Any]) -> bool:
    return [s["rank"] for s in point["sites"]] == list(range(1, len(point["sites"]) + 1))


def _named(moving: dict[str, Any]) -> str:
    return {"tariff": "tariff", "carbon price": "carbon price", "demand": "demand"}[moving["moves"]]


def _at(moving: dict[str, Any], value: float, currency: str) -> str:
    return f"{currency} {value:g} per tonne" if moving["moves"] == "carbon price" else f"{value:g} times"


def _over(moving: dict[str, Any], currency: str) -> str:
    """The range in words."""
    low, high = f"{moving['low']:g}", f"{moving['high']:g}"
    if moving["moves"] == "carbon price":
        return f"from {currency} {low} to {high} per tonne"
    return f"from {low} to {high} times that of the workbook"


def _span(low: float | None, high: float | None, currency: str) -> str:
    return MISSING if low is None or high is None else money_range(low / 1000, high / 1000, currency, 4)


def _savings(view: dict[str, Any]) -> list[Block]:
    currency = view["currency"]
    rows = []
    for pair in view["break_even"]:
        saving, watt = pair["saving"] or {}, pair.get("saving_per_w") or {}
        per_watt = MISSING
        if watt.get("from") is not None:
            per_watt = f"{currency} {number(watt['from'], 3)} to {number(watt['to'], 3)}"
        rows.append((pair["site"], pair["ties_with"], _span(saving.get("from"), saving.get("to"), currency), per_watt))
    words = (
        "By how much a site must become cheaper to tie with the cheaper one: less to build, cheaper land, a grant. "
        "Both are present values, also per watt of IT installed. The interval is as wide as the proven gaps, and holds "
        "for every lump sum, because a lump sum changes no plan."
    )
    head = ("Site", "Ties with", "When cheaper by", "Per watt of IT")
    return [Paragraph(words), Table("Break-even by pair: cost of building", head, tuple(rows))]


def _dates(view: dict[str, Any]) -> list[Block]:
    """How far the grid date matters to cost."""
    need, latest = view.get("need_month"), view.get("latest_month")
    if need is None or latest is None:
        return [Paragraph("No month is stated in which service is needed: a grid date changes no cost.")]
    dates = view.get("grid_dates")
    if dates is None:
        words = (
            f"Service is needed from month {need:g}, and no later start is allowed: a grid date up to then changes no "
            "cost and no rank by cost, a later one leaves the site without its connection."
        )
        return [Paragraph(words)]
    rows = tuple((p["site"], p["against"], *_by_month(p, need, latest)) for p in dates["pairs"])
    month = money(dates["delay_per_month"] / 1000, view["currency"], 4)
    words = (
        f"Service is needed from month {need:g} and may start up to month {latest:g}; each month of later start costs "
        f"{month} as a present value. Every site was planned again for a connection live by month {need:g} and for one "
        f"live in month {latest:g}. Since a plan may start later at that price, and no later connection makes a site "
        "cheaper, this proves until which month of its own connection a site is cheaper than another whose connection "
        "stays, and from which it is dearer; between them the two tie."
    )
    head = ("Site", "Against", "Cheaper if connected by month", "Dearer if connected from month")
    return [Paragraph(words), Table("Break-even by pair: grid date", head, rows)]


def _by_month(pair: dict[str, Any], need: float, latest: float) -> tuple[str, str]:
    """Until and from which month the first site of a pair is proven cheaper and dearer."""
    until, since = pair["cheaper_until_month"], pair["dearer_from_month"]
    cheaper = "never" if until is None else f"{until:g}, any that is allowed" if until == latest else f"{until:g}"
    dearer = "never" if since is None else f"any, also before {need:g}" if since == need else f"{since:g}"
    return cheaper, dearer


def _range(moving: dict[str, Any], currency: str) -> list[Block]:
    """One range: the sites at each of its values, and where a site's own tariff makes it tie."""
    names = [s["site"] for s in moving["points"][0]["sites"]]
    names.sort(key=lambda n: next(i for i, s in enumerate(_middle(moving)["sites"]) if s["site"] == n))
    rows = []
    for point in moving["points"]:
        found = {s["site"]: s for s in point["sites"]}
        rows.append((_at(moving, point["value"], currency), *(_cell(found.get(n), currency) for n in names)))
    head = (_named(moving).capitalize(), *names)
    caption = f"Rank and cost of each site by {_named(moving)}, planned anew (range: {moving['cell']}"
    caption += "; assumed)" if moving["assumed"] else ")"
    return [Heading(f"If the {_named(moving)} moves", 2), Paragraph(_said(moving)), Table(caption, head, tuple(rows)),
            *_ties(moving)]  # fmt: skip


def _middle(moving: dict[str, Any]) -> dict[str, Any]:
    """The value at which most sites have a plan."""
    return max(moving["points"], key=lambda p: sum(s["rank"] is not None for s in p["sites"]))


def _cell(found: dict[str, Any] | None, currency: str) -> str:
    if found is None or found["cost"] is None:
        return MISSING if found is None else _STATES[found["state"]]
    return f"{found['rank']}: {money(found['cost'] / 1000, currency, 5)}"


def _said(moving: dict[str, Any]) -> str:
    if moving["moves"] == "demand":
        return (
            "All work of every site multiplied; each site planned anew and proven at these values, with the same "
            "connection. Nothing is said of values between."
        )
    proven = {
        True: "The order of the study is proven at every value of the range, not only at those in the table.",
        False: "The order of the study is not proven at every value of the range.",
        None: "What lies between the values in the table is not proven, for a plan is missing.",
    }[moving["order_proven_throughout"]]
    return (
        f"The {_named(moving)} moves alike at all sites. {proven} Between two values least cost lies below the costs "
        "of the plans known and above the straight line between their bounds, since it is concave in a price."
    )


def _ties(moving: dict[str, Any]) -> list[Block]:
    rows = tuple((t["site"], t["ties_with"], _factor(t, moving)) for t in moving["ties"])
    if not rows:
        return []
    words = (
        "The factor on one site's own tariff at which it ties with a cheaper site whose tariff stays: an interval that "
        "the gaps and the plans at the ends support."
    )
    head = ("Site", "Ties with", "At its own tariff times")
    return [Paragraph(words), Table("Break-even by pair: tariff", head, rows)]


def _factor(tie: dict[str, Any], moving: dict[str, Any]) -> str:
    if tie["from"] is None:
        return f"none from {moving['low']:g} to {moving['high']:g}: stays dearer"
    span = f"{significant(tie['from'], 3)} to {significant(tie['to'], 3)}"
    return span if tie["ends_in_range"] else f"{span}, as far as the range goes"


def _kept(view: dict[str, Any], known: set[str]) -> list[Block]:
    """Prices that no range is stated for: an estimate with the finished plans as they are."""
    lines = [line for line, name in (("energy", "tariff"), ("carbon", "carbon price")) if name not in known]
    rows = tuple(
        (f"{r['price']} price", f"{r['factor']:g}", ", ".join(r["order"]))
        for r in view["repriced"]
        if len(r["order"]) > 1 and r["price"] in lines
    )
    if not rows:
        return []
    words = (
        "The finished plans at other prices, none made anew: upper bounds of the least costs, not proofs. Rows of "
        "sheet SiteRanges have every site planned anew instead."
    )
    head = ("Price", "Times", "Order of the plans, cheapest first")
    return [Paragraph(words), Table("Order at other prices, plans kept", head, rows)]
