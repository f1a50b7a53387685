"""Power-purchase contracts and demand response against trying everything: with no storage each step stands for itself,
so the least cost lies at a size at which some step is just covered, or at a limit."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from tiny import energy_case, supply

from models.accounts import account
from models.audit import audit
from models.case import Case, PowerPurchase, Programme
from planner.solving import solve

STEP_H = 0.5


def _case(seed: int) -> Case:
    """Four to six half hours in two months, sun of a given size on site, a contract of each kind and a programme."""
    r = np.random.default_rng(seed)
    n = int(r.integers(4, 7))
    output = r.choice([0.0, 0.25, 0.5, 1.0], n)
    contract = PowerPurchase(
        "plant",
        np.ones(n) if seed % 3 == 0 else output,
        price_kcur_per_mwh=float(r.integers(1, 9)),
        min_mw=float(r.choice([0.0, 1.0])),
        max_mw=float(r.integers(2, 9)),
        delivery_kcur_per_mwh=float(r.choice([0.0, 0.5, 2.0])),
        surplus_share=float(r.choice([0.0, 0.5, 1.0])),
        market_kcur_per_mwh=r.integers(-3, 12, n).astype(float),
    )
    difference = PowerPurchase(
        "wind",
        r.choice([0.0, 0.5, 1.0], n),
        price_kcur_per_mwh=float(r.integers(2, 8)),
        settlement="financial",
        min_mw=float(r.choice([0.0, 0.5])),
        max_mw=3.0,
        market_kcur_per_mwh=r.integers(-2, 12, n).astype(float),
    )
    called = r.permutation(np.arange(n) < 2).astype(float)
    pay = {"ready_kcur_per_mw_year": float(r.integers(0, 3)), "called_kcur_per_mwh": float(r.integers(0, 3))}
    sun = float(r.choice([0.0, 0.5, 2.0]))
    return energy_case(
        r.integers(1, 6, n).astype(float).tolist(),
        r.integers(2, 12, n).astype(float).tolist(),
        months=[2, n - 2],
        step_h=STEP_H,
        purchases=(contract, difference),
        programmes=(Programme("DR", called, float(r.integers(2, 6)), float(r.integers(1, 4)), **pay),),
        supplies=(supply(r.uniform(0, 1, n).round(2), min_mw=sun, max_mw=sun),),
    )


def _left(case: Case) -> np.ndarray:
    """What the site takes from the grid in each step, after its own sun [MW]."""
    assert case.site.plain_load_mw is not None
    sun = case.supplies[0]
    return np.maximum(case.site.plain_load_mw - sun.max_mw * sun.output_pu, 0.0)


def _energy(case: Case, plant_mw: float, wind_mw: float) -> float:
    """Cost of a year's energy at given sizes of the contracts, each step by itself [kcur]."""
    plant, wind = case.purchases
    assert plant.market_kcur_per_mwh is not None and wind.market_kcur_per_mwh is not None
    cost = 0.0
    for t, load in enumerate(_left(case)):
        tariff = float(case.grid.import_price_kcur_per_mwh[t])
        given = plant_mw * plant.output_pu[t]
        sold = plant.surplus_share * max(plant.market_kcur_per_mwh[t], 0.0)
        taken = min(load, given) if plant.delivery_kcur_per_mwh + sold < tariff else 0.0
        cost += plant.price_kcur_per_mwh * given - sold * (given - taken)
        cost += plant.delivery_kcur_per_mwh * taken + tariff * (load - taken)
        cost += (wind.price_kcur_per_mwh - wind.market_kcur_per_mwh[t]) * wind_mw * wind.output_pu[t]
    return STEP_H * cost


def _income(case: Case) -> float:
    """The most that the programme pays: all that its baseline leaves above the largest import of a call [kcur]."""
    p = case.programmes[0]
    spare = p.baseline_mw - max(_left(case)[p.called > 0])
    a_mw = p.ready_kcur_per_mw_year + p.called_kcur_per_mwh * STEP_H * float(p.called.sum())
    return a_mw * min(max(spare, 0.0), p.max_mw)


def _least(case: Case) -> float:
    """Least cost over every size at which some step is just covered, and every limit [kcur]."""
    plant, wind = case.purchases
    covered = {load / o for load, o in zip(_left(case), plant.output_pu, strict=True) if o > 0}
    sizes = {s for s in covered if plant.min_mw <= s <= plant.max_mw} | {plant.min_mw, plant.max_mw}
    return min(_energy(case, *found) for found in product(sizes, (wind.min_mw, wind.max_mw))) - _income(case)


@pytest.mark.parametrize("seed", range(16))
def test_contracts_and_calls_by_trying_everything(seed: int) -> None:
    """Proves: with random contracts (as produced and baseload, for energy and for the difference, surplus sold or
    lost) and a demand-response programme, the least cost is that of trying every size, and the plan passes the recheck.
    Catches: energy paid twice or not at all, surplus sold below zero, a fee on what is not taken, a step counted as an
    hour, pay for hours without a call."""
    case = _case(seed)
    design, proof = solve(case, gap=0.0, method="decomposed" if seed % 2 else "monolithic")
    assert design is not None and proof.status == "optimal"
    accounts = account(case, design)
    assert accounts.objective_kcur == pytest.approx(_least(case), rel=1e-6, abs=1e-6)
    report = audit(case, design, accounts, proof)
    assert report.ok, report.violations
