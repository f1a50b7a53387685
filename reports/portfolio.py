"""The chapter on several sites together, from the content of portfolio.json."""

from __future__ import annotations

from typing import Any

from reports.document import Block, Heading, Link, Paragraph, Table
from reports.format import MISSING, money, significant

PORTFOLIO_METHOD = (
    "Several sites are planned together as one problem; the bound holds for every choice of sites and every split. A "
    "part is constant over the year; a training run stays at one site. Requests are aligned by UTC. The TokEnergy "
    "target, the carbon cap and the budget hold for all sites together, all other limits for each site. Shared staff "
    "and spares are paid once, at the largest need of an open site."
)


def portfolio_chapters(view: dict[str, Any] | None) -> list[Block]:
    """Which sites, how the workloads are split, what it costs and what the second site buys; nothing if not asked."""
    if view is None:
        return []
    currency = view["currency"]
    words = f"{portfolio_verdict(view)} {_saving(view)}"
    blocks: list[Block] = [Heading("Several sites together"), Paragraph(words)]
    head = ("Workload", *(s["site"] for s in view["sites"]))
    rows = tuple((w, *(_share(s["parts"].get(w, 0.0)) for s in view["sites"])) for w in view["workloads"])
    blocks.append(Table("Part of each workload that a site serves", head, rows))
    costs = [
        (s["site"], _amount(s["cost_of_plan"], currency), _amount(s["cost_beside_plan"], currency), _racks(s),
         significant(s["kpi"]["peak_import_mw"], 4))
        for s in view["sites"]
    ]  # fmt: skip
    costs += [
        (f"shared {name}", MISSING, _amount(amount, currency), MISSING, MISSING)
        for name, amount in view["shared"].items()
    ]
    heads = ("Site", "Cost of its plan", "Beside the plan", "Racks", "Peak import, MW")
    blocks.append(Table("The open sites, present values", heads, tuple(costs)))
    blocks += [
        Link(f"The whole plan of {s['site']}", f"{s['folder']}/report.html") for s in view["sites"] if s["folder"]
    ]
    if view["restrictions"]:
        blocks.append(Paragraph(" ".join(map(restriction, view["restrictions"]))))
    return blocks


def restriction(limit: dict[str, Any]) -> str:
    """A workload that only some sites may serve, and why."""
    why = []
    if limit["max_latency_ms"] is not None:
        users = f"users in {limit['region']}" if limit["region"] else "its users"
        why.append(f"within {limit['max_latency_ms']:g} ms of {users}")
    if limit["countries"]:
        why.append(f"in {', '.join(limit['countries'])}")
    where = ", ".join(limit["sites"]) or "no site"
    return f"{limit['workload']}, {' and '.join(why)}, may be served at {where} only."


def portfolio_lines(view: dict[str, Any]) -> list[str]:
    """The same in a few lines of text."""
    split = [
        f"{s['site']}: " + ", ".join(f"{w} {_share(part)}" for w, part in s["parts"].items()) for s in view["sites"]
    ]
    return [f"{portfolio_verdict(view)} {_saving(view)}".strip(), *split, *map(restriction, view["restrictions"])]


def _amount(amount: float, currency: str, figures: int = 5) -> str:
    return money(amount / 1000, currency, figures)


def _share(part: float) -> str:
    return MISSING if part == 0 else f"{100 * part:.1f} %"


def _racks(site: dict[str, Any]) -> str:
    return ", ".join(f"{r['rack']} ({r['cooling']}): {r['count']}" for r in site["racks"]) or MISSING


def portfolio_verdict(view: dict[str, Any]) -> str:
    """Which sites together cost least, as far as the proof says."""
    names = " and ".join(s["site"] for s in view["sites"])
    least = f"{names} together cost least" if len(view["sites"]) > 1 else f"{names} alone costs least"
    cost, currency = _amount(view["objective"], view["currency"]), view["currency"]
    gap = view["gap_money"]
    proven = "nothing is proven yet" if gap is None else f"proven within {_amount(gap, currency, 3)}"
    return f"Of at most {view['most_sites']} sites, {least}: {cost}, {proven}."


def _saving(view: dict[str, Any]) -> str:
    single, saving, currency = view["best_single"], view["saving"], view["currency"]
    if single is None:
        return "No single site with a plan of its own may serve all workloads."
    if saving is None:
        return ""
    if len(view["sites"]) == 1:
        return "Opening a further site is not worth its cost."
    if saving["from"] > 0:
        low, high = _amount(saving["from"], currency, 4), _amount(saving["to"], currency, 4)
        return f"That is {low} to {high} less than {single['site']} alone: what the further sites buy."
    if saving["to"] < 0:
        return f"{single['site']} alone costs less, but does not keep every limit of the portfolio."
    return f"Within the proven gaps, {single['site']} alone costs the same."
