"""What a document says, before it is HTML or Word: headings, paragraphs and tables, in order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """level 1 for a chapter, 2 for a section in it."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Plain words."""

    text: str


@dataclass(frozen=True)
class Table:
    """The first column names the row; the others are right-aligned where `figures`."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: bool = True


Block = Heading | Paragraph | Table
