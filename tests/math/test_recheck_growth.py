"""The recheck of a plan of growth by hand: two stages that own something of everything; at every limit it passes; each
rule broken narrowly is told. The accounts come from models.growth_accounts, the other implementation.

Years 0 to 2 with two racks, 2 to 5 with three; the third is bought with a second hall at the second start. A tenth of
the sun's plant is retired there."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from handmade import plan_of, still
from staged import growth
from tiny import air, battery, energy_case, hall, limits, point, rack, requests, supply

from models.audit.checker import Checker
from models.audit.growth import check_growth
from models.case import AssetTerms, Case, ChilledWaterStore, Delay, Electrical, Generator, HeatUser, Money, PriceBreak
from models.design import PlacedRacks, Proof, Units
from models.growth_accounts import account_growth
from models.quotation import Quotation
from models.stages import Growth, GrowthAccounts, GrowthPlan, Purchase

TERMS = AssetTerms(2, om_share=0.1, replacement_share=0.8, depreciation_shares=(0.5, 0.3, 0.2))
MONEY = Money(5, 0.1, 0.25, 0.02, 0.03, escalation_capital=0.11, counts_residual_value=True)
SERVICE = "in service within what was bought and not yet retired"


def _case(work: float, month: float, served_mtok: float) -> Case:
    store = battery(
        power_kcur_per_mw=3.0, energy_kcur_per_mwh=5.0, existing_mw=0.5, existing_mwh=1.0, existing_life_years=1,
        terms=TERMS, lead_months_p50=6.0,
    )  # fmt: skip
    engine = Generator("engine", 0.3, 11.0, TERMS, max_units=9, lead_months_p50=6.0)
    tank = ChilledWaterStore(6.0, TERMS, 1.0)
    return energy_case(
        [0.5, 0.3], 1.0, step_h=0.5, grid={"connection_kcur_per_mw": 12.0, "connection_terms": TERMS}, money=MONEY,
        workloads=(requests([work, work]),), operating_points=(point(),),
        racks=(rack(ancillary_mw=0.02, ancillary_cost_kcur=2.0, terms=TERMS),), cooling=(air(store=tank),),
        offers=(
            hall(terms=TERMS, min_count=1, lead_months_p50=5.0, quotation=Quotation(units_per_month=1.0),
                 price_breaks=(PriceBreak(2, 6.0),)),
        ),
        electrical=Electrical("direct", 0.05, 0.2, chain_kcur_per_mw=4.0, terms=TERMS), batteries=(store,),
        supplies=(supply([1.0, 1.0], cost_kcur_per_mw=9.0, terms=TERMS, lead_months_p50=6.0),), generators=(engine,),
        heat_users=(HeatUser("district", 20.0, 30.0, np.ones(2), 8.0, TERMS),),
        limits=limits(need_month=month, delay=Delay(served_mtok=served_mtok)),
    )  # fmt: skip


def _bought(line: str, item: str, quantity: float, bought: int = 0, retired: int = 2) -> Purchase:
    unit = {"racks": "racks", "modules": "units", "battery_energy": "MWh", "cold_store": "MWh"}.get(line, "MW")
    return Purchase(line, item, quantity, unit, bought, retired)


@cache
def _plan() -> tuple[Growth, GrowthPlan]:
    """Question and plan."""
    # the first stage serves 1,000 Mtok of the second's 2,000 on while that is late
    question = growth([_case(1.0, 6.0, 0.0), _case(2.0, 6.0, 1000.0)], [0, 2], 5)
    designs = []
    for stage, racks, halls, sun in zip(question.stages, (2, 3), (1, 2), (0.5, 0.4), strict=True):
        sizes: dict[str, Any] = {
            "battery_mw": {"battery": 2.0}, "battery_mwh": {"battery": 4.0}, "cold_store_mwh": {"air": 0.4},
            "supply_mw": {"pv": sun}, "reuse_mw": {"district": 0.3}, "generator_units": {"engine": 3},
        }  # fmt: skip
        zeros = np.zeros(2)
        series: dict[str, Any] = {
            "busy_racks": {("chat", "R", "air"): np.full(2, float(racks))}, "it_mw": np.full(2, 0.3),
            "charge_mw": {"battery": zeros}, "discharge_mw": {"battery": zeros}, "stored_mwh": {"battery": zeros},
            "generated_mw": {"engine": np.full(2, 0.1)}, "running_units": {"engine": np.ones(2)},
            "heat_mw": {"air": np.full(2, 0.3)}, "cold_charge_mw": {"air": zeros},
            "cold_discharge_mw": {"air": zeros}, "cold_stored_mwh": {"air": zeros},
        }  # fmt: skip
        operation = still(stage.case, import_mw=np.array([4.0, 5.0]), **series)
        designs.append(
            plan_of(
                stage.case,
                operation,
                racks=(PlacedRacks("R", "air", "hall", racks),),
                units=(Units("hall", halls, "R", "air"),),
                contract_mw=5.0,
                **sizes,
            )  # fmt: skip
        )
    purchases = (
        _bought("racks", "R", 2), _bought("modules", "hall", 1), _bought("electrical_chain", "direct", 0.24),
        _bought("battery_power", "battery", 1.5), _bought("battery_energy", "battery", 3.0),
        _bought("cold_store", "air", 0.4), _bought("heat_exchanger", "district", 0.3), _bought("supply", "pv", 0.4),
        _bought("supply", "pv", 0.1, 0, 1), _bought("generator", "engine", 3 * 0.3),
        _bought("connection", "connection", 5.0), _bought("racks", "R", 1, 1), _bought("modules", "hall", 1, 1),
        _bought("electrical_chain", "direct", 0.12, 1),
    )  # fmt: skip
    return question, GrowthPlan(tuple(designs), purchases)


def _told(question: Growth, plan: GrowthPlan, accounts: GrowthAccounts | None = None, proof: Any = None) -> Any:
    """What the recheck finds over all stages, by rule: place, found, expected."""
    check = Checker(question.stages[0].case.calendar)
    check_growth(question, plan, accounts or account_growth(question, plan), proof, check)
    return {v.check: (v.where, v.found, v.expected) for v in check.report().violations}


def _stage(question: Growth, k: int, **new: Any) -> Growth:
    """The question with one stage's case changed."""
    stages = list(question.stages)
    stages[k] = replace(stages[k], case=replace(stages[k].case, **new))
    return replace(question, stages=tuple(stages))


def _instead(plan: GrowthPlan, number: int, **new: Any) -> GrowthPlan:
    purchases = list(plan.purchases)
    purchases[number] = replace(purchases[number], **new)
    return replace(plan, purchases=tuple(purchases))


def test_a_plan_that_owns_what_it_needs_passes() -> None:
    """Proves: what is in service is just what was bought; dates, money and indicators of all years agree with the other
    implementation, and so does the proof."""
    question, plan = _plan()
    accounts = account_growth(question, plan)
    cost = accounts.objective_kcur
    assert _told(question, plan, accounts, Proof("optimal", cost, cost, 0.0, "")) == {}
    assert _told(question, plan, accounts, Proof("limit", cost, -np.inf, 0.0, "")) == {}


@pytest.mark.parametrize(
    ("number", "quantity", "where", "needed"),
    [
        (0, 1, "S1: racks: R", 3.0),
        (2, 0.23, "S1: electrical_chain: direct", 0.36),
        (3, 1.49, "S1: battery_power: battery", 1.5),
        (4, 2.99, "S1: battery_energy: battery", 3.0),
        (5, 0.39, "S1: cold_store: air", 0.4),
        (6, 0.29, "S1: heat_exchanger: district", 0.3),
        (7, 0.39, "S1: supply: pv", 0.4),
        (8, 0.09, "S0: supply: pv", 0.5),
        (9, 0.6, "S1: generator: engine", 0.9),
        (10, 4.99, "S1: connection: connection", 5.0),
        (11, 2, None, 0.0),
    ],
)
def test_a_little_less_bought_than_is_in_service(
    number: int, quantity: float, where: str | None, needed: float
) -> None:
    """Proves: each kind of thing must be owned as far as it is in service, beyond what was on site; more is fine."""
    question, plan = _plan()
    changed = _instead(plan, number, quantity=quantity)
    found = _told(question, changed)
    assert (SERVICE in found) is (where is not None)
    if where is not None:
        owned = needed - (plan.purchases[number].quantity - quantity)
        assert found[SERVICE] == (where, pytest.approx(needed), pytest.approx(owned))


@pytest.mark.parametrize(
    ("number", "new", "rule"),
    [
        (11, {"quantity": 0.0}, "a purchase is more than nothing"),
        (11, {"quantity": -1.0}, "a purchase is more than nothing"),
        (11, {"quantity": np.nan}, "a purchase is more than nothing"),
        (11, {"retired": 1}, "bought before it is retired"),
        (11, {"retired": 3}, "bought before it is retired"),
        (11, {"bought": -1}, "bought before it is retired"),
        (11, {"quantity": 1.5}, "bought in whole units"),
        (9, {"quantity": 0.95}, "bought in whole units"),
        (12, {"quantity": 1.5}, "bought in whole units"),
        (11, {"item": "S"}, "bought while it is on offer"),
        (11, {"line": "ancillary_it"}, "bought while it is on offer"),
        (0, {"retired": 1}, SERVICE),
    ],
)
def test_each_purchase_makes_sense(number: int, new: dict[str, Any], rule: str) -> None:
    """Proves: something is bought, of what is on offer, in whole units, before it is retired."""
    question, plan = _plan()
    right = account_growth(question, plan)
    assert rule in _told(question, _instead(plan, number, **new), right)


def test_what_is_closed_cannot_be_bought() -> None:
    """Proves: a hall closed at the second start is told there; closed at the first, it still serves if bought later."""
    question, plan = _plan()
    first, second = question.stages
    closed = replace(question, stages=(first, replace(second, closed=(("modules", "hall"),))))
    found = _told(closed, plan)
    assert found["bought while it is on offer"][0] == "S1: modules: hall"


def test_what_is_free_need_not_be_bought_unless_it_is_closed() -> None:
    """Proves: a connection without a price is there as needed; closed in a stage it must have been bought."""
    question, plan = _plan()
    for k in (0, 1):
        grid = replace(question.stages[k].case.grid, connection_kcur_per_mw=0.0)
        question = _stage(question, k, grid=grid)
    without = replace(plan, purchases=tuple(p for p in plan.purchases if p.line != "connection"))
    assert _told(question, without) == {}
    first, second = question.stages
    closed = replace(question, stages=(first, replace(second, closed=(("connection", "connection"),))))
    assert _told(closed, without)[SERVICE] == ("S1: connection: connection", 5.0, 0.0)


@pytest.mark.parametrize("part", ["batteries", "supplies", "generators"])
def test_what_comes_too_late_for_its_stage(part: str) -> None:
    """Proves: a lead time of 6 months is in time for month 6, a little more is not; in the other stage it is of no
    matter."""
    question, plan = _plan()
    late = tuple(replace(x, lead_months_p50=6.01) for x in getattr(question.stages[0].case, part))
    rule = "on site when the stage starts [months]"
    assert _told(_stage(question, 0, **{part: late}), plan)[rule][1:] == (6.01, 6.0)
    assert _told(_stage(question, 1, **{part: late}), plan) == {}


@pytest.mark.parametrize(("lead", "is_told"), [(5.0, False), (5.01, True)])
def test_slots_of_a_factory_count_all_that_was_ordered_so_far(lead: float, is_told: bool) -> None:
    """Proves: the second hall leaves the factory a month after the first, in month 6; the first alone in month 5."""
    question, plan = _plan()
    for k in (0, 1):
        (offer,) = question.stages[k].case.offers
        question = _stage(question, k, offers=(replace(offer, lead_months_p50=lead),))
    found = _told(question, plan)
    expected = {"on site when the stage starts [months]": ("S1: modules: hall", 6.01, 6.0)}
    assert found == (expected if is_told else {})


def test_least_orders_hold_at_each_start() -> None:
    """Proves: one hall at each start is told where two are the least, though two are owned in the end."""
    question, plan = _plan()
    (offer,) = question.stages[1].case.offers
    found = _told(_stage(question, 1, offers=(replace(offer, min_count=2),)), plan)
    assert found == {"least order [units]": ("S1: hall", 1.0, 2.0)}
    alone = replace(plan, purchases=tuple(p for p in plan.purchases if p is not plan.purchases[12]))
    assert "least order [units]" not in _told(_stage(question, 1, offers=(replace(offer, min_count=2),)), alone)


def test_stages_start_in_order() -> None:
    """Proves: the second stage may start in the month of the first, not before, delays included."""
    question, plan = _plan()
    first, second = plan.stages
    delayed = replace(plan, stages=(replace(first, delay_months=1), second))
    found = _told(question, delayed)
    assert found["stages start in order [months]"] == ("S1", 7.0, 6.0)


@pytest.mark.parametrize(
    ("served", "is_told"), [(0.0, False), (0.5, True), (999.0, True), (1000.0, False), (1001.0, True)]
)
def test_tokens_that_go_on_while_a_stage_is_late(served: float, is_told: bool) -> None:
    """Proves: of 2,000 Mtok the stage before makes 1,000; nothing stated is nothing asked; a new workload is not served
    by the stage before."""
    question, plan = _plan()
    asked = replace(question.stages[1].case.limits, delay=Delay(served_mtok=served))
    rule = "tokens that go on while a stage is late [Mtok]"
    assert (rule in _told(_stage(question, 1, limits=asked), plan)) is is_told
    case = question.stages[1].case
    more = (*case.workloads, requests([3.0, 3.0], "mail"))
    points = (*case.operating_points, point(work="mail"))
    assert (rule in _told(_stage(question, 1, limits=asked, workloads=more, operating_points=points), plan)) is is_told


def test_budget_of_all_stages() -> None:
    """Proves: first costs of all stages together may reach the budget: racks 3 * 12, halls 2 * 7, chain 0.36 * 4,
    battery 4.5 + 15, tank 2.4, exchanger 2.4, sun 4.5, engine 9.9, connection 60."""
    question, plan = _plan()
    first = 36.0 + 14.0 + 1.44 + 19.5 + 2.4 + 2.4 + 4.5 + 9.9 + 60.0
    assert _told(replace(question, budget_kcur=first), plan) == {}
    found = _told(replace(question, budget_kcur=first - 0.1), plan)
    assert found == {"budget of first costs [kcur]": ("all stages", pytest.approx(first), pytest.approx(first - 0.1))}


def test_racks_of_a_tenant_are_not_paid() -> None:
    """Proves: where racks are not counted, neither they nor their ancillary IT cost anything or must be bought."""
    question, plan = _plan()
    for k in (0, 1):
        question = _stage(question, k, money=replace(question.stages[k].case.money, counts_it=False))
    without = replace(plan, purchases=tuple(p for p in plan.purchases if p.line != "racks"))
    assert _told(question, without) == {}
    assert _told(question, plan) == {}


def test_what_has_a_price_in_any_stage_must_be_bought() -> None:
    """Proves: a connection with a price of 0.5 at the first start alone is bought there, and serves on where it is
    free."""
    question, plan = _plan()
    for k, price in ((0, 0.5), (1, 0.0)):
        question = _stage(question, k, grid=replace(question.stages[k].case.grid, connection_kcur_per_mw=price))
    assert _told(question, plan) == {}
    without = replace(plan, purchases=tuple(p for p in plan.purchases if p.line != "connection"))
    assert _told(question, without)[SERVICE] == ("S1: connection: connection", 5.0, 0.0)


def test_what_is_bought_for_nothing_is_no_cost_line() -> None:
    """Proves: a connection without a price may be bought, and has no line."""
    question, plan = _plan()
    for k in (0, 1):
        question = _stage(question, k, grid=replace(question.stages[k].case.grid, connection_kcur_per_mw=0.0))
    assert _told(question, plan) == {}


def test_what_is_on_offer_and_not_bought_is_of_no_matter() -> None:
    """Proves: another rack, and a battery that comes too late, change nothing; nor does what a battery costs at the
    second start change what was on site at the first."""
    question, plan = _plan()
    for k in (0, 1):
        case = question.stages[k].case
        late = replace(case.batteries[0], name="zinc", existing_mw=0.0, existing_mwh=0.0, lead_months_p50=99.0)
        question = _stage(question, k, racks=(rack("A"), *case.racks), batteries=(*case.batteries, late))
    dearer = tuple(replace(b, power_kcur_per_mw=99.0) for b in question.stages[1].case.batteries)
    assert _told(_stage(question, 1, batteries=dearer), plan) == {}


@pytest.mark.parametrize(
    ("new", "rule"),
    [
        ({"cash_flow_kcur": (0.0,) * 7}, "cash flow of each year"),
        ({"cash_flow_kcur": (0.0,) * 6}, "cash flow of each year [kcur]"),
        ({"kpi": {"luck": 1.0}}, "indicators over all years are complete"),
        ({"bought": (0,)}, "one cost line per purchase"),
        ({"bought": (1,) * 18}, "a cost line is that of its purchase"),
    ],
)
def test_accounts_of_all_stages(new: dict[str, Any], rule: str) -> None:
    """Proves: years, lines and indicators are complete and each is that of its stage."""
    question, plan = _plan()
    accounts = account_growth(question, plan)
    assert len(accounts.bought) == 18  # two lines for each purchase of racks; power and energy on site
    found = _told(question, plan, replace(accounts, **new))
    assert rule in found
    if rule == "one cost line per purchase":
        assert found[rule] == ("capital", 18, 18)


@pytest.mark.parametrize(("off", "is_told"), [(0.5e-6, False), (2e-6, True)])
def test_the_proof_is_of_this_plan(off: float, is_told: bool) -> None:
    """Proves: objective and bound may be off by a millionth, not by two."""
    question, plan = _plan()
    accounts = account_growth(question, plan)
    cost = accounts.objective_kcur * (1 + off)
    rules = {"objective that was proven [kcur]", "bound not above the objective [kcur]"}
    assert set(_told(question, plan, accounts, Proof("optimal", cost, cost, 0.0, ""))) == (rules if is_told else set())


def test_figures_too_many() -> None:
    """Proves: an indicator that nobody asked for beside the right ones, and a year too many of a line, are told."""
    question, plan = _plan()
    accounts = account_growth(question, plan)
    found = _told(question, plan, replace(accounts, kpi={**accounts.kpi, "luck": 1.0}))
    assert set(found) == {"indicators over all years are complete"}
    first, *others = accounts.capital
    longer = (replace(first, flow_pu=(*first.flow_pu, 0.0)), *others)
    assert _told(question, plan, replace(accounts, capital=longer)) == {
        "cash flow of a cost line": ("S0: racks: R: number of years", 7.0, 6.0)
    }


@pytest.mark.parametrize(("arrivals", "has_index"), [(0.0, False), (1e-4, True)])
def test_indicators_of_few_tokens_or_none(arrivals: float, has_index: bool) -> None:
    """Proves: a plan of growth that serves nothing has no index and no cost per token; a tenth of a Mtok a year has.
    A hall on offer and not named in a design is not in service."""
    plain = energy_case(
        [1.0], workloads=(requests([arrivals]),), offers=(hall(),),
    )  # fmt: skip
    question = growth([plain, plain], [0, 1], 3)
    design = plan_of(plain, still(plain, import_mw=np.ones(1)), contract_mw=1.0)
    plan = GrowthPlan((design, design))
    accounts = account_growth(question, plan)
    assert (accounts.kpi["tokenergy_wh_per_1k"] is not None) is has_index
    assert _told(question, plan, accounts) == {}
