"""Random cases whose every cost lies in swings: a rack type or two, work that swings, a battery with duties."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from tiny import battery, hall, hall_case, point, rack, requests, training, training_point

from models.case import AssetTerms, Case, Electrical, Redundancy


def random_swings(seed: int) -> Case:
    """The case of a seed: two months of two or three steps; steps of training runs in every third."""
    r = random.Random(f"swings {seed}")
    months = [r.choice((2, 3)), 2]
    n = sum(months)
    steps = seed % 3 == 0

    def series(low: float, high: float) -> np.ndarray:
        return np.array([round(r.uniform(low, high), 1) for _ in range(n)])

    def swing() -> dict[str, Any]:
        return {"swing_share": r.choice((0.0, 0.3, 0.6)), "swing_s": r.choice((1.0, 600.0, 3600.0))}

    kinds = ["training"] if steps else r.sample(("interactive", "deferrable", "training"), r.choice((1, 2)))
    work, points = [], []
    for kind in kinds:
        if kind == "training":
            run = 1000.0 * r.choice((1.0, 1.5)) * r.choice((2, 3))
            ramp_s = r.choice((0.0, 120.0)) if steps else None
            work.append(training(run, [(0, r.choice((2, n)))], pause_share=0.9, ramp_s=ramp_s, **swing()))
            points += [training_point(x, full_mw=0.1 if x == "R" else 0.09) for x in ("R", "S")]
        else:
            late = 1.0 if kind == "deferrable" else 0.0
            work.append(requests(series(0.0, 1.5), kind, kind=kind, max_delay_h=late, **swing()))
            points += [point(x, kind, full_mw=0.1 if x == "R" else 0.09) for x in ("R", "S")]
    power = r.choice((1.0, 30.0))
    throughput = r.random() < 0.4
    store = battery(
        power_kcur_per_mw=power,
        energy_kcur_per_mwh=r.choice((5.0, 40.0)),
        charge_efficiency=r.choice((1.0, 0.9)),
        discharge_efficiency=0.8,
        min_charge_share=r.choice((0.0, 0.1)),
        max_charge_share=r.choice((1.0, 0.9)),
        max_mw=2.0,
        max_mwh=4.0,
        min_hours=r.choice((0.0, 0.5)),
        self_discharge_per_h=r.choice((0.0, 0.05)),
        location=r.choice(("site", "site", "ups", "rack")),
        response_s=r.choice((0.0, 0.0, 5.0)),
        ageing="throughput" if throughput else "fixed_life",
        cycle_life=20.0 if throughput else None,
        max_cycles_per_year=None if throughput else r.choice((None, 1.0)),
        terms=AssetTerms(10),
    )
    racks = (
        rack(buffer_mw=r.choice((0.0, 0.01)), buffer_mwh=r.choice((0.0, 0.001)), supply=r.choice(("any", "AC"))),
        rack("S", cost_kcur=r.choice((9.0, 14.0)), buffer_mw=0.02, buffer_mwh=1.0, max_racks=r.choice((1, 2))),
    )
    chain = Electrical(
        "chain",
        0.01,
        0.05,
        required_ride_through_h=r.choice((0.0, 0.1)),
        included_ride_through_h=r.choice((0.0, 0.002)),
        redundancy=Redundancy(distributed=r.random() < 0.3),
        ups_serves_grid=r.random() < 0.6,
        chain_kcur_per_mw=r.choice((0.0, 2.0)),
    )
    return hall_case(
        arrivals=(0.0,) * n,
        price=series(0.5, 30.0),
        months=months,
        grid={
            "max_swing_mw": None if steps and r.random() < 0.5 else r.choice((0.0, 0.02, 0.05)),
            "ramp_limit_mw_per_min": r.choice((0.005, 0.02)) if steps else None,
            "ride_through_h": r.choice((0.0, 0.05)),
        },
        workloads=tuple(work),
        racks=racks,
        operating_points=tuple(points),
        offers=(hall(architecture=r.choice((None, "chain"))), hall("other", ex_works_k=1.0, architecture="other")),
        electrical=chain,
        batteries=(store,),
    )
