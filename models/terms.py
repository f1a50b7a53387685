"""What every bought thing brings with it: terms of its cost, redundancy of its pool. Part of the Case."""

from __future__ import annotations

from dataclasses import dataclass

from models.fields import quantity


@dataclass(frozen=True, eq=False)
class AssetTerms:
    """What a first cost of one brings with it: life, replacement, upkeep, tax."""

    life_years: int = quantity("years", "life; replaced at each multiple below the analysis years")
    om_share: float = quantity("1/year", "yearly operation and maintenance, share of first cost", default=0.0)
    replacement_share: float = quantity("1", "cost of a replacement, share of first cost", default=1.0)
    rebate_share: float = quantity(
        "1", "rebate at time zero, share of first cost; leaves tax bases unchanged", default=0.0
    )
    credit_share: float = quantity("1", "investment tax credit at the end of year 1, share of first cost", default=0.0)
    bonus_share: float = quantity("1", "bonus depreciation at the end of year 1, share of the basis", default=0.0)
    depreciation_shares: tuple[float, ...] = quantity(
        "1", "share of the basis written off at the end of years 1, 2, ...; empty: none", default=()
    )


@dataclass(frozen=True, eq=False)
class Redundancy:
    """Redundancy of one pool of like units: spare_units = x of N+x; duplicated = 2N; distributed = 3N/2 (three units do
    the work of two: capacity one and a half times the load, of which the largest unit may fail)."""

    spare_units: int = quantity("units", "x of N+x, each as large as the largest used unit", default=0)
    duplicated: bool = quantity("yes/no", "2N: capacity twice the load", default=False)
    distributed: bool = quantity("yes/no", "3N/2: capacity 1.5 times the load, and one unit to spare", default=False)

    @property
    def capacity_factor(self) -> float:
        """Capacity over load that the rule asks for [1]."""
        return 2.0 if self.duplicated else 1.5 if self.distributed else 1.0

    @property
    def spares(self) -> int:
        """Units, each as large as the largest used, without which the rest still carries the load."""
        return max(self.spare_units, 1 if self.distributed else 0)

    @property
    def asks_for_more(self) -> bool:
        """Whether the pool needs more than its load."""
        return self.capacity_factor > 1 or self.spares > 0


@dataclass(frozen=True, eq=False)
class Delay:
    """What it costs to start later than wanted, and how late is allowed. Service starts when everything that was chosen
    is ready; the operating years are counted from then on."""

    most_months: int = quantity("months", "how much later than the month needed service may start", default=0)
    kcur_per_month: float = quantity("kcur/month", "price of each month of delay", default=0.0)
    kcur_per_mtok: float = quantity("kcur/Mtok", "price of each reference token that comes late", default=0.0)
    served_mtok: float = quantity(
        "Mtok/year", "reference tokens that the stage before goes on serving: they are not late", default=0.0
    )
    works_months: float = quantity("months", "site works between the last delivery and service", default=0.0)
