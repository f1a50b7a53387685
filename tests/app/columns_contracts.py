"""Columns of PowerPurchase and shares of clean energy on Project, by hand (see columns_bases)."""

from __future__ import annotations

from columns_bases import LOAD, Base, Move, Planned, cost, kpi

from models.contracts import market_carbon_t


def _market_carbon(plan: Planned) -> float | None:
    assert plan.case is not None and plan.design is not None, plan.ending
    return market_carbon_t(plan.case, plan.design)


_CONTRACT = {"name": "sun", "output_series": "day", "max_mw": 2, "price": 30}
_SERIES = {"day": [1.0] * 12 + [0.0] * 12, "half": [0.5] * 12 + [0.0] * 12}
_SERIES |= {"market": [20.0] * 24, "higher": [25.0] * 24}
SIGNED = Base(LOAD.project, LOAD.rows | {"PowerPurchase": [_CONTRACT]}, LOAD.series | _SERIES)
"""The load of 2 MW at 100 USD/MWh, half of it supplied by 2 MW of a contract at 30: 24 MWh, 0.72 kUSD."""

_PAID, _BOUGHT, _SOLD = cost("power_purchase"), cost("energy"), cost("purchase_market")
_MUST = {"PowerPurchase.min_mw": 6, "PowerPurchase.max_mw": 6}
_SURPLUS = _MUST | {"PowerPurchase.surplus_pct": 50, "PowerPurchase.market_price_series": "market"}
_DEAR = {"PowerPurchase.price": 300, "PowerPurchase.max_mw": 8}

CONTRACTS = (
    Move(SIGNED, {"PowerPurchase.output_series": "half"}, _BOUGHT, 2.4, 3.6, "24 MWh bought, 24 + 12"),
    Move(SIGNED, {"PowerPurchase.min_mw": 3}, _PAID, 0.72, 1.08, "2 MW that pay, 3 MW that must be; 12 h at 30",
         given={"PowerPurchase.max_mw": 4}),
    Move(SIGNED, {"PowerPurchase.max_mw": 1}, _PAID, 0.72, 0.36, "2 MW, 1 MW; 12 h at 30"),
    Move(SIGNED, {"PowerPurchase.price": 40}, _PAID, 0.72, 0.96, "24 MWh at 30, 40"),
    Move(SIGNED, {"PowerPurchase.price_escalation_pct": 10}, _PAID, 0.72, 0.792, "already grown in year 1"),
    Move(SIGNED, {"PowerPurchase.delivery_fee": 10}, cost("purchase_delivery"), 0, 0.24, "24 MWh at 10"),
    Move(SIGNED, {"PowerPurchase.surplus_pct": 75}, _SOLD, -0.48, -0.72, "4 MW for 12 h at 50 %, 75 % of 20",
         given=_SURPLUS),
    Move(SIGNED, {"PowerPurchase.market_price_series": "higher"}, _SOLD, -0.48, -0.6, "half of 20, of 25",
         given=_SURPLUS),
    Move(SIGNED, {"PowerPurchase.settlement": "financial"}, _BOUGHT, 2.4, 4.8, "nothing is delivered",
         given=_SURPLUS, along={"PowerPurchase.surplus_pct": None}),
    Move(SIGNED, {"PowerPurchase.delivery": "baseload"}, _BOUGHT, 2.4, 0, "2 MW in every hour",
         along={"PowerPurchase.output_series": None}),
    Move(SIGNED, {"PowerPurchase.carbon_g_per_kwh": 40}, _market_carbon, 2.4, 3.36, "24 at 100 g, and 24 at 40 g",
         given={"Sites.market_carbon_g_per_kwh": 100}),
    Move(SIGNED, {"PowerPurchase.counts_as_clean": "no"}, kpi("clean_share_yearly"), 0.5, 0, "24 of 48 MWh"),
    Move(SIGNED, {"Project.clean_yearly_pct": 75}, _PAID, 0, 10.8, "36 of 48 MWh at 300, though 12 are lost",
         given=_DEAR),
    Move(SIGNED, {"Project.clean_hourly_pct": 25}, _PAID, 0, 3.6, "12 of 48 MWh at 300", given=_DEAR),
)  # fmt: skip
