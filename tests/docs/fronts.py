"""Points of fronts made up by hand."""

from __future__ import annotations

from dataclasses import replace

from models.design import Answer
from models.front import FrontPoint


def point(answer: Answer, cost: float, gap: float, carbon: float, pv_mw: float) -> FrontPoint:
    """A plan of the hall with other figures [kcur, t, MW]."""
    proof = replace(answer.proof, objective_kcur=cost, bound_kcur=cost - gap, status="optimal")
    supply = dict.fromkeys(answer.design.supply_mw or {"PV": 0.0}, pv_mw)
    other = replace(answer, proof=proof, design=replace(answer.design, supply_mw=supply))
    return FrontPoint(other, {"carbon": None}, {"carbon": carbon}, 1.0)
