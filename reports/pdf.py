"""A document as PDF, set by Typst from the same blocks as page and Word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from reports.charts.frame import on_paper
from reports.document import Block, Heading, Paragraph, Picture, Table, introduces
from reports.format import glued
from reports.templating import text_of


def pdf(title: str, kind: str, blocks: Sequence[Block]) -> bytes:
    """The .pdf file, A4, with contents and page numbers; equal blocks give equal bytes on one machine. Each section of
    level 2 that is a site's begins a page. Links between documents are left out: paper has none."""
    import typst  # lazily: the command line must start fast

    plain = (_plain(b, is_sticky=introduces(blocks, number)) for number, b in enumerate(blocks))
    said = {"title": title, "kind": kind, "blocks": [b for b in plain if b]}
    source = text_of("document.typ").encode()
    made: bytes = typst.compile(source, sys_inputs={"document": json.dumps(said)}, timestamp=0)
    return made


def _plain(block: Block, *, is_sticky: bool) -> dict[str, Any] | None:
    """A block as the template reads it."""
    if isinstance(block, Heading):
        return {"kind": "heading", "text": glued(block.text), "level": block.level, "new-page": block.begins_page}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": glued(block.text), "sticky": is_sticky}
    if isinstance(block, Picture):
        label = block.chart.label
        return {"kind": "picture", "svg": on_paper(block.chart.wide), "caption": glued(block.caption), "label": label}
    if isinstance(block, Table):
        shape = {"shares": block.widths, "figures": block.figures, "short": block.is_short, "total": block.has_total}
        return {"kind": "table", "caption": glued(block.caption), "head": block.head, "rows": block.rows, **shape}
    return None
