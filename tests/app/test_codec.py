"""Dataclasses to JSON and back: every bit, every key, and sentences where a file does not fit."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.fields import Series
from planner.codec import decode, encode, to_json


@dataclass(frozen=True, eq=False)
class Inner:
    """Something nested."""

    kind: Literal["a", "b"]
    limit: float | None = None


@dataclass(frozen=True, eq=False)
class Outer:
    """One field of each shape that the contracts use."""

    series: Series
    maybe: Series | None
    shares: dict[tuple[str, str], float]
    months: dict[tuple[str, int], float]
    named: dict[str, float]
    inner: tuple[Inner, ...]
    windows: tuple[tuple[int, int], ...]
    count: int
    flag: bool


def through_json(value: Any) -> Any:
    return decode(type(value), json.loads(to_json(encode(value))))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False)),
    st.dictionaries(st.tuples(st.text(), st.text()), st.floats(allow_nan=False, allow_infinity=False)),
)
def test_everything_survives(numbers: list[float], shares: dict[tuple[str, str], float]) -> None:
    """Proves an exact round trip for any numbers (denormals, negative zero) and any names as parts of keys; joining key
    parts with a separator would lose names that contain it."""
    inner, windows = (Inner("b", 0.1),), ((1, 2), (5, 9))
    whole = Outer(np.array(numbers), None, shares, {("peak", 3): 1.5}, {"x, y": -0.0}, inner, windows, 3, True)
    back = through_json(whole)
    assert back.series.tobytes() == whole.series.tobytes() and back.maybe is None
    assert back.shares == whole.shares and back.months == whole.months
    assert math.copysign(1, back.named["x, y"]) == -1
    assert (back.inner[0].kind, back.inner[0].limit, back.windows) == ("b", 0.1, ((1, 2), (5, 9)))
    assert back.count == 3 and type(back.count) is int and back.flag is True


@pytest.mark.parametrize("number", [math.inf, -math.inf])
def test_numbers_that_json_cannot_hold(number: float) -> None:
    """Proves that an infinite bound is stored without breaking strict JSON."""
    text = to_json(encode(Inner("a", number)))
    assert "Infinity" not in text and decode(Inner, json.loads(text)).limit == number


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"kind": "c"}, "Inner.kind: 'c' is not one of 'a', 'b'"),
        ({"kind": "a", "limit": "much"}, "Inner.limit: found 'much', expected a number"),
        ({"kind": "a", "limit": True}, "Inner.limit: found True, expected a number"),
        ({"kind": "a", "other": 1}, "Inner: unknown value 'other'"),
        ({}, "Inner: .*kind"),
        ([], "Inner: found list, expected named values"),
    ],
)
def test_what_does_not_fit_is_said(plain: Any, message: str) -> None:
    """Proves that a hand-edited file ends in a sentence that names the field."""
    with pytest.raises(ValueError, match=message):
        decode(Inner, plain)
