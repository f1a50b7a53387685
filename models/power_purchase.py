"""Power-purchase contracts: their data. Units as in models.case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.fields import Series, quantity, series

Settlement = Literal["physical", "financial"]


@dataclass(frozen=True, eq=False)
class PowerPurchase:
    """Energy of a plant elsewhere, bought for years: all that it delivers is paid for, whether it is needed or not.

    physical (sleeved): delivered through the grid hour by hour. What the site takes of it is not bought from the
    tariff, but pays the delivery fee; what it cannot take is sold at a share of the market price, never at a price
    below zero. financial (virtual, a contract for difference): nothing is delivered; for each MWh the site gets the
    market price and pays the contract's."""

    name: str = quantity("", "name of the contract")
    output_pu: Series = series("MW/MW", "delivery per MW contracted")
    price_kcur_per_mwh: float = quantity("kcur/MWh", "price of energy delivered")
    settlement: Settlement = quantity("", "physical or financial", default="physical")
    price_escalation: float = quantity("1/year", "growth of the price", default=0.0)
    min_mw: float = quantity("MW", "least power contracted", default=0.0)
    max_mw: float = quantity("MW", "most power contracted", default=0.0)
    delivery_kcur_per_mwh: float = quantity("kcur/MWh", "fee on energy that the site takes", default=0.0)
    surplus_share: float = quantity("1", "share of the market price at which surplus is sold", default=0.0)
    market_kcur_per_mwh: Series | None = series(
        "kcur/MWh", "market price of energy where the contract is settled; None: zero", default=None
    )
    carbon_t_per_mwh: float = quantity("t/MWh", "market-based carbon of energy delivered; reported only", default=0.0)
    counts_as_clean: bool = quantity("yes/no", "whether it counts towards shares of clean energy", default=True)
    source_kind: str = quantity("", "what the plant runs on; reported only", default="")

    def __post_init__(self) -> None:
        if not 0 <= self.surplus_share <= 1 or self.delivery_kcur_per_mwh < 0:
            raise ValueError(f"{self.name}: surplus share within 0 and 1, delivery fee not negative")
