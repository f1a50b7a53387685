"""Studies whose names are formulas and markup: no document passes them on as such. For a plan: test_page.py,
test_plan_workbook.py and tests/app/test_hostile.py."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
from fronts import point
from samples import SAMPLES, TENDER

from models.case import Case
from models.design import Design
from models.front import Front, Least
from models.tender import Tender
from planner.codec import decode, encode
from planner.front_results import public_front
from planner.studies.sweep import KPI, SIZES
from planner.studies.sweep_figures import summary, table_rows
from planner.tender_results import read_tender
from planner.tidy import csv_text
from planner.validate.variations import Variation
from reports.award.page import recommendation_word, render_recommendation
from reports.award.workbook import write_award_workbook
from reports.front.page import render_front
from reports.front.workbook import write_front_workbook
from reports.scenarios import render_scenarios
from reports.sheets.scenarios import write_scenario_workbook
from reports.siting import siting_documents
from reports.sweep import render_sweep

EVIL = '=HYPERLINK("http://evil.example","x")</script><img src=x onerror=alert(1)>{{7*7}}'

OPTIONS = {"design": "latin", "seed": 0, "gap": 0.001}
"""of a sweep"""


def renamed(plain: Any, names: Iterable[str]) -> Any:
    """Plain values with names changed to hostile ones wherever they stand, as a whole or within a text."""
    text = json.dumps(plain)
    for name in names:
        assert json.dumps(name)[1:-1] in text, name
        text = text.replace(json.dumps(name)[1:-1], json.dumps(f"{EVIL} {name}")[1:-1])
    return json.loads(text)


class _Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(dict(attrs))


def no_page_acts(page: str) -> None:
    """The hostile names are there; no element, handler, address or template comes from them."""
    elements = _Elements(page).seen
    assert "evil.example" in page and "{{7*7}}" in page
    assert not [a for a in elements if "onerror" in a or a.get("src") == "x"]
    assert not [a for a in elements for key in ("src", "href") if str(a.get(key, "")).startswith(("http", "//"))]


def no_workbook_acts(path: Path) -> None:
    """The hostile names are texts there, and nothing is linked."""
    cells = [c for page in openpyxl.load_workbook(path).worksheets for row in page.iter_rows() for c in row]
    assert any("evil.example" in str(c.value) for c in cells)
    for cell in cells:
        assert cell.data_type != "f" or "evil" not in str(cell.value)
        assert cell.hyperlink is None or not (cell.hyperlink.target or "").startswith("http")


def no_word_file_acts(content: bytes) -> None:
    """The hostile names are plain text there: no field, no link but to the file's own headings, no relationship that
    leads out."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        body = parts.read("word/document.xml").decode()
        relations = "".join(parts.read(n).decode() for n in parts.namelist() if n.endswith("document.xml.rels"))
    assert "evil.example" in body and "onerror=alert(1)&gt;" in body
    assert body.count("<w:hyperlink") == body.count('<w:hyperlink w:anchor="_Toc0')
    assert 'TargetMode="External"' not in relations
    fields = "".join(part.partition("</w:instrText>")[0] for part in body.split("<w:instrText")[1:])
    assert "evil" not in fields


def test_a_siting_study() -> None:
    """Proves: names of sites with formulas and markup stay text on the page, in Word and in the PDF."""
    view = json.loads((SAMPLES / "siting" / "sites.json").read_text(encoding="utf-8"))
    made = siting_documents(renamed(view, [site["site"] for site in view["sites"]]))
    no_page_acts(made[".html"].decode())
    no_word_file_acts(made[".docx"])
    assert b"/URI" not in made[".pdf"] and b"/JavaScript" not in made[".pdf"]


def test_a_plan_over_scenarios(tmp_path: Path) -> None:
    """Proves: names of scenarios stay text on the page and in the workbook."""
    view = json.loads((SAMPLES / "scenarios" / "scenarios.json").read_text(encoding="utf-8"))
    view = renamed(view, [s["name"] for s in view["scenarios"]])
    no_page_acts(render_scenarios(view))
    write_scenario_workbook(view, tmp_path / "scenarios.xlsx")
    no_workbook_acts(tmp_path / "scenarios.xlsx")


def test_a_tender(tmp_path: Path) -> None:
    """Proves: names of offers and vendors stay text in award.xlsx and in both forms of the recommendation."""
    tender = read_tender(SAMPLES / TENDER)
    names = {name for m in tender.case.offers for name in (m.name, m.vendor)}
    names = {n for n in names if not any(n != other and other in n for other in names)}
    answer, told = tender.answer, encode(tender, leave_out=frozenset({"answer"}))
    parts = renamed([encode(answer.case), encode(answer.design), told], names)
    case, design = decode(Case, parts[0]), decode(Design, parts[1])
    hostile: Tender = decode(Tender, parts[2], answer=replace(answer, case=case, design=design))
    no_page_acts(render_recommendation(hostile))
    no_word_file_acts(recommendation_word(hostile))
    write_award_workbook(hostile, tmp_path / "award.xlsx")
    no_workbook_acts(tmp_path / "award.xlsx")


def test_a_front(answer: Any, tmp_path: Path) -> None:
    """Proves: names of the project and of what is bought stay text on the page of a front and in its workbook."""
    parts = renamed([encode(answer.case), encode(answer.design)], [answer.case.name, answer.case.racks[0].name])
    hostile = replace(answer, case=decode(Case, parts[0]), design=decode(Design, parts[1]))
    points = tuple(point(hostile, cost, 0.0, 12_000.0 - cost / 100, 0.0) for cost in (1e5, 2e5))
    front = Front(hostile.case, ("carbon",), points, {"carbon": Least(9_998.0, 9_990.0)}, asked=2, solves=2)
    view = public_front(front, ("plans/01", "plans/02"))
    no_page_acts(render_front(view))
    write_front_workbook(view, tmp_path / "pareto.xlsx")
    no_workbook_acts(tmp_path / "pareto.xlsx")


def swept() -> tuple[list[Variation], list[tuple[float | str, ...]], list[dict[str, Any]]]:
    """One input, two samples, one planned and one refused, all of hostile words."""
    varied = Variation(EVIL, "list", False, "", False, (("Sites", 1, "tariff"),), (), "Sites!A1")
    figures = dict.fromkeys(("cost", "bound", *KPI, *SIZES), -1.0)
    planned = {"state": "planned", "reasons": [], "proven": True, "kind": "k", "words": "=1+1", **figures}
    return [varied], [("+1|cmd",), ("x",)], [planned, {"state": "invalid", "reasons": ["@SUM(1)"]}]


def test_the_table_of_a_sweep() -> None:
    """Proves: no text of samples.csv.gz, which is often opened in Excel, begins like a formula; a negative number stays
    a number. Caught: a name of the user's workbook, a text that varies or a reason written as it is."""
    rows = list(csv.reader(io.StringIO(csv_text(table_rows(*swept())))))
    texts = [cell for row in rows for cell in row if cell != "-1.0"]
    assert any("evil.example" in text for text in texts) and any("1+1" in text for text in texts)
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "-1.0" in rows[1]


def test_the_page_of_a_sweep() -> None:
    """Proves: names of what varies, kinds of design and reasons stay text on the page."""
    kinds = [{"kind": "k", "words": EVIL, "found": 1}]
    view = summary(*swept(), kinds, [[-1.0], None])
    no_page_acts(render_sweep({**view, "name": EVIL, "currency": "USD", "hours": 24.0, "options": OPTIONS}))
