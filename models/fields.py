"""Fields of the case's dataclasses: each with its unit and meaning; vectors checked and frozen."""

from __future__ import annotations

from dataclasses import field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]
"""One value per step of the calendar."""


def quantity(unit: str, meaning: str, **default: Any) -> Any:
    """A dataclass field with its unit and meaning as metadata (both appear in reports and in the reference)."""
    return field(metadata={"unit": unit, "meaning": meaning}, **default)


def _series(values: Any, length: int, name: str) -> Series:
    vector = np.array(values, dtype=float)  # a copy, so that freezing it never freezes the caller's own array
    if vector.shape != (length,):
        raise ValueError(f"{name}: {vector.shape} values, expected {length}")
    if not np.isfinite(vector).all():
        raise ValueError(f"{name}: not all values are finite")
    vector.setflags(write=False)
    return vector


def freeze_series(owner: Any, length: int, label: str) -> None:
    """Replace every Series field of a frozen dataclass by a checked, read-only vector of the calendar's length."""
    for f in fields(owner):
        value = getattr(owner, f.name)
        if f.metadata.get("series") and value is not None:
            object.__setattr__(owner, f.name, _series(value, length, f"{label}.{f.name}"))


def series(unit: str, meaning: str, **default: Any) -> Any:
    """A field that holds one value per step."""
    return field(metadata={"unit": unit, "meaning": meaning, "series": True}, **default)
