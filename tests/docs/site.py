"""The documentation site: `python tests/docs/site.py [-o FOLDER]` writes plain HTML pages that need no network.

Pages are the Markdown files of reports/site/. A line `<!-- generated: NAME -->` stands for a part made from the code (a
function of GENERATED here), `<!-- file: PATH -->` for a file of the repository."""

from __future__ import annotations

import argparse
import ast
import collections
import csv
import html
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "reports" / "site"
ORDER = ("index", "install", "tutorial", "design", "siting", "procurement", "workbook", "schema", "commands", "method",
         "mathematics", "data", "validation", "architecture", "limits", "licences", "changelog")  # fmt: skip
_DIRECTIVE = re.compile(r"^<!-- (generated|file): (\S+) -->$", re.MULTILINE)
_STYLE = """
:root { color-scheme: light dark; --line: #b8c4cc; --dim: #5b6b77; --link: #1f4e6b; }
@media (prefers-color-scheme: dark) { :root { --line: #46535c; --dim: #a3b1bb; --link: #8fc3e6; } }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; display: flex; flex-wrap: wrap; }
nav { flex: 0 0 13rem; padding: 1.5rem 1rem 1.5rem 1.5rem; }
nav a { display: block; padding: .15rem 0; text-decoration: none; }
nav a[aria-current] { font-weight: 650; }
main { flex: 1 1 30rem; max-width: 62rem; min-width: 0; padding: 1.5rem; }
a { color: var(--link); } h1 { line-height: 1.2; } img { max-width: 100%; border: 1px solid var(--line); }
pre { overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; padding: .7rem; }
code { font-size: .9em; } .wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9em; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem .3rem 0; text-align: left; vertical-align: top; }
"""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - aidc-planner</title><style>{style}</style></head>
<body><nav aria-label="Pages">{nav}</nav><main>{body}</main></body></html>
"""


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(re.sub(r"\s+", " ", c).replace("|", "\\|") for c in row) + " |" for row in lines)


def families() -> str:
    """Every variable and rule of the model with its doc string and unit, by file; read from the source, so that it is
    complete whatever a case needs."""
    parts = []
    for path in sorted((ROOT / "models").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and len(n.args) > 1)
        rows = sorted({row for call in calls if (row := _family(call))})
        if rows:
            about = (ast.get_docstring(tree) or "").replace("\n", " ")
            parts.append(
                f"### {path.name}\n\n{about}\n\n{_table(('kind', 'name', 'meaning', 'unit'), sorted(set(rows)))}"
            )
    return "\n\n".join(parts)


def _family(call: ast.Call) -> tuple[str, ...]:
    """Kind, name, meaning and unit, if a call adds variables or rules to a block."""
    kind = {"variable": "variable", "constraint": "rule"}.get(getattr(call.func, "id", ""), "")
    doc = next((_words(k.value) for k in call.keywords if k.arg == "doc"), "")
    if not kind or not doc:
        return ()
    unit = re.findall(r"\[([^\]]*)\]$", doc)
    return kind, f"`{_words(call.args[1])}`", re.sub(r" ?\[[^\]]*\]$", "", doc), unit[0] if unit else ""


def _words(node: ast.expr) -> str:
    """A text as it stands in the source; what it fills in at run time in braces."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(v.value) if isinstance(v, ast.Constant) else f"{{{ast.unparse(v.value)}}}" for v in node.values
        )
    return ast.unparse(node)


def schema() -> str:
    """Every sheet and column of the workbook."""
    from planner.schema import SHEETS
    from planner.validate.cells import bounds

    parts = []
    for sheet in SHEETS:
        if not sheet.table:
            continue
        rows = []
        for c in sheet.columns:
            allowed = ", ".join(str(x) for x in c.choices) or bounds(c) or ", ".join(c.references)
            rows.append((f"`{c.name}`", c.meaning, c.unit, allowed, c.blank, str(c.example)))
        head = ("column", "meaning", "unit", "allowed", "blank", "example")
        parts.append(f"## {sheet.name}\n\n{sheet.purpose} {sheet.note}\n\n{_table(head, rows)}")
    return "\n\n".join(parts)


def options() -> str:
    """Every command with its options, as `--help` tells them."""
    import click

    from planner.cli import cli

    parts = []
    for name, command in cli.commands.items():
        text = command.get_help(click.Context(command, info_name=f"aidc {name}"))
        parts.append(f"### aidc {name}\n\n```text\n{text}\n```")
    return "\n\n".join(parts)


def grades() -> str:
    """The catalogue's rows by grade, and its sources."""
    rows, sources = [], []
    for path in sorted((ROOT / "inputs" / "data").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            read = list(csv.DictReader(stream))
        if not read or "grade" not in read[0]:
            continue
        found = collections.Counter(r["grade"] or "-" for r in read)
        assumed = sum(bool(r.get("assumed_fields")) for r in read)
        rows.append((f"`{path.name}`", str(len(read)), *(str(found[g] or "") for g in "ABCDX"), str(assumed or "")))
        named = sorted({r["source"] for r in read if r.get("source")})
        sources += [f"### {path.name}\n", *(f"- {html.escape(s, quote=False)}" for s in named), ""]
    head = ("file", "rows", *"ABCDX", "rows with assumed fields")
    return _table(head, rows) + "\n\n## Sources by file\n\n" + "\n".join(sources)


def limits() -> str:
    """The limits of files and figures, from the code that holds them."""
    from planner.validate import cells, rows
    from planner.workbook import archive, csv_file

    mb = 1_000_000
    return _table(("what", "limit"), [
        ("workbook, packed and unpacked", f"{archive.MAX_BYTES // mb} MB each"),
        ("parts inside a workbook", f"{archive.MAX_ENTRIES:,}, no name twice"),
        ("unpacked over packed size of a part above 1 MB", f"{archive.MAX_RATIO}"),
        ("used range of a sheet",
         f"{archive.MAX_ROWS:,} rows, {archive.MAX_COLUMNS} columns, {archive.MAX_AREA:,} cells"),
        ("rows of one table", f"{rows.MOST_ROWS:,}"),
        ("CSV, EPW or TMY3 file",
         f"{csv_file.MAX_BYTES // mb} MB, {csv_file.MAX_ROWS:,} rows, {csv_file.MAX_CELLS:,} cells"),
        ("a figure", f"0, or {cells.SMALLEST:g} to {cells.LARGEST:g} in size"),
        ("a text", f"{cells.LONGEST:,} characters, no control characters"),
        ("a date", f"{cells.YEARS[0]} to {cells.YEARS[1]}"),
    ])  # fmt: skip


GENERATED: dict[str, Callable[[], str]] = {
    "families": families, "schema": schema, "options": options, "grades": grades, "limits": limits,
}  # fmt: skip


def text_of(page: str) -> str:
    """A page's Markdown with all its parts in place."""

    def part(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if kind == "generated":
            return GENERATED[name]()
        return _without_foreign_links((ROOT / name).read_text(encoding="utf-8"))

    return _DIRECTIVE.sub(part, (PAGES / f"{page}.md").read_text(encoding="utf-8"))


def _without_foreign_links(text: str) -> str:
    """Links of an included file lead to other files of the repository: kept as the file's name."""
    return re.sub(r"\[([^\]]*)\]\((?!https?:)[^)]*\)", r"\1", text)


def title_of(page: str) -> str:
    """A page's first heading."""
    return re.findall(
        r"^# (.*)", text_of(page) if page == "changelog" else (PAGES / f"{page}.md").read_text("utf-8"), re.M
    )[0]


def build(target: Path) -> list[Path]:
    """Write every page into a folder; returns them."""
    from markdown_it import MarkdownIt

    render = MarkdownIt("commonmark", {"html": False}).enable("table").render
    target.mkdir(parents=True, exist_ok=True)
    titles = {page: title_of(page) for page in ORDER}
    made = []
    for page in ORDER:
        current = ' aria-current="page"'
        links = (f'<a href="{p}.html"{current if p == page else ""}>{html.escape(t)}</a>' for p, t in titles.items())
        body = re.sub(r"<!--.*?-->", "", render(text_of(page)))
        body = re.sub(r'href="(\w+)\.md(#[\w-]*)?"', r'href="\1.html\2"', body)
        body = re.sub(r"<table>", '<div class="wide"><table>', body).replace("</table>", "</table></div>")
        path = target / f"{page}.html"
        filled = _PAGE.format(title=html.escape(titles[page]), style=_STYLE, nav="".join(links), body=body)
        path.write_text(filled, encoding="utf-8", newline="\n")
        made.append(path)
    shutil.copy(ROOT / "reports" / "samples" / "report.png", target / "report.png")
    return made


def main() -> None:
    """Write the site."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "out" / "site")
    target = parser.parse_args().output
    print(f"Written: {len(build(target))} pages, {target / 'index.html'}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
