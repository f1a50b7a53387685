"""Where each value of a Case came from: kept beside the Case, printed in case.json and in every report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Grade = Literal["A", "B", "C", "D", "X", ""]
"""A official or measured; B secondary; C single estimate; D derived; X assumption; empty: the user's own figure."""


@dataclass(frozen=True)
class Origin:
    """One input value with its cell, source and grade."""

    path: str
    """where it went in the Case, e.g. `racks[GB200 NVL72].peak_mw`"""
    cell: str
    """where it came from, e.g. `Racks!D6`; for a blank default the cell that was blank"""
    value: str
    """as the user sees it, in the user's unit"""
    unit: str
    source: str = ""
    year: str = ""
    grade: Grade = ""
    kind: Literal["given", "default", "no limit"] = "given"

    @property
    def is_assumption(self) -> bool:
        """Whether the figure rests on no source."""
        return self.grade == "X"
