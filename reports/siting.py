"""The documents of a siting study, from the content of sites.json: candidate sites at equal service."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from reports.document import Block, Heading
from reports.pdf import pdf
from reports.siting_study import study, verdict
from reports.templating import rendered, text_of
from reports.word import word

_KIND = "Candidate sites of an AI data centre"


def siting_documents(view: dict[str, Any], template: Path | None = None) -> dict[str, bytes]:
    """The study by suffix: .html, .docx, .pdf, which all say the same. ValueError if the template is no Word document.

    view: the content of sites.json, money in whole currency units."""
    said = study(view)
    return {
        ".html": _page(view, said).encode(),
        ".docx": word(view["name"], _KIND, said, template),
        ".pdf": pdf(view["name"], _KIND, said),
    }


def _page(view: dict[str, Any], said: list[Block]) -> str:
    """siting.html as text: a self-contained page without requests, all text of the case escaped. Its one script sorts
    tables and is allowed by its digest; without it the page says the same."""
    script = text_of("sort.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return rendered(
        "siting.html",
        title=view["name"],
        eyebrow=_KIND,
        headline=verdict(view),
        assumed=view["rests_on_assumptions"],
        chapters=_chapters(said),
        script=script,
        digest=digest,
    )


def _chapters(blocks: list[Block]) -> list[tuple[str, list[tuple[str, Block]]]]:
    """Blocks by chapter: its heading, and each block with its kind."""
    chapters: list[tuple[str, list[tuple[str, Block]]]] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            chapters.append((block.text, []))
        else:
            chapters[-1][1].append((type(block).__name__, block))
    return chapters
