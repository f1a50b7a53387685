"""Variables of a compiled design problem by name, and their bounds narrowed: the months stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from planner.solving.arrays import Blocks

Place = tuple[str, Any]
"""A variable of the design problem: the name of its component, such as `modules.ordered`, and its index."""
Bounds = Mapping[Place, tuple[float, float]]
"""least and most of variables"""


def bounded(blocks: Blocks, bounds: Bounds) -> Blocks:
    """Blocks with the bounds of some variables of the design problem narrowed."""
    compiled = {id(v): j for j, v in enumerate(blocks.design.variables)}
    arrays = blocks.design.arrays
    lower, upper = arrays.col_lower.copy(), arrays.col_upper.copy()
    for place, (least, most) in bounds.items():
        variable = _variable(blocks, place)
        j = compiled.get(id(variable))
        if j is not None:
            lower[j], upper[j] = max(lower[j], least), min(upper[j], most)
        elif variable is not None:
            variable.setlb(least)
            variable.setub(most)
    design = replace(blocks.design, arrays=replace(arrays, col_lower=lower, col_upper=upper))
    return replace(blocks, design=design)


def column_of(blocks: Blocks, place: Place) -> int | None:
    """Column of a variable among `blocks.variables`; None where there is none."""
    variable = _variable(blocks, place)
    return next((j for j, v in enumerate(blocks.variables) if v is variable), None) if variable is not None else None


def _variable(blocks: Blocks, place: Place) -> Any:
    """The Pyomo variable at a place; None where the case has no such thing."""
    name, index = place
    component = blocks.design_model.find_component(name)
    return component[index] if component is not None and index in component else None
