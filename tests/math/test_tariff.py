"""The bill, term by term, and four bills with known answers. Prices per kW are used per MW."""

from dataclasses import replace

import numpy as np
import pytest
from dispatch import Fixed, dispatch
from randombills import random_bill
from tiny import battery, demand, energy_case, supply

from models.accounts import account
from models.audit import audit
from models.billing import Slice, slices
from models.case import Case, EnergyCharge, Tier
from planner.errors import Infeasible
from planner.solving import solve
from planner.solving.arrays import compile_case, join
from planner.solving.highs import Run
from planner.studies.plan import PlanOptions, plan_case
from planner.validate import ValidatedCase


def tier(above, price) -> Tier:
    """A tier with one price in all months, or a price per month."""
    return Tier(above, tuple(np.broadcast_to(np.array(price, float), 12).tolist()))


def blocks(price, steps: int, *tiers: Tier, **changes) -> EnergyCharge:
    """A charge on the energy of all steps: `price`, then the tiers."""
    return replace(EnergyCharge("blocks", tier(0, price).price, np.ones(steps), tiers), **changes)


def integers(case: Case) -> int:
    """Integer columns of the whole problem."""
    return join(compile_case(case))[0].size["integers"]


# -- four bills with known answers, from the tests of NREL's REopt --


def test_bill_blended(plan):
    """Proves: 10,000 kWh spread flat over the year at 0.10 $/kWh and 10 $/kW-month: energy 1,000.0, demand 136.99.
    Catches: a yearly instead of monthly charge, 11.42."""
    found = plan(
        energy_case(
            [10_000 / 8760] * 12, 0.10, months=[1] * 12, step_h=730, grid={"demand_charges": (demand(10.0, 12),)}
        )
    )
    assert found.line("energy") == pytest.approx(1000.0)
    assert found.line("demand") == pytest.approx(136.99, abs=0.005)


DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _window(name: str, hours: tuple[int, ...], price: float, month: int) -> object:
    """A coincident-peak window: charged once, on the highest demand of its hours."""
    applies = np.zeros(8760)
    applies[list(hours)] = 1.0
    prices = [price if m == month else 0.0 for m in range(12)]
    return replace(demand(prices, 8760, name=name, ratchet_share=1.0, ratchet_months=11), applies=applies)


def test_bill_coincident_peaks(plan):
    """Proves: 8,760 kWh flat, windows of hours {1, 2, 100} at 10 $/kW and {6000, 7000} at 5 $/kW: 15.0. The second
    window lies in two months and is charged once. Catches: charged in each of its months, 20; per hour, 40."""
    windows = (_window("first", (1, 2, 100), 10.0, 0), _window("second", (6000, 7000), 5.0, 9))
    case = energy_case([1.0] * 8760, 0.0, months=[24 * d for d in DAYS], grid={"demand_charges": windows})
    assert plan(case).cost == pytest.approx(15.0)


def test_bill_demand_tiers(plan):
    """Proves: 1,000,000 kWh flat, the first 50 kW free, then 12 $/kW-month: 9,238.36 (published within 1).
    Catches: the higher price on the whole demand, 16,438."""
    charge = demand(0.0, 12, tiers=(tier(50, 12.0),))
    found = plan(energy_case([1e6 / 8760] * 12, 0.0, months=[1] * 12, step_h=730, grid={"demand_charges": (charge,)}))
    assert found.cost == pytest.approx(9238.36, abs=0.005)


def test_bill_ratchet(plan):
    """Proves: 1 kW with one hour of 100 kW in January, ratchet 35 %, six months at 10.5 and six at 11.5 $/kW: 5,302.5.
    Catches: no ratchet, 1,171.5."""
    load = np.ones(8760)
    load[8] = 100.0
    charge = demand([10.5] * 6 + [11.5] * 6, 8760, ratchet_share=0.35, ratchet_months=11)
    case = energy_case(load, 0.0, months=[24 * d for d in DAYS], grid={"demand_charges": (charge,)})
    assert plan(case).cost == pytest.approx(5302.5)


# -- energy in blocks --


@pytest.mark.parametrize(
    ("first", "tiers", "cost"),
    [
        (1.0, ((3, 2.0), (5, 4.0)), 3 * 1 + 2 * 2 + 1 * 4),  # rising
        (4.0, ((3, 2.0), (5, 1.0)), 3 * 4 + 2 * 2 + 1 * 1),  # falling
        (2.0, ((2, 5.0), (4, 1.0)), 2 * 2 + 2 * 5 + 2 * 1),  # up and down
        (4.0, ((3, 2.0), (9, 1.0)), 3 * 4 + 3 * 2),  # the last block out of reach of this load
    ],
)
def test_energy_blocks(plan, first, tiers, cost):
    """Proves: 6 MWh in a month are billed block by block on top of a price of 1 by time, rising and falling.
    Catches: falling blocks without their order are filled from the cheapest, 6 * 1; all energy at the last price."""
    charge = blocks(first, 3, *(tier(a, p) for a, p in tiers))
    found = plan(energy_case([1, 2, 3], 1.0, limit_mw=10.0, grid={"energy_charges": (charge,)}))
    assert found.line("energy", "blocks") == pytest.approx(cost)
    assert found.cost == pytest.approx(6 + cost)


def test_each_month_starts_with_the_first_block(plan):
    """Proves: blocks count per month, with the month's own prices: month 0 pays 2 * 1 + 1 * 3, month 1 pays 2 * 4 + 2 *
    1. Catches: one count over the year; the prices of month 0 in both."""
    charge = blocks([1.0, 4.0] + [0.0] * 10, 2, tier(2, [3.0, 1.0] + [0.0] * 10))
    case = energy_case([3, 4], 0.0, months=[1, 1], limit_mw=10.0, grid={"energy_charges": (charge,)})
    assert plan(case).cost == pytest.approx(2 * 1 + 1 * 3 + 2 * 4 + 2 * 1)


def test_blocks_of_some_hours(plan):
    """Proves: a charge counts the energy of its own hours. Catches: all hours, 3 * 1 + 5 * 2."""
    charge = blocks(1.0, 2, tier(3, 2.0), applies=np.array([0.0, 1.0]))
    assert plan(energy_case([4, 5], 0.0, limit_mw=10.0, grid={"energy_charges": (charge,)})).cost == pytest.approx(7)


@pytest.mark.parametrize(("second", "pv"), [(8.0, 4.0), (0.5, 0.0)])
def test_blocks_decide_what_is_built(plan, second, pv):
    """Proves: of 6 MWh, PV at 3 kcur per MWh replaces the dear block above 2 MWh (2 * 1 + 4 * 3), but nothing where
    further energy is cheap (2 * 1 + 4 * 0.5). Catches: a plan by the mean price or by the first block, which builds
    nothing at all in the first case."""
    grid = {"energy_charges": (blocks(1.0, 1, tier(2, second)),)}
    case = energy_case([6], 0.0, limit_mw=10.0, grid=grid, supplies=(supply([1], cost_kcur_per_mw=3.0),))
    found = plan(case)
    assert found.design.supply_mw["pv"] == pytest.approx(pv, abs=1e-6)
    assert found.cost == pytest.approx(2 * 1 + pv * 3 + (4 - pv) * second)


def test_falling_blocks_are_taken_whole_or_not_at_all(plan):
    """Proves: with falling prices it pays to supply all of 6 MWh oneself (6 * 2.4) or nothing (4 * 4 + 2 * 1 = 18), and
    at 3.2 nothing. Catches: a relaxed order of the blocks, which mixes both below either cost."""
    grid = {"energy_charges": (blocks(4.0, 1, tier(4, 1.0)),)}
    for price, cost in ((2.4, 14.4), (3.2, 18.0)):
        own = supply([1], cost_kcur_per_mw=price)
        found = plan(energy_case([6], 0.0, limit_mw=10.0, grid=grid, supplies=(own,)))
        assert found.cost == pytest.approx(cost)


def test_a_rebate_below_the_price_by_time(plan):
    """Proves: a block may lower the price: 2 * 5 + 4 * (5 - 3). Catches: a negative block left unpaid, 30, or all
    energy declared as rebated, 12."""
    charge = blocks(0.0, 1, tier(2, -3.0))
    assert plan(energy_case([6], 5.0, limit_mw=10.0, grid={"energy_charges": (charge,)})).cost == pytest.approx(18)


def test_a_battery_does_not_burn_what_a_block_gives_away(plan):
    """Proves: where the cheapest block makes energy cheaper than nothing, a battery may not charge and discharge at
    once; of 1 MW at efficiency 0.5 it burns 0.5 MWh at most. Catches: burning 2/3 MWh in each step."""
    charge = blocks(-10.0, 2)
    own = battery(max_mw=1.0, charge_efficiency=0.5)
    case = energy_case([1, 1], 0.0, limit_mw=10.0, grid={"energy_charges": (charge,)}, batteries=(own,))
    assert plan(case).cost == pytest.approx(-20 - 5)


def test_slices_and_their_bounds():
    """Proves: each slice is as wide as it can be filled and no wider: this is the bound of its binary. Catches: a
    slice that reaches beyond the connection, the loose bound that gave others wrong bills."""
    tiers = (tier(3, 2.0), tier(5, 2.0), tier(8, 1.0), tier(20, 0.5))
    assert slices(tier(0, 4.0).price, tiers, 0, 10.0) == [Slice(0, 3, 4.0), Slice(3, 8, 2.0), Slice(8, 10.0, 1.0)]
    assert slices(tier(0, 4.0).price, tiers, 0, 2.0) == [Slice(0, 2.0, 4.0)]
    assert slices(tier(0, 4.0).price, (), 0, 2.0) == [Slice(0, 2.0, 4.0)]


def test_the_relaxation_is_the_lower_hull():
    """Proves: without integers the cost of 6 of at most 10 MWh at 4 up to 4 MWh, then 1, is the straight line from 0 to
    the cost at 10 MWh: 6 * 22 / 10. Catches: any looser bound of the binaries, which gives 6 * 1."""
    case = energy_case([6], 0.0, limit_mw=10.0, grid={"energy_charges": (blocks(4.0, 1, tier(4, 1.0)),)})
    arrays = join(compile_case(case))[0]
    relaxed = replace(arrays, is_integer=np.zeros_like(arrays.is_integer))
    outcome = Run(relaxed).solve()
    assert outcome.solution is not None
    assert float(arrays.cost @ outcome.solution) + arrays.offset == pytest.approx(6 * 22 / 10)


def test_binaries_only_where_a_price_falls():
    """Proves: rising prices need no integers, falling ones a binary per threshold and month that can be reached.
    Catches: binaries in every case with tiers."""

    def size(*tiers):
        grid = {"energy_charges": (blocks(2.0, 2, *tiers),), "demand_charges": (demand(2.0, 2, tiers=tiers),)}
        return integers(energy_case([1, 1], 0.0, months=[1, 1], limit_mw=10.0, grid=grid))

    assert size(tier(3, 3.0), tier(5, 4.0)) == 0
    assert size(tier(3, 1.0), tier(5, 4.0)) == 2 * 2 * 2
    assert size(tier(30, 1.0)) == 0


# -- demand --


@pytest.mark.parametrize(("price", "tiers", "cost"), [(1.0, ((4, 3.0),), 4 + 6 * 3), (3.0, ((4, 1.0),), 12 + 6)])
def test_demand_tiers(plan, price, tiers, cost):
    """Proves: a peak of 10 is billed tier by tier, rising and falling. Catches: order lost, 10 for the second."""
    charge = demand(price, 2, tiers=tuple(tier(a, p) for a, p in tiers))
    assert plan(energy_case([10, 3], 0.0, limit_mw=20.0, grid={"demand_charges": (charge,)})).cost == pytest.approx(
        cost
    )


def test_minimum_demand(plan):
    """Proves: a month bills at least 5, also above the connection of 4: 5 + 5. Catches: the peaks alone, 4 + 1; the
    minimum cut off by the connection, 4 + 4."""
    grid = {"demand_charges": (demand(1.0, 2, min_mw=5.0),)}
    assert plan(energy_case([4, 1], 0.0, months=[1, 1], limit_mw=4.0, grid=grid)).cost == pytest.approx(10)


def test_share_of_the_contract_is_billed_at_least(plan):
    """Proves: with 60 % of contracted capacity as minimum, contract and bills follow the highest month: 10 + 0.6 * 10.
    Catches: no minimum, 12; a contract that is not drawn down to the highest import."""
    grid = {"demand_charges": (demand(1.0, 2, contract_share=0.6),)}
    found = plan(energy_case([10, 2], 0.0, months=[1, 1], limit_mw=100.0, grid=grid))
    assert found.cost == pytest.approx(10 + 6)
    assert found.design.contract_mw == pytest.approx(10)


def test_settled_contract_is_paid_and_kept(plan, refuse):
    """Proves: 8 MW contracted are paid although 5 are used, and 9 are refused. Catches: a fee on 5; a contract that
    grows."""
    grid = {"contract_mw": 8.0, "contract_kcur_per_mw_year": 2.0}
    assert plan(energy_case([5], 0.0, grid=grid)).cost == pytest.approx(16)
    refuse(energy_case([9], 0.0, grid=grid))


def test_overrun_is_paid_month_by_month(plan):
    """Proves: a fee of 3 against 2 per MW-month of overrun: of the peaks 10, 4, 4 the contract holds 4, and 6 are paid
    as overrun: 12 + 12. Catches: a contract for the peak, 30; overrun once at the price of a year; none at all."""
    grid = {"contract_kcur_per_mw_year": 3.0, "overrun_kcur_per_mw_month": 2.0}
    found = plan(energy_case([10, 4, 4], 0.0, months=[1, 1, 1], grid=grid))
    assert found.design.contract_mw == pytest.approx(4)
    assert found.line("contract", "contract") == pytest.approx(12)
    assert found.line("contract", "overrun") == pytest.approx(12)


def test_overrun_needs_a_connection_that_carries_it(plan):
    """Proves: the connection is paid for the highest import of 10, the contract for 4. Catches: a connection of the
    contract's size, which would carry the overrun for nothing."""
    grid = {"contract_mw": 4.0, "overrun_kcur_per_mw_month": 2.0, "connection_kcur_per_mw": 1.0}
    found = plan(energy_case([10, 4], 0.0, months=[1, 1], grid=grid))
    assert found.line("connection") == pytest.approx(10)
    assert found.cost == pytest.approx(10 + 6 * 2)


def test_overrun_and_a_charge_on_all_hours_share_the_peak(plan):
    """Proves: where a charge on all hours holds the month's highest import, overrun and connection follow it: 10 * 1 +
    6 * 2 + 10. Catches: overrun of a variable that no row reaches, 0."""
    grid = {"contract_mw": 4.0, "overrun_kcur_per_mw_month": 2.0, "connection_kcur_per_mw": 1.0}
    case = energy_case([10, 4], 0.0, grid={**grid, "demand_charges": (demand(1.0, 2),)})
    assert plan(case).cost == pytest.approx(10 + 12 + 10)


def test_power_factor_surcharge(plan):
    """Proves: 0.05 below the target at 2 per unit raises the demand charge by 10 %, a factor above the target by
    nothing. Catches: a surcharge on energy too, or a rebate."""
    grid = {"demand_charges": (demand(3.0, 1),), "power_factor_target": 0.9, "power_factor_surcharge": 2.0}
    for factor, raised in ((0.85, 1.1), (0.95, 1.0)):
        found = plan(energy_case([10], 1.0, grid={**grid, "power_factor": factor}))
        assert found.cost == pytest.approx(10 + 30 * raised)


# -- take-or-pay and export --


@pytest.mark.parametrize(("price", "cost"), [(0.8, 10 + 2.4), (2.0, 12 + 2), (7.0, 18)])
def test_take_or_pay(plan, price, cost):
    """Proves: 4 MWh of the year are paid anyway at 2.5, so that buying them at 3 costs 0.5 more. Supply of one's own at
    0.4 per MWh replaces all 6 MWh (4 * 2.5 + 3 MW * 0.8), at 1 only the 2 above the minimum (4 * 3 + 1 MW * 2), at 3.5
    nothing. Catches: no minimum, 2.4 and 6; a minimum per month, 23 for the last."""
    grid = {"take_or_pay_mwh_per_year": 4.0, "take_or_pay_kcur_per_mwh": 2.5}
    own = supply([1, 1], cost_kcur_per_mw=price)
    found = plan(energy_case([3, 3], 3.0, months=[1, 1], grid=grid, supplies=(own,)))
    assert found.cost == pytest.approx(cost)


def test_energy_sold_within_a_share_of_energy_bought(plan):
    """Proves: net metering up to the energy bought: 2 MWh bought at night in month 0 allow 2 of 3 MWh to be sold by
    day; month 1 buys nothing and sells nothing. Catches: no cap, -4; a cap over the year; half the cap."""
    grid = {"export_limit_mw": 9.0, "export_price_kcur_per_mwh": np.full(4, 1.0), "export_share": 1.0}
    sun = supply([3, 0, 1, 1], min_mw=1.0, max_mw=1.0)
    found = plan(energy_case([0, 2, 0, 0], 1.0, months=[2, 2], grid=grid, supplies=(sun,)))
    assert found.cost == pytest.approx(2 - 2)
    assert found.design.operation.export_mw == pytest.approx([2, 0, 0, 0], abs=1e-6)


# -- the recheck --


@pytest.fixture(scope="module")
def billed(plan):
    """A plan under a tariff of every term; solved once."""
    charge = demand(2.0, 3, min_mw=3.0, contract_share=0.5, tiers=(tier(4, 1.0),))
    grid = {
        "energy_charges": (blocks(1.0, 3, tier(3, 2.0)),),
        "demand_charges": (charge,),
        "contract_mw": 8.0,
        "contract_kcur_per_mw_year": 1.0,
        "overrun_kcur_per_mw_month": 3.0,
        "connection_kcur_per_mw": 1.0,
        "power_factor": 0.85,
        "power_factor_target": 0.9,
        "power_factor_surcharge": 2.0,
        "take_or_pay_mwh_per_year": 20.0,
        "take_or_pay_kcur_per_mwh": 0.5,
        "export_limit_mw": 1.0,
        "export_price_kcur_per_mwh": np.full(3, 0.1),
        "export_share": 0.5,
    }
    sun = supply([0, 0, 4], min_mw=1.0, max_mw=1.0)
    found = plan(energy_case([10, 3, 2], 1.0, months=[1, 2], limit_mw=12.0, grid=grid, supplies=(sun,)))
    assert found.design.operation.export_mw == pytest.approx([0, 0, 1])
    return found


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("billed demand of each month", {"charge": {"min_mw": 11.0}}),
        ("billed demand of each month", {"charge": {"contract_share": 0.9}}),
        ("no billed demand without a price", {"charge": {"price_kcur_per_mw": (0.0,) * 12, "tiers": ()}}),
        ("price of a cost line [kcur]", {"charge": {"tiers": (tier(3, 1.0),)}}),
        ("price of a cost line [kcur]", {"charge": {"tiers": ()}}),
        ("price of a cost line [kcur]", {"energy": {"tiers": ()}}),
        ("price of a cost line [kcur]", {"energy": {"applies": np.array([1.0, 0.0, 0.0])}}),
        ("price of a cost line [kcur]", {"power_factor": 0.8}),
        ("quantity of a cost line", {"take_or_pay_mwh_per_year": 21.0}),
        ("contract as settled", {"contract_mw": 7.0}),
        ("import within the contract", {"overrun_kcur_per_mw_month": None}),
        ("energy sold within its share of energy bought", {"export_share": 0.01}),
        ("monthly figures", {"energy": {"price_kcur_per_mwh": (1.5,) * 12}}),
        ("monthly figures", {"charge": {"price_kcur_per_mw": (2.5,) * 12}}),
    ],
)
def test_the_recheck_knows_every_term(billed, rule, change):
    """Proves: the recheck reads every term of the bill from the case: a plan of another tariff is refused. Catches: a
    term that only the model knows, so that its mistake would stay unseen."""
    new = dict(change)
    for key, group in (("charge", "demand_charges"), ("energy", "energy_charges")):
        if key in new:
            new[group] = (replace(getattr(billed.case.grid, group)[0], **new.pop(key)),)
    other = replace(billed.case, grid=replace(billed.case.grid, **new))
    assert rule in {v.check for v in audit(other, billed.design, billed.accounts).violations}


# -- several tariffs --


def _choice(*names_and_prices: tuple[str, float, float], limit: float = 10.0) -> ValidatedCase:
    """5 MWh and a peak of 3 under tariffs of (name, price of energy, price of demand)."""
    cases = [
        energy_case([2, 3], energy, limit_mw=limit, grid={"tariff": name, "demand_charges": (demand(price, 2),)})
        for name, energy, price in names_and_prices
    ]
    return ValidatedCase(cases[0], (), (), 0, 0, (), tuple(cases[1:]))


def test_the_cheapest_tariff_is_chosen_and_the_proof_bounds_all():
    """Proves: of 5 * 1 + 3 * 4 = 17, 5 * 2 + 3 * 1 = 13 and 5 * 3 = 15 the second is taken, and its bound is one for
    all three. Catches: the first or the last taken; the bound of another tariff."""
    answer = plan_case(_choice(("a", 1.0, 4.0), ("b", 2.0, 1.0), ("c", 3.0, 0.0)), PlanOptions())
    assert answer.case.grid.tariff == "b" and answer.audit.ok
    assert answer.accounts.objective_kcur == answer.proof.objective_kcur == pytest.approx(13)
    assert answer.proof.status == "optimal" and answer.proof.bound_kcur == pytest.approx(13)
    assert any("tariff c" in note for note in answer.proof.notes)


def test_no_tariff_has_a_plan():
    """Proves: if no tariff has a plan, the case is infeasible. Catches: an early return on the first."""
    with pytest.raises(Infeasible):
        plan_case(_choice(("a", 1.0, 4.0), ("b", 2.0, 1.0), limit=2.0), PlanOptions())


# -- brute force --

BILLS = 60


@pytest.mark.parametrize("seed", range(BILLS))
def test_bills_by_brute_force(seed):
    """Proves: the least cost of a random bill equals that of trying every tier of every month with another method, or
    both find none; the plan passes the recheck. Catches: any term of the bill that is missing, wrong, or cuts off an
    optimum; a binary whose bound is too tight."""
    case = random_bill(seed)
    expected = dispatch(case, Fixed({}, {}, 0.0, 0.0, 0.0))
    design, proof = solve(case, gap=0.0, method="monolithic")
    if expected is None:
        assert (design, proof.status) == (None, "infeasible")
        return
    assert design is not None and proof.status == "optimal"
    assert proof.objective_kcur == pytest.approx(expected.cost_kcur, rel=1e-6, abs=1e-6)
    accounts = account(case, design)
    assert accounts.objective_kcur == pytest.approx(expected.cost_kcur, rel=1e-6, abs=1e-6)
    report = audit(case, design, accounts, proof)
    assert report.ok, report.violations


# -- in months --


def _year(falling: bool) -> Case:
    """Four months with blocks, tiers, minimum, ratchet, overrun, take-or-pay, a battery and PV."""
    hours = np.arange(240)
    load = 5 + 2 * np.sin(hours / 4) + np.where(hours < 60, 4, 0)
    energy = blocks(0.02, 240, tier(200, 0.01 if falling else 0.03), tier(330, 0.005 if falling else 0.05))
    peak = demand(1.0, 240, min_mw=5.5, ratchet_share=0.8, ratchet_months=3,
                  tiers=(tier(6, 0.4 if falling else 1.5),))  # fmt: skip
    grid = {
        "energy_charges": (energy,),
        "demand_charges": (peak,),
        "contract_kcur_per_mw_year": 2.0,
        "overrun_kcur_per_mw_month": 1.0,
        "take_or_pay_mwh_per_year": 1200.0,
        "take_or_pay_kcur_per_mwh": 0.02,
    }
    own = battery(energy_kcur_per_mwh=0.4, power_kcur_per_mw=0.2, charge_efficiency=0.9, max_mw=5.0, max_mwh=20.0)
    price = 0.05 + 0.03 * np.cos(hours / 4)
    case = energy_case(load, price, months=[60] * 4, limit_mw=12.0, grid=grid, batteries=(own,))
    return replace(case, supplies=(supply(np.clip(np.sin(hours / 3), 0, 1), cost_kcur_per_mw=8.0, max_mw=5.0),))


@pytest.mark.parametrize("falling", [False, True])
def test_the_decomposition_agrees_on_a_bill_with_everything(falling):
    """Proves: a year in months ends at the cost of the whole problem, with rising and with falling prices, within both
    gaps. Catches: a linking variable of the bill that one side leaves out; a cut that is not valid with binaries."""
    case, gap = _year(falling), 1e-4
    whole = solve(case, gap=gap, method="monolithic")[1]
    parts = solve(case, gap=gap, method="decomposed")[1]
    assert whole.status == parts.status == "optimal"
    assert parts.objective_kcur == pytest.approx(whole.objective_kcur, rel=3 * gap)
    assert max(parts.bound_kcur, whole.bound_kcur) <= min(parts.objective_kcur, whole.objective_kcur) * (1 + 1e-6)
