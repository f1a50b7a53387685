"""Columns of a siting study: what sites are compared by besides their plans, by hand (see columns_bases)."""

from __future__ import annotations

from columns_bases import LOAD, Move, Planned, Result


def _fact(name: str) -> Result:
    def read(plan: Planned) -> float | None:
        assert plan.valid is not None, plan.ending
        return plan.valid.facts[name].value if name in plan.valid.facts else None

    return read


def _criterion(name: str) -> Result:
    def read(plan: Planned) -> float:
        assert plan.valid is not None, plan.ending
        value: float = getattr(plan.valid.criteria[0], name)
        return value

    return read


_FACTS = {
    "latitude_deg": 37.5,
    "longitude_deg": -75.2,
    "land_cost_million": 4.5,
    "extra_build_million": 2.5,
    "local_tax_million": 1.5,
    "incentive_million": 3.5,
    "firm_mw": 4.5,
    "permits_month": 14.5,
    "latency_ms": 12.5,
    "hazard_score": 2.5,
    "water_stress_score": 3.5,
}
_JUDGED = {"Criteria.criterion": "near", "Criteria.measured_by": "latency_ms", "Criteria.threshold": 10}

SITING = (
    *(
        Move(
            LOAD,
            {f"Sites.{name}": value * 2},
            _fact(name),
            value,
            value * 2,
            "as given",
            given={f"Sites.{name}": value},
        )
        for name, value in _FACTS.items()
        if name not in ("hazard_score", "water_stress_score")
    ),
    *(
        Move(LOAD, {f"Sites.{n}": v + 1}, _fact(n), v, v + 1, "as given", given={f"Sites.{n}": v})
        for n, v in _FACTS.items()
        if n in ("hazard_score", "water_stress_score")
    ),
    Move(LOAD, {"Criteria.threshold": 20}, _criterion("threshold"), 10, 20, "in the unit of latency_ms", given=_JUDGED),
    Move(LOAD, {"Criteria.weight": 3}, _criterion("weight"), 1, 3, "as given", given=_JUDGED | {"Criteria.weight": 1}),
)
