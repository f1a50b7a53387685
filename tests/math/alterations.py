"""Copies of a plan that differ from it in one place: what a recheck must notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

Copies = Iterator[tuple[str, Any]]


def changes(value: Any, change: Callable[[Any], Copies], path: str = "", once: tuple[type, ...] = ()) -> Copies:
    """Every copy of a value that differs in one place inside it, with the place's path; one copy only of what is of a
    type in `once`."""
    found = _changes(value, change, path, once)
    yield from islice(found, 1) if isinstance(value, once) else found


def _changes(value: Any, change: Callable[[Any], Copies], path: str, once: tuple[type, ...]) -> Copies:
    if is_dataclass(value):
        for f in fields(value):
            for where, new in changes(getattr(value, f.name), change, f"{path}.{f.name}", once):
                yield where, replace(value, **{f.name: new})
    elif isinstance(value, dict):
        for key, part in value.items():
            for where, new in changes(part, change, f"{path}[{key}]", once):
                yield where, {**value, key: new}
    elif isinstance(value, tuple):
        for i, part in enumerate(value):
            for where, new in changes(part, change, f"{path}[{i}]", once):
                yield where, (*value[:i], new, *value[i + 1 :])
    yield from ((path + where, new) for where, new in change(value))


def noticeable(value: Any) -> Copies:
    """One more of what is counted; one per cent more, or 0.01 instead of nothing, of what is measured; in a series at
    its first, its last and its highest step."""
    if isinstance(value, bool):
        yield "", not value
    elif isinstance(value, int):
        yield "", value + 1
    elif isinstance(value, float) or value is None:
        yield "", 1.01 * value if value else 0.01
    elif isinstance(value, np.ndarray):
        for t in sorted({0, int(value.argmax()), value.size - 1}):
            raised = value.copy()
            raised[t] = 1.01 * value[t] if value[t] else 0.01
            yield f"[{t}]", raised


def lost(value: Any) -> Copies:
    """Each entry of a dictionary and each element of a tuple left out."""
    if isinstance(value, dict):
        for key in value:
            yield f" without {key}", {k: v for k, v in value.items() if k != key}
    elif isinstance(value, tuple):
        for i in range(len(value)):
            yield f" without {i}", value[:i] + value[i + 1 :]


def not_a_number(value: Any) -> Copies:
    """Numbers and one element of each series that are not finite."""
    if isinstance(value, float):
        yield "", float("nan")
        yield "", float("inf")
    elif isinstance(value, np.ndarray):
        spoiled = value.copy()
        spoiled[-1] = np.nan
        yield "[-1]", spoiled


def misshapen(value: Any) -> Copies:
    """Series a step short, and counts that are not whole."""
    if isinstance(value, np.ndarray):
        yield " short", value[:-1]
        yield " missing", None
    elif isinstance(value, int) and not isinstance(value, bool):
        yield "", value + 0.5
        yield "", float(value)
