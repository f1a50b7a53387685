"""Dataclasses of models.* to plain JSON values and back, exactly.

One generic codec instead of one writer and reader per class: a new field of a Case or Design is stored without a line
here. Floats keep every bit (JSON text of a float is its shortest exact form); numbers JSON cannot hold (an infinite
bound) become the texts "inf", "-inf", "nan". A dictionary whose keys are tuples becomes a list of {"key", "value"}."""

from __future__ import annotations

import json
import math
import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

T = TypeVar("T")


def encode(value: Any, *, leave_out: frozenset[str] = frozenset()) -> Any:
    """A dataclass (or anything inside one) as plain dicts, lists, numbers and texts. `leave_out` names fields of the
    outermost dataclass that are stored elsewhere."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in fields(value) if f.name not in leave_out}
    if isinstance(value, np.ndarray):
        return [encode(v) for v in value.tolist()]
    if isinstance(value, dict):
        if all(isinstance(k, str) for k in value):
            return {k: encode(v) for k, v in value.items()}
        return [{"key": encode(k), "value": encode(v)} for k, v in value.items()]
    if isinstance(value, (tuple, list)):
        return [encode(v) for v in value]
    if isinstance(value, np.generic):
        return encode(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def decode(kind: Any, plain: Any, **given: Any) -> Any:
    """The inverse of `encode`: `kind` is the dataclass or annotation wanted; `given` supplies fields left out.

    Raises ValueError naming the place when the stored value does not fit."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _decode_dataclass(kind, plain, given)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if plain is None:
            return None
        return decode(next(a for a in arguments if a is not type(None)), plain)
    if origin is np.ndarray or kind is np.ndarray:
        return np.array([_number(v) for v in _listed(plain)], dtype=float)
    if origin is tuple:
        items = _listed(plain)
        inner = arguments[:1] * len(items) if arguments[-1] is Ellipsis else arguments
        if len(inner) != len(items):
            raise ValueError(f"{len(items)} values where {len(inner)} are expected")
        return tuple(decode(k, v) for k, v in zip(inner, items, strict=True))
    if origin is dict:
        return _decode_dict(arguments, plain)
    return _decode_scalar(kind, origin, arguments, plain)


def _decode_dataclass(kind: type, plain: Any, given: dict[str, Any]) -> Any:
    if not isinstance(plain, dict):
        raise ValueError(f"{kind.__name__}: found {type(plain).__name__}, expected named values")
    hints = _hints(kind)
    unknown = set(plain) - set(hints)
    if unknown:
        raise ValueError(f"{kind.__name__}: unknown value {sorted(unknown)[0]!r}")
    values = dict(given)
    for name, value in plain.items():
        try:
            values[name] = decode(hints[name], value)
        except ValueError as error:
            raise ValueError(f"{kind.__name__}.{name}: {error}") from None
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from None


def _decode_dict(arguments: tuple[Any, ...], plain: Any) -> dict[Any, Any]:
    key_kind, value_kind = arguments
    if isinstance(plain, dict):
        return {k: decode(value_kind, v) for k, v in plain.items()}
    return {decode(key_kind, pair["key"]): decode(value_kind, pair["value"]) for pair in _listed(plain)}


def _decode_scalar(kind: Any, origin: Any, arguments: tuple[Any, ...], plain: Any) -> Any:
    if kind is Any:
        return plain
    if kind is float:
        return _number(plain)
    if origin is Literal:
        if plain not in arguments:
            raise ValueError(f"{plain!r} is not one of {', '.join(map(repr, arguments))}")
        return plain
    if kind is int and isinstance(plain, float) and plain.is_integer():
        return int(plain)
    if not isinstance(plain, kind) or (kind is int and isinstance(plain, bool)):
        raise ValueError(f"found {plain!r}, expected {kind.__name__}")
    return plain


def _listed(plain: Any) -> list[Any]:
    if not isinstance(plain, list):
        raise ValueError(f"found {plain!r}, expected a list")
    return plain


def _number(plain: Any) -> float:
    if isinstance(plain, bool) or not (isinstance(plain, (int, float)) or plain in ("inf", "-inf", "nan")):
        raise ValueError(f"found {plain!r}, expected a number")
    return float(plain)


def to_json(plain: Any, indent: int = 0) -> str:
    """Plain values as JSON text for people: nested, but a list of numbers or texts (a series) on one line.

    Raises ValueError for numbers JSON cannot hold."""
    pad, inner = "  " * indent, "  " * (indent + 1)
    if isinstance(plain, dict) and plain:
        rows = (f"{inner}{json.dumps(k, ensure_ascii=False)}: {to_json(v, indent + 1)}" for k, v in plain.items())
        return "{\n" + ",\n".join(rows) + f"\n{pad}}}"
    if isinstance(plain, list) and any(isinstance(v, (dict, list)) for v in plain):
        rows = (f"{inner}{to_json(v, indent + 1)}" for v in plain)
        return "[\n" + ",\n".join(rows) + f"\n{pad}]"
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)
