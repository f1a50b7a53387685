"""What joins the sites of a portfolio, with figures put in and no solver: who may serve what, what all sites share,
what a portfolio costs, what the limits of all leave to one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from handmade import plan_of
from tiny import hall_case, limits, point, requests, training

from models.assembly import build_design
from models.case import Case
from models.design import Accounts, CostLine, PlacedRacks, Proof, Units
from models.portfolio import (
    Candidate,
    Demand,
    PartWorkload,
    Portfolio,
    PortfolioAccounts,
    PortfolioPlan,
    SitePlan,
    open_case,
    served,
)
from models.portfolio_links import account_portfolio, allowed, build_links
from models.portfolio_sites import site_case, site_proof

KOREA = Demand("chat", max_latency_ms=20.0, countries=("KR", "JP"), region="Korea")


@pytest.mark.parametrize(
    ("latency", "country", "may"),
    [
        ({"Korea": 20.0}, "KR", True),
        ({"Korea": 19.0}, "JP", True),
        ({"Korea": 20.1}, "KR", False),
        ({"Korea": 19.0}, "US", False),
        ({"Europe": 1.0}, "KR", False),
        ({}, "KR", False),
    ],
)
def test_where_a_workload_may_be_served(latency: dict[str, float], country: str, may: bool) -> None:
    """Proves: near enough to the region of its users and in one of its countries; a latency that is not known is too
    long. Without limits anywhere. Catches: one of the two enough, the region of other users."""
    site = Candidate("A", hall_case(), country, latency)
    assert allowed(site, KOREA) is may
    assert allowed(site, Demand("chat"))
    assert allowed(site, replace(KOREA, max_latency_ms=None)) is (country != "US")


def two_works(**changes: Any) -> Case:
    """`chat` of 4 Mtok and `bulk` of 2 Mtok a year."""
    work = (requests((3.0, 1.0), output_tokens=1.0), requests((1.0, 1.0), "bulk", output_tokens=1.0))
    return hall_case(workloads=work, operating_points=(point(), point(work="bulk")), **changes)


LIMITS = {"limits": limits(tokenergy_wh_per_ktok=100.0, carbon_t_per_year=8.0, budget_kcur=50.0)}
"""6 Mtok at 100 Wh/ktok: 0.6 MWh."""


def sites(**changes: Any) -> Portfolio:
    """A under two tariffs and B, of which two may be open."""
    case = two_works(**changes)
    a = Candidate("A", case, "KR", {"Korea": 10.0}, own_kcur=5.0, pooled_kcur={"staff": 2.0})
    b = Candidate("B", case, "US", {"Korea": 99.0}, own_kcur=7.0, pooled_kcur={"staff": 3.0, "spares": 1.0})
    return Portfolio("tiny", (a, replace(a, own_kcur=6.0), b), 2, (KOREA,))


def joined(question: Portfolio) -> tuple[Any, list[Any]]:
    """The rows over the sites and the sites' design problems."""
    designs = [build_design(open_case(c.case)) for c in question.candidates]
    return build_links(question, designs), designs


def fill(model: Any, designs: list[Any], opened: tuple[float, ...]) -> None:
    """0 in every variable but `open`."""
    for block in (model, *designs):
        for v in block.component_data_objects(pyo.Var):
            v.set_value(0.0, skip_validation=True)
    for k, share in enumerate(opened):
        model.open[k].set_value(share)


def over(row: Any) -> float:
    """By how much a row `body <= upper` is exceeded."""
    return float(pyo.value(row.body) - pyo.value(row.upper))


def test_only_a_site_that_may_serve_a_workload_has_a_part_of_it() -> None:
    """Proves: B is too far for chat, not for bulk; the parts of each workload sum to one. Catches: a bound on all
    sites, parts of one site that sum to one."""
    model, designs = joined(sites())
    assert [[d.sizes.part[w].ub for w in ("chat", "bulk")] for d in designs] == [[1, 1], [1, 1], [0, 1]]
    fill(model, designs, (0, 0, 0))
    for k, share in enumerate((0.2, 0.3, 0.4)):
        designs[k].sizes.part["bulk"].set_value(share)
    row = model.serve_everywhere["bulk"]
    assert pyo.value(row.body) == pytest.approx(0.9) and (pyo.value(row.lower), pyo.value(row.upper)) == (1, 1)


def test_how_many_sites_are_open() -> None:
    """Proves: two of three, and one tariff of a site; a site with one tariff has no such row. Catches: both tariffs of
    a site counted as two sites."""
    model, designs = joined(sites())
    fill(model, designs, (1, 1, 1))
    assert over(model.limit_sites["sites"]) == pytest.approx(3 - 2)
    assert list(model.one_choice) == ["A"] and over(model.one_choice["A"]) == pytest.approx(2 - 1)
    assert model.open[0].is_binary() and model.open[0].bounds == (0, 1)
    assert not model.limit_sites["sites"].equality and not model.one_choice["A"].equality


def test_what_is_paid_beside_the_plans() -> None:
    """Proves: land of A and B, and of shared staff the largest need of an open site. A need of nothing is no row.
    Catches: staff of a closed site, staff added up."""
    model, designs = joined(sites())
    fill(model, designs, (0, 1, 1))
    model.pooled_kcur["staff"].set_value(3.0)
    assert pyo.value(model.cost_kcur) == pytest.approx(6 + 7 + 3)
    assert Candidate("C", hall_case()).own_kcur == 0.0
    assert set(model.pay_pooled) == {("staff", 0), ("staff", 1), ("staff", 2), ("spares", 2)}
    assert not any(row.equality for row in model.pay_pooled.values())
    found = {key: pyo.value(row.lower or 0.0) - pyo.value(row.body) if row.has_lb() else over(row)
             for key, row in model.pay_pooled.items()}  # fmt: skip
    assert found == pytest.approx({("staff", 0): -3, ("staff", 1): -1, ("staff", 2): 0, ("spares", 2): 1})


def test_limits_that_hold_for_all_sites_together() -> None:
    """Proves: 0.6 MWh, 8 t and 50 kcur for all sites: with 0.3 MWh and 3 t in each, and four racks at 10 each, 0.3, 1
    and 70 too much. Without limits there are no such rows. Catches: a limit of each site, tokens of a part."""
    model, designs = joined(sites(**LIMITS, grid={"carbon_t_per_mwh": np.ones(2)}))
    fill(model, designs, (0, 0, 0))
    for design in designs:
        design.month[0].site_energy_mwh.set_value(0.3)
        design.month[0].carbon_t.set_value(3.0)
        design.sizes.racks["R", "air"].set_value(4.0, skip_validation=True)
    rows = (model.limit_tokenergy["year"], model.limit_carbon["year"], model.limit_budget["first"])
    assert [over(row) for row in rows] == pytest.approx([0.3, 1.0, 70.0]) and not any(row.equality for row in rows)
    free, _ = joined(sites())
    assert not any(hasattr(free, name) for name in ("limit_tokenergy", "limit_carbon", "limit_budget"))


# -- cases of sites ---------------------------------------------------------------------------------------------------


def test_a_site_serves_its_parts() -> None:
    """Proves: a quarter of chat, a whole run, none of bulk, and of the limits only those of the site itself. An open
    case leaves the budget to the portfolio. Catches: tokens per request divided, a run in part."""
    case = two_works(limits=limits(tokenergy_wh_per_ktok=1.0, carbon_t_per_year=1.0, budget_kcur=1.0,
                                   water_m3_per_year=1.0))  # fmt: skip
    case = replace(case, workloads=(*case.workloads, training(5.0, [(0, 1)])))
    found = served(case, {"chat": 0.25, "train": 1.0})
    chat, run = found.workloads
    assert chat.arrivals_mreq_per_h == pytest.approx([0.75, 0.25]) and chat.output_tokens == 1.0
    assert (run.name, run.run_mtok) == ("train", 5.0)
    left = found.limits
    assert (left.tokenergy_wh_per_ktok, left.carbon_t_per_year, left.budget_kcur) == (None, None, None)
    assert left.water_m3_per_year == 1.0
    opened = open_case(case)
    assert all(isinstance(w, PartWorkload) for w in opened.workloads) and opened.limits.budget_kcur is None
    assert opened.limits.carbon_t_per_year == 1.0 and opened.workloads[0].arrivals_mreq_per_h == pytest.approx([3, 1])


def first(kcur: float) -> tuple[CostLine, ...]:
    """Racks for so much, paid at once."""
    return (CostLine("racks", "R", 1.0, "racks", kcur, 1.0, kcur),)


def told(energy: float | None, carbon: float | None, kcur: float) -> Accounts:
    """What a site uses and costs."""
    return Accounts(first(kcur), {"site_energy_mwh": energy, "carbon_t": carbon})


PLAN = PortfolioPlan(tuple(SitePlan(k, parts, None) for k, parts in  # type: ignore[arg-type]
                           ((0, {"chat": 0.5}), (2, {"chat": 0.5, "bulk": 1.0}))))  # fmt: skip


def test_what_the_limits_of_all_sites_leave_to_one() -> None:
    """Proves: of 0.6 MWh, 8 t and 50 kcur B uses 0.2, 3 and 20: A, with half of chat (2 Mtok), may use 0.4 MWh or 200
    Wh/ktok, 5 t, 30 kcur; B with 4 Mtok what A leaves of them. Catches: a site's own use taken off, tokens of all
    sites."""
    question = sites(**LIMITS)
    accounts = PortfolioAccounts((told(0.1, 1.0, 10.0), told(0.2, 3.0, 20.0)), (5.0, 7.0), {})
    a, b = (site_case(question, PLAN, accounts, n).limits for n in (0, 1))
    assert (a.tokenergy_wh_per_ktok, a.carbon_t_per_year, a.budget_kcur) == pytest.approx((200.0, 5.0, 30.0))
    assert (b.tokenergy_wh_per_ktok, b.carbon_t_per_year, b.budget_kcur) == pytest.approx((125.0, 7.0, 40.0))
    unknown = PortfolioAccounts((told(0.1, 1.0, 10.0), told(None, None, 20.0)), (5.0, 7.0), {})
    a = site_case(question, PLAN, unknown, 0).limits
    assert (a.tokenergy_wh_per_ktok, a.carbon_t_per_year) == pytest.approx((300.0, 8.0))
    free = site_case(sites(), PLAN, accounts, 0).limits
    assert (free.tokenergy_wh_per_ktok, free.carbon_t_per_year, free.budget_kcur) == (None, None, None)


def test_a_site_without_tokens_has_no_target() -> None:
    """Proves: a part of next to no tokens has its target, one without any (a weight of zero) none. Catches: a division
    by no tokens."""
    question = sites(**LIMITS)
    accounts = PortfolioAccounts((told(0.1, 1.0, 10.0), told(0.2, 3.0, 20.0)), (5.0, 7.0), {})
    few = replace(PLAN, sites=(replace(PLAN.sites[0], parts={"chat": 0.1}), PLAN.sites[1]))
    assert site_case(question, few, accounts, 0).limits.tokenergy_wh_per_ktok == pytest.approx(1000.0)
    none = replace(PLAN, sites=(replace(PLAN.sites[0], parts={}), PLAN.sites[1]))
    assert site_case(question, none, accounts, 0).limits.tokenergy_wh_per_ktok is None


def test_a_site_s_proof_carries_the_gap_of_all() -> None:
    """Proves: sites of 10 and 20, own money of 12 and staff of 3 make 45; proven to 41, the second costs at least 16.
    A bound above the cost, by rounding, leaves no gap. Catches: the gap shared out, a bound above the cost."""
    accounts = PortfolioAccounts((told(0.1, 1.0, 10.0), told(0.2, 3.0, 20.0)), (5.0, 7.0), {"staff": 3.0})
    assert accounts.objective_kcur == pytest.approx(45.0)
    proof = Proof("optimal", 45.0, 41.0, 1.0, "monolithic")
    found = site_proof(accounts, proof, 1)
    assert (found.objective_kcur, found.bound_kcur) == (20.0, 16.0)
    assert site_proof(accounts, replace(proof, bound_kcur=45.1), 1).bound_kcur == 20.0


def design(case: Case, racks: int, mw: float) -> Any:
    """Racks in a hall, with so much bought in each step."""
    found = plan_of(case, racks=(PlacedRacks("R", "air", "hall", racks),), units=(Units("hall", 1, "R", "air"),))
    return replace(found, operation=replace(found.operation, import_mw=np.full(2, mw), heat_mw={"air": np.zeros(2)}))


@pytest.mark.parametrize(("a_mw", "b_mw", "wh", "carbon_t"), [(0.6, 0.3, 300.0, 1.2), (0.0, 0.0, 0.0, 0.0)])
def test_accounts_of_all_sites(a_mw: float, b_mw: float, wh: float, carbon_t: float) -> None:
    """Proves: A draws 0.6 MW and B 0.3 for two hours at 0.5 and 1 t/MWh: 1.8 MWh over 6 Mtok, 300 Wh/ktok; 0.6 + 0.6 t;
    3 racks at 10 and 2 at 10 with halls at 7: 64. Staff is the larger need, land of both. Sites that draw nothing use
    nothing. Catches: tokens of one site, staff of both."""
    question = sites(grid={"carbon_t_per_mwh": np.full(2, 0.5)})
    a, _, b = question.candidates
    b = replace(b, case=replace(b.case, grid=replace(b.case.grid, carbon_t_per_mwh=np.ones(2))))
    b = replace(b, pooled_kcur={"staff": 3.0, "spares": 0.25})
    question = replace(question, candidates=(a, a, b))
    plan = PortfolioPlan(
        (
            SitePlan(0, {"chat": 0.5}, design(a.case, 3, a_mw)),
            SitePlan(2, {"chat": 0.5, "bulk": 1.0}, design(b.case, 2, b_mw)),
        )
    )
    found = account_portfolio(question, plan)
    assert found.own_kcur == (5.0, 7.0) and found.pooled_kcur == {"staff": 3.0, "spares": 0.25}
    assert found.kpi == pytest.approx({"tokenergy_wh_per_1k": wh, "carbon_t": carbon_t, "first_cost_kcur": 64.0})


@pytest.mark.parametrize(
    "changes",
    [
        {"workloads": (requests((1.0, 1.0), "other"),)},
        {"currency": "KRW"},
        {"limits": limits(carbon_t_per_year=1.0)},
        {"limits": limits(budget_kcur=1.0)},
        {"limits": limits(tokenergy_wh_per_ktok=1.0)},
    ],
)
def test_sites_of_one_portfolio_are_asked_the_same(changes: dict[str, Any]) -> None:
    """Proves: sites that differ in work, currency or a limit of all are refused, and so are none to be opened and no
    work; a limit of a site itself may differ. Catches: sums of other things."""
    one = Candidate("A", hall_case())
    with pytest.raises(ValueError, match="same workloads"):
        Portfolio("tiny", (one, replace(one, site="B", case=replace(one.case, **changes))), 2)
    with pytest.raises(ValueError, match="same workloads"):
        Portfolio("tiny", (one,), 0)
    with pytest.raises(ValueError, match="same workloads"):
        Portfolio("tiny", (replace(one, case=replace(one.case, workloads=())),), 1)
    wet = replace(one, site="B", case=replace(one.case, limits=limits(water_m3_per_year=1.0)))
    assert Portfolio("tiny", (one, wet, one), 1).sites == ("A", "B")
