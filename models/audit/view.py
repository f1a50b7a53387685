"""A plan as the checks read it: counts summed by what they count, series by key, zero where a key is absent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from models.audit import facts
from models.audit.checker import Array
from models.case import Battery, Case, ChilledWaterStore, Cooling, Generator, Offer, Rack, Supply, Workload
from models.design import Design, Operation, Option

Key = TypeVar("Key", bound=Hashable)
Triple = tuple[str, str, str]


def kept_on_site(case: Case, b: Battery) -> tuple[float, float]:
    """Power and energy of a battery that are on site and kept [MW, MWh]. One without the other is no storage, unless
    more of it can be there when service starts at the latest."""
    latest = case.limits.need_month + case.limits.delay.most_months
    more = b.max_mw > 0 and b.max_mwh > 0 and facts.in_time(case, b, latest)
    return (b.existing_mw, b.existing_mwh) if more or (b.existing_mw > 0 and b.existing_mwh > 0) else (0.0, 0.0)


@dataclass(frozen=True, eq=False)
class View:
    """Case and Design with look-ups; every name in the Design is known to exist in the Case."""

    case: Case
    design: Design

    @property
    def op(self) -> Operation:
        """The year of operation."""
        return self.design.operation

    @property
    def h(self) -> float:
        """Length of a step [h]."""
        return self.case.calendar.step_h

    @cached_property
    def rack(self) -> dict[str, Rack]:
        """Rack types by name."""
        return {r.name: r for r in self.case.racks}

    @cached_property
    def cooling(self) -> dict[str, Cooling]:
        """Cooling types by name."""
        return {c.name: c for c in self.case.cooling}

    @cached_property
    def workload(self) -> dict[str, Workload]:
        """Workloads by name."""
        return {w.name: w for w in self.case.workloads}

    @cached_property
    def offer(self) -> dict[str, Offer]:
        """Offers by name."""
        return {m.name: m for m in self.case.offers}

    @cached_property
    def battery(self) -> dict[str, Battery]:
        """Batteries by name."""
        return {b.name: b for b in self.case.batteries}

    @cached_property
    def supply(self) -> dict[str, Supply]:
        """Sources by name."""
        return {s.name: s for s in self.case.supplies}

    @cached_property
    def generator(self) -> dict[str, Generator]:
        """Generators by name."""
        return {g.name: g for g in self.case.generators}

    @cached_property
    def generated_mw(self) -> Array:
        """Power of all generators [MW]."""
        return sum((np.asarray(v, float) for v in self.op.generated_mw.values()), self.zeros)

    @cached_property
    def lost_mw(self) -> Array:
        """Load not served [MW]."""
        return sum((np.asarray(v, float) for v in self.op.lost_load_mw.values()), self.zeros)

    def fuel_mw(self, name: str) -> Array:
        """Fuel burned by a generator in each step [MW]."""
        g = self.generator[name]
        running = self.series(self.op.running_units, name)
        fuel: Array = g.fuel_mwh_per_h * running + g.fuel_mwh_per_mwh * self.series(self.op.generated_mw, name)
        return fuel

    @cached_property
    def fuel_carbon_t_per_h(self) -> Array:
        """Carbon per hour of each step, of fuel burned on site [t/h]."""
        return sum((g.carbon_t_per_mwh_fuel * self.fuel_mw(g.name) for g in self.case.generators), self.zeros)

    @property
    def fuel_carbon_t(self) -> float:
        """Carbon of fuel burned on site over the year [t]."""
        return self.year_mwh(self.fuel_carbon_t_per_h)

    @cached_property
    def carbon_t_per_h(self) -> Array:
        """Carbon per hour of each step, of energy bought and of fuel [t/h]."""
        bought = np.asarray(self.case.grid.carbon_t_per_mwh * self.op.import_mw, float)
        total: Array = self.fuel_carbon_t_per_h + bought
        return total

    @cached_property
    def zeros(self) -> Array:
        """Nothing, in every step."""
        return np.zeros(self.case.calendar.steps)

    def series(self, by_key: Mapping[Key, Array], key: Key) -> Array:
        """The series of a key, zero if it is absent."""
        return np.asarray(by_key[key], float) if key in by_key else self.zeros

    @cached_property
    def placed(self) -> dict[Triple, int]:
        """(rack, cooling, offer) -> racks."""
        counts: dict[Triple, int] = defaultdict(int)
        for p in self.design.racks:
            counts[p.rack, p.cooling, p.offer] += p.count
        return dict(counts)

    @cached_property
    def racks(self) -> dict[Option, int]:
        """(rack, cooling) -> racks."""
        counts: dict[Option, int] = defaultdict(int)
        for (r, c, _), count in self.placed.items():
            counts[r, c] += count
        return dict(counts)

    @cached_property
    def holding(self) -> dict[Triple, int]:
        """(rack, cooling, offer) -> units set up for that option."""
        counts: dict[Triple, int] = defaultdict(int)
        for u in self.design.units:
            if u.rack is not None and u.cooling is not None:
                counts[u.rack, u.cooling, u.offer] += u.count
        return dict(counts)

    @cached_property
    def units(self) -> dict[str, int]:
        """Offer -> units over all uses."""
        counts: dict[str, int] = defaultdict(int)
        for u in self.design.units:
            counts[u.offer] += u.count
        return dict(counts)

    def each_mw(self, rack: str) -> float:
        """Power of one rack at peak with its ancillary IT [MW]."""
        return self.rack[rack].peak_mw + self.rack[rack].ancillary_mw

    @cached_property
    def installed_mw(self) -> float:
        """Power of all racks at peak with ancillary IT [MW]."""
        return sum(n * self.each_mw(r) for (r, _), n in self.racks.items())

    def heat_parts(self, option: Option) -> dict[str, float]:
        """Share of an option's heat by cooling type."""
        parts = facts.heat_parts(self.rack[option[0]], self.cooling[option[1]])
        return {c: share for c, share in parts.items() if c in self.cooling}

    @cached_property
    def design_heat_mw(self) -> dict[str, float]:
        """Cooling type -> heat of all racks on it at peak [MW]."""
        heat: dict[str, float] = defaultdict(float)
        for o, n in self.racks.items():
            for c, share in self.heat_parts(o).items():
                heat[c] += share * n * self.each_mw(o[0])
        return dict(heat)

    @cached_property
    def rates(self) -> dict[Triple, tuple[float, float]]:
        """(workload, rack, cooling) -> (rack-h per unit of work, MW of a busy rack above idle); pairs that serve."""
        found: dict[Triple, tuple[float, float]] = {}
        for w in self.case.workloads:
            for r in self.case.racks:
                points = facts.serving_points(self.case, w, r)
                hours = facts.rack_hours(w, points[-1]) if points else None
                for c in self.case.cooling if hours is not None else ():
                    if hours is not None and facts.misfit(self.case, r, c) is None:
                        found[w.name, r.name, c.name] = (hours, points[-1].full_mw - r.idle_mw)
        return found

    def inside(self, w: Workload) -> Array:
        """1 in the steps inside a training workload's windows, else 0."""
        mask = self.zeros.copy()
        for first, end in w.windows:
            mask[first:end] = 1.0
        return mask

    @cached_property
    def busy_mw(self) -> dict[Triple, Array]:
        """(workload, rack, cooling) -> IT power above idle [MW]."""
        return {k: self.rates[k][1] * np.asarray(v, float) for k, v in self.op.busy_racks.items() if k in self.rates}

    @cached_property
    def option_mw(self) -> dict[Option, Array]:
        """(rack, cooling) -> IT power with ancillary IT [MW]."""
        power: dict[Option, Array] = {}
        for (r, c), n in self.racks.items():
            power[r, c] = self.zeros + n * (self.rack[r].idle_mw + self.rack[r].ancillary_mw)
        for (_, r, c), mw in self.busy_mw.items():
            power[r, c] = power.get((r, c), self.zeros) + mw
        return power

    def sold_mw(self, cooling: str) -> Array:
        """Heat of a cooling type that is sold [MW thermal]."""
        return sum((np.asarray(v, float) for (_, c), v in self.op.reused_mw.items() if c == cooling), self.zeros)

    def store(self, cooling: str) -> ChilledWaterStore | None:
        """The chilled-water store that may be built with a cooling type."""
        store = self.cooling[cooling].store
        return store if store is not None and store.max_mwh > 0 else None

    def usable_mwh(self, b: Battery) -> float:
        """Energy of a battery that age has left when its life or the analysis ends [MWh]."""
        energy, years = (
            self.design.battery_mwh.get(b.name, 0.0),
            min(b.terms.life_years, self.case.money.asset_years),
        )
        return energy if b.augmented else energy * max(0.0, 1.0 - years * b.fade_per_year)

    def given_mw(self, battery: str) -> Array:
        """Mean discharge of a battery [MW]: dispatch, and half of each swing it evens out half of the time."""
        total: Array = self.series(self.op.discharge_mw, battery) + 0.5 * self.series(self.op.smoothed_mw, battery)
        return total

    @cached_property
    def smoothing_loss_mw(self) -> Array:
        """What storage takes more than it gives while it evens out swings [MW]."""
        lost: Array = self.zeros
        for b in self.case.batteries:
            given = 0.5 * self.series(self.op.smoothed_mw, b.name)
            lost = lost + given / (b.charge_efficiency * b.discharge_efficiency) - given
        return lost

    @cached_property
    def site_mw(self) -> Array:
        """Import and on-site generation less export [MW]."""
        total: Array = np.asarray(self.op.import_mw, float) + self.op.onsite_mw + self.generated_mw - self.op.export_mw
        return total

    @cached_property
    def tariff_mw(self) -> Array:
        """Import less what power-purchase contracts supply of it [MW]."""
        left: Array = np.asarray(self.op.import_mw, float)
        for taken in self.op.purchased_mw.values():
            left = left - taken
        return left

    def year_mwh(self, mw: Array) -> float:
        """Energy of a series over the year [MWh]."""
        return self.h * float(np.sum(mw))

    @property
    def start_month(self) -> float:
        """Months after award at which service starts."""
        return self.case.limits.need_month + self.design.delay_months

    @cached_property
    def carbon_t(self) -> float:
        """Carbon of energy bought and of fuel [t/year]."""
        return self.year_mwh(self.carbon_t_per_h)

    @cached_property
    def reference_mtok(self) -> float:
        """Reference tokens [Mtok/year]."""
        return sum(facts.reference_mtok(self.case, w) for w in self.case.workloads)
