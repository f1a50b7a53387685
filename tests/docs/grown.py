"""The made-up plan of a hall as a plan of growth: built for half the chat, then grown to all of it."""

from __future__ import annotations

from dataclasses import replace

from models.case import Case
from models.design import Answer, AuditReport, Design, Proof
from models.growth_accounts import account_growth
from models.stages import Growth, GrowthAnswer, GrowthPlan, Purchase, Stage, in_stage

YEARS = 10
NAMES = ("first half", "in full")
STARTS = (0, 4)


def make_energy_growth(site: Answer) -> GrowthAnswer:
    """An energy study in two stages, the second at twice the price of energy; a battery bought at the start."""
    first = replace(site.case, money=in_stage(site.case.money, 0, STARTS[1], YEARS))
    dear = replace(first.grid, import_price_kcur_per_mwh=2 * first.grid.import_price_kcur_per_mwh)
    later = replace(first, grid=dear, money=in_stage(first.money, STARTS[1], YEARS, YEARS))
    growth = Growth(first.name, (Stage(NAMES[0], first), Stage(NAMES[1], later)))
    bought = (Purchase("battery_power", "LFP battery", 2.0, "MW", 0, 2),)
    sized = replace(site.design, battery_mw={"LFP battery": 2.0})
    plan = GrowthPlan((sized, sized), bought)
    accounts = account_growth(growth, plan)
    proof = Proof("optimal", accounts.objective_kcur, accounts.objective_kcur - 31.0, 1.0, "monolithic")
    return GrowthAnswer(growth, plan, accounts, proof, AuditReport(18, 0.0))


def make_growth_answer(hall: Answer) -> GrowthAnswer:
    """Two stages of the hall: the first with half the racks and units in service, from year 4 on all of them."""
    cases = [_asked(hall.case, share) for share in (0.5, 1.0)]
    ends = (STARTS[1], YEARS)
    stages = tuple(
        Stage(name, replace(case, money=in_stage(case.money, start, end, YEARS)))
        for name, case, start, end in zip(NAMES, cases, STARTS, ends, strict=True)
    )
    growth = Growth(hall.case.name, stages)
    designs = (_half(hall.design), hall.design)
    plan = GrowthPlan(designs, (*_bought(designs[0], 0, 1), *_bought(designs[1], 1, 2)))
    accounts = account_growth(growth, plan)
    proof = Proof("optimal", accounts.objective_kcur, accounts.objective_kcur - 31.0, 214.0, "monolithic")
    return GrowthAnswer(growth, plan, accounts, proof, AuditReport(824, 3.1e-10), hall.origins, {"solve": 214.0})


def _asked(case: Case, share: float) -> Case:
    chat, *others = case.workloads
    assert chat.arrivals_mreq_per_h is not None
    return replace(case, workloads=(replace(chat, arrivals_mreq_per_h=share * chat.arrivals_mreq_per_h), *others))


def _half(design: Design) -> Design:
    """Half of what stands in the full hall, with the flows that go with it."""
    op = design.operation
    flows = ("import_mw", "onsite_mw", "it_mw", "chain_loss_mw", "cooling_mw", "water_m3")
    tables = ("heat_mw", "charge_mw", "discharge_mw", "stored_mwh", "busy_racks", "purchased_mw")
    halved = {name: 0.5 * getattr(op, name) for name in flows}
    halved |= {name: {key: 0.5 * v for key, v in getattr(op, name).items()} for name in tables}
    sizes = ("battery_mw", "battery_mwh", "supply_mw", "purchase_mw", "billed_mw")
    smaller = {name: {key: 0.5 * v for key, v in getattr(design, name).items()} for name in sizes}
    return replace(
        design,
        racks=tuple(replace(p, count=-(-p.count // 2)) for p in design.racks),
        units=tuple(replace(u, count=-(-u.count // 2)) for u in design.units),
        contract_mw=0.5 * design.contract_mw,
        operation=replace(op, **halved),
        **smaller,
    )


def _bought(design: Design, bought: int, retired: int) -> list[Purchase]:
    """What a stage has in service, as if all of it were bought then and retired at the next."""
    amounts = [("racks", p.rack, float(p.count), "racks") for p in design.racks]
    amounts += [("modules", u.offer, float(u.count), "units") for u in design.units]
    amounts += [("battery_power", name, mw, "MW") for name, mw in design.battery_mw.items()]
    amounts += [("battery_energy", name, mwh, "MWh") for name, mwh in design.battery_mwh.items()]
    amounts += [("supply", name, mw, "MW") for name, mw in design.supply_mw.items()]
    amounts.append(("connection", "connection", design.contract_mw, "MW"))
    return [Purchase(line, item, amount, unit, bought, retired) for line, item, amount, unit in amounts]
