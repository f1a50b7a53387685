"""Generators that burn fuel: their data. Units as in models.case."""

from __future__ import annotations

from dataclasses import dataclass

from models.fields import quantity
from models.terms import AssetTerms


@dataclass(frozen=True, eq=False)
class Generator:
    """Like units that burn fuel: engine, turbine, fuel cell, standby set. A running unit burns fuel_mwh_per_h and, on
    top, fuel_mwh_per_mwh for each MWh it gives; power lies between min_load_share * unit_mw and unit_mw."""

    name: str = quantity("", "name of the generator")
    unit_mw: float = quantity("MW", "electric power of one unit, auxiliaries taken off")
    cost_kcur_per_mw: float = quantity("kcur/MW", "price of capacity")
    terms: AssetTerms = quantity("", "terms of the units")
    min_units: int = quantity("units", "least number of units", default=0)
    max_units: int = quantity("units", "most units, spare ones included", default=0)
    spare_units: int = quantity("units", "x of N+x: units bought that are never counted on", default=0)
    min_load_share: float = quantity("1", "lowest power of a running unit, share of unit_mw", default=0.0)
    fuel_mwh_per_mwh: float = quantity("MWh/MWh", "fuel per energy given, without the fixed part", default=0.0)
    fuel_mwh_per_h: float = quantity("MWh/h", "fuel of a running unit whatever it gives", default=0.0)
    fuel_kcur_per_mwh: float = quantity("kcur/MWh", "price of fuel", default=0.0)
    fuel_escalation: float = quantity("1/year", "growth of the price of fuel", default=0.0)
    carbon_t_per_mwh_fuel: float = quantity("t/MWh", "carbon of fuel burned", default=0.0)
    om_kcur_per_mw_year: float = quantity("kcur/MW-year", "upkeep per capacity, whatever it gives", default=0.0)
    om_kcur_per_mwh: float = quantity("kcur/MWh", "upkeep per energy given", default=0.0)
    start_kcur: float = quantity("kcur/start", "cost of starting one unit, fuel included", default=0.0)
    max_run_h_per_year: float | None = quantity(
        "h/year", "running hours allowed, mean of all units; None: no limit", default=None
    )
    only_in_outages: bool = quantity(
        "yes/no", "whether it may run only while the grid is interrupted (standby permit)", default=False
    )
    area_m2_per_mw: float = quantity("m2/MW", "land per capacity", default=0.0)
    lead_months_p50: float = quantity("months", "lead time, median", default=0.0)
    lead_months_p90: float = quantity("months", "lead time, 90th percentile", default=0.0)

    @property
    def switches(self) -> bool:
        """Whether it matters how many units run, and not only what they give together."""
        kept = (self.min_load_share, self.fuel_mwh_per_h, self.start_kcur)
        return any(value > 0 for value in kept) or self.max_run_h_per_year is not None
