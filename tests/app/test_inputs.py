"""The catalogue data: every figure has a grade, sources are named, series are whole, nothing is counted twice."""

from __future__ import annotations

import csv

import pytest

from planner.schema import SHEETS
from planner.template.content import example_content, inputs

DATA = inputs() / "data"
NAMES = {"".join("_" + c.lower() if c.isupper() else c for c in s.name).lstrip("_"): s for s in SHEETS}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def months_of(text):
    """`all`, `6-8`, `11-2` or `3,4,5` -> months."""
    if text == "all":
        return set(range(1, 13))
    found = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        span = (int(last or first) - int(first)) % 12
        found |= {(int(first) + k - 1) % 12 + 1 for k in range(span + 1)}
    return found


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda p: p.stem)
def test_every_row_has_source_grade_and_known_columns(path):
    """Proves: each catalogue row names its source and grade, its assumed fields exist and hold a figure, its columns
    are the manifest's. Catches: a figure without provenance, a typing error in a column name that would be ignored, a
    blank called an assumption."""
    known = {c.name for c in NAMES[path.stem].columns}
    for row in rows(path):
        assert set(row) <= known
        assert row["source"]
        assert row["grade"] in set("ABCDX")
        assumed = {x.strip() for x in row["assumed_fields"].split(",") if x.strip()}
        assert assumed <= known, row
        assert all(row.get(name) for name in assumed), row


@pytest.mark.parametrize("path", sorted((DATA / "hourly").glob("*.csv")), ids=lambda p: p.stem)
def test_hourly_series_are_whole(path):
    """Proves: 8,760 numbered rows of finite numbers. Catches: a gap, a short file, a text in a series."""
    table = rows(path)
    assert [int(float(row["hour"])) for row in table] == list(range(8760))
    for name in table[0]:
        assert all(-1e6 < float(row[name]) < 1e6 for row in table), name


def test_construction_kinds_add_up_to_the_sites_price():
    """Proves: hall, power and cooling of site-built construction together cost 9.2 USD/W within 10 %, for every cooling
    type. Catches: a whole-building price per watt used beside separate plant."""
    site_built = [r for r in rows(DATA / "offers.csv") if r["site_built"] == "yes"]
    per_w = {
        r["name"]: float(r["ex_works"]) / 1e3 / float(r["it_kw"] or r["electrical_kw"] or r["heat_kw"])
        for r in site_built
    }
    shared = per_w["hall, site-built"] + per_w["power, site-built"]
    cooling = [v for r, v in per_w.items() if not r.startswith(("hall", "power"))]
    assert cooling
    for price in cooling:
        assert shared + price == pytest.approx(9.2, rel=0.1)


def test_ride_through_is_not_bought_twice():
    """Proves: chains whose price includes a battery say so. Catches: a second battery for the same minutes."""
    assert all(float(r["included_ride_through_min"]) >= 5 for r in rows(DATA / "electrical.csv"))


def test_inference_rates_are_split_by_the_measured_mix():
    """Proves: a busy rack draws no more than its peak, and published rates, which count input and output together, are
    split 8:1. Catches: the sum entered as output, which makes a rack nine times as fast; all-in kW taken as rack kW."""
    peaks = {row["name"]: float(row["peak_kw"]) for row in rows(DATA / "racks.csv")}
    for row in rows(DATA / "operating_points.csv"):
        assert float(row["full_kw"]) <= peaks[row["rack"]], row
        if row["output_tokens_per_s"]:
            ratio = float(row["input_tokens_per_s"]) / float(row["output_tokens_per_s"])
            assert ratio == pytest.approx(8, rel=0.002), row


@pytest.mark.parametrize("tariff", sorted({row["tariff"] for row in rows(DATA / "tariff_energy.csv")}))
def test_tariffs_price_each_hour_once(tariff):
    """Proves: each hour of weekdays and weekends in each month has one price, in every class, not only those that the
    examples use. Catches: a gap or an overlap between periods."""
    periods = [row for row in rows(DATA / "tariff_energy.csv") if row["tariff"] == tariff]
    for month in range(1, 13):
        for day in ("weekday", "weekend"):
            for hour in range(24):
                hits = [
                    row["period"]
                    for row in periods
                    if month in months_of(row["months"])
                    and row["day_type"] in ("all", day)
                    and int(row["from_hour"]) <= hour < int(row["to_hour"])
                ]
                assert len(hits) == 1, (month, day, hour, hits)


KEPCO = """
HV-A II   8320 116.0/163.8/229.0 116.0/133.4/150.9 123.0/164.0/204.6
HV-A III  9810 115.1/163.2/216.6 115.1/132.1/142.6 122.4/163.4/193.4
HV-B II   7380 127.6/174.8/239.1 127.6/144.8/161.9 134.6/174.8/214.1
HV-B III  8190 125.9/173.1/237.5 125.9/143.2/160.3 133.0/173.1/212.4
HV-C II   7520 126.2/174.0/238.0 126.2/144.0/161.2 133.1/173.6/213.3
HV-C III  8090 125.1/172.9/236.9 125.1/142.9/160.1 132.0/172.5/212.2
"""
"""Class, demand charge [KRW/kW-month], then off-peak/mid/peak [KRW/kWh] in summer, spring and autumn, winter: public
table of KEPCO's industrial (eul) rates from 2026-04-16, as cited in the rows."""


@pytest.mark.parametrize("line", KEPCO.strip().splitlines(), ids=lambda line: line[:8].strip())
def test_kepco_rates_are_those_of_the_table(line):
    """Proves: every class has the demand charge and the nine rates of the public table in its seasons and hours on
    weekdays. Catches: a mistyped rate, seasons or levels exchanged, won per kWh taken for won per MWh."""
    option, kind, price, *seasons = line.split()
    tariff = f"KEPCO industrial eul {option} {kind}"
    (demand,) = [r for r in rows(DATA / "tariff_demand.csv") if r["tariff"] == tariff]
    assert float(demand["price"]) == float(price)
    level = ["off"] * 8 + ["mid"] * 7 + ["peak"] * 6 + ["mid"] + ["off"] * 2
    for month in range(1, 13):
        season = 0 if month in (6, 7, 8) else 1 if month in (3, 4, 5, 9, 10) else 2
        rates = dict(zip(("off", "mid", "peak"), map(float, seasons[season].split("/")), strict=True))
        for row in rows(DATA / "tariff_energy.csv"):
            if row["tariff"] == tariff and row["day_type"] == "weekday" and month in months_of(row["months"]):
                hours = range(int(row["from_hour"]), int(row["to_hour"]))
                assert [1000 * rates[level[h]] for h in hours] == pytest.approx([float(row["price"])] * len(hours)), row


def test_every_site_of_the_siting_example_has_a_published_tariff():
    """Proves: each site has a tariff whose rows cite a source, no assumed adder, and of the two new ones the bill of 5
    MW in all hours of 8,760 h is the published one. Dominion: 29.68 USD/MWh and 14.569 USD/kW-month. Frankfurt, beside
    the wholesale price, at 1.08 USD/EUR: 4.9 + 20.5 + 3.57 + 5.91 + 0.5 + 1.1 EUR/MWh and 42.32 EUR/kW a year.
    Catches: an adder without a source, ct/kWh taken for EUR/MWh, a price per year charged each month."""
    bills = {}
    for site in example_content("siting-asia-us-eu").rows["Sites"]:
        of = {
            part: [r for r in rows(DATA / f"tariff_{part}.csv") if r["tariff"] == site["tariff"]]
            for part in ("energy", "blocks", "demand", "peaks")
        }
        assert of["demand"] and (of["energy"] or site["price_series"] and of["blocks"]), site["name"]
        assert all(r["source"] and r["grade"] in "ABC" for part in of.values() for r in part), site["name"]
        assert not {"price_adder", "price_series", "tariff"} & set(site["assumed_fields"].split(", ")), site["name"]
        energy = sum(float(r["price"]) for r in of["energy"] + of["blocks"])
        demand = 12 * sum(float(r["price"]) for r in of["demand"])
        bills[site["name"]] = 5 * 8760 * energy + 5000 * demand
    assert bills["Virginia hall"] == pytest.approx(43_800 * 29.68 + 5000 * 12 * 14.569)
    assert bills["Frankfurt hall"] == pytest.approx(1.08 * (43_800 * 36.48 + 5000 * 42.32), rel=1e-5)
    (peak,) = [r for r in rows(DATA / "tariff_demand.csv") if r["tariff"] == "NRM Frankfurt medium voltage"]
    assert (peak["ratchet_pct"], peak["ratchet_months"]) == ("100", "11")


def test_curves_in_two_drivers_have_every_pair():
    """Proves: every temperature of a curve against dry bulb and humidity comes with every humidity. Catches: a missing
    point of a curve that no example uses."""
    points: dict[str, set[tuple[str, str]]] = {}
    for row in rows(DATA / "cooling_curves.csv"):
        if row["driver"] == "dry_bulb_and_humidity":
            points.setdefault(row["curve"], set()).add((row["temperature_c"], row["humidity_pct"]))
    for curve, pairs in points.items():
        temperatures, humidities = ({pair[i] for pair in pairs} for i in (0, 1))
        assert len(pairs) == len(temperatures) * len(humidities), curve
