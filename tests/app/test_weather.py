"""Weather files beside the workbook: EPW, TMY3 and many years of CSV, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.psychrometrics import wet_bulb_c
from planner.errors import BadWorkbook
from planner.validate import validate
from planner.workbook import read_workbook
from planner.workbook.csv_file import BadCsv
from planner.workbook.weather_file import at_times, is_weather_file, read_weather

DAYS = [(int(str(d)[5:7]), int(str(d)[8:10])) for d in np.arange("2023-01-01", "2024-01-01", dtype="datetime64[D]")]
HEADER = "LOCATION,Here,-,KOR,TMYx,471520,35.5,129.3,9.0,1500.0\n" + "\n".join(f"HEADER {i}" for i in range(7)) + "\n"


def epw(folder: Path, name: str = "here.epw", hot: float = 10.0, pressure: str = "84500", changed: str = "") -> Path:
    """A year in which every hour has its number of the day as temperature, but for one hot hour at the end of 2 Jan."""
    lines = [
        f"2005,{m},{d},{h},0,?9,{hot if (m, d, h) == (1, 2, 24) else h:.1f},5.0,50,{pressure},0,0"
        for m, d in DAYS
        for h in range(1, 25)
    ]
    if changed:
        lines[30] = changed
    path = folder / name
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def tmy3(folder: Path) -> Path:
    """The same as TMY3, which counts hours to 24:00 and has months of several years."""
    head = "722590,HERE,TX,-6.0,32.9,-97.0,1500\nDate (MM/DD/YYYY),Time (HH:MM),ETR (W/m^2),Dry-bulb (C),RHum (%),"
    lines = [f"{m:02d}/{d:02d}/199{m % 10},{h:02d}:00,0,{h:.1f},50,845" for m, d in DAYS for h in range(1, 25)]
    path = folder / "tmy3.csv"
    path.write_text(head + "Pressure (mbar)\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("make", [epw, tmy3])
def test_a_year_is_read_at_its_hours(tmp_path: Path, make: Any) -> None:
    """Proves: the value of hour 1 stands at 00:00 of its day, hour 24 at 23:00; wet bulb is that of 845 hPa; 29
    February takes the 28th. Catches: hours shifted by one, pressure in the wrong unit, a leap day without weather."""
    weather = read_weather(tmp_path, make(tmp_path).name)
    times = np.array(["2024-03-05T00:00", "2024-03-05T23:30", "2024-02-29T11:00"], dtype="datetime64[m]")
    assert at_times(weather, "dry_bulb_c", times).tolist() == [1.0, 24.0, 12.0]
    wet = wet_bulb_c(np.array([12.0]), np.array([50.0]), 845.0)
    assert at_times(weather, "wet_bulb_c", times[2:])[0] == pytest.approx(wet[0], abs=1e-5)
    assert wet[0] < wet_bulb_c(np.array([12.0]), np.array([50.0]))[0] - 0.1


def test_missing_pressure_is_that_of_the_altitude(tmp_path: Path) -> None:
    """Proves: 999999 means missing; the station at 1,500 m has 845.6 hPa. Catches: a wet bulb at 9,999 hPa."""
    whole, missing = (read_weather(tmp_path, epw(tmp_path, pressure=p).name) for p in ("84556", "999999"))
    assert missing.series["wet_bulb_c"] == pytest.approx(whole.series["wet_bulb_c"], abs=1e-3)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ("2005,1,2,7,0,?9,99.9,5.0,50,84500", "line 39: dry bulb 99.9"),
        ("2005,1,2,7,0,?9,7.0,5.0,999,84500", "line 39: relative humidity 999"),
        ("2005,1,2,7,0,?9,seven,5.0,50,84500", "are numbers"),
        ("2005,1,2", "at least 10 fields"),
    ],
)
def test_missing_values_are_named(tmp_path: Path, changed: str, words: str) -> None:
    """Proves: a missing value is no weather and is named by its line. Catches: 99.9 degC as the design day."""
    with pytest.raises(BadCsv, match=words):
        read_weather(tmp_path, epw(tmp_path, changed=changed).name)


def test_a_place_in_an_old_code_page(tmp_path: Path) -> None:
    """Proves: a name that is no UTF-8, as in many files, does not hinder reading. Catches: a refusal by encoding."""
    path = epw(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"Here", b"Z\xfcrich"))
    assert read_weather(tmp_path, path.name).series["dry_bulb_c"].size == 8760


def test_other_files_are_no_weather_files(tmp_path: Path) -> None:
    """Proves: a plain CSV stays one; half a year is refused; files outside the folder are not opened."""
    (tmp_path / "plain.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert not is_weather_file(tmp_path, "plain.csv")
    path = epw(tmp_path)
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:4000]), encoding="utf-8")
    with pytest.raises(BadCsv, match="8,760 or 8,784"):
        read_weather(tmp_path, path.name)
    with pytest.raises(BadCsv, match="out of it"):
        read_weather(tmp_path / "deeper", "../here.epw")


def _site(small: Any, **cells: Any) -> Any:
    small.rows["Sites"][0] |= cells
    return validate(read_workbook(small.write()))


def test_a_workbook_names_an_epw_file(small: Any) -> None:
    """Proves: the day's hours of the file, 1 to 24 on 2 January (its last hour 10), reach the case, and the file is
    recorded. Catches: the first of January taken whatever the date."""
    epw(small.folder)
    found = _site(
        small,
        dry_bulb_series="here.epw:dry_bulb_c",
        wet_bulb_series="here.epw:wet_bulb_c",
        humidity_series="here.epw:rel_humidity_pct",
    )
    assert found.case.site.dry_bulb_c.tolist() == [*map(float, range(1, 24)), 10.0]
    assert (found.case.site.relative_humidity_pct == 50).all()
    assert [p.name for p in found.files] == ["small.xlsx", "here.epw"]
    with pytest.raises(BadWorkbook) as bad:
        _site(small, dry_bulb_series="here.epw:dry bulb")
    assert "dry_bulb_c, wet_bulb_c, rel_humidity_pct" in bad.value.findings[0].message


def test_the_design_day_of_many_years(small: Any) -> None:
    """Proves: two years of 24 degC in 365 hours each, with one hour of 41 and one of 38: the record is 41; with one
    hour a year above it, 24; with half an hour (one in two years), 38: margins above the day's 33. Catches: hours of
    all files taken for those of one year, a mean of the files, the margin from 24."""
    for name, hot in (("2004.epw", 41.0), ("2005.epw", 38.0)):
        epw(small.folder, name, hot)
    files = {"design_weather": "2004.epw; 2005.epw", "design_dry_bulb_c": None, "design_margin_wet_k": None}
    found = _site(small, **files)
    assert found.case.site.design_margin_dry_k == pytest.approx(41 - 33)
    assert any("2 years are few" in w.message for w in found.warnings)
    assert _site(small, design_exceedance_h=0.5).case.site.design_margin_dry_k == pytest.approx(38 - 33)
    colder = _site(small, design_exceedance_h=1)
    assert colder.case.site.design_margin_dry_k == 0.0
    with pytest.raises(BadWorkbook) as bad:
        _site(small, design_dry_bulb_c=40)
    assert [f.column for f in bad.value.findings] == ["design_dry_bulb_c"]
    with pytest.raises(BadWorkbook) as bad:
        _site(small, design_dry_bulb_c=None, design_weather="1999.epw")
    assert "no file 1999.epw" in bad.value.findings[0].message


def test_the_design_day_of_a_long_csv(small: Any) -> None:
    """Proves: a CSV of any number of years serves, by its columns dry_bulb_c and wet_bulb_c. Catches: a demand for one
    year, wet and dry exchanged."""
    rows = "".join(f"{35 if h == 99 else 20},{21 if h == 99 else 12}\n" for h in range(6 * 8760))
    (small.folder / "records.csv").write_text("dry_bulb_c,wet_bulb_c\n" + rows, encoding="utf-8")
    files = {"design_weather": "records.csv", "design_dry_bulb_c": None, "design_margin_wet_k": None}
    found = _site(small, **files)
    assert (found.case.site.design_margin_dry_k, found.case.site.design_margin_wet_k) == (2.0, 4.5)
    assert not any("few" in w.message for w in found.warnings)
