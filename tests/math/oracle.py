"""A second solution of the mathematics by brute force: every integer design tried, dispatch by the simplex method
next door.

Written from models/README.md alone; imports nothing of the model but the case's dataclasses. Numbers of racks and
units are enumerated; two designs with the same racks and gangs differ for the dispatch only in cost, land and first
cost, so of those only the undominated ones are dispatched. Meant for cases of a few steps, racks and units."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from dispatch import Dispatch, Fixed, dispatch
from facts import Option, capital, heat_shares, on_time, options, rack_of, rates

from models.case import Case, Offer, Redundancy

ROUND = 1e-9


@dataclass(frozen=True)
class Answer:
    """The least cost [kcur] with the dispatch that reaches it; both None if no design is feasible."""

    cost_kcur: float | None
    dispatch: Dispatch | None
    fixed: Fixed | None
    dispatched: int


def cheapest(case: Case) -> Answer:
    """Least present value over all designs [kcur]."""
    best: Answer = Answer(None, None, None, 0)
    dispatched = 0
    prices_positive = _never_pays(case)
    fixed_designs = sorted(_integer_designs(case), key=lambda f: f.cost_kcur)
    for fixed in fixed_designs:
        if best.cost_kcur is not None and prices_positive and fixed.cost_kcur >= best.cost_kcur:
            continue  # operation only adds cost
        dispatched += 1
        found = dispatch(case, fixed)
        if found is not None and (best.cost_kcur is None or fixed.cost_kcur + found.cost_kcur < best.cost_kcur):
            best = Answer(fixed.cost_kcur + found.cost_kcur, found, fixed, 0)
    return Answer(best.cost_kcur, best.dispatch, best.fixed, dispatched)


def _never_pays(case: Case) -> bool:
    no_income = case.grid.export_limit_mw == 0 and bool((case.grid.import_price_kcur_per_mwh >= 0).all())
    terms = [b.terms for b in case.batteries] + [s.terms for s in case.supplies] + [case.grid.connection_terms]
    return no_income and all(capital(t, case.money) >= 0 for t in terms)


def _gangs(case: Case) -> Iterator[dict[str, tuple[Option, int]]]:
    """Every choice of one option and a number of racks for each training workload."""
    per_workload = []
    for w in case.workloads:
        if w.kind != "training":
            continue
        choices = []
        for (name, o), (rack_h, _) in rates(case).items():
            if name == w.name:
                run_h = w.run_mtok * rack_h
                window = case.calendar.step_h * min(b - a for a, b in w.windows)
                least = max(w.gang_min, math.ceil(run_h / window - ROUND))
                most = max(w.gang_min, math.ceil(run_h / case.calendar.step_h - ROUND))
                most = most if w.gang_max is None else min(most, w.gang_max)
                choices += [(w.name, o, g) for g in range(least, most + 1)]
        per_workload.append(choices)
    for chosen in itertools.product(*per_workload):
        yield {name: (o, g) for name, o, g in chosen}


def _most_racks(case: Case, o: Option, gangs: dict[str, tuple[Option, int]]) -> int:
    """Racks that could ever be busy at once: everything of a year that could fall into one step."""
    busy, h = 0.0, case.calendar.step_h
    for w in case.workloads:
        if w.arrivals_mreq_per_h is not None and (w.name, o) in rates(case):
            waiting = w.max_delay_h / h + 1 if w.kind == "deferrable" else 1
            busy += rates(case)[w.name, o][0] * float(w.arrivals_mreq_per_h.max()) * waiting
    busy += sum(g for option, g in gangs.values() if option == o)
    most = math.ceil(busy / rack_of(case, o).usable_share - ROUND)
    limit = rack_of(case, o).max_racks
    return most if limit is None else min(most, limit)


def _integer_designs(case: Case) -> Iterator[Fixed]:
    found_options = options(case)
    for gangs in _gangs(case):
        most = [_most_racks(case, o, gangs) for o in found_options]
        for counts in itertools.product(*(range(m + 1) for m in most)):
            racks = dict(zip(found_options, counts, strict=True))
            if _too_few(case, racks, gangs) or _too_many(case, racks):
                continue
            yield from _undominated(case, racks, gangs)


def _too_few(case: Case, racks: dict[Option, int], gangs: dict[str, tuple[Option, int]]) -> bool:
    reserved = {o: sum(g for option, g in gangs.values() if option == o) for o in racks}
    return any(reserved[o] > rack_of(case, o).usable_share * n + ROUND for o, n in racks.items())


def _too_many(case: Case, racks: dict[Option, int]) -> bool:
    return any(
        r.max_racks is not None and sum(n for o, n in racks.items() if o[0] == r.name) > r.max_racks for r in case.racks
    )


def _undominated(case: Case, racks: dict[Option, int], gangs: dict[str, tuple[Option, int]]) -> Iterator[Fixed]:
    """The module purchases for these racks of which none is worse in cost, first cost and land than another."""
    it_first = it_cost = 0.0
    chain = case.electrical
    installed = sum(n * (rack_of(case, o).peak_mw + rack_of(case, o).ancillary_mw) for o, n in racks.items())
    it_first += chain.chain_kcur_per_mw * installed
    it_cost += chain.chain_kcur_per_mw * installed * capital(chain.terms, case.money)
    if case.money.counts_it:
        for o, n in racks.items():
            price = (rack_of(case, o).cost_kcur + rack_of(case, o).ancillary_cost_kcur) * n
            it_first += price
            it_cost += price * capital(rack_of(case, o).terms, case.money)
    kept: list[tuple[float, float, float]] = []
    for triple in sorted(set(_purchases(case, racks))):
        if not any(all(a <= b for a, b in zip(k, triple, strict=True)) for k in kept):
            kept.append(triple)
    for cost, first, area in kept:
        yield Fixed(racks, gangs, it_cost + cost, it_first + first, area)


def _slots(case: Case, o: Option, m: Offer) -> int:
    r = rack_of(case, o)
    if m.kind not in ("it", "integrated") or (m.cooling is not None and m.cooling != o[1]):
        return 0
    if m.rack_limit_mw is not None and m.rack_limit_mw < r.peak_mw:
        return 0
    mw = min([m.it_mw] + [m.electrical_mw] * (m.electrical_mw > 0) + [m.heat_mw] * (m.cooling is not None))
    count = mw / (r.peak_mw + r.ancillary_mw)
    if m.rack_positions is not None:
        count = min(count, m.rack_positions / (1 + r.ancillary_racks))
    return math.floor(count + ROUND)


def _purchases(case: Case, racks: dict[Option, int]) -> Iterator[tuple[float, float, float]]:
    """(present value, first cost, land) of every way to house, feed and cool these racks."""
    offers = [m for m in case.offers if on_time(case, m) and m.architecture in (None, case.electrical.name)]
    used = [o for o, n in racks.items() if n]
    ways = []
    for o in used:
        homes = [m for m in offers if _slots(case, o, m)]
        ways.append([(o, dict(zip(homes, s, strict=True))) for s in _splits(racks[o], len(homes))])
    for placement in itertools.product(*ways):
        need = {m.name: 0 for m in offers}
        power, heat = 0.0, {c.name: 0.0 for c in case.cooling}
        for o, split in placement:
            r = rack_of(case, o)
            for m, count in split.items():
                need[m.name] += math.ceil(count / _slots(case, o, m))
                mw = count * (r.peak_mw + r.ancillary_mw)
                power += mw * (m.electrical_mw == 0)
                for c, share in heat_shares(case, o).items():
                    heat[c] += mw * share * (m.cooling is None)
        yield from _buy(case, offers, need, power, heat)


def _splits(n: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 0:
        return
    if parts == 1:
        yield (n,)
        return
    for first in range(n + 1):
        for rest in _splits(n - first, parts - 1):
            yield (first, *rest)


def _pool_of(m: Offer) -> str | None:
    return {"power": "power", "cooling": m.cooling}.get(m.kind)


def _buy(
    case: Case, offers: list[Offer], need: dict[str, int], power: float, heat: dict[str, float]
) -> Iterator[tuple[float, float, float]]:
    loads = {**heat, "power": power}
    rules = {**{c.name: c.redundancy for c in case.cooling}, "power": case.electrical.redundancy}
    counts = []
    for m in offers:
        pool = _pool_of(m)
        least = need[m.name]
        if pool is None:
            most = max(least, m.min_count, *(b.min_count for b in m.price_breaks), 0)
        else:
            cap = m.electrical_mw if pool == "power" else m.heat_mw
            rule = rules[pool]
            units = math.ceil((2 if rule.duplicated else 1.5 if rule.distributed else 1) * loads[pool] / cap - ROUND)
            units += max(rule.spare_units, rule.distributed)
            most = max(units, m.min_count, *(b.min_count for b in m.price_breaks), 0)
        most = most if m.max_count is None else min(most, m.max_count)
        counts.append([n for n in range(least, most + 1) if n == 0 or n >= m.min_count])
    for chosen in itertools.product(*counts):
        units_of = dict(zip((m.name for m in offers), chosen, strict=True))
        if all(_pool_holds(rules[p], [m for m in offers if _pool_of(m) == p], units_of, p, loads[p]) for p in loads):
            yield _bill(case, offers, units_of)


def _pool_holds(rule: Redundancy, offers: list[Offer], units: dict[str, int], pool: str, load: float) -> bool:
    caps = [(m.electrical_mw if pool == "power" else m.heat_mw, units[m.name]) for m in offers]
    total = sum(cap * n for cap, n in caps)
    if rule.duplicated:
        return total >= 2 * load - ROUND
    largest = max((cap for cap, n in caps if n), default=0.0)
    if rule.distributed:
        return total >= 1.5 * load - ROUND and total - largest >= load - ROUND
    return total - rule.spare_units * largest >= load - ROUND


def _bill(case: Case, offers: list[Offer], units: dict[str, int]) -> tuple[float, float, float]:
    cost = first = area = 0.0
    for m in offers:
        n = units[m.name]
        price = m.ex_works_k
        for b in sorted(m.price_breaks, key=lambda b: b.min_count):
            if n >= b.min_count:
                price = b.ex_works_k
        cif = (price + m.freight_k + m.insurance_k) * m.exchange_rate
        duty = m.duty_rate * (cif if m.duty_basis == "CIF" else price * m.exchange_rate)
        landed = cif + duty + m.import_tax_rate * (cif + duty) + m.inland_kcur + m.installation_kcur
        first += n * landed
        cost += n * landed * capital(m.terms, case.money)
        area += n * m.footprint_m2
    return cost, first, area
