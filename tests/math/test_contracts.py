"""What power-purchase contracts say about a case or a design written down by hand, without a solver."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of
from tiny import energy_case, limits

from models import contracts
from models.accounts import account
from models.case import Case, EnergyCharge, PowerPurchase
from models.design import Design


def contract(name: str = "sun", output: tuple[float, ...] = (1.0, 0.5), **changes: Any) -> PowerPurchase:
    """Up to 10 MW of a plant at 2 per MWh."""
    return replace(PowerPurchase(name, np.array(output), 2.0, max_mw=10.0), **changes)


def settled(name: str = "wind", **changes: Any) -> PowerPurchase:
    """A contract for the difference to the market."""
    return contract(name, settlement="financial", **changes)


def half_hours(*found: PowerPurchase, price: Any = 10.0, **parts: Any) -> Case:
    """Two half hours, energy of the tariff at 10."""
    return energy_case([0.0, 0.0], price, step_h=0.5, purchases=found, **parts)


def signed(case: Case, mw: dict[str, float], **operation: Any) -> Design:
    """A design that imports 6 and 4 MW, with so much of each contract."""
    return plan_of(case, {"import_mw": np.array([6.0, 4.0]), **operation}, purchase_mw=mw)


def test_contracts_that_matter() -> None:
    """Proves: a contract of no size is none; what the site takes in the same hour matters of physical contracts, and of
    financial ones where a share must be clean hour by hour and they count. Catches: a year's share taken for an hourly
    one, a financial contract that does not count as clean matched."""
    found = (contract(), contract("none", max_mw=0.0), contract("little", max_mw=0.5), settled(),
             settled("grey", counts_as_clean=False))  # fmt: skip
    case = half_hours(*found)
    assert list(contracts.offered(case)) == ["sun", "little", "wind", "grey"]
    assert list(contracts.physical(case)) == ["sun", "little"]
    yearly, hourly = limits(clean_share_yearly=0.5, clean_share_hourly=0.0), limits(clean_share_hourly=0.5)
    assert contracts.duties(replace(case, limits=yearly)) == {"yearly": 0.5}
    assert contracts.duties(replace(case, limits=hourly)) == {"hourly": 0.5}
    assert list(contracts.matched(case)) == list(contracts.matched(replace(case, limits=yearly))) == ["sun", "little"]
    assert list(contracts.matched(replace(case, limits=hourly))) == ["sun", "little", "wind"]


def test_energy_of_a_contract() -> None:
    """Proves: a MW delivers 1 and 0.5 in two half hours, 0.75 MWh; of 4 MW 4 and 2; of what is not signed nothing.
    Catches: a half hour counted whole."""
    case = half_hours(contract())
    assert contracts.delivered_mwh_per_mw(case, contract()) == 0.75
    assert contracts.delivered_mw(signed(case, {"sun": 4.0}), contract()).tolist() == [4.0, 2.0]
    assert contracts.delivered_mw(signed(case, {}), contract()).tolist() == [0.0, 0.0]


def test_what_energy_earns_on_the_market() -> None:
    """Proves: at -3 and 8 a MWh a financial contract gets just that, a physical one half of it and nothing below zero,
    and none without a market; 4 and 2 MW in half hours, 1 MW of them taken in each, leave 3 and 1. Catches: a price
    below zero paid for surplus, the share applied to a difference, a half hour counted whole."""
    market = np.array([-3.0, 8.0])
    sun = contract(surplus_share=0.5, market_kcur_per_mwh=market)
    wind = settled(surplus_share=0.5, market_kcur_per_mwh=market)
    case = half_hours(sun, wind)
    assert contracts.resale_kcur_per_mwh(case, sun).tolist() == [0.0, 4.0]
    assert contracts.resale_kcur_per_mwh(case, wind).tolist() == [-3.0, 8.0]
    assert contracts.resale_kcur_per_mwh(case, contract()).tolist() == [0.0, 0.0]
    plan = signed(case, {"sun": 4.0, "wind": 4.0}, purchased_mw={"sun": np.ones(2)})
    assert contracts.resale_kcur(case, plan, sun) == pytest.approx(0.5 * 4.0 * 1)
    assert contracts.resale_kcur(case, plan, wind) == pytest.approx(0.5 * (-3 * 4 + 8 * 2))


def test_what_is_left_to_the_tariff() -> None:
    """Proves: of 6 and 4 MW, contracts of 4 MW at 1 and 0.5 and of 3 MW in the second leave 2 and none; a financial one
    leaves all. Catches: a tariff that supplies less than nothing."""
    case = half_hours(contract(), contract("night", (0.0, 1.0)), settled())
    plan = signed(case, {"sun": 4.0, "night": 3.0, "wind": 9.0})
    assert contracts.tariff_mw(case, plan, plan.operation.import_mw).tolist() == [2.0, 0.0]


def test_the_cheapest_contract_is_taken_first() -> None:
    """Proves: fees of 3, 1 and 2 beside a tariff of 10 and 2: in the first step 2 MW of the second, 2 of the third and
    the 1 MW of 5 that is left of the first; in the second step the second alone, the third costing what the tariff
    costs. Catches: contracts in the order of the list, more taken than is imported or delivered, one as dear as the
    tariff."""
    found = [
        contract(name, (1.0, 1.0), delivery_kcur_per_mwh=fee) for name, fee in (("a", 3.0), ("b", 1.0), ("c", 2.0))
    ]
    case = half_hours(*found, price=[10.0, 2.0])
    plan = signed(case, dict.fromkeys("abc", 2.0))
    taken = contracts.taken_mw(case, plan, np.array([5.0, 5.0]))
    assert {n: mw.tolist() for n, mw in taken.items()} == {"a": [1.0, 0.0], "b": [2.0, 2.0], "c": [2.0, 0.0]}


def test_the_order_of_contracts_is_that_of_each_step() -> None:
    """Proves: surplus sells at 5 and 0 for one contract and at 0 and 5 for the other: each is taken where the other is
    sold. Catches: one order for the year, income from surplus forgotten."""
    early, late = (
        contract(name, (1.0, 1.0), surplus_share=1.0, market_kcur_per_mwh=np.array(market))
        for name, market in (("early", (5.0, 0.0)), ("late", (0.0, 5.0)))
    )
    case = half_hours(early, late)
    taken = contracts.taken_mw(case, signed(case, {"early": 4.0, "late": 4.0}), np.array([3.0, 3.0]))
    assert {n: mw.tolist() for n, mw in taken.items()} == {"early": [0.0, 3.0], "late": [3.0, 0.0]}
    assert contracts.taken_kcur_per_mwh(case, early).tolist() == [5.0, 0.0]


def test_the_least_cost_of_import_is_that_of_any_contract() -> None:
    """Proves: 10 of the tariff; fees of 3 and 2 where each delivers. Catches: a fee where nothing is delivered, a dear
    contract instead of the tariff."""
    case = half_hours(
        contract("a", (1.0, 0.1), delivery_kcur_per_mwh=3.0), contract("b", (0.0, 1.0), delivery_kcur_per_mwh=2.0),
        contract("dear", (1.0, 1.0), delivery_kcur_per_mwh=30.0), settled(market_kcur_per_mwh=np.zeros(2)),
    )  # fmt: skip
    assert contracts.least_import_kcur_per_mwh(case).tolist() == [3.0, 2.0]


@pytest.mark.parametrize(
    ("price", "block", "pays"),
    [([1.0, 0.0], 0.0, False), ([1.0, -0.5], 0.0, True), ([1.0, 2.0], -3.0, True), ([4.0, 3.0], -3.0, False)],
)
def test_when_burning_energy_pays(price: list[float], block: float, pays: bool) -> None:
    """Proves: it pays where energy costs less than nothing in any step, by its price or with a block of it. Catches:
    energy for nothing taken for energy that pays, all steps asked for."""
    charge = EnergyCharge("energy", (block,) * 12, np.ones(2))
    assert contracts.burning_pays(half_hours(price=price, grid={"energy_charges": (charge,)})) is pays


def test_clean_shares() -> None:
    """Proves: 6 and 4 MW are imported, 2 and 0 made on site of which 1 is sold: 11 used. Physical sun of 4 MW gives 4
    and 2, of which 3 and 2 are taken; financial wind of 8 MW delivers 2 and 6, of which the import leaves room for 2
    and 2 - 1 (1 MW of grey contract taken in the second). Over the year all 6 + 8 count, hour by hour 5 + 3, and the 1
    of the site each time; a grey contract counts for neither. Catches: surplus counted in its hour, room of the import
    taken twice, energy that is sold counted."""
    found = (contract(), contract("grey", (0.0, 1.0), counts_as_clean=False), settled(output=(0.25, 0.75)))
    case = half_hours(*found)
    plan = signed(
        case, {"sun": 4.0, "grey": 1.0, "wind": 8.0}, onsite_mw=np.array([2.0, 0.0]), export_mw=np.array([1.0, 0.0]),
        purchased_mw={"sun": np.array([3.0, 2.0]), "grey": np.array([0.0, 1.0])},
    )  # fmt: skip
    assert contracts.site_mw(plan.operation).tolist() == [7.0, 4.0]
    shares = contracts.clean_shares(case, plan)
    assert shares == pytest.approx({"yearly": (6 + 8 + 1) / 11, "hourly": (5 + 2 + 1 + 1) / 11})
    kpi = account(case, plan).kpi
    assert (kpi["purchased_mwh"], kpi["purchased_used_mwh"]) == pytest.approx((0.5 * (6 + 1 + 8), 0.5 * 6))
    assert (kpi["clean_share_yearly"], kpi["clean_share_hourly"]) == pytest.approx((15 / 11, 9 / 11))


def test_no_energy_has_no_clean_share() -> None:
    """Proves: a site that uses nothing has no share, one that uses a little has. Catches: a quotient of nothing, shares
    from a MW on."""
    case = half_hours(contract())
    assert contracts.clean_shares(case, plan_of(case)) == {"yearly": None, "hourly": None}
    little = plan_of(case, {"import_mw": np.array([0.1, 0.0])})
    assert contracts.clean_shares(case, little) == {"yearly": 0.0, "hourly": 0.0}
    assert "clean_share_yearly" not in account(half_hours(), plan_of(half_hours())).kpi
    asked = half_hours(limits=limits(clean_share_yearly=0.5))
    assert account(asked, signed(asked, {})).kpi["clean_share_yearly"] == 0.0


@pytest.mark.parametrize(("mw", "carbon_t"), [(0.0, 1.5), (1.0, 1.35), (4.0, 0.9), (8.0, 0.5)])
def test_market_based_carbon(mw: float, carbon_t: float) -> None:
    """Proves: of 5 MWh bought in half hours, contracts of 0, 0.75, 3 and 6 MWh at 0.1 t cover as much as they deliver,
    at most all; the rest is at 0.3 t. Without a factor there is no figure. Catches: certificates beyond the import
    used, carbon of what is not signed, a half hour counted whole."""
    case = half_hours(contract(carbon_t_per_mwh=0.1), grid={"market_carbon_t_per_mwh": 0.3})
    assert contracts.market_carbon_t(case, signed(case, {"sun": mw})) == pytest.approx(carbon_t)
    assert contracts.market_carbon_t(half_hours(contract()), signed(case, {"sun": mw})) is None


def test_what_a_plan_makes_of_each_contract() -> None:
    """Proves: 4 MW deliver 3 MWh in half hours, 2.5 are used at a fee of 1 beside 3 MWh at 2, and 0.5 are sold at 4;
    a financial contract uses nothing and pays its price alone; one that is not signed is told with zeros. Catches: a
    fee on all that is delivered, a half hour counted whole."""
    sun = contract(delivery_kcur_per_mwh=1.0, surplus_share=0.5, market_kcur_per_mwh=np.full(2, 8.0))
    case = half_hours(
        sun, settled(market_kcur_per_mwh=np.full(2, 3.0), delivery_kcur_per_mwh=1.0), contract("unsigned")
    )
    plan = signed(case, {"sun": 4.0, "wind": 2.0}, purchased_mw={"sun": np.array([3.0, 2.0]), "unsigned": np.zeros(2)})
    uses = {u.purchase.name: u for u in contracts.contract_use(case, plan)}
    told = {n: (u.power_mw, u.delivered_mwh, u.used_mwh, u.market_kcur, u.paid_kcur) for n, u in uses.items()}
    assert told["sun"] == pytest.approx((4.0, 3.0, 2.5, 2.0, 3 * 2 + 2.5))
    assert told["wind"] == (2.0, 1.5, None, 4.5, 3.0)
    assert told["unsigned"] == (0.0, 0.0, 0.0, 0.0, 0.0)
    fee = next(c for c in account(case, plan).costs if c.line == "purchase_delivery")
    assert (fee.item, fee.quantity, fee.unit_price_kcur) == ("sun", 2.5, 1.0)


@pytest.mark.parametrize("wrong", [{"surplus_share": 1.1}, {"surplus_share": -0.1}, {"delivery_kcur_per_mwh": -0.1}])
def test_terms_that_no_contract_has(wrong: dict[str, float]) -> None:
    """Proves: a share of the market price lies within 0 and 1, ends included, and a fee is not below zero. Catches: a
    bound that shuts out its end."""
    with pytest.raises(ValueError, match="surplus share"):
        contract(**wrong)
    for share in (0.0, 1.0):
        assert contract(surplus_share=share, delivery_kcur_per_mwh=0.0).surplus_share == share
