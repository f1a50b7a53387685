"""The recheck: it accepts plans worked out by hand, and notices every number that is changed, lost or not a number."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from alterations import Copies, changes, lost, misshapen, not_a_number, noticeable
from audit_plans import Plan, energy_plan, rack_plan, vector

from models.audit import audit
from models.case import Calendar, Case, Limits, Redundancy, Site
from models.design import AuditReport, CostLine, PlacedRacks, Units

PLANS = {"energy": energy_plan, "racks": rack_plan}
PARTS = ("design", "accounts")


def broken(report: AuditReport) -> set[str]:
    """Names of the rules that were broken."""
    return {v.check for v in report.violations}


def recheck(plan: Plan, **new: Any) -> AuditReport:
    """The recheck of a plan with some of its parts replaced."""
    parts = dict(zip(("case", "design", "accounts", "proof"), plan, strict=True))
    return audit(**{**parts, **new})


@pytest.mark.parametrize("name", PLANS)
def test_accepts_plan_by_hand(name: str) -> None:
    """Proves: every formula of the recheck gives the hand-calculated number. A wrong one would refuse the plan."""
    report = recheck(PLANS[name]())
    assert report.ok, report.violations
    assert report.checks > 300
    assert report.worst_residual < 1e-9


@pytest.mark.parametrize("change", [noticeable, lost, not_a_number], ids=lambda f: f.__name__)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", PLANS)
def test_notices_every_change(name: str, part: str, change: Callable[[Any], Copies]) -> None:
    """Proves: no number of a plan or its accounts is free, so a hand-edited file is found. A field that no rule looks
    at would appear here. There is no exception: not one number may change unseen."""
    plan = PLANS[name]()
    original = plan[1 + PARTS.index(part)]
    tried = list(changes(original, change))
    assert tried
    unseen = [path for path, new in tried if recheck(plan, **{part: new}).ok]
    assert not unseen


@pytest.mark.parametrize("name", PLANS)
def test_notices_misshapen_parts(name: str) -> None:
    """Proves: a series that is missing or a step short, and a count that is not whole, are violations of a plan's
    form, told without a crash. `9.0` racks are refused, too: a count is never a rounded float."""
    plan = PLANS[name]()
    for path, new in changes(plan[1], misshapen):
        told = broken(recheck(plan, design=new))
        assert told <= {"every series is there", "every series covers the year", "counts are whole numbers"}, path
        assert told, path


@pytest.mark.parametrize("name", PLANS)
def test_tells_the_worst_place_once(name: str) -> None:
    """Proves: a rule broken in every step is told once, where it is worst, in numbers. 8,760 lines would bury it."""
    case, design, accounts, proof = PLANS[name]()
    raised = design.operation.it_mw + vector(0.5, s9=2.0)
    report = audit(case, replace(design, operation=replace(design.operation, it_mw=raised)), accounts, proof)
    power = [v for v in report.violations if v.check == "IT power of idle and busy racks"]
    assert len(power) == 1
    assert "step 9 (2023-01-01 09:00)" in power[0].where
    assert power[0].residual == pytest.approx(2.0)
    assert power[0].found - power[0].expected == pytest.approx(2.0)


def _with(plan: Plan, field: str, **new: Any) -> Case:
    """The case with one of its parts changed; for tuples of parts the item is named by `item`."""
    case, item = plan[0], new.pop("item", None)
    value = getattr(case, field)
    if item is None:
        return replace(case, **{field: replace(value, **new)})
    changed = tuple(replace(x, **new) if getattr(x, "name", x) == item else x for x in value)
    return replace(case, **{field: changed})


POOL = "pool of units carries its racks with redundancy [MW]"
RULES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("racks", "racks on cooling that carries them", "cooling", {"item": "plate", "max_rack_mw": 0.09}),
    ("racks", "racks on cooling that carries them", "cooling", {"item": "plate", "supply_c": 46.0}),
    ("racks", "racks on cooling that carries them", "cooling", {"item": "plate", "liquid_share": 0.7}),
    ("racks", "racks on cooling that carries them", "cooling", {"item": "plate", "residual_air": None}),
    ("racks", "busy racks within the usable ones", "racks", {"item": "R", "usable_share": 0.88}),
    ("racks", "racks that can be bought", "racks", {"item": "R", "max_racks": 8}),
    ("racks", "share of domestic racks [MW]", "limits", {"domestic_share": 0.1}),
    ("racks", "deferrable work at most 0 h late", "workloads", {"item": "batch", "max_delay_h": 0.0}),
    ("racks", "smallest gang", "workloads", {"item": "train", "gang_min": 3}),
    ("racks", "largest gang", "workloads", {"item": "train", "gang_max": 1}),
    ("racks", "pauses of training [rack-h]", "workloads", {"item": "train", "pause_share": 0.24}),
    ("racks", "training within its gang and windows", "workloads", {"item": "train", "windows": ((12, 15),)}),
    ("racks", "largest chilled-water store", "cooling", {"item": "plate", "store": None}),
    ("racks", "cooling power at the weather of the step", "site", {"dry_bulb_c": vector(21.0)}),
    ("racks", "cooling power at the weather of the step", "cooling", {"item": "plate", "fixed_share": 0.1}),
    ("racks", "water at the weather of the step", "site", {"relative_humidity_pct": vector(51.0)}),
    ("racks", "losses of the electrical chain", "electrical", {"fixed_loss_pu": 0.02}),
    ("racks", "ride-through energy held back [MWh]", "electrical", {"required_ride_through_h": 0.2}),
    ("racks", "ride-through power of batteries [MW]", "racks", {"item": "R", "ancillary_mw": 0.04}),
    ("racks", "battery can be delivered in time", "batteries", {"item": "UPS", "lead_months_p90": 13.0}),
    ("racks", "least battery power", "batteries", {"item": "UPS", "min_mw": 1.3}),
    ("racks", "most battery energy", "batteries", {"item": "UPS", "max_mwh": 0.4}),
    ("racks", "lowest state of charge", "batteries", {"item": "UPS", "min_charge_share": 0.5}),
    ("racks", "stored energy above the reserved bands", "batteries", {"item": "UPS", "min_charge_share": 0.35}),
    ("racks", "units delivered in time [months]", "offers", {"item": "room", "lead_months_p90": 13.0}),
    ("racks", "least order", "offers", {"item": "room", "min_count": 4}),
    ("racks", "largest order", "offers", {"item": "room", "max_count": 2}),
    ("racks", "racks fit into their units", "offers", {"item": "room", "it_mw": 0.32}),
    ("racks", "racks fit into their units", "offers", {"item": "room", "rack_positions": 2.5}),
    ("racks", "units can hold their racks", "offers", {"item": "room", "rack_limit_mw": 0.09}),
    ("racks", POOL, "offers", {"item": "power A", "electrical_mw": 0.47}),
    ("racks", POOL, "offers", {"item": "chiller", "heat_mw": 0.79}),
    ("racks", POOL, "offers", {"item": "fan", "cooling": "plate"}),
    ("racks", "price of a cost line [kcur]", "offers", {"item": "room", "duty_basis": "CIF"}),
    ("racks", "land [m2]", "site", {"area_m2": 200.0}),
    ("racks", "carbon limit of the year [t]", "limits", {"carbon_t_per_year": 5.0}),
    ("racks", "water limit of the year [m3]", "limits", {"water_m3_per_year": 15.0}),
    ("racks", "water limit of a day [m3]", "limits", {"water_m3_per_day": 5.0}),
    ("racks", "weighted water limit of the year [m3]", "limits", {"weighted_water_m3_per_year": 15.0}),
    ("racks", "TokEnergy target [MWh of the year]", "limits", {"tokenergy_wh_per_ktok": 0.1}),
    ("racks", "budget of first costs [kcur]", "limits", {"budget_kcur": 3000.0}),
    ("racks", "import within the connection", "grid", {"energised_month": 13.0}),
    ("energy", "import within the connection", "grid", {"power_factor": 0.85}),
    ("energy", "contract within the connection", "grid", {"import_limit_mw": 15.5}),
    ("energy", "export within its limit", "grid", {"export_limit_mw": 0.5}),
    ("energy", "import within the contract", "grid", {"billing_factor": 1.2}),
    ("energy", "on-site generation within sun and wind", "supplies", {"item": "pv", "output_pu": vector(0.4)}),
    ("energy", "most on-site capacity", "supplies", {"item": "pv", "max_mw": 1.5}),
    ("energy", "least on-site capacity", "supplies", {"item": "pv", "min_mw": 2.1}),
    ("energy", "on-site supply can be delivered in time", "supplies", {"item": "pv", "lead_months_p50": 1300.0}),
    ("energy", "most battery power", "batteries", {"item": "LFP", "max_mw": 2.9}),
    ("energy", "least battery energy", "batteries", {"item": "LFP", "min_mwh": 8.1}),
    ("energy", "battery state of charge", "batteries", {"item": "LFP", "charge_efficiency": 0.9}),
    ("energy", "battery state of charge", "batteries", {"item": "LFP", "self_discharge_per_h": 0.001}),
    ("energy", "highest state of charge", "batteries", {"item": "LFP", "max_charge_share": 0.3}),
    ("energy", "highest state of charge", "batteries", {"item": "LFP", "fade_per_year": 0.32}),
    ("energy", "battery cycles of the year [MWh]", "batteries",
     {"item": "LFP", "ageing": "fixed_life", "max_cycles_per_year": 0.1}),
    ("energy", "present-value factor of a cost line", "money", {"discount_rate": 0.09}),
    ("energy", "cash flow of each year [kcur]", "money", {"tax_rate": 0.2}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rule", "field", "new"), RULES)
def test_each_rule_bites(name: str, rule: str, field: str, new: dict[str, Any]) -> None:
    """Proves: a limit or figure of the case moved to where the plan no longer keeps it is told under its own name. A
    rule left out, or one that compares the wrong way round, would stay silent."""
    plan = PLANS[name]()
    assert rule in broken(recheck(plan, case=_with(plan, field, **new)))


@pytest.mark.parametrize(
    ("name", "rule", "field", "size"),
    [
        ("energy", "battery power", "battery_mw", {"LFP": 2.4}),
        ("energy", "highest state of charge", "battery_mwh", {"LFP": 3.2}),
        ("racks", "stored cold within the tank", "cold_store_mwh", {"plate": 0.14}),
        ("racks", "charging rate of the tank", "cold_store_mwh", {"plate": 0.39}),
        ("racks", "traffic shares add up to one", "traffic_share", {("chat", "R", "plate"): 0.9}),
        ("racks", "traffic shares of interactive work only", "traffic_share", {("batch", "R", "plate"): 1.0}),
        ("racks", "units that hold racks name the racks they hold", "units", (Units("room", 3),)),
        ("racks", "counts not negative", "racks", (PlacedRacks("R", "plate", "room", -1),)),
    ],
)
def test_sizes_carry_their_operation(name: str, rule: str, field: str, size: Any) -> None:
    """Proves: operation within what was bought. A plan with too small a battery or tank would be cheaper and pass."""
    plan = PLANS[name]()
    assert rule in broken(recheck(plan, design=replace(plan[1], **{field: size})))


def test_ratchet_and_hours_of_a_demand_charge() -> None:
    """Proves: the look-back, its months and the charge's hours decide the bill. A bill from the month's own peak alone,
    or from all hours, would be accepted otherwise."""
    plan = energy_plan()
    (charge,) = plan[0].grid.demand_charges
    fewer: list[dict[str, Any]] = [{"ratchet_share": 0.9}, {"ratchet_peak_months": (1,)}, {"ratchet_months": 0}]
    for change in [*fewer, {"applies": vector(1.0, s5=0.0)}]:
        case = _with(plan, "grid", demand_charges=(replace(charge, **change),))
        assert "billed demand of each month" in broken(recheck(plan, case=case)), change


def test_battery_never_charges_while_discharging() -> None:
    """Proves: burning energy in a battery is found even where balance and state of charge hold."""
    case, design, accounts, proof = energy_plan()
    op = design.operation
    charge, discharge = op.charge_mw["LFP"].copy(), op.discharge_mw["LFP"].copy()
    charge[8] += 0.5  # keeps 0.4 MWh, which 0.2 MW of discharge take out again
    discharge[8] += 0.2
    bought = op.import_mw.copy()
    bought[8] += 0.3
    both = replace(op, charge_mw={"LFP": charge}, discharge_mw={"LFP": discharge}, import_mw=bought)
    rules = broken(audit(case, replace(design, operation=both), accounts, proof))
    assert "battery charges or discharges, never both" in rules
    assert "battery state of charge" not in rules


@pytest.mark.parametrize("name", PLANS)
def test_rejects_negative_flows(name: str) -> None:
    """Proves: no flow or stock is below zero. Negative import is a hidden export that balances alone would accept."""
    case, design, accounts, proof = PLANS[name]()
    derived = {
        "it_mw",
        "chain_loss_mw",
        "cooling_mw",
        "heat_mw",
        "water_m3",
    }  # equal to what is derived, never negative

    def below_zero(value: Any) -> Copies:
        if isinstance(value, np.ndarray):
            yield "", np.where(np.arange(value.size) == 3, -1.0, value)

    for path, operation in changes(design.operation, below_zero):
        if path.lstrip(".").split("[")[0] not in derived:
            rules = broken(audit(case, replace(design, operation=operation), accounts, proof))
            assert any(rule.endswith("not negative") for rule in rules), path


def test_power_and_cooling_pools_need_largest_unit_spare() -> None:
    """Proves: N+1 takes off the largest unit in use, 2N doubles the load. Without spare, 2 units would pass."""
    plan = rack_plan()
    design = replace(plan[1], units=tuple(u for u in plan[1].units if u.offer != "power B"))
    assert POOL in broken(recheck(plan, design=design))
    chain = replace(plan[0].electrical, redundancy=Redundancy(duplicated=True))
    case = replace(plan[0], electrical=chain)
    assert POOL in broken(recheck(plan, case=case))


def test_unknown_names_are_told() -> None:
    """Proves: racks, offers, workloads and cost lines that the case does not know are violations, not crashes."""
    plan = rack_plan()
    design, accounts = plan[1], plan[2]
    strange = replace(design, racks=(*design.racks, PlacedRacks("R", "plate", "tent", 1)))
    assert broken(recheck(plan, design=strange)) == {"names of the plan"}
    strange = replace(design, units=(*design.units, Units("room", 1, "R", "breeze")))
    assert broken(recheck(plan, design=strange)) == {"names of the plan"}
    gift = CostLine("modules", "tent", 1.0, "units", -5.0, 1.0, -5.0)
    extra = replace(accounts, costs=(*accounts.costs, gift))
    assert "no cost line without a cause" in broken(recheck(plan, accounts=extra))
    twice = replace(accounts, costs=(*accounts.costs, accounts.costs[0]))
    assert "each cost line appears once" in broken(recheck(plan, accounts=twice))


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ({}, True),
        ({"bound_kcur": -np.inf, "status": "limit"}, True),
        ({"bound_kcur": np.nan}, False),
        ({"status": "infeasible"}, False),
        ({"above": 1e-4}, False),
        ({"objective": 1 + 1e-4}, False),
        ({"objective": np.nan}, False),
    ],
)
def test_proof(change: dict[str, Any], accepted: bool) -> None:
    """Proves: the objective proven is the plan's, and no bound above it passes: such a bound is a false proof (unsafe
    cuts once gave one 0.07 % above)."""
    case, design, accounts, proof = energy_plan()
    change = dict(change)
    if "above" in change:
        proof = replace(proof, bound_kcur=proof.objective_kcur * (1 + change.pop("above")))
    if "objective" in change:
        proof = replace(proof, objective_kcur=proof.objective_kcur * change.pop("objective"))
    assert audit(case, design, accounts, replace(proof, **change)).ok is accepted


def test_a_year_of_hours_is_fast() -> None:
    """Proves: the recheck is vectorised; step by step in Python it would take far longer than the 2 s allowed here."""
    case, design, accounts, _ = energy_plan()
    hours = np.arange(8760) % 24

    def long(series: Any) -> Any:
        return series[hours]

    site = Site("here", *(np.full(8760, x) for x in (20.0, 15.0, 50.0)), house_load_mw=1.0,
                plain_load_mw=long(case.site.plain_load_mw))  # fmt: skip
    grid = replace(case.grid, import_price_kcur_per_mwh=np.full(8760, 0.1), carbon_t_per_mwh=np.full(8760, 0.5),
                   export_price_kcur_per_mwh=None, demand_charges=())  # fmt: skip
    supply = replace(case.supplies[0], output_pu=long(case.supplies[0].output_pu))
    calendar = Calendar(tuple(min(t // 730, 11) for t in range(8760)))
    year = replace(case, calendar=calendar, site=site, grid=grid, supplies=(supply,), limits=Limits())
    operation = next(_resized(design.operation, long))
    begun = time.perf_counter()
    report = audit(year, replace(design, operation=operation, billed_mw={}), accounts)
    assert time.perf_counter() - begun < 2.0
    assert report.checks > 100_000
    physics = {"power balance of the site", "battery state of charge", "on-site generation within sun and wind"}
    assert not physics & broken(report)


def _resized(operation: Any, long: Callable[[Any], Any]) -> Iterator[Any]:
    values = {f.name: getattr(operation, f.name) for f in fields(operation)}
    yield replace(
        operation,
        **{k: {n: long(s) for n, s in v.items()} if isinstance(v, dict) else long(v) for k, v in values.items()},
    )


def test_shares_no_code_with_the_model() -> None:
    """Proves: the recheck imports the data contracts and numpy alone. One shared formula would hide its own mistake."""
    import models.audit

    questions = {"models.case", "models.stages", "models.scenarios", "models.portfolio"}
    allowed = {*questions, "models.design", "models.audit", "numpy"}
    for path in Path(models.audit.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{a.name}" if node.module == "models" else str(node.module) for a in node.names]
            for name in names:
                own = name.startswith(("models", "planner", "reports", "numpy", "pyomo", "pandas", "highspy"))
                assert not own or any(name == a or name.startswith(f"{a}.") for a in allowed), f"{path.name}: {name}"
