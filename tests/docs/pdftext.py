"""What a PDF says, as text."""

from __future__ import annotations

import pypdfium2


def pdf_text(content: bytes) -> str:
    """The text of all pages, in order; a line break is a blank."""
    document = pypdfium2.PdfDocument(content)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()
