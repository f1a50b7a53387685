"""The reference case, drawn by seed: written as a workbook, read back and validated like a user's.

A 15 MW hall near Seoul that serves two interactive workloads, batch work and training runs. Racks of five types on
seven cooling types make 13 options that each serve work; seven prefabricated offers of three kinds compete with
capacity built on site; battery, PV, cold store; time-of-use energy, monthly demand charges with a 12-month ratchet; a
TokEnergy target. The seed draws prices, offers, demand and the target, so that nothing can be tuned to one instance."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from models.case import Calendar, Case, Electrical, Workload
from models.catalogue import heat_share, options, rack, reference_mtok, serving
from models.curves import electricity_pu
from models.design import Option
from models.fields import Series
from planner.template.book import write_workbook
from planner.template.content import Content, Row, content_of
from planner.validate import ValidatedCase, validate
from planner.workbook import read_workbook

TARIFF = "KEPCO industrial eul HV-B III"
SERVING = "671B MoE, 8k/1k, 42 tok/s per user"
BATCH = "671B MoE, 8k/1k, batch"
TRAINING = "33B-active MoE pre-training"
COOLING = (
    "CRAH + chiller",
    "air economiser + adiabatic",
    "CRAH + tower economiser",
    "rear-door heat exchanger",
    "direct-to-chip 40C",
)
PREFABRICATED = ("liquid pod 1 MW", "liquid pod 1.5 MW", "air pod 0.5 MW", "power skid 1 MW")
PRICES = ("ex_works", "break1_ex_works")
WINDOWS = (("02-01", 45), ("05-10", 45), ("10-01", 45))
"""Start (month-day) and days of each training run."""

Draw = Callable[[float, float], float]


def reference_case(seed: int, *, months: int = 12, rack_types: int = 5) -> Case:
    """The reference case; fewer months, and fewer or more rack types, for studies of growth.

    2, 3, 4, 5, 6 rack types make 4, 6, 8, 13, 18 rack-cooling options."""
    return reference(seed, months=months, rack_types=rack_types).case


def reference(seed: int, *, months: int = 12, rack_types: int = 5) -> ValidatedCase:
    """As `reference_case`, with what validation adds (origins of figures, warnings)."""
    draw = random.Random(seed).uniform
    content = _content(draw, months, rack_types)
    target_share = draw(0.08, 0.3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reference.xlsx"
        write_workbook(path, content, "design")
        free = validate(read_workbook(path))
        thrifty, cheap = pure_indices(free.case)
        target = round(thrifty + target_share * (cheap - thrifty), 4)
        content.records["Project"]["tokenergy_target"] = {"value": target}
        write_workbook(path, content, "design")
        return validate(read_workbook(path))


def reduced_case(seed: int) -> Case:
    """What other planners of energy systems can express of the reference case, exactly: its load as a plain series,
    time-of-use energy, one price on the highest import, PV, and a battery with power and energy chosen."""
    full = reference_case(seed)
    (charge,) = full.grid.demand_charges
    grid = replace(
        full.grid,
        billing_factor=1.0,
        demand_charges=(),
        contract_kcur_per_mw_year=sum(charge.price_kcur_per_mw),
    )
    # No limit on yearly cycles: not every tool has one.
    battery = replace(full.batteries[0], max_cycles_per_year=None)
    return replace(
        full,
        name="Reduced reference case",
        site=replace(full.site, area_m2=None, house_load_mw=0.0, plain_load_mw=pure_loads_mw(full)[0]),
        grid=grid,
        limits=replace(full.limits, tokenergy_wh_per_ktok=None),
        electrical=Electrical("direct", 0.0, 0.0),
        batteries=(battery,),
        workloads=(),
        racks=(),
        operating_points=(),
        cooling=(),
        offers=(),
    )


def in_quarter_hours(case: Case) -> Case:
    """The same year in steps of 15 minutes."""

    def finer(item: Any) -> Any:
        found = {f.name: getattr(item, f.name) for f in fields(item)}
        return replace(item, **{k: np.repeat(v, 4) for k, v in found.items() if isinstance(v, np.ndarray)})

    grid = finer(replace(case.grid, demand_charges=()))
    calendar = Calendar(
        tuple(m for m in case.calendar.month_of_step for _ in range(4)), case.calendar.step_h / 4, "2023-01-01T00:00"
    )
    return replace(
        case,
        calendar=calendar,
        site=finer(case.site),
        grid=replace(grid, demand_charges=tuple(finer(d) for d in case.grid.demand_charges)),
        supplies=tuple(finer(s) for s in case.supplies),
        workloads=tuple(
            replace(finer(w), windows=tuple((4 * first, 4 * end) for first, end in w.windows)) for w in case.workloads
        ),
    )


def without_target(case: Case) -> Case:
    """The same case with TokEnergy reported only: shows what the target costs."""
    return replace(case, limits=replace(case.limits, tokenergy_wh_per_ktok=None))


def _content(draw: Draw, months: int, rack_types: int) -> Content:
    content = content_of(Path(__file__).with_suffix(".json"))
    year = dt.datetime(2023, 1, 1)
    hours = round((dt.datetime(2023 + months // 12, months % 12 + 1, 1) - year) / dt.timedelta(hours=1))
    content.records["Project"] |= {
        "name": {"value": "Reference case of the benchmark"},
        "hours": {"value": hours},
        "year_start": {"value": "2023-01-01"},
        "need_month": {"value": 30},
    }
    content.series = {name: values[:hours] for name, values in content.series.items()}
    _site(content, draw)
    _work(content, draw, year + dt.timedelta(hours=hours))
    _racks(content, draw, rack_types)
    _plant(content, draw)
    _offers(content, draw)
    return content


def _site(content: Content, draw: Draw) -> None:
    """Connection and prices."""
    site = content.rows["Sites"][0]
    site |= {"name": "Reference hall", "area_m2": 60_000, "grid_limit_mw": 15, "house_load_kw": 150, "tariff": TARIFF}
    for duty in ("max_swing_mw", "ramp_limit_mw_per_min", "grid_ride_through_s"):
        site.pop(duty, None)  # the reference leaves the grid's limits on swings and ramps out
    level = draw(0.85, 1.25)
    for row in content.rows["TariffEnergy"]:
        if row["tariff"] == TARIFF:
            row["price"] = round(row["price"] * level * draw(0.97, 1.03))
    for row in content.rows["TariffDemand"]:
        if row["tariff"] == TARIFF:
            row["price"] = round(row["price"] * draw(0.8, 1.3))
    battery, sun = row_of(content, "Storage", "LFP battery"), row_of(content, "Supply", "PV on site")
    battery |= {"energy_price": round(125 * draw(0.6, 0.9), 1), "power_price": round(120 * draw(0.5, 0.9), 1)}
    battery |= {"max_mw": 10, "max_mwh": 40}
    sun |= {"price": round(sun["price"] * draw(0.5, 0.8), 1), "max_mw": 3}


def _work(content: Content, draw: Draw, end: dt.datetime) -> None:
    """Two interactive workloads, batch work due within ten hours, a training run per window."""
    given = {row["name"]: row for row in content.rows["Workloads"]}
    batch = {"requests_per_day": 24e6, "input_tokens": 6400, "output_tokens": 800, "max_delay_h": 10}
    work = [
        given["serving, 20 million users"] | {"requests_per_day": 150e6},
        given["serving, 20 institutions"] | {"requests_per_day": 25e6},
        given["growth: synthetic data"] | {"name": "document batch", "profile": "office hours"} | batch,
    ]
    for row in work:
        row["requests_per_day"] = round(row["requests_per_day"] * draw(0.9, 1.1))
    tokens = {"run_tokens_billion": round(1500 * draw(0.9, 1.1)), "pause_pct": 30}
    work.append(given["post-training"] | tokens)
    content.rows["Workloads"] = work
    starts = [(dt.datetime.fromisoformat(f"2023-{day}"), days) for day, days in WINDOWS]
    content.rows["Windows"] = [
        {"workload": "post-training", "start": f"{start:%Y-%m-%d}", "days": days}
        for start, days in starts
        if start + dt.timedelta(days=days) <= end
    ]


def _racks(content: Content, draw: Draw, rack_types: int) -> None:
    """Older racks cheap and thirsty, new ones dear and thrifty: the target decides between them."""
    rows = {row["name"]: row for row in content.rows["Racks"]}
    double = rows["HGX B200 x2"]
    halved = ("peak_kw", "idle_kw", "price", "ancillary_kw", "ancillary_price", "accelerators")
    rows["HGX B200 x1"] = double | {"name": "HGX B200 x1"} | {name: double[name] / 2 for name in halved}
    hopper, blackwell = draw(0.4, 0.6), draw(0.5, 0.62)
    level = {
        "GB200 NVL72": draw(0.97, 1.05),
        "HGX B200 x2": blackwell,
        "HGX H100 x4": hopper,
        "HGX H200 x4": hopper * draw(0.8, 1.0),
        "HGX B200 x1": blackwell * draw(0.95, 1.0),
        "HGX H100 x1": hopper * draw(0.95, 1.0),
    }
    names = list(level)[:rack_types]
    content.rows["Racks"] = [
        rows[name] | {"available": "yes", "price": round(rows[name]["price"] * level[name], -3)} for name in names
    ]
    points = [row for row in content.rows["OperatingPoints"] if row["operating_class"] in (SERVING, BATCH, TRAINING)]
    rates = ("full_kw", "input_tokens_per_s", "output_tokens_per_s")
    points += [
        row | {"rack": "HGX B200 x1"} | {name: row[name] / 2 for name in rates}
        for row in points
        if row["rack"] == "HGX B200 x2"
    ]
    content.rows["OperatingPoints"] = [row for row in points if row["rack"] in names]


def _plant(content: Content, draw: Draw) -> None:
    """Cooling types: the catalogue's and two more for dense racks."""
    known = {row["name"]: row for row in content.rows["Cooling"]}
    chosen = [known[name] for name in COOLING]
    door, direct = known["rear-door heat exchanger"], known["direct-to-chip 40C"]
    chosen.append(door | {"name": "rear door + chiller", "curve": "chiller"})
    chosen.append(direct | {"name": "direct-to-chip 30C, tower", "curve": "tower economiser", "supply_c": 30})
    content.rows["Cooling"] = chosen
    row_of(content, "ChilledWater", "CRAH + chiller")["price"] = round(51.2 * draw(0.8, 1.1), 1)


def _offers(content: Content, draw: Draw) -> None:
    """Seven prefabricated offers of three kinds, and capacity built on site."""
    built = [r for r in content.rows["Offers"] if r["site_built"] == "yes" and r["cooling"] in ("", *COOLING)]
    ready = [r for r in content.rows["Offers"] if r["name"] in PREFABRICATED]
    pod = row_of(content, "Offers", "liquid pod 1 MW")
    rival = {"vendor": "second prefab maker", "ex_works": 9_900_000, "break1_count": 3, "break1_ex_works": 9_100_000}
    ready.append(pod | rival | {"name": "liquid pod 1 MW, rival", "freight": 180_000, "duty_pct": 4})
    door = {"cooling": "rear-door heat exchanger", "rack_limit_kw": 50, "rack_positions": 30, "ex_works": 9_000_000}
    ready.append(pod | door | {"name": "rear-door pod 1 MW", "break1_ex_works": 8_800_000})
    skid = row_of(content, "Offers", "power skid 1 MW")
    chill = {"name": "rear-door cooling skid 1 MW", "kind": "cooling", "electrical_kw": "", "heat_kw": 1000}
    ready.append(skid | chill | {"cooling": "rear-door heat exchanger", "ex_works": 1_900_000})
    named = {row["cooling"]: row for row in built if row["kind"] == "cooling"}
    for new, like in (
        ("rear door + chiller", "rear-door heat exchanger"),
        ("direct-to-chip 30C, tower", "direct-to-chip 40C"),
    ):
        built.append(named[like] | {"name": f"{new}, site-built", "cooling": new})
    for row in (*built, *ready):
        level = draw(0.85, 1.1)
        row |= {name: round(row[name] * level, -3) for name in PRICES if row.get(name) not in (None, "")}
    content.rows["Offers"] = [*built, *ready]


def row_of(content: Content, sheet: str, name: str) -> Row:
    """The row of a sheet whose first column is `name`."""
    return next(row for row in content.rows[sheet] if name in (row.get("name"), row.get("cooling")))


def pure_indices(case: Case) -> tuple[float, float]:
    """TokEnergy [Wh per 1,000 reference tokens] of two designs worked out by hand, without a model: every workload on
    its thriftiest option, and every workload on the option whose racks cost least. A target between must choose."""
    thrifty, cheap = (
        float(load.sum()) * case.calendar.step_h / reference_mtok(case) * 1e3 for load in pure_loads_mw(case)
    )
    return thrifty, cheap


def pure_loads_mw(case: Case) -> tuple[Series, Series]:
    """Site load [MW] of the two designs of `pure_indices` in each step."""
    thrifty = cheap = np.full(case.calendar.steps, case.site.house_load_mw)
    for w in case.workloads:
        ways = [_way(case, w, o) for o in options(case) if (w.name, *o) in serving(case)]
        thrifty = thrifty + min(ways, key=lambda way: float(way[1].sum()))[1]
        cheap = cheap + min(ways, key=lambda way: (way[0], float(way[1].sum())))[1]
    return thrifty, cheap


def _way(case: Case, w: Workload, o: Option) -> tuple[float, Series]:
    """Price of the racks [kcur] and load [MW] if a workload runs on one option alone, the batch spread over the year
    and training over its windows."""
    r, h = rack(case, o), case.calendar.step_h
    rack_h, dynamic_mw = serving(case)[w.name, *o]
    busy = np.zeros(case.calendar.steps)
    if w.arrivals_mreq_per_h is not None:
        busy += rack_h * (w.arrivals_mreq_per_h if w.kind == "interactive" else w.arrivals_mreq_per_h.mean())
    for first, end in w.windows:
        busy[first:end] += rack_h * w.run_mtok / (h * (end - first))
    racks = float(busy.max()) / r.usable_share
    it_mw = busy * dynamic_mw + racks * (r.idle_mw + r.ancillary_mw)
    coolings = {c.name: c for c in case.cooling}
    cooling_pu = sum(share * electricity_pu(coolings[c], case.site) for c, share in heat_share(case, o).items())
    chain = case.electrical
    lost_mw = chain.fixed_loss_pu * racks * r.placed_mw + chain.proportional_loss_pu * it_mw
    return racks * (r.cost_kcur + r.ancillary_cost_kcur), it_mw * (1 + cooling_pu) + lost_mw
