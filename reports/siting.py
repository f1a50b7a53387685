"""The documents of a siting study, from the content of sites.json: candidate sites at equal service."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from reports.document import Block, Heading
from reports.pdf import pdf
from reports.siting_study import study, verdict
from reports.templating import rendered, text_of
from reports.word import word

_KIND = "Candidate sites of an AI data centre"


def siting_documents(view: dict[str, Any], template: Path | None = None) -> dict[str, bytes]:
    """The study by suffix: .html, .docx, .pdf, which all say the same. ValueError if the template is no Word document.

    view: the content of sites.json, money in whole currency units."""
    said = study(view)
    return {
        ".html": _page(view, said).encode(),
        ".docx": word(view["name"], _KIND, said, template),
        ".pdf": pdf(view["name"], _KIND, said),
    }


def _page(view: dict[str, Any], said: list[Block]) -> str:
    """siting.html as text: a self-contained page without requests, all text of the case escaped. Its one script sorts
    tables and is allowed by its digest; without it the page says the same."""
    script = text_of("sort.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return rendered(
        "siting.html",
        title=view["name"],
        eyebrow=_KIND,
        headline=verdict(view),
        assumed=view["rests_on_assumptions"],
        chapters=_chapters(said),
        script=script,
        digest=digest,
    )


def _chapters(blocks: list[Block]) -> list[tuple[str, list[tuple[str, Block]]]]:
    """Blocks by chapter: its heading, and each block with its kind."""
    chapters: list[tuple[str, list[tuple[str, Block]]]] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            chapters.append((block.text, []))
        else:
            chapters[-1][1].append((type(block).__name__, block))
    return chapters


def anonymous(view: dict[str, Any]) -> dict[str, Any]:
    """The same study for sharing: sites A, B, C in the order of cost; no names of places, equipment or folders."""
    names = {site["site"]: f"Site {chr(65 + n)}" if n < 26 else f"Site {n + 1}" for n, site in enumerate(view["sites"])}
    shared: dict[str, Any] = _renamed(view, names)
    shared["name"] = "Candidate sites"
    criteria = {c["criterion"]: f"Criterion {n}" for n, c in enumerate(shared["criteria"], start=1)}
    shared["criteria"] = _renamed(shared["criteria"], criteria)
    if shared["score"] is not None:
        shared["score"]["not_scored"] = _renamed(shared["score"]["not_scored"], criteria)
    _hide_users(shared)
    for site in shared["sites"]:
        site["folder"], site["reasons"], site["figures"] = None, [], []
        kept = ("grid connection", "permits")
        for date in site["dates"]:
            date["what"] = date["what"] if date["what"] in kept else "equipment"
        site["facts"] = {n: f for n, f in site["facts"].items() if not n.endswith("_deg")}
        for fact in (*site["facts"].values(), *site["latencies"].values()):
            fact["source"] = ""
        for line in site["costs"] or []:
            line["item"] = ""
        for step in site.get("grid_steps", []):
            step["source"] = ""
    together = (shared.get("portfolio") or {}).get("sites", [])
    types = list(dict.fromkeys(r["rack"] for site in together for r in site["racks"]))
    for site in together:
        site["folder"], site["modules"], site["costs"] = None, [], []
        site["racks"] = [{**r, "rack": f"racks of type {1 + types.index(r['rack'])}"} for r in site["racks"]]
    for group in shared.get("shared_figures", []):
        group["source"], group["figures"] = "", []
    return shared


def _hide_users(shared: dict[str, Any]) -> None:
    """Regions of users and countries by number."""
    sites, together = shared["sites"], shared.get("portfolio") or {}
    limits = [limit for site in sites for limit in site["may_not_serve"]] + together.get("restrictions", [])
    regions = [r for site in sites for r in site["latencies"]]
    regions += [x["region"] for x in (*limits, *shared["criteria"]) if x.get("region")]
    countries = [c for limit in limits for c in (limit.get("country"), *limit.get("countries", ())) if c]
    names = {r: f"region {n}" for n, r in enumerate(dict.fromkeys(regions), start=1)}
    names |= {c: f"country {n}" for n, c in enumerate(dict.fromkeys(countries), start=1)}
    for place, key in (*((s, k) for s in sites for k in ("latencies", "may_not_serve")), (shared, "criteria")):
        place[key] = _renamed(place[key], names)
    if together:
        together["restrictions"] = _renamed(together["restrictions"], names)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The same value; names are replaced, also as keys and within texts."""
    if isinstance(value, dict):
        return {names.get(k, k): _renamed(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_renamed(v, names) for v in value]
    if not isinstance(value, str) or value in names:
        return names.get(value, value) if isinstance(value, str) else value
    for name in sorted(names, key=len, reverse=True):
        value = names[name].join(re.split(rf"(?<!\w){re.escape(name)}(?!\w)", value))
    return value
