"""Columns of a siting study: what sites are compared by besides their plans, by hand (see columns_bases)."""

from __future__ import annotations

from columns_bases import LOAD, RACKS, Move, Planned, Result, busy_at, cost, ending
from columns_compute import LATE_PEAK


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
    "staff_million": 6.5,
    "staff_shared_million": 4.2,
    "spares_million": 2.2,
    "spares_shared_million": 1.2,
    "utc_h": 4.5,
    "firm_mw": 4.5,
    "permits_month": 14.5,
    "latency_ms": 12.5,
    "hazard_score": 2.5,
    "water_stress_score": 3.5,
}


def _latency(plan: Planned) -> float | None:
    assert plan.valid is not None, plan.ending
    return plan.valid.demands[0].max_latency_ms


def _energised(plan: Planned) -> float:
    assert plan.valid is not None, plan.ending
    return plan.valid.case.grid.energised_month


def _carried(plan: Planned) -> float:
    assert plan.valid is not None, plan.ending
    return plan.valid.grid_steps[-1].total_mw


def _range(name: str) -> Result:
    def read(plan: Planned) -> float:
        assert plan.valid is not None, plan.ending
        value: float = getattr(plan.valid.ranges[0], name)
        return value

    return read


def _to_korea(plan: Planned) -> float:
    assert plan.valid is not None, plan.ending
    return plan.valid.latencies["Korea"].value


_FAR = {"SiteLatency.site": "S", "SiteLatency.region": "Korea", "SiteLatency.latency_ms": 40}
_STEP = {"GridSteps.site": "S", "GridSteps.month": 6, "GridSteps.firm_mw": 8, "GridSteps.nonfirm_mw": 3}
_RANGE = {"SiteRanges.moves": "tariff", "SiteRanges.low": 0.5, "SiteRanges.high": 2}
_JUDGED = {"Criteria.criterion": "near", "Criteria.measured_by": "latency_ms", "Criteria.threshold": 10}

_WATER_PRICED = {"Project.water_price": 50}
_CAPPED = {"Project.water_cap_m3": 23.8, "Sites.water_cap_m3": 24.1}
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
    Move(RACKS, {"Workloads.max_latency_ms": 30}, _latency, 12.5, 30, "ms", given={"Workloads.max_latency_ms": 12.5}),
    Move(
        RACKS,
        {"Workloads.users_utc_h": 9},
        busy_at(0),
        9.6,
        19.2,
        "users in Seoul, a site at UTC+6: their double hour from 03:00 comes at 00:00 of the site; blank: by its clock",
        given=LATE_PEAK | {"Sites.utc_h": 6},
    ),
    Move(LOAD, {"GridSteps.month": 9}, _energised, 6, 9, "its 11 MW carry the limit of 10 MW", given=_STEP),
    Move(LOAD, {"GridSteps.firm_mw": 12}, _carried, 11, 15, "MW, with the 3 MW that are not firm", given=_STEP),
    Move(LOAD, {"GridSteps.nonfirm_mw": 5}, _carried, 11, 13, "MW, with the 8 MW that are firm", given=_STEP),
    Move(RACKS, {"Sites.water_price": 100}, cost("water"), 1.2, 2.4, "24 m3, not at 50 USD/m3", given=_WATER_PRICED),
    Move(RACKS, {"Sites.water_cap_m3": 23.9}, ending, "plan", "infeasible", "24 m3 needed", given=_CAPPED),
    Move(LOAD, {"SiteLatency.latency_ms": 90}, _to_korea, 40, 90, "ms", given=_FAR),
    Move(LOAD, {"SiteRanges.low": 0.7}, _range("low"), 0.5, 0.7, "as given", given=_RANGE),
    Move(LOAD, {"SiteRanges.high": 3}, _range("high"), 2, 3, "as given", given=_RANGE),
    Move(LOAD, {"Criteria.threshold": 20}, _criterion("threshold"), 10, 20, "in the unit of latency_ms", given=_JUDGED),
    Move(LOAD, {"Criteria.weight": 3}, _criterion("weight"), 1, 3, "as given", given=_JUDGED | {"Criteria.weight": 1}),
)
