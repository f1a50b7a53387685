"""What a Word file computes itself: contents, numbers of captions and pages; and the marks they point to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.document import Heading

_LEVELS = (1, 2)


def contents(document: Any, headings: Sequence[tuple[Heading, str]]) -> None:
    """The headings as links to their bookmarks, within a field that adds page numbers when it is updated.

    The numbers are left to Word: nobody else knows where its pages end, and a file that asks for the update when it is
    opened asks every reader whether other files may be read."""
    from docx.shared import Mm, Pt

    for number, (heading, place) in enumerate(headings):
        own = next((s for s in document.styles if s.name == f"toc {heading.level}"), None)
        paragraph = document.add_paragraph(style=own)
        if own is None:
            paragraph.paragraph_format.left_indent = Mm(6 * (heading.level - 1))
            paragraph.paragraph_format.space_after = Pt(1)
        if number == 0:
            _mark(paragraph, "begin")
            _instruct(paragraph, f'TOC \\o "{_LEVELS[0]}-{_LEVELS[-1]}" \\h \\z \\u')
            _mark(paragraph, "separate")
        _link(paragraph, heading.text, place)
        if number == len(headings) - 1:
            _mark(paragraph, "end")


def contents_styles(document: Any) -> None:
    """Styles for the contents, which the library's own file lacks: lines with dots up to the page number."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Mm, Pt

    page = document.sections[-1]
    for level in _LEVELS:
        style = document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        style.base_style = document.styles["Normal"]
        style.paragraph_format.left_indent, style.paragraph_format.space_after = Mm(6 * (level - 1)), Pt(1)
        room = page.page_width - page.left_margin - page.right_margin
        style.paragraph_format.tab_stops.add_tab_stop(room, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def page_numbers(document: Any, title: str) -> None:
    """Title, page and number of pages at the foot of every page."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Pt

    page = document.sections[-1]
    foot = page.footer.paragraphs[0]
    foot.style.font.size = Pt(8)
    stops = foot.style.paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(page.page_width - page.left_margin - page.right_margin, WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(f"{title}\t")
    field(foot, "PAGE", "1")
    foot.add_run(" / ")
    field(foot, "NUMPAGES", "1")


def bookmark(paragraph: Any, number: int, name: str) -> None:
    """A mark around a paragraph's text, for links to it. number: its own in the document."""
    start, end = _element("bookmarkStart", id=str(number), name=name), _element("bookmarkEnd", id=str(number))
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(end)


def field(paragraph: Any, code: str, shown: str) -> None:
    """A field that Word computes; `shown` until then."""
    made = _element("fldSimple", instr=code)
    made.append(_run(shown))
    paragraph._p.append(made)


def _link(paragraph: Any, text: str, place: str) -> None:
    link = _element("hyperlink", anchor=place, history="1")
    link.append(_run(text))
    paragraph._p.append(link)


def _mark(paragraph: Any, kind: str) -> None:
    paragraph.add_run()._r.append(_element("fldChar", fldCharType=kind))


def _instruct(paragraph: Any, code: str) -> None:
    instruction = _element("instrText")
    instruction.text = code
    paragraph.add_run()._r.append(instruction)


def _run(text: str) -> Any:
    run, said = _element("r"), _element("t")
    said.text = text
    run.append(said)
    return run


def _element(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made
