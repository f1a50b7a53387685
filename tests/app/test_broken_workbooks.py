"""Each broken workbook gives exactly its finding, at its cell, in words; never a traceback, never a second finding that
only follows from the first."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from planner.errors import BadWorkbook, Finding
from planner.validate import validate
from planner.workbook import archive, read_workbook


def findings(path: Path) -> tuple[Finding, ...]:
    """What is wrong with a workbook; empty if nothing is."""
    try:
        validate(read_workbook(path))
    except BadWorkbook as bad:
        return bad.findings
    return ()


CELLS: list[tuple[str, int, str, Any, str]] = [
    ("Racks", 0, "peak_kw", "abc", "text 'abc'"),
    ("Racks", 0, "peak_kw", "40,5", "did you mean 40.5?"),
    ("Racks", 1, "price", "3\u202f100\u202f000", "did you mean 3100000?"),
    ("Racks", 0, "peak_kw", None, "found a blank cell, expected a number above 0"),
    ("Racks", 0, "peak_kw", -40, "found -40, expected a number above 0"),
    ("Racks", 0, "price", "#N/A", "the error #N/A"),
    ("Racks", 0, "price", "=2*500000", "never calculated"),
    ("Racks", 0, "price", True, "found TRUE"),
    ("Racks", 0, "idle_kw", 41, "at most peak_kw, 40"),
    ("Racks", 1, "max_racks", 2.5, "a whole number"),
    ("Racks", 1, "liquid_share_pct", 130, "at most 100"),
    ("Racks", 0, "name", "liquid rack", "a second time"),
    ("Racks", 0, "asset_class", "computers", "a name of AssetClasses, column name"),
    ("Racks", 0, "available", "perhaps", "yes or no"),
    ("Racks", 0, "grade", "E", "one of A, B, C, D, X"),
    ("Racks", 0, "assumed_fields", "peak_power", "columns of this table"),
    ("Racks", 1, "liquid_share_pct", 95, "a cooling type that carries 132 kW"),
    ("Racks", 1, "max_supply_c", 30, "a cooling type that carries 132 kW"),
    ("Project", 0, "name", None, "a blank cell"),
    ("Project", 0, "discount_pct", "8%", "text '8%'"),
    ("Project", 0, "year_start", "2 January", "a date"),
    ("Project", 0, "step_minutes", 45, "one of 5, 10, 15"),
    ("Sites", 0, "tariff", "TUO", "did you mean TOU?"),
    ("Sites", 0, "tariff", None, "price_series"),
    ("Sites", 0, "contract_mw", 9, "at most 8, what the connection carries"),
    ("Sites", 0, "take_or_pay_price", 0, "both energy and a price"),
    ("Sites", 0, "power_factor_target", 0, "both a target and a surcharge"),
    ("Sites", 0, "price_markup_pct", 5, "only applies to price_series"),
    ("Sites", 0, "carbon_g_per_kwh", None, "or a carbon_series"),
    ("Sites", 0, "dry_bulb_series", "temperature", "a column of sheet Hourly"),
    ("Sites", 0, "dry_bulb_series", "../weather.csv:dry", "leads out of it"),
    ("Sites", 0, "dry_bulb_series", "nowhere.csv:dry", "no file nowhere.csv"),
    ("Sites", 0, "humidity_series", None, "curve air curve"),
    ("Sites", 0, "wet_bulb_series", None, "curve liquid curve"),
    ("Sites", 0, "architecture", None, "there are racks"),
    ("Sites", 0, "export_price", 101_001, "at most the price of energy bought"),
    ("Sites", 0, "energised_month", 20, "at most 18"),
    ("Sites", 0, "tariff_currency", "JPY", "ExchangeRates"),
    ("Sites", 0, "design_margin_dry_k", 1, "not both"),
    ("TariffEnergy", 0, "price", "dear", "text 'dear'"),
    ("TariffEnergy", 1, "months", "summer", "6-8"),
    ("TariffDemand", 0, "ratchet_months", 0, "both a share and months"),
    ("TariffDemand", 1, "from_hour", 7, "as in the charge's first row"),
    ("TariffDemand", 1, "above_kw", 0, "each month in one row"),
    ("TariffBlocks", 1, "above_mwh", 0, "each month in one row"),
    ("TariffBlocks", 0, "charge", "not taken", "another name"),
    ("TariffPeaks", 0, "charge", "demand", "TariffDemand!B6"),
    ("TariffPeaks", 0, "start", "2023-01-03", "inside the operating year"),
    ("TariffPeaks", 0, "start", "2023-01-02T18:30", "start of a step"),
    ("TariffPeaks", 0, "hours", 7, "inside the operating year"),
    ("TariffPeaks", 0, "price", 0, "above 0"),
    ("Workloads", 0, "operating_class", "71B", "did you mean 70B?"),
    ("Workloads", 0, "profile", "morning", "a name of Profiles"),
    ("Workloads", 0, "requests_per_day", None, "or a requests_series"),
    ("Workloads", 0, "max_delay_h", 3, "does not apply where kind is interactive"),
    ("Workloads", 1, "max_delay_h", 2.5, "a whole number of steps"),
    ("Workloads", 1, "kind", "later", "one of interactive, deferrable, training"),
    ("Workloads", 2, "run_tokens_billion", 300, "at least"),
    ("Windows", 0, "start", "2023-01-03", "inside the operating year"),
    ("Windows", 0, "days", 2, "inside the operating year"),
    ("Windows", 0, "days", 0.51, "a whole number of steps"),
    ("Windows", 0, "workload", "chat", "a training workload"),
    ("Profiles", 0, "day_type", "weekday", "rows for weekday and weekend"),
    ("OperatingPoints", 0, "full_kw", 41, "idle and peak power"),
    ("OperatingPoints", 2, "utilisation_pct", None, "only make a rate together"),
    ("OperatingPoints", 2, "utilisation_counts", "hardware_flop", ""),
    ("Cooling", 1, "residual_air", "liquid", "an air system"),
    ("Cooling", 1, "curve", "curve 9", "a name of CoolingCurves"),
    ("CoolingCurves", 5, "driver", "dry_bulb", "wet_bulb, as in the curve's first row"),
    ("CoolingCurves", 4, "humidity_pct", 50, "does not apply"),
    ("Storage", 0, "round_trip_pct", None, "charging and discharging efficiency"),
    ("Storage", 0, "max_charge_pct", 4, "at least min_charge_pct"),
    ("Storage", 0, "cycle_life", 4000, "does not apply"),
    ("Offers", 0, "break2_ex_works", None, "both a count and a price"),
    ("Offers", 0, "break2_count", 3, "above the count of the break before"),
    ("Offers", 0, "max_count", 0, "at least min_count"),
    ("Offers", 0, "lead_p90_months", 8, "at least lead_p50_months"),
    ("Offers", 0, "heat_kw", None, "the heat that the cooling inside removes"),
    ("Offers", 2, "electrical_kw", 0, "a power unit feeds"),
    ("Offers", 3, "cooling", None, "cooling type of this cooling unit"),
    ("Offers", 0, "currency", "GBP", "ExchangeRates"),
    ("Quotations", 0, "offer", "pods", "a name of Offers"),
    ("Quotations", 0, "missing_scope", "crane, roof", "items of Scope"),
    ("Quotations", 0, "pay_order_pct", 60, "at most 100 % together"),
    ("Tender", 0, "most_vendors", 0, "at least 1"),
    ("ExchangeRates", 0, "rate", 0, "above 0"),
    ("AssetClasses", 1, "depreciation_years", None, "a blank cell"),
]


MENDED_AT = {
    ("Racks", "name", "liquid rack"): ("name", 1),  # the second of two
    ("Racks", "liquid_share_pct", 95): ("name", 1),
    ("Racks", "max_supply_c", 30): ("name", 1),
    ("OperatingPoints", "utilisation_counts", "hardware_flop"): ("flop_per_parameter_token", 2),
}
"""Where the finding stands when it is not the cell changed."""


@pytest.mark.parametrize(("name", "row", "column", "value", "words"), CELLS, ids=lambda v: str(v)[:24])
def test_one_wrong_cell_is_one_finding(small: Any, name: str, row: int, column: str, value: Any, words: str) -> None:
    """Proves that a mistake is found where it stands and only there; a check that guesses, skips or cascades fails."""
    target = small.project if name == "Project" else small.rows[name][row]
    target[column] = value
    found = findings(small.write())
    assert len(found) == 1, [str(f) for f in found]
    place, at = MENDED_AT.get((name, column, value), (column, row))
    assert found[0].cell == small.cell(name, place, at), str(found[0])
    assert words in str(found[0])
    assert found[0].table == f"tbl{name}" and "Traceback" not in str(found[0])


def test_the_words_of_a_finding(small: Any) -> None:
    """Pins the form that users and scripts rely on: cell, table and column, what was found, expected, an example."""
    small.rows["Racks"][0]["peak_kw"] = "40,5"
    assert [str(f) for f in findings(small.write())] == [
        "Racks!C6 (tblRacks, peak_kw): found text '40,5', expected a number above 0 [kW/rack], for example 132; "
        "the cell holds text; did you mean 40.5?"
    ]


def _rename(old: str, new: str, name: str = "Racks") -> Callable[[Workbook], None]:
    def edit(book: Workbook) -> None:
        cell = next(c for c in book[name][5] if c.value == old)
        cell.value = new

    return edit


def _without_table(book: Workbook) -> None:
    book["Racks"].delete_rows(1, 20)
    del book["Racks"].tables["tblRacks"]


def _percent(book: Workbook) -> None:
    book["Project"]["B21"].value, book["Project"]["B21"].number_format = 0.08, "0%"


def _merge(book: Workbook) -> None:
    book["Racks"].merge_cells("C6:C7")


BOOKS: list[tuple[str, Callable[[Workbook], None], str, str]] = [
    ("missing sheet", lambda b: b.remove(b["Storage"]), "Storage", "no such sheet"),
    ("missing table", _without_table, "Racks", "an Excel table named tblRacks"),
    ("missing column", _rename("max_racks", "remark"), "Racks", "no such column"),
    ("misspelt column", _rename("peak_kw", "peak_kww"), "Racks!C5", "found 'peak_kww', expected column peak_kw"),
    ("misspelt field", lambda b: b["Project"]["A6"].__setattr__("value", "nme"), "Project!A6", "expected field name"),
    ("merged cells", _merge, "Racks!C6", "merged cells"),
    ("row below the table", lambda b: b["Storage"].append(["LFP 2"]), "Storage!A7", "not part of the table"),
    ("percent format", _percent, "Project!B21", "shows 8% and so holds 0.08"),
    ("far corner", lambda b: b["Racks"].cell(1_048_576, 16_384, 1), "Racks!XFD1048576", "far away"),
]


@pytest.mark.parametrize(("edit", "cell", "words"), [b[1:] for b in BOOKS], ids=[b[0] for b in BOOKS])
def test_a_damaged_layout_is_one_finding(small: Any, edit: Callable[[Workbook], None], cell: str, words: str) -> None:
    """Proves that a missing or damaged part is named itself and not through all that depends on it."""
    small.edits.append(edit)
    found = findings(small.write())
    assert len(found) == 1, [str(f) for f in found]
    assert found[0].cell == cell and words in str(found[0]), str(found[0])


def _drop(name: str, row: int) -> Callable[[Any], None]:
    return lambda small: small.rows[name].pop(row)


def _add(name: str, row: dict[str, Any]) -> Callable[[Any], None]:
    return lambda small: small.rows[name].append(row)


def _short(small: Any) -> None:
    small.series = {k: v[:-1] for k, v in small.series.items()}


def _series(name: str, step: int, value: Any) -> Callable[[Any], None]:
    return lambda small: small.series[name].__setitem__(step, value)


def _put(name: str, row: int, **values: Any) -> Callable[[Any], None]:
    return lambda small: (small.project if name == "Project" else small.rows[name][row]).update(values)


def _unservable(small: Any) -> None:
    small.rows["OperatingPoints"][2].update(
        dict.fromkeys(list(small.rows["OperatingPoints"][2])[3:]), output_tokens_per_s=1
    )


def _soon(small: Any) -> None:
    small.project["need_month"] = 8
    small.rows["Sites"][0]["energised_month"] = 8


def _only_small_offers(small: Any) -> None:
    small.rows["Offers"] = [small.rows["Offers"][1] | {"it_kw": 20}]
    small.rows["Quotations"] = []


_POINT = {"rack": "air rack", "operating_class": "70B", "full_kw": 36, "output_tokens_per_s": 1}
_TENT = {"workload": "train", "start": "2023-01-02T12:00", "days": 0.25}
ROWS: list[tuple[str, Callable[[Any], None], tuple[str, str, int], str]] = [
    (
        "hours left out of the tariff",
        _put("TariffEnergy", 0, to_hour=20),
        ("TariffEnergy", "tariff", 0),
        "Mon 2023-01-02 20:00",
    ),
    (
        "hours twice in the tariff",
        _put("TariffEnergy", 1, to_hour=9),
        ("TariffEnergy", "period", 1),
        "row 6 (day)",
    ),
    (
        "second site",
        _add("Sites", {"name": "There", "grid_limit_mw": 1}),
        ("Sites", "name", 1),
        "one site in this command",
    ),
    ("same point twice", _add("OperatingPoints", _POINT), ("OperatingPoints", "rack", 3), "a second time"),
    ("missing point of a grid", _drop("CoolingCurves", 3), ("CoolingCurves", "curve", 0), "40 degC, 100 % is missing"),
    ("windows overlap", _add("Windows", _TENT), ("Windows", "start", 1), "windows overlap"),
    ("training without a window", _drop("Windows", 0), ("Workloads", "name", 2), "at least one row on sheet Windows"),
    ("workload that no rack serves", _unservable, ("Workloads", "name", 2), "training_tokens_per_s"),
    ("no offer holds a rack", _only_small_offers, ("Offers", "it_kw", 0), "an offer that holds a usable rack"),
    ("short series", _short, ("Hourly", "hour", 22), "found 23 rows, expected 24 rows"),
    ("hours out of order", _series("hour", 5, 6.0), ("Hourly", "hour", 5), "expected 5"),
    ("text in a series", _series("dry", 7, "12,5"), ("Hourly", "dry", 7), "expected a number"),
    ("blank in a series", _series("pv", 9, None), ("Hourly", "pv", 9), "a blank cell"),
    ("formula in a series", _series("pv", 9, "=1/2"), ("Hourly", "pv", 9), "never calculated"),
    ("Fahrenheit", _series("dry", 3, 95.0), ("Hourly", "dry", 3), "at most 70"),
    ("need before any lead time", _soon, ("Project", "need_month", 0), "the shortest lead time"),
    (
        "year that enters a month twice",
        _put("Project", 0, hours=8760),
        ("Project", "year_start", 0),
        "the same month twice",
    ),
]


@pytest.mark.parametrize(("change", "place", "words"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_what_does_not_fit_together_is_one_finding(
    small: Any, change: Callable[[Any], None], place: tuple[str, str, int], words: str
) -> None:
    """Proves the checks between rows, tables and series, each at the cell where it can be mended."""
    change(small)
    found = findings(small.write())
    assert len(found) == 1, [str(f) for f in found]
    assert found[0].cell == small.cell(*place) and words in str(found[0]), str(found[0])


def test_given_load_above_the_connection(small: Any) -> None:
    """Proves the arithmetic check on loads that nothing on site can carry: (0.05 + 0.2) MW * 1.1 = 0.275 MW."""
    small.rows["Supply"][0]["available"] = small.rows["Storage"][0]["available"] = "no"
    small.rows["Sites"][0].update(grid_limit_mw=0.27, contract_mw=None)
    (found,) = findings(small.write())
    assert found.cell == small.cell("Sites", "grid_limit_mw") and "0.275" in str(found)


def test_given_load_above_the_settled_contract(small: Any) -> None:
    """Proves: the same for a contract that may not be exceeded; with a price of overrun it is no problem."""
    small.rows["Supply"][0]["available"] = small.rows["Storage"][0]["available"] = "no"
    small.rows["Sites"][0].update(contract_mw=0.27)
    assert findings(small.write()) == ()
    small.rows["Sites"][0].update(overrun_fee=None)
    (found,) = findings(small.write())
    assert found.cell == small.cell("Sites", "contract_mw") and "0.275" in str(found)


def test_every_problem_is_reported_at_once(small: Any) -> None:
    """Proves that mending one problem does not bring up the next: six mistakes on six sheets are six findings."""
    small.project["discount_pct"] = "8,5"
    small.rows["Racks"][0]["peak_kw"] = -1
    small.rows["Workloads"][0]["profile"] = "noon"
    small.rows["TariffEnergy"][0]["to_hour"] = 20
    small.rows["Offers"][0]["currency"] = "GBP"
    small.series["wet"][4] = None
    wanted = {
        small.cell("Project", "discount_pct"),
        small.cell("Racks", "peak_kw"),
        small.cell("Workloads", "profile"),
        small.cell("TariffEnergy", "tariff"),
        small.cell("Offers", "currency"),
        small.cell("Hourly", "wet", 4),
    }
    found = findings(small.write())
    assert {f.cell for f in found} == wanted and len(found) == 6


def _zip(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return stream.getvalue()


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
_BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>'
FILES = [
    ("empty.xlsx", b"", "an empty file"),
    ("words.xlsx", b"not a workbook", "not a workbook"),
    ("old.xls", _OLE, "old .xls format"),
    ("locked.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    ("other.zip", _zip({"a.txt": b"x"}), "not an .xlsx workbook"),
    ("bomb.xlsx", _zip({"xl/workbook.xml": _BOMB}), "entity declarations"),
    ("huge.xlsx", _zip({"xl/workbook.xml": b" " * 20_000_000}), "huge size"),
    ("cut.xlsx", _zip({"xl/workbook.xml": b"<workbook"}), "damaged"),
]


@pytest.mark.parametrize(("name", "content", "words"), FILES, ids=[f[0] for f in FILES])
def test_files_that_are_no_workbook(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    """Proves that whatever is given as a workbook ends in one sentence; a parser's exception would fail this."""
    path = tmp_path / name
    path.write_bytes(content)
    (found,) = findings(path)
    assert found.cell == name and words in str(found)


def test_damaged_bytes_are_never_a_traceback(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a file damaged anywhere is refused in words or read; any other exception of a parser fails this."""
    chance = random.Random(7)
    path = small.write()
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as source:
        parts = {n: source.read(n) for n in source.namelist()}
    for turn in range(24):
        monkeypatch.setattr(archive, "BIG_PART", 0 if turn % 3 == 0 else 400_000)
        name = chance.choice(sorted(parts))
        damaged = bytearray(whole if turn % 2 else parts[name])
        for _ in range(3):
            place = chance.randrange(len(damaged))
            damaged[place : place + chance.randrange(4)] = bytes(chance.choices(range(32, 127), k=2))
        path.write_bytes(bytes(damaged) if turn % 2 else _zip(parts | {name: bytes(damaged)}))
        findings(path)


def test_a_workbook_of_something_else(tmp_path: Path) -> None:
    """Proves that a workbook without any known sheet is one finding, not one per sheet."""
    Workbook().save(tmp_path / "mine.xlsx")
    (found,) = findings(tmp_path / "mine.xlsx")
    assert "aidc template" in str(found)


def test_entities_inside_a_sheet_are_refused(small: Any, tmp_path: Path) -> None:
    """Proves that an entity bomb in any part is found before a parser sees it."""
    path = small.write()
    with zipfile.ZipFile(path) as source:
        parts = {n: source.read(n) for n in source.namelist()}
    parts["xl/worksheets/sheet2.xml"] = _BOMB + parts["xl/worksheets/sheet2.xml"]
    path.write_bytes(_zip(parts))
    (found,) = findings(path)
    assert "entity declarations in xl/worksheets/sheet2.xml" in str(found)


def test_the_fast_reader_finds_the_same(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that errors, blanks and formulas keep their addresses when calamine, which hides them, reads the sheet."""
    small.series["dry"][7] = "=1/2"
    small.series["wet"][8] = None
    small.series["rh"][9] = "#DIV/0!"
    path = small.write()
    slow = findings(path)
    monkeypatch.setattr(archive, "BIG_PART", 0)
    assert [str(f) for f in findings(path)] == [str(f) for f in slow]
    assert len(slow) == 3
