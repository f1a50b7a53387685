"""What the documents say: names of lines and parts, the headline, what the proof means, levers and approximations."""

from __future__ import annotations

from typing import NamedTuple

from models.case import Offer
from models.design import Answer, CostLine, relative_gap
from models.stages import AnyAnswer
from reports import format as show
from reports.schedule import offers_by_name, rack_rows, store_rows, store_size, unit_rows

COST_NAMES = {
    "racks": "IT racks",
    "ancillary_it": "Ancillary IT",
    "modules": "Modules and site-built",
    "electrical_chain": "Electrical chain",
    "battery_power": "Battery power",
    "battery_energy": "Battery energy",
    "existing_battery_power": "Battery power on site",
    "existing_battery_energy": "Battery energy on site",
    "cold_store": "Chilled-water store",
    "heat_exchanger": "Connections of heat users",
    "supply": "On-site supply",
    "generator": "Generators",
    "connection": "Grid connection",
    "contract": "Contracted capacity",
    "energy": "Energy bought",
    "export": "Energy sold",
    "heat_reuse": "Heat sold",
    "demand": "Demand charges",
    "fixed_charge": "Fixed grid charges",
    "carbon": "Carbon",
    "water": "Water",
    "battery_wear": "Battery wear",
    "augmentation": "Battery augmentation",
    "fuel": "Fuel",
    "generator_om": "Upkeep of generators",
    "generator_standing": "Upkeep of generators, standing",
    "starts": "Starts of generators",
    "demand_response": "Demand response",
    "power_purchase": "Power-purchase contracts",
    "purchase_delivery": "Delivery of contracted energy",
    "purchase_market": "Market income of contracts",
    "lost_load": "Load lost in interruptions",
    "delay": "Late start of service",
}
CAPITAL_LINES = (
    "racks",
    "ancillary_it",
    "modules",
    "electrical_chain",
    "battery_power",
    "battery_energy",
    "cold_store",
    "heat_exchanger",
    "supply",
    "generator",
    "connection",
)
FACT_NAMES = {
    "land_cost_million": "Land",
    "extra_build_million": "Works that only this site needs",
    "local_tax_million": "Local taxes",
    "incentive_million": "Grants and tax relief",
    "staff_million": "Staff",
    "staff_shared_million": "Staff, of it shared by all sites of a portfolio",
    "spares_million": "Spare parts",
    "spares_shared_million": "Spare parts, of it shared by all sites of a portfolio",
    "utc_h": "Clock ahead of UTC",
    "firm_mw": "Power that is never curtailed",
    "permits_month": "Months until permits are held",
    "latency_ms": "Latency to users",
    "hazard_score": "Natural hazards, 0 none to 5 extreme",
    "water_stress_score": "Water stress, 0 to 5",
}
MEASURE_NAMES = {
    "cost": "Cost",
    "first token": "First token",
    "tokenergy": "TokEnergy",
    "pue": "PUE",
    "wue": "WUE",
    "carbon": "CUE, location-based",
    "market carbon": "CUE, market-based",
    "peak import": "Peak import",
}
PART_NAMES = {
    "it_busy": "IT, busy",
    "it_idle": "IT, idle",
    "electrical_chain": "Electrical chain",
    "cooling": "Cooling",
    "storage": "Storage losses",
    "house": "House load",
    "plain_load": "Other load",
    "lost_load": "Load not served",
}

MOVE_NAMES = {
    "busy_power": "10 % less energy per token of busy racks",
    "more_tokens": "10 % more tokens from the same racks",
    "idle_power": "10 % less idle power of racks",
    "cooling": "10 % less energy of cooling",
    "electrical_chain": "10 % less loss in the electrical chain",
}
"""What models.usage.tokenergy_moves changes, in words."""


_HOLDING = ("it", "integrated")
"""Kinds of offers that hold racks."""
_HOURS_A_YEAR = 8760


class Lever(NamedTuple):
    """Something that moves energy per token, by how much, and who decides it."""

    name: str
    effect: str
    decided_by: str
    source: str


LEVERS = (
    Lever("Facility overhead", "PUE from 1.4 to 1.1 saves 21 %", "This plan", "arithmetic"),
    Lever(
        "Utilisation of accelerators",
        "3 to 5 times",
        "Operations, partly this plan (idle racks)",
        "ML.ENERGY v3.0, 2025",
    ),
    Lever(
        "Batch size", "up to 53 times between batch 1 and 128", "Serving software", "Alice benchmark, one model on H100"
    ),
    Lever("Context length", "doubles with every doubling of the context window", "Product", "arXiv 2603.17280"),
    Lever(
        "Precision",
        "about 6 times between the best 4-bit and the worst 8-bit runs",
        "Model team",
        "InferenceX, DeepSeek-R1",
    ),
    Lever(
        "Hardware generation", "10 to 50 times, as claimed by its vendor", "Rack choice in this plan", "vendor claims"
    ),
)


class Approximation(NamedTuple):
    """Where the model is simpler than the world, and what follows from it."""

    simplification: str
    consequence: str


APPROXIMATIONS = (
    Approximation(
        "One operating year stands for every analysis year, known in advance to the last step.",
        "Storage and flexible work look somewhat better than they will be in operation.",
    ),
    Approximation(
        "Powers are means over a step; a billing factor stands for the higher peaks inside it.",
        "Swings faster than a step only enter as stated: as power and energy of storage reserved for them.",
    ),
    Approximation(
        "Swings of all work add up in phase, all work that states a ramp time stops at once, and reserved power and "
        "energy stay the same all year.",
        "Storage for swings and ramps is on the large side.",
    ),
    Approximation(
        "Evening out swings wears storage as full cycles of the same energy do.",
        "Shallow cycles wear less in practice; a technology with many cycles may be undervalued against a battery.",
    ),
    Approximation(
        "A unit holds racks of one type on one cooling; types are not mixed inside a unit.",
        "A mixed hall may need slightly fewer units.",
    ),
    Approximation(
        "A training gang keeps its racks for its whole window; time after an early end counts as a pause.",
        "Racks could be lent to other work a little earlier than the plan shows.",
    ),
    Approximation(
        "Heat of electrical losses leaves by ventilation and is not counted as cooling load.",
        "Cooling energy is slightly understated.",
    ),
    Approximation(
        "Cooling plant at part load takes a fixed share of its full-load electricity, the rest in proportion to heat.",
        "Machines switched off one by one would stand a little lower, a single machine at low load higher.",
    ),
    Approximation(
        "Heat is sold at the temperature at which it comes back from the racks; no heat pump raises it.",
        "Users who want it hotter take nothing.",
    ),
    Approximation(
        "Standing losses of redundant electrical units are part of one fixed share of installed rack power.",
        "Losses do not fall when a redundant unit is switched off.",
    ),
    Approximation(
        "Traffic of an interactive workload is split between options by shares that stay constant through the year.",
        "Routing by hour could save a little more.",
    ),
    Approximation(
        "Between operating points nothing is interpolated: a rack is idle, busy at its point, or a mix in time.",
        "Throughput that rises with load inside a rack is not credited.",
    ),
    Approximation(
        "All work starts in one month, when everything that serves it is ready.",
        "A site that can serve with its first modules earns a little earlier than the plan counts.",
    ),
    Approximation(
        "Power and energy of storage at racks or UPS are counted at the site's bus; the chain between is left out.",
        "Losses of such storage are slightly off; its size is not.",
    ),
    Approximation(
        "Units of a generator type take turns, so that its limit of running hours holds for all of them together.",
        "A unit that always runs first would reach its limit earlier.",
    ),
    Approximation(
        "Power-purchase contracts deliver as their series says from the start of service; none fails or is curtailed.",
        "Real deliveries differ by year; shares of clean energy hold for the year of the series.",
    ),
)


def cost_name(line: str) -> str:
    """A cost line in words; a line this page does not know keeps its name."""
    return COST_NAMES.get(line, line.replace("_", " ").capitalize())


def fact_name(column: str) -> str:
    """A figure of sheet Sites that no plan depends on, in words."""
    return FACT_NAMES.get(column, column.removesuffix("_million").replace("_", " ").capitalize())


def measure_name(measure: str) -> str:
    """What a criterion is measured by, in words: a result, or a figure of sheet Sites."""
    return MEASURE_NAMES.get(measure) or fact_name(measure)


def within(name: str) -> str:
    """A name within a sentence: `energy bought`, but `IT racks`."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def cost_item(cost: CostLine) -> str:
    """What a cost line is for; empty where the line is its own item."""
    return "" if cost.item == cost.line else cost.item


def part_name(part: str) -> str:
    """A part of the index in words."""
    return PART_NAMES.get(part, part.replace("_", " ").capitalize())


def has_tokens(answer: Answer) -> bool:
    """Whether the case makes tokens: an energy-only study has no token figures."""
    return bool(answer.accounts.kpi.get("reference_mtok"))


def headline(answer: Answer) -> str:
    """The design in one sentence."""
    case = answer.case
    years = show.count(case.money.analysis_years, "year")
    cost = show.money(answer.accounts.objective_kcur, case.currency)
    return f"{case.site.name}: {built(answer)}, for {cost} over {years} (present value after tax)."


def _counted(pairs: list[tuple[str, int]]) -> list[str]:
    totals: dict[str, int] = {}
    for name, count in pairs:
        totals[name] = totals.get(name, 0) + count
    return [f"{show.number(count)} × {show.in_a_list(name)}" for name, count in totals.items()]


def _units(offer: Offer, count: int) -> str:
    """How much of an offer is built: units, or the capacity of what is built on site, whose units are but steps."""
    if not offer.site_built:
        return _counted([(offer.name, count)])[0]
    each = offer.it_mw if offer.kind in _HOLDING else offer.electrical_mw if offer.kind == "power" else offer.heat_mw
    return f"{show.power(count * each)} of {show.in_a_list(offer.name)}"


def built(answer: Answer) -> str:
    """What is built, in one clause: racks, what holds them, what feeds and cools them, storage, the connection."""
    offers, units = offers_by_name(answer), dict[str, int]()
    for row in unit_rows(answer):
        units[row.offer] = units.get(row.offer, 0) + row.units
    racks = _counted([(f"{row.rack} on {row.cooling}", row.racks) for row in rack_rows(answer)])
    holders, plant = (
        [_units(offers[name], count) for name, count in units.items() if (offers[name].kind in _HOLDING) is holds]
        for holds in (True, False)
    )
    site = []
    for store in store_rows(answer):
        size = store_size(store, " / ")
        site.append(f"{store.units} × {store.name}" if store.units else f"{size} of {store.name}")
    site.append(f"a {show.power(answer.design.contract_mw)} grid contract")
    clauses = [show.joined(racks)] if racks else []
    clauses += [f"in {show.joined(holders)}" if racks else show.joined(holders)] if holders else []
    clauses += [f"fed and cooled by {show.joined(plant)}" if racks else show.joined(plant)] if plant else []
    clauses.append(f"with {show.joined(site)}" if clauses else show.joined(site))
    return ", ".join(clauses)


def short_year(hours: float) -> str:
    """What a reader must know of an operating year that is none; nothing of a whole one."""
    text = f"The operating year has {show.trimmed(hours)} hours only: yearly sums count these hours alone."
    return text if hours < _HOURS_A_YEAR else ""


def gap_money_kcur(answer: AnyAnswer) -> float:
    """What a better design could still save at most [kcur]: objective less bound."""
    return max(answer.accounts.objective_kcur - answer.proof.bound_kcur, 0.0)


def gap_share(answer: AnyAnswer) -> float:
    """The gap as a share of the cost without IT hardware; infinite while nothing is proven."""
    accounts = answer.accounts
    return relative_gap(accounts.objective_kcur, answer.proof.bound_kcur, accounts.without_it_kcur)


def status_text(answer: AnyAnswer) -> str:
    """How solving ended, in two or three words."""
    names = {"optimal": "Proven to the wanted gap", "limit": "Stopped at a limit", "infeasible": "No plan exists"}
    return names.get(answer.proof.status, answer.proof.status)


def proof_text(answer: AnyAnswer) -> list[str]:
    """What was proven and what was not, in sentences."""
    currency = answer.currency
    bound, gap = show.money(answer.proof.bound_kcur, currency, 6), gap_money_kcur(answer)
    saving = show.money(max(gap, 0.0), currency, 3)
    if bound == show.MISSING:
        return ["No bound was proven: a cheaper design may exist in this model.", _caveat()]
    share = gap_share(answer)
    of_base = f", {show.percent(share, 3)} of the cost without IT hardware" if share < 1e9 else ""
    sentences = [
        f"No design in this model costs less than {bound}. This plan costs "
        f"{show.money(answer.accounts.objective_kcur, currency, 6)}, so at most {saving} "
        f"could still be saved{of_base}."
    ]
    if answer.proof.status == "limit":
        sentences.append(
            "Solving stopped at its limit before the wanted gap was reached; the gap stated is proven all the same."
        )
    ties = f"Differences between designs smaller than this gap are ties. {_undecided(answer)}".rstrip()
    return [*sentences, ties, _caveat()]


def _undecided(answer: AnyAnswer) -> str:
    """What is bought for less than the gap, in a sentence; empty where nothing is."""
    first: dict[str, float] = {}
    for cost in answer.accounts.costs:
        if cost.line in CAPITAL_LINES:
            name = show.in_a_list(cost_item(cost) or cost_name(cost.line))
            first[name] = first.get(name, 0.0) + cost.first_cost_kcur
    small = [
        f"{name} (first cost {show.money(kcur, answer.currency, 3)})"
        for name, kcur in first.items()
        if 0 < kcur < gap_money_kcur(answer)
    ]
    return f"So the proof does not decide sizes that cost less: here {show.joined(small)}." if small else ""


def _caveat() -> str:
    return "The proof covers the model and the inputs as given; it says nothing about whether those inputs are right."


def tokenergy_text(answer: Answer) -> str:
    """The index, and how it stands against its target, in a sentence."""
    index, target = answer.accounts.kpi.get("tokenergy_wh_per_1k"), answer.accounts.kpi.get("tokenergy_target")
    start = f"The site uses {show.significant(index)} Wh per 1,000 reference tokens over the year"
    if target is None or index is None:
        return f"{start}; no target was set, so the index is reported only."
    share = show.percent(abs(index / target - 1))
    side = "below" if index <= target else "above"
    at_target = "right at" if abs(index / target - 1) < 5e-4 else f"{share} {side}"
    return f"{start}, {at_target} its target of {show.significant(target)}."


def control_text(answer: Answer) -> str:
    """How much of the index is facility overhead and how much lies with IT and its use."""
    parts = answer.accounts.tokenergy_parts
    total = sum(parts.values())
    if total <= 0:
        return "What the racks do with their energy moves the index more than the building around them."
    it, idle = (sum(parts.get(k, 0.0) for k in keys) / total for keys in (("it_busy", "it_idle"), ("it_idle",)))
    return (
        f"In this plan {show.percent(it, 0)} of the index is energy of IT ({show.percent(idle, 0)} idle) and "
        f"{show.percent(1 - it, 0)} is the facility around it. Cooling, electrical chain and storage can change "
        "only the latter. Utilisation, batch size, context length and precision move the index more than PUE does; "
        "they are inputs here."
    )


def audit_text(answer: AnyAnswer) -> str:
    """The result of the independent recheck in one sentence."""
    audit = answer.audit
    worst = show.significant(audit.worst_residual, 2)
    checks = show.count(audit.checks, "check")
    if audit.ok:
        return f"All {checks} of the independent recheck hold; the largest relative residual is {worst}."
    broken = show.count(len(audit.violations), "violation")
    return f"{broken} in {checks} of the independent recheck; largest residual {worst}."


def assumption_text(answer: AnyAnswer) -> str:
    """How much rests on assumptions, defaults and open limits, in one sentence."""
    origins = answer.origins
    assumed = show.count(sum(o.is_assumption for o in origins), "assumption")
    defaults = show.count(sum(o.kind == "default" for o in origins), "default")
    unlimited = show.count(sum(o.kind == "no limit" for o in origins), "limit")
    return (
        f"{show.count(len(origins), 'input')}: {assumed} without a source (grade X), {defaults} taken because the "
        f"cell was blank, {unlimited} left open."
    )
