"""What a document says, before it is HTML or Word: headings, paragraphs and tables, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reports.charts.frame import Chart

_FIGURE = re.compile(r"([A-Z]{3} )?[-−+]?\d")
_OF_FIGURES = re.compile(r"([A-Z]{3} )?[-−+<]?\d|–|-|$")

MOST_ON_ONE_SHEET = 8
"""Rows of a table that is not torn apart on paper."""


@dataclass(frozen=True)
class Heading:
    """level 1 for a chapter, 2 for a section in it."""

    text: str
    level: int = 1
    begins_page: bool = False
    """on paper"""


@dataclass(frozen=True)
class Paragraph:
    """Plain words."""

    text: str


@dataclass(frozen=True)
class Link:
    """A document beside this one, on pages only."""

    text: str
    address: str


@dataclass(frozen=True)
class Table:
    """The first column names the row; columns that hold nothing but figures are set right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_folded: bool = False
    """long and seldom read: a page shows it on demand"""
    marked: tuple[int, ...] = ()
    """rows that stand out on a page"""
    has_total: bool = False
    """whether the last row adds up the others"""

    @property
    def is_short(self) -> bool:
        """Whether it can be asked to stand on one sheet of paper."""
        return len(self.rows) <= MOST_ON_ONE_SHEET and not self.is_folded

    @property
    def figures(self) -> tuple[bool, ...]:
        """Of each column, whether it holds figures."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.head)
        return tuple(
            number > 0 and any(_FIGURE.match(cell) for cell in cells) and all(_OF_FIGURES.match(cell) for cell in cells)
            for number, cells in enumerate(columns)
        )

    @property
    def numeric(self) -> tuple[int, ...]:
        """Columns of figures, as templates of pages ask."""
        return tuple(number for number, is_figure in enumerate(self.figures) if is_figure)

    @property
    def wide(self) -> tuple[int, ...]:
        """Columns of words, as templates of pages ask."""
        return tuple(number for number, is_figure in enumerate(self.figures) if not is_figure)

    @property
    def widths(self) -> tuple[float, ...]:
        """Share of the width that each column needs: by its longest cell and the longest word of its heading; of few
        columns, long ones get more, and sentences the most."""
        texts = zip(self.head, *self.rows, strict=True)
        words = ((max(len(word) for word in head.split()), max(map(len, cells), default=0)) for head, *cells in texts)
        longest = 48 if len(self.head) <= 3 else 24 if len(self.head) <= 6 else 21
        most = 60 if 3 < len(self.head) <= 6 else longest
        needed = [min(max(11, bold + 5, plain + 4), most if plain > most else longest) for bold, plain in words]
        return tuple(n / sum(needed) for n in needed)


@dataclass(frozen=True)
class Picture:
    """A chart with its caption; its label is what a screen reader says instead."""

    caption: str
    chart: Chart


Block = Heading | Paragraph | Link | Table | Picture


def introduces(blocks: Sequence[Block], number: int) -> bool:
    """Whether a block stands between a heading and its first table or picture, from which paper must not part it."""
    around = blocks[max(number - 1, 0)], blocks[min(number + 1, len(blocks) - 1)]
    return isinstance(around[0], Heading) and isinstance(around[1], (Table, Picture))
