"""Tariff sheets -> Grid: the calendar, the clock, and every term of a bill."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.case import Tier
from planner.errors import BadWorkbook, Finding
from planner.validate import ValidatedCase, validate
from planner.workbook import read_workbook


def read(path: Path) -> ValidatedCase:
    """The case of a workbook that is expected to be valid."""
    return validate(read_workbook(path))


def findings(path: Path) -> tuple[Finding, ...]:
    """What is wrong with a workbook."""
    with pytest.raises(BadWorkbook) as caught:
        read(path)
    return caught.value.findings


def _year(small: Any, start: str, hours: int) -> None:
    """Give the small workbook another operating year; every series becomes constant."""
    small.project.update(year_start=start, hours=hours)
    small.rows["Sites"][0]["export_limit_mw"] = 0
    small.series = {name: [1.0] * hours for name in small.series} | {"hour": list(range(hours))}
    small.rows["TariffPeaks"] = []
    small.rows["Windows"][0]["start"] = f"{start}T06:00"


def _prices(small: Any) -> Any:
    """Prices of energy of the workbook in currency/MWh, less the adder: one row per day."""
    price = read(small.write()).case.grid.import_price_kcur_per_mwh
    return np.round(1000 * price - 1).reshape(-1, 24)


def test_days_of_the_week_and_holidays(small: Any) -> None:
    """Proves: a listed holiday (a Wednesday) is priced as a Sunday, Saturdays apart; days of another calendar are not.
    Catches: holidays ignored, Saturday taken for Sunday, or weekdays counted from another day."""
    _year(small, "2023-03-01", 24 * 7)  # Wednesday to Tuesday
    small.rows["TariffEnergy"] = [
        {"tariff": "TOU", "period": day, "price": 1000 * price, "day_type": day}
        for day, price in (("weekday", 100), ("saturday", 50), ("sunday", 10))
    ]
    small.rows["Holidays"] = [
        {"calendar": "here", "date": "2023-03-01", "name": "Independence Movement Day"},
        {"calendar": "there", "date": "2023-03-02"},
    ]
    small.rows["Sites"][0]["holidays"] = "here"
    assert _prices(small)[:, 0].tolist() == [10, 100, 100, 50, 10, 100, 100]
    small.rows["Sites"][0]["holidays"] = None
    assert _prices(small)[:, 0].tolist() == [100, 100, 100, 50, 10, 100, 100]


def test_weekend_holds_saturday_sunday_and_holidays(small: Any) -> None:
    """Proves that weekday and weekend rows together price each hour once with holidays. Catches: a holiday in neither
    or in both."""
    _year(small, "2023-03-01", 24 * 7)
    small.rows["TariffEnergy"] = [
        {"tariff": "TOU", "period": day, "price": 1000 * price, "day_type": day}
        for day, price in (("weekday", 100), ("weekend", 10))
    ]
    small.rows["Holidays"] = [{"calendar": "here", "date": date(2023, 3, 1)}]
    small.rows["Sites"][0]["holidays"] = "here"
    assert _prices(small)[:, 0].tolist() == [10, 100, 100, 10, 10, 100, 100]


@pytest.mark.parametrize(
    ("zone", "start", "day", "first"),
    [
        (None, "2023-07-03", 0, 8),
        ("Asia/Seoul", "2023-07-03", 0, 8),
        ("America/New_York", "2023-07-03", 0, 7),
        ("Europe/Dublin", "2023-07-03", 0, 7),
        ("Australia/Sydney", "2023-07-03", 0, 8),
        ("Australia/Sydney", "2023-01-02", 0, 7),
        ("America/New_York", "2023-03-11", 0, 8),  # the clocks go forward on the twelfth
        ("America/New_York", "2023-03-11", 1, 7),
    ],
)
def test_hours_follow_the_clock_on_the_wall(small: Any, zone: str | None, start: str, day: int, first: int) -> None:
    """Proves: in daylight saving 8:00 on the wall is 7:00 standard time, in both hemispheres, from the right day on.
    Catches: the wrong direction (9:00), saving all year, or none."""
    _year(small, start, 48)
    small.rows["Sites"][0]["time_zone"] = zone
    dear = np.flatnonzero(_prices(small)[day] == 200)
    assert (dear[0], len(dear)) == (first, 14)


def test_an_unknown_time_zone_is_named(small: Any) -> None:
    """Proves: a time zone that does not exist is one finding at its cell. Catches: silent standard time."""
    small.rows["Sites"][0]["time_zone"] = "Europe/Atlantis"
    (found,) = findings(small.write())
    assert found.cell == small.cell("Sites", "time_zone") and "Europe/London" in str(found)


def test_an_unknown_calendar_of_holidays_is_named(small: Any) -> None:
    """Proves: a name of a calendar that has no row is one finding. Catches: a misspelt name that means no holidays."""
    small.rows["Holidays"] = [{"calendar": "Korea", "date": "2023-03-01"}]
    small.rows["Sites"][0]["holidays"] = "Corea"
    (found,) = findings(small.write())
    assert found.cell == small.cell("Sites", "holidays") and "did you mean Korea?" in str(found)


def test_a_leap_year_has_29_days_in_february(small: Any) -> None:
    """Proves: 8,784 hours from 1 January 2024: February has 696 hours, and no month is entered twice. Catches: months
    of fixed length."""
    _year(small, "2024-01-01", 8784)
    calendar = read(small.write()).case.calendar
    assert calendar.steps == 8784 and len(calendar.steps_of(1)) == 696 and calendar.months == tuple(range(12))


def test_prices_of_seasons_and_tiers_of_one_charge(small: Any) -> None:
    """Proves: rows of one charge give each month its price, and a month without a row for a threshold keeps the price
    below it; hours and ratchet stand in the first row. Catches: two charges, each with a ratchet of its own; the tier
    of another season."""
    small.rows["TariffDemand"] = [
        {"tariff": "TOU", "charge": "demand", "price": 10.5, "months": "1-6", "ratchet_pct": 35, "ratchet_months": 11},
        {"tariff": "TOU", "charge": "demand", "price": 11.5, "months": "7-12"},
        {"tariff": "TOU", "charge": "demand", "price": 20, "months": "7-8", "above_kw": 500},
    ]
    small.rows["ExchangeRates"][0]["rate"] = 1
    charge, _ = read(small.write()).case.grid.demand_charges
    assert charge.price_kcur_per_mw == (10.5,) * 6 + (11.5,) * 6 and charge.ratchet_share == 0.35
    assert charge.tiers == (Tier(0.5, (10.5,) * 6 + (20.0, 20.0) + (11.5,) * 4),)


def test_a_peak_window_in_two_months_is_charged_once(small: Any) -> None:
    """Proves: hours in January and March make one charge: its price stands in March, January feeds it through a full
    ratchet. Catches: a charge per month or per row."""
    _year(small, "2023-01-01", 24 * 90)
    small.rows["TariffPeaks"] = [
        {"tariff": "TOU", "charge": "peak", "price": 900, "start": start, "hours": 2}
        for start in ("2023-01-31T23:00", "2023-03-02T18:00")
    ]
    small.rows["TariffDemand"] = []
    (charge,) = read(small.write()).case.grid.demand_charges
    assert np.flatnonzero(charge.applies).tolist() == [743, 744, 59 * 24 + 42, 59 * 24 + 43]
    assert [m for m in range(12) if charge.price_kcur_per_mw[m]] == [2] and charge.price_kcur_per_mw[2] == 0.9
    assert (charge.ratchet_share, charge.ratchet_months, charge.ratchet_peak_months) == (1.0, 11, (0, 1, 2))


def test_wholesale_plus_fees(small: Any) -> None:
    """Proves: price = series * (1 + markup) + row of the tariff + adder, with a warning that both count. Catches: the
    markup on the adder or on the tariff too; the series instead of the rows."""
    small.rows["Sites"][0].update(price_series="spot", price_markup_pct=10)
    small.series["spot"] = [50_000.0] * 24
    found = read(small.write())
    price = 1000 * found.case.grid.import_price_kcur_per_mwh
    assert price[[0, 12]] == pytest.approx([1.1 * 50 + 100 + 1, 1.1 * 50 + 200 + 1])
    assert any("come on top of this series" in w.message for w in found.warnings)


def test_a_tariff_of_blocks_alone(small: Any) -> None:
    """Proves: a tariff may have blocks and no price by time: then the adder alone is the price by time. Catches: a gap
    reported where none is."""
    small.rows["TariffEnergy"] = []
    small.rows["Sites"][0]["export_limit_mw"] = 0
    assert _prices(small).tolist() == [[0.0] * 24]


def test_export_above_what_take_or_pay_leaves_is_refused(small: Any) -> None:
    """Proves: where 90 of the 101 of a MWh by night would be paid anyway, selling at 20 would earn
    without end. Catches: a check against the price by time alone."""
    small.rows["Sites"][0]["take_or_pay_price"] = 90_000
    (found,) = findings(small.write())
    assert found.cell == small.cell("Sites", "export_price") and "at least 11 USD, sold at 20" in str(found)


def test_tariffs_to_choose_from(small: Any) -> None:
    """Proves: a further tariff gives a second case with its own prices and charges, and the site's other terms.
    Catches: charges of the first tariff carried over; terms of the site lost."""
    small.rows["Sites"][0].update(tariff_options="unused", export_limit_mw=0)
    found = read(small.write())
    (other,) = found.options
    assert (found.case.grid.tariff, other.grid.tariff) == ("TOU", "unused")
    assert other.grid.demand_charges == other.grid.energy_charges == ()
    assert set(other.grid.import_price_kcur_per_mwh) == {0.001 * (0.001 + 1)}  # 1 + 1000 KRW at 0.001 USD/KRW
    assert other.grid.contract_mw == 7 and other.workloads == found.case.workloads


@pytest.mark.parametrize(
    ("options", "words"),
    [("TUO", "did you mean TOU?"), ("TOU", "each tariff once"), ("unused; unused", "each tariff once")],
)
def test_a_tariff_that_cannot_be_chosen_is_named(small: Any, options: str, words: str) -> None:
    """Proves: unknown and repeated names are one finding. Catches: a misspelt option that silently drops out."""
    small.rows["Sites"][0].update(tariff_options=options, export_limit_mw=0)
    (found,) = findings(small.write())
    assert found.cell == small.cell("Sites", "tariff_options") and words in str(found), str(found)


def test_net_metering_allows_no_more_than_is_bought(small: Any) -> None:
    """Proves: energy sold may be 100 % of the energy bought in a month, and no more; the finding stands at the cell.
    Catches: 200 %, with which a kWh bought and sold at once makes room for another."""
    small.rows["Sites"][0]["export_pct_of_import"] = 100
    assert read(small.write()).case.grid.export_share == 1
    small.rows["Sites"][0]["export_pct_of_import"] = 200
    (found,) = findings(small.write())
    assert found.cell.startswith("Sites!") and found.column == "export_pct_of_import"
    assert "at most 100" in found.expected
