"""award.xlsx and the recommendation: live formulas, names taken out, words that follow the figures."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from libreoffice import SOFFICE, recalculated

from models import bids, finance
from models.case import Case, Offer, PriceBreak
from models.design import Answer
from models.quotation import Payment, Quotation
from models.tender import Alternative, BreakEven, Check, Interval, OfferResult, Tender, TenderPlan
from planner.commands.offers import _text
from planner.validate.tender import financing_share
from reports.award import compliance, tabulation
from reports.award.page import recommendation_word, render_recommendation
from reports.award.risks import risks
from reports.award.words import anonymous
from reports.award.workbook import write_award_workbook

PAID = Payment(0.3, 0.4, 0.2, 0.1)


def _offers(answer: Answer) -> tuple[Offer, Offer]:
    """Two integrated units: one in euro with duty on CIF, breaks, missing scope and early payments; one plain."""
    first = Quotation(
        spares_k=40.0,
        warranty_k=60.0,
        scope_kcur=48.0,
        financing_share=financing_share(PAID, 9.0, 1.5, 1.0, answer.case.money.discount_rate),
        reference="Q-7",
        family="Pods",
        currency="EUR",
        origin="Germany",
        missing_scope=("crane", "fire system"),
        adders_kcur=(18.0, 30.0),
        payment=PAID,
        shipping_months=1.5,
        testing_months=1.0,
        warranty_years=2.0,
        warranty_wanted_years=5.0,
        units_per_month=1.0,
        relocation_share=0.4,
    )
    base = replace(answer.case.offers[0], kind="integrated", it_mw=1.0, price_breaks=(), quotation=Quotation())
    a = replace(
        base,
        name="Pod A",
        vendor="Alder Works",
        ex_works_k=9000.0,
        exchange_rate=1.1,
        freight_k=120.0,
        insurance_k=20.0,
        duty_rate=0.08,
        import_tax_rate=0.05,
        inland_kcur=15.0,
        installation_kcur=260.0,
        price_breaks=(PriceBreak(3, 8700.0), PriceBreak(5, 8500.0)),
        lead_months_p50=9.0,
        lead_months_p90=12.0,
        quotation=first,
    )
    b = replace(base, name="Pod B", vendor="Birch Systems", ex_works_k=9900.0, lead_months_p50=8.0, lead_months_p90=9.0)
    return a, b


@pytest.fixture(scope="module")
def tender(answer: Answer) -> Tender:
    """Four units of Pod A recommended; Pod B loses."""
    a, b = _offers(answer)
    case: Case = replace(answer.case, offers=(a, b))
    best = TenderPlan(100_000.0, 99_990.0, {"Pod A": 4}, 4 * bids.landed(a, 4).total, 0.6, 12.0, 15.0)
    other = TenderPlan(101_000.0, 100_990.0, {"Pod B": 4}, 0.0, 0.6, 8.0, 9.0)
    worth = Interval(990.0, 1010.0)
    even = BreakEven(Interval(0.96, 0.961), "", Check(0.95, 4, 1.0, 100.0), Check(0.97, 0, 1.0, 100.0))
    return Tender(
        replace(answer, case=case),
        best,
        (
            OfferResult(a, 4, "recommended", best, other, Interval(0, 0), worth, even),
            OfferResult(b, 0, "not in the cheapest mix", other, best, worth, Interval(0, 0), even),
        ),
        award_date="2027-01-15",
        notes=("Pod A needs a crane",),
    )


@pytest.fixture(scope="module")
def award(tender: Tender, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("award") / "award.xlsx"
    write_award_workbook(tender, path)
    return path


def _row(page, label: str, column: int):
    """The figure beside a label of the bid tabulation."""
    for row in page.iter_rows(min_row=1, max_row=page.max_row):
        if row[0].value == label:
            return row[column]
    raise AssertionError(label)


def test_the_values_written_are_those_of_the_planner(award: Path, tender: Tender) -> None:
    """Proves that each formula carries the planner's own figure, for programs that show cached values."""
    page = openpyxl.load_workbook(award, data_only=True)[tabulation.SHEET]
    for number, r in enumerate(tender.offers, start=2):
        units = tabulation.compared_units(r)
        assert _row(page, "Landed and installed", number).value == pytest.approx(bids.landed(r.offer, units).total)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_recomputes_the_planner(award: Path, tender: Tender, tmp_path: Path) -> None:
    """Proves that prices, duty, tax, adders, interest, ranks and payments are live: with two units instead of four (no
    price break), another price, duty on FOB and no crane missing, LibreOffice finds what models.bids says of that
    offer. A pasted number, a wrong reference or another break would differ."""
    book = openpyxl.load_workbook(award)  # drops every cached value
    page = book[tabulation.SHEET]
    for label, value in (("Units compared", 2), ("Ex-works price", 8000.0), ("Duty is charged on", "FOB")):
        _row(page, label, 2).value = value
    _row(page, "Adder, scope left out: crane", 2).value = 0
    changed = tmp_path / "changed.xlsx"
    book.save(changed)
    found = recalculated(changed, tmp_path)
    page = found[tabulation.SHEET]
    a = tender.offers[0].offer
    terms = replace(a.quotation, scope_kcur=30.0)
    moved = replace(a, ex_works_k=8000.0, duty_basis="FOB", quotation=terms)
    parts = bids.landed(moved, 2)
    for label, expected in (
        ("Import duty", parts.duty),
        ("Import tax on landed value and duty", parts.import_tax),
        ("Adders for scope left out", 30.0),
        ("Interest on payments before delivery", parts.financing),
        ("Landed and installed", parts.total),
        ("Order value, landed", 2 * parts.total),
        ("Order, present value", 2 * parts.total * finance.capital_factor(a.terms, tender.case.money)),
        ("Landed price per kW", parts.total),
        ("Rank by landed price per kW", 1 + (bids.landed(tender.offers[1].offer, 4).total < parts.total)),
    ):
        cells = [row[2].value for row in page.iter_rows() if row[0].value == label]
        assert cells[-1] == pytest.approx(expected, rel=1e-9), label
    paid = [row[5].value for row in found["Orders"].iter_rows() if row[2].value in bids.MILESTONES]
    assert sum(paid) == pytest.approx(4 * (parts.total - parts.financing), rel=1e-9)


def test_no_formula_is_broken(award: Path, tmp_path: Path) -> None:
    """Proves that no formula of any sheet ends in an error after recalculation."""
    if SOFFICE is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    plain = tmp_path / "award.xlsx"
    shutil.copy(award, plain)
    book = recalculated(plain, tmp_path)
    errors = [c.coordinate for p in book for row in p.iter_rows() for c in row if str(c.value).startswith("#")]
    assert errors == []


def test_anonymous_copy_names_nobody(tender: Tender, tmp_path: Path) -> None:
    """Proves that no name of a vendor, offer, family or quotation is left in any part of the anonymous file. Catches: a
    name in a note, a label or a document property."""
    import zipfile

    path = tmp_path / "anonymous.xlsx"
    write_award_workbook(anonymous(tender), path)
    with zipfile.ZipFile(path) as book:
        text = "".join(book.read(n).decode("utf-8", "ignore") for n in book.namelist())
    assert not any(name in text for name in ("Pod A", "Pod B", "Pods", "Alder", "Birch", "Q-7"))
    assert "Bidder 1" in text and "Offer 2" in text


def test_the_matrix_asks_what_is_open(tender: Tender) -> None:
    """Proves: missing scope and a short warranty are `no`, unstated damages are open; what is met asks nothing."""
    answers = {c.label: c.answers for c in compliance.criteria(tender)}
    assert answers["Scope complete"] == {"Pod A": "no", "Pod B": "yes"}
    assert answers["Warranty as long as wanted"] == {"Pod A": "no", "Pod B": "not stated"}
    assert answers["Liquidated damages for delay"]["Pod A"] == "not stated"


def test_the_recommendation_states_award_gap_and_break_even(tender: Tender) -> None:
    """Proves that the page names the award, the gap in money and the break-even, and escapes what a vendor wrote."""
    page = render_recommendation(tender).replace("\u00a0", " ")
    assert "4 × Pod A" in page and "10 thousand" in page and "96.00 to 96.10 % of its price" in page
    hostile = replace(tender, notes=("<script>alert(1)</script>",))
    assert "<script>alert" not in render_recommendation(hostile)


def test_the_word_file_says_what_the_page_says(tender: Tender) -> None:
    """Proves: award, gap in money and break-even stand in the Word file, in real headings and tables, without a table
    of contents. Catches: a figure that only one of the two documents has."""
    document = docx.Document(io.BytesIO(recommendation_word(tender)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(p.text for p in document.paragraphs), *cells])
    assert "4 × Pod A" in text and "10 thousand" in text and "96.00 to 96.10 % of its price" in text
    assert "What this rests on" in [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert "Contents" not in text


def test_different_plans_are_no_ranking_anywhere(tender: Tender, tmp_path: Path) -> None:
    """Proves: terminal, page and award workbook head the plans chosen to differ with the same words, which say that
    they are not the next best. Catches: `Other plans within 2 %`, read as second and third place; a document
    without them."""
    other = Alternative(tender.offers[1].with_it, Interval(990.0, 1010.0), 1.0)
    told = replace(tender, alternatives=(other,), tolerance=0.02)
    heading = "Some very different plans within 2 % of the cost without IT hardware"
    write_award_workbook(told, tmp_path / "award.xlsx")
    page = openpyxl.load_workbook(tmp_path / "award.xlsx")["Other plans"]
    cells = "\n".join(str(c.value) for row in page.iter_rows() for c in row if c.value)
    for text in (_text(told), render_recommendation(told), cells):
        plain = text.replace("\u00a0", " ")
        assert heading in plain and "not the next best" in plain and "4 × Pod B" in plain
    assert heading not in render_recommendation(tender).replace("\u00a0", " ")


def test_risks_are_those_of_the_offer(tender: Tender) -> None:
    """Proves: scope left out is a risk at its adders for all units, 4 x 48; being the only source is one of the award,
    not of the loser. Catches: adders of one unit, risks told of the wrong offer."""
    first, second = (risks(tender, r) for r in tender.offers)
    assert any("crane, fire system left out" in text and "192 thousand" in text for text in first)
    assert "the only source of the award" in first and "the only source of the award" not in second
