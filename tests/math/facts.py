"""What follows from a case at once, written for the oracle from models/README.md: compatibility, rack time, factors."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from models.case import (
    AssetTerms,
    Battery,
    Case,
    Cooling,
    Money,
    Offer,
    OperatingPoint,
    Rack,
    Supply,
    Workload,
)

Option = tuple[str, str]


def options(case: Case) -> list[Option]:
    """Racks and coolings that go together."""
    return [(r.name, c.name) for r in case.racks for c in case.cooling if _together(case, r, c)]


def _together(case: Case, r: Rack, c: Cooling) -> bool:
    if r.supply not in ("any", case.electrical.rack_supply):
        return False
    if r.peak_mw > c.max_rack_mw or r.liquid_share > c.liquid_share or (c.liquid_share > 0) != (r.liquid_share > 0):
        return False
    if None not in (c.supply_c, r.max_supply_c) and c.supply_c > r.max_supply_c:  # type: ignore[operator]
        return False
    partly = 0 < r.liquid_share < 1
    return not partly or any(x.name == c.residual_air and x.liquid_share == 0 for x in case.cooling)


def _rack_h(w: Workload, p: OperatingPoint) -> float | None:
    """Rack-hours per Mreq, or per Mtok of training."""
    if w.kind == "training":
        return 1 / p.training_mtok_per_h if p.training_mtok_per_h else None
    tokens_in = w.input_tokens + w.cached_tokens * p.counts_cached
    times = []
    if p.input_mtok_per_h:
        times.append(tokens_in / p.input_mtok_per_h)
    if p.output_mtok_per_h:
        times.append(w.output_tokens / p.output_mtok_per_h)
    return max(times) if times else None


def rates(case: Case) -> dict[tuple[str, Option], tuple[float, float]]:
    """(workload, option) -> (rack-hours per unit of work, MW of a busy rack above idle)."""
    found = {}
    for w, o, p in itertools.product(case.workloads, options(case), case.operating_points):
        if (p.rack, p.operating_class) == (o[0], w.operating_class) and _rack_h(w, p) is not None:
            found[w.name, o] = (_rack_h(w, p) or 0.0, p.full_mw - rack_of(case, o).idle_mw)
    return found


def rack_of(case: Case, o: Option) -> Rack:
    """The option's rack."""
    return {r.name: r for r in case.racks}[o[0]]


def heat_shares(case: Case, o: Option) -> dict[str, float]:
    """Share of the option's heat per cooling type."""
    share, c = rack_of(case, o).liquid_share, {x.name: x for x in case.cooling}[o[1]]
    if c.liquid_share == 0 or share == 1:
        return {c.name: 1.0}
    assert c.residual_air is not None
    return {c.name: share, c.residual_air: 1 - share}


def reference_mtok(case: Case) -> float:
    """Reference tokens of the year [Mtok]."""
    total = 0.0
    for w in case.workloads:
        if w.kind == "training":
            total += w.weight_training * w.run_mtok * len(w.windows)
            continue
        weight = w.weight_input * w.input_tokens + w.weight_cached * w.cached_tokens + w.weight_output * w.output_tokens
        total += weight * case.calendar.step_h * float(np.sum(w.arrivals_mreq_per_h))
    return total


def on_time(case: Case, item: Offer | Battery | Supply) -> bool:
    """Whether an item is there when it is needed."""
    lead = item.lead_months_p50 if case.limits.lead_confidence == "P50" else item.lead_months_p90
    return lead <= case.limits.need_month


def yearly(money: Money, growth: float) -> float:
    """Present value after tax of one per year: a geometric series in closed form."""
    x = (1 + growth) / (1 + money.discount_rate)
    n = money.analysis_years
    return (1 - money.tax_rate) * (n if x == 1 else x * (1 - x**n) / (1 - x))


def capital(terms: AssetTerms, money: Money) -> float:
    """Present value after tax of a first cost of one: the yearly cash flows written out, then discounted."""
    n, kept = money.analysis_years, 1 - money.tax_rate
    flow = [0.0] * (n + 1)
    flow[0] = 1 - terms.rebate_share
    basis = 1 - terms.credit_share / 2
    flow[1] -= terms.credit_share + money.tax_rate * basis * terms.bonus_share
    for year in range(1, n + 1):
        flow[year] += kept * terms.om_share * (1 + money.escalation_om) ** year
        if year <= len(terms.depreciation_shares):
            flow[year] -= money.tax_rate * basis * (1 - terms.bonus_share) * terms.depreciation_shares[year - 1]
    bought, price = 0, 1.0
    for year in range(terms.life_years, n, terms.life_years):
        bought, price = year, terms.replacement_share * (1 + money.escalation_capital) ** year
        flow[year] += kept * price
    if money.counts_residual_value:
        flow[n] -= kept * price * (bought + terms.life_years - n) / terms.life_years
    return sum(f / (1 + money.discount_rate) ** year for year, f in enumerate(flow))


def curve(case: Case, c: Cooling) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Electricity [MW/MW] and water [m3/MWh] per heat in each step; curves of one driver only."""
    assert c.curve.driver != "dry_bulb_and_humidity"
    site = case.site
    drivers = {"dry_bulb": site.dry_bulb_c, "wet_bulb": site.wet_bulb_c, "source_water": site.source_water_c}
    weather = drivers[c.curve.driver]
    points = sorted(zip(c.curve.temperature_c, c.curve.electricity_pu, c.curve.water_m3_per_mwh, strict=True))
    x, power, water = (np.array(v) for v in zip(*points, strict=True))
    return np.interp(weather, x, power), np.interp(weather, x, water)
