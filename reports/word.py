"""A document as Word file: real styles, captions, a table of contents; a firm's template brings its own styles."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reports.charts.frame import on_paper
from reports.document import Block, Heading, Paragraph, Picture, Table, introduces
from reports.format import glued
from reports.word_fields import bookmark, contents, contents_styles, field, page_numbers

_CREATED = (2000, 1, 1, 0, 0, 0)
_GRID = ("Table Grid", "Light Grid Accent 1")
_INK, _ACCENT, _RULE, _BAND = "1B2733", "1F4E6B", "B8C4CC", "EEF2F4"
_TYPE = (
    *(("Normal", 9.5, 0, _INK), ("Title", 20, 0, _ACCENT), ("Subtitle", 11, 0, _INK), ("Caption", 9, 2, _ACCENT)),
    *(("Heading 1", 14, 14, _ACCENT), ("Heading 2", 11.5, 10, _ACCENT)),
)
"""Styles of the house: name, size [pt], space before [pt], colour."""


def word(
    title: str, lead: str, blocks: Sequence[Block], template: Path | None = None, *, has_contents: bool = True
) -> bytes:
    """The .docx file. template: a .docx whose styles, page setup, header and footer apply; its text is left out.

    Raises ValueError if the template is no Word document."""
    document = opened(template)
    body = document.element.body
    for element in [e for e in body if not e.tag.endswith("}sectPr")]:
        body.remove(element)
    _properties(document, title)
    if template is None:
        _house_style(document)
        contents_styles(document)
        page_numbers(document, title)
    _styled(document, title, "Title", "Heading 1")
    _styled(document, lead, "Subtitle", "Normal")
    places = {id(block): f"_Toc{n:08d}" for n, block in enumerate(blocks) if isinstance(block, Heading)}
    if has_contents:
        contents(document, [(block, places[id(block)]) for block in blocks if isinstance(block, Heading)])
    for number, block in enumerate(blocks):
        if isinstance(block, Heading):
            heading = _styled(document, block.text, f"Heading {block.level}", "Heading 1")
            heading.paragraph_format.page_break_before = block.begins_page
            bookmark(heading, number, places[id(block)])
        elif isinstance(block, Paragraph):
            words = _styled(document, block.text, "Normal")
            words.paragraph_format.keep_with_next = introduces(blocks, number)
        elif isinstance(block, Picture):
            _picture(document, block)
        elif isinstance(block, Table):
            _table(document, block, is_ruled=template is None)
    file = io.BytesIO()
    document.save(file)
    return _undated(file)


def _properties(document: Any, title: str) -> None:
    """Title and author; nothing of whoever made the template last, nor a picture of what stood in it."""
    about = document.core_properties
    about.title, about.author = title, "aidc-planner"
    about.subject = about.keywords = about.comments = about.category = about.last_modified_by = ""
    for date in [e for e in about._element if e.tag.endswith(("}created", "}modified", "}lastPrinted"))]:
        about._element.remove(date)
    files = document.part.package.rels
    for name in [name for name, rel in files.items() if rel.reltype.endswith("/thumbnail")]:
        del files[name]


def _undated(file: io.BytesIO) -> bytes:
    """The same archive without the time of its making, so that equal documents give equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _CREATED), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def opened(template: Path | None) -> Any:
    """The template, or the library's own; ValueError if it is no Word document."""
    import docx  # lazily: the command line must start fast

    try:
        return docx.Document(str(template) if template else None)
    except Exception as problem:  # the library raises whatever its zip and XML readers raise
        raise ValueError(f"{template} is not a Word document (.docx)") from problem


def _house_style(document: Any) -> None:
    """A4 and the type of the pages; a firm's template brings its own."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    for section in document.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(16)
    for name, size, before, colour in _TYPE:
        style = document.styles[name]
        style.font.name, style.font.size, style.font.italic = "Arial", Pt(size), False
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(4)
        style.font.color.rgb = RGBColor.from_string(colour)
        run = style.element.get_or_add_rPr()
        for spacing in run.findall(qn("w:spacing")):  # titles set wide
            run.remove(spacing)
        fonts = run.get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # a theme's font would win over the name
            fonts.attrib.pop(qn(f"w:{theme}"), None)


def _style(document: Any, *names: str) -> str | None:
    """The first of these styles that the document has; None: its default."""
    known = {style.name for style in document.styles}
    return next((name for name in names if name in known), None)


def _styled(document: Any, text: str, *styles: str) -> Any:
    return document.add_paragraph(glued(text), style=_style(document, *styles))


def _picture(document: Any, picture: Picture) -> None:
    """The chart as a picture with its words for screen readers, and a numbered caption."""
    import vl_convert

    page = document.sections[-1]
    room = page.page_width - page.left_margin - page.right_margin
    file = io.BytesIO(vl_convert.svg_to_png(on_paper(picture.chart.wide), scale=2))
    shape = document.add_picture(file, width=room)
    shape._inline.docPr.set("descr", picture.chart.label)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _caption(document, "Figure", len(document.inline_shapes), picture.caption)


def _caption(document: Any, kind: str, number: int, text: str) -> Any:
    caption = _styled(document, f"{kind} ", "Caption", "Normal")
    field(caption, f"SEQ {kind} \\* ARABIC", str(number))
    caption.add_run(glued(f": {text}"))
    return caption


def _table(document: Any, table: Table, *, is_ruled: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    caption = _caption(document, "Table", 1 + len(document.tables), table.caption)
    caption.paragraph_format.keep_with_next = True
    made = document.add_table(rows=0, cols=len(table.head), style=_style(document, *_GRID))
    page = document.sections[-1]
    room = page.page_width - page.left_margin - page.right_margin
    made.autofit = False
    widths = [round(room * share) for share in table.widths]
    for made_column, width in zip(made.columns, widths, strict=True):
        made_column.width = width
    last = len(table.rows)
    kept = range(last) if table.is_short else (0, last - 1)  # no head without a row, no last row alone
    for number, values in enumerate((table.head, *table.rows)):
        row = made.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for column, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            cell.width = widths[column]
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(value)
            is_bold = number == 0 or (table.has_total and number == last)
            run.bold, run.font.size = is_bold or None, Pt(8.5)
            paragraph.paragraph_format.keep_with_next = number in kept
            if table.figures[column]:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if number == 0:  # repeated on each page
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    if is_ruled:
        _rule(made)
    made._tbl.tblPr.append(_described(OxmlElement("w:tblDescription"), qn("w:val"), table.caption))
    gap = _styled(document, "", "Normal").paragraph_format  # or the next table would join this one
    gap.space_after, gap.line_spacing = Pt(0), Pt(6)


def _rule(table: Any) -> None:
    """Thin rules between rows, none between columns, and a band behind the head."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "nil" if side in ("left", "right", "insideV") else "single")
        line.set(qn("w:sz"), "4")
        line.set(qn("w:color"), _RULE)
        borders.append(line)
    table._tbl.tblPr.append(borders)
    for cell in table.rows[0].cells:
        band = OxmlElement("w:shd")
        band.set(qn("w:val"), "clear")
        band.set(qn("w:fill"), _BAND)
        cell._tc.get_or_add_tcPr().append(band)


def _described(element: Any, name: str, value: str) -> Any:
    element.set(name, value)
    return element
