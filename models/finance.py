"""Present-value factors. Conventions: first costs at time zero, everything else at year ends, growth already in year 1.

Money.first_year moves all of it to a later start (a stage of a growth plan): prices are those of the start, growth
begins anew there, and the whole is discounted to time zero once, here. In a stage that is part of a growth plan the
factors of capital are zero: the plan counts what is bought, from its purchase until it is retired (`cohort`).

They reproduce the published life-cycle costs of NREL's REopt (tests/math/test_finance.py)."""

from __future__ import annotations

from dataclasses import replace

from models.case import AssetTerms, Money


def cohort(money: Money) -> Money:
    """The money of what is bought at the start of a stage: from then to the end of the whole growth plan."""
    return replace(money, analysis_years=money.asset_years - money.first_year, plan_years=None)


def _worth(money: Money) -> float:
    """Value at time zero of one paid at the start of the years counted [1]."""
    return (1 + money.discount_rate) ** -money.first_year


def _growth_sum(money: Money, escalation: float, years: int) -> float:
    """sum over k = 1..years of ((1 + escalation) / (1 + discount))^k [1], at the start of the years counted."""
    ratio = (1 + escalation) / (1 + money.discount_rate)
    return sum(ratio**k for k in range(1, years + 1))


def yearly_factor(money: Money, escalation: float) -> float:
    """Present value after tax of a cost of one per year at the prices of the start [1]."""
    return (1 - money.tax_rate) * _growth_sum(money, escalation, money.analysis_years) * _worth(money)


def energy_factor(money: Money) -> float:
    """Factor of energy, export, demand, contract and fixed charges [1]."""
    return yearly_factor(money, money.escalation_energy)


def discount_sum(money: Money) -> float:
    """sum over the years counted of 1 / (1 + discount)^k [1]: levelises costs over tokens."""
    return _growth_sum(money, 0.0, money.analysis_years) * _worth(money)


def capital_factor(terms: AssetTerms, money: Money, kept_years: int | None = None) -> float:
    """Present value after tax of a first cost of one, with all that it brings with it [1].

    1 - rebate - credit - tax shields + upkeep + replacements - residual value; formula in models/README.md, Money.
    kept_years: retired so many years after its purchase, without value; depreciation goes on. None: kept to the end.
    Zero in a part of a growth plan, which counts its purchases itself."""
    if money.plan_years is not None:
        return 0.0
    kept = 1 - money.tax_rate
    years = money.analysis_years if kept_years is None else kept_years
    at_purchase = (
        1
        - terms.rebate_share
        - terms.credit_share / (1 + money.discount_rate)
        - _tax_shield(terms, money)
        + terms.om_share * (kept * _growth_sum(money, money.escalation_om, years))
        + kept * _replacements(terms, money, years)
        - (kept * _residual(terms, money) if years == money.analysis_years else 0.0)
    )
    return at_purchase * _worth(money)


def existing_factor(terms: AssetTerms, money: Money, life_left: int) -> float:
    """Present value after tax, per price of one new, of an asset that is on site: upkeep and replacements, the first
    when the life left ends; no first cost, no incentives, no value at the end of what was bought before [1]. Zero in a
    part of a growth plan."""
    return sum(
        flow / (1 + money.discount_rate) ** k for k, flow in enumerate(existing_cash_flow(terms, money, life_left))
    )


def existing_cash_flow(terms: AssetTerms, money: Money, life_left: int) -> tuple[float, ...]:
    """After-tax cost in years 0..n of an asset on site, per price of one new, undiscounted [1]. A replacement is worth
    its unused life at the end where values left count."""
    if money.plan_years is not None:
        return (0.0,) * (money.first_year + money.analysis_years + 1)
    n, kept = money.analysis_years, 1 - money.tax_rate
    years = [0.0, *(kept * terms.om_share * (1 + money.escalation_om) ** k for k in range(1, n + 1))]
    bought = range(life_left, n, terms.life_years)
    price = {k: terms.replacement_share * (1 + money.escalation_capital) ** k for k in bought}
    for k in bought:
        years[k] += kept * price[k]
    if bought and money.counts_residual_value:
        years[n] -= kept * price[bought[-1]] * (1 - (n - bought[-1]) / terms.life_years)
    return tuple(years)


def _tax_shield(terms: AssetTerms, money: Money) -> float:
    """Taxes saved by depreciation, per first cost of one; the basis loses half the tax credit [1]."""
    d = 1 + money.discount_rate
    basis = 1 - terms.credit_share / 2
    regular = sum(
        share / d**year for year, share in enumerate(terms.depreciation_shares, start=1) if year <= money.analysis_years
    )
    return money.tax_rate * basis * (terms.bonus_share / d + (1 - terms.bonus_share) * regular)


def _purchase_price(terms: AssetTerms, money: Money, purchase: int) -> float:
    """Price of the purchase-th unit (0: the first) at its time, per first cost of one [1]."""
    if purchase == 0:
        return 1.0
    return terms.replacement_share * (1 + money.escalation_capital) ** (purchase * terms.life_years)


def _replacements(terms: AssetTerms, money: Money, years: int) -> float:
    """Replacements at each multiple of the life below the years kept, at the purchase's time, before tax [1]."""
    count = (years - 1) // terms.life_years
    d = 1 + money.discount_rate
    return sum(_purchase_price(terms, money, j) / d ** (j * terms.life_years) for j in range(1, count + 1))


def _residual(terms: AssetTerms, money: Money) -> float:
    """Value of the unused life of the last purchase at the end, straight line, at the purchase's time, before tax
    [1]."""
    if not money.counts_residual_value:
        return 0.0
    last = (money.analysis_years - 1) // terms.life_years
    unused = 1 - (money.analysis_years - last * terms.life_years) / terms.life_years
    return _purchase_price(terms, money, last) * unused / (1 + money.discount_rate) ** money.analysis_years


def cash_flow(terms: AssetTerms, money: Money, kept_years: int | None = None) -> tuple[float, ...]:
    """After-tax cost of a first cost of one in each year from time zero to the last counted, undiscounted; its present
    value is capital_factor [1]."""
    n, u, start = money.analysis_years, money.tax_rate, money.first_year
    last = n if kept_years is None else kept_years
    years = [0.0] * (n + 1)
    if money.plan_years is not None:
        return (0.0,) * (start + n + 1)
    basis = 1 - terms.credit_share / 2
    years[0] = 1 - terms.rebate_share
    years[1] -= terms.credit_share + u * basis * terms.bonus_share
    for k in range(1, n + 1):
        share = terms.depreciation_shares[k - 1] if k <= len(terms.depreciation_shares) else 0.0
        years[k] += (1 - u) * terms.om_share * (1 + money.escalation_om) ** k if k <= last else 0.0
        years[k] -= u * basis * (1 - terms.bonus_share) * share
    for j in range(1, (last - 1) // terms.life_years + 1):
        years[j * terms.life_years] += (1 - u) * _purchase_price(terms, money, j)
    if last == n:
        years[n] -= (1 - u) * _residual(terms, money) * (1 + money.discount_rate) ** n
    return (*((0.0,) * start), *years)


def once_factor(money: Money) -> float:
    """Present value after tax of a cost of one at the start that is deducted like income lost [1]."""
    return (1 - money.tax_rate) * _worth(money)


def once_flow(money: Money) -> tuple[float, ...]:
    """After-tax cost of one at the start that is deducted like income lost, in each year from time zero; worth
    once_factor [1]."""
    return (*(0.0,) * money.first_year, 1 - money.tax_rate, *(0.0,) * money.analysis_years)


def yearly_flow(money: Money, escalation: float) -> tuple[float, ...]:
    """After-tax cost of one per year at the prices of the start, in each year from time zero to the last counted,
    undiscounted; worth yearly_factor [1]."""
    growth, before = 1 + escalation, (0.0,) * (money.first_year + 1)
    return (*before, *((1 - money.tax_rate) * growth**k for k in range(1, money.analysis_years + 1)))
