"""Bounds, rows and prices of the bill and of the connection, unsolved: what each leaves at given powers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from handmade import slack, zero
from tiny import demand, energy_case, limits

from models import grid, tariff
from models.case import AssetTerms, Case, EnergyCharge, Money, Tier


def tier(above: float, price: float) -> Tier:
    """A tier with one price in all months."""
    return Tier(above, (price,) * 12)


def months_of(case: Case) -> tuple[Any, dict[int, Any]]:
    """A model with the linking variables of bill and connection, all at zero."""
    model = pyo.ConcreteModel()
    model.month = pyo.Block(case.calendar.months)
    for m in case.calendar.months:
        tariff.month(model.month[m], case, m)
        grid.month(model.month[m], case, m)
    zero(model)
    return model, {m: model.month[m] for m in case.calendar.months}


def designed(case: Case, contract_mw: float = 0.0) -> Any:
    """The year's bill, all variables at zero."""
    model, months = months_of(case)
    model.tariff = pyo.Block(concrete=True)
    tariff.design(model.tariff, case, months, contract_mw)
    zero(model)
    return model


def connected(case: Case) -> Any:
    """The year's connection, all variables at zero."""
    model, months = months_of(case)
    model.grid = pyo.Block(concrete=True)
    grid.design(model.grid, case, months)
    zero(model)
    return model


def operated(case: Case, m: int = 0, fuel_carbon_t: float = 0.0) -> Any:
    """A month at the connection with its bill, all variables at zero; a contract supplies 1 MW in each step."""
    model, months = months_of(case)
    model.sizes, model.grid, model.tariff = (pyo.Block(concrete=True) for _ in range(3))
    grid.sizes(model.sizes, case)
    grid.operate(model.grid, case, model.sizes, months[m], m, fuel_carbon_t)
    bought = model.grid.import_mw
    supplied = {t: bought[t] - 1.0 for t in case.calendar.steps_of(m)}
    tariff.operate(model.tariff, case, months[m], m, bought, supplied)
    zero(model)
    return model


def test_bounds_of_a_month() -> None:
    """Proves: peaks up to the connection of 12 MW; 12 / 1.2 MW in two half hours are 10 MWh, so much counts as taken,
    and of a charge in one of them 5 MWh; no variable for a charge with one block within reach, for months without
    price, or where nothing must be taken. Catches: bounds of steps instead of hours, of means instead of peaks."""
    charge = EnergyCharge("blocks", (1.0,) * 12, np.array([1.0, 0.0, 0.0, 0.0]), (tier(2, 3.0), tier(4, 4.0)))
    plain = EnergyCharge("plain", (1.0,) * 12, np.ones(4), (tier(50, 3.0),))
    parts = {"demand_charges": (demand([1.0] + [0.0] * 11, 4),), "energy_charges": (charge, plain),
             "billing_factor": 1.2, "take_or_pay_mwh_per_year": 0.5, "take_or_pay_kcur_per_mwh": 1.0}  # fmt: skip
    case = energy_case([0.0] * 4, months=[2, 2], step_h=0.5, limit_mw=12.0, grid=parts)
    _, months = months_of(case)
    assert (months[0].peak_mw["peak"].lb, months[0].peak_mw["peak"].ub) == (0, 12.0)
    assert {n: v.ub for n, v in months[0].energy_mwh.items()} == pytest.approx({"blocks": 5.0})
    assert (months[0].taken_mwh.lb, months[0].taken_mwh.ub) == (0.0, pytest.approx(10.0))
    assert len(months[1].peak_mw) == 0 and not hasattr(months[1], "energy_mwh")
    bare = energy_case([0.0] * 4, months=[2, 2], grid={"take_or_pay_kcur_per_mwh": 1.0})
    assert not hasattr(months_of(bare)[1][0], "taken_mwh")


def test_rows_of_billed_demand() -> None:
    """Proves: with peaks of 4, 6 and 2 MW and 10 MW contracted the second month is billed at least 6, half of 10, and a
    quarter of the month before, 1; the first looks back on the third. Its own peak is in no ratchet. Bounds: the least
    demand of 3, and the connection of 8. Catches: a ratchet on the wrong month, a share of the contract in every
    charge."""
    charge = demand(1.0, 3, min_mw=3.0, contract_share=0.5, ratchet_share=0.25, ratchet_months=1)
    other = demand(1.0, 3, name="other", min_mw=9.0)
    case = energy_case([0.0] * 3, months=[1, 1, 1], limit_mw=8.0, grid={"demand_charges": (charge, other)})
    model = designed(case, contract_mw=10.0)
    for m, mw in enumerate((4.0, 6.0, 2.0)):
        model.month[m].peak_mw["peak"].set_value(mw)
    block = model.tariff
    least = {m: -slack(block.bill_peak["peak", m]) for m in range(3)}
    assert least == {0: 4.0, 1: 6.0, 2: 2.0}
    assert {key: -slack(row) for key, row in block.bill_ratchet.items()} == {
        ("peak", 0, 2): 0.5, ("peak", 1, 0): 1.0, ("peak", 2, 1): 1.5
    }  # fmt: skip
    assert {key: -slack(row) for key, row in block.bill_contract.items()} == {("peak", m): 5.0 for m in range(3)}
    for v in block.billed_mw.values():
        v.set_value(7.0)
    rooms = (block.bill_peak["peak", 0], block.bill_ratchet["peak", 0, 2], block.bill_contract["peak", 0])
    assert [slack(row) for row in rooms] == [3.0, 6.5, 2.0]
    assert {(v.lb, v.ub) for (name, _), v in block.billed_mw.items() if name == "peak"} == {(3.0, 8.0)}
    assert {(v.lb, v.ub) for (name, _), v in block.billed_mw.items() if name == "other"} == {(9.0, 9.0)}


def test_a_ratchet_looks_at_months_with_hours_of_its_charge() -> None:
    """Proves: all of three months look back on the whole year, but no month on itself, and none on the third, which has
    no hour of the charge. Catches: a row for each month, a peak that does not exist."""
    charge = replace(demand(1.0, 3, ratchet_share=0.5, ratchet_months=3), applies=np.array([1.0, 1.0, 0.0]))
    model = designed(energy_case([0.0] * 3, months=[1, 1, 1], grid={"demand_charges": (charge,)}))
    assert [key[1:] for key in model.tariff.bill_ratchet] == [(0, 1), (1, 0), (2, 0), (2, 1)]
    assert [key[1] for key in model.tariff.bill_peak] == [0, 1]


def test_price_of_demand_in_rising_tiers() -> None:
    """Proves: 1 per MW, 2 above 4 and 5 above 6, up to 10 MW: parts above are at most 6 and 4 and pay 1 and 3 more; 7
    MW leave at least 3 and 1. Two years grow by a tenth: 1.1 + 1.21. Catches: the whole price on what exceeds, a part
    wider than the connection."""
    charge = demand(1.0, 1, tiers=(tier(4, 2.0), tier(6, 5.0)))
    case = energy_case([0.0], limit_mw=10.0, grid={"demand_charges": (charge,), "fixed_kcur_per_month": 0.5},
                       money=Money(2, 0.0, escalation_energy=0.1))  # fmt: skip
    model = designed(case)
    block, years = model.tariff, 1.1 + 1.21
    over = block.demand_tier_over
    assert [over["peak", 0, i].ub for i in (1, 2)] == [6.0, 4.0]
    block.billed_mw["peak", 0].set_value(7.0)
    assert [-slack(block.demand_tier_exceed["peak", 0, i]) for i in (1, 2)] == [3.0, 1.0]
    assert pyo.value(block.cost_kcur) == pytest.approx(years * (7.0 + 0.5))
    over["peak", 0, 1].set_value(3.0)
    over["peak", 0, 2].set_value(1.0)
    assert pyo.value(block.cost_kcur) == pytest.approx(years * (7.0 + 3 + 3 + 0.5))
    over["peak", 0, 1].set_value(4.0)
    assert slack(block.demand_tier_exceed["peak", 0, 1]) == 1.0


def test_price_of_energy_in_falling_blocks() -> None:
    """Proves: 6, 2 and 3 per MWh from 0, 4 and 6 on, up to 10: the cheapest is paid with the operation, so that 4, 0
    and 1 are left; blocks hold 4, 2 and 4, and a block beyond a threshold needs the one below full. A charge of one
    block is paid with the operation alone, one that rises needs no order, one that falls once does. Catches: the
    cheapest block paid twice, slices of another width."""
    hours = np.ones(1)
    charges = (
        EnergyCharge("plain", (7.0,) * 12, hours), EnergyCharge("rising", (7.0,) * 12, hours, (tier(3, 9.0),)),
        EnergyCharge("blocks", (6.0,) * 12, hours, (tier(4, 2.0), tier(6, 3.0))),
        EnergyCharge("once", (6.0,) * 12, hours, (tier(4, 2.0),)),
    )  # fmt: skip
    block = designed(energy_case([0.0], limit_mw=10.0, grid={"energy_charges": charges})).tariff
    assert [(key, v.ub) for key, v in block.energy_block_over.items()] == [(("rising", 0, 1), 7.0)]
    fill, passed = block.energy_block_fill, block.energy_block_passed
    keys = [("blocks", 0, i) for i in range(3)]
    assert list(fill) == [*keys, ("once", 0, 0), ("once", 0, 1)]
    assert [fill[key].ub for key in keys] == [4.0, 2.0, 4.0]
    assert list(passed) == [*keys[1:], ("once", 0, 1)]
    for key in keys:
        fill[key].set_value(1.5)
    assert pyo.value(block.cost_kcur) == pytest.approx(1.5 * (4 + 0 + 1))
    assert slack(block.energy_block_sum["blocks", 0]) == pytest.approx(-4.5)
    assert [slack(block.energy_block_above[key]) for key in keys[1:]] == [-1.5, -1.5]
    assert [slack(block.energy_block_below[key]) for key in keys[1:]] == [1.5, 1.5]
    for key in keys[1:]:
        passed[key].set_value(1)
    assert [slack(block.energy_block_below[key]) for key in keys[1:]] == [1.5 - 4, 1.5 - 2]
    assert [slack(block.energy_block_above[key]) for key in keys[1:]] == [2 - 1.5, 4 - 1.5]


def test_energy_not_taken_over_the_year() -> None:
    """Proves: of 6 MWh to take 2 and 1 are taken in two months: 3 are owed, at most 6, each at 0.5, beside 3 for
    each month. Catches: months by themselves."""
    parts = {"take_or_pay_mwh_per_year": 6.0, "take_or_pay_kcur_per_mwh": 0.5, "fixed_kcur_per_month": 3.0}
    model = designed(energy_case([0.0] * 2, months=[1, 1], limit_mw=10.0, grid=parts))
    for m, mwh in enumerate((2.0, 1.0)):
        model.month[m].taken_mwh.set_value(mwh)
    assert slack(model.tariff.pay_short["year"]) == pytest.approx(-3.0)
    assert (model.tariff.short_mwh.lb, model.tariff.short_mwh.ub) == (0.0, 6.0)
    model.tariff.short_mwh.set_value(4.0)
    assert slack(model.tariff.pay_short["year"]) == pytest.approx(1.0)
    assert pyo.value(model.tariff.cost_kcur) == pytest.approx(4 * 0.5 + 2 * 3)
    little = designed(energy_case([0.0], grid={**parts, "take_or_pay_mwh_per_year": 0.5})).tariff
    assert little.short_mwh.ub == 0.5


def test_bill_of_a_month_of_half_hours() -> None:
    """Proves: 4 and 6 MW are imported, 3 and 5 of them from the tariff, at 1 and 2 by time and 3 in the first step, 0.5
    times each. Peaks of 1.5 * 4 MW reach the charge of the first step only; 0.5 * 3 MWh count for its blocks, 0.5 * 8
    as taken. Catches: energy of contracts billed, peaks of what the tariff supplies, hours without charge counted."""
    first = np.array([1.0, 0.0])
    charge = EnergyCharge("blocks", (3.0,) * 12, first, (tier(2, 4.0),))
    parts = {"demand_charges": (replace(demand(1.0, 2), applies=first),), "energy_charges": (charge,),
             "billing_factor": 1.5, "take_or_pay_mwh_per_year": 6.0}  # fmt: skip
    case = energy_case([0.0] * 2, [1.0, 2.0], step_h=0.5, limit_mw=30.0, grid=parts)
    model = operated(case)
    for t, mw in enumerate((4.0, 6.0)):
        model.grid.import_mw[t].set_value(mw)
    block = model.tariff
    assert {key: -slack(row) for key, row in block.reach_peak.items()} == {("peak", 0): 6.0}
    assert -slack(block.count_energy["blocks"]) == pytest.approx(1.5)
    assert slack(block.count_taken["month"]) == pytest.approx(4.0)
    assert pyo.value(block.cost_kcur) == pytest.approx(0.5 * (3 * (1 + 3) + 5 * 2))
    model.month[0].peak_mw["peak"].set_value(7.0)
    model.month[0].energy_mwh["blocks"].set_value(2.0)
    assert slack(block.reach_peak["peak", 0]) == 1.0 and slack(block.count_energy["blocks"]) == 0.5


# -- the connection --


def test_import_and_export_within_the_connection() -> None:
    """Proves: 12 MW of peaks 1.2 times the mean are 10 MW of import, 5 MW may be sold, of both half where half of the
    connection is left; energy sold within a quarter of what is bought. Catches: an interruption of the import alone, a
    share by step."""
    parts = {"billing_factor": 1.2, "export_limit_mw": 5.0, "export_share": 0.25, "available_pu": np.array([1.0, 0.5])}
    model = operated(energy_case([0.0] * 2, limit_mw=12.0, grid=parts))
    block = model.grid
    assert [v.ub for v in block.import_mw.values()] == pytest.approx([10.0, 5.0])
    assert [v.ub for v in block.export_mw.values()] == pytest.approx([5.0, 2.5])
    assert {v.lb for v in (*block.import_mw.values(), *block.export_mw.values())} == {0.0}
    block.import_mw[0].set_value(8.0)
    block.export_mw[1].set_value(3.0)
    assert slack(block.limit_export["month"]) == pytest.approx(-1.0)
    assert [pyo.value(x) for x in block.draw_mw.values()] == [-8.0, 3.0]
    block.export_mw[1].set_value(1.5)
    assert slack(block.limit_export["month"]) == pytest.approx(0.5)
    little = operated(energy_case([0.0] * 2, grid={"export_limit_mw": 0.5})).grid
    assert [v.ub for v in little.export_mw.values()] == [0.5, 0.5]
    none = operated(energy_case([0.0] * 2, limit_mw=12.0, grid={"export_share": 0.25})).grid
    assert [pyo.value(x) for x in none.draw_mw.values()] == [0.0, 0.0]
    assert len(none.export_mw) == 0 and not hasattr(none, "limit_export")


def test_carbon_and_energy_sold_in_money() -> None:
    """Proves: 2 MW in a half hour at 0.4 t and 0.6 t of fuel cost 3 per t, which grows by a fifth, over two years; 4 MW
    sold at 5 earn half of 20, grown by a tenth. Within 0.7 t allowed 0.3 t are missing. Catches: fuel without price,
    income that grows as carbon."""
    money = Money(2, 0.0, escalation_energy=0.1, escalation_carbon=0.2)
    parts = {
        "carbon_t_per_mwh": np.array([0.4, 9.0]),
        "export_limit_mw": 9.0,
        "export_price_kcur_per_mwh": np.full(2, 5.0),
    }
    case = energy_case([0.0] * 2, step_h=0.5, grid=parts, money=money,
                       limits=limits(carbon_price_kcur_per_t=3.0, carbon_t_per_year=7.0))  # fmt: skip
    model = operated(case, fuel_carbon_t=0.6)
    model.grid.import_mw[0].set_value(2.0)
    model.grid.export_mw[1].set_value(4.0)
    model.month[0].carbon_t.set_value(0.7)
    assert pyo.value(model.grid.cost_kcur) == pytest.approx((1.2 + 1.44) * 3 * (0.4 + 0.6) - (1.1 + 1.21) * 10)
    assert slack(model.grid.count_carbon["month"]) == pytest.approx(-0.3)
    model.month[0].carbon_t.set_value(1.5)
    assert slack(model.grid.count_carbon["month"]) == pytest.approx(0.5)
    assert (model.month[0].carbon_t.lb, model.month[0].carbon_t.ub) == (0.0, 7.0)


def test_carbon_of_all_months_within_the_year() -> None:
    """Proves: 2 and 4 t of two months exceed 5 t. Catches: each month by itself."""
    case = energy_case([0.0] * 2, months=[1, 1], limits=limits(carbon_t_per_year=5.0))
    model = connected(case)
    for m, t in enumerate((2.0, 4.0)):
        model.month[m].carbon_t.set_value(t)
    assert slack(model.grid.limit_carbon["year"]) == pytest.approx(-1.0)
    model.month[1].carbon_t.set_value(1.0)
    assert slack(model.grid.limit_carbon["year"]) == pytest.approx(2.0)


@pytest.mark.parametrize("covered", [False, True])
def test_contract_overrun_and_connection(covered: bool) -> None:
    """Proves: highest imports of 5 and 9 MW against 4 contracted lack 1 and 5 MW of overrun, at 2 a MW-month; the
    connection of 3 first, half of it in replacement at 10 %, carries both imports and the contract of 4 at 6 a year.
    The highest import is the peak of a charge on all hours where there is one. Catches: overrun of the year, a
    connection of the contract alone, a variable that no row reaches."""
    charges = (demand(1.0, 4),) if covered else ()
    parts = {"contract_kcur_per_mw_year": 6.0, "overrun_kcur_per_mw_month": 2.0, "connection_kcur_per_mw": 3.0,
             "connection_terms": AssetTerms(1, replacement_share=0.5), "demand_charges": charges}  # fmt: skip
    case = energy_case([0.0] * 4, months=[2, 2], limit_mw=12.0, grid=parts, money=Money(2, 0.1))
    model = connected(case)
    block = model.grid
    name = "peak" if covered else "top"
    for m, mw in enumerate((5.0, 9.0)):
        (model.month[m].peak_mw["peak"] if covered else model.month[m].top_mw).set_value(mw)
    block.contract_mw.set_value(4.0)
    assert [slack(block.limit_contract[name, m]) for m in (0, 1)] == [-1.0, -5.0]
    assert [-slack(block.connect[key]) for key in ((name, 0), (name, 1), ("contract", 0))] == [5.0, 9.0, 4.0]
    found = (block.contract_mw, block.connected_mw, model.month[0].top_mw)
    assert {(v.lb, v.ub) for v in found} == {(0.0, 12.0)}
    for m, mw in enumerate((1.0, 5.0)):
        block.overrun_mw[m].set_value(mw)
    block.connected_mw.set_value(9.0)
    assert [slack(block.limit_contract[name, m]) for m in (0, 1)] == [0.0, 0.0]
    assert pyo.value(block.first_cost_kcur) == pytest.approx(27.0)
    expected = (1 / 1.1 + 1 / 1.21) * (6 * 4 + 2 * 6) + 27 * (1 + 0.5 / 1.1)
    assert pyo.value(block.cost_kcur) == pytest.approx(expected)
    block.contract_mw.set_value(6.0)
    assert [slack(block.limit_contract[name, m]) for m in (0, 1)] == [2.0, 2.0]
    assert [slack(block.connect[key]) for key in ((name, 0), (name, 1), ("contract", 0))] == [4.0, 0.0, 3.0]
    one = operated(case)
    assert hasattr(one.grid, "reach_top") is not covered
    one.grid.import_mw[1].set_value(3.0)
    if not covered:
        assert [-slack(row) for row in one.grid.reach_top.values()] == [0.0, 3.0]
        one.month[0].top_mw.set_value(5.0)
        assert [slack(row) for row in one.grid.reach_top.values()] == [5.0, 2.0]


def test_overrun_that_is_free() -> None:
    """Proves: at a price of zero 5 MW above the contract cost nothing, and a connection without price needs no size.
    Catches: a price where none is asked."""
    parts = {"contract_kcur_per_mw_year": 6.0, "overrun_kcur_per_mw_month": 0.0}
    model = connected(energy_case([0.0], limit_mw=12.0, grid=parts))
    model.grid.overrun_mw[0].set_value(5.0)
    assert pyo.value(model.grid.cost_kcur) == 0.0 and not hasattr(model.grid, "connected_mw")


@pytest.mark.parametrize(
    ("parts", "fixed"),
    [
        ({}, 12.0),
        ({"contract_mw": 5.0}, 5.0),
        ({"contract_mw": 50.0}, 12.0),
        ({"contract_kcur_per_mw_year": 1.0}, None),
        ({"connection_kcur_per_mw": 1.0}, None),
    ],
)
def test_contracted_capacity(parts: dict[str, float], fixed: float | None) -> None:
    """Proves: all of the connection where it costs nothing, what is settled as far as the connection carries it, and a
    choice where it has a price. Without a price of overrun the highest import is within it. Catches: a contract above
    the connection, one drawn down for nothing."""
    case = energy_case([0.0], limit_mw=12.0, grid=parts)
    model, months = months_of(case)
    model.grid = pyo.Block(concrete=True)
    grid.design(model.grid, case, months)
    assert model.grid.contract_mw.is_fixed() is (fixed is not None)
    assert model.grid.contract_mw.value == fixed
    assert hasattr(model.grid, "limit_contract") is bool(parts) and not hasattr(model.grid, "connected_mw")
    zero(model)
    if parts:
        model.grid.contract_mw.set_value(4.0)
        model.month[0].top_mw.set_value(3.0)
        assert slack(model.grid.limit_contract["top", 0]) == 1.0
    else:
        assert pyo.value(model.grid.cost_kcur) == 0.0
