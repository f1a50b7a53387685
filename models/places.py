"""Single values of a case by their path, as in Origin.path: `grid.import_limit_mw`, `offers[Hall A].max_count`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any


def at(case: Any, path: str) -> Any:
    """The value at a path such as `offers[Hall A].max_count` or `grid.import_limit_mw`."""
    for name, item in _steps(path):
        case = getattr(case, name)
        if item is not None:
            case = next(part for part in case if part.name == item)
    return case


def put(case: Any, path: str, value: Any) -> Any:
    """A copy of the case with another value at a path."""
    return _put(case, _steps(path), value)


def _put(owner: Any, steps: list[tuple[str, str | None]], value: Any) -> Any:
    (name, item), rest = steps[0], steps[1:]
    old = getattr(owner, name)
    if item is None:
        return replace(owner, **{name: _put(old, rest, value) if rest else value})
    parts = tuple(_put(part, rest, value) if part.name == item else part for part in old)
    return replace(owner, **{name: parts})


def _steps(path: str) -> list[tuple[str, str | None]]:
    found = re.findall(r"([a-z_0-9]+)(?:\[(.*?)\](?=\.|$))?(?:\.|$)", path)
    return [(name, item or None) for name, item in found]
