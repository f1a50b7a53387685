"""What a Case says about one rack, workload, unit or curve: the recheck's own reading of models/README.md."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from models.audit.checker import Array
from models.case import Battery, Case, Cooling, CoolingCurve, Generator, Offer, OperatingPoint, Rack, Supply, Workload


def misfit(case: Case, r: Rack, c: Cooling) -> str | None:
    """Why a cooling type cannot carry a rack, in words; None if it can."""
    if r.supply != "any" and r.supply != case.electrical.rack_supply:
        return f"a rack for {r.supply} on a chain that delivers {case.electrical.rack_supply}"
    if r.peak_mw > c.max_rack_mw:
        return f"a rack of {1e3 * r.peak_mw:g} kW is more than the {1e3 * c.max_rack_mw:g} kW it carries"
    if r.liquid_share > 0 and c.liquid_share == 0:
        return "a liquid-cooled rack on an air system"
    if r.liquid_share == 0 and c.liquid_share > 0:
        return "an air-cooled rack on a liquid system"
    if r.liquid_share > c.liquid_share:
        return "more heat must leave by liquid than it takes"
    if c.supply_c is not None and r.max_supply_c is not None and c.supply_c > r.max_supply_c:
        return f"its supply of {c.supply_c:g} degC is too warm for the rack"
    if 0 < r.liquid_share < 1 and not any(a.liquid_share == 0 for a in case.cooling if a.name == c.residual_air):
        return "no air system takes the rest of the heat"
    return None


def heat_parts(r: Rack, c: Cooling) -> dict[str, float]:
    """Share of a compatible rack's heat by the cooling type that takes it; sums to 1."""
    if r.liquid_share == 0:
        return {c.name: 1.0}
    parts = {c.name: r.liquid_share}
    if r.liquid_share < 1 and c.residual_air is not None:
        parts[c.residual_air] = 1.0 - r.liquid_share
    return parts


def rack_hours(w: Workload, p: OperatingPoint) -> float | None:
    """Time of a fully busy rack per unit of work [rack-h per Mreq; training: per Mtok]; None if it cannot serve."""
    if w.kind == "training":
        return 1.0 / p.training_mtok_per_h if p.training_mtok_per_h > 0 else None
    needed = []
    tokens = w.input_tokens
    if p.counts_cached:
        tokens += w.cached_tokens
    if p.input_mtok_per_h > 0 and tokens > 0:
        needed.append(tokens / p.input_mtok_per_h)
    if p.output_mtok_per_h > 0 and w.output_tokens > 0:
        needed.append(w.output_tokens / p.output_mtok_per_h)
    return max(needed, default=None)


def serving_points(case: Case, w: Workload, r: Rack) -> list[OperatingPoint]:
    """Operating points at which a rack can serve a workload."""
    mine = [p for p in case.operating_points if p.rack == r.name and p.operating_class == w.operating_class]
    return [p for p in mine if rack_hours(w, p) is not None]


def slots_per_unit(r: Rack, cooling: str, offer: Offer) -> float:
    """Racks of a type, on a cooling type, that one unit holds; infinite if nothing limits it."""
    if offer.kind not in ("it", "integrated"):
        return 0
    if offer.rack_limit_mw is not None and r.peak_mw > offer.rack_limit_mw:
        return 0
    if offer.cooling not in (None, cooling):
        return 0
    room_mw = offer.it_mw
    if offer.electrical_mw > 0:
        room_mw = min(room_mw, offer.electrical_mw)
    if offer.cooling is not None:
        room_mw = min(room_mw, offer.heat_mw)
    each_mw = r.peak_mw + r.ancillary_mw
    fit = room_mw / each_mw if each_mw > 0 else math.inf
    if offer.rack_positions is not None:
        fit = min(fit, offer.rack_positions / (1.0 + r.ancillary_racks))
    return fit if math.isinf(fit) else math.floor(fit + 1e-9)  # 0.3 / 0.1 is 3, not 2


def ready_month(case: Case, item: Offer | Battery | Supply | Generator, count: int = 1) -> float:
    """Months after award at which so many of an item can serve: lead time, factory slots, site works."""
    lead = item.lead_months_p90 if case.limits.lead_confidence == "P90" else item.lead_months_p50
    slots = item.quotation.units_per_month if isinstance(item, Offer) else None
    return lead + case.limits.delay.works_months + (0.0 if not slots else (max(count, 1) - 1) / slots)


def in_time(case: Case, item: Offer | Battery | Supply | Generator, start_month: float) -> bool:
    """Whether an item can serve when service starts."""
    return ready_month(case, item) <= start_month + 1e-9


def landed_kcur(offer: Offer, count: int) -> float:
    """Cost of one unit on site when `count` are ordered [kcur]."""
    reached = [b for b in offer.price_breaks if count >= b.min_count]
    works_k = max(reached, key=lambda b: b.min_count).ex_works_k if reached else offer.ex_works_k
    border = (works_k + offer.quotation.spares_k + offer.freight_k + offer.insurance_k) * offer.exchange_rate
    dutiable = border if offer.duty_basis == "CIF" else (works_k + offer.quotation.spares_k) * offer.exchange_rate
    cleared = border + offer.duty_rate * dutiable
    services = (
        works_k * offer.quotation.financing_share + offer.quotation.warranty_k
    ) * offer.exchange_rate + offer.quotation.scope_kcur
    return cleared * (1.0 + offer.import_tax_rate) + services + offer.inland_kcur + offer.installation_kcur


def training_mtok(w: Workload) -> float:
    """Training tokens of the year [Mtok]."""
    return w.run_mtok * len(w.windows) if w.kind == "training" else 0.0


def requests_mreq(case: Case, w: Workload) -> float:
    """Requests of the year [Mreq]."""
    if w.kind == "training" or w.arrivals_mreq_per_h is None:
        return 0.0
    return case.calendar.step_h * float(w.arrivals_mreq_per_h.sum())


def reference_mtok(case: Case, w: Workload) -> float:
    """Reference tokens of a workload in the year [Mtok]."""
    each = w.weight_input * w.input_tokens + w.weight_cached * w.cached_tokens + w.weight_output * w.output_tokens
    return each * requests_mreq(case, w) + w.weight_training * training_mtok(w)


def electricity(case: Case, c: Cooling, margin_dry_k: float = 0.0, margin_wet_k: float = 0.0) -> Array:
    """Electric power per heat in each step [MW/MW], with degrees added to the weather."""
    return _on_curve(case, c.curve, c.curve.electricity_pu, margin_dry_k, margin_wet_k)


def water(case: Case, c: Cooling, margin_dry_k: float = 0.0, margin_wet_k: float = 0.0) -> Array:
    """Water per heat in each step [m3/MWh], with degrees added to the weather."""
    return _on_curve(case, c.curve, c.curve.water_m3_per_mwh, margin_dry_k, margin_wet_k)


def weighted_water_m3(case: Case, water_m3: Array) -> float:
    """Water of the year weighted by scarcity [m3]; each m3 counts once where no weights are given."""
    weight = np.ones(case.calendar.steps) if case.site.water_stress is None else case.site.water_stress
    return float(np.sum(weight * water_m3))


def _on_curve(case: Case, curve: CoolingCurve, values: tuple[float, ...], dry_k: float, wet_k: float) -> Array:
    site = case.site
    if curve.driver == "wet_bulb":
        return _between(site.wet_bulb_c + wet_k, curve.temperature_c, values)
    if curve.driver == "source_water":
        body = np.zeros(case.calendar.steps) if site.source_water_c is None else site.source_water_c
        return _between(body, curve.temperature_c, values)
    if curve.driver == "dry_bulb":
        return _between(site.dry_bulb_c + dry_k, curve.temperature_c, values)
    table = dict(zip(zip(curve.temperature_c, curve.relative_humidity_pct, strict=True), values, strict=True))
    warm, damp = sorted(set(curve.temperature_c)), sorted(set(curve.relative_humidity_pct))
    grid = np.array([[table[i, j] for j in damp] for i in warm])
    i, i_part = _position(site.dry_bulb_c + dry_k, np.array(warm))
    j, j_part = _position(site.relative_humidity_pct, np.array(damp))
    i_next, j_next = np.minimum(i + 1, len(warm) - 1), np.minimum(j + 1, len(damp) - 1)
    low: Array = grid[i, j] + j_part * (grid[i, j_next] - grid[i, j])
    high: Array = grid[i_next, j] + j_part * (grid[i_next, j_next] - grid[i_next, j])
    return low + i_part * (high - low)


def _between(x: Array, points: tuple[float, ...], values: tuple[float, ...]) -> Array:
    """Straight lines between points, constant beyond the first and last."""
    order = np.argsort(points)
    axis, height = np.array(points, float)[order], np.array(values, float)[order]
    i, part = _position(x, axis)
    result: Array = height[i] + part * (height[np.minimum(i + 1, axis.size - 1)] - height[i])
    return result


def _position(x: Array, axis: Array) -> tuple[NDArray[np.intp], Array]:
    """The point at or below each x and how far x lies towards the next (0 to 1)."""
    low = np.clip(np.searchsorted(axis, x, side="right") - 1, 0, max(axis.size - 2, 0))
    width = axis[np.minimum(low + 1, axis.size - 1)] - axis[low]
    part = np.clip((x - axis[low]) / np.where(width > 0, width, 1.0), 0.0, 1.0)
    return low, np.where(width > 0, part, 0.0)
