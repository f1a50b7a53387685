"""The folder of `aidc sites`.

| file | holds |
|---|---|
| sites.json | the study for machines; all documents are made from it |
| sites.csv | its sites as a table: rank, cost, bound, gap, indicators |
| siting.html, siting.docx, siting.pdf | the study for people |
| siting-anonymous.* | the same without names of places and equipment, if asked for |
| portfolio.json, portfolio.log | the choice of several sites, if asked for |
| one folder per site | its plan as `aidc plan` writes it |
| .proven | what is proven already beside the sites' own plans, for a further run |
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from planner.folder import replace_files
from planner.results import AlteredFolder, BadFolder, read_json
from planner.tidy import csv_text, tidy_rows

PORTFOLIO, PORTFOLIO_LOG = "portfolio.json", "portfolio.log"
STUDY, PAGE, WORD, PDF = "sites.json", "siting.html", "siting.docx", "siting.pdf"
TABLE = "sites.csv"
ANONYMOUS = ("siting-anonymous.html", "siting-anonymous.docx", "siting-anonymous.pdf")
OWN = (STUDY, TABLE, PAGE, WORD, PDF, PORTFOLIO, PORTFOLIO_LOG, *ANONYMOUS)


def is_study(folder: Path) -> bool:
    """Whether a folder is one that `aidc sites` wrote."""
    return (folder / STUDY).is_file()


def documents(view: dict[str, Any], template: Path | None, *, shared: bool) -> dict[str, bytes]:
    """The documents and the table of a study by name; `shared`: also those without names. ValueError if the template is
    no Word document."""
    from reports.siting import siting_documents
    from reports.siting_anonymous import anonymous

    made = {f"siting{suffix}": content for suffix, content in siting_documents(view, template).items()}
    made[TABLE] = csv_text(tidy_rows(view["sites"])).encode()
    if shared:
        content = siting_documents(anonymous(view), template)
        made |= {f"siting-anonymous{suffix}": written for suffix, written in content.items()}
    return made


def render_study_again(folder: Path) -> tuple[str, ...]:
    """Replace the documents of a folder, all or none; returns their names. Raises BadFolder, or AlteredFolder if a cost
    is not that of the site's own plan."""
    view = read_json(folder / STUDY)
    try:
        for site in view["sites"]:
            _check_cost(folder, site)
        made = documents(view, None, shared=any((folder / name).exists() for name in ANONYMOUS))
    except KeyError as error:
        raise BadFolder([f"{STUDY}: {error} is missing; it was written by an earlier version"]) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise BadFolder([f"{STUDY}: {error}"]) from None
    replace_files(folder, made)
    return tuple(made)


def _check_cost(folder: Path, site: dict[str, Any]) -> None:
    """The cost of a site is that of its plan and what only this site pays."""
    if site["folder"] is None:
        return
    plan = read_json(folder / site["folder"] / "plan.json")
    cost = plan["objective"] + sum(a["present_value"] for a in site["adders"])
    if not math.isclose(site["cost"], cost, rel_tol=1e-12):
        raise AlteredFolder([f"{STUDY}: the cost of {site['site']} is not that of {site['folder']}/plan.json"])
