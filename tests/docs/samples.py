"""The committed samples of every document: what they are made from, and how to make them again.

    python tests/docs/samples.py        render everything under reports/samples/ again, without solving

`reports/samples/quickstart/` is a whole result folder. When the model or the example changes, solve it again first:
`aidc plan inputs/examples/quickstart.xlsx -o reports/samples/quickstart --force`.
`reports/samples/module-tender/` is that of `aidc offers inputs/examples/module-tender.xlsx`,
`reports/samples/siting/sites.json` comes from `aidc sites inputs/examples/siting-asia-us-eu.xlsx --portfolio 2`, and
the files of STUDIES from the commands named there; the folders of plans in them are null."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "reports" / "samples"
PLANS = ("quickstart",)
"""result folders; report.html and plan.xlsx in them are rendered from the rest"""
TENDER = "module-tender"
STUDIES = {
    "scenarios": "aidc scenarios inputs/examples/quickstart.xlsx",
    "pareto": "aidc pareto WEEK --against carbon --points 5",
    "alternatives": "aidc alternatives inputs/examples/quickstart.xlsx",
    "sweep": "aidc sweep WEEK --samples 24 --regret 4, where requests_per_day varies too, 0.7 to 1.3 times",
}
"""studies whose documents are made from their file for machines, by folder, and where it comes from; WEEK: the
quickstart cut to its first 168 hours, which need a minute instead of an hour"""


def template_name(user: str) -> str:
    """The file of one user's template."""
    return f"template-{user}.xlsx"


def render_siting_study(target: Path) -> list[Path]:
    """The documents of the committed siting study, with and without names, into `target`/siting."""
    from reports.siting import siting_documents
    from reports.siting_anonymous import anonymous

    folder = target / "siting"
    folder.mkdir(parents=True, exist_ok=True)
    view = json.loads((SAMPLES / "siting" / "sites.json").read_text(encoding="utf-8"))
    made = []
    for name, content in (("siting", view), ("siting-anonymous", anonymous(view))):
        for suffix, written in siting_documents(content).items():
            made.append(folder / f"{name}{suffix}")
            made[-1].write_bytes(written)
    return made


def render_studies(target: Path) -> list[Path]:
    """The documents of the committed studies, each into a folder of its name in `target`."""
    from planner.study_documents import render_study

    made = []
    for name in STUDIES:
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        made += [folder / file for file in render_study(SAMPLES / name, folder)]
    return made


def render_tender(target: Path) -> list[Path]:
    """The documents of the committed tender into `target`/module-tender."""
    from planner import tender_results

    folder = target / TENDER
    folder.mkdir(parents=True, exist_ok=True)
    tender_results.render_tender(tender_results.read_tender(SAMPLES / TENDER), folder)
    return [folder / name for name in tender_results.RENDERED]


def render_all(target: Path) -> list[Path]:
    """Render every sample from the committed results into `target`; returns their paths in it."""
    from planner.results import RENDERED, read_results, render
    from planner.schema import USERS
    from planner.template import write_template

    made = []
    for name in PLANS:
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        render(read_results(SAMPLES / name).answer, folder)
        made += [folder / file for file in RENDERED]
    for user in USERS:
        write_template(target / template_name(user), user)
        made.append(target / template_name(user))
    return made + render_siting_study(target) + render_studies(target) + render_tender(target)


def main() -> None:
    """Replace the committed documents, and the digests of those in result folders."""
    from planner.results import read_results, render_again
    from planner.schema import USERS
    from planner.template import write_template
    from planner.tender_results import render_tender_again

    for name in PLANS:
        render_again(read_results(SAMPLES / name))
    for user in USERS:
        write_template(SAMPLES / template_name(user), user)
    render_siting_study(SAMPLES)
    render_studies(SAMPLES)
    render_tender_again(SAMPLES / TENDER)
    print(f"Written: {SAMPLES}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
