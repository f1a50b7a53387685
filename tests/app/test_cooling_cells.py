"""What is said of cells of the cooling sheets that do not go together."""

from __future__ import annotations

from typing import Any

import pytest

from planner.errors import BadWorkbook, Finding
from planner.validate import ValidatedCase, validate
from planner.workbook import read_workbook


def read(small: Any) -> ValidatedCase:
    return validate(read_workbook(small.write()))


def found(small: Any) -> list[Finding]:
    with pytest.raises(BadWorkbook) as bad:
        read(small)
    return list(bad.value.findings)


def liquid(small: Any) -> dict[str, Any]:
    """The row of a cooling type that takes liquid heat."""
    row: dict[str, Any] = next(r for r in small.rows["Cooling"] if r.get("liquid_share_pct"))
    return row


def test_a_derived_curve_reaches_the_case(small: Any) -> None:
    """Proves: a cooling type on a row of HeatRejection has its curve, its supply as the type's, and its figures among
    those used. Catches: a row read and left unused, a supply that stays unknown."""
    liquid(small)["curve"] = "dry"
    liquid(small).pop("supply_c", None)
    valid = read(small)
    cooling = next(c for c in valid.case.cooling if c.name == liquid(small)["name"])
    assert cooling.supply_c == 32
    assert cooling.curve.compressor_share[0] == 0.0
    assert cooling.curve.compressor_share[-1] == 1.0
    assert any(o.path == "heat_rejection[dry].approach_k" for o in valid.origins)


@pytest.mark.parametrize(
    ("sheet", "changed", "column", "words"),
    [
        ("Cooling", {"supply_c": 40, "supply_class": "W40"}, "supply_class", "not both"),
        ("Cooling", {"curve": "dry", "supply_c": None, "supply_class": "W27"}, "supply_class", "supplies 32 degC"),
        ("Racks", {"max_supply_c": 45, "liquid_class": "W45"}, "liquid_class", "not both"),
        ("HeatRejection", {"name": "air curve"}, "name", "no curve of CoolingCurves"),
        ("HeatRejection", {"sink": "river"}, "sink", "source water"),
        ("HeatReuse", {"demand_series": None}, "demand_series", "the name of a series"),
    ],
)
def test_cells_that_do_not_go_together(
    small: Any, sheet: str, changed: dict[str, Any], column: str, words: str
) -> None:
    """Proves: two ways to say the same, a plant too warm for its class, a second curve of a name, an unknown sink and a
    user without a duty curve are each one finding at their cell. Catches: one of two figures silently preferred."""
    row = liquid(small) if sheet == "Cooling" else small.rows[sheet][0]
    row |= changed
    findings = found(small)
    assert [f.column for f in findings] == [column]
    assert words in " ".join((findings[0].message, findings[0].expected))


def test_a_curve_on_sea_water_needs_its_temperature(small: Any) -> None:
    """Proves: a plant on source water asks for its series, and only for that. Catches: a plan on air in its place."""
    liquid(small)["curve"] = "dry"
    liquid(small).pop("supply_c", None)
    small.rows["HeatRejection"][0]["sink"] = "source water"
    assert [f.column for f in found(small)] == ["source_water_series"]
    small.series["sea"] = [12.0] * 24
    small.rows["Sites"][0]["source_water_series"] = "sea"
    assert read(small).case.site.source_water_c.tolist() == [12.0] * 24


def test_a_user_who_wants_it_hotter_is_told(small: Any) -> None:
    """Proves: the town wants 30 degC: nothing stated, or 29 returned, is remarked at its cell; 30 is enough. Catches: a
    user who silently takes nothing."""

    def told() -> list[str]:
        return [w.message for w in read(small).warnings if w.column == "temperature_c" and w.table == "tblHeatReuse"]

    assert "none is stated" in told()[0]
    liquid(small)["return_c"] = 29
    assert "29 degC" in told()[0]
    liquid(small)["return_c"] = 30
    assert told() == []
