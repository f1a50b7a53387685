"""Small changes of source code, each a mistake that somebody could make: another operator, another number, the other
branch. Found in the syntax tree; texts, types and messages are left alone."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BINARY = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
           ast.Mod: ast.Mult, ast.Pow: ast.Mult}  # fmt: skip
_COMPARE = {ast.Lt: (ast.LtE, ast.GtE), ast.Gt: (ast.GtE, ast.LtE), ast.LtE: (ast.GtE, ast.Eq),
            ast.GtE: (ast.LtE, ast.Eq), ast.Eq: (ast.NotEq, ast.GtE), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,),
            ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,)}  # fmt: skip
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "ceil": "floor", "floor": "ceil"}
_TOLERANCE = 1e-4
"""Constants up to here are tolerances: a tenth more is no mistake, a thousand times as much is."""


@dataclass(frozen=True)
class Change:
    """One change of one file: expression `number` in the order of _nodes, in its way `way`."""

    path: Path
    line: int
    before: str
    after: str
    number: int
    way: int

    def tree(self) -> ast.Module:
        """The file's syntax tree with the change."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        place = next(itertools.islice(_nodes(tree), self.number, None))
        changed = next(itertools.islice(_changed(place), self.way, None))
        place.__class__ = changed.__class__
        place.__dict__.update({k: v for k, v in changed.__dict__.items() if "lineno" not in k})
        return ast.fix_missing_locations(tree)


def changes(path: Path) -> Iterator[Change]:
    """Every change of a file."""
    for number, node in enumerate(_nodes(ast.parse(path.read_text(encoding="utf-8")))):
        for way, changed in enumerate(_changed(node)):
            yield Change(path, node.lineno, ast.unparse(node), ast.unparse(changed), number, way)


def _nodes(tree: ast.AST) -> Iterator[ast.expr]:
    """Expressions that may be changed, in a fixed order."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, (ast.Raise, ast.JoinedStr, ast.Assert, ast.Import, ast.ImportFrom)):
                continue
            if isinstance(child, ast.keyword) and child.arg in ("doc", "metadata", "strict"):
                continue  # words; and a check that lengths agree, which is an assertion
            if isinstance(child, ast.expr):
                yield child
            if isinstance(child, ast.AST):
                yield from _nodes(child)


def _changed(node: ast.expr) -> Iterator[ast.expr]:
    """What an expression could be changed into."""
    match node:
        case ast.BinOp(op=op) if type(op) in _BINARY and not _of_text(node):
            yield _with(node, op=_BINARY[type(op)]())
        case ast.Compare(ops=[op]) if type(op) in _COMPARE:
            for other in _COMPARE[type(op)][: 1 if _of_text(node) else None]:
                yield _with(node, ops=[other()])
        case ast.BoolOp(op=op):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=inner):
            yield copy.deepcopy(inner)
        case ast.IfExp(body=body, orelse=orelse):
            yield _with(node, body=copy.deepcopy(orelse), orelse=copy.deepcopy(body))
        case ast.Constant(value=bool() as value):
            yield _with(node, value=not value)
        case ast.Constant(value=int() as value):
            yield _with(node, value=value + 1)
        case ast.Constant(value=float() as value):
            yield _with(node, value=value * (1.1 if abs(value) > _TOLERANCE else 1e3) or 1.0)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            yield _with(node, func=ast.Name(_CALLS[name], ast.Load()))
        case ast.Call(func=ast.Attribute(attr=name, value=owner)) if name in _CALLS:
            yield _with(node, func=ast.Attribute(copy.deepcopy(owner), _CALLS[name], ast.Load()))


def _of_text(node: ast.BinOp | ast.Compare) -> bool:
    """Whether a text or a list stands on one side: adding is then no arithmetic, and order means nothing."""
    right = node.right if isinstance(node, ast.BinOp) else node.comparators[0]
    return any(isinstance(n, (ast.JoinedStr, ast.List)) or isinstance(getattr(n, "value", None), str)
               for n in (node.left, right))  # fmt: skip


def _with(node: ast.expr, **fields: object) -> ast.expr:
    changed = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
