"""What several commands share: options, machine output, the hint at the next command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from planner.validate import ValidatedCase


def _note_workbook(ctx: click.Context, _: click.Parameter, value: Path) -> Path:
    ctx.meta["workbook"] = value  # shared with the group, which words errors
    return value


workbook_argument = click.argument(
    "workbook", type=click.Path(exists=True, dir_okay=False, path_type=Path), callback=_note_workbook
)


def _note_json(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    ctx.meta["as_json"] = value  # shared with the group, which words errors
    return value


json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_note_json, help="Print the result as JSON for machines."
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="No progress and no hints.")
force_option = click.option("--force", is_flag=True, help="Replace what an earlier run wrote.")
method_option = click.option(
    "--method",
    type=click.Choice(["auto", "decomposed", "monolithic"]),
    default="auto",
    show_default=True,
    help="How to solve; the mathematics is the same.",
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0, max=2**31 - 1), default=0, show_default=True, help="Random seed."
)


def output_option(what: str, default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The folder of the results; `default` is named in the help only."""
    return click.option(
        "--output", "-o", type=click.Path(file_okay=False, path_type=Path), help=f"{what}  [default: {default}]"
    )


def docx_template_option(document: str) -> Callable[..., Any]:
    """A firm's Word file; refused before anything is solved if it is none."""

    def opens(ctx: click.Context, option: click.Parameter, template: Path | None) -> Path | None:
        from reports.word import opened

        if template is not None:
            try:
                opened(template)
            except ValueError as problem:
                raise click.BadParameter(str(problem)) from problem
        return template

    return click.option(
        "--docx-template",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        callback=opens,
        help=f"Word file whose styles, page setup, header and footer {document} takes over.",
    )


def gap_option(what: str = "Proven gap to stop at", default: float = 0.001) -> Callable[..., Any]:
    """The proven gap, as a share of the cost without IT hardware."""
    return click.option(
        "--gap",
        type=click.FloatRange(min=0, max=1, max_open=True),
        default=default,
        show_default=True,
        help=f"{what}: share of the cost without IT hardware.",
    )


def time_limit_option(what: str) -> Callable[..., Any]:
    """The most seconds of one solve."""
    return click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help=what)


def folder_argument(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A result folder that must exist."""
    return click.argument(name, type=click.Path(exists=True, file_okay=False, path_type=Path))


def read_case(workbook: Path, *, one_stage: str = "") -> tuple[ValidatedCase, tuple[dict[str, Any], ...]]:
    """The validated case, and the fingerprints of the files it came from. one_stage: the command that takes no
    workbook of several stages. Raises BadWorkbook."""
    from planner.results import fingerprint
    from planner.validate import refuse_stages, validate
    from planner.workbook import read_workbook

    checked = validate(read_workbook(workbook))
    if one_stage:
        refuse_stages(checked, one_stage)
    return checked, tuple(fingerprint(path) for path in checked.files)


def refuse_taken(path: Path, *, force: bool) -> None:
    """Raise UsageError unless a workbook may be written to this path."""
    if path.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{path} should end in .xlsx")
    if path.exists() and not force:
        raise click.UsageError(f"{path} exists already. Choose another name with -o, or add --force to replace it.")


def print_json(plain: Any) -> None:
    """Print plain values as JSON on standard output."""
    from planner.codec import to_json

    click.echo(to_json(plain))


def hint(text: str, *, quiet: bool = False, as_json: bool = False) -> None:
    """Name the next command, on standard output for people; machines and the quiet are spared."""
    if not quiet and not as_json:
        click.echo(f"\nNext: {text}")


def table(rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Texts in aligned columns, two blanks apart; columns in `right` are right-aligned."""
    cells = [list(row) for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))] if cells else []
    lines = []
    for row in cells:
        parts = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        lines.append("  " + "  ".join(parts).rstrip())
    return "\n".join(lines)


def shell_path(path: Path) -> str:
    """A path as it is typed in a shell: from the current folder where possible, quoted if it has blanks."""
    text = str(path)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        text = str(path.relative_to(Path.cwd()))
    return f'"{text}"' if " " in text else text
