"""Present values: the life-cycle costs published by NREL's REopt, and conventions solved by hand."""

import numpy as np
import pytest
from facts import capital, yearly
from tiny import battery, demand, energy_case, hall_case, limits, supply

from models.audit.cashflow import flow_of_existing
from models.case import AssetTerms, Money
from models.finance import (
    capital_factor,
    cash_flow,
    cohort,
    discount_sum,
    existing_cash_flow,
    existing_factor,
    once_factor,
    once_flow,
    yearly_factor,
    yearly_flow,
)

MACRS_5 = (0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576)
REOPT_C = Money(
    analysis_years=20,
    discount_rate=0.081,
    tax_rate=0.4,
    escalation_energy=0.026,
    escalation_om=0.025,
)


@pytest.mark.parametrize(
    "price,rebate,replacement,published", [(1000.0, 100.0, 460.0, 684.4089), (500.0, 0.0, 230.0, 392.2045)]
)
def test_battery_with_macrs_bonus_rebate_and_replacement(price, rebate, replacement, published):
    """Proves: REopt's net present cost of battery power [$/kW] and energy [$/kWh]: rebate, MACRS-5 with 40 % bonus,
    replacement in year 10, 40 % tax. Catches: a rebate that lowers the tax basis 718.6; no tax on the replacement
    768.8."""
    terms = AssetTerms(
        life_years=10,
        replacement_share=replacement / price,
        rebate_share=rebate / price,
        bonus_share=0.4,
        depreciation_shares=MACRS_5,
    )
    assert price * capital_factor(terms, REOPT_C) == pytest.approx(published, abs=1e-3)


def test_replacement_after_tax():
    """Proves: 253,000 in year 10 is 69,665.03 after tax today (REopt). Catches: year 9 or 11, 75,308 or 64,445."""
    once, twice = (AssetTerms(life_years=life, replacement_share=0.5) for life in (20, 10))
    present = 2 * 253_000 * (capital_factor(twice, REOPT_C) - capital_factor(once, REOPT_C))
    assert present == pytest.approx(69_665.0306, abs=0.01)


@pytest.mark.parametrize("yearly_cost,published", [(3500.0, 25_172.0), (2000.0, 14_384.0)])
def test_operation_and_maintenance_over_twenty_years(yearly_cost, published):
    """Proves: REopt's life-cycle O&M of wind and generator after tax, growth already in year 1.
    Catches: growth from year 2 on would give 24,558."""
    assert yearly_cost * yearly_factor(REOPT_C, 0.025) == pytest.approx(published, abs=1.0)
    terms = AssetTerms(life_years=20, om_share=0.035)
    share = capital_factor(terms, REOPT_C) - capital_factor(AssetTerms(life_years=20), REOPT_C)
    assert share * yearly_cost / 0.035 == pytest.approx(published, abs=1.0)


@pytest.mark.parametrize("seed", range(20))
def test_factors_agree_with_cash_flows_written_out(seed):
    """Proves: the closed formulas equal year-by-year cash flows for random terms: lives longer and shorter than the
    study, credits, residual values. Catches: terms received after the study's end, a residual of the wrong purchase."""
    r = np.random.default_rng(seed)
    pick = r.choice
    money = Money(
        analysis_years=int(r.integers(1, 26)),
        discount_rate=float(pick([0.0, 0.05, 0.12])),
        tax_rate=float(pick([0.0, 0.3])),
        escalation_om=float(pick([0.0, 0.02])),
        escalation_capital=float(pick([-0.03, 0.0, 0.02])),
        counts_residual_value=bool(pick([True, False])),
    )
    terms = AssetTerms(
        life_years=int(r.integers(1, 31)),
        om_share=float(pick([0.0, 0.04])),
        replacement_share=float(pick([0.4, 1.0])),
        rebate_share=float(pick([0.0, 0.1])),
        credit_share=float(pick([0.0, 0.3])),
        bonus_share=float(pick([0.0, 0.6])),
        depreciation_shares=MACRS_5 if pick([True, False]) else (),
    )
    assert capital_factor(terms, money) == pytest.approx(capital(terms, money), rel=1e-12)
    assert yearly_factor(money, 0.03) == pytest.approx(yearly(money, 0.03), rel=1e-12)


def test_residual_value_of_a_half_used_asset():
    """Proves: life 10, study 15: replaced in year 10, half used at the end: 1 + 1 - 0.5 without discount.
    Catches: the share of life used instead of unused is the same here, so a study of 12 years too: 2 - 0.8."""
    terms = AssetTerms(life_years=10)
    assert capital_factor(terms, Money(15, 0.0, counts_residual_value=True)) == pytest.approx(1.5)
    assert capital_factor(terms, Money(12, 0.0, counts_residual_value=True)) == pytest.approx(1.2)


def test_no_replacement_at_the_end_of_the_study():
    """Proves: a life of 10 in a study of 20 is replaced once, not in year 20; no residual. Catches: two
    replacements, 3."""
    assert capital_factor(AssetTerms(life_years=10), Money(20, 0.0, counts_residual_value=True)) == pytest.approx(2.0)


def test_investment_credit_halves_into_the_basis():
    """Proves: credit 0.3 at the end of year 1; basis 0.85 written off in two years, tax 40 %, discount 10 %:
    1 - 0.3 / 1.1 - 0.4 * 0.85 * (0.5 / 1.1 + 0.5 / 1.21). Catches: full basis 0.4 * 1; credit at time zero 0.7."""
    terms = AssetTerms(life_years=5, credit_share=0.3, depreciation_shares=(0.5, 0.5))
    expected = 1 - 0.3 / 1.1 - 0.4 * 0.85 * (0.5 / 1.1 + 0.5 / 1.21)
    assert capital_factor(terms, Money(5, 0.10, tax_rate=0.4)) == pytest.approx(expected)


def test_every_line_grows_with_its_own_rate(plan):
    """Proves: over two years without discount, 1 kcur of energy, demand, contract and fixed charge grow at 10 %,
    carbon at 20 %, water at 30 %; wear at 40 %; tax takes a quarter. Catches: a rate on the wrong line, growth from
    year 2 on."""
    money = Money(2, 0.0, tax_rate=0.25, escalation_energy=0.1, escalation_carbon=0.2, escalation_capital=0.4)
    grid = {
        "demand_charges": (demand(1.0, 2),),
        "contract_kcur_per_mw_year": 1.0,
        "fixed_kcur_per_month": 1.0,
        "carbon_t_per_mwh": np.array([1.0, 1.0]),
    }
    found = plan(energy_case([1, 1], [1, 1], grid=grid, money=money, limits=limits(carbon_price_kcur_per_t=1.0)))

    def kept(g: float) -> float:
        return 0.75 * ((1 + g) + (1 + g) ** 2)

    expected = {"energy": 2 * kept(0.1), "demand": kept(0.1), "contract": kept(0.1), "fixed_charge": kept(0.1)}
    expected["carbon"] = 2 * kept(0.2)
    assert {line: found.line(line) for line in expected} == pytest.approx(expected)
    assert found.cost == pytest.approx(sum(expected.values()))


def test_water_wear_and_export_grow_too(plan):
    """Proves: growth of water 30 %, of wear with capital 40 %, of export with energy 10 %. Catches: growth left out."""
    from tiny import air, flat_curve

    money = Money(2, 0.0, escalation_energy=0.1, escalation_water=0.3, escalation_capital=0.4)
    water = hall_case(
        money=money, cooling=(air(curve=flat_curve(0.0, 1.0)),), limits=limits(water_price_kcur_per_m3=1.0)
    )
    assert plan(water).line("water") == pytest.approx(0.35 * (1.3 + 1.69))
    unit = battery(energy_kcur_per_mwh=1.5, min_mwh=1.0, max_mwh=1.0, ageing="throughput", cycle_life=3.0)
    worn = plan(energy_case([0, 1], [1, 10], money=money, batteries=(unit,)))
    assert worn.line("battery_wear") == pytest.approx(0.5 * (1.4 + 1.96))
    grid = {"export_limit_mw": 1.0, "export_price_kcur_per_mwh": np.array([0.5, 0.25])}
    sold = plan(energy_case([0, 0], 1.0, money=money, grid=grid, supplies=(supply([1, 1], min_mw=1.0, max_mw=1.0),)))
    assert sold.line("export") == pytest.approx(-0.75 * (1.1 + 1.21))


def test_an_asset_on_site_is_renewed_and_worth_its_unused_life():
    """Proves, model and recheck each by itself: two years left of four, in five years, at 20 % tax and dearer by 10 % a
    year: renewed for 0.8 * 1.1^2 = 0.968 in year 2; a quarter of that life is left at the end: 0.8 * 1.21 / 4 = 0.242
    comes back; upkeep of 5 % is 0.04 after tax each year. Catches: tax forgotten or added, the life counted from the
    first asset, value left that grows with the years used."""
    terms = AssetTerms(life_years=4, om_share=0.05)
    money = Money(5, 0.0, tax_rate=0.2, escalation_capital=0.1, counts_residual_value=True)
    expected = [0.0, 0.04, 0.04 + 0.968, 0.04, 0.04, 0.04 - 0.242]
    assert existing_cash_flow(terms, money, 2) == pytest.approx(expected)
    assert flow_of_existing(terms, money, 2) == pytest.approx(expected)


def test_an_asset_on_site_is_renewed_again_and_again():
    """Proves, model and recheck each by itself: one year left, then two years each: renewed in years 1 and 3 of five,
    not at the end. Catches: only the first renewal, or one in the last year."""
    expected = [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]
    terms, money = AssetTerms(life_years=2), Money(5, 0.0)
    assert existing_cash_flow(terms, money, 1) == pytest.approx(expected)
    assert flow_of_existing(terms, money, 1) == pytest.approx(expected)


def test_what_is_on_site_is_renewed_at_its_present_value():
    """Proves: an asset with three years left of five, in a study of ten at 10 %: new in years 3 and 8, 1 / 1.1 ** 3 +
    1 / 1.1 ** 8. Catches: money that grows with the years, a first purchase."""
    assert existing_factor(AssetTerms(5), Money(10, 0.1), 3) == pytest.approx(1 / 1.1**3 + 1 / 1.1**8)


def test_upkeep_of_what_is_on_site_grows():
    """Proves: 4 % a year that grows by a tenth, in the model and in the recheck: 0.044, then 0.0484. Catches: upkeep
    that shrinks, or of the first year's price for all."""
    terms, money = AssetTerms(5, om_share=0.04), Money(2, 0.0, escalation_om=0.1)
    for flow in (existing_cash_flow(terms, money, 5), flow_of_existing(terms, money, 5)):
        assert list(flow) == pytest.approx([0.0, 0.044, 0.0484])


def test_a_stage_of_a_growth_plan_has_no_cash_flow_of_its_own():
    """Proves: zeros for the two years before, three years of operation and time zero. Catches: a year too many, by
    which flows of lines could not be added."""
    assert cash_flow(AssetTerms(10), Money(3, 0.1, first_year=2, plan_years=5)) == (0.0,) * 6


@pytest.mark.parametrize("first_year", [0, 2])
def test_a_stage_of_a_growth_plan_renews_nothing_of_its_own(first_year: int) -> None:
    """Proves: what is on site costs a stage of a growth plan nothing in any year from time zero to its last, and so is
    worth nothing: the plan counts it. Catches: a year too many or too few, renewals counted by plan and stage."""
    money = Money(3, 0.1, first_year=first_year, plan_years=5)
    terms = AssetTerms(1, om_share=0.05)
    assert existing_cash_flow(terms, money, 1) == (0.0,) * (first_year + 4)
    assert cash_flow(terms, money) == (0.0,) * (first_year + 4)
    assert existing_factor(terms, money, 1) == capital_factor(terms, money) == 0.0


def test_what_is_retired_early_keeps_its_depreciation_and_nothing_else() -> None:
    """Proves: life 2, upkeep 10 %, a replacement for half at prices that rise by a tenth, written off by 50, 30 and
    20 %, taxed at one half, retired after 4 of 5 years: upkeep 0.05 in years 1 to 4, shields of 0.25, 0.15 and 0.1, one
    replacement of 0.25 * 1.1^2 in year 2 and none in year 4, no value in year 5. Catches: upkeep or renewal after the
    end, depreciation that stops with it, a value left of what is gone."""
    money = Money(5, 0.0, tax_rate=0.5, escalation_capital=0.1, counts_residual_value=True)
    terms = AssetTerms(2, 0.1, 0.5, depreciation_shares=(0.5, 0.3, 0.2))
    expected = [1.0, 0.05 - 0.25, 0.05 + 0.3025 - 0.15, 0.05 - 0.1, 0.05, 0.0]
    assert cash_flow(terms, money, kept_years=4) == pytest.approx(expected)
    assert capital_factor(terms, money, kept_years=4) == pytest.approx(sum(expected))


def test_what_is_retired_after_a_year_may_still_be_written_off() -> None:
    """Proves: bought, used for one year of three and retired: 1 - 0.4 * (0.6 + 0.4 * (0.5 + 0.5)) and one year's upkeep
    of 0.06. Catches: a last year that is left out, a replacement in the year of the purchase."""
    money = Money(3, 0.0, tax_rate=0.4)
    terms = AssetTerms(1, 0.1, bonus_share=0.6, depreciation_shares=(0.5, 0.5))
    assert cash_flow(terms, money, kept_years=1) == pytest.approx([1.0, 0.06 - 0.24 - 0.08, -0.08, 0.0])


@pytest.mark.parametrize("kept_years", [None, 1, 4, 6, 7])
@pytest.mark.parametrize("first_year", [0, 3])
def test_factors_are_the_present_value_of_their_flows(first_year: int, kept_years: int | None) -> None:
    """Proves: flows of capital, of yearly amounts and of a single amount, each discounted year by year from time zero,
    are worth their factors, also where the years counted start later and where something is retired early. Catches: a
    flow in another year than its value, growth that is not that of the factor."""
    money = Money(7, 0.08, 0.25, 0.02, 0.01, escalation_capital=0.03, counts_residual_value=True, first_year=first_year)
    terms = AssetTerms(3, 0.02, 0.8, 0.1, 0.05, 0.1, (0.5, 0.3, 0.2))

    def worth(flow: tuple[float, ...]) -> float:
        assert len(flow) == first_year + 8
        return sum(x / 1.08**year for year, x in enumerate(flow))

    assert worth(cash_flow(terms, money, kept_years)) == pytest.approx(capital_factor(terms, money, kept_years))
    assert worth(yearly_flow(money, 0.05)) == pytest.approx(yearly_factor(money, 0.05))
    assert worth(once_flow(money)) == pytest.approx(once_factor(money))


def test_flows_of_a_later_start() -> None:
    """Proves: of years 2 and 3 of a plan, a yearly 1 that grows by a tenth is 0.75 * 1.1 and 0.75 * 1.21 after tax of a
    quarter, growth beginning at their start; a single 1 at their start is 0.75, worth 0.75 / 1.1 at 10 %, and tokens of
    both years count 1 / 1.1^2 + 1 / 1.1^3. Catches: growth from time zero on, a single amount paid before or after the
    start or without tax."""
    money = Money(2, 0.1, tax_rate=0.25, first_year=1)
    assert yearly_flow(money, 0.1) == pytest.approx([0.0, 0.0, 0.75 * 1.1, 0.75 * 1.21])
    assert once_flow(money) == pytest.approx([0.0, 0.75, 0.0, 0.0])
    assert once_factor(money) == pytest.approx(0.75 / 1.1)
    assert discount_sum(money) == pytest.approx(1 / 1.1**2 + 1 / 1.1**3)


def test_what_a_stage_buys_lasts_to_the_end_of_the_plan() -> None:
    """Proves: bought at the start of year 2 of a plan of 7 years, it is counted for 5. Catches: the stage's own years,
    those of the whole plan."""
    money = cohort(Money(2, 0.1, first_year=2, plan_years=7))
    assert (money.analysis_years, money.first_year, money.plan_years) == (5, 2, None)
