"""Power-purchase contracts and shares of clean energy: hand-solved."""

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest
from tiny import battery, energy_case, hall_case, limits, supply

from models.accounts import account
from models.audit import audit
from models.case import Case, EnergyCharge, PowerPurchase
from models.contracts import burning_helps, least_import_kcur_per_mwh
from models.paths import at_year
from planner.solving import solve
from planner.solving.arrays import compile_case


def contract(output=(1.0, 0.0), price=2.0, **changes) -> PowerPurchase:
    """Up to 10 MW of a plant that delivers in the first of two steps, 2 per MWh."""
    base = PowerPurchase("sun", np.array(output, float), price, max_mw=10.0)
    return replace(base, **changes)


def _case(*contracts: PowerPurchase, price=10.0, load=(4.0, 4.0), **parts) -> Case:
    return energy_case(list(load), price, purchases=contracts, **parts)


def test_a_physical_contract_replaces_energy_of_the_tariff_in_its_hours(plan):
    """Proves: 4 MW are contracted: 4 MWh at 2 and a fee of 1 instead of 10, the second step bought at 10: 12 + 40.
    Catches: surplus carried to the next step (24), the fee left out (48), the tariff paid too (92)."""
    found = plan(_case(contract(delivery_kcur_per_mwh=1.0)))
    assert found.design.purchase_mw["sun"] == pytest.approx(4)
    assert found.design.operation.purchased_mw["sun"].tolist() == pytest.approx([4, 0])
    assert found.cost == pytest.approx(52)
    assert (found.line("power_purchase"), found.line("purchase_delivery"), found.line("energy")) == (8, 4, 40)


def test_all_that_is_delivered_is_paid_for(plan):
    """Proves: of 10 MW that must be contracted 4 are taken; 10 MWh are paid at 2, what is left earns half of a market
    price of 1 in that step: 20 - 3 + 40. Catches: pay as used (48), surplus at the whole price (54), lost (60)."""
    dear = contract(min_mw=10.0, surplus_share=0.5, market_kcur_per_mwh=np.array([1.0, 9.0]))
    assert plan(_case(dear)).cost == pytest.approx(57)
    lost = replace(dear, surplus_share=0.0)
    assert plan(_case(lost)).cost == pytest.approx(60)


def test_surplus_is_not_sold_below_zero(plan):
    """Proves: at a market price of -5 surplus is lost, not paid for: 20 + 40. Catches: 20 + 15 + 40."""
    given = contract(min_mw=10.0, surplus_share=0.5, market_kcur_per_mwh=np.array([-5.0, 9.0]))
    assert plan(_case(given)).cost == pytest.approx(60)


def test_energy_is_sold_rather_than_taken_where_that_pays_more(plan):
    """Proves: at a market price of 30 all 10 MW are sold for 300 less 20, and 80 bought of the tariff. Catches: taking
    first, 20 - 180 + 40."""
    given = contract(surplus_share=1.0, market_kcur_per_mwh=np.array([30.0, 0.0]))
    assert plan(_case(given)).cost == pytest.approx(-280 + 80)


def test_a_baseload_contract_delivers_in_every_step(plan):
    """Proves: 3 and 5 MW of load: 3 MW cost 2 a MWh against 10; the fourth MW saves 10 in one step and costs 4, the
    fifth too: 5 * 4. Catches: a size that follows the load, 16."""
    found = plan(_case(contract((1.0, 1.0)), load=(3.0, 5.0)))
    assert found.design.purchase_mw["sun"] == pytest.approx(5)
    assert found.cost == pytest.approx(20)


@pytest.mark.parametrize("market,size,cost", [(3.0, 10.0, 80 - 10), (1.0, 0.0, 80)])
def test_a_financial_contract_settles_the_difference_to_the_market(plan, market, size, cost):
    """Proves: 10 MWh at 2 against a market price of 3 earn 10, whatever the site uses; against 1 none is signed. All
    energy is bought of the tariff. Catches: energy of the tariff replaced (40 less), settlement of the load alone."""
    found = plan(_case(contract(settlement="financial", market_kcur_per_mwh=np.array([market, 50.0]))))
    assert found.design.purchase_mw["sun"] == pytest.approx(size)
    assert found.cost == pytest.approx(cost)
    assert found.design.operation.purchased_mw == {}


def test_prices_grow_by_their_own_rates(plan):
    """Proves: over two years the contract's price is 2 and 2 (no growth), the tariff's 11 and 12.1: 16 + 4 * 23.1.
    Catches: the contract grown with energy (4 * 4.62 + 92.4)."""
    money = replace(_case().money, analysis_years=2, escalation_energy=0.1)
    assert plan(_case(contract(), money=money)).cost == pytest.approx(16 + 4 * 23.1)
    grown = plan(_case(contract(price_escalation=0.5), money=money))
    assert grown.line("power_purchase") == pytest.approx(4 * (3 + 4.5))


def test_energy_blocks_and_take_or_pay_see_the_tariffs_energy_alone(plan):
    """Proves: 4 of 8 MWh come from the contract, so that the month stays within its first block of 4 MWh at 1 (price by
    time 10), and 4 of 6 MWh of take-or-pay are taken, the rest at 3: 8 + 40 + 4 + 6. Catches: the import counted."""
    charge = EnergyCharge("blocks", (1.0,) * 12, np.ones(2))
    grid = {"energy_charges": (charge,), "take_or_pay_mwh_per_year": 6.0, "take_or_pay_kcur_per_mwh": 3.0}
    assert plan(_case(contract(max_mw=4.0), grid=grid)).cost == pytest.approx(8 + 40 + 4 + 6)


def test_demand_is_metered_whatever_contracts_supply(plan):
    """Proves: a demand charge of 5 per MW sees the import of 4 MW: 8 + 40 + 20. Catches: demand of the tariff's energy
    alone, which in the first step is none."""
    from tiny import demand

    once = demand(5.0, 2, applies=np.array([1.0, 0.0]))
    assert plan(_case(contract(), grid={"demand_charges": (once,)})).cost == pytest.approx(68)


def test_tokenergy_does_not_see_contracts(plan):
    """Proves: racks' energy at the meter per token is the same with a contract that supplies all of it. Catches: energy
    of contracts taken off, an index of zero."""
    without = plan(hall_case())
    found = plan(replace(hall_case(), purchases=(contract((1.0, 1.0), 0.1, min_mw=5.0),)))
    assert found.accounts.kpi["import_mwh"] == pytest.approx(found.accounts.kpi["purchased_used_mwh"])
    for key in ("tokenergy_wh_per_1k", "carbon_t", "import_mwh", "peak_import_mw"):
        assert found.accounts.kpi[key] == pytest.approx(without.accounts.kpi[key])


def test_a_yearly_share_counts_energy_of_any_hour(plan):
    """Proves: half of 8 MWh, bought at 20 against 10, comes from 4 MW; three quarters from 6 MW though only 4 are used
    as they are delivered, the rest lost: 6 * 20 + 40. Catches: matching hour by hour (infeasible)."""
    half = plan(_case(contract(price=20.0), limits=limits(clean_share_yearly=0.5)))
    assert half.cost == pytest.approx(4 * 20 + 40)
    more = plan(_case(contract(price=20.0), limits=limits(clean_share_yearly=0.75)))
    assert more.design.purchase_mw["sun"] == pytest.approx(6)
    assert more.accounts.kpi["clean_share_yearly"] == pytest.approx(0.75)
    assert more.accounts.kpi["clean_share_hourly"] == pytest.approx(0.5)
    assert more.cost == pytest.approx(160)


def test_an_hourly_share_counts_what_is_used_as_it_is_delivered(plan, refuse):
    """Proves: sun alone covers at most half of the energy hour by hour; with wind in the second step at 30 three
    quarters cost 4 * 20 + 2 * 30 + 2 * 10. Catches: the year's sum (6 MW of sun, 160)."""
    sun, wind = contract(price=20.0), contract((0.0, 1.0), 30.0, name="wind")
    refuse(_case(sun, limits=limits(clean_share_hourly=0.75)))
    found = plan(_case(sun, wind, limits=limits(clean_share_hourly=0.75)))
    assert found.cost == pytest.approx(4 * 20 + 2 * 30 + 2 * 10)
    assert found.accounts.kpi["clean_share_hourly"] == pytest.approx(0.75)


def test_months_share_the_duty_of_the_year(plan):
    """Proves: with a step in each of two months the sunny one covers the year's half, solved whole or by months.
    Catches: the share asked of every month (infeasible), a month's need that is no link."""
    for duty in ("clean_share_yearly", "clean_share_hourly"):
        case = _case(contract(price=20.0), months=[1, 1], limits=limits(**{duty: 0.5}))
        assert plan(case).cost == pytest.approx(4 * 20 + 40)
        design, proof = solve(case, gap=1e-6, method="decomposed")
        assert design is not None and audit(case, design, account(case, design), proof).ok
        assert (proof.objective_kcur, proof.bound_kcur) == pytest.approx((120.0, 120.0), rel=1e-5)


def test_prices_of_contracts_at_a_later_date():
    """Proves: after three years a fixed price is the same, one that grows by 10 % is 2 * 1.331; fee and market price
    follow energy at 20 %, or the factor that a stage states. Catches: a contract grown with energy."""
    money = replace(_case().money, escalation_energy=0.2)
    given = contract(delivery_kcur_per_mwh=1.0, market_kcur_per_mwh=np.array([5.0, 5.0]))
    case = _case(given, replace(given, name="grown", price_escalation=0.1), money=money)
    fixed, grown = at_year(case, 3).purchases
    assert (fixed.price_kcur_per_mwh, grown.price_kcur_per_mwh) == pytest.approx((2.0, 2.662))
    assert fixed.delivery_kcur_per_mwh == pytest.approx(1.728)
    stated = at_year(case, 3, energy_price=3.0).purchases[0]
    assert stated.market_kcur_per_mwh[0] == pytest.approx(15.0)


def test_a_battery_moves_use_into_clean_hours_and_burns_none(plan):
    """Proves: a free battery lets sun cover all 8 MWh: 8 MW in the first step. A battery that keeps half of what it
    takes helps less, and burning energy in it (charging 2 MW while discharging 1 in the sunny step) is not used to
    raise the share: of a load of 4 and 4 with a share of 0.75 x MW are charged, 4 + x matched of 8 + x / 2:
    x = 8 / 2.5 = 3.2, so 7.2 MW at 20 and 2.4 MWh at 10. Catches: charging and discharging at once."""
    free = plan(_case(contract(price=20.0), batteries=(battery(),), limits=limits(clean_share_hourly=1.0)))
    assert free.cost == pytest.approx(160)
    lossy = battery(charge_efficiency=0.5)
    found = plan(_case(contract(price=20.0), batteries=(lossy,), limits=limits(clean_share_hourly=0.75)))
    assert found.cost == pytest.approx(7.2 * 20 + 2.4 * 10)
    both = np.minimum(found.design.operation.charge_mw["battery"], found.design.operation.discharge_mw["battery"])
    assert both.max() == pytest.approx(0)


def test_sun_on_site_counts_and_what_is_sold_does_not(plan):
    """Proves: 2 MW of free PV give 2 of 8 MWh; half needs 2 MWh more of the contract: 2 * 20 + 4 * 10. With 2 of 6 MWh
    of PV sold in the first step nothing more than 4 of 8 count. Catches: consumption taken as the import alone."""
    pv = supply([1.0, 0.0], max_mw=2.0)
    for duty in ("clean_share_yearly", "clean_share_hourly"):
        found = plan(_case(contract(price=20.0), supplies=(pv,), limits=limits(**{duty: 0.5})))
        assert found.cost == pytest.approx(2 * 20 + 4 * 10)
    selling = {"export_limit_mw": 2.0, "export_price_kcur_per_mwh": np.array([5.0, 5.0])}
    large = supply([1.0, 0.0], max_mw=6.0)
    sold = plan(_case(supplies=(large,), grid=selling, limits=limits(clean_share_yearly=0.5)))
    assert sold.accounts.kpi["clean_share_yearly"] == pytest.approx(0.5)
    assert sold.cost == pytest.approx(-10 + 40)


def test_a_financial_contract_is_matched_without_being_delivered(plan):
    """Proves: hour by hour it covers the import of its step at most: of 10 MW in the first step 4 count. What does not
    count as clean helps nothing. Catches: all of its energy counted, 1.25."""
    given = contract(settlement="financial", min_mw=10.0, market_kcur_per_mwh=np.array([2.0, 2.0]))
    found = plan(_case(given, limits=limits(clean_share_hourly=0.5)))
    assert found.accounts.kpi["clean_share_hourly"] == pytest.approx(0.5)
    assert found.accounts.kpi["clean_share_yearly"] == pytest.approx(1.25)
    grey = plan(_case(replace(given, counts_as_clean=False)))
    assert grey.accounts.kpi["clean_share_yearly"] == pytest.approx(0)


def test_market_based_carbon_follows_contracts_and_location_based_does_not(plan):
    """Proves: 10 MWh of a contract at 0.05 t cover the import of 8 MWh: 0.4 t instead of 8 * 0.3; 4 MWh leave 4 at the
    site's factor: 0.2 + 1.2 t. Location-based carbon stays 8 * 0.5. Catches: certificates beyond the import used."""
    grid = {"market_carbon_t_per_mwh": 0.3, "carbon_t_per_mwh": np.full(2, 0.5)}
    from models.contracts import market_carbon_t

    for size, expected in ((10.0, 0.4), (4.0, 1.4)):
        found = plan(_case(contract(min_mw=size, max_mw=size, carbon_t_per_mwh=0.05), grid=grid))
        assert market_carbon_t(found.case, found.design) == pytest.approx(expected)
        assert found.accounts.kpi["carbon_t"] == pytest.approx(4)


def test_what_is_left_out_adds_no_rows():
    """Proves: neither a contract that cannot be signed nor a share that is not asked for adds a row or a column."""
    plain = compile_case(_case())
    for case in (_case(contract(max_mw=0.0)), _case(limits=limits(clean_share_yearly=0.0))):
        other = compile_case(case)
        assert other.design.arrays.matrix.shape == plain.design.arrays.matrix.shape
        for m, part in plain.months.items():
            assert other.months[m].arrays.matrix.shape == part.arrays.matrix.shape


def test_the_least_that_one_more_mwh_costs():
    """Proves: where a contract delivers, one more MWh costs its fee of 1 and the half of a market price of 4 that is
    then not earned, elsewhere the tariff's 5. Catches: the contract's price where it delivers nothing."""
    given = contract(delivery_kcur_per_mwh=1.0, surplus_share=0.5, market_kcur_per_mwh=np.array([4.0, 4.0]))
    assert least_import_kcur_per_mwh(_case(given, price=5.0)).tolist() == [3.0, 5.0]


@pytest.mark.parametrize(("factor", "most"), [(1.0, [4.0, 8.0]), (1.6, [4.0, 5.0])])
def test_what_is_taken_of_a_contract_is_bounded_by_what_it_can_give(factor, most):
    """Proves: of 10 MW that deliver 0.4 and 1 in turn at most 4 and 8 MW are taken, the connection carrying 8; 5 where
    interval peaks are 1.6 times as high. Catches: a bound that is no help to the solver."""
    case = _case(contract((0.4, 1.0)), limit_mw=8.0, grid={"billing_factor": factor})
    (month,) = compile_case(case).operation_models.values()
    bounds = [v.ub for c in month.component_objects(pyo.Var) if c.local_name == "matched_mw" for v in c.values()]
    assert bounds == pytest.approx(most)


PV = supply((1.0, 0.0), max_mw=1.0)


@pytest.mark.parametrize(
    ("parts", "share", "helps"),
    [
        ((contract(),), {"clean_share_hourly": 0.5}, True),
        ((contract(),), {"clean_share_yearly": 0.5}, False),  # counts whole, used or not
        ((contract(),), {"clean_share_hourly": 1.0}, False),
        ((contract(),), {}, False),
        ((contract(counts_as_clean=False),), {"clean_share_hourly": 0.5}, False),
        ((contract(max_mw=0.0),), {"clean_share_hourly": 0.5}, False),
        ((), {"clean_share_hourly": 0.5}, False),
        ((PV,), {"clean_share_hourly": 0.5}, True),
        ((PV,), {"clean_share_yearly": 0.5}, True),
        ((PV,), {"clean_share_yearly": 1.0}, False),
        ((PV,), {"clean_share_yearly": 0.0}, False),
        ((PV,), {}, False),
        ((replace(PV, lead_months_p50=50.0),), {"clean_share_yearly": 0.5, "need_month": 6.0}, False),
        ((replace(PV, max_mw=0.0),), {"clean_share_yearly": 0.5}, False),
    ],
)
def test_when_energy_used_for_nothing_could_raise_a_share(parts, share, helps):
    """Proves: with a share below one, using more of clean energy raises it: of a contract that counts hour by hour, of
    sun on site over the year too. Without such energy, a share, or with all of it clean it does not. Catches: the
    direction without binaries that then burns; binaries for a duty that burning cannot serve."""
    signed = [p for p in parts if isinstance(p, PowerPurchase)]
    own = tuple(p for p in parts if not isinstance(p, PowerPurchase))
    assert burning_helps(_case(*signed, supplies=own, limits=limits(**share))) is helps


@pytest.mark.parametrize("duty", ["clean_share_yearly", "clean_share_hourly"])
def test_a_share_is_not_bought_by_burning_the_sun(plan, refuse, duty):
    """Proves: 4 MW of sun in the first of two hours of 1 MW; a battery holds 0.2 MWh, half lost each way: 1.4 MWh are
    used of the sun, 0.9 bought: 1.4 / 2.3 = 0.609 is clean at most. Catches: 0.65, reached by charging and discharging
    at once in the sun, which raises both sides of the fraction."""
    lossy = battery(charge_efficiency=0.5, discharge_efficiency=0.5, max_mw=4.0, max_mwh=0.2)
    sunny = {"supplies": (supply([1.0, 0.0], min_mw=4.0, max_mw=4.0),), "batteries": (lossy,)}
    assert plan(energy_case([1.0, 1.0], 1.0, **sunny, limits=limits(**{duty: 0.6}))).cost == pytest.approx(0.9)
    refuse(energy_case([1.0, 1.0], 1.0, **sunny, limits=limits(**{duty: 0.65})))
