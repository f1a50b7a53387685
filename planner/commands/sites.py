"""`aidc sites`: several candidate sites in one workbook, one proven plan each, ranked by cost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.running import machine_options, machines, told
from planner.commands.shared import (
    docx_template_option,
    gap_option,
    hint,
    json_option,
    output_option,
    print_json,
    quiet_option,
    shell_path,
    table,
    time_limit_option,
    workbook_argument,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.portfolio import Portfolio
    from planner.errors import PlannerError
    from planner.jobs.machines import Machines
    from planner.progress import Progress
    from planner.studies.plan import PlanOptions
    from planner.studies.sites import SiteResult
    from planner.validate import ValidatedCase

_EXIT = {"recheck failed": 7, "no plan": 6, "infeasible": 4}


@click.command()
@workbook_argument
@output_option("Folder of the study; sites already planned there are kept", "out/<workbook name>-sites/")
@gap_option()
@time_limit_option("Stop solving a site then, and keep its best plan with its gap.")
@machine_options("Sites", memory_mb=None)
@docx_template_option("siting.docx")
@click.option("--anonymous", is_flag=True, help="Also write the documents without names of places and equipment.")
@click.option(
    "--portfolio",
    "most_sites",
    type=click.IntRange(min=1),
    metavar="N",
    help="Also choose at most N of the sites and split the workloads between them.",
)
@json_option
@quiet_option
def sites(
    workbook: Path,
    output: Path | None,
    gap: float,
    time_limit: float | None,
    docx_template: Path | None,
    anonymous: bool,
    most_sites: int | None,
    as_json: bool,
    quiet: bool,
    **asked: Any,
) -> None:
    """Plan every site of a workbook and rank them by cost.

    Each row of sheet Sites gets its own proven plan for the same workloads. Run it again to go on after an
    interruption: what is proven already, of the same inputs, is not planned again."""
    from planner.codec import to_json
    from planner.folder import replace_files
    from planner.progress import Progress
    from planner.siting_results import PAGE, PDF, PORTFOLIO, STUDY, WORD, documents
    from planner.studies.plan import PlanOptions
    from planner.studies.portfolio import portfolio_of
    from planner.studies.site_inputs import frame
    from planner.studies.sites import comparison, plan_sites, site_jobs
    from planner.validate import refuse_stages, validate_sites
    from planner.workbook import read_workbook

    folder = output or Path("out") / f"{workbook.stem}-sites"
    _check_folder(folder)
    options = PlanOptions(gap=gap, time_limit=time_limit, marginals="none")
    found: list[SiteResult] = []
    with Progress(quiet=quiet) as progress:
        progress.step(f"Reading {workbook.name}")
        cases = validate_sites(read_workbook(workbook))
        refuse_stages(cases[0], "aidc sites")
        question = None if most_sites is None else portfolio_of(cases, most_sites)
        todo = site_jobs(cases, options, folder)
        progress.step(f"Planning {len(todo)} sites")
        where = machines(asked)
        for result in plan_sites(todo, where, told(progress, "Sites")):
            found.append(result)
            progress.step(f"{result.site}: {result.outcome} ({len(found)} of {len(todo)})")
        first = cases[0]
        view = comparison(found, first.case.name, first.case.currency, first.criteria, frame(first))
        folder.mkdir(parents=True, exist_ok=True)
        view |= _plan_ends(cases, found, view, options, folder, where, progress)
        (folder / PORTFOLIO).unlink(missing_ok=True)
        problem = None if question is None else _plan_together(question, cases, options, view, folder, progress)
        progress.step("Writing the documents")
        made = documents(view, docx_template, shared=anonymous)
        replace_files(folder, {STUDY: to_json(view).encode(), **made})
    if as_json:
        print_json({**view, "output": str(folder)})
    else:
        click.echo(_text(view))
        click.echo(f"\nWritten: {shell_path(folder)} ({PAGE}, {WORD}, {PDF}, {STUDY}, and one result folder per site)")
        hint(f"open {shell_path(folder / PAGE)}; or put two side by side: aidc compare ONE OTHER", quiet=quiet)
    if problem is not None:
        raise problem
    _end(found)


def _plan_ends(
    cases: Sequence[ValidatedCase],
    found: Sequence[SiteResult],
    view: dict[str, Any],
    options: PlanOptions,
    folder: Path,
    where: Machines,
    progress: Progress,
) -> dict[str, Any]:
    """Keys of sites.json on what moves: the sites that have a plan planned again at both ends of each row of sheet
    SiteRanges, and for the earliest and the latest connection that matter."""
    from planner.results import one_stage
    from planner.studies import grid_dates
    from planner.studies.site_ranges import ends, plan_ends, range_view

    if not cases[0].ranges and not grid_dates.matter(cases[0]):
        return {"ranges": [], "grid_dates": None}
    planned = {r.site: r.folder for r in found if r.view is not None}
    with_plan = [v for v in cases if v.case.site.name in planned]
    jobs = [*ends(with_plan, options), *grid_dates.ends(with_plan, options)]
    outcomes = []
    if jobs:
        progress.step(f"Planning the sites again while prices, demand and grid dates move: {len(jobs)} plans")
        outcomes = list(plan_ends(jobs, folder, where, told(progress, "Plans")))
    answers = {site: one_stage(place) for site, place in planned.items()}
    return {
        "ranges": range_view(cases[0].ranges, answers, outcomes, view["sites"]),
        "grid_dates": grid_dates.dates_view(cases, answers, outcomes, view["sites"]),
    }


def _plan_together(
    question: Portfolio,
    cases: Sequence[ValidatedCase],
    options: PlanOptions,
    view: dict[str, Any],
    folder: Path,
    progress: Progress,
) -> PlannerError | None:
    """The portfolio into the study, a file and folders of its own; why there is none, if so: the sites' own plans
    stand."""
    from planner.codec import to_json
    from planner.errors import PlannerError
    from planner.jobs.store import Store
    from planner.portfolio_results import site_folders, write_sites
    from planner.siting_results import PORTFOLIO, PORTFOLIO_LOG
    from planner.studies.portfolio import plan_portfolio, portfolio_view
    from planner.studies.site_ranges import STORE

    progress.step(f"Choosing at most {question.most_sites} of {len(question.sites)} sites")
    try:
        log = folder / PORTFOLIO_LOG
        answer = plan_portfolio(question, options, Store(folder / STORE), progress=progress, log_path=log)
        write_sites(answer, cases, folder, options.as_dict())
    except PlannerError as problem:
        return problem
    view["portfolio"] = portfolio_view(answer, view, site_folders(answer))
    (folder / PORTFOLIO).write_text(to_json(view["portfolio"]), encoding="utf-8", newline="\n")
    return None


def _check_folder(folder: Path) -> None:
    """Only a new folder, or one of an earlier study, is written to."""
    from planner.folder import OutputExists

    if not folder.is_dir():
        return
    from planner.portfolio_results import is_site_folder
    from planner.siting_results import OWN

    names = (p.name for p in folder.iterdir())
    foreign = [n for n in names if not (n in OWN or is_site_folder(n) or re.fullmatch(r"\..*|\d\d-.*", n))]
    if foreign:
        raise OutputExists(f"{folder} holds other files ({foreign[0]}). Choose another folder with -o.")


def _end(found: list[SiteResult]) -> None:
    """Exit codes as for one plan: a failed recheck first; then sites without an answer, then plans with a wider gap."""
    outcomes = {result.outcome for result in found}
    if "recheck failed" in outcomes:
        click.get_current_context().exit(7)
    if all(result.view is None for result in found):
        click.get_current_context().exit(max(_EXIT[outcome] for outcome in outcomes))
    if "no plan" in outcomes or any(r.view is not None and r.view["status"] != "optimal" for r in found):
        click.get_current_context().exit(5)


def _text(view: dict[str, Any]) -> str:
    """The ranking for people."""
    from reports.format import MISSING, money, significant

    head = ("rank", "site", "cost, present value", "proven within", "TokEnergy", "PUE", "tie with")
    rows: list[tuple[str, ...]] = [head]
    for site in view["sites"]:
        if site["rank"] is None:
            rows.append((MISSING, site["site"], site["status"], "", "", "", ""))
            continue
        gap = money(None if site["gap_money"] is None else site["gap_money"] / 1000, view["currency"])
        kpi = site["kpi"]
        figures = (significant(kpi["tokenergy_wh_per_1k"], 4), significant(kpi["pue"], 4))
        cost = money(site["cost"] / 1000, view["currency"], 6)
        rows.append((str(site["rank"]), site["site"], cost, gap, *figures, ", ".join(site["tied_with"])))
    lines = [view["name"], "", table(rows, right=(0, 2, 3, 4, 5)), ""]
    lines.append(f"TokEnergy in Wh per 1,000 tokens. {view['service'].capitalize()}.")
    for site in view["sites"]:
        lines += [f"{site['site']}: {reason}" for reason in site["reasons"]]
        if site["assumed_cells"] and site["rank"] is not None:
            shown = ", ".join(site["assumed_cells"][:6]) + (", ..." if len(site["assumed_cells"]) > 6 else "")
            lines.append(f"{site['site']}: its rank rests on assumed figures ({shown}).")
    return "\n".join([*lines, *_together(view.get("portfolio"))])


def _together(view: dict[str, Any] | None) -> list[str]:
    """The portfolio for people."""
    from reports.portfolio import portfolio_lines

    return [] if view is None else ["", *portfolio_lines(view)]
