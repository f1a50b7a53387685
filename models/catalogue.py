"""What fits what: facts that follow from a Case alone, without a model. Formulas in models/README.md."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from models.case import Case, ChilledWaterStore, Cooling, Offer, OperatingPoint, Rack, Redundancy, Workload
from models.design import Option

_ROUNDING = 1e-9
"""Guards floor and ceil against representation error (0.3 / 0.1 = 2.9999999999999996)."""


def rack(case: Case, option: Option) -> Rack:
    """The option's rack."""
    return next(r for r in case.racks if r.name == option[0])


def cooling(case: Case, name: str) -> Cooling:
    """The cooling type of that name."""
    return next(c for c in case.cooling if c.name == name)


def _carries(case: Case, c: Cooling, r: Rack) -> bool:
    air_only = c.liquid_share == 0
    if c.max_rack_mw < r.peak_mw or c.liquid_share < r.liquid_share or air_only != (r.liquid_share == 0):
        return False
    if c.supply_c is not None and r.max_supply_c is not None and c.supply_c > r.max_supply_c:
        return False
    if 0 < r.liquid_share < 1:
        return any(a.name == c.residual_air and a.liquid_share == 0 for a in case.cooling)
    return True


@lru_cache(maxsize=16)
def options(case: Case) -> tuple[Option, ...]:
    """All (rack, cooling) pairs that are physically compatible, in the case's order."""
    fed = [r for r in case.racks if r.supply in ("any", case.electrical.rack_supply)]
    return tuple((r.name, c.name) for r in fed for c in case.cooling if _carries(case, c, r))


def rack_h_per_work(workload: Workload, point: OperatingPoint) -> float | None:
    """Rack-hours per Mreq (inference) or per Mtok (training) at an operating point; None if it cannot serve."""
    if workload.kind == "training":
        return 1 / point.training_mtok_per_h if point.training_mtok_per_h > 0 else None
    inputs = workload.input_tokens + (workload.cached_tokens if point.counts_cached else 0.0)
    rates = ((inputs, point.input_mtok_per_h), (workload.output_tokens, point.output_mtok_per_h))
    # a rate of tokens that the work has none of says nothing about the time it takes
    return max((tokens / rate for tokens, rate in rates if rate > 0 and tokens > 0), default=None)


@lru_cache(maxsize=16)
def serving(case: Case) -> dict[tuple[str, str, str], tuple[float, float]]:
    """(workload, rack, cooling) -> (rack-hours per unit of work, MW of a busy rack above idle), for all pairs that
    serve."""
    found: dict[tuple[str, str, str], tuple[float, float]] = {}
    for w in case.workloads:
        for o in options(case):
            for p in case.operating_points:
                if p.rack != o[0] or p.operating_class != w.operating_class:
                    continue
                rack_h = rack_h_per_work(w, p)
                if rack_h is not None:
                    found[w.name, *o] = (rack_h, p.full_mw - rack(case, o).idle_mw)
    return found


def heat_share(case: Case, option: Option) -> dict[str, float]:
    """Share of the option's heat that each cooling type takes."""
    r, c = rack(case, option), cooling(case, option[1])
    if c.liquid_share == 0 or r.liquid_share == 1:
        return {c.name: 1.0}
    assert c.residual_air is not None  # options() admits no other
    return {c.name: r.liquid_share, c.residual_air: 1 - r.liquid_share}


@lru_cache(maxsize=16)
def heat_coolings(case: Case) -> tuple[str, ...]:
    """Cooling types that may receive heat, in the case's order."""
    used = {c for o in options(case) for c in heat_share(case, o)}
    return tuple(c.name for c in case.cooling if c.name in used)


def cold_stores(case: Case) -> dict[str, ChilledWaterStore]:
    """Chilled-water stores that may be built, by cooling type."""
    found = {name: cooling(case, name).store for name in heat_coolings(case)}
    return {name: store for name, store in found.items() if store is not None and store.max_mwh > 0}


def design_heat_mw(case: Case, racks: Mapping[Option, int]) -> dict[str, float]:
    """Heat of all racks at peak by the cooling type that takes it [MW]."""
    heat: dict[str, float] = {}
    for option, count in racks.items():
        for c, share in heat_share(case, option).items():
            heat[c] = heat.get(c, 0.0) + share * count * rack(case, option).placed_mw
    return heat


def of_kind(case: Case, kind: str) -> tuple[Workload, ...]:
    """Workloads of one kind."""
    return tuple(w for w in case.workloads if w.kind == kind)


def in_window(case: Case, workload: Workload) -> np.ndarray:
    """1.0 in the steps inside a training workload's windows, else 0.0; shape (steps,)."""
    inside = np.zeros(case.calendar.steps)
    for first, end in workload.windows:
        inside[first:end] = 1.0
    return inside


def window_h(case: Case, workload: Workload) -> float:
    """Hours of all windows of a training workload."""
    return case.calendar.step_h * sum(end - first for first, end in workload.windows)


@lru_cache(maxsize=16)
def hardest_loads(case: Case) -> tuple[tuple[float, ...], ...]:
    """Rows (arrivals of each interactive workload, window of each training workload) that no other step dominates."""
    columns = [w.arrivals_mreq_per_h for w in of_kind(case, "interactive")]
    columns += [in_window(case, w) for w in of_kind(case, "training")]
    if not columns:
        return ()
    rows = np.unique(np.column_stack([c for c in columns if c is not None]), axis=0)[::-1]
    kept = np.empty((0, rows.shape[1]))
    for row in rows:  # in falling lexicographic order only an earlier row can dominate
        if not (kept >= row).all(axis=1).any():
            kept = np.vstack([kept, row])
    return tuple(map(tuple, kept.tolist()))


def gang_range(case: Case, workload: Workload, rack_h: float) -> tuple[int, int]:
    """Fewest and most racks a gang can have on a rack that needs rack_h rack-hours per Mtok; empty if most < fewest."""
    h = case.calendar.step_h
    run_h = workload.run_mtok * rack_h
    fewest = max((math.ceil(run_h / (h * (end - first)) - _ROUNDING) for first, end in workload.windows), default=0)
    # the whole run in one step: more racks cannot be used
    most = max(math.ceil(run_h / h - _ROUNDING), workload.gang_min)
    used_share = 1 - workload.pause_share
    if used_share > 0 and workload.windows:
        total = run_h * len(workload.windows) / (used_share * window_h(case, workload))
        most = min(most, math.floor(total + _ROUNDING))
    if workload.gang_max is not None:
        most = min(most, workload.gang_max)
    return max(fewest, workload.gang_min), most


def backlog_limit(case: Case, workload: Workload) -> np.ndarray:
    """Largest backlog of deferrable work at the end of each step [Mreq]: arrivals of the last max_delay_h hours,
    cyclic.

    Work leaves in order of arrival, so a backlog within this limit is at most max_delay_h old. Shape (steps,)."""
    assert workload.arrivals_mreq_per_h is not None
    h, steps = case.calendar.step_h, case.calendar.steps
    delay = min(round(workload.max_delay_h / h), steps)
    cyclic = np.concatenate([workload.arrivals_mreq_per_h[steps - delay :], workload.arrivals_mreq_per_h])
    total = np.concatenate([[0.0], np.cumsum(cyclic)])
    limit: np.ndarray = h * (total[delay + 1 :] - total[1 : steps + 1]) if delay else np.zeros(steps)
    return limit


@lru_cache(maxsize=16)
def rack_bound(case: Case, option: Option) -> int:
    """Racks of an option beyond which more cannot be busy at once: a valid upper bound on its count."""
    busy, h = 0.0, case.calendar.step_h
    for w in case.workloads:
        if (w.name, *option) not in serving(case):
            continue
        rack_h, _ = serving(case)[w.name, *option]
        if w.kind == "training":
            busy += max(gang_range(case, w, rack_h)[1], 0)
        else:
            assert w.arrivals_mreq_per_h is not None
            waiting = backlog_limit(case, w) / h if w.kind == "deferrable" else np.zeros(case.calendar.steps)
            busy += rack_h * float((w.arrivals_mreq_per_h + np.roll(waiting, 1)).max())
    r = rack(case, option)
    bound = math.ceil(busy / r.usable_share - _ROUNDING)
    return bound if r.max_racks is None else min(bound, r.max_racks)


def slots(case: Case, option: Option, offer: Offer) -> int:
    """Racks of one option that a unit of the offer holds; 0 if they do not fit."""
    r = rack(case, option)
    if offer.kind not in ("it", "integrated"):
        return 0
    if offer.rack_limit_mw is not None and r.peak_mw > offer.rack_limit_mw:
        return 0
    if offer.cooling is not None and offer.cooling != option[1]:
        return 0
    power = [offer.it_mw]
    if offer.electrical_mw > 0:
        power.append(offer.electrical_mw)
    if offer.cooling is not None:
        power.append(offer.heat_mw)
    count = min(power) / r.placed_mw if r.placed_mw > 0 else math.inf
    if offer.rack_positions is not None:
        count = min(count, offer.rack_positions / (1 + r.ancillary_racks))
    return math.floor(count + _ROUNDING) if math.isfinite(count) else rack_bound(case, option)


@lru_cache(maxsize=16)
def places(case: Case) -> dict[tuple[str, str, str], int]:
    """(rack, cooling, offer) -> slots per unit, for delivered offers that hold at least one rack of the option."""
    found: dict[tuple[str, str, str], int] = {}
    for o in options(case):
        for m in case.offers:
            count = slots(case, o, m) if case.delivered(m) and m.max_count != 0 else 0
            if count > 0 and rack_bound(case, o) > 0:
                found[*o, m.name] = count
    return found


def units_needed(capacity_mw: float, load_mw: float, redundancy: Redundancy) -> int:
    """Units of one size beyond which more serve no purpose in a pool."""
    enough = math.ceil(redundancy.capacity_factor * load_mw / capacity_mw - _ROUNDING)
    return max(enough, math.ceil(load_mw / capacity_mw - _ROUNDING) + redundancy.spares)


def landed_kcur(offer: Offer, ex_works_k: float) -> float:
    """Cost of one unit on site, installed [kcur], at an ex-works price in thousand of the offer's currency."""
    rate = offer.exchange_rate
    goods = (ex_works_k + offer.quotation.spares_k) * rate
    cif = goods + (offer.freight_k + offer.insurance_k) * rate
    duty = offer.duty_rate * (cif if offer.duty_basis == "CIF" else goods)
    tax = offer.import_tax_rate * (cif + duty)
    terms = (offer.quotation.financing_share * ex_works_k + offer.quotation.warranty_k) * rate
    return cif + duty + tax + terms + offer.inland_kcur + offer.installation_kcur + offer.quotation.scope_kcur


def price_rise_kcur(offer: Offer, units: int) -> float:
    """What a unit would land dearer if its ex-works price rose to the top of its range, when so many are ordered
    [kcur]."""
    price = [offer.ex_works_k, *(b.ex_works_k for b in offer.price_breaks if b.min_count <= units)][-1]
    top = price * (1 + offer.quotation.price_rise_share)
    return landed_kcur(offer, top) - landed_kcur(offer, price)


def price_tiers(offer: Offer) -> tuple[tuple[int, float], ...]:
    """(smallest count, landed cost per unit [kcur]) of each price tier, rising counts, the first from count 1."""
    tiers = [(1, offer.ex_works_k), *((b.min_count, b.ex_works_k) for b in offer.price_breaks)]
    return tuple((count, landed_kcur(offer, price)) for count, price in tiers)


def reference_mtok(case: Case) -> float:
    """Reference tokens of the operating year [Mtok]: the denominator of TokEnergy."""
    return sum(workload_mtok(case, w) for w in case.workloads)


def workload_mtok(case: Case, w: Workload) -> float:
    """Reference tokens of one workload in the operating year [Mtok]."""
    if w.kind == "training":
        return w.weight_training * w.run_mtok * len(w.windows)
    per_request = (
        w.weight_input * w.input_tokens + w.weight_cached * w.cached_tokens + w.weight_output * w.output_tokens
    )
    return per_request * requests_mreq(case, w)


def requests_mreq(case: Case, workload: Workload) -> float:
    """Requests of the operating year [Mreq]; 0 for training."""
    if workload.arrivals_mreq_per_h is None:
        return 0.0
    return float(workload.arrivals_mreq_per_h.sum()) * case.calendar.step_h
