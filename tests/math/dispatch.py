"""Least-cost operation and sizing of what is continuous, for given racks and units: one linear program per call.

Written from models/README.md for the oracle; solved by the simplex method next door."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import dispatch_swings
from facts import Option, capital, curve, heat_shares, on_time, rack_of, rates, reference_mtok, yearly
from linear import Linear, Terms, add, total

from models.case import Battery, Case, Cooling


@dataclass(frozen=True)
class Fixed:
    """An integer design: racks, gangs, and what the units cost."""

    racks: dict[Option, int]
    gangs: dict[str, tuple[Option, int]]
    cost_kcur: float
    first_cost_kcur: float
    area_m2: float


@dataclass(frozen=True)
class Dispatch:
    """Least cost of everything continuous [kcur], and what the plan then uses."""

    cost_kcur: float
    used: dict[str, float]


def dispatch(case: Case, fixed: Fixed) -> Dispatch | None:
    """Cheapest operation; None if there is none. With a negative price in the year, energy could be burned in any step
    before it: then both directions of each battery are tried in each step. Of a charge with tiers, each tier that each
    month could end in is tried."""
    burns = bool((case.grid.import_price_kcur_per_mwh < 0).any())
    choices = [(b.name, t) for b in case.batteries if on_time(case, b) and burns for t in range(case.calendar.steps)]
    cut = [c for c in (*case.grid.energy_charges, *case.grid.demand_charges) if c.tiers]
    bills = [(c.name, m, len(c.tiers) + 1) for c in cut for m in case.calendar.months]
    best: Dispatch | None = None
    for directions, tiers in itertools.product(
        itertools.product(("charge", "discharge"), repeat=len(choices)),
        itertools.product(*(range(n) for _, _, n in bills)),
    ):
        reached = {(name, m): i for (name, m, _), i in zip(bills, tiers, strict=True)}
        found = _Year(case, fixed, dict(zip(choices, directions, strict=True)), reached).solve()
        if found is not None and (best is None or found.cost_kcur < best.cost_kcur):
            best = found
    return best


@dataclass
class _Year(Linear):
    case: Case
    fixed: Fixed
    direction: dict[tuple[str, int], str]
    reached: dict[tuple[str, int], int] = field(default_factory=dict)
    first_cost: Terms = field(default_factory=dict)
    area: Terms = field(default_factory=dict)
    busy: dict[tuple[str, Option, int], Terms] = field(default_factory=dict)
    bands: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.h = self.case.calendar.step_h
        self.steps = range(self.case.calendar.steps)
        self.installed = sum(
            n * (rack_of(self.case, o).peak_mw + rack_of(self.case, o).ancillary_mw)
            for o, n in self.fixed.racks.items()
        )

    def solve(self) -> Dispatch | None:
        it, heat = self._compute()
        cooling, water = self._cooling(heat)
        site = self.case.site
        plain = site.plain_load_mw if site.plain_load_mw is not None else [0.0] * len(self.steps)
        chain = self.case.electrical
        loads = [
            add(
                (1 + chain.proportional_loss_pu, it[t]),
                (1.0, cooling[t]),
                (1.0, {None: chain.fixed_loss_pu * self.installed + site.house_load_mw + float(plain[t])}),
            )
            for t in self.steps
        ]
        for b in self.case.batteries:
            if on_time(self.case, b):
                charge, discharge = self._battery(b)
                loads = [add((1, loads[t]), (1, charge[t]), (-1, discharge[t])) for t in self.steps]
        lost = dispatch_swings.rules(self)
        loads = [add((1.0, loads[t]), (1.0, lost[t])) for t in self.steps]
        self._ride_through()
        used = self._grid(loads, self._supply())
        used["water"] = total(water)
        stress = self.case.site.water_stress
        used["weighted_water"] = add(*((1.0 if stress is None else float(stress[t]), water[t]) for t in self.steps))
        self._water_of_days(water)
        return self._limits_and_cost(used)

    def _water_of_days(self, water: list[Terms]) -> None:
        """The limit of a day: steps that start on the same date, in the same month."""
        calendar = self.case.calendar
        start = datetime.fromisoformat(calendar.first_step)
        days: dict[tuple[int, object], list[Terms]] = {}
        for t in self.steps:
            date = (start + timedelta(hours=self.h * t)).date()
            days.setdefault((calendar.month_of_step[t], date), []).append(water[t])
        for parts in days.values() if self.case.limits.water_m3_per_day is not None else ():
            self.require(total(parts), "<=", self.case.limits.water_m3_per_day)

    # compute

    def _compute(self) -> tuple[list[Terms], dict[str, list[Terms]]]:
        case = self.case
        for w in case.workloads:
            pairs = [o for name, o in rates(case) if name == w.name]
            if w.kind == "interactive":
                share = {o: self.var() for o in pairs}
                self.require(total(share.values()), "==", 1.0)
                for o, t in itertools.product(pairs, self.steps):
                    self.busy[w.name, o, t] = add((rates(case)[w.name, o][0] * w.arrivals_mreq_per_h[t], share[o]))
            elif w.kind == "deferrable":
                self._deferrable(w, pairs)
            else:
                self._training(w)
        reserved = {(o, t): 0.0 for o in self.fixed.racks for t in self.steps}
        for name, (o, gang) in self.fixed.gangs.items():
            w = next(w for w in case.workloads if w.name == name)
            for a, b in w.windows:
                for t in range(a, b):
                    reserved[o, t] += gang
        kinds = {w.name: w.kind for w in case.workloads}
        it: list[Terms] = [{} for _ in self.steps]
        heat: dict[str, list[Terms]] = {c.name: [{} for _ in self.steps] for c in case.cooling}
        for (o, n), t in itertools.product(self.fixed.racks.items(), self.steps):
            r = rack_of(case, o)
            busy = [(w, e) for (w, option, step), e in self.busy.items() if (option, step) == (o, t)]
            served = total(e for w, e in busy if kinds[w] != "training")
            self.require(served, "<=", r.usable_share * n - reserved[o, t])
            power = add((1.0, {None: n * (r.idle_mw + r.ancillary_mw)}), *((rates(case)[w, o][1], e) for w, e in busy))
            it[t] = add((1.0, it[t]), (1.0, power))
            for c, part in heat_shares(case, o).items():
                heat[c][t] = add((1.0, heat[c][t]), (part, power))
        return it, heat

    def _deferrable(self, w, pairs) -> None:  # type: ignore[no-untyped-def]
        arrivals, late = w.arrivals_mreq_per_h, round(w.max_delay_h / self.h)
        n = len(self.steps)
        waiting = [self.var(upper=self.h * sum(arrivals[(t - k) % n] for k in range(min(late, n)))) for t in self.steps]
        for o, t in itertools.product(pairs, self.steps):
            self.busy[w.name, o, t] = self.var()
        for t in self.steps:
            served = add(*((1 / rates(self.case)[w.name, o][0], self.busy[w.name, o, t]) for o in pairs))
            self.require(
                add((1.0, waiting[t]), (-1.0, waiting[t - 1]), (self.h, served)), "==", self.h * float(arrivals[t])
            )

    def _training(self, w) -> None:  # type: ignore[no-untyped-def]
        o, gang = self.fixed.gangs[w.name]
        run_h = w.run_mtok * rates(self.case)[w.name, o][0]
        done: list[Terms] = []
        for a, b in w.windows:
            for t in range(a, b):
                self.busy[w.name, o, t] = self.var(upper=gang)
            done.append(add(*((self.h, self.busy[w.name, o, t]) for t in range(a, b))))
            self.require(done[-1], "==", run_h)
        hours = self.h * sum(b - a for a, b in w.windows)
        self.require(total(done), ">=", (1 - w.pause_share) * gang * hours)

    # cooling

    def _cooling(self, heat: dict[str, list[Terms]]) -> tuple[list[Terms], list[Terms]]:
        power: list[Terms] = [{} for _ in self.steps]
        water: list[Terms] = [{} for _ in self.steps]
        sold, pumps = self._reuse(heat)
        for c in self.case.cooling:
            e, w = curve(self.case, c)
            left = [add((1.0, heat[c.name][t]), (-1.0, sold[c.name][t])) for t in self.steps]
            production = left if c.store is None else self._cold(c, left)
            fixed_part = 0.0 if c.store is None else c.store.distribution_pu
            peak = self._peak_heat(c)
            for t in self.steps:
                moved, loaded = max(e[t] - fixed_part, 0.0), 1.0 - c.fixed_share
                idle = {None: c.fixed_share * e[t] * peak}
                parts = (loaded * fixed_part, heat[c.name][t]), (loaded * moved, production[t])
                power[t] = add((1.0, power[t]), (1.0, idle), *parts)
                water[t] = add((1.0, water[t]), (self.h * w[t], production[t]))
        return [add((1.0, power[t]), (1.0, pumps[t])) for t in self.steps], water

    def _reuse(self, heat: dict[str, list[Terms]]) -> tuple[dict[str, list[Terms]], list[Terms]]:
        """Heat sold by cooling type, and the electricity of its pumps."""
        sold: dict[str, list[Terms]] = {c.name: [{} for _ in self.steps] for c in self.case.cooling}
        pumps: list[Terms] = [{} for _ in self.steps]
        growth = yearly(self.case.money, self.case.money.escalation_energy)
        for u in self.case.heat_users:
            warm = [c.name for c in self.case.cooling if c.return_c is not None and c.return_c >= u.temperature_c]
            size = self.var() if u.max_mw is None else self.var(upper=u.max_mw)
            self._buy(u.cost_kcur_per_mw, u.terms, size)
            for t in self.steps:
                flows = {c: self.var() for c in warm}
                self.require(total(flows.values()), "<=", float(u.demand_mw[t]))
                self.require(total(flows.values()), "<=", size)
                self.pay(-growth * self.h * u.price_kcur_per_mwh, total(flows.values()))
                pumps[t] = add((1.0, pumps[t]), (u.pump_pu, total(flows.values())))
                for c, flow in flows.items():
                    sold[c][t] = add((1.0, sold[c][t]), (1.0, flow))
        for c, t in itertools.product(sold, self.steps):
            if sold[c][t]:
                self.require(add((1.0, sold[c][t]), (-1.0, heat[c][t])), "<=", 0.0)
        return sold, pumps

    def _peak_heat(self, c: Cooling) -> float:
        return sum(
            n * (rack_of(self.case, o).peak_mw + rack_of(self.case, o).ancillary_mw) * share
            for o, n in self.fixed.racks.items()
            for name, share in heat_shares(self.case, o).items()
            if name == c.name
        )

    def _cold(self, c: Cooling, heat: list[Terms]) -> list[Terms]:
        assert c.store is not None
        size = self.var(upper=c.store.max_mwh)
        self._buy(c.store.cost_kcur_per_mwh, c.store.terms, size, c.store.area_m2_per_mwh)
        charge, discharge, cold = self.vars(), self.vars(), self.vars()
        largest = self._peak_heat(c)
        production = []
        for t in self.steps:
            production.append(add((1.0, heat[t]), (1.0, charge[t]), (-1.0, discharge[t])))
            self.require(production[t], ">=", 0.0)
            self.require(production[t], "<=", largest)
            for flow in (charge[t], discharge[t]):
                self.require(flow, "<=", add((1 / c.store.hours_to_fill, size)))
            self.require(cold[t], "<=", size)
            kept = (1 - c.store.loss_per_h) ** self.h
            change = add((1.0, cold[t]), (-kept, cold[t - 1]), (-self.h, charge[t]), (self.h, discharge[t]))
            self.require(change, "==", 0.0)
        return production

    def _buy(self, price: float, terms, amount: Terms, area: float = 0.0) -> None:  # type: ignore[no-untyped-def]
        self.pay(price * capital(terms, self.case.money), amount)
        self.first_cost = add((1.0, self.first_cost), (price, amount))
        self.area = add((1.0, self.area), (area, amount))

    # batteries and supply

    def _battery(self, b: Battery) -> tuple[list[Terms], list[Terms]]:
        power, energy = self.var(b.max_mw, b.min_mw), self.var(b.max_mwh, b.min_mwh)
        self.require(energy, ">=", add((b.min_hours, power)))
        kept_mw, down, up, evened = dispatch_swings.bands(self, b)
        reserve = self.var()
        if dispatch_swings.comes_in_time(self, b):
            self.reserves = [*getattr(self, "reserves", []), (power, add((b.discharge_efficiency, reserve)))]
        self._buy(b.power_kcur_per_mw, b.terms, power)
        self._buy(b.energy_kcur_per_mwh, b.terms, energy, b.area_m2_per_mwh)
        charge, discharge, stored = self.vars(), self.vars(), self.vars()
        for t in self.steps:
            kept = (1 - b.self_discharge_per_h) ** self.h
            flow = add((b.charge_efficiency * self.h, charge[t]), (-self.h / b.discharge_efficiency, discharge[t]))
            self.require(add((1.0, stored[t]), (-kept, stored[t - 1]), (-1.0, flow)), "==", 0.0)
            self.require(total([charge[t], discharge[t], kept_mw]), "<=", power)
            self.require(stored[t], ">=", add((b.min_charge_share, energy), (1.0, reserve), (1.0, down)))
            self.require(add((1.0, stored[t]), (1.0, up)), "<=", add((b.max_charge_share, energy)))
            if b.location == "rack" or not dispatch_swings.helps(self, b):
                self.require(discharge[t], "<=", 0.0)
            forbidden = {"charge": discharge, "discharge": charge}.get(self.direction.get((b.name, t), ""))
            if forbidden is not None:
                self.require(forbidden[t], "<=", 0.0)
        out = add((self.h, total(discharge)), (0.5 * self.h, total(evened)))
        if b.ageing == "throughput" and b.cycle_life is not None:
            wear = b.energy_kcur_per_mwh * b.terms.replacement_share / b.cycle_life
            self.pay(wear * yearly(self.case.money, self.case.money.escalation_capital), out)
        elif b.ageing == "fixed_life" and b.max_cycles_per_year is not None:
            self.require(out, "<=", add((b.max_cycles_per_year, energy)))
        return charge, discharge

    def _ride_through(self) -> None:
        chain = self.case.electrical
        wanted_h = max(chain.required_ride_through_h, self.case.grid.ride_through_h)
        missing_h = max(0.0, wanted_h - chain.included_ride_through_h)
        if missing_h > 0:
            reserves = getattr(self, "reserves", [])
            self.require(total(p for p, _ in reserves), ">=", self.installed)
            self.require(total(e for _, e in reserves), ">=", missing_h * self.installed)

    def _supply(self) -> list[Terms]:
        possible: list[Terms] = [{} for _ in self.steps]
        for s in self.case.supplies:
            if on_time(self.case, s):
                size = self.var(s.max_mw, s.min_mw)
                self._buy(s.cost_kcur_per_mw, s.terms, size, s.area_m2_per_mw)
                possible = [add((1.0, possible[t]), (float(s.output_pu[t]), size)) for t in self.steps]
        onsite = self.vars()
        for t in self.steps:
            self.require(onsite[t], "<=", possible[t])
        return onsite

    # grid

    def _grid(self, loads: list[Terms], onsite: list[Terms]) -> dict[str, Terms]:
        g, money, limits = self.case.grid, self.case.money, self.case.limits
        bought, sold = self.vars(), self.vars()
        limit = g.import_limit_mw
        if g.import_limit_mva is not None:
            limit = min(limit, g.import_limit_mva * g.power_factor)
        limit = 0.0 if g.energised_month > limits.need_month else limit
        free = g.contract_kcur_per_mw_year == g.connection_kcur_per_mw == 0
        free = free and g.contract_mw is None and not any(d.contract_share for d in g.demand_charges)
        contract = {None: limit} if free else self.var(upper=limit)
        if g.contract_mw is not None:
            self.require(contract, "==", min(g.contract_mw, limit))
        connected = self.var(upper=limit)
        self.require(connected, ">=", contract)
        month_of = self.case.calendar.month_of_step
        over = {m: self.var(upper=0.0 if g.overrun_kcur_per_mw_month is None else 1e4) for m in dict.fromkeys(month_of)}
        for t in self.steps:
            self.require(add((1, bought[t]), (1, onsite[t]), (-1, sold[t])), "==", loads[t])
            self.require(sold[t], "<=", g.export_limit_mw)
            self.require(add((g.billing_factor, bought[t])), "<=", connected)
            self.require(add((g.billing_factor, bought[t])), "<=", add((1, contract), (1, over[month_of[t]])))
        energy_factor = yearly(money, money.escalation_energy)
        self._buy(g.connection_kcur_per_mw, g.connection_terms, connected)
        self.pay(energy_factor * g.contract_kcur_per_mw_year, contract)
        self.pay(energy_factor * (g.overrun_kcur_per_mw_month or 0.0), total(over.values()))
        self.pay(energy_factor * g.fixed_kcur_per_month * len(set(month_of)), {None: 1.0})
        for t in self.steps:
            self.pay(energy_factor * self.h * g.import_price_kcur_per_mwh[t], bought[t])
            if g.export_price_kcur_per_mwh is not None:
                self.pay(-energy_factor * self.h * g.export_price_kcur_per_mwh[t], sold[t])
        for m in dict.fromkeys(month_of) if g.export_share is not None else ():
            inside = [t for t in self.steps if month_of[t] == m]
            self.require(total(sold[t] for t in inside), "<=", add((g.export_share, total(bought[t] for t in inside))))
        self._energy_charges(bought, energy_factor)
        self._demand_charges(bought, contract, energy_factor)
        carbon = add(*((self.h * g.carbon_t_per_mwh[t], bought[t]) for t in self.steps))
        flows = [add((self.h, bought[t]), (self.h, onsite[t]), (-self.h, sold[t])) for t in self.steps]
        return {"carbon": carbon, "energy": total(flows), "contract": contract}

    def _energy_charges(self, bought: list[Terms], factor: float) -> None:
        g, month_of = self.case.grid, self.case.calendar.month_of_step
        for c in g.energy_charges:
            for m in dict.fromkeys(month_of):
                inside = [t for t in self.steps if month_of[t] == m]
                energy = add(*((self.h * float(c.applies[t]), bought[t]) for t in inside))
                self._tiered(c.name, c.price_kcur_per_mwh, c.tiers, m, energy, factor)
        short = self.var()
        self.require(add((1.0, short), (self.h, total(bought))), ">=", g.take_or_pay_mwh_per_year)
        self.pay(factor * g.take_or_pay_kcur_per_mwh, short)

    def _tiered(self, name, first, tiers, m: int, quantity: Terms, factor: float) -> None:  # type: ignore[no-untyped-def]
        """Pay a quantity that ends in the tier given: all tiers below are full."""
        i = self.reached.get((name, m), 0)
        starts, prices = [0.0, *(t.above for t in tiers)], [first[m], *(t.price[m] for t in tiers)]
        if tiers:
            self.require(quantity, ">=", starts[i])
            if i < len(tiers):
                self.require(quantity, "<=", starts[i + 1])
        below = sum((starts[k + 1] - starts[k]) * prices[k] for k in range(i))
        self.pay(factor * prices[i], quantity)
        self.pay(factor * (below - prices[i] * starts[i]), {None: 1.0})

    def _demand_charges(self, bought: list[Terms], contract: Terms, factor: float) -> None:
        g, month_of = self.case.grid, self.case.calendar.month_of_step
        months = list(dict.fromkeys(month_of))
        factor *= 1 + g.power_factor_surcharge * max(0.0, g.power_factor_target - g.power_factor)
        for d in g.demand_charges:
            for i, m in enumerate(months):
                if d.price_kcur_per_mw[m] == 0 and not any(t.price[m] for t in d.tiers):
                    continue
                billed = self.var(lower=d.min_mw)
                self._tiered(d.name, d.price_kcur_per_mw, d.tiers, m, billed, factor)
                self.require(billed, ">=", add((d.contract_share, contract)))
                earlier = {months[(i - k) % len(months)] for k in range(1, d.ratchet_months + 1)}
                for t in self.steps:
                    peak = add((g.billing_factor * float(d.applies[t]), bought[t]))
                    if month_of[t] == m:
                        self.require(billed, ">=", peak)
                    if month_of[t] in earlier and month_of[t] in d.ratchet_peak_months and d.ratchet_share > 0:
                        self.require(billed, ">=", add((d.ratchet_share, peak)))

    def _limits_and_cost(self, used: dict[str, Terms]) -> Dispatch | None:
        limits, money = self.case.limits, self.case.money
        used["first_cost"] = add((1.0, self.first_cost), (1.0, {None: self.fixed.first_cost_kcur}))
        used["area"] = add((1.0, self.area), (1.0, {None: self.fixed.area_m2}))
        self.pay(yearly(money, money.escalation_carbon) * limits.carbon_price_kcur_per_t, used["carbon"])
        self.pay(yearly(money, money.escalation_water) * limits.water_price_kcur_per_m3, used["water"])
        caps = {
            "carbon": limits.carbon_t_per_year,
            "water": limits.water_m3_per_year,
            "weighted_water": limits.weighted_water_m3_per_year,
            "first_cost": limits.budget_kcur,
            "area": self.case.site.area_m2,
        }
        if limits.tokenergy_wh_per_ktok is not None:
            caps["energy"] = limits.tokenergy_wh_per_ktok * reference_mtok(self.case) / 1000
        for name, cap in caps.items():
            if cap is not None:
                self.require(used[name], "<=", cap)
        for k, a in self.cost.items():
            if k is not None:
                self.lp.cost[k] = a
        solved = self.lp.solve()
        if solved is None:
            return None
        cost, x = solved
        values = {name: sum(a * (1.0 if k is None else x[k]) for k, a in e.items()) for name, e in used.items()}
        return Dispatch(cost + self.cost.get(None, 0.0), values)
