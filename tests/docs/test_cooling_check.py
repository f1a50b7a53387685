"""Cooling against the world: the page inputs/cooling_check.md, and what it must go on showing."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.curves import electricity_pu

CHECK: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("cooling_check.py")), run_name="cooling_check")
PLACES = sorted((CHECK["DATA"] / "hourly").glob("*.csv"))


@pytest.fixture(scope="module")
def years() -> dict[tuple[str, str], Any]:
    return {(y.cooling, y.place): y for y in CHECK["years"]()}


def test_the_page_is_fresh() -> None:
    """Proves that the page is what the curves, the weather and the published figures give now. When this fails after a
    wanted change: python tests/docs/cooling_check.py."""
    assert CHECK["PAGE"].read_text(encoding="utf-8") == CHECK["page"]()


def test_water_of_the_curves_is_derived() -> None:
    """Proves that water of towers and air economisers follows the derivation. Catches: a figure changed in the file
    alone, and again one constant for every hour."""
    assert CHECK["water_rows"]() == []


def test_tower_water_by_hand() -> None:
    """Proves: saturated air at 0 degC holds 3.77 g/kg and 9.4 kJ/kg; leaving at 21 degC 15.7 g/kg and 60.9 kJ/kg, so
    3,600 * 0.0119 / 51.5 = 0.834 L per kWh, times 1.25 for blowdown = 1.04; with 0.1 kW/kW of compressors 10 % more.
    Catches: enthalpy without the vapour, blowdown forgotten (0.83), compressor heat forgotten."""
    assert CHECK["tower_water"](0.0, 100.0, 0.0605) == pytest.approx(1.04, abs=0.01)
    more = CHECK["tower_water"](0.0, 100.0, 0.1605) / CHECK["tower_water"](0.0, 100.0, 0.0605)
    assert more == pytest.approx(1.1)


@pytest.mark.parametrize("path", PLACES, ids=lambda p: p.stem)
def test_a_45_degree_loop_needs_almost_no_chilling_but_in_dallas(path: Path) -> None:
    """Proves for the shipped curve and weather: above 35 degC, where a dry cooler of 10 K approach is too warm, the
    loop spends under 20 hours a year everywhere but in Dallas (550); its power stays within that of fans and pumps
    (0.045) in all other hours. Catches: a curve shifted by its approach, in which trim starts at 30 degC."""
    curve = electricity_pu(CHECK["catalogue"]()["full liquid 45C, dry"], CHECK["weather"](path))
    trimmed = int((curve > 0.045).sum())
    assert trimmed == CHECK["trim_hours"](45.0)[path.stem]
    assert trimmed == 550 if path.stem.startswith("dallas") else trimmed < 20


def test_a_hot_humid_site_stays_under_1_4(years: dict[tuple[str, str], Any]) -> None:
    """Proves for Singapore with a double-conversion UPS: the right choice, warm liquid, has a PUE below 1.15, and even
    air cooling stays under 1.4. Catches: curves of heat taken as PUE, losses counted twice."""
    loss = CHECK["losses_pu"]("double-conversion UPS")
    assert loss == pytest.approx(0.058)
    pue = {c: 1 + loss + y.cooling_pu for (c, place), y in years.items() if place == "singapore"}
    assert pue["full liquid 45C, dry"] < pue["direct-to-chip 40C"] < 1.15
    assert max(pue.values()) < 1.4


def test_published_figures_are_met(years: dict[tuple[str, str], Any]) -> None:
    """Proves: Singapore's measured 1.364 and 1.97 L/kWh (Microsoft, chillers, towers) within 0.02 and 0.1; a fleet of
    air economisers between 0.27 and 0.49 L/kWh as the mean of the eight places. Catches: water of a constant 0.3 that
    misses Singapore's compressors, or counted without blowdown."""
    loss = CHECK["losses_pu"]("double-conversion UPS")
    towers = years["CRAH + tower economiser", "singapore"]
    assert 1 + loss + towers.cooling_pu == pytest.approx(1.364, abs=0.02)
    assert towers.wue == pytest.approx(1.97, abs=0.1)
    fleet = np.mean([y.wue for (c, _), y in years.items() if c == "air economiser + adiabatic"])
    assert 0.27 < fleet < 0.49
