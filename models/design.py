"""The answer: a plan as plain numbers, in the units of models.case. No Pyomo, no rounding."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.case import Case
from models.fields import Series
from models.provenance import Origin

Option = tuple[str, str]
"""A rack and the cooling that carries it, by name."""


@dataclass(frozen=True, eq=False)
class PlacedRacks:
    """`count` racks of one option in units of one offer."""

    rack: str
    cooling: str
    offer: str
    count: int


@dataclass(frozen=True, eq=False)
class Units:
    """`count` units of an offer. Units that hold racks hold one option each: `rack` and `cooling` name it; both are
    None for power and cooling units."""

    offer: str
    count: int
    rack: str | None = None
    cooling: str | None = None


@dataclass(frozen=True, eq=False)
class Gang:
    """Racks that a training workload reserves during its windows."""

    workload: str
    rack: str
    cooling: str
    racks: int


@dataclass(frozen=True, eq=False)
class Reserved:
    """What a battery keeps free of dispatch all year, by service; energies as delivered (smoothing: power for its half
    period)."""

    ride_through_mwh: float = 0.0
    """stored energy held back to carry the racks"""
    smoothing_mw: float = 0.0
    """amplitude of swings it can even out"""
    ramp_mw: float = 0.0
    """power by which it can be ahead of the grid"""
    ramp_mwh: float = 0.0
    """energy of that, downward and as room upward"""


@dataclass(frozen=True, eq=False)
class Operation:
    """Every step of the operating year; vectors of the calendar's length. Powers are means over a step."""

    import_mw: Series
    export_mw: Series
    onsite_mw: Series
    """on-site generation after curtailment"""
    it_mw: Series
    chain_loss_mw: Series
    cooling_mw: Series
    heat_mw: dict[str, Series]
    """per cooling type: heat of racks it takes (thermal)"""
    water_m3: Series
    """water used in the step"""
    charge_mw: dict[str, Series]
    discharge_mw: dict[str, Series]
    stored_mwh: dict[str, Series]
    """per battery; stored energy at the end of the step"""
    cold_charge_mw: dict[str, Series]
    cold_discharge_mw: dict[str, Series]
    cold_stored_mwh: dict[str, Series]
    """per cooling type with a chilled-water store (thermal); stored cold at the end of the step"""
    busy_racks: dict[tuple[str, str, str], Series]
    """(workload, rack, cooling): fully busy racks, for every pair that serves"""
    backlog_mreq: dict[str, Series]
    """per deferrable workload: work waiting at the end of the step"""
    reused_mw: dict[tuple[str, str], Series] = field(default_factory=dict)
    """(heat user, cooling type): heat sold (thermal); its pumps are part of cooling_mw"""
    generated_mw: dict[str, Series] = field(default_factory=dict)
    running_units: dict[str, Series] = field(default_factory=dict)
    """per generator: power given, and how many of its units run"""
    lost_load_mw: dict[str, Series] = field(default_factory=dict)
    """"site": load not served while the grid is interrupted; empty where all must be served"""
    smoothed_mw: dict[str, Series] = field(default_factory=dict)
    """per battery that smooths: amplitude of swings it evens out"""
    purchased_mw: dict[str, Series] = field(default_factory=dict)
    """per physical power-purchase contract: what the site takes of it, a part of the import"""

    @property
    def tariff_mw(self) -> Series:
        """What the tariff supplies: the import less what contracts give."""
        return sum((-taken for taken in self.purchased_mw.values()), self.import_mw)


@dataclass(frozen=True, eq=False)
class Design:
    """Sizes, counts and a year of operation."""

    racks: tuple[PlacedRacks, ...]
    units: tuple[Units, ...]
    traffic_share: dict[tuple[str, str, str], float]
    """(workload, rack, cooling): share of an interactive workload"""
    gangs: tuple[Gang, ...]
    battery_mw: dict[str, float]
    battery_mwh: dict[str, float]
    cold_store_mwh: dict[str, float]
    supply_mw: dict[str, float]
    contract_mw: float
    billed_mw: dict[tuple[str, int], float]
    """(demand charge, month 0-11): billed demand, for months with a price"""
    operation: Operation
    reuse_mw: dict[str, float] = field(default_factory=dict)
    """heat user -> connection (thermal)"""
    generator_units: dict[str, int] = field(default_factory=dict)
    """per generator: units bought, spare ones included"""
    committed_mw: dict[str, float] = field(default_factory=dict)
    """per demand-response programme: power committed"""
    reserved: dict[str, Reserved] = field(default_factory=dict)
    """per battery with a duty beside dispatch"""
    purchase_mw: dict[str, float] = field(default_factory=dict)
    """per power-purchase contract: power contracted"""
    delay_months: int = 0
    """whole months that service starts after the month needed"""


@dataclass(frozen=True, eq=False)
class CostLine:
    """present_value_kcur = quantity * unit_price_kcur * factor; negative for income."""

    line: str
    """racks, ancillary_it, modules, electrical_chain, battery_power, battery_energy, cold_store, heat_exchanger,
    supply, connection, existing_battery_power, existing_battery_energy, contract, energy, export, heat_reuse, demand,
    fixed_charge, carbon, water, battery_wear, augmentation, generator, fuel, generator_om, generator_standing, starts,
    lost_load, demand_response, delay, power_purchase, purchase_delivery, purchase_market"""
    item: str
    """what it is: rack, offer, battery, ... ; the line again where there is just one"""
    quantity: float
    unit: str
    unit_price_kcur: float
    factor: float
    """present value per first cost (capital lines) or per yearly amount (yearly lines)"""
    first_cost_kcur: float
    """paid at time zero; 0 for yearly lines"""
    is_it: bool = False
    flow_pu: tuple[float, ...] = ()
    """after-tax cost in year 0, 1, ..., analysis years of quantity * price of one, undiscounted; its present value is
    the factor"""

    @property
    def present_value_kcur(self) -> float:
        """Present value after tax [kcur]."""
        return self.quantity * self.unit_price_kcur * self.factor


@dataclass(frozen=True, eq=False)
class Instant:
    """Power and heat at one instant that sizes the plant."""

    name: str
    """design day (all racks at peak in the worst weather, fed by the grid alone), highest import, or hottest step"""
    step: int | None
    """step of the operation; None on the design day"""
    dry_bulb_c: float
    wet_bulb_c: float
    power_mw: dict[str, float]
    """arriving: import, onsite, battery_discharge; leaving: racks, electrical_chain, cooling, house, plain_load,
    battery_charge, export"""
    rack_mw: dict[Option, float]
    """IT power of the racks of each option, ancillary IT included"""
    heat: dict[str, dict[str, float | None]]
    """per cooling type: heat_mw and from_store_mw (thermal; negative while the tank is charged), electric_mw,
    distribution_mw (pumps and fans within it; None: not stated), water_m3_per_h; with heat users
    reused_mw (sold, not cooled)"""


@dataclass(frozen=True, eq=False)
class Accounts:
    """What a plan costs and how it performs, from Case and Design alone."""

    costs: tuple[CostLine, ...]
    kpi: dict[str, float | None]
    """see models/accounts.py for the keys, each with its unit in its name"""
    tokenergy_parts: dict[str, float] = field(default_factory=dict)
    """Wh per 1,000 reference tokens by part: it_busy, it_idle, electrical_chain, cooling, storage, house, plain_load"""
    workload_kpi: dict[str, dict[str, float | None]] = field(default_factory=dict)
    """per workload: tokens and Wh per 1,000 tokens (see models/accounts.py)"""
    monthly: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """per month present: import_mwh, peak_mw, energy_kcur, demand_kcur, carbon_t, water_m3, it_mwh, pue"""
    cash_flow_kcur: tuple[float, ...] = ()
    """after-tax cost in year 0, 1, ..., analysis years, undiscounted"""
    instants: tuple[Instant, ...] = ()
    """design day, highest import, hottest step"""

    @property
    def design_day(self) -> Instant:
        """All racks at peak in the worst weather."""
        return self.instants[0]

    @property
    def objective_kcur(self) -> float:
        """Present value of all lines [kcur]."""
        return sum(c.present_value_kcur for c in self.costs)

    @property
    def without_it_kcur(self) -> float:
        """Present value without IT hardware [kcur]: the base of the reported gap."""
        return sum(c.present_value_kcur for c in self.costs if not c.is_it)


@dataclass(frozen=True, eq=False)
class Proof:
    """What the solver proved: no design in this model costs less than bound_kcur."""

    status: str
    """optimal, limit, infeasible, or dearer: no plan costs less than one that was known before"""
    objective_kcur: float
    bound_kcur: float
    seconds: float
    method: str
    notes: tuple[str, ...] = ()
    build_seconds: float = 0.0
    """part of `seconds` spent on building and compiling the model"""
    rule: str = ""
    """why no plan exists, where that is known before anything is solved"""


ROUNDING = 1e-9
"""Relative difference below which two objectives are the same number in floating point."""


def relative_gap(objective: float, bound: float, without_it: float) -> float:
    """(objective - bound) / cost without IT hardware; against the objective where that base is not positive [1].

    IT hardware is some three quarters of a total and would hide what is decided."""
    base = without_it if without_it > 0 else abs(objective)
    difference = max(objective - bound, 0.0)
    if difference <= ROUNDING * max(1.0, abs(objective)):
        return 0.0
    return difference / base if base > 0 else float("inf")


@dataclass(frozen=True)
class Violation:
    """One thing in which a plan disagrees with its case or with itself."""

    check: str
    """which rule, in words a user understands"""
    where: str
    """what it is about: month, step, item"""
    found: float
    expected: float
    residual: float
    """by how much the rule is broken, in the rule's unit, beyond zero"""


@dataclass(frozen=True, eq=False)
class AuditReport:
    """Result of the independent recheck."""

    checks: int
    worst_residual: float
    """largest residual over all checks, relative to the larger of 1 and the magnitude compared"""
    violations: tuple[Violation, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every check holds within its tolerance."""
        return not self.violations


def is_whole(path: str) -> bool:
    """Whether the limit at a path of the case counts things: units of an offer, racks."""
    return path.endswith((".max_count", ".max_racks", ".gang_max"))


MARGINALS_UP_TO_STEPS = 9000
"""Up to here, a year of hours, marginal values are told unasked. Three years of stages took 9 GB and longer than their
plan."""


@dataclass(frozen=True)
class Marginal:
    """What one more unit of a limit that binds would save."""

    path: str
    """where the limit stands in the case, as Origin.path"""
    step: float
    """by how much the limit was relaxed, in its unit in the case"""
    saving_kcur: float | None
    """present value saved per unit; None: not told by this method. Duals say nothing of a limit on whole
    numbers, and of none where the linear problem of the year ends without an optimum"""
    method: str
    """re-solved: exact but for the gaps of two plans; duals: units, racks and other whole numbers as chosen"""
    uncertainty_kcur: float = 0.0
    """how far the gaps of the two plans may put the saving off, per unit"""


@dataclass(frozen=True)
class Lookahead:
    """Present value of the plan's cost, its storage worked with different foresight [kcur]."""

    horizon_h: float
    """how far the operator sees"""
    every_h: float
    """how often the operator decides anew"""
    foresight_kcur: float
    """the plan: the year known in advance"""
    lookahead_kcur: float
    idle_kcur: float
    """storage bought but not used"""
    lookahead_over_h: float = 0.0
    """hours in which the import exceeds the connection"""
    idle_over_h: float = 0.0

    @property
    def share(self) -> float | None:
        """Share of the savings of working the storage that survives; None where there are none."""
        saved = self.idle_kcur - self.foresight_kcur
        return (self.idle_kcur - self.lookahead_kcur) / saved if saved > 1e-9 * abs(self.foresight_kcur) else None


@dataclass(frozen=True)
class BreakEven:
    """The price at which a little of something that a plan does without would pay, within the gaps of both plans."""

    quantity: float
    unit: str
    price_kcur: float
    """as offered, per `price_unit`"""
    price_unit: str
    low_kcur: float
    """at this price or below it pays; may be below zero: not even as a gift"""
    high_kcur: float
    """above this price it does not pay"""


@dataclass(frozen=True, eq=False)
class Removal:
    """What becomes dearer or cheaper without one subject: the plan made again without it."""

    subject: str
    """architecture (only the item), ride_through, smoothing, ramp, interruptions, flexible_work (work neither waits nor
    pauses), dispatch (no battery moves energy between hours), battery, cold_store, supply, generator, programme,
    contract, clean_share"""
    item: str
    """name of what is taken away; empty for duties and work"""
    objective_kcur: float
    """cost without it; infinite if there is no plan without it"""
    change_low_kcur: float
    """least change of present value, within both gaps; negative: it saves"""
    change_high_kcur: float
    in_plan: bool = True
    """False: the plan has nothing of it, and so stands without it"""
    is_computed: bool = True
    """False: the study was stopped before, nothing is known of the change"""
    break_even: BreakEven | None = None
    """of a source, generator or contract that is not in the plan; None: not looked for, or no plan has any of it"""
    peak_import_mw: float | None = None
    """of flexible work: highest import without it; where that is more than the connection allows, of the cheapest plan
    without limit"""


@dataclass(frozen=True, eq=False)
class Answer:
    """Everything that is reported about one plan."""

    case: Case
    design: Design
    accounts: Accounts
    proof: Proof
    audit: AuditReport
    origins: tuple[Origin, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    """read, build, solve, audit, report"""
    marginals: tuple[Marginal, ...] = ()
    """of the limits that bind, in the order of the report"""
    lookahead: Lookahead | None = None
    """None: no storage to work, or not computed"""
    without: tuple[Removal, ...] = ()
    """what each subject of the power side is worth, where that was asked"""
    choices: dict[tuple[str, str], Proof] = field(default_factory=dict)
    """(tariff, architecture) -> what was proven of each that could be chosen; not stored"""

    @property
    def currency(self) -> str:
        """The reporting currency."""
        return self.case.currency
