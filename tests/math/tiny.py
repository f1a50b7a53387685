"""Builders of cases small enough to solve by hand: one year, no discount, no tax, so that costs read off directly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from models.case import (
    AssetTerms,
    Battery,
    Calendar,
    Case,
    Cooling,
    CoolingCurve,
    DemandCharge,
    Grid,
    Limits,
    Money,
    Offer,
    OperatingPoint,
    Rack,
    Site,
    Supply,
    Workload,
)

PLAIN_MONEY = Money(analysis_years=1, discount_rate=0.0)
PLAIN_TERMS = AssetTerms(life_years=10)


def calendar(steps: int, months: Sequence[int] | None = None, step_h: float = 1.0) -> Calendar:
    """`months` gives the number of steps of months 0, 1, ...; by default all steps lie in month 0."""
    counts = [steps] if months is None else list(months)
    return Calendar(tuple(m for m, n in enumerate(counts) for _ in range(n)), step_h=step_h)


def energy_case(
    load: Sequence[float],
    price: Sequence[float] | float = 1.0,
    *,
    months: Sequence[int] | None = None,
    step_h: float = 1.0,
    limit_mw: float = 1000.0,
    grid: dict[str, Any] | None = None,
    site: dict[str, Any] | None = None,
    **parts: Any,
) -> Case:
    """A site with a plain load [MW] that buys at `price` [kcur/MWh]; no racks."""
    n = len(load)
    flat = np.zeros(n)
    weather = {"dry_bulb_c": flat, "wet_bulb_c": flat, "relative_humidity_pct": flat}
    return Case(
        name="tiny",
        currency="USD",
        calendar=calendar(n, months, step_h),
        money=parts.pop("money", PLAIN_MONEY),
        site=Site(**{"name": "here", **weather, "plain_load_mw": np.array(load, float), **(site or {})}),
        grid=Grid(
            np.broadcast_to(np.array(price, float), n),
            **{"carbon_t_per_mwh": flat, "import_limit_mw": limit_mw, **(grid or {})},
        ),
        **parts,
    )


def battery(**changes: Any) -> Battery:
    """A free, lossless battery of any size up to 1,000 MW and 1,000 MWh."""
    free = Battery("battery", 0.0, 0.0, PLAIN_TERMS, max_mw=1000.0, max_mwh=1000.0)
    return replace(free, **changes)


def supply(output: Sequence[float], **changes: Any) -> Supply:
    """A free source of up to 1,000 MW."""
    return replace(Supply("pv", np.array(output, float), 0.0, PLAIN_TERMS, max_mw=1000.0), **changes)


def demand(price: Sequence[float] | float, steps: int, **changes: Any) -> DemandCharge:
    """A demand charge on every step; `price` per month, or one for all twelve."""
    prices = tuple(np.broadcast_to(np.array(price, float), 12).tolist())
    return replace(DemandCharge("peak", prices, np.ones(steps)), **changes)


def flat_curve(electricity_pu: float = 0.0, water: float = 0.0) -> CoolingCurve:
    """A curve that does not follow the weather."""
    return CoolingCurve("dry_bulb", (0.0,), (electricity_pu,), (water,))


def air(name: str = "air", **changes: Any) -> Cooling:
    """Air cooling for racks up to 1 MW that needs no electricity and no water."""
    return replace(Cooling(name, 1.0, 0.0, flat_curve()), **changes)


def liquid(name: str = "liquid", **changes: Any) -> Cooling:
    """Liquid cooling for racks up to 1 MW that needs no electricity and no water; `air` takes the rest."""
    return replace(Cooling(name, 1.0, 1.0, flat_curve(), residual_air="air"), **changes)


def rack(name: str = "R", **changes: Any) -> Rack:
    """A rack of 0.1 MW, half of that when idle, for 10 kcur."""
    return replace(Rack(name, 0.1, 0.05, 10.0, PLAIN_TERMS), **changes)


def point(rack_name: str = "R", work: str = "chat", mtok_per_h: float = 1000.0, **changes: Any) -> OperatingPoint:
    """A busy rack draws 0.1 MW and gives mtok_per_h output tokens: 1 rack-h per Mreq of `requests()`."""
    return replace(OperatingPoint(rack_name, work, 0.1, output_mtok_per_h=mtok_per_h), **changes)


def requests(arrivals: Sequence[float], name: str = "chat", **changes: Any) -> Workload:
    """Interactive requests [Mreq/h] of 1,000 output tokens each."""
    base = Workload(name, "interactive", name, np.array(arrivals, float), output_tokens=1000.0)
    return replace(base, **changes)


def training(run_mtok: float, windows: Sequence[tuple[int, int]], name: str = "train", **changes: Any) -> Workload:
    """A training run without pauses; one rack makes 1,000 Mtok/h with `training_point()`."""
    base = Workload(name, "training", name, run_mtok=run_mtok, windows=tuple(windows), pause_share=0.0)
    return replace(base, **changes)


def training_point(rack_name: str = "R", work: str = "train", **changes: Any) -> OperatingPoint:
    """A busy rack draws 0.1 MW and makes 1,000 Mtok of training tokens per hour."""
    return replace(OperatingPoint(rack_name, work, 0.1, training_mtok_per_h=1000.0), **changes)


def hall(name: str = "hall", **changes: Any) -> Offer:
    """An integrated unit for 10 racks of 0.1 MW that powers and cools (air) them, for 7 kcur."""
    base = Offer(
        name, "maker", "integrated", 7.0, PLAIN_TERMS, it_mw=1.0, electrical_mw=1.0, heat_mw=1.0, cooling="air"
    )
    return replace(base, **changes)


def room(name: str = "room", **changes: Any) -> Offer:
    """Space for 10 racks of 0.1 MW without power or cooling, free."""
    return replace(Offer(name, "builder", "it", 0.0, PLAIN_TERMS, it_mw=1.0, site_built=True), **changes)


def power_unit(name: str = "power", **changes: Any) -> Offer:
    """A power unit that feeds 0.5 MW of racks, for 3 kcur."""
    return replace(Offer(name, "maker", "power", 3.0, PLAIN_TERMS, electrical_mw=0.5), **changes)


def cooling_unit(name: str = "chiller", **changes: Any) -> Offer:
    """A cooling unit that removes 0.5 MW of heat through `air`, for 2 kcur."""
    return replace(Offer(name, "maker", "cooling", 2.0, PLAIN_TERMS, heat_mw=0.5, cooling="air"), **changes)


def hall_case(arrivals: Sequence[float] = (2.0, 1.0), price: Sequence[float] | float = 1.0, **changes: Any) -> Case:
    """Racks `R` in units `hall` serve the interactive workload `chat`; buys at `price`, no other load."""
    defaults: dict[str, Any] = {
        "workloads": (requests(arrivals),),
        "racks": (rack(),),
        "operating_points": (point(),),
        "cooling": (air(),),
        "offers": (hall(),),
    }
    return energy_case([0.0] * len(arrivals), price, **{**defaults, **changes})


def limits(**changes: Any) -> Limits:
    """No limits but those given."""
    return Limits(**changes)
