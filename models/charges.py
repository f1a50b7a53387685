"""The charges of a tariff, as part of the Case: energy in blocks, demand with minimum, ratchet and tiers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from models.fields import Series, quantity, series


@dataclass(frozen=True)
class Tier:
    """A price that holds above a threshold, up to the next one."""

    above: float = quantity("MW or MWh", "billed demand, or energy of the month, above which the price holds")
    price: tuple[float, ...] = quantity("kcur/MW-month or kcur/MWh", "price in each of the 12 months")


def _check_tiers(name: str, tiers: tuple[Tier, ...]) -> None:
    thresholds = [0.0, *(t.above for t in tiers)]
    if any(high <= low for low, high in itertools.pairwise(thresholds)):
        raise ValueError(f"{name}: thresholds of tiers must rise from above 0")


@dataclass(frozen=True, eq=False)
class EnergyCharge:
    """A charge on the energy bought in each month within its hours, in blocks; on top of the price by time."""

    name: str = quantity("", "name of the charge")
    price_kcur_per_mwh: tuple[float, ...] = quantity("kcur/MWh", "price of the first block in each of the 12 months")
    applies: Series = series("0/1", "1 in the steps whose energy counts")
    tiers: tuple[Tier, ...] = quantity("", "prices of the further blocks, rising thresholds", default=())

    def __post_init__(self) -> None:
        _check_tiers(self.name, self.tiers)


@dataclass(frozen=True, eq=False)
class DemandCharge:
    """A charge on the highest interval demand of each month within its hours, with minimum, ratchet and tiers.

    Billed demand of month m = max(peak of m, ratchet_share * peaks of the ratchet_months months before m (cyclic
    through the months of the year present) that are in ratchet_peak_months, min_mw, contract_share * contracted
    capacity)."""

    name: str = quantity("", "name of the charge")
    price_kcur_per_mw: tuple[float, ...] = quantity("kcur/MW-month", "price in each of the 12 months; 0: not charged")
    applies: Series = series("0/1", "1 in the steps whose demand counts")
    ratchet_share: float = quantity("1", "share of earlier peaks that is billed at least", default=0.0)
    ratchet_months: int = quantity("months", "how many earlier months the ratchet looks back on", default=0)
    ratchet_peak_months: tuple[int, ...] = quantity(
        "month 0-11", "months whose peaks feed the ratchet", default=tuple(range(12))
    )
    min_mw: float = quantity("MW", "demand that is billed at least", default=0.0)
    contract_share: float = quantity("1", "share of contracted capacity that is billed at least", default=0.0)
    tiers: tuple[Tier, ...] = quantity("", "prices of higher billed demand, rising thresholds", default=())

    def __post_init__(self) -> None:
        _check_tiers(self.name, self.tiers)


@dataclass(frozen=True, eq=False)
class Programme:
    """Demand response: in called steps the import is at most baseline_mw less the power committed."""

    name: str = quantity("", "name of the programme")
    called: Series = series("1", "above 0 in called steps")
    baseline_mw: float = quantity("MW", "agreed import from which the reduction is measured")
    max_mw: float = quantity("MW", "most power that can be committed")
    ready_kcur_per_mw_year: float = quantity("kcur/MW-year", "pay for standing ready", default=0.0)
    called_kcur_per_mwh: float = quantity("kcur/MWh", "pay for energy of calls", default=0.0)
