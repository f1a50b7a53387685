"""Random tiny cases for the oracle: few steps, racks and offers, every rule of the model with some probability.
`compare.py` runs any number of them."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from facts import reference_mtok
from oracle import Answer, cheapest
from randomplant import CAPS, THEMES, Plant
from tiny import (
    calendar,
    demand,
    point,
    rack,
    requests,
    training,
    training_point,
)

from models.case import (
    Case,
    Electrical,
    Grid,
    Limits,
    Money,
    Site,
)


@cache
def random_case(seed: int) -> Case:
    """The case of a seed; half of them with limits set near or below what the unlimited plan uses."""
    r = random.Random(seed)
    theme = THEMES[seed % len(THEMES)]
    case = _Maker(r, theme).case(f"random {seed}")
    if theme in CAPS:
        return _limited(case, cheapest(case), r, [theme])
    if theme not in ("rack limit", "tank") and r.random() < 0.6:
        return _limited(case, cheapest(case), r, r.sample(CAPS, r.choice((1, 1, 2))))
    return case


def _limited(case: Case, free: Answer, r: random.Random, names: list[str]) -> Case:
    """The case with one or two yearly limits below what the unlimited plan uses; some of them are infeasible."""
    if free.dispatch is None:
        return case
    may_fail = r.random() < 0.05
    for share in (r.choice((0.6, 0.9)), 0.8, 0.9, 0.96, 0.99):
        limited = case
        stress = case.site.water_stress
        for name in names:
            if name == "water" and stress is not None and stress[0] > 1.75:
                name = "weighted_water"
            limited = _with_cap(limited, name, share * free.dispatch.used[name])
        if may_fail or cheapest(limited).cost_kcur is not None:
            return limited
    return case


def _with_cap(case: Case, name: str, cap: float) -> Case:
    tokens = reference_mtok(case)
    if cap <= 1e-3 or (name == "energy" and tokens == 0):
        return case
    if name == "area":
        return replace(case, site=replace(case.site, area_m2=cap))
    fields = {
        "carbon": {"carbon_t_per_year": cap},
        "water": {"water_m3_per_year": cap} if case.site.water_stress is not None else {"water_m3_per_day": 0.4 * cap},
        "weighted_water": {"weighted_water_m3_per_year": cap},
        "energy": {"tokenergy_wh_per_ktok": 1000 * cap / max(tokens, 1e-9)},
        "first_cost": {"budget_kcur": cap},
    }
    return replace(case, limits=replace(case.limits, **fields[name]))


class _Maker(Plant):
    """Draws a whole case: site, grid, workloads, plant."""

    def money(self) -> Money:
        r = self.r
        return Money(
            analysis_years=r.randint(3, 7),
            discount_rate=r.choice((0.0, 0.08)),
            tax_rate=r.choice((0.0, 0.25)),
            escalation_energy=r.choice((0.0, 0.03)),
            escalation_om=0.02,
            escalation_carbon=0.05,
            escalation_water=0.01,
            escalation_capital=r.choice((0.0, 0.02)),
            counts_residual_value=self.yes(0.3),
            counts_it=self.yes(0.85),
        )

    def case(self, name: str) -> Case:
        with_racks = self.theme != "negative" and (self.theme != "" or self.yes(0.7))
        borders = self.r.randint(1 if self.theme in CAPS else 0, 2)
        cut = sorted(self.r.sample(range(1, self.steps), min(borders, self.steps - 1)))
        months = [b - a for a, b in zip([0, *cut], [*cut, self.steps], strict=True)]
        parts: dict[str, Any] = self.compute() if with_racks else {}
        chain = Electrical(
            "chain",
            self.r.choice((0.0, 0.03)),
            self.r.choice((0.0, 0.05)),
            required_ride_through_h=0.25 if self.theme == "ride-through" or (with_racks and self.yes(0.3)) else 0.0,
            included_ride_through_h=self.r.choice((0.0, 0.0, 0.1)),
            redundancy=self.redundancy(),
        )
        needs_battery = chain.required_ride_through_h > chain.included_ride_through_h
        plain = (
            self.series(0.0 if with_racks else 1.0, 0.5 if with_racks else 5.0)
            if self.yes(0.5) or not with_racks
            else None
        )
        return Case(
            name=name,
            currency="USD",
            calendar=calendar(self.steps, months, self.step_h),
            money=self.money(),
            site=Site(
                "here",
                dry_bulb_c=self.series(0, 40, 0),
                wet_bulb_c=self.series(0, 30, 0),
                relative_humidity_pct=self.series(20, 90, 0),
                source_water_c=self.series(2, 30, 0),
                water_stress=self.series(0.5, 3.0) if self.yes(0.5) else None,
                house_load_mw=self.r.choice((0.0, 0.1)),
                plain_load_mw=plain,
            ),
            grid=self.grid(2.0 if with_racks else 8.0),
            limits=Limits(
                carbon_price_kcur_per_t=self.r.choice((0.0, 0.5)),
                water_price_kcur_per_m3=self.r.choice((0.0, 0.2)),
                need_month=12.0,
                lead_confidence=self.r.choice(("P50", "P90")),
            ),
            electrical=chain,
            batteries=(self.battery(with_racks),) if needs_battery or self.theme == "negative" or self.yes(0.4) else (),
            supplies=(self.supply(with_racks),) if self.theme in ("area", "carbon") or self.yes(0.35) else (),
            **parts,
        )

    def grid(self, limit: float) -> Grid:
        r = self.r
        price = self.series(0.2, 6.0, 1)
        if self.theme == "negative":
            price[r.sample(range(self.steps), 2)] = -20.0
        if self.theme == "tank" and self.yes(0.5):
            price[:] = 0.1
            price[r.randrange(self.steps)] = 6.0
        elif self.theme in ("short gang", "tank"):
            price[r.randrange(self.steps - 1)] = 0.01
        sells = self.yes(0.35)
        charges = []
        for i in range(r.choice((0, 1, 1, 2))):
            applies = np.ones(self.steps) if self.yes(0.5) else self.series(0, 1, 0)
            charges.append(
                demand(
                    [r.choice((0.0, 2.0, 5.0)) for _ in range(12)],
                    self.steps,
                    name=f"charge {i}",
                    applies=applies,
                    ratchet_share=r.choice((0.0, 0.6, 0.9)),
                    ratchet_months=r.choice((1, 2, 11)),
                    ratchet_peak_months=r.choice((tuple(range(12)), (0, 2))),
                )
            )
        return Grid(
            import_price_kcur_per_mwh=price,
            carbon_t_per_mwh=self.series(0.1, 0.9),
            import_limit_mw=limit * r.choice((0.4, 0.7, 1.0, 1.0)),
            import_limit_mva=r.choice((None, None, limit * 0.7)),
            power_factor=0.95,
            billing_factor=r.choice((1.0, 1.1)),
            export_limit_mw=0.5 if sells else 0.0,
            export_price_kcur_per_mwh=np.minimum(np.maximum(price - 0.1, 0.0) * r.uniform(0.3, 0.95), price)
            if sells
            else None,
            demand_charges=tuple(charges),
            contract_kcur_per_mw_year=r.choice((0.0, 1.0)),
            fixed_kcur_per_month=r.choice((0.0, 0.5)),
            connection_kcur_per_mw=r.choice((0.0, 3.0)),
            connection_terms=self.terms(),
            energised_month=20.0 if self.yes(0.03) else 0.0,
        )

    def compute(self) -> dict[str, Any]:
        r = self.r
        racks = [
            rack(
                peak_mw=0.12,
                cost_kcur=r.choice((5.0, 12.0)),
                terms=self.terms(),
                ancillary_mw=r.choice((0.0, 0.01)),
                ancillary_cost_kcur=1.0,
                ancillary_racks=r.choice((0.0, 0.5)),
                usable_share=r.choice((1.0, 0.8)),
                max_racks=1 if self.theme == "rack limit" else r.choice((None, None, 3)),
                liquid_share=0.7 if self.theme in ("", "ride-through") and self.yes(0.5) else 0.0,
            )
        ]
        choice = self.theme == "rack limit" or (
            self.theme in CAPS and not self.two_coolings
        )  # limits need something to choose from
        if choice or (self.yes(0.5) and not self.two_coolings and "gang" not in self.theme):
            share = 0.0 if choice else r.choice((0.0, 0.7, 1.0))
            idle = 0.02 if choice else 0.06
            racks.append(
                rack(
                    "S",
                    peak_mw=0.2,
                    idle_mw=idle,
                    cost_kcur=200.0 if self.theme == "rack limit" else 25.0,
                    liquid_share=share,
                    terms=self.terms(),
                )
            )
        workloads, points = self.work([x.name for x in racks])
        cooling, offers = self.plant(any(x.liquid_share > 0 for x in racks))
        return {
            "racks": tuple(racks),
            "workloads": tuple(workloads),
            "operating_points": tuple(points),
            "cooling": tuple(cooling),
            "offers": tuple(offers),
            "heat_users": self.heat_users(),
        }

    def work(self, racks: list[str]) -> tuple[list[Any], list[Any]]:
        r = self.r
        workloads, points = [], []
        number = 1 if self.theme in (*CAPS, "rack limit") else r.choice((1, 1, 1, 2))
        kinds = r.sample(("interactive", "deferrable", "training"), number)
        if self.theme == "rack limit":
            kinds = ["interactive"]
        if "gang" in self.theme:
            kinds = ["training", "interactive"] if self.theme == "short gang" else ["training"]
        for kind in kinds:
            serving = [n for n in racks if self.theme in (*CAPS, "rack limit") or self.yes(0.85)] or racks[:1]
            if kind == "training":
                workloads.append(self.training())
                points += [
                    training_point(
                        n,
                        full_mw=0.1 if n == "R" else 0.18,
                        training_mtok_per_h=1000.0 if n == "R" or self.yes(0.7) else 1700.0,
                    )
                    for n in serving
                ]
                continue
            arrivals = self.series(0.0, 1.1 if len(racks) + self.two_coolings > 1 else 1.6)
            if self.theme == "rack limit":
                arrivals[0] = 1.5
            if self.theme == "short gang":
                arrivals[:-1], arrivals[-1] = 0.0, 2.0
            late = self.step_h * r.choice((0, 1, 2)) if kind == "deferrable" else 0.0
            workloads.append(
                requests(arrivals, name=kind, kind=kind, max_delay_h=late, input_tokens=r.choice((0.0, 2000.0)))
            )
            points += [
                point(
                    n,
                    kind,
                    1000.0 if n == "R" else 1800.0,
                    full_mw=0.1 if n == "R" else 0.18,
                    input_mtok_per_h=r.choice((0.0, 2500.0)),
                )
                for n in serving
            ]
        return workloads, points

    def training(self) -> Any:
        """A run that one or two racks finish in time. "short gang": a larger gang would like to use the cheapest step;
        "long gang": a smaller one would do."""
        r = self.r
        long = r.randint(1, self.steps // 2)
        a = r.randint(0, self.steps - 2 * long)
        spans = r.choice(([(a, a + long)], [(a, a + 2 * long)], [(a, a + long), (a + long, a + 2 * long)]))
        gang, pause, used = r.choice((1, 1, 2)), r.choice((0.0, 0.2, 0.5, 0.7)), r.choice((0.0, 0.5, 0.9, 1.0))
        least, most = r.choice((1, gang)), r.choice((None, gang, gang + 1))
        if self.theme == "short gang":
            spans, gang, pause, used, least, most = [(0, max(2, self.steps - 1))], 1, 0.7, 0.8, 1, 1
        elif self.theme == "long gang":
            gang, pause, used, least = 2, 0.6, 0.9, 2
        hours = self.step_h * (spans[0][1] - spans[0][0])
        return training(
            1000 * hours * gang * (1 - pause * used),
            spans,
            weight_training=1.0,
            pause_share=pause,
            gang_min=least,
            gang_max=most,
        )
