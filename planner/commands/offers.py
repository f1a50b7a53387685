"""`aidc offers`: quotations compared as a buyer would, in money of the whole project."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.shared import (
    docx_template_option,
    force_option,
    gap_option,
    hint,
    json_option,
    print_json,
    quiet_option,
    read_case,
    refuse_taken,
    shell_path,
    table,
    workbook_argument,
)

if TYPE_CHECKING:
    from models.tender import OfferResult, Tender
    from planner.validate import ValidatedCase


@click.command()
@workbook_argument
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Result folder  [default: out/<workbook name>/]; with --add, the new workbook.",
)
@click.option(
    "--add",
    "quotations",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Add a vendor's quotation file to a copy of the workbook; may be given several times. Nothing is solved.",
)
@click.option(
    "--form",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the empty one-sheet quotation file to send to vendors. Nothing is solved.",
)
@click.option("--most-vendors", type=click.IntRange(min=1), help="Most vendors that receive an order.")
@click.option("--least-vendors", type=click.IntRange(min=1), help="Fewest vendors (2: two sources).")
@click.option(
    "--vendor-cap", type=click.FloatRange(min=0, max=100, min_open=True), metavar="PCT", help="Most of one vendor, %."
)
@click.option("--one-family", is_flag=True, help="All units from one product family.")
@gap_option("Proven gap of every solve", default=0.0002)
@click.option("--brief", is_flag=True, help="Only the cheapest mix, and each offer with and without it.")
@docx_template_option("recommendation.docx")
@json_option
@force_option
@quiet_option
def offers(
    workbook: Path,
    output: Path | None,
    quotations: tuple[Path, ...],
    form: Path | None,
    most_vendors: int | None,
    least_vendors: int | None,
    vendor_cap: float | None,
    one_family: bool,
    gap: float,
    brief: bool,
    docx_template: Path | None,
    as_json: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Compare the module offers of a tender: cheapest mix, break-even prices, award workbook."""
    if form is not None:
        _write_form(workbook, form, force=force, quiet=quiet)
        return
    if quotations:
        _add(workbook, quotations, output, force=force, quiet=quiet)
        return
    from planner.errors import LimitReached
    from planner.folder import check_replaceable, complete_or_absent, default_folder
    from planner.progress import Progress
    from planner.results import RunRecord
    from planner.studies.offers import TenderOptions, run_tender
    from planner.tender_results import write_tender

    begun = time.perf_counter()
    folder = output or default_folder(workbook, force=force)
    check_replaceable(folder, force=force)
    options = TenderOptions(gap=gap, quick=brief)
    with Progress(quiet=quiet) as progress:
        progress.step(f"Reading {workbook.name}")
        validated, inputs = read_case(workbook, one_stage="aidc offers")
        asked = {"most_vendors": most_vendors, "least_vendors": least_vendors}
        share = None if vendor_cap is None else vendor_cap / 100
        validated = _with_rules(validated, {**asked, "vendor_share": share, "one_family": one_family or None})
        read_seconds = time.perf_counter() - begun
        with complete_or_absent(folder, force=force) as draft:
            tender = run_tender(validated, options, progress=progress, read_seconds=read_seconds)
            progress.step("Writing the award workbook")
            record = RunRecord(inputs, options.as_dict(), tuple(str(w) for w in validated.warnings))
            write_tender(tender, draft, record, docx_template)
    _tell(tender, folder, as_json=as_json, quiet=quiet)
    if tender.answer.proof.status != "optimal":
        raise LimitReached(tender.answer)


def _tell(tender: Tender, folder: Path, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        from planner.tender_results import public_tender

        print_json({**public_tender(tender), "folder": str(folder)})
        return
    click.echo(_text(tender))
    names = "award.xlsx, recommendation.html and .docx, award-anonymous.xlsx, tender.json, plan in plan/"
    click.echo(f"\nWritten: {folder} ({names})")
    hint(f"open {shell_path(folder / 'recommendation.html')} and {shell_path(folder / 'award.xlsx')}", quiet=quiet)


def _with_rules(validated: ValidatedCase, asked: dict[str, Any]) -> ValidatedCase:
    """The case with the rules that the command line states; the others stay as in the workbook."""
    stated = {k: v for k, v in asked.items() if v is not None}
    rules = replace(validated.case.orders, **stated)
    if rules.most_vendors is not None and rules.least_vendors is not None and rules.most_vendors < rules.least_vendors:
        raise click.UsageError("--most-vendors must not be below --least-vendors")
    return replace(
        validated,
        case=replace(validated.case, orders=rules),
        options=tuple(replace(case, orders=rules) for case in validated.options),
    )


def _write_form(workbook: Path, form: Path, *, force: bool, quiet: bool) -> None:
    from planner.quotation_file import write_form
    from planner.workbook import read_workbook

    refuse_taken(form, force=force)
    write_form(form, read_workbook(workbook))
    click.echo(f"Written: {form}")
    hint(f"send it to vendors, then: aidc offers {shell_path(workbook)} --add FILE -o NEW.xlsx", quiet=quiet)


def _add(workbook: Path, quotations: tuple[Path, ...], output: Path | None, *, force: bool, quiet: bool) -> None:
    from planner.quotation_file import add_quotations

    target = output or workbook.with_name(f"{workbook.stem}-with-offers.xlsx")
    refuse_taken(target, force=force)
    added = add_quotations(workbook, quotations, target)
    for line in added:
        click.echo(line)
    click.echo(f"Written: {target}")
    hint(f"aidc offers {shell_path(target)}", quiet=quiet)


def _text(tender: Tender) -> str:
    """The tender in a table: one line per offer."""
    from reports.award.words import different_plans, headline, orders_text

    lines = [headline(tender), "", f"  Orders  {orders_text(tender.best.orders)}", ""]
    rows: list[tuple[str, ...]] = [("offer", "units", "if it had to be used", "if it were not available", "break-even")]
    rows += [_row(tender, r) for r in tender.offers]
    lines.append(table(rows, right=(1, 2, 3)))
    if tender.alternatives:
        lines += ["", f"{different_plans(tender)}:"]
        lines += [f"  {_extra(tender, a.extra)}: {orders_text(a.plan.orders)}" for a in tender.alternatives]
    changed = [s for s in tender.sensitivities if not s.same_award]
    if changed:
        lines += ["", "The award changes with: " + "; ".join(s.label for s in changed)]
    lines += [f"Note: {note}" for note in tender.notes]
    return "\n".join(lines)


def _row(tender: Tender, result: OfferResult) -> tuple[str, ...]:
    from reports.award.words import break_even_text

    if result.with_it is None and result.without_it is None:
        return result.offer.name, "0", result.verdict, "", ""
    return (
        result.offer.name,
        str(result.units),
        "recommended" if result.units else _extra(tender, result.extra_with),
        _extra(tender, result.extra_without) if result.units else "no change",
        break_even_text(result.break_even),
    )


def _extra(tender: Tender, extra: Any) -> str:
    from reports.format import money

    return "no plan" if extra is None else f"+{money((extra.low + extra.high) / 2, tender.case.currency, figures=3)}"
