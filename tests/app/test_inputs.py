"""The catalogue data: every figure has a grade, sources are named, series are whole, nothing is counted twice."""

from __future__ import annotations

import csv

import pytest

from planner.schema import SHEETS
from planner.template.content import inputs

DATA = inputs() / "data"
NAMES = {"".join("_" + c.lower() if c.isupper() else c for c in s.name).lstrip("_"): s for s in SHEETS}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda p: p.stem)
def test_every_row_has_source_grade_and_known_columns(path):
    """Proves: each catalogue row names its source and grade, its assumed fields exist, its columns are the manifest's.
    Catches: a figure without provenance, a typing error in a column name that would be ignored."""
    known = {c.name for c in NAMES[path.stem].columns}
    for row in rows(path):
        assert set(row) <= known
        assert row["source"]
        assert row["grade"] in set("ABCDX")
        assumed = {x.strip() for x in row["assumed_fields"].split(",") if x.strip()}
        assert assumed <= known, row


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
        r["name"]: float(r["ex_works"]) / 1e3 / float(r["it_kw"] or r["electrical_kw"] or r["heat_kw"]) for r in site_built
    }
    shared = per_w["hall, site-built"] + per_w["power, site-built"]
    cooling = [v for r, v in per_w.items() if not r.startswith(("hall", "power"))]
    assert cooling
    for price in cooling:
        assert shared + price == pytest.approx(9.2, rel=0.1)


def test_ride_through_is_not_bought_twice():
    """Proves: chains whose price includes a battery say so. Catches: a second battery for the same minutes."""
    assert all(float(r["included_ride_through_min"]) >= 5 for r in rows(DATA / "electrical.csv"))
