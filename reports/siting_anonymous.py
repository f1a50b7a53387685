"""A siting study for sharing: the same figures, but nothing that somebody named, and nothing that says where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_PLACE = ("latitude_deg", "longitude_deg", "utc_h")
"""Figures of a site that tell where it is."""
_OPEN_DATES = ("grid connection", "permits")
"""What a first token waits for; all else is named after an offer."""


def anonymous(view: dict[str, Any]) -> dict[str, Any]:
    """The same study for sharing, from the content of sites.json: sites A, B, C in the order of cost; criteria,
    workloads, cooling, racks, regions and countries by number; no coordinates, clocks, sources or folders."""
    letters = {site["site"]: f"Site {_letter(n)}" for n, site in enumerate(view["sites"])}
    shared: dict[str, Any] = _renamed(view, letters)
    shared["name"] = "Candidate sites"
    _hide_work(shared)
    _hide_users(shared)
    _hide_equipment(shared)
    for site in shared["sites"]:
        site["folder"], site["reasons"], site["figures"] = None, [], []
        site["facts"] = {name: fact for name, fact in site["facts"].items() if name not in _PLACE}
        for fact in (*site["facts"].values(), *site["latencies"].values(), *site["grid_steps"]):
            fact["source"] = ""
    for group in shared.get("shared_figures", []):
        group["source"], group["figures"] = "", []
    return shared


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _limits(shared: dict[str, Any]) -> list[dict[str, Any]]:
    """Who may serve what."""
    by_site = [limit for site in shared["sites"] for limit in site["may_not_serve"]]
    return by_site + (shared.get("portfolio") or {}).get("restrictions", [])


def _hide_work(shared: dict[str, Any]) -> None:
    """Criteria and workloads by number."""
    together = shared.get("portfolio") or {}
    criteria = _numbered("Criterion", (c["criterion"] for c in shared["criteria"]))
    for criterion in shared["criteria"]:
        criterion["criterion"] = criteria[criterion["criterion"]]
    limits = _limits(shared)
    workloads = _numbered("workload", [*together.get("workloads", ()), *(limit["workload"] for limit in limits)])
    for limit in limits:
        limit["workload"] = workloads[limit["workload"]]
    if shared["score"] is not None:
        shared["score"]["not_scored"] = _renamed(shared["score"]["not_scored"], {**workloads, **criteria})
    if together:
        together["name"], together["workloads"] = shared["name"], _renamed(together["workloads"], workloads)
        for site in together["sites"]:
            site["parts"] = _renamed(site["parts"], workloads)


def _hide_users(shared: dict[str, Any]) -> None:
    """Regions of users and countries by number."""
    limits = _limits(shared)
    regions = [r for site in shared["sites"] for r in site["latencies"]]
    regions += [x["region"] for x in (*limits, *shared["criteria"]) if x.get("region")]
    countries = [c for limit in limits for c in (limit.get("country"), *limit.get("countries", ())) if c]
    names = _numbered("region", regions) | _numbered("country", countries)
    for site in shared["sites"]:
        site["latencies"] = _renamed(site["latencies"], names)
    for place in (*limits, *shared["criteria"]):
        place |= {key: _renamed(place[key], names) for key in ("region", "country", "countries") if key in place}


def _hide_equipment(shared: dict[str, Any]) -> None:
    """Cooling, racks and what a first token waits for by number; offers and what they cost by kind only."""
    sites, together = shared["sites"], (shared.get("portfolio") or {}).get("sites", [])
    racks = [r for site in together for r in site["racks"]]
    types = _numbered("racks of type", (r["rack"] for r in racks))
    cooled = [c for site in sites for c in site.get("cooling", ())] + racks
    cooling = _numbered("cooling", (c["cooling"] for c in cooled))
    for c in cooled:
        c["cooling"] = cooling[c["cooling"]]
    for r in racks:
        r["rack"] = types[r["rack"]]
    dates = [date for site in sites for date in site["dates"] if date["what"] not in _OPEN_DATES]
    awaited = _numbered("equipment", (date["what"] for date in dates))
    for date in dates:
        date["what"] = awaited[date["what"]]
    for site in sites:
        for line in site["costs"] or []:
            line["item"] = ""
    for site in together:
        site |= {"folder": None, "modules": [], "costs": [], "architecture": ""}
        site |= {"batteries": {}, "supply_mw": {}, "generators": {}}


def _numbered(kind: str, names: Iterable[str]) -> dict[str, str]:
    return {name: f"{kind} {number}" for number, name in enumerate(dict.fromkeys(names), start=1)}


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The same value; names are replaced within texts and as keys of what is told by name, all at once: a site may be
    called `Site B` already."""
    longest = sorted(filter(None, names), key=len, reverse=True)
    if not longest:
        return value
    any_name = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")

    def again(value: Any) -> Any:
        if isinstance(value, dict):
            is_by_name = names.keys() >= value.keys()
            return {names[k] if is_by_name else k: again(v) for k, v in value.items()}
        if isinstance(value, list):
            return [again(v) for v in value]
        return any_name.sub(lambda found: names[found[0]], value) if isinstance(value, str) else value

    return again(value)
