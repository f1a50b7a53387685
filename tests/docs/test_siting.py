"""siting.html and siting.docx: the figures of sites.json, real Word styles, an anonymous copy; LibreOffice opens it."""

from __future__ import annotations

import copy
import io
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
import test_page_in_browser as look
from pdftext import pdf_text

from models.siting import Criterion, Fact
from planner.studies.sites import SiteResult, comparison
from reports.document import Table
from reports.format import money_range
from reports.siting import siting_documents
from reports.siting_anonymous import anonymous
from reports.siting_study import study, verdict
from reports.siting_turn import turning

KPI = dict.fromkeys(("wue_l_per_kwh", "cue_kg_per_kwh", "peak_import_mw", "it_installed_mw"), 1.5)


def _site(name: str, million: float, ms: float, month: float) -> SiteResult:
    costs = [
        {"line": "energy", "item": "energy", "present_value": million * 4e5},
        {"line": "modules", "item": "Vendor pod", "present_value": million * 6e5},
    ]
    view = {"status": "optimal", "objective": million * 1e6, "bound": million * 1e6 - 2e5, "gap": 0.001, "costs": costs}
    view |= {"gap_money": 2e5, "kpi": KPI | {"tokenergy_wh_per_1k": million / 200, "pue": 1.2}}
    dates = (("grid connection", month, "Sites!G6"), ("Vendor pod", 9.0, "Offers!K7"))
    facts = {"latency_ms": Fact(ms, "Sites!Z6", "measured", "A"), "incentive_million": Fact(3, "Sites!Y6", "law", "A")}
    return SiteResult(name, Path(name), "planned", view, assumed=("Sites!C6",), facts=facts, dates=dates)


@pytest.fixture(scope="module")
def view() -> dict[str, Any]:
    criteria = (Criterion("near", "latency_ms", "less", 50, 1.0), Criterion("soon", "first token", "less", None, 2.0))
    sites = [_site("Seoul hall", 123.456, 12, 24), _site("Lyon & Co", 131.5, 30, 14), _site("Oslo", 150, 70, 8)]
    return comparison(sites, "Halls near Seoul", "USD", criteria)


def _words(document: Any) -> str:
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_all_documents_say_the_figures_of_the_study(view: dict[str, Any]) -> None:
    """Cost less the incentive of 3 million (120.456), TokEnergy 0.6173, the score of Lyon (0.667: soonest of the
    two that pass, weight 2 of 3), what fails and that ranks rest on assumed figures stand in page, Word and PDF.
    Caught: a chapter that one of the documents lacks, an incentive left out."""
    made = siting_documents(view)
    page, document = made[".html"].decode().replace("\u00a0", " "), docx.Document(io.BytesIO(made[".docx"]))
    for text in (page, _words(document), pdf_text(made[".pdf"])):
        assert all(figure in text for figure in ("120.456", "0.6173", "0.667", "fails near", "Sites!Y6"))
        assert "The ranks rest on assumed figures" in text and "1 are assumptions" in text
    assert "Lyon &amp; Co" in page and "Lyon & Co" in _words(document)


def test_word_has_real_styles_captions_and_contents(view: dict[str, Any], tmp_path: Path) -> None:
    """Headings are headings, captions are numbered fields, the contents are a field of links to every heading, each
    page has its number; a firm's template keeps its header and foot and loses its text and what it tells of others.
    Caught: bold text for headings, typed numbers, a link to nowhere, a template that is ignored, a file that asks every
    reader to update it."""
    document = docx.Document(io.BytesIO(siting_documents(view)[".docx"]))
    styles = [p.style.name for p in document.paragraphs]
    pictures = len(document.inline_shapes)
    assert styles[0] == "Title" and styles.count("Caption") - pictures == len(document.tables) > 5
    assert styles.count("Heading 2") == 3
    xml = document.element.xml
    assert "TOC \\o" in xml and xml.count("SEQ Table") == len(document.tables)
    assert xml.count("SEQ Figure") == pictures == xml.count("descr=") >= 3
    foot = document.sections[0].footer._element.xml
    assert "Halls near Seoul" in foot and 'instr="PAGE"' in foot and 'instr="NUMPAGES"' in foot
    headings = [p for p in document.paragraphs if p.style.name.startswith("Heading")]
    marks = [mark for p in headings for mark in p._p.xpath("w:bookmarkStart/@w:name")]
    assert marks == document.element.xpath("//w:hyperlink/@w:anchor") and len({*marks}) == len(headings) > 10
    assert "updateFields" not in document.settings.element.xml and 'w:dirty="' not in xml
    firm = docx.Document()
    firm.add_paragraph("Remove me")
    firm.sections[0].header.paragraphs[0].text = "The Firm"
    firm.core_properties.last_modified_by = firm.core_properties.keywords = "an earlier client"
    firm.save(str(tmp_path / "firm.docx"))
    written = siting_documents(view, tmp_path / "firm.docx")[".docx"]
    made = docx.Document(io.BytesIO(written))
    assert made.sections[0].header.paragraphs[0].text == "The Firm" and "Remove me" not in _words(made)
    assert "PAGE" not in made.sections[0].footer._element.xml
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert b"earlier client" not in archive.read("docProps/core.xml")
        assert not [name for name in archive.namelist() if "thumbnail" in name]
    (tmp_path / "no.docx").write_text("no")
    with pytest.raises(ValueError, match="not a Word document"):
        siting_documents(view, tmp_path / "no.docx")


def test_anonymous_documents_name_nobody(view: dict[str, Any]) -> None:
    """No site, title, offer or criterion of the study stands in the copies; the figures do. Caught: a name left in a
    key, an order, a reason or a link, and one within a sentence."""
    shared = anonymous(view)
    made = siting_documents(shared)
    page, words = made[".html"].decode(), _words(docx.Document(io.BytesIO(made[".docx"])))
    for text in (page, words, str(shared), pdf_text(made[".pdf"])):
        assert not [name for name in ("Seoul", "Lyon", "Oslo", "Vendor", "fails near") if name in text]
    assert "120.456" in page and "Seoul hall" in str(view)


def test_names_are_replaced_wherever_they_stand(view: dict[str, Any]) -> None:
    """A site that is called `Site B` and is the first, a criterion named after what it is measured by, a workload, a
    cooling type and a clock: none of them tells what it was. Caught: names replaced one after the other, so that two
    sites become one; the program's own words replaced with the user's."""
    named = copy.deepcopy(view)
    first, second = named["sites"][:2]
    first["site"], second["site"] = "Site B", "Site A"
    second["tied_with"] = ["Site B"]
    first["facts"]["utc_h"] = first["facts"]["latency_ms"] | {"value": 9.0}
    first["cooling"] = [{"cooling": "Acme cold plate", "free_cooling_h": 5.0, "hours": 10.0}]
    first["may_not_serve"] = [{"workload": "Acme chat", "country": "KR", "countries": ["JP"], "cell": "Workloads!F6"}]
    named["criteria"][0]["criterion"] = named["criteria"][0]["measured_by"]
    named["score"]["not_scored"] = {"Site A": "may not serve Acme chat"}
    first["dates"].append({"what": "Acme pod", "month": 9.0, "cell": ""})
    shared = anonymous(named)
    assert [s["site"] for s in shared["sites"]] == ["Site A", "Site B", "Site C"]
    assert shared["sites"][1]["tied_with"] == ["Site A"]
    assert shared["criteria"][0]["criterion"] == "Criterion 1" and shared["criteria"][0]["measured_by"] == "latency_ms"
    # two items of one name would be one bar of twice the length
    assert [d["what"] for d in shared["sites"][0]["dates"]] == ["grid connection", "equipment 1", "equipment 2"]
    assert shared["score"]["not_scored"] == {"Site B": "may not serve workload 1"}
    assert not [name for name in ("Acme", "KR", "JP", "utc_h", "Sites!C6: ") if name in str(shared)]


def test_ties_and_sites_without_a_score(view: dict[str, Any]) -> None:
    """Three sites in a tie are told as a list in a sentence; where no site has a score there is no table of scores,
    and each is told with its reason. Caught: an empty table."""
    tied = copy.deepcopy(view)
    tied["sites"][0]["tied_with"] = ["Lyon & Co", "Oslo"]
    assert verdict(tied).endswith("it ties with Lyon & Co and Oslo.")
    tied["score"] |= {"sites": [], "not_scored": {"Oslo": "fails near"}}
    said = str(study(tied))
    assert "Weighted score" not in said and "Oslo is not scored: fails near." in said


def test_two_sites_serve_what_none_does_alone(view: dict[str, Any]) -> None:
    """Proves: where no site alone has a plan, but two together do, the documents lead with these two and show how the
    work is split. Caught: `No site has a plan`, an order said to hold, and no chapter on the two sites."""
    none = copy.deepcopy(view)
    for site in none["sites"]:
        site |= {"rank": None, "status": "infeasible", "reasons": ["Infeasible", "Sites!N6: usable area: 12000 m2"]}
    opened = [
        {"site": name, "parts": {"chat": part}, "racks": [], "kpi": {"peak_import_mw": 4.0}, "folder": None}
        | {"cost_of_plan": 2e8, "cost_beside_plan": 0.0}
        for name, part in (("Seoul hall", 0.25), ("Oslo", 0.75))
    ]
    none["portfolio"] = {"currency": "USD", "most_sites": 2, "objective": 4e8, "gap_money": 1e6, "sites": opened} | {
        "workloads": ["chat"], "shared": {}, "restrictions": [], "best_single": None, "saving": None
    }  # fmt: skip
    none["ranges"] = [{"moves": "tariff"}]
    assert verdict(none).startswith("No site alone has a plan. Of at most 2 sites, Seoul hall and Oslo together cost")
    said = str(study(none))
    assert "25.0 %" in said and "75.0 %" in said and "Several sites together" in said
    assert "The order" not in said and "'Infeasible'" not in said and "12000 m²" in said


def test_lines_of_cost_stand_side_by_side(view: dict[str, Any]) -> None:
    """All sites in millions and the largest line first, also where it is not the first site's; what a site does not
    pay is a dash, and what only one site pays is in the sum. Caught: lines of one site beside those of another, tanks
    of a trace called none, millions beside thousands."""
    placed = copy.deepcopy(view)
    placed["sites"][0]["costs"].append({"line": "water", "item": "", "present_value": 12.0})
    table = next(b for b in study(placed) if isinstance(b, Table) and b.caption == "Cost side by side")
    assert table.head == ("Present value, USD million", "Seoul hall", "Lyon & Co", "Oslo")
    assert table.rows[:2] == (
        ("Modules and site-built", "74.07", "78.90", "90.00"),
        ("Energy bought", "49.38", "52.60", "60.00"),
    )
    assert ("Water", "<0.001", "–", "–") in table.rows and table.numeric == (1, 2, 3)
    assert table.rows[-1] == ("Together", "120.456", "128.500", "147.000")


def test_two_amounts_share_one_scale(view: dict[str, Any]) -> None:
    """Caught: a range that begins with nothing told in single units, a loss told as a gain or with a hyphen."""
    near = copy.deepcopy(view)
    near["break_even"][0]["saving_per_w"] = {"from": -0.01, "to": 0.03}
    assert "USD −0.010 to 0.030" in str(turning(near))
    assert money_range(0, 15_629.8, "USD", 4) == "USD 0 to 15.63 million"
    assert money_range(-19.4167, 6.7752, "USD", 4) == "USD −19.42 to 6.775 thousand"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_opens_the_word_file(view: dict[str, Any], tmp_path: Path) -> None:
    """It becomes a PDF. Caught: XML that word processors refuse."""
    (tmp_path / "siting.docx").write_bytes(siting_documents(view)[".docx"])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "siting.docx")], check=True, capture_output=True, timeout=300)
    assert (tmp_path / "siting.pdf").read_bytes().startswith(b"%PDF")


@look.pytestmark
def test_the_page_in_a_browser(view: dict[str, Any], tmp_path: Path) -> None:
    """Proves in both themes, from phone to desk: one request, nothing beyond the edge, legible and uncut chart
    text, nothing that axe finds, no error of the script; what a mark means shows under the pointer; and that a
    heading sorts by size, not by text: dearest first after two clicks, and a sum stays last; on a phone the names of
    rows stay. Caught: a script that the page's own policy refuses, 9 thousand sorted above 1 million."""
    facts = {"Seoul hall": (37.6, 127.0), "Lyon & Co": (45.8, 4.8), "Oslo": (59.9, 10.7)}
    placed = copy.deepcopy(view)
    for site in placed["sites"]:
        for name, value in zip(("latitude_deg", "longitude_deg"), facts[site["site"]], strict=True):
            site["facts"][name] = {"value": value, "cell": "", "source": "", "grade": ""}
    path = tmp_path / "siting.html"
    path.write_bytes(siting_documents(placed)[".html"])
    assert "Map of the sites" in path.read_text(encoding="utf-8")
    with look.sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=look.CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        for width, theme in ((360, "dark"), (1280, "light")):
            page = look.opened_clean(browser, path, width, theme)
            results = look.axe.Axe().run(page)
            assert results.violations_count == 0, results.generate_report()
            under = page.locator("figure svg title").all_text_contents()
            assert {
                "Oslo: rank 3, USD 147.000 million, first token in month 9",
                "Oslo: 0.7500 Wh per 1,000 tokens",
            } <= {*under}
            heading = page.get_by_role("button", name="Cost, present value")
            heading.click()
            heading.click()
            assert page.locator("table.sortable").first.locator("tbody th").all_inner_texts()[0] == "Oslo"
            assert page.locator("th[aria-sort=descending]").count() == 1
            costs = page.locator("table", has_text="Cost side by side")
            costs.get_by_role("button", name="Oslo").click()
            assert costs.locator("tbody th").last.inner_text() == "Together"
            is_still = costs.locator("tbody th").first.evaluate("th => getComputedStyle(th).position") == "sticky"
            assert is_still == (width == 360)
            page.close()
        browser.close()
