"""What a case says when a field is left out: nothing that costs, gives, loses, limits or asks for anything."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import pytest

from models import case, design, power_purchase, quotation

NEUTRAL = (0, None, False, "", ())
"""No price, no loss, no least size, no limit, no duty. No other default is zero-like."""
OTHERWISE: dict[str, dict[str, Any]] = {
    "Calendar": {"step_h": 1.0, "first_step": "2023-01-01T00:00"},
    "Money": {"counts_it": True},
    "Grid": {"power_factor": 1.0, "billing_factor": 1.0, "covers": "highest hour"},
    "Workload": {"weight_output": 1.0, "gang_min": 1, "pause_share": 1.0, "swing_s": 1.0},
    "Rack": {"usable_share": 1.0, "supply": "any"},
    "Offer": {"exchange_rate": 1.0, "duty_basis": "CIF"},
    "Limits": {"need_month": 1200.0, "lead_confidence": "P50"},
    "DemandCharge": {"ratchet_peak_months": tuple(range(12))},
    "HeatRejection": {"economiser": True},
    "ChilledWaterStore": {"hours_to_fill": 4.0},
    "Electrical": {"rack_supply": "AC", "ups_serves_grid": True},
    "Battery": {
        "ageing": "fixed_life",
        "charge_efficiency": 1.0,
        "discharge_efficiency": 1.0,
        "max_charge_share": 1.0,
        "location": "site",
    },
    "AssetTerms": {"replacement_share": 1.0},
    "Payment": {"delivery_share": 1.0},
    "Origin": {"kind": "given"},
    "PowerPurchase": {"settlement": "physical", "counts_as_clean": True},
    "Removal": {"in_plan": True, "is_computed": True},
}
"""A whole share, an ideal efficiency, all hours and months, a need so late that everything is there, one of a gang."""


def _classes() -> list[type]:
    named = {name: c for module in (case, design, power_purchase, quotation) for name, c in vars(module).items()}
    return [c for _, c in sorted(named.items()) if isinstance(c, type) and is_dataclass(c)]


@pytest.mark.parametrize("owner", _classes(), ids=lambda c: c.__name__)
def test_what_is_left_out_is_neutral(owner: type) -> None:
    """Proves: a price, loss, share, limit or duty that nobody stated is none, and an efficiency or use is whole.
    Catches: a cost or a limit that a case has without having said so."""
    given = {f.name: f.default for f in fields(owner) if f.default is not MISSING}
    plain = {name: value for name, value in given.items() if not is_dataclass(value)}
    stated = {name: value for name, value in plain.items() if value not in NEUTRAL}
    assert stated == OTHERWISE.get(owner.__name__, {})


def test_terms_that_are_left_out() -> None:
    """Proves: a connection serves 40 years, what offers leave out of the chain 20, and a site without a chain loses
    nothing on it. Catches: a replacement nobody asked for."""
    chain = {f.name: f.default for f in fields(case.Case)}["electrical"]
    assert (chain.name, chain.fixed_loss_pu, chain.proportional_loss_pu) == ("direct", 0.0, 0.0)
    of_grid = {f.name: f.default for f in fields(case.Grid)}["connection_terms"]
    assert (of_grid.life_years, chain.terms.life_years) == (40, 20)
