"""Small helpers of all model blocks. A block publishes ports: scalar or per-step expressions that assembly joins.

Design blocks publish `cost_kcur`, `first_cost_kcur` and `area_m2`; operation blocks publish `draw_mw[t]` (power taken
from the site bus, negative if given) and `cost_kcur`. A port that a block leaves out is zero."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyomo.core as pyo
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression

Block = Any
"""A pyomo Block (Pyomo ships no types)."""

Expr = Any
"""A number or linear Pyomo expression."""


def variable(block: Block, name: str, *index: Iterable[Any], doc: str, **options: Any) -> Any:
    """Add a non-negative Var to a block; doc ends in its [unit]. Bounds and domain may be given."""
    options.setdefault("bounds", (0, None))
    component = pyo.Var(*[pyo.Set(initialize=list(i), ordered=True) for i in index], doc=doc, **options)
    block.add_component(name, component)
    return component


class Impossible(ValueError):
    """A rule that no design can keep, found while building: the case is infeasible."""


def constraint(block: Block, name: str, index: Iterable[Any], rule: Callable[..., Any], doc: str) -> None:
    """Add an indexed Constraint rule(key) to a block; doc ends in the [unit] of its rows. Empty families are left out.

    Raises Impossible for a row without variables that does not hold."""

    def checked(_: Block, *key: Any) -> Any:
        row = rule(*key)
        if row is False:
            raise Impossible(f"{block.name}.{name}{list(key)}: {doc}")
        return pyo.Constraint.Skip if row is True else row

    keys = list(index)
    if keys:
        component = pyo.Constraint(pyo.Set(initialize=keys, ordered=True), rule=checked, doc=doc)
        block.add_component(name, component)


def weighted(terms: Iterable[tuple[float, Any]]) -> Expr:
    """Sum of coefficient times variable; 0 without terms. Some five times faster than adding them one by one, which
    counts where an hourly row has many."""
    found = [MonomialTermExpression((c, v)) for c, v in terms if c]
    return LinearExpression(found) if found else 0.0


def publish(block: Block, name: str, expression: Expr) -> None:
    """Publish a scalar port. (Assigning `1.0 * variable` as an attribute would move the variable itself: Pyomo
    returns it.)"""
    block.add_component(name, pyo.Expression(expr=expression))


def total(block: Block, port: str) -> Expr:
    """Sum of a scalar port over the sub-blocks that publish it."""
    parts = [getattr(b, port) for b in block.component_objects(pyo.Block, descend_into=False) if hasattr(b, port)]
    return sum(parts)


def per_step(block: Block, name: str, hours: Sequence[int], rule: Callable[[int], Expr]) -> None:
    """Publish a per-step port: a dict of expressions, one per step."""
    setattr(block, name, {t: rule(t) for t in hours})
