"""Data of the electrical side: the chain to the racks, storage, sources on site.

Fields with their units, as in models.case, which names these classes too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.fields import Series, quantity, series
from models.terms import AssetTerms, Redundancy

Location = Literal["site", "ups", "rack"]
Ageing = Literal["fixed_life", "throughput"]
ChainSupply = Literal["AC", "800 V DC"]
RackSupply = Literal["any", "AC", "800 V DC"]


@dataclass(frozen=True, eq=False)
class Electrical:
    """The chain from the site bus to the racks. Loss [MW] = fixed_loss_pu * installed rack MW + proportional_loss_pu
    * IT MW. Its first cost lies in power or integrated offers, with the batteries that give the included
    ride-through; what they leave out (a solid-state transformer, busways) is chain_kcur_per_mw."""

    name: str = quantity("", "architecture name")
    fixed_loss_pu: float = quantity("MW/MW", "standing loss per installed rack MW")
    proportional_loss_pu: float = quantity("MW/MW", "loss per IT MW drawn")
    included_ride_through_h: float = quantity("h", "ride-through already inside the price of the chain", default=0.0)
    required_ride_through_h: float = quantity("h", "ride-through required for installed rack power", default=0.0)
    redundancy: Redundancy = quantity("", "redundancy of the pool of power units", default=Redundancy())
    rack_supply: ChainSupply = quantity("", "what it delivers to the racks", default="AC")
    ups_serves_grid: bool = quantity(
        "yes/no", "whether storage at the UPS also works towards the grid: shifting, peaks, swings, ramps", default=True
    )
    chain_kcur_per_mw: float = quantity("kcur/MW", "price per rack MW installed of what offers leave out", default=0.0)
    terms: AssetTerms = quantity("", "terms of what offers leave out", default=AssetTerms(life_years=20))


@dataclass(frozen=True, eq=False)
class Battery:
    """A battery technology with power and energy chosen apart. One ageing method: `fixed_life` (replaced at the end of
    life_years; at most max_cycles_per_year full cycles) or `throughput` (each MWh discharged pays its part of a
    replacement, energy cost * replacement share / cycle_life; life_years is then at least the analysis years)."""

    name: str = quantity("", "technology name")
    power_kcur_per_mw: float = quantity("kcur/MW", "price of power")
    energy_kcur_per_mwh: float = quantity("kcur/MWh", "price of energy")
    terms: AssetTerms = quantity("", "terms of power and energy")
    ageing: Ageing = quantity("", "ageing method", default="fixed_life")
    max_cycles_per_year: float | None = quantity(
        "1/year", "full cycles of the energy chosen; None: no limit", default=None
    )
    cycle_life: float | None = quantity("cycles", "full cycles until replacement (throughput ageing)", default=None)
    charge_efficiency: float = quantity("1", "stored over charged energy", default=1.0)
    discharge_efficiency: float = quantity("1", "delivered over withdrawn energy", default=1.0)
    self_discharge_per_h: float = quantity("1/h", "share of stored energy lost per hour", default=0.0)
    min_charge_share: float = quantity("1", "lowest state of charge, share of energy", default=0.0)
    max_charge_share: float = quantity("1", "highest state of charge, share of energy", default=1.0)
    min_mw: float = quantity("MW", "least power", default=0.0)
    max_mw: float = quantity("MW", "most power", default=0.0)
    min_mwh: float = quantity("MWh", "least energy", default=0.0)
    max_mwh: float = quantity("MWh", "most energy", default=0.0)
    area_m2_per_mwh: float = quantity("m2/MWh", "land per energy", default=0.0)
    lead_months_p50: float = quantity("months", "lead time, median", default=0.0)
    lead_months_p90: float = quantity("months", "lead time, 90th percentile", default=0.0)
    location: Location = quantity("", "at the site's bus, at the UPS or in the racks", default="site")
    response_s: float = quantity("s", "time until it gives full power", default=0.0)
    min_hours: float = quantity("h", "least energy for its power", default=0.0)
    fade_per_year: float = quantity("1/year", "energy lost to age per year, share of the energy bought", default=0.0)
    augmented: bool = quantity("yes/no", "whether what fades is bought again every year", default=False)
    existing_mw: float = quantity("MW", "power already on site, kept and not paid again", default=0.0)
    existing_mwh: float = quantity("MWh", "energy already on site", default=0.0)
    existing_life_years: int = quantity("years", "life left of what is on site", default=0)


@dataclass(frozen=True, eq=False)
class Supply:
    """PV or wind on site; curtailment is free."""

    name: str = quantity("", "source name")
    output_pu: Series = series("MW/MW", "possible output per installed MW")
    cost_kcur_per_mw: float = quantity("kcur/MW", "price of capacity")
    terms: AssetTerms = quantity("", "terms of the plant")
    min_mw: float = quantity("MW", "least capacity", default=0.0)
    max_mw: float = quantity("MW", "most capacity", default=0.0)
    area_m2_per_mw: float = quantity("m2/MW", "land per capacity", default=0.0)
    lead_months_p50: float = quantity("months", "lead time, median", default=0.0)
    lead_months_p90: float = quantity("months", "lead time, 90th percentile", default=0.0)
