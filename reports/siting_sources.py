"""What a siting study rests on: the figures of each site and those that all share, with grades and sources; from the
content of sites.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from reports.document import Block, Heading, Paragraph, Table
from reports.format import MISSING

_MOST_LISTED = 24
"""Assumed cells of one sheet that are told one by one."""
_GRADES = ("A", "B", "C", "D", "X", "")
_WORDS = (
    "A: official or measured; B: secondary; C: a single estimate; D: derived; X: assumed without a source. Each figure "
    "with its cell, source and grade stands in case.json of every site's folder and in its plan.xlsx."
)


def assumptions(view: dict[str, Any]) -> list[Block]:
    """The chapter; empty for a study without figures."""
    own = [table for site in view["sites"] if site["rank"] is not None for table in _own(site)]
    found = [*own, *_unnamed(view["sites"]), *_shared(view.get("shared_figures", []))]
    return [Heading("Assumptions and sources"), Paragraph(_WORDS), *found] if found else []


def _own(site: dict[str, Any]) -> list[Table]:
    """Where a site's own figures come from, by source; of tables with many rows only how many cells."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for figure in site.get("figures", ()):
        source = "assumed" if figure["grade"] == "X" else figure["source"] or "not stated"
        groups.setdefault((figure["grade"] or MISSING, source), []).append(figure)
    rows = tuple((grade, source, _cells(group)) for (grade, source), group in sorted(groups.items()))
    caption = f"The own figures of {site['site']} by grade and source"
    return [Table(caption, ("Grade", "Source", "Cells"), rows, is_folded=True)] if rows else []


def _unnamed(sites: list[dict[str, Any]]) -> list[Table]:
    """How many assumed cells each site has of which sheet, where the figures themselves are not told."""
    rows = tuple(
        (site["site"], _by_sheet(site["assumed_cells"]))
        for site in sites
        if site["assumed_cells"] and site["rank"] is not None and not site.get("figures")
    )
    return [Table("Own figures of each site that rest on no source", ("Site", "Cells"), rows)] if rows else []


def _by_sheet(cells: Iterable[str]) -> str:
    return ", ".join(f"{n} of {sheet}" for sheet, n in Counter(c.partition("!")[0] for c in cells).items())


def _cells(figures: list[dict[str, str]]) -> str:
    """`Sites!L7: 3 K, ...; 12 cells of TariffEnergy`."""
    own = [_value(f) for f in figures if f["cell"].startswith("Sites!")]
    others = Counter(f["cell"].partition("!")[0] for f in figures if not f["cell"].startswith("Sites!"))
    counted = (f"{n} cells of {name}" if n > 1 else f"1 cell of {name}" for name, n in others.items())
    return "; ".join([*([", ".join(own)] if own else []), *counted])


def _listed(figures: list[dict[str, str]]) -> str:
    """The first of them, and how many more there are."""
    more = f", and {len(figures) - _MOST_LISTED} more" if len(figures) > _MOST_LISTED else ""
    return ", ".join(map(_value, figures[:_MOST_LISTED])) + more


def _value(figure: dict[str, str]) -> str:
    return f"{figure['cell']}: {figure['value']} {figure['unit'].removeprefix('1')}".strip()


def _shared(groups: list[dict[str, Any]]) -> list[Table]:
    """The figures that all sites share: how many of which grade, by sheet; then the assumed ones, then the sources."""
    if not groups:
        return []
    sheets = list(dict.fromkeys(g["sheet"] for g in groups))
    counts = Counter((g["sheet"], g["grade"]) for g in groups for _ in range(g["count"]))
    rows = tuple((s, *(str(counts[s, grade] or MISSING) for grade in _GRADES)) for s in sheets)
    head = ("Sheet", *_GRADES[:-1], "Own or not graded")
    found = [Table("Figures that all sites share, by sheet and grade", head, rows)]
    assumed = tuple((g["sheet"], _listed(g["figures"])) for g in groups if g["figures"])
    if assumed:
        found.append(Table("Assumed figures that all sites share", ("Sheet", "Cells"), assumed, is_folded=True))
    sources = tuple((g["sheet"], g["grade"] or MISSING, g["source"], str(g["count"])) for g in groups if g["source"])
    if sources:
        columns = ("Sheet", "Grade", "Source", "Figures")
        found.append(Table("Sources of the figures that all sites share", columns, sources, is_folded=True))
    return found
