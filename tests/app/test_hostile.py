"""Files made to hurt: each is refused in words that name the limit, or read as harmless; nothing in them is run, opened
or passed on to whoever reads the documents."""

from __future__ import annotations

import csv
import gzip
import io
import re
import struct
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from planner.cli import cli
from planner.errors import BadWorkbook
from planner.validate import ValidatedCase, validate
from planner.validate.cells import LARGEST, LONGEST
from planner.validate.rows import MOST_ROWS
from planner.workbook import archive, csv_file, read_workbook


def refusal(path: Path) -> str:
    """All findings about a file, in words; empty if it is read."""
    try:
        validate(read_workbook(path))
    except BadWorkbook as bad:
        return "\n".join(str(f) for f in bad.findings)
    return ""


def repacked(path: Path, **changes: bytes | None) -> Path:
    """The workbook with parts added or replaced; names are written with `__` for `/` and `_dot_` for `.`."""
    with zipfile.ZipFile(path) as source:
        parts = {n: source.read(n) for n in source.namelist()}
    for name, content in changes.items():
        parts[name.replace("__", "/").replace("_dot_", ".")] = content or b""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return path


def test_a_zip_bomb_names_the_limits(small: Any) -> None:
    """Proves that 60 MB that pack to nothing are refused before they are unpacked, and that the limits are told."""
    found = refusal(repacked(small.write(), xl__media__big_dot_bin=b"0" * 60_000_000))
    assert "unpack to a huge size" in found
    assert f"{archive.MAX_BYTES // 10**6} MB" in found and f"{archive.MAX_RATIO} times" in found


def test_a_zip_that_lies_about_sizes_is_refused(small: Any) -> None:
    """Proves that a part whose true size is hidden is not unpacked: the size in the directory is what is read."""
    path = repacked(small.write(), xl__lie_dot_xml=b"<a>" + b" " * 3_000_000 + b"</a>")
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"xl/lie.xml") - 46  # of the central directory
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + 24 : entry + 28] = struct.pack("<I", 100)
    path.write_bytes(bytes(data))
    assert "damaged file" in refusal(path)


def test_too_many_parts_name_the_limit(small: Any) -> None:
    """Proves the limit of parts; a parser would spend its time on them."""
    many = {f"xl__p{n}_dot_xml": b"<a/>" for n in range(archive.MAX_ENTRIES)}
    assert f"limit: {archive.MAX_ENTRIES:,}" in refusal(repacked(small.write(), **many))


def test_entities_are_found_wherever_they_stand(small: Any) -> None:
    """Proves that a long comment, or UTF-16, does not hide entity declarations from the check."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><x>&a;</x>'
    hidden = b"<!--" + b"-" * 5000 + b"-->" + bomb.encode()
    for content in (hidden, bomb.encode("utf-16")):
        assert "entity declarations in xl/extra.xml" in refusal(repacked(small.write(), xl__extra_dot_xml=content))


def test_a_copy_with_comments_does_not_open_a_bomb(small: Any, tmp_path: Path) -> None:
    """Proves that `aidc check -o`, which opens the workbook a second time, keeps to the same limits: the copy is a list
    alone."""
    path = repacked(small.write(), xl__media__big_dot_bin=b"0" * 60_000_000)
    result = CliRunner().invoke(cli, ["check", str(path), "-o", str(tmp_path / "copy.xlsx")])
    assert result.exit_code == 3
    assert len(openpyxl.load_workbook(tmp_path / "copy.xlsx").sheetnames) == 1


def test_macros_and_links_are_left_alone(small: Any) -> None:
    """Proves that a macro and a link to another workbook change nothing: the case is the same, from the values that
    were saved; a linked file that does not exist is not missed."""
    plain = validate(read_workbook(small.write("plain.xlsx")))
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    parts = {"xl__vbaProject_dot_bin": b"\xd0\xcf\x11\xe0 Shell", "xl__externalLinks__externalLink1_dot_xml": link}
    loaded = validate(read_workbook(repacked(small.write("loaded.xlsm"), **parts)))
    assert repr(loaded.case) == repr(plain.case)


@pytest.mark.parametrize(
    "name",
    [
        *("../w.csv:x", "a/../../w.csv:x", "..\\w.csv:x", "/etc/w.csv:x", "C:\\w.csv:x", "\\\\host\\w.csv:x"),
        *("CON.csv:x", "nul.csv:x", "a/com1.csv:x", "LPT9 .csv:x", "w.csv.:x", "w.csv:stream.csv:x"),
        *("y" * 900 + ".csv:x", "out.csv:x", "pipe.csv:x", "w\t.csv:x"),
    ],
)  # fmt: skip
def test_series_names_stay_in_the_folder(small: Any, tmp_path: Path, name: str) -> None:
    """Proves that a workbook of a stranger cannot make the planner read files elsewhere (by `..`, an absolute path or a
    symbolic link), devices of Windows, or a pipe; each ends at the cell that names it."""
    small.folder = tmp_path / "mine"
    small.folder.mkdir()
    (tmp_path / "w.csv").write_text("x\n" + "1\n" * 24, encoding="utf-8")
    if name.startswith("out"):
        (small.folder / "out.csv").symlink_to(tmp_path / "w.csv")
    if name.startswith("pipe"):
        import os

        getattr(os, "mkfifo", Path.touch)(small.folder / "pipe.csv")
    small.rows["Sites"][0]["dry_bulb_series"] = name
    found = refusal(small.write())
    assert small.cell("Sites", "dry_bulb_series") in found and "expected" in found or "there is no file" in found


def test_absurd_dimensions_name_their_limits(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves the limits of rows, figures, texts and CSV files, each named in its finding."""
    small.rows["Racks"] += [{**small.rows["Racks"][0], "name": f"rack {n}"} for n in range(MOST_ROWS)]
    assert f"at most {MOST_ROWS:,} rows" in refusal(small.write())
    del small.rows["Racks"][2:]
    small.rows["Storage"][0]["power_price"] = 1e308
    small.series["dry"][3] = -1e15
    small.rows["Racks"][0]["name"] = "y" * 30_000
    found = refusal(small.write())
    assert f"to {LARGEST:g} in size" in found and f"below {LARGEST:g} in size" in found
    assert f"at most {LONGEST:,} characters" in found and len(found) < 3000
    monkeypatch.setattr(csv_file, "MAX_CELLS", 20)
    (small.folder / "w.csv").write_text("x\n" + "1\n" * 24, encoding="utf-8")
    small.rows["Sites"][0]["dry_bulb_series"] = "w.csv:x"
    assert "limits: 600,000 rows, 20 cells" in refusal(small.write())


def test_sizes_of_files_and_sheets_name_their_limits(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves the limits of a whole file, packed, of a CSV file and of a sheet's used range: each refusal says how much
    is allowed, so that whoever made the file by honest means knows what to do."""
    small.rows["Sites"][0]["dry_bulb_series"] = "w.csv:x"
    (small.folder / "w.csv").write_text("x\n" + "1\n" * 24, encoding="utf-8")
    path = small.write()
    monkeypatch.setattr(csv_file, "MAX_BYTES", 10)
    assert "larger than 0 MB" in refusal(path)
    small.edits.append(lambda book: book["Racks"].cell(archive.MAX_ROWS + 1, 1, 1))
    limits = f"limits: {archive.MAX_ROWS:,} rows, {archive.MAX_COLUMNS} columns, {archive.MAX_AREA:,} cells"
    assert limits in refusal(small.write())
    monkeypatch.setattr(archive, "MAX_BYTES", 2_000)
    assert "a file larger than 0 MB" in refusal(path)


def test_dates_beyond_the_calendar(small: Any) -> None:
    """Found by fuzzing: a year that starts on the last day there is ended in an overflow."""
    small.project["year_start"] = "9999-12-31"
    assert small.cell("Project", "year_start") in refusal(small.write()) and "1900 to 2200" in refusal(small.write())


def test_texts_that_a_terminal_would_obey(small: Any) -> None:
    """Proves that control characters and those that turn the direction of writing are refused at their cell."""
    for name in ("a\u202etxt.exe", "a\x9b2J"):
        small.rows["Racks"][0]["name"] = name
        assert "text without control characters" in refusal(small.write()).partition("\n")[0]


EVIL = '=HYPERLINK("http://evil.example","x")'
MARKUP = "</script><img src=x onerror=alert(1)>{{7*7}}"


class _Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def _as_texts(book: openpyxl.Workbook) -> None:
    """What begins like a formula is stored as a text, as Excel does after an apostrophe."""
    for cell in (c for page in book for row in page.iter_rows() for c in row if c.data_type == "f"):
        cell.data_type = "s"


@pytest.fixture(scope="module")
def infected(tmp_path_factory: pytest.TempPathFactory, small_workbook: Any) -> Path:
    """The result folder of a plan whose every name is a formula or markup."""
    small = small_workbook(tmp_path_factory.mktemp("infected"))
    small.project["name"] = f"{EVIL}{MARKUP}"
    for row in (*small.rows["Sites"], *small.rows["Workloads"], *small.rows["Racks"], *small.rows["Offers"]):
        row["source"] = MARKUP
        row["name"] = {"train": "train"}.get(row["name"], f"{EVIL}{MARKUP} {row['name']}")
    for row in small.rows["OperatingPoints"]:
        row["rack"] = f"{EVIL}{MARKUP} {row['rack']}"
    small.rows["Quotations"][0]["offer"] = f"{EVIL}{MARKUP} pod"
    small.edits.append(_as_texts)
    folder = small.folder / "plan"
    result = CliRunner().invoke(cli, ["plan", str(small.write()), "-o", str(folder)])
    assert result.exit_code == 0, result.output
    return folder


def test_no_formula_or_link_gets_into_the_workbook(infected: Path) -> None:
    """Proves that names stay texts in plan.xlsx: as a formula, Excel would run it on opening; as a link, follow it."""
    book = openpyxl.load_workbook(infected / "plan.xlsx")
    seen = 0
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert "HYPERLINK" not in str(cell.value) and "evil" not in str(cell.value)
                assert cell.hyperlink is None or not (cell.hyperlink.target or "").startswith("http")
                seen += EVIL in str(cell.value)
    assert seen > 5
    with zipfile.ZipFile(infected / "plan.xlsx") as parts:
        assert not any("externalLink" in name or "vbaProject" in name for name in parts.namelist())


def test_no_markup_gets_into_the_page(infected: Path) -> None:
    """Proves that names are escaped everywhere on the page, in charts too: no element and no handler comes from them,
    nothing is fetched from elsewhere, and templates in them are not evaluated."""
    page = (infected / "report.html").read_text(encoding="utf-8")
    elements = _Elements(page).seen
    assert not [a for _, a in elements if "onerror" in a or a.get("src") == "x"]
    assert not [a for _, a in elements for key in ("src", "href") if str(a.get(key, "")).startswith(("http", "//"))]
    assert "evil.example" in page and "49" not in re.findall(r"onerror=alert\(1\)&gt;(\d+)", page)
    scripts = re.findall(r"<script\b[^>]*>(.*?)</script>", page, flags=re.DOTALL)
    assert not [s for s in scripts if "evil.example" in s and "<img" in s]


def test_no_formula_gets_into_the_table_of_hours(infected: Path) -> None:
    """Proves that no heading of operation.csv.gz, which is often opened in Excel, begins like a formula."""
    with gzip.open(infected / "operation.csv.gz", "rt", encoding="utf-8") as stream:
        heads = next(csv.reader(io.StringIO(stream.read())))
    assert any(EVIL in head for head in heads)
    assert not [head for head in heads if head.startswith(("=", "+", "-", "@", "\t"))]


def test_the_base_is_sound(small: Any) -> None:
    """Proves that the refusals above are due to what was planted."""
    assert isinstance(validate(read_workbook(small.write())), ValidatedCase)
