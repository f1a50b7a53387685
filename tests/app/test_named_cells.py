"""What concerns several cells names each of them: whoever changed one cell finds its address in the message, wherever
the finding stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from planner.errors import BadWorkbook
from planner.validate import validate
from planner.validate.variations import with_values
from planner.workbook import RawWorkbook, read_workbook


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory, small_workbook: Any) -> tuple[Any, RawWorkbook]:
    """A valid workbook, and the same read: tests change a cell of what was read."""
    small = small_workbook(tmp_path_factory.mktemp("named"))
    contract = {"name": "sun", "output_series": "pv", "price": 60, "max_mw": 2, "delivery_fee": 90}
    small.rows["PowerPurchase"] = [contract]
    small.rows["Stages"] = [{"name": "start", "start_year": 0}, {"name": "grown", "start_year": 4}]
    small.rows["StagePrices"] = [{"stage": "grown", "item": "air rack", "price": 900_000}]
    starts = ("2023-01-02T06:00", "2023-01-02T15:00")
    small.rows["Windows"] = [{"workload": "train", "start": start, "days": 0.375} for start in starts]
    raw = read_workbook(small.write())
    validate(raw)
    return small, raw


CHANGES: list[tuple[str, int, str, Any]] = [
    ("Racks", 1, "peak_kw", 105.6),  # less than an operating point draws
    ("Racks", 1, "idle_kw", 125),
    ("Racks", 1, "available", "no"),  # the only one that trains
    ("Racks", 0, "name", "cabinet"),  # named by operating points
    ("Racks", 1, "max_supply_c", 30),  # cooler than the liquid
    ("OperatingPoints", 2, "rack", "air rack"),  # without accelerators
    ("Cooling", 1, "liquid_share_pct", None),
    ("Cooling", 1, "max_rack_kw", 100),
    ("Cooling", 1, "residual_air", None),
    ("Cooling", 0, "liquid_share_pct", 10),
    ("CoolingCurves", 1, "temperature_c", -20),  # off the grid
    ("CoolingCurves", 0, "curve", "8%"),  # a point of its own
    ("CoolingCurves", 4, "driver", "source_water"),  # unlike the curve's first row
    ("CoolingCurves", 3, "humidity_pct", 0),  # the same point twice
    ("Project", 0, "year_start", "2023-01-01"),  # windows and peaks lie outside
    ("Project", 0, "step_minutes", 15),  # the series are hourly
    ("Project", 0, "currency", "KRW"),  # has a rate
    ("Project", 0, "analysis_years", 4),  # a stage starts then
    ("Stages", 0, "start_year", 2),
    ("Stages", 0, "available", "no"),  # the other starts later
    ("Stages", 1, "name", "later"),
    ("TariffEnergy", 0, "tariff", "TOV"),  # leaves a gap, closes none
    ("TariffEnergy", 0, "to_hour", 20),
    ("TariffEnergy", 1, "day_type", "weekend"),
    ("TariffEnergy", 1, "months", "6-8"),
    ("TariffEnergy", 1, "to_hour", 9),  # an hour twice
    ("TariffDemand", 0, "ratchet_pct", 0),
    ("Sites", 0, "take_or_pay_mwh", 0),
    ("Sites", 0, "power_factor", 0.7),
    ("Sites", 0, "architecture", None),
    ("PowerPurchase", 0, "delivery_fee", None),  # sold for more than it costs to take
    ("PowerPurchase", 0, "settlement", "financial"),
    ("Workloads", 0, "kind", "training"),
    ("Workloads", 2, "gang_min", 21),
    ("Windows", 0, "days", 0.75),  # overlaps the second
    ("Windows", 1, "workload", "trian"),
    ("Offers", 0, "kind", "power"),
    ("Offers", 0, "break1_count", 5),
    ("Offers", 0, "name", "cabin"),  # named by a quotation
    ("Quotations", 0, "pay_ready_pct", 90),
    ("Scope", 0, "item", "hoist"),
    ("Storage", 0, "fade_pct_per_year", 20),
    ("Storage", 0, "existing_mw", 0.1),  # power without energy
    ("AssetClasses", 2, "name", "batteries"),
]


@pytest.mark.parametrize(("sheet", "row", "column", "value"), CHANGES, ids=lambda v: str(v)[:20])
def test_a_change_that_is_refused_is_named(
    cases: tuple[Any, RawWorkbook], sheet: str, row: int, column: str, value: Any
) -> None:
    """Proves that the address of the one changed cell stands in a finding; a message that gives the number of a row,
    or only the other cell of the two that disagree, fails this."""
    small, raw = cases
    address = small.cell(sheet, column, row)
    lines = raw.tables[sheet].rows
    with pytest.raises(BadWorkbook) as refused:
        validate(with_values(raw, {(sheet, lines[row].number, column): value}))
    named = [str(f) for f in refused.value.findings]
    assert any(re.search(rf"{re.escape(address)}\b", words) for words in named), named


def test_only_what_keeps_a_row_from_a_gap_is_named(small: Any) -> None:
    """Proves that a gap in a tariff names what could close it and nothing else: of the row by day its months, of that
    by night its hours, and no row of a tariff that is whole."""
    small.rows["TariffEnergy"][0]["months"] = "2-12"
    with pytest.raises(BadWorkbook) as refused:
        validate(read_workbook(small.write()))
    (found,) = refused.value.findings
    wanted = [small.cell("TariffEnergy", *c) for c in (("months", 0), ("from_hour", 1), ("to_hour", 1))]
    assert str(found).endswith(f"; see {', '.join(wanted)}")


def test_a_scenario_switched_off_is_named(small: Any) -> None:
    """Proves that probabilities that no longer add up to one name the scenario that was switched off."""
    small.rows["Scenarios"] = [
        {"name": "low", "probability": 0.5},
        {"name": "high", "probability": 0.5, "available": "no"},
    ]
    with pytest.raises(BadWorkbook) as refused:
        validate(read_workbook(small.write()))
    (found,) = refused.value.findings
    cells = [small.cell("Scenarios", *c) for c in (("probability", 0), ("available", 1))]
    assert all(cell in str(found) for cell in cells), str(found)


def test_a_name_that_another_row_means_is_not_called_free(small: Any) -> None:
    """Proves that of the names nothing refers to, those that a list of options means are left out."""
    small.rows["Electrical"] += [{**small.rows["Electrical"][0], "name": name} for name in ("spare", "bus")]
    small.rows["Sites"][0].update(architecture="UPS 2", architecture_options="bus")
    with pytest.raises(BadWorkbook) as refused:
        validate(read_workbook(small.write()))
    free = [small.cell("Electrical", "name", row) for row in (0, 1)]
    assert f"nothing refers to {', '.join(free)}; see" in str(refused.value.findings[0])


def test_a_long_list_of_cells_is_cut(small: Any, tmp_path: Path) -> None:
    """Proves that a finding that is about very many cells stays readable, and says how many it leaves out."""
    small.rows["Scope"] += [{"item": f"item {n}", "adder_per_unit": 1} for n in range(20)]
    small.rows["Quotations"][0]["missing_scope"] = "roof"
    with pytest.raises(BadWorkbook) as refused:
        validate(read_workbook(small.write()))
    assert str(refused.value.findings[0]).endswith(" and 10 more")
