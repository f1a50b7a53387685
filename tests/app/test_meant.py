"""What a user most likely meant: figures that are right by their form and wrong by a hundred, rows and names that were
moved or changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.errors import BadWorkbook
from planner.schema.columns import HEADER_ROW
from planner.validate import validate
from planner.workbook import read_workbook


def notes(path: Path) -> list[str]:
    return [str(w) for w in validate(read_workbook(path)).warnings]


def findings(path: Path) -> list[str]:
    with pytest.raises(BadWorkbook) as bad:
        validate(read_workbook(path))
    return [str(f) for f in bad.value.findings]


def test_a_reporting_currency_that_was_changed(small: Any) -> None:
    """Proves: once the reporting currency is KRW, its rate of 0.001 is refused with the reason that prices are read in
    KRW too; with 1 typed there, or with a reporting currency that has no row at all, the rate of 1 of another currency
    is pointed at. Catches: prices in dollars read as won, on the advice of the check."""
    others = [{"currency": "EUR", "rate": 1.1}]
    small.rows["ExchangeRates"] = [{"currency": "KRW", "rate": 0.001}, {"currency": "USD", "rate": 1}, *others]
    assert not [n for n in notes(small.write()) if "ExchangeRates" in n]
    small.project["currency"] = "KRW"
    (found,) = findings(small.write())
    assert small.cell("ExchangeRates", "rate") in found and "prices without a currency of their own are read" in found
    assert "for example" not in found
    small.rows["ExchangeRates"][0]["rate"] = 1
    for currency in ("KRW", "GBP"):
        small.project["currency"] = currency
        said = [n for n in notes(small.write()) if f"one USD counts as one {currency}" in n]
        assert len(said) == 1 and small.cell("ExchangeRates", "rate", 1) in said[0]
        assert small.cell("Project", "currency") in said[0]


def test_per_cent_typed_as_shares_of_one(small: Any) -> None:
    """Proves: a discount rate of 0.08 and an efficiency of 0.9 are pointed at with what they would be as shares; 0.5 %
    of escalation and a tax of 0 are not. Catches: a plan at 0.08 % without a word, warnings of sound small figures."""
    small.project |= {"discount_pct": 0.08, "tax_pct": 0}
    small.rows["Storage"][0]["round_trip_pct"] = 0.9
    said = [n for n in notes(small.write()) if "% is read" in n]
    assert len(said) == 2
    assert small.cell("Project", "discount_pct") in said[0] and "0.08 % is read; if 8 % is meant, type 8" in said[0]
    assert small.cell("Storage", "round_trip_pct") in said[1] and "if 90 % is meant" in said[1]


def test_a_row_after_a_blank_line_is_not_lost(small: Any) -> None:
    """Proves: a whole row typed two lines below its table is a finding at its first cell; a note there is none.
    Catches: a workload that is left out in silence."""
    row = list(small.rows["Workloads"][0].items())
    below = HEADER_ROW + len(small.rows["Workloads"]) + 3

    def typed(book: Any) -> None:
        page = book["Workloads"]
        names = [cell.value for cell in page[HEADER_ROW]]
        for name, value in row:
            page.cell(below, names.index(name) + 1, "second" if name == "name" else value)

    def note(book: Any) -> None:
        book["Workloads"].cell(below, 1, "requests as of June")
        book["Workloads"].cell(below, 3, "see the memo")

    small.edits = [note]
    validate(read_workbook(small.write()))
    small.edits = [typed]
    (found,) = findings(small.write())
    assert f"Workloads!A{below}" in found and "drag the table's corner" in found


def test_a_name_that_was_changed_is_the_one_that_is_meant(small: Any) -> None:
    """Proves: when a rack is renamed, what refers to it is told the new name, to which nothing refers, and not another
    rack that is much like the old name but switched off; a changed name that is unlike the old one is named as the one
    that nothing refers to. Catches: advice that leads to a workbook without racks."""
    used = small.rows["Racks"][0]["name"]
    off = {**small.rows["Racks"][0], "name": f"{used} 2", "available": "no"}
    small.rows["Racks"].append(off)
    small.rows["Racks"][0]["name"] = f"{used} new"
    found = findings(small.write())
    assert found and all(f"did you mean {used} new?" in f for f in found)
    small.rows["Racks"][0]["name"] = "quite another"
    found = findings(small.write())
    assert found and not any(f"{used} 2?" in f for f in found)
    assert all(f"nothing refers to {small.cell('Racks', 'name')}" in f for f in found)


def test_many_names_are_told_apart(small: Any) -> None:
    """Proves: names of a list, which may hold commas, stand apart by semicolons, and the list says how many more there
    are. Catches: a list that ends as if it were whole."""
    curve = small.rows["Cooling"][0]
    small.rows["Cooling"] += [{**curve, "name": f"plant {n:02d}, dry"} for n in range(9)]
    small.rows["Offers"][0]["cooling"] = "zzz"
    found = [f for f in findings(small.write()) if small.cell("Offers", "cooling") in f]
    assert len(found) == 1 and "plant 00, dry; plant 01, dry" in found[0] and "more)" in found[0]


@pytest.mark.parametrize(
    ("text", "number"), [("8 %", "8"), ("24%", "24"), ("5 MW", "5"), ("132 kW", "132"), ("8,5 %", "8.5"), ("1 m3", "1")]
)
def test_a_figure_with_its_unit_is_recognised(small: Any, text: str, number: str) -> None:
    """Proves: the number is proposed without what stands behind it. Catches: help for commas but not for units."""
    small.rows["Racks"][0]["peak_kw"] = text
    (found,) = findings(small.write())
    assert f"did you mean {number}?" in found


def test_one_mistake_is_told_once(small: Any) -> None:
    """Proves: text in a cell that a sweep and a scenario multiply, or all racks switched off, is told there and not as
    a mistake of the sheets that name the cell. Catches: advice to change a sheet that nobody touched."""
    target = {"sheet": "Racks", "row": None, "column": "peak_kw", "relative": "yes"}
    small.rows["Sweep"] = [{"name": "power", **target, "form": "range", "low": 0.9, "high": 1.1}]
    small.rows["Scenarios"] = [{"name": n, "probability": 0.5} for n in ("as it is", "hot")]
    small.rows["ScenarioInputs"] = [{"scenario": "hot", **target, "value": 1.1}]
    validate(read_workbook(small.write()))
    small.rows["Racks"][0]["peak_kw"] = "n/a"
    (found,) = findings(small.write())
    assert small.cell("Racks", "peak_kw") in found
    small.rows["Racks"][0]["peak_kw"] = 40
    for rack in small.rows["Racks"]:
        rack["available"] = "no"
    assert not [f for f in findings(small.write()) if f.startswith(("Sweep!", "ScenarioInputs!"))]


def test_what_a_study_varies_must_be_there(small: Any) -> None:
    """Proves: a sweep and a scenario of storage prices, in a sound workbook whose storage is switched off, are refused.
    Catches: a scenario that changes nothing without a word."""
    for storage in small.rows["Storage"]:
        storage["available"] = "no"
    target = {"sheet": "Storage", "row": None, "column": "energy_price", "relative": "yes"}
    small.rows["Sweep"] = [{"name": "price", **target, "form": "range", "low": 0.9, "high": 1.1}]
    small.rows["Scenarios"] = [{"name": n, "probability": 0.5} for n in ("as it is", "dear")]
    small.rows["ScenarioInputs"] = [{"scenario": "dear", **target, "value": 1.5}]
    told = findings(small.write())
    assert [f for f in told if f.startswith("Sweep!")]
    small.rows["Sweep"] = []
    assert [f for f in findings(small.write()) if f.startswith("ScenarioInputs!")]
