"""Random cases whose every cost lies in the bill: a plain load, a battery, PV, and any terms of a tariff."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from tiny import battery, demand, energy_case, supply

from models.billing import lowest_price_kcur_per_mwh
from models.case import Case, EnergyCharge, Tier


def random_bill(seed: int) -> Case:
    """The case of a seed: two or three months of two steps; at most one charge has tiers that fall."""
    r = random.Random(seed)
    months = [2] * r.choice((2, 3))
    n = sum(months)

    def series(low: float, high: float) -> np.ndarray:
        return np.array([round(r.uniform(low, high), 1) for _ in range(n)])

    def monthly(*prices: float) -> tuple[float, ...]:
        return tuple(r.choice(prices) for _ in range(12))

    def hours() -> np.ndarray:
        return np.ones(n) if r.random() < 0.6 else np.array([float(r.random() < 0.5) for _ in range(n)])

    load, price = series(1, 6), series(1, 4)
    peak = demand(
        monthly(0.0, 2.0, 3.0),
        n,
        applies=hours(),
        ratchet_share=r.choice((0.0, 0.7)),
        ratchet_months=2,
        min_mw=r.choice((0.0, 2.0)),
        contract_share=r.choice((0.0, 0.8)),
        tiers=r.choice(((), (Tier(2.5, monthly(1.0, 4.0)), Tier(4.0, monthly(0.5, 6.0))))),
    )
    block = EnergyCharge("blocks", monthly(0.5, 2.0), hours(), (Tier(4.0, monthly(0.2, 1.0, 4.0)),))
    sells = r.random() < 0.5
    grid = {
        "billing_factor": r.choice((1.0, 1.1)),
        "power_factor": 0.9,
        "power_factor_target": r.choice((0.0, 0.95)),
        "power_factor_surcharge": 4.0,
        "demand_charges": r.choice(((), (peak,))),
        "energy_charges": r.choice(((), (block,))),
        "take_or_pay_mwh_per_year": r.choice((0.0, 0.8)) * float(load.sum()),
        "take_or_pay_kcur_per_mwh": 0.6,
        "contract_mw": r.choice((None, None, 3.0)),
        "contract_kcur_per_mw_year": r.choice((0.0, 2.0)),
        "overrun_kcur_per_mw_month": r.choice((None, 1.5, 4.0)),
        "connection_kcur_per_mw": r.choice((0.0, 1.0)),
        "export_limit_mw": 2.5 if sells else 0.0,
        "export_price_kcur_per_mwh": np.full(n, 0.55) if sells else None,
        "export_share": r.choice((None, 0.1)),
    }
    own = battery(
        energy_kcur_per_mwh=r.choice((0.3, 1.5)), charge_efficiency=0.9, max_mw=3.0, max_mwh=r.choice((1.0, 3.0))
    )
    sun = supply(series(0, 1), cost_kcur_per_mw=r.choice((2.0, 8.0)), min_mw=4.0 if sells else 0.0, max_mw=4.0)
    case = energy_case(load, price, months=months, limit_mw=9.0, grid=grid, batteries=(own,), supplies=(sun,))
    if not sells:
        return case
    most = np.minimum(0.55, lowest_price_kcur_per_mwh(case))  # where selling pays more, a workbook is refused
    return replace(case, grid=replace(case.grid, export_price_kcur_per_mwh=most))
