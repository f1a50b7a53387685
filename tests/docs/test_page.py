"""report.html as text: self-contained, true figures, hostile text escaped. In a browser: test_page_in_browser.py."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from models.design import Answer, AuditReport, Lookahead, Marginal, Violation
from models.provenance import Origin
from planner.plan_json import public_view
from reports import format as show
from reports import tables, wording
from reports.page import render_page
from reports.sheets import lists
from reports.sheets.layout import new_book


class Page(HTMLParser):
    """Tags with attributes, and the text outside style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text, self._muted = "", False
        self.feed(html)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._muted = tag == "style" or self._muted

    def handle_endtag(self, tag: str) -> None:
        self._muted = False if tag == "style" else self._muted

    def handle_data(self, data: str) -> None:
        self.text += "" if self._muted else data + " "


@pytest.fixture(scope="module")
def html(answer: Answer) -> str:
    return render_page(answer)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_figures_equal_the_answer(page: Page, answer: Answer) -> None:
    """Proves that key figures, costs and months on the page are the answer's; a wrong key or unit would be caught."""
    kpi = answer.accounts.kpi
    for wanted in (
        show.significant(kpi["tokenergy_wh_per_1k"]),
        f"USD {show.significant(1000 * kpi['cost_kcur_per_mtok'])}",
        show.number(kpi["pue"], 3),
        show.money(answer.accounts.objective_kcur, "USD"),
        show.number(answer.accounts.costs[0].present_value_kcur),
        show.number(answer.accounts.monthly["import_mwh"][6]),
        "33 × GB200 NVL72",
        "target 0.700",
        "USD 31.0 thousand",
    ):
        assert wanted in page.text, wanted


def test_nothing_leaves_the_page(html: str, page: Page) -> None:
    """Proves that the page is self-contained: no scripts, no fetched resource of any kind, and small."""
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "video", "audio", "base", "form"}
    for tag, attributes in page.tags:
        for key in ("src", "href", "xlink:href", "action", "srcset", "data", "poster"):
            assert (attributes.get(key) or "#").startswith("#"), (tag, attributes)
        assert not any(key.startswith("on") for key in attributes)
    assert not re.search(r"@import|url\(\s*['\"]?(?!#)", html)
    assert len(html.encode()) < 2_000_000


def test_structure_and_charts_are_accessible(html: str, page: Page) -> None:
    """Proves landmarks, one h1, unique ids, and a label on every picture, each chart in two widths; a heading level
    that is left out, or a link into nowhere, would be caught."""
    tags = [tag for tag, _ in page.tags]
    assert [tags.count(tag) for tag in ("main", "header", "footer", "nav", "h1")] == [1, 1, 1, 1, 1]
    pictures = [attributes for tag, attributes in page.tags if tag == "svg" and "aria-hidden" not in attributes]
    charts = [a for tag, a in page.tags if tag == "figure" and a["class"] == "chart"]
    assert len(pictures) == 2 * len(charts) == 20
    assert all(p["role"] == "img" and p["aria-label"] for p in pictures)
    assert tags.count("figcaption") == tags.count("figure") == 11
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for t, a in page.tags if t == "a" and a["href"]} <= set(ids)
    assert 'lang="en"' in html and "prefers-color-scheme: dark" in html and "@media print" in html


def test_tables_have_captions_and_scopes(html: str) -> None:
    """Proves that a screen reader can name every table and every cell's row and column."""
    tables = re.findall(r"<table>.*?</table>", html, flags=re.DOTALL)
    assert len(tables) > 15
    for table in tables:
        assert "<caption>" in table
        assert all("scope=" in head for head in re.findall(r"<th(?: [^>]*)?>", table)), table[:200]


def test_colours_follow_the_theme(html: str) -> None:
    """Proves that no chart keeps a placeholder colour, and that every colour used is defined: a new name that the style
    sheet does not know would be drawn black."""
    assert "#0102" not in html
    used, defined = set(re.findall(r"var\((--c-\w+)\)", html)), set(re.findall(r"(--c-\w+):", html))
    assert used and used <= defined


def test_values_equal_plan_json(page: Page, answer: Answer) -> None:
    """Proves that the page and plan.json tell the same story; a figure in another unit would show."""
    plan = public_view(answer)
    for wanted in (
        f"USD {plan['objective'] / 1e6:,.1f} million",
        f"{plan['kpi']['tokenergy_wh_per_1k']:.3f}",
        f"{plan['sites'][0]['grid']['contract_mw']:g} MW contracted",
        f"USD {plan['gap_money'] / 1e3:.1f} thousand could still be saved",
    ):
        assert wanted in page.text, wanted


def test_pictures_carry_unshortened_figures(html: str, answer: Answer) -> None:
    """Proves the figures inside a picture; shortening words with the coordinates (0.817 to 0.81) would be caught."""
    picture = html[html.index("Waterfall of") : html.index("</svg>", html.index("Waterfall of"))]
    sums: dict[str, float] = {}
    for cost in answer.accounts.costs:
        sums[cost.line] = sums.get(cost.line, 0.0) + cost.present_value_kcur / 1000
    total = answer.accounts.objective_kcur / 1000
    for value in (*sums.values(), total):
        assert f">{show.part(value, total)}" in picture


def test_proof_limits_and_approximations_are_said(page: Page) -> None:
    """Proves that the caveats a reader needs are printed, not only the good news."""
    for wanted in (
        "says nothing about whether those inputs are right",
        "1 limit binds: Longest lead time (P90)",
        "3 assumptions without a source",
        "Context length",
        "types are not mixed inside a unit",
        "All 412 checks",
    ):
        assert wanted in page.text, wanted


def test_every_approximation_of_the_model_is_listed() -> None:
    """Proves that the list keeps up with the model: what the model calls an approximation has its counterpart."""
    models = Path(__file__).parents[2] / "models"
    words = [models / name for name in ("README.md", "case.py", "coldside.py")]
    stated = sum(path.read_text().lower().count("approximation") for path in words)
    listed = " ".join(a.simplification for a in wording.APPROXIMATIONS)
    assert stated >= 3
    assert len(wording.APPROXIMATIONS) >= stated
    for subject in ("unit holds racks of one type", "early end", "electrical losses"):
        assert subject in listed


def test_hostile_text_is_escaped(hostile_answer: Answer) -> None:
    """Proves autoescape in page and charts; a `safe` filter on case text would be caught."""
    html = render_page(hostile_answer)
    page = Page(html)
    assert "script" not in {tag for tag, _ in page.tags} and "b" not in {t for t, a in page.tags if a.get("class")}
    assert "<script>alert" not in html and "<b></dd>" not in html and "<b> " not in html
    assert "<script>alert(1)</script>" in unescape(html)


def test_energy_study_has_no_token_section(energy_answer: Answer) -> None:
    """Proves that a study without racks renders, says that nothing was proven, and shows no token figures."""
    page = Page(render_page(energy_answer))
    assert "No bound was proven" in page.text and "Stopped at a limit" in page.text
    assert "TokEnergy" not in page.text.replace("placement, bills, cash flow and TokEnergy", "")
    assert "nan" not in page.text.split() and "None" not in page.text.split()


def test_inputs_are_told_as_the_workbook_calls_them(answer: Answer, tmp_path: Path) -> None:
    """Proves: page and plan.xlsx print what a cell is called, no unit for a plain number, and that the source is that
    of the whole row; where no name is known, the place in the case stays. Catches: `grid.power_factor | 0.98 1`."""
    factor = Origin("grid.power_factor", "Sites!W6", "0.98", "1", "operator's letter", "2026", "B")
    told = replace(answer, origins=(factor, *answer.origins))
    names = {"Sites!W6": "power_factor: power factor of the site"}
    table = tables.origins(told, "all", names)
    assert table.rows[0] == ("Sites!W6", names["Sites!W6"], "0.98", "operator's letter", "2026", "B", "given")
    assert "money.discount_rate" in [row[1] for row in table.rows]
    with new_book(tmp_path / "plan.xlsx", "inputs") as book:
        lists.write_assumptions(book, told, names)
    cells = [[c.value for c in row] for row in openpyxl.load_workbook(tmp_path / "plan.xlsx").worksheets[0].iter_rows()]
    (row,) = [row for row in cells if row[0] == "Sites!W6"]
    assert row[1:3] == [names["Sites!W6"], 0.98] and not row[3]
    for head in (table.head, tables.evidence_lines(told).head, *cells):
        if head[-1] in ("Kind", tables.ROW_SOURCE):
            assert "Source (of the whole row)" in head


def test_no_target_and_failed_audit_are_said(answer: Answer) -> None:
    """Proves the two other states: no target set, and a recheck that fails with its violations listed."""
    limits = replace(answer.case.limits, tokenergy_wh_per_ktok=None)
    kpi = {**answer.accounts.kpi, "tokenergy_target": None}
    audit = AuditReport(412, 0.2, (Violation("site balance", "2023-07-01 14:00", 4.0, 5.0, 1.0),))
    changed = replace(
        answer, case=replace(answer.case, limits=limits), accounts=replace(answer.accounts, kpi=kpi), audit=audit
    )
    text = Page(render_page(changed)).text
    assert "no target set" in text and "site balance" in text and "Recheck failed" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "USD 0"),
        (0.000542, "USD 0.5420"),
        (31.0, "USD 31.00 thousand"),
        (999_999.9, "USD 1.000 billion"),
        (-2500.0, "USD −2.500 million"),
    ],
)
def test_money_in_words(value: float, text: str) -> None:
    """Proves scale words and carries in rounding: 999,999.9 thousand is one billion, not 1000.0 million."""
    assert show.money(value, "USD") == text


def test_small_parts_keep_few_digits() -> None:
    """Proves by hand what stands beside a bar: of 285 no more than two decimals (0.0186 is 0.02), nothing that reads as
    none, shares with two figures; and that costs get just the figures that tell them apart."""
    assert [show.part(v, 285.27) for v in (183.41, 23.666, 0.0186, 0.003)] == ["183", "23.7", "0.02", "<0.01"]
    assert [show.share_of(v, 285.27) for v in (183.41, 23.666, 0.623, 0.0186)] == ["64 %", "8.3 %", "0.2 %", "<0.1 %"]
    assert [show.percent(v) for v in (0.0, 0.0004, 0.00051)] == ["0.0 %", "<0.1 %", "0.1 %"]
    assert show.apart((285.2682, 285.2803, 285.4045), show.significant, 4) == ["285.27", "285.28", "285.40"]
    assert show.apart((1.0, 1.0), show.significant, 3) == ["1.00", "1.00"]


@pytest.mark.parametrize(
    ("mw", "text"),
    [(27.49, "27.5 MW"), (0.0068256, "6.83 kW"), (2.0477e-5, "20.5 W"), (0.0, "0 MW"), (None, show.MISSING)],
)
def test_sizes_have_a_fitting_unit(mw: float | None, text: str) -> None:
    """Proves: what is too small for MW is told in kW, and what is too small for that in W. Catches: 0.0000205 MW."""
    assert show.power(mw) == text and show.stored(mw) == text.replace("W", "Wh")


@pytest.mark.parametrize(
    ("text", "glued"),
    [
        ("sizes of 6.83 kW and 20.8 Wh", "sizes of 6.83~kW and 20.8~Wh"),
        ("saves USD 309 thousand to USD −1.18 million", "saves USD~309~thousand to USD~−1.18~million"),
        ("1.03 times, 12 hours, 5 MW/min, 9.2 USD/W", "1.03~times, 12~hours, 5~MW/min, 9.2~USD/W"),
        ("55 × hall, 99.9 % of 8 August in month 54", "55~×~hall, 99.9~% of 8~August in month~54"),
        ("2 minor sites of 3 mains, 4 GB200 halls", "2 minor sites of 3 mains, 4 GB200 halls"),
    ],
)
def test_numbers_stay_with_their_units(text: str, glued: str) -> None:
    """Proves: no line ends between a number and its unit, scale, month or currency, and words that only begin like a
    unit may part. Caught: 6.83 at the end of a line, kW at the head of the next."""
    assert show.glued(text) == glued.replace("~", "\u00a0")


def test_no_text_of_the_page_parts_a_number_from_its_unit(html: str) -> None:
    """Proves it for every text of a page, cells of tables and words of templates too. Caught: cells left out."""
    words = re.sub(r"<(style|svg).*?</\1>", "", html, flags=re.DOTALL)
    texts = [unescape(text) for text in re.findall(r">([^<]+)<", words)]
    assert [text for text in texts if show.glued(text) != text] == []


def test_a_tiny_number_is_told_with_a_power_of_ten() -> None:
    """Proves: 8.8e-07 reads as 8.8 × 10⁻⁷, of either sign and with a carry. Caught: the notation of programs."""
    told = [show.significant(value, 2) for value in (8.8e-7, -1.24e-12, 9.99e-8)]
    assert told == ["8.8 × 10⁻⁷", "−1.2 × 10⁻¹²", "1.0 × 10⁻⁷"]


def test_a_small_share_never_reads_as_none() -> None:
    """Proves: 0.01 % of either sign is told as less than 0.1 %, zero as zero. Catches: an income told as 0.0 %."""
    assert [show.percent(share) for share in (1e-4, -1e-4, 0.0, -0.02)] == ["<0.1 %", "<0.1 %", "0.0 %", "−2.0 %"]


def test_importing_reports_is_light() -> None:
    """Proves that a command which draws nothing does not pay for chart and document libraries at its start."""
    heavy = "{'altair', 'vl_convert', 'jinja2', 'xlsxwriter'}"
    code = f"import sys, reports.page, reports.workbook; print({heavy} & set(sys.modules))"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "set()", done.stderr


def test_worth_of_limits_and_foresight_are_told(energy_answer: Answer) -> None:
    """Proves: the saving of a limit stands with its cell, its way and what the gaps leave open; a limit on whole
    numbers says that it needs another plan; of 100 saved with foresight 90 survive. Catches a saving in thousands, a
    share of the wrong base."""
    limits = ("grid.import_limit_mw", "offers[hall].max_count")
    told = replace(
        energy_answer,
        origins=(Origin(limits[0], "Sites!B9", "5", "MW", "", "", ""),),
        marginals=(
            Marginal(limits[0], 0.07, 12.5, "re-solved", 1.0),
            Marginal(limits[1], 1.0, None, "duals"),
            Marginal("grid.max_swing_mw", 0.1, None, "duals"),
        ),
        lookahead=Lookahead(24.0, 12.0, 1000.0, 1010.0, 1100.0),
    )
    text = Page(render_page(told)).text.replace("\u00a0", " ")
    assert "Sites!B9 KRW 12.5 thousand (± KRW 1.0 thousand) per MW" in text
    assert "planning again with the limit relaxed by 0.07 MW" in text
    assert f"{limits[1]} – – per only by planning again (--marginals exact): it acts on whole numbers" in text
    assert "the year's linear problem gave no duals for it" in text
    assert "saves KRW 100 thousand if the year is known ahead" in text
    assert "90 % of it survives" in text
    plain = public_view(told)
    assert (plain["marginals"][0]["saving_per_unit"], plain["lookahead"]["surviving_share"]) == (12500.0, 0.9)
