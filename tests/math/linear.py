"""Linear expressions and a program built of them, for the oracle's dispatch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from simplex import Program

Terms = dict[int | None, float]
"""A linear expression: coefficient per variable; None is the constant."""


def add(*parts: tuple[float, Terms]) -> Terms:
    """Weighted sum of expressions."""
    total: Terms = {}
    for factor, terms in parts:
        for k, a in terms.items():
            total[k] = total.get(k, 0.0) + factor * a
    return total


def total(expressions: Iterable[Terms]) -> Terms:
    """Sum of expressions."""
    return add(*((1.0, e) for e in expressions))


@dataclass(kw_only=True)
class Linear:
    """A linear program and its cost, written in expressions; `steps` are those of the year."""

    lp: Program = field(default_factory=Program)
    cost: Terms = field(default_factory=dict)
    steps: range = range(0)

    def var(self, upper: float = float("inf"), lower: float = 0.0) -> Terms:
        return {self.lp.variable(0.0, lower, upper): 1.0}

    def vars(self) -> list[Terms]:
        return [self.var() for _ in self.steps]

    def require(self, left: Terms, sense: str, right: Terms | float) -> None:
        both = add((1.0, left), (-1.0, right if isinstance(right, dict) else {None: float(right)}))
        constant = both.pop(None, 0.0)
        self.lp.row({k: a for k, a in both.items() if k is not None}, sense, -constant)

    def pay(self, factor: float, amount: Terms) -> None:
        self.cost = add((1.0, self.cost), (factor, amount))
