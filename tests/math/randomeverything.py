"""Random tiny cases in which any optional field may be set, each with some probability and beside any other: what cases
of one subject do not show. No brute force knows them; test_everything.py says what must hold.

    python tests/math/randomeverything.py FIRST COUNT

solves that many and tells each that fails."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).parent)]

from randomparts import Parts  # noqa: E402
from tiny import air, calendar, liquid, point, rack, requests, training, training_point  # noqa: E402

from models.accounts import account  # noqa: E402
from models.case import (  # noqa: E402
    Case,
    ChilledWaterStore,
    Cooling,
    CoolingCurve,
    Delay,
    HeatRejection,
    HeatUser,
    Limits,
    Money,
    OperatingPoint,
    Rack,
    Site,
    Workload,
)
from models.contracts import least_import_kcur_per_mwh  # noqa: E402
from models.heat_rejection import curve  # noqa: E402
from planner.solving import solve  # noqa: E402

NEED_MONTH = 12.0


def random_everything(seed: int) -> Case:
    """The case of a seed: work on racks in four to eight steps; two in five have yearly limits near what the plan
    without them uses, of which some cannot be kept."""
    maker = _Maker(random.Random(f"everything {seed}"))
    return maker.limited(maker.case(f"everything {seed}"))


class _Maker(Parts):
    """Draws a whole case: money, site, limits, work, racks, cooling."""

    def case(self, name: str) -> Case:
        cuts = sorted(self.r.sample(range(1, self.steps), self.r.randint(0, 2)))
        months = [b - a for a, b in zip([0, *cuts], [*cuts, self.steps], strict=True)]
        days = replace(calendar(self.steps, months, self.step_h), **self.some(first_step=("2023-01-01T21:00",)))
        site = self.site()
        racks, cooling = self.racks(), self.cooling(site)
        workloads, points = self.work([x.name for x in racks])
        case = Case(
            name=name,
            currency="USD",
            calendar=days,
            money=self.money(),
            site=site,
            grid=self.grid(),
            limits=self.limits(),
            workloads=workloads,
            racks=racks,
            operating_points=points,
            cooling=cooling,
            electrical=self.chain(),
            batteries=tuple(self.battery(n) for n in ("battery", "store")[: self.stores]),
            supplies=(self.supply(),) if self.is_sunny else (),
            generators=(self.generator(),) if self.yes(0.4) else (),
            offers=self.offers([c.name for c in cooling]),
            orders=self.orders(),
            heat_users=(self.heat_user(),) if self.yes() else (),
            programmes=(self.programme(),) if self.yes() else (),
            purchases=(self.purchase(),) if self.yes() else (),
        )
        return self.sellable(case)

    def sellable(self, case: Case) -> Case:
        """The case with energy sold for no more than it costs: buying and selling at once would earn without end."""
        price = case.grid.export_price_kcur_per_mwh
        if price is None:
            return case
        most = np.minimum(price, least_import_kcur_per_mwh(case))
        return replace(case, grid=replace(case.grid, export_price_kcur_per_mwh=most))

    def limited(self, case: Case, *, always: bool = False) -> Case:
        """The case, or the case with a few yearly limits below or above what its plan uses; always: never without."""
        design = solve(case, gap=0.01, method="monolithic")[0] if always or self.yes(0.4) else None
        if design is None:
            return case
        kpi, share = account(case, design).kpi, self.r.choice((0.9, 0.97, 1.05))
        names = {
            "tokenergy_wh_per_ktok": "tokenergy_wh_per_1k",
            "carbon_t_per_year": "carbon_t",
            "water_m3_per_year": "water_m3",
            "water_m3_per_day": "water_m3",
            "weighted_water_m3_per_year": "water_m3",
            "budget_kcur": "first_cost_kcur",
        }
        if case.site.water_stress is None:
            del names["weighted_water_m3_per_year"]
        asked = {limit: share * (kpi[name] or 0.0) for limit, name in names.items() if self.yes(0.5)}
        kept = {limit: value for limit, value in asked.items() if value > 1e-3}
        return replace(case, limits=replace(case.limits, **kept))

    def money(self) -> Money:
        return Money(
            analysis_years=self.years,
            discount_rate=self.r.choice((0.0, 0.08)),
            **self.some(
                tax_rate=(0.25,),
                escalation_energy=(0.03,),
                escalation_om=(0.02,),
                escalation_carbon=(0.05,),
                escalation_water=(0.01,),
                escalation_capital=(0.02,),
                counts_residual_value=(True,),
                counts_it=(False,),
            ),
        )

    def site(self) -> Site:
        return Site(
            "here",
            dry_bulb_c=self.series(0, 40),
            wet_bulb_c=self.series(0, 25),
            relative_humidity_pct=self.series(20, 90),
            source_water_c=self.series(2, 25),
            **self.some(
                design_margin_dry_k=(2.0,),
                design_margin_wet_k=(1.0,),
                area_m2=(250.0, 400.0),
                house_load_mw=(0.05,),
                plain_load_mw=(self.series(0.0, 0.4),),
                water_stress=(self.series(0.5, 3.0),),
                altitude_m=(1200.0,),
            ),
        )

    def limits(self) -> Limits:
        delay = self.some(
            most_months=(3,),
            kcur_per_month=(0.3,),
            kcur_per_mtok=(1e-5,),
            served_mtok=(2000.0,),
            works_months=(1.0,),
        )
        return Limits(
            need_month=NEED_MONTH,
            delay=Delay(**delay),
            **self.some(
                carbon_price_kcur_per_t=(0.5,),
                water_price_kcur_per_m3=(0.2,),
                lead_confidence=("P90",),
                domestic_share=(0.2,),
            ),
            **(self.some(clean_share_yearly=(0.1,), clean_share_hourly=(0.02,)) if self.is_sunny else {}),
        )

    def racks(self) -> tuple[Rack, ...]:
        return (
            rack(terms=self.terms(), **self._rack_fields(), domestic=self.yes(0.7)),
            rack(
                "S",
                peak_mw=0.2,
                cost_kcur=19.0,
                liquid_share=self.r.choice((0.0, 0.7, 1.0)),
                terms=self.terms(),
                **self._rack_fields(),
                **self.some(max_supply_c=(30.0,), supply=("AC", "800 V DC"), domestic=(True,)),
            ),
        )

    def _rack_fields(self) -> dict[str, Any]:
        return self.some(
            ancillary_mw=(0.01,),
            ancillary_cost_kcur=(1.0,),
            ancillary_racks=(0.5,),
            usable_share=(0.8,),
            max_racks=(3,),
            accelerators=(8,),
            buffer_mw=(0.02,),
            buffer_mwh=(0.001,),
        )

    def work(self, racks: list[str]) -> tuple[tuple[Workload, ...], tuple[OperatingPoint, ...]]:
        work: list[Workload] = []
        points: list[OperatingPoint] = []
        for kind in self.r.sample(("interactive", "deferrable", "training"), self.r.choice((1, 1, 2))):
            swings = self.some(swing_share=(0.3,), swing_s=(10.0, 600.0), ramp_s=(0.0, 120.0))
            weights = self.some(weight_input=(0.2,), weight_cached=(0.1,), weight_output=(0.5,), weight_training=(0.3,))
            if kind == "training":
                work.append(replace(self.run(), **swings, **weights))
                points += [self.point(n, kind, training_mtok_per_h=1000.0 if n == "R" else 1800.0) for n in racks]
                continue
            late = self.step_h * self.r.choice((0, 1, 2)) if kind == "deferrable" else 0.0
            tokens = self.some(input_tokens=(1500.0,), cached_tokens=(800.0,))
            work.append(
                requests(self.series(0.0, 1.5), kind, kind=kind, max_delay_h=late, **tokens, **swings, **weights)
            )
            rates = self.some(input_mtok_per_h=(2500.0,), counts_cached=(True,))
            points += [self.point(n, kind, output_mtok_per_h=1000.0 if n == "R" else 1800.0, **rates) for n in racks]
        return tuple(work), tuple(points)

    def point(self, rack_name: str, work: str, **rates: Any) -> OperatingPoint:
        maker = training_point if work == "training" else point
        return replace(maker(rack_name, work), full_mw=0.1 if rack_name == "R" else 0.17, **rates)

    def run(self) -> Workload:
        half = self.steps // 2
        spans = self.r.choice(([(0, half)], [(0, half), (half, self.steps)], [(1, self.steps)]))
        hours = self.step_h * (spans[0][1] - spans[0][0])
        gang = self.some(gang_min=(2,), gang_max=(2, 3), steady=(True,), pause_share=(0.5,))
        return training(1000 * hours * self.r.choice((0.5, 1.0, 1.7)), spans, "training", **{"pause_share": 1.0} | gang)

    def cooling(self, site: Site) -> tuple[Cooling, ...]:
        return (
            air(curve=self.curve(site, 18.0), **self._cooling_fields()),
            liquid(curve=self.curve(site, 25.0), **self._cooling_fields(), **self.some(supply_c=(25.0, 35.0))),
        )

    def _cooling_fields(self) -> dict[str, Any]:
        return self.some(
            redundancy=(self.redundancy(),), fixed_share=(0.2,), store=(self.tank(),), return_c=(35.0, 50.0)
        )

    def curve(self, site: Site, supply_c: float) -> CoolingCurve:
        if self.yes(0.4):
            sink = self.r.choice(("dry_cooler", "adiabatic", "tower", "source_water"))
            plant = HeatRejection(sink, supply_c, 8.0, 5.0, 0.02, 0.01, 0.45, **self.some(economiser=(False,)))
            return curve(plant, site.altitude_m)
        driver = self.r.choice(("dry_bulb", "wet_bulb", "source_water", "dry_bulb_and_humidity"))
        if driver == "dry_bulb_and_humidity":
            grid = ((5.0, 5.0, 35.0, 35.0), (0.05, 0.1, 0.3, 0.4), (0.1, 0.0, 1.0, 0.4), (20.0, 80.0, 20.0, 80.0))
            return CoolingCurve(driver, *grid)
        return CoolingCurve(driver, (5.0, 20.0, 35.0), (0.05, 0.15, 0.4), (0.1, 0.3, 1.0))

    def tank(self) -> ChilledWaterStore:
        return ChilledWaterStore(
            self.r.choice((0.05, 0.3)),
            self.terms(),
            max_mwh=1.0,
            **self.some(
                distribution_pu=(0.02,),
                loss_per_h=(0.03,),
                hours_to_fill=(0.5, 6.0),
                area_m2_per_mwh=(5.0,),
                temperature_difference_k=(8.0,),
            ),
        )

    def heat_user(self) -> HeatUser:
        price, pipe = self.r.choice((0.2, 1.0)), self.r.choice((0.0, 0.5))
        return HeatUser(
            "town", price, 30.0, self.series(0.0, 0.4), pipe, self.terms(), **self.some(max_mw=(0.1,), pump_pu=(0.05,))
        )


def main(first: int, count: int) -> int:
    """Solve and recheck; 1 if any case fails."""
    from test_everything import check

    failed = infeasible = 0
    for seed in range(first, first + count):
        try:
            infeasible += not check(seed)
        except Exception as error:
            failed += 1
            print(f"case {seed}: {type(error).__name__}: {error}", flush=True)
    print(f"{count} cases, {infeasible} without a plan, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
