"""Workbooks with something changed: one cell, several, rows, series, layout, XML, bytes, CSV, a vendor's form.

Half of the changes are what a user might well type (other sizes, other choices, a blank), half are what nobody should.
A mutant is made from (seed, number) alone, so that every finding can be made again."""

from __future__ import annotations

import copy
import datetime as dt
import importlib.util
import random
import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from planner.quotation_file import TABLE, fields, write_form
from planner.schema import HEADER_ROW, SHEETS, Column, referenced, sheet
from planner.workbook import read_workbook

ROOT = Path(__file__).resolve().parents[2]


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"fuzz_{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SMALL = _module(ROOT / "tests" / "app" / "conftest.py")
_ENGINE = {"name": "engine", "unit_kw": 500, "price": 900, "max_units": 3, "spare_units": 1, "min_load_pct": 40} | {
    "full_load_efficiency_pct": 42,
    "no_load_fuel_pct": 10,
    "fuel_price": 30,
    "fuel_carbon_g_per_kwh": 202,
    "om_price": 8,
    "start_cost": 100,
}
_CALLS = {"name": "DR", "called_series": "calls", "baseline_mw": 3, "max_mw": 1} | {
    "ready_price": 9000,
    "called_price": 90,
}
_ON_SITE: dict[str, list[dict[str, Any]]] = {"Generators": [_ENGINE], "DemandResponse": [_CALLS]}
_RISE = {"sheet": "TariffEnergy", "row": "TOU, day", "column": "price"}
_BOUGHT: dict[str, list[dict[str, Any]]] = {
    "PowerPurchase": [{"name": "sun", "output_series": "pv", "price": 60, "max_mw": 2, "delivery_fee": 90}],
    "Sweep": [{"name": "day", "form": "uniform", "low": 150_000, "high": 250_000, **_RISE}],
    "Scenarios": [{"name": "low", "probability": 0.4}, {"name": "high", "probability": 0.6}],
    "ScenarioInputs": [{"scenario": "high", "value": "260000", **_RISE}],
    "SiteRanges": [{"moves": "tariff", "low": 0.5, "high": 2, "grade": "X"}],
}
_STAGED: dict[str, list[dict[str, Any]]] = {
    "Stages": [{"name": "start", "start_year": 0}, {"name": "grown", "start_year": 4, "demand_factor": 1.3}],
    "StageDemand": [{"stage": "grown", "workload": "batch", "factor": 1.2}],
    "StagePrices": [{"stage": "grown", "item": "air rack", "price": 900_000}],
}
_FORM = {
    "name": "pod 2",
    "vendor": "C",
    "kind": "integrated",
    "it_kw": 1200,
    "electrical_kw": 1200,
    "cooling": "liquid",
}
_FORM |= {"heat_kw": 1300, "rack_limit_kw": 200, "ex_works": 7_000_000, "lead_p50_months": 10, "currency": "USD"}

NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1, 0.5, 1e-9, 1e-300, 1e6, 1e9, 1e15, 1e308),
    *(-1e-7, 1e-7, 100, 101, 2**53 + 1, 99999999),
)
TEXTS = (
    *("", " ", "\n", "nan", "NaN", "inf", "-inf", "1e999", "1,5", "1 000", "12 MW", "8%", "TRUE", "null"),
    *("None", "yes", "no"),
    *("日本語", "Ünïcødé", "🏭"),
    *("\u202eevil", "a\u0301", "\u200b", "\ufeff", "x" * 33, "y" * 32_000, "٣", "½"),
    *("1\u00a0000",),
    *("<script>alert(1)</script>", "=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)"),
    *("'5", '"', "{{7*7}}", "%s%n"),
    *("../../etc/passwd:x", "C:\\x.csv:y", "x.csv", "x.csv:", ":y", "CON", "a;b", "a,b", "[x]"),
    *("a.b", "#N/A", "#DIV/0!"),
    *("all", "1-12", "13", "2-", "2023-02-30", "2023-01-02T25:00", "0001-01-01", "9999-12-31", "31/12/2023"),
)
OTHERS: tuple[Any, ...] = (
    *(None, True, False, dt.date(2023, 1, 2), dt.datetime(1900, 1, 1), dt.datetime(9999, 12, 31, 23, 59)),
    *(dt.time(12, 30), dt.timedelta(hours=30)),
)


@dataclass(frozen=True)
class Mutant:
    """A workbook on disk, or a workbook and a vendor's form."""

    number: int
    kind: str
    what: str
    """what was changed, for the log"""
    path: Path
    form: Path | None = None
    cell: str = ""
    """address of the one cell that was changed; empty where more was"""


def base(folder: Path, rng: random.Random) -> Any:
    """A small valid workbook of 24 hours; half of them with sheets that few use: generators and demand response,
    contracts and what only other commands read, or stages."""
    book = SMALL.SmallWorkbook(folder)
    more = rng.choices(({}, _ON_SITE, _BOUGHT, _STAGED), (5, 2, 2, 1))[0]
    book.rows |= copy.deepcopy(more)
    if more is _ON_SITE:
        book.series["calls"] = [1.0 if h in (17, 18) else 0.0 for h in range(24)]
    if more is _BOUGHT:
        book.project |= {"clean_yearly_pct": 20, "clean_hourly_pct": 10}
    return book


def make(seed: int, number: int, folder: Path) -> Mutant:
    """Mutant `number` of a run, written into `folder`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's remarks on what it is made to write
        return _made(random.Random(f"{seed}/{number}"), number, folder)


def _made(rng: random.Random, number: int, folder: Path) -> Mutant:
    kinds, weights = zip(*_KINDS, strict=True)
    (kind,) = rng.choices(kinds, weights)
    book = base(folder, rng)
    path, form, what, cell = folder / "mutant.xlsx", None, "", ""
    if kind == "form":
        what, form = _form(book, rng, folder)
    elif kind in ("xml", "bytes"):
        book.write(path.name)
        what = (_xml if kind == "xml" else _bytes)(path, rng)
    elif kind == "cell":
        what, cell = _cell(book, rng)
        book.write(path.name)
    else:
        what = _KINDS_OF_BOOK[kind](book, rng)
        book.write(path.name)
    return Mutant(number, kind, what, path, form, cell)


def value(rng: random.Random, column: Column | None, now: Any, book: Any) -> Any:
    """Something for a cell: half of the time what its column might well hold."""
    if rng.random() < 0.5:
        return _plausible(rng, column, now, book)
    return rng.choice(rng.choice((NUMBERS, TEXTS, OTHERS)))


def _plausible(rng: random.Random, column: Column | None, now: Any, book: Any) -> Any:
    if column is not None and column.choices:
        return rng.choice(column.choices)
    if column is not None and column.kind == "yes_no":
        return rng.choice(("yes", "no"))
    if column is not None and column.kind == "series":
        return rng.choice(list(book.series))
    if column is not None and column.references:
        names = [row.get(c.name) for s, c in referenced(column) for row in book.rows.get(s.name, [])]
        return rng.choice([n for n in names if n is not None] or [None])
    if column is not None and column.kind in ("text", "months", "date", "date_time"):
        return rng.choice((now, column.example, None))
    known = isinstance(now, (int, float)) and not isinstance(now, bool) and now
    start = now if known else getattr(column, "example", 1)
    if not isinstance(start, (int, float)) or rng.random() < 0.15:
        return None
    moved = start * rng.choice((0, 0.5, 0.8, 0.95, 1.05, 1.25, 2, 3))
    return round(moved) if column is not None and column.kind == "integer" else float(f"{moved:.6g}")


def _cell(book: Any, rng: random.Random) -> tuple[str, str]:
    """Change one cell; returns it in words, and its address."""
    sheets = [s for s in SHEETS if s.layout == "record" or (s.layout == "rows" and book.rows.get(s.name))]
    target = rng.choices(sheets, [len(s.columns) for s in sheets])[0]
    column = rng.choice(target.columns)
    rows = [book.project] if target.layout == "record" else book.rows[target.name]
    number = rng.randrange(len(rows))
    old = rows[number].get(column.name)
    new = value(rng, column, old, book)
    rows[number][column.name] = new
    address = book.cell(target.name, column.name, number)
    return f"{address} ({target.name}.{column.name}): {old!r} -> {str(new)[:40]!r}", address


def _cells(book: Any, rng: random.Random) -> str:
    return "; ".join(_cell(book, rng)[0] for _ in range(rng.randint(2, 6)))


def _rows(book: Any, rng: random.Random) -> str:
    name = rng.choice([n for n, rows in book.rows.items() if rows])
    rows = book.rows[name]
    deed = rng.choice(("remove", "double", "copy", "shuffle", "off", "empty", "blank"))
    number = rng.randrange(len(rows))
    if deed == "remove":
        del rows[number]
    elif deed == "empty":
        rows.clear()
    elif deed == "double":
        rows.insert(rng.randint(0, len(rows)), copy.deepcopy(rows[number]))
    elif deed == "copy":
        key = (sheet(name).key or ("name",))[0]
        rows.append({**rows[number], key: f"{rows[number].get(key)} 2"})
    elif deed == "shuffle":
        rng.shuffle(rows)
    elif deed == "blank":
        rows.insert(rng.randint(0, len(rows)), {})
    else:
        rows[number]["available"] = "no"
    return f"{deed} {name}[{number}]"


def _series(book: Any, rng: random.Random) -> str:
    name = rng.choice(list(book.series))
    values: list[Any] = book.series[name]
    deed = rng.choice(("one", "one", "scale", "shift", "flat", "gone", "short", "renamed", "swap"))
    hour = rng.randrange(len(values))
    if deed == "one":
        values[hour] = value(rng, None, values[hour], book)
    elif deed == "scale":
        factor = rng.choice((0, 0.5, 0.9, 1.1, 2, -1, 1e6))
        book.series[name] = [v * factor for v in values]
    elif deed == "shift":
        book.series[name] = values[hour:] + values[:hour]
    elif deed == "flat":
        book.series[name] = [values[hour]] * len(values)
    elif deed == "gone":
        del book.series[name]
    elif deed == "short":
        book.series[name] = values[:hour] + [None] * (len(values) - hour)
    elif deed == "renamed":
        book.series = {rng.choice(("", "dry", "HOUR", "a b", name.upper())) if k == name else k: v
                       for k, v in book.series.items()}  # fmt: skip
    else:
        other = rng.choice(list(book.series))
        book.series[name], book.series[other] = book.series[other], values
    return f"{deed} Hourly.{name}[{hour}]"


def _csv(book: Any, rng: random.Random) -> str:
    """The weather moves into a CSV file, which is then damaged."""
    names = ("dry", "wet", "rh")
    lines = [",".join(names)] + [",".join(str(book.series[n][h]) for n in names) for h in range(24)]
    text = rng.choice(("\n", "\r\n")).join(lines) + rng.choice(("", "\n"))
    deed = rng.choice(("same", "same", "cut", "cell", "latin", "binary", "semicolon", "wide", "empty", "quote", "bom"))
    data = text.encode("utf-16" if deed == "bom" and rng.random() < 0.5 else "utf-8-sig" if deed == "bom" else "utf-8")
    if deed == "cut":
        data = data[: rng.randrange(len(data))]
    elif deed == "cell":
        old = str(book.series["dry"][12]).encode()
        data = data.replace(old, str(rng.choice((*NUMBERS, *TEXTS))).encode(), 1)
    elif deed == "latin":
        data = data.replace(b"dry", "dr\xff".encode("latin-1"), 1)
    elif deed == "binary":
        data = rng.randbytes(2000)
    elif deed == "semicolon":
        data = data.replace(b",", b";")
    elif deed == "wide":
        data = data.replace(b"\n", b",1" * 3000 + b"\n", 1)
    elif deed == "empty":
        data = b""
    elif deed == "quote":
        data = data.replace(b",", b',"', 1)
    (book.folder / "weather.csv").write_bytes(data)
    for name in names:
        book.rows["Sites"][0][{"dry": "dry_bulb", "wet": "wet_bulb", "rh": "humidity"}[name] + "_series"] = (
            f"weather.csv:{name}"
        )
    return f"csv {deed}"


def _layout(book: Any, rng: random.Random) -> str:
    target = rng.choice([s for s in SHEETS if s.table])
    deed, edit = rng.choice(list(_EDITS.items()))
    book.edits.append(lambda b: edit(b, target, rng))
    return f"{deed} {target.name}"


def _only_table(page: Any) -> Any:
    return next(iter(page.tables.values()))


def _rename_table(b: Any, s: Any, rng: random.Random) -> None:
    table = _only_table(b[s.name])
    b[s.name].tables.clear()
    table.displayName = table.name = rng.choice(("Table1", "tbl_x", s.table.lower(), s.table + "2"))
    b[s.name].add_table(table)


def _resize(b: Any, s: Any, rng: random.Random) -> None:
    table = _only_table(b[s.name])
    left, top, right, bottom = openpyxl.utils.range_boundaries(table.ref)
    right, bottom = max(left, right + rng.choice((-2, -1, 0, 1))), max(top + 1, bottom + rng.choice((-1, 1, 3, 400)))
    table.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"


def _header(b: Any, s: Any, rng: random.Random) -> None:
    cell = b[s.name].cell(HEADER_ROW, rng.randint(1, max(len(s.header), 1)))
    cell.value = rng.choice((None, "x", str(cell.value).upper(), f" {cell.value} ", 7, s.header[0] if s.header else ""))


def _move(b: Any, s: Any, rng: random.Random) -> None:
    page = b[s.name]
    page.move_range(page.dimensions, rows=rng.choice((0, 1, 3)), cols=rng.choice((0, 1)))


def _duplicate(b: Any, s: Any, rng: random.Random) -> None:
    b.copy_worksheet(b[s.name])


def _merge(b: Any, s: Any, rng: random.Random) -> None:
    row, column = rng.randint(1, 8), rng.randint(1, 4)
    b[s.name].merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column + 1)


_EDITS: dict[str, Callable[[Any, Any, random.Random], None]] = {
    "rename table": _rename_table,
    "resize": _resize,
    "header": _header,
    "move": _move,
    "duplicate sheet": _duplicate,
    "merge": _merge,
    "remove sheet": lambda b, s, rng: b.remove(b[s.name]),
    "rename sheet": lambda b, s, rng: setattr(b[s.name], "title", rng.choice((s.name.lower(), "Sheet1", "日本"))),
    "hide": lambda b, s, rng: setattr(b[s.name], "sheet_state", rng.choice(("hidden", "veryHidden"))),
    "no table": lambda b, s, rng: b[s.name].tables.clear(),
    "insert column": lambda b, s, rng: b[s.name].insert_cols(rng.randint(1, 4)),
    "insert row": lambda b, s, rng: b[s.name].insert_rows(rng.randint(1, 7)),
    "delete row": lambda b, s, rng: b[s.name].delete_rows(rng.randint(1, 7)),
    "far cell": lambda b, s, rng: b[s.name].cell(rng.choice((90, 5000, 1_048_576)), rng.choice((1, 80, 16_384)), 1),
    "chart sheet": lambda b, s, rng: b.create_chartsheet("Chart"),
    "order": lambda b, s, rng: b.move_sheet(s.name, rng.randint(-30, 30)),
}  # fmt: skip


def _xml(path: Path, rng: random.Random) -> str:
    with zipfile.ZipFile(path) as source:
        parts = {info.filename: source.read(info) for info in source.infolist()}
    name = rng.choice(list(parts))
    deed = rng.choice(("tag", "attribute", "number", "noise", "gone", "renamed", "cut", "double", "far", "empty"))
    if deed == "gone":
        del parts[name]
    elif deed == "renamed":
        parts[rng.choice(("../" + name, "/" + name, name.upper(), "C:\\" + name))] = parts.pop(name)
    else:
        parts[name] = _damaged(parts[name], deed, rng)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part, content in parts.items():
            target.writestr(part, content)
    return f"xml {deed} {name}"


def _damaged(content: bytes, deed: str, rng: random.Random) -> bytes:
    text = content.decode("utf-8")
    found = {"tag": r"<[^>]+>", "double": r"<[^>]+/>", "attribute": r'"[^"]*"', "number": r"\d+"}
    found["far"] = r'r="[A-Z]+\d+"'
    if deed in found:
        hits = list(re.finditer(found[deed], text))
        if not hits:
            return content
        hit = rng.choice(hits)
        new = {"tag": "", "double": hit.group() * 2, "far": 'r="XFD1048576"'}.get(deed)
        if new is None:
            values = ("0", "-1", "99999999999999999999", "x", "", "1e400", "\u0660", "&lt;")
            new = f'"{rng.choice(values)}"' if deed == "attribute" else rng.choice(values)
        return (text[: hit.start()] + new + text[hit.end() :]).encode()
    if deed == "noise":
        at = rng.randrange(len(content))
        return content[:at] + rng.randbytes(rng.randint(1, 20)) + content[at:]
    return b"" if deed == "empty" else content[: rng.randrange(len(content))]


def _bytes(path: Path, rng: random.Random) -> str:
    data = bytearray(path.read_bytes())
    deed = rng.choice(("flip", "flip", "cut", "append", "zero"))
    if deed == "flip":
        for _ in range(rng.randint(1, 5)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif deed == "cut":
        del data[rng.randrange(len(data)) :]
    elif deed == "append":
        data += rng.randbytes(100)
    else:
        at = rng.randrange(len(data))
        data[at : at + 64] = bytes(len(data[at : at + 64]))
    path.write_bytes(bytes(data))
    return f"bytes {deed}"


def _form(book: Any, rng: random.Random, folder: Path) -> tuple[str, Path]:
    """A workbook and a vendor's form, filled in, one or two of its fields changed or its file damaged."""
    path = book.write("mutant.xlsx")
    form = folder / "form.xlsx"
    write_form(form, read_workbook(path))
    filled = openpyxl.load_workbook(form)
    page = filled.active
    top = int(page.tables[TABLE].ref.split(":")[0].lstrip("ABCDEFGHIJ"))
    kinds = {c.name: c for _, c in fields()}
    rows = {page.cell(r, 1).value: r for r in range(top + 1, top + 1 + len(kinds))}
    for name, number in _FORM.items():
        page.cell(rows[name], 2, number)
    told = []
    for name in rng.sample(list(rows), rng.randint(0, 2)):
        new = value(rng, kinds[name], _FORM.get(name), book)
        page.cell(rows[name], 2).value = new
        told.append(f"{name} -> {str(new)[:40]!r}")
    if rng.random() < 0.1:
        page.delete_rows(rng.randint(1, 12))
        told.append("row deleted")
    filled.save(form)
    if rng.random() < 0.15:
        told.append(_xml(form, rng))
    return "form: " + "; ".join(told), form


_KINDS_OF_BOOK: dict[str, Callable[[Any, random.Random], str]] = {
    "cells": _cells,
    "rows": _rows,
    "series": _series,
    "csv": _csv,
    "layout": _layout,
}
_KINDS = (("cell", 48), ("cells", 9), ("rows", 10), ("series", 8), ("csv", 3), ("layout", 10), ("xml", 6), ("bytes", 2),
          ("form", 4))  # fmt: skip


def unchanged(folder: Path) -> Path:
    """The base workbook itself."""
    return Path(SMALL.SmallWorkbook(folder).write("mutant.xlsx"))
