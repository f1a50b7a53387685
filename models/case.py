"""The question: everything a plan depends on, as plain numbers.

Units throughout: MW, MWh, thousand units of the reporting currency ("kcur"), million tokens ("Mtok"), million requests
("Mreq"), tonnes, m3, m2, hours, months, degrees Celsius; shares and efficiencies per unit. The operating year is
exactly the steps given: yearly sums are sums over them. Conversions from the user's units happen before a Case exists.

`Series` (models.fields) is a read-only numpy vector with one value per step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from models.charges import DemandCharge as DemandCharge
from models.charges import EnergyCharge as EnergyCharge
from models.charges import Programme as Programme
from models.charges import Tier as Tier
from models.coldside import ChilledWaterStore as ChilledWaterStore
from models.coldside import Cooling as Cooling
from models.coldside import CoolingCurve as CoolingCurve
from models.coldside import CurveDriver as CurveDriver
from models.coldside import HeatRejection as HeatRejection
from models.coldside import HeatUser as HeatUser
from models.fields import Series, freeze_series, quantity, series
from models.fuel import Generator as Generator
from models.power import Ageing as Ageing
from models.power import Battery as Battery
from models.power import ChainSupply as ChainSupply
from models.power import Electrical as Electrical
from models.power import Location as Location
from models.power import RackSupply as RackSupply
from models.power import Supply as Supply
from models.power_purchase import PowerPurchase as PowerPurchase
from models.quotation import OrderRules, Quotation
from models.quotation import PriceBreak as PriceBreak
from models.terms import AssetTerms as AssetTerms
from models.terms import Delay as Delay
from models.terms import Redundancy as Redundancy

WorkloadKind = Literal["interactive", "deferrable", "training"]
OfferKind = Literal["it", "power", "cooling", "integrated"]
DutyBasis = Literal["CIF", "FOB"]
Covers = Literal["highest hour", "design day"]
ALWAYS_MONTHS = 1200.0
"""The month needed of a case that states none."""
ROUNDING = 1e-9
"""Months and sizes below this are rounding."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """The steps of the operating year, in local standard time."""

    month_of_step: tuple[int, ...] = quantity(
        "month 0-11", "billing month of each step; each month is one contiguous run"
    )
    step_h: float = quantity("h", "length of a step", default=1.0)
    first_step: str = quantity(
        "ISO date-time", "local standard time at which step 0 starts", default="2023-01-01T00:00"
    )

    def __post_init__(self) -> None:
        runs = [m for i, m in enumerate(self.month_of_step) if i == 0 or m != self.month_of_step[i - 1]]
        if not runs or len(set(runs)) != len(runs) or not set(runs) <= set(range(12)):
            raise ValueError("month_of_step: months must be 0-11, each one contiguous run")
        if not self.step_h > 0:
            raise ValueError("step_h must be positive")

    @property
    def steps(self) -> int:
        """Number of steps in the operating year."""
        return len(self.month_of_step)

    @property
    def day_of_step(self) -> tuple[int, ...]:
        """Calendar day of each step, counted from that of the first."""
        first = datetime.fromisoformat(self.first_step)
        minutes = 60 * first.hour + first.minute
        return tuple(int((minutes + 60 * self.step_h * t) // 1440) for t in range(self.steps))

    @property
    def months(self) -> tuple[int, ...]:
        """The billing months present, in order of time."""
        return tuple(dict.fromkeys(self.month_of_step))

    def steps_of(self, month: int) -> range:
        """The steps of one billing month."""
        first = self.month_of_step.index(month)
        return range(first, first + self.month_of_step.count(month))


@dataclass(frozen=True, eq=False)
class Money:
    """How money is counted. Conventions (see models/finance.py): first costs at time zero; yearly amounts at year ends,
    growth already in year 1; operating costs, replacements and residual values after tax."""

    analysis_years: int = quantity("years", "operating years counted")
    discount_rate: float = quantity("1/year", "nominal discount rate after tax")
    tax_rate: float = quantity("1", "income tax rate", default=0.0)
    escalation_energy: float = quantity("1/year", "price growth of energy and demand charges", default=0.0)
    escalation_om: float = quantity("1/year", "price growth of operation and maintenance", default=0.0)
    escalation_carbon: float = quantity("1/year", "price growth of carbon", default=0.0)
    escalation_water: float = quantity("1/year", "price growth of water", default=0.0)
    escalation_capital: float = quantity("1/year", "price growth of replacements", default=0.0)
    counts_residual_value: bool = quantity("yes/no", "whether unused life at the end counts as income", default=False)
    counts_it: bool = quantity("yes/no", "whether racks are paid by the planner (no: by a tenant)", default=True)
    first_year: int = quantity(
        "years", "years from time zero to the start of those counted; prices are of then", default=0
    )
    plan_years: int | None = quantity(
        "years",
        "years of the growth plan that this stage is a part of, which counts capital; None: no part",
        default=None,
    )

    @property
    def asset_years(self) -> int:
        """Years that what is bought must serve: those of the whole growth plan, where this is a part of one."""
        return self.plan_years or self.analysis_years


@dataclass(frozen=True, eq=False)
class Site:
    """The place: climate, room, loads that are not racks."""

    name: str = quantity("", "site name")
    dry_bulb_c: Series = series("degC", "dry-bulb temperature")
    wet_bulb_c: Series = series("degC", "wet-bulb temperature")
    relative_humidity_pct: Series = series("%", "relative humidity")
    design_margin_dry_k: float = quantity("K", "design-day dry bulb above the year's values", default=0.0)
    design_margin_wet_k: float = quantity("K", "design-day wet bulb above the year's values", default=0.0)
    area_m2: float | None = quantity("m2", "usable area; None: no limit", default=None)
    house_load_mw: float = quantity("MW", "constant load of offices, lighting, security", default=0.0)
    plain_load_mw: Series | None = series("MW", "a given load on the site bus, apart from racks", default=None)
    source_water_c: Series | None = series("degC", "temperature of a sea, lake or river used", default=None)
    water_stress: Series | None = series("m3/m3", "weight of water by local scarcity; None: no weights", default=None)
    altitude_m: float = quantity("m", "altitude; derived curves and wet bulbs hold at its air pressure", default=0.0)


@dataclass(frozen=True, eq=False)
class Grid:
    """The connection and its prices."""

    import_price_kcur_per_mwh: Series = series("kcur/MWh", "price of energy bought")
    carbon_t_per_mwh: Series = series("t/MWh", "location-based carbon of energy bought")
    import_limit_mw: float = quantity("MW", "largest interval import (see billing_factor)")
    import_limit_mva: float | None = quantity("MVA", "limit of apparent power; None: no limit", default=None)
    power_factor: float = quantity("1", "power factor at the connection", default=1.0)
    billing_factor: float = quantity("1", "highest billing-interval demand over mean demand of a step", default=1.0)
    export_limit_mw: float = quantity("MW", "largest export; 0: none allowed", default=0.0)
    export_price_kcur_per_mwh: Series | None = series("kcur/MWh", "price of energy sold; None: zero", default=None)
    export_share: float | None = quantity(
        "1", "largest energy sold in a month, share of the energy bought in it; None: no limit", default=None
    )
    energy_charges: tuple[EnergyCharge, ...] = quantity("", "monthly charges on energy in blocks", default=())
    take_or_pay_mwh_per_year: float = quantity("MWh/year", "energy paid for even if not taken", default=0.0)
    take_or_pay_kcur_per_mwh: float = quantity("kcur/MWh", "price of energy not taken", default=0.0)
    demand_charges: tuple[DemandCharge, ...] = quantity("", "monthly demand charges", default=())
    power_factor_target: float = quantity("1", "power factor below which demand charges rise", default=0.0)
    power_factor_surcharge: float = quantity(
        "1", "rise of the demand charges, as a share of them, per unit of power factor below the target", default=0.0
    )
    contract_mw: float | None = quantity("MW", "contracted capacity that is settled; None: chosen", default=None)
    contract_kcur_per_mw_year: float = quantity("kcur/MW-year", "yearly fee on contracted capacity", default=0.0)
    overrun_kcur_per_mw_month: float | None = quantity(
        "kcur/MW-month",
        "price of each month's highest demand above contracted capacity; None: never above",
        default=None,
    )
    fixed_kcur_per_month: float = quantity("kcur/month", "fixed monthly charge", default=0.0)
    connection_kcur_per_mw: float = quantity("kcur/MW", "cost of connecting contracted capacity", default=0.0)
    connection_terms: AssetTerms = quantity("", "terms of the connection cost", default=AssetTerms(life_years=40))
    market_carbon_t_per_mwh: float | None = quantity(
        "t/MWh", "market-based carbon of energy bought (contracts, certificates); reported only", default=None
    )
    energised_month: float = quantity("months", "months after award at which the connection is live", default=0.0)
    earlier_mw: float = quantity("MW", "what an earlier step of the connection carries until then", default=0.0)
    tariff: str = quantity("", "name of the tariff", default="")
    available_pu: Series | None = series(
        "1", "share of the connection that may be used (interruptions, outages); None: all of it, always", default=None
    )
    lost_load_kcur_per_mwh: float | None = quantity(
        "kcur/MWh", "value of load not served while the grid is interrupted; None: all is served", default=None
    )
    covers: Covers = quantity(
        "",
        "what contracted capacity must carry: the highest hour of operation, or the design day too",
        default="highest hour",
    )
    max_swing_mw: float | None = quantity(
        "MW", "largest swing of the import within seconds, peak to peak; None: no limit", default=None
    )
    ramp_limit_mw_per_min: float | None = quantity(
        "MW/min", "fastest change of the import when work starts or stops; None: no limit", default=None
    )
    ride_through_h: float = quantity("h", "disturbance of the grid that racks must ride through", default=0.0)

    @property
    def interval_limit_mw(self) -> float:
        """Largest interval import the connection allows [MW]: the lower of the MW limit and MVA times power factor."""
        if self.import_limit_mva is None:
            return self.import_limit_mw
        return min(self.import_limit_mw, self.import_limit_mva * self.power_factor)


@dataclass(frozen=True, eq=False)
class Workload:
    """Work to be served. Interactive: at once, by a traffic share per option that is constant through the year.
    Deferrable: within max_delay_h of arrival, in order of arrival. Training: gang runs inside windows."""

    name: str = quantity("", "workload name")
    kind: WorkloadKind = quantity("", "interactive, deferrable or training")
    operating_class: str = quantity("", "key of its operating points: model, context class, service level")
    arrivals_mreq_per_h: Series | None = series("Mreq/h", "arriving requests (interactive, deferrable)", default=None)
    input_tokens: float = quantity("tokens/request", "uncached input tokens per request", default=0.0)
    cached_tokens: float = quantity("tokens/request", "input tokens per request found in a cache", default=0.0)
    output_tokens: float = quantity("tokens/request", "output tokens per request", default=0.0)
    weight_input: float = quantity("1", "reference tokens per input token", default=0.0)
    weight_cached: float = quantity("1", "reference tokens per cached input token", default=0.0)
    weight_output: float = quantity("1", "reference tokens per output token", default=1.0)
    weight_training: float = quantity("1", "reference tokens per training token", default=0.0)
    max_delay_h: float = quantity("h", "longest delay of deferrable work; a whole number of steps", default=0.0)
    run_mtok: float = quantity("Mtok", "tokens of one training run", default=0.0)
    windows: tuple[tuple[int, int], ...] = quantity(
        "steps", "first step and step after the last of each training run's window; disjoint", default=()
    )
    gang_min: int = quantity("racks", "fewest racks in the gang", default=1)
    gang_max: int | None = quantity("racks", "most racks in the gang; None: as the window needs", default=None)
    steady: bool = quantity(
        "yes/no",
        "training at one rate through each window, without pauses or slower hours",
        default=False,
    )
    pause_share: float = quantity(
        "1", "largest share of the gang's window time that may stay unused, per year; 1: no limit", default=1.0
    )
    swing_share: float = quantity("1", "swing of busy racks, peak to peak, share of their full power", default=0.0)
    swing_s: float = quantity("s", "period of the swing", default=1.0)
    ramp_s: float | None = quantity("s", "time in which it starts or stops; None: no step stated", default=None)


@dataclass(frozen=True, eq=False)
class OperatingPoint:
    """What one fully busy rack delivers for one operating class, and the power it then draws.

    Input and output rates hold together (a joint point at its own mix); a workload of another mix needs the larger of
    the two rack times, which is on the safe side. Source of rates: the catalogue's token_perf rows."""

    rack: str = quantity("", "rack name")
    operating_class: str = quantity("", "key shared with workloads")
    full_mw: float = quantity("MW", "IT power of a fully busy rack, no facility overhead, without ancillary IT")
    input_mtok_per_h: float = quantity("Mtok/h", "input tokens per busy rack; 0: not limiting", default=0.0)
    output_mtok_per_h: float = quantity("Mtok/h", "output tokens per busy rack; 0: not limiting", default=0.0)
    counts_cached: bool = quantity("yes/no", "whether the input rate counts cached tokens too", default=False)
    training_mtok_per_h: float = quantity("Mtok/h", "training tokens per busy rack", default=0.0)


@dataclass(frozen=True, eq=False)
class Rack:
    """A rack type with the ancillary IT (network, storage, CPU racks) that each of it needs."""

    name: str = quantity("", "rack name")
    peak_mw: float = quantity("MW", "largest IT power: sizes modules, power, cooling")
    idle_mw: float = quantity("MW", "IT power when no work runs")
    cost_kcur: float = quantity("kcur/rack", "price of one rack")
    terms: AssetTerms = quantity("", "terms of racks and ancillary IT")
    ancillary_mw: float = quantity("MW/rack", "constant power of ancillary IT per rack", default=0.0)
    ancillary_cost_kcur: float = quantity("kcur/rack", "price of ancillary IT per rack", default=0.0)
    ancillary_racks: float = quantity("racks/rack", "floor positions of ancillary IT per rack", default=0.0)
    liquid_share: float = quantity("1", "share of heat that must leave by liquid; 0: air-cooled", default=0.0)
    max_supply_c: float | None = quantity("degC", "warmest liquid supply it accepts; None: any", default=None)
    usable_share: float = quantity(
        "1", "share of installed racks that may be busy (availability, headroom)", default=1.0
    )
    max_racks: int | None = quantity("racks", "most racks that can be bought; None: no limit", default=None)
    accelerators: int = quantity("1/rack", "accelerators per rack; reported only", default=0)
    supply: RackSupply = quantity("", "electrical supply it takes; any: whatever the chain delivers", default="any")
    buffer_mw: float = quantity("MW/rack", "power by which its own buffer evens out swings, up and down", default=0.0)
    buffer_mwh: float = quantity("MWh/rack", "energy of its own buffer", default=0.0)
    domestic: bool = quantity("yes/no", "whether it counts towards the least share of domestic racks", default=False)

    @property
    def placed_mw(self) -> float:
        """Power that a module, the power plant and the cooling must provide per rack, ancillary IT included [MW]."""
        return self.peak_mw + self.ancillary_mw


@dataclass(frozen=True, eq=False)
class Offer:
    """A prefabricated module on offer, or site-built capacity in steps of one unit.

    Landed cost of a unit [kcur] = cif + duty_rate * (cif if CIF else goods * rate) + import_tax_rate * (cif + duty)
    + (financing_share * ex-works + warranty) * rate + inland + installation + scope adders, goods = ex-works + spares,
    cif = (goods + freight + insurance) * rate.
    A unit with electrical_mw of kind it or integrated powers its own racks; one with `cooling` cools its own racks;
    racks in other units load the site's power pool and cooling pools."""

    name: str = quantity("", "offer name")
    vendor: str = quantity("", "vendor; site-built capacity names its builder")
    kind: OfferKind = quantity("", "it, power, cooling or integrated")
    ex_works_k: float = quantity("thousand of the offer's currency", "ex-works price of one unit")
    terms: AssetTerms = quantity("", "terms of the unit")
    site_built: bool = quantity("yes/no", "built on site rather than prefabricated", default=False)
    it_mw: float = quantity("MW", "rack power a unit can hold (kinds it, integrated)", default=0.0)
    electrical_mw: float = quantity(
        "MW", "rack power a unit can feed, redundancy inside already taken off", default=0.0
    )
    heat_mw: float = quantity(
        "MW", "heat a unit can remove on the design day, redundancy inside taken off", default=0.0
    )
    cooling: str | None = quantity("", "cooling type inside; None: none", default=None)
    rack_limit_mw: float | None = quantity("MW", "largest rack peak it can hold; None: no limit", default=None)
    rack_positions: float | None = quantity(
        "racks", "floor positions, ancillary racks included; None: no limit", default=None
    )
    exchange_rate: float = quantity("reporting/offer currency", "exchange rate", default=1.0)
    freight_k: float = quantity("thousand of the offer's currency", "freight per unit", default=0.0)
    insurance_k: float = quantity("thousand of the offer's currency", "insurance per unit", default=0.0)
    duty_rate: float = quantity("1", "import duty", default=0.0)
    duty_basis: DutyBasis = quantity("", "what the duty is charged on", default="CIF")
    import_tax_rate: float = quantity("1", "non-recoverable import tax on landed value and duty", default=0.0)
    inland_kcur: float = quantity("kcur", "inland freight per unit", default=0.0)
    installation_kcur: float = quantity("kcur", "installation per unit", default=0.0)
    price_breaks: tuple[PriceBreak, ...] = quantity("", "cheaper ex-works prices by count, rising counts", default=())
    min_count: int = quantity("units", "least order if any is ordered", default=0)
    max_count: int | None = quantity("units", "largest order; None: no limit", default=None)
    footprint_m2: float = quantity("m2", "land per unit", default=0.0)
    lead_months_p50: float = quantity("months", "lead time, median", default=0.0)
    lead_months_p90: float = quantity("months", "lead time, 90th percentile", default=0.0)
    quotation: Quotation = quantity("", "commercial terms", default=Quotation())
    architecture: str | None = quantity("", "electrical architecture it belongs to; None: any", default=None)


@dataclass(frozen=True, eq=False)
class Limits:
    """Targets and caps. None: no limit. Prices of carbon and water in their first year."""

    tokenergy_wh_per_ktok: float | None = quantity(
        "Wh per 1,000 reference tokens", "TokEnergy target; None: report only", default=None
    )
    carbon_t_per_year: float | None = quantity("t/year", "carbon of energy bought", default=None)
    water_m3_per_year: float | None = quantity("m3/year", "water used", default=None)
    budget_kcur: float | None = quantity("kcur", "sum of first costs that the planner pays", default=None)
    carbon_price_kcur_per_t: float = quantity("kcur/t", "price of carbon", default=0.0)
    water_price_kcur_per_m3: float = quantity("kcur/m3", "price of water", default=0.0)
    need_month: float = quantity("months", "months after award at which service must start", default=ALWAYS_MONTHS)
    lead_confidence: Literal["P50", "P90"] = quantity("", "which lead times count", default="P50")
    delay: Delay = quantity("", "how late service may start, and at what price", default=Delay())
    water_m3_per_day: float | None = quantity(
        "m3/day", "water used within one calendar day of a billing month", default=None
    )
    weighted_water_m3_per_year: float | None = quantity(
        "m3/year", "water used, each m3 times the site's weight of scarcity", default=None
    )
    domestic_share: float | None = quantity(
        "1", "least share of installed rack power, ancillary IT included, in domestic racks", default=None
    )
    clean_share_yearly: float | None = quantity("1", "least share of clean energy over the year", default=None)
    clean_share_hourly: float | None = quantity("1", "least share of clean energy hour by hour", default=None)


@dataclass(frozen=True, eq=False)
class Case:
    """One site, one build stage, one operating year that stands for the analysis years (several: models/stages.py)."""

    name: str
    currency: str
    calendar: Calendar
    money: Money
    site: Site
    grid: Grid
    limits: Limits = field(default_factory=Limits)
    workloads: tuple[Workload, ...] = ()
    racks: tuple[Rack, ...] = ()
    operating_points: tuple[OperatingPoint, ...] = ()
    cooling: tuple[Cooling, ...] = ()
    electrical: Electrical = Electrical("direct", 0.0, 0.0)
    batteries: tuple[Battery, ...] = ()
    supplies: tuple[Supply, ...] = ()
    generators: tuple[Generator, ...] = ()
    offers: tuple[Offer, ...] = ()
    orders: OrderRules = field(default_factory=OrderRules)
    heat_users: tuple[HeatUser, ...] = ()
    programmes: tuple[Programme, ...] = ()
    purchases: tuple[PowerPurchase, ...] = ()

    def __post_init__(self) -> None:
        steps = self.calendar.steps
        bill = (self.grid.energy_charges, self.grid.demand_charges)
        owners = [self.site, self.grid, *bill[0], *bill[1], *self.workloads]
        for owner in (*owners, *self.supplies, *self.heat_users, *self.programmes, *self.purchases):
            freeze_series(owner, steps, getattr(owner, "name", type(owner).__name__))
        plant = (self.racks, self.cooling, self.batteries, self.supplies, self.generators, self.heat_users)
        goods = (*plant, self.offers, self.programmes, self.purchases)
        for group in (*bill, self.workloads, *goods):
            names = [item.name for item in group]
            if len(set(names)) != len(names):
                raise ValueError(f"duplicate names: {names}")

    @property
    def import_limit_mw(self) -> float:
        """Largest interval import [MW]; what an earlier step of the connection carries if this one is live later than
        service must start at the latest."""
        limit, is_live = self.grid.interval_limit_mw, self.grid.energised_month <= self.latest_month + ROUNDING
        return limit if is_live else min(limit, self.grid.earlier_mw)

    @property
    def latest_month(self) -> float:
        """Months after award at which service must start at the latest."""
        return self.limits.need_month + self.limits.delay.most_months

    @property
    def ride_through_h(self) -> float:
        """Ride-through that batteries must hold in reserve [h]: the longer of the site's own and the grid's duty, less
        what the chain includes. One outage at a time: the two duties share one reserve."""
        chain = self.electrical
        wanted = max(chain.required_ride_through_h, self.grid.ride_through_h)
        return max(0.0, wanted - chain.included_ride_through_h)

    def most_mw(self, battery: Battery) -> float:
        """Most power of a battery [MW]: what is on site if more would come too late."""
        return battery.max_mw if self.delivered(battery) else battery.existing_mw

    def most_mwh(self, battery: Battery) -> float:
        """Most energy of a battery [MWh]: what is on site if more would come too late."""
        return battery.max_mwh if self.delivered(battery) else battery.existing_mwh

    @property
    def grid_may_be_late(self) -> bool:
        """Whether the connection is live later than wanted, but not too late to wait for."""
        return self.limits.need_month + ROUNDING < self.grid.energised_month <= self.latest_month + ROUNDING

    def ready_months(self, item: Offer | Battery | Supply | Generator) -> float:
        """Months after award at which the first of an item can serve: lead time at the chosen confidence, then site
        works."""
        p90 = self.limits.lead_confidence == "P90"
        return (item.lead_months_p90 if p90 else item.lead_months_p50) + self.limits.delay.works_months

    def delivered(self, item: Offer | Battery | Supply | Generator) -> bool:
        """Whether an item can be ready when service must start at the latest, and fits the electrical architecture."""
        if isinstance(item, Offer) and item.architecture not in (None, self.electrical.name):
            return False
        return self.ready_months(item) <= self.latest_month + ROUNDING
